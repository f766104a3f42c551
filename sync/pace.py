"""How much to send at once, and how long to wait before trying again. Pure.

One large message on a thin line outlasts the keepalive and never arrives (docs/wire.md), so a
chunk's time on the wire stays at two seconds and at an eighth of the keepalive.
"""

from __future__ import annotations

import random

SMALLEST_BYTES = 4096
LONGEST_S = 2.0
KEEPALIVE_SHARE = 1 / 8
NEWEST_WEIGHT = 0.3


class Pace:
    """Chunk sizes, powers of two from 4 KiB to `largest_bytes`."""

    def __init__(self, largest_bytes: int, keepalive_s: float) -> None:
        self._largest_bytes = largest_bytes
        self._target_s = min(LONGEST_S, keepalive_s * KEEPALIVE_SHARE)
        self._rate: float | None = None

    @property
    def chunk_bytes(self) -> int:
        """How much to send at once."""
        if self._rate is None:
            return self._largest_bytes
        fits = int(self._rate * self._target_s)
        power = 1 << max(0, fits.bit_length() - 1)
        return min(self._largest_bytes, max(SMALLEST_BYTES, power))

    def receipted(self, size_bytes: int, elapsed_s: float) -> None:
        """`size_bytes` became durable over there within `elapsed_s`."""
        if size_bytes <= 0:
            return
        rate = size_bytes / max(elapsed_s, 1e-3)
        known = rate if self._rate is None else self._rate
        self._rate = known * (1 - NEWEST_WEIGHT) + rate * NEWEST_WEIGHT

    def fell(self) -> None:
        """The link fell while something was on its way: believe half of what was measured."""
        self._rate = self.chunk_bytes / self._target_s / 2


class Pause:
    """Pauses between tries: `first_s` and, on top, full jitter under a ceiling that doubles.

    Full jitter as in "Exponential Backoff And Jitter" (M. Brooker, AWS, 2015): a village full of
    stations must not come back in step after a power cut.
    """

    def __init__(self, first_s: float, longest_s: float, chance: random.Random) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._chance = chance
        self._tries = 0

    def begin(self) -> None:
        """It went well: the next pause is a short one again."""
        self._tries = 0

    def next_s(self) -> float:
        """The next pause."""
        ceiling_s = min(self._longest_s, self._first_s * 2 ** min(self._tries, 16))
        self._tries += 1
        return self._first_s + self._chance.uniform(0.0, ceiling_s)
