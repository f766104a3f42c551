"""`station import`: the same pipeline over pictures that exist already.

One JSON object a page on stdout with --json, and nothing else there. A picture that cannot be
read is reported and the others go on; the exit code is then 74.
"""

from __future__ import annotations

import argparse
import fcntl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from firmware_config import drivers, load
from firmware_config.errors import EngineError, InputError, OurError, UsageError
from firmware_config.schema import Device
from station.capture.folder import OTHER_KINDS, pictures, printable
from station.commands.running import check_fonds, scanning_year
from station.model import Exposure, Page, Reason, Text
from station.store import Store, frames, listing, pages
from station.store.turn import turn

HELP = "导入：把已有图片或文件夹走完同一流程"
IO_ERROR = 74
_PERSON = "（识读不清，需人工）"
OTHER_KIND = "暂不支持这种图片格式，请先转成 JPEG 再导入。"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How pictures are grouped into items, and where the pipeline stops."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    grouping = parser.add_mutually_exclusive_group()
    grouping.add_argument("--item-per-folder", action="store_true")
    grouping.add_argument("--item-per-file", action="store_true")
    parser.add_argument("--no-sync", action="store_true", help="send nothing now")
    parser.add_argument("--no-ocr", action="store_true", help="stop after judging")


def run(arguments: argparse.Namespace) -> int:
    """Import every picture; returns 74 when one of them could not be read."""
    device = load.device(arguments.config, home=arguments.home)
    check_fonds(device.fonds)
    engine = None
    if not arguments.no_ocr:
        engine = drivers.load("station.engines", device.ocr.driver)(device.ocr)
    with Store.open(Path(device.home), station=device.station) as store, _alone(store):
        for item in listing.left_open(store):
            frames.close_item(store, item)
        importing = Importing(store, device, engine, as_json=arguments.json)
        for group in _groups(arguments, importing):
            importing.item(group)
    if not arguments.no_sync and device.sync.broker_host:
        return _send(arguments) or importing.exit_code
    return importing.exit_code


class Importing:
    """One call of `station import`."""

    def __init__(self, store: Store, device: Device, engine: Any, *, as_json: bool):
        self.store = store
        self.device = device
        self.engine = engine
        self.as_json = as_json
        self.exit_code = 0
        self._open: frames.Item | None = None
        self._pages = 0

    def item(self, group: list[Path]) -> None:
        """One item of the pictures of `group`, sealed at the end; unreadable ones are reported."""
        from station.reading import seal_complete

        self._open = None
        for path in group:
            try:
                with turn(self.store):
                    self.page(path)
            except (InputError, EngineError) as error:
                self.refuse(path, error)
        if self._open is not None:
            frames.close_item(self.store, self._open.id)
            seal_complete(self.store)

    def page(self, path: Path) -> None:
        """One picture: decoded first, so that what is no picture never becomes a frame.

        Raises InputError, and EngineError: the frame is kept then and waits for the reader.
        """
        from station import reading
        from station.imaging.picture import decode, media_type
        from station.imaging.stand import Stand

        data = _bytes(path)
        # Pictures come from anywhere: what was measured of our own camera says nothing of them.
        stand = Stand(settings=self.device.imaging)
        picture = decode(data, maximum_megapixels=stand.settings.maximum_megapixels)
        if self._open is None:
            year = scanning_year(self.device.fonds.year)
            self._open = frames.open_item(self.store, self.device.fonds, year=year)
            self._pages = 0
        item = self._open
        source = printable(path)
        exposure = Exposure(data=data, media_type=media_type(data), source=source)
        frame = frames.keep(self.store, item.id, exposure)
        pages.begin_attempt(self.store, frame)
        rescue = self.device.ocr.rescue
        found = reading.read_picture(self.store, frame, picture, self.engine, stand, rescue)
        for page, text in found:
            self._pages += 1
            self.tell(_answer(source, item.code, self._pages, frame.digest, page, text))

    def refuse(self, path: Path, error: OurError) -> None:
        """Report a picture that cannot be read."""
        self.exit_code = IO_ERROR
        self.tell({"source": printable(path), "error": error.message, "hint": error.hint})

    def tell(self, answer: dict[str, Any]) -> None:
        """One object a line, or one Chinese sentence."""
        if self.as_json:
            print(msgspec.json.encode(answer).decode(), flush=True)
        elif "error" in answer:
            print(f"{answer['source']}：{answer['hint']}（{answer['error']}）", flush=True)
        else:
            quality, lines = answer["quality"], answer.get("lines", ())
            print(
                f"{answer['source']}：{answer['item']} 第{answer['page']}页，"
                f"{_VERDICTS[quality['verdict']]}{_because(quality['reasons'])}，"
                f"识得 {len(lines)} 行{_PERSON if answer.get('needs_person') else ''}，"
                f"{answer['seconds']['total']:.1f} 秒",
                flush=True,
            )


_VERDICTS = {"good": "良好", "check": "请人工看一眼", "bad": "需重拍"}
_REASONS: dict[Reason, str] = {
    "no-page": "未找到纸页",
    "cut": "缺边",
    "blurred": "模糊",
    "dark": "偏暗",
    "bright": "过曝",
    "glare": "反光",
    "uneven-light": "光照不均",
    "hand": "有手",
    "blank": "空白",
    "same": "与上页相同",
    "low-dpi": "分辨率低",
    "several": "不止一张",
    "cradle-moved": "托架或相机已移位",
}


def _because(reasons: Sequence[Reason]) -> str:
    return f"（{'、'.join(_REASONS[reason] for reason in reasons)}）" if reasons else ""


def _answer(
    source: str, code: str, number: int, digest: str, page: Page, text: Text | None
) -> dict[str, Any]:
    quality = {
        "verdict": page.quality.verdict,
        "reasons": page.quality.reasons,
        "sure": page.quality.sure,
        **page.quality.numbers,
    }
    answer: dict[str, Any] = {
        "source": source,
        "item": code,
        "page": number,
        "part": page.part,
        "sha256": digest,
        "quad": page.quad,
        "skew_deg": page.skew_deg,
        "quality": quality,
    }
    if text is not None:
        answer |= {"lines": text.lines, "text": text.plain, "grids": text.grids}
        answer |= {"model": text.model, "tried": text.tried, "needs_person": text.needs_person}
    return answer | {"seconds": page.seconds}


def _groups(arguments: argparse.Namespace, importing: Importing) -> Iterator[list[Path]]:
    """The pictures, as they become items."""
    together: list[Path] = []
    for path in arguments.paths:
        for other in _of_other_kinds(path):
            error = InputError(f"pictures of the kind {other.suffix} are not read", hint=OTHER_KIND)
            importing.refuse(other, error)
        try:
            found = _found(path)
        except OurError as error:
            importing.refuse(path, error)
            continue
        if arguments.item_per_file:
            yield from ([each] for each in found)
        elif arguments.item_per_folder:
            folders = dict.fromkeys(each.parent for each in found)
            yield from ([each for each in found if each.parent == folder] for folder in folders)
        else:
            together += found
    if together:
        yield together


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """One import at a time, so that what an earlier one left open is known to be left."""
    with (store.home / "import.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(
                "another import is running on this home", hint="另一个导入正在进行，请等它结束。"
            ) from error
        yield


def _of_other_kinds(path: Path) -> list[Path]:
    """Pictures of a folder in formats that we do not read: told, never passed over."""
    return [each for each in sorted(path.rglob("*")) if each.suffix.lower() in OTHER_KINDS]


def _found(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    if found := pictures(path):
        return found
    raise InputError("no pictures in this folder", hint="文件夹里没有图片，请检查路径。")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(
            f"cannot read the file: {error}", hint="文件打不开，请检查路径。"
        ) from error


def _send(arguments: argparse.Namespace) -> int:
    """Hand over to the uplink, a process of its own as on the station."""
    words = [sys.executable, "-m", "station", "sync", "--once"]
    for name in ("config", "home"):
        if (value := getattr(arguments, name)) is not None:
            words += [f"--{name}", str(value)]
    return subprocess.run(words, check=False, stdout=sys.stderr).returncode
