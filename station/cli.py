"""`station`: one command line for staff, technicians and systemd.

The commands come from the entry points `station.commands`, so that sync can add its own
without the station importing it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import NoReturn

from firmware_config.border import Parser, run_command


def main() -> NoReturn:
    """Entry point of `station`."""
    sys.exit(run_command(lambda: dispatch(sys.argv[1:])))


def dispatch(words: Sequence[str]) -> int:
    """Run one command; returns its exit code, raises what it raises."""
    commands = {entry.name: entry for entry in entry_points(group="station.commands")}
    parser = Parser(prog="station", description="村镇档案扫描工作站 · scan station")
    choices = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in _wanted(words, commands):
        module = commands[name].load()
        sub = choices.add_parser(name, help=module.HELP, description=module.HELP)
        sub.add_argument("--config", type=Path, help="configuration file (TOML)")
        sub.add_argument("--home", type=Path, help="folder of all state")
        sub.add_argument("--json", action="store_true", help="output for programs")
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    arguments = parser.parse_args(words)
    return int(arguments.run(arguments))


def _wanted(words: Sequence[str], commands: dict[str, EntryPoint]) -> list[str]:
    # Only the named command is imported, so that a pedal press never waits for another's library.
    first = next((word for word in words if not word.startswith("-")), "")
    return [first] if first in commands else sorted(commands)
