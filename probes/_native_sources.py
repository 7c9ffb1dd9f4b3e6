"""Native code of the repository itself: what its build files compile, and what its sources link or load."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from codegenie.formats.patterns import lazily

Sign = tuple[str, str, int]
"""The kind of sign, what it names, and the line."""

_LINK = lazily(r"(?<![\w-])-l([A-Za-z0-9_][\w.+-]*)")
_PKG_CONFIG = lazily(r"pkg-config((?:[ \t]++--?[\w=-]++){0,20}+)[ \t]++([\w.+ -]{1,200})")
_GO_IMPORT = lazily(r'^(?:import[ \t]+"C"|[ \t]+"C")[ \t]*(?://.*)?\r?$', re.MULTILINE)
_CGO = lazily(r"^[ \t]*(?://[ \t]*)?#cgo[ \t]+([^\n:]{0,200}):[ \t]*([^\n]{1,1000})", re.MULTILINE)
_CARGO_LINKS = lazily(r'^links\s*=\s*["\']([\w.+-]+)["\']', re.MULTILINE)
_CARGO_TOOLS = lazily(
    r"^(?:cc|cmake|bindgen|pkg-config|cxx-build|autotools|system-deps|pyo3-build-config|napi-build|neon-build)\s*(?:=|\.)",
    re.MULTILINE,
)
_RUST_LINK = lazily(r"cargo::?rustc-link-lib=(?:\w+=)?([\w.+-]+)")
_EXTCONF = lazily(r"\b(?:have_library|find_library|pkg_config|dir_config)\s*\(?\s*[\"']([\w.+-]+)[\"']")
_MAKEFILE = lazily(r"\bcreate_(?:rust_)?makefile\b")
_SETUP = lazily(r"\b(ext_modules|cffi_modules|rust_extensions|cythonize|Pybind11Extension|CMakeExtension)\b")
_SETUP_LIBRARIES = lazily(r"\blibraries\s*=\s*\[([^\]]{0,500})\]")
_QUOTED = lazily(r"[\"']([\w.+-]+)[\"']")
_BACKEND = lazily(
    r"^build-backend\s*=\s*[\"'](maturin|scikit_build_core\.build|mesonpy|setuptools_rust|sipbuild\.api)[\"']",
    re.MULTILINE,
)
_BUILD_REQUIRES = lazily(r"[\"'](cython|pybind11|cffi|nanobind|setuptools-rust|scikit-build)\b", re.IGNORECASE)
_REQUIRES = lazily(r"^\[build-system\]$(?:\n(?!\[)[^\n]*)*", re.MULTILINE)
_JNI = lazily(r"\bSystem\s*\.\s*loadLibrary\s*\(\s*\"([\w.+-]+)\"")
_PINVOKE = lazily(r"\[\s*(?:DllImport|LibraryImport)\s*\(\s*@?\"([\w.+/-]+)\"")
_INSTALL = lazily(
    r"\"(?:pre|post)?install\"\s*:\s*\"[^\"\n]*\b(node-gyp-build|node-gyp|node-pre-gyp|prebuild-install|prebuild|cmake-js|napi|neon)\b"
)
_GYPFILE = lazily(r"\"gypfile\"\s*:\s*true")


def signs(path: str, content: bytes) -> list[list[Any]]:
    """What a file tells of native code, as JSON."""
    name = path.rpartition("/")[2]
    reader = _BY_NAME.get(name) or _BY_ENDING.get(name.rpartition(".")[2])
    text = content.decode("utf-8", "replace")
    return [list(sign) for sign in sorted(set(reader(text)))] if reader else []


def _go(text: str) -> Iterator[Sign]:
    if not (found := _GO_IMPORT.search(text)):
        return
    yield "cgo", "", _line(text, found.start())
    for directive, at in _numbered(_CGO, text):
        if "pkg-config" in directive[1]:
            yield from (("pkg-config", name, at) for name in directive[2].split() if not name.startswith("-"))
        else:
            yield from (("link", name, at) for name in _LINK.findall(directive[2]))


def _gyp(text: str) -> Iterator[Sign]:
    yield "binding.gyp", "", 1
    yield from _linked(text)


def _linked(text: str) -> Iterator[Sign]:
    for found, line in _numbered(_LINK, text):
        yield "link", found[1], line
    for found, line in _numbered(_PKG_CONFIG, text):
        yield from (("pkg-config", name, line) for name in found[2].split() if not name.startswith("-"))


def _cargo(text: str) -> Iterator[Sign]:
    yield from (("link", found[1], line) for found, line in _numbered(_CARGO_LINKS, text))
    if found := _CARGO_TOOLS.search(text):
        yield "build script", found[0].rstrip("=. \t"), _line(text, found.start())


def _build_rs(text: str) -> Iterator[Sign]:
    yield from (("link", found[1], line) for found, line in _numbered(_RUST_LINK, text))


def _extconf(text: str) -> Iterator[Sign]:
    if found := _MAKEFILE.search(text):
        yield "extconf.rb", "", _line(text, found.start())
    yield from (("link", found[1], line) for found, line in _numbered(_EXTCONF, text))


def _setup_py(text: str) -> Iterator[Sign]:
    if not (found := _SETUP.search(text)):
        return
    yield "Python extension", found[1], _line(text, found.start())
    for libraries, at in _numbered(_SETUP_LIBRARIES, text):
        yield from (("link", name, at) for name in _QUOTED.findall(libraries[1]))


def _pyproject(text: str) -> Iterator[Sign]:
    for table in _REQUIRES.finditer(text):
        for pattern in (_BACKEND, _BUILD_REQUIRES):
            if found := pattern.search(table[0]):
                yield "Python extension", found[1].lower(), _line(text, table.start() + found.start())
                break


def _jvm(text: str) -> Iterator[Sign]:
    yield from (("JNI", found[1], line) for found, line in _numbered(_JNI, text))


def _csharp(text: str) -> Iterator[Sign]:
    yield from (("P/Invoke", found[1], line) for found, line in _numbered(_PINVOKE, text))


def _package_json(text: str) -> Iterator[Sign]:
    if found := _INSTALL.search(text):
        yield "install script", found[1], _line(text, found.start())
    if found := _GYPFILE.search(text):
        yield "install script", "gypfile", _line(text, found.start())


def _numbered(pattern: re.Pattern[str], text: str) -> Iterator[tuple[re.Match[str], int]]:
    """What the pattern finds, with its lines; the text is counted once however much there is."""
    line, counted = 1, 0
    for found in pattern.finditer(text):
        line, counted = line + text.count("\n", counted, found.start()), found.start()
        yield found, line


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


_BY_NAME: dict[str, Callable[[str], Iterator[Sign]]] = {
    "Cargo.toml": _cargo,
    "binding.gyp": _gyp,
    "build.rs": _build_rs,
    "extconf.rb": _extconf,
    "package.json": _package_json,
    "pyproject.toml": _pyproject,
    "setup.py": _setup_py,
}
_BY_ENDING: dict[str, Callable[[str], Iterator[Sign]]] = {"cs": _csharp, "go": _go, "java": _jvm, "kt": _jvm}
FILES = (*(f"**/{name}" for name in sorted(_BY_NAME)), *(f"**/*.{ending}" for ending in sorted(_BY_ENDING)))
