"""`station bench`: a technician measures what this machine bears, with its own disk and weights."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

import msgspec

from firmware_config import load
from firmware_config.errors import InputError, UsageError
from station.benching import ASKED_BESIDE_READER, ASKED_PAGES_PER_HOUR, Bench, Span
from station.commands.running import step_back
from station.machine import Machine, this_machine

HELP = "测速：在本机实测每页各步用时、踩踏到存盘、内存，只说明这一台机器"
STEPS = {
    "decode": "解码",
    "find": "找页",
    "straighten": "拉正",
    "judge": "判断",
    "turn": "定向",
    "restore": "修复",
    "read": "识字",
    "encode": "存页",
}
TROUBLES = {
    "under-voltage": "供电不足",
    "capped": "频率受限",
    "throttled": "过热降频",
    "soft-limit": "温度到限",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Without a picture a drawn page of the camera's size."""
    parser.add_argument("--picture", type=Path, help="用这张实拍图测（缺省用程序画的一页）")
    parser.add_argument("--rounds", type=int, default=5, help="每步测几遍（缺省 5）")


def run(arguments: argparse.Namespace) -> int:
    """Measure, and tell it with the machine's own words before and after."""
    if arguments.rounds < 1:
        raise UsageError("--rounds must be at least 1", hint="--rounds 至少为 1。")
    device = load.device(arguments.config, home=arguments.home)
    from station.benching import bench, drawn_page

    if arguments.picture:
        picture = _bytes(arguments.picture)
    else:
        picture = drawn_page(device.camera.width_px, device.camera.height_px)
    before = this_machine()
    back = partial(step_back, device.ocr.niceness)
    measured = bench(device, picture, rounds=arguments.rounds, step_back=back)
    after = this_machine()
    if arguments.json:
        said = {"machine": after, "temperature_before_c": before.temperature_c, "bench": measured}
        print(msgspec.json.encode(said).decode())
    else:
        print(f"{machine_in_chinese(before, after)}\n{in_chinese(measured)}")
    return 0


def machine_in_chinese(before: Machine, after: Machine) -> str:
    """Who was measured, and whether it was too hot or short of current."""
    lines = [
        f"机器：{after.model}，{after.cores} 核，内存 {after.memory_mb} MB",
        f"系统：{after.system}",
        f"温度：测前 {_degrees(before)}，测后 {_degrees(after)}；{_told_of_troubles(after)}",
    ]
    return "\n".join(lines)


def in_chinese(measured: Bench) -> str:
    """The figures, each beside what is asked."""
    ratio = measured.beside_reader.p95_ms / measured.press.p95_ms
    lines = [
        *(f"{STEPS.get(name, name)}：{_spread(step)}" for name, step in measured.steps.items()),
        f"每页合计：{_spread(measured.page)}，识得 {measured.lines_read} 行（{measured.model}）",
        f"只识读：每小时 {measured.pages_per_hour:.0f} 页（要求 {ASKED_PAGES_PER_HOUR}）"
        f"{_verdict(measured.pages_per_hour >= ASKED_PAGES_PER_HOUR)}",
        f"写盘（4 KB 落盘）：{_spread(measured.fsync)}",
        f"踩踏到存盘，不识读：{_spread(measured.press)}",
        f"踩踏到存盘，同时识读：{_spread(measured.beside_reader)}",
        f"后者比前者（95 分位）：{ratio:.2f} 倍（要求不超过 {ASKED_BESIDE_READER}）"
        f"{_verdict(ratio <= ASKED_BESIDE_READER)}",
        f"识读让出处理器：{_spread(measured.wake)}（要求 50 毫秒内）"
        f"{_verdict(measured.wake.p95_ms <= 50)}",
        f"内存峰值：{measured.peak_mb} MB",
        "以上只说明这一台机器、这一张图。",
    ]
    return "\n".join(lines)


def _spread(span: Span) -> str:
    return f"中位 {span.p50_ms:.0f}，95 分位 {span.p95_ms:.0f}，最差 {span.worst_ms:.0f} 毫秒"


def _verdict(is_met: bool) -> str:
    return "，达到" if is_met else "，未达到"


def _degrees(machine: Machine) -> str:
    known = machine.temperature_c
    return "未知" if known is None else f"{known:.1f} °C"


def _told_of_troubles(machine: Machine) -> str:
    if machine.troubles is None or machine.troubles_before is None:
        return "是否降频未知"
    held = dict.fromkeys(machine.troubles + machine.troubles_before)
    return f"开机以来有过：{'、'.join(TROUBLES[name] for name in held)}" if held else "没有降频"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error}", hint="图片打不开，请检查路径。") from error
