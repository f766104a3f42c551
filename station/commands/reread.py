"""`station reread`: pages are read again by better weights, while nothing else waits."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from firmware_config import drivers, load, notify
from firmware_config.border import Stop
from firmware_config.errors import UsageError
from station.commands.running import end_if_silent_for, start_log, step_back
from station.store import Store, waking

HELP = "重读：换了更好的识字模型之后，空闲时重读旧页，新旧文字都保留"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Models have no order but this: a page was read by MODEL last, or by an older one."""
    parser.add_argument(
        "--older-than",
        metavar="MODEL",
        help="重读最近一次不是由 MODEL 识读的页；MODEL 须是现在配置的模型（缺省即它）",
    )


def run(arguments: argparse.Namespace) -> int:
    """Read again until no page is left or SIGTERM comes; killed, it goes on where it was."""
    start_log()
    stop = Stop()
    device = load.device(arguments.config, home=arguments.home)
    step_back(device.ocr.niceness)
    engine = drivers.load("station.engines", device.ocr.driver)(device.ocr)
    if arguments.older_than not in (None, engine.model):
        raise UsageError(
            f"this station reads with {engine.model}, not with {arguments.older_than}",
            hint=f"本机现在的识字模型是 {engine.model}，请先换好模型和配置，再来重读。",
        )
    from station.rereading import reread

    with Store.existing(Path(device.home), station=device.station) as store:
        notify.ready()
        woken = waking.changes(store)

        def go_on(idle: bool) -> bool:
            notify.watchdog()
            end_if_silent_for(device.ocr.frame_limit_s)
            if idle and not stop():
                next(woken)
            return not stop()

        count = 0
        for page in reread(store, engine, rescue=device.ocr.rescue, go_on=go_on):
            count += 1
            if arguments.json:
                print(msgspec.json.encode(page).decode(), flush=True)
    if not arguments.json:
        print(f"重读结束，共重读 {count} 页")
    return 0
