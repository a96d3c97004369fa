"""Reports that are known to exist: `data/known_reports.csv`, a row for each, and what may stand in it."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from pipeline.record import Problem
from pipeline.shape import AGENCY_ID, is_date
from pipeline.strict_csv import read_rows

STATUSES = ("known", "held", "refused", "gone")

_YEAR = re.compile(r"20\d\d", re.ASCII)
_WEB = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class KnownReport:
    """A report that is known to exist; all cells as the list has them."""

    agency_name: str
    agency_id: str
    year: str
    url: str
    published: str
    status: str

    @property
    def report(self) -> tuple[str, str, str, str]:
        """What names the report, in the list of refused ones too."""
        return self.agency_name, self.agency_id, self.year, self.url


COLUMNS = tuple(field.name for field in fields(KnownReport))


def read_known_reports(
    path: Path, is_held: Callable[[str], bool] = lambda id: True
) -> tuple[list[KnownReport], list[Problem]]:
    """The sound rows of the list and what is wrong with the others; none of either where the file is not there.

    `is_held` tells whether an organ with this id is held: no other may be named, and none has to be.
    """
    return read_rows(path, KnownReport, lambda row: row.report, lambda row, found: _wrong(row, found, is_held))


def _wrong(
    row: KnownReport, found: Collection[tuple[str, str, str, str]], is_held: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """Each field that is wrong, and what is wrong with it."""
    if not row.agency_name.strip():
        yield "agency_name", "the name of the organ is not there"
    if row.agency_id and not AGENCY_ID.fullmatch(row.agency_id):
        yield "agency_id", f"“{row.agency_id}” is no id of an organ"
    elif row.agency_id and not is_held(row.agency_id):
        yield "agency_id", f"no organ that is held has the id {row.agency_id}: leave it empty"
    if not _YEAR.fullmatch(row.year):
        yield "year", f"“{row.year}” is no year"
    if row.url and not _WEB.fullmatch(row.url):
        yield "url", f"“{row.url}” is no http or https address"
    if row.published and not is_date(row.published):
        yield "published", f"“{row.published}” is no day, YYYY-MM-DD"
    if row.status not in STATUSES:
        yield "status", f"“{row.status}” is none of {', '.join(STATUSES)}"
    elif row.status == "held" and not row.agency_id:
        yield "agency_id", "a report that is held has the id of its organ"
    if row.report in found:
        yield "", "the report stands in the list twice"
