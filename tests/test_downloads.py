"""The downloads for other programs: each is read back by a program that did not write it, and equals the records."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import frictionless
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet
from python_calamine import CalamineWorkbook

from pipeline import fillable, package, regions, site
from pipeline.dataset import Dataset, read_dataset
from pipeline.derived import derive
from pipeline.descriptor import schema
from pipeline.downloads import archives, columnar, excel_csv, filling, report_workbook, sheets, workbook
from pipeline.pages.addresses import Site
from pipeline.pages.material import read_material
from pipeline.pages.reference import DataPage, data_page
from pipeline.record import Record, source_path
from pipeline.shape import KINDS
from pipeline.tables import COLUMNS, Table
from tests.made import agency, dataset, different, put, record
from tests.test_package import KNOWN, build, made_up, rows_of, tables_of
from tests.tools import office

LONG = Decimal("12345678901234567.891")
"""Twenty digits: more than a spreadsheet keeps."""
LINK = '=HYPERLINK("https://example.org/","点"&"我")'
TEXTS = {
    "requests.granted.natural": "=1+1",
    "requests.granted.enterprise": "@SUM(A1:A9)",
    "requests.granted.research": "-3",
    "requests.granted.public_welfare": "\t+4",
    "requests.granted.legal_service": "两行\n第二行，\"引号\"、'撇号'",
    "requests.granted.other": "😀<b>&amp;_x0041_",
    "requests.granted.total": "007",
}
"""What a report can print in a cell that is no number, and a program can take for something else."""


def hostile() -> Record:
    """A report of an organ of the state, whose code is nothing but noughts, with words made to be misread."""
    made = record(year=2023, fill=different(7000), agency_id="000000-slj", agency_name=LINK)
    put(made, **{name.replace(".", "__"): None for name in TEXTS})
    put(made, proactive__fees__amount=LONG, requests__carried_in__natural=10**15 + 1)
    made.as_written = dict(TEXTS)
    said = {"by": "github:someone", "date": "2026-03-02", "reason": "+1", "evidence": "-\t=2"}
    made.corrections = [
        {"field": "requests.carried_in.natural", "kind": "misread", "was": -1, "now": 10**15 + 1, **said}
    ]
    return made


def county() -> Record:
    """A report from a real province, so that there are several."""
    return record("2019", 2020, different(9000), agency_id="141021-slj", agency_name="示例局")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, dict[str, Table], Path]:
    """Records, their tables, and the folder of their package."""
    folder = tmp_path_factory.mktemp("downloads")
    organs = [agency(agency_id="000000-slj", name="@国家局", level="national", sector="other")]
    known = KNOWN + "示例局,141021-slj,2023,https://example.org/=1,,known\n"
    data = dataset(folder / "from", [*made_up(), hostile(), county()], organs, known=known)
    build(data, folder / "out")
    return data, tables_of(data), folder / "out"


AS_TEXT = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false"
"""The first sheet as an office program gives it: comma, quotes, UTF-8, and numbers not as a narrow column shows them."""

# the workbook of the dataset ------------------------------------------------------------------------------------------

Cells = list[dict[str, Any]]


def sheet_of(path: Path, name: str) -> Cells:
    """The rows of a sheet by the last words of its headings."""
    head, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()
    return [dict(zip([str(one).split()[-1] for one in head], row, strict=True)) for row in rows]


def as_cell(value: object, kind: str) -> object:
    """A value as a reader of spreadsheets gives it."""
    if value is None:
        return ""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return float(value) if sheets.is_exact(value) else package.text_of(value)
    return date.fromisoformat(str(value)) if kind == "date" else value


def as_cells(name: str, rows: Sequence[Mapping[str, object]]) -> Cells:
    (resource,) = [one for one in schema()["resources"] if one["name"] == name]
    kinds = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    return [{key: as_cell(row[key], kinds[key]) for key in row} for row in rows]


def typed(rows: Cells) -> list[list[tuple[str, str, object]]]:
    """Cells with their types, as `True == 1.0` for Python."""
    return [[(key, type(cell).__name__, cell) for key, cell in row.items()] for row in rows]


@pytest.mark.parametrize("name", workbook.SHEETS)
def test_every_sheet_has_the_rows_of_its_table(made: tuple[Dataset, dict[str, Table], Path], name: str) -> None:
    """Each sheet has the published columns and rows: text as text, numbers as numbers, none of them rounded."""
    _, tables, out = made
    rows = list(workbook.odd_cells(tables[name])) if name == "figures" else list(tables[name].rows)
    found = sheet_of(out / "data" / "gongkai.xlsx", workbook.SHEETS[name])
    assert rows
    assert tuple(found[0]) == COLUMNS[name]
    assert typed(found) == typed(as_cells(name, rows))


def test_two_sheets_tell_all_figures(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """What is null, what is absent and how a figure is printed comes back from the workbook alone."""
    data, _, out = made
    path = out / "data" / "gongkai.xlsx"
    odd: dict[str, dict[str, Any]] = {}
    for cell in sheet_of(path, workbook.SHEETS["figures"]):
        odd.setdefault(cell["report_id"], {})[cell["field"]] = cell
    names = {field: field.replace(".", "_") for one in data.records for field in one.figures()}
    reports = {row["report_id"]: row for row in sheet_of(path, workbook.SHEETS["reports"])}
    for one in data.records:
        row, special = reports[one.report_id], odd.get(one.report_id, {})
        told = {field for field, name in names.items() if row[name] != "" or field in special}
        assert told == set(one.figures())
        figures = {field: Decimal(str(row[names[field]])) if row[names[field]] != "" else None for field in told}
        assert figures == one.figures()
        assert {field: cell["as_written"] for field, cell in special.items() if cell["as_written"]} == one.as_written


def test_no_cell_is_a_formula_or_a_link(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """Whatever a report prints, nothing in a workbook is computed, followed or taken from elsewhere."""
    data, _, out = made
    paths = [out / "data" / "gongkai.xlsx", *out.glob("agencies/*/*/data.xlsx")]
    assert len(paths) == 1 + len(data.records)
    for path in paths:
        with zipfile.ZipFile(path) as book:
            for name in book.namelist():
                text = book.read(name).decode()
                assert not re.search(r"<f[ >/]|<hyperlink|TargetMode", text), (path, name)


def test_sheets_are_made_for_people(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """Heads stay in sight and filter, Chinese stands first in them, and no cell is flagged as a number kept as text."""
    path = made[2] / "data" / "gongkai.xlsx"
    book = CalamineWorkbook.from_path(str(path))
    names = [*workbook.SHEETS.values(), workbook.DICTIONARY, workbook.NOTES]
    assert book.sheet_names == names
    with zipfile.ZipFile(path) as archive:
        texts = [archive.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(1, len(names))]
    for name, text in zip(names, texts, strict=False):
        assert re.search(r'<pane [^>]*ySplit="1"[^>]* state="frozen"', text), name
        assert "<autoFilter " in text
        assert 'numberStoredAsText="1"' in text
        for heading in book.get_sheet_by_name(name).to_python()[0]:
            assert re.match(r".*[\u4e00-\u9fff].*\n[a-z_0-9]+\Z", str(heading)), heading


def test_dictionary_has_every_column(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """The dictionary explains each column of each table with the words of the schema."""
    found = sheet_of(made[2] / "data" / "gongkai.xlsx", workbook.DICTIONARY)
    wanted = [
        (resource["name"], field["name"], field["title"], field["description"], field["description_en"])
        for resource in schema()["resources"]
        for field in resource["schema"]["fields"]
    ]
    keys = ("table", "column", "title", "description", "description_en")
    assert [tuple(row[key] for key in keys) for row in found] == wanted


def test_notes_say_what_must_be_known(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """Licence, version, source and how an empty cell is read stand in the notes, in both languages."""
    found = CalamineWorkbook.from_path(str(made[2] / "data" / "gongkai.xlsx")).get_sheet_by_name(workbook.NOTES)
    chinese, english = ("\n".join(map(str, column)) for column in zip(*found.to_python(), strict=True))
    version = schema()["version"]
    for words in ("CC0", version, "许可", "空格有两种", "source_url"):
        assert words in chinese
    for words in ("CC0", version, "Licence", "An empty cell is one of two", "source_url"):
        assert words in english


def test_a_sheet_that_is_full_goes_on_in_another(
    made: tuple[Dataset, dict[str, Table], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More rows than a sheet can have stand in further ones, under the same head, and none is lost or doubled."""
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    rows, path = made[1]["reports"].rows, tmp_path / "a.xlsx"
    (resource,) = [one for one in schema()["resources"] if one["name"] == "reports"]
    book = sheets.Book(path, "")
    book.add_table("数字", list(sheets.fields_of(resource)), iter(rows), 1)
    book.add_table("空", list(sheets.fields_of(resource)), iter(()), 1)
    book.close()
    names = CalamineWorkbook.from_path(str(path)).sheet_names
    assert names == ["数字", "数字 (2)", "数字 (3)", "空"]
    found = [row for name in names for row in sheet_of(path, name)]
    assert typed(found) == typed(as_cells("reports", rows))


def test_text_beyond_a_cell_is_cut_and_says_so() -> None:
    """A cell never loses text in silence, and a pair of surrogates is never cut in two."""
    assert sheets.fitting("长" * sheets.MOST_TEXT) == "长" * sheets.MOST_TEXT
    for text in ("长" * (sheets.MOST_TEXT + 1), "😀" * sheets.MOST_TEXT, "a" + "😀" * sheets.MOST_TEXT):
        cut = sheets.fitting(text)
        assert cut.endswith(sheets.CUT)
        assert len(cut.encode("utf-16-le")) // 2 <= sheets.MOST_TEXT
        assert text.startswith(cut.removesuffix(sheets.CUT))


@pytest.mark.parametrize(
    ("value", "kept"),
    [(0, True), (-17, True), (10**15 - 1, True), (10**15 + 1, False), (10**20, True), (Decimal("0.1"), True),
     (Decimal("123456789.123456"), True), (Decimal("1234567890.123456"), False), (10**400, False)],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_number_is_exact_or_text(value: int | Decimal, kept: bool) -> None:
    """A number that a spreadsheet would round is written as text."""
    assert sheets.is_exact(value) is kept


def test_office_reads_the_workbook(made: tuple[Dataset, dict[str, Table], Path], tmp_path: Path) -> None:
    """LibreOffice opens the workbook and gives every cell of every report back."""
    copy = tmp_path / "gongkai.xlsx"
    copy.write_bytes((made[2] / "data" / "gongkai.xlsx").read_bytes())
    given = office(copy, AS_TEXT)
    with given.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    found = [dict(zip([one.split()[-1] for one in head], row, strict=True)) for row in rows]
    wanted = [{key: shown(value) for key, value in row.items()} for row in made[1]["reports"].rows]
    assert found == wanted


def shown(value: object) -> str:
    """A value as a spreadsheet shows it: without noughts at the end of a decimal."""
    text = package.text_of(value)
    return text.rstrip("0").rstrip(".") if isinstance(value, Decimal) and sheets.is_exact(value) else text


# the workbook of one report -------------------------------------------------------------------------------------------


def of_report(out: Path, one: Record) -> Path:
    return out / "agencies" / one.agency_id / str(one.year) / "data.xlsx"


def test_a_report_has_a_workbook_to_fill_in(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """Each figure of each report is a row with its words, value and printed text, and columns that are empty."""
    data, _, out = made
    for one in data.records:
        found = sheet_of(of_report(out, one), fillable.SHEET)
        assert [row["field"] for row in found] == list(one.figures())
        assert tuple(found[0]) == tuple(column.key for column in fillable.COLUMNS)
        assert [row["value"] for row in found] == [as_cell(value, "") for value in one.figures().values()]
        assert {row["field"]: row["as_written"] for row in found if row["as_written"]} == one.as_written
        for row in found:
            assert {row[column.key] for column in fillable.COLUMNS if column.fill} == {""}
            assert all(re.search("[\u4e00-\u9fff]", row[key]) for key in ("section", "row", "column"))


def test_a_workbook_tells_which_report_it_is_of(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """The sheet of facts has the report, the source and the record that the workbook was made from, all as text."""
    data, _, out = made
    for loaded in data.loaded:
        one = loaded.record
        assert one
        rows = CalamineWorkbook.from_path(str(of_report(out, one))).get_sheet_by_name(fillable.FACTS_SHEET).to_python()
        facts = {row[0]: row[1] for row in rows}
        assert tuple(facts) == fillable.FACTS
        assert facts == {
            "report_id": one.report_id,
            "agency_name": one.agency_name,
            "year": str(one.year),
            "form": one.form,
            "source_sha256": one.source.sha256,
            "record_sha256": sha256(loaded.path.read_bytes()).hexdigest(),
        }


def test_evidence_is_filled_in_where_cells_are_kept() -> None:
    """In the workbook of a real record each figure has the line of the kept cells that it was read from, a blank for a tab."""
    loaded = read_dataset().loaded[0]
    assert loaded.record
    lines = derive(source_path(loaded.path)).lines
    book = CalamineWorkbook.from_filelike(io.BytesIO(report_workbook.workbook_of(loaded, loaded.record)))
    head, *rows = book.get_sheet_by_name(fillable.SHEET).to_python()
    place = next(n for n, one in enumerate(head) if str(one).split()[-1] == "evidence")
    found = {str(row[0]): row[place] for row in rows}
    assert found == {field: " ".join(lines[field].split()) for field in loaded.record.figures()}
    assert len(set(found.values())) > 30


def test_only_what_is_filled_in_can_be_changed(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """The sheet is protected without a password, the columns to fill in are unlocked, kinds come from a list."""
    with zipfile.ZipFile(of_report(made[2], made[0].records[0])) as book:
        sheet, styles = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/styles.xml").decode()
    assert re.search("<sheetProtection (?![^>]*password)", sheet)
    formats = re.findall(r"<xf [^>]*?(?:/>|>.*?</xf>)", styles.partition("<cellXfs")[2].partition("</cellXfs>")[0])
    unlocked = {str(n) for n, one in enumerate(formats) if 'locked="0"' in one}
    open_columns = {chr(ord("A") + n) for n, column in enumerate(fillable.COLUMNS) if column.fill}
    columns = re.findall(r'<col min="(\d+)" max="(\d+)" [^>]*style="(\d+)"', sheet)
    open_ones = [range(int(first), int(last) + 1) for first, last, style in columns if style in unlocked]
    assert {chr(ord("A") + n - 1) for one in open_ones for n in one} == open_columns
    cells = re.findall(r'<c r="([A-Z]+)\d+" s="(\d+)"', sheet)
    assert {column for column, style in cells if style in unlocked} <= open_columns
    (offered,) = re.findall(r"<formula1>\"(.*?)\"</formula1>", sheet)
    assert [one.split()[-1] for one in offered.split(",")] == list(KINDS)
    assert all(re.match("[\u4e00-\u9fff]", one) for one in offered.split(","))


@given(st.dictionaries(st.sampled_from("abc"), st.text(st.characters(exclude_categories=["Cs"])), min_size=3))
def test_a_filled_cell_loses_no_text(values: dict[str, str]) -> None:
    """Whatever text is put into a workbook, what is read back is that text."""
    made_book = filling.template_of(_TEMPLATE).fill(values)
    (row,) = CalamineWorkbook.from_filelike(io.BytesIO(made_book)).get_sheet_by_index(0).to_python(
        skip_empty_area=False
    ) or [["", "", ""]]
    assert [*row, "", "", ""][:3] == [values[key] for key in "abc"]


def _template() -> bytes:
    import tempfile

    import xlsxwriter

    with tempfile.TemporaryDirectory() as folder:
        book = xlsxwriter.Workbook(f"{folder}/a.xlsx", {"constant_memory": True})
        sheet = book.add_worksheet()
        for place, key in enumerate("abc"):
            sheet.write_string(0, place, filling.mark(key))
        book.close()
        return Path(folder, "a.xlsx").read_bytes()


_TEMPLATE = _template()


def test_office_keeps_what_was_filled_in(made: tuple[Dataset, dict[str, Table], Path], tmp_path: Path) -> None:
    """LibreOffice opens the workbook of a report and gives every cell back, tabs and line breaks too."""
    one = next(one for one in made[0].records if one.agency_id == "000000-slj")
    copy = tmp_path / "data.xlsx"
    copy.write_bytes(of_report(made[2], one).read_bytes())
    wanted = [[shown(cell).removesuffix(".0") for cell in row.values()] for row in sheet_of(copy, fillable.SHEET)]
    with office(copy, AS_TEXT).open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1:] == wanted


# reports for Excel ----------------------------------------------------------------------------------------------------


def test_reports_for_excel_are_the_reports(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """Behind the mark stand the rows of `reports.csv`; one apostrophe less is the text, and numbers are as they were."""
    data = (made[2] / "data" / "reports-excel.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    found = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    marked = {cell for row in found for cell in row.values() if cell.startswith("'")}
    assert marked == {f"'{LINK}"}
    plain = [{key: cell[1:] if cell in marked else cell for key, cell in row.items()} for row in found]
    assert plain == rows_of(made[2] / "data" / "reports.csv")
    assert any(re.fullmatch(r"-\d+", cell) for row in found for cell in row.values())


@given(st.text(st.sampled_from("=+-@\t\r\n'＝a1 ")))
def test_text_for_excel_comes_back(text: str) -> None:
    """No text begins as a formula does, and which apostrophes are ours can always be told."""
    made_text = excel_csv.escaped(text)
    assert made_text[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    assert re.sub(r"^'(?='*[=+\-@\t\r\n＝＋－＠])", "", made_text) == text


# Parquet --------------------------------------------------------------------------------------------------------------


def from_parquet(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    return [{key: cell.isoformat() if isinstance(cell, date) else cell for key, cell in row.items()} for row in rows]


@pytest.mark.parametrize("name", COLUMNS)
def test_every_row_comes_back_from_parquet(made: tuple[Dataset, dict[str, Table], Path], name: str) -> None:
    """Each table has its columns and rows: figures to the last digit, null as null, absent as no row."""
    _, tables, out = made
    kinds = {one["name"]: one["type"] for one in fields_of(name)}
    wanted = [
        {key: package.text_of(cell) if cell is not None and kinds[key] == "any" else cell for key, cell in row.items()}
        for row in tables[name].rows
    ]
    assert from_parquet(out / "data" / f"{name}.parquet") == wanted


def fields_of(name: str) -> list[dict[str, Any]]:
    (resource,) = [one for one in schema()["resources"] if one["name"] == name]
    fields: list[dict[str, Any]] = resource["schema"]["fields"]
    return fields


def test_parquet_has_the_types_and_words_of_the_schema(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """Counts are integers, amounts exact decimals, days dates; each column has its titles and descriptions."""
    types = {
        "integer": "int64", "number": "decimal128(38, 18)", "year": "int16", "date": "date32[day]", "boolean": "bool",
        "string": "string", "any": "string",
    }  # fmt: skip
    for name in COLUMNS:
        found = parquet.read_schema(made[2] / "data" / f"{name}.parquet")
        for field, described in zip(found, fields_of(name), strict=True):
            kind = str(getattr(field.type, "value_type", field.type))
            assert (field.name, kind) == (described["name"], types[described["type"]])
            assert field.nullable is not bool(described.get("constraints", {}).get("required"))
            assert {
                key.decode(): word.decode() for key, word in field.metadata.items() if key != b"PARQUET:field_id"
            } == {key: described[key] for key in ("title", "title_en", "description", "description_en")}


@pytest.mark.parametrize("value", [2**63, -(10**60), Decimal("0." + "0" * 30 + "1"), 10**100, Decimal(10**80) / 7])
def test_parquet_takes_any_figure(
    made: tuple[Dataset, dict[str, Table], Path], tmp_path: Path, value: int | Decimal
) -> None:
    """A figure too long for the usual numbers gives wider ones or text, and is there to its last digit."""
    for name, column in (("figures", "value"), ("reports", "requests_granted_natural"), ("findings", "printed")):
        rows = [dict(row) for row in made[1][name].rows]
        rows[-1][column] = value if column != "requests_granted_natural" else int(value) or 2**64
        path = columnar.write(Table(name, COLUMNS[name], rows), tmp_path)
        cells = parquet.read_table(path, columns=[column]).column(0).to_pylist()
        assert [None if cell is None else Decimal(cell) for cell in cells] == [row[column] for row in rows]


def test_parquet_is_written_a_part_at_a_time(
    made: tuple[Dataset, dict[str, Table], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of figures are never all in memory: they come in groups, each of which says how many."""
    monkeypatch.setattr(columnar, "_ROWS", 100)
    path = columnar.write(made[1]["figures"], tmp_path)
    about = parquet.ParquetFile(path).metadata
    counts = [about.row_group(n).num_rows for n in range(about.num_row_groups)]
    assert sum(counts) == len(made[1]["figures"].rows)
    assert set(counts[:-1]) == {100}
    assert from_parquet(path) == list(made[1]["figures"].rows)


# zips -----------------------------------------------------------------------------------------------------------------


def zips(out: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((out / "data").rglob("*.zip")):
        yield path.relative_to(out / "data").as_posix(), path


def test_there_is_a_zip_for_each_year_and_province(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """One of everything, one a year that a report is held of, one a province, and one of the organs of the state."""
    years = sorted({one.year for one in made[0].records})
    assert [name for name, _ in zips(made[2])] == [
        "gongkai.zip",
        *(f"provinces/{code}.zip" for code in ("000000", "140000", "990000")),
        *(f"years/{year}.zip" for year in years),
    ]


def test_each_zip_is_a_package_of_its_own(made: tuple[Dataset, dict[str, Table], Path], tmp_path: Path) -> None:
    """What is unpacked passes the stock check and ours: keys, references, sizes and checksums of just these rows."""
    for name in ("gongkai", "years/2023", "provinces/000000"):
        folder = tmp_path / name
        with zipfile.ZipFile(made[2] / "data" / f"{name}.zip") as archive:
            assert archive.testzip() is None
            archive.extractall(folder)
        assert package.validate(folder / "datapackage.json") == [], name
    assert frictionless.Package(str(made[2] / "data" / "provinces" / "140000.zip")).validate().valid


def table_in(path: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode(), newline=""), strict=True))


def test_the_whole_zip_has_the_tables_to_the_byte(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """The CSV files in `gongkai.zip` are those beside it."""
    data = made[2] / "data"
    with zipfile.ZipFile(data / "gongkai.zip") as archive:
        for name in COLUMNS:
            assert archive.read(f"{name}.csv") == (data / f"{name}.csv").read_bytes()


def test_a_year_has_the_rows_of_its_reports(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """Each year has all rows of its reports and of its coverage, and the organs that these name."""
    data = made[2] / "data"
    for path in (data / "years").glob("*.zip"):
        for name in ("reports", "figures", "findings", "corrections"):
            wanted = [row for row in rows_of(data / f"{name}.csv") if row["report_id"].endswith(f"-{path.stem}")]
            assert table_in(path, name) == wanted
        covered = [row for row in rows_of(data / "coverage.csv") if row["year"] == path.stem]
        assert table_in(path, "coverage") == covered
        named = {row["agency_id"] for row in (*covered, *table_in(path, "reports"))} - {""}
        assert {row["agency_id"] for row in table_in(path, "agencies")} == named
    assert any(row["status"] == "known" for row in table_in(data / "years" / "2023.zip", "coverage"))


def test_a_province_has_the_rows_of_its_organs(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """Each province has its organs with all of their rows, and together they have every report."""
    data, seen = made[2] / "data", 0
    for path in (data / "provinces").glob("*.zip"):
        organs = [
            row for row in rows_of(data / "agencies.csv")
            if (regions.chain(row["region_code"]) or (regions.by_code()[regions.NATIONAL],))[0].code == path.stem
        ]  # fmt: skip
        ids = {row["agency_id"] for row in organs}
        assert table_in(path, "agencies") == organs
        assert table_in(path, "coverage") == [r for r in rows_of(data / "coverage.csv") if r["agency_id"] in ids]
        for name in ("reports", "figures", "findings", "corrections"):
            wanted = [row for row in rows_of(data / f"{name}.csv") if row["report_id"][:-5] in ids]
            assert table_in(path, name) == wanted
        seen += len(table_in(path, "reports"))
    assert seen == len(made[0].records)


def test_each_zip_explains_itself(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """A README in Chinese and English says what, which version, under which terms, and what each column is."""
    for name, path in zips(made[2]):
        with zipfile.ZipFile(path) as archive:
            text, descriptor = archive.read("README.txt").decode(), json.loads(archive.read("datapackage.json"))
            assert archive.read("LICENSE.txt").decode().startswith("Creative Commons")
        assert text.startswith(f"{descriptor['title']}\n{descriptor['title_en']}\n"), name
        for words in ("版本：", "许可：CC0", "引用：", "出处：", "Version: ", "Licence: CC0", "To cite: ", "Source: "):
            assert words in text
        for resource in descriptor["resources"]:
            assert f"{resource['path']}  {resource['title']}，{resource['rows']}行。" in text
            assert all(f"  {field['name']}  {field['title']}  " in text for field in resource["schema"]["fields"])
    assert "：2023年度" in zip_title(made[2], "years/2023")
    assert "：山西省" in zip_title(made[2], "provinces/140000")


def zip_title(out: Path, name: str) -> str:
    with zipfile.ZipFile(out / "data" / f"{name}.zip") as archive:
        return str(json.loads(archive.read("datapackage.json"))["title"])


def test_zips_tell_nothing_of_the_machine(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """In every zip and workbook names are in order where we pack, and all files have one date and rights alike."""
    for path in (*(path for _, path in zips(made[2])), *made[2].rglob("*.xlsx")):
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
        assert {info.date_time[0] for info in infos} == {1980}, path
        assert len({(info.external_attr, info.create_system, info.date_time) for info in infos}) == 1, path
        if path.suffix == ".zip":
            assert [info.filename for info in infos] == sorted(info.filename for info in infos)


def test_a_row_of_several_lines_is_one_row(tmp_path: Path) -> None:
    """Line breaks and quotes inside cells do not cut a row in two when tables are dealt out."""
    cells = ['a"b', "x\ny", '"\n"', "\n\n", "plain"]
    path = tmp_path / "a.csv"
    path.write_text(
        package.csv_text(("a", "b"), [{"a": one, "b": cells[-n]} for n, one in enumerate(cells)]),
        encoding="utf-8",
        newline="\n",
    )
    with path.open(encoding="utf-8", newline="") as file:
        assert len(list(archives._lines(file))) == 1 + len(cells)


# where they are offered -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(made: tuple[Dataset, dict[str, Table], Path]) -> DataPage:
    data, _, out = made
    return data_page(read_material(data.loaded[0].path.parents[4], out, Site()))


def test_every_file_is_on_the_data_page(made: tuple[Dataset, dict[str, Table], Path], page: DataPage) -> None:
    """Each file below `data/` is offered there once, with its size; the workbook comes first."""
    files = [one.file for one in page.others] + [file for table in page.tables for file in table.files]
    offered = {one.address: one.bytes for one in files}
    offered |= {one.file.address: one.file.bytes for one in (*page.years, *page.provinces)}
    there = {path.relative_to(made[2]).as_posix(): path.stat().st_size for path in (made[2] / "data").rglob("*.*")}
    assert offered == there
    assert len(files) + len(page.years) + len(page.provinces) == len(there)
    assert page.others[0].file.name == "gongkai.xlsx"
    for table in page.tables:
        assert [file.name.partition(".")[2] for file in table.files] == ["csv", "json", "parquet"]


def test_zips_of_years_that_are_gone_are_taken_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package written over an older one leaves no zip and no workbook of what is no longer held; other files stay."""
    monkeypatch.setenv("GONGKAI_DATA", str(tmp_path / "from"))
    data, out = dataset(tmp_path / "from", [record(year=2023), record(year=2024)]), tmp_path / "out"
    assert site.build_package(out).problems == []
    (out / "data" / "index.html").write_text("a page", encoding="utf-8")
    data.loaded[0].path.unlink()
    assert site.build_package(out).problems == []
    assert [name for name, _ in zips(out)] == ["gongkai.zip", "provinces/990000.zip", "years/2024.zip"]
    assert [path.parent.name for path in out.glob("agencies/*/*/data.xlsx")] == ["2024"]
    assert (out / "data" / "index.html").exists()
    assert not list(out.rglob(".*"))


def test_parts_are_called_by_year_and_place(page: DataPage) -> None:
    """The newest year comes first, a province is called by its name, the zip of the state by none."""
    assert [one.name for one in page.years][:2] == ["2024", "2023"]
    assert [one.name for one in page.provinces] == ["", "山西省", "示例省"]


def test_every_download_is_sealed(made: tuple[Dataset, dict[str, Table], Path]) -> None:
    """The descriptor has title, size and checksum of each file of the whole dataset, in both languages."""
    data = made[2] / "data"
    listed = {
        one["path"]: one for one in json.loads((data / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    }
    assert set(listed) == {path.name for path in data.iterdir() if path.is_file()} - {"datapackage.json", "gongkai.zip"}
    for path, one in listed.items():
        assert one["bytes"] == (data / path).stat().st_size
        assert one["hash"] == f"sha256:{sha256((data / path).read_bytes()).hexdigest()}"
        assert all(one[key] for key in ("title", "title_en", "description", "description_en", "mediatype"))
