"""What a demo says at the end, in Chinese, and whether the job was done."""

from __future__ import annotations

from pathlib import Path

from firmware_config import load
from station.store import Store, listing, pages
from station.store.search import search
from station.store.status import status
from sync.commands.demo_processes import Processes
from sync.township.vault import digest_of, open_vault

FIRST_LINES = 4


def report(store: Store, processes: Processes, *, seconds: float) -> int:
    """Print the summary; 0 only if the township holds every master, byte for byte."""
    print("\n======== 汇总 ========")
    for item in listing.items(store):
        _tell_item(store, item)
    _tell_search(store)
    now = status(store)
    print(f"\n用时 {seconds:.0f} 秒，平均每页 {seconds / max(now.captured, 1):.1f} 秒")
    print(f"本机：{processes.station_home}\n乡镇：{processes.township_home}")
    items = listing.items(store)
    masters = {frame.digest for item in items for frame in listing.frames_of(store, item.id)}
    missing = masters - _held_by_township(processes, masters)
    print(f"回执：{now.frames_receipted}/{now.captured} 页；乡镇逐字节核验：", end="")
    print("全部一致" if not missing else f"缺 {len(missing)} 页")
    unread = now.failed + now.set_aside
    complete = now.frames_receipted == now.captured > 0 and not missing and not unread
    print("结果：完成" if complete else "结果：未完成")
    return 0 if complete else 74


def _tell_item(store: Store, item: listing.ItemSummary) -> None:
    known = pages.readings(store, item.id)
    read_s = [page.seconds["total"] for reading in known for page, _ in reading.pages]
    print(f"\n档号 {item.code}")
    print(f"  题名 {item.title or '（未识得）'}")
    print(f"  页数 {len(known)}，识读每页 {sum(read_s) / max(len(read_s), 1):.1f} 秒")
    text = listing.first_text(store, item.id)
    for line in text.lines[:FIRST_LINES] if text else ():
        print(f"  │ {line.text}")


def _tell_search(store: Store) -> None:
    """Search for a word that stands in the pages: the kind of document the first title ends in."""
    title = next((item.title for item in listing.items(store) if item.title), "")
    if not title:
        return
    word = title[-2:]
    hits = search(store, word)
    print(f"\n检索“{word}”：{len(hits)} 处")
    for hit in hits[:4]:
        where = f"第{hit.number}页" if hit.number else "题名"
        print(f"  {hit.code} {where}  {hit.snippet}")


def _held_by_township(processes: Processes, digests: set[str]) -> set[str]:
    """Those that the township's vault gives back byte for byte."""
    settings = load.township(processes.home / "township.toml")
    vault = open_vault(settings.vault, Path(settings.home))
    there = (digest for digest in digests if vault.has(digest))
    return {digest for digest in there if digest_of(vault.open(digest)) == digest}
