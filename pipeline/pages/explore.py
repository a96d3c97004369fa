"""The page that filters and sorts all reports, and the files that it reads: parts by year and place, and an index.

A part is `{"places": {code: [province, prefecture, county, codes around]}, "rows": [...]}`; a row is compact, its cells
in the order of `columns` in the index. Rates are not in it: the page divides, exactly, and rounds as the package does.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any, ClassVar

from pipeline import pinyin, regions
from pipeline.forms import forms
from pipeline.indicators import RATES, rate
from pipeline.pages.addresses import file_of
from pipeline.pages.material import Download, Material
from pipeline.pages.page import File, Page, Task
from pipeline.pages.totals import FIGURES, PARTS, figures_of
from pipeline.record import Agency, Record, Value
from pipeline.shape import LEVELS, SCOPES, sectors

EXPLORE = "explore/"
INDEX = f"{EXPLORE}index.json"
PER_PART = 4000
"""How many reports a part holds: it stays below a megabyte."""
FIRST = 50
"""How many reports the page shows without a script."""
ASK_FROM = 2 * 1024 * 1024
"""From how many bytes on the page asks before it reads them."""
FACTS = (
    *("agency_id", "year", "agency_name", "region_code", "level", "sector", "form", "scope", "published"),
    *("findings", "corrections"),
)
"""What a row of a part begins with; the figures follow."""
WIDE = ("province", "prefecture")
"""The places that reports can be narrowed to."""
SAFE = 2**53 - 1
"""The greatest count that a browser reads exactly; a greater one goes as text."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A report in the part of the table that needs no script."""

    record: Record
    agency: Agency
    places: tuple[regions.Region, ...]
    received: Value
    processed: Value
    disclosed: tuple[Decimal | None, Value, Value]
    findings: int


@dataclass(frozen=True, slots=True)
class ExplorePage:
    """The filters and the latest reports."""

    template: ClassVar[str] = "explore"
    path: str
    reports: int
    years: Sequence[int]
    forms: tuple[str, ...]
    sectors: Mapping[str, Mapping[str, Any]]
    provinces: tuple[regions.Region, ...]
    latest: tuple[Shown, ...]
    downloads: tuple[Download, ...]
    ask_from: int = ASK_FROM


def tasks(made: Material) -> Iterator[Task]:
    """The page, and its files: those are one task, because the index says how long each of the others is."""
    yield partial(_files, made)
    yield partial(_page, made)


# the page ------------------------------------------------------------------------------------------------------------


def _page(made: Material) -> Iterator[Page]:
    used = {row.agency.sector for row in made.rows}
    yield ExplorePage(
        path=file_of(EXPLORE),
        reports=len(made.dataset.records),
        years=made.years,
        forms=tuple(forms()),
        sectors={key: words for key, words in sectors().items() if key in used},
        provinces=_provinces(made),
        latest=tuple(_shown(made, record) for record in _latest(made.dataset.records)),
        downloads=made.downloads("data/reports.csv", "data/reports.json"),
    )


def _provinces(made: Material) -> tuple[regions.Region, ...]:
    found = {place.code: place for row in made.rows for place in row.places if place.level == "province"}
    return tuple(found.values())


def _latest(records: Iterable[Record]) -> Sequence[Record]:
    """The reports published last, as the table stands when it is sorted by that; those without a date come last."""
    return sorted(records, key=lambda one: (one.published or "", one.year, one.agency_id), reverse=True)[:FIRST]


def _shown(made: Material, record: Record) -> Shown:
    figures, agency = figures_of(record), made.dataset.agency_of(record)
    over, under = (figures[name] for name in PARTS["disclosure_rate"])
    return Shown(
        record=record,
        agency=agency,
        places=regions.chain(agency.region_code),
        received=figures["requests_new_received_total"],
        processed=figures["requests_total_processed_total"],
        disclosed=(rate(over, under), over, under),
        findings=made.count_findings(record),
    )


# the files -----------------------------------------------------------------------------------------------------------


def _files(made: Material) -> Iterator[File]:
    """The parts, one at a time, and then the index."""
    listed = []
    for address, year, records in _parts(made):
        text = _part_text(made, records)
        around, size = _around(made, records), len(text.encode())
        listed.append({"file": address, "year": year, "places": around, "rows": len(records), "bytes": size})
        yield File(EXPLORE + address, text)
    yield File(INDEX, json.dumps(_index(made, listed), ensure_ascii=False, separators=(",", ":")) + "\n")


def _parts(made: Material) -> Iterator[tuple[str, int, Sequence[Record]]]:
    """The reports of each year, the newest first, in the order of places, in parts of which each has a name."""
    ordered = sorted(made.dataset.records, key=lambda one: (-one.year, _region(made, one), one.agency_id))
    for year, found in groupby(ordered, key=lambda one: one.year):
        records = list(found)
        for start in range(0, len(records), PER_PART):
            yield f"{year}-{start // PER_PART + 1}.json", year, records[start : start + PER_PART]


def _around(made: Material, records: Sequence[Record]) -> list[str]:
    """The provinces and prefectures that some reports come from."""
    codes = {_region(made, record) for record in records}
    return sorted({place.code for code in codes for place in regions.chain(code) if place.level in WIDE})


def _region(made: Material, record: Record) -> str:
    return made.dataset.agency_of(record).region_code


def _part_text(made: Material, records: Sequence[Record]) -> str:
    """A part, a report a line."""
    codes = sorted({_region(made, record) for record in records})
    places = json.dumps({code: _place(code) for code in codes}, ensure_ascii=False, separators=(",", ":"))
    lines = ",\n".join(json.dumps(_row(made, one), ensure_ascii=False, separators=(",", ":")) for one in records)
    return f'{{"places":{places},\n"rows":[\n{lines}\n]}}\n'


def _place(code: str) -> list[object]:
    return [*regions.names(code).values(), [place.code for place in regions.chain(code)]]


def _row(made: Material, record: Record) -> list[object]:
    agency = made.dataset.agency_of(record)
    facts = {
        "agency_id": record.agency_id,
        "year": record.year,
        "agency_name": record.agency_name,
        "region_code": agency.region_code,
        "level": agency.level,
        "sector": agency.sector,
        "form": record.form,
        "scope": record.scope,
        "published": record.published,
        "findings": made.count_findings(record),
        "corrections": len(record.corrections),
    }
    return [*(facts[name] for name in FACTS), *map(_count, figures_of(record).values())]


def _count(value: Value) -> int | str | None:
    if value is None:
        return None
    number = int(value)
    return number if abs(number) <= SAFE else str(number)


def _index(made: Material, parts: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """What the parts are, what their cells mean, and which places have reports."""
    return {
        "reports": len(made.dataset.records),
        "bytes": sum(int(str(part["bytes"])) for part in parts),
        "columns": [*FACTS, *FIGURES],
        "figures": {name: _words(made, name) for name in FIGURES},
        "rates": {name: [RATES[name].label, RATES[name].label_en, *parts] for name, parts in PARTS.items()},
        "scopes": SCOPES,
        "levels": LEVELS,
        "places": _places(made),
        "parts": parts,
    }


def _words(made: Material, name: str) -> list[str]:
    return [*_NAMED[name]] if name in _NAMED else [made.titles[name]["title"], made.titles[name]["title_en"]]


_NAMED: Mapping[str, tuple[str, str]] = {
    "requests_new_received_total": ("新收申请", "Received"),
    "requests_new_received_natural": ("新收：自然人", "Received from natural persons"),
    "requests_carried_in_total": ("上年结转", "Carried in"),
    "requests_total_processed_total": ("办结", "Processed"),
    "requests_carried_out_total": ("结转下年", "Carried out"),
    "requests_granted_total": ("予以公开", "Granted in full"),
    "requests_partly_granted_total": ("部分公开", "Granted in part"),
    "disclosure_rate_numerator": ("全部或部分公开", "Granted in full or in part"),
    "refusal_rate_numerator": ("不予公开", "Refused"),
    "unable_rate_numerator": ("无法提供", "Unable to provide"),
    "rejection_rate_numerator": ("不予处理", "Not handled"),
    "other_rate_numerator": ("其他处理", "Other handling"),
    "clearance_rate_denominator": ("新收与上年结转", "Received and carried in"),
    "disputes_administrative_review_total": ("行政复议", "Administrative reviews"),
    "disputes_litigation_direct_total": ("直接起诉", "Suits, direct"),
    "disputes_litigation_after_review_total": ("复议后起诉", "Suits after review"),
    "review_corrected_rate_numerator": ("复议纠正", "Reviews: corrected"),
    "review_corrected_rate_denominator": ("复议审结", "Reviews: concluded"),
    "litigation_lost_rate_numerator": ("诉讼纠正", "Suits: corrected"),
    "litigation_lost_rate_denominator": ("诉讼审结", "Suits: concluded"),
}
"""Short words for the heads of a wide table."""


def _places(made: Material) -> list[list[str]]:
    """Provinces and prefectures that have a report: code, name, pinyin, the province that a prefecture is in."""
    found: dict[str, list[str]] = {}
    for row in made.rows:
        province = next((place.code for place in row.places if place.level == "province"), "")
        for place in row.places:
            if place.level in WIDE:
                around = "" if place.level == "province" else province
                found[place.code] = [place.code, place.name, pinyin.words(place.name), around]
    return [found[code] for code in sorted(found)]
