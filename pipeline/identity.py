"""Whose report it is, of which year and place, when it was published; and the ids that follow.

Evidence counts in a fixed order: title, 《…》, the sentence that announces the report, signature, contact line. The name
of a publisher or a compiler alone never tells the organ, and no date of publication tells the year.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.document import Ambiguous, ReportError, Row
from pipeline.evidence import Before, Clue, find_agencies, find_scope, find_years, read_before
from pipeline.forms import spellings
from pipeline.regions import NATIONAL, Region, Told, by_code, describe, tell
from pipeline.shape import sectors
from pipeline.signature import find_published, find_signature


@dataclass(frozen=True, slots=True)
class Given:
    """What the person at the keyboard says of the report; it outranks what the report says."""

    agency: str | None = None
    region: str | None = None
    year: int | None = None


@dataclass(slots=True)
class Identity:
    """What was told of the report, None where it was not, and why not; `clues` are the words that told it."""

    agency_name: str | None = None
    region: Region | None = None
    year: int | None = None
    published: str | None = None
    scope: str | None = None
    clues: list[Clue] = field(default_factory=list)
    problems: list[ReportError] = field(default_factory=list)


def identify(rows_before: Sequence[Row], after: Sequence[Row], given: Given) -> Identity:
    """Tells a report by the rows before and after its tables; whatever is not certain is in `problems` (rule S06)."""
    found, before = Identity(), read_before(rows_before)
    found.year = _year(before, given, found)
    signature = find_signature(after)
    names = _names(before, signature)
    found.agency_name = _agency(names, given, found)
    found.region = _region(names, given, found)
    for clue in (find_published(before, signature), find_scope(before)):
        if clue:
            found.clues.append(clue)
            setattr(found, clue.kind, clue.value)
    found.clues.extend(clue for clue in signature if clue not in found.clues)
    return found


def _year(before: Before, given: Given, found: Identity) -> int | None:
    clues = find_years(before)
    found.clues.extend(clues)
    if given.year:
        return given.year
    strong = [clue for clue in clues if clue.rank < 3] or clues
    years = sorted({clue.value for clue in strong})
    if len(years) == 1:
        return int(years[0])
    if years:
        told = "; ".join(f"{clue.value} by “{clue.words}”" for clue in _first_of_each(strong))
        found.problems.append(
            Ambiguous(f"the year could be {' or '.join(years)} ({told}): name it with --year", strong[0].place)
        )
    else:
        found.problems.append(Ambiguous("no title, period or preamble tells the year: name it with --year"))
    return None


def _first_of_each(clues: Sequence[Clue]) -> Iterator[Clue]:
    seen: set[str] = set()
    for clue in clues:
        if clue.value not in seen:
            seen.add(clue.value)
            yield clue


def _names(before: Before, signature: Sequence[Clue]) -> list[Clue]:
    clues = [*find_agencies(before), *(clue for clue in signature if clue.kind == "agency_name")]
    return sorted(clues, key=lambda clue: clue.rank)


# the organ -----------------------------------------------------------------------------------------------------------


def _agency(names: Sequence[Clue], given: Given, found: Identity) -> str | None:
    if given.agency:
        return given.agency
    if not names:
        found.problems.append(Ambiguous("no title, sentence or signature names the organ: name it with --agency"))
        return None
    best = [clue for clue in names if clue.rank == names[0].rank]
    chosen = max(best, key=lambda clue: len(clue.value))
    strange = [clue for clue in best if not _same_organ(chosen.value, clue.value)]
    found.clues.extend([chosen, *strange])
    if strange:
        both = f"“{chosen.value}” ({chosen.place}) or “{strange[0].value}” ({strange[0].place})"
        found.problems.append(Ambiguous(f"the organ could be {both}: name it with --agency", chosen.place))
        return None
    return _fuller(chosen, names, found)


def _same_organ(name: str, other: str) -> bool:
    """Whether one is the other without its place or with another short way to name the place."""
    return name.endswith(_bare(other)) or other.endswith(_bare(name))


def _bare(name: str) -> str:
    """A name without its place, or without the 县 or 区 that stands for it; the whole of it where nothing is left."""
    places = tell(name)
    return (name[places[0].length :] if places else name.lstrip("本我省市县区州旗")) or name


def _fuller(chosen: Clue, names: Sequence[Clue], found: Identity) -> str:
    """A title that leaves the place out (县应急管理局) gives way to the same organ's full name further down."""
    if tell(chosen.value) or _is_national(chosen.value):
        return chosen.value
    bare = _bare(chosen.value)
    full = [
        clue for clue in names if tell(clue.value) and _bare(clue.value) in (bare, bare + "人民政府", bare + "政府")
    ]
    if not full:
        return chosen.value
    found.clues.append(full[0])
    return full[0].value


# the place -----------------------------------------------------------------------------------------------------------


def _region(names: Sequence[Clue], given: Given, found: Identity) -> Region | None:
    if given.region:
        region = by_code().get(given.region)
        if region is None:
            found.problems.append(Ambiguous(f"--region {given.region} is no code of data/regions.csv"))
        return region
    name = found.agency_name
    if name is None:
        return None
    if _is_national(name):
        return by_code()[NATIONAL]
    for told, clue in _tellings(name, names, found.year):
        if len(told) == 1:
            found.clues.extend([clue] if clue else [])
            return told[0].region
    _refuse_region(name, found)
    return None


def _tellings(name: str, names: Sequence[Clue], year: int | None) -> Iterator[tuple[list[Told], Clue | None]]:
    """The places that the name tells, then those that fuller names of the same organ tell."""
    own = _without_prefix(name)
    yield tell(own, year), None
    for clue in names:
        if len(clue.value) > len(name) and clue.value.endswith(name.removeprefix("市").removeprefix("县")):
            yield tell(_without_prefix(clue.value), year), clue


def _refuse_region(name: str, found: Identity) -> None:
    places = tell(_without_prefix(name), found.year)
    if places:
        says = f"“{name}” could be in {', or '.join(describe(told.region) for told in places)}: name one with --region"
    else:
        says = f"the place of “{name}” is not told by its name: give its code with --region (data/regions.csv)"
    found.problems.append(Ambiguous(says))


def _without_prefix(name: str) -> str:
    """A name without the national organ in front of the place: 国家税务总局珠海市税务局."""
    prefix = next((word for word in spellings()["national_prefixes"] if name.startswith(word)), "")
    return name.removeprefix(prefix) if tell(name.removeprefix(prefix)) else name


def _is_national(name: str) -> bool:
    return name in spellings()["national_organs"]


# ids -----------------------------------------------------------------------------------------------------------------

_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")


def letters(name: str) -> str:
    """The pinyin initials of a name without its place; a bare place or its government is `rmzf`."""
    prefix = len(name) - len(_without_prefix(name))
    places = tell(_without_prefix(name))
    bare = name[:prefix] + (name[prefix + places[0].length :] if places else name[prefix:])
    from pypinyin import Style, lazy_pinyin  # its dictionaries take half a second to load; most runs mint no id

    initials = "".join(
        lazy_pinyin(re.sub(r"[^\u4e00-\u9fffA-Za-z0-9]", "", _BRACKETS.sub("", bare)), Style.FIRST_LETTER)
    )
    only = re.sub(r"[^a-z]", "", initials.lower())
    return only if only and bare not in ("政府", "人民政府") else "rmzf"


def mint(name: str, region_code: str, taken: Sequence[str]) -> str:
    """A new `agency_id` for an organ; 2, 3, … is added where the letters are taken in that region."""
    base = f"{region_code}-{letters(name)}"
    tries = [base, *(f"{base}{n}" for n in range(2, 1000))]
    return next(one for one in tries if one not in taken)


def level(name: str, region: Region) -> str | None:
    """The organ's level as its place and name tell it."""
    rest = name[max((told.length for told in tell(name)), default=0) :]
    if region.level == "county" and re.search(r"(?:镇|乡|街道|苏木)(?:人民政府|办事处|$)", rest):
        return "township"
    return region.level


def sector(name: str, region: Region) -> str:
    """The sector by the longest word of `data/sectors.yaml` in the name without its place."""
    rest = name[max((told.length for told in tell(name)), default=0) :]
    if level(name, region) == "township":
        return "township"
    if rest in ("", "政府", "人民政府"):
        return "government"
    hits = [(len(word), key) for key, one in sectors().items() for word in one["words"] if word in rest]
    longest = max((length for length, _ in hits), default=0)
    return next((key for length, key in hits if length == longest), "other")
