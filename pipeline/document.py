"""The vocabulary of reading: a document is headings, paragraphs and tables of cells, and a cell may hold a number.

Readers make these values and know nothing of the form; sections read them and know nothing of files.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache


class ReportError(Exception):
    """One report cannot be read, and why: `where` is the place in the document, `says` one sentence."""

    code = "ReportError"

    def __init__(self, says: str, where: str = "") -> None:
        super().__init__(says)
        self.says = says
        self.where = where


class UnreadableSource(ReportError):
    """The file cannot be opened as a document at all."""

    code = "UnreadableSource"


class UnknownForm(ReportError):
    """The document is no report in one of the statutory forms."""

    code = "UnknownForm"


class Ambiguous(ReportError):
    """A figure or a name could be two things, so it is placed nowhere."""

    code = "Ambiguous"


class BrokenForm(ReportError):
    """A structure rule of the catalogue does not hold: the report was not read; `rule` names it."""

    def __init__(self, rule: str, says: str, where: str = "") -> None:
        super().__init__(says, where)
        self.code = rule


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text as printed, without the marks of the word processor, and where it stood.

    `confidence` is how sure a recogniser of scans was of the text, 0 to 1; None where the source itself holds the text.
    """

    text: str
    place: str
    confidence: float | None = None

    @property
    def is_blank(self) -> bool:
        return not self.text or self.text.isspace()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of running text, or a heading that the format does not mark as one."""

    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Heading(Paragraph):
    """A line that the format itself marks as a heading."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells in the order of the page; a row holds the cells that the source gives, no more."""

    rows: tuple[tuple[Cell, ...], ...]


Block = Paragraph | Table


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the document: the cells of a table row, or a paragraph as a row of one cell."""

    cells: tuple[Cell, ...]
    in_table: bool

    @property
    def place(self) -> str:
        return self.cells[0].place

    @property
    def text(self) -> str:
        """The words of the row, cells parted by one space."""
        return " ".join(cell.text for cell in self.cells if not cell.is_blank)

    @property
    def only(self) -> Cell | None:
        """The one cell of the row that is not blank, or None where there are none or several."""
        found: Cell | None = None
        for cell in self.cells:
            if cell.text and not cell.is_blank:
                if found:
                    return None
                found = cell
        return found


@dataclass(frozen=True, slots=True)
class About:
    """What the frame of a document says of it, beside its own words, and where.

    `name` is `title` (of a page or file), `site`, `path` (the trail of links that leads to a page), `source`,
    `published` (a day as the page writes it) or `address`.
    """

    name: str
    text: str
    place: str


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of a file: the blocks in order, what the frame around them says, and what the file was."""

    file: str
    media_type: str
    sha256: str
    blocks: tuple[Block, ...]
    about: tuple[About, ...] = ()

    def rows(self) -> list[Row]:
        """Every table row and every paragraph, in order."""
        return list(self._rows())

    def _rows(self) -> Iterator[Row]:
        for block in self.blocks:
            if isinstance(block, Table):
                yield from (Row(cells, in_table=True) for cells in block.rows)
            else:
                yield Row((Cell(block.text, block.place),), in_table=False)


WIDE = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: " ", 0x2212: "-"}
"""Full-width forms and their ASCII twins. Superscripts and circled digits are no digits: `5²` is not 52."""

BLANKS = re.compile(r"[\s\u00a0\u200b-\u200d\u2060\ufeff]+")
OBJECT = "\ufffc"
"""What stands in a text for a picture, a formula or another thing that is no text."""
UNITS = "件条项个份起宗期次人篇部册场户"
_CANONICAL = re.compile(r"0|[1-9]\d{0,14}", re.ASCII)
_NUMBER = re.compile(rf"([+-]?)(\d+|\d{{1,3}}(?:,\d{{3}})+)(\.\d+)?(万元|元|人次|[{UNITS}])?", re.ASCII)
_PARTED = re.compile(r"\d\s+\d")
_BROKEN = re.compile(r"\d\s*(?:[\n\r\t]|\s\s)\s*\d")
_THOUSANDS = re.compile(r"[+-]?\s?\d{1,3}(?:\s\d{3})+(?![\d\s]*\d)", re.ASCII)
_AMOUNT_UNITS = {"万元": Decimal(1), "元": Decimal("0.0001")}


@dataclass(frozen=True, slots=True)
class Number:
    """What a cell says: a value or none, and the printed text where it is not the canonical form of the value."""

    value: int | Decimal | None
    as_written: str | None = None


def collapse(text: str) -> str:
    """White space as one space, none at the ends: the text of a cell in one line."""
    return BLANKS.sub(" ", text).strip()


def plain(text: str) -> str:
    """NFKC without any white space: for comparing labels and titles, never for figures."""
    return BLANKS.sub("", unicodedata.normalize("NFKC", text))


def read_number(cell: Cell, kind: str, unit: str | None = None) -> Number:
    """The number in a cell of a `count`, a `change` (may be negative) or an `amount` (decimal, in 万元).

    `unit` is the unit that the form prints in the column's head. Blank is no number; text without a digit is no number
    and kept as written. Raises Ambiguous where digits stand in the cell that are not one number of that kind.
    """
    if kind == "count" and (known := _count(cell.text)):
        return known
    printed = collapse(cell.text)
    if not printed:
        return Number(None)
    if kind == "count" and _CANONICAL.fullmatch(printed):
        return Number(int(printed))
    narrow = printed.translate(WIDE)
    compact = BLANKS.sub("", narrow)
    if _BROKEN.search(cell.text) or (_PARTED.search(narrow) and not _THOUSANDS.match(narrow)):
        raise Ambiguous(f"a blank parts the digits of “{_cut(printed)}”: two figures may stand there", cell.place)
    if OBJECT in compact:
        raise Ambiguous("a picture or another object stands where a number belongs", cell.place)
    if not any(unicodedata.category(c)[0] == "N" for c in compact):
        return _words(printed, cell.place)
    match = _NUMBER.fullmatch(compact)
    if not match:
        raise Ambiguous(f"“{_cut(printed)}” is not one number", cell.place)
    value = _value(match, printed, kind, unit, cell.place)
    return Number(value, None if printed == canonical(value) else printed)


@lru_cache(maxsize=4096)
def _count(text: str) -> Number | None:
    """What nearly every cell holds, told at once: nothing, or a plain number."""
    if not text:
        return Number(None)
    return Number(int(text)) if _CANONICAL.fullmatch(text) else None


def _words(printed: str, place: str) -> Number:
    # A long run of words in a figure's cell is prose that slipped into the table, not an answer such as 无.
    if len(printed) > 12:
        raise Ambiguous(f"running text stands where a number belongs: “{_cut(printed)}”", place)
    return Number(None, printed)


def _value(match: re.Match[str], printed: str, kind: str, unit: str | None, place: str) -> int | Decimal:
    sign, whole, fraction, own_unit = match.groups()
    digits = whole.replace(",", "")
    if len(digits) > 1 and digits[0] == "0":
        raise Ambiguous(f"“{_cut(printed)}” begins with a zero: two figures may have run together", place)
    if len(digits) > 15 or len(fraction or "") > 10:
        raise Ambiguous(f"“{_cut(printed)}” is too long for a figure", place)
    value = Decimal(f"{sign}{digits}{fraction or ''}")
    if kind == "amount":
        return _amount(value, own_unit, unit, printed, place)
    if fraction or own_unit in _AMOUNT_UNITS:
        raise BrokenForm("V01", f"“{_cut(printed)}” stands where a whole number of cases belongs", place)
    if value < 0 and kind != "change":
        raise BrokenForm("V01", f"“{_cut(printed)}” is negative where a number of cases belongs", place)
    return int(value)


def _amount(value: Decimal, own_unit: str | None, unit: str | None, printed: str, place: str) -> Decimal:
    if value < 0:
        raise BrokenForm("V01", f"“{_cut(printed)}” is a negative amount", place)
    named = own_unit or unit
    if value and named not in _AMOUNT_UNITS:
        raise Ambiguous(f"the amount “{_cut(printed)}” names no unit, 元 or 万元", place)
    return trimmed(value * _AMOUNT_UNITS.get(named or "", Decimal(1)))


def trimmed(value: Decimal) -> Decimal:
    """The same decimal without trailing zeros and without an exponent."""
    value = value.normalize() + 0  # -0 is 0
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value


def canonical(value: int | Decimal | None) -> str:
    """The one way to write a figure: `12`, `-3`, `12.5`; nothing for None."""
    return "" if value is None else str(value) if isinstance(value, int) else f"{trimmed(value):f}"


def _cut(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[:most] + "…"
