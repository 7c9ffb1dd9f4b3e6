"""Project files of .NET, and the files that bind versions for many of them, as manifests."""

from collections.abc import Iterator

from codegenie.formats import global_json, nuget_config, paket_dependencies
from codegenie.formats.hosts import host_of
from codegenie.formats.msbuild import Item
from codegenie.formats.paket_dependencies import Asked, PaketDependencies
from codegenie.probe import ProbeInputs

from . import _dotnet_layout
from ._dotnet_layout import Layout, Root, layout, read_all
from ._dotnet_model import Model, Models, spec_of
from ._dotnet_project import computes_version, dependencies, name_of, publishable, requirements, test_place, version_of
from ._manifest import Dependency, Manifest, Manifests, Members, Requirement, Scope, Source
from ._paths import ancestors, parent, under

_OF_PAKET = "paket.references "
GLOBAL_JSON = "**/global.json"
TOOLS = ("**/.config/dotnet-tools.json", "**/dotnet-tools.json")


def manifests(inputs: ProbeInputs) -> Manifests:
    """The projects of .NET with what they ask for, and the files that pin versions for them."""
    found = layout(inputs)
    survey = _Survey(inputs, found)
    return Manifests(list(survey.all()), found.apart)


class _Survey:
    """All that is read of .NET in one repository."""

    def __init__(self, inputs: ProbeInputs, found: Layout) -> None:
        assert found.files is not None, "layout sets them"
        self._inputs = inputs
        self._roots = found.roots
        self._models = Models(found.files)
        self._files = found.files
        self._apart = {path for paths in found.apart.values() for path in paths}
        self._pinned = read_all(inputs, inputs.matching(GLOBAL_JSON), global_json.parse)
        self._paket = read_all(inputs, inputs.matching("**/paket.dependencies"), paket_dependencies.parse)
        self._directories = {parent(path): root for root in found.roots for path in root.projects}

    def all(self) -> Iterator[Manifest]:
        for root in self._roots:
            for path in root.projects:
                if model := self._models.of(path):
                    yield self._project(root, model)
            yield from (self._solution(root, path) for path in root.solutions[:1])
        yield from self._shared()
        yield from self._packages_alone()
        yield from self._tools()
        for path, paket in self._paket.items():
            if self._near(path):
                yield self._paket_manifest(path, paket)

    def _project(self, root: Root, model: Model) -> Manifest:
        can_publish, line = publishable(model)
        rows = list(dependencies(model, self._names_of_references(model), self._sdks(model.path)))
        rows += self._from_packages_config(model)
        rows += self._from_paket(model)
        dynamic = {"version"} if computes_version(model) else set()
        dynamic |= {"dependencies"} if None in rows else set()
        restored_at = (
            self._paket_home(model.path) if any(row and row.group.startswith(_OF_PAKET) for row in rows) else None
        )
        return Manifest(
            path=model.path,
            ecosystem="dotnet",
            format=model.path.rpartition(".")[2],
            project=root.directory if restored_at is None else restored_at,
            name=name_of(model),
            version=version_of(model),
            publishable=can_publish,
            publishable_line=line,
            requirements=tuple(requirements(model)),
            dependencies=tuple(row for row in rows if row),
            dynamic=tuple(sorted(dynamic)),
        )

    def _names_of_references(self, model: Model) -> dict[str, str]:
        """The names of the projects referenced, by the file and the path as written there."""
        found = {}
        for placed in model.items:
            if placed.item.kind == "ProjectReference":
                start, written = spec_of(placed, model.path)
                at = under(start, model.resolved(written))
                known = self._files.path_of(at) if at else None
                if known and (other := self._models.of(known)):
                    found[f"{placed.path}:{placed.item.spec}"] = name_of(other)
        return found

    def _sdks(self, path: str) -> dict[str, tuple[str, str]]:
        """The versions of SDKs that the global.json above the project gives, with its place."""
        for directory in ancestors(path):
            at = f"{directory}/global.json" if directory else "global.json"
            if at in self._pinned:
                return {each.name: (each.version, f"{at}:{each.line}") for each in self._pinned[at].msbuild_sdks}
        return {}

    def _from_packages_config(self, model: Model) -> Iterator[Dependency]:
        directory = parent(model.path)
        path = f"{directory}/packages.config" if directory else "packages.config"
        if path in self._inputs:
            tests = test_place(model) is not None
            yield from self._packages(path, "test" if tests else "runtime", path)

    def _packages(self, path: str, scope: Scope, shown: str | None) -> Iterator[Dependency]:
        for each in self._inputs.parse(path, nuget_config.packages) or ():
            yield Dependency(
                name=each.name,
                constraint=each.version or None,
                scope="development" if each.development else scope,
                group="packages.config",
                line=each.line,
                marker=f"targetFramework {each.framework}" if each.framework else None,
                path=shown,
            )

    def _from_paket(self, model: Model) -> Iterator[Dependency]:
        directory = parent(model.path)
        at = next((path for path in self._references(directory, model.path) if path in self._inputs), None)
        if at is None:
            return
        bound = self._bound_by_paket(at)
        tests = test_place(model) is not None
        for each in self._inputs.parse(at, paket_dependencies.references) or ():
            place = bound.get((each.group.lower(), each.name.lower()))
            yield Dependency(
                name=each.name,
                constraint=place[1].constraint or None if place else None,
                scope="test" if tests else "runtime",
                group=f"{_OF_PAKET}{each.group}",
                line=each.line,
                marker=each.options or None,
                path=at,
                source="catalog",
                note=f"managed at {place[0]}:{place[1].line}" if place else "resolved by Paket without being asked for",
            )

    def _references(self, directory: str, project: str) -> list[str]:
        """A file of the project's own name comes first."""
        names = (f"{project.rpartition('/')[2]}.paket.references", "paket.references")
        return [f"{directory}/{name}" if directory else name for name in names]

    def _paket_home(self, path: str) -> str | None:
        """The directory whose paket.dependencies a project is restored with."""
        files = {parent(each) for each in self._paket}
        return next((directory for directory in ancestors(path) if directory in files), None)

    def _bound_by_paket(self, path: str) -> dict[tuple[str, str], tuple[str, Asked]]:
        home = self._paket_home(path)
        at = f"{home}/paket.dependencies" if home else "paket.dependencies"
        asked = self._paket[at].asked if home is not None else ()
        return {(each.group.lower(), each.name.lower()): (at, each) for each in asked}

    def _solution(self, root: Root, path: str) -> Manifest:
        return Manifest(
            path=path,
            ecosystem="dotnet",
            format=path.rpartition(".")[2],
            project=root.directory,
            name=path.rpartition("/")[2].rpartition(".")[0],
            workspace=members_of(root),
        )

    def _shared(self) -> Iterator[Manifest]:
        """Files that bind versions: each Directory.Packages.props, and any that it imports."""
        files = {
            path
            for root in self._roots
            for project in root.projects
            if (model := self._models.of(project))
            for path in model.files
        }
        for path in sorted(files):
            read = self._files.read(path)
            model = self._models.of(path)
            items = [
                step for step in (read.steps if read else ()) if isinstance(step, Item) and step.action != "Remove"
            ]
            rows = [row for item in items if model for row in _bound(model, item)]
            if rows and not path.lower().endswith("proj"):
                yield Manifest(
                    path=path,
                    ecosystem="dotnet",
                    format=path.rpartition("/")[2] if path.rpartition("/")[2].startswith("Directory.") else "props",
                    project=self._root_above(path),
                    dependencies=tuple(rows),
                )

    def _root_above(self, path: str) -> str:
        """The directory of the root that a file lies in, or of the first that lies below it."""
        directories = {root.directory for root in self._roots}
        above = next((each for each in ancestors(path) if each in directories), None)
        return parent(path) if above is None else above

    def _packages_alone(self) -> Iterator[Manifest]:
        """packages.config where no project of these languages lies beside it, as of C++."""
        for path in self._inputs.matching("**/packages.config"):
            if parent(path) not in self._directories and self._near(path):
                rows = tuple(self._packages(path, "development", None))
                yield Manifest(path, "dotnet", "packages.config", self._root_above(path), dependencies=rows)

    def _near(self, path: str) -> bool:
        """Whether the file is not one of those set apart, by its directory."""
        kind = _dotnet_layout._kind(path, ())
        return kind is None

    def _tools(self) -> Iterator[Manifest]:
        for path in self._inputs.matching(*TOOLS):
            if self._near(path):
                home = parent(path)
                home = parent(home) if home.rpartition("/")[2] == ".config" else home
                rows = [
                    Dependency(each.package.name, each.package.version, "development", "tools", each.package.line)
                    for each in self._inputs.parse(path, global_json.tools) or ()
                ]
                yield Manifest(path, "dotnet", "dotnet-tools.json", home, dependencies=tuple(rows))

    def _paket_manifest(self, path: str, paket: PaketDependencies) -> Manifest:
        wanted = [Requirement("paket", paket.paket, "version", paket.paket_line)] if paket.paket else []
        wanted += [
            Requirement("dotnet", each.strip(), f"framework of group {group}", line)
            for group, frameworks, line in paket.frameworks
            for each in frameworks.split(",")
            if each.strip()
        ]
        return Manifest(
            path=path,
            ecosystem="dotnet",
            format="paket.dependencies",
            project=self._root_above(path),
            requirements=tuple(wanted),
            dependencies=tuple(_of_paket(each) for each in paket.asked),
        )


def _bound(model: Model, item: Item) -> Iterator[Dependency]:
    """What a shared file says of packages by itself."""
    if item.kind not in ("PackageVersion", "GlobalPackageReference"):
        return
    for name in (part.strip() for part in item.spec.split(";")):
        version = model.resolved(item.metadata.get("Version", ""))
        if name and "$(" not in name and "@(" not in name:
            yield Dependency(
                name=name,
                constraint=version or None,
                scope="constraint" if item.kind == "PackageVersion" else "development",
                group=item.kind,
                line=item.line,
                marker=item.condition or None,
                note="holds a property that is not literal" if "$(" in version else None,
            )


_PAKET_SOURCES: dict[str, Source] = {"git": "git", "github": "git", "gist": "git", "http": "url"}


def _of_paket(each: Asked) -> Dependency:
    """What Paket is asked for; the projects say which of it they use."""
    source = _PAKET_SOURCES.get(each.kind, "registry")
    name, constraint, alias = each.name, each.constraint, None
    if each.kind in ("github", "gist"):  # `owner/name:branch path/of/file`
        name, _, constraint = each.name.partition(":")
        alias = each.constraint
    elif source != "registry":
        name = host_of(each.name) or "a directory"  # an address may hold a credential
    return Dependency(
        name=name,
        constraint=constraint or None,
        alias=alias or None,
        scope="constraint" if source == "registry" else "runtime",
        group=f"group {each.group}",
        line=each.line,
        marker=each.options or None,
        source=source,
    )


def members_of(root: Root) -> Members | None:
    """The projects of a solution, as the workspace that it is."""
    if not root.solutions:
        return None
    return Members(
        patterns=tuple(root.listed),
        members=tuple(sorted({parent(path) for path in root.projects})),
        path=root.solutions[0],
        line=min(root.listed.values(), default=None),
        idle=tuple(sorted(root.idle)),
    )
