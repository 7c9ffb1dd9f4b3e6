"""The repository as a whole: its commit and remotes, its submodules, and how many files of what size it holds."""

from collections.abc import Iterable, Iterator, Mapping
from heapq import nsmallest
from typing import Any

from codegenie.formats import git_config
from codegenie.formats.git_address import Address, address_of
from codegenie.probe import GIT, PATHS, Confidence, ProbeInputs, ProbeOutput, register_probe

from ._gitattributes import each_line
from ._sizes import Contents, contents

_LARGEST = 10
_HIGHLIGHTED = 4
_EXAMPLES = 20
_MOST_DIRECTORIES = 200  # at the top; the rest is one row
_MOST_LISTED = 500  # submodules, patterns and tags, of which a hostile file can hold any number


@register_probe(version="1.0.0", declared_inputs=(GIT, PATHS, "**/*"), timeout_seconds=120, section="identity")
def repository(inputs: ProbeInputs) -> ProbeOutput:
    """Say which commit is checked out and where it comes from, and how many files there are and of what size.

    The confidence is low where there is neither a file nor a git directory, and medium where git facts are not
    available or not complete, or a file could not be read.  What the files say holds all the same.
    """
    git = inputs.git
    sizes = {path: inputs.size(path) for path in inputs.files}
    found = contents(inputs)
    facts = {
        "git": _git_facts(git),
        "remotes": [dict(remote) for remote in git.get("remotes", ())],
        "submodules": _submodules(inputs, git.get("index", {}).get("submodules", {})),
        "lfs": _lfs(inputs, found),
        "files": _file_facts(inputs.paths, sizes, git, found),
        "directories": _directories(sizes),
        "largest": [{"path": path, "bytes": sizes[path]} for path in _largest(sizes)],
    }
    facts["unparsed"] = inputs.unparsed
    confidence, warnings = _confidence(inputs, git), tuple(_warnings(git))
    return ProbeOutput(
        facts | {"unparsed": inputs.unparsed}, confidence, warnings, highlights=tuple(_highlights(facts))
    )


def _highlights(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    git, files = facts["git"], facts["files"]
    if git["commit"]:
        where = f"branch `{git['branch']}`" if git["branch"] else "no branch"
        tags = f", tagged {', '.join(f'`{tag}`' for tag in git['tags'][:_HIGHLIGHTED])}" if git["tags"] else ""
        yield "Commit", f"`{git['commit'][:12]}` on {where}{tags}" + (", a shallow clone" if git["shallow"] else "")
    places = [place for remote in facts["remotes"] for place in remote["fetch"] if place["host"]]
    if remotes := dict.fromkeys(f"`{place['host']}/{place['path']}`" for place in places):
        yield "From", ", ".join(list(remotes)[:_HIGHLIGHTED])
    if modules := facts["submodules"]:
        named = ", ".join(f"`{module['path']}`" for module in modules[:_HIGHLIGHTED])
        yield "Submodules", f"{len(modules):,}: {named}{', ...' if len(modules) > _HIGHLIGHTED else ''}"
    if facts["lfs"]["pointers"]:
        yield "Git LFS", f"{facts['lfs']['pointers']:,} pointers whose contents are not here"
    largest = f"; the largest is `{facts['largest'][0]['path']}`" if facts["largest"] else ""
    yield "Size", f"{files['count']:,} files, {files['bytes'] / 1e6:,.1f} MB{largest}"


def _git_facts(git: Mapping[str, Any]) -> dict[str, Any]:
    unknown = git.get("unknown", "not asked") if "commit" not in git else None
    branch, commit, tags = git.get("branch"), git.get("commit"), git.get("tags")
    in_tables = git.get("in_tables")
    defaults = {remote["name"]: remote["default_branch"] for remote in git.get("remotes", ())}
    upstream = git.get("upstream")
    default = defaults.get(upstream["remote"] if upstream else "origin")
    return {
        "unknown": unknown,
        "commit": commit,
        "branch": branch,
        "detached": None if unknown or in_tables else branch is None and commit is not None,
        "tags": None if tags is None else tags[:_MOST_LISTED],
        "tags_unknown": git.get("tags_unknown"),
        "default_branch": default or (next(iter(defaults.values())) if len(defaults) == 1 else None),
        "upstream": upstream,
        "shallow": git.get("shallow"),
        "partial": git.get("partial"),
        "sparse": git.get("sparse"),
        "config_unread": git.get("config_unread"),
        "includes": git.get("includes"),
        "rewritten_addresses": git.get("rewritten_addresses"),
    }


def _submodules(inputs: ProbeInputs, recorded: Mapping[str, str]) -> list[dict[str, Any]]:
    """Those that .gitmodules declares and those that the index records, by path."""
    config = inputs.parse(".gitmodules", git_config.parse) if ".gitmodules" in inputs else None
    rows: dict[str, dict[str, Any]] = {}
    for name in config.subsections("submodule") if config else ():
        assert config is not None
        path, url, branch = (config.last("submodule", key, name) for key in ("path", "url", "branch"))
        if path and path.value:
            place = {"path": ".gitmodules", "line": path.line}
            at = path.value.rstrip("/")
            rows[at] = {
                "path": at,
                "name": name,
                "address": _address(address_of(url.value)) if url and url.value else None,
                "branch": branch.value if branch else None,
                "commit": recorded.get(at),
                "declared": place,
            }
    for at, commit in recorded.items():
        nothing = {"path": at, "name": None, "address": None, "branch": None, "commit": commit, "declared": None}
        rows.setdefault(at, nothing)
    return [rows[at] for at in sorted(rows)][:_MOST_LISTED]


def _lfs(inputs: ProbeInputs, found: Contents) -> dict[str, Any]:
    patterns = [
        {"pattern": pattern, "path": path, "line": line}
        for path in inputs.matching("**/.gitattributes")
        for line, pattern in inputs.parse(path, _lfs_patterns) or ()
    ]
    config = inputs.parse(".lfsconfig", git_config.parse) if ".lfsconfig" in inputs else None
    endpoint = config.last("lfs", "url") if config else None
    pointers = sorted(found.pointers)
    return {
        "patterns": patterns[:_MOST_LISTED],
        "pointers": len(pointers),
        "pointers_bytes": sum(found.pointers.values()),
        "examples": pointers[:_EXAMPLES],
        "endpoint": None
        if endpoint is None
        else {"address": _address(address_of(endpoint.value or "")), "path": ".lfsconfig", "line": endpoint.line},
    }


def _lfs_patterns(content: bytes) -> list[tuple[int, str]]:
    """The lines that hand files to LFS, by themselves or by a macro of the same file."""
    written = list(each_line(content))
    macros = {pattern.removeprefix("[attr]"): said for _, pattern, said in written if pattern.startswith("[attr]")}
    by_macro = {name for name, said in macros.items() if ("filter", "lfs") in said}
    return [
        (line, pattern)
        for line, pattern, said in written
        if not pattern.startswith("[attr]")
        and any((name == "filter" and value == "lfs") or (name in by_macro and value is True) for name, value in said)
    ]


def _file_facts(
    paths: Iterable[str], sizes: Mapping[str, int], git: Mapping[str, Any], found: Contents
) -> dict[str, Any]:
    index = git.get("index", {})
    others = [path for path in paths if path not in sizes]
    return {
        "count": len(sizes),
        "bytes": sum(sizes.values()),
        "empty": sum(size == 0 for size in sizes.values()),
        "binary": {"files": len(found.binary), "bytes": sum(sizes[path] for path in found.binary)},
        "not_regular": {"count": len(others), "paths": others[:_EXAMPLES]},
        "untracked": index.get("untracked"),
        "executable": index.get("executable"),
        "links": len(index["links"]) if index else None,
        "unmerged": _listed(index["unmerged"]) if index else None,
    }


def _listed(paths: list[str]) -> dict[str, Any]:
    return {"count": len(paths), "paths": paths[:_EXAMPLES]}


def _directories(sizes: Mapping[str, int]) -> list[dict[str, Any]]:
    """The directories at the top with all beneath them; "." stands for the files beside them."""
    files: dict[str, int] = {}
    together: dict[str, int] = {}
    for path, size in sizes.items():
        top, slash, _ = path.partition("/")
        top = top if slash else "."
        files[top] = files.get(top, 0) + 1
        together[top] = together.get(top, 0) + size
    ranked = sorted(files, key=lambda top: (-together[top], top))
    kept, rest = sorted(ranked[:_MOST_DIRECTORIES]), ranked[_MOST_DIRECTORIES:]
    rows: list[dict[str, Any]] = [{"path": top, "files": files[top], "bytes": together[top]} for top in kept]
    if rest:
        rows.append(
            {"path": None, "files": sum(files[top] for top in rest), "bytes": sum(together[top] for top in rest)}
        )
    return rows


def _largest(sizes: Mapping[str, int]) -> list[str]:
    return nsmallest(_LARGEST, sizes, key=lambda path: (-sizes[path], path))


def _address(address: Address) -> dict[str, str | None]:
    return {"kind": address.kind, "host": address.host, "path": address.path}


def _confidence(inputs: ProbeInputs, git: Mapping[str, Any]) -> Confidence:
    if "commit" not in git:
        return "medium" if inputs.paths else "low"
    doubtful = git["in_tables"] or git["config_unread"] or git.get("tags_unknown") or inputs.unparsed
    return "medium" if doubtful else "high"


def _warnings(git: Mapping[str, Any]) -> Iterator[str]:
    if "commit" not in git:
        yield f"git facts are not available: {git.get('unknown', 'not asked')}"
    if git.get("in_tables"):
        yield "references are kept in tables: branch and tags are not read"
    if git.get("tags_unknown"):
        yield f"{git['tags_unknown']} tags lead to a commit that is not known"
    if git.get("config_unread"):
        yield f"remotes are not known: {git['config_unread']}"
