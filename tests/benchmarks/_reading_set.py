"""The pages that readers are measured on, each with the lines that it shows and where they lie.

Photographs by tests/pages are straightened as the station does and set upright by their truth:
finding and turning a page are measured elsewhere. Beside them lie the pictures of others that
have a text. Pages are made once, in bench-out/ocr-pages; remove that folder to make them again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np

from station.imaging.find import find
from station.imaging.orientation import Degrees, turned_back
from station.imaging.page import Dressed, dress
from station.imaging.picture import decode
from station.imaging.stand import Stand
from station.imaging.straighten import straighten
from tests.pages.demo import FOLDER
from tests.pages.document import Document, Genre
from tests.pages.fonts import absent
from tests.pages.invent import invented
from tests.pages.scene import Scene
from tests.pages.sets import OWN, benchmark, write
from tests.pages.situations import SITUATIONS

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("STATION_SHARED", ROOT / "../shared")) / "images"
COUNT = 204
SEED = 4242
MORE = 24
SELDOM: tuple[Genre, ...] = ("red-headed", "register")
NO_SINGLE_PAGE = (*OWN, "screen", "no-page")
LONG_SIDE_PX = 2400
JPEG_QUALITY = 95
TURNS: tuple[Degrees, ...] = (0, 90, 180, 270)
WHOLE = 0.97
"""Of a line's box that must lie on a page for its text to be asked there."""

MODERN = ("red-headed", "printed", "typed", "table")
OUTSIDE = ("hand", "vertical")
"""Outside DA/T 77: nothing is claimed for them under it."""
KINDS = {
    "red-headed": ("red-headed",),
    "printed": ("notice", "agreement", "modern-leaf", "illustrated", "framed"),
    "typed": ("typed", "mimeographed"),
    "table": ("register", "roster"),
    "hand": ("minutes", "pencil", "sparse", "slip", "album", "card"),
    "vertical": ("deed", "genealogy", "old-leaf"),
}
"""Genres by kind. `hand` is the typeface Kai with an unsteady hand; a card is a form filled so."""
KIND_OF = {genre: kind for kind, genres in KINDS.items() for genre in genres}
REAL_HAND = ("a03", "d01", "d02", "d03")
REAL_VERTICAL = ("d04",)


class TruthLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line in px of the page, TL, TR, BR, BL as it reads.

    `asked` is False where only a part of it can be seen: what is read there is not counted.
    """

    text: str
    box: tuple[tuple[float, float], ...]
    asked: bool = True


class Specimen(msgspec.Struct, frozen=True, kw_only=True):
    """A page (JPEG or PNG) and what stands on it, in reading order.

    `digest` is that of the page's file. The lines of real pictures have no boxes.
    """

    name: str
    path: str
    kind: str
    situation: str
    digest: str
    lines: tuple[TruthLine, ...]

    @property
    def text(self) -> str:
        """The lines that are asked, one a row."""
        return "\n".join(line.text for line in self.lines if line.asked)


def specimens(out: Path) -> list[Specimen]:
    """All pages that have a text: modern ones first, in an order without rhyme or reason."""
    found = [one for photograph in photographs(out) for one in _pages(photograph, out)]
    found = [one for one in found if one.text]
    found.sort(key=lambda one: (one.kind in OUTSIDE, hashlib.sha256(one.name.encode()).digest()))
    return [*_real(out), *found]


def photographs(out: Path) -> Iterator[Path]:
    """The truth files of the photographs, drawn where they are not there yet."""
    if absent():
        sys.stderr.write(f"=== {absent()}: measured on the committed pages only\n")
        yield from sorted(FOLDER.rglob("*.json"))
        return
    for name, document, scene in _scenes():
        told = out / "ocr-photographs" / f"{name}.json"
        if not told.with_suffix(".jpg").is_file():
            sys.stderr.write(f"drawing {name}\n")
            write(told.parent, name, document, scene)
        yield told


def _scenes() -> Iterator[tuple[str, Document, Scene]]:
    """Every situation in turn; then more of the genres that came up seldom."""
    for index in range(COUNT):
        yield benchmark(SEED, index, LONG_SIDE_PX)
    more = [benchmark(SEED, COUNT + number, LONG_SIDE_PX) for number in range(len(SITUATIONS))]
    seen = [(name, scene) for name, _, scene in more if scene.situation not in NO_SINGLE_PAGE]
    for number, (name, scene) in enumerate(seen[:MORE]):
        genre = SELDOM[number % len(SELDOM)]
        yield f"{name}-{genre}", invented(genre, scene.seed), scene


def photographed(told: Path) -> Specimen:
    """A photograph as it is, with every line that can be seen on it."""
    truth = json.loads(told.read_text("utf-8"))
    lines = tuple(_line(one["text"], one["picture_box"], one["visible"]) for one in truth["lines"])
    kinds = {KIND_OF.get(page["genre"], "") for page in truth["pages"]}
    kind = kinds.pop() if len(kinds) == 1 else "mixed"
    return _specimen(told.with_suffix(".jpg"), kind, truth["situation"], lines)


def _pages(told: Path, out: Path) -> list[Specimen]:
    """The pages of a photograph, made or as they were made before."""
    kept = out / "ocr-pages" / f"{told.stem}.json"
    if not kept.is_file():
        sys.stderr.write(f"straightening {told.stem}\n")
        kept.parent.mkdir(parents=True, exist_ok=True)
        made = list(_straightened(told, kept.parent))
        kept.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=1))
    return msgspec.json.decode(kept.read_bytes(), type=list[Specimen])


def _straightened(told: Path, folder: Path) -> Iterator[Specimen]:
    truth = json.loads(told.read_text("utf-8"))
    picture = decode(told.with_suffix(".jpg").read_bytes(), maximum_megapixels=100).pixels
    for part, dressed in enumerate(dress(picture, Stand())):
        lines, pages = _shown(truth["lines"], picture, dressed)
        if not any(line.asked for line in lines):
            continue
        turn = _quarter_turns([line for line in lines if line.asked])
        path = folder / f"{told.stem}-{part}.jpg"
        upright = turned_back(dressed.image, TURNS[turn])
        cv2.imwrite(str(path), upright, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        size = dressed.image.shape[1], dressed.image.shape[0]
        placed = tuple(
            msgspec.structs.replace(one, box=_back(one.box, turn, size)) for one in lines
        )
        genre = truth["pages"][max(set(pages), key=pages.count)]["genre"]
        yield _specimen(path, KIND_OF[genre], truth["situation"], placed)


def _shown(
    told: list[dict[str, Any]], picture: Any, dressed: Dressed
) -> tuple[tuple[TruthLine, ...], list[int]]:
    """The lines that lie on a page, if only partly, and the pages of the truth they belong to."""
    straight = straighten(picture, dressed.quad, doubtful=find(picture).quad)
    if straight.image.shape != dressed.image.shape:
        raise AssertionError("a page was straightened otherwise than before")
    height, width = picture.shape[:2]
    whole = ((0, 0), (width, 0), (width, height), (0, height))
    sheet = np.array(dressed.quad or whole, np.float32)
    lines, pages = [], []
    for line in told:
        box = np.array(line["picture_box"], np.float32)
        share = shared_px(box, sheet) / max(1.0, cv2.contourArea(box))
        if share > 0:
            placed = straight.placed(box.astype(np.float64)).tolist()
            lines.append(_line(line["text"], placed, line["visible"] and share >= WHOLE))
            pages.append(line["page"])
    return tuple(lines), pages


def shared_px(one: Any, other: Any) -> float:
    """The area that two convex quads (4 x 2, float32) have in common."""
    return float(cv2.intersectConvexConvex(one, other)[0])


def _quarter_turns(lines: list[TruthLine]) -> int:
    """How often the page stands turned clockwise, by the upper edges of its lines."""
    edges = np.array([np.subtract(line.box[1], line.box[0]) for line in lines]).sum(axis=0)
    return round(float(np.degrees(np.arctan2(edges[1], edges[0]))) / 90) % 4


def _back(box: Any, turn: int, size: tuple[int, int]) -> tuple[tuple[float, float], ...]:
    """A box on the page of `size` once it is turned back by so many quarters."""
    width, height = size
    for _ in range(turn):
        box = tuple((y, width - 1 - x) for x, y in box)
        width, height = height, width
    return tuple(box)


def _line(text: str, box: Any, asked: bool) -> TruthLine:
    return TruthLine(text=text, box=tuple((float(x), float(y)) for x, y in box), asked=asked)


def _specimen(path: Path, kind: str, situation: str, lines: tuple[TruthLine, ...]) -> Specimen:
    return Specimen(
        name=path.stem,
        path=str(path),
        kind=kind,
        situation=situation,
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        lines=lines,
    )


def _real(out: Path) -> Iterator[Specimen]:
    """The pictures of others, as they are."""
    if not SHARED.is_dir():
        sys.stderr.write(f"=== NO REAL PICTURES: {SHARED.resolve()} is absent\n")
        return
    for picture in json.loads((SHARED / "manifest.json").read_text("utf-8")):
        truth = picture["ground_truth"] or {}
        if told := truth.get("text"):
            words = (SHARED / told["file"]).read_text("utf-8").splitlines()
            lines = tuple(_line(line, (), True) for line in words if line.strip())
            path = _upright(SHARED / picture["file"], truth, out)
            kind = "real, partly known" if "partial" in told else _real_kind(path.stem)
            yield _specimen(path, kind, "real", lines)


def _upright(path: Path, told: dict[str, Any], out: Path) -> Path:
    deg = told.get("orientation", {}).get("page_is_rotated_cw_deg", 0)
    if not deg:
        return path
    turned = out / "ocr-pages" / f"{path.stem}.png"
    cv2.imwrite(str(turned), turned_back(cv2.imread(str(path)), deg))
    return turned


def _real_kind(stem: str) -> str:
    if stem.startswith(REAL_VERTICAL):
        return "real vertical"
    return "real hand" if stem.startswith(REAL_HAND) else "real print"
