"""The geometry of pictures: values in, written figures and coordinates out; no page and no language is known here.

A value is a count (int, or Decimal for money) or a rate (a share of 1; `rate=True`). None is a figure that the report
leaves blank or that cannot be told; a year without a report is told apart from it (`held`). Neither ever becomes 0.
The macros of `_pictures.html` draw what is returned here; the map of the provinces is in `tiles`.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from math import ceil
from typing import Protocol

from pipeline.forms import Label
from pipeline.pages.language import count, percent

Number = int | Decimal | Fraction

WEAK_BELOW = 10
"""A rate of fewer cases than this is drawn hollow: one case more or less moves it by ten points and more."""

_LEAST_SEEN = Decimal("0.0005")


class Quarters(Protocol):
    """What `statistics.quartiles` tells of a row of numbers."""

    @property
    def n(self) -> int: ...

    @property
    def lower(self) -> Number: ...

    @property
    def median(self) -> Number: ...

    @property
    def upper(self) -> Number: ...


def written(number: Number, rate: bool = False) -> str:
    """A figure as pictures write it: 12,345, 12.5, 45.5%; only exactly 0 and 1 are 0% and 100%."""
    exact = Decimal(number.numerator) / number.denominator if isinstance(number, Fraction) else Decimal(number)
    if rate:
        return "<0.1%" if 0 < exact <= _LEAST_SEEN else percent(exact)
    whole = exact == exact.to_integral_value()
    return count(int(exact)) if whole else count(exact.quantize(Decimal("0.1"), ROUND_HALF_EVEN).normalize())


# years ---------------------------------------------------------------------------------------------------------------

FITS, ROOMY, NARROW = 300, 44, 34
"""In CSS pixels: what a screen of 320 can show, with its margin on one side; the most and the least room of a year."""

TOP, TALL, LINE = 17, 44, 16
"""The line above the columns, the tallest column, a line of words below them."""

_WIDE = {",": 4, ".": 4, "%": 12.6}
_UNGROUPED, _BEYOND = 100_000, 10


@dataclass(frozen=True, slots=True)
class Told:
    """A year's figure; `of` is a rate's denominator, `held` False where there is no report of that year."""

    year: int
    value: Number | None
    held: bool = True
    of: Number | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """A year as it is drawn: `x` is the middle of its column, `y` the foot of the figure above it.

    `weak` is a rate of few cases; `light` figures recede: those, 0, and what is blank or missing. `rises` is how high the
    column is; a figure below 0 has none, and is only written.
    """

    year: int
    held: bool
    text: str | None
    of: str | None
    weak: bool
    light: bool
    x: int
    y: int
    rises: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A small column chart over years: `solid` has a line for each column, to be drawn thick; `hollow` has outlines.

    `breaks` are the places between two years whose forms define the figure differently; `left_out` counts the earlier
    years that the narrowest screen has no room for.
    """

    points: tuple[Point, ...]
    rate: bool
    width: int
    base: int
    solid: str
    hollow: str
    breaks: tuple[int, ...] = ()
    left_out: int = 0

    @property
    def height(self) -> int:
        return self.base + LINE * (2 if self.denominators else 1) + 4

    @property
    def years(self) -> tuple[tuple[int, str], ...]:
        """The words below the columns: places and years."""
        return tuple((point.x, str(point.year)) for point in self.points)

    @property
    def denominators(self) -> tuple[tuple[int, str], ...]:
        """The words below the years: places and denominators."""
        return tuple((point.x, point.of) for point in self.points if point.of is not None)


Years = Iterable[tuple[int, Number | None, bool] | Told]


def trend(years: Years, *, rate: bool = False, breaks: Iterable[int] = ()) -> Trend:
    """Columns over years, from 0 on a scale of their own. `breaks` names the first year of each new definition.

    A year is `(year, value, held)`, or `Told(year, value, held, of)` where a rate's denominator is known: it then stands
    below the year, and a rate of fewer than ten cases is hollow.
    """
    return trends([years], rate=rate, breaks=breaks)[0]


def trends(plots: Iterable[Years], *, rate: bool = False, breaks: Iterable[int] = ()) -> list[Trend]:
    """Several plots over the same years: each has its own scale, and every year stands at the same place in all.

    Where there are more years than the narrowest screen has room for, the latest are drawn.
    """
    told = [[one if isinstance(one, Told) else Told(*one) for one in years] for years in plots]
    least = [max(_room(one, rate) for one in year) for year in zip(*told, strict=True)]
    left_out = sum(end > FITS for end in accumulate(reversed(least)))
    rooms = _rooms(least[left_out:])
    return [replace(_trend(one[left_out:], rooms, rate, set(breaks)), left_out=left_out) for one in told]


def _trend(told: Sequence[Told], rooms: Sequence[int], rate: bool, breaks: Container[int]) -> Trend:
    most = max((abs(Fraction(one.value)) for one in told if one.value is not None), default=Fraction(0))
    ends = list(accumulate(rooms))
    points = tuple(_point(one, rate, end - room // 2, most) for one, room, end in zip(told, rooms, ends, strict=True))
    return Trend(
        points=points,
        rate=rate,
        width=sum(rooms),
        base=TOP + TALL,
        solid="".join(_stem(point) for point in points if not point.weak),
        hollow="".join(_outline(point) for point in points if point.weak),
        breaks=tuple(end for end, one in zip(ends, told[1:], strict=False) if one.year in breaks),
    )


def short(number: Number, rate: bool = False) -> str:
    """A figure short enough for a column or a tile: five digits stand ungrouped, and a wrong report's 1400% is >999%."""
    if rate:
        return ">999%" if number >= _BEYOND else written(number, rate)
    return written(number).replace(",", "") if -_UNGROUPED < number < _UNGROUPED else written(number)


def _room(told: Told, rate: bool) -> int:
    """The least room of a year: its own figures must fit."""
    figures = [] if told.value is None else [short(told.value, rate)]
    return max([NARROW, *map(_width, [*figures, *([] if told.of is None else [short(told.of)])])])


def _rooms(least: Sequence[int]) -> list[int]:
    """The room of each year, wider where the narrowest screen has some to spare."""
    spare = max(0, FITS - sum(least)) // max(1, len(least))
    return [max(one, min(ROOMY, one + spare)) for one in least]


def _width(text: str) -> int:
    """About how wide figures are at 13 pixels, with a little air."""
    return ceil(sum(_WIDE.get(sign, 7.7) for sign in text)) + 2


def _point(told: Told, rate: bool, x: int, most: Fraction) -> Point:
    weak = rate and told.of is not None and told.of < WEAK_BELOW
    # Whatever is not 0 is seen.
    rises = max(2, round(TALL * Fraction(told.value) / most)) if told.value and told.value > 0 else 0
    return Point(
        year=told.year,
        held=told.held,
        text=None if told.value is None else short(told.value, rate),
        of=None if told.of is None else short(told.of),
        weak=weak,
        light=weak or not told.value,
        x=x,
        y=TOP + TALL - rises - 4,
        rises=rises,
    )


def _stem(point: Point) -> str:
    """A column as a line to be drawn thick."""
    return f"M{point.x} {TOP + TALL}v-{point.rises}" if point.rises else ""


def _outline(point: Point) -> str:
    """A column as its outline."""
    return f"M{point.x - 12} {TOP + TALL}v-{point.rises}h24v{point.rises}" if point.rises else ""


# numbers side by side ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A number under its words; `share` of the longest bar, in per cent. No number where it cannot be told."""

    label: Label
    number: int | None
    share: Decimal


def bars_of(numbers: Sequence[tuple[Label, int | None]]) -> tuple[Bar, ...]:
    """Numbers as bars on one scale; none at all where none of them is above zero."""
    longest = max((number or 0 for _, number in numbers), default=0)
    if longest < 1:
        return ()
    return tuple(Bar(words, n, _share(n or 0, longest).quantize(Decimal("0.1"))) for words, n in numbers)


# many values at once -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Class:
    """A class of a distribution: how many values lie in it, and which of lower, median, upper, organ do."""

    text: str
    number: int
    share: Decimal
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Distribution:
    """How values spread: classes with their counts, the quartiles in figures, and how many organs have no value."""

    classes: tuple[Class, ...]
    rate: bool
    n: int
    lower: str | None
    median: str | None
    upper: str | None
    mark: str | None
    without: int


def distribution(
    values: Sequence[Number],
    quartiles: Quarters | None,
    *,
    rate: bool = False,
    mark: Number | None = None,
    without: int = 0,
) -> Distribution:
    """The classes of some values: tenths for rates, 0, 1, 2, 5, 10, 20, 50 … for counts; none of no values.

    `mark` is the value of one organ; `without` counts the organs that have none (for a rate: nothing to take it of).
    """
    scale = _tenths(values) if rate else _steps(values)
    quarters = {key: getattr(quartiles, key) if quartiles else None for key in ("lower", "median", "upper")}
    places = {key: scale.place(one) for key, one in {**quarters, "organ": mark}.items() if one is not None}
    sizes = Counter(scale.place(one) for one in values)
    classes = tuple(
        Class(text, sizes[n], _share(sizes[n], max(sizes.values())), tuple(key for key in places if places[key] == n))
        for n, text in enumerate(scale.texts if values else ())
    )
    lower, median, upper, organ = (None if one is None else written(one, rate) for one in (*quarters.values(), mark))
    return Distribution(classes, rate, len(values), lower, median, upper, organ, without)


def _share(number: Number, most: Number) -> Decimal:
    """A share of the longest bar, in per cent."""
    exact = Fraction(100) * Fraction(number) / Fraction(most)
    return Decimal(round(exact * 10)) / 10


@dataclass(frozen=True, slots=True)
class _Scale:
    """Classes by where each begins; the last has no end."""

    edges: tuple[Number, ...]
    texts: tuple[str, ...]

    def place(self, value: Number) -> int:
        return max(0, bisect_right(self.edges, value) - 1)


def _tenths(values: Sequence[Number]) -> _Scale:
    """Ten classes from 0 to 100%, 100% itself in the last; what a wrong report puts beyond them has a class of its own."""
    inside = [(Decimal(n) / 10, f"{n * 10}–{n * 10 + 10}%") for n in range(10)]
    below = [(_LEAST, "<0%")] if min(values, default=0) < 0 else []
    above = [(Decimal("1.0000005"), ">100%")] if max(values, default=0) > 1 else []  # rates have six decimals
    return _Scale(*map(tuple, zip(*below, *inside, *above, strict=False)))


def _steps(values: Sequence[Number]) -> _Scale:
    """0, 1, 2, 5, 10, 20, 50 … up to the class of the greatest value."""
    edges = [0, *(digit * 10**n for n in range(12) for digit in (1, 2, 5))]
    edges = edges[: bisect_right(edges, max(values, default=0)) + 1]
    whole = all(isinstance(one, int) for one in values)
    texts = [_between(low, high, whole) for low, high in pairwise(edges)]
    below = min(values, default=0) < 0
    return _Scale((_LEAST, *edges[:-1]) if below else tuple(edges[:-1]), ("<0", *texts) if below else tuple(texts))


_LEAST = Decimal("-Infinity")


def _between(low: int, high: int, whole: bool) -> str:
    """The words of a class: 0, 1, 2–4 of whole figures; 0–1, 1–2, 2–5 of others, without the upper end."""
    last = high - 1 if whole else high
    return written(low) if low == last else f"{written(low)}–{written(last)}"
