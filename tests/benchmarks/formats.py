"""How long each format takes beside other libraries, on the same files in one run: `make benchmarks`. Reports only.

The others only make Markdown of a document or list its tables; ours also tells form, organ, year and every figure.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.convert import understand
from pipeline.readers import read

ROUNDS = 9
HERE = Path(__file__).parent.parent / "reports"


def milliseconds(work: Callable[[Path], object], path: Path) -> float:
    """The median of some runs; the first, which loads libraries, does not count."""
    work(path)
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work(path)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


def others() -> Iterator[tuple[str, str, Callable[[Path], object]]]:
    """The suffix, the name and the work of each library to compare with."""
    import pdfplumber
    from markitdown import MarkItDown

    markdown = MarkItDown()

    def tables(path: Path) -> object:
        with pdfplumber.open(path) as pdf:
            return [page.extract_tables() for page in pdf.pages]

    yield ".docx", "markitdown", lambda path: markdown.convert(path)
    yield ".html", "markitdown", lambda path: markdown.convert(path)
    yield ".pdf", "pdfplumber.extract_tables", tables


def main() -> None:
    for suffix, name, work in others():
        paths = sorted(path for path in HERE.glob(f"{suffix[1:]}-*/document{suffix}") if not understand(path).problems)
        rows = [(milliseconds(read, path), milliseconds(understand, path), milliseconds(work, path)) for path in paths]
        if not rows:
            continue
        ours, all_of_it, theirs = (statistics.median(column) for column in zip(*rows, strict=True))
        slowest = min(row[2] / row[1] for row in rows)
        print(
            f"{suffix:<6} {len(rows)} documents, medians: read {ours:.1f} ms, all {all_of_it:.1f} ms, {name} {theirs:.1f} ms"
        )
        print(
            f"       {name} takes {theirs / ours:.0f} times our reading, {theirs / all_of_it:.0f} times all of it (at least {slowest:.0f})"
        )


if __name__ == "__main__":
    main()
