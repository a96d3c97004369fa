"""Lays a record out as a workbook with merged cells, in one sheet or three; .xls and .et are made from it."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import xlsxwriter

from pipeline.record import Record
from tests.layouts import MergedRow, disputes, printer, proactive, requests

SECTIONS = {"proactive": proactive, "requests": requests, "disputes": disputes}


@dataclass
class Paper:
    """A sheet that is being filled downwards."""

    sheet: Any
    boxed: Any
    put: Callable[[Any, int, int, str, Any], object]
    row: int = 0

    def line(self, text: str, columns: int = 1) -> None:
        if columns > 1:
            self.sheet.merge_range(self.row, 0, self.row, columns - 1, text)
        else:
            self.sheet.write_string(self.row, 0, text)
        self.row += 1

    def table(self, rows: list[MergedRow]) -> None:
        """Every cell where it stands on the form, merged as there."""
        for n, row in enumerate(slots(rows)):
            for column, cell in row:
                top, right = self.row + n, column + cell.columns - 1
                if cell.columns * cell.rows > 1:
                    self.sheet.merge_range(top, column, top + cell.rows - 1, right, "", self.boxed)
                self.put(self.sheet, top, column, cell.text, self.boxed)
        self.row += len(rows)


def slots(rows: list[MergedRow]) -> Iterator[list[tuple[int, Any]]]:
    """Each row's cells with the columns in which they begin."""
    taken: set[tuple[int, int]] = set()
    for n, row in enumerate(rows):
        made, at = [], 0
        for cell in row:
            while (n, at) in taken:
                at += 1
            made.append((at, cell))
            taken |= {(n + i, at + j) for i in range(cell.rows) for j in range(cell.columns)}
        yield made


def put(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """Figures as numbers, all else as text, blank cells with their border only."""
    try:
        sheet.write_number(row, column, float(Decimal(text)), style)
    except ArithmeticError:
        if text:
            sheet.write_string(row, column, text, style)
        else:
            sheet.write_blank(row, column, None, style)


def to_xlsx(
    record: Record, *, sheets: int = 1, borders: bool = True, wide: bool = True, gap: int = 1, put: Any = put
) -> bytes:
    """A whole report: title, six sections, signature. `wide`: titles are merged over the width of the table."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        boxed = book.add_format({"border": 1} if borders else {"bold": True})
        papers = [Paper(book.add_worksheet(f"第{n + 1}页"), boxed, put) for n in range(sheets)]
        show, form = printer(record), record.law
        columns = 10 if wide else 1
        papers[0].line(f"{record.agency_name}{record.year}年政府信息公开工作年度报告", columns)
        papers[0].line("一、总体情况", columns)
        papers[0].line("示例的文字，没有数字。", columns)
        for n, (section, make) in enumerate(SECTIONS.items()):
            paper = papers[min(n, sheets - 1)]
            paper.row += gap
            paper.line(form.titles[section].number + form.titles[section].label, columns)
            paper.table(make(form, [row for row, _ in record.rows(section)], show))
        last = papers[-1]
        last.row += gap
        for text in ("五、存在的主要问题及改进情况", "示例的文字。", "六、其他需要报告的事项", "无。"):
            last.line(text, columns)
        if record.published:
            year, month, day = record.published.split("-")
            last.line(record.agency_name, columns)
            last.line(f"{year}年{int(month)}月{int(day)}日", columns)
    return made.getvalue()
