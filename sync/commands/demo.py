"""`station demo`: the whole job on this machine, with everything embedded.

A broker, a township, and the station's four processes run as they do in the field, each on its
own; this program only starts them, presses the pedal through a script, follows what they have
made durable, and checks the township's copies at the end.
"""

from __future__ import annotations

import argparse
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware_config.errors import LinkError, UsageError
from station.capture.folder import pictures
from station.store import Store
from station.store.status import Status, status
from sync.commands.demo_processes import Processes
from sync.commands.demo_report import report

HELP = "演示：从踏板到乡镇回执，全部在本机跑一遍"
MARK = ".station-demo"
STATION = "demo-01"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which pictures, which broker, how long."""
    parser.add_argument("--pages", type=Path, required=True, help="folder of pictures")
    parser.add_argument("--broker", default="", metavar="HOST:PORT", help="instead of our own")
    parser.add_argument("--timeout-s", type=float, default=900.0)


def run(arguments: argparse.Namespace) -> int:
    """Exit 0 only if every page has its receipt and the township's copy is the master."""
    home = _clean_home(arguments.home or Path("demo-home"))
    folders = _items(arguments.pages)
    count = sum(len(group) for group in folders)
    started_s = time.monotonic()
    with Processes(home, given=arguments.broker) as processes:
        station = processes.write_station(STATION, pages=arguments.pages, script=_script(folders))
        processes.write_township(processes.township_home)
        processes.start_all()
        with _store(station) as store:
            _follow(store, processes, count, until_s=started_s + arguments.timeout_s)
            processes.stop_all()
            return report(store, processes, seconds=time.monotonic() - started_s)


def _clean_home(home: Path) -> Path:
    """An empty folder; only one that an earlier demo made is ever cleared."""
    if home.exists():
        if any(home.iterdir()) and not (home / MARK).exists():
            raise UsageError(
                f"{home} is not empty and was not made by a demo",
                hint=f"{home} 里有别的文件，请换一个 --home。",
            )
        shutil.rmtree(home)
    home.mkdir(parents=True)
    (home / MARK).touch()
    return home.resolve()


def _items(folder: Path) -> list[list[Path]]:
    """The pictures of each sub-folder are one item; those of the folder itself one more."""
    found = pictures(folder)
    parents = dict.fromkeys(path.parent for path in found)
    return [[path for path in found if path.parent == parent] for parent in parents]


def _script(folders: list[list[Path]]) -> str:
    """What the operator does: a press a page, green after each item, long green at the end."""
    presses = [word for group in folders for word in ["page"] * len(group) + ["next-item"]]
    return "\n".join([*presses, "close-batch", ""])


@contextmanager
def _store(home: Path) -> Iterator[Store]:
    with Store.open(home, station=STATION) as store:
        yield store


def _follow(store: Store, processes: Processes, count: int, *, until_s: float) -> None:
    """Say what has become durable, until all of it has its receipt."""
    told = ""
    while True:
        now = status(store)
        line = (
            f"已拍 {now.captured}/{count}  已识读 {now.read}/{count}  "
            f"已送达 {now.frames_receipted}/{count}  已成件 {now.items_sealed}"
        )
        if line != told:
            print(line, flush=True)
            told = line
        if _done(now, count, processes):
            return
        processes.watch()
        if time.monotonic() > until_s:
            raise LinkError(f"the demo did not finish in time: {line}")
        time.sleep(0.2)


def _done(now: Status, count: int, processes: Processes) -> bool:
    waiting = now.to_read + now.items_open + now.items_to_seal
    waiting += now.outbox_entries + now.outbox_files
    return processes.captured_all and now.captured >= count and waiting == 0
