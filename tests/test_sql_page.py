"""The SQL page in a real browser: what it loads and when, what it shows, and how a query goes wrong or is stopped."""

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.browser import Window, opened
from tests.site import HOSTILE, Site
from tests.tools import missing

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@pytest.fixture(scope="module")
def sql(site: Site, address: str) -> str:
    """The address of the page; skipped where SQLite is not installed for the browser."""
    if not (site.root / "sql" / "sqlite").exists():
        missing("SQLite for the browser is not installed: install Node and npm, then run make test")
    return f"{address}sql/"


class Asker:
    """The page with the database open."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def load(self) -> None:
        self.page.locator("[data-load]").click()
        self.page.locator("[type=submit]:enabled").wait_for()

    def ask(self, query: str) -> str:
        """Runs a query by the keyboard; what the page says of it."""
        self.page.locator("#sql-query").fill(query)
        self.page.locator("#sql-query").press("Control+Enter")
        self.page.locator("[type=submit]:enabled").wait_for()
        return self.said

    @property
    def said(self) -> str:
        return str(self.page.locator("#sql-status").inner_text())

    @property
    def rows(self) -> list[list[str]]:
        """The table of the result with its head; empty where none is shown."""
        if not self.page.locator("table.result").is_visible():
            return []
        cells = "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        return list(self.page.locator("table.result tr").evaluate_all(cells))


@pytest.fixture(scope="module")
def asker(sql: str, browser: Any) -> Iterator[tuple[Asker, Window]]:
    """One window with the database open, for the tests that only ask."""
    with opened(browser, accept_downloads=True) as page:
        window = Window(page).watch()
        page.goto(sql)
        asker = Asker(page)
        asker.load()
        yield asker, window


def rows_of(site: Site, query: str) -> list[tuple[Any, ...]]:
    """What Python's own SQLite says."""
    with closing(sqlite3.connect(site.root / "data" / "gongkai.sqlite")) as database:
        return database.execute(query).fetchall()


# loading -------------------------------------------------------------------------------------------------------------


def test_nothing_is_loaded_before_the_button(site: Site, sql: str, window: Window) -> None:
    """The page tells the size of the whole download; only the button brings it, and from the site itself."""
    window.page.goto(sql)
    window.page.wait_for_load_state("networkidle")
    before = set(window.requests)
    files = [site.root / "data" / "gongkai.sqlite", *(site.root / "sql" / "sqlite").iterdir()]
    size = f"{round(sum(file.stat().st_size for file in files) / 1048576, 1)} MB"
    assert window.page.locator("[data-load]").inner_text() == f"下载数据库（{size}）"
    assert not [one for one in before if re.search(r"sqlite|wasm|worker", one)]
    Asker(window.page).load()
    loaded = {one.removeprefix(sql.removesuffix("sql/")) for one in set(window.requests) - before}
    assert loaded >= {"data/gongkai.sqlite", "sql/sqlite/sqlite3.js", "sql/sqlite/sqlite3.wasm", "theme/sql-worker.js"}
    assert not [one for one in window.requests if not one.startswith(sql.removesuffix("sql/"))]
    assert window.errors == []


def test_a_database_that_cannot_be_had_is_told(sql: str, browser: Any) -> None:
    """A download that fails, or is no database, is a sentence, and the button can be pressed again."""
    with opened(browser) as page:
        page.route("**/gongkai.sqlite", lambda route: route.fulfill(status=404, body="gone"))
        page.goto(sql)
        page.locator("[data-load]").click()
        page.get_by_text("没能打开数据库：404").wait_for()
        page.unroute("**/gongkai.sqlite")
        page.route("**/gongkai.sqlite", lambda route: route.fulfill(body="no database at all" * 400))
        page.locator("[data-load]").click()
        page.get_by_text("没能打开数据库：file is not a database").wait_for()
        page.unroute("**/gongkai.sqlite")
        Asker(page).load()


def test_a_page_on_a_disk_says_why_it_cannot(site: Site, sql: str, window: Window) -> None:
    """Opened as a file the page has its words, and says that the site must be served."""
    window.page.goto((site.root / "en" / "sql" / "index.html").as_uri())
    assert "Open the site with make serve" in Asker(window.page).said
    assert window.page.locator("[data-load]").is_disabled()
    assert window.errors == []


# asking --------------------------------------------------------------------------------------------------------------


def test_every_example_runs(site: Site, asker: tuple[Asker, Window]) -> None:
    """A press puts an example into the box, another runs it, and the rows are those of any other SQLite."""
    page = asker[0].page
    buttons = page.locator("[data-example]")
    assert buttons.count() == 7
    for number in range(buttons.count()):
        buttons.nth(number).click()
        query = page.locator("#sql-query").input_value()
        page.locator("[type=submit]").click()
        page.locator("[type=submit]:enabled").wait_for()
        assert "查询完成" in asker[0].said, query
        assert len(asker[0].rows) - 1 == len(rows_of(site, query))
    assert asker[1].errors == []


def test_a_result_shows_every_value_as_it_is(asker: tuple[Asker, Window]) -> None:
    """Null, nothing, 0, long numbers, fractions and bytes are told apart; what looks like markup is text."""
    asker[0].ask(
        "SELECT NULL AS a, '' AS b, 0 AS c, 9007199254740993 AS d, 5949.088667 AS e, x'0AFF' AS f, agency_name AS g"
        " FROM reports WHERE agency_id = '999901-x'"
    )
    assert asker[0].rows == [
        ["a", "b", "c", "d", "e", "f", "g"],
        ["NULL", "", "0", "9007199254740993", "5949.088667", "0aff", HOSTILE],
    ]
    assert asker[1].errors == []


def test_many_rows_are_shown_in_parts(asker: tuple[Asker, Window], site: Site) -> None:
    """The first 200 rows are shown and all are counted; a button shows more."""
    (count,) = rows_of(site, "SELECT count(*) FROM figures")[0]
    asker[0].ask("SELECT * FROM figures")
    assert asker[0].page.locator("#sql-count").inner_text() == f"{count}行，显示前200行"
    assert len(asker[0].rows) == 201
    asker[0].page.locator("[data-more]").click()
    assert asker[0].page.locator("#sql-count").inner_text() == f"{count}行，显示前400行"
    assert len(asker[0].rows) == 401


def test_a_result_has_an_end(asker: tuple[Asker, Window]) -> None:
    """More rows than a page can hold are cut, and the page says so."""
    asker[0].ask(f"{ENDLESS.partition('SELECT count')[0]} SELECT i FROM n")
    assert asker[0].page.locator("#sql-count").inner_text() == "超过100,000行，显示前200行"


@pytest.mark.parametrize(
    ("query", "message", "hint"),
    [
        ("SELECT nobody FROM reports", "no such column: nobody", "表和栏目的名称见下面的清单"),
        ("SELECT * FROM 报告", "no such table: 报告", "表和栏目的名称见下面的清单"),
        ("SELEC 1", 'near "SELEC": syntax error', ""),
        ("DELETE FROM reports", "attempt to write a readonly database", "这个数据库只能读，不能改"),
    ],
)
def test_a_wrong_query_is_told_in_plain_words(asker: tuple[Asker, Window], query: str, message: str, hint: str) -> None:
    """SQLite's own message stands there with a sentence, the result before it is gone, and nothing has changed."""
    asker[0].ask("SELECT 1")
    said = asker[0].ask(query)
    assert said.startswith(f"SQLite没能执行这个查询：{message}")
    assert hint in said
    assert asker[0].rows == []
    asker[0].ask("SELECT count(*) > 0 FROM reports")
    assert asker[0].rows[1] == ["1"]
    assert asker[1].errors == []


def test_nothing_and_several_are_told(asker: tuple[Asker, Window]) -> None:
    """An empty box, a query without a result and several statements each have their sentence."""
    assert asker[0].ask("  \n") == "查询框是空的。"
    assert asker[0].ask("CREATE TEMP TABLE mine (a)") == "查询没有给出结果。"
    assert asker[0].ask("SELECT 1; SELECT 2").endswith("查询有几条语句，只显示第一个结果。")
    assert asker[0].rows[1:] == [["1"]]
    asker[0].ask("SELECT 1 WHERE 0")
    assert asker[0].rows == [["1"]]


def test_an_endless_query_is_stopped(sql: str, window: Window) -> None:
    """The page stays alive beside it; stopped, the database is open again without another download."""
    window.page.goto(sql)
    asker = Asker(window.page)
    asker.load()
    window.page.locator("#sql-query").fill(ENDLESS)
    window.page.locator("[type=submit]").click()
    window.page.locator("[data-stop]").click()
    assert asker.said == "查询已停止。"
    window.page.locator("[type=submit]:enabled").wait_for()
    asker.ask("SELECT 6 * 7")
    assert asker.rows[1:] == [["42"]]
    assert sum(one.endswith("gongkai.sqlite") for one in window.requests) == 1
    assert window.errors == []


# taking along --------------------------------------------------------------------------------------------------------


def test_the_csv_holds_the_whole_result(asker: tuple[Asker, Window], site: Site) -> None:
    """Every row, also those not shown, with quotes where they are needed and nothing for null."""
    query = (
        "SELECT report_id, agency_name, value, as_written FROM figures JOIN reports USING (report_id) ORDER BY 1, field"
    )
    asker[0].ask(query)
    with asker[0].page.expect_download() as download:
        asker[0].page.locator("[data-csv]").click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    wanted = [["" if value is None else str(value) for value in row] for row in rows_of(site, query)]
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True))[1:] == wanted
    assert len(wanted) > 200
    asker[0].ask("SELECT 'a,\"b\"' AS \"x,y\", 'line' || char(10) || 'break' AS z")
    with asker[0].page.expect_download() as download:
        asker[0].page.locator("[data-csv]").click()
    assert Path(download.value.path()).read_bytes() == b'"x,y",z\n"a,""b""","line\nbreak"\n'


def test_a_query_travels_by_its_address(sql: str, browser: Any) -> None:
    """The address of a query that was run brings it to another visitor, who has to run it himself."""
    query = "SELECT 'a+b & 100%' AS 示例\n-- 二"
    with opened(browser) as page:
        page.goto(sql)
        asker = Asker(page)
        asker.load()
        asker.ask(query)
        shared = page.evaluate("location.href")
        assert page.locator("[data-share]").evaluate("link => link.href") == shared
    for address in (shared, f"{sql}?q={quote(query)}"):
        with opened(browser) as page:
            page.goto(address)
            assert page.locator("#sql-query").input_value() == query
            assert "还没有运行" in Asker(page).said
            Asker(page).load()
            assert Asker(page).rows == []
            page.locator("[type=submit]").click()
            page.locator("table.result").wait_for()
            assert Asker(page).rows == [["示例"], ["a+b & 100%"]]


def test_the_keyboard_is_enough(sql: str, browser: Any) -> None:
    """Load, write, run and read the result without a mouse; the focus goes on where the button was."""
    with opened(browser, viewport={"width": 390, "height": 800}) as page:
        page.goto(sql.replace("sql/", "en/sql/"))
        page.locator("[data-load]").focus()
        page.keyboard.press("Enter")
        page.locator("[type=submit]:enabled").wait_for()
        assert page.evaluate("document.activeElement.id") == "sql-query"
        page.keyboard.press("Control+A")
        page.keyboard.type("SELECT 3 AS three")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator("table.result").wait_for()
        assert Asker(page).rows == [["three"], ["3"]]
        assert page.locator("#sql-count").inner_text() == "1 row"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


# without a script ----------------------------------------------------------------------------------------------------


def test_without_a_script_the_page_still_serves(site: Site, sql: str, browser: Any) -> None:
    """Examples, tables, every column with its words and the download are there; nothing that would do nothing is."""
    with opened(browser, java_script_enabled=False) as page:
        page.goto(sql)
        assert page.locator("textarea, button").filter(visible=True).count() == 0
        assert page.locator("pre").filter(visible=True).count() == 7
        assert page.locator("main a[download]").get_attribute("href") == "../data/gongkai.sqlite"
        assert "用sqlite3" in page.locator("noscript").inner_text()
        page.locator("summary", has_text="reports").click()
        row = page.locator("tr", has=page.get_by_text("requests_granted_total", exact=True))
        assert "予以公开" in row.inner_text()
    listed = rows_of(site, "SELECT count(*) FROM columns")[0][0]
    text = (site.root / "sql" / "index.html").read_text(encoding="utf-8")
    assert text.count('<th scope="row"><code>') == listed
