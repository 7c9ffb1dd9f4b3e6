"""What source files say of their licence in their first lines: an SPDX identifier, or a notice in words."""

import re
from functools import cache
from typing import Literal, NamedTuple

from codegenie.probe import ProbeInputs

MOST_SAMPLED = 50_000

_IDENTIFIER = re.compile(rb"SPDX-License-Identifier:[ \t]*+([^\r\n]{1,400})")
# What ends the comment, or the text in quotes, that the identifier stands in.
_CLOSING = re.compile(r"\s*(?:\*/|-->|--%>|#\}|\*\)|-\}|\]\]|[\"'`;,]|\\n|\s[*#/;-]+\s*\Z)")
_WORD = r"(?>[a-z]+|\d+(?:\.\d+)*)[^a-z\d]*+"
_VERSION = rf"(?![a-z])[^a-z\d]*+(?:{_WORD}){{0,12}}?version ?"
_LATER = rf"(?!\.?\d)[^a-z\d]*+(?:{_WORD}){{0,30}}?any later version"
# By their words, the notices that SPDX gives as the standard header of a licence, and some in wide use; the last two do
# not tell which licence of the kind is meant.  Each by a word of it before "license", with which most texts are done.
_NOTICES = {
    "apache": ((r"(?:licensed|licenses this file to you) under the apache license version ?2\.0(?!\d)", "Apache-2.0"),),
    "mozilla": ((r"subject to the terms of the mozilla public license v ?2\.0(?!\d)", "MPL-2.0"),),
    "affero": ((rf"gnu affero general public license{_VERSION}3{_LATER}", "AGPL-3.0-or-later"),),
    "lesser": (
        (rf"gnu lesser general public license{_VERSION}3{_LATER}", "LGPL-3.0-or-later"),
        (rf"gnu lesser general public license{_VERSION}2\.1{_LATER}", "LGPL-2.1-or-later"),
    ),
    "general": (
        (rf"gnu general public license{_VERSION}3{_LATER}", "GPL-3.0-or-later"),
        (rf"gnu general public license{_VERSION}2{_LATER}", "GPL-2.0-or-later"),
    ),
    "eclipse": (
        (r"terms of the eclipse public license(?: v)? ?2\.0(?!\d)", "EPL-2.0"),
        (r"terms of the eclipse public license(?: v)? ?1\.0(?!\d)", "EPL-1.0"),
    ),
    "mit": (
        (r"(?:licensed|released|licenses this file to you) under the (?:terms of the )?mit license(?![a-z])", "MIT"),
        (r"governed by (?:an?|the) mit style license(?![a-z])", "MIT-style"),
    ),
    "bsd": ((r"governed by (?:an?|the) bsd(?: style)? license(?![a-z])", "BSD-style"),),
}

# Neither source nor text: nothing to say, and much to read.
_OTHERS = """
    .7z .avi .bin .bmp .bz2 .class .dll .dylib .eot .exe .gif .gz .ico .jar .jpeg .jpg .json .lock .map .mo .mov .mp3
    .mp4 .npy .ogg .otf .parquet .pdf .png .pyc .snap .so .tar .tgz .tif .tiff .ttf .war .wasm .wav .webm .webp .whl
    .woff .woff2 .xz .zip .zst
"""
_OTHER_EXTENSIONS = frozenset(_OTHERS.split())


class Header(NamedTuple):
    """What is said, on which line, and how: by an `identifier` (an expression) or a `notice` (whose id is the text)."""

    text: str
    line: int
    how: Literal["identifier", "notice"]


def header_in(head: bytes) -> Header | None:
    """What the beginning of a file says of its licence."""
    if b"icen" not in head and b"ICEN" not in head:  # most files are done with here, at once
        return None
    if found := _IDENTIFIER.search(head):
        text = found[1].decode("utf-8", "replace")
        text = _CLOSING.split(text, maxsplit=1)[0].strip()
        if text and len(text) <= 200:
            return Header(text, head.count(b"\n", 0, found.start()) + 1, "identifier")
    if b"\0" in head:
        return None
    text = head.lower().decode("utf-8", "replace")  # all that counts is ASCII
    before = text.rpartition("license")[0]
    for word, notices in _NOTICES.items():
        if word in before:
            for notice, name in notices:
                if _expression(notice).search(text):
                    return Header(name, text.count("\n", 0, text.find("icen")) + 1, "notice")
    return None


@cache
def _expression(notice: str) -> re.Pattern[str]:
    """A notice as it stands in a comment: a blank is all that is neither a letter nor a digit, ` ?` may be nothing.

    To take the words out of each text first would cost ten times as much.
    """
    return re.compile(notice.replace(" ?", r"[^a-z\d]*+").replace(" ", r"[^a-z\d]++"))


def sampled(inputs: ProbeInputs) -> tuple[list[str], int]:
    """The files that are looked into, evenly taken from all that may have a header; and how many those are."""
    candidates = [path for path in inputs.files if _may_have_header(path) and inputs.size(path)]
    if len(candidates) <= MOST_SAMPLED:
        return candidates, len(candidates)
    step = len(candidates) / MOST_SAMPLED
    return [candidates[int(at * step)] for at in range(MOST_SAMPLED)], len(candidates)


def _may_have_header(path: str) -> bool:
    return path[path.rfind(".") :].lower() not in _OTHER_EXTENSIONS
