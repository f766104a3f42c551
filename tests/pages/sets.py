"""The sets of photographs: the committed demo and benchmarks of any size."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.pages.document import Document, Genre
from tests.pages.invent import invented
from tests.pages.photograph import photograph
from tests.pages.render import render
from tests.pages.scene import Scene
from tests.pages.sensor import encoded
from tests.pages.situations import SITUATIONS, situated

GENRES: tuple[Genre, ...] = (
    "red-headed", "roster", "minutes", "agreement", "card", "notice", "deed", "register"
)  # fmt: skip
WIDE = ("roster", "card", "deed")


def taken(document: Document, scene: Scene) -> tuple[bytes, bytes]:
    """Photograph `document`: the JPEG, and its truth as JSON."""
    sheet = render(document, seed=scene.seed)
    pixels, truth = photograph(sheet, scene, document.genre)
    told = msgspec.json.format(msgspec.json.encode(truth), indent=1)
    return encoded(pixels, scene.sensor.jpeg_quality), told


def write(folder: Path, name: str, document: Document, scene: Scene) -> Path:
    """Write `name`.jpg and `name`.json into `folder`; gives the picture's path."""
    folder.mkdir(parents=True, exist_ok=True)
    picture, told = taken(document, scene)
    (folder / f"{name}.json").write_bytes(told)
    path = folder / f"{name}.jpg"
    path.write_bytes(picture)
    return path


def benchmark(seed: int, index: int, long_side_px: int) -> tuple[str, Document, Scene]:
    """The `index`-th sample of the benchmark of `seed`: name, document, scene."""
    situation = tuple(SITUATIONS)[index % len(SITUATIONS)]
    turn = index // len(SITUATIONS)
    genre = "blank" if situation == "blank" else GENRES[(index + turn) % len(GENRES)]
    own_seed = seed * 100_000 + index
    short_side_px = round(long_side_px * 3040 / 4056)
    wide = (genre in WIDE) != (situation == "sideways")
    size = (long_side_px, short_side_px) if wide else (short_side_px, long_side_px)
    scene = situated(situation, own_seed, *size)
    return f"{seed}-{index:03d}-{situation}", invented(genre, own_seed), scene
