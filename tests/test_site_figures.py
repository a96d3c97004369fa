"""The figures on the pages are those of the published tables: told again here from the CSV files alone, by other code."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.site import Site, look

Row = dict[str, str]
LANGUAGES = ("", "en/")


@cache
def table(root: Path, name: str) -> list[Row]:
    with (root / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def indicators(root: Path) -> list[str]:
    return [
        name.removesuffix("_numerator") for name in table(root, "data/reports.csv")[0] if name.endswith("_numerator")
    ]


def rows_below(root: Path, page: str, caption: str) -> list[list[str]]:
    """The cells of a table, each as its text."""
    trs = look(root / page).tree.xpath(f"//table[caption[@id='{caption}']]/tbody/tr[td]")
    return [["".join(cell.itertext()).strip() for cell in tr] for tr in trs]


# how figures are written ---------------------------------------------------------------------------------------------


def half_even(number: Fraction) -> int:
    return round(number)  # of a fraction, exact and half to even


def count(text: str) -> str:
    return f"{int(text):,}" if text and abs(int(text)) >= 10_000 else text or "—"


def percent(rate: Fraction) -> str:
    tenths = half_even(rate * 1000)
    return f"{'-' * (tenths < 0)}{abs(tenths) // 10}.{abs(tenths) % 10}%"


def shown(text: str) -> str:
    """A rate in a column of rates."""
    return "—" if not text else {0: "0%", 1: "100%"}.get(Fraction(text), percent(Fraction(text)))  # type: ignore[call-overload]


def drawn(text: str) -> str:
    """A rate on the page of an organ, where one next to 0 is not written as 0."""
    return "<0.1%" if text and 0 < Fraction(text) <= Fraction(1, 2000) else shown(text)


def quartiles(values: Sequence[Fraction]) -> list[Fraction] | None:
    """As a spreadsheet's QUARTILE.INC has them; None of fewer than five."""
    ordered = sorted(values)
    if len(ordered) < 5:
        return None
    places = [Fraction((len(ordered) - 1) * quarter, 4) for quarter in (1, 2, 3)]
    pairs = [(ordered[int(at)], ordered[min(int(at) + 1, len(ordered) - 1)], at - int(at)) for at in places]
    return [low + (high - low) * rest for low, high, rest in pairs]


# reports and organs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", LANGUAGES)
def test_every_cell_of_a_report_is_the_figure_of_the_table(site: Site, folder: str) -> None:
    """No cell more, none less, blank where it is empty; what is printed otherwise stands beside it."""
    expected: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for row in table(site.root, "data/figures.csv"):
        expected[row["report_id"]][row["field"]] = (
            row["value"] or "—",
            row["as_written"] and f"［{row['as_written']}］",
        )
    for row in table(site.root, "data/reports.csv"):
        page = look(site.page(f"{folder}agencies/{row['agency_id']}/{row['year']}/index.html")).tree
        told = {
            str(cell.get("id")): (
                cell.xpath("string(a[1])").strip(),
                cell.xpath("string(small[@class='written'])"),
            )
            for cell in page.xpath("//table[contains(@class, 'form')]//td")
        }
        assert told == expected[row["report_id"]], row["report_id"]


@pytest.mark.parametrize("folder", LANGUAGES)
def test_the_years_of_an_organ_are_those_of_the_table(site: Site, folder: str) -> None:
    """Each count, each rate with its two numbers, and each change to the year before; a year not held has none."""
    names = [*totals(), *indicators(site.root)]
    for agency in table(site.root, "data/agencies.csv"):
        id = agency["agency_id"]
        held = {int(row["year"]): row for row in table(site.root, "data/reports.csv") if row["agency_id"] == id}
        page = f"{folder}agencies/{id}/index.html"
        head = look(site.page(page)).tree.xpath("//table[caption[@id='t-years']]/thead//th")[1:]
        found = rows_below(site.root, page, "t-years")
        assert len(found) == len(names)
        for name, (_, *cells) in zip(names, found, strict=True):
            told = [cell_of(held, int(year.text), name) for year in head]
            missing = "missing" if folder else "缺"
            assert cells == [missing if text is None else text for text in told], (id, name)


def totals() -> tuple[str, ...]:
    requests = ("new_received", "carried_in", "total_processed", "carried_out")
    disputes = ("administrative_review", "litigation_direct", "litigation_after_review")
    return (*(f"requests_{row}_total" for row in requests), *(f"disputes_{row}_total" for row in disputes))


def cell_of(held: dict[int, Row], year: int, name: str) -> str | None:
    if year not in held:
        return None
    row, before = held[year], held.get(year - 1, {}).get(name)
    rate = f"{name}_numerator" in row
    if not row[name]:
        return "—"
    change = Fraction(row[name]) - Fraction(before) if before else Fraction(0)
    size = percent(abs(change)).removesuffix("%") if rate else count(str(abs(change)))
    text = f"{drawn(row[name])}{row[f'{name}_numerator']}/{row[f'{name}_denominator']}" if rate else count(row[name])
    return text + (f"{'+' if change > 0 else '−'}{size}" if change else "")


# many reports at once ------------------------------------------------------------------------------------------------


def own(root: Path, year: str) -> list[Row]:
    return [row for row in table(root, "data/reports.csv") if row["year"] == year and row["scope"] != "jurisdiction"]


@pytest.mark.parametrize("folder", LANGUAGES)
def test_a_subject_is_told_from_organs_own_reports(site: Site, folder: str) -> None:
    """How many have a rate, how many nothing to take one of, how many a blank; quartiles, sums and their rate."""
    for name in indicators(site.root):
        for year, *cells in rows_below(site.root, f"{folder}subjects/{name}/index.html", "own"):
            reports = own(site.root, year)
            rated = [row for row in reports if row[name]]
            without = [row for row in reports if not row[name] and row[f"{name}_denominator"] == "0"]
            counts = [len(rated), len(without), len(reports) - len(rated) - len(without)]
            three = quartiles([Fraction(row[name]) for row in rated])
            sums = [str(sum(int(row[name + end]) for row in rated)) for end in ("_numerator", "_denominator")]
            pooled = Fraction(int(sums[0]), int(sums[1])) if int(sums[1]) else None
            told = [*map(count, map(str, counts)), *(shown(str(one)) for one in three or ("", "", ""))]
            told += [*(map(count, sums) if rated else "——"), "—" if pooled is None else shown(published(pooled))]
            assert cells == told, (name, year)


def published(rate: Fraction) -> str:
    return str(Fraction(half_even(rate * 10**6), 10**6))


@pytest.mark.parametrize("folder", LANGUAGES)
def test_a_year_is_summed_from_organs_own_reports(site: Site, folder: str) -> None:
    """Each total, over how many reports, and how many leave it blank."""
    for year in {row["year"] for row in table(site.root, "data/reports.csv")}:
        found = rows_below(site.root, f"{folder}years/{year}/index.html", "t-totals")
        for name, (_, *cells) in zip(totals(), found, strict=True):
            some = [int(row[name]) for row in own(site.root, year) if row[name]]
            blank = len(own(site.root, year)) - len(some)
            assert cells == [count(str(sum(some)) if some else ""), str(len(some)), str(blank)], (year, name)


@pytest.mark.parametrize("folder", LANGUAGES)
def test_a_rule_lists_every_finding_and_leads_to_its_words(site: Site, folder: str) -> None:
    """As many as the table of findings has, each on a link that ends at the same sentence on the report's page."""
    message = "message_en" if folder else "message"
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for rule, id, words in hits(site.root, folder):
        found[rule].append((id, words))
    expected: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in table(site.root, "data/findings.csv"):
        expected[row["rule"]].append((row["report_id"], row[message].replace("'", "’") if folder else row[message]))
    assert {rule: sorted(told) for rule, told in found.items()} == {
        rule: sorted(told) for rule, told in expected.items()
    }


def hits(root: Path, folder: str) -> Iterator[tuple[str, str, str]]:
    """Rule, report and sentence of every line of every rule; the link has to lead to that sentence."""
    for page in sorted((root / folder / "rules").rglob("index.html")):
        for line in look(page).tree.xpath("//table[caption[@id='findings']]/tbody/tr"):
            address, words = line.xpath("string(th/a/@href)"), tidy(line[-1])
            agency, year, anchor = re.findall(r"agencies/([^/]+)/(\d+)/.*#(\w+)$", address)[0]
            (box,) = look(root / f"{folder}agencies/{agency}/{year}/index.html").tree.xpath(f"//*[@id='{anchor}']")
            assert words in tidy(box), address
            yield page.relative_to(root / folder / "rules").parts[0], f"{agency}-{year}", words


def tidy(node: Any) -> str:
    return " ".join("".join(node.itertext()).split())
