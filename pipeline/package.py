"""Tables -> CSV, JSON, SQLite and `datapackage.json`, with what each organ, report and place offers; held to the schema.

The same tables give the same bytes: no date, no order of the file system, no library's idea of CSV stands in them.
"""

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import frictionless
import simplejson
from frictionless.resources import TableResource

from pipeline import database, regions
from pipeline.dataset import Dataset
from pipeline.descriptor import described, descriptor_text, schema
from pipeline.record import Record, write_lines, write_text
from pipeline.tables import Table

__all__ = ["descriptor_text", "problems_of_rows", "schema", "validate", "write"]

Row = Mapping[str, object]
Fault = tuple[int, str, str]
"""The place of a row (from 0), the field, and a sentence."""


def write(tables: Mapping[str, Table], dataset: Dataset, out: Path) -> Path:
    """Writes everything that is offered as a file below `out`, and gives the path of the descriptor.

    Each file is written whole or not at all. What an earlier run has left in the folder stays: begin with an empty one.
    """
    for table in tables.values():
        _write_table(out / "data" / table.name, table.columns, table.rows)
    database.write(tables, out / "data")
    _write_agencies(tables["reports"], out)
    _write_reports(dataset, out)
    _write_regions(tables["agencies"], out)
    path = out / "data" / "datapackage.json"
    write_text(path, descriptor_text(_sealed(tables, path.parent)))
    return path


def _write_table(path: Path, columns: Sequence[str], rows: Sequence[Row]) -> None:
    write_lines(path.with_name(path.name + ".csv"), csv_lines(columns, rows))
    write_lines(path.with_name(path.name + ".json"), json_lines(rows))


def _write_agencies(reports: Table, out: Path) -> None:
    """Per organ: its rows of `reports`."""
    for agency_id, rows in _by(reports.rows, lambda row: [str(row["agency_id"])]).items():
        _write_table(out / "agencies" / agency_id / "data", reports.columns, rows)


def _write_reports(dataset: Dataset, out: Path) -> None:
    """Per report: the whole record as JSON, and its file as it is."""
    for loaded in dataset.loaded:
        if record := loaded.record:
            folder = out / "agencies" / record.agency_id / str(record.year)
            write_text(folder / "data.json", _record_text(record))
            write_text(folder / "record.yaml", loaded.text)


def _write_regions(agencies: Table, out: Path) -> None:
    """Per place: the organs that lie in it."""
    for code, rows in _by(agencies.rows, _places_around).items():
        write_text(out / "regions" / code / "agencies.csv", csv_text(agencies.columns, rows))


def _places_around(row: Row) -> list[str]:
    return [place.code for place in regions.chain(str(row["region_code"]))]


def _by(rows: Iterable[Row], keys: Callable[[Row], Iterable[str]]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        for key in keys(row):
            found.setdefault(key, []).append(row)
    return found


def _sealed(tables: Mapping[str, Table], folder: Path) -> dict[str, Any]:
    """The schema with size and checksum of every file and the rows of every table, its JSON twin behind it."""
    descriptor = schema()
    resources = []
    for resource in descriptor["resources"]:
        rows = len(tables[resource["name"]].rows)
        resources.append(resource | _size(folder / resource["path"]) | {"rows": rows})
        resources.append(_twin(resource, folder))
    resources.append(_database(resources[0]["$schema"], folder))
    return descriptor | {"resources": resources}


def _twin(resource: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    # No type, no schema, no rows: the stock check then reads its bytes and checksum and not every row a second time.
    words = {key: resource[key] for key in ("title", "title_en", "description", "description_en")}
    file = {"path": f"{resource['name']}.json", "format": "json", "mediatype": "application/json", "encoding": "utf-8"}
    named = {"$schema": resource["$schema"], "name": f"{resource['name']}-json"}
    return named | file | words | _size(folder / file["path"])


def _database(profile: str, folder: Path) -> dict[str, Any]:
    file = {"path": database.NAME, "format": "sqlite", "mediatype": "application/vnd.sqlite3"}
    named = {"$schema": profile, "name": "gongkai-sqlite"}
    words: dict[str, Any] = described()["files"][database.NAME]
    return named | file | words | _size(folder / database.NAME)


def _size(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"}


# bytes ---------------------------------------------------------------------------------------------------------------


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


def json_text(rows: Sequence[Row]) -> str:
    """A table as an array of objects, one a line, in column order."""
    return "".join(json_lines(rows))


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The same, line by line."""
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


def _record_text(record: Record) -> str:
    """The whole record as JSON, a row of the form a line."""
    return "{\n" + ",\n".join(f"{json_of(key)}: {_lines(value)}" for key, value in record.to_plain().items()) + "\n}\n"


def _lines(value: object) -> str:
    if isinstance(value, Mapping) and value:
        return "{\n" + ",\n".join(f"  {json_of(key)}: {json_of(one)}" for key, one in value.items()) + "\n}"
    return json_of(value)


# held to the schema --------------------------------------------------------------------------------------------------


def validate(descriptor: Path) -> list[str]:
    """What is wrong with a package on disk: what the stock `frictionless` says, and what it does not look at."""
    report = frictionless.validate(str(descriptor), type="package")
    said = [error.message for error in report.errors]
    said += [f"{task.place or task.name}: {error.message}" for task in report.tasks for error in task.errors]
    try:
        resources = json.loads(descriptor.read_text(encoding="utf-8"))["resources"]
        return said + [fault for resource in resources for fault in _ignored(resource, descriptor.parent)]
    except (OSError, ValueError, LookupError, TypeError) as error:
        return [*said, f"{descriptor}: the descriptor cannot be followed: {error}"]


def _ignored(resource: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """What the stock check passes over in a resource: its size where nothing is said of it, and how cells are written."""
    path = folder / resource["path"]
    for key, value in _size(path).items():
        if resource.get(key) != value:
            yield f"{path}: {key}: the file has {value}, the descriptor says {resource.get(key)}"
    if "schema" not in resource:
        return
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        if next(rows, []) != [field["name"] for field in resource["schema"]["fields"]]:
            yield f"{path}: the columns are not those of the schema"
            return
        for place, name, says in _faults(resource["schema"], rows):
            yield f"{path}: row {place + 2}: {name}: {says}"


def problems_of_rows(tables: Mapping[str, Table]) -> list[tuple[str, Row, str, str]]:
    """What the published schema does not allow in rows not yet written: table, row, field, sentence."""
    schemas = {one["name"]: one["schema"] for one in schema()["resources"] if one["name"] in tables}
    cells = {name: [[text_of(row[c]) for c in table.columns] for row in table.rows] for name, table in tables.items()}
    found = [*_stock_faults(schemas, cells)]
    found += [(name, *fault) for name, described in schemas.items() for fault in _faults(described, cells[name])]
    return [(name, tables[name].rows[place], field, says) for name, place, field, says in found]


def _stock_faults(
    schemas: Mapping[str, Mapping[str, Any]], cells: Mapping[str, list[list[str]]]
) -> Iterator[tuple[str, int, str, str]]:
    """What frictionless says of cells in memory; its first row is the header, and it counts from 1."""
    resources: list[frictionless.Resource] = [
        TableResource(
            name=name,
            # A function, because frictionless copies lists whole, once for every key that refers to them.
            data=partial(chain, [[field["name"] for field in one["fields"]]], cells[name]),
            schema=frictionless.Schema.from_descriptor(dict(one)),
        )
        for name, one in schemas.items()
    ]
    for task in frictionless.Package(resources=resources).validate().tasks:
        for error in task.errors:
            row = getattr(error, "row_number", 2)
            field = getattr(error, "field_name", None) or _key(schemas[task.name], error.type)
            yield task.name, row - 2, field, getattr(error, "note", error.message)


def _key(described: Mapping[str, Any], error: str) -> str:
    """The first field of the key that an error over a whole row is about."""
    if error == "foreign-key":
        return str(described["foreignKeys"][0]["fields"][0])
    return str((described.get("primaryKey") or [""])[0])


_LEXICAL = {
    "integer": (
        re.compile(r"0|-?[1-9][0-9]*"),
        "an integer is written with the digits 0 to 9, without sign or zero before it",
    ),
    "number": (
        re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"),
        "a number is written with the digits 0 to 9 and one point",
    ),
    "year": (re.compile(r"[0-9]{4}"), "a year has four digits"),
    "date": (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), "a date is written YYYY-MM-DD"),
    "boolean": (re.compile(r"true|false"), "true or false is written so"),
}
"""How a cell of each type is written; frictionless takes `３`, ` 4`, `+5` and `0012` for integers."""


def _faults(described: Mapping[str, Any], rows: Iterable[Sequence[str]]) -> Iterator[Fault]:
    """What frictionless accepts without a look: how figures are written, categories and unique keys."""
    names = [field["name"] for field in described["fields"]]
    looks = [(n, *_look(field)) for n, field in enumerate(described["fields"]) if _look(field) != (None, "", set())]
    keys = [(key[0], ", ".join(key), [names.index(name) for name in key]) for key in described.get("uniqueKeys", ())]
    seen: dict[tuple[str, ...], int] = {}
    for place, row in enumerate(rows):
        for column, pattern, says, allowed in looks:
            cell = row[column] if column < len(row) else ""
            if cell and pattern and not pattern.fullmatch(cell):
                yield place, names[column], f"“{cell}”: {says}"
            if cell and allowed and cell not in allowed:
                yield place, names[column], f"“{cell}” is none of the categories"
        for field, key, places in keys:
            first = seen.setdefault((key, *(row[column] for column in places)), place)
            if first != place:
                yield place, field, f"the key {key} is the same as in row {first + 2}"


def _look(field: Mapping[str, Any]) -> tuple[re.Pattern[str] | None, str, set[str]]:
    """How cells of a field are written, in a pattern and in words, and what they may hold where that is a closed list."""
    return *_LEXICAL.get(field["type"], (None, "")), {one["value"] for one in field.get("categories", ())}
