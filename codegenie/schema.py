"""The schemas: draft-07 text, fingerprint, the one published document schema, and compiled validators kept on disk."""

import json
import marshal
import os
import sys
import time
from collections.abc import Callable, Collection
from functools import cache
from types import CodeType
from typing import Any

from codegenie.cache import Blobs
from codegenie.errors import CodegenieError
from codegenie.hashing import digest_of
from codegenie.registry import all_probes, data_directory, own_digest, own_file

DOCUMENT = "document"
SCHEMA_VERSION = 1
DOCUMENT_ID = f"https://codegenie.dev/schema/repo-context/v{SCHEMA_VERSION}.json"

_COMPILED = "2"  # another one where `_compiled` makes something else of a schema

Validator = Callable[[Any], list[str]]
Schema = dict[str, Any]


@cache
def text(name: str) -> bytes:
    """The schema file of a slice, or of the document's envelope.  Raises CodegenieError where there is none."""
    try:
        return own_file(_path(name))
    except OSError:
        known = ", ".join(probe.name for probe in all_probes())
        raise CodegenieError(f"there is no slice {name!r}; there are: {known}") from None


def fingerprint(name: str) -> str:
    """The digest of a schema, part of the cache key: a cached slice is known to fit the schema of today."""
    return own_digest(_path(name))


def _path(name: str) -> str:
    return os.path.join(data_directory("schemas"), f"{name}.json")


def published(names: tuple[str, ...] | None = None) -> dict[str, Any]:
    """The schema of the whole document, each slice as a definition; of these slices, or of all."""
    whole: dict[str, Any] = json.loads(text(DOCUMENT))
    for name in names if names is not None else tuple(probe.name for probe in all_probes()):
        piece = json.loads(text(name))
        piece.pop("$schema", None)
        piece.pop("$id", None)
        whole["definitions"][name] = _rebased(piece, f"#/definitions/{name}/definitions/")
        whole["properties"][name] = {
            "description": f"The slice of the probe {name}; null if the probe failed or was skipped.",
            "anyOf": [{"type": "null"}, {"$ref": f"#/definitions/{name}"}],
        }
    return whole


def slice_validator(name: str, home: Blobs | None) -> Validator:
    """A function that lists what is wrong with a slice; compiled once and kept in the user's directory."""
    return _validator(lambda: json.loads(text(name)), fingerprint(name), home)


def document_validator(names: tuple[str, ...], home: Blobs | None, *, known: Collection[str] = ()) -> Validator:
    """A function that lists what is wrong with a document of these slices, by the rules of `published`.

    Slices that are `known` to fit are taken at that.  It is made of the envelope's validator and those of the slices,
    which the workers have compiled and kept already.
    """

    def whole() -> Schema:
        schema: Schema = json.loads(text(DOCUMENT))
        schema["properties"] |= {name: {"type": ["object", "null"]} for name in names}
        return schema

    # Telling, since fastjsonschema cannot compile a `const` otherwise.
    envelope = _validator(whole, digest_of([fingerprint(DOCUMENT), *names]), home, telling=True)

    def problems(document: Any) -> list[str]:
        found = envelope(document)
        for name in names if not found else ():
            if name not in known and document.get(name) is not None:
                found += [f"{name}: {problem}" for problem in slice_validator(name, home)(document[name])]
        return found

    return problems


def document_fingerprint(names: tuple[str, ...]) -> str:
    """The digest of everything that decides whether a document of these slices is valid."""
    return digest_of([fingerprint(DOCUMENT), *(fingerprint(name) for name in names)])


def _rebased(node: Any, base: str) -> Any:
    """A schema with its local references moved to where its definitions will stand."""
    if isinstance(node, list):
        return [_rebased(item, base) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: base + value.removeprefix("#/definitions/") if key == "$ref" else _rebased(value, base)
        for key, value in node.items()
    }


def _validator(schema: Callable[[], Schema], name: str, home: Blobs | None, *, telling: bool = False) -> Validator:
    """Of a schema, which is parsed only where nothing is kept of it, or something is wrong.

    What is kept says no more than that, if not `telling`: to load all that it could say takes three times as long.
    """
    from fastjsonschema.version import VERSION

    key = digest_of(["validator", name, VERSION, sys.version, _COMPILED])
    code = _kept_code(key, home)
    if code is None:
        code = _compiled(schema(), telling=telling)
        _keep_code(key, code, home)
    check = _entry(code)

    @cache
    def check_and_tell() -> Callable[[Any], Any]:
        return _entry(_compiled(schema(), telling=True))

    def problems(value: Any) -> list[str]:
        found = _problems(check, value)
        return found if telling or not found else _problems(check_and_tell(), value) or found

    return problems


def _problems(check: Callable[[Any], Any], value: Any) -> list[str]:
    from fastjsonschema import JsonSchemaException

    try:
        check(value)
    except JsonSchemaException as error:
        found = getattr(error, "errors", None) or [error]
        return [str(one.message).removeprefix("data.").removeprefix("data ") for one in found]
    return []


def _entry(code: CodeType) -> Callable[[Any], Any]:
    namespace: dict[str, Any] = {}
    exec(code, namespace)  # noqa: S102 - generated by fastjsonschema from our own schema files, sealed on disk
    entry: Callable[[Any], Any] = namespace["validate"]
    return entry


def _compiled(schema: Schema, *, telling: bool) -> CodeType:
    from fastjsonschema import compile_to_code

    handlers = dict.fromkeys(("http", "https", "file"), _refused)
    anonymous = {name: value for name, value in schema.items() if name != "$id"}  # the entry point is then `validate`
    source = compile_to_code(
        anonymous, handlers=handlers, use_default=False, detailed_exceptions=telling, fast_fail=not telling
    )
    return compile(source, "<validator>", "exec")


def _refused(uri: str) -> Any:
    raise ValueError(f"a schema may not refer to {uri}")


def _kept_code(key: str, home: Blobs | None) -> CodeType | None:
    kept = home.get(key) if home else None
    if kept is None:
        return None
    try:
        code = marshal.loads(kept)  # noqa: S302 - the blob is sealed with the user's own key
    except (EOFError, TypeError, ValueError):
        return None  # of another build of this version of Python
    return code if isinstance(code, CodeType) else None


def _keep_code(key: str, code: CodeType, home: Blobs | None) -> None:
    """Save the compilation; where the user's directory cannot be written it is done anew each time."""
    if home is None:
        return
    try:
        home.put(key, marshal.dumps(code), time.time())
    except OSError:
        return
