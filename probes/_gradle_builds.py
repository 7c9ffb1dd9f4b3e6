"""Gradle builds: the wrapper, the tasks that plugins bring, the projects, and where packages come from."""

import re
from collections.abc import Iterator
from typing import Any

from codegenie.formats.gradle_script import Ref
from codegenie.formats.hosts import host_of
from codegenie.formats.patterns import lazily
from codegenie.probe import Confidence, ProbeInputs

from ._builds import Builds, command, commands, project, tool
from ._gradle_layout import LOCKFILES, Build, Module, layout
from ._gradle_manifests import members_of, name_of, version_of
from ._gradle_requirements import requirements
from ._gradle_script import Facts, Host
from ._gradle_values import Names, Values
from ._manifest import requirement_facts
from ._paths import holds_files, shown
from ._wrappers import wrapper

MOST_EVIDENCE = 10
# The addresses that the methods without one stand for.
# https://docs.gradle.org/current/kotlin-dsl/gradle/org.gradle.api.artifacts.dsl/-repository-handler/
_HOSTS = {
    "mavenCentral": "repo.maven.apache.org",
    "google": "dl.google.com",
    "gradlePluginPortal": "plugins.gradle.org",
    "jcenter": "jcenter.bintray.com",
}
# Plugins that shape what a build gives, by id.
_BUILD_TOOLS = {
    "java": "java",
    "java-library": "java",
    "java-platform": "java-platform",
    "groovy": "groovy",
    "scala": "scala",
    "war": "war",
    "ear": "ear",
    "application": "application",
    "maven-publish": "maven-publish",
    "cpp-application": "cpp",
    "cpp-library": "cpp",
    "org.jetbrains.kotlin.jvm": "kotlin",
    "org.jetbrains.kotlin.android": "kotlin",
    "org.jetbrains.kotlin.multiplatform": "kotlin-multiplatform",
    "org.jetbrains.kotlin.js": "kotlin-js",
    "kotlin": "kotlin",
    "kotlin-android": "kotlin",
    "com.android.application": "android",
    "com.android.library": "android",
    "com.android.test": "android",
    "com.android.dynamic-feature": "android",
    "com.android.kotlin.multiplatform.library": "android",
    "org.springframework.boot": "spring-boot",
    "io.quarkus": "quarkus",
    "io.micronaut.application": "micronaut",
    "io.micronaut.library": "micronaut",
    "io.ktor.plugin": "ktor",
    "com.google.cloud.tools.jib": "jib",
    "com.bmuschko.docker-java-application": "docker",
    "com.bmuschko.docker-remote-api": "docker",
    "com.palantir.docker": "docker",
    "com.github.johnrengelman.shadow": "shadow",
    "com.gradleup.shadow": "shadow",
    "org.graalvm.buildtools.native": "graalvm-native",
    "com.google.protobuf": "protobuf",
    "org.openapi.generator": "openapi-generator",
    "com.squareup.wire": "wire",
    "com.apollographql.apollo3": "apollo",
    "com.apollographql.apollo": "apollo",
    "nu.studer.jooq": "jooq",
    "org.jooq.jooq-codegen-gradle": "jooq",
    "org.flywaydb.flyway": "flyway",
    "org.liquibase.gradle": "liquibase",
    "com.github.node-gradle.node": "node",
    "com.google.devtools.ksp": "ksp",
    "com.vanniktech.maven.publish": "maven-publish",
    "org.jreleaser": "jreleaser",
    "org.cyclonedx.bom": "cyclonedx",
    "fabric-loom": "loom",
    "net.minecraftforge.gradle": "forge",
    "org.jetbrains.intellij": "intellij",
    "org.jetbrains.intellij.platform": "intellij",
    "org.jetbrains.compose": "compose",
}
# Tasks that check, and that mend, by the plugins that bring them; the first that is used counts.
_CHECKS = {
    "checkstyle": ("checkstyleMain", None),
    "com.diffplug.spotless": ("spotlessCheck", "spotlessApply"),
    "org.jlleitschuh.gradle.ktlint": ("ktlintCheck", "ktlintFormat"),
    "org.jmailen.kotlinter": ("lintKotlin", "formatKotlin"),
    "io.gitlab.arturbosch.detekt": ("detekt", None),
    "dev.detekt": ("detekt", None),
    "io.spring.javaformat": ("checkFormat", "format"),
    "pmd": ("pmdMain", None),
    "com.github.spotbugs": ("spotbugsMain", None),
    "com.android.application": ("lint", None),
}
_STARTS = {
    "org.springframework.boot": ("start", "bootRun"),
    "io.quarkus": ("dev", "quarkusDev"),
    "io.micronaut.application": ("start", "run"),
    "io.ktor.plugin": ("start", "run"),
    "application": ("start", "run"),
}
_TEST_PLUGINS = ("java", "java-library", "groovy", "application", "org.jetbrains.kotlin.jvm")
_SETTINGS = lazily(r"org\.gradle\.(?!jvmargs$).*|android\.[\w.]+|kotlin\.[\w.]+")
_SECRET = lazily(r"pass|secret|token|key(?!s)|credential|auth", re.IGNORECASE)
_LONGEST = 200  # characters of a setting


def builds(inputs: ProbeInputs) -> Builds:
    """The Gradle builds of the repository."""
    found = layout(inputs)
    confidence: Confidence | None = None
    if found.builds:
        confidence = "medium" if any(build.computed for build in found.builds) else "high"
    if any(not build.settings_facts and not build.root.facts for build in found.builds):
        confidence = "low"
    return Builds([_Build(inputs, build).facts() for build in found.builds], found.apart, confidence)


class _Build:
    """One build."""

    def __init__(self, inputs: ProbeInputs, build: Build) -> None:
        self._inputs = inputs
        self._build = build
        self._wrapper = wrapper(inputs, build.at("gradle/wrapper/gradle-wrapper.properties"))
        self._values = Values(build, build.root, Names())

    def facts(self) -> dict[str, Any]:
        """The build as the slice shows it."""
        build = self._build
        root = build.root
        asked = requirements(root.facts.settings, self._values) if root.facts else []
        return project(
            shown(build.directory),
            "gradle",
            name=name_of(build, root),
            version=version_of(build, root),
            tool=self._tool(),
            lockfiles=list(self._lockfiles()),
            commands=self._commands(),
            engines=[requirement_facts(each) for each in asked],
            workspaces=self._workspaces(),
            build_tools=self._build_tools(),
            outputs=list(self._outputs()),
            registries=self._registries(),
            settings=list(self._settings()),
        )

    def _tool(self) -> dict[str, Any]:
        found = self._wrapper
        manifest = self._manifest()
        evidence: list[dict[str, Any]] = [{"tool": "gradle", "how": "the manifest", "path": manifest, "line": None}]
        constraints = []
        if found:
            evidence.insert(0, {"tool": "gradle", "how": "a wrapper", "path": found.path, "line": found.line})
        if found and found.version:
            constraints.append(
                {"constraint": found.version, "how": "a wrapper", "path": found.path, "line": found.line}
            )
        return tool(
            "gradle",
            "a wrapper" if found else "the manifest",
            version_constraint=constraints[0]["constraint"] if constraints else None,
            constraints=constraints,
            evidence=evidence,
        )

    def _manifest(self) -> str:
        return self._build.settings or self._build.root.script or self._build.at("build.gradle")

    def _lockfiles(self) -> Iterator[dict[str, Any]]:
        """Those of all projects, for each of them has its own, and the digests of what may be downloaded."""
        directories = [self._build.directory, *(module.directory for module in self._build.modules[1:])]
        paths = [f"{at}/{name}" if at else name for at in directories for name in LOCKFILES]
        for path in dict.fromkeys([*paths, self._build.at("gradle/verification-metadata.xml")]):
            if path in self._inputs:
                yield {"path": path, "tool": "gradle", "flavor": None, "format": None, "line": None}

    def _commands(self) -> dict[str, Any]:
        script = self._build.at("gradlew")
        wrapped = script in self._inputs.paths
        runner = "./gradlew" if wrapped else "gradle"
        places = [{"path": script, "line": None}] if wrapped else []
        places.append({"path": self._manifest(), "line": None})
        by_intent = {"build": command(f"{runner} build", "") | {"evidence": places}}
        if test := self._test(runner):
            by_intent["test"] = test
        return commands(runner, **by_intent, **self._of_plugins(runner))

    def _test(self, runner: str) -> dict[str, Any] | None:
        """`test` where a script says what runs the tests, asks for something to test with, or there are sources."""
        for module in self._build.modules:
            if module.facts and module.script:
                line = module.facts.tests or next(
                    (each.line for each in module.facts.dependencies if each.configuration == "testImplementation"),
                    None,
                )
                if line:
                    return command(f"{runner} test", module.script, line)
        for module in self._build.modules:
            at = f"{module.directory}/src/test" if module.directory else "src/test"
            if module.script and holds_files(at, self._inputs.paths):
                return command(f"{runner} test", at)
        return None

    def _of_plugins(self, runner: str) -> dict[str, dict[str, Any]]:
        """What the plugins of the root project check, mend and start with; of one project, where only one starts."""
        found: dict[str, dict[str, Any]] = {}
        root = self._build.root
        used = dict(self._plugins(root)) | dict(self._settings_plugins())
        for plugin, (check, mend) in _CHECKS.items():
            if plugin in used:
                found.setdefault("lint", command(f"{runner} {check}", *used[plugin]))
                if mend:
                    found.setdefault("format", command(f"{runner} {mend}", *used[plugin]))
        for plugin, (intent, task) in _STARTS.items():
            starting = [
                (module, place) for module in self._build.modules if (place := dict(self._plugins(module)).get(plugin))
            ]
            if len(starting) == 1 and intent not in found:
                module, place = starting[0]
                name = f"{module.path.rstrip(':')}:{task}" if module.path.strip(":") else task
                found[intent] = command(f"{runner} {name}", *place)
        return found

    def _plugins(self, module: Module) -> Iterator[tuple[str, tuple[str, int]]]:
        """The plugins that a project applies, with where."""
        for each in module.facts.plugins if module.facts else ():
            name = each.id or self._by_accessor(each.accessor)
            if name and each.applied and module.script and not (each.under or "").startswith("if"):
                yield name, (module.script, each.line)

    def _settings_plugins(self) -> Iterator[tuple[str, tuple[str, int]]]:
        for each in self._build.settings_facts.plugins if self._build.settings_facts else ():
            if each.id and each.applied and self._build.settings and not each.under:
                yield each.id, (self._build.settings, each.line)

    def _by_accessor(self, accessor: str | None) -> str | None:
        catalog, _, alias = (accessor or "").partition(".plugins.")
        known = self._build.catalogs.get(catalog)
        entry = known[1].plugins.get(alias) if known else None
        return entry.name if entry else None

    def _workspaces(self) -> dict[str, Any] | None:
        build = self._build
        found = members_of(build)
        if found is None:
            return None
        return {
            "declared_by": "settings.gradle",
            "path": found.path,
            "line": found.line,
            "patterns": list(found.patterns),
            "patterns_without_members": list(found.idle),
            "members": [
                {
                    "path": shown(module.directory),
                    "name": name_of(build, module),
                    "version": version_of(build, module),
                    "private": None,
                    "scripts": [],
                }
                for module in build.modules[1:]
                if module.included
            ],
        }

    def _build_tools(self) -> list[dict[str, Any]]:
        found: dict[str, list[tuple[Module, tuple[str, int]]]] = {}
        for module in self._build.modules:
            for plugin, place in self._plugins(module):
                if name := _BUILD_TOOLS.get(plugin):
                    found.setdefault(name, []).append((module, place))
        return [
            {
                "name": name,
                "packages": [shown(each) for each in sorted({module.directory for module, _ in places})],
                "evidence": [
                    {"kind": "field", "path": path, "line": line} for _, (path, line) in places[:MOST_EVIDENCE]
                ],
            }
            for name, places in sorted(found.items())
        ]

    def _outputs(self) -> Iterator[dict[str, Any]]:
        """`build` in each project that has a script; a build directory that the script moves is left out."""
        root = self._build.root.facts
        if _moves_output(root):
            return
        for module in self._build.modules:
            if module.script and module.included and not _moves_output(module.facts):
                path = f"{module.directory}/build" if module.directory else "build"
                place = {"how": "the default of Gradle", "path": module.script, "line": None}
                yield {
                    "path": path,
                    "committed": holds_files(path, self._inputs.paths),
                    "evidence": [place],
                }

    def _registries(self) -> list[dict[str, Any]]:
        build = self._build
        scripts = [(build.settings, build.settings_facts, build.root)]
        scripts += [(module.script, module.facts, module) for module in build.modules]
        rows = {}
        for path, facts, module in scripts:
            values = Values(build, module, Names())
            for host in facts.hosts if facts and path else ():
                row = self._registry(host, values, path or "")
                if row:
                    rows[row["use"], row["host"] or "", row["path"], row["line"]] = row
        return [row for _, row in sorted(rows.items())]

    def _registry(self, host: Host, values: Values, path: str) -> dict[str, Any] | None:
        if host.method in _HOSTS:
            name: str | None = _HOSTS[host.method]
        elif host.method in ("maven", "ivy"):
            value = host.address
            if isinstance(value, Ref) and value.arguments:  # uri("...")
                value = value.arguments[0].value
            address = values.text(value)
            name = host_of(address) if address else None
        else:
            return None
        use = "publish" if host.publishes else "install"
        return {"use": use, "scope": None, "host": name, "path": path, "line": host.line}

    def _settings(self) -> Iterator[dict[str, Any]]:
        read = self._build.properties.get(self._build.directory)
        for name, entry in sorted(read.entries.items()) if read else ():
            if _SETTINGS.fullmatch(name) and not _SECRET.search(name) and len(entry.value) <= _LONGEST:
                path = self._build.at("gradle.properties")
                yield {"name": name, "value": entry.value, "path": path, "line": entry.line}


def _moves_output(facts: Facts | None) -> bool:
    names = ("buildDir", "layout.buildDirectory", "buildDirectory")
    return bool(facts) and any(each.name.endswith(names) for each in facts.settings) if facts else False
