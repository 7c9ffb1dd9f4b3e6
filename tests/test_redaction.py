"""Secrets become typed markers; what only resembles one is a fact, and stays."""

import json
import time
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codegenie.redaction import publishable, redacted
from codegenie.shapes import SHAPES

# Made of pieces, so that nothing here is taken for a secret itself.
MIXED = "aB3dE6gH9"  # letters in both cases, and digits
HEX = "0123456789abcdef"
AWS_ID = "AKIA" + "QWERTY234567ASDF"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCY3xAmPl3Key"
JWT = ".".join(("eyJ" + MIXED * 2, "eyJ" + MIXED * 4, MIXED * 5))
PEM = "-----BEGIN RSA PRIVATE " + f"KEY-----\nMIIE{MIXED * 7}\n{MIXED * 3}==\n-----END RSA PRIVATE KEY-----"
GITHUB = "ghp_" + MIXED * 4

SECRETS = {
    # in the address of a server
    f"https://ann:{MIXED}@example.org/x.git": "https://<redacted:url-credentials>@example.org/x.git",
    "postgres://postgres:postgres@db:5432/shop?ssl=1": "postgres://<redacted:url-credentials>@db:5432/shop?ssl=1",
    "redis://:hunter2@cache": "redis://<redacted:url-credentials>@cache",
    "amqp://u:p%40ss@mq/%2f": "amqp://<redacted:url-credentials>@mq/%2f",
    "mongodb+srv://u:a@b@h1,h2/x": "mongodb+srv://<redacted:url-credentials>@h1,h2/x",
    f"git clone https://{HEX}{HEX}@github.com/x/y": "git clone https://<redacted:url-credentials>@github.com/x/y",
    f"https://{HEX}{HEX}:x-oauth-basic@github.com/": "https://<redacted:url-credentials>@github.com/",
    f"https://x-access-token:{GITHUB}@github.com/": "https://<redacted:url-credentials>@github.com/",
    # with an issuer's prefix
    GITHUB: "<redacted:github-token>",
    f"_{GITHUB}": "_<redacted:github-token>",
    "ghs_" + MIXED * 9: "<redacted:github-token>",
    "github_pat_" + HEX + MIXED[:6] + "_" + HEX * 3 + MIXED + "ab": "<redacted:github-token>",
    "glpat-" + MIXED * 2 + "-_": "<redacted:gitlab-token>",
    "glrt-t1_" + MIXED * 2 + ".01.1a2b3c4": "<redacted:gitlab-token>",
    "xoxb-123456789012-" + MIXED: "<redacted:slack-token>",
    "xoxe.xoxp-1-" + MIXED * 3: "<redacted:slack-token>",
    "xapp-1-A0123456789-1234567890-" + HEX * 2: "<redacted:slack-token>",
    "https://hooks.slack.com/services/" + "T0123ABCD/B0123ABCD/" + MIXED * 3: (
        "https://hooks.slack.com/services/<redacted:slack-webhook>"
    ),
    "sk_live_" + MIXED * 3: "<redacted:stripe-key>",
    "rk_test_" + MIXED * 3: "<redacted:stripe-key>",
    "whsec_" + MIXED * 4: "<redacted:stripe-key>",
    "npm_" + MIXED * 4: "<redacted:npm-token>",
    "pypi-AgEIcHlwaS5vcmc" + MIXED * 8: "<redacted:pypi-token>",
    "AIza" + MIXED * 3 + "-_345678": "<redacted:google-api-key>",
    "GOCSPX-" + MIXED * 3 + "x": "<redacted:google-secret>",
    "ya29." + MIXED * 5: "<redacted:google-secret>",
    "SG." + HEX + "abcdef." + MIXED * 4 + "abcdefg": "<redacted:sendgrid-key>",
    "SK" + HEX * 2: "<redacted:twilio-key>",
    "dckr_pat_" + MIXED * 3: "<redacted:docker-token>",
    "dop_v1_" + HEX * 4: "<redacted:digitalocean-token>",
    "hf_" + "aBcDeFgHiJ" * 3 + "abcd": "<redacted:huggingface-token>",
    "sk-ant-api03-" + MIXED * 6: "<redacted:anthropic-key>",
    "sk-proj-" + MIXED * 4 + "T3BlbkFJ" + MIXED * 4: "<redacted:openai-key>",
    "hvs." + MIXED * 4: "<redacted:vault-token>",
    "aB3dE6gH9aB3dE.atlasv1." + MIXED * 8: "aB3dE6gH9aB3dE.atlasv1.<redacted:terraform-token>",
    "shpat_" + HEX * 2: "<redacted:shopify-token>",
    "glsa_" + HEX * 2 + "_" + HEX[:8]: "<redacted:grafana-token>",
    "dapi" + HEX * 2: "<redacted:databricks-token>",
    "AGE-SECRET-KEY-1" + "QPZRY9X8GF" * 5 + "2TVDW0S3": "<redacted:age-key>",
    JWT: "<redacted:jwt>",
    AWS_ID: "<redacted:aws-access-key-id>",
    f"aws_access_key_id = {AWS_ID}": "aws_access_key_id = <redacted:aws-access-key-id>",
    f"aws_secret_access_key = {AWS_SECRET}": "aws_secret_access_key = <redacted:aws-secret-key>",
    f"AWS_SECRET_ACCESS_KEY: '{AWS_SECRET}'": "AWS_SECRET_ACCESS_KEY: '<redacted:aws-secret-key>'",
    PEM: "<redacted:private-key>",
    f'echo "{PEM}" > key.pem': 'echo "<redacted:private-key>" > key.pem',
    PEM.replace("\n", "\\n"): "<redacted:private-key>",
    PEM[:60]: "<redacted:private-key>",
    # with words before it
    f"curl -H 'Authorization: Bearer {MIXED}'": "curl -H 'Authorization: Bearer <redacted:authorization>'",
    f"authorization=basic {MIXED}==": "authorization=basic <redacted:authorization>",
    f"bearer {MIXED * 3}": "bearer <redacted:authorization>",
    f"-H PRIVATE-TOKEN: {MIXED}": "-H PRIVATE-TOKEN: <redacted:authorization>",
    f"-H 'X-Api-Key:{MIXED}'": "-H 'X-Api-Key:<redacted:authorization>'",
    "mysql --password=hunter2 -h db": "mysql --password=<redacted:secret> -h db",
    "PGPASSWORD=hunter2 psql": "PGPASSWORD=<redacted:secret> psql",
    "PASSWORD='hunter2 and more' x": "PASSWORD='<redacted:secret>' x",
    'PASSWORD="hunter2 and more" x': 'PASSWORD="<redacted:secret>" x',
    "docker run -e POSTGRES_PASSWORD=postgres -p 1:1 x": "docker run -e POSTGRES_PASSWORD=<redacted:secret> -p 1:1 x",
    f"//registry.npmjs.org/:_authToken={HEX}": "//registry.npmjs.org/:_authToken=<redacted:secret>",
    f"//example.org/:_auth = {MIXED}==": "//example.org/:_auth = <redacted:secret>",
    f"https://example.org/?x=1&access_token={MIXED}&y=2": "https://example.org/?x=1&access_token=<redacted:secret>&y=2",
    f"apiKey={MIXED} API_KEY={MIXED}": "apiKey=<redacted:secret> API_KEY=<redacted:secret>",
    f"CLIENT_SECRET={MIXED} client-secret={MIXED}": "CLIENT_SECRET=<redacted:secret> client-secret=<redacted:secret>",
    f"secret={MIXED}; JWT_SECRET={MIXED}": "secret=<redacted:secret>; JWT_SECRET=<redacted:secret>",
    f"Server=db;AccountKey={MIXED}==;Pwd=abc1;": "Server=db;AccountKey=<redacted:secret>;Pwd=<redacted:secret>;",
    """-d '{"user": "x", "password": "hunter2"}'""": """-d '{"user": "x", "password": "<redacted:secret>"}'""",
    'x {\\"apiToken\\":\\"hunter2\\"}': 'x {\\"apiToken\\":\\"<redacted:secret>\\"}',
    "tool --token hunter2 --x": "tool --token <redacted:secret> --x",
    "tool --api-key  hunter2": "tool --api-key  <redacted:secret>",
    "docker login -u ann -p hunter2 x.io": "docker login -u ann -p <redacted:secret> x.io",
    "sshpass -p 'hunter2' ssh x": "sshpass -p '<redacted:secret>' ssh x",
    "curl -s -u ann:hunter2 x.io": "curl -s -u ann:<redacted:secret> x.io",
}

FACTS = [
    # images, digests, versions, paths
    "node:20.11.1-alpine3.19@sha256:" + HEX * 4,
    "gcr.io/distroless/nodejs20-debian12:nonroot",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1.2.3",
    "registry.example.org:5000/team/token-service:latest",
    "docker://node:20@sha256:" + HEX * 4,
    "docker://ghcr.io/org/token:1@sha256:" + HEX * 4,
    "cgr.dev/chainguard/node@sha256:" + HEX * 4,
    "/home/node/app",
    "/run/secrets/db_password",
    "C:\\Users\\ann\\secret",
    "src/auth/password/token.ts",
    "sha512-" + (MIXED + "/+") * 7 + "abcdefghi==",
    "sha1-" + MIXED * 3 + "=",
    "sha256:" + HEX * 4,
    HEX * 2 + HEX[:8],
    "a3714473feb8dbe7d5a6b5236c5a3d9a3a2a9d53",
    "550e8400-e29b-41d4-a716-446655440000",
    # addresses
    "user@1.2.3",
    "@org/pkg@1.0.0",
    "pkg:npm/%40org/pkg@1.0.0?vcs_url=git%2Bhttps://github.com/x/y",
    "npm:@org/pkg@^1.0.0",
    "git+ssh://git@github.com/x/y",
    "git+ssh://git@github.com:x/y.git#semver:^1",
    "ssh://git@example.org:2222/x/y.git",
    "git@github.com:org/repo.git",
    "https://ann@dev.azure.com/ann/project/_git/repo",
    "http://localhost:8080",
    "http://localhost:8080/@vite/client",
    "https://registry.npmjs.org:443/@org/pkg/-/pkg-1.0.0.tgz",
    "https://[::1]:8080/a@b",
    "https://user:${TOKEN}@example.org",
    "https://x-access-token:$GITHUB_TOKEN@github.com/x",
    "https://oauth2:{{ token }}@example.org",
    "https://user:<password>@example.org",
    "https://%s:%s@example.org",
    "jdbc:postgresql://db:5432/shop",
    "kafka://h1:9092,h2:9092",
    # references and switches
    "${TOKEN}",
    "$NPM_TOKEN",
    "//registry.npmjs.org/:_authToken=${NPM_TOKEN}",
    "NPM_TOKEN=$NPM_TOKEN npm publish",
    "TOKEN=%TOKEN% x",
    "token=$(gh auth token)",
    "token=`cat x`",
    "PASSWORD=prefix-${SECRET}",
    "GITHUB_TOKEN=${{ secrets.GITHUB_TOKEN }}",
    "password=process.env.PASSWORD",
    "token=getToken()",
    "PASSWORD=<your password>",
    "PASSWORD=***",
    "token=xxxxxxxx",
    "PASSWORD=",
    "PASSWORD= npm start",
    "MYSQL_ALLOW_EMPTY_PASSWORD=yes",
    "--set serviceAccountToken=false",
    "--max-token=4096",
    "--tokens=12 --tokenizer=bert-base",
    "--password-file=secrets/db.txt",
    "PASSWORD_FILE=/run/secrets/db",
    "--token /run/secrets/token",
    "--token $TOKEN --password --verbose",
    "docker login -u ann --password-stdin",
    "docker build --secret id=npmrc,src=.npmrc .",
    "--mount=type=secret,id=npmrc",
    "--set auth.existingSecret=database",
    "imagePullSecret=registry",
    "test $PASSWORD == hunter2",
    "secretName=database-credentials",
    "jsonwebtoken js-tokens csrf-token password-validator",
    "Authorization: Bearer ${TOKEN}",
    "Authorization: required",
    "bearer of good news in this rather longish sentence",
    'curl -H "Authorization: token $TOKEN" -d \'{"token": "${TOKEN}"}\'',
    "curl -u $USER:$PASS https://example.org",
    "docker run -u 1000:1000 --user node:node x",
    '{"scripts": {"token": "node token.js"}}',
    '{"password": true, "token": null}',
    '"js-tokens": "^4.0.0", "comma-separated-tokens": "x"',
    '"@octokit/auth-token": "latest", "pbkdf2-password": "latest"',
    '{"password": "1.2.1", "token": "^1.0.0-beta.1", "secret": "workspace:*"}',
    'stop-token = "0.7.0"',
    'token = "1.x"',
    'grep -r "-----BEGIN RSA PRIVATE KEY-----" src/some/directory/of/mine',
    # shaped like a token, and not quite
    "ghp_tooshort",
    "npm_config_registry npm_package_version_of_the_current_package1",
    "AIzaTooShort",
    "AKIAtooshort",
    "XAKIA" + "QWERTY234567ASDF",
    "SK" + HEX,
    "MASK" + HEX * 2,
    "eyJhbGciOiJIUzI1NiJ9",
    "xoxb-your-token-here-please",
    "hf_transfer_enabled",
    "pk_live_" + MIXED * 3,
    "risk_live_" + MIXED * 3,
    "glass-onion-glpat",
    "<redacted:secret>",
    "",
]


@pytest.mark.parametrize(("text", "left"), SECRETS.items())
def test_only_the_secret_part_of_a_text_is_replaced(text: str, left: str) -> None:
    assert redacted(text) == left
    assert redacted(f"run: {text} done") == f"run: {left} done" or text.startswith("-----")
    assert redacted(left) == left


@pytest.mark.parametrize("text", FACTS)
def test_a_fact_stays(text: str) -> None:
    assert redacted(text) == text
    assert redacted({text: [f" {text} "]}) == {text: [f" {text} "]}


def test_every_shape_has_an_example() -> None:
    kinds = {kind for left in SECRETS.values() for kind in (shape.kind for shape in SHAPES) if f":{kind}>" in left}
    assert kinds == {shape.kind for shape in SHAPES}


def test_names_and_nested_texts_are_looked_through_and_other_values_stay() -> None:
    value = {f"x {GITHUB}": [{"deep": [GITHUB, 1, 1.5, None, True, "plain"]}], "plain": {}}
    assert redacted(value) == {
        "x <redacted:github-token>": [{"deep": ["<redacted:github-token>", 1, 1.5, None, True, "plain"]}],
        "plain": {},
    }


def test_two_names_that_become_the_same_stay_two() -> None:
    other = GITHUB[::-1][:30]
    value = {GITHUB: 1, "ghp_" + other + "abcdefg": 2, "ghp_" + other + "gfedcba": 3}
    assert redacted(value) == {
        "<redacted:github-token>": 1,
        "<redacted:github-token> (2)": 2,
        "<redacted:github-token> (3)": 3,
    }


def test_a_value_without_secrets_is_given_back_itself() -> None:
    value = {"a": ["b", {"c": "d"}]}
    assert redacted(value) is value


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ({"DB_PASSWORD": "s3cr3t-words"}, {"DB_PASSWORD": "<redacted:secret>"}),
        (
            {"name": "NPM_TOKEN", "value": HEX, "line": 3},
            {"name": "NPM_TOKEN", "value": "<redacted:secret>", "line": 3},
        ),
        ([{"name": "API_KEY", "default": HEX}], [{"name": "API_KEY", "default": "<redacted:secret>"}]),
    ],
)
def test_the_value_of_a_secret_setting_is_replaced(value: Any, left: Any) -> None:
    assert redacted(value) == left


@pytest.mark.parametrize(
    "value",
    [
        {"NPM_TOKEN": "required"},
        {"NPM_TOKEN": "${{ secrets.NPM_TOKEN }}"},
        {"DB_PASSWORD": "/run/secrets/db1"},
        {"MAX_TOKEN": "100000000"},
        {"SECRET": ["s3cr3t-words"]},
        {"token": "node scripts/token2.js"},
        {"password": "1.0.0-beta"},
        {"name": "NPM_TOKEN", "path": "Dockerfile2"},
        {"name": "MODE", "value": "s3cr3t-words"},
        {"TOKEN": "https://example.org/2"},
    ],
)
def test_what_is_said_of_a_secret_setting_stays(value: Any) -> None:
    assert redacted(value) == value


PIECES = [
    *SECRETS,
    *FACTS,
    " ",
    "=",
    "\n",
    "\\",
    "'",
    '"',
    "@",
    ":",
    "://",
    "token",
    "password=",
    "--token ",
    "a",
    "<",
    "$",
    "\x1b",
]


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join))
@example("token=token=hunter2")
@example(f"password=a{GITHUB}")
def test_what_was_redacted_is_not_redacted_again(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=6))
def test_a_text_is_redacted_the_same_alone_and_among_others(texts: list[str]) -> None:
    assert redacted(texts) == [redacted(text) for text in texts]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(PIECES),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(PIECES), inner),
    max_leaves=8,
)


@settings(deadline=None)
@given(JSON)
def test_any_value_is_published_as_json_in_valid_unicode(value: Any) -> None:
    left = publishable(value)
    assert json.loads(json.dumps(left, ensure_ascii=False).encode()) == left


BAIT = {
    **{piece: piece for piece in PIECES if piece},
    "runs": "a" * 40,
    "prefixes": "ghp_eyJglpat-xoxb-SG.npm_AIza",
    "words": "token=password=",
    "words that fail": "token=abc$",
    "quotes": "token='\"",
    "addresses": "a://b:c",
    "users": "https://abcdefghijabcdefghij1",
    "dashes": "-----BEGIN PRIVATE KEY-----",
    "keys": "-----BEGIN PRIVATE KEY-----\nMIIEaaaaaaaaaaaaaa",
    "commands": "curl -u ",
    "logins": "docker login ",
    "pairs": '"token": "',
    "openai": "sk-aaaaaaaaaaaaaaaaaaaa",
    "atlas": "aaaaaaaaaaaaaa.atlasv1.",
    "spaces": "token ",
}


@pytest.mark.parametrize("bait", BAIT.values(), ids=BAIT.keys())
def test_no_text_takes_long(bait: str) -> None:
    """A pattern that is quadratic takes minutes for this much of its bait; all of them together take 0.2 s."""
    text = bait * ((1 << 18) // len(bait))
    hints = [hint for shape in SHAPES for hint in shape.hints]  # so that every pattern is tried
    began = time.process_time()
    redacted([text, text[:-1] + "\x00", *hints])
    assert time.process_time() - began < 3


def test_a_large_slice_without_secrets_costs_little() -> None:
    """5 MB of lockfile; the figure is printed by pytest -s."""
    packages = [
        {
            "name": f"@org/token-{number}",
            "resolved": f"https://registry.npmjs.org/@org/token-{number}/-/token-{number}-1.0.0.tgz",
            "integrity": f"sha512-{number:06}" + (MIXED + "/+") * 7 + "abc==",
            "path": f"packages/app-{number}/src/password/index.ts",
        }
        for number in range(20_000)
    ]
    began = time.process_time()
    assert redacted(packages) is packages
    spent = time.process_time() - began
    print(f"{len(json.dumps(packages)) / 1e6:.1f} MB looked through in {spent * 1000:.0f} ms")
    assert spent < 2
