"""Word documents (.docx): paragraphs, headings and tables as Word prints them, read from the XML itself."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from pipeline.document import About, Block, Document, Heading, Paragraph, Table, UnreadableSource
from pipeline.readers import docx_table
from pipeline.readers.docx_numbering import Numbering, read_numbering
from pipeline.readers.docx_package import WORD, Package, open_package
from pipeline.readers.docx_styles import Styles, child_of, is_on, read_styles, to_int, value
from pipeline.readers.docx_table import Line, Piece
from pipeline.readers.docx_text import APART, Box, Writer, tidy, understood

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_DEPTH = 12
"""Tables and text boxes inside each other."""
MOST_PARAGRAPHS = 200_000

_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_P, _TBL, _TR, _TC, _P_PR = WORD + "p", WORD + "tbl", WORD + "tr", WORD + "tc", WORD + "pPr"
_THROUGH = {WORD + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo")}
_MANY = 1_000
"""Elements side by side past which they are taken one by one, so that a strange file fills no memory."""
_WRAPPERS = {*_THROUGH, _ALTERNATE}
_FIGURE = re.compile(r"[\d.,，．+\-−①-⒛]")
_LONE = re.compile(r"\A[^\u4e00-\u9fff]*\d")
_ELSEWHERE = {WORD + "altChunk", WORD + "subDoc"}


def read(data: bytes, file: str, sha256: str) -> Document:
    """The document in the bytes of a .docx. Raises UnreadableSource, or Ambiguous where Word hides words in a cell."""
    return Document(file, MEDIA_TYPE, sha256, *read_blocks(data))


def read_blocks(data: bytes) -> tuple[tuple[Block, ...], tuple[About, ...]]:
    """The blocks of a .docx, and what its properties say of it."""
    package = open_package(data)
    root = package.xml(package.main)
    body = root.find(WORD + "body")
    if body is None:
        raise UnreadableSource(f"the part {package.main} of the file has no text of a Word document")
    styles_part = package.part("styles", "styles.xml")
    styles = read_styles(styles_part)
    listed = any(part is not None and next(part.iter(WORD + "numPr"), None) is not None for part in (root, styles_part))
    numbering = read_numbering(package.part("numbering", "numbering.xml") if listed else None, styles)
    blocks = tuple(_Reading(styles, numbering).blocks(body))
    if not any(isinstance(block, Table) or block.text.strip() for block in blocks):
        raise UnreadableSource("the document holds no words")
    return blocks, tuple(_about(package))


def _about(package: Package) -> Iterator[About]:
    try:
        title = package.xml("docProps/core.xml").findtext(_TITLE, "").strip()
    except UnreadableSource:  # the properties are not there, or damaged: they say nothing
        return
    if title:
        yield About("title", tidy(title), "the properties of the file")


@dataclass(slots=True)
class _Cell:
    """What stands in a cell: its text in one line, its blocks, and the blocks that float over it.

    `frames`: a table with more than one full cell stands inside, so that this cell is a frame around it.
    """

    text: str
    blocks: list[Block]
    frames: bool = False
    floating: list[Block] = field(default_factory=list)


def _cell_of(blocks: list[Block]) -> _Cell:
    if len(blocks) == 1 and isinstance(blocks[0], Paragraph):
        return _Cell(blocks[0].text, blocks)
    if any(isinstance(block, Table) and len(_texts(block)) > 1 for block in blocks):
        return _Cell("", blocks, frames=True)
    return _Cell(tidy("\n".join(text for block in blocks for text in _texts(block))), blocks)


def _texts(block: Block) -> list[str]:
    if isinstance(block, Table):
        return [cell.text for row in block.rows for cell in row if not cell.is_blank]
    return [block.text]


class _Reading:
    """One walk over a document, in its order: it counts paragraphs and tables to say where things stand."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.styles = styles
        self.numbering = numbering
        self.writer = Writer(styles, numbering)
        self.paragraphs = 0
        self.tables = 0
        self.walked = 0
        self.depth = 0
        self.floating: list[Box] | None = None

    # the flow of blocks

    def blocks(self, container: etree._Element, place: str = "") -> Iterator[Block]:
        """The blocks of a body, a cell or a text box; `place` is where its paragraphs stand, "" for their number."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise UnreadableSource("tables or text boxes stand inside each other without end", place)
        joined = ""
        for element in _children(container):
            if element.tag == _P:
                block, boxes, ends = self._paragraph(element, joined, place)
                joined = "" if ends else block.text
                if ends and block.text:
                    yield block
                for box in boxes:
                    if box.floats and self.floating is not None:
                        self.floating.append(box)
                    else:
                        yield from self.blocks(box.content, place or block.place)
            elif element.tag == _TBL:
                if joined:
                    yield Paragraph(joined, place or f"paragraph {self.paragraphs}")
                    joined = ""
                yield from self._table(element)
            elif element.tag in _ELSEWHERE:
                raise UnreadableSource("part of the text stands in another file inside this one: save it anew", place)
        if joined:
            yield Paragraph(joined, place or f"paragraph {self.paragraphs}")
        self.depth -= 1

    def _paragraph(self, element: etree._Element, before: str, place: str) -> tuple[Paragraph, list[Box], bool]:
        """A paragraph behind the text `before`, its text boxes, and whether the next paragraph starts a new line."""
        self._count(place)
        if not place:
            self.paragraphs += 1
        properties, style = self._properties(element)
        line = self.writer.line(element, style)
        own = "".join(line.pieces)
        text = before + self._label(properties, style, own, bool(place)) + own
        ends = properties is None or _mark_stays(properties)
        kind = Heading if not place and self._is_heading(properties, style) else Paragraph
        return kind(tidy(text).strip(" "), place or f"paragraph {self.paragraphs}"), line.boxes, ends

    def _count(self, place: str) -> None:
        self.walked += 1
        if self.walked > MOST_PARAGRAPHS:
            raise UnreadableSource(f"the document has more than {MOST_PARAGRAPHS:,} paragraphs", place)

    def _properties(self, paragraph: Iterable[etree._Element]) -> tuple[etree._Element | None, str | None]:
        """The properties of a paragraph, and the id of its style."""
        properties = child_of(paragraph, _P_PR)
        if properties is None:
            return None, self.styles.paragraph
        return properties, value(properties, "pStyle") or self.styles.paragraph

    def _label(self, properties: etree._Element | None, style: str | None, own: str, in_cell: bool) -> str:
        """The number of the list in front; it never runs together with a figure, nor is it one."""
        if not self.numbering.lists or not (in_cell or own.strip()):
            return ""
        label = self.numbering.next_label(properties, style)
        if not label:
            return ""
        runs_on = _FIGURE.search(label) and (not own.strip() or _FIGURE.match(own.strip()))
        return label + APART if runs_on else label

    def _is_heading(self, properties: etree._Element | None, style: str | None) -> bool:
        outline = to_int(value(properties, "outlineLvl"))
        return outline < 9 if outline is not None else self.styles.is_heading(style)

    # tables

    def _table(self, element: etree._Element) -> Iterator[Block]:
        """A table as a block; a row that frames another table becomes the blocks inside it."""
        self.tables += 1
        rows, cells = self._rows(element, f"table {self.tables}")
        table = docx_table.to_table(rows)
        kept: list[int] = []
        for number, row in enumerate(cells):
            if not _is_frame(row):
                kept.append(number)
                continue
            yield from _part(table, kept)
            kept = []
            for cell in row:
                yield from cell.blocks
        yield from _part(table, kept)
        for row in cells:
            for cell in row:
                yield from cell.floating

    def _rows(self, element: etree._Element, place: str) -> tuple[list[Line], list[list[_Cell]]]:
        rows: list[Line] = []
        cells: list[list[_Cell]] = []
        count = 0
        for row in _children(element):
            if row.tag != _TR:
                continue
            count += 1
            pieces, contents = self._row(row, f"{place}, row {count}")
            if contents and not (docx_table.is_hidden(row) and not any(one.text for one in contents)):
                rows.append(pieces)
                cells.append(contents)
        return rows, cells

    def _row(self, row: etree._Element, place: str) -> tuple[Line, list[_Cell]]:
        if docx_table.is_left_out(row):
            return Line([]), []
        pieces: list[Piece] = []
        contents: list[_Cell] = []
        at = docx_table.left_out(row, "gridBefore")
        if at:
            pieces.append(Piece(0, docx_table.Merge(at), "", place))
        number = 0
        for element in _children(row):
            if element.tag != _TC:
                continue
            number += 1
            inside = list(element)
            merge = docx_table.merge_of(inside)
            if merge.deleted:
                continue
            cell_place = f"{place}, cell {number}"
            cell = self._cell(element, inside, cell_place)
            contents.append(cell)
            pieces.append(Piece(at, merge, cell.text, cell_place))
            at += merge.columns
        return Line(pieces, docx_table.left_out(row, "gridAfter")), contents

    def _cell(self, element: etree._Element, inside: list[etree._Element], place: str) -> _Cell:
        text = self._plain(inside, place)
        if text is not None:
            return _Cell(text, [Paragraph(text, place)] if text else [])
        before, self.floating = self.floating, []
        own = list(self.blocks(element, place))
        boxes, self.floating = self.floating, before
        if not boxes:
            return _cell_of(own)
        return _over(own, [block for box in boxes for block in self.blocks(box.content, place)])

    def _plain(self, inside: list[etree._Element], place: str) -> str | None:
        """The text of a cell of one paragraph of nothing but text, as most cells are; None for all others."""
        if len(inside) != 1 and not (len(inside) == 2 and inside[0].tag == docx_table.PROPERTIES):
            return None
        if inside[-1].tag != _P or self.depth >= MOST_DEPTH:
            return None
        words, properties, style = list(inside[-1]), None, self.styles.paragraph
        if words and words[0].tag == _P_PR:
            properties, style = self._properties(words)
            if properties is not None and not _mark_stays(properties):
                return None
            del words[0]
        own = self.writer.plain(words, style)
        if own is None:
            return None
        self._count(place)
        return tidy(self._label(properties, style, own, in_cell=True) + own).strip(" ")


def _over(own: list[Block], floating: list[Block]) -> _Cell:
    """A cell with text boxes over it: what floats over a blank cell may belong to another, so it is no figure."""
    if any(_texts(block) for block in own) or any(isinstance(block, Table) for block in floating):
        cell = _cell_of(own)
        cell.floating = floating
        return cell
    texts = [text for block in floating for text in _texts(block)]
    return _cell_of([Paragraph(_LONE.sub(rf"\g<0>{APART}", text), "") for text in texts])


def _part(table: Table, rows: Sequence[int]) -> Iterator[Table]:
    if rows:
        yield Table(tuple(table.rows[number] for number in rows))


def _is_frame(row: Sequence[_Cell]) -> bool:
    """Whether a row lays out a page rather than figures: another table stands in it, or long text in its one cell."""
    if any(cell.frames for cell in row):
        return True
    return len(row) == 1 and len(row[0].blocks) > 1 and len(row[0].text) > 80


def _mark_stays(properties: etree._Element) -> bool:
    """Whether a paragraph ends its line: a mark that is deleted, moved away or hidden does not."""
    mark = child_of(properties, WORD + "rPr")
    if mark is None:
        return True
    gone = any(child_of(mark, WORD + name) is not None for name in ("del", "moveFrom"))
    return not gone and not is_on(child_of(mark, WORD + "vanish"))


def _children(container: etree._Element) -> Iterable[etree._Element]:
    """The children of a container, through content controls and other wrappers, and one branch of alternatives."""
    if len(container) > _MANY:
        return _unwrapped(container)
    children = list(container)
    return _unwrapped(children) if any(child.tag in _WRAPPERS for child in children) else children


def _unwrapped(children: Iterable[etree._Element]) -> Iterator[etree._Element]:
    for child in children:
        if child.tag in _THROUGH:
            yield from _children(child)
        elif child.tag == _ALTERNATE:
            for branch in understood(child):
                yield from _children(branch)
        else:
            yield child
