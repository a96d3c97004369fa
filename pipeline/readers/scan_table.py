"""The cells of one ruled table: the text in each, how sure it is, and whether a merged cell is one without doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.document import UnreadableSource
from pipeline.readers.grid import Spanning
from pipeline.readers.scan_cells import Box, Grid, Lines, Ruled
from pipeline.readers.scan_lines import Line, lines_in
from pipeline.readers.scan_page import Page, Picture
from pipeline.readers.scan_words import read_figure, read_words

_MARGIN = 2
"""Dots beside a wall that belong to its blurred edge."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page with what was found on it: ruled lines, letters (ink without them), and the ruled tables."""

    page: Page
    lines: Lines
    ink: Picture
    any_ink: Picture
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A cell with the lines of ink in it, the text that they are, and how sure that is."""

    ruled: Ruled
    place: str
    lines: tuple[Line, ...]
    text: str
    confidence: float

    @property
    def reads_as_words(self) -> bool:
        return bool(self.text) and not is_figure(self.text)


def to_rows(sheet: Sheet, grid: Grid, number: int) -> list[list[tuple[Ruled, Spanning]]]:
    """The cells of each row of a table from left to right. Raises UnreadableSource where one is not certain."""
    counts = [0] * (len(grid.down) - 1)
    seen: list[_Seen] = []
    for ruled in grid.cells:
        counts[ruled.row] += 1
        place = f"page {sheet.page.number}, table {number}, row {ruled.row + 1}, cell {counts[ruled.row]}"
        seen.append(_see(sheet, grid, ruled, place))
    rows: list[list[tuple[Ruled, Spanning]]] = [[] for _ in counts]
    for one in seen:
        rows[one.ruled.row].append((one.ruled, _spanning(grid, one, seen, sheet.page.em)))
    return rows


def _within(inner: Box) -> Box:
    return Box(inner.left + _MARGIN, inner.top + _MARGIN, inner.right - _MARGIN, inner.bottom - _MARGIN)


def _spanning(grid: Grid, one: _Seen, seen: Sequence[_Seen], em: int) -> Spanning:
    ruled = one.ruled
    cell = Spanning(one.text, one.place, ruled.columns, ruled.rows, one.confidence)
    is_figure_alone = cell.is_figure or (bool(one.text) and not _chinese(one.text))
    if is_figure_alone and (ruled.columns > 1 or ruled.rows > 1) and not _is_one(grid, one, seen, em):
        says = f"“{one.text}” stands in a cell of several columns or rows that no head has: a ruled line may be lost"
        raise UnreadableSource(says, one.place)
    return cell


def is_figure(text: str) -> bool:
    """Whether a text could be a figure, or what a recogniser makes of one: hardly any Chinese, and short."""
    return bool(text) and _chinese(text) <= 2 and len(text) <= 24


def _chinese(text: str) -> int:
    return sum("\u4e00" <= c <= "\u9fff" for c in text)


def _see(sheet: Sheet, grid: Grid, ruled: Ruled, place: str) -> _Seen:
    """What stands in a cell, and how sure that is; blank is sure only where no ink of any colour is there."""
    box = _within(ruled.inner)
    lines = tuple(lines_in(sheet.ink, box, sheet.page.em))
    if not lines:
        return _Seen(ruled, place, lines, "", 0.0 if box.of(sheet.any_ink).any() else 1.0)
    text, confidence = _read(sheet, box, lines)
    crossed = is_figure(text) and _goes_on(sheet, grid, ruled, lines[0].box)
    return _Seen(ruled, place, lines, text, 0.0 if crossed else confidence)


def _read(sheet: Sheet, cell: Box, lines: Sequence[Line]) -> tuple[str, float]:
    grey = sheet.page.grey
    boxes = [_padded(line.box, cell) for line in lines]
    words = [read_words(grey, box) for box in boxes]
    text, least = "".join(word.text for word in words), min(word.least for word in words)
    if not is_figure(text):
        return text, least
    # A number may be broken over lines, and two numbers may stand below one another: a person says which.
    if len(words) > 1 or _has_gap(lines[0], sheet.page.em):
        return text, 0.0
    return text, min(least, read_figure(grey, boxes[0], words[0], lines[0].parts))


def _padded(line: Box, cell: Box) -> Box:
    pad = max(line.height // 8, 2)
    return Box(
        max(line.left - pad, cell.left),
        max(line.top - pad, cell.top),
        min(line.right + pad, cell.right),
        min(line.bottom + pad, cell.bottom),
    )


def _goes_on(sheet: Sheet, grid: Grid, ruled: Ruled, ink: Box) -> bool:
    """Whether ink lies against both faces of a wall: a figure too wide for its cell goes on in the next one."""
    left, right = grid.across[ruled.column], grid.across[ruled.column + ruled.columns]
    return any(
        Box(wall.low - 4, ink.top, wall.low - 1, ink.bottom).of(sheet.ink).any()
        and Box(wall.high + 2, ink.top, wall.high + 5, ink.bottom).of(sheet.ink).any()
        for wall in (left, right)
    )


def _has_gap(line: Line, em: int) -> bool:
    return line.widest_gap > max(0.6 * line.box.height, 0.3 * em)


# merged cells --------------------------------------------------------------------------------------------------------


def _is_one(grid: Grid, one: _Seen, seen: Sequence[_Seen], em: int) -> bool:
    """Whether a figure's cell that covers several slots is one cell, and not several whose wall is too faint to see."""
    ruled = one.ruled
    if len(one.lines) != 1:
        return False
    ink = one.lines[0].box
    tall = all(ink.top < rule.middle < ink.bottom for rule in grid.down[ruled.row + 1 : ruled.row + ruled.rows])
    over = [(chunk.box.left, chunk.box.right) for chunk in one.lines[0].chunks(em // 2)]
    missing = grid.across[ruled.column + 1 : ruled.column + ruled.columns]
    wide = all(any(left < rule.middle < right for left, right in over) for rule in missing)
    return tall and (wide or _under_a_head(one, seen))


def _under_a_head(one: _Seen, seen: Sequence[_Seen]) -> bool:
    """Whether words stand over a figure between the very same walls: a wall that got lost parts the heads above."""
    at = one.ruled
    while above := next((peer for peer in seen if _is_right_above(peer.ruled, at)), None):
        if above.reads_as_words:
            return True
        at = above.ruled
    return False


def _is_right_above(other: Ruled, ruled: Ruled) -> bool:
    same = (other.column, other.columns) == (ruled.column, ruled.columns)
    return same and other.row + other.rows == ruled.row
