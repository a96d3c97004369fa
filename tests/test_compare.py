"""The page that sets organs side by side, in a real browser over the made-up site."""

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.checks import check_records
from pipeline.pages.compare import MOST, _medians
from pipeline.pages.material import Material
from tests.browser import Window, opened
from tests.made import agency, dataset, put, record
from tests.site import BUREAU, GOVERNMENT, HOSTILE, Site

PEER = "140981-wsjkj"
ODD = "999901-x"
AMOUNT = "proactive_fees_amount"
IN_FORCE = "proactive_normative_documents_in_force"
ONE, THREE = "requests_other_total_total", "requests_other_other_total"
RECEIVED = "requests_new_received_total"


def choose(window: Window, address: str, query: str, folder: str = "") -> Any:
    """Opens the page with a choice in its address and waits for the table."""
    window.page.goto(f"{address}{folder}compare/index.html{query}")
    window.page.locator("#compared tbody").first.wait_for()
    return window.page


def cells(page: Any) -> dict[str, list[list[str]]]:
    """What the table shows: the title of each part, and its rows, heads first."""
    found: dict[str, list[list[str]]] = {}
    for body in page.locator("#compared tbody").all():
        title, *lines = body.locator("tr").all()
        found[title.inner_text()] = [line.locator("th, td").all_inner_texts() for line in lines]
    return found


def published(site: Site) -> Mapping[str, Mapping[str, str]]:
    """The rows of reports.csv by their id."""
    with (site.root / "data/reports.csv").open(encoding="utf-8", newline="") as file:
        return {row["report_id"]: row for row in csv.DictReader(file)}


def saved(page: Any, button: str = "#save") -> str:
    """The file that a button gives."""
    with page.expect_download() as waiting:
        page.click(button)
    return Path(waiting.value.path()).read_bytes().decode("utf-8")


# figures -------------------------------------------------------------------------------------------------------------


def test_a_blank_a_missing_and_an_absent_cell_are_told_apart(window: Window, address: str, site: Site) -> None:
    """A blank cell is —, a year without a report 缺, and a cell that the report's form does not have 无此项."""
    fields = f"{IN_FORCE},{ONE},{THREE},{AMOUNT}"
    shown = cells(choose(window, address, f"?a={BUREAU}&y=2020,2022,2023&f={fields}"))
    told = {title: rows[0][1:] for title, rows in shown.items()}
    assert told["行政规范性文件 · 现行有效件数"] == ["无此项", "缺", "—"]
    assert told["行政事业性收费 · 本年收费金额（单位：万元）"] == ["无此项", "缺", "5949.088667"]
    assert told["其他处理：3.其他 · 总计"] == ["无此项", "缺", "0"]
    printed, *others = told["（六）其他处理 · 总计"]
    assert printed == published(site)[f"{BUREAU}-2020"][ONE]
    assert others == ["缺", "无此项"]
    assert window.errors == []


def test_a_rate_stands_over_its_two_numbers(window: Window, address: str, site: Site) -> None:
    """A rate is shown as every page shows it, with numerator and denominator; without requests there is none."""
    page = choose(window, address, f"?a={BUREAU},{GOVERNMENT}&y=2022,2025&f=refusal_rate")
    [[_, _, rate], [_, none, _]] = cells(page)["不予公开率"]
    row = published(site)[f"{BUREAU}-2025"]
    parts = f"{int(row['refusal_rate_numerator']):,}/{int(row['refusal_rate_denominator']):,}"
    assert rate.split("\n") == [f"{float(row['refusal_rate']):.1%}", parts]
    assert none.split("\n") == ["—", "0/0"]


def test_reports_of_another_scope_and_form_are_marked(window: Window, address: str) -> None:
    """A government's report over all its organs bears ※, and the first year of another form a dashed line."""
    page = choose(window, address, f"?a={GOVERNMENT},{BUREAU}&y=2020,2021,2022,2023&f={RECEIVED}")
    government, bureau = cells(page)["本年新收申请"]
    assert [text.startswith("※") for text in government[1:]] == [False, False, True, False]
    assert not any("※" in text for text in bureau)
    assert page.locator("#compared td.newform").count() == 2  # the report and the one figure of 2021
    assert "※" in page.locator("#compared .notes").inner_text()
    assert "虚线" in page.locator("#compared .notes").inner_text()


def test_turned_round_it_says_the_same(window: Window, address: str) -> None:
    """Organs as columns and years as rows hold the same cells."""
    query = f"?a={BUREAU},{PEER}&y=2021,2023&f={RECEIVED},disclosure_rate"
    plain = cells(choose(window, address, query))
    window.page.check("#turned")
    window.page.locator("table.turned").wait_for()
    turned = cells(window.page)
    for title in ("本年新收申请", "公开率"):
        assert [line[1:] for line in turned[title]] == [
            list(one) for one in zip(*(x[1:] for x in plain[title]), strict=True)
        ]
    assert "t=1" in window.page.url


# taking it along -----------------------------------------------------------------------------------------------------


def test_the_download_is_what_is_shown_digit_by_digit(window: Window, address: str, site: Site) -> None:
    """Each cell of the CSV is that of reports.csv to the byte; years without a report and absent cells are said."""
    fields = f"disclosure_rate,{RECEIVED},{AMOUNT},{ONE}"
    text = saved(choose(window, address, f"?a={BUREAU},{ODD}&y=2020,2022,2023&f={fields}"))
    assert "\r" not in text
    assert text.endswith("\n")
    rows = list(csv.DictReader(text.splitlines()))
    asked = [(one, year) for one in (BUREAU, ODD) for year in ("2020", "2022", "2023")]
    assert [(row["agency_id"], row["year"]) for row in rows] == asked
    held = published(site)
    for row in rows:
        given = held.get(f"{row['agency_id']}-{row['year']}")
        assert row["held"] == str(given is not None).lower()
        told = {key: row[key] for key in row if given and key in given}
        assert not given or told == {key: given[key] for key in told}
        assert given or not any(row[key] for key in (RECEIVED, AMOUNT, "disclosure_rate", "form", "report_id"))
    assert {row["year"]: row["not_on_form"] for row in rows if row["agency_id"] == BUREAU} == {
        "2020": AMOUNT, "2022": "", "2023": ONE,
    }  # fmt: skip
    assert window.errors == []


def test_the_link_that_is_copied_opens_the_same(window: Window, address: str) -> None:
    """“Copy the link” puts the whole choice on the clipboard, also what was never chosen by hand."""
    window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = choose(window, address, f"?a={BUREAU}")
    shown = cells(page)
    page.click("#copy")
    page.locator("#copied", has_text="已复制").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert "f=" in link
    assert "y=" in link
    page.goto("about:blank")
    page.goto(link)
    page.locator("#compared tbody").first.wait_for()
    assert cells(page) == shown


# choosing ------------------------------------------------------------------------------------------------------------


def test_an_organ_is_found_by_pinyin_and_added_by_keyboard(window: Window, address: str) -> None:
    """Typing initials and Enter adds the organ, the address names it, and its remove button takes it out again."""
    page = window.page
    page.goto(f"{address}compare/index.html")
    page.locator("#who").focus()
    page.keyboard.type("ypswsjkj")
    page.locator(".who .results button").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#compared tbody").first.wait_for()
    assert f"a={PEER}" in page.url
    page.locator(".chosen button").focus()
    page.keyboard.press("Enter")
    page.locator("#compared").wait_for(state="hidden")
    assert PEER not in page.url
    assert window.errors == []


def test_figures_are_found_by_their_words_and_chosen(window: Window, address: str) -> None:
    """The list of figures narrows to what is typed; a tick shows the figure, and back takes it away."""
    page = choose(window, address, f"?a={BUREAU}&y=2023&f={RECEIVED}")
    page.click(".figures summary")
    page.fill("#which", "公开出版物 自然人")
    assert page.locator('.figures label:visible input[name="f"]').count() == 1
    page.locator('.figures label:visible input[name="f"]').check()
    page.locator("#compared tbody").nth(2).wait_for()
    assert "requests_rejected_publication_natural" in page.url
    page.go_back()
    page.wait_for_function("document.querySelectorAll('#compared tbody').length === 2")
    assert not page.locator('input[value="requests_rejected_publication_natural"]').is_checked()
    page.go_forward()
    page.locator("#compared tbody").nth(2).wait_for()


def test_every_figure_of_the_forms_can_be_chosen(window: Window, address: str, site: Site) -> None:
    """The list offers each rate and each figure column of reports.csv, and knows which forms have it."""
    window.page.goto(f"{address}compare/index.html")
    boxes = window.page.evaluate(
        "[...document.querySelectorAll('input[name=f]')].map((box) => [box.value, box.dataset.forms])"
    )
    columns = list(next(iter(published(site).values())))
    figures = [name for name in columns if name.startswith(("proactive_", "requests_", "disputes_"))]
    rates = [name.removesuffix("_numerator") for name in columns if name.endswith("_numerator")]
    assert {value for value, _ in boxes} == {*figures, *rates}
    assert dict(boxes)[AMOUNT] == "2021"
    assert dict(boxes)["proactive_licensing_decisions"] == "2019 2021"


# what an address may hold --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        f"?a={HOSTILE}",
        "?a=../../../etc/passwd",
        "?a=140981-wsjkj&y=1066",
        "?a=140981-wsjkj&f=constructor,__proto__",
        "?a=140981-wsjkj&f=<img src=x onerror=alert(1)>",
        "?a=140981-wsjkj&t=maybe",
        "?evil=1",
    ],
)
def test_an_address_that_is_not_understood_is_told_and_left_out(window: Window, address: str, query: str) -> None:
    """Unknown organs, years, figures and names in the address do nothing but earn a sentence."""
    window.page.goto(f"{address}compare/index.html{query}")
    window.page.locator("#ignored", has_text="已略去").wait_for()
    assert window.errors == []
    assert window.page.locator("main img").count() == 0


def test_an_organ_that_is_not_held_is_told_by_its_id(window: Window, address: str) -> None:
    """The others are compared all the same."""
    page = choose(window, address, f"?a=110101-nosuch,{PEER}&f={RECEIVED}")
    assert "110101-nosuch" in page.locator("#ignored").inner_text()
    assert page.locator(".chosen li").count() == 1


def test_there_is_an_end_to_how_many(window: Window, address: str) -> None:
    """One organ more than the most is left out and named."""
    ids = [f"110101-x{'a' * n}" for n in range(MOST)]
    window.page.goto(f"{address}compare/index.html?a={','.join(ids)},{PEER}")
    window.page.locator("#ignored", has_text=PEER).wait_for()
    assert not any(PEER in url for url in window.requests if url.endswith("data.json"))


def test_an_organ_called_like_a_script_is_text(window: Window, address: str) -> None:
    """Its name stands in the table and in the CSV as it is."""
    page = choose(window, address, f"?a={ODD}&y=2022&f={RECEIVED}")
    assert cells(page)["本年新收申请"][0][0] == HOSTILE
    assert HOSTILE in saved(page)
    assert window.errors == []


# everywhere ----------------------------------------------------------------------------------------------------------


def test_in_english_the_words_are_english(window: Window, address: str) -> None:
    """Everything that the script writes is in the page's language; names keep their characters and gain pinyin."""
    page = choose(window, address, f"?a={BUREAU},{PEER}&y=2020,2022,2023&f={IN_FORCE},disclosure_rate&zz=1", "en/")
    text = page.locator("#compared").inner_text()
    assert "no such cell" in text
    assert "missing" in text
    page.locator("#compared .pinyin", has_text="Weisheng").first.wait_for()
    chinese = page.evaluate(
        """() => { const copy = document.querySelector("#compared").cloneNode(true);
        copy.querySelectorAll('[lang="zh-Hans"]').forEach((one) => one.remove());
        return copy.textContent.match(/[\\u4e00-\\u9fff]+/g) }"""
    )
    assert chinese is None
    assert "left out: zz" in page.locator("#ignored").inner_text()


@pytest.mark.parametrize("folder", ["", "en/"])
def test_without_a_script_the_page_is_whole(browser: Any, address: str, folder: str) -> None:
    """The form stays away; medians by level, ways to compare and the files are there."""
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{address}{folder}compare/index.html?a={BUREAU}")
        assert not page.locator("#choose").is_visible()
        assert page.locator("noscript").count()
        assert page.locator("#medians").is_visible()
        assert page.locator('main a[href*="data/reports.csv"]').count() >= 2


def test_from_a_disk_it_says_what_it_cannot_do(window: Window, site: Site) -> None:
    """Nothing is asked for and nothing fails; a sentence says why there is no form."""
    window.page.goto((site.root / "compare/index.html").as_uri())
    assert window.page.locator("#from-disk").is_visible()
    assert not window.page.locator("#choose").is_visible()
    assert window.errors == []


def test_a_phone_scrolls_the_table_and_not_the_page(browser: Any, address: str) -> None:
    """At 320 pixels the widest choice stays inside its region."""
    with opened(browser, viewport={"width": 320, "height": 640}) as page:
        choose(Window(page), address, f"?a={BUREAU},{PEER},{GOVERNMENT}&t=1")
        page.click(".figures summary")
        assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_medians_are_told_of_five_organs_and_not_of_fewer(tmp_path: Path) -> None:
    """Organs without requests have no rate, and governments' reports over all their organs are not counted."""
    shares = {"140100": [10, 20, 30, 40, 50], "141021": [11, 22, 33, 44], "140000": [90]}
    agencies, records = [], []
    for code, level in (("140100", "prefecture"), ("141021", "county"), ("140000", "province")):
        for place, share in enumerate([*shares[code], None, 99]):
            one = agency(agency_id=f"{code}-x{'a' * place}", level=level)
            scope = "jurisdiction" if share == 99 else "own"
            made = record(agency_id=one.agency_id, agency_name=one.name, scope=scope)
            if share is not None:
                put(made, requests__total_processed__total=100, requests__granted__total=share)
            agencies.append(one)
            records.append(made)
    found = dataset(tmp_path, records, agencies)
    assert found.problems == []
    made = Material(found, check_records(found.records, found.agencies), [], {}, tmp_path)
    told = {one.slug: one.levels for one in _medians(made, (2022, 2023))}
    assert [*told["disclosure_rate"]] == ["prefecture"]
    none, four = told["disclosure_rate"]["prefecture"]
    assert none is None
    assert four is not None
    assert (four.n, four.lower, four.median, four.upper) == (5, Decimal("0.2"), Decimal("0.3"), Decimal("0.4"))
    assert told["refusal_rate"]["prefecture"][1] is not None
    assert told["clearance_rate"] == {}
