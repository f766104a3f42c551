from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.store.folding import folded as at_the_station
from sync.township.folding import folded

TEXTS = st.text(st.sampled_from("aB1 \t\n\r\x1b\x00　ｂ７中水①ﬁİß。")) | st.text()


@given(TEXTS)
def test_both_ends_fold_alike(text: str) -> None:
    assert folded(text) == at_the_station(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("李 成 水", "李成水"), ("任职\n通知", "任职通知"), ("No. ７ Ａ  B", "no.7 a b")],
)
def test_gaps_of_the_reader_do_not_matter(text: str, expected: str) -> None:
    assert folded(text) == expected
