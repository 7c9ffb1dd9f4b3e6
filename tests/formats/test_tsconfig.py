import pytest

from codegenie.formats import tsconfig
from codegenie.formats.tsconfig import TsConfig
from codegenie.formats.unparsable import Unparsable


def test_one_file_is_read_as_typescript_reads_it() -> None:
    found = tsconfig.parse(
        b"""{
  // base
  "extends": ["./base.json", "@tsconfig/node20",],
  "compilerOptions": {
    /* out */ "outDir": "dist", "paths": {"@/*": ["./src/*"]},
  },
  "references": [{"path": "../core"}, {"prepend": true}],
  "include": ["src"], "files": 5,
}"""
    )
    assert found == TsConfig(
        extends=("./base.json", "@tsconfig/node20"),
        references=("../core",),
        files=None,
        include=("src",),
        exclude=None,
        options={"outDir": "dist", "paths": {"@/*": ["./src/*"]}},
        lines=found.lines,
    )
    assert found.lines[("compilerOptions", "outDir")] == 5


@pytest.mark.parametrize(
    "content", [b"", b"// nothing", b"{}", b'{"extends": 5, "compilerOptions": [], "references": 1}']
)
def test_nothing_usable_is_an_empty_configuration(content: bytes) -> None:
    found = tsconfig.parse(content)
    assert (found.extends, found.references, found.options) == ((), (), {})


@pytest.mark.parametrize("content", [b"[]", b"{", b"{a: 1}", b"<<<<<<< HEAD"])
def test_what_is_no_object_is_refused(content: bytes) -> None:
    with pytest.raises(Unparsable):
        tsconfig.parse(content)
