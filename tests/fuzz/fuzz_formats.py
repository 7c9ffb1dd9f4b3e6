"""Coverage-guided fuzzing of every parser, with atheris: `python -m tests.fuzz.fuzz_formats CORPUS [flags]`.

The flags are libFuzzer's.  CORPUS is a directory; what it lacks of the seeds is put into it.  The first byte of an
input chooses the parser.
A crash or a timeout leaves a file; `python -m tests.fuzz.fuzz_formats CORPUS FILE` shows it again.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import atheris
import yaml

with atheris.instrument_imports(include=["codegenie", "tomllib", "json"]):
    import tomllib  # noqa: F401 - a format imports it late, when nothing is instrumented any more

    from tests.formats.parsers import check, parsers, samples_of, understood

    PARSERS = sorted(parsers().items())

CASES = Path(__file__).parent.parent / "probes"
LONGEST = 20_000  # bytes; coverage is found in short inputs, and length is what the bombs are for


def one_input(data: bytes) -> None:
    """What libFuzzer calls: any exception but Unparsable, and any value that is not plain, is a crash."""
    if data:
        check(PARSERS[data[0] % len(PARSERS)][1], data[1:])


def seeds() -> Iterator[bytes]:
    """Every sample, and every file of the probes' cases, for each parser that understands it."""
    contents = {content for path in CASES.rglob("*.yaml") for content in _contents(path)}
    for number, (name, parser) in enumerate(PARSERS):
        for content in (*samples_of(name), *sorted(contents)):
            if understood(parser, content):
                yield bytes([number]) + content


def _contents(case: Path) -> Iterator[bytes]:
    """The files that a case is made of."""
    waiting: list[Any] = [yaml.safe_load(case.read_text(encoding="utf-8")).get("repo")]
    while waiting:
        match waiting.pop():
            case dict() as directory:
                waiting += directory.values()
            case str(text) if len(text) < LONGEST:
                yield text.encode()


def main() -> None:
    """Fill the corpus, and run until libFuzzer's flags say to stop."""
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in seeds():
        (corpus / hashlib.sha256(seed).hexdigest()[:40]).write_bytes(seed)
    dictionary = Path(__file__).with_name("formats.dict")
    flags = [f"-dict={dictionary}", f"-max_len={LONGEST}", "-timeout=5", "-rss_limit_mb=2048"]
    atheris.Setup([sys.argv[0], *flags, *sys.argv[1:]], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
