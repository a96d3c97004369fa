"""The pages of subjects: every organ with its numerator and denominator, those without a rate apart, nothing hidden."""

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.pages import measured, subjects
from pipeline.pages.material import Material
from pipeline.pages.measures import SUBJECTS
from pipeline.pages.page import File
from pipeline.pages.subjects import SubjectPage, SubjectProvincesPage, SubjectsPage, SubjectYearPage
from pipeline.record import Agency, Record, Value
from tests.made import agency, put, record
from tests.offered import material
from tests.rendered import render
from tests.site import HOSTILE, look

ORGANS = {
    "430381-a": ("湘乡市甲局", "health"),
    "110101-b": (HOSTILE, "health"),
    "140981-c": ("原平市丙局", "finance"),
    "140981-d": ("原平市丁局", "health"),
    "000000-e": ("国家戊局", "health"),
    "140000-f": ('己"厅,\n', "health"),
}
FIGURES: dict[str, tuple[Value, Value]] = {
    "430381-a": (3, 4),
    "110101-b": (0, 12),
    "140981-c": (5, 20),
    "140981-d": (0, 0),
    "000000-e": (None, 9),
    "140000-f": (7, 8),
}


def report(id: str, year: int = 2023, **changes: Any) -> Record:
    granted, processed = FIGURES[id]
    made = record("2021", year, agency_id=id, agency_name=ORGANS[id][0], **changes)
    return put(made, requests__granted__total=granted, requests__total_processed__total=processed)


def organs() -> list[Agency]:
    return [agency(agency_id=id, name=name, sector=sector) for id, (name, sector) in ORGANS.items()]


def made_of(*records: Record) -> Material:
    return material(records or [report(id) for id in ORGANS], organs())


def outcome(made: Material, slug: str = "granted", year: int = 2023) -> tuple[dict[type, Any], dict[str, str]]:
    """The pages of a subject in a year by their type, and its files by their names."""
    found = list(subjects._year(made, SUBJECTS[slug], year))
    files = {one.address.rpartition("/")[2]: one.text for one in found if isinstance(one, File)}
    return {type(one): one for one in found if not isinstance(one, File)}, files


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_subject_has_a_page_of_its_own_and_one_a_year() -> None:
    """A list, a page for each subject, and two pages for each of its years: the organs and the provinces."""
    made = made_of(report("430381-a", 2021), report("430381-a", 2023))
    found = [one for task in subjects.tasks(made) for one in task()]
    paths = [one.path for one in found if not isinstance(one, File)]
    years = [f"subjects/{slug}/{year}/" for slug in SUBJECTS for year in (2021, 2023)]
    expected = [
        "subjects/",
        *(f"subjects/{slug}/" for slug in SUBJECTS),
        *years,
        *(f"{one}provinces/" for one in years),
    ]
    assert sorted(paths) == sorted(f"{one}index.html" for one in expected)
    tables = {f"{one}{name}" for one in years for name in ("data.csv", "provinces.csv")}
    tables |= {f"subjects/{slug}/years.csv" for slug in SUBJECTS} | {"subjects/subjects.csv"}
    assert {one.address for one in found if isinstance(one, File)} == tables


def test_organs_stand_in_the_order_of_places() -> None:
    """Never the best or the worst first; and only those that have a rate."""
    pages, _ = outcome(made_of())
    listed = [(row.record.agency_id, row.figure.value) for row in pages[SubjectYearPage].rows]
    assert listed == [
        ("110101-b", Decimal(0)),
        ("140000-f", Decimal("0.875")),
        ("140981-c", Decimal("0.25")),
        ("430381-a", Decimal("0.75")),
    ]


def test_the_file_holds_every_report_and_says_why_it_has_no_rate() -> None:
    """An organ without requests has an empty value, never 0, and a word for it; so has one with a blank cell."""
    _, files = outcome(made_of())
    told = {
        row["agency_id"]: (row["status"], row["numerator"], row["denominator"], row["value"])
        for row in rows(files["data.csv"])
    }
    assert told == {
        "000000-e": ("blank", "", "9", ""),
        "110101-b": ("rated", "0", "12", "0.000000"),
        "140000-f": ("rated", "7", "8", "0.875000"),
        "140981-c": ("rated", "5", "20", "0.250000"),
        "140981-d": ("without", "0", "0", ""),
        "430381-a": ("rated", "3", "4", "0.750000"),
    }


def test_names_survive_the_file() -> None:
    """Commas, quotation marks, line breaks and markup in a name come back as they are."""
    _, files = outcome(made_of())
    assert {row["agency_id"]: row["agency_name"] for row in rows(files["data.csv"])} == {
        id: name for id, (name, _) in ORGANS.items()
    }


def test_provinces_are_their_organs_taken_together() -> None:
    """Sums are over the organs that have a rate, and blank where none has one; the state is a row of its own."""
    pages, files = outcome(made_of())
    told = {
        row["code"]: tuple(row[key] for key in ("rated", "without", "blank", "numerator", "denominator", "pooled"))
        for row in rows(files["provinces.csv"])
    }
    assert told == {
        "000000": ("0", "0", "1", "", "", ""),
        "110000": ("1", "0", "0", "0", "12", "0.000000"),
        "140000": ("2", "1", "0", "12", "28", "0.428571"),
        "430000": ("1", "0", "0", "3", "4", "0.750000"),
    }
    tiles = {tile.code: tile.text for tile in pages[SubjectProvincesPage].map.tiles if tile.text}
    assert tiles == {"110000": "0%", "140000": "42.9%", "430000": "75%"}


def test_governments_over_all_their_organs_are_listed_and_not_added() -> None:
    """Their report stands among the others with its scope; no sum, no quartile and no picture holds it."""
    made = made_of(report("430381-a", scope="jurisdiction"), report("140981-c"))
    pages, files = outcome(made)
    page = pages[SubjectYearPage]
    assert [row.record.scope for row in page.rows] == ["own", "jurisdiction"]
    assert (page.summary.reports, page.whole.reports, page.spread.n) == (1, 1, 1)
    assert [(row["code"], row["denominator"]) for row in rows(files["provinces.csv"])] == [
        ("140000", "20"),
        ("430000", ""),
    ]


def test_rows_can_be_chosen_by_what_stands_in_them() -> None:
    """Provinces, levels, sectors and scopes of the rows, nothing that no row bears."""
    page = outcome(made_of())[0][SubjectYearPage]
    choices = page.choices
    assert choices.provinces == (("110000", "北京市"), ("140000", "山西省"), ("430000", "湖南省"))
    assert choices.levels == ("county",)
    assert [key for key, _ in choices.sectors] == ["health", "finance"]
    assert choices.scopes == ("own",)
    assert [row.keys for row in page.rows] == [
        "110000 county health own",
        "140000 county health own",
        "140000 county finance own",
        "430000 county health own",
    ]


def test_findings_are_told_where_they_are_about_these_figures() -> None:
    """A total that does not add up is flagged on the subjects that it is a part of, and on no other."""
    whole = {
        f"requests__{row}__{column}": 4
        for row in ("new_received", "granted", "total_processed")
        for column in ("natural", "total")
    }
    reviews = {"disputes__administrative_review__corrected": 1, "disputes__administrative_review__total": 9}
    made = made_of(put(report("430381-a"), **whole, **reviews))
    slugs = ("granted", "natural_share", "review_corrected_rate", "litigation_lost_rate")
    flagged = {slug: [row.findings for row in measured.rows_of(made, SUBJECTS[slug], 2023)] for slug in slugs}
    assert flagged == {"granted": [0], "natural_share": [0], "review_corrected_rate": [1], "litigation_lost_rate": [0]}


def test_the_first_rows_stand_on_the_page_and_all_of_them_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that cannot hold all rows names the file that does; one that can names none."""
    assert outcome(made_of())[0][SubjectYearPage].parts == ()
    monkeypatch.setattr(subjects, "PER_PAGE", 3)
    page = outcome(made_of())[0][SubjectYearPage]
    assert (len(page.rows), page.total, page.parts) == (3, 4, ("subjects/granted/2023/data.csv",))


def test_a_large_file_is_given_by_province_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts together hold every row of the whole, each those of one province."""
    monkeypatch.setattr(subjects, "PER_PAGE", 3)
    monkeypatch.setattr(subjects, "PART", 300)
    pages, files = outcome(made_of())
    parts = [address.rpartition("/")[2] for address in pages[SubjectYearPage].parts]
    assert parts == ["000000.csv", "110000.csv", "140000.csv", "430000.csv"]
    assert [row for part in parts for row in rows(files[part])] == rows(files["data.csv"])


def test_a_subject_is_told_year_by_year() -> None:
    """Own reports and governments' are lines of their own; a year that nobody reported on is no line and no figure."""
    made = made_of(report("430381-a", 2020), report("140981-c", 2023), report("110101-b", 2023, scope="jurisdiction"))
    page, file = list(subjects._subject(made, SUBJECTS["granted"]))
    assert isinstance(page, SubjectPage)
    assert isinstance(file, File)
    assert [(year, one.numerator, one.denominator) for year, one in page.years] == [(2020, 3, 4), (2023, 5, 20)]
    assert [(year, one.numerator, one.denominator) for year, one in page.wholes] == [(2023, 0, 12)]
    assert [(row["year"], row["scope"], row["median"]) for row in rows(file.text)] == [
        ("2020", "own", ""),
        ("2023", "own", ""),
        ("2023", "jurisdiction", ""),
    ]


def test_a_trend_has_a_gap_where_no_year_is() -> None:
    """Medians of 2019 and 2021 leave 2020 open; a year with too few organs has a place and no figure."""
    ids = [f"140981-{letter}" for letter in "ghijk"]
    of = [agency(agency_id=id, name=f"原平市{id[-1]}局") for id in ids]
    given = [(id, year) for id in ids for year in (2019, 2021)] + [(ids[0], 2022)]
    made = material(
        [
            put(record("2021", year, agency_id=id), requests__granted__total=n + 1, requests__total_processed__total=20)
            for n, (id, year) in enumerate(given)
        ],
        of,
    )
    page = next(iter(subjects._subject(made, SUBJECTS["granted"])))
    assert isinstance(page, SubjectPage)
    (_, _), (name, median), (_, _) = page.trends
    assert name == "median"
    assert [(one.year, one.text, one.held) for one in median.points] == [
        (2019, "25.0%", True),
        (2020, None, False),
        (2021, "30.0%", True),
        (2022, None, True),
    ]


def test_the_list_says_how_each_subject_is_worked_out() -> None:
    """Eleven indicators, then the outcomes by their groups in the form's order; the file has the words of all."""
    page, file = list(subjects._list(made_of()))
    assert isinstance(page, SubjectsPage)
    assert isinstance(file, File)
    assert len(page.indicators.subjects) == 11
    assert [group.words.label for group in page.outcomes if group.words] == [
        "予以公开",
        "部分公开",
        "不予公开",
        "无法提供",
        "不予处理",
        "其他处理",
    ]
    listed = [one.slug for group in (page.indicators, *page.outcomes) for one, _ in group.subjects]
    assert listed == list(SUBJECTS) == [row["subject"] for row in rows(file.text)]
    assert all(row["numerator_of"] and row["denominator_of_en"] for row in rows(file.text))


def test_pages_stand_without_a_report() -> None:
    """A site that has nothing yet has its list of subjects."""
    made = material([], [])
    found = [one for task in subjects.tasks(made) for one in task()]
    assert {type(one) for one in found} == {SubjectsPage, SubjectPage, File}


# as they are written -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("subjects")
    made = made_of()
    render(made, [lambda: subjects._year(made, SUBJECTS["granted"], 2023)], out)
    return out


@pytest.mark.parametrize("folder", ["", "en/"])
def test_each_row_says_rate_numerator_and_denominator(written: Path, folder: str) -> None:
    """The page shows what the file has; a rate of few cases is set weak, and nobody without requests has a row."""
    tree = look(written / folder / "subjects/granted/2023/index.html").tree
    table = [
        [cell.text_content().strip() for cell in row[:4]]
        for row in tree.xpath("//table[@data-sortable='organs']/tbody/tr")
    ]
    assert [row[1:] for row in table] == [
        ["0%", "0", "12"],
        ["87.5%", "7", "8"],
        ["25.0%", "5", "20"],
        ["75.0%", "3", "4"],
    ]
    weak = tree.xpath("//td[contains(@class, 'weak')]/text()")
    assert weak == ["87.5%", "75.0%"]
    assert "丁局" not in tree.text_content()


def test_organs_without_requests_are_counted_in_a_sentence(written: Path) -> None:
    """How many there are is said at the top, in both languages."""
    chinese, english = (look(written / folder / "subjects/granted/2023/index.html").text for folder in ("", "en"))
    assert "另有1个机关没有办结的申请，单独计数，没有比率" in chinese
    assert "1 more processed no requests: it is counted apart, without a rate" in english
    assert "1份报告有格为空" in chinese


def test_a_year_without_a_rate_says_so(tmp_path: Path) -> None:
    """Nobody was asked for anything: the page says it in words, and shows no picture and no empty table."""
    made = made_of(report("140981-d"))
    render(made, [lambda: subjects._year(made, SUBJECTS["granted"], 2023)], tmp_path)
    chinese, english = (look(tmp_path / folder / "subjects/granted/2023/index.html") for folder in ("", "en"))
    assert "没有机关有这个比率：1个机关没有办结的申请。" in chinese.text
    assert "No organ has a rate: 1 processed no requests." in english.text
    assert chinese.tree.xpath("//figure | //table") == []
