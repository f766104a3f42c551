import re

import numpy as np
import pytest

from station.target import layout
from station.target.draw import drawn
from station.target.pdf import pdf

WORDS = np.full((416, 1344), 255, np.uint8)


def test_the_page_is_exactly_a4():
    data = pdf(layout.shapes(), WORDS)

    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert box
    width, height = (float(side) / 72 * 25.4 for side in box.groups())
    assert abs(width - 210) < 1e-4
    assert abs(height - 297) < 1e-4
    assert b"/PrintScaling /None" in data


def test_every_object_stands_where_the_table_says():
    data = pdf(layout.shapes(), WORDS)

    places = [int(place) for place in re.findall(rb"^(\d{10}) 00000 n", data, re.MULTILINE)]
    assert len(places) == 5
    for number, place in enumerate(places, 1):
        assert data[place:].startswith(b"%d 0 obj" % number)
    start = re.search(rb"startxref\n(\d+)", data)
    assert start
    assert data[int(start[1]) :].startswith(b"xref")


def test_a_viewer_shows_what_is_drawn_as_pixels():
    pdfium = pytest.importorskip("pypdfium2")
    words = WORDS.copy()
    words[100:200, 300:400] = 0

    page = pdfium.PdfDocument(pdf(layout.shapes(), words))[0]
    shown = page.render(scale=150 / 72, grayscale=True).to_numpy().squeeze()

    expected = drawn(layout.shapes(), dpi=150, words=words)
    off = np.abs(shown[:1753, :1240].astype(int) - expected[:1753, :1240])
    assert off.mean() < 1.0
    assert np.percentile(off, 98) < 40
