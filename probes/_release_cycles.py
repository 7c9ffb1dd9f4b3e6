"""The release cycles of what images are made of, and when they end, by the tags of the images."""

from collections.abc import Iterable, Mapping
from typing import Any

from codegenie.formats.patterns import lazily

Facts = dict[str, Any]

_VERSION = lazily(r"v?([0-9]+(?:\.[0-9]+)*)")
_MIRRORS = lazily(r"(?:public\.ecr\.aws/docker|mirror\.gcr\.io)/library/")
_ALPINE = lazily(r"(?:^|-)alpine([0-9]+\.[0-9]+)(?:\.[0-9]+)?(?:-|$)")
_WORD = lazily(r"[a-z]+")
_DISTROLESS = lazily(r"gcr\.io/distroless/.+-debian([0-9]+)")
_UBI = lazily(r"(?:registry\.access\.redhat\.com|registry\.redhat\.io)/ubi([0-9]+)(?:[/-].+)?")
_SYSTEMS = {"alpine": "alpine-linux", "debian": "debian", "ubuntu": "ubuntu", "rhel": "rhel"}


class Cycles:
    """The products of the catalogue `release_cycles`."""

    def __init__(self, catalogue: Mapping[str, Any]) -> None:
        self._products = {product["name"]: product for product in catalogue["products"]}
        self._images = {image: product for product in catalogue["products"] for image in product["images"]}

    def of(self, image: Mapping[str, Any], family: Mapping[str, Any] | None) -> tuple[Facts | None, Facts | None]:
        """The cycles of the runtime and of the system that an image's name and tag tell; None where they do not."""
        name = _MIRRORS.sub("docker.io/library/", f"{image['registry']}/{image['repository']}")
        tag = image["tag"] or ""
        product = self._images.get(name)
        version = _VERSION.match(tag)
        own = _cycle(product, [version[1]] if version else _WORD.findall(tag)) if product else None
        if product and product["kind"] == "system":
            return None, own
        return own, self._system(name, tag, family)

    def named(self, product: str, version: str) -> Facts | None:
        """The cycle of a version of a product by its name in the catalogue."""
        found = self._products.get(_SYSTEMS.get(product, product))
        return _cycle(found, [version]) if found else None

    def is_system(self, name: str) -> bool:
        """Whether an image, by registry and repository, is that of an operating system alone."""
        product = self._images.get(_MIRRORS.sub("docker.io/library/", name))
        return bool(product and product["kind"] == "system") or _UBI.fullmatch(name) is not None

    @staticmethod
    def version(tag: str | None) -> str | None:
        """The version that a tag begins with."""
        found = _VERSION.match(tag or "")
        return found[1] if found else None

    def _system(self, name: str, tag: str, family: Mapping[str, Any] | None) -> Facts | None:
        system = _SYSTEMS.get((family or {}).get("os") or "")
        if system is None:
            return None
        if system == "alpine-linux":
            words = _ALPINE.findall(tag)
        elif found := _DISTROLESS.fullmatch(name) if system == "debian" else _UBI.fullmatch(name):
            words = [found[1]]
        else:
            words = _WORD.findall(tag)
        return _cycle(self._products[system], words)


def _cycle(product: Mapping[str, Any], words: Iterable[str]) -> Facts | None:
    """The cycle that one of the words is a version or the code name of; the most special where there are several."""
    cycles = sorted(product["cycles"], key=lambda cycle: -cycle["cycle"].count("."))
    for word in words:
        for cycle in cycles:
            names = (cycle["codename"] or "").lower().split()[:1]
            if word == cycle["cycle"] or word.startswith(f"{cycle['cycle']}.") or word in names:
                return {
                    "product": product["title"],
                    "cycle": cycle["cycle"],
                    "end_of_life": cycle["eol"] if isinstance(cycle["eol"], str) else None,
                    "has_ended": cycle["eol"] if isinstance(cycle["eol"], bool) else None,
                    "source": product["source"],
                }
    return None
