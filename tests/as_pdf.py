"""Lays a record out as a PDF without any tool: each text and each rule is one mark, so that a test can plant damage."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from pipeline.record import Record
from tests.layouts import MergedRow, disputes, printer, proactive, requests

TABLES = {"proactive": proactive, "requests": requests, "disputes": disputes}
WIDTHS = {
    "proactive": [3.0, 2.0, 2.0, 2.0],
    "requests": [1.0, 1.6, 2.6, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1, 1.1],
    "disputes": [1.0] * 15,
}
Places = dict[int, tuple[float, float]]


@dataclass(frozen=True)
class Text:
    """Some characters: where their line begins, on a page whose y grows downwards; `mode` 3 is invisible."""

    x: float
    y: float
    text: str
    size: float = 9.0
    mode: int = 0
    grey: float = 0.0


@dataclass(frozen=True)
class Rule:
    """A rule from one point to another."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Area:
    """A filled rectangle; 1 is white."""

    x: float
    y: float
    wide: float
    high: float
    grey: float = 1.0


Mark = Text | Rule | Area


@dataclass(frozen=True)
class Style:
    """How a document is laid out; `rules` is how borders are drawn: strokes, boxes or fills."""

    width: float = 595.0
    height: float = 842.0
    margin: float = 50.0
    size: float = 9.0
    padding: float = 3.0
    rules: str = "strokes"
    align: str = "left"
    numbers: str = ""
    repeat: bool = False
    rotate: int = 0
    turned: bool = False


@dataclass
class Sheet:
    """The pages made so far, and how far down the last one is filled."""

    style: Style
    pages: list[list[Mark]] = field(default_factory=list)
    y: float = 0.0
    written: dict[tuple[int, int, float], int] = field(default_factory=dict)

    def turn(self) -> None:
        self.pages.append([])
        self.y = self.style.margin
        if self.style.numbers:
            text = self.style.numbers.format(len(self.pages))
            self.put(Text(self.style.width / 2, self.style.height - self.style.margin / 2, text, self.style.size))

    def put(self, *marks: Mark) -> None:
        self.pages[-1].extend(marks)

    def has_room(self, high: float) -> bool:
        return self.y + high <= self.style.height - self.style.margin


def wide(text: str, size: float) -> float:
    return sum(0.5 if c.isascii() else 1.0 for c in text) * size


def wrapped(text: str, room: float, size: float) -> list[str]:
    """Lines that fit; words and numbers are broken anywhere, as in a narrow column of Word."""
    lines = [""]
    for c in text:
        if lines[-1] and wide(lines[-1] + c, size) > room + 0.01:
            lines.append("")
        lines[-1] += c
    return lines


# a record to pages ---------------------------------------------------------------------------------------------------


def lay_out(record: Record, style: Style = Style()) -> list[list[Mark]]:
    """The marks of each page of a whole report: title, six sections, signature."""
    sheet, show, form = Sheet(style), printer(record), record.law
    sheet.turn()
    write(sheet, f"{record.agency_name}{record.year}年政府信息公开工作年度报告")
    write(sheet, "一、总体情况")
    write(sheet, "示例的文字，没有数字。")
    for section, make in TABLES.items():
        title = form.titles[section]
        write(sheet, f"{title.number}{title.label}")
        rows = make(form, [row for row, _ in record.rows(section)], show)
        table(sheet, rows, WIDTHS[section], heads=3 if section == "requests" and style.repeat else 0)
    for line in ("五、存在的主要问题及改进情况", "示例的文字。", "六、其他需要报告的事项", "无。"):
        write(sheet, line)
    if record.published:
        year, month, day = record.published.split("-")
        write(sheet, record.agency_name)
        write(sheet, f"{year}年{int(month)}月{int(day)}日")
    return sheet.pages


def write(sheet: Sheet, text: str) -> None:
    """Lines of running text."""
    style = sheet.style
    for line in wrapped(text, style.width - 2 * style.margin, style.size):
        if not sheet.has_room(style.size * 1.6):
            sheet.turn()
        sheet.y += style.size * 1.6
        sheet.put(Text(style.margin, sheet.y, line, style.size))


@dataclass(frozen=True)
class Placed:
    """A cell of a table with its slots."""

    text: str
    column: int
    row: int
    columns: int
    rows: int


def placed(rows: Sequence[MergedRow]) -> list[Placed]:
    taken: set[tuple[int, int]] = set()
    cells = []
    for r, row in enumerate(rows):
        at = 0
        for cell in row:
            while (r, at) in taken:
                at += 1
            cells.append(Placed(cell.text, at, r, cell.columns, cell.rows))
            taken |= {(r + i, at + j) for i in range(cell.rows) for j in range(cell.columns)}
    return cells


def table(sheet: Sheet, rows: Sequence[MergedRow], shares: Sequence[float], heads: int = 0) -> None:
    """A ruled table, broken between rows where a page is full; `heads` rows are printed again on each page."""
    style, cells = sheet.style, placed(rows)
    unit = (style.width - 2 * style.margin) / sum(shares)
    xs = [style.margin + unit * sum(shares[:i]) for i in range(len(shares) + 1)]
    heights = _heights(cells, len(rows), xs, style)
    sheet.y += style.size
    start = 0
    while start < len(rows):
        again = heads if start else 0
        first = [*range(again), *range(start, len(rows))]
        taken = _fitting(sheet, [heights[i] for i in first], start)
        if not taken or (again and taken <= again):
            sheet.turn()
            continue
        _rows(sheet, cells, first[:taken], xs, heights)
        start = first[taken - 1] + 1
        if start < len(rows):
            sheet.turn()
    sheet.y += style.size


def _fitting(sheet: Sheet, heights: Sequence[float], start: int) -> int:
    fitting = 0
    while fitting < len(heights) and sheet.has_room(sum(heights[: fitting + 1])):
        fitting += 1
    return fitting


def _heights(cells: Sequence[Placed], count: int, xs: Sequence[float], style: Style) -> list[float]:
    heights = [style.size * 1.5] * count
    for cell in sorted(cells, key=lambda one: one.rows):
        room = xs[cell.column + cell.columns] - xs[cell.column] - 2 * style.padding
        need = len(wrapped(cell.text, room, style.size)) * style.size * 1.2 + style.size * 0.4
        lack = need - sum(heights[cell.row : cell.row + cell.rows])
        if lack > 0:
            heights[cell.row + cell.rows - 1] += lack
    return heights


def _rows(
    sheet: Sheet, cells: Sequence[Placed], rows: Sequence[int], xs: Sequence[float], heights: Sequence[float]
) -> None:
    """Draws some rows of a table; a cell that began on the page before goes on with the lines that had no room."""
    ys = [sheet.y]
    for row in rows:
        ys.append(ys[-1] + heights[row])
    for cell in cells:
        held = [i for i, row in enumerate(rows) if cell.row <= row < cell.row + cell.rows]
        if held:
            box = xs[cell.column], ys[held[0]], xs[cell.column + cell.columns], ys[held[-1] + 1]
            sheet.put(*_borders(box))
            is_last = rows[held[-1]] == cell.row + cell.rows - 1
            key = (cell.column, cell.row, float(id(cells)))
            is_head_again = rows[0] == 0  # a head printed again is printed whole
            done = 0 if is_head_again and rows[held[0]] == cell.row else sheet.written.get(key, 0)
            lines = list(_lines(cell.text, box, sheet.style, done))
            room = len(lines) if is_last else int((box[3] - box[1] - 0.2 * sheet.style.size) / (1.2 * sheet.style.size))
            sheet.put(*lines[:room])
            sheet.written[key] = done + len(lines[:room])
    sheet.y = ys[-1]


def _borders(box: tuple[float, float, float, float]) -> list[Rule]:
    x0, y0, x1, y1 = box
    return [Rule(x0, y0, x1, y0), Rule(x0, y1, x1, y1), Rule(x0, y0, x0, y1), Rule(x1, y0, x1, y1)]


def _lines(text: str, box: tuple[float, float, float, float], style: Style, done: int) -> Iterator[Text]:
    x0, y0, x1, _ = box
    lines = wrapped(text, x1 - x0 - 2 * style.padding, style.size)[done:] if text else []
    for n, line in enumerate(lines):
        left = x1 - x0 - 2 * style.padding - wide(line, style.size)
        x = x0 + style.padding + {"left": 0.0, "center": left / 2, "right": left}[style.align]
        yield Text(x, y0 + style.size * (1.05 + 1.2 * n), line, style.size)


# marks to bytes ------------------------------------------------------------------------------------------------------

FONT = (
    "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>"
    "/DW 1000/W[1 95 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[0 -120 1000 880]"
    "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 80>>>>]>>"
)
UNMAPPED = (
    "<</Type/Font/Subtype/Type0/BaseFont/Nameless/Encoding/Identity-H/DescendantFonts[<</Type/Font"
    "/Subtype/CIDFontType2/BaseFont/Nameless/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    "/DW 1000/FontDescriptor<</Type/FontDescriptor/FontName/Nameless/Flags 4/FontBBox[0 -120 1000 880]"
    "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 80>>>>]>>"
)


def to_content(marks: Sequence[Mark], style: Style) -> str:
    """The stream of a page."""
    ops = []
    if style.turned:  # the page lies on its side, and what is on it is turned by itself
        ops.append(f"0 1 -1 0 {style.height:g} 0 cm")
    for mark in marks:
        if isinstance(mark, Text):
            shown = mark.text.encode("utf-16-be").hex()
            y = style.height - mark.y
            ops.append(f"{mark.grey:g} g BT /F {mark.size:g} Tf {mark.mode} Tr {mark.x:.2f} {y:.2f} Td <{shown}> Tj ET")
        elif isinstance(mark, Rule):
            ops.append(_rule(mark, style))
        else:
            y = style.height - mark.y - mark.high
            ops.append(f"{mark.grey:g} g {mark.x:.2f} {y:.2f} {mark.wide:.2f} {mark.high:.2f} re f")
    return "\n".join(ops)


def _rule(rule: Rule, style: Style) -> str:
    y0, y1 = style.height - rule.y0, style.height - rule.y1
    if style.rules == "fills":
        x, y = rule.x0 - 0.25, min(y0, y1) - 0.25
        return f"0 g {x:.2f} {y:.2f} {rule.x1 - rule.x0 + 0.5:.2f} {abs(y1 - y0) + 0.5:.2f} re f"
    if style.rules == "boxes":
        x, y = rule.x0 - 0.4, min(y0, y1) - 0.4
        return f"0.2 w {x:.2f} {y:.2f} {rule.x1 - rule.x0 + 0.8:.2f} {abs(y1 - y0) + 0.8:.2f} re S"
    dashes = "[2 1] 0 d " if style.rules == "dashes" else ""
    return f"{dashes}0.5 w {rule.x0:.2f} {y0:.2f} m {rule.x1:.2f} {y1:.2f} l S"


def to_bytes(
    pages: Sequence[Sequence[Mark]], style: Style = Style(), font: str = FONT, extra: str = "", trailer: str = ""
) -> bytes:
    """A PDF of the pages; `extra` stands in every page, `trailer` in the trailer."""
    wide_, high = (style.height, style.width) if style.turned else (style.width, style.height)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        font.encode(),
    ]
    for i, marks in enumerate(pages):
        content = zlib.compress(to_content(marks, style).encode(), 9)
        page = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide_:g} {high:g}]/Rotate {style.rotate}{extra}"
        objects.append(f"{page}/Resources<</Font<</F 3 0 R>>>>/Contents {5 + 2 * i} 0 R>>".encode())
        objects.append(b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(content), content))
    return assembled(objects, trailer)


def assembled(objects: Sequence[bytes], trailer: str = "") -> bytes:
    """The file of some objects, the first the catalogue."""
    made, starts = bytearray(b"%PDF-1.4\n"), []
    for n, one in enumerate(objects, start=1):
        starts.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (n, one)
    table_at = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % start for start in starts)
    made += f"trailer<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{table_at}\n%%EOF\n".encode()
    return bytes(made)


def one_page(
    marks: Sequence[Mark], ops: str = "", page: str = "", catalogue: str = "", more: Sequence[str] = ()
) -> bytes:
    """A page with further operators and entries; `more` are objects from number 6 on."""
    content = f"{to_content(marks, Style())}\n{ops}".encode()
    resources = "/Resources<</Font<</F 3 0 R>>/Properties<</L 6 0 R>>/XObject<</I 6 0 R>>>>"
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalogue}>>".encode(),
        b"<</Type/Pages/Count 1/Kids[4 0 R]>>",
        FONT.encode(),
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]{resources}/Contents 5 0 R{page}>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    return assembled([*objects, *(one.encode("latin-1") for one in more)])


def to_pdf(record: Record, style: Style = Style()) -> bytes:
    """The whole report as a PDF."""
    return to_bytes(lay_out(record, style), style)


def moved(mark: Text, **changes: float | str) -> Text:
    return replace(mark, **changes)  # type: ignore[arg-type]
