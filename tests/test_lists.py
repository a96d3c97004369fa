"""The pages that lead to organs: home, lists and places."""

from collections.abc import Iterator

import pytest

from pipeline.pages import lists, places
from pipeline.pages.material import Material
from tests.made import agency, record
from tests.offered import material

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


def region_pages(given: Material) -> dict[str, places.RegionPage]:
    return {
        page.region.code: page
        for task in places.tasks(given)
        for page in task()
        if isinstance(page, places.RegionPage) and page.number == 1
    }


def test_places_have_a_page_where_they_have_an_organ() -> None:
    """Province, prefecture and county with an organ have one, no place without one has."""
    pages = region_pages(organs())
    assert list(pages) == ["110000", "110101", "140000", "141000", "141021"]
    assert [(one.region.code, one.agencies, one.reports) for one in pages["140000"].inside] == [("141000", 2, 2)]
    assert [(one.region.code, one.agencies) for one in pages["110000"].inside] == [("110101", 1)]


def test_each_organ_stands_on_the_page_of_its_own_place() -> None:
    """An organ of a prefecture stands there, and one of a county in it on the county's page only."""
    pages = region_pages(organs())
    listed = {code: [row.agency.agency_id for row in page.rows] for code, page in pages.items()}
    assert listed["140000"] == listed["110000"] == []
    assert listed["141000"] == ["141000-slj"]
    assert listed["141021"] == ["141021-slj"]


def test_a_place_counts_the_reports_of_each_year() -> None:
    """All reports of the organs that lie in it count."""
    assert region_pages(organs())["140000"].years == ((2024, 1), (2025, 1))


def test_a_place_with_very_many_organs_has_several_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """No organ is lost between two pages of a place."""
    monkeypatch.setattr(places, "PER_PAGE", 2)
    many = [agency(agency_id=f"141021-sl{letter}j") for letter in "abc"]
    given = material([record(agency_id=one.agency_id) for one in many], many)
    pages = list(places.region_pages(given, given.rows, 2))
    assert [page.path for page in pages] == ["regions/141021/index.html", "regions/141021/list/2/index.html"]
    assert [row.agency for page in pages for row in page.rows] == [row.agency for row in given.rows]


def test_every_organ_stands_in_the_list_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pages the list takes, no organ is lost between two of them."""
    monkeypatch.setattr(lists, "PER_LIST", 3)
    given = organs()
    pages = [lists.list_page(given, number) for number in (1, 2)]
    assert [page.path for page in pages] == ["agencies/index.html", "agencies/list/2/index.html"]
    assert {page.numbers for page in pages} == {2}
    listed = [row.agency.agency_id for page in pages for part in page.parts for row in part.rows]
    assert listed == [one.agency_id for one in ORGANS]


def regions_pages(given: Material) -> Iterator[places.RegionsPage]:
    return (page for task in places.tasks(given) for page in task() if isinstance(page, places.RegionsPage))


def test_organs_of_the_state_are_told_from_those_of_no_known_place() -> None:
    """000000 is the state; a code that nobody bears is elsewhere."""
    nowhere = agency(agency_id="980000-slj", sector="other")
    given = material([record(agency_id=one.agency_id) for one in (ORGANS[0], nowhere)], [ORGANS[0], nowhere])
    page = lists.list_page(given, 1)
    assert [(part.region, part.national) for part in page.parts] == [(None, True), (None, False)]
    assert next(regions_pages(given)).elsewhere == 2


def test_home_counts_what_is_there_and_shows_the_latest_first() -> None:
    """Organs, reports, years, and each report known at any address once; the newest on top, one without a date by year."""
    made = [record(year=2022), record(year=2023, published=None), record(year=2024)]
    listed = [("甲局", "known", "a"), ("乙局", "known", "b"), ("乙局", "known", "c"), ("丙局", "gone", "")]
    known = [
        {"agency_id": "", "agency_name": name, "year": "2020", "status": status, "url": url}
        for name, status, url in listed
    ]
    given = material(made, coverage=known)
    page = lists.home_page(given)
    assert (page.agencies, page.reports, page.years, page.known) == (1, 3, (2022, 2023, 2024), 2)
    assert [one.year for one, _ in page.latest] == [2024, 2022, 2023]
