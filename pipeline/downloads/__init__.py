"""The dataset for other programs, made of tables already written: for Excel, for data frames, and packed.

`gongkai.xlsx`, `reports-excel.csv`, a Parquet file a table, `gongkai.zip` with a zip for each year and province, and the
workbook of each report. All of it is made in processes of their own: what their libraries load and hold goes with them.
"""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from pipeline import workers
from pipeline.dataset import Dataset
from pipeline.downloads import archives, columnar, excel_csv, report_workbook, workbook
from pipeline.tables import Table

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_AT_ONCE = 200
"""How many workbooks of reports one process makes at a stretch."""


def write(tables: Mapping[str, Table], dataset: Dataset, out: Path) -> None:
    """Writes all of it below `out`, where the CSV of every table lies already."""
    data = out / "data"
    with tempfile.TemporaryDirectory(dir=out, prefix=".parts-") as parts:
        _run([partial(archives.split, tables, data, Path(parts)), *_jobs(tables, dataset, out)])
        _run(archives.packs(tables, data, Path(parts)))


def _jobs(tables: Mapping[str, Table], dataset: Dataset, out: Path) -> Iterator[Callable[[], Any]]:
    """The longest ones first, so that none is left alone in the end."""
    data = out / "data"
    yield partial(workbook.write, tables, data)
    for table in sorted(tables.values(), key=lambda table: table.name != "figures"):
        yield partial(columnar.write, table, data)
    yield partial(excel_csv.write, tables["reports"], data)
    for start in range(0, len(dataset.loaded), _AT_ONCE):
        yield partial(report_workbook.write, dataset.loaded[start : start + _AT_ONCE], out)


def _run(jobs: Iterable[Callable[[], Any]]) -> None:
    workers.run([partial(_do, job) for job in jobs], few=0)


def _do(job: Callable[[], Any]) -> list[str]:
    job()
    return []
