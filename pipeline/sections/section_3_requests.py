"""三、收到和处理政府信息公开申请情况: one table, seven applicants across, the handling of requests downwards."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.document import Ambiguous, BrokenForm, Row
from pipeline.forms import Form, Vocabulary, vocabulary
from pipeline.sections.slots import (
    Head,
    Labelled,
    Line,
    Reading,
    gather,
    is_figure,
    is_word,
    keep_rest,
    missing,
    place_rows,
    read_figures,
    strange_head,
)

SECTION = "requests"
_ONLY_HEADS = {"natural", "enterprise", "research", "public_welfare", "legal_service"}
_TWICE_NAMED = {"other_other", "total_processed"}  # 其他 and 总计 name a column and a row


def read(rows: Sequence[Row], form: Form) -> Reading:
    """The figures of section 三. Raises BrokenForm (S03, S04) or Ambiguous."""
    words, reading = vocabulary(form.id, SECTION), Reading(SECTION)
    heads, body = _split(gather(rows, words.knows), words)
    reading.used.extend(row for line in heads for row in line.rows)
    head = _head(heads, form, words)
    labelled = _labelled_lines(body, form, words, reading)
    _check_rows(labelled, form, reading, rows)
    label = max(line.at for line in labelled) if head.width else head.widest
    head = replace(head, strange=strange_head(heads, lambda text: _token(text, words), words.knows, label))
    for line, cells in zip(labelled, place_rows(labelled, head), strict=True):
        reading.placed.extend(read_figures(line.row, head.order, cells))
        reading.used.extend(line.line.rows)
    return reading


def _split(lines: Sequence[Line], words: Vocabulary) -> tuple[list[Line], list[Line]]:
    """Head lines and body lines; a head that a page break printed again is a head line too."""
    heads: list[Line] = []
    body: list[Line] = []
    for line in lines:
        is_head = any(_names_head(cell.text, words) for cell in line.cells if is_word(cell))
        started = bool(body) or any(_starts_body(cell.text, words) for cell in line.cells)
        (heads if is_head or not started else body).append(line)
    return heads, body


def _names_head(text: str, words: Vocabulary) -> bool:
    return words.column(text) in _ONLY_HEADS or words.head(text) in ("applicants", "legal_persons", "relation")


def _starts_body(text: str, words: Vocabulary) -> bool:
    row = words.row(text)
    return row is not None and row not in _TWICE_NAMED


# the head ------------------------------------------------------------------------------------------------------------


def _head(lines: Sequence[Line], form: Form, words: Vocabulary) -> Head:
    tokens = [
        (key, n, i) for n, line in enumerate(lines) for i, c in enumerate(line.cells) if (key := _token(c.text, words))
    ]
    order = _order(_first_of_each(tokens), form, lines)
    width = {len(line.cells) for line in lines if not line.gapless}
    widest = max(width, default=0)
    gapless = any(line.gapless and any(_token(c.text, words) for c in line.cells) for line in lines)
    at = {key: i for key, _, i in reversed(tokens)}
    same = {(key, i) for key, _, i in tokens if key in order}
    if gapless or len(width) != 1 or len(same) != len(order):
        return Head(order, widest=widest)
    positions = tuple(at[key] for key in order)
    in_order = list(positions) == sorted(positions)
    return Head(order, positions, width.pop(), widest) if in_order else Head(order, widest=widest)


def _token(text: str, words: Vocabulary) -> str | None:
    head = words.head(text)
    return words.column(text) or (head if head in ("applicants", "legal_persons") else None)


def _first_of_each(tokens: Sequence[tuple[str, int, int]]) -> dict[str, tuple[int, int]]:
    """Where each head stands first: its line and its cell."""
    first: dict[str, tuple[int, int]] = {}
    for key, line, cell in tokens:
        first.setdefault(key, (line, cell))
    return first


def _order(at: dict[str, tuple[int, int]], form: Form, lines: Sequence[Line]) -> tuple[str, ...]:
    """The seven applicants from left to right: those under 法人或其他组织 take the place of that heading."""
    columns = [column.key for column in form.rows[SECTION][0].columns]
    place = lines[0].place if lines else ""
    lacking = [c.words.label for c in form.rows[SECTION][0].columns if c.key not in at]
    if lacking:
        raise BrokenForm("S04", f"the head of section 三 lacks the columns {', '.join(lacking)}", place)
    persons = sorted(form.legal_persons, key=lambda key: at[key])
    if "legal_persons" not in at:
        return _order_without_heading(sorted(columns, key=lambda key: at[key]), at, place)
    outer = [key for key in columns if key not in form.legal_persons]
    ordered = sorted([*outer, "legal_persons"], key=lambda key: _rank(key, at, place))
    return tuple(key for one in ordered for key in (persons if one == "legal_persons" else [one]))


def _order_without_heading(columns: list[str], at: dict[str, tuple[int, int]], place: str) -> tuple[str, ...]:
    """Without 法人或其他组织 only a head on one line, or one that ends with 总计, tells what stands beside what."""
    if len({line for line, _ in (at[key] for key in columns)}) > 1 and (columns[0], columns[-1]) != (
        "natural",
        "total",
    ):
        raise Ambiguous("the head 法人或其他组织 is not there, and the order of the columns is not certain", place)
    return tuple(columns)


def _rank(key: str, at: dict[str, tuple[int, int]], place: str) -> tuple[int, int, int]:
    """总计 beside 申请人情况, a line above the applicants, stands to the right of all of them."""
    line, cell = at[key]
    if key == "total" and at[key] < at["natural"]:
        if "applicants" not in at or at["applicants"][0] != line or line == at["natural"][0]:
            raise Ambiguous("the column 总计 stands before 自然人, and its place is not certain", place)
        return 1, line, cell
    return 0, line, cell


# the body ------------------------------------------------------------------------------------------------------------


def _labelled_lines(body: Sequence[Line], form: Form, words: Vocabulary, reading: Reading) -> list[Labelled]:
    found: list[Labelled] = []
    group: str | None = None
    for line in body:
        named = [i for i, cell in enumerate(line.cells) if is_word(cell)]
        labels = [i for i in named if words.row(line.cells[i].text) or words.head(line.cells[i].text)]
        if not labels:
            keep_rest(reading, line)
            continue
        labelled = _labelled(line, labels, form, words, group)
        if labelled is None or not labelled.tail:
            group = _group(line, labels, words) or group
            _keep_heading(line, labels[-1], reading)
            continue
        group = labelled.row.group
        found.append(labelled)
    return found


def _labelled(line: Line, labels: list[int], form: Form, words: Vocabulary, group: str | None) -> Labelled | None:
    last = labels[-1]
    if any(is_figure(cell) for cell in line.cells[:last]):
        raise Ambiguous(f"figures stand before the label “{line.cells[last].text.strip()}”", line.cells[last].place)
    row = form.row(SECTION, words.row(line.cells[last].text) or "")
    if row is None:
        return None
    above = [_head_or_row(line.cells[i].text, words) for i in labels[:-1]]
    strange = [line.cells[i].text for i, key in zip(labels, above, strict=False) if key not in row.within]
    if strange or (row.key == "other_other" and "other" not in above and group != "other"):
        says = f"“{line.cells[last].text.strip()}” does not stand under （六）其他处理"
        raise Ambiguous(f"two labels in one row: “{strange[0]}”" if strange else says, line.place)
    return Labelled(line, row, last, omitted=len(row.within) - len(above))


def _head_or_row(text: str, words: Vocabulary) -> str:
    return words.head(text) or words.row(text) or ""


def _keep_heading(line: Line, last: int, reading: Reading) -> None:
    """A group's heading carries no figures on the form: figures behind words that nobody knows are a row of their own,
    and figures right beside the heading would have no place."""
    behind = [cell for cell in line.cells[last + 1 :] if not cell.is_blank]
    if behind and is_figure(behind[0]):
        raise BrokenForm("S03", f"figures stand beside the heading “{line.cells[last].text.strip()}”", line.place)
    if any(is_figure(cell) for cell in behind):
        keep_rest(reading, line)
    reading.used.extend(line.rows)


def _group(line: Line, labels: list[int], words: Vocabulary) -> str | None:
    head = words.head(line.cells[labels[-1]].text)
    return None if head == "results" else head


def _check_rows(labelled: Sequence[Labelled], form: Form, reading: Reading, rows: Sequence[Row]) -> None:
    seen: dict[str, Labelled] = {}
    for line in labelled:
        if line.row.key in seen:
            raise BrokenForm("S03", f"{line.name} stands twice in section 三", line.line.place)
        seen[line.row.key] = line
    single = "other_total" in seen
    unwanted = [seen[key] for key in form.other_rows(not single) if key in seen]
    if unwanted:
        raise BrokenForm("S03", "（六）其他处理 has figures of its own and rows below it", unwanted[0].line.place)
    lacking = [row for row in form.rows[SECTION] if row.key not in seen and row.key not in form.other_rows(not single)]
    if lacking:
        raise BrokenForm("S03", f"section 三 lacks {missing(lacking)}", rows[0].place)
    if single == (form.id == "2021"):
        reading.notes.append(
            ("S08", "（六）其他处理 is printed as in the other form", seen["total_processed"].line.place)
        )
