"""The page that a worksheet shows: which cells, rows and columns are seen, and what of it is a table and what prose.

One grid holds for the whole sheet, so that heads and figures keep their columns even where a blank row parts them.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from pipeline.document import Ambiguous, Block, Cell, Paragraph, Table, UnreadableSource, collapse
from pipeline.readers.encoding import INVISIBLE
from pipeline.readers.grid import MOST_COLUMNS, Spanning, to_table

MOST_CELLS = 200_000
MOST_FULL = 50_000
MOST_ROWS = 20_000
"""Rows with words or figures; the form has fewer than a hundred."""
MOST_MERGED = 5_000
LAST_COLUMN = 16_383

MOST_SPANNED = 1_000
"""Rows that one cell may span; what it spans beyond them is not looked at."""

_TWO_FIGURES = re.compile(r"[\d.,\s]*\d\s*\n\s*\d[\d.,\s]*")
_SMALL = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_DIGIT = re.compile(r"(\d)")
_LONG = 40
Slot = tuple[int, int]
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column; all counted from 0."""


@dataclass(slots=True)
class Page:
    """A worksheet: what its cells show, which have a border, which are merged, which rows and columns are hidden."""

    name: str
    texts: dict[Slot, str] = field(default_factory=dict)
    ruled: set[Slot] = field(default_factory=set)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    cells: int = 0

    def put(self, at: Slot, text: str) -> None:
        """Keeps what a cell shows. Raises UnreadableSource past the limit."""
        text = text.translate(INVISIBLE)
        if text.strip():
            self.texts[at] = text
        if len(self.texts) > MOST_FULL:
            raise UnreadableSource("the sheet is far larger than any report", self.place(at))

    def look(self, at: Slot, raised: bool, struck: bool, unseen: bool = False) -> None:
        """Tells digits that a cell's font raises, strikes out or paints white on white from those that are a figure."""
        text = self.texts.get(at, "")
        if raised:
            text = text.translate(_SMALL)
        if struck:
            text = _DIGIT.sub("\\1\u0336", text)
        if unseen and _DIGIT.search(text):
            text = f"{text} [white]"
        if text:
            self.texts[at] = text

    def count(self, at: Slot) -> None:
        """Counts a cell, blank or not. Raises UnreadableSource past the limit."""
        self.cells += 1
        if self.cells > MOST_CELLS:
            raise UnreadableSource("the sheet is far larger than any report", self.place(at))

    def rule(self, at: Slot) -> None:
        """Keeps that a cell has a border; borders beyond what any table needs say nothing."""
        if at[1] < MOST_COLUMNS:
            self.ruled.add(at)

    def place(self, at: Slot) -> str:
        return f"sheet “{self.name}”, cell {reference(at)}"

    def merge(self, area: Area) -> None:
        """Keeps a merged area. Raises UnreadableSource past the limit."""
        self.merged.append(area)
        if len(self.merged) > MOST_MERGED:
            raise UnreadableSource("the sheet has far more merged cells than any report", self.place(area[:2]))


def reference(at: Slot) -> str:
    """The name of a cell, as a spreadsheet has it: B7."""
    row, column = at
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as it is seen: its cells over the columns of the sheet, those with words, and how many slots a cell above
    reaches into; `boxes` are the slots with borders beside these."""

    at: int
    cells: tuple[Spanning, ...]
    full: tuple[Spanning, ...]
    covered: int
    boxes: int
    ruled: bool

    @property
    def is_table(self) -> bool:
        if not self.full:
            return self.boxes > 1
        alone = len(self.full) == 1 and not self.covered and not self.boxes
        return not alone or self.full[0].is_figure

    @property
    def may_be_label(self) -> bool:
        """Whether a row with one cell could be a label with blank cells beside it."""
        return all(cell.columns == 1 and len(cell.text) <= _LONG for cell in self.full)


def to_blocks(page: Page) -> Iterator[Block]:
    """The blocks of a sheet in order. Raises UnreadableSource past the limits, Ambiguous for figures run together."""
    rows = _rows(page, _shown(page))
    table = to_table([row.cells for row in rows])
    if len(table.rows) != len(rows):
        raise UnreadableSource("the rows of the sheet cannot be told apart", f"sheet “{page.name}”")
    in_table = _in_table(rows, page)
    for is_table, stretch in groupby(range(len(rows)), key=lambda n: in_table[n]):
        if is_table:
            numbers = list(stretch)
            yield Table(_trimmed([table.rows[n] for n in numbers], [rows[n] for n in numbers]))
        else:
            yield from (line for n in stretch for cell in rows[n].full for line in _paragraphs(cell))


# what is seen --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shown:
    """The cells that are seen, at the slot where each begins, with the rows and columns that it spans on the sheet."""

    cells: Mapping[Slot, tuple[str, Area]]
    rows: Sequence[int]
    columns: Sequence[int]


def _shown(page: Page) -> _Shown:
    """Hidden rows and columns are not there; a merged cell shows what its first cell holds, wherever it is seen."""
    areas = {(area[0], area[1]): area for area in page.merged}
    anchors = [(area, page.texts.get((area[0], area[1]), "")) for area in page.merged]
    covered = _covered([area for area, _ in anchors], page)
    alone = [((*at, *at), text) for at, text in page.texts.items() if at not in covered and at not in areas]
    cells: dict[Slot, tuple[str, Area]] = {}
    for area, text in (*((a, t) for a, t in anchors if t), *alone):
        if seen := _seen(area, page):
            cells[seen[0], seen[1]] = (_text(text, page.place(seen[:2])), seen)
    rows = {row for _, (first, _, last, _) in cells.values() for row in range(first, last + 1)}
    rows |= _ruled_rows(rows, page)
    # All other columns are parts of these, or empty.
    columns = {left for _, (_, left, _, _) in cells.values()} | {column for row, column in page.ruled if row in rows}
    if len(rows) > MOST_ROWS:
        raise UnreadableSource("the sheet has far more rows than any report", f"sheet “{page.name}”")
    return _Shown(
        cells, [row for row in sorted(rows) if row not in page.hidden_rows], sorted(columns - page.hidden_columns)
    )


def _covered(areas: Iterable[Area], page: Page) -> set[Slot]:
    """The slots with text inside merged areas. Raises UnreadableSource where two areas overlap on one."""
    found: set[Slot] = set()
    texts = sorted(page.texts)
    looked_at = 0
    for first, left, last, right in areas:
        begin, end = bisect_left(texts, (first, left)), bisect_left(texts, (last, right + 1))
        looked_at += end - begin
        if looked_at > 4 * MOST_CELLS:
            raise UnreadableSource(
                "the merged cells of the sheet are far larger than in any report", page.place(texts[0])
            )
        for row, column in texts[begin:end]:
            if left <= column <= right:
                if (row, column) in found:
                    raise UnreadableSource("two merged areas overlap", page.place((row, column)))
                found.add((row, column))
    return found


def _seen(area: Area, page: Page) -> Area | None:
    """The area without the hidden rows and columns at its edges; None where nothing of it is seen."""
    first, left, last, right = area
    rows = [row for row in range(first, min(last, first + MOST_SPANNED) + 1) if row not in page.hidden_rows]
    columns = [column for column in range(left, min(right, LAST_COLUMN) + 1) if column not in page.hidden_columns]
    return (rows[0], columns[0], rows[-1], columns[-1]) if rows and columns else None


def _text(text: str, place: str) -> str:
    """Lines of a cell stay lines. Raises Ambiguous for figures on two lines: one broken number, or two."""
    if _TWO_FIGURES.fullmatch(text):
        raise Ambiguous(f"“{collapse(text)}” stands on two lines of a cell: one number or two?", place)
    return text.strip()


def _ruled_rows(rows: set[int], page: Page) -> set[int]:
    """Rows with borders but nothing in them between rows with words, and one behind them all."""
    counts = Counter(row for row, _ in page.ruled if row not in page.hidden_rows)
    first, last = min(rows, default=0), max(rows, default=-1)
    return {row for row, count in counts.items() if count > 1 and first < row <= last + 1}


# rows ----------------------------------------------------------------------------------------------------------------


def _rows(page: Page, shown: _Shown) -> list[_Row]:
    """Every row over the same columns: those in which a cell begins; what a cell covers below it is marked."""
    by_row: dict[int, dict[int, tuple[str, Area]]] = {}
    for (row, column), cell in shown.cells.items():
        by_row.setdefault(row, {})[column] = cell
    made: list[_Row] = []
    below: dict[int, int] = {}
    for row in shown.rows:
        covered = {column for column, last in below.items() if last >= row}
        made.append(_row(page, row, by_row.get(row, {}), covered, shown))
        for left, (_, (_, _, last, right)) in by_row.get(row, {}).items():
            begin, end = bisect_left(shown.columns, left), bisect_left(shown.columns, right + 1)
            below |= {column: last for column in shown.columns[begin:end] if last > row}
    return made


def _row(page: Page, row: int, own: Mapping[int, tuple[str, Area]], covered: set[int], shown: _Shown) -> _Row:
    placed = list(_placed(page, row, own, covered, shown))
    boxes = [column for column, _ in placed if (row, column) in page.ruled]
    reach = max([*boxes, *covered, *own], default=0)
    # Where a table has borders, a row ends with its last box: nobody can tell which of its cells is the one not there.
    cells = [cell for column, cell in placed if column <= reach or not boxes]
    empty = sum(not cell.text for column, cell in placed if column in boxes)
    return _Row(row, tuple(cells), tuple(cell for cell in cells if cell.text), len(covered), empty, bool(boxes))


def _placed(
    page: Page, row: int, own: Mapping[int, tuple[str, Area]], covered: set[int], shown: _Shown
) -> Iterator[tuple[int, Spanning]]:
    """The cells of a row with the columns in which they begin, blank ones too."""
    at, columns = 0, shown.columns
    while at < len(columns):
        column, width = columns[at], 1
        if column not in covered:
            text, (first, left, last, right) = own.get(column, ("", (row, column, row, column)))
            width = bisect_left(columns, right + 1) - at
            if any(one in covered or one in own for one in columns[at + 1 : at + width]):
                raise UnreadableSource("two merged areas overlap", page.place((row, column)))
            height = bisect_left(shown.rows, last + 1) - bisect_left(shown.rows, first)
            yield left, Spanning(text, page.place((row, left)), width, height)
        elif column in own:
            raise UnreadableSource("two merged areas overlap", page.place((row, column)))
        at += width


# tables and prose ----------------------------------------------------------------------------------------------------


def _in_table(rows: Sequence[_Row], page: Page) -> list[bool]:
    """Which rows are rows of tables; one or two cells alone between two such rows may be labels with blank cells."""
    told = [row.is_table for row in rows]
    start = 0
    for is_table, stretch in groupby(list(told)):
        end = start + len(list(stretch))
        if not is_table and start > 0 and end < len(rows) and end - start <= 2:
            close = all(_adjoin(one.at, other.at, page) for one, other in pairwise(rows[start - 1 : end + 1]))
            if close and all(row.may_be_label for row in rows[start:end]):
                told[start:end] = [True] * (end - start)
        start = end
    return told


def _adjoin(row: int, other: int, page: Page) -> bool:
    """Whether no row that is seen lies between the two."""
    return other - row < MOST_ROWS and all(between in page.hidden_rows for between in range(row + 1, other))


def _trimmed(cells: Sequence[tuple[Cell, ...]], rows: Sequence[_Row]) -> tuple[tuple[Cell, ...], ...]:
    """The rows of one table as far as its borders reach, and where there are none, its words."""
    ends = [len(line) if row.ruled else _words_end(line) for line, row in zip(cells, rows, strict=True)]
    return tuple(tuple(_in_line(cell) for cell in line[: max(ends)]) for line in cells if max(ends))


def _words_end(line: Sequence[Cell]) -> int:
    return max((n for n, cell in enumerate(line, start=1) if cell.text), default=0)


def _in_line(cell: Cell) -> Cell:
    return Cell(" ".join(cell.text.split()), cell.place) if "\n" in cell.text else cell


def _paragraphs(cell: Spanning) -> Iterator[Paragraph]:
    """Each line of a cell of prose is a paragraph."""
    lines = (line.strip() for line in cell.text.splitlines())
    return (Paragraph(line, cell.place) for line in lines if line)
