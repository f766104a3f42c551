"""What `station export` leaves in a folder, and what a second run does."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest

from firmware_config.errors import StorageError
from firmware_config.schema import Export
from station.exporting import export
from station.model import Exposure
from station.store import Store, frames, pages, records
from tests.station.imaging import drawings
from tests.station.store.samples import an_item, page, spread, text

CODE = "Z109-WS.2011.Y-0001"


@pytest.fixture
def store(tmp_path: Path):
    with Store.open(tmp_path / "home", station="st-001") as store:
        yield store


def picture(level: int) -> bytes:
    pixels = np.full((120, 90, 3), level, np.uint8)
    return cv2.imencode(".png", pixels)[1].tobytes()


def sealed(store: Store) -> int:
    """An item of a page, an open book of two pages, and a page that could not be read."""
    item = an_item(store).id
    for level in (200, 210, 220):
        shot = Exposure(data=picture(level), media_type="image/png", source="test")
        frame = frames.keep(store, item, shot)
        image = store.spool.keep(cv2.imencode(".jpg", np.full((80, 60, 3), level))[1].tobytes())
        shown = msgspec.structs.replace(page(frame, image=image), width_px=60, height_px=80)
        if level == 200:
            pages.add_pages(store, [(shown, text("关于任命"))])
        elif level == 210:
            parts = spread(frame, "右页", "左页")
            replaced = [(msgspec.structs.replace(p, image=image), said) for p, said in parts]
            pages.add_pages(store, replaced)
        else:
            pages.add_failure(store, frame, "half a picture")
    frames.close_item(store, item)
    records.seal(store, item, title="关于任命")
    return item


def darkening_to_the_right() -> bytes:
    light = np.linspace(1.0, 0.7, 900)[None, :, None]
    return cv2.imencode(".jpg", (drawings.page()[0] * light).astype(np.uint8))[1].tobytes()


def right_over_left(pixels: np.ndarray) -> float:
    return float(np.median(pixels[:, -60:]) / np.median(pixels[:, :60]))


def one_page(store: Store, data: bytes) -> None:
    item = an_item(store).id
    frame = frames.keep(store, item, Exposure(data=data, media_type="image/jpeg", source="test"))
    pages.add_pages(store, [(page(frame, image=store.spool.keep(data)), text("关于任命"))])
    frames.close_item(store, item)
    records.seal(store, item, title="关于任命")


def run(store: Store, folder: Path, **settings: object) -> int:
    done = export(store, folder, Export(**settings), codes=set())
    return sum(page.written for page in done)


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_files_are_named_by_code_and_serial_and_an_open_book_has_one_master(store, tmp_path):
    sealed(store)
    run(store, tmp_path / "out", archival="tiff")
    numbers = {"master": (1, 2, 4), "archival": (1, 2, 3), "access": (1, 2, 3)}
    endings = {"master": "png", "archival": "tif", "access": "jpg"}
    expected = {
        f"{copy}/{CODE}/{CODE}-{number:04d}.{endings[copy]}"
        for copy, those in numbers.items()
        for number in those
    }
    expected |= {f"thumbnail/{CODE}/{CODE}-{number:04d}.jpg" for number in (1, 2, 3)}
    assert files(tmp_path / "out") == expected | {"pages.csv", "SHA256SUMS"}


def test_a_master_goes_out_byte_for_byte(store, tmp_path):
    sealed(store)
    run(store, tmp_path / "out")
    assert (tmp_path / "out/master" / CODE / f"{CODE}-0001.png").read_bytes() == picture(200)


def test_the_access_copy_is_evenly_lit_and_the_archival_copy_is_the_page(store, tmp_path):
    shown = darkening_to_the_right()
    one_page(store, shown)
    run(store, tmp_path / "out", archival="tiff")
    run(store, tmp_path / "plain", access_restored=False)
    archival, access = (
        cv2.imread(str(tmp_path / f"out/{copy}" / CODE / f"{CODE}-0001.{ending}"))
        for copy, ending in (("archival", "tif"), ("access", "jpg"))
    )
    plain = cv2.imread(str(tmp_path / "plain/access" / CODE / f"{CODE}-0001.jpg"))
    assert np.array_equal(archival, cv2.imdecode(np.frombuffer(shown, np.uint8), 1))
    assert right_over_left(plain) < 0.75
    assert right_over_left(access) > 0.95


def test_the_sums_hold_and_notice_a_changed_byte(store, tmp_path):
    sealed(store)
    folder = tmp_path / "out"
    run(store, folder)
    verify = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    assert subprocess.run(verify, cwd=folder, check=False, capture_output=True).returncode == 0
    thumbnail = folder / "thumbnail" / CODE / f"{CODE}-0001.jpg"
    thumbnail.write_bytes(thumbnail.read_bytes() + b"\0")
    assert subprocess.run(verify, cwd=folder, check=False, capture_output=True).returncode == 1


def test_the_table_has_a_row_for_each_page_and_names_its_master(store, tmp_path):
    sealed(store)
    run(store, tmp_path / "out")
    with (tmp_path / "out/pages.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    masters = [row["主文件"].removesuffix(".png")[-4:] for row in rows]
    assert masters == ["0001", "0002", "0002", "0004"]
    assert rows[3]["判定"] == "half a picture"


def test_a_second_run_writes_nothing_anew_but_a_damaged_master(store, tmp_path):
    sealed(store)
    folder = tmp_path / "out"
    assert run(store, folder) > 0
    assert run(store, folder) == 0
    master = folder / "master" / CODE / f"{CODE}-0001.png"
    master.write_bytes(b"damaged")
    assert run(store, folder) == 1
    assert master.read_bytes() == picture(200)


def test_what_is_not_sealed_stays_inside(store, tmp_path):
    frames.keep(
        store,
        an_item(store).id,
        Exposure(data=picture(9), media_type="image/png", source="test"),
    )
    assert run(store, tmp_path / "out") == 0
    assert files(tmp_path / "out") == {"pages.csv", "SHA256SUMS"}


def test_a_folder_that_cannot_be_written_is_a_clear_error(store, tmp_path):
    sealed(store)
    (tmp_path / "out").write_text("a file in the way")
    with pytest.raises(StorageError, match="export"):
        run(store, tmp_path / "out")
