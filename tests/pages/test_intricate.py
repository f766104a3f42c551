"""Pages that are hard to lay out: what is told of them is what is drawn."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from station.model import Line
from tests.pages import fonts
from tests.pages.document import Genre
from tests.pages.invent import invented
from tests.pages.render import render
from tests.pages.sets import INTRICATE, benchmark, taken
from tests.pages.sheet import Sheet
from tests.pages.truth import Truth

MISSING = fonts.absent()
drawn = pytest.mark.skipif(bool(MISSING), reason=f"PAGES CANNOT BE DRAWN HERE: {MISSING}")


def sheet(genre: Genre) -> Sheet:
    return render(invented(genre, 5), seed=5)


@drawn
@pytest.mark.parametrize("genre", INTRICATE)
def test_every_line_stands_on_the_sheet_and_has_a_known_role(genre: Genre) -> None:
    page = sheet(genre)
    boxes = np.array([line.box for line in page.lines])

    assert boxes.min() >= -0.5
    assert (boxes.max(axis=(0, 1)) <= page.image.size).all()
    for line in page.lines:
        msgspec.convert({"text": line.text, "score": 1.0, "box": line.box, "role": line.role}, Line)


@drawn
@pytest.mark.parametrize("genre", ["form", "spanned", "listing", "card", "roster", "register"])
def test_the_cells_of_a_table_hold_their_lines_and_cover_it_once(genre: Genre) -> None:
    page = sheet(genre)

    for grid in page.grids:
        covered = np.zeros((grid.rows, grid.columns), int)
        for cell in grid.cells:
            covered[cell.row : cell.row + cell.rows, cell.column : cell.column + cell.columns] += 1
            (left, top), _, (right, bottom), _ = cell.box
            middles = [(line, np.mean(line.box, axis=0)) for line in page.lines]
            held = [one.text for one, (x, y) in middles if left < x < right and top < y < bottom]
            assert "".join(held) == cell.text
        assert (covered == 1).all()


@drawn
def test_a_photograph_tells_where_the_cells_of_its_table_are_seen() -> None:
    _, document, scene = benchmark(3, 2, 800, "wood", "form")
    truth = msgspec.json.decode(taken(document, scene)[1], type=Truth)

    (grid,) = truth.grids
    assert truth.pages[0].genre == "form"
    seen = np.array([cell.picture_box for cell in grid.cells])
    assert (seen >= 0).all()
    assert (seen.max(axis=(0, 1)) < (truth.width_px, truth.height_px)).all()
