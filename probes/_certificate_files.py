"""What single files tell of certificates: settings and scripts by their lines, certificate files by their kind."""

import re
from collections.abc import Sequence
from typing import Any

from codegenie.formats.patterns import lazily
from codegenie.formats.source_text import without_comments

from ._source_patterns import Patterns

_STORES = ("jks", "keystore", "truststore", "p12", "pfx", "bks")
"""Extensions of key stores, which hold certificates, private keys, or both; what this one holds is not looked at."""
_CERTIFICATES = ("crt", "cer", "pem", "der", "p7b")
_SETTINGS = ("yml", "yaml", "toml", "tf", "mk", "properties", "conf", "cfg", "ini", "service", "env", "xml")
_NAMES = (
    *(".npmrc", ".yarnrc", ".curlrc", ".wgetrc", ".gitconfig", ".bazelrc", ".env", ".env.*", "*.env.*", "Makefile"),
    *("makefile", "GNUmakefile", "[Jj]ustfile", "package.json", "Procfile", "appsettings*.json", "jvm.config"),
    *("maven.config", ".jvmopts", "pip.conf"),
)
CERTIFICATE_FILES = (f"**/*.{{{','.join((*_CERTIFICATES, *_STORES))}}}", "**/cacerts")
SETTING_FILES = (f"**/*.{{{','.join(_SETTINGS)}}}", f"**/{{{','.join(_NAMES)}}}")

_BEGIN = lazily(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----")
_VALUE = rb"((?:\$\{\{[^}\n]{0,99}\}\}|\$\{[^}\n]{0,99}\}|[^\s\"'#,;&|)}\]]){1,200})"
_IN_A_LINE = rb"\A[^\n]{0,400}?%b[\"'\])]{0,3}[ \t]{0,9}(?::=|\?=|[:=, \t])[ \t]{0,9}[\"']?" + _VALUE
_NEXT_LINE = rb"\A[^\n]{0,400}?%b[\"']?[ \t\r]{0,9}\n[ \t]{0,60}value:[ \t]{1,9}[\"']?" + _VALUE
_PATH = lazily(rb"(?:[/.$~]|[A-Za-z]:[/\\])[\w./${} \\:~@%+-]*|[\w./-]+\.(?:pem|crt|cer|jks|p12)")


def is_certificate(path: str) -> bool:
    """Whether a file is a certificate, a key or a store of them, by its name."""
    name = path.rpartition("/")[2]
    return name == "cacerts" or name.rpartition(".")[2] in (*_CERTIFICATES, *_STORES)


def holds(content: bytes) -> list[str]:
    """The kinds of what a PEM file has between its dashes; empty for what is no PEM file."""
    kinds = set()
    for found in _BEGIN.finditer(content):
        label = found[1]
        if label.endswith(b"PRIVATE KEY"):
            kinds.add("private key")
        elif label in (b"CERTIFICATE", b"TRUSTED CERTIFICATE", b"X509 CERTIFICATE", b"PKCS7"):
            kinds.add("certificate")
        elif label.endswith(b"CERTIFICATE REQUEST"):
            kinds.add("certificate request")
        else:
            kinds.add("other")
    return sorted(kinds)


def told(patterns: Patterns, content: bytes) -> list[list[Any]]:
    """The pattern, the line, the name and the path of each finding in a file of settings."""
    code = without_comments(content, "settings")
    found = patterns.findings(code, "settings", in_strings=True)
    if not found:
        return []
    starts = _starts(code, [one[1] for one in found])
    return [
        [pattern, line, name[0] if name else None, _path(code[starts[line] : starts[line] + 2000], name)]
        for pattern, line, *name in found
    ]


def _starts(code: bytes, wanted: Sequence[int]) -> dict[int, int]:
    """Where each of the lines begins, which are in their order."""
    at, line = 0, 1
    starts = {}
    for number in wanted:
        while line < number:
            at, line = code.index(b"\n", at) + 1, line + 1
        starts[number] = at
    return starts


def _path(text: bytes, name: Sequence[object]) -> str | None:
    """What a variable is set to, where that is a path: other values are not for others to read."""
    if not name:
        return None
    word = re.escape(str(name[0]).encode())
    for form in (_NEXT_LINE, _IN_A_LINE):
        found = re.match(form % word, text)
        if found and _PATH.fullmatch(found[1]):
            return found[1].decode("ascii", "replace")
    return None
