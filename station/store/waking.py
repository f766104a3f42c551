"""Waking up when another process has written, without a message between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from station.store.opening import Store

Sleep = Callable[[float], object]


def data_version(store: Store) -> int:
    """A number that changes when another connection has committed. A poll costs microseconds."""
    version: int = store.value("pragma data_version")
    return version


def changes(store: Store, timeout_s: float = 0.25, *, sleep: Sleep = time.sleep) -> Iterator[bool]:
    """True at once, and then for ever: True when others have committed, False after `timeout_s`.

    What they commit while the caller is busy is reported without waiting. Its own commits are
    not reported.
    """
    seen = data_version(store)
    yield True
    while True:
        if data_version(store) == seen:
            sleep(timeout_s)
        now = data_version(store)
        # Remembered before the caller looks, so that nothing falls in between.
        changed, seen = now != seen, now
        yield changed
