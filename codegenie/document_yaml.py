"""The document as YAML: what is short stands on one line, so that a person can read it and a diff stays small."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import StringIO
from math import inf
from typing import Any

import yaml

_WIDTH = 110
_SHORT = 96  # characters of a collection that may stand on one line
_TEXTS = 4096  # remembered: names are written again and again
_DUMPER = yaml.CSafeDumper(StringIO())
"""Never written with: it knows how a scalar is spelt, and what a spelling would be read as."""
_START = yaml.MappingStartEvent(None, None, True, flow_style=False)


def written(part: Mapping[str, Any]) -> bytes:
    """Some keys of the document, one below the other: the parts after one another are the whole document.

    In ASCII: what a terminal would obey is escaped, and reads back as it was.  libyaml is told each event: PyYAML would
    make a node of each value first, which takes three times as long.
    """
    body = StringIO()
    dumper = yaml.CSafeDumper(body, width=_WIDTH)
    inner, _ = _joined(each for pair in part.items() for each in pair)
    begun = (yaml.StreamStartEvent(), yaml.DocumentStartEvent(explicit=False), _START)
    for event in (*begun, *inner, yaml.MappingEndEvent(), yaml.DocumentEndEvent(explicit=False), yaml.StreamEndEvent()):
        dumper.emit(event)
    return body.getvalue().encode("ascii")


def _collection(value: Any) -> tuple[list[yaml.Event], float]:
    """What stands for a mapping or a sequence, and about how wide it is on one line; infinite where it takes several.

    On one line are mappings that are short, and sequences that are short and of scalars or a single item.
    """
    if isinstance(value, dict):
        inner, width = _joined(part for pair in value.items() for part in pair)
        on_one_line = width <= _SHORT
        events = [yaml.MappingStartEvent(None, None, True, flow_style=on_one_line), *inner, yaml.MappingEndEvent()]
    else:
        inner, width = _joined(value)
        flat = len(value) == 1 or not any(isinstance(item, dict | list | tuple) for item in value)
        on_one_line = flat and width <= _SHORT
        events = [yaml.SequenceStartEvent(None, None, True, flow_style=on_one_line), *inner, yaml.SequenceEndEvent()]
    return events, width + 2 if on_one_line else inf


def _joined(values: Iterable[Any]) -> tuple[list[yaml.Event], float]:
    """What stands for values one after another, and how wide that is."""
    joined: list[yaml.Event] = []
    width = 0.0
    for value in values:
        if isinstance(value, dict | list | tuple):
            events, wide = _collection(value)
            joined += events
        else:
            event = _scalar(value)
            joined.append(event)
            wide = len(event.value) + 2
        width += wide
    return joined, width


@lru_cache(_TEXTS, typed=True)
def _scalar(value: Any) -> yaml.ScalarEvent:
    """A text, number, truth value or null; quoted where it would be read as another kind."""
    node = _DUMPER.represent_data(value)
    as_it_is, in_quotes = (
        _DUMPER.resolve(yaml.ScalarNode, node.value, implicit) == node.tag  # type: ignore[no-untyped-call]
        for implicit in ((True, False), (False, True))
    )
    return yaml.ScalarEvent(None, node.tag, (as_it_is, in_quotes), node.value)
