"""Plain text: rows with tabs, rows with `|`, one cell a line behind a tab, and each cell a paragraph of its own.

Which layout a block of lines has is told by its own marks; a block is what stands between two blank lines.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Block, Cell, Document, Heading, Paragraph, Table, UnreadableSource

MEDIA_TYPE = "text/plain"
MOST_LINES = 200_000
MOST_CHARACTERS_OF_LINE = 200_000

_MARKS = re.compile(r"\[(?:bookmark|image)\s?[:：][^\]\n]{0,200}\]", re.IGNORECASE)
_LINE_BREAKS = re.compile(r"\x0b|<br ?/?>", re.IGNORECASE)
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xAD])
_BREAKS = re.compile(r"\r\n|[\r\n\x0c\x85\u2028\u2029]")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_MARKED_HEADING = re.compile(r"#{1,6} +(.*?)#*")


def read(data: bytes, file: str, sha256: str) -> Document:
    """The document in the bytes of a text file. Raises UnreadableSource."""
    lines = _BREAKS.split(decode(data))
    if len(lines) > MOST_LINES or max(map(len, lines)) > MOST_CHARACTERS_OF_LINE:
        raise UnreadableSource("the text is far longer than any report, or has lines far too long")
    return Document(file, MEDIA_TYPE, sha256, tuple(_blocks(lines)))


# bytes to text -------------------------------------------------------------------------------------------------------

_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def decode(data: bytes) -> str:
    """The text of the bytes: by byte order mark, then UTF-8, UTF-16 without a mark, GB18030; the first that fits."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _checked(_try(data[len(mark) :], encoding))
    for encoding in ("utf-8", *(_utf16(data)), "gb18030"):
        text = _try(data, encoding)
        if text is not None and _is_text(text):
            return text
    return _checked(None)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _utf16(data: bytes) -> Sequence[str]:
    """Only text with zero bytes can be UTF-16: every line break and every ASCII character has one."""
    return ("utf-16-le", "utf-16-be") if len(data) % 2 == 0 and b"\x00" in data else ()


def _is_text(text: str) -> bool:
    """Whether nearly all characters are of the kinds that Chinese text has; binary junk decodes to anything."""
    sample = text if len(text) < 100_000 else text[:50_000] + text[-50_000:]
    return len(_STRANGE.findall(sample)) * 50 <= len(sample)


_STRANGE = re.compile("[^\x09-\x0d\x20-\x7e\x85\xa0-\u05ff\u2000-\u27bf\u3000-\u9fff\ufe30-\uffee\ufeff]")
"""Outside ASCII, Latin, Greek and Cyrillic letters, signs, Han characters, and full-width forms."""


def _checked(text: str | None) -> str:
    if text is None or not _is_text(text):
        raise UnreadableSource("the bytes are no text in UTF-8, UTF-16 or GB18030")
    if not text.strip():
        raise UnreadableSource("the file holds nothing but white space")
    return text


# text to blocks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str

    @property
    def place(self) -> str:
        return f"line {self.number}"

    @property
    def is_blank(self) -> bool:
        return "\t" not in self.text and not self.text.strip()


def _blocks(lines: Sequence[str]) -> Iterator[Block]:
    if not any(line.strip() for line in lines):
        raise UnreadableSource("the file holds nothing but white space")
    cleaned = (_Line(n, _clean(text)) for n, text in enumerate(lines, start=1))
    for stretch in _stretches(cleaned):
        yield from _stretch_to_blocks(stretch)


def _clean(line: str) -> str:
    return _LINE_BREAKS.sub(" ", _MARKS.sub("", line.translate(_INVISIBLE)))


def _stretches(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    """Lines between blank lines."""
    stretch: list[_Line] = []
    for line in lines:
        if not line.is_blank:
            stretch.append(line)
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _stretch_to_blocks(stretch: Sequence[_Line]) -> Iterator[Block]:
    if any(_tabs(line) for line in stretch):
        yield from _rows(stretch, lambda line: "\t" in line.text, _tab_cells)
    elif any(line.text.startswith("\t") for line in stretch):
        yield from _one_cell_a_line(stretch)
    elif any("|" in line.text for line in stretch):
        rows = [line.text.strip() for line in stretch if "|" in line.text]
        opened, closed = all(row.startswith("|") for row in rows), all(row.endswith("|") for row in rows)
        yield from _rows(stretch, lambda line: "|" in line.text, lambda line: _pipe_cells(line, opened, closed))
    else:
        yield from (_paragraph(line) for line in stretch)


def _tabs(line: _Line) -> bool:
    """Whether tabs part cells of this line: one in front alone is the mark of one cell a line."""
    return "\t" in line.text[1:]


def _paragraph(line: _Line) -> Paragraph:
    text = line.text.strip()
    marked = _MARKED_HEADING.fullmatch(text)
    return Heading(marked[1].strip(), line.place) if marked else Paragraph(text, line.place)


def _rows(
    stretch: Sequence[_Line], is_row: Callable[[_Line], bool], cells: Callable[[_Line], tuple[Cell, ...]]
) -> Iterator[Block]:
    """Paragraphs and tables of one stretch, in order."""
    table: list[tuple[Cell, ...]] = []
    for line in stretch:
        if is_row(line):
            if not _RULE.fullmatch(line.text.strip()):
                table.append(cells(line))
            continue
        if table:
            yield Table(tuple(table))
            table = []
        yield _paragraph(line)
    if table:
        yield Table(tuple(table))


def _tab_cells(line: _Line) -> tuple[Cell, ...]:
    return _cells(line, line.text.split("\t"))


def _pipe_cells(line: _Line, opened: bool, closed: bool) -> tuple[Cell, ...]:
    """The cells between the pipes; a pipe in front or behind parts off a blank cell unless every row has it."""
    text = line.text.strip()
    text = text.removeprefix("|") if opened else text
    return _cells(line, (text.removesuffix("|") if closed else text).split("|"))


def _cells(line: _Line, texts: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(Cell(text.strip(), f"line {line.number}, cell {n}") for n, text in enumerate(texts, start=1))


def _one_cell_a_line(stretch: Sequence[_Line]) -> Iterator[Block]:
    """One row: each line with a tab is a cell, a line without one goes on with the cell before it."""
    starts = [i for i, line in enumerate(stretch) if line.text.startswith("\t")]
    yield from (_paragraph(line) for line in stretch[: starts[0]])
    ends = [*starts[1:], len(stretch)]
    cells = [_joined(stretch[start:end]) for start, end in zip(starts, ends, strict=True)]
    yield Table((tuple(cells),))


def _joined(lines: Sequence[_Line]) -> Cell:
    return Cell("\n".join(line.text.strip() for line in lines).strip(), lines[0].place)
