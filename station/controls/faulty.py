"""A lamp whose wire is broken. Faults are drivers, so that tests patch nothing."""

from __future__ import annotations

from firmware_config.errors import LampError
from firmware_config.schema import Lamp
from station.model import Signal


class FaultyLamp:
    """Fails every `show`: nobody hears what it is told."""

    def __init__(self, settings: Lamp) -> None:
        """Takes any settings."""

    def show(self, signal: Signal, words: str = "") -> None:
        """Raises LampError."""
        raise LampError(f"the lamp does not answer: {signal} was not shown")

    def close(self) -> None:
        """Nothing is held open."""
