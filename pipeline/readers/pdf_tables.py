"""From the ruled cells of a page and its characters to tables: each character goes to the cell that holds its middle.

A digit that crosses a rule, or stands where the rules shut no cell, belongs to no cell for certain and is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.document import Ambiguous
from pipeline.readers.pdf_cells import NEVER_FIRST, Content, TextLine, to_lines
from pipeline.readers.pdf_grid import Ruled
from pipeline.readers.pdf_page import Glyph

_WIDEST_PADDING = 8.0


@dataclass(slots=True)
class Part:
    """One cell of a table: the first column and row, how many it covers, its content and its place."""

    column: int
    row: int
    columns: int
    rows: int
    content: Content
    place: str

    @property
    def end(self) -> int:
        return self.column + self.columns

    @property
    def below(self) -> int:
        return self.row + self.rows


@dataclass(slots=True)
class Piece:
    """A table, or what of it stands on one page."""

    page: int
    xs: list[float]
    height: int
    parts: list[Part] = field(default_factory=list)

    def top(self) -> list[Part]:
        return sorted((part for part in self.parts if part.row == 0), key=lambda part: part.column)

    def bottom(self) -> list[Part]:
        return sorted((part for part in self.parts if part.below == self.height), key=lambda part: part.column)


# cells of a page ------------------------------------------------------------------------------------------------------------


def fill(ruled: Ruled, glyphs: Sequence[Glyph], page: int, number: int | None) -> tuple[Piece, list[Glyph]]:
    """The table with the characters in its cells, and the characters that stand in none.

    `number` is the number of the table on its page, None where it is the only one. Raises Ambiguous.
    """
    held: list[list[Glyph]] = [[] for _ in ruled.areas]
    rest: list[Glyph] = []
    box, before = ruled.box, None
    here = box
    for glyph in glyphs:
        at: int | None
        x, y = glyph.x, glyph.y
        inside = here.x0 < x < here.x1 and here.y0 < y < here.y1  # certainly, and not on an edge
        if before and (inside or _hangs(before[0], glyph)):
            at = before[1]
        else:
            at = ruled.at(x, y) if box.holds(x, y) else None
        if at is None:
            if glyph.text.isdigit() and box.holds(x, y):
                says = "a digit stands where the rules shut no cell: a rule is missing"
                raise Ambiguous(says, f"page {page}")
            rest.append(glyph)
            before = None
            continue
        if glyph.text.isdigit():
            _check_inside(glyph, ruled, at, before, page)
        held[at].append(glyph)
        before, here = (glyph, at), ruled.areas[at].box
    piece = Piece(page, list(ruled.xs), len(ruled.ys) - 1)
    named = f"page {page}" if number is None else f"page {page}, table {number}"
    lines = [to_lines(glyphs_of) for glyphs_of in held]
    padding = _padding(ruled, lines)
    for count, i in _numbered(ruled):
        area = ruled.areas[i]
        room = area.box.x1 - area.box.x0 - 2 * padding
        place = f"{named}, row {area.row + 1}, cell {count}"
        content = Content(lines[i], room)
        if any("\ufffd" in line.text for line in lines[i]):
            says = "a character in a cell has no meaning: its font lacks the map to Unicode"
            raise Ambiguous(says, place)
        piece.parts.append(Part(area.column, area.row, area.columns, area.rows, content, place))
    return piece, rest


def _hangs(before: Glyph, glyph: Glyph) -> bool:
    """Whether a closing sign belongs to the word before it though it hangs over the edge of the cell."""
    beside = abs(before.y - glyph.y) < 1 and abs(glyph.x0 - before.x1) < 0.3 * glyph.size
    return before.owner == glyph.owner and beside and glyph.text in NEVER_FIRST


def _check_inside(glyph: Glyph, ruled: Ruled, at: int, before: tuple[Glyph, int] | None, page: int) -> None:
    """A digit must stand clear of the rules, and a number must not run from one cell into the next."""
    box = ruled.areas[at].box
    beyond = max(box.x0 - glyph.x0, glyph.x1 - box.x1)
    edge = min(glyph.y - box.y0, box.y1 - glyph.y)
    if beyond > 0.2 * (glyph.x1 - glyph.x0) + 0.3 or edge < 0.12 * glyph.size:
        raise Ambiguous("a digit stands on a rule, so its cell is not certain", f"page {page}, row {_row(ruled, at)}")
    if before and before[1] != at and before[0].text.isdigit() and _touches(before[0], glyph):
        raise Ambiguous("a number runs from one cell into the next", f"page {page}, row {_row(ruled, at)}")


def _touches(before: Glyph, glyph: Glyph) -> bool:
    """Whether two characters were written in one go, side by side."""
    beside = abs(before.y - glyph.y) < 1 and glyph.x0 - before.x1 < 0.2 * glyph.size
    return beside and before.owner == glyph.owner


def _row(ruled: Ruled, at: int) -> int:
    return ruled.areas[at].row + 1


def _padding(ruled: Ruled, lines: Sequence[Sequence[TextLine]]) -> float:
    """How far characters keep from the rules at least: in some cell a line fills nearly all the room."""
    gaps = [
        gap
        for area, some in zip(ruled.areas, lines, strict=True)
        for line in some
        for gap in (line.x0 - area.box.x0, area.box.x1 - line.x1)
        if gap >= 0  # signs that hang over the edge say nothing
    ]
    return min(min(gaps, default=0.0), _WIDEST_PADDING)


def _numbered(ruled: Ruled) -> list[tuple[int, int]]:
    """The cells in reading order, each with its number in its row."""
    made: list[tuple[int, int]] = []
    before, count = -1, 0
    for row, _, i in sorted([(area.row, area.column, i) for i, area in enumerate(ruled.areas)]):
        count = count + 1 if row == before else 1
        before = row
        made.append((count, i))
    return made
