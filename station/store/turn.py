"""Taking turns at reading: the service and an import on one home read one frame at a time.

Without it both would spend an attempt on the same frame, and two engines its memory.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from station.store.border import our_errors
from station.store.opening import Store


@contextmanager
def turn(store: Store) -> Iterator[None]:
    """Wait until nobody else reads; the kernel frees the lock of one who was killed."""
    with our_errors("take a turn at reading"):
        file = (store.home / "reading.lock").open("w")
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
