"""What Go modules are built from: the versions that go.mod or vendor/modules.txt says, with the hashes of go.sum.

go.sum is no lockfile: it holds hashes of versions that are not built, too, and most are of go.mod files only.  From
go 1.17 on go.mod itself lists every module that a build needs (https://go.dev/ref/mod#graph-pruning).
"""

from collections.abc import Iterable, Iterator, Sequence

from codegenie.formats import go_mod, go_sum, go_vendor, go_work
from codegenie.formats.go_mod import GoMod, Replaced
from codegenie.formats.go_sum import GoSum
from codegenie.formats.go_vendor import Vendored
from codegenie.probe import MANIFEST_CAP, ProbeInputs

from ._go_manifests import module_of
from ._lock import Disagreement, Lock, Manifests, Resolved
from ._paths import parent, under

MOST_NAMED = 5  # modules that a note names
_IN_WORKSPACE = "the module is built in a workspace, where a higher version that another module asks for counts"


def locks(inputs: ProbeInputs, manifests: Manifests) -> list[Lock]:
    """One for each go.mod that requires anything, and for each go.sum."""
    listed = [each for each in manifests["manifests"] if each["format"] == "go.mod"]
    return [lock for each in listed if (lock := _lock(inputs, each["path"], each["project"])) is not None]


def _lock(inputs: ProbeInputs, path: str, project: str) -> Lock | None:
    mod = inputs.parse(path, go_mod.parse)
    if mod is None:
        return None
    root = "" if project == "." else project
    sums_path, vendor_path = _beside(path, "go.sum"), _beside(path, "vendor/modules.txt")
    sums = inputs.parse(sums_path, go_sum.parse, MANIFEST_CAP) if sums_path in inputs else None
    vendored = inputs.parse(vendor_path, go_vendor.parse, MANIFEST_CAP) if vendor_path in inputs else None
    if sums is None and not mod.required:
        return None
    replaced = _Replacements(mod.replaced, _work_replacements(inputs, root), parent(path), root)
    known = sums or GoSum({}, {}, {})
    packages = tuple(_packages(mod, vendored, known, replaced))
    return Lock(
        path=sums_path if sums_path in inputs else path,
        ecosystem="go",
        purl_type="golang",
        format="go.sum" if sums_path in inputs else "go.mod",
        project=root,
        packages=packages,
        compared=sums is not None,
        disagreements=tuple(_without_hash(path, mod, known, replaced)) if sums else (),
        notes=(
            *(_untold(mod, known, packages) if vendored is None else ()),
            *_unlike_vendored(mod, vendored or ()),
            *([_IN_WORKSPACE] if root != parent(path) else []),
        ),
    )


class _Replacements:
    """What stands for a required module: those of the go.work before those of the go.mod itself."""

    def __init__(self, own: Sequence[Replaced], of_work: Sequence[Replaced], directory: str, root: str) -> None:
        self._exact: dict[tuple[str, str | None], tuple[Replaced, str]] = {}
        for replaced, place in ((own, directory), (of_work, root)):
            self._exact |= {(each.old, each.old_version): (each, place) for each in replaced}

    def of(self, path: str, version: str) -> tuple[Replaced, str] | None:
        """The replacement, and the directory that its own is relative to."""
        return self._exact.get((path, version)) or self._exact.get((path, None))


def _work_replacements(inputs: ProbeInputs, root: str) -> tuple[Replaced, ...]:
    path = f"{root}/go.work" if root else "go.work"
    work = inputs.parse(path, go_work.parse) if path in inputs else None
    return work.replaced if work else ()


def _packages(
    mod: GoMod, vendored: tuple[Vendored, ...] | None, sums: GoSum, replaced: _Replacements
) -> Iterator[Resolved]:
    direct = {each.path for each in mod.required if not each.indirect} | {
        module_of(each.name, mod) for each in mod.tools
    }
    for path, version in sorted(_built(mod, vendored)):
        yield _resolved(path, version, path in direct, sums, replaced)


def _built(mod: GoMod, vendored: tuple[Vendored, ...] | None) -> set[tuple[str, str]]:
    """The modules and versions, as far as the files tell."""
    if vendored is not None and not mod.pruned:
        return {(each.path, each.version) for each in vendored if each.version and (each.packages or each.explicit)}
    highest: dict[str, str] = {}
    for each in mod.required:
        highest[each.path] = each.version  # required twice, the later line is what `go mod tidy` would have left
    return set(highest.items())


def _resolved(path: str, version: str, direct: bool, sums: GoSum, replaced: _Replacements) -> Resolved:
    if not (found := replaced.of(path, version)):
        integrity, line = sums.contents.get((path, version)), sums.lines.get((path, version))
        return Resolved(path, version, line, direct=direct, integrity=integrity)
    by, place = found
    if by.new_version is None:
        return Resolved(path, None, direct=direct, source="path", address=under(place, by.new) or by.new)
    key = (by.new, by.new_version)
    return Resolved(*key, sums.lines.get(key), direct=direct, integrity=sums.contents.get(key))


def _without_hash(path: str, mod: GoMod, sums: GoSum, replaced: _Replacements) -> Iterator[Disagreement]:
    """The required modules of which go.sum has no hash at all: Go refuses to build with them."""
    for each in mod.required:
        key: tuple[str, str] = (each.path, each.version)
        if found := replaced.of(*key):
            if found[0].new_version is None:
                continue
            key = (found[0].new, found[0].new_version)
        if key not in sums.lines:
            locked = ", ".join(sorted(version for name, version in sums.lines if name == key[0])[:MOST_NAMED])
            yield Disagreement("missing in lockfile", key[0], path, each.line, key[1], locked or None)


def _untold(mod: GoMod, sums: GoSum, packages: Iterable[Resolved]) -> Iterator[str]:
    """What a go.mod from before go 1.17 leaves open."""
    if mod.pruned:
        return
    more = len(sums.contents.keys() - {(each.name, each.version) for each in packages})
    asked = f"asks for go {mod.go.name}" if mod.go else "asks for no version of go"
    yield (
        f"go.mod {asked}, and before 1.17 it lists no modules that only others require: go.sum has the content hashes"
        f" of {more} more, and which of them are built is not known"
    )


def _unlike_vendored(mod: GoMod, vendored: Iterable[Vendored]) -> Iterator[str]:
    if names := sorted(set(_not_as_vendored(mod, vendored))):
        shown = ", ".join(names[:MOST_NAMED]) + (" and others" if len(names) > MOST_NAMED else "")
        yield f"vendor/modules.txt is not of this go.mod: {shown}"


def _not_as_vendored(mod: GoMod, vendored: Iterable[Vendored]) -> Iterator[str]:
    """The modules that are required and vendored at different versions: `go build` refuses them."""
    versions = {each.path: each.version for each in vendored if each.version}
    for each in mod.required:
        if each.path in versions and versions[each.path] != each.version:
            yield each.path


def _beside(path: str, name: str) -> str:
    directory = parent(path)
    return f"{directory}/{name}" if directory else name
