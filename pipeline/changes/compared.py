"""Two states of the data, side by side: reports and organs that came or went, figures, corrections, published rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.checking import Checking, check
from pipeline.corrections import GONE
from pipeline.dataset import Dataset, read_dataset
from pipeline.record import Loaded, Record
from pipeline.shape import ERRED, FACTS
from pipeline.tables import KEYS, Table

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class State:
    """The data of one moment: what was read, and what the checks make of it. `root`: the folder `data`."""

    root: Path
    dataset: Dataset
    checking: Checking
    by_id: Mapping[str, Loaded]

    @property
    def tables(self) -> Mapping[str, Table]:
        """The published tables; none where files are too broken to make any."""
        return self.checking.tables or {}

    def record(self, report_id: str) -> Record | None:
        loaded = self.by_id.get(report_id)
        return loaded.record if loaded else None


def read_state(root: Path) -> State:
    """The state that lies below a folder `data`. Whatever is wrong with it stands in `checking.problems`."""
    dataset = read_dataset([root / "agencies"], root / "known_reports.csv")
    by_id = {one.record.report_id: one for one in dataset.loaded if one.record}
    return State(root, dataset, check(dataset), by_id)


@dataclass(frozen=True, slots=True)
class Moved:
    """A figure or a fact of a report that says something else than before.

    `before`, `after` are GONE where the report has no such cell; `entry` is the correction that was added with it.
    """

    report_id: str
    field: str
    before: Any
    after: Any
    entry: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """A correction that was added to a report: its place in the list, from 1, and what it says."""

    report_id: str
    n: int
    entry: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """What changes in one published table: rows by their key that came, that went, and that differ (before, after)."""

    added: Sequence[Row] = ()
    removed: Sequence[Row] = ()
    changed: Sequence[tuple[Row, Row]] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class Compared:
    """All that differs between two states; ids are sorted, figures stand in the order of the form."""

    before: State
    after: State
    reports_added: Sequence[str] = ()
    reports_removed: Sequence[str] = ()
    agencies_added: Sequence[str] = ()
    agencies_removed: Sequence[str] = ()
    moved: Sequence[Moved] = ()
    entered: Sequence[Entered] = ()
    lost: Sequence[Entered] = ()
    tables: Mapping[str, Rows] = field(default_factory=dict)


def compare(before: State, after: State) -> Compared:
    """What differs. Reports that only one side can read count as there: their own problems are said elsewhere."""
    both = [(before.by_id[id], after.by_id[id]) for id in sorted({*before.by_id} & {*after.by_id})]
    pairs = [(old.record, new.record) for old, new in both if old.record and new.record and old.text != new.text]
    return Compared(
        before,
        after,
        reports_added=sorted({*after.by_id} - {*before.by_id}),
        reports_removed=sorted({*before.by_id} - {*after.by_id}),
        agencies_added=sorted({*after.dataset.agencies} - {*before.dataset.agencies}),
        agencies_removed=sorted({*before.dataset.agencies} - {*after.dataset.agencies}),
        moved=[one for old, new in pairs for one in moved(old, new)],
        entered=[one for old, new in pairs for one in _entries(new, old)],
        lost=[one for old, new in pairs for one in _entries(old, new)],
        tables={name: rows for name in after.tables if (rows := _rows(name, before, after))},
    )


def moved(old: Record, new: Record) -> Iterator[Moved]:
    """The facts and figures of a report that changed, each with the correction that was added for it."""
    reasons = {one.entry["field"]: one.entry for one in _entries(new, old) if one.entry["kind"] in ERRED}
    before, after = _said(old), _said(new)
    for name in [*after, *(name for name in before if name not in after)]:
        one, other = before.get(name, GONE), after.get(name, GONE)
        if one != other:
            yield Moved(new.report_id, name, one, other, reasons.get(name))


def _said(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in FACTS} | record.figures()


def _entries(record: Record, other: Record) -> list[Entered]:
    """The corrections of a record that the other one lacks; that the converter has caught up is no other correction."""
    known = [_bare(entry) for entry in other.corrections]
    numbered = enumerate(record.corrections, 1)
    return [Entered(record.report_id, n, entry) for n, entry in numbered if _bare(entry) not in known]


def _bare(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "confirmed"}


def _rows(name: str, before: State, after: State) -> Rows:
    old, new = _keyed(before.tables.get(name)), _keyed(after.tables.get(name))
    return Rows(
        added=[row for key, row in new.items() if key not in old],
        removed=[row for key, row in old.items() if key not in new],
        changed=[(old[key], row) for key, row in new.items() if key in old and old[key] != row],
    )


def _keyed(table: Table | None) -> dict[tuple[str, ...], Row]:
    """The rows of a table by their key; where keys repeat, as in `coverage`, by their place among the same."""
    found: dict[tuple[str, ...], Row] = {}
    for row in table.rows if table else ():
        key = tuple(str(row[one]) for one in KEYS[table.name]) if table else ()
        n = 0
        while (*key, str(n)) in found:
            n += 1
        found[*key, str(n)] = row
    return found
