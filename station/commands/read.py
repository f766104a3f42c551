"""`station read`: PROCESS 2."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import msgspec

from firmware_config import drivers, load, notify
from firmware_config.border import Stop
from station.commands.running import end_if_silent_for, start_log, step_back
from station.model import Page
from station.store import Store, listing, waking

HELP = "识读：找页、拉正、判断、识字、成件 (frame -> page -> text -> record)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Without --once it runs until SIGTERM."""
    parser.add_argument("--once", action="store_true", help="stop when nothing waits")
    parser.add_argument("--set-aside", action="store_true", help="再试已搁置的页，然后退出")
    parser.add_argument("--give-up", action="store_true", help="已搁置的页记为无法识读，让该件成件")


def run(arguments: argparse.Namespace) -> int:
    """Read what waits."""
    start_log()
    stop = Stop()
    device = load.device(arguments.config, home=arguments.home)
    step_back(device.ocr.niceness)
    engine = drivers.load("station.engines", device.ocr.driver)(device.ocr)
    from station.commands.stand import stand_of
    from station.reading import give_up, read, read_frame, seal_complete

    with Store.open(Path(device.home), station=device.station) as store:
        notify.ready()
        woken = waking.changes(store)
        stand, rescue = partial(stand_of, device, store), device.ocr.rescue

        def go_on(idle: bool) -> bool:
            notify.watchdog()
            end_if_silent_for(device.ocr.frame_limit_s)
            if idle and not (arguments.once or stop()):
                next(woken)
            return not (stop() or (idle and arguments.once))

        found: Iterable[Page]
        if arguments.give_up:
            for frame in listing.set_aside(store):
                give_up(store, frame)
            found = ()
        elif arguments.set_aside:
            again = (frame for frame in listing.set_aside(store) if go_on(idle=False))
            tried = (read_frame(store, frame, engine, stand(), rescue) for frame in again)
            found = (page for some in tried for page in some)
        else:
            found = read(store, engine, stand, rescue=rescue, go_on=go_on)
        count = 0
        for page in found:
            count += 1
            if arguments.json:
                print(msgspec.json.encode(page).decode(), flush=True)
        seal_complete(store)
    if not arguments.json:
        print(f"识读结束，共识读 {count} 页")
    return 0
