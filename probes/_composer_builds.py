"""How each PHP project is installed, tested and started."""

from collections.abc import Iterator
from typing import Any

from codegenie.formats import composer_lock
from codegenie.formats.composer_json import ComposerJson
from codegenie.formats.composer_lock import ComposerLock
from codegenie.probe import MANIFEST_CAP, Confidence, ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._composer_layout import Package, Project, layout
from ._composer_manifests import requirements_of
from ._manifest import requirement_facts
from ._paths import ancestors, shown

# What a runner's or linter's own configuration file says one runs, in the order of their authority.
_TESTS = (
    (("phpunit.xml", "phpunit.xml.dist", "phpunit.dist.xml"), "phpunit"),
    (("tests/Pest.php",), "pest"),
    (("codeception.yml", "codeception.dist.yml"), "codecept run"),
    (("behat.yml", "behat.yml.dist", "behat.yaml", "behat.dist.php"), "behat"),
)
_LINTS = (
    ((".php-cs-fixer.php", ".php-cs-fixer.dist.php"), "php-cs-fixer check"),
    (("phpcs.xml", "phpcs.xml.dist", ".phpcs.xml", ".phpcs.xml.dist"), "phpcs"),
    (("pint.json",), "pint --test"),
)
_TYPECHECKS = (
    (("phpstan.neon", "phpstan.neon.dist", "phpstan.dist.neon"), "phpstan analyse"),
    (("psalm.xml", "psalm.xml.dist"), "psalm"),
)
# The packages whose programs these are; https://packagist.org has the `bin` of each.
_BROUGHT_BY = {
    "phpunit": {"phpunit/phpunit"},
    "pest": {"pestphp/pest"},
    "codecept": {"codeception/codeception"},
    "behat": {"behat/behat"},
    "php-cs-fixer": {"friendsofphp/php-cs-fixer", "php-cs-fixer/shim"},
    "phpcs": {"squizlabs/php_codesniffer"},
    "pint": {"laravel/pint"},
    "phpstan": {"phpstan/phpstan", "phpstan/phpstan-shim"},
    "psalm": {"vimeo/psalm", "psalm/phar"},
}
_CONSOLES = ("artisan", "bin/console")

# https://getcomposer.org/doc/articles/scripts.md#event-names
_EVENTS = {
    "pre-install-cmd": "install",
    "post-install-cmd": "install",
    "pre-autoload-dump": "install",
    "post-autoload-dump": "install",
    "post-root-package-install": "install",
    "post-create-project-cmd": "install",
    "pre-operations-exec": "install",
    "pre-package-install": "install",
    "post-package-install": "install",
    "pre-package-uninstall": "uninstall",
    "post-package-uninstall": "uninstall",
    "pre-update-cmd": "update",
    "post-update-cmd": "update",
    "pre-package-update": "update",
    "post-package-update": "update",
    "pre-archive-cmd": "pack",
    "post-archive-cmd": "pack",
}
_INTENTS = {
    "build": ("build", "compile"),
    "test": ("test", "tests", "phpunit", "pest"),
    "lint": ("lint", "cs", "phpcs", "cs:check", "check-style", "cs-check"),
    "start": ("start", "serve"),
    "typecheck": ("phpstan", "analyse", "analyze", "stan", "psalm", "types"),
    "format": ("format", "fix", "cs-fix", "cs:fix", "fix-style", "pint"),
    "dev": ("dev",),
}


def builds(inputs: ProbeInputs) -> Builds:
    """The PHP projects."""
    found = layout(inputs)
    return Builds([_facts(inputs, each) for each in found.projects], found.apart, _confidence(found.projects), [])


def _facts(inputs: ProbeInputs, one: Project) -> dict[str, Any]:
    manifest = one.root.manifest
    path, lock_path = one.root.at("composer.json"), one.root.at("composer.lock")
    locked = lock_path in inputs
    lock = inputs.parse(lock_path, composer_lock.parse, MANIFEST_CAP) if locked else None
    return project(
        shown(one.root.directory),
        "composer",
        name=manifest.name if manifest else None,
        version=manifest.version if manifest else None,
        tool=_tool(path, lock_path if locked else None, manifest),
        lockfiles=_lockfiles(lock_path, lock) if locked else [],
        commands=_commands(inputs, one.root, manifest, lock_path if locked else path, lock),
        scripts=list(_scripts(manifest)) if manifest else [],
        engines=[
            requirement_facts(each)
            for each in sorted(requirements_of(manifest), key=lambda each: (each.name, each.field))
        ]
        if manifest
        else [],
        workspaces=_workspace(one),
        task_runners=_consoles(inputs, one.root),
        targets=[
            {"name": name.rpartition("/")[2], "kind": "binary", "how": "declared", "path": path,
             "line": manifest.lines.get(("bin",))}
            for name in sorted(manifest.bin)
        ] if manifest else [],
        registries=[
            {"use": "install", "scope": None, "host": each.host, "path": path, "line": each.line}
            for each in manifest.repositories
            if each.host
        ] if manifest else [],
        settings=_settings(path, manifest) if manifest else [],
        ill_typed=list(manifest.ill_typed) if manifest else [],
    )  # fmt: skip


def _tool(path: str, lock_path: str | None, manifest: ComposerJson | None) -> dict[str, Any]:
    evidence = [{"tool": "composer", "how": "manifest", "path": path, "line": None}]
    constraints = [
        {"constraint": each.constraint, "how": each.field, "path": path, "line": each.line}
        for each in (requirements_of(manifest) if manifest else ())
        if each.name == "composer"
    ]
    if lock_path:
        evidence.insert(0, {"tool": "composer", "how": "lockfile", "path": lock_path, "line": None})
    return tool(
        "composer",
        "lockfile" if lock_path else "manifest",
        version_constraint=constraints[0]["constraint"] if constraints else None,
        constraints=constraints,
        evidence=evidence,
    )


def _lockfiles(lock_path: str, lock: ComposerLock | None) -> list[dict[str, Any]]:
    """The lockfile; what it calls the version of the plugin interface goes with its format, too."""
    version = lock.plugin_api if lock else None
    return [{"path": lock_path, "tool": "composer", "flavor": None, "format": version, "line": None}]


def _commands(
    inputs: ProbeInputs, root: Package, manifest: ComposerJson | None, because: str, lock: ComposerLock | None
) -> dict[str, Any]:
    """A script of that name, else what a configuration file beside the manifest is for.

    Programs lie in vendor/bin, but for those that no locked package brings: they are installed some other way.
    """
    brought = {package.name for package in lock.packages} if lock else None
    bin_dir = (
        manifest.bin_dir if manifest else None
    ) or f"{(manifest.vendor_dir if manifest else None) or 'vendor'}/bin"
    by_file = {"test": _TESTS, "lint": _LINTS, "typecheck": _TYPECHECKS}
    found: dict[str, dict[str, Any] | None] = {}
    for intent, names in _INTENTS.items():
        found[intent] = _script(root, manifest, names)
        if found[intent] is None and intent in by_file:
            found[intent] = _by_file(inputs, root, by_file[intent], bin_dir, brought)
    if found["start"] is None and (artisan := root.at("artisan")) in inputs:
        found["start"] = command("php artisan serve", artisan)
    return commands("composer", install=command("composer install", because), **found)


def _script(root: Package, manifest: ComposerJson | None, names: tuple[str, ...]) -> dict[str, Any] | None:
    name = next((name for name in names if manifest and name in manifest.scripts), None)
    if name is None or manifest is None:
        return None
    return {
        "command": f"composer {name}" if name == "test" else f"composer run-script {name}",
        "script": name,
        "text": " && ".join(manifest.scripts[name]),
        "evidence": [{"path": root.at("composer.json"), "line": manifest.lines.get(("scripts", name))}],
    }


def _by_file(
    inputs: ProbeInputs,
    root: Package,
    table: tuple[tuple[tuple[str, ...], str], ...],
    bin_dir: str,
    brought: set[str] | None,
) -> dict[str, Any] | None:
    for names, program in table:
        for name in names:
            if (path := root.at(name)) in inputs:
                elsewhere = brought is not None and not brought & _BROUGHT_BY[program.partition(" ")[0]]
                return command(program if elsewhere else f"{bin_dir}/{program}", path)
    return None


def _scripts(manifest: ComposerJson) -> Iterator[dict[str, Any]]:
    for name, texts in sorted(manifest.scripts.items()):
        event = _EVENTS.get(name)
        line = manifest.lines.get(("scripts", name))
        yield {"name": name, "command": " && ".join(texts), "runs_with": event, "line": line}


def _workspace(one: Project) -> dict[str, Any] | None:
    if not one.members:
        return None
    return {
        "declared_by": "composer.json",
        "path": one.root.at("composer.json"),
        "line": one.line,
        "patterns": list(one.patterns),
        "patterns_without_members": sorted(one.idle),
        "members": [
            {
                "path": shown(member.directory),
                "name": member.manifest.name if member.manifest else None,
                "version": member.manifest.version if member.manifest else None,
                "private": None,
                "scripts": sorted(member.manifest.scripts) if member.manifest else [],
            }
            for member in one.members
        ],
    }


def _consoles(inputs: ProbeInputs, root: Package) -> list[dict[str, Any]]:
    """The programs of Laravel and Symfony that run tasks."""
    return [
        {"name": name.rpartition("/")[2], "packages": [shown(root.directory)],
         "evidence": [{"kind": "file", "path": path, "line": None}]}
        for name in _CONSOLES
        if (path := root.at(name)) in inputs
    ]  # fmt: skip


def _settings(path: str, manifest: ComposerJson) -> list[dict[str, Any]]:
    """What changes an install: where it goes, how stable it is, and which plugins may run code in it."""
    rows: dict[tuple[str, ...], str | None] = {
        ("minimum-stability",): manifest.minimum_stability,
        ("config", "vendor-dir"): manifest.vendor_dir,
        ("config", "bin-dir"): manifest.bin_dir,
        **{("config", "allow-plugins", name): str(value).lower() for name, value in sorted(manifest.plugins.items())},
    }
    return [
        {"name": ".".join(key), "value": value, "path": path, "line": manifest.lines.get(key)}
        for key, value in sorted(rows.items())
        if value is not None
    ]


def _confidence(projects: list[Project]) -> Confidence | None:
    """Low where the outermost manifest cannot be read."""
    if not projects:
        return None
    roots = {each.root.directory for each in projects}
    outermost = [each for each in projects if roots.isdisjoint(ancestors(each.root.directory))]
    return "low" if any(each.root.manifest is None for each in outermost) else "high"
