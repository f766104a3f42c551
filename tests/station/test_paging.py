import cv2
import numpy as np
import pytest

from station.imaging.picture import decode
from station.imaging.stand import Stand
from station.model import Frame, Line, Text
from station.paging import pages_of
from tests.station.imaging.test_orientation import TeeReader, page


class Mumbling(TeeReader):
    """Tells surely how a page lies, and reads it badly whichever way it is given."""

    model = "mumbling"

    def read(self, image: np.ndarray) -> Text:
        box = ((5.0, 5.0), (95.0, 5.0), (95.0, 20.0), (5.0, 20.0))
        return Text(
            lines=(Line(text="土地承包", score=0.55, box=box),), engine="", model=self.model
        )


class Lost(Mumbling):
    """Sees no line from afar."""

    def boxes(self, image, side_px):
        return []


def read(engine, image) -> tuple[int, Text]:
    """How far the page was turned back, and its text."""
    data = cv2.imencode(".png", image)[1].tobytes()
    frame = Frame(
        item=1, shot=1, digest="", size_bytes=len(data), media_type="image/png", source=""
    )
    picture = decode(data, maximum_megapixels=50)
    [(found, text)] = pages_of(frame, picture, engine, Stand(), keep=lambda _: "")
    turned = [int(step.split()[1]) for step in found.steps if step.startswith("turned")]
    return sum(turned), text


@pytest.mark.parametrize("deg", [0, 180])
def test_a_page_that_surely_stands_upright_is_not_read_on_its_head(deg):
    lying = np.ascontiguousarray(np.rot90(page(columns=False), -deg // 90))
    turned, text = read(Mumbling(), lying)
    assert turned == deg
    assert text.needs_person
    assert not any(way.startswith("turned") for way in text.tried)


def test_a_page_whose_way_up_is_unknown_is_read_badly_all_ways_and_goes_to_a_person():
    turned, text = read(Lost(), page(columns=False))
    assert turned == 0
    assert text.needs_person
    assert {"turned 180", "turned 90", "turned 270"} <= set(text.tried)
