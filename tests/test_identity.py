"""Whose report, of which year and place: told in the order of evidence, or refused with what to type."""

import json
from pathlib import Path

import pytest

from pipeline.convert import Understood, understand
from pipeline.forms import forms
from pipeline.identity import Given, letters, level, mint, sector
from pipeline.regions import by_code, tell
from tests.layouts import lay_out
from tests.made import record as made_record

SHARED = Path(__file__).parents[2] / "shared"


def told(tmp_path: Path, text: str, given: Given = Given()) -> Understood:  # noqa: B008
    path = tmp_path / "document.txt"
    path.write_text(text, encoding="utf-8")
    return understand(path, given)


def reasons(understood: Understood) -> str:
    return " ".join(problem.says for problem in understood.identity.problems)


TITLES = {
    "示例县教育局2023年政府信息公开工作年度报告": ("示例县教育局", 2023),
    "2023年示例县教育局政府信息公开工作年度报告": ("示例县教育局", 2023),
    "2022年度示例县教育局政务信息公开年度报告": ("示例县教育局", 2022),
    "示例县教育局政府信息公开工作2025年度报告": ("示例县教育局", 2025),
    "示例县教育局 2023年政府信息公开工作年度 报 告": ("示例县教育局", 2023),
    "示例县教育局２０２３年政府信息公开年度报告（机关）": ("示例县教育局", 2023),
    "示例县教育局2021年度政务公开工作情况报告": ("示例县教育局", 2021),
    "示例县教育局2023年度政府信息\n公开工作年度报告": ("示例县教育局", 2023),
    "示例县教育局\n2023 年政府信息公开工作年度报告": ("示例县教育局", 2023),
    "标题：示例县教育局2023年政府信息公开工作年度报告": ("示例县教育局", 2023),
    "示例县2020年政府信息公开工作年度报告": ("示例县", 2020),
}


@pytest.mark.parametrize("title", TITLES)
def test_a_title_tells_organ_and_year(tmp_path: Path, title: str) -> None:
    """Year first, year last, blanks inside, broken over lines: a title says whose report it is, and of which year."""
    understood = told(tmp_path, title + "\n\n一、总体情况\n示例的文字。\n")
    assert (understood.identity.agency_name, understood.identity.year) == TITLES[title]


PREAMBLES = {
    "现公布示例县教育局2023年政府信息公开工作年度报告。": ("示例县教育局", 2023),
    "根据要求，示例县教育局现向社会公开《2023年政府信息公开工作年度报告》。": ("示例县教育局", 2023),
    "现将《示例县教育局2022年政府信息公开年度报告》印发。": ("示例县教育局", 2022),
    "本报告由示例县教育局按照条例编制。统计期限自2023年1月1日起至2023年12月31日止。": ("示例县教育局", 2023),
    "统计期限为20231月1日至202312月31日。如有疑问，请与示例县教育局联系。": ("示例县教育局", 2023),
}


@pytest.mark.parametrize("words", PREAMBLES)
def test_a_preamble_tells_what_a_title_does_not(tmp_path: Path, words: str) -> None:
    """Without a title the announcement, the compiler's sentence and the contact line tell the organ, the period the year."""
    understood = told(tmp_path, words + "\n一、总体情况\n示例的文字。\n")
    assert (understood.identity.agency_name, understood.identity.year) == PREAMBLES[words]


@pytest.mark.parametrize(
    "words",
    [
        "来源：示例县教育局",
        "发布机构：示例县教育局",
        "我局认真落实各项要求。",
        "本报告由示例县教育局办公室编制。",
        "关于做好示例县教育局2023年政府信息公开工作年度报告编制工作的通知",
    ],
)
def test_a_publisher_or_a_compiling_office_is_not_the_organ(tmp_path: Path, words: str) -> None:
    """Where nothing better is there, the organ is not told, and the sentence says what to type."""
    understood = told(tmp_path, words + "\n一、总体情况\n示例的文字。\n")
    assert understood.identity.agency_name is None
    assert "--agency" in reasons(understood)


def test_the_day_of_publication_never_tells_the_year(tmp_path: Path) -> None:
    """A report put up in 2024 without any other year stays without a year."""
    text = "示例县教育局政府信息公开工作年度报告\n发布时间：2024-01-20 来源：示例县教育局\n一、总体情况\n示例的文字。\n"
    understood = told(tmp_path, text)
    assert understood.identity.year is None
    assert "--year" in reasons(understood)
    assert understood.identity.published == "2024-01-20"


def test_two_titles_that_name_two_organs_are_refused(tmp_path: Path) -> None:
    """Two organs in two titles leave the organ untold; both are named with their places."""
    text = "示例县教育局2023年政府信息公开工作年度报告\n示例县财政局2023年政府信息公开工作年度报告\n一、总体情况\n"
    understood = told(tmp_path, text)
    assert understood.identity.agency_name is None
    assert "示例县教育局" in reasons(understood)
    assert "示例县财政局" in reasons(understood)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("发布日期：2024年01月26日", "2024-01-26"),
        ("时间：2024-01-30 11:40 来源：示例局", "2024-01-30"),
        ("2024-01-26 11:04 信息来源：统计局", "2024-01-26"),
        ("发布时间：2021-03-2918:26", "2021-03-29"),
        ("| 发布机构 | 示例局 | 发布日期 | 2020-01-31 13:56 |", "2020-01-31"),
        ("• 发布日期\n2021-01-29", "2021-01-29"),
        ("成文日期：2024-01-20", None),
        ("统计日期：2024-01-20", None),
        ("发布时间：2024-13-40", None),
    ],
)
def test_the_publication_line_tells_the_day(tmp_path: Path, line: str, day: str | None) -> None:
    """The day of publication is the labelled one; other days of the page are not it."""
    text = f"示例县教育局2023年政府信息公开工作年度报告\n{line}\n\n一、总体情况\n示例的文字。\n"
    assert told(tmp_path, text).identity.published == day


@pytest.mark.parametrize(
    ("signed", "day"),
    [
        ("示例县教育局\n2024年1月28日", "2024-01-28"),
        ("示例县教育局  2024年1月9日", "2024-01-09"),
        ("示例县教育局\n二○二四年一月二十八日", "2024-01-28"),
        ("示例县教育局\n二〇二四年十月十日", "2024-10-10"),
        ("示例县教育局", None),
        ("联系电话：2024-1234", None),
    ],
)
def test_the_day_under_the_signature_counts_where_no_line_above_has_one(
    tmp_path: Path, signed: str, day: str | None
) -> None:
    """The last lines of a report hold organ and day, in digits or in Chinese numerals."""
    record = made_record("2021")
    record.published = None
    assert told(tmp_path, lay_out(record, "tab-rows") + signed + "\n").identity.published == day


# places --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "rest"),
    [
        ("曲沃县卫生健康和体育局", "141021", "wsjkhtyj"),
        ("济宁市兖州区卫生健康局", "370812", "wsjkj"),
        ("红河州开远市林业和草原局", "532502", "lyhcyj"),
        ("津市市统计局", "430781", "tjj"),
        ("上海市", "310000", "rmzf"),
        ("重庆市荣昌区河包镇", "500153", "hbz"),
        ("示例县人民政府", "999901", "rmzf"),
        ("示例县卫生健康局（机关）", "999901", "wsjkj"),
    ],
)
def test_a_name_tells_place_and_letters(name: str, code: str, rest: str) -> None:
    """The place is the longest reading of the name's beginning; the letters are the initials of what is left."""
    assert [one.region.code for one in tell(name)] == [code]
    assert letters(name) == rest


@pytest.mark.parametrize(("name", "codes"), [("朝阳区教育局", {"110105", "220104"}), ("两城镇人民政府", set())])
def test_a_name_that_could_be_several_places_names_them_all(tmp_path: Path, name: str, codes: set[str]) -> None:
    """The sentence names every candidate with its code, and what to type."""
    understood = told(tmp_path, f"{name}2023年政府信息公开工作年度报告\n一、总体情况\n示例的文字。\n")
    assert understood.identity.region is None
    assert all(code in reasons(understood) for code in codes)
    assert "--region" in reasons(understood)


def test_a_person_can_say_what_the_report_hides(tmp_path: Path) -> None:
    """--agency, --region and --year outrank the report."""
    given = Given("示例县档案馆", "999901", 2022)
    told_by_hand = told(tmp_path, "一、总体情况\n示例的文字。\n", given).identity
    assert told_by_hand.problems == []
    assert (told_by_hand.agency_name, told_by_hand.year) == ("示例县档案馆", 2022)
    assert told_by_hand.region == by_code()["999901"]


def test_letters_that_are_taken_get_a_number() -> None:
    """Two organs with the same initials in one region keep apart."""
    assert mint("示例县水务局", "999901", ["999901-swj"]) == "999901-swj2"
    assert mint("示例县水务局", "999901", ["999901-swj", "999901-swj2"]) == "999901-swj3"


def test_level_and_sector_are_told_by_the_name() -> None:
    """A township's government is a township's; a county's health bureau is of the county and of health."""
    county = by_code()["999901"]
    assert level("示例县河包镇人民政府", county) == "township"
    assert level("示例县卫生健康局", county) == "county"
    assert sector("示例县卫生健康局", county) == "health"
    assert sector("示例县人民政府", county) == "government"
    assert sector("示例县河包镇人民政府", county) == "township"
    assert sector("示例县示例物件局", county) == "other"


# real pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not (SHARED / "pages" / "pages.jsonl").exists(), reason="the outlines of real pages are not here")
def test_real_pages_never_get_a_wrong_organ_or_year(tmp_path: Path) -> None:
    """On outlines of real pages a name, year or day that is told is the right one, or its place is refused."""
    wrong, right = [], 0
    for line in (SHARED / "pages" / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        truth, got = page["truth"], told(tmp_path, page["excerpt"]).identity
        right += (got.agency_name, got.year) == (truth["agency"], truth["year"])
        if got.region and got.agency_name != truth["agency"]:
            wrong.append((page["id"], truth["agency"], got.agency_name))
        if got.year and got.year != truth["year"]:
            wrong.append((page["id"], truth["year"], got.year))
        if got.published and got.published != truth["published"]:
            wrong.append((page["id"], truth["published"], got.published))
    assert wrong == []
    assert right >= 40


def test_forms_know_their_years() -> None:
    """The 2019 form serves 2019 and 2020, the 2021 form every year since."""
    assert [year for year in range(2018, 2024) if forms()["2019"].fits(year)] == [2019, 2020]
    assert [year for year in range(2018, 2024) if forms()["2021"].fits(year)] == [2021, 2022, 2023]
