"""Our reader in a process of its own: `python -m tests.benchmarks._ours WHAT THREADS`.

It answers as peers/read.py does. WHAT is `page`, the engine and the order of its lines; `chain`,
the same with restoring and rescue, as the station reads a page; or `photograph`, all of it from the
photograph, boxes in px of that.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

os.environ.update(OPENBLAS_NUM_THREADS="1")

import cv2
import numpy as np

from firmware_config.schema import Ocr
from station.imaging.find import find
from station.imaging.orientation import turned_back, upright
from station.imaging.page import Dressed, dress
from station.imaging.picture import Pixels, decode
from station.imaging.stand import Stand
from station.imaging.straighten import Straight, straighten
from station.layout.arrange import laid_out
from station.model import Line
from station.ocr.paddle import PaddleEngine
from station.transcribing import transcribe
from tests.memory import peak_bytes

Answer = dict[str, Any]


def page(engine: PaddleEngine, pixels: Pixels) -> Iterator[Answer]:
    """The engine, and the order of lines."""
    yield from _told(laid_out(engine.read(pixels), pixels).lines)


def chain(engine: PaddleEngine, pixels: Pixels) -> Iterator[Answer]:
    """As the station reads a page; its time is the CPU's, so that a busy machine reads alike."""
    said = transcribe(pixels, engine, may_turn=False, clock_s=time.process_time)
    yield from _told(said.text.lines)


def photograph(engine: PaddleEngine, pixels: Pixels) -> Iterator[Answer]:
    """As the station reads a photograph."""
    dressed = dress(pixels, Stand())
    turns = [upright(one.image, engine) for one in dressed]
    deg = max(turns, key=lambda turn: turn.confidence).deg
    for one in dressed[::-1] if deg == 180 else dressed:
        image = turned_back(one.image, deg)
        blank, alone = "blank" in one.quality.reasons, len(dressed) == 1
        said = transcribe(
            *(image, engine),
            **{"may_turn": alone, "may_be_blank": blank, "clock_s": time.process_time},
        )
        quarters = (deg + said.turn_deg) // 90 % 4
        straight = straighten(pixels, one.quad, doubtful=find(pixels).quad)
        for line in _told(said.text.lines):
            yield line | {"box": _in_picture(line["box"], quarters, one, straight)}


def _told(lines: Sequence[Line]) -> Iterator[Answer]:
    """Lines but those that the station keeps out of the text."""
    return ({"text": line.text, "box": line.box} for line in lines if line.role != "seal")


def _in_picture(box: Any, quarters: int, dressed: Dressed, straight: Straight) -> Any:
    """A box of the upright page, in the photograph."""
    points = np.array(box, np.float64)
    height, width = dressed.image.shape[:2]
    for turned in range(quarters, 0, -1):
        side = width if turned % 2 else height
        points = np.stack([side - 1 - points[:, 1], points[:, 0]], axis=1)
    if straight.lie is None:
        matrix = np.linalg.inv(straight.to_page)
        return cv2.perspectiveTransform(points[None], matrix)[0].tolist()
    matrix = straight.lie.flat @ np.linalg.inv(straight.to_page)
    return straight.lie.back(cv2.perspectiveTransform(points[None], matrix)[0]).tolist()


def main(what: str, threads: int) -> None:
    """Answer until stdin ends; only answers go to stdout."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    cv2.setNumThreads(threads)
    engine = PaddleEngine(Ocr(driver="paddle", threads=threads))
    read = {"page": page, "chain": chain, "photograph": photograph}[what]
    print(json.dumps({"cpu_s": _cpu_s(), "peak_mb": peak_bytes() >> 20}), file=answers, flush=True)
    for path in map(str.rstrip, sys.stdin):
        cpu_s, wall_s = _cpu_s(), time.perf_counter()
        picture = decode(Path(path).read_bytes(), maximum_megapixels=100)
        lines = list(read(engine, picture.pixels))
        row = {"cpu_s": _cpu_s() - cpu_s, "wall_s": time.perf_counter() - wall_s}
        told = json.dumps({"lines": lines, **row, "peak_mb": peak_bytes() >> 20})
        print(told, file=answers, flush=True)


def _cpu_s() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
