from __future__ import annotations

import os
import signal

import pytest

from firmware_config.border import Parser, Stop, run_command
from firmware_config.errors import LinkError, OurError, UsageError


def raising(error: BaseException) -> int:
    return run_command(lambda: _raise(error))


def _raise(error: BaseException) -> int:
    raise error


def test_what_the_function_returns_is_the_exit_code() -> None:
    assert run_command(lambda: 7) == 7


def test_an_error_of_ours_is_told_with_its_hint_and_its_code(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert raising(LinkError("no route", hint="请检查网线。")) == 74

    assert capsys.readouterr().err == "no route\n请检查网线。\n"


def test_a_bug_is_70_and_shows_where_it_happened(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(ZeroDivisionError("oh")) == OurError.exit_code

    assert "ZeroDivisionError: oh" in capsys.readouterr().err


def test_an_interrupt_is_130() -> None:
    assert raising(KeyboardInterrupt()) == 130


def test_argparse_s_complaint_is_a_usage_error() -> None:
    parser = Parser(prog="station")
    parser.add_argument("--number", type=int)

    with pytest.raises(UsageError, match="invalid int value"):
        parser.parse_args(["--number", "x"])


def test_help_speaks_chinese() -> None:
    parser = Parser(prog="township")
    commands = parser.add_subparsers(metavar="命令")
    below = commands.add_parser("verify")
    below.add_argument("file", metavar="文件")

    for words in (parser.format_help(), below.format_help()):
        assert words.startswith("用法：township")
        assert "显示本说明" in words
        assert not {"usage", "options", "arguments", "show this"} & set(words.split(":"))


def test_sigterm_asks_to_stop() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    stop = Stop()
    assert not stop()

    os.kill(os.getpid(), signal.SIGTERM)

    assert stop()
    signal.signal(signal.SIGTERM, before[0])
    signal.signal(signal.SIGINT, before[1])
