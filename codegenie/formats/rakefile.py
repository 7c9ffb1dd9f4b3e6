"""A Rakefile, as far as it is a list: the tasks whose names stand there; it is never run."""

from collections.abc import Iterator
from typing import NamedTuple

from codegenie.formats.ruby_text import Computed, Statement, Value, arguments, call, statements

MOST_TASKS = 2000

# Classes of libraries that define tasks, and the name of the first where none is given.
_TASKS = {
    ("Rake", "TestTask"): "test",
    ("Minitest", "TestTask"): "test",
    ("RSpec", "Core", "RakeTask"): "spec",
    ("RuboCop", "RakeTask"): "rubocop",
    ("Cucumber", "Rake", "Task"): "cucumber",
    ("YARD", "Rake", "YardocTask"): "yard",
    ("RDoc", "Task"): "rdoc",
    ("Standard", "RakeTask"): "standard",
    ("Rake", "ExtensionTask"): "compile",
}


class Task(NamedTuple):
    """One task with its namespaces before it, and its description."""

    name: str
    description: str | None
    line: int


class Rakefile(NamedTuple):
    """The tasks in the order of the file; `default` is what `rake` alone runs, `requires` what the file requires."""

    tasks: tuple[Task, ...]
    default: tuple[str, ...]
    requires: tuple[str, ...]


def parse(content: bytes) -> Rakefile:
    """Read the file.  Raises Unparsable."""
    tasks: list[Task] = []
    default: list[str] = []
    requires: list[str] = []
    spaces: list[str | None] = []  # of each open block the namespace that it is, "" for any other, None where computed
    description: str | None = None
    for statement in statements(content):
        if statement.first == "end":
            del spaces[-1:]
            continue
        found = call(statement)
        if found and found.name == "desc":
            description = next((each for each in found.values if isinstance(each, str)), None)
        elif found and found.name in ("require", "require_relative", "load"):
            requires += [each for each in found.values if isinstance(each, str)]
        elif None not in spaces:
            for name in _named(statement):
                whole = ":".join([*(each for each in spaces if each), name])
                if len(tasks) < MOST_TASKS:
                    tasks.append(Task(whole, description, statement.line))
                if whole == "default" and found:
                    default += _prerequisites(found.options.get("default"))
                description = None
        if statement.opens:
            spaces.append(_space(statement))
    return Rakefile(tuple(tasks), tuple(dict.fromkeys(default)), tuple(dict.fromkeys(requires)))


def _space(statement: Statement) -> str | None:
    found = call(statement)
    if not found or found.name != "namespace":
        return ""
    value = found.values[0] if found.values else None
    return value if isinstance(value, str) else None


def _named(statement: Statement) -> Iterator[str]:
    """The name of the task that a statement defines: `task :a`, `task a: :b`, `task "a" => [...]`, `X.new(:a)`."""
    found = call(statement)
    if found and found.name in ("task", "multitask"):
        value: Value = found.values[0] if found.values else next(iter(found.options), None)
        if isinstance(value, str):
            yield value
        return
    texts = [token.text for token in statement.tokens]
    for names, usual in _TASKS.items():
        path = [part for name in names for part in (name, "::")][:-1]
        if texts[: len(path)] == path and texts[len(path) : len(path) + 2] in ([".", "new"], [".", "create"]):
            rest = statement.tokens[len(path) + 2 :]
            given = arguments("new", rest[:-1] if rest and rest[-1].text == "do" else rest, statement.line)
            first = given.values[0] if given.values else next(iter(given.options), usual)
            if not isinstance(first, Computed):
                yield str(first)


def _prerequisites(value: Value) -> list[str]:
    match value:
        case str():
            return [value]
        case tuple():
            return list(value)
        case _:
            return []
