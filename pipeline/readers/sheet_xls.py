"""Old workbooks (.xls, and .et of WPS) as the pages that they show: cells, formats, merged and hidden cells.

A workbook is a stream of records, each a type, a length and that many bytes: first what holds for all sheets, then one
stretch of records a sheet.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.document import UnreadableSource
from pipeline.readers.sheet_formats import BUILTIN, GENERAL, Format
from pipeline.readers.sheet_page import Page
from pipeline.readers.sheet_strings import Font, read_font, read_table, read_text

MOST_RECORDS = 1_000_000
_BOF, _EOF, _PASSWORD, _DAYS, _FORMAT, _STYLE, _SHEET = 0x809, 0x0A, 0x2F, 0x22, 0x41E, 0xE0, 0x85
_ROW, _COLUMNS, _MERGED, _WINDOW = 0x208, 0x7D, 0xE5, 0x23E
_BLANK, _BLANKS, _NUMBER, _PACKED, _PACKEDS, _FORMULA = 0x201, 0xBE, 0x203, 0x27E, 0xBD, 0x06
_TEXT_OF_TABLE, _TEXT, _TRUTH, _RESULT = 0xFD, 0x204, 0x205, 0x207
_TABLE, _MORE, _FONT = 0xFC, 0x3C, 0x31
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
_BIFF8 = 0x600
_ON_OPENING = 0x02
Record = tuple[int, bytes]


@dataclass(slots=True)
class _Sheet:
    """One sheet while its records are read; numbers wait until it is known whether noughts are shown."""

    page: Page
    numbers: dict[tuple[int, int], tuple[float, int]] = field(default_factory=dict)
    zeros: bool = True
    unknown: list[tuple[int, int]] = field(default_factory=list)
    awaiting: tuple[int, int] | None = None


def read_pages(data: bytes) -> Iterator[Page]:
    """Every sheet that is not hidden, in the order of the workbook. Raises UnreadableSource."""
    stream = _stream(data)
    try:
        book = _Book(stream)
        for at, name in book.sheets:
            yield book.page(at, name)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise UnreadableSource(f"the workbook is damaged: {error}") from error


def _stream(data: bytes) -> bytes:
    """The stream of records inside the file."""
    from doc2docx.cfb import CompoundFile  # type: ignore[import-untyped]
    from doc2docx.errors import Doc2DocxError  # type: ignore[import-untyped]

    try:
        file = CompoundFile(data)
        names = {entry.path.strip("/").casefold() for entry in file.entries}
        if "workbook" not in names:
            older = "book" in names
            raise UnreadableSource("the workbook is of Excel 95 or before" if older else "the file holds no workbook")
        return bytes(file.open_stream("Workbook"))
    except (Doc2DocxError, ValueError, IndexError, struct.error) as error:
        raise UnreadableSource(f"the workbook cannot be opened: {error}") from error


# records -------------------------------------------------------------------------------------------------------------


class _Book:
    """The records that hold for all sheets: formats, styles, and where each sheet begins."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.codes: dict[int, str] = {}
        self.styles: list[tuple[int, bool]] = []
        self.sheets: list[tuple[int, str]] = []
        self.fonts: list[Font] = []
        self.fonts_of_styles: list[int] = []
        self.texts: list[str] = []
        self.since_1904 = False
        self.count = 0
        table: list[bytes] = []
        last = 0
        for kind, body in self.records(0):
            if kind == _TABLE or (kind == _MORE and last == _TABLE):
                table.append(body)
                last = _TABLE
            else:
                last = kind
                self._take(kind, body)
        self.texts = list(read_table(table, self.fonts)) if table else []

    def records(self, at: int) -> Iterator[Record]:
        """The records of the part of the stream that begins there, without those of charts inside it."""
        depth = 0
        while at + 4 <= len(self.stream):
            kind, size = struct.unpack_from("<HH", self.stream, at)
            body = self.stream[at + 4 : at + 4 + size]
            at, self.count = at + 4 + size, self.count + 1
            if self.count > MOST_RECORDS:
                raise UnreadableSource("the workbook is far larger than any report")
            depth += (kind == _BOF) - (kind == _EOF)
            if depth <= 0:
                return
            if depth == 1:
                yield kind, body
        raise UnreadableSource("the workbook ends in the middle of a sheet")

    def _take(self, kind: int, body: bytes) -> None:
        if kind == _BOF and struct.unpack_from("<H", body)[0] != _BIFF8:
            raise UnreadableSource("the workbook is of Excel 95 or before")
        if kind == _PASSWORD:
            raise UnreadableSource("the workbook is protected by a password")
        if kind == _DAYS:
            self.since_1904 = struct.unpack_from("<H", body)[0] == 1
        elif kind == _FORMAT:
            self.codes[struct.unpack_from("<H", body)[0]] = read_text(body[2:])
        elif kind == _STYLE:
            self.fonts_of_styles.append(struct.unpack_from("<H", body)[0])
            self.styles.append((struct.unpack_from("<H", body, 2)[0], struct.unpack_from("<H", body, 10)[0] != 0))
        elif kind == _FONT:
            self.fonts.append(read_font(body))
        elif kind == _SHEET and not body[4] & 3 and not body[5]:  # neither hidden nor a chart
            self.sheets.append((struct.unpack_from("<I", body)[0], read_text(body[6:], 1)))

    def show(self, number: float, style: int) -> str:
        code = self.styles[style][0] if style < len(self.styles) else 0
        return Format(self.codes.get(code) or BUILTIN.get(code, GENERAL), self.since_1904).show(number)

    def font(self, style: int) -> Font:
        index = self.fonts_of_styles[style] if style < len(self.fonts_of_styles) else 0
        index -= index > 4  # there is no font of the number 4
        return self.fonts[index] if index < len(self.fonts) else Font()

    def is_ruled(self, style: int) -> bool:
        return style < len(self.styles) and self.styles[style][1]

    def page(self, at: int, name: str) -> Page:
        """What one sheet shows. Raises UnreadableSource where a result of a formula is not in the file."""
        sheet = _Sheet(Page(name))
        page = sheet.page
        fonts: dict[tuple[int, int], Font] = {}
        for kind, body in self.records(at):
            for row, column, style in _take_cells(kind, body, sheet, self.texts):
                fonts[row, column] = self.font(style)
                page.count((row, column))
                if self.is_ruled(style):
                    page.rule((row, column))
            if kind in (_ROW, _COLUMNS, _MERGED, _WINDOW):
                _take_layout(kind, body, sheet)
        for slot in sheet.unknown:
            if slot[0] not in page.hidden_rows and slot[1] not in page.hidden_columns:
                says = "the cell is a formula whose result is not in the file; open the workbook and save it again"
                raise UnreadableSource(says, page.place(slot))
        for slot, (number, style) in sheet.numbers.items():
            page.put(slot, "" if number == 0 and not sheet.zeros else self.show(number, style))
        for slot, font in fonts.items():
            if font.raised or font.struck:
                page.look(slot, font.raised, font.struck)
        return page


def _take_layout(kind: int, body: bytes, sheet: _Sheet) -> None:
    """Hidden rows and columns, merged areas, and whether noughts are shown."""
    if kind == _ROW:
        if struct.unpack_from("<H", body, 12)[0] & 0x20:
            sheet.page.hidden_rows.add(struct.unpack_from("<H", body)[0])
    elif kind == _COLUMNS:
        first, last, width, _, flags = struct.unpack_from("<5H", body)
        if flags & 1 or not width:
            sheet.page.hidden_columns.update(range(first, min(last, 255) + 1))
    elif kind == _MERGED:
        for n in range(struct.unpack_from("<H", body)[0]):
            top, bottom, left, right = struct.unpack_from("<4H", body, 2 + 8 * n)
            sheet.page.merge((top, left, bottom, right))
    elif kind == _WINDOW:
        sheet.zeros = bool(struct.unpack_from("<H", body)[0] & 0x10)


def _take_cells(kind: int, body: bytes, sheet: _Sheet, texts: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Row, column and style of each cell of a record; what it holds is kept."""
    if kind in (_BLANKS, _PACKEDS):
        yield from _take_row(kind, body, sheet)
    elif kind == _RESULT and sheet.awaiting:
        sheet.page.put(sheet.awaiting, read_text(body))
        sheet.awaiting = None
    elif kind in (_BLANK, _NUMBER, _PACKED, _FORMULA, _TEXT_OF_TABLE, _TEXT, _TRUTH):
        row, column, style = struct.unpack_from("<3H", body)
        if kind == _NUMBER:
            sheet.numbers[row, column] = struct.unpack_from("<d", body, 6)[0], style
        elif kind == _PACKED:
            sheet.numbers[row, column] = _unpacked(struct.unpack_from("<I", body, 6)[0]), style
        elif kind == _FORMULA:
            _take_formula(body, (row, column), style, sheet)
        elif kind != _BLANK:
            sheet.page.put((row, column), _text(kind, body, texts))
        yield row, column, style


def _text(kind: int, body: bytes, texts: Sequence[str]) -> str:
    if kind == _TEXT_OF_TABLE:
        return texts[int.from_bytes(body[6:10], "little")]
    return read_text(body[6:]) if kind == _TEXT else _truth(body[6], body[7] == 1)


def _truth(value: int, is_error: bool) -> str:
    return _ERRORS.get(value, "#?") if is_error else "TRUE" if value else "FALSE"


def _take_formula(body: bytes, at: tuple[int, int], style: int, sheet: _Sheet) -> None:
    """A formula with its result: a number, or a mark of what else it is; a text follows in a record of its own."""
    if struct.unpack_from("<H", body, 14)[0] & _ON_OPENING:
        sheet.unknown.append(at)
    if body[12:14] != b"\xff\xff":
        sheet.numbers[at] = struct.unpack_from("<d", body, 6)[0], style
    elif body[6] == 0:
        sheet.awaiting = at
    elif body[6] in (1, 2):
        sheet.page.put(at, _truth(body[8], body[6] == 2))


def _take_row(kind: int, body: bytes, sheet: _Sheet) -> Iterator[tuple[int, int, int]]:
    row, column = struct.unpack_from("<2H", body)
    size = 2 if kind == _BLANKS else 6
    for n in range((len(body) - 6) // size):
        style = struct.unpack_from("<H", body, 4 + size * n)[0]
        if kind == _PACKEDS:
            sheet.numbers[row, column + n] = _unpacked(struct.unpack_from("<I", body, 6 + size * n)[0]), style
        yield row, column + n, style


def _unpacked(packed: int) -> float:
    """A number of four bytes: an integer or the upper half of a float, perhaps a hundred times too large."""
    if packed & 2:
        number = float(packed >> 2 if packed < 1 << 31 else (packed >> 2) - (1 << 30))
    else:
        number = float(struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))[0])
    return number / 100 if packed & 1 else number
