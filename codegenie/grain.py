"""How finely a file system tells times, and up to which one all that it holds has come to rest."""

import os
import time

FINE_NS = 10_000_000  # a jiffy, 1-10 ms
_SECOND = 1_000_000_000
COARSE_NS = 2_000_000_000  # FAT's two seconds, and whatever we do not know
_FINE = frozenset({"apfs", "bcachefs", "btrfs", "ext4", "f2fs", "tmpfs", "xfs", "zfs"})


def grain_ns(mount: str) -> int:
    """How far apart two writes must be for their times to differ, on the file system that holds `mount`."""
    try:
        found = os.stat(mount)
        if found.st_ctime_ns % _SECOND == 0:  # ext4 has room for seconds only where inodes have 128 bytes
            return COARSE_NS
        device = found.st_dev
        name = f"{os.major(device)}:{os.minor(device)}"
        with open("/proc/self/mountinfo", encoding="utf-8", errors="replace") as mounts:
            for line in mounts:
                if line.split(" ", 3)[2] == name:
                    kind = line.partition(" - ")[2].split(" ", 1)[0]
                    return FINE_NS if kind in _FINE else COARSE_NS
    except (OSError, IndexError):
        pass
    return COARSE_NS


def ahead_ns() -> int:
    """How far the system's clock is ahead of one that nobody can set."""
    return time.time_ns() - time.monotonic_ns()


def settled_ns(mount: str, clock_ns: int, ahead: int) -> int:
    """What bears an older time than this was written before `clock_ns`, when `ahead_ns` said `ahead`, and not since.

    If the clock was set back meanwhile, what was written since may look older by as much.
    """
    return clock_ns - grain_ns(mount) - max(0, ahead - ahead_ns())
