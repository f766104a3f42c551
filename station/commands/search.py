"""`station search`: find pages by any words, one character or more."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from firmware_config import load
from station.store import Store
from station.store.search import search

HELP = "检索：按任意字词找页"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Words are joined with AND."""
    parser.add_argument("words", nargs="+", help="一个或多个词，都要出现")
    parser.add_argument("--limit", type=int, default=20)


def run(arguments: argparse.Namespace) -> int:
    """Print the hits, newest first."""
    device = load.device(arguments.config, home=arguments.home)
    with Store.existing(Path(device.home), station=device.station) as store:
        hits = search(store, " ".join(arguments.words), limit=arguments.limit)
    if arguments.json:
        print(msgspec.json.encode(hits).decode())
    else:
        print(f"找到 {len(hits)} 处" if hits else "没有找到")
        for hit in hits:
            where = f"第{hit.number}页" if hit.number else "题名"
            print(f"{hit.code} {where}  {hit.snippet}")
    return 0
