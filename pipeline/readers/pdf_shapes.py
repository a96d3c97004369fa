"""Boxes, matrices and points of a page of a PDF, and what is kept of all that the page draws."""

import ctypes
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

import pypdfium2.raw as pdfium

from pipeline.readers import pdf_calls as calls
from pipeline.readers.pdf_calls import Handle


@dataclass(slots=True)
class Box:
    """A rectangle; of no height or width where it is a line."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def area(self) -> float:
        return (self.x1 - self.x0) * (self.y1 - self.y0)

    def holds(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


@dataclass(slots=True)
class Fill:
    """A filled area, and when it was drawn."""

    box: Box
    order: int
    is_white: bool


Piece = tuple[float, float, float]
"""One stretch of a rule: where the rule lies, from, to."""

Side = tuple[float, float, float, bool]
"""A stretch, and whether it runs across."""


@dataclass(slots=True)
class Drawing:
    """What a page draws: rules, fills, images, and when each text was drawn and how clipped.

    `sides` has when each rule was drawn last, `white` each time for the white ones; `order` has the address of each
    text object.
    """

    sides: dict[Side, int] = field(default_factory=dict)
    white: list[tuple[Side, int]] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    images: list[tuple[Box, int]] = field(default_factory=list)
    order: dict[int, int] = field(default_factory=dict)
    clips: dict[int, Box] = field(default_factory=dict)
    segments: int = 0
    page_area: float = 0.0

    def is_dark_under(self, x: float, y: float, order: int) -> bool:
        """Whether white signs would be seen there: the last area filled below them is not white."""
        for i in range(self.filled_until(order - 1) - 1, -1, -1):
            if self.fills[i].box.holds(x, y):
                return not self.fills[i].is_white
        return False

    def filled_until(self, order: int) -> int:
        """How many of the fills were drawn by then."""
        if not self.fills or self.fills[-1].order <= order:  # nearly always
            return len(self.fills)
        return bisect_right(self.fills, order, key=_order)

    def hiding(self, order: int) -> list[Box]:
        """What hides an object drawn at that time: areas filled later, and later images as large as the page."""
        if not self.fills and not self.images:
            return []
        made = [_shrunk(fill.box) for fill in self.fills[self.filled_until(order) :]]
        return made + [box for box, at in self.images if at > order and box.area > self.page_area * 0.5]


def _order(fill: Fill) -> int:
    return fill.order


def _shrunk(box: Box) -> Box:
    return Box(box.x0 + 1, box.y0 + 1, box.x1 - 1, box.y1 - 1)


def common(one: Box, other: Box) -> Box:
    """What two boxes share; upside down where they share nothing."""
    return Box(max(one.x0, other.x0), max(one.y0, other.y0), min(one.x1, other.x1), min(one.y1, other.y1))


# points --------------------------------------------------------------------------------------------------------------

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_frame = pdfium.FS_MATRIX()
_to_frame = ctypes.byref(_frame)
_x, _y = ctypes.c_float(), ctypes.c_float()
_to_x, _to_y = ctypes.byref(_x), ctypes.byref(_y)


def matrix_of(one: Handle, outer: Matrix) -> Matrix:
    """The matrix of an object on the page, by way of the form that it is in."""
    calls.object_matrix(one, _to_frame)
    m = _frame.a, _frame.b, _frame.c, _frame.d, _frame.e, _frame.f
    return times(m, outer) if m != SAME else outer


def times(m: Matrix, n: Matrix) -> Matrix:
    """One matrix after the other."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def point_of(segment: Handle, m: Matrix) -> Point:
    """Where a segment of a path ends on the page."""
    calls.segment_point(segment, _to_x, _to_y)
    x, y = _x.value, _y.value
    return m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]


def around(points: Sequence[Point]) -> Box:
    """The smallest box that holds all the points."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def bounds_of(one: Handle, m: Matrix) -> Box:
    """The box of an object on the page."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(ctypes.cast(one, pdfium.FPDF_PAGEOBJECT), left, bottom, right, top)
    corners = [(x.value, y.value) for x in (left, right) for y in (bottom, top)]
    return around([(m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]) for x, y in corners])


def clip_of(one: Handle, matrix: Matrix) -> Box | None:
    """The box that the object's clip paths leave open."""
    clip = calls.clip_path(one)
    box: Box | None = None
    if clip.value is None:
        return box
    for path in range(calls.clip_count(clip)):
        count = min(calls.clip_segment_count(clip, path), 100)
        points = [point_of(calls.clip_segment(clip, path, i), matrix) for i in range(count)]
        if points:
            box = around(points) if box is None else common(box, around(points))
    return box
