"""All problems of a dataset at once; and an error stops the package before anything is moved."""

import shutil
from pathlib import Path

import pytest

from pipeline import checking, site
from pipeline.cli import main
from pipeline.dataset import read_dataset
from pipeline.record import AGENCIES, record_paths
from tests import made


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


KNOWN = "agency_name,agency_id,year,url,published,status\n示例县财政局,,2022,https://example.org/1,,known\n"


@pytest.mark.parametrize(
    ("name", "text", "line", "says"),
    [
        ("known_reports.csv", KNOWN + "示例县教育局,,２０２２,,,known\n", 3, "year: “２０２２” is no year"),
        ("known_reports.csv", KNOWN + '示例县教育局,,2022,,,"known\n', 3, "this is no CSV in UTF-8"),
        (
            "known_reports.csv",
            KNOWN + "示例县教育局,999901-jyj,2022,,,known\n",
            3,
            "agency_id: no organ that is held has",
        ),
        ("refusals.csv", "agency_name,agency_id\n", 1, "the columns must be agency_name,agency_id,year,url,code"),
        ("retired.csv", "id,reason,successor,date\n999901-jyj,,,2026-01-01\n", 2, "reason: it is not said why"),
        (
            "releases.csv",
            "version,date,tag,sha256,reports,agencies\n1.0,x,y,z,1,1\n",
            2,
            "version: “1.0” is no version",
        ),
    ],
)
def test_a_list_beside_the_reports_is_checked_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, line: int, says: str
) -> None:
    """Whatever is wrong with a list is a sentence of `check`, never a traceback or an error of the built tables."""
    made.dataset(tmp_path / "data", [], known=KNOWN.partition("\n")[2])
    (tmp_path / "data" / "agencies").mkdir()
    (tmp_path / "data" / name).write_text(text, encoding="utf-8")
    assert main(["check", str(tmp_path / "data" / "agencies")]) == 1
    said = capsys.readouterr().out
    assert f"{tmp_path / 'data' / name}:{line}: {says}" in said


def test_a_known_report_names_an_organ_that_is_held(tmp_path: Path) -> None:
    """Its id is that of an organ with reports; a report of an organ without any is known by its name alone."""
    known = f"示例县卫生健康局,{made.ID},2020,https://example.org/1,,known\n"
    assert made.dataset(tmp_path, [made.record()]).problems == []
    assert made.dataset(tmp_path, [made.record()], known=known).problems == []
