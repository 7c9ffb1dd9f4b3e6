"""Which Dockerfile each Compose service, bake target, Skaffold artifact and devcontainer builds."""

import posixpath
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ._build_args import bases_with
from ._paths import parent, shown, under

Facts = dict[str, Any]

_MOST = 300


def builds(
    deployment: Mapping[str, Any], bake_files: Iterable[Facts], devcontainers: Iterable[Facts], paths: Sequence[str]
) -> Iterator[Facts]:
    """Each build that a file describes, with the Dockerfile from the root where that can be known."""
    for workload in deployment.get("workloads", ()):
        for container in workload["containers"]:
            if workload["platform"] == "compose" and container["build"]:
                yield _compose(workload, container["build"], paths)
    for each in deployment.get("skaffold", ()):
        for artifact in each["artifacts"]:
            if artifact["builder"] in ("docker", "kaniko"):
                yield _described(
                    "skaffold", each["path"], artifact["line"], artifact | {"name": artifact["image"]}, paths
                )
    for each in bake_files:
        for target in each["targets"]:
            if target["matrix"] or not _is_built(target, each):
                continue
            known = target["effective"]
            entry = {**known, **{key: target[key] for key in ("name", "args", "values", "inline")}}
            computed = any(target[key] and target[key]["value"] is None for key in ("context", "dockerfile"))
            yield _described("bake", each["path"], target["line"], entry, paths, is_known=not computed)
    for each in devcontainers:
        if each["dockerfile"]:
            found = _described("devcontainer", each["path"], each["line"], _beside(each), paths)
            each["dockerfile_path"] = found["dockerfile"]
            yield found


def _is_built(target: Facts, file: Facts) -> bool:
    """A target that others only inherit from is built by no one, where there are groups to say so."""
    inherited = any(target["name"] in other["inherits"] for other in file["targets"])
    grouped = any(target["name"] in group["targets"] for group in file["groups"])
    return grouped or not inherited or bool(target["dockerfile"])


def _compose(workload: Facts, build: Facts, paths: Collection[str]) -> Facts:
    context = build["context"] or "."
    place = under(parent(workload["path"]), context) if _is_literal(context) else None
    return {
        "by": "compose",
        "path": workload["path"],
        "line": build["line"],
        "name": workload["name"],
        "context": None if place is None else shown(place),
        "written": build["dockerfile"],
        "dockerfile": build.get("file"),
        "inline": build["inline"],
        "target": build["target"],
        "args": build["args"],
        "values": build["values"],
        "bases": [],
        "is_missing": build.get("file") is None and not build["inline"] and _misses(place, build["dockerfile"], paths),
    }


def _misses(place: str | None, written: str | None, paths: Collection[str]) -> bool:
    """Whether the file that is named is not in the repository; where one cannot tell, it is not said."""
    if place is None or not _is_literal(written or ""):
        return False
    path = under(place, written or "Dockerfile")
    return path is not None and not _holds(paths, path)


def _beside(one: Facts) -> Facts:
    """The paths in devcontainer.json are seen from its own directory."""
    return {
        "name": one["name"],
        "context": one["context"] or ".",
        "dockerfile": one["dockerfile"],
        "target": one["target"],
        "args": one["args"],
    }


def _described(
    by: str, path: str, line: int | None, entry: Facts, paths: Sequence[str], *, is_known: bool = True
) -> Facts:
    context, written = entry.get("context") or ".", entry.get("dockerfile")
    is_known = is_known and _is_literal(context) and _is_literal(written or "")
    place = under(parent(path), context) if is_known else None
    file = None
    if place is not None and not entry.get("inline"):
        start = parent(path) if by == "devcontainer" else place
        file = under(start, written or "Dockerfile")
    exists = file is not None and _holds(paths, file)
    if by == "bake" and file is not None and not exists and not context.startswith(".."):
        # docs.docker.com/build/bake/reference: a context is seen from the directory that bake is run in
        from_root = under(under("", context) or "", written or "Dockerfile")
        if from_root is not None and _holds(paths, from_root):
            place, file, exists = under("", context), from_root, True
    return {
        "by": by,
        "path": path,
        "line": line,
        "name": entry.get("name"),
        "context": None if place is None else shown(place),
        "written": written,
        "dockerfile": file if exists else None,
        "inline": bool(entry.get("inline")),
        "target": entry.get("target"),
        "args": entry.get("args", []),
        "values": entry.get("values", []),
        "bases": [],
        "is_missing": file is not None and not exists,
    }


def _is_literal(text: str) -> bool:
    return "://" not in text and "$" not in text and "{{" not in text and not text.startswith("git@")


def attach(
    made: Iterable[Facts],
    dockerfiles: Iterable[Facts],
    ignore_files: Iterable[Facts],
    templates: Iterable[Facts],
    paths: Sequence[str],
) -> list[Facts]:
    """Tell each Dockerfile what builds it, each build its bases, and each ignore file whose it is.

    Gives back what was named but not read.
    """
    known = {file["path"]: file for file in dockerfiles}
    read = {*known, *(each["path"] for each in templates)}
    contexts: dict[str, set[str]] = {path: set() for path in known}
    unread: dict[str, Facts] = {}
    for build in made:
        path = build["dockerfile"]
        if path in known:
            build["bases"] = list(bases_with(build, known[path]))[:_MOST]
            entry = {key: build[key] for key in ("by", "path", "line", "name", "target", "context")}
            if len(known[path]["builds"]) < _MOST:
                known[path]["builds"].append(entry)
            if build["context"]:
                contexts[path].add(build["context"])
        elif path and path not in read:
            unread.setdefault(path, {"path": path, "named_by": build["path"], "line": build["line"]})
    _assign(ignore_files, known, contexts, paths)
    return [unread[path] for path in sorted(unread)][:_MOST]


def _assign(
    ignore_files: Iterable[Facts], known: Mapping[str, Facts], contexts: Mapping[str, set[str]], paths: Sequence[str]
) -> None:
    """A file named after a Dockerfile is its own, and the only one it has; any other is that of its context."""
    own = {f"{path}{suffix}" for path in known for suffix in (".dockerignore", ".containerignore")}
    own = {path for path in own if _holds(paths, path)}
    for each in ignore_files:
        path = each["path"]
        if path in own:
            stem = posixpath.splitext(path)[0]
            each["dockerfiles"] = [{"path": stem, "by": "name"}]
            continue
        directory = shown(parent(path))
        if posixpath.basename(path) not in (".dockerignore", ".containerignore"):
            continue
        users = [
            {"path": file, "by": "context" if contexts[file] else "directory"}
            for file in sorted(known)
            if f"{file}.dockerignore" not in own
            and (directory in contexts[file] or (not contexts[file] and shown(parent(file)) == directory))
        ]
        each["dockerfiles"] = users[:_MOST]


def _holds(paths: Collection[str], path: str) -> bool:
    if isinstance(paths, tuple | list):
        at = bisect_left(paths, path)
        return at < len(paths) and paths[at] == path
    return path in paths
