"""What a trail reads on its way: scripts, manifests with scripts, configurations of supervisors, each once."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol, TypeVar

from codegenie.formats import composer_json, ini_text, package_json, shell
from codegenie.formats.ini_text import Ini
from codegenie.formats.plain import text_of
from codegenie.formats.shell_parts import Script
from codegenie.formats.unparsable import Unparsable
from codegenie.probe import ProbeInputs

from ._image_files import Origin
from ._package_commands import ScriptCall
from ._paths import parent, under
from ._run_files import in_directory
from ._scripts import Scripts, is_script_name

T = TypeVar("T")

DECLARED = (
    "**/package.json",
    "**/composer.json",
    "**/Procfile*",
    "**/*.conf",
    "**/*supervisor*.ini",
    "**/*supervisor*/**/*.ini",
    "!**/node_modules/**",
)
_MOST_MANIFESTS = 3000  # that are looked through for the name of a workspace
_MOST_NAMES = 200  # that are looked for in a directory of an image
_MADE = frozenset({"built", "run"})
_MOST_ABOVE = 3  # directories above the working directory in which a manifest may stand


class PackageScript(NamedTuple):
    """A script of a manifest: its text (None where the manifest has none of the name), and the directory it runs in.

    `before` are those that the package manager runs first: name, text and line.
    """

    path: str
    text: str | None
    line: int | None
    before: tuple[tuple[str, str, int | None], ...]
    directory: str


class Files(Protocol):
    """Where a file of an image, or of the repository itself, comes from."""

    def at(self, path: str) -> Origin:
        """The origin of the file at a path."""


class Sources:
    """The files of a repository as the trail reads them."""

    def __init__(self, inputs: ProbeInputs) -> None:
        self._inputs = inputs
        self._files = frozenset(inputs.files)
        self._scripts = Scripts(inputs)
        self._read: dict[str, object] = {}
        self._names: dict[str, str] | None = None

    def script(self, path: str) -> Script | None:
        """The shell script at a path, or what names another interpreter; None where it is neither, or not read."""
        return self._scripts.script(path)

    def text(self, text: str, line: int) -> Script | None:
        """A script that stands in another file."""
        try:
            found = shell.parse_text(text, line)
        except Unparsable:
            return None
        is_other = text.startswith("#!") and not any(name in text.partition("\n")[0] for name in shell.SHELLS)
        return None if is_other else found

    def is_script_name(self, path: str) -> bool:
        """Whether a path is named as a shell script."""
        return is_script_name(path)

    def ini(self, origin: Origin) -> Ini | None:
        """The INI file that an origin names, or is."""
        if origin.kind == "inline" and origin.text is not None:
            return ini_text.parse(origin.text.encode())
        return self._parsed(origin.path, ini_text.parse) if origin.kind == "repository" else None

    def lines(self, path: str | None) -> list[str] | None:
        """The lines of a Procfile."""
        return self._parsed(path, lambda content: text_of(content).split("\n")[:1000])

    def files_in(self, files: Files, directory: str, suffixes: tuple[str, ...]) -> list[Origin]:
        """The repository's files that come to lie in a directory of an image, by their names."""
        names = sorted({path.rpartition("/")[2] for path in self._inputs.files if path.endswith(suffixes)})
        origins = [files.at(in_directory(directory, name)) for name in names[:_MOST_NAMES]]
        return [each for each in origins if each.kind == "repository"]

    def services_in(self, files: Files, directory: str) -> list[Origin]:
        """The scripts called `run` of the services in a directory of an image."""
        parents = {parent(path).rpartition("/")[2] for path in self._inputs.files if path.endswith("/run")}
        origins = [files.at(in_directory(directory, f"{name}/run")) for name in sorted(parents)[:_MOST_NAMES]]
        return [each for each in origins if each.kind == "repository"]

    def package_script(self, files: Files, call: ScriptCall, directory: str) -> PackageScript | None:
        """The script that a package manager is told to run in a working directory; None without its manifest."""
        at = in_directory(directory, call.directory) if call.directory else directory
        place = self._manifest(files, call.manifest, at)
        if place is None or call.name is None:
            return None
        path, at = place
        if call.workspace:
            found = self._workspace(call.workspace, parent(path), at)
            if found is None:
                return None
            path, at = found
        scripts = self._scripts_of(path)
        text, line = scripts.get(call.name, (None, None))
        name = f"pre{call.name}"
        before, at_line = scripts.get(name, (None, None))
        return PackageScript(path, text, line, () if before is None else ((name, before, at_line),), at)

    def made_manifest(self, files: Files, call: ScriptCall, directory: str) -> Origin | None:
        """Where the manifest comes from that a package manager reads there, if the build makes it."""
        at = in_directory(directory, call.directory) if call.directory else directory
        return next((one for _, one in self._manifests_above(files, call.manifest, at) if one.kind in _MADE), None)

    def _manifest(self, files: Files, name: str, directory: str) -> tuple[str, str] | None:
        """The manifest nearest to a working directory, and the directory that holds it."""
        for at, origin in self._manifests_above(files, name, directory):
            if origin.kind in ("repository", "ignored") and origin.path in self._files:
                return origin.path, at
        return None

    def _manifests_above(self, files: Files, name: str, directory: str) -> Iterator[tuple[str, Origin]]:
        for _ in range(_MOST_ABOVE):
            yield directory, files.at(in_directory(directory, name))
            if directory in ("/", "."):
                break
            directory = in_directory(directory, "..")

    def _workspace(self, named: str, root: str, directory: str) -> tuple[str, str] | None:
        """The manifest of a workspace by its name or directory; it lies in the image as it does in the repository."""
        place = under(root, named.lstrip("./")) if "/" in named and not named.startswith("@") else None
        path = f"{place}/package.json" if place else None
        if path not in self._files:
            path = self._by_name(root).get(named.rstrip(".")) or self._by_directory(root, named)
        if path is None:
            return None
        within = parent(path)[len(root) :].lstrip("/") if root else parent(path)
        return path, in_directory(directory, within or ".")

    def _by_name(self, root: str) -> dict[str, str]:
        if self._names is None:
            self._names = {}
            for path in self._manifests(root):
                found = self._parsed(path, package_json.parse)
                if found and found.name:
                    self._names.setdefault(found.name, path)
        return self._names

    def _by_directory(self, root: str, named: str) -> str | None:
        return next((path for path in self._manifests(root) if parent(path).rpartition("/")[2] == named), None)

    def _manifests(self, root: str) -> Iterable[str]:
        start = f"{root}/" if root else ""
        found = [path for path in self._inputs.files if path.endswith("/package.json") and path.startswith(start)]
        return found[:_MOST_MANIFESTS]

    def _scripts_of(self, path: str) -> dict[str, tuple[str | None, int | None]]:
        if path.endswith("composer.json"):
            composer = self._parsed(path, composer_json.parse)
            return {name: (" && ".join(texts), None) for name, texts in composer.scripts.items()} if composer else {}
        manifest = self._parsed(path, package_json.parse)
        if manifest is None:
            return {}
        return {name: (text, manifest.lines.get(("scripts", name))) for name, text in manifest.scripts.items()}

    def _parsed(self, path: str | None, parser: Callable[[bytes], T]) -> T | None:
        if path is None or path not in self._files:
            return None
        if path not in self._read:
            self._read[path] = self._inputs.parse(path, parser)
        found: T | None = self._read[path]  # type: ignore[assignment]
        return found
