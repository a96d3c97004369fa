"""A table as sheets of an Excel workbook: text stays text, numbers are exact or text, and the same rows give the same bytes."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

from pipeline.plain import text_of

MOST_ROWS = 1_048_575
"""The rows that a sheet has beside its head; what does not fit goes on in a further sheet."""
MOST_TEXT = 32_767
"""The UTF-16 units that a cell can hold."""
CUT = "……〔全文见CSV文件 the rest stands in the CSV file〕"
"""The end of text that does not fit."""
EXACT = 15
"""The digits that Excel keeps of a number."""

OPTIONS = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
EPOCH = datetime(2000, 1, 1)
_HEAD = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#F3F5F7", "bottom": 2}
_SAMPLE = 1000
"""The rows by which the widths of columns are found."""


_LEAST, _DEEP = (9, 12, 16, 20, 24), 6
"""How wide a column is at least, and how many lines of heading are too many for one that is no wider."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a sheet: the code by which it is found again, its Chinese words, and its type in the schema."""

    name: str
    title: str
    type: str

    @property
    def heading(self) -> str:
        return f"{self.title}\n{self.name}"


class Book:
    """A workbook being written row by row, which keeps little in memory. `close` writes the file."""

    def __init__(self, path: Path, title: str) -> None:
        # Wanted only by the process that writes workbooks.
        import xlsxwriter

        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent), **OPTIONS})
        self._book.set_properties({"title": title, "created": EPOCH})
        formats = {"head": _HEAD, "text": {"num_format": "@"}, "date": {"num_format": "yyyy-mm-dd"}, "number": {}}
        self._formats = {name: self._book.add_format(one) for name, one in formats.items()}
        self._wrapped = self._book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})

    def close(self) -> None:
        self._book.close()

    def add_table(self, name: str, fields: Sequence[Field], rows: Iterable[Mapping[str, object]], frozen: int) -> None:
        """A sheet of rows under one head, which stays in sight with so many columns; further sheets where they must be."""
        left, number = iter(rows), 1
        while (sample := list(islice(left, min(_SAMPLE, MOST_ROWS)))) or number == 1:
            here = chain(sample, islice(left, MOST_ROWS - len(sample)))
            self._add_sheet(name if number == 1 else f"{name} ({number})", fields, sample, here, frozen)
            number += 1

    def _add_sheet(
        self, name: str, fields: Sequence[Field], sample: Sequence[Mapping[str, object]],
        rows: Iterable[Mapping[str, object]], frozen: int,
    ) -> None:  # fmt: skip
        sheet = self._book.add_worksheet(name)
        self._set_columns(sheet, fields, sample)
        sheet.freeze_panes(1, frozen)
        for column, field in enumerate(fields):
            sheet.write_string(0, column, field.heading, self._formats["head"])
        last = 0
        for last, row in enumerate(rows, 1):
            for column, field in enumerate(fields):
                self._write(sheet, last, column, field, row[field.name])
        sheet.autofilter(0, 0, last, len(fields) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS + 1}"})
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)

    def _set_columns(self, sheet: Any, fields: Sequence[Field], sample: Sequence[Mapping[str, object]]) -> None:
        deepest = 1
        for column, field in enumerate(fields):
            least = next((width for width in _LEAST if _lines(field, width) <= _DEEP), _LEAST[-1])
            width = min(60, max([least, *(_width(text_of(row[field.name])) + 2 for row in sample)]))
            sheet.set_column(column, column, width, self._formats[_format(field)])
            deepest = max(deepest, _lines(field, width))
        sheet.set_row(0, 15 * deepest + 6)

    def _write(self, sheet: Any, row: int, column: int, field: Field, value: object) -> None:
        style = self._formats[_format(field)]
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, style)
        elif isinstance(value, int | Decimal) and is_exact(value):
            sheet.write_number(row, column, value, style)
        elif field.type == "date" and isinstance(value, str) and value >= "1900-03-01":
            sheet.write_datetime(row, column, date.fromisoformat(value), style)
        else:
            sheet.write_string(row, column, fitting(text_of(value)), style)

    def add_words(self, name: str, lines: Sequence[tuple[str, str]]) -> None:
        """A sheet of words: Chinese on the left, English on the right."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 1, 70, self._wrapped)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for row, (chinese, english) in enumerate(lines):
            style = self._formats["head"] if row == 0 else self._wrapped
            sheet.set_row(row, 15 * max(1, *(-(-_width(words) // 66) for words in (chinese, english))) + 3)
            sheet.write_string(row, 0, chinese, style)
            sheet.write_string(row, 1, english, style)


def _format(field: Field) -> str:
    kinds = {"integer": "number", "number": "number", "year": "number", "date": "date", "boolean": "number"}
    return kinds.get(field.type, "text")


def is_exact(value: int | Decimal) -> bool:
    """Whether a spreadsheet keeps every digit of a number."""
    number = Decimal(value).normalize()
    return len(number.as_tuple().digits) <= EXACT and (not number or -300 < number.adjusted() < 300)


def fitting(text: str) -> str:
    """Text that a cell can hold: what is too long is cut, and says so."""
    if len(text) * 2 <= MOST_TEXT or len(text.encode("utf-16-le")) // 2 <= MOST_TEXT:
        return text
    return text.encode("utf-16-le")[: 2 * (MOST_TEXT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _width(text: str) -> int:
    """How wide text is, Han characters counted twice; of several lines the widest."""
    return max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.split("\n"))


def _lines(field: Field, width: int) -> int:
    """How many lines a heading takes in a column; Excel breaks Han characters anywhere and long codes too."""
    return sum(-(-_width(line) // max(1, width - 2)) for line in field.heading.split("\n"))


def fields_of(resource: Mapping[str, Any]) -> Iterator[Field]:
    """The columns of a published table, as the schema describes them."""
    for field in resource["schema"]["fields"]:
        yield Field(field["name"], field["title"], field["type"])
