"""`station check`: is everything on disk what it was when it was kept?"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from firmware_config import load
from firmware_config.errors import DamageError
from station.store import Store
from station.store.check import ProblemKind, Report, check

HELP = "核验：重算全部文件摘要和日志链"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Re-hash every blob, follow the chain; exit 74 when something is damaged."""
    device = load.device(arguments.config, home=arguments.home)
    with Store.existing(Path(device.home), station=device.station) as store:
        report = check(store)
    if arguments.json:
        print(msgspec.json.encode(report).decode())
    else:
        _tell(report)
    if report.problems:
        raise DamageError(f"{len(report.problems)} problems found by check")
    if report.orphans and not report.frames:
        raise DamageError(f"{len(report.orphans)} blobs and no frame: the database is not theirs")
    return 0


def _tell(report: Report) -> None:
    print(
        f"核验文件 {report.blobs} 个，日志 {report.entries} 条，问题 {len(report.problems)} 处，"
        f"断电留下的无主文件 {len(report.orphans)} 个"
    )
    for problem in report.problems:
        print(f"  {_KINDS[problem.kind]}：{problem.what}（{problem.detail}）")


_KINDS: dict[ProblemKind, str] = {
    "blob-missing": "文件缺失",
    "blob-damaged": "文件损坏",
    "chain-broken": "日志链断裂，第几条",
    "fact-differs": "数据与日志不符，第几条",
    "database": "数据库损坏",
}
