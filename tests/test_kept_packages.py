"""Which packages are in an image at its end."""

from typing import Any

from probes._kept_packages import kept

Facts = dict[str, Any]


def _asked(action: str, name: str | None, *, group: str | None = None, conditional: bool = False) -> Facts:
    return {"action": action, "manager": "apk", "group": group, "name": name, "conditional": conditional}


def _names(*stages: list[Facts]) -> list[str | None]:
    return [each["name"] for each in kept([{"packages": packages} for packages in stages])]


def test_what_is_removed_later_is_not_kept_and_what_comes_back_is() -> None:
    install, remove = _asked("install", "wget"), _asked("remove", "wget")
    assert _names([install, remove]) == []
    assert _names([install], [remove]) == []
    assert _names([install, remove], [install]) == ["wget"]


def test_a_virtual_package_of_apk_takes_with_it_what_came_under_its_name() -> None:
    under = [_asked("install", "gcc", group=".deps"), _asked("install", None, group=".deps")]
    assert _names([*under, _asked("install", "curl"), _asked("remove", ".deps")]) == ["curl"]


def test_what_may_be_removed_is_kept() -> None:
    perhaps, unneeded = _asked("remove", "gcc", conditional=True), _asked("remove", None)
    assert _names([_asked("install", "gcc"), perhaps, unneeded]) == ["gcc"]
