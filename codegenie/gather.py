"""One probe, one step: its key; the blob of that key, else a run in a worker; then the target."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from codegenie import git_state, registry, schema, tools
from codegenie.cache import remove
from codegenie.errors import CodegenieError
from codegenie.hashing import digest_of, digest_of_names
from codegenie.index import ABSENT, LATE, Index
from codegenie.inventory import Inventory
from codegenie.probe import GIT, PATHS, Probe
from codegenie.redaction import publishable
from codegenie.settings import Settings
from codegenie.state import State
from codegenie.targets import envelope_of, read_target, succeeded, target_digests, targets_of, write_target, written
from codegenie.uptodate import Values, key_of, record
from codegenie.workers import Call, WorkerDied, Workers

_SHORTEST = 0.1  # seconds, where the run's time is up while a probe is asked a second time
REASONS = {
    ABSENT: "does not exist",
    "link": "a symbolic link",
    "directory": "a directory",
    "special": "not a regular file",
    "unreadable": "cannot be read",
    LATE: "not read before the run's time was up",
}
LIMITS = (
    *("max_file_bytes", "max_source_bytes", "max_parse_seconds"),
    *("max_slice_bytes", "max_artifact_bytes", "max_tool_output"),
)
"""The settings that bound what one probe may read and answer: the worker is told, and the cache key holds them."""


class Gather:
    """What all steps of one run share.

    `started_at`, in seconds since 1970, is what a time to live is counted from; after `ends_at`, by the monotonic
    clock, no probe is begun.
    """

    def __init__(
        self,
        settings: Settings,
        state: State,
        inventory: Inventory,
        declared: Mapping[str, Probe],
        *,
        index: Index,
        workers: Workers,
        started_at: float,
        ends_at: float,
    ) -> None:
        self.settings = settings
        self.state = state
        self.inventory = inventory
        self.declared = declared
        self.index = index
        self.workers = workers
        self.started_at = started_at
        self.ends_at = ends_at
        self.did_without = False
        """Whether a write failed that the gather could do without; it may have left something half-written."""

    @contextmanager
    def if_it_can(self) -> Iterator[None]:
        """Around the writing of what only saves time later: a disk that fails costs that time, and not the answer."""
        try:
            yield
        except OSError:
            self.did_without = True


class Step:
    """The work of one probe task: callable, as a doit action is."""

    def __init__(self, gather: Gather, probe: Probe) -> None:
        self.gather = gather
        self.probe = probe
        self.why = ""
        self._key: dict[str, str] = {}

    @property
    def files(self) -> tuple[str, ...]:
        """The declared inputs that the inventory lists, sorted."""
        return self.gather.inventory.matching(self.probe.declared_inputs)

    @property
    def targets(self) -> tuple[str, ...]:
        """The raw slice on disk, and the artifacts beside it."""
        return targets_of(self.gather.state, self.probe)

    @property
    def requires(self) -> list[str]:
        """The targets that this probe reads of those that it requires."""
        return [path for name in self.probe.requires for path in self._read_of(name)]

    def _read_of(self, required: str) -> Sequence[str]:
        """The targets that are read of a required probe: its artifacts that are read alone, else all."""
        state, alone = self.gather.state, self.probe.alone(required)
        if alone:
            return [state.artifact(required, name) for name in alone]
        return targets_of(state, self.gather.declared[required])

    def parts(self) -> dict[str, str]:
        """The digests that make up the key, by what a person would call them."""
        if not self._key:
            self._key = {
                "declaration": self._declaration_digest(),
                "inputs": self._inputs_digest(),
                "required slices": digest_of(target_digests(self.gather.state, self.requires)),
            }
            if GIT in self.probe.declared_inputs:
                self._key["the state of git"] = self.gather.inventory.git_digest
        return self._key

    def forget(self) -> None:
        """Look afresh at what the key is made of."""
        self._key = {}

    def __call__(self) -> Values:
        """Bring the target up to date.  Never raises for what a probe does; a failure is data."""
        began = time.monotonic()
        self.forget()
        missing = [name for name in self.probe.requires if not succeeded(self.gather.state, name)]
        if missing:
            reason = f"requires {', '.join(missing)}, of which there is no slice"
            return self._finish(began, "skipped", envelope_of(self.probe, "skipped", errors=[reason]))
        key = key_of(self.parts())
        settings = self.gather.settings
        born_after = self.gather.started_at - settings.cache_ttl if settings.cache_ttl else 0.0
        blobs = self.gather.state.blobs
        kept = [blobs.get(each, born_after=born_after) for each in self._blob_keys(key)]
        if (found := [each for each in kept if each is not None]) == kept:
            for each in self._blob_keys(key):
                blobs.touch(each)
            return self._finish(began, "restored", *found)
        if time.monotonic() > self.gather.ends_at:
            reason = f"not begun: the run's {settings.max_run_seconds:g} s were up; raise max_run_seconds"
            return self._finish(began, "skipped", envelope_of(self.probe, "skipped", errors=[reason]), settled=False)
        envelope, artifacts, settled = self._run()
        if envelope["outcome"] != "succeeded":
            return self._finish(began, "failed", envelope)
        contents = (written(envelope), *(artifacts[name] for name in self.probe.artifacts))
        if settled:
            with self.gather.if_it_can():
                for each, content in zip(self._blob_keys(key_of(self.parts())), contents, strict=True):
                    blobs.put(each, content, time.time())
        return self._finish(began, "ran", *contents, settled=settled)

    def _blob_keys(self, key: str) -> tuple[str, ...]:
        """The keys of the targets' blobs, in their order."""
        return (key, *(digest_of([key, name]) for name in self.probe.artifacts))

    def _run(self) -> tuple[dict[str, Any], dict[str, bytes], bool]:
        """Ask a worker, a second time if an input moved meanwhile; and whether the inputs were at rest at last."""
        try:
            answer = self.gather.workers.run(self._call())
            settled = not self._moved(answer)
            if not settled:
                self.forget()
                for path in self.files:
                    self.gather.index.forget(path)
                answer = self.gather.workers.run(self._call())
                settled = not self._moved(answer)
        except WorkerDied as death:
            answer, settled = {"error": str(death)}, False
        skipped = [*self._left_out(), *answer.pop("skipped", ())]
        artifacts = answer.pop("artifacts", {})
        if "error" in answer:
            return envelope_of(self.probe, "failed", errors=[answer["error"]], skipped=skipped), {}, settled
        return envelope_of(self.probe, "succeeded", skipped=skipped, **answer), artifacts, settled

    def _call(self) -> Call:
        settings, index = self.gather.settings, self.gather.index
        left = self.gather.ends_at - time.monotonic()
        files, records = index.regular(self.files)
        git = self.gather.inventory.git if GIT in self.probe.declared_inputs else {}
        return Call(
            probe=self.probe.name,
            root=settings.repo,
            seconds=max(min(self.probe.timeout_seconds, settings.max_probe_seconds, left), _SHORTEST),
            files=files,
            records=records,
            paths=self.gather.inventory.paths if PATHS in self.probe.declared_inputs else (),
            git=git_state.settled(settings.repo, git) if git else {},
            slices={
                name: read_target(self.gather.state, name)["slice"]
                for name in self.probe.requires
                if not self.probe.alone(name)
            },
            artifacts={
                "directory": os.path.dirname(self.targets[0]),
                "below": self.gather.state.out,
                "digests": self._artifact_digests(),
            },
            tools=settings.tools,
            limits={name: getattr(settings, name) for name in LIMITS},
        )

    def _artifact_digests(self) -> dict[str, str]:
        """Of the artifacts of the required probes, by their file names."""
        slices = {self.gather.state.raw(name) for name in self.probe.requires}
        artifacts = [path for path in self.requires if path not in slices]
        return dict(zip(map(os.path.basename, artifacts), target_digests(self.gather.state, artifacts), strict=True))

    def _moved(self, answer: dict[str, Any]) -> bool:
        """True if an input no longer is what its digest says: the answer must not be kept under the key.

        The worker says so of what it has read, but cannot of what a tool has.
        """
        index = self.gather.index
        if answer.pop("moved") or not index.was_at_rest(self.files):
            return True
        return bool(self.probe.tools) and any(index.moved(path) for path in self.files)

    def _left_out(self) -> list[dict[str, Any]]:
        """The declared inputs that are there but are not regular files, with the reason."""
        irregular = self.gather.index.irregular(self.files)
        left_out: list[dict[str, Any]] = publishable(
            [{"path": path, "reason": REASONS[state.partition(":")[0]]} for path, state in irregular]
        )
        return left_out

    def _finish(
        self, began: float, outcome: str, content: bytes | dict[str, Any], *artifacts: bytes, settled: bool = True
    ) -> Values:
        """Write the targets that say anything new, and tell doit how it went; artifacts of an older answer go.

        The slice comes last: where one is there, so is what it speaks of.
        """
        state, (raw, *others) = self.gather.state, self.targets
        for path, artifact in zip(others, artifacts, strict=False):
            write_target(state, path, artifact)
        for path in others[len(artifacts) :]:
            remove(path, below=state.out)
            if os.path.lexists(path):  # who reads it alone would take it for an answer
                raise CodegenieError(f"cannot remove {path}; remove it, or choose another place with out=")
        write_target(state, raw, content if isinstance(content, bytes) else written(content))
        return record(self, outcome, began, settled=settled)

    def _declaration_digest(self) -> str:
        """Everything but the inputs that decides the answer: the declaration, our code, the schema, the limits."""
        probe, settings = self.probe, self.gather.settings
        return digest_of(
            [
                probe.name,
                probe.version,
                digest_of_names(probe.declared_inputs),
                *probe.artifacts,
                registry.code_fingerprint(),
                schema.fingerprint(probe.name),
                *(registry.catalogue_fingerprint(name) for name in probe.catalogues),
                *(_tool_version(name, settings) for name in probe.tools),
                *(str(getattr(settings, name)) for name in (*LIMITS, "max_worker_memory")),
            ]
        )

    def _inputs_digest(self) -> str:
        """The paths and states of the declared inputs; an absent one is as if it were not listed."""
        files = self.gather.index.digest_of(self.files)
        return digest_of([files, self.gather.inventory.names_digest if PATHS in self.probe.declared_inputs else ""])


def _tool_version(name: str, settings: Settings) -> str:
    try:
        return tools.ready(name, settings.tools, refresh=settings.refresh_tools).version
    except tools.ToolUnavailable as reason:
        return str(reason)
