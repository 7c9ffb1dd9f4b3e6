"""Which files are source of the repository's own, and which of them are tests."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from codegenie.formats.patterns import lazily
from codegenie.probe import READ_CAP, ProbeInputs

from ._apart import apart_among
from ._generated_names import is_generated_name
from ._gitattributes import Attributes, Value, attributes
from ._path_patterns import matcher
from ._paths import Directory, directories, per_directory

# Names that Linguist takes for vendored, but under which repositories keep what they wrote.
_NOT_VENDORED = frozenset({
    "(^|/)cache/", "(^|/)env/", "^[Dd]ependencies/", "(^|/)fabfile\\.py$", "(^|/)testdata/", "\\.d\\.ts$", "^debian/",
    "(^|/)Vagrantfile$", "(^|/)\\.github/", "(^|/)Jenkinsfile$", "(^|/)[Tt]ests?/fixtures/", "(^|/)[Ss]pecs?/fixtures/",
    "(^|/)react(-[^.]*)?\\.js$", "(^|/)angular([^.]*)\\.js$", "(^|/)d3(\\.v\\d+)?([^.]*)\\.js$",
    "(^|/)cordova([^.]*)\\.js$", "(^|/)controls\\.js$", "(^|/)effects\\.js$", "(^|/)prototype(.*)\\.js$",
    "(^|/)docs?/_?(build|themes?|templates?|static)/", "(^|/)[Pp]ackages/.+\\.\\d+/", "(^|/)\\.teamcity/",
})  # fmt: skip
_OF_TESTS = lazily(
    r"(?:^|/)(?:[^/]*[-_.])?(?:[tT]ests?|[sS]pecs?|__tests__|e2e|cypress|test[-_]?suites?|[tT]est[-_]?[dD]ata"
    r"|[iI]ntegration[-_]?[tT]ests?|[aA]cceptance|(?:[^/]*[-_.])?[fF]ixtures?|__mocks__|mocks?|androidTest|testing)/"
    r"|(?:^|/)[A-Z][\w.]*(?<=[a-z.])Tests?/"
)
_TEST = lazily(
    r"[^/]+(?:[._-](?:test|tests|spec|e2e|cy)|Tests?|TestCase|IT|Spec)\.[a-z]+|test_[^/]*\.py|conftest\.py"
    r"|test\.[a-z]+|(?:jest|vitest|playwright|cypress|karma)[\w.-]*\.(?:config|setup)[^/]*\.[a-z]+"
)
_IN_A_TEST = ("cy", "e2e", "est", "IT", "karma", "pec", "playwright")  # in each name that _TEST matches is one of them


def is_test(path: str) -> bool:
    """Whether a file is a test or serves tests, by the names on the way and its own."""
    start = path.rfind("/") + 1
    return _is_of_tests(path[:start]) or _TEST.fullmatch(path, start) is not None


def named_tests(directory: Directory) -> Sequence[str]:
    """The files of a directory that are tests or serve them."""
    if _is_of_tests(directory.path):
        return directory.files
    if not any(map(directory.names.__contains__, _IN_A_TEST)):
        return ()
    return [path for path in directory.files if is_test(path)]


@per_directory
def _is_of_tests(directory: str) -> bool:
    return _OF_TESTS.search(directory) is not None


class Selection:
    """The files to look into, in their order, those of them that are tests, and by reason those that are left out."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.tests: list[str] = []
        self.left_out: dict[str, list[str]] = {}


def selection(inputs: ProbeInputs, linguist: Mapping[str, Any]) -> Selection:
    """Leave out what others wrote, what a program wrote, and what is too large, each by its path."""
    is_vendored = matcher(pattern for pattern in linguist["vendored"] if pattern not in _NOT_VENDORED)
    marked = _marked(inputs)
    found = Selection()
    for directory in directories(path for path in inputs.files if not path.endswith(".gitattributes")):
        vendored = [*is_vendored.among(directory), *apart_among(directory, "vendored")]
        generated = is_generated_name.among(directory)
        if said := marked.among(directory):
            vendored = _as_marked(vendored, "linguist-vendored", said)
            generated = _as_marked(generated, "linguist-generated", said)
        reasons = {path: "too large" for path in directory.files if inputs.size(path) > READ_CAP}
        reasons |= dict.fromkeys(generated, "generated")
        reasons |= dict.fromkeys(vendored, "vendored")
        for path, reason in reasons.items():
            found.left_out.setdefault(reason, []).append(path)
        tests = named_tests(directory)
        found.paths += [path for path in directory.files if path not in reasons] if reasons else directory.files
        found.tests += [path for path in tests if path not in reasons] if reasons else tests
    return found


def _as_marked(by_name: Iterable[str], attribute: str, said: Mapping[str, Mapping[str, Value]]) -> list[str]:
    """What the names tell, but where `.gitattributes` has the attribute of a file."""
    values = {path: each[attribute] for path, each in said.items() if each.get(attribute) is not None}
    marked = [path for path, value in values.items() if value in (True, "true")]
    return [*marked, *(path for path in by_name if path not in values)]


def _marked(inputs: ProbeInputs) -> Attributes:
    names = (path for path in inputs.files if path.endswith(".gitattributes"))
    files = {path: inputs.parse(path, bytes) for path in names if path.rpartition("/")[2] == ".gitattributes"}
    known = {path: content for path, content in files.items() if content is not None}
    return attributes(known, ("linguist-generated", "linguist-vendored"))


def spread(paths: Mapping[str, int], most: int) -> Iterator[tuple[str, int]]:
    """Where most of something is: the paths by their counts."""
    yield from sorted(paths.items(), key=lambda one: (-one[1], one[0]))[:most]
