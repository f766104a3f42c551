"""PaddleOCR on its ONNX Runtime engine: offline, without paddlepaddle.

Settings that must not be left at their defaults: detection at full resolution took 3.6 GB on an
A4 page at 300 dpi; onnxruntime keeps a device id and events under the user's cache unless told
not to before it is imported; the three classifiers have no local weights.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from firmware_config.errors import DriverError, EngineError
from firmware_config.schema import Ocr
from station.model import Line, Quad, Text
from station.ocr import weights
from station.ocr.engine import Image


class PaddleEngine:
    """PP-OCRv6 small. Raises ConfigError when the weights are absent or damaged."""

    model = weights.SET

    def __init__(self, settings: Ocr) -> None:
        folder = Path(settings.models).expanduser() if settings.models else None
        home = weights.verified(folder or weights.default_folder())
        self._engine = f"paddleocr {version('paddleocr')}"
        self._ocr, self._failures = _pipeline(home, settings)
        # No public call recognises without detecting; a second recogniser would cost 50 MB more.
        self._recogniser = self._ocr.paddlex_pipeline._pipeline.text_rec_model

    def read(self, image: Image) -> Text:
        """Text as recognised, not normalised; only lines without a character are left out."""
        result = self._first(self._ocr.predict, image)
        found = zip(result["rec_texts"], result["rec_scores"], result["rec_polys"], strict=True)
        lines = [
            Line(text=text, score=float(score), box=_quad(box))
            for text, score, box in found
            if text.strip()
        ]
        return Text(lines=tuple(lines), engine=self._engine, model=self.model)

    def read_strip(self, strip: Image) -> tuple[str, float]:
        """The recogniser alone; it reads characters that lie on their backs, head left, as well."""
        result = self._first(self._recogniser, [strip])
        return result["rec_text"], float(result["rec_score"])

    def _first(self, model: Callable[[Any], Iterable[Any]], asked: Any) -> Any:
        try:
            return next(iter(model(asked)))
        except self._failures as error:
            raise EngineError(f"PaddleOCR failed: {type(error).__name__}: {error}") from error


def _quad(box: Any) -> Quad:
    top_left, top_right, bottom_right, bottom_left = ((float(x), float(y)) for x, y in box)
    return top_left, top_right, bottom_right, bottom_left


def _pipeline(home: Path, settings: Ocr) -> tuple[Any, tuple[type[Exception], ...]]:
    """PaddleOCR itself, and the exceptions by which it fails on a page."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    with tempfile.TemporaryDirectory(prefix="station-paddlex-") as cache:
        os.environ["PADDLE_PDX_CACHE_HOME"] = cache  # its import fills ~/.paddlex otherwise
        try:
            import cv2
            from onnxruntime.capi import onnxruntime_pybind11_state as runtime
            from paddleocr import PaddleOCR
        except ImportError as error:
            raise DriverError(f"driver 'paddle' needs {error.name!r}: {error}") from error
    logging.getLogger("paddlex").setLevel(logging.ERROR)
    failures = (runtime.Fail, runtime.RuntimeException, runtime.InvalidArgument)
    return _paddle(PaddleOCR, home, settings), (*failures, RuntimeError, ValueError, cv2.error)


def _paddle(kind: Any, home: Path, settings: Ocr) -> Any:
    return kind(
        engine="onnxruntime",
        device="cpu",
        engine_config={
            "intra_op_num_threads": settings.threads,
            "inter_op_num_threads": 1,
            "enable_mem_pattern": False,
        },
        text_detection_model_name=weights.DETECTOR,
        text_detection_model_dir=str(home / weights.DETECTOR),
        text_recognition_model_name=weights.RECOGNISER,
        text_recognition_model_dir=str(home / weights.RECOGNISER),
        text_recognition_batch_size=1,
        text_det_limit_side_len=settings.detection_side_px,
        text_det_limit_type="max",
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )
