"""Tests of package URLs, with inputs of the specification's own test suite (package-url/purl-spec, MIT)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codegenie.formats.purl import purl


@pytest.mark.parametrize(
    ("kind", "name", "version", "qualifiers", "subpath", "expected"),
    [
        ("npm", "@angular/animation", "12.3.1", {}, "", "pkg:npm/%40angular/animation@12.3.1"),
        ("npm", "foobar", "12.3.1", {}, "", "pkg:npm/foobar@12.3.1"),
        (
            "npm",
            "mypackage",
            "12.4.5",
            {"vcs_url": "git://host.com/path/to/repo.git@4345abcd34343"},
            "",
            "pkg:npm/mypackage@12.4.5?vcs_url=git:%2F%2Fhost.com%2Fpath%2Fto%2Frepo.git%404345abcd34343",
        ),
        ("PYPI", "Django_package", "1.11.1.dev1", {}, "", "pkg:pypi/django-package@1.11.1.dev1"),
        (
            "pypi",
            "django",
            "1.11.1",
            {"file_name": "Django-1.11.1.tar.gz"},
            "",
            "pkg:pypi/django@1.11.1?file_name=Django-1.11.1.tar.gz",
        ),
        ("composer", "Laravel/Laravel", "5.5.0", {}, "", "pkg:composer/laravel/laravel@5.5.0"),
        ("maven", "org.apache.commons/io", "1.3.4", {}, "", "pkg:maven/org.apache.commons/io@1.3.4"),
        ("maven", "org.apache.commons/io", None, {}, "", "pkg:maven/org.apache.commons/io"),
        (
            "maven",
            "org.apache.xmlgraphics/batik-anim",
            "1.9.1",
            {"repositorY_url": "repo.spring.io/release", "classifier": "sources", "type": ""},
            "",
            "pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1"
            "?classifier=sources&repository_url=repo.spring.io%2Frelease",
        ),
        (
            "maven",
            "mygroup/myartifact",
            "1.0.0 Final",
            {"mykey": "my value"},
            "",
            "pkg:maven/mygroup/myartifact@1.0.0%20Final?mykey=my%20value",
        ),
        (
            "golang",
            "google.golang.org/genproto",
            "abcdedf",
            {},
            "/googleapis/../api/./annotations/",
            "pkg:golang/google.golang.org/genproto@abcdedf#googleapis/api/annotations",
        ),
        ("golang", "github.com/BurntSushi/toml", "v1.3.2", {}, "", "pkg:golang/github.com/BurntSushi/toml@v1.3.2"),
        ("nuget", "EnterpriseLibrary.Common", "6.0.1304", {}, "", "pkg:nuget/EnterpriseLibrary.Common@6.0.1304"),
        ("cargo", "rand", "0.7.2+a", {}, "", "pkg:cargo/rand@0.7.2%2Ba"),
        (
            "generic",
            "bitwarderl",
            None,
            {"vcs_url": "git+https://git.fsfe.org/dxtr/bitwarderl@cc55108da32"},
            "",
            "pkg:generic/bitwarderl?vcs_url=git%2Bhttps:%2F%2Fgit.fsfe.org%2Fdxtr%2Fbitwarderl%40cc55108da32",
        ),
        ("docker", "customer/img", "sha256:244f", {}, "", "pkg:docker/customer/img@sha256:244f"),
        (
            "cocoapods",
            "GoogleUtilities",
            "7.5.2",
            {},
            "NSData+zlib",
            "pkg:cocoapods/GoogleUtilities@7.5.2#NSData%2Bzlib",
        ),
        ("rpm", "Fedora/GConf", "3.2", {}, "", "pkg:rpm/fedora/GConf@3.2"),
        ("npm", "é", "1", {}, "", "pkg:npm/%C3%A9@1"),
        ("npm", "", "1", {}, "", None),
        ("n&g?inx", "nginx", "0.8.9", {}, "", None),
        ("3nginx", "nginx", "0.8.9", {}, "", None),
        ("npm", "myartifact", "1.0.0", {"in production": "true"}, "", None),
    ],
)
def test_a_package_url_is_canonical(
    kind: str, name: str, version: str | None, qualifiers: dict[str, str], subpath: str, expected: str | None
) -> None:
    assert purl(kind, name, version, qualifiers.items(), subpath) == expected


@given(st.text(), st.text(), st.text(), st.text())
def test_a_package_url_is_one_word_of_ascii(name: str, version: str, value: str, subpath: str) -> None:
    url = purl("npm", name, version, [("vcs_url", value)], subpath)
    assert url is None or re.fullmatch(r"pkg:npm/[A-Za-z0-9._~:%/@?=#-]+", url)
