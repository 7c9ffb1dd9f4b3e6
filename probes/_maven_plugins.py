"""What the plugins of a Maven build say of it: what it is built with, checked with and started with."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from codegenie.formats.pom_xml import Plugin

from ._builds import command
from ._maven_model import PomModel
from ._paths import parent, shown

MOST_EVIDENCE = 10

# Plugins that shape what a build gives, by artifact; the names are those of the tools.
_BUILD_TOOLS = {
    "spring-boot-maven-plugin": "spring-boot",
    "quarkus-maven-plugin": "quarkus",
    "micronaut-maven-plugin": "micronaut",
    "helidon-maven-plugin": "helidon",
    "liberty-maven-plugin": "liberty",
    "wildfly-maven-plugin": "wildfly",
    "jetty-maven-plugin": "jetty",
    "jib-maven-plugin": "jib",
    "docker-maven-plugin": "docker-maven-plugin",
    "dockerfile-maven-plugin": "dockerfile-maven-plugin",
    "jkube-maven-plugin": "jkube",
    "kubernetes-maven-plugin": "jkube",
    "maven-shade-plugin": "shade",
    "maven-assembly-plugin": "assembly",
    "maven-war-plugin": "war",
    "maven-ear-plugin": "ear",
    "maven-bundle-plugin": "bundle",
    "bnd-maven-plugin": "bnd",
    "native-maven-plugin": "graalvm-native",
    "kotlin-maven-plugin": "kotlin",
    "scala-maven-plugin": "scala",
    "gmavenplus-plugin": "groovy",
    "protobuf-maven-plugin": "protobuf",
    "avro-maven-plugin": "avro",
    "antlr4-maven-plugin": "antlr",
    "openapi-generator-maven-plugin": "openapi-generator",
    "swagger-codegen-maven-plugin": "swagger-codegen",
    "jooq-codegen-maven": "jooq",
    "frontend-maven-plugin": "frontend-maven-plugin",
    "flyway-maven-plugin": "flyway",
    "liquibase-maven-plugin": "liquibase",
    "tycho-maven-plugin": "tycho",
    "flatten-maven-plugin": "flatten",
    "jreleaser-maven-plugin": "jreleaser",
    "cyclonedx-maven-plugin": "cyclonedx",
}


class _Goals(NamedTuple):
    """A goal that checks, and one that mends, each by the plugin's prefix."""

    check: str
    mend: str | None = None


# The goals by the plugins' own documentation; the first that the root POM configures counts.
_CHECKS = {
    "maven-checkstyle-plugin": _Goals("checkstyle:check"),
    "spotless-maven-plugin": _Goals("spotless:check", "spotless:apply"),
    "spring-javaformat-maven-plugin": _Goals("spring-javaformat:validate", "spring-javaformat:apply"),
    "fmt-maven-plugin": _Goals("fmt:check", "fmt:format"),
    "formatter-maven-plugin": _Goals("formatter:validate", "formatter:format"),
    "maven-pmd-plugin": _Goals("pmd:check"),
    "spotbugs-maven-plugin": _Goals("spotbugs:check"),
    "ktlint-maven-plugin": _Goals("ktlint:check", "ktlint:format"),
    "detekt-maven-plugin": _Goals("detekt:check"),
}
_STARTS = {
    "spring-boot-maven-plugin": ("start", "spring-boot:run"),
    "quarkus-maven-plugin": ("dev", "quarkus:dev"),
    "micronaut-maven-plugin": ("start", "mn:run"),
    "liberty-maven-plugin": ("dev", "liberty:dev"),
    "jetty-maven-plugin": ("start", "jetty:run"),
    "helidon-maven-plugin": ("dev", "helidon:dev"),
}
_TESTS = ("maven-failsafe-plugin", "maven-surefire-plugin")


def plugin_commands(model: PomModel, call: str) -> dict[str, dict[str, Any]]:
    """The commands lint, format, start and dev that the plugins of the root POM stand for."""
    found: dict[str, dict[str, Any]] = {}
    used = {plugin.artifact: plugin for plugin in reversed(model.pom.model.plugins) if not plugin.managed}
    for artifact, goals in _CHECKS.items():
        if artifact in used:
            found.setdefault("lint", command(f"{call} {goals.check}", model.path, used[artifact].line))
            if goals.mend:
                found.setdefault("format", command(f"{call} {goals.mend}", model.path, used[artifact].line))
    for artifact, (intent, goal) in _STARTS.items():
        if artifact in used:
            found.setdefault(intent, command(f"{call} {goal}", model.path, used[artifact].line))
    return found


def test_command(models: Sequence[PomModel], call: str, paths: Iterable[str]) -> dict[str, Any] | None:
    """`test`, or `verify` where integration tests run then; None where nothing tells of tests."""
    places = {artifact: [*_uses(models, artifact)] for artifact in _TESTS}
    failsafe, surefire = (places[artifact] for artifact in _TESTS)
    tests = [
        (model.path, each.line) for model in models for each in model.pom.model.dependencies if each.scope == "test"
    ]
    evidence = [*failsafe[:1], *surefire[:1], *tests[:1]]
    if not evidence:
        roots = {parent(model.path) for model in models}
        beside = next((path for path in paths if _tested(path) in roots), None)
        evidence = [(beside, None)] if beside else []
    if not evidence:
        return None
    goal = "verify" if failsafe else "test"
    return command(f"{call} {goal}", "", None) | {"evidence": [{"path": path, "line": line} for path, line in evidence]}


def _tested(path: str) -> str | None:
    """The directory of the module that a test source belongs to."""
    if path.startswith("src/test/"):
        return ""
    before, found, _ = path.partition("/src/test/")
    return before if found else None


def _uses(models: Sequence[PomModel], artifact: str) -> Iterator[tuple[str, int | None]]:
    for model in models:
        for plugin in model.pom.model.plugins:
            if plugin.artifact == artifact and not plugin.managed:
                yield model.path, plugin.line


def build_tools(models: Sequence[PomModel]) -> list[dict[str, Any]]:
    """The tools that plugins bring into the build, profiles included, with the POMs that use them."""
    found: dict[str, list[tuple[str, int]]] = {}
    for model in models:
        for plugin in _all_plugins(model):
            if not plugin.managed and (name := _BUILD_TOOLS.get(plugin.artifact)):
                found.setdefault(name, []).append((model.path, plugin.line))
    return [
        {
            "name": name,
            "packages": [shown(each) for each in sorted({parent(path) for path, _ in places})],
            "evidence": [{"kind": "field", "path": path, "line": line} for path, line in places[:MOST_EVIDENCE]],
        }
        for name, places in sorted(found.items())
    ]


def _all_plugins(model: PomModel) -> Iterator[Plugin]:
    yield from model.pom.model.plugins
    for profile in model.pom.profiles:
        yield from profile.model.plugins
