"""What the reports of one year hold: sums over organs' own reports, and counts by province, level and sector."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.forms import Label, forms
from pipeline.indicators import count_of
from pipeline.package import csv_text
from pipeline.pages.covered import Counts, best_of, count_statuses, rows_by_organ
from pipeline.pages.material import Material
from pipeline.pages.measured import NONE, province_name, province_of
from pipeline.pages.measures import SUBJECTS
from pipeline.pages.statistics import is_whole, statistics_of
from pipeline.record import Record, Value
from pipeline.shape import LEVELS, sectors

COUNTS: Mapping[str, Label] = {
    "requests.new_received.total": Label("本年新收申请", "Requests received"),
    "requests.carried_in.total": Label("上年结转", "Carried in from the year before"),
    "requests.total_processed.total": Label("办结总计", "All processed"),
    "requests.carried_out.total": Label("结转下年度", "Carried out to the next year"),
    "disputes.administrative_review.total": Label("行政复议", "Administrative reviews"),
    "disputes.litigation_direct.total": Label("未经复议直接起诉", "Lawsuits without prior review"),
    "disputes.litigation_after_review.total": Label("复议后起诉", "Lawsuits after review"),
}
"""The counts that a year is summed up by."""

_GROUPS = {
    "granted": "granted",
    "partly_granted": "partly_granted",
    "refused": "refusal_rate",
    "unable": "unable_rate",
    "rejected": "rejection_rate",
    "other": "other_rate",
}
"""The subject whose numerator adds up each group of outcomes."""

TOTAL_COLUMNS = ("key", "label", "label_en", "sum", "reports", "blank")
PART_COLUMNS = ("reports", "own", "received", "processed", "with_findings")


@dataclass(frozen=True, slots=True)
class Total:
    """A count summed over organs' own reports: over how many, and how many leave it blank; no sum where all do."""

    key: str
    words: Label
    sum: int | None
    reports: int
    blank: int


@dataclass(frozen=True, slots=True)
class Part:
    """The reports of one province, level or sector: all, organs' own, sums over those, and those with findings.

    A sum is None where none of organs' own reports has the figure.
    """

    key: str
    reports: int
    own: int
    received: int | None
    processed: int | None
    with_findings: int


def coverage_of(made: Material) -> Mapping[int, Counts]:
    """What is held, known, refused, gone and missing of each year; of an organ's year the first of these counts."""
    return made.once(_coverage)


def _coverage(made: Material) -> Mapping[int, Counts]:
    found: dict[int, list[str]] = defaultdict(list)
    for rows in rows_by_organ(made.coverage).values():
        for year, row in best_of(rows).items():
            found[year].append(row["status"])
    return {year: count_statuses(statuses) for year, statuses in sorted(found.items())}


def own_reports(made: Material, year: int) -> list[Record]:
    """Organs' own reports of a year."""
    return [record for record in statistics_of(made).reports(year) if not is_whole(record)]


# sums ----------------------------------------------------------------------------------------------------------------


def totals(records: Sequence[Record]) -> tuple[Total, ...]:
    """The main counts of some reports."""
    return tuple(_total(key, words, (count_of(record, key) for record in records)) for key, words in COUNTS.items())


def outcomes(records: Sequence[Record]) -> tuple[Total, ...]:
    """The groups of outcomes of some reports."""
    words = forms()["2021"].groups
    return tuple(
        _total(group, words[group], (SUBJECTS[slug].numerator(record) for record in records))
        for group, slug in _GROUPS.items()
    )


def _total(key: str, words: Label, values: Iterable[Value]) -> Total:
    told = list(values)
    blank = told.count(None)
    return Total(key, words, _sum(told), len(told) - blank, blank)


def _sum(values: Iterable[Value]) -> int | None:
    """The sum of figures, blank ones left out; None where there is none."""
    some = [int(value) for value in values if value is not None]
    return sum(some) if some else None


def totals_to_csv(found: Iterable[Total]) -> str:
    """Sums as a file."""
    rows = (
        dict(zip(TOTAL_COLUMNS, (t.key, t.words.label, t.words.label_en, t.sum, t.reports, t.blank), strict=True))
        for t in found
    )
    return csv_text(TOTAL_COLUMNS, rows)


# by province, level, sector ------------------------------------------------------------------------------------------


def parts_of(made: Material, year: int, by: str) -> tuple[Part, ...]:
    """The reports of a year by province, level or sector, each in its usual order."""
    told: Mapping[str, Callable[[Record], str]] = {
        "provinces": lambda record: province_of(made.dataset.agency_of(record)),
        "levels": lambda record: made.dataset.agency_of(record).level or NONE,
        "sectors": lambda record: made.dataset.agency_of(record).sector,
    }
    found: dict[str, list[Record]] = defaultdict(list)
    for record in statistics_of(made).reports(year):
        found[told[by](record)].append(record)
    usual = {"provinces": sorted(found), "levels": (*LEVELS, NONE), "sectors": tuple(sectors())}[by]
    return tuple(_part(made, key, found[key]) for key in usual if key in found)


def _part(made: Material, key: str, records: Sequence[Record]) -> Part:
    own = [record for record in records if not is_whole(record)]
    received, processed = (
        _sum(count_of(record, f"requests.{row}.total") for record in own) for row in ("new_received", "total_processed")
    )
    with_findings = sum(made.count_findings(record) > 0 for record in records)
    return Part(key, len(records), len(own), received, processed, with_findings)


def parts_to_csv(parts: Iterable[Part], by: str) -> str:
    """Parts as a file; a province with its name beside its code."""
    named = ("province",) if by == "provinces" else ()
    key = "code" if named else by.removesuffix("s")
    rows = (
        {key: one.key, "province": province_name(one.key)} | {name: getattr(one, name) for name in PART_COLUMNS}
        for one in parts
    )
    return csv_text((key, *named, *PART_COLUMNS), rows)
