"""The tables of a page: tables of cells stay tables, tables that only hold the layout give back what is in them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.document import plain
from pipeline.readers.grid import MOST_COLUMNS
from pipeline.readers.html_flow import Flow, Piece, join_lines
from pipeline.readers.html_tags import TABLE_PARTS, Element, look_of

MOST_ROWS = 20_000
_PROSE_LINES, _PROSE_CHARACTERS = 4, 300
_FIGURES_OF_ITS_OWN = 3
_LINES_AROUND = 6
_PARTS_INSIDE = TABLE_PARTS - {"table"}
_WRAPPERS = frozenset(("form", "span", "div", "center", "font", "b", "strong"))
_WORDS = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]")
_NUMBER = re.compile(r"\s*(\d+)")
_FIGURE = re.compile(r"[+-]?[\d.,]+\D{0,2}")
_ZERO = re.compile(r"\s*0+(?:\.0+)?(?:px|pt)?\s*")
_NO_HEIGHT = re.compile(r"(?:^|;)\s*height\s*:\s*0(?:\.0+)?(?:px|pt)?\s*(?:;|$)", re.IGNORECASE)


@dataclass(slots=True)
class _Cell:
    """One cell of the source and what its words came to."""

    element: Element
    pieces: list[Piece]
    text: str
    columns: int
    rows: int
    has_table: bool

    @property
    def is_figure(self) -> bool:
        return is_figure(self.text)


def is_figure(text: str) -> bool:
    """Whether words are one figure with a unit at most."""
    return _FIGURE.fullmatch(plain(text)) is not None


def read_table(parts: list[Element], flow: Flow) -> list[Piece]:
    """The pieces of a table, or of rows and cells that stand in none: one table, or the words of each cell in turn."""
    source = _Source(flow)
    rows = [
        [_cell(one, left, flow) for one in cells]
        for group in source.groups(parts)
        for cells, left in source.rows(group)
    ]
    rows = [row for row in rows if not _is_ruler(row)]
    cells = [cell for row in rows for cell in row]
    if not cells:
        return [*source.captions, *source.strayed]
    is_layout = _is_layout(rows, cells)
    fault = _fault(
        [*_cut_off(parts[0]), *source.strayed], cells, every_word=not is_layout or all(len(row) <= 1 for row in rows)
    )
    if is_layout and not fault:
        return [*source.captions, *source.strayed, *(piece for cell in cells for piece in cell.pieces)]
    above, inner, below = _without_prose(rows)
    table = _table(parts[0], inner)
    table.fault = fault or table.fault
    return [*source.captions, *above, table, *below]


def _cut_off(part: Element) -> list[Piece]:
    """The words between a table that was closed too soon and the rows that are left over."""
    before = part.getprevious() if part.tag != "table" else None
    words = "" if before is None or before.tag not in TABLE_PARTS else " ".join((before.tail or "").split())
    return [Piece(part, words)] if words else []


def _fault(strayed: Sequence[Piece], cells: Sequence[_Cell], every_word: bool) -> str:
    """Words between the cells may be the words of a cell: browsers show them above the table, whatever they are."""
    if not strayed or all(piece.is_links for cell in cells for piece in cell.pieces):
        return ""
    words = [one.text for one in strayed if (_WORDS.search(one.text) if every_word else is_figure(one.text))]
    return f"“{words[0][:40]}” stands between the cells of a table" if words else ""


def _without_prose(rows: Sequence[Sequence[_Cell]]) -> tuple[list[Piece], Sequence[Sequence[_Cell]], list[Piece]]:
    """The rows between the lines of text that open and close a table into which a whole document was put."""
    alone = [_is_line(row) for row in rows]
    if all(alone):
        return [], rows, []
    first, last = alone.index(False), len(rows) - alone[::-1].index(False)
    reaches = any(n + cell.rows > last for n, row in enumerate(rows[:last]) for cell in row)
    if reaches or first + len(rows) - last < _LINES_AROUND:
        return [], rows, []
    above = [piece for row in rows[:first] for cell in row for piece in cell.pieces]
    return above, rows[first:last], [piece for row in rows[last:] for cell in row for piece in cell.pieces]


def _is_line(row: Sequence[_Cell]) -> bool:
    """Whether a row is one cell of words over the width of several."""
    return not row or (len(row) == 1 and row[0].rows == 1 and not row[0].is_figure and not row[0].has_table)


def _table(element: Element, rows: Sequence[Sequence[_Cell]]) -> Piece:
    cells = [cell for row in rows for cell in row]
    given = [[(cell.text, cell.columns, cell.rows) for cell in row] for row in rows]
    fault = "a table stands inside a cell of a table that has figures" if any(c.has_table for c in cells) else ""
    counted = [piece for cell in cells for piece in cell.pieces]
    characters, linked = sum(piece.characters for piece in counted), sum(piece.linked for piece in counted)
    return Piece(element, rows=given, characters=characters, linked=linked, fault=fault)


# what is a layout ----------------------------------------------------------------------------------------------------


def _is_layout(rows: Sequence[Sequence[_Cell]], cells: Sequence[_Cell]) -> bool:
    """Whether a table only puts things side by side: it holds tables or prose, and no figures of its own."""
    if not cells or all(len(row) <= 1 for row in rows):
        return True
    if not any(cell.has_table or _is_prose(cell) for cell in cells):
        return False
    return sum(cell.is_figure for cell in cells if not cell.has_table) < _FIGURES_OF_ITS_OWN


def _is_prose(cell: _Cell) -> bool:
    return len(cell.pieces) >= _PROSE_LINES and sum(p.characters for p in cell.pieces) >= _PROSE_CHARACTERS


# rows ----------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Source:
    """The rows of a table as its elements give them, and the words that stand between its cells."""

    flow: Flow
    captions: list[Piece] = field(default_factory=list)
    strayed: list[Piece] = field(default_factory=list)

    def groups(self, parts: Sequence[Element]) -> list[list[Element]]:
        """The rows in groups, as no cell reaches out of its group: heads first, feet last, wherever they stand."""
        heads, bodies, feet = list[list[Element]](), list[list[Element]](), list[list[Element]]()
        loose: list[Element] = []
        for part in self._parts(parts):
            if part.tag in ("tr", "td", "th"):
                if not loose:
                    bodies.append(loose)
                loose.append(part)
                continue
            loose = []
            first = {"thead": heads, "tfoot": feet}.get(part.tag, bodies)
            (bodies if first and first is not bodies else first).append(list(self._inside(part)))
        return [*heads, *bodies, *feet]

    def rows(self, group: Sequence[Element]) -> Iterator[tuple[list[Element], int]]:
        """The cells of each row of a group, and how many rows the group has from there on."""
        rows: list[list[Element]] = []
        loose: list[Element] = []
        for part in group:
            if part.tag == "tr":
                rows.append([one for one in self._inside(part) if one.tag in ("td", "th")])
                loose = []
            elif part.tag in ("td", "th"):
                if not loose:
                    rows.append(loose)
                loose.append(part)
        for n, row in enumerate(rows):
            yield row, len(rows) - n

    def _parts(self, parts: Sequence[Element]) -> Iterator[Element]:
        for part in parts:
            if part.tag == "table":
                yield from self._inside(part)
            else:
                yield part

    def _inside(self, element: Element) -> Iterator[Element]:
        """The parts of a table inside one of its parts."""
        self._stray(element, element.text)
        for child in element:
            hidden = look_of(child).hidden
            if child.tag in _PARTS_INSIDE:
                if not hidden:
                    yield child
            elif child.tag in _WRAPPERS and any(one.tag in _PARTS_INSIDE for one in child):
                yield from self._inside(child)
            elif child.tag == "caption" and not hidden:
                self.captions.extend(self.flow.nested(child).pieces)
            elif child.tag not in ("colgroup", "col") and not hidden:
                self.strayed.extend(self.flow.nested(child).pieces)
            self._stray(element, child.tail)

    def _stray(self, element: Element, text: str | None) -> None:
        if text and not text.isspace() and (words := " ".join(text.split())):
            self.strayed.append(Piece(element, words, words, characters=len(words)))


def _is_ruler(row: Sequence[_Cell]) -> bool:
    """A blank row without height, as word processors write one to say how wide the columns are."""
    if not row or any(cell.text for cell in row):
        return False
    above = row[0].element.getparent()
    while above is not None and above.tag != "tr":
        above = above.getparent()
    return above is not None and (
        _ZERO.fullmatch(above.get("height", "")) is not None or _NO_HEIGHT.search(above.get("style", "")) is not None
    )


# cells ---------------------------------------------------------------------------------------------------------------


def _cell(element: Element, rows_left: int, flow: Flow) -> _Cell:
    inner = flow.nested(element)
    lines = [piece.text for piece in inner.pieces if piece.rows is None]
    text = join_lines(lines) if len(lines) > 1 else "".join(lines)
    if inner.values:
        shown = " ".join(value for value in inner.values if value.strip())
        text = " ".join(filter(None, [text, shown]))
    if not text and inner.pictures and not any(piece.rows for piece in inner.pieces):
        text = f"[{inner.pictures} picture]"  # something is printed here, and nobody can read it
    down = _span(element, "rowspan")
    return _Cell(
        element,
        inner.pieces,
        text,
        min(max(_span(element, "colspan"), 1), MOST_COLUMNS // 2),
        min(down, rows_left) if down else rows_left,
        len(lines) < len(inner.pieces),
    )


def _span(element: Element, name: str) -> int:
    """A span as browsers read it: its leading digits, 1 where there are none; rowspan 0 reaches to the group's end."""
    given = element.get(name)
    return 1 if given is None else _leading_number(given)


@lru_cache(maxsize=1024)
def _leading_number(text: str) -> int:
    match = _NUMBER.match(text)
    return int(match[1][:6]) if match else 1
