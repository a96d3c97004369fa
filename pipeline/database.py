"""The tables as one SQLite file, `gongkai.sqlite`, for SQL at a desk and in the browser.

Five tables stand in it as they are published. The sixth, `figures`, is a view that gives the same rows and columns:
nine figures in ten are a printed 0, so the file keeps which cells each report has and only what is not a plain 0.
Numbers are numbers, so that SQL can compare them. A binary fraction gives a decimal back digit by digit up to fifteen
digits; one that is longer stands in `exact_numbers` as it was written. The same tables give the same bytes from the
same SQLite; what the file says of the version that wrote it is left blank.
"""

import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.descriptor import schema
from pipeline.tables import COLUMNS, KEYS, Table, figure_columns

NAME = "gongkai.sqlite"
_TYPES = {
    "string": " TEXT", "integer": " INTEGER", "number": " NUMERIC", "year": " INTEGER", "date": " TEXT",
    "boolean": " INTEGER", "any": "",
}  # fmt: skip
"""What each type of the schema is here; no type at all keeps a figure a figure and words words."""
_CLUSTERED = ("agencies", "findings", "corrections")
"""The tables whose rows are short enough to lie in the order of their key."""
_PAGE = 4096
_WRITER = slice(96, 100)
"""The bytes of the header that name the version of SQLite that wrote the file; nothing reads them."""

_FIGURES = """
CREATE TABLE figure_cells (cell INTEGER PRIMARY KEY, field TEXT NOT NULL UNIQUE, section TEXT NOT NULL,
  "row" TEXT NOT NULL, "column" TEXT NOT NULL);
CREATE TABLE figure_layouts (layout INTEGER NOT NULL, cell INTEGER NOT NULL REFERENCES figure_cells (cell),
  PRIMARY KEY (layout, cell)) WITHOUT ROWID;
CREATE TABLE figure_reports (report INTEGER PRIMARY KEY, report_id TEXT NOT NULL UNIQUE REFERENCES reports (report_id),
  layout INTEGER NOT NULL);
CREATE TABLE figure_values (cell INTEGER NOT NULL REFERENCES figure_cells (cell),
  report INTEGER NOT NULL REFERENCES figure_reports (report), value NUMERIC, as_written TEXT,
  corrected INTEGER NOT NULL, PRIMARY KEY (cell, report)) WITHOUT ROWID;
CREATE VIEW figures AS
  SELECT r.report_id, c.field, c.section, c."row", c."column",
    CASE WHEN v.report IS NULL THEN 0 ELSE v.value END AS value, v.as_written, coalesce(v.corrected, 0) AS corrected
  FROM figure_reports AS r
  JOIN figure_layouts AS l ON l.layout = r.layout
  JOIN figure_cells AS c ON c.cell = l.cell
  LEFT JOIN figure_values AS v ON v.cell = l.cell AND v.report = r.report;
"""
_WORDS = """
CREATE TABLE columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, type TEXT NOT NULL, title TEXT NOT NULL,
  title_en TEXT NOT NULL, description TEXT NOT NULL, description_en TEXT NOT NULL,
  PRIMARY KEY (table_name, column_name)) WITHOUT ROWID;
CREATE TABLE exact_numbers (table_name TEXT NOT NULL, key TEXT NOT NULL, column_name TEXT NOT NULL,
  written TEXT NOT NULL, PRIMARY KEY (table_name, key, column_name)) WITHOUT ROWID;
"""
_INDEXES = """
CREATE INDEX reports_of_agency ON reports (agency_id);
CREATE INDEX findings_of_rule ON findings (rule);
CREATE INDEX coverage_of_agency ON coverage (agency_id, year);
"""


def write(tables: Mapping[str, Table], folder: Path) -> Path:
    """Writes the file into the folder, whole or not at all, and gives its path."""
    path, part = folder / NAME, folder / f".{NAME}.part"
    folder.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    # No name: SQLite keeps what is being made in memory, and on the disk what does not fit there.
    with closing(sqlite3.connect("", isolation_level=None)) as database:
        database.execute(f"PRAGMA page_size = {_PAGE}")
        database.execute("BEGIN")
        _fill(database, tables)
        database.execute("COMMIT")
        database.execute("VACUUM INTO ?", [str(part)])
    with part.open("r+b") as file:
        file.seek(_WRITER.start)
        file.write(bytes(_WRITER.stop - _WRITER.start))
    part.chmod(0o644)
    return part.replace(path)


def _fill(database: sqlite3.Connection, tables: Mapping[str, Table]) -> None:
    described = {one["name"]: one["schema"] for one in schema()["resources"]}
    for name in [name for name in COLUMNS if name != "figures"]:
        database.execute(_created(name, described[name]))
        _insert(database, name, (row.values() for row in tables[name].rows), len(COLUMNS[name]))
    _run(database, _FIGURES)
    _fill_figures(database, tables["figures"].rows)
    _run(database, _WORDS + _INDEXES)
    _insert(database, "columns", _words(described), 7)
    _insert(database, "exact_numbers", _inexact(tables, described), 4)


def _run(database: sqlite3.Connection, script: str) -> None:
    # `executescript` would commit what is open.
    for statement in filter(str.strip, script.split(";")):
        database.execute(statement)


def _created(name: str, described: Mapping[str, Any]) -> str:
    """The statement that makes a table of the schema: its columns, its key, what it refers to."""
    lines = [_column(field) for field in described["fields"]]
    if "primaryKey" in described:
        lines.append(f"PRIMARY KEY ({', '.join(described['primaryKey'])})")
    for key in described.get("foreignKeys", ()):
        (field,), to = key["fields"], key["reference"]
        lines.append(f"FOREIGN KEY ({field}) REFERENCES {to['resource']} ({to['fields'][0]})")
    return f"CREATE TABLE {name} ({', '.join(lines)})" + (" WITHOUT ROWID" if name in _CLUSTERED else "")


def _column(field: Mapping[str, Any]) -> str:
    needed = " NOT NULL" if field.get("constraints", {}).get("required") else ""
    return f'"{field["name"]}"{_TYPES[field["type"]]}{needed}'


def _insert(database: sqlite3.Connection, table: str, rows: Iterable[Iterable[object]], columns: int) -> None:
    places = ", ".join("?" * columns)
    database.executemany(f"INSERT INTO {table} VALUES ({places})", ([*map(_stored, row)] for row in rows))


def _stored(value: object) -> object:
    """A value as SQLite holds it. Numbers beyond its integers become fractions; `exact_numbers` has their digits."""
    if isinstance(value, Decimal) or (type(value) is int and not -(2**63) <= value < 2**63):
        return float(str(value))
    return value


def _inexact(tables: Mapping[str, Table], described: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    """Every number that `_stored` does not keep digit by digit: its table, key and column, and how it is written."""
    for name, table in tables.items():
        columns = [one["name"] for one in described[name]["fields"] if one["type"] in ("integer", "number", "any")]
        for row in table.rows:
            for column in columns:
                value: Any = row[column]
                if isinstance(value, Decimal | int) and not _is_kept(value):
                    yield name, " ".join(str(row[key] or "") for key in KEYS[name]), column, _digits(value)


def _digits(value: Decimal | int) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _is_kept(value: Decimal | int) -> bool:
    stored = _stored(value)
    return not isinstance(stored, float) or (math.isfinite(stored) and Decimal(f"{stored:.15g}") == value)


# figures -------------------------------------------------------------------------------------------------------------


def _fill_figures(database: sqlite3.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Puts what the view `figures` is made from: the cells of the forms, which of them each report has, what they hold."""
    cells = {field: cell for cell, field in enumerate(figure_columns(), 1)}
    _insert(database, "figure_cells", ((cell, field, *field.split(".")) for field, cell in cells.items()), 5)
    reports = _cells_of_reports(rows, cells)
    layouts = {layout: n for n, layout in enumerate(dict.fromkeys(reports.values()), 1)}
    pairs = ((n, cell) for layout, n in layouts.items() for cell in layout)
    _insert(database, "figure_layouts", pairs, 2)
    numbers = {report_id: n for n, report_id in enumerate(reports, 1)}
    _insert(database, "figure_reports", ((numbers[one], one, layouts[has]) for one, has in reports.items()), 3)
    told = (row for row in rows if row["value"] != 0 or row["as_written"] is not None or row["corrected"])
    values = (
        (cells[row["field"]], numbers[row["report_id"]], row["value"], row["as_written"], row["corrected"])
        for row in told
    )
    _insert(database, "figure_values", values, 5)


def _cells_of_reports(rows: Sequence[Mapping[str, Any]], cells: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row["report_id"], []).append(cells[row["field"]])
    shapes: dict[tuple[int, ...], tuple[int, ...]] = {}
    return {one: shapes.setdefault(key := tuple(sorted(has)), key) for one, has in found.items()}


def _words(described: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    for name, table in described.items():
        for field in table["fields"]:
            words = (field[key] for key in ("title", "title_en", "description", "description_en"))
            yield name, field["name"], field["type"], *words
