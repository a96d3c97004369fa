"""Coverage: who should have reported, who did, what could not be read and why; and the pages that say it."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from pipeline.pages import coverage, coverage_places
from pipeline.pages.covered import STATUSES, UNPLACED, Counts, Organ, add, count_by, read_organs
from pipeline.pages.governments import Seat, count_seats, is_government, read_seats, reports_by_place, was_place
from pipeline.pages.material import Material
from pipeline.pages.page import File
from pipeline.record import Agency
from pipeline.refusals import KINDS, Refusal
from pipeline.regions import NATIONAL, Region, by_code, regions
from tests import site as made_up
from tests.made import agency, dataset, record
from tests.offered import material
from tests.site import HOSTILE, Site, look

URL = "https://example.org/nb"
YEARS = (2019, 2020, 2021, 2022)


def row(name: str, year: int, status: str, id: str = "", url: str = "") -> dict[str, str]:
    return {"agency_id": id, "agency_name": name, "year": str(year), "status": status, "url": url}


def organs(*rows: dict[str, str], of: Iterable[Agency] = ()) -> list[Organ]:
    return read_organs(rows, {one.agency_id: one for one in of})


def page(made: Material) -> coverage.CoveragePage:
    """The overview, made by its own task."""
    (found,) = (one for task in list(coverage.tasks(made))[:1] for one in task() if not isinstance(one, File))
    assert isinstance(found, coverage.CoveragePage)
    return found


def files(made: Material) -> dict[str, list[dict[str, str]]]:
    """Every CSV that the tasks write, by its address."""
    written = [one for task in coverage.tasks(made) for one in task() if isinstance(one, File)]
    return {one.address: list(csv.DictReader(io.StringIO(one.text))) for one in written}


def places(made: Material, code: str) -> list[coverage_places.PlacePage]:
    written = [one for task in coverage.tasks(made) for one in task()]
    return [one for one in written if isinstance(one, coverage_places.PlacePage) and one.code == code]


# organs and years ----------------------------------------------------------------------------------------------------


def test_the_best_that_is_known_of_a_year_counts() -> None:
    """One organ's year at two addresses is one report: held before known, known before refused, refused before gone."""
    (one,) = organs(*(row("临汾市统计局", 2021, status, url=f"{URL}/{status}") for status in reversed(STATUSES)))
    assert one.years()[2021]["status"] == "held"
    assert count_by([one], lambda organ: "") == {"": {2021: Counts(held=1)}}


def test_an_organ_that_is_not_held_is_placed_by_its_name() -> None:
    """One place told: there, with level and sector of the name; several or none told: under no place."""
    known = ("临汾市统计局", "青山区统计局", "县供销社", "上海市")
    found = {one.name: one for one in organs(*(row(name, 2022, "known") for name in known))}
    assert [found[name].province for name in known] == ["140000", UNPLACED, UNPLACED, "310000"]
    told = [(found[name].level, found[name].sector) for name in known]
    assert told == [
        ("prefecture", "statistics"), (None, "statistics"), (None, "supply_marketing"), ("province", "government"),
    ]  # fmt: skip


def test_an_organ_that_is_held_stands_as_its_own_file_says() -> None:
    """Name, place, level and sector are those of the organ, whatever name the list gives it."""
    held = agency(agency_id="110101-sy", name="示例区园林局", sector="urban_management")
    (one,) = organs(row("临汾市统计局", 2022, "held", "110101-sy"), of=[held])
    assert (one.name, one.province, one.level, one.sector, one.is_held) == (
        "示例区园林局", "110000", "county", "urban_management", True,
    )  # fmt: skip


def test_an_organ_of_the_state_has_the_code_of_the_state() -> None:
    """It stands under no province."""
    held = agency(agency_id="000000-slj", name="示例国家局", level="national", sector="other")
    assert organs(row("示例国家局", 2022, "held", "000000-slj"), of=[held])[0].province == NATIONAL


def test_nothing_counted_has_no_share() -> None:
    """A share of nothing is no 0."""
    assert Counts().share is None
    assert Counts().share_told is None
    assert str(Counts(held=1, known=2, gone=1).share) == "0.25"
    assert str(Counts(held=1, known=2, gone=1).share_told) == "0.75"


# governments by place ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("曲沃县人民政府", True),
        ("曲沃县", True),
        ("曲沃县政府", True),
        ("大兴安岭地区行政公署", True),
        ("曲沃县人民政府办公室", False),
        ("曲沃县财政局", False),
        ("曲沃县史村镇人民政府", False),
        ("曲沃县经济技术开发区管理委员会", False),
    ],
)
def test_a_government_is_told_by_its_name(name: str, is_one: bool) -> None:
    """The bare place or its government; an office, a bureau, a township and a zone are none."""
    (one,) = organs(row(name, 2022, "known"))
    assert is_government(one, []) == is_one


def test_an_office_reports_for_the_government_where_the_report_says_so() -> None:
    """The scope of a held report tells whether it covers the government and all its organs."""
    office = agency(agency_id="141021-rmzfbgs", name="曲沃县人民政府办公室", sector="government")
    (one,) = organs(row(office.name, 2022, "held", office.agency_id), of=[office])
    assert is_government(one, [record(agency_id=office.agency_id, scope="jurisdiction")])
    assert not is_government(one, [record(agency_id=office.agency_id, scope="own")])
    assert not is_government(one, [record(agency_id=office.agency_id, scope=None)])


def place(code: str, name: str) -> Region:
    return next(region for region in regions() if (region.code, region.name) == (code, name))


def test_a_place_counts_for_the_years_in_which_it_was_one() -> None:
    """太谷县 ended in 2019 and 太谷区 took its room: one of the two for every year."""
    county = next(region for region in regions() if region.name == "太谷县")
    district = next(region for region in regions() if region.name == "太谷区")
    assert county.valid_to[:4] == "2019"
    assert [(was_place(county, year), was_place(district, year)) for year in (2018, 2019, 2020)] == [
        (True, False), (False, True), (False, True),
    ]  # fmt: skip


def test_each_place_has_one_seat_a_year() -> None:
    """Every province, prefecture and county once, Hong Kong, Macao and Taiwan not at all; nobody's year is counted twice."""
    seats = list(read_seats({}, YEARS))
    assert {seat.region.code[:2] for seat in seats}.isdisjoint({"71", "81", "82"})
    for year in YEARS:
        codes = Counter(seat.region.code for seat in seats if seat.status(year))
        assert max(codes.values()) == 1
        assert sum(seat.region.level == "province" for seat in seats if seat.status(year)) == 31
        assert count_seats(seats, year) == Counts(missing=len(codes))


def test_a_governments_report_fills_its_seat() -> None:
    """Held, known and refused each stand in their place and year; every other year of the place is missing."""
    listed = [
        row("曲沃县人民政府", 2020, "known", url=URL),
        row("曲沃县", 2020, "refused"),
        row("临汾市人民政府", 2021, "refused"),
        row("山西省", 2022, "gone"),
    ]
    governments = [one for one in organs(*listed) if is_government(one, [])]
    seats = {seat.region.name: seat for seat in read_seats(reports_by_place(governments), YEARS)}
    assert [seats["曲沃县"].status(year) for year in YEARS] == ["missing", "known", "missing", "missing"]
    assert [seats["临汾市"].status(year) for year in YEARS] == ["missing", "missing", "refused", "missing"]
    assert seats["山西省"].status(2022) == "gone"
    assert Seat(by_code()["140000"], {}).status(2022) is None


# the overview --------------------------------------------------------------------------------------------------------


def listed() -> Material:
    """Organs of several provinces, levels and sectors with every status; no two statuses have one number."""
    held = agency(agency_id="141021-slwsj", name="曲沃县卫生健康局")
    rows = [row(held.name, year, "held", held.agency_id) for year in range(2016, 2021)]
    rows += [row("临汾市统计局", year, "known", url=f"{URL}/{year}") for year in range(2019, 2023)]
    rows += [row("上海市公安局", year, "refused", url=f"{URL}/{year}") for year in range(2020, 2023)]
    rows += [row("县供销社", year, "gone", url=f"{URL}/{year}") for year in (2021, 2022)]
    rows += [row(held.name, 2021, "missing", held.agency_id)]
    made = material([record(year=year, agency_id=held.agency_id) for year in range(2016, 2021)], [held], rows)
    made.dataset.refusals = [
        Refusal("上海市公安局", "", str(year), f"{URL}/{year}", "Ambiguous", "“1 2” is not one number", "2026-05-01")
        for year in (2020, 2021)
    ]
    return made


def test_every_way_to_count_counts_the_same_reports() -> None:
    """By year, by province, by level and by sector: the same five held, four known, three refused, two gone, one missing."""
    found = page(listed())
    whole = Counts(5, 4, 3, 2, 1)
    assert found.total == whole
    for lines in (found.provinces, found.levels, found.sectors):
        assert add(line.counts for line in lines) == whole
        assert sum(line.organs for line in lines) == found.organs == 4
    assert add(found.by_year.values()) == whole
    assert found.years == tuple(range(2016, 2023))


def test_the_files_hold_what_the_page_counts() -> None:
    """Each table has its CSV, whose sums are the page's."""
    found = files(listed())
    for name in ("years", "provinces", "levels", "sectors"):
        rows = found[f"coverage/{name}.csv"]
        assert [sum(int(one[status]) for one in rows) for status in STATUSES] == [5, 4, 3, 2, 1]
        assert sum(int(one["total"]) for one in rows) == 15
    assert [one["code"] for one in found["coverage/refusals.csv"]] == ["Ambiguous", "Ambiguous"]
    seats = page(listed()).seats
    expected = sum(counts.total for years in seats.values() for counts in years.values())
    assert len(found["coverage/places.csv"]) == expected


def test_refusals_stand_by_reason_with_examples_of_different_organs() -> None:
    """One organ is one example, however many of its reports were refused; a reason that is not recorded is counted."""
    made = listed()
    found = page(made)
    (reason,) = found.reasons
    assert (reason.code, reason.kind, reason.number) == ("Ambiguous", "figure", 2)
    assert [example.year for example in reason.examples] == ["2020"]
    assert found.untold == 1


def test_without_a_report_the_page_says_so() -> None:
    """An empty dataset has no years, no counts and no shares."""
    found = page(material([]))
    assert (found.years, found.organs, found.total) == ((), 0, Counts())
    assert {line.counts.share for line in found.provinces} == {None}


# one province --------------------------------------------------------------------------------------------------------


def test_a_long_list_of_organs_is_paged() -> None:
    """Every organ of a province stands on one page, once, and its governments on the first page alone."""
    rows = [row(f"曲沃县第{n}局", 2022, "known") for n in range(2 * coverage_places.PER_PAGE + 1)]
    found = places(material([], coverage=rows), "140000")
    assert [one.path for one in found] == [
        f"coverage/140000/{part}index.html" for part in ("", "list/2/", "list/3/")
    ]  # fmt: skip
    assert sorted(organ.name for one in found for organ in one.organs) == sorted(one["agency_name"] for one in rows)
    assert [bool(one.seats) for one in found] == [True, False, False]
    assert {seat.region.code[:2] for seat in found[0].seats} == {"14"}


def test_every_province_has_a_page_and_so_have_the_state_and_no_place() -> None:
    """31 provinces, the state, and the organs whose place is not told, with nothing known of them too."""
    written = [one for task in coverage.tasks(material([])) for one in task()]
    codes = [one.code for one in written if isinstance(one, coverage_places.PlacePage)]
    assert len(codes) == 33
    assert {NATIONAL, UNPLACED, "140000"} <= set(codes)


# the pages as built --------------------------------------------------------------------------------------------------

KNOWN = (
    f"太原市人民政府,,2021,{URL}/ty,,refused\n临汾市统计局,,2022,{URL}/lf,,refused\n原平市人民政府,,2023,{URL}/yp,,gone\n"
    f"长治市人民政府,,2022,{URL}/cz,,known\n县供销社,,2019,{URL}/gx,,refused\n{HOSTILE},,2021,{URL}/x,,refused\n"
)
REFUSED = (
    f"太原市人民政府,,2021,{URL}/ty,Ambiguous,“1 2” is not one number,2026-05-01\n"
    f"临汾市统计局,,2022,{URL}/lf,S03,section 三 lacks 结转下年度继续办理,2026-05-01\n"
    f"{HOSTILE},,2021,{URL}/x,UnreadableSource,{HOSTILE} is protected by a password,2026-05-01\n"
)


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A small site of which some reports could not be read."""
    folder = tmp_path_factory.mktemp("refused")
    held = [one for one in made_up.records() if one.agency_id in (made_up.GOVERNMENT, made_up.BUREAU)]
    found = dataset(folder / "data", held, made_up.organs(), KNOWN)
    assert found.problems == []
    (folder / "data" / "refusals.csv").write_text(
        "agency_name,agency_id,year,url,code,sentence,date\n" + REFUSED, encoding="utf-8"
    )
    return made_up.build(folder / "data", folder / "out")


@pytest.mark.parametrize("language", ["", "en/"])
def test_the_reasons_stand_on_the_page_in_both_languages(refused: Site, language: str) -> None:
    """Each in plain words with the converter's own sentence and code; markup in a name or sentence is only text."""
    looked = look(refused.page(f"{language}coverage/index.html"))
    text = " ".join(looked.text.split())
    for words in ("“1 2” is not one number", "section 三 lacks 结转下年度继续办理", HOSTILE, "UnreadableSource"):
        assert words in text
    plain = (
        ["文件设有密码", "表格缺行、缺格"] if not language else ["protected by a password", "rows or cells of the form"]
    )
    assert all(words in text for words in plain)
    assert not looked.tree.xpath("//main//script[not(@src)]")


@pytest.mark.parametrize("language", ["", "en/"])
def test_each_mark_of_the_grid_leads_where_it_says(refused: Site, language: str) -> None:
    """Held leads to the report here, known and refused to the source, gone and missing nowhere."""
    looked = look(refused.page(f"{language}coverage/140000/index.html"))
    marks = {
        cell.text_content(): cell.xpath("string(a/@href)") for cell in looked.tree.xpath("//table[@data-sortable]//td")
    }
    held, unread, gone, missing = (
        ("收录", "未读", "失效", "缺") if not language else ("held", "unread", "gone", "missing")
    )
    assert marks[held].endswith(f"agencies/{made_up.BUREAU}/2025/index.html")
    assert marks[unread].startswith(URL)
    assert (marks[gone], marks[missing]) == ("", "")


def test_every_sort_of_reason_has_words() -> None:
    """The template names each reason that the list can give, in both languages."""
    words = (Path(made_up.ROOT) / "theme" / "templates" / "_coverage.html").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f'"{kind}": ["' not in words] == []
