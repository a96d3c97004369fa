"""What pages are made of, before any template sees it: addresses, tables as printed, bars, years, lists."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline import package
from pipeline.checks import RULES, Checked, Finding, check_records
from pipeline.dataset import Dataset
from pipeline.forms import TABLES
from pipeline.pages import agency as agency_pages
from pipeline.pages import lists, reference, report
from pipeline.pages.addresses import Links, Site, file_of, list_address, site_of, web_address
from pipeline.pages.material import Download, Material, read_material
from pipeline.pages.sections import Mark, number_to_text, sections_of, words_of_field
from pipeline.record import Agency, Loaded, Record
from tests.made import ID, agency, dataset, different, put, record

DESK = Site()
WEB = Site("https://example.org/nb", "https://example.org/someone/nb")


class Offered(Material):
    """Material whose package is whole: every file is there."""

    def download(self, address: str) -> Download:
        return Download(address, 1)


def material(
    records: Iterable[Record], agencies: Iterable[Agency] = (), coverage: Iterable[dict[str, str]] = ()
) -> Material:
    organs = {one.agency_id: one for one in agencies} or {ID: agency()}
    found = Dataset(organs, [Loaded(Path("made"), record=one) for one in records])
    checked = check_records(found.records, organs)
    return Offered(found, checked, list(coverage), package.schema(), Path("nowhere"))


# addresses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("here", "address", "at_desk", "on_web"),
    [
        ("index.html", "", "index.html", "./"),
        ("index.html", "agencies/", "agencies/index.html", "agencies/"),
        ("index.html", "data/reports.csv", "data/reports.csv", "data/reports.csv"),
        ("rules/index.html", "", "../index.html", "../"),
        ("rules/index.html", "data/#requests", "../data/index.html#requests", "../data/#requests"),
        ("agencies/a/2023/index.html", "rules/#R01", "../../../rules/index.html#R01", "../../../rules/#R01"),
        ("404.html", "regions/", "regions/index.html", "regions/"),
    ],
)
def test_links_are_relative_and_name_the_file_where_no_server_does(
    here: str, address: str, at_desk: str, on_web: str
) -> None:
    """At a desk a link names index.html, so that it works from a disk; on the web it ends with the folder."""
    assert Links(DESK, here)(address) == at_desk
    assert Links(WEB, here)(address) == on_web


def test_the_page_for_lost_addresses_links_from_anywhere() -> None:
    """404.html is shown under any address, so its links begin with the site's own where that is known."""
    assert Links(WEB, "404.html", anywhere=True)("regions/") == "https://example.org/nb/regions/"
    assert Links(DESK, "404.html", anywhere=True)("regions/") == "regions/index.html"


def test_words_lead_to_pages_by_their_address() -> None:
    """`site:` in the words of content/pages becomes a link of the page; any other address stays."""
    html = '<a href="site:data/#fields">x</a> <a href="https://example.org/">y</a>'
    resolved = Links(DESK, "about/index.html").resolve(html)
    assert resolved == '<a href="../data/index.html#fields">x</a> <a href="https://example.org/">y</a>'


def test_canonical_address_needs_a_site() -> None:
    """Only a site that knows its own address says where a page belongs."""
    assert Links(WEB, "rules/index.html").canonical == "https://example.org/nb/rules/"
    assert Links(DESK, "rules/index.html").canonical is None


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "//example.org", "ftp://x", "", None])
def test_only_web_addresses_are_followed(text: str | None) -> None:
    """An address of another kind than http and https never becomes a link."""
    assert web_address(text) is None


def test_web_addresses_stay_as_they_are() -> None:
    """http and https are links, in whatever case they are written."""
    assert web_address("HTTPS://example.gov.cn/a?b=c") == "HTTPS://example.gov.cn/a?b=c"
    assert web_address("http://example.gov.cn") == "http://example.gov.cn"


def test_site_and_repository_come_from_the_environment() -> None:
    """GitHub's own variables come first; a slash at the end is dropped; what is no web address counts as nothing."""
    actions = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "a/b"}
    assert site_of(actions | {"GONGKAI_REPOSITORY": "https://x.example/"}).repository == "https://github.example/a/b"
    assert site_of({"GONGKAI_REPOSITORY": "https://x.example/c/"}).repository == "https://x.example/c"
    assert site_of({"SITEURL": "https://x.example/"}).url == "https://x.example"
    assert site_of({"SITEURL": "javascript:alert(1)", "GITHUB_REPOSITORY": "a/b"}) == Site()


def test_a_record_is_changed_where_it_lies() -> None:
    """The correction link opens the record's own file in the repository; without a repository there is none."""
    address = "https://example.org/someone/nb/edit/main/data/agencies/99/999901/999901-wsjkj/2023.yaml"
    assert WEB.edit_address(record()) == address
    assert DESK.edit_address(record()) is None


# tables as printed ---------------------------------------------------------------------------------------------------


def cells_by_words(made: Record) -> dict[tuple[str, str, str], str | None]:
    """Every cell of the page by section, label of its row and place in the row."""
    return {
        (section.key, line.row.key, column.key): cell.text
        for section in sections_of(made, {})
        for table in section.tables
        for group in table.groups
        for line in group.lines
        for column, cell in zip(table.columns, line.cells, strict=True)
    }


@pytest.mark.parametrize(("form", "single"), [("2021", False), ("2021", True), ("2019", True), ("2019", False)])
def test_every_cell_stands_once_under_its_own_row_and_column(form: str, single: bool) -> None:
    """Either form, either way to print （六）: the page has the record's cells, no other, each in its place."""
    made = record(form, 2021 if form == "2021" else 2019, different(), single=single)
    expected = {tuple(name.split(".")): number_to_text(value) for name, value in made.figures().items()}
    assert cells_by_words(made) == expected
    assert len(set(expected.values())) == len(expected)


def test_section_2_is_one_table_a_clause() -> None:
    """The 2021 form has four clauses with figures, the 2019 form five, each with its own columns."""
    for form, clauses in (("2021", "一五六八"), ("2019", "一五六八九")):
        proactive = sections_of(record(form), {})[0]
        assert [table.item for table in proactive.tables] == [f"第二十条第（{clause}）项" for clause in clauses]


def test_headings_stand_once_in_the_order_of_the_form() -> None:
    """The headings of section 三 come as printed, and rows that return to an outer heading do not repeat it."""
    (table,) = sections_of(record("2021"), {})[1].tables
    headings = [f"{group.heading.number}{group.heading.label}" for group in table.groups if group.heading]
    assert headings == [
        "三、本年度办理结果", "（三）不予公开", "（四）无法提供", "（五）不予处理", "（六）其他处理",
    ]  # fmt: skip
    assert [line.row.key for line in table.groups[-1].lines] == ["carried_out"]


def test_one_row_for_other_handling_has_no_heading_of_its_own() -> None:
    """Where （六） is a single row it is a row among the outcomes, not a heading over nothing."""
    (table,) = sections_of(record("2021", single=True), {})[1].tables
    assert all(group.heading.label != "其他处理" for group in table.groups if group.heading)
    assert any(line.row.key == "other_total" and not line.deep for group in table.groups for line in group.lines)


def test_cells_are_set_by_what_they_hold() -> None:
    """Blank, zero and some are three things; only a finding tints and only a correction marks."""
    made = put(record(), requests__granted__natural=None, requests__granted__total=7)
    marks = {
        "requests.granted.total": [Mark("finding", 1)],
        "requests.granted.other": [Mark("note", 2), Mark("correction", 1)],
    }
    cells = {cell.field: cell for part in sections_of(made, marks) for table in part.tables for cell in table.cells()}
    assert cells["requests.granted.natural"].classes == "blank"
    assert cells["requests.granted.enterprise"].classes == "zero"
    assert cells["requests.granted.total"].classes == "some flagged"
    assert cells["requests.granted.other"].classes == "zero changed"
    assert not cells["requests.granted.natural"].is_plain
    assert cells["requests.granted.enterprise"].is_plain


@pytest.mark.parametrize(
    ("value", "text"), [(None, None), (0, "0"), (-3, "-3"), (Decimal("5949.088667"), "5949.088667"), (10**9, "1000000000")]
)  # fmt: skip
def test_figures_are_shown_as_the_record_has_them(value: Any, text: str | None) -> None:
    """No grouping, no rounding, no exponent."""
    assert number_to_text(value) == text
    assert number_to_text(Decimal("1E+2")) == "100"


def test_words_of_a_field_are_those_of_the_form() -> None:
    """A cell has section, row (behind its heading) and column; a section only its title; a fact none."""
    law = record("2021").law
    assert [one.label for one in words_of_field(law, "requests.other_other.natural")] == [
        "收到和处理政府信息公开申请情况", "（六）其他处理／3.其他", "自然人",
    ]  # fmt: skip
    assert [one.label for one in words_of_field(law, "disputes")] == ["政府信息公开行政复议、行政诉讼情况"]
    assert words_of_field(law, "published") == ()


# the report page -----------------------------------------------------------------------------------------------------


def test_findings_are_numbered_before_notes_in_the_order_of_the_form() -> None:
    """Numbers run down the page: findings by rule and place in the form, then notes; each cell has its number."""
    made = put(record(), requests__carried_out__total=2, requests__granted__total=1)
    made.published = None
    page = report.report_page(material([made]), made)
    assert [one.number for one in (*page.findings, *page.notes)] == list(
        range(1, len(page.findings) + len(page.notes) + 1)
    )
    places = list(made.figures())
    r03 = [places.index(one.finding.field) for one in page.findings if one.finding.rule == "R03"]
    assert len(r03) == 2
    assert r03 == sorted(r03)
    marked = {cell.field: cell.marks for part in page.sections for table in part.tables for cell in table.cells()}
    for one in page.findings:
        assert Mark("finding", one.number) in marked[one.finding.field]


def test_a_finding_about_a_fact_has_no_place_in_the_tables() -> None:
    """Only cells and sections can be jumped to."""
    made = record()
    finding = Finding(made.report_id, "T01", "note", "published", None, None, None, (), "晚于期限", "late")
    given = material([made])
    given.checked = Checked({made.report_id: [finding]}, given.checked.counts)
    (note,) = report.report_page(given, made).notes
    assert note.anchor is None
    assert note.words == ()


def test_corrections_tell_what_was_and_is_or_what_is_printed_and_should_be() -> None:
    """An entry of the organ's own error shows the printed figure and what it should be, any other the change."""
    who = {"evidence": "1\t2", "reason": "r", "by": "github:someone", "date": "2026-03-02"}
    made = put(record(), requests__granted__natural=12)
    made.corrections = [
        {"field": "requests.granted.natural", "kind": "misread", "was": None, "now": 12, **who},
        {"field": "requests.carried_out.total", "kind": "printed_wrong", "printed": 0, "should_be": 1, **who},
        {"field": "agency_name", "kind": "misread", "was": "示例局", "now": "示例县卫生健康局", **who},
    ]
    page = report.report_page(material([made]), made)
    told = [(one.number, one.before, one.after, one.anchor) for one in page.changes]
    assert told == [
        (1, None, "12", "requests.granted.natural"),
        (2, "0", "1", "requests.carried_out.total"),
        (3, "示例局", "示例县卫生健康局", None),
    ]


def test_bars_are_the_totals_of_the_groups_on_one_scale() -> None:
    """Each group is the sum of its rows' printed totals, the longest bar is 100 per cent, zero has none."""
    made = put(
        record(), requests__granted__total=10, requests__refused_state_secret__total=1, requests__refused_law_forbids__total=3
    )  # fmt: skip
    bars = {bar.label.label: (bar.number, bar.share) for bar in report.outcome_bars(made)}
    assert bars == {
        "予以公开": (10, Decimal("100.0")),
        "部分公开": (0, Decimal("0.0")),
        "不予公开": (4, Decimal("40.0")),
        "无法提供": (0, Decimal("0.0")),
        "不予处理": (0, Decimal("0.0")),
        "其他处理": (0, Decimal("0.0")),
    }


def test_a_group_with_a_blank_total_has_no_number() -> None:
    """A sum with a blank in it is not told; where nothing was answered there are no bars at all."""
    made = put(record(), requests__granted__total=10, requests__unable_not_held__total=None)
    assert [bar.number for bar in report.outcome_bars(made)] == [10, 0, 0, None, 0, 0]
    assert report.outcome_bars(record()) == ()


def test_nothing_received_is_said_only_where_the_whole_row_says_so() -> None:
    """A total of 0 beside another figure, and a blank total, are no statement that nothing came in."""
    for figures, expected in (
        ({}, True),
        ({"requests__new_received__natural": 3}, False),
        ({"requests__new_received__total": None}, False),
        ({"requests__new_received__total": 1}, False),
    ):
        made = put(record(), **figures)
        assert report.report_page(material([made]), made).received_nothing is expected


# the organ page ------------------------------------------------------------------------------------------------------


def test_a_year_between_is_missing_and_never_zero() -> None:
    """Years run from the first held or known to the last; a year without a report has no figure."""
    made = [
        put(record(year=2021), requests__new_received__total=4),
        put(record(year=2023), requests__new_received__total=8),
    ]
    known = [
        {"agency_id": ID, "year": "2024", "status": "known", "url": "javascript:alert(1)"},
        {"agency_id": ID, "year": "2021", "status": "held", "url": "https://example.org/nb"},
    ]
    page = agency_pages.agency_page(material(made, coverage=known), agency())
    assert [(one.year, one.status, one.url is not None) for one in page.years] == [
        (2021, "held", True), (2022, "missing", False), (2023, "held", True), (2024, "known", False),
    ]  # fmt: skip
    assert page.headlines[0].values == (("4",), None, ("8",), None)
    assert [(one.held, one.number, one.share) for one in page.columns] == [
        (True, 4, Decimal("50.0")), (False, None, 0), (True, 8, Decimal("100.0")), (False, None, 0),
    ]  # fmt: skip


def test_a_rate_stands_with_its_two_numbers() -> None:
    """The rate of each year has numerator and denominator beside it, and is not told where it cannot be."""
    made = [
        put(record(year=2022), requests__granted__total=10, requests__total_processed__total=22),
        record(year=2023),
    ]
    page = agency_pages.agency_page(material(made), agency())
    (full,) = [one for one in page.indicators if one.key == "full_disclosure_rate"]
    assert [(rate.percent, rate.numerator, rate.denominator) for rate in full.rates if rate] == [
        ("45.5%", "10", "22"), (None, "0", "0"),
    ]  # fmt: skip
    assert full.title
    assert full.title_en


def test_one_report_makes_no_chart() -> None:
    """A chart across years needs two of them, and one figure above zero."""
    one = put(record(year=2022), requests__new_received__total=4)
    assert agency_pages.agency_page(material([one]), agency()).columns == ()
    assert agency_pages.agency_page(material([record(year=2022), record(year=2023)]), agency()).columns == ()


# lists ---------------------------------------------------------------------------------------------------------------

ORGANS = [
    agency(agency_id="000000-slj", name="示例国家局", level="national", sector="other"),
    agency(agency_id="110101-slj", name="示例区示例局", sector="other"),
    agency(agency_id="141000-slj", name="示例市示例局", level="prefecture", sector="other", former_names=["旧\t局"]),
    agency(agency_id="141021-slj", name="示例县示例局", sector="other"),
]


def organs() -> Material:
    return material(
        [record(agency_id=one.agency_id, agency_name=one.name, year=2022 + n) for n, one in enumerate(ORGANS)], ORGANS
    )


def test_regions_have_a_page_where_they_have_an_organ() -> None:
    """Provinces and prefectures with an organ, no county, no place without one."""
    given = organs()
    pages = {page.region.code: page for page in lists.region_pages(given, lists.rows_of(given))}
    assert list(pages) == ["110000", "140000", "141000"]
    assert [(one.region.code, one.agencies, one.reports) for one in pages["140000"].prefectures] == [("141000", 2, 2)]
    assert pages["140000"].parts == ()
    beijing = [(part.region and part.region.code, len(part.rows)) for part in pages["110000"].parts]
    assert beijing == [("110101", 1)]
    linfen = [(part.region and part.region.code, len(part.rows)) for part in pages["141000"].parts]
    assert linfen == [(None, 1), ("141021", 1)]


def test_every_organ_stands_in_the_list_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pages the list takes, no organ is lost between two of them."""
    monkeypatch.setattr(lists, "PER_LIST", 3)
    given = organs()
    pages = list(lists.list_pages(given, lists.rows_of(given)))
    assert [page.path for page in pages] == [file_of(list_address(1)), file_of(list_address(2))]
    listed = [row.agency.agency_id for page in pages for part in page.parts for row in part.rows]
    assert listed == [one.agency_id for one in ORGANS]


def test_organs_of_the_state_are_told_from_those_of_no_known_place() -> None:
    """000000 is the state; a code that nobody bears is elsewhere."""
    nowhere = agency(agency_id="980000-slj", sector="other")
    given = material([record(agency_id=one.agency_id) for one in (ORGANS[0], nowhere)], [ORGANS[0], nowhere])
    (page,) = lists.list_pages(given, lists.rows_of(given))
    assert [(part.region, part.national) for part in page.parts] == [(None, True), (None, False)]
    assert lists.regions_page(given, lists.rows_of(given)).elsewhere == 2


def test_the_search_file_has_four_cells_a_line() -> None:
    """A tab or a line break in a name cannot make another line or cell of it."""
    lines = lists.search_text(lists.rows_of(organs())).splitlines()
    assert [len(line.split("\t")) for line in lines] == [4, 4, 4, 4]
    assert lines[2] == "141000-slj\t示例市示例局\t旧 局\t山西省 临汾市"


def test_home_counts_what_is_there_and_shows_the_latest_first() -> None:
    """Organs, reports, years and what is known but not held; the newest report on top, one without a date by its year."""
    made = [record(year=2022), record(year=2023, published=None), record(year=2024)]
    known = [{"agency_id": "", "year": "2020", "status": status, "url": ""} for status in ("known", "known", "gone")]
    given = material(made, coverage=known)
    page = lists.home_page(given, lists.rows_of(given))
    assert (page.agencies, page.reports, page.years, page.known) == (1, 3, (2022, 2023, 2024), 2)
    assert [one.year for one, _ in page.latest] == [2024, 2022, 2023]


# data and rules ------------------------------------------------------------------------------------------------------


def test_every_field_of_the_schema_is_in_the_dictionary() -> None:
    """The dictionary has each field of each table, those of `reports` under facts, indicators and the three sections."""
    for resource in package.schema()["resources"]:
        fields = resource["schema"]["fields"]
        parts = list(reference._parts(resource["name"], fields))
        assert [one["name"] for part in parts for one in part.fields] == [one["name"] for one in fields]
        keys = [part.key for part in parts]
        assert keys == (["", "indicators", *TABLES] if resource["name"] == "reports" else [""])


def test_the_rules_page_has_every_rule_with_its_counts() -> None:
    """Each rule that runs stands there once, and what it was applied to is what held, failed or could not be judged."""
    made = put(record(), requests__carried_out__total=2)
    page = reference.rules_page(material([made]))
    shown = {one.rule.id: one.counts for _, part in page.groups for one in part}
    assert list(shown) == list(RULES)
    r03 = shown["R03"]
    assert r03 is not None
    assert (r03.applied, r03.fails) == (sum(1 for _ in made.rows("requests")), 1)
    assert all((counts is None) == (RULES[id].judge is None) for id, counts in shown.items())


# what stops the build ------------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_not_offered(tmp_path: Path) -> None:
    """A page never leads to a download that the package has not written."""
    given = Material(Dataset(), Checked(), [], {}, tmp_path)
    with pytest.raises(FileNotFoundError):
        given.download("data/reports.csv")


def test_a_record_that_is_not_sound_is_not_shown(tmp_path: Path) -> None:
    """A record with a fault stops the pages and is named."""
    dataset(tmp_path, [record()])
    path = next((tmp_path / "agencies").rglob("2023.yaml"))
    path.write_text(path.read_text(encoding="utf-8").replace("year: 2023", "year: 2024"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"2023\.yaml"):
        read_material(tmp_path, tmp_path / "out", DESK)
