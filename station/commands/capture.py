"""`station capture`: PROCESS 1."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from firmware_config import drivers, load, notify
from firmware_config.schema import Device
from station.capturing import Lamp, Sitting, capture
from station.commands.running import check_fonds, leave_at_once, scanning_year, start_log
from station.looking import Eye
from station.model import Signal
from station.store import Store
from station.store.opening import CHECKPOINT_PAGES_OF_CAPTURE

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
    check_fonds(device.fonds)
    camera_driver = drivers.load("station.cameras", device.camera.driver)
    controls_driver = drivers.load("station.controls", device.controls.driver)
    lamp_driver = drivers.load("station.lamps", device.lamp.driver)
    with (
        open_store(device) as store,
        closing(lamp_driver(device.lamp)) as lamp,
        closing(camera_driver(device.camera)) as camera,
        closing(controls_driver(device.controls, idle=notify.watchdog)) as controls,
        eye_of(device) as eye,
    ):
        told = Told(lamp, as_json=arguments.json)
        sitting = Sitting(
            *(store, camera, told),
            fonds=device.fonds,
            year=lambda: scanning_year(device.fonds.year),
            looker=eye,
        )
        notify.ready()
        capture(sitting, controls)
    told.sum_up()
    return 0


def open_store(device: Device) -> Store:
    """The store with a log that others copy into the database: the pedal does not wait for it."""
    return Store.open(
        Path(device.home), station=device.station, checkpoint_pages=CHECKPOINT_PAGES_OF_CAPTURE
    )


@contextmanager
def eye_of(device: Device) -> Iterator[Eye | None]:
    """What looks at frames before the page is turned, where the configuration wants it."""
    if not device.look.before_turning:
        yield None
        return
    with closing(Eye(device.imaging, limit_s=device.look.limit_s)) as eye:
        yield eye


class Told:
    """A lamp that also tells programs, one JSON object a signal, or at the end a person."""

    def __init__(self, lamp: Lamp, *, as_json: bool) -> None:
        self._lamp = lamp
        self._as_json = as_json
        self._shown: Counter[Signal] = Counter()

    def show(self, signal: Signal, words: str = "") -> None:
        """First the operator, then whoever reads standard output."""
        self._lamp.show(signal, words)
        self._shown[signal] += 1
        if self._as_json:
            print(json.dumps({"signal": signal, "words": words}, ensure_ascii=False), flush=True)

    def sum_up(self) -> None:
        """The sentence for a person."""
        if not self._as_json:
            failed = self._shown[Signal.NOT_SAVED]
            print(f"拍摄结束，未保存 {failed} 次" if failed else "拍摄结束，全部已保存")


def _given(**words: str | None) -> dict[str, str]:
    return {key: word for key, word in words.items() if word is not None}
