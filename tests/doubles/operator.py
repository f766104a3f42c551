"""An operator in memory: what was pressed, what was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from firmware_config.errors import CameraError
from station.model import Exposure, Press, PressKind, Signal


class Presses:
    """Controls that press what the list says; a press is `since_s` after the one before."""

    def __init__(self, *kinds: PressKind, clock: Callable[[], float], since_s: float = 1.0):
        self.kinds = kinds
        self.clock = clock
        self.since_s = since_s

    def presses(self) -> Iterator[Press]:
        for kind in self.kinds:
            yield Press(kind=kind, at_s=self.clock() + self.since_s)


class Pictures:
    """A camera that gives each of its pictures once; None is a press that fails."""

    def __init__(self, *pictures: bytes | None):
        self.pictures = iter(pictures)

    def expose(self) -> Exposure:
        data = next(self.pictures)
        if data is None:
            raise CameraError("the cable is loose")
        return Exposure(data=data, media_type="image/jpeg", source="memory")


class Memory:
    """A lamp that remembers."""

    def __init__(self) -> None:
        self.shown: list[tuple[Signal, str]] = []

    def show(self, signal: Signal, words: str = "") -> None:
        self.shown.append((signal, words))

    @property
    def signals(self) -> list[Signal]:
        return [signal for signal, _ in self.shown]
