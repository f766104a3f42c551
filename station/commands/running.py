"""What the long-running commands share: logging for journald and a clean stop."""

from __future__ import annotations

import datetime
import faulthandler
import logging
import os
import signal
import sys
from types import FrameType

from firmware_config.errors import ConfigError, InputError
from firmware_config.schema import Fonds
from station import archival_code

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


def step_back(niceness: int) -> None:
    """Leave processor and disk to whatever else of this machine wakes up (setpriority(2)).

    The weights in systemd's units do the same between the services; this holds without them. To
    be called before a library starts threads, which inherit it. Who is nicer already stays so.
    Not SCHED_IDLE: a machine that is busy with other things for hours would read nothing at all.
    """
    os.setpriority(os.PRIO_PROCESS, 0, max(niceness, os.getpriority(os.PRIO_PROCESS, 0)))


def end_if_silent_for(limit_s: float) -> None:
    """End this process with a traceback, unless this is called again before `limit_s` is over.

    A thread of C that needs no lock of Python's: it ends also what hangs within a library, where
    there is no systemd to do it.
    """
    faulthandler.dump_traceback_later(limit_s, exit=True)


def scanning_year(configured: int | None) -> int:
    """The year that new items are filed under."""
    return configured or max(datetime.datetime.now(datetime.UTC).year, EARLIEST_YEAR)


def check_fonds(fonds: Fonds) -> None:
    """Raise ConfigError where no archival code can be formed: before the first page, not at it."""
    try:
        archival_code.of(fonds, scanning_year(fonds.year), 1)
    except InputError as error:
        raise ConfigError(
            f"[fonds]: {error.message}",
            hint="配置中 [fonds] 各项拼不成档号，请技术员对照本县档号规则检查。",
        ) from error
