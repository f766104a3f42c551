import tomllib

import cv2
import msgspec
import numpy as np
import pytest

from firmware_config.errors import InputError, UsageError
from firmware_config.schema import Lens
from station.cli import dispatch
from tests.station.imaging.test_board import LEANING, LENS, photographed


@pytest.fixture(scope="module")
def photographs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("board")
    paths = []
    for number, lean in enumerate(LEANING):
        path = folder / f"{number}.png"
        cv2.imwrite(str(path), photographed(*lean))
        paths.append(str(path))
    return paths


def test_photographs_of_the_board_give_a_section_the_configuration_takes(photographs, capsys):
    assert dispatch(["calibrate", "lens", *photographs]) == 0

    told = tomllib.loads(capsys.readouterr().out)
    lens = msgspec.convert(told["camera"]["lens"], Lens)
    assert lens.focal_share == pytest.approx(LENS.focal_share, rel=0.01)
    assert lens.k1 == pytest.approx(LENS.k1, abs=0.01)


def test_a_picture_without_the_board_is_told_and_not_counted(photographs, tmp_path, capsys):
    other = tmp_path / "desk.png"
    cv2.imwrite(str(other), np.full((1050, 1400), 120, np.uint8))

    dispatch(["calibrate", "lens", *photographs, str(other)])

    assert f"# {other}：看不清标定板" in capsys.readouterr().out


@pytest.mark.parametrize("count", [1, 5])
def test_too_few_photographs_are_refused_with_exit_code_74(photographs, count):
    with pytest.raises(InputError) as refused:
        dispatch(["calibrate", "lens", *photographs[:count]])

    assert refused.value.exit_code == 74
    assert "至少要6张" in refused.value.hint


def test_photographs_of_two_sizes_are_refused(photographs, tmp_path):
    other = tmp_path / "small.png"
    cv2.imwrite(str(other), np.full((105, 140), 120, np.uint8))

    with pytest.raises(InputError, match="another size"):
        dispatch(["calibrate", "lens", photographs[0], str(other)])


def test_the_board_is_printed_on_a_page_of_a4(tmp_path):
    path = tmp_path / "board.pdf"

    assert dispatch(["calibrate", "lens", "--print", str(path)]) == 0

    assert path.read_bytes().startswith(b"%PDF")
    assert b"/MediaBox [ 0 0 595" in path.read_bytes()


def test_neither_photographs_nor_a_file_to_print_to_is_a_wrong_call():
    with pytest.raises(UsageError):
        dispatch(["calibrate", "lens"])
