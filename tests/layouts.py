"""Lays a record out as a document's text in every layout that the reader of plain text knows.

The tables are made as the forms print them, with merged cells; what a layout does with the slots that a merged cell
covers is its own affair. Nothing here comes from the code under test but the labels of the forms.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.forms import Form, RowOfForm
from pipeline.record import Record


@dataclass(frozen=True)
class Merged:
    """A cell of a form with the columns and rows that it spans."""

    text: str
    columns: int = 1
    rows: int = 1


MergedRow = list[Merged]
Printer = Callable[[RowOfForm, int], str]
"""The text of one figure: the row of the form and the place of the column."""


def printer(record: Record) -> Printer:
    """Prints each figure as the record says it was written."""
    values, written = record.figures(), record.as_written

    def show(row: RowOfForm, column: int) -> str:
        name = row.fields[column]
        value = values[name]
        return written.get(name, "" if value is None else f"{value:f}" if hasattr(value, "normalize") else str(value))

    return show


# the tables as the forms print them ----------------------------------------------------------------------------------


def proactive(form: Form, rows: Sequence[RowOfForm], show: Printer) -> list[MergedRow]:
    """Section 二: four slots wide; the last column of a narrow block spans what is left."""
    made: list[MergedRow] = []
    item = None
    for row in rows:
        if row.item != item:
            item = row.item
            made.append([Merged(item, columns=4)])
            made.append([Merged("信息内容"), *_stretched([c.words.label for c in row.columns])])
        made.append([Merged(row.words.label), *_stretched([show(row, i) for i in range(len(row.columns))])])
    return made


def _stretched(texts: Sequence[str]) -> MergedRow:
    cells = [Merged(text) for text in texts]
    return [*cells[:-1], Merged(texts[-1], columns=4 - len(texts))]


def requests(form: Form, rows: Sequence[RowOfForm], show: Printer) -> list[MergedRow]:
    """Section 三: three slots of labels, seven of figures."""
    heads, columns = form.heads["requests"], rows[0].columns
    persons = [c.words.label for c in columns if c.key in form.legal_persons]
    made = [
        [Merged(heads["relation"].label, 3, 3), Merged(heads["applicants"].label, 7)],
        [Merged("自然人", 1, 2), Merged(heads["legal_persons"].label, 5), Merged("总计", 1, 2)],
        [Merged(label) for label in persons],
    ]
    started: set[str] = set()
    for row in rows:
        made.append([*_labels(form, row, rows, started), *(Merged(show(row, i)) for i in range(7))])
    return made


def _labels(form: Form, row: RowOfForm, rows: Sequence[RowOfForm], started: set[str]) -> Iterator[Merged]:
    for head in row.within:
        if head not in started:
            started.add(head)
            words = form.groups.get(head) or form.heads["requests"][head]
            yield Merged(words.number + words.label, rows=sum(head in other.within for other in rows))
    yield Merged(row.words.number + row.words.label, columns=3 - len(row.within))


def disputes(form: Form, rows: Sequence[RowOfForm], show: Printer) -> list[MergedRow]:
    """Section 四: three heads above one row of fifteen figures."""
    results = [c.words.label for c in rows[0].columns]
    return [
        [Merged("行政复议", 5), Merged("行政诉讼", 10)],
        [*(Merged(r, 1, 2) for r in results), *(Merged(row.words.label, 5) for row in rows[1:])],
        [Merged(r) for _ in rows[1:] for r in results],
        [Merged(show(row, i)) for row in rows for i in range(5)],
    ]


# what becomes of the slots that a merged cell covers ------------------------------------------------------------------


def _slots(table: Sequence[MergedRow]) -> list[list[tuple[str, str]]]:
    """Each row as slots: the text and whether it is the cell itself, the rest of its width, or covered from above."""
    above: dict[int, tuple[int, str]] = {}
    made = []
    for row in table:
        slots, begun = list[tuple[str, str]](), dict[int, tuple[int, str]]()
        for cell in row:
            _cover(slots, above)
            begun |= {len(slots) + i: (cell.rows - 1, "wide" if i else "covered") for i in range(cell.columns)}
            slots.extend([(cell.text, "own"), *[("", "wide")] * (cell.columns - 1)])
        _cover(slots, above)
        left = {at: (rows - 1, kind) for at, (rows, kind) in above.items()} | begun
        above = {at: (rows, kind) for at, (rows, kind) in left.items() if rows > 0}
        made.append(slots)
    return made


def _cover(slots: list[tuple[str, str]], above: Mapping[int, tuple[int, str]]) -> None:
    while len(slots) in above:
        slots.append(("", above[len(slots)][1]))


def grid(table: Sequence[MergedRow]) -> list[list[str]]:
    """Every slot of the grid; covered slots are empty."""
    return [[text for text, _ in row] for row in _slots(table)]


def in_place(table: Sequence[MergedRow]) -> list[list[str]]:
    """One slot a cell however wide; slots covered from above are empty, in their place."""
    return [[text for text, kind in row if kind != "wide"] for row in _slots(table)]


def at_the_end(table: Sequence[MergedRow]) -> list[list[str]]:
    """One slot a cell; slots covered from above are left out where they are and added empty behind the row."""
    own = left_out(table)
    return [
        row + [""] * sum(kind == "covered" for _, kind in slots) for row, slots in zip(own, _slots(table), strict=True)
    ]


def left_out(table: Sequence[MergedRow]) -> list[list[str]]:
    """Only the cells themselves."""
    return [[text for text, kind in row if kind == "own"] for row in _slots(table)]


# how the cells stand on the page --------------------------------------------------------------------------------------


def tab_rows(rows: Sequence[Sequence[str]]) -> str:
    return "".join("\t".join(row) + "\n" for row in rows)


def pipe_rows(rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |\n" for row in rows]
    return lines[0] + "|---" * len(rows[0]) + "|\n" + "".join(lines[1:])


def bare_pipe_rows(rows: Sequence[Sequence[str]]) -> str:
    """No pipe in front, one behind."""
    return "".join(" | ".join(row) + " |\n" for row in rows)


def one_cell_a_line(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join("".join(f"\t{cell}\n" for cell in row) for row in rows)


def paragraphs(rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"{cell}\n\n" for row in rows for cell in row if cell)


LAYOUTS: Mapping[
    str, tuple[Callable[[Sequence[MergedRow]], list[list[str]]], Callable[[Sequence[Sequence[str]]], str]]
] = {
    "pipes": (grid, pipe_rows),
    "pipes-left-out": (left_out, bare_pipe_rows),
    "tab-rows": (grid, tab_rows),
    "tab-rows-in-place": (in_place, tab_rows),
    "tab-rows-left-out": (left_out, tab_rows),
    "one-cell-a-line": (in_place, one_cell_a_line),
    "one-cell-a-line-at-the-end": (at_the_end, one_cell_a_line),
    "one-cell-a-line-left-out": (left_out, one_cell_a_line),
    "paragraphs": (left_out, paragraphs),
}


def lay_out(record: Record, layout: str) -> str:
    """The text of a whole report with made-up prose: title, six sections, signature."""
    slots, page = LAYOUTS[layout]
    show, form = printer(record), record.law
    tables = {"proactive": proactive, "requests": requests, "disputes": disputes}
    text = f"{record.agency_name}{record.year}年政府信息公开工作年度报告\n\n"
    text += "一、总体情况\n    示例的文字，没有数字。\n\n"
    for section, make in tables.items():
        rows = [row for row, _ in record.rows(section)]
        title = form.titles[section]
        text += f"{title.number}{title.label}\n\n{page(slots(make(form, rows, show)))}\n"
    text += "五、存在的主要问题及改进情况\n    示例的文字。\n\n六、其他需要报告的事项\n    无。\n\n"
    year, month, day = (record.published or "").split("-") if record.published else ("", "", "")
    signed = f"{record.agency_name}\n{year}年{int(month)}月{int(day)}日\n" if record.published else ""
    return text + signed
