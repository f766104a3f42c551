"""PaddleOCR's two networks on ONNX Runtime: offline, without paddlepaddle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from firmware_config.errors import EngineError
from firmware_config.schema import Ocr
from station.model import Line, Quad, Text
from station.ocr import weights
from station.ocr.cutting import cut
from station.ocr.detection import Detector
from station.ocr.engine import Image
from station.ocr.networks import networks
from station.ocr.recognition import Recogniser

Asked = TypeVar("Asked")
Found = TypeVar("Found")
SPECK_CHARACTERS, SPECK_SCORE = 2, 0.5


class PaddleEngine:
    """PP-OCRv6 small. Raises ConfigError when the weights are absent or damaged."""

    model = weights.SET

    def __init__(self, settings: Ocr) -> None:
        folder = Path(settings.models).expanduser() if settings.models else None
        home = weights.verified(folder or weights.default_folder())
        found = networks(home, settings.threads)
        self._failures = found.failures
        self._detector = Detector(found.detector, settings.detection_side_px)
        self._recogniser = Recogniser(found.chances, found.alphabet)
        self._engine = f"paddleocr {version('paddleocr')}"

    def read(self, image: Image) -> Text:
        """Text as recognised, not normalised, without boxes that hold nothing or a mere speck."""
        found = self._read_at(image, self._asked(self._detector.boxes, image))
        lines = tuple(line for line in found if line.text.strip() and not _is_speck(line))
        return Text(lines=lines, engine=self._engine, model=self.model)

    def boxes(self, image: Image, side_px: int) -> Sequence[Quad]:
        """The detector alone; it finds lines whichever way the page lies."""
        return self._asked(partial(self._detector.seen, side_px=side_px), image)

    def read_strip(self, strip: Image) -> tuple[str, float]:
        """The recogniser alone; it reads characters that lie on their backs, head left, as well."""
        height, width = strip.shape[:2]
        whole: Quad = (0.0, 0.0), (width, 0.0), (width, height), (0.0, height)
        [reading] = self._asked(self._recogniser.read_whole, [cut(strip, whole)])
        return reading.text, reading.score

    def _read_at(self, image: Image, boxes: Sequence[Quad]) -> tuple[Line, ...]:
        """Boxes more than half as high again as wide hold columns, read from the top."""
        readings = self._asked(self._recogniser.read, [cut(image, box) for box in boxes])
        return tuple(
            Line(text=reading.text, score=reading.score, box=box, certainty=reading.certainty)
            for reading, box in zip(readings, boxes, strict=True)
        )

    def _asked(self, network: Callable[[Asked], Found], asked: Asked) -> Found:
        try:
            return network(asked)
        except self._failures as error:
            raise EngineError(f"PaddleOCR failed: {type(error).__name__}: {error}") from error


def _is_speck(line: Line) -> bool:
    """Thumbprints and corners of seals are taken for a character or two, never surely."""
    return len(line.text) <= SPECK_CHARACTERS and line.score < SPECK_SCORE
