"""From the tables of single pages to whole ones: parts on neighbouring pages are joined where their columns agree.

A head that is printed again is left out, and what a page break cut in two is put together where that is certain.
"""

from collections.abc import Sequence
from operator import itemgetter

from pipeline.document import Table
from pipeline.readers.grid import Spanning, to_table
from pipeline.readers.pdf_cells import TOO_HIGH, TOO_WIDE, Content
from pipeline.readers.pdf_tables import Part, Piece

_SAME_EDGE = 3.0
_LEEWAY = 0.25
"""How much of a character words may lack to fill a line; a label that is joined wrongly is no label any more."""


def join(first: Piece, second: Piece, head: Piece) -> bool:
    """Joins the table of the next page to the first where their columns agree; whether it did.

    `head` is the piece that the whole table began with.
    """
    columns = _agree(first.xs, second.xs)
    if columns is None:
        return False
    xs, moved_first, moved_second = columns
    _move(first, xs, moved_first)
    _move(second, xs, moved_second)
    _drop_head(second, head)
    if not second.height:
        first.page = second.page
        return True
    cut = _is_cut(first, second)
    _carry(first, second, cut)
    start = first.height - (1 if cut else 0)
    for part in second.parts:
        part.row += start
    first.parts.extend(part for part in second.parts if part.rows > 0)
    first.height = start + second.height
    first.page = second.page
    return True


def _agree(one: Sequence[float], other: Sequence[float]) -> tuple[list[float], list[int], list[int]] | None:
    """The edges of both, and where those of each stand among them; None where neither has all of the other's."""
    shift = other[0] - one[0]
    moved = [x - shift for x in other]
    if abs(moved[-1] - one[-1]) > _SAME_EDGE:
        return None
    of_one = [_nearest(x, moved) for x in one]
    of_other = [_nearest(x, one) for x in moved]
    if None not in of_other:
        return list(one), list(range(len(one))), [at for at in of_other if at is not None]
    if None not in of_one:
        return list(moved), [at for at in of_one if at is not None], list(range(len(other)))
    return None


def _nearest(x: float, among: Sequence[float]) -> int | None:
    at = min(range(len(among)), key=lambda i: abs(among[i] - x))
    return at if abs(among[at] - x) <= _SAME_EDGE else None


def _move(piece: Piece, xs: list[float], to: Sequence[int]) -> None:
    for part in piece.parts:
        start, end = to[part.column], to[part.end]
        part.column, part.columns = start, end - start
    piece.xs = xs


def _drop_head(piece: Piece, head: Piece) -> None:
    """Leaves out the rows at the top of a page that print the head of the table again."""
    count = 0
    while count < min(piece.height, head.height) and _prints(piece, count) == _prints(head, count) != []:
        count += 1
    rows = [part for part in piece.parts if part.row < count]
    texts = [part.content for part in rows if not part.content.is_blank]
    if len(texts) < 2 or any(text.is_figure for text in texts) or any(part.below > count for part in rows):
        return
    piece.parts = [part for part in piece.parts if part.row >= count]
    for part in piece.parts:
        part.row -= count
    piece.height -= count


def _prints(piece: Piece, row: int) -> list[tuple[int, int, int, str]]:
    parts = sorted((part for part in piece.parts if part.row == row), key=lambda part: part.column)
    return [(part.column, part.columns, part.rows, part.content.text()) for part in parts]


def _pairs(first: Piece, second: Piece) -> list[tuple[Part, Part]]:
    """Cells above and below the break that have the same sides."""
    above = {(part.column, part.end): part for part in first.bottom()}
    return [(above[key], part) for part in second.top() if (key := (part.column, part.end)) in above]


def _is_cut(first: Piece, second: Piece) -> bool:
    """Whether the break goes through a row: every cell that has text on both sides was full, and one has words."""
    pairs = _pairs(first, second)
    if len(pairs) != len(second.top()) or len(pairs) != len(first.bottom()):
        return False
    both = [(one, other) for one, other in pairs if not one.content.is_blank and not other.content.is_blank]
    return any(not one.content.is_figure for one, _ in both) and all(_goes_on(one, other) for one, other in both)


def _goes_on(one: Part, other: Part) -> bool:
    """Whether the text of a cell certainly goes on behind the break."""
    if one.content.is_figure != other.content.is_figure:
        return False
    last, line = one.content.lines[-1], other.content.lines[0]
    if one.content.is_figure:
        return one.content.is_full(last, line.first)
    return one.content.is_full(last, line.word + _LEEWAY * line.size)


def _carry(first: Piece, second: Piece, cut: bool) -> None:
    """Puts the text of cells that the break cut in two together in the part above it."""
    is_head = not any(part.content.is_figure for part in [*first.bottom(), *second.top()])
    for one, other in _pairs(first, second):
        merged = other.rows > 1 or one.rows > 1
        words = not other.content.is_blank and not other.content.is_figure
        goes_on = words and not one.content.is_blank and _goes_on(one, other)
        if cut or (merged and words and one.content.is_blank) or ((merged or is_head) and goes_on):
            _append(one.content, other.content)
            other.content = Content([], other.content.room)
        if cut:
            one.rows += other.rows - 1
            other.rows = 0


def _append(content: Content, more: Content) -> None:
    if content.lines and more.lines:
        last, line = content.lines[-1], more.lines[0]
        down = last.y0 + 1.2 * last.size - line.y0
        for one in more.lines:
            one.y0 += down
            one.y1 += down
    content.lines = [*content.lines, *more.lines]


def finish(piece: Piece) -> Table:
    """The table of a joined piece; slots that are no cell are blank."""
    at = {(part.row, part.column): part for part in piece.parts}
    texts = {id(part): _text(part, at) for part in piece.parts}
    rows: list[list[Spanning]] = []
    taken = {(r, c) for part in piece.parts for r in range(part.row, part.below) for c in range(part.column, part.end)}
    of_row: dict[int, list[tuple[int, Part | None]]] = {}
    for part in piece.parts:
        of_row.setdefault(part.row, []).append((part.column, part))
    for row in range(piece.height):
        blanks = [(c, None) for c in range(len(piece.xs) - 1) if (row, c) not in taken]
        line: list[Spanning] = []
        for _, part in sorted([*of_row.get(row, ()), *blanks], key=itemgetter(0)):
            if part is None:
                line.append(Spanning("", f"page {piece.page}, row {row + 1}"))
            else:
                line.append(Spanning(texts[id(part)], part.place, part.columns, part.rows))
        rows.append(line)
    return to_table(rows)


def _text(part: Part, at: dict[tuple[int, int], Part]) -> str:
    text = part.content.text()
    if not part.content.is_figure:
        return text
    if part.columns > 1 and not _has_head(part, at):
        text += TOO_WIDE
    if part.rows > 1 and not _has_label(part, at):
        text += TOO_HIGH
    return text


def _has_head(part: Part, at: dict[tuple[int, int], Part]) -> bool:
    """Whether words stand above the cell in a cell just as wide, with nothing but cells as wide between."""
    above = {one.below: one for one in at.values() if one.column == part.column and one.columns == part.columns}
    row = part.row
    while row in above:
        one = above[row]
        if not one.content.is_blank and not one.content.is_figure:
            return True
        row = one.row
    return False


def _has_label(part: Part, at: dict[tuple[int, int], Part]) -> bool:
    """Whether words stand before the cell in a cell just as high, with nothing but cells as high between."""
    before = {one.end: one for one in at.values() if one.row == part.row and one.rows == part.rows}
    column = part.column
    while column in before:
        one = before[column]
        if not one.content.is_blank and not one.content.is_figure:
            return True
        column = one.column
    return False
