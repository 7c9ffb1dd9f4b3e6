"""The files of a new probe, from templates: `doit new name=<slice>` writes them, red until they are filled in."""

import builtins
import keyword
import re
import sys
from pathlib import Path

from codegenie.errors import CodegenieError
from codegenie.probe import ENVELOPE

ROOT = Path(__file__).resolve().parent.parent

TEMPLATES = {
    "probes/NAME.py": '''\
"""The NAME probe."""

from codegenie.probe import ProbeInputs, ProbeOutput, register_probe


@register_probe(version="0.1.0", declared_inputs=("**/NAME.txt",))
def NAME(inputs: ProbeInputs) -> ProbeOutput:
    """Say in one sentence which fact this probe reads, and from where."""
    raise NotImplementedError("read `inputs` and answer the slice that schemas/NAME.json describes")
''',
    "schemas/NAME.json": """\
{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "NAME",
  "description": "Say in a full sentence what this slice tells.",
  "type": "object",
  "additionalProperties": false,
  "required": ["files", "unparsed"],
  "properties": {
    "files": {
      "description": "The files that the facts were read from, sorted.",
      "type": "array",
      "items": { "type": "string" }
    },
    "unparsed": {
      "description": "The files that could not be read or understood, and why.",
      "type": "array",
      "items": {
        "type": "object",
        "additionalProperties": false,
        "required": ["path", "reason"],
        "properties": {
          "path": { "description": "The file, relative to the repository.", "type": "string" },
          "reason": { "description": "What was wrong with it, in one short phrase.", "type": "string" }
        }
      }
    }
  }
}
""",
    "tests/probes/NAME/ordinary.yaml": """\
version: 0.1.0
repo:
  NAME.txt: |
    what such a file usually holds
expect:
  slice:
    files: [NAME.txt]
    unparsed: []
  confidence: high
""",
    "tests/probes/NAME/nothing.yaml": """\
version: 0.1.0
repo:
  README.md: Nothing here for this probe.
expect:
  slice:
    files: []
    unparsed: []
  confidence: high
""",
    "tests/probes/NAME/broken.yaml": """\
version: 0.1.0
repo:
  NAME.txt: {base64: AAECAwQ=}
expect:
  slice:
    files: []
    unparsed:
    - path: NAME.txt
      reason: say why
  confidence: low
""",
}


def write(name: str, root: Path = ROOT) -> list[str]:
    """Write the files of a probe of that name; gives their paths.  Raises CodegenieError for a bad or taken name."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise CodegenieError(f"{name!r} cannot name a probe; choose lower_case_words, as in: doit new name=ci")
    if keyword.iskeyword(name) or hasattr(builtins, name) or name in ENVELOPE:
        raise CodegenieError(f"{name!r} means something already, to Python or to the document; choose another name")
    paths = {path.replace("NAME", name): text.replace("NAME", name) for path, text in TEMPLATES.items()}
    if taken := [path for path in paths if (root / path).exists()]:
        raise CodegenieError(f"{name!r} is taken: {', '.join(taken)} exists already; choose another name")
    for path, text in paths.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return list(paths)


def main() -> int:
    """Write the files of the probe named on the command line; say what is next."""
    try:
        written = write(sys.argv[1] if len(sys.argv) > 1 else "")
    except CodegenieError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    print("\n".join(written))
    print("Fill them in until `doit test` is green, then run `doit docs`.  CONTRIBUTING.md walks through it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
