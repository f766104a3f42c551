"""The two networks: paddleocr's own models, run by a session made here.

The one module that goes beneath PaddleOCR's public calls, for what its settings do not reach:
weights that are in memory (without their denormal numbers), threads that sleep while they wait, one
arena for both networks, and the probability of every single character of a line, whatever its
width. Waiting threads otherwise spin, which on two busy cores nearly doubled the CPU-seconds of
a page; two arenas took 559 MB on pages on which one takes 432. onnxruntime keeps a device id and
events under the user's cache unless told not to before it is imported.
"""

from __future__ import annotations

import functools
import logging
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from firmware_config.errors import DriverError
from station.ocr import weights
from station.ocr.denormal import without_denormals

Floats = npt.NDArray[np.float32]


class Networks(NamedTuple):
    """What finds and what reads lines, and the exceptions by which they fail.

    `detector` is a paddleocr.TextDetection. `chances` takes lines (n x 3 x 48 x width, -1 to 1) and
    gives n x steps x characters, 0 to 1; character 0 is the blank, the others are `alphabet`'s.
    """

    detector: Any
    chances: Callable[[Floats], Floats]
    alphabet: list[str]
    failures: tuple[type[Exception], ...]


def networks(home: Path, threads: int) -> Networks:
    """Both networks of the verified weights in `home`. Raises DriverError without PaddleOCR."""
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
        recogniser = _network(TextRecognition, home / weights.RECOGNISER, threads)
        return Networks(
            detector=_network(TextDetection, home / weights.DETECTOR, threads),
            chances=partial(_chances, recogniser.paddlex_predictor.runner),
            alphabet=recogniser.paddlex_predictor.post_op.character,
            failures=(*failures, RuntimeError, ValueError, cv2.error),
        )


def _chances(runner: Any, lines: Floats) -> Floats:
    [found] = runner(x=[lines])
    return np.asarray(found)


def _network(kind: Any, folder: Path, threads: int) -> Any:
    """The model in `folder`; its first session, which nothing is run on, is not optimised."""
    unused = {"intra_op_num_threads": 1, "graph_optimization_level": 0}
    model = kind(
        model_name=folder.name,
        model_dir=str(folder),
        engine="onnxruntime",
        device="cpu",
        engine_config=unused,
    )
    model.paddlex_predictor.runner.session = _session(folder / "inference.onnx", threads)
    return model


def _session(path: Path, threads: int) -> Any:
    import onnxruntime

    _share_arena(onnxruntime)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # pages and lines have every size
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.use_env_allocators", "1")
    network = without_denormals(path.read_bytes())
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


@functools.cache
def _share_arena(onnxruntime: Any) -> None:
    """Once in a process, for a second one would stand beside the first, not replace it."""
    kind = onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR
    place = onnxruntime.OrtMemoryInfo("Cpu", kind, 0, onnxruntime.OrtMemType.DEFAULT)
    grows_by_doubling = onnxruntime.OrtArenaCfg(0, 0, -1, -1)
    onnxruntime.create_and_register_allocator(place, grows_by_doubling)
