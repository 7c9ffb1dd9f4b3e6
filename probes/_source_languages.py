"""The languages that source is scanned in: their files, how they write comments, and what patterns call them.

The names are Linguist's.  A file's language is told by its extension, and where several share one, by Linguist's
heuristics over the content, then by what most files of that extension are; without an extension by its `#!`.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ._modelines import interpreter


class Language(NamedTuple):
    """A language: its name, the family that `source_text` knows it by, and what the catalogue of patterns calls it."""

    name: str
    family: str
    dialect: str


# Name, family, dialect, extensions.
_TABLE = (
    ("C", "c", "c", "c h"),
    ("C++", "c", "c", "cc cpp cxx c++ hh hpp hxx ipp tpp"),
    ("C#", "csharp", "dotnet", "cs csx cake"),
    ("Clojure", "lisp", "clojure", "clj cljc cljs"),
    ("Crystal", "hash", "crystal", "cr"),
    ("Dart", "dart", "dart", "dart"),
    ("Elixir", "elixir", "elixir", "ex exs"),
    ("Erlang", "erlang", "erlang", "erl hrl escript"),
    ("F#", "fsharp", "dotnet", "fs fsi fsx"),
    ("Go", "go", "go", "go"),
    ("Groovy", "groovy", "jvm", "groovy gradle"),
    ("Haskell", "haskell", "haskell", "hs"),
    ("Java", "java", "jvm", "java"),
    ("JavaScript", "javascript", "javascript", "js jsx mjs cjs"),
    ("Julia", "julia", "julia", "jl"),
    ("Kotlin", "kotlin", "jvm", "kt kts"),
    ("Lua", "lua", "lua", "lua"),
    ("Nim", "hash", "nim", "nim"),
    ("Objective-C", "c", "c", "m"),
    ("Objective-C++", "c", "c", "mm"),
    ("PHP", "php", "php", "php phtml"),
    ("Perl", "perl", "perl", "pl pm"),
    ("PowerShell", "powershell", "powershell", "ps1 psm1"),
    ("Python", "python", "python", "py pyi pyw"),
    ("R", "hash", "r", "r"),
    ("Ruby", "ruby", "ruby", "rb rake gemspec ru"),
    ("Rust", "rust", "rust", "rs"),
    ("Scala", "kotlin", "jvm", "scala sbt"),
    ("Shell", "shell", "shell", "sh bash zsh ksh bats"),
    ("Solidity", "c", "solidity", "sol"),
    ("Svelte", "markup", "javascript", "svelte"),
    ("Swift", "swift", "swift", "swift"),
    ("TypeScript", "javascript", "javascript", "ts tsx mts cts"),
    ("Vue", "markup", "javascript", "vue"),
    ("Zig", "c", "zig", "zig"),
)
LANGUAGES: dict[str, Language] = {name: Language(name, family, dialect) for name, family, dialect, _ in _TABLE}
"""By name."""

_BY_EXTENSION = {extension: LANGUAGES[name] for name, _, _, extensions in _TABLE for extension in extensions.split()}
_BY_NAME = {
    name: LANGUAGES[language]
    for language, names in {
        "Groovy": ("Jenkinsfile",),
        "Ruby": ("Fastfile", "Gemfile", "Rakefile", "Vagrantfile"),
        "Shell": ("gradlew", "mvnw"),
    }.items()
    for name in names
}
_BY_INTERPRETER = {
    program: LANGUAGES[language]
    for language, programs in {
        "Elixir": "elixir",
        "Erlang": "escript",
        "Groovy": "groovy",
        "JavaScript": "node bun",
        "PHP": "php",
        "Perl": "perl",
        "PowerShell": "pwsh",
        "Python": "python python2 python3",
        "Ruby": "ruby macruby rake",
        "Shell": "sh bash zsh ksh dash ash bats",
        "TypeScript": "deno ts-node tsx",
    }.items()
    for program in programs.split()
}
_SHARED = frozenset(["cs", "fs", "gradle", "h", "m", "pl", "pm", "r", "rs", "sol", "ts"])
"""Extensions of several languages, of which some are none of these."""

FILES = (
    f"**/*.{{{','.join(sorted(_BY_EXTENSION))},R}}",
    f"**/{{{','.join(sorted(_BY_NAME))}}}",
    *("**/*entrypoint*", "**/{bin,sbin,script,scripts,.husky}/*"),
)
"""Where source is: by extension and name, and scripts without an extension where they usually lie."""


def language_of(path: str, head: bytes, heuristics: Callable[[Sequence[str], bytes], list[str]]) -> Language | None:
    """The language of a file; None where it is in none of these."""
    name = path.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    extension = extension.lower()
    if not dot or not stem or extension not in _BY_EXTENSION:
        program = interpreter(head) or ""
        return _BY_NAME.get(name) or _BY_INTERPRETER.get(program) or _BY_INTERPRETER.get(program.rstrip("0123456789"))
    found = _BY_EXTENSION[extension]
    if extension in _SHARED and (told := heuristics([f".{extension}"], head)):
        return found if found.name in told else next((LANGUAGES[one] for one in told if one in LANGUAGES), None)
    return found
