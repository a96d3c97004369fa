"""Names in Latin letters: pinyin without tones, cut into words, for English pages and for the search box.

A place is one word with its kind apart (Hongtong Xian), each other word is capitalised, an apostrophe stands before a
vowel within a word (Xi'an): GB/T 16159 and the rules for the spelling of place names. `data/pinyin.yaml` holds the words
that names of organs are made of, and the places that are read or written otherwise than by their characters.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import yaml

from pipeline import ROOT
from pipeline.regions import MADE_UP, NATIONAL, regions

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")
_KIND = re.compile(
    r"(?:特别行政区|自治[区州县旗]|地区|林区|特区|新区|矿区|[左右]翼[前中后]?旗|[左右前中后]旗|联合旗|[省市州盟县区旗])$"
)
_LONGEST = 15
"""No word is longer than this: the longest name of a place."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that names are cut by: `costs` of each known word, and how the odd ones are read and spelt."""

    costs: Mapping[str, float]
    readings: Mapping[str, str]
    characters: Mapping[str, str]
    spellings: Mapping[str, str]
    places: frozenset[str]
    peoples: Sequence[str]
    small: frozenset[str]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name: how its characters are read, and how it is spelt where that is not told by the reading."""

    read: tuple[str, ...]
    spelling: str = ""
    small: bool = False

    @property
    def text(self) -> str:
        """The word as it is written: Xi'an."""
        joined = self.spelling or "".join(_apart(n, syllable) for n, syllable in enumerate(self.read))
        return joined if self.small else joined[:1].upper() + joined[1:]

    @property
    def marked(self) -> str:
        """The word with its syllables apart: `Xi-an`; behind a spelling of its own: `Xilin_Gol/xi-lin-guo-le`."""
        read = "-".join(self.read)
        if self.spelling:
            return f"{self.spelling.replace(' ', '_')}/{read}"
        return read if self.small else read[:1].upper() + read[1:]


def _apart(place: int, syllable: str) -> str:
    return f"'{syllable}" if place and syllable[0] in "aoe" else syllable


@lru_cache(maxsize=50_000)
def words(name: str) -> str:
    """A Chinese name in pinyin, cut into words: `Hongtong Xian Weisheng Jiankang he Tiyu Ju`.

    Empty for a name without a Chinese character. What is no Chinese character stays as it is, brackets and markup too:
    whoever shows it escapes it.
    """
    text = unicodedata.normalize("NFKC", name)
    if not _HAN.search(text):
        return ""
    spelt = _HAN.sub(lambda run: f" {' '.join(word.text for word in _spell(run[0]))} ", text.replace("、", ","))
    return _tidy(spelt)


def marked(name: str) -> str:
    """The words with their syllables apart: `Hong-tong Xian`; what is no Chinese character is dropped."""
    return " ".join(word.marked for word in cut(name))


def letters(name: str) -> str:
    """A name in pinyin without spaces, as somebody types it: `hongtongxian`."""
    return "".join(syllable for word in cut(name) for syllable in word.read)


def initials(name: str) -> str:
    """The first letters of a name's syllables: `htx`."""
    return "".join(syllable[0] for word in cut(name) for syllable in word.read)


def cut(name: str) -> list[Word]:
    """The words of a name, without what is no Chinese character."""
    runs = _HAN.findall(unicodedata.normalize("NFKC", name))
    return [word for run in runs for word in _spell(run)]


def _tidy(text: str) -> str:
    """One space between words, none inside brackets or before a comma."""
    spaced = re.sub(r"\s+", " ", re.sub(r"([(\[])", r" \1", text)).strip()
    return re.sub(r"\s+([,.)\]:;])", r"\1", re.sub(r"([(\[])\s+", r"\1", spaced))


# from a word to letters ----------------------------------------------------------------------------------------------


def _spell(run: str) -> Iterator[Word]:
    """The words of a run of Chinese characters."""
    known = _words()
    for word in _split(run):
        if word in known.places:
            yield from _spell_place(word)
        else:
            yield Word(_read(word), small=word in known.small)


@lru_cache(maxsize=10_000)
def _spell_place(name: str) -> tuple[Word, ...]:
    """A place: its own name, the peoples that it belongs to, and what kind of place it is, each a word."""
    known, read = _words(), _read(name)
    kind = _KIND.search(name)
    if name in known.spellings or not kind or not kind.start():
        return (Word(read, known.spellings.get(name, "")),)
    front, peoples = _peoples(name[: kind.start()])
    kinds = [part for part in re.split(r"^(特别|[左右]翼)", kind[0]) if part]
    own = [Word(read[: len(front)], known.spellings.get(front, ""))] if front else []
    return (*own, *(Word(_look_up(one), known.spellings.get(one, "")) for one in (*peoples, *kinds)))


def _peoples(front: str) -> tuple[str, list[str]]:
    """What stands before 自治州 and the like, parted into the place's own name and the peoples: 海西, [蒙古族, 藏族]."""
    found: list[str] = []
    while people := next((one for one in _words().peoples if front.endswith(one)), ""):
        front = front.removesuffix(people)
        found.insert(0, people)
    return front, found


@lru_cache(maxsize=50_000)
def _read(word: str) -> tuple[str, ...]:
    """The syllables of a word, one a character."""
    known = _words()
    if word in known.places:
        for length in range(len(word), 0, -1):
            if word[:length] in known.readings:
                rest = word[length:]
                return (*known.readings[word[:length]].split(), *(_look_up(rest) if rest else ()))
    read = _look_up(word)
    if word in known.costs and word not in known.places:
        return read
    return tuple(known.characters.get(character, one) for character, one in zip(word, read, strict=True))


def _look_up(word: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # its dictionaries take half a second to load; most runs spell no name

    return tuple(lazy_pinyin(word, errors=list, v_to_u=True))  # type: ignore[arg-type]  # a list: one a character


# from a name to its words --------------------------------------------------------------------------------------------

_UNKNOWN, _UNKNOWN_MORE = 2.2, 1.2


def _split(run: str) -> list[str]:
    """A run of Chinese characters cut into words, so that as much as possible is known words, and long ones.

    What no word covers stays together as one: the name of a township.
    """
    costs = _words().costs
    best: list[tuple[float, int, bool]] = [(0.0, 0, False)]
    for end in range(1, len(run) + 1):
        before = best[end - 1]
        choice = (before[0] + (_UNKNOWN_MORE if before[2] else _UNKNOWN), before[1] if before[2] else end - 1, True)
        for start in range(max(0, end - _LONGEST), end):
            cost = costs.get(run[start:end])
            if cost is not None and best[start][0] + cost < choice[0]:
                choice = (best[start][0] + cost, start, False)
        best.append(choice)
    return _walk(run, best)


def _walk(run: str, best: Sequence[tuple[float, int, bool]]) -> list[str]:
    found: list[str] = []
    end = len(run)
    while end:
        start = best[end][1]
        found.insert(0, run[start:end])
        end = start
    return found


_COSTS = {"place": 0.9, "stem": 1.1, "word": 1.0, "kind": 0.5, "small": 1.5}
"""How dear each kind of word is: the cheapest way to cut a name is taken."""


@cache
def _words(path: Path = ROOT / "data" / "pinyin.yaml") -> _Words:
    given = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    costs: dict[str, float] = {}
    places = {region.name for region in (*regions(), *MADE_UP) if region.code != NATIONAL}
    stems = {stem for name in places if len(stem := _stem(name)) > 1}
    for kind, found in (("small", given["small"]), ("kind", given["kinds"]), ("stem", stems), ("place", places)):
        costs |= dict.fromkeys(found if isinstance(found, set) else found.split(), _COSTS[kind])
    costs |= dict.fromkeys(given["words"].split(), _COSTS["word"])
    return _Words(
        costs=costs,
        readings=given["readings"],
        characters=given["characters"],
        spellings=given["spellings"],
        places=frozenset(places | stems),
        peoples=sorted(given["peoples"].split(), key=len, reverse=True),
        small=frozenset(given["small"].split()),
    )


def _stem(name: str) -> str:
    """A place's own name without the peoples and the kind: 延边."""
    return _KIND.sub("", name)
