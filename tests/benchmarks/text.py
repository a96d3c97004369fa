"""How many reports a second each layout of plain text is read at: `python -m tests.benchmarks.text`. Reports only."""

import tempfile
import time
from pathlib import Path

from pipeline.convert import understand
from tests.layouts import LAYOUTS, lay_out
from tests.made import record

ROUNDS = 100


def rate(path: Path) -> float:
    """Reports a second, reading one file over and over; the first reading, which loads the forms, does not count."""
    understand(path)
    started = time.perf_counter()
    for _ in range(ROUNDS):
        assert not understand(path).problems
    return ROUNDS / (time.perf_counter() - started)


def main() -> None:
    numbers = iter(range(10**6))
    with tempfile.TemporaryDirectory() as folder:
        for layout in LAYOUTS:
            path = Path(folder) / f"{layout}.txt"
            path.write_text(lay_out(record(fill=lambda column: next(numbers)), layout), encoding="utf-8")
            reports = rate(path)
            print(f"{layout:<28} {reports:7.0f} reports/s   {1000 / reports:5.2f} ms")


if __name__ == "__main__":
    main()
