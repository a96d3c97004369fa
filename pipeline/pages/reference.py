"""The data page, made from the published schema."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from markupsafe import Markup

from pipeline import regions
from pipeline.citation import Citation, read_citation
from pipeline.descriptor import described
from pipeline.forms import TABLES
from pipeline.pages import linked
from pipeline.pages.addresses import DATA, YEARS, file_of
from pipeline.pages.material import Download, Material
from pipeline.pages.page import Task
from pipeline.pages.releases import Released, released
from pipeline.seal import seal
from pipeline.tables import INDICATORS

DESCRIPTOR = "data/datapackage.json"
ZIP = "data/gongkai.zip"


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
class Part:
    """A zip of one year or one province, which the descriptor does not list; no name where it is that of the state."""

    name: str
    file: Download


@dataclass(frozen=True, slots=True)
class DataPage:
    """Every file with rows, size and checksum, the licence, how to cite, and what each field means."""

    template: ClassVar[str] = "data"
    path: str
    package: Mapping[str, Any]
    tables: tuple[Described, ...]
    others: tuple[Other, ...]
    years: tuple[Part, ...]
    provinces: tuple[Part, ...]
    about_dataset: Mapping[str, Markup]
    citation: Citation
    releases: Sequence[Released]


def tasks(made: Material) -> Iterator[Task]:
    """The one page."""
    yield lambda: [data_page(made)]


# data ----------------------------------------------------------------------------------------------------------------


def data_page(material: Material) -> DataPage:
    """The page of all files. Raises FileNotFoundError where one is not there."""
    tables = [one for one in material.package["resources"] if "schema" in one]
    return DataPage(
        path=file_of(DATA),
        package=material.package,
        tables=tuple(_described(material, one) for one in tables),
        others=tuple(_others(material)),
        years=tuple(_parts_of(material, YEARS))[::-1],
        provinces=tuple(_parts_of(material, "provinces/")),
        about_dataset=linked.dataset_scripts(material),
        citation=read_citation(),
        releases=released(material.site),
    )


def _others(material: Material) -> Iterator[Other]:
    """The files that are neither a table nor one in another form, then the zip and the descriptor itself."""
    tables = {one["name"] for one in material.package["resources"] if "schema" in one}
    for one in material.package["resources"]:
        if one["name"] not in tables and _table_of(one) not in tables:
            yield Other(one["title"], one["title_en"], _file(material, one, None))
    yield Other(**_words_of(ZIP), file=_beside(material, ZIP))
    yield Other("字段说明", "Descriptor", _beside(material, DESCRIPTOR))


def _words_of(address: str) -> dict[str, str]:
    words = described()["files"][address.removeprefix(DATA)]
    return {key: words[key] for key in ("title", "title_en")}


def _beside(material: Material, address: str) -> File:
    """A file that the descriptor does not list."""
    sealed, offered = seal(material.output / address), material.download(address)
    return File(offered.name, offered.address, offered.bytes, sealed["hash"].removeprefix("sha256:"))


def _table_of(resource: Mapping[str, Any]) -> str:
    """The table that a file would be another form of: `figures-json` is one of `figures`."""
    return str(resource["name"]).rpartition("-")[0]


def _parts_of(material: Material, kind: str) -> Iterator[Part]:
    for path in sorted((material.output / DATA / kind).glob("*.zip")):
        place = "".join(one.name for one in regions.chain(path.stem))
        yield Part(path.stem if kind == YEARS else place, material.download(f"{DATA}{kind}{path.name}"))


def _described(material: Material, table: Mapping[str, Any]) -> Described:
    forms = [one for one in material.package["resources"] if table["name"] in (one["name"], _table_of(one))]
    files = tuple(_file(material, one, table["rows"]) for one in forms)
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
