"""From what people write of a licence (an expression, a name, a classifier) to SPDX's ids."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple

from codegenie.formats.spdx_expression import parse_text
from codegenie.formats.unparsable import Unparsable

How = Literal["expression", "name", "file", "none", "unknown"]

MOST_WORDS = 12  # of the name of a licence

# Names in use that are not SPDX's own, as `key` has them, and the id that they mean without a doubt.  "BSD", "GPL" and
# "Artistic" mean several, and are left unknown.
_ALIASES = {
    "0BSD": ["zero clause bsd", "bsd zero clause"],
    "AGPL-3.0-only": ["agpl 3", "gnu agpl 3", "gnu affero general public 3", "affero gpl 3", "agpl3"],
    "AGPL-3.0-or-later": ["agpl 3 or later", "gnu agpl 3 or later", "gnu affero general public 3 or later"],
    "Apache-2.0": ["apache 2", "apache software 2", "asl 2", "al 2", "apache2", "apache software foundation 2"],
    "BSD-2-Clause": ["2 clause bsd", "bsd 2 clause", "bsd 2", "simplified bsd", "freebsd", "bsd 2 clause simplified"],
    "BSD-3-Clause": [
        *("3 clause bsd", "bsd 3 clause", "bsd 3", "new bsd", "modified bsd", "revised bsd", "bsd new"),
        *("bsd 3 clause new or revised", "new or revised bsd", "bsd 3 clause revised"),
    ],
    "BSL-1.0": ["boost 1", "boost"],
    "CC0-1.0": ["cc0", "cc0 1 universal", "creative commons zero 1 universal", "creative commons cc0"],
    "CC-BY-4.0": ["cc by 4", "creative commons attribution 4 international"],
    "CC-BY-SA-4.0": ["cc by sa 4", "creative commons attribution sharealike 4 international"],
    "CDDL-1.0": ["cddl", "cddl 1", "common development and distribution 1"],
    "CDDL-1.1": ["cddl 1.1"],
    "EPL-1.0": ["epl 1", "eclipse public 1"],
    "EPL-2.0": ["epl 2", "eclipse public 2"],
    "EUPL-1.2": ["eupl 1.2", "european union public 1.2"],
    "GPL-2.0-only": ["gpl 2", "gnu gpl 2", "gnu general public 2", "gpl2", "gpl 2 only"],
    "GPL-2.0-or-later": ["gpl 2 or later", "gnu gpl 2 or later", "gnu general public 2 or later", "gpl2 or later"],
    "GPL-3.0-only": ["gpl 3", "gnu gpl 3", "gnu general public 3", "gpl3", "gpl 3 only"],
    "GPL-3.0-or-later": ["gpl 3 or later", "gnu gpl 3 or later", "gnu general public 3 or later", "gpl3 or later"],
    "ISC": ["isc", "isc iscl", "iscl"],
    "LGPL-2.1-only": ["lgpl 2.1", "gnu lgpl 2.1", "gnu lesser general public 2.1", "lgpl2.1"],
    "LGPL-2.1-or-later": ["lgpl 2.1 or later", "gnu lgpl 2.1 or later", "gnu lesser general public 2.1 or later"],
    "LGPL-3.0-only": ["lgpl 3", "gnu lgpl 3", "gnu lesser general public 3", "lgpl3"],
    "LGPL-3.0-or-later": ["lgpl 3 or later", "gnu lgpl 3 or later", "gnu lesser general public 3 or later"],
    "MIT": ["mit", "expat", "mit expat", "mit mit"],
    "MIT-0": ["mit no attribution", "mit 0"],
    "MPL-1.1": ["mpl 1.1", "mozilla public 1.1"],
    "MPL-2.0": ["mpl 2", "mozilla public 2", "mozilla public 2 mpl 2"],
    "MS-PL": ["ms pl", "microsoft public"],
    "OSL-3.0": ["osl 3"],
    "PostgreSQL": ["postgresql"],
    "PSF-2.0": ["psf", "python software foundation", "psf 2", "psfl"],
    "Unlicense": ["unlicense", "unlicense unlicense"],
    "UPL-1.0": ["upl 1", "universal permissive 1"],
    "WTFPL": ["wtfpl", "do what the fuck you want to public"],
    "Zlib": ["zlib", "zlib libpng"],
    "ZPL-2.1": ["zpl 2.1", "zope public 2.1", "zpl"],
}
# https://pypi.org/classifiers; those that mean several ids are not among them.
CLASSIFIERS = {
    "Academic Free License (AFL)": None,
    "Apache Software License": "Apache-2.0",
    "Boost Software License 1.0 (BSL-1.0)": "BSL-1.0",
    "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication": "CC0-1.0",
    "Common Development and Distribution License 1.0 (CDDL-1.0)": "CDDL-1.0",
    "Eclipse Public License 1.0 (EPL-1.0)": "EPL-1.0",
    "Eclipse Public License 2.0 (EPL-2.0)": "EPL-2.0",
    "European Union Public Licence 1.2 (EUPL 1.2)": "EUPL-1.2",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU Affero General Public License v3 or later (AGPLv3+)": "AGPL-3.0-or-later",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v2 or later (GPLv2+)": "GPL-2.0-or-later",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 1.1 (MPL 1.1)": "MPL-1.1",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "PostgreSQL License": "PostgreSQL",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "Universal Permissive License (UPL)": "UPL-1.0",
    "zlib/libpng License": "Zlib",
}
# Outdated ids that are another way to write an id of today.
_TODAY = {
    f"{family}-{version}{old}": f"{family}-{version}-{new}"
    for family, versions in {
        "AGPL": ("1.0", "3.0"),
        "GPL": ("1.0", "2.0", "3.0"),
        "LGPL": ("2.0", "2.1", "3.0"),
    }.items()
    for version in versions
    for old, new in (("", "only"), ("+", "or-later"))
}
_NONE = frozenset({"unlicensed", "proprietary", "none", "noassertion", "commercial", "all rights reserved"})
_FILE = re.compile(r"(?i)see licen[cs]e in\s+(\S.{0,300})")
_FILLERS = frozenset(("the", "license", "licenses", "version", "v", "of", "for", "under", "a", "an", "and", "or"))
_SAID_OF_MOST = frozenset(("software", "open", "source", "code", "project"))


class Meaning(NamedTuple):
    """What a text about licences means: the ids of today in it, names that SPDX does not have, and how it was read.

    `none` says that no licence is given; `file` that one file has it, which is `file`.
    """

    how: How
    expression: str | None = None
    ids: tuple[str, ...] = ()
    exceptions: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    file: str | None = None


UNKNOWN = Meaning("unknown")


class Names(NamedTuple):
    """SPDX's names: ids and exceptions by their lower case, ids by the key of their names, and what is said of each."""

    ids: Mapping[str, str]
    exceptions: Mapping[str, str]
    by_key: Callable[[], Mapping[str, str]]
    facts: Mapping[str, Mapping[str, Any]]

    def meaning(self, text: str) -> Meaning:
        """Read what stands in a manifest or behind `SPDX-License-Identifier:`."""
        text = text.strip()
        if found := _FILE.fullmatch(text):
            return Meaning("file", file=found[1].strip("<> "))
        if text.lower() in _NONE:
            return Meaning("none")
        if text.lower() not in self.ids and (named := self.named(text)):
            return Meaning("name", named, (named,))
        try:
            expression = parse_text(text)
        except Unparsable:
            return UNKNOWN
        ids = [self._id(name) for name in expression.licenses]
        names = [self.exceptions.get(name.lower(), name) for name in expression.exceptions]
        unknown = [name for name, one in zip(expression.licenses, ids, strict=True) if one is None]
        unknown += [name for name in names if name.lower() not in self.exceptions]
        unknown = [name for name in unknown if not name.startswith(("LicenseRef-", "DocumentRef-"))]
        if len(unknown) == len(ids) + len(names):
            return Meaning("unknown", unknown=tuple(sorted(unknown)))
        spelled = {name: one for name, one in zip(expression.licenses, ids, strict=True) if one}
        spelled |= dict(zip(expression.exceptions, names, strict=True))
        said = re.sub(r"[^\s()]+", lambda word: spelled.get(word[0], word[0]), expression.text)
        today = {_TODAY.get(one.partition("-with-")[0], one) for one in ids if one}
        outdated = sorted({one for one in ids if one and self.facts.get(one, {}).get("deprecated")})
        return Meaning(
            "expression", said, tuple(sorted(today)), tuple(sorted(names)), tuple(sorted(unknown)), tuple(outdated)
        )

    def named(self, text: str) -> str | None:
        """The id of a name that people use."""
        found = key(text)
        return self.by_key().get(found) if found else None

    def _id(self, name: str) -> str | None:
        if name.startswith(("LicenseRef-", "DocumentRef-")):
            return None
        lowered = name.lower()
        return self.ids.get(lowered) or self.ids.get(lowered.removesuffix("+"))


def names(catalogue: Mapping[str, Any]) -> Names:
    """The names of the catalogue, ready to be looked up."""
    licenses = catalogue["licenses"]

    @cache
    def by_key() -> dict[str, str]:
        """Made when first asked for, which few repositories do: their manifests and sources have ids."""
        today = {key(facts["name"]): name for name, facts in licenses.items() if not facts.get("deprecated")}
        aliases = {key(alias): name for name, known in _ALIASES.items() for alias in known}
        return {known: name for known, name in today.items() if re.search("[a-z]", known)} | aliases

    return Names(
        ids={name.lower(): name for name in licenses},
        exceptions={name.lower(): name for name in catalogue["exceptions"]},
        by_key=by_key,
        facts=licenses,
    )


def key(name: str) -> str:
    """What of a name counts: "Apache License, Version 2.0", "apache-2" and "The Apache 2.0 Licence" are `apache 2`."""
    text = re.sub(r"\+(?=\W|\Z)|\bor (?:any )?(?:later|newer)(?: versions?)?\b", " orlater ", name.lower()[:200])
    text = re.sub(r"(?<=[a-z])v(?=\d)", " ", re.sub(r"\bv(?=\d)", " ", text.replace("licence", "license")))
    found = re.findall(r"[a-z]+(?:\d+(?:\.\d+)*)?|\d+(?:\.\d+)*", text)
    named = [re.sub(r"(?<=\d)(?:\.0)+\Z", "", word) for word in found if word not in _FILLERS]
    kept = [word for word in named if word not in _SAID_OF_MOST]
    if not any(word[0].isalpha() for word in kept):
        kept = named  # nothing but a number would be left of the "Open Software License 3.0"
    return " ".join(kept[:MOST_WORDS]).replace("orlater", "or later")


def osi_approved(found: Names, ids: Iterable[str]) -> list[str]:
    """Those of the ids that the Open Source Initiative approved."""
    return sorted(one for one in ids if found.facts.get(one, {}).get("osi"))
