"""Writes spdx.json from the npm packages that carry SPDX's lists: `python -m probes.catalogues.make_spdx`.

With a directory of unpacked packages as the argument, those are read in place of the ones on the registry.
"""

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from probes._license_texts import digest, recognised, runs, texts, words
from probes.catalogues._layout import written

LIST, EXCEPTIONS, IDS = "spdx-license-list@6.12.0", "spdx-exceptions@2.5.0", "spdx-license-ids@3.0.24"
TARGET = Path(__file__).with_name("spdx.json")
MOST_RUNS = 1200  # that are kept of one licence; of longer ones every second, fourth, eighth ...
SHORTEST = 12  # words; a shorter text says too little to be found by its words

# Where the words begin and end that make the licence: what comes before is title and copyright, what comes after tells
# how to apply it.  Without an entry, lines of titles and copyright are cut off at the beginning.
BEGINS = {
    r"(?:A?GPL|LGPL-2)": r"\bPreamble\b",
    r"LGPL-3": r"This version of the GNU Lesser General Public License incorporates",
    r"GFDL": r"PREAMBLE",
    r"Apache-2.0": r"TERMS AND CONDITIONS FOR USE",
    r"CC0-1.0": r"Statement of Purpose",
    r"MPL-2.0": r"1\.1\. .Contributor.",
    r"EPL": r"THE ACCOMPANYING PROGRAM",
    r"OFL-1.1": r"PREAMBLE",
    r"CC-BY.*-4.0": r"By exercising the Licensed Rights",
    r"BUSL-1.1": r"Terms\s+The Licensor hereby",
}
ENDS = {
    r"(?:A?GPL|LGPL-2|Apache-2.0|SSPL)": r"END OF TERMS AND CONDITIONS",
    r"LGPL-3": r"GNU GENERAL PUBLIC LICENSE\s+Version 3",
    r"GFDL": r"ADDENDUM: How to use this License",
    r"MPL-2.0": r"Exhibit A - Source Code Form License Notice",
    r"EPL-2.0": r"Exhibit A",
    r"Unlicense": r"For more information, please refer",
    r"CC-BY.*-4.0": r"(?m)^\s*(?:=+\s*)?Creative Commons is not a party",
    r"CDDL-1.0": r"NOTICE PURSUANT TO SECTION 9",
    r"BUSL-1.1": r"MariaDB hereby grants you permission",
}
_TITLE = re.compile(
    r"(?i)\W*(?:copyright\b|\(c\)|©|all rights reserved|portions copyright|version \d|<year>"
    r"|[^.,;]{0,80}\blicen[cs]e\b[^.,;]{0,60}\W*$|permission notice|historical permission notice|mit no attribution)"
)

# Those that are looked for by likeness as well; all others are found where their words are there without a change.
_POPULAR = """
    0BSD AFL-3.0 AGPL-3.0-only Apache-1.1 Apache-2.0 Artistic-1.0-Perl Artistic-2.0 BlueOak-1.0.0 BSD-1-Clause
    BSD-2-Clause BSD-2-Clause-Patent BSD-3-Clause BSD-3-Clause-Clear BSD-4-Clause BSL-1.0 BUSL-1.1 CC-BY-3.0 CC-BY-4.0
    CC-BY-NC-4.0 CC-BY-NC-SA-4.0 CC-BY-ND-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1 CECILL-2.1 CPL-1.0
    curl ECL-2.0 Elastic-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 FSL-1.1-ALv2 FSL-1.1-MIT FTL GFDL-1.2-only
    GFDL-1.3-only GPL-1.0-only GPL-2.0-only GPL-3.0-only HPND ICU IJG Info-ZIP ISC JSON LGPL-2.0-only LGPL-2.1-only
    LGPL-3.0-only Libpng libpng-2.0 LPPL-1.3c MIT MIT-0 MIT-CMU MPL-1.1 MPL-2.0 MS-PL MS-RL MulanPSL-2.0 NCSA ODbL-1.0
    OFL-1.1 OpenSSL OSL-3.0 PHP-3.01 PolyForm-Noncommercial-1.0.0 PostgreSQL PSF-2.0 Python-2.0 QPL-1.0 Ruby Sleepycat
    SSPL-1.0 Unicode-3.0 Unicode-DFS-2016 Unlicense UPL-1.0 Vim W3C WTFPL X11 Zlib ZPL-2.1
"""
POPULAR = frozenset(_POPULAR.split())


# Its text is that of MPL-2.0: what makes the difference is a notice beside it.
WITHOUT_TEXT = frozenset({"MPL-2.0-no-copyleft-exception"})


def main(arguments: list[str]) -> None:
    """Read the packages and write the catalogue beside this file."""
    with tempfile.TemporaryDirectory() as directory:
        place = Path(arguments[0]) if arguments else _downloaded(Path(directory))
        licenses = {
            path.stem: json.loads(path.read_text(encoding="utf-8"))
            for path in sorted((place / "spdx-license-list/licenses").glob("*.json"))
        }
        exceptions = json.loads((place / "spdx-exceptions/index.json").read_text(encoding="utf-8"))
        deprecated = json.loads((place / "spdx-license-ids/deprecated.json").read_text(encoding="utf-8"))
    found = catalogue(licenses, exceptions, deprecated)
    if hidden := sorted(_hidden(found, licenses)):
        raise SystemExit(f"their texts are not found as theirs: {', '.join(hidden)}")
    TARGET.write_text(written(found), encoding="utf-8")


def catalogue(licenses: Mapping[str, Any], exceptions: list[str], deprecated: list[str]) -> dict[str, Any]:
    """The ids with what is said of them, and what tells each text."""
    outdated = {*deprecated, *(name for name in licenses if name.endswith("+"))}
    return {
        "origin": {
            "source": "https://spdx.org/licenses",
            "version": "npm " + ", ".join((LIST, EXCEPTIONS, IDS)),
            "licence": "CC0-1.0 (the lists of licences), CC-BY-3.0 (the list of exceptions)",
        },
        "licenses": {
            name: {
                "name": facts["name"],
                **({"osi": True} if facts["osiApproved"] else {}),
                **({"deprecated": True} if name in outdated else {}),
            }
            for name, facts in licenses.items()
        },
        "exceptions": sorted(exceptions),
        "texts": list(_texts({name: facts for name, facts in licenses.items() if name not in outdated | WITHOUT_TEXT})),
    }


def _texts(licenses: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The ids of one text (`-only` and `-or-later` have the same), and how it is told."""
    alike: dict[str, list[str]] = {}
    said: dict[str, list[str]] = {}
    for name, facts in licenses.items():
        found = words(_core(name, facts["licenseText"]))
        if len(found) >= SHORTEST:
            alike.setdefault(digest(found), []).append(name)
            said[digest(found)] = found
    for known, names in alike.items():
        numbers = runs(said[known])
        step = 1
        while len(chosen := {run for run in numbers if run % step == 0}) > MOST_RUNS:
            step *= 2
        if not any(name in POPULAR for name in names):
            chosen = set()
        packed = "".join(f"{run:08x}" for run in sorted(chosen))
        yield [sorted(names), len(said[known]), known, numbers[0], step, packed]


def _hidden(found: Mapping[str, Any], licenses: Mapping[str, Any]) -> Iterator[str]:
    """The licences whose own text is not found to be theirs: the catalogue would never tell them."""
    known = texts(found)
    for name in {name for text in known for name in text.ids}:
        recognised_in_it, _ = recognised(licenses[name]["licenseText"], known)
        if not any(name in each.ids and each.exact for each in recognised_in_it):
            yield name


def _core(name: str, text: str) -> str:
    begin = next((re.search(where, text) for names, where in BEGINS.items() if re.match(names, name)), None)
    end = next((re.search(where, text) for names, where in ENDS.items() if re.match(names, name)), None)
    core = text[begin.start() if begin else 0 : end.start() if end else len(text)]
    if begin:
        return core
    lines = core.splitlines()
    while len(lines) > 1 and (not lines[0].strip() or _TITLE.match(lines[0]) or set(lines[0]) <= set("=-* ")):
        del lines[0]
    return "\n".join(lines)


def _downloaded(directory: Path) -> Path:
    for package in (LIST, EXCEPTIONS, IDS):
        command = ["npm", "pack", package, "--silent", "--ignore-scripts", "--pack-destination", str(directory)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        name = package.rpartition("@")[0]
        (archive,) = directory.glob(f"{name}-[0-9]*.tgz")
        with tarfile.open(archive) as found:
            found.extractall(directory / "unpacked", filter="data")
        (directory / "unpacked/package").rename(directory / name)
    return directory


if __name__ == "__main__":
    main(sys.argv[1:])
