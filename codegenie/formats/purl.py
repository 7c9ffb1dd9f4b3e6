"""Package URLs in their canonical form, by the specification and the type definitions of package-url/purl-spec."""

from collections.abc import Iterable

from codegenie.formats.patterns import lazily

# Where neither the namespace nor the name is case sensitive, and where only the namespace is not.  npm and golang are:
# old npm packages differ by case alone, and so do Go module paths.
_CASELESS = frozenset({
    "alpm", "apk", "bitbucket", "bitnami", "brew", "chrome-extension", "composer", "deb", "github", "gitlab", "hex",
    "luarocks", "oci", "otp", "pub", "pypi", "vscode-extension",
})  # fmt: skip
_CASELESS_NAMESPACE = frozenset({"qpkg", "rpm", "yocto"})
_TYPE = lazily(r"[a-z][a-z0-9.-]*")
_KEY = lazily(r"[a-z][a-z0-9._-]*")
_ENCODED = lazily(r"[^A-Za-z0-9._~:-]+")  # a slash too, but where it parts segments
_PYPI_SEPARATORS = lazily(r"[-_.]+")  # PEP 503, which PyPI goes by; the type definition names the underscore only
_NOT_PUB = lazily(r"[^a-z0-9]")


def purl(
    kind: str,
    name: str,
    version: str | None = None,
    qualifiers: Iterable[tuple[str, str]] = (),
    subpath: str = "",
) -> str | None:
    """`pkg:npm/%40babel/core@7.0.0` of "npm", "@babel/core", "7.0.0"; None where type, name or a key is no valid one.

    What stands before the last slash of `name` is the namespace.  Qualifiers without a value are left out.
    """
    kind = kind.lower()
    segments = [segment for segment in _normal(kind, name.strip("/ ")).split("/") if segment]
    given = sorted((key.lower(), value) for key, value in qualifiers if value)
    if not segments or not _TYPE.fullmatch(kind) or not all(_KEY.fullmatch(key) for key, _ in given):
        return None
    path = "/".join([kind, *map(encoded, segments)])
    at = f"@{encoded(version.strip())}" if version and version.strip() else ""
    query = "&".join(f"{key}={encoded(value)}" for key, value in dict(given).items())
    below = "/".join(encoded(part) for part in subpath.split("/") if part not in {"", ".", ".."})
    return f"pkg:{path}{at}{'?' if query else ''}{query}{'#' if below else ''}{below}"


def encoded(text: str) -> str:
    """The text with all but letters, digits and `.-_~:` of ASCII percent-encoded."""
    return _ENCODED.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "replace")), text)


def _normal(kind: str, name: str) -> str:
    if kind in _CASELESS_NAMESPACE:
        namespace, slash, last = name.rpartition("/")
        return namespace.lower() + slash + last
    if kind in _CASELESS:
        name = name.lower()
    match kind:
        case "pypi":
            return _PYPI_SEPARATORS.sub("-", name)
        case "pub":
            return _NOT_PUB.sub("_", name)
        case "hackage":
            return name.replace("_", "-")
        case _:
            return name
