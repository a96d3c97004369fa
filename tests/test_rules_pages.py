"""The pages of rules: every rule with its counts, every finding once, by place and year, and where it leads."""

import csv
import io
from collections import Counter
from decimal import Decimal
from functools import cache

import pytest
from jinja2 import Environment, FileSystemLoader

from pipeline import ROOT
from pipeline.checks import RULES
from pipeline.pages import report, rules
from pipeline.pages.language import LANGUAGES
from pipeline.pages.material import Material
from pipeline.pages.page import File
from pipeline.record import Record
from tests.made import agency, different, put, record
from tests.offered import material
from tests.site import Site, look

MADE = [agency(agency_id=f"14102{n}-wsj", name=f"示例县第{n}卫生局") for n in range(7)]


def wrong(n: int, year: int, rows: int = 1) -> Record:
    """A report with so many rows that do not add up, and nothing else the matter with section 三."""
    made = record(year=year, agency_id=f"14102{n}-wsj", agency_name=f"示例县第{n}卫生局")
    for key, _ in [*made.rows("requests")][:rows]:
        put(made, **{f"requests__{key.key}__other": 1 + n})
    return made


@cache
def many() -> Material:
    """More findings than a page holds, of seven organs and three years."""
    reports = [wrong(n, year, rows=n + 7 * (year - 2021)) for n in range(7) for year in (2023, 2021, 2022)]
    return material(sorted(reports, key=lambda one: one.report_id), MADE)


def pages(made: Material, id: str) -> list[rules.RulePage]:
    return [one for one in _written(made) if isinstance(one, rules.RulePage) and one.rule.id == id]


def catalogue(made: Material) -> rules.RulesPage:
    (found,) = (one for one in next(rules.tasks(made))() if isinstance(one, rules.RulesPage))
    return found


def files(made: Material) -> dict[str, list[dict[str, str]]]:
    return {one.address: list(csv.DictReader(io.StringIO(one.text))) for one in _written(made) if isinstance(one, File)}


def _written(made: Material) -> list[object]:
    """All that the tasks make of a material, once."""
    if id(made) not in _WRITTEN:
        _WRITTEN[id(made)] = (made, [one for task in rules.tasks(made) for one in task()])
    return _WRITTEN[id(made)][1]


_WRITTEN: dict[int, tuple[Material, list[object]]] = {}
"""With the material itself, so that no other comes to bear its id."""


# the catalogue -------------------------------------------------------------------------------------------------------


def test_the_rules_page_has_every_rule_with_its_counts() -> None:
    """Each rule that runs stands there once, and what it was applied to is what held, failed or could not be judged."""
    made = put(record(), requests__carried_out__total=2)
    page = catalogue(material([made]))
    shown = {one.rule.id: one.counts for _, part in page.groups for one in part}
    assert list(shown) == list(RULES)
    r03 = shown["R03"]
    assert r03 is not None
    assert (r03.applied, r03.fails) == (sum(1 for _ in made.rows("requests")), 1)
    assert all((counts is None) == (RULES[id].judge is None) for id, counts in shown.items())


def test_the_quality_of_a_year_is_that_of_its_reports() -> None:
    """The share of the reports without a finding, and all findings and notes of a year, by year and by form."""
    sound = [record(year=2021), record("2019", 2020)]
    made = material([*sound, wrong(1, 2021, rows=2), wrong(2, 2022, rows=3)], [agency(), *MADE])
    page = catalogue(made)
    assert [(one.key, one.reports, one.clean, one.share) for one in page.years] == [
        ("2020", 1, 1, Decimal(1)), ("2021", 2, 1, Decimal("0.5")), ("2022", 1, 0, Decimal(0)),
    ]  # fmt: skip
    assert [(one.key, one.reports, one.clean) for one in page.forms] == [("2019", 1, 1), ("2021", 3, 1)]
    findings = Counter(one.severity for found in made.checked.findings.values() for one in found)
    for parts in (page.years, page.forms):
        assert sum(one.findings for one in parts) == findings["finding"] > 0
        assert sum(one.notes for one in parts) == findings["note"] > 0


def test_a_year_without_a_report_is_a_gap() -> None:
    """Between two years that are held, the one that is not is neither 0 nor left out."""
    made = material([record(year=2021), record(year=2023)])
    assert [(point.year, point.held) for point in catalogue(made).clean.points] == [
        (2021, True), (2022, False), (2023, True),
    ]  # fmt: skip


def test_the_most_common_rules_are_findings_by_their_reports() -> None:
    """A rule with more reports comes first, however many findings another has; notes are not among them."""
    one_row = [wrong(n, 2021) for n in range(3)]
    balance = put(record(year=2022, agency_id="141023-wsj"), requests__granted__natural=9)
    found = catalogue(material([*one_row, balance], MADE)).common
    assert found[0].rule.id == "R03"
    assert {one.rule.severity for one in found} == {"finding"}
    assert [one.reports for one in found] == sorted((one.reports for one in found), reverse=True)


def test_without_a_report_nothing_is_counted() -> None:
    """The catalogue of an empty dataset has every rule and no year."""
    page = catalogue(material([]))
    assert (page.reports, page.years, page.forms, page.common) == (0, (), (), ())
    assert sum(len(part) for _, part in page.groups) == len(RULES)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
def test_every_rule_has_a_sentence_for_its_reader(language: object) -> None:
    """What to make of a finding is said of each rule; a source is named only of rules that there are."""
    environment = Environment(loader=FileSystemLoader(ROOT / "theme" / "templates"), autoescape=True)
    environment.globals.update(language.globals())  # type: ignore[attr-defined]
    words = environment.get_template("_rules.html").module
    assert set(words.MEANINGS) == set(RULES)  # type: ignore[attr-defined]
    assert set(words.SOURCES) <= set(RULES)  # type: ignore[attr-defined]
    assert {rule[0] for rule in RULES} == set(words.GROUPS)  # type: ignore[attr-defined]


# one rule ------------------------------------------------------------------------------------------------------------


def test_every_finding_stands_once_by_place_and_year() -> None:
    """All findings of a rule, a hundred a page, by the organ's id and the year, never by how many an organ has."""
    found = pages(many(), "R03")
    hits = [hit for page in found for hit in page.hits]
    expected = [one for each in many().checked.findings.values() for one in each if one.rule == "R03"]
    assert len(expected) > rules.PER_PAGE
    assert sorted(map(id, expected)) == sorted(id(hit.shown.finding) for hit in hits)
    places = [(hit.agency.agency_id, hit.record.year) for hit in hits]
    assert places == sorted(places)
    assert [len(page.hits) for page in found[:-1]] == [rules.PER_PAGE] * (len(found) - 1)
    assert [page.path for page in found[:2]] == ["rules/R03/index.html", "rules/R03/list/2/index.html"]


def test_a_hit_bears_the_number_of_its_reports_page() -> None:
    """What a hit links to is the finding's own box on the page of the report."""
    for hit in pages(many(), "R03")[0].hits[::9]:
        page = report.report_page(many(), hit.record)
        (box,) = (one for one in (*page.findings, *page.notes) if one.finding is hit.shown.finding)
        assert box.number == hit.shown.number


def test_the_years_of_a_rule_add_up_to_its_counts() -> None:
    """What was applied, held, failed and could not be judged by year is all of it; reports concerned are counted once."""
    made = many()
    for id, rule in RULES.items():
        first = pages(made, id)[0]
        if rule.judge is None:
            assert first.shown.counts is None
            continue
        assert first.shown.counts is not None
        for name in ("holds", "fails", "cannot_judge"):
            assert sum(getattr(one.counts, name) for one in first.years) == getattr(first.shown.counts, name)
        assert sum(one.concerned for one in first.years) == first.shown.reports
        assert sum(one.reports for one in first.years) == len(made.dataset.records)


def test_examples_are_of_different_organs() -> None:
    """Five at most, no organ twice, taken from the whole list."""
    examples = pages(many(), "R03")[0].examples
    named = [hit.agency.agency_id for hit in examples]
    assert len(named) == len(set(named)) == rules.EXAMPLES
    assert named == sorted(named)
    assert [len(page.examples) for page in pages(many(), "R03")[1:]] == [0] * (len(pages(many(), "R03")) - 1)
    assert rules.examples([]) == []


def test_the_file_of_a_rule_holds_all_its_findings() -> None:
    """Each finding with its organ, year, field and both sides; a rule that is judged at conversion has no file."""
    found = files(many())
    rows = found["rules/R03/findings.csv"]
    hits = [hit.shown.finding for page in pages(many(), "R03") for hit in page.hits]
    assert [(one["report_id"], one["field"], one["printed"], one["expected"]) for one in rows] == [
        (one.report_id, one.field, str(one.printed), str(one.expected)) for one in hits
    ]
    assert {one["rule"] for one in rows} == {"R03"}
    for id, rule in RULES.items():
        assert (f"rules/{id}/findings.csv" in found) == (rule.judge is not None)
    assert [one["rule"] for one in found["rules/rules.csv"]] == list(RULES)
    assert sum(int(one["reports"]) for one in found["rules/quality.csv"]) == len(many().dataset.records)


def test_a_rule_without_findings_has_one_page() -> None:
    """It says that there is none, and has no example."""
    made = material([record()])
    (page,) = pages(made, "R03")
    assert (page.total, page.numbers, page.hits, page.examples) == (0, 1, (), ())


def test_neighbours_lead_through_all_rules() -> None:
    """Each rule leads to the one before and the one after it, the first and the last to one only."""
    made = material([record(fill=different())])
    ids = list(RULES)
    for place, id in enumerate(ids):
        page = pages(made, id)[0]
        assert page.before == (RULES[ids[place - 1]] if place else None)
        assert page.after == (RULES[ids[place + 1]] if place + 1 < len(ids) else None)


# the pages as built --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["", "en/"])
def test_a_finding_in_the_list_leads_to_its_box(site: Site, language: str) -> None:
    """Each link of the list leads to a page of the site on which that box stands with the rule's id."""
    page = site.page(f"{language}rules/R03/index.html")
    links = look(page).tree.xpath("//table[contains(@class, 'hits')]//th/a/@href")
    assert links
    for link in links[::7]:
        address, _, anchor = str(link).partition("#")
        box = look(site.target(page, address)).tree.xpath(f"//*[@id='{anchor}']")
        assert len(box) == 1
        assert "R03" in box[0].text_content()


def test_every_rule_is_reached_from_the_catalogue(site: Site) -> None:
    """The catalogue keeps an anchor for each rule, and leads to the page of each."""
    page = site.page("rules/index.html")
    looked = look(page)
    assert set(RULES) <= set(looked.ids)
    reached = {site.target(page, link.partition("#")[0]) for link in looked.links if not link.startswith("http")}
    for id in RULES:
        assert site.page(f"rules/{id}/index.html") in reached
        assert site.page(f"en/rules/{id}/index.html").is_file()


def test_no_page_of_rules_counts_findings_by_organ(site: Site) -> None:
    """Findings are neither added up nor sorted by organ: no page of rules has a figure beside an organ's name alone."""
    for id in RULES:
        for row in look(site.page(f"rules/{id}/index.html")).tree.xpath("//tr[th/a[contains(@href, '/agencies/')]]"):
            assert "年度报告" in row.xpath("string(th)")
