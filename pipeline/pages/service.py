"""The files of the API (`api/v1/`) and the page that documents them.

They are made here and not with the package, so that they are spread over all processes and each is written as soon as
it is made: a list has as many tasks as pages, and the organs go by the hundred.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import simplejson

from pipeline.api import answers, catalogue, openapi, organs, places, subjects
from pipeline.api.answers import Answer
from pipeline.checks import RULES
from pipeline.forms import forms
from pipeline.pages.addresses import file_of
from pipeline.pages.material import Material, Row
from pipeline.pages.page import File, Page, Task
from pipeline.pages.rules import findings_by_rule
from pipeline.record import Record
from pipeline.regions import NATIONAL, Region, by_code
from pipeline.tables import correction_rows, finding_row

API = "api/"
ORGANS = 100
"""How many organs one task answers for."""
PLACES = 50
"""How many places one task answers for."""


@dataclass(frozen=True, slots=True)
class ApiPage:
    """The documentation of the API for people; `examples` are parameters that lead to answers that are there."""

    template: ClassVar[str] = "api"
    path: str
    root: str
    version: str
    operations: tuple[openapi.Operation, ...]
    examples: Mapping[str, str]
    provinces: tuple[Region, ...]

    @property
    def rows(self) -> Iterator[tuple[openapi.Operation, str | None]]:
        """Every operation with the path of an answer, None where nothing of its kind is held."""
        for one in self.operations:
            told = self.examples.keys() >= set(one.parameters)
            yield one, one.fill(self.examples) if told else None


def tasks(made: Material) -> Iterator[Task]:
    """The page, what leads to the lists, and every list and answer in pieces."""
    yield partial(_first, made)
    yield partial(_of_lists, made)
    for start in range(0, len(made.rows), ORGANS):
        yield partial(_of_organs, made, made.rows[start : start + ORGANS])
    yield from _in_pages("agencies/list", sorted(made.rows, key=lambda row: row.agency.agency_id))
    for year, records in _by_year(made).items():
        yield from _of_year(made, year, records)
    yield from _of_places(_by_place(made.rows))
    for rule in RULES:
        yield partial(_of_rule, made, rule)
    yield partial(_of_corrections, made)


def _files(found: Iterable[Answer]) -> Iterator[File]:
    return (File(answers.ROOT + answer.path, answer.text) for answer in found)


# what leads to the others --------------------------------------------------------------------------------------------


def api_page(made: Material) -> ApiPage:
    """The page of the API."""
    provinces = {region.code: region for row in made.rows for region in row.places[:1]}
    ordered = tuple(provinces[code] for code in sorted(provinces))
    return ApiPage(file_of(API), answers.ROOT, made.package["version"], openapi.OPERATIONS, _examples(made), ordered)


def _first(made: Material) -> Iterator[Page | File]:
    yield api_page(made)
    values = _examples(made)
    full = made.site.full(answers.ROOT.rstrip("/"))
    yield from _files([openapi.description(full or "", values, dict(_shown(made, values)))])
    yield from _files([openapi.entry_answer(len(made.rows), len(made.dataset.records))])


def _examples(made: Material) -> Mapping[str, str]:
    """Parameters of answers that are there; none of organs where there is no report."""
    plain = {"page": "1", "rule": _rule_with_findings(made), "form": list(forms())[-1]}
    if not made.dataset.records:
        return plain | {"code": NATIONAL}
    record = made.dataset.records[0]
    place = made.dataset.agency_of(record).region_code
    of = {"agency_id": record.agency_id, "year": str(record.year), "subject": next(iter(subjects.subjects()))}
    return plain | of | {"code": place if place in by_code() else NATIONAL}


def _rule_with_findings(made: Material) -> str:
    return next((rule for rule in RULES if made.checked.counts[rule]["fails"]), next(iter(RULES)))


def _shown(made: Material, values: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """One answer of each operation on organs and reports, its lists cut to their first row."""
    if not made.dataset.records:
        return
    record = made.dataset.records[0]
    row = next(one for one in made.rows if one.agency.agency_id == record.agency_id)
    year = [one for one in made.dataset.records if one.year == record.year]
    organ, report, *_ = _of_organ(made, row)
    found = {
        "getAgency": organ,
        "getReport": report,
        "listAgencies": _agency_page("agencies/list", made.rows, 1),
        "listYearReports": _report_page(made, record.year, year, 1),
        "listSubjectValues": next(subjects.subject_pages(subjects.subjects()[values["subject"]], record.year, year)),
        "getForm": catalogue.form_answer(forms()[values["form"]]),
    }
    for name, answer in found.items():
        yield name, _shortened(simplejson.loads(answer.text, use_decimal=True))


def _shortened(value: Any) -> Any:
    """A value whose lists of objects end after the first of them."""
    if isinstance(value, dict):
        return {key: _shortened(one) for key, one in value.items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_shortened(value[0])]
    return value


def _of_lists(made: Material) -> Iterator[File]:
    """The lists that are short by nature, the forms, and coverage."""
    years, known = _by_year(made), _coverage_by_year(made)
    yield from _files(catalogue.form_answer(form) for form in forms().values())
    listed = [subjects.listed_subject(one, list(years)) for one in subjects.subjects().values()]
    yield from _files([answers.whole("subjects.json", listed)])
    yield from _files([answers.whole("rules.json", list(catalogue.rules(made.checked.counts)))])
    rows = [_year(year, years.get(year, ()), known.get(year, ())) for year in sorted({*years, *known})]
    yield from _files([answers.whole("years.json", rows)])
    for year in sorted({*years, *known}):
        yield from _files(_coverage_pages(year, known.get(year, ())))
        if year not in years:
            yield from _files([_report_page(made, year, (), 1)])


def _year(year: int, records: Sequence[Record], known: Sequence[Mapping[str, str]]) -> answers.Row:
    agencies = len({record.agency_id for record in records})
    return catalogue.year_row(year, agencies, len(records), Counter(row["status"] for row in known))


def _coverage_pages(year: int, known: Sequence[Mapping[str, str]]) -> Iterator[Answer]:
    for number in answers.numbers(len(known)):
        rows = (organs.coverage_row(row) for row in answers.part(known, number))
        yield answers.page(f"coverage/{year}", number, len(known), rows)


# organs, years, places -----------------------------------------------------------------------------------------------


def _of_organs(made: Material, rows: Sequence[Row]) -> Iterator[File]:
    for row in rows:
        yield from _files(_of_organ(made, row))


def _of_organ(made: Material, row: Row) -> Iterator[Answer]:
    """An organ, then each of its reports; what a list says of a report is worked out once."""
    id = row.agency.agency_id
    records = made.reports_of(id)
    listed = [organs.listed_report(record, row.agency, made.checked) for record in records]
    yield organs.agency_answer(row.agency, listed, made.coverage_of(id))
    for record, one in zip(records, listed, strict=True):
        yield organs.report_answer(record, one, made.checked)


def _in_pages(name: str, rows: Sequence[Row]) -> Iterator[Task]:
    for number in answers.numbers(len(rows)):
        yield partial(_agency_files, name, rows, number)


def _agency_files(name: str, rows: Sequence[Row], number: int) -> Iterator[File]:
    return _files([_agency_page(name, rows, number)])


def _agency_page(name: str, rows: Sequence[Row], number: int) -> Answer:
    shown = (organs.listed_agency(row.agency, row.years) for row in answers.part(rows, number))
    return answers.page(name, number, len(rows), shown)


def _of_year(made: Material, year: int, records: Sequence[Record]) -> Iterator[Task]:
    for number in answers.numbers(len(records), answers.PER_WIDE_PAGE):
        yield partial(_report_files, made, year, records, number)
    for subject in subjects.subjects():
        yield partial(_subject_files, subject, year, records)


def _report_files(made: Material, year: int, records: Sequence[Record], number: int) -> Iterator[File]:
    return _files([_report_page(made, year, records, number)])


def _report_page(made: Material, year: int, records: Sequence[Record], number: int) -> Answer:
    shown = (
        organs.listed_report(record, made.dataset.agency_of(record), made.checked)
        for record in answers.part(records, number, answers.PER_WIDE_PAGE)
    )
    return answers.page(f"years/{year}", number, len(records), shown, answers.PER_WIDE_PAGE)


def _subject_files(subject: str, year: int, records: Sequence[Record]) -> Iterator[File]:
    return _files(subjects.subject_pages(subjects.subjects()[subject], year, records))


def _of_places(found: Mapping[Region, Sequence[Row]]) -> Iterator[Task]:
    """The places that have an organ here, by the lot, and the pages of the organs of each."""
    inside: dict[str, list[tuple[Region, int, int]]] = defaultdict(list)
    for region, rows in found.items():
        inside[region.parent or NATIONAL].append((region, len(rows), _count_reports(rows)))
    regions = list(found)
    for start in range(0, len(regions), PLACES):
        yield partial(_place_files, regions[start : start + PLACES], found, inside)


def _place_files(
    regions: Sequence[Region],
    found: Mapping[Region, Sequence[Row]],
    inside: Mapping[str, Sequence[tuple[Region, int, int]]],
) -> Iterator[File]:
    for region in regions:
        rows = found[region]
        within = [one for one in inside.get(region.code, ()) if one[0] != region]
        yield from _files([places.region_answer(region, within, len(rows), _count_reports(rows))])
        name = places.region_list(region.code)
        yield from _files(_agency_page(name, rows, number) for number in answers.numbers(len(rows)))


def _count_reports(rows: Sequence[Row]) -> int:
    return sum(len(row.years) for row in rows)


def _by_place(rows: Sequence[Row]) -> Mapping[Region, Sequence[Row]]:
    """The organs of each place and of those inside it; the country has all of them."""
    found: dict[Region, list[Row]] = {places.country(): list(rows)}
    for row in rows:
        for region in row.places:
            found.setdefault(region, []).append(row)
    return dict(sorted(found.items(), key=lambda pair: pair[0].code))


def _by_year(made: Material) -> Mapping[int, Sequence[Record]]:
    found: dict[int, list[Record]] = defaultdict(list)
    for record in made.dataset.records:
        found[record.year].append(record)
    return dict(sorted(found.items()))


def _coverage_by_year(made: Material) -> Mapping[int, Sequence[Mapping[str, str]]]:
    found: dict[int, list[Mapping[str, str]]] = defaultdict(list)
    for row in made.coverage:
        found[int(row["year"])].append(row)
    return found


# findings and corrections --------------------------------------------------------------------------------------------


def _of_rule(made: Material, rule: str) -> Iterator[File]:
    rows = list(map(finding_row, made.once(findings_by_rule).get(rule, ())))
    return _files(_pages(catalogue.findings_list(rule), rows))


def _of_corrections(made: Material) -> Iterator[File]:
    rows = [row for record in made.dataset.records if record.corrections for row in correction_rows(record)]
    return _files(_pages("corrections", rows))


def _pages(name: str, rows: Sequence[answers.Row]) -> Iterator[Answer]:
    for number in answers.numbers(len(rows)):
        yield answers.page(name, number, len(rows), answers.part(rows, number))
