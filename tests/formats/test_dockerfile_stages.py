"""What a Dockerfile comes to, by the rules of BuildKit."""

from typing import Any

from codegenie.formats.dockerfile import parse
from codegenie.formats.dockerfile_stages import Build, Command, HealthCheck, Stage, Text, build_of


def built(text: str, **args: str) -> Build:
    return build_of(parse(text.encode()), args)


def last(text: str, **args: str) -> Stage:
    return built(text, **args).stages[-1]


def values(texts: Any) -> dict[str, str | None]:
    return {name: text.value for name, text in texts.items()}


def shell(text: str, line: int, stage: int = 0, by: tuple[str, ...] | None = None) -> Command:
    return Command("shell", (), text, by, line, stage)


def gone(line: int, stage: int = 0) -> Command:
    return Command("none", (), None, None, line, stage)


def run(*words: str, line: int, stage: int = 0) -> Command:
    return Command("exec", words, None, None, line, stage)


def test_a_base_is_an_image_a_stage_or_nothing() -> None:
    build = built(
        "ARG V=20\nARG TAG=${V:-18}-alpine\nFROM --platform=$BUILDPLATFORM node:$TAG AS Deps\nFROM deps as build\n"
        "FROM scratch\nFROM ${REGISTRY}/app\nFROM scratch as scratch\nFROM scratch\n"
    )
    assert values(build.args) == {"V": "20", "TAG": "20-alpine"}
    assert [(one.name, one.line, one.base.stage, one.base.is_scratch, one.root) for one in build.stages] == [
        ("Deps", 3, None, False, 0),
        ("build", 4, 0, False, 0),
        (None, 5, None, True, 2),
        (None, 6, None, False, 3),
        ("scratch", 7, None, True, 4),
        (None, 8, 4, False, 4),
    ]
    assert [one.base.image.value for one in build.stages[:4]] == ["node:20-alpine", "deps", "scratch", None]
    assert build.stages[3].base.image == Text("${REGISTRY}/app", None, 6, ("REGISTRY",))
    assert build.stages[0].base.platform == Text("$BUILDPLATFORM", None, 3, ("BUILDPLATFORM",))
    assert last("ARG V\nFROM node:$V", V="22").base.image.value == "node:22"


def test_from_and_copy_find_stages_by_name_and_copy_by_number() -> None:
    build = built("FROM a AS x\nFROM b AS X\nFROM c\n")
    assert [build.stage_named(name, 2) for name in ("x", "0", "1", "2", "nginx", "9999")] == [1, 0, 1, None, None, None]
    assert build.stage_named("x", 1) == 0


def test_an_arg_counts_from_where_it_stands_and_not_in_other_stages() -> None:
    config = last(
        "ARG A=1\nARG B\nFROM x\nENV E=$A\nARG A\nENV F=$A\nARG C=${A}2\nENV G=$C H=$B\nFROM y\nENV I=$A"
    ).config
    assert values(config.env) == {"I": None}
    config = last("ARG A=1\nARG B\nFROM x\nENV E=$A\nARG A\nENV F=$A\nARG C=${A}2\nENV G=$C H=$B").config
    assert values(config.env) == {"E": None, "F": "1", "G": "12", "H": None}
    assert [(name, text.value, text.line) for name, text in config.args.items()] == [("A", "1", 5), ("C", "12", 7)]


def test_the_platform_of_a_build_is_not_known_whatever_stands_in_for_it() -> None:
    written = "${TARGETPLATFORM:-linux/amd64}"
    assert last(f"FROM --platform={written} x").base.platform == Text(written, None, 1, ("TARGETPLATFORM",))
    platform = last("ARG P\nFROM --platform=${P:-linux/${TARGETARCH:-amd64}} x").base.platform
    assert platform == Text("${P:-linux/${TARGETARCH:-amd64}}", None, 2, ("TARGETARCH",))
    assert last(f"ARG TARGETPLATFORM=linux/s390x\nFROM --platform={written} x").base.platform == Text(
        written, "linux/s390x", 2
    )


def test_env_outdoes_arg_and_goes_on_into_the_next_stage() -> None:
    config = last("FROM x AS a\nENV V=1\nARG V=2\nENV W=$V V=3 X=$V\nFROM a\nENV Y=$V").config
    assert values(config.env) == {"V": "3", "W": "1", "X": "1", "Y": "3"}
    assert last("FROM x\nENV PATH=/a:$PATH").config.env["PATH"] == Text("/a:$PATH", None, 2, ("PATH",))


def test_directories_go_on_from_one_another_where_the_first_is_known() -> None:
    assert last("FROM x\nARG D=app\nWORKDIR /srv/\nWORKDIR $D\nWORKDIR ../b").config.workdir == Text(
        "../b", "/srv/b", 5
    )
    assert last("FROM x\nWORKDIR app").config.workdir == Text("app", None, 2)
    assert last("FROM x\nWORKDIR C:\\\\app").config.workdir == Text("C:\\\\app", "C:\\app", 2)


def test_an_entrypoint_takes_away_a_cmd_that_is_not_of_its_own_stage() -> None:
    assert last('FROM x\nCMD ["a"]\nENTRYPOINT ["b"]').config.cmd == run("a", line=2)
    assert last('FROM x\nENTRYPOINT ["b"]').config.cmd == gone(2)
    two = last('FROM x AS one\nCMD ["a"]\nFROM one\nENTRYPOINT ["b"]').config
    assert (two.entrypoint, two.cmd) == (run("b", line=4, stage=1), gone(4, 1))
    kept = last('FROM x AS one\nENTRYPOINT ["b"]\nCMD ["a"]\nFROM one\nCMD c').config
    assert (kept.entrypoint, kept.cmd) == (run("b", line=2), shell("c", 5, 1))
    assert last("FROM x").config.cmd is None
    assert last("FROM x\nENTRYPOINT []").config.entrypoint == gone(2)


def test_the_shell_is_the_last_one_set_and_else_that_of_the_base_image() -> None:
    assert last("FROM x\nCMD a").config.cmd == shell("a", 2)
    assert last("FROM scratch\nCMD a").config.cmd == shell("a", 2, by=("/bin/sh", "-c"))
    assert last('FROM x AS y\nSHELL ["/bin/bash", "-c"]\nFROM y\nCMD a').config.cmd == shell(
        "a", 4, 1, ("/bin/bash", "-c")
    )
    for image in (
        "mcr.microsoft.com/windows/servercore:ltsc2022",
        "golang:1.22-nanoserver",
        "python:3-windowsservercore-1809",
    ):
        assert last(f"FROM {image}\nCMD a").config.cmd == shell("a", 2, by=("cmd", "/S", "/C"))
    for image in ("windowsill", "library/windows-tools"):
        assert last(f"FROM {image}\nCMD a").config.cmd == shell("a", 2)


def test_health_checks_replace_one_another() -> None:
    config = last("FROM x AS y\nHEALTHCHECK --interval=5s CMD curl -f x || exit 1\nFROM y").config
    check = HealthCheck(shell("curl -f x || exit 1", 2), (("interval", "5s"),), 2, 0)
    assert config.healthcheck == check
    assert last("FROM x\nHEALTHCHECK NONE").config.healthcheck == HealthCheck(None, (), 2, 0)
    assert last('FROM x\nHEALTHCHECK CMD ["a", "b"]').config.healthcheck == HealthCheck(run("a", "b", line=2), (), 2, 0)


def test_lists_grow_and_settings_are_replaced() -> None:
    config = last(
        'FROM x AS y\nEXPOSE 80 443/tcp\nVOLUME ["/a", "/$B"]\nUSER root\nLABEL a=1 "b c"=\'$d\'\nARG P=9\nFROM y\n'
        "EXPOSE $P\nUSER $U:$U\nLABEL a=2\nSTOPSIGNAL SIGTERM\n"
    ).config
    assert [text.value for text in config.exposed] == ["80", "443/tcp", None]
    assert [(text.written, text.value) for text in config.volumes] == [("/a", "/a"), ("/$B", None)]
    assert config.user == Text("$U:$U", None, 9, ("U",))
    assert values(config.labels) == {"a": "2", "b c": "$d"}
    assert config.stop_signal == Text("SIGTERM", "SIGTERM", 11)


def test_what_onbuild_says_is_done_in_the_stage_that_builds_on_it() -> None:
    build = built("FROM x AS y\nONBUILD USER app\nONBUILD CMD a\nFROM y\nWORKDIR /b\n")
    first, second = (stage.config for stage in build.stages)
    assert (first.user, first.cmd, [one.keyword for one in first.onbuild]) == (None, None, ["USER", "CMD"])
    assert (second.user, second.cmd, second.onbuild) == (Text("app", "app", 2), shell("a", 3, 1), ())


def test_a_substitution_that_is_wrong_is_not_known() -> None:
    assert last("FROM ${a").base.image == Text("${a", None, 1)
    assert last("FROM x\nENV A=${B:?no}").config.env["A"] == Text("${B:?no}", None, 2)


def test_a_file_without_a_stage_has_none() -> None:
    assert built("ARG A=1\nRUN x\n").stages == ()
    assert last("FROM\nRUN a").base.image == Text("", "", 1)
