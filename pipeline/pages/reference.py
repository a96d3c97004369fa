"""The data page, made from the published schema, and the rules page, made from the rules that run."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from pipeline.checks import RULES, Rule
from pipeline.forms import TABLES
from pipeline.pages.addresses import DATA, file_of
from pipeline.pages.addresses import RULES as RULES_ADDRESS
from pipeline.pages.material import Download, Material
from pipeline.tables import INDICATORS

DESCRIPTOR = "data/datapackage.json"


@dataclass(frozen=True, slots=True)
class File:
    """A published file with its size and checksum; `rows` None where it is no table."""

    name: str
    address: str
    bytes: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields that are described together; `key` names the part of the table, empty for its facts."""

    key: str
    fields: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Described:
    """A table of the package: its words, its files, its fields."""

    resource: Mapping[str, Any]
    files: tuple[File, ...]
    parts: tuple[Fields, ...]


@dataclass(frozen=True, slots=True)
class DataPage:
    """Every file with rows, size and checksum, the licence, how to cite, and what each field means."""

    template: ClassVar[str] = "data"
    path: str
    package: Mapping[str, Any]
    tables: tuple[Described, ...]
    descriptor: File


@dataclass(frozen=True, slots=True)
class Counts:
    """How often a rule was applied, and what came of it; None of it for a rule that is judged at conversion."""

    holds: int
    fails: int
    cannot_judge: int

    @property
    def applied(self) -> int:
        return self.holds + self.fails + self.cannot_judge


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule and its counts."""

    rule: Rule
    counts: Counts | None


@dataclass(frozen=True, slots=True)
class RulesPage:
    """Every rule by the first letter of its id."""

    template: ClassVar[str] = "rules"
    path: str
    reports: int
    groups: tuple[tuple[str, tuple[Shown, ...]], ...]
    downloads: tuple[Download, ...]


# data ----------------------------------------------------------------------------------------------------------------


def data_page(material: Material) -> DataPage:
    """The page of all files. Raises FileNotFoundError where one is not there."""
    resources = {resource["name"]: resource for resource in material.package["resources"]}
    tables = [one for one in resources.values() if "schema" in one]
    return DataPage(
        path=file_of(DATA),
        package=material.package,
        tables=tuple(_described(material, one, resources.get(f"{one['name']}-json")) for one in tables),
        descriptor=_descriptor(material),
    )


def _descriptor(material: Material) -> File:
    data = (material.output / DESCRIPTOR).read_bytes()
    return File("datapackage.json", DESCRIPTOR, len(data), hashlib.sha256(data).hexdigest())


def _described(material: Material, table: Mapping[str, Any], twin: Mapping[str, Any] | None) -> Described:
    files = tuple(_file(material, one, table["rows"]) for one in (table, twin) if one)
    return Described(table, files, tuple(_parts(table["name"], table["schema"]["fields"])))


def _file(material: Material, resource: Mapping[str, Any], rows: int) -> File:
    offered = material.download(DATA + resource["path"])
    return File(offered.name, offered.address, offered.bytes, resource["hash"].removeprefix("sha256:"), rows)


def _parts(table: str, fields: Sequence[Mapping[str, Any]]) -> Iterator[Fields]:
    """The fields of `reports` cut into facts, indicators and the three sections; any other table is one part."""
    for key, part in groupby(fields, key=lambda field: _part(field["name"]) if table == "reports" else ""):
        yield Fields(key, tuple(part))


def _part(name: str) -> str:
    section = name.partition("_")[0]
    if section in TABLES:
        return section
    return "indicators" if name.startswith(INDICATORS) else ""


# rules ---------------------------------------------------------------------------------------------------------------


def rules_page(material: Material) -> RulesPage:
    """The catalogue of rules with what the checks of these records counted."""
    groups = groupby(RULES.values(), key=lambda rule: rule.id[0])
    return RulesPage(
        path=file_of(RULES_ADDRESS),
        reports=len(material.dataset.records),
        groups=tuple(
            (letter, tuple(_shown(rule, material.checked.counts.get(rule.id)) for rule in part))
            for letter, part in groups
        ),
        downloads=(material.download("data/findings.csv"), material.download("data/findings.json")),
    )


def _shown(rule: Rule, counts: Counter[str] | None) -> Shown:
    if rule.judge is None or counts is None:
        return Shown(rule, None)
    return Shown(rule, Counts(counts["holds"], counts["fails"], counts["cannot_judge"]))
