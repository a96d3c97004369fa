"""Whose report, of which year and place: told in the order of evidence, or refused with what to type."""

import json
from pathlib import Path

import pytest

from pipeline.convert import Understood, understand
from pipeline.document import About, Cell, Row
from pipeline.forms import forms
from pipeline.identity import Given, Identity, identify, letters, level, mint, sector
from pipeline.places import core
from pipeline.regions import by_code, tell
from tests.layouts import lay_out
from tests.made import record as made_record

SHARED = Path(__file__).parents[2] / "shared"


def told(tmp_path: Path, text: str, given: Given = Given()) -> Understood:  # noqa: B008
    path = tmp_path / "document.txt"
    path.write_text(text, encoding="utf-8")
    return understand(path, given)


def reasons(understood: Understood) -> str:
    return says(understood.identity)


def says(identity: Identity) -> str:
    return " ".join(problem.says for problem in identity.problems)


def rows(text: str) -> list[Row]:
    lines = enumerate(text.splitlines(), start=1)
    return [Row((Cell(line, f"line {n}"),), in_table=False) for n, line in lines if line]


def of(text: str, frame: dict[str, str] | None = None, url: str | None = None, below: str = "") -> Identity:
    """What is told by lines before the tables, by a page's frame, by an address and by lines below the tables."""
    about = [About(name, words, f"<{name}>") for name, words in (frame or {}).items()]
    return identify(rows(text), rows(below), Given(url=url), about)


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
    "示例县教育局二〇二三年政府信息公开工作年度报告": ("示例县教育局", 2023),
    "示例县教育局二○二一年度政府信息公开年度报告": ("示例县教育局", 2021),
    "示例县教育局关于2022年政府信息公开工作情况的报告": ("示例县教育局", 2022),
    "【示例县教育局2022年政府信息公开工作年度报告】": ("示例县教育局", 2022),
    "示例县外事办公室（国际合作局）2020年政府信息公开工作年度报告": ("示例县外事办公室(国际合作局)", 2020),
    "和平区教育局2022年政府信息公开工作年度报告": ("和平区教育局", 2022),
    "特克斯县教育局2022年政府信息公开工作年度报告": ("特克斯县教育局", 2022),
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
    "统计期限自二〇二三年一月一日至十二月三十一日。请与示例县教育局办公室联系。": ("示例县教育局", 2023),
    "现向社会公布示例县教育局2022年度有关情况。": ("示例县教育局", None),
    "本报告结合2022年示例县教育局政府信息公开工作实际情况编制。期限：2022年1月1日至12月31日。": ("示例县教育局", 2022),
    "本报告由示例县教育局办公室编制，可从示例县教育局网站下载。2022年1月1日至12月31日。": ("示例县教育局", 2022),
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
    text = f"示例县教育局2019年政府信息公开工作年度报告\n{line}\n\n一、总体情况\n示例的文字。\n"
    assert told(tmp_path, text).identity.published == day


@pytest.mark.parametrize(
    "line", ["发布时间：2022-12-31", "示例县财政局2025年政府信息公开工作年度报告 发布时间：2026-01-20"]
)
def test_a_day_of_another_report_is_not_taken(tmp_path: Path, line: str) -> None:
    """No report is published before the year that it reports on, and a line about another year's report is about that."""
    text = f"示例县教育局2023年政府信息公开工作年度报告\n{line}\n\n一、总体情况\n示例的文字。\n"
    assert told(tmp_path, text).identity.published is None


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


# the year ------------------------------------------------------------------------------------------------------------

REPORT = "示例县教育局政府信息公开工作年度报告\n"


@pytest.mark.parametrize(
    ("words", "year"),
    [
        ("统计期限自2023年1月1日起至2023年12月31日止。", 2023),
        ("统计期限为2023年01月01日—12月31日，2024年1月编制。", 2023),
        ("本报告统计期限为2023年1月至12月。", 2023),
        ("一、总体情况\n2023年，示例县教育局认真贯彻条例，2024年将继续努力，比2022年增长一成。", 2023),
        ("一、总体情况\n现将2023年度政府信息公开工作情况报告如下。2022年12月作过培训。", 2023),
        ("一、总体情况\n2021年1月1日至12月31日，共公开信息。2020年同期较少。", 2021),
        (
            "一、总体情况\n按时发布了《示例县教育局2022年政府信息公开工作年度报告》。2023年1月1日至12月31日的数据。",
            2023,
        ),
    ],
)
def test_the_period_and_the_opening_words_tell_a_year_that_no_title_tells(words: str, year: int) -> None:
    """A plan for the next year, a comparison and the report of last year that prose speaks of tell nothing."""
    assert of(REPORT + words).year == year


@pytest.mark.parametrize(
    "words",
    [
        "2024年工作计划另行公布。",
        "与2022年相比有所增加。",
        "统计期限自202020年1月1日至202020年12月31日止。",
        "发布时间：2024-01-20",
        "索引号：20240126-2023",
        "网址：http://www.example.org/2023/nb.html",
        "国办公开办函〔2021〕30号",
        "示例〔202273号",
        "统计期限自2023年4月10日至2023年12月31日止。",
    ],
)
def test_other_numbers_of_the_page_tell_no_year(words: str) -> None:
    """A plan, a comparison, a damaged year, a date, an index number, a link and a citation are no year of the report."""
    found = of(REPORT + words + "\n一、总体情况\n示例的文字。", url="http://www.example.org/2023/01/t20230110.html")
    assert found.year is None
    assert "--year" in says(found)


@pytest.mark.parametrize(
    "text",
    [
        "示例县教育局2021-2022年政府信息公开工作年度报告",
        "示例县教育局2022年政府信息公开工作年度报告\n统计期限自2023年1月1日至12月31日。",
        "示例县教育局2022年政府信息公开工作年度报告\n现公布示例县教育局2023年政府信息公开工作年度报告。",
        "示例县教育局2022年政府信息公开工作年度报告\n示例县教育局2023年政府信息公开工作年度报告",
        "示例县教育局政府信息公开工作年度报告\n统计期限自2022年1月1日至2023年12月31日。",
        "示例县教育局二〇二二年政府信息公开工作年度报告\n统计期限自2023年1月1日至12月31日。",
    ],
)
def test_two_years_in_title_period_or_preamble_stop_the_report(text: str) -> None:
    """Two different years among the strong clues are never settled by rank; both are named."""
    found = of(text)
    assert found.year is None
    assert "the year could be" in says(found)


def test_a_damaged_year_in_the_title_is_not_taken() -> None:
    """202020年 is no 2020."""
    assert of("示例县教育局202020年政府信息公开工作年度报告").year is None


# the organ, where prose speaks of others -----------------------------------------------------------------------------

PROSE = [
    "参加《示例市2023年政府信息公开工作年度报告》编制培训。",
    "根据《示例市教育局2023年政府信息公开工作年度报告》的经验改进工作。",
    "及时发布示例市教育局2023年政府信息公开工作年度报告。",
    "政府网站由示例市大数据局按照标准建设。",
    "加强与示例市教育局联系，提高质量。",
    "2023年在示例市教育局的指导下开展工作。",
]


@pytest.mark.parametrize("words", PROSE)
def test_another_organ_that_the_prose_speaks_of_is_not_taken(words: str) -> None:
    """Where nothing names the organ, what section 一 says of others does not either."""
    found = of(f"一、总体情况\n{words}\n（一）主动公开\n{words}")
    assert found.agency_name is None
    assert "--agency" in says(found)


@pytest.mark.parametrize("words", PROSE)
def test_the_signature_tells_the_organ_in_spite_of_the_prose(words: str) -> None:
    """The organ under the report counts; another one in the prose does not come before it."""
    found = of(f"一、总体情况\n{words}", below="示例县教育局\n2024年1月20日")
    assert found.agency_name == "示例县教育局"


@pytest.mark.parametrize("junk", ["首页", "政府信息公开", "示例市人民政府门户网站", "发布机构", "示例市人民政府"])
def test_words_of_the_page_that_ran_into_a_title_are_no_part_of_a_name(junk: str) -> None:
    """What is not one organ's name beside the year is refused, as an organ or as a place."""
    found = of(f"{junk}示例县教育局2023年政府信息公开工作年度报告")
    assert found.region is None
    assert found.problems


def test_the_foot_of_a_page_is_no_signature() -> None:
    """A name without a day below the report may be the owner of the site."""
    assert of("一、总体情况\n示例的文字。", below="示例县人民政府办公室").agency_name is None


@pytest.mark.parametrize(
    "text",
    [
        "示例县教育局2023年政府信息公开工作年度报告\n示例市教育局2023年政府信息公开工作年度报告",
        "长春市朝阳区教育局2023年政府信息公开工作年度报告\n北京市朝阳区教育局2023年政府信息公开工作年度报告",
        "本报告由示例县教育局编制。\n本报告由示例县财政局编制。",
        "由示例县人民政府办公室编制。请与示例县人民政府办公室联系。",
    ],
)
def test_two_organs_of_equal_rank_are_refused(text: str) -> None:
    """The same bureau of two places is two organs, and so are a government and its office."""
    found = of(text)
    assert found.agency_name is None
    assert "--agency" in says(found)


def test_two_hints_of_two_kinds_tell_the_organ_one_does_not() -> None:
    """An office that compiled the report and the page's publisher agree; a publisher alone tells nothing."""
    by_office = "由示例县教育局办公室编制。统计期限自2023年1月1日至12月31日。"
    assert of(by_office).agency_name is None
    assert of("", {"source": "示例县教育局"}).agency_name is None
    assert of(by_office, {"source": "示例县教育局"}).agency_name == "示例县教育局"
    assert of(by_office, {"source": "示例县财政局"}).agency_name is None


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


# places that the page tells ------------------------------------------------------------------------------------------


def titled(name: str) -> str:
    return f"{name}2023年政府信息公开工作年度报告\n"


@pytest.mark.parametrize(
    ("name", "around", "code"),
    [
        ("鼓楼区教育局", {"site": "南京市鼓楼区人民政府"}, "320106"),
        ("鼓楼区教育局", {"path": "首页 > 福州市鼓楼区 > 政务公开 > 教育局"}, "350102"),
        ("鼓楼区教育局", {"site": "徐州市人民政府门户网站"}, "320302"),
        ("鼓楼区教育局", {"source": "开封市鼓楼区教育局"}, "410204"),
        ("鼓楼区教育局", {"address": "http://www.njgl.gov.cn/nb/1.html"}, "320106"),
        ("鼓楼区教育局", {"address": "https://gulou.fuzhou.gov.cn/nb/1.html"}, "350102"),
        ("朝阳区教育局", {"address": "https://www.beijing.gov.cn/nb/1.html"}, "110105"),
        ("新城区教育局", {"site": "西安市新城区人民政府"}, "610102"),
        ("青山区统计局", {"site": "武汉市青山区人民政府门户网站"}, "420107"),
        ("区教育局", {"site": "沈阳市于洪区人民政府"}, "210114"),
        ("县供销社", {"path": "当前位置：首页 > 岐山县人民政府 > 县供销社"}, "610323"),
        ("市教育局", {"site": "开远市人民政府"}, "532502"),
        ("市教育局", {"site": "梅州市兴宁市人民政府"}, "441481"),
        ("自治区信访局", {"site": "内蒙古自治区人民政府"}, "150000"),
        ("自治区北部湾办", {"address": "http://bbwb.gxzf.gov.cn/zwgk/t1.shtml"}, "450000"),
        ("省审计厅", {"site": "山西省人民政府"}, "140000"),
        ("应急管理局", {"site": "曲沃县人民政府"}, "141021"),
        ("河包镇人民政府", {"site": "重庆市荣昌区人民政府"}, "500153"),
        ("螺洋街道", {"site": "台州市路桥区人民政府门户网站", "path": "首页 > 路桥区 > 街道"}, "331004"),
        ("虎门镇人民政府", {"site": "东莞市人民政府门户网站"}, "441900"),
        ("鼓楼区教育局", {"site": "成都市人民政府"}, None),
        ("鼓楼区教育局", {"site": "江苏省人民政府"}, None),
        ("鼓楼区教育局", {"site": "南京市鼓楼区人民政府", "path": "首页 > 福州市鼓楼区 > 教育局"}, None),
        ("鼓楼区教育局", {"address": "http://www.gulou.gov.cn/nb/1.html"}, None),
        ("区教育局", {"site": "沈阳市人民政府"}, None),
        ("市教育局", {"site": "沈阳市于洪区人民政府"}, None),
        ("市教育局", {"site": "江门市人民政府"}, None),
        ("市教育局", {"site": "厦门市人民政府"}, "350200"),
        ("市场监督管理局", {"site": "沈阳市人民政府"}, None),
        ("教育局", {"site": "沈阳市人民政府"}, None),
        ("两城镇人民政府", {"site": "济宁市人民政府"}, None),
        ("两城镇人民政府", {"address": "http://www.weishan.gov.cn/nb/1.html"}, None),
        ("两城镇人民政府", {"site": "微山县人民政府", "path": "首页 > 曲沃县人民政府 > 镇"}, None),
        ("东城区教育局", {"site": "许昌市东城区管委会"}, None),
        ("滨海新区教育局", {"site": "福州市人民政府"}, None),
    ],
)
def test_the_page_around_a_report_tells_the_place_of_a_short_name(
    name: str, around: dict[str, str], code: str | None
) -> None:
    """Site, trail, publisher and address complete a name or choose among places; what does not fit refuses."""
    found = of(titled(name), around)
    assert found.agency_name == name
    assert (found.region.code if found.region else None) == code
    assert code or "--region" in says(found)


def test_an_address_typed_in_counts_as_the_address_of_the_page() -> None:
    """`--url` says where the report was found, and tells one 鼓楼区 from the others."""
    assert of(titled("鼓楼区教育局")).region is None
    told_by = of(titled("鼓楼区教育局"), url="https://gl.nanjing.gov.cn/nb/1.html").region
    assert told_by == by_code()["320106"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("两城镇人民政府2020年政府信息公开工作年度报告\n联系地址：微山县两城镇政府驻地。", "370826"),
        ("当前位置：首页 > 重庆市荣昌区人民政府 > 河包镇\n河包镇2020年政府信息公开工作年度报告", "500153"),
        ("网站名称：沈阳市于洪区人民政府\n区教育局2023年政府信息公开工作年度报告", "210114"),
        ("区教育局2023年政府信息公开工作年度报告\n2024-01-26 来源：于洪区教育局", "210114"),
        ("朝阳区教育局2023年政府信息公开工作年度报告\n（联系地址：吉林省长春市朝阳区示例路1号）", "220104"),
        ("区教育局2023年政府信息公开工作年度报告\n来源：沈阳市教育局", None),
        ("市教育局2023年政府信息公开工作年度报告\n来源：沈阳市教育局", None),
        ("市教育局2023年政府信息公开工作年度报告\n来源：厦门市教育局", "350200"),
        ("市教育局2023年政府信息公开工作年度报告\n请与沈阳市教育局联系。", "210100"),
        ("两城镇人民政府2020年政府信息公开工作年度报告\n一、总体情况\n示例的文字。", None),
    ],
)
def test_lines_of_the_text_tell_the_place_as_a_frame_does(text: str, code: str | None) -> None:
    """Trail, site, publisher and postal address may stand in the text itself."""
    found = of(text)
    assert (found.region.code if found.region else None) == code


def test_the_title_of_the_page_counts_where_the_text_has_none() -> None:
    """What a browser shows as title tells organ and year; a printed title comes before it."""
    shown = {"title": "示例县教育局2023年政府信息公开工作年度报告-示例县人民政府"}
    found = of("一、总体情况\n示例的文字。", shown)
    assert (found.agency_name, found.year, found.region) == ("示例县教育局", 2023, by_code()["999901"])
    printed = of("示例县财政局2022年政府信息公开工作年度报告\n一、总体情况\n", shown)
    assert (printed.agency_name, printed.year) == ("示例县财政局", 2022)


def test_the_day_in_the_frame_counts_after_the_printed_one() -> None:
    """Page line, then the frame, then the signature."""
    frame, below = {"published": "2024-01-29 10:15"}, "示例县教育局\n2024年1月20日"
    assert of(titled("示例县教育局") + "发布日期：2024-01-31", frame, below=below).published == "2024-01-31"
    assert of(titled("示例县教育局"), frame, below=below).published == "2024-01-29"
    assert of(titled("示例县教育局"), below=below).published == "2024-01-20"


def test_words_of_the_frame_say_the_same_when_they_are_read_as_text() -> None:
    """What is kept of a frame is a line each, and a second reading of those lines tells the same."""
    frame = {
        "title": "鼓楼区教育局2023年政府信息公开工作年度报告",
        "site": "福州市鼓楼区人民政府",
        "published": "2024-01-29",
        "path": "首页 > 福州市鼓楼区 > 教育局",
    }
    first = of("一、总体情况\n示例的文字。", frame, url="http://www.fzgl.gov.cn/1.html")
    again = of("\n".join([*first.framed(rows("")), "一、总体情况", "示例的文字。"]))
    for key in ("agency_name", "year", "region", "published"):
        assert getattr(first, key) == getattr(again, key) is not None, key


# scope, level, sector ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words", "scope"),
    [
        ("示例县人民政府", "本报告由示例县人民政府办公室汇总各乡镇、各部门年度报告编制。", "jurisdiction"),
        ("示例县人民政府", "由办公室综合全县的政府信息公开工作情况编制而成。", "jurisdiction"),
        ("示例县", "本报告数据涵盖全县各乡镇、各部门。", "jurisdiction"),
        ("示例县教育局", "本报告所列数据仅限示例县教育局机关。", "own"),
        ("示例县教育局", "报告数据不含下属单位。", "own"),
        ("示例县教育局", "汇总各部门意见后编制报告。", None),
        ("示例县人民政府", "统计期限自2023年1月1日至12月31日。", None),
        ("示例县人民政府", "数据仅包括本级。由办公室综合全县的政府信息公开工作情况编制而成。", None),
    ],
)
def test_the_report_says_what_it_counts_or_nothing_is_told(name: str, words: str, scope: str | None) -> None:
    """The words for one organ or for all; none where it does not say, says both, or a bureau merely gathers figures."""
    assert of(titled(name) + words).scope == scope


LEVELS = {
    "国家体育总局": "national",
    "山西省退役军人事务厅": "province",
    "重庆市医疗保障局": "province",
    "包头市文化旅游广电局": "prefecture",
    "黔东南州农业农村局": "prefecture",
    "津市市统计局": "county",
    "广元市利州区乡村振兴局": "county",
    "示例县住房和城乡建设局": "county",
    "柳城县古砦仫佬族乡人民政府": "township",
    "阿拉善盟额济纳旗温图高勒苏木人民政府": "township",
    "南京市鼓楼区人民政府华侨路街道办事处": "township",
    "铜陵市铜官区东郊办事处": "township",
    "东莞市虎门镇人民政府": "township",
    "方正县大罗密镇": "township",
    "河北省人民政府驻北京办事处": "province",
    "第八师石河子市教育局": "prefecture",
    "石河子市教育局": "county",
    "第八师一四三团": None,
    "益阳高新区": None,
    "青岛海关": None,
    "绵阳市生态环境局北川分局": None,
}


@pytest.mark.parametrize("name", LEVELS)
def test_place_and_name_tell_the_level_or_nothing_does(name: str) -> None:
    """A zone, a customs house and a regiment have a rank of their own, which the name does not say."""
    codes = [told.region for told in tell(core(name), 2023)] or [by_code()["000000"]]
    assert level(name, codes[0]) == LEVELS[name]


SECTORS = {
    "health": "卫生健康局 卫生健康委员会 卫生健康和体育局 卫健局 卫生和计划生育局 中心血站 人民医院 疾病预防控制局 中医药管理局",
    "medical_insurance": "医疗保障局 医保局",
    "education": "教育局 教育体育局 教育和体育局 教育厅 教育科技局 教育考试院 第一中学 实验小学",
    "public_security": "公安局 公安厅 公安局交通警察支队 森林公安局",
    "justice": "司法局 司法厅 监狱管理局 戒毒管理局",
    "finance": "财政局 财政厅 财政和国资局 财政所",
    "tax": "税务局",
    "audit": "审计局 审计厅",
    "statistics": "统计局 调查队 调查总队",
    "development_reform": "发展和改革局 发展和改革委员会 发展改革委 粮食和物资储备局 物价局",
    "energy": "能源局 煤炭工业局",
    "industry_information": "工业和信息化局 经济和信息化局 工信局 科技和工业信息化局 通信管理局 烟草专卖局 经济发展局",
    "commerce": "商务局 商务厅 投资促进局 招商局 口岸办公室 经济技术合作局",
    "market_regulation": "市场监督管理局 市监局 药品监督管理局 知识产权局 质量技术监督局",
    "financial_regulation": "地方金融监督管理局 金融工作办公室 金融办",
    "natural_resources": "自然资源局 自然资源和规划局 国土资源局 规划局 不动产登记中心 海洋局 海洋发展局",
    "ecology_environment": "生态环境局 环境保护局 环境监测站",
    "housing_construction": "住房和城乡建设局 住房和城乡建设厅 住建局 房产管理局 住房公积金管理中心 住房保障局",
    "transport": "交通运输局 交通局 公路局 港口管理局 道路运输服务中心 海事局 邮政管理局",
    "water": "水利局 水务局 水文局 水库移民局 河务局",
    "agriculture_rural": "农业农村局 农牧局 乡村振兴局 畜牧兽医局 农业农村和水利局 农机局 扶贫开发办公室",
    "forestry_grassland": "林业局 林业和草原局 国有林场 自然保护区管理局",
    "culture_tourism": "文化和旅游局 文化旅游广电局 文化广电旅游体育局 文物局 图书馆 广播电视局",
    "sports": "体育局 体育总会",
    "science_technology": "科学技术局 科技局",
    "civil_affairs": "民政局 民政厅 社会福利院",
    "human_resources_social_security": "人力资源和社会保障局 人社局 社会保险事业中心 就业服务中心",
    "veterans": "退役军人事务局 退役军人事务厅",
    "emergency": "应急管理局 应急局 安全生产监督管理局",
    "fire_rescue": "消防救援支队 消防救援大队",
    "urban_management": "城市管理局 城市管理和综合执法局 综合行政执法局 城市管理行政执法局 园林绿化局 环境卫生服务中心",
    "state_assets": "国有资产监督管理委员会 人民政府国资委 政府国资委",
    "ethnic_religious": "民族宗教事务局 民族事务委员会 民族宗教事务委员会",
    "foreign_affairs": "外事办公室 人民政府外事办公室 台湾事务办公室 外事侨务办公室",
    "petition": "信访局 信访办公室",
    "supply_marketing": "供销合作社 供销合作总社 供销社 供销合作社联合社",
    "meteorology": "气象局 气象部门",
    "earthquake": "地震局 防震减灾局",
    "data_government_services": "行政审批服务局 政务服务管理局 大数据局 大数据和行政审批局 公共资源交易中心 数据局 营商环境建设局 数字经济局",
    "archives_history": "档案局 档案馆 地方志办公室 人民政府地方志办公室 史志办公室",
    "customs": "海关",
    "organ_affairs": "机关事务管理局 机关事务服务中心",
    "civil_air_defence": "人民防空办公室 国防动员办公室",
    "party_offices": "委机构编制委员会办公室 委网信办 委编办",
    "mass_organisations": "残疾人联合会 总工会 妇女联合会",
    "public_enterprises": "自来水有限公司 供电公司 燃气有限公司",
    "development_zone": "经济开发区管理委员会 高新区 工业园区管委会 风景名胜区管理委员会",
    "government": "人民政府 人民政府办公室 政府办公室 人民政府研究室 政府办",
    "township": "河包镇人民政府 东街街道办事处 大罗密镇 古砦乡人民政府 华侨路街道办事处",
}


@pytest.mark.parametrize("key", SECTORS)
def test_the_name_tells_the_sector(key: str) -> None:
    """Typical names of organs of a county, by the list of `data/sectors.yaml`."""
    names = SECTORS[key].split()
    assert {name: sector(f"示例县{name}", by_code()["999901"]) for name in names} == dict.fromkeys(names, key)


# real pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not (SHARED / "pages" / "pages.jsonl").exists(), reason="the outlines of real pages are not here")
def test_real_pages_never_get_a_wrong_organ_or_year(tmp_path: Path) -> None:
    """On outlines of real pages a name, year or day that is told is the right one, or its place is refused."""
    wrong, right = [], 0
    for line in (SHARED / "pages" / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        truth, got = page["truth"], told(tmp_path, page["excerpt"], Given(url=page["url"])).identity
        right += (got.agency_name, got.year) == (truth["agency"], truth["year"])
        if got.region and got.agency_name != truth["agency"]:
            wrong.append((page["id"], truth["agency"], got.agency_name))
        if got.year and got.year != truth["year"]:
            wrong.append((page["id"], truth["year"], got.year))
        if got.published and got.published != truth["published"]:
            wrong.append((page["id"], truth["published"], got.published))
    assert wrong == []
    assert right >= 49


def test_forms_know_their_years() -> None:
    """The 2019 form serves 2019 and 2020, the 2021 form every year since."""
    assert [year for year in range(2018, 2024) if forms()["2019"].fits(year)] == [2019, 2020]
    assert [year for year in range(2018, 2024) if forms()["2021"].fits(year)] == [2021, 2022, 2023]
