"""The day of publication and the signature: the line above a report, and the last lines below it."""

import re
from collections.abc import Sequence
from datetime import date

from pipeline.document import Row, plain
from pipeline.evidence import Before, Clue, Line, is_organ, to_lines

_DATE = r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_DIGITS = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | {"○": "0", "零": "0", "0": "0", "O": "0"}
_HAN_DATE = re.compile(
    r"([二][〇○零0O][〇○零0O一二三四五六七八九]{2})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_LABELLED = re.compile(rf"(?P<label>发布|公开|发文|公布|上传|更新)?(?:时间|日期):?{_DATE}")
_LABEL_ALONE = re.compile(r"(?:发布|公开|发文|公布)(?:时间|日期):?")
_WITH_SOURCE = re.compile(rf"{_DATE}(?:\d{{1,2}}:\d\d(?::\d\d)?)?(?:信息|文章)?来源.*")
_YEAR_OF_REPORT = re.compile(r"(20\d\d)年?度?[^年]{0,20}公开[^年]{0,10}(?:年度)?报告")
_NOT_PUBLISHED = re.compile(r"成文|生成|统计|有效|期限|编制|施行|实施|落款")
_SIGNED = re.compile(rf"(?P<o>.{{0,40}}?){_DATE}(?:\(.{{0,10}}\))?")


def _iso(year: str, month: str, day: str) -> str | None:
    value = f"{int(year):04d}-{int(month):02d}-{int(day):02d}"
    fits = 1 <= int(month) <= 12 and 1 <= int(day) <= 31
    return value if fits and _is_day(value) else None


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _western(text: str) -> str:
    """A day in Chinese numerals (二〇二四年一月二十八日) in digits."""
    return _HAN_DATE.sub(lambda m: f"{_each(m[1])}年{_number(m[2])}月{_number(m[3])}日", text)


def _each(text: str) -> str:
    return "".join(_DIGITS[c] for c in text)


def _number(text: str) -> int:
    tens, _, ones = text.rpartition("十")
    if "十" not in text:
        return int(_DIGITS[text[-1]])
    return int(_DIGITS.get(tens, "1")) * 10 + int(_DIGITS.get(ones, "0"))


def find_published(before: Before, signature: Sequence[Clue], year: int | None = None) -> Clue | None:
    """The day in the publication line, else in the page's frame, else under the signature.

    Never the period, never an address. A day before the year that is reported on, or in a line that names the report
    of another year, is that of another page.
    """
    for lines in (before.head[:80], before.frame):
        for n, line in enumerate(lines):
            if any(c.isdecimal() for c in line.text) or _LABEL_ALONE.search(line.text):
                clue = _in_line(line) or _under_label(lines, n)
                if clue and _may_be_of(clue, line, year):
                    return clue
    found = (clue for clue in signature if clue.kind == "published")
    return next((clue for clue in found if not year or clue.value >= str(year)), None)


def _may_be_of(clue: Clue, line: Line, year: int | None) -> bool:
    named = _YEAR_OF_REPORT.search(line.text)
    return not year or (clue.value >= str(year) and (named is None or named[1] == str(year)))


def _in_line(line: Line) -> Clue | None:
    several = len(line.row.cells) > 1  # a label and its day may stand in two cells of a row
    text = _western("".join(plain(cell.text) for cell in line.row.cells) if several else line.printed)
    match = _LABELLED.search(text) or _WITH_SOURCE.fullmatch(text)
    if not match or _NOT_PUBLISHED.search(text[max(0, match.start() - 6) : match.start((match.lastindex or 3) - 2)]):
        return None
    day = _iso(*match.groups()[-3:])
    return Clue("published", day, match[0], line.place, 0, line.row, (line.row,)) if day else None


def _under_label(lines: Sequence[Line], n: int) -> Clue | None:
    """A label alone on its line, the day on the next one."""
    line = lines[n]
    if n + 1 == len(lines) or not _LABEL_ALONE.fullmatch(line.text.lstrip("•·*-")):
        return None
    match = re.match(_DATE, _western(lines[n + 1].printed))
    day = _iso(*match.groups()) if match else None
    return Clue("published", day, line.printed, line.place, 0, line.row, (line.row, lines[n + 1].row)) if day else None


def find_signature(rows: Sequence[Row]) -> list[Clue]:
    """The organ under the report and the day beside or below it, as far as they are there; only in the last lines.

    A name without a day is a hint at most: it may be the foot of the page.
    """
    last = [row for row in rows if not row.in_table and not row.cells[0].is_blank][-12:]
    lines = to_lines(last)
    for at in range(len(lines) - 1, -1, -1):
        signed = _SIGNED.fullmatch(_western(lines[at].printed))
        if signed:
            return _signature(lines, at, signed)
    return [_signer(lines[-1], lines[-1].text, 6, "page")] if lines and is_organ(lines[-1].text) else []


def _signature(lines: Sequence[Line], at: int, signed: re.Match[str]) -> list[Clue]:
    line, day = lines[at], _iso(*signed.groups()[-3:])
    clues = [Clue("published", day, line.printed, line.place, 1, line.row, (line.row,))] if day else []
    if signed["o"]:
        return [_signer(line, signed["o"]), *clues] if is_organ(signed["o"]) else []
    above = lines[at - 1] if at else None
    return [_signer(above, above.text), *clues] if above and is_organ(above.text) else clues


def _signer(line: Line, organ: str, rank: int = 3, hint: str = "") -> Clue:
    return Clue("agency_name", organ, line.printed, line.place, rank, line.row, (line.row,), hint)
