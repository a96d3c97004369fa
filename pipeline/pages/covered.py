"""Which organ's report on which year is held, known, refused, gone or missing, counted as the coverage pages show it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from decimal import Decimal

from pipeline import identity
from pipeline.record import Agency
from pipeline.regions import NATIONAL, Region, by_code, chain, tell

STATUSES = ("held", "known", "refused", "gone", "missing")
"""What a year of an organ can be; where several hold for one year, the first of them counts."""
UNPLACED = "unplaced"
"""Stands where the code of a province would, for organs whose place their name does not tell."""

Row = Mapping[str, str]
"""A row of `coverage.csv`."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many reports are held, known, refused, gone and missing."""

    held: int = 0
    known: int = 0
    refused: int = 0
    gone: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        return sum(astuple(self))

    @property
    def share(self) -> Decimal | None:
        """The part that is held; None where nothing is counted."""
        return Decimal(self.held) / self.total if self.total else None

    @property
    def share_told(self) -> Decimal | None:
        """The part that is held or known to exist; None where nothing is counted."""
        return Decimal(self.held + self.known) / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Organ:
    """An organ that is known: its place, its rows of coverage, and whether a report is held, so that it has a page."""

    name: str
    agency_id: str
    is_held: bool
    region: Region | None
    level: str | None
    sector: str
    rows: Sequence[Row]

    @property
    def province(self) -> str:
        """The code of its province, that of the state, or `unplaced`."""
        return (chain(self.region.code)[:1] or (self.region,))[0].code if self.region else UNPLACED

    def years(self) -> dict[int, Row]:
        """The row that counts for each year."""
        return best_of(self.rows)


def best_of(rows: Iterable[Row]) -> dict[int, Row]:
    """Of an organ's rows the one that counts for each year: what is best known of it."""
    found: dict[int, Row] = {}
    for row in rows:
        year = int(row["year"])
        if year not in found or _rank(row) < _rank(found[year]):
            found[year] = row
    return found


def _rank(row: Row) -> int:
    return STATUSES.index(row["status"])


def read_organs(coverage: Iterable[Row], agencies: Mapping[str, Agency]) -> list[Organ]:
    """Every organ of the table, by the code of its place, then by id or name; those without a place come last."""
    organs = [_organ(id, rows, agencies.get(id)) for (id, _), rows in rows_by_organ(coverage).items()]
    return sorted(organs, key=lambda one: (one.region.code if one.region else "~", one.agency_id or "~", one.name))


def rows_by_organ(coverage: Iterable[Row]) -> dict[tuple[str, str], list[Row]]:
    """The rows of each organ, by its id, else by its name; the other of the two is empty."""
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in coverage:
        found[row["agency_id"], "" if row["agency_id"] else row["agency_name"]].append(row)
    return found


def _organ(id: str, rows: Sequence[Row], agency: Agency | None) -> Organ:
    if agency:
        region = by_code().get(agency.region_code)
        return Organ(agency.name, id, True, region, agency.level, agency.sector, rows)
    name = rows[0]["agency_name"]
    region = _told(name, int(rows[0]["year"])) or (by_code().get(id[:6]) if id else None)
    level = identity.level(name, region) if region else None
    return Organ(name, id, False, region, level, identity.sector(name, region or by_code()[NATIONAL]), rows)


def _told(name: str, year: int) -> Region | None:
    """The one place that a name tells; None where it tells none or several."""
    places = {told.region for told in tell(name, year)}
    return places.pop() if len(places) == 1 else None


# counting ------------------------------------------------------------------------------------------------------------


def count_statuses(statuses: Iterable[str]) -> Counts:
    """The counts of so many statuses."""
    found = Counter(statuses)
    return Counts(*(found[status] for status in STATUSES))


Tally = Mapping[Hashable, Mapping[int, Counts]]
"""Counts by what stands in front of a row, and by year."""


def count_by(organs: Iterable[Organ], key: Callable[[Organ], Hashable]) -> Tally:
    """The counts of organs by a key of theirs and by year, keys in the order in which they first come."""
    found: dict[Hashable, dict[int, list[str]]] = {}
    for organ in organs:
        years = found.setdefault(key(organ), {})
        for year, row in organ.years().items():
            years.setdefault(year, []).append(row["status"])
    return {one: _counted(years) for one, years in found.items()}


def _counted(years: Mapping[int, Sequence[str]]) -> dict[int, Counts]:
    return {year: count_statuses(statuses) for year, statuses in sorted(years.items())}


def add(counts: Iterable[Counts]) -> Counts:
    """The sum of counts."""
    return Counts(*(sum(column) for column in zip(*map(astuple, counts), strict=True)))


def rows_of(tally: Tally, name: str) -> Iterator[dict[str, object]]:
    """A tally as rows of a CSV: the key under that name, the year, and the counts."""
    for key, years in tally.items():
        for year, counts in years.items():
            yield {name: key, "year": year, "total": counts.total, **dict(zip(STATUSES, astuple(counts), strict=True))}
