"""Tables as Parquet: the types and words of the published schema, every figure exact, and no more than a part at a time.

A count is an int64, an amount or a rate a decimal with eighteen places, whatever may be a figure or words a string. A
table with a figure that does not fit takes wider numbers, in the end strings: the build does not stop, and no digit is
lost. The same rows give the same bytes from the same Arrow.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.descriptor import schema
from pipeline.downloads.whole import whole
from pipeline.plain import text_of
from pipeline.tables import Table

ROWS = {"reports": 10_000}
"""How many rows a row group has, where it is not as below."""
_ROWS = 50_000
_WIDTHS = 3
"""How often numbers can be given more room: whole and decimal numbers, wide decimals, strings."""
_CODES = ("field", "section", "row", "column", "rule")
"""Columns of codes beside those of closed lists: few values, each many times."""


def write(table: Table, folder: Path) -> Path:
    """Writes `<table>.parquet` into the folder, whole or not at all."""
    path = folder / f"{table.name}.parquet"
    with whole(path) as part:
        _write(table, part)
    return path


def _write(table: Table, path: Path) -> None:
    # Loads in a quarter of a second, and only what is written here needs it.
    import pyarrow as arrow

    for width in range(_WIDTHS):
        try:
            return _write_as(table, arrow_schema(table.name, width), path)
        except (arrow.ArrowInvalid, OverflowError):
            if width == _WIDTHS - 1:
                raise
    return None


def _write_as(table: Table, wanted: Any, path: Path) -> None:
    import pyarrow as arrow
    from pyarrow import parquet

    with parquet.ParquetWriter(path, wanted, compression="zstd", version="2.6") as file:
        for rows in _batches(table.rows, ROWS.get(table.name, _ROWS)):
            columns = [arrow.array(_cells(rows, field), field.type) for field in wanted]
            file.write_table(arrow.Table.from_arrays(columns, schema=wanted), row_group_size=len(rows))


def _batches(rows: Iterable[Mapping[str, object]], size: int) -> Iterator[Sequence[Mapping[str, object]]]:
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


def _cells(rows: Sequence[Mapping[str, object]], field: Any) -> list[Any]:
    import pyarrow as arrow

    cells: list[Any] = [row[field.name] for row in rows]
    if arrow.types.is_date32(field.type):
        return [None if cell is None else date.fromisoformat(cell) for cell in cells]
    if arrow.types.is_string(field.type):
        return [cell if cell is None or isinstance(cell, str) else text_of(cell) for cell in cells]
    return cells


# types ---------------------------------------------------------------------------------------------------------------


def arrow_schema(name: str, width: int = 0) -> Any:
    """The Arrow schema of a table, with titles and descriptions; `width` tells how much room its numbers have."""
    import pyarrow as arrow

    (resource,) = [one for one in schema()["resources"] if one["name"] == name]
    fields = [_field(field, width) for field in resource["schema"]["fields"]]
    return arrow.schema(fields, metadata=_words(resource))


def _field(described: Mapping[str, Any], width: int) -> Any:
    import pyarrow as arrow

    required = bool(described.get("constraints", {}).get("required"))
    return arrow.field(described["name"], _type(described, width), nullable=not required, metadata=_words(described))


def _type(described: Mapping[str, Any], width: int) -> Any:
    import pyarrow as arrow

    text, kind = arrow.string(), described["type"]
    whole = (arrow.int64(), arrow.decimal256(76, 0), text)[width]
    exact = (arrow.decimal128(38, 18), arrow.decimal256(76, 38), text)[width]
    coded = arrow.dictionary(arrow.int32(), text)
    is_code = described["name"] in _CODES or "categories" in described
    types = {"integer": whole, "number": exact, "year": arrow.int16(), "date": arrow.date32(), "boolean": arrow.bool_()}
    return types.get(kind, coded if is_code else text)


def _words(described: Mapping[str, Any]) -> dict[str, str]:
    return {key: described[key] for key in ("title", "title_en", "description", "description_en")}
