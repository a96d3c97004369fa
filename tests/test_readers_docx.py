"""A Word document is read as Word prints it, whatever lies hidden in its XML; what is in doubt is refused."""

import io
import random
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.convert import NOTHING_GIVEN, Options, find_agency, to_record, understand
from pipeline.document import About, Ambiguous, Block, Cell, Heading, ReportError, Table, UnreadableSource, read_number
from pipeline.readers import docx
from pipeline.readers.docx_numbering import write
from pipeline.record import Record
from tests import made
from tests.as_docx import (
    CHANGE,
    NAMES,
    PAGE_TRAPS,
    TABLE_TRAPS,
    TEXT_TRAPS,
    control,
    field_of,
    pack,
    paragraph,
    run,
    text_box,
    to_docx,
)
from tests.test_roundtrip import assert_same, records

NAMESPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())


def wrapped(body: str) -> bytes:
    return pack(f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")


def blocks(body: str) -> tuple[Block, ...]:
    return docx.read_blocks(wrapped(body))[0]


def table(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(inside: str = "", properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside if inside.startswith('<w:') else paragraph(run(inside))}</w:tc>"


def texts(found: Sequence[Block]) -> list[object]:
    """Paragraphs as strings, tables as lists of rows."""
    return [[[c.text for c in row] for row in one.rows] if isinstance(one, Table) else one.text for one in found]


def one_cell(inside: str) -> Cell:
    """What is read of a cell beside another."""
    (block,) = blocks(table(cell("甲") + cell(inside)))
    assert isinstance(block, Table)
    return block.rows[0][1]


# whole reports -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trap", [*TEXT_TRAPS, *TABLE_TRAPS, *PAGE_TRAPS])
@pytest.mark.parametrize(("form", "year"), [("2019", 2020), ("2021", 2023)])
def test_a_trap_changes_nothing_that_is_read(trap: str, form: str, year: int) -> None:
    """What hides in the XML beside the printed words changes no word and no cell of what is read."""
    record = made.record(form, year, made.different())
    plain, trapped = (texts(docx.read_blocks(data)[0]) for data in (to_docx(record), to_docx(record, trap)))
    assert trapped == plain


TRAPS = [trap for trap in (*TEXT_TRAPS, *TABLE_TRAPS, *PAGE_TRAPS) if trap != "utf-16"]


def is_told(traps: set[str]) -> bool:
    """A title in a box that stands in a cell of a frame is not looked for: such a report must be given its year."""
    return not {"frame", "box-title"} <= traps


def test_a_title_boxed_inside_a_frame_is_asked_for() -> None:
    """The report is refused, and nothing else is taken for its title."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.docx"
        path.write_bytes(to_docx(made.record("2021", 2023, made.different()), "frame", "box-title"))
        says = [problem.says for problem in understand(path).problems]
    assert any("--year" in one for one in says), says


def read_back(data: bytes, folder: Path) -> Record:
    path = folder / "report.docx"
    path.write_bytes(data)
    understood = understand(path)
    assert not understood.problems, (understood.problems[0].where, understood.problems[0].says)
    agency, _ = find_agency(understood, NOTHING_GIVEN, folder)
    return to_record(understood, agency, Options(folder))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(record=records(), traps=st.sets(st.sampled_from(TRAPS), max_size=6).filter(is_told), seed=st.integers(0, 999))
def test_a_record_comes_back_from_word(record: Record, traps: set[str], seed: int, tmp_path: Path) -> None:
    """Whatever the figures, the blank cells and the traps, the same record comes back."""
    assert_same(read_back(to_docx(record, *traps, seed=seed), tmp_path), record)


DAMAGE = ("drop", "double", "wider", "narrower", "late")


def damaged(data: bytes, how: str, at: int) -> bytes:
    """The document with one cell lost, doubled, wider or narrower by a column, or one row shifted by a column."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    xml = archive.read("word/document.xml").decode()
    cells = list(re.finditer(r"<w:tc>(?:(?!<w:tc>).)*?</w:tc>", xml))
    found = cells[at % len(cells)]
    one = found[0]
    if how == "late":
        start = xml.rindex("<w:tr>", 0, found.start())
        xml = xml[: start + 6] + '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + xml[start + 6 :]
    else:
        xml = xml[: found.start()] + {"drop": "", "double": one * 2}.get(how, resized(one, how)) + xml[found.end() :]
    return pack(xml.partition("?>")[2].strip())


def resized(one: str, how: str) -> str:
    span = re.search(r'<w:gridSpan w:val="(\d+)"/>', one)
    wide = max(1, (int(span[1]) if span else 1) + (1 if how == "wider" else -1))
    bare = one.replace(span[0], "") if span else one
    return re.sub(r"(<w:tcW [^>]*/>)", rf'\1<w:gridSpan w:val="{wide}"/>', bare, count=1)


@pytest.mark.parametrize("how", DAMAGE)
@pytest.mark.parametrize("trap", ["", "fine-grid", "uneven-grid"])
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(record=records(), at=st.integers(0, 10**6))
def test_a_damaged_grid_never_moves_a_figure(how: str, trap: str, record: Record, at: int, tmp_path: Path) -> None:
    """Whichever cell is lost, doubled or of another width, a figure that is still read stands where it stood."""
    path = tmp_path / "damaged.docx"
    path.write_bytes(damaged(to_docx(record, *filter(None, [trap])), how, at))
    report = understand(path).report
    readings = report.readings.values() if report else ()
    got = {one.field: one.number.value for reading in readings for one in reading.placed}
    assert not {name: v for name, v in got.items() if v is not None and v != record.figures().get(name)}


# the text of a paragraph ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "read"),
    [
        (run("1") + "<w:r><w:tab/></w:r>" + run("甲"), "1 甲"),
        (run("甲") + "<w:r><w:br/></w:r>" + run("乙"), "甲 乙"),
        ("<w:r><w:noBreakHyphen/></w:r>" + run("5"), "-5"),
        (run("1") + "<w:r><w:softHyphen/></w:r>" + run("\u00ad2"), "12"),
        (run("1") + "<w:r><w:lastRenderedPageBreak/></w:r>" + run("2"), "12"),
        ('<w:r><w:sym w:font="Symbol" w:char="F035"/></w:r>', "5"),
        (run("甲") + "<w:r><w:instrText>77</w:instrText></w:r>", "甲"),
        (field_of("HYPERLINK 77", field_of("PAGEREF 77", run("5"))), "5"),
        (control(control(run("5"))), "5"),
        (run("5") + run("7", '<w:vanish w:val="true"/>'), "5"),
        (run("5") + run("7", "<w:webHidden/>"), "57"),
    ],
)
def test_a_line_reads_as_it_is_printed(inside: str, read: str) -> None:
    """Tabs, breaks, hyphens, symbols, fields, controls and hidden text give the words on the page."""
    assert texts(blocks(paragraph(inside))) == [read]


@pytest.mark.parametrize(
    "inside",
    [
        run("5") + run("2", '<w:vertAlign w:val="superscript"/>'),
        run("5") + run("2", '<w:vertAlign w:val="subscript"/>'),
        run("5", "<w:strike/>") + run("7"),
        run("5") + "<w:r><w:br/></w:r>" + run("7"),
        run("5") + "<w:r><w:tab/></w:r>" + run("7"),
        run("5") + "</w:p><w:p>" + run("7"),
        run("5", '<w:rFonts w:ascii="Wingdings"/>'),
        '<w:r><w:sym w:font="Wingdings" w:char="F035"/></w:r>',
        "<m:oMath><m:sSup><m:e><m:r><m:t>5</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>",
        text_box(paragraph(run("5")), "anchor"),
        text_box(paragraph(run("5"))) + run("7"),
    ],
)
def test_digits_that_are_no_plain_number_are_never_one(inside: str) -> None:
    """Raised, struck, signs of a font, on two lines, in a formula, or afloat: no figure is made of such digits."""
    with pytest.raises(Ambiguous):
        read_number(one_cell(paragraph(inside)), "count")


def test_what_floats_over_a_full_cell_is_not_in_it() -> None:
    """A page number in a box that is anchored in a cell stays out of the cell's figure."""
    body = table(cell("甲") + cell(paragraph(run("5") + text_box(paragraph(run("- 3 -")), "anchor"))))
    assert texts(blocks(body)) == [[["甲", "5"]], "- 3 -"]


def test_of_alternatives_one_is_read_once() -> None:
    """The first choice that Word understands is taken, else the fallback; never both, never a strange one."""
    branches = '<mc:Choice xmlns:x="urn:x" Requires="x">{}</mc:Choice><mc:Choice Requires="wps">{}</mc:Choice>'
    inside = branches.format(run("7"), run("5")) + f"<mc:Fallback>{run('9')}</mc:Fallback>"
    assert texts(blocks(paragraph(f"<mc:AlternateContent>{inside}</mc:AlternateContent>"))) == ["5"]
    only = f'<mc:Choice xmlns:x="urn:x" Requires="x">{run("7")}</mc:Choice><mc:Fallback>{run("9")}</mc:Fallback>'
    assert texts(blocks(paragraph(f"<mc:AlternateContent>{only}</mc:AlternateContent>"))) == ["9"]


def test_a_deleted_mark_joins_two_paragraphs() -> None:
    """Where the end of a paragraph is deleted by a tracked change, the next goes on with it; not over a table."""
    gone = f"<w:rPr><w:del {CHANGE}/></w:rPr>"
    assert texts(blocks(paragraph(run("甲"), gone) + paragraph(run("乙")))) == ["甲乙"]
    body = paragraph(run("甲"), gone) + table(cell("1") + cell("2")) + paragraph(run("乙"))
    assert texts(blocks(body)) == ["甲", [["1", "2"]], "乙"]


# lists ---------------------------------------------------------------------------------------------------------------


def listed(text: str, level: int) -> str:
    return paragraph(run(text) if text else "", f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>')


def test_the_numbers_of_lists_are_read_as_printed() -> None:
    """Word counts the paragraphs of a list, and a deeper level starts anew below a higher one."""
    body = listed("甲", 0) + listed("乙", 1) + listed("丙", 2) + listed("丁", 2) + listed("戊", 0) + listed("己", 1)
    assert texts(blocks(body)) == ["一、甲", "（一）乙", "1.丙", "2.丁", "二、戊", "（一）己"]


@pytest.mark.parametrize("own", ["", "5"])
def test_the_number_of_a_list_is_no_figure(own: str) -> None:
    """Neither a list number alone in a cell nor one in front of a figure is read as a figure, nor as part of one."""
    with pytest.raises(Ambiguous):
        read_number(one_cell(listed(own, 2)), "amount")


@pytest.mark.parametrize(
    ("number", "style", "printed"),
    [
        (12, "chineseCounting", "十二"),
        (20, "chineseCountingThousand", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (21, "chineseLegalSimplified", "贰拾壹"),
        (4, "upperRoman", "IV"),
        (28, "lowerLetter", "bb"),
        (7, "decimalZero", "07"),
        (3, "decimalEnclosedCircleChinese", "③"),
        (10, "ideographDigital", "一〇"),
        (5, "hebrew1", "\ufffd"),
    ],
)
def test_a_list_number_is_written_in_its_style(number: int, style: str, printed: str) -> None:
    """Each style of numbers gives what Word prints; an unknown style gives a sign that is no number."""
    assert write(number, style) == printed


# tables --------------------------------------------------------------------------------------------------------------

DOWN, ON = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
WIDE = '<w:gridSpan w:val="2"/>'


def test_merged_cells_leave_their_slots_blank() -> None:
    """Cells that are merged across and down stand once, in their first slot."""
    rows = [
        cell("甲", WIDE + DOWN) + cell("1") + cell("2"),
        cell("", WIDE + '<w:vMerge w:val="continue"/>') + cell("3") + cell("4"),
        cell("乙") + cell("丙") + cell("5") + cell("6"),
    ]
    assert texts(blocks(table(*rows))) == [[["甲", "", "1", "2"], ["", "", "3", "4"], ["乙", "丙", "5", "6"]]]


def test_a_cell_that_goes_on_with_nothing_above_stands_for_itself() -> None:
    """Without a cell of the same columns above, a cell that says it goes on begins."""
    assert texts(blocks(table(cell("甲", ON) + cell("1"), cell("", ON) + cell("2")))) == [[["甲", "1"], ["", "2"]]]


def test_words_in_a_cell_that_is_merged_away_are_refused() -> None:
    """What Word hides and other programs show is no certain text; the same words again are."""
    with pytest.raises(Ambiguous, match="words of its own"):
        blocks(table(cell("5", DOWN) + cell("1"), cell("7", ON) + cell("2")))
    assert texts(blocks(table(cell("甲", DOWN) + cell("1"), cell("甲", ON) + cell("2")))) == [[["甲", "1"], ["", "2"]]]


def test_a_row_that_begins_late_keeps_its_columns() -> None:
    """Columns that a row leaves out in front are blank slots; behind, the row is short."""
    late = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>' + cell("1") + cell("2")
    early = '<w:trPr><w:gridAfter w:val="1"/></w:trPr>' + cell("乙") + cell("3")
    full = cell("甲") + cell("4") + cell("5")
    assert texts(blocks(table(full, late, early))) == [[["甲", "4", "5"], ["", "1", "2"], ["乙", "3"]]]


def test_a_row_that_ends_inside_a_printed_column_is_refused() -> None:
    """Where the file's columns are narrower than the printed ones, a row with a lost cell must not look whole."""
    with pytest.raises(Ambiguous, match="ends before its table"):
        blocks(table(cell("甲", WIDE) + cell("1", WIDE), cell("乙") + cell("2", WIDE)))


def test_a_table_in_a_cell_is_the_cell_or_a_table_of_its_own() -> None:
    """One full cell inside a cell is its text; a whole table makes the row a frame around it."""
    assert texts(blocks(table(cell("甲") + cell(table(cell("5")) + paragraph(""))))) == [[["甲", "5"]]]
    frame = paragraph(run("题目")) + table(cell("甲") + cell("1")) + paragraph(run("署名"))
    assert texts(blocks(table(cell(frame)))) == ["题目", [["甲", "1"]], "署名"]
    mixed = table(cell("甲") + cell("1"), cell("乙") + cell(table(cell("2") + cell("3"))), cell("丙") + cell("4"))
    assert texts(blocks(mixed)) == [[["甲", "1"]], "乙", [["2", "3"]], [["丙", "4"]]]


def test_each_cell_and_line_says_where_it_stands() -> None:
    """Paragraphs outside tables are counted, and tables, rows and cells."""
    body = (
        paragraph(run("甲"))
        + table(cell("1") + cell("2"))
        + paragraph("")
        + paragraph(run("乙"), '<w:outlineLvl w:val="0"/>')
    )
    first, middle, last = blocks(body)
    assert not isinstance(first, Table)
    assert isinstance(middle, Table)
    assert isinstance(last, Heading)
    places = [first.place, middle.rows[0][1].place, last.place]
    assert places == ["paragraph 1", "table 1, row 1, cell 2", "paragraph 3"]


def test_the_title_of_the_properties_is_told() -> None:
    """A title in the properties of the file is what its frame says; damaged properties say nothing."""
    core = '<c:p xmlns:c="urn:c" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>示例县年报</dc:title></c:p>'
    text = f"<w:document {NAMESPACES}><w:body>{paragraph(run('甲'))}</w:body></w:document>"
    assert docx.read_blocks(pack(text, docProps__core__xml=core))[1] == ()
    found = docx.read_blocks(pack(text, **{"docProps/core.xml": core}))[1]
    assert found == (About("title", "示例县年报", "the properties of the file"),)
    assert docx.read_blocks(pack(text, **{"docProps/core.xml": core[:50]}))[1] == ()


# bad files -----------------------------------------------------------------------------------------------------------

DEEP = "<w:tbl><w:tr><w:tc>" * 40 + paragraph(run("甲")) + "</w:tc></w:tr></w:tbl>" * 40
BOMB = f'<!DOCTYPE w:document [<!ENTITY a "{"7" * 100}">]><w:document {NAMESPACES}><w:body>{paragraph("<w:r><w:t>&a;</w:t></w:r>")}</w:body></w:document>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (wrapped(paragraph(run("甲" * 9_000_000))), "zip archive unpacks|8,000,000"),
        (wrapped("<w:p/>" * 300_000), "paragraphs"),
        (wrapped(DEEP), "inside each other"),
        (wrapped("<w:sdt><w:sdtContent>" * 300 + "</w:sdtContent></w:sdt>" * 300), "no sound XML"),
        (wrapped(paragraph("")), "no words"),
        (wrapped('<w:altChunk r:id="rId9"/>'), "another file"),
        (pack(BOMB), "declares entities"),
        (pack(f"<w:document {NAMESPACES}/>"), "no text"),
        (pack("<w:document"), "no sound XML"),
        (wrapped(table(cell("甲", '<w:gridSpan w:val="x"/>'))), "columns wide"),
        (wrapped(table(cell("甲", '<w:gridSpan w:val="9999"/>'))), "columns wide"),
        (wrapped(table(cell("甲", '<w:gridSpan w:val="60"/>') * 9)), "far"),
    ],
)
def test_a_bad_document_is_refused_with_the_reason(data: bytes, says: str) -> None:
    """Bombs, endless nesting, entities, empty and unsound text: each gets a sentence, soon."""
    with pytest.raises(UnreadableSource, match=says):
        docx.read(data, "x.docx", "0")


@pytest.mark.parametrize("seed", range(60))
def test_damaged_bytes_end_in_a_sentence_or_in_the_same_words(seed: int) -> None:
    """A document that is cut off or has bytes changed is refused, or says what it said."""
    chance, data = random.Random(seed), bytearray(to_docx(made.record(fill=made.different()), "strict"))
    wanted = texts(docx.read_blocks(bytes(data))[0])
    if seed % 3:
        for _ in range(seed % 5 + 1):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    else:
        del data[chance.randrange(len(data)) :]
    try:
        got = texts(docx.read_blocks(bytes(data))[0])
    except ReportError:
        return
    assert [one for one in got if isinstance(one, list)] == [one for one in wanted if isinstance(one, list)]
