"""The page of one report: its headline, findings, corrections, the outcomes as bars, and sections 二, 三, 四."""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from pipeline.checks import Finding
from pipeline.forms import NARRATIVE, TABLES, Label
from pipeline.opened import Opened, opened
from pipeline.pages.addresses import CORRECT, correcting_address, file_of, report_address, web_address
from pipeline.pages.material import Download, Material
from pipeline.pages.page import Page, Task
from pipeline.pages.pictures import Bar, bars_of
from pipeline.pages.sections import Mark, Section, number_to_text, sections_of, words_of_field
from pipeline.record import Agency, Record, Value
from pipeline.regions import Region, chain
from pipeline.shape import FACTS


@dataclass(frozen=True, slots=True)
class Numbered:
    """A finding as the page shows it: under a number, with the words of its field and the place where that stands."""

    number: int
    finding: Finding
    words: tuple[Label, ...]
    anchor: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A correction as the page shows it; `before` and `after` are what was and is, or what is printed and should be.

    `origin` is where the repository tells who brought it in, and how.
    """

    number: int
    entry: Mapping[str, Any]
    words: tuple[Label, ...]
    anchor: str | None
    before: str | None
    after: str | None
    origin: str | None


@dataclass(frozen=True, slots=True)
class Proposed:
    """What is proposed of a report and not decided: with the words of the figure that it names and the row of that."""

    opened: Opened
    words: tuple[Label, ...]
    row: str | None


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The page of one report."""

    template: ClassVar[str] = "report"
    path: str
    record: Record
    agency: Agency
    places: tuple[Region, ...]
    findings: tuple[Numbered, ...]
    notes: tuple[Numbered, ...]
    changes: tuple[Change, ...]
    sections: tuple[Section, ...]
    bars: tuple[Bar, ...]
    years: tuple[int, ...]
    downloads: tuple[Download, ...]
    proposed: tuple[Proposed, ...]

    @property
    def correct(self) -> str:
        """The page of its figures, where they are corrected."""
        return correcting_address(self.record.agency_id, self.record.year)

    @property
    def source_address(self) -> str | None:
        return web_address(self.record.source.url)

    def total(self, row: str) -> Value:
        """The printed total of a row of section 三."""
        return self.record.tables["requests"][row][-1]

    def disputes(self) -> dict[str, Value]:
        """The printed total of each block of section 四."""
        return {key: values[-1] for key, values in self.record.tables["disputes"].items()}

    @property
    def received_nothing(self) -> bool:
        """Whether the report prints 0 new requests, and prints no other figure in that row."""
        values = self.record.tables["requests"]["new_received"]
        return values[-1] == 0 and not any(values)

    @property
    def prose(self) -> dict[str, list[str]]:
        """The paragraphs of sections 一, 五, 六, where this instance keeps them."""
        parts = self.record.narrative
        return {key: parts[key]["text"].split("\n") for key in NARRATIVE if "text" in parts.get(key, {})}


PER_TASK = 20
"""The reports of how many organs one process takes at a stretch."""


def tasks(made: Material) -> Iterator[Task]:
    """The pages of all reports."""
    return tasks_of_reports(made, report_page)


def tasks_of_reports(made: Material, make: Callable[[Material, Record], Page]) -> Iterator[Task]:
    """A page of each report, as `make` makes it."""
    for start in range(0, len(made.rows), PER_TASK):
        yield partial(_some, made, make, start)


def _some(made: Material, make: Callable[[Material, Record], Page], start: int) -> Iterator[Page]:
    for row in made.rows[start : start + PER_TASK]:
        for record in made.reports_of(row.agency.agency_id):
            yield make(made, record)


def report_page(material: Material, record: Record) -> ReportPage:
    """The page of a report. Raises FileNotFoundError where a file that it offers is not there."""
    agency = material.dataset.agencies[record.agency_id]
    address = report_address(record.agency_id, record.year)
    numbered = number_findings(record, material.checked.findings.get(record.report_id, []))
    changes = changes_of(record, material)
    return ReportPage(
        path=file_of(address),
        record=record,
        agency=agency,
        places=chain(agency.region_code),
        findings=tuple(one for one in numbered if one.finding.severity != "note"),
        notes=tuple(one for one in numbered if one.finding.severity == "note"),
        changes=changes,
        sections=sections_of(record, _marks(numbered, changes), _rows(material)),
        bars=outcome_bars(record),
        years=tuple(one.year for one in material.reports_of(record.agency_id)),
        downloads=material.downloads(*(address + name for name in ("data.xlsx", "data.json", "record.yaml"))),
        proposed=proposed_of(record),
    )


def _rows(material: Material) -> str:
    """The way from the page of a report, in either language, to the page of its figures."""
    return CORRECT if material.site.has_folders else file_of(CORRECT)


def number_findings(record: Record, findings: Sequence[Finding]) -> list[Numbered]:
    """Findings first, then notes, those of a rule in the order of the form, so that the numbers run down the page."""
    place = {name: n for n, name in enumerate(record.figures())}
    rules = list(dict.fromkeys(finding.rule for finding in findings))
    ordered = sorted(
        findings, key=lambda one: (one.severity == "note", rules.index(one.rule), place.get(one.field, -1))
    )
    return [
        Numbered(n, finding, words_of_field(record.law, finding.field), _anchor(place, finding.field))
        for n, finding in enumerate(ordered, 1)
    ]


def _anchor(figures: Container[str], name: str) -> str | None:
    """Where on the page a field stands: a cell, or the section; None for the prose and for facts."""
    return name if name in TABLES or name in figures else None


def changes_of(record: Record, material: Material) -> tuple[Change, ...]:
    """The corrections of a report, numbered in their order."""
    return tuple(_change(record, material, n, entry) for n, entry in enumerate(record.corrections, 1))


def _change(record: Record, material: Material, number: int, entry: Mapping[str, Any]) -> Change:
    before, after = ("printed", "should_be") if entry["kind"] == "printed_wrong" else ("was", "now")
    words, anchor = words_of_field(record.law, entry["field"]), _anchor(record.figures(), entry["field"])
    line = material.loaded_of(record).line_of(f"corrections[{number - 1}]")
    origin = material.site.origin_address(record, line)
    return Change(number, entry, words, anchor, text_of(entry[before]), text_of(entry[after]), origin)


def proposed_of(record: Record) -> tuple[Proposed, ...]:
    """The corrections that are proposed of a report; one that names a figure which it has not leads to no row."""
    return tuple(_proposed(record, one) for one in opened(record.report_id))


def _proposed(record: Record, one: Opened) -> Proposed:
    name = one.field if one.field in record.figures() or one.field in FACTS else None
    row = f"{correcting_address(record.agency_id, record.year)}#{name}" if name else None
    return Proposed(one, words_of_field(record.law, name) if name else (), row)


def text_of(value: Value | str) -> str | None:
    """What a figure or a fact is shown as; None where there is nothing."""
    return value if isinstance(value, str) else number_to_text(value)


def _marks(numbered: Iterable[Numbered], changes: Iterable[Change]) -> dict[str, list[Mark]]:
    marks: dict[str, list[Mark]] = defaultdict(list)
    for one in numbered:
        marks[one.finding.field].append(Mark("note" if one.finding.severity == "note" else "finding", one.number))
    for change in changes:
        marks[change.entry["field"]].append(Mark("correction", change.number))
    return marks


def outcome_bars(record: Record) -> tuple[Bar, ...]:
    """The total of each group of outcomes, on one scale; none at all where no group has a figure above zero."""
    return bars_of([(words, _sum_of_group(record, group)) for group, words in record.law.groups.items()])


def _sum_of_group(record: Record, group: str) -> int | None:
    totals = [values[-1] for row, values in record.rows("requests") if row.group == group]
    return None if None in totals or not totals else sum(int(total or 0) for total in totals)
