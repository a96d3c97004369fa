"""The pages of places: provinces, the prefectures in them, the counties in those, and the organs of each."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from pipeline.api import answers
from pipeline.pages.addresses import REGIONS, file_of, region_address, sheet_address
from pipeline.pages.material import Download, Material, Row
from pipeline.pages.page import Page, Task
from pipeline.regions import Region, chain
from pipeline.shape import sectors

PER_PAGE = 500
"""How many organs one page of a place holds."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A place with the number of its organs and reports."""

    region: Region
    agencies: int
    reports: int


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
    """A place: the places in it, the organs that are its own, and how much is held of each year."""

    template: ClassVar[str] = "region"
    path: str
    region: Region
    around: tuple[Region, ...]
    inside: tuple[Counted, ...]
    rows: tuple[Row, ...]
    number: int
    numbers: int
    years: tuple[tuple[int, int], ...]
    agencies: int
    reports: int
    sectors: Mapping[str, Mapping[str, Any]]
    downloads: tuple[Download, ...]


def tasks(made: Material) -> Iterator[Task]:
    """The list of provinces, then a page for every place that has an organ here, a province at a time."""
    yield partial(_regions, made)
    for rows in by_place(made.rows, 0).values():
        yield partial(_below, made, rows, 0)


def _regions(made: Material) -> Iterator[Page]:
    provinces = count_places(made.rows, 0)
    yield RegionsPage(
        path=file_of(REGIONS),
        provinces=provinces,
        elsewhere=len(made.rows) - sum(one.agencies for one in provinces),
        downloads=made.downloads("data/agencies.csv", "data/coverage.csv"),
    )


def _below(made: Material, rows: Sequence[Row], depth: int) -> Iterator[Page]:
    """The pages of a place and of those in it; all rows lie in it, and it stands at that depth of their places."""
    yield from region_pages(made, rows, depth)
    for part in by_place(rows, depth + 1).values():
        yield from _below(made, part, depth + 1)


def region_pages(made: Material, rows: Sequence[Row], depth: int) -> Iterator[RegionPage]:
    """The page of one place, or several where it has very many organs of its own."""
    region = rows[0].places[depth]
    inside = count_places(rows, depth + 1)
    own = [row for row in rows if len(row.places) == depth + 1]
    sheets = answers.numbers(len(own), PER_PAGE)
    for number in sheets:
        yield RegionPage(
            path=file_of(sheet_address(region_address(region.code), number)),
            region=region,
            around=chain(region.code)[:-1],
            inside=inside,
            rows=tuple(answers.part(own, number, PER_PAGE)),
            number=number,
            numbers=len(sheets),
            years=_years(rows),
            agencies=len(rows),
            reports=sum(len(row.years) for row in rows),
            sectors=sectors(),
            downloads=made.downloads(*_files(region)),
        )


def _files(region: Region) -> Iterator[str]:
    """What a page of a place offers: its organs, and all data of a province."""
    yield f"{region_address(region.code)}agencies.csv"
    if len(chain(region.code)) == 1:
        yield f"data/provinces/{region.code}.zip"


def _years(rows: Sequence[Row]) -> tuple[tuple[int, int], ...]:
    """How many reports are held of each year."""
    return tuple(sorted(Counter(year for row in rows for year in row.years).items()))


def by_place(rows: Sequence[Row], depth: int) -> Mapping[Region, list[Row]]:
    """The rows by the place at a depth of the places around them (0 is the province), by its code."""
    found: dict[Region, list[Row]] = {}
    for row in rows:
        if len(row.places) > depth:
            found.setdefault(row.places[depth], []).append(row)
    return dict(sorted(found.items(), key=lambda pair: pair[0].code))


def count_places(rows: Sequence[Row], depth: int) -> tuple[Counted, ...]:
    """The places at that depth with their organs and reports, by code."""
    return tuple(
        Counted(region, len(part), sum(len(row.years) for row in part))
        for region, part in by_place(rows, depth).items()
    )
