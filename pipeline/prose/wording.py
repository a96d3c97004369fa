"""The wording of `data/claims.yaml` as patterns, for the report at hand: its year, its organ, whose figures it gives."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipeline import ROOT

NUMBER = r"(?P<n>(?<![0-9.,])(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7}))"
TAIL = r"(?:(?:[均都皆并且]|全部|已)[^0-9]*)?"


@dataclass(frozen=True, slots=True)
class Teller:
    """Whose report it is. `whole`: the figures are those of a whole jurisdiction, not of one organ."""

    name: str
    year: int
    whole: bool = False
    places: Sequence[str] = ()

    def is_own(self, word: str) -> bool:
        """Whether a word is the organ's name, its end, or a short way to write it (县卫健局 for 示例县卫生健康局)."""
        if len(word) < 3 or word[-1] != self.name[-1]:
            return False
        letters = iter(self.name)
        return all(letter in letters for letter in word)


def teller(name: str, year: int, scope: str | None, places: Sequence[str] = ()) -> Teller:
    """Who speaks; a government reports on all its organs, also where its report does not say so.

    The names of places stand also without their last character (曲沃 for 曲沃县).
    """
    whole = scope == "jurisdiction" or re.search("[省市县区州旗盟](?:(?:人民)?政府)?$", name) is not None
    short = [place[:-1] for place in places if len(place) > 2]
    return Teller(name, year, whole, (*places, *short))


@dataclass(frozen=True, slots=True)
class Statement:
    """One way to state a figure: the rule, the field it is compared with, and what its surroundings must be."""

    rule: str
    field: str
    pattern: re.Pattern[str]
    value: int | None
    topic: bool
    disputes: bool
    acts: bool
    part: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """Every pattern, for one year."""

    statements: tuple[Statement, ...]
    before: Mapping[str, re.Pattern[str]]
    topics: re.Pattern[str]
    times: re.Pattern[str]
    compared: re.Pattern[str]
    excluded: re.Pattern[str]
    channels: re.Pattern[str]
    ended: re.Pattern[str]
    published: re.Pattern[str]
    share: re.Pattern[str]
    no_disputes: re.Pattern[str]
    periods: tuple[re.Pattern[str], ...]
    opening: re.Pattern[str]
    self_named: re.Pattern[str]
    residue: re.Pattern[str]
    nothing: frozenset[str]


@cache
def _raw(path: Path = ROOT / "data" / "claims.yaml") -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def either(words: Sequence[str]) -> str:
    return "(?:" + "|".join(words) + ")"


@lru_cache(maxsize=64)
def wording(year: int) -> Wording:
    """The patterns of `data/claims.yaml` for a report on a year."""
    raw = _raw()
    topics, times = raw["topics"], raw["times"]

    def made(pattern: str) -> re.Pattern[str]:
        return re.compile(_filled(pattern, year))

    return Wording(
        statements=tuple(_statement(one, made) for one in raw["statements"]),
        before={key: made(either(words)) for key, words in raw["before"].items()},
        topics=made(f"(?P<requests>{either(topics['requests'])})|(?P<others>{either(topics['others'])})"),
        times=made(
            f"(?P<now>(?:<year>年)?1月1日起?(?:至|到|—|-)(?:<year>年)?12月31日|今年|本年|报告期内|{year}年)|(?P<past>{either(times['past'])}|(?:19|20)[0-9]{{2}}年)"
            f"|(?P<other>{either(times['others'])})"
        ),
        compared=made(either(times["compared"])),
        excluded=made(either(raw["excluded"])),
        channels=made(either(raw["channels"])),
        ended=made(either(raw["ended"])),
        published=made(either(raw["published"])),
        share=made(raw["share"]),
        no_disputes=made(raw["none_of_disputes"]),
        periods=tuple(made(one) for one in raw["periods"]),
        opening=made(raw["opening"]),
        self_named=made(raw["self"]),
        residue=made(raw["residue"]),
        nothing=frozenset(raw["nothing"]),
    )


def _statement(one: Mapping[str, Any], made: Any) -> Statement:
    return Statement(
        rule=one["rule"],
        field=one["field"],
        pattern=made(f"(?P<before>.*?)(?P<says>{one['pattern']}){TAIL if one.get('value') is None else ''}"),
        value=one.get("value"),
        topic=one.get("topic", False),
        disputes=one.get("disputes", False),
        acts=one.get("acts", False),
        part=one.get("part", False),
    )


def _filled(pattern: str, year: int) -> str:
    """A pattern with the lists of words, the number and the years in their places."""
    raw = _raw()
    known = {name: either(words) for name, words in raw["words"].items()} | {"now": either(raw["before"]["now"])}
    known |= {"disputed": raw["disputed"], "n": f"{NUMBER}<unit>", "acts": f"{NUMBER}<act_unit>"}
    known |= {"year": str(year), "year-1": str(year - 1), "year+1": str(year + 1)}
    name = re.compile(r"(?<!\(\?P)<(" + "|".join(map(re.escape, sorted(known, key=len, reverse=True))) + ")>")
    while (filled := name.sub(lambda match: known[match[1]], pattern)) != pattern:
        pattern = filled
    return pattern
