"""Which figures and facts of a record differ from what the kept cells say, without a correction that says why."""

import multiprocessing
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import strict
from pipeline.correcting import Corrected, Wanted, correct, entry_lines
from pipeline.corrections import GONE, governing, kind_of, misprints, put, value_of
from pipeline.limits import cores
from pipeline.quoting import Kept, place_of, read_kept, told_by_cells
from pipeline.record import Loaded, Problem, Record, plain_to_record, read_record, source_path
from pipeline.shape import ERRED, FACTS
from pipeline.typed import Typed, read_typed, shown

MANY = 400
"""From so many records on, other processes are worth starting."""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A figure or fact of a record that the kept cells and the record's corrections do not explain.

    `told` is what the kept cells say, `body` what the record says; GONE where they have no such cell. `sort` is
    - value: they differ, and no correction says why;
    - drifted: the cells say neither what a correction corrects nor what it says;
    - written: figure and cells agree, but not how it is printed: then `told` and `body` are the printed texts;
    - converted: form or extra rows, which only the conversion tells, and no correction may name;
    - unlike: the printed text beside a corrected figure, `body`, is not that of the figure, `told`.
    """

    field: str
    sort: str
    told: Any
    body: Any


@dataclass(frozen=True, slots=True)
class Look:
    """What is wrong with one record beside its cells; `lines` are to be pasted below `corrections:`."""

    problem: Problem
    lines: tuple[str, ...] = ()


def unexplained(record: Record, kept: Kept) -> Iterator[Unexplained]:
    """The differences of one record, facts first, then in the form's order.

    A figure is explained where it is what the kept cells say, or what the correction says that governs it while the
    cells say what that corrects, or what it says. A fact that the cells do not tell is not looked at.
    """
    yield from _converted(record, kept)
    entries, says = governing(record), {name: getattr(record, name) for name in FACTS} | record.figures()
    for name in [*says, *(name for name in kept.derived.figures if name not in says)]:
        told, body, entry = told_by_cells(kept, name), says.get(name, GONE), entries.get(name)
        if told is GONE and name in FACTS:
            continue
        if told is GONE or body is GONE or (entry is None and told != body):
            yield Unexplained(name, "value", told, body)
        elif entry and told not in (entry["was"], entry["now"]):
            yield Unexplained(name, "drifted", told, body)
        else:
            yield from _written(record, kept, name, told == body)


def _converted(record: Record, kept: Kept) -> Iterator[Unexplained]:
    for name in ("form", "extra_rows"):
        told, body = getattr(kept.derived, name), getattr(record, name)
        if list(told) != list(body):
            yield Unexplained(name, "converted", told, body)


def _written(record: Record, kept: Kept, name: str, is_told: bool) -> Iterator[Unexplained]:
    """How a figure is printed is what the cells print; that of a corrected one says the figure, and nothing else."""
    printed, written = kept.derived.as_written.get(name, GONE), record.as_written.get(name, GONE)
    if is_told and printed != written:
        yield Unexplained(name, "written", printed, written)
    elif not is_told and written is not GONE:
        body = value_of(record, name)
        read = read_typed(record, name, str(written))
        if not isinstance(read, Typed) or read.value != body:
            yield Unexplained(name, "unlike", body, written)


def entry_for(name: str, was: Any, now: Any, line: str, by: str, date: str) -> dict[str, Any]:
    """The correction that would explain a value; the reason is left empty, which no check lets pass."""
    told = {"field": name, "kind": kind_of(was, now), "was": was, "now": now}
    return {**told, "evidence": line, "reason": "", "by": by, "date": date}


def _says(record: Record, one: Unexplained) -> str:
    if one.sort == "converted":
        return "the kept cells say something else, and no hand writes this: put it back, or convert the report again"
    told, body = ("" if value is GONE else shown(value) for value in (one.told, one.body))
    if one.sort == "drifted":
        was = shown(governing(record)[one.field]["was"])
        return (
            f"the kept cells now say {told}, the correction says {body} instead of {was}: "
            f"convert the report again and settle it with --keep or --take {one.field}"
        )
    if one.sort == "written":
        how = f"write {one.field}: {told} in as_written" if told else f"take {one.field} out of as_written"
        return f"the record writes it “{body}”, the kept cells “{told}”: {how}"
    if one.sort == "unlike":
        return f"the record writes it “{body}”, which is not how {told} is printed: mend as_written"
    if one.told is GONE:
        return "the kept cells have no such cell: convert the report again"
    if one.body is GONE:
        return f"the kept cells say {told}, and the record lacks the cell: convert the report again"
    return f"the record says {body}, the kept cells say {told}, and no correction says why"


# figures edited by hand over an entry ---------------------------------------------------------------------------------

_OVER_AN_ENTRY = re.compile(r"corrections\[\d+\]\.now")


def read_edited(path: Path) -> Loaded:
    """A record of which a figure may say something else than the entry that governs it; otherwise as `read_record`."""
    loaded = read_record(path)
    if loaded.problems and all(_OVER_AN_ENTRY.fullmatch(problem.field) for problem in loaded.problems):
        loaded.record, loaded.problems = plain_to_record(strict.load(loaded.text).value), []
    return loaded


def _over_entries(loaded: Loaded, by: str, date: str) -> Iterator[Look]:
    """The body says something else than the entry, which the shape refuses: what to append where the body is right."""
    edited = read_edited(loaded.path)
    entries = governing(edited.record) if edited.record and not loaded.record else {}
    for name, entry in entries.items():
        assert edited.record is not None
        body = value_of(edited.record, name)
        if body not in (entry["now"], GONE):
            record = deepcopy(edited.record)
            put(record, name, entry["now"])
            wanted = Wanted(name, Typed(body), reason="-", by=by or "-", date=date)
            made = correct(record, read_kept(loaded.path, record), wanted)
            if isinstance(made, Corrected):
                told = {**made.entry, "reason": "", "by": by}
                says = f"if {shown(body)} is right, one more entry says why"
                problem = Problem(loaded.path, loaded.line_of(name), name, says, "Ambiguous")
                yield Look(problem, tuple(entry_lines(told)))


# many records --------------------------------------------------------------------------------------------------------


def explain(loaded: Sequence[Loaded], by: str = "", date: str = "", many: int = MANY) -> list[Look]:
    """What is wrong with records beside their cells, in their order; what is no record at all is passed over.

    A record without its cells, or whose cells make no report any more, is wrong as well.
    """
    jobs = [(one, by, date) for one in loaded]
    if len(jobs) < many or cores() == 1:
        return [look for job in jobs for look in _look(job)]
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(cores(), mp_context=context) as pool:
        return [look for found in pool.map(_look, jobs, chunksize=50) for look in found]


def _look(job: tuple[Loaded, str, str]) -> list[Look]:
    return list(looks(*job))


def looks(loaded: Loaded, by: str = "", date: str = "") -> Iterator[Look]:
    """What is wrong with one record beside its cells; evidence that does not stand there is a note."""
    record, path = loaded.record, source_path(loaded.path)
    if record is None:
        yield from _over_entries(loaded, by, date)
        return
    if not path.exists():
        says = f"the cells that the record was read from are not beside it: {path.name}"
        yield Look(Problem(loaded.path, 1, "", says, "UnreadableSource"))
        return
    kept = read_kept(loaded.path, record)
    if kept.problems:
        says = f"the kept cells make no report: {'; '.join(kept.problems)}"
        yield Look(Problem(path, 1, "", says, "UnreadableSource"))
        return
    for one in unexplained(record, kept):
        line = loaded.line_of("as_written" if one.sort in ("written", "unlike") else one.field)
        is_value = one.sort == "value" and GONE not in (one.told, one.body)
        line_told = kept.derived.lines.get(one.field, "")
        lines = entry_lines(entry_for(one.field, one.told, one.body, line_told, by, date)) if is_value else []
        yield Look(Problem(loaded.path, line, one.field, _says(record, one), "Ambiguous"), tuple(lines))
    yield from _entries(loaded, record, kept)


def _entries(loaded: Loaded, record: Record, kept: Kept) -> Iterator[Look]:
    """What the entries themselves say: a kind that does not fit is an error, what a person may look at is a note."""
    for n, entry in enumerate(record.corrections):
        told = []
        kind = kind_of(entry["was"], entry["now"]) if entry["kind"] in ERRED else None
        if kind and kind != entry["kind"]:
            told.append(("kind", f"{shown(entry['now'])} in place of {shown(entry['was'])} is {kind}", "error"))
        if not place_of(entry["evidence"], kept):
            says = "note: these words do not stand in the cells kept; they must stand in the original"
            told.append(("evidence", says, "note"))
        if misprints(record).get(entry["field"]) is entry and entry["printed"] != value_of(record, entry["field"]):
            says = f"note: the record no longer says {shown(entry['printed'])}; is this still a misprint?"
            told.append(("printed", says, "note"))
        for key, says, severity in told:
            name = f"corrections[{n}].{key}"
            yield Look(Problem(loaded.path, loaded.line_of(name), name, says, "Ambiguous", severity))
