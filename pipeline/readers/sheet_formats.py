"""Number formats of spreadsheets: what a sheet shows of a number that it holds.

A figure counts as it is shown: 12 with the format `0.00` is 12.00, 0.5 with `0%` is 50%. Where a format is not
understood, the number is shown together with its format, which no figure looks like.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache

GENERAL = "General"

_PLAIN = {0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 49: "@"}
_MONEY = {
    5: '"¥"#,##0;"¥"\\-#,##0',
    6: '"¥"#,##0;[Red]"¥"\\-#,##0',
    7: '"¥"#,##0.00;"¥"\\-#,##0.00',
    8: '"¥"#,##0.00;[Red]"¥"\\-#,##0.00',
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0;\\-#,##0",
    38: "#,##0;[Red]\\-#,##0",
    39: "#,##0.00;\\-#,##0.00",
    40: "#,##0.00;[Red]\\-#,##0.00",
    41: '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* \\-#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    48: "##0.0E+0",
}
_YEAR_MONTH, _MONTH_DAY, _DAY = 'yyyy"年"m"月"', 'm"月"d"日"', 'yyyy"年"m"月"d"日"'
_DATES = {14: "yyyy/m/d", 15: "yyyy-mm-dd", 16: "mm-dd", 17: "yyyy-mm", 22: "yyyy/m/d h:mm", 30: "m/d/yy"}
_CHINESE = {27: _YEAR_MONTH, 28: _MONTH_DAY, 29: _MONTH_DAY, 31: _DAY, 36: _YEAR_MONTH}
_ALSO = {50: 27, 51: 28, 52: 27, 53: 28, 54: 28, 57: 27, 58: 28}
_TIMES = dict.fromkeys([*range(18, 22), *range(32, 36), *range(45, 48), 55, 56], "h:mm:ss")
BUILTIN = _PLAIN | _MONEY | _DATES | _CHINESE | {n: _CHINESE[like] for n, like in _ALSO.items()} | _TIMES
"""Formats that a workbook names by number alone, as Chinese programs show them."""

_TOKEN = re.compile(
    r"""\[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]
    | \[(?:Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color\s?\d+)\]
    | "(?P<quoted>[^"]*)" | \\(?P<escaped>.) | _. | \*.
    | (?P<general>General) | (?P<digits>[0\#?.,]+) | (?P<strange>\[[^\]]*\]?|@|!|E[+-]|/) | (?P<date>[ymdeahs]+)
    | (?P<literal>.)""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ALL_DIGITS = Context(prec=1000)
_DIGITS = re.compile(r"([0#?,]*)(?:(\.)([0#?]*))?")
_SECTIONS = re.compile(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[^;])*)(?:;|\Z)', re.DOTALL)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_IN_DATES = re.compile(r'\[[^\]]*\]|"([^"]*)"|\\(.)|_.|\*.|(y+|e+|m+|d+)|(.)', re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Format:
    """A number format of a workbook; `since_1904` is how it counts days, `zeros` whether the sheet shows any."""

    code: str = GENERAL
    since_1904: bool = False
    zeros: bool = True

    def show(self, number: float) -> str:
        """What the sheet shows of a number."""
        if number == 0 and not self.zeros:
            return ""
        exact = to_decimal(number)
        if exact is None:
            return f"{number} [{self.code}]"
        if _is_date(self.code):
            return self._date(number)
        shown = _shown(exact, self.code)
        return f"{exact:f} [{self.code}]" if shown is None else shown.strip()

    def _date(self, number: float) -> str:
        start = datetime(1904, 1, 1) if self.since_1904 else datetime(1899, 12, 30 if number >= 60 else 31)
        try:
            return day(start + timedelta(seconds=round(number * 86_400)), self.code)
        except (OverflowError, ValueError):
            return "#####"


def to_decimal(number: float) -> Decimal | None:
    """The number with the fifteen digits that spreadsheets keep: 0.1 + 0.2 is 0.3. None for what is no number."""
    try:
        exact = Decimal(f"{number:.15g}")
    except InvalidOperation:
        return None
    return exact if exact.is_finite() and abs(exact.adjusted()) < 40 else None


# numbers -------------------------------------------------------------------------------------------------------------


def _shown(number: Decimal, code: str) -> str | None:
    """The number in a format; None where the format is not understood or hides the sign."""
    sections = _sections(code)
    if number < 0 and len(sections) > 1:
        shown = _section(-number, sections[1])
        return shown if shown is None or not shown or re.search("[-(（−]", shown) else None
    if number == 0 and len(sections) > 2:
        return _section(number, sections[2])
    shown = _section(abs(number), sections[0])
    return f"-{shown}" if shown and number < 0 and re.search("[1-9]", shown) else shown


@lru_cache(maxsize=1000)
def _sections(code: str) -> list[str]:
    """The parts for numbers above, below and at nought; the last match of the pattern is the empty end."""
    found = [match[1] for match in _SECTIONS.finditer(code.replace("G/通用格式", GENERAL))]
    return found[:-1] if len(found) > 1 and not code.endswith(";") else found


def _section(number: Decimal, code: str) -> str | None:
    tokens = list(_TOKEN.finditer(code))
    if any(token["strange"] for token in tokens) and code.strip() != "@":
        return None
    if sum(bool(token["digits"] or token["general"]) for token in tokens) > 1:
        return None
    percent = any(token["literal"] == "%" for token in tokens)
    number = number * 100 if percent else number
    parts = [_token(token, number) for token in tokens]
    return None if None in parts else "".join(part or "" for part in parts)


def _token(token: re.Match[str], number: Decimal) -> str | None:
    if token["general"] or token["strange"] == "@":
        return f"{number:f}"
    if token["digits"]:
        return _digits(number, token["digits"])
    return token["quoted"] or token["escaped"] or token["currency"] or token["literal"] or ""


def _digits(number: Decimal, code: str) -> str | None:
    match = _DIGITS.fullmatch(code)
    if not match or match[1].endswith(","):  # a comma behind the digits leaves three of them out
        return None
    whole, dot, fraction = match[1], match[2] or "", match[3] or ""
    rounded = number.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP, _ALL_DIGITS)
    left, _, right = f"{rounded:f}".partition(".")
    left = left.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole and left:
        left = f"{int(left):,}".rjust(whole.count("0"), "0")
    while right and right[-1] == "0" and fraction[len(right) - 1] != "0":
        right = right[:-1]
    return f"{left}{dot}{right}"


# dates ---------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1000)
def _is_date(code: str) -> bool:
    """Whether a format shows a day or a time: it has their letters, and no place for digits."""
    tokens = list(_TOKEN.finditer(re.sub(r"\[(?:h+|m+|s+)\]", "h", _sections(code)[0], flags=re.IGNORECASE)))
    places = [token["digits"] for token in tokens if token["digits"] and token["digits"].strip(".,")]
    seconds = any("s" in (token["date"] or "").lower() for token in tokens)  # and thousandths of them behind a point
    return any(token["date"] for token in tokens) and (seconds or not places)


def day(moment: datetime, code: str) -> str:
    """A day in its format; one with a time of day is shown as 2024-01-28 09:30, a time alone as 09:30."""
    if "[$-F800]" in code:  # the long form of the day in the language of the system
        code = _DAY
    bare = re.sub(r'"[^"]*"|\\.|\[\$[^\]]*\]', "", code).lower()
    if "h" in bare or "s" in bare:
        return f"{moment:%Y-%m-%d %H:%M}" if re.search("[yde]", bare) else f"{moment:%H:%M}"
    return "".join(_part(match, moment) for match in _IN_DATES.finditer(_sections(code)[0])).strip()


def _part(match: re.Match[str], moment: datetime) -> str:
    quoted, escaped, letters, other = match.groups()
    if not letters:
        return quoted or escaped or (other if other and other not in "aA@" else "")
    letter = letters[0].lower()
    if letter in "ye":
        return f"{moment.year:04}"[-2 if letters.lower() in ("y", "yy") else -4 :]
    if len(letters) > 2:
        return _MONTHS[moment.month - 1][: 3 if len(letters) == 3 else None] if letter == "m" else ""
    number = moment.month if letter == "m" else moment.day
    return f"{number:02}" if len(letters) > 1 else f"{number}"
