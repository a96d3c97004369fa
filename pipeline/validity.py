"""A package held to its schema: what the stock `frictionless` says, and what it does not look at."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import frictionless
from frictionless.resources import TableResource

from pipeline.descriptor import schema
from pipeline.plain import text_of
from pipeline.seal import seal
from pipeline.tables import Table

Row = Mapping[str, object]
Fault = tuple[int, str, str]
"""The place of a row (from 0), the field, and a sentence."""


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
    for key, value in seal(path).items():
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
