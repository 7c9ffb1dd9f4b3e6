"""How finely a file system tells times."""

import os

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
