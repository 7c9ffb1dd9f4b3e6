"""Where a command runs, and so where the files come from that it names."""

import posixpath
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ._image_files import ImageFiles, Origin
from ._run_files import in_directory


class Place(NamedTuple):
    """Where a command runs: the image that a stage of a Dockerfile ends with, another image, or the repository itself.

    `mounts` are directories and files of the repository that the container sees: image path and repository path.
    """

    files: ImageFiles
    paths: frozenset[str]
    dockerfile: str | None = None
    stage: int = 0
    contexts: Sequence[str] | None = None
    image: str | None = None
    mounts: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, str] = {}

    def at(self, path: str) -> Origin:
        """Where the file at a path of the image comes from."""
        for target, source in self.mounts:
            if path == target or path.startswith(f"{target}/"):
                found = f"{source}{path[len(target) :]}".lstrip("/")
                if found in self.paths:
                    return Origin("repository", path=found)
        if self.dockerfile is not None:
            return self.files.at(self.dockerfile, self.stage, path, self.contexts)
        if self.image is not None:
            return Origin("image", image=self.image)
        return Origin("repository", path=path) if path in self.paths else Origin("unknown")

    def mentions(self, text: str) -> bool:
        """Whether the Dockerfile speaks of something."""
        return self.dockerfile is not None and self.files.mentions(self.dockerfile, text)

    def program(self, word: str, directory: str) -> Origin:
        """Where the program that a word names comes from, in a working directory."""
        if "/" in word or self.dockerfile is None:
            return self.at(in_directory(directory, word)) if "/" in word or self.image is None else self.at(word)
        for target, _ in self.mounts:
            if posixpath.basename(target) == word and self.at(target).kind == "repository":
                return self.at(target)
        return self.files.program(self.dockerfile, self.stage, word, self.contexts)
