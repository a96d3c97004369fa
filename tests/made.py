"""Made-up records for the tests: places that do not exist, and a different figure in every cell."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from pipeline.dataset import Dataset, read_dataset
from pipeline.forms import TABLES, Column, forms
from pipeline.record import (
    Agency,
    Record,
    Source,
    Value,
    agency_folder,
    agency_to_yaml,
    record_path,
    record_to_yaml,
    write_text,
)

ID = "999901-wsjkj"


def agency(**changes: Any) -> Agency:
    """The health bureau of 示例县, a county that does not exist."""
    given = {"agency_id": ID, "name": "示例县卫生健康局", "level": "county", "sector": "health"} | changes
    return Agency(**{"region_code": given["agency_id"][:6]} | given)


def record(
    form: str = "2021",
    year: int = 2023,
    fill: Callable[[Column], Value] | None = None,
    *,
    single: bool | None = None,
    **changes: Any,
) -> Record:
    """A record of a form; `fill` gives each cell its figure (nought by default), `single` says how （六） stands."""
    law, fill = forms()[form], fill or (lambda column: 0)
    single = form == "2019" if single is None else single
    absent = law.other_rows(not single)
    tables = {
        section: {
            row.key: [fill(column) for column in row.columns]
            for row in law.rows[section]
            if section != "requests" or row.key not in absent
        }
        for section in TABLES
    }
    given: dict[str, Any] = {
        "agency_id": ID,
        "agency_name": "示例县卫生健康局",
        "scope": "own",
        "published": f"{year + 1}-01-15",
        "source": Source("年报.txt", "text/plain", "3e" * 32, "0.1.0", "https://example.org/nb", f"{year + 1}-02-01"),
        "narrative": {"overview": {"characters": 812}, "problems": {"characters": 240}, "other": {"characters": 31}},
    }
    return Record(year=year, form=form, tables=tables, **given | changes)


def different(start: int = 11) -> Callable[[Column], Value]:
    """A filling without two equal figures: changes are negative, amounts have a fraction."""
    numbers = count(start)

    def fill(column: Column) -> Value:
        n = next(numbers)
        return {"change": -n, "amount": Decimal(f"{n}.5")}.get(column.kind, n)

    return fill


def put(made: Record, **figures: Value) -> Record:
    """Puts figures into a record: `requests__granted__natural=3`."""
    for name, value in figures.items():
        made.set_figure(name.replace("__", "."), value)
    return made


def dataset(root: Path, records: Iterable[Record], agencies: Iterable[Agency] = (), known: str = "") -> Dataset:
    """Writes records and organs below a folder as they lie under data/, and reads them."""
    bearers = {one.agency_id: one for one in agencies}
    for made in records:
        bearer = bearers.get(made.agency_id) or agency(agency_id=made.agency_id, name=made.agency_name)
        write_text(agency_folder(root / "agencies", made.agency_id) / "agency.yaml", agency_to_yaml(bearer))
        write_text(record_path(root / "agencies", made), record_to_yaml(made))
    if known:
        write_text(root / "known_reports.csv", "agency_name,agency_id,year,url,published,status\n" + known)
    return read_dataset([root / "agencies"], root / "known_reports.csv")
