"""netlify.toml: the versions of runtimes that a build on Netlify is told to take."""

from codegenie.formats.plain import text_of
from codegenie.formats.toml_lines import lines_of
from codegenie.formats.toml_text import load
from codegenie.formats.tool_versions import ToolVersion, ToolVersions

# https://docs.netlify.com/build/configure-builds/environment-variables/#language-and-package-manager-versions
_VARIABLES = {
    "NODE_VERSION": "node",
    "NPM_VERSION": "npm",
    "YARN_VERSION": "yarn",
    "PNPM_VERSION": "pnpm",
    "BUN_VERSION": "bun",
    "PYTHON_VERSION": "python",
    "RUBY_VERSION": "ruby",
    "GO_VERSION": "go",
    "PHP_VERSION": "php",
    "HUGO_VERSION": "hugo",
}


def parse(content: bytes) -> ToolVersions:
    """Read the file: of the variables of builds only those that name versions.  Raises Unparsable."""
    value = load(content)
    lines = lines_of(text_of(content))
    build = value.get("build")
    environment = build.get("environment") if isinstance(build, dict) else None
    found = [
        ToolVersion(_VARIABLES[name], item, lines.get(("build", "environment", name)))
        for name, item in (environment.items() if isinstance(environment, dict) else ())
        if name in _VARIABLES and isinstance(item, str) and item
    ]
    return ToolVersions(tuple(found))
