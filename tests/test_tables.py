"""The rows of every published table, the indicators and the coverage."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tables
from pipeline.checks import Checked, check_records
from pipeline.forms import all_rows, forms
from pipeline.indicators import rate
from pipeline.record import Agency, Record
from pipeline.tables import COLUMNS, INDICATORS, KEYS, Table, build, indicators
from tests.made import ID, agency, different, put, record

KNOWN = ("agency_name", "agency_id", "year", "url", "published", "status")


def built(
    records: list[Record], agencies: list[Agency] | None = None, known: list[tuple[str, ...]] | None = None
) -> dict[str, Table]:
    organs = {one.agency_id: one for one in agencies or [agency()]}
    listed = [dict(zip(KNOWN, row, strict=True)) for row in known or []]
    return build(records, organs, listed, check_records(records, organs))


def columns_of(table: Table, *columns: str) -> list[tuple[object, ...]]:
    return [tuple(row[column] for column in columns) for row in table.rows]


# columns and order ----------------------------------------------------------------------------------------------------


def test_columns_are_those_of_the_contract() -> None:
    """Adding, dropping or moving a column of a published table is a change of the contract."""
    assert " ".join(COLUMNS["agencies"]) == (
        "agency_id name region_code province prefecture county level sector first_year last_year reports"
    )
    assert " ".join(COLUMNS["reports"][:17]) == (
        "report_id agency_id agency_name region_code province prefecture county level sector year form scope published"
        " source_url source_sha256 findings corrections"
    )
    assert COLUMNS["figures"] == ("report_id", "field", "section", "row", "column", "value", "as_written", "corrected")
    assert " ".join(COLUMNS["findings"]) == (
        "report_id rule severity field printed expected difference fields message message_en"
    )
    assert " ".join(COLUMNS["corrections"]) == (
        "report_id n field kind was now printed should_be confirmed evidence reason by date"
    )
    assert COLUMNS["coverage"] == ("agency_id", "agency_name", "year", "status", "url")


def test_wide_table_has_indicators_and_then_every_figure_once() -> None:
    """`reports` has each indicator with its parts, then each field of either form as section_row_column."""
    rest = COLUMNS["reports"][17:]
    assert rest[:4] == (
        "disclosure_rate",
        "disclosure_rate_numerator",
        "disclosure_rate_denominator",
        "full_disclosure_rate",
    )
    fields = [field for row in all_rows() for field in row.fields]
    assert rest[33:] == tuple(field.replace(".", "_") for field in fields)
    assert len(set(COLUMNS["reports"])) == 17 + 33 + 226
    assert {
        field for form in forms().values() for rows in form.rows.values() for row in rows for field in row.fields
    } == set(fields)


def test_every_row_has_every_column_in_order() -> None:
    """Rows can be written as they are."""
    for table in built(
        [record(fill=different(), single=True, published=None)], known=[("甲局", "", "2020", "", "", "known")]
    ).values():
        assert table.columns == COLUMNS[table.name]
        assert all(tuple(row) == table.columns for row in table.rows)


def test_rows_are_sorted_by_key_whatever_order_they_come_in() -> None:
    """The order of files on a disk and of records in memory leaves no trace."""
    organs = [agency(agency_id=f"99990{n}-wsjkj", name=f"示例{n}县卫生健康局") for n in range(4)]
    records = [record(year=year, agency_id=one.agency_id, fill=different()) for one in organs for year in (2021, 2023)]
    known = [(f"{name}局", "", "2020", f"https://example.org/{name}", "", "known") for name in "丙甲乙"]
    first = built(records, organs, known)
    random.Random(7).shuffle(records)
    second = built(records, organs[::-1], known[::-1])
    assert {name: [*one.rows] for name, one in second.items()} == {name: [*one.rows] for name, one in first.items()}
    for name, table in first.items():
        keys = [tuple((row[key] is not None, row[key]) for key in KEYS[name]) for row in table.rows]
        assert keys == sorted(set(keys)), name


# one report -----------------------------------------------------------------------------------------------------------


def test_figures_tell_null_from_absent() -> None:
    """A null figure is a row with an empty value; a cell that the form lacks is no row; both are empty in `reports`."""
    made = put(record(fill=different(), as_written={"requests.granted.natural": "／"}), requests__granted__natural=None)
    found = built([made])
    rows = {row["field"]: row for row in found["figures"].rows}
    assert len(rows) == 200
    assert rows["requests.granted.natural"] == {
        "report_id": f"{ID}-2023",
        "field": "requests.granted.natural",
        "section": "requests",
        "row": "granted",
        "column": "natural",
        "value": None,
        "as_written": "／",
        "corrected": False,
    }
    assert "proactive.procurement.amount" not in rows
    (wide,) = found["reports"].rows
    assert wide["requests_granted_natural"] is wide["proactive_procurement_amount"] is None
    assert wide["proactive_fees_amount"] == made.figures()["proactive.fees.amount"]


@pytest.mark.parametrize(
    ("form", "single", "rows"), [("2021", False, 200), ("2021", True, 186), ("2019", True, 198), ("2019", False, 212)]
)
def test_wide_row_has_each_figure_in_its_own_column(form: str, single: bool, rows: int) -> None:
    """No two figures of a report with a different one in every cell share a column, and none is lost."""
    made = record(form, 2021, different(), single=single)
    found = built([made])
    (wide,) = found["reports"].rows
    figures = {name.replace(".", "_"): value for name, value in made.figures().items()}
    assert len(set(figures.values())) == len(figures) == rows == len(found["figures"].rows)
    assert {name: wide[name] for name in COLUMNS["reports"][50:]} == dict.fromkeys(COLUMNS["reports"][50:]) | figures


def test_only_mended_conversions_count_as_corrected() -> None:
    """`corrected` is about what a person changed; an error of the organ's own changes nothing."""
    why = {"evidence": "x", "reason": "y", "by": "z", "date": "2026-03-02"}
    kinds = {
        "misread": "granted",
        "missed": "partly_granted",
        "not_in_source": "carried_in",
        "printed_wrong": "carried_out",
    }
    entries = [{"field": f"requests.{row}.natural", "kind": kind, **why} for kind, row in kinds.items()]
    entries.append({"field": "published", "kind": "misread", "was": None, "now": "2024-01-15", **why})
    found = built([record(corrections=entries)])
    corrected = [row["row"] for row in found["figures"].rows if row["corrected"]]
    assert sorted(map(str, corrected)) == ["carried_in", "granted", "partly_granted"]
    assert columns_of(found["corrections"], "n", "field")[4] == (5, "published")
    assert found["reports"].rows[0]["corrections"] == 5


def test_notes_are_listed_but_not_counted() -> None:
    """`findings` in `reports` counts those of severity finding; notes stand in `findings` beside them."""
    made = put(record(single=True), disputes__litigation_direct__upheld=2)
    found = built([made])
    assert columns_of(found["findings"], "rule", "severity") == [("D01", "finding"), ("S08", "note")]
    assert found["reports"].rows[0]["findings"] == 1


def test_finding_is_written_out() -> None:
    """A finding's fields stand parted by spaces, its sides as numbers."""
    (row,) = built([put(record(), requests__carried_in__total=2)])["findings"].rows[:1]
    assert (row["report_id"], row["rule"], row["field"]) == (f"{ID}-2023", "R01", "requests.new_received.total")
    assert (row["printed"], row["expected"], row["difference"]) == (2, 0, 2)
    assert row["fields"] == (
        "requests.new_received.total requests.carried_in.total requests.total_processed.total requests.carried_out.total"
    )


def test_place_is_that_of_the_organ_today() -> None:
    """Names of places come from the organ's region code, not from its id, and are empty where there is none."""
    organs = [
        agency(agency_id="110105-sljj", name="朝阳区示例局", region_code="110105"),
        agency(agency_id="000000-slb", name="示例部", region_code="000000", level="national"),
        agency(agency_id="999901-wsjkj", region_code="141021"),
    ]
    found = built([record(agency_id=one.agency_id) for one in organs], organs)
    assert columns_of(found["agencies"], "agency_id", "province", "prefecture", "county") == [
        ("000000-slb", None, None, None),
        ("110105-sljj", "北京市", None, "朝阳区"),
        ("999901-wsjkj", "山西省", "临汾市", "曲沃县"),
    ]
    assert columns_of(found["reports"], "region_code", "county")[2] == ("141021", "曲沃县")


def test_agency_counts_its_reports() -> None:
    """An organ has its first and last year held and how many reports."""
    found = built([record(year=year) for year in (2021, 2024, 2022)])
    assert columns_of(found["agencies"], "first_year", "last_year", "reports") == [(2021, 2024, 3)]


# indicators -----------------------------------------------------------------------------------------------------------


def report_to_count() -> Record:
    """Figures small enough to reckon by hand; only the total column is looked at, except for natural persons."""
    made = put(record(), requests__new_received__natural=30, requests__new_received__total=45)
    put(made, requests__carried_in__total=3, requests__total_processed__total=42, requests__carried_out__total=6)
    put(made, requests__granted__total=11, requests__partly_granted__total=5)
    put(made, requests__refused_state_secret__total=2, requests__refused_administrative_query__total=5)
    put(made, requests__unable_not_held__total=8, requests__unable_unclear_after_correction__total=1)
    put(made, requests__rejected_petition_complaint__total=3, requests__rejected_confirm_or_reissue__total=1)
    put(made, requests__other_no_correction_in_time__total=4, requests__other_other__total=2)
    put(made, disputes__administrative_review__corrected=2, disputes__administrative_review__pending=1)
    put(made, disputes__administrative_review__total=8, disputes__litigation_direct__corrected=1)
    put(made, disputes__litigation_direct__total=4, disputes__litigation_after_review__corrected=2)
    return put(made, disputes__litigation_after_review__pending=1, disputes__litigation_after_review__total=6)


def test_indicators_by_hand() -> None:
    """Each indicator is what a person reckons from the same figures, with its numerator and denominator."""
    by_hand = {
        "disclosure_rate": ("0.380952", 16, 42),
        "full_disclosure_rate": ("0.261905", 11, 42),
        "refusal_rate": ("0.166667", 7, 42),
        "unable_rate": ("0.214286", 9, 42),
        "rejection_rate": ("0.095238", 4, 42),
        "other_rate": ("0.142857", 6, 42),
        "clearance_rate": ("0.875000", 42, 48),
        "carry_rate": ("0.125000", 6, 48),
        "natural_share": ("0.666667", 30, 45),
        "review_corrected_rate": ("0.285714", 2, 7),
        "litigation_lost_rate": ("0.333333", 3, 9),
    }
    found = indicators(report_to_count())
    assert tuple(by_hand) == INDICATORS
    assert list(found) == list(tables.indicator_columns())
    for name, (value, numerator, denominator) in by_hand.items():
        assert (str(found[name]), found[f"{name}_numerator"], found[f"{name}_denominator"]) == (
            value,
            numerator,
            denominator,
        )


def test_other_handling_counts_in_either_shape() -> None:
    """The other rate is the same whether （六） stands as one row or as three."""
    made = put(record("2019", 2020), requests__other_total__total=6, requests__total_processed__total=42)
    assert str(indicators(made)["other_rate"]) == "0.142857"


def test_indicator_is_null_for_a_null_input_or_no_denominator() -> None:
    """Nothing is divided by nought, and a null keeps what it is part of null, and nothing else."""
    assert [value for value in indicators(record()).values() if value] == []
    assert indicators(record())["disclosure_rate"] is None
    assert indicators(record())["disclosure_rate_denominator"] == 0
    made = put(report_to_count(), requests__refused_third_party__total=None, disputes__litigation_direct__pending=None)
    found = indicators(made)
    assert {name for name in INDICATORS if found[name] is None} == {"refusal_rate", "litigation_lost_rate"}
    assert (found["refusal_rate_numerator"], found["refusal_rate_denominator"]) == (None, 42)
    assert (found["litigation_lost_rate_numerator"], found["litigation_lost_rate_denominator"]) == (3, None)


@pytest.mark.parametrize(
    ("numerator", "denominator", "value"),
    [
        (1, 2_000_000, "0.000000"),  # exactly half: to the even 0
        (3, 2_000_000, "0.000002"),  # exactly half: to the even 2
        (5, 2_000_000, "0.000002"),
        (5_000_001, 2_000_000_000_000, "0.000003"),  # hardly more than half: up
        (2_500_000_000_000_000_001, 10**24, "0.000003"),  # more digits than a float has
        (1, 3, "0.333333"),
        (2, 3, "0.666667"),
        (1, 1, "1.000000"),
        (7, 2, "3.500000"),
        (0, 5, "0.000000"),
        (0, 0, None),
        (None, 5, None),
        (5, None, None),
    ],
)
def test_six_decimals_half_to_even(numerator: int | None, denominator: int | None, value: str | None) -> None:
    """Rates have six decimals, a half goes to the even neighbour, and nothing is rounded twice."""
    found = rate(numerator, denominator)
    assert (None if found is None else f"{found:f}") == value


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_rate_is_the_nearest(numerator: int, denominator: int) -> None:
    """No rate is further from the true one than half of its last digit."""
    found = rate(numerator, denominator)
    assert found is not None
    assert abs(Fraction(found) - Fraction(numerator, denominator)) <= Fraction(1, 2 * 10**6)
    assert found.as_tuple().exponent == -6


# coverage -------------------------------------------------------------------------------------------------------------


def coverage(
    known: list[tuple[str, ...]], records: list[Record], agencies: list[Agency] | None = None
) -> list[tuple[object, ...]]:
    return columns_of(built(records, agencies, known)["coverage"], "agency_id", "agency_name", "year", "status", "url")


NAME, URL = "示例县卫生健康局", "https://example.org/a"
HELD_URL = record().source.url


def test_coverage_of_held_known_and_missing_years() -> None:
    """Between the first and last year that is held or known a year is one of both or missing; none beyond them stands."""
    known = [
        (NAME, "", "2022", URL, "", "known"),
        (NAME, "", "2019", URL, "", "gone"),
        ("别局", "", "2022", URL, "", "refused"),
    ]
    assert coverage(known, [record(year=2020), record(year=2023)]) == [
        (None, "别局", 2022, "refused", URL),
        (ID, NAME, 2019, "gone", URL),
        (ID, NAME, 2020, "held", HELD_URL),
        (ID, NAME, 2021, "missing", None),
        (ID, NAME, 2022, "known", URL),
        (ID, NAME, 2023, "held", HELD_URL),
    ]


def test_years_between_known_reports_are_missing_too() -> None:
    """What is only known spans years as what is held does; of a name without an id nobody knows whether it is one organ."""
    known = [
        (NAME, "", "2021", URL, "", "known"),
        ("别局", "141021-bj", "2019", URL, "", "known"),
        ("别局", "141021-bj", "2021", URL, "", "gone"),
        ("某局", "", "2019", URL, "", "known"),
        ("某局", "", "2021", URL, "", "known"),
    ]
    rows = [(row[1], row[2], row[3]) for row in coverage(known, [record(year=2023)])]
    assert rows == [
        ("某局", 2019, "known"), ("某局", 2021, "known"),
        ("别局", 2019, "known"), ("别局", 2020, "missing"), ("别局", 2021, "gone"),
        (NAME, 2021, "known"), (NAME, 2022, "missing"), (NAME, 2023, "held"),
    ]  # fmt: skip


def test_known_report_that_is_held_lends_its_address() -> None:
    """A held report has its own source's address, else the one that the list knows, and is not listed twice."""
    made = record()
    made.source.url = None
    known = [(NAME, "", "2023", URL, "", "known"), (NAME, "", "2023", URL + "b", "", "known")]
    assert coverage(known, [made]) == [(ID, NAME, 2023, "held", URL)]
    assert coverage(known, [record()]) == [(ID, NAME, 2023, "held", HELD_URL)]


def test_list_that_calls_a_report_held_does_not_make_it_so() -> None:
    """What is held is told by the records alone."""
    known = [(NAME, ID, "2022", URL, "", "held"), ("别局", "", "2019", URL, "", "held")]
    assert [row[3] for row in coverage(known, [record()])] == ["known", "known", "held"]


def test_organ_is_told_by_its_former_name_too() -> None:
    """A known report under a former name is the organ's, and stands under its name of today."""
    known = [("示例县卫生局", "", "2022", URL, "", "known")]
    organ = agency(former_names=["示例县卫生局"])
    assert coverage(known, [record()], [organ])[0] == (ID, NAME, 2022, "known", URL)


def test_name_that_two_organs_bear_tells_neither() -> None:
    """Where two held organs of one place bear or bore a name, a known report stays without an organ."""
    other = agency(agency_id="999901-wsj", name="示例县卫生局", former_names=[NAME])
    rows = coverage(
        [(NAME, "", "2022", URL, "", "known")], [record(), record(agency_id="999901-wsj")], [agency(), other]
    )
    assert rows[0] == (None, NAME, 2022, "known", URL)


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("曲沃县示例局", "141021", True),
        ("山西省示例厅", "140000", True),
        ("鼓楼区示例局", "320106", False),  # four places are called 鼓楼区
        ("南京市鼓楼区示例局", "320106", True),
        ("示例镇人民政府", "141021", False),  # of which county?
        ("自治区示例局", "650000", False),  # there are five
        ("示例部", "000000", True),
    ],
)
def test_name_without_its_place_tells_no_organ(name: str, code: str, told: bool) -> None:
    """A name that organs elsewhere can bear is not taken for the one of them that happens to be held."""
    organ = agency(agency_id=f"{code}-sl", name=name, region_code=code)
    rows = coverage([(name, "", "2022", URL, "", "known")], [record(agency_id=organ.agency_id)], [organ])
    assert sorted(str(row[0]) for row in rows if row[2] == 2022) == ([f"{code}-sl"] if told else ["None"])


def test_same_report_listed_twice_is_known_once() -> None:
    """Two lines of the list for one address are one row, two addresses are two."""
    known = [
        ("别局", "", "2022", URL, "", "known"),
        ("别局", "", "2022", URL, "", "gone"),
        ("别局", "", "2022", URL + "b", "", "known"),
    ]
    assert coverage(known, [record()])[:2] == [
        (None, "别局", 2022, "gone", URL),
        (None, "别局", 2022, "known", URL + "b"),
    ]


def test_nothing_held_is_nothing_but_what_is_known() -> None:
    """Empty tables are tables."""
    found = build([], {}, [dict(zip(KNOWN, ("别局", "", "2022", URL, "", "known"), strict=True))], Checked())
    assert {name: len(table.rows) for name, table in found.items()} == dict.fromkeys(found, 0) | {"coverage": 1}


def test_amounts_stay_exact() -> None:
    """An amount of many digits comes through as the decimal that it is."""
    made = put(record(), proactive__fees__amount=Decimal("123456789012345678.123456789"))
    assert built([made])["reports"].rows[0]["proactive_fees_amount"] == Decimal("123456789012345678.123456789")
