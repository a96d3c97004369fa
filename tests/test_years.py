"""The pages of years: what is held, what is summed and what is not, and every report in a list of its province."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.forms import Column
from pipeline.pages import yearly, years
from pipeline.pages.material import Material
from pipeline.pages.page import File
from pipeline.pages.years import YearPage, YearReportsPage, YearsPage, YearTablePage
from pipeline.record import Agency, Record
from tests.made import agency, put, record
from tests.offered import material
from tests.rendered import render
from tests.site import look

ORGANS = [
    agency(agency_id="430381-a", name="湘乡市卫生健康局"),
    agency(agency_id="110101-b", name="示例区人民政府", sector="government"),
    agency(agency_id="140981-c", name="原平市财政局", sector="finance"),
    agency(agency_id="140000-d", name="示例省教育厅", level="province", sector="education"),
    agency(agency_id="000000-e", name="示例国家局", level=None, sector="other"),
]
RECEIVED = {"430381-a": 3, "110101-b": 500, "140981-c": 20, "140000-d": 70, "000000-e": None}


def report(of: Agency, year: int = 2023, **changes: Any) -> Record:
    scope = "jurisdiction" if of.sector == "government" else None if of.sector == "other" else "own"
    given = {"agency_id": of.agency_id, "agency_name": of.name, "scope": scope, **changes}
    made = record("2021", year, **given)
    figures = {"requests__refused_security_stability__total": 2, "requests__refused_third_party__total": 1}
    return put(made, requests__new_received__total=RECEIVED[of.agency_id], **figures)


def coverage(*rows: tuple[str, str, int, str]) -> list[dict[str, str]]:
    return [dict(zip(("agency_id", "agency_name", "year", "status"), map(str, row), strict=True)) for row in rows]


def made_of(*records: Record, of: list[Agency] | None = None) -> Material:
    known = coverage(("", "示例乡人民政府", 2023, "known"), ("430381-a", "湘乡市卫生健康局", 2022, "missing"))
    return material(records or [report(one) for one in ORGANS], of or ORGANS, known)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def parts(made: Material, kind: type) -> tuple[list[Any], dict[str, list[dict[str, str]]]]:
    """The pages of one kind, and every file by its address."""
    found = [one for task in years.tasks(made) for one in task()]
    files = {one.address: rows(one.text) for one in found if isinstance(one, File)}
    return [one for one in found if isinstance(one, kind)], files


def test_every_year_has_its_page_its_tables_and_its_lists() -> None:
    """Each table has an address and a file of its own; each report stands in the list of its province."""
    made = made_of(report(ORGANS[0], 2021), *(report(one) for one in ORGANS))
    found = [one for task in years.tasks(made) for one in task()]
    pages = {one.path for one in found if not isinstance(one, File)}
    tables = [f"{year}/{table}/" for year in (2021, 2023) for table in ("provinces", "levels", "sectors")]
    lists = ["2021/430000/", *(f"2023/{code}/" for code in ("000000", "110000", "140000", "430000"))]
    assert pages == {f"years/{one}index.html" for one in ("", "2021/", "2023/", *tables, *lists)}
    files = {one.address for one in found if isinstance(one, File)}
    assert files == (
        {"years/years.csv", *(f"years/{year}/{name}.csv" for year in (2021, 2023) for name in ("totals", "indicators"))}
        | {f"years/{one.rstrip('/')}.csv" for one in tables}
        | {f"years/{one}reports.csv" for one in lists}
    )


def test_sums_are_over_organs_own_reports() -> None:
    """A government's report over all its organs is not added, a blank cell is counted as blank and not as 0."""
    (page,), files = parts(made_of(), YearPage)
    received = page.line.totals[0]
    assert (received.sum, received.reports, received.blank) == (93, 3, 1)
    assert (page.line.reports, page.line.own) == (5, 4)
    told = {row["key"]: (row["sum"], row["reports"], row["blank"]) for row in files["years/2023/totals.csv"]}
    assert told["requests.new_received.total"] == ("93", "3", "1")
    assert told["refused"] == ("12", "4", "0")


def test_outcomes_are_sums_of_their_rows() -> None:
    """Every row of a group is in its bar, on one scale; a report with a blank row is in none of that group."""
    made = made_of(
        put(report(ORGANS[0]), requests__granted__total=8),
        put(report(ORGANS[2]), requests__refused_third_party__total=None),
    )
    (page,), _ = parts(made, YearPage)
    assert {bar.label.label: (bar.number, bar.share) for bar in page.bars if bar.number} == {
        "予以公开": (8, Decimal("100.0")),
        "不予公开": (3, Decimal("37.5")),
    }
    assert next(one.blank for one in page.outcomes if one.key == "refused") == 1


def test_a_sum_of_blanks_is_blank_and_not_nought(tmp_path: Path) -> None:
    """What every report leaves blank has no sum: not on the pages, not in a bar, not on the map, not in a file."""
    made = made_of(
        put(
            report(ORGANS[2]),
            requests__new_received__total=None,
            requests__granted__total=8,
            requests__refused_third_party__total=None,
        )
    )
    (page,), files = parts(made, YearPage)
    assert {bar.label.label: bar.number for bar in page.bars}["不予公开"] is None
    assert page.map.told == 0
    told = {row["key"]: (row["sum"], row["blank"]) for row in files["years/2023/totals.csv"]}
    assert (told["requests.new_received.total"], told["refused"]) == (("", "1"), ("", "1"))
    assert files["years/years.csv"][0]["requests_new_received_total"] == ""
    render(made, years.tasks(made), tmp_path)
    row = look(tmp_path / "years/2023/provinces/index.html").tree.xpath("//tbody/tr/td")
    assert [cell.text_content() for cell in row] == ["1", "1", "—", "0", "1"]


def test_a_year_in_which_nobody_asked_has_no_bars() -> None:
    """All sums 0 make no picture."""
    (page,), _ = parts(made_of(record("2021", 2023, agency_id="430381-a")), YearPage)
    assert page.bars == ()


def test_coverage_counts_each_organ_and_year_once() -> None:
    """An organ's year that is known at two addresses is one; what is better known counts."""
    made = material(
        [],
        [],
        coverage(
            ("a", "甲", 2023, "gone"),
            ("a", "甲", 2023, "known"),
            ("", "甲", 2023, "gone"),
            ("a", "甲", 2022, "missing"),
        ),
    )
    counts = yearly.coverage_of(made)
    assert {year: (one.known, one.gone, one.missing) for year, one in counts.items()} == {
        2022: (0, 0, 1),
        2023: (1, 1, 0),
    }


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("provinces", [("000000", 1, 1, None), ("110000", 1, 0, None), ("140000", 2, 2, 90), ("430000", 1, 1, 3)]),
        ("levels", [("province", 1, 1, 70), ("county", 3, 2, 23), ("-", 1, 1, None)]),
        (
            "sectors",
            [
                ("health", 1, 1, 3),
                ("education", 1, 1, 70),
                ("finance", 1, 1, 20),
                ("government", 1, 0, None),
                ("other", 1, 1, None),
            ],
        ),
    ],
)
def test_reports_are_counted_by_place_level_and_sector(
    by: str, expected: list[tuple[str, int, int, int | None]]
) -> None:
    """All reports, organs' own, and what those received, never 0 where none of them says; an unknown level last."""
    pages, files = parts(made_of(), YearTablePage)
    page = next(one for one in pages if one.by == by)
    assert [(one.key, one.reports, one.own, one.received) for one in page.parts] == expected
    key = "code" if by == "provinces" else by.removesuffix("s")
    told = [(row[key], row["reports"], row["own"], row["received"]) for row in files[f"years/2023/{by}.csv"]]
    assert told == [(*map(str, one[:3]), "" if one[3] is None else str(one[3])) for one in expected]


def test_every_report_is_in_the_list_of_its_province(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list has several pages, which hold every report once; the file holds all, and a blank figure stays blank."""
    monkeypatch.setattr(years, "PER_PAGE", 2)
    of = [agency(agency_id=f"140981-{letter}", name=f"原平市{letter}局") for letter in "abcde"]
    made = made_of(
        *(put(record("2021", 2023, agency_id=one.agency_id), requests__new_received__total=None) for one in of), of=of
    )
    pages, files = parts(made, YearReportsPage)
    assert [(one.path, one.number, one.numbers, len(one.rows)) for one in pages] == [
        ("years/2023/140000/index.html", 1, 3, 2),
        ("years/2023/140000/list/2/index.html", 2, 3, 2),
        ("years/2023/140000/list/3/index.html", 3, 3, 1),
    ]
    assert [row.agency.agency_id for one in pages for row in one.rows] == [one.agency_id for one in of]
    assert {(row["received"], row["processed"], row["place"]) for row in files["years/2023/140000/reports.csv"]} == {
        ("", "0", "忻州市原平市")
    }


def test_the_newest_reports_come_first() -> None:
    """By the day of publication; a report that does not say stands behind the others."""
    days = ["2024-01-03", None, "2024-03-30", "2023-12-31"]
    made = made_of(*(report(of, published=day) for of, day in zip(ORGANS, days, strict=False)))
    (page,), _ = parts(made, YearPage)
    assert [record.published for record, _ in page.latest] == ["2024-03-30", "2024-01-03", "2023-12-31", None]


def test_the_list_of_years_has_a_line_for_each() -> None:
    """Every year with what is held and known of it, and its sums; no plot of a single year."""
    (page,), files = parts(made_of(report(ORGANS[0], 2021), report(ORGANS[2], 2023)), YearsPage)
    assert [(one.year, one.reports, one.counts.known, one.totals[0].sum) for one in page.years] == [
        (2021, 1, 0, 3),
        (2023, 1, 1, 20),
    ]
    assert [(row["year"], row["requests_new_received_total"]) for row in files["years/years.csv"]] == [
        ("2021", "3"),
        ("2023", "20"),
    ]
    assert page.reports is not None
    assert [(one.year, one.text) for one in page.reports.points] == [(2021, "1"), (2022, None), (2023, "1")]
    assert parts(made_of(), YearsPage)[0][0].reports is None


def test_medians_lead_to_subjects() -> None:
    """Eleven indicators over organs' own reports; a median only of five organs."""

    def fill(column: Column) -> int:
        return 4

    of = [agency(agency_id=f"140981-{letter}", name=f"原平市{letter}局") for letter in "abcde"]
    made = made_of(
        *(
            put(record("2021", 2023, fill, agency_id=one.agency_id), requests__granted__total=n)
            for n, one in enumerate(of)
        ),
        of=of,
    )
    (page,), files = parts(made, YearPage)
    told = {subject.slug: summary.quartiles for subject, summary in page.medians}
    assert told["full_disclosure_rate"].median == Decimal("0.5")
    assert [row["subject"] for row in files["years/2023/indicators.csv"]] == list(told)
    assert len(told) == 11


def test_pages_stand_without_a_report() -> None:
    """A site that has nothing yet has its list of years."""
    made = material([], [])
    found = [one for task in years.tasks(made) for one in task()]
    assert {type(one) for one in found} == {YearsPage, File}


def test_what_is_not_added_is_said(tmp_path: Path) -> None:
    """The page says in both languages how many governments' reports are in no sum."""
    made = made_of()
    render(made, [lambda: years._year(made, 2023)], tmp_path)
    chinese, english = (look(tmp_path / folder / "years/2023/index.html").text for folder in ("", "en"))
    assert (
        "收录5个机关的报告，每个机关一份；其中1份是政府对本级及所属各机关的汇总报告，另行计数，不加入合计。" in chinese
    )
    assert "1 of them is of a government over all its organs: it is counted apart and in no sum." in english
