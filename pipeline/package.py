"""Tables -> everything that is offered as a file, described and sealed in `datapackage.json`.

The same tables give the same bytes: no date, no order of the file system, no library's idea of CSV stands in them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import database, downloads, regions
from pipeline.dataset import Dataset
from pipeline.descriptor import described, descriptor_text, schema
from pipeline.plain import csv_lines, csv_text, json_lines, json_of, text_of
from pipeline.record import Record, write_lines, write_text
from pipeline.seal import seal
from pipeline.tables import Table
from pipeline.validity import problems_of_rows, validate

__all__ = [
    "csv_lines",
    "csv_text",
    "descriptor_text",
    "json_lines",
    "json_of",
    "problems_of_rows",
    "schema",
    "text_of",
    "validate",
    "write",
]

Row = Mapping[str, object]


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
    downloads.write(tables, dataset, out)
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


def _record_text(record: Record) -> str:
    """The whole record as JSON, a row of the form a line."""
    return "{\n" + ",\n".join(f"{json_of(key)}: {_lines(value)}" for key, value in record.to_plain().items()) + "\n}\n"


def _lines(value: object) -> str:
    if isinstance(value, Mapping) and value:
        return "{\n" + ",\n".join(f"  {json_of(key)}: {json_of(one)}" for key, one in value.items()) + "\n}"
    return json_of(value)


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


# the descriptor ------------------------------------------------------------------------------------------------------


def _sealed(tables: Mapping[str, Table], folder: Path) -> dict[str, Any]:
    """The schema with size and checksum of every file and the rows of every table, its twins behind it."""
    descriptor = schema()
    resources = []
    for resource in descriptor["resources"]:
        rows = len(tables[resource["name"]].rows)
        resources.append(resource | seal(folder / resource["path"]) | {"rows": rows})
        resources += [_twin(resource, ending, folder) for ending in _TWINS]
    profile = resources[0]["$schema"]
    resources += [_file(name, file, profile, folder) for name, file in _FILES.items()]
    return descriptor | {"resources": resources}


# By the usual names of their formats the stock check would take spreadsheets, Parquet and text for tables, want libraries
# of its own and read every row once more. So they have no type, no schema, no rows, and are named otherwise: it then
# reads their bytes and checksum.
_TWINS = {
    "json": {"format": "json", "mediatype": "application/json", "encoding": "utf-8"},
    "parquet": {"format": "apache-parquet", "mediatype": "application/vnd.apache.parquet"},
}
"""What else each table is published as, by the ending of the file."""
_FILES = {
    "gongkai.xlsx": {"format": "excel", "mediatype": downloads.XLSX},
    "reports-excel.csv": {"format": "text", "mediatype": "text/csv", "encoding": "utf-8"},
    "gongkai.sqlite": {"format": "sqlite", "mediatype": "application/vnd.sqlite3"},
}
"""The files of the whole dataset that are no table; `files` of data/columns.yaml has their words.

The zip is not among them: it holds a descriptor of its own, and the stock check would unpack it as one packed table."""


def _twin(resource: Mapping[str, Any], ending: str, folder: Path) -> dict[str, Any]:
    words = {key: resource[key] for key in ("title", "title_en", "description", "description_en")}
    path = f"{resource['name']}.{ending}"
    named = {"$schema": resource["$schema"], "name": f"{resource['name']}-{ending}", "path": path}
    return named | _TWINS[ending] | words | seal(folder / path)


def _file(path: str, facts: Mapping[str, str], profile: str, folder: Path) -> dict[str, Any]:
    words: dict[str, Any] = described()["files"][path]
    return {"$schema": profile, "name": path.replace(".", "-"), "path": path, **facts, **words, **seal(folder / path)}
