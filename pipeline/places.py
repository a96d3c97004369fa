"""In which place an organ is: by its name, by its fuller name elsewhere, by what the page around it says; or why not."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from pipeline.evidence import Before, Clue, Line
from pipeline.forms import spellings
from pipeline.frame import Said, fits_host, province_of
from pipeline.regions import NATIONAL, Region, Told, by_code, chain, describe, on_one_chain, regions, tell

_FREE_TRADE = re.compile(r"中国\((?P<p>[^()]{2,6})\)自由贸易(?:试验区|港)(?P<part>[^()片]{2,8}片区)?")
_LEVEL_WORD = re.compile(r"自治区|省(?!级)|市(?![场政容民监])|区(?!域)|县|旗|盟|州")
_LEVELS = {"自治区": "province", "省": "province"}
TOWNSHIP = re.compile(r".{1,10}?(?:民族乡|苏木|街道|(?<!乡)(?<!小城)镇(?![化企])|(?<!城)乡(?!村))")
_IN_PLACE = re.compile(r"(?:人民政府|政府|管委会|管理委员会)?(?:门户)?(?:网站?|信息公开.*|政务公开.*|办公[室厅])?")


@dataclass(slots=True)
class Place:
    """The place that was told, the clues that did, and why not where it was not."""

    region: Region | None = None
    clues: list[Clue] = field(default_factory=list)
    says: str = ""


def core(name: str) -> str:
    """A name without what stands in front of its place: the national organ, the party, 中国(…)自由贸易试验区."""
    zone = _FREE_TRADE.match(name)
    if zone:
        return zone["p"] + (zone["part"] or "自由贸易试验区") + name[zone.end() :]
    for word in spellings()["national_prefixes"]:
        if name.startswith(word) and tell(name.removeprefix(word)):
            return name.removeprefix(word)
    return name


def is_national(name: str) -> bool:
    """Whether the name alone says that the organ is one of the nation."""
    return name in spellings()["national_organs"]


def find_place(name: str, names: Sequence[Clue], before: Before, said: Sequence[Said], year: int | None) -> Place:
    """The place of an organ; `names` are all clues to organs. Nothing where it could be two, or is not told."""
    if is_national(name):
        return Place(by_code()[NATIONAL])
    own = tell(core(name), year)
    second = _second_place(name, own)
    if second:
        return Place(says=f"“{name}” names two places, the second is {describe(second)}: give one with --region")
    if len(own) == 1:
        return _checked(name, own[0], said, year)
    if own:
        return _one_of([told.region for told in own], name, names, said, year)
    if tell(core(name)):
        ended = ", or ".join(describe(told.region) for told in tell(core(name)))
        return Place(says=f"“{name}” names a place of the past, {ended}: give the code of today with --region")
    return _not_named(name, names, before, said, year)


def _second_place(name: str, own: Sequence[Told]) -> Region | None:
    """A place behind the government of another: the name of a site may have run together with the organ's."""
    rest = core(name)[own[0].length :] if own else ""
    at = rest.find("政府")
    places = tell(rest[at + 2 :]) if at >= 0 else []
    return places[0].region if places else None


# the name tells it ---------------------------------------------------------------------------------------------------


def _checked(name: str, told: Told, said: Sequence[Said], year: int | None) -> Place:
    """The place of the name, unless the site is another place's and the name is a county's alone.

    What calls itself 滨海新区 on the site of another city is not the 滨海新区 of the list.
    """
    alone = told.region.level == "county" and core(name).startswith(told.region.name)
    for one in said if alone else ():
        places = _places_of(one, year) if one.name in ("site", "trail", "source") else []
        province = province_of(one.text) if one.name == "host" else None
        places += [by_code()[province]] if province else []
        if places and not any(on_one_chain(told.region, place) for place in places):
            says = f"“{name}” is in {describe(told.region)}, but the page is of {describe(places[0])}"
            return Place(says=f"{says}: name the place with --region")
    return Place(told.region)


# the name could be several -------------------------------------------------------------------------------------------


def _one_of(
    candidates: Sequence[Region], name: str, names: Sequence[Clue], said: Sequence[Said], year: int | None
) -> Place:
    """The one candidate that fits all that is said around it; each thing said leaves out those that it cannot mean."""
    left, clues = list(candidates), list[Clue]()
    for fitting, clue in _filters(candidates, name, names, said, year):
        if len(fitting) < len(candidates):
            left = [region for region in left if region in fitting]
            clues.append(clue)
    if len(left) == 1:
        return Place(left[0], [_valued(clue, left[0]) for clue in clues])
    several = ", or ".join(describe(region) for region in candidates)
    told = "; what the page says of the place fits none of them alone" if clues else ""
    return Place(says=f"“{name}” could be in {several}{told}: name one with --region")


def _filters(
    candidates: Sequence[Region], name: str, names: Sequence[Clue], said: Sequence[Said], year: int | None
) -> Iterator[tuple[list[Region], Clue]]:
    """For each thing said, the candidates that it can mean; none only where the site or the trail is of another place."""
    for clue, places in _fuller(name, names, year):
        yield [one for one in candidates if one in places], clue
    for one in said:
        fitting = _fitting_host(candidates, one.text) if one.name == "host" else []
        places = _places_of(one, year) if one.name != "host" else []
        around = [_city(place) for place in places] if one.name == "postal" else places
        fitting = fitting or [c for c in candidates if any(on_one_chain(c, place) for place in around)]
        if fitting or (places and one.name in ("site", "trail")):
            yield fitting, _clue_of(one)


def _fitting_host(candidates: Sequence[Region], host: str) -> list[Region]:
    province = province_of(host)
    if province:
        return [one for one in candidates if chain(one.code)[0].code == province]
    return [one for one in candidates if fits_host(one, host)]


def _city(place: Region) -> Region:
    """The prefecture around a place, or the province where there is none: an office may stand across the border."""
    return next((one for one in chain(place.code) if one.level == "prefecture"), chain(place.code)[0])


def _fuller(name: str, names: Sequence[Clue], year: int | None) -> Iterator[tuple[Clue, list[Region]]]:
    """Other clues that bear the same organ's name with more of its place in front, and the places that they tell."""
    bare = re.sub(r"^[市县区旗州省]", "", name)
    for clue in names:
        places = tell(core(clue.value), year) if len(clue.value) > len(name) and clue.value.endswith(bare) else []
        if places:
            yield clue, [told.region for told in places]


# the name does not tell it -------------------------------------------------------------------------------------------


def _not_named(name: str, names: Sequence[Clue], before: Before, said: Sequence[Said], year: int | None) -> Place:
    town = TOWNSHIP.match(name)
    lines = [*before.head, *before.body, *(one.line for one in said)]
    fuller = [(places[0], clue) for clue, places in _fuller(name, names, year) if len(places) == 1]
    word = _LEVEL_WORD.match(name)
    hints = [
        (region, clue)
        for region, clue in fuller  # a publisher may be the bureau above, a signature is the organ's own
        if not word or (_fitting(name, region, town=False) if clue.hint else region.name.endswith(word[0]))
    ]
    if town:
        hints += _around_township(town[0], lines, year)
    around = [(place, _clue_of(one)) for one in said for place in _certain(one, year)]
    hints += [(fits, clue) for region, clue in around if (fits := _fitting(name, region, town is not None))]
    found = {region.code: region for region, _ in hints}
    if len(found) == 1:
        region = next(iter(found.values()))
        return Place(region, [_valued(clue, region) for _, clue in hints[:1]])
    if found:
        several = ", or ".join(describe(region) for region in found.values())
        return Place(says=f"“{name}” could be in {several}: name one with --region")
    return Place(says=f"the place of “{name}” is not told by its name: give its code with --region (data/regions.csv)")


def _certain(one: Said, year: int | None) -> list[Region]:
    """The place that a trail, a site or a publisher tells without doubt."""
    if one.name == "host":
        province = province_of(one.text)
        return [by_code()[province]] if province else []
    places = _places_of(one, year) if one.name in ("trail", "site", "source") else []
    return places if len(places) == 1 else []


def _fitting(name: str, region: Region, town: bool) -> Region | None:
    """The place around or at `region` that the name speaks of: 区教育局 of a district, 省教育厅 of the province."""
    word = _LEVEL_WORD.match(name)
    if word:
        within = [one for one in chain(region.code) if one.name.endswith(word[0])]
        wide = word[0] in ("省", "自治区")
        told = within[-1] if within and (wide or within[-1] == region) else None
        return None if told and word[0] == "市" and _has_cities(told) else told
    has_no_counties = region.code in ("441900", "442000", "460400", "620200")
    return region if region.level == "county" or (has_no_counties and town) else None


@cache
def _has_cities(region: Region) -> bool:
    """Whether cities lie in a city: 市教育局 on the page of 江门市 may be that of 鹤山市."""
    return any(one.parent == region.code and one.is_current and one.name.endswith("市") for one in regions())


def _around_township(town: str, lines: Sequence[Line], year: int | None) -> Iterator[tuple[Region, Clue]]:
    """The counties whose names stand right in front of a township's: 微山县两城镇."""
    for line in lines:
        at = line.text.find(town, 2)
        while at > 0:
            front = line.text[max(0, at - 24) : at]
            for start in range(len(front) - 1):
                places = [told.region for told in tell(front[start:], year) if told.length == len(front) - start]
                if len(places) == 1 and _fitting(town, places[0], town=True):
                    words = front[start:] + town
                    yield places[0], Clue("region", places[0].code, words, line.place, 4, line.row)
                    break
            at = line.text.find(town, at + 1)


# what is said --------------------------------------------------------------------------------------------------------


def _places_of(one: Said, year: int | None) -> list[Region]:
    """The places that words of the frame may be of: a place alone, its government or site, or an organ of it."""
    told = tell(core(one.text), year)
    if not told or one.name == "postal":
        return [each.region for each in told]
    rest = core(one.text)[told[0].length :]
    fits = _IN_PLACE.fullmatch(rest) is not None or (len(rest) < 24 and _names_organ(rest))
    return [each.region for each in told] if fits else []


def _names_organ(rest: str) -> bool:
    return re.search(r"(?:局|委|会|办|办公[室厅]|厅|政府|镇|乡|街道|处|网站?)$", rest) is not None


def _clue_of(one: Said) -> Clue:
    return Clue("region", "", one.words, one.line.place, 4, one.line.row)


def _valued(clue: Clue, region: Region) -> Clue:
    return clue if clue.kind != "region" else Clue("region", region.code, clue.words, clue.place, clue.rank, clue.row)
