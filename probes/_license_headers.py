"""What source files say of their licence in their first lines: an SPDX identifier, or a notice in words."""

import re
from typing import Literal, NamedTuple

from codegenie.probe import ProbeInputs

MOST_SAMPLED = 50_000

_IDENTIFIER = re.compile(rb"SPDX-License-Identifier:[ \t]*+([^\r\n]{1,400})")
# What ends the comment, or the text in quotes, that the identifier stands in.
_CLOSING = re.compile(r"\s*(?:\*/|-->|--%>|#\}|\*\)|-\}|\]\]|[\"'`;,]|\\n|\s[*#/;-]+\s*\Z)")
_WORDS = re.compile(r"[a-z]+|\d+(?:\.\d+)*")
_LATER = r"(?:(?:\w|\.)+ ){0,30}?any later version"
# By their words, the notices that SPDX gives as the standard header of a licence, and some in wide use; the last two do
# not tell which licence of the kind is meant.
_NOTICES = (
    (r"(?:licensed|licenses this file to you) under the apache license version 2\.0\b", "Apache-2.0"),
    (r"subject to the terms of the mozilla public license v 2\.0\b", "MPL-2.0"),
    (rf"gnu affero general public license (?:\S+ ){{0,12}}?version 3 {_LATER}", "AGPL-3.0-or-later"),
    (rf"gnu lesser general public license (?:\S+ ){{0,12}}?version 3 {_LATER}", "LGPL-3.0-or-later"),
    (rf"gnu lesser general public license (?:\S+ ){{0,12}}?version 2\.1 {_LATER}", "LGPL-2.1-or-later"),
    (rf"gnu general public license (?:\S+ ){{0,12}}?version 3 {_LATER}", "GPL-3.0-or-later"),
    (rf"gnu general public license (?:\S+ ){{0,12}}?version 2 {_LATER}", "GPL-2.0-or-later"),
    (r"terms of the eclipse public license v? ?2\.0\b", "EPL-2.0"),
    (r"terms of the eclipse public license v? ?1\.0\b", "EPL-1.0"),
    (r"(?:licensed|released|licenses this file to you) under the (?:terms of the )?mit license\b", "MIT"),
    (r"governed by (?:an?|the) mit style license\b", "MIT-style"),
    (r"governed by (?:an?|the) bsd(?: style)? license\b", "BSD-style"),
)  # fmt: skip
_NOTICE = tuple((re.compile(pattern), name) for pattern, name in _NOTICES)
_HINTS = (b"apache", b"mozilla", b"general", b"eclipse", b"mit license", b"mit-style", b"bsd license", b"bsd-style")

# Neither source nor text: nothing to say, and much to read.
_OTHERS = """
    .7z .avi .bin .bmp .bz2 .class .dll .dylib .eot .exe .gif .gz .ico .jar .jpeg .jpg .json .lock .map .mo .mov .mp3
    .mp4 .npy .ogg .otf .parquet .pdf .png .pyc .snap .so .tar .tgz .tif .tiff .ttf .war .wasm .wav .webm .webp .whl
    .woff .woff2 .xz .zip .zst
"""
_OTHER_EXTENSIONS = tuple(_OTHERS.split())


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
    lowered = head.lower()
    begun = lowered.find(b"icen")
    if b"\0" in head or not any(hint in lowered for hint in _HINTS):
        return None
    said = " ".join(_WORDS.findall(head.decode("utf-8", "replace").lower()))
    name = next((name for pattern, name in _NOTICE if pattern.search(said)), None)
    return Header(name, head.count(b"\n", 0, begun) + 1, "notice") if name else None


def sampled(inputs: ProbeInputs) -> tuple[list[str], int]:
    """The files that are looked into, evenly taken from all that may have a header; and how many those are."""
    candidates = [path for path in inputs.files if not path.lower().endswith(_OTHER_EXTENSIONS) and inputs.size(path)]
    if len(candidates) <= MOST_SAMPLED:
        return candidates, len(candidates)
    step = len(candidates) / MOST_SAMPLED
    return [candidates[int(at * step)] for at in range(MOST_SAMPLED)], len(candidates)
