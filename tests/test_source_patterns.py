"""The catalogue of source patterns: every entry is reached by its example, and takes no bait."""

import json
import time
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from codegenie import registry
from codegenie.formats.source_text import without_comments
from probes._source_languages import LANGUAGES
from probes._source_patterns import by_dialect

FAMILIES = {"settings": "settings"} | {one.dialect: one.family for one in LANGUAGES.values()}


@cache
def catalogue() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(registry.catalogue_path("source_patterns")).read_text())
    return found


@cache
def patterns() -> dict[str, Any]:
    return by_dialect(catalogue())


def found_in(dialect: str, text: str) -> set[str]:
    family = FAMILIES[dialect]
    return {found[0] for found in patterns()[dialect].findings(without_comments(text.encode(), family), family)}


@pytest.mark.parametrize("entry", catalogue()["patterns"], ids=lambda entry: entry["id"])
def test_an_example_is_found_in_each_language_and_none_in_a_comment(entry: dict[str, Any]) -> None:
    assert [one for one in entry["languages"] if entry["id"] not in found_in(one, entry["example"])] == []
    first = entry["languages"][0]
    opening = {
        "python": "#",
        "ruby": "#",
        "shell": "#",
        "perl": "#",
        "elixir": "#",
        "powershell": "#",
        "settings": "#",
    }.get(first, "//")
    text = entry["example"].removeprefix("<?php\n").replace("\n", f"\n{opening} ")
    start = "<?php\n" if first == "php" else ""
    assert found_in(first, f"{start}{opening} {text}\n") == set()


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("javascript", "throw new Error(\"set rejectUnauthorized: false to go on\")"),
        ("javascript", "const rejectUnauthorized = options.rejectUnauthorized ?? true"),
        ("javascript", "process.on('exit', stop); emitter.on('SIGTERM', stop)"),
        ("javascript", "const { ca } = options; location: 'ca: '; new Agent({ keepAlive: true }); ca: other"),
        ("javascript", "`${html} <p>process.on('SIGTERM')</p>`"),
        ("python", "import requests\nrequests.get(url, verify=True)\ndef f(verify=None): pass"),
        ("python", "jwt.decode(token, verify=False)"),
        ("python", "'''\nsignal.signal(signal.SIGTERM, f)\n'''"),
        ("go", "signalNotify(c); cfg.InsecureSkipVerify = insecure; x := `InsecureSkipVerify: true`"),
        ("jvm", "public void checkServerTrusted(X509Certificate[] c, String t) { delegate.check(c, t); }"),
        ("dotnet", "handler.ServerCertificateCustomValidationCallback == null"),
        ("ruby", "mousetrap 'TERM'; trapped = true; x.trap 'TERM'"),
        ("php", "<p>CURLOPT_SSL_VERIFYPEER, false</p><?php echo 1;"),
        ("shell", "echo \"use curl -k\"; curl -o pkg.tar -k8s=1 https://x; curl --key k https://x"),
        ("shell", "cat <<EOF\ncurl -k https://example.com\nEOF\n"),
        ("shell", "trap - TERM; trap '' INT; mytrap x TERM; echo trap"),
        ("c", "signal(SIGPIPE, SIG_IGN); on_signal(SIGTERM, x);"),
        ("rust", "let c = 'x'; // RootCertStore::empty()\nfn f<'a>(x: &'a str) { \"RootCertStore::empty()\"; }"),
    ],
)  # fmt: skip
def test_no_bait_is_taken(dialect: str, text: str) -> None:
    assert found_in(dialect, text) == set()


@pytest.mark.parametrize("dialect", sorted({one.dialect for one in LANGUAGES.values()}))
def test_no_text_takes_long(dialect: str) -> None:
    if dialect not in patterns():
        return
    family = FAMILIES[dialect]
    units = {literal for pattern in patterns()[dialect].patterns for literal in pattern.literals}
    for unit in sorted(units):
        for tail in (b"", b" ", b"(", b"=", b" = \\\n"):
            started = time.process_time()
            patterns()[dialect].findings((unit + tail) * (8_000 // len(unit + tail)), family)
            assert time.process_time() - started < 0.2, unit + tail
