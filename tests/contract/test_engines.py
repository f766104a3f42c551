"""What every engine must do, whoever it is."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import cv2
import numpy as np
import pytest

from firmware_config.drivers import load
from firmware_config.errors import ConfigError, EngineError
from firmware_config.schema import Ocr
from station.model import Line, Quad, Text
from station.ocr import weights
from station.ocr.engine import Engine, Image
from station.ocr.replay import record


def page(words: str = "LAND 1987 No 42") -> Image:
    image = np.full((300, 800, 3), 245, np.uint8)
    cv2.putText(image, words, (40, 170), cv2.FONT_HERSHEY_SIMPLEX, 2.0, (20, 20, 20), 4)
    return image


PAGES = {
    "written": page(),
    "empty": np.full((300, 800, 3), 245, np.uint8),
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "a strip": np.full((3, 900, 3), 200, np.uint8),
}


class Scribe:
    """Reads the same on every page."""

    model = "scribe"

    def __init__(self, settings: Ocr | None = None) -> None:
        pass

    def read(self, image: Image) -> Text:
        box = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
        line = Line(text="LAND 1987 No 42", score=0.9, box=box)
        return Text(lines=(line,), engine="scribe 1", model=self.model)

    def boxes(self, image: Image, side_px: int) -> list[Quad]:
        return []

    def read_strip(self, strip: Image) -> tuple[str, float]:
        return "LAND 1987 No 42", 0.9


def paddle(_: Path) -> Engine:
    if not (weights.default_folder() / weights.SET).is_dir():
        pytest.skip("OCR weights are absent: run `station models install`")
    engine: Engine = load("station.engines", "paddle")(Ocr(driver="paddle"))
    return engine


def replay(folder: Path) -> Engine:
    for image in PAGES.values():
        record(Scribe(), folder, image)
    engine: Engine = load("station.engines", "replay")(Ocr(driver="replay", replay=str(folder)))
    return engine


def blank(_: Path) -> Engine:
    engine: Engine = load("station.engines", "blank")(Ocr(driver="blank"))
    return engine


@pytest.fixture(
    scope="module",
    params=[pytest.param(paddle, marks=pytest.mark.ocr, id="paddle"), replay, blank],
)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    make: Callable[[Path], Engine] = request.param
    return make(tmp_path_factory.mktemp("engine"))


def test_every_engine_there_is_stands_in_this_suite() -> None:
    known = {entry.name for entry in entry_points(group="station.engines")}
    assert known == {"paddle", "replay", "blank", "faulty"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_any_size_becomes_a_text_that_names_its_reader(engine: Engine, name: str) -> None:
    text = engine.read(PAGES[name])
    assert text.engine
    # A record names the weights that were recorded, not itself.
    assert text.model == (Scribe.model if engine.model == "recorded" else engine.model) != ""


def test_a_text_leaves_to_others_what_is_not_the_engines(engine: Engine) -> None:
    text = engine.read(PAGES["written"])
    assert (text.grids, text.tried, text.needs_person) == ((), (), False)
    for line in text.lines:
        assert len(line.certainty) in (0, len(line.text))
        assert all(0 <= percent <= 100 for percent in line.certainty)


def test_lines_hold_writing_with_a_score_and_a_box_within_the_page(engine: Engine) -> None:
    image = PAGES["written"]
    height, width = image.shape[:2]
    for line in engine.read(image).lines:
        assert line.text.strip()
        assert 0.0 <= line.score <= 1.0
        assert all(0 <= x <= width and 0 <= y <= height for x, y in line.box)
        (left, top), _, (right, bottom), _ = line.box
        assert left < right
        assert top < bottom


def test_certainty_is_unknown_or_a_percentage_for_each_character(engine: Engine) -> None:
    for line in engine.read(PAGES["written"]).lines:
        assert len(line.certainty) in {0, len(line.text)}
        assert all(0 <= percent <= 100 for percent in line.certainty)


@pytest.mark.parametrize("name", PAGES)
def test_a_strip_of_any_size_gives_characters_and_a_score(engine: Engine, name: str) -> None:
    text, score = engine.read_strip(PAGES[name])
    assert 0.0 <= score <= 1.0
    assert bool(text) <= bool(score)


@pytest.mark.parametrize("name", PAGES)
def test_lines_are_looked_for_on_a_page_of_any_size(engine: Engine, name: str) -> None:
    height, width = PAGES[name].shape[:2]
    for box in engine.boxes(PAGES[name], 640):
        assert all(0 <= x <= width and 0 <= y <= height for x, y in box)


def test_a_page_reads_the_same_twice_and_is_left_as_it_was(engine: Engine) -> None:
    image = PAGES["written"].copy()
    first = engine.read(image)
    assert engine.read(image) == first
    assert np.array_equal(image, PAGES["written"])


@pytest.mark.ocr
def test_paddle_reads_what_is_written_and_nothing_where_nothing_is() -> None:
    engine = paddle(Path())
    assert engine.read(PAGES["written"]).plain.replace(" ", "") == "LAND1987No42"
    assert engine.read(PAGES["empty"]).lines == ()


def test_replay_gives_back_what_was_recorded(tmp_path: Path) -> None:
    engine = replay(tmp_path)
    assert engine.read(PAGES["written"]) == Scribe().read(PAGES["written"])


def test_replay_does_not_know_a_page_of_other_pixels_or_another_shape(tmp_path: Path) -> None:
    engine = replay(tmp_path)
    for image in (page("LAND 1988 No 42"), PAGES["written"].reshape(800, 300, 3)):
        with pytest.raises(EngineError, match="no recorded text"):
            engine.read(image)


def test_replay_refuses_a_record_that_is_not_a_text(tmp_path: Path) -> None:
    engine = replay(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(b'{"lines": 3}')
    with pytest.raises(EngineError, match="is not a recorded text"):
        engine.read(PAGES["written"])


def test_replay_without_a_folder_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match=r"ocr\.replay"):
        load("station.engines", "replay")(Ocr(driver="replay"))


def faulty(fault: str) -> Engine:
    engine: Engine = load("station.engines", "faulty")(Ocr(driver="faulty", replay=fault))
    return engine


ASK: dict[str, tuple[str, tuple[int, ...]]] = {
    "a page": ("read", ()),
    "its lines": ("boxes", (640,)),
    "a strip": ("read_strip", ()),
}
FAULTS = ("crash", "hang", "memory", "error")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_waits_for_a_page_and_names_no_weights(fault: str) -> None:
    assert faulty(fault).model == "none"


@pytest.mark.parametrize("asked", ASK)
def test_faults_that_can_be_caught_are_raised(asked: str) -> None:
    method, more = ASK[asked]
    with pytest.raises(EngineError):
        getattr(faulty("error"), method)(PAGES["empty"], *more)
    with pytest.raises(MemoryError):
        getattr(faulty("memory"), method)(PAGES["empty"], *more)


def test_an_unknown_fault_is_a_configuration_error() -> None:
    with pytest.raises(ConfigError, match="unknown fault 'fire'"):
        faulty("fire")


SCRIPT = """
import numpy as np
from firmware_config.schema import Ocr
from station.ocr.faulty import FaultyEngine
engine = FaultyEngine(Ocr(driver="faulty", replay="{fault}"))
engine.{method}(np.zeros((1, 1, 3), np.uint8), *{more})
"""


def command(fault: str, asked: str) -> list[str]:
    method, more = ASK[asked]
    return [sys.executable, "-c", SCRIPT.format(fault=fault, method=method, more=more)]


@pytest.mark.parametrize("asked", ASK)
def test_a_crash_ends_the_process_as_a_kill_for_memory_does(asked: str) -> None:
    assert subprocess.run(command("crash", asked), check=False).returncode == 137


@pytest.mark.parametrize("asked", ASK)
def test_a_hang_lasts_until_somebody_ends_it(asked: str) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(command("hang", asked), check=False, timeout=2)
