"""Two states of the data, side by side: reports and organs that came or went, figures, corrections, published rows."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import tables
from pipeline.checking import Checking, check
from pipeline.checks import Finding
from pipeline.corrections import GONE
from pipeline.dataset import Dataset, read_dataset
from pipeline.record import Loaded, Record, source_path
from pipeline.shape import ERRED, FACTS, SOURCE_KEYS
from pipeline.tables import KEYS, Figures, Table

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class State:
    """The data of one moment: what was read, and what the checks make of it. `root`: the folder `data`.

    `by_id` holds the reports that could be read, `held` the ids of all whose file lies there. `tables` are made of
    everything that is sound, also where other files are broken.
    """

    root: Path
    dataset: Dataset
    checking: Checking
    by_id: Mapping[str, Loaded]
    held: frozenset[str]
    tables: Mapping[str, Table]

    def record(self, report_id: str) -> Record | None:
        loaded = self.by_id.get(report_id)
        return loaded.record if loaded else None

    def kept(self, report_id: str) -> Path:
        """The cells kept beside a report that could be read."""
        return source_path(self.by_id[report_id].path)

    def findings(self, report_id: str) -> Sequence[Finding]:
        return self.checking.checked.findings.get(report_id, ())

    def place(self, path: Path) -> Path:
        """A path below the folder as the repository names it: `data/agencies/…`."""
        return Path("data") / path.relative_to(self.root) if path.is_relative_to(self.root) else path


def read_state(root: Path) -> State:
    """The state that lies below a folder `data`. Whatever is wrong with it stands in `checking.problems`.

    What the published schema says of each row is left out: it takes longer than all else together.
    """
    dataset = read_dataset([root / "agencies"], root / "known_reports.csv")
    by_id = {one.record.report_id: one for one in dataset.loaded if one.record}
    held = frozenset(f"{one.path.parent.name}-{one.path.stem}" for one in dataset.loaded)
    checking = check(dataset, rows=False)
    return State(root, dataset, checking, by_id, held, checking.tables or _sound(dataset, checking))


def _sound(dataset: Dataset, checking: Checking) -> Mapping[str, Table]:
    """The tables of the reports that have a readable organ."""
    records = [record for record in dataset.records if record.agency_id in dataset.agencies]
    return tables.build(records, dataset.agencies, dataset.known, checking.checked)


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
    """All that differs between two states; ids are sorted, figures stand in the order of the form.

    `both` are the reports that both states can read and whose records differ; `besides` is what differs in them other
    than facts and figures (`form`, `source.url`, `narrative.overview`, `as_written.<field>`, `extra_rows`).
    """

    before: State
    after: State
    both: Sequence[str] = ()
    reports_added: Sequence[str] = ()
    reports_removed: Sequence[str] = ()
    agencies_added: Sequence[str] = ()
    agencies_removed: Sequence[str] = ()
    moved: Sequence[Moved] = ()
    besides: Sequence[Moved] = ()
    entered: Sequence[Entered] = ()
    lost: Sequence[Entered] = ()
    tables: Mapping[str, Rows] = field(default_factory=dict)


def compare(before: State, after: State) -> Compared:
    """What differs. Reports that only one side can read count as there: their own problems are said elsewhere."""
    shared = sorted({*before.by_id} & {*after.by_id})
    both = [id for id in shared if before.by_id[id].text != after.by_id[id].text]
    pairs = [(old, new) for id in both if (old := before.record(id)) and (new := after.record(id))]
    touched = {*both, *({*before.by_id} ^ {*after.by_id})}
    return Compared(
        before,
        after,
        both=both,
        reports_added=sorted(after.held - before.held),
        reports_removed=sorted(before.held - after.held),
        agencies_added=sorted({*after.dataset.agencies} - {*before.dataset.agencies}),
        agencies_removed=sorted({*before.dataset.agencies} - {*after.dataset.agencies}),
        moved=[one for old, new in pairs for one in moved(old, new)],
        besides=[one for old, new in pairs for one in besides(old, new)],
        entered=[one for old, new in pairs for one in entries_beyond(new, old)],
        lost=[one for old, new in pairs for one in entries_beyond(old, new)],
        tables={name: rows for name in after.tables if (rows := _rows(name, before, after, touched))},
    )


def moved(old: Record, new: Record) -> Iterator[Moved]:
    """The facts and figures of a report that changed, each with the correction that was added for it."""
    reasons = {one.entry["field"]: one.entry for one in entries_beyond(new, old) if one.entry["kind"] in ERRED}
    before, after = _said(old), _said(new)
    for name in [*after, *(name for name in before if name not in after)]:
        one, other = before.get(name, GONE), after.get(name, GONE)
        if one != other:
            yield Moved(new.report_id, name, one, other, reasons.get(name))


def _said(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in FACTS} | record.figures()


def besides(old: Record, new: Record) -> Iterator[Moved]:
    """What else a record says differently, corrections apart."""
    before, after = _around(old), _around(new)
    for name in {**before, **after}:
        one, other = before.get(name, GONE), after.get(name, GONE)
        if one != other:
            yield Moved(new.report_id, name, one, other)


def _around(record: Record) -> dict[str, Any]:
    source = {f"source.{key}": getattr(record.source, key) for key in SOURCE_KEYS}
    prose = {f"narrative.{part}": facts for part, facts in record.narrative.items()}
    written = {f"as_written.{name}": text for name, text in record.as_written.items()}
    return {"form": record.form} | source | prose | written | {"extra_rows": record.extra_rows}


def entries_beyond(record: Record, other: Record) -> list[Entered]:
    """The corrections of a record that the other one lacks; that the converter has caught up is no other correction."""
    left = Counter(str(bare(entry)) for entry in other.corrections)
    found = []
    for n, entry in enumerate(record.corrections, 1):
        if left[str(bare(entry))]:
            left[str(bare(entry))] -= 1
        else:
            found.append(Entered(record.report_id, n, entry))
    return found


def bare(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A correction as the person wrote it, in one order of keys."""
    return {key: entry[key] for key in sorted(entry) if key != "confirmed"}


def _rows(name: str, before: State, after: State, touched: Collection[str]) -> Rows:
    old, new = _keyed(_part(name, before, touched)), _keyed(_part(name, after, touched))
    return Rows(
        added=[row for key, row in new.items() if key not in old],
        removed=[row for key, row in old.items() if key not in new],
        changed=[(old[key], row) for key, row in new.items() if key in old and old[key] != row],
    )


def _part(name: str, state: State, touched: Collection[str]) -> Table | None:
    """A table; of the figures, which are many millions, only those of reports whose record differs."""
    table = state.tables.get(name)
    if table is None or name != "figures":
        return table
    return Table(name, table.columns, Figures([one for id in sorted(touched) if (one := state.record(id))]))


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
