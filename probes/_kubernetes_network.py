"""What leads to the workloads of a cluster: services, ingresses and routes."""

from collections.abc import Iterator

from ._container_facts import Facts, first_of
from ._lined import Node

ROUTES = frozenset({"GRPCRoute", "Gateway", "HTTPRoute", "Ingress", "Route", "TCPRoute", "TLSRoute", "VirtualService"})


def service_facts(node: Node, base: Facts) -> Facts:
    """A Service: its type, selector and ports."""
    spec = node["spec"]
    return base | {
        "type": spec["type"].text or ("Headless" if spec["clusterIP"].text == "None" else "ClusterIP"),
        "selector": sorted(f"{name}={value.text}" for name, value in spec["selector"].items()),
        "ports": first_of(
            {
                "name": port["name"].text,
                "port": port["port"].text,
                "target_port": port["targetPort"].text,
                "node_port": port["nodePort"].text,
                "protocol": (port["protocol"].text or "TCP").lower(),
                "line": port.line,
            }
            for port in spec["ports"].elements()
        ),
    }


def route_facts(kind: str, node: Node, base: Facts) -> Facts:
    """An Ingress or a route: its hosts, and which path leads to which service."""
    spec = node["spec"]
    rules = list(_RULES.get(kind, _gateway_rules)(spec))
    hosts = {rule["host"] for rule in rules if rule["host"]} | set(_hosts(spec))
    return base | {
        "class": spec.first("ingressClassName", "gatewayClassName").text
        or node["metadata"]["annotations"]["kubernetes.io/ingress.class"].text,
        "hosts": sorted(hosts)[:300],
        "rules": first_of(rules),
        "tls": bool(spec["tls"]) or any(listener["tls"] for listener in spec["listeners"].elements()),
    }


def _hosts(spec: Node) -> Iterator[str]:
    for field in ("host", "hosts", "hostnames"):
        yield from (host.text for host in spec[field].elements_or_self() if host.text)
    for part, field in (("tls", "hosts"), ("listeners", "hostname"), ("servers", "hosts")):
        for entry in spec[part].elements():
            yield from (host.text for host in entry[field].elements_or_self() if host.text)


def _rule(host: str | None, path: str | None, service: str | None, port: str | None, line: int | None) -> Facts:
    return {"host": host, "path": path, "service": service, "port": port, "line": line}


def _ingress_rules(spec: Node) -> Iterator[Facts]:
    default = spec.first("defaultBackend", "backend")
    if default:
        yield _rule(None, None, *_backend(default), default.line)
    for rule in spec["rules"].elements():
        for path in rule["http"]["paths"].elements():
            yield _rule(rule["host"].text, path["path"].text, *_backend(path["backend"]), path.line)
        if not rule["http"]["paths"]:
            yield _rule(rule["host"].text, None, None, None, rule.line)


def _backend(backend: Node) -> tuple[str | None, str | None]:
    service = backend["service"]
    if service:
        return service["name"].text, service["port"].first("number", "name").text
    return backend["serviceName"].text, backend["servicePort"].text


def _gateway_rules(spec: Node) -> Iterator[Facts]:
    for rule in spec["rules"].elements():
        paths = [match["path"]["value"].text for match in rule["matches"].elements()] or [None]
        for backend in rule["backendRefs"].elements():
            for path in paths:
                yield _rule(None, path, backend["name"].text, backend["port"].text, backend.line)


def _virtual_service_rules(spec: Node) -> Iterator[Facts]:
    for kind in ("http", "tcp", "tls"):
        for rule in spec[kind].elements():
            uris = [next((text.text for _, text in match["uri"].items()), None) for match in rule["match"].elements()]
            for route in rule["route"].elements():
                target = route["destination"]
                for uri in uris or [None]:
                    yield _rule(None, uri, target["host"].text, target["port"]["number"].text, route.line)


def _openshift_rules(spec: Node) -> Iterator[Facts]:
    port = spec["port"]["targetPort"].text
    if spec["to"]:
        yield _rule(spec["host"].text, spec["path"].text, spec["to"]["name"].text, port, spec["to"].line)


_RULES = {"Ingress": _ingress_rules, "VirtualService": _virtual_service_rules, "Route": _openshift_rules}
