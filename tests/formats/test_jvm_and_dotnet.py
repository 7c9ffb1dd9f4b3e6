"""Facts of the smaller formats of Maven, Gradle and .NET that no probe's case shows."""

import json

import pytest

from codegenie.formats import (
    dotnet_solution,
    gradle_lockfile,
    gradle_verification,
    java_properties,
    maven_config,
    msbuild,
    nuget_config,
    nuget_lock,
    paket_dependencies,
    paket_lock,
    pom_xml,
    version_catalog,
)
from codegenie.formats.unparsable import Unparsable


def test_properties_are_read_as_java_reads_them() -> None:
    found = java_properties.parse(
        b"# c\n! d\n\n  a = 1\nb:2\nc   3\n\\u0064\\ e=x\\ty\\\n   z\nf\nf=last\nurl=https\\://x/y\\#z\ng=a\\\\\nh=i\n"
    )
    assert {name: (each.value, each.line) for name, each in found.entries.items()} == {
        "a": ("1", 4),
        "b": ("2", 5),
        "c": ("3", 6),
        "d e": ("x\tyz", 7),
        "f": ("last", 10),
        "url": ("https://x/y#z", 11),
        "g": ("a\\", 12),
        "h": ("i", 13),
    }


def test_arguments_of_maven_are_words_with_quotes() -> None:
    found = maven_config.parse(b'-T 1C\n# -Dx=y\n"-Da=b c" --also\n')
    assert [(each.name, each.value, each.line) for each in found] == [
        ("-T", "", 1),
        ("1C", "", 1),
        ("-Da", "b c", 3),
        ("--also", "", 3),
    ]


def test_the_configuration_of_a_plugin_itself_outdoes_that_of_its_executions() -> None:
    found = pom_xml.parse(b"""<project><build><plugins><plugin><artifactId>p</artifactId>
      <configuration><release>17</release><a><b>1</b></a></configuration>
      <executions><execution><goals><goal>x</goal></goals><configuration><release>8</release><c>2</c></configuration>
      </execution></executions></plugin></plugins></build></project>""")
    (plugin,) = found.model.plugins
    assert {name: each.text for name, each in plugin.configuration.items()} == {"release": "17", "a.b": "1", "c": "2"}
    assert (plugin.group, plugin.goals, plugin.managed) == ("org.apache.maven.plugins", ("x",), False)


def test_a_relative_path_that_is_empty_is_not_one_that_is_missing() -> None:
    empty = pom_xml.parse(b"<project><parent><relativePath/></parent></project>").parent
    missing = pom_xml.parse(b"<project><parent/></project>").parent
    assert empty and missing and (empty.relative_path, missing.relative_path) == ("", None)


def test_no_password_of_a_maven_server_is_read() -> None:
    found = pom_xml.mirrors(b"<settings><servers><server><password>hunter2</password></server></servers></settings>")
    assert "hunter2" not in repr(found)


def test_conditions_of_groups_and_items_come_together() -> None:
    found = msbuild.parse(b"""<Project><ItemGroup Condition="a"><PackageReference Include="P" Condition="b" />
      <Compile Include="x.cs" /></ItemGroup>
      <Target Name="t"><ItemGroup><PackageReference Include="Q" /></ItemGroup></Target></Project>""")
    (item,) = found.steps
    assert isinstance(item, msbuild.Item) and (item.spec, item.condition) == ("P", "a and b")


def test_folders_of_a_solution_are_no_projects() -> None:
    found = dotnet_solution.parse(
        b"\xef\xbb\xbf\r\nMicrosoft Visual Studio Solution File\r\n"
        b'Project("{2150E333-8FDC-42A3-9474-1A3956D46DE8}") = "src", "src", "{1}"\r\n'
        b'Project("{9A19103F-16F7-4668-BE54-9A1E7A4F7556}") = "A", "src\\A\\A.csproj", "{2}"\r\n'
    )
    assert [(each.path, each.line) for each in found.projects] == [("src/A/A.csproj", 4)]


def test_no_credential_of_a_source_of_packages_is_read() -> None:
    found = nuget_config.parse(
        b'<configuration><packageSources><add key="a" value="https://u:hunter2@h.io/x?t=hunter2" /></packageSources>'
        b'<packageSourceCredentials><a><add key="ClearTextPassword" value="hunter2" /></a></packageSourceCredentials>'
        b"</configuration>"
    )
    assert [each.host for each in found.sources] == ["h.io"] and "hunter2" not in repr(found)


def test_a_version_of_a_catalogue_may_be_rich_or_named() -> None:
    found = version_catalog.parse(b"""
[versions]
a = { strictly = "[1,2[", prefer = "1.5" }
[libraries]
x-y_z = { group = "g", name = "n", version.ref = "a" }
short = "g:s:2.0"
none = { module = "g:m" }
broken = { module = 3 }
""")
    assert {alias: (each.name, each.version, each.kind, each.line) for alias, each in found.libraries.items()} == {
        "x.y.z": ("g:n", "[1,2[", "strictly", 5),
        "short": ("g:s", "2.0", "", 6),
        "none": ("g:m", None, "", 7),
    }


def test_a_lockfile_of_gradle_with_a_conflict_is_refused() -> None:
    with pytest.raises(Unparsable, match="line 2"):
        gradle_lockfile.parse(b"g:a:1=x\n<<<<<<< HEAD\n")


def test_the_digest_of_an_archive_outdoes_that_of_its_pom_and_a_good_one_a_weak_one() -> None:
    found = gradle_verification.parse(
        b'<verification-metadata><components><component group="g" name="a" version="1">'
        b'<artifact name="a-1.pom"><sha512 value="p"/></artifact>'
        b'<artifact name="a-1.jar"><md5 value="m"/><sha256 value="s"/></artifact></component>'
        b'<component group="g" name="bom" version="1"><artifact name="bom-1.pom"><sha256 value="b"/></artifact>'
        b"</component></components></verification-metadata>"
    )
    assert found.digests == {"g:a:1": "sha256:s", "g:bom:1": "sha256:b"}


def test_lines_of_a_lockfile_of_nuget_are_known_only_as_nuget_writes_it() -> None:
    content = {"version": 1, "dependencies": {"net8.0": {"A": {"type": "Direct"}}}}
    written = json.dumps(content, indent=2).encode()
    assert [each.line for each in nuget_lock.parse(written).packages] == [5]
    squeezed = json.dumps(content).encode()
    assert [each.line for each in nuget_lock.parse(squeezed).packages] == [None]


def test_paket_takes_from_nuget_github_git_and_addresses() -> None:
    found = paket_lock.parse(b"""NUGET
  remote: https://u:hunter2@nuget.acme.io/v3
    A (1.0)
      B (>= 2) - restriction: >= net8.0
    B (2.0-rc)
GITHUB
  remote: o/r
    src/a.fs (abcdef0)
GROUP Build
GIT
  remote: https://u:hunter2@git.acme.io/o/r.git
     (0123456789abcdef)
""")
    assert [
        (each.group, each.kind, each.remote, each.name, each.version, each.requires) for each in found.packages
    ] == [
        ("Main", "NUGET", "nuget.acme.io", "A", "1.0", ("B",)),
        ("Main", "NUGET", "nuget.acme.io", "B", "2.0-rc", ()),
        ("Main", "GITHUB", "o/r", "src/a.fs", "abcdef0", ()),
        ("Build", "GIT", "git.acme.io/o/r.git", "git.acme.io/o/r.git", "0123456789abcdef", ()),
    ]


def test_paket_reads_constraints_before_options() -> None:
    found = paket_dependencies.parse(b"nuget A >= 1 < 2 beta framework: net8.0\ngroup G\nnuget B ~> 3.0\n")
    assert [(each.group, each.name, each.constraint, each.options) for each in found.asked] == [
        ("Main", "A", ">= 1 < 2", "beta framework: net8.0"),
        ("G", "B", "~> 3.0", ""),
    ]
