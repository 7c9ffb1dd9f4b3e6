"""Native code: packages that compile or ship it, what the repository compiles itself, and the libraries needed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from codegenie.formats.patterns import lazily
from codegenie.probe import PATHS, ProbeInputs, ProbeOutput, register_probe

from ._apart import kind_apart
from ._native_catalogue import NativeCatalogue
from ._native_packages import Native, natives
from ._native_sources import FILES, signs

_LISTED = 500  # packages
_LISTED_OWN = 300
_HIGHLIGHTED = 6
_LISTED_PATHS = 20
_BINARY = lazily(r".+(?:\.(?:node|dylib|dll|pyd|jnilib|a)|\.so(?:\.[0-9]+)*)")
_CYTHON = lazily(r".+\.pyx")
_LINKED = frozenset({"link", "pkg-config"})  # when it is compiled; the others load it when they run
_SCAN = 1 << 18  # bytes; cgo's lines and a manifest's stand before that


@register_probe(
    version="1.6.0",
    declared_inputs=(PATHS, *FILES, "!**/node_modules/**", "!**/vendor/**"),
    requires=("dependencies", "manifests"),
    catalogues=("native_modules",),
    timeout_seconds=180,
    section="dependencies",
)
def native_modules(inputs: ProbeInputs) -> ProbeOutput:
    """List the packages that compile or ship native code, with the libraries and the libc that they need."""
    catalogue = NativeCatalogue(inputs.catalogue("native_modules"))
    found, may_compile = natives(inputs.artifact("dependencies", "packages.json"), catalogue)
    found += _extensions(inputs.slices["manifests"], catalogue)
    scanned = inputs.scan(signs, (path for path in inputs.files if not kind_apart(path)), limit=_SCAN)
    own = sorted(
        [*_own(scanned, catalogue), *_cython(inputs.paths)], key=lambda row: (row["kind"], row["detail"] or "")
    )
    needed = [(library, when, native.name) for native in found for library, when in native.needs]
    needed += [(row["library"], "run", row["path"]) for row in own if row["library"]]
    needed += [(row["library"], "source", row["path"]) for row in own if row["library"] and row["kind"] in _LINKED]
    binaries = [path for path in inputs.paths if _BINARY.fullmatch(path) and "node_modules/" not in path]
    locks = inputs.slices["dependencies"]
    slice_ = {
        "packages": {"count": len(found), "listed": [_facts(native) for native in found[:_LISTED]]},
        "may_compile": {"count": len(may_compile), "listed": may_compile[:_LISTED]},
        "own": {"count": len(own), "listed": own[:_LISTED_OWN]},
        "binaries": {"count": len(binaries), "paths": sorted(binaries)[:_LISTED_PATHS]},
        "libraries": list(catalogue.table(needed)),
        "unparsed": inputs.unparsed,
    }
    if not locks["lockfiles"] and not found and not own:
        return ProbeOutput(slice_, "low", highlights=tuple(_highlights(slice_, found)))
    doubtful = may_compile or inputs.unparsed or locks["unparsed"] or locks["without_lockfile"]["count"]
    return ProbeOutput(slice_, "medium" if doubtful else "high", highlights=tuple(_highlights(slice_, found)))


def _highlights(slice_: Mapping[str, Any], found: Iterable[Native]) -> Iterator[tuple[str, str]]:
    """The packages that production and the repository itself ask for first, and what a machine must have for them."""
    ordered = sorted(found, key=lambda each: (each.development is True, not each.direct, each.name, each.version or ""))
    yield "Native packages", _first(_titled(each) for each in ordered) or "none known"
    reasons = (f"`{_named(each['purl'])}` ({each['reason']})" for each in slice_["may_compile"]["listed"])
    if names := _first(reasons):
        yield "May compile", names
    for label, key in (("Libraries to run", "needed_to_run"), ("Libraries to compile", "needed_to_compile")):
        if names := _first(f"`{row['library']}`" for row in slice_["libraries"] if row[key]):
            yield label, names
    newest = max((each for each in ordered if each.glibc), key=lambda each: each.glibc or (), default=None)
    if newest and newest.glibc:
        yield "glibc", f"at least `{'.'.join(map(str, newest.glibc))}`, for `{newest.name}`"
    no_musl = [each for each in ordered if each.from_lockfile and each.prebuilt and "musl" not in each.prebuilt]
    if names := _first(f"`{each.name}`" for each in no_musl if "glibc" in (each.prebuilt or ())):
        yield "Nothing prebuilt for musl", names
    if own := slice_["own"]["listed"]:
        yield "Native code of its own", _first(dict.fromkeys(row["kind"] for row in own))
    if binaries := slice_["binaries"]["count"]:
        yield "Binaries", f"{binaries:,} in the repository, first `{slice_['binaries']['paths'][0]}`"


def _titled(native: Native) -> str:
    version = f" {native.version}" if native.version else ""
    return f"`{native.name}`{version}" + (" (development)" if native.development else "")


def _named(purl: str) -> str:
    return purl.partition("/")[2].replace("%40", "@")  # the scope of a package of npm


def _first(names: Iterable[str]) -> str:
    known = list(dict.fromkeys(names))
    more = len(known) - _HIGHLIGHTED
    return ", ".join(known[:_HIGHLIGHTED]) + (f" and {more:,} more" if more > 0 else "")


def _facts(native: Native) -> dict[str, Any]:
    return {
        "purl": native.purl,
        "name": native.name,
        "version": native.version,
        "ecosystem": native.ecosystem,
        "direct": native.direct,
        "development": native.development,
        "lockfiles": sorted(native.lockfiles)[:_LISTED_PATHS],
        "mechanisms": sorted(native.mechanisms),
        "prebuilt": None if native.prebuilt is None else sorted(native.prebuilt),
        "prebuilt_read": native.from_lockfile,
        "glibc_at_least": ".".join(map(str, native.glibc)) if native.glibc else None,
        "libraries": [{"library": library, "when": when} for library, when in sorted(native.needs)],
        "known_by": [
            {"kind": kind, "detail": detail, "path": path, "line": line}
            for kind, detail, path, line in sorted(native.known_by, key=lambda each: (*each[:3], each[3] or 0))
        ][:_LISTED_PATHS],
        "note": native.note,
    }


def _extensions(manifests: Mapping[str, Any], catalogue: NativeCatalogue) -> list[Native]:
    """The extensions of PHP that manifests ask for, which no lockfile pins."""
    found: dict[str, Native] = {}
    for path, name, line in _asked(manifests):
        entry = catalogue.find("composer", name)
        if entry:
            native = found.setdefault(name, Native(f"pkg:composer/{name}", "composer", name, None, "composer"))
            native.direct, native.development = True, False
            native.known_by.add(("catalogue", entry.source, path, line))
            native.mechanisms |= set(entry.mechanisms)
            native.needs |= set(entry.needs)
            native.prebuilt = set()
    return [found[name] for name in sorted(found)]


def _asked(manifests: Mapping[str, Any]) -> Iterator[tuple[str, str, int | None]]:
    for manifest in manifests["manifests"]:
        if manifest["ecosystem"] == "composer":
            for each in manifest["requirements"]:
                if each["name"].startswith("ext-"):
                    yield manifest["path"], each["name"], each["line"]
            for group in manifest["dependencies"]:
                for package in group["packages"]:
                    if package["name"].startswith("ext-"):
                        yield manifest["path"], package["name"], package["line"]


def _own(scanned: Mapping[str, Iterable[list[Any]]], catalogue: NativeCatalogue) -> Iterator[dict[str, Any]]:
    """One row for each kind of sign and name, with the first place and how many there are."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for path, found in sorted(scanned.items()):
        for kind, detail, line in found:
            known = rows.get((kind, detail))
            if known:
                known["count"] += 1
                continue
            library = catalogue.configured(detail) if kind == "pkg-config" else catalogue.linked(_linked(kind, detail))
            rows[kind, detail] = {
                "kind": kind,
                "detail": detail or None,
                "count": 1,
                "path": path,
                "line": line,
                "library": library,
            }
    yield from rows.values()


def _linked(kind: str, detail: str) -> str:
    """What a linker calls it: .NET programs say `libsodium` or `libz.so.1` for what it calls `sodium` and `z`."""
    if kind == "P/Invoke":
        return detail.rpartition("/")[2].partition(".so")[0].removesuffix(".dll").removeprefix("lib")
    return detail if kind in {"link", "JNI"} else ""


def _cython(paths: Iterable[str]) -> list[dict[str, Any]]:
    found = sorted(path for path in paths if _CYTHON.fullmatch(path) and not kind_apart(path))
    if not found:
        return []
    return [{"kind": "Cython", "detail": None, "count": len(found), "path": found[0], "line": None, "library": None}]
