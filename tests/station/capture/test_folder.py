import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.errors import CameraError, ConfigError
from firmware_config.schema import Camera
from station.capture.folder import FolderCamera, NoMorePictures, natural, pictures


def camera(folder: Path) -> FolderCamera:
    return FolderCamera(Camera(driver="folder", folder=str(folder)))


def fill(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def test_pictures_come_in_the_order_people_count_in(tmp_path):
    fill(tmp_path, "page10.jpg", "page2.JPG", "Page1.png", "page03.tif")

    assert [path.name for path in pictures(tmp_path)] == [
        "Page1.png",
        "page2.JPG",
        "page03.tif",
        "page10.jpg",
    ]


def test_a_folders_own_pictures_come_before_those_of_its_folders(tmp_path):
    fill(tmp_path, "件2/1.jpg", "件10/1.jpg", "件2/附件/1.jpg", "z.jpg")

    found = [str(path.relative_to(tmp_path)) for path in pictures(tmp_path)]

    assert found == ["z.jpg", "件2/1.jpg", "件2/附件/1.jpg", "件10/1.jpg"]


def test_hidden_files_and_what_is_no_picture_are_left_out(tmp_path):
    fill(tmp_path, "1.jpg", ".2.jpg", "._1.jpg", "notes.txt", "Thumbs.db", ".trash/3.jpg", "jpg")

    assert [path.name for path in pictures(tmp_path)] == ["1.jpg"]


def test_the_bytes_are_those_of_the_file_whatever_they_are(tmp_path):
    (tmp_path / "1.jpg").write_bytes(b"no picture at all\x00\xff")

    exposure = camera(tmp_path).expose()

    assert exposure.data == b"no picture at all\x00\xff"
    assert exposure.media_type == "image/jpeg"
    assert exposure.source == str(tmp_path / "1.jpg")


def test_an_empty_file_is_given_as_it_is(tmp_path):
    (tmp_path / "1.png").touch()

    assert camera(tmp_path).expose().data == b""


def test_after_the_last_picture_there_are_no_more(tmp_path):
    fill(tmp_path, "1.jpg")
    folder = camera(tmp_path)
    folder.expose()

    for _ in range(2):
        with pytest.raises(NoMorePictures, match="no more pictures"):
            folder.expose()


def test_names_that_are_not_unicode_or_very_long_can_be_reported_as_json(tmp_path):
    rude = os.fsencode(tmp_path) + b"/\xb5\xb5\xb0\xb8.jpg"
    Path(os.fsdecode(rude)).write_bytes(b"gbk")
    long = "页" * 83 + ".jpg"
    fill(tmp_path, long)
    folder = camera(tmp_path)

    sources = [folder.expose().source, folder.expose().source]

    assert json.loads(json.dumps(sources).encode("utf-8")) == sources
    assert any(source.endswith(r"\xb5\xb5\xb0\xb8.jpg") for source in sources)
    assert any(source.endswith(long) for source in sources)


def test_an_empty_folder_is_said_with_a_hint(tmp_path):
    with pytest.raises(CameraError, match="no pictures in") as refused:
        camera(tmp_path)

    assert "没有图片" in refused.value.hint


def test_an_absent_folder_or_a_file_is_a_wrong_configuration(tmp_path):
    fill(tmp_path, "1.jpg")
    for folder in (tmp_path / "nowhere", tmp_path / "1.jpg"):
        with pytest.raises(ConfigError, match="is not a folder"):
            camera(folder)


def test_a_folder_that_is_not_named_is_a_wrong_configuration():
    with pytest.raises(ConfigError, match="not set"):
        FolderCamera(Camera(driver="folder"))


def test_a_link_back_to_the_folder_does_not_go_round_for_ever(tmp_path):
    fill(tmp_path, "1.jpg")
    (tmp_path / "again").symlink_to(tmp_path)

    assert len(pictures(tmp_path)) == 1


@given(st.lists(st.text(max_size=20)))
def test_natural_order_is_an_order_on_any_names(names):
    backwards = sorted(names, key=natural, reverse=True)

    assert sorted(backwards, key=natural) == sorted(names, key=natural)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_numbers_in_names_count(one, other):
    ordered = sorted([f"p{one}.jpg", f"p{other}.jpg"], key=natural)

    assert ordered == [f"p{number}.jpg" for number in sorted([one, other])]
