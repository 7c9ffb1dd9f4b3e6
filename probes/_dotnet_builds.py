"""Projects of .NET: the SDK, the commands of `dotnet`, the solution's projects, and where packages come from."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats import global_json, nuget_config, paket_dependencies
from codegenie.formats.global_json import GlobalJson
from codegenie.formats.msbuild import Item
from codegenie.probe import Confidence, ProbeInputs

from . import _dotnet_layout
from ._builds import Builds, command, commands, project, tool
from ._dotnet_layout import Root, layout, read_all
from ._dotnet_manifests import GLOBAL_JSON, TOOLS, members_of
from ._dotnet_model import Model, Models
from ._dotnet_project import (
    Place,
    aspire_host,
    is_executable,
    name_of,
    publishable,
    requirements,
    test_place,
    version_of,
)
from ._manifest import Requirement, requirement_facts
from ._paths import ancestors, holds_files, parent, shown

CONFIG = "**/[Nn]u[Gg]et.[Cc]onfig"
MOST_EVIDENCE = 10

# Properties that say what is built; the value is that which says so, "" for any.
_SWITCHES = {
    "UseWPF": ("wpf", "true"),
    "UseWindowsForms": ("windows-forms", "true"),
    "UseMaui": ("maui", "true"),
    "PublishAot": ("native-aot", "true"),
    "PublishSingleFile": ("single-file", "true"),
    "AzureFunctionsVersion": ("azure-functions", ""),
    "EnableSdkContainerSupport": ("sdk-container", "true"),
    "ContainerRepository": ("sdk-container", ""),
    "ContainerBaseImage": ("sdk-container", ""),
}
_SDKS = {
    "Aspire.AppHost.Sdk": "aspire",
    "Microsoft.NET.Sdk.Web": "aspnetcore",
    "Microsoft.NET.Sdk.BlazorWebAssembly": "blazor",
    "Microsoft.NET.Sdk.Razor": "razor",
    "Microsoft.NET.Sdk.Worker": "worker",
    "Uno.Sdk": "uno",
}
_PACKAGES = {
    "grpc.tools": "protobuf",
    "nswag.msbuild": "nswag",
    "microsoft.visualstudio.azure.containers.tools.targets": "docker",
    "nerdbank.gitversioning": "nerdbank-gitversioning",
    "gitversion.msbuild": "gitversion",
    "minver": "minver",
    "microsoft.dotnet.arcade.sdk": "arcade",
}
_RUNNERS = {"cake.tool": "cake", "nuke.globaltool": "nuke", "fake-cli": "fake", "husky": "husky"}
# What local tools check and mend; https://csharpier.com/docs/CLI, https://fsprojects.github.io/fantomas/docs/
_FORMATTERS = {
    "csharpier": ("dotnet csharpier check .", "dotnet csharpier format ."),
    "fantomas": ("dotnet fantomas --check .", "dotnet fantomas ."),
}
_NEW_CSHARPIER = 1  # until then the commands were options: csharpier --check


def builds(inputs: ProbeInputs) -> Builds:
    """The roots of .NET in the repository: solutions, and projects that are in none."""
    found = layout(inputs)
    survey = _Survey(inputs, found)
    listed = [_Build(survey, root).facts() for root in found.roots if root.projects]
    confidence: Confidence | None = "high" if found.roots else None
    unread = [
        root for root in found.roots if root.projects and not any(survey.models.of(each) for each in root.projects)
    ]
    return Builds(listed, found.apart, "low" if unread else confidence)


class _Survey:
    """The files that lie above projects."""

    def __init__(self, inputs: ProbeInputs, found: _dotnet_layout.Layout) -> None:
        assert found.files is not None, "layout sets them"
        self.inputs = inputs
        self.models = Models(found.files)
        self.pinned = read_all(inputs, inputs.matching(GLOBAL_JSON), global_json.parse)
        self.tools = read_all(inputs, inputs.matching(*TOOLS), global_json.tools)
        self.configs = read_all(inputs, inputs.matching(CONFIG), nuget_config.parse)
        self.paket = read_all(inputs, inputs.matching("**/paket.dependencies"), paket_dependencies.parse)

    def above(self, directory: str) -> list[str]:
        """The directory and those that hold it, the nearest first."""
        return [directory, *ancestors(directory)] if directory else [""]


class _Build:
    """One root."""

    def __init__(self, survey: _Survey, root: Root) -> None:
        self._survey = survey
        self._root = root
        self._models = [model for path in root.projects if (model := survey.models.of(path))]
        self._old = [model for model in self._models if not model.is_sdk]
        self._config = self._pinned()

    def facts(self) -> dict[str, Any]:
        """The root as the slice shows it."""
        root = self._root
        alone = self._models[0] if len(root.projects) == 1 and not root.solutions and self._models else None
        return project(
            shown(root.directory),
            "dotnet",
            name=name_of(alone) if alone else self._name(),
            version=version_of(alone) if alone else None,
            private=_private(alone) if alone else None,
            tool=self._tool(),
            lockfiles=list(self._lockfiles()),
            commands=self._commands(),
            engines=list(self._engines(alone)),
            workspaces=self._workspaces(),
            task_runners=self._uses(self._runner_places()),
            build_tools=self._uses(self._tool_places()),
            outputs=list(self._outputs()),
            registries=self._registries(),
            settings=list(self._settings()),
        )

    def _name(self) -> str | None:
        if not self._root.solutions:
            return None
        return self._root.solutions[0].rpartition("/")[2].rpartition(".")[0]

    def _manifest(self) -> str:
        return self._root.solutions[0] if self._root.solutions else self._root.projects[0]

    def _pinned(self) -> tuple[str, GlobalJson] | None:
        """The global.json nearest above, as the SDK looks for it."""
        for directory in self._survey.above(self._root.directory):
            at = f"{directory}/global.json" if directory else "global.json"
            if at in self._survey.pinned:
                return at, self._survey.pinned[at]
        return None

    def _tool(self) -> dict[str, Any]:
        name = "msbuild" if self._old else "dotnet"
        evidence = [{"tool": name, "how": "the manifest", "path": self._manifest(), "line": None}]
        constraints = []
        if self._config and (sdk := self._config[1].sdk):
            constraints.append(
                {"constraint": sdk.version, "how": "a settings file", "path": self._config[0], "line": sdk.line}
            )
        return tool(
            name,
            "the manifest",
            version_constraint=constraints[0]["constraint"] if constraints else None,
            constraints=constraints,
            evidence=evidence,
        )

    def _lockfiles(self) -> Iterator[dict[str, Any]]:
        """Each project has its own, but Paket's, which is one for all."""
        inputs = self._survey.inputs
        for directory in sorted({parent(path) for path in self._root.projects}):
            at = f"{directory}/packages.lock.json" if directory else "packages.lock.json"
            if at in inputs:
                yield {"path": at, "tool": "dotnet", "flavor": None, "format": None, "line": None}
        for directory in self._survey.above(self._root.directory):
            at = f"{directory}/paket.lock" if directory else "paket.lock"
            if at in inputs:
                yield {"path": at, "tool": "paket", "flavor": None, "format": None, "line": None}
                return

    def _commands(self) -> dict[str, Any]:
        manifest = self._manifest()
        beside = [
            *self._root.solutions,
            *(path for path in self._root.projects if parent(path) == self._root.directory),
        ]
        named = f" {manifest.rpartition('/')[2]}" if len(beside) > 1 else ""
        if self._old:
            return self._old_commands(manifest)
        locks = [lock["path"] for lock in self._lockfiles() if lock["tool"] == "dotnet"]
        restore = f"dotnet restore{named}" + (" --locked-mode" if locks else "")
        places = [{"path": path, "line": None} for path in [manifest, *locks[:1]]]
        by_intent = {
            "install": command(restore, manifest) | {"evidence": places},
            "build": command(f"dotnet build{named}", manifest),
        }
        tests = [place for model in self._models if (place := test_place(model))]
        if tests:
            by_intent["test"] = _commanded(f"dotnet test{named}", tests)
        return commands("dotnet", **by_intent, **self._start(), **self._formatters())

    def _old_commands(self, manifest: str) -> dict[str, Any]:
        """Old-style projects are built by MSBuild of Visual Studio, with the packages that nuget.exe fetches."""
        name = manifest.rpartition("/")[2]
        place = Place(self._old[0].path, None)
        return commands(
            "msbuild",
            install=_commanded(f"nuget restore {name}", [place]),
            build=_commanded(f"msbuild {name}", [place]),
        )

    def _start(self) -> dict[str, dict[str, Any]]:
        """`dotnet run`, where one project is the one that starts: Aspire's host, or the only executable."""
        hosts = [(model, host) for model in self._models if (host := aspire_host(model)) and not test_place(model)]
        if not hosts:
            hosts = [(model, Place(model.path, None)) for model in self._models if is_executable(model)]
        if len(hosts) != 1:
            return {}
        model, place = hosts[0]
        directory = parent(model.path)
        if directory == self._root.directory and len(self._root.projects) == 1:
            return {"start": _commanded("dotnet run", [place])}
        at = directory[len(self._root.directory) :].lstrip("/") or model.path.rpartition("/")[2]
        if directory and self._root.directory and not directory.startswith(f"{self._root.directory}/"):
            return {}
        return {"start": _commanded(f"dotnet run --project {at}", [place])}

    def _formatters(self) -> dict[str, dict[str, Any]]:
        for path, tools in self._tools_above():
            for each in tools:
                known = _FORMATTERS.get(each.package.name.lower())
                if known is None:
                    continue
                check, mend = known
                major = each.package.version.partition(".")[0]
                if each.package.name.lower() == "csharpier" and major.isdigit() and int(major) < _NEW_CSHARPIER:
                    check, mend = "dotnet csharpier --check .", "dotnet csharpier ."
                place = Place(path, each.package.line)
                return {"lint": _commanded(check, [place]), "format": _commanded(mend, [place])}
        return {}

    def _tools_above(self) -> Iterator[tuple[str, tuple[global_json.Tool, ...]]]:
        for directory in self._survey.above(self._root.directory):
            for name in (".config/dotnet-tools.json", "dotnet-tools.json"):
                at = f"{directory}/{name}" if directory else name
                if at in self._survey.tools:
                    yield at, self._survey.tools[at]

    def _engines(self, alone: Model | None) -> Iterator[dict[str, Any]]:
        """The frameworks; of a solution those of all its projects together."""
        asked = [each for model in self._models for each in requirements(model)]
        seen: dict[str | None, Requirement] = {}
        for each in sorted(asked, key=lambda each: each.marker is not None):
            line = each.line if alone else None
            seen.setdefault(each.constraint, each._replace(field=each.field.partition(" ")[0], line=line))
        yield from (requirement_facts(seen[constraint]) for constraint in sorted(seen, key=str))
        if self._config and (sdk := self._config[1].sdk):
            yield {
                "name": "dotnet-sdk",
                "constraint": sdk.version,
                "field": "sdk.version of global.json",
                "line": sdk.line,
            }

    def _workspaces(self) -> dict[str, Any] | None:
        found = members_of(self._root)
        if found is None:
            return None
        return {
            "declared_by": found.path.rpartition(".")[2],
            "path": found.path,
            "line": found.line,
            "patterns": list(found.patterns),
            "patterns_without_members": list(found.idle),
            "members": [
                {
                    "path": shown(parent(model.path)),
                    "name": name_of(model),
                    "version": version_of(model),
                    "private": _private(model),
                    "scripts": [],
                }
                for model in self._models
            ],
        }

    def _tool_places(self) -> Iterator[tuple[str, str, str, Place]]:
        """Each tool with the directory of the project that uses it, the kind of evidence, and its place."""
        for model in self._models:
            directory = parent(model.path)
            for sdk in model.project.sdks:
                if name := _SDKS.get(sdk.name):
                    yield name, directory, "field", Place(model.path, sdk.line)
            for switch, (name, wanted) in _SWITCHES.items():
                known = model.known(switch)
                if known and known.sure and (not wanted or known.value.lower() == wanted):
                    yield name, directory, "field", Place(known.path, known.line)
            if not any(sdk.name == "Aspire.AppHost.Sdk" for sdk in model.project.sdks) and (host := aspire_host(model)):
                yield "aspire", directory, "field", host
            for placed in model.items:
                item = placed.item
                if _is_asked(item) and (name := _PACKAGES.get(item.spec.lower(), "")):
                    yield name, directory, "dependency", Place(placed.path, item.line)

    def _runner_places(self) -> Iterator[tuple[str, str, str, Place]]:
        for path, tools in self._tools_above():
            for each in tools:
                if name := _RUNNERS.get(each.package.name.lower()):
                    yield name, self._root.directory, "field", Place(path, each.package.line)

    def _uses(self, places: Iterator[tuple[str, str, str, Place]]) -> list[dict[str, Any]]:
        found: dict[str, tuple[set[str], list[dict[str, Any]]]] = {}
        for name, directory, kind, place in places:
            packages, evidence = found.setdefault(name, (set(), []))
            packages.add(directory)
            row = {"kind": kind, "path": place.path, "line": place.line}
            if row not in evidence and len(evidence) < MOST_EVIDENCE:
                evidence.append(row)
        return [
            {"name": name, "packages": [shown(each) for each in sorted(packages)], "evidence": evidence}
            for name, (packages, evidence) in sorted(found.items())
        ]

    def _outputs(self) -> Iterator[dict[str, Any]]:
        """Bin and obj of each project, or `artifacts` for all of them."""
        seen = set()
        paths = self._survey.inputs.paths
        for model in self._models:
            shared = model.known("UseArtifactsOutput")
            if shared and model.is_true("UseArtifactsOutput"):
                home = parent(shared.path)
                rows = [
                    (
                        f"{home}/artifacts" if home else "artifacts",
                        "UseArtifactsOutput",
                        Place(shared.path, shared.line),
                    )
                ]
            elif any(model.known(each) for each in ("ArtifactsPath", "BaseOutputPath", "OutputPath")) and model.is_sdk:
                continue
            else:
                home = parent(model.path)
                rows = [
                    (f"{home}/{name}" if home else name, "the default of MSBuild", Place(model.path, None))
                    for name in ("bin", "obj")
                ]
            for path, how, place in rows:
                if path not in seen:
                    seen.add(path)
                    evidence = [{"how": how, "path": place.path, "line": place.line}]
                    yield {"path": path, "committed": holds_files(path, paths), "evidence": evidence}

    def _registries(self) -> list[dict[str, Any]]:
        """The sources of every nuget.config from the root down to the project, and those of Paket."""
        above = set(self._survey.above(self._root.directory))
        rows = []
        for path, config in self._survey.configs.items():
            if parent(path) in above or (parent(path).rpartition("/")[2] == ".nuget" and parent(parent(path)) in above):
                rows += [(each.host, path, each.line) for each in config.sources if each.host]
        for path, paket in self._survey.paket.items():
            if parent(path) in above:
                rows += [(each.host, path, each.line) for each in paket.sources if each.host]
        return [
            {"use": "install", "scope": None, "host": host, "path": path, "line": line}
            for host, path, line in sorted(set(rows), key=lambda row: (row[0], row[1], row[2]))
        ]

    def _settings(self) -> Iterator[dict[str, Any]]:
        if not self._config:
            return
        path, found = self._config
        for name, each in (("sdk.rollForward", found.roll_forward), ("test.runner", found.runner)):
            if each:
                yield {"name": name, "value": each.version, "path": path, "line": each.line}


def _is_asked(item: Item) -> bool:
    return item.kind in ("PackageReference", "GlobalPackageReference") and item.action == "Include"


def _commanded(text: str, places: list[Place]) -> dict[str, Any]:
    evidence = [{"path": place.path, "line": place.line} for place in places[:MOST_EVIDENCE]]
    return command(text, places[0].path) | {"evidence": evidence}


def _private(model: Model) -> bool | None:
    can = publishable(model)[0]
    return None if can is None else not can
