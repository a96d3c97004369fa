"""The page that filters and sorts all reports, in a real browser over the made-up site, and the files that it reads."""

import csv
import json
import random
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from pipeline.indicators import indicators, rate
from pipeline.pages.explore import PER_PART, SAFE
from pipeline.pages.language import percent
from pipeline.pages.totals import FIGURES, PARTS, figures_of
from pipeline.record import Record
from tests.browser import Window, opened
from tests.made import different, put, record
from tests.site import BUREAU, HOSTILE, Site
from tests.test_compare import published, saved

RECEIVED = "requests_new_received_total"
ROWS = "table.explored tbody tr"


def look_at(window: Window, address: str, query: str = "", folder: str = "") -> Any:
    """Opens the page with filters in its address and waits until they are done."""
    window.page.goto(f"{address}{folder}explore/index.html{query}")
    window.page.locator("table.explored thead button").first.wait_for()
    return window.page


def names(page: Any) -> list[str]:
    """The reports that the table shows, by the ends of their links."""
    links = page.locator(f"{ROWS} th a").evaluate_all("(all) => all.map((one) => one.getAttribute('href'))")
    return ["-".join(link.split("agencies/")[1].split("/")[:2]) for link in links]


# the files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [
    record("2021", 2023, different()),
    record("2019", 2020, different(300)),
    record("2021", 2023, different(), single=True),
    put(record("2021", 2023, different()), requests__refused_state_secret__total=None, requests__carried_in__total=None),
    put(record("2021", 2023, different()), disputes__litigation_direct__pending=None, requests__new_received__natural=None),
])  # fmt: skip
def test_the_main_figures_are_those_of_the_package(made: Record) -> None:
    """Each numerator and denominator is that of the published indicator, blank where that is blank."""
    figures, wanted = figures_of(made), indicators(made)
    for name, parts in PARTS.items():
        assert [figures[part] for part in parts] == [wanted[f"{name}_numerator"], wanted[f"{name}_denominator"]], name
    for name in set(FIGURES) & set(wanted):
        assert figures[name] == wanted[name], name


def test_the_index_says_what_each_part_holds(site: Site) -> None:
    """Every report stands in exactly one part, and the index knows each part's rows, bytes, year and places."""
    folder = site.root / "explore"
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    found = []
    for part in index["parts"]:
        data = (folder / part["file"]).read_bytes()
        read = json.loads(data)
        rows = [dict(zip(index["columns"], row, strict=True)) for row in read["rows"]]
        assert (len(data), len(rows)) == (part["bytes"], part["rows"])
        assert {row["year"] for row in rows} == {part["year"]}
        around = {code for place in read["places"].values() for code in place[3]}
        assert set(part["places"]) == {one for one in around if one.endswith("00")}
        assert len(data) / len(rows) * PER_PART < 1024 * 1024 or len(rows) < 20
        found += [f"{row['agency_id']}-{row['year']}" for row in rows]
    assert sorted(found) == sorted(published(site))
    assert index["reports"] == len(found)
    assert index["bytes"] == sum(part["bytes"] for part in index["parts"])


def test_every_figure_of_a_part_is_that_of_the_table(site: Site) -> None:
    """What stands in a part is what reports.csv says, blank for blank."""
    folder, held = site.root / "explore", published(site)
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    for part in index["parts"]:
        for row in json.loads((folder / part["file"]).read_text(encoding="utf-8"))["rows"]:
            told = dict(zip(index["columns"], row, strict=True))
            given = held[f"{told['agency_id']}-{told['year']}"]
            for name, value in told.items():
                assert ("" if value is None else str(value)) == given[name], name


# figures in the browser ----------------------------------------------------------------------------------------------


def test_rates_are_divided_and_rounded_as_the_package_does(window: Window, address: str) -> None:
    """Six decimals and one of a per cent, half to even, also at ties, below zero and beyond a browser's numbers."""
    chance = random.Random(1)
    pairs = [(chance.randint(0, 4000), chance.randint(1, 4000)) for _ in range(2000)]
    pairs += [(1, 16), (1, 2000), (3, 2000), (1, 2_000_000), (3, 2_000_000), (29_999_993, 20_000_000_000), (0, 7)]
    pairs += [(-3, 7), (3, -7), (-1, 3_000_000), (SAFE * 37, SAFE * 41), (10**17 + 1, 3), (5, 4), (7, 7)]
    look_at(window, address)
    told = window.page.evaluate(
        "(pairs) => pairs.map(([over, under]) => { const rate = rows.ratio(over, under); return [rate, rows.percent(rate)]; })",
        [[str(over), str(under)] for over, under in pairs],
    )
    wanted = [rate(over, under) for over, under in pairs]
    assert told == [[f"{one:f}", percent(one)] for one in wanted if one is not None]
    assert window.page.evaluate("[rows.ratio('1', '0'), rows.ratio(null, '1'), rows.ratio('1', null)]") == [None] * 3


def test_json_is_read_without_losing_a_digit(window: Window, address: str) -> None:
    """Numbers stay as they were written; text that looks like numbers stays text."""
    look_at(window, address)
    text = r'{"a": 0.500000, "b": 12345678901234567890, "c": "7 \" 8, -9.0", "d": [-0.10, null, 1e-7], "e": {"1": 2}}'
    wanted = {
        "a": "0.500000",
        "b": "12345678901234567890",
        "c": '7 " 8, -9.0',
        "d": ["-0.10", None, "1e-7"],
        "e": {"1": "2"},
    }
    assert window.page.evaluate("(text) => rows.parse(text)", text) == wanted
    assert window.page.evaluate("['9999', '-12345', '5949.088667', '1234567.8'].map(rows.count)") == [
        "9999", "-12,345", "5949.088667", "1,234,567.8",
    ]  # fmt: skip


# filters -------------------------------------------------------------------------------------------------------------

Row = Mapping[str, str]


def has(row: Row, name: str, low: Decimal, high: Decimal) -> bool:
    return row[name] != "" and low <= Decimal(row[name]) <= high


FILTERS: dict[str, Callable[[Row], bool]] = {
    "": lambda row: True,
    "?year=2022": lambda row: row["year"] == "2022",
    "?level=county&sector=health": lambda row: (row["level"], row["sector"]) == ("county", "health"),
    "?level=none": lambda row: row["level"] == "",
    "?form=2019": lambda row: row["form"] == "2019",
    "?scope=none": lambda row: row["scope"] == "",
    "?place=140000": lambda row: row["province"] == "山西省",
    "?place=140900": lambda row: row["prefecture"] == "忻州市",
    "?requests=zero": lambda row: row[RECEIVED] == "0",
    "?requests=some&findings=some": lambda row: row[RECEIVED] not in ("0", "") and row["findings"] != "0",
    "?q=示例县 卫生": lambda row: "示例县卫生" in row["agency_name"],
    f"?n={RECEIVED}:2:40": lambda row: has(row, RECEIVED, Decimal(2), Decimal(40)),
    "?n=disclosure_rate:50:": lambda row: has(row, "disclosure_rate", Decimal("0.4995"), Decimal(9)),
}


@pytest.mark.parametrize("query", FILTERS)
def test_the_download_is_the_rows_of_the_table_that_fit(window: Window, address: str, site: Site, query: str) -> None:
    """Each filter keeps the reports that it says, and their CSV has the bytes of reports.csv."""
    page = look_at(window, address, query)
    text = saved(page)
    wanted = {id: row for id, row in published(site).items() if FILTERS[query](row)}
    rows = {row["report_id"]: row for row in csv.DictReader(text.splitlines())}
    assert wanted
    assert len(wanted) < len(published(site)) or not query
    assert rows.keys() == wanted.keys()
    assert all({key: wanted[id][key] for key in row} == row for id, row in rows.items())
    assert sorted(names(page)) == sorted(wanted)
    assert f"{len(wanted)}份报告" in page.locator("#found").inner_text()
    assert window.errors == []


def test_the_columns_of_the_download_stand_in_the_order_of_the_table(window: Window, address: str, site: Site) -> None:
    """Every column that the parts can tell, named as in reports.csv."""
    header = saved(look_at(window, address, "?year=2022")).partition("\n")[0].split(",")
    columns = list(next(iter(published(site).values())))
    assert header == [name for name in columns if name in header]
    assert {"report_id", "prefecture", "litigation_lost_rate", "disputes_litigation_after_review_total"} <= {*header}


@pytest.mark.parametrize("sort", ["-requests_new_received_total", "disclosure_rate", "-published", "year"])
def test_a_column_sorts_and_what_has_no_value_stands_last(window: Window, address: str, site: Site, sort: str) -> None:
    """Up or down, blanks and rates without a denominator are behind all others."""
    shown = names(look_at(window, address, f"?sort={sort}"))
    held, key = published(site), sort.removeprefix("-")
    values = [held[id][key] for id in shown]
    told = [value for value in values if value]
    assert values == told + [""] * (len(values) - len(told))
    ordered = sorted(told, key=lambda one: one if key == "published" else Decimal(one), reverse=sort[0] == "-")
    assert told == ordered
    assert len(shown) == len(held)


def test_a_head_sorts_by_keyboard_and_says_so(window: Window, address: str) -> None:
    """Enter on a head sorts, again turns it round; the focus stays, and back undoes it."""
    page = look_at(window, address)
    head = page.locator(f'button[data-key="{RECEIVED}"]')
    head.focus()
    page.keyboard.press("Enter")
    page.locator('th[aria-sort="descending"]', has=head).wait_for()
    first = names(page)
    assert page.evaluate("document.activeElement.dataset.key") == RECEIVED
    page.keyboard.press("Enter")
    page.locator('th[aria-sort="ascending"]', has=head).wait_for()
    assert names(page) != first
    page.go_back()
    page.locator('th[aria-sort="descending"]', has=head).wait_for()
    assert names(page) == first


def test_the_form_and_the_address_say_the_same(window: Window, address: str) -> None:
    """What is chosen by hand stands in the address, and the address fills the form again."""
    page = look_at(window, address)
    page.select_option('select[name="province"]', "140000")
    page.wait_for_function("document.querySelector('select[name=prefecture]').options.length > 1")
    page.select_option('select[name="prefecture"]', "140900")
    page.select_option('select[name="year"]', "2023")
    page.click(".extra summary")
    page.click("#more-conditions")
    page.locator(".conditions select").select_option("refusal_rate")
    page.locator('.conditions [data-end="from"]').fill("１０")
    page.locator('.conditions [data-end="to"]').fill("90%")
    page.keyboard.press("Tab")
    page.wait_for_function("location.search.includes('n=refusal_rate:10:90')")
    assert "place=140900" in page.url
    assert "year=2023" in page.url
    page.goto(page.url)
    page.locator("thead button").first.wait_for()
    assert page.locator('select[name="prefecture"]').input_value() == "140900"
    assert page.locator('.conditions [data-end="to"]').input_value() == "90"
    page.click("#clear")
    page.wait_for_function("!location.search")
    assert len(names(page)) > 10


@pytest.mark.parametrize(
    "query",
    ["?year=1066", "?sort=constructor", f"?level={HOSTILE}", "?n=refusal_rate:x:y", "?n=year:1:2", "?place=../..",
     "?c=__proto__", "?page=-1", "?evil=1", "?sector=health%00"],
)  # fmt: skip
def test_an_address_that_is_not_understood_is_told_and_left_out(window: Window, address: str, query: str) -> None:
    """Unknown values earn a sentence and change nothing."""
    page = look_at(window, address, query)
    page.locator("#ignored", has_text="已略去").wait_for()
    assert len(names(page)) > 10
    assert window.errors == []


def test_an_organ_called_like_a_script_is_text(window: Window, address: str) -> None:
    """Its name stands in the table as it is."""
    page = look_at(window, address, "?level=none")
    assert page.locator(f"{ROWS} th a").inner_text() == HOSTILE
    assert window.errors == []


# much of it ----------------------------------------------------------------------------------------------------------


def enlarge(page: Any, site: Site, rows: int) -> None:
    """Makes one part of the site's look as if it held so many reports."""
    folder = site.root / "explore"
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    part = json.loads((folder / index["parts"][0]["file"]).read_text(encoding="utf-8"))
    received = index["columns"].index(RECEIVED)
    part["rows"] = [[*part["rows"][0][:received], n, *part["rows"][0][received + 1 :]] for n in range(rows)]
    index["parts"] = [index["parts"][0] | {"rows": rows, "bytes": 3_500_000}]
    for name, value in (("index.json", index), (index["parts"][0]["file"], part)):
        text = json.dumps(value)
        page.route(f"**/explore/{name}", lambda route, request, text=text: route.fulfill(body=text))


def test_much_is_read_only_when_the_reader_agrees(window: Window, address: str, site: Site) -> None:
    """Beyond two megabytes the page says how many bytes the filters need, and asks; then it shows them page by page."""
    page = window.page
    enlarge(page, site, 120)
    page.goto(f"{address}explore/index.html?sort={RECEIVED}")
    page.locator("#ask").wait_for()
    assert "3.3 MB" in page.locator("#ask").inner_text()
    assert "120份" in page.locator("#ask").inner_text()
    assert not [url for url in window.requests if url.endswith("-1.json")]
    page.locator("#ask button").click()
    page.locator("thead button").first.wait_for()
    assert page.locator(ROWS).count() == 50
    page.click('#pages button[value="last"]')
    page.wait_for_function("location.search.includes('page=3')")
    assert page.locator(ROWS).count() == 20
    assert page.locator(f"{ROWS} td:nth-child(3)").last.inner_text() == "119"
    assert page.locator('#pages button[value="after"]').is_disabled()
    page.go_back()
    page.wait_for_function(f"document.querySelectorAll('{ROWS}').length === 50")


def test_only_the_parts_that_the_filters_need_are_read(window: Window, address: str) -> None:
    """A year in the address reads that year alone."""
    look_at(window, address, "?year=2022")
    assert [url.rpartition("/")[2] for url in window.requests if "explore/2" in url] == ["2022-1.json"]


def test_what_cannot_be_read_is_told(window: Window, address: str) -> None:
    """A part that does not come leaves a sentence and no half of a table."""
    window.page.route("**/explore/2022-1.json", lambda route: route.abort())
    window.page.goto(f"{address}explore/index.html?year=2022")
    window.page.locator("#found", has_text="没有读到数据").wait_for()


# everywhere ----------------------------------------------------------------------------------------------------------


def test_in_english_the_words_are_english(window: Window, address: str) -> None:
    """Heads, sentences and choices of the script are English; names keep their characters and gain pinyin."""
    page = look_at(
        window, address, "?c=year,level,sector,scope,form,published,disclosure_rate,refusal_rate_numerator", "en/"
    )
    page.locator(f"{ROWS} .pinyin").first.wait_for()
    chinese = page.evaluate(
        """() => { const copy = document.querySelector("table.explored").cloneNode(true);
        copy.querySelectorAll('[lang="zh-Hans"]').forEach((one) => one.remove());
        return copy.textContent.match(/[\\u4e00-\\u9fff]+/g) }"""
    )
    assert chinese is None
    assert "reports found" in page.locator("#found").inner_text()


@pytest.mark.parametrize("folder", ["", "en/"])
def test_without_a_script_the_latest_reports_are_there(browser: Any, address: str, site: Site, folder: str) -> None:
    """They stand in the order in which the script would put them, with ways to all the others."""
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{address}{folder}explore/index.html")
        assert not page.locator("#filters").is_visible()
        shown = names(page)
        assert len(shown) == min(50, len(site.records))
        assert page.locator('main a[href*="years/2022"]').count()
        assert page.locator('main a[href*="data/reports.csv"]').count()
    days = [published(site)[id]["published"] for id in shown]
    assert days == sorted(days, reverse=True)


def test_from_a_disk_it_says_what_it_cannot_do(window: Window, site: Site) -> None:
    """Nothing is asked for and nothing fails; the latest reports stay."""
    window.page.goto((site.root / "explore/index.html").as_uri())
    assert window.page.locator("#from-disk").is_visible()
    assert not window.page.locator("#filters").is_visible()
    assert any(id.startswith(BUREAU) for id in names(window.page))
    assert window.errors == []


def test_a_phone_scrolls_the_table_and_not_the_page(browser: Any, address: str) -> None:
    """At 320 pixels all columns stay inside their region, and every filter can be seen."""
    with opened(browser, viewport={"width": 320, "height": 640}) as page:
        look_at(Window(page), address, "?c=year,level,sector,form,scope,published,disclosure_rate&n=refusal_rate:1:99")
        page.click(".columns-shown summary")
        assert page.evaluate("document.documentElement.scrollWidth") == 320
