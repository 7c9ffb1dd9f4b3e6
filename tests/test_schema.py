"""The schemas say the same to us as to any reader, and are what a reader can rely on."""

import copy
import json
import marshal
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fastjsonschema
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codegenie import registry, schema
from codegenie.cache import Blobs
from codegenie.errors import CodegenieError

NAMES = tuple(probe.name for probe in registry.all_probes())
CATALOGUES = tuple(
    sorted(f"catalogues/{path.stem}" for path in Path(registry.data_directory("schemas")).glob("catalogues/*"))
)
FILES = (schema.DOCUMENT, *NAMES, *CATALOGUES)
Node = dict[str, Any]

# What fastjsonschema and jsonschema both honour.  Not `format`, which readers may or may not assert.
CHECKED = {
    *("$ref", "type", "enum", "const", "anyOf", "allOf", "oneOf", "not", "if", "then", "else", "dependencies"),
    *("properties", "patternProperties", "additionalProperties", "required", "propertyNames", "minProperties"),
    *("maxProperties", "items", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains", "minLength"),
    *("maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}
TOLD = {"$schema", "$id", "title", "description", "examples", "$comment", "definitions"}
NESTED = ("items", "additionalProperties", "additionalItems", "propertyNames", "contains", "not", "if", "then", "else")


def nodes(node: Node, where: str = "#") -> Iterator[tuple[str, Node]]:
    """Every schema within a schema, with its place."""
    yield where, node
    for keyword in ("properties", "patternProperties", "definitions"):
        for name, inner in node.get(keyword, {}).items():
            yield from nodes(inner, f"{where}/{keyword}/{name}")
    for keyword in NESTED:
        if isinstance(node.get(keyword), dict):
            yield from nodes(node[keyword], f"{where}/{keyword}")
    for keyword in ("anyOf", "allOf", "oneOf"):
        for number, inner in enumerate(node.get(keyword, [])):
            yield from nodes(inner, f"{where}/{keyword}/{number}")


def of(name: str) -> Node:
    found: Node = json.loads(schema.text(name))
    return found


# What a reader can rely on


@pytest.mark.parametrize("name", FILES)
def test_a_schema_is_draft_07(name: str) -> None:
    assert of(name)["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema.Draft7Validator.check_schema(of(name))


@pytest.mark.parametrize("name", FILES)
def test_a_schema_asks_only_for_what_is_checked(name: str) -> None:
    unknown = {where: set(node) - CHECKED - TOLD for where, node in nodes(of(name))}
    assert {where: words for where, words in unknown.items() if words} == {}


@pytest.mark.parametrize("name", FILES)
def test_beside_a_reference_stands_nothing_that_counts(name: str) -> None:
    """Draft-07 passes over whatever stands beside $ref."""
    beside = {where: set(node) - TOLD - {"$ref"} for where, node in nodes(of(name)) if "$ref" in node}
    assert {where: words for where, words in beside.items() if words} == {}


@pytest.mark.parametrize("name", FILES)
def test_every_reference_leads_to_a_definition_and_every_definition_is_used(name: str) -> None:
    whole = of(name)
    used = {node["$ref"] for _, node in nodes(whole) if "$ref" in node}
    assert used == {f"#/definitions/{one}" for one in whole.get("definitions", {})}


@pytest.mark.parametrize("name", FILES)
def test_every_object_is_closed(name: str) -> None:
    """An object has named fields and no others, or is a map whose values have a schema."""
    objects = [
        (where, node) for where, node in nodes(of(name)) if "object" in node.get("type", ()) or "properties" in node
    ]
    is_open = [
        where
        for where, node in objects
        if node.get("additionalProperties") is not False
        and ("properties" in node or not isinstance(node.get("additionalProperties"), dict))
    ]
    assert is_open == []


@pytest.mark.parametrize("name", FILES)
def test_every_node_has_a_type(name: str) -> None:
    words = ("type", "$ref", "enum", "const", "anyOf", "oneOf")
    without = [
        where
        for where, node in nodes(of(name))
        if not any(word in node for word in words) and not where.endswith("/propertyNames")
    ]
    assert without == []


@pytest.mark.parametrize("name", FILES)
def test_every_property_is_described_in_a_sentence(name: str) -> None:
    """A reference is described by its definition."""
    described = {"#": of(name)} | {
        f"#/definitions/{one}": inner for one, inner in of(name).get("definitions", {}).items()
    }
    for where, node in nodes(of(name)):
        fields = node.get("properties", {})
        described |= {f"{where}/{field}": inner for field, inner in fields.items() if "$ref" not in inner}
    assert [where for where, inner in described.items() if not inner.get("description", "").endswith(".")] == []


@pytest.mark.parametrize("name", FILES)
def test_what_is_required_exists(name: str) -> None:
    for where, node in nodes(of(name)):
        assert set(node.get("required", ())) <= set(node.get("properties", {})), where


def test_every_ecosystem_of_a_manifest_can_be_without_a_lockfile() -> None:
    known = of("manifests")["definitions"]["manifest"]["properties"]["ecosystem"]["enum"]
    projects = of("dependencies")["properties"]["without_lockfile"]["properties"]["projects"]

    assert projects["items"]["properties"]["ecosystem"]["enum"] == known


@pytest.mark.parametrize("name", NAMES)
def test_a_slice_is_an_object(name: str) -> None:
    assert of(name)["type"] == "object"


def test_the_published_schema_is_draft_07_and_whole() -> None:
    whole = schema.published()
    jsonschema.Draft7Validator.check_schema(whole)
    assert whole["$id"] == schema.DOCUMENT_ID
    assert whole["properties"]["schema_version"]["const"] == schema.SCHEMA_VERSION
    assert set(NAMES) | {"probe"} == set(whole["definitions"])
    references = [node["$ref"] for _, node in nodes(whole) if "$ref" in node]
    references += [node["$ref"] for name in NAMES for _, node in nodes(whole["definitions"][name]) if "$ref" in node]
    for reference in references:
        found = whole
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_of_some_slices_only_those_are_published() -> None:
    assert set(schema.published(NAMES[:1])["definitions"]) == {"probe", *NAMES[:1]}
    assert schema.published(())["definitions"].keys() == {"probe"}


def test_there_is_no_schema_of_what_is_no_slice() -> None:
    with pytest.raises(CodegenieError, match=f"there is no slice 'nothing'; there are: {', '.join(NAMES)}"):
        schema.text("nothing")


def test_a_fingerprint_is_of_what_decides() -> None:
    assert len({schema.fingerprint(name) for name in FILES}) == len(FILES)
    assert schema.document_fingerprint(NAMES) != schema.document_fingerprint(NAMES[1:])


# Two readers


def instance(node: Node, root: Node, chance: random.Random, depth: int = 0) -> Any:
    """Some value that fits a schema."""
    if "$ref" in node:
        target = root
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return instance(target, root, chance, depth + 1)
    if "const" in node:
        return node["const"]
    if "enum" in node:
        return chance.choice(node["enum"])
    for word in ("anyOf", "oneOf"):
        if word in node:
            return instance(chance.choice(node[word]), root, chance, depth + 1)
    kind = node["type"]
    match chance.choice(kind) if isinstance(kind, list) else kind:
        case "object":
            fields = {
                name: instance(inner, root, chance, depth + 1)
                for name, inner in node.get("properties", {}).items()
                if name in node.get("required", ()) or chance.random() < 0.5
            }
            if isinstance(node.get("additionalProperties"), dict) and depth < 12:
                names = [instance({"type": "string"} | node.get("propertyNames", {}), root, chance) for _ in range(2)]
                fields |= {name: instance(node["additionalProperties"], root, chance, depth + 1) for name in names}
            return fields
        case "array":
            most = 0 if depth > 12 else chance.randint(node.get("minItems", 0), 2)
            return [instance(node["items"], root, chance, depth + 1) for _ in range(most)]
        case "string":
            return "".join(chance.choice("ab./é") for _ in range(chance.randint(1, 4)))
        case "integer":
            return chance.randint(node.get("minimum", -3), node.get("maximum", 9))
        case "number":
            return chance.choice([0.5, 1, 0])
        case "boolean":
            return chance.random() < 0.5
        case _:
            return None


RUBBISH: list[Any] = [None, True, False, 0, 1, -1, 1.0, 0.5, 1e300, "", "x", "high", [], [[]], ["x"], {}, {"x": 1}]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container within a value with each of its keys."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def mutated(value: Any, chance: random.Random) -> Any:
    value = copy.deepcopy(value)
    for _ in range(chance.randint(0, 2)):
        spots = list(places(value))
        if not spots:
            return chance.choice(RUBBISH)
        container, key = chance.choice(spots)
        match chance.randint(0, 4):
            case 0:
                del container[key]
            case 1 if isinstance(container, dict):
                container["extra"] = chance.choice(RUBBISH)
            case 2 if isinstance(container, list):
                container.append(copy.deepcopy(container[key]))
            case 3:
                container[key] = copy.deepcopy(chance.choice(spots)[0])
            case _:
                container[key] = chance.choice(RUBBISH)
    return value


@pytest.mark.parametrize("name", NAMES)
def test_a_slice_is_valid_to_us_as_it_is_to_others(name: str) -> None:
    ours, theirs = schema.slice_validator(name, None), jsonschema.Draft7Validator(of(name))
    chance = random.Random(name)
    verdicts = [0, 0]
    for _ in range(300):
        value = mutated(instance(of(name), of(name), chance), chance)
        valid = theirs.is_valid(value)
        verdicts[valid] += 1
        assert (ours(value) == []) == valid, json.dumps(value)
    assert min(verdicts) > 30, "neither verdict is to be rare"


def test_a_document_is_valid_to_us_as_it_is_to_others() -> None:
    """By the parts, as we check it, and by the whole schema that is published."""
    whole = schema.published()
    ours, theirs = schema.document_validator(NAMES, None), jsonschema.Draft7Validator(whole)
    by_the_whole = fastjsonschema.compile(copy.deepcopy(whole), use_default=False)  # it rewrites references
    chance = random.Random(1)
    verdicts = [0, 0]
    for _ in range(60):
        value = mutated(instance(whole, whole, chance), chance)
        valid = theirs.is_valid(value)
        verdicts[valid] += 1
        assert (ours(value) == []) == valid, json.dumps(value)
        try:
            by_the_whole(value)
        except fastjsonschema.JsonSchemaException:
            assert not valid
        else:
            assert valid
    assert min(verdicts) > 8, "neither verdict is to be rare"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CHECK_DOCUMENT = schema.document_validator(NAMES, None)
CHECK_SLICE = {name: schema.slice_validator(name, None) for name in NAMES}


@settings(deadline=None)
@given(JSON)
def test_any_value_at_all_is_told_to_be_wrong(value: Any) -> None:
    """A validator lists problems; it never raises."""
    for check in (CHECK_DOCUMENT, *CHECK_SLICE.values()):
        problems = check(value)
        assert problems and all(isinstance(problem, str) and problem for problem in problems)


def test_all_problems_are_told_with_their_place() -> None:
    document = {
        "schema_version": 2,
        "generator": {"name": 1, "version": "0"},
        "task": None,
        "snapshot": {},
        "probes": {},
        "extra": 1,
    }
    problems = schema.document_validator((), None)(document)
    for start in (
        "schema_version must be",
        "generator.name must be string",
        "snapshot must contain",
        "must not contain",
    ):
        assert [problem for problem in problems if start in problem], (start, problems)


def test_a_problem_of_a_slice_names_the_slice() -> None:
    name = NAMES[0]
    chance = random.Random(0)
    document = instance(schema.published(()), schema.published(()), chance) | {name: {"no such field": 1}}
    assert [problem.partition(":")[0] for problem in schema.document_validator((name,), None)(document)][:1] == [name]


# Kept on disk


@pytest.fixture
def kept(tmp_path: Path) -> Blobs:
    return Blobs(str(tmp_path / "validators"), b"secret")


def blobs_of(kept: Blobs) -> list[Path]:
    return sorted(Path(kept.directory).rglob("*.json"))


def no_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    def compile_to_code(*_: object, **__: object) -> str:
        raise AssertionError("compiled again")

    monkeypatch.setattr(fastjsonschema, "compile_to_code", compile_to_code)


MAKERS: list[tuple[Callable[[Blobs], schema.Validator], Node]] = [
    (lambda kept: schema.slice_validator(NAMES[0], kept), of(NAMES[0])),
    (lambda kept: schema.document_validator((), kept), schema.published(())),
]


@pytest.mark.parametrize(("make", "whole"), MAKERS)
def test_a_validator_is_compiled_once_and_kept(
    kept: Blobs, monkeypatch: pytest.MonkeyPatch, make: Callable[[Blobs], schema.Validator], whole: Node
) -> None:
    right = instance(whole, whole, random.Random(0))
    assert make(kept)({"x": 1})
    assert len(blobs_of(kept)) == 1
    no_compiler(monkeypatch)
    assert make(kept)(right) == []
    with pytest.raises(AssertionError, match="compiled again"):
        make(Blobs(kept.directory, b"another secret"))


def test_a_validator_that_is_kept_tells_all_that_is_wrong(kept: Blobs) -> None:
    first = schema.slice_validator(NAMES[0], kept)({"x": 1})
    assert len(first) > 1

    assert schema.slice_validator(NAMES[0], kept)({"x": 1}) == first


def test_a_damaged_validator_is_compiled_anew(kept: Blobs) -> None:
    expected = schema.slice_validator(NAMES[0], kept)({"x": 1})
    (blob,) = blobs_of(kept)
    whole = blob.read_bytes()
    for damaged in (b"", whole[:-1], whole[:100], bytes(len(whole)), whole[:-9] + b"x" + whole[-8:]):
        blob.write_bytes(damaged)
        assert schema.slice_validator(NAMES[0], kept)({"x": 1}) == expected
        assert kept.get(blob.stem)


def test_a_strangers_code_is_not_executed(kept: Blobs, tmp_path: Path) -> None:
    schema.slice_validator(NAMES[0], kept)
    (blob,) = blobs_of(kept)
    canary = tmp_path / "canary"
    code = compile(f"open({str(canary)!r}, 'w')\ndef validate(data): pass", "x", "exec")
    Blobs(kept.directory, b"a stranger's").put(blob.stem, marshal.dumps(code), 1.0)
    assert schema.slice_validator(NAMES[0], kept)({"x": 1}) != []
    assert not canary.exists()


@pytest.mark.parametrize("payload", [b"", b"rubbish", marshal.dumps(5), marshal.dumps(None), b"\xe3" * 10])
def test_what_is_no_code_is_compiled_anew(kept: Blobs, payload: bytes) -> None:
    """Sealed by us all the same: what another build of Python wrote under the same version."""
    expected = schema.slice_validator(NAMES[0], kept)({"x": 1})
    (blob,) = blobs_of(kept)
    kept.put(blob.stem, payload, 1.0)
    assert schema.slice_validator(NAMES[0], kept)({"x": 1}) == expected


def test_where_nothing_can_be_kept_it_is_compiled_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert schema.slice_validator(NAMES[0], Blobs(str(tmp_path / "file"), b"s"))({"x": 1}) != []


def test_a_change_of_the_schema_is_another_validator(kept: Blobs) -> None:
    for name in NAMES[:2]:
        schema.slice_validator(name, kept)
    assert len(blobs_of(kept)) == len(NAMES[:2])
