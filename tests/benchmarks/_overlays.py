"""Pictures for a person to look through: what was said, drawn over what was seen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

Pixels = np.ndarray
LONG_SIDE_PX = 700
CELL_PX = 260
COLUMNS = 8
SAID, TRUE, WORDS = (40, 40, 230), (60, 180, 40), (200, 30, 160)
"""BGR: what the station says, what is true, what is written over it."""


def drawn(picture: Pixels, words: str, *, said: Any = None, true: Any = None) -> Pixels:
    """The picture made small, with `words` and the quads said and true (px of the picture)."""
    scale = LONG_SIDE_PX / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    for quad, colour in ((true, TRUE), (said, SAID)):
        if quad is not None:
            points = np.round(np.asarray(quad) * scale).astype(np.int32)
            cv2.polylines(small, [points], True, colour, 2, cv2.LINE_AA)
            cv2.circle(small, points[0].tolist(), 6, colour, -1, cv2.LINE_AA)
    cv2.putText(small, words, (6, 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, WORDS, 1, cv2.LINE_AA)
    return small


def contact_sheet(folder: Path, pictures: Sequence[tuple[str, Pixels]]) -> Path:
    """Write every picture (name, pixels) into `folder`, and `folder`.jpg with all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    cells = []
    for name, picture in pictures:
        cv2.imwrite(str(folder / f"{name}.jpg"), picture)
        cells.append(_cell(picture))
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % COLUMNS)
    rows = [np.hstack(cells[at : at + COLUMNS]) for at in range(0, len(cells), COLUMNS)]
    sheet = folder.with_suffix(".jpg")
    cv2.imwrite(str(sheet), np.vstack(rows))
    return sheet


def _cell(picture: Pixels) -> Pixels:
    scale = CELL_PX / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    cell = np.full((CELL_PX + 4, CELL_PX + 4, 3), 255, np.uint8)
    cell[: small.shape[0], : small.shape[1]] = small
    return cell
