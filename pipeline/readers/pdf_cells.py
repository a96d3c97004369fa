"""From the characters in a cell to its text: lines by height, then from left to right.

A number is broken over two lines only where its first line fills the cell; what is not certain is shown by a mark that
no number has: `12 ␣ 3` for two numbers side by side, `12 ↵ 3` for one above another, `12 ↔` and `12 ↕` for a number in
a cell that is wider or higher than any head or label beside it, so that a rule may be lost.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter

from pipeline.readers.pdf_page import Glyph

SIDE_BY_SIDE = " ␣ "
BELOW = " ↵ "
TOO_WIDE = " ↔"
TOO_HIGH = " ↕"
_GAP = 0.22
NEVER_FIRST = "，。、；：？！）》」』”’〉】〕,.;:?!)]}%％…·"
_NEVER_LAST = "（《「『“‘〈【〔([{"
_FIGURE = re.compile(r"[\d０-９.,，．+＋\-－−%％\s]*[件条项个份起宗期次人篇部册场户元万]{0,2}")
_DIGIT = re.compile(r"[\d０-９]")


@dataclass(slots=True)
class TextLine:
    """One line of characters: its text with a space where there is a gap, and where it begins and ends."""

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    size: float
    glyphs: Sequence[Glyph] = ()

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    @property
    def first(self) -> float:
        """How wide the first character is."""
        return max(self.glyphs[0].x1 - self.x0, 0.2 * self.size)

    @property
    def word(self) -> float:
        """How wide the part is that cannot be broken before the end of the line."""
        return next((one.x1 for one, after in pairwise(self.glyphs) if _breaks(one, after)), self.x1) - self.x0


@dataclass(slots=True)
class Content:
    """What stands in a cell: its lines, and the room that the cell has for them."""

    lines: list[TextLine] = field(default_factory=list)
    room: float = 0.0

    @property
    def is_figure(self) -> bool:
        return bool(self.lines) and _is_figure(" ".join([line.text for line in self.lines]))

    @property
    def is_blank(self) -> bool:
        return not self.lines

    def is_full(self, line: TextLine, next_width: float) -> bool:
        """Whether a further character of that width would not have stood in the line."""
        return line.x1 - line.x0 + next_width > self.room

    def text(self) -> str:
        if not self.is_figure:
            return join_words(self.lines)
        made = ""
        for i, line in enumerate(self.lines):
            here = numbers_apart(line.text)
            before = self.lines[i - 1] if i else None
            if before is None:
                made = here
            else:
                made += here if self.goes_on(before, line) or not _DIGIT.search(here) else BELOW + here
        return made

    def goes_on(self, before: TextLine, line: TextLine) -> bool:
        """Whether the number of one line certainly goes on in the next."""
        near = line.middle - before.middle < 1.9 * max(before.size, line.size)
        alike = abs(before.size - line.size) < 0.1 * before.size
        whole = _DIGIT.fullmatch(before.text[-1]) and _DIGIT.match(line.text)
        return bool(near and alike and whole) and self.is_full(before, line.first)


@lru_cache(maxsize=1024)
def _is_figure(text: str) -> bool:
    return bool(_DIGIT.search(text)) and text[-1] not in ".．" and bool(_FIGURE.fullmatch(text))


@lru_cache(maxsize=1024)
def numbers_apart(text: str) -> str:
    """The text with a mark between numbers that a gap parts; a gap before a unit is nothing."""
    words = text.split()
    return (SIDE_BY_SIDE if sum(bool(_DIGIT.search(word)) for word in words) > 1 else " ").join(words)


def join_words(lines: Sequence[TextLine]) -> str:
    """Lines of words as one text: nothing between Han characters, one space between words of letters."""
    made = ""
    for line in lines:
        if made and _needs_space(made[-1], line.text[0]):
            made += " "
        made += line.text
    return made


def _needs_space(one: str, other: str) -> bool:
    return one.isascii() and other.isascii() and one.isalpha() and other.isalpha()


# characters to lines -------------------------------------------------------------------------------------------------


_middle, _start = attrgetter("y"), attrgetter("x0")


def to_lines(glyphs: Iterable[Glyph]) -> list[TextLine]:
    """The lines of some characters, from top to bottom."""
    glyphs = list(glyphs)
    if len(glyphs) == 1:
        return [_line(glyphs)] if not glyphs[0].text.isspace() else []
    groups: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=_middle):
        if groups and (glyph.y == groups[-1][0].y or _is_beside(groups[-1], glyph)):
            groups[-1].append(glyph)
        else:
            groups.append([glyph])
    made = [_line(sorted(group, key=_start)) for group in groups]
    return [line for line in made if line.text]


def _is_beside(group: Sequence[Glyph], glyph: Glyph) -> bool:
    """Whether a character stands in the line; small signs raised or lowered do too."""
    last = group[-1]
    return glyph.y - last.y < 0.35 * max(last.size, glyph.size) and glyph.y - group[0].y < 0.6 * max(
        group[0].size, glyph.size
    )


def _line(glyphs: Sequence[Glyph]) -> TextLine:
    shown = [glyph for glyph in glyphs if not glyph.text.isspace()]
    if not shown:
        return TextLine("", 0, 0, 0, 0, 0)
    blanks = [glyph.x for glyph in glyphs if glyph.text.isspace()] if len(shown) < len(glyphs) else ()
    first = shown[0]
    words, end, top, bottom, size = [first.text], first.x1, first.y0, first.y1, first.size
    for glyph in shown[1:]:
        x0 = glyph.x0
        if x0 - end > _GAP * glyph.size or (blanks and any(end - 0.5 <= x <= x0 + 0.5 for x in blanks)):
            words.append(" ")
        words.append(glyph.text)
        end = glyph.x1 if glyph.x1 > end else end
        if glyph.size != size or glyph.y0 != top:
            top, bottom, size = min(top, glyph.y0), max(bottom, glyph.y1), max(size, glyph.size)
    return TextLine("".join(words), first.x0, end, top, bottom, size, shown)


def _breaks(one: Glyph, after: Glyph) -> bool:
    """Whether a line may be broken between two characters."""
    if after.text in NEVER_FIRST or one.text in _NEVER_LAST:
        return False
    return not (one.text.isascii() and after.text.isascii() and one.text.isalnum() and after.text.isalnum())
