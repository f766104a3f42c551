"""`station check`: is everything on disk what it was when it was kept?"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from firmware_config import load
from firmware_config.errors import DamageError
from station.store import Store
from station.store.check import check

HELP = "核验：重算全部文件摘要和日志链"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Re-hash every blob, follow the chain; exit 74 when something is damaged."""
    device = load.device(arguments.config, home=arguments.home)
    with Store.open(Path(device.home), station=device.station) as store:
        report = check(store)
    if arguments.json:
        print(msgspec.json.encode(report).decode())
    else:
        print(
            f"核验文件 {report.blobs} 个，日志 {report.entries} 条，问题 {len(report.problems)} 处"
        )
        for problem in report.problems:
            print(f"  {problem}")
    if report.problems:
        raise DamageError(f"{len(report.problems)} problems found by check")
    return 0
