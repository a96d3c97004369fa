"""The coverage of one province: its governments and its organs, year by year, as pages of a grid."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pipeline.api import answers
from pipeline.package import csv_text
from pipeline.pages.addresses import COVERAGE, file_of, sheet_address, web_address
from pipeline.pages.covered import Counts, Organ, add, count_by
from pipeline.pages.governments import LEVELS, Seat
from pipeline.pages.material import Download
from pipeline.pages.page import File, Page, offer
from pipeline.regions import Region
from pipeline.shape import sectors

PER_PAGE = 200
"""How many organs one page of a province holds."""


@dataclass(frozen=True, slots=True)
class PlacePage:
    """The organs of one province, of the state, or of places not told, with each of their years."""

    template: ClassVar[str] = "coverage_place"
    path: str
    code: str
    region: Region | None
    number: int
    numbers: int
    years: tuple[int, ...]
    total: int
    counts: Counts
    by_year: Mapping[int, Counts]
    organs: tuple[Organ, ...]
    seats: tuple[Seat, ...]
    linked: frozenset[str]
    downloads: tuple[Download, ...]

    @property
    def levels(self) -> list[str | None]:
        """The levels of the organs on this page, from the top down; None where one is not told."""
        told = {organ.level for organ in self.organs}
        return [level for level in ("national", *LEVELS, "township", None) if level in told]

    @property
    def sectors(self) -> dict[str, Mapping[str, Any]]:
        """The sectors of the organs on this page, in the order of their list."""
        told = {organ.sector for organ in self.organs}
        return {key: one for key, one in sectors().items() if key in told}

    @property
    def has_page(self) -> bool:
        """Whether the place has a page of its own among the places."""
        return self.code in self.linked

    @staticmethod
    def follow(text: str) -> str | None:
        """The address of a report as it was listed, where a browser may follow it."""
        return web_address(text)


def place_address(code: str) -> str:
    """The address of a province's coverage."""
    return f"{COVERAGE}{code}/"


_ORGANS = ("agency_id", "agency_name", "region_code", "level", "sector", "year", "status", "url")


def pages(
    code: str,
    region: Region | None,
    organs: Sequence[Organ],
    seats: Sequence[Seat],
    years: tuple[int, ...],
    linked: frozenset[str],
) -> Iterator[Page | File]:
    """The pages of a province, and the file of its organs."""
    file = File(
        f"{place_address(code)}organs.csv", csv_text(_ORGANS, (row for one in organs for row in _of_organ(one)))
    )
    yield file
    yield from place_pages(code, region, organs, seats, years, linked, file)


def place_pages(
    code: str,
    region: Region | None,
    organs: Sequence[Organ],
    seats: Sequence[Seat],
    years: tuple[int, ...],
    linked: frozenset[str],
    file: File,
) -> Iterator[PlacePage]:
    """The pages of a province: its governments on the first, its organs on as many as they need."""
    sheets = answers.numbers(len(organs), PER_PAGE)
    by_year = count_by(organs, lambda organ: "").get("", {})
    for number in sheets:
        yield PlacePage(
            path=file_of(sheet_address(place_address(code), number)),
            code=code,
            region=region,
            number=number,
            numbers=len(sheets),
            years=years,
            total=len(organs),
            counts=add(by_year.values()),
            by_year=by_year,
            organs=tuple(answers.part(organs, number, PER_PAGE)),
            seats=tuple(seats) if number == 1 else (),
            linked=linked,
            downloads=(offer(file),),
        )


def _of_organ(organ: Organ) -> Iterator[dict[str, object]]:
    about: dict[str, object] = {
        "agency_id": organ.agency_id or None,
        "agency_name": organ.name,
        "region_code": organ.region.code if organ.region else None,
        "level": organ.level,
        "sector": organ.sector,
    }
    for year, row in sorted(organ.years().items()):
        yield {**about, "year": year, "status": row["status"], "url": row["url"] or None}
