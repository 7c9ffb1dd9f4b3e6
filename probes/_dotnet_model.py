"""What a project of .NET comes to with the .props and .targets that MSBuild imports from inside the repository.

Properties are followed as far as they are literal; a condition is never decided, but for `'$(X)' == ''`.
Sources: https://learn.microsoft.com/visualstudio/msbuild/customize-by-directory,
https://learn.microsoft.com/nuget/consume-packages/central-package-management
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from codegenie.formats.msbuild import Import, Item, MsBuild, Property
from codegenie.formats.patterns import lazily

from ._dotnet_layout import Files
from ._paths import parent, under

_REFERENCE = lazily(r"\$\(([A-Za-z_][\w.-]{0,100})\)")
_IF_UNSET = lazily(r"'?\$\((\w+)\)'?\s*==\s*''", re.IGNORECASE)
_ABOVE = lazily(r"GetPathOfFileAbove\(\s*'?([\w.$()]+?)'?\s*,", re.IGNORECASE)
_ABOVE_ALONE = lazily(r"GetPathOfFileAbove\(\s*'?([\w.]+)'?\s*\)", re.IGNORECASE)
_DIRECTORY_ABOVE = lazily(r"\$\(\[MSBuild\]::GetDirectoryNameOfFileAbove\([^,]+,\s*'?([\w.]+)'?\)\)", re.IGNORECASE)
_HERE = lazily(r"\$\((?:MSBuildThisFileDirectory|MSBuildProjectDirectory)\)[\\/]?", re.IGNORECASE)
_LANGUAGE_TARGETS = lazily(r"Microsoft\.(?:CSharp|VisualBasic|FSharp)\.targets|\$\(FSharpTargetsPath\)", re.IGNORECASE)
_HERE_IN_FILE = lazily(r"\$\(MSBuildThisFileDirectory\)", re.IGNORECASE)
_ROUNDS = 20
_LONGEST = 1_000
_MOST_FILES = 100  # imported by one project


class Placed(NamedTuple):
    """An item with the file that it stands in."""

    item: Item
    path: str


class Known(NamedTuple):
    """A property's value as far as it is sure, and where it was set; `sure` is False after a condition."""

    value: str
    path: str
    line: int
    sure: bool


class Conditional(NamedTuple):
    """A value that a property has under a condition, both as written."""

    value: str
    condition: str
    path: str
    line: int


@dataclass(slots=True)
class Model:
    """A project with what it imports."""

    path: str
    project: MsBuild
    properties: dict[str, Known] = field(default_factory=dict)
    items: list[Placed] = field(default_factory=list)
    conditional: dict[str, list["Conditional"]] = field(default_factory=dict)
    """What properties are set to under conditions, by their names in lower case, since they were last set without."""
    files: list[str] = field(default_factory=list)
    """The files that were followed, in order, the project itself among them."""

    @property
    def is_sdk(self) -> bool:
        """Whether `dotnet build` takes it: any but an old-style project, which imports the targets of its language."""
        if self.project.sdks:
            return True
        imports = [step for step in self.project.steps if isinstance(step, Import)]
        old = any(_LANGUAGE_TARGETS.search(step.project) for step in imports)
        return not (self.project.old or old) or any(step.sdk for step in imports)

    def text(self, name: str) -> str | None:
        """The value of a property; None where it is not set, or not sure."""
        found = self.properties.get(name.lower())
        if found is None or not found.sure:
            return None
        value = self.resolved(found.value)
        return None if "$(" in value else value

    def known(self, name: str) -> Known | None:
        """Where the property was set last."""
        return self.properties.get(name.lower())

    def is_true(self, name: str) -> bool | None:
        """The value of a switch."""
        found = self.text(name)
        return None if found is None or found.lower() not in ("true", "false") else found.lower() == "true"

    def resolved(self, text: str) -> str:
        """The text with the properties that are sure; the others stay as written."""
        known = text
        for _ in range(_ROUNDS):
            changed = _REFERENCE.sub(self._value, known)
            if changed == known:
                return known
            if len(changed) > _LONGEST:
                return text
            known = changed
        return text  # properties that name each other in a circle

    def _value(self, found: re.Match[str]) -> str:
        name = found[1].lower()
        if name == "msbuildprojectname":
            return self.path.rpartition("/")[2].rpartition(".")[0]
        known = self.properties.get(name)
        return known.value if known and known.sure else found[0]


def spec_of(placed: Placed, project: str) -> tuple[str, str]:
    """The directory that an item's path starts from, and the path with forward slashes."""
    spec = placed.item.spec.replace("\\", "/")
    if found := _HERE_IN_FILE.match(spec):
        return parent(placed.path), spec[found.end() :].lstrip("/")
    return parent(project), spec


class Models:
    """Projects and shared files, each evaluated once."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._models: dict[str, Model | None] = {}

    def of(self, path: str) -> Model | None:
        """The model of a project, or of a shared file taken by itself; None where it cannot be read."""
        if path not in self._models:
            project = self._files.read(path)
            self._models[path] = self._evaluated(path, project) if project else None
        return self._models[path]

    def _evaluated(self, path: str, project: MsBuild) -> Model:
        model = Model(path, project)
        directory = parent(path)
        name = path.rpartition("/")[2]
        whole = name.lower().endswith("proj")
        before = ("Directory.Build.props", "Directory.Packages.props") if whole else ()
        for each in before:
            if above := self.above(directory, each):
                self._take(model, above)
        self._take(model, path)
        if whole and (above := self.above(directory, "Directory.Build.targets")):
            self._take(model, above)
        return model

    def above(self, directory: str, name: str) -> str | None:
        """The nearest file of that name in the directory or above it."""
        while True:
            at = f"{directory}/{name}" if directory else name
            if found := self._files.path_of(at):
                return found
            if not directory:
                return None
            directory = parent(directory)

    def _take(self, model: Model, path: str) -> None:
        if path in model.files or len(model.files) >= _MOST_FILES:
            return
        model.files.append(path)
        read = model.project if path == model.path else self._files.read(path)
        for step in read.steps if read else ():
            match step:
                case Property():
                    _set(model, step, path)
                case Item():
                    model.items.append(Placed(step, path))
                case Import(project=written, sdk=""):
                    for imported in self._meant(model, path, written):
                        self._take(model, imported)

    def _meant(self, model: Model, path: str, written: str) -> Iterator[str]:
        """The file inside the repository that an import names."""
        if found := _ABOVE.search(written) or _ABOVE_ALONE.search(written):
            name = found[1].replace("$(MSBuildThisFile)", path.rpartition("/")[2])
            upward = "../" in written.replace("\\", "/")
            start = parent(parent(path)) if upward else parent(path)
            if (above := self.above(start, name)) and (parent(path) or not upward):
                yield above
            return
        directory = parent(path)
        if found := _DIRECTORY_ABOVE.search(written):
            above = self.above(directory, found[1])
            written = _DIRECTORY_ABOVE.sub("", written).lstrip("\\/")
            directory = parent(above) if above else directory
        else:
            written = model.resolved(_HERE.sub("", written))
        at = under(directory, written.replace("\\", "/"))
        known = self._files.path_of(at) if at and "$(" not in at else None
        if known:
            yield known


def _set(model: Model, step: Property, path: str) -> None:
    name = step.name.lower()
    earlier = model.properties.get(name)
    if not step.condition:
        # what names itself adds to what was there: `$(NoWarn);CS1591`
        before = earlier.value if earlier else ""
        value = re.sub(rf"\$\({re.escape(step.name)}\)", lambda _: before, step.value, flags=re.IGNORECASE)
        model.properties[name] = Known(value[:_LONGEST], path, step.line, True)
        if f"$({name})" not in step.value.lower():
            model.conditional.pop(name, None)
        return
    unset = _IF_UNSET.fullmatch(step.condition.strip())
    if unset and unset[1].lower() == name:
        if earlier is None:
            model.properties[name] = Known(step.value, path, step.line, True)
        return
    model.conditional.setdefault(name, []).append(Conditional(step.value, step.condition.strip(), path, step.line))
    said = earlier or Known(step.value, path, step.line, True)
    model.properties[name] = Known(said.value, said.path, said.line, False)
