"""Ruled lines to cells: where the lines of a table stand, and which of them part two cells.

A line that is there for a part only could be a wall or none, so such a table is refused.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from pipeline.document import UnreadableSource
from pipeline.readers.scan_page import Page, Picture

MOST_LINES = 400

_WALL, _NO_WALL = 0.6, 0.25
"""How much of the side of a cell is ruled: a wall from here, none up to there."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of dots; `right` and `bottom` are the first dots outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def of(self, picture: Picture) -> Picture:
        return picture[max(self.top, 0) : max(self.bottom, 0), max(self.left, 0) : max(self.right, 0)]

    def inside(self, other: "Box") -> bool:
        return (
            other.left <= self.left
            and self.right <= other.right
            and other.top <= self.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A ruled line across a table: the dots that it takes, from `low` to `high`."""

    low: int
    high: int

    @property
    def middle(self) -> int:
        return (self.low + self.high) // 2


@dataclass(frozen=True, slots=True)
class Ruled:
    """A cell of a table: its first row and column, how many it covers, and the dots inside its walls."""

    row: int
    column: int
    rows: int
    columns: int
    inner: Box


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: its box, its lines from left to right and from top to bottom, and its cells in reading order."""

    box: Box
    across: tuple[Rule, ...]
    down: tuple[Rule, ...]
    cells: tuple[Ruled, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """The ruled lines of a page as two pictures."""

    level: Picture
    upright: Picture

    @property
    def both(self) -> Picture:
        return np.asarray(cv2.bitwise_or(self.level, self.upright), np.uint8)


def find_lines(page: Page) -> Lines:
    """What of the ink are long straight strokes, breaks between two that lie in one line closed."""
    level = _strokes(page.ink, (2 * page.em, 1), page.em, (1, 0))
    upright = _strokes(page.ink, (1, round(1.15 * page.em)), page.em, (0, 1))
    return Lines(level, upright)


def _strokes(ink: Picture, least: tuple[int, int], em: int, way: tuple[int, int]) -> Picture:
    # Letters side by side have strokes in one line as well, so breaks are closed only after short strokes are gone.
    small = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, _bar(max(em // 10, 3), way))
    long = cv2.morphologyEx(small, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, least))
    return np.asarray(cv2.morphologyEx(long, cv2.MORPH_CLOSE, _bar(em, way)), np.uint8)


def _bar(length: int, way: tuple[int, int]) -> Any:
    return np.ones((length if way[1] else 1, length if way[0] else 1), np.uint8)


def find_tables(page: Page, lines: Lines) -> list[Grid]:
    """The ruled tables of a page from top to bottom. Raises UnreadableSource where a table's lines are not whole."""
    grids = [grid for box, own in _nets(page, lines) if (grid := _grid(page, own, box))]
    tables = [grid for grid in grids if len(grid.cells) > 1]
    kept = [one for one in tables if not any(one is not other and one.box.inside(other.box) for other in tables)]
    return sorted(kept, key=lambda grid: (grid.box.top, grid.box.left))


def _nets(page: Page, lines: Lines) -> Iterator[tuple[Box, Lines]]:
    """Ruled lines that hang together, each net with its box; strokes of letters inside cells hang on nothing."""
    joined = cv2.dilate(lines.both, np.ones((5, 5), np.uint8))
    _, owner, parts, _ = cv2.connectedComponentsWithStats(joined)
    for number, (left, top, width, height, _) in enumerate(parts.tolist()):
        if number and width > 6 * page.em and height > 1.3 * page.em:
            own = (owner == number).astype(np.uint8)
            yield Box(left, top, left + width, top + height), Lines(lines.level * own, lines.upright * own)


def _grid(page: Page, lines: Lines, box: Box) -> Grid | None:
    em = page.em
    across = _rules(box.of(lines.upright).sum(axis=0) // 255, round(1.1 * em), em // 3, box.left)
    down = _rules(box.of(lines.level).sum(axis=1) // 255, 2 * em, em // 3, box.top)
    across, down = _closed(across, box.left, box.right, em), _closed(down, box.top, box.bottom, em)
    if len(across) < 2 or len(down) < 2:
        return None
    if len(across) + len(down) > MOST_LINES:
        raise UnreadableSource("a table has far more ruled lines than any of a report", f"page {page.number}")
    return Grid(box, across, down, tuple(_cells(page, lines, across, down)))


def _rules(profile: Any, least: int, join: int, start: int) -> tuple[Rule, ...]:
    """Neighbouring rows of dots that hold enough ink are one line."""
    rules: list[Rule] = []
    for at in np.flatnonzero(profile >= least).tolist():
        if rules and start + at - rules[-1].high <= join:
            rules[-1] = Rule(rules[-1].low, start + at)
        else:
            rules.append(Rule(start + at, start + at))
    return tuple(rules)


def _closed(rules: tuple[Rule, ...], first: int, last: int, em: int) -> tuple[Rule, ...]:
    """A table that a page break cuts, or that is open at its sides, ends where its lines end."""
    if not rules:
        return ()
    before = (Rule(first, first),) if rules[0].low - first > em // 2 else ()
    after = (Rule(last - 1, last - 1),) if last - 1 - rules[-1].high > em // 2 else ()
    return (*before, *rules, *after)


# walls and cells -----------------------------------------------------------------------------------------------------


def _cells(page: Page, lines: Lines, across: Sequence[Rule], down: Sequence[Rule]) -> Iterator[Ruled]:
    """The cells in reading order: neighbouring slots without a wall between them are one."""
    rows, columns = len(down) - 1, len(across) - 1
    owner = np.arange(rows * columns).reshape(rows, columns)
    for row in range(rows):
        for column in range(columns):
            if column and not _wall(page, _share(lines.upright, _side(across[column], down, row), 1), row):
                _join(owner, owner[row, column - 1], owner[row, column])
            if row and not _wall(page, _share(lines.level, _ledge(down[row], across, column), 0), row):
                _join(owner, owner[row - 1, column], owner[row, column])
    for one in dict.fromkeys(owner.ravel().tolist()):
        yield _ruled(page, owner == one, across, down)


def _join(owner: Any, one: int, other: int) -> None:
    owner[owner == max(one, other)] = min(one, other)


def _side(rule: Rule, down: Sequence[Rule], row: int) -> Box:
    return Box(rule.low - 3, down[row].high + 2, rule.high + 4, down[row + 1].low - 1)


def _ledge(rule: Rule, across: Sequence[Rule], column: int) -> Box:
    return Box(across[column].high + 2, rule.low - 3, across[column + 1].low - 1, rule.high + 4)


def _wall(page: Page, share: float, row: int) -> bool:
    """Whether a side between two slots is ruled. Raises UnreadableSource where that is not certain."""
    if _NO_WALL < share < _WALL:
        where = f"page {page.number}, row {row + 1} of a table"
        raise UnreadableSource("a ruled line is broken, and it is not certain which cells it parts", where)
    return share >= _WALL


def _share(strokes: Picture, side: Box, axis: int) -> float:
    """How much of a side is ruled, counted along the side."""
    part = side.of(strokes)
    return float((part.max(axis=axis) > 0).mean()) if part.size else 1.0


def _ruled(page: Page, mask: Any, across: Sequence[Rule], down: Sequence[Rule]) -> Ruled:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    top, bottom, left, right = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    if not mask[top:bottom, left:right].all():
        where = f"page {page.number}, row {top + 1} of a table"
        raise UnreadableSource("the ruled lines do not close round a cell, so its place is not certain", where)
    inner = Box(across[left].high + 1, down[top].high + 1, across[right].low, down[bottom].low)
    return Ruled(top, left, bottom - top, right - left, inner)
