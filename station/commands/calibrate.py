"""`station calibrate lens`: how the camera's lens bends, from photographs of a printed board."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from firmware_config.errors import InputError, UsageError
from firmware_config.schema import Lens

if TYPE_CHECKING:
    from station.imaging.board import Calibration, View
    from station.imaging.lens import Size

HELP = "标定：用打印的标定板测量镜头畸变，得到配置中的 [camera.lens]"
MEGAPIXELS = 64
DIGITS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`lens PICTURES...`, or `lens --print FILE.pdf` for the board."""
    actions = parser.add_subparsers(dest="action", required=True)
    lens = actions.add_parser("lens", help="测量镜头：打印标定板，各角度拍六张以上")
    lens.add_argument("pictures", nargs="*", type=Path, metavar="PICTURE", help="标定板的照片")
    lens.add_argument("--print", dest="board", type=Path, help="把标定板写成 A4 的 PDF（原大打印）")
    lens.add_argument("--json", action="store_true", help="输出 JSON")


def run(arguments: argparse.Namespace) -> int:
    """Write the board, or print the section. InputError when the pictures do not tell the lens."""
    if arguments.board is not None:
        _write_board(arguments.board)
    elif arguments.pictures:
        _tell(_measured(arguments.pictures), as_json=arguments.json)
    else:
        raise UsageError(
            "neither pictures nor --print", hint="请给出照片，或用 --print 打印标定板。"
        )
    return 0


def section(lens: Lens) -> str:
    """The TOML that the station's own file takes."""
    keys = (
        f"{name} = {round(value, DIGITS)}" for name, value in msgspec.structs.asdict(lens).items()
    )
    return "\n".join(("[camera.lens]", *keys))


def _write_board(path: Path) -> None:
    from PIL import Image

    from station.imaging.board import board_page

    try:
        Image.fromarray(board_page()).convert("1").save(path, format="PDF", resolution=300)
    except OSError as error:
        raise InputError(
            f"cannot write {path}: {error}", hint="标定板写不出，请换个位置。"
        ) from error
    print(f"标定板已写到 {path}：请按原大（100%）打印，贴在硬板上。")


def _measured(paths: Sequence[Path]) -> Calibration:
    from station.imaging.board import calibrated

    views: list[View] = []
    sizes: set[Size] = set()
    for path in paths:
        view, size = _seen(path)
        sizes.add(size)
        if len(sizes) > 1:
            raise InputError(f"{path} is of another size", hint="照片大小不一，请用同一设置重拍。")
        if view is None:
            print(f"# {path}：看不清标定板，不计")
        else:
            views.append(view)
    return calibrated(views, sizes.pop())


def _seen(path: Path) -> tuple[View | None, Size]:
    import cv2
    import numpy as np

    from station.imaging.board import view_of
    from station.imaging.picture import decode

    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error}", hint="照片打不开，请检查路径。") from error
    pixels = decode(data, maximum_megapixels=MEGAPIXELS).pixels
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    return view_of(grey), (pixels.shape[1], pixels.shape[0])


def _tell(found: Calibration, *, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(found).decode())
        return
    print(f"# {found.views} 张照片，角点平均误差 {found.error_px:.2f} 像素，")
    print(f"# 覆盖画面 {found.coverage:.0%}，斜放 {found.lean_deg:.0f} 度")
    print(section(found.lens))
