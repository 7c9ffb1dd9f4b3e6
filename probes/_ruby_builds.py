"""How each Ruby project is installed, built, tested and started."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Any

from codegenie.formats import bundle_config, gemfile_lock, rakefile
from codegenie.formats.gemfile_lock import GemfileLock
from codegenie.formats.rakefile import Rakefile
from codegenie.probe import MANIFEST_CAP, Confidence, ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._manifest import requirement_facts
from ._paths import ancestors, shown
from ._ruby_layout import Project, layout
from ._ruby_manifests import ruby_requirements

_RAKEFILES = ("Rakefile", "rakefile", "Rakefile.rb", "rakefile.rb")  # in the order that rake looks for them

MOST_SCRIPTS = 500

Place = tuple[str, int | None]


def builds(inputs: ProbeInputs) -> Builds:
    """The Ruby projects."""
    found = layout(inputs)
    return Builds([_facts(inputs, each) for each in found.projects], found.apart, _confidence(found.projects), [])


def _facts(inputs: ProbeInputs, one: Project) -> dict[str, Any]:
    lock_path = one.lockfile_path if one.lockfile_path and one.lockfile_path in inputs else None
    lock = inputs.parse(lock_path, gemfile_lock.parse, MANIFEST_CAP) if lock_path else None
    tasks = dict(_rakefiles(inputs, one))
    own = [gem for gem in one.gems if gem.directory == one.directory]
    gem = own[0] if len(own) == 1 else None
    return project(
        shown(one.directory),
        "ruby",
        name=gem.spec.name if gem and gem.spec else None,
        version=gem.version if gem else None,
        tool=_tool(one, lock_path, lock),
        lockfiles=[{"path": lock_path, "tool": "bundler", "flavor": None, "format": None, "line": None}]
        if lock_path
        else [],
        commands=_commands(inputs, one, lock_path, tasks),
        scripts=list(_scripts(inputs, one, tasks))[:MOST_SCRIPTS],
        engines=_engines(one, lock_path, lock),
        workspaces=_workspace(one),
        targets=[
            {"name": name, "kind": "binary", "how": "declared", "path": each.path, "line": each.spec.executables_line}
            for each in one.gems
            if each.spec
            for name in sorted(each.spec.executables)
        ],
        registries=_registries(one),
        settings=_settings(inputs, one),
    )


def _tool(one: Project, lock_path: str | None, lock: GemfileLock | None) -> dict[str, Any]:
    """Bundler where there is a Gemfile; RubyGems, which comes with Ruby, builds a gem without one."""
    evidence = []
    if lock_path:
        evidence.append({"tool": "bundler", "how": "lockfile", "path": lock_path, "line": None})
    if one.gemfile_path:
        evidence.append({"tool": "bundler", "how": "manifest", "path": one.gemfile_path, "line": None})
    if not one.gemfile_path:
        path = one.gems[0].path
        return tool("gem", "manifest", evidence=[{"tool": "gem", "how": "manifest", "path": path, "line": None}])
    constraints = []
    if lock and lock.bundler:
        constraints = [
            {"constraint": lock.bundler, "how": "BUNDLED WITH", "path": lock_path, "line": lock.bundler_line}
        ]
    return tool(
        "bundler",
        "lockfile" if lock_path else "manifest",
        version_constraint=lock.bundler if lock else None,
        constraints=constraints,
        evidence=evidence,
    )


def _engines(one: Project, lock_path: str | None, lock: GemfileLock | None) -> list[dict[str, Any]]:
    rows = [requirement_facts(each) for _, each in ruby_requirements(one)]
    if lock and lock.ruby and lock_path:
        field = f"{lock_path.rpartition('/')[2]}: RUBY VERSION"
        rows.append({"name": "ruby", "constraint": lock.ruby, "field": field, "line": lock.ruby_line})
    return rows


def _rakefiles(inputs: ProbeInputs, one: Project) -> Iterator[tuple[str, Rakefile]]:
    """The Rakefile, and the tasks beside it in the places where Rails and most others keep them."""
    first = next((path for name in _RAKEFILES if (path := one.at(name)) in inputs), None)
    if first is None:
        return
    for path in (first, *inputs.matching(f"{one.at('lib/tasks')}/**/*.rake", f"{one.at('rakelib')}/**/*.rake")):
        if read := inputs.parse(path, rakefile.parse):
            yield path, read


def _scripts(inputs: ProbeInputs, one: Project, tasks: dict[str, Rakefile]) -> Iterator[dict[str, Any]]:
    known: set[str] = set()
    rows: list[dict[str, Any]] = []
    for path, read in tasks.items():
        for task in read.tasks:
            if task.name not in known:
                known.add(task.name)
                text = f"rake {task.name}"
                rows.append(
                    {"name": task.name, "command": text, "runs_with": None, "path": path, "line": task.line}
                )  # fmt: skip
    for path in _binstubs(inputs, one):
        name = path[len(one.directory) :].lstrip("/")
        rows.append({"name": name, "command": name, "runs_with": None, "path": path, "line": None})
    yield from sorted(rows, key=lambda row: row["name"])


def _binstubs(inputs: ProbeInputs, one: Project) -> tuple[str, ...]:
    return inputs.matching(f"{one.at('bin')}/*") if one.gemfile_path else ()


def _commands(inputs: ProbeInputs, one: Project, lock_path: str | None, tasks: dict[str, Rakefile]) -> dict[str, Any]:
    bundler = one.gemfile_path is not None
    gems = [gem.path for gem in one.gems if gem.directory == one.directory]
    rails, dev = one.at("bin/rails"), one.at("bin/dev")
    rackup = one.at("config.ru")
    start = None
    if rails in inputs:
        start = command("bin/rails server", rails)
    elif rackup in inputs:
        start = command(f"{_through(bundler)}rackup", rackup)
    return commands(
        "bundle" if bundler else "gem",
        install=command("bundle install", lock_path or str(one.gemfile_path)) if bundler else None,
        build=command(f"gem build {gems[0].rpartition('/')[2]}", gems[0]) if len(gems) == 1 else None,
        test=_test(inputs, one, tasks),
        lint=_lint(inputs, one),
        start=start,
        dev=command("bin/dev", dev) if dev in inputs else None,
    )


def _test(inputs: ProbeInputs, one: Project, tasks: dict[str, Rakefile]) -> dict[str, Any] | None:
    """The task of the Rakefile that is named for it, else the runner that has its files there."""
    through = _through(one.gemfile_path is not None)
    named = {task.name: (path, task.line) for path, read in reversed(tasks.items()) for task in read.tasks}
    for name in ("test", "spec"):
        if name in named:
            return command(f"{through}rake {name}", *named[name])
    asked = _asked(one, "rspec", "rspec-rails")
    if (mark := one.at(".rspec")) in inputs:
        return command(f"{through}rspec", mark)
    if asked and _holds(inputs, one.at("spec"), "_spec.rb"):
        return command(f"{through}rspec", *asked)
    if (rails := one.at("bin/rails")) in inputs and _holds(inputs, one.at("test"), "_test.rb"):
        return command("bin/rails test", rails)
    return None


def _holds(inputs: ProbeInputs, directory: str, suffix: str) -> bool:
    """Whether files of that ending lie below the directory."""
    below = islice(inputs.paths, bisect_left(inputs.paths, f"{directory}/"), None)
    return any(path.endswith(suffix) for path in takewhile(lambda path: path.startswith(f"{directory}/"), below))


def _lint(inputs: ProbeInputs, one: Project) -> dict[str, Any] | None:
    for name, program, gems in ((".standard.yml", "standardrb", ("standard",)), (".rubocop.yml", "rubocop", ())):
        if (path := one.at(name)) in inputs and (not gems or _asked(one, *gems)):
            return command(f"{_through(one.gemfile_path is not None)}{program}", path)
    return None


def _asked(one: Project, *names: str) -> Place | None:
    """Where the Gemfile or a gemspec beside it asks for one of the gems."""
    if one.gemfile and one.gemfile_path:
        for gem in one.gemfile.gems:
            if gem.name in names:
                return one.gemfile_path, gem.line
    for each in one.gems:
        for dependency in each.spec.dependencies if each.spec else ():
            if dependency.name in names:
                return each.path, dependency.line
    return None


def _through(bundler: bool) -> str:
    return "bundle exec " if bundler else ""


def _workspace(one: Project) -> dict[str, Any] | None:
    if not one.members or not one.gemfile or not one.gemfile_path:
        return None
    uses = [(each.path, each.line) for each in one.gemfile.gemspecs]
    uses += [(each.path, each.line) for each in one.gemfile.gems if each.path is not None]
    specs = {gem.directory: gem for gem in one.gems}
    return {
        "declared_by": "Gemfile",
        "path": one.gemfile_path,
        "line": uses[0][1] if uses else None,
        "patterns": list(dict.fromkeys(path for path, _ in uses)),
        "patterns_without_members": [],
        "members": [
            {
                "path": shown(place),
                "name": spec.name if (spec := specs[place].spec) else None,
                "version": specs[place].version,
                "private": None,
                "scripts": [],
            }
            for place in one.members
        ],
    }


def _registries(one: Project) -> list[dict[str, Any]]:
    rows = [
        {"use": "install", "scope": each.scope, "host": each.host, "path": one.gemfile_path, "line": each.line}
        for each in (one.gemfile.sources if one.gemfile else ())
    ]
    return sorted(rows, key=lambda row: (row["scope"] or "", row["line"]))


def _settings(inputs: ProbeInputs, one: Project) -> list[dict[str, Any]]:
    path = one.at(".bundle/config")
    read = inputs.parse(path, bundle_config.parse) if path in inputs else None
    return [
        {"name": each.name, "value": each.value, "path": path, "line": each.line}
        for each in (read.settings if read else ())
    ]


def _confidence(projects: list[Project]) -> Confidence | None:
    """Low where the outermost Gemfile cannot be read; medium where it takes in what is not read with it."""
    if not projects:
        return None
    roots = {each.directory for each in projects}
    outermost = [each for each in projects if roots.isdisjoint(ancestors(each.directory))]
    if any(each.gemfile_path and each.gemfile is None for each in outermost):
        return "low"
    return "medium" if any(each.gemfile and each.gemfile.dynamic for each in outermost) else "high"
