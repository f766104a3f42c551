"""`station target`: the daily target, printed and measured."""

from __future__ import annotations

import argparse
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from firmware_config import drivers, load
from firmware_config.errors import ConfigError, InputError, StorageError, UsageError
from firmware_config.schema import Device

if TYPE_CHECKING:
    from station.model import Quad
    from station.store.targets import Rulers
    from station.target.gauge import Measurement
    from station.target.grade import Class, Finding

HELP = "靶纸：打印每日靶纸，测量分辨率、清晰度、均匀度"
PNG_DPI = 600
CLASSES: dict[Class, str] = {"green": "绿", "yellow": "黄", "red": "红"}
VERDICTS: dict[Class, str] = {
    "green": "绿：合格，可以扫描。",
    "yellow": "黄：可以扫描，请尽快处理：",
    "red": "红：只可应急拍摄，请先处理：",
}
PLACES = {
    "centre": "中",
    "top-left": "左上",
    "top-right": "右上",
    "bottom-left": "左下",
    "bottom-right": "右下",
}
LEAST_DPI = 200
"""DA/T 31-2017 (S)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`print [--out FILE]` and `measure PICTURE | --camera`."""
    actions = parser.add_subparsers(dest="action", required=True)
    draw = actions.add_parser("print", help="生成可打印的 A4 靶纸")
    draw.add_argument("--out", type=Path, default=Path("target.pdf"), help=".pdf 或 .png")
    draw.add_argument(
        "--black", action="store_true", help="斜方块用纯黑：激光打印机印灰色会有网点时用"
    )
    measure = actions.add_parser("measure", help="测量靶纸的照片")
    measure.add_argument("picture", type=Path, nargs="?", help="靶纸的照片")
    measure.add_argument("--camera", action="store_true", help="用本机相机现拍")
    measure.add_argument(
        *("--ruler-mm",),
        type=float,
        nargs="+",
        metavar="MM",
        help="靶纸上150毫米标尺实际量得几毫米：横、纵（只给一个则两者相同）",
    )
    measure.add_argument("--chart", type=Path, help="24色色卡的照片，另测颜色误差")
    measure.add_argument(
        *("--chart-corners",),
        type=float,
        nargs=8,
        metavar="PX",
        help="色卡四角色块中心 x y：深肤色、蓝绿、黑、白",
    )
    measure.add_argument("--save", action="store_true", help="记入当前批（未开批则记入下一批）")
    measure.add_argument("--require", choices=["green", "yellow"], help="达不到则返回非零")
    for action in (draw, measure):
        for name, kind in (("--config", Path), ("--home", Path)):
            action.add_argument(name, type=kind, default=argparse.SUPPRESS)
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Print or measure; 0 whatever the class, unless --require asks for more."""
    return _print(arguments) if arguments.action == "print" else _measure(arguments)


def _print(arguments: argparse.Namespace) -> int:
    import cv2
    import numpy as np

    from station.target import draw, layout
    from station.target.pdf import pdf

    out: Path = arguments.out
    words = cv2.imdecode(
        np.frombuffer((files("station.target") / "words.png").read_bytes(), np.uint8),
        cv2.IMREAD_GRAYSCALE,
    )
    shapes = layout.shapes(0.0 if arguments.black else layout.EDGE_REFLECTANCE)
    if out.suffix.lower() == ".pdf":
        data = pdf(shapes, np.asarray(words, np.uint8))
    elif out.suffix.lower() == ".png":
        data = _png(draw.drawn(shapes, dpi=PNG_DPI, words=np.asarray(words, np.uint8)))
    else:
        raise UsageError(f"--out {out}: neither .pdf nor .png", hint="--out 请用 .pdf 或 .png。")
    try:
        out.write_bytes(data)
    except OSError as error:
        raise StorageError(
            f"cannot write {out}: {error.strerror}", hint="靶纸写不进去，请换一个位置。"
        ) from error
    if arguments.json:
        print(msgspec.json.encode({"out": str(out), "bytes": len(data)}).decode())
    else:
        print(f"已生成 {out}。打印时选择“实际大小 100%”，印好后量一量两把150毫米的标尺。")
    return 0


def _png(picture: object) -> bytes:
    from io import BytesIO

    from PIL import Image

    data = BytesIO()
    Image.fromarray(picture).save(data, "PNG", dpi=(PNG_DPI, PNG_DPI), optimize=True)  # type: ignore[arg-type]
    return data.getvalue()


def _measure(arguments: argparse.Namespace) -> int:
    from station.imaging.picture import decode
    from station.target import gauge, grade
    from station.target.colour import colour_error

    if arguments.camera == (arguments.picture is not None):
        raise UsageError("give a picture or --camera", hint="请给出照片，或用 --camera 现拍。")
    device = load.device(arguments.config, home=arguments.home)
    limit = device.imaging.maximum_megapixels
    given = _rulers(arguments.ruler_mm)
    rulers = given or _last_rulers(device)
    data = _exposed(device) if arguments.camera else _read(arguments.picture)
    chart = None
    if arguments.chart:
        photograph = decode(_read(arguments.chart), maximum_megapixels=limit)
        chart = colour_error(photograph.pixels, _corners(arguments.chart_corners))
    measured = gauge.measure(
        decode(data, maximum_megapixels=limit).pixels, ruler_mm=rulers, colour=chart
    )
    found = grade.findings(measured)
    verdict = grade.overall(found)
    if arguments.save:
        _save(device, measured, found, verdict)
    if arguments.json:
        print(_document(measured, found, verdict).decode())
    else:
        print(in_chinese(measured, found, verdict, carried=given is None and rulers is not None))
    wanted: Class = arguments.require or "red"
    if grade.ORDER.index(verdict) > grade.ORDER.index(wanted):
        raise InputError(
            f"the target is {verdict}, {wanted} is required",
            hint=f"靶纸测得{CLASSES[verdict]}，要求{CLASSES[wanted]}。",
        )
    return 0


def in_chinese(
    measured: Measurement, found: tuple[Finding, ...], verdict: Class, *, carried: bool = False
) -> str:
    """A sentence with what to do, and a short table."""
    from station.target.grade import LIMITS

    limits = {limit.name: limit for limit in LIMITS}
    bad = [limits[f.name].advice for f in found if f.grade != "green"]
    lines = [VERDICTS[verdict] + ("；".join(bad) + "。" if bad else "")]
    if measured.dpi_lowest < LEAST_DPI:
        lines.append(f"不足 {LEAST_DPI} dpi，不能作为归档扫描。")
    for finding in found:
        limit = limits[finding.name]
        sign = "≥" if limit.more_is_better else "≤"
        value = f"{finding.value:.1f}" if finding.value < 100 else f"{finding.value:.0f}"
        lines.append(
            f"  {CLASSES[finding.grade]}  {limit.chinese} {value}{limit.unit}"
            f"（绿{sign}{finding.limit:g}）"
        )
    places = "，".join(
        f"{PLACES[p.place]} {p.dpi:.0f} dpi {p.efficiency_percent:.0f}%" for p in measured.places
    )
    lines.append(f"五处：{places}；实际分辨 {measured.effective_dpi:.0f} dpi")
    if carried:
        lines.append(f"标尺沿用上次的 {measured.ruler_mm[0]:g}、{measured.ruler_mm[1]:g} 毫米。")
    elif not measured.ruler_checked:
        lines.append(
            "标尺未量：打印若有缩放，dpi 就差同样的比例。请用尺量靶纸上的标尺，加 --ruler-mm 再测。"
        )
    return "\n".join(lines)


def _document(measured: Measurement, found: tuple[Finding, ...], verdict: Class) -> bytes:
    said: dict[str, object] = msgspec.to_builtins(measured)
    whole = {"class": verdict, "findings": found, **said}
    return msgspec.json.encode(_rounded(msgspec.to_builtins(whole)))


def _rounded(value: object) -> object:
    """Figures to a ten-thousandth: more is noise."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(entry) for entry in value]
    return value


def _save(
    device: Device, measured: Measurement, found: tuple[Finding, ...], verdict: Class
) -> None:
    from station.store import Store
    from station.store.targets import add_target

    with Store.open(Path(device.home), station=device.station) as store:
        add_target(
            store,
            _document(measured, found, verdict),
            grade=verdict,
            dpi=measured.dpi_lowest,
            px_per_mm=measured.px_per_mm,
            ruler_mm=measured.ruler_mm if measured.ruler_checked else None,
        )


def _last_rulers(device: Device) -> Rulers | None:
    """The same print is used day after day; it is measured with a ruler once."""
    from station.store import Store
    from station.store.targets import latest_target

    try:
        with Store.existing(Path(device.home), station=device.station) as store:
            last = latest_target(store)
    except ConfigError:
        return None  # nothing was scanned here yet
    return last.ruler_mm if last else None


def _rulers(given: list[float] | None) -> Rulers | None:
    if not given:
        return None
    if len(given) > 2:
        raise UsageError(
            "--ruler-mm takes one or two lengths", hint="--ruler-mm 后写一个或两个数。"
        )
    return given[0], given[-1]


def _corners(given: list[float] | None) -> Quad | None:
    if given is None:
        return None
    a, b, c, d = zip(given[::2], given[1::2], strict=True)
    return a, b, c, d


def _exposed(device: Device) -> bytes:
    with closing(drivers.load("station.cameras", device.camera.driver)(device.camera)) as camera:
        data: bytes = camera.expose().data
    return data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot read {path}: {error.strerror}", hint="照片打不开，请检查文件名。"
        ) from error
