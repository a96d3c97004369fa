"""What the rates of many reports come to: medians, quartiles, sums, and the organs that are alike.

Quartiles are those of a spreadsheet's QUARTILE.INC: linear interpolation between the two nearest of the ordered
values, both ends included; exact, and of the values as published (six decimals), so that anyone can work them out
again. None of them is told of fewer than five organs. A government's report over all its organs repeats figures of
theirs, so it is counted apart from organs' own reports everywhere; a report that does not say counts as its own.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipeline.dataset import Dataset
from pipeline.indicators import count_of, rate
from pipeline.pages.material import Material
from pipeline.pages.measures import SUBJECTS, Subject
from pipeline.record import Record, Value

PEERS = 5
"""Of how many organs there must be a rate before a median or a quartile is told."""

RATED, WITHOUT, BLANK, ABSENT = "rated", "without", "blank", "absent"
"""What a report says of a subject: a rate; nothing to take a share of (denominator 0); a cell that is no number; or the
report does not print the row at all."""
STATES = (RATED, WITHOUT, BLANK, ABSENT)

_SCALE = 10**6


@dataclass(frozen=True, slots=True)
class Figure:
    """What one report says of one subject; `value` is None unless `state` is rated."""

    numerator: Value
    denominator: Value
    value: Decimal | None
    state: str


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The lower quartile, the median and the upper quartile of `n` rates."""

    n: int
    lower: Decimal
    median: Decimal
    upper: Decimal

    def place(self, value: Decimal) -> str:
        """Where a rate stands: below, low (lower quartile to median), high (median to upper quartile) or above."""
        if value < self.lower:
            return "below"
        if value > self.upper:
            return "above"
        return "low" if value <= self.median else "high"


@dataclass(frozen=True, slots=True)
class Summary:
    """What some reports say of a subject together; sums are over the reports that have a rate."""

    rated: int
    without: int
    blank: int
    absent: int
    quartiles: Quartiles | None
    numerator: int
    denominator: int

    @property
    def reports(self) -> int:
        return self.rated + self.without + self.blank + self.absent

    @property
    def sums(self) -> dict[str, int | None]:
        """Numerator and denominator as tables tell them: no report with a rate has no sum, which is not 0."""
        return {key: getattr(self, key) if self.rated else None for key in ("numerator", "denominator")}

    @property
    def pooled(self) -> Decimal | None:
        """The rate of all these reports taken as one; None where there is nothing to take a share of."""
        return rate(self.numerator, self.denominator)


def figure_of(subject: Subject, record: Record) -> Figure:
    """What a report says of a subject."""
    if not subject.stands_in(record):
        return Figure(None, None, None, ABSENT)
    numerator, denominator = subject.numerator(record), subject.denominator(record)
    value = rate(numerator, denominator)
    state = RATED if value is not None else WITHOUT if denominator == 0 else BLANK
    return Figure(numerator, denominator, value, state)


def value_of(key: str, record: Record) -> Value:
    """A headline count of a report by its field, or its rate by the slug of a subject."""
    return figure_of(SUBJECTS[key], record).value if key in SUBJECTS else count_of(record, key)


def is_whole(record: Record) -> bool:
    """Whether a government reports over all its organs, so that its figures repeat theirs."""
    return record.scope == "jurisdiction"


def quartiles(values: Iterable[Decimal]) -> Quartiles | None:
    """The quartiles of some rates, None where there are fewer than `PEERS`."""
    ordered = sorted(values)
    if len(ordered) < PEERS:
        return None
    lower, median, upper = (_quantile(ordered, quarter) for quarter in (1, 2, 3))
    return Quartiles(len(ordered), lower, median, upper)


def _quantile(ordered: Sequence[Decimal], quarter: int) -> Decimal:
    low, rest = divmod((len(ordered) - 1) * quarter, 4)
    beyond = ordered[low + 1] - ordered[low] if rest else Decimal(0)
    return ordered[low] + beyond * rest / 4


def summarise(figures: Iterable[Figure]) -> Summary:
    """What some figures of one subject come to together."""
    found = list(figures)
    states = Counter(one.state for one in found)
    rated = [one for one in found if one.value is not None]
    return Summary(
        rated=states[RATED],
        without=states[WITHOUT],
        blank=states[BLANK],
        absent=states[ABSENT],
        quartiles=quartiles(one.value for one in rated if one.value is not None),
        numerator=sum(int(one.numerator or 0) for one in rated),
        denominator=sum(int(one.denominator or 0) for one in rated),
    )


_Group = tuple[str, str, int, bool]
"""Level, sector, year, and whether the reports are over all organs of a government."""


class Statistics:
    """What is worked out of all reports; each part when it is first asked for, in one pass."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._summaries: dict[tuple[str, int, bool], Summary] = {}
        self._peers: dict[str, Mapping[_Group, Quartiles]] = {}
        found: dict[int, list[Record]] = defaultdict(list)
        for record in sorted(dataset.records, key=self._place):
            found[record.year].append(record)
        self._years = dict(sorted(found.items()))

    def _place(self, record: Record) -> tuple[str, str]:
        return self._dataset.agency_of(record).region_code, record.agency_id

    @property
    def years(self) -> tuple[int, ...]:
        """The years that there is a report of."""
        return tuple(self._years)

    def reports(self, year: int) -> Sequence[Record]:
        """The reports of a year in the order of places: by region code, then by id."""
        return self._years.get(year, ())

    def summary(self, slug: str, year: int, *, whole: bool = False) -> Summary:
        """A subject in a year over organs' own reports, or (`whole`) over those of governments over all their organs."""
        key = slug, year, whole
        if key not in self._summaries:
            records = (record for record in self.reports(year) if is_whole(record) == whole)
            self._summaries[key] = summarise(figure_of(SUBJECTS[slug], record) for record in records)
        return self._summaries[key]

    def peers(self, record: Record, key: str) -> Quartiles | None:
        """The quartiles of a figure over organs of the same level and sector in the same year, this one among them.

        `key` is the slug of a subject or the field of a headline count. None where the organ's level is not known or
        fewer than `PEERS` of them have the figure.
        """
        if key not in self._peers:
            self._peers[key] = self._group(key)
        group = self._group_of(record)
        return self._peers[key].get(group) if group else None

    def _group(self, key: str) -> Mapping[_Group, Quartiles]:
        # Eight bytes each, rates as millionths: a hundred thousand organs have some millions of them.
        found: dict[_Group, array[int]] = defaultdict(lambda: array("q"))
        scale = _SCALE if key in SUBJECTS else 1
        for record in self._dataset.records:
            group = self._group_of(record)
            value = value_of(key, record) if group else None
            if group and value is not None:
                found[group].append(int(value * scale))
        made = {group: quartiles(Decimal(one) / scale for one in values) for group, values in found.items()}
        return {group: one for group, one in made.items() if one}

    def _group_of(self, record: Record) -> _Group | None:
        agency = self._dataset.agency_of(record)
        return (agency.level, agency.sector, record.year, is_whole(record)) if agency.level else None


def statistics_of(material: Material) -> Statistics:
    """The statistics of all reports, made once for the material."""
    return material.once(_statistics)


def _statistics(material: Material) -> Statistics:
    return Statistics(material.dataset)
