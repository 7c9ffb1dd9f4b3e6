"""The directories of this machine, which no published text names: the engine's own errors name them otherwise."""

import os
import re
import sys
from functools import lru_cache

from codegenie import __file__ as _package_file


def unplaced(text: str, root: str) -> str:
    """The text with paths relative to the repository at `root`, and a word for the user's and the program's places.

    For what the engine says of itself.  A fact like `WORKDIR /home/node` is the repository's, and is not for this.
    """
    if "/" not in text:
        return text
    pattern, words = _places(root, os.path.expanduser("~"), os.environ.get("TMPDIR", ""))
    return pattern.sub(lambda found: _called(words[found[1]], found[2]), text)


def _called(word: str, slash: str) -> str:
    return f"{word}{slash}" if word else "" if slash else "."


@lru_cache(maxsize=8)
def _places(root: str, home: str, temporary: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """The places as they stand in texts, and what each is called; the longest first, as one lies within another."""
    package = os.path.dirname(os.path.abspath(_package_file))
    named = {
        "/tmp": "<temp>",  # noqa: S108 - nothing is written there
        temporary: "<temp>",
        _home_of_record(): "<home>",
        home: "<home>",
        sys.prefix: "<python>",
        os.path.dirname(os.__file__): "<python>",
        os.path.dirname(package): "<codegenie>",
        package: "<codegenie>",
        root: "",
    }
    spelt = {form: word for place, word in named.items() for form in _forms(place)}
    longest_first = sorted(spelt, key=len, reverse=True)
    return re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, longest_first))})(?![\w-]|\.\w)(/?)"), spelt


def _home_of_record() -> str:
    """The user's home, where HOME says something else."""
    import pwd  # for a run that has an error to tell

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""  # a user id without a name


def _forms(place: str) -> set[str]:
    """A directory as it was given and as it really is, plain and as errors quote it; nothing of what is no place."""
    if not os.path.isabs(place) or len(place.rstrip("/")) < 2:
        return set()
    paths = (place.rstrip("/"), os.path.realpath(place))
    return {form for path in paths for form in (path, repr(path)[1:-1])}
