"""Pictures: what is drawn where, what is written on it, and what is said to those who do not see it."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader
from lxml import html

from pipeline import ROOT, pelicanconf
from pipeline.pages import report
from pipeline.pages.addresses import Links, Site
from pipeline.pages.language import LANGUAGES, Language
from pipeline.pages.pictures import Told, distribution, trend, trends, written
from pipeline.pages.statistics import quartiles
from pipeline.pages.tiles import tile_map
from pipeline.regions import regions
from tests.made import put, record

CHINESE, ENGLISH = LANGUAGES


def draw(call: str, plot: Any, language: Language = CHINESE) -> Any:
    """A picture as a page of a language has it."""
    found = Environment(loader=FileSystemLoader(ROOT / "theme" / "templates"), **pelicanconf.JINJA_ENVIRONMENT)
    found.globals |= language.globals()
    link = Links(Site(), "subjects/index.html", language)
    source = '{% from "_pictures.html" import bars, distribution, spark, tiles, trend %}{{ ' + call + " }}"
    return html.fragment_fromstring(found.from_string(source).render(plot=plot, link=link), create_parent="div")


def texts(tree: Any) -> list[str]:
    """The words of an SVG in the order in which they stand."""
    return [one.text_content() for one in tree.iter("text", "tspan") if one.text]


# figures as pictures write them --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "rate", "text"),
    [
        (0, False, "0"), (9999, False, "9999"), (123456, False, "123,456"), (-4, False, "-4"),
        (Decimal("12.50"), False, "12.5"), (Fraction(15, 2), False, "7.5"), (Decimal("3"), False, "3"),
        (Decimal(0), True, "0%"), (Decimal(1), True, "100%"), (Decimal("0.0004"), True, "<0.1%"),
        (Decimal("0.0005"), True, "<0.1%"), (Decimal("0.000501"), True, "0.1%"),
        (Decimal("0.9999"), True, "100.0%"), (Fraction(1, 3), True, "33.3%"), (Decimal("1.25"), True, "125.0%"),
    ],
)  # fmt: skip
def test_only_nought_is_written_as_nought_and_only_the_whole_as_the_whole(number: Any, rate: bool, text: str) -> None:
    """Figures are exact or rounded to a tenth; what is not 0 is never written as 0, nor what is not all as 100%."""
    assert written(number, rate) == text


# years ---------------------------------------------------------------------------------------------------------------

YEARS = [(2019, 3, True), (2020, 0, True), (2021, None, False), (2022, None, True), (2023, 12, True)]


def test_a_gap_a_blank_and_a_nought_are_three_things() -> None:
    """A figure has a column, 0 only its figure, a blank cell — and a missing year 缺: neither ever becomes 0."""
    plot = trend(YEARS)
    assert [(point.text, point.rises, point.light) for point in plot.points] == [
        ("3", 11, False), ("0", 0, True), (None, 0, True), (None, 0, True), ("12", 44, False),
    ]  # fmt: skip
    for language, gap in ((CHINESE, "缺"), (ENGLISH, "missing")):
        shown = draw('trend(plot, "历年申请", link)', plot, language)
        assert sorted(texts(shown)) == sorted(["3", "0", "—", gap, "12", *map(str, range(2019, 2024))])


def test_a_plot_says_all_its_figures_in_a_sentence() -> None:
    """Who hears the picture is told every year: its figure with the unit, that it is blank, or that it is missing."""
    plot = trend(YEARS)
    (chinese,) = draw('trend(plot, "历年申请", link, unit="件")', plot).iter("svg")
    (english,) = draw('trend(plot, "Requests", link)', plot, ENGLISH).iter("svg")
    assert chinese.get("role") == english.get("role") == "img"
    assert chinese.get("aria-label") == "2019年3件，2020年0件，2021年缺，2022年原表为空，2023年12件"
    assert english.get("aria-label") == "2019 3, 2020 0, 2021 missing, 2022 blank, 2023 12"


def test_columns_stand_on_one_line_and_rise_with_their_figures() -> None:
    """The greatest figure rises to the top, half of it half as high, and the least above 0 is seen all the same."""
    plot = trend([(2019, 1000, True), (2020, 500, True), (2021, 1, True), (2022, -3, True)])
    assert [point.rises for point in plot.points] == [44, 22, 2, 0]
    assert plot.solid == "".join(f"M{point.x} 61v-{point.rises}" for point in plot.points[:3])
    assert [point.y for point in plot.points] == [13, 35, 55, 57]


def test_no_two_figures_of_a_plot_run_into_each_other() -> None:
    """Whatever the figures, each stands in a room as wide as it needs, and the rooms lie side by side."""
    values = [7, 123_456, 1_234_567, 0, 99_999, 100_000, 12]
    points = trend([(2019 + n, value, True) for n, value in enumerate(values)]).points
    wide = [sum(7.6 if sign.isdigit() else 3.6 for sign in point.text or "") for point in points]
    for one, other, first, second in zip(points, points[1:], wide, wide[1:], strict=False):
        assert other.x - one.x >= (first + second) / 2


def test_the_narrowest_screen_shows_a_plot_whole() -> None:
    """Seven years of figures of five digits, or of rates, have room; of more the latest are drawn, and the page says so.

    One rate that a wrong report makes enormous takes no more room than any other.
    """
    wrong = trend([(year, Decimal(19_288), True) for year in range(2019, 2025)], rate=True)
    assert (wrong.left_out, {point.text for point in wrong.points}) == (0, {">999%"})
    assert trend([(year, 99_999, True) for year in range(2019, 2026)]).left_out == 0
    assert trend([(year, Decimal("0.455"), True) for year in range(2019, 2026)], rate=True).left_out == 0
    plot = trend([(year, 123_456, True) for year in range(2019, 2028)])
    assert plot.width <= 300
    assert [point.year for point in plot.points] == list(range(2019 + plot.left_out, 2028))
    assert f"最近{9 - plot.left_out}年" in draw('trend(plot, "历年申请", link)', plot).text_content()


def test_rates_of_few_cases_are_hollow_and_their_cases_are_written_below() -> None:
    """A rate of fewer than ten cases is an outline in light words; every denominator stands below its year."""
    plot = trend([Told(2023, Decimal("0.5"), True, 9), Told(2024, Decimal("0.5"), True, 10)], rate=True)
    assert [point.weak for point in plot.points] == [True, False]
    assert plot.hollow.startswith(f"M{plot.points[0].x - 12} ")
    assert plot.solid.startswith(f"M{plot.points[1].x} ")
    assert [text for _, text in plot.denominators] == ["9", "10"]
    assert texts(draw('trend(plot, "公开率", link)', plot)) == ["50.0%", "50.0%", "2023", "2024", "9", "10"]


def test_a_change_of_form_is_marked_between_the_two_years() -> None:
    """The mark stands between the last year of the one form and the first of the other, and is said in words."""
    plot = trend([(2019, 5, True), (2020, 6, True), (2021, 7, True)], breaks=[2021])
    assert [plot.points[1].x < place < plot.points[2].x for place in plot.breaks] == [True]
    assert "虚线" in draw('trend(plot, "行政处罚", link)', plot).text_content()
    assert trend([(2021, 7, True), (2022, 7, True)], breaks=[2021]).breaks == ()


def test_plots_side_by_side_have_each_year_at_the_same_place() -> None:
    """Plots made together share the places of their years, which are then written once and used again."""
    first, second = trends([[(2019, 3, True), (2020, 123_456, True)], [(2019, 1, True), (2020, 2, True)]])
    assert first.years == second.years
    assert first.width == second.width
    call = '{% set shared = {"id": "y"} %}{{ spark(plot, "甲", shared=shared) }}{{ spark(plot, "乙", shared=shared) }}'
    shown = draw(f"'' }}}}{call}{{{{ ''", first)
    assert [one.get("href") for one in shown.iter("use")] == [f"#{one}" for one in shown.xpath("//svg//@id")]


def test_a_plot_of_nothing_is_empty() -> None:
    """No year, no figure: nothing is drawn and nothing breaks."""
    assert trend([]).points == ()
    assert trends([]) == []
    assert trend([(2023, None, False)]).solid == ""


# distributions -------------------------------------------------------------------------------------------------------


def test_every_value_of_a_distribution_lies_in_one_class() -> None:
    """0, the border of a tenth and 100% itself each have one place; what is beyond has classes of its own."""
    values = [Decimal(one) for one in ("-0.2", "0", "0.099999", "0.1", "0.999999", "1", "1.000001")]
    spread = distribution(values, quartiles(values), rate=True)
    sizes = {one.text: one.number for one in spread.classes if one.number}
    assert sizes == {"<0%": 1, "0–10%": 2, "10–20%": 1, "90–100%": 2, ">100%": 1}
    assert len(spread.classes) == 12


def test_counts_are_put_into_classes_that_grow() -> None:
    """0 and 1 stand alone, then come 2–4, 5–9, 10–19 and so on, up to the greatest value and no further."""
    spread = distribution([0, 0, 0, 1, 4, 5, 19], None)
    assert [(one.text, one.number) for one in spread.classes] == [
        ("0", 3), ("1", 1), ("2–4", 1), ("5–9", 1), ("10–19", 1),
    ]  # fmt: skip
    assert [one.share for one in spread.classes] == [Decimal("100"), *[Decimal("33.3")] * 4]


def test_quartiles_and_one_organ_are_named_at_their_classes() -> None:
    """Each mark stands at exactly one class, and their figures are written below with n and who is counted apart."""
    values = [Decimal(n) / 10 for n in range(1, 10)]
    spread = distribution(values, quartiles(values), rate=True, mark=Decimal("0.55"), without=3)
    assert {mark: one.text for one in spread.classes for mark in one.marks} == {
        "lower": "30–40%", "median": "50–60%", "upper": "70–80%", "organ": "50–60%",
    }  # fmt: skip
    words = draw('distribution(plot, "公开率的分布", link, "data/x.csv", "个机关")', spread).text_content()
    assert "n＝9。下四分位数30.0%，中位数50.0%，上四分位数70.0%；本机关55.0%。另有3个机关没有这类事项" in words
    english = draw('distribution(plot, "Rates", link, "data/x.csv", "organs")', spread, ENGLISH).text_content()
    assert (
        "n = 9. Lower quartile 30.0%, median 50.0%, upper quartile 70.0%; this organ 55.0%. 3 organs without" in english
    )


def test_few_values_have_no_quartiles() -> None:
    """Below five organs the page says so; of none at all there is no class."""
    values = [Decimal("0.2"), Decimal("0.3")]
    spread = distribution(values, quartiles(values), rate=True)
    assert (spread.lower, spread.median, spread.upper) == (None, None, None)
    assert "不足五个机关" in draw('distribution(plot, "分布", link)', spread).text_content()
    assert distribution([], None, rate=True).classes == ()


# the tile map --------------------------------------------------------------------------------------------------------


def test_every_province_has_a_tile_of_its_own() -> None:
    """The 34 provinces of the list of regions, under their own names, no two on one spot, in rows that begin anew."""
    tiles = tile_map({}).tiles
    provinces = {one.code: one.name for one in regions() if one.level == "province" and one.is_current}
    assert sorted(tile.code for tile in tiles) == sorted(provinces)
    assert all(provinces[tile.code].startswith(tile.name) for tile in tiles)
    assert len({tile.letters for tile in tiles}) == 34
    rows = [[tiles[0].column]]
    for tile in tiles[1:]:
        rows.append([tile.column]) if tile.column <= rows[-1][-1] else rows[-1].append(tile.column)
    assert len(rows) == 8
    assert {tile.column for tile in tiles} == set(range(1, 8))


def test_a_tile_without_a_figure_is_told_from_nought_and_from_the_three_that_report_nothing() -> None:
    """None is —, 0 is 0, and Hong Kong, Macao and Taiwan stand apart and count as neither."""
    plot = tile_map({"110000": Decimal(0), "120000": None, "130000": Decimal(1)}, rate=True)
    found = {tile.code: tile for tile in plot.tiles}
    assert (found["110000"].text, found["110000"].step) == ("0%", 1)
    assert (found["120000"].text, found["120000"].step) == (None, 0)
    assert (found["130000"].text, found["130000"].step) == ("100%", 5)
    assert [tile.name for tile in plot.tiles if tile.apart] == ["台湾", "澳门", "香港"]
    assert plot.told == 2
    shown = draw('tiles(plot, "公开率", link, empty="没有报告")', plot)
    assert shown.xpath("//ul[@class='tiles']/li[contains(@class, 'none')]//abbr/@title") == ["没有报告"] * 29
    assert len(shown.xpath("//li[contains(@class, 'apart')]")) == 3


def test_steps_are_equal_and_hold_every_figure() -> None:
    """The five steps end with a round figure above the greatest, and the legend counts every province once."""
    codes = [tile.code for tile in tile_map({}).tiles if not tile.apart]
    plot = tile_map({code: n for n, code in enumerate(codes)})
    assert [step.text for step in plot.steps] == ["0–10", "10–20", "20–30", "30–40", "40–50"]
    assert [step.number for step in plot.steps] == [11, 10, 10, 0, 0]
    assert [one.step for one in plot.tiles if one.text in ("0", "10", "11")] == [1, 1, 2]
    shares = tile_map({"110000": Decimal("0.031")}, rate=True)
    assert [step.text for step in shares.steps] == ["0–1%", "1–2%", "2–3%", "3–4%", "4–5%"]


def test_great_figures_fit_into_their_tiles() -> None:
    """Past 99,999 tiles count in units of 10,000, which the page says; what is not 0 is not written as 0."""
    plot = tile_map({"110000": 1_234_567, "120000": 7, "130000": 0})
    assert {tile.code: tile.text for tile in plot.tiles if tile.text} == {
        "110000": "123.5", "120000": "<0.1", "130000": "0",
    }  # fmt: skip
    assert "单位：万件" in draw('tiles(plot, "新收申请", link, unit="件")', plot).text_content()
    assert [tile.text for tile in tile_map({"110000": 99_999}).tiles if tile.text] == ["99999"]


def test_tiles_say_nought_and_the_whole_only_of_those() -> None:
    """Tenths are left out where they are 0, but never so that a figure next to 0 or to the whole looks like it."""
    values = {"110000": "0.0005", "120000": "0.9999", "130000": "1", "140000": "0", "150000": "0.5", "210000": "12"}
    plot = tile_map({code: Decimal(value) for code, value in values.items()}, rate=True)
    assert {tile.code: tile.text for tile in plot.tiles if tile.text} == {
        "110000": "<0.1%", "120000": "100.0%", "130000": "100%", "140000": "0%", "150000": "50%", "210000": ">999%",
    }  # fmt: skip
    assert [step.text for step in plot.steps] == ["0–400%", "400–800%", "800–1200%", "1200–1600%", "1600–2000%"]


def test_a_tile_leads_to_its_place_in_the_page_s_own_language() -> None:
    """A tile with an address is a link; in English it is called by its whole name, on a small screen by its letters."""
    plot = tile_map({"140000": Decimal("0.5")}, {"140000": "regions/140000/"}, rate=True)
    (english,) = draw('tiles(plot, "Rates", link)', plot, ENGLISH).xpath("//a[contains(@href, 'regions')]")
    assert english.get("href") == "../../en/regions/140000/index.html"
    assert english.xpath("span[@class='full']/text() | span[@aria-hidden]/text()") == ["Shanxi", "SX"]
    (chinese,) = draw('tiles(plot, "公开率", link)', plot).xpath("//a[contains(@href, 'regions')]")
    assert chinese.get("href") == "../regions/140000/index.html"
    assert chinese.text_content() == "山西50%"


# bars ----------------------------------------------------------------------------------------------------------------


def test_bars_say_their_figures_and_draw_no_bar_for_nought_or_blank() -> None:
    """Every group with its figure, 0 as a figure without a bar, a sum with a blank in it as that."""
    made = put(record(), requests__granted__total=10, requests__refused_law_forbids__total=4)
    plot = report.outcome_bars(put(made, requests__unable_not_held__total=None))
    (shown,) = draw('bars(plot, "结果", link, unit="件")', plot).xpath("//div[@role='img']")
    assert shown.get("aria-label") == "予以公开10件，部分公开0件，不予公开4件，无法提供有空格，不予处理0件，其他处理0件"
    assert [one.get("style") for one in shown.iter("i")] == ["width:100.0%", None, "width:40.0%", None, None, None]
    (english,) = draw('bars(plot, "Outcomes", link)', plot, ENGLISH).xpath("//div[@role='img']/@aria-label")
    assert english.startswith("Granted in full 10, Granted in part 0, Refused 4, Unable to provide blank")


# all of them ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
@pytest.mark.parametrize(
    ("call", "plot"),
    [
        ("trend", trend(YEARS)),
        ("distribution", distribution([0, 3], None)),
        ("tiles", tile_map({"110000": 3})),
    ],
)
def test_every_picture_has_a_title_and_leads_to_its_data(call: str, plot: Any, language: Language) -> None:
    """A figure with its title in words and one link to a CSV file, which has no language."""
    shown = draw(f'{call}(plot, "<b>题</b>", link, "data/x.csv")', plot, language)
    (figure,) = shown.iter("figure")
    assert figure.find("figcaption").text_content() == "<b>题</b>"
    top = "../" * (2 if language.is_english else 1)
    assert figure.xpath(".//a[@download]/@href") == [f"{top}data/x.csv"]
