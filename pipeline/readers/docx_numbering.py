"""The numbers that Word prints in front of the paragraphs of a list: “一、”, “（二）”, “3.”; they stand nowhere in the text."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.readers.docx_package import WORD
from pipeline.readers.docx_styles import Styles, child_of, is_on, to_int, value

LEVELS = 9
UNKNOWN = "\ufffd"
"""Stands for a number that is printed in a way that is not known here."""

_IN_LIST = WORD + "numPr"
_PLACEHOLDER = re.compile(r"%([1-9])")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    style: str = "decimal"
    text: str = ""
    start: int = 1
    legal: bool = False
    restart: int | None = None
    of_style: str | None = None


@dataclass(slots=True)
class _List:
    """A list of a document: the counting that it shares with others, its levels, and where it starts anew."""

    counting: str
    levels: Mapping[int, Level]
    starts: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Numbering:
    """Counts the paragraphs of every list in the order of the document."""

    styles: Styles
    lists: dict[str, _List] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)
    _places: dict[str | None, tuple[str, int]] = field(default_factory=dict)

    def next_label(self, properties: etree._Element | None, style_id: str | None) -> str:
        """What Word prints in front of the next paragraph with these properties; nothing where it is in no list."""
        list_id, at = self._place(properties, style_id)
        found = self.lists.get(list_id)
        if found is None:
            return ""
        counts = self._counts.setdefault(found.counting, [None] * LEVELS)
        if list_id not in self._begun:
            self._begun.add(list_id)
            for level in found.starts:
                counts[level] = None
        count = counts[at]
        counts[at] = _start(found, at) if count is None else count + 1
        for deeper in range(at + 1, LEVELS):
            if _restarts(found, deeper, at):
                counts[deeper] = None
        return _label(found, counts, at)

    def _place(self, properties: etree._Element | None, style_id: str | None) -> tuple[str, int]:
        """The list and the level that the paragraph itself names, or else its style; "" for none, "0" ends a list."""
        own = None if properties is None else child_of(properties, _IN_LIST)
        if own is None and style_id in self._places:
            return self._places[style_id]
        list_id, level = value(own, "numId"), to_int(value(own, "ilvl"))
        for name, style in self.styles.chain(style_id):
            if list_id is None and style.list_id is not None:
                list_id = style.list_id
                level = self._level_of_style(list_id, name) if level is None else level
            level = style.list_level if level is None else level
        place = list_id or "", min(level or 0, LEVELS - 1)
        if own is None:
            self._places[style_id] = place
        return place

    def _level_of_style(self, list_id: str, style_id: str) -> int | None:
        levels = self.lists[list_id].levels if list_id in self.lists else {}
        return next((at for at, level in levels.items() if level.of_style == style_id), None)


def _start(found: _List, at: int) -> int:
    return found.starts.get(at, found.levels[at].start if at in found.levels else 1)


def _restarts(found: _List, deeper: int, at: int) -> bool:
    after = found.levels[deeper].restart if deeper in found.levels else None
    return after is None or at < after


def _label(found: _List, counts: list[int | None], at: int) -> str:
    level = found.levels.get(at)
    if level is None or level.style == "none":
        return ""
    if level.style == "bullet":
        return "" if not level.text else "•"

    def number(match: re.Match[str]) -> str:
        other = int(match[1]) - 1
        style = found.levels[other].style if other in found.levels else "decimal"
        count = counts[other]
        return write(_start(found, other) if count is None else count, "decimal" if level.legal else style)

    return _PLACEHOLDER.sub(number, level.text)


# reading the part ----------------------------------------------------------------------------------------------------


def read_numbering(root: etree._Element | None, styles: Styles) -> Numbering:
    """The lists of a numbering part; none where there is no such part."""
    if root is None:
        return Numbering(styles)
    kinds = {one.get(WORD + "abstractNumId", ""): one for one in root.iter(WORD + "abstractNum")}
    by_style = {link: one for one in kinds.values() if (link := value(one, "styleLink"))}
    return Numbering(
        styles, {one.get(WORD + "numId", ""): _list(one, kinds, by_style) for one in root.iter(WORD + "num")}
    )


def _list(
    element: etree._Element, kinds: Mapping[str, etree._Element], by_style: Mapping[str, etree._Element]
) -> _List:
    counting = value(element, "abstractNumId") or ""
    kind = kinds.get(counting)
    kind = by_style.get(value(kind, "numStyleLink") or "", kind)
    levels = {} if kind is None else dict(_levels(kind))
    starts: dict[int, int] = {}
    for override in element.iterchildren(WORD + "lvlOverride"):
        levels |= dict(_levels(override))
        start = to_int(value(override, "startOverride"))
        if start is not None:
            starts[_index(override)] = start
    return _List(counting, levels, starts)


def _levels(parent: etree._Element) -> Iterator[tuple[int, Level]]:
    for one in parent.iterchildren(WORD + "lvl"):
        start, style = to_int(value(one, "start")), value(one, "numFmt") or "decimal"
        restart, legal = to_int(value(one, "lvlRestart")), bool(is_on(one.find(WORD + "isLgl")))
        text = value(one, "lvlText") or ""
        yield _index(one), Level(style, text, 1 if start is None else start, legal, restart, value(one, "pStyle"))


def _index(element: etree._Element) -> int:
    return min(to_int(element.get(WORD + "ilvl")) or 0, LEVELS - 1)


# writing numbers -----------------------------------------------------------------------------------------------------


def write(number: int, style: str) -> str:
    """A number as Word prints it in a list of that style; `UNKNOWN` where the style is not known here."""
    written = _WRITERS[style](number) if style in _WRITERS else None
    return UNKNOWN if written is None else written


def _chinese(number: int, digits: str = "零一二三四五六七八九", units: str = "十百千") -> str | None:
    """Up to 9999, as 一百零五; 十二 without an 一 in front."""
    if not 0 < number < 10_000:
        return None
    text = ""
    for place, digit in enumerate(map(int, reversed(str(number)))):
        if digit:
            text = digits[digit] + (units[place - 1] if place else "") + text
        elif text and text[0] != digits[0]:
            text = digits[0] + text
    return text[1:] if 10 <= number < 20 and units[0] == "十" else text


def _from(symbols: str) -> Callable[[int], str | None]:
    return lambda number: symbols[number - 1] if 0 < number <= len(symbols) else None


def _row(first: str, count: int) -> str:
    return "".join(chr(ord(first) + i) for i in range(count))


def _letters(number: int, first: str = "a") -> str | None:
    return chr(ord(first) + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else None


def _roman(number: int) -> str | None:
    if not 0 < number < 4000:
        return None
    tens = ("", "C", "CC", "CCC", "CD", "D", "DC", "DCC", "DCCC", "CM")
    return "M" * (number // 1000) + "".join(
        table[number // place % 10]
        for place, table in (
            (100, tens),
            (10, [one.translate(str.maketrans("CDM", "XLC")) for one in tens]),
            (1, [one.translate(str.maketrans("CDM", "IVX")) for one in tens]),
        )
    )


def _lower(text: str | None) -> str | None:
    return None if text is None else text.lower()


def _by_digit(digits: str) -> Callable[[int], str | None]:
    return lambda number: "".join(digits[int(one)] for one in str(number)) if number >= 0 else None


_COUNTING = ("chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand")
_WRITERS: Mapping[str, Callable[[int], str | None]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": _by_digit("０１２３４５６７８９"),
    "decimalFullWidth2": _by_digit("０１２３４５６７８９"),
    "decimalEnclosedCircle": _from(_row("①", 20)),
    "decimalEnclosedCircleChinese": _from(_row("①", 20)),
    "decimalEnclosedParen": _from(_row("⑴", 20)),
    "decimalEnclosedFullstop": _from(_row("⒈", 20)),
    "upperLetter": lambda number: _letters(number, "A"),
    "lowerLetter": _letters,
    "upperRoman": _roman,
    "lowerRoman": lambda number: _lower(_roman(number)),
    "ideographDigital": _by_digit("〇一二三四五六七八九"),
    "japaneseDigitalTenThousand": _by_digit("〇一二三四五六七八九"),
    "japaneseCounting": _chinese,
    "chineseLegalSimplified": lambda number: _chinese(number, "零壹贰叁肆伍陆柒捌玖", "拾佰仟"),
    "ideographLegalTraditional": lambda number: _chinese(number, "零壹貳參肆伍陸柒捌玖", "拾佰仟"),
    "ideographTraditional": _from("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _from("子丑寅卯辰巳午未申酉戌亥"),
    "ideographEnclosedCircle": _from(_row("㊀", 10)),
    **dict.fromkeys(_COUNTING, _chinese),
}
