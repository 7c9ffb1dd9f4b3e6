"""Where the files of an image come from: a Dockerfile, the paths of a repository, and what is found at a path."""

from typing import Any

import pytest

from codegenie import registry
from codegenie.probe import PATHS, ProbeInputs
from probes._image_files import ImageFiles, Origin

REPOSITORY = (
    "Dockerfile", "bin/run", "docker/Dockerfile", "docker/entry.sh", "docker/scripts/a.sh", "docker/scripts/b.sh",
    "entry.sh", "src/main.py", "secret/x.sh",
)  # fmt: skip

FOUND = {
    "a file to a file": ("FROM a\nCOPY entry.sh /e.sh", "/e.sh", Origin("repository", "entry.sh", line=2, stage=0)),
    "a file to a directory": (
        "FROM a\nCOPY entry.sh bin/run /usr/bin/",
        "/usr/bin/run",
        Origin("repository", "bin/run", line=2, stage=0),
    ),
    "a file to a directory that is there": (
        "FROM a\nCOPY entry.sh /usr/bin",
        "/usr/bin/entry.sh",
        Origin("repository", "entry.sh", line=2, stage=0),
    ),
    "all, below a relative working directory": (
        "FROM a\nWORKDIR /srv\nWORKDIR app\nCOPY . .",
        "/srv/app/src/main.py",
        Origin("repository", "src/main.py", line=4, stage=0),
    ),
    "all, where the base image says where": (
        "FROM a\nCOPY . .",
        "src/main.py",
        Origin("repository", "src/main.py", line=2, stage=0),
    ),
    "a directory's contents": (
        "FROM a\nCOPY src /x",
        "/x/main.py",
        Origin("repository", "src/main.py", line=2, stage=0),
    ),
    "a glob": (
        "FROM a\nCOPY docker/scripts/*.sh /x/",
        "/x/b.sh",
        Origin("repository", "docker/scripts/b.sh", line=2, stage=0),
    ),
    "a glob over directories": (
        "FROM a\nCOPY docker/s* /x/",
        "/x/a.sh",
        Origin("repository", "docker/scripts/a.sh", line=2, stage=0),
    ),
    "a variable": (
        "FROM a\nARG D=/opt\nENV E=$D/e\nCOPY entry.sh ${E}.sh",
        "/opt/e.sh",
        Origin("repository", "entry.sh", line=4, stage=0),
    ),
    "from a stage": (
        "FROM a AS b\nCOPY . /src\nFROM c\nCOPY --from=b /src/entry.sh /e",
        "/e",
        Origin("repository", "entry.sh", line=2, stage=0),
    ),
    "a directory from a stage": (
        "FROM a AS b\nCOPY . /src\nFROM c\nCOPY --from=b /src /app",
        "/app/bin/run",
        Origin("repository", "bin/run", line=2, stage=0),
    ),
    "built in a stage": (
        "FROM a AS b\nWORKDIR /src\nCOPY . .\nRUN make\nFROM scratch\nCOPY --from=b /src/dist /app",
        "/app/main.js",
        Origin("built", runs=(4,), line=6, stage=1, into="/app"),
    ),
    "built beside single files": (
        "FROM a AS b\nWORKDIR /src\nCOPY entry.sh ./entry.sh\nRUN npm ci\nFROM c\nCOPY --from=b /src/dist/ ./x/",
        "x/server.js",
        Origin("built", runs=(4,), line=6, stage=1, into="x"),
    ),
    "copied before a program that is built": (
        "FROM a AS b\nWORKDIR /src\nCOPY . .\nRUN make\nFROM c\nCOPY entry.sh /\nCOPY --from=b /src/out/program /",
        "/entry.sh",
        Origin("repository", "entry.sh", line=6, stage=1),
    ),
    "written by a command": (
        "FROM a AS b\nRUN go build -o /out/app .\nFROM scratch\nCOPY --from=b /out/app /app",
        "/app",
        Origin("run", line=2, stage=0, changed=((2, "go"),)),
    ),
    "from an image": (
        "FROM a\nCOPY --from=busybox:1 /bin/sh /sh",
        "/sh",
        Origin("image", image="docker.io/library/busybox:1", line=2, stage=0),
    ),
    "a here-document": (
        "FROM a\nCOPY <<'E' /e.sh\n#!/bin/sh\nexec \"$@\"\nE\n",
        "/e.sh",
        Origin("inline", text='#!/bin/sh\nexec "$@"\n', text_line=3, line=2, stage=0),
    ),
    "a here-document of a RUN": (
        "FROM a\nRUN cat > /e.sh <<'E'\nexec x\nE\n",
        "/e.sh",
        Origin("inline", text="exec x\n", text_line=3, line=2, stage=0),
    ),
    "moved, then linked": (
        "FROM a\nCOPY . /src/\nRUN mv /src/entry.sh /e.sh && chmod +x /e.sh\nRUN ln -s /e.sh /usr/bin/e",
        "/usr/bin/e",
        Origin("repository", "entry.sh", line=2, stage=0),
    ),
    "copied in another directory": (
        "FROM a\nCOPY . /src/\nRUN cd /src && cp entry.sh /e.sh",
        "/e.sh",
        Origin("repository", "entry.sh", line=2, stage=0),
    ),
    "changed behind": (
        "FROM a\nCOPY entry.sh /e.sh\nRUN chmod +x /e.sh && \\\n    sed -i s/a/b/ /e.sh",
        "/e.sh",
        Origin("repository", "entry.sh", line=2, stage=0, changed=((4, "sed"),)),
    ),
    "written over": (
        "FROM a\nCOPY entry.sh /e.sh\nCOPY bin/run /e.sh",
        "/e.sh",
        Origin("repository", "bin/run", line=3, stage=0),
    ),
    "in the stage below": (
        "FROM a AS b\nCOPY entry.sh /e.sh\nFROM b",
        "/e.sh",
        Origin("repository", "entry.sh", line=2, stage=0),
    ),
    "not there yet": ("FROM a\nCOPY app.jar /a.jar", "/a.jar", Origin("not_in_repository", "app.jar", line=2, stage=0)),
    "ignored": ("FROM a\nCOPY . /x", "/x/secret/x.sh", Origin("ignored", "secret/x.sh", line=2, stage=0)),
    "ignored by name": ("FROM a\nCOPY secret/x.sh /x", "/x", Origin("ignored", "secret/x.sh", line=2, stage=0)),
    "fetched": ("FROM a\nADD https://x.org/tini /tini", "/tini", Origin("fetched", line=2, stage=0)),
    "unpacked, perhaps": ("FROM a\nADD root.tar.gz /", "/init", Origin("archive", line=2, stage=0)),
    "of the base": ("FROM a\nCOPY entry.sh /e.sh", "/bin/sh", Origin("image", image="a")),
    "of the base or a package": (
        "FROM a\nRUN apk add tini",
        "/sbin/tini",
        Origin("image_or_run", image="a", runs=(2,)),
    ),
    "the shell of a user": (
        "FROM a\nRUN useradd -m -s /bin/bash app",
        "/bin/bash",
        Origin("image_or_run", image="a", runs=(2,)),
    ),
    "nothing": ("FROM scratch\nCOPY entry.sh /e.sh", "/bin/sh", Origin("nothing")),
}


@pytest.mark.parametrize(("text", "path", "origin"), FOUND.values(), ids=FOUND)
def test_a_path_in_an_image_is_followed_to_its_origin(text: str, path: str, origin: Origin) -> None:
    assert files_of({"Dockerfile": text, ".dockerignore": "secret\n"}).at("Dockerfile", _last(text), path) == origin


def test_without_a_known_build_both_contexts_are_tried() -> None:
    files = files_of({"docker/Dockerfile": "FROM a\nCOPY entry.sh /e.sh"})

    assert files.at("docker/Dockerfile", 0, "/e.sh") == Origin(
        "repository", "docker/entry.sh", line=2, stage=0, others=("entry.sh",)
    )
    assert files.at("docker/Dockerfile", 0, "/e.sh", [""]).path == "entry.sh"


def test_a_name_is_looked_for_in_the_path() -> None:
    files = files_of({"Dockerfile": "FROM a\nENV PATH=/app/bin:$PATH\nCOPY bin /app/bin"})

    assert files.program("Dockerfile", 0, "run").path == "bin/run"
    assert files.program("Dockerfile", 0, "node") == Origin("image", image="a")


def test_what_is_copied_to_the_root_does_not_bring_the_programs_of_the_base() -> None:
    build = "FROM a AS b\nWORKDIR /src\nCOPY . .\nRUN make"
    files = files_of({"Dockerfile": f"{build}\nFROM c\nRUN apk add curl\nCOPY --from=b /src/out/program /"})

    assert files.program("Dockerfile", 1, "curl") == Origin("image_or_run", image="c", runs=(6,))


def test_a_directory_of_the_path_that_is_built_has_no_programs_of_the_system() -> None:
    text = "FROM a\nENV PATH=/app/bin:$PATH\nWORKDIR /app\nCOPY . .\nRUN make"
    files = files_of({"Dockerfile": text})

    assert files.program("Dockerfile", 0, "mkdir") == Origin("image_or_run", image="a", runs=(5,))
    assert files.program("Dockerfile", 0, "server").kind == "built"


def test_a_directory_of_the_path_that_lacks_the_file_does_not_end_the_search() -> None:
    text = "FROM a\nCOPY docker/scripts/a.sh /usr/local/sbin/\nCOPY docker/entry.sh docker/scripts/b.sh /usr/local/bin/"
    files = files_of({"docker/Dockerfile": text})

    assert files.program("docker/Dockerfile", 0, "entry.sh").path == "docker/entry.sh"


def test_of_two_contexts_the_one_that_has_more_of_what_is_copied_counts() -> None:
    files = files_of({"docker/Dockerfile": "FROM a\nCOPY src /src\nCOPY docker/entry.sh /e.sh\nCOPY entry.sh bin/ /x/"})

    assert files.at("docker/Dockerfile", 0, "/e.sh").path == "docker/entry.sh"
    assert files.at("docker/Dockerfile", 0, "/x/entry.sh").path == "entry.sh"


def test_a_copy_of_the_whole_context_tells_nothing_of_which_it_is() -> None:
    files = files_of({"docker/Dockerfile": "FROM a\nADD . /src"})

    assert files.at("docker/Dockerfile", 0, "/src/docker/entry.sh").path == "docker/entry.sh"
    assert files.at("docker/Dockerfile", 0, "/src/entry.sh").path == "docker/entry.sh"


def test_copies_of_copies_end() -> None:
    runs = "\n".join(f"RUN cp /{number} /{number + 1}" for number in range(200))

    assert files_of({"Dockerfile": f"FROM a\n{runs}"}).at("Dockerfile", 0, "/200").kind == "run"


def _last(text: str) -> int:
    return text.count("FROM ") - 1


def files_of(contents: dict[str, str]) -> ImageFiles:
    """The Dockerfiles, as containerization reads them."""
    paths = tuple(sorted({*REPOSITORY, *contents}))
    files = {path: len(text) for path, text in contents.items()}
    probe = registry.probe_named("containerization")._replace(declared_inputs=(PATHS, "**"))
    inputs = ProbeInputs(
        probe, files, _Texts(contents), paths=paths, catalogues=lambda _: {"operating_systems": [], "families": []}
    )
    output = probe.run(inputs)
    layers: Any = output.artifacts["layers.json"]
    return ImageFiles(output.schema_slice["dockerfiles"], layers, paths)


class _Texts:
    def __init__(self, contents: dict[str, str]) -> None:
        self._contents = contents

    def head(self, path: str, size: int) -> bytes:
        return self._contents[path].encode()[:size]

    def read(self, path: str, cap: int) -> bytes:
        return self.head(path, cap)
