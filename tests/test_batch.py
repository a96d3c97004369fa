"""Many files at once: the same records with any number of jobs, one bad file stops nothing, and only what is new is read."""

import ctypes
import fcntl
import io
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import termios
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pipeline import batch
from pipeline.cli import main
from pipeline.convert import Outcome, draft
from pipeline.inputs import gather
from pipeline.record import read_record, record_to_yaml
from tests import made
from tests.layouts import LAYOUTS, lay_out

Capture = pytest.CaptureFixture[str]

ORGANS = ("示例县卫生健康局", "示例县审计局", "示例县司机局", "示例县水利局")
HOME = "99/999901/999901-wsjkj"


def report(path: Path, start: int = 11, layout: str = "tab-rows", **changes: Any) -> Path:
    """A document with figures of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(lay_out(made.record(fill=made.different(start), **changes), layout), encoding="utf-8")
    return path


def reports(folder: Path, years: range = range(2021, 2025)) -> list[Path]:
    """A document an organ and a year, in every layout; two of the organs have the same letters."""
    organs = [(name, year) for name in ORGANS for year in years]
    layouts = list(LAYOUTS)
    return [
        report(folder / f"{n:03}.txt", 11 + n, layouts[n % len(layouts)], agency_name=name, year=year)
        for n, (name, year) in enumerate(organs)
    ]


def contents(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def told(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def sabotaged(job: batch.Job) -> Any:
    """The work of a worker whose reader fails in the way that a file's name says."""
    name = job.file.name
    if "hang" in name:
        time.sleep(1000)
    if "slow" in name:
        time.sleep(0.5)
    if "eat" in name:
        kept = []
        while True:
            kept.append(b"x" * 10_000_000)
    if "exit" in name:
        os._exit(7)
    if "crash" in name:
        ctypes.string_at(0)
    if "raise" in name:
        raise ZeroDivisionError("no figure")
    return draft(job.file, job.given, job.options)


# the same, however it is done ----------------------------------------------------------------------------------------


def test_the_number_of_jobs_changes_nothing(tmp_path: Path, capsys: Capture) -> None:
    """One, two and five jobs give the same bytes and the same report of the run, but for its times."""
    reports(tmp_path / "in")
    report(tmp_path / "in" / "100.txt", 500)  # the same organ and year as another file, with other figures
    (tmp_path / "in" / "101.txt").write_text("示例县2023年部门预算\n", encoding="utf-8")
    seen = []
    for jobs in (1, 2, 5):
        out, run = tmp_path / "out", tmp_path / "run.json"
        arguments = ["convert", str(tmp_path / "in"), "--out", str(out), "--jobs", str(jobs), "--report", str(run)]
        assert main(arguments) == 1
        plain = told(run)
        for one in (plain, *plain["files"]):
            for key in ("started", "seconds") + (("ended",) if "started" in one else ()):
                one.pop(key, None)
        seen.append((contents(out), plain, capsys.readouterr()))
        shutil.rmtree(out)
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][1]["totals"] == {
        "files": 18, "converted": 16, "unchanged": 0, "refused": 2, "skipped": 0,
        "refused_by_code": {"S06": 1, "UnknownForm": 1},
    }  # fmt: skip
    assert "99/999901/999901-sjj2/2021.yaml" in seen[0][0]


def test_ids_are_minted_in_the_order_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The organ of the first file gets the plain letters, also where reading that file takes longest."""
    report(tmp_path / "in" / "1-slow.txt", agency_name="示例县审计局")
    report(tmp_path / "in" / "2.txt", agency_name="示例县司机局")
    monkeypatch.setattr(batch, "read", sabotaged)
    assert main(["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--jobs", "2"]) == 0
    agency = tmp_path / "out" / "99/999901/999901-sjj/agency.yaml"
    assert "name: 示例县审计局" in agency.read_text(encoding="utf-8")


def test_two_files_for_one_record(tmp_path: Path, capsys: Capture) -> None:
    """The first is written; the second is refused by name, also with `--again`, and a third with the same bytes is unchanged."""
    one, two = report(tmp_path / "in" / "a.txt"), report(tmp_path / "in" / "b.txt", 500)
    shutil.copy(one, tmp_path / "in" / "c.txt")
    run = tmp_path / "run.json"
    for more in ([], ["--again"]):
        assert main(["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--report", str(run), *more]) == 1
        files = told(run)["files"]
        assert [one["ended"] for one in files] == ["converted", "refused", "unchanged"]
        assert files[1]["code"] == "S06"
        assert f"made from {one} in this run" in files[1]["says"]
        assert files[0]["record"] == files[2]["record"] == str(tmp_path / "out" / HOME / "2023.yaml")
    assert main(["convert", str(two), "--out", str(tmp_path / "out"), "--again"]) == 0
    record = read_record(tmp_path / "out" / HOME / "2023.yaml").record
    assert record is not None
    assert record.figures() == made.record(fill=made.different(500)).figures()


# one bad file --------------------------------------------------------------------------------------------------------


def test_one_bad_file_never_stops_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """Files that hang, grow, crash or fail are refused one by one with the reason; all others are written."""
    good = reports(tmp_path / "in", range(2021, 2023))
    for n, name in enumerate(("000-hang", "001-eat", "002-crash", "003-exit", "004-raise")):
        report(tmp_path / "in" / f"{name}.txt", year=2030 + n)
    monkeypatch.setattr(batch, "read", sabotaged)
    run = tmp_path / "run.json"
    bounds = ["--time-limit", "6", "--memory-limit", "300", "--jobs", "2"]
    command = ["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out"), *bounds, "--report", str(run)]
    assert main(command) == 1
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    says = {Path(one["file"]).name: one["says"] for one in told(run)["files"] if one["ended"] == "refused"}
    assert says == {
        "000-hang.txt": "reading it took longer than 6 seconds",
        "001-eat.txt": "reading it needed more than 300 MB of memory",
        "002-crash.txt": "reading it crashed a library (Segmentation fault)",
        "003-exit.txt": "reading it ended the process that read it (exit status 7)",
        "004-raise.txt": says["004-raise.txt"],
    }
    assert says["004-raise.txt"].startswith("gongkai itself failed: ZeroDivisionError: no figure (test_batch.py, line")
    assert said.err.splitlines()[-2].startswith("5 refused (UnreadableSource): ")
    assert said.err.splitlines()[-1] == f"{len(good)} converted, 0 unchanged, 5 refused"
    assert sum(name.endswith("2021.yaml") for name in contents(tmp_path / "out")) == len(ORGANS)


def test_an_error_while_writing_stops_only_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw while one record is written refuses that one file."""
    reports(tmp_path / "in", range(2021, 2022))
    real, calls = batch.settle, list[int]()

    def failing(*arguments: Any) -> Outcome:
        calls.append(1)
        if len(calls) == 2:
            raise KeyError("x")
        return real(*arguments)

    monkeypatch.setattr(batch, "settle", failing)
    run = tmp_path / "run.json"
    assert main(["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--report", str(run)]) == 1
    assert [one["ended"] for one in told(run)["files"]] == ["converted", "refused", "converted", "converted"]


def bomb_docx() -> bytes:
    """A Word file whose text unpacks to two gigabytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file, file.open("word/document.xml", "w") as part:
        part.write(b"<w:document>")
        for _ in range(200):
            part.write(b" " * 10_000_000)
    return held.getvalue()


def entity_docx() -> bytes:
    """A Word file whose entities unfold to a billion words."""
    names = "abcdefghij"
    told = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise(names))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">{told}]><x>&j;</x>'
    return zipped({"word/document.xml": text.encode()})


def zipped(parts: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return held.getvalue()


def nested_zip() -> bytes:
    """A zip in a zip in a zip, forty deep."""
    data = b"x" * 100_000
    for _ in range(40):
        data = zipped({"a.zip": data})
    return data


BOMBS = {
    "zip.docx": bomb_docx,
    "entity.docx": entity_docx,
    "nested.zip": nested_zip,
    "deep.html": lambda: b"<html><body>" + b"<div>" * 100_000,
    "tables.html": lambda: b"<html><body>" + b"<table><tr><td>" * 20_000,
    "wide.html": lambda: b"<html><table>" + b"<tr><td colspan=1000 rowspan=65534>1</td></tr>" * 1000,
    "long.txt": lambda: b"1" * 15_000_000,
    "tabs.txt": lambda: b"\t" * 10_000_000,
}


def test_bombs_are_refused_one_by_one(tmp_path: Path, capsys: Capture) -> None:
    """What is made to burst is refused with a sentence within bounds, and the report beside it is written."""
    good = report(tmp_path / "in" / "good.txt")
    for name, make in BOMBS.items():
        (tmp_path / "in" / name).write_bytes(make())
    run, began = tmp_path / "run.json", time.monotonic()
    bounds = ["--time-limit", "60", "--jobs", "2"]
    command = ["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out"), *bounds, "--report", str(run)]
    assert main(command) == 1
    assert "Traceback" not in capsys.readouterr().err
    files = told(run)["files"]
    assert {Path(one["file"]).name: one["ended"] for one in files} == {
        good.name: "converted", **dict.fromkeys(BOMBS, "refused")
    }  # fmt: skip
    assert [one["file"] for one in files if one["says"] and "gongkai itself failed" in one["says"]] == []
    assert time.monotonic() - began < 300


@pytest.mark.parametrize(
    ("name", "start", "seconds"),
    [
        ("a.txt", "一、总体".encode(), 60),
        ("a.pdf", b"\r\n%PDF-1.7", 300),
        ("a.jpg", b"\xff\xd8\xff\xe0", 300),
        ("a.doc", b"\xd0\xcf\x11\xe0", 300),
        ("a.doc", b"{\\rtf1", 300),
        ("show.php?id=1", b"\xef\xbb\xbf<!DOCT", 300),
        ("a.html", "年度报告<".encode(), 300),
        ("a.zip", b"PK\x03\x04", 300),
    ],
)
def test_what_may_hold_a_scan_gets_the_time_of_one(name: str, start: bytes, seconds: float) -> None:
    """A page may name a scan beside it and an archive hold one; who sets a limit sets it for all."""
    assert batch.Bounds(1).patience(Path(name), start) == seconds
    assert batch.Bounds(1, seconds=7).patience(Path(name), start) == 7


def test_a_piece_that_gets_lost_is_an_error_and_no_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should a file ever be neither waiting nor being read nor done, the run ends instead of turning round for ever."""
    reports(tmp_path / "in", range(2021, 2022))
    monkeypatch.setattr(batch._Run, "_take", lambda self, done: None)
    with pytest.raises(RuntimeError, match="nothing to wait for"):
        main(["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--jobs", "2"])


# which files ---------------------------------------------------------------------------------------------------------


def test_a_folder_is_searched_for_what_could_be_a_report(tmp_path: Path) -> None:
    """Documents at any depth are taken, sorted; what cannot be one is passed over, with the reason."""
    root = tmp_path / "in"
    taken = ["1.示例县年报", "a/b/c.TXT", "a/d.docx", "e.shtml", "f.php?id=12", "无后缀", "名\n字.txt"]
    passed = {
        "a/style.css": "a .css file",
        "a/r.expected.yaml": "a .yaml file",
        ".hidden.txt": "a hidden file",
        "~$r.docx": "a hidden file",
        ".git/x.txt": "a hidden folder",
        "2023.source.txt": "the cells beside a record",
        "p_files/x.png": "the folder of a saved page",
    }
    for name in [*taken, *passed, "p.html", "q_files/y.png", "out/z.txt"]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "twice.txt").symlink_to(root / "a/b/c.TXT")
    os.mkfifo(root / "pipe.txt")
    found = gather([root], root / "out")
    expected = sorted([*taken, "p.html", "q_files/y.png"])
    assert sorted(str(path.relative_to(root)) for path in found.files) == expected
    assert gather([root], root / "out").files == found.files
    why = {str(path.relative_to(root)): says for path, says in found.skipped}
    assert why == {
        **{name.split("/")[0] if "folder" in says else name: says for name, says in passed.items()},
        "loop": "a link to a folder",
        "twice.txt": "the same file once more",
        "pipe.txt": "no regular file",
    }


def test_what_is_named_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    """A file that stands on the command line itself is tried in any case, and only once."""
    path = report(tmp_path / "x.yaml")
    assert gather([path, tmp_path / ".." / tmp_path.name / "x.yaml"], tmp_path / "out").files == [path]


def test_odd_files_are_refused_and_stop_nothing(tmp_path: Path, capsys: Capture) -> None:
    """A file of three gigabytes, a pipe, a device, a link to nowhere and a name of any bytes: a sentence each."""
    good = report(tmp_path / "in" / "good\n\x1b[31m.txt")
    with (tmp_path / "in" / "big.txt").open("wb") as file:
        file.truncate(3_000_000_000)
    (tmp_path / "in" / "nowhere.txt").symlink_to(tmp_path / "x")
    os.mkfifo(tmp_path / "pipe.txt")
    raw = os.fsencode(tmp_path / "in") + b"/" + "报.txt".encode("gb18030")
    Path(os.fsdecode(raw)).write_bytes(b"x")
    run = tmp_path / "run.json"
    named = [str(tmp_path / "in"), str(tmp_path / "pipe.txt"), "/dev/zero", str(tmp_path / "gone.txt")]
    assert main(["convert", *named, "--out", str(tmp_path / "out"), "--report", str(run)]) == 1
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 1
    assert r"good\n\x1b[31m.txt: converted" in said.out
    files = {Path(one["file"]).name: one for one in told(run)["files"]}
    assert files.pop(good.name)["ended"] == "converted"
    assert "3,000,000,000 bytes" in files["big.txt"]["says"]
    assert files["big.txt"]["sha256"] is None
    assert [one["ended"] for one in files.values()] == ["refused"] * 6
    assert r"\udcb1\udca8.txt" in files


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_a_sentence(tmp_path: Path, capsys: Capture) -> None:
    """A file and a folder without leave to read are refused by name."""
    path, folder = report(tmp_path / "in" / "a.txt"), tmp_path / "in" / "closed"
    path.chmod(0)
    folder.mkdir(0)
    assert main(["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 1
    folder.chmod(0o700)
    said = capsys.readouterr().err
    assert f"{path}: the file cannot be opened: Permission denied" in said
    assert f"{folder}: the folder cannot be opened: Permission denied" in said


def test_an_empty_folder_is_no_fault(tmp_path: Path, capsys: Capture) -> None:
    """Where there is nothing to convert the summary says nought, and no folder is made."""
    (tmp_path / "in").mkdir()
    assert main(["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().err == "0 converted, 0 unchanged, 0 refused\n"
    assert not (tmp_path / "out").exists()


# again ---------------------------------------------------------------------------------------------------------------


def test_running_again_does_only_what_is_new_or_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """The second run reads no file whose bytes a record names; a new and a changed one are read."""
    paths = reports(tmp_path / "in", range(2021, 2023))
    out, run = tmp_path / "out", tmp_path / "run.json"
    command = ["convert", str(tmp_path / "in"), "--out", str(out), "--report", str(run)]
    assert main(command) == 0
    before = contents(out)
    for path in paths[2:]:
        path.rename(path.with_name(f"{path.stem}-raise.txt"))  # another name, the same bytes: reading it would fail
    monkeypatch.setattr(batch, "read", sabotaged)
    assert main(command) == 0
    assert told(run)["totals"]["unchanged"] == len(paths)
    assert contents(out) == before
    report(tmp_path / "in" / "900.txt", year=2025)
    report(paths[0], 700, agency_name=ORGANS[0], year=2021)
    assert main(command) == 1
    files = {Path(one["file"]).name: one for one in told(run)["files"]}
    assert files["900.txt"]["ended"] == "converted"
    assert (files[paths[0].name]["ended"], files[paths[0].name]["code"]) == ("refused", "S06")
    assert sum(one["ended"] == "unchanged" for one in files.values()) == len(paths) - 1


HAND = {
    "a figure": lambda record, tmp: record.write_bytes(record.read_bytes().replace(b" 11,", b" 12,", 1)),
    "a blank": lambda record, tmp: record.write_bytes(record.read_bytes() + b"\n"),
    "gone": lambda record, tmp: record.unlink(),
    "no list": lambda record, tmp: shutil.rmtree(tmp / "cache"),
    "half a list": lambda record, tmp: [one.write_bytes(one.read_bytes()[:150]) for one in tmp.glob("cache/*/*")],
    "a list of bytes": lambda record, tmp: [one.write_bytes(bytes(range(256))) for one in tmp.glob("cache/*/*")],
    "another program": lambda record, tmp: [one.write_bytes(b"x" + one.read_bytes()) for one in tmp.glob("cache/*/*")],
}


@pytest.mark.parametrize("hand", HAND)
def test_what_a_hand_has_touched_is_read_again(hand: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a record is not as the conversion left it, or nothing is known of it, its source is read, and no other."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    report(tmp_path / "in" / "a-raise.txt")
    report(tmp_path / "in" / "b.txt", year=2022)
    run, out = tmp_path / "run.json", tmp_path / "out"
    command = ["convert", str(tmp_path / "in"), "--out", str(out), "--report", str(run)]
    assert main(command) == main(command) == 0
    assert told(run)["totals"]["unchanged"] == 2
    HAND[hand](out / HOME / "2023.yaml", tmp_path)
    monkeypatch.setattr(batch, "read", sabotaged)
    assert main(command) == 1
    says = [one["says"] for one in told(run)["files"]]
    assert says[0].startswith("gongkai itself failed: ZeroDivisionError")
    assert says[1] is None


def test_a_figure_changed_by_hand_is_told_also_among_many(tmp_path: Path, capsys: Capture) -> None:
    """A run over a folder shows what a hand changed in a record, refuses to write over it, and does so each time."""
    reports(tmp_path / "in", range(2021, 2022))
    command = ["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    assert main(command) == 0
    record = next((tmp_path / "out").rglob("2021.yaml"))
    record.write_bytes(record.read_bytes().replace(b"[   11,", b"[   99,", 1))
    for _ in range(2):
        capsys.readouterr()
        assert main(command) == 1
        said = capsys.readouterr()
        assert ": 99 -> 11" in said.out
        assert said.err.splitlines()[-1] == "0 converted, 3 unchanged, 1 refused"


def test_a_corrected_record_is_known_once_it_was_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A correction is merged once; after that the record is as the conversion left it, and is passed over."""
    report(tmp_path / "in" / "a-raise.txt")
    report(tmp_path / "in" / "b.txt", year=2022)
    run, out = tmp_path / "run.json", tmp_path / "out"
    command = ["convert", str(tmp_path / "in"), "--out", str(out), "--report", str(run)]
    assert main(command) == 0
    loaded = read_record(out / HOME / "2023.yaml").record
    assert loaded is not None
    was = loaded.figures()["requests.granted.natural"]
    told_by = {"evidence": "x", "reason": "x", "by": "github:someone", "date": "2026-03-02"}
    loaded.corrections = [{"field": "requests.granted.natural", "kind": "misread", "was": was, "now": 7} | told_by]
    loaded.set_figure("requests.granted.natural", 7)
    (out / HOME / "2023.yaml").write_text(record_to_yaml(loaded), encoding="utf-8")
    assert main(command) == 0
    monkeypatch.setattr(batch, "read", sabotaged)
    assert main(command) == 0
    assert told(run)["totals"]["unchanged"] == 2


def test_a_folder_that_is_named_otherwise_is_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was converted before is known under any way to name the folder, and records are named as the folder is."""
    one = report(tmp_path / "in" / "a.txt")
    report(tmp_path / "in" / "b.txt", year=2022)
    run = tmp_path / "run.json"
    command = ["convert", str(tmp_path / "in"), "--report", str(run), "--out"]
    assert main([*command, str(tmp_path / "out")]) == 0
    one.rename(one.with_name("a-raise.txt"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(batch, "read", sabotaged)
    report(tmp_path / "in" / "c.txt", 500)
    assert main([*command, "out"]) == 1
    files = told(run)["files"]
    assert [one["ended"] for one in files] == ["unchanged", "unchanged", "refused"]
    assert [one["record"] for one in files[:2]] == [f"out/{HOME}/2023.yaml", f"out/{HOME}/2022.yaml"]
    assert "in/a-raise.txt in this run, says something else" in files[2]["says"]


def test_a_single_file_is_always_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who names one file wants to know what it says now."""
    command = ["convert", str(report(tmp_path / "a-raise.txt")), "--out", str(tmp_path / "out")]
    assert main(command) == main(command) == 0
    monkeypatch.setattr(batch, "read", sabotaged)
    assert main(command) == 1


def test_a_scan_beside_a_page_may_change_while_the_page_does_not(tmp_path: Path, capsys: Capture) -> None:
    """A page whose report lies beside it is read each time."""
    page = tmp_path / "in" / "a.html"
    report(tmp_path / "in" / "b.txt")
    page.write_text('<html><body><p>附件</p><a href="b.txt">年报</a></body></html>', encoding="utf-8")
    command = ["convert", str(page), str(tmp_path / "x.txt"), "--out", str(tmp_path / "out")]
    assert main(command) == 1
    assert f"{page}: converted: " in capsys.readouterr().out
    report(tmp_path / "in" / "b.txt", 500)
    assert main(command) == 1
    assert "says something else" in capsys.readouterr().err


# stopped, and alone --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_goes_on_the_next_time(number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C ends the workers, leaves whole records, writes summary and report; the next run completes the same records."""
    reports(tmp_path / "in", range(2021, 2041))
    run = tmp_path / "run.json"
    more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "start_new_session": True}
    command = [sys.executable, "-u", "-m", "pipeline", "convert", str(tmp_path / "in"), "--report", str(run), "--out"]
    with subprocess.Popen([*command, str(tmp_path / "out")], **more) as running:  # type: ignore[call-overload]
        running.stdout.readline()
        os.killpg(running.pid, number)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in said
    found = contents(tmp_path / "out")
    records = [name for name in found if name.endswith("0.yaml") or name[-7:-5].isdigit()]
    assert 0 < len(records) < 80
    assert [name for name in found if Path(name).name.startswith(".")] == []
    assert all(read_record(tmp_path / "out" / name).problems == [] for name in records)
    assert all(name.replace(".yaml", ".source.txt") in found for name in records)
    assert said.splitlines()[-2] == f"{len(records)} converted, 0 unchanged, 0 refused"
    assert said.splitlines()[-1].startswith(f"interrupted after {len(records)} of 80 files")
    assert (told(run)["interrupted"], told(run)["totals"]["converted"]) == (True, len(records))
    left = subprocess.run(["ps", "-axo", "args="], capture_output=True, text=True).stdout
    assert str(tmp_path) not in left
    assert main([*command[4:-1], "--out", str(tmp_path / "out")]) == 0
    assert told(run)["totals"]["unchanged"] == len(records)
    assert main(["convert", str(tmp_path / "in"), "--out", str(tmp_path / "whole")]) == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


def test_two_conversions_never_write_to_one_folder(tmp_path: Path, capsys: Capture) -> None:
    """While one conversion runs, another one to the same folder says so and writes nothing."""
    path, out = report(tmp_path / "a.txt"), tmp_path / "out"
    out.mkdir()
    handle = os.open(out, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert main(["convert", str(path), "--out", str(out)]) == 1
    os.close(handle)
    assert capsys.readouterr().err.startswith(f"gongkai: {out}: another conversion is writing here")
    assert main(["convert", str(path), "--out", str(out)]) == 0


# what is said --------------------------------------------------------------------------------------------------------


def test_the_report_of_a_run(tmp_path: Path, capsys: Capture) -> None:
    """`--report` names each file with hash, end, reason, record and seconds, and what was passed over."""
    good, bad = report(tmp_path / "in" / "a.txt"), tmp_path / "in" / "b.txt"
    bad.write_text("示例县2023年部门预算\n", encoding="utf-8")
    (tmp_path / "in" / "c.css").write_text("x", encoding="utf-8")
    run = tmp_path / "run.json"
    assert main(["convert", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--report", str(run)]) == 1
    plain = told(run)
    assert list(plain) == ["gongkai", "started", "ended", "interrupted", "totals", "files", "skipped"]
    keys = ["file", "sha256", "ended", "code", "where", "says", "record", "seconds"]
    assert [list(one) for one in plain["files"]] == [keys, keys]
    one, two = plain["files"]
    record = read_record(Path(one["record"])).record
    assert record is not None
    assert (one["file"], one["sha256"], one["code"]) == (str(good), record.source.sha256, None)
    assert (two["ended"], two["code"], two["record"]) == ("refused", "UnknownForm", None)
    assert two["says"] in capsys.readouterr().err
    assert plain["skipped"] == [{"file": str(tmp_path / "in" / "c.css"), "says": "a .css file"}]


def test_a_person_sees_rate_and_remaining_time(tmp_path: Path) -> None:
    """On a terminal a bar with rate and remaining time runs along; a machine gets no carriage return."""
    reports(tmp_path / "in", range(2021, 2024))
    command = [sys.executable, "-m", "pipeline", "convert", str(tmp_path / "in"), "--out"]
    plain = subprocess.run([*command, str(tmp_path / "one")], capture_output=True)
    assert plain.returncode == 0
    assert b"\r" not in plain.stdout + plain.stderr
    parent, child = os.openpty()
    termios.tcsetwinsize(child, (24, 80))
    shown = b""
    with subprocess.Popen([*command, str(tmp_path / "two")], stdout=subprocess.DEVNULL, stderr=child) as running:
        os.close(child)
        while True:
            try:
                shown += os.read(parent, 65536)
            except OSError:  # the other end is closed
                break
    os.close(parent)
    assert running.returncode == 0
    assert b"/12 [" in shown
    assert b" files/s]" in shown or b"s/ files]" in shown
    assert b"12 converted, 0 unchanged, 0 refused" in shown
