"""二、主动公开政府信息情况: small tables, one a clause of article 20, each with a head of its own."""

from collections.abc import Sequence

from pipeline.document import Ambiguous, BrokenForm, Row, UnknownForm
from pipeline.forms import Form, RowOfForm, Vocabulary, forms, label_key, spellings, vocabulary
from pipeline.sections.slots import (
    Head,
    Labelled,
    Line,
    Reading,
    gather,
    is_figure,
    keep_rest,
    missing,
    place_rows,
    read_figures,
)

SECTION = "proactive"
_TELLING = {"2021": {"issued", "repealed", "in_force"}, "2019": {"made", "newly_public", "public_total"}}
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


def read(rows: Sequence[Row], form: Form) -> Reading:
    """The figures of section 二. Raises BrokenForm (S03, S04) or Ambiguous."""
    words, reading = vocabulary(form.id, SECTION), Reading(SECTION)
    head: tuple[list[str], Line] | None = None
    found: dict[str, Labelled] = {}
    for line in gather(rows, words.knows):
        labelled = _labelled(line, form, words)
        if (labelled and labelled.tail and any(not cell.is_blank for cell in labelled.tail)) or _is_empty_row(labelled):
            assert labelled is not None
            _add(labelled, head, found, reading, words)
        elif any(words.column(cell.text) or words.head(cell.text) == "head" for cell in line.cells):
            head = _head(line, head, words, reading)
        elif any(words.head(cell.text) or words.row(cell.text) for cell in line.cells):
            reading.used.extend(line.rows)
        else:
            keep_rest(reading, line)
    lacking = [row for row in form.rows[SECTION] if row.key not in found]
    if lacking:
        raise BrokenForm("S03", f"section 二 lacks {missing(lacking)}", rows[0].place)
    return reading


def _labelled(line: Line, form: Form, words: Vocabulary) -> Labelled | None:
    labels = [i for i, cell in enumerate(line.cells) if words.row(cell.text)]
    if not labels or any(is_figure(cell) for cell in line.cells[: labels[-1]]):
        return None
    row = form.row(SECTION, words.row(line.cells[labels[-1]].text) or "")
    return Labelled(line, row, labels[-1]) if row else None


def _is_empty_row(labelled: Labelled | None) -> bool:
    return labelled is not None and not labelled.line.gapless and len(labelled.tail) >= len(labelled.row.columns)


def _head(
    line: Line, before: tuple[list[str], Line] | None, words: Vocabulary, reading: Reading
) -> tuple[list[str], Line]:
    """The columns named on this line; in a column of one-cell lines each line adds one to those before it."""
    reading.used.extend(line.rows)
    starts_anew = any(words.head(cell.text) == "head" for cell in line.cells) or not line.gapless or before is None
    columns = [key for cell in line.cells if (key := words.column(cell.text))]
    if starts_anew or before is None:
        reading.not_understood.extend(c for c in line.cells if not c.is_blank and not words.knows(c.text))
        return columns, line
    return before[0] + columns, before[1]


def _add(
    labelled: Labelled,
    head: tuple[list[str], Line] | None,
    found: dict[str, Labelled],
    reading: Reading,
    words: Vocabulary,
) -> None:
    row = labelled.row
    if row.key in found:
        raise BrokenForm("S03", f"{labelled.name} stands twice in section 二", labelled.line.place)
    columns, line = head or ([], None)
    if sorted(columns) != sorted(column.key for column in row.columns):
        raise BrokenForm("S04", f"{labelled.name}: {_unlike(row, columns, line, words)}", labelled.line.place)
    found[row.key] = labelled
    cells = place_rows([labelled], _positions(columns, line, words))[0]
    reading.placed.extend(read_figures(row, columns, cells))
    reading.used.extend(labelled.line.rows)


def _unlike(row: RowOfForm, columns: Sequence[str], line: Line | None, words: Vocabulary) -> str:
    wanted = ", ".join(column.words.label for column in row.columns)
    unknown = [c.text.strip() for c in line.cells if not c.is_blank and not words.knows(c.text)] if line else []
    seen = ", ".join(columns) or "none"
    also = f", and not understood: {', '.join(unknown)}" if unknown else ""
    return f"the columns above it are {seen}{also}; the form has {wanted}"


def _positions(columns: Sequence[str], line: Line | None, words: Vocabulary) -> Head:
    if line is None or line.gapless:
        return Head(tuple(columns))
    at = tuple(i for i, cell in enumerate(line.cells) if words.column(cell.text))
    return Head(tuple(columns), at, len(line.cells), len(line.cells))
