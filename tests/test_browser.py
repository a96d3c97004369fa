"""What visitors do, done with a real browser: read, search, follow, print, with and without scripts."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pypdfium2
import pytest

from pipeline.forms import TABLES
from pipeline.record import Record
from tests.browser import Window, opened, serve
from tests.site import BUREAU, GOVERNMENT, HOSTILE, Site, look, records

# every page ----------------------------------------------------------------------------------------------------------

OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def visit(site: Site, address: str, browser: Any) -> Iterator[tuple[Window, list[str]]]:
    """The heaviest and the lightest page of each kind opened once, and those too wide for a phone or a desk."""
    with opened(browser) as page:
        window, wide = Window(page).watch(), []
        for name in site.sampled:
            page.goto(address + name)
            for width in (320, 390, 1280):
                page.set_viewport_size({"width": width, "height": 800})
                over = page.evaluate(OVER)
                wide += [f"{name} ({width}): {over} pixels"] if over > 0 else []
        yield window, wide


def test_no_page_scrolls_sideways(visit: tuple[Window, list[str]]) -> None:
    """Wide tables scroll in their own region, the page never does, down to the narrowest phone."""
    assert visit[1] == []


def test_pages_are_quiet_and_stay_at_home(visit: tuple[Window, list[str]], address: str) -> None:
    """No page says anything to the console, runs what a report brought in, or asks another host for anything."""
    window, _ = visit
    assert window.errors == []
    assert [one for one in window.requests if not one.startswith((address, "data:", "blob:"))] == []


PRESSED = "main button, main summary, main input, main select"


def test_scripts_stay_at_home(site: Site, address: str, browser: Any) -> None:
    """With everything pressed, filled in and chosen that a page offers, nothing fails and nobody else is asked."""
    for name in site.heaviest:
        with opened(browser, accept_downloads=True) as page:
            window = Window(page).watch()
            page.goto(address + name)
            for number in range(page.locator(PRESSED).count()):
                use(page.locator(PRESSED).nth(number))
            page.wait_for_load_state("networkidle")
            assert window.errors == [], name
            assert [one for one in window.requests if not one.startswith((address, "data:", "blob:"))] == [], name


def use(control: Any) -> None:
    """Does with a control what a visitor would; one that has gone away meanwhile is left alone."""
    if not control.count() or not control.is_visible() or not control.is_enabled():
        return
    what = control.evaluate("one => one.type || one.localName")
    if what in ("text", "search"):
        control.fill("示例")
    elif what == "number":
        control.fill("2022")
    elif what == "select-one":
        control.select_option(index=control.evaluate("one => one.options.length - 1"))
    elif what == "select-multiple":
        control.select_option(index=0)
    else:
        control.click()


def test_pages_say_what_they_say_without_a_script(site: Site, address: str, browser: Any) -> None:
    """Without JavaScript every page has its words, and shows no field or button that would do nothing."""
    found = []
    with opened(browser, java_script_enabled=False) as page:
        for name in site.heaviest:
            page.goto(address + name)
            words = re.sub(r"\s+", "", page.locator("main").inner_text())
            found += [f"{name}: only “{words}”"] if len(words) < 60 else []
            idle = page.locator("button, input, select, textarea").filter(visible=True)
            found += [f"{name}: {idle.nth(n).evaluate('one => one.outerHTML')[:80]}" for n in range(idle.count())]
    assert found == []


def test_links_alone_lead_from_home_to_a_report(address: str, browser: Any) -> None:
    """Without JavaScript a report is found by going from link to link."""
    with opened(browser, java_script_enabled=False) as page:
        page.goto(address)
        page.locator("header").get_by_role("link", name="机关", exact=True).click()
        page.locator("main").get_by_role("link", name="示例县卫生健康和体育局").first.click()
        page.locator("main").get_by_role("link", name="2023年度报告").click()
        assert page.locator("h1").inner_text().split() == ["示例县卫生健康和体育局", "2023年政府信息公开工作年度报告"]


def test_every_page_leads_to_its_twin_and_back(site: Site, address: str, window: Window) -> None:
    """The link to the other language is on every kind of page, at a desk too, and two steps lead back."""
    for name in site.heaviest:
        window.page.goto(address + name)
        for _ in range(2):
            window.page.locator("header a[hreflang]").click()
        assert window.page.url == address + name
        assert window.errors == []


def test_a_site_on_a_disk_works(site: Site, window: Window) -> None:
    """Opened as a file, without any server, links work and nothing is said to the console."""
    window.page.goto((site.root / "index.html").as_uri())
    window.page.locator("header").get_by_role("link", name="地区").click()
    window.page.locator("main").get_by_role("link", name="山西省").first.click()
    window.page.locator("main").get_by_role("link", name="临汾市").first.click()
    window.page.locator("main").get_by_role("link", name="曲沃县").first.click()
    window.page.locator("main").get_by_role("link", name="示例县卫生健康和体育局").first.click()
    assert window.page.locator("h1").inner_text().startswith("示例县卫生健康和体育局")
    for name in site.heaviest:
        window.page.goto((site.root / name).as_uri())
    assert window.errors == []


def test_the_published_site_works_in_a_folder(published: Site, window: Window) -> None:
    """Under the address that it is made for, a page that is not there shows the way to those that are."""
    with serve(published.root) as address:
        window.page.route("https://example.org/nb/**", lambda route: route.fulfill(
            response=window.page.request.get(route.request.url.replace("https://example.org/nb/", address))
        ))  # fmt: skip
        window.page.goto("https://example.org/nb/en/404.html")
        window.page.locator("main a").first.click()
        assert window.page.url.startswith("https://example.org/nb/en/")
        window.page.wait_for_load_state("networkidle")
        window.page.unroute_all(behavior="wait")
    assert window.errors == []


# finding -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["卫生健康和体育", "示例县卫生局", "slxwsjkhtyj", "shilixian weisheng", "　曲沃　体育局 "]
)
def test_the_search_box_finds_an_organ(address: str, window: Window, query: str) -> None:
    """By part of its name, a former name, initials, pinyin, or a place around it and a word."""
    window.page.goto(address)
    window.page.get_by_role("searchbox").or_(window.page.get_by_role("combobox")).first.fill(query)
    results = window.page.locator(f"a[href$='{BUREAU}/index.html']")
    results.first.wait_for()
    results.first.click()
    assert window.page.url == f"{address}agencies/{BUREAU}/index.html"
    assert window.errors == []


def test_the_search_box_shows_markup_as_text(address: str, window: Window) -> None:
    """A name that is markup is found and shown as written."""
    window.page.goto(address)
    window.page.get_by_role("searchbox").or_(window.page.get_by_role("combobox")).first.fill("alert")
    window.page.get_by_text(HOSTILE, exact=False).first.wait_for()
    assert window.errors == []


# a report ------------------------------------------------------------------------------------------------------------

ROWS = """() => [...document.querySelectorAll("table.form")].map((table) => [
  [...table.querySelectorAll("tbody tr")].filter((row) => row.querySelector("td")).map((row) => [
    row.querySelector("th").textContent,
    [...row.querySelectorAll("td")].map((cell) => cell.firstChild.textContent.trim()),
  ]),
]).flat()"""
"""What a reader sees in the tables of a report: the label of each row and the figure in each of its cells."""


def printed(made: Record) -> list[list[tuple[str, list[str]]]]:
    """The same from the record: a list of rows for each table."""
    found: dict[tuple[str, str], list[tuple[str, list[str]]]] = {}
    for section in TABLES:
        for row, values in made.rows(section):
            texts = [
                "—" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value) for value in values
            ]
            found.setdefault((section, row.item), []).append((row.words.number + row.words.label, texts))
    return list(found.values())


def test_every_figure_on_a_page_is_that_of_the_record(site: Site, address: str, window: Window) -> None:
    """Row by row, cell by cell, both forms and both ways to print （六）: the page shows the record, and all of it."""
    for made in site.records:
        window.page.goto(f"{address}agencies/{made.agency_id}/{made.year}/index.html")
        shown = [[(label, cells) for label, cells in table] for table in window.page.evaluate(ROWS)]
        assert shown == printed(made), made.report_id
        assert set(made.figures()) <= set(look(site.root / f"agencies/{made.agency_id}/{made.year}/index.html").ids)


def test_the_english_page_shows_the_same_figures(site: Site, address: str, window: Window) -> None:
    """Cell by cell, under labels in another language."""
    for made in site.records:
        window.page.goto(f"{address}en/agencies/{made.agency_id}/{made.year}/index.html")
        shown = [[cells for _, cells in table] for table in window.page.evaluate(ROWS)]
        assert shown == [[cells for _, cells in table] for table in printed(made)], made.report_id


HEADS = """() => [...document.querySelectorAll("table.requests thead tr")].map(
  (row) => [...row.children].map((cell) => [cell.textContent, cell.colSpan, cell.rowSpan]))"""


def test_columns_stand_under_their_heads(address: str, window: Window) -> None:
    """Section 三 has the head of the form: seven columns, five of them under 法人或其他组织."""
    window.page.goto(f"{address}agencies/{BUREAU}/2025/index.html")
    relation, *rest = window.page.evaluate(HEADS)[0]
    assert relation[0].startswith("（本列数据的勾稽关系为")
    assert rest == [["申请人情况", 7, 1]]
    assert window.page.evaluate(HEADS)[1:] == [
        [["自然人", 1, 2], ["法人或其他组织", 5, 1], ["总计", 1, 2]],
        [["商业企业", 1, 1], ["科研机构", 1, 1], ["社会公益组织", 1, 1], ["法律服务机构", 1, 1], ["其他", 1, 1]],
    ]


def test_a_flagged_cell_and_its_finding_lead_to_each_other(address: str, window: Window) -> None:
    """The number in the tinted cell jumps to the finding, whose link jumps back to the cell."""
    window.page.goto(f"{address}agencies/{BUREAU}/2023/index.html")
    cell = window.page.locator('[id="requests.carried_out.total"]')
    assert "flagged" in (cell.get_attribute("class") or "").split()
    number = cell.locator("a[href^='#']").first
    finding = window.page.locator(number.get_attribute("href"))
    assert "R03" in finding.inner_text()
    assert number.inner_text() in finding.inner_text()
    number.click()
    assert finding.evaluate("one => one.matches(':target')")
    finding.get_by_role("link").first.click()
    assert cell.evaluate("one => one.matches(':target')")


def test_what_a_report_wrote_and_what_was_changed_is_shown(address: str, window: Window) -> None:
    """Blank cells, odd spellings, extra rows and corrections all stand on the page, with what they mean."""
    window.page.goto(f"{address}agencies/{BUREAU}/2023/index.html")
    assert "２１" in window.page.locator('[id="requests.new_received.natural"]').inner_text()
    blank = window.page.locator('[id="proactive.normative_documents.in_force"]')
    assert blank.inner_text().split()[0] == "—"
    assert "/" in blank.inner_text()
    assert "其他主动公开文件" in window.page.locator("table.extra").inner_text()
    changed = window.page.locator('[id="requests.granted.natural"] a[href^="#"]')
    assert "由1改为9" in window.page.locator(changed.get_attribute("href")).inner_text()
    assert "原表印作2，应为1" in window.page.locator("#c2").inner_text()


def test_where_nothing_came_in_there_is_a_sentence_and_no_chart(address: str, window: Window) -> None:
    """A report of zeros says so in words."""
    window.page.goto(f"{address}agencies/{GOVERNMENT}/2022/index.html")
    assert window.page.get_by_text("本年度未收到政府信息公开申请").is_visible()
    assert window.page.locator("figure").count() == 0


def test_a_missing_year_is_a_gap_with_a_word(address: str, window: Window) -> None:
    """The pictures and the table across the years say 缺 for the year that is not held, and a known report is named."""
    window.page.goto(f"{address}agencies/{BUREAU}/index.html")
    assert window.page.get_by_text("已知，尚未收录").first.is_visible()
    pictures = window.page.locator("main svg, main .columns")
    assert pictures.count() > 0
    assert [n for n in range(pictures.count()) if "缺" not in (pictures.nth(n).text_content() or "")] == []


# dark and print ------------------------------------------------------------------------------------------------------


def test_dark_and_print_are_made_of_the_same_page(address: str, browser: Any) -> None:
    """A dark scheme turns the ground dark; print drops navigation and downloads and names the source's address."""
    with opened(browser, color_scheme="dark") as page:
        page.goto(f"{address}agencies/{BUREAU}/2023/index.html")
        ground = "getComputedStyle(document.body).backgroundColor"
        assert page.evaluate(ground) == "rgb(21, 24, 29)"
        page.emulate_media(media="print", color_scheme="light")
        assert page.evaluate(ground) == "rgb(255, 255, 255)"
        named = "getComputedStyle(document.querySelector('.facts .source a'), '::after').content"
        assert "https://example.org/nb" in page.evaluate(named)


PAPER = """() => [
  ...[...document.querySelectorAll("header nav, footer nav, .skip, .downloads, main button:not(th button), main input, main select")]
    .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().width > 1).map((one) => `shown: ${one.outerHTML.slice(0, 60)}`),
  ...[...document.querySelectorAll("thead")].filter((one) => one.checkVisibility() && getComputedStyle(one).display !== "table-header-group")
    .map((one) => `head that stays behind: ${one.innerText.slice(0, 40)}`),
  ...[...document.querySelectorAll("main .scroll")].filter((one) => getComputedStyle(one).overflowX !== "visible").map((one) => `cut off: ${one.innerText.slice(0, 40)}`),
]"""


def test_paper_shows_what_can_be_read_and_nothing_to_press(site: Site, address: str, browser: Any) -> None:
    """In print navigation, downloads and fields are gone, heads of tables repeat, and nothing stays in a scroll box."""
    found = []
    with opened(browser) as page:
        page.emulate_media(media="print")
        for name in site.heaviest:
            page.goto(address + name)
            found += [f"{name}: {one}" for one in page.evaluate(PAPER)]
    assert found == []


@pytest.mark.parametrize(("folder", "head"), [("", "商业企业"), ("en/", "Commercial")])
def test_a_long_table_shows_its_head_on_every_sheet(address: str, browser: Any, folder: str, head: str) -> None:
    """Section 三 of a report does not fit on one sheet; the names of its columns stand on each that it takes."""
    with opened(browser) as page:
        page.goto(f"{address}{folder}agencies/{BUREAU}/2025/index.html")
        paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    sheets = [re.sub(r"\s+", "", sheet.get_textpage().get_text_range()) for sheet in paper]
    rows = [str(row[-1]) for row in next(one for one in records() if one.year == 2025).tables["requests"].values()]
    with_rows = [text for text in sheets if sum(number in text for number in rows) >= 3]
    assert len(with_rows) > 1
    assert [text[:60] for text in with_rows if head not in text] == []
