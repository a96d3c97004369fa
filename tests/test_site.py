"""The whole site, built by the real Pelican over made-up organs and looked at with a real browser."""

import functools
import hashlib
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from pipeline import ROOT, package, tables
from pipeline.checks import check_records
from pipeline.forms import TABLES
from pipeline.record import Agency, Record
from tests.made import agency, dataset, different, put, record
from tests.tools import missing

HOSTILE = "<script>alert(1)</script>"
BUREAU = "141021-slwsj"
GOVERNMENT = "110101-slqrmzf"
LIMIT = 60 * 1024
"""What a report page may weigh with its stylesheet."""


# made-up organs ------------------------------------------------------------------------------------------------------


def organs() -> list[Agency]:
    return [
        agency(agency_id=BUREAU, name="示例县卫生健康和体育局", former_names=["示例县卫生局"]),
        agency(agency_id="999901-x", name=HOSTILE, former_names=[HOSTILE], note=HOSTILE, level=None, sector="other"),
        agency(agency_id="140000-slcz", name="示例省财政厅", level="province", sector="finance"),
        agency(agency_id=GOVERNMENT, name="示例区人民政府", sector="government"),
        agency(agency_id="000000-slj", name="示例国家局", level="national", sector="other"),
    ]


def records() -> list[Record]:
    bureau = {"agency_id": BUREAU, "agency_name": "示例县卫生健康和体育局"}
    return [
        record("2019", 2020, different(1000), **bureau),
        put(record("2021", 2021, agency_id=BUREAU, agency_name="示例县卫生局"), requests__new_received__total=9),
        eventful(record("2021", 2023, **bureau)),
        sound(record("2021", 2025, **bureau)),
        hostile(record("2021", 2022, different(), agency_id="999901-x", agency_name=HOSTILE, published=None)),
        record("2021", 2022, different(), single=True, agency_id="140000-slcz", agency_name="示例省财政厅"),
        record("2021", 2022, agency_id=GOVERNMENT, agency_name="示例区人民政府", scope="jurisdiction"),
        record("2019", 2019, different(), single=False, agency_id="000000-slj", agency_name="示例国家局", scope=None),
    ]


def eventful(made: Record) -> Record:
    """A report with blanks, odd spellings, an extra row, an error of its own, and corrections of two kinds."""
    who = {"evidence": "予以公开\t9\t1", "reason": "只读到第一位", "by": "github:someone", "date": "2026-03-02"}
    put(made, requests__granted__natural=9, requests__granted__enterprise=1, requests__granted__total=10)
    put(made, requests__new_received__natural=21, requests__new_received__total=21)
    put(made, requests__carried_out__total=2, requests__rejected_publication__public_welfare=None)
    put(made, proactive__fees__amount=Decimal("5949.088667"), proactive__normative_documents__in_force=None)
    made.as_written = {"proactive.normative_documents.in_force": "/", "requests.new_received.natural": "２１"}
    made.extra_rows = [{"section": "requests", "label": "其他主动公开文件", "values": ["3", "无"]}]
    made.corrections = [
        {"field": "requests.granted.natural", "kind": "misread", "was": 1, "now": 9, **who},
        {"field": "requests.carried_out.total", "kind": "printed_wrong", "printed": 2, "should_be": 1, **who},
    ]
    return made


def sound(made: Record) -> Record:
    """No cell of section 三 is 0, and everything adds up: the heaviest page of a report without a fault."""
    rows = made.tables["requests"]
    for place, values in enumerate(rows.values()):
        values[:] = [1000 + 10 * place + n for n in range(7)]
    outcomes = [rows[key] for key in made.law.outcomes() if key in rows]
    rows["total_processed"][:6] = [sum(int(row[n] or 0) for row in outcomes) for n in range(6)]
    balance = zip(rows["total_processed"], rows["carried_out"], rows["carried_in"], strict=True)
    rows["new_received"][:6] = [int(done or 0) + int(out or 0) - int(had or 0) for done, out, had in balance][:6]
    for values in rows.values():
        values[6] = sum(int(value or 0) for value in values[:6])
    return made


def hostile(made: Record) -> Record:
    """Markup in every text that a report or a person who corrects it can bring in."""
    made.as_written = {"requests.granted.natural": HOSTILE}
    made.extra_rows = [{"section": "disputes", "label": HOSTILE, "values": [HOSTILE]}]
    made.source.file = HOSTILE
    texts = dict.fromkeys(("evidence", "reason", "by"), HOSTILE)
    made.corrections = [
        {"field": "agency_name", "kind": "misread", "was": HOSTILE, "now": HOSTILE, "date": "2026-03-02", **texts}
    ]
    return made


KNOWN = f"示例县卫生健康和体育局,{BUREAU},2022,javascript:alert(1),,known\n示例乡人民政府,,2022,https://example.org/,,known\n"


# the build -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Site:
    """A site as built: its folder and what it was made from."""

    root: Path
    data: Path
    records: list[Record] = field(default_factory=list)

    @property
    def pages(self) -> list[Path]:
        return sorted(self.root.rglob("*.html"))

    def name(self, page: Path) -> str:
        return page.relative_to(self.root).as_posix()


def pack(data: Path, out: Path) -> None:
    """The step before: the package that the pages lead to."""
    found = dataset(data, records(), organs(), KNOWN)
    assert found.problems == []
    checked = check_records(found.records, found.agencies)
    package.write(tables.build(found.records, found.agencies, found.known, checked), found, out)


def pelican(data: Path, out: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Pelican as `gongkai site` runs it."""
    ours = ("SITEURL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GONGKAI_REPOSITORY")
    given = {key: value for key, value in os.environ.items() if key not in ours}
    command = [sys.executable, "-m", "pelican", "content", "-s", "pipeline/pelicanconf.py", "-o", str(out)]
    return subprocess.run(
        [*command, "--fatal", "warnings"],
        capture_output=True, text=True, cwd=ROOT, check=False, env=given | {"GONGKAI_DATA": str(data)} | environment,
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    folder = tmp_path_factory.mktemp("site")
    made = Site(folder / "out", folder / "data", records())
    pack(made.data, made.root)
    ran = pelican(made.data, made.root)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return made


@pytest.fixture(scope="module")
def published(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same site as it is built for the web."""
    out = tmp_path_factory.mktemp("published") / "out"
    shutil.copytree(site.root, out, ignore=shutil.ignore_patterns("*.html", "theme"))
    ran = pelican(
        site.data, out,
        SITEURL="https://example.org/nb", GITHUB_SERVER_URL="https://github.example", GITHUB_REPOSITORY="a/b",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Site(out, site.data, site.records)


def test_every_kind_of_page_is_there(site: Site) -> None:
    """Home, lists, organs, reports, places, data, rules, words and the page for lost addresses."""
    found = {site.name(page) for page in site.pages}
    reports = {f"agencies/{one.agency_id}/{one.year}/index.html" for one in site.records}
    agencies = {f"agencies/{one.agency_id}/index.html" for one in site.records}
    places = {f"regions/{code}/index.html" for code in ("110000", "140000", "141000", "990000", "999900")}
    folders = ("agencies", "regions", "data", "rules", "about", "correct", "changes")
    others = {"index.html", "404.html", *(f"{folder}/index.html" for folder in folders)}
    assert found == reports | agencies | places | others


def test_the_same_records_make_the_same_bytes(site: Site, tmp_path: Path) -> None:
    """A second run over the same data writes the same pages: no date, no order of a set stands in them."""
    pack(tmp_path / "data", tmp_path / "out")
    assert pelican(tmp_path / "data", tmp_path / "out", PYTHONHASHSEED="7", TZ="UTC").returncode == 0
    first = {path.relative_to(site.root): path.read_bytes() for path in site.root.rglob("*") if path.is_file()}
    again = {path.relative_to(tmp_path / "out"): path.read_bytes() for path in (tmp_path / "out").rglob("*.*")}
    assert first == again


def test_a_plugin_that_fails_fails_the_build(site: Site, tmp_path: Path) -> None:
    """Without the package there is nothing to show, and Pelican must say so by its status."""
    ran = pelican(site.data, tmp_path / "out")
    assert ran.returncode != 0
    assert "datapackage.json" in ran.stdout + ran.stderr


def test_a_missing_download_fails_the_build(site: Site, tmp_path: Path) -> None:
    """A page that would lead to a file that is not there is not built quietly."""
    shutil.copytree(site.root, tmp_path / "out")
    (tmp_path / "out" / "agencies" / GOVERNMENT / "2022" / "record.yaml").unlink()
    ran = pelican(site.data, tmp_path / "out")
    assert ran.returncode != 0
    assert "record.yaml" in ran.stdout + ran.stderr


# the files, without a browser ----------------------------------------------------------------------------------------


class Looked(HTMLParser):
    """What a page leads to, loads, and can be jumped to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.lang: str | None = None
        self.scripts = 0
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [value for key in ("href", "src", "action") if (value := given.get(key)) is not None]
        self.links += [value for key in ("data-names",) if (value := given.get(key)) is not None]
        self.ids += [value for key in ("id",) if (value := given.get(key)) is not None]
        self.lang = given.get("lang") if tag == "html" else self.lang
        self.scripts += tag == "script"

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@functools.cache
def look(page: Path) -> Looked:
    looked = Looked()
    looked.feed(page.read_text(encoding="utf-8"))
    return looked


def target(page: Path, address: str, root: Path) -> Path:
    """The file that a server gives for a relative address on a page."""
    path = (page.parent / unquote(urlsplit(address).path)).resolve() if urlsplit(address).path else page
    assert path.is_relative_to(root.resolve()), address
    return path / "index.html" if path.is_dir() else path


def broken(site: Site) -> list[str]:
    """Every internal link that leads to no file or to no anchor of it."""
    found = []
    for page in site.pages:
        for address in look(page).links:
            if urlsplit(address).scheme:
                continue
            file, anchor = target(page, address, site.root), unquote(urlsplit(address).fragment)
            if not file.is_file() or (anchor and anchor not in look(file).ids):
                found.append(f"{site.name(page)}: {address}")
    return found


def test_no_link_is_broken(site: Site) -> None:
    """Every link, script, style and anchor of every page leads to something that is there."""
    assert broken(site) == []


def test_no_link_is_broken_on_the_web(published: Site) -> None:
    """With a site address links end with folders; they lead to the same pages."""
    assert broken(published) == []
    assert not [address for page in published.pages for address in look(page).links if "index.html" in address]


def test_a_desk_needs_no_server(site: Site) -> None:
    """Without a site address every link names a file, so that the pages work from a disk."""
    for page in site.pages:
        for address in look(page).links:
            path = urlsplit(address).path
            assert (
                urlsplit(address).scheme
                or not path
                or (page.parent / unquote(path)).resolve().is_file()
                or ("AGENCY" in path)
            ), f"{site.name(page)}: {address}"


def test_no_id_stands_twice(site: Site) -> None:
    """An anchor that stands twice leads to the wrong one."""
    for page in site.pages:
        ids = look(page).ids
        assert len(ids) == len(set(ids)), site.name(page)


def test_pages_lead_out_only_where_the_records_do(site: Site) -> None:
    """The only foreign addresses are those of reports and of the licence; never one that runs a script."""
    out = {address for page in site.pages for address in look(page).links if urlsplit(address).scheme}
    assert out == {"https://example.org/nb", "https://creativecommons.org/publicdomain/zero/1.0/"}


def test_every_page_is_in_simplified_chinese(site: Site) -> None:
    """`lang` chooses the shapes of the characters."""
    assert {look(page).lang for page in site.pages} == {"zh-Hans"}


def test_every_page_offers_its_data_as_a_file(site: Site) -> None:
    """At least one link of each page is a CSV, JSON or YAML file that is there."""
    for page in site.pages:
        files = [one for one in look(page).links if re.search(r"\.(csv|json|yaml)$", one)]
        assert any(target(page, one, site.root).is_file() for one in files), site.name(page)


def test_markup_in_names_is_text(site: Site) -> None:
    """An organ named like a script is shown by that name, on every page that names it, and never runs."""
    shown = set()
    for page in site.pages:
        html = page.read_text(encoding="utf-8")
        assert "<script>alert" not in html, site.name(page)
        assert "javascript:" not in html, site.name(page)
        if HOSTILE in "".join(look(page).text):
            shown.add(site.name(page))
    own = {"agencies/999901-x/index.html", "agencies/999901-x/2022/index.html"}
    assert shown == {"index.html", "agencies/index.html", "regions/999900/index.html", *own}


def test_a_report_page_is_light(site: Site) -> None:
    """A report whose every cell has a figure stays under the limit with its stylesheet; so does an eventful one."""
    style = (site.root / "theme" / "site.css").stat().st_size
    for year in (2021, 2023, 2025):
        page = site.root / "agencies" / BUREAU / str(year) / "index.html"
        assert page.stat().st_size + style < LIMIT, year


def test_the_corrections_link_opens_the_record(published: Site, site: Site) -> None:
    """With a repository “这个数字不对” opens the record's file there, else the page that tells how."""
    there = look(published.root / "agencies" / BUREAU / "2023" / "index.html").links
    assert f"https://github.example/a/b/edit/main/data/agencies/14/141021/{BUREAU}/2023.yaml" in there
    here = look(site.root / "agencies" / BUREAU / "2023" / "index.html").links
    assert here.count("../../../correct/index.html") == 3  # the button, the end of the page, the footer


def test_lost_addresses_find_their_way_home(published: Site) -> None:
    """404.html is shown under any address: all that it leads to and loads begins with the site's own address."""
    assert all(one.startswith("https://") for one in look(published.root / "404.html").links if not one.startswith("#"))


def test_pages_say_where_they_belong(published: Site) -> None:
    """The canonical address of a page is its own."""
    html = (published.root / "agencies" / BUREAU / "2023" / "index.html").read_text(encoding="utf-8")
    assert f'<link rel="canonical" href="https://example.org/nb/agencies/{BUREAU}/2023/">' in html


def test_the_data_page_tells_the_truth_about_every_file(site: Site) -> None:
    """Rows, and the checksum of every file under data/, as the files are."""
    text = "".join(look(site.root / "data" / "index.html").text)
    for file in (site.root / "data").iterdir():
        if file.suffix != ".html":
            assert hashlib.sha256(file.read_bytes()).hexdigest() in text, file.name


# the browser ---------------------------------------------------------------------------------------------------------

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next((found for name in names if (found := shutil.which(name))), None)
    if program is None:
        missing("no Chromium on this machine: apt install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("Playwright is not installed: pip install playwright")
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    """The site on a server of its own."""
    handler = functools.partial(Quiet, directory=str(site.root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@dataclass(slots=True)
class Window:
    """A page of the browser that notes what goes wrong on it and what it asks for."""

    page: Any
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def watch(self) -> "Window":
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type != "log" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.errors.append(dialog.message), dialog.dismiss()))
        self.page.on("response", lambda answer: self.errors.append(answer.url) if answer.status >= 400 else None)
        self.page.on("request", lambda request: self.requests.append(request.url))
        return self


@pytest.fixture
def window(browser: Any) -> Iterator[Window]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Window(context.new_page()).watch()
    context.close()


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
        by_id = {name: window.page.locator(f'[id="{name}"]').count() for name in made.figures()}
        assert set(by_id.values()) == {1}, made.report_id


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


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_scrolls_sideways(site: Site, address: str, window: Window, width: int) -> None:
    """Wide tables scroll in their own region, the page never does, down to the narrowest phone."""
    window.page.set_viewport_size({"width": width, "height": 800})
    for page in site.pages:
        window.page.goto(address + site.name(page))
        over = window.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{site.name(page)}: {over} pixels"


def test_pages_are_quiet_and_stay_at_home(site: Site, address: str, window: Window) -> None:
    """No page says anything to the console, runs what a report brought in, or asks another host for anything."""
    for page in site.pages:
        window.page.goto(address + site.name(page))
    assert window.errors == []
    assert [one for one in window.requests if not one.startswith(address)] == []


def test_everything_works_without_a_script(address: str, browser: Any) -> None:
    """Without JavaScript the search box is not shown, and links alone lead from home to a report."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert not page.locator("form.search").is_visible()
    page.get_by_role("link", name="全部机关").click()
    page.get_by_role("link", name="示例县卫生健康和体育局").click()
    page.get_by_role("link", name="2023年度报告").click()
    assert page.locator("h1").inner_text().split() == ["示例县卫生健康和体育局", "2023年政府信息公开工作年度报告"]
    context.close()


@pytest.mark.parametrize("query", ["卫生健康", "示例县卫生局", "临汾", "  曲沃 体育局 ", "１４１０２１"])
def test_the_search_box_finds_an_organ(address: str, window: Window, query: str) -> None:
    """By part of its name, a former name, a place around it, several words, or digits however they are typed."""
    window.page.goto(address)
    window.page.get_by_role("searchbox").fill(query)
    results = window.page.locator(".results a")
    results.first.wait_for()
    assert [results.nth(n).inner_text() for n in range(results.count())] == ["示例县卫生健康和体育局"]
    assert "1" in window.page.get_by_role("status").inner_text()
    results.first.click()
    assert window.page.url == f"{address}agencies/{BUREAU}/index.html"
    assert window.errors == []


def test_the_search_box_shows_markup_as_text_and_says_when_nothing_is_found(address: str, window: Window) -> None:
    """A name that is markup is found and shown as written; a query without a hit says so."""
    window.page.goto(address + "agencies/index.html?q=alert")
    assert window.page.locator(".results a").first.inner_text() == HOSTILE
    window.page.get_by_role("searchbox").fill("没有这个机关")
    window.page.get_by_text("没有找到").wait_for()
    assert window.page.locator(".results a").count() == 0
    window.page.get_by_role("searchbox").fill("")
    window.page.wait_for_function("document.querySelector('.found').textContent === ''")
    assert window.errors == []


def test_a_site_on_a_disk_works(site: Site, window: Window) -> None:
    """Opened as a file, without any server, links work; the search box, which cannot, stays hidden."""
    window.page.goto((site.root / "index.html").as_uri())
    assert not window.page.locator("form.search").is_visible()
    window.page.get_by_role("link", name="按地区").click()
    window.page.get_by_role("link", name="山西省").click()
    window.page.get_by_role("link", name="临汾市").click()
    window.page.get_by_role("link", name="示例县卫生健康和体育局").click()
    assert window.page.locator("h1").inner_text().startswith("示例县卫生健康和体育局")
    assert window.errors == []


def test_a_flagged_cell_and_its_finding_lead_to_each_other(address: str, window: Window) -> None:
    """The number in the tinted cell jumps to the finding, whose link jumps back to the cell."""
    window.page.goto(f"{address}agencies/{BUREAU}/2023/index.html")
    cell = window.page.locator('[id="requests.carried_out.total"]')
    assert "flagged" in (cell.get_attribute("class") or "").split()
    number = cell.locator("a").first
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
    changed = window.page.locator('[id="requests.granted.natural"] a')
    assert "由1改为9" in window.page.locator(changed.get_attribute("href")).inner_text()
    assert "原表印作2，应为1" in window.page.locator("#c2").inner_text()


def test_where_nothing_came_in_there_is_a_sentence_and_no_chart(address: str, window: Window) -> None:
    """A report of zeros says so in words."""
    window.page.goto(f"{address}agencies/{GOVERNMENT}/2022/index.html")
    assert window.page.get_by_text("本年度未收到政府信息公开申请").is_visible()
    assert window.page.locator("figure").count() == 0


def test_a_missing_year_is_a_gap_with_a_word(address: str, window: Window) -> None:
    """The chart and the table across the years say 缺 for the year that is not held, and a known report is named."""
    window.page.goto(f"{address}agencies/{BUREAU}/index.html")
    columns = [text.split() for text in window.page.locator(".columns li").all_inner_texts()]
    assert [column[-1] for column in columns] == ["2020", "2021", "2022", "2023", "2024", "2025"]
    assert [columns[2], columns[4]] == [["缺", "2022"], ["缺", "2024"]]
    heights = window.page.locator(".columns i").evaluate_all("bars => bars.map((bar) => bar.offsetHeight)")
    made = {one.year: one.tables["requests"]["new_received"][-1] for one in records() if one.agency_id == BUREAU}
    scale = max(heights) / max(int(number or 0) for number in made.values())
    assert heights == [pytest.approx(max(2, int(number or 0) * scale), abs=1.5) for number in made.values()]
    assert window.page.get_by_text("已知，尚未收录").is_visible()


def test_the_keyboard_comes_first_to_the_way_past_the_head(address: str, window: Window) -> None:
    """The first stop of the Tab key is the skip link, and it is seen when it has the focus."""
    window.page.goto(f"{address}agencies/{BUREAU}/2023/index.html")
    window.page.keyboard.press("Tab")
    link = window.page.locator(".skip")
    assert link.evaluate("one => one === document.activeElement")
    box = link.bounding_box()
    assert box
    assert box["x"] >= 0
    assert window.page.locator(".scroll:not([tabindex='0'])").count() == 0


def test_dark_and_print_are_made_of_the_same_page(address: str, browser: Any) -> None:
    """A dark scheme turns the ground dark; print drops navigation and downloads and names the source's address."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}agencies/{BUREAU}/2023/index.html")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(21, 24, 29)"
    page.emulate_media(media="print", color_scheme="light")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    assert not page.locator("header nav").is_visible()
    assert not page.locator(".downloads").is_visible()
    named = "getComputedStyle(document.querySelector('.facts .source a'), '::after').content"
    assert "https://example.org/nb" in page.evaluate(named)
    assert page.pdf().startswith(b"%PDF")
    context.close()


def contrast(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """The contrast of two colours by WCAG 2."""
    light = sorted(
        (0.2126 * _linear(c["r"]) + 0.7152 * _linear(c["g"]) + 0.0722 * _linear(c["b"]) for c in (first, second)),
        reverse=True,
    )
    return (light[0] + 0.05) / (light[1] + 0.05)


def _linear(channel: float) -> float:
    part = channel / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


COLOURS = """() => {
  const rgb = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return {r, g, b, a}; };
  const ground = (one) => { for (; one; one = one.parentElement) {
    const found = rgb(getComputedStyle(one).backgroundColor); if (found.a) return found; } return {r: 255, g: 255, b: 255}; };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Map();
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !one.checkVisibility()) continue;
    const ink = rgb(getComputedStyle(one).color), paper = ground(one);
    found.set(JSON.stringify([ink, paper]), [ink, paper, walker.currentNode.textContent.trim().slice(0, 20)]);
  }
  return [...found.values()];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(address: str, browser: Any, scheme: str) -> None:
    """Every piece of text has a contrast of 4.5 to 1 with its ground, in light and in dark."""
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for path in (
        "index.html",
        f"agencies/{BUREAU}/2023/index.html",
        f"agencies/{BUREAU}/index.html",
        "rules/index.html",
    ):
        page.goto(address + path)
        for ink, paper, text in page.evaluate(COLOURS):
            assert contrast(ink, paper) >= 4.5, f"{path}: {text}"
    context.close()
