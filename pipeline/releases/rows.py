"""What changed between two releases as a table: `changes-<from>-<to>.csv`.

A row is a changed figure or fact, an organ or a report that came or went, a correction that was entered, or a changed
line of the coverage; indicators and findings follow from these and are not listed. Of a report that came or went there
is one row, and none for each of its figures. The columns:

- `table`, `key`: the published table, and the key of the row in it, its parts joined by a space
- `report_id`: the report, empty where a row is about an organ
- `field`: the figure or fact, such as `requests.granted.natural`; empty where a row is about neither
- `column`: the column that says something else, empty where a whole row came or went
- `change`: added, removed or changed
- `before`, `after`: what stood in the column and what stands there now, empty for null; of a correction that was entered
  what it says: `was` and `now`, or `printed` and `should_be`
- `reason`, `by`, `date`: why, by whom, and when, from the correction or from `data/retired.csv`, where either tells it
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from pipeline.changes.compared import Compared, Entered, Moved
from pipeline.corrections import GONE
from pipeline.plain import csv_text, text_of
from pipeline.retired import Retired
from pipeline.shape import FACTS
from pipeline.tables import COLUMNS as PUBLISHED
from pipeline.tables import KEYS

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One row; every cell is text, empty where there is nothing to say."""

    table: str
    key: str
    report_id: str = ""
    field: str = ""
    column: str = ""
    change: str = "changed"
    before: str = ""
    after: str = ""
    reason: str = ""
    by: str = ""
    date: str = ""


COLUMNS = tuple(field.name for field in fields(Change))
_ABOUT_ORGANS = ("name", "region_code", "level", "sector")
_ABOUT_REPORTS = ("agency_id", "year", "form", "source_url", "source_sha256")
_COVERED = ("status", "url")
_ORDER = {name: place for place, name in enumerate(PUBLISHED)}


def changes_of(compared: Compared) -> list[Change]:
    """Every row, in the order of the published tables and then of their keys."""
    found = [
        *_came_and_went(compared),
        *(_moved(one) for one in compared.moved),
        *_spelled(compared),
        *_columns(compared, "agencies", _ABOUT_ORGANS),
        *_columns(compared, "reports", _ABOUT_REPORTS),
        *_covered(compared),
        *(_entered(one, "added") for one in compared.entered),
        *(_entered(one, "removed") for one in compared.lost),
    ]
    return sorted(found, key=lambda one: (_ORDER[one.table], one))


def changes_text(changes: Iterable[Change]) -> str:
    """The table as canonical CSV."""
    return csv_text(COLUMNS, [{name: getattr(one, name) for name in COLUMNS} for one in changes])


def _came_and_went(compared: Compared) -> Iterator[Change]:
    retired = {one.id: one for one in compared.after.dataset.retired}
    for table, change, ids in (
        ("agencies", "added", compared.agencies_added),
        ("agencies", "removed", compared.agencies_removed),
        ("reports", "added", compared.reports_added),
        ("reports", "removed", compared.reports_removed),
    ):
        for id in ids:
            told = retired.get(id) if change == "removed" else None
            report = id if table == "reports" else ""
            yield Change(table, id, report, change=change, reason=_why(told), date=told.date if told else "")


def _why(told: Retired | None) -> str:
    """Why an id is retired, and what is in its place."""
    if told is None:
        return ""
    return f"{told.reason} -> {told.successor}" if told.successor else told.reason


def _moved(one: Moved) -> Change:
    """A figure as a row of `figures`, a fact as a cell of `reports`."""
    fact, entry = one.field in FACTS, one.entry or {}
    gone = {id(one.before): "added", id(one.after): "removed"}.get(id(GONE), "changed")
    return Change(
        "reports" if fact else "figures",
        one.report_id if fact else f"{one.report_id} {one.field}",
        one.report_id,
        one.field,
        one.field if fact else "" if gone != "changed" else "value",
        gone,
        _text(one.before),
        _text(one.after),
        *(str(entry.get(key, "")) for key in ("reason", "by", "date")),
    )


def _text(value: Any) -> str:
    return "" if value is GONE else text_of(value)


def _spelled(compared: Compared) -> Iterator[Change]:
    """Figures that stay what they are and are kept as printed in another way."""
    rows = compared.tables.get("figures")
    for before, after in rows.changed if rows else ():
        if before["as_written"] != after["as_written"]:
            report, field = str(after["report_id"]), str(after["field"])
            was, now = text_of(before["as_written"]), text_of(after["as_written"])
            yield Change("figures", f"{report} {field}", report, field, "as_written", before=was, after=now)


def _columns(compared: Compared, table: str, columns: Iterable[str]) -> Iterator[Change]:
    """Cells that say something else in rows that stay."""
    rows = compared.tables.get(table)
    for before, after in rows.changed if rows else ():
        for column in columns:
            if before[column] != after[column]:
                was, now = text_of(before[column]), text_of(after[column])
                yield Change(table, _key(table, after), _report(after), column=column, before=was, after=now)


def _covered(compared: Compared) -> Iterator[Change]:
    """The lines of the coverage; an address is part of their key, so that one that moves is a line less and a line more."""
    rows = compared.tables.get("coverage")
    if rows:
        for change, several in (("added", rows.added), ("removed", rows.removed)):
            for row in several:
                yield Change("coverage", _key("coverage", row), change=change)
    yield from _columns(compared, "coverage", _COVERED)


def _entered(one: Entered, change: str) -> Change:
    entry = one.entry
    keys = ("printed", "should_be") if entry["kind"] == "printed_wrong" else ("was", "now")
    return Change(
        "corrections",
        f"{one.report_id} {one.n}",
        one.report_id,
        entry["field"],
        change=change,
        **dict(zip(("before", "after"), (text_of(entry.get(key)) for key in keys), strict=True)),
        **{key: str(entry[key]) for key in ("reason", "by", "date")},
    )


def _key(table: str, row: Row) -> str:
    return " ".join(text_of(row[column]) for column in KEYS[table])


def _report(row: Row) -> str:
    return str(row.get("report_id") or "")
