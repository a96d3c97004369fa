"""The dataset packed: `gongkai.zip`, and a zip for each year and each province, each a data package of its own.

In each lie the six tables as CSV, `datapackage.json`, a README and the licence. The rows of a part are cut out of the
tables already written, so that they are the same to the byte. The same files give the same zip from the same zlib:
names in order, one date, one set of rights.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TextIO
from zipfile import ZIP_DEFLATED, ZipFile

from pipeline import ROOT, regions
from pipeline.descriptor import descriptor_text, schema
from pipeline.downloads.readme import readme
from pipeline.downloads.whole import member, whole
from pipeline.record import write_text
from pipeline.seal import seal
from pipeline.tables import Table

NAME = "gongkai.zip"
WHOLE = ""
_LEVEL = 6
_NATIONAL = ("国家机关", "National organs")


@dataclass(frozen=True, slots=True)
class Part:
    """What a zip holds: where it lies below `data/`, without its ending, and how it is called in both languages."""

    address: str
    title: str = ""
    title_en: str = ""


def split(tables: Mapping[str, Table], data: Path, parts: Path) -> None:
    """Deals the rows of every table into folders below `parts`: `years/2023`, `provinces/140000`, each with every table."""
    provinces = _provinces(tables["agencies"])
    members = _members(tables, provinces)
    for part in members:
        (parts / part).mkdir(parents=True, exist_ok=True)
    for table in tables.values():
        _deal(table, data / f"{table.name}.csv", parts, members, provinces)


def _provinces(agencies: Table) -> dict[str, str]:
    """The code of the province of each organ; that of the state for its own, none where nobody bears the code."""
    found = {}
    for row in agencies.rows:
        code = str(row["region_code"])
        around = regions.chain(code)
        if around or code == regions.NATIONAL:
            found[str(row["agency_id"])] = around[0].code if around else code
    return found


def _members(tables: Mapping[str, Table], provinces: Mapping[str, str]) -> dict[str, set[str]]:
    """The parts, and the organs in each: all that its other tables name."""
    found: dict[str, set[str]] = {f"provinces/{code}": set() for code in provinces.values()}
    for agency_id, code in provinces.items():
        found[f"provinces/{code}"].add(agency_id)
    years = {str(row["report_id"])[-4:] for row in tables["reports"].rows}
    found |= {f"years/{year}": set() for year in years}
    for row in (*tables["reports"].rows, *tables["coverage"].rows):
        if row["agency_id"] and str(row["year"]) in years:
            found[f"years/{row['year']}"].add(str(row["agency_id"]))
    return dict(sorted(found.items()))


def _deal(table: Table, path: Path, parts: Path, members: Mapping[str, set[str]], provinces: Mapping[str, str]) -> None:
    with path.open(encoding="utf-8", newline="") as file, ExitStack() as stack:
        out = {part: stack.enter_context(_opened(parts / part / path.name)) for part in members}
        lines = _lines(file)
        head = next(lines)
        for one in out.values():
            one.write(head)
        for line, to in zip(lines, _addressed(table, path, members, provinces), strict=True):
            for part in to:
                if part in out:
                    out[part].write(line)


def _opened(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", newline="")


def _lines(file: TextIO) -> Iterator[str]:
    """The rows of a CSV file as they are written; one with a line break in quotes is several lines."""
    whole = ""
    for line in file:
        whole += line
        if whole.count('"') % 2 == 0:
            yield whole
            whole = ""


def _addressed(
    table: Table, path: Path, members: Mapping[str, set[str]], provinces: Mapping[str, str]
) -> Iterator[list[str]]:
    """The parts that each row belongs to, in the order of the rows."""
    if table.name == "agencies":
        of: dict[str, list[str]] = {}
        for part, organs in members.items():
            for agency_id in organs:
                of.setdefault(agency_id, []).append(part)
        yield from (of.get(str(row["agency_id"]), []) for row in table.rows)
    elif table.name == "coverage":
        yield from (_both(str(row["agency_id"] or ""), row["year"], provinces) for row in table.rows)
    else:
        # The rows of `figures` would be made once more; the id is the first thing in each line, and never in quotes.
        with path.open(encoding="utf-8", newline="") as file:
            lines = _lines(file)
            next(lines)
            ids = (line.partition(",")[0] for line in lines)
            yield from (_both(report_id[:-5], report_id[-4:], provinces) for report_id in ids)


def _both(agency_id: str, year: object, provinces: Mapping[str, str]) -> list[str]:
    return [f"years/{year}", f"provinces/{provinces.get(agency_id)}"]


# packing -------------------------------------------------------------------------------------------------------------


def packs(tables: Mapping[str, Table], data: Path, parts: Path) -> Iterator[Callable[[], Path]]:
    """The work of packing each zip, the whole one first. `split` must have been done."""
    yield partial(_pack, Part(WHOLE), data / NAME, data, parts, tuple(tables))
    for kind in ("provinces", "years"):
        for folder in sorted((parts / kind).glob("*"), reverse=True):
            part = Part(f"{kind}/{folder.name}", *_titles(kind, folder.name))
            yield partial(_pack, part, data / f"{part.address}.zip", folder, folder, tuple(tables))


def _titles(kind: str, name: str) -> tuple[str, str]:
    if kind == "years":
        return f"{name}年度", name
    if name == regions.NATIONAL:
        return _NATIONAL
    return regions.by_code()[name].name, regions.by_code()[name].name


def _pack(part: Part, path: Path, tables: Path, beside: Path, names: tuple[str, ...]) -> Path:
    """Writes the zip of the tables in one folder; what describes them is made in the other."""
    descriptor = _descriptor(part, tables)
    texts = {
        "datapackage.json": descriptor_text(descriptor),
        "README.txt": readme(descriptor),
        "LICENSE.txt": _licence(),
    }
    for name, text in texts.items():
        write_text(beside / name, text)
    files = {name: beside / name for name in texts} | {f"{name}.csv": tables / f"{name}.csv" for name in names}
    return pack(path, files)


@cache
def _licence() -> str:
    return (ROOT / "DATA-LICENSE").read_text(encoding="utf-8")


def _descriptor(part: Part, folder: Path) -> dict[str, Any]:
    """The schema of the tables in a folder with the size, checksum and rows of each, under the name of the part."""
    made = schema()
    made["resources"] = [_sealed(resource, folder / resource["path"]) for resource in made["resources"]]
    if part.address:
        made["name"] = f"gongkai-{part.address.replace('/', '-')}"
        made["title"] += f"：{part.title}"
        made["title_en"] += f": {part.title_en}"
    return made


def _sealed(resource: dict[str, Any], path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = sum(1 for _ in _lines(file)) - 1
    return resource | seal(path) | {"rows": rows}


def pack(path: Path, files: Mapping[str, Path]) -> Path:
    """Writes a zip of files under the names given, whole or not at all. The same files give the same bytes."""
    with whole(path) as part, ZipFile(part, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        for name, file in sorted(files.items()):
            _add(archive, name, file)
    return path


def _add(archive: ZipFile, name: str, file: Path) -> None:
    info = member(name)
    info.file_size = file.stat().st_size  # tells at once whether the long form of sizes is needed
    with file.open("rb") as read, archive.open(info, "w") as into:
        while block := read.read(1 << 20):
            into.write(block)
