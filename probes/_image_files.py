"""Where a file of an image comes from: followed from its path in the image back through the layers of the Dockerfile.

A path is absolute, or relative to the working directory of a base image that is not known.  Nothing is built: what a
RUN makes, or the base image has, is told as such.
"""

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from ._context_files import Context, Paths, contexts_of
from ._docker_ignore import is_glob
from ._run_files import Effects, in_directory

Facts = Mapping[str, Any]
Kind = Literal[
    "repository", "inline", "ignored", "not_in_repository", "fetched", "archive", "built", "run", "image",
    "image_or_run", "nothing", "unknown",
]  # fmt: skip

_MOST_STEPS = 2000  # layers looked at for one path
_MOST_LINES = 20
_DEEPEST = 20  # copies of copies
_CERTAIN = frozenset({"repository", "inline", "ignored", "fetched", "built", "run"})
_SEEN = _CERTAIN - {"built"}
_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst")
_SEARCHED = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")  # Docker's PATH on Unix
_ROOTS = frozenset({"dist", "install", "out", "output", "overlay", "root", "rootfs", "staging"})
"""What directories are called whose files are copied to others."""

OF_SYSTEMS = frozenset({
    "ash", "awk", "bash", "cat", "chmod", "chown", "cp", "curl", "cut", "date", "env", "find", "grep", "id", "ln", "ls",
    "mkdir", "mktemp", "mv", "nc", "rm", "sed", "sh", "sleep", "sort", "su", "tail", "tee", "touch", "tr", "wget",
    "xargs",
})  # fmt: skip
"""Programs that no project builds: a directory of its own in PATH has none of them for having been built there."""

_SHARED = frozenset({
    "/", *_SEARCHED, "/etc", "/home", "/lib", "/opt", "/root", "/srv", "/tmp", "/usr", "/usr/lib", "/usr/local", "/var",  # noqa: S108
})  # fmt: skip
"""Directories that base images and packages fill too: what lies there is not of the build for being there."""


class Origin(NamedTuple):
    """Where a file comes from.

    repository: it is the file `path`.  inline: it is the here-document `text`, which begins at `text_line` of the
    Dockerfile.  ignored: it would be `path`, which .dockerignore leaves out.  not_in_repository: it would be `path`,
    which is not there before something makes it.  fetched: ADD takes it from an address.  archive: ADD may unpack it.
    built: it lies among what was copied from the repository, and RUNs at `runs` come behind.  run: the RUN at `line`
    makes it.  image: it is in `image`, the base or that of `COPY --from`; image_or_run: or the RUNs at `runs` make it.
    nothing: nothing puts it into `scratch`.  unknown: too many steps.
    """

    kind: Kind
    path: str | None = None
    text: str | None = None
    text_line: int | None = None
    line: int | None = None
    """Of the COPY, ADD or RUN that puts it there; null for what is in the base image."""
    stage: int | None = None
    """The stage in which that stands."""
    image: str | None = None
    changed: tuple[tuple[int, str], ...] = ()
    """RUNs behind that which name it, line and command: what they do to it is not known."""
    runs: tuple[int, ...] = ()
    into: str | None = None
    """Where a directory was copied to that may have held it, and may as well not: nothing else puts it there."""
    others: tuple[str, ...] = ()
    """What it would be in other build contexts, where none is described and both are tried."""


class ImageFiles:
    """The Dockerfiles of a repository, with the artifact layers.json of containerization."""

    def __init__(self, dockerfiles: Iterable[Facts], layers: Facts, paths: Sequence[str]) -> None:
        self._files = {file["path"]: file for file in dockerfiles}
        self._layers = {file["path"]: _with_effects(file["stages"]) for file in layers["dockerfiles"]}
        self._ignored = {file["path"]: file["patterns"] for file in layers["ignore_files"]}
        self._paths = Paths(paths)
        self._found: dict[tuple[str, int, str, tuple[str, ...] | None], Origin] = {}
        self._known: dict[tuple[str, tuple[str, ...]], list[Context]] = {}

    def at(self, dockerfile: str, stage: int, path: str, contexts: Sequence[str] | None = None) -> Origin:
        """The origin of the file at `path` in the image that the stage ends with.

        `contexts` are directories of the repository ("" is its root); without them those of the builds that
        are described, else the Dockerfile's own and the root.  Where the base image decides on the working directory,
        a file may be found in it as well as in "/", which is what most have.
        """
        key = (dockerfile, stage, path, None if contexts is None else tuple(contexts))
        if key not in self._found:
            self._found[key] = self._origin(dockerfile, stage, path, contexts)
        return self._found[key]

    def _origin(self, dockerfile: str, stage: int, path: str, contexts: Sequence[str] | None) -> Origin:
        file = self._files[dockerfile]
        found = []
        for context in self._contexts(dockerfile, contexts):
            search = _Search(file, self._layers.get(dockerfile, ()), context)
            first = search.at(stage, path)
            other = path[1:] if path.startswith("/") else in_directory("/", path)
            second = first if first.kind in _CERTAIN else search.at(stage, other)
            found.append(second if second.kind in ("repository", "inline") else first)
        best = next((one for one in found if one.kind in ("repository", "inline")), found[0] if found else None)
        if best is None:
            return Origin("unknown")
        others = {one.path for one in found if one.kind == "repository" and one.path and one.path != best.path}
        return best._replace(others=tuple(sorted(others)))

    def _contexts(self, dockerfile: str, contexts: Sequence[str] | None) -> list[Context]:
        """Those that have most of what is copied: where two are tried, one of them is mostly the wrong one."""
        directories = tuple(contexts_of(self._files[dockerfile]) if contexts is None else contexts)
        key = (dockerfile, directories)
        if key not in self._known:
            written = [
                source["value"]
                for stage in self._layers.get(dockerfile, ())
                for layer in stage
                for source in (layer["sources"] if layer["keyword"] != "RUN" else ())
                if source["kind"] == "context" and source["value"]
            ]
            made = [Context(dockerfile, each, self._ignored, self._paths) for each in directories]
            counts = [sum(context.brings(each) for each in written) for context in made]
            self._known[key] = [one for one, count in zip(made, counts, strict=True) if count == max(counts)]
        return self._known[key]

    def program(self, dockerfile: str, stage: int, word: str, contexts: Sequence[str] | None = None) -> Origin:
        """The origin of the program that a word names: a path, or a name to look for in PATH."""
        if "/" in word:
            return self.at(dockerfile, stage, self.absolute(dockerfile, stage, word), contexts)
        found = missing = None
        for directory in self._search_path(dockerfile, stage):
            found = self.at(dockerfile, stage, in_directory(directory, word), contexts)
            is_around = found.into not in (None, directory) or (found.kind == "built" and word in OF_SYSTEMS)
            if found.kind in _CERTAIN and not is_around:
                return found
            missing = missing or (found if found.kind == "not_in_repository" and word not in OF_SYSTEMS else None)
        return missing or (self._not_copied(dockerfile, stage, found) if found else Origin("unknown"))

    def _not_copied(self, dockerfile: str, stage: int, found: Origin) -> Origin:
        """Of a name in PATH: what is copied around those directories says nothing, where a base image fills them."""
        stages = self._files[dockerfile]["stages"]
        base = stages[stages[stage]["root"]]["base"]
        if (found.into is None and found.kind != "built") or base["is_scratch"]:
            return found
        runs = tuple(each["line"] for each in self._layers[dockerfile][stage] if each["keyword"] == "RUN")
        return Origin(
            "image_or_run" if runs else "image", image=base["resolved"] or base["written"], runs=runs[:_MOST_LINES]
        )

    def mentions(self, dockerfile: str, text: str) -> bool:
        """Whether a text stands in an instruction of a Dockerfile, of which the slice has the first characters."""
        return any(text in one["text"].lower() for one in self._files[dockerfile]["instructions"])

    def absolute(self, dockerfile: str, stage: int, path: str) -> str:
        """The path from the working directory of the stage's image; relative where that is not known."""
        workdir = self._files[dockerfile]["stages"][stage]["config"]["workdir"]
        return in_directory((workdir["value"] or workdir["written"]) if workdir else ".", path)

    def _search_path(self, dockerfile: str, stage: int) -> Iterator[str]:
        env = self._files[dockerfile]["stages"][stage]["config"]["env"]
        written = next((each["written"] or "" for each in env if each["name"] == "PATH"), "")
        yield from (each for each in written.replace('"', "").split(":")[:20] if each.startswith("/"))
        yield from _SEARCHED


def _with_effects(stages: Sequence[Sequence[Facts]]) -> list[list[Facts]]:
    return [
        [{**layer, "effects": Effects(layer["commands"])} if layer["keyword"] == "RUN" else layer for layer in stage]
        for stage in stages
    ]


class _Passed:
    """What the search has come by, from the end of the image on."""

    def __init__(self) -> None:
        self.runs: list[int] = []
        self.changed: list[tuple[int, str]] = []
        self.built: tuple[int, ...] | None = None
        """The RUNs behind the COPY that fills a directory around the file."""
        self.perhaps: Origin | None = None
        self.hardly: Origin | None = None
        """Out of what is copied to a directory that others fill too, and is a single file as it seems."""


class _Search:
    """One path after another in one Dockerfile and one context."""

    def __init__(self, file: Facts, layers: Sequence[Sequence[Facts]], context: Context) -> None:
        self._file = file
        self._layers = layers
        self._context = context
        self._steps = 0
        self._depth = 0

    def at(self, stage: int, path: str, end: int | None = None) -> Origin:
        """The origin of a path in a stage, before one of its layers where `end` says so."""
        if self._depth == _DEEPEST:
            return Origin("unknown")
        self._depth += 1
        found = self._sought(stage, path, end)
        self._depth -= 1
        return found

    def _sought(self, stage: int, path: str, end: int | None) -> Origin:
        passed = _Passed()
        while True:
            layers = self._layers[stage] if stage < len(self._layers) else ()
            for at in range(len(layers) if end is None else end, 0, -1):
                self._steps += 1
                if self._steps > _MOST_STEPS:
                    return Origin("unknown")
                layer = layers[at - 1]
                look = self._run if layer["keyword"] == "RUN" else self._copy
                if found := look(stage, at - 1, layer, path, passed):
                    return found._replace(changed=(*found.changed, *passed.changed)[:_MOST_LINES])
            base = self._file["stages"][stage]["base"]
            if base["stage"] is None:
                found = _at_the_base(base, path, passed)
                return found if found.line is None or found.stage is not None else self._staged(found)
            stage, end = base["stage"], None

    def _staged(self, found: Origin) -> Origin:
        """With the stage that its line is in."""
        stages = self._file["stages"]
        return found._replace(stage=next((one["index"] for one in stages if found.line <= one["end_line"]), None))

    def _run(self, stage: int, at: int, layer: Facts, path: str, passed: _Passed) -> Origin | None:
        for effect in layer["effects"].on(path):
            if effect.verb == "copies":
                origins = [self.at(stage, source, at) for source in effect.sources if source != path]
                known = next((one for one in origins if one.kind in _CERTAIN), None)
                return known or Origin("run", line=effect.line, stage=stage)
            if effect.verb == "writes":
                if document := effect.document:
                    text, line = document["content"], document["line"]
                    return Origin("inline", text=text, text_line=line, line=effect.line, stage=stage)
                return Origin("run", line=effect.line, stage=stage)
            passed.changed.insert(0, (effect.line, effect.command))
        passed.runs.insert(0, layer["line"])
        return None

    def _copy(self, stage: int, _at: int, layer: Facts, path: str, passed: _Passed) -> Origin | None:
        to = layer["destination"]
        if to is None:
            return None
        directory = to if layer["is_directory"] else posixpath.dirname(to) or "."
        is_beside = layer["from"] is None and any(is_below(path, each) for each in {to, directory} - _SHARED)
        if is_beside and passed.runs and not passed.built:
            passed.built = tuple(passed.runs)
        if path != to and not is_below(path, to):
            return None
        for source in reversed(layer["sources"]):
            if found := self._from_source(layer, source, path, passed):
                return found if found.stage is not None else found._replace(line=layer["line"], stage=stage)
        return None

    def _from_source(self, layer: Facts, source: Facts, path: str, passed: _Passed) -> Origin | None:
        written, to = source["value"], layer["destination"]
        if source["kind"] == "here_document":
            return _document(layer, source, path)
        if written is None:
            return None
        stem = posixpath.basename(written.rstrip("/"))
        is_exact = (path == to and not layer["is_directory"]) or path == in_directory(to, stem)
        if source["kind"] in ("url", "git"):
            return Origin("fetched") if is_exact or source["kind"] == "git" else None
        if source["kind"] == "from":
            return self._from_stage(layer, written, path, passed)
        if layer["keyword"] == "ADD" and written.endswith(_ARCHIVES):
            passed.perhaps = passed.perhaps or Origin("archive", line=layer["line"])
            return None
        match = self._context.source_of(layer, written, to, path)
        if match and match.kind == "ignored" and not is_exact:
            passed.perhaps = passed.perhaps or Origin("ignored", path=match.path, line=layer["line"])
            return None
        return Origin(match.kind, path=match.path) if match else None

    def _from_stage(self, layer: Facts, source: str, path: str, passed: _Passed) -> Origin | None:
        """From another stage or image: of a directory that is copied, only what is known to be in it is said to be."""
        to, at = layer["destination"], in_directory("/", source)
        stem = posixpath.basename(at)
        rest = "" if path == to else posixpath.relpath(path, to)
        is_exact = not rest or rest == stem
        sources = [at] if not rest else [in_directory(at, rest)] + ([at] if rest == stem else [])
        if is_glob(stem):
            sources, is_exact = [in_directory(posixpath.dirname(at), rest or stem)], False
        stage = layer["from"]["stage"]
        if stage is None:
            found = Origin("image", image=layer["from"]["image"] or layer["from"]["written"], line=layer["line"])
            if to not in _SHARED:
                passed.perhaps = passed.perhaps or found
            return found if is_exact else None
        origins = [self.at(stage, each) for each in sources]
        known = next((one for one in origins if one.kind in (_CERTAIN if is_exact else _SEEN)), None)
        if known or is_exact:
            return known or origins[-1]
        likely = next((one for one in origins if one.kind != "nothing"), None)
        if likely is None:
            return None
        placed = likely._replace(line=likely.line or layer["line"], into=likely.into or to)
        if to in _SHARED and not _is_directory(source, to):
            passed.hardly = passed.hardly or placed
        else:
            passed.perhaps = passed.perhaps or placed
        return None


def is_below(path: str, directory: str) -> bool:
    """Whether an image path lies below a directory of the image."""
    if directory == "/":
        return path.startswith("/")
    return not path.startswith("/") if directory == "." else path.startswith(f"{directory}/")


def _is_directory(source: str, to: str) -> bool:
    """Whether a source of another stage seems to be one, as it is written."""
    stem = posixpath.basename(source)
    return not stem or is_glob(stem) or stem == posixpath.basename(to) or stem in _ROOTS


def _document(layer: Facts, source: Facts, path: str) -> Origin | None:
    """A here-document: BuildKit puts in the values of variables unless its name is quoted."""
    name, to = source["written"].lstrip("<-").strip("'\""), layer["destination"]
    if path != (in_directory(to, name) if layer["is_directory"] else to):
        return None
    one = next((each for each in layer["documents"] if each["name"] == name), None)
    if one is None or one["is_cut"]:
        return Origin("unknown")
    return Origin("inline", text=one["content"], text_line=one["line"])


def _at_the_base(base: Facts, path: str, passed: _Passed) -> Origin:
    """What no layer puts there for certain."""
    if passed.changed and path not in _SHARED:
        line, _ = passed.changed[0]
        return Origin("run", line=line, changed=tuple(passed.changed)[:_MOST_LINES])
    if passed.built:
        return Origin("built", runs=passed.built[:_MOST_LINES])
    if base["is_scratch"]:
        return passed.perhaps or passed.hardly or Origin("nothing")
    if passed.perhaps:
        return passed.perhaps
    image = base["resolved"] or base["written"]
    if passed.runs:
        return Origin("image_or_run", image=image, runs=tuple(passed.runs)[:_MOST_LINES])
    return Origin("image", image=image)
