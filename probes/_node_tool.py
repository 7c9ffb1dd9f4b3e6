"""Which of npm, pnpm, yarn and bun a project is for: what says so, in order of authority, and what says otherwise."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from codegenie.formats.npmrc import Npmrc
from codegenie.formats.package_json import PackageJson
from codegenie.formats.patterns import lazily
from codegenie.formats.yarnrc import Yarnrc

from ._node_layout import Project
from ._node_lockfiles import Lockfile

TOOLS = ("npm", "pnpm", "yarn", "bun")

# Facts about the project itself; two of them that name different tools are a conflict.  What follows them in `_claims`
# may well name a tool that is installed for another reason (an `engines.npm` beside a yarn.lock is common).
_DECISIVE = frozenset(
    {"packageManager", "devEngines", "lockfile", "settings file", "rush.json", "npmClient", "only-allow"}
)
_PNPM_SETTINGS = frozenset(
    {"hoist", "node-linker", "public-hoist-pattern", "shamefully-hoist", "strict-peer-dependencies"}
)
_NPM_SETTINGS = frozenset({"package-lock", "legacy-peer-deps", "install-links"})
_FIELD = lazily(r"(npm|pnpm|yarn|bun)(?:@([^+]*).*)?")
_ONLY_ALLOW = lazily(r"\bonly-allow(?:@[\w.^~-]{1,40}+)?[ \t]{1,20}+(npm|pnpm|yarn|bun)\b")
_YARN_PATH = lazily(r"yarn-(\d+\.[0-9A-Za-z.+-]*?)\.c?js$")
_VERSION = lazily(r"[\^~<>=v ]*(\d+)")


class Claim(NamedTuple):
    """One place that names a tool, and the version that it asks for, if any."""

    tool: str
    how: str
    path: str
    line: int | None
    constraint: str | None = None
    flavor: str | None = None


class Settings(NamedTuple):
    """What stands in the settings files at a project's root."""

    npmrc: Npmrc | None = None
    yarnrc: Yarnrc | None = None
    yarnrc_classic: Yarnrc | None = None
    bunfig: bool = False


class Tool(NamedTuple):
    """The tool; `name` None where nothing names one."""

    name: str | None
    how: str | None
    flavor: str | None
    claims: tuple[Claim, ...] = ()
    """All that speak for the tool, the strongest first."""
    conflicts: tuple[Claim, ...] = ()
    """Decisive ones that speak for another."""

    @property
    def constraints(self) -> tuple[Claim, ...]:
        """Those that ask for a version; the first is the one that holds."""
        return tuple(claim for claim in self.claims if claim.constraint)


def tool_of(
    project: Project, lockfiles: Sequence[Lockfile], settings: Settings, around: Iterable[Project] = ()
) -> Tool:
    """Name the tool.  `around` are the projects whose directories hold this one, the nearest first."""
    claims = list(_claims(project, lockfiles, settings))
    if not any(claim.how in _DECISIVE for claim in claims):
        claims = [*_enclosing(around), *claims]
    if not claims:
        return Tool(None, None, None)
    name = claims[0].tool
    for_it = tuple(claim for claim in claims if claim.tool == name)
    against = tuple(claim for claim in claims if claim.tool != name and claim.how in _DECISIVE)
    return Tool(name, claims[0].how, _flavor(for_it) if name == "yarn" else None, for_it, against)


def _claims(project: Project, lockfiles: Sequence[Lockfile], settings: Settings) -> Iterator[Claim]:
    manifest, path = project.root.manifest, project.root.manifest_path
    if manifest:
        yield from _package_manager(manifest, path)
        yield from _dev_engines(manifest, path)
    yield from _rush(project)
    for lock in lockfiles:
        yield Claim(lock.tool, "lockfile", lock.path, lock.line, flavor=lock.flavor)
    yield from _settings_files(project, settings)
    yield from _lerna(project)
    if manifest:
        yield from _only_allow(manifest, path)
        yield from _versions(manifest.volta, "volta", manifest, path)
        yield from _lone_engine(manifest, path)
    yield from _npmrc(project, settings.npmrc)


def _package_manager(manifest: PackageJson, path: str) -> Iterator[Claim]:
    if found := _FIELD.fullmatch(manifest.package_manager or ""):
        version = found[2] if found[2] and "/" not in found[2] else None
        yield Claim(found[1], "packageManager", path, manifest.lines.get(("packageManager",)), version)


def _dev_engines(manifest: PackageJson, path: str) -> Iterator[Claim]:
    for engine in manifest.dev_engines.get("packageManager", ()):
        if engine.name in TOOLS:
            yield Claim(engine.name, "devEngines", path, manifest.lines.get(engine.key), engine.version)


def _rush(project: Project) -> Iterator[Claim]:
    if (rush := project.rush) and rush.manager:
        yield Claim(rush.manager, "rush.json", project.root.at("rush.json"), rush.manager_line, rush.manager_version)


def _settings_files(project: Project, settings: Settings) -> Iterator[Claim]:
    if project.pnpm:
        yield Claim("pnpm", "settings file", project.root.at("pnpm-workspace.yaml"), None)
    if settings.yarnrc:
        found = settings.yarnrc.last("yarnPath")
        version = _YARN_PATH.search(found.value) if found else None
        line = found.line if found else None
        yield Claim("yarn", "settings file", project.root.at(".yarnrc.yml"), line, version and version[1], "berry")
    if settings.yarnrc_classic and (found := settings.yarnrc_classic.last("yarn-path")):
        version = _YARN_PATH.search(found.value)
        yield Claim("yarn", "settings file", project.root.at(".yarnrc"), found.line, version and version[1])
    if settings.bunfig:
        yield Claim("bun", "settings file", project.root.at("bunfig.toml"), None)


def _lerna(project: Project) -> Iterator[Claim]:
    if (lerna := project.lerna) and lerna.npm_client in TOOLS:
        yield Claim(lerna.npm_client, "npmClient", project.root.at("lerna.json"), lerna.npm_client_line)


def _only_allow(manifest: PackageJson, path: str) -> Iterator[Claim]:
    for name in ("preinstall", "install", "prepare"):
        if found := _ONLY_ALLOW.search(manifest.scripts.get(name, "")):
            yield Claim(found[1], "only-allow", path, manifest.lines.get(("scripts", name)))


def _lone_engine(manifest: PackageJson, path: str) -> Iterator[Claim]:
    """`engines` names a tool only where it names no other: {"npm": "please-use-yarn", "yarn": ">=1"} is for yarn."""
    claims = list(_versions(manifest.engines, "engines", manifest, path))
    yield from claims if len({claim.tool for claim in claims}) == 1 else ()


def _versions(versions: Mapping[str, str], key: str, manifest: PackageJson, path: str) -> Iterator[Claim]:
    for name in TOOLS:
        if _VERSION.match(versions.get(name, "")):
            yield Claim(name, key, path, manifest.lines.get((key, name)), versions[name])


def _npmrc(project: Project, npmrc: Npmrc | None) -> Iterator[Claim]:
    for setting in npmrc.settings if npmrc else ():
        for tool, names in (("pnpm", _PNPM_SETTINGS), ("npm", _NPM_SETTINGS)):
            if setting.name in names:
                yield Claim(tool, ".npmrc setting", project.root.at(".npmrc"), setting.line)


def _enclosing(around: Iterable[Project]) -> Iterator[Claim]:
    """Corepack looks for the field in the directories above, too."""
    for project in around:
        root = project.root
        if root.manifest and (claims := list(_package_manager(root.manifest, root.manifest_path))):
            yield Claim(
                claims[0].tool, "enclosing packageManager", claims[0].path, claims[0].line, claims[0].constraint
            )
            return


def _flavor(claims: Iterable[Claim]) -> str | None:
    for claim in claims:
        if claim.flavor:
            return claim.flavor
        if claim.how != "engines" and (found := _VERSION.match(claim.constraint or "")):
            return "classic" if found[1] in ("0", "1") else "berry"
    return None
