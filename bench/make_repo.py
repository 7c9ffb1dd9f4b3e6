"""A seeded generator of a big, realistic repository: nested packages, several languages, manifests, lockfiles, docs.

`python bench/make_repo.py DIR --files 50000 --seed 1 --git`; the same seed gives the same bytes on every machine.
"""

import argparse
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from itertools import count, islice
from random import Random

File = tuple[str, bytes]

WORDS = """
    account address audit basket batch billing cache catalog channel client cluster config contract coupon cursor
    customer delivery device digest discount document event export feature gateway index inventory invoice job
    ledger locale login market media merchant message metric notice order parcel partner payment policy price
    product profile quota queue receipt refund region report request return review role route rule schedule search
    session shipment signal stock storage store subscription supplier support tariff tax team template tenant ticket
    token topic tracker transfer usage user vendor voucher wallet warehouse webhook worker zone
""".split()  # noqa: SIM905 - eighty quoted words would be harder to read
EXTERNAL = ("express", "lodash", "pino", "react", "zod", "vitest", "typescript", "eslint", "undici", "fastify")
WHEELS = ("fastapi", "httpx", "pydantic", "pytest", "sqlalchemy", "structlog", "uvicorn", "celery", "redis", "boto3")

# Each language: the extension, and the lines a body is drawn from; {0} and {1} are words, {2} is a number.
BODIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "python": (
        ".py",
        (
            "def {0}_{1}(value: int) -> int:",
            "    return value + {2}",
            "",
            "class {0}{1}{2}:",
            '    """The {0} of a {1}."""',
            "    limit = {2}",
            "from collections.abc import Mapping",
            "{0}_{1} = {{'{0}': {2}, '{1}': None}}",
        ),
    ),
    "typescript": (
        ".ts",
        (
            "export function {0}{2}({1}: number): number {{",
            "  return {1} * {2};",
            "}}",
            "export interface {0}{1} {{ {0}: string; {1}?: number }}",
            "import {{ {0} }} from './{1}';",
            "// the {0} keeps its {1} for {2} days",
            "const {0}{1} = await fetch(`/{0}/${{{1}}}?limit={2}`);",
        ),
    ),
    "go": (
        ".go",
        (
            "func {0}{2}({1} int) (int, error) {{",
            "\treturn {1} + {2}, nil",
            "}}",
            "type {0}{1} struct {{ {0} string; {1} int }}",
            "// {0} is safe to call while {1} is held.",
            'var {0}{1} = map[string]int{{"{0}": {2}}}',
        ),
    ),
    "java": (
        ".java",
        (
            "  public int {0}{2}(int {1}) {{ return {1} + {2}; }}",
            '  private final String {0} = "{1}-{2}";',
            "  // {0} before {1}",
            "  @Override",
            '  public String toString() {{ return "{0}:{1}"; }}',
            "",
        ),
    ),
    "rust": (
        ".rs",
        (
            "pub fn {0}_{2}({1}: u64) -> u64 {{ {1} + {2} }}",
            "#[derive(Debug, Clone)]",
            "pub struct {0}{1}{2} {{ pub {0}: String }}",
            "/// The {0} of one {1}.",
            "use crate::{0}::{1};",
        ),
    ),
}


def files(seed: int) -> Iterator[File]:
    """Paths and contents without end, the repository's own files first, then component after component."""
    yield from _root(Random(f"{seed}/root"))
    kinds = (_python, _typescript, _typescript, _go, _java, _rust, _docs, _infra)
    for number in count():
        random = Random(f"{seed}/{number}")
        kind = kinds[number] if number < len(kinds) else kinds[int(random.random() * len(kinds))]
        yield from kind(random, f"{_word(random)}-{_word(random)}-{number}")


def write(directory: str, made: Iterable[File]) -> int:
    """Write the files beneath a new or empty directory; gives how many.  Raises FileExistsError otherwise."""
    os.makedirs(directory, exist_ok=True)
    if os.listdir(directory):
        raise FileExistsError(f"{directory} is not empty")
    known: set[str] = set()
    written = 0
    for path, content in made:
        parent = os.path.dirname(path)
        if parent not in known:
            os.makedirs(os.path.join(directory, parent), exist_ok=True)
            known.add(parent)
        with open(os.path.join(directory, path), "xb") as file:
            file.write(content)
        written += 1
    return written


def commit(directory: str) -> None:
    """Make it a git repository with one commit, whose name too depends on the files alone."""
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Bench"), ("EMAIL", "bench@example.org"), ("DATE", "2026-01-01T00:00:00Z"))
    }
    alone = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    for arguments in (
        ("init", "--quiet", "--initial-branch=main", "--template="),
        ("add", "--all", "--force"),
        ("commit", "--quiet", "--message=The repository as generated"),
    ):
        subprocess.run(("git", "-c", "gc.auto=0", *arguments), cwd=directory, env=alone | identity, check=True)


def main() -> None:
    """Read the command line, write the repository, say what was written."""
    parser = argparse.ArgumentParser(description="Write a big, realistic repository; the same seed, the same bytes.")
    parser.add_argument("directory", help="a new or empty directory")
    parser.add_argument("--files", type=int, default=1000, help="how many files (default %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="which repository (default %(default)s)")
    parser.add_argument("--git", action="store_true", help="commit the files to a new git repository")
    options = parser.parse_args()
    written = write(options.directory, islice(files(options.seed), options.files))
    if options.git:
        commit(options.directory)
    print(f"{written} files in {options.directory}, seed {options.seed}")


def _root(random: Random) -> Iterator[File]:
    yield "README.md", _prose(random, "The platform", 12)
    yield ".gitignore", b"node_modules/\ndist/\n__pycache__/\n*.pyc\ntarget/\n.env\n"
    yield "LICENSE", _prose(random, "License", 3)
    yield "package.json", _package_json(random, "platform", '"packageManager": "pnpm@9.12.0",\n  "private": true,')
    yield "pnpm-workspace.yaml", b"packages:\n  - packages/*\n"
    yield "pnpm-lock.yaml", _pnpm_lock(random, 1200)
    yield "docker-compose.yml", b"services:\n  db:\n    image: postgres:16\n  cache:\n    image: redis:7\n"
    yield "Makefile", b".PHONY: test\ntest:\n\tpnpm -r test\n"
    yield ".editorconfig", b"root = true\n[*]\nend_of_line = lf\n"
    yield ".github/CODEOWNERS", b"* @platform\n/infra/ @operations\n"
    for workflow in ("ci", "release", "nightly"):
        yield f".github/workflows/{workflow}.yml", _workflow(random, workflow)


def _python(random: Random, name: str) -> Iterator[File]:
    top, package = f"services/{name}", name.replace("-", "_")
    wheels = ", ".join(f'"{wheel}>={_number(random, 9)}"' for wheel in random.choices(WHEELS, k=4))
    manifest = f'[project]\nname = "{name}"\nversion = "1.{_number(random, 40)}.0"\ndependencies = [{wheels}]\n'
    yield f"{top}/pyproject.toml", manifest.encode()
    yield f"{top}/requirements.txt", "".join(f"{wheel}=={_number(random, 9)}.0\n" for wheel in WHEELS).encode()
    yield f"{top}/Dockerfile", _dockerfile("python:3.12-slim", "pip install -r requirements.txt")
    yield f"{top}/README.md", _prose(random, name, 6)
    yield from _tree(random, f"{top}/src/{package}", "python", lambda folder: (f"{folder}/__init__.py", b""))
    yield from _flat(random, f"{top}/tests", "python", "test_{}")


def _typescript(random: Random, name: str) -> Iterator[File]:
    top = f"packages/{name}"
    yield f"{top}/package.json", _package_json(random, f"@platform/{name}", '"type": "module",')
    yield f"{top}/tsconfig.json", b'{\n  "extends": "../../tsconfig.base.json",\n  "include": ["src"]\n}\n'
    yield f"{top}/Dockerfile", _dockerfile("node:22-alpine", "pnpm install --frozen-lockfile")
    yield from _tree(random, f"{top}/src", "typescript", lambda folder: (f"{folder}/index.ts", b"export {};\n"))
    yield from _flat(random, f"{top}/test", "typescript", "{}.test")
    for number in range(3):
        # Bytes that are no text: a probe that decodes must survive them.
        yield f"{top}/assets/icon-{number}.png", b"\x89PNG\r\n\x1a\n" + random.randbytes(900)


def _go(random: Random, name: str) -> Iterator[File]:
    top = f"services/{name}"
    yield f"{top}/go.mod", f"module example.org/platform/{name}\n\ngo 1.23\n".encode()
    yield (
        f"{top}/go.sum",
        "".join(f"example.org/{word} v1.0.0 h1:{random.getrandbits(128):032x}=\n" for word in WORDS).encode(),
    )
    yield f"{top}/Dockerfile", _dockerfile("golang:1.23", "go build ./...")
    yield f"{top}/cmd/{name}/main.go", b"package main\n\nfunc main() {}\n"
    yield from _tree(random, f"{top}/internal", "go")


def _java(random: Random, name: str) -> Iterator[File]:
    top = f"services/{name}"
    yield f"{top}/pom.xml", f"<project><artifactId>{name}</artifactId><version>1.0</version></project>\n".encode()
    yield from _tree(random, f"{top}/src/main/java/org/example/{name.replace('-', '/')}", "java")
    yield f"{top}/src/main/resources/application.yml", b"server:\n  port: 8080\n"


def _rust(random: Random, name: str) -> Iterator[File]:
    top = f"crates/{name}"
    yield f"{top}/Cargo.toml", f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n'.encode()
    yield from _tree(random, f"{top}/src", "rust", lambda folder: (f"{folder}/mod.rs", b""))


def _docs(random: Random, name: str) -> Iterator[File]:
    for number in range(20 + _number(random, 60)):
        yield f"docs/{name}/{number:03}-{_word(random)}.md", _prose(random, name, 4 + _number(random, 20))


def _infra(random: Random, name: str) -> Iterator[File]:
    for word in random.choices(WORDS, k=12):
        yield f"infra/terraform/{name}/{word}-{_number(random, 10**6)}.tf", f'variable "{word}" {{}}\n'.encode()
    for stage in ("dev", "staging", "production"):
        kind = f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: {stage}\n"
        yield f"infra/k8s/{name}/{stage}.yaml", kind.encode()


def _tree(random: Random, top: str, language: str, index: Callable[[str], File] | None = None) -> Iterator[File]:
    """Folders in folders, most of them shallow, each with a handful of sources."""
    folders = [top]
    for folder in random.choices(WORDS, k=4 + _number(random, 24)):
        parent = folders[int(random.random() ** 2 * len(folders))]
        if f"{parent}/{folder}" not in folders:
            folders.append(f"{parent}/{folder}")
    for folder in folders:
        if index:
            yield index(folder)
        yield from _flat(random, folder, language, "{}")


def _flat(random: Random, folder: str, language: str, naming: str) -> Iterator[File]:
    extension, _ = BODIES[language]
    for number in range(2 + _number(random, 14)):
        yield f"{folder}/{naming.format(f'{_word(random)}_{number}')}{extension}", _source(random, language)


def _source(random: Random, language: str) -> bytes:
    """Mostly some dozens of lines; one file in about fifty is a long one."""
    length = 600 if random.random() < 0.02 else 8 + _number(random, 90)
    _, templates = BODIES[language]
    first, second = random.choices(WORDS, k=2)
    # One formatting per template and file, not per line: fifty thousand files are to take seconds.
    ready = [template.format(first, second, _number(random, 10**4)) for template in templates]
    return ("\n".join(random.choices(ready, k=length)) + "\n").encode()


def _prose(random: Random, title: str, paragraphs: int) -> bytes:
    body = (" ".join(random.choices(WORDS, k=40)).capitalize() + "." for _ in range(paragraphs))
    return "\n\n".join((f"# {title}", *body, "")).encode()


def _package_json(random: Random, name: str, extra: str) -> bytes:
    pairs = ",\n".join(
        f'    "{package}": "^{_number(random, 20)}.0.0"' for package in sorted(set(random.choices(EXTERNAL, k=6)))
    )
    scripts = '"scripts": {"build": "tsc", "test": "vitest run"}'
    return f'{{\n  "name": "{name}",\n  {extra}\n  {scripts},\n  "dependencies": {{\n{pairs}\n  }}\n}}\n'.encode()


def _pnpm_lock(random: Random, packages: int) -> bytes:
    entries = (
        f"  {random.choices(WORDS)[0]}-{number}@1.{_number(random, 30)}.0:\n"
        f"    resolution: {{integrity: sha512-{random.getrandbits(256):064x}}}\n"
        for number in range(packages)
    )
    return f"lockfileVersion: '9.0'\n\npackages:\n{''.join(entries)}".encode()


def _dockerfile(base: str, install: str) -> bytes:
    build = f"FROM {base} AS build\nWORKDIR /app\nCOPY . .\nRUN {install}\n\n"
    return f'{build}FROM {base}\nCOPY --from=build /app /app\nUSER 1000\nCMD ["/app/start"]\n'.encode()


def _workflow(random: Random, name: str) -> bytes:
    steps = "".join(f"      - run: make {word}\n" for word in random.choices(WORDS, k=5))
    return f"name: {name}\non: [push]\njobs:\n  {name}:\n    runs-on: ubuntu-24.04\n    steps:\n{steps}".encode()


def _word(random: Random) -> str:
    return WORDS[int(random.random() * len(WORDS))]


def _number(random: Random, below: int) -> int:
    return int(random.random() * below)


if __name__ == "__main__":
    main()
