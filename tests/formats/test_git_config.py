"""git's configuration, as git itself reads it."""

import re
import subprocess
from pathlib import Path

import pytest

from codegenie.formats.git_address import Address, address_of
from codegenie.formats.git_config import parse
from codegenie.formats.unparsable import Unparsable

TRICKY = r"""
; a comment
# another [not.a "section"]
[core] bare
	x = 1 ; c
[Remote "O\"ri\\gin"] url = "https://x # y" ; z
 fetch = a \
 b  c   # d
[A.B]
 x-y = "a;b"c  d\n "e" \t f
[alias]
 x = "!f() { \
  echo ; }; f"
 empty =
 quoted = ""
 under = in"  kept  "side	tab
"""


@pytest.mark.parametrize("text", [TRICKY, TRICKY.replace("\n", "\r\n"), "\ufeff" + TRICKY.lstrip()])
def test_the_settings_are_those_that_git_lists(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config"
    file.write_text(text, newline="")
    listed = subprocess.run(
        ["git", "config", "-z", "--list", "--file", str(file)], check=True, capture_output=True, text=True
    ).stdout
    ours = [
        ".".join(part for part in (entry.section, entry.subsection, entry.name) if part is not None)
        + ("" if entry.value is None else f"\n{entry.value}")
        for entry in parse(text.encode()).entries
    ]
    assert [_narrow(entry) for entry in ours] == [_narrow(entry) for entry in listed.split("\0")[:-1]]


def _narrow(text: str) -> str:
    """Blanks between words count as one for older versions of git, and as what they are since 2.45."""
    return re.sub(r"[ \t]+", " ", text)


def test_lines_are_those_of_the_names() -> None:
    assert [entry.line for entry in parse(b"[a]\n\n x = 1 \\\n 2\n y\n").entries] == [3, 5]


@pytest.mark.parametrize(
    "text", ["x = 1", "[a\n", "[a]\n1 = 2", '[a]\nb = "x\n', "[a]\nb = \\q", "[a]\nb c", "[]\na=b"]
)
def test_what_git_refuses_is_refused(text: str) -> None:
    with pytest.raises(Unparsable):
        parse(text.encode())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://u:p@GitHub.com/o/r.git", ("https", "github.com", "o/r")),
        ("https://github.com/o/r/", ("https", "github.com", "o/r")),
        ("https://h/x?token=1#y", ("https", "h", "x")),
        ("https://h:8443/x", ("https", "h:8443", "x")),
        ("ssh://git@h:2222/~ann/r.git", ("ssh", "h:2222", "~ann/r")),
        ("git+ssh://git@h/x", ("ssh", "h", "x")),
        ("git@github.com:o/r.git", ("ssh", "github.com", "o/r")),
        ("host:/abs/r.git", ("ssh", "host", "abs/r")),
        ("git@[::1]:x", ("ssh", "::1", "x")),
        ("[git@h:22]:x/y", ("ssh", "h:22", "x/y")),
        ("git://h/x.git/", ("git", "h", "x")),
        ("../a.git", ("relative", None, "../a")),
        ("./a", ("relative", None, "./a")),
        ("/home/ann/r", ("local", None, None)),
        ("~/r", ("local", None, None)),
        ("C:\\r", ("local", None, None)),
        ("C:/r", ("local", None, None)),
        ("file:///home/ann/r", ("local", None, None)),
        ("ext::sh -c x", ("other", None, None)),
        ("codecommit::eu-west-1://r", ("other", None, None)),
        ("s3://bucket/r", ("other", None, None)),
        ("", ("other", None, None)),
        # A password with a slash in it, or an address without its scheme: nobody can say which part is which.
        ("https://u:p/w@h/x", ("other", None, None)),
        ("https://u:12/3@h/x", ("other", None, None)),
        ("u:p@h/x", ("other", None, None)),
    ],
)
def test_an_address_is_host_and_path(text: str, found: tuple[str, str | None, str | None]) -> None:
    assert address_of(text) == Address(*found)  # type: ignore[arg-type]
