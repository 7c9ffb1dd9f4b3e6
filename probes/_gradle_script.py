"""What a Gradle script says, statement by statement: plugins, dependencies, repositories, variables, includes.

Nothing is run.  Where a fact stands in a block that runs for other projects or under a condition, `under` says which.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from codegenie.formats.gradle_script import Argument, Code, Items, Ref, Script, Statement, Text, Value

Place = tuple[tuple[str, Ref | None], ...]
"""The blocks that a statement stands in, the outermost first, by name and call."""

MOST_STATEMENTS = 50_000


class Asked(NamedTuple):
    """A dependency as written: the configuration, its notations, and what it is asked for under."""

    configuration: str
    values: tuple[Argument, ...]
    line: int
    under: str | None
    constraint: bool
    body: tuple[Statement, ...]


class Applied(NamedTuple):
    """A plugin by its id, or by its accessor in a catalogue."""

    id: str | None
    accessor: str | None
    version: Value | None
    applied: bool
    line: int
    under: str | None


class Host(NamedTuple):
    """A repository: the name of the method, and the address where one is written."""

    method: str
    address: Value | None
    publishes: bool
    line: int


class Setting(NamedTuple):
    """A value that is assigned to, or set by a call of, a dotted name."""

    name: str
    value: Value
    line: int


@dataclass(slots=True)
class Facts:
    """All that one script says."""

    plugins: list[Applied] = field(default_factory=list)
    dependencies: list[Asked] = field(default_factory=list)
    hosts: list[Host] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)
    """Assignments, under the names of their blocks: `java.toolchain.languageVersion`."""
    variables: list[Setting] = field(default_factory=list)
    properties: list[str] = field(default_factory=list)
    """Names that are taken from the project's properties: `val x: String by project`."""
    includes: list[Setting] = field(default_factory=list)
    included_builds: list[tuple[Value, bool, int]] = field(default_factory=list)
    """With whether it stands in pluginManagement."""
    catalogs: list[tuple[str, Value]] = field(default_factory=list)
    scripts: list[tuple[Value, int]] = field(default_factory=list)
    """What `apply from:` names."""
    registered: list[Value] = field(default_factory=list)
    """The ids of plugins that the build gives: gradlePlugin { plugins { x { id = ... } } }."""
    tests: int | None = None
    """The line of `useJUnitPlatform()` or its like."""


# Blocks in which a `dependencies` block is not of a configuration of the project.
_FOREIGN = frozenset({"publishing", "publications", "pom", "withXml", "dependencyManagement", "components", "modules"})
_LOOPS = frozenset({"for", "forEach", "each", "all", "configureEach", "matching"})
_CONDITIONS = frozenset({"if", "else", "when"})
_OTHER_PROJECTS = frozenset({"allprojects", "subprojects", "configure", "project", "withPlugin", "plugins.withId"})
_NOT_CONFIGURATIONS = frozenset({
    "if", "else", "for", "while", "when", "return", "println", "print", "exclude", "because", "import", "components",
    "modules", "constraints", "attributesSchema", "artifactTypes", "registerTransform", "version", "transitive", "it",
    "dependencies", "with", "apply", "assert", "throw", "logger", "switch", "case", "do", "try", "finally", "catch",
    "listOf", "setOf", "arrayOf", "forEach", "each",
})  # fmt: skip
_EXTRA = ("ext", "project.ext", "rootProject.ext", "extra")
_TEST_RUNS = frozenset({"useJUnitPlatform", "useJUnit", "useTestNG", "useJUnitJupiter", "useKotlinTest", "useSpock"})
_NAMING = ("create", "named", "getByName", "register", "maybeCreate", "getting", "creating")


def facts_of(script: Script) -> Facts:
    """What the script says."""
    facts = Facts()
    for count, (place, statement) in enumerate(walk(script.statements)):
        if count >= MOST_STATEMENTS:
            break
        _take(facts, place, statement)
    return facts


def walk(statements: tuple[Statement, ...], place: Place = ()) -> Iterator[tuple[Place, Statement]]:
    """Every statement at any depth, in the order written, with the blocks it stands in."""
    for statement in statements:
        yield place, statement
        values = [statement.value, *(each.value for each in statement.arguments)]
        values += [value for each in statement.arguments for _, value in each.words]
        values += [value for _, value in statement.words]
        for value in values:
            yield from _inner(value, place, statement)


def _inner(value: Value, place: Place, statement: Statement) -> Iterator[tuple[Place, Statement]]:
    if isinstance(value, Items):
        for each in value.items:
            yield from _inner(each.value, place, statement)
    links = []
    while isinstance(value, Ref):
        links.append(value)
        if value.on is None:
            break
        value = value.on
    for link in reversed(links):
        if link.body:
            yield from walk(link.body, (*place, (_block_name(link, statement), link)))
        for argument in link.arguments or ():
            yield from _inner(argument.value, place, statement)


def _block_name(link: Ref, statement: Statement) -> str:
    """The name that a block goes by: of `create("x") { }`, `named("x") { }` and `val x by getting { }` it is x."""
    last = link.name.rpartition(".")[2]
    if last in _NAMING:
        first = _literal(link.arguments[0].value) if link.arguments else None
        if first is not None:
            return first
        if statement.declares and isinstance(statement.value, Ref):
            return statement.value.name
    if link.name == "{}" and isinstance(statement.value, Ref) and statement.value is not link:
        return statement.value.name
    if link.name in ("configure", "apply", "invoke", "") and isinstance(link.on, Ref):
        return _block_name(link.on, statement)
    return link.name


def _names(place: Place) -> list[str]:
    return [name for name, _ in place]


def _take(facts: Facts, place: Place, statement: Statement) -> None:
    value = statement.value
    names = _names(place)
    if isinstance(value, Ref) and value.name == "import" and statement.operator == "call":
        return
    _take_setting(facts, names, statement)
    _take_in_block(facts, place, statement)
    if isinstance(value, Ref):
        _take_call(facts, place, statement, value)


def _take_in_block(facts: Facts, place: Place, statement: Statement) -> None:
    """What the block around it gives a statement its meaning for."""
    names = _names(place)
    block = names[-1] if names else ""
    if block == "plugins" and "gradlePlugin" not in names and len(names) <= 2:
        _take_plugin(facts, place, statement)
    elif block == "dependencies" or block.endswith(".dependencies") or _is_nested(names):
        _take_dependency(facts, place, statement)
    elif block in ("imports", "dependencies") or (len(names) > 1 and "dependencyManagement" in names):
        _take_managed(facts, names, statement)
    elif block == "repositories":
        _take_repository(facts, place, statement)


def _take_call(facts: Facts, place: Place, statement: Statement, value: Ref) -> None:
    """What says by its own name what it is."""
    names = _names(place)
    if value.name == "apply":
        _take_apply(facts, place, statement)
    elif value.name in ("include", "includeFlat") and not {"fileTree", "copy", "from"} & set(names):
        for each in _call_arguments(statement):
            facts.includes.append(Setting(value.name, each.value, value.line))
    elif value.name == "includeBuild":
        for each in _call_arguments(statement)[:1]:
            facts.included_builds.append((each.value, "pluginManagement" in names, value.line))
    elif value.name == "from" and "versionCatalogs" in names:
        for each in _call_arguments(statement)[:1]:
            facts.catalogs.append((names[-1], each.value))
    elif value.name.rpartition(".")[2] in _TEST_RUNS and facts.tests is None:
        facts.tests = value.line
    if "gradlePlugin" in names and value.name in ("id", "id.set"):
        facts.registered += [each.value for each in statement.arguments or value.arguments or ()]


def _is_nested(names: list[str]) -> bool:
    """Whether the block stands in `dependencies`: constraints, or a condition."""
    at = len(names)
    while at and (names[at - 1] in ("constraints", *_CONDITIONS) or names[at - 1].rpartition(".")[2] in _LOOPS):
        at -= 1
    return 0 < at < len(names) and names[at - 1] == "dependencies"


def _call_arguments(statement: Statement) -> tuple[Argument, ...]:
    """The arguments of a call, in parentheses or not."""
    value = statement.value
    if statement.operator == "call":
        return statement.arguments
    return (value.arguments or ()) if isinstance(value, Ref) else ()


def _take_plugin(facts: Facts, place: Place, statement: Statement) -> None:
    value = statement.value
    words = dict(statement.words)
    if statement.operator == "call" and statement.arguments:
        words |= dict(statement.arguments[0].words)
    chain = []
    while isinstance(value, Ref) and value.on is not None:
        chain.append(value)
        value = value.on
    for link in chain:  # id("x").version("1").apply(false)
        words |= {link.name: link.arguments[0].value} if link.arguments else {}
    if not isinstance(value, Ref) or value.name in _CONDITIONS:
        return
    arguments = statement.arguments if statement.operator == "call" else value.arguments
    first = arguments[0].value if arguments else None
    applied = not (isinstance(off := words.get("apply"), Ref | Code) and (getattr(off, "name", "") == "false"))
    found: tuple[str | None, str | None] = (None, None)
    if value.name == "alias" and isinstance(first, Ref):
        found = None, first.name
    elif value.name == "id" and first is not None:
        found = _literal(first), None
        if isinstance(first, Ref) and first.name.endswith(".get().pluginId"):
            found = None, first.name.removesuffix(".get().pluginId")
        elif isinstance(first, Ref) and first.name == "pluginId" and isinstance(first.on, Ref):
            found = None, first.on.name.removesuffix(".get")
    elif value.name in ("kotlin", "embeddedKotlin") and first is not None:
        literal = _literal(first)
        found = (f"org.jetbrains.kotlin.{literal}" if literal else None), None
    elif arguments is None and value.body is None and not statement.operator:
        found = value.name, None
    if found != (None, None):
        facts.plugins.append(Applied(*found, words.get("version"), applied, value.line, _under(place[:-1])))


def _take_apply(facts: Facts, place: Place, statement: Statement) -> None:
    value = statement.value
    for each in _call_arguments(statement):
        if each.name == "plugin" and (literal := _literal(each.value)) and isinstance(value, Ref):
            facts.plugins.append(Applied(literal, None, None, True, value.line, _under(place)))
        elif each.name == "from" and isinstance(value, Ref):
            facts.scripts.append((each.value, value.line))


def _take_dependency(facts: Facts, place: Place, statement: Statement) -> None:
    names = _names(place)
    value = statement.value
    if (
        statement.declares
        or statement.operator in ("=", "+=")
        or _FOREIGN & set(names)
        or any("tasks" in name for name in names)
    ):
        if "dependencyManagement" in names:
            _take_managed(facts, names, statement)
        return
    if not isinstance(value, Ref) or value.name in _NOT_CONFIGURATIONS:
        return
    arguments = _call_arguments(statement)
    configuration = value.name.removeprefix("configurations.")
    if value.name == "add" and len(arguments) > 1 and (named := _literal(arguments[0].value)):
        configuration, arguments = named, arguments[1:]
    elif value.name == "" and isinstance(value.on, Text) and value.on.literal:
        configuration = value.on.literal
    elif value.on is not None:
        if value.name in ("because", "let", "also", "apply", "run") and isinstance(value.on, Ref):
            _take_dependency(facts, place, Statement(value.on))
        return
    if not configuration.isidentifier() or not arguments:
        return
    before = [name for name in names if name not in ("dependencies", "constraints")]
    configuration = "buildscript.classpath" if "buildscript" in before else _prefix(names) + configuration
    body = value.body or next(
        (link.body for word, link in statement.words if word == "{}" and isinstance(link, Ref)), None
    )
    body = body or next(
        (link.body for each in arguments for word, link in each.words if word == "{}" and isinstance(link, Ref)), None
    )
    asked = Asked(configuration, arguments, value.line, _under(place), "constraints" in names, body or ())
    facts.dependencies.append(asked)


def _prefix(names: list[str]) -> str:
    """The source set or test suite that a `dependencies` block belongs to, with a dot."""
    at = max(at for at, name in enumerate(names) if name == "dependencies" or name.endswith(".dependencies"))
    if names[at] != "dependencies":
        return names[at].removesuffix("dependencies")
    above = [name for name in names[:at] if name not in _CONDITIONS]
    if above and ({"sourceSets", "suites"} & set(above[:-1]) or above[-1].endswith(("Main", "Test"))):
        return f"{above[-1].removeprefix('sourceSets.')}."
    return ""


def _under(place: Place) -> str | None:
    """The condition or the other projects that a block is for."""
    found = []
    for name, link in place:
        first = link.arguments[0].value if link is not None and link.arguments else None
        if name in _CONDITIONS or name in _OTHER_PROJECTS or name.startswith(("configure", "project.")):
            found.append(f"{name} {_shown(first)}".strip())
    return ", ".join(found)[:200] or None


def _shown(value: Value | None) -> str:
    match value:
        case Text():
            return "".join(value.parts)
        case Ref():
            before = f"{_shown(value.on)}." if value.on else ""
            return f"{before}{value.name}{'()' if value.arguments is not None else ''}"
        case Code():
            return value.text
        case _:
            return ""


def _take_managed(facts: Facts, names: list[str], statement: Statement) -> None:
    """The block of Spring's dependency management plugin."""
    value = statement.value
    if "dependencyManagement" not in names or not isinstance(value, Ref):
        return
    if value.name in ("mavenBom", "dependency"):
        kind = "import" if value.name == "mavenBom" else "dependencies"
        body = value.body or ()
        facts.dependencies.append(
            Asked(f"dependencyManagement.{kind}", _call_arguments(statement), value.line, None, True, body)
        )


_ADDRESSES = ("url", "setUrl", "uri", "artifactPattern", "url.set")


def _take_repository(facts: Facts, place: Place, statement: Statement) -> None:
    value = statement.value
    names = _names(place)
    while isinstance(value, Ref) and value.on is not None:
        value = value.on
    if not isinstance(value, Ref) or value.name in _CONDITIONS or statement.declares or statement.operator == "=":
        return
    publishes = bool({"publishing", "uploadArchives", "mavenDeployer"} & set(names))
    address: Value | None = None
    for argument in _call_arguments(statement):
        if argument.name in (None, "url"):
            address = argument.value
    for each in value.body or ():
        if isinstance(each.value, Ref) and each.value.name in _ADDRESSES:
            given = each.arguments or each.value.arguments or ()
            address = given[0].value if given else address
    facts.hosts.append(Host(value.name, address, publishes, value.line))


def _take_setting(facts: Facts, names: list[str], statement: Statement) -> None:
    value = statement.value
    if not isinstance(value, Ref):
        return
    words = dict(statement.words)
    if statement.declares and "by" in words:
        source = words["by"]
        if isinstance(source, Ref) and source.name in ("project", "settings", "rootProject"):
            facts.properties.append(value.name)
        elif (
            isinstance(source, Ref)
            and source.name in ("extra", "extra.invoke", "rootProject.extra")
            and source.arguments
        ):
            facts.variables.append(Setting(value.name, source.arguments[0].value, value.line))
        return
    if statement.operator == "=" and statement.arguments:
        assigned = statement.arguments[0].value
        if value.on is not None:
            _take_assignment_on(facts, value, assigned)
            return
        bare = value.name.removeprefix("rootProject.").removeprefix("project.")
        extra = bare.startswith(("ext.", "extra."))
        if statement.declares or extra or (names and names[-1] in _EXTRA):
            facts.variables.append(Setting(bare.partition(".")[2] if extra else bare, assigned, value.line))
        facts.settings.append(Setting(".".join([*names, bare]), assigned, value.line))
        return
    last = value.name.rpartition(".")[2]
    arguments = _call_arguments(statement)
    if last == "set" and len(arguments) == 1 and "." in value.name:
        facts.settings.append(
            Setting(".".join([*names, value.name.removesuffix(".set")]), arguments[0].value, value.line)
        )
    elif last == "set" and len(arguments) == 2 and (key := _literal(arguments[0].value)):
        facts.variables.append(Setting(key, arguments[1].value, value.line))
    elif len(arguments) == 1 and value.body is None and value.on is None:
        facts.settings.append(Setting(".".join([*names, value.name]), arguments[0].value, value.line))


def _take_assignment_on(facts: Facts, value: Ref, assigned: Value) -> None:
    """`ext["a"] = "b"`, `project(":a").name = "b"`."""
    on = value.on
    if value.name == "[]":
        key = _literal(value.arguments[0].value) if value.arguments else None
        if key and isinstance(on, Ref) and on.name.rpartition(".")[2] in ("ext", "extra"):
            facts.variables.append(Setting(key, assigned, value.line))
        return
    facts.settings.append(Setting(f"{_shown(on)}.{value.name}", assigned, value.line))
    if isinstance(on, Ref) and on.name == "project" and on.arguments:
        path = _literal(on.arguments[0].value) or ""
        facts.settings.append(Setting(f"project {path} {value.name}", assigned, value.line))


def _literal(value: Value) -> str | None:
    return value.literal if isinstance(value, Text) else None
