"""Errors a user can act on, each with the exit code that it ends the program with."""

SUCCESS = 0
UNUSABLE = 2  # the request cannot be met, or no probe succeeded
INVALID = 3  # the document does not fit its schema, and was not published
BUSY = 75  # EX_TEMPFAIL of sysexits.h: another gather holds the repository
INTERRUPTED = 130  # 128 + SIGINT, as shells report it


class CodegenieError(Exception):
    """Says what is wrong, where, and what to do next; printed as it stands, never as a traceback."""

    exit_code = UNUSABLE


class Busy(CodegenieError):
    """Another gather of the same repository did not end within the wait."""

    exit_code = BUSY


class InvalidDocument(CodegenieError):
    """The merged document does not fit its schema."""

    exit_code = INVALID


class Refused(Exception):
    """A path that the engine will not read for a probe; `reason` is one short phrase for the output."""

    def __init__(self, path: str, reason: str, size: int | None = None) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason
        self.size = size


class UndeclaredInput(Exception):
    """A probe asked for something that its declaration does not name: a defect of the probe."""
