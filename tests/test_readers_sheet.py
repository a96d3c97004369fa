"""A workbook is read as its sheets show it: formats, merged and hidden cells, formulas; all else is refused."""

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.convert import understand
from pipeline.document import Document, Paragraph, ReportError, Table, UnreadableSource
from pipeline.readers import read, sheet
from pipeline.readers.sheet_formats import BUILTIN, Format
from pipeline.record import Record
from tests.as_sheet import put, to_xlsx
from tests.made import different, record
from tests.test_roundtrip import records
from tests.tools import office

HERE = Path(__file__).parent / "reports"
SLOW = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
Fill = Callable[[Any, Any], object]


def workbook(fill: Fill, sheets: int = 1) -> bytes:
    """A workbook whose sheets `fill(book, sheet)` fills, the first one or all of them."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for _ in range(sheets):
            fill(book, book.add_worksheet())
    return made.getvalue()


def document(tmp_path: Path, content: bytes | Fill) -> Document:
    path = tmp_path / "表.xlsx"
    path.write_bytes(content if isinstance(content, bytes) else workbook(content))
    return read(path)


def rows(tmp_path: Path, content: bytes | Fill) -> list[list[str]]:
    blocks = document(tmp_path, content).blocks
    return [[c.text for c in row] for block in blocks if isinstance(block, Table) for row in block.rows]


def shown(tmp_path: Path, value: object, code: str = "General") -> str:
    """What a sheet shows of one value with a format, beside a label."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["规章", "", "件"])
        sheet.write(0, 1, value, book.add_format({"num_format": code}))
        sheet.write_row(1, 0, ["甲", "乙"])

    return rows(tmp_path, fill)[0][1]


def changed(content: bytes, part: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one part of its XML changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text.decode()) if name == part else text)
    return made.getvalue()


def refused(tmp_path: Path, content: bytes | Fill) -> str:
    with pytest.raises(ReportError) as caught:
        document(tmp_path, content)
    return caught.value.says


# what a cell shows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (12.0, "General", "12"),
        (1234.5, "General", "1234.5"),
        (0.1 + 0.2, "General", "0.3"),
        (5949.088667, "General", "5949.088667"),
        (123456.123456, "General", "123456.123456"),
        (1e-5, "General", "0.00001"),
        (-7, "General", "-7"),
        (12, "0.00", "12.00"),
        (12.345, "0.00", "12.35"),
        (0.12, "0%", "12%"),
        (1234567.8, "#,##0.00", "1,234,567.80"),
        (12, '0"件"', "12件"),
        (12, 'G/通用格式"件"', "12件"),
        (12, "¥#,##0.00", "¥12.00"),
        (12, "[$¥-804]#,##0", "¥12"),
        (12, "@", "12"),
        (5, "000", "005"),
        (0, "#", ""),
        (0, "0;-0;;@", ""),
        (0, BUILTIN[41], "-"),
        (1205, BUILTIN[41], "1,205"),
        (-5, "0_ ;\\-0\\ ", "-5"),
        (-5, "0_);\\(0\\)", "(5)"),
        (45319, "yyyy-mm-dd", "2024-01-28"),
        (45319, 'yyyy"年"m"月"d"日";@', "2024年1月28日"),
        (45319, "[$-804]yyyy年m月d日", "2024年1月28日"),
        (45319, "yyyy/m/d", "2024/1/28"),
        (45319.395833333336, "yyyy/m/d h:mm", "2024-01-28 09:30"),
        (45319, "d-mmm-yy", "28-Jan-24"),
        (True, "General", "TRUE"),
        ("12", "0.00", "12"),
    ],
)
def test_a_number_is_read_as_the_sheet_shows_it(tmp_path: Path, value: object, code: str, text: str) -> None:
    """Whole numbers have no point, fractions no noise of the machine; formats count, and a day is no number."""
    assert shown(tmp_path, value, code) == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (12345, '0!.0,"万"'),
        (5, "[>100]0;0"),
        (-5, "0;[Red]0"),
        (5, "[DBNum1]0"),
        (5, "0.0E+00"),
        (5, "# ?/?"),
        (5e6, "0,"),
    ],
)
def test_a_format_that_is_not_understood_leaves_no_figure(tmp_path: Path, value: float, code: str) -> None:
    """Where a format scales, hides the sign or spells out, what is read can be taken for no number."""
    assert shown(tmp_path, value, code) == f"{value:.0f} [{code}]"


def test_days_are_counted_from_either_year() -> None:
    """A workbook may count its days from 1900, with a day that never was, or from 1904."""
    assert Format("yyyy-mm-dd").show(1) == "1900-01-01"
    assert Format("yyyy-mm-dd").show(61) == "1900-03-01"
    assert Format("yyyy-mm-dd", since_1904=True).show(43857) == "2024-01-28"
    assert Format("yyyy-mm-dd").show(1e9) == "#####"


@settings(max_examples=300, deadline=None)
@given(
    number=st.floats(allow_nan=True, allow_infinity=True),
    code=st.text(alphabet='0#?.,%;-"年yMdhs@[]E/\\_*! ', max_size=20),
)
def test_no_number_and_no_format_is_too_strange(number: float, code: str) -> None:
    """Whatever a workbook holds, it is shown somehow."""
    assert isinstance(Format(code).show(number), str)


def test_errors_stay_words(tmp_path: Path) -> None:
    """A formula that failed shows the name of its error."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "甲")
        sheet.write_formula(0, 1, "=1/0", None, "#DIV/0!")

    assert rows(tmp_path, settled(workbook(fill))) == [["甲", "#DIV/0!"]]


def settled(content: bytes) -> bytes:
    """The workbook as a program saves it that has worked out its formulas."""
    return changed(content, "xl/workbook.xml", lambda text: text.replace(' fullCalcOnLoad="1"', ""))


def test_a_formula_counts_by_its_result(tmp_path: Path) -> None:
    """The result that stands in the file is read, blank text too."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "甲")
        sheet.write_formula(0, 1, "=2+3", None, 5)
        sheet.write_formula(0, 2, '=""', None, "")
        sheet.write_number(0, 3, 7)

    assert rows(tmp_path, settled(workbook(fill))) == [["甲", "5", "7"]]


@pytest.mark.parametrize("broken", [lambda text: text.replace("<v>5</v>", ""), None])
def test_a_formula_without_a_result_is_refused(tmp_path: Path, broken: Callable[[str], str] | None) -> None:
    """Where the result is not in the file, or is to be worked out on opening, a blank or a nought would be a lie."""
    content = workbook(lambda book, sheet: (sheet.write_string(0, 0, "甲"), sheet.write_formula(0, 1, "=2+3", None, 5)))
    content = changed(settled(content), "xl/worksheets/sheet1.xml", broken) if broken else content
    assert "formula" in refused(tmp_path, content)


def test_raised_digits_are_no_part_of_a_figure(tmp_path: Path) -> None:
    """5² with a raised 2 is not 52; a figure that is struck out in part is refused."""

    def fill(book: Any, sheet: Any, **style: object) -> None:
        sheet.write_string(0, 0, "甲")
        sheet.write_rich_string(0, 1, "5", book.add_format(style or {"font_script": 1}), "2", " ")

    assert rows(tmp_path, fill) == [["甲", "5²"]]
    assert "struck out" in refused(tmp_path, lambda book, sheet: fill(book, sheet, font_strikeout=True))


def test_two_figures_on_two_lines_of_a_cell_are_refused(tmp_path: Path) -> None:
    """A line break between digits could part one number or two; between words it is a blank."""
    assert rows(tmp_path, lambda book, sheet: sheet.write_row(0, 0, ["商业\n企业", "共\n5"])) == [["商业 企业", "共 5"]]
    assert "two lines" in refused(tmp_path, lambda book, sheet: sheet.write_string(0, 0, "12\n34"))


# what is seen --------------------------------------------------------------------------------------------------------


def test_hidden_sheets_rows_and_columns_are_not_there(tmp_path: Path) -> None:
    """A reader of the sheet does not see them, and a merged cell shows its words in what is left of it."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 2, 0, "甲")
        for row in range(3):
            for column in range(1, 4):
                sheet.write_number(row, column, 10 * row + column)
        sheet.set_row(0, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
        other = book.add_worksheet()
        other.write_string(0, 0, "不见")
        other.hide()

    assert rows(tmp_path, fill) == [["甲", "11", "13"], ["", "21", "23"]]
    assert "hidden" in refused(tmp_path, lambda book, sheet: sheet.set_row(0, None, None, {"hidden": True}))


def test_a_covered_cell_shows_nothing(tmp_path: Path) -> None:
    """What a merged cell covers is not seen, though it may still stand in the file."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 1, "甲")
        sheet.write_number(0, 1, 99)
        sheet.write_number(0, 2, 5)
        for column in range(3):
            sheet.write_number(1, column, column)

    assert rows(tmp_path, fill) == [["甲", "", "5"], ["0", "1", "2"]]


def test_lines_of_words_are_paragraphs_and_the_rest_a_table(tmp_path: Path) -> None:
    """A row with one cell of words is prose, each of its lines a paragraph; a label between rows stays with them."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 3, "年报")
        sheet.write_string(2, 0, "二、情况")
        sheet.write_row(3, 0, ["甲", 1, 2])
        sheet.write_string(4, 0, "乙")
        sheet.write_row(5, 0, ["丙", 3, 4])
        sheet.write_string(7, 2, "示例局\n2024年1月28日")

    blocks = document(tmp_path, fill).blocks
    assert [block.text for block in blocks if isinstance(block, Paragraph)] == [
        "年报",
        "二、情况",
        "示例局",
        "2024年1月28日",
    ]
    assert rows(tmp_path, fill) == [["甲", "1", "2"], ["乙", "", ""], ["丙", "3", "4"]]


def test_a_blank_row_with_borders_is_a_row(tmp_path: Path) -> None:
    """Borders tell that blank cells belong to a table, and that a row without its last box is one cell short."""

    def fill(book: Any, sheet: Any) -> None:
        box = book.add_format({"border": 1})
        for row, columns in enumerate((3, 3, 2, 3)):
            for column in range(columns):
                if row == 3:
                    sheet.write_blank(row, column, None, box)
                else:
                    sheet.write_string(row, column, f"{row}{column}甲", box)

    assert [len(row) for row in rows(tmp_path, fill)] == [3, 3, 2, 3]
    assert rows(tmp_path, fill)[3] == ["", "", ""]


def test_a_cell_says_where_it_stands(tmp_path: Path) -> None:
    """Sheet and name of the cell, as the spreadsheet itself shows them."""
    (block,) = document(tmp_path, lambda book, sheet: sheet.write_row(6, 26, ["甲", 1])).blocks
    assert isinstance(block, Table)
    assert [cell.place for cell in block.rows[0]] == ["sheet “Sheet1”, cell AA7", "sheet “Sheet1”, cell AB7"]


# bounds --------------------------------------------------------------------------------------------------------------


def test_far_cells_cost_nothing(tmp_path: Path) -> None:
    """A cell in the last corner of a sheet is a line of its own; the room between is not filled."""

    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["甲", 1])
        sheet.write_string(1_048_575, 16_383, "角落")

    blocks = document(tmp_path, fill).blocks
    assert [type(block) for block in blocks] == [Table, Paragraph]
    assert blocks[1].place.endswith("XFD1048576")  # type: ignore[union-attr]


def test_a_sheet_of_far_too_many_rows_is_refused(tmp_path: Path) -> None:
    """Past any report, rows are refused with a sentence."""
    assert "far" in refused(tmp_path, lambda book, sheet: [sheet.write_number(n, 0, n) for n in range(30_000)])


def test_a_part_that_unpacks_far_too_large_is_refused(tmp_path: Path) -> None:
    """A hundred kilobytes may hold a hundred megabytes of XML."""
    content = workbook(lambda book, sheet: sheet.write_string(0, 0, "甲"))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, b" " * 100_000_000 if name.endswith("sheet1.xml") else old.read(name))
    assert "far" in refused(tmp_path, made.getvalue())


SAMPLES = ["sheet-xlsx/document.xlsx", "sheet-xls/document.xls", "sheet-et/document.et"]


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_damaged_workbook_gets_a_sentence(sample: str) -> None:
    """Cut off anywhere or with strange bytes in it, a workbook is refused or read; never anything else."""
    content, chance = (HERE / sample).read_bytes(), random.Random(7)
    for number in range(120):
        damaged = bytearray(content[: chance.randrange(600, len(content))] if number % 2 else content)
        for _ in range(1 + number % 7):
            damaged[chance.randrange(8, len(damaged))] = chance.randrange(256)
        try:
            assert sheet.read(bytes(damaged), "年报", "0" * 64).blocks
        except ReportError as error:
            assert error.says  # noqa: PT017


# there and back ------------------------------------------------------------------------------------------------------


def figures(path: Path) -> dict[str, object]:
    """Every figure that is read of a workbook, also of a section beside one that is refused."""
    report = understand(path).report
    return (
        {one.field: one.number.value for reading in report.readings.values() for one in reading.placed}
        if report
        else {}
    )


def assert_told(path: Path, made: Record) -> None:
    """The workbook tells the record: every figure, how it was written, whose it is, of which year and day."""
    understood = understand(path)
    assert not understood.problems, [(problem.where, problem.says) for problem in understood.problems]
    assert figures(path) == made.figures()
    placed = [one for reading in understood.report.readings.values() for one in reading.placed]  # type: ignore[union-attr]
    assert {one.field: one.number.as_written for one in placed if one.number.as_written is not None} == made.as_written
    told = understood.identity
    assert (told.agency_name, told.year, told.published) == (made.agency_name, made.year, made.published)


@SLOW
@given(made=records(), sheets=st.sampled_from([1, 3]), wide=st.booleans(), gap=st.integers(0, 1))
def test_a_record_comes_back_from_a_workbook(made: Record, sheets: int, wide: bool, gap: int, tmp_path: Path) -> None:
    """Whatever the figures and wherever blank cells stand, in one sheet or three."""
    path = tmp_path / "年报.xlsx"
    path.write_bytes(to_xlsx(made, sheets=sheets, wide=wide, gap=gap))
    assert_told(path, made)


@SLOW
@given(made=records(), sheets=st.sampled_from([1, 3]), wide=st.booleans(), gap=st.integers(0, 1))
def test_without_borders_no_figure_is_read_otherwise(
    made: Record, sheets: int, wide: bool, gap: int, tmp_path: Path
) -> None:
    """Rows of nothing but blank cells leave no trace then, and the report may be refused, but never misread."""
    path = tmp_path / "年报.xlsx"
    path.write_bytes(to_xlsx(made, sheets=sheets, borders=False, wide=wide, gap=gap))
    assert {name: value for name, value in figures(path).items() if value != made.figures().get(name)} == {}
    if None not in made.figures().values():
        assert_told(path, made)


class Damage:
    """Writes cells as a workbook has them, but does something to one cell and to those behind it in its row."""

    def __init__(self, at: int, what: str) -> None:
        self.left, self.what, self.row, self.by = at, what, (None, -1), 0

    def put(self, sheet: Any, row: int, column: int, text: str, style: Any) -> None:
        if (sheet, row) != self.row:
            self.row, self.by = (sheet, row), 0
        self.left -= 1
        if self.left == 0:
            if self.what == "blank":
                return
            if self.what == "double":
                put(sheet, row, column, text, style)
            self.by = -1 if self.what == "lost" else 1
            if self.what == "lost":
                return
        put(sheet, row, column + self.by, text, style)


@pytest.mark.parametrize("what", ["blank", "lost", "inserted", "double"])
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=records(blanks=False), at=st.integers(1, 400))
def test_a_lost_or_shifted_cell_never_moves_a_figure(what: str, made: Record, at: int, tmp_path: Path) -> None:
    """A workbook whose row lost a cell or got one too many is refused, or every figure read stands where it stood."""
    path = tmp_path / "damaged.xlsx"
    try:
        path.write_bytes(to_xlsx(made, put=Damage(at, what).put))
    except xlsxwriter.exceptions.OverlappingRange:
        return
    got = figures(path)
    assert {name: value for name, value in got.items() if value is not None and value != made.figures()[name]} == {}


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_a_workbook_of_another_program_says_the_same(suffix: str, tmp_path: Path) -> None:
    """What LibreOffice makes of a workbook as .xls is read alike; an .ods is refused with the way out."""
    for number, form in enumerate(["2019", "2021"]):
        made = as_printed(record(form, 2020 if form == "2019" else 2023, different()))
        (tmp_path / f"{number}.xlsx").write_bytes(to_xlsx(made, sheets=1 + 2 * number))
        office(tmp_path / f"{number}.xlsx", suffix[1:])
        if suffix == ".xls":
            assert_told(tmp_path / f"{number}.xls", made)
        else:
            with pytest.raises(UnreadableSource, match="OpenDocument"):
                read(tmp_path / f"{number}.ods")


def as_printed(made: Record) -> Record:
    """The amount of the 2019 form that has no unit in its head is printed with one."""
    amount = made.figures().get("proactive.procurement.amount")
    if amount:
        made.as_written["proactive.procurement.amount"] = f"{amount:f}万元"
    return made
