"""The words of a page in the order of the page: lines and tables, as a browser would break them.

Nothing is understood here of what is report and what is frame; each piece says where it stood and how much of it is
links.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.document import UnreadableSource
from pipeline.readers.encoding import INVISIBLE
from pipeline.readers.html_tags import TABLE_PARTS, Element, Look, is_picture, look_of, shown_value

MOST_TABLES_IN_TABLES = 20
MOST_ELEMENTS_DEEP = 1000
PARTED = " / "
"""What stands between two lines of a cell that would run together into one figure; no figure is read from it."""

_WHITE = re.compile(r"[ \t\r\n\f\v]+")
_INVISIBLE = re.compile(f"[{''.join(map(chr, INVISIBLE))}]")
_WIDE_GAP = re.compile(r"(?<=[0-9０-９])[ \u00a0\u2000-\u200a\u3000]{3,}(?=[0-9０-９])")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_DIGIT = re.compile(r"([0-9０-９])")
_STROKE = "\u0336"
_NUMBER_ENDS = re.compile(r"[0-9０-９.,，．+−－-]\Z")
_NUMBER_GOES_ON = re.compile(r"[0-9０-９.,，．]")
_MANY_OTHERS = 15

Given = tuple[str, int, int]
"""A cell: its text, and how many columns and rows it spans."""


@dataclass(slots=True)
class Piece:
    """One line of text or one table: the block it stood in, and how many of its characters were there to be clicked.

    `line` is the text with its tabs; a table has `rows` instead. `fault` says why a table cannot be read.
    """

    element: Element
    text: str = ""
    line: str = ""
    heading: bool = False
    verbatim: bool = False
    rows: list[list[Given]] | None = None
    characters: int = 0
    linked: int = 0
    fault: str = ""

    @property
    def is_links(self) -> bool:
        """Whether it is made of links, with little beside them; a sentence with an address in it is not."""
        others = self.characters - self.linked
        return self.linked > 0 and (others * 4 <= self.linked or (others <= self.linked and others < _MANY_OTHERS))


@dataclass(slots=True)
class Flow:
    """Walks through one element, the page's body or a cell, and gathers its pieces.

    `values` are what fields inside it show, `pictures` how many there are.
    """

    read_table: "ReadTable"
    depth: int = 0
    pieces: list[Piece] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    pictures: int = 0
    _words: list[str] = field(default_factory=list)
    _linked: int = 0
    _open: list[Element] = field(default_factory=list)
    _inside: frozenset[str] = frozenset()
    _before: frozenset[str] = frozenset()

    def read(self, root: Element) -> list[Piece]:
        """The pieces of everything inside an element. Raises UnreadableSource where elements nest too deep."""
        if self.depth > MOST_TABLES_IN_TABLES:
            raise UnreadableSource("tables stand inside tables without an end")
        self._open.append(root)
        if not len(root) and not self._inside:  # as nearly every cell
            self._end_line(root.text or "", 0)
            return self.pieces
        self._add(root.text)
        self._walk(root)
        self._break()
        return self.pieces

    def nested(self, root: Element) -> "Flow":
        """What a cell inside this flow holds."""
        kinds = look_of(root).kinds
        flow = Flow(self.read_table, self.depth + 1, _inside=self._inside.union(kinds) if kinds else self._inside)
        flow.read(root)
        return flow

    # elements --------------------------------------------------------------------------------------------------------

    def _walk(self, root: Element) -> None:
        around: list[tuple[Iterator[Element], Element, Look, frozenset[str]]] = []
        done = set[Element]()
        children: Iterator[Element] = iter(root)
        while True:
            for element in children:
                look, inside = look_of(element), self._inside
                if look.whole:
                    if element not in done:
                        self._take_whole(element, look, done)
                else:
                    self._enter(element, look)
                    if len(around) >= MOST_ELEMENTS_DEEP:
                        raise UnreadableSource("elements stand inside elements without an end")
                    if len(element):
                        around.append((children, element, look, inside))
                        children = iter(element)
                        break
                    self._leave(look, inside)
                if tail := element.tail:
                    self._add(tail)
            else:
                if not around:
                    return
                children, element, look, inside = around.pop()
                self._leave(look, inside)
                self._add(element.tail)

    def _enter(self, element: Element, look: Look) -> None:
        if look.breaks:
            self._break()
            self._open.append(element)
        if look.kinds:
            self._inside = self._inside.union(look.kinds)
        self._add(element.text)

    def _leave(self, look: Look, inside: frozenset[str]) -> None:
        if look.breaks:
            self._break()
            self._open.pop()
        self._inside = inside

    def _take_whole(self, element: Element, look: Look, done: set[Element]) -> None:
        """Takes in an element that is more or less than its words, with everything inside."""
        if look.hidden:
            return
        if element.tag == "br":
            self._break()
        elif element.tag in TABLE_PARTS:
            self._break()
            parts = [element] if element.tag == "table" else _with_siblings(element)
            done.update(parts)
            self.pieces.extend(self.read_table(parts, self))
        else:
            self.values.append(shown_value(element))
            self.pictures += is_picture(element)

    # words -----------------------------------------------------------------------------------------------------------

    def _add(self, text: str | None) -> None:
        if not text:
            return
        inside = self._inside
        if inside:
            if "raised" in inside:
                text = text.translate(_SUPERSCRIPT)
            if "struck" in inside:
                text = _DIGIT.sub(rf"\1{_STROKE}", text)  # a figure that is struck out is no figure
            if "verbatim" in inside:
                self._add_lines(text)
                return
            if "link" in inside:
                self._linked += len(_WHITE.sub("", text))
        if inside != self._before:
            self._keep_apart(text)
        self._words.append(text)

    def _keep_apart(self, text: str) -> None:
        """Digits that look unlike the digits in front of them, or are a link, are no part of the same figure."""
        if self._words and _NUMBER_ENDS.search(self._words[-1]) and _NUMBER_GOES_ON.match(text):
            self._words.append(PARTED)
        if text.strip():
            self._before = self._inside

    def _add_lines(self, text: str) -> None:
        first, *rest = text.split("\n")
        self._words.append(first)
        for line in rest:
            self._break()
            self._words.append(line)

    def _break(self) -> None:
        """Ends the line."""
        if self._words:
            words, linked = "".join(self._words), self._linked
            self._words, self._linked = [], 0
            self._end_line(words, linked)

    def _end_line(self, words: str, linked: int) -> None:
        if not words or words.isspace():
            return
        text = words
        if not words.isalnum():  # nothing but letters and digits is as clean as it can be
            if not words.isascii():
                words = _INVISIBLE.sub("", words)
            text = _WHITE.sub(" ", words).strip()
            if "\u00a0" in text or "\u3000" in text or "\u2003" in text:
                text = _WIDE_GAP.sub(PARTED, text).replace("\u00a0", " ").strip()
        if text:
            self.pieces.append(self._piece(words, text, linked))

    def _piece(self, words: str, text: str, linked: int) -> Piece:
        verbatim = "verbatim" in self._inside
        line = words if verbatim or "\t" not in words else _WHITE.sub(_keep_tabs, words)
        count = len(text) - text.count(" ")
        heading = "heading" in self._inside
        return Piece(self._open[-1], text, line, heading, verbatim, characters=count, linked=min(linked, count))


ReadTable = Callable[[list[Element], Flow], list[Piece]]
"""Reads a table, or rows that stand in none, into a table piece or the pieces of its cells."""


def _with_siblings(element: Element) -> list[Element]:
    """Rows or cells that stand in no table, with those behind them: the rest of a table that was closed too soon."""
    found = [element]
    following = element.getnext()
    while following is not None and following.tag in TABLE_PARTS - {"table"} and not (found[-1].tail or "").strip():
        found.append(following)
        following = following.getnext()
    return found


def _keep_tabs(match: re.Match[str]) -> str:
    """White space inside a line: tabs part cells, unless they only indent the source."""
    blank = match[0]
    return " " if "\n" in blank or "\r" in blank or "\t" not in blank else "\t" * blank.count("\t")


def join_lines(lines: Sequence[str]) -> str:
    """The lines of a cell as one; two that would run together into one figure are kept apart."""
    joined = ""
    for line in lines:
        apart = _NUMBER_ENDS.search(joined) and _NUMBER_GOES_ON.match(line)
        joined += (PARTED if apart else " ") + line if joined else line
    return joined
