"""PaddleOCR's two networks on ONNX Runtime: offline, without paddlepaddle.

Settings that must not be left at their defaults: detection at full resolution took 3.6 GB on an
A4 page at 300 dpi; onnxruntime keeps a device id and events under the user's cache unless told
not to before it is imported.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from firmware_config.errors import DriverError, EngineError
from firmware_config.schema import Ocr
from station.model import Line, Quad, Text
from station.ocr import weights
from station.ocr.cutting import cut
from station.ocr.denormal import without_denormals
from station.ocr.engine import Image
from station.ocr.recognition import Reading, Recogniser


class PaddleEngine:
    """PP-OCRv6 small. Raises ConfigError when the weights are absent or damaged."""

    model = weights.SET

    def __init__(self, settings: Ocr) -> None:
        folder = Path(settings.models).expanduser() if settings.models else None
        home = weights.verified(folder or weights.default_folder())
        self._engine = f"paddleocr {version('paddleocr')}"
        self._side_px = settings.detection_side_px
        self._detector, recogniser, self._failures = _networks(home, settings.threads)
        self._recogniser = Recogniser(recogniser)

    def read(self, image: Image) -> Text:
        """Text as recognised, not normalised; only lines without a character are left out."""
        found = self.read_lines(image, self._boxes(image))
        lines = tuple(line for line in found if line.text.strip())
        return Text(lines=lines, engine=self._engine, model=self.model)

    def read_lines(self, image: Image, boxes: Sequence[Quad]) -> tuple[Line, ...]:
        """Boxes more than half as high again as wide hold columns, read from the top."""
        readings = self._recognised([cut(image, box) for box in boxes])
        return tuple(
            Line(text=reading.text, score=reading.score, box=box, certainty=reading.certainty)
            for reading, box in zip(readings, boxes, strict=True)
        )

    def read_strip(self, strip: Image) -> tuple[str, float]:
        """The recogniser alone; it reads characters that lie on their backs, head left, as well."""
        height, width = strip.shape[:2]
        whole: Quad = (0.0, 0.0), (width, 0.0), (width, height), (0.0, height)
        [reading] = self._recognised([cut(strip, whole)])
        return reading.text, reading.score

    def _boxes(self, image: Image) -> list[Quad]:
        try:
            [found] = self._detector.predict(image, limit_side_len=self._side_px)
        except self._failures as error:
            raise _engine_error(error) from error
        return [_quad(box) for box in found["dt_polys"]]

    def _recognised(self, strips: list[Image]) -> list[Reading]:
        try:
            return self._recogniser.read(strips)
        except self._failures as error:
            raise _engine_error(error) from error


def _engine_error(error: Exception) -> EngineError:
    return EngineError(f"PaddleOCR failed: {type(error).__name__}: {error}")


def _quad(box: Any) -> Quad:
    top_left, top_right, bottom_right, bottom_left = ((float(x), float(y)) for x, y in box)
    return top_left, top_right, bottom_right, bottom_left


class _Networks(NamedTuple):
    detector: Any
    recogniser: Any
    failures: tuple[type[Exception], ...]
    """By which they fail on a page."""


def _networks(home: Path, threads: int) -> _Networks:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    with tempfile.TemporaryDirectory(prefix="station-paddlex-") as cache:
        os.environ["PADDLE_PDX_CACHE_HOME"] = cache  # its import fills ~/.paddlex otherwise
        try:
            import cv2
            from onnxruntime.capi import onnxruntime_pybind11_state as runtime
            from paddleocr import TextDetection, TextRecognition
        except ImportError as error:
            raise DriverError(f"driver 'paddle' needs {error.name!r}: {error}") from error
        logging.getLogger("paddlex").setLevel(logging.ERROR)
        failures = (runtime.Fail, runtime.RuntimeException, runtime.InvalidArgument)
        return _Networks(
            _network(TextDetection, weights.DETECTOR, home, Path(cache), threads),
            _network(TextRecognition, weights.RECOGNISER, home, Path(cache), threads),
            (*failures, RuntimeError, ValueError, cv2.error),
        )


def _network(kind: Any, name: str, home: Path, scratch: Path, threads: int) -> Any:
    """A model of paddleocr, which takes a folder and no bytes."""
    folder = scratch / name
    folder.mkdir()
    (folder / "inference.yml").symlink_to((home / name / "inference.yml").absolute())
    network = (home / name / "inference.onnx").read_bytes()
    (folder / "inference.onnx").write_bytes(without_denormals(network))
    return kind(
        model_name=name,
        model_dir=str(folder),
        engine="onnxruntime",
        device="cpu",
        engine_config={
            "intra_op_num_threads": threads,
            "inter_op_num_threads": 1,
            "enable_mem_pattern": False,
        },
        **({"limit_type": "max"} if kind.__name__ == "TextDetection" else {}),
    )
