"""Plain text: rows with tabs, rows with `|`, one cell a line behind a tab, and each cell a paragraph of its own.

Which layout a block of lines has is told by its own marks; a block is what stands between two blank lines.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from pipeline.document import Block, Cell, Document, Heading, Paragraph, Table, UnreadableSource
from pipeline.readers.encoding import INVISIBLE, decode

MEDIA_TYPE = "text/plain"
MOST_LINES = 200_000
MOST_CHARACTERS_OF_LINE = 200_000

_MARKS = re.compile(r"\[(?:bookmark|image)\s?[:：][^\]\n\r\x0c\x85\u2028\u2029]{0,200}\]", re.IGNORECASE)
_INVISIBLE = re.compile(f"[{''.join(map(chr, INVISIBLE))}]")
_LINE_BREAKS = re.compile(r"\x0b|<br ?/?>", re.IGNORECASE)
_DIGITS_PARTED = re.compile(r"(?<=\d) *(?:(?:\x0b|<br ?/?>) *)+(?=\d)", re.IGNORECASE)
_BREAKS = re.compile(r"\r\n|[\r\n\x0c\x85\u2028\u2029]")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_MARKED_HEADING = re.compile(r"#{1,6} +(.*?)#*")


def read(data: bytes, file: str, sha256: str) -> Document:
    """The document in the bytes of a text file. Raises UnreadableSource."""
    lines = _BREAKS.split(_clean(decode(data)))
    if len(lines) > MOST_LINES or max(map(len, lines)) > MOST_CHARACTERS_OF_LINE:
        raise UnreadableSource("the text is far longer than any report, or has lines far too long")
    if not any(map(str.strip, lines)):
        raise UnreadableSource("the file holds nothing but white space")
    return Document(file, MEDIA_TYPE, sha256, tuple(to_blocks(lines)))


def _clean(text: str) -> str:
    """Without marks of word processors and characters without width; a line break inside a cell becomes a space.

    Between digits it becomes more than that, for two figures one above the other are not one with parted thousands.
    """
    return _LINE_BREAKS.sub(" ", _DIGITS_PARTED.sub(" / ", _MARKS.sub("", _INVISIBLE.sub("", text))))


# text to blocks ------------------------------------------------------------------------------------------------------

Line = tuple[int, str]
"""The number of a line, from 1, and its text."""


def to_blocks(lines: Iterable[str]) -> Iterator[Block]:
    """The blocks of clean lines, in order: tables and paragraphs."""
    for stretch in _stretches(lines):
        yield from _stretch_to_blocks(stretch)


def _stretches(lines: Iterable[str]) -> Iterator[list[Line]]:
    """Lines between blank lines; a line with a tab is none."""
    stretch: list[Line] = []
    for number, line in enumerate(lines, start=1):
        if line and ("\t" in line or line.strip()):
            stretch.append((number, line))
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _stretch_to_blocks(stretch: Sequence[Line]) -> Iterator[Block]:
    texts = [text for _, text in stretch]
    if any("\t" in text[1:] for text in texts):  # a tab in front alone is the mark of one cell a line
        yield from _rows(stretch, "\t", _tab_cells)
    elif any(text[0] == "\t" for text in texts):
        yield from _one_cell_a_line(stretch)
    elif any("|" in text for text in texts):
        rows = [text.strip() for text in texts if "|" in text]
        opened, closed = all(row.startswith("|") for row in rows), all(row.endswith("|") for row in rows)
        yield from _rows(stretch, "|", lambda text: _pipe_cells(text, opened, closed))
    else:
        yield from map(_paragraph, stretch)


def _paragraph(line: Line) -> Paragraph:
    number, text = line[0], line[1].strip()
    marked = _MARKED_HEADING.fullmatch(text)
    return Heading(marked[1].strip(), f"line {number}") if marked else Paragraph(text, f"line {number}")


def _rows(stretch: Sequence[Line], mark: str, cells: Callable[[str], Sequence[str]]) -> Iterator[Block]:
    """Paragraphs and tables of one stretch, in order; lines with the mark are rows."""
    table: list[tuple[Cell, ...]] = []
    for number, text in stretch:
        if mark in text:
            if not _RULE.fullmatch(text.strip()):
                texts = enumerate(cells(text), start=1)
                table.append(tuple([Cell(one.strip(), f"line {number}, cell {n}") for n, one in texts]))
            continue
        if table:
            yield Table(tuple(table))
            table = []
        yield _paragraph((number, text))
    if table:
        yield Table(tuple(table))


def _tab_cells(text: str) -> Sequence[str]:
    return text.split("\t")


def _pipe_cells(text: str, opened: bool, closed: bool) -> Sequence[str]:
    """The cells between the pipes; a pipe in front or behind parts off a blank cell unless every row has it."""
    text = text.strip()
    text = text.removeprefix("|") if opened else text
    return (text.removesuffix("|") if closed else text).split("|")


def _joined(text: str, more: str) -> str:
    """A cell and the line that goes on with it; a figure broken over two lines is one, since the cell is marked."""
    wrapped = text[-1:].isdigit() and more.isdigit()
    return f"{text}{'' if wrapped else chr(10)}{more}".strip()


def _one_cell_a_line(stretch: Sequence[Line]) -> Iterator[Block]:
    """One row: each line with a tab is a cell, a line without one goes on with the cell before it."""
    cells: list[Cell] = []
    for number, text in stretch:
        if text[0] == "\t":
            cells.append(Cell(text.strip(), f"line {number}"))
        elif cells:
            cells[-1] = Cell(_joined(cells[-1].text, text.strip()), cells[-1].place)
        else:
            yield _paragraph((number, text))
    yield Table((tuple(cells),))
