"""What a search by name costs at 10,000 organs and at 100,000: `python -m tests.benchmarks.search`. Reports only."""

import gzip
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser import ARGUMENTS, serve
from tests.crowd import agencies
from tests.finding import ASK, ask, write_search

QUERIES = (
    "鼓楼区",
    "徐州鼓楼区财政局",
    "卫健局 洪洞",
    "hongtong",
    "htx",
    "xuzhou gulou",
    "北京市朝阳区",
    "公安局",
    "文旅",
    "lhasa",
)
TIMED = """async ([ask, queries]) => {
  const run = eval(ask), took = [];
  for (const query of queries) { const from = performance.now(); await run([query]); took.push(performance.now() - from); }
  return took;
}"""


def weigh(root: Path, addresses: Sequence[str]) -> str:
    """Bytes as they lie and as a server packs them."""
    files = [(root / address).read_bytes() for address in addresses]
    raw, packed = sum(map(len, files)), sum(len(gzip.compress(file, 6)) for file in files)
    return f"{len(files):3} files {raw / 1000:8.1f} KB, gzip {packed / 1000:7.1f} KB"


def measure(page: Any, root: Path, address: str) -> None:
    """The first query on a fresh page, and then others."""
    asked: list[str] = []
    page.on(
        "request",
        lambda request: asked.append(request.url.removeprefix(address)) if "icon" not in request.url else None,
    )
    page.goto(f"{address}search/index.html")
    print("  page and script  ", weigh(root, [one for one in asked if not one.endswith(".json")]))
    asked.clear()
    started = time.perf_counter()
    ask(page, QUERIES[:1])
    print("  first query      ", weigh(root, asked), f" {1000 * (time.perf_counter() - started):6.0f} ms")
    asked.clear()
    took = page.evaluate(TIMED, [ASK, list(QUERIES)])
    print("  each query after ", weigh(root, asked), f" {median(took):6.0f} ms, at most {max(took):.0f} ms")


def main() -> None:
    with sync_playwright() as play, tempfile.TemporaryDirectory() as folder:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for number in (10_000, 100_000):
            started = time.perf_counter()
            root = write_search(Path(folder) / str(number), agencies(number))
            print(f"{number:,} organs: index made in {time.perf_counter() - started:.1f} s")
            largest = max((root / "search").rglob("*.json"), key=lambda one: one.stat().st_size)
            print(f"  largest file      {largest.name} {largest.stat().st_size / 1000:.1f} KB")
            with serve(root) as address:
                measure(browser.new_page(), root, address)
        browser.close()


if __name__ == "__main__":
    main()
