"""Ranges of versions: what each notation means, and that nothing else is read into it."""

import random

import pytest

from probes._python_versions import satisfies
from probes._runtimes import asked, used
from probes._version_ranges import composer, gem, minimum, npm, overlap, pep440, pin, shown


@pytest.mark.parametrize(
    ("notation", "text", "meaning"),
    [
        (pin, "20", ">=20 <21"),
        (pin, "v20.1.0", ">=20.1 <20.1.1"),
        (pin, "3.x", ">=3 <4"),
        (pin, "21.0.1-tem", ">=21.0.1 <21.0.2"),
        (minimum, "1.22", ">=1.22"),
        (npm, "^18.0.0 || >=20", ">=18 <19 || >=20"),
        (npm, "18 - 20", ">=18 <21"),
        (npm, ">=16 <21", ">=16 <21"),
        (npm, "~18.2", ">=18.2 <18.3"),
        (npm, ">20", ">=21"),
        (npm, "<=20", "<21"),
        (npm, "^0.2.3", ">=0.2.3 <0.3"),
        (npm, ">=18 <18", "none"),
        (npm, "", "*"),
        (pep440, ">=3.8,!=3.9.*", ">=3.8 <3.9 || >=3.10"),
        (pep440, "~=3.9", ">=3.9 <4"),
        (pep440, ">3.8", ">3.8"),
        (pep440, "<=3.12", "<=3.12"),
        (pep440, "^3.10", ">=3.10 <4"),
        (composer, "~8.1", ">=8.1 <9"),
        (composer, "~8.1.0", ">=8.1 <8.2"),
        (composer, "^7.4 | ^8.0", ">=7.4 <9"),
        (gem, "~> 3.2", ">=3.2 <4"),
        (gem, ">= 2.7, < 4", ">=2.7 <4"),
    ],
)
def test_a_range_is_shown_in_one_notation(notation, text: str, meaning: str) -> None:  # type: ignore[no-untyped-def]
    found = notation(text)
    assert found is not None and shown(found) == meaning


@pytest.mark.parametrize(
    "text",
    ["lts/*", "stable", "please-use-pnpm", "3.13.0rc1", "22-ea", "2025-01-01", "", "1" * 300, "pypy3.10", ">= x"],
)
def test_what_is_no_single_version_is_none(text: str) -> None:
    assert pin(text) is None


@pytest.mark.parametrize(
    ("runtime", "text", "meaning"),
    [
        ("java", "1.8", ">=8 <9"),
        ("java", "temurin-21.0.1+12.0.LTS", ">=21.0.1 <21.0.2"),
        ("java", "8u212", ">=8 <9"),
        ("python", "python-3.9", ">=3.9 <3.10"),
        ("ruby", "ruby-3.3.1", ">=3.3.1 <3.3.2"),
        ("node", ">=18", ">=18"),
        ("terraform", "~> 1.5", ">=1.5 <2"),
    ],
)
def test_each_runtime_has_its_own_way_to_name_a_version(runtime: str, text: str, meaning: str) -> None:
    found = used(runtime, text).range
    assert found is not None and shown(found) == meaning


@pytest.mark.parametrize(
    ("runtime", "text"), [("python", "pypy3.10"), ("java", "22-ea"), ("ruby", "jruby-9.4"), ("node", "lts/iron")]
)
def test_another_implementation_or_an_alias_has_no_range(runtime: str, text: str) -> None:
    assert used(runtime, text).range is None


@pytest.mark.parametrize(
    ("ecosystem", "runtime", "field", "text", "meaning"),
    [
        ("gradle", "java", "sourceCompatibility", "VERSION_17", ">=17"),
        ("gradle", "java", "toolchain.languageVersion", "21", ">=21 <22"),
        ("maven", "java", "maven.compiler.release", "1.8", ">=8"),
        ("dotnet", "dotnet", "TargetFramework", "net8.0-windows", ">=8"),
        ("composer", "php", "config.platform.php", "8.2.0", ">=8.2 <8.2.1"),
        ("go", "go", "toolchain", "go1.23.4", ">=1.23.4"),
    ],
)
def test_a_manifest_is_read_by_its_ecosystem(ecosystem: str, runtime: str, field: str, text: str, meaning: str) -> None:
    found = asked(ecosystem, runtime, field, text).range
    assert found is not None and shown(found) == meaning


def test_a_version_is_in_a_range_where_pep_440_says_so() -> None:
    chance = random.Random(440)

    def number() -> str:
        return ".".join(str(chance.randint(0, 3)) for _ in range(chance.randint(1, 3)))

    for _ in range(3000):
        version = f"{number()}.0.0.0"
        constraint = ",".join(chance.choice((">=", "<=", "<", ">", "!=", "~=")) + number() for _ in range(2))
        found, one = pep440(constraint), (tuple([*map(int, version.split(".")), 0, 0, 0][:4]))
        if found is None or "!=" in constraint:
            continue  # `~=1` is nothing; `!=1.2` stands for all of 1.2 here, as versions of runtimes are meant
        within = overlap(found, ((one, (*one[:3], one[3] + 1)),))
        assert within is satisfies(version, constraint), (version, constraint)
