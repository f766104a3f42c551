"""Pedal and buttons on the board's pins. A contact closes its pin to ground."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from typing import Any

from firmware_config.errors import DriverError
from firmware_config.schema import Controls
from station.controls.debounce import Contact, Edge, Hand
from station.controls.pins import board_pins
from station.model import Press

LATE_S = 0.005
"""An edge may reach us this much after it happened; the clock waits for it."""
IDLE_S = 0.5
"""How often levels are read again, so that an edge the kernel dropped cannot jam a contact."""


class GpioControls:
    """One pedal and two buttons through gpiozero.

    `pin_factory` is a gpiozero factory, the board's own when None. `idle` is called at least
    every half second while nobody presses: the place to feed a watchdog. Raises DriverError when
    a library or the pins are missing.
    """

    def __init__(
        self,
        settings: Controls,
        *,
        pin_factory: Any = None,
        clock: Callable[[], float] = time.monotonic,
        idle: Callable[[], object] = lambda: None,
    ) -> None:
        self._clock = clock
        self._idle = idle
        self._edges: queue.SimpleQueue[Edge | None] = queue.SimpleQueue()
        numbers = (settings.pedal_pin, settings.green_pin, settings.yellow_pin)
        self._wires = _wires(numbers, pin_factory or board_pins())
        # A pedal under a foot, or a shorted wire, when the station starts.
        held = [contact for contact, wire in self._wires.items() if not wire.pin.state]
        self._hand = Hand(settings, held)
        # The pins hold their callbacks weakly.
        self._callbacks = [self._watch(contact, wire) for contact, wire in self._wires.items()]

    def presses(self) -> Iterator[Press]:
        """Presses as they come, until `close`."""
        while True:
            try:
                edge = self._edges.get(timeout=self._patience_s())
            except queue.Empty:
                self._idle()
                yield from self._read_again(self._clock() - LATE_S)
                continue
            if edge is None:
                return
            yield from self._hand.edge(edge)

    def close(self) -> None:
        """Free the pins; `presses` ends."""
        for wire in self._wires.values():
            if not wire.closed:
                wire.pin.when_changed = None
                wire.close()
        self._edges.put(None)

    def _patience_s(self) -> float:
        deadline_s = self._hand.deadline_s
        if deadline_s is None:
            return IDLE_S
        return min(IDLE_S, max(0.0, deadline_s + LATE_S - self._clock()))

    def _watch(self, contact: Contact, wire: Any) -> Callable[[float, int], None]:
        def moved(ticks: float, level: int) -> None:
            now_s = self._clock()
            # Kernels before 5.7 stamp edges with the wall clock.
            at_s = ticks if abs(now_s - ticks) < 1.0 else now_s
            self._edges.put(Edge(contact=contact, closed=not level, at_s=at_s))

        wire.pin.edges = "both"
        wire.pin.when_changed = moved
        return moved

    def _read_again(self, at_s: float) -> Iterator[Press]:
        """The levels as they are, as edges: one that says nothing new only moves the time on."""
        for contact, wire in self._wires.items():
            if not wire.closed:
                edge = Edge(contact=contact, closed=not wire.pin.state, at_s=at_s)
                yield from self._hand.edge(edge)


def _wires(numbers: tuple[int, ...], pin_factory: Any) -> dict[Contact, Any]:
    from gpiozero import GPIOZeroError, InputDevice

    wires: dict[Contact, Any] = {}
    try:
        for contact, number in zip(Contact, numbers, strict=True):
            wires[contact] = InputDevice(number, pull_up=True, pin_factory=pin_factory)
            # gpiozero's own debouncing loses releases and differs by back end.
            wires[contact].pin.bounce = None
    except (GPIOZeroError, OSError) as error:
        for wire in wires.values():
            wire.close()
        raise DriverError(f"pin {number} cannot be used: {error}") from error
    return wires
