"""Pages to blocks: the tables and lines of each page in order, tables that go on over a page break joined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.document import Block, Paragraph, Table, UnreadableSource
from pipeline.readers.grid import Spanning, to_table
from pipeline.readers.scan_cells import Box, Grid, find_lines, find_tables
from pipeline.readers.scan_lines import Line, letters, lines_outside
from pipeline.readers.scan_page import Page, Picture, pictures, to_page
from pipeline.readers.scan_table import Sheet, to_rows
from pipeline.readers.scan_words import agreed, boldly, plainly, recognise

MOST_LINES = 400
"""Lines of running text on one page; a page past that is no report's."""

_MARK = 0.6
"""A character of running text that either preparation is less sure of is not read."""

_UPRIGHT, _LEGIBLE = 0.9, 0.6
"""How sure the sample of a page is that stands upright; and the least for a page that is read at all."""

_SAMPLE = 6
_SAME_EDGE = 0.012
"""By how much of the width of a table its edges may differ from page to page."""


def blocks(data: bytes, unread: str) -> tuple[Block, ...]:
    """The blocks of all pages. Raises UnreadableSource."""
    found: list[Paragraph | _Growing] = []
    for number, picture in enumerate(pictures(data), start=1):
        page = _upright(picture, number)
        if page:
            _append(found, list(_blocks_of(page, unread)))
    if not found:
        raise UnreadableSource("there is no text on the pages of the scan")
    return tuple(one.table if isinstance(one, _Growing) else one for one in found)


def _blocks_of(page: Page, unread: str) -> Iterator["Paragraph | _Growing"]:
    lines = find_lines(page)
    grids = tuple(find_tables(page, lines))
    sheet = Sheet(page, lines, letters(page.ink, lines, page.em), letters(page.any_ink, lines, page.em), grids)
    outside = lines_outside(page, sheet.ink, grids)
    if len(outside) > MOST_LINES:
        raise UnreadableSource("the page has far more lines than any of a report", f"page {page.number}")
    ordered: list[Line | Grid] = sorted([*outside, *grids], key=lambda one: one.box.top)
    counts = {Line: 0, Grid: 0}
    for one in ordered:
        counts[type(one)] += 1
        if isinstance(one, Line):
            yield Paragraph(_words(page, one, unread), f"page {page.number}, line {counts[Line]}")
        else:
            yield _growing(sheet, one, counts[Grid])


def _words(page: Page, line: Line, unread: str) -> str:
    """The text of a line, read in two preparations; wide gaps part words."""
    texts = []
    for chunk in line.chunks(2 * page.em):
        box = _roomy(chunk.box, page)
        texts.append(agreed(recognise(plainly(page.grey, box)), recognise(boldly(page.grey, box)), _MARK, unread))
    return " ".join(texts)


def _roomy(box: Box, page: Page) -> Box:
    pad = max(box.height // 8, 2)
    return Box(
        max(box.left - pad, 0),
        max(box.top - pad, 0),
        min(box.right + pad, page.width),
        min(box.bottom + pad, page.height),
    )


# which way is up -----------------------------------------------------------------------------------------------------


def _upright(picture: Picture, number: int) -> Page | None:
    """The page as it is to be read, turned by quarters where that reads better; None where no letter stands on it."""
    tries: list[tuple[float, Page]] = []
    bare: list[tuple[float, Page]] = []
    for quarters in (0, 2, 1, 3):
        page = to_page(picture, number, quarters)
        ink = letters(page.ink, find_lines(page), page.em)
        if not ink.any():
            return None
        labels, others = _stretches(ink, page.em)
        sure = _legibility(page, labels or others)
        if labels and sure >= _UPRIGHT:
            return page
        (tries if labels else bare).append((sure, page))
    # Without labels a page of figures is taken as it lies, for 96 reads as well upside down.
    sure, page = max([one for one in tries if one[0] >= _LEGIBLE] or bare[:1] or tries, key=lambda one: one[0])
    if sure < _LEGIBLE:
        raise UnreadableSource("the page cannot be read: too few dots, too faint, or no printed text", f"page {number}")
    return page


def _legibility(page: Page, sample: Sequence[Box]) -> float:
    """How surely some stretches of a page are recognised, in the mean."""
    sure = [recognise(plainly(page.grey, _roomy(box, page))).mean for box in sample]
    return sum(sure) / len(sure) if sure else 0.0


def _stretches(ink: Picture, em: int) -> tuple[list[Box], list[Box]]:
    """Some runs of letters side by side, as high as a line: those as long as labels, and shorter ones."""
    joined = cv2.dilate(ink, np.ones((1, em), np.uint8))
    _, _, parts, _ = cv2.connectedComponentsWithStats(joined)
    boxes = [Box(x, y, x + width, y + height) for x, y, width, height, _ in parts[1:].tolist()]
    lines = [box for box in boxes if em // 2 <= box.width <= 20 * em and em // 2 <= box.height <= 2 * em]
    lines.sort(key=lambda box: -box.width)
    long = [box for box in lines if box.width >= 4 * em]
    return long[:_SAMPLE], lines[len(long) :][:_SAMPLE]


# tables over page breaks ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Growing:
    """A table that may go on over the next page: its edges as shares of its width, and the cells of its rows, each
    between two edges."""

    edges: list[float]
    rows: list[list[tuple[float, float, Spanning]]]

    @property
    def table(self) -> Table:
        return to_table([[self._spanning(*cell) for cell in row] for row in self.rows])

    def _spanning(self, left: float, right: float, cell: Spanning) -> Spanning:
        columns = self._nearest(right) - self._nearest(left)
        return Spanning(cell.text, cell.place, columns, cell.rows, cell.confidence)

    def _nearest(self, edge: float) -> int:
        return min(range(len(self.edges)), key=lambda i: abs(self.edges[i] - edge))

    def takes(self, other: "_Growing") -> bool:
        """Whether the edges of one table are all among those of the other."""
        few, many = sorted((self.edges, other.edges), key=len)
        return all(min(abs(edge - one) for one in many) <= _SAME_EDGE for edge in few)

    def take(self, other: "_Growing") -> None:
        self.edges = max(self.edges, other.edges, key=len)
        self.rows.extend(other.rows)


def _growing(sheet: Sheet, grid: Grid, number: int) -> _Growing:
    first, last = grid.across[0].middle, grid.across[-1].middle
    edges = [(rule.middle - first) / (last - first) for rule in grid.across]
    rows = [
        [(edges[ruled.column], edges[ruled.column + ruled.columns], cell) for ruled, cell in row]
        for row in to_rows(sheet, grid, number)
    ]
    return _Growing(edges, rows)


def _append(found: list[Paragraph | _Growing], page: Sequence[Paragraph | _Growing]) -> None:
    """Adds the blocks of a page; its first table goes on with the last one of the page before where both fit."""
    at = next((i for i, one in enumerate(page) if isinstance(one, _Growing)), None)
    open_at = next((i for i in range(len(found) - 1, -1, -1) if isinstance(found[i], _Growing)), None)
    if at is not None and open_at is not None and _only_page_numbers([*found[open_at + 1 :], *page[:at]]):
        last, first = found[open_at], page[at]
        if isinstance(last, _Growing) and isinstance(first, _Growing) and last.takes(first):
            last.take(first)
            page = [*page[:at], *page[at + 1 :]]
    found.extend(page)


def _only_page_numbers(between: Sequence[Paragraph | _Growing]) -> bool:
    """Whether nothing but the number of a page stands there."""
    return all(
        isinstance(one, Paragraph) and len(one.text) <= 12 and sum("\u4e00" <= c <= "\u9fff" for c in one.text) <= 2
        for one in between
    )
