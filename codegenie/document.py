"""The merge: all slices placed in one document, validated whole, and published in one step; and its report."""

import json
import time
from collections import Counter
from contextlib import suppress
from os import path as os_path
from typing import Any, NamedTuple, NoReturn

from codegenie import __version__, schema
from codegenie.cache import remove
from codegenie.errors import InvalidDocument
from codegenie.gather import Gather, Step
from codegenie.hashing import digest_of, proof
from codegenie.redaction import publishable
from codegenie.registry import own_digest, pyyaml
from codegenie.targets import read_whole_target, target_digests, write_target
from codegenie.uptodate import Values, record

SHOWN_PROBLEMS = 50
SHOWN_SKIPPED = 1000  # paths left out for one kind of reason; a tree of 100,000 devices must not fill the document
# The modules that decide the bytes published.
_WRITERS = ("document", "document_yaml", "order", "redaction", "report", "schema", "shapes", "text")
_SCHEMA_LINE = f"# yaml-language-server: $schema={schema.DOCUMENT_ID}\n".encode()
_WORTH_KEEPING = 16 << 10  # bytes of a slice below which it is as quick to write its text as to look for it


class _Part(NamedTuple):
    """A slice of the document: its text if that is known, and by which key it is kept, if it is."""

    name: str
    envelope: dict[str, Any]
    key: str | None
    text: bytes | None


class Merge:
    """The work of the merge task: callable, as a doit action is."""

    def __init__(self, gather: Gather, steps: tuple[Step, ...]) -> None:
        self.gather = gather
        self.steps = steps
        self.why = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """The document, and the report beside it."""
        return (self.gather.state.document, self.gather.state.report)

    @property
    def slices(self) -> tuple[str, ...]:
        """The names of the slices in the document, sorted."""
        return tuple(step.probe.name for step in self.steps)

    def parts(self) -> dict[str, str]:
        """What the document is made of: the slices as they stand on disk, the snapshot, the schemas, our own code."""
        return {
            "slices": digest_of(
                target_digests(self.gather.state, [path for step in self.steps for path in step.targets])
            ),
            "snapshot": digest_of([__version__, json.dumps(self._snapshot(()), sort_keys=True), *self.slices]),
            "schema": schema.document_fingerprint(self.slices),
            "code": _fingerprint(),
        }

    def __call__(self) -> Values:
        """Assemble, validate, publish.  Raises InvalidDocument, with nothing replaced, or CodegenieError."""
        began = time.monotonic()
        state = self.gather.state
        parts = [self._part(step) for step in self.steps]
        document = self._assembled([part.envelope for part in parts])
        known = {part.name for part in parts if part.text is not None}
        if problems := schema.document_validator(self.slices, state.home, known=known)(document):
            self._refuse(document, problems)
        head = {name: document[name] for name in document if name not in self.slices}
        texts = [_yaml(head), *(self._text(part) for part in parts)]
        write_target(state, state.report, self._report(document, [part.envelope for part in parts]))
        write_target(state, state.document, b"".join([_SCHEMA_LINE, *texts]), durable=True)
        remove(self._invalid, below=state.out)
        return record(self, "ran", began)

    def _part(self, step: Step) -> _Part:
        """A slice, with its text in the document if that was once written of the same bytes, which were valid then."""
        name = step.probe.name
        envelope, content = read_whole_target(self.gather.state, name)
        if len(content) < _WORTH_KEEPING:
            return _Part(name, envelope, None, None)
        key = digest_of(["text in the document", name, proof(content), schema.fingerprint(name), _fingerprint()])
        text = self.gather.state.blobs.get(key)
        if text is not None:
            self.gather.state.blobs.touch(key)
        return _Part(name, envelope, key, text)

    def _text(self, part: _Part) -> bytes:
        """A slice as it stands in the document, its keys in the order of its schema; kept for the next time."""
        if part.text is not None:
            return part.text
        from codegenie.order import ordered  # which a run with nothing to publish does not pay for

        text = _yaml({part.name: ordered(part.name, part.envelope["slice"])})
        if part.key is not None:
            with self.gather.if_it_can():
                self.gather.state.blobs.put(part.key, text, time.time())
        return text

    @property
    def _invalid(self) -> str:
        return f"{self.gather.state.document}.invalid"

    def _refuse(self, document: dict[str, Any], problems: list[str]) -> NoReturn:
        with suppress(OSError):
            self.gather.state.write(self._invalid, _SCHEMA_LINE + _yaml(document))
        shown = "\n".join(f"  {problem}" for problem in problems[:SHOWN_PROBLEMS])
        raise InvalidDocument(
            f"the document does not fit its schema; nothing was replaced, it can be read in {self._invalid}:\n{shown}"
        )

    def _assembled(self, envelopes: list[dict[str, Any]]) -> dict[str, Any]:
        skipped = tuple(item for envelope in envelopes for item in envelope["skipped"])
        told = ("version", "outcome", "confidence", "warnings", "errors")
        artifacts = {step.probe.name: self._artifacts(step) for step in self.steps}
        document = {
            "schema_version": schema.SCHEMA_VERSION,
            "generator": {"name": "codegenie", "version": __version__},
            "task": self.gather.settings.task,
            "snapshot": self._snapshot(skipped),
            "probes": {
                one["probe"]: {name: one[name] for name in told} | {"artifacts": artifacts[one["probe"]]}
                for one in envelopes
            },
        }
        return document | {one["probe"]: one["slice"] for one in envelopes}

    def _report(self, document: dict[str, Any], envelopes: list[dict[str, Any]]) -> bytes:
        from codegenie.order import ordered  # which a run with nothing to publish does not pay for
        from codegenie.report import Highlights, rendered

        in_full = [one["probe"] for one in envelopes if not one["highlights"]]
        document = document | {name: ordered(name, document[name]) for name in in_full}
        highlights = [
            Highlights(
                step.probe.name,
                step.probe.section,
                [(label, text) for label, text in envelope["highlights"]],
                step.probe.applies_to_tasks,
            )
            for step, envelope in zip(self.steps, envelopes, strict=True)
        ]
        return rendered(document, highlights).encode()

    def _artifacts(self, step: Step) -> list[dict[str, Any]]:
        """The artifacts of a probe: where they lie from the document, and their sizes."""
        here = os_path.dirname(self.gather.state.document)
        return [
            {"path": os_path.relpath(path, here), "size": os_path.getsize(path)}
            for path in step.targets[1:]
            if os_path.exists(path)
        ]

    def _snapshot(self, skipped: tuple[dict[str, Any], ...]) -> dict[str, Any]:
        inventory = self.gather.inventory
        left_out = publishable([{"path": path, "reason": reason} for path, reason in inventory.skipped])
        return {
            "commit": inventory.commit,
            "listed_by": inventory.listed_by,
            "files": len(inventory.paths),
            "paths_digest": inventory.names_digest,
            "excluded": publishable(list(self.gather.settings.exclude)),
            "skipped": _shown([*left_out, *skipped]),
            "warnings": publishable(list(inventory.warnings)),
        }


def _shown(skipped: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was left out, each once and in order; of each kind of reason the first paths, and how many more."""
    unique = {json.dumps(item, sort_keys=True): item for item in skipped}
    of_kind: Counter[str] = Counter()
    shown = []
    for _, item in sorted(unique.items()):
        kind = item["reason"].partition(":")[0]
        of_kind[kind] += 1
        if of_kind[kind] <= SHOWN_SKIPPED:
            shown.append(item)
    more = [(kind, count - SHOWN_SKIPPED) for kind, count in sorted(of_kind.items()) if count > SHOWN_SKIPPED]
    return [{"path": "", "reason": f"{count} more: {kind}"} for kind, count in more] + shown


def _fingerprint() -> str:
    """The digest of our own sources, and PyYAML's: a document must not stay as an older version of them wrote it."""
    ours = [os_path.join(os_path.dirname(__file__), f"{name}.py") for name in _WRITERS]
    return digest_of(map(own_digest, [*ours, *pyyaml()]))


def _yaml(part: dict[str, Any]) -> bytes:
    from codegenie.document_yaml import written  # PyYAML, which a run with nothing to publish does not pay for

    return written(part)
