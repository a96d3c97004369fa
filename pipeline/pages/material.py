"""What pages are made from: the dataset, what the checks say of it, and the package already written."""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pipeline.checks import Checked, check_records
from pipeline.dataset import Dataset, read_dataset
from pipeline.pages.addresses import Site
from pipeline.record import Agency, Loaded, Record
from pipeline.regions import Region, chain

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Download:
    """A file of the site and its size."""

    address: str
    bytes: int

    @property
    def name(self) -> str:
        return self.address.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Row:
    """An organ in a list."""

    agency: Agency
    places: tuple[Region, ...]
    years: tuple[int, ...]
    findings: int


@dataclass
class Material:
    """All that a page may show; made once, read by every page."""

    dataset: Dataset
    checked: Checked
    coverage: Sequence[Mapping[str, str]]
    package: Mapping[str, Any]
    output: Path
    site: Site = field(default_factory=Site)
    _kept: dict[object, Any] = field(default_factory=dict, repr=False)

    def once(self, make: Callable[["Material"], Made]) -> Made:
        """What `make` makes of this, made when it is first asked for and kept."""
        if make not in self._kept:
            self._kept[make] = make(self)
        made: Made = self._kept[make]
        return made

    def downloads(self, *addresses: str) -> tuple[Download, ...]:
        """Files that a page offers. Raises FileNotFoundError where the package has not written one."""
        return tuple(self.download(address) for address in addresses)

    def holds(self, id: str) -> bool:
        """Whether an organ or a report of that id is held, and so has a page."""
        return id in self.dataset.agencies or id in self._report_ids

    @cached_property
    def _report_ids(self) -> frozenset[str]:
        return frozenset(record.report_id for record in self.dataset.records)

    @cached_property
    def _loaded(self) -> Mapping[str, Loaded]:
        return {one.record.report_id: one for one in self.dataset.loaded if one.record}

    def loaded_of(self, record: Record) -> Loaded:
        """The file of a record as it was read."""
        return self._loaded[record.report_id]

    def download(self, address: str) -> Download:
        """A file that a page offers. Raises FileNotFoundError where the package has not written it."""
        return Download(address, (self.output / address).stat().st_size)

    @cached_property
    def _reports(self) -> Mapping[str, Sequence[Record]]:
        found: dict[str, list[Record]] = defaultdict(list)
        for record in sorted(self.dataset.records, key=lambda record: record.year):
            found[record.agency_id].append(record)
        return found

    def reports_of(self, agency_id: str) -> Sequence[Record]:
        """The reports of an organ, the oldest first."""
        return self._reports.get(agency_id, ())

    @cached_property
    def rows(self) -> Sequence[Row]:
        """Every organ that has a report, by the code of its place and then by its id."""
        rows = [self._row(agency) for agency in self.dataset.agencies.values()]
        return sorted(rows, key=lambda row: (row.agency.region_code, row.agency.agency_id))

    def _row(self, agency: Agency) -> Row:
        reports = self.reports_of(agency.agency_id)
        findings = sum(self.count_findings(record) for record in reports)
        return Row(agency, chain(agency.region_code), tuple(record.year for record in reports), findings)

    @cached_property
    def years(self) -> Sequence[int]:
        """Every year that a report is held of, the first first."""
        return sorted({record.year for record in self.dataset.records})

    @cached_property
    def _coverage(self) -> Mapping[str, Sequence[Mapping[str, str]]]:
        found: dict[str, list[Mapping[str, str]]] = defaultdict(list)
        for row in self.coverage:
            found[row["agency_id"]].append(row)
        return found

    def coverage_of(self, agency_id: str) -> Sequence[Mapping[str, str]]:
        """The rows of `coverage` for an organ."""
        return self._coverage.get(agency_id, ())

    def count_findings(self, record: Record, *, notes: bool = False) -> int:
        """How many findings, or notes, stand beside a report."""
        found = self.checked.findings.get(record.report_id, [])
        return sum((finding.severity == "note") == notes for finding in found)

    @cached_property
    def titles(self) -> Mapping[str, Mapping[str, Any]]:
        """The fields of `reports` as the published schema describes them, by name."""
        schema = next(one["schema"] for one in self.package["resources"] if one["name"] == "reports")
        return {one["name"]: one for one in schema["fields"]}


_GIVEN: list[tuple[Dataset, Checked]] = []


def hand_over(dataset: Dataset, checked: Checked) -> None:
    """Gives what the same process has read and judged already, so that it is not done again."""
    _GIVEN[:] = [(dataset, checked)]


def read_material(data: Path, output: Path, site: Site) -> Material:
    """What was handed over, else the records below `data`; and the package below `output`.

    Raises ValueError where a record is not fit to be shown, and FileNotFoundError where no package has been written.
    """
    dataset, checked = _GIVEN[0] if _GIVEN else _read(data)
    package = json.loads((output / "data" / "datapackage.json").read_text(encoding="utf-8"))
    with (output / "data" / "coverage.csv").open(encoding="utf-8", newline="") as file:
        return Material(dataset, checked, list(csv.DictReader(file)), package, output, site)


def _read(data: Path) -> tuple[Dataset, Checked]:
    dataset = read_dataset([data / "agencies"], data / "known_reports.csv")
    if dataset.problems:
        raise ValueError(f"{len(dataset.problems)} problem(s) in the records, the first: {dataset.problems[0]}")
    return dataset, check_records(dataset.records, dataset.agencies)
