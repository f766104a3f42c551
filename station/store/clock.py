"""What the station knows of the time: a boot, a steady clock, and a wall clock not to be trusted.

A Raspberry Pi has no battery behind its clock, so the order of things is their seq alone.
"""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from station.model import Noun

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
ClockState = Literal["unsynced", "rtc", "ntp", "server"]


class Moment(Noun, frozen=True, kw_only=True):
    """One instant as the machine tells it.

    `mono_ms` counts from the boot named by `boot_id`, sleep included. `wall` is UTC, ISO 8601.
    """

    boot_id: str
    mono_ms: int
    wall: str
    state: ClockState


class Clock(Protocol):
    """Who is asked for the time."""

    def now(self) -> Moment:
        """The present moment."""
        ...


class SystemClock:
    """The clocks of this machine; `state` is how far its wall clock may be believed."""

    def __init__(self, state: ClockState = "unsynced") -> None:
        self.state = state
        self._boot_id = _boot_id()

    def now(self) -> Moment:
        """The present moment."""
        return Moment(
            boot_id=self._boot_id,
            mono_ms=time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000,
            wall=datetime.now(UTC).isoformat(timespec="milliseconds"),
            state=self.state,
        )


def _boot_id() -> str:
    if BOOT_ID.is_file():
        return BOOT_ID.read_text().strip()
    # Without the kernel's word a process is all that mono_ms can be compared within.
    return str(uuid.uuid4())
