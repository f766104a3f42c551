"""How much better pages are read when restored: character error rate of page and derivative.

Pages are drawn, photographed and laid flat by their truth; a piece that cuts no line is read.
`taken` is read by the station's whole chain: from the derivative only where its guard agrees. `f1`
compares ink with the clean drawing, pixel by pixel, both at their best threshold. `ms` is CPU time
of the picture enlarged to 12 megapixels. Pictures of `../shared/images` with their text follow.
Reading is costly: it is kept by digest in `out`/restore-read/.
"""

from __future__ import annotations

import hashlib
import random
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import msgspec
import numpy as np
from msgspec.structs import replace

from firmware_config.schema import Ocr
from station.imaging.restore import for_reading, for_viewing
from station.layout.arrange import laid_out
from station.model import Text
from station.ocr.paddle import PaddleEngine
from station.transcribing import transcribe
from tests.benchmarks._error_rates import error_rate
from tests.benchmarks._overlays import contact_sheet
from tests.benchmarks._reading_set import SHARED
from tests.pages import marks
from tests.pages.document import Genre
from tests.pages.invent import invented
from tests.pages.photograph import photograph
from tests.pages.render import render
from tests.pages.scene import Lens, Scene
from tests.pages.sensor import encoded
from tests.pages.sheet import Sheet
from tests.pages.situations import situated

Pixels = np.ndarray
SEED, COUNT = 73, 3
MEASURED_PX, REPEATED = 3040 * 4056, 5
LONG_SIDE_PX, PIECE_MM = 2600, 145
GENRES: tuple[Genre, ...] = ("notice", "minutes", "agreement", "typed")
Change = Callable[[Scene, Sheet, random.Random], Scene]


class Piece(NamedTuple):
    """A piece of a page, BGR uint8; the ink of its clean drawing, 0 to 255; its words."""

    image: Pixels
    ink: Pixels
    words: str


def run(out: Path) -> list[dict[str, Any]]:
    """One row a kind of page, and one a real picture."""
    reader = Reader(out / "restore-read")
    rows, pictures = [], []
    for kind in KINDS:
        pieces = [drawn(kind, index) for index in range(COUNT)]
        measured = [_measured(reader, piece) for piece in pieces]
        rows.append(_row(kind, measured))
        pictures += [(f"{kind}-{n}", _beside(piece.image)) for n, piece in enumerate(pieces)]
    for path, words in _real():
        image = cv2.imread(str(path))
        rows.append(_row(path.stem, [_measured(reader, Piece(image, np.zeros(0), words))]))
        pictures.append((path.stem, _beside(image)))
    contact_sheet(out / "restore", pictures)
    return rows


class Reader:
    """The engine, which reads the same picture once."""

    model = PaddleEngine.model

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.engine = PaddleEngine(Ocr(driver="paddle", threads=1))

    def read(self, image: Pixels) -> Text:
        """As the engine does."""
        return self._kept("page", image, self.engine.read, Text)

    def read_strip(self, strip: Pixels) -> tuple[str, float]:
        """As the engine does."""
        return self._kept("strip", strip, self.engine.read_strip, tuple[str, float])

    def _kept(self, what: str, image: Pixels, read: Callable[[Pixels], Any], kind: Any) -> Any:
        digest = hashlib.sha256(str(image.shape).encode() + image.tobytes()).hexdigest()
        kept = self.folder / f"{what}-{digest[:32]}.json"
        if not kept.is_file():
            kept.write_bytes(msgspec.json.encode(read(image)))
        return msgspec.json.decode(kept.read_bytes(), type=kind)


def drawn(kind: str, index: int) -> Piece:
    """The `index`-th page of `kind`, worn, photographed and laid flat."""
    situation, change = KINDS[kind]
    seed = SEED * 1_000_000 + zlib.crc32(kind.encode()) % 10_000 * 100 + index
    chance = random.Random(seed)
    own: dict[str, Genre] = {"mimeographed": "mimeographed", "pencil": "pencil"}
    genre = own.get(kind, GENRES[index % len(GENRES)])
    sheet = render(invented(genre, seed), seed=seed)
    clean = cv2.cvtColor(sheet.pixels(), cv2.COLOR_BGR2GRAY)
    back = render(invented(chance.choice(GENRES), seed + 50), seed=seed + 50)
    scene = situated(situation, seed, round(LONG_SIDE_PX * 0.75), LONG_SIDE_PX)
    # Without a lens the homography is exact to the pixel.
    scene = change(replace(scene, lens=Lens(k1=0.0, k2=0.0)), sheet, chance)
    pixels, truth = photograph(sheet, scene, genre, back)
    picture = cv2.imdecode(np.frombuffer(encoded(pixels, scene.sensor.jpeg_quality), np.uint8), 1)
    top, bottom, words = _piece(truth.lines, clean.shape[0])
    matrix = np.array(truth.homography)
    scale = truth.px_per_mm * 25.4 / truth.page_dpi
    size = (round(clean.shape[1] * scale), round((bottom - top) * scale))
    to_page = np.array([[1 / scale, 0, 0], [0, 1 / scale, top], [0, 0, 1.0]])
    flat = cv2.warpPerspective(
        picture, np.linalg.inv(matrix @ to_page), size, flags=cv2.INTER_CUBIC
    )
    ink = cv2.resize(255 - clean[round(top) : round(bottom)], size, interpolation=cv2.INTER_AREA)
    return Piece(flat, ink, words)


def _piece(lines: Any, height: int) -> tuple[float, float, str]:
    """The first piece of the page that cuts no line: top, bottom (page px) and its words."""
    boxes = [(np.array(line.page_box), line.text) for line in lines]
    spans = sorted((box[:, 1].min(), box[:, 1].max(), box[:, 0].min(), text) for box, text in boxes)
    limit = spans[0][0] + PIECE_MM * 300 / 25.4
    bottom = max(span[1] for span in spans if span[1] < limit)
    while any(span[0] < bottom < span[1] for span in spans):
        bottom = max(span[1] for span in spans if span[0] < bottom)
    inside = [span for span in spans if span[1] <= bottom]
    below = min((span[0] for span in spans if span[0] >= bottom), default=bottom + 60)
    rows = sorted(inside, key=lambda span: (round(span[0] / 20), span[2]))
    top = max(0.0, spans[0][0] - 60)
    return top, min(height, (bottom + below) / 2), "\n".join(span[3] for span in rows)


def _measured(reader: Reader, piece: Piece) -> dict[str, Any]:
    restored = for_reading(piece.image)
    before, after = (
        laid_out(reader.read(image), image).plain for image in (piece.image, restored.image)
    )
    taken = transcribe(piece.image, reader, may_turn=False)
    return {
        "steps": taken.restored.applied if taken.restored else (),
        "characters": len("".join(piece.words.split())),
        "raw": error_rate(before, piece.words),
        "restored": error_rate(after, piece.words),
        "taken": error_rate(taken.text.plain, piece.words),
        "f1_raw": _f1(piece.image, piece.ink),
        "f1_restored": _f1(restored.image, piece.ink),
        "ms": _cost_ms(piece.image),
    }


def _cost_ms(image: Pixels) -> float:
    """Milliseconds of one core, the median of several."""
    times = (MEASURED_PX / (image.shape[0] * image.shape[1])) ** 0.5
    page = cv2.resize(image, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    spent_s = []
    for _ in range(REPEATED):
        started_s = time.process_time()
        for_reading(page)
        spent_s.append(time.process_time() - started_s)
    return 1000 * float(np.median(spent_s))


def _row(name: str, measured: list[dict[str, Any]]) -> dict[str, Any]:
    steps = sorted({step for one in measured for step in one["steps"]})
    return {
        "pages": name,
        "n": len(measured),
        "characters": sum(one["characters"] for one in measured),
        "restored pages": sum(bool(one["steps"]) for one in measured),
        "steps": " ".join(steps),
        **{
            key: round(float(np.mean([one[key] for one in measured])), 4)
            for key in ("raw", "restored", "taken", "f1_raw", "f1_restored", "ms")
        },
        "ms_worst": round(max(one["ms"] for one in measured), 1),
        "worst_rise": round(max(one["taken"] - one["raw"] for one in measured), 4),
    }


def _f1(image: Pixels, ink: Pixels) -> float:
    """F1 of the darkest pixels against the drawn ink, at the best of 32 thresholds."""
    if not ink.size:
        return 0.0
    grey, true = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), ink > 100
    written, paper = (
        np.bincount(part, minlength=256).cumsum() for part in (grey[true], grey[~true])
    )
    return float((2 * written / (written + paper + true.sum())).max())


def _beside(image: Pixels) -> Pixels:
    return np.hstack([image, for_viewing(image).image, for_reading(image).image])


def _real() -> Iterator[tuple[Path, str]]:
    for path in sorted(SHARED.glob("[bcd]*.txt")):
        for suffix in (".jpg", ".png"):
            if path.with_suffix(suffix).is_file():
                yield path.with_suffix(suffix), path.read_text("utf-8")


def _as_it_is(scene: Scene, sheet: Sheet, chance: random.Random) -> Scene:
    del sheet, chance
    return scene


def _paper(**ranges: tuple[float, float]) -> Change:
    def change(scene: Scene, sheet: Sheet, chance: random.Random) -> Scene:
        del sheet
        drawn_by_chance = {key: chance.uniform(*pair) for key, pair in ranges.items()}
        return replace(scene, paper=replace(scene.paper, **drawn_by_chance))

    return change


def _sealed(scene: Scene, sheet: Sheet, chance: random.Random) -> Scene:
    """Round seals and thumbs pressed over the writing itself."""
    for _ in range(5):
        x_mm, y_mm = chance.uniform(20, sheet.width_mm - 65), chance.uniform(30, 130)
        seal = chance.random() < 0.7
        mark = (
            marks.round_seal("柳林乡人民政府", sheet.rng) if seal else marks.fingerprint(sheet.rng)
        )
        sheet.press(mark, x_mm, y_mm, kind="seal" if seal else "fingerprint", text="")
    return scene


KINDS: dict[str, tuple[str, Change]] = {
    "clean": ("wood", _as_it_is),
    "uneven-light": ("uneven-light", _as_it_is),
    "hard-shadow": ("hard-shadow", _as_it_is),
    "soft-shadow": ("soft-shadow", _as_it_is),
    "dark": ("dark", _as_it_is),
    "noise": ("noise", _as_it_is),
    "glare": ("glare", _as_it_is),
    "yellowed": ("yellowed", _as_it_is),
    "stained": ("stained", _as_it_is),
    "mimeographed": ("mimeographed", _as_it_is),
    "pencil": ("pencil", _as_it_is),
    "faded": ("faded", _as_it_is),
    "very-faded": ("faded", _paper(ink=(0.1, 0.18))),
    "ghost": ("faded", _paper(ink=(0.04, 0.07))),
    "bleed-through": ("bleed-through", _as_it_is),
    "heavy-bleed": ("bleed-through", _paper(bleed=(0.45, 0.65))),
    "faded-bleed": ("bleed-through", _paper(ink=(0.25, 0.45))),
    "sealed": ("wood", _sealed),
}
"""The photographer's situation, and what is made worse."""
