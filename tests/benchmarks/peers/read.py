"""What other readers read on pages: `python read.py NAME THREADS [WEIGHTS]`, in its own process.

Runs in an environment of its own (see `install`) and knows nothing of ours. First a line of JSON
when it is ready; then for each path on stdin its lines, boxes (TL, TR, BR, BL in px), CPU and wall
seconds of reading with decoding, and the most memory held so far. Everything but the number of
threads, and the place and size of PaddleOCR's weights, stays at the program's defaults.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Lines = list[dict[str, Any]]
Read = Callable[[str], Lines]


def paddleocr(threads: int, weights: str) -> Read:
    """PaddleOCR on ONNX Runtime; its three classifiers have no local weights and stay off."""
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    kind = importlib.import_module("paddleocr").PaddleOCR
    detector, recogniser = (f"PP-OCRv6_small_{part}" for part in ("det", "rec"))
    reader = kind(
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": threads},
        text_detection_model_name=detector,
        text_detection_model_dir=f"{weights}/{detector}",
        text_recognition_model_name=recogniser,
        text_recognition_model_dir=f"{weights}/{recogniser}",
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )

    def read(path: str) -> Lines:
        said = reader.predict(path)[0]
        return lines(said["rec_texts"], said["rec_polys"])

    return read


def rapidocr(threads: int, weights: str) -> Read:
    """RapidOCR with the weights of its wheel."""
    del weights
    kind = importlib.import_module("rapidocr").RapidOCR
    reader = kind(params={"EngineConfig.onnxruntime.intra_op_num_threads": threads})

    def read(path: str) -> Lines:
        said = reader(path)
        return [] if said.boxes is None else lines(said.txts, said.boxes)

    return read


def tesseract(threads: int, weights: str) -> Read:
    """Tesseract as a command, `weights` naming its languages; loads them for every page."""
    os.environ["OMP_THREAD_LIMIT"] = str(threads)

    def read(path: str) -> Lines:
        command = ["tesseract", path, "stdout", "-l", weights, "--psm", "3", "tsv"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return joined(csv.DictReader(io.StringIO(said), delimiter="\t", quoting=csv.QUOTE_NONE))

    return read


def joined(words: Any) -> Lines:
    """Tesseract's words as lines, in its order."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for word in words:
        key = tuple(word[part] for part in ("block_num", "par_num", "line_num"))
        if word["level"] == "4":
            left, top, width, height = (int(word[k]) for k in ("left", "top", "width", "height"))
            right, bottom = left + width, top + height
            box = [[left, top], [right, top], [right, bottom], [left, bottom]]
            found[key] = {"text": "", "box": box}
        elif word["level"] == "5":
            found[key]["text"] += f" {word['text']}"
    return [line for line in found.values() if line["text"].strip()]


def lines(texts: Any, boxes: Any) -> Lines:
    """One entry a line."""
    return [
        {"text": text, "box": [[float(x), float(y)] for x, y in box]}
        for text, box in zip(texts, boxes, strict=True)
    ]


def cpu_s() -> float:
    """CPU seconds of this process and the commands it ran."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_mb() -> int:
    """The most that this process held (VmHWM), or a command it ran.

    A command's ru_maxrss starts with its parent's: right only where it grew larger than that.
    """
    own = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) // 1024


def main(name: str, threads: int, weights: str) -> None:
    """Answer until stdin ends. Programs print as they like: only the answers go to stdout."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    os.environ.update(OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS="1")
    read = {"paddleocr": paddleocr, "rapidocr": rapidocr, "tesseract": tesseract}[name](
        threads, weights
    )
    if "cv2" in sys.modules:
        sys.modules["cv2"].setNumThreads(threads)
    print(json.dumps({"cpu_s": cpu_s(), "peak_mb": peak_mb()}), file=answers, flush=True)
    for path in map(str.rstrip, sys.stdin):
        cpu, wall = cpu_s(), time.perf_counter()
        found = read(path)
        row = {"lines": found, "cpu_s": cpu_s() - cpu, "wall_s": time.perf_counter() - wall}
        print(json.dumps({**row, "peak_mb": peak_mb()}), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), "".join(sys.argv[3:]))
