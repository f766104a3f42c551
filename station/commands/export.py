"""`station export`: sealed items as files for the archive."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from firmware_config import load
from firmware_config.errors import UsageError
from station.archival_code import folded
from station.store import Store

HELP = "导出：已成件的档案按档号命名写成文件"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """A folder, and which items."""
    parser.add_argument("folder", type=Path, help="写到这个文件夹；再次运行会接着写")
    parser.add_argument("--item", action="append", default=[], metavar="档号", help="只导出这一件")
    parser.add_argument("--archival", choices=("none", "tiff", "jpeg2000"), help="存档副本的格式")


def run(arguments: argparse.Namespace) -> int:
    """Write the files; each page is told."""
    device = load.device(arguments.config, home=arguments.home)
    settings = device.export
    if arguments.archival:
        settings = msgspec.structs.replace(settings, archival=arguments.archival)
    from station.exporting import export

    pages = written = 0
    with Store.existing(Path(device.home), station=device.station) as store:
        codes = _known(store, arguments.item)
        for page in export(store, arguments.folder, settings, codes=codes):
            pages, written = pages + 1, written + page.written
            if arguments.json:
                print(msgspec.json.encode(page).decode(), flush=True)
    if not arguments.json:
        print(f"导出 {pages} 页，新写 {written} 个文件，在 {arguments.folder}")
        print("校验：在该文件夹内运行 sha256sum -c SHA256SUMS")
    return 0


def _known(store: Store, wanted: list[str]) -> set[str]:
    """The codes asked for, as they are written. Raises UsageError for one that is not sealed."""
    sealed = {
        folded(code): code
        for (code,) in store.rows("select code from record join item on item.id = record.item")
    }
    absent = [code for code in wanted if folded(code) not in sealed]
    if absent:
        raise UsageError(
            f"not a sealed item: {', '.join(absent)}",
            hint=f"没有这个已成件的档号：{'、'.join(absent)}。用 station search 查一查。",
        )
    return {sealed[folded(code)] for code in wanted}
