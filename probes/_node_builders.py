"""Where the programs that build write to: their defaults, their flags, and how their configuration says otherwise."""

from typing import NamedTuple


class Builder(NamedTuple):
    """How one program's output is known: its default, the arguments that make it build, its configuration's literal."""

    default: str | None
    arguments: tuple[str, ...] = ()
    files: str | None = None
    literal: str = r"\boutDir"
    moved: str = r"\boutDir\b"
    """Where the configuration has this, the default does not hold."""
    rebased: str | None = None
    """Where it has this, its literals are relative to something unknown."""
    config_flags: tuple[str, ...] = ("-c", "--config")


# What a configuration of react-scripts by another program may name to write elsewhere.
_REWIRED = r"\b(?:appBuild|buildPath|output|paths)\b"

# Defaults as in each tool's documentation; they count only where a script runs the tool's build.
BUILDERS = {
    "astro": Builder("dist", ("build",), "astro.config.*"),
    "craco": Builder("build", ("build",), "craco.config.*", r"(?!)", _REWIRED),
    "docusaurus": Builder("build", ("build",)),
    "eleventy": Builder("_site", (), "*eleventy*.*js", r"\boutput", r"\boutput\b|setOutputDirectory"),
    "gatsby": Builder("public", ("build",)),
    "next": Builder(".next", ("build",), "next.config.*", r"\bdistDir", r"\bdistDir\b"),
    "ng": Builder(
        None, ("build",), "angular.json", r'"outputPath"|"base"', config_flags=()
    ),  # -c: a configuration in it
    "nuxi": Builder(".output", ("build",), "nuxt.config.*", r"(?!)", r"\boutput\b"),
    "nuxt": Builder(".output", ("build",), "nuxt.config.*", r"(?!)", r"\boutput\b"),
    "parcel": Builder("dist", ("build",)),
    "react-app-rewired": Builder("build", ("build",), "config-overrides.js", r"(?!)", _REWIRED),
    "react-router": Builder("build", ("build",), "react-router.config.*", r"\bbuildDirectory", r"\bbuildDirectory\b"),
    "react-scripts": Builder("build", ("build",)),
    "rsbuild": Builder("dist", ("build",), "rsbuild.config.*", r"\bdistPath\s*:\s*\{\s*root", r"\bdistPath\b"),
    "tsdown": Builder("dist", (), "tsdown.config.*"),
    "tsup": Builder("dist", (), "tsup.config.*"),
    "unbuild": Builder("dist", (), "build.config.*"),
    "vite": Builder("dist", ("build",), "vite.config*", moved=r"\b(?:outDir|root)\b", rebased=r"\broot\b"),
    "vue-cli-service": Builder("dist", ("build",), "vue.config.*", r"\boutputDir", r"\boutputDir\b"),
    "webpack": Builder(
        "dist", (), "webpack.*", r"\bpath\s*:\s*path\.(?:resolve|join)\(\s*__dirname\s*,", r"\bpath\s*:"
    ),
}

CONFIGS = tuple(sorted({f"**/{builder.files}" for builder in BUILDERS.values() if builder.files}))
"""The configuration files that are read for a literal."""

OUTPUT_FLAGS = {
    "astro": ("--outDir",),
    "babel": ("-d", "--out-dir"),
    "docusaurus": ("--out-dir",),
    "eleventy": ("--output",),
    "esbuild": ("--outdir",),
    "ncc": ("-o", "--out"),
    "ng": ("--output-path",),
    "parcel": ("-d", "--dist-dir"),
    "rollup": ("-d", "--dir"),
    "swc": ("-d", "--out-dir"),
    "tsc": ("--outDir",),
    "tsdown": ("-d", "--out-dir"),
    "tsup": ("-d", "--out-dir"),
    "vite": ("--outDir",),
    "vue-cli-service": ("--dest",),
    "webpack": ("-o", "--output-path"),
}
