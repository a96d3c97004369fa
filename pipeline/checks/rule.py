"""What a rule is, what it is asked, and what it answers; the words for cells that every finding uses."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.forms import Form, Label, RowOfForm
from pipeline.record import Agency, Record

Value = int | Decimal | None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that does not hold: both sides, their difference, the fields used, and a sentence in both languages.

    `field` is the cell compared: the total, or the first cell of the left side. A field of another report stands in
    `fields` behind that report's id and a colon.
    """

    report_id: str
    rule: str
    severity: str
    field: str
    printed: Value
    expected: Value
    difference: Value
    fields: tuple[str, ...]
    message: str
    message_en: str


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule looks at: a report, its organ, and the same organ's report of the year before where it is held.

    `alike` is the report whose prose is nearest, section by section, where one is near. `members` are the reports that a
    jurisdiction's own one adds up, None where it is not known that all of them are held.
    """

    record: Record
    agency: Agency
    before: Record | None = None
    alike: Mapping[str, Record] = field(default_factory=dict)
    members: Sequence[Record] | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome of one comparison: holds, fails (then with its finding), cannot_judge or does_not_apply."""

    outcome: str
    finding: Finding | None = None


HOLDS = Judgement("holds")
CANNOT_JUDGE = Judgement("cannot_judge")
DOES_NOT_APPLY = Judgement("does_not_apply")


@dataclass(frozen=True, slots=True)
class Fault:
    """A comparison that does not hold, before it is known of which rule and report; `severity` where not the rule's."""

    field: str
    message: str
    message_en: str
    printed: Value = None
    expected: Value = None
    fields: tuple[str, ...] = ()
    severity: str = ""


Verdicts = Iterator[Judgement | Fault]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the catalogue. `judge` is None at the stage of reading: a record exists only where the rule holds."""

    id: str
    version: int
    severity: str
    words: str
    words_en: str
    arithmetic: str
    stage: str
    judge: Callable[[Context], Iterator[Judgement]] | None = None


def rule(
    id: str, severity: str, words: str, words_en: str, arithmetic: str, version: int = 1
) -> Callable[[Callable[[Context], Verdicts]], Rule]:
    """Makes a rule of the function that judges a record by it; the function may yield its faults bare."""

    def to_rule(look: Callable[[Context], Verdicts]) -> Rule:
        def judge(context: Context) -> Iterator[Judgement]:
            for verdict in look(context):
                yield verdict if isinstance(verdict, Judgement) else _judgement(verdict, context, id, severity)

        return Rule(id, version, severity, words, words_en, arithmetic, "record", judge)

    return to_rule


def reading(id: str, severity: str, words: str, words_en: str, arithmetic: str, version: int = 1) -> Rule:
    """A rule that is judged when a report is converted."""
    return Rule(id, version, severity, words, words_en, arithmetic, "reading")


def _judgement(fault: Fault, context: Context, id: str, severity: str) -> Judgement:
    finding = Finding(
        report_id=context.record.report_id,
        rule=id,
        severity=fault.severity or severity,
        field=fault.field,
        printed=fault.printed,
        expected=fault.expected,
        difference=difference(fault.printed, fault.expected),
        fields=fault.fields,
        message=fault.message,
        message_en=fault.message_en,
    )
    return Judgement("fails", finding)


# figures -------------------------------------------------------------------------------------------------------------


def cells(record: Record, section: str, key: str) -> dict[str, Value]:
    """The figures of one row by their columns; empty where the report has no such row."""
    row = record.law.row(section, key)
    values = record.tables[section].get(key)
    return {} if row is None or values is None else dict(zip(row.keys, values, strict=True))


def total(values: Iterable[Value]) -> Value:
    """The sum, or None where a summand is null."""
    summed: int | Decimal = 0
    for value in values:
        if value is None:
            return None
        summed += value
    return summed


def difference(left: Value, right: Value) -> Value:
    """Left less right, or None where either is null."""
    return None if left is None or right is None else left - right


def of_report(record: Record, field: str) -> str:
    """How `fields` of a finding names a field of another report."""
    return f"{record.report_id}:{field}"


# words ---------------------------------------------------------------------------------------------------------------


def number(value: Value) -> str:
    """A figure as a sentence says it."""
    if value is None:
        return "—"
    return str(value) if isinstance(value, int) else f"{value:f}"


def apart(left: Value, right: Value) -> str:
    """How far two sides are from one another, as a sentence says it."""
    between = difference(left, right)
    return number(between if between is None or between >= 0 else -between)


def row_of(record: Record, section: str, key: str) -> RowOfForm:
    """A row of the report's form; StopIteration where the form has none by that key."""
    return next(row for row in record.law.rows[section] if row.key == key)


def words_of(record: Record, field: str) -> tuple[Label, Label]:
    """The labels of a field's row and column."""
    section, key, column = field.split(".")
    row = row_of(record, section, key)
    return words_of_row(record.law, row), next(one.words for one in row.columns if one.key == column)


def words_of_row(form: Form, row: RowOfForm) -> Label:
    """The label of a row, behind that of the heading it stands under, so that “3.其他” tells which."""
    heads: Mapping[str, Label] = {**form.heads[row.section], **form.groups}
    under = [heads[key] for key in row.within if key != "results"]
    words = [*under, row.words]
    return Label("／".join(one.number + one.label for one in words), " / ".join(one.label_en for one in words))


def words_of_cell(record: Record, field: str) -> tuple[str, str]:
    """A cell by its row and column, in Chinese and in English."""
    row, column = words_of(record, field)
    return f"“{row.label}”行“{column.label}”列", f"Row “{row.label_en}”, column “{column.label_en}”"


def words_of_section(form: Form, section: str) -> tuple[str, str]:
    """The title of a section, in Chinese and in English."""
    title = form.titles[section]
    return f"“{title.number}{title.label}”", f"“{title.label_en}”"
