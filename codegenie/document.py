"""The merge: all slices placed in one document, validated whole, and published in one step; and its report."""

import json
import time
from collections import Counter
from contextlib import suppress
from os import path as os_path
from typing import Any, NoReturn

from codegenie import __version__, schema
from codegenie.cache import remove
from codegenie.errors import InvalidDocument
from codegenie.gather import Gather, Step
from codegenie.hashing import digest_of
from codegenie.redaction import publishable
from codegenie.registry import own_digest
from codegenie.targets import read_target, target_digests, write_target
from codegenie.uptodate import Values, record

SHOWN_PROBLEMS = 50
SHOWN_SKIPPED = 1000  # paths left out for one kind of reason; a tree of 100,000 devices must not fill the document
# The modules that decide the bytes published.
_WRITERS = ("document", "document_yaml", "order", "redaction", "report", "shapes", "text")


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
        envelopes = [read_target(self.gather.state, step.probe.name) for step in self.steps]
        document = self._assembled(envelopes)
        if problems := schema.document_validator(self.slices, self.gather.state.home)(document):
            self._refuse(document, problems)
        state = self.gather.state
        write_target(state, state.report, self._report(document, envelopes))
        write_target(state, state.document, _yaml(document), durable=True)
        remove(self._invalid, below=state.out)
        return record(self, "ran", began)

    @property
    def _invalid(self) -> str:
        return f"{self.gather.state.document}.invalid"

    def _refuse(self, document: dict[str, Any], problems: list[str]) -> NoReturn:
        with suppress(OSError):
            self.gather.state.write(self._invalid, _yaml(document))
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
        from codegenie.order import ordered  # which a run with nothing to publish does not pay for

        slices = {one["probe"]: ordered(one["probe"], one["slice"]) for one in envelopes}
        return document | slices

    def _report(self, document: dict[str, Any], envelopes: list[dict[str, Any]]) -> bytes:
        from codegenie.report import Highlights, rendered  # which a run with nothing to publish does not pay for

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
    """The digest of our own sources: a document must not stay as an older version of them wrote it."""
    return digest_of(own_digest(os_path.join(os_path.dirname(__file__), f"{name}.py")) for name in _WRITERS)


def _yaml(document: dict[str, Any]) -> bytes:
    from codegenie.document_yaml import written  # PyYAML, which a run with nothing to publish does not pay for

    return written(document, schema.DOCUMENT_ID)
