"""What pages are made of, before any template sees it: tables as printed, findings, corrections, bars."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline import package
from pipeline.checks import Checked, Finding
from pipeline.dataset import Dataset
from pipeline.forms import TABLES
from pipeline.pages import reference, report
from pipeline.pages.addresses import Site
from pipeline.pages.material import Material, read_material
from pipeline.pages.sections import Mark, number_to_text, sections_of, words_of_field
from pipeline.record import Record
from tests.made import dataset, different, put, record
from tests.offered import material

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


# data ------------------------------------------------------------------------------------------------------------------


def test_every_field_of_the_schema_is_in_the_dictionary() -> None:
    """The dictionary has each field of each table, those of `reports` under facts, indicators and the three sections."""
    for resource in package.schema()["resources"]:
        fields = resource["schema"]["fields"]
        parts = list(reference._parts(resource["name"], fields))
        assert [one["name"] for part in parts for one in part.fields] == [one["name"] for one in fields]
        keys = [part.key for part in parts]
        assert keys == (["", "indicators", *TABLES] if resource["name"] == "reports" else [""])


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
        read_material(tmp_path, tmp_path / "out", Site())
