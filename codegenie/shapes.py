r"""The shapes of secrets: a table of patterns for what looks like a credential and like nothing else.

The shapes are facts about the issuers' formats, learned from their documentation and from the rules of gitleaks (MIT)
and detect-secrets (Apache-2.0); the patterns are our own.  Precision comes first: an image name, a digest, a commit, a
path and a reference like `${TOKEN}` are facts.

Each pattern takes linear time: a run of characters is possessive (`++`), is bounded, or ends where another begins.  It
begins with letters as they stand, which `re` finds at the speed of memory, and looks back from behind them.
"""

import re
from functools import cache
from typing import NamedTuple

from codegenie.formats.patterns import lazily


class Shape(NamedTuple):
    """One kind of secret; `hints` are in lower case, and one of them stands in every match.

    Of a match the group that took part is the secret, or all of it where there is no group.
    """

    kind: str
    hints: tuple[str, ...]
    pattern: str


@cache
def compiled(shape: Shape) -> re.Pattern[str]:
    """Compiled when a hint was seen: all of them would cost each process 30 ms."""
    return re.compile(shape.pattern)


def is_setting(name: str, value: str) -> bool:
    """True of a name like DB_PASSWORD with a value that mixes letters and digits, as a word about it would not."""
    return name.endswith(SETTINGS) and bool(_UPPER.fullmatch(name) and _MIXED.fullmatch(value))


SETTINGS = ("PASSWORD", "PASSWD", "PASSPHRASE", "TOKEN", "SECRET", "API_KEY", "ACCESS_KEY", "SECRET_KEY", "KEY_BASE")
_UPPER = lazily(r"[A-Z][A-Z0-9_]*")
_MIXED = lazily(r"(?!/|\.|~|\w{1,12}://)(?=\D*\d)(?=[^A-Za-z]*[A-Za-z])[^\s$<>{}%]{8,200}")


def _shape(kind: str, hints: str, pattern: str) -> Shape:
    return Shape(kind, tuple(hints.split()), f"(?a){pattern}")


def _token(kind: str, prefix: str, rest: str) -> Shape:
    """Something that begins with a prefix of its issuer's, and not in the middle of a word."""
    return _shape(kind, prefix.lower(), rf"{re.escape(prefix)}(?<![A-Za-z0-9]{re.escape(prefix)}){rest}")


def _spelt(kind: str, hints: tuple[str, ...], pattern: str) -> Shape:
    """Something that words in any case stand before."""
    return Shape(kind, hints, f"(?ai){pattern}")


# No secrets: a variable, a path, a placeholder, a switch, a small number; a version, for there are such packages.
_NO_LITERAL = (
    r"(?!\\?[\"']?(?:[-$%<{(/~*]|\.{1,2}/|[xX]{3,}+\b|\d{1,5}(?![\w.])"
    r"|(?:true|false|yes|no|on|off|null|none|nil|undefined|auto|always|never|required|optional)(?![\w-])"
    r"|(?:process\.env|os\.environ|secrets?|env|vars)[.\[]|(?:id|type|src|source|target|env)="
    r"|(?:npm|workspace|catalog|patch|file|link):|[\^v]?\d+(?:\.[\dx]+)+(?:[-+.][\w.+-]{0,80})?(?:[\"'\s,;\\]|\Z)))"
)
_LITERAL = (
    rf"{_NO_LITERAL}(?:\"([^\"$`{{}}\\\n]{{3,}}+)\"|'([^'$`{{}}\n]{{3,}}+)'|\\\"([^\"$`{{}}\\\n]{{3,}}+)\\\""
    r"|([^\s\"'`;&|,<>(){}\[\]$=\\]{3,}+={0,2}+)(?![=$({\[<]))"
)
_WORDS = (
    *("password", "passwd", "passphrase", ";pwd", "token", ":_auth", "(?-i:_SECRET)", "^secret", "[^a-z0-9_.-]secret"),
    *(f"{what}{joint}key" for what in ("api", "access", "account", "signing", "encryption") for joint in ("[_-]", "")),
    *(f"secret{joint}key" for joint in ("[_-]", "")),
    *("secret_key_base", "secretkeybase"),
    *(f"{what}[_-]secret" for what in ("client", "app", "auth", "jwt", "session", "cookie", "webhook", "shared")),
    *("clientsecret", "appsecret", "jwtsecret", "webhooksecret"),
)


def _after_a_word(*ends: str, before: str = "") -> str:
    """Looks back at one of the words with one of these behind it; each of fixed width, as `re` wants it."""
    return f"(?:{'|'.join(f'(?<={before}{word}{end})' for word in _WORDS for end in ends)})"


# A hyphen or a slash before the word makes it the name of a package.
_IN_QUOTES = _after_a_word(r"[\"']", r"\\[\"']", before="[^/@-]")

SHAPES = (
    _shape(
        "private-key",
        "-----begin",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?=(?:\s|\\[rn])+(?:[A-Za-z0-9+/=]{16}|[A-Z][\w-]{2,20}:))(?s:.*?)(?:-----END [A-Z0-9 ]{0,40}-----|\Z)",
    ),
    _shape(
        "url-credentials",
        "://",
        r"://(?<=[A-Za-z0-9]://)([^\s/?#@:$\"'`<>{}\\]*+:(?![$<{%*@])[^\s/?#$\"'`<>{}]*)@(?!sha\d{3}:)",
    ),
    _shape(
        "url-credentials", "://", r"://(?<=[ps]://)(?=[A-Za-z_-]{0,200}+\d)([A-Za-z0-9_-]{20,200}+(?::x-oauth-basic)?)@"
    ),
    _token("github-token", "gh", r"[pousr]_[A-Za-z0-9]{36,}+"),
    _token("github-token", "github_pat_", r"[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),
    _token(
        "gitlab-token",
        "gl",
        r"(?:pat|dt|rt|ptt|cbt|imt|agent|soat|ft|ffct)-[A-Za-z0-9_-]{20,}+(?:\.[a-z0-9]{2,10}+){0,2}",
    ),
    _token("slack-token", "xox", r"[abeoprs](?:\.xox[bp])?-(?=[A-Za-z-]{0,40}+\d)[A-Za-z0-9-]{10,}+"),
    _token("slack-token", "xapp-", r"\d-[A-Z0-9]{6,}+-\d{6,}+-[a-f0-9]{16,}+"),
    _shape(
        "slack-webhook",
        "hooks.slack.com/",
        r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Z][A-Z0-9]{6,}+/[A-Z0-9]{6,}+/[A-Za-z0-9]{16,}+)",
    ),
    _token("stripe-key", "sk_", r"(?:live|test)_[A-Za-z0-9]{16,}+"),
    _token("stripe-key", "rk_", r"(?:live|test)_[A-Za-z0-9]{16,}+"),
    _token("stripe-key", "whsec_", r"[A-Za-z0-9+/]{32,}+={0,2}"),
    _token("npm-token", "npm_", r"[A-Za-z0-9]{36}(?![A-Za-z0-9_])"),
    _token("pypi-token", "pypi-AgE", r"[IN][A-Za-z0-9_-]{50,}+"),
    _token("google-api-key", "AIza", r"(?<![+/_-]AIza)[A-Za-z0-9_-]{35}(?![A-Za-z0-9+/=_-])"),
    _token("google-secret", "GOCSPX-", r"[A-Za-z0-9_-]{28}"),
    _token("google-secret", "ya29.", r"[A-Za-z0-9_-]{20,}+"),
    _token("sendgrid-key", "SG.", r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
    _token("twilio-key", "SK", r"(?<![+/]SK)[0-9a-f]{32}(?![A-Za-z0-9+/=])"),
    _token("docker-token", "dckr_", r"(?:pat|oat)_[A-Za-z0-9_-]{27,}+"),
    _token("digitalocean-token", "do", r"[opr]_v1_[a-f0-9]{64}"),
    _token("huggingface-token", "hf_", r"[A-Za-z]{34}(?![A-Za-z0-9_])"),
    _token("anthropic-key", "sk-ant-", r"[a-z]{3,5}\d\d-[A-Za-z0-9_-]{40,}+"),
    _token("openai-key", "sk-", r"(?:proj|svcacct|admin|None)?-?[A-Za-z0-9_-]{16,150}?T3BlbkFJ[A-Za-z0-9_-]{16,}+"),
    _token("vault-token", "hv", r"[sb]\.[A-Za-z0-9_-]{24,}+"),
    _shape("terraform-token", ".atlasv1.", r"\.atlasv1\.(?<=[A-Za-z0-9]{14}\.atlasv1\.)([A-Za-z0-9_=-]{60,}+)"),
    _token("shopify-token", "shp", r"(?:at|ca|pa|ss)_[a-fA-F0-9]{32}(?![A-Za-z0-9])"),
    _token("grafana-token", "glsa_", r"[A-Za-z0-9]{32}_[a-f0-9]{8}"),
    _token("databricks-token", "dapi", r"[a-f0-9]{32}(?:-\d)?(?![A-Za-z0-9])"),
    _token("age-key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{58}"),
    _token("jwt", "eyJ", r"(?<![_-]eyJ)[A-Za-z0-9_-]{8,}+\.eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{16,}+"),
    _token("aws-access-key-id", "A", r"(?<![+/]A)(?:3T[A-Z0-9]|KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9+/=])"),
    _spelt(
        "aws-secret-key",
        ("access_key", "accesskey", "access-key"),
        r"secret[_-]?access[_-]?key[\"'\\\s:=]{1,6}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    ),
    _spelt(
        "authorization",
        ("authorization",),
        r"authorization[\"']?\s?[:=]\s?[\"']?(?:bearer|basic|token|apikey|digest)\s([A-Za-z0-9._~+/=-]{8,}+)(?![$({<])",
    ),
    _spelt("authorization", ("bearer ",), r"\bbearer (?=[A-Za-z._~+/-]{0,60}+\d)([A-Za-z0-9._~+/-]{20,}+)(?![$({<])"),
    _spelt(
        "authorization",
        ("-token:", "-key:"),
        r"(?:x-api-key|private-token|job-token|x-(?:auth|access|vault)-token):\s?([\w.~+/=-]{8,}+)(?![$({<])",
    ),
    _spelt("secret", ("=",), rf"=(?<=[a-z ]=)(?!=)(?:{_after_a_word('=')}|{_after_a_word(' =')}\s?){_LITERAL}"),
    _spelt(
        "secret",
        ('":', "':", '" :', "' :"),
        rf"[\"'](?=\s?:){_IN_QUOTES}\s?:\s?(?=\\?[\"'][^\s\"']++[\"']){_LITERAL}",
    ),
    _spelt(
        "secret",
        ("--",),
        r"--(?<![\w-]--)(?:pass(?:word|wd|phrase)|pat|api-?key|client-secret|secret-(?:access-)?key"
        r"|(?:(?:access|api|auth|bot|deploy|job|npm|github|gitlab|private|registry)-?)?token) {1,3}"
        rf"{_LITERAL}",
    ),
    _spelt(
        "secret",
        ("login", "sshpass"),
        rf"(?:\b(?:docker|podman|nerdctl|registry) login\b[^\n;&|<]{{0,100}}? -p|\bsshpass -p) {{0,2}}{_LITERAL}",
    ),
    _spelt(
        "secret",
        ("curl",),
        r"\bcurl\b[^\n;&|<]{0,100}? (?:-u|--user)[ =]?[\"']?[^\s\"':$<>{}/]{1,60}+:(?!\$)([^\s\"'$<>{}]{3,}+)(?![$<{])",
    ),
)
"""More particular shapes come first: a marker is no value that a later one would replace again."""
