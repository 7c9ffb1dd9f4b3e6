"""The probe `language_stack`."""

from collections.abc import Iterator
from typing import Any

from codegenie.probe import Confidence, ProbeInputs, ProbeOutput, register_probe

from ._census import Ambiguity, Census, census
from ._frameworks import frameworks_and_workspaces
from ._linguist import Linguist, linguist

_DOUBT = 0.01  # the share of bytes in no certain language above which the shares are not worth their four digits
_PROGRAMMING = 0.1  # the share below which programs only accompany what is no program: a site, a style
_EXAMPLES_OF_A_CHOICE = 3  # the same question is often asked of hundreds of files
_HIGHLIGHTED = 8  # languages, frameworks
_TOLD = 0.0005  # of the bytes: below it stands 0.0%
_EXAMPLES = 10  # extensions that are named where there may be thousands


@register_probe(
    version="1.4.1",
    declared_inputs=("**/*",),
    catalogues=("frameworks", "linguist"),
    timeout_seconds=120,
    section="identity",
)
def language_stack(inputs: ProbeInputs) -> ProbeOutput:
    """Say which languages the repository is written in, by GitHub's rules, and on which frameworks it builds."""
    rules = linguist(inputs.catalogue("linguist"))
    found = census(inputs, rules)
    frameworks, monorepo = frameworks_and_workspaces(inputs, found.own, inputs.catalogue("frameworks"))
    languages = _languages(found, rules)
    doubtful = _doubtful(found)
    return ProbeOutput(
        {
            "primary": _primary(languages),
            "languages": languages,
            "frameworks": frameworks,
            "monorepo": monorepo,
            "uncounted": _uncounted(found, rules),
            "excluded": {reason: found.excluded.of(reason) for reason in sorted(found.excluded.files)},
            "unknown": _unknown(found),
            "ambiguous": _ambiguous(found),
            "unparsed": inputs.unparsed,
        },
        confidence=_confidence(inputs, found, doubtful),
        warnings=(f"{doubtful:.1%} of the bytes are of no certain language",) if doubtful > _DOUBT else (),
        highlights=tuple(_highlights(languages, frameworks)),
    )


def _highlights(languages: dict[str, Any], frameworks: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    largest = sorted(languages, key=lambda name: (-languages[name]["bytes"], name))[:_HIGHLIGHTED]
    largest = [name for name in largest if languages[name]["share"] >= _TOLD] or largest
    shares = ", ".join(f"{name} {languages[name]['share']:.1%}" for name in largest)
    more = len(languages) - len(largest)
    yield "Languages", (shares or "none") + (f" and {more} more" if more else "")
    if names := list(dict.fromkeys(framework["name"] for framework in frameworks)):
        more = len(names) - _HIGHLIGHTED
        yield "Frameworks", ", ".join(names[:_HIGHLIGHTED]) + (f" and {more} more" if more > 0 else "")


def _languages(found: Census, rules: Linguist) -> dict[str, Any]:
    total = found.counted.bytes.total()
    return {
        name: found.counted.of(name)
        | {"share": round(found.counted.bytes[name] / total, 4) if total else 0, "type": rules.types[name]}
        for name in sorted(found.counted.files)
    }


def _primary(languages: dict[str, Any]) -> str | None:
    """What a person would say it is written in: a stylesheet may be longer than the program that it belongs to."""
    programming = {name: each for name, each in languages.items() if each["type"] == "programming"}
    share = sum(each["share"] for each in programming.values())
    chosen = programming if share >= _PROGRAMMING else languages
    return min(chosen, key=lambda name: (-chosen[name]["bytes"], name), default=None)


def _uncounted(found: Census, rules: Linguist) -> dict[str, Any]:
    return {name: found.uncounted.of(name) | {"type": rules.types[name]} for name in sorted(found.uncounted.files)}


def _unknown(found: Census) -> dict[str, Any]:
    sizes = found.unknown.bytes
    largest = sorted(sizes, key=lambda extension: (-sizes[extension], extension))[:_EXAMPLES]
    return {
        "files": found.unknown.files.total(),
        "bytes": sizes.total(),
        "extensions": [{"extension": extension} | found.unknown.of(extension) for extension in largest],
    }


def _ambiguous(found: Census) -> dict[str, Any]:
    choices: dict[tuple[tuple[str, ...], str, str], list[Ambiguity]] = {}
    for doubt in sorted(found.ambiguous, key=lambda doubt: (-doubt.size, doubt.path)):
        choices.setdefault((tuple(sorted(doubt.candidates)), doubt.counted_as, doubt.basis), []).append(doubt)
    told = [
        {
            "candidates": list(candidates),
            "counted_as": counted_as,
            "basis": basis,
            "files": len(doubts),
            "bytes": sum(doubt.size for doubt in doubts),
            "examples": [doubt.path for doubt in doubts[:_EXAMPLES_OF_A_CHOICE]],
        }
        for (candidates, counted_as, basis), doubts in choices.items()
    ]
    return {
        "files": len(found.ambiguous),
        "bytes": sum(doubt.size for doubt in found.ambiguous),
        "choices": sorted(told, key=lambda choice: (-choice["bytes"], choice["candidates"], choice["counted_as"])),
    }


def _doubtful(found: Census) -> float:
    """The share of the bytes that are of no known language, or of one of several."""
    doubtful = found.unknown.bytes.total() + sum(doubt.size for doubt in found.ambiguous if doubt.basis != "others")
    sorted_out = found.counted.bytes.total() + found.uncounted.bytes.total() + found.unknown.bytes.total()
    return doubtful / sorted_out if sorted_out else 0


def _confidence(inputs: ProbeInputs, found: Census, doubtful: float) -> Confidence:
    if not found.counted.files:
        return "low"
    return "medium" if inputs.unparsed or doubtful > _DOUBT else "high"
