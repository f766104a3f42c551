"""Light, buzzer and voice on the board's pins: one coloured lamp, one white, one piezo."""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from firmware_config.errors import DriverError, LampError
from firmware_config.schema import Lamp
from station.controls.pins import board_pins
from station.controls.signals import CUES, OCTAVES, TICK_S, Cue, beside, spoken
from station.model import Signal

log = logging.getLogger(__name__)

RGB = ("red", "green", "blue")
DARK = (0, 0, 0)
LAST_SIGNAL_S = 1.0
"""How long `close` waits, at most, for the signal under way."""


def say_to_log(words: str) -> None:
    """The voice of a station without a loudspeaker."""
    log.info("voice: %s", words)


class GpioLamp:
    """Shows signals through gpiozero; its own background threads play the patterns.

    `pin_factory` is a gpiozero factory, the board's own when None; `voice` speaks Chinese; `clock`
    and `sleep` are time itself. Raises DriverError when a library or the pins are missing.
    """

    def __init__(
        self,
        settings: Lamp,
        *,
        pin_factory: Any = None,
        voice: Callable[[str], None] = say_to_log,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        from gpiozero import LED, RGBLED, GPIOZeroError, TonalBuzzer

        self._voice = voice
        self._clock = clock
        self._sleep = sleep
        self._cue = Cue()
        self._since_s = self._told_at_s = clock()
        self._devices: list[Any] = []
        pins = pin_factory or board_pins()
        rgb = (settings.red_pin, settings.green_pin, settings.blue_pin)
        try:
            self._coloured = self._opened(RGBLED(*rgb, pwm=False, pin_factory=pins))
            self._white = self._opened(LED(settings.white_pin, pin_factory=pins))
            self._buzzer = self._opened(
                TonalBuzzer(settings.buzzer_pin, mid_tone="A5", octaves=1, pin_factory=pins)
            )
        except (GPIOZeroError, OSError) as error:
            self.close()
            raise DriverError(f"the lamp's pins cannot be used: {error}") from error

    def show(self, signal: Signal, words: str = "") -> None:
        """Give the signal until the next one; returns at once. Raises LampError."""
        from gpiozero import GPIOZeroError

        cue, now_s = CUES[signal], self._clock()
        try:
            if cue.aside:
                cue = beside(self._cue, cue, int((now_s - self._since_s) / TICK_S))
                self._give_aside(cue)
            else:
                self._give(cue)
                self._cue, self._since_s = cue, now_s
        except (GPIOZeroError, OSError) as error:
            raise LampError(f"the lamp does not answer: {error}") from error
        self._told_at_s = now_s + TICK_S * (len(cue.sound) + 1)
        if said := spoken(signal, words):
            self._voice(said)

    def close(self) -> None:
        """All dark and silent, once the last signal was heard (a second at most)."""
        left_s = min(self._told_at_s - self._clock(), LAST_SIGNAL_S)
        if left_s > 0:
            self._sleep(left_s)
        for device in self._devices:
            device.close()

    def _give(self, cue: Cue) -> None:
        _play(self._coloured, DARK, [_rgb(cue, tick) for tick in cue.light], again=cue.lasts)
        _play(self._white, False, [_white(cue, tick) for tick in cue.light], again=cue.lasts)
        _play(self._buzzer, None, _tones(cue.sound), again=cue.insists)

    def _give_aside(self, cue: Cue) -> None:
        _play(self._white, False, [_white(cue, tick) for tick in cue.light])
        insisting = self._cue.sound if self._cue.insists else ""
        _play(self._buzzer, None, _tones(cue.sound), then=_tones(insisting))

    def _opened(self, device: Any) -> Any:
        self._devices.append(device)
        return device


def _rgb(cue: Cue, tick: str) -> tuple[int, int, int]:
    red, green, blue = (int(tick == "#" and colour in cue.colours) for colour in RGB)
    return red, green, blue


def _white(cue: Cue, tick: str) -> bool:
    return tick == "#" and "white" in cue.colours


def _tones(sound: str) -> list[float | None]:
    return [OCTAVES.get(tick) for tick in sound]


def _play(
    device: Any, rest: Any, pattern: list[Any], *, again: bool = False, then: Sequence[Any] = ()
) -> None:
    """Let `device` follow `pattern`, a value each tick: round and round where `again`.

    Otherwise once, and after it `then` round and round, or `rest` where that is empty.
    """
    once, for_ever = ([], pattern) if again else (pattern, then)
    end = for_ever or [rest]
    device.source = None
    if all(value == end[0] for value in (*once, *end)):
        device.value = end[0]
    else:
        device.source_delay = TICK_S
        device.source = itertools.chain(once, itertools.cycle(end) if for_ever else end)
