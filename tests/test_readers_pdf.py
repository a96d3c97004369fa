"""A PDF with text is read by its rules and the places of its characters; what is not certain is refused."""

import hashlib
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.convert import understand
from pipeline.document import Ambiguous, Document, Paragraph, ReportError, Table, UnreadableSource
from pipeline.readers import pdf, scan
from pipeline.record import Record
from tests.as_pdf import UNMAPPED, Area, Mark, Rule, Style, Text, lay_out, moved, one_page, to_bytes, to_pdf
from tests.made import different, record
from tests.test_roundtrip import records

STYLES = {
    "strokes": Style(),
    "boxes": Style(rules="boxes"),
    "fills": Style(rules="fills"),
    "dashes": Style(rules="dashes"),
    "short pages with numbers": Style(height=420, numbers="- {} -", align="center"),
    "heads printed again": Style(height=420, numbers="第 {} 页", align="center", repeat=True),
    "narrow columns": Style(width=330, margin=25, padding=1.5, numbers="{}"),
    "figures at the right": Style(align="right", height=500),
    "a page turned by the viewer": Style(rotate=90),
    "a page turned upside down": Style(rotate=180, rules="fills"),
    "writing turned on the page": Style(turned=True),
    "writing turned and the page turned back": Style(turned=True, rotate=90, rules="boxes"),
}
SLOW = settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))


def figures_of(data: bytes, folder: Path) -> tuple[dict[str, object], list[str]]:
    """The figures read of a PDF, and why the rest was not."""
    path = folder / f"{hashlib.sha256(data).hexdigest()[:12]}.pdf"
    path.write_bytes(data)
    found = understand(path)
    placed = [one for reading in found.report.readings.values() for one in reading.placed] if found.report else []
    return {one.field: one.number.value for one in placed}, [problem.says for problem in found.problems]


def tables_of(pages: list[list[Mark]], style: Style = STYLES["strokes"]) -> list[list[list[str]]]:
    blocks = pdf.read(to_bytes(pages, style), "x.pdf", "0").blocks
    return [[[cell.text for cell in row] for row in block.rows] for block in blocks if isinstance(block, Table)]


def grid(columns: list[float], rows: list[float]) -> list[Mark]:
    """The rules of a table without merged cells."""
    across: list[Mark] = [Rule(columns[0], y, columns[-1], y) for y in rows]
    return across + [Rule(x, rows[0], x, rows[-1]) for x in columns]


FRAME = grid([100, 200, 230, 300], [100, 130, 160])
WORDS: list[Mark] = [
    Text(103, 112, "标签", 9),
    Text(203, 112, "甲", 9),
    Text(233, 112, "乙", 9),
    Text(103, 142, "行", 9),
]


def cells(*marks: Mark) -> list[list[str]]:
    (table,) = tables_of([[*FRAME, *WORDS, *marks]])
    return table


# whole reports -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STYLES)
@SLOW
@given(made=records())
def test_a_record_comes_back_from_a_pdf(made: Record, name: str, tmp_path: Path) -> None:
    """Whatever the figures, however the rules are drawn and the pages turned and broken, the figures come back."""
    got, problems = figures_of(to_pdf(made, STYLES[name]), tmp_path)
    if name == "narrow columns" and problems and None in made.figures().values():
        assert got.items() <= made.figures().items()  # two rows of blank cells beside a page break look like one row
        return
    assert not problems
    assert got == made.figures()


@pytest.mark.parametrize("name", ["strokes", "fills", "short pages with numbers", "narrow columns"])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=records(), seed=st.integers(0, 2**32))
def test_a_lost_rule_never_moves_a_figure(made: Record, name: str, seed: int, tmp_path: Path) -> None:
    """A report that lost some sides of a cell is refused, or every figure that is read stands where it stood."""
    chance, pages = random.Random(seed), lay_out(made, STYLES[name])
    page = chance.choice([one for one in pages if any(isinstance(mark, Rule) for mark in one)])
    lost = chance.choice([mark for mark in page if isinstance(mark, Rule)])
    page[:] = [mark for mark in page if not (isinstance(mark, Rule) and _is_part(mark, lost))]
    got, _ = figures_of(to_bytes(pages, STYLES[name]), tmp_path)
    assert not {field: value for field, value in got.items() if value is not None and value != made.figures()[field]}


def _is_part(rule: Rule, of: Rule) -> bool:
    return of.x0 - 1 <= rule.x0 <= rule.x1 <= of.x1 + 1 and of.y0 - 1 <= rule.y0 <= rule.y1 <= of.y1 + 1


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=records(), seed=st.integers(0, 2**32))
def test_a_moved_text_never_takes_the_place_of_another(made: Record, seed: int, tmp_path: Path) -> None:
    """A figure that was moved out of its cell is refused, or read in the cell where it now stands as the only one."""
    chance, pages = random.Random(seed), lay_out(made)
    page = chance.choice([one for one in pages if any(isinstance(mark, Rule) for mark in one)])
    texts = [i for i, mark in enumerate(page) if isinstance(mark, Text) and mark.text[0].isdigit()]
    if not texts:
        return
    at = chance.choice(texts)
    mark = page[at]
    assert isinstance(mark, Text)
    page[at] = moved(mark, x=mark.x + chance.choice([-1, 1]) * chance.uniform(1, 12))
    got, _ = figures_of(to_bytes(pages), tmp_path)
    wrong = {field: value for field, value in got.items() if value is not None and value != made.figures()[field]}
    assert all(str(value).replace(".", "") in mark.text.replace(".", "") for value in wrong.values())
    assert len(wrong) <= 1


# one cell ------------------------------------------------------------------------------------------------------------


def test_a_number_broken_in_a_narrow_cell_is_one_number() -> None:
    """`12316` over `7` in a cell that no further digit fits in is 123167."""
    assert cells(Text(203, 142, "12316", 9), Text(203, 153, "7", 9), Text(233, 142, "5", 9))[1] == ["行", "123167", "5"]


@pytest.mark.parametrize(
    ("marks", "text"),
    [
        ((Text(203, 142, "12", 9), Text(203, 153, "3", 9)), "12 ↵ 3"),
        ((Text(211, 140, "12", 9), Text(213, 155, "3", 9)), "12 ↵ 3"),
        ((Text(203, 142, "12", 9), Text(218, 142, "3", 9)), "12 ␣ 3"),
        ((Text(203, 142, "12 3", 9),), "12 ␣ 3"),
    ],
)
def test_two_numbers_in_a_cell_are_never_one(marks: tuple[Mark, ...], text: str) -> None:
    """Numbers beside or above each other keep a mark between them that no number has."""
    assert cells(*marks)[1][1] == text


def test_a_word_printed_twice_to_look_bold_is_there_once() -> None:
    """The same signs a hair apart are one word, while two equal digits side by side stay two."""
    assert cells(Text(203, 142, "112", 9), Text(203.3, 142, "112", 9))[1][1] == "112"


@pytest.mark.parametrize(
    "mark",
    [
        Text(203, 142, "12", 9, mode=3),
        Text(203, 142, "12", 9, grey=1.0),
        Text(900, 142, "12", 9),
    ],
    ids=["invisible", "white on white", "outside of the page"],
)
def test_what_nobody_sees_is_not_read(mark: Text) -> None:
    """Invisible text, white text on white, and text outside of the page are no figures."""
    assert cells(mark)[1][1] == ""


def test_white_text_on_a_dark_cell_is_read() -> None:
    """White signs are seen where an area below them is not white."""
    assert cells(Area(200, 130, 30, 30, 0.2), Text(203, 142, "12", 9, grey=1.0))[1][1] == "12"


def test_what_a_white_area_covers_is_not_read() -> None:
    """A figure under a white rectangle drawn later is not printed."""
    assert cells(Text(203, 142, "12", 9), Area(201, 131, 28, 28))[1][1] == ""


def test_a_superscript_is_no_digit_of_the_figure() -> None:
    """`5²` stays as printed, so that it is read as no number."""
    assert cells(Text(203, 142, "5²", 9))[1][1] == "5²"


@pytest.mark.parametrize(
    "mark",
    [Text(222, 142, "12345", 9), Text(203, 133, "12", 9), Text(197.5, 142, "12", 9)],
    ids=["runs into the next cell", "on a rule across", "on a rule down"],
)
def test_a_digit_on_a_rule_is_refused(mark: Text) -> None:
    """A number that crosses a rule belongs to no cell for certain."""
    with pytest.raises(Ambiguous, match=r"a digit stands on a rule|a number runs"):
        cells(mark)


def test_a_wide_cell_holds_a_figure_only_below_a_head_as_wide() -> None:
    """Where a rule between two columns is lost in one row, the figure there gets a mark."""
    rules = [*grid([100, 200, 230, 300], [100, 130]), *grid([100, 200, 300], [130, 160])]
    (table,) = tables_of([[*rules, *WORDS, Text(262, 142, "12", 9)]])
    assert "12 ↔" in table[1]


def test_a_table_without_outer_rules_at_the_sides_is_shut_where_its_rules_end() -> None:
    """Word tables often leave out the outermost rules down; the ends of the others tell where they were."""
    rules = [mark for mark in FRAME if not (isinstance(mark, Rule) and mark.x0 == mark.x1 in (100, 300))]
    (table,) = tables_of([[*rules, *WORDS, Text(203, 142, "12", 9), Text(233, 142, "5", 9)]])
    assert table == [["标签", "甲", "乙"], ["行", "12", "5"]]


def test_a_digit_where_no_cell_is_shut_is_refused() -> None:
    """A basin that rules do not shut to a rectangle holds no figure."""
    rules: list[Mark] = [Rule(200, 100, 200, 130), Rule(230, 100, 230, 160), Rule(100, 130, 200, 130)]
    outer = [*grid([100, 300], [100, 160]), Rule(230, 130, 300, 130)]
    with pytest.raises(Ambiguous, match="a rule is missing"):
        tables_of([[*outer, *rules, Text(203, 142, "12", 9)]])


def test_a_compatibility_radical_becomes_the_character() -> None:
    """Fonts map 行 or 一 to radicals of the same shape; labels must still match."""
    assert cells(Text(203, 142, "⼀⾏", 9))[1][1] == "一行"


# pages ---------------------------------------------------------------------------------------------------------------


def test_page_numbers_and_repeated_lines_are_left_out() -> None:
    """What stands in the margin and is a page number, or stands there on each page, is no text of the document."""
    pages: list[list[Mark]] = [
        [Text(50, 30, "示例县"), Text(50, 200, f"第{n}段的文字"), Text(290, 810, f"- {n} -")] for n in (1, 2, 3)
    ]
    blocks = pdf.read(to_bytes(pages), "x.pdf", "0").blocks
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == [
        "示例县",
        "第1段的文字",
        "第2段的文字",
        "第3段的文字",
    ]


def test_numbers_without_rules_are_never_one() -> None:
    """A line of several numbers outside of a ruled table keeps them apart."""
    (block,) = pdf.read(to_bytes([[Text(50, 200, "12"), Text(90, 200, "3")]]), "x.pdf", "0").blocks
    assert isinstance(block, Paragraph)
    assert block.text == "12 ␣ 3"


# files that cannot be read -------------------------------------------------------------------------------------------


def test_a_font_without_a_map_to_unicode_is_refused() -> None:
    """Where nobody can tell which signs a font prints, no figure is read."""
    data = to_bytes([[*FRAME, *WORDS, Text(203, 142, "12", 9)]], font=UNMAPPED)
    with pytest.raises(ReportError, match="Unicode"):
        pdf.read(data, "x.pdf", "0")


@pytest.mark.parametrize("cut", [8, 40, 200, 900, 3000])
def test_a_damaged_file_gives_a_sentence(cut: int) -> None:
    """Truncated bytes are refused with a sentence, never with a traceback."""
    data = to_pdf(record(fill=different()))[:cut]
    with pytest.raises(ReportError, match=r"\w+ \w+"):
        pdf.read(data, "x.pdf", "0")


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with more pages than any report is not read."""
    monkeypatch.setattr(pdf, "MOST_PAGES", 2)
    with pytest.raises(UnreadableSource, match="3 pages"):
        pdf.read(to_bytes([[], [], []]), "x.pdf", "0")


def test_a_file_without_text_is_refused() -> None:
    """Pages that hold no text and no image are no report."""
    with pytest.raises(UnreadableSource, match="no text"):
        pdf.read(to_bytes([[]]), "x.pdf", "0")


# what the text does not tell -----------------------------------------------------------------------------------------

TWELVE = "BT /F 9 Tf 203 700 Td <00310032> Tj ET"
FIELD = "<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(12)/F {}/Rect[200 682 230 712]/DA(/F 9 Tf 0 g){}>>"
DRAWN = (
    "<</Type/XObject/Subtype/Form/BBox[0 0 30 30]/Resources<</Font<</F 3 0 R>>>>/Length 39>>stream\n"
    "BT /F 9 Tf 3 15 Td <00310032> Tj ET    \nendstream"
)
EMPTY = "<</Type/XObject/Subtype/Form/BBox[0 0 30 30]/Length 4>>stream\nq Q \nendstream"
FIELDS = {"page": "/Annots[6 0 R]", "catalogue": "/AcroForm<</Fields[6 0 R]>>"}


def read_table(data: bytes) -> list[list[str]]:
    (table,) = [block for block in pdf.read(data, "x.pdf", "0").blocks if isinstance(block, Table)]
    return [[cell.text for cell in row] for row in table.rows]


def test_a_field_is_read_as_it_is_drawn() -> None:
    """The value of a form field stands in the cell that its drawing stands in."""
    data = one_page([*FRAME, *WORDS], more=[FIELD.format(4, "/AP<</N 7 0 R>>"), DRAWN], **FIELDS)  # type: ignore[arg-type]
    assert read_table(data)[1] == ["行", "12", ""]


@pytest.mark.parametrize("more", [[FIELD.format(4, "")], [FIELD.format(4, "/AP<</N 7 0 R>>"), EMPTY]])
def test_a_field_that_is_not_drawn_is_refused(more: list[str]) -> None:
    """A cell with a field that has a value and no drawing of it is not read as blank."""
    with pytest.raises(UnreadableSource, match="does not draw"):
        pdf.read(one_page([*FRAME, *WORDS], more=more, **FIELDS), "x.pdf", "0")  # type: ignore[arg-type]


def test_a_hidden_field_is_not_read() -> None:
    """A field that is switched off is not shown by any program."""
    data = one_page([*FRAME, *WORDS], more=[FIELD.format(2, "")], **FIELDS)  # type: ignore[arg-type]
    assert read_table(data)[1] == ["行", "", ""]


def test_an_xfa_form_is_refused() -> None:
    """The figures of such a form stand in none of its pages."""
    data = one_page([*FRAME, *WORDS], catalogue="/AcroForm<</Fields[]/XFA 6 0 R>>", more=[EMPTY])
    with pytest.raises(UnreadableSource, match="XFA"):
        pdf.read(data, "x.pdf", "0")


@pytest.mark.parametrize("is_off", [True, False])
def test_a_layer_that_is_switched_off_is_refused(is_off: bool) -> None:
    """Text on a layer is read where it is shown; where a layer is off nobody can tell what it hides."""
    layers = f"/OCProperties<</OCGs[6 0 R]/D<<{'/OFF[6 0 R]' if is_off else '/ON[6 0 R]'}>>>>"
    data = one_page([*FRAME, *WORDS], f"/OC /L BDC {TWELVE} EMC", catalogue=layers, more=["<</Type/OCG/Name(a)>>"])
    if not is_off:
        assert read_table(data)[1][1] == "12"
        return
    with pytest.raises(UnreadableSource, match="switched off"):
        pdf.read(data, "x.pdf", "0")


@pytest.mark.parametrize("told", ["(9)", "(99)", "()", "<FEFF00390039>"])
def test_figures_that_are_told_as_others_are_refused(told: str) -> None:
    """Where the document says that its figures mean others than it prints, neither is taken."""
    data = one_page([*FRAME, *WORDS], f"/Span <</ActualText{told}>> BDC {TWELVE} EMC", more=["null"])
    with pytest.raises(UnreadableSource, match="mean others"):
        pdf.read(data, "x.pdf", "0")


IMAGE = "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>stream\n\xff\nendstream"
SHOWN = "q 500 0 0 700 40 70 cm /I Do Q"


@pytest.mark.parametrize("marks", [[], [Text(50, 200, "示" * 40, mode=3)]], ids=["no text", "text laid under it"])
def test_a_page_that_is_an_image_goes_to_the_scans(marks: list[Mark], monkeypatch: pytest.MonkeyPatch) -> None:
    """What a recogniser laid under an image is no source of figures."""
    wanted = Document("x.pdf", "application/pdf", "0", ())
    monkeypatch.setattr(scan, "read", lambda data, file, sha256: wanted)
    assert pdf.read(one_page(marks, SHOWN, more=[IMAGE]), "x.pdf", "0") is wanted


def test_a_page_with_its_own_text_over_an_image_is_read() -> None:
    """A background does not make a page a scan."""
    (block,) = pdf.read(
        one_page([], f"{SHOWN} BT /F 9 Tf 0 g 50 600 Td <{'4e00' * 40}> Tj ET", more=[IMAGE]), "x.pdf", "0"
    ).blocks
    assert isinstance(block, Paragraph)
    assert block.text == "一" * 40
