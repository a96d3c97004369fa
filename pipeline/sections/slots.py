"""Slots: which cell of a row belongs to which column, told by labels and positions, never by counting alone.

A row is placed only where one reading of it is possible; every other row raises.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from pipeline.document import Ambiguous, BrokenForm, Cell, Number, Row, read_number
from pipeline.forms import Column, RowOfForm, label_key

_LONGEST_HEAD = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table as printed, or a label with the one-cell lines that follow it.

    `gapless`: each cell was a paragraph of its own, so a blank cell leaves no trace and every figure must be there.
    """

    cells: tuple[Cell, ...]
    rows: tuple[Row, ...]
    gapless: bool

    @property
    def place(self) -> str:
        return self.cells[0].place

    @property
    def in_table(self) -> bool:
        return any(row.in_table for row in self.rows)


@dataclass(frozen=True, slots=True)
class Placed:
    """One figure: the field it was understood as, the cell that it stands in, and the number read there."""

    field: str
    cell: Cell
    number: Number


@dataclass(slots=True)
class Reading:
    """What was read of one section: its figures, the rows that the form lacks, and what was not understood."""

    section: str
    placed: list[Placed] = field(default_factory=list)
    extra_rows: list[dict[str, object]] = field(default_factory=list)
    used: list[Row] = field(default_factory=list)
    not_understood: list[Cell] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)


# from rows to lines --------------------------------------------------------------------------------------------------


def is_figure(cell: Cell) -> bool:
    """Whether a cell holds a number and at most a unit beside it: no label, no heading, no running text."""
    return _is_figure(cell.text)


@lru_cache(maxsize=4096)
def _is_figure(text: str) -> bool:
    text = text.strip()
    words = sum("\u4e00" <= c <= "\u9fff" for c in text)
    return len(text) <= 24 and words <= 2 and any(c.isdigit() for c in text) and not "\u4e00" <= text[0] <= "\u9fff"


def is_word(cell: Cell) -> bool:
    """Whether a cell may hold a label: neither nothing nor digits alone. A quick look before a slow one."""
    return bool(cell.text) and not cell.text.isdigit()


def mend(rows: Sequence[Row], knows: Callable[[str], bool]) -> list[Row]:
    """Rows whose label was broken over lines, joined again where the joined words are a label of the form."""
    mended: list[Row] = []
    at = 0
    while at < len(rows):
        row, taken = _joined(rows, at, knows)
        mended.append(row)
        at += taken
    return mended


def _joined(rows: Sequence[Row], at: int, knows: Callable[[str], bool]) -> tuple[Row, int]:
    row, taken = rows[at], 1
    while (more := _continuation(row, rows[at + taken : at + taken + 3], knows)) is not None:
        row, used = more
        taken += used
    return row, taken


def _continuation(row: Row, following: Sequence[Row], knows: Callable[[str], bool]) -> tuple[Row, int] | None:
    last = row.cells[-1]
    if len(last.text) > 40 or not label_key(last.text) or is_figure(last) or knows(last.text):
        return None
    text = last.text
    for count, next_row in enumerate(following, start=1):
        text += next_row.cells[0].text
        if len(text) > 80 or not next_row.cells[0].text.strip():
            return None
        if knows(text):
            cells = (*row.cells[:-1], Cell(text, last.place), *next_row.cells[1:])
            return Row(cells, row.in_table or next_row.in_table), count
        if len(next_row.cells) > 1:
            return None
    return None


def gather(rows: Iterable[Row], starts: Callable[[str], bool]) -> list[Line]:
    """Lines of a section: table rows as they are, and one-cell rows gathered behind the label that they follow."""
    lines: list[Line] = []
    for row in rows:
        cell = row.cells[0]
        follows = lines and lines[-1].gapless and len(row.cells) == 1 and not starts(cell.text)
        if follows and not cell.is_blank and len(cell.text) <= 24 and starts(lines[-1].cells[0].text):
            last = lines[-1]
            lines[-1] = Line((*last.cells, cell), (*last.rows, row), gapless=True)
        elif len(row.cells) > 1 or not cell.is_blank:
            lines.append(Line(row.cells, (row,), gapless=len(row.cells) == 1))
    return lines


# from lines to figures -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Labelled:
    """A line with the row of the form that its label names, and the cells behind the label.

    `at` is the index of the label's cell; `omitted` counts the headings above it that this line does not repeat.
    """

    line: Line
    row: RowOfForm
    at: int
    omitted: int = 0

    @cached_property
    def tail(self) -> tuple[Cell, ...]:
        return self.line.cells[self.at + 1 :]

    @cached_property
    def filled(self) -> list[int]:
        return [i for i, cell in enumerate(self.tail) if cell.text and not cell.is_blank]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return len(self.row.within), self.omitted, len(self.line.cells), self.at

    @property
    def name(self) -> str:
        return f"the row “{self.row.words.number}{self.row.words.label}”"

    def full_from(self, count: int) -> int | None:
        """Where the figures start when all of them are there, side by side."""
        filled = self.filled
        if len(filled) == count and filled[-1] - filled[0] == count - 1:
            return filled[0]
        return None


@dataclass(frozen=True, slots=True)
class Head:
    """The columns in the order of the printed heads; `at[column]` is the slot and `width` the cells of a row.

    Positions count only where every head row has the same width; else `width` is 0 and the order alone is known.
    `widest` is the width of the widest head row, `strange` a head beside them that the form does not have.
    """

    order: tuple[str, ...]
    at: tuple[int, ...] = ()
    width: int = 0
    widest: int = 0
    strange: str = ""


def strange_head(
    lines: Iterable[Line], names: Callable[[str], object], knows: Callable[[str], bool], label: int
) -> str:
    """A head that the form does not have: unknown words behind a head that it `names`, or behind the labels' slots.

    `label` is the last slot of labels, as far as it is known.
    """
    behind = False
    for line in lines:
        if line.gapless or any(names(cell.text) for cell in line.cells if is_word(cell)):
            for i, cell in enumerate(line.cells):
                behind = behind or bool(names(cell.text))
                if (behind or i > label) and _may_be_head(cell) and not knows(cell.text):
                    return cell.text.strip()
    return ""


def _may_be_head(cell: Cell) -> bool:
    return is_word(cell) and not cell.is_blank and not is_figure(cell) and len(cell.text) <= _LONGEST_HEAD


def place_rows(lines: Sequence[Labelled], head: Head) -> list[list[Cell]]:
    """The cells of each line in the order of the head. Raises BrokenForm (S04) or Ambiguous where it is not certain."""
    count = len(head.order)
    for line in lines:
        _check_count(line, count)
    if head.strange:
        return _by_position(lines, head)
    models = [slots for slots in _models(lines, head, count) if slots is not None]
    return [_slots(number, line, lines, models, head) for number, line in enumerate(lines)]


def _by_position(lines: Sequence[Labelled], head: Head) -> list[list[Cell]]:
    """Where the form lacks a column, nothing may be counted: each figure must stand below one of the form's heads."""
    slots = _grid(lines, head)
    if slots is None:
        raise Ambiguous(
            f"the form has no column “{head.strange}”, so figures could stand under it", lines[0].line.place
        )
    return [[line.tail[i] for i in one] for line, one in zip(lines, slots, strict=True)]


def _check_count(line: Labelled, count: int) -> None:
    filled, slots = len(line.filled), len(line.tail)
    if filled > count:
        raise BrokenForm("S04", f"{line.name} has {filled} figures where the form has {count}", line.line.place)
    if slots < count or (line.line.gapless and filled < count):
        seen = filled if line.line.gapless else slots
        raise BrokenForm("S04", f"{line.name} has {seen} cells where the form has {count}", line.line.place)


Slots = list[Sequence[int]]


def _models(lines: Sequence[Labelled], head: Head, count: int) -> list[Slots | None]:
    """Ways to lay out the whole table; one counts only if every line of the table fits it."""
    first = [range(count) for _ in lines]
    exact = all(len(line.tail) == count for line in lines)
    padded = all(len(line.tail) == count + line.omitted for line in lines)
    return [_grid(lines, head), _fits(lines, first) if exact or padded else None]


def _grid(lines: Sequence[Labelled], head: Head) -> Slots | None:
    if not head.width or any(len(line.line.cells) != head.width for line in lines):
        return None
    slots: Slots = [[at - line.at - 1 for at in head.at] for line in lines]
    return _fits(lines, slots) if all(min(one) >= 0 for one in slots) else None


def _fits(lines: Sequence[Labelled], slots: Sequence[Sequence[int]]) -> Slots | None:
    fits = all(set(line.filled) <= set(one) for line, one in zip(lines, slots, strict=True))
    return list(slots) if fits else None


def _slots(number: int, line: Labelled, lines: Sequence[Labelled], models: Sequence[Slots], head: Head) -> list[Cell]:
    count, start = len(head.order), _certain_start(line, head)
    if start is not None:
        return list(line.tail[start : start + count])
    choices = {tuple(model[number]) for model in models} or _as_peers(line, lines, head)
    readings = {tuple(line.tail[i].text for i in choice) for choice in choices}
    if len(readings) == 1:
        return [line.tail[i] for i in choices.pop()]
    if not choices and len(line.filled) == count:
        raise BrokenForm("S04", f"{line.name} has a blank cell beside its {count} figures", line.line.place)
    raise Ambiguous(f"{line.name} has blank cells, and it is not certain which columns they are", line.line.place)


def _certain_start(line: Labelled, head: Head) -> int | None:
    """Where the figures start when all of them are there and nothing beside them is open.

    A blank cell before them is a label's own slot only where the row fills the width of the table. Blank cells behind
    them do not count in section 三 (S04), unless they make the row wider than its head and its own total does not hold:
    then a cell may have come in and the total be the one that is blank.
    """
    start, width = line.full_from(len(head.order)), len(line.line.cells)
    if len(head.order) == 1:
        return start  # one figure for one column, wherever it stands
    if start == 0 and (width <= max(head.widest, line.at + 1 + len(head.order)) or _adds_up(line, head)):
        return start
    return start if width == head.widest else None


def _adds_up(line: Labelled, head: Head) -> bool:
    """Whether the first cells of a row are parts and their total; figures are never placed by it, only trusted less."""
    if line.row.section != "requests":
        return False
    texts = [cell.text.strip() for cell in line.tail[: len(head.order)]]
    if not all(text.isascii() and text.isdigit() and len(text) < 16 for text in texts):
        return False
    values = dict(zip(head.order, map(int, texts), strict=True))
    return sum(values.values()) == 2 * values["total"]


def _as_peers(line: Labelled, lines: Sequence[Labelled], head: Head) -> set[tuple[int, ...]]:
    """Where lines of the very same shape have all their figures, this line's figures stand there too."""
    starts = {_certain_start(peer, head) for peer in lines if peer.shape == line.shape}
    ranges = {tuple(range(start, start + len(head.order))) for start in starts if start is not None}
    return {one for one in ranges if set(line.filled) <= set(one)} if len(ranges) == 1 else set()


def read_figures(row: RowOfForm, order: Sequence[str], cells: Sequence[Cell], unit: str | None = None) -> list[Placed]:
    """The numbers of one row in the form's column order, from cells in the order of the printed heads.

    `unit` is the unit that the report prints in the head of an amount; it outranks the form's.
    """
    by_column = dict(zip(order, cells, strict=True))
    return [
        _figure(name, column, by_column[column.key], unit or column.unit)
        for name, column in zip(row.fields, row.columns, strict=True)
    ]


def _figure(name: str, column: Column, cell: Cell, unit: str | None) -> Placed:
    return Placed(name, cell, read_number(cell, column.kind, unit))


def keep_rest(reading: Reading, line: Line) -> None:
    """A line without a label of the form: a row of its own, a page number, or words that carry no figure."""
    numbers = [cell for cell in line.cells if is_figure(cell)]
    words = [cell for cell in line.cells if not cell.is_blank and not is_figure(cell)]
    before = [cell for cell in words if numbers and line.cells.index(cell) < line.cells.index(numbers[0])]
    if before and len(line.cells) > 1:
        _keep_extra(reading, line, before[-1])
    elif numbers and line.in_table:
        raise BrokenForm("S03", "figures stand in a row without a label", line.place)
    elif numbers:
        reading.notes.append(("S05", "a lone number between the rows was taken for a page number", line.place))
    reading.not_understood.extend(words)


def _keep_extra(reading: Reading, line: Line, label: Cell) -> None:
    after = line.cells[line.cells.index(label) + 1 :]
    values = [" ".join(cell.text.split()) for cell in after]
    reading.extra_rows.append({"section": reading.section, "label": " ".join(label.text.split()), "values": values})
    reading.notes.append(("S03", f"the form has no row “{label.text.strip()}”; it is kept as an extra row", line.place))
    reading.used.extend(line.rows)


def missing(rows: Iterable[RowOfForm]) -> str:
    """The labels of rows that were not found, for a sentence."""
    return ", ".join(f"“{row.words.number}{row.words.label}”" for row in rows)
