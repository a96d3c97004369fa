"""Places: the codes of GB/T 2260, their names now and before, which lies in which, and which one a name begins with."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from pipeline import ROOT

NATIONAL = "000000"
MUNICIPALITIES = ("110000", "120000", "310000", "500000")
_GRACE = 3


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
        """Whether a report on that year can still bear the place's name: an organ may be late to take the new one."""
        return self.is_current or int(self.valid_to[:4]) >= year - _GRACE


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

_ZONE = re.compile(
    r".{0,10}?(?:(?:高新|经开|开发|工业|产业|新|管理|示范|试验|实验|自贸|保税|保税港|度假|风景|名胜|景|旅游|合作|港务|经济|集聚"
    r"|片|园|改革)区|自由贸易港|科学城|新城|物流港|空港|[业技]园)"
)
_BRANCH = re.compile(
    r".{0,4}?海关|海事局|调查总?队|证监局|[银保]监|金融监管|监管局|监管分局|监管办|(?:金融|铁路|证券)监督管理|专员办|特派员办"
    r"|邮政管理|通信管理|分行|总部|营业管理部|中心支行|分局$|局$"
)
_CUT = re.compile(r"(?:特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|[省市州盟县区旗])$")
_GOES_ON = re.compile(r"[省市州盟县区旗]|自治|地区|特别|[\u4e00-\u9fff]{1,4}族自治")
_ALONE, _BEFORE, _ZONED = range(3)


@dataclass(frozen=True, slots=True)
class Told:
    """A place that a name begins with, and how many characters of the name are the place's."""

    region: Region
    length: int


@cache
def _stems(path: Path = ROOT / "data" / "region_stems.yaml") -> Mapping[str, Mapping[str, str]]:
    loaded: Mapping[str, Mapping[str, str]] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@cache
def _index() -> Mapping[str, tuple[tuple[Region, int], ...]]:
    """Names -> places, and where a name is enough: _ALONE; _BEFORE a place, a zone or a branch (山西, 临汾); _ZONED: a
    county's stem between the place around it and a zone (南京江宁开发区)."""
    found: dict[str, dict[tuple[Region, int], None]] = {}
    for region in (*regions(), *MADE_UP):
        if region.code != NATIONAL:
            found.setdefault(region.name, {})[region, _ALONE] = None
            stem = _CUT.sub("", region.name)
            if len(stem) > 1:
                found.setdefault(stem, {})[region, _ZONED if region.level == "county" else _BEFORE] = None
    for kind, use in (("alone", _ALONE), ("before", _BEFORE)):
        for stem, codes in _stems()[kind].items():
            for code in codes.split():
                found.setdefault(stem, {})[by_code()[code], use] = None
    return {name: tuple(places) for name, places in found.items()}


def tell(name: str, year: int | None = None) -> list[Told]:
    """The places that a name may begin with, by the longest reading; several where it could be several.

    `year` leaves out places that had ended long before. An empty list: the name begins with no place that is known.
    """
    valid = [told for told in _tell(name) if year is None or told.region.was_valid_in(year)]
    return valid if len(valid) < 2 else [told for told in valid if not _is_recoded(told, valid, year)]


def _is_recoded(told: Told, others: Sequence[Told], year: int | None) -> bool:
    """Whether another place of the same name in the same place bears the code that held in the year (崇川区).

    The year of the change counts for the new code: reports are written after their year.
    """
    here = told.region
    same = [one.region for one in others if (one.region.name, one.region.parent) == (here.name, here.parent)]
    ended = [int(one.valid_to[:4]) for one in same if not one.is_current]
    if len(same) != 2 or len(ended) != 1:
        return False
    return here.is_current if year is not None and year < ended[0] else not here.is_current


@lru_cache(maxsize=20_000)
def _tell(name: str) -> tuple[Told, ...]:
    zoned = _by_zone(name)
    if zoned:
        return zoned
    found = list(_readings(name, 0, None))
    longest = max((told.length for told in found), default=0)
    told = {each.region.code: each for each in found if each.length == longest}
    return tuple(each for each in told.values() if not _is_vague(name, each))


def _readings(name: str, start: int, around: Region | None) -> Iterator[Told]:
    for end in range(start + 2, min(start + 16, len(name)) + 1):
        for region, use in _index().get(name[start:end], ()):
            if around and not _lies_in(region, around):
                continue
            if use == _ALONE or _stands(use, name[end:], around):
                yield Told(region, end)
            if region.level != "county":
                yield from _readings(name, end, region)


def _stands(use: int, rest: str, around: Region | None) -> bool:
    """Whether a shortened name is a place here: of counties it is only one inside another place, before a zone."""
    if _GOES_ON.match(rest):
        return False
    if use == _ZONED:
        return around is not None and _ZONE.match(rest) is not None
    return _ZONE.match(rest) is not None or _BRANCH.match(rest) is not None


def _is_vague(name: str, told: Told) -> bool:
    """A zone of a province whose place in it is not told: the province is not the nearest area with a code.

    Or a name cut in a wrong place: 中山市场监督管理局 may be of 中山市 or 中山区.
    """
    rest = name[told.length :]
    if told.region.name.endswith("市") and rest.startswith(("场监", "容环", "政管理", "政公")):
        return True
    in_province = told.region.level == "province" and told.region.code not in MUNICIPALITIES
    return in_province and not rest.startswith("自由贸易") and _ZONE.match(rest) is not None


def _by_zone(name: str) -> tuple[Told, ...]:
    """The place of a zone that `data/region_stems.yaml` lists, after a place that holds it or after nothing."""
    for zone, codes in _stems()["zones"].items():
        at = name.find(zone, 0, 24)
        places = [by_code()[code] for code in codes.split()] if at >= 0 else []
        held = [place for place in places if not at or _holds(name[:at], place)]
        if held:
            return tuple(Told(place, at) for place in held)
    return ()


def _holds(front: str, place: Region) -> bool:
    """Whether the words are names of places around a place, one behind the other."""
    if not front:
        return True
    for region in chain(place.code):
        for name in (region.name, _CUT.sub("", region.name)):
            if front.startswith(name) and _holds(front.removeprefix(name), place):
                return True
    return False


def _lies_in(region: Region, around: Region) -> bool:
    parent = by_code().get(region.parent)
    return region.parent == around.code or (parent is not None and parent.parent == around.code)


def on_one_chain(one: Region, other: Region) -> bool:
    """Whether one of two places lies in the other, or they are the same."""
    return one.code in _codes(other) or other.code in _codes(one)


def _codes(region: Region) -> Sequence[str]:
    return [each.code for each in chain(region.code)]


def describe(region: Region) -> str:
    """A place with its code and those around it, for a sentence."""
    around = "".join(one.name for one in chain(region.code)[:-1])
    ended = f", until {region.valid_to}" if region.valid_to else ""
    return f"{region.code} {around}{region.name}{ended}"
