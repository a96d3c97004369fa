"""The pages that lead to organs: home, the list of all of them, regions, and the file behind the search box."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from pipeline.pages.addresses import REGIONS, SEARCH, file_of, list_address, region_address
from pipeline.pages.material import Download, Material
from pipeline.record import Agency, Record
from pipeline.regions import NATIONAL, Region, chain

LATEST = 10
"""How many reports home shows."""
PER_LIST = 500
"""How many organs one page of the list holds."""


@dataclass(frozen=True, slots=True)
class Row:
    """An organ in a list."""

    agency: Agency
    places: tuple[Region, ...]
    years: tuple[int, ...]
    findings: int


@dataclass(frozen=True, slots=True)
class Part:
    """Organs that stand together: `region` is their place, None for an organ of the state or of no known place."""

    region: Region | None
    national: bool
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A place with the number of its organs and reports."""

    region: Region
    agencies: int
    reports: int


@dataclass(frozen=True, slots=True)
class HomePage:
    """What this is, how much of it there is, the newest of it, and the ways in."""

    template: ClassVar[str] = "home"
    path: str
    agencies: int
    reports: int
    years: tuple[int, ...]
    known: int
    latest: tuple[tuple[Record, Agency], ...]
    provinces: tuple[Counted, ...]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the list of all organs, grouped by province."""

    template: ClassVar[str] = "agencies"
    path: str
    number: int
    numbers: tuple[int, ...]
    total: int
    parts: tuple[Part, ...]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class RegionsPage:
    """All provinces that have an organ here."""

    template: ClassVar[str] = "regions"
    path: str
    provinces: tuple[Counted, ...]
    elsewhere: int
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class RegionPage:
    """A province or prefecture: the prefectures in it, then the organs that stand in none of them."""

    template: ClassVar[str] = "region"
    path: str
    region: Region
    around: tuple[Region, ...]
    prefectures: tuple[Counted, ...]
    parts: tuple[Part, ...]
    agencies: int
    reports: int
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class NotFoundPage:
    """What a server shows for an address that leads nowhere."""

    template: ClassVar[str] = "404"
    anywhere: ClassVar[bool] = True
    path: str
    downloads: tuple[Download, ...]


def rows_of(material: Material) -> list[Row]:
    """Every organ that has a report, by the code of its place and then by its id."""
    rows = [_row(material, agency) for agency in material.dataset.agencies.values()]
    return sorted(rows, key=lambda row: (row.agency.region_code, row.agency.agency_id))


def _row(material: Material, agency: Agency) -> Row:
    reports = material.reports_of(agency.agency_id)
    findings = sum(material.count_findings(record) for record in reports)
    return Row(agency, chain(agency.region_code), tuple(record.year for record in reports), findings)


# home ----------------------------------------------------------------------------------------------------------------


def home_page(material: Material, rows: Sequence[Row]) -> HomePage:
    """The first page of the site."""
    records = material.dataset.records
    return HomePage(
        path=file_of(""),
        agencies=len(rows),
        reports=len(records),
        years=tuple(sorted({record.year for record in records})),
        known=sum(row["status"] == "known" for row in material.coverage),
        latest=_latest(material, records),
        provinces=_counted(rows, "province"),
        downloads=_files(material, "data/reports.csv", "data/reports.json", "data/datapackage.json"),
    )


def _latest(material: Material, records: Sequence[Record]) -> tuple[tuple[Record, Agency], ...]:
    """The reports published last; one without a date counts as published with the year that it reports on."""
    ordered = sorted(records, key=lambda one: (one.published or str(one.year), one.report_id), reverse=True)
    return tuple((record, material.dataset.agency_of(record)) for record in ordered[:LATEST])


def _files(material: Material, *addresses: str) -> tuple[Download, ...]:
    return tuple(material.download(address) for address in addresses)


# the list of all organs ----------------------------------------------------------------------------------------------


def list_pages(material: Material, rows: Sequence[Row]) -> Iterator[ListPage]:
    """The list of all organs, in as many pages as it needs."""
    parts = [rows[n : n + PER_LIST] for n in range(0, len(rows), PER_LIST)] or [[]]
    for number, part in enumerate(parts, 1):
        yield ListPage(
            path=file_of(list_address(number)),
            number=number,
            numbers=tuple(range(1, len(parts) + 1)),
            total=len(rows),
            parts=_parts(part, "province"),
            downloads=_files(material, "data/agencies.csv", "data/agencies.json"),
        )


def search_text(rows: Sequence[Row]) -> str:
    """The organs for the search box, a line each: id, name, former names, names of the places around it."""
    return "".join("\t".join(_search_cells(row)) + "\n" for row in rows)


def _search_cells(row: Row) -> Iterator[str]:
    former = " ".join(row.agency.former_names)
    places = " ".join(region.name for region in row.places)
    for text in (row.agency.agency_id, row.agency.name, former, places):
        yield " ".join(text.split())


def _parts(rows: Sequence[Row], level: str) -> tuple[Part, ...]:
    """Rows by their place of that level, in the order in which the places first come."""
    found: dict[tuple[Region | None, bool], list[Row]] = {}
    for row in rows:
        found.setdefault((_place(row, level), row.agency.region_code == NATIONAL), []).append(row)
    return tuple(Part(region, national, tuple(part)) for (region, national), part in found.items())


def _place(row: Row, level: str) -> Region | None:
    return next((region for region in row.places if region.level == level), None)


# regions -------------------------------------------------------------------------------------------------------------


def regions_page(material: Material, rows: Sequence[Row]) -> RegionsPage:
    """The list of provinces."""
    return RegionsPage(
        path=file_of(REGIONS),
        provinces=_counted(rows, "province"),
        elsewhere=sum(_place(row, "province") is None for row in rows),
        downloads=_files(material, "data/agencies.csv", "data/coverage.csv"),
    )


def region_pages(material: Material, rows: Sequence[Row]) -> Iterator[RegionPage]:
    """A page for every province and every prefecture that has an organ here."""
    for level in ("province", "prefecture"):
        for region, part in _by_place(rows, level).items():
            yield _region_page(material, region, part)


def _region_page(material: Material, region: Region, rows: Sequence[Row]) -> RegionPage:
    inside = _counted(rows, "prefecture") if region.level == "province" else ()
    direct = [row for row in rows if not inside or _place(row, "prefecture") is None]
    return RegionPage(
        path=file_of(region_address(region.code)),
        region=region,
        around=chain(region.code)[:-1],
        prefectures=inside,
        parts=_parts(direct, "county"),
        agencies=len(rows),
        reports=sum(len(row.years) for row in rows),
        downloads=_files(material, f"{region_address(region.code)}agencies.csv"),
    )


def _by_place(rows: Sequence[Row], level: str) -> Mapping[Region, list[Row]]:
    found: dict[Region, list[Row]] = {}
    for row in rows:
        region = _place(row, level)
        if region:
            found.setdefault(region, []).append(row)
    return dict(sorted(found.items(), key=lambda pair: pair[0].code))


def _counted(rows: Sequence[Row], level: str) -> tuple[Counted, ...]:
    places = _by_place(rows, level).items()
    return tuple(Counted(region, len(part), sum(len(row.years) for row in part)) for region, part in places)


def search_file(rows: Sequence[Row]) -> tuple[str, str]:
    """The address and the text of the file behind the search box."""
    return SEARCH, search_text(rows)


def not_found_page(material: Material) -> NotFoundPage:
    """The page for addresses that lead nowhere."""
    return NotFoundPage("404.html", _files(material, "data/reports.csv"))
