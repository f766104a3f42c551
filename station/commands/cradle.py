"""`station cradle learn | check | show`: the geometry of a fixed cradle.

Learned from pictures, or without any from the newest frames of the station, into
HOME/cradle.json. `check` exits 78 when camera or cradle have moved since.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from firmware_config import load
from firmware_config.errors import ConfigError, InputError, UsageError
from firmware_config.schema import Device, Imaging
from station.commands.stand import cradle_of
from station.imaging.cradle import (
    Agreement,
    Cradle,
    Look,
    agrees,
    encoded,
    learned,
    look,
    moved_together,
)
from station.imaging.find import Finding, find
from station.imaging.picture import Pixels, decode
from station.imaging.spread import spread
from station.store import Store, listing
from station.store import cradle as kept_cradle

HELP = "托架：学习、核对、显示固定托架的几何位置"
SHEETS_MM = {
    "A3": (297.0, 420.0), "A4": (210.0, 297.0), "A5": (148.0, 210.0), "B5": (176.0, 250.0),
    "8k": (260.0, 370.0), "16k": (185.0, 260.0), "32k": (130.0, 185.0),
}  # fmt: skip
NEWEST = 20
SIZE = re.compile(r"([0-9]{1,4}(?:\.[0-9])?)x([0-9]{1,4}(?:\.[0-9])?)")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which pictures."""
    parser.add_argument("action", choices=("learn", "check", "show"))
    parser.add_argument("--pictures", nargs="+", type=Path, default=[], metavar="PICTURE")
    parser.add_argument(
        "--sheet", default="", help=f"size of one page: {', '.join(SHEETS_MM)} or 185x260 (mm)"
    )
    parser.add_argument("--newest", type=int, default=NEWEST, help="frames of the station to take")


def run(arguments: argparse.Namespace) -> int:
    """Learn, check or show; raises what `station.imaging.cradle` raises."""
    device = load.device(arguments.config, home=arguments.home)
    home = Path(device.home)
    if arguments.action == "learn":
        cradle = _learned(arguments, device)
        kept_cradle.keep(home, encoded(cradle))
    else:
        cradle = cradle_of(home) or _refuse_unknown(home)
    if arguments.action == "check":
        return _check(arguments, device, cradle)
    told = {key: value for key, value in msgspec.to_builtins(cradle).items() if key not in PICTURES}
    told["dpi"] = cradle.dpi
    print(msgspec.json.encode(told).decode() if arguments.json else in_chinese(cradle))
    return 0


PICTURES = ("picture", "rim")


def size_mm(words: str) -> tuple[float, float] | None:
    """The sides of a sheet from its name or `WxH`; None for no words. Raises UsageError."""
    if not words:
        return None
    known = {name.lower(): size for name, size in SHEETS_MM.items()}
    if words.lower() in known:
        return known[words.lower()]
    given = SIZE.fullmatch(words)
    if given is None or not float(given[1]) * float(given[2]):
        raise UsageError(
            f"unknown sheet {words!r}", hint=f"纸张请写 {'、'.join(SHEETS_MM)} 或 宽x高（毫米）。"
        )
    return float(given[1]), float(given[2])


def in_chinese(cradle: Cradle) -> str:
    """The cradle as a person reads it."""
    corners = "，".join(f"({x:.0f}, {y:.0f})" for x, y in cradle.quad)
    lines = [
        f"托架由 {cradle.frames} 张照片学得，照片 {cradle.width_px}×{cradle.height_px} 像素",
        f"纸张四角：{corners}；各张相差约 {cradle.scatter_px:.1f} 像素",
        "书籍双页：已记下中缝" if cradle.gutter else "单页",
    ]
    if cradle.dpi is not None:
        lines.append(f"纸面分辨率 {cradle.dpi:.0f} dpi（每毫米 {cradle.px_per_mm:.2f} 像素）")
    else:
        lines.append("未给出纸张尺寸，分辨率未知；可加 --sheet A4")
    return "\n".join(lines)


def _learned(arguments: argparse.Namespace, device: Device) -> Cradle:
    sheet_mm = size_mm(arguments.sheet)
    looks = [_look(pixels, device.imaging) for _, pixels in _pictures(arguments, device)]
    return learned(looks, sheet_mm=sheet_mm)


def _look(pixels: Pixels, settings: Imaging) -> Look:
    finding = find(pixels)
    parted = spread(pixels, finding.quad, settings) if finding.quad else None
    return look(pixels, finding, parted)


def _check(arguments: argparse.Namespace, device: Device, cradle: Cradle) -> int:
    told = []
    for name, pixels in _pictures(arguments, device):
        finding: Finding = find(pixels)
        agreement = agrees(cradle, finding, pixels)
        told.append(agreement)
        if arguments.json:
            print(msgspec.json.encode({"picture": name, **msgspec.to_builtins(agreement)}).decode())
        else:
            print(f"{name}：{_agreement_in_chinese(agreement)}")
    if moved_together(cradle, told):
        raise ConfigError(
            "cradle-moved: the frames do not lie as they were learned",
            hint="相机或托架移动过，请固定好后重新运行 station cradle learn。",
        )
    return 0


def _agreement_in_chinese(agreement: Agreement) -> str:
    if agreement.by == "nothing":
        return "看不清，无法核对"
    seen = "按四周景物" if agreement.by == "rim" else "按纸张位置"
    amount = (
        f"偏移 {agreement.shift_px:.1f} 像素，转 {agreement.turn_deg:.2f}°，"
        f"比例 {agreement.scale:.4f}"
    )
    return f"{seen}，{amount}" + ("，托架已移动" if agreement.moved else "")


def _pictures(arguments: argparse.Namespace, device: Device) -> Iterator[tuple[str, Pixels]]:
    most = device.imaging.maximum_megapixels
    if arguments.pictures:
        for path in arguments.pictures:
            yield path.name, decode(_bytes(path), maximum_megapixels=most).pixels
        return
    with Store.existing(Path(device.home), station=device.station) as store:
        for digest in listing.newest_frames(store, arguments.newest):
            data = store.spool.read(digest)
            yield digest[:12], decode(data, maximum_megapixels=most).pixels


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(
            f"cannot read the file: {error}", hint=f"文件打不开，请检查路径：{path.name}"
        ) from error


def _refuse_unknown(home: Path) -> Cradle:
    raise ConfigError(
        f"no cradle was learned in {home}", hint="还没有标定托架，请先运行 station cradle learn。"
    )
