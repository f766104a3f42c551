"""What the long-running commands share: logging for journald and a clean stop."""

from __future__ import annotations

import datetime
import logging
import signal
import sys
from types import FrameType

# A Pi without a clock battery starts in 1970; no item is of a year before this program.
EARLIEST_YEAR = 2026


def start_log() -> None:
    """One line an outcome, to stderr; journald adds the time."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")


def leave_at_once() -> None:
    """Exit on SIGTERM wherever we are: every fact is durable before it is told."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, leave)


def scanning_year(configured: int | None) -> int:
    """The year that new items are filed under."""
    return configured or max(datetime.datetime.now(datetime.UTC).year, EARLIEST_YEAR)
