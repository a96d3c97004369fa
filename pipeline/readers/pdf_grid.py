"""From rules to the cells of ruled tables: lines are snapped, and what lies between them is filled like a basin.

A region is a cell where it is a rectangle shut on all four sides; a basin with a gap in its rim is none.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf

from pipeline.document import UnreadableSource
from pipeline.readers.pdf_shapes import Box, Piece

SNAP = 2.6
"""Rules nearer than this, in points, are one: double borders, and borders that each cell draws for itself."""

_REACH = 3.5
_SHORTEST = 6.0
MOST_LINES = 1_500


@dataclass(slots=True)
class Line:
    """All rules on one line of the page: where it lies, and the stretches that are drawn."""

    at: float
    spans: list[tuple[float, float]]

    def covers(self, start: float, end: float) -> bool:
        """Whether the line is drawn all the way but for the thickness of the lines that it meets."""
        low, high = start + _REACH, end - _REACH
        return any(a <= low and b >= high for a, b in self.spans)


@dataclass(frozen=True, slots=True)
class Area:
    """A cell: its first column and row in the grid, how many it covers, and its box."""

    column: int
    row: int
    columns: int
    rows: int
    box: Box


@dataclass(slots=True)
class Ruled:
    """A ruled table on a page: the lines of its grid, its cells, and which slots are no cell."""

    xs: list[float]
    ys: list[float]
    areas: list[Area]
    of_slot: dict[tuple[int, int], int] = field(default_factory=dict)

    @property
    def box(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def at(self, x: float, y: float) -> int | None:
        """The number of the cell that holds a point, None where no cell does."""
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        return self.of_slot.get((column, row))


def find_tables(across: Sequence[Piece], down: Sequence[Piece], page: int) -> list[Ruled]:
    """The ruled tables of a page from top to bottom. Raises UnreadableSource past the limits."""
    across, down = sorted(across), sorted(down)
    rows, columns = _lines(across), _lines(down)
    if len(rows) > MOST_LINES or len(columns) > MOST_LINES:
        raise UnreadableSource("the page has far more ruled lines than any of a report", f"page {page}")
    parts = _components(rows, columns)
    if len(parts) > 1:  # lines of one table must not pull at those of another
        parts = [(_own(one, across), _own(other, down)) for one, other in parts]
    tables = [_table(one, other) for one, other in parts if one and other]
    return sorted((one for one in tables if len(one.areas) > 1), key=lambda one: (one.ys[0], one.xs[0]))


# lines ---------------------------------------------------------------------------------------------------------------


def _lines(pieces: Sequence[Piece]) -> list[Line]:
    """Lines that many pieces make, given in order; pieces too short for the side of a cell are none."""
    lines: list[Line] = []
    for group in _near(pieces):
        at = (group[0][0] + group[-1][0]) / 2
        spans = [span for span in _merged(sorted((a, b) for _, a, b in group)) if span[1] - span[0] >= _SHORTEST]
        if spans:
            lines.append(Line(at, spans))
    return lines


def _near(pieces: Sequence[Piece]) -> list[list[Piece]]:
    groups: list[list[Piece]] = []
    first = last = -inf
    for piece in pieces:
        at = piece[0]
        if at - last <= SNAP and at - first <= 2 * SNAP:
            groups[-1].append(piece)
        else:
            groups.append([piece])
            first = at
        last = at
    return groups


def _merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    if not spans:
        return []
    merged: list[tuple[float, float]] = []
    low, high = spans[0]
    for start, end in spans:
        if start > high + _REACH:
            merged.append((low, high))
            low, high = start, end
        elif end > high:
            high = end
    merged.append((low, high))
    return merged


# lines that hang together --------------------------------------------------------------------------------------------


def _components(rows: Sequence[Line], columns: Sequence[Line]) -> list[tuple[list[Line], list[Line]]]:
    """The lines of each table: stretches that touch belong together."""
    across = [(line.at, a, b) for line in rows for a, b in line.spans]
    down = [(line.at, a, b) for line in columns for a, b in line.spans]
    root = list(range(len(across) + len(down)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    order = sorted(range(len(down)), key=lambda j: down[j][0])
    xs = [down[j][0] for j in order]
    for i, (y, x0, x1) in enumerate(across):
        for j in order[bisect_left(xs, x0 - _REACH) : bisect_right(xs, x1 + _REACH)]:
            if down[j][1] - _REACH <= y <= down[j][2] + _REACH:
                root[find(i)] = find(len(across) + j)
    parts: dict[int, tuple[list[Piece], list[Piece]]] = {}
    for i, piece in enumerate([*across, *down]):
        parts.setdefault(find(i), ([], []))[i >= len(across)].append(piece)
    return [(_gather(one), _gather(other)) for one, other in parts.values() if len(one) > 1 and len(other) > 0]


def _own(lines: Sequence[Line], pieces: Sequence[Piece]) -> list[Line]:
    """The lines of one table made anew from the pieces that lie on them."""
    ats = [line.at for line in lines]
    low, high = min(line.spans[0][0] for line in lines), max(line.spans[-1][1] for line in lines)
    first, last = bisect_left(pieces, (ats[0] - 2 * SNAP,)), bisect_right(pieces, (ats[-1] + 2 * SNAP, inf, inf))
    own = []
    for at, start, end in pieces[first:last]:
        if start < low - _REACH or end > high + _REACH:
            continue
        near = lines[bisect_left(ats, at - 2 * SNAP) : bisect_right(ats, at + 2 * SNAP)]
        if any(a - _REACH <= start and end <= b + _REACH for line in near for a, b in line.spans):
            own.append((at, start, end))
    return _lines(own)


def _gather(pieces: Sequence[Piece]) -> list[Line]:
    lines: dict[float, Line] = {}
    for at, start, end in pieces:
        lines.setdefault(at, Line(at, [])).spans.append((start, end))
    return [lines[at] for at in sorted(lines)]


# one table -----------------------------------------------------------------------------------------------------------


def _table(rows: list[Line], columns: list[Line]) -> Ruled:
    _close(rows, columns)
    _close(columns, rows)
    for lines, others in ((rows, columns), (columns, rows)):
        for rim in (lines[0], lines[-1]):
            _mend(rim, others)
    made = Ruled([line.at for line in columns], [line.at for line in rows], [])
    for slots in _basins(rows, columns):
        _add(made, slots)
    return made


def _close(lines: list[Line], others: Sequence[Line]) -> None:
    """Shuts a table whose outer rules are left out, where several lines end at one place beyond the last rule."""
    starts = [start for line in others for start, _ in line.spans]
    ends = [end for line in others for _, end in line.spans]
    first, last = _outer(min(starts), starts, lines[0].at, others), _outer(max(ends), ends, lines[-1].at, others)
    if first and first.at < lines[0].at:
        lines.insert(0, first)
    if last and last.at > lines[-1].at:
        lines.append(last)


def _mend(rim: Line, others: Sequence[Line]) -> None:
    """Draws what an outer rule lacks between two lines that reach it, as where a page break cuts a cell."""
    reach = [line.at for line in others if any(a - _REACH <= rim.at <= b + _REACH for a, b in line.spans)]
    rim.spans = _merged(sorted([*rim.spans, *pairwise(reach)]))


def _outer(at: float, ends: Sequence[float], last: float, columns: Sequence[Line]) -> Line | None:
    count = sum(abs(end - at) <= SNAP for end in ends)
    if count < 2 or abs(at - last) <= _REACH:
        return None
    reaching = [line.at for line in columns if any(abs(end - at) <= SNAP for span in line.spans for end in span)]
    return Line(at, [(min(reaching), max(reaching))])


def _basins(rows: Sequence[Line], columns: Sequence[Line]) -> list[list[tuple[int, int]]]:
    """The slots of the grid that no rule parts, in groups."""
    wide, high = len(columns) - 1, len(rows) - 1
    if wide < 1 or high < 1:
        return []
    seen: set[tuple[int, int]] = set()
    across, down = _walls(rows, columns), _walls(columns, rows)
    basins = []
    for start in ((c, r) for r in range(high) for c in range(wide)):
        if start in seen:
            continue
        c, r = start
        if across[r][c] and across[r + 1][c] and down[c][r] and down[c + 1][r]:
            basins.append([start])
        else:
            basins.append(_flood(start, across, down, seen, (wide, high)))
    return [basin for basin in basins if basin]


def _walls(lines: Sequence[Line], others: Sequence[Line]) -> list[list[bool]]:
    """Where each line is drawn between the lines that cross it."""
    gaps = list(pairwise([line.at for line in others]))
    return [[line.covers(start, end) for start, end in gaps] for line in lines]


def _flood(
    start: tuple[int, int],
    across: Sequence[Sequence[bool]],
    down: Sequence[Sequence[bool]],
    seen: set[tuple[int, int]],
    size: tuple[int, int],
) -> list[tuple[int, int]]:
    """The slots reached from one; none where a way leads out of the table."""
    basin, todo, leaks = [], [start], False
    seen.add(start)
    while todo:
        c, r = todo.pop()
        basin.append((c, r))
        steps = [
            (c - 1, r, down[c][r]),
            (c + 1, r, down[c + 1][r]),
            (c, r - 1, across[r][c]),
            (c, r + 1, across[r + 1][c]),
        ]
        for x, y, is_shut in steps:
            if is_shut or (x, y) in seen:
                continue
            if not (0 <= x < size[0] and 0 <= y < size[1]):
                leaks = True
                continue
            seen.add((x, y))
            todo.append((x, y))
    return [] if leaks else basin


def _add(made: Ruled, slots: Sequence[tuple[int, int]]) -> None:
    """Adds the cell that a basin is; a basin that is no rectangle is none."""
    (c0, r0), (c1, r1) = min(slots), max(slots)
    if len(slots) > 1:
        r0, r1 = min(r for _, r in slots), max(r for _, r in slots)
    if len(slots) != (c1 - c0 + 1) * (r1 - r0 + 1):
        return
    box = Box(made.xs[c0], made.ys[r0], made.xs[c1 + 1], made.ys[r1 + 1])
    for slot in slots:
        made.of_slot[slot] = len(made.areas)
    made.areas.append(Area(c0, r0, c1 - c0 + 1, r1 - r0 + 1, box))
