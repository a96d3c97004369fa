"""Every folder of `tests/reports` is a test: a document, and the record or the refusal expected of it.

`about.md` says what is damaged; it may begin with a line of options for `gongkai convert`.
"""

import importlib.util
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline import strict
from pipeline.cli import main
from pipeline.forms import TABLES
from pipeline.record import read_record, record_paths, source_path
from tests.tools import missing

HERE = Path(__file__).parent / "reports"
FOLDERS = sorted(path.parent for path in HERE.glob("*/expected.yaml"))


def options(folder: Path) -> list[str]:
    first = (folder / "about.md").read_text(encoding="utf-8").splitlines()[0]
    return shlex.split(first) if first.startswith("--") else []


def document(folder: Path) -> Path:
    return next(path for path in folder.iterdir() if path.stem == "document")


def need_tools(folder: Path) -> None:
    """Some documents take a program or an extra to read."""
    if document(folder).suffix == ".rtf" and not shutil.which("soffice"):
        missing("LibreOffice is not installed")
    if "scan" in folder.name and not importlib.util.find_spec("rapidocr"):
        missing("what reads scans is not installed")


def expected(folder: Path) -> dict[str, Any]:
    loaded = strict.load((folder / "expected.yaml").read_text(encoding="utf-8"))
    assert not loaded.problems
    return dict(loaded.value)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_document_gives_its_record_or_its_refusal(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each document makes exactly the record beside it, or is refused with the code and sentence beside it."""
    need_tools(folder)
    wanted = expected(folder)
    status = main(["convert", str(document(folder)), "--out", str(tmp_path / "out"), *options(folder)])
    told = capsys.readouterr()
    if "refused" in wanted:
        assert status == 1
        code = f"({wanted['refused']})"
        assert any(wanted["says"] in line and line.endswith(code) for line in told.err.splitlines()), told.err
        assert not (tmp_path / "out").exists()
        return
    assert status == 0, told.err
    (path,) = record_paths(tmp_path / "out")
    record = read_record(path).record
    assert record is not None
    got = {key: getattr(record, key) for key in ("agency_name", "region_code", "year", "form", "published")}
    got |= {key: getattr(record, key) for key in ("as_written", "extra_rows")}
    got |= {section: dict(record.tables[section]) for section in TABLES}
    assert got == wanted


@pytest.mark.parametrize(
    "folder", [one for one in FOLDERS if "refused" not in expected(one)], ids=lambda folder: folder.name
)
def test_a_second_reading_of_the_kept_cells_gives_the_same_figures(folder: Path, tmp_path: Path) -> None:
    """What `<year>.source.txt` keeps of each planted report makes the same record again."""
    need_tools(folder)
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["convert", str(document(folder)), "--out", str(first), *options(folder)]) == 0
    (path,) = record_paths(first)
    assert main(["convert", str(source_path(path)), "--out", str(second), *options(folder)]) == 0
    (again,) = record_paths(second)
    one, other = read_record(path).record, read_record(again).record
    assert one is not None
    assert other is not None
    assert (one.report_id, one.agency_name, one.published) == (other.report_id, other.agency_name, other.published)
    assert (one.figures(), one.as_written, one.extra_rows) == (other.figures(), other.as_written, other.extra_rows)


def test_every_planted_figure_is_different() -> None:
    """No two cells of an undamaged planted report hold the same figure, so that no shifted table passes."""
    for folder in [folder for folder in FOLDERS if folder.name.startswith("text-") and "blank" not in folder.name]:
        wanted = expected(folder)
        figures = [v for section in TABLES for row in wanted[section].values() for v in row if v is not None]
        assert len(set(figures)) == len(figures), folder.name
        assert len(figures) >= 180
