"""Makes release_cycles.json from a checkout of github.com/endoflife-date/endoflife.date (MIT).

python -m probes.catalogues.make_release_cycles <checkout> <commit>
"""

import sys
from pathlib import Path
from typing import Any

import yaml

from probes.catalogues._layout import written

RUNTIMES = (
    "nodejs", "python", "go", "ruby", "rust", "php", "dotnet", "eclipse-temurin", "amazon-corretto",
    "perl", "elixir", "erlang", "bun", "deno", "postgresql", "mysql", "mariadb", "redis", "valkey", "mongodb", "nginx",
    "apache-http-server", "traefik", "haproxy", "rabbitmq", "memcached", "elasticsearch", "kibana", "tomcat", "drupal",
    "wordpress", "keycloak",
    "grafana", "prometheus", "influxdb", "neo4j", "consul", "hashicorp-vault", "composer", "gradle", "maven", "caddy",
)  # fmt: skip
SYSTEMS = (
    "alpine-linux", "debian", "ubuntu", "fedora", "amazon-linux", "rocky-linux", "almalinux", "centos", "centos-stream",
    "oracle-linux", "opensuse", "rhel", "photon",
)  # fmt: skip

# Where the product's page names no image: those that its own documentation, or Docker Hub's official images, name.
IMAGES = {
    "rust": ["docker.io/library/rust"],
    "php": ["docker.io/library/php"],
    "perl": ["docker.io/library/perl"],
    "elixir": ["docker.io/library/elixir"],
    "erlang": ["docker.io/library/erlang"],
    "eclipse-temurin": ["docker.io/library/eclipse-temurin"],
    "dotnet": [f"mcr.microsoft.com/dotnet/{name}" for name in ("aspnet", "runtime", "runtime-deps", "sdk")],
    "valkey": ["docker.io/library/valkey"],
    "mongodb": ["docker.io/library/mongo"],
    "nginx": ["docker.io/library/nginx", "docker.io/nginxinc/nginx-unprivileged"],
    "apache-http-server": ["docker.io/library/httpd"],
    "haproxy": ["docker.io/library/haproxy"],
    "rabbitmq": ["docker.io/library/rabbitmq"],
    "elasticsearch": ["docker.elastic.co/elasticsearch/elasticsearch", "docker.io/library/elasticsearch"],
    "kibana": ["docker.elastic.co/kibana/kibana", "docker.io/library/kibana"],
    "tomcat": ["docker.io/library/tomcat"],
    "keycloak": ["quay.io/keycloak/keycloak"],
    "grafana": ["docker.io/grafana/grafana"],
    "influxdb": ["docker.io/library/influxdb"],
    "neo4j": ["docker.io/library/neo4j"],
    "consul": ["docker.io/hashicorp/consul"],
    "hashicorp-vault": ["docker.io/hashicorp/vault"],
    "gradle": ["docker.io/library/gradle"],
    "maven": ["docker.io/library/maven"],
    "alpine-linux": ["docker.io/library/alpine"],
    "debian": ["docker.io/library/debian"],
    "ubuntu": ["docker.io/library/ubuntu"],
    "fedora": ["docker.io/library/fedora", "quay.io/fedora/fedora", "registry.fedoraproject.org/fedora"],
    "rocky-linux": ["docker.io/library/rockylinux", "docker.io/rockylinux/rockylinux"],
    "almalinux": ["docker.io/library/almalinux"],
    "centos": ["docker.io/library/centos"],
    "centos-stream": ["quay.io/centos/centos"],
    "amazon-linux": ["public.ecr.aws/amazonlinux/amazonlinux"],
    "photon": ["docker.io/library/photon"],
    "opensuse": ["docker.io/opensuse/leap"],
}


def main(checkout: str, commit: str) -> None:
    """Write the catalogue beside this file."""
    products = [
        product(Path(checkout) / "products" / f"{name}.md", kind)
        for kind, names in (("runtime", RUNTIMES), ("system", SYSTEMS))
        for name in names
        if (Path(checkout) / "products" / f"{name}.md").exists()
    ]
    target = Path(__file__).parent / "release_cycles.json"
    origin = {"source": "https://github.com/endoflife-date/endoflife.date", "version": commit, "licence": "MIT"}
    target.write_text(written({"origin": origin, "products": products}), encoding="utf-8")


def product(page: Path, kind: str) -> dict[str, Any]:
    """The cycles of a product, and the images that its page names."""
    said = yaml.safe_load(page.read_text().split("\n---", 1)[0])
    purls = [each["purl"] for each in said.get("identifiers", ()) if "purl" in each]
    return {
        "name": page.stem,
        "title": said["title"],
        "kind": kind,
        "images": sorted({*IMAGES.get(page.stem, ()), *(image for purl in purls if (image := _image(purl)))}),
        "source": f"https://endoflife.date{said['permalink']}",
        "cycles": [
            {"cycle": str(one["releaseCycle"]), "codename": one.get("codename"), "eol": _date(one.get("eol"))}
            for one in said["releases"]
        ],
    }


def _image(purl: str) -> str | None:
    """`pkg:docker/library/node` is docker.io/library/node; of other registries the page names only some."""
    if not purl.startswith("pkg:docker/") or "bitnami" in purl or "circleci" in purl or "cimg" in purl:
        return None
    return f"docker.io/{purl.removeprefix('pkg:docker/').partition('@')[0].partition('?')[0]}"


def _date(value: Any) -> str | bool | None:
    """A day, or whether it has come; null where it is not said."""
    return value if isinstance(value, bool) or value is None else str(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
