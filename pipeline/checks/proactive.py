"""P01 to P04: section 二 against itself and against the same organ's report of the year before."""

from collections.abc import Iterator

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
from pipeline.record import Record

DOCUMENTS = ("regulations", "normative_documents")


def _documents(record: Record, column: str) -> Iterator[tuple[str, dict[str, Value]]]:
    """Regulations and normative documents, where the report's form has a column for them."""
    for key in DOCUMENTS:
        figures = cells(record, "proactive", key)
        if column in figures:
            yield key, figures


@rule(
    "P01",
    "finding",
    "规章、规范性文件：现行有效件数不少于本年制发减去本年废止。",
    "Regulations and normative documents in force are no fewer than those issued less those repealed this year.",
    "in_force >= issued - repealed",
)
def new_documents_are_in_force(context: Context) -> Verdicts:
    """What was issued and not repealed is in force; only the 2021 form prints these columns."""
    found = list(_documents(context.record, "in_force"))
    if not found:
        yield DOES_NOT_APPLY
    for key, figures in found:
        yield _at_least(context.record, key, figures)


def _at_least(record: Record, key: str, figures: dict[str, Value]) -> Judgement | Fault:
    issued, repealed, in_force = (figures[name] for name in ("issued", "repealed", "in_force"))
    if issued is None or repealed is None or in_force is None:
        return CANNOT_JUDGE
    least = issued - repealed
    if in_force >= least:
        return HOLDS
    fields = _fields(key, "issued", "repealed", "in_force")
    words, _ = words_of(record, fields[0])
    return Fault(
        fields[-1],
        f"“{words.label}”：现行有效{number(in_force)}件，少于本年制发{number(issued)}件减本年废止{number(repealed)}件所得的{number(least)}件。",
        f"“{words.label_en}”: {number(in_force)} in force, fewer than {number(issued)} issued less {number(repealed)}"
        f" repealed, which is {number(least)}.",
        in_force,
        least,
        fields,
    )


def _fields(key: str, *columns: str) -> tuple[str, ...]:
    return tuple(f"proactive.{key}.{column}" for column in columns)


@rule(
    "P02",
    "finding",
    "规章、规范性文件：上年现行有效件数加本年制发、减本年废止，等于本年现行有效件数。",
    "Regulations and normative documents in force last year, plus those issued, less those repealed, are those in force.",
    "in_force(y-1) + issued - repealed = in_force",
)
def documents_carry_over(context: Context) -> Verdicts:
    """The stock of last year and this year's changes make this year's; last year's report has to be held."""
    now = list(_documents(context.record, "in_force"))
    before = dict(_documents(context.before, "in_force")) if context.before else {}
    if not now or not before or context.before is None:
        yield DOES_NOT_APPLY
        return
    for key, figures in now:
        yield _stock(context.record, context.before, key, figures, before[key]["in_force"])


def _stock(record: Record, before: Record, key: str, figures: dict[str, Value], had: Value) -> Judgement | Fault:
    issued, repealed, in_force = (figures[name] for name in ("issued", "repealed", "in_force"))
    if had is None or issued is None or repealed is None or in_force is None:
        return CANNOT_JUDGE
    makes = had + issued - repealed
    if makes == in_force:
        return HOLDS
    fields = _fields(key, "issued", "repealed", "in_force")
    words, _ = words_of(record, fields[0])
    return Fault(
        fields[-1],
        f"“{words.label}”：上年现行有效{number(had)}件，加本年制发{number(issued)}件、减本年废止{number(repealed)}件，"
        f"得{number(makes)}件，本年现行有效为{number(in_force)}件，相差{apart(makes, in_force)}件。",
        f"“{words.label_en}”: {number(had)} in force last year, plus {number(issued)} issued, less {number(repealed)}"
        f" repealed, make {number(makes)}; {number(in_force)} are in force, which differs by {apart(makes, in_force)}.",
        in_force,
        makes,
        (*fields, of_report(before, fields[-1])),
    )


_LEVELS = {"county": ("县级", "county"), "township": ("乡级", "township")}


@rule(
    "P03",
    "note",
    "没有规章制定权的机关填有规章：多半是规范性文件。",
    "An organ that cannot make regulations reports some: probably normative documents.",
    "regulations = 0 where level is county or township",
)
def regulations_have_a_maker(context: Context) -> Verdicts:
    """Only ministries, provinces and cities with districts make regulations (Legislation Law, articles 91 and 93)."""
    level, figures = context.agency.level, cells(context.record, "proactive", "regulations")
    first = next((column for column, value in figures.items() if value), None)
    if level is None:
        yield CANNOT_JUDGE
    elif level not in _LEVELS:
        yield DOES_NOT_APPLY
    elif first is None:
        yield CANNOT_JUDGE if None in figures.values() else HOLDS
    else:
        field, (zh, en) = f"proactive.regulations.{first}", _LEVELS[level]
        _, head = words_of(context.record, field)
        yield Fault(
            field,
            f"“规章”的“{head.label}”为{number(figures[first])}，而{zh}机关没有规章制定权，可能是规范性文件。",
            f"“Regulations”, “{head.label_en}”: {number(figures[first])}; organs at {en} level cannot make regulations,"
            " so these may be normative documents.",
            figures[first],
            fields=_fields("regulations", *(column for column, value in figures.items() if value)),
        )


@rule(
    "P04",
    "finding",
    "2019年表式：本年新公开数量不多于对外公开总数量；上年报告的上一年项目数量加本年增减，等于本年报告的上一年项目数量。",
    "2019 form: those made public this year are no more than those public in all; the items and the change of last"
    " year's report make this year's “items last year”.",
    "newly_public <= public_total; items_last_year(y-1) + change(y-1) = items_last_year(y)",
)
def items_carry_over(context: Context) -> Verdicts:
    """The 2019 form's own logic; the second half wants last year's report, in the same form."""
    record, before = context.record, context.before
    if record.form != "2019":
        yield DOES_NOT_APPLY
        return
    for key, figures in _documents(record, "newly_public"):
        yield _no_more_public(record, key, figures["newly_public"], figures["public_total"])
    for row, _ in record.rows("proactive"):
        now = cells(record, "proactive", row.key)
        then = cells(before, "proactive", row.key) if before else {}
        if "items_last_year" in now:
            held = before is not None and "items_last_year" in then
            yield _items(record, before, row.key, now, then) if held and before else DOES_NOT_APPLY


def _no_more_public(record: Record, key: str, newly: Value, every: Value) -> Judgement | Fault:
    if newly is None or every is None:
        return CANNOT_JUDGE
    if newly <= every:
        return HOLDS
    fields = _fields(key, "newly_public", "public_total")
    words, _ = words_of(record, fields[0])
    return Fault(
        fields[0],
        f"“{words.label}”：本年新公开数量{number(newly)}，多于对外公开总数量{number(every)}。",
        f"“{words.label_en}”: {number(newly)} made public this year, more than the {number(every)} public in all.",
        newly,
        every,
        fields,
    )


def _items(
    record: Record, before: Record, key: str, now: dict[str, Value], then: dict[str, Value]
) -> Judgement | Fault:
    had, change, says = then["items_last_year"], then["change"], now["items_last_year"]
    makes = total((had, change))
    if makes is None or says is None:
        return CANNOT_JUDGE
    if makes == says:
        return HOLDS
    fields = _fields(key, "items_last_year", "change")
    words, _ = words_of(record, fields[0])
    return Fault(
        fields[0],
        f"“{words.label}”：上年报告的上一年项目数量{number(had)}加本年增/减{number(change)}，得{number(makes)}，"
        f"本年报告的上一年项目数量为{number(says)}，相差{apart(makes, says)}。",
        f"“{words.label_en}”: last year's report has {number(had)} items and a change of {number(change)}, which make"
        f" {number(makes)}; this report has {number(says)} items last year, which differs by {apart(makes, says)}.",
        says,
        makes,
        (fields[0], *(of_report(before, field) for field in fields)),
    )


RULES: tuple[Rule, ...] = (
    new_documents_are_in_force,
    documents_carry_over,
    regulations_have_a_maker,
    items_carry_over,
)
