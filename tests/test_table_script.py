"""Tables that a visitor sorts and narrows, in a real browser: every row, by value, by keyboard, in the address."""

import csv
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import pinyin
from pipeline.pages import subjects, years
from pipeline.pages.measures import SUBJECTS
from pipeline.record import Agency, Record
from tests import crowd
from tests.browser import Window, opened, serve
from tests.made import agency, put, record
from tests.offered import material
from tests.rendered import render
from tests.site import HOSTILE

YEAR = crowd.LAST
GRANTED = f"subjects/granted/{YEAR}/"
REFUSED = f"subjects/refusal_rate/{YEAR}/"
"""A page whose rows come in one file, and one whose rows come province by province."""


def organs() -> list[Agency]:
    """Some hundreds of organs in three provinces, one of them called like a script."""
    places = [one for one in crowd.agencies(16_000) if one.agency_id[:2] in ("14", "43", "37")]
    return [*places[:450], agency(agency_id="990101-x", name=HOSTILE, level=None, sector="other")]


def records(of: list[Agency]) -> Iterator[Record]:
    for one in of[:-1]:
        yield from crowd.records_of(one, 1)
    who = {"agency_id": of[-1].agency_id, "agency_name": HOSTILE, "scope": None, "published": None}
    figures = {"requests__granted__total": 12345, "requests__total_processed__total": 12345}
    yield put(record("2021", YEAR, **who), **figures, requests__new_received__total=None)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("tables")
    of = organs()
    made = material(records(of), of)
    render(made, [functools.partial(subjects._year, made, SUBJECTS["granted"], YEAR)], out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subjects, "PART", 10_000)
        render(made, [functools.partial(subjects._year, made, SUBJECTS["refusal_rate"], YEAR)], out)
        patch.setattr(years, "PER_PAGE", 20)
        render(made, [functools.partial(years._reports, made, YEAR)], out)
    (out / "small.html").write_text(SMALL, encoding="utf-8")
    return out


@pytest.fixture(scope="module")
def base(root: Path) -> Iterator[str]:
    with serve(root) as address:
        yield address


def rated(root: Path, folder: str) -> list[dict[str, str]]:
    """The rows of a subject's file that have a rate."""
    with (root / folder / "data.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["status"] == "rated"]


def first_column(page: Any) -> list[str]:
    return [str(one) for one in page.locator("tbody tr > :first-child").all_text_contents()]


def column(page: Any, name: str) -> list[str]:
    """The cells of a column that is on the page."""
    place = page.locator("thead th").evaluate_all(
        "(heads, name) => heads.findIndex((one) => one.dataset.name === name)", name
    )
    return [str(one) for one in page.locator(f"tbody tr > :nth-child({place + 1})").all_text_contents()]


def sort(page: Any, name: str) -> None:
    page.locator(f"th[data-name={name}] button").click()


def files(window: Window) -> list[str]:
    """The data that a page has asked for."""
    return [one.rpartition("/")[2] for one in window.requests if one.endswith(".csv")]


def said(page: Any) -> str:
    return str(page.locator("form.filters [role=status]").text_content())


# a table of a few rows -----------------------------------------------------------------------------------------------

SMALL = """<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>表</title>
<form data-table="small" hidden><select name="level"><option value="">全部<option value="county">县级<option value="city">地级</select>
<input name="q"><button type="reset">清除</button><p role="status" data-all="共{total}行" data-some="{found}/{total}" data-none="无"></p></form>
<table data-sortable="small"><thead><tr><th data-name="name">机关</th><th data-name="n">件数</th><th data-name="rate">比率</th><th data-sort="none">注</th></tr></thead>
<tbody>
<tr data-level="county"><th>重庆</th><td>9</td><td data-value="0.5">50.0%</td><td>甲</td></tr>
<tr data-level="city"><th>鞍山</th><td>—</td><td>—</td><td>乙</td></tr>
<tr data-level="county"><th>北京</th><td>12,345</td><td data-value="0.0999">10.0%</td><td>丙</td></tr>
<tr data-level="city"><th>广州</th><td>100</td><td data-value="0.1">10.0%</td><td>丁</td></tr>
<tr data-level="county"><th>天津</th><td>9</td><td>缺</td><td>戊</td></tr>
<tr class="total"><th>合计</th><td>12463</td><td>1%</td><td></td></tr>
</tbody></table>
<table data-sortable="other"><thead><tr><th data-name="k">项</th></tr></thead>
<tbody><tr><th scope="rowgroup">一</th></tr><tr><th>b</th></tr><tr><th>a</th></tr></tbody>
<tbody><tr><th scope="rowgroup">二</th></tr><tr><th>d</th></tr><tr><th>c</th></tr></tbody></table>
<script src="theme/table.js" defer></script></html>"""


@pytest.fixture
def small(window: Window, base: str) -> Window:
    window.page.goto(f"{base}small.html")
    return window


def names(window: Window) -> str:
    return "".join(one[0] for one in window.page.locator("table").first.locator("tbody th").all_text_contents())


def test_figures_sort_by_their_size_and_blanks_stay_last(small: Window) -> None:
    """9 before 100 before 12,345 and back; a cell without a figure is last both ways, a sum last of all."""
    sort(small.page, "n")
    assert names(small) == "重天广北鞍合"
    sort(small.page, "n")
    assert names(small) == "北广重天鞍合"
    sort(small.page, "n")
    assert names(small) == "重鞍北广天合"


def test_rates_sort_by_their_value(small: Window) -> None:
    """10.0% and 10.0% may differ in a decimal that is not shown."""
    sort(small.page, "rate")
    assert names(small) == "北广重鞍天合"


def test_chinese_sorts_by_pinyin(small: Window) -> None:
    """鞍山, 北京, 广州 (changzhi), 重庆 (chongqing), 天津: by sound, also where a character has two."""
    sort(small.page, "name")
    assert names(small) == "鞍北重广天合"


def test_heads_say_how_the_table_is_sorted(small: Window) -> None:
    """`aria-sort` is on the one column that rules; a column that is not to be sorted has no button."""
    heads = small.page.locator("table").first.locator("th[data-name], th[data-sort]")
    read = functools.partial(heads.evaluate_all, "(heads) => heads.map((one) => one.ariaSort)")
    sort(small.page, "n")
    assert read() == [None, "ascending", None, None]
    sort(small.page, "n")
    assert read() == [None, "descending", None, None]
    sort(small.page, "n")
    assert read() == [None] * 4
    assert small.page.locator("th[data-sort=none] button").count() == 0


def test_tables_sort_by_keyboard(small: Window) -> None:
    """Tab leads to the heads, Enter and the space bar press them, and the focus stays where it was."""
    small.page.locator("input[name=q]").focus()
    for _ in range(3):
        small.page.keyboard.press("Tab")
    small.page.keyboard.press("Enter")
    assert names(small) == "重天广北鞍合"
    small.page.keyboard.press("Space")
    assert names(small) == "北广重天鞍合"
    assert small.page.evaluate("document.activeElement.parentElement.dataset.name") == "n"


def test_groups_keep_their_headings(small: Window) -> None:
    """Rows move within their group; the second table has its own name in the address, and leaves the first alone."""
    small.page.locator("th[data-name=k] button").click()
    assert small.page.locator("table").nth(1).locator("tbody th").all_text_contents() == [
        "一",
        "a",
        "b",
        "二",
        "c",
        "d",
    ]
    assert small.page.evaluate("location.search") == "?other.sort=k"
    assert names(small) == "重鞍北广天合"


def test_a_choice_narrows_the_rows_and_is_told(small: Window) -> None:
    """A level and words together; how many rows stand is said aloud; clearing brings all back."""
    page = small.page
    assert page.locator("[role=status]").text_content() == "共5行"
    page.locator("select").select_option("county")
    assert (names(small), page.locator("[role=status]").text_content()) == ("重北天合", "3/5")
    page.locator("input").fill("津")
    assert (names(small), page.evaluate("location.search")) == ("天合", "?level=county&q=%E6%B4%A5")
    page.locator("input").fill("沪")
    assert page.locator("[role=status]").text_content() == "无"
    page.locator("button[type=reset]").click()
    page.wait_for_function("document.querySelectorAll('table:first-of-type tbody tr').length === 6")
    assert page.evaluate("location.search") == ""


def test_an_address_opens_the_table_as_it_was(window: Window, base: str) -> None:
    """What was chosen and sorted is in the address; what it names and the table has not is passed over."""
    window.page.goto(f"{base}small.html?level=county&sort=-n&other.sort=nothing")
    assert names(window) == "北重天合"
    assert window.page.locator("select").input_value() == "county"
    window.page.goto(f"{base}small.html?level=nowhere&sort=__proto__")
    assert names(window) == "重鞍北广天合"
    assert window.errors == []


# hundreds of rows ----------------------------------------------------------------------------------------------------


def test_without_a_script_the_first_rows_stand_in_the_order_of_places(root: Path, base: str, browser: Any) -> None:
    """No button and no form that would not work; the first two hundred organs, and where all of them are."""
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{base}{GRANTED}index.html")
        assert first_column(page) == [row["agency_name"] for row in rated(root, GRANTED)][:200]
        assert not page.locator("form.filters").is_visible()
        assert page.locator("th button").count() == 0
        assert f"{len(rated(root, GRANTED))}个机关中的前200个，全部在data.csv中" in page.locator("main").text_content()


def test_sorting_covers_every_row(root: Path, base: str, window: Window) -> None:
    """The greatest of all rates come first, not those of the rows that were on the page."""
    window.page.goto(f"{base}{GRANTED}index.html")
    sort(window.page, "denominator")
    sort(window.page, "denominator")
    window.page.wait_for_function("document.querySelector('tbody tr > :nth-child(4)').textContent === '12,345'")
    expected = sorted((int(row["denominator"]) for row in rated(root, GRANTED)), reverse=True)
    assert [int(one.replace(",", "")) for one in column(window.page, "denominator")] == expected[:200]
    assert window.errors == []


@pytest.mark.parametrize("folder", ["", "en/"])
def test_rows_from_the_file_are_the_rows_of_the_page(root: Path, base: str, window: Window, folder: str) -> None:
    """Cell by cell the script shows what the page shows: words, figures, links, what is weak, what is flagged."""
    script = """(rows) => rows.map((row) => [...row.cells].map((cell) =>
      [cell.textContent.trim(), [...cell.classList].sort().join(" "), cell.querySelector("a")?.href ?? ""]))"""
    for path in (f"{folder}{GRANTED}", f"{folder}years/{YEAR}/140000/"):
        window.page.goto(f"{base}{path}index.html")
        made = window.page.locator("tbody tr").evaluate_all(script)
        with window.page.expect_response(lambda answer: answer.url.endswith(".csv")):
            sort(window.page, "findings")
        sort(window.page, "findings")
        sort(window.page, "findings")
        window.page.wait_for_function("!document.querySelector('th[aria-sort]')")
        shown = window.page.locator("tbody tr").evaluate_all(script)
        assert shown[: len(made)] == made, path
        assert len(shown) > len(made) or len(made) == 200, path
    assert window.errors == []


def test_more_rows_are_shown_on_demand(root: Path, base: str, window: Window) -> None:
    """A button below the table brings the next rows, and goes when all are there."""
    total = len(rated(root, GRANTED))
    window.page.goto(f"{base}{GRANTED}index.html")
    more = window.page.locator("button.more")
    assert more.text_content() == f"再列{total - 200}个"
    more.click()
    window.page.wait_for_function(f"document.querySelectorAll('tbody tr').length === {total}")
    assert first_column(window.page) == [row["agency_name"] for row in rated(root, GRANTED)]
    assert not more.is_visible()


def test_one_province_asks_for_its_own_part_alone(root: Path, base: str, window: Window) -> None:
    """Choosing a province reads its file and no other; what is counted is still of all rows."""
    window.page.goto(f"{base}{REFUSED}index.html")
    window.requests.clear()
    window.page.locator("select[name=province]").select_option("430000")
    mine = [row["agency_name"] for row in rated(root, REFUSED) if row["region_code"].startswith("43")]
    window.page.wait_for_function(f"document.querySelectorAll('tbody tr').length === {len(mine)}")
    assert first_column(window.page) == mine
    assert files(window) == ["430000.csv"]
    assert said(window.page) == f"{len(mine)}个机关符合，共{len(rated(root, REFUSED))}个机关"
    window.page.locator("select[name=province]").select_option("")
    window.page.wait_for_function("document.querySelectorAll('tbody tr').length === 200")
    assert files(window) == [
        "430000.csv",
        "140000.csv",
        "370000.csv",
        "990000.csv",
    ]


def test_level_and_sector_narrow_every_row(root: Path, base: str, window: Window) -> None:
    """`?level=county&sector=health` leads to the county health bureaus among all organs, sorted as asked."""
    window.page.goto(f"{base}en/{GRANTED}index.html?sector=health&level=county&sort=-value")
    wanted = [row for row in rated(root, GRANTED) if (row["sector"], row["level"]) == ("health", "county")]
    assert wanted
    window.page.wait_for_function(f"document.querySelectorAll('tbody tr').length === {len(wanted)}")
    assert said(window.page) == f"{len(wanted)} of {len(rated(root, GRANTED))} organs"
    assert set(column(window.page, "sector")) == {"Health"}
    shares = [float(one.rstrip("%")) for one in column(window.page, "value")]
    assert shares == sorted(shares, reverse=True)


def test_names_are_found_in_chinese_and_in_pinyin(root: Path, base: str, window: Window) -> None:
    """On the English page the pinyin of an organ finds it as well as its name."""
    row = rated(root, GRANTED)[-5]
    spelt = pinyin.words(row["agency_name"])
    for text in (row["agency_name"], spelt.lower()):
        window.page.goto(f"{base}en/{GRANTED}index.html")
        window.page.locator("input[name=q]").fill(text)
        window.page.wait_for_function("document.querySelectorAll('tbody tr').length < 200")
        assert f"{row['agency_name']} {spelt}" in first_column(window.page)


def test_markup_in_a_name_is_text(base: str, window: Window) -> None:
    """An organ called like a script is shown by that name in rows that the script makes."""
    window.page.goto(f"{base}{GRANTED}index.html?level=-")
    window.page.wait_for_function("document.querySelectorAll('tbody tr').length === 1")
    assert first_column(window.page) == [HOSTILE]
    assert window.errors == []


def test_opened_from_a_disk_the_rows_on_the_page_are_sorted(root: Path, window: Window) -> None:
    """A page on a disk may read no other file: it says so, and sorts what it has."""
    window.page.goto((root / GRANTED / "index.html").as_uri())
    before = sorted(int(one.replace(",", "")) for one in column(window.page, "denominator"))
    sort(window.page, "denominator")
    window.page.wait_for_selector(".failed:visible")
    assert [int(one.replace(",", "")) for one in column(window.page, "denominator")] == before
    assert not window.page.locator("button.more").is_visible()


def test_printed_tables_have_no_controls(base: str, window: Window) -> None:
    """On paper stand the rows as they are sorted, without buttons and fields."""
    window.page.goto(f"{base}{GRANTED}index.html?level=county")
    window.page.emulate_media(media="print")
    assert not window.page.locator("form.filters").is_visible()
    assert not window.page.locator("button.more").is_visible()
