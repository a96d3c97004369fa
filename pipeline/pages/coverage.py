"""The pages of coverage: who should have reported, who did, and what could not be read and why."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, ClassVar

from pipeline.package import csv_text
from pipeline.pages import coverage_places, tiles
from pipeline.pages.addresses import COVERAGE, file_of, web_address
from pipeline.pages.coverage_places import place_address
from pipeline.pages.covered import (
    STATUSES,
    UNPLACED,
    Counts,
    Organ,
    add,
    count_by,
    count_statuses,
    read_organs,
    rows_of,
)
from pipeline.pages.governments import (
    ELSEWHERE,
    LEVELS,
    Seat,
    count_seats,
    is_government,
    read_seats,
    reports_by_place,
)
from pipeline.pages.material import Download, Material
from pipeline.pages.page import File, Page, Task, offer
from pipeline.pages.pictures import Trend, trend
from pipeline.pages.tiles import TileMap
from pipeline.refusals import CODES, COLUMNS, Refusal, kind_of
from pipeline.regions import NATIONAL, Region, by_code, names, regions
from pipeline.shape import sectors

NOTHING = Counts()
EXAMPLES = 3
"""How many reports stand below a reason as its examples."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of counts: what it is of (`region` where that is a place), how many organs, and the counts."""

    key: str
    organs: int
    counts: Counts
    region: Region | None = None
    seats: Counts = NOTHING


@dataclass(frozen=True, slots=True)
class Reason:
    """Why reports were not read: the converter's code, the sort of reason, how many, and some of them."""

    code: str
    kind: str
    number: int
    examples: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """Everything counted: by year, by province, by level, by sector, by place; and the reasons of refusals."""

    template: ClassVar[str] = "coverage"
    path: str
    years: tuple[int, ...]
    organs: int
    total: Counts
    by_year: Mapping[int, Counts]
    provinces: tuple[Line, ...]
    levels: tuple[Line, ...]
    sectors: tuple[Line, ...]
    titles: Mapping[str, Mapping[str, Any]]
    seats: Mapping[str, Mapping[int, Counts]]
    reasons: tuple[Reason, ...]
    untold: int
    held: Trend
    map: TileMap
    map_of_seats: TileMap
    downloads: tuple[Download, ...]

    @staticmethod
    def follow(text: str) -> str | None:
        """The address of a report as it was listed, where a browser may follow it."""
        return web_address(text)


def tasks(made: Material) -> Iterator[Task]:
    """The overview, then the pages of each province. Which organ lies where is told once, for all of them."""
    organs = read_organs(made.coverage, made.dataset.agencies)
    years = _span(made)
    seats = seats_of(made, organs, years)
    yield partial(_overview, made, organs, seats, years)
    linked = frozenset(place.code for row in made.rows for place in row.places)
    by_province = _by_province(organs)
    for code, region in _provinces().items():
        inside = [seat for seat in seats if seat.region.code[:2] == code[:2]]
        yield partial(coverage_places.pages, code, region, by_province.get(code, ()), inside, years, linked)


def _span(made: Material) -> tuple[int, ...]:
    """Every year from the first to the last that anything is held or known of."""
    told = {int(row["year"]) for row in made.coverage}
    return tuple(range(min(told), max(told) + 1)) if told else ()


def _provinces() -> dict[str, Region | None]:
    """What has a page: each province that the Regulations bind, the state, and the organs of no place told."""
    found: dict[str, Region | None] = {NATIONAL: by_code()[NATIONAL]}
    found |= {
        region.code: region
        for region in regions()
        if region.level == "province" and not region.code.startswith(ELSEWHERE)
    }
    return found | {UNPLACED: None}


def _by_province(organs: Sequence[Organ]) -> Mapping[str, list[Organ]]:
    found: dict[str, list[Organ]] = defaultdict(list)
    for organ in organs:
        found[organ.province].append(organ)
    return found


def seats_of(made: Material, organs: Sequence[Organ], years: Sequence[int]) -> list[Seat]:
    """Every place with its government's reports on the years."""
    governments = [organ for organ in organs if is_government(organ, made.reports_of(organ.agency_id))]
    return list(read_seats(reports_by_place(governments), years))


# overview ------------------------------------------------------------------------------------------------------------


def _overview(
    made: Material, organs: Sequence[Organ], seats: Sequence[Seat], years: tuple[int, ...]
) -> Iterator[Page | File]:
    by_seat = _seats_by_level(seats, years)
    files = [*_files(organs, seats, years), _refusals(made)]
    yield from files
    yield overview_page(made, organs, seats, by_seat, years, files)


def overview_page(
    made: Material,
    organs: Sequence[Organ],
    seats: Sequence[Seat],
    by_seat: Mapping[str, Mapping[int, Counts]],
    years: tuple[int, ...],
    files: Sequence[File],
) -> CoveragePage:
    """The page that counts everything."""
    by_year = count_by(organs, lambda organ: "")
    reasons = tuple(reasons_of(made.dataset.refusals))
    total = add(by_year.get("", {}).values())
    lines = tuple(_province_lines(organs, seats, years))
    return CoveragePage(
        path=file_of(COVERAGE),
        years=years,
        organs=len(organs),
        total=total,
        by_year=by_year.get("", {}),
        provinces=lines,
        levels=tuple(_lines(organs, "level")),
        sectors=tuple(_lines(organs, "sector")),
        titles=sectors(),
        seats=by_seat,
        reasons=reasons,
        untold=max(0, total.refused - sum(reason.number for reason in reasons)),
        held=trend((year, by_year.get("", {}).get(year, Counts()).held, True) for year in years),
        map=_map(lines, "counts"),
        map_of_seats=_map(lines, "seats"),
        downloads=(*made.downloads("data/coverage.csv", "data/coverage.json"), *map(offer, files)),
    )


def _seats_by_level(seats: Sequence[Seat], years: Sequence[int]) -> dict[str, dict[int, Counts]]:
    parts = {level: [seat for seat in seats if seat.region.level == level] for level in LEVELS}
    return {level: {year: count_seats(part, year) for year in years} for level, part in parts.items()}


def _province_lines(organs: Sequence[Organ], seats: Sequence[Seat], years: Sequence[int]) -> Iterator[Line]:
    by_province = _by_province(organs)
    inside: dict[str, list[Seat]] = defaultdict(list)
    for seat in seats:
        inside[seat.region.code[:2]].append(seat)
    for code, region in _provinces().items():
        part = by_province.get(code, [])
        places = add(count_seats(inside[code[:2]], year) for year in years) if years else Counts()
        if (region is not None and code != NATIONAL) or part:
            yield Line(code, len(part), _total(part), region, places)


def _map(lines: Sequence[Line], name: str) -> TileMap:
    """The part of the counts that is held, or of the governments' reports that is held or known, on the map."""
    shares: dict[str, Counts] = {line.key: getattr(line, name) for line in lines}
    values = {code: one.share if name == "counts" else one.share_told for code, one in shares.items()}
    return tiles.tile_map(values, {code: place_address(code) for code in shares}, rate=True)


def _lines(organs: Sequence[Organ], name: str) -> Iterator[Line]:
    """Counts by a fact of the organs: levels from the top down, sectors in the order of their list."""
    parts: dict[str, list[Organ]] = defaultdict(list)
    for organ in organs:
        parts[getattr(organ, name) or ""].append(organ)
    order = ("national", *LEVELS, "township", *sectors(), "")
    for key in sorted(parts, key=order.index):
        yield Line(key, len(parts[key]), _total(parts[key]))


def _total(organs: Sequence[Organ]) -> Counts:
    return count_statuses(row["status"] for organ in organs for row in organ.years().values())


# what could not be read ----------------------------------------------------------------------------------------------


def reasons_of(refusals: Sequence[Refusal]) -> Iterator[Reason]:
    """Refusals by code and sort of reason, in the order of the codes; of each the first few of different organs."""
    found: dict[tuple[str, str], list[Refusal]] = defaultdict(list)
    for refusal in refusals:
        found[refusal.code, kind_of(refusal)].append(refusal)
    for code, kind in sorted(found, key=lambda key: (CODES.index(key[0]), key[1])):
        part = found[code, kind]
        differing = {refusal.agency_id or refusal.agency_name: refusal for refusal in reversed(part)}
        yield Reason(code, kind, len(part), tuple(list(differing.values())[::-1][:EXAMPLES]))


# files ---------------------------------------------------------------------------------------------------------------

_COUNTED = ("year", "total", *STATUSES)
_PLACES = ("region_code", "name", "level", "province", "year", "status", "agency_id", "url")


def _files(organs: Sequence[Organ], seats: Sequence[Seat], years: Sequence[int]) -> Iterator[File]:
    """The tables of the overview, each as CSV."""
    keys = {"province": lambda organ: organ.province, "level": lambda organ: organ.level or ""}
    for name, key in (*keys.items(), ("sector", lambda organ: organ.sector)):
        rows = rows_of(count_by(organs, key), name)
        yield File(f"{COVERAGE}{name}s.csv", csv_text((name, *_COUNTED), rows))
    rows = rows_of(count_by(organs, lambda organ: ""), "all")
    yield File(f"{COVERAGE}years.csv", csv_text(_COUNTED, rows))
    yield File(f"{COVERAGE}places.csv", csv_text(_PLACES, (row for seat in seats for row in _of_seat(seat, years))))


def _of_seat(seat: Seat, years: Sequence[int]) -> Iterator[dict[str, object]]:
    region = seat.region
    about = {"region_code": region.code, "name": region.name, "level": region.level}
    for year in years:
        if status := seat.status(year):
            row = seat.years[year] or {"agency_id": "", "url": ""}
            told = {"agency_id": row["agency_id"] or None, "url": row["url"] or None}
            yield {**about, "province": names(region.code)["province"], "year": year, "status": status, **told}


def _refusals(made: Material) -> File:
    rows = [{**asdict(refusal), "kind": kind_of(refusal)} for refusal in made.dataset.refusals]
    return File(f"{COVERAGE}refusals.csv", csv_text((*COLUMNS, "kind"), rows))
