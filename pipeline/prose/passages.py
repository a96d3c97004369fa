"""From rows to running text: lines that a page broke are joined, headings stay apart, every character keeps its place."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.document import BLANKS, WIDE, Row

GAP = "\x00"
"""Stands where joining two rows could make one number of two."""

_DIGITS = {code: twin for code, twin in WIDE.items() if chr(code) in "０１２３４５６７８９％．"}
_MARKER = re.compile(
    r"[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,3}、|[（(]?[0-9]{1,2}(?:[）)、]|[.．](?![0-9]))"
)
_PAGE = re.compile(r"[-—–]*[0-9]{1,3}[-—–]*|第[0-9]{1,3}页(?:共[0-9]{1,3}页)?")
_END = "。！？!?：:"


@dataclass(slots=True)
class Passage:
    """A paragraph without white space; `starts` and `places` tell from which row each part of it is."""

    text: str = ""
    starts: list[int] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    def place(self, at: int) -> str:
        return self.places[max(0, bisect_right(self.starts, at) - 1)]

    def add(self, text: str, place: str) -> None:
        if self.text[-1:].isdigit() and text[:1].isdigit():
            self.text += GAP
        self.starts.append(len(self.text))
        self.places.append(place)
        self.text += text

    @property
    def is_marked(self) -> bool:
        """Whether it begins with a number such as （二）: a new matter."""
        return _MARKER.match(self.text) is not None

    @property
    def is_heading(self) -> bool:
        return self.is_marked and len(self.text) <= 30 and not re.search("[。；，;,]", self.text)


def bare(text: str) -> str:
    """Digits and percent signs as ASCII, no white space; punctuation stays as it is."""
    return BLANKS.sub("", text.translate(_DIGITS))


def passages(rows: Sequence[Row]) -> list[Passage]:
    """The paragraphs of some rows, in order."""
    return list(_passages(rows))


def _passages(rows: Sequence[Row]) -> Iterator[Passage]:
    now = Passage()
    for row in rows:
        text = bare(row.text)
        if not text:
            continue
        if now.text and (now.text[-1] in _END or now.is_heading or _MARKER.match(text)) and not _PAGE.fullmatch(text):
            yield now
            now = Passage()
        now.add(GAP if _PAGE.fullmatch(text) else text, row.place)
    if now.text:
        yield now


# sentences and clauses -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clause:
    """A run of words between marks: where it starts in its paragraph, what mark stands before it, how deep in brackets."""

    text: str
    at: int
    opens: str
    depth: int


_SENTENCE = re.compile(r"(?:[^。！？!?.．]|[.．](?=[0-9A-Za-z]))+")
_PARTED = re.compile(
    r"[；;，（(：:）)]|,(?![0-9]{3}(?![0-9]))|(?<![0-9]),|(?<=[件宗起份条个次%0-9）)])(?:、|以及|和|及|与)|(?:、|以及|和|及|与)(?=[0-9]+[件宗起份条个])"
    r"|(?<=[件宗起份条个])(?=占)"
)


def sentences(passage: Passage) -> Iterator[list[Clause]]:
    """The sentences of a paragraph, each as its clauses; a list of words parted by 、 is one clause."""
    for match in _SENTENCE.finditer(passage.text):
        yield list(_clauses(match[0], match.start()))


def _clauses(text: str, start: int) -> Iterator[Clause]:
    at, depth, opens = 0, 0, ""
    for mark in [*_PARTED.finditer(text), None]:
        end = mark.start() if mark else len(text)
        if end > at:
            yield Clause(text[at:end], start + at, opens, depth)
        if mark:
            depth = max(0, depth + {"（": 1, "(": 1, "）": -1, ")": -1}.get(mark[0], 0))
            at, opens = mark.end(), mark[0]
