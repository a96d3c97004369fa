"""The data page, made from the published schema."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from markupsafe import Markup

from pipeline.citation import Citation, read_citation
from pipeline.forms import TABLES
from pipeline.pages import linked
from pipeline.pages.addresses import DATA, file_of
from pipeline.pages.material import Material
from pipeline.pages.page import Task
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
class Other:
    """A published file that is no table of its own: the whole dataset in one file, or what describes it."""

    title: str
    title_en: str
    file: File


@dataclass(frozen=True, slots=True)
class DataPage:
    """Every file with rows, size and checksum, the licence, how to cite, and what each field means."""

    template: ClassVar[str] = "data"
    path: str
    package: Mapping[str, Any]
    tables: tuple[Described, ...]
    others: tuple[Other, ...]
    about_dataset: Mapping[str, Markup]
    citation: Citation


def tasks(made: Material) -> Iterator[Task]:
    """The one page."""
    yield lambda: [data_page(made)]


# data ----------------------------------------------------------------------------------------------------------------


def data_page(material: Material) -> DataPage:
    """The page of all files. Raises FileNotFoundError where one is not there."""
    resources = {resource["name"]: resource for resource in material.package["resources"]}
    tables = [one for one in resources.values() if "schema" in one]
    return DataPage(
        path=file_of(DATA),
        package=material.package,
        tables=tuple(_described(material, one, resources.get(f"{one['name']}-json")) for one in tables),
        others=tuple(_others(material)),
        about_dataset=linked.dataset_scripts(material),
        citation=read_citation(),
    )


def _others(material: Material) -> Iterator[Other]:
    """The files that are neither a table nor its JSON, then the descriptor, which cannot hold its own checksum."""
    tables = {one["name"] for one in material.package["resources"] if "schema" in one}
    for one in material.package["resources"]:
        if one["name"].removesuffix("-json") not in tables:
            yield Other(one["title"], one["title_en"], _file(material, one, None))
    data = (material.output / DESCRIPTOR).read_bytes()
    descriptor = File("datapackage.json", DESCRIPTOR, len(data), hashlib.sha256(data).hexdigest())
    yield Other("字段说明", "Descriptor", descriptor)


def _described(material: Material, table: Mapping[str, Any], twin: Mapping[str, Any] | None) -> Described:
    files = tuple(_file(material, one, table["rows"]) for one in (table, twin) if one)
    return Described(table, files, tuple(_parts(table["name"], table["schema"]["fields"])))


def _file(material: Material, resource: Mapping[str, Any], rows: int | None) -> File:
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
