"""Places: the codes of GB/T 2260, their names now and before, and which place lies in which."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline import ROOT

NATIONAL = "000000"


@dataclass(frozen=True, slots=True)
class Region:
    """One place under one code; `valid_to` is the day or year of its end, empty for a place of today."""

    code: str
    name: str
    level: str
    parent: str
    former_names: tuple[str, ...] = ()
    valid_to: str = ""

    @property
    def is_current(self) -> bool:
        return not self.valid_to

    def was_valid_in(self, year: int) -> bool:
        """Whether a report on that year can still bear the place's name."""
        return self.is_current or int(self.valid_to[:4]) >= year


@cache
def regions(path: Path = ROOT / "data" / "regions.csv") -> tuple[Region, ...]:
    """Every place, sorted by code; a code that changed hands has several rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Region(r["code"], r["name"], r["level"], r["parent"], tuple(r["former_names"].split()), r["valid_to"])
            for r in csv.DictReader(file)
        )


@cache
def by_code() -> Mapping[str, Region]:
    """The place of each code: that of today, else the last one that bore it."""
    found: dict[str, Region] = {}
    for region in sorted(regions(), key=lambda r: (r.is_current, r.valid_to)):
        found[region.code] = region
    return found


def chain(code: str) -> tuple[Region, ...]:
    """The place and those around it, from the province down; empty for a code that nobody bears."""
    found: list[Region] = []
    region = by_code().get(code)
    while region and region.code != NATIONAL:
        found.insert(0, region)
        region = by_code().get(region.parent)
    return tuple(found)


def names(code: str) -> dict[str, str]:
    """The Chinese names of province, prefecture and county around a code; empty where there is none."""
    found = {"province": "", "prefecture": "", "county": ""}
    return found | {region.level: region.name for region in chain(code)}
