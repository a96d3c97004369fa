"""The pages that lead to organs: home, the list of all of them, and those for addresses that lead nowhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from pipeline.api import answers
from pipeline.pages.addresses import AGENCIES, file_of, region_address, sheet_address
from pipeline.pages.material import Download, Material, Row
from pipeline.pages.page import Page, Task
from pipeline.pages.places import Counted, count_places
from pipeline.pages.tiles import TileMap, tile_map
from pipeline.pages.yearly import coverage_of
from pipeline.record import Agency, Record
from pipeline.regions import NATIONAL, Region
from pipeline.retired import Retired, address_of

LATEST = 10
"""How many reports home shows."""
PER_LIST = 500
"""How many organs one page of the list holds."""


@dataclass(frozen=True, slots=True)
class Part:
    """Organs that stand together: `region` is their province, None for an organ of the state or of no known place."""

    region: Region | None
    national: bool
    rows: tuple[Row, ...]


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
    map: TileMap
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the list of all organs, grouped by province."""

    template: ClassVar[str] = "agencies"
    path: str
    number: int
    numbers: int
    total: int
    parts: tuple[Part, ...]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class NotFoundPage:
    """What a server shows for an address that leads nowhere."""

    template: ClassVar[str] = "404"
    anywhere: ClassVar[bool] = True
    path: str
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class RetiredPage:
    """What stands at the address of an organ or a report whose id is not used any more."""

    template: ClassVar[str] = "retired"
    path: str
    retired: Retired
    successor: str | None
    downloads: tuple[Download, ...]


def tasks(made: Material) -> Iterator[Task]:
    """Home, the pages for addresses that lead nowhere any more, and the list of organs page by page."""
    yield partial(_first, made)
    yield partial(_retired, made)
    for number in answers.numbers(len(made.rows), PER_LIST):
        yield partial(_list, made, number)


def _first(made: Material) -> Iterator[Page]:
    yield home_page(made)
    yield NotFoundPage("404.html", made.downloads("data/reports.csv"))


def _retired(made: Material) -> Iterator[Page]:
    for one in made.dataset.retired:
        successor = address_of(one.successor) if made.holds(one.successor) else None
        yield RetiredPage(file_of(one.address), one, successor, made.downloads("data/agencies.csv"))


def _list(made: Material, number: int) -> Iterator[Page]:
    yield list_page(made, number)


# home ----------------------------------------------------------------------------------------------------------------


def home_page(made: Material) -> HomePage:
    """The first page of the site."""
    records = made.dataset.records
    return HomePage(
        path=file_of(""),
        agencies=len(made.rows),
        reports=len(records),
        years=tuple(made.years),
        known=sum(counts.known for counts in coverage_of(made).values()),
        latest=_latest(made, records),
        map=_map(count_places(made.rows, 0)),
        downloads=made.downloads("data/gongkai.xlsx", "data/reports.csv", "data/reports.json", "data/datapackage.json"),
    )


def _map(provinces: Sequence[Counted]) -> TileMap:
    """How many organs of each province are held; a province without one has no page to lead to."""
    held = {one.region.code: one.agencies for one in provinces}
    return tile_map(held, {code: region_address(code) for code in held})


def _latest(made: Material, records: Sequence[Record]) -> tuple[tuple[Record, Agency], ...]:
    """The reports published last; one without a date counts as published with the year that it reports on."""
    ordered = sorted(records, key=lambda one: (one.published or str(one.year), one.report_id), reverse=True)
    return tuple((record, made.dataset.agency_of(record)) for record in ordered[:LATEST])


# the list of all organs ----------------------------------------------------------------------------------------------


def list_page(made: Material, number: int) -> ListPage:
    """One page of the list of all organs."""
    return ListPage(
        path=file_of(sheet_address(AGENCIES, number)),
        number=number,
        numbers=len(answers.numbers(len(made.rows), PER_LIST)),
        total=len(made.rows),
        parts=_parts(answers.part(made.rows, number, PER_LIST)),
        downloads=made.downloads("data/agencies.csv", "data/agencies.json"),
    )


def _parts(rows: Sequence[Row]) -> tuple[Part, ...]:
    """Rows by their province, in the order in which the provinces first come."""
    found: dict[tuple[Region | None, bool], list[Row]] = {}
    for row in rows:
        province = next(iter(row.places), None)
        found.setdefault((province, row.agency.region_code == NATIONAL), []).append(row)
    return tuple(Part(region, national, tuple(part)) for (region, national), part in found.items())
