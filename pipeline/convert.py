"""source file -> Record: the first half of the line, one stop after the other."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline import __version__, corrections, readers, sections
from pipeline.document import Document, ReportError, Row, UnreadableSource, collapse
from pipeline.forms import TABLES, Form, RowOfForm
from pipeline.identity import Given, Identity, identify, level, mint, sector
from pipeline.record import (
    AGENCIES,
    Agency,
    Record,
    Source,
    agency_folder,
    agency_to_yaml,
    read_agency,
    read_record,
    record_path,
    record_to_yaml,
    source_path,
    write_all,
)

NOTHING_GIVEN = Given()
RETIRED = AGENCIES.parent / "retired.csv"


@dataclass(slots=True)
class Understood:
    """What every stop of the line made of one file, also where a later stop gave up; `problems` say why it did."""

    document: Document | None = None
    rows: tuple[Row, ...] = ()
    report: sections.Report | None = None
    identity: Identity = field(default_factory=Identity)
    problems: list[ReportError] = field(default_factory=list)

    @property
    def form(self) -> Form | None:
        return self.report.form if self.report else None


def understand(path: Path, given: Given = NOTHING_GIVEN) -> Understood:
    """Walks from file to form and identity, and keeps whatever each stop could tell. Never raises for a bad file."""
    found = Understood()
    try:
        found.document = readers.read(path)
        found.rows = sections.rows_of(found.document)
        found.report = sections.read_report(found.rows)
        found.problems.extend(found.report.problems)
    except ReportError as error:
        found.problems.append(error)
    if found.rows:
        before, after = (found.report.cut.before, found.report.cut.after) if found.report else (found.rows, found.rows)
        found.identity = identify(before, after, given)
        found.problems.extend(found.identity.problems)
    return found


# writing -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Options:
    """What the person at the keyboard asks for, besides what he says of the report."""

    out: Path
    url: str | None = None
    retrieved: str | None = None
    again: bool = False
    settled: corrections.Settled = field(default_factory=corrections.Settled)


@dataclass(slots=True)
class Outcome:
    """How the conversion of one file ended: written, unchanged, or refused; each line has its place and its code."""

    ended: str
    record: Path | None = None
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)


def convert(path: Path, given: Given, options: Options) -> Outcome:
    """Converts one file and writes organ, cells and record whole, or nothing at all. Raises nothing of the kind."""
    understood = understand(path, given)
    try:
        return _refused(understood.problems[0]) if understood.problems else _write(understood, given, options)
    except ReportError as error:
        return _refused(error)
    except OSError as error:
        return _refused(UnreadableSource(f"nothing can be written below {options.out}: {error.strerror or error}"))


def _refused(error: ReportError) -> Outcome:
    return Outcome("refused", lines=[(error.where, error.says, error.code)])


def _write(understood: Understood, given: Given, options: Options) -> Outcome:
    agency, is_new = find_agency(understood, given, options.out)
    record = to_record(understood, agency, options)
    target = record_path(options.out, record)
    merged = _merged(target, record, options)
    if isinstance(merged, Outcome):
        return merged
    organ = {target.with_name("agency.yaml"): agency_to_yaml(agency)} if is_new else {}
    write_all({**organ, source_path(target): cells_text(understood), target: record_to_yaml(merged.record)})
    notes = [(where, says, code) for code, says, where in _report(understood).notes]
    listed = [(name, says, "S06") for name, says in merged.listed]
    return Outcome("written", target, notes + listed, merged.changes)


def _merged(target: Path, record: Record, options: Options) -> corrections.Merge | Outcome:
    if not target.exists():
        return corrections.Merge(record)
    loaded = read_record(target)
    if loaded.record is None:
        says = f"{target} stands in the way and is no whole record: {loaded.problems[0]}"
        return Outcome("refused", target, [("", says, "S06")])
    merged = corrections.merge(loaded.record, record, options.settled)
    listed = [(name, says, "S06") for name, says in merged.listed]
    if merged.blocked:
        return Outcome("refused", target, [*((name, says, "S06") for name, says in merged.blocked), *listed])
    if merged.needs_again and not options.again:
        says = f"{target} says something else; --again writes over it (corrections are kept)"
        return Outcome("refused", target, [("", says, "S06"), *listed], merged.changes)
    if not merged.changes and not options.again:
        return Outcome("unchanged", target, listed)
    return merged


def _report(understood: Understood) -> sections.Report:
    assert understood.report is not None
    return understood.report


def to_record(understood: Understood, agency: Agency, options: Options) -> Record:
    """The record that an understood document makes. `understood` must have no problems."""
    report, told, document, form = _report(understood), understood.identity, understood.document, understood.form
    assert document is not None
    assert form is not None
    assert told.year is not None
    assert told.agency_name is not None
    placed = [one for reading in report.readings.values() for one in reading.placed]
    signed = [row for clue in told.clues for row in clue.rows]
    name = document.file.encode("utf-8", "backslashreplace").decode("utf-8")  # a name may hold bytes of another code
    source = Source(name, document.media_type, document.sha256, __version__, options.url, options.retrieved)
    return Record(
        agency_id=agency.agency_id,
        agency_name=told.agency_name,
        year=told.year,
        form=form.id,
        scope=told.scope,
        published=told.published,
        source=source,
        tables={section: _table(report.readings[section], form.rows[section]) for section in TABLES},
        narrative={key: {"characters": count} for key, count in report.narrative(signed).items()},
        as_written={one.field: one.number.as_written for one in placed if one.number.as_written is not None},
        extra_rows=[row for reading in report.readings.values() for row in reading.extra_rows],
    )


def _table(reading: sections.Reading, rows: Sequence[RowOfForm]) -> dict[str, list[Any]]:
    values = {one.field: one.number.value for one in reading.placed}
    return {row.key: [values[name] for name in row.fields] for row in rows if row.fields[0] in values}


# the organ -----------------------------------------------------------------------------------------------------------


def find_agency(understood: Understood, given: Given, out: Path) -> tuple[Agency, bool]:
    """The organ with that name in that region, or a new one and True: an id is minted once.

    Raises UnreadableSource where an organ of that region cannot be read, for it could be this one.
    """
    told = understood.identity
    assert told.region is not None
    assert told.agency_name is not None
    folder = agency_folder(out, f"{told.region.code}-x").parent
    held = {one.name: read_agency(one / "agency.yaml") for one in sorted(folder.glob("*/")) if any(one.glob("[!.]*"))}
    for agency, _ in held.values():
        if agency and told.agency_name in _names_of(agency, folder):
            return agency, False
    for _, problems in held.values():
        if problems:
            raise UnreadableSource(f"an organ of this place, perhaps this very one, cannot be read: {problems[0]}")
    return _new_agency(told.agency_name, told, [*held, *_retired()]), True


def _names_of(agency: Agency, folder: Path) -> list[str]:
    return [agency.name, *agency.former_names, *_misread_names(folder / agency.agency_id)]


def _retired() -> list[str]:
    """Ids that are out of use, and are never given to another organ."""
    with RETIRED.open(encoding="utf-8", newline="") as file:
        return [row["id"] for row in csv.DictReader(file)]


def _misread_names(folder: Path) -> list[str]:
    """Names under which the conversion knew the organ before a person corrected them."""
    records = [read_record(path).record for path in sorted(folder.glob("[0-9]*.yaml"))]
    entries = [entry for record in records if record for entry in record.corrections]
    return [entry["was"] for entry in entries if entry["field"] == "agency_name" and entry.get("was")]


def _new_agency(name: str, told: Identity, taken: Sequence[str]) -> Agency:
    assert told.region is not None
    agency_id = mint(name, told.region.code, taken)
    return Agency(agency_id, name, told.region.code, level(name, told.region), sector(name, told.region))


# the cells -----------------------------------------------------------------------------------------------------------


def cells_text(understood: Understood) -> str:
    """The text of `<year>.source.txt`: title, headings, cells, signature and the words that tell organ and year."""
    lines: list[str] = []
    was_table = False
    for row, texts in _kept(understood):
        if lines and row.in_table != was_table:
            lines.append("")
        lines.extend(texts)
        was_table = row.in_table
    return "\n".join(lines) + "\n"


def _kept(understood: Understood) -> list[tuple[Row, list[str]]]:
    used = {id(row) for reading in _report(understood).readings.values() for row in reading.used}
    clues = understood.identity.clues
    whole = {id(row) for clue in clues for row in clue.rows}
    kept: list[tuple[Row, list[str]]] = []
    for row in understood.rows:
        words = [clue.words for clue in clues if clue.row is row and not clue.rows]
        if id(row) in used or id(row) in whole or sections.title_of(row):
            kept.append((row, ["\t".join(collapse(cell.text) for cell in row.cells)]))
        elif words:
            kept.append((row, list(dict.fromkeys(words))))
    return [(row, [text for text in texts if text]) for row, texts in kept]
