"""The pages of rules: how much of the reports holds, every rule with its counts, and each rule with all its findings."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import ClassVar

from pipeline.api import answers
from pipeline.checks import RULES, Finding, Rule
from pipeline.package import csv_text
from pipeline.pages import report
from pipeline.pages.addresses import RULES as RULES_ADDRESS
from pipeline.pages.addresses import file_of, rule_address, sheet_address
from pipeline.pages.material import Download, Material
from pipeline.pages.page import File, Page, Task, offer
from pipeline.pages.pictures import Trend, trend
from pipeline.pages.quality import Quality, qualities
from pipeline.record import Agency, Record
from pipeline.tables import COLUMNS, finding_row

PER_PAGE = 100
"""How many findings one page of a rule holds."""
PAGES_PER_TASK = 10
EXAMPLES = 5
"""How many findings stand on top of a rule's page, each of another organ."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a rule was applied, and what came of it; None of it for a rule that is judged at conversion."""

    holds: int
    fails: int
    cannot_judge: int

    @property
    def applied(self) -> int:
        return self.holds + self.fails + self.cannot_judge


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule, its counts, and in how many reports it has a finding."""

    rule: Rule
    counts: Counts | None
    reports: int


@dataclass(frozen=True, slots=True)
class RulesPage:
    """The quality of the reports on top, then every rule by the first letter of its id."""

    template: ClassVar[str] = "rules"
    path: str
    reports: int
    groups: tuple[tuple[str, tuple[Shown, ...]], ...]
    common: tuple[Shown, ...]
    years: tuple[Quality, ...]
    forms: tuple[Quality, ...]
    clean: Trend
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding in a list: the report, its organ, the words of the field, and the number it bears on the report's page."""

    record: Record
    agency: Agency
    shown: report.Numbered


@dataclass(frozen=True, slots=True)
class OfYear:
    """What a rule found in the reports on a year: the counts, and how many reports have such a finding, of how many."""

    year: int
    counts: Counts | None
    concerned: int
    reports: int


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule in words, its counts by year, examples, and one part of its findings by place and year."""

    template: ClassVar[str] = "rule"
    path: str
    shown: Shown
    before: Rule | None
    after: Rule | None
    hits: tuple[Hit, ...]
    number: int
    numbers: int
    total: int
    years: tuple[OfYear, ...] = ()
    examples: tuple[Hit, ...] = ()
    downloads: tuple[Download, ...] = ()

    @property
    def rule(self) -> Rule:
        return self.shown.rule


def tasks(made: Material) -> Iterator[Task]:
    """The catalogue, then the pages of each rule, some at a time."""
    found = made.once(findings_by_rule)
    reports = Counter(record.year for record in made.dataset.records)
    yield partial(_catalogue, made, found)
    for rule in RULES.values():
        findings = found.get(rule.id, ())
        yield partial(_first, made, rule, findings, reports)
        rest = answers.numbers(len(findings), PER_PAGE)[1:]
        for start in range(0, len(rest), PAGES_PER_TASK):
            yield partial(_more, made, rule, findings, rest[start : start + PAGES_PER_TASK])


def findings_by_rule(made: Material) -> Mapping[str, Sequence[Finding]]:
    """All findings by the rule; of each by the organ's id, which begins with its place, and by year."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for findings in made.checked.findings.values():
        for finding in findings:
            found[finding.rule].append(finding)
    return found


# the catalogue -------------------------------------------------------------------------------------------------------


def _catalogue(made: Material, found: Mapping[str, Sequence[Finding]]) -> Iterator[Page | File]:
    shown = [show(made, rule, found.get(rule.id, ())) for rule in RULES.values()]
    files = [_rules_file(shown), _quality_file(made)]
    yield from files
    yield rules_page(made, shown, files)


def rules_page(made: Material, shown: Sequence[Shown], files: Sequence[File] = ()) -> RulesPage:
    """The catalogue of rules with what the checks of these records counted."""
    years = tuple(qualities(made, lambda record: str(record.year)))
    first, last = (int(years[0].key), int(years[-1].key)) if years else (0, -1)
    shares = {int(one.key): one.share for one in years}
    return RulesPage(
        path=file_of(RULES_ADDRESS),
        reports=len(made.dataset.records),
        groups=tuple((letter, tuple(part)) for letter, part in groupby(shown, key=lambda one: one.rule.id[0])),
        common=tuple(common(shown)),
        years=years,
        forms=tuple(qualities(made, lambda record: record.form)),
        clean=trend([(year, shares.get(year), year in shares) for year in range(first, last + 1)], rate=True),
        downloads=(*made.downloads("data/findings.csv", "data/findings.json"), *map(offer, files)),
    )


def show(made: Material, rule: Rule, findings: Sequence[Finding]) -> Shown:
    """A rule with its counts over all reports."""
    counted = None if rule.judge is None else _counts(made.checked.counts.get(rule.id, Counter()))
    return Shown(rule, counted, len({finding.report_id for finding in findings}))


def _counts(counted: Counter[str]) -> Counts:
    return Counts(counted["holds"], counted["fails"], counted["cannot_judge"])


def common(shown: Sequence[Shown]) -> Iterator[Shown]:
    """The rules that found something in most reports first; notes are left out, as they may be no fault at all."""
    found = [one for one in shown if one.reports and one.rule.severity == "finding"]
    yield from sorted(found, key=lambda one: -one.reports)


# one rule ------------------------------------------------------------------------------------------------------------


def _first(
    made: Material, rule: Rule, findings: Sequence[Finding], reports: Mapping[int, int]
) -> Iterator[Page | File]:
    files = [_findings_file(made, rule, findings)] if rule.judge else []
    yield from files
    page = rule_page(made, rule, findings, 1)
    years = tuple(_years(made, rule, findings, reports))
    yield replace(
        page,
        years=years,
        examples=tuple(_hits(made, examples(findings))),
        downloads=tuple(map(offer, files)) or made.downloads("data/coverage.csv"),
    )


def _more(made: Material, rule: Rule, findings: Sequence[Finding], sheets: Sequence[int]) -> Iterator[Page]:
    return (rule_page(made, rule, findings, number) for number in sheets)


def rule_page(made: Material, rule: Rule, findings: Sequence[Finding], number: int) -> RulePage:
    """One page of a rule with its part of the findings; what else the first one has is added there."""
    rules = list(RULES.values())
    place = rules.index(rule)
    return RulePage(
        path=file_of(sheet_address(rule_address(rule.id), number)),
        shown=show(made, rule, findings if number == 1 else ()),
        before=rules[place - 1] if place else None,
        after=rules[place + 1] if place + 1 < len(rules) else None,
        hits=tuple(_hits(made, answers.part(findings, number, PER_PAGE))),
        number=number,
        numbers=len(answers.numbers(len(findings), PER_PAGE)),
        total=len(findings),
    )


def _years(made: Material, rule: Rule, findings: Sequence[Finding], reports: Mapping[int, int]) -> Iterator[OfYear]:
    counted = made.checked.years.get(rule.id, {})
    concerned = Counter(int(id.rpartition("-")[2]) for id in {finding.report_id for finding in findings})
    for year in sorted(reports):
        counts = _counts(counted.get(year, Counter())) if rule.judge else None
        yield OfYear(year, counts, concerned[year], reports[year])


def examples(findings: Sequence[Finding]) -> list[Finding]:
    """A few findings of different organs, taken evenly from the whole list, so that no place stands for all."""
    firsts: dict[str, Finding] = {}
    for finding in findings:
        firsts.setdefault(finding.report_id.rpartition("-")[0], finding)
    some = list(firsts.values())
    number = min(EXAMPLES, len(some))
    return [some[n * len(some) // number] for n in range(number)]


def _record(made: Material, report_id: str) -> Record:
    agency_id, _, year = report_id.rpartition("-")
    return next(record for record in made.reports_of(agency_id) if record.year == int(year))


def _hits(made: Material, findings: Iterable[Finding]) -> Iterator[Hit]:
    """Findings as a list shows them; those of one report stand together, so that its numbers are told once."""
    for report_id, part in groupby(findings, key=lambda one: one.report_id):
        record = _record(made, report_id)
        numbered = {id(one.finding): one for one in report.number_findings(record, made.checked.findings[report_id])}
        yield from (Hit(record, made.dataset.agency_of(record), numbered[id(finding)]) for finding in part)


# files ---------------------------------------------------------------------------------------------------------------

_RULES = ("rule", "severity", "version", "stage", "applied", "holds", "fails", "cannot_judge", "reports")
_QUALITY = ("year", "form", "reports", "without_findings", "findings", "notes")


def _rules_file(shown: Sequence[Shown]) -> File:
    return File(f"{RULES_ADDRESS}rules.csv", csv_text(_RULES, map(_of_rule, shown)))


def _of_rule(shown: Shown) -> dict[str, object]:
    rule, counts = shown.rule, shown.counts
    names = ("applied", "holds", "fails", "cannot_judge")
    told = {name: getattr(counts, name) if counts else None for name in names}
    about = {"rule": rule.id, "severity": rule.severity, "version": rule.version, "stage": rule.stage}
    return {**about, **told, "reports": shown.reports if counts else None}


def _quality_file(made: Material) -> File:
    rows = [
        dict(zip(_QUALITY, (*one.key.split(), one.reports, one.clean, one.findings, one.notes), strict=True))
        for one in qualities(made, lambda record: f"{record.year} {record.form}")
    ]
    return File(f"{RULES_ADDRESS}quality.csv", csv_text(_QUALITY, rows))


def _findings_file(made: Material, rule: Rule, findings: Sequence[Finding]) -> File:
    columns = ("agency_name", "year", *COLUMNS["findings"])
    rows = ({**_whose(_record(made, finding.report_id)), **finding_row(finding)} for finding in findings)
    return File(f"{rule_address(rule.id)}findings.csv", csv_text(columns, rows))


def _whose(record: Record) -> dict[str, object]:
    return {"agency_name": record.agency_name, "year": record.year}
