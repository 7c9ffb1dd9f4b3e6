"""The ways to deploy that are told by the names of their files; of most the files are also read."""

from collections.abc import Iterable

from codegenie.formats.patterns import lazily

from ._apart import kind_apart
from ._paths import parent

_FILES = {
    "ansible": r"(?:.+/)?(?:ansible\.cfg|(?:playbooks?/[^/]+|(?:site|playbook)[^/]*|roles/[^/]+/tasks/main)\.ya?ml)",
    "app_engine": r"(?:.+/)?app\.ya?ml(?!.)",
    "aspire": r"(?:.+/)?[^/]+\.AppHost\.(?:cs|fs|vb)proj",
    "argo_cd_image_updater": r"(?:.+/)?\.argocd-source[^/]*\.yaml",
    "aws_cdk": r"(?:.+/)?cdk\.json",
    "aws_copilot": r"(?:.+/)?copilot/(?:[^/]+/manifest\.ya?ml|\.workspace)",
    "aws_elastic_beanstalk": r"(?:.+/)?(?:\.ebextensions/[^/]+\.config|\.elasticbeanstalk/config\.ya?ml)",
    "aws_amplify": r"(?:.+/)?amplify\.ya?ml",
    "aws_app_runner": r"(?:.+/)?apprunner\.ya?ml",
    "sam": r"(?:.+/)?samconfig\.(?:toml|ya?ml)",
    "azure_developer_cli": r"(?:.+/)?azure\.ya?ml",
    "azure_functions": r"(?:.+/)?host\.json",
    "azure_resource_manager": r"(?:.+/)?(?:[^/]+\.bicep|azuredeploy[^/]*\.json)",
    "caprover": r"(?:.+/)?captain-definition",
    "capistrano": r"(?:.+/)?Capfile",
    "cloudflare": r"(?:.+/)?wrangler\.(?:toml|jsonc?)",
    "devspace": r"(?:.+/)?devspace\.ya?ml",
    "digital_ocean": r"(?:.+/)?\.do/(?:app|deploy\.template)\.ya?ml",
    "dokku": r"(?:.+/)?(?:DOKKU_SCALE|DOKKU_CHECKS|\.dokku[^/]*|CHECKS)",
    "firebase": r"(?:.+/)?firebase\.json",
    "fly": r"(?:.+/)?fly(?:\.[^/]+)?\.toml",
    "garden": r"(?:.+/)?(?:project\.)?garden\.ya?ml",
    "helm": r"(?:.+/)?Chart\.yaml",
    "helmfile": r"(?:.+/)?helmfile(?:\.d/[^/]+)?\.ya?ml(?:\.gotmpl)?",
    "heroku": r"(?:.+/)?heroku\.yml",
    "jsonnet": r"(?:.+/)?(?:jsonnetfile\.json|[^/]+\.(?:jsonnet|libsonnet))",
    "kamal": r"(?:.+/)?(?:config/deploy(?:\.[^/]+)?\.yml|\.kamal/secrets)",
    "koyeb": r"(?:.+/)?koyeb\.ya?ml",
    "kustomize": r"(?:.+/)?(?:kustomization\.ya?ml|Kustomization)",
    "nomad": r"(?:.+/)?[^/]+\.nomad(?:\.hcl|\.tpl)?",
    "netlify": r"(?:.+/)?netlify\.toml",
    "nixpacks": r"(?:.+/)?nixpacks\.(?:toml|json)",
    "okteto": r"(?:.+/)?okteto(?:-[^/]+)?\.ya?ml",
    "packer": r"(?:.+/)?[^/]+\.pkr\.(?:hcl|json)",
    "platform_sh": r"(?:.+/)?(?:\.platform\.app\.yaml|\.upsun/[^/]+\.yaml)",
    "pm2": r"(?:.+/)?(?:ecosystem|pm2)\.config\.[cm]?js",
    "podman_quadlet": r"(?:.+/)?[^/]+\.(?:container|kube|pod)",
    "procfile": r"(?:.+/)?Procfile(?:\.[^/]+)?",
    "pulumi": r"(?:.+/)?Pulumi\.ya?ml",
    "railway": r"(?:.+/)?railway\.(?:json|toml)",
    "render": r"(?:.+/)?render\.ya?ml",
    "serverless": r"(?:.+/)?serverless\.(?:ya?ml|json|[jt]s)",
    "skaffold": r"(?:.+/)?skaffold(?:[.-][^/]+)?\.ya?ml",
    "systemd": r"(?:.+/)?[^/@]+@?\.service",
    "terragrunt": r"(?:.+/)?terragrunt\.hcl",
    "tilt": r"(?:.+/)?Tiltfile",
    "vagrant": r"(?:.+/)?Vagrantfile",
    "vercel": r"(?:.+/)?(?:vercel|now)\.json",
    "waypoint": r"(?:.+/)?waypoint\.hcl",
    "werf": r"(?:.+/)?werf(?:-[^/]+)?\.ya?ml",
}
_ANY = lazily("|".join(f"(?P<{name}>{files})" for name, files in _FILES.items()))
_ANYWHERE = "(?:.+/)?"
# All that `_ANY` matches and a little more, in a tenth of the time: few of many files come to the question which.
_LIKELY = lazily(f"{_ANYWHERE}(?:{'|'.join(files.removeprefix(_ANYWHERE) for files in _FILES.values())})")

# Others use these names too: what was read in the file decides.
TOLD_BY_CONTENT = frozenset({"app_engine"})


def named_platforms(paths: Iterable[str]) -> dict[str, set[str]]:
    """The files among the paths that are a platform's by their names, without fixtures and vendored code."""
    found: dict[str, set[str]] = {}
    for path in paths:
        known = _ANY.fullmatch(path) if _LIKELY.fullmatch(path) else None
        if known and known.lastgroup and known.lastgroup not in TOLD_BY_CONTENT and not is_apart(path):
            found.setdefault(known.lastgroup, set()).add(path)
    return found


_TESTS = lazily(r"tests?|specs?|e2e|mocks?|testing|_?(?:integration|smoke|unit)[-_]tests?")
_ENVIRONMENTS = lazily(
    r"(?:.*[-_])?(?:overlays?|env|envs|environments?|stages?|clusters?|compose|deploy|deployments?|docker"
    r"|k8s|kubernetes|kustomize|manifests|terraform|infra)"
)  # below one of these, `test` is where something runs
_PLACEHOLDERS = ("{{", "<%", "${", "__project")


def apart(path: str) -> str | None:
    """Why a file says nothing about how this repository is deployed; None where it may."""
    directory = parent(path)
    if kind := kind_apart(directory):
        return kind
    names = directory.split("/")
    for name in names:
        if _ENVIRONMENTS.fullmatch(name):
            break
        if _TESTS.fullmatch(name):
            return "fixture"
    return "template" if any(sign in directory for sign in _PLACEHOLDERS) else None


def is_apart(path: str) -> bool:
    """Whether the file is set apart, or is of an installed package."""
    return apart(path) is not None or "node_modules" in path.split("/")
