"""Where a repository's facts and the engine's own state live, and whose they are."""

import hmac
import os
import stat
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

from codegenie.beneath import Root
from codegenie.cache import UNUSED_DAYS, Blobs, Proofs, make_directory, read_whole, unlink, write_atomically
from codegenie.errors import CodegenieError
from codegenie.secret import by_user_id, certain_content, secret_key
from codegenie.settings import Settings, user_directory
from codegenie.text import say
from codegenie.turns import alone

LAYOUT = "1"  # part of the stamp: state of another layout is set aside like a stranger's
GENERATED = ("cache", "context", "runs", "state")
CACHEDIR_TAG = b"Signature: 8a477f597d28d172789f06886806bc55\n# A cache of codegenie; it can be removed at any time.\n"
IGNORE_ALL = b"# Written by codegenie: everything in this folder is generated.\n*\n"
SET_ASIDE = "set-aside"


class State(NamedTuple):
    """The directories of one repository's gather, and the secret that seals what is kept in them."""

    out: str
    cache_dir: str
    secret: bytes
    proofs: Proofs
    """Of the targets, for as long as this lives."""

    def read(self, path: str, cap: int) -> bytes | None:
        """A file of the output directory; None where there is none, it is over `cap` bytes, or a link leads to it."""
        return read_whole(path, cap, below=self.out)

    def write(self, path: str, content: bytes, *, durable: bool = False) -> None:
        """Replace a file of the output directory in one step.  Raises OSError."""
        write_atomically(path, content, below=self.out, durable=durable)

    @property
    def document(self) -> str:
        """The published document."""
        return os.path.join(self.out, "context", "repo-context.yaml")

    @property
    def report(self) -> str:
        """The document for people."""
        return os.path.join(self.out, "context", "CONTEXT_REPORT.md")

    def raw(self, slice_name: str) -> str:
        """The target of a probe."""
        return os.path.join(self.out, "context", "raw", f"{slice_name}.json")

    def artifact(self, slice_name: str, name: str) -> str:
        """What a probe answers besides its slice."""
        return os.path.join(self.out, "context", "raw", f"{slice_name}.{name}")

    @property
    def database(self) -> str:
        """The database of doit."""
        return os.path.join(self.out, "state", "doit.db")

    @property
    def index_file(self) -> str:
        """The stat index."""
        return os.path.join(self.out, "state", "index")

    @property
    def listing(self) -> str:
        """What was listed, and by what."""
        return os.path.join(self.out, "state", "listing")

    @property
    def matches(self) -> str:
        """What globs matched."""
        return os.path.join(self.out, "state", "matches")

    @property
    def runs(self) -> str:
        """The run logs."""
        return os.path.join(self.out, "runs")

    @property
    def home(self) -> Blobs | None:
        """What is kept for the user and not for a repository: compiled validators, the declarations of probes."""
        home = user_directory()
        return Blobs(os.path.join(home, "validators"), self.secret) if home else None

    @property
    def blobs(self) -> Blobs:
        """The content cache."""
        inside = self.cache_dir.startswith(f"{self.out}/")
        return Blobs(self.cache_dir, self.secret, below=self.out if inside else "")


def look(settings: Settings) -> tuple[State, bool]:
    """The state as it stands, and whether it is this user's and may be read; nothing is written."""
    try:
        state = State(settings.out, settings.cache_dir, secret_key(make=False), Proofs(settings.out, {}))
        return state, not _links(state) and _is_ours(state, _stamp(state, settings.repo)) and not _odd(state, "state")
    except OSError:
        return State(settings.out, settings.cache_dir, by_user_id(), Proofs(settings.out, {})), False


def prepare(settings: Settings) -> State:
    """Make the directories, and set a stranger's state aside.  Raises CodegenieError."""
    try:
        state = State(settings.out, settings.cache_dir, secret_key(make=True), Proofs(settings.out, {}))
    except OSError as error:
        what = error.strerror or str(error)
        raise CodegenieError(
            f"cannot use {user_directory()}/state.key ({what}); mend that, or set CODEGENIE_STATE_KEY"
        ) from None
    if links := _links(state):
        raise CodegenieError(f"{links[0]} is a link or not a directory; remove it, or choose another place with out=")
    try:
        os.makedirs(state.out, exist_ok=True)
        with alone(state.out):  # else two first gathers at once set each other's state aside
            stamp = _stamp(state, settings.repo)
            ours = _is_ours(state, stamp)
            if not ours:
                _set_aside(state, settings.repo)
            _make(state)
            _remove_odd(state)
            if not ours:
                write_atomically(_owner(state), stamp, below=state.out)
    except OSError as error:
        what = error.strerror or str(error)
        raise CodegenieError(f"cannot write {state.out} ({what}); choose another place with out=<directory>") from None
    return state


def _links(state: State) -> list[str]:
    """The directories of ours that are something else on the disk: we never write through a link."""
    ours = [state.out, *(os.path.join(state.out, name) for name in GENERATED), state.cache_dir]
    ours += [os.path.join(state.out, "context", "raw"), os.path.join(state.cache_dir, "blobs")]
    return [path for path in ours if os.path.lexists(path) and not stat.S_ISDIR(os.lstat(path).st_mode)]


def _make(state: State) -> None:
    os.makedirs(state.blobs.below or state.cache_dir, exist_ok=True)
    marks = {os.path.join(state.out, name, ".gitignore"): IGNORE_ALL for name in GENERATED if name != "cache"}
    if not _is_shared(state):
        marks |= {os.path.join(state.cache_dir, ".gitignore"): IGNORE_ALL}
        marks |= {os.path.join(state.cache_dir, "CACHEDIR.TAG"): CACHEDIR_TAG}
    for path, content in marks.items():
        if not os.path.lexists(path):
            write_atomically(path, content, below=state.out if path.startswith(f"{state.out}/") else state.cache_dir)
    make_directory(os.path.join(state.out, "context", "raw"), below=state.out)


def _odd(state: State, directory: str) -> list[str]:
    """What is no file of ours in a directory that holds only such: a link that git has put there since, a pipe.

    The files of `state` are written in place, so that there a second name of a file is no less odd.
    """
    with Root(state.out) as root:
        return [
            f"{directory}/{name}"
            for name, found in root.entries(directory)
            if not stat.S_ISDIR(found.st_mode)
            and (not stat.S_ISREG(found.st_mode) or (directory == "state" and found.st_nlink > 1))
        ]


def _remove_odd(state: State) -> None:
    for directory in ("context", "context/raw", "runs", "state"):
        if odd := _odd(state, directory):
            with Root(state.out) as root:
                for path in odd:
                    unlink(root, path)


def remove_old_boxes(state: State, now: float) -> int:
    """Remove what was set aside 30 days ago or longer; how many boxes that were."""
    import shutil  # with its archives it takes longer to import than most of what this file does

    removed = 0
    with suppress(OSError), Root(state.out) as root:
        for name, found in root.entries(SET_ASIDE):
            if stat.S_ISDIR(found.st_mode) and now - found.st_mtime > UNUSED_DAYS * 86400:
                directory, _ = root.reached(f"{SET_ASIDE}/{name}")
                with suppress(RecursionError):  # a stranger's directories may lie deeper than can be followed
                    shutil.rmtree(name, ignore_errors=True, dir_fd=directory)
                removed += root.lstat(f"{SET_ASIDE}/{name}") is None
    return removed


def _is_shared(state: State) -> bool:
    """True if the cache was put among things of the user's, which git and backups are not to pass over."""
    if os.path.dirname(state.cache_dir) == state.out or not os.path.lexists(state.cache_dir):
        return False
    return not {"blobs", "CACHEDIR.TAG", ".gitignore"}.issuperset(os.listdir(state.cache_dir))


def _owner(state: State) -> str:
    return os.path.join(state.out, "state", "owner")


def _is_ours(state: State, stamp: bytes) -> bool:
    """True if the state carries the stamp that says that this user wrote it for this repository at this place."""
    return hmac.compare_digest(certain_content(_owner(state), 1024, below=state.out) or b"", stamp)


def _stamp(state: State, repo: str) -> bytes:
    """Raises OSError where there is no state.

    Without the device's number, which another mount or another start of the machine may change for the same directory.
    """
    inode = os.lstat(state.out).st_ino
    text = f"{LAYOUT}\0{os.path.realpath(state.out)}\0{os.path.realpath(repo)}\0{inode}"
    if os.environ.get("CODEGENIE_STATE_KEY"):
        text = LAYOUT  # a CI cache moves between machines; the key alone says whose it is
    return blake2b(os.fsencode(text), key=state.secret[:64], person=b"codegenie owner").hexdigest().encode()


def _set_aside(state: State, repo: str) -> None:
    """Rename what a stranger, another place or an older layout left, unread; say so once."""
    strange = [name for name in GENERATED if not _is_bare(os.path.join(state.out, name))]
    if not strange:
        return
    if state.out != os.path.join(repo, ".codegenie"):
        _refuse_what_is_not_ours(state, strange)
    shelf = os.path.join(state.out, SET_ASIDE)
    if os.path.lexists(shelf) and not stat.S_ISDIR(os.lstat(shelf).st_mode):
        raise CodegenieError(f"{shelf} is a link or not a directory; remove it, or choose another place with out=")
    if not os.path.lexists(ignore := os.path.join(shelf, ".gitignore")):
        write_atomically(ignore, IGNORE_ALL, below=state.out)
    with Root(state.out) as root:
        box = f"{SET_ASIDE}/{os.urandom(4).hex()}"
        for name in strange:
            here, _ = root.reached(name)
            there, _ = root.reached(f"{box}/{name}", make=True)
            os.rename(name, name, src_dir_fd=here, dst_dir_fd=there)
    say(f"{state.out} held state that you did not write here; it was set aside unread in {SET_ASIDE}/ and is made anew")


def _is_bare(directory: str) -> bool:
    """True if nothing is there, or no more than `_make` puts there: a gather was killed before it had stamped it."""
    if not os.path.lexists(directory):
        return True
    scaffold = {".gitignore": IGNORE_ALL, "CACHEDIR.TAG": CACHEDIR_TAG}
    for path, directories, names in os.walk(directory):
        if any(os.path.islink(f"{path}/{name}") for name in directories):
            return False
        for name in names:
            if not name.endswith(".tmp") and (read_whole(f"{path}/{name}", 1024, below=path) or b"") != scaffold.get(
                name
            ):
                return False
    return True


def _refuse_what_is_not_ours(state: State, names: list[str]) -> None:
    """Leave alone a user's own `cache` or `state` in a directory given as out=."""
    for name in names:
        directory = os.path.join(state.out, name)
        if os.listdir(directory) and read_whole(f"{directory}/.gitignore", 1024, below=directory) != IGNORE_ALL:
            raise CodegenieError(f"{directory} is not of codegenie's making; choose an empty directory as out=")
