"""An organ among its like: where it stands in the middle half of the organs of the same level and sector in one year."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.indicators import HEADLINES, RATES
from pipeline.pages.agency_years import Line
from pipeline.pages.material import Material
from pipeline.pages.pictures import written
from pipeline.pages.statistics import Quartiles, statistics_of
from pipeline.record import Record


@dataclass(frozen=True, slots=True)
class Strip:
    """Quartiles on a line from 0, in per cent of its length, and where one organ stands on it."""

    lower: int
    median: int
    upper: int
    mark: int


def strip(quartiles: Quartiles, mark: Decimal) -> Strip:
    """The middle half of a group on a line: to 100% or 1, or as far as the organ or the upper quartile goes."""
    most = max(quartiles.upper, mark, Decimal(1))
    numbers = (quartiles.lower, quartiles.median, quartiles.upper, mark)
    return Strip(*(max(0, round(100 * one / most)) for one in numbers))


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure of an organ among its like: `place` is below, low, high or above, as `Quartiles.place` says."""

    key: str
    value: Decimal
    quartiles: Quartiles
    is_rate: bool

    @property
    def place(self) -> str:
        return self.quartiles.place(self.value)

    @property
    def is_all_zero(self) -> bool:
        """Whether this organ and the middle half of the others have 0."""
        return not (self.value or self.quartiles.lower or self.quartiles.median or self.quartiles.upper)

    def written(self, number: Decimal) -> str:
        """A figure of this kind in words."""
        return written(number, self.is_rate)

    @property
    def strip(self) -> Strip:
        return strip(self.quartiles, self.value)


def standings(material: Material, record: Record, lines: Sequence[Line], year: int) -> tuple[Standing, ...]:
    """Where a report stands by each figure that at least five organs of the same level and sector have."""
    found = []
    for line in lines:
        entry, around = line.entries[line.years.index(year)], quartiles_of(material, record, line.key)
        if entry.value is not None and around is not None:
            found.append(Standing(line.key, Decimal(entry.value), around, line.is_rate))
    return tuple(found)


def quartiles_of(material: Material, record: Record, key: str) -> Quartiles | None:
    """The quartiles of a figure over the reports like this one, itself among them; None for fewer than five."""
    return statistics_of(material).peers(record, key)


def prepare(material: Material) -> None:
    """Gathers the quartiles of every figure, for all processes that are going to need them."""
    for record in material.dataset.records[:1]:
        for key in (*HEADLINES, *RATES):
            quartiles_of(material, record, key)
