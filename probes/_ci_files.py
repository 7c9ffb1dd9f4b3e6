"""Which file belongs to which CI service, by its path, and what reads it."""

from collections.abc import Callable, Iterable

from codegenie.formats import (
    appveyor,
    bitbucket_pipelines,
    buildkite,
    circleci,
    cirrus,
    drone,
    github_workflow,
    jenkinsfile,
    travis,
)
from codegenie.formats.patterns import lazily
from codegenie.formats.pipelines import Pipeline

from ._apart import kind_apart, kind_apart_unlocked
from ._paths import parent

Parser = Callable[[bytes], Pipeline | tuple[Pipeline, ...]]

_YAML = r"\.ya?ml"
_READ: dict[str, tuple[tuple[str, Parser], ...]] = {
    "appveyor": ((rf"\.?appveyor[^/]*{_YAML}", appveyor.parse),),
    "bitbucket_pipelines": ((rf"bitbucket-pipelines{_YAML}", bitbucket_pipelines.parse),),
    "buildkite": ((rf"\.buildkite/(?:.*/)?[^/]*pipeline[^/]*{_YAML}|buildkite{_YAML}", buildkite.parse),),
    "circleci": ((rf"\.circleci/[^/]*{_YAML}|circle\.yml", circleci.parse),),
    "cirrus": ((r"\.cirrus\.yml", cirrus.parse),),
    "drone": ((rf"\.drone{_YAML}", drone.parse),),
    "forgejo_actions": ((rf"\.forgejo/workflows/[^/]+{_YAML}", github_workflow.parse),),
    "gitea_actions": ((rf"\.gitea/workflows/[^/]+{_YAML}", github_workflow.parse),),
    "github_actions": ((rf"\.github/workflows/[^/]+{_YAML}", github_workflow.parse),),
    "jenkins": ((r"(?:[^/]+/)*(?:Jenkinsfile[^/]*|[^/]*\.[Jj]enkinsfile)", jenkinsfile.parse),),
    "travis": ((r"\.travis\.yml", travis.parse),),
    "woodpecker": ((rf"\.woodpecker{_YAML}|\.woodpecker/.*{_YAML}", drone.parse),),
}
"""The files that a service looks for by itself, and their parsers."""

_NOT_READ = {
    "aws_codebuild": r"(?:[^/]+/)*buildspec[^/]*\.ya?ml",
    "bitrise": r"bitrise\.yml",
    "buildkite (dynamic)": r"\.buildkite/(?:.*/)?[^/]*pipeline[^/]*\.(?:json|sh|py|rb|js|ts)",
    "cirrus (starlark)": r"\.cirrus\.star",
    "codefresh": r"codefresh\.ya?ml|\.codefresh/.*\.ya?ml",
    "codemagic": r"codemagic\.yaml",
    "drone (generated)": r"\.drone\.(?:star|jsonnet)",
    "google_cloud_build": r"(?:[^/]+/)*cloudbuild[^/]*\.(?:ya?ml|json)",
    "prow": r"\.prow(?:\.ya?ml|/.*\.ya?ml)|\.ci-operator\.ya?ml",
    "scrutinizer": r"\.scrutinizer\.yml",
    "semaphore": r"\.semaphore/.*\.ya?ml",
    "shippable": r"\.?shippable\.ya?ml",
    "sourcehut": r"\.build\.yml|\.builds/[^/]+\.yml",
    "taskcluster": r"\.taskcluster\.ya?ml|taskcluster/.*\.ya?ml",
    "teamcity": r"\.teamcity/.*\.(?:kts|xml)",
    "tekton": r"\.tekton/.*\.ya?ml",
    "wercker": r"wercker\.yml",
    "xcode_cloud": r"ci_scripts/ci_(?:post|pre)_[^/]*\.sh",
}
_FOLLOWED = {
    "azure_pipelines": lazily(
        r"(?:[^/]+/)*\.?azure-pipelines?[^/]*\.ya?ml|\.?vsts-ci\.ya?ml|"
        r"(?:\.azuredevops|\.ado|\.pipelines|\.vsts|(?:[^/]+/)*\.?azure-?pipelines?|eng/(?:[^/]+/)*pipelines)/.*\.ya?ml"
    ),
    "github_actions": lazily(r"(?:.*/)?action\.ya?ml"),
    "gitlab_ci": lazily(r"\.gitlab-ci\.ya?ml"),
}
"""Those of services whose files bring in others; of GitHub, the actions."""

_PARSERS = tuple((lazily(pattern), name, parser) for name, known in _READ.items() for pattern, parser in known)
_NAMED = tuple((lazily(pattern), name) for name, pattern in _NOT_READ.items() if name not in _READ)
_ELSEWHERE = lazily(r".+/(\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci/config\.yml|\.travis\.yml)")
_EACH = [*(each[0] for each in _PARSERS), *(each[0] for each in _NAMED), *_FOLLOWED.values(), _ELSEWHERE]
_ANY = lazily("|".join(each.pattern for each in _EACH))  # few of many files come to the question which

READ = tuple(sorted({*_READ, *_FOLLOWED}))
NOT_READ = tuple(sorted(name for name in _NOT_READ if name not in _READ))


class Files:
    """The files of CI services among some paths."""

    def __init__(self) -> None:
        self.read: dict[str, list[tuple[str, Parser]]] = {}
        self.not_read: dict[str, list[str]] = {}
        self.followed: dict[str, list[str]] = {}
        self.apart: dict[str, list[str]] = {}


def sort_files(paths: Iterable[str]) -> Files:
    """What the paths say: which services there are, and which file of a fixture or a template is none of them."""
    found = Files()
    for path in filter(_ANY.fullmatch, paths):
        if not _place(found, path) and (kind := _apart(path)):
            found.apart.setdefault(kind, []).append(path)
    return found


def _place(found: Files, path: str) -> bool:
    """Put the path where it belongs; False where it belongs to no service."""
    parser = next(((name, parse) for pattern, name, parse in _PARSERS if pattern.fullmatch(path)), None)
    followed = next((name for name, pattern in _FOLLOWED.items() if pattern.fullmatch(path)), None)
    named = next((name for pattern, name in _NAMED if pattern.fullmatch(path)), None)
    if not (parser or followed or named):
        return False
    if kind := _kind(path):
        found.apart.setdefault(kind, []).append(path)
    elif parser:
        found.read.setdefault(parser[0], []).append((path, parser[1]))
    elif followed:
        found.followed.setdefault(followed, []).append(path)
    elif named:
        found.not_read.setdefault(named, []).append(path)
    return True


def _kind(path: str) -> str | None:
    directory = parent(path)
    if directory.startswith((".github/", ".gitlab/")):  # `.github/actions/test` is an action that tests
        return None
    return kind_apart(directory) or kind_apart_unlocked(directory)


def _apart(path: str) -> str | None:
    return (_kind(path) or "elsewhere") if _ELSEWHERE.fullmatch(path) else None
