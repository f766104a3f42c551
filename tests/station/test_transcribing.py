from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware_config.schema import Rescue
from station.model import Line, Quad, Text
from station.transcribing import transcribe
from tests.station.imaging import drawings

GOOD, POOR = 0.97, 0.55


class Squinting:
    """An engine that reads a page well only where `clear` says so; it counts what it was given."""

    model = "squinting"

    def __init__(self, clear: Callable[[np.ndarray], bool], words: Sequence[str] = ("土地承包",)):
        self.clear, self.words, self.given = clear, words, 0

    def read(self, image: np.ndarray) -> Text:
        self.given += 1
        score = GOOD if self.clear(image) else POOR
        lines = tuple(
            Line(text=word, score=score, box=((5, y), (95, y), (95, y + 12), (5, y + 12)))
            for y, word in zip(range(5, 900, 20), self.words, strict=False)
        )
        return Text(lines=lines, engine="squinting", model=self.model)

    def boxes(self, image: np.ndarray, side_px: int) -> list[Quad]:
        return []

    def read_strip(self, strip: np.ndarray) -> tuple[str, float]:
        return "", 0.0


def page() -> np.ndarray:
    """A white page with a black mark at its upper left, higher than wide."""
    paper = np.full((400, 300, 3), 240, np.uint8)
    paper[10:30, 10:40] = 0
    return paper


def mark_at(row: int, column: int) -> Callable[[np.ndarray], bool]:
    return lambda image: bool(image[row, column].max() < 60)


def always(image: np.ndarray) -> bool:
    return True


def never(image: np.ndarray) -> bool:
    return False


def test_a_page_that_reads_well_is_read_once():
    engine = Squinting(always)
    said = transcribe(page(), engine)
    assert engine.given == 1
    assert said.text.tried == ()
    assert not said.text.needs_person


def test_taking_a_seal_off_changes_what_was_read_under_it_alone():
    stamped = drawings.sealed(drawings.page()[0], (100, 410), radius=60)
    engine = Squinting(lambda image: image is not stamped, ["土地承包"] * 40)
    lines = transcribe(stamped, engine, Rescue(limit_s=0.0)).text.lines
    better = [line.box[0][1] for line in lines if line.score == GOOD]
    assert 405 in better
    assert 330 < min(better) < max(better) < 490
    assert len(lines) == 40


def test_a_page_on_its_head_is_read_the_other_way_up():
    engine = Squinting(mark_at(-15, -15))
    said = transcribe(page(), engine)
    assert said.turn_deg == 180
    assert said.text.lines[0].score == GOOD
    assert said.text.tried == ("restored", "closer", "turned 180")
    assert not said.text.needs_person


@pytest.mark.parametrize("deg", [90, 270])
def test_a_page_on_its_side_is_read_upright(deg):
    lying = np.rot90(page(), 3 if deg == 90 else 1)
    standing = Squinting(lambda image: image.shape[0] > image.shape[1] and mark_at(15, 15)(image))
    assert transcribe(np.ascontiguousarray(lying), standing).turn_deg == deg


def test_the_page_of_a_book_is_not_turned_by_itself():
    said = transcribe(page(), Squinting(mark_at(-15, -15)), may_turn=False)
    assert said.turn_deg == 0
    assert said.text.tried == ("restored", "closer")
    assert said.text.needs_person


def test_small_writing_is_read_half_a_page_at_a_time_where_it_stands():
    engine = Squinting(lambda image: image.shape[0] < 300)
    said = transcribe(page(), engine)
    tops = [line.box[0][1] for line in said.text.lines]
    assert said.text.tried == ("restored", "closer")
    assert tops[0] == 5
    assert 160 < tops[1] < 250


def test_a_page_that_no_way_makes_readable_goes_to_a_person_with_its_best_text():
    said = transcribe(page(), Squinting(never))
    assert said.text.needs_person
    assert said.turn_deg == 0
    assert said.text.lines[0].score == POOR


def test_no_way_is_begun_that_would_take_too_long():
    engine = Squinting(never)
    said = transcribe(page(), engine, Rescue(limit_s=15), clock_s=lambda: 4.0 * engine.given)
    assert said.text.tried == ("restored", "closer")
    assert engine.given == 4
    assert said.text.needs_person


def test_a_limit_of_nothing_tries_nothing():
    engine = Squinting(never)
    said = transcribe(page(), engine, Rescue(limit_s=0))
    assert engine.given == 1
    assert said.text.tried == ()


def test_a_blank_page_needs_no_person_and_a_page_without_text_does():
    assert not transcribe(page(), Squinting(always, ()), may_be_blank=True).text.needs_person
    assert transcribe(page(), Squinting(always, ())).text.needs_person


@settings(max_examples=120, deadline=None)
@given(
    shape=st.one_of(
        st.tuples(st.integers(1, 40), st.integers(1, 40)),
        st.sampled_from([(1, 3000), (3000, 1), (2, 900), (60, 3000)]),
    ),
    words=st.sampled_from([(), ("土地承包",)]),
    seed=st.integers(0, 99),
)
@example(shape=(40, 30), words=(), seed=33)
def test_no_picture_is_too_small_or_too_narrow_to_get_an_answer(shape, words, seed):
    specks = np.random.default_rng(seed).integers(0, 256, (*shape, 3), dtype=np.uint8)
    assert transcribe(specks, Squinting(never, words)).text.needs_person


class Sealed(Squinting):
    """Reads a seal's ring as text, and as its issuer once it is laid straight."""

    def read(self, image: np.ndarray) -> Text:
        text = super().read(image)
        if image[238, 150, 1] > 100:
            return text
        ring = Line(text="村民", score=GOOD, box=((120, 226), (180, 226), (180, 246), (120, 246)))
        return msgspec.structs.replace(text, lines=(*text.lines, ring))

    def read_strip(self, strip: np.ndarray) -> tuple[str, float]:
        return "大王庄村民委员会", 0.99


def test_the_words_of_a_seal_stand_apart_from_the_text_and_are_never_certain():
    sealed = page()
    cv2.circle(sealed, (150, 300), 80, (48, 38, 205), 6, cv2.LINE_AA)
    cv2.ellipse(sealed, (150, 300), (62, 62), 0, 200, 340, (48, 38, 205), 14)
    lines = transcribe(sealed, Sealed(always)).text.lines
    assert [(line.text, line.role) for line in lines] == [
        ("土地承包", "body"),
        ("大王庄村民委员会", "seal"),
    ]
    assert max(lines[1].certainty) <= 60
