"""PiCamera over a fake Picamera2, in a process of its own where that name means the fake."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from firmware_config.errors import CameraError, ConfigError
from firmware_config.schema import Camera
from station.capture.picamera2 import locks, nv12_as_jpeg, one_jpeg

FAKE = Path(__file__).parents[2] / "doubles" / "fake_camera"
SCRIPT = """
import json, sys
from pathlib import Path
from firmware_config.errors import OurError
from firmware_config.schema import Camera
from station.capture.picamera2 import PiCamera
settings, shots, out = json.loads(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
try:
    camera = PiCamera(Camera(driver="picamera2", **settings))
    for shot in range(shots):
        (out / f"{shot}.jpg").write_bytes(camera.expose().data)
    camera.close()
except OurError as error:
    print(json.dumps([type(error).__name__, error.exit_code, error.message, error.hint]))
"""


def run(tmp_path, connected="", *, shots=1, library=FAKE, **settings):
    """What went wrong (or None), what was asked of the library, and the pictures taken."""
    log = tmp_path / "log"
    environment = dict(os.environ, FAKE_CAMERA=connected, FAKE_CAMERA_LOG=str(log))
    environment["PYTHONPATH"] = str(library)
    wanted = json.dumps({"width_px": 642, "height_px": 480, **settings})
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, wanted, str(shots), str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    asked = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    frames = [path.read_bytes() for path in sorted(tmp_path.glob("*.jpg"))]
    return json.loads(done.stdout) if done.stdout else None, asked, frames


def stored(data):
    """Y, Cb and Cr of a JPEG as they stand in it, not clipped by a way through RGB."""
    with Image.open(io.BytesIO(data)) as picture:
        picture.draft("YCbCr", picture.size)
        assert (picture.format, picture.mode) == ("JPEG", "YCbCr")
        return np.asarray(picture, dtype=int)


def calls(asked):
    return [fact["call"] for fact in asked]


def test_a_frame_is_taken_after_the_press_within_the_time_allowed(tmp_path):
    wrong, asked, frames = run(tmp_path, timeout_s=4.0)

    assert wrong is None
    assert asked[1] == {"call": "capture", "wait": 4.0, "flush": True}
    assert Image.open(io.BytesIO(frames[0])).size == (642, 480)
    assert calls(asked)[-1] == "close"


def test_the_camera_runs_queued_in_still_mode_with_more_than_one_buffer(tmp_path):
    _, asked, _ = run(tmp_path)

    assert asked[0]["queue"] is True
    assert asked[0]["buffers"] >= 2
    assert asked[0]["main"] == {"format": "YUV420", "size": [642, 480]}


def test_each_request_is_given_back(tmp_path):
    wrong, _, frames = run(tmp_path, shots=3)

    assert wrong is None
    assert len(set(frames)) == 3


@pytest.mark.parametrize("given", ["YUV420", "BGR888", "NV12", "MJPEG"])
def test_whatever_format_the_camera_gives_a_jpeg_comes_out(tmp_path, given):
    wrong, _, frames = run(tmp_path, given, jpeg_quality=90)

    assert wrong is None
    assert abs(stored(frames[0])[10, 10, 0] - 40) <= 1
    assert frames[0].endswith(b"\xff\xd9")


def test_the_quality_asked_for_is_the_quality_given(tmp_path):
    (tmp_path / "coarse").mkdir()
    (tmp_path / "fine").mkdir()
    _, _, (coarse,) = run(tmp_path / "coarse", jpeg_quality=75)
    _, _, (fine,) = run(tmp_path / "fine", jpeg_quality=98)

    tables = [Image.open(io.BytesIO(data)).quantization[0] for data in (coarse, fine)]
    assert sum(tables[0]) > 2 * sum(tables[1])


def test_a_format_that_no_jpeg_can_hold_is_refused_at_the_start(tmp_path):
    wrong, asked, _ = run(tmp_path, "SRGGB12")

    assert wrong[0] == "DriverError"
    assert "SRGGB12" in wrong[2]
    assert calls(asked)[-1] == "close"


@pytest.mark.parametrize(("connected", "words"), [("none", "no camera"), ("busy", "opened")])
def test_a_camera_that_is_missing_or_busy_is_a_driver_error(tmp_path, connected, words):
    wrong, _, _ = run(tmp_path, connected)

    assert wrong[:2] == ["DriverError", 78]
    assert words in wrong[2]
    assert "相机" in wrong[3]


def test_a_library_that_is_missing_is_named(tmp_path):
    (tmp_path / "picamera2.py").write_text("import libcamera_that_is_not_here\n")

    wrong, _, _ = run(tmp_path, library=tmp_path)

    assert wrong[:2] == ["DriverError", 78]
    assert "'libcamera_that_is_not_here'" in wrong[2]


def test_no_frame_in_time_is_a_camera_error_and_the_late_one_is_not_kept(tmp_path):
    wrong, asked, _ = run(tmp_path, "silent", timeout_s=1.5)

    assert wrong[:2] == ["CameraError", 74]
    assert "within 1.5 s" in wrong[2]
    assert calls(asked)[-1] == "flush"


def test_a_camera_that_is_unplugged_is_a_camera_error(tmp_path):
    wrong, _, _ = run(tmp_path, "unplugged")

    assert wrong[:2] == ["CameraError", 74]


def test_the_lens_is_held_where_the_settings_put_it(tmp_path):
    _, asked, _ = run(tmp_path, "autofocus", lens_position_dioptre=3.2)

    assert asked[0]["controls"] == {"AfMode": 0, "LensPosition": 3.2}


def test_a_lens_that_is_not_set_focuses_by_itself(tmp_path):
    _, asked, _ = run(tmp_path, "autofocus")

    assert asked[0]["controls"] == {"AfMode": 2}


def test_exposure_and_white_balance_are_locked_where_they_are_set():
    settings = Camera(
        driver="picamera2", exposure_us=8000, analogue_gain=1.0, colour_gains=(2.0, 1.5)
    )
    offered = {"AeEnable", "ExposureTime", "AnalogueGain", "AwbEnable", "ColourGains"}

    assert locks(settings, offered) == {
        "AeEnable": False,
        "ExposureTime": 8000,
        "AnalogueGain": 1.0,
        "AwbEnable": False,
        "ColourGains": (2.0, 1.5),
    }


def test_gain_stays_automatic_when_only_the_exposure_is_set():
    settings = Camera(driver="picamera2", exposure_us=8000)

    assert locks(settings, {"ExposureTime", "AeEnable"}) == {"ExposureTime": 8000}


def test_a_lock_that_the_camera_does_not_know_is_a_wrong_configuration():
    settings = Camera(driver="picamera2", exposure_us=8000)

    with pytest.raises(ConfigError, match="ExposureTime"):
        locks(settings, {"AwbEnable"})


def test_nv12_keeps_its_full_range_and_its_colours():
    width_px, height_px, stride = 16, 8, 64
    rows = np.zeros((height_px * 3 // 2, stride), dtype=np.uint8)
    rows[:height_px, :width_px] = np.linspace(0, 255, width_px, dtype=np.uint8)
    rows[height_px:, 0:width_px:2] = 128
    rows[height_px:, 1:width_px:2] = 140

    data = nv12_as_jpeg(rows.ravel(), {"size": (width_px, height_px), "stride": stride}, 100)

    picture = stored(data)
    assert picture.shape == (height_px, width_px, 3)
    assert abs(picture[:, :, 0] - rows[:height_px, :width_px]).max() <= 3
    assert abs(picture[:, :, 1] - 128).max() <= 3
    assert abs(picture[:, :, 2] - 140).max() <= 3


def test_an_mjpeg_buffer_without_an_end_is_a_camera_error():
    with pytest.raises(CameraError, match="without an end"):
        one_jpeg(b"\xff\xd8\xff\xda\x00\x01")
