"""The tile map: every province a tile of one size, in rows from north to south; `data/tiles.yaml` says where.

The figure is written in each tile, so the five steps of one hue never speak alone. Hong Kong, Macao and Taiwan stand
apart: no reports of this kind are made there, which is neither a gap nor 0.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import yaml

from pipeline import ROOT
from pipeline.pages.pictures import Number, short, written

STEPS = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """A province on the map: `step` 1 (light) to 5, 0 without a figure; `apart` where no such reports are made."""

    code: str
    column: int
    name: str
    name_en: str
    letters: str
    apart: bool
    text: str | None
    step: int
    address: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the legend: from one figure to another, and how many provinces are in it."""

    step: int
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class TileMap:
    """The provinces as tiles; `unit` is what a figure in a tile is to be multiplied by, 1 or 10,000."""

    tiles: tuple[Tile, ...]
    steps: tuple[Step, ...]
    rate: bool
    unit: int

    @property
    def told(self) -> int:
        """How many provinces have a figure."""
        return sum(step.number for step in self.steps)


def tile_map(
    values: Mapping[str, Number | None], addresses: Mapping[str, str] | None = None, *, rate: bool = False
) -> TileMap:
    """The tile map of a figure by province code; a province that is not named, or None, has none.

    `addresses` leads from tiles to pages (code -> address for `link`). Steps are equal parts of the way from 0 to a round
    figure above the greatest value; for rates that figure is at most 100%.
    """
    told = {code: value for code, value in values.items() if value is not None}
    most = max(told.values(), default=1)
    top = _top(most, rate)
    unit = 10_000 if not rate and most >= 100_000 else 1
    tiles = tuple(
        Tile(
            **place,
            text=_tile_text(told[place["code"]], rate, unit) if place["code"] in told else None,
            step=_step(told[place["code"]], top) if place["code"] in told else 0,
            address=(addresses or {}).get(place["code"]),
        )
        for place in _places()
    )
    sizes = Counter(tile.step for tile in tiles)
    steps = tuple(Step(n, _step_text(n, top, rate, unit), sizes[n]) for n in range(1, STEPS + 1))
    return TileMap(tiles, steps, rate, unit)


@cache
def _places(path: Path = ROOT / "data" / "tiles.yaml") -> tuple[Mapping[str, Any], ...]:
    """Where each province stands on the map, in the order in which the tiles are laid."""
    listed = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return tuple({"apart": False, **one} for one in listed)


def _top(most: Number, rate: bool) -> Fraction:
    """The round figure that the steps end with: 5, 10, 20, 25, 50, 100 and so on, of a count or of per cent."""
    wanted, size = Fraction(most) * (100 if rate else 1), 1
    while True:
        for digits in (5, 10, 20, 25):
            if wanted <= digits * size:
                return Fraction(digits * size, 100 if rate else 1)
        size *= 10


def _step(value: Number, top: Fraction) -> int:
    """1 to 5; a value on the border of two steps is in the lower one, and 0 in the first."""
    return min(STEPS, max(1, ceil(Fraction(value) / top * STEPS)))


def _step_text(step: int, top: Fraction, rate: bool, unit: int) -> str:
    low, high = (top * n / STEPS for n in (step - 1, step))
    if rate:
        return f"{low * 100}–{high * 100}%"  # whole figures: `top` is a multiple of five per cent
    return f"{_tile_text(low, rate, unit)}–{_tile_text(high, rate, unit)}"


def _tile_text(value: Number, rate: bool, unit: int) -> str:
    """A figure short enough for a tile: 45.5%, 123, 12.3 (in units of 10,000); what is not 0 is never written as 0."""
    if unit > 1:
        return "<0.1" if 0 < value * 10 < unit else written(Fraction(value) / unit)
    text = short(value, rate)
    return text if text == "100.0%" else text.replace(".0%", "%")
