"""The two languages of the site, and how each writes days, figures and names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from pipeline import pinyin

_TENTH = Decimal("0.1")
_GROUPED_FROM = 10_000


@dataclass(frozen=True, slots=True)
class Language:
    """One language: `tag` stands in `lang`, `folder` goes before the address of each of its pages."""

    tag: str
    folder: str
    locale: str

    @property
    def is_english(self) -> bool:
        return self.tag == "en"

    def choose(self, chinese: Any, english: Any) -> Any:
        """The one of the two that is in this language."""
        return english if self.is_english else chinese

    def day(self, text: str) -> str:
        """A day `YYYY-MM-DD` in words: 2024年1月28日, 28 January 2024."""
        told = date.fromisoformat(text)
        month = _MONTHS[told.month - 1]
        return f"{told.day} {month} {told.year}" if self.is_english else f"{told.year}年{told.month}月{told.day}日"

    def organ(self, name: str) -> Markup:
        """The name of an organ or a place; on English pages with its pinyin behind it."""
        return _with_pinyin(name) if self.is_english else Markup.escape(name)

    def globals(self) -> Mapping[str, Any]:
        """What every template of this language may call."""
        return {
            "t": self.choose,
            "en": self.is_english,
            "lang": self.tag,
            "locale": self.locale,
            "day": self.day,
            "count": count,
            "percent": percent,
            "organ": self.organ,
            "pinyin": pinyin.words,
            "english": mark_chinese,
        }


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

CHINESE = Language("zh-Hans", "", "zh_CN")
ENGLISH = Language("en", "en/", "en_US")
LANGUAGES = (CHINESE, ENGLISH)


_CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")


def mark_chinese(sentence: str) -> Markup:
    """An English sentence as it is set: each run of Chinese says that it is, and apostrophes are curved."""
    escaped = str(Markup.escape(sentence.replace("'", "’")))
    return Markup(_CHINESE.sub(lambda run: f'<span lang="zh-Hans">{run[0]}</span>', escaped))


@lru_cache(maxsize=50_000)
def _with_pinyin(name: str) -> Markup:
    chinese, words = Markup('<span lang="zh-Hans">{}</span>').format(name), pinyin.words(name)
    return chinese + Markup(' <span class="pinyin" lang="zh-Latn">{}</span>').format(words) if words else chinese


def count(number: int | Decimal) -> str:
    """A figure as people read it: in groups of three from 10,000 on, exact, never with an exponent."""
    kind = "f" if isinstance(number, Decimal) else "d"
    return format(number, kind if -_GROUPED_FROM < number < _GROUPED_FROM else f",{kind}")


def percent(share: Decimal) -> str:
    """A share as a percentage with one decimal, half to even; only exactly 0 and 1 are 0% and 100%."""
    return f"{int(share) * 100}%" if share in (0, 1) else f"{(share * 100).quantize(_TENTH, ROUND_HALF_EVEN)}%"
