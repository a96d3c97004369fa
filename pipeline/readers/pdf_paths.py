"""From the paths of a page to its rules: a line, a thin rectangle, or a side of a larger one.

Every program draws the borders of a cell otherwise, and many draw each border once for either cell.
"""

import ctypes
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import pypdfium2.raw as pdfium

from pipeline.readers import pdf_calls as calls
from pipeline.readers.pdf_calls import Handle
from pipeline.readers.pdf_shapes import Box, Drawing, Fill, Matrix, Piece, Point, around, clip_of, common, matrix_of

MOST_SEGMENTS = 400_000
_THIN = 3.2
_STRAIGHT = 0.7
_WHITE = 0xF0
_MOVES = pdfium.FPDF_SEGMENT_MOVETO

_fill, _stroke = ctypes.c_int(), ctypes.c_int()
_to_modes = ctypes.byref(_fill), ctypes.byref(_stroke)
_red, _green, _blue, _alpha = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
_to_rgba = [ctypes.byref(one) for one in (_red, _green, _blue, _alpha)]


def add_path(made: Drawing, one: Handle, matrix: Matrix, order: int) -> None:
    """Adds the rules and areas that a path draws."""
    calls.draw_mode(one, *_to_modes)
    is_filled, is_stroked = _fill.value, _stroke.value
    if not is_filled and not is_stroked:
        return
    parts = _parts(made, one, matrix_of(one, matrix))
    clip = clip_of(one, matrix)
    if is_stroked and (is_white := _is_white(one, calls.stroke_colour)) is not None:
        for points in parts:
            _add_sides(made, points, order, is_white, clip)
    if is_filled and (is_white := _is_white(one, calls.fill_colour)) is not None:
        _add_filled(made, parts, order, is_white, clip)


def _is_white(one: Handle, get: Callable[..., int]) -> bool | None:
    """Whether the colour is that of paper, or None where nothing can be seen of it."""
    if not get(one, *_to_rgba):
        return False
    if _alpha.value < 16:
        return None
    return _red.value >= _WHITE and _green.value >= _WHITE and _blue.value >= _WHITE


_x, _y = ctypes.c_float(), ctypes.c_float()
_to_x, _to_y = ctypes.byref(_x), ctypes.byref(_y)


def _parts(made: Drawing, one: Handle, matrix: Matrix) -> list[list[Point]]:
    """The subpaths as points; a curve counts as the straight line between its ends only where it is a fill's."""
    parts: list[list[Point]] = []
    part: list[Point] = []
    count = min(calls.segment_count(one), MOST_SEGMENTS)
    made.segments += count
    a, b, c, d, e, f = matrix
    segment_of, point, kind, closes = calls.segment, calls.segment_point, calls.segment_type, calls.segment_closes
    for i in range(count):  # the innermost loop of a page of many small rectangles
        segment = segment_of(one, i)
        point(segment, _to_x, _to_y)
        x, y = _x.value, _y.value
        if not i or kind(segment) == _MOVES:
            part = []
            parts.append(part)
        part.append((a * x + c * y + e, b * x + d * y + f))
        if closes(segment):
            part.append(part[0])
    return parts


def _add_sides(made: Drawing, points: Sequence[Point], order: int, is_white: bool, clip: Box | None) -> None:
    for (ax, ay), (bx, by) in pairwise(points):
        x0, x1 = (ax, bx) if ax < bx else (bx, ax)
        y0, y1 = (ay, by) if ay < by else (by, ay)
        if clip is not None:
            x0, y0, x1, y1 = max(x0, clip.x0), max(y0, clip.y0), min(x1, clip.x1), min(y1, clip.y1)
        if 0 <= y1 - y0 <= _STRAIGHT and x1 - x0 > 0.05:
            _add(made, (y0 + y1) / 2, x0, x1, True, order, is_white)
        elif 0 <= x1 - x0 <= _STRAIGHT and y1 - y0 > 0.05:
            _add(made, (x0 + x1) / 2, y0, y1, False, order, is_white)


def _add(made: Drawing, at: float, start: float, end: float, is_across: bool, order: int, is_white: bool) -> None:
    if is_white:
        made.white.append(((at, start, end, is_across), order))
    else:
        made.sides[at, start, end, is_across] = order


def _add_filled(made: Drawing, parts: Sequence[Sequence[Point]], order: int, is_white: bool, clip: Box | None) -> None:
    boxes = [around(part) for part in parts if len(part) > 2]
    boxes = [common(box, clip) for box in boxes] if clip else boxes
    if len(boxes) == 2 and _is_frame(boxes[0], boxes[1]):
        _add_sides(made, _between(boxes[0], boxes[1]), order, is_white, None)
        return
    for box in boxes:
        wide, high = box.x1 - box.x0, box.y1 - box.y0
        if wide < 0 or high < 0:
            continue
        if high <= _THIN:
            _add(made, (box.y0 + box.y1) / 2, box.x0, box.x1, True, order, is_white)
        if wide <= _THIN:
            _add(made, (box.x0 + box.x1) / 2, box.y0, box.y1, False, order, is_white)
        elif high > _THIN:
            made.fills.append(Fill(box, order, is_white))


def _is_frame(one: Box, other: Box) -> bool:
    gaps = (other.x0 - one.x0, other.y0 - one.y0, one.x1 - other.x1, one.y1 - other.y1)
    return all(0 <= abs(gap) <= _THIN for gap in gaps) and (min(gaps) >= 0 or max(gaps) <= 0)


def _between(one: Box, other: Box) -> list[Point]:
    """The ring between two rectangles, one just inside of the other."""
    x0, y0 = (one.x0 + other.x0) / 2, (one.y0 + other.y0) / 2
    x1, y1 = (one.x1 + other.x1) / 2, (one.y1 + other.y1) / 2
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]


# what is seen of the rules -------------------------------------------------------------------------------------------


def seen_rules(made: Drawing) -> tuple[list[Piece], list[Piece]]:
    """What can be seen of the rules, those across and those down: white ones only on a dark area, none under an area."""
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for (at, start, end, is_across), order in made.sides.items():
        pieces[not is_across].extend(_uncovered((at, start, end), is_across, order, made))
    for (at, start, end, is_across), order in made.white:
        x, y = ((start + end) / 2, at) if is_across else (at, (start + end) / 2)
        if made.is_dark_under(x, y, order):
            pieces[not is_across].extend(_uncovered((at, start, end), is_across, order, made))
    return pieces


def _uncovered(piece: Piece, is_across: bool, order: int, drawing: Drawing) -> Iterable[Piece]:
    """What areas filled later leave of a rule."""
    later = drawing.filled_until(order)
    if later == len(drawing.fills):
        return (piece,)
    at, left = piece[0], [piece]
    for i in range(later, len(drawing.fills)):
        box = drawing.fills[i].box
        if is_across:
            if box.y0 + 1 < at < box.y1 - 1:
                left = [rest for one in left for rest in _less(one, box.x0, box.x1)]
        elif box.x0 + 1 < at < box.x1 - 1:
            left = [rest for one in left for rest in _less(one, box.y0, box.y1)]
    return left


def _less(piece: Piece, start: float, end: float) -> list[Piece]:
    at, a, b = piece
    if end <= a or start >= b:
        return [piece]
    return [(at, c, d) for c, d in ((a, min(b, start)), (max(a, end), b)) if d - c > 0.5]
