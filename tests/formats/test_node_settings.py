"""Tests of .npmrc, .yarnrc.yml, .yarnrc and pnpm-workspace.yaml: what is read, and that no credential is kept."""

from collections.abc import Callable

import pytest

from codegenie.formats import npmrc, pnpm_workspace, yarnrc
from codegenie.formats.catalogs import Bound
from codegenie.formats.hosts import Registry, host_of
from codegenie.formats.npmrc import Npmrc, Setting
from codegenie.formats.unparsable import Unparsable


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://registry.npmjs.org/", "registry.npmjs.org"),
        ("https://user:s3cret@NPM.acme.io:8443/x/?token=t", "npm.acme.io:8443"),
        ("https://npm.fury.io/s3cret/acme/", "npm.fury.io"),
        ("//npm.acme.io/", "npm.acme.io"),
        ("https://s3@cret@host.io", "host.io"),
        ("http://[::1]:80/", None),
        ("https://${HOST}/", None),
        ("${REGISTRY}", None),
        ("npm.acme.io", None),
        ("https://s3cret:x", None),
        ("", None),
    ],
)
def test_of_an_address_only_the_host_is_kept(address: str, host: str | None) -> None:
    assert host_of(address) == host


def test_npmrc_gives_registries_and_known_settings_only() -> None:
    content = b"""; comment
registry = "https://u:s3cret@npm.acme.io/s3cret/"
@acme:registry=https://npm.pkg.github.com
//npm.pkg.github.com/:_authToken=s3cret
@torn//u:s3cret@host:registry=https://npm.acme.io
_auth = s3cret
email=s3cret@acme.io
s3cret
engine-strict
save-exact=false\r
save-exact=true
[section]
omit[]=optional
"""
    found = npmrc.parse(content)
    assert found == Npmrc(
        (Registry(None, "npm.acme.io", 2), Registry("@acme", "npm.pkg.github.com", 3)),
        (
            Setting("engine-strict", "true", 9),
            Setting("save-exact", "false", 10),
            Setting("save-exact", "true", 11),
            Setting("omit", "optional", 13),
        ),
    )
    assert found.last("save-exact") == Setting("save-exact", "true", 11)
    assert "s3cret" not in repr(found)


def test_yarnrc_gives_registries_and_known_settings_only() -> None:
    found = yarnrc.parse(
        b"""nodeLinker: node-modules
enableScripts: false
npmAuthToken: s3cret
npmRegistryServer: "https://npm.acme.io/s3cret/"
npmScopes:
  acme:
    npmAuthToken: s3cret
    npmRegistryServer: https://npm.pkg.github.com
yarnPath: .yarn/releases/yarn-4.1.0.cjs
"""
    )
    assert found.registries == (Registry(None, "npm.acme.io", 4), Registry("@acme", "npm.pkg.github.com", 8))
    assert found.settings == (
        Setting("enableScripts", "false", 2),
        Setting("nodeLinker", "node-modules", 1),
        Setting("yarnPath", ".yarn/releases/yarn-4.1.0.cjs", 9),
    )
    assert found.last("nodeLinker") == Setting("nodeLinker", "node-modules", 1)


def test_yarnrc_of_yarn_1_is_pairs_of_words() -> None:
    found = yarnrc.parse_classic(
        b'# c\n"@acme:registry" "https://u:s3cret@npm.acme.io"\nregistry "https://r.io"\nyarn-path ".yarn/yarn.js"\n'
        b"--install.frozen-lockfile true\n_authToken s3cret\n"
    )
    assert found.registries == (Registry("@acme", "npm.acme.io", 2), Registry(None, "r.io", 3))
    assert found.settings == (
        Setting("--install.frozen-lockfile", "true", 5),
        Setting("yarn-path", ".yarn/yarn.js", 4),
    )


def test_pnpm_workspace_gives_patterns_and_settings_under_one_name() -> None:
    found = pnpm_workspace.parse(
        b"# c\npackages:\n  - packages/*\n  - '!**/x'\n  - 5\nnodeLinker: hoisted\nengineStrict: true\n"
        b"catalog: {a: 1}\ncatalogs: {old: {a: 0}}\n"
    )
    assert found == pnpm_workspace.PnpmWorkspace(
        packages=("packages/*", "!**/x"),
        packages_line=2,
        catalogs=("default", "old"),
        bound=(Bound("a", "1", "catalog", 8), Bound("a", "0", "catalog:old", 9)),
        settings=(Setting("engine-strict", "true", 7), Setting("node-linker", "hoisted", 6)),
    )
    assert pnpm_workspace.parse(b"").packages is None


@pytest.mark.parametrize("parser", [yarnrc.parse, pnpm_workspace.parse])
@pytest.mark.parametrize("content", [b"- a", b"a", b"[", b"a: *b"])
def test_what_is_no_mapping_is_refused(parser: object, content: bytes) -> None:
    assert callable(parser)
    with pytest.raises(Unparsable):
        parser(content)


@pytest.mark.parametrize(
    ("parser", "content"),
    [
        (npmrc.parse, b"@a:registry=//b/\n" * (npmrc.MOST_SETTINGS + 1)),
        (npmrc.parse, b"engine-strict\n" * (npmrc.MOST_SETTINGS + 1)),
        (yarnrc.parse_classic, b'yarn-path "x"\n' * (npmrc.MOST_SETTINGS + 1)),
        (
            yarnrc.parse,
            b"npmScopes:\n"
            + b"".join(b"  a%d: {npmRegistryServer: h}\n" % at for at in range(npmrc.MOST_SETTINGS + 1)),
        ),
    ],
    ids=["npmrc registries", "npmrc settings", "yarnrc", "yarnrc.yml"],
)
def test_a_file_of_thousands_of_settings_is_refused(parser: Callable[[bytes], object], content: bytes) -> None:
    with pytest.raises(Unparsable, match="more than 1000 settings"):
        parser(content)
    assert parser(b"\n".join(content.splitlines()[:900]))
