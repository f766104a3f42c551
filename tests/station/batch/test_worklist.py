"""What a batch reads: exports, folders and lists."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_config.errors import InputError
from station.batch.worklist import Master, in_tasks, masters
from station.store import Store
from tests.station import test_exporting as exporting


def put(path: Path, data: bytes = b"picture") -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def exported(folder: Path) -> list[Master]:
    """An export with two masters, copies made of them, and its list as sha256sum writes it."""
    names = ("master/WS-1/WS-1-0001.jpg", "master/WS-1/WS-1-0002.jpg")
    digests = [put(folder / name, name.encode()) for name in names]
    put(folder / "access/WS-1/WS-1-0001.jpg")
    put(folder / "thumbnail/WS-1/WS-1-0001.jpg")
    put(folder / "pages.csv")
    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    sums = subprocess.run(["sha256sum", *files], cwd=folder, capture_output=True, check=True)
    (folder / "SHA256SUMS").write_bytes(sums.stdout)
    return [
        Master(path=str(folder / name), digest=digest)
        for name, digest in zip(names, digests, strict=True)
    ]


def test_an_export_gives_its_masters_with_their_digests_and_no_copy(tmp_path):
    expected = exported(tmp_path)

    assert list(masters(tmp_path)) == expected


def test_what_the_station_exports_is_what_the_batch_reads(tmp_path):
    with Store.open(tmp_path / "home", station="st-001") as store:
        exporting.sealed(store)
        exporting.run(store, tmp_path / "export", archival="tiff")
        kept = {digest for (digest,) in store.rows("select digest from frame")}

    found = list(masters(tmp_path / "export"))

    assert {master.digest for master in found} == kept
    assert all(Path(master.path).is_file() for master in found)


def test_the_exports_of_many_villages_stand_in_one_folder_beside_plain_pictures(tmp_path):
    one, ten = exported(tmp_path / "village 2"), exported(tmp_path / "village 10")
    put(tmp_path / "loose.png")

    found = list(masters(tmp_path))

    assert found == [Master(path=str(tmp_path / "loose.png")), *one, *ten]


def test_a_folder_gives_its_pictures_in_the_order_of_people(tmp_path):
    for name in ("10.jpg", "2.jpg", "b/1.tif", "notes.txt", ".hidden.jpg", "b/.trash/3.jpg"):
        put(tmp_path / name)

    names = [os.path.relpath(master.path, tmp_path) for master in masters(tmp_path)]

    assert names == ["2.jpg", "10.jpg", "b/1.tif"]


def test_a_picture_of_a_kind_that_is_not_read_is_not_passed_over(tmp_path):
    put(tmp_path / "deed.pdf")

    assert [Path(master.path).name for master in masters(tmp_path)] == ["deed.pdf"]


def test_a_link_back_to_the_folder_is_not_walked_for_ever(tmp_path):
    put(tmp_path / "1.jpg")
    (tmp_path / "again").symlink_to(tmp_path)

    assert len(list(masters(tmp_path))) == 1


@given(name=st.text(st.characters(blacklist_characters="/\0", codec="utf-8"), min_size=1))
def test_a_list_gives_back_every_name_that_sha256sum_can_write(name, tmp_path_factory):
    folder = tmp_path_factory.mktemp("listed")
    special = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
    mark = "\\" if set(name) & set(special) else ""
    escaped = "".join(special.get(letter, letter) for letter in name)
    (folder / "list").write_text(f"{mark}{'a' * 64}  of {escaped}.jpg\n", "utf-8", newline="")

    (found,) = masters(folder / "list")

    assert found == Master(path=str(folder / f"of {name}.jpg"), digest="a" * 64)


def test_a_list_that_sha256sum_did_not_write_is_refused_with_its_line(tmp_path):
    (tmp_path / "list").write_text(f"{'a' * 64}  1.jpg\nsome words\n")

    with pytest.raises(InputError, match="line 2"):
        list(masters(tmp_path / "list"))


def test_a_folder_that_is_gone_is_an_error_of_ours(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        list(masters(tmp_path / "gone"))


def test_the_work_list_is_never_in_memory_as_a_whole():
    endless = (Master(path=str(number)) for number in iter(int, 1))

    tasks = in_tasks(endless, 3)

    assert [len(next(tasks)), len(next(tasks))] == [3, 3]


def test_the_last_task_is_as_long_as_what_is_left():
    tasks = in_tasks([Master(path=str(number)) for number in range(5)], 2)

    assert [len(task) for task in tasks] == [2, 2, 1]
