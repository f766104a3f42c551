"""The engine of a station that does not read: every page is without text."""

from __future__ import annotations

from firmware_config.schema import Ocr
from station.model import Quad, Text
from station.ocr.engine import Image


class BlankEngine:
    """Finds no line on any page."""

    model = "none"

    def __init__(self, settings: Ocr) -> None:
        pass

    def read(self, image: Image) -> Text:
        """A Text without lines."""
        return Text(lines=(), engine="blank", model=self.model)

    def boxes(self, image: Image, side_px: int) -> tuple[Quad, ...]:
        """None."""
        return ()

    def read_strip(self, strip: Image) -> tuple[str, float]:
        """Nothing."""
        return "", 0.0
