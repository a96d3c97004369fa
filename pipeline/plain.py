"""Rows as plain text: canonical CSV and JSON, every figure digit by digit."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import simplejson

Row = Mapping[str, object]


def text_of(value: object) -> str:
    """A value as a cell of CSV: exact, and empty for null."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def csv_text(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """A table as canonical CSV. What Python's own writer quotes differs from version to version, so this is ours."""
    return "".join(csv_lines(columns, rows))


def csv_lines(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """The same, line by line."""
    yield ",".join(columns) + "\n"
    for row in rows:
        yield ",".join([_quoted(text_of(row[column])) for column in columns]) + "\n"


_NEEDS_QUOTES = re.compile('[",\n\r]')


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """A table as an array of objects, one a line, in column order."""
    before = "[\n"
    for row in rows:
        yield before + json_of(row)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _exact(value: Decimal) -> simplejson.RawJSON:
    return simplejson.RawJSON(f"{value:f}")


# Decimals go out digit by digit: a float would round them, and str() would write small ones with an exponent.
_ENCODER = simplejson.JSONEncoder(ensure_ascii=False, use_decimal=False, default=_exact)


def json_of(value: object) -> str:
    """Any value as JSON on one line, decimals digit by digit."""
    return str(_ENCODER.encode(value))
