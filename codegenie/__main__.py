"""The way in of `codegenie`: --help and --version are answered here, before anything else is imported."""

import sys

from codegenie import __version__

HELP = """\
usage: codegenie <command> [options]

A build system for facts about source repositories.

commands:
  gather [PATH]           bring PATH/.codegenie/context/repo-context.yaml up to date (default: this directory)
  list [PATH]             the probes; with PATH, which of them are up to date there (U) and which would run (R)
  explain SLICE[.FIELD]   a fact: its value and evidence, which probe gave it, from what, and when
  schema [SLICE]          the JSON Schema (draft-07) of the document, or of one slice
  cache gc [PATH]         remove cached answers that can no longer be of use, and say what that freed

options of gather:
  --task TYPE             only the probes that serve a task type, and what they require
  -n, --jobs N            worker processes at most (default: the processors, 8 at most)
  --out DIR               write here instead of PATH/.codegenie
  --cache-dir DIR         keep the cache here instead of in the output directory
  --cache-ttl AGE         do not use answers older than this, like 12h or 7d (default: no limit)
  --wait SECONDS          how long to wait for another gather of the same repository (default: 10)
  --skip-probes NAMES     leave out these probes, comma-separated, and those that require them
  --exclude GLOBS         leave out these paths, comma-separated
  --hash-all              read every file again instead of trusting unchanged times and sizes
  --refresh-tools         ask external tools for their versions again
  --json                  print one JSON summary instead of lines
  -q, --quiet             print nothing but problems
  --SETTING VALUE         any other setting, like --max-files 1000 or --max-probe-seconds 60 (docs/settings.md)

explain, list and cache gc take the settings too; explain takes --repo PATH and --json.

  -h, --help              show this text        -V, --version           show the version

exit codes: 0 some probe succeeded; 2 none did, or the request cannot be met; 3 the document does not fit its schema
and was not published; 75 another gather holds the repository; 130 interrupted
"""


def main() -> int:
    """Run the command line; the exit code."""
    arguments = sys.argv[1:]
    if not arguments or {"-h", "--help"} & set(arguments):
        sys.stdout.write(HELP)
        return 0 if arguments else 2
    if arguments[0] in ("-V", "--version"):
        sys.stdout.write(f"codegenie {__version__}\n")
        return 0
    from codegenie.lifetime import lives_shortly

    lives_shortly()
    from codegenie.cli import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
