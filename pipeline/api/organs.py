"""Answers about organs and their reports."""

from collections.abc import Mapping, Sequence

from pipeline.api.answers import Answer, Row, one
from pipeline.checks import Checked
from pipeline.indicators import HEADLINES, count_of
from pipeline.record import Agency, Record
from pipeline.tables import agency_row, finding_rows, indicator_columns, report_facts


def agency_path(agency_id: str) -> str:
    return f"agencies/{agency_id}.json"


def report_path(agency_id: str, year: int) -> str:
    return f"reports/{agency_id}/{year}.json"


def listed_agency(agency: Agency, held: Sequence[int]) -> Row:
    """An organ in a list: its row of `agencies`, and where more of it stands."""
    return {**agency_row(agency, held), "path": agency_path(agency.agency_id)}


def listed_report(record: Record, agency: Agency, checked: Checked) -> Row:
    """A report in a list: its row of `reports` with no more figures than the headlines."""
    shown = {name.replace(".", "_"): count_of(record, name) for name in HEADLINES}
    path = report_path(record.agency_id, record.year)
    return {**report_facts(record, agency, checked), **shown, "path": path}


def agency_answer(agency: Agency, listed: Sequence[Row], coverage: Sequence[Mapping[str, str]]) -> Answer:
    """An organ with its reports as lists show them, the oldest first, and its rows of `coverage`."""
    data = {
        "agency": {
            **agency_row(agency, [int(str(row["year"])) for row in listed]),
            "former_names": agency.former_names,
            "successor": agency.successor,
            "note": agency.note,
        },
        "reports": list(listed),
        "coverage": [coverage_row(row) for row in coverage],
    }
    return one(agency_path(agency.agency_id), data)


def report_answer(record: Record, listed: Row, checked: Checked) -> Answer:
    """A whole report: its record, its indicators, which the row of it in lists has, and its findings."""
    data = {
        "record": record.to_plain(),
        "indicators": {name: listed[name] for name in indicator_columns()},
        "findings": list(finding_rows(record, checked)),
    }
    return one(report_path(record.agency_id, record.year), data)


def coverage_row(row: Mapping[str, str]) -> Row:
    """A row of `coverage` as its CSV has it, with its types again: an empty cell is null."""
    return {key: int(text) if key == "year" else text or None for key, text in row.items()}
