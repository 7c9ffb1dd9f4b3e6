"""The console script's commands: argv to doit over the same tasks as dodo.py, or to a look at what was gathered."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from codegenie.errors import INTERRUPTED, UNUSABLE, CodegenieError
from codegenie.settings import SWITCHES, VALUED
from codegenie.text import escaped, say, show_any_letter


class _Parser(argparse.ArgumentParser):
    """Errors as one line, like all our errors; --help is answered in __main__."""

    def __init__(self, **options: Any) -> None:
        # With a width, as argparse would else import shutil and ask for the terminal's at each argument.
        formatter = partial(argparse.HelpFormatter, width=80)
        super().__init__(**options, add_help=False, allow_abbrev=False, formatter_class=formatter)

    def error(self, message: str) -> NoReturn:
        say(f"codegenie: {message}; see codegenie --help")
        raise SystemExit(UNUSABLE)


def run(arguments: list[str]) -> int:
    """Run one command; the exit code.  Nothing of the current directory is imported or obeyed."""
    show_any_letter()
    try:
        parsed = _parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], int] = parsed.run
        return command(parsed)
    except CodegenieError as error:
        for line in f"codegenie: {error}".splitlines():
            say(line)
        return error.exit_code
    except KeyboardInterrupt:
        say("codegenie: interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader had enough
        return 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="codegenie")
    commands = parser.add_subparsers(required=True, metavar="command", parser_class=_Parser)

    def command(
        name: str, act: Callable[[argparse.Namespace], int], *, settings: bool = True
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name)
        added.set_defaults(run=act)
        for setting in VALUED if settings else ():
            added.add_argument(f"--{setting.replace('_', '-')}")
        return added

    gather = command("gather", _gather)
    gather.add_argument("repo", nargs="?", default=".")
    gather.add_argument("-n", "--jobs", dest="max_concurrent_probes")
    for setting in SWITCHES:
        short = ("-q",) if setting == "quiet" else ()
        gather.add_argument(*short, f"--{setting.replace('_', '-')}", action="store_const", const="1")
    listing = command("list", _list)
    listing.add_argument("repo", nargs="?")
    explain = command("explain", _explain)
    explain.add_argument("fact")
    explain.add_argument("--repo", default=".")
    explain.add_argument("--json", action="store_const", const="1")
    schema = command("schema", _schema, settings=False)
    schema.add_argument("slice", nargs="?")
    cache = command("cache", _cache)
    cache.add_argument("action", choices=["gc"])
    cache.add_argument("repo", nargs="?", default=".")
    return parser


def _gather(parsed: argparse.Namespace) -> int:
    return _doit(parsed, "write", ["run", "gather"])


def _cache(parsed: argparse.Namespace) -> int:
    return _doit(parsed, "write", ["run", "cache_gc"])


def _list(parsed: argparse.Namespace) -> int:
    if parsed.repo is not None:
        return _doit(parsed, "read", ["list", "--all", "--status", "probe"])
    from codegenie.registry import all_probes

    width = max((len(probe.name) for probe in all_probes()), default=0)
    for probe in all_probes():
        sys.stdout.write(f"{probe.name:{width}}  {probe.version:7}  {probe.summary}\n")
    return 0


def _schema(parsed: argparse.Namespace) -> int:
    from codegenie import schema

    wanted = schema.published() if parsed.slice is None else json.loads(schema.text(parsed.slice))
    sys.stdout.write(json.dumps(wanted, indent=2) + "\n")
    return 0


def _explain(parsed: argparse.Namespace) -> int:
    from codegenie.explain import explained
    from codegenie.settings import resolve

    fact = explained(parsed.fact, resolve(_asked(parsed), os.environ, os.getcwd()))
    if parsed.json:
        sys.stdout.write(json.dumps(fact, indent=1, sort_keys=True) + "\n")
        return 0
    for name, value in fact.items():
        told = json.dumps(value, indent=1) if isinstance(value, dict | list) else str(value)
        for number, line in enumerate(told.splitlines() or [""]):
            sys.stdout.write(escaped(f"{name if not number else '':10} {line}").rstrip() + "\n")
    return 0


def _doit(parsed: argparse.Namespace, mode: Any, command: list[str]) -> int:
    """Run a doit command over the tasks of a repository, without any configuration of the current directory."""
    from codegenie.unplugged import unplug

    unplug()
    from doit.doit_cmd import DoitMain

    from codegenie.adapters import Loader
    from codegenie.settings import resolve
    from codegenie.tasks import begun

    gathering = begun(resolve(_asked(parsed), os.environ, os.getcwd()), mode)
    loader = Loader(gathering.doit_config(), gathering.tasks)
    return int(DoitMain(loader, config_filenames=()).run(command) or 0)


def _asked(parsed: argparse.Namespace) -> dict[str, str]:
    """The settings among the parsed options, by their names."""
    from codegenie.settings import VARIABLES

    return {name: value for name, value in vars(parsed).items() if name in VARIABLES and value is not None}
