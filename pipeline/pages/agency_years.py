"""An organ over the years: each headline count and each indicator year by year, what changed, and how it is drawn."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from pipeline.indicators import HEADLINES, INDICATORS, count_of
from pipeline.pages.addresses import web_address
from pipeline.pages.covered import best_of
from pipeline.pages.language import count
from pipeline.pages.material import Material
from pipeline.pages.measures import SUBJECTS
from pipeline.pages.pictures import Told, Trend, trends, written
from pipeline.pages.statistics import figure_of
from pipeline.record import Record, Value


@dataclass(frozen=True, slots=True)
class Year:
    """A year of an organ: its report where one is held, else what is known of it (`status`, `url` of `coverage`)."""

    year: int
    record: Record | None
    status: str
    url: str | None
    findings: int = 0
    notes: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """The figure of one year: `held` without a report False, `value` None where it is blank or cannot be told.

    A rate has the two numbers that it is made of. `change` is the difference to the year before, where both are told.
    """

    held: bool
    value: int | Decimal | None = None
    numerator: Value = None
    denominator: Value = None
    change: int | Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A headline count (`key` is its field) or an indicator (its name) across the years."""

    key: str
    years: tuple[int, ...]
    entries: tuple[Entry, ...]

    @property
    def is_rate(self) -> bool:
        return self.key in SUBJECTS

    @property
    def told(self) -> tuple[Entry, ...]:
        """The entries that have a figure."""
        return tuple(one for one in self.entries if one.value is not None)

    @property
    def is_always_zero(self) -> bool:
        return bool(self.told) and not any(one.value for one in self.told)

    @property
    def is_drawn(self) -> bool:
        """Whether there is something to see: figures of two years and more, not all of them 0."""
        return len(self.told) > 1 and not self.is_always_zero

    def points(self) -> Iterator[Told]:
        """The years as a plot takes them."""
        for year, one in zip(self.years, self.entries, strict=True):
            yield Told(year, one.value, one.held, None if one.value is None else one.denominator)

    def written(self, value: int | Decimal) -> str:
        """A figure of this kind in words."""
        return written(value, self.is_rate)

    def changed(self, entry: Entry) -> str | None:
        """The change to the year before in words: +3, −2; of a rate in percentage points, +12.5. None for no change."""
        if not entry.change:
            return None
        size = Decimal(entry.change).copy_abs()
        shown = (size * 100).quantize(Decimal("0.1")) if self.is_rate else size
        return f"{'+' if entry.change > 0 else '−'}{count(shown)}"

    @property
    def latest(self) -> tuple[int, Entry] | None:
        """The last year with a report and its entry."""
        held = [(year, one) for year, one in zip(self.years, self.entries, strict=True) if one.held]
        return held[-1] if held else None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A line with its plot."""

    line: Line
    plot: Trend


def drawn_of(lines: Iterable[Line], *, rate: bool) -> tuple[Drawn, ...]:
    """The counts, or the rates, that are worth a plot, each year at the same place in all of them."""
    shown = [line for line in lines if line.is_rate == rate and line.is_drawn]
    return tuple(map(Drawn, shown, trends((line.points() for line in shown), rate=rate)))


def years_of(material: Material, agency_id: str) -> tuple[Year, ...]:
    """Every year from the first that is held or known to the last; one that nobody knows of is missing."""
    held = {record.year: record for record in material.reports_of(agency_id)}
    known = best_of(material.coverage_of(agency_id))
    span = [*held, *known]
    return tuple(_year(material, n, held.get(n), known.get(n, {})) for n in range(min(span), max(span) + 1))


def _year(material: Material, year: int, record: Record | None, known: Mapping[str, str]) -> Year:
    if record is None:
        return Year(year, None, str(known.get("status") or "missing"), web_address(known.get("url")))
    counts = material.count_findings(record), material.count_findings(record, notes=True)
    return Year(year, record, "held", web_address(record.source.url), *counts)


def lines_of(years: Sequence[Year]) -> tuple[Line, ...]:
    """The headline counts, then the indicators."""
    names = tuple(year.year for year in years)
    return tuple(Line(key, names, _entries(key, years)) for key in (*HEADLINES, *INDICATORS))


def _entries(key: str, years: Iterable[Year]) -> tuple[Entry, ...]:
    entries = [_entry(key, year.record) for year in years]
    changes = (_change(before, now) for before, now in pairwise([Entry(held=False), *entries]))
    return tuple(
        Entry(one.held, one.value, one.numerator, one.denominator, change)
        for one, change in zip(entries, changes, strict=True)
    )


def _entry(key: str, record: Record | None) -> Entry:
    if record is None:
        return Entry(held=False)
    if key not in SUBJECTS:
        return Entry(True, count_of(record, key))
    figure = figure_of(SUBJECTS[key], record)
    return Entry(True, figure.value, figure.numerator, figure.denominator)


def _change(before: Entry, now: Entry) -> int | Decimal | None:
    return None if before.value is None or now.value is None else now.value - before.value
