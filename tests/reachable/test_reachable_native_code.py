"""Native code: a row of a lockfile for each package, a line of a source for each library."""

from codegenie.formats.purl import purl
from tests.reachable.entries import Ask, Entry, catalogue


def test_every_native_package_is_known_by_the_catalogue(ask: Ask) -> None:
    by_type: dict[str, list[Entry]] = {}
    for entry in catalogue("native_modules")["packages"]:
        by_type.setdefault(entry["type"], []).append(entry)
    for kind, entries in by_type.items():
        rows = []
        wanted = set()
        for entry in entries:
            name, version = (
                entry.get("name") or entry["example"],
                entry.get("from") or ("0" if "before" in entry else "1.0.0"),
            )
            rows.append(
                {
                    "purl": purl(kind, name, version),
                    "name": name,
                    "version": version,
                    "direct": True,
                    "development": False,
                }
            )
            wanted.add((purl(kind, name), entry["source"]))
        packages = {
            "lockfiles": [{"path": "lock", "ecosystem": kind, "format": kind, "project": ".", "packages": rows}],
            "not_resolved": [],
        }
        found = ask("native_modules", {}, artifacts={"dependencies": {"packages.json": packages}}).schema_slice
        told = {
            (each["purl"].rpartition("@")[0], known["detail"])
            for each in found["packages"]["listed"]
            for known in each["known_by"]
            if known["kind"] == "catalogue"
        }
        assert wanted - told == set()


def test_every_library_is_needed_by_something_that_is_linked_or_required(ask: Ask) -> None:
    table = catalogue("native_modules")
    flags = [f"LDFLAGS: -l{link}" for library in table["libraries"] for link in library["links"]]
    flags += [f"pkg-config: {name}" for library in table["libraries"] for name in library["pkg_config"]]
    files = {
        f"{at}/a.go": "package a\n\n/*\n"
        + "".join(f"#cgo {flag}\n" for flag in flags[at : at + 50])
        + '*/\nimport "C"\n'
        for at in range(0, len(flags), 50)
    }
    packages: Entry = {"lockfiles": [], "not_resolved": []}
    found = ask("native_modules", files, artifacts={"dependencies": {"packages.json": packages}}).schema_slice
    told = {each["library"] for each in found["libraries"]}
    required = {need["library"] for entry in table["packages"] for need in entry["needs"]}
    assert {library["id"] for library in table["libraries"]} - told - required == set()
    assert {library["id"] for library in table["libraries"] if library["links"] or library["pkg_config"]} <= told
