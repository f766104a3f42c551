"""`station batch`: the reader over an exported store or a folder, on many cores or machines."""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from firmware_config import load
from firmware_config.border import INTERRUPTED, Stop
from firmware_config.errors import EngineError, UsageError
from station.commands.running import start_log
from station.store.border import our_errors
from station.store.spool import put

HELP = "批量识读：把导出的档案或图片文件夹在多核或多台机器上识读"
IO_ERROR = 74
SUMS = "SHA256SUMS"
TELL_EVERY_S = 60.0
TOO_MANY = 50
log = logging.getLogger("station.batch")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What is read, where to, and by how many."""
    parser.add_argument("source", type=Path, help="导出的文件夹、图片文件夹，或 sha256sum 清单")
    parser.add_argument("out", type=Path, help="结果写到这个文件夹；再次运行会接着做")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=_count, default=os.cpu_count(), help="本机的工作进程数")
    where.add_argument("--scheduler", metavar="ADDRESS", help="已有 Dask 调度程序的地址")
    parser.add_argument("--memory-mb", type=_count, default=2000, help="每个工作进程的内存上限")
    parser.add_argument("--task-pages", type=_count, default=8, help="每个任务的图片数")
    parser.add_argument("--limit-s", type=_count, default=300, help="一张图片最多用多少秒")
    parser.add_argument("--images", action="store_true", help="同时保存拉正后的页面图")
    parser.add_argument("--again", action="store_true", help="再试以前失败的")
    parser.add_argument("--verify", action="store_true", help="不识读，只核对是否齐全、完好")


def run(arguments: argparse.Namespace) -> int:
    """Read, list, tell. 74 when a master could not be read or, with --verify, anything is wrong."""
    start_log()
    stop = Stop()
    source, out = arguments.source.resolve(), arguments.out.resolve()
    _check_folders(source, out)
    device = load.device(arguments.config, home=arguments.home)
    from station.batch import cluster
    from station.batch.visiting import Plan
    from station.batch.worklist import in_tasks, masters

    logging.getLogger("distributed").setLevel(logging.ERROR)
    plan = Plan(
        out=str(out),
        imaging=device.imaging,
        ocr=msgspec.structs.replace(device.ocr, threads=1),
        limit_s=float(arguments.limit_s),
        images=arguments.images,
        again=arguments.again,
        look_only=arguments.verify,
    )
    address = arguments.scheduler
    here = partial(cluster.here, arguments.workers, arguments.memory_mb)
    workers = cluster.at(address) if address else here()
    with _alone(out), workers as client:
        batch = Batch(client, plan, out, as_json=arguments.json)
        batch.visit(in_tasks(masters(source), arguments.task_pages), lambda: not stop())
        if not stop():
            batch.verify() if arguments.verify else batch.list()
    batch.tell_end()
    if stop():
        return INTERRUPTED
    return IO_ERROR if batch.wrong else 0


class Batch:
    """One call of `station batch`; `wrong` counts masters without a reading, and faults."""

    def __init__(self, client: Any, plan: Any, out: Path, *, as_json: bool) -> None:
        self.client, self.plan, self.out, self.as_json = client, plan, out, as_json
        self.wrong = self.pages = self.lines = 0
        self.count: Counter[str] = Counter()
        self.cpu_s = 0.0
        self.started_s = self._told_s = time.monotonic()

    def visit(self, tasks: Iterator[Any], go_on: Callable[[], bool]) -> None:
        """All masters, as they are done. Raises EngineError when hardly any can be read."""
        from station.batch.cluster import outcomes

        if not self.plan.look_only:
            with our_errors("begin a batch"):
                (self.out / SUMS).unlink(missing_ok=True)
        for outcome in outcomes(self.client, self.plan, tasks, go_on):
            self.count[outcome.state] += 1
            if outcome.state in {"read", "there"}:
                self.pages += outcome.pages
                self.lines += outcome.lines
            else:
                self.wrong += 1
                self.tell(outcome, f"{outcome.source}：{STATES[outcome.state]}{_because(outcome)}")
            if outcome.state == "read":
                self.count["pages read"] += outcome.pages
                self.cpu_s += outcome.cpu_s
            self._still_sound()
            self._progress()

    def list(self) -> None:
        """Bring the lists of the shards up to date; they are what the folder is checked by."""
        from station.batch import cluster, ledger

        changed = ledger.unlisted(self.out)
        for shard in cluster.each(self.client, partial(ledger.list_shard, self.out), changed):
            self._faults(shard.faults)
        put(self.out / SUMS, ledger.top(self.out))

    def verify(self) -> None:
        """Hold every shard against its list, and the lists against the list of lists."""
        from station.batch import cluster, ledger

        there = ledger.present(self.out)
        for shard in cluster.each(self.client, partial(ledger.check_shard, self.out), there):
            self._faults(shard.faults)
            self.count["listed"] += shard.readings + shard.failures
        path = self.out / SUMS
        if not path.is_file() or path.read_bytes() != ledger.top(self.out):
            self._faults((f"{SUMS}: not as the shards' lists are",))

    def tell(self, answer: Any, words: str) -> None:
        """One object a line, or one Chinese sentence."""
        print(msgspec.json.encode(answer).decode() if self.as_json else words, flush=True)

    def tell_end(self) -> None:
        """What this run did, and how fast."""
        seconds, read = time.monotonic() - self.started_s, self.count["pages read"]
        answer = {state: self.count[state] for state in STATES} | {
            "pages": self.pages,
            "lines": self.lines,
            "wrong": self.wrong,
            "seconds": round(seconds, 1),
            "pages_per_hour": round(read * 3600 / seconds),
            "cpu_s_per_page": round(self.cpu_s / read, 3) if read else None,
        }
        words = "，".join(f"{word} {self.count[state]} 张" for state, word in STATES.items())
        speed = f"每小时 {answer['pages_per_hour']} 页" if read else "没有新识读的页"
        self.tell(answer, f"{words}；共 {self.pages} 页、{self.lines} 行；{speed}")

    def _faults(self, faults: Sequence[str]) -> None:
        self.wrong += len(faults)
        for fault in faults:
            self.tell({"fault": fault}, f"与清单不符：{fault}")

    def _still_sound(self) -> None:
        """More failures than pages: it is not the pages that are wrong."""
        bad = self.count["failed"] + self.count["unreadable"]
        if bad > TOO_MANY and bad > self.count["read"] + self.count["there"]:
            raise EngineError(
                f"{bad} masters failed, more than were read: stopped",
                hint="失败的比识读成功的还多，已停止。请技术员检查安装和存储。",
            )

    def _progress(self) -> None:
        if time.monotonic() - self._told_s >= TELL_EVERY_S:
            self._told_s = time.monotonic()
            log.info("%s", ", ".join(f"{state} {n}" for state, n in sorted(self.count.items())))


STATES = {
    "read": "新识读",
    "there": "已有",
    "failed": "无法识读",
    "unreadable": "打不开",
    "missing": "缺",
}


def _because(outcome: Any) -> str:
    return f"（{outcome.error}）" if outcome.error else ""


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _check_folders(source: Path, out: Path) -> None:
    if not source.exists():
        raise UsageError(f"no such folder or list: {source}", hint=f"找不到 {source}，请检查路径。")
    if out.is_relative_to(source):
        raise UsageError(
            "the readings would lie among the masters",
            hint="结果文件夹不能放在图片文件夹里面，请另选一个。",
        )


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """One batch at a time in a folder, so that a list is never written while readings come in."""
    with our_errors("open the folder of readings"):
        out.mkdir(parents=True, exist_ok=True)
        lock = (out / "batch.lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                "another batch is at work in this folder", hint="另一个批量识读正在写这个文件夹。"
            ) from error
        yield
