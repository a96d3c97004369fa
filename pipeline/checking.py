"""Everything that is wrong with the data at once: the shape of files, the rules, the canonical bytes, the schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from pipeline import package, tables
from pipeline.checks import Checked, Finding, check_records
from pipeline.dataset import Dataset
from pipeline.record import Loaded, Problem, agency_to_yaml, read_agency, record_to_yaml


@dataclass(slots=True)
class Checking:
    """What the checks made of a dataset; `tables` is None where files are too broken to make any."""

    checked: Checked
    tables: Mapping[str, tables.Table] | None
    problems: list[Problem]


def check(dataset: Dataset, *, rows: bool = True) -> Checking:
    """Judges a dataset; all problems of all records are sorted by file and line, and `severity` tells which are errors.

    `rows=False` leaves out what the published schema says of each row: whoever writes the package asks it of the files.
    """
    checked = check_records(dataset.records, dataset.agencies)
    # Records that could not be read leave rows without their organ: first things first, and no table yet.
    whole = not dataset.problems
    built = tables.build(dataset.records, dataset.agencies, dataset.known, checked) if whole else None
    found = set(dataset.problems)
    for loaded in dataset.loaded:
        if loaded.record:
            found.update(_of_findings(loaded, checked))
            found.update(_of_bytes(loaded))
            found.update(_of_organ(loaded, dataset))
    found.update(_of_schema(dataset, built) if built and rows else ())
    return Checking(checked, built, sorted(found))


def _of_findings(loaded: Loaded, checked: Checked) -> Iterator[Problem]:
    assert loaded.record is not None
    for finding in checked.findings.get(loaded.record.report_id, ()):
        yield Problem(
            loaded.path, loaded.line_of(finding.field), finding.field, _says(finding), finding.rule, finding.severity
        )


def _says(finding: Finding) -> str:
    return finding.message_en if finding.severity == "error" else f"{finding.severity}: {finding.message_en}"


def _of_bytes(loaded: Loaded) -> Iterator[Problem]:
    """The first line that is not as the emitter writes it, with the line to paste."""
    assert loaded.record is not None
    wanted = record_to_yaml(loaded.record)
    if wanted == loaded.text:
        return
    pairs = zip_longest(loaded.text.split("\n"), wanted.split("\n"))
    line, (_, should) = next((n, pair) for n, pair in enumerate(pairs, start=1) if pair[0] != pair[1])
    says = f"not in canonical form; `gongkai format {loaded.path}` mends it, or write this line as: {should}"
    yield Problem(loaded.path, line, "", says, "UnreadableSource")


def _of_organ(loaded: Loaded, dataset: Dataset) -> Iterator[Problem]:
    path = loaded.path.parent / "agency.yaml"
    agency = dataset.agencies.get(loaded.path.parent.name)
    if agency and path.exists() and agency_to_yaml(agency) != path.read_text(encoding="utf-8"):
        yield Problem(
            path, 1, "", "not in canonical form: key: value, a line each, in the order of DATA", "UnreadableSource"
        )
    if agency is None and read_agency(path)[0]:
        yield Problem(path, 1, "agency_id", "two folders bear this id", "S06")


def _of_schema(dataset: Dataset, built: Mapping[str, tables.Table]) -> Iterator[Problem]:
    """Rows that the published schema does not allow, each named by the file of its report."""
    files = {one.record.report_id: one for one in dataset.loaded if one.record}
    organs = {one.record.agency_id: one for one in reversed(dataset.loaded) if one.record}
    for table, row, name, says in package.problems_of_rows(built):
        loaded = files.get(str(row.get("report_id"))) or organs.get(str(row.get("agency_id")))
        field = str(row.get("field") or name)
        if loaded:
            yield Problem(loaded.path, loaded.line_of(field), field, f"{table}.csv, {name}: {says}", "V01")
