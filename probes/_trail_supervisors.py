"""Programs that start others by a file of theirs: supervisord, foreman and its kind, pm2."""

import posixpath
import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from codegenie.formats.ini_text import Ini
from codegenie.formats.patterns import lazily

from ._arguments import Argument, Arguments
from ._image_files import Origin
from ._run_files import in_directory
from ._trail_files import Files, Sources

SUPERVISORS = frozenset({"supervisord", "foreman", "honcho", "overmind", "hivemind", "forego", "pm2-runtime"})

_DEFAULTS = ("supervisord.conf", "etc/supervisord.conf", "/etc/supervisord.conf", "/etc/supervisor/supervisord.conf")
_DIRECTORIES = ("/etc/supervisor/conf.d", "/etc/supervisor.d", "/etc/supervisord.d")
"""What the configurations of Debian, Alpine and Fedora take in."""
_SECTION = lazily(r"(program|fcgi-program|eventlistener):(.+)")
_PROCESS = lazily(r"([A-Za-z0-9_-]+):\s*(.+)")
_MOST = 30


class Process(NamedTuple):
    """What is started: words, or a text for a shell."""

    path: str | None
    line: int
    args: Arguments
    text: str | None
    directory: str | None


class Processes(NamedTuple):
    """All that are started, and the file that says so; `end` is why that is not known."""

    processes: tuple[Process, ...]
    origin: Origin | None
    end: str | None


def processes(name: str, args: Arguments, files: Files, directory: str, sources: Sources) -> Processes:
    """What a supervisor starts in a working directory."""
    if name == "supervisord":
        return _supervisord(args, files, directory, sources)
    if name == "pm2-runtime":
        return _pm2(args, files, directory)
    return _procfile(args, files, directory, sources)


def _supervisord(args: Arguments, files: Files, directory: str, sources: Sources) -> Processes:
    named = _option(args, ("-c", "--configuration"))
    places = [named] if named else [Argument(each, is_known=True) for each in _DEFAULTS]
    if not places[0].is_known:
        return Processes((), None, "variable_not_resolved")
    origins = [files.at(in_directory(directory, each.text)) for each in places]
    origin = next((each for each in origins if each.kind in ("repository", "inline")), origins[-1])
    ini = sources.ini(origin)
    found = list(_programs(ini, origin.path)) if ini else []
    for included in _included(ini) if ini else _DIRECTORIES:
        for each in sources.files_in(files, included, (".conf", ".ini")):
            part = sources.ini(each)
            found += _programs(part, each.path) if part else []
    if ini is None and not found:
        return Processes((), origin, "configuration_not_read")
    return Processes(tuple(found)[:_MOST], origin, None)


def _included(ini: Ini) -> list[str]:
    """The directories of the files that a configuration takes in, where they are absolute."""
    written = (ini.section("include").text("files") or "").split()
    return sorted({posixpath.dirname(each) for each in written if each.startswith("/") and "%" not in each})


def _programs(ini: Ini, path: str | None) -> Iterator[Process]:
    for name, section in ini.sections.items():
        command = section.text("command")
        if _SECTION.fullmatch(name) and command:
            line = section.line_of("command") or section.line
            yield Process(path, line, _split(command), None, section.text("directory"))


def s6_services(files: Files, sources: Sources) -> list[Origin]:
    """The scripts that s6-overlay keeps running, by its manual's directories."""
    return [
        each
        for directory in ("/etc/services.d", "/etc/s6-overlay/s6-rc.d")
        for each in sources.services_in(files, directory)
    ][:_MOST]


def _split(command: str) -> Arguments:
    """The words as supervisord splits them; `%(x)s` is what it puts in itself."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    return tuple(Argument(word, is_known="%(" not in word) for word in words)


def _procfile(args: Arguments, files: Files, directory: str, sources: Sources) -> Processes:
    named = _option(args, ("-f", "--procfile"))
    origin = files.at(in_directory(directory, named.text if named else "Procfile"))
    lines = sources.lines(origin.path) if origin.kind == "repository" else None
    if lines is None:
        return Processes((), origin, "configuration_not_read")
    wanted = {each.text for each in args[2:] if not each.text.startswith("-") and each != named}
    found = [(number, match) for number, line in enumerate(lines, 1) if (match := _PROCESS.fullmatch(line.strip()))]
    listed = [
        Process(origin.path, number, (), match[2], None) for number, match in found if not wanted or match[1] in wanted
    ]
    return Processes(tuple(listed)[:_MOST], origin, None)


def _pm2(args: Arguments, files: Files, directory: str) -> Processes:
    words = [each for each in args[1:] if not each.text.startswith("-") and each.text != "start"]
    if not words:
        return Processes((), None, "no_program")
    if not words[0].is_known:
        return Processes((), None, "variable_not_resolved")
    file = words[0].text
    if file.endswith((".json", ".yml", ".yaml", ".config.js", ".config.cjs")):
        return Processes((), files.at(in_directory(directory, file)), "configuration_not_read")
    is_script = file.endswith((".js", ".mjs", ".cjs")) or "/" in file
    behind = tuple(words) if not is_script else (Argument("node", is_known=True), words[0])
    return Processes((Process(None, 0, behind, None, None),), None, None)


def _option(args: Arguments, names: Sequence[str]) -> Argument | None:
    for at, each in enumerate(args[1:], 1):
        for name in names:
            if each.text == name and at + 1 < len(args):
                return args[at + 1]
            if each.text.startswith(f"{name}="):
                return Argument(each.text[len(name) + 1 :], each.is_known)
            if len(name) == 2 and each.text.startswith(name) and len(each.text) > 2:
                return Argument(each.text[2:], each.is_known)
    return None
