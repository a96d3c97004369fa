"""Every rule of the catalogue: a record that it holds for, one that it does not, and what it cannot judge."""

from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import shape
from pipeline.checks import RULES, Context, check_record, check_records
from pipeline.forms import forms
from pipeline.record import Record
from tests.judging import Case, collector, findings, found, outcomes
from tests.made import ID, agency, put, record

APPLICANTS = ("natural", "enterprise", "research", "public_welfare", "legal_service", "other")
LAST = f"{ID}-2022:"


def last_year(**figures: int | Decimal | None) -> Record:
    return put(record(year=2022), **figures)


def fields(section: str, key: str, *columns: str) -> tuple[str, ...]:
    return tuple(f"{section}.{key}.{column}" for column in columns)


def of_2019(year: int = 2020, **figures: int | None) -> Record:
    return put(record("2019", year), **figures)


# one record that fails, and exactly what is found ---------------------------------------------------------------------

FAILS: dict[str, Callable[[], Case]] = {}
fails = collector(FAILS)


@fails
def s01() -> Case:
    made = record()
    del made.narrative["other"]
    return found(
        Context(made, agency()),
        *("S01", "note", "other"),
        "报告中未见“六、其他需要报告的事项”这一部分。",
        "The report has no section “Other matters”.",
    )


@fails
def s03() -> Case:
    made = record(extra_rows=[{"section": "requests", "label": "七、其他", "values": ["1"]}])
    return found(
        Context(made, agency()),
        *("S03", "note", "requests"),
        "“三、收到和处理政府信息公开申请情况”中有表式所没有的行：“七、其他”，原样保存。",
        "“Requests received and processed” has rows that the form lacks: “七、其他”; they are kept as printed.",
    )


@fails
def s04() -> Case:
    made = record()
    made.tables["requests"]["granted"] = [0] * 6
    return found(
        Context(made, agency()),
        *("S04", "error", "requests"),
        "“三、收到和处理政府信息公开申请情况”有174格，表式为175格，或有的行格数不符。",
        "“Requests received and processed” has 174 cells where the form has 175, or a row has a cell too many or too few.",
        printed=174,
        expected=175,
        difference=-1,
    )


@fails
def s06() -> Case:
    return found(
        Context(record(), agency(agency_id="999902-czj")),
        *("S06", "error", "agency_name"),
        "记录与机关的编号不同：999901-wsjkj / 999902-czj。",
        "Record and organ have different ids: 999901-wsjkj / 999902-czj.",
    )


@fails
def s07() -> Case:
    return found(
        Context(record("2019", 2021), agency()),
        *("S07", "note", "year"),
        "报告年度为2021年，所用的是2019年表式（国办公开办函〔2019〕60号），不是该年度使用的表式。",
        "The report on 2021 uses the form of 2019, which was not the one in use for that year.",
        printed=2021,
    )


@fails
def s08() -> Case:
    return found(
        Context(record(single=True), agency()),
        *("S08", "note", "requests"),
        "“（六）其他处理”印为一行，与2021年表式不同。",
        "“Other handling” is printed as one row, unlike in the form of 2021.",
    )


@fails
def v01() -> Case:
    return found(
        Context(put(record(), requests__granted__natural=-3), agency()),
        *("V01", "error", "requests.granted.natural"),
        "“（一）予以公开”行“自然人”列为-3，小于0。",
        "Row “Granted in full”, column “Natural persons” is -3, below 0.",
        printed=-3,
        fields=("requests.granted.natural",),
    )


@fails
def v02() -> Case:
    made = put(record(as_written={"proactive.penalty.decisions": "／"}), proactive__penalty__decisions=None)
    return found(
        Context(made, agency()),
        *("V02", "note", "proactive.penalty.decisions"),
        "“行政处罚”行“本年处理决定数量”列印的是“／”，不是数字，数值留空。",
        "Row “Administrative penalties”, column “Decisions this year” prints “／”, which is no number; the figure is left"
        " empty.",
        fields=("proactive.penalty.decisions",),
    )


@fails
def v03() -> Case:
    made = put(record(), requests__granted__natural=1, requests__granted__enterprise=2, requests__granted__total=12)
    return found(
        Context(made, agency()),
        *("V03", "finding", "requests.granted.natural"),
        "“（一）予以公开”行：各类申请人之和为3，总计为12；若“自然人”的1与“商业企业”的2合为12，则两者相符，疑为一个数被拆在两格。",
        "Row “Granted in full”: the applicants add up to 3, the total is 12; they agree if 1 (“Natural persons”) and 2"
        " (“Commercial enterprises”) are taken for 12: a number may have been split over two cells.",
        printed=1,
        expected=12,
        difference=-11,
        fields=fields("requests", "granted", "natural", "enterprise", "total"),
    )


@fails
def v04() -> Case:
    made = record()
    for row in ("administrative_review", "litigation_direct"):
        made.tables["disputes"][row] = [0, None, None, None, None]
    return found(
        Context(made, agency()),
        *("V04", "note", "disputes"),
        "“四、政府信息公开行政复议、行政诉讼情况”共15格，其中8格空白。",
        "8 of the 15 cells of “Administrative reviews and litigation” are blank.",
        printed=8,
    )


@fails
def v05() -> Case:
    made = put(record(), proactive__fees__amount=120000)
    return found(
        Context(made, agency(), last_year(proactive__fees__amount=Decimal("12.5"))),
        *("V05", "note", "proactive.fees.amount"),
        "“行政事业性收费”本年为120000万元，上年为12.5万元，相差约9600倍，其中一年可能以元为单位。",
        "“Administrative fees” are 120000 this year and 12.5 last year (in 10,000 yuan), a factor of about 9600; one of"
        " them may be in yuan.",
        printed=120000,
        fields=("proactive.fees.amount", f"{LAST}proactive.fees.amount"),
    )


@fails
def r01() -> Case:
    made = put(record(), requests__new_received__natural=9, requests__carried_in__natural=2)
    put(made, requests__total_processed__natural=7, requests__carried_out__natural=3)
    return found(
        Context(made, agency()),
        *("R01", "finding", "requests.new_received.natural"),
        "“自然人”列：“一、本年新收政府信息公开申请数量”与“二、上年结转政府信息公开申请数量”之和为11，"
        "“（七）总计”与“四、结转下年度继续办理”之和为10，相差1。",
        "Column “Natural persons”: “Requests newly received this year” and “Requests carried in from last year” add up to"
        " 11, “Total processed” and “Carried out to next year” add up to 10; they differ by 1.",
        printed=11,
        expected=10,
        difference=1,
        fields=tuple(
            f"requests.{row}.natural" for row in ("new_received", "carried_in", "total_processed", "carried_out")
        ),
    )


@fails
def r02() -> Case:
    made = put(record(), requests__granted__other=4, requests__unable_not_held__other=3)
    put(made, requests__total_processed__other=8)
    return found(
        Context(made, agency()),
        *("R02", "finding", "requests.total_processed.other"),
        "“其他”列：各项办理结果之和为7，“（七）总计”为8，相差1。",
        "Column “Other”: the outcomes add up to 7, “Total processed” is 8; they differ by 1.",
        printed=8,
        expected=7,
        difference=1,
        fields=tuple(
            f"requests.{row}.other"
            for row in (*(key for key in forms()["2021"].outcomes() if key != "other_total"), "total_processed")
        ),
    )


@fails
def r03() -> Case:
    made = put(record(), requests__refused_state_secret__natural=5, requests__refused_state_secret__total=3)
    return found(
        Context(made, agency()),
        *("R03", "finding", "requests.refused_state_secret.total"),
        "“（三）不予公开／1.属于国家秘密”行：各类申请人之和为5，“总计”为3，相差2。",
        "Row “Refused / State secret”: the kinds of applicants add up to 5, “Total” is 3; they differ by 2.",
        printed=3,
        expected=5,
        difference=-2,
        fields=fields("requests", "refused_state_secret", *APPLICANTS, "total"),
    )


@fails
def r04() -> Case:
    return found(
        Context(put(record(), requests__granted__natural=3), agency()),
        *("R04", "note", "requests.granted.natural"),
        "“（一）予以公开”行“自然人”列为3：办理结果中只有该列与该行不符，且都相差3；若此格为0，两处即都相符。",
        "Row “Granted in full”, column “Natural persons” is 3: of the outcomes only this column and this row do not add"
        " up, both by 3; with 0 here both would.",
        printed=3,
        expected=0,
        difference=3,
        fields=("requests.granted.natural", "requests.total_processed.natural", "requests.granted.total"),
    )


@fails
def r05() -> Case:
    return found(
        Context(put(record(), requests__granted__research=3), agency()),
        *("R05", "note", "requests.new_received.research"),
        "“科研机构”列：“一、本年新收政府信息公开申请数量”与“二、上年结转政府信息公开申请数量”之和为0，而各项办理结果之和为3。",
        "Column “Research institutions”: “Requests newly received this year” and “Requests carried in from last year” add"
        " up to 0, but the outcomes add up to 3.",
        printed=0,
        fields=("requests.new_received.research", "requests.carried_in.research", "requests.granted.research"),
    )


@fails
def r06() -> Case:
    made = put(record(), requests__new_received__total=2, requests__carried_in__total=1, requests__carried_out__total=4)
    return found(
        Context(made, agency()),
        *("R06", "note", "requests.carried_out.total"),
        "“总计”列：“四、结转下年度继续办理”为4，多于“一、本年新收政府信息公开申请数量”与“二、上年结转政府信息公开申请数量”之和3。",
        "Column “Total”: “Carried out to next year” is 4, more than the 3 that “Requests newly received this year” and"
        " “Requests carried in from last year” add up to.",
        printed=4,
        expected=3,
        difference=1,
        fields=("requests.carried_out.total", "requests.new_received.total", "requests.carried_in.total"),
    )


@fails
def d01() -> Case:
    made = put(record(), disputes__litigation_direct__upheld=2, disputes__litigation_direct__pending=1)
    return found(
        Context(made, agency()),
        *("D01", "finding", "disputes.litigation_direct.total"),
        "“行政诉讼／未经复议直接起诉”行：各项结果之和为3，“总计”为0，相差3。",
        "Row “Administrative litigation / Litigation without prior review”: the results add up to 3, “Total” is 0; they"
        " differ by 3.",
        printed=0,
        expected=3,
        difference=-3,
        fields=fields("disputes", "litigation_direct", "upheld", "corrected", "other", "pending", "total"),
    )


@fails
def d02() -> Case:
    made = put(record(), disputes__administrative_review__upheld=2, disputes__administrative_review__total=2)
    return found(
        Context(made, agency(), last_year()),
        *("D02", "note", "disputes.administrative_review.total"),
        "“行政复议”有案件，而本年和上年政府信息公开申请办理结果的总计都为0。",
        "There are cases under “Administrative review”, but the total of requests processed is 0 this year and last.",
        printed=2,
        fields=(
            *fields("disputes", "administrative_review", "upheld", "total"),
            "requests.total_processed.total",
            f"{LAST}requests.total_processed.total",
        ),
    )


@fails
def p01() -> Case:
    made = put(record(), proactive__regulations__issued=5, proactive__regulations__repealed=1)
    put(made, proactive__regulations__in_force=3)
    return found(
        Context(made, agency()),
        *("P01", "finding", "proactive.regulations.in_force"),
        "“规章”：现行有效3件，少于本年制发5件减本年废止1件所得的4件。",
        "“Regulations”: 3 in force, fewer than 5 issued less 1 repealed, which is 4.",
        printed=3,
        expected=4,
        difference=-1,
        fields=fields("proactive", "regulations", "issued", "repealed", "in_force"),
    )


@fails
def p02() -> Case:
    made = put(record(), proactive__normative_documents__issued=5, proactive__normative_documents__repealed=1)
    put(made, proactive__normative_documents__in_force=15)
    return found(
        Context(made, agency(), last_year(proactive__normative_documents__in_force=10)),
        *("P02", "finding", "proactive.normative_documents.in_force"),
        "“行政规范性文件”：上年现行有效10件，加本年制发5件、减本年废止1件，得14件，本年现行有效为15件，相差1件。",
        "“Normative documents”: 10 in force last year, plus 5 issued, less 1 repealed, make 14; 15 are in force, which"
        " differs by 1.",
        printed=15,
        expected=14,
        difference=1,
        fields=(
            *fields("proactive", "normative_documents", "issued", "repealed", "in_force"),
            f"{LAST}proactive.normative_documents.in_force",
        ),
    )


@fails
def p03() -> Case:
    return found(
        Context(put(record(), proactive__regulations__in_force=2), agency(level="township")),
        *("P03", "note", "proactive.regulations.in_force"),
        "“规章”的“现行有效件数”为2，而乡级机关没有规章制定权，可能是规范性文件。",
        "“Regulations”, “In force”: 2; organs at township level cannot make regulations, so these may be normative"
        " documents.",
        printed=2,
        fields=("proactive.regulations.in_force",),
    )


@fails
def p04() -> Case:
    made = of_2019(proactive__licensing__items_last_year=30)
    before = of_2019(2019, proactive__licensing__items_last_year=30, proactive__licensing__change=-4)
    field = "proactive.licensing.items_last_year"
    return found(
        Context(made, agency(), before),
        *("P04", "finding", field),
        "“行政许可”：上年报告的上一年项目数量30加本年增/减-4，得26，本年报告的上一年项目数量为30，相差4。",
        "“Administrative licences”: last year's report has 30 items and a change of -4, which make 26; this report has 30"
        " items last year, which differs by 4.",
        printed=30,
        expected=26,
        difference=4,
        fields=(field, f"{ID}-2019:{field}", f"{ID}-2019:proactive.licensing.change"),
    )


@fails
def x01() -> Case:
    return found(
        Context(put(record(), requests__carried_in__total=2), agency(), last_year(requests__carried_out__total=5)),
        *("X01", "finding", "requests.carried_in.total"),
        "“总计”列：上年报告的“四、结转下年度继续办理”为5，本年报告的“二、上年结转政府信息公开申请数量”为2，相差3。",
        "Column “Total”: “Carried out to next year” is 5 in last year's report, “Requests carried in from last year” 2 in"
        " this one; they differ by 3.",
        printed=2,
        expected=5,
        difference=-3,
        fields=("requests.carried_in.total", f"{LAST}requests.carried_out.total"),
    )


@fails
def t01() -> Case:
    return found(
        Context(record(published="2024-02-01"), agency()),
        *("T01", "note", "published"),
        "公布日期为2024-02-01，在2024-01-31之后。",
        "Published on 2024-02-01, after 2024-01-31.",
    )


@fails
def t02() -> Case:
    made = record()
    made.source.url = made.source.retrieved = None
    return found(
        Context(made, agency()),
        *("T02", "note", "source"),
        "来源缺少网址、获取日期。",
        "The source lacks: url, retrieved.",
    )


def test_every_rule_that_judges_records_has_a_failing_one_here() -> None:
    """No rule that judges records goes untested, and those judged at reading are exactly S02 and S05."""
    elsewhere = {id for id in RULES if id[0] == "N"} | {"X02", "X03", "X04", "X05"}  # test_checks_prose
    assert set(FAILS) == {id for id, rule in RULES.items() if rule.stage == "record"} - elsewhere
    assert {id for id, rule in RULES.items() if rule.stage == "reading" and rule.judge is None} == {"S02", "S05"}


@pytest.mark.parametrize("id", FAILS)
def test_failing_record_gives_exactly_one_finding(id: str) -> None:
    """The record made for a rule breaks it in one place, and the finding says exactly this."""
    context, expected = FAILS[id]()
    assert findings(id, context.record, of=context.agency, before=context.before) == [expected]


# holding --------------------------------------------------------------------------------------------------------------


def balanced() -> Record:
    """A record whose figures agree with one another."""
    made = put(record(), requests__new_received__natural=12, requests__new_received__total=12)
    put(made, requests__carried_in__other=3, requests__carried_in__total=3)
    put(made, requests__granted__natural=11, requests__granted__total=11)
    put(made, requests__other_other__other=2, requests__other_other__total=2)
    put(made, requests__total_processed__natural=11, requests__total_processed__other=2)
    put(made, requests__total_processed__total=13)
    put(made, requests__carried_out__natural=1, requests__carried_out__other=1, requests__carried_out__total=2)
    put(made, disputes__administrative_review__upheld=1, disputes__administrative_review__total=1)
    put(made, proactive__normative_documents__issued=4, proactive__normative_documents__repealed=1)
    return put(made, proactive__normative_documents__in_force=13, proactive__fees__amount=Decimal("12.5"))


def balanced_before() -> Record:
    before = last_year(requests__carried_out__other=3, requests__carried_out__total=3)
    return put(before, proactive__normative_documents__in_force=10, proactive__fees__amount=11)


HOLD_PER_RECORD = {
    **{
        "S01": 6,
        "S03": 3,
        "S04": 3,
        "S06": 1,
        "S07": 1,
        "S08": 1,
        "V01": 200,
        "V02": 200,
        "V03": 25,
        "V04": 3,
        "V05": 1,
    },
    **{"R01": 7, "R02": 7, "R03": 25, "R04": 1, "R05": 4, "R06": 14, "D01": 3, "D02": 1},
    **{"P01": 2, "P02": 2, "P03": 1, "X01": 7, "T01": 1, "T02": 1},
}


@pytest.mark.parametrize("id", [*HOLD_PER_RECORD, "P04"])
def test_rules_hold_where_figures_agree(id: str) -> None:
    """A record that agrees with itself and with last year's holds at every comparison of every rule."""
    if id == "P04":
        before = of_2019(2019, proactive__fees__items_last_year=5, proactive__fees__change=-2)
        made = of_2019(proactive__fees__items_last_year=3, proactive__regulations__public_total=1)
        assert outcomes(id, made, before=before) == {"holds": 7}
        return
    seen = outcomes(id, balanced(), before=balanced_before())
    # Of the six kinds of applicants two have asked; R05 has nothing to say of them.
    assert seen == {"holds": HOLD_PER_RECORD[id]} | ({"does_not_apply": 2} if id == "R05" else {})


def test_balanced_record_has_no_findings() -> None:
    """Nothing at all is found in a report that agrees with itself."""
    judged = check_record(Context(balanced(), agency(), balanced_before()))
    assert [judgement.finding for _, judgement in judged if judgement.finding] == []


# null -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("id", "field", "times"),
    [
        ("V01", "requests.granted.natural", 1),
        ("V03", "requests.granted.natural", 1),
        ("V05", "proactive.fees.amount", 1),
        ("R01", "requests.carried_out.natural", 1),
        ("R02", "requests.granted.research", 1),
        ("R03", "requests.granted.research", 1),
        ("R04", "requests.granted.research", 1),
        ("R05", "requests.new_received.research", 1),
        ("R06", "requests.carried_in.total", 2),
        ("R06", "requests.carried_out.total", 1),
        ("D01", "disputes.litigation_direct.pending", 1),
        ("P01", "proactive.regulations.repealed", 1),
        ("P02", "proactive.regulations.in_force", 1),
        ("P03", "proactive.regulations.issued", 1),
        ("X01", "requests.carried_in.natural", 1),
    ],
)
def test_null_cannot_be_judged(id: str, field: str, times: int) -> None:
    """Where a needed figure is null the rule says that it cannot judge, there and nowhere else, and finds nothing."""
    made = balanced()
    made.set_figure(field, None)
    seen = outcomes(id, made, before=balanced_before())
    assert seen["cannot_judge"] == times
    assert seen["fails"] == 0


def test_null_of_last_year_cannot_be_judged() -> None:
    """A figure that last year's report lacks leaves the comparison open."""
    before = balanced_before()
    for field in ("requests.carried_out.other", "proactive.normative_documents.in_force", "proactive.fees.amount"):
        before.set_figure(field, None)
    assert [outcomes(id, balanced(), before=before)["cannot_judge"] for id in ("X01", "P02", "V05")] == [1, 1, 1]


def test_null_in_2019_form_cannot_be_judged() -> None:
    """Both halves of P04 leave open what a null keeps from them."""
    made = of_2019(proactive__regulations__public_total=None, proactive__fees__items_last_year=None)
    assert outcomes("P04", made, before=of_2019(2019)) == {"holds": 5, "cannot_judge": 2}


def test_facts_unknown_cannot_be_judged() -> None:
    """A date or a level that nobody knows is no fault of the report."""
    assert outcomes("T01", record(published=None)) == {"cannot_judge": 1}
    assert outcomes("P03", put(record(), proactive__regulations__issued=1), of=agency(level=None)) == {
        "cannot_judge": 1
    }


# not applying ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("id", "times"), [("V05", 1), ("P02", 1), ("X01", 7)])
def test_without_last_year_comparisons_with_it_do_not_apply(id: str, times: int) -> None:
    """Where last year's report is not held, nothing is said about it."""
    assert outcomes(id, balanced()) == {"does_not_apply": times}


def test_rules_of_one_form_do_not_apply_to_the_other() -> None:
    """Columns that a form does not have are not judged, also where last year's report was on the other form."""
    old, new = of_2019(2020), record(year=2021)
    assert outcomes("P01", old) == {"does_not_apply": 1}
    assert outcomes("P02", new, before=old) == {"does_not_apply": 1}
    assert outcomes("V05", new, before=old) == {"does_not_apply": 1}
    assert outcomes("P04", new, before=old) == {"does_not_apply": 1}
    assert outcomes("P04", old) == {"holds": 2, "does_not_apply": 5}
    assert outcomes("X01", new, before=old) == {"holds": 7}


@pytest.mark.parametrize("level", ["national", "province", "prefecture"])
def test_organs_above_counties_may_report_regulations(level: str) -> None:
    """P03 is about counties and townships alone."""
    made = put(record(), proactive__regulations__issued=1)
    assert outcomes("P03", made, of=agency(level=level)) == {"does_not_apply": 1}


# single rules ---------------------------------------------------------------------------------------------------------


def test_change_may_be_negative_and_amounts_may_have_fractions() -> None:
    """Only 本年增/减 may be below nought; an amount need not be whole, a count must be."""
    assert outcomes("V01", of_2019(proactive__penalty__change=-7))["fails"] == 0
    assert outcomes("V01", put(record(), proactive__fees__amount=Decimal("0.01")))["fails"] == 0
    assert outcomes("V01", put(record(), proactive__penalty__decisions=Decimal("1.5")))["fails"] == 1
    assert outcomes("V01", put(record(), proactive__fees__amount=Decimal("-0.01")))["fails"] == 1


def test_blank_cell_and_oddly_written_number_are_no_text() -> None:
    """V02 is silent on a cell with nothing in it and on a number in full-width digits."""
    made = record(as_written={"requests.granted.natural": "１２"})
    put(made, requests__granted__natural=12, requests__granted__other=None)
    assert outcomes("V02", made) == {"holds": 200}


@pytest.mark.parametrize(
    ("row", "suspects"),
    [
        ([1, 2, 3, 0, 0, 0, 15], ["natural"]),  # 12 and 3
        ([0, 0, 0, 0, 1, 0, 10], ["legal_service"]),  # 10 split into 1 and 0
        ([9, 4, 0, 0, 0, 1, 3], ["other"]),  # the total, 13, split: its ten stands with the last applicant
        ([1, 1, 0, 0, 0, 0, 11], ["natural"]),  # 11, or 10 in the second and third: both are named
        ([0, 5, 0, 0, 0, 0, 5], []),  # adds up
        ([0, 5, 0, 0, 0, 0, 6], []),  # does not, and no pair mends it
        ([12, 2, 0, 0, 0, 0, 122], []),  # 12 is no digit
        ([0, 5, 0, 0, 0, 0, 50], ["enterprise"]),
        ([-1, 2, 0, 0, 0, 0, 10], []),
    ],
)
def test_split_numbers(row: list[int], suspects: list[str]) -> None:
    """V03 suspects a pair of neighbouring digits exactly where taking them for one number makes the row add up."""
    made = record()
    made.tables["requests"]["granted"] = list(row)
    assert [one.field.rpartition(".")[2] for one in findings("V03", made)] == suspects


def test_split_number_names_every_pair_that_would_do() -> None:
    """Where two pairs would mend a row, both are named, so that nobody takes the first for the truth."""
    made = record()
    made.tables["requests"]["granted"] = [1, 1, 0, 0, 0, 0, 11]
    (finding,) = findings("V03", made)
    assert "合为11，或“商业企业”的1与“科研机构”的0合为10" in finding.message
    assert finding.fields == fields("requests", "granted", "natural", "enterprise", "research", "total")


@pytest.mark.parametrize(
    ("now", "before", "outcome"),
    [
        ("5000", "1", "fails"),
        ("20000", "1", "fails"),
        ("1", "10000", "fails"),
        ("4999.9", "1", "holds"),
        ("20000.1", "1", "holds"),
        ("0", "10000", "holds"),
        ("10000", "0", "holds"),
        ("0", "0", "holds"),
    ],
)
def test_fees_in_yuan(now: str, before: str, outcome: str) -> None:
    """V05 fails from 5,000 to 20,000 times, either way, ends included; nothing is a multiple of nought."""
    made = put(record(), proactive__fees__amount=Decimal(now))
    assert outcomes("V05", made, before=last_year(proactive__fees__amount=Decimal(before))) == {outcome: 1}


def test_blank_tables_do_not_count_what_is_written() -> None:
    """V04 counts cells with nothing in them: a stroke is something, and exactly half is not more than half."""
    made = record(fill=lambda column: None)
    made.as_written = {field: "—" for field in made.figures() if field.startswith("disputes.")}
    assert [one.field for one in findings("V04", made)] == ["proactive", "requests"]
    put(made, **dict.fromkeys(("proactive__regulations__issued", "proactive__regulations__repealed"), 0))
    put(made, **dict.fromkeys(("proactive__regulations__in_force", "proactive__licensing__decisions"), 0))
    assert [one.field for one in findings("V04", made)] == ["proactive", "requests"]
    put(made, proactive__penalty__decisions=0)
    assert [one.field for one in findings("V04", made)] == ["requests"]


BLOCK = [key for key in forms()["2021"].outcomes() if key != "other_total"]


def full_block() -> Record:
    """A record with a different figure in each outcome of each applicant, all sums right."""
    made = record()
    numbers = count(7, 3)
    for key in BLOCK:
        parts = [next(numbers) for _ in APPLICANTS]
        made.tables["requests"][key] = [*parts, sum(parts)]
    made.tables["requests"]["total_processed"] = [
        sum(made.tables["requests"][key][j] for key in BLOCK) for j in range(7)
    ]
    return made


def test_full_block_adds_up() -> None:
    """R02, R03 and R04 hold at every comparison of a block that is full and right."""
    assert [outcomes(id, full_block()) for id in ("R02", "R03", "R04")] == [{"holds": n} for n in (7, 25, 1)]


@pytest.mark.parametrize("column", range(7))
@pytest.mark.parametrize("key", [*BLOCK, "total_processed"])
def test_one_wrong_cell_is_named(key: str, column: int) -> None:
    """Whichever one cell of the block is changed, up or down, R04 names it and what would mend it."""
    for by in (1, -5):
        made = full_block()
        right = made.tables["requests"][key][column]
        assert right is not None
        made.tables["requests"][key][column] = right + by
        (finding,) = findings("R04", made)
        assert finding.field == f"requests.{key}.{(*APPLICANTS, 'total')[column]}"
        assert (finding.printed, finding.expected, finding.difference) == (right + by, right, by)


@given(st.data())
def test_sums_have_no_tolerance(data: st.DataObject) -> None:
    """R01, R02, R03 and D01 fail by exactly what a cell is changed by, be it one."""
    made = balanced()
    field = data.draw(st.sampled_from([name for name in made.figures() if not name.startswith("proactive.")]))
    before = {id: {one.field: one.difference for one in findings(id, made)} for id in ("R01", "R02", "R03", "D01")}
    by = data.draw(st.integers(1, 3))
    value = made.figures()[field]
    assert value is not None
    made.set_figure(field, value + by)
    after = {id: [one.difference for one in findings(id, made)] for id in before}
    assert not any(before.values())
    changed = [abs(one or 0) for found in after.values() for one in found]
    assert changed
    assert set(changed) == {by}


def test_two_wrong_rows_name_no_cell() -> None:
    """R04 is silent where more than one row or column is wrong, or where they are wrong by different numbers."""
    two = put(record(), requests__granted__natural=3, requests__partly_granted__natural=2)
    assert outcomes("R04", two) == {"holds": 1}
    other = put(record(), requests__granted__natural=3, requests__granted__total=1)
    assert outcomes("R04", other) == {"holds": 1}
    three = put(record(), requests__granted__natural=3, requests__granted__other=3)
    assert outcomes("R04", three) == {"holds": 1}


def test_cell_that_would_have_to_be_negative_is_no_suspect() -> None:
    """R04 names no cell where only a count below nought would make column and row add up."""
    made = put(record(), requests__granted__enterprise=3, requests__partly_granted__natural=5)
    put(made, requests__partly_granted__total=5, requests__total_processed__natural=2)
    put(made, requests__total_processed__enterprise=3, requests__total_processed__total=5)
    assert outcomes("R02", made)["fails"] == outcomes("R03", made)["fails"] == 1
    assert outcomes("R04", made) == {"holds": 1}


def test_outcomes_known_to_be_some_are_enough() -> None:
    """R05 fails on an outcome that is printed, also where another one is null; it is silent while requests are unknown."""
    made = put(record(), requests__granted__natural=3, requests__partly_granted__natural=None)
    assert outcomes("R05", made)["fails"] == 1
    put(made, requests__carried_in__natural=None)
    assert outcomes("R05", made) == {"holds": 5, "cannot_judge": 1}
    put(made, requests__new_received__natural=1)
    assert outcomes("R05", made) == {"holds": 5, "does_not_apply": 1}


def test_disputes_want_a_request_this_year_or_last() -> None:
    """D02 holds with a request answered in either year and cannot be judged where last year is not held."""
    made = put(record(), disputes__litigation_direct__pending=1, disputes__litigation_direct__total=1)
    assert outcomes("D02", made) == {"cannot_judge": 1}
    assert outcomes("D02", made, before=last_year(requests__total_processed__total=1)) == {"holds": 1}
    assert outcomes("D02", made, before=last_year(requests__total_processed__total=None)) == {"cannot_judge": 1}
    assert outcomes("D02", put(made, requests__total_processed__total=1)) == {"holds": 1}
    assert outcomes("D02", record()) == {"does_not_apply": 1}
    assert outcomes("D02", put(record(), disputes__litigation_direct__total=None)) == {"cannot_judge": 1}


def test_more_public_this_year_than_in_all() -> None:
    """The first half of P04 fails by itself."""
    made = of_2019(proactive__regulations__newly_public=5, proactive__regulations__public_total=3)
    (finding,) = findings("P04", made)
    assert (finding.field, finding.printed, finding.expected) == ("proactive.regulations.newly_public", 5, 3)
    assert finding.message == "“规章”：本年新公开数量5，多于对外公开总数量3。"


def test_governments_have_two_months_more() -> None:
    """T01 gives governments until 31 March and everybody else until 31 January, the day itself included."""
    government = agency(agency_id="999901-rmzf", name="示例县人民政府", sector="government")
    for of, last_day, late in ((agency(), "2024-01-31", "2024-02-01"), (government, "2024-03-31", "2024-04-01")):
        assert outcomes("T01", record(published=last_day), of=of) == {"holds": 1}
        assert outcomes("T01", record(published=late), of=of) == {"fails": 1}


def test_missing_row_is_an_error_and_stops_the_rest() -> None:
    """A record that lacks a row is refused for that, and no rule stumbles over the hole."""
    made = record()
    del made.tables["requests"]["granted"]
    judged = check_record(Context(made, agency()))
    errors = [one.finding for _, one in judged if one.finding and one.finding.severity == "error"]
    assert [(one.rule, one.field) for one in errors] == [("S03", "requests"), ("S04", "requests")]
    assert {rule.id[0] for rule, _ in judged} == {"S"}


@pytest.mark.parametrize(("form", "single", "cells"), [("2021", True, 161), ("2019", False, 175)])
def test_other_handling_as_the_other_form_has_it(form: str, single: bool, cells: int) -> None:
    """S03 and S04 hold for either way to print （六）, S08 notes the unusual one, and R02 counts its rows once."""
    made = record(form, 2021 if form == "2021" else 2019, single=single)
    assert len([name for name in made.figures() if name.startswith("requests.")]) == cells
    assert outcomes("S03", made) == outcomes("S04", made) == {"holds": 3}
    assert outcomes("S08", made) == {"fails": 1}
    row = "other_total" if single else "other_other"
    put(made, **{f"requests__{row}__natural": 2, "requests__total_processed__natural": 2})
    assert outcomes("R02", made) == {"holds": 7}


def test_printed_wrong_changes_no_finding() -> None:
    """The organ's own error stays a finding when somebody has written beside it what it should be."""
    made = put(record(), requests__granted__natural=3)
    before = check_record(Context(made, agency()))
    made.corrections = [{"field": "requests.granted.natural", "kind": "printed_wrong", "printed": 3, "should_be": 0}]
    assert check_record(Context(made, agency())) == before


# all records ----------------------------------------------------------------------------------------------------------


def test_records_are_judged_beside_last_years() -> None:
    """Each record is compared with its own organ's report of the year before, whatever the order they come in."""
    other = agency(agency_id="999902-czj", name="示例县财政局")
    records = [
        put(record(), requests__carried_in__total=2),
        put(record(agency_id="999902-czj", year=2022), requests__carried_out__total=9),
        put(record(year=2022), requests__carried_out__total=5),
        put(record(year=2020), requests__carried_out__total=7),
    ]
    checked = check_records(records, {ID: agency(), other.agency_id: other})
    wrong = [one for found in checked.findings.values() for one in found if one.rule == "X01"]
    assert [(one.report_id, one.printed, one.expected) for one in wrong] == [(f"{ID}-2023", 2, 5)]
    assert checked.counts["X01"] == {"holds": 6, "fails": 1, "does_not_apply": 21}


def test_findings_stand_in_order_and_once() -> None:
    """Findings of a record come in the catalogue's order, then by field, one to a rule and field."""
    made = record(fill=lambda column: 7, single=True, published="2024-05-01")
    found = check_records([made], {ID: agency()}).findings[made.report_id]
    order = list(RULES)
    keys = [(order.index(one.rule), one.field) for one in found]
    assert keys == sorted(set(keys))
    assert len({one.rule for one in found}) > 5
    assert all(one.report_id == made.report_id and one.message and one.message_en for one in found)


def test_every_record_is_listed_and_every_rule_counted() -> None:
    """A record without a finding has an empty list, and a rule without a comparison has empty counts."""
    checked = check_records([balanced(), balanced_before()], {ID: agency()})
    assert list(checked.findings) == [f"{ID}-2023", f"{ID}-2022"]
    assert checked.findings[f"{ID}-2023"] == []
    assert list(checked.counts) == list(RULES)
    assert checked.counts["S02"] == {}
    assert checked.counts["D01"] == {"holds": 6}


def test_second_record_of_a_year_is_an_error() -> None:
    """S06 names an organ and year that two records claim."""
    checked = check_records([record(), record()], {ID: agency()})
    (finding,) = [one for one in checked.findings[f"{ID}-2023"] if one.rule == "S06"]
    assert (finding.severity, finding.field, finding.printed) == ("error", "year", 2023)


def test_record_without_its_organ_is_left_out() -> None:
    """A record whose agency.yaml could not be read is not judged by guesswork."""
    assert check_records([record()], {}).findings == {}


def test_catalogue_says_everything_twice() -> None:
    """Every rule has both languages, an arithmetic, a version and a severity; ids run in the catalogue's order."""
    ids = [f"S0{n}" for n in range(1, 9)] + [f"V0{n}" for n in range(1, 6)] + [f"R0{n}" for n in range(1, 7)]
    ids += ["D01", "D02", "P01", "P02", "P03", "P04", *(f"N0{n}" for n in range(1, 10))]
    assert list(RULES) == [*ids, "X01", "X02", "X03", "X04", "X05", "T01", "T02"]
    for id, rule in RULES.items():
        assert rule.id == id
        assert rule.words.endswith("。")
        assert rule.words_en.endswith(".")
        assert rule.arithmetic
        assert rule.version == 1
        assert rule.severity in ("error", "finding", "note")


def test_every_outcome_is_in_one_group() -> None:
    """Every row between the requests carried in and the total is in exactly one group of outcomes, in both forms."""
    for form in forms().values():
        rows = [row.key for row in form.rows["requests"]]
        between = rows[rows.index("carried_in") + 1 : rows.index("total_processed")]
        assert list(form.outcomes()) == between
        assert {form.row("requests", key).group for key in between} == set(form.groups)  # type: ignore[union-attr]
        assert rows[rows.index("total_processed") :] == ["total_processed", "carried_out"]


def test_maker_of_records_makes_sound_ones() -> None:
    """The records of these tests have the shape that real ones must have."""
    for form in forms():
        for single in (True, False):
            made = record(form, 2021, single=single)
            assert set(made.figures()) == set(shape.fields_of(made.to_plain()))
