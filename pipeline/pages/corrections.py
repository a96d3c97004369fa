"""All corrections, the newest first: of every report, and of each kind."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from pipeline.api import answers
from pipeline.pages.addresses import correcting_address, corrections_address, file_of
from pipeline.pages.material import Download, Material
from pipeline.pages.page import Page, Task
from pipeline.pages.report import Change, changes_of
from pipeline.record import Record
from pipeline.shape import KINDS

PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction and the report that it was made to."""

    record: Record
    change: Change

    @property
    def kind(self) -> str:
        return str(self.change.entry["kind"])

    @property
    def day(self) -> str:
        return str(self.change.entry["date"])

    @property
    def address(self) -> str:
        """The row of the figure; where the report has no such figure any more, the page of its figures."""
        anchor = self.change.anchor or ("" if self.change.words else self.change.entry["field"])
        page = correcting_address(self.record.agency_id, self.record.year)
        return f"{page}#{anchor}" if anchor else page


@dataclass(frozen=True, slots=True)
class CorrectionsPage:
    """One part of the list of all corrections, or of those of one `kind`."""

    template: ClassVar[str] = "corrections"
    path: str
    kind: str
    number: int
    numbers: int
    counts: Mapping[str, int]
    rows: tuple[Corrected, ...]
    downloads: tuple[Download, ...]

    @property
    def total(self) -> int:
        return self.counts[self.kind] if self.kind else sum(self.counts.values())

    def to(self, number: int, kind: str | None = None) -> str:
        """The address of another part."""
        return corrections_address(number, self.kind if kind is None else kind)


def tasks(made: Material) -> Iterator[Task]:
    """The list of all, and one of each kind that there is, part by part."""
    for kind, rows in lists_of(made).items():
        for number in answers.numbers(len(rows), PER_PAGE):
            yield partial(_page, made, kind, number)


def _page(made: Material, kind: str, number: int) -> Iterator[Page]:
    yield corrections_page(made, kind, number)


def corrections_page(made: Material, kind: str = "", number: int = 1) -> CorrectionsPage:
    """One part of a list; `kind` is empty for the list of all."""
    lists = made.once(lists_of)
    rows = lists[kind]
    return CorrectionsPage(
        path=file_of(corrections_address(number, kind)),
        kind=kind,
        number=number,
        numbers=len(answers.numbers(len(rows), PER_PAGE)),
        counts={one: len(lists.get(one, ())) for one in KINDS},
        rows=tuple(answers.part(rows, number, PER_PAGE)),
        downloads=made.downloads("data/corrections.csv", "data/corrections.json"),
    )


def lists_of(made: Material) -> dict[str, Sequence[Corrected]]:
    """All corrections under the empty name, and those of each kind that there is, the newest first.

    Those of one day stand by report, the last made of a report first.
    """
    rows = [Corrected(record, one) for record in made.dataset.records for one in changes_of(record, made)]
    rows.sort(key=lambda one: one.change.number, reverse=True)
    rows.sort(key=lambda one: one.record.report_id)
    rows.sort(key=lambda one: one.day, reverse=True)
    counts = Counter(one.kind for one in rows)
    return {"": rows, **{kind: [one for one in rows if one.kind == kind] for kind in KINDS if counts[kind]}}
