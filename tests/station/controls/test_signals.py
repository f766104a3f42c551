from itertools import combinations

import pytest

from station.controls.signals import CUES, OCTAVES, beside, spoken
from station.model import Signal


def test_every_signal_has_a_cue():
    assert set(CUES) == set(Signal)


def test_patterns_are_written_in_the_letters_that_are_known():
    for cue in CUES.values():
        assert set(cue.light) <= {"#", "."}
        assert set(cue.sound) <= {*OCTAVES, "."}
        assert bool(cue.colours) == bool(cue.light)


def test_no_two_signals_are_told_apart_by_colour_alone():
    for one, other in combinations(CUES.values(), 2):
        assert (one.light, one.lasts, one.sound) != (other.light, other.lasts, other.sound)


def test_every_signal_but_ready_is_heard():
    assert [signal for signal, cue in CUES.items() if not cue.sound] == [Signal.READY]


def test_what_stops_the_work_is_red_insists_and_has_words():
    cue = CUES[Signal.NOT_SAVED]

    assert cue.colours == ("red",)
    assert cue.insists
    assert "未保存" in cue.words


@pytest.mark.parametrize("signal", [Signal.AGAIN, Signal.SAME, Signal.DECIDE, Signal.WAIT])
def test_what_asks_something_of_the_operator_says_so_in_chinese(signal):
    assert any("一" <= letter <= "鿿" for letter in CUES[signal].words)


def test_the_callers_words_go_before_the_signals_own():
    assert spoken(Signal.AGAIN, "第12页模糊，请重拍") == "第12页模糊，请重拍"
    assert spoken(Signal.AGAIN, "") == "请重拍"
    assert spoken(Signal.READY, "") == ""


def test_an_aside_is_heard_after_the_sound_under_way_and_a_pause():
    given = beside(CUES[Signal.SAVED], CUES[Signal.WAIT], ticks=1)

    assert given.sound == "hh....m.m"
    assert given.light == "......#.#."


def test_an_aside_after_silence_comes_at_once():
    assert beside(CUES[Signal.SAVED], CUES[Signal.WAIT], ticks=3) == CUES[Signal.WAIT]


def test_an_aside_is_white_and_no_state_is_so_that_neither_hides_the_other():
    for cue in CUES.values():
        assert cue.colours == ("white",) or not cue.aside
        assert "white" not in cue.colours or not cue.lasts
