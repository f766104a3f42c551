"""`township`: receive, status, verify, restored, search."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from firmware_config import load, notify
from firmware_config.address import host_and_port
from firmware_config.border import Parser, Stop, run_command
from firmware_config.errors import ConfigError, DamageError
from firmware_config.township_schema import Township
from sync.township import report, restoring, search, serving
from sync.township.database import Database
from sync.township.vault import open_vault

HELP = {
    "receive": "接收各站送来的资料，直到停止",
    "status": "查看已收到多少资料",
    "verify": "逐个核对全部文件和日志是否完好",
    "restored": "从备份恢复之后运行一次：请各站重新核对，补发缺少的文件",
    "search": "按字词查找已归档的资料",
}
NO_LEDGER_HINT = "这里还没有台账：请检查 --home，或先运行 township receive。"
RESTORED_NEXT = "请重新启动接收程序（township receive），各站会重新核对全部资料。"
DAMAGE_HINT = "台账与文件不一致，请勿再写入，并联系技术员。"


def main() -> int:
    """The program. Its exit code is that of the error that ended it."""
    return run_command(lambda: run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Run one command. Raises OurError."""
    arguments = _parser().parse_args(words)
    settings = load.township(arguments.config, home=arguments.home)
    match arguments.command:
        case "receive":
            return receive(settings, arguments)
        case "status":
            return status(settings, arguments)
        case "verify":
            return verify(settings, arguments)
        case "restored":
            return restored(settings, arguments)
        case _:
            return find(settings, arguments)


def receive(settings: Township, arguments: argparse.Namespace) -> int:
    """PROCESS 4, until SIGTERM; then it says what is there."""
    if arguments.broker:
        host, port = host_and_port(arguments.broker)
        link = msgspec.structs.replace(settings.link, broker_host=host, broker_port=port)
        settings = msgspec.structs.replace(settings, link=link)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    serving.receive(settings, notify.watched(Stop()))
    return status(settings, arguments)


def status(settings: Township, arguments: argparse.Namespace) -> int:
    """What is there."""
    with _ledger(settings) as database:
        found = report.status(database)
    lines = [
        f"{line.station}：日志 {line.entries} 条，最后收到 {line.heard_at}"
        for line in found.stations
    ]
    total = (
        f"条目 {found.records} 件，文件 {found.files} 个（{found.file_bytes / 1e6:.1f} MB），"
        f"接收中 {found.receiving} 个，待人工查看 {found.quarantined} 条"
    )
    _say(arguments, found, "\n".join([*lines, total]))
    return 0


def verify(settings: Township, arguments: argparse.Namespace) -> int:
    """Hash everything again. Raises DamageError when something is wrong."""
    with _ledger(settings) as database:
        vault = open_vault(settings.vault, serving.home_of(settings))
        found = report.verify(database, vault)
    checked = f"已核对：日志 {found.entries} 条，文件 {found.objects} 个，原图 {found.frames} 张"
    checked += f"（未到 {found.frames_awaited} 张），问题 {len(found.wrong)} 个"
    _say(arguments, found, "\n".join([checked, *found.wrong]))
    if found.wrong:
        raise DamageError(f"verify found {len(found.wrong)} faults", hint=DAMAGE_HINT)
    return 0


def restored(settings: Township, arguments: argparse.Namespace) -> int:
    """To be run once after the ledger or the vault came back from a backup."""
    with _ledger(settings) as database:
        vault = open_vault(settings.vault, serving.home_of(settings))
        found = restoring.restored(database, vault)
    again = f"文件完好 {found.files} 个，缺失或损坏 {len(found.forgotten)} 个，由各站重新补发"
    _say(arguments, found, f"已登记本次恢复：{again}。\n{RESTORED_NEXT}")
    return 0


def find(settings: Township, arguments: argparse.Namespace) -> int:
    """Search the record documents."""
    with _ledger(settings) as database:
        hits = search.search(database, " ".join(arguments.words), arguments.limit)
    lines = [
        f"{hit.code} {hit.title}" + (f" 第{hit.page}页：{hit.line}" if hit.page else "")
        for hit in hits
    ]
    _say(arguments, hits, "\n".join(lines) or "没有找到")
    return 0


@contextmanager
def _ledger(settings: Township) -> Iterator[Database]:
    path = serving.home_of(settings) / serving.LEDGER
    if not path.is_file():
        raise ConfigError(f"no ledger at {path}", hint=NO_LEDGER_HINT)
    database = Database(path)
    try:
        yield database
    finally:
        database.close()


def _say(arguments: argparse.Namespace, found: object, sentence: str) -> None:
    print(msgspec.json.encode(found).decode() if arguments.json else sentence)


def _parser() -> Parser:
    parser = Parser(prog="township", description="乡镇端：接收各站资料，核对，查找")
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令")
    made = {
        name: commands.add_parser(name, help=HELP[name], description=HELP[name]) for name in HELP
    }
    for command in made.values():
        command.add_argument("--home", type=Path, metavar="目录", help="台账和文件库所在的目录")
        command.add_argument("--config", type=Path, metavar="文件", help="配置文件")
        command.add_argument("--json", action="store_true", help="输出给程序读的 JSON")
    made["receive"].add_argument(
        "--broker", default="", metavar="主机:端口", help="消息服务器地址，代替配置文件里的"
    )
    made["search"].add_argument("words", nargs="+", metavar="字词", help="要查找的字词")
    made["search"].add_argument(
        "--limit", type=int, default=20, metavar="条数", help="最多列出多少条，默认 20"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
