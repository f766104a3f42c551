"""`station status`: what waits, what is done, what needs a person."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from firmware_config import load
from station.store import Store
from station.store.pace import Pace, pace
from station.store.status import Status, status
from station.store.targets import Target, latest_target

CLASSES = {"green": "绿", "yellow": "黄", "red": "红"}
HELP = "状态：已拍、待识读、待发送、已回执"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments of its own."""


def run(arguments: argparse.Namespace) -> int:
    """Print the counts."""
    device = load.device(arguments.config, home=arguments.home)
    with Store.existing(Path(device.home), station=device.station) as store:
        now, how_fast, target = status(store), pace(store), latest_target(store)
    if arguments.json:
        said = msgspec.to_builtins(now) | {"pace": how_fast, "target": target}
        print(msgspec.json.encode(said).decode())
    else:
        print(f"{in_chinese(now)}\n{pace_in_chinese(how_fast)}\n{target_in_chinese(target)}")
    return 0


def in_chinese(now: Status) -> str:
    """The status as a person reads it."""
    lines = [
        f"已拍 {now.captured} 页，待识读 {now.to_read} 页，已识读 {now.read} 页",
        f"进行中 {now.items_open} 件，已成件 {now.items_sealed} 件",
        f"待发送 {now.outbox_entries} 条、{now.outbox_files} 个文件；"
        f"已有回执 {now.frames_receipted} 页",
    ]
    if now.failed or now.set_aside:
        lines.append(f"需人工处理：{now.failed} 页无法解读，{now.set_aside} 页多次出错已搁置")
    if now.set_aside:
        lines.append("搁置的页请技术员运行 station read --set-aside 再试")
    if now.need_person:
        lines.append(f"需人工辨认：{now.need_person} 页各种办法试过仍识读不清")
    return "\n".join(lines)


def pace_in_chinese(how_fast: Pace) -> str:
    """How the backlog goes: lately, and until all is read."""
    lately = (
        f"近一小时：拍入 {how_fast.came} 页，识读 {how_fast.done} 页，"
        f"待识读 {how_fast.growth:+d} 页"
    )
    if not how_fast.waiting:
        return f"{lately}；全部已识读"
    if how_fast.frame_seconds is None or how_fast.hours_left is None:
        return f"{lately}；尚未识读过，还需多久未知"
    return (
        f"{lately}；近来每页 {how_fast.frame_seconds:.1f} 秒，"
        f"余下约需 {how_fast.hours_left:.1f} 小时"
    )


def target_in_chinese(target: Target | None) -> str:
    """What the last target said of the station."""
    if target is None:
        return "靶纸：未测（station target print 打印，station target measure 测量）"
    return f"靶纸：{CLASSES[target.grade]}，{int(target.dpi)} dpi，{target.wall[:10]} 测"
