"""How each package manager is told to install something, by its documentation."""

import re
from typing import NamedTuple

from codegenie.formats.patterns import lazily

_REQUIREMENT = lazily(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\[[^\]]*\])?\s*(?:===?\s*([^\s,;*]+))?\s*([,;<>=!~@].*)?",
    re.DOTALL,
)
_EQUALS = lazily(r"([^=~<>@]+)(?:=([^=]+)|([=~<>].*))?(?:@[\w.-]+)?")
_AT = lazily(r"(@?[^@]+)(?:@(.+))?")


class Manager(NamedTuple):
    """How a package manager is spoken to: its verbs, the options that take the next word, and how versions are put."""

    name: str
    installs: tuple[str, ...]
    removes: tuple[str, ...] = ()
    valued: frozenset[str] = frozenset()
    version: re.Pattern[str] | None = None
    files: frozenset[str] = frozenset()
    """Options whose values name files of requirements."""
    versioned: frozenset[str] = frozenset()
    """Options whose values are the version of what is installed."""
    groups: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()
    """Options whose values are where the package is taken from."""
    before: frozenset[str] = frozenset()
    """Words that may stand before the verb."""


_APT = {
    "installs": ("install", "satisfy"),
    "removes": ("remove", "purge", "autopurge", "autoremove"),
    "valued": frozenset({"-t", "--target-release", "--default-release", "-o", "--option", "-c", "--config-file", "-a"}),
    "version": lazily(r"([^=/]+)(?:=([^=]+)|(/.*))?"),
}
_DNF = {
    "installs": ("install", "reinstall", "localinstall", "groupinstall", "in"),
    "removes": ("remove", "erase", "rm", "autoremove"),
    "valued": frozenset({
        "-c", "--config", "--enablerepo", "--disablerepo", "--installroot", "--releasever", "-x", "--exclude", "--repo",
        "--repoid", "--setopt", "--forcearch", "-d", "-e", "--comment", "--enable-repo", "--disable-repo", "--advisory",
    }),
}  # fmt: skip
_NODE_VALUED = frozenset({
    "--prefix", "-C", "--registry", "--cache", "--loglevel", "--tag", "--userconfig", "--dir", "--omit", "--include",
    "--only", "-w", "--workspace", "--filter", "-F", "--install-strategy", "--os", "--cpu", "--libc", "--cwd",
    "--store-dir", "--modules-folder", "--cache-folder", "--network-timeout", "--mutex", "--reporter", "--config",
})  # fmt: skip
MANAGERS: dict[str, Manager] = {
    "apt-get": Manager("apt", **_APT),  # type: ignore[arg-type]
    "apt": Manager("apt", **_APT),  # type: ignore[arg-type]
    "aptitude": Manager("apt", **_APT),  # type: ignore[arg-type]
    "apk": Manager(
        "apk", ("add",), ("del",),
        frozenset({"-X", "--repository", "-p", "--root", "--keys-dir", "--repositories-file", "--arch", "--cache-dir",
                   "--wait", "--cache-max-age", "--timeout"}),
        _EQUALS, groups=frozenset({"-t", "--virtual"}),
    ),
    "dnf": Manager("dnf", **_DNF),  # type: ignore[arg-type]
    "dnf5": Manager("dnf", **_DNF),  # type: ignore[arg-type]
    "microdnf": Manager("dnf", **_DNF),  # type: ignore[arg-type]
    "yum": Manager("yum", **_DNF),  # type: ignore[arg-type]
    "tdnf": Manager("tdnf", **_DNF),  # type: ignore[arg-type]
    "zypper": Manager(
        "zypper", ("install", "in"), ("remove", "rm"),
        frozenset({"-r", "--repo", "--from", "-R", "--root", "-C", "--installroot", "-t", "--type"}), _EQUALS,
    ),
    "pip": Manager(
        "pip", ("install",), ("uninstall",),
        frozenset({"-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target",
            "--prefix", "--root",
                   "--trusted-host", "--proxy", "--timeout", "--retries", "--python", "-p", "--cache-dir", "--platform",
                   "--only-binary", "--no-binary", "--progress-bar", "-b", "--build", "--src", "--upgrade-strategy",
                   "--config-settings", "-C", "--global-option", "--install-option", "--python-version", "--abi",
                   "--implementation", "--log", "--cert", "--client-cert", "--index", "--default-index", "--extra",
                   "--exclude-newer", "--index-strategy", "--link-mode", "--override", "--torch-backend", "--group",
                   "--no-build-isolation-package", "--root-user-action", "--report", "--keyring-provider"}),
        _REQUIREMENT, files=frozenset({"-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints"}),
        urls=frozenset({"-e", "--editable"}),
    ),
    "npm": Manager(
        "npm", ("install", "i", "add", "in"), ("uninstall", "un", "rm", "remove", "r"), _NODE_VALUED, _AT,
    ),
    "pnpm": Manager(
        "pnpm", ("add", "install", "i"), ("remove", "rm", "uninstall"), _NODE_VALUED, _AT,
    ),
    "yarn": Manager("yarn", ("add",), ("remove",), _NODE_VALUED, _AT, before=frozenset({"global"})),
    "bun": Manager("bun", ("add", "install", "i", "a"), ("remove", "rm"), _NODE_VALUED, _AT),
    "gem": Manager(
        "gem", ("install", "i"), ("uninstall",),
        frozenset({"-n", "--bindir", "-i", "--install-dir", "-s", "--source", "--platform", "-P", "--trust-policy"}),
        lazily(r"([^:]+)(?::(.+))?"), versioned=frozenset({"-v", "--version"}),
    ),
    "go": Manager(
        "go", ("install",), (),
        frozenset({"-ldflags", "-tags", "-o", "-mod", "-gcflags", "-asmflags", "-p", "-buildmode", "-C",
            "-installsuffix",
                   "-pkgdir", "-toolexec", "-modfile", "-overlay", "-exec", "-covermode", "-coverpkg"}),
        _AT,
    ),
    "cargo": Manager(
        "cargo", ("install", "binstall"), ("uninstall",),
        frozenset({"--root", "--features", "-F", "--bin", "--example", "--target", "-j", "--jobs", "--profile",
                   "--registry", "--index", "--branch", "--target-dir", "--config", "-Z", "--color",
                   "--message-format"}),
        _AT, versioned=frozenset({"--version", "--vers", "--tag", "--rev"}), urls=frozenset({"--git", "--path"}),
    ),
    "conda": Manager(
        "conda", ("install", "create"), ("remove", "uninstall"),
        frozenset({"-n", "--name", "-p", "--prefix", "-c", "--channel", "--repodata-fn", "--solver"}), _EQUALS,
        files=frozenset({"-f", "--file"}),
    ),
    "docker-php-ext-install": Manager("docker-php-ext-install", (), (), frozenset({"-j"})),
    "docker-php-ext-enable": Manager("docker-php-ext-enable", ()),
    "install-php-extensions": Manager("install-php-extensions", (), (), frozenset(),
        lazily(r"([^-]+)(?:-(\d.*))?")),
    "pecl": Manager("pecl", ("install",), ("uninstall",), frozenset({"-D", "--configureoptions"}),
        lazily(r"(.+?)(?:-(\d.*|stable|beta|alpha))?")),
    "pipx": Manager("pipx", ("install",), ("uninstall",), frozenset({"--python", "--pip-args", "--suffix",
        "-i"}), _REQUIREMENT),
    "luarocks": Manager("luarocks", ("install",), ("remove",), frozenset({"--server", "--tree", "--lua-version"})),
    "cpanm": Manager("cpanm", (), (), frozenset({"-l", "--mirror"}), _AT),
    "pacman": Manager("pacman", ()),
}  # fmt: skip
MANAGERS["pip3"] = MANAGERS["pip"]
MANAGERS["mamba"] = MANAGERS["micromamba"] = MANAGERS["conda"]
WITHOUT_VERBS = frozenset({"docker-php-ext-install", "docker-php-ext-enable", "install-php-extensions", "cpanm"})
