"""Which reader a file is for, by its name and, where that does not tell, by what is in it."""

import re
from collections.abc import Callable
from functools import partial

from codegenie.formats.patterns import lazily
from codegenie.formats.unparsable import Unparsable

from . import _apps as apps
from ._cloudformation import seems_serverless, seems_template, serverless, template
from ._compose import compose, compose_facts, is_compose
from ._container_facts import Facts
from ._helm import chart, requirements, values
from ._kubernetes import json_objects, seems_kubernetes, template_facts, yaml_objects
from ._kustomize import kustomization
from ._lined import yaml_nodes
from ._nomad import nomad
from ._platforms import apart
from ._skaffold import skaffold
from ._terraform import terraform

Finding = dict[str, list[Facts]]
Reader = Callable[[str, bytes], Finding]

DECLARED = (
    "**/*.{yaml,yml,json,tf,tofu,nomad,hcl,template}",
    "**/*.{yaml,yml}.{j2,jinja,jinja2,tmpl,tpl,gotmpl,erb}",
    "**/templates/**/*.tpl",
    "**/{Procfile,Procfile.*,Kustomization,fly.toml,fly.*.toml,railway.toml,netlify.toml}",
    "**/.env",
    "!**/node_modules/**",
    "!**/{package,package-lock,npm-shrinkwrap,tsconfig,composer,lerna,nx,project,turbo}.json",
    "!**/{pnpm-lock,pnpm-workspace}.yaml",
)

_COMPOSE = lazily(
    r"(?:.*[-_.])?(?:docker-)?compose(?:[-_.].+)?\.ya?ml|docker-(?:stack|swarm)(?:[-_.].+)?\.ya?ml|stack(?:[-_.].+)?\.ya?ml"
)
_COMPOSE_SURELY = lazily(r"(?:docker-)?compose(?:[-_.].+)?\.ya?ml")
_BY_NAME: tuple[tuple[re.Pattern[str], str, Reader], ...] = tuple(
    (lazily(pattern), platform, reader)
    for pattern, platform, reader in (
        (r"Chart\.yaml", "helm", chart),
        (r"requirements\.yaml", "helm", requirements),
        (r"kustomization\.ya?ml|Kustomization", "kustomize", kustomization),
        (r"skaffold(?:[.-].+)?\.ya?ml", "skaffold", skaffold),
        (r"serverless(?:[.-].+)?\.(?:ya?ml|json)", "serverless", serverless),
        (r".+\.(?:tf|tofu)(?:\.json)?", "terraform", terraform),
        (r".+\.nomad(?:\.hcl)?|.+\.hcl", "nomad", nomad),
        (r"Procfile(?:\..+)?", "procfile", apps.procfile),
        (r"heroku\.yml", "heroku", apps.heroku_yml),
        (r"app\.json", "heroku", apps.app_json),
        (r"fly(?:\..+)?\.toml", "fly", apps.fly),
        (r"render\.ya?ml", "render", apps.render),
        (r"railway\.(?:json|toml)", "railway", apps.railway),
        (r"(?:vercel|now)\.json", "vercel", apps.vercel),
        (r"netlify\.toml", "netlify", apps.netlify),
        (r"Dockerrun\.aws\.json", "elastic_beanstalk", apps.dockerrun),
    )
)
_NAMED = lazily("|".join(pattern.pattern for pattern, _, _ in _BY_NAME))
_VALUES = lazily(r"values(?:[-_.].+)?\.ya?ml|.+[-_.]values\.ya?ml")
_TEMPLATE_NAME = lazily(r".+\.(?:j2|jinja|jinja2|tmpl|tpl|gotmpl|erb)")
_TOP_KEYS = lazily(rb"^(?:services|applications|runtime|service|spec)[ \t]*+:", re.MULTILINE)
_NOT_NOMAD = lazily(r"(?:terragrunt|waypoint|.*\.pkr|\.terraform\.lock|.*\.lock)\.hcl")


def finding(path: str, content: bytes) -> Finding:
    """What a file says about deployment; of one that is set apart only which platform it is of.  Raises Unparsable."""
    found = _read(path, content)
    if kind := apart(path):
        return {"apart": [{"kind": kind, "path": path}]} if any(found.values()) else {}
    return found


def _read(path: str, content: bytes) -> Finding:
    name = path.rpartition("/")[2]
    if _TEMPLATE_NAME.fullmatch(name) or (_is_in_templates(path) and b"{{" in content):
        return _template(path, content)
    for pattern, platform, reader in _BY_NAME if _NAMED.fullmatch(name) else ():
        if pattern.fullmatch(name) and not _NOT_NOMAD.fullmatch(name):
            if name == "serverless.json" and b"provider" not in content:
                return {}
            return _of(platform, reader(path, content), path)
    if name.endswith(".json") or content.lstrip()[:1] == b"{":
        return _json(path, content)
    if name.endswith((".yaml", ".yml", ".template")):
        return _yaml(path, name, content)
    return {}


def _template(path: str, content: bytes) -> Finding:
    facts = template_facts(path, content)
    return {"templates": [facts]} if facts["images"] or seems_kubernetes(content) else {}


def _json(path: str, content: bytes) -> Finding:
    if seems_template(content):
        return _of("cloudformation", template(path, content), path)
    if b'"apiVersion"' in content and b'"kind"' in content:
        return _of("kubernetes", json_objects(path, content), path)
    return {}


def _yaml(path: str, name: str, content: bytes) -> Finding:
    if seems_kubernetes(content):
        found = _of("kubernetes", yaml_objects(path, content), path)
        if found:
            return found
    if _COMPOSE_SURELY.fullmatch(name):
        return _of("compose", compose(path, content), path)
    if _VALUES.fullmatch(name):
        return _quietly(partial(values, path), content)
    if seems_template(content):
        return _of("cloudformation", template(path, content), path)
    if not _TOP_KEYS.search(content):
        return {}
    try:
        return _by_content(path, name, content)
    except Unparsable:
        if _COMPOSE.fullmatch(name):
            raise
        return {}


def _by_content(path: str, name: str, content: bytes) -> Finding:
    nodes = yaml_nodes(content)
    node = nodes[0] if nodes else None
    if node is None:
        return {}
    if is_compose(node) and "jobs" not in node:
        return _of("compose", compose_facts(path, node), path)
    if seems_serverless(node):
        return _of("serverless", serverless(path, content), path)
    if (
        node["applications"].elements()
        and any(True for _ in node["applications"].elements())
        and name.startswith("manifest")
    ):
        return _of("cloud_foundry", apps.cloud_foundry(path, content), path)
    if re.fullmatch(r"app(?:[-_.].+)?\.ya?ml", name):
        if "/.do/" in f"/{path}":
            return _of("digital_ocean", apps.digital_ocean(path, content), path)
        return _of("app_engine", apps.app_engine(path, content), path)
    return {}


def _quietly(reader: Callable[[bytes], Finding], content: bytes) -> Finding:
    """Files of such a name are many tools': one that cannot be read is no loss that can be named."""
    try:
        return reader(content)
    except Unparsable:
        return {}


def _of(platform: str, found: Finding, path: str) -> Finding:
    kept = {section: entries for section, entries in found.items() if entries}
    if kept and set(kept) != {"problems"} and "platforms" not in kept:
        kept["platforms"] = [{"name": platform, "path": path}]
    return kept


def _is_in_templates(path: str) -> bool:
    return "templates" in path.split("/")[:-1]
