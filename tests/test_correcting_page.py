"""From a figure to its correction: the rows of a report, the links that they carry, the list of all corrections, the feed."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import feedparser
import pytest
import yaml
from lxml import html

from pipeline import ROOT, opened, package
from pipeline.checks import check_records
from pipeline.dataset import read_dataset
from pipeline.fillable import COLUMNS
from pipeline.intake import Issue, ask
from pipeline.opened import Opened
from pipeline.pages import agency, correcting, corrections, feeds, report
from pipeline.pages.addresses import Site, corrections_address
from pipeline.pages.material import Material
from pipeline.pages.page import File
from tests import made
from tests.browser import Window, serve
from tests.browser import opened as opened_page
from tests.correctable import BLANK, LINE, NATURAL, REPORT, Desk, desk_at
from tests.offered import Offered
from tests.rendered import render

REPOSITORY = "https://github.example/a/b"
HERE = f"agencies/{made.ID}/2023"
HOSTILE = '<script>alert("1")</script>&x=1#y'
TOTAL = "requests.carried_out.total"


def material_of(data: Path, site: Site) -> Material:
    """What lies in a folder `data`, as if its package had been written."""
    found = read_dataset([data / "agencies"], data / "known_reports.csv")
    assert found.problems == []
    checked = check_records(found.records, found.agencies)
    return Offered(found, checked, [], package.schema(), Path("nowhere"), site)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A converted report with two corrections, made by the command."""
    desk = desk_at(tmp_path_factory.mktemp("desk"))
    assert desk.correct(NATURAL, "12", "misread") == 0
    assert desk.correct(TOTAL, "7", "printed_wrong", "--evidence", "四、结转下年度继续办理") == 0
    return desk


@pytest.fixture(scope="module")
def web(desk: Desk) -> Material:
    return material_of(desk.data, Site("https://example.org/nb", REPOSITORY))


def page_of(made_of: Material) -> correcting.CorrectingPage:
    (record,) = made_of.dataset.records
    return correcting.correcting_page(made_of, record)


def rows_of(page: correcting.CorrectingPage) -> dict[str, tuple[correcting.Group, correcting.Row]]:
    return {row.field: (group, row) for part in page.parts for group in part.groups for row in group.rows}


# a row for every figure ----------------------------------------------------------------------------------------------


def test_every_figure_and_every_fact_has_one_row(web: Material) -> None:
    """In the order of the form, then name, scope and date; each with what the site shows."""
    (record,) = web.dataset.records
    page = page_of(web)
    rows = rows_of(page)
    assert list(rows) == [*record.figures(), "agency_name", "scope", "published"]
    assert sum(len(group.rows) for part in page.parts for group in part.groups) == len(rows)
    assert rows[NATURAL][1].text == "12"
    assert rows[BLANK][1].text is None
    assert rows["agency_name"][1].text == record.agency_name
    group, row = rows[NATURAL]
    assert (group.words.label, row.words.label) == ("（一）予以公开", "自然人")  # type: ignore[union-attr]


def test_a_row_shows_the_line_that_its_figure_was_read_from(web: Material) -> None:
    """Figures of one line of the report share it; a fact has the line that holds it."""
    rows = rows_of(page_of(web))
    assert rows[NATURAL][0].kept == LINE
    assert rows[NATURAL][1].kept is None
    assert "示例县卫生健康局" in str(rows["agency_name"][0].kept)


def test_without_kept_cells_there_is_no_line(desk: Desk, tmp_path: Path) -> None:
    """A record whose cells were not kept has its rows all the same."""
    made.dataset(tmp_path, [made.record()])
    page = page_of(material_of(tmp_path, Site(repository=REPOSITORY)))
    assert not page.has_kept


def test_a_row_tells_what_was_changed_of_its_figure(web: Material) -> None:
    """From what to what, when, why and by whom; the link leads to the line of the entry, which tells how it came in."""
    rows, (record,) = rows_of(page_of(web)), web.dataset.records
    (change,) = rows[NATURAL][1].changes
    assert (change.before, change.after, change.entry["by"]) == ("1", "12", "github:someone")
    (misprint,) = rows[TOTAL][1].changes
    assert misprint.after == "7"
    line = web.loaded_of(record).line_of("corrections[0].field")
    path = f"data/agencies/99/999901/{made.ID}/2023.yaml"
    assert change.origin == f"{REPOSITORY}/blame/main/{path}#L{line}"
    assert web.loaded_of(record).text.split("\n")[line - 1] == f"- field: {NATURAL}"
    assert [name for name, (_, row) in rows.items() if row.changes] == [NATURAL, TOTAL]


def test_a_correction_of_a_figure_that_is_gone_is_still_told(tmp_path: Path) -> None:
    """A report republished in another form keeps its corrections: they stand below the tables."""
    record = made.record()
    record.corrections = [entry("requests.other_total.natural", was=3, now=None, kind="not_in_source")]
    made.dataset(tmp_path, [record])
    given = material_of(tmp_path, Site())
    assert [one.entry["field"] for one in page_of(given).gone] == ["requests.other_total.natural"]


# the two links -------------------------------------------------------------------------------------------------------


def test_the_editor_opens_at_the_line_of_the_figure(web: Material) -> None:
    """Each link ends with the line in which the record holds the row."""
    text = web.loaded_of(web.dataset.records[0]).text.split("\n")
    for name, (group, _) in rows_of(page_of(web)).items():
        address, line = str(group.edit).split("#L")
        assert address == f"{REPOSITORY}/edit/main/data/agencies/99/999901/{made.ID}/2023.yaml"
        key = name.split(".")[1] if "." in name else name
        assert text[int(line) - 1].strip().startswith(f"{key}:"), name


def test_the_form_is_filled_in_with_inputs_that_it_has(web: Material) -> None:
    """Every key of the query is an input of the issue form, or one that GitHub itself knows; none carries labels."""
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE" / correcting.FORM).read_text(encoding="utf-8"))
    ids = {one["id"] for one in form["body"] if "id" in one}
    (record,) = web.dataset.records
    for name, (_, row) in rows_of(page_of(web)).items():
        told = {key: values[0] for key, values in parse_qs(urlsplit(str(row.issue)).query).items()}
        assert told.keys() - ids == {"template", "title"}
        assert told["title"] == f"更正 {REPORT} {name}"
        assert (told["report_id"], told["field"]) == (REPORT, name)
        assert told["source_sha256"] == record.source.sha256[:16]
        assert told["shown"] == ("空" if row.text is None else row.text)
    assert f"{REPOSITORY}/issues/new?" in str(row.issue)


@pytest.mark.parametrize(("field", "printed"), [("requests.granted.enterprise", "45"), (BLANK, "6")])
def test_a_form_that_is_sent_as_filled_in_is_a_correction(desk: Desk, web: Material, field: str, printed: str) -> None:
    """What a person has to add are the printed figure, the kind and a reason: then the issue is complete."""
    row = rows_of(page_of(web))[field][1]
    told = {key: values[0] for key, values in parse_qs(urlsplit(str(row.issue)).query).items()}
    told |= {"printed": printed, "kind": "说不准，由上面的数字看 / I cannot tell, the figures above do", "reason": "x"}
    form = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE" / correcting.FORM).read_text(encoding="utf-8"))
    labels = {one["id"]: one["attributes"]["label"] for one in form["body"] if "id" in one}
    body = "\n\n".join(f"### {labels[id]}\n\n{told.get(id, '_No response_')}" for id in labels)
    asked = ask(desk.data, Issue(body, "someone"), "2026-03-02")
    assert [str(one) for one in asked.faults] == []
    assert asked.made is not None
    assert asked.made.entry["now"] == int(printed)
    assert asked.made.stands


def test_whatever_stands_in_a_report_is_encoded(tmp_path: Path) -> None:
    """Markup and signs of addresses in a name come out of the query as they went in, and out of the page as text."""
    bearer = made.agency(name=HOSTILE)
    made.dataset(tmp_path, [made.record(agency_name=HOSTILE)], [bearer])
    given = material_of(tmp_path, Site(repository=REPOSITORY))
    issue = str(rows_of(page_of(given))["agency_name"][1].issue)
    assert not set(issue) & set("<>\"' \t")
    assert parse_qs(urlsplit(issue).query)["shown"] == [HOSTILE]
    render(given, correcting.tasks(given), tmp_path / "out")
    text = (tmp_path / f"out/{HERE}/correct/index.html").read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert HOSTILE in html.document_fromstring(text).text_content()


def test_no_link_is_longer_than_github_takes(web: Material) -> None:
    """Nothing in a link grows with the report."""
    for row in rows_of(page_of(web)).values():
        assert len(quote(str(row[1].issue), safe="/:?&=+%")) < 1024


def test_without_a_repository_the_page_says_so(desk: Desk, tmp_path: Path) -> None:
    """At a desk nothing leads to GitHub; the workbook is left, and the page tells why."""
    given = material_of(desk.data, Site())
    assert {row.issue for _, row in rows_of(page_of(given)).values()} == {None}
    render(given, correcting.tasks(given), tmp_path)
    for folder, words in (("", "本站没有登记代码仓库"), ("en/", "This site knows no repository")):
        tree = html.document_fromstring((tmp_path / f"{folder}{HERE}/correct/index.html").read_bytes())
        assert words in tree.text_content()
        assert [one for one in tree.xpath("//main//a/@href") if "github" in one or "/edit/" in one] == []
        assert tree.xpath("//main//a[contains(@href, 'data.xlsx')]")


def test_the_page_is_left_alone_by_search_engines(web: Material, tmp_path: Path) -> None:
    """It asks not to be indexed and stays out of the full text; titles and descriptions are its own."""
    render(web, [*correcting.tasks(web), *report.tasks(web)], tmp_path)
    seen = set()
    for folder in ("", "en/"):
        tree = html.document_fromstring((tmp_path / f"{folder}{HERE}/correct/index.html").read_bytes())
        assert tree.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert not tree.xpath("//*[@data-pagefind-body]")
        other = html.document_fromstring((tmp_path / f"{folder}{HERE}/index.html").read_bytes())
        assert other.xpath("//*[@data-pagefind-body]")
        assert not other.xpath("//meta[@name='robots']")
        for one in (tree, other):
            seen |= {one.findtext(".//title"), one.xpath("//meta[@name='description']/@content")[0]}
    assert len(seen) == 8


def test_the_page_is_light(web: Material, tmp_path: Path) -> None:
    """With every link on it."""
    render(web, correcting.tasks(web), tmp_path)
    for folder in ("", "en/"):
        assert (tmp_path / f"{folder}{HERE}/correct/index.html").stat().st_size < 100 * 1024


def test_the_third_way_names_the_columns_as_the_workbook_does(web: Material, tmp_path: Path) -> None:
    """By the Chinese words in Chinese, by the keys in English; the columns that come filled in are not asked for."""
    asked = [column for column in COLUMNS if column.fill and column.key != "evidence"]
    render(web, list(correcting.tasks(web)), tmp_path)
    for folder, names in (("", [one.label.partition("（")[0] for one in asked]), ("en/", [one.key for one in asked])):
        tree = html.document_fromstring((tmp_path / f"{folder}{HERE}/correct/index.html").read_bytes())
        (way,) = tree.xpath("//ol[@class='three']/li[3]")
        assert re.findall("“(.+?)”", way.text_content()) == [names[0], names[1], names[3], names[2]]


# what is proposed ----------------------------------------------------------------------------------------------------


@pytest.fixture
def proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve issues and a pull request about the report."""
    issues = tuple(Opened(n, NATURAL if n == 1 else None) for n in range(1, 13))
    monkeypatch.setitem(opened._FOUND, REPORT, (*issues, Opened(40, is_pull=True)))


@pytest.mark.usefixtures("proposed")
def test_open_corrections_are_told_as_not_yet_checked(web: Material, tmp_path: Path) -> None:
    """On the pages of organ, report and figures: how many, links to the first ten, and that no figure was changed."""
    render(web, [task for one in (agency, report, correcting) for task in one.tasks(web)], tmp_path)
    for name in (f"agencies/{made.ID}/", f"{HERE}/", f"{HERE}/correct/"):
        for folder, words in (
            ("", "有13处更正已经提出，尚未核实"),
            ("en/", "13 proposed corrections, not yet checked"),
        ):
            tree = html.document_fromstring((tmp_path / f"{folder}{name}index.html").read_bytes())
            (box,) = tree.xpath("//p[@class='note-box']")
            assert words in box.text_content()
            assert (
                "（一）予以公开 · 自然人" if not folder else "Granted in full · Natural persons"
            ) in box.text_content()
            first, row, *others = box.xpath(".//a/@href")
            assert row.endswith(f"#{NATURAL}")
            assert [first, *others] == [f"{REPOSITORY}/issues/{n}" for n in range(1, 11)]


def test_where_nothing_is_proposed_nothing_is_said(web: Material, tmp_path: Path) -> None:
    """No empty box, no nought."""
    render(web, [task for one in (agency, report) for task in one.tasks(web)], tmp_path)
    for name in (f"agencies/{made.ID}/", f"{HERE}/"):
        assert "尚未核实" not in (tmp_path / f"{name}index.html").read_text(encoding="utf-8")


# all corrections -----------------------------------------------------------------------------------------------------


def entry(field: str = NATURAL, date: str = "2026-03-02", **changes: Any) -> dict[str, Any]:
    told = {"field": field, "kind": "misread", "was": 1, "now": 12, "evidence": "x", "reason": HOSTILE}
    return told | {"by": "github:someone", "date": date} | changes


@pytest.fixture
def many(tmp_path: Path) -> Material:
    """Reports with 150 corrections of three days between them, two of which are of other kinds."""
    records = []
    for number in range(15):
        record = made.put(made.record(agency_id=f"999901-x{number + 2}"), requests__granted__natural=12)
        record.corrections = [entry(date=f"2026-03-{1 + n // 4:02}") for n in range(10)]
        records.append(record)
    misprint = entry(TOTAL, "2026-03-09", kind="printed_wrong", printed=0, should_be=1)
    records[3].corrections[9] = {key: value for key, value in misprint.items() if key not in ("was", "now")}
    records[4].corrections[9] = entry("agency_name", "2026-03-08", was=HOSTILE, now=records[4].agency_name)
    made.dataset(tmp_path, records)
    return material_of(tmp_path, Site("https://example.org/nb", REPOSITORY))


def parts(made_of: Material) -> dict[str, corrections.CorrectionsPage]:
    pages = (page for task in corrections.tasks(made_of) for page in task())
    return {page.path: page for page in pages if isinstance(page, corrections.CorrectionsPage)}


def test_all_corrections_are_listed_the_newest_first_part_by_part(many: Material) -> None:
    """Each stands once in the list of all and once in that of its kind; no part is longer than a hundred."""
    pages = parts(many)
    assert list(pages) == [
        "corrections/index.html",
        "corrections/list/2/index.html",
        "corrections/misread/index.html",
        "corrections/misread/list/2/index.html",
        "corrections/printed_wrong/index.html",
    ]
    listed = [one for name in list(pages)[:2] for one in pages[name].rows]
    assert [one.day for one in listed] == sorted((one.day for one in listed), reverse=True)
    assert len({(one.record.report_id, one.change.number) for one in listed}) == 150
    assert [len(page.rows) for page in pages.values()] == [100, 50, 100, 49, 1]
    assert [page.total for page in pages.values()] == [150, 150, 149, 149, 1]
    assert corrections_address() == "corrections/"


def test_the_list_leads_to_reports_and_figures(many: Material, tmp_path: Path) -> None:
    """Each entry leads to its report and to the row of its figure; whatever a reason says is text."""
    render(many, [*corrections.tasks(many), *correcting.tasks(many), *report.tasks(many)], tmp_path / "out")
    for folder in ("", "en/"):
        page = tmp_path / "out" / folder / "corrections" / "index.html"
        assert "<script>alert" not in page.read_text(encoding="utf-8")
        tree = html.document_fromstring(page.read_bytes())
        items = tree.xpath("//li[@class='note-box']")
        assert len(items) == 100
        assert HOSTILE in items[0].text_content()
        for item in items[:5]:
            to_report, to_figure, origin = item.xpath(".//a/@href")
            for address in (to_report, to_figure):
                path, _, anchor = address.partition("#")
                there = html.document_fromstring((page.parent / path / "index.html").resolve().read_bytes())
                assert anchor in there.xpath("//@id"), address
            assert origin.startswith(f"{REPOSITORY}/blame/main/data/agencies/99/999901/")
        assert tree.xpath("//link[contains(@href, 'corrections.atom')]")


def test_without_any_correction_the_list_says_so(tmp_path: Path) -> None:
    """There is one page, which tells how to correct a figure."""
    made.dataset(tmp_path, [made.record()])
    given = material_of(tmp_path, Site())
    assert list(parts(given)) == ["corrections/index.html"]
    render(given, corrections.tasks(given), tmp_path / "out")
    assert "还没有更正" in (tmp_path / "out/corrections/index.html").read_text(encoding="utf-8")


def test_the_feed_has_an_entry_for_each_correction(many: Material) -> None:
    """The hundred newest, each under an id of its own, with figure, change, reason and who; links lead to the row."""
    texts = {one.address: one.text for task in feeds.tasks(many) for one in task() if isinstance(one, File)}
    parsed = feedparser.parse(io.BytesIO(texts["feeds/corrections.atom"].encode()), sanitize_html=False)
    assert not parsed.bozo
    assert len(parsed.entries) == 100
    assert len({one.id for one in parsed.entries}) == 100
    first, second = parsed.entries[:2]
    assert first.link == f"https://example.org/nb/agencies/999901-x5/2023/correct/#{TOTAL}"
    assert first.updated == "2026-03-09T00:00:00+08:00"
    assert "原表印作0，应为1" in first.summary
    assert "github:someone" in first.summary
    assert "<script>" not in first.summary
    assert second.link.endswith("/correct/#agency_name")


# in the browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(web: Material, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages of the report as they stand on the web."""
    out = tmp_path_factory.mktemp("served")
    render(web, [task for one in (report, correcting, corrections) for task in one.tasks(web)], out)
    with serve(out) as address:
        yield address


@pytest.mark.parametrize("folder", ["", "en/"])
def test_a_figure_leads_to_its_row_and_from_there_to_github(served: str, window: Window, folder: str) -> None:
    """A click on the figure lands on its row, which is marked and in sight; its links carry report, field and line."""
    window.page.goto(f"{served}{folder}{HERE}/")
    window.page.locator(f'[id="{NATURAL}"] > a').first.click()
    assert window.page.url == f"{served}{folder}{HERE}/correct/#{NATURAL}"
    head = window.page.locator(f'[id="{NATURAL}"]')
    assert head.evaluate("one => one.matches(':target')")
    row = head.locator("xpath=..")
    assert row.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    ground = "one => getComputedStyle(one).backgroundColor"
    assert row.evaluate(ground) != row.locator("xpath=following-sibling::tr[2]").evaluate(ground)
    box = row.bounding_box()
    assert box
    assert 0 < box["y"] < 900
    assert "12" in row.inner_text()
    told = parse_qs(urlsplit(row.locator("a").evaluate("one => one.href")).query)
    assert "evidence" not in told
    assert told["title"] == [f"更正 {REPORT} {NATURAL}"]
    assert (told["report_id"], told["field"], told["shown"]) == ([REPORT], [NATURAL], ["12"])
    edit = row.locator("xpath=preceding-sibling::tr[1]//a[contains(@href, '/edit/')]").evaluate("one => one.href")
    assert re.fullmatch(rf"{REPOSITORY}/edit/main/data/agencies/99/999901/{made.ID}/2023\.yaml#L\d+", edit)
    assert window.errors == []


def test_every_figure_of_a_report_has_a_row_to_lead_to(served: str, window: Window) -> None:
    """As a browser reads both pages: no figure leads nowhere, and none to another's row."""
    window.page.goto(f"{served}{HERE}/")
    found = window.page.evaluate("""() => [...document.querySelectorAll("table.form td")].map(
        (one) => [one.id, one.firstElementChild.getAttribute("href")])""")
    window.page.goto(f"{served}{HERE}/correct/")
    ids = set(window.page.evaluate("[...document.querySelectorAll('.rows th[id]')].map((one) => one.id)"))
    assert len(found) > 190
    assert [name for name, href in found if href != f"correct/#{name}" or name not in ids] == []


def test_figures_can_be_skipped_by_keyboard(served: str, window: Window) -> None:
    """Before each table a link is reached, seen when it has the focus, that leads past its figures."""
    window.page.goto(f"{served}{HERE}/")
    for name in ("proactive", "requests", "disputes"):
        skip = window.page.locator(f'.past[href="#{name}-end"]')
        skip.focus()
        box = skip.bounding_box()
        assert box
        assert box["width"] > 20
        window.page.keyboard.press("Enter")
        window.page.keyboard.press("Tab")
        assert window.page.evaluate("document.activeElement.closest('.note').id") == f"{name}-end"


@pytest.mark.parametrize("name", [f"{HERE}/", f"{HERE}/correct/#agency_name", "corrections/"])
def test_nothing_scrolls_sideways_on_the_narrowest_phone(served: str, browser: Any, name: str) -> None:
    """At 320 pixels, in both languages."""
    with opened_page(browser, viewport={"width": 320, "height": 700}) as page:
        for folder in ("", "en/"):
            page.goto(f"{served}{folder}{name}")
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_the_figures_are_large_enough_to_be_touched(served: str, browser: Any) -> None:
    """On a phone each figure is a target of 24 pixels at least, and looks like a figure until it is chosen."""
    with opened_page(browser, viewport={"width": 390, "height": 800}) as page:
        page.goto(f"{served}{HERE}/")
        small = page.evaluate("""() => [...document.querySelectorAll("table.form td > a")].filter((one) => {
          const box = one.getBoundingClientRect(); return box.width < 24 || box.height < 24; }).map((one) => one.outerHTML)""")
        assert small == []
        style = "one => getComputedStyle(one).textDecorationLine"
        figure = page.locator("table.form td > a").first
        assert figure.evaluate(style) == "none"
        figure.focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Shift+Tab")
        assert figure.evaluate(style) == "underline"
