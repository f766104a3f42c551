"""`station capture`: PROCESS 1."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from firmware_config import drivers, load, notify
from station.capturing import Sitting, capture
from station.commands.running import leave_at_once, scanning_year, start_log
from station.store import Store

HELP = "拍摄：踩踏板即存一页 (press -> frame)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where pictures and presses come from may be given here as well as in the file."""
    parser.add_argument("--folder", help="camera driver `folder`: the pictures")
    parser.add_argument("--script", help="controls driver `script`: a file of presses, - is stdin")


def run(arguments: argparse.Namespace) -> int:
    """Capture until power-off, the end of the script, or SIGTERM."""
    start_log()
    leave_at_once()
    override = {
        "camera": _given(folder=arguments.folder),
        "controls": _given(script=arguments.script),
    }
    device = load.device(arguments.config, home=arguments.home, override=override)
    camera_driver = drivers.load("station.cameras", device.camera.driver)
    controls_driver = drivers.load("station.controls", device.controls.driver)
    lamp_driver = drivers.load("station.lamps", device.lamp.driver)
    with (
        Store.open(Path(device.home), station=device.station) as store,
        closing(lamp_driver(device.lamp)) as lamp,
        closing(camera_driver(device.camera)) as camera,
        closing(controls_driver(device.controls, idle=notify.watchdog)) as controls,
    ):
        year = scanning_year(device.fonds.year)
        sitting = Sitting(store, camera, lamp, fonds=device.fonds, year=year)
        notify.ready()
        capture(sitting, controls)
    return 0


def _given(**words: str | None) -> dict[str, str]:
    return {key: word for key, word in words.items() if word is not None}
