"""Applications on platforms that run a repository from one file: Heroku, Fly, Render, App Engine, Vercel and others."""

import re
from collections.abc import Iterator
from typing import Any

from codegenie.formats.patterns import lazily
from codegenie.formats.plain import text_of

from ._container_facts import Facts, first_of, image_of, port_fact, shortened, variable, workload_facts
from ._ecs import task_container
from ._lined import Node, json_node, toml_node, yaml_node

_PROCESS = lazily(r"^([A-Za-z0-9_-]++):[ \t]*+([^\r\n]+)", re.MULTILINE)  # as Heroku's and Foreman's own pattern


def _app(platform: str, name: str | None, path: str, line: int | None, **known: Any) -> Facts:
    return {
        "platform": platform,
        "kind": None,
        "name": name,
        "runtime": None,
        "image": None,
        "dockerfile": None,
        "root": None,
        "commands": [],
        "ports": [],
        "env": [],
        "health_check": None,
        "schedule": None,
        "publishes": None,
        "path": path,
        "line": line,
    } | known


def _commands(node: Node, **fields: str) -> list[Facts]:
    """The commands that stand in these fields, by what they do."""
    return [
        {"name": name, "command": shortened(text), "line": node[field].line}
        for name, field in fields.items()
        if (text := _joined(node[field]))
    ]


def _joined(node: Node) -> str | None:
    if isinstance(node.value, list):
        return " && ".join(text for each in node.elements() if (text := each.text)) or None
    return node.text


def procfile(path: str, content: bytes) -> dict[str, list[Facts]]:
    """A Procfile: a command for each type of process."""
    text = text_of(content)
    commands = []
    at, line = 0, 1
    for found in _PROCESS.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        commands.append({"name": found[1], "command": shortened(found[2].strip()), "line": line})
    return {"apps": [_app("procfile", None, path, None, commands=first_of(commands))]}


def heroku_yml(path: str, content: bytes) -> dict[str, list[Facts]]:
    """heroku.yml: the images that Heroku builds, and what they run.  Raises Unparsable."""
    node = yaml_node(content)
    docker = dict(node["build"]["docker"].items())
    commands = []
    for name, run in [*node["run"].items(), *((f"release:{key}", each) for key, each in node["release"].items())]:
        if text := _joined(run) or _joined(run["command"]):
            commands.append({"name": name, "command": shortened(text), "line": run.line})
    dockerfiles = [text for each in docker.values() if (text := each.text or each["dockerfile"].text)]
    return {
        "apps": [
            _app("heroku", None, path, None, dockerfile=next(iter(dockerfiles), None), commands=first_of(commands))
        ]
    }


def app_json(path: str, content: bytes) -> dict[str, list[Facts]]:
    """app.json of Heroku or Dokku; that of Expo and React Native is none.  Raises Unparsable."""
    node = json_node(content)
    keys = ("buildpacks", "formation", "addons", "stack", "dokku", "healthchecks", "env", "environments", "scripts")
    if not node.is_mapping or not any(key in node for key in keys) or "expo" in node or "displayName" in node:
        return {}
    env = [
        variable(name, "literal" if each.text is not None or "value" in each else _demand(each), each.line)
        for name, each in node["env"].items()
    ]
    scripts = {name: name for name, each in node["scripts"].items() if each.text}
    dokku = {name.replace(".", "_"): name for name, _ in node["scripts"]["dokku"].items()}
    commands = [*_commands(node["scripts"], **scripts), *_commands(node["scripts"]["dokku"], **dokku)]
    stack = node["stack"].text
    return {
        "apps": [_app("heroku", node["name"].text, path, None, runtime=stack, commands=commands, env=first_of(env))]
    }


def _demand(node: Node) -> str:
    if node["generator"]:
        return "generated"
    return "optional" if node["required"].truth is False else "required"


def app_engine(path: str, content: bytes) -> dict[str, list[Facts]]:
    """app.yaml of Google App Engine.  Raises Unparsable."""
    node = yaml_node(content)
    if not node["runtime"].text or "kind" in node:
        return {}
    env = [variable(name, "literal", each.line) for name, each in node["env_variables"].items()]
    return {
        "apps": [
            _app(
                "app_engine",
                node.first("service", "module").text,
                path,
                None,
                kind=node["env"].text or ("flex" if node["vm"].truth else "standard"),
                runtime=node["runtime"].text,
                commands=_commands(node, start="entrypoint"),
                env=first_of(env),
                health_check=node["readiness_check"]["path"].text or node["liveness_check"]["path"].text,
            )
        ]
    }


def fly(path: str, content: bytes) -> dict[str, list[Facts]]:
    """fly.toml.  Raises Unparsable."""
    node = toml_node(content)
    build, http = node["build"], node["http_service"]
    services = [http, *node["services"].elements()]
    ports = [
        port_fact(port, each["internal_port"].line, protocol=each["protocol"].text or "tcp")
        for each in services
        if (port := each["internal_port"].text)
    ]
    checks = [check for each in services for field in ("checks", "http_checks") for check in each[field].elements()]
    commands = _commands(node["processes"], **{name: name for name, _ in node["processes"].items()})
    return {
        "apps": [
            _app(
                "fly",
                node["app"].text,
                path,
                None,
                image=image_of(build["image"]),
                dockerfile=build["dockerfile"].text,
                commands=[*_commands(node["deploy"], release="release_command"), *commands],
                ports=first_of(ports),
                env=first_of(variable(name, "literal", each.line) for name, each in node["env"].items()),
                health_check=next((check["path"].text for check in checks if check["path"].text), None),
            )
        ]
    }


def render(path: str, content: bytes) -> dict[str, list[Facts]]:
    """render.yaml: an application for each service.  Raises Unparsable."""
    node = yaml_node(content)
    services = [*node["services"].elements()]
    for project in node["projects"].elements():
        services += [each for one in project["environments"].elements() for each in one["services"].elements()]
    return {
        "apps": [
            _app(
                "render",
                each["name"].text,
                path,
                each.line,
                kind=each["type"].text,
                runtime=each.first("runtime", "env").text,
                image=image_of(each["image"]["url"]),
                dockerfile=each["dockerfilePath"].text,
                root=each["rootDir"].text,
                commands=_commands(
                    each, build="buildCommand", release="preDeployCommand", start="startCommand", docker="dockerCommand"
                ),
                env=first_of(_render_env(each["envVars"])),
                health_check=each["healthCheckPath"].text,
                schedule=each["schedule"].text,
                publishes=each["staticPublishPath"].text,
            )
            for each in services
            if each["type"].text
        ]
    }


def _render_env(variables: Node) -> Iterator[Facts]:
    hows = {
        "generateValue": "generated",
        "fromDatabase": "platform",
        "fromService": "platform",
        "sync": "passed_through",
    }
    for entry in variables.elements():
        if name := entry["key"].text:
            how = next(
                (how for field, how in hows.items() if field in entry), "literal" if "value" in entry else "unknown"
            )
            yield variable(name, how, entry.line)


def railway(path: str, content: bytes) -> dict[str, list[Facts]]:
    """railway.json or railway.toml.  Raises Unparsable."""
    node = toml_node(content) if path.endswith(".toml") else json_node(content)
    build, deploy = node["build"], node["deploy"]
    commands = [
        *_commands(build, build="buildCommand"),
        *_commands(deploy, release="preDeployCommand", start="startCommand"),
    ]
    return {
        "apps": [
            _app(
                "railway",
                None,
                path,
                None,
                runtime=build["builder"].text,
                dockerfile=build["dockerfilePath"].text,
                commands=commands,
                health_check=deploy["healthcheckPath"].text,
                schedule=deploy["cronSchedule"].text,
            )
        ]
    }


def vercel(path: str, content: bytes) -> dict[str, list[Facts]]:
    """vercel.json.  Raises Unparsable."""
    node = json_node(content)
    env = [variable(name, "literal", each.line) for name, each in [*node["env"].items(), *node["build"]["env"].items()]]
    crons = [text for each in node["crons"].elements() if (text := each["schedule"].text)]
    return {
        "apps": [
            _app(
                "vercel",
                node["name"].text,
                path,
                None,
                runtime=node["framework"].text,
                commands=_commands(node, install="installCommand", build="buildCommand", dev="devCommand"),
                env=first_of(env),
                schedule=next(iter(crons), None),
                publishes=node["outputDirectory"].text,
            )
        ]
    }


def netlify(path: str, content: bytes) -> dict[str, list[Facts]]:
    """netlify.toml.  Raises Unparsable."""
    node = toml_node(content)
    build = node["build"]
    env = [variable(name, "literal", each.line) for name, each in build["environment"].items()]
    return {
        "apps": [
            _app(
                "netlify",
                None,
                path,
                None,
                root=build["base"].text,
                commands=_commands(build, build="command"),
                env=first_of(env),
                publishes=build["publish"].text,
            )
        ]
    }


def digital_ocean(path: str, content: bytes) -> dict[str, list[Facts]]:
    """.do/app.yaml: an application for each component.  Raises Unparsable."""
    node = yaml_node(content)
    spec = node["spec"] or node
    return {
        "apps": [
            _app(
                "digital_ocean",
                each["name"].text,
                path,
                each.line,
                kind=kind,
                runtime=each["environment_slug"].text,
                dockerfile=each["dockerfile_path"].text,
                root=each["source_dir"].text,
                commands=_commands(each, build="build_command", start="run_command"),
                ports=[port_fact(port, each["http_port"].line)] if (port := each["http_port"].text) else [],
                env=first_of(
                    variable(name, "secret" if entry["type"].text == "SECRET" else "literal", entry.line)
                    for entry in each["envs"].elements()
                    if (name := entry["key"].text)
                ),
                health_check=each["health_check"]["http_path"].text,
            )
            for kind in ("services", "workers", "jobs", "static_sites", "functions")
            for each in spec[kind].elements()
        ]
    }


def cloud_foundry(path: str, content: bytes) -> dict[str, list[Facts]]:
    """manifest.yml of Cloud Foundry; nothing where it is of another tool.  Raises Unparsable."""
    node = yaml_node(content)
    return {
        "apps": [
            _app(
                "cloud_foundry",
                each["name"].text,
                path,
                each.line,
                runtime=each["buildpack"].text or next((one.text for one in each["buildpacks"].elements()), None),
                image=image_of(each["docker"]["image"]),
                commands=_commands(each, start="command"),
                env=first_of(variable(name, "literal", value.line) for name, value in each["env"].items()),
                health_check=each["health-check-http-endpoint"].text,
            )
            for each in node["applications"].elements()
            if each.is_mapping
        ]
    }


def dockerrun(path: str, content: bytes) -> dict[str, list[Facts]]:
    """Dockerrun.aws.json of Elastic Beanstalk, of one container or of several.  Raises Unparsable."""
    node = json_node(content)
    if node["containerDefinitions"]:
        found = [task_container(each) for each in node["containerDefinitions"].elements() if each.is_mapping]
        return {"workloads": [workload_facts("elastic_beanstalk", "task", None, path, 1, containers=first_of(found))]}
    ports = [port_fact(port, each.line) for each in node["Ports"].elements() if (port := each["ContainerPort"].text)]
    image = image_of(node["Image"]["Name"])
    return {"apps": [_app("elastic_beanstalk", None, path, None, image=image, ports=first_of(ports))]}
