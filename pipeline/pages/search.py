"""The page for finding things, and the name index behind every search box: places first, then organs.

The index has no language and is small: a name is written as its place and the rest, each different rest stands once
with its pinyin, and the id is left out where it is the place's code and the initials. `theme/static/search.js` puts the
names together again. Up to WHOLE organs stand in one file, more in one file a province.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, ClassVar

import yaml

from pipeline import ROOT, pinyin
from pipeline.pages.addresses import SEARCH, file_of
from pipeline.pages.material import Material, Row
from pipeline.pages.page import File, Page, Task
from pipeline.regions import Region
from pipeline.shape import sectors

PLACES = f"{SEARCH}places.json"
TEXT = f"{SEARCH}text.json"
"""Tells the page where the full-text index lies: `index` is null until one is made of the finished pages."""
WHOLE = 12_000
"""How many organs one file of the index holds; where there are more, each province has its own."""
_DEPTHS = 4
"""A name begins with none to three of the places around it."""

Entry = list[Any]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The page that finds names, and words on all pages where the full text was indexed."""

    template: ClassVar[str] = "search"
    path: str


def tasks(made: Material) -> Iterator[Task]:
    """The page, the places, and each file of organs."""
    yield partial(_first, made.rows)
    for address, rows in shards(made.rows).items():
        yield partial(_organs, address, rows)


def _first(rows: Sequence[Row]) -> Iterator[Page | File]:
    yield SearchPage(file_of(SEARCH))
    yield File(PLACES, places_text(rows))
    yield File(TEXT, '{"index":null}\n')


def _organs(address: str, rows: Sequence[Row]) -> Iterator[File]:
    yield File(address, organs_text(rows))


def shards(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    """The organs of each file of the index, by its address."""
    if len(rows) <= WHOLE:
        return {f"{SEARCH}organs.json": list(rows)}
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(f"{SEARCH}organs/{row.agency.region_code[:2]}.json", []).append(row)
    return dict(sorted(found.items()))


# places --------------------------------------------------------------------------------------------------------------


def places_text(rows: Sequence[Row]) -> str:
    """What the search box reads first: the places, the files of organs, and what helps to understand a query."""
    files = [
        [address.removeprefix(SEARCH), sorted({row.agency.region_code[:2] for row in part})]
        for address, part in shards(rows).items()
    ]
    held = {region.code: region for row in rows for region in row.places}
    return _json(
        files=[files],
        english=[_english()],
        traditional=[_spellings()["traditional"].replace(" ", "")],
        places=[_place(held[code]) for code in sorted(held)],
    )


def _place(region: Region) -> Entry:
    """Code, name, pinyin, and former names with theirs. The codes tell what lies in what: 141021 lies in 141000."""
    former = [[name, pinyin.marked(name)] for name in region.former_names]
    return [region.code, region.name, pinyin.marked(region.name), *([former] if former else [])]


@cache
def _spellings() -> Mapping[str, Any]:
    text = (ROOT / "data" / "pinyin.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return loaded


@cache
def _english() -> Mapping[str, list[int | str]]:
    """English words -> what they mean in a name: numbers of sectors, or Chinese words."""
    found: dict[str, list[int | str]] = {}
    for number, one in enumerate(sectors().values()):
        for word in one["label_en"].replace(",", " ").replace("-", " ").lower().split():
            found.setdefault(word, []).append(number)
    few = {word: meanings for word, meanings in found.items() if len(word) > 3 and len(meanings) < 3}
    for word, chinese in _spellings()["english"].items():
        few[word] = [*few.get(word, []), *chinese.split()]
    return dict(sorted(few.items()))


# organs --------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Tails:
    """What stands behind the place in names, each once: its number, and text, pinyin and sector."""

    numbers: dict[str, int] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)

    def number(self, text: str, sector: int) -> int:
        if text not in self.numbers:
            self.numbers[text] = len(self.entries)
            self.entries.append([text, pinyin.marked(text), sector])
        return self.numbers[text]


def organs_text(rows: Iterable[Row]) -> str:
    """A file of organs: `[code of the place, organ, …]` with each organ as `_organ` says, and the tails of the names."""
    tails = _Tails()
    numbers = {key: number for number, key in enumerate(sectors())}
    found: dict[str, Entry] = {}
    for row in rows:
        entry = found.setdefault(row.agency.region_code, [row.agency.region_code])
        entry.append(_organ(row, tails, numbers[row.agency.sector]))
    return _json(tails=tails.entries, organs=list(found.values()))


def _organ(row: Row, tails: _Tails, sector: int) -> int | Entry:
    """The organ's name as a reference; in a list behind its id, and before its former names, where it needs them.

    A reference is four times the number of the tail, and as many more as places stand before it. The id is left out
    where it is made of the place and the first letters of the tail, and shortened to its letters where it can be.
    """
    agency = row.agency
    names = [_reference(name, row.places, tails, sector) for name in (agency.name, *agency.former_names)]
    tail, depth = tails.entries[names[0] // _DEPTHS], names[0] % _DEPTHS
    letters = "".join(one[0] for word in tail[1].lower().split() for one in word.split("/")[-1].split("-"))
    if len(names) == 1 and depth and agency.agency_id == f"{agency.region_code}-{letters}":
        return names[0]
    return [agency.agency_id.removeprefix(f"{agency.region_code}-"), *names]


def _reference(name: str, places: Sequence[Region], tails: _Tails, sector: int) -> int:
    for depth in range(min(len(places), _DEPTHS - 1), 0, -1):
        front = "".join(place.name for place in places[-depth:])
        if name.startswith(front) and name != front:
            return _DEPTHS * tails.number(name.removeprefix(front), sector) + depth
    return _DEPTHS * tails.number(name, sector)


def _json(**lists: Sequence[Any]) -> str:
    """An object of lists, an entry a line, so that two states of the index can be compared; one entry stands alone."""
    parts = []
    for key, entries in lists.items():
        lines = [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in entries]
        told = lines[0] if key in ("files", "english", "traditional") else "[\n" + ",\n".join(lines) + "\n]"
        parts.append(f'"{key}":{told}')
    return "{" + ",\n".join(parts) + "}\n"
