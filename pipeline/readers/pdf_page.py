"""What stands on a page of a PDF: the characters that can be seen, with their boxes, and what is drawn round them.

Everything is turned so that the writing of the page runs from left to right, and y grows downwards, as one reads.
"""

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pypdfium2.raw as pdfium

from pipeline.document import UnreadableSource
from pipeline.readers import pdf_calls as calls
from pipeline.readers.pdf_calls import Handle
from pipeline.readers.pdf_drawing import draw
from pipeline.readers.pdf_paths import seen_rules
from pipeline.readers.pdf_shapes import Box, Drawing, Piece, common

MOST_CHARACTERS = 200_000
MOST_SIZE = 100_000
_HIDDEN_MODES = {pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP}
_HYPHENS = {2, 0x2D, 0xAD, 0x2010, 0xFFFE}
_INVISIBLE = "\xad\u200b\u200c\u200d\u2060\ufeff"
_BAND = 8


@dataclass(slots=True)
class Glyph:
    """One character as printed: its box from side to side and the height of its font, its middle, its text object."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    owner: int
    x: float
    y: float


@dataclass(slots=True)
class Page:
    """A page turned upright: its size, glyphs, rules, and how much of it is an image."""

    number: int
    width: float
    height: float
    glyphs: list[Glyph] = field(default_factory=list)
    across: list[Piece] = field(default_factory=list)
    down: list[Piece] = field(default_factory=list)
    is_image: bool = False


@dataclass(slots=True)
class _Owner:
    """What a text object says of all its characters; `shown` is where they can be seen, `hiding` what covers them."""

    number: int
    turn: int | None
    is_hidden: bool
    order: int
    is_white: bool
    wide: float
    high: float
    shown: Box
    hiding: Sequence[Box]


_Raw = tuple[str, _Owner, float, float, float, float, float, float]
"""A character before the page is turned: its text object, its box from left to top, and where its pen began."""


def read_page(page: pdfium.FPDF_PAGE, number: int) -> Page:
    """The page with that number, turned upright. Raises UnreadableSource."""
    frame = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, frame):
        raise UnreadableSource("the page has no size", f"page {number}")
    bounds = Box(frame.left, frame.bottom, frame.right, frame.top)
    drawing = draw(page, number)
    seen, hidden = _characters(page, number, bounds, drawing)
    turn = _main_turn(seen)
    made = _upright(number, turn, bounds)
    made.glyphs = list(_without_doubles(_placed(seen, turn, bounds, number), number))
    made.across, made.down = _turned(seen_rules(drawing), turn, bounds)
    made.is_image = _is_image(drawing, bounds, len(seen), hidden)
    return made


def _upright(number: int, turn: int, bounds: Box) -> Page:
    width, height = bounds.x1 - bounds.x0, bounds.y1 - bounds.y0
    return Page(number, height, width) if turn % 2 else Page(number, width, height)


def _is_image(drawing: Drawing, bounds: Box, seen: int, hidden: int) -> bool:
    """Whether the page is a picture of a page: a large image, and no text but what a recogniser laid under it."""
    area = (bounds.x1 - bounds.x0) * (bounds.y1 - bounds.y0)
    large = sum(image.area for image, _ in drawing.images) > area * 0.3
    return large and (seen < 30 or hidden > seen)


# characters ----------------------------------------------------------------------------------------------------------


def _characters(page: pdfium.FPDF_PAGE, number: int, bounds: Box, drawing: Drawing) -> tuple[list[_Raw], int]:
    """The characters that can be seen, and the number of those that are invisible by their own colour or mode."""
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        raise UnreadableSource("the text of the page cannot be read", f"page {number}")
    try:
        count = pdfium.FPDFText_CountChars(text)
        if count > MOST_CHARACTERS:
            raise UnreadableSource("the page has far more characters than any of a report", f"page {number}")
        return _each(calls.handle(text), count, _Owners(bounds, drawing))
    finally:
        pdfium.FPDFText_ClosePage(text)


_box, _x, _y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
_to_box, _to_x, _to_y = ctypes.byref(_box), ctypes.byref(_x), ctypes.byref(_y)


def _each(text: Handle, count: int, owners: "_Owners") -> tuple[list[_Raw], int]:
    seen: list[_Raw] = []
    hidden, at = 0, -1
    object_of, box_of, origin_of = calls.text_object, calls.char_box, calls.char_origin
    for i in range(count):  # the innermost loop of a page of text
        one = object_of(text, i).value
        if one is None:
            continue  # a space or line break that nobody printed
        if one != at:
            at, owner = one, owners.of(text, i, one)
            x0, y0, x1, y1 = owner.shown.x0, owner.shown.y0, owner.shown.x1, owner.shown.y1
        if owner.is_hidden or owner.turn is None:
            hidden += owner.is_hidden
            continue
        box_of(text, i, _to_box)
        left, bottom, right, top = _box.left, _box.bottom, _box.right, _box.top
        if x0 <= (left + right) / 2 <= x1 and y0 <= (bottom + top) / 2 <= y1:
            if (owner.is_white or owner.hiding) and not owners.is_seen(owner, (left + right) / 2, (bottom + top) / 2):
                continue
            origin_of(text, i, _to_x, _to_y)
            seen.append((_character(text, i), owner, left, bottom, right, top, _x.value, _y.value))
    return seen, hidden


def _character(text: Handle, i: int) -> str:
    """The character; the replacement character where the font does not tell which it is."""
    code = calls.unicode_of(text, i)
    if code in _HYPHENS and calls.is_hyphen(text, i) == 1:
        return "-"
    return _sign(code, calls.lacks_unicode(text, i))


@lru_cache(maxsize=8192)
def _sign(code: int, is_unknown: int) -> str:
    if is_unknown == 1 or code < 32 or 0xE000 <= code <= 0xF8FF or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return "\ufffd" if code not in (9, 10, 13) else " "
    if 0x2E80 <= code <= 0x2FDF:  # fonts often map a Han character to the radical of the same shape
        return unicodedata.normalize("NFKC", chr(code))
    return chr(code)


# text objects --------------------------------------------------------------------------------------------------------


class _Owners:
    """The text objects of a page, each asked once."""

    def __init__(self, bounds: Box, drawing: Drawing) -> None:
        self._bounds, self._drawing = bounds, drawing
        self._made: dict[int, _Owner] = {}
        self._turns: dict[tuple[float, float, float, float], tuple[int | None, float, float]] = {}

    def of(self, text: Handle, i: int, address: int) -> _Owner:
        """The text object at that address, which prints that character."""
        made = self._made.get(address)
        if made is None:
            made = self._made[address] = self._new(text, i, address)
        return made

    def _new(self, text: Handle, i: int, address: int) -> _Owner:
        drawing, order = self._drawing, self._drawing.order.get(address, -1)
        is_white, is_faint = False, False
        if calls.text_colour(text, i, *_to_rgba):
            is_white = _red.value >= 0xF0 and _green.value >= 0xF0 and _blue.value >= 0xF0
            is_faint = _alpha.value < 16
        is_hidden = is_faint or calls.text_mode(Handle(address)) in _HIDDEN_MODES
        turn, wide, high = self._turn(text, i)
        size = calls.font_size(text, i)
        if not 0 <= size * max(wide, high) < MOST_SIZE:
            raise UnreadableSource("a font is printed far larger than any of a report")
        clip = drawing.clips.get(order)
        shown = common(self._bounds, clip) if clip else self._bounds
        number = len(self._made)
        return _Owner(number, turn, is_hidden, order, is_white, size * wide, size * high, shown, drawing.hiding(order))

    def _turn(self, text: Handle, i: int) -> tuple[int | None, float, float]:
        """How the character is turned, and how many times as wide and high it is as its font size says."""
        if not calls.text_matrix(text, i, _to_matrix):
            return 0, 1.0, 1.0
        m = _matrix.a, _matrix.b, _matrix.c, _matrix.d
        made = self._turns.get(m)
        if made is None:
            made = _quarters(m[0], m[2]), math.hypot(m[0], m[1]), math.hypot(m[2], m[3])
            self._turns[m] = made
        return made

    def is_seen(self, owner: _Owner, x: float, y: float) -> bool:
        """Whether a character with its middle there is not covered, and not white on white."""
        if owner.is_white and not self._drawing.is_dark_under(x, y, owner.order):
            return False
        return not any(box.holds(x, y) for box in owner.hiding)


_red, _green, _blue, _alpha = ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint()
_to_rgba = [ctypes.byref(one) for one in (_red, _green, _blue, _alpha)]
_matrix = pdfium.FS_MATRIX()
_to_matrix = ctypes.byref(_matrix)


def _quarters(a: float, c: float) -> int | None:
    """Quarter turns against the clock; None where the writing is slanted, as a watermark is."""
    quarters = -math.atan2(c, a) / (math.pi / 2)
    return round(quarters) % 4 if abs(quarters - round(quarters)) < 0.05 else None


# turning the page ----------------------------------------------------------------------------------------------------


def _main_turn(raws: Sequence[_Raw]) -> int:
    turns = Counter([raw[1].turn for raw in raws if not raw[0].isspace()])
    return (turns.most_common(1)[0][0] or 0) if turns else 0


def _pens(raws: Sequence[_Raw], turn: int, bounds: Box) -> list[tuple[float, float, float]]:
    """Where each character begins, how far down its line is, and where it ends, as the writing runs."""
    x0, y0, x1, y1 = bounds.x0, bounds.y0, bounds.x1, bounds.y1
    if turn == 0:
        return [(x - x0, y1 - y, right - x0) for _, _, _, _, right, _, x, y in raws]
    if turn == 1:
        return [(y - y0, x - x0, top - y0) for _, _, _, _, _, top, x, y in raws]
    if turn == 2:
        return [(x1 - x, y - y0, x1 - left) for _, _, left, _, _, _, x, y in raws]
    return [(y1 - y, x1 - x, y1 - bottom) for _, _, _, bottom, _, _, x, y in raws]


def _turned(rules: tuple[list[Piece], list[Piece]], turn: int, bounds: Box) -> tuple[list[Piece], list[Piece]]:
    """The rules across and down when the writing of the page runs in that direction."""
    across = _measured(rules[0], bounds.x0, bounds.x1, bounds.y0, bounds.y1, turn in (2, 3), turn in (0, 3))
    down = _measured(rules[1], bounds.y0, bounds.y1, bounds.x0, bounds.x1, turn in (0, 3), turn in (2, 3))
    return (down, across) if turn % 2 else (across, down)


def _measured(
    pieces: Sequence[Piece], start: float, end: float, low: float, high: float, is_turned: bool, is_flipped: bool
) -> list[Piece]:
    """Stretches measured from the other end of the page where it is turned, and from its other edge where flipped."""
    if is_turned:
        pieces = [(at, end - b, end - a) for at, a, b in pieces]
    else:
        pieces = [(at, a - start, b - start) for at, a, b in pieces]
    return [(high - at if is_flipped else at - low, a, b) for at, a, b in pieces]


def _placed(raws: Sequence[_Raw], turn: int, bounds: Box, number: int) -> Iterator[Glyph]:
    """The glyphs on their lines: fonts give boxes as they like, but the pen of a line moves on one height."""
    for raw, (start, line, end) in zip(raws, _pens(raws, turn, bounds), strict=True):
        text, owner = raw[0], raw[1]
        if owner.turn != turn and text.isdigit():
            raise UnreadableSource("digits stand across the writing of the page", f"page {number}")
        if text in _INVISIBLE:
            continue
        least = start + 0.95 * owner.wide if _is_wide(text) else start
        if end <= least:
            end = least
        high = owner.high
        y0, y1 = line - 0.85 * high, line + 0.12 * high
        yield Glyph(text, start, y0, end, y1, high, owner.number, (start + end) / 2, (y0 + y1) / 2)


@lru_cache(maxsize=8192)
def _is_wide(text: str) -> bool:
    return unicodedata.east_asian_width(text) in "WF"


def _without_doubles(glyphs: Iterator[Glyph], number: int) -> Iterator[Glyph]:
    """Each glyph once: bold is often feigned by printing the same word twice, a hair apart."""
    seen: dict[tuple[str, int], list[Glyph]] = {}
    size, near = -1.0, 0.0
    for glyph in glyphs:
        text, y = glyph.text, glyph.y0
        if glyph.size != size:
            size = glyph.size
            near = min(max(size * 0.15, 0.3), _BAND)
        low, high = int((y - near) / _BAND), int((y + near) / _BAND)
        twins: list[Glyph] = []
        for band in range(low, high + 1) if low < high else (low,):
            if around := seen.get((text, band)):
                x = glyph.x0
                twins += [one for one in around if -near < one.x0 - x < near and -near < one.y0 - y < near]
        if twins and not text.isspace():
            if text.isdigit() and any(one.owner == glyph.owner for one in twins):
                raise UnreadableSource("two equal digits stand in one place, so one cannot be seen", f"page {number}")
            continue
        seen.setdefault((text, int(y / _BAND)), []).append(glyph)
        yield glyph
