"""The files that each reader of manifests, builds and lockfiles asks for, by ecosystem.

They stand apart from the readers, so that one is imported only where there is a file of its own: most repositories are
of two ecosystems, and to import the readers of all costs more than to read what is there.  A reader that asks for what
is not here raises UndeclaredInput in its first case.
"""

from collections.abc import Mapping

Files = Mapping[str, tuple[str, ...]]


def _by_ecosystem(text: str) -> Files:
    """Of lines like `cargo: Cargo.toml Cargo.lock` the globs, which match in any directory."""
    files: dict[str, tuple[str, ...]] = {}
    ecosystem = ""
    for word in text.split():
        if word.endswith(":"):
            ecosystem = word[:-1]
            files[ecosystem] = ()
        else:
            files[ecosystem] += (f"**/{word}",)
    return files


def _with(files: Files, text: str) -> Files:
    more = _by_ecosystem(text)
    return {name: (*files.get(name, ()), *more.get(name, ())) for name in sorted(files.keys() | more.keys())}


_PROJECTS = _by_ecosystem("""
    bazel: MODULE.bazel WORKSPACE.bazel WORKSPACE MODULE.bazel.lock
    cargo: Cargo.toml Cargo.lock
    cmake: CMakeLists.txt
    composer: composer.json composer.lock
    dart: pubspec.yaml pubspec.lock
    deno: deno.json deno.jsonc deno.lock jsr.json package.json
    dotnet: *.csproj *.fsproj *.vbproj *.sln *.slnx *.props *.targets packages.lock.json global.json
        .config/dotnet-tools.json dotnet-tools.json paket.dependencies
    go: go.mod go.work go.sum go.work.sum vendor/modules.txt
    gradle: *.gradle *.gradle.kts gradle.properties *.versions.toml gradle.lockfile buildscript-gradle.lockfile
        settings-gradle.lockfile
    maven: pom.xml .mvn/maven.config
    meson: meson.build
    mix: mix.exs mix.lock
    node: package.json npm-shrinkwrap.json package-lock.json pnpm-lock.yaml yarn.lock bun.lock bun.lockb
        pnpm-workspace.yaml lerna.json rush.json .yarnrc.yml
    python: pyproject.toml setup.cfg setup.py Pipfile pixi.toml *requirements*.txt *requirements*.in
        *constraints*.txt *constraints*.in requirements/**/*.txt requirements/**/*.in environment*.yml
        environment*.yaml *environment.yml *environment.yaml conda.yml conda.yaml conda-env*.yml conda-env*.yaml
        hatch.toml uv.lock poetry.lock pdm.lock Pipfile.lock pixi.lock conda-lock.yml pylock.toml pylock.*.toml
        requirements*.lock
    ruby: Gemfile Gemfile.lock gems.rb gems.locked *.gemspec version.rb VERSION *_VERSION
    swift: Package.swift Package.resolved
""")

MANIFESTS = _with(
    _PROJECTS,
    """
    dotnet: packages.config paket.references *.paket.references
    maven: .mvn/extensions.xml
""",
)

BUILDS = _with(
    _PROJECTS,
    """
    bazel: .bazelversion .bazelrc
    cargo: .cargo/config.toml .cargo/config rust-toolchain.toml rust-toolchain clippy.toml .clippy.toml
        rustfmt.toml .rustfmt.toml
    cmake: CMakePresets.json
    composer: phpunit.xml phpunit.xml.dist phpunit.dist.xml tests/Pest.php codeception.yml codeception.dist.yml
        behat.yml behat.yml.dist behat.yaml behat.dist.php .php-cs-fixer.php .php-cs-fixer.dist.php phpcs.xml
        phpcs.xml.dist .phpcs.xml .phpcs.xml.dist pint.json phpstan.neon phpstan.neon.dist phpstan.dist.neon
        psalm.xml psalm.xml.dist artisan bin/console
    dart: analysis_options.yaml
    dotnet: [Nn]u[Gg]et.[Cc]onfig paket.lock
    go: .golangci.yml .golangci.yaml .golangci.toml .golangci.json .goreleaser.yml .goreleaser.yaml
        goreleaser.yml goreleaser.yaml
    gradle: gradle/wrapper/gradle-wrapper.properties gradle/verification-metadata.xml
    just: justfile Justfile JUSTFILE .justfile .Justfile *.just
    make: GNUmakefile makefile Makefile *.mk [Mm]akefile.*
    maven: .mvn/jvm.config .mvn/wrapper/maven-wrapper.properties .mvn/settings.xml settings.xml
    mix: .credo.exs .formatter.exs
    node: .npmrc .yarnrc bunfig.toml *tsconfig*.json *tsconfig*/*.json *typescript*/*.json jsconfig*.json
        *eleventy*.*js angular.json astro.config.* build.config.* config-overrides.js craco.config.*
        next.config.* nuxt.config.* react-router.config.* rsbuild.config.* tsdown.config.* tsup.config.*
        vite.config* vue.config.* webpack.*
    python: tox.ini tox.toml noxfile.py uv.toml pip.conf
    ruby: Rakefile rakefile Rakefile.rb rakefile.rb .rspec .rubocop.yml .standard.yml config.ru .bundle/config
        *.rake bin/*
    swift: .swiftlint.yml
    task: Taskfile.yml taskfile.yml Taskfile.yaml taskfile.yaml Taskfile.dist.yml taskfile.dist.yml
        Taskfile.dist.yaml taskfile.dist.yaml [Tt]askfile*.y*ml [Tt]askfiles/**/*.y*ml [Tt]asks/*.y*ml
""",
)

LOCKFILES = _by_ecosystem("""
    cargo: Cargo.lock
    composer: composer.lock
    dart: pubspec.lock
    deno: deno.lock
    dotnet: packages.lock.json packages.*.lock.json paket.lock
    go: go.sum
    gradle: gradle.lockfile buildscript-gradle.lockfile settings-gradle.lockfile
        gradle/dependency-locks/*.lockfile
    mix: mix.lock
    node: bun.lock npm-shrinkwrap.json package-lock.json pnpm-lock.yaml yarn.lock
    python: uv.lock poetry.lock pdm.lock Pipfile.lock pixi.lock conda-lock.yml pylock.toml pylock.*.toml
        requirements*.lock *requirements*.txt *requirements*.in *constraints*.txt *constraints*.in
        requirements/**/*.txt requirements/**/*.in
    ruby: Gemfile.lock gems.locked
    swift: Package.resolved
""")

# What their readers compare them with.
LOCKS = _with(
    LOCKFILES,
    """
    composer: composer.json
    go: go.mod go.work vendor/modules.txt
    gradle: gradle/verification-metadata.xml
""",
)
