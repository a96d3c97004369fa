"""R05, R06, D02 and X01: what came in, what became of it, and what was left over from the year before."""

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
    cells,
    number,
    of_report,
    rule,
    total,
    words_of,
)
from pipeline.checks.sums import Line, lines
from pipeline.record import Record

APPLICANTS = ("natural", "enterprise", "research", "public_welfare", "legal_service", "other")
EVERY = (*APPLICANTS, "total")


@rule(
    "R05",
    "note",
    "某类申请人既无新收也无上年结转，却有办理结果。",
    "An applicant with nothing new and nothing carried in has outcomes.",
    "outcomes = 0 where new_received + carried_in = 0",
)
def outcomes_have_requests(context: Context) -> Verdicts:
    """Each kind of applicant that has outcomes has asked for something."""
    balance = {line.key: line for line in lines(context.record, "R01")}
    outcomes = {line.key: line for line in lines(context.record, "R02")}
    for column in APPLICANTS:
        yield _nothing_from_nothing(balance[column], outcomes[column])


def _nothing_from_nothing(balance: Line, outcomes: Line) -> Judgement | Fault:
    if any(balance.parts.values()):
        return DOES_NOT_APPLY
    answered = sum(value for value in outcomes.parts.values() if value)
    if None in balance.parts.values() or (not answered and None in outcomes.parts.values()):
        return CANNOT_JUDGE
    if not answered:
        return HOLDS
    return Fault(
        next(iter(balance.parts)),
        f"{balance.stated.words[0]}：{balance.stated.parts.words.label}为0，而各项办理结果之和为{number(answered)}。",
        f"{balance.stated.words[1]}: {balance.stated.parts.words.label_en} 0, but the outcomes add up to {number(answered)}.",
        0,
        fields=(*balance.parts, *(field for field, value in outcomes.parts.items() if value)),
    )


@rule(
    "R06",
    "note",
    "总计或结转下年度的件数，多于本年新收与上年结转之和。",
    "The total processed or the number carried out is larger than what is new and carried in.",
    "total_processed <= new_received + carried_in, carried_out <= new_received + carried_in",
)
def no_more_than_came_in(context: Context) -> Verdicts:
    """Neither what was processed nor what stays over is more than what came in, in each column."""
    for line in lines(context.record, "R01"):
        for field, value in line.whole.items():
            yield _not_above(context.record, line, field, value)


def _not_above(record: Record, line: Line, field: str, value: Value) -> Judgement | Fault:
    came = total(line.parts.values())
    if value is None or came is None:
        return CANNOT_JUDGE
    if value <= came:
        return HOLDS
    words, _ = words_of(record, field)
    return Fault(
        field,
        f"{line.stated.words[0]}：“{words.label}”为{number(value)}，多于{line.stated.parts.words.label}{number(came)}。",
        f"{line.stated.words[1]}: “{words.label_en}” is {number(value)}, more than the {number(came)} that"
        f" {line.stated.parts.words.label_en}.",
        value,
        came,
        (field, *line.parts),
    )


@rule(
    "D02",
    "note",
    "有行政复议或行政诉讼，但本年和上年都没有办理过政府信息公开申请。",
    "There are reviews or suits, but no request was answered this year or last.",
    "disputes = 0 where total_processed.total(y) = 0 and total_processed.total(y-1) = 0",
)
def disputes_have_requests(context: Context) -> Verdicts:
    """Who is sued has answered somebody: this year, or last year where that report is held."""
    disputes = {field: value for field, value in context.record.figures().items() if field.startswith("disputes.")}
    first = next((field for field, value in disputes.items() if value), None)
    if first is None:
        yield CANNOT_JUDGE if None in disputes.values() else DOES_NOT_APPLY
        return
    answered = [_answered(record) for record in (context.record, context.before)]
    if any(answered):
        yield HOLDS
    elif context.before is None or None in answered:
        yield CANNOT_JUDGE
    else:
        yield _unasked(context.record, context.before, f"{first.rpartition('.')[0]}.total", disputes)


def _answered(record: Record | None) -> Value:
    return cells(record, "requests", "total_processed")["total"] if record else None


def _unasked(record: Record, before: Record, field: str, disputes: dict[str, Value]) -> Fault:
    words, _ = words_of(record, field)
    answered = "requests.total_processed.total"
    return Fault(
        field,
        f"“{words.label}”有案件，而本年和上年政府信息公开申请办理结果的总计都为0。",
        f"There are cases under “{words.label_en}”, but the total of requests processed is 0 this year and last.",
        disputes[field],
        fields=(*(name for name, value in disputes.items() if value), answered, of_report(before, answered)),
    )


@rule(
    "X01",
    "finding",
    "每一列：上年报告的结转下年度，等于本年报告的上年结转。",
    "In each column, what last year's report carried out is what this year's carried in.",
    "carried_in(y) = carried_out(y-1)",
)
def requests_carry_over(context: Context) -> Verdicts:
    """What stayed over last year comes in this year, in each column; last year's report has to be held."""
    now = cells(context.record, "requests", "carried_in")
    then = cells(context.before, "requests", "carried_out") if context.before else {}
    for column in EVERY:
        if context.before is None:
            yield DOES_NOT_APPLY
        else:
            yield _carried(context.record, context.before, column, now[column], then[column])


def _carried(record: Record, before: Record, column: str, says: Value, left: Value) -> Judgement | Fault:
    if says is None or left is None:
        return CANNOT_JUDGE
    if says == left:
        return HOLDS
    field, field_before = f"requests.carried_in.{column}", f"requests.carried_out.{column}"
    (carried_in, head), (carried_out, _) = words_of(record, field), words_of(before, field_before)
    return Fault(
        field,
        f"“{head.label}”列：上年报告的“{carried_out.label}”为{number(left)}，本年报告的“{carried_in.label}”为{number(says)}，"
        f"相差{apart(left, says)}。",
        f"Column “{head.label_en}”: “{carried_out.label_en}” is {number(left)} in last year's report,"
        f" “{carried_in.label_en}” {number(says)} in this one; they differ by {apart(left, says)}.",
        says,
        left,
        (field, of_report(before, field_before)),
    )


RULES: tuple[Rule, ...] = (outcomes_have_requests, no_more_than_came_in)
DISPUTES: tuple[Rule, ...] = (disputes_have_requests,)
BETWEEN: tuple[Rule, ...] = (requests_carry_over,)
