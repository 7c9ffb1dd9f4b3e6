"""What a shell script says, as values: commands, what they stand in, functions, features and problems."""

from typing import Literal, NamedTuple

from codegenie.formats.shell_words import Expansion, Problem, Word

CommandKind = Literal["simple", "test", "arithmetic"]
PlaceKind = Literal[
    "if", "while", "until", "for", "select", "case", "function", "group", "subshell", "coprocess",
    "command_substitution", "process_substitution", "function_substitution",
]  # fmt: skip


class Assignment(NamedTuple):
    """`name=value` before a command, or an array's `name=(items)`; `subscript` has its brackets."""

    name: str
    subscript: str | None
    appends: bool
    value: Word | None
    items: tuple[Word, ...] | None
    line: int


class HereDocument(NamedTuple):
    """The lines behind a command; `expands` unless its name was quoted.  `line` is that of the first of them."""

    name: str
    content: str
    line: int
    expands: bool
    expansions: tuple[Expansion, ...]


class Redirection(NamedTuple):
    """`descriptor` is a number or `{name}` as written; the target of `<<` is in `document`."""

    operator: str
    descriptor: str | None
    target: Word | None
    line: int
    document: HereDocument | None = None


class Place(NamedTuple):
    """A compound command, function or substitution, and the part of it that a command stands in.

    `name` is that of a function, the variable of a loop, or what `case` looks at, as written; `words` are what a loop
    goes through, what `case` looks at, or the pattern of its branch (`part` is "word" or "branch").
    """

    kind: PlaceKind
    part: str
    line: int
    name: str | None
    words: tuple[Word, ...]
    is_piped: bool
    in_background: bool
    is_negated: bool
    redirections: tuple[Redirection, ...]


class Command(NamedTuple):
    """One command.  `before` is the operator between it and what comes before it in the same list, `after` likewise.

    A line break is an operator too.  `places` are what it stands in, outermost first; what is joined or redirected as a
    whole is told there.
    """

    kind: CommandKind
    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...]
    redirections: tuple[Redirection, ...]
    text: str
    at: int
    """Where in the script it begins; of one in backquotes where these begin."""
    line: int
    end_line: int
    before: str | None
    after: str | None
    is_piped: bool
    in_background: bool
    is_negated: bool
    places: tuple[Place, ...]

    @property
    def name(self) -> str | None:
        """The first word; None where there is none, or it is the result of an expansion."""
        return self.words[0].value if self.words else None


class Function(NamedTuple):
    """A function that is defined."""

    name: str
    line: int
    end_line: int


class Feature(NamedTuple):
    """A feature of a shell, with the first line that uses it."""

    name: str
    line: int


class Interpreter(NamedTuple):
    """What `#!` names: the path, the arguments, and the program's own name, that behind `env`."""

    path: str
    arguments: tuple[str, ...]
    name: str


class Script(NamedTuple):
    """A script; `is_shell` is False, and there are no commands, where `#!` names an interpreter that is no shell."""

    interpreter: Interpreter | None
    is_shell: bool
    commands: tuple[Command, ...]
    functions: tuple[Function, ...]
    features: tuple[Feature, ...]
    problems: tuple[Problem, ...]
