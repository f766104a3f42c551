"""`station sync`: PROCESS 3 as a command."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from pathlib import Path

from firmware_config import load, notify
from firmware_config.border import Stop
from station.store import Store
from station.store.status import status
from sync import uplink
from sync.owed import StoreOutbox

HELP = "发送：把待发送的送到乡镇，收回执 (outbox -> receipt)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `station sync`."""
    parser.add_argument("--once", action="store_true", help="end when all is receipted")
    parser.add_argument(
        "--timeout-s", type=float, default=60.0, help="with --once: give up without a receipt"
    )


def run(arguments: argparse.Namespace) -> int:
    """Send until told to stop, or with --once until all is there. Raises OurError."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    device = load.device(arguments.config, home=arguments.home)
    stop = notify.watched(Stop())
    with Store.open(Path(device.home), station=device.station) as store:
        outbox = StoreOutbox(store)
        if arguments.once:
            timeout_s = arguments.timeout_s
            uplink.send_all(device.station, outbox, device.sync, stop, timeout_s=timeout_s)
        else:
            uplink.send(device.station, outbox, device.sync, stop)
        left = status(store)
    _say(arguments.json, left.outbox_entries, left.outbox_files)
    return 0


def _say(as_json: bool, entries: int, files: int) -> None:
    if as_json:
        print(json.dumps({"outbox_entries": entries, "outbox_files": files}))
    elif entries or files:
        print(f"已停止发送，还有 {entries} 条日志、{files} 个文件等待回执")
    else:
        print("已全部送达乡镇服务器，回执齐全")
