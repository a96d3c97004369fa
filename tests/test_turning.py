"""Files that LibreOffice has to turn are turned many at once, and read as if each had been turned alone."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline import batch, turning
from pipeline.cli import main
from pipeline.readers import soffice
from tests import made
from tests.layouts import lay_out
from tests.test_batch import contents, told
from tests.tools import missing

REPORTS = Path(__file__).parent / "reports"
RTF = (REPORTS / "rtf-uneven-columns" / "document.rtf").read_bytes()


def in_year(year: int) -> bytes:
    """The planted RTF report, with another year in its title and under its signature."""
    wanted = {b"2023": b"%d" % year, b"2024": b"%d" % (year + 1)}
    data, count = re.subn(rb"(?<=\{\\loch\n)202[34](?=\})", lambda found: wanted[found[0]], RTF)
    assert count == 2
    return data


def documents(folder: Path, years: range = range(2021, 2031)) -> list[Path]:
    """RTF reports, some called .doc, among reports of another kind."""
    folder.mkdir()
    found = []
    for year in years:
        path = folder / f"{year}{'.doc' if year % 3 == 1 else '.rtf'}"
        path.write_bytes(in_year(year))
        found.append(path)
    for n in range(3):
        text = lay_out(made.record(fill=made.different(300 + n), year=2040 + n), "tab-rows")
        (folder / f"{2022 + n}z.txt").write_text(text, encoding="utf-8")
    return found


def gongkai(tmp_path: Path, *arguments: object, acts: str = "") -> int:
    """The command, with a program in the place of LibreOffice that writes down each start; `acts` is what it does."""
    program, folder = soffice.program(), tmp_path / "bin"
    if not program and not acts:
        missing("LibreOffice is not installed")
    folder.mkdir(exist_ok=True)
    script = folder / "soffice"
    acts = acts or f'exec {program} "$@"'
    script.write_text(f"#!/bin/sh\necho x >> {tmp_path}/starts\n{acts}\n", encoding="utf-8")
    script.chmod(0o755)
    env = os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "pipeline", "convert", *map(str, arguments)]
    return subprocess.run(command, env=env, capture_output=True, timeout=300).returncode


def starts(tmp_path: Path) -> int:
    """How often LibreOffice was started since the last time."""
    note = tmp_path / "starts"
    count = len(note.read_text(encoding="ascii").splitlines()) if note.exists() else 0
    note.unlink(missing_ok=True)
    return count


def ended(run: Path) -> dict[str, str]:
    return {Path(one["file"]).name: one["ended"] for one in told(run)["files"]}


def test_many_files_are_turned_in_one_run(tmp_path: Path) -> None:
    """Ten RTF files start LibreOffice once, and give the records that each gives alone; a second run starts it never."""
    found = documents(tmp_path / "in")
    shutil.copy(found[0], tmp_path / "in" / "same.rtf")
    run, many, alone = tmp_path / "run.json", tmp_path / "many", tmp_path / "alone"
    command = [tmp_path / "in", "--jobs", "2", "--report", run, "--out"]
    assert gongkai(tmp_path, *command, many) == 0
    assert starts(tmp_path) == 1
    assert (told(run)["totals"]["converted"], told(run)["totals"]["unchanged"]) == (13, 1)
    assert gongkai(tmp_path, *command, many) == 0
    assert (starts(tmp_path), told(run)["totals"]["unchanged"]) == (0, 14)
    for path in found[:2]:
        assert gongkai(tmp_path, path, "--out", alone) == 0
    assert starts(tmp_path) == 2
    by_themselves = contents(alone)
    assert len(by_themselves) == 5
    assert {name: data for name, data in contents(many).items() if name in by_themselves} == by_themselves


def test_a_file_on_which_the_program_hangs_takes_no_other_with_it(tmp_path: Path) -> None:
    """Where turning many fails, each is turned alone: only the file at fault is refused."""
    acts = f"""
    grep -q hangs *.rtf && exec sleep 1000
    for one in *.rtf; do cp {REPORTS}/$(grep -o 'docx[-a-z0-9]*' $one)/document.docx ../out/${{one%.rtf}}.docx; done
    """
    (tmp_path / "in").mkdir()
    for words in ("docx-plain", "docx-plain-2019", "hangs"):
        (tmp_path / "in" / f"{words}.rtf").write_text(f"{{\\rtf1 {words}}}", encoding="ascii")
    run = tmp_path / "run.json"
    bounds = ["--time-limit", "3", "--report", run]
    assert gongkai(tmp_path, tmp_path / "in", "--out", tmp_path / "out", *bounds, acts=acts) == 1
    assert ended(run) == {"docx-plain.rtf": "converted", "docx-plain-2019.rtf": "converted", "hangs.rtf": "refused"}
    assert starts(tmp_path) == 4


def test_a_file_that_cannot_be_turned_with_the_others_is_refused_for_its_own_reason(tmp_path: Path) -> None:
    """A cut-off file among whole ones is refused with its own reason, and the whole ones are converted."""
    documents(tmp_path / "in", range(2021, 2023))
    (tmp_path / "in" / "cut.rtf").write_bytes(RTF[:50_000])
    run = tmp_path / "run.json"
    assert gongkai(tmp_path, tmp_path / "in", "--out", tmp_path / "out", "--report", run) == 1
    says = {Path(one["file"]).name: one["says"] for one in told(run)["files"] if one["ended"] == "refused"}
    assert list(says) == ["cut.rtf"]
    assert "ends in the middle" in says["cut.rtf"]


def test_at_the_limit_nothing_stands_still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More files than are turned in one run, and than are looked at: every one of them ends."""
    monkeypatch.setattr(batch, "MOST", 2)
    monkeypatch.setattr(batch, "LOOK", 4)
    monkeypatch.setattr(batch, "AHEAD", 3)
    monkeypatch.setattr(batch, "wants", lambda data, file: turning.could_want(data))
    monkeypatch.setattr(batch, "read", unturned)
    documents(tmp_path / "in")
    run = tmp_path / "run.json"
    command = ["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--report", str(run)]
    assert main([*command, "--jobs", "2"]) == 1
    assert ended(run) == {f"{year}{'.doc' if year % 3 == 1 else '.rtf'}": "refused" for year in range(2021, 2031)} | {
        f"{year}z.txt": "refused" for year in range(2022, 2025)
    }


def unturned(job: Any) -> Any:
    """The work of a worker that reads nothing, and turns one file of two."""
    if isinstance(job, turning.Turn):
        return [None if n % 2 else job.folder / "x" for n in range(len(job.files))]
    raise ValueError("not read")


def test_what_is_no_old_document_is_not_turned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A workbook of the old kind and a Word document that the library reads need no LibreOffice; RTF does."""
    monkeypatch.setattr(soffice, "program", lambda: "soffice")
    assert turning.wants(RTF, Path("a.doc"))
    assert not turning.wants((REPORTS / "doc-plain" / "document.doc").read_bytes(), Path("a.doc"))
    for path in REPORTS.glob("*/document.xls"):
        assert not turning.wants(path.read_bytes(), path)
    assert not turning.wants(b"", Path("a.rtf"))
    monkeypatch.setattr(soffice, "program", lambda: None)
    assert not turning.wants(RTF, Path("a.rtf"))
