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

from firmware_config.schema import Ocr, Rescue
from station.imaging.find import find
from station.imaging.picture import Picture, Pixels, decode
from station.imaging.stand import Stand
from station.imaging.straighten import Straight, straighten
from station.layout.arrange import laid_out
from station.model import Frame, Line
from station.ocr.paddle import PaddleEngine
from station.paging import pages_of
from station.transcribing import transcribe
from tests.memory import peak_bytes

Answer = dict[str, Any]
FRAME = Frame(item=1, shot=1, digest="", size_bytes=0, media_type="image/jpeg", source="")


def page(engine: PaddleEngine, pixels: Pixels) -> Iterator[Answer]:
    """The engine, and the order of lines."""
    yield from _told(laid_out(engine.read(pixels), pixels).lines)


def chain(engine: PaddleEngine, pixels: Pixels) -> Iterator[Answer]:
    """As the station reads a page; its time is the CPU's, so that a busy machine reads alike."""
    said = transcribe(pixels, engine, may_turn=False, clock_s=time.process_time)
    yield from _told(said.text.lines)


def photograph(engine: PaddleEngine, pixels: Pixels) -> Iterator[Answer]:
    """As the station reads a photograph; on an idle machine no limit is met."""
    height, width = pixels.shape[:2]
    picture = Picture(pixels=pixels, full_width_px=width, full_height_px=height, scale=1.0)
    sheet = find(pixels).quad
    for page, text in pages_of(
        FRAME, picture, engine, Stand(), Rescue(limit_s=600.0), keep=lambda image: ""
    ):
        straight = straighten(pixels, page.quad, doubtful=sheet)
        for line in _told(text.lines if text else ()):
            yield line | {"box": _in_picture(line["box"], page.steps, straight)}


def _told(lines: Sequence[Line]) -> Iterator[Answer]:
    """Lines but those that the station keeps out of the text."""
    return ({"text": line.text, "box": line.box} for line in lines if line.role != "seal")


def _in_picture(box: Any, steps: tuple[str, ...], straight: Straight) -> Any:
    """A box of the upright page, in the photograph."""
    points = np.array(box, np.float64)
    height, width = straight.image.shape[:2]
    turned = [int(step.split()[1]) // 90 for step in steps if step.startswith("turned")]
    for quarter in range(sum(turned) % 4, 0, -1):
        side = width if quarter % 2 else height
        points = np.stack([side - 1 - points[:, 1], points[:, 0]], axis=1)
    flat = straight.lie.flat if straight.lie else np.eye(3)
    matrix = flat @ np.linalg.inv(straight.to_page)
    points = cv2.perspectiveTransform(points[None], matrix)[0]
    return (straight.lie.back(points) if straight.lie else points).tolist()


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
