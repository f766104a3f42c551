"""Presses from words, one a line: a file for demonstrations and tests, `-` for the keyboard."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TextIO

from firmware_config.errors import ConfigError
from firmware_config.schema import Controls
from station.model import Press, PressKind


class ScriptControls:
    """Presses by the words of PressKind, and `wait SECONDS`; `#` begins a comment.

    A file is read whole and checked before the first press; standard input is taken line by line.
    Raises ConfigError, with the line, for a word that is none of these.
    """

    def __init__(
        self,
        settings: Controls,
        *,
        keyboard: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        idle: Callable[[], object] = lambda: None,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._idle = idle
        self._closed = False
        if settings.script == "-":
            self._steps: Iterable[PressKind | float] = steps(keyboard or sys.stdin, "stdin")
        else:
            self._steps = list(steps(_lines(settings.script), settings.script))

    def presses(self) -> Iterator[Press]:
        """The script's presses, each once, until its end or `close`."""
        for step in self._steps:
            if self._closed:
                return
            self._idle()
            if isinstance(step, PressKind):
                yield Press(kind=step, at_s=self._clock())
            else:
                self._sleep(step)

    def close(self) -> None:
        """No more presses."""
        self._closed = True


def steps(lines: Iterable[str], name: str) -> Iterator[PressKind | float]:
    """The presses and the waits (seconds) that `lines` ask for. Raises ConfigError."""
    known = {kind.value: kind for kind in PressKind}
    for number, line in enumerate(lines, start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        if len(words) == 1 and words[0] in known:
            yield known[words[0]]
        elif len(words) == 2 and words[0] == "wait" and (pause_s := _seconds(words[1])) is not None:
            yield pause_s
        else:
            raise ConfigError(
                f"{name} line {number}: {' '.join(words)!r} is not one of "
                f"{', '.join(known)}, wait SECONDS"
            )


def _seconds(word: str) -> float | None:
    try:
        pause_s = float(word)
    except ValueError:
        return None
    return pause_s if math.isfinite(pause_s) and pause_s >= 0 else None


def _lines(script: str) -> list[str]:
    if not script:
        raise ConfigError("controls.script is not set", hint="请在配置中写明动作脚本文件。")
    try:
        return Path(script).read_text("utf-8").splitlines()
    except OSError as error:
        raise ConfigError(f"cannot read {script}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{script} is not UTF-8: byte {error.start}") from error
