"""What is asked for wins over what is configured, and a repository can only ask for less."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegenie.errors import UNUSABLE, CodegenieError
from codegenie.settings import _NARROWING, _TYPES, VARIABLES, Settings, repository, resolve, user_directory
from tests.house import PROJECT

Words = Mapping[str, str]

PROCESSORS = min(os.cpu_count() or 1, 8)


def config(directory: Path, text: str) -> None:
    """The config.yaml of a home or of a repository."""
    (directory / ".codegenie").mkdir(exist_ok=True)
    (directory / ".codegenie/config.yaml").write_text(text)


def resolved(repo: Path, environ: Words | None = None, variables: Words | None = None) -> Settings:
    return resolve({"repo": str(repo), **(variables or {})}, environ or {}, "/")


def refusal(repo: Path, environ: Words | None = None, variables: Words | None = None) -> str:
    with pytest.raises(CodegenieError) as caught:
        resolved(repo, environ, variables)
    assert caught.value.exit_code == UNUSABLE
    return str(caught.value)


def test_nothing_asked_for_is_the_defaults(repo: Path) -> None:
    assert resolved(repo) == Settings(
        repo=str(repo),
        out=f"{repo}/.codegenie",
        cache_dir=f"{repo}/.codegenie/cache",
        task=None,
        max_concurrent_probes=PROCESSORS,
        cache_ttl=None,
        wait=10.0,
        skip_probes=(),
        exclude=(),
        tools=None,
        max_file_bytes=32 << 20,
        max_source_bytes=1 << 20,
        max_files=500_000,
        max_depth=64,
        max_path_bytes=4096,
        max_parse_seconds=5.0,
        max_probe_seconds=300.0,
        max_run_seconds=300.0,
        max_worker_memory=2 << 30,
        max_slice_bytes=32 << 20,
        max_artifact_bytes=128 << 20,
        max_tool_output=16 << 20,
        hash_all=False,
        refresh_tools=False,
        json=False,
        quiet=False,
    )


def test_every_setting_is_a_field_and_every_field_a_setting() -> None:
    assert set(VARIABLES) == set(Settings._fields)
    assert set(_NARROWING) <= set(_TYPES)


def test_every_bound_can_be_set_from_everywhere_and_a_repository_can_only_lower_it(repo: Path, home: Path) -> None:
    bounds = {name: value for name, value in resolved(repo)._asdict().items() if name.startswith("max_")}
    assert set(bounds) == {name for name in VARIABLES if name.startswith("max_")}
    for name, value in bounds.items():
        assert getattr(resolved(repo, {}, {name: "7"}), name) == 7
        assert getattr(resolved(repo, {f"CODEGENIE_{name.upper()}": "7"}), name) == 7
        config(repo, f"{name}: {int(value) + 1}")
        assert getattr(resolved(repo), name) == value
        config(repo, f"{name}: 1")
        assert getattr(resolved(repo), name) == 1
        config(repo, "")
        config(home, f"{name}: 7")
        assert getattr(resolved(repo), name) == 7
        config(home, "")


def test_the_defaults_of_the_bounds_are_as_documented(repo: Path) -> None:
    page = (PROJECT / "docs/settings.md").read_text()
    documented = dict(re.findall(r"^\| `(max_\w+)` \|.*\| `?([^|`]+?)`? \| lower it \|$", page, re.MULTILINE))
    defaults = resolved(repo)._asdict()
    assert set(documented) == {name for name in VARIABLES if name.startswith("max_")}
    del documented["max_concurrent_probes"]  # "the number of cores, at most 8"
    assert {name: _TYPES[name](text) for name, text in documented.items()} == {
        name: defaults[name] for name in documented
    }


# Which wins


def test_a_flag_wins_over_the_environment_over_the_repository_over_the_user(repo: Path, home: Path) -> None:
    environ = {}
    assert resolved(repo).max_files == 500_000
    config(home, "max_files: 400")
    assert resolved(repo).max_files == 400
    config(repo, "max_files: 300")
    assert resolved(repo).max_files == 300
    environ["CODEGENIE_MAX_FILES"] = "900"
    assert resolved(repo, environ).max_files == 900
    assert resolved(repo, environ, {"max_files": "1000"}).max_files == 1000


def test_an_empty_variable_of_the_environment_is_as_if_it_were_not_set(repo: Path) -> None:
    assert resolved(repo, {"CODEGENIE_WAIT": "", "CODEGENIE_TASK": ""}) == resolved(repo)


def test_the_repository_is_the_one_of_the_flag_then_of_the_environment_then_here(repo: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    environ = {"CODEGENIE_REPO": str(other)}
    assert resolve({"repo": str(repo)}, environ, "/").repo == str(repo)
    assert resolve({}, environ, "/").repo == str(other)
    assert resolve({}, {}, str(repo)).repo == str(repo)


def test_other_variables_of_the_environment_mean_nothing(repo: Path) -> None:
    assert resolved(repo, {"CODEGENIE_STATE_KEY": "x", "CODEGENIE_": "x", "MAX_FILES": "1", "codegenie_wait": "1"}) == (
        resolved(repo)
    )


# What a repository may ask for


@pytest.mark.parametrize(
    ("user", "theirs", "field", "value"),
    [
        ("", "max_files: 7", "max_files", 7),
        ("", "max_files: 600000", "max_files", 500_000),
        ("max_files: 5", "max_files: 7", "max_files", 5),
        ("max_files: 9", "max_files: 7", "max_files", 7),
        ("max_files: 900000", "max_files: 800000", "max_files", 800_000),
        ("", f"max_concurrent_probes: {PROCESSORS + 1}", "max_concurrent_probes", PROCESSORS),
        ("", "max_concurrent_probes: 1", "max_concurrent_probes", 1),
        ("", "cache_ttl: 1h", "cache_ttl", 3600.0),
        ("cache_ttl: 1m", "cache_ttl: 1h", "cache_ttl", 60.0),
        ("cache_ttl: 1d", "cache_ttl: 1h", "cache_ttl", 3600.0),
        ("", "max_file_bytes: 1KiB", "max_file_bytes", 1024),
        ("", "max_file_bytes: 1G", "max_file_bytes", 32 << 20),
        ("", "max_probe_seconds: 1s", "max_probe_seconds", 1.0),
        ("", "max_probe_seconds: 1h", "max_probe_seconds", 300.0),
        ("", "max_worker_memory: 1G", "max_worker_memory", 1 << 30),
        ("", "max_worker_memory: 3G", "max_worker_memory", 2 << 30),
        ("", "skip_probes: [ci, a]", "skip_probes", ("a", "ci")),
        ("skip_probes: [b]", "skip_probes: [ci]", "skip_probes", ("b", "ci")),
        ("skip_probes: [b]", "skip_probes: []", "skip_probes", ("b",)),
        ("exclude: [x/**]", "exclude: ['**/y']", "exclude", ("**/y", "x/**")),
        ("", "tools: [git]", "tools", ("git",)),
        ("", "tools: []", "tools", ()),
        ("tools: []", "tools: [git]", "tools", ()),
        ("tools: [git, node]", "tools: [git, rm]", "tools", ("git",)),
    ],
)
def test_a_repository_may_narrow_and_not_widen(
    repo: Path, home: Path, user: str, theirs: str, field: str, value: object
) -> None:
    config(home, user)
    config(repo, theirs)
    assert getattr(resolved(repo), field) == value


@pytest.mark.parametrize("name", sorted(set(VARIABLES) - set(_NARROWING) - {"repo"}))
def test_a_repository_may_not_set_the_rest(repo: Path, name: str) -> None:
    good = {"wait": "1s", "hash_all": "true", "refresh_tools": "true", "json": "true", "quiet": "true"}
    config(repo, f"{name}: {good.get(name, 'x')}")
    allowed = ", ".join(sorted(_NARROWING))
    assert refusal(repo) == (
        f"a repository's .codegenie/config.yaml cannot set {name!r}: it may only narrow ({allowed}); "
        "set it in ~/.codegenie/config.yaml or on the command line"
    )


def test_the_user_may_set_all_of_it(repo: Path, home: Path) -> None:
    config(
        home,
        "out: /o\ncache_dir: ~/c\ntask: upgrade\nwait: 0\nhash_all: true\nrefresh_tools: 1\njson: false\nquiet: yes\n",
    )
    assert resolved(repo) == Settings(
        repo=str(repo),
        out="/o",
        cache_dir=f"{home}/c",
        task="upgrade",
        max_concurrent_probes=PROCESSORS,
        wait=0.0,
        hash_all=True,
        refresh_tools=True,
        quiet=True,
    )


# What is refused


def test_an_unknown_name_suggests_a_known_one(repo: Path, home: Path) -> None:
    assert refusal(repo, {}, {"wiat": "1"}) == "wiat= sets 'wiat', which is not a setting; did you mean 'wait'?"
    assert (
        refusal(repo, {}, {"zzz": "1"}) == f"zzz= sets 'zzz', which is not a setting; there are: {', '.join(VARIABLES)}"
    )
    config(repo, "skip_probe: [ci]")
    assert refusal(repo) == (
        f"{repo}/.codegenie/config.yaml sets 'skip_probe', which is not a setting; did you mean 'skip_probes'?"
    )
    config(home, "repo: /elsewhere")
    assert refusal(repo).startswith("~/.codegenie/config.yaml sets 'repo', which is not a setting")


WRONG = {
    "wait": (
        "a duration like 90s, 15m, 12h or 7d",
        ["", "soon", "-1", "1w", "1.5.2", "1e3", "nan", "inf", "1 s s", "٣x"],
    ),
    "cache_ttl": ("a duration above zero, like 90s, 15m, 12h or 7d", ["0", "0s", "0.0d"]),
    "max_probe_seconds": ("a duration above zero, like 90s, 15m, 12h or 7d", ["0"]),
    "max_file_bytes": (
        "a size in bytes like 65536, 512KiB or 4MiB",
        ["", "0", "0K", "-1", "1.5M", "1T", "many", "9" * 15 + "G", "9" * 5000],
    ),
    "max_worker_memory": ("a size in bytes like 65536, 512KiB or 4MiB", ["0", "1 Gi x"]),
    "max_files": ("a whole number from 1", ["", "0", "-1", "1.0", "1e3", "x", "9" * 10, "9" * 5000]),
    "max_concurrent_probes": ("a whole number from 1", ["0", "all"]),
    "hash_all": ("yes or no", ["", "2", "maybe"]),
    "json": ("yes or no", ["y"]),
    "task": ("a text", [""]),
    "out": ("a text", [""]),
    "exclude": ("globs whose braces stand for fewer than 2000 patterns", ["{a,b}" * 20 + "*"]),
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, (_, texts) in WRONG.items() for text in texts])
def test_what_does_not_fit_is_refused_wherever_it_stands(repo: Path, home: Path, name: str, text: str) -> None:
    wanted = WRONG[name][0]
    assert refusal(repo, {}, {name: text}) == f"{name}= must be {wanted}, not {text!r}"
    if text:
        variable = f"CODEGENIE_{name.upper()}"
        assert refusal(repo, {variable: text}) == f"{variable} must be {wanted}, not {text!r}"
    config(home, f'{name}: "{text}"')
    assert refusal(repo) == f"~/.codegenie/config.yaml: {name} must be {wanted}, not {text!r}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_files: true", "max_files must be a whole number from 1, not True"),
        ("max_files: 1.5", "max_files must be a whole number from 1, not 1.5"),
        ("max_files: [1]", "max_files must be a whole number from 1, not [1]"),
        ("max_files:", "max_files must be a whole number from 1, not None"),
        ("skip_probes:", "skip_probes must be a list of texts (comma-separated on the command line), not None"),
        ("skip_probes: [1]", "skip_probes must be a list of texts (comma-separated on the command line), not [1]"),
        ("exclude: {a: b}", "exclude must be a list of texts (comma-separated on the command line), not {'a': 'b'}"),
        ("cache_ttl: -5", "cache_ttl must be a duration like 90s, 15m, 12h or 7d, not -5"),
    ],
)
def test_a_type_that_does_not_fit_names_the_file(repo: Path, text: str, said: str) -> None:
    config(repo, text)
    assert refusal(repo) == f"{repo}/.codegenie/config.yaml: {said}"


@pytest.mark.parametrize(
    "text", ["- a", "a", "[", "a: b: c", "\0", "&a [*a]", "a: 1\n---\nb: 1\n", "{" * 500, "1: x" + " " * 70_000]
)
def test_a_config_that_is_no_mapping_is_refused_and_named(repo: Path, text: str) -> None:
    config(repo, text)
    assert refusal(repo).startswith(f"{repo}/.codegenie/config.yaml ")


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_config_is_none(repo: Path, text: str) -> None:
    before = resolved(repo)
    config(repo, text)
    assert resolved(repo) == before


def test_a_repositorys_config_is_not_read_through_a_link(repo: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    config(outside, "max_files: 1")
    (repo / ".codegenie").symlink_to(outside / ".codegenie")
    assert refusal(repo) == (
        f"{repo}/.codegenie/config.yaml cannot be used (.codegenie/config.yaml: reached through a link); "
        "mend or remove it"
    )
    (repo / ".codegenie").unlink()
    (repo / ".codegenie").mkdir()
    (repo / ".codegenie/config.yaml").symlink_to(outside / ".codegenie/config.yaml")
    assert "a symbolic link" in refusal(repo)
    (repo / ".codegenie/config.yaml").unlink()
    os.mkfifo(repo / ".codegenie/config.yaml")
    assert "not a regular file" in refusal(repo)


def test_a_file_for_a_directory_of_ours_means_no_config(repo: Path) -> None:
    (repo / ".codegenie").write_text("")
    assert resolved(repo).max_files == 500_000


# What it means


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("wait", "0", 0.0),
        ("wait", "1.5", 1.5),
        ("wait", "90s", 90.0),
        ("cache_ttl", "15m", 900.0),
        ("cache_ttl", "12 h", 43200.0),
        ("cache_ttl", "7d", 604800.0),
        ("max_file_bytes", "65536", 65536),
        ("max_file_bytes", "512KiB", 524288),
        ("max_file_bytes", "4 MB", 4194304),
        ("max_file_bytes", "1G", 1 << 30),
        ("hash_all", "YES", True),
        ("hash_all", "off", False),
        ("skip_probes", " ci , a,,a", ("a", "ci")),
        ("skip_probes", "", ()),
        ("tools", "", ()),
        ("exclude", "**/*.{min,max}.js,dist/**", ("**/*.{min,max}.js", "dist/**")),
        ("exclude", "a{b,c", ("a{b", "c")),
        ("max_concurrent_probes", "64", 64),
        ("task", "a=b c", "a=b c"),
    ],
)
def test_words_mean_this(repo: Path, name: str, text: str, value: object) -> None:
    assert getattr(resolved(repo, {}, {name: text}), name) == value


@given(
    st.sampled_from(sorted(_TYPES)),
    st.text(max_size=12) | st.integers() | st.floats() | st.none() | st.lists(st.text()),
)
def test_any_value_at_all_is_taken_or_refused(name: str, value: Any) -> None:
    with suppress(ValueError):
        assert _TYPES[name](value) is not None


# Paths


@pytest.mark.parametrize(
    "name", ["a b", "it's", 'say "hi"', "a=b", "repo=x", "ü 中", "-n", "$HOME", "~tilde", "a\nb", "*"]
)
def test_a_repository_may_have_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    found = resolve({"repo": name if name[0] != "~" else f"./{name}"}, {}, str(tmp_path))
    assert (found.repo, found.out) == (str(tmp_path / name), str(tmp_path / name / ".codegenie"))
    assert resolve({"repo": str(tmp_path / name)}, {}, "/") == found


def test_places_may_be_relative_or_in_the_home(repo: Path, home: Path) -> None:
    (home / "project").mkdir()
    (repo / "sub").mkdir()
    assert repository("~/project", "/") == str(home / "project")
    assert repository("sub/..", str(repo)) == str(repo)
    found = resolve({"repo": "sub", "out": "../out", "cache_dir": "~/c d"}, {}, str(repo))
    assert (found.repo, found.out, found.cache_dir) == (f"{repo}/sub", f"{repo.parent}/out", f"{home}/c d")
    assert resolve({"out": "x"}, {}, str(repo)).cache_dir == f"{repo}/x/cache"


def test_a_repository_is_told_by_where_it_really_is(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(repo)
    assert repository(str(tmp_path / "link"), "/") == str(repo)


def test_what_is_no_repository_is_refused(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "dangling").symlink_to("nowhere")

    def said(path: str) -> str:
        with pytest.raises(CodegenieError) as caught:
            repository(path, str(tmp_path))
        return str(caught.value)

    for missing in ("nowhere", "dangling", "file/x", f"{tmp_path}/nowhere"):
        assert said(missing) == f"there is no directory {missing!r}; give an existing one as repo=<path>"
    assert said("file") == "'file' is a file; give the directory of a repository as repo=<path>"


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_directory_that_cannot_be_listed_is_refused(repo: Path) -> None:
    repo.chmod(0o300)
    try:
        assert refusal(repo) == f"{str(repo)!r} cannot be read; ask its owner for permission to list it"
    finally:
        repo.chmod(0o700)


def test_the_users_directory_is_in_a_home_that_is_absolute(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    assert user_directory() == f"{home}/.codegenie"
    monkeypatch.setenv("HOME", "relative")
    assert user_directory() is None
