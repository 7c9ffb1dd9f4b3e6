"""Which files a program wrote, by their path, after github-linguist's rules (MIT, lib/linguist/generated.rb)."""

from ._path_patterns import matcher

# What may begin anywhere begins with a plain character, which a search finds soon.
NAMES = r"""
    \.(?:nib|xcworkspacedata|xcuserstate)$
    (^|/)\.idea/
    (^|/)Pods/
    (^|/)Carthage/Build/
    __generated__/
    \.(?i:designer\.(?:cs|vb))$
    \.(?i:feature\.cs)$
    composer\.lock
    Cargo\.lock
    Cargo\.toml\.orig
    deno\.lock
    (^|/)flake\.lock$
    (^|/)MODULE\.bazel\.lock$
    (^|/)mise(?:\.[^/]+)?\.lock$
    (^|/)\.secrets\.baseline$
    (^|/)(?:Julia)?Manifest(?:-v\d+\.\d+)?\.toml$
    node_modules/
    vendor/(?:(?!-)[-0-9A-Za-z]+(?<!-)\.)+(?:com|edu|gov|in|me|net|org|fm|io)
    Gopkg\.lock
    glide\.lock
    Package\.resolved
    poetry\.lock
    pdm\.lock
    uv\.lock
    pixi\.lock
    (^|/)esy.lock$
    (^|/)\w+\.esy.lock$
    npm-shrinkwrap\.json
    package-lock\.json
    pnpm-lock\.yaml
    (^|/)bun\.lockb?$
    (^|/)\.terraform\.lock\.hcl$
    (^|/)\.pnp\..*$
    Godeps/
    \.(?<!(?m:^)\.)zep\.(?:c|h|php)$
    (^|/)htmlcov/
    Pipfile\.lock
    (^|/)(?i:gradlew(?:\.bat)?)$
    (^|/)(?i:mvnw(?:\.cmd)?)$
    _(?i:tlb\.pas)$
    (^|/)\.sqlx/query-[a-f\d]{64}\.json$
    \.(?i:(?:css|js)\.map)$
"""

is_generated_name = matcher(NAMES.split())
"""Whether a path is that of a generated file."""
