"""`data.xlsx` of a report: its figures, and beside each the cells in which a person says what is wrong with it.

The layout is that of `pipeline.fillable`. Where the kept cells lie beside the record, the line that a figure was read
from stands there as evidence already.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipeline.checks.rule import words_of_row
from pipeline.descriptor import words_of_kinds
from pipeline.document import collapse
from pipeline.downloads.filling import Template, mark, template_of
from pipeline.downloads.sheets import EPOCH, OPTIONS, fitting, is_exact
from pipeline.downloads.whole import whole
from pipeline.fillable import COLUMNS, FACTS, FACTS_SHEET, SHEET
from pipeline.forms import forms
from pipeline.plain import text_of
from pipeline.record import Loaded, Record, source_path
from pipeline.shape import KINDS

NAME = "data.xlsx"
NOTES = "说明 notes"
_WIDTHS = {
    "field": 46, "section": 12, "row": 46, "column": 14, "value": 11, "as_written": 11, "printed": 20, "kind": 22,
    "should_be": 15, "reason": 30, "evidence": 60,
}  # fmt: skip
_HEAD = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 2}
_PAPER, _FILL = "#F3F5F7", "#FFF4DB"
_FACTS = {
    "report_id": "报告编号", "agency_name": "机关名称", "year": "年度", "form": "表式", "source_sha256": "来源文件校验值",
    "record_sha256": "记录文件校验值",
}  # fmt: skip


def write(reports: Iterable[Loaded], out: Path) -> None:
    """Writes the workbook of each report below `agencies/<agency_id>/<year>/`, whole or not at all."""
    for loaded in reports:
        if record := loaded.record:
            with whole(out / "agencies" / record.agency_id / str(record.year) / NAME) as part:
                part.write_bytes(workbook_of(loaded, record))


def workbook_of(loaded: Loaded, record: Record) -> bytes:
    """The workbook of one report, as the bytes of its file."""
    figures = record.figures()
    values: dict[str, int | Decimal | str | None] = {}
    lines = _lines(loaded.path)
    for name, value in figures.items():
        values[f"value {name}"] = value if value is None or is_exact(value) else text_of(value)
        values[f"as_written {name}"] = fitting(record.as_written.get(name, ""))
        # Office programs lose tabs; blanks they keep, and who reads it back knows the line all the same.
        values[f"evidence {name}"] = fitting(collapse(lines.get(name, "")))
    values |= {f"fact {key}": value for key, value in _facts(loaded, record).items()}
    return _template(record.form, tuple(figures)).fill(values)


def _lines(record: Path) -> Mapping[str, str]:
    # With it comes all that reads documents; the checks, which import this room, do without.
    from pipeline.derived import derive

    kept = source_path(record)
    return derive(kept).lines if kept.is_file() else {}


def _facts(loaded: Loaded, record: Record) -> dict[str, str]:
    return {
        "report_id": record.report_id,
        "agency_name": fitting(record.agency_name),
        "year": str(record.year),
        "form": record.form,
        "source_sha256": record.source.sha256,
        "record_sha256": sha256(loaded.text.encode()).hexdigest(),
    }


# the workbook before it is filled ------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _template(form: str, fields: tuple[str, ...]) -> Template:
    """The workbook of every report on a form that has just these figures."""
    # Wanted only by the process that writes workbooks.
    import xlsxwriter

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / NAME
        # Text then stands in its cell and not in a list beside the sheet, and can be filled there.
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": folder, **OPTIONS})
        book.set_properties({"title": "政府信息公开年报：核对与更正", "created": EPOCH})
        _add_figures(book, form, fields)
        _add_notes(book)
        _add_facts(book)
        book.close()
        return template_of(path.read_bytes())


def _add_figures(book: Any, form: str, fields: Sequence[str]) -> None:
    sheet = book.add_worksheet(SHEET)
    style, fill = _styles(book)
    heads = {one: book.add_format(_HEAD | {"bg_color": _FILL if one else _PAPER}) for one in (False, True)}
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, _WIDTHS[column.key], fill if column.fill else style)
    sheet.set_row(0, 51)
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, column.heading, heads[column.fill])
    for row, name in enumerate(fields, 1):
        cells = _cells(form, name)
        for place, column in enumerate(COLUMNS):
            if column.key in cells:
                sheet.write_string(row, place, cells[column.key], fill if column.fill else style)
    _finish(sheet, len(fields))


def _styles(book: Any) -> tuple[Any, Any]:
    """Cells to read, and cells to fill in: as text, so that `／` and `1,234` stay as they are typed."""
    read, typed = {"num_format": "@"}, {"num_format": "@", "locked": False, "bg_color": _FILL, "border": 4}
    return book.add_format(read), book.add_format(typed)


def _cells(form: str, name: str) -> dict[str, str]:
    """What stands in the row of a figure: the words of the form, and marks where each report has its own."""
    law = forms()[form]
    section, key, column = name.split(".")
    row = law.row(section, key)
    assert row is not None, name
    (words,) = [one.words.label for one in row.columns if one.key == column]
    title = law.titles[section]
    told = {"field": name, "section": title.number + title.label, "row": words_of_row(law, row).label, "column": words}
    return told | {one: mark(f"{one} {name}") for one in ("value", "as_written", "evidence")}


def _finish(sheet: Any, rows: int) -> None:
    keys = [column.key for column in COLUMNS]
    kind = keys.index("kind")
    sheet.data_validation(1, kind, rows, kind, _choice())
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, rows, len(COLUMNS) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:{chr(ord('A') + len(COLUMNS) - 1)}{rows + 1}"})
    # Without a password: it keeps fingers off what says which figure a row is, nothing more.
    sheet.protect("", {"autofilter": True, "format_columns": True, "format_rows": True})
    sheet.repeat_rows(0)
    _set_page(sheet)


def _set_page(sheet: Any) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def kinds() -> list[str]:
    """What the list of kinds offers: the Chinese word, then the code."""
    words = words_of_kinds()
    return [f"{words[kind][0]} {kind}" for kind in KINDS]


def _choice() -> dict[str, Any]:
    return {
        "validate": "list",
        "source": kinds(),
        "error_title": "种类 kind",
        "error_message": "请从列表中选一种。Choose one of the list.",
    }


def _add_facts(book: Any) -> None:
    sheet = book.add_worksheet(FACTS_SHEET)
    style = book.add_format({"num_format": "@"})
    sheet.set_column(0, 0, 20, style)
    sheet.set_column(1, 1, 70, style)
    sheet.set_column(2, 2, 20, style)
    for row, key in enumerate(FACTS):
        for place, text in enumerate((key, mark(f"fact {key}"), _FACTS[key])):
            sheet.write_string(row, place, text, style)
    sheet.ignore_errors({"number_stored_as_text": f"A1:C{len(FACTS)}"})
    sheet.protect("", {"format_columns": True})
    _set_page(sheet)


def _add_notes(book: Any) -> None:
    sheet = book.add_worksheet(NOTES)
    style = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 62, style)
    _set_page(sheet)
    for row, words in enumerate(_NOTES):
        sheet.set_row(row, 15 * max(-(-2 * len(words[0]) // 58), -(-len(words[1]) // 58)) + 4)
        for place, text in enumerate(words):
            sheet.write_string(row, place, text, style)


_NOTES = (
    ("怎样填写", "How to fill this in"),
    (
        f"1. 打开报告原文，在“{SHEET}”里找到不对的那一行。每行是一个数字，“本站所记”是现在记录的数。",
        f"1. Open the report itself and find the row in “{SHEET}”. A row is a figure; its value here is in the column value.",
    ),
    (
        "2. 在“原文所印”填报告印着的内容，照印的写：12、1,234、１２、/；格子是空的，就写“空”。",
        "2. In printed write what the report prints, as printed: 12, 1,234, １２, /; write 空 for an empty cell.",
    ),
    (
        "3. 选“种类”：读错，报告印的是另一个数；漏读，报告有数而这里没有；原文所无，报告没有这个数；报告印错，数照印的没错，是报告自己算错或写错。",
        "3. Choose the kind: misread, another number is printed; missed, a number is printed and none stands here; not_in_source, no number is printed; printed_wrong, the figure stands as printed and the report itself is in error.",
    ),
    (
        "4. 报告自己印错的，在“应为”填应该是多少；其他三种不填。",
        "4. For printed_wrong write in should_be what it should be; leave it empty for the others.",
    ),
    ("5. 在“理由”用一句话说明。", "5. Say in a sentence why, in reason."),
    (
        "6. “依据”是读到的表格中的那一行，已经填好；不对就改成报告里的原话。",
        "6. evidence is the line of the table as it was read, filled in already; where it is not the right one, put the report's own words.",
    ),
    (
        "没有错的行不要填。白色的格已锁定，没有密码。",
        "Leave rows without an error alone. White cells are locked, without a password.",
    ),
    (
        "填好后：在网站“更正”页（correct/）按所写的办法交来，或把这个文件附在GitHub的问题里。有本项目程序的，运行 gongkai corrections import 文件名.xlsx。",
        "Then hand it in as the page correct/ of the site says, or attach it to an issue on GitHub. With this project's program: gongkai corrections import FILE.xlsx.",
    ),
    (
        "数据和更正都以CC0 1.0公布。更正会写明是谁、何时、为什么改的。",
        "Data and corrections are published under CC0 1.0. A correction says who changed what, when and why.",
    ),
)
