"""The parts of a .xlsx workbook as the pages that it shows: XML read row by row, formats, merged and hidden cells."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import cast

from lxml import etree

from pipeline.document import Ambiguous, UnreadableSource
from pipeline.readers.archive import Archive
from pipeline.readers.sheet_formats import BUILTIN, GENERAL, Format
from pipeline.readers.sheet_page import LAST_COLUMN, Area, Page

MOST_BYTES = 20_000_000
"""Of one unpacked part; the sheets of a report have some ten thousand bytes."""

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SMALL = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_TRUE = ("1", "true")


@dataclass(slots=True)
class _Book:
    """What all sheets share: texts, formats by style, which styles have borders, and how formulas stand.

    `fonts` says of each style whether its digits are raised, struck out, or white on white.
    """

    texts: list[str] = field(default_factory=list)
    formats: list[Format] = field(default_factory=list)
    ruled: list[bool] = field(default_factory=list)
    fonts: list[tuple[bool, bool, bool]] = field(default_factory=list)
    since_1904: bool = False
    to_be_worked_out: bool = False


def read_pages(data: bytes) -> Iterator[Page]:
    """Every sheet that is not hidden, in the order of the workbook. Raises UnreadableSource."""
    archive = Archive(data)
    main = archive.find("xl/workbook.xml") or ""
    root, related = _root(archive, main), _related(archive, main)
    parts = dict(related.values())
    book = _Book()
    book.since_1904 = any(one.get("date1904") in _TRUE for one in _all(root, "workbookPr"))
    book.to_be_worked_out = any(one.get("fullCalcOnLoad") in _TRUE for one in _all(root, "calcPr"))
    if "sharedStrings" in parts:
        book.texts = [_string(one) for one in _all(_root(archive, parts["sharedStrings"]), "si")]
    if "styles" in parts:
        _read_styles(_root(archive, parts["styles"]), book)
    for sheet in _all(root, "sheet"):
        kind, target = related.get(_relation(sheet), ("", ""))
        if sheet.get("state", "visible") == "visible" and kind == "worksheet":
            yield _page(archive, target, sheet.get("name", ""), book)


# parts ---------------------------------------------------------------------------------------------------------------


def _bytes(archive: Archive, name: str) -> BytesIO:
    found = archive.find(name)
    if found is None:
        raise UnreadableSource(f"the workbook lacks its part {name}")
    data = archive.read(found)
    if len(data) > MOST_BYTES:
        raise UnreadableSource(f"the workbook's part {name} is far larger than any report")
    return BytesIO(data)


def _root(archive: Archive, name: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.parse(_bytes(archive, name), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise UnreadableSource(f"the workbook's part {name} is no sound XML: {error}") from error


def _related(archive: Archive, main: str) -> dict[str, tuple[str, str]]:
    """Kind and name of each part that the workbook names, by the id under which it does."""
    folder, name = posixpath.split(main)
    root = _root(archive, f"{folder}/_rels/{name}.rels")
    made: dict[str, tuple[str, str]] = {}
    for one in _all(root, "Relationship"):
        target = posixpath.normpath(posixpath.join("/" + folder, one.get("Target", ""))).lstrip("/")
        made[one.get("Id", "")] = (one.get("Type", "").rpartition("/")[2], target)
    return made


def _relation(sheet: etree._Element) -> str:
    return next((cast(str, value) for key, value in sheet.items() if str(key).endswith("}id")), "")


def _all(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The elements of that name, in either of the namespaces that workbooks have."""
    return element.iter("{*}" + name)


# texts and styles ----------------------------------------------------------------------------------------------------


def _string(element: etree._Element) -> str:
    """The text of a shared or inline string: its runs, without the reading aids above them."""
    parts = []
    for one in element:
        name = etree.QName(one).localname if isinstance(one.tag, str) else ""
        parts.append(_plain(one) if name == "t" else _run(one) if name == "r" else "")
    return "".join(parts)


def _run(run: etree._Element) -> str:
    """One run: raised or lowered digits are marked as such. Raises Ambiguous for figures that are struck out."""
    text = "".join(_plain(one) for one in _all(run, "t"))
    if any(one.get("val", "1") in _TRUE for one in _all(run, "strike")) and re.search(r"\d", text):
        raise Ambiguous(f"“{text[:40]}” is struck out in a part of a cell")
    raised = any(one.get("val") in ("superscript", "subscript") for one in _all(run, "vertAlign"))
    return text.translate(_SMALL) if raised else text


def _plain(element: etree._Element) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), element.text or "").replace("\r\n", "\n")


def _read_styles(root: etree._Element, book: _Book) -> None:
    codes = {one.get("numFmtId", ""): one.get("formatCode", GENERAL) for one in _all(root, "numFmt")}
    borders = [_has_line(border) for part in _all(root, "borders") for border in part]
    fonts = [_font(font) for part in _all(root, "fonts") for font in part]
    for part in _all(root, "cellXfs"):
        for style in part:
            number = style.get("numFmtId", "0")
            code = codes.get(number) or BUILTIN.get(int(number) if number.isdecimal() else 0, GENERAL)
            book.formats.append(Format(code, book.since_1904))
            raised, struck, white = fonts[at] if (at := _index(style, "fontId")) < len(fonts) else (False, False, False)
            book.fonts.append((raised, struck, white and _index(style, "fillId") == 0))
            border = style.get("borderId", "0")
            book.ruled.append(border.isdecimal() and int(border) < len(borders) and borders[int(border)])


def _index(style: etree._Element, name: str) -> int:
    text = style.get(name, "0")
    return int(text) if text.isdecimal() else 0


def _font(font: etree._Element) -> tuple[bool, bool, bool]:
    """Whether a font raises or lowers its characters, strikes them out, and is white."""
    raised = any(one.get("val") in ("superscript", "subscript") for one in _all(font, "vertAlign"))
    struck = any(one.get("val", "1") in _TRUE for one in _all(font, "strike"))
    white = any(
        one.get("rgb", "")[-6:].upper() == "FFFFFF" or (one.get("theme") == "0" and not one.get("tint"))
        for one in _all(font, "color")
    )
    return raised, struck, white


def _has_line(border: etree._Element) -> bool:
    return any(one.get("style", "none") != "none" for one in border)


# sheets --------------------------------------------------------------------------------------------------------------


def _page(archive: Archive, part: str, name: str, book: _Book) -> Page:
    sheet = _Sheet(Page(name), book)
    reading = etree.iterparse(
        _bytes(archive, part), events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        for event, element in reading:
            if isinstance(element.tag, str):
                sheet.take(event, etree.QName(element).localname, element)
    except etree.XMLSyntaxError as error:
        raise UnreadableSource(f"the sheet “{name}” is no sound XML: {error}") from error
    return sheet.page


@dataclass(slots=True)
class _Sheet:
    """One sheet while it is read: the row and column that come next where cells do not say where they stand."""

    page: Page
    book: _Book
    row: int = -1
    column: int = 0
    zeros: bool = True

    def take(self, event: str, name: str, element: etree._Element) -> None:
        if event == "start":
            if name == "row":
                self._begin_row(element)
            return
        if name == "c":
            self._cell(element)
        elif name == "col" and _is_hidden(element, "width"):
            first, last = int(element.get("min", "1")), int(element.get("max", "1"))
            self.page.hidden_columns.update(range(first - 1, min(last - 1, LAST_COLUMN) + 1))
        elif name == "sheetView":
            self.zeros = element.get("showZeros", "1") in _TRUE
        elif name == "mergeCell":
            self.page.merge(_area(element.get("ref", "")))
        if name in ("c", "row", "mergeCell", "col"):
            element.clear()

    def _begin_row(self, row: etree._Element) -> None:
        self.row = _number(row.get("r")) - 1 if row.get("r") else self.row + 1
        self.column = 0
        if _is_hidden(row, "ht"):
            self.page.hidden_rows.add(self.row)

    def _cell(self, cell: etree._Element) -> None:
        at = _slot(cell.get("r", "")) if cell.get("r") else (self.row, self.column)
        self.column = at[1] + 1
        self.page.count(at)
        style = _number(cell.get("s", "0"))
        if style < len(self.book.ruled) and self.book.ruled[style]:
            self.page.rule(at)
        parts = {etree.QName(one).localname: one for one in cell if isinstance(one.tag, str)}
        if "f" in parts:
            self._check_formula(parts, at)
        if text := self._text(cell.get("t", "n"), parts, style, at):
            self.page.put(at, text)
            if style < len(self.book.fonts) and any(self.book.fonts[style]):
                self.page.look(at, *self.book.fonts[style])

    def _check_formula(self, parts: Mapping[str, etree._Element], at: tuple[int, int]) -> None:
        """A formula counts by the result that stands in the file. Raises UnreadableSource where none does."""
        if at[0] in self.page.hidden_rows or at[1] in self.page.hidden_columns:
            return
        if "v" not in parts or self.book.to_be_worked_out:
            says = "the cell is a formula whose result is not in the file; open the workbook and save it again"
            raise UnreadableSource(says, self.page.place(at))

    def _text(self, kind: str, parts: Mapping[str, etree._Element], style: int, at: tuple[int, int]) -> str:
        if kind == "inlineStr":
            return _string(parts["is"]) if "is" in parts else ""
        value = _plain(parts["v"]) if "v" in parts else ""
        if kind == "s":
            if not value.isdecimal() or int(value) >= len(self.book.texts):
                raise UnreadableSource("the cell names a text that the workbook does not hold", self.page.place(at))
            return self.book.texts[int(value)]
        if kind == "b":
            return "TRUE" if value in _TRUE else "FALSE" if value else ""
        return value if kind != "n" or not value.strip() else self._figure(value, style)

    def _figure(self, value: str, style: int) -> str:
        shown = self.book.formats[style] if style < len(self.book.formats) else Format()
        try:
            number = float(value)
        except ValueError:
            return value
        return "" if number == 0 and not self.zeros else shown.show(number)


def _is_hidden(element: etree._Element, size: str) -> bool:
    """Whether a row or column is hidden, or has no height or width."""
    return element.get("hidden", "0") in _TRUE or element.get(size, "1") in ("0", "0.0")


def _number(text: str | None) -> int:
    if not text or not text.isdecimal() or len(text) > 9:
        raise UnreadableSource(f"the workbook counts “{(text or '')[:20]}” where a number belongs")
    return int(text)


def _slot(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise UnreadableSource(f"the workbook names a cell “{reference[:20]}”, which is none")
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def _area(reference: str) -> Area:
    first, _, last = reference.partition(":")
    begin, end = _slot(first), _slot(last or first)
    return min(begin[0], end[0]), min(begin[1], end[1]), max(begin[0], end[0]), max(begin[1], end[1])
