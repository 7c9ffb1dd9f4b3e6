"""The order of keys for readers: as a schema lists them, and by name where it does not say."""

import json
from collections.abc import Mapping
from typing import Any

from codegenie import schema

_PREFIX = "#/definitions/"


def ordered(name: str, value: Any) -> Any:
    """A slice with its keys in the order of its schema: what it is about first, the rest by what it means."""
    whole = json.loads(schema.text(name))
    return _arranged(value, whole, whole.get("definitions", {}))


def _arranged(value: Any, described: Any, definitions: Mapping[str, Any]) -> Any:
    if not isinstance(value, dict | list):
        return value
    described = _resolved(described, definitions)
    match value:
        case dict():
            fields = described.get("properties", {})
            names = [*(name for name in fields if name in value), *sorted(value.keys() - fields.keys())]
            others = described.get("additionalProperties")
            return {name: _arranged(value[name], fields.get(name, others), definitions) for name in names}
        case list():
            return [_arranged(item, described.get("items"), definitions) for item in value]
    return value


def _resolved(described: Any, definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    """The part of a schema that lists fields, behind references and behind "or null"."""
    if not isinstance(described, dict):
        return {}  # true, or nothing said
    if "$ref" in described:
        return _resolved(definitions.get(described["$ref"].removeprefix(_PREFIX)), definitions)
    for choice in ("anyOf", "oneOf"):
        for alternative in described.get(choice, ()):
            if isinstance(alternative, dict) and alternative.keys() & {"$ref", "properties", "items"}:
                return _resolved(alternative, definitions)
    return described
