"""The report that every place's government owes each year: by the places of GB/T 2260, not by the organs known here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.pages.covered import STATUSES, Counts, Organ, Row, count_statuses
from pipeline.record import Record
from pipeline.regions import Region, regions, tell

LEVELS = ("province", "prefecture", "county")
ELSEWHERE = ("71", "81", "82")
"""台湾, 香港 and 澳门 stand in GB/T 2260; the Regulations do not bind anybody there."""
_GOVERNMENT = ("", "政府", "人民政府", "行政公署", "行署")
"""What stands behind its place in the name of a government; some lists name the place alone."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A place and what there is of its government's report on each year: None for a year in which it was no place."""

    region: Region
    years: Mapping[int, Row | None]

    def status(self, year: int) -> str | None:
        """`missing` where no report is held or known; None for a year in which the place was none."""
        row = self.years.get(year, _NO_PLACE)
        return "missing" if row is None else row["status"] or None


_NO_PLACE: Row = {"status": ""}


def is_government(organ: Organ, records: Iterable[Record]) -> bool:
    """Whether an organ's report is that of its place's government, by its name, or by the scope that a report states.

    An office of the government may report for the government or for itself: only the scope tells.
    """
    if organ.region is None or organ.level != organ.region.level or organ.sector != "government":
        return False
    rests = {organ.name[told.length :] for told in tell(organ.name) if told.region.code == organ.region.code}
    return bool(rests & set(_GOVERNMENT)) or any(record.scope == "jurisdiction" for record in records)


def read_seats(reports: Mapping[str, Mapping[int, Row]], years: Sequence[int]) -> Iterator[Seat]:
    """Every place by its code, with the report on each year in which it was one; `reports` are by code and year."""
    for region in regions():
        valid = [year for year in years if was_place(region, year)]
        if valid and region.level in LEVELS and not region.code.startswith(ELSEWHERE):
            held = reports.get(region.code, {})
            yield Seat(region, {year: held.get(year) for year in valid})


def reports_by_place(governments: Iterable[Organ]) -> dict[str, dict[int, Row]]:
    """The reports of governments by the code of their place and by year; of several on a year, the nearest to held."""
    found: dict[str, dict[int, Row]] = {}
    for organ in governments:
        here = found.setdefault(organ.region.code if organ.region else "", {})
        for year, row in organ.years().items():
            if row["status"] != "missing" and (year not in here or _is_nearer(row, here[year])):
                here[year] = row
    return found


def _is_nearer(row: Row, other: Row) -> bool:
    return STATUSES.index(row["status"]) < STATUSES.index(other["status"])


def count_seats(seats: Iterable[Seat], year: int) -> Counts:
    """How many of the places have their government's report on a year."""
    return count_statuses(status for seat in seats if (status := seat.status(year)))


# which places there were ---------------------------------------------------------------------------------------------


def was_place(region: Region, year: int) -> bool:
    """Whether a place was one when reports on a year were published, early in the next: ended after it, begun by it."""
    return (region.is_current or int(region.valid_to[:4]) > year) and _begun().get(region, 0) <= year


@cache
def _begun() -> Mapping[Region, int]:
    """The year in which a place took the room of one that ended: 太谷区 that of 太谷县. The list tells no other."""
    ended: dict[str, list[Region]] = {}
    for region in regions():
        if not region.is_current:
            ended.setdefault(region.parent, []).append(region)
    return {
        region: int(before.valid_to[:4])
        for region in regions()
        if region.is_current
        for before in ended.get(region.parent, ())
        if _follows(region, before)
    }


def _follows(region: Region, before: Region) -> bool:
    stem = before.name[:-1]
    return region.code == before.code or region.name.startswith(stem if len(stem) > 1 else f"{before.name}区")
