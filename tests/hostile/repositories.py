"""Hostile repositories: every way known to make a tool run a stranger's program, each as bait that git takes."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

HOOKS = (
    *("post-index-change", "fsmonitor-watchman", "pre-auto-gc", "reference-transaction", "post-checkout"),
    *("pre-commit", "post-commit", "post-rewrite", "sendemail-validate", "update", "pre-push", "query-watchman"),
)
IDENTITY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "init.defaultBranch=main")


@dataclass(frozen=True)
class Canary:
    """A program that leaves a trace when anything runs it."""

    program: Path
    hits: Path

    @property
    def seen(self) -> list[str]:
        """How it was called, each time."""
        return self.hits.read_text().splitlines() if self.hits.exists() else []

    def forget(self) -> None:
        """Begin anew."""
        self.hits.unlink(missing_ok=True)

    @property
    def python(self) -> str:
        """The same for a Python file that is imported or run."""
        return f"open({str(self.hits)!r}, 'a').write(__name__ + chr(10))\n"


def canary(directory: Path) -> Canary:
    """Make the program, outside every repository."""
    directory.mkdir(exist_ok=True)
    program, hits = directory / "attack", directory / "hits"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> "{hits}"\nexit 0\n')
    program.chmod(0o755)
    return Canary(program, hits)


@dataclass(frozen=True)
class Place:
    """A git directory to plant something in, and its work tree."""

    work: Path
    git: Path
    canary: Canary

    def config(self, text: str) -> None:
        """Add to the configuration."""
        with (self.git / "config").open("a") as config:
            config.write(text.format(program=self.canary.program, outside=self.canary.program.parent))

    def run(self, *arguments: str) -> bool:
        """Run plain git there, as a careless tool would; whether it ended well."""
        directory = [] if self.work == self.git.parent else [f"--git-dir={self.git}", f"--work-tree={self.work}"]
        command = ["git", *IDENTITY, *directory, *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.run(command, cwd=self.work, check=False, timeout=20, **pipes).returncode == 0  # type: ignore[call-overload,no-any-return]


Trap = Callable[[Place], None]


def populated(work: Path, canary: Canary, *, git: Path | None = None) -> Place:
    """A repository with two commits, files that differ from the index, one that is new, and attributes for drivers."""
    work.mkdir(parents=True, exist_ok=True)
    place = Place(work, git or work / ".git", canary)
    subprocess.run(
        ["git", *IDENTITY, "init", "-q", *([f"--separate-git-dir={git}"] if git else [])], cwd=work, check=True
    )
    (work / "src").mkdir(exist_ok=True)
    (work / "package.json").write_text('{"name": "shop", "scripts": {"test": "vitest"}}')
    (work / "src/index.js").write_text("export {}\n")
    (work / "src/a.txt").write_text("one\n")
    (work / ".gitattributes").write_text("* filter=f diff=f merge=f\nsrc/* filter=a=b diff=a=b\n")
    for message in ("one", "two"):
        (work / "src/b.txt").write_text(message)
        assert place.run("add", ".") and place.run("commit", "-qm", message)
    (work / "src/a.txt").write_text("changed\n")
    (work / "package.json").write_text('{"name": "shop", "scripts": {"test": "jest"}}')
    for name in (".gitattributes", "src/b.txt"):
        os.utime(work / name, (1, 1))  # for git to look into them again
    (work / "new.txt").write_text("new")
    return place


def _setting(text: str) -> Trap:
    def plant(place: Place) -> None:
        place.config(text)

    return plant


def _hooks_in_place(place: Place) -> None:
    for name in HOOKS:
        (place.git / "hooks").mkdir(exist_ok=True)
        shutil.copy(place.canary.program, place.git / "hooks" / name)


def _hooks_elsewhere(place: Place) -> None:
    hooks = place.canary.program.parent / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        shutil.copy(place.canary.program, hooks / name)
    place.config("[core]\n hooksPath = {outside}/hooks\n")


def _signed(place: Place) -> None:
    """A commit that claims a signature, which every log then has checked."""
    git = ["git", f"--git-dir={place.git}"]
    commit = subprocess.run([*git, "cat-file", "commit", "HEAD"], capture_output=True, check=True).stdout
    head, _, message = commit.partition(b"\n\n")
    signature = b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    signed = subprocess.run(
        [*git, "hash-object", "-t", "commit", "-w", "--stdin"],
        input=head + signature + b"\n\n" + message,
        capture_output=True,
        check=True,
    ).stdout.strip()
    (place.git / "refs/heads/main").write_bytes(signed + b"\n")
    place.config('[log]\n showSignature = true\n[gpg]\n program = {program}\n[gpg "ssh"]\n program = {program}\n')


def _promised(place: Place) -> None:
    """A partial clone that lacks an object, which the attacker's server is to give."""
    blob = subprocess.run(
        ["git", f"--git-dir={place.git}", "rev-parse", "HEAD:src/b.txt"], capture_output=True, check=True, text=True
    ).stdout.strip()
    (place.git / "objects" / blob[:2] / blob[2:]).unlink()
    place.config(
        '[remote "o"]\n promisor = true\n uploadpack = {program}\n url = {outside}\n'
        "[core]\n repositoryformatversion = 1\n[extensions]\n partialClone = o\n"
    )


def _included(place: Place, condition: str = "[include]") -> None:
    (place.git / "more").write_text(f"[core]\n fsmonitor = {place.canary.program}\n")
    place.config(f"{condition}\n path = more\n")


def _included_if(place: Place) -> None:
    _included(place, f'[includeIf "gitdir:{place.git.parent}/"]')


def _included_from_the_tree(place: Place) -> None:
    (place.work / "team.gitconfig").write_text(f"[core]\n fsmonitor = {place.canary.program}\n")
    place.config(f"[include]\n path = {place.work}/team.gitconfig\n")


def _worktree_settings(place: Place) -> None:
    (place.git / "config.worktree").write_text(f"[core]\n fsmonitor = {place.canary.program}\n")
    place.config("[core]\n repositoryformatversion = 1\n[extensions]\n worktreeConfig = true\n")


# Each with a command of git's that takes the bait; without one where git takes it only at a terminal or over a network.
TRAPS: dict[str, tuple[Trap, tuple[str, ...] | None]] = {
    "monitor": (_setting("[core]\n fsmonitor = {program}\n"), ("ls-files",)),
    "clean filter": (_setting('[filter "f"]\n clean = {program}\n'), ("status",)),
    "smudge filter": (_setting('[filter "f"]\n smudge = {program}\n'), ("archive", "HEAD")),
    "process filter": (_setting('[filter "f"]\n process = {program}\n'), ("status",)),
    "required filter": (_setting('[filter "f"]\n clean = {program}\n required = true\n'), ("status",)),
    "filter with an equals sign": (_setting('[filter "a=b"]\n clean = {program}\n'), ("status",)),
    "textconv": (_setting('[diff "f"]\n textconv = {program}\n'), ("log", "-p")),
    "external diff": (_setting("[diff]\n external = {program}\n"), ("diff",)),
    "diff command": (_setting('[diff "f"]\n command = {program}\n'), ("diff",)),
    "merge driver": (_setting('[merge "f"]\n driver = {program} %O\n'), None),
    "hooks": (_hooks_in_place, ("status",)),
    "hooks elsewhere": (_hooks_elsewhere, ("status",)),
    "signature": (_signed, ("log",)),
    "promisor": (_promised, ("log", "-p")),
    "pager": (_setting("[core]\n pager = {program}\n[pager]\n ls-files = {program}\n rev-parse = {program}\n"), None),
    "ssh": (_setting("[core]\n sshCommand = {program}\n[remote]\n pushDefault = o\n"), None),
    "proxy": (_setting("[core]\n gitProxy = {program}\n"), None),
    "editor": (_setting("[core]\n editor = {program}\n[sequence]\n editor = {program}\n"), None),
    "credentials": (_setting("[core]\n askPass = {program}\n[credential]\n helper = !{program}\n"), None),
    "alias": (_setting("[alias]\n ls-files = !{program}\n rev-parse = !{program}\n x = !{program}\n"), ("x",)),
    "remote helper": (_setting('[remote "o"]\n url = ext::{program}\n[protocol]\n allow = always\n'), ("fetch", "o")),
    "upload pack": (_setting('[remote "o"]\n url = {outside}\n uploadpack = {program}\n'), ("fetch", "o")),
    "submodule update": (_setting('[submodule "s"]\n url = x\n update = !{program}\n active = true\n'), None),
    "maintenance": (_setting("[gc]\n auto = 1\n[maintenance]\n auto = true\n"), None),
    "trailer": (_setting('[trailer "t"]\n command = {program}\n cmd = {program}\n'), None),
    "include": (_included, ("status",)),
    "conditional include": (_included_if, ("status",)),
    "include from the tree": (_included_from_the_tree, ("status",)),
    "settings of the work tree": (_worktree_settings, ("status",)),
}


def everything(place: Place) -> None:
    """All traps at once, and settings that are to keep us from seeing them."""
    for plant, _ in TRAPS.values():
        plant(place)
    place.config("[safe]\n directory = *\n bareRepository = all\n[core]\n untrackedCache = true\n worktree = /etc\n")


# Where a hostile git directory can lie.


def on_top(root: Path, canary: Canary, plant: Trap) -> None:
    """The repository itself."""
    plant(populated(root, canary))


def in_a_submodule(root: Path, canary: Canary, plant: Trap) -> None:
    """A submodule that is checked out, with its git directory among the modules of the parent, and one with its own."""
    top = populated(root, canary)
    (root / ".gitmodules").write_text("")
    for name, git in (("lib", root / ".git/modules/lib"), ("own", None)):
        (git or root / name).parent.mkdir(parents=True, exist_ok=True)
        inner = populated(root / name, canary, git=git)
        head = subprocess.run(
            ["git", f"--git-dir={inner.git}", "rev-parse", "HEAD"], capture_output=True, check=True, text=True
        ).stdout.strip()
        assert top.run("update-index", "--add", "--cacheinfo", f"160000,{head},{name}")
        with (root / ".gitmodules").open("a") as modules:
            modules.write(f'[submodule "{name}"]\n path = {name}\n url = ./{name}\n update = !{canary.program}\n')
        plant(inner)
    top.config('[submodule "lib"]\n url = x\n active = true\n[diff]\n submodule = diff\n ignoreSubmodules = none\n')


def nested(root: Path, canary: Canary, plant: Trap) -> None:
    """A repository in a directory of another."""
    populated(root, canary)
    plant(populated(root / "inner", canary))


def in_a_bare_repository(root: Path, canary: Canary, plant: Trap) -> None:
    """A bare repository among the files of another, where git works as soon as it is started there."""
    top = populated(root, canary)
    made = populated(root.with_name("made"), canary)
    plant(made)
    shutil.copytree(made.git, root / "fixtures/repo")
    assert top.run("add", "-f", "fixtures")


def as_a_bare_repository(root: Path, canary: Canary, plant: Trap) -> None:
    """The directory that is gathered is a bare repository itself."""
    made = populated(root.with_name("made"), canary)
    plant(made)
    shutil.copytree(made.git, root, dirs_exist_ok=True)
    (root / "package.json").write_text('{"name": "shop"}')


def through_a_git_file(root: Path, canary: Canary, plant: Trap) -> None:
    """A `.git` file that names a hostile directory."""
    plant(populated(root, canary, git=root.with_name("elsewhere.git")))


def through_a_link(root: Path, canary: Canary, plant: Trap) -> None:
    """A `.git` that is a link to a hostile directory."""
    plant(populated(root, canary))
    (root / ".git").rename(root.with_name("elsewhere.git"))
    (root / ".git").symlink_to(root.with_name("elsewhere.git"))


def in_a_linked_work_tree(root: Path, canary: Canary, plant: Trap) -> None:
    """A work tree that was added to a hostile repository."""
    made = populated(root.with_name("made"), canary)
    root.rmdir()
    assert made.run("worktree", "add", "-q", str(root))
    plant(made)


PLACES = (
    *(on_top, in_a_submodule, nested, in_a_bare_repository, as_a_bare_repository),
    *(through_a_git_file, through_a_link, in_a_linked_work_tree),
)


# Without git: what other tools would run or obey.

PYTHON = (
    *("dodo.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "setup.py", "noxfile.py", "tasks.py"),
    *("yaml.py", "doit.py", "json.py", "rich.py", "xxhash.py", "fastjsonschema.py", "tomllib.py", "encodings.py"),
    *("codegenie/__init__.py", "codegenie/worker.py", "codegenie/cli.py", "codegenie/__main__.py"),
    *("probes/__init__.py", "probes/build_system.py", "probes/evil.py", "doit/__init__.py", "yaml/__init__.py"),
)
YAML_TAG = "!!python/object/apply:os.system ['{program}']"


def python_of_all_kinds(root: Path, canary: Canary) -> None:
    """Modules that bear the names of ours and of what we import, and settings of Python's tools."""
    for name in PYTHON:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(canary.python)
    (root / "x.pth").write_text(f"import os; os.system('{canary.program}')\n")
    (root / "pyproject.toml").write_text(
        '[project]\nname = "x"\nversion = "1"\n[build-system]\nrequires = []\n'
        'build-backend = "setup"\nbackend-path = ["."]\n'
        '[tool.doit]\nreporter = "evil"\ndodoFile = "evil.py"\n[tool.doit.plugins.reporter]\nevil = "dodo:X"\n'
        '[tool.doit.plugins.command]\ngather = "dodo:X"\n[tool.doit.plugins.loader]\nevil = "dodo:X"\n'
    )
    (root / "doit.cfg").write_text(
        "[GLOBAL]\nbackend = evil\nloader = evil\n[LOADER]\nevil = dodo:X\n[REPORTER]\nevil = dodo:X\n"
    )
    (root / "schemas").mkdir(exist_ok=True)
    (root / "schemas/build_system.json").write_text('{"$ref": "file:///etc/passwd"}')


def yaml_tags(root: Path, canary: Canary) -> None:
    """Tags that make a careless loader call a function, in every YAML file that a probe may read."""
    tag = YAML_TAG.format(program=canary.program)
    for name in (
        *(".github/workflows/ci.yml", ".gitlab-ci.yml", "pnpm-workspace.yaml", "docker-compose.yml", "compose.yaml"),
        *("action.yml", ".pre-commit-config.yaml", "mkdocs.yml", "chart/Chart.yaml", "chart/values.yaml", "k8s/x.yaml"),
        *(
            "pubspec.yaml",
            "openapi.yaml",
            ".circleci/config.yml",
            "azure-pipelines.yml",
            "conda.yaml",
            "environment.yml",
        ),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"name: {tag}\non: {tag}\njobs: {tag}\nservices: {tag}\npackages: {tag}\n")


def tools_settings(root: Path, canary: Canary) -> None:
    """What the ecosystems' own tools would run: scripts, wrappers, plugins, shims."""
    program = str(canary.program)
    texts = {
        "package.json": f'{{"name": "x", "scripts": {{"preinstall": "{program}", "prepare": "{program}"}}}}',
        ".npmrc": f"node-options=--require {program}\nscript-shell={program}\ngit={program}\n",
        ".yarnrc.yml": f"yarnPath: {program}\nplugins: [{program}]\n",
        ".yarnrc": f'yarn-path "{program}"\n',
        "binding.gyp": f"{{'variables': {{'x': '<!({program})'}}}}",
        "tsconfig.json": '{"extends": "./evil.js", "compilerOptions": {"plugins": [{"name": "evil"}]}}',
        "Makefile": f"X := $(shell {program})\nall:\n\t{program}\n",
        "build.gradle": f'"{program}".execute()\n',
        "gradle/wrapper/gradle-wrapper.properties": f"distributionUrl=file://{program}\n",
        "pom.xml": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><project><version>&e;</version></project>',
        ".mvn/extensions.xml": "<extensions/>",
        "Cargo.toml": '[package]\nname = "x"\nversion = "1.0.0"\nbuild = "build.rs"\n',
        ".cargo/config.toml": f'[build]\nrustc-wrapper = "{program}"\n',
        "rust-toolchain.toml": f'[toolchain]\npath = "{program}"\n',
        "go.mod": "module x\n\ngo 1.22\n\ntoolchain go1.99\n",
        ".envrc": program,
        ".tool-versions": "python path:/tmp\n",
        "mise.toml": f"[hooks]\nenter = '{program}'\n",
        ".pre-commit-config.yaml": f"repos: [{{repo: local, hooks: [{{id: x, entry: {program}}}]}}]\n",
        "Dockerfile": f"FROM scratch\nRUN {program}\n",
        "Jenkinsfile": f"sh '{program}'\n",
        ".vscode/settings.json": f'{{"git.path": "{program}"}}',
        ".editorconfig": "root = true\n",
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for name in (
        "git",
        "python",
        "python3",
        "node",
        "npm",
        "sh",
        "env",
        "doit",
        "gradlew",
        "mvnw",
        "node_modules/.bin/git",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(canary.program, root / name)


CONTENTS = (python_of_all_kinds, yaml_tags, tools_settings)
