"""All problems of a dataset at once; and an error stops the package before anything is moved."""

import shutil
from pathlib import Path

import pytest

from pipeline import checking, site
from pipeline.dataset import read_dataset
from pipeline.record import AGENCIES, record_paths


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the committed organs and records, which the builds read."""
    shutil.copytree(AGENCIES, tmp_path / "data" / "agencies")
    monkeypatch.setenv("GONGKAI_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def damage(data: Path, old: str, new: str) -> Path:
    path = record_paths(data / "agencies")[0]
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_sound_records_have_tables_and_no_errors(data: Path) -> None:
    """The committed records are judged once, and their tables are there for whoever comes next."""
    judged = checking.check(read_dataset([data / "agencies"]))
    assert [problem for problem in judged.problems if problem.severity == "error"] == []
    assert judged.tables is not None
    assert len(judged.tables["reports"].rows) == len(record_paths(data / "agencies"))


def test_a_record_that_is_not_canonical_is_named_with_the_line_to_paste(data: Path) -> None:
    """A cell that lost its alignment is an error with file, line and the line as it should be."""
    path = damage(data, "[    0,     0,        0]   # 规章", "[0, 0, 0]   # 规章")
    (problem,) = [one for one in checking.check(read_dataset([path])).problems if one.severity == "error"]
    assert (problem.path, path.read_text(encoding="utf-8").splitlines()[problem.line - 1]) == (
        path,
        "  regulations:         [0, 0, 0]   # 规章",
    )
    assert problem.says.endswith("  regulations:         [    0,     0,        0]   # 规章")


def test_a_broken_record_makes_no_tables(data: Path) -> None:
    """Where a file cannot be read there is its problem, and no table that lacks its rows."""
    damage(data, "year: ", "yaer: ")
    judged = checking.check(read_dataset([data / "agencies"]))
    assert judged.tables is None
    assert judged.problems != []


def test_an_error_leaves_the_package_as_it_was(data: Path, tmp_path: Path) -> None:
    """A package with an error is not moved into the folder, and nothing is left beside it."""
    out = tmp_path / "output"
    assert site.build_package(out).problems == []
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    damage(data, "year: ", "yaer: ")
    built = site.build_package(out)
    assert built.problems != []
    assert built.lines == []
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "output"]


def test_an_organ_that_is_gone_leaves_no_files(data: Path, tmp_path: Path) -> None:
    """Packaging again takes out the files of an organ whose records are no longer there."""
    out = tmp_path / "output"
    site.build_package(out)
    gone = record_paths(data / "agencies")[0].parent
    assert (out / "agencies" / gone.name / "data.csv").exists()
    shutil.rmtree(gone)
    assert site.build_package(out).problems == []
    assert not (out / "agencies" / gone.name / "data.csv").exists()
