"""The grid of a table: cells that span columns and rows put into slots, as every format with merged cells needs it.

A slot that a merged cell covers is blank, never a copy: what is printed once stands in the grid once. A row whose cells
end before the table does stays short, for nobody can tell which of its cells is the one that is not there.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import count, takewhile
from typing import NamedTuple

from pipeline.document import Ambiguous, Cell, Table, UnreadableSource, plain

MOST_COLUMNS = 200
MOST_SLOTS = 200_000

_FIGURE = re.compile(r"[+-]?\d[\d.,]*(?:万元|元|人次|[件条项个份起宗期次人篇部册场户])?")


class Spanning(NamedTuple):
    """A cell as a source gives it: its text, its place, and how many columns and rows it covers from there."""

    text: str
    place: str
    columns: int = 1
    rows: int = 1
    confidence: float | None = None

    @property
    def cell(self) -> Cell:
        return Cell(self.text, self.place, self.confidence)

    @property
    def is_figure(self) -> bool:
        return _is_figure(self.text)


@lru_cache(maxsize=4096)
def _is_figure(text: str) -> bool:
    return _FIGURE.fullmatch(plain(text)) is not None


Slot = tuple[Spanning, bool]
"""What fills a slot, and whether it begins there."""


def to_table(rows: Iterable[Sequence[Spanning]]) -> Table:
    """The table of the cells, covered slots blank, columns that no row tells apart made one.

    Each cell takes the next slot that nothing above it covers, as in HTML; a row ends at the first slot that no cell
    fills. Raises UnreadableSource past the limits, Ambiguous where one figure stands for several rows or columns.
    """
    filled = [row for row in _fill(rows) if row]
    groups = _groups(filled, max(map(len, filled), default=0))
    merged = filled
    if any(len(group) > 1 for group in groups):
        merged = [[_merged(row, group) for group in groups if group.start < len(row)] for row in filled]
    for n, row in enumerate(merged):
        if not all(begins for _, begins in row):
            _check_figures(merged, n)
    return Table(tuple(tuple([_cell(*slot) for slot in row]) for row in merged))


def _fill(rows: Iterable[Sequence[Spanning]]) -> Iterator[list[Slot]]:
    """Each row as slots: what begins there, and what reaches there from the left or from above."""
    above: dict[int, tuple[int, Spanning]] = {}
    filled = 0
    for cells in rows:
        row: dict[int, Slot] = {at: (cell, False) for at, (_, cell) in above.items()}
        left = {at: (rows_left - 1, cell) for at, (rows_left, cell) in above.items() if rows_left > 1}
        at = 0
        for cell in cells:
            while at in row:
                at += 1
            if at + cell.columns > MOST_COLUMNS:
                raise UnreadableSource("a table is far wider than any of a report", cell.place)
            if cell.columns <= 1 >= cell.rows:
                row[at] = (cell, True)
                at += 1
                continue
            for i in range(at, at + max(cell.columns, 1)):
                row[i] = (cell, i == at)
                if cell.rows > 1:
                    left[i] = (cell.rows - 1, cell)
            at += max(cell.columns, 1)
        above, filled = left, filled + len(row)
        if filled > MOST_SLOTS:
            raise UnreadableSource("a table is far larger than any of a report", cells[0].place if cells else "")
        yield [row[i] for i in (range(at) if at == len(row) else takewhile(row.__contains__, count()))]


def _groups(rows: Sequence[Sequence[Slot]], width: int) -> list[range]:
    """Neighbouring columns of which no row begins two cells are one: a grid is often finer than what is printed."""
    begun = [{n for n, row in enumerate(rows) if at < len(row) and row[at][1]} for at in range(width)]
    groups: list[range] = []
    seen: set[int] = set()
    for at in range(width):
        if groups and not seen & begun[at]:
            groups[-1] = range(groups[-1].start, at + 1)
            seen |= begun[at]
        else:
            groups.append(range(at, at + 1))
            seen = set(begun[at])
    return groups


def _merged(row: Sequence[Slot], group: range) -> Slot:
    """The cell that begins in a group of columns, else what covers it."""
    if row[group.start][1]:
        return row[group.start]
    found = row[group.start : group.stop]
    return next((slot for slot in found if slot[1]), found[0])


def _cell(cell: Spanning, begins: bool) -> Cell:
    return Cell(cell.text, cell.place, cell.confidence) if begins else Cell("", cell.place)


# one figure for several slots ----------------------------------------------------------------------------------------


def _check_figures(rows: Sequence[Sequence[Slot]], n: int) -> None:
    """A figure stands for one row, and for no more columns than the head above it. Raises Ambiguous."""
    row = rows[n]
    begun = [cell for cell, begins in row if begins]
    for at, (cell, begins) in enumerate(row):
        if begins or not cell.is_figure:
            continue
        if not any(cell is one for one in begun):
            if at and any(one.text.strip() for one in begun):
                raise Ambiguous(f"“{cell.text.strip()}” is one figure for several rows", cell.place)
        elif row[at - 1][1] and _reach(row, at - 1) > _reach_above(rows, n, at - 1):
            raise Ambiguous(f"“{cell.text.strip()}” is one figure for several columns", cell.place)


def _reach(row: Sequence[Slot], at: int, blanks: bool = False) -> int:
    """How many slots are those of the cell that begins there, also with the blank ones behind it."""
    cell = row[at][0]
    return sum(1 for _ in takewhile(lambda one: one[0] is cell or (blanks and not one[0].text.strip()), row[at:]))


def _reach_above(rows: Sequence[Sequence[Slot]], n: int, at: int) -> int:
    """How far the nearest head above a slot reaches: to the next cell with words; the last of its row reaches on.

    Where no head is above, as in the second half of a table, the figures of the other rows tell it.
    """
    begun = [row for row in rows[:n] if at < len(row) and row[at][1] and row[at][0].text.strip()]
    for row in reversed(begun):
        if not row[at][0].is_figure:
            reach = _reach(row, at, blanks=True)
            return reach if at + reach < len(row) else MOST_COLUMNS
    figures = [row for row in rows if at < len(row) and row[at][1] and row[at][0].is_figure]
    return min((_reach(row, at) for row in figures), default=MOST_COLUMNS)
