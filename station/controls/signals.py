"""What each signal looks, sounds and reads like. Data: a new pattern is a new string.

Light and sound are strings of 50 ms ticks: `#` lit, `.` dark; `h`, `m`, `l` a high, middle or low
tone, `.` silence. Nothing is told by colour alone: rhythm, tone and words tell it too. The colours
follow IEC 60073 (red danger, yellow abnormal, green normal, blue act now, white none of these).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from station.model import Noun, Signal

TICK_S = 0.05
PAUSE_TICKS = 4
OCTAVES = {"h": 1.0, "m": 0.0, "l": -1.0}
"""Tones around A5 (880 Hz), where a small piezo is loud: 1760, 880 and 440 Hz."""

Colour = Literal["red", "green", "blue", "white"]

RED: tuple[Colour, ...] = ("red",)
GREEN: tuple[Colour, ...] = ("green",)
BLUE: tuple[Colour, ...] = ("blue",)
WHITE: tuple[Colour, ...] = ("white",)
YELLOW: tuple[Colour, ...] = ("red", "green")


class Cue(Noun, frozen=True, kw_only=True):
    """How one signal is given. `light` goes round until the next signal where `lasts`.

    `sound` is heard once, or goes round where `insists`. An `aside` waits for the sound under way,
    flashes beside what is lit, and leaves that to go on (so it can only be white). `words` is what
    is said when the caller has nothing more exact to say.
    """

    colours: tuple[Colour, ...] = ()
    light: str = ""
    lasts: bool = True
    sound: str = ""
    insists: bool = False
    aside: bool = False
    words: str = ""


CUES: dict[Signal, Cue] = {
    Signal.READY: Cue(colours=GREEN, light="#"),
    Signal.HOLD: Cue(colours=WHITE, light="####.", lasts=False, sound="l"),
    Signal.SAVED: Cue(colours=GREEN, light="####....", sound="hhh"),
    Signal.AGAIN: Cue(
        colours=YELLOW, light="###.###..........", sound="lllll..lllll", words="请重拍"
    ),
    Signal.SAME: Cue(
        colours=YELLOW,
        light="##########..........",
        sound="mmm..mmm",
        words="与上一页相同？踩下保留，按黄键撤销",
    ),
    Signal.DECIDE: Cue(
        colours=BLUE, light="######......", sound="lll..mmm..hhh", words="请核对后再继续"
    ),
    Signal.NOT_SAVED: Cue(
        colours=RED,
        light="#",
        sound="hhhhhhmmmmmmllllll..........",
        insists=True,
        words="未保存，请停止",
    ),
    Signal.WAIT: Cue(
        colours=WHITE, light="#.#.", lasts=False, sound="m.m", aside=True, words="请稍等"
    ),
    Signal.OFF: Cue(sound="h..h..h", words="可以断电"),
}


def beside(cue: Cue, aside: Cue, ticks: int) -> Cue:
    """`aside` as given `ticks` after `cue`: the rest of that sound and a pause go before it."""
    rest = cue.sound[ticks:]
    before = rest + "." * PAUSE_TICKS if rest else ""
    return msgspec.structs.replace(
        aside, light="." * len(before) + aside.light, sound=before + aside.sound
    )


def spoken(signal: Signal, words: str) -> str:
    """What is said: the caller's words, else the signal's own; may be nothing."""
    return words or CUES[signal].words
