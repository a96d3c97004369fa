"""The pages of years: what is held of each, its sums and medians, its reports by province, level and sector."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, ClassVar

from pipeline import pinyin
from pipeline.api import answers
from pipeline.indicators import INDICATORS, count_of
from pipeline.package import csv_text
from pipeline.pages import measured, pictures, tiles, yearly
from pipeline.pages.addresses import YEARS, file_of, sheet_address, year_address
from pipeline.pages.covered import STATUSES, Counts
from pipeline.pages.material import Download, Material
from pipeline.pages.measured import Choices, province_name, province_of
from pipeline.pages.measures import SUBJECTS, Subject
from pipeline.pages.page import File, Page, Task, offer
from pipeline.pages.statistics import Summary, statistics_of
from pipeline.pages.subjects import PER_PAGE, YEAR_COLUMNS, year_row
from pipeline.pages.yearly import Part, Total
from pipeline.record import Agency, Record
from pipeline.regions import names
from pipeline.shape import sectors

LATEST = 10
"""How many reports a year's page shows."""
TABLES = ("provinces", "levels", "sectors")
REPORT_COLUMNS = (
    *("report_id", "agency_id", "agency_name", "agency_pinyin", "region_code", "place", "level", "sector", "scope"),
    *("published", "received", "processed", "findings"),
)


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year in the list of years: what is known of it, and the sums of its reports."""

    year: int
    counts: Counts
    totals: tuple[Total, ...]
    reports: int
    own: int


@dataclass(frozen=True, slots=True)
class YearsPage:
    """All years."""

    template: ClassVar[str] = "years"
    path: str
    years: tuple[YearLine, ...]
    reports: pictures.Trend | None
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class YearPage:
    """A year: what is held of it, sums, outcomes and medians over organs' own reports, and the ways to its reports."""

    template: ClassVar[str] = "year"
    path: str
    year: int
    years: tuple[int, ...]
    line: YearLine
    outcomes: tuple[Total, ...]
    bars: tuple[pictures.Bar, ...]
    medians: tuple[tuple[Subject, Summary], ...]
    map: tiles.TileMap
    places: tuple[tuple[str, str, int], ...]
    latest: tuple[tuple[Record, Agency], ...]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class YearTablePage:
    """The reports of a year by province, level or sector (`by`)."""

    template: ClassVar[str] = "year_table"
    path: str
    year: int
    by: str
    parts: tuple[Part, ...]
    names: Mapping[str, str]
    sectors: Mapping[str, Mapping[str, Any]]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A report in the list of a year."""

    record: Record
    agency: Agency
    place: str
    received: Any
    processed: Any
    findings: int

    @property
    def keys(self) -> str:
        """By what the row is chosen: level, sector, scope."""
        return " ".join(one or measured.NONE for one in (self.agency.level, self.agency.sector, self.record.scope))


@dataclass(frozen=True, slots=True)
class YearReportsPage:
    """The reports of one province, or of the state (000000), on a year: one page of `numbers`."""

    template: ClassVar[str] = "year_reports"
    path: str
    year: int
    code: str
    name: str
    rows: tuple[Listed, ...]
    number: int
    numbers: int
    total: int
    choices: Choices
    sectors: Mapping[str, Mapping[str, Any]]
    data: str
    downloads: tuple[Download, ...]


def tasks(made: Material) -> Iterator[Task]:
    """The list of years, then each year, its tables and the lists of its reports."""
    yield partial(_list, made)
    for year in made.years:
        yield partial(_year, made, year)
        yield partial(_tables, made, year)
        yield partial(_reports, made, year)


# all years -----------------------------------------------------------------------------------------------------------


def _list(made: Material) -> Iterator[Page | File]:
    counts = yearly.coverage_of(made)
    lines = tuple(_line(made, year, counts.get(year, Counts())) for year in made.years)
    file = File(f"{YEARS}years.csv", csv_text(*_lines_to_rows(lines)))
    held = {line.year: line.reports for line in lines}
    span = range(min(held), max(held) + 1) if held else ()
    plot = pictures.trend((year, held.get(year), year in held) for year in span) if len(held) > 1 else None
    yield YearsPage(file_of(YEARS), lines, plot, (offer(file),))
    yield file


def _line(made: Material, year: int, counts: Counts) -> YearLine:
    reports, own = statistics_of(made).reports(year), yearly.own_reports(made, year)
    return YearLine(year, counts, yearly.totals(own), len(reports), len(own))


def _lines_to_rows(lines: Sequence[YearLine]) -> tuple[Sequence[str], list[dict[str, object]]]:
    keys = [key.replace(".", "_") for key in yearly.COUNTS]
    columns = ("year", "reports", "own_reports", *STATUSES, *keys)
    rows = [
        {"year": one.year, "reports": one.reports, "own_reports": one.own}
        | {status: getattr(one.counts, status) for status in STATUSES}
        | {key: total.sum for key, total in zip(keys, one.totals, strict=True)}
        for one in lines
    ]
    return columns, rows


# one year ------------------------------------------------------------------------------------------------------------


def _year(made: Material, year: int) -> Iterator[Page | File]:
    statistics, own = statistics_of(made), yearly.own_reports(made, year)
    line = _line(made, year, yearly.coverage_of(made).get(year, Counts()))
    outcomes = yearly.outcomes(own)
    medians = tuple((SUBJECTS[slug], statistics.summary(slug, year)) for slug in INDICATORS)
    provinces = yearly.parts_of(made, year, "provinces")
    address = year_address(year)
    totals = File(f"{address}totals.csv", yearly.totals_to_csv((*line.totals, *outcomes)))
    rates = File(f"{address}indicators.csv", _medians_to_csv(medians, year))
    yield from (totals, rates)
    yield YearPage(
        path=file_of(address),
        year=year,
        years=tuple(made.years),
        line=line,
        outcomes=outcomes,
        bars=pictures.bars_of([(one.words, one.sum) for one in outcomes]),
        medians=medians,
        map=tiles.tile_map({one.key: one.received for one in provinces if one.own}, _lists(year, provinces)),
        places=tuple((one.key, province_name(one.key), one.reports) for one in provinces),
        latest=_latest(made, year),
        downloads=(offer(totals), offer(rates), made.download(f"data/years/{year}.zip")),
    )


def _lists(year: int, provinces: Sequence[Part]) -> dict[str, str]:
    return {one.key: f"{year_address(year)}{one.key}/" for one in provinces}


def _medians_to_csv(medians: Sequence[tuple[Subject, Summary]], year: int) -> str:
    columns = ("subject", "label", "label_en", *YEAR_COLUMNS)
    rows = (
        {"subject": one.slug, "label": one.label, "label_en": one.label_en} | year_row(year, "own", summary)
        for one, summary in medians
    )
    return csv_text(columns, rows)


def _latest(made: Material, year: int) -> tuple[tuple[Record, Agency], ...]:
    """The reports published last; those without a date come behind the others."""
    ordered = sorted(statistics_of(made).reports(year), key=lambda one: (one.published or "", one.report_id))
    return tuple((record, made.dataset.agency_of(record)) for record in ordered[: -LATEST - 1 : -1])


# its tables ----------------------------------------------------------------------------------------------------------


def _tables(made: Material, year: int) -> Iterator[Page | File]:
    for by in TABLES:
        parts = yearly.parts_of(made, year, by)
        file = File(f"{year_address(year)}{by}.csv", yearly.parts_to_csv(parts, by))
        names = {one.key: province_name(one.key) for one in parts if by == "provinces"}
        yield file
        yield YearTablePage(file_of(f"{year_address(year)}{by}/"), year, by, parts, names, sectors(), (offer(file),))


# its reports ---------------------------------------------------------------------------------------------------------


def _reports(made: Material, year: int) -> Iterator[Page | File]:
    """The lists of a year's reports, province by province."""
    records = statistics_of(made).reports(year)
    for code, part in groupby(records, key=lambda record: province_of(made.dataset.agency_of(record))):
        rows = [_listed(made, record) for record in part]
        file = File(f"{year_address(year)}{code}/reports.csv", csv_text(REPORT_COLUMNS, map(_cells, rows)))
        yield file
        yield from _pages(year, code, rows, file)


def _listed(made: Material, record: Record) -> Listed:
    agency = made.dataset.agency_of(record)
    around = names(agency.region_code)
    received, processed = (count_of(record, f"requests.{row}.total") for row in ("new_received", "total_processed"))
    place = around["prefecture"] + around["county"]
    return Listed(record, agency, place, received, processed, made.count_findings(record))


def _pages(year: int, code: str, rows: Sequence[Listed], file: File) -> Iterator[YearReportsPage]:
    sheets = answers.numbers(len(rows), PER_PAGE)
    for number in sheets:
        yield YearReportsPage(
            path=file_of(sheet_address(f"{year_address(year)}{code}/", number)),
            year=year,
            code=code,
            name=province_name(code),
            rows=tuple(answers.part(rows, number, PER_PAGE)),
            number=number,
            numbers=len(sheets),
            total=len(rows),
            choices=measured.choose(f"{code} {row.keys}" for row in rows),
            sectors=sectors(),
            data=file.address,
            downloads=(offer(file),),
        )


def _cells(row: Listed) -> dict[str, object]:
    record, agency = row.record, row.agency
    whose = (record.report_id, agency.agency_id, record.agency_name, pinyin.words(record.agency_name))
    facts = (agency.region_code, row.place, agency.level, agency.sector, record.scope, record.published)
    return dict(zip(REPORT_COLUMNS, (*whose, *facts, row.received, row.processed, row.findings), strict=True))
