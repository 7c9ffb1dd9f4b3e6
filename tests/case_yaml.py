"""Case files as YAML: what is short stands on one line, and a file of several lines is a block of text."""

from math import inf
from typing import Any

import yaml

_SHORT = 96  # characters of a collection that may stand on one line


class CaseDumper(yaml.CSafeDumper):
    """PyYAML's own, but for the collections that it writes on one line, and texts of several lines."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def represent_scalar(self, tag: str, value: Any, style: str | None = None) -> yaml.ScalarNode:
        return super().represent_scalar(tag, value, "|" if "\n" in str(value) else style)

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        node = super().represent_sequence(tag, sequence, flow_style)
        of_scalars = all(isinstance(item, yaml.ScalarNode) for item in node.value)
        node.flow_style = (of_scalars or len(node.value) == 1) and _width(node.value) <= _SHORT
        return node

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = _width([part for pair in node.value for part in pair]) <= _SHORT
        return node


def _width(parts: list[yaml.Node]) -> float:
    """About how wide these are on one line; infinite where one of them takes several."""
    return sum(len(part.value) + 2 if isinstance(part, yaml.ScalarNode) else _collection_width(part) for part in parts)


def _collection_width(node: yaml.Node) -> float:
    if not isinstance(node, yaml.CollectionNode) or not node.flow_style:
        return inf
    return 2 + _width([part for item in node.value for part in (item if isinstance(item, tuple) else (item,))])
