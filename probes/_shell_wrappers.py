"""Words that run other words: wrappers such as `exec`, `env` and `gosu`, and shells with a script."""

from collections.abc import Sequence

from codegenie.formats.patterns import lazily
from codegenie.formats.shell import SHELLS
from codegenie.formats.shell_words import Word

WRAPPERS: dict[str, frozenset[str]] = {
    "chpst": frozenset({"-u", "-U", "-e"}),
    "chronic": frozenset(),
    "command": frozenset(),
    "dumb-init": frozenset({"-r", "--rewrite"}),
    "env": frozenset({"-u", "-C", "--unset", "--chdir"}),
    "exec": frozenset({"-a"}),
    "gosu": frozenset(),
    "nice": frozenset({"-n"}),
    "nohup": frozenset(),
    "runuser": frozenset({"-u", "-g", "-G"}),
    "s6-setuidgid": frozenset(),
    "setpriv": frozenset({"--bounding-set", "--inh-caps", "--ambient-caps"}),
    "setsid": frozenset(),
    "stdbuf": frozenset({"-i", "-o", "-e"}),
    "su-exec": frozenset(),
    "sudo": frozenset({"-u", "-g", "-U", "-h", "-p", "-C"}),
    "time": frozenset({"-f", "-o"}),
    "timeout": frozenset({"-k", "-s"}),
    "tini": frozenset({"-p", "-e"}),
    "xargs": frozenset({"-I", "-n", "-P", "-L", "-d", "-a", "-E", "-s"}),
}
"""Programs that run the program behind their options, with those options that take the next word as a value."""

_ONE_MORE = frozenset({"chpst", "gosu", "s6-setuidgid", "su-exec", "timeout"})
# Behind their options comes a user or a time; of chpst only where -u is not given, which is not told apart.

_SCRIPT = lazily(r".+\.(?:ba|da|k|z)?sh")
_ASSIGNED = lazily(r"[A-Za-z_][A-Za-z0-9_]*=")
_FILLED_IN = lazily("[⟦⟪]")  # by Compose, or by an action of a template
_LAST_PART = lazily(r"[\w.+@:-]+")


def inner_script(words: Sequence[str]) -> str | None:
    """The script that a shell named in these words is given by `-c`; None where it is no shell or has no script."""
    if not words or words[0].rpartition("/")[2] not in SHELLS:
        return None
    at = 2 if words[0].rpartition("/")[2] == "busybox" else 1
    is_command = False
    while at < len(words) and len(words[at]) > 1 and words[at][0] in "-+":
        option = words[at]
        is_long = option.startswith("--")
        is_command = is_command or (not is_long and "c" in option)
        at += 2 if not is_long and option.endswith(("o", "O")) else 1  # -o pipefail, -euo pipefail
    return words[at] if is_command and at < len(words) else None


def script_file(words: Sequence[str]) -> str | None:
    """The file of a script that the words run, by a shell before it or by its name; None where they name none."""
    name = words[0].rpartition("/")[2] if words else ""
    if name in SHELLS and inner_script(words) is None:
        at = 2 if name == "busybox" else 1
        while at < len(words) and words[at][:1] in ("-", "+"):
            at += 2 if words[at].endswith(("o", "O")) and not words[at].startswith("--") else 1
        return words[at] if at < len(words) else None
    return words[0] if _SCRIPT.fullmatch(name) and not words[0].startswith("-") else None


def unwrapped(words: Sequence[str]) -> list[list[str]]:
    """The words of a command, and of each command that it is told to run: of `tini -- node x` also `node x`."""
    if not words:
        return [[]]
    return [[word.text for word in each] for each in unwrapped_words([Word(word, word, 0) for word in words])]


def unwrapped_words(words: Sequence[Word]) -> list[Sequence[Word]]:
    """The words of a command, and of each command that it is told to run: `exec gosu app node x`, then `gosu app …`."""
    found = [words]
    while (name := name_of(words[0])) in WRAPPERS and len(found) < 8:
        assert name is not None
        if name == "command" and len(words) > 1 and words[1].text in ("-v", "-V"):
            break  # asks where it is
        words = _behind(name, words)
        if not words:
            break
        found.append(words)
    return found


def name_of(word: Word) -> str | None:
    """The program's name without its directory; None where it is only known when it runs."""
    text = word.value if word.value is not None else word.text.strip("\"'")
    name = text.rpartition("/")[2]
    if not name or _FILLED_IN.search(name) or (word.value is None and not _LAST_PART.fullmatch(name)):
        return None
    return name[:100]


def _behind(name: str, words: Sequence[Word]) -> Sequence[Word]:
    valued, at = WRAPPERS[name], 1
    while at < len(words):
        text = words[at].value or words[at].text
        if text == "--":
            at += 1
            break
        if text.startswith("-") and len(text) > 1:
            at += 2 if text in valued else 1
        elif name == "env" and _ASSIGNED.match(text):
            at += 1
        else:
            break
    return words[at + 1 :] if name in _ONE_MORE else words[at:]
