"""What is to be said of an organ's reports: findings by rule and year, corrections, and the years that are missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.checks import RULES, Rule
from pipeline.pages.agency_years import Year
from pipeline.pages.material import Material
from pipeline.pages.report import Change, changes_of, number_findings

SHOWN = 5
"""How many corrections the page of an organ shows, the latest first; each report's page has all of its own."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What a rule found in one year's report: how often, and the number of the first on the report's page."""

    year: int
    number: int
    first: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A rule that does not hold somewhere, `is_note` where it only notes."""

    rule: Rule
    is_note: bool
    hits: tuple[Hits, ...]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction and the year of the report that it changes."""

    year: int
    change: Change

    @property
    def entry(self) -> Mapping[str, Any]:
        return self.change.entry


def remarks_of(material: Material, years: Sequence[Year]) -> tuple[Remark, ...]:
    """Findings, then notes, by rule in the order of the catalogue, the years of each from the first on."""
    found: dict[tuple[bool, str], dict[int, list[int]]] = {}
    for record in (year.record for year in years if year.record):
        for one in number_findings(record, material.checked.findings.get(record.report_id, [])):
            key = one.finding.severity == "note", one.finding.rule
            found.setdefault(key, {}).setdefault(record.year, []).append(one.number)
    order = {id: place for place, id in enumerate(RULES)}
    return tuple(
        Remark(RULES[rule], is_note, tuple(Hits(year, len(numbers), min(numbers)) for year, numbers in hits.items()))
        for (is_note, rule), hits in sorted(found.items(), key=lambda one: (one[0][0], order[one[0][1]]))
    )


def corrections_of(material: Material, years: Sequence[Year]) -> tuple[Corrected, ...]:
    """Every correction, the latest first."""
    held = [year.record for year in years if year.record]
    made = [Corrected(record.year, change) for record in held for change in changes_of(record, material)]
    return tuple(sorted(made, key=lambda one: (str(one.entry["date"]), one.year, one.change.number), reverse=True))
