"""Ids that are no longer used, for ever: `data/retired.csv`, so that an old address still says what became of it."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.record import Problem
from pipeline.shape import is_date
from pipeline.strict_csv import read_rows

_ID = re.compile(r"\d{6}-[a-z]+\d*(?:-\d{4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Retired:
    """An id of an organ or of a report that is not used any more; `successor` is the id in its place, or empty."""

    id: str
    reason: str
    successor: str
    date: str

    @property
    def address(self) -> str:
        """Where the page of the organ or of the report lay."""
        return address_of(self.id)


def address_of(id: str) -> str:
    """Where the page of an organ or of a report lies, by its id."""
    region, letters, *year = id.split("-")
    return "/".join(["agencies", f"{region}-{letters}", *year, ""])


def read_retired(path: Path, held: Collection[str]) -> tuple[list[Retired], list[Problem]]:
    """The rows of the list and what is wrong with them; `held` are the ids in use. None where there is no file."""
    return read_rows(path, Retired, lambda one: one.id, lambda one, found: _wrong(one, held, found))


def _wrong(one: Retired, held: Collection[str], found: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each field that is wrong, and what is wrong with it."""
    if not _ID.fullmatch(one.id):
        yield "id", f"“{one.id}” is no id of an organ or a report"
    elif one.id in held:
        yield "id", f"{one.id} is still in use"
    elif one.id in found:
        yield "id", f"{one.id} stands in the list twice"
    if not one.reason.strip():
        yield "reason", "it is not said why the id is retired"
    if one.successor and (one.successor == one.id or not _ID.fullmatch(one.successor)):
        yield "successor", f"“{one.successor}” is no id of another organ or report"
    if not is_date(one.date):
        yield "date", f"“{one.date}” is no day, YYYY-MM-DD"
