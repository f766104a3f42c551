"""What this machine can bear, measured on itself: the steps of a page, and the press beside them.

The work is the real one, on the station's own disk, in a home of its own that is removed again.
Nothing is said of any other machine.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from firmware_config import drivers
from firmware_config.schema import Device, Fonds
from station.imaging import orientation
from station.imaging import page as imaging
from station.imaging.picture import Pixels, decode
from station.imaging.restore import for_reading
from station.imaging.stand import Stand
from station.machine import peak_mb
from station.model import Exposure, Noun
from station.ocr.engine import Engine
from station.paging import jpeg_of
from station.store import Store, frames
from station.transcribing import transcribe

ASKED_PAGES_PER_HOUR = 600
ASKED_BESIDE_READER = 1.3
"""p95 of the press beside the reader, over that of the press alone."""
WRITE_BYTES = 4096
BETWEEN_S = 0.3
START_LIMIT_S = 120.0
LINES = 26
JPEG_QUALITY = 93
"""A camera's usual one."""


class Span(Noun, frozen=True, kw_only=True):
    """How long something took: median, 95th percentile and worst."""

    p50_ms: float
    p95_ms: float
    worst_ms: float


class Bench(Noun, frozen=True, kw_only=True):
    """What was measured. `steps` of a page in their order; `page` all of them together.

    `press` is from the exposure to the frame's commit, JPEG encoding included; `beside_reader` the
    same while another process reads without a pause; `wake` how late a process gets the processor
    then. `pages_per_hour` the reader bears if it does nothing else.
    """

    steps: dict[str, Span]
    page: Span
    pages_per_hour: float
    lines_read: int
    model: str
    fsync: Span
    press: Span
    beside_reader: Span
    wake: Span
    peak_mb: int


def bench(device: Device, picture: bytes, *, rounds: int, step_back: Callable[[], None]) -> Bench:
    """Measure with `picture`, an encoded frame. `rounds` >= 1; presses are four times as many.

    `step_back` is what the reader does before it begins. Raises what the engine and the store do.
    """
    engine: Engine = drivers.load("station.engines", device.ocr.driver)(device.ocr)
    one_page(picture, engine, device)  # the first one also loads what the next ones have
    told = [one_page(picture, engine, device) for _ in range(rounds)]
    whole = span([sum(seconds.values()) for seconds, _ in told])
    with _home(device) as store:
        fsync = span([_written(store.home) for _ in range(20 * rounds)])
        pixels = decode(picture, maximum_megapixels=device.imaging.maximum_megapixels).pixels
        alone = list(_presses(store, pixels, 4 * rounds))
        with _reader(device, picture, step_back):
            beside = list(_presses(store, pixels, 4 * rounds))
    return Bench(
        steps={name: span([seconds[name] for seconds, _ in told]) for name in told[0][0]},
        page=whole,
        pages_per_hour=3_600_000 / whole.p50_ms,
        lines_read=told[0][1],
        model=engine.model,
        fsync=fsync,
        press=span([press_s for press_s, _ in alone]),
        beside_reader=span([press_s for press_s, _ in beside]),
        wake=span([late_s for _, late_s in beside]),
        peak_mb=peak_mb(),
    )


def one_page(picture: bytes, engine: Engine, device: Device) -> tuple[dict[str, float], int]:
    """Seconds of each step from the frame to its text, and how many lines were read.

    Reading restores too; here that is done once by itself, and what it costs is told apart.
    """
    seconds: dict[str, float] = {}
    with _timed(seconds, "decode"):
        pixels = decode(picture, maximum_megapixels=device.imaging.maximum_megapixels).pixels
    dressed = imaging.dress(pixels, Stand(settings=device.imaging))
    for one in dressed:
        for name, step_s in one.seconds.items():
            seconds[name] = seconds.get(name, 0.0) + step_s
    with _timed(seconds, "turn"):
        turns = [orientation.upright(one.image, engine).deg for one in dressed]
    upright = [
        orientation.turned_back(one.image, deg) for one, deg in zip(dressed, turns, strict=True)
    ]
    with _timed(seconds, "restore"):
        for image in upright:
            for_reading(image)
    with _timed(seconds, "read"):
        texts = [transcribe(image, engine, device.ocr.rescue).text for image in upright]
    with _timed(seconds, "encode"):
        for image in upright:
            jpeg_of(image, device.imaging.page_jpeg_quality)
    seconds["read"] = max(0.0, seconds["read"] - seconds["restore"])
    return seconds, sum(len(text.lines) for text in texts)


def drawn_page(width_px: int, height_px: int) -> bytes:
    """A sheet of written lines on a dark desk, as JPEG: where no picture is given."""
    frame = np.full((height_px, width_px, 3), 60, np.uint8)
    margin = height_px // 20
    left = (width_px - (height_px - 2 * margin) * 7 // 10) // 2
    right = width_px - left
    frame[margin : height_px - margin, left:right] = 235
    step_px = (height_px - 4 * margin) // LINES
    for line in range(LINES):
        words = f"{1949 + line} No {line:02d} land deed of the village committee"
        at = (left + margin, 2 * margin + (line + 1) * step_px)
        scale = step_px / 60
        cv2.putText(frame, words, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (40, 40, 40), 3, cv2.LINE_AA)
    return jpeg_of(frame, JPEG_QUALITY)


def span(seconds: list[float]) -> Span:
    """The spread of some durations, one at least."""
    p50, p95, worst = np.percentile(np.array(seconds) * 1000, (50, 95, 100))
    return Span(p50_ms=float(p50), p95_ms=float(p95), worst_ms=float(worst))


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    started_s = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - started_s


@contextmanager
def _home(device: Device) -> Iterator[Store]:
    """A store on the disk that the station's own stands on."""
    disk = Path(device.home).expanduser()
    disk.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="bench-", dir=disk) as home,
        Store.open(Path(home), station=device.station) as store,
    ):
        yield store


def _presses(store: Store, pixels: Pixels, count: int) -> Iterator[tuple[float, float]]:
    """Seconds from exposure to commit of so many frames, and how late the process woke before."""
    item = frames.open_item(store, Fonds(number="Z001"), year=2026).id
    for number in range(count):
        asleep_s = time.perf_counter()
        time.sleep(BETWEEN_S)
        started_s = time.perf_counter()
        pixels[0, 0] = number % 256  # every frame is another
        exposure = Exposure(
            data=jpeg_of(pixels, JPEG_QUALITY), media_type="image/jpeg", source="bench"
        )
        frames.keep(store, item, exposure)
        yield time.perf_counter() - started_s, started_s - asleep_s - BETWEEN_S


def _written(folder: Path) -> float:
    """Seconds to write one block and have it on the medium."""
    started_s = time.perf_counter()
    path = folder / "fsync"
    with path.open("wb") as file:
        file.write(os.urandom(WRITE_BYTES))
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - started_s


@contextmanager
def _reader(device: Device, picture: bytes, step_back: Callable[[], None]) -> Iterator[None]:
    """Another process that reads without a pause."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    asked = (device, picture, step_back, ready)
    process = context.Process(target=_read_for_ever, args=asked, daemon=True)
    process.start()
    ready.wait(START_LIMIT_S)
    try:
        yield
    finally:
        process.kill()
        process.join()


def _read_for_ever(
    device: Device, picture: bytes, step_back: Callable[[], None], ready: Event
) -> None:
    step_back()
    engine: Engine = drivers.load("station.engines", device.ocr.driver)(device.ocr)
    ready.set()
    while True:
        one_page(picture, engine, device)
