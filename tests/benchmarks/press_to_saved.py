"""How long the operator waits: press to durable and to told, 12-megapixel frames, reader flat out.

Steps: encode (the camera driver), blob (hash, write, fsync, rename, fsync of the folder), rows
(item, frame and journal in one transaction), and then the look, until the operator is told. Between
two frames the floor of what is durable is taken on the same disk with the same bytes: encode,
write, fsync, nothing else. The reader is the real process with the real engine, over a backlog that
outlasts the run; the look is taken in the real process too. For a few presses each the reader waits
for its turn (idle) and runs flat out: what else the machine does weighs on both alike.
`woken` is how late a process that slept gets a core: the reader must yield within 50 ms.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import cv2
import numpy as np

from firmware_config.schema import Fonds
from station.capturing import Sitting
from station.imaging.stand import Stand
from station.looking import Eye
from station.model import Exposure, Glance, Press, PressKind, Signal
from station.store import Store, frames
from station.store.spool import Spool
from station.store.turn import turn
from tests.doubles.operator import Memory

FRAMES = 60
"""For each of the two."""
AT_ONCE = 4
BETWEEN_S = 0.2
"""The operator turns the page."""
LIMIT_S = 10.0
"""The look is measured here, not given up."""
WIDTH_PX, HEIGHT_PX, JPEG_QUALITY = 4056, 3040, 93
PHOTOS = Path(__file__).parents[1] / "pages" / "photos"


class EncodingCamera:
    """A sensor's array, encoded at each exposure; the step is timed."""

    def __init__(self, pixels: np.ndarray):
        self.pixels = pixels
        self.encode_s = 0.0
        self.data = b""

    def expose(self) -> Exposure:
        started_s = time.perf_counter()
        self.pixels[0, 0] += 1  # every frame is another
        self.data = cv2.imencode(".jpg", self.pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[
            1
        ].tobytes()
        self.encode_s = time.perf_counter() - started_s
        return Exposure(data=self.data, media_type="image/jpeg", source="bench")


class TimedEye(Eye):
    """The look; `asked_s` is when the frame was durable, `unanswered` how many said nothing."""

    asked_s = 0.0
    unanswered = 0

    def look(self, path: Path, previous: bytes) -> Glance | None:
        self.asked_s = time.perf_counter()
        seen = super().look(path, previous)
        self.unanswered += seen is None
        return seen


class TimedSpool(Spool):
    """The spool, with the time that the last blob took."""

    keep_s = 0.0

    def keep(self, data: bytes) -> str:
        started_s = time.perf_counter()
        digest = super().keep(data)
        self.keep_s = time.perf_counter() - started_s
        return digest


def run(out: Path) -> list[dict[str, object]]:
    samples: dict[bool, list[dict[str, float]]] = {False: [], True: []}
    with (
        tempfile.TemporaryDirectory(dir=out) as folder,
        Store.open(Path(folder) / "home", station="bench") as store,
    ):
        store.spool = TimedSpool(store.spool.folder)
        camera = EncodingCamera(sensor_array())
        with reading(store, Path(folder)), looking() as eye:
            for nth in range(2 * FRAMES // AT_ONCE):
                busy = bool(nth % 2)
                with nullcontext() if busy else turn(store):
                    for _ in range(AT_ONCE):
                        samples[busy].append(one_press(store, camera, eye, Path(folder)))
    idle, beside = row("idle", samples[False]), row("reader flat out", samples[True])
    return [idle, beside, ratio(beside, idle)]


@contextmanager
def looking() -> Iterator[TimedEye]:
    with closing(TimedEye(Stand(), limit_s=LIMIT_S)) as eye:
        eye.ready(within_s=60.0)
        yield eye


@contextmanager
def reading(store: Store, folder: Path) -> Iterator[None]:
    reader = start_reader(store, folder)
    try:
        yield
    finally:
        reader.kill()
        reader.wait()


def one_press(store: Store, camera: EncodingCamera, eye: TimedEye, home: Path) -> dict[str, float]:
    asleep_s = time.perf_counter()
    time.sleep(BETWEEN_S)
    woken_s = time.perf_counter() - asleep_s - BETWEEN_S
    lamp = Memory()
    sitting = Sitting(
        store, camera, lamp, fonds=Fonds(number="Z001"), year=lambda: 2026, looker=eye
    )
    started_s = time.perf_counter()
    sitting.answer(Press(kind=PressKind.PAGE, at_s=time.monotonic()))
    told_s = time.perf_counter() - started_s
    total_s = eye.asked_s - started_s
    assert lamp.signals[-1] in (Signal.SAVED, Signal.AGAIN)
    encode_s = camera.encode_s
    assert isinstance(store.spool, TimedSpool)
    blob_s = store.spool.keep_s
    return {
        "woken": woken_s,
        "told": told_s,
        "total": total_s,
        "encode": encode_s,
        "blob": blob_s,
        "rows": total_s - encode_s - blob_s,
        "floor": floor(camera, home),
    }


def floor(camera: EncodingCamera, home: Path) -> float:
    """Encode, write and fsync the same picture; the physical limit of keeping it."""
    started_s = time.perf_counter()
    camera.expose()
    path = home / "floor"
    with path.open("wb") as file:
        file.write(camera.data)
        file.flush()
        os.fsync(file.fileno())
    elapsed_s = time.perf_counter() - started_s
    path.unlink()
    return elapsed_s


def start_reader(store: Store, home: Path) -> subprocess.Popen[bytes]:
    """The real reader over a backlog of page photographs."""
    item = frames.open_item(store, Fonds(number="Z001"), year=2026)
    for _ in range(5):
        for path in sorted(PHOTOS.rglob("*.jpg")):
            data = path.read_bytes()
            frames.keep(
                store, item.id, Exposure(data=data, media_type="image/jpeg", source=path.name)
            )
    config, log = home / "device.toml", home / "read.log"
    config.write_text(f'station = "bench"\nhome = "{store.home}"\n')
    words = [sys.executable, "-m", "station", "read", "--config", str(config)]
    with log.open("wb") as written:
        reader = subprocess.Popen(words, stderr=written)
    while "page read" not in log.read_text():
        assert reader.poll() is None
        time.sleep(BETWEEN_S)
    return reader


def sensor_array() -> np.ndarray:
    """12 MP of a real-looking page: a photograph scaled up, with the noise of a sensor."""
    photo = cv2.imread(str(next(iter(sorted(PHOTOS.rglob("*.jpg"))))))
    scaled = cv2.resize(photo, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
    noise = np.random.default_rng(1).normal(0, 3, scaled.shape)
    return np.clip(scaled + noise, 0, 255).astype(np.uint8)


def row(name: str, samples: list[dict[str, float]]) -> dict[str, object]:
    totals = np.array([sample["total"] for sample in samples]) * 1000
    floors = np.array([sample["floor"] for sample in samples]) * 1000
    shares = {
        f"{step} share": float(np.median([sample[step] / sample["total"] for sample in samples]))
        for step in ("encode", "blob", "rows")
    }
    told = np.array([sample["told"] for sample in samples]) * 1000
    p50, p95, p99 = np.percentile(totals, (50, 95, 99))
    return {
        "machine": name,
        "frames": len(samples),
        "durable p50 ms": float(p50),
        "durable p95 ms": float(p95),
        "durable p99 ms": float(p99),
        "told p50 ms": float(np.percentile(told, 50)),
        "told p95 ms": float(np.percentile(told, 95)),
        "floor p50 ms": float(np.percentile(floors, 50)),
        "floor p95 ms": float(np.percentile(floors, 95)),
        "p50/floor": float(p50 / np.percentile(floors, 50)),
        "p95/floor p95": float(p95 / np.percentile(floors, 95)),
        "woken late p95 ms": 1000 * float(np.percentile([s["woken"] for s in samples], 95)),
        "woken late worst ms": 1000 * max(sample["woken"] for sample in samples),
        **shares,
    }


def ratio(busy: dict[str, object], idle: dict[str, object]) -> dict[str, object]:
    """How much longer the operator waits beside the reader; at most 1.3 is asked at p95."""
    waits = ("durable p50 ms", "durable p95 ms", "told p50 ms", "told p95 ms")
    return {"machine": "reader / idle"} | {
        name: float(busy[name]) / float(idle[name])  # type: ignore[arg-type]
        for name in waits
    }
