"""Every line that we read wrongly, for a person to look at: a numbered text and its pictures.

bench-out/ocr.txt has truth, ours and the page's best peer; bench-out/ocr/lines-NN.png shows the
writing itself under the same numbers, worst first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from tests.benchmarks._error_rates import Errors, Group, counted, grouped
from tests.benchmarks._readers import Reading
from tests.benchmarks._reading_set import Specimen, TruthLine

OURS = "our chain"
LINE_PX, WIDE_PX, AROUND_PX = 40, 1100, 4
A_PICTURE = 40
"""Lines on one picture."""
INK = (160, 30, 200)


class Wrong(NamedTuple):
    """Lines on one place of a page that were read wrongly."""

    page: Specimen
    group: Group
    peer: str
    peer_said: str


def show(
    folder: Path,
    pages: list[Specimen],
    read: dict[str, dict[str, Reading]],
    scores: dict[str, dict[str, Errors]],
    peers: list[str],
) -> None:
    """Write the text and the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [
        wrong
        for page in pages
        for wrong in _wrong(page, read[page.name], _best(scores[page.name], peers))
    ]
    found.sort(key=lambda one: one.group.wrong, reverse=True)
    told = [_told(number, wrong) for number, wrong in enumerate(found)]
    whole = [_whole(page, read[page.name], scores[page.name]) for page in pages if not _boxed(page)]
    folder.with_suffix(".txt").write_text("\n".join([*told, *whole]), "utf-8")
    for start in range(0, len(found), A_PICTURE):
        strips = [_strip(start + at, one) for at, one in enumerate(found[start:][:A_PICTURE])]
        cv2.imwrite(str(folder / f"lines-{start // A_PICTURE:02d}.png"), np.vstack(strips))


def _best(scores: dict[str, Errors], peers: list[str]) -> str:
    return min(peers, key=lambda peer: scores[peer].by_line, default=OURS)


def _boxed(page: Specimen) -> bool:
    return all(line.box for line in page.lines)


def _wrong(page: Specimen, read: dict[str, Reading], peer: str) -> Iterator[Wrong]:
    if not _boxed(page):
        return
    asked = [line for line in page.lines if line.asked]
    theirs = grouped(counted(read[peer].lines, page.lines), asked)
    for group in grouped(counted(read[OURS].lines, page.lines), asked):
        if group.wrong:
            yield Wrong(page, group, peer, _said_there(theirs, group))


def _said_there(theirs: list[Group], ours: Group) -> str:
    """What a peer read where the lines of our group are; empty boxes are asked by nobody."""
    return " / ".join(
        line.text
        for group in theirs
        if any(_same(one, other) for one in group.meant for other in ours.meant)
        for line in group.told
    )


def _same(one: TruthLine, other: TruthLine) -> bool:
    return one is other


def _told(number: int, wrong: Wrong) -> str:
    page, group = wrong.page, wrong.group
    ours = " / ".join(line.text for line in group.told)
    truth = " / ".join(line.text for line in group.meant)
    return (
        f"{number} · {group.wrong} wrong · {page.name} · {page.kind}\n"
        f"  truth {truth}\n  ours  {ours}\n  peer  {wrong.peer_said}   ({wrong.peer})\n"
    )


def _whole(page: Specimen, read: dict[str, Reading], scores: dict[str, Errors]) -> str:
    """A page of which only the text is known."""
    rates = ", ".join(f"{name} {one.ordered}" for name, one in scores.items())
    characters = scores[OURS].characters
    ours = "\n  ".join(line.text for line in read[OURS].lines)
    truth = page.text.replace("\n", "\n  ")
    return f"{page.name} · of {characters} wrong: {rates}\ntruth\n  {truth}\nours\n  {ours}\n"


def _strip(number: int, wrong: Wrong) -> Any:
    """The writing, its number before it."""
    image = cv2.imread(wrong.page.path)
    points = np.concatenate(
        [line.box for line in (*wrong.group.meant, *wrong.group.told)]  # type: ignore[misc]
    )
    low = np.maximum(np.floor(points.min(axis=0)).astype(int) - AROUND_PX, 0)
    high = np.ceil(points.max(axis=0)).astype(int) + AROUND_PX
    piece = image[low[1] : high[1], low[0] : high[0]]
    if piece.shape[0] > 2 * piece.shape[1]:
        piece = np.rot90(piece)
    scale = min(2 * LINE_PX / piece.shape[0], WIDE_PX / piece.shape[1], 1.0)
    piece = cv2.resize(piece, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    strip = np.full((max(LINE_PX, piece.shape[0] + 4), WIDE_PX + 70, 3), 255, np.uint8)
    strip[2 : 2 + piece.shape[0], 70 : 70 + piece.shape[1]] = piece
    cv2.putText(strip, str(number), (4, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.7, INK, 2, cv2.LINE_AA)
    return strip
