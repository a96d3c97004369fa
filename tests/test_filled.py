"""The workbook of a report, filled in by a person in any office program, becomes corrections: all of them or none."""

import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from pipeline import fillable
from pipeline.cli import main
from pipeline.document import canonical
from pipeline.downloads import report_workbook
from pipeline.explained import explain
from pipeline.record import read_record
from tests.correctable import BLANK, ENTERPRISE, FEES, LINE, NATURAL, REPORT, Desk, desk_at
from tests.tools import office

Capture = pytest.CaptureFixture[str]
Fill = Mapping[str, Mapping[str, Any]]
TOTAL = "requests.granted.total"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_at(tmp_path)


def workbook(desk: Desk, fill: Fill, keys: list[str] | None = None, **facts: str) -> Path:
    """The workbook of the report as it is handed out, with what a person has typed into it."""
    record, path = desk.record, desk.root / "data.xlsx"
    told = {"report_id": REPORT, "record_sha256": sha256(desk.path.read_bytes()).hexdigest()} | facts
    columns = {column.key: column for column in fillable.COLUMNS}
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("说明" if keys else fillable.SHEET)
        for n, key in enumerate(keys or columns):
            sheet.write(0, n, columns[key].heading if key in columns else key)
            for row, (name, value) in enumerate(record.figures().items(), 1):
                said = {"field": name, "value": value, "as_written": record.as_written.get(name)} | fill.get(name, {})
                _write(sheet, row, n, said.get(key), day)
        sheet = book.add_worksheet(fillable.FACTS_SHEET)
        for row, (key, text) in enumerate(told.items()):
            sheet.write_row(row, 0, [key, text])
    return path


def _write(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    elif value is not None:
        sheet.write(row, column, value)


def take(desk: Desk, path: Path, *more: str) -> int:
    return main(["corrections", "import", str(path), "--by", "github:someone", "--data", str(desk.data), *more])


def refused(desk: Desk, path: Path, capsys: Capture) -> list[str]:
    before = desk.path.read_bytes()
    capsys.readouterr()
    assert take(desk, path) == 1
    assert desk.path.read_bytes() == before
    return capsys.readouterr().err.splitlines()


def cell(desk: Desk, field: str, key: str) -> str:
    """Where a figure stands in the sheet."""
    row = list(desk.record.figures()).index(field) + 2
    return f"{fillable.SHEET}!{'ABCDEFGHIJK'[[column.key for column in fillable.COLUMNS].index(key)]}{row}"


REASON = {"reason": "两位数被拆开"}


def test_what_is_filled_in_becomes_corrections(desk: Desk, capsys: Capture) -> None:
    """A row that is filled in is a correction; the kind follows from the figures, the evidence from the kept cells."""
    path = workbook(
        desk,
        {
            NATURAL: {"printed": 12, **REASON},
            ENTERPRISE: {"printed": "空", "kind": "多出来", **REASON},
            BLANK: {"printed": "１２", "kind": "missed", **REASON, "evidence": "二、上年结转政府信息公开申请数量"},
            TOTAL: {"should_be": 191, **REASON},
            FEES: {"printed": "251000元", **REASON},
        },
    )
    assert take(desk, path) == 0
    record = desk.record
    told = {(e["field"], e["kind"], e.get("now", e.get("should_be"))) for e in record.corrections}
    wanted = {(NATURAL, "misread", 12), (ENTERPRISE, "not_in_source", None), (BLANK, "missed", 12)}
    assert told == wanted | {(TOTAL, "printed_wrong", 191), (FEES, "misread", Decimal("25.1"))}
    assert record.as_written == {BLANK: "１２", FEES: "251000元"}
    assert {entry["evidence"] for entry in record.corrections if entry["field"] in (NATURAL, TOTAL)} == {LINE}
    assert capsys.readouterr().out.count("the evidence stands in source.txt") == 5
    assert explain([read_record(desk.path)]) == []


@pytest.mark.parametrize("suffixes", [["xls"], ["ods", "xlsx"]], ids="-".join)
def test_an_office_program_may_save_it(suffixes: list[str], desk: Desk) -> None:
    """A workbook that LibreOffice has saved, with its own types of numbers, says the same."""
    saved = workbook(desk, {NATURAL: {"printed": 12, **REASON}, FEES: {"printed": "25.1 万元", **REASON}})
    for suffix in suffixes:
        before, saved = saved, office(saved, suffix)
        before.unlink()
    assert take(desk, saved) == 0
    assert desk.record.figures()[NATURAL] == 12
    assert desk.record.as_written == {FEES: "25.1 万元"}


def test_the_workbook_as_it_is_handed_out_is_read_back(desk: Desk, capsys: Capture) -> None:
    """Untouched it asks for nothing, and a figure typed into it is a correction."""
    path, figures = desk.root / "data.xlsx", list(desk.record.figures())
    path.write_bytes(report_workbook.workbook_of(read_record(desk.path), desk.record))
    assert refused(desk, path, capsys) == [f"{path}: {fillable.SHEET}: nothing is filled in (UnreadableSource)"]
    row = figures.index(NATURAL) + 2
    _type(path, {f"G{row}": "12", f"H{row}": report_workbook.kinds()[0], f"J{row}": "两位数被拆开"})
    assert take(desk, path) == 0
    (entry,) = desk.record.corrections
    assert (entry["kind"], entry["now"], entry["reason"], entry["evidence"]) == ("misread", 12, "两位数被拆开", LINE)


def _type(path: Path, typed: Mapping[str, str]) -> None:
    """What an office program writes where a person has typed; the cells stand in front of that of the evidence."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    cells = "".join(f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in typed.items())
    row = re.findall(r"\d+", next(iter(typed)))[0]
    text = parts[sheet].decode()
    assert text.count(f'<c r="K{row}"') == 1
    parts[sheet] = text.replace(f'<c r="K{row}"', f'{cells}<c r="K{row}"').encode()
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)


def test_the_order_of_sheets_and_columns_does_not_matter(desk: Desk, capsys: Capture) -> None:
    """Columns are found by the last word of their headings on whatever sheet they stand; others are passed over."""
    keys = ["备注", "reason", "printed", "kind", "value", "field"]
    path = workbook(desk, {NATURAL: {"printed": " 12 ", "reason": " 两位数 ", "备注": "x"}}, keys)
    assert take(desk, path) == 0
    assert [(e["now"], e["reason"]) for e in desk.record.corrections] == [(12, "两位数")]
    (only,) = refused(desk, workbook(desk, {NATURAL: {"printed": "1 2", **REASON}}, keys), capsys)
    assert only.startswith(f"{path}: 说明!C26: ")


def test_one_reason_may_hold_for_all(desk: Desk) -> None:
    """--reason stands in for rows that give none."""
    path = workbook(desk, {NATURAL: {"printed": 12}, ENTERPRISE: {"printed": 35, **REASON}})
    assert take(desk, path, "--reason", "别的") == 0
    assert [entry["reason"] for entry in desk.record.corrections] == ["别的", "两位数被拆开"]


@pytest.mark.parametrize(
    ("fill", "key", "says"),
    [
        ({"printed": 12}, "reason", "a reason belongs here"),
        ({"printed": "1 2", **REASON}, "printed", "two figures may stand there"),
        ({"printed": 12.5, **REASON}, "printed", "a whole number of cases belongs"),
        ({"printed": date(2024, 3, 4), **REASON}, "printed", "is not one number"),
        ({"printed": True, **REASON}, "printed", "running text stands where a number belongs"),
        ({"printed": 1, **REASON}, "printed", "says already"),
        ({"printed": 12, "kind": "missed", **REASON}, "kind", "which is misread"),
        ({"printed": 12, "kind": "哪种", **REASON}, "kind", "is no kind"),
        ({"kind": "misread", **REASON}, "printed", "say what the report prints"),
        ({"reason": "x"}, "printed", "say what the report prints"),
        ({"evidence": "别的字句"}, "printed", "say what the report prints"),
        ({"kind": "printed_wrong", **REASON}, "should_be", "say what it should be"),
        ({"kind": "misread", "printed": 12, "should_be": 13, **REASON}, "should_be", "leave it empty"),
        ({"printed": 12, "should_be": 13, **REASON}, "printed", "first correct that"),
        ({"printed": 12, "evidence": "没有的字句", **REASON}, "evidence", "do not stand in the cells kept"),
        ({"value": 12}, "value", "write what the report prints into the column printed"),
        ({"value": "", "printed": 12, **REASON}, "value", "write what the report prints into the column printed"),
    ],
)
def test_each_problem_is_named_by_its_cell(
    fill: dict[str, Any], key: str, says: str, desk: Desk, capsys: Capture
) -> None:
    """What cannot be taken is named with sheet and cell, and then nothing of the workbook is taken."""
    path = workbook(desk, {NATURAL: fill, ENTERPRISE: {"printed": 35, **REASON}})
    (only,) = refused(desk, path, capsys)
    assert only.startswith(f"{path}: {cell(desk, NATURAL, key)}: ")
    assert says in only


def test_all_problems_are_named_at_once(desk: Desk, capsys: Capture) -> None:
    """A person mends a workbook once."""
    said = refused(desk, workbook(desk, {NATURAL: {"printed": "x1"}, ENTERPRISE: {"kind": "?"}}), capsys)
    assert len(said) == 3
    assert any(cell(desk, NATURAL, "reason") in line for line in said)


def test_a_record_that_has_moved_on_keeps_what_still_agrees(desk: Desk, capsys: Capture) -> None:
    """A workbook of an older record is taken where the figures concerned are the same, and refused where they are not."""
    untouched = workbook(desk, {ENTERPRISE: {"printed": 35, **REASON}}).rename(desk.root / "untouched.xlsx")
    moved = workbook(desk, {NATURAL: {"printed": 13, **REASON}}).rename(desk.root / "moved.xlsx")
    assert desk.correct(NATURAL, "12", "misread") == 0
    (only,) = refused(desk, moved, capsys)
    assert "changed since this workbook was made, and says 12 now" in only
    assert take(desk, untouched) == 0
    assert [entry["field"] for entry in desk.record.corrections] == [NATURAL, ENTERPRISE]


def test_evidence_that_the_workbook_came_with_asks_for_nothing(desk: Desk, capsys: Capture) -> None:
    """The line of the table may stand in every row; a row with nothing else is not filled in."""
    line = " ".join(LINE.split())
    path = workbook(desk, {name: {"evidence": line} for name in (NATURAL, ENTERPRISE)})
    assert "nothing is filled in" in refused(desk, path, capsys)[0]


def test_evidence_from_which_a_program_took_the_tabs_is_still_the_line_it_was(desk: Desk, capsys: Capture) -> None:
    """Cells that run together are no new evidence, and the entry quotes the line as it is kept."""
    bare = "".join(LINE.split())
    path = workbook(desk, {NATURAL: {"evidence": bare}})
    assert "nothing is filled in" in refused(desk, path, capsys)[0]
    assert take(desk, workbook(desk, {NATURAL: {"printed": 12, "evidence": bare, **REASON}})) == 0
    assert [entry["evidence"] for entry in desk.record.corrections] == [LINE]


def _junk(path: Path) -> None:
    path.write_bytes(b"PK\x03\x04 no workbook at all")


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _other(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("x").write(0, 0, "field")


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(20_000_000)


@pytest.mark.parametrize("make", [_junk, _empty, _other, _huge])
def test_what_is_no_such_workbook_is_one_sentence(make: Callable[[Path], None], desk: Desk, capsys: Capture) -> None:
    """Other files are refused by name, without a traceback."""
    path = desk.root / "other.xlsx"
    make(path)
    (only,) = refused(desk, path, capsys)
    assert only.startswith(f"{path}: ")
    assert only.endswith("(UnreadableSource)")


@pytest.mark.parametrize("report", ["", "999901-wsjkj-2022", "../../x-2023"])
def test_a_workbook_of_another_report_is_refused(report: str, desk: Desk, capsys: Capture) -> None:
    """The report is the one that the sheet of facts names, and it must be held."""
    (only,) = refused(desk, workbook(desk, {NATURAL: {"printed": 12, **REASON}}, report_id=report), capsys)
    assert only.startswith(f"{desk.root / 'data.xlsx'}: {fillable.FACTS_SHEET}: ")


def test_a_figure_twice_is_a_doubt(desk: Desk, capsys: Capture) -> None:
    """Two rows that both correct one figure say two things."""
    path = workbook(
        desk, {NATURAL: {"printed": 12, **REASON}, ENTERPRISE: {"field": NATURAL, "value": 1, "printed": 13, **REASON}}
    )
    (only,) = refused(desk, path, capsys)
    assert "this figure stands in the sheet twice" in only


def test_spreadsheets_keep_whole_numbers_as_fractions(desk: Desk) -> None:
    """12.0 is 12, and a long amount loses no digit."""
    path = workbook(desk, {NATURAL: {"printed": 12.0, **REASON}, BLANK: {"printed": 123456789012.0, **REASON}})
    assert take(desk, path) == 0
    assert [canonical(desk.record.figures()[name]) for name in (NATURAL, BLANK)] == ["12", "123456789012"]
