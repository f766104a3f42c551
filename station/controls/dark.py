"""No lamp: for laptops and demonstrations."""

from __future__ import annotations

import logging
from collections import deque

from firmware_config.schema import Lamp
from station.controls.signals import CUES, spoken
from station.model import Signal

log = logging.getLogger(__name__)


class DarkLamp:
    """Logs each signal on one line (level INFO) and remembers the last hundred in `shown`."""

    def __init__(self, settings: Lamp) -> None:
        self.shown: deque[tuple[Signal, str]] = deque(maxlen=100)

    def show(self, signal: Signal, words: str = "") -> None:
        """Note the signal and what would be said."""
        said = spoken(signal, words)
        self.shown.append((signal, said))
        log.info("%s: %s %s", signal, "+".join(CUES[signal].colours) or "dark", said)

    def close(self) -> None:
        """Nothing is held open."""
