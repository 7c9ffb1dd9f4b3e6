"""Which file belongs to which CI service, by its path, and what reads it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from codegenie.formats import github_workflow
from codegenie.formats.pipelines import Pipeline

from ._apart import kind_apart, kind_apart_unlocked
from ._paths import parent

Parser = Callable[[bytes], Pipeline | tuple[Pipeline, ...]]

_YAML = r"\.ya?ml"
_READ: dict[str, tuple[tuple[str, Parser], ...]] = {
    "github_actions": ((rf"\.github/workflows/[^/]+{_YAML}", github_workflow.parse),),
    "forgejo_actions": ((rf"\.forgejo/workflows/[^/]+{_YAML}", github_workflow.parse),),
    "gitea_actions": ((rf"\.gitea/workflows/[^/]+{_YAML}", github_workflow.parse),),
}
"""The files that a service looks for by itself, and their parsers."""

_NOT_READ = {
    "appveyor": r"\.?appveyor[^/]*\.ya?ml",
    "aws_codebuild": r"(?:[^/]+/)*buildspec[^/]*\.ya?ml",
    "azure_pipelines": (
        r"(?:[^/]+/)*\.?azure-pipelines?[^/]*\.ya?ml|\.?vsts-ci\.ya?ml|"
        r"\.(?:azure-?pipelines|azuredevops|ado|pipelines)/.*\.ya?ml"
    ),
    "bitbucket_pipelines": r"bitbucket-pipelines\.ya?ml",
    "bitrise": r"bitrise\.yml",
    "buildkite": r"\.buildkite/(?:.*/)?[^/]*\.(?:ya?ml|json)|buildkite\.(?:ya?ml|json)",
    "circleci": r"\.circleci/[^/]*\.yml|circle\.yml",
    "cirrus": r"\.cirrus\.(?:ya?ml|star)",
    "codefresh": r"codefresh\.ya?ml|\.codefresh/.*\.ya?ml",
    "codemagic": r"codemagic\.yaml",
    "drone": r"\.drone\.(?:ya?ml|star|jsonnet)",
    "gitlab_ci": r"\.gitlab-ci\.ya?ml",
    "google_cloud_build": r"(?:[^/]+/)*cloudbuild[^/]*\.(?:ya?ml|json)",
    "jenkins": r"(?:[^/]+/)*(?:Jenkinsfile[^/]*|[^/]*\.[Jj]enkinsfile)",
    "prow": r"\.prow(?:\.ya?ml|/.*\.ya?ml)|\.ci-operator\.ya?ml",
    "scrutinizer": r"\.scrutinizer\.yml",
    "semaphore": r"\.semaphore/.*\.ya?ml",
    "shippable": r"\.?shippable\.ya?ml",
    "sourcehut": r"\.build\.yml|\.builds/[^/]+\.yml",
    "taskcluster": r"\.taskcluster\.ya?ml|taskcluster/.*\.ya?ml",
    "teamcity": r"\.teamcity/.*\.(?:kts|xml)",
    "tekton": r"\.tekton/.*\.ya?ml",
    "travis": r"\.travis\.yml",
    "wercker": r"wercker\.yml",
    "woodpecker": r"\.woodpecker\.ya?ml|\.woodpecker/.*\.ya?ml",
    "xcode_cloud": r"ci_scripts/ci_(?:post|pre)_[^/]*\.sh",
}
_ACTION = re.compile(r"(?:.*/)?action\.ya?ml")
_PARSERS = tuple((re.compile(pattern), name, parser) for name, known in _READ.items() for pattern, parser in known)
_NAMED = tuple((re.compile(pattern), name) for name, pattern in _NOT_READ.items() if name not in _READ)
_ELSEWHERE = re.compile(r".+/(\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|\.circleci/config\.yml|\.travis\.yml)")

READ = tuple(sorted(_READ))
NOT_READ = tuple(sorted(name for name in _NOT_READ if name not in _READ))


@dataclass(slots=True)
class Files:
    """The files of CI services among some paths."""

    read: dict[str, list[tuple[str, Parser]]] = field(default_factory=dict)
    not_read: dict[str, list[str]] = field(default_factory=dict)
    actions: list[str] = field(default_factory=list)
    apart: dict[str, list[str]] = field(default_factory=dict)


def sort_files(paths: Iterable[str]) -> Files:
    """What the paths say: which services there are, and which file of a fixture or a template is none of them."""
    found = Files()
    for path in paths:
        if not _place(found, path) and (kind := _apart(path)):
            found.apart.setdefault(kind, []).append(path)
    return found


def _place(found: Files, path: str) -> bool:
    for pattern, name, parser in _PARSERS:
        if pattern.fullmatch(path):
            if kind := _kind(path):
                found.apart.setdefault(kind, []).append(path)
            else:
                found.read.setdefault(name, []).append((path, parser))
            return True
    if _ACTION.fullmatch(path):
        if kind := _kind(path):
            found.apart.setdefault(kind, []).append(path)
        else:
            found.actions.append(path)
        return True
    for pattern, name in _NAMED:
        if pattern.fullmatch(path) and not _kind(path):
            found.not_read.setdefault(name, []).append(path)
            return True
    return False


def _kind(path: str) -> str | None:
    directory = parent(path)
    if directory.startswith((".github/", ".gitlab/")):  # `.github/actions/test` is an action that tests
        return None
    return kind_apart(directory) or kind_apart_unlocked(directory)


def _apart(path: str) -> str | None:
    return (_kind(path) or "elsewhere") if _ELSEWHERE.fullmatch(path) else None
