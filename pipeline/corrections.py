"""What people changed, and how it survives a new conversion: no correction is ever lost.

The last entry of a field governs it. Entries are appended, never edited; only `confirmed: true` is added to one when
the converter has come to say by itself what the person said.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.record import Record
from pipeline.shape import ERRED, FACTS, SOURCE_KEYS

GONE = object()
"""What the conversion says of a field that the report no longer has."""

MOST_SHOWN = 120
"""Characters of a value in a line that tells a difference."""


@dataclass(frozen=True, slots=True)
class Settled:
    """How a person settles fields where conversion and correction disagree: keep the correction, or take the new."""

    keep: Collection[str] = ()
    take: Collection[str] = ()
    by: str = ""
    date: str = ""


NOT_SETTLED = Settled()


@dataclass(slots=True)
class Merge:
    """The record to write, what changed, and whether that may be written.

    `blocked`: a person has to settle a field. `needs_again`: figures or source differ, so `--again` must be given.
    `listed`: lines to look at that block nothing.
    """

    record: Record
    changes: list[str] = field(default_factory=list)
    blocked: list[tuple[str, str]] = field(default_factory=list)
    listed: list[tuple[str, str]] = field(default_factory=list)
    needs_again: bool = False


def merge(old: Record, new: Record, settled: Settled = NOT_SETTLED) -> Merge:
    """A new conversion laid over a record with its corrections, field by field, as the data contract says."""
    merged = Merge(_over(old, new))
    entries = _governing(old.corrections)
    ended = {one["field"]: _erred(merged, one, old, new, settled) for one in entries if one["kind"] in ERRED}
    for entry in entries:
        if entry["kind"] not in ERRED:
            _printed_wrong(merged, entry)
    _compare(merged, old, ended)
    return merged


def _over(old: Record, new: Record) -> Record:
    """The new conversion with the old corrections; an address and a day that are not given again stay.

    The same bytes under another name are the same source: the name that they first came under stays too.
    """
    source = replace(
        new.source,
        url=new.source.url or old.source.url,
        retrieved=new.source.retrieved or old.source.retrieved,
        file=old.source.file if _same_source(old, new) else new.source.file,
    )
    over = replace(new, source=source, tables=deepcopy(new.tables), as_written=dict(new.as_written))
    over.corrections = deepcopy(old.corrections)
    return over


def _same_source(old: Record, new: Record) -> bool:
    return old.source.sha256 == new.source.sha256


def _governing(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last entry of each field and sort: a misprint and an error of the conversion can stand side by side."""
    last: dict[tuple[str, bool], dict[str, Any]] = {}
    for entry in entries:
        last[entry["field"], entry["kind"] in ERRED] = entry
    return list(last.values())


def value_of(record: Record, name: str) -> Any:
    """The figure or fact of a field; GONE where the report has no such cell."""
    return getattr(record, name) if name in FACTS else record.figures().get(name, GONE)


def governing(record: Record) -> dict[str, dict[str, Any]]:
    """The entry that governs each corrected field: the last one that says that the conversion erred."""
    return {entry["field"]: entry for entry in record.corrections if entry["kind"] in ERRED}


def misprints(record: Record) -> dict[str, dict[str, Any]]:
    """The last entry of each field that says that the report itself is in error."""
    return {entry["field"]: entry for entry in record.corrections if entry["kind"] not in ERRED}


def kind_of(was: Any, now: Any) -> str | None:
    """The kind of error that old and new value tell; None where they are equal."""
    if was == now:
        return None
    return "missed" if was is None else "not_in_source" if now is None else "misread"


def converted(record: Record, name: str) -> Any:
    """What the conversion says of a field, as far as the record itself tells; GONE where it has no such cell."""
    entry = governing(record).get(name)
    if entry is None:
        return value_of(record, name)
    return entry["now"] if entry.get("confirmed") else entry["was"]


def _erred(merged: Merge, entry: Mapping[str, Any], old: Record, new: Record, settled: Settled) -> str:
    """Lays one correction over the conversion, and tells how that ended: gone, now, was or third."""
    says = value_of(new, entry["field"])
    if says is GONE:
        _orphan(merged, entry, settled)
        return "gone"
    if says == entry["now"]:
        _confirm(merged, entry)
        return "now"
    if says == entry["was"]:
        _guarded(merged, entry, old, new)
        return "was"
    _third(merged, entry, old, new, settled)
    return "third"


def _guarded(merged: Merge, entry: Mapping[str, Any], old: Record, new: Record) -> None:
    _stand(merged, entry, old)
    if not _same_source(old, new):
        told = f"the source was republished and still reads {entry['was']}, corrected to {entry['now']}"
        merged.listed.append((entry["field"], told))


def _stand(merged: Merge, entry: Mapping[str, Any], old: Record) -> None:
    """The corrected figure stays, and so does what the record says of how it is printed."""
    name = entry["field"]
    put(merged.record, name, entry["now"])
    merged.record.as_written.pop(name, None)
    if name in old.as_written:
        merged.record.as_written[name] = old.as_written[name]


def _third(merged: Merge, entry: Mapping[str, Any], old: Record, new: Record, settled: Settled) -> None:
    name, says = entry["field"], value_of(new, entry["field"])
    if name in settled.take:
        merged.record.corrections.append(_taken(entry, says, settled))
        merged.changes.append(f"{name}: {entry['now']} -> {says} (taken)")
        return
    _stand(merged, entry, old)
    if name in settled.keep:
        merged.record.corrections.append({**_plain(entry), "kind": kind_of(says, entry["now"]), "was": says})
        merged.changes.append(f"{name}: correction kept over {says}")
    else:
        how = "drifted" if _same_source(old, new) else "in conflict"
        told = f"the conversion now says {says}, the correction says {entry['now']} instead of {entry['was']}"
        merged.blocked.append((name, f"{how}: {told}; settle it with --keep {name} or --take {name}"))


def _orphan(merged: Merge, entry: Mapping[str, Any], settled: Settled) -> None:
    name = entry["field"]
    if entry.get("confirmed") and entry["now"] is None:
        return
    if name in settled.take:
        merged.record.corrections.append(_taken(entry, None, settled))
        merged.changes.append(f"{name}: the report no longer has this cell (taken)")
        return
    says = f"orphan: the report no longer has the cell that was corrected from {entry['was']} to {entry['now']}"
    merged.blocked.append((name, f"{says}; if that is right, settle it with --take {name}"))


def _taken(entry: Mapping[str, Any], says: Any, settled: Settled) -> dict[str, Any]:
    kind = kind_of(entry["now"], says) or entry["kind"]
    told = {"kind": kind, "was": entry["now"], "now": says, "confirmed": True, "by": settled.by, "date": settled.date}
    return {**_plain(entry), **told, "reason": "the new conversion was taken instead of the correction"}


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key != "confirmed"}


def _confirm(merged: Merge, entry: Mapping[str, Any]) -> None:
    if entry.get("confirmed"):
        return
    for one in merged.record.corrections:
        if one == entry:
            one["confirmed"] = True
    merged.changes.append(f"{entry['field']}: the converter now reads {entry['now']} by itself")


def put(record: Record, name: str, value: Any) -> None:
    """Puts a figure or a fact into the body of a record; KeyError where the report has no such cell."""
    if name in FACTS:
        setattr(record, name, value)
    else:
        record.set_figure(name, value)


def _printed_wrong(merged: Merge, entry: Mapping[str, Any]) -> None:
    """The body always takes what the report says; an entry about something else is worth a look."""
    says = value_of(merged.record, entry["field"])
    if says != entry["printed"]:
        shown = "no such cell" if says is GONE else says
        merged.listed.append(
            (entry["field"], f"noted as misprinted {entry['printed']}, and the report now has {shown}")
        )


# differences ---------------------------------------------------------------------------------------------------------


def _compare(merged: Merge, old: Record, ended: Mapping[str, str]) -> None:
    """`--again` is needed for every difference that the corrections themselves do not settle."""
    differing = differences(old, merged.record)
    told = {name for name, how in ended.items() if how == "third"}
    settled = told | {f"as_written.{name}" for name, how in ended.items() if how in ("now", "third")}
    if ended and "was" not in ended.values():
        settled |= {f"source.{key}" for key in SOURCE_KEYS}
    merged.changes.extend(line for name, line in differing.items() if name not in told)
    merged.needs_again = any(name not in settled for name in differing)


def differences(old: Record, new: Record) -> dict[str, str]:
    """What differs between two records, a line for each field; the converter's version does not count."""
    before, after = _facts(old) | dict(old.figures()), _facts(new) | dict(new.figures())
    names = [*before, *(name for name in after if name not in before)]
    return {
        name: f"{name}: {_shown(before, name)} -> {_shown(after, name)}"
        for name in names
        if before.get(name, GONE) != after.get(name, GONE)
    }


def _shown(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, GONE)
    text = "(absent)" if value is GONE else "null" if value is None else str(value)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"


def _narrative(record: Record) -> dict[str, Any]:
    """Each fact about the prose by its path; prose that an instance keeps is long, and one line says that it differs."""
    return {
        f"narrative.{part}.{key}": value for part, facts in record.narrative.items() for key, value in facts.items()
    }


def _facts(record: Record) -> dict[str, Any]:
    source = {f"source.{key}": getattr(record.source, key) for key in SOURCE_KEYS if key != "converter"}
    facts = {key: getattr(record, key) for key in ("form", *FACTS)}
    written = {f"as_written.{name}": text for name, text in record.as_written.items()}
    return facts | source | _narrative(record) | {"extra_rows": record.extra_rows} | written
