"""The pictures of docs/imaging.md that show a method at work, drawn from the station's own code.

    python -m tests.benchmarks.illustrate docs/images

Pages come from the photographer; words read need the OCR weights.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw

from firmware_config.schema import Ocr
from station.imaging import cradle, skew
from station.imaging.find import find
from station.imaging.glance import glance
from station.imaging.orientation import LOOKS
from station.imaging.paper import halved, ink_of
from station.imaging.picture import decode
from station.imaging.stand import Stand
from station.imaging.straighten import straighten
from station.imaging.strips import strips_at
from station.ocr.paddle import PaddleEngine
from tests.pages.fonts import font
from tests.pages.sets import benchmark, taken

Pixels = np.ndarray
HEIGHT_PX, GAP_PX = 420, 10
RED, GREEN, INK = (40, 40, 220), (60, 170, 40), (30, 30, 30)
FAULTS = (
    "dark-desk", "hands", "cut", "glare", "out-of-focus", "motion", "dark", "bright", "blank",
    "no-page",
)  # fmt: skip
SEED = 12


def main() -> None:
    """Draw every picture into the folder that is named."""
    folder = Path(sys.argv[1])
    for name, draw in {
        "turn": turn, "way-up": way_up, "judge": judged, "cradle": learned_cradle
    }.items():  # fmt: skip
        cv2.imwrite(str(folder / f"{name}.jpg"), draw(), [cv2.IMWRITE_JPEG_QUALITY, 80])
        print(folder / f"{name}.jpg")


def exposed(situation: str, *, width: int) -> bytes:
    """One drawn photograph, as the camera gives it."""
    _, document, scene = benchmark(SEED, 0, width, situation)
    return taken(document, scene)[0]


def photograph(situation: str, *, width: int = 1600) -> Pixels:
    """The pixels of one drawn photograph."""
    return decode(exposed(situation, width=width), maximum_megapixels=50).pixels


def turn() -> Pixels:
    """A page, its ink, and how sharp its profile is at every angle."""
    picture = photograph("turned")
    grey = cv2.cvtColor(straightened(picture), cv2.COLOR_BGR2GRAY)
    height, width = grey.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -4.2, 1.0)
    turned = cv2.warpAffine(grey, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    told = skew.skew(turned)
    ink = cv2.bitwise_not(ink_of(halved(turned, skew.INK_PX)))
    scores = skew._scores(
        *(skew._strips(cv2.bitwise_not(ink)), skew.COARSE_DEG), blur=skew.COARSE_BLUR, power=2
    )
    curve = plotted(skew.COARSE_DEG, scores / scores.max(), f"{told.angle_deg:.2f}°")
    return beside([coloured(turned), coloured(ink), curve])


def way_up() -> Pixels:
    """Lines cut out of a page that lies on its head, read from the one end and the other."""
    page = np.ascontiguousarray(np.rot90(straightened(photograph("dark-desk")), 2))
    engine = PaddleEngine(Ocr(driver="paddle"))
    rows = []
    for strip in strips_at(page, engine.boxes(page, LOOKS[0][0]), 6):
        ways = (("→", strip.pixels), ("←", np.ascontiguousarray(np.rot90(strip.pixels, 2))))
        for arrow, pixels in ways:
            text, score = engine.read_strip(pixels)
            rows.append(labelled(pixels, f"{arrow} {score:.2f}  {text[:24]}"))
    small = cv2.resize(
        page, None, fx=len(rows) * 44 / page.shape[0], fy=len(rows) * 44 / page.shape[0]
    )
    return beside([small, np.vstack(rows)], height_px=len(rows) * 44)


def judged() -> Pixels:
    """One good page and nine faults, with what the judge says before the page is turned."""
    cells = []
    for situation in FAULTS:
        data = exposed(situation, width=1200)
        picture, seen = decode(data, maximum_megapixels=50).pixels, glance(data, Stand())
        words = seen.quality.verdict
        if seen.quality.reasons:
            sure = seen.quality.sure
            words += ": " + ", ".join(
                f"{r}{'!' if r in sure else '?'}" for r in seen.quality.reasons
            )
        cells.append(captioned(picture, words))
    half = len(cells) // 2
    return np.vstack([beside(cells[:half], height_px=250), beside(cells[half:], height_px=250)])


def learned_cradle() -> Pixels:
    """Frames of one pose, the sheet and rim learned from them, and the frame after a push."""
    base = photograph("cutting-mat", width=1200)
    rng = np.random.default_rng(SEED)
    frames = [
        np.clip(base + rng.normal(0, 2, base.shape), 0, 255).astype(np.uint8) for _ in range(6)
    ]
    known = cradle.learned([cradle.look(frame, find(frame)) for frame in frames])
    rim = cv2.imdecode(np.frombuffer(known.rim, np.uint8), cv2.IMREAD_GRAYSCALE)
    rim = cv2.resize(rim, base.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    shown = base.copy()
    shown[rim > 0] = (0.6 * shown[rim > 0] + 0.4 * np.array(GREEN)).astype(np.uint8)
    cv2.polylines(shown, [np.round(known.quad).astype(np.int32)], True, RED, 4, cv2.LINE_AA)
    push = np.array([[1, 0, 12], [0, 1, 7]], np.float32)
    pushed = cv2.warpAffine(base, push, base.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    told = cradle.agrees(known, find(pushed), pushed)
    words = f"{told.shift_px:.1f} px by the {told.by}: {'moved' if told.moved else 'not moved'}"
    return beside([captioned(base, "1 of 6 frames"), captioned(shown, "sheet and rim"),
                   captioned(pushed, words)], height_px=330)  # fmt: skip


def straightened(picture: Pixels) -> Pixels:
    """The page that is found in a picture."""
    return straighten(picture, find(picture).quad).image


def plotted(angles_deg: np.ndarray, scores: np.ndarray, words: str) -> Pixels:
    """A curve over angles with its highest point named."""
    picture = np.full((HEIGHT_PX, 360, 3), 255, np.uint8)
    x = 20 + (angles_deg - angles_deg[0]) / np.ptp(angles_deg) * 320
    y = HEIGHT_PX - 40 - scores * (HEIGHT_PX - 90)
    points = np.round(np.stack([x, y], axis=1)).astype(np.int32)
    cv2.polylines(picture, [points], False, INK, 2, cv2.LINE_AA)
    best = points[int(scores.argmax())]
    cv2.circle(picture, best.tolist(), 6, RED, -1, cv2.LINE_AA)
    return written(picture, words, (int(best[0]) - 30, 12), RED)


def labelled(strip: Pixels, words: str) -> Pixels:
    """A line as it was cut out, and what was read."""
    row = np.full((44, 900, 3), 255, np.uint8)
    scale = 32 / strip.shape[0]
    small = cv2.resize(
        strip, (min(400, round(strip.shape[1] * scale)), 32), interpolation=cv2.INTER_AREA
    )
    row[6:38, 6 : 6 + small.shape[1]] = small
    return written(row, words, (424, 8), INK)


def captioned(picture: Pixels, words: str) -> Pixels:
    """The picture with a line of words under it."""
    scale = 400 / picture.shape[1]
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return written(cv2.copyMakeBorder(small, 0, 32, 0, 0, cv2.BORDER_CONSTANT, value=(255,) * 3),
                   words, (4, small.shape[0] + 4), INK)  # fmt: skip


def written(picture: Pixels, words: str, at: tuple[int, int], colour: Any) -> Pixels:
    """Words of any script over a picture."""
    image = Image.fromarray(picture[..., ::-1].copy())
    ImageDraw.Draw(image).text(at, words, fill=tuple(colour[::-1]), font=font("song", 20))
    return np.asarray(image)[..., ::-1].copy()


def beside(pictures: Sequence[Pixels], *, height_px: int = HEIGHT_PX) -> Pixels:
    """Pictures of one height, side by side."""
    row = []
    for picture in pictures:
        width = round(picture.shape[1] * height_px / picture.shape[0])
        small = cv2.resize(picture, (width, height_px), interpolation=cv2.INTER_AREA)
        row += [small, np.full((height_px, GAP_PX, 3), 255, np.uint8)]
    return np.hstack(row[:-1])


def coloured(grey: Pixels) -> Pixels:
    """Three channels of one."""
    return cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)


if __name__ == "__main__":
    main()
