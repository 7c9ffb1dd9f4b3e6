"""The packages of `packages.json` that compile or ship native code, each with how that is known."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats.patterns import lazily

from ._native_catalogue import Entry, NativeCatalogue
from ._native_wheels import Wheels, wheels

# Packages that only native code has a use for, by the type of the package URL: who requires one loads or compiles some.
_TOOLING = {
    "npm": {
        "@mapbox/node-pre-gyp": "node-pre-gyp",
        "bindings": "node-gyp",
        "cmake-js": "cmake-js",
        "nan": "node-gyp",
        "node-addon-api": "node-gyp",
        "node-gyp-build": "prebuildify",
        "node-gyp-build-optional-packages": "platform packages",
        "node-pre-gyp": "node-pre-gyp",
        "pkg-prebuilds": "prebuildify",
        "prebuild-install": "prebuild-install",
    },
    "cargo": {
        "autotools": "build script",
        "bindgen": "build script",
        "cc": "build script",
        "cmake": "build script",
        "cxx-build": "build script",
        "nasm-rs": "build script",
        "pkg-config": "build script",
        "system-deps": "build script",
    },
    "gem": {"mini_portile2": "gem extension", "rb_sys": "gem extension", "rake-compiler-dock": "gem extension"},
}
# Bindings to what every system of their kind has: kernels, browsers, frameworks.
_NO_LIBRARY = frozenset({
    "core-foundation-sys", "coreaudio-sys", "dirs-sys", "dirs-sys-next", "errno-sys", "fsevent-sys", "inotify-sys",
    "jni-sys", "js-sys", "kqueue-sys", "linux-raw-sys", "mach-sys", "napi-sys", "ndk-sys", "netlink-sys", "objc-sys",
    "security-framework-sys", "system-configuration-sys", "web-sys", "windows-sys",
})  # fmt: skip
_FOREIGN = lazily(r"[?&]classifier=[^&]*(?:linux|osx|windows|natives|aarch)|[?&]platform=(?!ruby|java)[^&]+")


_PLATFORM = lazily(
    r"(?:linux(?:musl)?|darwin|win32|windows|freebsd|netbsd|openbsd|sunos|aix|android|openharmony)-"
    r"(?:x64|x86|64|ia32|arm|aarch64|amd64|ppc64|powerpc64|riscv64|s390x|loong64|loongarch64|mips64|universal)"
)
_PLATFORM_OF_GEM = lazily(r"(?<=[?&])platform=[^&]*&?|\?platform=[^&]*$")
_GEM_LIBC = lazily("(?<=linux)-(?:gnu|musl)")
_GLIBC = lazily("glibc|gnu")


class Native:
    """One package URL; `direct` where any lockfile has it so, `development` where all do."""

    def __init__(self, purl: str, kind: str, name: str, version: str | None, ecosystem: str) -> None:
        self.purl = purl
        self.kind = kind
        self.name = name
        self.version = version
        self.ecosystem = ecosystem
        self.known_by: set[tuple[str, str, str, int | None]] = set()
        """Kind of evidence, detail, path, line."""
        self.mechanisms: set[str] = set()
        self.needs: set[tuple[str, str]] = set()
        self.prebuilt: set[str] | None = None
        self.glibc: tuple[int, int] | None = None
        self.lockfiles: set[str] = set()
        self.direct: bool | None = None
        self.development: bool | None = None
        self.note: str | None = None
        self.from_lockfile = False
        """Whether `prebuilt` was read in a lockfile, which is surer than the catalogue."""


def natives(packages: Mapping[str, Any], catalogue: NativeCatalogue) -> tuple[list[Native], list[dict[str, Any]]]:
    """Those that are native, and those of which the lockfile says only that they run code when they are installed."""
    found: dict[str, Native] = {}
    may_compile: dict[str, dict[str, Any]] = {}
    for lockfile in packages["lockfiles"]:
        rows = lockfile["packages"]
        for row, evidence in _read(lockfile, rows):
            _catalogued(evidence, catalogue, lockfile["path"], row.get("line"))
            if _is_sure(evidence):
                _merge(found, evidence, row, lockfile["path"])
            elif reason := _may_compile(row, evidence):
                entry = {"purl": row["purl"], "reason": reason, "path": lockfile["path"], "line": row.get("line")}
                may_compile.setdefault(row["purl"], entry)
    for row in packages["not_resolved"]:
        if row["purl"] and row["scope"] != "constraint" and row["ecosystem"] != "composer":
            evidence = Native(row["purl"], _kind(row["purl"]), row["name"], None, row["ecosystem"])
            _catalogued(evidence, catalogue, row["path"], row["line"])
            if evidence.known_by:
                _merge(found, evidence, {"direct": True, "development": _purpose(row["scope"])}, None)
    return [found[purl] for purl in sorted(found)], [may_compile[purl] for purl in sorted(may_compile)]


_DEVELOPING = frozenset({"build", "development", "test"})


def _purpose(scope: str) -> bool | None:
    return None if scope == "unknown" else scope in _DEVELOPING


def _read(lockfile: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Mapping[str, Any], Native]]:
    """Each package with what the lockfile itself tells; those that are one platform's part of another come with it."""
    parts = {at for row in rows for at in _parts(row, rows)}
    for at, row in enumerate(rows):
        if row["purl"] is None or row.get("source") == "workspace" or at in parts:
            continue
        evidence = Native(
            _PLATFORM_OF_GEM.sub("", row["purl"]),
            _kind(row["purl"]),
            row["name"],
            row["version"],
            lockfile["ecosystem"],
        )
        for kind, detail, mechanism in _signs(evidence, row, rows):
            evidence.known_by.add((kind, detail, lockfile["path"], row.get("line")))
            evidence.mechanisms.add(mechanism)
        yield row, evidence


def _signs(
    evidence: Native, row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[str, str, str]]:
    tooling = _TOOLING.get(evidence.kind, {})
    for each in (rows[at] for at in row.get("requires", ())):
        if each["name"] in tooling:
            yield "requires", each["name"], tooling[each["name"]]
    if evidence.kind == "npm":
        own = [rows[at] for at in _parts(row, rows)] or ([row] if _is_platform(row) else [])
        if own:
            _take_platforms(evidence, own)
            yield "platforms", f"{len(own)} packages for one platform each", "platform packages"
    elif evidence.kind == "pypi" and row.get("files"):
        found = wheels(row["files"])
        if found.native:
            _take_wheels(evidence, found)
            yield "wheels", f"{found.native} for one platform each{', one for any' if found.pure else ''}", "wheels"
    elif evidence.kind == "cargo" and row["name"].endswith("-sys") and row["name"] not in _NO_LIBRARY:
        yield "name", row["name"], "sys crate"
    if found_foreign := _FOREIGN.search(row["purl"]):
        if libc := _GEM_LIBC.search(found_foreign[0]):
            evidence.prebuilt, evidence.from_lockfile = {"musl" if libc[0] == "-musl" else "glibc"}, True
        yield "platforms", found_foreign[0][1:], "platform gem" if evidence.kind == "gem" else "native assets"


def _parts(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """The packages for one platform that are parts of this one: several, or one that is called like it."""
    found = [at for at in row.get("requires", ()) if _is_platform(rows[at])] if not _is_platform(row) else []
    own_name = row["name"].rpartition("/")[2]
    return found if len(found) > 1 or any(own_name in rows[at]["name"] for at in found) else []


def _is_platform(row: Mapping[str, Any]) -> bool:
    """Whether it is for one processor, by its fields or, where the lockfile has none, by its name.

    Fields for a system alone are in much that is JavaScript.
    """
    return any(marker.startswith("cpu=") for marker in row.get("markers", ())) or bool(_PLATFORM.search(row["name"]))


def _take_platforms(evidence: Native, parts: Sequence[Mapping[str, Any]]) -> None:
    """Without a word of a libc nothing is known, for a part may be static; but beside one for musl it is for glibc."""
    linux = [" ".join([part["name"], *part.get("markers", ())]) for part in parts if _is_linux(part)]
    musl = any("musl" in text for text in linux)
    glibc = any(_GLIBC.search(text) or (musl and "musl" not in text) for text in linux)
    if musl or glibc:
        evidence.prebuilt = {libc for libc, there in (("glibc", glibc), ("musl", musl)) if there}
        evidence.from_lockfile = True


def _is_linux(part: Mapping[str, Any]) -> bool:
    return "os=linux" in part.get("markers", ()) or "linux" in part["name"]


def _take_wheels(evidence: Native, found: Wheels) -> None:
    libcs = {libc for libc, there in (("glibc", found.glibc is not None), ("musl", found.musl)) if there}
    evidence.prebuilt, evidence.glibc, evidence.from_lockfile = libcs, found.glibc, True


def _is_sure(evidence: Native) -> bool:
    """A crate that requires a compiler's driver may do so for another system: Cargo.lock is for all of them."""
    return any(kind != "requires" or evidence.kind != "cargo" for kind, *_ in evidence.known_by)


def _may_compile(row: Mapping[str, Any], evidence: Native) -> str | None:
    if row.get("install_script"):
        return "install script"
    if evidence.known_by:
        return "build tool"
    if evidence.kind == "pypi" and row.get("files"):
        found = wheels(row["files"])
        return "no wheel" if found.archives and not found.native and not found.pure else None
    return None


def _catalogued(evidence: Native, catalogue: NativeCatalogue, path: str, line: int | None) -> None:
    entry: Entry | None = catalogue.find(evidence.kind, evidence.name, evidence.version)
    if entry is None:
        return
    evidence.known_by.add(("catalogue", entry.source, path, line))
    if evidence.kind != "npm" or not evidence.mechanisms:  # from version to version, packages change how they do it
        evidence.mechanisms |= set(entry.mechanisms)
    evidence.needs |= set(entry.needs)
    evidence.note = entry.note
    if not evidence.from_lockfile and entry.prebuilt is not None:
        evidence.prebuilt = set(entry.prebuilt)


def _merge(found: dict[str, Native], evidence: Native, row: Mapping[str, Any], lockfile: str | None) -> None:
    known = found.setdefault(evidence.purl, evidence)
    known.known_by |= evidence.known_by
    known.mechanisms |= evidence.mechanisms
    if evidence.from_lockfile and evidence.prebuilt and known is not evidence:
        known.prebuilt = evidence.prebuilt | ((known.prebuilt or set()) if known.from_lockfile else set())
        known.from_lockfile = True
    known.direct = _either(known.direct, row["direct"]) if known is not evidence else row["direct"]
    known.development = _both(known.development, row["development"]) if known is not evidence else row["development"]
    if lockfile:
        known.lockfiles.add(lockfile)


def _either(one: bool | None, other: bool | None) -> bool | None:
    return one or other if None not in {one, other} else (one or other or None)


def _both(one: bool | None, other: bool | None) -> bool | None:
    """Where one of them is not known, the other tells only that it is not for development alone."""
    return None if None in {one, other} and False not in {one, other} else bool(one and other)


def _kind(purl: str) -> str:
    return purl.removeprefix("pkg:").partition("/")[0]
