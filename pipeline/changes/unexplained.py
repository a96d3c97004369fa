"""Changes of a record that nothing explains: no correction was added for them, and the kept cells say something else."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline import explained
from pipeline.changes.compared import Entered, bare, entries_beyond
from pipeline.corrections import GONE, governing, value_of
from pipeline.quoting import Kept, told_by_cells
from pipeline.record import Record
from pipeline.shape import FACTS


@dataclass(frozen=True, slots=True)
class Unexplained:
    """What is not explained: `sort` is one of those of a record by itself (value, drifted, written, unlike,
    converted), or
    entry (an earlier correction), or cells (those kept).

    `before` is what the record said (GONE: nothing), `after` what it says, `says` what the kept cells say by
    themselves (GONE where they tell nothing), and `line` is the line of them that says so. `n`: the place of the entry.
    """

    report_id: str
    sort: str
    field: str = ""
    before: Any = GONE
    after: Any = GONE
    says: Any = GONE
    line: str = ""
    n: int = 0


def unexplained(old: Record | None, new: Record, before: Kept, after: Kept) -> Iterator[Unexplained]:
    """What of a record's change nothing explains; `old` is None for a report that is new, or could not be read before.

    What the record by itself did not explain before either is passed over: `gongkai check` says it of the whole data.
    """
    yield from _of_entries(old, new)
    if after.problems or (old and _same_reading(old, new) and before.text != after.text):
        told = (before.text, after.text) if not after.problems else (GONE, GONE)
        yield Unexplained(new.report_id, "cells", before=told[0], after=told[1])
    if after.problems:
        return  # nothing is known of any figure, and that is said once
    known = [*explained.unexplained(old, before)] if old and not before.problems else []
    for one in explained.unexplained(new, after):
        if one not in known:
            was = _before(old, one) if old else GONE
            yield Unexplained(new.report_id, one.sort, one.field, was, one.body, one.told, _line(after, one.field))
    yield from _of_untold(old, new, after)


def _same_reading(old: Record, new: Record) -> bool:
    """The kept cells come from the source alone: another source, or a converter that reads it otherwise."""
    return old.source.sha256 == new.source.sha256 and old.source.converter == new.source.converter


def _before(old: Record, one: explained.Unexplained) -> Any:
    printed = one.sort in ("written", "unlike")
    if one.sort == "converted":
        return getattr(old, one.field)
    return old.as_written.get(one.field, GONE) if printed else value_of(old, one.field)


def _line(kept: Kept, name: str) -> str:
    return kept.derived.lines.get(name, "")


def _of_untold(old: Record | None, new: Record, after: Kept) -> Iterator[Unexplained]:
    """Facts that the kept cells do not tell: with another source a person may tell them anew."""
    if old is None or old.source.sha256 != new.source.sha256:
        return
    for name in FACTS:
        was, now, entry = value_of(old, name), value_of(new, name), governing(new).get(name)
        if told_by_cells(after, name) is GONE and was != now and entry is None:
            yield Unexplained(new.report_id, "value", name, was, now, line=_line(after, name))


def _of_entries(old: Record | None, new: Record) -> Iterator[Unexplained]:
    """Earlier corrections stay as they are, each in its place; new ones come last."""
    if old is None:
        return
    lost = entries_beyond(old, new)
    pairs = [(n, was, now) for n, (was, now) in enumerate(zip(old.corrections, new.corrections, strict=False), 1)]
    lost += [Entered(new.report_id, n, was) for n, was, now in pairs if was == {**now, "confirmed": True} != now]
    for one in lost:
        yield Unexplained(new.report_id, "entry", str(one.entry["field"]), before=one.entry, n=one.n)
    moved = [(n, was) for n, was, now in pairs if bare(was) != bare(now)]
    if moved and not lost:
        n, was = moved[0]
        yield Unexplained(new.report_id, "entry", str(was["field"]), before=was, after=was, n=n)
