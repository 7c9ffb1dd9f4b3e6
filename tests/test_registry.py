"""The declarations: one probe a file, under the file's name, and nothing that cannot be planned with."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codegenie import registry
from codegenie.probe import REGISTERED, RESERVED, Probe, ProbeInputs, ProbeOutput, register_probe
from tests.house import House

BODY = "return ProbeOutput({})"


def ask(house: House, expression: str) -> Any:
    """The value of an expression over the registry of a house, in a process of its own."""
    code = (
        f"import sys; sys.path.insert(0, {str(house.path)!r})\n"
        "import json\nfrom codegenie import registry as r\n"
        f"try:\n    print(json.dumps({expression}))\nexcept TypeError as error:\n    print(json.dumps(str(error)))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


NAMES = "[probe.name for probe in r.all_probes()]"


# The files


def test_probes_come_in_name_order_and_private_files_are_none(house: House) -> None:
    for name in ("beta", "alpha", "gamma"):
        house.probe(name, BODY)
    (house.path / "probes/_shared.py").write_text("raise SystemExit\n")
    (house.path / "probes/notes.txt").write_text("")
    (house.path / "probes/directory.py").mkdir()
    assert ask(house, NAMES) == ["alpha", "beta", "gamma"]


def test_a_house_without_probes_has_none(house: House) -> None:
    assert ask(house, NAMES) == []
    assert ask(house, "r.task_types(r.all_probes())") == []


def test_a_file_that_declares_another_name_is_refused(house: House) -> None:
    house.probe("alpha", BODY)
    (house.path / "probes/alpha.py").rename(house.path / "probes/beta.py")
    assert ask(house, NAMES) == "probes/beta.py must declare a probe named 'beta'"


def test_a_file_that_declares_nothing_is_refused(house: House) -> None:
    (house.path / "probes/empty.py").write_text("")
    assert ask(house, NAMES) == "probes/empty.py must declare a probe named 'empty'"


def test_a_file_that_declares_two_is_refused(house: House) -> None:
    house.probe("alpha", BODY)
    two = (house.path / "probes/alpha.py").read_text()
    (house.path / "probes/alpha.py").write_text(two + two.replace("def alpha", "def omega"))
    assert ask(house, NAMES) == "probes/alpha.py declares 'omega' too; one file, one probe"


def test_two_files_that_declare_one_name_are_refused(house: House) -> None:
    house.probe("alpha", BODY)
    (house.path / "probes/beta.py").write_text((house.path / "probes/alpha.py").read_text())
    assert ask(house, NAMES) == "probes/alpha.py: a probe named 'alpha' is registered already"


def test_what_is_required_must_exist(house: House) -> None:
    house.probe("alpha", BODY, options='requires=("omega", "beta")')
    house.probe("beta", BODY)
    assert ask(house, NAMES) == "probes/alpha.py requires ['omega'], which no probe provides"
    house.probe("alpha", BODY, options='requires=("beta.rows.json",)')
    assert ask(house, NAMES) == "probes/alpha.py requires ['beta.rows.json'], which no probe provides"


@pytest.mark.parametrize("circle", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "d", "d": "b"}])
def test_probes_that_wait_for_one_another_are_refused(house: House, circle: dict[str, str]) -> None:
    for name, required in circle.items():
        house.probe(name, BODY, options=f"requires=({required!r},)")
    house.probe("free", BODY)
    assert ask(house, NAMES) == f"the probes {sorted(circle)} require one another in a circle"


def test_one_probe_is_found_without_the_others(house: House) -> None:
    house.probe("alpha", BODY)
    (house.path / "probes/broken.py").write_text("raise TypeError('imported')\n")
    assert ask(house, "r.probe_named('alpha').name") == "alpha"
    assert ask(house, NAMES) == "imported"


def test_a_directory_named_probes_elsewhere_is_not_imported(house: House, tmp_path: Path) -> None:
    (tmp_path / "probes").mkdir()
    (tmp_path / "probes/__init__.py").write_text("raise SystemExit('a stranger was imported')\n")
    house.probe("alpha", BODY)
    code = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(house.path)!r}]\n"
    code += "from codegenie import registry as r\nprint(r.all_probes()[0].name)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.stdout, done.stderr) == ("alpha\n", "")


def test_probes_share_modules_by_relative_import(house: House) -> None:
    (house.path / "probes/_shared.py").write_text("ANSWER = 42\n")
    house.probe("alpha", "from ._shared import ANSWER\nreturn ProbeOutput({'answer': ANSWER})")
    assert ask(house, "r.probe_named('alpha').run(None).schema_slice") == {"answer": 42}


# Tasks


@pytest.fixture
def family(house: House) -> House:
    """c requires b, b requires a; d serves another task, e one language, f all."""
    house.probe("a", BODY, options='applies_to_tasks=("never",)')
    house.probe("b", BODY, options='requires=("a",), applies_to_tasks=("never",)')
    house.probe("c", BODY, options='requires=("b",), applies_to_tasks=("upgrade",)')
    house.probe("d", BODY, options='applies_to_tasks=("review", "audit")')
    house.probe("e", BODY, options='applies_to_languages=("Go", "C"), applies_to_tasks=("review",)')
    house.probe("f", BODY)
    return house


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [
        ("None", "abcdef"),
        ("'upgrade'", "abcf"),
        ("'review'", "def"),
        ("'audit'", "df"),
        ("'unknown'", "f"),
        ("'review', frozenset({'Python'})", "df"),
        ("'review', frozenset({'Go', 'Python'})", "def"),
        ("'review', frozenset()", "df"),
        ("None, frozenset({'Python'})", "abcdf"),
    ],
)
def test_a_task_gets_its_probes_and_all_that_they_require(family: House, asked: str, chosen: str) -> None:
    assert ask(family, f"[probe.name for probe in r.for_task({asked})]") == list(chosen)


def test_a_migration_is_told_of_images_and_not_of_licences_and_tests() -> None:
    names = {probe.name for probe in registry.for_task("distroless_migration")}
    assert names >= {"base_images", "containerization", "deployment", "distroless_migration", "native_modules"}
    assert names.isdisjoint({"licenses", "test_inventory"})


def test_a_plain_gather_runs_the_probes_of_every_task() -> None:
    assert registry.for_task(None) == registry.all_probes()


def test_a_remediation_is_told_of_tests_and_not_of_the_migration() -> None:
    names = {probe.name for probe in registry.for_task("vulnerability_remediation")}
    assert names >= {"dependencies", "test_inventory"}
    assert "distroless_migration" not in names


def test_the_task_types_are_those_that_probes_name(family: House) -> None:
    assert ask(family, "r.task_types(r.all_probes())") == ["audit", "never", "review", "upgrade"]


def test_the_choice_is_made_once(family: House) -> None:
    assert ask(family, "r.for_task('review') is r.for_task('review') and r.all_probes() is r.all_probes()") is True


# Code is an input too


def test_whatever_a_worker_runs_is_part_of_the_fingerprint(house: House) -> None:
    """But for what says whether bytes are the same, and the fingerprint itself."""
    code = "[__import__('codegenie.worker'), sorted(__import__('sys').modules), r._sources()][1:]"
    modules, sources = ask(house, code)
    ours = {name.rpartition(".")[2] for name in modules if name.startswith("codegenie.")}
    assert ours - {Path(source).stem for source in sources} == {"cache", "formats", "hashing", "registry"}


def test_the_fingerprint_changes_with_what_decides_an_answer(house: House) -> None:
    """A probe, a module of its own, a parser, the contract: without a new version, that is."""
    copied = house.path / "codegenie"
    package = copied.resolve()
    copied.unlink()
    subprocess.run(["cp", "-r", str(package), str(copied)], check=True)
    house.probe("alpha", BODY)
    (house.path / "probes/_shared.py").write_text("A = 1\n")
    seen = [ask(house, "r.code_fingerprint()")]
    assert ask(house, "r.code_fingerprint()") == seen[0]
    for path in (
        "probes/alpha.py",
        "probes/_shared.py",
        "codegenie/formats/json_text.py",
        *(
            f"codegenie/{name}.py"
            for name in ("probe", "worker", "text", "globs", "beneath", "errors", "tools", "schema")
        ),
    ):
        with (house.path / path).open("a") as source:
            source.write("# changed\n")
        seen.append(ask(house, "r.code_fingerprint()"))
    (house.path / "probes/_shared.py").rename(house.path / "probes/_renamed.py")
    seen.append(ask(house, "r.code_fingerprint()"))
    assert len(set(seen)) == len(seen)
    for path in ("codegenie/cli.py", "codegenie/reporter.py"):
        with (house.path / path).open("a") as source:
            source.write("# changed\n")
    assert ask(house, "r.code_fingerprint()") == seen[-1]


def test_a_catalogue_has_a_fingerprint(house: House) -> None:
    (house.path / "probes/catalogues").mkdir()
    catalogue = house.path / "probes/catalogues/names.json"
    catalogue.write_text("{}")
    first = ask(house, "r.catalogue_fingerprint('names')")
    catalogue.write_text("[]")
    assert ask(house, "r.catalogue_fingerprint('names')") != first
    with pytest.raises(OSError):
        registry.catalogue_fingerprint("nothing of the kind")


# The declaration


@pytest.fixture
def declared() -> Iterator[dict[str, Probe]]:
    """What is declared within a test is forgotten after it."""
    before = dict(REGISTERED)
    yield REGISTERED
    REGISTERED.clear()
    REGISTERED.update(before)


def declare(name: str = "fresh", doc: str | None = "Say so.", **options: Any) -> Probe:
    def run(_inputs: ProbeInputs) -> ProbeOutput:
        return ProbeOutput({})

    run.__name__, run.__doc__ = name, doc
    assert register_probe(**({"version": "1.0.0", "declared_inputs": ()} | options))(run) is run
    return REGISTERED[name]


@pytest.mark.usefixtures("declared")
def test_a_declaration_is_put_in_order() -> None:
    probe = declare(
        doc="\n    The first line.\n\n    The rest.\n",
        declared_inputs=("b", "a", "b"),
        requires=("y", "x", "y", "y.a.json", "z.a.json"),
        catalogues=("d", "c"),
        tools=("git", "git"),
    )
    assert (probe.declared_inputs, probe.requires, probe.catalogues, probe.tools, probe.summary) == (
        ("a", "b"),
        ("x", "y", "z"),
        ("c", "d"),
        ("git",),
        "The first line.",
    )
    assert [probe.alone(name) for name in probe.requires] == [[], [], ["a.json"]]


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_name_of_the_document_itself_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"probes/{name}.py: '{name}' is a name of the document itself"):
        declare(name)


def test_what_the_document_names_is_reserved() -> None:
    schemas = Path(registry.data_directory("schemas"))
    envelope = json.loads((schemas / "document.json").read_text())
    assert {"document", *envelope["properties"], *envelope["definitions"]} == RESERVED


@pytest.mark.usefixtures("declared")
def test_a_second_probe_of_a_name_is_refused() -> None:
    declare()
    with pytest.raises(TypeError, match="a probe named 'fresh' is registered already"):
        declare()


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize(
    "version", ["", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.x", "1.0.0-rc1", "1..0", " 1.0.0", "1.0.0\n"]
)
def test_a_version_has_three_numbers(version: str) -> None:
    with pytest.raises(TypeError, match="must look like"):
        declare(version=version)


@pytest.mark.usefixtures("declared")
@pytest.mark.parametrize("doc", [None, "", " \n "])
def test_a_probe_says_what_it_answers(doc: str | None) -> None:
    with pytest.raises(TypeError, match="the probe needs a docstring"):
        declare(doc=doc)


def test_every_probe_of_ours_can_be_planned_with() -> None:
    for probe in registry.all_probes():
        assert probe.summary.endswith(".")
        assert not [pattern for pattern in probe.declared_inputs if pattern.startswith("/")]
        for name in probe.catalogues:
            assert registry.catalogue_fingerprint(name)
