"""X02 to X05: a jurisdiction and the organs inside it, figures that leap from year to year, and prose that is a copy."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import eq

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
    apart,
    number,
    of_report,
    rule,
    total,
    words_of_cell,
    words_of_section,
)
from pipeline.forms import NARRATIVE
from pipeline.record import Agency, Record

Place = tuple[str, int]
"""A region's code and a year."""


# a whole and its parts -----------------------------------------------------------------------------------------------


def members_of(
    records: Sequence[Record], agencies: Mapping[str, Agency], complete: Collection[Place]
) -> dict[str, list[Record]]:
    """The reports that each jurisdiction's own one adds up, by its id, for the places and years known to be complete.

    That every organ of a place is held is told by nobody but a person: it cannot be seen in the records. A report whose
    scope is not told leaves the place open.
    """
    around: dict[Place, list[Record]] = defaultdict(list)
    for record in records:
        place = (agencies[record.agency_id].region_code, record.year)
        if place in complete:
            around[place].append(record)
    found: dict[str, list[Record]] = {}
    for held in around.values():
        wholes = [record for record in held if record.scope == "jurisdiction"]
        parts = [record for record in held if record.scope == "own"]
        if len(wholes) == 1 and len(parts) + 1 == len(held):
            found[wholes[0].report_id] = parts
    return found


@rule(
    "X02",
    "error",
    "辖区汇总报告的数字不与辖区内各机关的数字相加。",
    "A jurisdiction's aggregate is never summed with the organs inside it.",
    "scope = own, for every summand",
)
def wholes_are_no_summands(context: Context) -> Verdicts:
    """Guards the one place where figures of several organs are added, which is X03; no table and no page adds any.

    Where nothing is added it does not apply.
    """
    if context.members is None:
        yield DOES_NOT_APPLY
        return
    wholes = [one.report_id for one in (*context.members,) if one.scope != "own"]
    if not wholes:
        yield HOLDS
        return
    named = ", ".join(wholes)
    yield Fault(
        "scope", f"与辖区内机关相加的有汇总报告：{named}。", f"An aggregate stands among the organs summed: {named}."
    )


@rule(
    "X03",
    "finding",
    "辖区汇总报告的数字等于辖区内各机关之和；只在确知各机关报告齐全时判断。",
    "A published aggregate is the sum of its members, judged only where all members are known to be held.",
    "T[f](jurisdiction) = sum(T[f](members))",
)
def wholes_are_sums(context: Context) -> Verdicts:
    """Every count of a jurisdiction's report against the sum over its organs."""
    record, members = context.record, context.members
    if record.scope != "jurisdiction":
        yield DOES_NOT_APPLY
    elif not members or any(one.scope != "own" for one in members):
        yield CANNOT_JUDGE
    else:
        parts = [one.figures() for one in members]
        for field, has in _counts(record):
            yield _is_sum(record, field, has, total(part.get(field) for part in parts), members)


def _is_sum(record: Record, field: str, has: Value, makes: Value, members: Sequence[Record]) -> Judgement | Fault:
    if has is None or makes is None:
        return CANNOT_JUDGE
    if has == makes:
        return HOLDS
    (zh, en), many = words_of_cell(record, field), len(members)
    return Fault(
        field,
        f"{zh}：汇总报告为{number(has)}，辖区内{many}个机关之和为{number(makes)}，相差{apart(has, makes)}。",
        f"{en}: the aggregate is {number(has)}, the {many} organs add up to {number(makes)}; they differ by"
        f" {apart(has, makes)}.",
        has,
        makes,
        (field, *(of_report(one, field) for one in members)),
    )


def _counts(record: Record) -> Iterator[tuple[str, Value]]:
    for section in record.tables:
        for row, values in record.rows(section):
            for column, field, value in zip(row.columns, row.fields, values, strict=True):
                if column.kind == "count":
                    yield field, value


# from year to year ---------------------------------------------------------------------------------------------------

LARGE = 30
TIMES = 5


@rule(
    "X04",
    "note",
    "件数或合计超出常年范围：为上年的5倍以上或五分之一以下，且较大者不少于30。",
    "A count or a total leaves its own range: more than 5 times last year's or less than a fifth, where the larger is at least 30.",
    "max(y, y-1) >= 30 -> max(y, y-1) <= 5 * min(y, y-1)",
)
def counts_keep_their_range(context: Context) -> Verdicts:
    """Counts and totals against last year's, where that report is held and has such a cell.

    The parts of a total move with it: they would say the same once for each applicant and each result.
    """
    if context.before is None:
        yield DOES_NOT_APPLY
        return
    then = context.before.figures()
    for field, now in _counts(context.record):
        if field in then and (field.startswith("proactive.") or field.endswith(".total")):
            yield _in_range(context.record, context.before, field, now, then[field])


def _in_range(record: Record, before: Record, field: str, now: Value, then: Value) -> Judgement | Fault:
    if now is None or then is None:
        return CANNOT_JUDGE
    low, high = sorted((now, then))
    if high < LARGE or high <= TIMES * low:
        return HOLDS
    zh, en = words_of_cell(record, field)
    return Fault(
        field,
        f"{zh}本年为{number(now)}，上年为{number(then)}，超出常年范围。",
        f"{en} is {number(now)}, {number(then)} last year: out of its own range.",
        now,
        fields=(field, of_report(before, field)),
    )


# copies --------------------------------------------------------------------------------------------------------------

BANDS = 4
NEAR = 13
"""Of the sixteen numbers of a fingerprint: with at most three that differ, one of four bands is the same in both."""
CROWD = 20
"""How many of those that share a band are compared; a phrase that everybody has would have all compared with all."""

Marks = tuple[str, ...]
Shelves = Mapping[tuple[int, Marks], Sequence[tuple[Record, Marks]]]


def alike(records: Sequence[Record]) -> dict[str, dict[str, Record]]:
    """The report whose prose is nearest, by report and section: last year's where it is near, else the nearest other."""
    found: dict[str, dict[str, Record]] = defaultdict(dict)
    for section in NARRATIVE:
        marked = [(record, marks) for record in records if (marks := _marks(record, section))]
        held = {(record.agency_id, record.year): (record, marks) for record, marks in marked}
        shelves = _shelves(marked)
        for record, marks in marked:
            before = held.get((record.agency_id, record.year - 1))
            near = before[0] if before and _agree(marks, before[1]) >= NEAR else _nearest(record, marks, shelves)
            if near:
                found[record.report_id][section] = near
    return found


def _marks(record: Record, section: str) -> Marks:
    text = record.narrative.get(section, {}).get("fingerprint", "")
    return tuple(text[n : n + 4] for n in range(0, len(text), 4))


def _bands(marks: Marks) -> Iterator[tuple[int, Marks]]:
    width = len(marks) // BANDS
    yield from ((n, marks[n * width : (n + 1) * width]) for n in range(BANDS))


def _shelves(marked: Sequence[tuple[Record, Marks]]) -> Shelves:
    """Reports that have a band of their fingerprints in common stand together."""
    shelves: dict[tuple[int, Marks], list[tuple[Record, Marks]]] = defaultdict(list)
    for record, marks in marked:
        for band in _bands(marks):
            if len(shelves[band]) < CROWD:
                shelves[band].append((record, marks))
    return shelves


def _nearest(record: Record, marks: Marks, shelves: Shelves) -> Record | None:
    """The other organ's report that agrees most, the first by id of several."""
    near = [
        (-_agree(marks, other), one.report_id, one)
        for band in _bands(marks)
        for one, other in shelves[band]
        if one.agency_id != record.agency_id
    ]
    best = min(near, default=None, key=lambda one: one[:2])
    return best[2] if best and -best[0] >= NEAR else None


def _agree(one: Marks, other: Marks) -> int:
    return sum(map(eq, one, other))


@rule(
    "X05",
    "note",
    "正文与上年报告或另一机关的报告几乎相同（数字和名称除外）。",
    "The prose is nearly that of last year's report, or of another organ's (digits and names masked).",
    "agreeing numbers of both fingerprints < 13 of 16",
)
def prose_is_its_own(context: Context) -> Verdicts:
    """Each section of prose that is long enough to have a fingerprint."""
    for section in NARRATIVE:
        if not context.record.narrative.get(section, {}).get("fingerprint"):
            yield DOES_NOT_APPLY
        elif section not in context.alike:
            yield HOLDS
        else:
            yield _copied(context, section, context.alike[section])


def _copied(context: Context, section: str, other: Record) -> Fault:
    zh, en = words_of_section(context.record.law, section)
    own = other.agency_id == context.record.agency_id
    whose = "本机关上年报告" if own else f"{other.agency_name}{other.year}年报告"
    whose_en = (
        "the organ's own report of the year before" if own else f"the report of {other.agency_name} on {other.year}"
    )
    return Fault(
        section,
        f"{zh}与{whose}几乎相同（数字和名称除外）。",
        f"{en} is nearly the same as in {whose_en} (digits and names aside).",
        fields=(section, of_report(other, section)),
    )


RULES: tuple[Rule, ...] = (wholes_are_no_summands, wholes_are_sums, counts_keep_their_range, prose_is_its_own)
