"""The running text of a PDF: lines joined to paragraphs, without page numbers and what each page prints again."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from pipeline.document import Paragraph
from pipeline.readers.pdf_cells import TextLine, join_words, numbers_apart

_MARGIN = 0.13
_PAGE_NUMBER = re.compile(
    r"[-—–―_~·.•\s]*\d{1,3}[-—–―_~·.•\s]*|第?\s*\d{1,3}\s*页?\s*[,，/／]?\s*[共/／]?\s*\d{1,3}\s*页?|第\s*\d{1,3}\s*页"
    r"|[Pp]age\s*\d{1,3}(\s*of\s*\d{1,3})?",
    re.IGNORECASE,
)
_ENDS = "。！？；：.!?;:"
_NUMBERED = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．]")
_NUMBERS = re.compile(r"[\d.,%/\s-]*\d\s+[\d.,%/-]*\d[\d.,%/\s-]*")


@dataclass(slots=True)
class Running:
    """A line of running text on a page."""

    line: TextLine
    place: str


def without_margins(pages: Sequence[list[TextLine]], heights: Sequence[float]) -> list[list[TextLine]]:
    """The lines of each page without page numbers and what several pages repeat; of a repeated head one is kept."""
    keys = [[_key(line, height) for line in lines] for lines, height in zip(pages, heights, strict=True)]
    times = Counter(key for some in keys for key in set(some))
    seen = set[tuple[str, int, bool]]()
    kept = []
    for lines, height, some in zip(pages, heights, keys, strict=True):
        kept.append([line for i, line in enumerate(lines) if not _is_margin(lines, i, height, some[i], times, seen)])
        seen.update(some)
    return kept


Key = tuple[str, int, bool]
"""What a line says, figures aside, how high it stands, and whether in the upper half."""


def _key(line: TextLine, height: float) -> Key:
    return re.sub(r"\d+", "0", line.text), round(line.middle / 4), line.middle < height / 2


def _is_margin(
    lines: Sequence[TextLine], i: int, height: float, key: Key, times: Mapping[Key, int], seen: AbstractSet[Key]
) -> bool:
    middle = lines[i].middle
    if _MARGIN * height <= middle <= (1 - _MARGIN) * height or 1 < i < len(lines) - 2:
        return False
    if _PAGE_NUMBER.fullmatch(lines[i].text):
        return True
    return times[key] > 1 and (key in seen or not key[2])


def to_paragraphs(lines: Sequence[Running], left: float, right: float) -> list[Paragraph]:
    """Lines as paragraphs: one that reaches the right edge of the text goes on in the next unless that is indented."""
    made: list[list[Running]] = []
    for one in lines:
        if made and _goes_on(made[-1][-1].line, one.line, left, right):
            made[-1].append(one)
        else:
            made.append([one])
    return [Paragraph(_text([one.line for one in some]), some[0].place) for some in made]


def _goes_on(before: TextLine, line: TextLine, left: float, right: float) -> bool:
    is_full = before.x1 > right - 1.2 * before.size and right - left > 12 * before.size
    is_full = is_full and before.text[-1] not in _ENDS and not _NUMBERED.match(line.text)
    near = 0 < line.middle - before.middle < 2.6 * before.size
    return is_full and near and line.x0 < left + 0.5 * line.size and abs(line.size - before.size) < 0.1 * line.size


def _text(lines: Sequence[TextLine]) -> str:
    text = join_words(lines)
    return numbers_apart(text) if _NUMBERS.fullmatch(text) else text
