"""One report in every format gives one record: what a file is makes no difference to what is read in it."""

from collections.abc import Callable
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from pipeline.convert import NOTHING_GIVEN, Options, find_agency, to_record, understand
from pipeline.forms import Column
from pipeline.record import Record, Value
from tests.as_docx import to_docx
from tests.as_html import to_html
from tests.as_sheet import to_xlsx
from tests.layouts import lay_out
from tests.made import record
from tests.tools import office, print_to_pdf

Make = Callable[[Record, Path], Path]


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def html(one: Record, folder: Path) -> Path:
    return written(folder / "report.html", to_html(one))


def docx(one: Record, folder: Path) -> Path:
    return written(folder / "report.docx", to_docx(one))


def xlsx(one: Record, folder: Path) -> Path:
    return written(folder / "report.xlsx", to_xlsx(one))


FORMATS: dict[str, Make] = {
    "text": lambda one, folder: written(folder / "report.txt", lay_out(one, "tab-rows")),
    "html": html,
    "html saved by an office program": lambda one, folder: office(docx(one, folder), "html"),
    "docx": docx,
    "docx saved by an office program": lambda one, folder: office(office(docx(one, folder), "odt"), "docx"),
    "doc": lambda one, folder: office(docx(one, folder), "doc"),
    "rtf": lambda one, folder: office(docx(one, folder), "rtf"),
    "pdf of a Word document": lambda one, folder: office(written(folder / "report.docx", to_docx(one, "ruled")), "pdf"),
    "pdf printed by a browser": lambda one, folder: print_to_pdf(html(one, folder)),
    "xlsx": xlsx,
    "xls": lambda one, folder: office(xlsx(one, folder), "xls"),
}


def full(form: str, blank: bool) -> Record:
    """A different figure in every cell, some negative where the form allows it; every fifth cell blank if asked for."""
    numbers = count(1)

    def fill(column: Column) -> Value:
        number = next(numbers)
        if blank and number % 5 == 0:
            return None
        if column.kind == "amount":
            return Decimal(number) + Decimal("0.25")
        return -number if column.kind == "change" and number % 2 else number * 37

    made = record(form, 2020 if form == "2019" else 2023, fill)
    amount = made.figures().get("proactive.procurement.amount")
    if amount:
        made.as_written["proactive.procurement.amount"] = f"{amount:f}万元"
    return made


@pytest.mark.parametrize("blank", [False, True], ids=["filled", "blank-cells"])
@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("name", list(FORMATS))
def test_the_same_report_gives_the_same_record(name: str, form: str, blank: bool, tmp_path: Path) -> None:
    """Organ, year, day, every figure and every blank cell are the same, whatever file the report comes in."""
    wanted = full(form, blank)
    understood = understand(FORMATS[name](wanted, tmp_path))
    assert [(problem.where, problem.says) for problem in understood.problems] == []
    agency, _ = find_agency(understood, NOTHING_GIVEN, tmp_path / "out")
    got = to_record(understood, agency, Options(tmp_path / "out"))
    assert got.figures() == wanted.figures()
    facts = ("report_id", "agency_name", "form", "published", "as_written", "extra_rows")
    assert {key: getattr(got, key) for key in facts} == {key: getattr(wanted, key) for key in facts}
