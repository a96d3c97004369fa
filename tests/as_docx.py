"""Lays a record out as a Word document, its XML written by hand, with any of the traps that real documents hold.

A trap never changes what Word prints; the wrong figures that a trap hides are 77, so that they are seen if they come out.
"""

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from xml.sax.saxutils import escape

from pipeline.record import Record
from tests.layouts import Merged, MergedRow, disputes, printer, proactive, requests

TABLES = {"proactive": proactive, "requests": requests, "disputes": disputes}
NAMES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
}
STRICT = {
    NAMES["w"]: "http://purl.oclc.org/ooxml/wordprocessingml/main",
    NAMES["r"]: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    NAMES["m"]: "http://purl.oclc.org/ooxml/officeDocument/math",
    NAMES["wp"]: "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing",
    NAMES["a"]: "http://purl.oclc.org/ooxml/drawingml/main",
}
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
CHANGE = 'w:id="1" w:author="示例" w:date="2024-01-05T00:00:00Z"'


def run(text: str, properties: str = "") -> str:
    looks = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{looks}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(inside: str, properties: str = "") -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"


def control(inside: str) -> str:
    return f'<w:sdt><w:sdtPr><w:alias w:val="77"/></w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>'


def field_of(code: str, result: str) -> str:
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    return f"{mark('begin')}<w:r><w:instrText> {code} </w:instrText></w:r>{mark('separate')}{result}{mark('end')}"


def text_box(inside: str, place: str = "inline") -> str:
    """A text box as Word writes it: a shape, and the same for older programs."""
    shape = (
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        f"<wps:txbx><w:txbxContent>{inside}</w:txbxContent></wps:txbx></wps:wsp></a:graphicData></a:graphic>"
    )
    style = "position:absolute;margin-left:9pt" if place == "anchor" else "width:90pt"
    older = f'<v:shape style="{style}"><v:textbox><w:txbxContent>{inside}</w:txbxContent></v:textbox></v:shape>'
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:{place}>{shape}</wp:{place}></w:drawing>'
        f"</mc:Choice><mc:Fallback><w:pict>{older}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


# traps in the text of a cell: text -> the inside of a paragraph -------------------------------------------------------


def _split(text: str) -> str:
    mark = '<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="77" w:name="_Hlk77"/><w:bookmarkEnd w:id="77"/>'
    return mark.join(run(one) for one in text)


_WRONG = f"<w:del {CHANGE}><w:r><w:delText>77</w:delText></w:r></w:del>"


def _tracked(text: str) -> str:
    return f"{_WRONG}<w:ins {CHANGE}>{run(text)}</w:ins>"


def _tracked_twice(text: str) -> str:
    return f"<w:ins {CHANGE}>{run(text)}{_WRONG}</w:ins>"


def _moved(text: str) -> str:
    return f"<w:moveFrom {CHANGE}>{run('77')}</w:moveFrom><w:moveTo {CHANGE}>{run(text)}</w:moveTo>"


def _note(text: str) -> str:
    return run(text) + '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="77"/></w:r>'


def _typed_mark(text: str) -> str:
    return run(text) + '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="77"/><w:t>7</w:t></w:r>'


def _nested_field(text: str) -> str:
    inner = field_of("PAGE", run("77"))
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    code = f"<w:r><w:instrText> IF </w:instrText></w:r>{inner}{run('77')}"
    return f"{mark('begin')}{code}{mark('separate')}{run(text)}{mark('end')}"


def _comment(text: str) -> str:
    return f'<w:commentRangeStart w:id="7"/>{run(text)}<w:commentRangeEnd w:id="7"/><w:r><w:commentReference w:id="7"/></w:r>'


def _ruby(text: str) -> str:
    return f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('77')}</w:rt><w:rubyBase>{run(text)}</w:rubyBase></w:ruby></w:r>"


def _soft(text: str) -> str:
    return "<w:r><w:softHyphen/></w:r>".join(run(one) for one in text.replace("-", "\u00ad-"))


def _hyphen(text: str) -> str:
    return "<w:r><w:noBreakHyphen/></w:r>".join(run(one) for one in text.split("-"))


TEXT_TRAPS: Mapping[str, Callable[[str], str]] = {
    "split": _split,
    "tracked": _tracked,
    "tracked-twice": _tracked_twice,
    "moved": _moved,
    "hidden": lambda text: run("77", "<w:vanish/>") + run(text, '<w:vanish w:val="0"/>') + run("7", "<w:vanish/>"),
    "hidden-style": lambda text: run("77", '<w:rStyle w:val="Hidden"/>') + run(text),
    "note": _note,
    "typed-mark": _typed_mark,
    "field": lambda text: field_of("=SUM(LEFT) 77", run(text)),
    "nested-field": _nested_field,
    "simple-field": lambda text: f'<w:fldSimple w:instr="=77">{run(text)}</w:fldSimple>',
    "control": lambda text: control(run(text)),
    "link": lambda text: f'<w:hyperlink w:anchor="_77">{run(text)}</w:hyperlink>',
    "smart-tag": lambda text: f'<w:smartTag w:element="chmetcnv"><w:smartTagPr/>{run(text)}</w:smartTag>',
    "comment": _comment,
    "ruby": _ruby,
    "soft-hyphen": _soft,
    "hyphen": _hyphen,
    "text-box": lambda text: text_box(paragraph(run(text))),
    "custom-xml": lambda text: f'<w:customXml w:element="x">{run(text)}</w:customXml>',
}
_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_BORDERS = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="000000"/>' for side in _SIDES)
RULED = f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
"""A table with its borders drawn, as the forms have it."""

TABLE_TRAPS = [
    "cell-controls",
    "row-controls",
    "paragraph-controls",
    "deleted-rows",
    "deleted-cells",
    "nested-cells",
    "fine-grid",
    "uneven-grid",
    "horizontal-merges",
    "rows-begin-late",
    "lying-grid",
    "deleted-marks",
]
PAGE_TRAPS = ["strict", "utf-16", "numbered", "frame", "box-title", "other-prefix", "elsewhere", "outline-headings"]


@dataclass
class Maker:
    """Writes one document; `traps` are names of the lists above, each laid where `chance` wants."""

    traps: Collection[str] = ()
    chance: Random = field(default_factory=lambda: Random(7))
    columns: int = 0

    def document(self, record: Record) -> bytes:
        show, form = printer(record), record.law
        title = f"{record.agency_name}{record.year}年政府信息公开工作年度报告"
        body = [
            self.line(text_box(paragraph(run(title)), "anchor")) if "box-title" in self.traps else self.heading(title)
        ]
        body += [self.heading("一、总体情况"), self.line(run("示例的文字，没有数字。"))]
        for section, make in TABLES.items():
            words = form.titles[section]
            body += [self.heading(words.number + words.label)]
            body += [self.table(make(form, [row for row, _ in record.rows(section)], show))]
        body += [self.heading("五、存在的主要问题及改进情况"), self.line(run("示例的文字。"))]
        body += [self.heading("六、其他需要报告的事项"), self.line(run("无。"))]
        if record.published:
            year, month, day = record.published.split("-")
            body += [self.line(run(record.agency_name)), self.line(run(f"{year}年{int(month)}月{int(day)}日"))]
        return self.package("".join(body))

    def line(self, inside: str) -> str:
        return paragraph(inside)

    def heading(self, text: str) -> str:
        inside = run(text)
        properties = ""
        if "numbered" in self.traps and (match := re.match(r"([一二三四五六])、", text)):
            properties = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr>'
            inside = run(text[match.end() :])
        if "outline-headings" in self.traps:
            properties = f'<w:pStyle w:val="Kopf"/>{properties}'
        return paragraph(inside, properties)

    # tables

    def table(self, rows: Sequence[MergedRow]) -> str:
        self.columns = columns = max(at + cell.columns for row in _placed(rows) for at, cell, _ in row)
        made = "".join(self.row(row, n) for n, row in enumerate(_placed(rows)))
        count = 1 if "lying-grid" in self.traps else self.width(0, Merged("", columns), 0)
        grid = '<w:gridCol w:w="300"/>' * count
        looks = RULED if "ruled" in self.traps else "<w:tblPr/>"
        return f"<w:tbl>{looks}<w:tblGrid>{grid}</w:tblGrid>{made}</w:tbl>"

    def row(self, cells: Sequence[tuple[int, Merged, bool]], number: int) -> str:
        properties = ""
        if "rows-begin-late" in self.traps and cells[0][2]:
            late = [cell for cell in cells if cell[2] and cell[0] == 0]
            properties = f'<w:trPr><w:gridBefore w:val="{self.width(0, late[0][1], number)}"/></w:trPr>'
            cells = cells[1:]
        inside = "".join(self.cell(at, cell, covered, number) for at, cell, covered in cells)
        if self.here("deleted-cells"):
            inside += f"<w:tc><w:tcPr><w:cellDel {CHANGE}/></w:tcPr>{paragraph(run('77'))}</w:tc>"
        made = f"<w:tr>{properties}{inside}</w:tr>"
        if self.here("deleted-rows"):
            wrong = f"<w:tc>{paragraph(run('77'))}</w:tc>" * len(cells)
            made += f"<w:tr><w:trPr><w:del {CHANGE}/></w:trPr>{wrong}</w:tr>"
        return control(made) if self.here("row-controls") else made

    def here(self, trap: str, share: float = 0.4) -> bool:
        return trap in self.traps and self.chance.random() < share

    def width(self, at: int, cell: Merged, number: int) -> int:
        """How many columns of the file's grid a cell takes."""
        if "uneven-grid" in self.traps:  # every border but the outer ones may lie a column to the right in a row
            return self.edge(at + cell.columns, number) - self.edge(at, number)
        return cell.columns * (3 if "fine-grid" in self.traps else 1)

    def edge(self, at: int, number: int) -> int:
        return 2 * at + (number + at) % 2 if 0 < at < self.columns else 2 * at

    def cell(self, at: int, cell: Merged, covered: bool, number: int) -> str:
        span = "" if (wide := self.width(at, cell, number)) == 1 else f'<w:gridSpan w:val="{wide}"/>'
        starts = '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
        down = "<w:vMerge/>" if covered else starts
        inside = paragraph("") if covered else self.content(cell.text)
        if wide > 1 and self.here("horizontal-merges", 1):
            first = f'<w:tc><w:tcPr><w:hMerge w:val="restart"/>{down}</w:tcPr>{inside}</w:tc>'
            return first + f"<w:tc><w:tcPr><w:hMerge/>{down}</w:tcPr>{paragraph('')}</w:tc>" * (wide - 1)
        made = f'<w:tc><w:tcPr><w:tcW w:w="{300 * wide}" w:type="dxa"/>{span}{down}</w:tcPr>{inside}</w:tc>'
        return control(made) if self.here("cell-controls") else made

    def content(self, text: str) -> str:
        """The paragraphs of a cell."""
        properties, inside = self.numbered(text)
        if inside is None:
            inside = self.words(text)
        made = paragraph(inside, properties)
        if self.here("deleted-marks") and not properties and len(text) > 1:
            made = paragraph(run(text[:1]), f"<w:rPr><w:del {CHANGE}/></w:rPr>") + paragraph(run(text[1:]))
        if self.here("nested-cells", 0.2):
            made = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>{made}</w:tc></w:tr></w:tbl>{paragraph('')}"
        return control(made) if self.here("paragraph-controls") else made

    def words(self, text: str) -> str:
        chosen = [trap for trap in self.traps if trap in TEXT_TRAPS]
        if not text or not chosen or self.chance.random() < 0.4:
            return run(text) if text else ""
        return TEXT_TRAPS[self.chance.choice(sorted(chosen))](text)

    def numbered(self, text: str) -> tuple[str, str | None]:
        match = re.match(r"([一二三四五六七八九]+、)|(（[一二三四五六七八九]+）)|(\d\.)(?!\d)", text)
        if "numbered" not in self.traps or not match:
            return "", None
        level = next(i for i, group in enumerate(match.groups()) if group)
        return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>', run(text[match.end() :])

    # the file

    def package(self, body: str) -> bytes:
        if "frame" in self.traps:
            body = f"<w:tbl><w:tblPr/><w:tblGrid/><w:tr><w:tc>{body}{paragraph('')}</w:tc></w:tr></w:tbl>"
        names = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
        return pack(f"<w:document {names}><w:body>{body}<w:sectPr/></w:body></w:document>", self.traps)


def _placed(rows: Sequence[MergedRow]) -> Iterator[list[tuple[int, Merged, bool]]]:
    """Each row with all its slots: the column, the cell, and whether it only goes on with the one above."""
    above: dict[int, tuple[int, Merged]] = {}
    for row in rows:
        cells, at, left = list[tuple[int, Merged, bool]](), 0, dict[int, tuple[int, Merged]]()
        waiting = list(row)
        while waiting or at in above:
            if at in above:
                rest, cell = above[at]
                cells.append((at, cell, True))
                left |= {at: (rest - 1, cell)} if rest > 1 else {}
            else:
                cell = waiting.pop(0)
                cells.append((at, cell, False))
                left |= {at: (cell.rows - 1, cell)} if cell.rows > 1 else {}
            at += cell.columns
        above = left
        yield cells


STYLES = """<w:styles xmlns:w="{w}"><w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Kopf"><w:name w:val="heading 1"/><w:basedOn w:val="a"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="character" w:styleId="Hidden"><w:name w:val="Hidden"/><w:rPr><w:vanish/></w:rPr></w:style></w:styles>"""
_LEVELS = "".join(
    f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
    for n, (style, text) in enumerate(
        [("chineseCountingThousand", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")]
    )
)
NUMBERING = (
    f'<w:numbering xmlns:w="{{w}}"><w:abstractNum w:abstractNumId="0">{_LEVELS}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="1">{_LEVELS}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    "</w:numbering>"
)
_NOTE = "<w:p><w:r><w:t>77</w:t></w:r></w:p>"
PARTS = {
    "styles": STYLES.format(w=NAMES["w"]),
    "numbering": NUMBERING.format(w=NAMES["w"]),
    "footnotes": f'<w:footnotes xmlns:w="{NAMES["w"]}"><w:footnote w:id="77">{_NOTE}</w:footnote></w:footnotes>',
    "comments": f'<w:comments xmlns:w="{NAMES["w"]}"><w:comment {CHANGE.replace("1", "7", 1)}>{_NOTE}</w:comment></w:comments>',
}
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    + "".join(
        f'<Override PartName="/word/{name}.xml" '
        f'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.{name}+xml"/>'
        for name in PARTS
    )
    + "</Types>"
)


def _relations(*pairs: tuple[str, str]) -> str:
    made = "".join(
        f'<Relationship Id="rId{n}" Type="{NAMES["r"]}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(pairs)
    )
    return f'<Relationships xmlns="{RELATIONS}">{made}</Relationships>'


def pack(document: str, traps: Collection[str] = (), **parts: str | bytes) -> bytes:
    """The bytes of a .docx with that text; `parts` are more parts, by their names with `__` for `/`."""
    main = "word/document2.xml" if "elsewhere" in traps else "word/document.xml"
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES.format(main=main),
        "_rels/.rels": _relations(("officeDocument", main)),
        main.replace("word/", "word/_rels/") + ".rels": _relations(*((name, f"{name}.xml") for name in PARTS)),
        main: document,
        **{f"word/{name}.xml": part for name, part in PARTS.items()},
        **{name.replace("__", "/"): content for name, content in parts.items()},
    }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in made.items():
            container.writestr(zipfile.ZipInfo(name), _encoded(content, traps), zipfile.ZIP_DEFLATED)
    return held.getvalue()


def _encoded(content: str | bytes, traps: Collection[str]) -> bytes:
    if isinstance(content, bytes):
        return content
    if "strict" in traps:
        for usual, strict in STRICT.items():
            content = content.replace(usual, strict)
    if "other-prefix" in traps:
        content = re.sub(r"(?<=[</ :])w:|(?<=xmlns:)w(?==)", lambda match: match[0].replace("w", "ns0"), content)
    code = "utf-16" if "utf-16" in traps else "utf-8"
    return f'<?xml version="1.0" encoding="{code}" standalone="yes"?>\n{content}'.encode(code)


def to_docx(record: Record, *traps: str, seed: int = 7) -> bytes:
    """A whole document with made-up prose: title, six sections, signature."""
    return Maker(traps, Random(seed)).document(record)
