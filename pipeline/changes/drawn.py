"""One report's change as a reader of the comment sees it: the touched rows of its tables, and the sums they enter."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pipeline.changes.compared import Moved
from pipeline.changes.grouped import VARIOUS
from pipeline.changes.neutral import code, words
from pipeline.checks.rule import total
from pipeline.checks.sums import Line, lines
from pipeline.corrections import GONE
from pipeline.document import canonical
from pipeline.forms import TABLES, RowOfForm
from pipeline.record import Record

SUMS = ("R01", "R02", "R03", "D01")
"""The rules whose lines of figures are drawn."""

MOST_ROWS, MOST_SUMS = 12, 14
"""Rows of a table that are drawn of one report."""

Cells = list[str]


def shown(value: Any, most: int = 80) -> str:
    """A figure, a fact or nothing, as the comment shows it."""
    if value is GONE:
        return "—"
    if value is VARIOUS:
        return "（各不相同 various）"
    if value is None:
        return "null"
    return words(value, most) if isinstance(value, str | list | dict) else words(canonical(value))


def table(head: Sequence[str], rows: Sequence[Sequence[str]], most: int, right: int = 0) -> str:
    """A table in Markdown, its last `right` columns set to the right; below it how many rows past `most` are left out."""
    marks = ["---"] * (len(head) - right) + ["--:"] * right
    drawn = "\n".join("| " + " | ".join(row) + " |" for row in (head, marks, *rows[:most]))
    more = len(rows) - most
    return f"{drawn}\n\n另有{more}行没有列出。 {more} more rows are not listed here." if more > 0 else drawn


def rows_drawn(old: Record, new: Record, moved: Sequence[Moved]) -> Iterator[str]:
    """A table for each kind of touched rows: the row with all its figures, what changed as ~~old~~ **new**."""
    fields = {one.field for one in moved}
    for section in TABLES:
        touched = [row for row in _rows(old, new, section) if fields & {*row.fields}]
        for keys in dict.fromkeys(row.keys for row in touched):
            same = [row for row in touched if row.keys == keys]
            title = new.law.titles[section]
            head = [
                words(title.number + title.label, 40),
                *(f"{words(c.short)} {code(c.key)}" for c in same[0].columns),
            ]
            yield table(head, [_row(row, old, new, fields) for row in same], MOST_ROWS, len(keys))


def _rows(old: Record, new: Record, section: str) -> list[RowOfForm]:
    """The rows that either record has, in the form's order; a row of a form that is left comes last."""
    found = {row.key: row for row, _ in new.rows(section)}
    return [*found.values(), *(row for row, _ in old.rows(section) if row.key not in found)]


def _row(row: RowOfForm, old: Record, new: Record, fields: Collection[str]) -> Cells:
    before, after = old.figures(), new.figures()
    cells = [_cell(before.get(name, GONE), after.get(name, GONE), name in fields) for name in row.fields]
    return [f"{words(row.words.number + row.words.label, 30)} {code(row.key)}", *cells]


def _cell(before: Any, after: Any, moved: bool) -> str:
    return f"~~{shown(before)}~~ **{shown(after)}**" if moved and before != after else shown(after)


# sums ----------------------------------------------------------------------------------------------------------------


def sums_drawn(old: Record, new: Record, moved: Sequence[Moved]) -> str:
    """Each sum of the form that a changed figure enters, before and after; empty where there is none."""
    fields = {one.field for one in moved}
    before = {(id, line.key): line for id in SUMS for line in lines(old, id)}
    after = {(id, line.key): line for id in SUMS for line in lines(new, id)}
    pairs = [(id, before.get((id, key)), line) for (id, key), line in after.items() if fields & {*line.fields}]
    pairs.sort(key=lambda pair: pair[1] is not None and _holds(pair[1]) == _holds(pair[2]))  # what turns comes first
    rows = [_sum(*pair) for pair in pairs]
    head = ["勾稽 Sum", "改前 Before", "改后 After"]
    return table(head, rows, MOST_SUMS) if rows else ""


def _sum(id: str, old: Line | None, new: Line) -> Cells:
    place, place_en = new.stated.words
    left, right = new.stated.parts.words, new.stated.whole.words
    zh = f"{place}：{left.label}，应等于{right.label}"
    return [f"{words(zh, 120)} {words(place_en, 80)} ({id})", _held(old) if old else "—", _held(new)]


def _holds(line: Line) -> bool | None:
    """None where a cell is empty, so that nobody can tell."""
    parts, whole = total(line.parts.values()), total(line.whole.values())
    return None if parts is None or whole is None else parts == whole


def _held(line: Line) -> str:
    holds = _holds(line)
    if holds is None:
        return "有空格，无从核对 cannot be judged"
    left, right = shown(total(line.parts.values())), shown(total(line.whole.values()))
    return f"{left} = {right} 相符 holds" if holds else f"{left} ≠ {right} **不符 does not hold**"


def sums_of(new: Record, moved: Sequence[Moved]) -> Mapping[tuple[str, str], bool]:
    """The sums that changed figures enter: rule and compared field -> whether the sum is drawn."""
    fields = {one.field for one in moved}
    return {(id, line.compared[0]): True for id in SUMS for line in lines(new, id) if fields & {*line.fields}}
