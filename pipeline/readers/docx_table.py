"""The grid of a Word table: which columns each cell takes, and which cells are one with the cell beside or above."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml import etree

from pipeline.document import Ambiguous, Table, UnreadableSource
from pipeline.readers import grid
from pipeline.readers.docx_package import WORD
from pipeline.readers.docx_styles import VAL, child_of, is_on, to_int

MOST_COLUMNS_OF_CELL = 63
_SPAN, _VERTICAL, _HORIZONTAL, _TRACKED = (WORD + name for name in ("gridSpan", "vMerge", "hMerge", "cellMerge"))
_DELETED = WORD + "cellDel"
_SIZES = {_SPAN, _VERTICAL, _HORIZONTAL, _TRACKED, _DELETED}
PROPERTIES, _ROW = WORD + "tcPr", WORD + "trPr"


@dataclass(frozen=True, slots=True)
class Merge:
    """What the properties of a cell say of its size: columns, and whether it goes on with the cell above or before."""

    columns: int = 1
    starts: bool = False
    goes_on_above: bool = False
    goes_on_before: bool = False
    deleted: bool = False


@dataclass(slots=True)
class Piece:
    """A cell of the file in its row: the first column that it takes, its size, and its text."""

    at: int
    merge: Merge
    text: str
    place: str
    rows: int = 1

    @property
    def end(self) -> int:
        return self.at + self.merge.columns


@dataclass(slots=True)
class Line:
    """A row of the file: its cells, and how many columns it leaves out behind them."""

    pieces: list[Piece]
    after: int = 0

    @property
    def end(self) -> int:
        return (self.pieces[-1].end if self.pieces else 0) + self.after


ONE = Merge()
_merge = lru_cache(maxsize=256)(Merge)


def merge_of(cell: Sequence[etree._Element]) -> Merge:
    """The size of a cell of these children. Raises UnreadableSource where it is no number."""
    properties = child_of(cell, PROPERTIES)
    if properties is None:
        return ONE
    columns, starts, above, before, deleted = 1, False, False, False, False
    for one in properties:
        tag = one.tag
        if tag not in _SIZES:
            continue
        if tag == _SPAN:
            columns = _count(one)
        elif tag == _VERTICAL:
            starts = one.get(VAL) == "restart"
            above = not starts
        elif tag == _HORIZONTAL:
            before = one.get(VAL) != "restart"
        elif tag == _TRACKED:
            starts = one.get(WORD + "vMerge") == "rest"
            above = one.get(WORD + "vMerge") == "cont"
        elif tag == _DELETED:
            deleted = True
    return _merge(columns, starts, above, before, deleted)


def _count(element: etree._Element) -> int:
    count = to_int(element.get(VAL, ""))
    if count is None or count > MOST_COLUMNS_OF_CELL:
        raise UnreadableSource(f"a cell of a table is “{element.get(VAL, '')[:20]}” columns wide")
    return max(count, 1)


def left_out(row: etree._Element, name: str) -> int:
    """How many columns a row leaves out: `gridBefore` its first cell or `gridAfter` its last."""
    properties = child_of(row, _ROW)
    columns = None if properties is None else child_of(properties, WORD + name)
    return 0 if columns is None else min(to_int(columns.get(VAL, "")) or 0, MOST_COLUMNS_OF_CELL)


def is_left_out(row: etree._Element) -> bool:
    """Whether a row is deleted by a tracked change."""
    properties = child_of(row, _ROW)
    return properties is not None and child_of(properties, WORD + "del") is not None


def is_hidden(row: etree._Element) -> bool:
    """Whether a row without visible words is not printed either."""
    properties = child_of(row, _ROW)
    return properties is not None and bool(is_on(child_of(properties, WORD + "hidden")))


def to_table(rows: Sequence[Line]) -> Table:
    """The table of the rows of a file. Raises Ambiguous where a cell that is merged away holds words of its own."""
    ends = [row.end for row in rows]
    table = grid.to_table(_spanning(_joined_down([list(_joined_across(row.pieces)) for row in rows])))
    widest, last = max(map(len, table.rows), default=0), max(ends, default=0)
    for row, end in zip(table.rows, ends, strict=True):
        # Where columns of the file are narrower than what is printed, a row that lacks a cell may still look whole.
        if end < last and len(row) == widest > 1:
            raise Ambiguous(
                "the row ends before its table does, and it is not certain which cell it lacks", row[0].place
            )
    return table


def _joined_across(row: Sequence[Piece]) -> Iterator[Piece]:
    """Cells that go on with the cell before them make it wider."""
    if not any(piece.merge.goes_on_before for piece in row):
        yield from row
        return
    wide: Piece | None = None
    for piece in row:
        if wide is not None and piece.merge.goes_on_before:
            _check_hidden(piece, wide)
            wide = replace(wide, merge=replace(wide.merge, columns=wide.merge.columns + piece.merge.columns))
            continue
        if wide is not None:
            yield wide
        wide = piece
    if wide is not None:
        yield wide


def _joined_down(rows: Sequence[list[Piece]]) -> Sequence[list[Piece]]:
    """Cells that go on with a cell of the same columns above make it longer; others stand for themselves."""
    open_cells: dict[tuple[int, int], tuple[int, int]] = {}
    for number, row in enumerate(rows):
        begun: dict[tuple[int, int], tuple[int, int]] = {}
        kept: list[Piece] = []
        for piece in row:
            if not (piece.merge.starts or piece.merge.goes_on_above):
                kept.append(piece)
                continue
            key = (piece.at, piece.end)
            above = open_cells.get(key)
            if piece.merge.goes_on_above and above is not None:
                first, index = above
                _check_hidden(piece, rows[first][index])
                rows[first][index].rows = number - first + 1
                begun[key] = above
                continue
            begun[key] = (number, len(kept))
            kept.append(piece)
        row[:] = kept
        open_cells = begun
    return rows


def _check_hidden(piece: Piece, owner: Piece) -> None:
    """Word does not show what stands in a cell that is merged away; other programs may."""
    if piece.text.strip() and piece.text != owner.text:
        raise Ambiguous(
            f"a cell that is merged with “{owner.text[:20]}” holds words of its own: “{piece.text[:20]}”", piece.place
        )


def _spanning(rows: Sequence[Sequence[Piece]]) -> Iterator[list[grid.Spanning]]:
    for row in rows:
        yield [grid.Spanning(one.text, one.place, one.merge.columns, one.rows) for one in row]
