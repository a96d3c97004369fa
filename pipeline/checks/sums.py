"""R01 to R04 and D01: the sums of sections 三 and 四, as `sums` in the form's file states them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.checks.rule import (
    CANNOT_JUDGE,
    HOLDS,
    Context,
    Fault,
    Judgement,
    Rule,
    Value,
    Verdicts,
    apart,
    cells,
    difference,
    number,
    rule,
    total,
    words_of_cell,
    words_of_row,
)
from pipeline.forms import Column, Form, Label, RowOfForm, Sum, forms
from pipeline.record import Record

_MANY = {
    "R02": Label("各项办理结果", "the outcomes"),
    "R03": Label("各类申请人", "the kinds of applicants"),
    "D01": Label("各项结果", "the results"),
}
"""What many parts are called together."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a sum: its cells by their fields, each with the row and the place where its figure stands."""

    words: Label
    cells: Mapping[str, tuple[str, int]]

    def figures(self, table: Mapping[str, Sequence[Value]]) -> dict[str, Value]:
        return {field: table[row][place] for field, (row, place) in self.cells.items()}


@dataclass(frozen=True, slots=True)
class Stated:
    """One line of cells with a sum, as the form states it: a column of rows or a row of columns."""

    key: str
    words: tuple[str, str]
    parts: Side
    whole: Side


@dataclass(frozen=True, slots=True)
class Line:
    """A stated line with the figures of one report, parts and whole by their fields."""

    stated: Stated
    parts: dict[str, Value]
    whole: dict[str, Value]

    @property
    def key(self) -> str:
        return self.stated.key

    @property
    def compared(self) -> tuple[str, Value, Value]:
        """The field compared, its side, and the other: the one total, or else the parts, which stand on the left."""
        parts, whole = total(self.parts.values()), total(self.whole.values())
        if len(self.whole) == 1:
            return next(iter(self.whole)), whole, parts
        return next(iter(self.parts)), parts, whole

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.parts, *self.whole)


def lines(record: Record, id: str) -> Iterator[Line]:
    """Every line of figures that a rule of the form's own sums speaks of."""
    for section in {one.section for one in record.law.sums if one.rule == id}:
        table = record.tables[section]
        for stated in _stated(record.form, tuple(row.key for row, _ in record.rows(section)), id):
            yield Line(stated, stated.parts.figures(table), stated.whole.figures(table))


@cache
def _stated(form_id: str, keys: tuple[str, ...], id: str) -> tuple[Stated, ...]:
    """The lines of one rule over the rows that a report has; most reports have the same."""
    form = forms()[form_id]
    found: list[Stated] = []
    for one in (one for one in form.sums if one.rule == id):
        rows = [row for row in form.rows[one.section] if row.key in keys]
        if one.along == "rows":
            found += [_down(form, one, rows, column) for column in rows[0].columns]
        else:
            found += [_across(form, one, row) for row in rows]
    return tuple(found)


def _down(form: Form, stated: Sum, rows: list[RowOfForm], column: Column) -> Stated:
    outcomes = stated.parts == ("outcomes",)
    parts = [row for row in rows if (row.group if outcomes else row.key in stated.parts)]
    whole = [row for row in rows if row.key in stated.whole]
    place = rows[0].columns.index(column)
    sides = [
        Side(
            _together(stated, [words_of_row(form, row) for row in side]),
            {row.fields[place]: (row.key, place) for row in side},
        )
        for side in (parts, whole)
    ]
    return Stated(column.key, (f"“{column.words.label}”列", f"Column “{column.words.label_en}”"), *sides)


def _across(form: Form, stated: Sum, row: RowOfForm) -> Stated:
    words, places = words_of_row(form, row), list(enumerate(row.columns))
    sides = [
        Side(
            _together(stated, [column.words for _, column in places if column.key in keys]),
            {row.fields[place]: (row.key, place) for place, column in places if column.key in keys},
        )
        for keys in (stated.parts, stated.whole)
    ]
    return Stated(row.key, (f"“{words.label}”行", f"Row “{words.label_en}”"), *sides)


def _together(stated: Sum, words: list[Label]) -> Label:
    if len(words) > 2:
        return Label(f"{_MANY[stated.rule].label}之和", f"{_MANY[stated.rule].label_en} add up to")
    zh, en = "与".join(f"“{one.label}”" for one in words), " and ".join(f"“{one.label_en}”" for one in words)
    return Label(zh, f"{en} is") if len(words) == 1 else Label(f"{zh}之和", f"{en} add up to")


def _adds_up(line: Line) -> Judgement | Fault:
    field, printed, expected = line.compared
    if printed is None or expected is None:
        return CANNOT_JUDGE
    if printed == expected:
        return HOLDS
    parts, whole = number(total(line.parts.values())), number(total(line.whole.values()))
    (place, place_en), away = line.stated.words, apart(printed, expected)
    left, right = line.stated.parts.words, line.stated.whole.words
    return Fault(
        field,
        f"{place}：{left.label}为{parts}，{right.label}为{whole}，相差{away}。",
        f"{place_en}: {left.label_en} {parts}, {right.label_en} {whole}; they differ by {away}.",
        printed,
        expected,
        line.fields,
    )


@rule(
    "R01",
    "finding",
    "每一列：本年新收与上年结转之和，等于办理结果总计与结转下年度之和（表上印明的勾稽关系）。",
    "In each column, new requests and those carried in are those processed and those carried out (the rule printed on"
    " the form).",
    "new_received + carried_in = total_processed + carried_out",
)
def requests_balance(context: Context) -> Verdicts:
    """What comes in goes out or stays over, in each column."""
    yield from (_adds_up(line) for line in lines(context.record, "R01"))


@rule(
    "R02",
    "finding",
    "每一列：各项办理结果之和等于总计。",
    "In each column, the sum of all outcomes is the total processed.",
    "total_processed = sum(outcomes)",
)
def outcomes_add_up(context: Context) -> Verdicts:
    """The outcomes make up the total processed, in each column."""
    yield from (_adds_up(line) for line in lines(context.record, "R02"))


@rule(
    "R03",
    "finding",
    "每一行：六类申请人之和等于总计。",
    "In each row, the six kinds of applicants add up to the total.",
    "total = natural + enterprise + research + public_welfare + legal_service + other",
)
def applicants_add_up(context: Context) -> Verdicts:
    """The applicants make up the total, in each row."""
    yield from (_adds_up(line) for line in lines(context.record, "R03"))


@rule(
    "D01",
    "finding",
    "行政复议和两类行政诉讼：维持、纠正、其他结果与尚未审结之和等于总计。",
    "For reviews and both kinds of suits, upheld, corrected, other and pending add up to the total.",
    "total = upheld + corrected + other + pending",
)
def disputes_add_up(context: Context) -> Verdicts:
    """The results make up the total, in each of the three blocks."""
    yield from (_adds_up(line) for line in lines(context.record, "D01"))


@rule(
    "R04",
    "note",
    "恰有一列不符R02、一行不符R03，且相差相同：两者相交的一格可疑。",
    "One column fails R02 and one row fails R03 by the same difference: the cell where they meet is the suspect.",
    "T[r,c] mends both, where sum(T[r,:]) - T[r,total] = sum(T[:,c]) - T[total_processed,c]",
)
def one_cell_explains(context: Context) -> Verdicts:
    """The block of outcomes and their total has no single cell that explains one wrong column and one wrong row.

    Where one column and one row alone are wrong, they are so by the same number: every other sum of the block holds, and
    these two depend on each other through them.
    """
    block = set(context.record.law.outcomes()) | {"total_processed"}
    columns = [(line.key, _off(line)) for line in lines(context.record, "R02")]
    rows = [(line.key, _off(line)) for line in lines(context.record, "R03") if line.key in block]
    if any(off is None for _, off in (*columns, *rows)):
        yield CANNOT_JUDGE
        return
    wrong_columns, wrong_rows = ([one for one in found if one[1]] for found in (columns, rows))
    if len(wrong_columns) == len(wrong_rows) == 1:
        yield _suspect(context.record, *wrong_rows[0], wrong_columns[0][0])
    else:
        yield HOLDS


def _off(line: Line) -> Value:
    """Total less parts."""
    return difference(total(line.whole.values()), total(line.parts.values()))


def _suspect(record: Record, key: str, off: Value, column: str) -> Judgement | Fault:
    """The cell where a row that is off meets a column: a total is too large by that, a part too small."""
    field = f"requests.{key}.{column}"
    too_much = off if column == "total" else difference(0, off)
    (zh, en), value = words_of_cell(record, field), cells(record, "requests", key)[column]
    mended, away = difference(value, too_much), apart(too_much, 0)
    if mended is None or mended < 0:
        return HOLDS  # no count that could stand there would mend both
    return Fault(
        field,
        f"{zh}为{number(value)}：办理结果中只有该列与该行不符，且都相差{away}；若此格为{number(mended)}，两处即都相符。",
        f"{en} is {number(value)}: of the outcomes only this column and this row do not add up, both by {away};"
        f" with {number(mended)} here both would.",
        value,
        mended,
        tuple(dict.fromkeys((field, f"requests.total_processed.{column}", f"requests.{key}.total"))),
    )


RULES: tuple[Rule, ...] = (requests_balance, outcomes_add_up, applicants_add_up, one_cell_explains)
DISPUTES: tuple[Rule, ...] = (disputes_add_up,)
