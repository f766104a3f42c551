import logging

from firmware_config.schema import Lamp
from station.controls.dark import DarkLamp
from station.model import Signal


def test_signals_are_one_line_each_and_remembered(caplog):
    lamp = DarkLamp(Lamp(driver="dark"))

    with caplog.at_level(logging.INFO):
        lamp.show(Signal.SAVED, "12")
        lamp.show(Signal.AGAIN)

    assert caplog.messages == ["saved: green 12", "again: red+green 请重拍"]
    assert list(lamp.shown) == [(Signal.SAVED, "12"), (Signal.AGAIN, "请重拍")]
