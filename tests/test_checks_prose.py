"""Rules N01 to N09 over the claims of the prose, and X02 to X05 between reports."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import strict
from pipeline.checks import RULES, Context, Finding, between, check_records
from pipeline.convert import Options, convert
from pipeline.dataset import read_dataset
from pipeline.identity import Given
from pipeline.prose import teller
from pipeline.prose.fingerprint import fingerprint
from pipeline.record import Record
from tests.formulas import prose as formulaic
from tests.judging import Case, collector, findings, found, outcomes
from tests.made import ID, agency, put, record

NEW, IN, OUT, DONE = (
    f"requests.{key}.total" for key in ("new_received", "carried_in", "carried_out", "total_processed")
)
REVIEW = "disputes.administrative_review.total"
LAST = f"{ID}-2022:"


def claim(rule: str, field: str, value: int | str, **more: str) -> dict[str, Any]:
    return {"rule": rule, "field": field, **more, "value": value, "place": "paragraph 5"}


def said(*claims: dict[str, Any], form: str = "2021", year: int = 2023, **figures: int | None) -> Record:
    """A record whose prose says this, and whose table says `figures`."""
    narrative = {"overview": {"characters": 812, "claims": list(claims)}, "problems": {"characters": 240}}
    return put(record(form, year, narrative=narrative), **figures)


# one record that fails, and exactly what is found ---------------------------------------------------------------------

FAILS: dict[str, Callable[[], Case]] = {}
fails = collector(FAILS)


@fails
def n01() -> Case:
    return found(
        Context(said(claim("N01", NEW, 12), requests__new_received__total=10), agency()),
        *("N01", "finding", NEW),
        "正文（paragraph 5）称“一、本年新收政府信息公开申请数量”为12，表中为10，相差2。",
        "The text (paragraph 5) says 12 for “Requests newly received this year”; the table has 10; they differ by 2.",
        printed=10,
        expected=12,
        difference=-2,
        fields=(NEW,),
    )


@fails
def n02() -> Case:
    return found(
        Context(said(claim("N02", OUT, 1), requests__carried_out__total=4), agency()),
        *("N02", "finding", OUT),
        "正文（paragraph 5）称“四、结转下年度继续办理”为1，表中为4，相差3。",
        "The text (paragraph 5) says 1 for “Carried out to next year”; the table has 4; they differ by 3.",
        printed=4,
        expected=1,
        difference=3,
        fields=(OUT,),
    )


@fails
def n03() -> Case:
    made = said(claim("N03", "requests.unable.total", 9), requests__unable_not_held__total=5)
    keys = ("unable_not_held", "unable_must_be_created", "unable_unclear_after_correction")
    return found(
        Context(made, agency()),
        *("N03", "finding", "requests.unable_not_held.total"),
        "正文（paragraph 5）称“（四）无法提供”为9，表中为5，相差4。",
        "The text (paragraph 5) says 9 for “Unable to provide”; the table has 5; they differ by 4.",
        printed=5,
        expected=9,
        difference=-4,
        fields=tuple(f"requests.{key}.total" for key in keys),
    )


@fails
def n04() -> Case:
    made = said(claim("N04", "disputes.litigation.upheld", 3), disputes__litigation_after_review__upheld=2)
    return found(
        Context(made, agency()),
        *("N04", "finding", "disputes.litigation_direct.upheld"),
        "正文（paragraph 5）称“行政诉讼／结果维持”为3，表中为2，相差1。",
        "The text (paragraph 5) says 3 for “Administrative litigation / Upheld”; the table has 2; they differ by 1.",
        printed=2,
        expected=3,
        difference=-1,
        fields=("disputes.litigation_direct.upheld", "disputes.litigation_after_review.upheld"),
    )


@fails
def n05() -> Case:
    field = "proactive.penalty.decisions"
    return found(
        Context(said(claim("N05", field, 62), proactive__penalty__decisions=26), agency()),
        *("N05", "finding", field),
        "正文（paragraph 5）称“行政处罚”为62，表中为26，相差36。",
        "The text (paragraph 5) says 62 for “Administrative penalties”; the table has 26; they differ by 36.",
        printed=26,
        expected=62,
        difference=-36,
        fields=(field,),
    )


@fails
def n06() -> Case:
    made = said(
        claim("N06", "requests.granted.total", "60.1%"),
        **{"requests__granted__total": 2, "requests__total_processed__total": 3, "requests__new_received__total": 4},
    )
    return found(
        Context(made, agency()),
        *("N06", "finding", "requests.granted.total"),
        "正文（paragraph 5）称“（一）予以公开”占60.1%，而2件占办结、新收、新收加上年结转（3、4、4）都不合此数。",
        "The text (paragraph 5) gives 60.1% as the share of “Granted in full”, but 2 is no such share of those processed,"
        " new, or new and carried in (3, 4, 4).",
        printed=2,
        fields=("requests.granted.total", DONE, NEW, IN),
    )


@fails
def n07() -> Case:
    return found(
        Context(said(claim("N07", NEW, 0), requests__new_received__total=3), agency()),
        *("N07", "finding", NEW),
        "正文（paragraph 5）称未收到政府信息公开申请，表中本年新收为3件。",
        "The text (paragraph 5) says that no request was received; the table has 3 new ones.",
        printed=3,
        expected=0,
        difference=3,
        fields=(NEW,),
    )


@fails
def n08() -> Case:
    return found(
        Context(said(claim("N08", "year", 2023), claim("N08", "year", 2022), claim("N08", "year", 2021)), agency()),
        *("N08", "finding", "year"),
        "报告年度为2023年，正文写作：2022（paragraph 5）、2021（paragraph 5）。",
        "The report is on 2023; the text says: 2022 (paragraph 5), 2021 (paragraph 5).",
        printed=2022,
        expected=2023,
        difference=-1,
        fields=("year",),
    )


@fails
def n09() -> Case:
    return found(
        Context(said(claim("N09", "other", "20XX年"), claim("N09", "other", "XX局")), agency()),
        *("N09", "note", "other"),
        "“六、其他需要报告的事项”只有或留有：“20XX年”（paragraph 5）、“XX局”（paragraph 5）。",
        "“Other matters” says or was left with: “20XX年” (paragraph 5), “XX局” (paragraph 5).",
    )


def town(n: int, scope: str | None = "own", **figures: int | None) -> Record:
    return put(record(agency_id=f"999901-{'abc'[n]}zrmzf", scope=scope), **figures)


def county(**figures: int | None) -> Record:
    return put(record(agency_id="999901-rmzf", agency_name="示例县人民政府", scope="jurisdiction"), **figures)


@fails
def x02() -> Case:
    return found(
        Context(county(), agency(), members=[town(0), town(1, "jurisdiction")]),
        *("X02", "error", "scope"),
        "与辖区内机关相加的有汇总报告：999901-bzrmzf-2023。",
        "An aggregate stands among the organs summed: 999901-bzrmzf-2023.",
    )


@fails
def x03() -> Case:
    parts = [town(0, requests__granted__total=2), town(1, requests__granted__total=5)]
    field = "requests.granted.total"
    return found(
        Context(county(requests__granted__total=9), agency(), members=parts),
        *("X03", "finding", field),
        "“（一）予以公开”行“总计”列：汇总报告为9，辖区内2个机关之和为7，相差2。",
        "Row “Granted in full”, column “Total”: the aggregate is 9, the 2 organs add up to 7; they differ by 2.",
        printed=9,
        expected=7,
        difference=2,
        fields=(field, f"999901-azrmzf-2023:{field}", f"999901-bzrmzf-2023:{field}"),
    )


@fails
def x04() -> Case:
    field = "proactive.penalty.decisions"
    before = put(record(year=2022), proactive__penalty__decisions=6)
    return found(
        Context(put(record(), proactive__penalty__decisions=31), agency(), before),
        *("X04", "note", field),
        "“行政处罚”行“本年处理决定数量”列本年为31，上年为6，超出常年范围。",
        "Row “Administrative penalties”, column “Decisions this year” is 31, 6 last year: out of its own range.",
        printed=31,
        fields=(field, LAST + field),
    )


MARK = fingerprint(formulaic(1), teller("示例县卫生健康局", 2023, "own"))


def marked(mark: str | None, section: str = "overview", **more: Any) -> Record:
    return record(narrative={section: {"characters": 300, "fingerprint": mark}}, **more)


@fails
def x05() -> Case:
    other = marked(MARK, agency_id="999901-jyj", agency_name="示例县教育局", year=2021)
    return found(
        Context(marked(MARK), agency(), alike={"overview": other}),
        *("X05", "note", "overview"),
        "“一、总体情况”与示例县教育局2021年报告几乎相同（数字和名称除外）。",
        "“Overview” is nearly the same as in the report of 示例县教育局 on 2021 (digits and names aside).",
        fields=("overview", "999901-jyj-2021:overview"),
    )


def test_every_rule_of_prose_and_between_reports_has_a_failing_one_here() -> None:
    """No rule N, and none of X02 to X05, goes untested."""
    assert set(FAILS) == {id for id in RULES if id[0] in "NX"} - {"X01"}


@pytest.mark.parametrize("id", FAILS)
def test_failing_record_gives_exactly_one_finding(id: str) -> None:
    """The record made for a rule breaks it in one place, and the finding says exactly this."""
    context, expected = FAILS[id]()
    assert RULES[id].judge is not None
    got = [one.finding for one in RULES[id].judge(context) if one.finding]  # type: ignore[misc]
    assert got == [expected]


# prose against tables ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("id", [f"N0{n}" for n in range(1, 9)])
def test_nothing_is_judged_that_the_prose_does_not_say(id: str) -> None:
    """A rule of the prose does not apply to a report whose prose makes no claim under it."""
    assert outcomes(id, said()) == {"does_not_apply": 1}


@pytest.mark.parametrize(
    ("one", "figures"),
    [
        (claim("N01", NEW, 7), {"requests__new_received__total": 7}),
        (claim("N02", IN, 0), {}),
        (claim("N03", "requests.refused.total", 3), {"requests__refused_state_secret__total": 3}),
        (claim("N04", "disputes.litigation.total", 2), {"disputes__litigation_direct__total": 2}),
        (claim("N05", "proactive.licensing.decisions", 2), {"proactive__licensing__decisions": 2}),
        (claim("N07", NEW, 0), {}),
        (claim("N08", "year", 2023), {}),
    ],
    ids=lambda one: one.get("rule", "") if isinstance(one, dict) else "",
)
def test_what_the_prose_says_truly_holds(one: dict[str, Any], figures: dict[str, int]) -> None:
    """A claim that the table bears out holds, once for its field."""
    assert outcomes(one["rule"], said(one, **figures)) == {"holds": 1}


@pytest.mark.parametrize(
    ("new", "carried", "says", "with_carried", "outcome"),
    [
        (12, 3, 12, False, "holds"),
        (12, 3, 15, False, "fails"),
        (12, 3, 15, True, "holds"),
        (12, 3, 12, True, "holds"),
        (12, 3, 16, True, "fails"),
        (12, None, 12, True, "holds"),
        (12, None, 15, True, "cannot_judge"),
        (None, 3, 15, True, "cannot_judge"),
        (None, 3, 15, False, "cannot_judge"),
    ],
)
def test_requests_carried_in_count_where_the_prose_says_so(
    new: int | None, carried: int | None, says: int, with_carried: bool, outcome: str
) -> None:
    """N01 takes new requests alone, or with those carried in only where the claim says that they are in it."""
    one = claim("N01", NEW, says, **({"with": IN} if with_carried else {}))
    made = said(one, requests__new_received__total=new, requests__carried_in__total=carried)
    assert outcomes("N01", made) == {outcome: 1}


@pytest.mark.parametrize(
    ("share", "outcome"),
    [
        *(("66.67%", "holds"), ("66.66%", "holds"), ("66.6%", "holds"), ("67%", "holds"), ("66%", "holds")),
        *(("66.69%", "fails"), ("66.5%", "fails"), ("65%", "fails"), ("68%", "fails"), ("33.33%", "fails")),
        *(("50%", "holds"), ("40%", "holds"), ("41%", "holds"), ("42%", "fails"), ("51.1%", "fails")),
    ],
)
def test_a_share_fits_one_of_the_wholes_or_none(share: str, outcome: str) -> None:
    """4 of 6 processed, 8 new, 10 with those carried in: rounded or cut off, to one unit of the last digit."""
    made = said(
        claim("N06", "requests.granted.total", share),
        **{"requests__granted__total": 4, "requests__total_processed__total": 6},
        **{"requests__new_received__total": 8, "requests__carried_in__total": 2},
    )
    assert outcomes("N06", made) == {outcome: 1}


@pytest.mark.parametrize("field", ["granted", "total_processed", "new_received", "carried_in"])
def test_a_share_of_nothing_known_cannot_be_judged(field: str) -> None:
    """Where a whole is null, the prose may well mean that one."""
    made = said(
        claim("N06", "requests.granted.total", "33%"), requests__granted__total=1, requests__new_received__total=9
    )
    assert outcomes("N06", put(made, **{f"requests__{field}__total": None})) == {"cannot_judge": 1}


def test_null_cannot_be_judged() -> None:
    """A figure that the table lacks, also one of a sum, leaves a claim open."""
    made = said(claim("N03", "requests.refused.total", 3), claim("N07", NEW, 0), requests__new_received__total=None)
    assert outcomes("N07", made) == {"cannot_judge": 1}
    put(made, requests__refused_third_party__total=None)
    assert outcomes("N03", made) == {"cannot_judge": 1}


@pytest.mark.parametrize(("form", "year"), [("2019", 2020), ("2021", 2023)])
def test_every_field_that_a_claim_may_name_has_figures(form: str, year: int) -> None:
    """Groups and both kinds of suits are sums of figures of either form."""
    for group in ("granted", "partly_granted", "refused", "unable", "rejected", "other"):
        made = said(claim("N03", f"requests.{group}.total", 0), form=form, year=year)
        assert outcomes("N03", made) == {"holds": 1}, group
    for field in ("proactive.licensing.decisions", "proactive.penalty.decisions", "proactive.coercion.decisions"):
        assert outcomes("N05", said(claim("N05", field, 0), form=form, year=year)) == {"holds": 1}


def test_one_finding_for_a_field() -> None:
    """A field that two sections state is found once, whichever of them is wrong: the table of findings has one row."""
    made = said(claim("N01", NEW, 0), claim("N01", NEW, 3), claim("N01", NEW, 4))
    (one,) = findings("N01", made)
    assert (one.printed, one.expected) == (0, 3)


def test_section_five_without_words_is_noted() -> None:
    """An empty section 五, one that says 无 and the name of another organ are notes; a whole text is none."""
    assert outcomes("N09", said()) == {"holds": 1}
    empty = record(narrative={"problems": {"characters": 0}})
    assert [one.message for one in findings("N09", empty)] == ["“五、存在的主要问题及改进情况”没有文字。"]
    made = said(claim("N09", "problems", "无"), claim("N09", "agency_name", "示例县教育局"))
    assert [one.field for one in findings("N09", made)] == ["agency_name", "problems"]
    assert outcomes("N09", record(narrative={})) == {"does_not_apply": 1}


# a whole and its parts -----------------------------------------------------------------------------------------------


def test_nothing_is_added_where_members_are_not_known() -> None:
    """X02 does not apply where nothing is summed, and X03 judges no aggregate whose members may be lacking."""
    assert outcomes("X02", county()) == outcomes("X02", record()) == {"does_not_apply": 1}
    assert outcomes("X03", county()) == {"cannot_judge": 1}
    assert outcomes("X03", record()) == {"does_not_apply": 1}
    assert outcomes("X03", county(), members=[town(0), county()]) == {"cannot_judge": 1}


def test_an_aggregate_is_the_sum_of_its_organs() -> None:
    """Every count but the changes and amounts is compared, and a null among the parts leaves its sum open."""
    parts = [town(0, requests__granted__total=2), town(1, requests__granted__total=None)]
    assert outcomes("X02", county(), members=parts) == {"holds": 1}
    assert outcomes("X03", county(), members=parts) == {"holds": 198, "cannot_judge": 1}


@pytest.mark.parametrize(
    ("scope", "complete", "outcome"),
    [
        ("own", True, "fails"),
        ("own", False, "cannot_judge"),
        (None, True, "cannot_judge"),
        ("jurisdiction", True, "cannot_judge"),
    ],
)
def test_only_a_complete_place_is_added_up(scope: str | None, complete: bool, outcome: str) -> None:
    """Records are judged as parts of a whole only where somebody knows that the place and year are complete."""
    records = [county(requests__granted__total=9), town(0, requests__granted__total=2), town(1, scope)]
    organs = {one.agency_id: agency(agency_id=one.agency_id) for one in records}
    checked = check_records(records, organs, [("999901", 2023)] if complete else [])
    assert checked.counts["X03"][outcome] >= 1
    assert ("fails" in checked.counts["X03"]) == (outcome == "fails")
    assert [one.fields for one in checked.findings["999901-rmzf-2023"] if one.rule == "X03"] == [
        tuple(f"{prefix}requests.granted.total" for prefix in ("", "999901-azrmzf-2023:", "999901-bzrmzf-2023:"))
    ] * (outcome == "fails")


# from year to year ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "now", "outcome"),
    [
        *((6, 30, "holds"), (6, 31, "fails"), (31, 6, "fails"), (30, 6, "holds"), (5, 29, "holds"), (0, 29, "holds")),
        *((0, 30, "fails"), (30, 0, "fails"), (200, 1000, "holds"), (200, 1001, "fails"), (None, 99, "cannot_judge")),
    ],
)
def test_a_count_leaves_its_range_past_five_times(then: int | None, now: int, outcome: str) -> None:
    """X04 wants a factor of more than five, either way, and thirty at least on the larger side."""
    before = put(record(year=2022), disputes__litigation_direct__total=then)
    seen = outcomes("X04", put(record(), disputes__litigation_direct__total=now), before=before)
    assert seen[outcome] == (37 if outcome == "holds" else 1)  # nine counts of section 二, 25 totals of 三, three of 四
    assert outcomes("X04", record()) == {"does_not_apply": 1}


def test_the_parts_of_a_total_are_not_compared_with_last_years() -> None:
    """A jump is told once, at the total, not again for each applicant and each result."""
    before = put(record(year=2022), requests__granted__natural=1, disputes__litigation_direct__upheld=1)
    after = put(record(), requests__granted__natural=900, disputes__litigation_direct__upheld=900)
    assert outcomes("X04", after, before=before) == {"holds": 37}


def test_only_what_both_forms_count_is_compared() -> None:
    """Where last year's report was on the other form, X04 takes the cells that both have."""
    old = put(record("2019", 2020), proactive__penalty__decisions=40, proactive__penalty__items_last_year=900)
    (one,) = findings("X04", record(year=2021), before=old)
    assert one.field == "proactive.penalty.decisions"


# copies --------------------------------------------------------------------------------------------------------------


def changed(mark: str | None, numbers: int) -> str:
    """A fingerprint of which so many of the sixteen numbers are others."""
    assert mark is not None
    spots = [5 * n % 16 for n in range(numbers)]
    return "".join("ffff" if n in spots else mark[4 * n : 4 * n + 4] for n in range(16))


def named(finding: Finding) -> str:
    return finding.fields[1].partition(":")[0]


@pytest.mark.parametrize("numbers", range(9))
def test_three_of_sixteen_numbers_may_differ(numbers: int) -> None:
    """Wherever at most three numbers differ, both reports are found; with four they are none."""
    records = [marked(MARK), marked(changed(MARK, numbers), agency_id="999901-jyj")]
    organs = {one.agency_id: agency(agency_id=one.agency_id) for one in records}
    told = {
        id: [named(one) for one in many if one.rule == "X05"]
        for id, many in check_records(records, organs).findings.items()
    }
    near = numbers <= 3
    assert told == {f"{ID}-2023": ["999901-jyj-2023"] * near, "999901-jyj-2023": [f"{ID}-2023"] * near}


def test_last_years_report_comes_before_all_others() -> None:
    """Where the prose is that of last year's report, that is what the note says, though another is even nearer."""
    records = [marked(MARK), marked(changed(MARK, 2), year=2022), marked(MARK, agency_id="999901-jyj")]
    organs = {one.agency_id: agency(agency_id=one.agency_id) for one in records}
    found = [one for one in check_records(records, organs).findings[f"{ID}-2023"] if one.rule == "X05"]
    assert [(named(one), "本机关上年报告" in one.message) for one in found] == [(f"{ID}-2022", True)]


def test_a_report_of_the_same_organ_long_ago_is_no_copy() -> None:
    """Only last year's report and other organs' are looked at; a section without a fingerprint is not judged."""
    records = [marked(MARK), marked(MARK, year=2019, form="2019"), marked(MARK, "problems", agency_id="999901-jyj")]
    organs = {one.agency_id: agency(agency_id=one.agency_id) for one in records}
    checked = check_records(records, organs)
    assert checked.counts["X05"] == {"holds": 3, "does_not_apply": 6}


def test_a_crowd_of_copies_is_not_compared_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many reports have the same prose, each is compared with at most fifty a band."""
    times, compare = Counter[str](), between._agree

    def counted(one: tuple[str, ...], other: tuple[str, ...]) -> int:
        times["compared"] += 1
        return compare(one, other)

    monkeypatch.setattr(between, "_agree", counted)
    crowd = [marked(MARK, agency_id=f"999901-jyj{n}") for n in range(2, 402)]
    assert len(between.alike(crowd)) == 400
    assert times["compared"] <= 400 * between.CROWD * between.BANDS


# documents -----------------------------------------------------------------------------------------------------------

REPORTS = sorted((Path(__file__).parent / "reports").glob("prose-*"))


@pytest.mark.parametrize("folder", REPORTS, ids=lambda folder: folder.name)
def test_the_prose_of_a_document_gives_its_claims_and_findings(folder: Path, tmp_path: Path) -> None:
    """Each planted document gives the claims and the findings N that `claims.yaml` beside it lists, and no others."""
    assert convert(folder / "document.txt", Given(), Options(tmp_path)).ended == "converted"
    dataset = read_dataset([tmp_path])
    (made,) = dataset.records
    wanted = strict.load((folder / "claims.yaml").read_text(encoding="utf-8")).value
    claims = [{"section": key, **one} for key, part in made.narrative.items() for one in part.get("claims", ())]
    assert claims == wanted["claims"]
    judged = check_records([made], dataset.agencies).findings[made.report_id]
    keys = ("rule", "field", "printed", "expected")
    assert [{key: getattr(one, key) for key in keys} for one in judged if one.rule[0] == "N"] == wanted["findings"]


def test_the_planted_prose_covers_every_rule() -> None:
    """True claims of N01 to N08 hold in one document, and each rule N fails in another."""
    said_truly = strict.load(
        (REPORTS[0].parent / "prose-true-claims" / "claims.yaml").read_text(encoding="utf-8")
    ).value
    assert {one["rule"] for one in said_truly["claims"]} == {f"N0{n}" for n in (1, 2, 3, 4, 5, 6, 8)}
    failing = [strict.load((one / "claims.yaml").read_text(encoding="utf-8")).value["findings"] for one in REPORTS]
    assert {one["rule"] for found in failing for one in found} == {f"N0{n}" for n in range(1, 10)}
