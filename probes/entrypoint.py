"""What containers run: PID 1, and the trail from there to the program, through scripts and packages."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from codegenie.probe import PATHS, Confidence, ProbeInputs, ProbeOutput, register_probe

from ._apart import kind_apart
from ._entries import Entry, Images, Words, app_entries, image_entries, workload_entries
from ._image_entrypoints import Effect, KnownImages
from ._image_files import ImageFiles
from ._scripts import DECLARED as SCRIPTS
from ._trail import Trail
from ._trail_facts import ends_of, pid1_of, signals_of
from ._trail_files import DECLARED, Sources
from ._trail_handlers import handlers_in, signals_in
from ._trail_place import Place
from ._trail_steps import Call, shown

Facts = dict[str, Any]

_MOST = 300  # entries
_MOST_STEPS = 6000  # of all entries
_MOST_HANDLERS = 200
_HIGHLIGHTED = 6
_DOUBTFUL = frozenset({"depth", "not_followed", "script_not_found", "script_not_read", "variable_not_resolved"})


@register_probe(
    version="1.14.1",
    declared_inputs=(PATHS, *DECLARED, *SCRIPTS),
    requires=("containerization", "deployment", "source_scan.findings.json"),
    catalogues=("image_entrypoints", "source_patterns"),
    section="delivery",
    timeout_seconds=120,
)
def entrypoint(inputs: ProbeInputs) -> ProbeOutput:
    """Say what runs as PID 1 of each image and deployment, and follow it through scripts to the program.

    High confidence also where nothing is found; medium where a file on a trail could not be read, or a trail ends at a
    variable, a script that is not there, or a base image that may have an entry point of its own; low where all do.
    """
    container, deployed = inputs.slices["containerization"], inputs.slices["deployment"]
    files = [*container["dockerfiles"], *inputs.artifact("containerization", "more_dockerfiles.json")]
    workloads = [*deployed["workloads"], *inputs.artifact("deployment", "more_workloads.json")]
    images = ImageFiles(files, inputs.artifact("containerization", "layers.json"), inputs.paths)
    entries = [
        *image_entries(files),
        *workload_entries(workloads, Images(files, container["builds"], workloads)),
        *app_entries(each for each in deployed["apps"] if not kind_apart(each["path"])),
    ]
    entries.sort(key=lambda entry: (entry.source != "image", entry.path.count("/"), entry.path, entry.line or 0))
    patterns = inputs.catalogue("source_patterns")["patterns"]
    handlers = list(handlers_in(inputs.artifact("source_scan", "findings.json"), patterns))
    followed = _Followed(inputs, images, KnownImages(inputs.catalogue("image_entrypoints")))
    listed = [followed.facts(entry) for entry in entries[:_MOST] if followed.has_room]
    for entry in listed:
        entry["signals"] += signals_in(handlers, entry["ends"])
    listed.sort(key=lambda entry: (entry["path"], entry["line"] or 0, entry["source"], entry["name"] or ""))
    slice_ = {
        "entries": listed,
        "entry_count": len(entries),
        "signal_handlers": handlers[:_MOST_HANDLERS],
        "signal_handler_count": len(handlers),
        "scripts": [{"path": path, "line": line} for path, line in sorted(followed.files, key=_by_place)],
        "unparsed": inputs.unparsed,
    }
    return ProbeOutput(slice_, _confidence(slice_), highlights=(*_highlights(listed), *_of_handlers(handlers)))


class _Followed:
    """All entries, one after the other."""

    def __init__(self, inputs: ProbeInputs, images: ImageFiles, known: KnownImages) -> None:
        self._images = images
        self._known = known
        self._paths = frozenset(inputs.paths)
        self._sources = Sources(inputs)
        self._left = _MOST_STEPS
        self.files: set[tuple[str, int | None]] = set()

    @property
    def has_room(self) -> bool:
        """Whether the document can hold more steps."""
        return self._left > 0

    def facts(self, entry: Entry) -> Facts:
        """One entry with its steps."""
        place = Place(
            self._images,
            self._paths,
            entry.dockerfile,
            entry.stage,
            entry.contexts,
            entry.image,
            entry.mounts,
            entry.values,
        )
        trail = Trail(self._sources, place)
        entry, effect = self._known.filled(entry)
        _follow(trail, entry, effect)
        self._left -= len(trail.found.all)
        self.files |= set(trail.found.files)
        return {
            "source": entry.source,
            "path": entry.path,
            "line": entry.line,
            "name": entry.name,
            "kind": entry.kind,
            "role": entry.role,
            "dockerfile": entry.dockerfile,
            "stage": entry.stage if entry.dockerfile is not None else None,
            "image": entry.image,
            "entrypoint": _command(entry.entrypoint),
            "command": _command(entry.text or entry.command),
            "init": _init(entry, trail.found.all),
            "pid1": pid1_of(entry, trail.found.all),
            "steps": trail.found.all,
            "is_cut": trail.found.is_cut,
            "ends": ends_of(trail.found.all),
            "signals": signals_of(entry, trail.found.all, trail.found.traps),
        }


def _follow(trail: Trail, entry: Entry, effect: Effect) -> None:
    if entry.text is not None and entry.text.text is not None:
        call = Call((), entry.path, entry.line, entry.directory)
        trail.text(call, entry.text.text, entry.line or 1)
        return
    first, second = entry.entrypoint, entry.command
    given = second.args if second else ()
    args = first.args if first and first.form == "shell" else (*(first.args if first else ()), *given)
    told = first if first and first.args and first.path else second
    if told is None and first and first.args and effect == "runs_arguments":
        trail.by_image(Call(first.args, entry.path, entry.line, entry.directory), ())
    if not args or told is None:
        return
    call = Call(args, told.path, told.line, entry.directory)
    if effect == "runs_arguments":
        trail.by_image(call, given)
    elif first is None and entry.dockerfile is None:
        trail.given_to_image(call)
    else:
        trail.follow(call)


def _command(words: Words | None) -> Facts | None:
    if words is None:
        return None
    return {
        "known_by": "file" if words.path else "catalogue",
        "form": "none" if not words.args and words.text is None else words.form,
        "words": shown([each.text for each in words.args] if words.text is None else [words.text]),
        "path": words.path,
        "line": words.line,
    }


def _init(entry: Entry, steps: Iterable[Mapping[str, Any]]) -> Facts | None:
    if entry.init:
        name, path, line = entry.init
        return {"name": name, "by": "platform", "path": path, "line": line}
    step = next((each for each in steps if each["kind"] == "init"), None)
    if step is None:
        return None
    word = step["words"][0]
    name = "s6-overlay" if word == "/init" else word.rpartition("/")[2]
    return {"name": name, "by": "command", "path": step["path"], "line": step["line"]}


def _by_place(place: tuple[str, int | None]) -> tuple[str, int]:
    return place[0], place[1] or 0


def _confidence(slice_: Mapping[str, Any]) -> Confidence:
    entries = slice_["entries"]
    reasons = [end["reason"] for entry in entries for end in entry["ends"]]
    if reasons and _DOUBTFUL.issuperset(reasons):
        return "low"
    is_open = any(not entry["pid1"]["certain"] and entry["image"] for entry in entries)
    return "medium" if slice_["unparsed"] or not _DOUBTFUL.isdisjoint(reasons) or is_open else "high"


def _highlights(entries: list[Facts]) -> Iterator[tuple[str, str]]:
    nearest = sorted(entries, key=lambda entry: (entry["source"] != "image", entry["path"].count("/"), entry["path"]))
    paths = Counter(entry["path"] for entry in entries if entry["source"] == "image")
    lines: dict[tuple[str, str], int] = Counter((_label(entry, paths), _told(entry)) for entry in nearest)
    for (label, text), count in list(lines.items())[:_HIGHLIGHTED]:
        yield label, f"{text} ({count} files)" if count > 1 else text
    if not entries:
        yield "Entry points", "none"
    elif len(lines) > _HIGHLIGHTED:
        yield "Entry points", f"{len(entries):,} in all"


def _label(entry: Mapping[str, Any], paths: Mapping[str, int]) -> str:
    name = entry["name"] or ""
    if entry["source"] != "image":
        return f"{entry['source']} {name}".strip()
    path: str = entry["path"]
    return f"{path} ({name})" if name and paths[path] > 1 else path


def _told(entry: Mapping[str, Any]) -> str:
    pid1 = entry["pid1"]
    names = [_name(step) for step in _way_to(entry["ends"][0]["step"], entry["steps"])] if entry["ends"] else []
    trail = " → ".join(dict.fromkeys(name for name in names if name))
    other = "none" if pid1["kind"] == "none" else "that of the base image" if entry["image"] else "the platform's"
    first = f"PID 1: `{pid1['name']}`" if pid1["name"] else f"PID 1: {other}"
    nothing = "what the image starts" if entry["init"] else "nothing in the file"
    last = entry["ends"][0]["reason"].replace("_", " ") if entry["ends"] else nothing
    return f"{first}; trail: {trail}; ends: {last}" if trail else f"{first}; {last}"


def _of_handlers(handlers: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    if handlers:
        named = sorted({each["signal"] for each in handlers if each["signal"]})
        places = ", ".join(f"`{each['path']}:{each['line']}`" for each in handlers[:3])
        count = f" and {len(handlers) - 3:,} more" if len(handlers) > 3 else ""
        yield "Signal handlers", f"{places}{count}" + (f" ({', '.join(named[:5])})" if named else "")


def _way_to(step: int | None, steps: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    way: list[Mapping[str, Any]] = []
    while step is not None:
        way.insert(0, steps[step])
        step = steps[step]["after"]
    return way


def _name(step: Mapping[str, Any]) -> str:
    if step["kind"] == "exec" or not step["words"]:
        return ""
    return f"`{(step['file'] or ' '.join(step['words'][:3])).replace('`', '')[:60]}`"
