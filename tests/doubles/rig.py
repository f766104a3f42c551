"""Pedal, buttons and lamp on gpiozero's own mock pins."""

from gpiozero.pins.mock import MockFactory, MockPWMPin

from firmware_config.schema import Controls, Lamp


class StampedPin(MockPWMPin):
    """A mock pin whose edges bear the rig's time, and which a foot can hold down."""

    stuck = False

    def drive_high(self):
        if not self.stuck:
            super().drive_high()

    def _call_when_changed(self):
        self._when_changed()(self.factory.rig.now_s, self._state)


class Rig:
    """The wires of a station and a clock that stands still; `touch` and `leave` are the hand."""

    def __init__(self) -> None:
        self.now_s = 1.0
        self.pins = MockFactory(pin_class=StampedPin)
        self.pins.rig = self
        self.controls = Controls(driver="gpio")
        self.lamp = Lamp(driver="gpio")

    def clock(self) -> float:
        return self.now_s

    def touch(self, number: int) -> None:
        self.pins.pin(number).drive_low()

    def leave(self, number: int, after_s: float = 0.0) -> None:
        self.now_s += after_s
        self.pins.pin(number).drive_high()

    def tread(self) -> None:
        self.touch(self.controls.pedal_pin)

    def lift(self, after_s: float = 0.0) -> None:
        self.leave(self.controls.pedal_pin, after_s)
