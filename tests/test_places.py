"""The engine's own errors name no directory of this machine; what they say of a repository stays."""

import os
import sys
from pathlib import Path

import pytest

from codegenie import __file__ as package_file
from codegenie.places import unplaced

ROOT = "/srv/work/my-repo"
PACKAGE = os.path.dirname(os.path.abspath(package_file))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"No such file: '{ROOT}/src/a.py'", "No such file: 'src/a.py'"),
        (f"cannot list {ROOT}", "cannot list ."),
        (f"cannot list {ROOT}.", "cannot list .."),
        (f"file://{ROOT}/a", "file://a"),
        (f"{ROOT}/a: {ROOT}/b", "a: b"),
        (f"{ROOT}-2/a", f"{ROOT}-2/a"),
        (f"{ROOT}.git/a", f"{ROOT}.git/a"),
        (f"/mnt{ROOT}/a", f"/mnt{ROOT}/a"),
        (
            "[Errno 28] No space left on device: '/tmp/codegenie-x1'",
            "[Errno 28] No space left on device: '<temp>/codegenie-x1'",
        ),
        ("/tmpfs/x /var/tmpfile", "/tmpfs/x /var/tmpfile"),
        (f"{PACKAGE}/worker.py", "<codegenie>/worker.py"),
        (f"{os.path.dirname(os.__file__)}/json/__init__.py", "<python>/json/__init__.py"),
        (f"{sys.prefix}/bin/python", "<python>/bin/python"),
        ("WORKDIR /home/node/app, /etc/ssl/certs, /usr/bin", "WORKDIR /home/node/app, /etc/ssl/certs, /usr/bin"),
        ("no path", "no path"),
    ],
)
def test_places_are_named_by_what_they_are(text: str, left: str) -> None:
    assert unplaced(text, ROOT) == left


def test_the_home_is_the_one_of_now_and_what_lies_in_it_is_named_first(home: Path) -> None:
    assert unplaced(f"{home}/.ssh/id and {home}", ROOT) == "<home>/.ssh/id and <home>"
    assert unplaced(f"{home}/repo/a and {home}/x", f"{home}/repo") == "a and <home>/x"


def test_a_place_is_known_as_errors_quote_it(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"it's \\ \xff\n")
    with pytest.raises(FileNotFoundError) as missing:
        (odd / "x").read_bytes()
    assert unplaced(str(missing.value), str(odd)).endswith(("'x'", '"x"'))


def test_a_place_is_known_where_it_really_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    monkeypatch.setenv("HOME", str(tmp_path / "link"))
    assert unplaced(f"{tmp_path}/link/a {tmp_path}/real/a", "/other-root") == "<home>/a <home>/a"


@pytest.mark.parametrize("home", ["/", "", "relative", "~"])
def test_a_home_that_is_no_place_replaces_nothing(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", home)
    assert unplaced("/etc/relative ~ / x", "/root-of-this") == "/etc/relative ~ / x"
