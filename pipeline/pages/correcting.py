"""The page of a report where its figures are corrected: a row for each, with what it was read from and what it was."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar
from urllib.parse import quote_plus

from markupsafe import Markup

from pipeline import quoting
from pipeline.checks.rule import words_of_row
from pipeline.forms import TABLES, Label, RowOfForm
from pipeline.pages.addresses import Site, correcting_address, file_of, report_address, web_address
from pipeline.pages.material import Download, Material
from pipeline.pages.page import Task
from pipeline.pages.report import Change, Proposed, changes_of, proposed_of, tasks_of_reports, text_of
from pipeline.record import Agency, Loaded, Record
from pipeline.regions import Region, chain
from pipeline.shape import FACTS

FORM = "correction.yml"
"""The issue form, whose inputs take their values from the query of its address."""
EMPTY = "空"
ENOUGH = 16
"""Digits of the source's SHA-256 that tell it from any other: all of them in every row would be a tenth of the page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure or a fact: as shown, as printed where that differs, and what was ever changed of it.

    `kept` is the line that it was read from where the others of its group have another one.
    """

    field: str
    words: Label | None
    text: str | None
    written: str | None
    kept: str | None
    changes: tuple[Change, ...]
    issue: Markup | None

    @property
    def is_plain(self) -> bool:
        """Whether it is a figure and nothing else, as nearly all are."""
        return self.words is not None and self.text is not None and not self.written


@dataclass(frozen=True, slots=True)
class Group:
    """What stands in one line of the record: a row of the form, or a fact, which has no `words`."""

    words: Label | None
    kept: str | None
    line: int
    edit: str | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the report; `title` is None for the facts."""

    key: str
    title: Label | None
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class CorrectingPage:
    """The page on which the figures of a report are corrected. Search engines are asked to leave it alone."""

    template: ClassVar[str] = "correcting"
    unlisted: ClassVar[bool] = True
    path: str
    record: Record
    agency: Agency
    places: tuple[Region, ...]
    parts: tuple[Part, ...]
    gone: tuple[Change, ...]
    proposed: tuple[Proposed, ...]
    history: str | None
    workbook: Download
    downloads: tuple[Download, ...]

    @property
    def source_address(self) -> str | None:
        return web_address(self.record.source.url)

    @property
    def has_kept(self) -> bool:
        """Whether the cells are there that the report was read from."""
        return any(group.kept or row.kept for part in self.parts for group in part.groups for row in group.rows)


def tasks(made: Material) -> Iterator[Task]:
    """The pages of corrections of all reports."""
    return tasks_of_reports(made, correcting_page)


def correcting_page(made: Material, record: Record) -> CorrectingPage:
    """The page of a report's figures. Raises FileNotFoundError where a file that it offers is not there."""
    address, agency = report_address(record.agency_id, record.year), made.dataset.agencies[record.agency_id]
    loaded = made.loaded_of(record)
    changes = changes_of(record, made)
    return CorrectingPage(
        path=file_of(correcting_address(record.agency_id, record.year)),
        record=record,
        agency=agency,
        places=chain(agency.region_code),
        parts=_Maker(made.site, loaded, record, changes).parts(),
        gone=tuple(one for one in changes if one.entry["field"] not in {*record.figures(), *FACTS}),
        proposed=proposed_of(record),
        history=made.site.history_address(record),
        workbook=made.download(address + "data.xlsx"),
        downloads=made.downloads(address + "record.yaml", address + "data.json"),
    )


# rows ----------------------------------------------------------------------------------------------------------------


class _Maker:
    """Makes the rows of one report from its record, the cells kept beside it and its corrections."""

    def __init__(self, site: Site, loaded: Loaded, record: Record, changes: Sequence[Change]) -> None:
        self.site, self.loaded, self.record = site, loaded, record
        self.kept = quoting.read_kept(loaded.path)
        self.figures = record.figures()
        self.changes: dict[str, list[Change]] = defaultdict(list)
        for one in changes:
            self.changes[one.entry["field"]].append(one)

    def parts(self) -> tuple[Part, ...]:
        titles = self.record.law.titles
        sections = (Part(key, titles[key], tuple(self.groups_of(key))) for key in TABLES)
        return (*sections, Part("facts", None, tuple(map(self.fact, FACTS))))

    def groups_of(self, section: str) -> Iterator[Group]:
        for row, _ in self.record.rows(section):
            yield self.group(row)

    def group(self, row: RowOfForm) -> Group:
        lines = [self.kept.derived.lines.get(name) for name in row.fields]
        shared = lines[0] if len({*lines}) == 1 else None
        told = zip(row.fields, row.columns, lines, strict=True)
        rows = (self.row(name, column.words, line, own=shared is None) for name, column, line in told)
        return self._grouped(words_of_row(self.record.law, row), shared, f"{row.section}.{row.key}", rows)

    def fact(self, name: str) -> Group:
        found = quoting.quote(self.kept, name, "", str(getattr(self.record, name) or ""))
        line = found.words if isinstance(found, quoting.Quote) else None
        return self._grouped(None, line, name, [self.row(name, None, line, own=False)])

    def _grouped(self, words: Label | None, kept: str | None, name: str, rows: Iterable[Row]) -> Group:
        line = self.loaded.line_of(name)
        shown = kept.strip() if kept else None
        return Group(words, shown, line, self.site.edit_address(self.record, line), tuple(rows))

    def row(self, name: str, words: Label | None, line: str | None, own: bool) -> Row:
        text = text_of(self.figures[name] if name in self.figures else getattr(self.record, name))
        return Row(
            field=name,
            words=words,
            text=text,
            written=self.record.as_written.get(name),
            kept=line.strip() if line and own else None,
            changes=tuple(self.changes.get(name, ())),
            issue=issue_address(self.site, self.record, name, text),
        )


# the issue form, filled in -------------------------------------------------------------------------------------------


def issue_address(site: Site, record: Record, field: str, text: str | None) -> Markup | None:
    """The issue form with report, field, figure and source filled in; None where no repository is known.

    Han characters stand as they are, as addresses of pages may hold them, and a browser encodes them; all that means
    something in an address is encoded here. The line that the figure was read from need not travel: whoever reads the
    form finds it again where no other evidence is given.
    """
    if not site.repository:
        return None
    return Markup(
        f"{site.repository}/issues/new?template={FORM}&title=更正+{record.report_id}+{field}"
        f"&report_id={record.report_id}&field={field}&shown={_encoded(EMPTY if text is None else text)}"
        f"&source_sha256={record.source.sha256[:ENOUGH]}"
    )


_MEANS_SOMETHING = re.compile("[^\\w./:、，。（）：；“”《》-]")


@lru_cache(maxsize=1024)
def _encoded(text: str) -> str:
    return _MEANS_SOMETHING.sub(lambda found: quote_plus(found[0]), text)
