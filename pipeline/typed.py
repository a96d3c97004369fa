"""What a person types for a figure or a fact, read as the report's own cells are read; and why it cannot be read."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipeline import shape
from pipeline.document import Cell, ReportError, canonical, collapse, read_number
from pipeline.forms import Column
from pipeline.record import Record

MOST_CHARACTERS = 200
"""Characters of a value; a name is the longest of them."""

_BLANK = {"", "null", "none", "empty", "blank", "空", "空白", "空格", "(空)", "_no response_"}
_DAY = re.compile(r"(\d{4})(?:-|/|年)(\d{1,2})(?:-|/|月)(\d{1,2})日?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a correction is not made, in both languages; `about` is what has to be mended: field, value, kind, evidence …"""

    about: str
    says: str
    says_zh: str
    code: str = "Ambiguous"


@dataclass(frozen=True, slots=True)
class Typed:
    """A figure or a fact, and its printed text where that is not the canonical form of the figure."""

    value: Any
    as_written: str | None = None


def clean(text: str, most: int = MOST_CHARACTERS) -> str:
    """Words on one line, without characters that are not seen, and not longer than they may be."""
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[: 20 * most])
    return collapse(seen)[:most]


def is_blank(text: str) -> bool:
    """Whether a person says by these words that the cell is empty."""
    return unicodedata.normalize("NFKC", collapse(text)).lower() in _BLANK


def column_of(record: Record, name: str) -> Column | None:
    """The column of a figure; None for a fact, and where the report has no such cell."""
    section, _, rest = name.partition(".")
    for row, _ in record.rows(section) if rest and section in record.tables else ():
        if name in row.fields:
            return row.columns[row.fields.index(name)]
    return None


def read_typed(record: Record, name: str, text: str, unit: str | None = None) -> Typed | Fault:
    """The value of a field that the report has. `unit` is that of a bare amount; None: the one that the form prints."""
    if len(text) > MOST_CHARACTERS:
        return Fault("value", f"“{text[:40]}…” is too long for a value", f"“{text[:40]}…”太长，不像一个数字")
    column = column_of(record, name)
    if column is None:
        return _fact(name, clean(text))
    if is_blank(text):
        return Typed(None)
    try:
        number = read_number(Cell(text, ""), column.kind, unit or column.unit)
    except ReportError as error:
        return Fault("value", error.says, _how_to_write(text, column), error.code)
    return Typed(number.value, number.as_written)


def _how_to_write(text: str, column: Column) -> str:
    if column.kind == "amount":
        return f"“{clean(text)}”读不成一个金额：请照原文写，并带上单位“元”或“万元”"
    return f"“{clean(text)}”读不成一个件数：请照原文写一个整数；原文是空格子就写“空”"


def _fact(name: str, text: str) -> Typed | Fault:
    if name == "agency_name":
        return Typed(text) if text else Fault("value", "the name of an organ belongs here", "这里要写机关名称")
    if is_blank(text):
        return Typed(None)
    if name == "scope":
        if text in shape.SCOPES:
            return Typed(text)
        says = f"“{text}” is no scope: {', '.join(shape.SCOPES)}, or null"
        return Fault("value", says, f"“{text}”不是范围：本机关写 own，本行政区域写 jurisdiction，没有说写“空”")
    day = _DAY.fullmatch(text)
    written = f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}" if day else text
    if shape.is_date(written):
        return Typed(written)
    return Fault("value", f"“{text}” is no day, such as 2024-01-28", f"“{text}”不是日期，请写成2024-01-28这样")


def shown(value: Any) -> str:
    """A value in a sentence; `null` for an empty cell."""
    return "null" if value is None else canonical(value) if isinstance(value, int | Decimal) else str(value)


def shown_zh(value: Any) -> str:
    """The same in a Chinese sentence."""
    return "空" if value is None else shown(value)
