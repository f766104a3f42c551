import io
import threading

import pytest
from PIL import Image

from firmware_config.errors import CameraError, ConfigError
from firmware_config.schema import Camera
from station.capture.faulty import FaultyCamera


def camera(fault: str) -> FaultyCamera:
    return FaultyCamera(Camera(driver="faulty", folder=fault))


def test_every_third_shot_fails_and_the_others_do_not():
    faulty = camera("every-third")

    outcomes = []
    for _ in range(7):
        try:
            outcomes.append(bool(faulty.expose().data))
        except CameraError:
            outcomes.append(None)

    assert outcomes == [True, True, None, True, True, None, True]


def test_a_truncated_picture_begins_well_and_does_not_load():
    data = camera("truncated").expose().data

    with Image.open(io.BytesIO(data)) as picture, pytest.raises(OSError, match="truncated"):
        picture.load()


def test_an_empty_picture_has_no_byte():
    assert camera("empty").expose().data == b""


def test_a_hanging_camera_hangs_until_it_is_closed():
    faulty = camera("hang")
    ended = threading.Event()

    def press():
        with pytest.raises(CameraError):
            faulty.expose()
        ended.set()

    threading.Thread(target=press, daemon=True).start()
    assert not ended.wait(0.1)
    faulty.close()

    assert ended.wait(5)


def test_an_unknown_fault_is_refused_with_those_that_are_known():
    with pytest.raises(ConfigError, match="every-third"):
        camera("gremlins")
