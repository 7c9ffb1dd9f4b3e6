"""The versions of Java and Android that a Gradle script asks for."""

import re
from collections.abc import Iterator

from codegenie.formats.gradle_script import Argument, Code, Ref, Value
from codegenie.formats.patterns import lazily

from ._gradle_script import Setting
from ._gradle_values import Values
from ._manifest import Requirement

_NAMES = {
    "languageVersion": "java",
    "sourceCompatibility": "java",
    "targetCompatibility": "java",
    "options.release": "java",
    "jvmToolchain": "java",
    "compileSdk": "android",
    "compileSdkVersion": "android",
    "minSdk": "android",
    "minSdkVersion": "android",
    "targetSdk": "android",
    "targetSdkVersion": "android",
}
_JAVA_VERSION = lazily(r"JavaVersion\.VERSION_(?:1_)?([0-9]+)")
_CALLS = frozenset({"JavaLanguageVersion.of", "JavaVersion.toVersion", "of", "release"})


def requirements(settings: list[Setting], values: Values) -> list[Requirement]:
    """What the assignments of one script ask for; a version that is computed is left out."""
    return sorted({*_found(settings, values)}, key=lambda each: (each.name, each.field, each.line or 0))


def _found(settings: list[Setting], values: Values) -> Iterator[Requirement]:
    for each in settings:
        end = next((end for end in _NAMES if each.name == end or each.name.endswith(f".{end}")), None)
        if end is None or "publishing" in each.name or "javadoc" in each.name.lower():
            continue
        if end == "jvmToolchain" and "kotlin" not in each.name:
            continue
        if (version := _version(each.value, values)) is not None:
            yield Requirement(_NAMES[end], version, _field(each.name), each.line)


def _field(name: str) -> str:
    """The way to the setting, without the blocks of tasks."""
    return name[-120:]


def _version(value: Value, values: Values) -> str | None:
    match value:
        case Code(text) if re.fullmatch(r"[0-9][0-9.]*", text):
            return text
        case Ref(name=name, arguments=None) if found := _JAVA_VERSION.match(name):
            return found[1]
        case Ref(name=name, arguments=(Argument(value=inner),)) if name in _CALLS:
            return _version(inner, values)
        case Ref(name="toInt" | "toInteger" | "asInt", on=Ref() as inner):
            return _version(inner, values)
        case Ref(name=name, arguments=arguments) if name.endswith((".toInt", ".get")) and not arguments:
            return values.text(Ref(name.removesuffix(".toInt").removesuffix(".toInteger"), value.line, value.on, None))
        case _:
            return values.text(value)
