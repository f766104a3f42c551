from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from station.doubtful import doubtful
from station.model import Line

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def line(text: str, *certainty: int) -> Line:
    return Line(text=text, score=0.9, box=BOX, certainty=certainty)


def test_neighbouring_characters_in_doubt_are_one_word():
    assert doubtful(line("大王庄村民", 99, 60, 70, 99, 40), 80) == ((1, 3), (4, 5))


def test_an_amount_with_one_digit_in_doubt_is_in_doubt_as_a_whole():
    assert doubtful(line("共1,250.40元", 99, 99, 99, 99, 60, 99, 99, 99, 99, 99), 80) == ((1, 9),)


def test_nothing_is_marked_where_no_chance_is_known():
    assert doubtful(line("大王庄"), 80) == ()


lines = st.text(alphabet="大王1a.,。 ", max_size=12).flatmap(
    lambda text: st.builds(
        lambda certainty: line(text, *certainty),
        st.lists(st.integers(0, 100), min_size=len(text), max_size=len(text)),
    )
)


@given(lines, st.integers(0, 100))
def test_every_character_below_the_threshold_is_marked_once(one, below):
    spans = doubtful(one, below)
    marked = [index for start, end in spans for index in range(start, end)]
    assert marked == sorted(set(marked))
    doubted = {i for i, percent in enumerate(one.certainty) if percent < below}
    assert {i for i in doubted if not one.text[i].isspace()} <= set(marked)
    assert not any(one.text[i].isspace() for i in marked)


@given(lines, st.integers(0, 99))
def test_a_stricter_threshold_marks_no_less(one, below):
    def marked(threshold: int) -> set[int]:
        return {i for start, end in doubtful(one, threshold) for i in range(start, end)}

    assert marked(below) <= marked(below + 1)
