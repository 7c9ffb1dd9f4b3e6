"""The versions of Java and Maven that a POM asks for."""

from collections.abc import Iterator

from codegenie.formats.pom_xml import Plugin, Text

from ._manifest import Requirement
from ._maven_model import PomModel

# Properties by their users: the compiler plugin, and the POM that Spring Boot's starters inherit from.
# https://maven.apache.org/plugins/maven-compiler-plugin/compile-mojo.html
_PROPERTIES = ("maven.compiler.release", "maven.compiler.source", "maven.compiler.target", "java.version")
_CONFIGURATION = {
    "maven-compiler-plugin": {"release": "java", "source": "java", "target": "java"},
    "maven-enforcer-plugin": {
        "rules.requireJavaVersion.version": "java",
        "rules.requireMavenVersion.version": "maven",
    },
    "maven-toolchains-plugin": {"toolchains.jdk.version": "java"},
}


def requirements(model: PomModel) -> list[Requirement]:
    """What the POM itself says; what it inherits is said by the POM that has it."""
    return sorted({*_found(model)}, key=lambda each: (each.name, each.field, each.line or 0))


def _found(model: PomModel) -> Iterator[Requirement]:
    pom = model.pom
    if pom.maven:
        yield _requirement(model, "maven", pom.maven, "prerequisites.maven")
    for name in _PROPERTIES:
        if (written := pom.model.properties.get(name)) and written.text:
            yield _requirement(model, "java", written, f"properties.{name}")
    for plugin in pom.model.plugins:
        yield from _configured(model, plugin)


def _configured(model: PomModel, plugin: Plugin) -> Iterator[Requirement]:
    for leaf, name in _CONFIGURATION.get(plugin.artifact, {}).items():
        if (written := plugin.configuration.get(leaf)) and written.text:
            yield _requirement(model, name, written, f"{plugin.artifact}.{leaf}")


def _requirement(model: PomModel, name: str, written: Text, field: str) -> Requirement:
    return Requirement(name, model.resolved(written.text), field, written.line)
