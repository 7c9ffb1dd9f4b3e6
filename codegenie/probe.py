"""The probe contract: a pure function of its declared inputs, and the declaration that the engine plans by."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple, Protocol, TypeVar

from codegenie.errors import Refused, UndeclaredInput
from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable
from codegenie.globs import matches
from codegenie.paths import Paths

T = TypeVar("T")
Confidence = Literal["high", "medium", "low"]
Section = Literal["identity", "build", "dependencies", "delivery", "migration", "code", "organisation"]
"""Where the report speaks of a slice."""

Kind = Literal["text", "binary", "pointer"]
"""The kind of a content, as git sees it; what is a `pointer` may be one of LFS, which its reader tells."""

KINDS: tuple[Kind, ...] = ("text", "binary", "pointer")
BEGINNING = 8000  # bytes: git takes a file for binary where there is a NUL in these

PATHS = "<paths>"
"""The pseudo-input for a probe that needs the names of all files, not their contents."""

GIT = "<git>"
"""The pseudo-input for a probe that needs what git knows beside the files: HEAD, tags, remotes."""

PSEUDO_INPUTS = frozenset({PATHS, GIT})

DEFAULT_TIMEOUT = 30.0
READ_CAP = 1 << 20  # 1 MiB: linguist and semgrep stop there too
MANIFEST_CAP = 32 << 20  # lockfiles of real monorepos reach 20 MiB

ENVELOPE = frozenset({"schema_version", "generator", "task", "snapshot", "probes"})
"""The keys of the document that are not slices."""

RESERVED = ENVELOPE | {"document", "probe"}
"""No probe may take one of these names: schemas/document.json is the envelope, and `probe` a definition in it."""


class ProbeOutput(NamedTuple):
    """What a probe answers: the slice (JSON values only), how sure it is, and what a reader should be warned of."""

    schema_slice: dict[str, Any]
    confidence: Confidence = "high"
    warnings: tuple[str, ...] = ()
    artifacts: Mapping[str, Any] = {}
    """By their declared names, JSON values too large for the document; every one that is declared.

    In place of a value can stand a function that makes it, so that large ones stand in memory one after another.
    """
    highlights: tuple[tuple[str, str], ...] = ()
    """What a person should read first: a label of one or two words, and a line of text with `code` in it.

    Lines that belong together have a heading before their label, and a tab between the two.
    """


def made(artifact: Any) -> Any:
    """The value of an artifact."""
    return artifact() if callable(artifact) else artifact


def kind_of(beginning: bytes) -> Kind:
    """The kind of a content with these first bytes; `recorded.MAGIC` is another one where this says something else."""
    if b"\0" in (beginning if len(beginning) <= BEGINNING else beginning[:BEGINNING]):
        return "binary"
    return "pointer" if beginning.startswith(b"version https://") else "text"


class Reader(Protocol):
    """Where an input's bytes come from: `beneath.Root`, or a dictionary in a test."""

    def head(self, path: str, size: int) -> bytes:
        """The first `size` bytes.  Raises Refused."""

    def read(self, path: str, cap: int) -> bytes:
        """The whole content.  Raises Refused over `cap` bytes."""


class Memo(Protocol):
    """Findings per file, kept between runs by the file's path and content."""

    def known(self, paths: Sequence[str], /) -> Mapping[str, Any]:
        """The findings recorded of those of the files that have not moved since."""

    def keep(self, findings: Mapping[str, Any], /) -> None:
        """Record the findings (JSON values only) of the files that were asked about, by their paths."""


class Clock(Protocol):
    """How a piece of work on one file is done within its time."""

    def __call__(self, work: Callable[[], T], /) -> T:
        """What the work gives.  Raises Unparsable where it takes too long, or more memory than there is."""


MISSING: Any = object()


class ProbeInputs:
    """A probe's only window on the world.  Reading anything undeclared raises UndeclaredInput."""

    def __init__(
        self,
        probe: "Probe",
        files: Mapping[str, int],
        reader: Reader,
        *,
        cap: int = MANIFEST_CAP,
        source_cap: int = READ_CAP,
        paths: tuple[str, ...] = (),
        git: Mapping[str, Any] | None = None,
        slices: Mapping[str, Any] | None = None,
        artifacts: Callable[[str, str], Any] | None = None,
        catalogues: Callable[[str], Any] | None = None,
        tool: Callable[..., bytes] | None = None,
        memo: Memo | None = None,
        in_time: Clock | None = None,
        kinds: Callable[[str], Kind] | None = None,
    ) -> None:
        self._probe = probe
        self._inputs = files
        self._reader = reader
        self._cap = min(cap, source_cap if probe.max_file_bytes is None else probe.max_file_bytes)
        self._source_cap = min(source_cap, self._cap)
        self._paths = paths
        self._git = git or {}
        self._slices = slices or {}
        self._artifacts = artifacts
        self._catalogues = catalogues
        self._tool = tool
        self._memo = memo
        self._in_time = in_time or (lambda work: work())
        self._kinds = kinds or (lambda path: kind_of(reader.head(path, BEGINNING)))
        self.files: tuple[str, ...] = tuple(sorted(files))
        """The declared inputs that exist as regular files, sorted."""
        self._lookup = Paths(self.files)
        self._scanned: list[tuple[str, ...]] = []
        self._noted: set[tuple[str, str]] = set()
        self._left_out: dict[tuple[str, str], int | None] = {}

    def __contains__(self, path: str) -> bool:
        if path in self._inputs:
            return True
        if not matches(self._probe.declared_inputs, path):
            raise UndeclaredInput(f"{path} is not among the declared inputs of {self._probe.name}; add a glob for it")
        return False

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths of the repository, sorted, for a probe that declares PATHS."""
        if PATHS not in self._probe.declared_inputs:
            raise UndeclaredInput(f"{self._probe.name} must declare PATHS to see all paths")
        return self._paths

    @property
    def git(self) -> Mapping[str, Any]:
        """What `git_state.settled` says, for a probe that declares GIT; only `unknown`, a reason, where it cannot."""
        if GIT not in self._probe.declared_inputs:
            raise UndeclaredInput(f"{self._probe.name} must declare GIT to see the state of git")
        return self._git

    def matching(self, *patterns: str) -> tuple[str, ...]:
        """The files that any of the globs matches, sorted."""
        return self._lookup.matching(patterns)

    def size(self, path: str) -> int:
        """The size of a declared file in bytes."""
        try:
            return self._inputs[path]
        except KeyError:
            self._check(path)
            raise

    def kind(self, path: str) -> Kind:
        """The kind of a declared file's content; it is not read for that."""
        self._check(path)
        return self._kinds(path)

    @property
    def skipped(self) -> list[dict[str, Any]]:
        """All that was asked for and not had, `{path, reason, size}` each: the engine lists it in the document."""
        return [
            {"path": path, "reason": reason} | ({} if size is None else {"size": size})
            for (path, reason), size in self._left_out.items()
        ]

    @property
    def unparsed(self) -> list[dict[str, str]]:
        """What could not be read or understood, `{path, reason}` each, sorted; goes into the slice as it is."""
        return [{"path": path, "reason": reason} for path, reason in sorted(self._noted)]

    def read(self, path: str, cap: int | None = None) -> bytes:
        """The whole content of a declared file.  Raises Refused where it is over `cap` bytes or cannot be read.

        Without a `cap` it is that of source files, 1 MiB unless the user's settings say otherwise.
        """
        self._check(path)
        try:
            return self._reader.read(path, min(self._source_cap if cap is None else cap, self._cap))
        except Refused as refusal:
            self._left_out[path, refusal.reason] = refusal.size
            raise

    def head(self, path: str, size: int) -> bytes:
        """The first `size` bytes of a declared file.  Raises Refused where it cannot be read."""
        self._check(path)
        try:
            return self._reader.head(path, min(size, self._cap))
        except Refused as refusal:
            self._left_out[path, refusal.reason] = refusal.size
            raise

    def parse(self, path: str, parser: Callable[[bytes], T], cap: int | None = None) -> T | None:
        """What `parser` makes of the file; None, with a line in `unparsed`, where it cannot be read or understood."""
        try:
            content = self.read(path, cap)
            return self._in_time(lambda: parser(content))
        except Refused as refusal:
            self._note(path, refusal.reason)
        except Unparsable as error:
            self._note_unparsable(path, str(error))
        return None

    def scan(
        self, finding: Callable[[str, bytes], Any], paths: Iterable[str] | None = None, *, limit: int | None = None
    ) -> dict[str, Any]:
        """`finding(path, first `limit` bytes)` for each file, remembered by the file's digest between runs.

        `finding` must be a pure function that gives JSON values.  A file that cannot be read, or that takes too long,
        is left out, with a line in `unparsed`.  A file has one `finding`: a second scan is of other files.
        """
        chosen = self.files if paths is None else tuple(paths)
        for path in chosen if paths is not None else ():
            self._check(path)
        twice = [path for before in self._scanned for path in {*before}.intersection(chosen)]
        assert not twice, f"probes/{self._probe.name}.py must scan {twice[0]} once"
        self._scanned.append(chosen)
        size = min(self._source_cap if limit is None else limit, self._cap)
        known = self._memo.known(chosen) if self._memo else {}
        findings = {}
        for path in chosen:
            found = known.get(path, MISSING)
            if found is MISSING:
                try:
                    head = self._reader.head(path, size)
                    found = _as_json(self._in_time(partial(finding, path, head)))
                except Refused as refusal:
                    self._left_out[path, refusal.reason] = refusal.size
                    self._note(path, refusal.reason)
                    continue
                except Unparsable as error:
                    self._note_unparsable(path, str(error))
                    continue
            findings[path] = found
        if self._memo:
            self._memo.keep(findings)
        return findings

    @property
    def slices(self) -> Mapping[str, Any]:
        """The slices of the probes that this one requires, by name."""
        return self._slices

    def artifact(self, slice_name: str, name: str) -> Any:
        """An artifact of a probe that this one requires, by the name that it is declared under."""
        alone = self._probe.alone(slice_name)
        if slice_name not in self._probe.requires or (alone and name not in alone) or self._artifacts is None:
            wanted = f"{slice_name}.{name}" if alone else slice_name
            raise UndeclaredInput(f"{self._probe.name} must require {wanted!r} to read its artifacts")
        return self._artifacts(slice_name, name)

    def catalogue(self, name: str) -> Any:
        """The parsed `probes/catalogues/<name>.json` (or .yaml), for a probe that declares it."""
        if name not in self._probe.catalogues or self._catalogues is None:
            raise UndeclaredInput(f"{self._probe.name} must declare the catalogue {name!r}")
        return self._catalogues(name)

    def tool(self, name: str, *arguments: str) -> bytes:
        """The standard output of a declared external tool.  Raises tools.ToolUnavailable or tools.ToolFailed."""
        if name not in self._probe.tools or self._tool is None:
            raise UndeclaredInput(f"{self._probe.name} must declare the tool {name!r}")
        return self._tool(name, *arguments)

    def _note(self, path: str, reason: str) -> None:
        self._noted.add((path, reason))

    def _note_unparsable(self, path: str, reason: str) -> None:
        self._left_out[path, reason] = self._inputs[path]
        self._note(path, reason)

    def _check(self, path: str) -> None:
        if path not in self._inputs:
            raise UndeclaredInput(f"{path} is not among the declared inputs of {self._probe.name}")


def _as_json(value: Any) -> Any:
    """The value as it will come back from the memo, so that the first run sees what the later ones do."""
    match value:
        case None | int() | float():
            return value
        case str() if value.isascii():  # two surrogates would come back as one letter
            return value
        case list() | tuple():
            return [_as_json(item) for item in value]
        case dict() if all(isinstance(name, str) and name.isascii() for name in value):
            return {name: _as_json(item) for name, item in value.items()}
        case _:
            return json.loads(json.dumps(value))


class Probe(NamedTuple):
    """A declaration: what the probe function may see, and how the engine should treat it."""

    name: str
    version: str
    run: Callable[[ProbeInputs], ProbeOutput]
    declared_inputs: tuple[str, ...]
    requires: tuple[str, ...] = ()
    artifacts_alone: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    catalogues: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    timeout_seconds: float = DEFAULT_TIMEOUT
    max_file_bytes: int | None = None
    section: Section = "code"
    applies_to_tasks: tuple[str, ...] = ("*",)
    applies_to_languages: tuple[str, ...] = ("*",)
    summary: str = ""

    def alone(self, required: str) -> list[str]:
        """The artifacts of a required probe, where nothing else of it is read; none where all is."""
        ends = (each.partition(".")[::2] for each in self.artifacts_alone)
        return [name for probe, name in ends if probe == required]


_ARTIFACT = lazily(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)?\.json")

REGISTERED: dict[str, Probe] = {}
"""What the decorator has seen, by name; `registry` is its only reader."""


def register_probe(
    *,
    version: str,
    declared_inputs: tuple[str, ...],
    requires: tuple[str, ...] = (),
    artifacts: tuple[str, ...] = (),
    catalogues: tuple[str, ...] = (),
    tools: tuple[str, ...] = (),
    timeout_seconds: float = DEFAULT_TIMEOUT,
    max_file_bytes: int | None = None,
    section: Section = "code",
    applies_to_tasks: tuple[str, ...] = ("*",),
    applies_to_languages: tuple[str, ...] = ("*",),
) -> Callable[[Callable[[ProbeInputs], ProbeOutput]], Callable[[ProbeInputs], ProbeOutput]]:
    """Declare the decorated function as the probe of its name, which is also the name of its slice, file and schema.

    Bump `version` whenever the slice can differ for the same inputs.  `requires` names the probes whose answers it
    reads; as `source_scan.findings.json` an artifact of one, where only that is read.  `artifacts` are the names
    (`packages.json`) of what it answers besides the slice, each a JSON file of its own.  `max_file_bytes` is the most
    the probe may read of one file, that of source files where it is None.  Raises TypeError for a declaration that
    cannot be planned with, or a name that is taken.
    """

    def declare(run: Callable[[ProbeInputs], ProbeOutput]) -> Callable[[ProbeInputs], ProbeOutput]:
        name = run.__name__
        where = f"probes/{name}.py"
        if name in REGISTERED:
            raise TypeError(f"{where}: a probe named {name!r} is registered already")
        if name in RESERVED:
            raise TypeError(f"{where}: {name!r} is a name of the document itself; choose another name")
        if odd := [each for each in artifacts if not _ARTIFACT.fullmatch(each)]:
            raise TypeError(f"{where}: artifacts are named like packages.json or bom.cdx.json, not {odd[0]!r}")
        if [part.isdigit() for part in version.split(".")] != [True] * 3:
            raise TypeError(f"{where}: version {version!r} must look like 1.2.0")
        if not (run.__doc__ or "").strip():
            raise TypeError(f"{where}: the probe needs a docstring that says in one sentence what it answers")
        REGISTERED[name] = Probe(
            name=name,
            version=version,
            run=run,
            declared_inputs=tuple(sorted(set(declared_inputs))),
            requires=tuple(sorted({each.partition(".")[0] for each in requires})),
            artifacts_alone=tuple(sorted({each for each in requires if each.partition(".")[0] not in requires})),
            artifacts=tuple(sorted(set(artifacts))),
            catalogues=tuple(sorted(set(catalogues))),
            tools=tuple(sorted(set(tools))),
            timeout_seconds=timeout_seconds,
            max_file_bytes=max_file_bytes,
            section=section,
            applies_to_tasks=applies_to_tasks,
            applies_to_languages=applies_to_languages,
            summary=str(run.__doc__).strip().splitlines()[0],
        )
        return run

    return declare
