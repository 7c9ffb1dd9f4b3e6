"""Finds the declarations: every public module of `probes/` declares the one probe of its name."""

import importlib
import importlib.util
import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from codegenie import __file__ as _package_file
from codegenie.beneath import read_upto
from codegenie.hashing import digest, digest_of, digest_of_names, stream
from codegenie.probe import REGISTERED, Probe

_PACKAGE = os.path.dirname(os.path.abspath(_package_file))
PROBES_PACKAGE = "codegenie.probes"
_MOST_BYTES = 1 << 30
# What a probe's answer passes on its way.
_DECISIVE = (
    *("beneath", "errors", "globs", "looks", "memo", "paths", "places", "probe", "redaction", "schema", "shapes"),
    *("targets", "text", "tools", "worker"),
)
_CODE = ""
_DIGESTS: dict[str, str] = {}  # of files of ours, by their paths; that of all code by no path


@cache
def data_directory(name: str) -> str:
    """Where `probes` or `schemas` lies: inside the package in a wheel, beside it in a checkout."""
    inside = os.path.join(_PACKAGE, name)
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(_PACKAGE), name)


@cache
def all_probes() -> tuple[Probe, ...]:
    """Every probe, in name order.  Raises TypeError naming the file that breaks a rule of the contract."""
    found = tuple(probe_named(name) for name in _names())
    known = {probe.name for probe in found}
    for name, probe in REGISTERED.items():
        if name not in known and probe.run.__module__.startswith(f"{PROBES_PACKAGE}."):
            raise TypeError(
                f"probes/{probe.run.__module__.rpartition('.')[2]}.py declares {name!r} too; one file, one probe"
            )
    for probe in found:
        if unknown := set(probe.requires) - known:
            raise TypeError(f"probes/{probe.name}.py requires {sorted(unknown)}, which no probe provides")
        artifacts = {f"{name}.{artifact}" for name in probe.requires for artifact in probe_named(name).artifacts}
        if unknown := set(probe.artifacts_alone) - artifacts:
            raise TypeError(f"probes/{probe.name}.py requires {sorted(unknown)}, which no probe provides")
    settled: set[str] = set()
    while ready := {probe.name for probe in found if settled.issuperset(probe.requires)} - settled:
        settled |= ready
    if known - settled:
        raise TypeError(f"the probes {sorted(known - settled)} require one another in a circle")
    return found


@lru_cache(maxsize=32)
def for_task(task: str | None, languages: frozenset[str] | None = None) -> tuple[Probe, ...]:
    """The probes that apply to a task type, with all that they require, in name order.

    `task` None means every probe.  `languages` None means not known, which leaves no probe out.
    """
    return selected(all_probes(), task, languages)


def selected(probes: Iterable[Probe], task: str | None, languages: frozenset[str] | None = None) -> tuple[Probe, ...]:
    """Those of the probes that apply, as `for_task` has it."""

    def applies(probe: Probe) -> bool:
        to_task = task is None or "*" in probe.applies_to_tasks or task in probe.applies_to_tasks
        wanted = probe.applies_to_languages
        return to_task and (languages is None or "*" in wanted or not languages.isdisjoint(wanted))

    by_name = {probe.name: probe for probe in probes}
    wanted = [probe.name for probe in by_name.values() if applies(probe)]
    chosen: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in chosen:
            chosen.add(name)
            wanted.extend(by_name[name].requires)
    return tuple(probe for name, probe in by_name.items() if name in chosen)


def task_types(probes: Iterable[Probe]) -> tuple[str, ...]:
    """Every task type that some of the probes names, sorted."""
    return tuple(sorted({task for probe in probes for task in probe.applies_to_tasks} - {"*"}))


def probe_named(name: str) -> Probe:
    """One probe, importing no other; what a worker needs.  Raises TypeError if the file declares another name."""
    if name not in REGISTERED:
        _adopt()
        importlib.import_module(f"{PROBES_PACKAGE}.{name}")
    if name not in REGISTERED:
        raise TypeError(f"probes/{name}.py must declare a probe named {name!r}")
    return REGISTERED[name]


def code_fingerprint() -> str:
    """The digest of everything that decides what a probe answers besides its inputs: our sources, Python, PyYAML.

    A probe whose code changed without a new version would otherwise answer with stale facts.
    """
    if _CODE not in _DIGESTS:
        state = stream()
        state.update(repr((sys.version_info[:2], sys.implementation.name)).encode())
        for path in _sources():
            state.update(digest_of([os.path.basename(path)]).encode())
            state.update(own_file(path))
        _DIGESTS[_CODE] = state.hexdigest()
    return _DIGESTS[_CODE]


def own_digest(path: str) -> str:
    """The digest of a file of ours.  Raises OSError."""
    if path not in _DIGESTS:
        _DIGESTS[path] = digest(own_file(path))
    return _DIGESTS[path]


def own_digests() -> dict[str, str]:
    """The digests of all that decides: that of the code, and by their paths those of catalogues and schemas."""
    code_fingerprint()
    return {_CODE: _DIGESTS[_CODE]} | {path: own_digest(path) for path in _data()}


def know(digests: Mapping[str, str]) -> None:
    """Take for known what `own_digests` said."""
    _DIGESTS.update(digests)


def own_looks() -> tuple[str, int]:
    """What changes when any of the files changes that `own_digests` is of, and the newest time among them, in ns."""
    looks, newest = [sys.version], 0
    for path in [*_sources(), *_data()]:
        found = os.stat(path)
        newest = max(newest, found.st_mtime_ns, found.st_ctime_ns)
        looks.append(f"{path}\0{found.st_ino} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}")
    return digest_of_names(looks), newest


def _sources() -> list[str]:
    sources = [os.path.join(_PACKAGE, f"{name}.py") for name in _DECISIVE]
    for directory in (os.path.join(_PACKAGE, "formats"), data_directory("probes")):
        sources += [entry.path for entry in os.scandir(directory) if entry.name.endswith(".py")]
    return [*sorted(sources), *pyyaml()]


def pyyaml() -> list[str]:
    """The first file of PyYAML, which holds its version; to import it costs 20 ms."""
    yaml = importlib.util.find_spec("yaml")
    return [yaml.origin] if yaml and yaml.origin else []


def _data() -> list[str]:
    """The schemas and catalogues."""
    directories = (data_directory("schemas"), os.path.join(data_directory("probes"), "catalogues"))
    there = (directory for directory in directories if os.path.isdir(directory))
    return sorted(entry.path for place in there for entry in os.scandir(place) if entry.name.endswith(".json"))


def own_file(path: str) -> bytes:
    """The whole of a file of ours; there are hundreds, and `open` takes twice as long.  Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return read_upto(descriptor, _MOST_BYTES, expected=os.fstat(descriptor).st_size)
    finally:
        os.close(descriptor)


def catalogue_path(name: str) -> str:
    """Where a catalogue lies; it may not exist."""
    return os.path.join(data_directory("probes"), "catalogues", f"{name}.json")


def catalogue_fingerprint(name: str) -> str:
    """The digest of a catalogue.  Raises OSError where a probe declares one that is not there."""
    return own_digest(catalogue_path(name))


def _names() -> list[str]:
    names = (entry.name for entry in os.scandir(data_directory("probes")) if entry.is_file())
    return sorted(name[:-3] for name in names if name.endswith(".py") and not name.startswith("_"))


def _adopt() -> None:
    """In a checkout, make the top-level `probes/` the package `codegenie.probes`, as it is in a wheel.

    A plain `import probes` would find whatever directory of that name comes first on the path.
    """
    directory = data_directory("probes")
    if PROBES_PACKAGE in sys.modules:
        return
    location = os.path.join(directory, "__init__.py")
    spec = importlib.util.spec_from_file_location(PROBES_PACKAGE, location, submodule_search_locations=[directory])
    assert spec is not None and spec.loader is not None, location
    module = importlib.util.module_from_spec(spec)
    sys.modules[PROBES_PACKAGE] = module
    spec.loader.exec_module(module)
