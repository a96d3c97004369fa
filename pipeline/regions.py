"""Places: the codes of GB/T 2260, their names now and before, and which place lies in which."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

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


MADE_UP = (
    Region("990000", "示例省", "province", ""),
    Region("999900", "示例市", "prefecture", "990000"),
    Region("999901", "示例县", "county", "999900"),
    Region("999902", "示例区", "county", "999900"),
)
"""Places that say that they are made up, for tests and documentation; none of their reports is ever published."""


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
    found = {region.code: region for region in MADE_UP}
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


# from a name to a place ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A place that a name begins with, and how many characters of the name are the place's."""

    region: Region
    length: int


@cache
def _stems(path: Path = ROOT / "data" / "region_stems.yaml") -> Mapping[str, str]:
    loaded: Mapping[str, str] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@cache
def _index() -> Mapping[str, tuple[tuple[Region, bool], ...]]:
    """Names -> places, and whether the name alone tells it; a cut name (山西, 临汾) needs a place inside it behind."""
    found: dict[str, dict[tuple[Region, bool], None]] = {}
    for region in (*regions(), *MADE_UP):
        if region.code == NATIONAL:
            continue
        for name in (region.name, *region.former_names):
            found.setdefault(name, {})[region, True] = None
        if region.level != "county" and len(region.name) > 2 and region.is_current:
            found.setdefault(region.name[:-1], {})[region, False] = None
    for stem, code in _stems().items():
        found.setdefault(stem, {})[by_code()[code], True] = None
    return {name: tuple(places) for name, places in found.items()}


def tell(name: str, year: int | None = None) -> list[Told]:
    """The places that a name may begin with, by the longest reading; several where it could be several.

    `year` leaves out places that had ended before. An empty list: the name begins with no place that is known.
    """
    found = list(_readings(name, 0, None, year))
    longest = max((told.length for told in found), default=0)
    return list({told.region.code: told for told in found if told.length == longest}.values())


def _readings(name: str, start: int, around: Region | None, year: int | None) -> Iterator[Told]:
    for end in range(start + 2, min(start + 16, len(name)) + 1):
        for region, alone in _index().get(name[start:end], ()):
            if (around and not _lies_in(region, around)) or (year and not region.was_valid_in(year)):
                continue
            if alone:
                yield Told(region, end)
            if region.level != "county":
                yield from _readings(name, end, region, year)


def _lies_in(region: Region, around: Region) -> bool:
    parent = by_code().get(region.parent)
    return region.parent == around.code or (parent is not None and parent.parent == around.code)


def describe(region: Region) -> str:
    """A place with its code and those around it, for a sentence."""
    around = "".join(one.name for one in chain(region.code)[:-1])
    ended = f", until {region.valid_to}" if region.valid_to else ""
    return f"{region.code} {around}{region.name}{ended}"
