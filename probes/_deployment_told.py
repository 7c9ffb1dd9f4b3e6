"""What the report says of a deployment: how it is deployed, what runs, from which images, and what is reachable."""

from collections import Counter
from collections.abc import Iterable, Iterator

from ._container_facts import Facts

_NAMED = 6
_TYPES = 4


def told(slice_: Facts, workloads: list[Facts]) -> Iterator[tuple[str, str]]:
    """The lines for what is there; one that says so where nothing is.  `workloads` are all, the slice's may be cut."""
    platforms = [f"{each['name'].replace('_', ' ')} ({_number(each['count'], 'file')})" for each in slice_["platforms"]]
    yield "Deployed by", ", ".join(platforms) or "nothing that is known here"
    whole = [each for each in workloads if each["part"] == "whole"]
    if whole:
        kinds = Counter(_kind(each) for each in whole)
        count = ", ".join(_number(kinds[kind], kind) for kind in sorted(kinds, key=lambda kind: (-kinds[kind], kind)))
        names = _first(each["name"] for each in whole)
        yield "Workloads", count + (f": {names}" if names else "")
    yield from _images(whole)
    if hosts := _first(host for route in slice_["routes"] for host in route["hosts"]):
        yield "Hosts", hosts
    if functions := slice_["functions"]:
        runtimes = _first(
            each["runtime"]["written"] for each in functions if each["runtime"] and each["runtime"]["resolved"]
        )
        yield "Functions", f"{len(functions):,}" + (f" in {runtimes}" if runtimes else "")
    for app in slice_["apps"][:_TYPES]:
        commands = ", ".join(f"{each['name']} `{each['command']}`" for each in app["commands"][:_TYPES])
        yield app["platform"].replace("_", " "), f"`{app['path']}`" + (f": {commands}" if commands else "")
    if charts := slice_["charts"]:
        yield "Charts", _first(each["name"] or each["path"] for each in charts)
    yield from _infrastructure(slice_["terraform"])


def _kind(workload: Facts) -> str:
    return f"{workload['platform']} service" if workload["kind"] == "service" else str(workload["kind"])


def _images(workloads: list[Facts]) -> Iterator[tuple[str, str]]:
    """What is taken from registries, and what is built: by Compose, or as one of Skaffold's artifacts."""
    containers = [container for workload in workloads for container in workload["containers"]]
    images = [
        container["image"]
        for container in containers
        if container["image"] and not container["build"] and "built_by" not in container["image"]
    ]
    of_skaffold = {image["repository"] for each in containers if (image := each["image"]) and "built_by" in image}
    built = sum(container["build"] is not None for container in containers) + len(of_skaffold)
    if names := _first(image["normalized"] for image in images if image["resolved_by"]):
        yield "Images run", names
    if built:
        yield "Built here", f"{_number(built, 'image')} of what runs"
    is_open = (image["written"] for image in images if image["resolved_by"] is None)
    if names := _first(written for written in is_open if "$" in written or "{" in written):
        yield "Images with open parts", names


def _infrastructure(modules: list[Facts]) -> Iterator[tuple[str, str]]:
    resources: Counter[str] = Counter()
    for module in modules:
        for each in module["resources"]:
            if each["mode"] == "managed":
                resources[each["type"]] += each["count"]
    if modules:
        most = sorted(resources, key=lambda kind: (-resources[kind], kind))[:_TYPES]
        names = ", ".join(f"{resources[kind]:,} `{kind}`" for kind in most)
        yield "Terraform", _number(len(modules), "directory") + (f", most of all {names}" if names else "")


def _first(names: Iterable[str | None]) -> str:
    known = sorted({name for name in names if name})
    more = len(known) - _NAMED
    return ", ".join(f"`{name}`" for name in known[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _number(count: int, thing: str) -> str:
    if count == 1:
        return f"1 {thing}"
    return f"{count:,} {thing[:-1]}ies" if thing.endswith("y") else f"{count:,} {thing}s"
