"""Runs probes in a child process: one call a time on standard input, one line of JSON back.

A probe that raises answers with an error; one that crashes, hangs or eats memory takes this process with it, and
costs only itself.  See `workers` for the other end.
"""

import ctypes
import gc
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, BinaryIO, NoReturn, TypeVar

from codegenie.beneath import Root
from codegenie.cache import Blobs, read_whole
from codegenie.errors import UndeclaredInput
from codegenie.formats.json_pieces import pieces
from codegenie.formats.unparsable import Unparsable
from codegenie.hashing import digest_of, proof
from codegenie.looks import RECORD, Looks
from codegenie.memo import DiskMemo
from codegenie.places import unplaced
from codegenie.probe import Probe, ProbeInputs, ProbeOutput, made
from codegenie.redaction import publishable
from codegenie.registry import catalogue_fingerprint, catalogue_path, data_directory, probe_named
from codegenie.schema import slice_validator
from codegenie.text import holds_escapes, restored

_PR_SET_PDEATHSIG = 1
_OPEN_FILES = 256
_FILE_SIZE = 1 << 30
_TEXT = 64 << 10  # characters looked at of an exception's text
_MESSAGE = 300  # characters kept of it
_GARBAGE = 10_000  # containers made between two looks for cycles; Python's 700 cost a large lockfile a quarter more
_ENCODER = json.JSONEncoder(allow_nan=False, sort_keys=True, separators=(",", ":"))
_TICKS = 20  # how often the clock of a parse is looked at before the time is up

T = TypeVar("T")


class OverTime(BaseException):
    """The probe's time is up.  Not an Exception, so that no probe catches it by accident."""


class _FileClock:
    """Bounds the processor time spent on one file, so that the bait costs that file only.

    It counts the ticks of one timer: a timer of its own for each of 57,000 files would cost more than most of them.
    Processor time, since what can be parsed on a quiet machine must not be unparsed on a busy one.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ticks: int | None = None

    def start(self) -> None:
        """Let the timer run."""
        signal.signal(signal.SIGPROF, self._tick)
        tick = max(self._seconds / _TICKS, 0.001)
        signal.setitimer(signal.ITIMER_PROF, tick, tick)

    def stop(self) -> None:
        """Let nothing tick any more."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    def __call__(self, work: Callable[[], T], /) -> T:
        """What the work gives.  Raises Unparsable where it takes too long, or more memory than there is."""
        try:
            self._ticks = 0
            try:
                return work()
            finally:
                self._ticks = None
        except _FileOverTime:
            self._ticks = None
            raise Unparsable(f"not parsed in {self._seconds:g} s") from None
        except MemoryError:
            raise Unparsable("takes more memory than there is") from None
        except RecursionError:
            raise Unparsable("nested too deep") from None

    def _tick(self, _signal: int, _frame: object) -> None:
        if self._ticks is not None:
            self._ticks += 1
            if self._ticks > _TICKS:
                raise _FileOverTime


class _FileOverTime(BaseException):
    """The time for one file is up."""


def main() -> None:
    """Answer calls until standard input ends."""
    calls, answers = _own_the_pipes()
    start = json.loads(calls.readline())
    _limit_this_process(start["memory"])
    gc.set_threshold(_GARBAGE)
    signal.signal(signal.SIGALRM, _time_is_up)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the engine decides
    cache_, home = _blobs(start["cache"], start), _blobs(start["home"], start)
    while line := calls.readline():
        call = json.loads(line) | {"escaped": holds_escapes(line)}
        _serve(call, calls, answers, cache_, home)


def _serve(call: dict[str, Any], calls: BinaryIO, answers: BinaryIO, cache_: Blobs | None, home: Blobs | None) -> None:
    """Answer one call.  By the next nothing of it is left in memory."""
    names = tuple(_frames(calls))
    files = Looks(names, calls.read(call["files"] * RECORD.size), call["max_file_bytes"])
    paths = tuple(_frames(calls))
    skipped: list[dict[str, Any]] = []
    answer = _answer(call, files, paths, cache_, home, skipped=skipped)
    answer |= {"skipped": publishable(skipped), "moved": files.moved}
    artifacts = answer.pop("artifacts", {})
    answer["artifacts"] = {name: sum(map(len, content)) for name, content in artifacts.items()}
    answers.write(json.dumps(answer).encode() + b"\n")
    for content in artifacts.values():
        answers.writelines(content)
    answers.flush()


def _own_the_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes to the engine for ourselves: whatever a probe prints goes nowhere, and it has no input."""
    calls, answers = os.dup(0), os.dup(1)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return os.fdopen(calls, "rb"), os.fdopen(answers, "wb")


def _limit_this_process(memory: int) -> None:
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_FSIZE, _FILE_SIZE),
    ):
        _, hard = resource.getrlimit(limit)
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(limit, (wanted, wanted))
        except (ValueError, OSError):
            continue  # macOS refuses some; the engine's deadline still holds
    if sys.platform == "linux":  # die with the engine, also while a probe loops in C
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _time_is_up(_signal: int, _frame: object) -> NoReturn:
    raise OverTime


def _blobs(place: list[str] | None, start: dict[str, Any]) -> Blobs | None:
    return Blobs(place[0], bytes.fromhex(start["secret"]), below=place[1]) if place else None


def _frames(calls: BinaryIO) -> Iterator[str]:
    """Texts separated by NUL, in frames that each follow their length; the last is empty."""
    while length := int(calls.readline()):
        yield from os.fsdecode(calls.read(length)).split("\0")


def _answer(
    call: dict[str, Any],
    files: Looks,
    paths: tuple[str, ...],
    cache_: Blobs | None,
    home: Blobs | None,
    *,
    skipped: list[dict[str, Any]],
) -> dict[str, Any]:
    """Run the probe; the slice and what comes with it, or `error` with the reason there is none.

    What it asked for and did not get is added to `skipped` either way.
    """
    try:
        probe = probe_named(call["probe"])
        memo = DiskMemo(cache_, _memo_key(probe, call), files)
        clock = _FileClock(call["max_parse_seconds"])
        with Root(call["root"], watch=files.watch) as root:
            inputs = ProbeInputs(
                probe,
                files,
                root,
                cap=call["max_file_bytes"],
                source_cap=call["max_source_bytes"],
                paths=paths,
                git=call["git"],
                slices=restored(call["slices"]) if call["escaped"] else call["slices"],
                artifacts=lambda slice_name, name: _artifact(call, slice_name, name),
                catalogues=_catalogue,
                tool=lambda name, *arguments: _tool(call, name, *arguments),
                memo=memo,
                in_time=clock,
                kinds=files.kind,
            )
            clock.start()
            signal.setitimer(signal.ITIMER_REAL, call["seconds"])
            try:
                output = probe.run(inputs)
                if not isinstance(output, ProbeOutput):
                    return {"error": f"answered a {type(output).__name__} instead of a ProbeOutput"}
                artifacts = {name: _written(artifact, call) for name, artifact in sorted(output.artifacts.items())}
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                clock.stop()
                skipped += inputs.skipped
        told = [output.schema_slice, list(output.warnings), list(output.highlights)]
        said = json.dumps(told, allow_nan=False)
        if len(said) > call["max_slice_bytes"]:
            return {"error": f"answered {len(said)} bytes, more than max_slice_bytes allows"}
        schema_slice, warnings, highlights = publishable(json.loads(said))
        if problems := slice_validator(probe.name, home)(schema_slice):
            return {"error": f"the slice does not fit schemas/{probe.name}.json: {'; '.join(problems[:10])}"}
        if tuple(artifacts) != probe.artifacts:
            return {"error": f"answered the artifacts {sorted(artifacts)} instead of {list(probe.artifacts)}"}
        if not files.moved:  # else a finding may be of other content than its digest
            memo.save()
    except OverTime:
        return {"error": f"not done in {call['seconds']:g} s"}
    except MemoryError:
        return {"error": "out of memory"}
    except BaseException as error:  # noqa: BLE001 - the probe boundary: whatever a probe raises costs only its slice
        return {"error": _told(error, call["root"])}
    return {
        "slice": schema_slice,
        "confidence": output.confidence,
        "warnings": warnings,
        "highlights": highlights,
        "artifacts": artifacts,
    }


def _memo_key(probe: Probe, call: dict[str, Any]) -> str:
    """The digest of all that a finding depends on, but for the file."""
    bounds = str((call["max_file_bytes"], call["max_source_bytes"]))
    catalogues = (catalogue_fingerprint(name) for name in probe.catalogues)
    return digest_of(["memo", probe.name, probe.version, bounds, call["code"], *catalogues])


def _written(artifact: Any, call: dict[str, Any]) -> list[bytes]:
    """An artifact as it is published, in pieces.  Raises ValueError where it is larger than it may be."""
    content = [*pieces(publishable(made(artifact)), _ENCODER), b"\n"]
    size = sum(map(len, content))
    if size > call["max_artifact_bytes"]:
        raise ValueError(f"an artifact of {size} bytes, more than max_artifact_bytes allows")
    return content


def _artifact(call: dict[str, Any], slice_name: str, name: str) -> Any:
    """An artifact of a required slice, as the engine has just found it.  Raises UndeclaredInput, ValueError."""
    known = call["artifacts"]["digests"].get(f"{slice_name}.{name}")
    if known is None:
        raise UndeclaredInput(f"{slice_name} declares no artifact {name!r}")
    path = os.path.join(call["artifacts"]["directory"], f"{slice_name}.{name}")
    content = read_whole(path, call["max_artifact_bytes"], below=call["artifacts"]["below"]) or b""
    if proof(content) != known:
        raise ValueError(f"{slice_name}.{name} was changed while it was read")
    value = json.loads(content)
    return restored(value) if holds_escapes(content) else value


def _told(error: BaseException, root: str) -> str:
    """An exception as one line: its type, its text, and where in our own sources it was raised."""
    import traceback  # with it comes a tokenizer, and most workers meet no exception

    text = publishable(unplaced(str(error)[:_TEXT], root))
    text = " ".join(text.split())[:_MESSAGE]  # cut last: half a secret has no shape
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(data_directory("probes"))]
    where = f" (probes/{os.path.basename(ours[-1].filename)}:{ours[-1].lineno})" if ours else ""
    return f"{type(error).__name__}{': ' if text else ''}{text}{where}"


@cache
def _catalogue(name: str) -> Any:
    with open(catalogue_path(name), "rb") as catalogue:
        return json.load(catalogue)


def _tool(call: dict[str, Any], name: str, *arguments: str) -> bytes:
    from codegenie import git, tools  # with them comes `subprocess`, and most workers run no tool

    allowed, cap = call["tools"], call["max_tool_output"]
    tool = tools.ready(name, None if allowed is None else tuple(allowed))
    if name == "git":
        output = git.asked(call["root"], *arguments)
        if len(output) > cap:
            raise tools.ToolFailed(f"git printed more than {cap} bytes")
        return output
    return tools.run([tool.path, *arguments], env=tools.bare_environment(), cwd=call["root"], cap=cap)


if __name__ == "__main__":
    main()
