import numpy as np
import pytest

from station.imaging.crossed import written_through
from station.imaging.edges import at_working_size, scene
from station.imaging.find import CROSSED
from tests.station.imaging.test_find import UPRIGHT, blank_desk, laid, written_page


@pytest.fixture(scope="module")
def seen():
    return scene(*at_working_size(laid(written_page(), UPRIGHT, blank_desk())))


def in_working_px(seen, quad):
    return ((np.asarray(quad) + 0.5) / seen.factor - 0.5).astype(np.float32)


def test_the_edges_of_a_sheet_run_through_no_writing(seen):
    assert written_through(seen, in_working_px(seen, UPRIGHT)) < CROSSED / 4


@pytest.mark.parametrize("side", range(4))
def test_a_side_laid_across_the_lines_is_no_edge(seen, side):
    inward = UPRIGHT.mean(axis=0) - UPRIGHT
    moved = UPRIGHT + 0.35 * inward * np.isin(range(4), (side, (side + 1) % 4))[:, None]

    assert written_through(seen, in_working_px(seen, moved)) > CROSSED


def test_a_side_in_the_margin_cuts_no_writing(seen):
    inward = UPRIGHT.mean(axis=0) - UPRIGHT

    assert written_through(seen, in_working_px(seen, UPRIGHT + 0.04 * inward)) < CROSSED


@pytest.mark.parametrize("quad", [np.zeros((4, 2)), np.full((4, 2), -50.0)])
def test_a_quad_that_shows_nothing_runs_through_nothing(seen, quad):
    assert written_through(seen, quad.astype(np.float32)) == 0.0
