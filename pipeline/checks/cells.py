"""V: whether each cell can be a figure at all, and what looks like a slip of the pen or of the conversion."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import pairwise

from pipeline.checks.rule import (
    CANNOT_JUDGE,
    DOES_NOT_APPLY,
    HOLDS,
    Context,
    Fault,
    Judgement,
    Rule,
    Value,
    Verdicts,
    cells,
    number,
    of_report,
    rule,
    total,
    words_of_cell,
    words_of_row,
    words_of_section,
)
from pipeline.forms import TABLES, Column, RowOfForm
from pipeline.record import Record


def _every_cell(record: Record) -> Iterator[tuple[RowOfForm, Column, Value]]:
    for section in TABLES:
        for row, values in record.rows(section):
            for column, value in zip(row.columns, values, strict=True):
                yield row, column, value


def _field(row: RowOfForm, column: str) -> str:
    return f"{row.section}.{row.key}.{column}"


@rule(
    "V01",
    "error",
    "件数是不小于0的整数（只有“本年增/减”可以为负），金额是不小于0的小数。",
    "A count is an integer of 0 or more (only “change this year” may be negative); an amount is a decimal of 0 or more.",
    "count >= 0, amount >= 0",
)
def figures_are_possible(context: Context) -> Verdicts:
    """Every figure is of its column's kind and not below nought; an empty cell cannot be judged."""
    for row, column, value in _every_cell(context.record):
        if value is None:
            yield CANNOT_JUDGE
            continue
        whole = column.kind == "amount" or type(value) is int
        if whole and (value >= 0 or column.kind == "change"):
            yield HOLDS
            continue
        field = _field(row, column.key)
        zh, en = words_of_cell(context.record, field)
        wrong, wrong_en = ("小于0", "below 0") if whole else ("不是整数", "no whole number")
        yield Fault(
            field,
            f"{zh}为{number(value)}，{wrong}。",
            f"{en} is {number(value)}, {wrong_en}.",
            value,
            fields=(field,),
        )


@rule(
    "V02",
    "note",
    "应填数字的格中是其他文字：数值为空，原文保存在 as_written。",
    "Text stands where a number belongs: the figure is null, the text is kept in as_written.",
    "value = null and as_written -> note",
)
def blanks_are_blank(context: Context) -> Verdicts:
    """A cell without a figure has no text either."""
    for row, column, value in _every_cell(context.record):
        field = _field(row, column.key)
        text = context.record.as_written.get(field)
        if value is not None or text is None:
            yield HOLDS
            continue
        zh, en = words_of_cell(context.record, field)
        yield Fault(
            field,
            f"{zh}印的是“{text}”，不是数字，数值留空。",
            f"{en} prints “{text}”, which is no number; the figure is left empty.",
            fields=(field,),
        )


@rule(
    "V03",
    "finding",
    "疑有两位数被拆成两格：该行R03不成立，而把相邻两个一位数合为一个两位数后即成立。只提示，不改动。",
    "A split number is suspected: the row fails R03, and joining two neighbouring one-digit cells would mend it."
    " Never applied.",
    "total = sum(applicants) - a - b + ab, for neighbours a (1 to 9) and b (0 to 9)",
)
def numbers_are_whole(context: Context) -> Verdicts:
    """No row of section 三 is mended by taking two neighbouring digits for one number.

    The pair is two applicants, or the last applicant and the total. Joined, it counts once, in the first of its two
    places (an applicant's, so among the parts) or as the total. Where the other cells then move to does not matter:
    their sum stays the same.
    """
    for row, values in context.record.rows("requests"):
        if total(values) is None:
            yield CANNOT_JUDGE
            continue
        figures = [int(value or 0) for value in values]
        pairs = [] if sum(figures[:-1]) == figures[-1] else list(_pairs_that_mend(figures))
        yield _suspected(context, row, figures, pairs) if pairs else HOLDS


def _pairs_that_mend(figures: list[int]) -> Iterator[int]:
    """The places of the first of two neighbouring digits that, joined, make parts and total agree."""
    *parts, whole = figures
    for place, (a, b) in enumerate(pairwise(figures)):
        if not (1 <= a <= 9 and 0 <= b <= 9):
            continue
        joined = 10 * a + b
        rest = sum(parts) - a
        if rest == joined if place + 1 == len(parts) else rest - b + joined == whole:
            yield place


def _suspected(context: Context, row: RowOfForm, figures: list[int], pairs: list[int]) -> Fault:
    words = words_of_row(context.record.law, row)
    heads = [column.words for column in row.columns]
    zh = "，或".join(
        f"“{heads[i].label}”的{figures[i]}与“{heads[i + 1].label}”的{figures[i + 1]}合为{figures[i]}{figures[i + 1]}"
        for i in pairs
    )
    en = ", or ".join(
        f"{figures[i]} (“{heads[i].label_en}”) and {figures[i + 1]} (“{heads[i + 1].label_en}”)"
        f" are taken for {figures[i]}{figures[i + 1]}"
        for i in pairs
    )
    first = pairs[0]
    near = sorted({place for i in pairs for place in (i, i + 1)} | {len(figures) - 1})
    return Fault(
        row.fields[first],
        f"“{words.label}”行：各类申请人之和为{sum(figures[:-1])}，总计为{figures[-1]}；若{zh}，则两者相符，疑为一个数被拆在两格。",
        f"Row “{words.label_en}”: the applicants add up to {sum(figures[:-1])}, the total is {figures[-1]};"
        f" they agree if {en}: a number may have been split over two cells.",
        figures[first],
        10 * figures[first] + figures[first + 1],
        tuple(row.fields[place] for place in near),
    )


@rule(
    "V04",
    "note",
    "一张表一半以上的格是空白。",
    "More than half of a table is blank.",
    "2 * blank cells > cells",
)
def tables_are_filled(context: Context) -> Verdicts:
    """At least half of the cells of each table have something in them, be it only a stroke."""
    record = context.record
    for section in TABLES:
        every = [
            (field, value)
            for row, values in record.rows(section)
            for field, value in zip(row.fields, values, strict=True)
        ]
        blank = sum(value is None and field not in record.as_written for field, value in every)
        if 2 * blank <= len(every):
            yield HOLDS
            continue
        zh, en = words_of_section(record.law, section)
        yield Fault(
            section,
            f"{zh}共{len(every)}格，其中{blank}格空白。",
            f"{blank} of the {len(every)} cells of {en} are blank.",
            printed=blank,
        )


@rule(
    "V05",
    "note",
    "行政事业性收费金额为上年的5000至20000倍，或相反：可能把元填作万元。",
    "Fees are 5,000 to 20,000 times last year's, or the inverse: yuan may stand for 10,000 yuan.",
    "5000 <= fees.amount(y) / fees.amount(y-1) <= 20000, or the inverse",
)
def fees_keep_their_unit(context: Context) -> Verdicts:
    """Fees of two years in a row are not a factor of about ten thousand apart."""
    field = "proactive.fees.amount"
    now, before = _fees(context.record), _fees(context.before) if context.before else {}
    if not now or not before or context.before is None:
        yield DOES_NOT_APPLY
        return
    yield _same_unit(now["amount"], before["amount"], (field, of_report(context.before, field)))


def _fees(record: Record) -> Mapping[str, Value]:
    figures = cells(record, "proactive", "fees")
    return figures if "amount" in figures else {}


def _same_unit(now: Value, before: Value, fields: tuple[str, ...]) -> Judgement | Fault:
    if now is None or before is None:
        return CANNOT_JUDGE
    low, high = sorted((Decimal(now), Decimal(before)))
    if not (low > 0 and 5000 * low <= high <= 20000 * low):
        return HOLDS
    times = f"{high / low:.0f}"
    return Fault(
        fields[0],
        f"“行政事业性收费”本年为{number(now)}万元，上年为{number(before)}万元，相差约{times}倍，其中一年可能以元为单位。",
        f"“Administrative fees” are {number(now)} this year and {number(before)} last year (in 10,000 yuan), a factor of"
        f" about {times}; one of them may be in yuan.",
        now,
        fields=fields,
    )


RULES: tuple[Rule, ...] = (
    figures_are_possible,
    blanks_are_blank,
    numbers_are_whole,
    tables_are_filled,
    fees_keep_their_unit,
)
