"""How long a process of ours lives: until it has answered, so that what it makes is of use to its end."""

import atexit
import gc


def lives_shortly() -> None:
    """Look for no cycles of garbage, neither now nor when the interpreter ends, which it would do object by object.

    That is an eighth of a gather with nothing to do.  What no cycle holds is freed as ever.
    """
    gc.disable()
    atexit.register(gc.freeze)
