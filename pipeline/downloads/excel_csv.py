"""`reports-excel.csv`: the rows of `reports.csv` for Excel, which takes UTF-8 by its mark and text with `=` for formulas."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.plain import csv_lines
from pipeline.record import write_lines
from pipeline.tables import Table

NAME = "reports-excel.csv"
MARK = "\ufeff"
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""What a spreadsheet may take for the beginning of a formula; full-width signs are, where one writes with an input method.

Text that begins with an apostrophe and then with one of these is marked too, so that one apostrophe less is the text."""


def write(reports: Table, folder: Path) -> Path:
    """Writes the file into the folder. Lines end as in the other CSV files: Excel reads both ends."""
    path = folder / NAME
    write_lines(path, _lines(reports))
    return path


def _lines(reports: Table) -> Iterator[str]:
    yield MARK
    yield from csv_lines(reports.columns, map(_escaped, reports.rows))


def _escaped(row: Mapping[str, object]) -> Mapping[str, object]:
    return {name: escaped(value) if isinstance(value, str) else value for name, value in row.items()}


def escaped(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before what could be one. Numbers are no text."""
    return f"'{text}" if _FORMULA.match(text) else text
