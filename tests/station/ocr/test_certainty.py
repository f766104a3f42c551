from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.model import Line
from station.ocr.certainty import HAND, PRINT, SEAL, calibrated, chance_percent

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
CURVES = pytest.mark.parametrize("curve", [PRINT, HAND, SEAL])
scores = st.floats(0, 1)


@CURVES
@given(character=scores, better=scores, line=scores)
def test_a_better_score_is_never_worth_less(curve, character, better, line):
    low, high = sorted((character, better))
    assert chance_percent(curve, low, line) <= chance_percent(curve, high, line)


@CURVES
@given(character=scores, line=scores)
def test_a_chance_is_a_percentage_and_never_above_what_its_kind_allows(curve, character, line):
    assert 0 <= chance_percent(curve, character, line) <= curve.most_percent


def test_handwriting_and_seals_are_never_sold_as_certain():
    sure = Line(text="印", score=1.0, box=BOX, certainty=(100,))
    hand = Line(text="印", score=1.0, box=BOX, certainty=(100,), hand=True)
    seal = Line(text="印", score=1.0, box=BOX, certainty=(100,), role="seal")
    told = [line.certainty[0] for line in calibrated([sure, hand, seal])]
    assert told[0] >= 99 > told[1] > told[2]


def test_a_line_without_scores_stays_without_chances():
    (line,) = calibrated([Line(text="印", score=0.9, box=BOX)])
    assert line.certainty == ()
