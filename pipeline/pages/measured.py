"""What each organ's report of a year says of a subject: rows of tables and of files, and what they are chosen by."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pipeline.package import csv_text
from pipeline.pages.material import Material
from pipeline.pages.measures import Subject
from pipeline.pages.statistics import STATES, Figure, Summary, figure_of, is_whole, statistics_of, summarise
from pipeline.record import Agency, Record
from pipeline.regions import NATIONAL, by_code
from pipeline.shape import LEVELS, SCOPES, sectors

COLUMNS = (
    *("agency_id", "agency_name", "region_code", "province", "level", "sector", "scope"),
    *("numerator", "denominator", "value", "status", "findings"),
)
PLACE_COLUMNS = ("code", "province", "reports", *STATES, "numerator", "denominator", "pooled")

NONE = "-"
"""What stands for no level, sector or scope where rows are chosen by it."""


@dataclass(frozen=True, slots=True)
class Measured:
    """An organ's report and what it says of a subject; `findings` counts those on the figures it is made of."""

    record: Record
    agency: Agency
    figure: Figure
    findings: int

    @property
    def province(self) -> str:
        return province_of(self.agency)

    @property
    def province_name(self) -> str:
        return province_name(self.province)

    @property
    def keys(self) -> str:
        """By what the row is chosen: province, level, sector, scope."""
        given = (self.province, self.agency.level, self.agency.sector, self.record.scope)
        return " ".join(one or NONE for one in given)


@dataclass(frozen=True, slots=True)
class Place:
    """A province, or the state (000000): its organs' own reports taken together, and how many governments' over all."""

    code: str
    name: str
    summary: Summary
    wholes: int


@dataclass(frozen=True, slots=True)
class Choices:
    """By what the rows of a table can be chosen: the codes that stand in it, in their usual order."""

    provinces: tuple[tuple[str, str], ...]
    levels: tuple[str, ...]
    sectors: tuple[tuple[str, Mapping[str, Any]], ...]
    scopes: tuple[str, ...]


def province_of(agency: Agency) -> str:
    """The code of an organ's province; 000000 for an organ of the state."""
    return f"{agency.region_code[:2]}0000"


def province_name(code: str) -> str:
    """The name of a province, empty for the state and for a code that nobody bears."""
    return by_code()[code].name if code in by_code() and code != NATIONAL else ""


def rows_of(made: Material, subject: Subject, year: int) -> Iterator[Measured]:
    """What every report of a year says of a subject, in the order of places."""
    for record in statistics_of(made).reports(year):
        figure = figure_of(subject, record)
        yield Measured(record, made.dataset.agency_of(record), figure, _count_findings(made, subject, record))


def _count_findings(made: Material, subject: Subject, record: Record) -> int:
    """How many findings are about a figure that the subject is made of."""
    found = made.checked.findings.get(record.report_id, ())
    return sum(one.severity == "finding" and not subject.fields.isdisjoint((one.field, *one.fields)) for one in found)


def to_csv(rows: Iterable[Measured]) -> str:
    """Rows as a file; every report stands in it, with a rate or without."""
    return csv_text(COLUMNS, map(_cells, rows))


def _cells(row: Measured) -> dict[str, object]:
    agency, figure = row.agency, row.figure
    facts = (agency.agency_id, row.record.agency_name, agency.region_code, province_name(row.province))
    counted = (figure.numerator, figure.denominator, figure.value, figure.state, row.findings)
    return dict(zip(COLUMNS, (*facts, agency.level, agency.sector, row.record.scope, *counted), strict=True))


# provinces -----------------------------------------------------------------------------------------------------------


def places_of(rows: Sequence[Measured]) -> tuple[Place, ...]:
    """Rows by province; sums are over organs' own reports."""
    return tuple(_place(code, tuple(part)) for code, part in groupby(rows, key=lambda row: row.province))


def _place(code: str, rows: Sequence[Measured]) -> Place:
    own = [row.figure for row in rows if not is_whole(row.record)]
    return Place(code, province_name(code), summarise(own), len(rows) - len(own))


def places_to_csv(places: Iterable[Place]) -> str:
    """Provinces as a file."""
    return csv_text(PLACE_COLUMNS, map(_place_cells, places))


def _place_cells(place: Place) -> dict[str, object]:
    told = {key: getattr(place.summary, key) for key in PLACE_COLUMNS if hasattr(place.summary, key)}
    return {"code": place.code, "province": place.name, **told, **place.summary.sums}


# choices -------------------------------------------------------------------------------------------------------------


def choices_of(rows: Iterable[Measured]) -> Choices:
    """By what these rows can be chosen."""
    return choose(row.keys for row in rows)


def choose(keys: Iterable[str]) -> Choices:
    """By what rows with these keys (province, level, sector, scope) can be chosen."""
    found = [set(column) for column in zip(*(one.split() for one in keys), strict=True)] or [set()] * 4
    return Choices(
        provinces=tuple((code, province_name(code)) for code in sorted(found[0])),
        levels=tuple(level for level in (*LEVELS, NONE) if level in found[1]),
        sectors=tuple((key, one) for key, one in sectors().items() if key in found[2]),
        scopes=tuple(scope for scope in (*SCOPES, NONE) if scope in found[3]),
    )
