"""Where errors leave a program: one place that prints, and one that chooses the exit code."""

from __future__ import annotations

import argparse
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any, NoReturn

from firmware_config.errors import OurError, UsageError

INTERRUPTED = 130


class Formatter(argparse.HelpFormatter):
    """Help whose own words are Chinese."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """The first line, after 用法."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """argparse in Chinese that raises UsageError (64) where argparse would exit with 2."""

    def __init__(self, *, add_help: bool = True, **settings: Any) -> None:
        super().__init__(**{"formatter_class": Formatter, **settings}, add_help=False)
        self._positionals.title, self._optionals.title = "参数", "选项"
        if add_help:
            self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> NoReturn:
        """Raise UsageError with what argparse has to say, after the usage line."""
        raise UsageError(f"{self.format_usage()}{self.prog}: {message}")


def run_command(main_function: Callable[[], int]) -> int:
    """The exit code of `main_function`; what it raises is told on standard error."""
    try:
        return main_function()
    except OurError as error:
        print(f"{error.message}\n{error.hint}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # the outermost loop: a bug is told with all that is known of it
        traceback.print_exc()
        print(OurError.default_hint, file=sys.stderr)
        return OurError.exit_code


class Stop:
    """Becomes true when the program is asked to end (SIGTERM, SIGINT), so that it ends cleanly."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def __call__(self) -> bool:
        """Whether the end was asked for."""
        return self.asked

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
