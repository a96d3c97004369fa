"""The page of an organ: its figures over the years, its place among its like, findings, corrections, what is missing."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from pipeline.pages import agency as agency_pages
from pipeline.pages.agency import AgencyPage
from pipeline.pages.page import File
from pipeline.record import Agency, Record
from tests.browser import Window
from tests.made import ID, agency, different, put, record
from tests.offered import material
from tests.rendered import render

LIMIT = 40 * 1024
"""What an organ page may weigh before compression."""


def page_of(*made: Record, known: tuple[dict[str, str], ...] = (), organ: Agency | None = None) -> AgencyPage:
    """The page of the organ whose reports these are."""
    organ = organ or agency()
    page, _ = agency_pages.agency_pages(material(made, [organ], known), organ)
    return page


def reports(**figures: tuple[int | None, ...]) -> list[Record]:
    """Reports on 2021, 2022 and so on, with the figures of each year for some fields."""
    years = range(2021, 2021 + max(map(len, figures.values())))
    return [
        put(record(year=year), **{field: values[n] for field, values in figures.items()})
        for n, year in enumerate(years)
    ]


def peers(number: int, **figures: int) -> tuple[list[Record], list[Agency]]:
    """So many organs of one level and sector, the figures of each n times those given."""
    organs = [agency(agency_id=f"{141000 + n}-wsjkj", name=f"示例{n}县卫生健康局") for n in range(1, number + 1)]
    made = [
        put(
            record(agency_id=one.agency_id, agency_name=one.name),
            **{key: n * one_of for key, one_of in figures.items()},
        )
        for n, one in enumerate(organs, 1)
    ]
    return made, organs


# the years -----------------------------------------------------------------------------------------------------------


def test_a_year_between_is_missing_and_never_zero() -> None:
    """Years run from the first held or known to the last; a year without a report has no figure."""
    made = [
        put(record(year=2021), requests__new_received__total=4),
        put(record(year=2023), requests__new_received__total=8),
    ]
    page = page_of(
        *made,
        known=(
            {"agency_id": ID, "year": "2024", "status": "known", "url": "javascript:alert(1)"},
            {"agency_id": ID, "year": "2021", "status": "held", "url": "https://example.org/nb"},
        ),
    )
    assert [(one.year, one.status, one.url is not None) for one in page.years] == [
        (2021, "held", True), (2022, "missing", False), (2023, "held", True), (2024, "known", False),
    ]  # fmt: skip
    assert [one.year for one in page.missing] == [2022, 2024]
    received = page.line("requests.new_received.total")
    assert [(one.held, one.value) for one in received.entries] == [(True, 4), (False, None), (True, 8), (False, None)]
    assert [one.line.key for one in page.drawn_counts] == ["requests.new_received.total"]


def test_a_year_known_at_two_addresses_is_what_is_better_known() -> None:
    """As the pages of coverage count it: known before not readable before gone, in whatever order they stand."""
    listed = [
        ("gone", "https://example.org/1"),
        ("known", "https://example.org/2"),
        ("refused", "https://example.org/3"),
    ]
    known = tuple({"agency_id": ID, "year": "2024", "status": status, "url": url} for status, url in listed)
    (missing,) = page_of(record(year=2023), known=known).missing
    assert (missing.status, missing.url) == ("known", "https://example.org/2")


def test_a_rate_stands_with_its_two_numbers() -> None:
    """The rate of each year has numerator and denominator beside it, and is not told where it cannot be."""
    made = put(record(year=2022), requests__granted__total=10, requests__total_processed__total=22)
    full = page_of(made, record(year=2023)).line("full_disclosure_rate")
    assert [(one.value, one.numerator, one.denominator) for one in full.entries] == [
        (Decimal("0.454545"), 10, 22), (None, 0, 0),
    ]  # fmt: skip


def test_a_change_is_told_between_two_years_that_follow_each_other() -> None:
    """From one year to the next where both have a figure: never over a gap, a blank cell or a rate that is not told."""
    made = reports(requests__carried_in__total=(3, 5, 5, None, 9))
    line = page_of(*made, record(year=2027)).line("requests.carried_in.total")
    assert [one.change for one in line.entries] == [None, 2, 0, None, None, None, None]
    assert [line.changed(one) for one in line.entries] == [None, "+2", None, None, None, None, None]


def test_changes_of_rates_are_in_percentage_points() -> None:
    """From 25 to 40 per cent are 15 percentage points; less is told with a minus."""
    made = reports(requests__granted__total=(5, 8, 6), requests__total_processed__total=(20, 20, 20))
    line = page_of(*made).line("disclosure_rate")
    assert [line.changed(one) for one in line.entries] == [None, "+15.0", "−10.0"]


def test_one_figure_or_nothing_but_noughts_makes_no_plot() -> None:
    """A plot needs two years with a figure, and one of them above zero."""
    one = put(record(year=2022), requests__new_received__total=4)
    assert page_of(one).drawn_counts == ()
    assert page_of(one, put(record(year=2023), requests__new_received__total=None)).drawn_counts == ()
    zero = page_of(record(year=2022), record(year=2023))
    assert zero.drawn_counts == zero.drawn_rates == ()
    assert all(line.is_always_zero for line in zero.counts)


# among its like ------------------------------------------------------------------------------------------------------


def test_five_organs_of_the_same_kind_make_a_comparison_and_four_do_not() -> None:
    """Level, sector and year must be the same; an organ of another sector or level never counts."""
    made, organs = peers(5, requests__new_received__total=10)
    page, _ = agency_pages.agency_pages(material(made, organs), organs[4])
    (received,) = [one for one in page.standings if one.key == "requests.new_received.total"]
    around = received.quartiles
    assert (around.n, around.lower, around.median, around.upper) == (5, 20, 30, 40)
    assert (received.value, received.place) == (50, "above")
    organs[0] = agency(agency_id=organs[0].agency_id, name=organs[0].name, sector="education")
    page, _ = agency_pages.agency_pages(material(made, organs), organs[4])
    assert page.standings == ()


def test_organs_with_nothing_to_take_a_rate_of_do_not_count_for_it() -> None:
    """Of five organs of which one processed nothing, four have a rate: no quartiles, and never 0 per cent."""
    made, organs = peers(5, requests__granted__total=1, requests__total_processed__total=2)
    put(made[0], requests__total_processed__total=0, requests__granted__total=0)
    page, _ = agency_pages.agency_pages(material(made, organs), organs[4])
    assert {one.key for one in page.standings if one.is_rate} == set()
    assert "requests.total_processed.total" in {one.key for one in page.standings}


def test_a_report_over_all_organs_is_not_set_beside_an_organ_s_own() -> None:
    """A government's report that adds up all its organs is compared with such reports alone."""
    made, organs = peers(6, requests__new_received__total=10)
    made[5].scope = "jurisdiction"
    given = material(made, organs)
    assert agency_pages.agency_pages(given, organs[5])[0].standings == ()
    (received, *_) = agency_pages.agency_pages(given, organs[0])[0].standings
    assert received.quartiles.n == 5


def test_a_strip_keeps_the_order_of_its_figures() -> None:
    """Quartiles and mark lie on one line from 0 to the greatest of them, or to 100%."""
    made, organs = peers(5, requests__new_received__total=10)
    page, _ = agency_pages.agency_pages(material(made, organs), organs[4])
    strip = page.standings[0].strip
    assert (strip.lower, strip.median, strip.upper, strip.mark) == (40, 60, 80, 100)


# findings, corrections -----------------------------------------------------------------------------------------------


def test_findings_stand_by_rule_with_the_years_in_which_it_does_not_hold() -> None:
    """Each rule once, findings before notes, each year with how often and the number on that report's page."""
    made = [put(record(year=year), requests__carried_out__total=2) for year in (2022, 2023)]
    made[1].published = None
    page = page_of(*made)
    (sums,) = [one for one in page.remarks if one.rule.id == "R03"]
    assert [(hit.year, hit.number) for hit in sums.hits] == [(2022, 1), (2023, 1)]
    assert [one.is_note for one in page.remarks] == sorted(one.is_note for one in page.remarks)
    assert sum(hit.number for one in page.remarks if not one.is_note for hit in one.hits) == page.findings
    assert sum(hit.number for one in page.remarks if one.is_note for hit in one.hits) == page.notes


def corrected(year: int, days: list[str]) -> Record:
    """A report with a correction of each day."""
    made = put(record(year=year), requests__granted__natural=12)
    who = {"evidence": "1\t2", "reason": "r", "by": "github:someone"}
    field = "requests.granted.natural"
    made.corrections = [{"field": field, "kind": "misread", "was": 1, "now": 12, "date": day, **who} for day in days]
    return made


def test_the_latest_corrections_come_first_and_the_rest_is_counted() -> None:
    """The newest day on top whatever the year of the report; what is not shown stands on the reports' pages."""
    made = [corrected(2022, ["2026-03-02", "2026-05-01"]), corrected(2023, [f"2026-04-0{n}" for n in range(1, 8)])]
    page = page_of(*made)
    assert len(page.corrections) == 9
    shown = [(one.entry["date"], one.year, one.change.number) for one in page.shown_corrections]
    assert shown[:2] == [("2026-05-01", 2022, 2), ("2026-04-07", 2023, 7)]
    assert len(shown) == 5


# the file over the years ---------------------------------------------------------------------------------------------


def test_the_file_over_the_years_has_every_figure_of_every_year() -> None:
    """A row is a figure of a year: blank and missing stay empty and are told apart by the year's status."""
    made, organs = peers(5, requests__granted__total=1, requests__total_processed__total=4)
    later = put(
        record(year=2025, agency_id=organs[0].agency_id, agency_name=organs[0].name), requests__granted__total=None
    )
    page, file = agency_pages.agency_pages(material([*made, later], organs), organs[0])
    assert file == File(f"agencies/{organs[0].agency_id}/years.csv", file.text)
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert len(rows) == len(page.years) * len(page.lines)
    found = {(row["year"], row["key"]): row for row in rows}
    rate = found["2023", "full_disclosure_rate"]
    assert [rate[key] for key in ("status", "value", "numerator", "denominator")] == ["held", "0.250000", "1", "4"]
    assert [rate[f"peers{end}"] for end in ("", "_lower", "_median", "_upper")] == ["5", *["0.25"] * 3]
    assert [found[year, "requests.new_received.total"]["value"] for year in ("2023", "2024", "2025")] == ["0", "", "0"]
    assert [found[year, "full_disclosure_rate"]["value"] for year in ("2024", "2025")] == ["", ""]
    assert [found[year, "full_disclosure_rate"]["status"] for year in ("2024", "2025")] == ["missing", "held"]


# as shown ------------------------------------------------------------------------------------------------------------


def written(tmp_path: Path, made: list[Record], organs: list[Agency], known: tuple[dict[str, str], ...] = ()) -> Path:
    """The pages of some organs, as the generator writes them."""
    render(material(made, organs, known), agency_pages.tasks(material(made, organs, known)), tmp_path)
    return tmp_path


def words(path: Path) -> str:
    return " ".join(html.document_fromstring(path.read_bytes()).find(".//main").text_content().split())


def test_both_languages_say_what_is_told_and_what_is_not(tmp_path: Path) -> None:
    """Missing, blank and 0 by their own words; a successor of ours is a link; the way to help stands at the end."""
    organ = agency(former_names=["示例县卫生局"], successor="141021-wsjkj", note="2024年并入")
    heir = agency(agency_id="141021-wsjkj", name="曲沃县卫生健康局")
    made = [
        put(record(year=2021), requests__new_received__total=7, requests__carried_in__total=None),
        put(record(year=2023), requests__new_received__total=12_345),
        record(agency_id=heir.agency_id, agency_name=heir.name),
    ]
    root = written(tmp_path, made, [organ, heir], ({"agency_id": ID, "year": "2020", "status": "gone", "url": ""},))
    chinese, english = (root / folder / f"agencies/{ID}/index.html" for folder in ("", "en"))
    for shown in (
        "收录2份年度报告（2021、2023年）",
        "2023年新收申请12,345件",
        "示例县卫生局",
        "2020年：原网页已不存在",
        "2022年：缺",
        "怎样更正和补充",
    ):
        assert shown in words(chinese)
    for shown in ("2 annual reports held (2021, 2023)", "received 12,345 requests", "2022: missing", "how to help"):
        assert shown in words(english)
    (link,) = html.document_fromstring(chinese.read_bytes()).xpath("//dl//a")
    assert (link.get("href"), link.text_content()) == ("../../agencies/141021-wsjkj/index.html", "曲沃县卫生健康局")
    cells = html.document_fromstring(chinese.read_bytes()).xpath(
        "//table[contains(@class, 'figures')]/tbody[1]/tr[1]/td"
    )
    assert [one.text_content() for one in cells] == ["缺", "7", "缺", "12,345"]
    assert "不足五个" in words(chinese)
    assert "Fewer than five organs" in words(english)


def test_what_all_organs_of_a_government_received_is_not_said_of_one(tmp_path: Path) -> None:
    """Where the latest report counts the government and all its organs, so does the sentence on top."""
    for scope, who in (("own", "it received"), ("jurisdiction", "it and its organs received")):
        root = written(tmp_path / scope, [record(year=2023, scope=scope)], [agency()])
        assert f"In 2023 {who} 0 requests" in words(root / f"en/agencies/{ID}/index.html")


def test_why_nothing_is_compared_is_true(tmp_path: Path) -> None:
    """A level that is not told, or a report without figures, is not said to be a want of organs of its kind."""
    made, organs = peers(6, requests__new_received__total=10)
    last = made[-1]
    made[-1] = record(year=last.year, fill=lambda column: None, agency_id=last.agency_id, agency_name=last.agency_name)
    nobody = agency(agency_id="999901-x", name="示例组", level=None)
    of_nobody = record(year=last.year, agency_id=nobody.agency_id, agency_name=nobody.name)
    root = written(tmp_path, [*made, of_nobody], [*organs, nobody])
    blank, unknown = (root / f"agencies/{id}/index.html" for id in (last.agency_id, nobody.agency_id))
    assert "这些数字都为空，不作比较" in words(blank)
    assert "层级不详，不作比较" in words(unknown)
    assert "不足五个" not in words(blank) + words(unknown)


def test_an_organ_called_like_a_script_is_only_called_so(tmp_path: Path) -> None:
    """Names, notes and corrections with markup in them are shown as they are and make no element."""
    hostile = "<script>alert(1)</script>"
    organ = agency(name=hostile, former_names=[hostile], note=hostile, successor=hostile)
    made = corrected(2023, ["2026-03-02"])
    made.corrections[0] |= {"field": "agency_name", "was": hostile, "now": hostile}
    root = written(tmp_path, [made], [organ])
    for folder in ("", "en"):
        page = html.document_fromstring((root / folder / f"agencies/{ID}/index.html").read_bytes())
        assert [one.get("src") is not None for one in page.iter("script")].count(False) == 0
        assert page.find(".//main").text_content().count(hostile) >= 6


def heavy() -> tuple[list[Record], list[Agency]]:
    """Seven years of five organs of one kind, every figure of five digits, hardly a sum that holds, and corrections."""
    organs = [agency(agency_id=f"14102{n}-wsjkj", name=f"示例{n}县卫生健康和体育局") for n in range(1, 6)]
    made = []
    for n, one in enumerate(organs):
        for year in range(2019, 2026):
            whose = {"agency_id": one.agency_id, "agency_name": one.name}
            found = record(
                "2019" if year < 2021 else "2021", year, different(10_000 + 137 * n + 1517 * (year - 2019)), **whose
            )
            found.corrections = corrected(year, ["2026-03-02"]).corrections
            made.append(put(found, requests__total_processed__total=40_000 + year))
    return made, organs


def test_the_heaviest_page_stays_light(tmp_path: Path) -> None:
    """Seven years, every plot, every comparison, every finding: below 40 KB in both languages."""
    root = written(tmp_path, *heavy())
    for folder in ("", "en"):
        page = root / folder / "agencies/141021-wsjkj/index.html"
        tree = html.document_fromstring(page.read_bytes())
        assert len(tree.xpath("//svg")) == 18
        assert len(tree.xpath("//i[@class='strip']")) == 18
        assert page.stat().st_size < LIMIT, (folder, page.stat().st_size)


def test_every_anchor_of_the_page_is_there(tmp_path: Path) -> None:
    """What leads to a place on the page finds it, also the words that plots share."""
    root = written(tmp_path, *heavy())
    tree = html.document_fromstring((root / "agencies/141021-wsjkj/index.html").read_bytes())
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {one.removeprefix("#") for one in tree.xpath("//@href") if one.startswith("#")} <= set(ids)


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_plot_is_scaled_down_and_none_makes_the_page_scroll(tmp_path: Path, window: Window, width: int) -> None:
    """On a phone as at a desk: figures of 13 pixels, plots within their own region, the page as wide as the screen."""
    root = written(tmp_path, *heavy())
    window.page.set_viewport_size({"width": width, "height": 900})
    window.page.goto((root / "agencies/141021-wsjkj/index.html").as_uri())
    assert window.page.evaluate("document.documentElement.scrollWidth") == width
    sizes: Any = window.page.evaluate(
        """[...document.querySelectorAll(".plot")].map((one) => {
             const ratio = one.getBoundingClientRect().width / one.viewBox.baseVal.width;
             const inside = one.closest(".scroll") ?? one.closest("figure");
             return [ratio, inside.getBoundingClientRect().right <= innerWidth];
        })"""
    )
    assert len(sizes) == 18
    assert all(abs(ratio - 1) < 0.01 and inside for ratio, inside in sizes)


def test_years_that_plots_share_look_alike_in_each(tmp_path: Path, window: Window) -> None:
    """Words that are used again are set as where they were first written: same size, same weight, same colour."""
    root = written(tmp_path, *heavy())
    window.page.goto((root / "agencies/141021-wsjkj/index.html").as_uri())
    set_as = window.page.evaluate(
        """[...document.querySelectorAll(".plot text[id], .plot use")].map((one) => {
             const style = getComputedStyle(one);
             return [style.fontSize, style.fontWeight, style.fill, style.textAnchor].join(" ");
        })"""
    )
    assert len(set_as) > 18
    assert len(set(set_as)) == 1
