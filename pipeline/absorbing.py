"""Plain edits of figures since a revision -> corrections: nobody who edits a record by hand has to write the entry."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.correcting import Corrected, Wanted, correct
from pipeline.corrections import GONE, converted, governing, put
from pipeline.explained import read_edited
from pipeline.quoting import Kept, read_kept, told_by_cells
from pipeline.record import Record, read_record, record_paths, record_to_yaml
from pipeline.shape import FACTS
from pipeline.typed import Typed, read_typed, shown

Line = tuple[Path, str, str, str]
"""A file, a field, a sentence and a code."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A figure or fact that was changed by hand, and no entry says why."""

    path: Path
    report_id: str
    field: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.report_id} {self.field}: {shown(self.before)} -> {shown(self.after)}"


@dataclass(frozen=True, slots=True)
class Told:
    """What a person says of all edits, and how to ask for the reason of one (empty: there is none)."""

    by: str
    date: str
    kind: str = ""
    ask: Callable[[Edit], str] = lambda edit: ""


@dataclass(slots=True)
class Absorbed:
    """The texts to write, the entries in them, edits that still want a reason, and what stands in the way."""

    texts: dict[Path, str] = field(default_factory=dict)
    entries: list[tuple[Edit, Mapping[str, Any]]] = field(default_factory=list)
    missing: list[Edit] = field(default_factory=list)
    faults: list[Line] = field(default_factory=list)


def absorb(base: Path, data: Path, told: Told) -> Absorbed:
    """Compares two folders `data` and writes nothing: all or none of it is for the caller to write.

    A report that `base` lacks is compared with its own kept cells.
    """
    absorbed = Absorbed()
    for path in record_paths(data / "agencies"):
        before = base / path.relative_to(data)
        if not before.exists() or before.read_bytes() != path.read_bytes():
            _absorb(absorbed, before, path, told)
    return absorbed


def _absorb(absorbed: Absorbed, before: Path, path: Path, told: Told) -> None:
    loaded, old = read_edited(path), read_record(before) if before.exists() else None
    absorbed.faults += [(path, one.field, one.says, one.code) for one in loaded.problems]
    if old and old.record is None:
        absorbed.faults.append((path, "", "it is no whole record at that revision", "UnreadableSource"))
    if loaded.record is None or (old and old.record is None):
        return
    record, base = loaded.record, old.record if old else None
    if says := _entries_lost(record, base):
        absorbed.faults.append((path, "corrections", says, "Ambiguous"))
        return
    kept = read_kept(path, record)
    edits = list(_edits(path, record, base, kept))
    faults = [(path, edit.field, says, "Ambiguous") for edit in edits if (says := _changed_back(record, edit))]
    absorbed.faults += faults
    if edits and not faults:
        _enter(absorbed, record, kept, edits, told)


def _entries_lost(record: Record, base: Record | None) -> str:
    """Entries are appended, never edited; only that the converter has caught up is added to one."""
    for n, entry in enumerate(base.corrections if base else (), 1):
        now = record.corrections[n - 1] if n <= len(record.corrections) else None
        if now not in (entry, {**entry, "confirmed": True}):
            return f"entry {n} ({entry['field']}) was edited or taken out: put it back, and add one behind it instead"
    return ""


def _edits(path: Path, record: Record, base: Record | None, kept: Kept) -> Iterator[Edit]:
    entries, before = governing(record), _said(base) if base else {}
    for name, after in _said(record).items():
        was = entries[name]["now"] if name in entries else _unedited(name, before, kept)
        unmoved = before.get(name, GONE) == after and name not in entries
        if was not in (after, GONE) and not unmoved:
            yield Edit(path, record.report_id, name, was, after)


def _said(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in FACTS} | record.figures()


def _unedited(name: str, before: Mapping[str, Any], kept: Kept) -> Any:
    """What stood there before a hand changed it: a new conversion is no edit, and the kept cells tell what it says."""
    told = told_by_cells(kept, name)
    return before.get(name, GONE) if told is GONE else told


def _changed_back(record: Record, edit: Edit) -> str:
    entry = governing(record).get(edit.field)
    if entry is None or converted(record, edit.field) != edit.after:
        return ""
    return (
        f"the entry of {entry['date']} corrected it to {shown(entry['now'])}, and it says {shown(edit.after)} again: "
        f"put {shown(entry['now'])} back, and if the correction is wrong say so with `gongkai correct`"
    )


# the entries ---------------------------------------------------------------------------------------------------------


def _enter(absorbed: Absorbed, record: Record, kept: Kept, edits: list[Edit], told: Told) -> None:
    """Puts the figures back as they were and corrects them one after the other, as if a person had asked for each."""
    typed = {edit.field: _printed(record, edit) for edit in edits}
    made = deepcopy(record)
    for edit in edits:
        put(made, edit.field, edit.before)
    for edit in edits:
        reason = told.ask(edit)
        if not reason.strip():
            absorbed.missing.append(edit)
            continue
        done = correct(made, kept, Wanted(edit.field, typed[edit.field], told.kind, reason, told.by, told.date))
        if isinstance(done, Corrected):
            made = done.record
            absorbed.entries.append((edit, done.entry))
        else:
            absorbed.faults += [(edit.path, edit.field, fault.says, fault.code) for fault in done]
    absorbed.texts[edits[0].path] = record_to_yaml(made)


def _printed(record: Record, edit: Edit) -> Typed:
    """The edited figure, and its printed text where that says the same figure."""
    written = record.as_written.get(edit.field)
    read = read_typed(record, edit.field, written) if written else None
    return read if isinstance(read, Typed) and read.value == edit.after else Typed(edit.after)
