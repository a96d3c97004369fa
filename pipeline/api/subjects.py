"""Answers about one subject in one year: every indicator, and every outcome of a request, over all reports."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.api.answers import Answer, Row, numbers, page, part
from pipeline.checks.rule import words_of_row
from pipeline.forms import forms
from pipeline.indicators import RATES, rate
from pipeline.record import Record, Value

Pair = tuple[Value, Value]


@dataclass(frozen=True, slots=True)
class Subject:
    """What can be compared over organs: `of` gives numerator and denominator, None for a form that lacks it."""

    slug: str
    kind: str
    title: str
    title_en: str
    formula: str
    of: Callable[[Record], Pair | None]


@cache
def subjects() -> Mapping[str, Subject]:
    """Every subject by its slug: the indicators, then the outcomes in the newest form's order, then those of others."""
    found = {slug: _indicator(slug) for slug in RATES}
    for form in reversed(list(forms().values())):
        for row in form.rows["requests"]:
            if row.group and row.key not in found:
                words = words_of_row(form, row)
                found[row.key] = _outcome(row.key, words.label, words.label_en)
    return found


def _indicator(slug: str) -> Subject:
    of = RATES[slug]
    pair = lambda record: (of.numerator(record), of.denominator(record))  # noqa: E731
    return Subject(slug, "indicator", of.label, of.label_en, of.formula, pair)


def _outcome(key: str, title: str, title_en: str) -> Subject:
    def pair(record: Record) -> Pair | None:
        rows = record.tables["requests"]
        return (rows[key][-1], rows["total_processed"][-1]) if key in rows else None

    return Subject(key, "outcome", title, title_en, f"{key} / total_processed", pair)


def listed_subject(subject: Subject, years: Sequence[int]) -> Row:
    """A subject in the list of them, with the first page of each year."""
    return {
        "subject": subject.slug,
        "kind": subject.kind,
        "title": subject.title,
        "title_en": subject.title_en,
        "formula": subject.formula,
        "paths": {str(year): f"subjects/{subject.slug}/{year}/1.json" for year in years},
    }


def subject_pages(subject: Subject, year: int, records: Sequence[Record]) -> Iterator[Answer]:
    """All pages of a subject in a year, a row a report; a report whose form lacks it has no row."""
    pairs = ((record, subject.of(record)) for record in records)
    having = [(record, pair) for record, pair in pairs if pair is not None]
    for number in numbers(len(having)):
        rows = (_row(record, *pair) for record, pair in part(having, number))
        yield page(f"subjects/{subject.slug}/{year}", number, len(having), rows)


def _row(record: Record, numerator: Value, denominator: Value) -> Row:
    return {
        "report_id": record.report_id,
        "agency_id": record.agency_id,
        "value": rate(numerator, denominator),
        "numerator": numerator,
        "denominator": denominator,
    }
