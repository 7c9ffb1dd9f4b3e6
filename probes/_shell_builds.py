"""The needs of a shell while images are built: of each Dockerfile its RUN instructions, counted and listed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ._shell_replacements import Replacements
from ._shell_told import final_stages

Facts = dict[str, Any]

_LISTED = 40  # RUNs of a Dockerfile
_PROGRAMS = 30  # of a RUN
_MOST = 300  # Dockerfiles
_SYSTEM = frozenset({"apk", "apt", "apt-get", "aptitude", "dnf", "microdnf", "pacman", "tdnf", "yum", "zypper"})


def build_needs(files: Iterable[Facts], runs: Iterable[Mapping[str, Any]], replacements: Replacements) -> list[Facts]:
    """What each Dockerfile runs by a shell while it is built, by path."""
    known = {each["path"]: each["runs"] for each in runs}
    found = [_file(file, known.get(file["path"], []), replacements) for file in files]
    return sorted((each for each in found if each["by_shell"] or each["exec_form"]), key=lambda each: each["path"])


def listed(found: list[Facts]) -> list[Facts]:
    """As many as the slice has, those nearest to the root."""
    nearest = sorted(found, key=lambda each: (each["path"].count("/"), each["path"]))[:_MOST]
    return sorted(nearest, key=lambda each: each["path"])


def _file(file: Facts, runs: list[Facts], replacements: Replacements) -> Facts:
    final = _below(file)
    by_shell = [run for run in runs if run["by_shell"]]
    reasons = Counter(reason for run in by_shell for reason in _reasons(run))
    return {
        "path": file["path"],
        "by_shell": len(by_shell),
        "in_final": sum(run["stage"] in final for run in by_shell),
        "exec_form": len(runs) - len(by_shell),
        "reasons": [{"reason": reason, "count": count} for reason, count in sorted(reasons.items())],
        "runs": [_run(run, final, replacements) for run in by_shell[:_LISTED]],
        "onbuild": [
            {"keyword": one["keyword"], "line": one["line"], "stage": stage["index"]}
            for stage in final_stages(file)
            for one in stage["config"]["onbuild"]
            if one["keyword"] == "RUN"
        ][:_LISTED],
    }


def _below(file: Facts) -> set[int]:
    """The stages whose files are in an image: the final ones, and those that they are built on."""
    below: set[int] = set()
    for stage in final_stages(file):
        index: int | None = stage["index"]
        while index is not None and index not in below:
            below.add(index)
            index = file["stages"][index]["base"]["stage"]
    return below


def _run(run: Facts, final: set[int], replacements: Replacements) -> Facts:
    reasons = _reasons(run)
    entry = replacements.of_way("run_package_manager" if "package_manager" in reasons else "run", "build")
    return {
        "line": run["line"],
        "end_line": run["end_line"],
        "stage": run["stage"],
        "in_final": run["stage"] in final,
        "shell": run["shell"],
        "is_read": run["is_read"],
        "reasons": reasons,
        "programs": run["programs"][:_PROGRAMS],
        "class": entry["class"] if entry else "unknown",
        "replacement": entry["id"] if entry else None,
    }


def _reasons(run: Facts) -> list[str]:
    """What it needs a shell for; a package manager runs scripts of its packages by one."""
    managers = _SYSTEM.intersection(run["programs"])
    return sorted({*run["reasons"], *(["package_manager"] if managers else [])})
