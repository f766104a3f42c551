import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.errors import ConfigError
from firmware_config.schema import Controls
from station.controls.script import ScriptControls, steps
from station.model import PressKind


def script(tmp_path, text: str | bytes, **arguments) -> ScriptControls:
    path = tmp_path / "script"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return ScriptControls(Controls(driver="script", script=str(path)), **arguments)


def test_every_press_has_a_word(tmp_path):
    words = "\n".join(kind.value for kind in PressKind)

    presses = list(script(tmp_path, words).presses())

    assert [press.kind for press in presses] == list(PressKind)


def test_comments_and_empty_lines_are_nothing(tmp_path):
    text = "# two pages\n\npage  # the first\n  page\r\n"

    assert [press.kind for press in script(tmp_path, text).presses()] == ["page", "page"]


def test_waiting_is_left_to_the_clock_that_was_given(tmp_path):
    slept = []
    controls = script(tmp_path, "wait 0.5\npage", clock=lambda: 12.5, sleep=slept.append)

    (press,) = controls.presses()

    assert slept == [0.5]
    assert press.at_s == 12.5


@pytest.mark.parametrize(
    "line", ["pag", "page page", "wait", "wait soon", "wait -1", "wait nan", "wait inf", "页"]
)
def test_an_unknown_word_is_refused_with_its_line_before_the_first_press(tmp_path, line):
    with pytest.raises(ConfigError, match=r"script line 3: .*is not one of page"):
        script(tmp_path, f"page\n# comment\n{line}\n")


def test_the_keyboard_is_read_as_it_is_typed():
    typed = io.StringIO("page\nretake\nnonsense\n")
    controls = ScriptControls(Controls(driver="script", script="-"), keyboard=typed)

    presses = controls.presses()

    assert next(presses).kind is PressKind.PAGE
    assert next(presses).kind is PressKind.RETAKE
    with pytest.raises(ConfigError, match="stdin line 3"):
        next(presses)


def test_a_script_that_is_absent_not_named_or_not_text_is_a_wrong_configuration(tmp_path):
    with pytest.raises(ConfigError, match="not set"):
        ScriptControls(Controls(driver="script"))
    with pytest.raises(ConfigError, match="cannot read"):
        ScriptControls(Controls(driver="script", script=str(tmp_path / "nowhere")))
    with pytest.raises(ConfigError, match="not UTF-8"):
        script(tmp_path, b"page\n\xff\xfe\n")


def test_whoever_watches_is_told_between_presses(tmp_path):
    told = []
    controls = script(tmp_path, "page\npage", idle=lambda: told.append("alive"))

    list(controls.presses())

    assert told == ["alive", "alive"]


@given(st.lists(st.text(max_size=12)))
def test_any_text_is_steps_or_a_wrong_configuration(lines):
    try:
        done = list(steps(lines, "script"))
    except ConfigError:
        return
    assert all(isinstance(step, PressKind) or step >= 0 for step in done)
