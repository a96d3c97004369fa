"""Made-up reports of many organs: any number of them, in all provinces, levels and sectors, the same on every machine.

Places and sectors are real, so that the site is tried with real words; every figure is made up. Most organs receive
next to nothing, a few receive thousands, as in life; most reports add up, some do not, some leave cells empty.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path

from pipeline.forms import forms
from pipeline.identity import letters
from pipeline.record import Agency, Record, agency_folder, agency_to_yaml, record_path, record_to_yaml
from pipeline.regions import Region, regions
from pipeline.shape import sectors
from tests.made import record

LAST = 2024
"""The newest year that the reports are on."""
PER_PLACE = 4
"""How many organs one place has."""
_HEAD = "agency_name,agency_id,year,url,published,status\n"
_ENDS = {"national": "总局", "province": "厅"}
_TOWNS = ("城关镇", "河东镇", "新民乡", "柳林镇")


def write_crowd(data: Path, organs: int, years: int = 3) -> int:
    """Writes the records of so many organs below `data/agencies` and what is known beside them; how many records."""
    written, known = 0, [_HEAD]
    for agency in agencies(organs):
        folder = agency_folder(data / "agencies", agency.agency_id)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "agency.yaml").write_text(agency_to_yaml(agency), encoding="utf-8", newline="\n")
        held = {made.year: made for made in records_of(agency, years)}
        for made in held.values():
            record_path(data / "agencies", made).write_text(record_to_yaml(made), encoding="utf-8", newline="\n")
        written += len(held)
        id = agency.agency_id if held else ""  # an id in the list is that of an organ that is held
        known += [_known(agency, id, year) for year in _span(years) if year not in held]
    (data / "known_reports.csv").write_text("".join(known), encoding="utf-8", newline="\n")
    return written


def _known(agency: Agency, id: str, year: int) -> str:
    return f"{agency.name},{id},{year},https://example.org/{agency.agency_id}/{year},,known\n"


def _span(years: int) -> range:
    return range(LAST - years + 1, LAST + 1)


# organs --------------------------------------------------------------------------------------------------------------


def agencies(organs: int) -> Iterator[Agency]:
    """So many organs: of the state and of every province first, then of the places in each, in turn."""
    names, places = list(sectors()), _places()
    used = places[: max(40, -(-organs // PER_PLACE))]
    for n in range(organs):
        turn, place = divmod(n, len(used))
        yield _agency(used[place], names[(7 * place + turn) % len(names)], n)


@cache
def _places() -> Sequence[Region]:
    """Every place of today, one of each province at a time."""
    found: dict[str, list[Region]] = defaultdict(list)
    for region in regions():
        if region.is_current:
            found[region.code[:2]].append(region)
    return [region for turn in zip_longest(*found.values()) for region in turn if region]


def _agency(place: Region, sector: str, n: int) -> Agency:
    name, level = _name(place, sector, n), "township" if sector == "township" else place.level
    former = [name.replace(_label(sector), f"{_label(sector)}和档案")] if n % 10 == 3 else []
    return Agency(f"{place.code}-{letters(name)}{n}", name, place.code, level, sector, former)


def _label(sector: str) -> str:
    return str(sectors()[sector]["label"])


def _name(place: Region, sector: str, n: int) -> str:
    front = "国家" if place.level == "national" else place.name
    if sector == "township":
        return f"{front}{_TOWNS[n % len(_TOWNS)]}人民政府"
    if sector == "government":
        return f"{front}人民政府"
    return f"{front}{_label(sector)}{_ENDS.get(place.level, '局')}"


# reports -------------------------------------------------------------------------------------------------------------


def records_of(agency: Agency, years: int = 3) -> Iterator[Record]:
    """The reports of an organ; one in fifteen years is not held."""
    chance = random.Random(agency.agency_id)
    size = 0 if chance.random() < 0.3 else int(chance.lognormvariate(2, 1.6))
    carried = dict.fromkeys(_columns(), 0)
    for year in _span(years):
        made, carried = _report(agency, year, size, carried, chance)
        if chance.random() > 1 / 15:
            yield made


@cache
def _columns() -> tuple[str, ...]:
    """The kinds of applicants, without their total."""
    return tuple(column.key for column in forms()["2021"].rows["requests"][0].columns[:-1])


def _report(
    agency: Agency, year: int, size: int, carried: dict[str, int], chance: random.Random
) -> tuple[Record, dict[str, int]]:
    """A report whose figures add up, before some of them are spoilt, and what is carried into the next year."""
    made = record(
        "2021" if year >= 2021 else "2019", year, lambda column: 0,
        agency_id=agency.agency_id, agency_name=agency.name, published=f"{year + 1}-01-{chance.randint(5, 28):02}",
        scope="jurisdiction" if agency.is_government else "own",
    )  # fmt: skip
    left = {
        column: _fill_column(made, place, _received(size, place, chance), carried[column], chance)
        for place, column in enumerate(_columns())
    }
    for row in made.tables["requests"].values():
        row[-1] = sum(int(value or 0) for value in row[:-1])
    _fill_others(made, size, chance)
    _spoil(made, chance)
    return made, left


def _received(size: int, place: int, chance: random.Random) -> int:
    """How many requests come from one kind of applicants: mostly natural persons, some companies."""
    share = (1, 0.15, 0.01, 0.02, 0.05, 0.03)[place]
    return int(size * share * chance.uniform(0.6, 1.5))


def _fill_column(made: Record, place: int, new: int, had: int, chance: random.Random) -> int:
    """Puts one column of section 三 in: what came, what became of it, and what stays for the next year."""
    rows = made.tables["requests"]
    left = int((new + had) * chance.uniform(0, 0.15))
    rows["new_received"][place], rows["carried_in"][place], rows["carried_out"][place] = new, had, left
    rest = rows["total_processed"][place] = new + had - left
    outcomes = [key for key in made.law.outcomes() if key in rows]
    while rest:
        part = max(1, int(rest * chance.uniform(0.2, 0.7)))
        key = "granted" if chance.random() < 0.4 else chance.choice(outcomes)
        rows[key][place] = int(rows[key][place] or 0) + part
        rest -= part
    return left


def _fill_others(made: Record, size: int, chance: random.Random) -> None:
    """Sections 二 and 四."""
    for row in made.tables["disputes"].values():
        row[:-1] = [int(size / 40 * chance.random()) for _ in row[:-1]]
        row[-1] = sum(int(value or 0) for value in row[:-1])
    for key in ("licensing", "penalty"):
        if key in made.tables["proactive"]:
            made.tables["proactive"][key][-1] = int((size + 3) * 9 * chance.uniform(0.7, 1.3))


def _spoil(made: Record, chance: random.Random) -> None:
    """One report in twelve has a sum that does not hold, one in ten an empty cell, one in thirty a correction."""
    total = made.tables["requests"]["new_received"]
    if chance.random() < 1 / 12:
        total[-1] = int(total[-1] or 0) + chance.randint(1, 9)
    if chance.random() < 1 / 10:
        made.set_figure("disputes.litigation_direct.pending", None)
    if chance.random() < 1 / 30:
        made.corrections.append(_correction(int(total[0] or 0)))


def _correction(now: int) -> dict[str, object]:
    words = {"evidence": f"本年新收\t{now}", "reason": "表格中的数字被拆成两格", "by": "github:someone"}
    return {
        "field": "requests.new_received.natural", "kind": "misread", "was": now + 10, "now": now, **words,
        "date": "2026-03-02",
    }  # fmt: skip
