"""The page of one organ: its reports, its figures over the years, its place among its like, and what is amiss."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, ClassVar

from pipeline.pages.addresses import agency_address, file_of
from pipeline.pages.agency_years import Drawn, Line, Year, drawn_of, lines_of, years_of
from pipeline.pages.material import Download, Material
from pipeline.pages.measures import SUBJECTS, Subject
from pipeline.pages.page import File, Page, Task, offer
from pipeline.pages.peers import Standing, quartiles_of, standings
from pipeline.pages.remarks import SHOWN, Corrected, Remark, corrections_of, remarks_of
from pipeline.pages.report import Proposed, proposed_of
from pipeline.pages.sections import number_to_text
from pipeline.plain import csv_text
from pipeline.record import Agency, Record
from pipeline.regions import Region, chain
from pipeline.shape import sectors

PER_TASK = 50
"""How many organs one process takes at a stretch."""

COLUMNS = (
    *("agency_id", "year", "status", "key", "value", "numerator", "denominator", "change"),
    *("peers", "peers_lower", "peers_median", "peers_upper"),
)
"""The columns of `years.csv`: a row is a figure of a year; `change` is the difference to the year before."""


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """The page of one organ. `successor` is the organ that took its place, where that is one of ours."""

    template: ClassVar[str] = "agency"
    path: str
    agency: Agency
    successor: Agency | None
    sector: Mapping[str, Any]
    places: tuple[Region, ...]
    years: tuple[Year, ...]
    lines: tuple[Line, ...]
    drawn_counts: tuple[Drawn, ...]
    drawn_rates: tuple[Drawn, ...]
    standings: tuple[Standing, ...]
    remarks: tuple[Remark, ...]
    corrections: tuple[Corrected, ...]
    proposed: tuple[tuple[int, tuple[Proposed, ...]], ...]
    downloads: tuple[Download, ...]

    @property
    def address(self) -> str:
        return agency_address(self.agency.agency_id)

    @property
    def held(self) -> tuple[Year, ...]:
        return tuple(year for year in self.years if year.record)

    @property
    def missing(self) -> tuple[Year, ...]:
        """The years without a report, whatever is known of them."""
        return tuple(year for year in self.years if not year.record)

    @property
    def counts(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.is_rate)

    @property
    def rates(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_rate)

    @property
    def findings(self) -> int:
        return sum(year.findings for year in self.years)

    @property
    def notes(self) -> int:
        return sum(year.notes for year in self.years)

    def line(self, key: str) -> Line:
        """A headline count or an indicator across the years."""
        return next(line for line in self.lines if line.key == key)

    @property
    def has_figures(self) -> bool:
        """Whether the latest report has any of the figures that organs are compared by."""
        return any(line.latest and line.latest[1].value is not None for line in self.lines)

    @property
    def shown_corrections(self) -> tuple[Corrected, ...]:
        """The latest corrections; all of them stand on the pages of the reports."""
        return self.corrections[:SHOWN]

    def subject(self, key: str) -> Subject:
        """The words of an indicator."""
        return SUBJECTS[key]


def tasks(made: Material) -> Iterator[Task]:
    """The pages of all organs, each with its file of figures over the years."""
    for start in range(0, len(made.rows), PER_TASK):
        yield partial(_some, made, start)


def _some(made: Material, start: int) -> Iterator[Page | File]:
    for row in made.rows[start : start + PER_TASK]:
        yield from agency_pages(made, row.agency)


def agency_pages(material: Material, agency: Agency) -> tuple[AgencyPage, File]:
    """The page of an organ and its `years.csv`. Raises FileNotFoundError where a file that it offers is not there."""
    address = agency_address(agency.agency_id)
    years = years_of(material, agency.agency_id)
    lines = lines_of(years)
    file = File(f"{address}years.csv", _csv(material, agency.agency_id, years, lines))
    latest = [year.record for year in years if year.record][-1:]
    page = AgencyPage(
        path=file_of(address),
        agency=agency,
        successor=material.dataset.agencies.get(agency.successor or ""),
        sector=sectors()[agency.sector],
        places=chain(agency.region_code),
        years=years,
        lines=lines,
        drawn_counts=drawn_of(lines, rate=False),
        drawn_rates=drawn_of(lines, rate=True),
        standings=tuple(one for record in latest for one in standings(material, record, lines, record.year)),
        remarks=remarks_of(material, years),
        corrections=corrections_of(material, years),
        proposed=proposed_by_year(years),
        downloads=(*material.downloads(f"{address}data.csv", f"{address}data.json"), offer(file)),
    )
    return page, file


def proposed_by_year(years: Sequence[Year]) -> tuple[tuple[int, tuple[Proposed, ...]], ...]:
    """The corrections proposed and not yet decided, by the year of the report, the latest year first."""
    held = [year.record for year in reversed(years) if year.record]
    return tuple((record.year, found) for record in held if (found := proposed_of(record)))


# the figures over the years as a file --------------------------------------------------------------------------------


def _csv(material: Material, agency_id: str, years: Sequence[Year], lines: Sequence[Line]) -> str:
    """Every figure of every year, a year without a report with its status and no value."""
    return csv_text(COLUMNS, _rows(material, agency_id, years, lines))


def _rows(
    material: Material, agency_id: str, years: Sequence[Year], lines: Sequence[Line]
) -> Iterator[dict[str, object]]:
    for place, year in enumerate(years):
        for line in lines:
            entry = line.entries[place]
            figures = (entry.value, entry.numerator, entry.denominator, entry.change)
            start = (agency_id, year.year, year.status, line.key)
            around = _around(material, year.record, line.key)
            yield dict(zip(COLUMNS, (*start, *map(_plain, figures), *around), strict=True))


def _plain(value: int | Decimal | None) -> str:
    return number_to_text(value) or ""


def _around(material: Material, record: Record | None, key: str) -> tuple[str, ...]:
    """How many organs of its level and sector have the figure that year, and their quartiles; empty below five."""
    found = quartiles_of(material, record, key) if record else None
    if found is None:
        return ("",) * 4
    return str(found.n), *(_plain(one) for one in (found.lower, found.median, found.upper))
