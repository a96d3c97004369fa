"""A workbook of which only some cells differ: written once by the library, then filled with the cells of each report.

A cell to be filled holds a mark of the shape `@@name@@`. What stands between the marks is kept as it is, so that a
workbook takes a fifth of the time that the library needs to write one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from pipeline.downloads.whole import member
from pipeline.plain import text_of

_MARK = re.compile(r'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?) t="inlineStr"><is><t>@@(.+?)@@</t></is></c>')
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What XML cannot hold, a carriage return, which it would make a line feed, and text that looks like what stands for them."""
_LEVEL = 6


def mark(name: str) -> str:
    """The text of a cell that is filled under this name."""
    return f"@@{name}@@"


@dataclass(frozen=True, slots=True)
class Template:
    """The files of a workbook; of each the pieces between its marks, and at each mark the name and the cell's place."""

    files: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]], ...]

    @property
    def names(self) -> set[str]:
        """Every name that is filled."""
        return {name for _, _, cells in self.files for name, _ in cells}

    def fill(self, values: Mapping[str, int | Decimal | str | None]) -> bytes:
        """The workbook with these values. Raises KeyError for a mark without one."""
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            for name, pieces, cells in self.files:
                text = [pieces[0]]
                for (key, place), piece in zip(cells, pieces[1:], strict=True):
                    text += (_cell(place, values[key]), piece)
                archive.writestr(member(name), "".join(text).encode())
        return out.getvalue()


def template_of(workbook: bytes) -> Template:
    """What is filled of a workbook that has marks in its cells, each of them as a string in its place."""
    with ZipFile(BytesIO(workbook)) as archive:
        return Template(tuple(_cut(name, archive.read(name).decode()) for name in archive.namelist()))


def _cut(name: str, text: str) -> tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]:
    found = list(_MARK.finditer(text))
    ends = [0, *(one.end() for one in found)]
    starts = [*(one.start() for one in found), len(text)]
    pieces = tuple(text[end:start] for end, start in zip(ends, starts, strict=True))
    return name, pieces, tuple((one[3], f'r="{one[1]}"{one[2]}') for one in found)


def _cell(place: str, value: int | Decimal | str | None) -> str:
    if value is None or value == "":
        return ""  # the column has the format
    if isinstance(value, str):
        return f'<c {place} t="inlineStr"><is><t xml:space="preserve">{_escaped(value)}</t></is></c>'
    return f"<c {place}><v>{text_of(value)}</v></c>"


def _escaped(text: str) -> str:
    text = _FORBIDDEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
