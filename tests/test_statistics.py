"""Medians, quartiles, sums and peers: exact, only of enough organs, and nothing that is absent becomes a figure."""

from decimal import Decimal

import pytest

from pipeline.indicators import INDICATORS, indicators
from pipeline.pages.measures import SUBJECTS
from pipeline.pages.statistics import (
    ABSENT,
    BLANK,
    PEERS,
    RATED,
    WITHOUT,
    Quartiles,
    Statistics,
    figure_of,
    quartiles,
    statistics_of,
)
from pipeline.record import Agency, Record, Value
from tests.made import agency, different, put, record
from tests.offered import material

RATE = "disclosure_rate"


def rates(*percent: str) -> list[Decimal]:
    return [Decimal(one) / 100 for one in percent]


def organs(number: int, **changes: str) -> list[Agency]:
    """Health bureaus of one county, by turns of their names."""
    return [agency(agency_id=f"999901-{chr(97 + n)}", name=f"示例县{n}局", **changes) for n in range(number)]


def report(of: Agency, granted: Value, processed: Value, year: int = 2023, **changes: object) -> Record:
    made = record("2021", year, agency_id=of.agency_id, agency_name=of.name, **changes)
    return put(made, requests__granted__total=granted, requests__total_processed__total=processed)


def statistics(records: list[Record], of: list[Agency]) -> Statistics:
    return statistics_of(material(records, of))


# quartiles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("40", "10", "110", "20", "70"), ("20", "40", "70")),
        (("0", "10", "20", "30", "40", "100"), ("12.5", "25", "37.5")),
        (("0", "0", "0", "0", "0", "0", "50"), ("0", "0", "0")),
        (("1", "2", "4", "8", "16", "32", "64", "100"), ("3.5", "12", "40")),
        (("33.3333", "33.3334", "66.6667", "66.6668", "1", "1"), ("9.083325", "33.33335", "58.333375")),
    ],
)
def test_quartiles_are_those_of_a_spreadsheet(values: tuple[str, ...], expected: tuple[str, ...]) -> None:
    """QUARTILE.INC of the same values gives the same, worked out by hand; the order of the values does not matter."""
    assert quartiles(rates(*values)) == Quartiles(len(values), *rates(*expected))


def test_no_quartile_is_told_of_fewer_than_five() -> None:
    """Four rates say nothing about a group; the fifth makes it one."""
    assert PEERS == 5
    assert quartiles(rates("1", "2", "3", "4")) is None
    assert quartiles(rates("1", "2", "3", "4", "5")) is not None


def test_a_value_has_a_place_among_quartiles() -> None:
    """On the border of two quarters a value is in the inner one; beyond all it is below or above."""
    group = Quartiles(5, *rates("20", "40", "70"))
    places = [group.place(one) for one in rates("19.9999", "20", "40", "40.0001", "70", "70.0001")]
    assert places == ["below", "low", "low", "high", "high", "above"]


# what a report says --------------------------------------------------------------------------------------------------


def test_a_report_without_requests_has_no_rate() -> None:
    """A denominator of 0 is nothing to take a share of; a numerator of 0 is a rate of 0; a blank cell is neither."""
    (of,) = organs(1)
    told = [figure_of(SUBJECTS["granted"], report(of, *pair)) for pair in ((0, 0), (0, 7), (None, 7), (3, None))]
    assert [one.state for one in told] == [WITHOUT, RATED, BLANK, BLANK]
    assert [one.value for one in told] == [None, Decimal(0), None, None]


def test_a_row_that_is_not_printed_is_absent() -> None:
    """（六） stands as one row or as three: the other rows are absent from the report, not blank and not 0."""
    single, triple = record("2021", single=True), record("2021", single=False)
    keys = ("other_total", "other_other")
    states = [[figure_of(SUBJECTS[key], made).state for key in keys] for made in (single, triple)]
    assert states == [[WITHOUT, ABSENT], [ABSENT, WITHOUT]]
    assert {figure_of(SUBJECTS["other_rate"], made).state for made in (single, triple)} == {WITHOUT}


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("single", [True, False])
def test_indicators_are_those_that_are_published(form: str, single: bool) -> None:
    """A subject's rate, numerator and denominator are the columns of `reports.csv`."""
    made = record(form, fill=different(), single=single)
    published = indicators(made)
    for name in INDICATORS:
        told = figure_of(SUBJECTS[name], made)
        columns = tuple(published[name + end] for end in ("", "_numerator", "_denominator"))
        assert (told.value, told.numerator, told.denominator) == columns, name


@pytest.mark.parametrize("single", [True, False])
def test_a_subject_names_the_fields_that_it_is_made_of(single: bool) -> None:
    """A figure that changes changes exactly the subjects that name its field, of every figure of a report."""
    made = record("2021", fill=different(), single=single)
    before = {slug: figure_of(subject, made) for slug, subject in SUBJECTS.items()}
    for name, value in list(made.figures().items()):
        made.set_figure(name, (value or 0) + 1000)
        changed = {slug for slug, subject in SUBJECTS.items() if figure_of(subject, made) != before[slug]}
        told = {slug for slug, one in SUBJECTS.items() if name in one.fields and one.stands_in(made)}
        assert changed == told, name
        made.set_figure(name, value)


def test_every_outcome_of_either_form_is_a_subject() -> None:
    """Each row of a group of outcomes, beside the indicators; no two subjects bear one name."""
    outcomes = {key for form in ("2019", "2021") for key in record(form).law.outcomes()}
    assert outcomes | set(INDICATORS) == set(SUBJECTS)
    assert len({one.label for one in SUBJECTS.values()} | {one.label_en for one in SUBJECTS.values()}) == 66


# many reports --------------------------------------------------------------------------------------------------------


def test_a_summary_counts_apart_what_has_no_rate() -> None:
    """Rates, reports without requests, blanks and rows not printed are four counts; sums are over the rates alone."""
    of = organs(9)
    given: list[tuple[Value, Value]] = [(1, 4), (2, 4), (3, 4), (0, 10), (6, 8), (0, 0), (5, 0), (None, 30), (9, None)]
    summary = statistics([report(one, *pair) for one, pair in zip(of, given, strict=True)], of).summary("granted", 2023)
    assert (summary.rated, summary.without, summary.blank, summary.absent) == (5, 2, 2, 0)
    assert (summary.numerator, summary.denominator, summary.pooled) == (12, 30, Decimal("0.4"))
    assert summary.quartiles == Quartiles(5, *rates("25", "50", "75"))


def test_governments_over_all_their_organs_are_counted_apart() -> None:
    """A report that repeats the figures of others is in no sum with them; one that does not say counts as its own."""
    of = organs(3)
    scopes = ("own", None, "jurisdiction")
    made = [
        report(one, 1 + n, 10 * (1 + n), scope=scope) for n, (one, scope) in enumerate(zip(of, scopes, strict=True))
    ]
    found = statistics(made, of)
    own, whole = found.summary("granted", 2023), found.summary("granted", 2023, whole=True)
    assert (own.reports, own.numerator, own.denominator) == (2, 3, 30)
    assert (whole.reports, whole.numerator, whole.denominator) == (1, 3, 30)


def test_years_do_not_mix() -> None:
    """Each year has its own reports, in the order of places."""
    of = [*organs(1), agency(agency_id="110101-x", name="示例区局"), agency(agency_id="430381-x", name="示例市局")]
    made = [report(of[0], 1, 2), report(of[1], 1, 2), report(of[2], 1, 2), report(of[0], 3, 4, year=2021)]
    found = statistics(made, of)
    assert found.years == (2021, 2023)
    assert [one.agency_id[:6] for one in found.reports(2023)] == ["110101", "430381", "999901"]
    assert found.summary("granted", 2021).numerator == 3
    assert found.summary("granted", 2022).reports == 0


def test_peers_are_of_one_level_sector_year_and_scope() -> None:
    """An organ is compared with five like it; whoever differs in one of the four is no peer, and has none itself."""
    of = organs(9)
    of[5].level, of[6].sector, of[8].level = "township", "finance", None
    made = [report(one, n, 10) for n, one in enumerate(of)]
    made[7].scope = "jurisdiction"
    made += [report(of[0], 9, 10, year=2022)]
    found = statistics(made, of)
    assert [found.peers(one, RATE) for one in made[:5]] == [Quartiles(5, *rates("10", "20", "30"))] * 5
    assert [found.peers(one, RATE) for one in made[5:]] == [None] * 5


def test_organs_without_requests_are_no_peers() -> None:
    """Five organs of which one received nothing are four rates, and four are too few."""
    of = organs(5)
    made = [report(one, n, 10 * bool(n)) for n, one in enumerate(of)]
    assert statistics(made, of).peers(made[1], RATE) is None
