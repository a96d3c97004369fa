"""二、主动公开政府信息情况: small tables, one a clause of article 20, each with a head of its own."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.document import Ambiguous, BrokenForm, Cell, Row, UnknownForm
from pipeline.forms import Form, RowOfForm, Vocabulary, forms, label_key, spellings, vocabulary
from pipeline.sections.slots import (
    Head,
    Labelled,
    Line,
    Placed,
    Reading,
    gather,
    is_figure,
    keep_rest,
    missing,
    place_rows,
    read_figures,
    strange_head,
)

SECTION = "proactive"
_TELLING = {"2021": {"issued", "repealed", "in_force"}, "2019": {"made", "newly_public", "public_total"}}
_UNIT_OF_TABLE = re.compile(r"单位[:：]\s*(?:人民币)?([^\s,，。;；、)）]{0,2}元)")
_ITEM_OF_2019 = label_key("第二十条第（九）项")


def tell_form(rows: Sequence[Row]) -> Form:
    """The form that the labels of section 二 belong to (rule S02); the year and the notice cited are often wrong.

    Raises UnknownForm where no label tells it, Ambiguous where the labels of both forms stand there.
    """
    texts = [cell.text for row in rows for cell in row.cells if not cell.is_blank]
    told = {
        form_id
        for form_id, columns in _TELLING.items()
        if any(vocabulary(form_id, SECTION).column(text) in columns for text in texts)
    }
    if any(label_key(text) == _ITEM_OF_2019 for text in texts):
        told.add("2019")
    if len(told) > 1:
        raise Ambiguous("section 二 has labels of both the 2019 and the 2021 form (S02)", rows[0].place)
    if not told:
        raise UnknownForm(_what_else(texts), rows[0].place if rows else "")
    return forms()[told.pop()]


def _what_else(texts: Sequence[str]) -> str:
    older = [word for word in spellings()["older_forms"] if any(label_key(text) == label_key(word) for text in texts)]
    if older:
        return f"the tables are those of 2018 and before ({older[0]})"
    return "section 二 has no column of either form (制发件数, 新制作数量)"


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns that the head above a row names, from left to right: column, printed head and its slot.

    `width` is the number of cells of the head's row; 0 where each head was a paragraph of its own.
    """

    named: tuple[tuple[str, Cell, int], ...] = ()
    width: int = 0
    unknown: tuple[str, ...] = ()
    strange: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for key, _, _ in self.named)

    @property
    def unit(self) -> str | None:
        """The unit that the head of an amount names, 万元 or 元."""
        texts = [label_key(cell.text) for key, cell, _ in self.named if key == "amount"]
        return next((unit for unit in ("万元", "元") if any(unit in text for text in texts)), None)

    @property
    def head(self) -> Head:
        at = tuple(at for _, _, at in self.named) if self.width else ()
        return Head(self.keys, at, self.width, self.width, self.strange)


def read(rows: Sequence[Row], form: Form) -> Reading:
    """The figures of section 二. Raises BrokenForm (S03, S04) or Ambiguous."""
    words, reading = vocabulary(form.id, SECTION), Reading(SECTION)
    columns, found = _Columns(), set[str]()
    for line in gather(rows, words.knows):
        labelled = _labelled(line, form, words)
        if labelled:
            _add(labelled, columns, found, reading)
        elif any(words.column(cell.text) or words.head(cell.text) == "head" for cell in line.cells):
            columns = _head(line, columns, words)
            reading.used.extend(line.rows)
        elif any(words.head(cell.text) or words.row(cell.text) for cell in line.cells):
            reading.used.extend(line.rows)
        else:
            keep_rest(reading, line)
    lacking = [row for row in form.rows[SECTION] if row.key not in found]
    if lacking:
        raise BrokenForm("S03", f"section 二 lacks {missing(lacking)}", rows[0].place)
    return reading


def _labelled(line: Line, form: Form, words: Vocabulary) -> Labelled | None:
    """The line as a row of the form: a label with cells behind it; a label alone is a heading."""
    labels = [i for i, cell in enumerate(line.cells) if words.row(cell.text)]
    if not labels or any(is_figure(cell) for cell in line.cells[: labels[-1]]):
        return None
    row = form.row(SECTION, words.row(line.cells[labels[-1]].text) or "")
    return Labelled(line, row, labels[-1]) if row and labels[-1] + 1 < len(line.cells) else None


def _head(line: Line, before: _Columns, words: Vocabulary) -> _Columns:
    """The columns named on this line; where each head is a paragraph, each adds one to those before it."""
    named = tuple((key, cell, i) for i, cell in enumerate(line.cells) if (key := words.column(cell.text)))
    strange = strange_head([line], words.column, words.knows, 0)
    if line.gapless and not any(words.head(cell.text) == "head" for cell in line.cells):
        return _Columns(before.named + named, strange=before.strange or strange)
    unknown = tuple(c.text.strip() for c in line.cells if not c.is_blank and not words.knows(c.text))
    return _Columns(named, 0 if line.gapless else len(line.cells), unknown, strange)


def _add(labelled: Labelled, columns: _Columns, found: set[str], reading: Reading) -> None:
    row = labelled.row
    if row.key in found:
        raise BrokenForm("S03", f"{labelled.name} stands twice in section 二", labelled.line.place)
    if sorted(columns.keys) != sorted(column.key for column in row.columns):
        raise BrokenForm("S04", f"{labelled.name}: {_unlike(row, columns)}", labelled.line.place)
    found.add(row.key)
    cells = place_rows([labelled], columns.head)[0]
    placed = read_figures(row, columns.keys, cells, columns.unit)
    _check_unit(row, columns, placed, reading)
    reading.placed.extend(placed)
    reading.used.extend(labelled.line.rows)


def _check_unit(row: RowOfForm, columns: _Columns, placed: Sequence[Placed], reading: Reading) -> None:
    """An amount without a unit of its own is none where a line above the table names another than its head."""
    amounts = [(column, one) for column, one in zip(row.columns, placed, strict=True) if column.kind == "amount"]
    for column, one in amounts:
        told = [(unit, cell) for cell in reading.not_understood for unit in _UNIT_OF_TABLE.findall(cell.text)]
        other = [cell for unit, cell in told if unit != (columns.unit or column.unit)]
        if other and one.number.value and "元" not in one.cell.text:
            raise Ambiguous(f"{row.words.label}: “{other[0].text.strip()[:40]}” names another unit", one.cell.place)


def _unlike(row: RowOfForm, columns: _Columns) -> str:
    wanted = ", ".join(column.words.label for column in row.columns)
    seen = ", ".join(cell.text.strip() for _, cell, _ in columns.named) or "none"
    also = f", and not understood: {', '.join(columns.unknown)}" if columns.unknown else ""
    return f"the columns above it are {seen}{also}; the form has {wanted}"
