"""source file -> Record: the first half of the line, one stop after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline import __version__, corrections, prose, readers, review, sections
from pipeline.document import Ambiguous, Document, ReportError, Row, UnknownForm, UnreadableSource, collapse
from pipeline.forms import TABLES, Form, RowOfForm
from pipeline.identity import Given, Identity, identify
from pipeline.organs import Organs
from pipeline.record import (
    Agency,
    Record,
    Source,
    agency_to_yaml,
    read_record,
    record_path,
    record_to_yaml,
    source_path,
    write_all,
)
from pipeline.regions import Region, chain

NOTHING_GIVEN = Given()
NOTHING_MADE: Mapping[Path, Path] = {}


@dataclass(slots=True)
class Understood:
    """What every stop of the line made of one file, also where a later stop gave up; `problems` say why it did.

    `doubts` are what a person has to look at in a scan.
    """

    document: Document | None = None
    rows: tuple[Row, ...] = ()
    report: sections.Report | None = None
    identity: Identity = field(default_factory=Identity)
    problems: list[ReportError] = field(default_factory=list)
    doubts: list[review.Doubt] = field(default_factory=list)

    @property
    def form(self) -> Form | None:
        return self.report.form if self.report else None


def understand(path: Path, given: Given = NOTHING_GIVEN, answers: review.Answers | None = None) -> Understood:
    """Walks from file to form and identity, and keeps whatever each stop could tell. Never raises for a bad file.

    `answers` are what a person read on a scan where the recogniser was not sure.
    """
    found = Understood()
    try:
        found.document = _only_report(path)
        if answers:
            found.document = review.apply(found.document, answers)
        found.rows = sections.rows_of(found.document)
        found.report = sections.read_report(found.rows)
        found.problems.extend(found.report.problems)
    except ReportError as error:
        found.problems.append(error)
    if found.rows:
        before, after = (found.report.cut.before, found.report.cut.after) if found.report else (found.rows, found.rows)
        found.identity = identify(before, after, given, found.document.about if found.document else ())
        if found.report:  # nobody asks whose report it is of what is none
            found.problems.extend(found.identity.problems)
    if found.document:
        told = [clue.row for clue in found.identity.clues if clue.row]
        found.doubts = review.doubts(found.document, found.report, told, found.problems)
        found.problems.extend(review.problems(found.doubts))
    return found


# which document of a file is the report ------------------------------------------------------------------------------


def _only_report(path: Path) -> Document:
    """The document of a file, of a bundle the one that is a report; a web page without tables gives way to the files
    that it names. Raises UnreadableSource, UnknownForm where no document is a report, Ambiguous where several may be.
    """
    held = readers.read_all(path)
    if len(held.documents) > 1 or held.unread:
        return _chosen(held)
    (only,) = held.documents
    if only.media_type != "text/html" or _why_not(only) is None:
        return only  # what may be wrong with it the sections say
    beside = readers.read_beside(path)
    if not beside.documents and not beside.unread:
        return only
    return _chosen(readers.Held(held.documents + beside.documents, beside.unread))


def _chosen(held: readers.Held) -> Document:
    why_not = {document.file: _why_not(document) for document in held.documents}
    reports = [document for document in held.documents if why_not[document.file] is None]
    # A table that can be read in two ways proves nothing, but it may well be that of the report.
    perhaps = {name: error for name, error in held.unread if isinstance(error, Ambiguous)}
    if len(reports) + len(perhaps) > 1:
        names = " and ".join([*(document.file for document in reports), *perhaps][:5])
        raise Ambiguous(f"more than one document in the file could be the report: {names}; convert the right one alone")
    if perhaps:
        raise next(iter(perhaps.values()))
    if reports:
        return reports[0]
    reasons = [(name, error.says) for name, error in held.unread] + [
        (name, says or "") for name, says in why_not.items()
    ]
    told = "; ".join(f"{name}: {says[:200]}" for name, says in reasons[-8:])
    raise UnknownForm(f"none of the {len(reasons)} files in it is a report: {told}")


def _why_not(document: Document) -> str | None:
    """Why a document is no report in one of the forms; None where the table of section 三 is there."""
    try:
        sections.cut(sections.rows_of(document))
    except UnknownForm as error:
        return error.says
    except ReportError:
        return None
    return None


# writing -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Options:
    """What the person at the keyboard asks for, besides what he says of the report."""

    out: Path
    url: str | None = None
    retrieved: str | None = None
    again: bool = False
    settled: corrections.Settled = field(default_factory=corrections.Settled)
    prose: bool = False
    answers: review.Answers | None = None


@dataclass(slots=True)
class Outcome:
    """How the conversion of one file ended: converted, unchanged, or refused; each line has its place and its code.

    `questions` is the file of a scan's doubtful places that a person can fill with answers; empty where there are none.
    """

    ended: str
    record: Path | None = None
    lines: list[tuple[str, str, str]] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    questions: str = ""


@dataclass(slots=True)
class Draft:
    """What one file is to be recorded as: only the id of the organ is open, which the folder of its place tells."""

    record: Record
    region: Region
    cells: str
    notes: list[tuple[str, str, str]] = field(default_factory=list)


def convert(path: Path, given: Given, options: Options) -> Outcome:
    """Converts one file and writes organ, cells and record whole, or nothing at all. Raises nothing of the kind."""
    drafted = draft(path, given, options)
    return drafted if isinstance(drafted, Outcome) else settle(drafted, options, Organs(options.out))


def draft(path: Path, given: Given, options: Options) -> Draft | Outcome:
    """The half of a conversion that only reads: what there is to write, or the refusal."""
    understood = understand(path, given, options.answers)
    try:
        return _not_understood(understood) if understood.problems else _draft(understood, options)
    except ReportError as error:
        return refused(error)


def _draft(understood: Understood, options: Options) -> Draft:
    told = understood.identity
    assert told.region is not None
    assert told.agency_name is not None
    record = to_record(understood, Agency("", told.agency_name, told.region.code, None, ""), options)
    notes = [(where, says, code) for code, says, where in _report(understood).notes]
    return Draft(record, told.region, cells_text(understood), notes)


def settle(drafted: Draft, options: Options, organs: Organs, made: Mapping[Path, Path] = NOTHING_MADE) -> Outcome:
    """The half that writes: finds the organ or mints its id, and lays the draft over the record that is there.

    `made`: the records of this very run, each with the file that it was made from; no other file writes over them.
    """
    try:
        return _write(drafted, options, organs, made)
    except ReportError as error:
        return refused(error)
    except OSError as error:
        return refused(UnreadableSource(f"nothing can be written below {options.out}: {error.strerror or error}"))


def refused(*errors: ReportError) -> Outcome:
    """The outcome of a file that gives no record, with every reason."""
    return Outcome("refused", lines=list(dict.fromkeys((error.where, error.says, error.code) for error in errors)))


def _not_understood(understood: Understood) -> Outcome:
    outcome = refused(*understood.problems)
    if understood.document and understood.doubts:
        outcome.questions = review.template(understood.document, understood.doubts)
    return outcome


def _write(drafted: Draft, options: Options, organs: Organs, made: Mapping[Path, Path]) -> Outcome:
    agency, is_new = organs.find(drafted.record.agency_name, drafted.region)
    record = replace(drafted.record, agency_id=agency.agency_id)
    target = record_path(options.out, record)
    merged = _merged(target, record, options, made.get(target))
    if isinstance(merged, Outcome):
        return merged
    organ = {target.with_name("agency.yaml"): agency_to_yaml(agency)} if is_new else {}
    write_all({**organ, source_path(target): drafted.cells, target: record_to_yaml(merged.record)})
    if is_new:
        organs.add(agency)
    listed = [(name, says, "S06") for name, says in merged.listed]
    return Outcome("converted", target, drafted.notes + listed, merged.changes)


def _merged(target: Path, record: Record, options: Options, made_from: Path | None) -> corrections.Merge | Outcome:
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
    if merged.needs_again and (made_from or not options.again):
        says = f"{target} says something else; --again writes over it (corrections are kept)"
        if made_from:
            says = f"{target}, made from {made_from} in this run, says something else; convert the right one alone"
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
        narrative=prose.facts(
            {prose.PREAMBLE: report.preamble, **report.narrative(signed)}, _teller(told), keep=options.prose
        ),
        as_written={one.field: one.number.as_written for one in placed if one.number.as_written is not None},
        extra_rows=[row for reading in report.readings.values() for row in reading.extra_rows],
    )


def _teller(told: Identity) -> prose.Teller:
    """Who speaks in the prose."""
    assert told.year is not None
    assert told.agency_name is not None
    around = [place.name for place in chain(told.region.code)] if told.region else []
    return prose.teller(told.agency_name, told.year, told.scope, around)


def _table(reading: sections.Reading, rows: Sequence[RowOfForm]) -> dict[str, list[Any]]:
    values = {one.field: one.number.value for one in reading.placed}
    return {row.key: [values[name] for name in row.fields] for row in rows if row.fields[0] in values}


def find_agency(understood: Understood, given: Given, out: Path) -> tuple[Agency, bool]:
    """The organ with that name in that region, or a new one and True."""
    told = understood.identity
    assert told.region is not None
    assert told.agency_name is not None
    return Organs(out).find(told.agency_name, told.region)


# the cells -----------------------------------------------------------------------------------------------------------


def cells_text(understood: Understood) -> str:
    """The text of `<year>.source.txt`: title, headings, cells, signature and the words that tell organ and year."""
    lines = understood.identity.framed(understood.rows)
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
