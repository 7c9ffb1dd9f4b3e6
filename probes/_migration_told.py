"""What a reader is told of each image before a move to a distroless one: what is not known first."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

Facts = dict[str, Any]

_ARTICLES = {"package_manager": "a package manager", "init": "an init", "program": "a program", "runtime": "a runtime"}
_IN_FULL = 8  # images
_OTHERS = "The other images"
_BY_NAME = (("Time zones", "time_zones"), ("Locales", "locales"))


def highlights(images: Sequence[Facts], count: int) -> Iterator[tuple[str, str]]:
    """For each image what is not known, then what a distroless one would lack, then what it must be given."""
    for image in images[:_IN_FULL]:
        own = re.compile(rf"`{re.escape(image['path'])}:([0-9]+)`")
        yield from ((f"{_name(image)}\t{label}", own.sub(r"line \1", text)) for label, text in _lines(image))
    for image in images[_IN_FULL:]:
        yield f"{_OTHERS}\t{_name(image)}", _in_a_line(image)
    if count > len(images):
        yield f"{_OTHERS}\tNot followed", f"{count - len(images):,} more"


def _name(image: Facts) -> str:
    return str(image["path"]) + (f" ({image['target']})" if image["target"] else "")


def _in_a_line(image: Facts) -> str:
    """How much there is to read of an image where there is no room to tell it."""
    counts = (
        ("not known", len(image["unknowns"])),
        ("need a shell", len(image["shells"])),
        ("would be missing", len({each["program"] for each in image["programs"] if each["not_had_by"]})),
        ("native", len(image["native"]["packages"])),
    )
    return ", ".join([_told_base(image["base"]), *(f"{count} {what}" for what, count in counts if count)])


def _lines(image: Facts) -> Iterator[tuple[str, str]]:
    """The lines of an image, without those that there is nothing to say for."""
    native, written = image["native"], [each for each in image["writable"] if not each["by"].startswith("COPY")]
    given = len(image["writable"]) - len(written)
    lines = (
        ("Not known", _first(map(_told_unknown, image["unknowns"])) or "nothing of what is looked at here"),
        ("Base", _told_base(image["base"])),
        ("Distroless beside it", _told_counterparts(image["counterparts"])),
        ("Installed in it", _told_packages(image["carries"])),
        ("Process 1", _told_process(image["process_1"])),
        ("Signals", _first(map(_told_signal, image["process_1"]["signals"]))),
        ("A shell", _first(map(_told_shell, image["shells"]))),
        ("Scripts", _first(map(_told_script, image["scripts"]))),
        ("Would be missing", _first(_told_programs(filter(_is_lacking, image["programs"]), _how_many_lack))),
        ("Called too", _first(_told_programs(filter(_is_open, image["programs"])))),
        ("Native packages", _first(f"`{each['name']}` {each['version'] or ''}".strip() for each in native["packages"])),
        ("Libraries they load", "; ".join(_told_libraries(native["libraries"], image["base"]["system"]))),
        ("C library", _told_libc(image)),
        ("Another C library", _first(map(_told_other_libc, image["other_libc"]))),
        ("User", _first(_told_users(image))),
        ("Root file system", _first(map(_told_setting, image["read_only_root"]))),
        ("Written to", _first(_told_written(written))),
        ("Given to a user", f"by {given} COPY --chown" if given else ""),
        ("CA certificates", _told_trust(image["authorities"])),
        ("TLS verification off", _told_trust(image["verification_off"])),
        *((label, _first(map(_told_name, image[key]))) for label, key in _BY_NAME),
    )
    yield from ((label, text) for label, text in lines if text)


def _told_packages(carries: Facts) -> str:
    """The packages by their managers: a base without one can not install them."""
    managers = dict.fromkeys(each["manager"] for each in carries["packages"])
    by = ((name, [each for each in carries["packages"] if each["manager"] == name]) for name in managers)
    return "; ".join(f"by {name} {_named(each['name'] or each['written'] for each in rows)}" for name, rows in by)


def _told_unknown(each: Facts) -> str:
    return f"{each['about']}: {each['reason']} ({_at(each)})"


def _is_open(program: Facts) -> bool:
    """Whether a counterpart may have it, and none is known to lack it."""
    return bool(program["not_known_of"]) and not program["not_had_by"]


def _is_lacking(program: Facts) -> bool:
    """Whether counterparts are known not to have it."""
    return bool(program["not_had_by"])


def _told_programs(programs: Iterable[Facts], how_many: Callable[[Facts], str] = lambda _: "") -> Iterator[str]:
    """Each program once, by the first place that calls it."""
    by_name: dict[str, list[Facts]] = {}
    for program in programs:
        by_name.setdefault(program["program"], []).append(program)
    for name, (first, *others) in by_name.items():
        more = f" and {len(others)} more" if others else ""
        yield f"`{name}`{how_many(first)} ({_by(first)}{_at(first)}{more})"


def _by(program: Facts) -> str:
    """What calls a program, but for the start of the image itself."""
    return "" if program["by"] in ("image", "start") else f"{program['by'].replace('_', ' ')}, "


def _told_libc(image: Facts) -> str:
    """Where what is built for one C library would meet another."""
    own = image["base"]["libc"]
    others = [each["libc"] for each in image["counterparts"]["listed"]]
    if not own or not others or own in others:
        return ""
    stages = {each["from"]["name"] for each in image["carries"]["copies"] if each["from"]["libc"] == own}
    built = f", and {_named(sorted(stages))} that it copies from" if stages else ""
    beside = " or ".join(sorted({libc or "none" for libc in others}))
    return f"{own} here{built}; {beside} in those beside it"


def _told_other_libc(each: Facts) -> str:
    return f"from `{each['from']}` ({each['libc']}) to `{each['destination']}` (line {each['line']})"


def _told_trust(facts: Sequence[Facts]) -> str:
    """What is in files of the build and the deployment one by one, and how much is in code."""
    outside = _first(_told_authority(each) for each in facts if each["way"] != "code")
    code = [each for each in facts if each["way"] == "code"]
    inside = f"{len(code)} in code, first {_at(code[0])}" if code else ""
    return ", ".join(part for part in (outside, inside) if part)


def _told_authority(each: Facts) -> str:
    name = f" `{each['name']}`" if each["name"] and each["name"] not in ("ADD", "COPY") else ""
    value = f" {each['value']}" if each["value"] else ""
    return f"{each['way']}{name}{value} ({_at(each)})"


def _told_name(each: Facts) -> str:
    value = f" {each['value']}" if each["value"] else ""
    return f"`{each['name']}`{value} (line {each['line']})"


def _told_base(base: Facts) -> str:
    name = (base["resolved"] or base["written"]).partition("@")[0]
    known = [base["system"], base["libc"], "distroless" if base["distroless"] else None]
    ends = [
        f"{kind} ends {base[key]}"
        for kind, key in (("runtime", "runtime_ends"), ("system", "system_ends"))
        if base[key]
    ]
    return ", ".join([f"`{name}`", *(part for part in known if part), *ends])


def _told_counterparts(counterparts: Facts) -> str:
    listed = _first(
        f"`{each['image']}" + (f":{each['tag']}`" if each["tag"] else "`") for each in counterparts["listed"]
    )
    others = sorted({each["version"] for each in counterparts["other_versions"]})
    if others and not any(each["matches"] == "same" for each in counterparts["listed"]):
        listed += ("; " if listed else "") + f"none for {counterparts['version']}, others for {', '.join(others)}"
    return listed


def _how_many_lack(program: Facts) -> str:
    asked = sum(len(program[key]) for key in ("had_by", "not_had_by", "not_known_of"))
    lacking = len(program["not_had_by"])
    return f" in all {asked}" if lacking == asked else f" in {lacking} of {asked}"


def _told_written(rows: Iterable[Facts]) -> Iterator[str]:
    """Each place once, with all that is done to it."""
    by_target: dict[str, dict[str, list[str]]] = {}
    for each in rows:
        by_target.setdefault(each["target"], {}).setdefault(_at(each), []).append(each["by"])
    for target, places in by_target.items():
        told = (f"{', '.join(dict.fromkeys(ways))}, {place}" for place, ways in places.items())
        yield f"`{target}` ({'; '.join(told)})"


def _told_libraries(libraries: Sequence[Facts], system: str | None) -> Iterator[str]:
    """Those that packages of the image bring, those that none brings, and those that counterparts lack."""
    if brought := [(each["library"], each["installed"]) for each in libraries if each["installed"]]:
        yield _first(f"`{name}` by `{package['name']}` (line {package['line']})" for name, package in brought)
    if others := [each["library"] for each in libraries if not each["installed"]]:
        known = system in ("debian", "ubuntu")  # whose names of packages the catalogue has
        yield f"{'no package here brings' if known else 'not known to be installed here:'} {_named(others)}"
    for lacking in dict.fromkeys(tuple(each["not_had_by"]) for each in libraries if each["not_had_by"]):
        rows = [each for each in libraries if tuple(each["not_had_by"]) == lacking]
        asked = sum(len(rows[0][key]) for key in ("had_by", "not_had_by", "not_known_of"))
        where = f"`{lacking[0]}`" if len(lacking) == 1 else f"{len(lacking)} of the {asked} beside it"
        yield f"{_named(each['library'] for each in rows)} not in {where}"


def _named(names: Iterable[str]) -> str:
    return _first(f"`{name}`" for name in names)


def _told_users(image: Facts) -> Iterator[str]:
    if user := image["user"]:
        how = "" if user["kind"] == "unresolved" else f", by {user['kind']}"
        yield f"`{user['value'] or user['written']}`{how} (line {user['line']})"
    yield from (_told_setting(each) for each in image["run_as"])


def _told_setting(each: Facts) -> str:
    return f"`{each['setting']}: {each['value']}` ({_at(each)})"


def _told_process(process: Facts) -> str:
    if process["name"] is None:
        return "none is named" if process["certain"] else "that of the base image"
    parts = [f"`{process['name']}`, {_ARTICLES.get(process['kind'], process['kind'])} ({_at(process)})"]
    if process["init"] and process["kind"] != "init":
        parts.append(f"init `{process['init']['name']}`")
    if process["stop_signal"]:
        parts.append(f"stopped by `{process['stop_signal']['value']}`")
    return ", ".join(parts)


def _told_signal(each: Facts) -> str:
    return f"{each['kind'].replace('_', ' ')} `{_plain(each['text'])}` ({_at(each)})"


def _plain(text: str) -> str:
    """A command as it may stand between backticks, cut."""
    return text[:80].replace("`", "'") + ("…" if len(text) > 80 else "")


def _told_shell(need: Facts) -> str:
    why = f" for {', '.join(each.replace('_', ' ') for each in need['reasons'])}" if need["reasons"] else ""
    phase = "" if need["phase"] == "start" else f"{need['phase'].replace('_', ' ')}, "
    return f"`{_plain(need['text'])}`{why} ({phase}{_at(need)})"


def _told_script(each: Facts) -> str:
    reasons = ", ".join(one["reason"].replace("_", " ") for one in each["reasons"])
    return f"`{each['path']}` for {reasons}" if reasons else f"`{each['path']}`"


def _at(each: Mapping[str, Any]) -> str:
    """Where it stands."""
    return f"`{each['path']}:{each['line']}`" if each["line"] else f"`{each['path']}`"


def _first(texts: Iterable[str]) -> str:
    known = list(dict.fromkeys(texts))
    more = len(known) - 5
    return ", ".join(known[:5]) + (f" and {more:,} more" if more > 0 else "")
