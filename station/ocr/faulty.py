"""An engine that fails, so that the reader can be seen to survive it."""

from __future__ import annotations

import os
import threading
from typing import NoReturn

from firmware_config.errors import ConfigError, EngineError
from firmware_config.schema import Ocr
from station.ocr.engine import Image


class FaultyEngine:
    """`settings.replay` names the fault that every page meets.

    crash: the process ends at once, as when it is killed for memory; hang: it never returns;
    memory: MemoryError; error: EngineError.
    """

    model = "none"

    def __init__(self, settings: Ocr) -> None:
        faults = {"crash": _crash, "hang": _hang, "memory": _run_out, "error": _fail}
        if settings.replay not in faults:
            known = ", ".join(sorted(faults))
            raise ConfigError(f"ocr.replay: unknown fault {settings.replay!r}; known: {known}")
        self._fault = faults[settings.replay]

    def read(self, image: Image) -> NoReturn:
        """Never gives a Text."""
        self._fault()

    def boxes(self, image: Image, side_px: int) -> NoReturn:
        """Never gives a box."""
        self._fault()

    def read_strip(self, strip: Image) -> NoReturn:
        """Never gives a line."""
        self._fault()


def _crash() -> NoReturn:
    os._exit(137)


def _hang() -> NoReturn:
    while True:
        threading.Event().wait()


def _run_out() -> NoReturn:
    raise MemoryError


def _fail() -> NoReturn:
    raise EngineError("the faulty engine failed as it was told to")
