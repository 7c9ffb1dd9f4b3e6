"""Which licences a text holds: told by its words, not by its title, after SPDX's guidelines for matching.

https://spdx.github.io/spdx-spec/v2.3/license-matching-guidelines-and-templates/: case, punctuation, bullets, numbering
and spelling variants do not count, nor who the parties are.  A text is that of a licence where the licence's words
stand in it one after another (exact), or where most of its runs of four words do (similar).
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from struct import unpack
from typing import Any, NamedTuple
from zlib import crc32

RUN = 4  # words of which runs are made
SIMILAR = 0.9  # the share of a licence's runs that a text must hold; those of two holders of one licence have more
_NEARLY = SIMILAR - 0.01  # what may be rounded to it
_DIGITS = 8  # of a run in the catalogue
_MOST_TRIALED_WORDS = 2_000_000  # compared; a hostile text may begin like a licence at any number of places

_WORD = re.compile(r"[^\W\d_][^\W_]+")
_APOSTROPHE = re.compile(r"['\u2019`\u00b4](?=s\b|t\b)")
_HYPHENATION = re.compile(r"-(?<=[a-z]-)[ \t]*\n[ \t>*#/;%-]*(?=[a-z])")
_SPELLINGS = {
    **dict.fromkeys(("ii", "iii", "iv", "vi", "vii", "viii", "ix", "xi", "xii"), ""),
    "licence": "license",
    "licences": "licenses",
    "licenced": "licensed",
    "sublicence": "sublicense",
    "acknowledgement": "acknowledgment",
    "acknowledgements": "acknowledgments",
    "analogue": "analog",
    "analyse": "analyze",
    "artefact": "artifact",
    "authorisation": "authorization",
    "authorised": "authorized",
    "calibre": "caliber",
    "cancelled": "canceled",
    "capitalisations": "capitalizations",
    "catalogue": "catalog",
    "categorise": "categorize",
    "centre": "center",
    "emphasised": "emphasized",
    "favour": "favor",
    "favourite": "favorite",
    "fulfil": "fulfill",
    "fulfilment": "fulfillment",
    "initialise": "initialize",
    "judgement": "judgment",
    "labelling": "labeling",
    "labour": "labor",
    "maximise": "maximize",
    "modelled": "modeled",
    "modelling": "modeling",
    "offence": "offense",
    "optimise": "optimize",
    "organisation": "organization",
    "organise": "organize",
    "practise": "practice",
    "programme": "program",
    "realise": "realize",
    "recognise": "recognize",
    "signalling": "signaling",
    "utilisation": "utilization",
    "whilst": "while",
    "wilful": "willful",
    "https": "http",
}
# Who the parties are: what SPDX's templates of these licences leave open.  Each after a text that it holds.
_PARTIES = (
    (
        "be used to endorse or promote",
        r"(?:neither the names? (?:(?!nor )\S+ ){1,30}nor (?:the )?names? of (?:\S+ ){0,9}?may"
        r"|the names? of (?:\S+ ){1,12}?may not) be used to endorse or promote",
        "neither the name of the copyright holder nor the names of its contributors may be used to endorse or promote",
    ),
    (
        "is provided",
        r"is provided (?:by (?:\S+ ){1,15}?)?as is (?:and|without) any express",
        "is provided as is any express",
    ),
    (
        "in no event",
        r"in no event (?:shall|will) (?:\S+ ){1,20}?be (?:held )?liable",
        "in no event shall be liable",
    ),
    ("copyright owner", r"copyright owner(s?)\b", r"copyright holder\1"),
    ("non infringement", r"non infringement\b", "noninfringement"),
    ("non commercial", r"non commercial", "noncommercial"),
    ("sub licens", r"sub licens", "sublicens"),
    ("per cent", r"per cent\b", "percent"),
)


class Found(NamedTuple):
    """Licences whose text it is (several where the text does not tell), and how like it is; 1.0 is exact."""

    ids: tuple[str, ...]
    similarity: float
    exact: bool


class Text(NamedTuple):
    """One licence of the catalogue: its number of words, the digest of them all, and of its runs every `step`-th.

    Without runs, it is looked for where it is exact only.
    """

    ids: tuple[str, ...]
    words: int
    digest: str
    first: int
    step: int
    packed: str
    """The runs, of eight hexadecimal digits each."""

    @property
    def runs(self) -> frozenset[int]:
        return _unpacked(self.packed)


class _Candidate(NamedTuple):
    ids: tuple[str, ...]
    words: int
    similarity: float
    exact: bool
    step: int
    runs: frozenset[int]
    held: frozenset[int]
    """Of its runs those that the text has."""

    def has_its_own(self, other: "_Candidate") -> bool:
        """Whether what this licence has and the other has not is in the text: it is not just the other's likeness."""
        step = max(self.step, other.step)
        own = {run for run in self.runs - other.runs if run % step == 0}
        return bool(own) and len(own & self.held) / len(own) >= SIMILAR

    @property
    def rank(self) -> tuple[bool, float]:
        return self.exact, (2 * self.similarity - 1) * self.words


def words(text: str) -> list[str]:
    """The words that count, in lower case: no numbers, no single letters, no punctuation, one spelling each."""
    found = _WORD.findall(_HYPHENATION.sub("", _APOSTROPHE.sub("", text.lower())))
    said = " " + " ".join(filter(None, map(_SPELLINGS.get, found, found)))  # a blank before each: soon found
    for held, pattern, canonical in _PARTIES:
        if held in said:
            said = re.sub(f" {pattern}", f" {canonical}", said)
    return said.split()


def runs(said: Sequence[str]) -> list[int]:
    """A number for each run of words, by its place."""
    encoded = [word.encode() for word in said]
    in_a_row = zip(*(encoded[at:] for at in range(RUN)), strict=False) if len(said) >= RUN else [encoded]
    return [crc32(b" ".join(run)) for run in in_a_row]


def digest(said: Sequence[str]) -> str:
    """The digest of words in a row."""
    return blake2b(" ".join(said).encode(), digest_size=10).hexdigest()


def texts(catalogue: Mapping[str, Any]) -> tuple[Text, ...]:
    """The licences of the catalogue, ready to be looked for."""
    return tuple(Text(tuple(ids), *facts) for ids, *facts in catalogue["texts"])


def recognised(content: str, known: Sequence[Text]) -> tuple[list[Found], float]:
    """The licences in a text, the longest first; and the share of its words that is theirs."""
    said = words(content)
    if not said:
        return [], 0.0
    numbers = runs(said)
    there = frozenset(numbers)
    candidates = _exact(said, numbers, [text for text in known if text.first in there])
    exact = {candidate.ids for candidate in candidates}
    candidates += [
        candidate
        for text in known
        if text.packed and text.ids not in exact and (candidate := _similar(text, there)) is not None
    ]
    chosen = sorted(_without_likenesses(candidates), key=lambda one: (-one.words, one.ids))
    explained = sum(one.similarity * one.words for one in chosen) / len(said)
    return [Found(one.ids, one.similarity, one.exact) for one in chosen], round(min(1.0, explained), 2)


def _exact(said: Sequence[str], numbers: Sequence[int], begun: Sequence[Text]) -> list[_Candidate]:
    """The licences of which all words stand in the text one after another, of those that begin in it."""
    beginning: dict[int, list[Text]] = {}
    for text in begun:
        beginning.setdefault(text.first, []).append(text)
    found: dict[str, _Candidate] = {}
    left = _MOST_TRIALED_WORDS
    for at in [at for at, number in enumerate(numbers) if number in beginning]:
        for text in beginning[numbers[at]]:
            end = at + text.words
            if text.digest not in found and end <= len(said) and left > 0:
                left -= text.words
                if digest(said[at:end]) == text.digest:
                    own = frozenset(numbers[at : end - RUN + 1])
                    found[text.digest] = _Candidate(text.ids, text.words, 1.0, True, 1, own, own)
    return list(found.values())


def _similar(text: Text, there: frozenset[int]) -> _Candidate | None:
    if len(there) < _NEARLY * (len(text.packed) // _DIGITS):
        return None
    held = text.runs & there
    similarity = min(0.99, round(len(held) / len(text.runs), 2))
    if similarity < SIMILAR:
        return None
    return _Candidate(text.ids, text.words, similarity, False, text.step, text.runs, held)


def _without_likenesses(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Those that the text has something of that no better one has."""
    kept: list[_Candidate] = []
    for candidate in sorted(candidates, key=lambda one: (one.rank, one.ids), reverse=True):
        rivals = [other for other in kept if not candidate.has_its_own(other)]
        if not rivals:
            kept = [other for other in kept if other.has_its_own(candidate)]
            kept.append(candidate)
    return kept


@cache
def _unpacked(packed: str) -> frozenset[int]:
    return frozenset(unpack(f">{len(packed) // _DIGITS}I", bytes.fromhex(packed)))
