"""Every rule of the catalogue, one small function each: a record goes in, findings come out, no figure is changed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.checks import between, cells, proactive, prose, requests, structure, sums
from pipeline.checks.rule import Context, Finding, Judgement, Rule, Value
from pipeline.record import Agency, Record

__all__ = [
    "RULES",
    "Checked",
    "Context",
    "Finding",
    "Judgement",
    "Rule",
    "Value",
    "check_record",
    "check_records",
]

RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        *structure.RULES,
        *cells.RULES,
        *sums.RULES,
        *requests.RULES,
        *sums.DISPUTES,
        *requests.DISPUTES,
        *proactive.RULES,
        *prose.RULES,
        *requests.BETWEEN,
        *between.RULES,
        *structure.DATES,
    )
}
"""The rules that run, by their ids, in the catalogue's order."""

_ORDER = {id: place for place, id in enumerate(RULES)}


@dataclass(slots=True)
class Checked:
    """The findings of each report, in the order of rule and field, and how often each rule had which outcome."""

    findings: dict[str, list[Finding]] = field(default_factory=dict)
    counts: dict[str, Counter[str]] = field(default_factory=lambda: {id: Counter() for id in RULES})
    years: dict[str, dict[int, Counter[str]]] = field(
        default_factory=lambda: {id: defaultdict(Counter) for id in RULES}
    )
    """The same by the year reported on."""


def check_record(context: Context) -> list[tuple[Rule, Judgement]]:
    """Every judgement on one record. A record that lacks rows or cells of its form is judged by nothing else."""
    structure_first = _judge(context, [rule for rule in RULES.values() if rule.id.startswith("S")])
    if any(_is_broken(judgement) for _, judgement in structure_first):
        return structure_first
    return structure_first + _judge(context, [rule for rule in RULES.values() if not rule.id.startswith("S")])


def _judge(context: Context, rules: Sequence[Rule]) -> list[tuple[Rule, Judgement]]:
    return [(rule, judgement) for rule in rules if rule.judge for judgement in rule.judge(context)]


def _is_broken(judgement: Judgement) -> bool:
    finding = judgement.finding
    return finding is not None and finding.rule in ("S03", "S04") and finding.severity == "error"


def check_records(
    records: Sequence[Record], agencies: Mapping[str, Agency], complete: Collection[between.Place] = ()
) -> Checked:
    """Judges records, each with the same organ's report of the year before where that is among them.

    `complete` names the regions and years of which it is known that the reports of all organs are held (X03). A record
    whose organ is not given is left out: what is wrong there was said when the organ's file was read.
    """
    checked = Checked()
    known = [record for record in records if record.agency_id in agencies]
    held = {(record.agency_id, record.year): record for record in known}
    times = Counter(record.report_id for record in known)
    near, members = between.alike(known), between.members_of(known, agencies, complete)
    for record in known:
        context = Context(
            record,
            agencies[record.agency_id],
            held.get((record.agency_id, record.year - 1)),
            near.get(record.report_id, {}),
            members.get(record.report_id),
        )
        judged = check_record(context)
        if times[record.report_id] > 1:
            judged.append((RULES["S06"], structure.stands_twice(record)))
        _note(checked, record, judged)
    return checked


def _note(checked: Checked, record: Record, judged: Sequence[tuple[Rule, Judgement]]) -> None:
    for rule, judgement in judged:
        checked.counts[rule.id][judgement.outcome] += 1
        checked.years[rule.id][record.year][judgement.outcome] += 1
    found = [judgement.finding for _, judgement in judged if judgement.finding]
    checked.findings[record.report_id] = sorted(found, key=lambda one: (_ORDER[one.rule], one.field))
