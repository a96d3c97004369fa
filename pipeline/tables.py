"""Records -> the rows of each published table. Nothing is read, written or judged here; the same in, the same out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from pipeline import regions
from pipeline.checks import Checked, Finding
from pipeline.forms import all_rows
from pipeline.indicators import INDICATORS, indicators
from pipeline.record import Agency, Record
from pipeline.shape import CORRECTION_KEYS, ERRED

__all__ = ["COLUMNS", "INDICATORS", "KEYS", "Table", "build", "figure_columns", "indicator_columns", "indicators"]

Row = dict[str, object]

PLACES = ("province", "prefecture", "county")


@dataclass(frozen=True, slots=True)
class Table:
    """One published table: every row has every column, in order; None is an empty cell."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Row]


class Figures(Sequence[Row]):
    """The rows of `figures`, made each time they are walked: kept, they would need more memory than all else together."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = sorted(records, key=lambda record: record.report_id)

    def __len__(self) -> int:
        return sum(len(record.figures()) for record in self._records)

    def __iter__(self) -> Iterator[Row]:
        for record in self._records:
            yield from sorted(_figures(record), key=lambda row: str(row["field"]))

    def __getitem__(self, place: Any) -> Any:
        return next(islice(self, place, None)) if isinstance(place, int) else list(self)[place]


def figure_columns() -> dict[str, str]:
    """The column of `reports.csv` for each field of either form: `<section>_<row>_<column>`."""
    return {field: field.replace(".", "_") for row in all_rows() for field in row.fields}


def indicator_columns() -> tuple[str, ...]:
    """The columns of the indicators, each with numerator and denominator."""
    return tuple(name + end for name in INDICATORS for end in ("", "_numerator", "_denominator"))


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "agencies": (
        *("agency_id", "name", "region_code", *PLACES),
        *("level", "sector", "first_year", "last_year", "reports"),
    ),
    "reports": (
        *("report_id", "agency_id", "agency_name", "region_code", *PLACES, "level", "sector"),
        *("year", "form", "scope", "published", "source_url", "source_sha256", "findings", "corrections"),
        *indicator_columns(),
        *figure_columns().values(),
    ),
    "figures": ("report_id", "field", "section", "row", "column", "value", "as_written", "corrected"),
    "findings": (
        *("report_id", "rule", "severity", "field", "printed", "expected", "difference"),
        *("fields", "message", "message_en"),
    ),
    "corrections": ("report_id", "n", *CORRECTION_KEYS),
    "coverage": ("agency_id", "agency_name", "year", "status", "url"),
}
"""The columns of each table, in the order in which they are published."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "agencies": ("agency_id",),
    "reports": ("report_id",),
    "figures": ("report_id", "field"),
    "findings": ("report_id", "rule", "field"),
    "corrections": ("report_id", "n"),
    "coverage": ("agency_id", "agency_name", "year", "url"),
}
"""What tells the rows of each table apart, and their order. Organs not yet told and years without an address leave
cells of coverage's key empty; two organs may bear one name, and one organ's year may be known at two addresses."""


def build(
    records: Sequence[Record], agencies: Mapping[str, Agency], known: Sequence[Mapping[str, str]], checked: Checked
) -> dict[str, Table]:
    """Every table from sound records. Raises KeyError for a record whose organ is not given."""
    rows = {
        "agencies": _agencies(records, agencies),
        "reports": (_report(record, agencies[record.agency_id], checked) for record in records),
        "findings": (row for record in records for row in finding_rows(record, checked)),
        "corrections": (row for record in records for row in correction_rows(record)),
        "coverage": _coverage(records, agencies, known),
    }
    made = {name: _table(name, found) for name, found in rows.items()}
    made["figures"] = Table("figures", COLUMNS["figures"], Figures(records))
    return {name: made[name] for name in COLUMNS}


def _table(name: str, rows: Iterator[Row]) -> Table:
    columns = COLUMNS[name]
    whole = [{column: row[column] for column in columns} for row in rows]
    return Table(name, columns, sorted(whole, key=_order(KEYS[name])))


def _order(keys: tuple[str, ...]) -> Callable[[Row], list[tuple[bool, object]]]:
    return lambda row: [(row[key] is not None, row[key]) for key in keys]


# one organ, one report -----------------------------------------------------------------------------------------------


def _place(agency: Agency) -> Row:
    return {key: name or None for key, name in regions.names(agency.region_code).items()}


def _agencies(records: Sequence[Record], agencies: Mapping[str, Agency]) -> Iterator[Row]:
    years = _years(records)
    for agency in agencies.values():
        yield agency_row(agency, years.get(agency.agency_id, []))


def agency_row(agency: Agency, held: Sequence[int]) -> Row:
    """The row of an organ in `agencies`, from the years that are held of it."""
    return {
        "agency_id": agency.agency_id,
        "name": agency.name,
        "region_code": agency.region_code,
        **_place(agency),
        "level": agency.level,
        "sector": agency.sector,
        "first_year": min(held, default=None),
        "last_year": max(held, default=None),
        "reports": len(held),
    }


def _years(records: Sequence[Record]) -> dict[str, list[int]]:
    years: dict[str, list[int]] = defaultdict(list)
    for record in records:
        years[record.agency_id].append(record.year)
    return years


def _report(record: Record, agency: Agency, checked: Checked) -> Row:
    columns = figure_columns()
    figures = {columns[name]: value for name, value in record.figures().items()}
    return report_facts(record, agency, checked) | dict.fromkeys(columns.values()) | figures


def report_facts(record: Record, agency: Agency, checked: Checked) -> Row:
    """The row of a report in `reports` as far as its figures: the facts about it, and its indicators."""
    severities = Counter(finding.severity for finding in checked.findings.get(record.report_id, []))
    return {
        "report_id": record.report_id,
        "agency_id": record.agency_id,
        "agency_name": record.agency_name,
        "region_code": agency.region_code,
        **_place(agency),
        "level": agency.level,
        "sector": agency.sector,
        "year": record.year,
        "form": record.form,
        "scope": record.scope,
        "published": record.published,
        "source_url": record.source.url,
        "source_sha256": record.source.sha256,
        "findings": severities["finding"],
        "corrections": len(record.corrections),
        **indicators(record),
    }


def _figures(record: Record) -> Iterator[Row]:
    changed = {entry["field"] for entry in record.corrections if entry["kind"] in ERRED}
    for name, value in record.figures().items():
        section, row, column = name.split(".")
        yield {
            "report_id": record.report_id,
            "field": name,
            "section": section,
            "row": row,
            "column": column,
            "value": value,
            "as_written": record.as_written.get(name),
            "corrected": name in changed,
        }


def finding_rows(record: Record, checked: Checked) -> Iterator[Row]:
    """The rows of a report in `findings`."""
    return map(finding_row, checked.findings.get(record.report_id, []))


def finding_row(finding: Finding) -> Row:
    """The row of a finding in `findings`."""
    told: Row = {name: getattr(finding, name) for name in COLUMNS["findings"]}
    return told | {"fields": " ".join(finding.fields) or None}


def correction_rows(record: Record) -> Iterator[Row]:
    """The rows of a report in `corrections`."""
    for n, entry in enumerate(record.corrections, start=1):
        yield {"report_id": record.report_id, "n": n, **{key: entry.get(key) for key in CORRECTION_KEYS}}


# coverage ------------------------------------------------------------------------------------------------------------


def _coverage(
    records: Sequence[Record], agencies: Mapping[str, Agency], known: Sequence[Mapping[str, str]]
) -> Iterator[Row]:
    """Held reports, those known to exist, and the years missing between an organ's first and last of these."""
    told = _told(known, agencies)
    urls = {(id, int(row["year"])): row["url"] for row, id in reversed(told) if id}
    held = {(record.agency_id, record.year): record.source.url for record in records}
    rows = [_year(agencies[id], year, "held", url or urls.get((id, year))) for (id, year), url in held.items()]
    rows += [_known(row, agencies.get(id or "")) for row, id in told if (id, int(row["year"])) not in held]
    rows += list(_missing(rows))
    # The same report listed twice is known once; what the list says last counts.
    yield from {tuple(row[key] for key in KEYS["coverage"]): row for row in rows}.values()


def _year(agency: Agency, year: int, status: str, url: str | None) -> Row:
    return {
        "agency_id": agency.agency_id,
        "agency_name": agency.name,
        "year": year,
        "status": status,
        "url": url or None,
    }


def _missing(rows: Sequence[Row]) -> Iterator[Row]:
    """The years of which nothing is known, of every organ that has an id: of a name alone it could be several organs."""
    organs: dict[object, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        if row["agency_id"]:
            organs[row["agency_id"]][int(str(row["year"]))] = row
    for years in organs.values():
        first = min(years)
        for year in range(first, max(years)):
            if year not in years:
                yield years[first] | {"year": year, "status": "missing", "url": None}


def _known(row: Mapping[str, str], agency: Agency | None) -> Row:
    """A report that the list names and that is not held, whatever the list may say of that."""
    return {
        "agency_id": agency.agency_id if agency else row["agency_id"] or None,
        "agency_name": agency.name if agency else row["agency_name"],
        "year": int(row["year"]),
        "status": "known" if row["status"] in ("held", "") else row["status"],
        "url": row["url"] or None,
    }


def _told(
    known: Sequence[Mapping[str, str]], agencies: Mapping[str, Agency]
) -> list[tuple[Mapping[str, str], str | None]]:
    """The list with whose report each is: as the list says, else the one held organ that bears exactly that name."""
    bearers: dict[str, set[str]] = defaultdict(set)
    for agency in agencies.values():
        for name in (agency.name, *agency.former_names):
            bearers[name] |= {agency.agency_id} if _tells_its_place(name, agency) else {agency.agency_id, ""}
    only = {name: min(ids) for name, ids in bearers.items() if len(ids) == 1}
    return [(row, row["agency_id"] or only.get(row["agency_name"])) for row in known]


def _tells_its_place(name: str, agency: Agency) -> bool:
    """Whether no organ elsewhere can bear the name: 城关镇人民政府 and 鼓楼区财政局 are many, and most are not held."""
    places = [told.region for told in regions.tell(name)]
    if not places:
        return agency.region_code == regions.NATIONAL
    return len(places) == 1 and places[0] in regions.chain(agency.region_code)
