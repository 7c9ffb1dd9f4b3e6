"""Licence expressions: what binds what, and what is none."""

import pytest

from codegenie.formats.spdx_expression import parse_text
from codegenie.formats.unparsable import Unparsable


@pytest.mark.parametrize(
    ("text", "said", "licenses", "exceptions"),
    [
        ("MIT", "MIT", ["MIT"], []),
        (" mit or  apache-2.0 ", "mit OR apache-2.0", ["mit", "apache-2.0"], []),
        ("MIT/Apache-2.0", "MIT OR Apache-2.0", ["MIT", "Apache-2.0"], []),
        ("(MIT OR (ISC AND Zlib))", "(MIT OR (ISC AND Zlib))", ["MIT", "ISC", "Zlib"], []),
        ("GPL-2.0+ WITH Classpath-exception-2.0", "GPL-2.0+ WITH Classpath-exception-2.0", ["GPL-2.0+"], 1),
        ("LicenseRef-a AND DocumentRef-x:LicenseRef-b", None, ["LicenseRef-a", "DocumentRef-x:LicenseRef-b"], []),
        ("MIT OR MIT", "MIT OR MIT", ["MIT"], []),
    ],
)
def test_an_expression(text: str, said: str | None, licenses: list[str], exceptions: object) -> None:
    found = parse_text(text)
    assert (found.text, list(found.licenses)) == (said or text, licenses)
    assert list(found.exceptions) == (["Classpath-exception-2.0"] if exceptions else [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "MIT OR",
        "OR MIT",
        "(MIT",
        "MIT)",
        "MIT ISC",
        "Apache License, Version 2.0",
        "WITH",
        "MIT WITH",
        "(" * 999,
        "é",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(Unparsable):
        parse_text(text)
    with pytest.raises(Unparsable):
        parse_text("MIT OR " * 1000)
