"""Whose report it is, of which year and place, when it was published; and the ids that follow.

Evidence counts in a fixed order: title, 《…》, the sentence that announces the report, signature, compiler, contact line.
The name of a publisher alone never tells the organ, and no date of publication and no address tells the year.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.document import About, Ambiguous, ReportError, Row
from pipeline.evidence import Before, Clue, is_organ, read_before
from pipeline.frame import Said, read_frame
from pipeline.places import TOWNSHIP, core, find_place, is_national
from pipeline.regions import Region, by_code, tell
from pipeline.sentences import find_agencies, find_scope, find_years
from pipeline.shape import sectors
from pipeline.signature import find_published, find_signature


@dataclass(frozen=True, slots=True)
class Given:
    """What the person at the keyboard says of the report; it outranks what the report says.

    `url` is where the report was found: an address of its page, which helps to tell places of one name apart.
    """

    agency: str | None = None
    region: str | None = None
    year: int | None = None
    url: str | None = None


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

    def framed(self, rows: Sequence[Row]) -> list[str]:
        """The words of clues that stand in none of these rows but in the frame of the page, each once."""
        known = {id(row) for row in rows}
        return list(dict.fromkeys(clue.words for clue in self.clues if id(clue.row) not in known))


def identify(rows_before: Sequence[Row], after: Sequence[Row], given: Given, about: Sequence[About] = ()) -> Identity:
    """Tells a report by the rows before and after its tables, and by the page's frame (`about`).

    Whatever is not certain is in `problems` (rule S06).
    """
    framed = [*about, About("address", given.url, "--url")] if given.url else about
    found, before = Identity(), read_before(rows_before, framed)
    found.year = _year(before, given, found)
    signature = find_signature(after)
    said = read_frame(before)
    names = _names(before, signature, said)
    found.agency_name = _agency(names, given, found)
    found.region = _region(names, before, said, given, found)
    for clue in (find_published(before, signature, found.year), find_scope(before, found.agency_name)):
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


def _names(before: Before, signature: Sequence[Clue], said: Sequence[Said]) -> list[Clue]:
    sources = [
        Clue("agency_name", one.text, one.words, one.line.place, 6, one.line.row, hint="page")
        for one in said
        if one.name == "source" and is_organ(one.text)
    ]
    clues = [*find_agencies(before), *(clue for clue in signature if clue.kind == "agency_name"), *sources]
    return sorted(clues, key=lambda clue: clue.rank)


# the organ -----------------------------------------------------------------------------------------------------------


def _agency(names: Sequence[Clue], given: Given, found: Identity) -> str | None:
    if given.agency:
        return given.agency
    best = [clue for clue in names if clue.rank == names[0].rank and not clue.hint] or _agreeing(names)
    if not best:
        hinted = list(dict.fromkeys(f"“{clue.words}”" for clue in names if len(clue.words) < 60))[:2]
        weak = f"; {' and '.join(hinted)} alone tells too little" if hinted else ""
        says = f"no title, sentence or signature names the organ{weak}: name it with --agency"
        found.problems.append(Ambiguous(says))
        return None
    chosen = max(best, key=lambda clue: len(clue.value))
    strange = [clue for clue in best if not _same_organ(chosen.value, clue.value)]
    found.clues.extend([*(best if chosen.hint else [chosen]), *strange])
    if strange:
        both = f"“{chosen.value}” ({chosen.place}) or “{strange[0].value}” ({strange[0].place})"
        found.problems.append(Ambiguous(f"the organ could be {both}: name it with --agency", chosen.place))
        return None
    return _fuller(chosen, names, found)


def _agreeing(names: Sequence[Clue]) -> list[Clue]:
    """Hints of two kinds that name the same organ with its place; where two organs are so named, both."""
    hints = [clue for clue in names if clue.hint and (tell(core(clue.value)) or is_national(clue.value))]
    kinds = {clue.value: {one.hint for one in hints if one.value == clue.value} for clue in hints}
    return [clue for clue in hints if len(kinds[clue.value]) > 1]


def _same_organ(name: str, other: str) -> bool:
    """Whether one is the other without its place or with another short way to name the place."""
    here, there = ({told.region.code for told in tell(core(each))} for each in (name, other))
    if here and there and not here & there:
        return False
    return name.endswith(_bare(other)) or other.endswith(_bare(name))


def _bare(name: str) -> str:
    """A name without its place, or without the 县 or 区 that stands for it; the whole of it where nothing is left."""
    places = tell(core(name))
    return (core(name)[places[0].length :] if places else name.lstrip("本我省市县区州旗")) or name


def _fuller(chosen: Clue, names: Sequence[Clue], found: Identity) -> str:
    """A title that leaves the place out (县应急管理局) gives way to the same organ's full name further down."""
    if tell(core(chosen.value)) or is_national(chosen.value):
        return chosen.value
    bare = _bare(chosen.value)
    full = [
        clue
        for clue in names
        if not clue.hint and tell(clue.value) and _bare(clue.value) in (bare, bare + "人民政府", bare + "政府")
    ]
    if not full:
        return chosen.value
    found.clues.append(full[0])
    return full[0].value


def _region(
    names: Sequence[Clue], before: Before, said: Sequence[Said], given: Given, found: Identity
) -> Region | None:
    if given.region:
        region = by_code().get(given.region)
        if region is None:
            found.problems.append(Ambiguous(f"--region {given.region} is no code of data/regions.csv"))
        return region
    if found.agency_name is None:
        return None
    place = find_place(found.agency_name, names, before, said, found.year)
    found.clues.extend(clue for clue in place.clues if clue not in found.clues)
    if place.says:
        found.problems.append(Ambiguous(place.says))
    return place.region


# ids -----------------------------------------------------------------------------------------------------------------

_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")
_TOWN_ORGAN = re.compile(
    rf"{TOWNSHIP.pattern}(?:人民政府|政府|办事处|党政|党工委|便民|综合|公共|[\u4e00-\u9fff]{{0,8}}(?:办公室|中心|所|站|卫生院)|$)"
    r"|(?!驻)[\u4e00-\u9fff]{2,4}(?<!特派员)办事处$"
)
_OF_GOVERNMENT = re.compile(r"^(?:人民政府|政府)")
_UNTOLD_LEVEL = re.compile(
    r"^.{0,12}?(?:(?:高新|经开|开发|工业|产业|新|管理|示范|试验|实验|自贸|保税|保税港|度假|风景|名胜|景|合作|港务|园|片)区|海关"
    r"|海事局|团场?$|[一二三四五六七八九〇0-9]{1,3}团)|分局$"
)


def _split(name: str) -> tuple[str, str]:
    """What stands in front of the place in a name, and what behind it."""
    bare = core(name)
    return name.removesuffix(bare) if name.endswith(bare) else "", bare[
        max((t.length for t in tell(bare)), default=0) :
    ]


def letters(name: str) -> str:
    """The pinyin initials of a name without its place; a bare place or its government is `rmzf`."""
    bare = "".join(_split(name))
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
    """The organ's level as its place and name tell it; None for zones, customs and the corps' regiments.

    Their rank is not that of the area whose code they take.
    """
    rest = _split(name)[1]
    if region.level in ("county", "prefecture") and _TOWN_ORGAN.match(_OF_GOVERNMENT.sub("", rest)):
        return "township"
    if _DIVISION.match(core(name)):
        return "prefecture" if not _UNTOLD_LEVEL.search(rest) else None
    return None if _UNTOLD_LEVEL.search(rest) else region.level


_DIVISION = re.compile(r"(?:新疆生产建设兵团|兵团)?第[一二三四五六七八九十]{1,2}师")


def sector(name: str, region: Region) -> str:
    """The sector by the longest word of `data/sectors.yaml` in the name without its place."""
    rest = _split(name)[1]
    if rest in ("", "政府", "人民政府"):
        return "township" if level(name, region) == "township" else "government"
    hits = [(len(word), key) for key, one in sectors().items() for word in one["words"] if word in rest]
    longest = max((length for length, _ in hits), default=0)
    found = next((key for length, key in hits if length == longest), "other")
    return "township" if level(name, region) == "township" and found in _TOWN_SECTORS else found


_TOWN_SECTORS = ("township", "government", "other", "development_zone")
