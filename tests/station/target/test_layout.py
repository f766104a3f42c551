import numpy as np

from station.target import layout
from station.target.draw import MM_PER_INCH, drawn

DPI = 100.0


def test_the_fields_the_paper_around_edges_and_the_words_box_are_bare():
    sheet = drawn(layout.shapes(), dpi=DPI)

    for x, y in layout.fields().reshape(-1, 2):
        assert spot(sheet, x, y, layout.FIELD_MM, layout.FIELD_MM).min() == 255
    left, top, right, bottom = layout.WORDS
    words = spot(sheet, (left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
    assert words.min() == 255
    for x, y in layout.SQUARES.values():
        whole = spot(sheet, x, y, *[layout.SQUARE_MM * 1.09 + 2 * 4] * 2)
        ring = whole.copy()
        ring[14:-14, 14:-14] = 255
        assert ring.min() == 255


def test_no_printer_cuts_anything_off():
    sheet = drawn(layout.shapes(), dpi=DPI)

    margin = int(8 / MM_PER_INCH * DPI)
    inner = np.full_like(sheet, 255)
    inner[margin:-margin, margin:-margin] = sheet[margin:-margin, margin:-margin]
    assert (inner == sheet).all()


def test_edges_are_slanted_by_five_degrees_at_four_to_one():
    sheet = drawn(layout.shapes(), dpi=DPI)

    a, b, _, _ = np.array(layout.square(layout.SQUARES["centre"]))
    assert np.isclose(np.degrees(np.arctan2(*(b - a)[::-1])), 5)
    code = spot(sheet, *layout.SQUARES["centre"], 5, 5).mean() / 255
    assert np.isclose(((code + 0.055) / 1.055) ** 2.4, 0.25, atol=0.003)


def test_the_rulers_are_150_mm_long():
    sheet = drawn(layout.shapes(), dpi=300)
    scale = 300 / MM_PER_INCH

    x, y = layout.RULER_ACROSS
    row = sheet[round((y - 4) * scale), round((x - 3) * scale) : round((x + 153) * scale)]
    dark = np.flatnonzero(row < 128)
    assert np.isclose((dark[-1] - dark[0] + 1) / scale, 150 + layout.LINE_MM, atol=0.1)


def spot(sheet: np.ndarray, x: float, y: float, width: float, height: float) -> np.ndarray:
    scale = DPI / MM_PER_INCH
    left, right = round((x - width / 2) * scale), round((x + width / 2) * scale)
    return sheet[round((y - height / 2) * scale) : round((y + height / 2) * scale), left:right]
