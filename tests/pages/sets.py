"""The sets of photographs: the committed demo and benchmarks of any size."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.pages.document import Document, Genre
from tests.pages.invent import invented
from tests.pages.photograph import photographed
from tests.pages.render import render, rendered
from tests.pages.scene import Scene
from tests.pages.sensor import encoded
from tests.pages.situations import SITUATIONS, situated

GENRES: tuple[Genre, ...] = (
    "red-headed", "roster", "minutes", "agreement", "card", "notice", "deed", "register", "typed",
    "mimeographed", "genealogy", "album", "framed", "old-leaf", "illustrated", "modern-leaf",
)  # fmt: skip
WIDE: tuple[Genre, ...] = (
    "roster",
    "card",
    "deed",
    "framed",
    "old-spread",
    "modern-spread",
    "pair",
    "old-news",
    "spanned",
)
INTRICATE: tuple[Genre, ...] = (
    "bulletin", "old-news", "annotated", "five-tiers", "sidebar", "chapter", "form", "spanned",
    "listing", "official",
)  # fmt: skip
"""Hard to lay out rather than to see: these come only where they are asked for."""
OWN: tuple[Genre, ...] = (
    "blank", "typed", "mimeographed", "pencil", "sparse", "framed", "illustrated", "album",
    "genealogy", "old-leaf", "old-spread", "modern-spread", "pair", "slips",
)  # fmt: skip
"""Situations that are a genre of the same name."""


def taken(document: Document, scene: Scene) -> tuple[bytes, bytes]:
    """Photograph `document`: the JPEG, and its truth as JSON."""
    sheets = rendered(document, seed=scene.seed)
    genres = tuple(leaf.genre for leaf in document.leaves) or (document.genre,)
    back = None
    if scene.paper.bleed:
        behind = invented(genres[0], scene.seed + 1)
        back = render(behind, seed=scene.seed + 1)
    pixels, truth = photographed(sheets, scene, document.genre, genres, back)
    told = msgspec.json.format(msgspec.json.encode(truth), indent=1)
    return encoded(pixels, scene.sensor.jpeg_quality, scene.exif), told


def write(folder: Path, name: str, document: Document, scene: Scene) -> Path:
    """Write `name`.jpg and `name`.json into `folder`; gives the picture's path."""
    folder.mkdir(parents=True, exist_ok=True)
    picture, told = taken(document, scene)
    (folder / f"{name}.json").write_bytes(told)
    path = folder / f"{name}.jpg"
    path.write_bytes(picture)
    return path


def benchmark(
    seed: int, index: int, long_side_px: int, situation: str | None = None,
    genre: Genre | None = None,
) -> tuple[str, Document, Scene]:  # fmt: skip
    """The `index`-th sample of the benchmark of `seed`: name, document, scene.

    Situations take turns unless one is named; each meets another genre in every round, or the
    one that is named.
    """
    turn = index if situation else index // len(SITUATIONS)
    situation = situation or tuple(SITUATIONS)[index % len(SITUATIONS)]
    place = tuple(SITUATIONS).index(situation)
    usual = next((own for own in OWN if own == situation), GENRES[(place + turn) % len(GENRES)])
    genre = genre or usual
    own_seed = seed * 100_000 + index
    short_side_px = round(long_side_px * 3040 / 4056)
    wide = (genre in WIDE) != (situation == "sideways")
    size = (long_side_px, short_side_px) if wide else (short_side_px, long_side_px)
    scene = situated(situation, own_seed, *size)
    return f"{seed}-{index:03d}-{situation}", invented(genre, own_seed), scene
