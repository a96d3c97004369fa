"""The page of one organ: its reports by year, and the main figures across the years."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from pipeline.indicators import indicators
from pipeline.pages.addresses import agency_address, file_of, web_address
from pipeline.pages.material import Download, Material
from pipeline.pages.sections import number_to_text
from pipeline.record import Agency, Record, Value
from pipeline.regions import Region, chain
from pipeline.shape import sectors
from pipeline.tables import INDICATORS

HEADLINES = (
    "requests.new_received.total",
    "requests.carried_in.total",
    "requests.total_processed.total",
    "requests.carried_out.total",
    "disputes.administrative_review.total",
    "disputes.litigation_direct.total",
    "disputes.litigation_after_review.total",
)
"""The figures that the table across the years begins with."""


@dataclass(frozen=True, slots=True)
class Year:
    """A year of an organ: its report where one is held, else what is known of it (`status`, `url` of `coverage`)."""

    year: int
    record: Record | None
    status: str
    url: str | None
    findings: int = 0
    notes: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """An indicator of one year with the two numbers that it is made of; `value` None where it cannot be told."""

    value: Decimal | None
    numerator: str | None
    denominator: str | None

    @property
    def percent(self) -> str | None:
        return None if self.value is None else f"{(self.value * 100).quantize(Decimal('0.1'))}%"


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure across the years; None for a year without a report, else a pair with the figure, itself perhaps None."""

    key: str
    values: tuple[tuple[str | None] | None, ...]


@dataclass(frozen=True, slots=True)
class Indicator:
    """A rate across the years; None for a year without a report."""

    key: str
    title: str
    title_en: str
    rates: tuple[Rate | None, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One year of the chart: `number` None for a blank cell, `held` False for a year without a report."""

    year: int
    held: bool
    number: int | None
    share: Decimal


@dataclass(frozen=True, slots=True)
class AgencyPage:
    """The page of one organ."""

    template: ClassVar[str] = "agency"
    path: str
    agency: Agency
    sector: Mapping[str, Any]
    places: tuple[Region, ...]
    years: tuple[Year, ...]
    headlines: tuple[Headline, ...]
    indicators: tuple[Indicator, ...]
    columns: tuple[Column, ...]
    downloads: tuple[Download, ...]

    @property
    def held(self) -> tuple[Year, ...]:
        return tuple(year for year in self.years if year.record)

    @property
    def findings(self) -> int:
        return sum(year.findings for year in self.years)

    @property
    def notes(self) -> int:
        return sum(year.notes for year in self.years)


def agency_page(material: Material, agency: Agency) -> AgencyPage:
    """The page of an organ. Raises FileNotFoundError where a file that it offers is not there."""
    address = agency_address(agency.agency_id)
    years = _years(material, agency.agency_id)
    return AgencyPage(
        path=file_of(address),
        agency=agency,
        sector=sectors()[agency.sector],
        places=chain(agency.region_code),
        years=years,
        headlines=tuple(_headline(name, years) for name in HEADLINES),
        indicators=_indicators(material, years),
        columns=_columns(years),
        downloads=(material.download(address + "data.csv"), material.download(address + "data.json")),
    )


def _years(material: Material, agency_id: str) -> tuple[Year, ...]:
    """Every year from the first that is held or known to the last; one that nobody knows of is missing."""
    held = {record.year: record for record in material.reports_of(agency_id)}
    known = {int(row["year"]): row for row in material.coverage_of(agency_id)}
    span = [*held, *known]
    return tuple(_year(material, n, held.get(n), known.get(n, {})) for n in range(min(span), max(span) + 1))


def _year(material: Material, year: int, record: Record | None, known: Mapping[str, Any]) -> Year:
    if record is None:
        return Year(year, None, str(known.get("status") or "missing"), web_address(known.get("url")))
    counts = material.count_findings(record), material.count_findings(record, notes=True)
    return Year(year, record, "held", web_address(record.source.url), *counts)


def _headline(name: str, years: Sequence[Year]) -> Headline:
    values = tuple((number_to_text(_figure(year.record, name)),) if year.record else None for year in years)
    return Headline(name, values)


def _figure(record: Record, name: str) -> Value:
    section, row, _ = name.split(".")
    return record.tables[section][row][-1]


def _indicators(material: Material, years: Sequence[Year]) -> tuple[Indicator, ...]:
    made = [indicators(year.record) if year.record else None for year in years]
    return tuple(
        Indicator(
            name,
            material.titles[name]["title"],
            material.titles[name]["title_en"],
            tuple(_rate(name, one) if one else None for one in made),
        )
        for name in INDICATORS
    )


def _rate(name: str, made: Mapping[str, Any]) -> Rate:
    parts = (number_to_text(made[f"{name}_{part}"]) for part in ("numerator", "denominator"))
    return Rate(made[name], *parts)


def _columns(years: Sequence[Year]) -> tuple[Column, ...]:
    """New requests by year, on one scale; none at all where fewer than two reports have a figure, or all are 0."""
    numbers = [_figure(year.record, HEADLINES[0]) if year.record else None for year in years]
    told = [int(number) for number in numbers if number is not None]
    if len(told) < 2 or not max(told):
        return ()
    return tuple(
        Column(year.year, year.record is not None, _whole(number), _share(number, max(told)))
        for year, number in zip(years, numbers, strict=True)
    )


def _whole(number: Value) -> int | None:
    return None if number is None else int(number)


def _share(number: Value, most: int) -> Decimal:
    return (Decimal(100) * (number or 0) / most).quantize(Decimal("0.1"))
