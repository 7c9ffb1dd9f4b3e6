"""Files made to hang, crash or starve whoever parses them, each with the kinds of files that must be refused for it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

MIB = 1 << 20
JSON, YAML, TOML, XML = frozenset({"json"}), frozenset({"yaml"}), frozenset({"toml"}), frozenset({"xml"})
ANY = JSON | YAML | TOML | XML
NONE: frozenset[str] = frozenset()


class Bomb(NamedTuple):
    """The content of a file; `refused` are the formats as which it is no value, or one that is too large."""

    content: bytes
    refused: frozenset[str] = NONE


def _levels(first: str, others: str) -> bytes:
    """Nine lists, each of ten aliases to the one before."""
    lines = [first] + [others.format(n=n, above=", ".join([f"*a{n - 1}"] * 10)) for n in range(1, 10)]
    return "\n".join(lines).encode()


def _merges() -> bytes:
    """Mappings that merge the one above twenty times: 20^15 keys for who follows each."""
    lines = ["a0: &a0 {k: v}"]
    lines += [f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 20)}]\n  k{n}: v" for n in range(1, 16)]
    return "\n".join(lines).encode()


_DEEP = 100_000
_DOCTYPE = b'<?xml version="1.0"?>\n<!DOCTYPE project [%s]>\n<project>%s</project>'
_LAUGHS = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 10))

BOMBS: Mapping[str, Bomb] = {
    "aliases": Bomb(_levels("a0: &a0 [x, x, x, x, x, x, x, x, x, x]", "a{n}: &a{n} [{above}]"), ANY),
    "aliases in keys": Bomb(b"a: &a x\n" + b"? *a\n: y\n" * 30_000, JSON | TOML | XML),
    "an alias to itself": Bomb(b"a: &a [*a]\n", ANY),
    "merge keys": Bomb(_merges(), ANY),
    "anchors": Bomb(b"".join(b"- &a%d x\n" % n for n in range(30_000)), JSON | TOML | XML),
    "a list in a list": Bomb(b"[" * _DEEP, ANY),
    "a list in a list, closed": Bomb(b"[" * _DEEP + b"]" * _DEEP, ANY),
    "a block in a block": Bomb(b"- " * 50_000 + b"x", ANY),
    "a mapping in a mapping": Bomb(b"{a: " * _DEEP, ANY),
    "an object in an object": Bomb(b'{"a":' * _DEEP + b"1" + b"}" * _DEEP, ANY),
    "as deep as Python recurses": Bomb(b'{"name": "x", "scripts": %s1%s}' % (b"[" * 900, b"]" * 900), ANY),
    "a list deep in a manifest": Bomb(b'{"name": "x", "scripts": %s1%s}' % (b"[" * _DEEP, b"]" * _DEEP), ANY),
    "an integer of 5000 digits": Bomb(b'{"name": %s}' % (b"9" * 5000), JSON | TOML | XML),
    "an exponent": Bomb(b'{"name": 1e999999999}', JSON | TOML | XML),
    "many values": Bomb(b'{"scripts": [%s1]}' % (b"1," * 150_000), YAML | TOML | XML),
    "many keys": Bomb(b'{"scripts": {%s"z": 1}}' % b"".join(b'"%x":1,' % n for n in range(55_000)), TOML | XML),
    "escapes": Bomb(b'{"name": "%s"}' % (rb"\ud800" * 50_000), YAML | TOML | XML),
    "dates": Bomb(
        b"version: 2024-99-99\nname: 0000-00-00T99:99:99Z\npackages: [9999-12-31T23:59:60+99:99]\n", JSON | TOML | XML
    ),
    "tags": Bomb(
        b"name: !!python/object/apply:os.system [id]\npackages: !!binary '????'\nx: !!timestamp 9\n", JSON | TOML | XML
    ),
    "directives": Bomb(b"".join(b"%%TAG !a%d! b\n" % n for n in range(50_000)) + b"--- x", ANY),
    "documents": Bomb(b"---\n" * 110_000, ANY),
    "a dotted key": Bomb(b"a." * 50_000 + b"a = 1\n", TOML | JSON | XML),
    "a dotted header": Bomb(b"[" + b"a." * 50_000 + b"a]\n", TOML | JSON | XML),
    "many dotted headers": Bomb(
        b"".join(b"[%s.k%d]\n" % (b".".join([b"a"] * 30), n) for n in range(4_000)), JSON | YAML | XML
    ),
    "lists in TOML": Bomb(b"a = " + b"[" * _DEEP, TOML | JSON | XML),
    "tables in TOML": Bomb(b"a = " + b"{a = " * _DEEP, TOML | JSON | XML),
    "an integer in TOML": Bomb(b"a = " + b"9" * 5000 + b"\n", TOML | JSON | XML),
    "dates in TOML": Bomb(b"a = 2024-99-99\n", TOML | JSON | XML),
    "entities in entities": Bomb(_DOCTYPE % (b'<!ENTITY e0 "ha">' + _LAUGHS, b"&e9;"), JSON | TOML | XML),
    "one long entity": Bomb(_DOCTYPE % (b'<!ENTITY e "%s">' % (b"a" * 300_000), b"&e;" * 100_000), JSON | TOML | XML),
    "an entity outside": Bomb(
        _DOCTYPE % (b'<!ENTITY e SYSTEM "file:///etc/passwd">', b"<name>&e;</name>"), JSON | TOML | XML
    ),
    "a document type": Bomb(b'<!DOCTYPE project SYSTEM "http://127.0.0.1:1/x.dtd"><project/>', JSON | TOML | XML),
    "an element in an element": Bomb(b"<a>" * 90_000 + b"</a>" * 90_000, JSON | TOML | XML),
    "elements": Bomb(b"<a>" + b"<b/>" * 110_000 + b"</a>", JSON | TOML | XML),
    "attributes": Bomb(b"<a %s/>" % b" ".join(b'b%d=""' % n for n in range(20_000)), JSON | TOML),
    "names of spaces": Bomb(b"<a %s/>" % b" ".join(b'xmlns:b%d="u%d"' % (n, n) for n in range(20_000)), JSON | TOML),
}
# What an expression that goes back and forth takes quadratic or exponential time for.
BAIT: tuple[bytes, ...] = (
    b"a", b"A", b"1", b" ", b"\t", b"\n", b"\r", b"\0", b"\xff", b"\xe2\x80\xae", b".", b"-", b"=", b"#", b"@", b"\\",
    b"(", b"[", b"{", b"<", b'"', b"'", b"`", b"/*", b"*/", b"//", b"<!--", b"--", b"%", b"&", b"a.", b"a-", b"a,",
    b"a=", b"a ", b" a", b"a: ", b"a\n", b"# a\n", b"- a\n", b'"a" ', b"${", b"{{", b"<a ", b"a/", b"../", b"::", b"a;",
    b"import a\n", b"require(", b"\xef\xbb\xbf", b"-*- ", b"vim: ", b"#!/", b"\\\n", b"a\\\n", b"a a\n", b"=\n",
    b"[a]\n", b"module a\n", b"require a v1\n", b"registry=", b"a@1:\n", b"aaaa!", b"@a/", b"<?xml ", b"<![CDATA[",
    b"!a ", b"a* ",
)  # fmt: skip


def baits(size: int) -> Iterator[bytes]:
    """Each piece so often that there are so many bytes, with what does not fit at the end."""
    for piece in BAIT:
        yield piece * (size // len(piece)) + b"!\n"


# Too long for a source file; what may read them are the readers of lockfiles.
LARGE: Mapping[str, bytes] = {
    "one line": b"a" * (30 * MIB),
    "one line of JSON": b'{"name": "%s"}' % (b"a" * (30 * MIB)),
    "lists": b"[" * (30 * MIB),
    "values": b"[%s1]" % (b"1," * (15 * MIB)),
    "objects": b"[%s{}]" % (b'{"a": {}},' * (3 * MIB)),
    "lines": b"a: b\n" * (6 * MIB),
    "blocks": b"- a\n" * (7 * MIB),
    "tables": b"[[package]]\nname = 'a'\n" * MIB,
    "elements": b"<a>" + b"<b/>" * (7 * MIB) + b"</a>",
}
