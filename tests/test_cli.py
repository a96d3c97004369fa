"""The door: what the command says, what it writes, and with which status it ends."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import pipeline
from pipeline import ROOT, cli, organs
from pipeline.cli import main
from pipeline.record import (
    Record,
    agency_folder,
    agency_to_yaml,
    read_record,
    record_path,
    record_to_yaml,
    source_path,
    write_text,
)
from tests import made
from tests.layouts import LAYOUTS, lay_out

Capture = pytest.CaptureFixture[str]
Ran = subprocess.CompletedProcess[str]


def gongkai(*arguments: object, **more: Any) -> Ran:
    """The command as a newcomer runs it."""
    told: dict[str, Any] = {"capture_output": True, "text": True, "encoding": "utf-8", "timeout": 120} | more
    return subprocess.run([sys.executable, "-m", "pipeline", *map(str, arguments)], **told)


def report(root: Path, name: str = "年报.txt", layout: str = "tab-rows", **changes: Any) -> Path:
    """A document of the health bureau of 示例县, or of another organ or year."""
    path = root / name
    path.write_text(lay_out(made.record(fill=made.different(), **changes), layout), encoding="utf-8")
    return path


def files(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def sentences(said: str, path: Path) -> list[str]:
    """The lines about a file; a traceback is none."""
    assert "Traceback" not in said
    return [line for line in said.splitlines() if line.startswith(f"{path}: ")]


HOME = "99/999901/999901-wsjkj"
THREE = [f"{HOME}/2023.source.txt", f"{HOME}/2023.yaml", f"{HOME}/agency.yaml"]


# the first steps of a newcomer ---------------------------------------------------------------------------------------


def test_the_help_begins_with_the_line_of_the_house(capsys: Capture) -> None:
    """`--help` names every stop of the line and each command, and ends with 0."""
    ran = gongkai("--help")
    assert ran.returncode == 0
    assert (pipeline.__doc__ or "").splitlines()[0] in " ".join(ran.stdout.split())
    for command in ("show", "convert", "check", "format", "package", "site"):
        assert command in ran.stdout
        assert main([command, "--help"]) == 0
        assert capsys.readouterr().out.startswith(f"usage: gongkai {command} ")


def test_the_version_is_that_of_the_package() -> None:
    """`--version` says which code made a record."""
    ran = gongkai("--version")
    assert (ran.returncode, ran.stdout) == (0, f"gongkai {pipeline.__version__}\n")


def test_a_report_becomes_a_record_that_the_check_accepts(tmp_path: Path) -> None:
    """One document gives organ, cells and record, names the record, and `check` finds no error in it."""
    path, out = report(tmp_path), tmp_path / "out"
    ran = gongkai("convert", path, "--out", out)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == f"{path}: converted: {out / HOME / '2023.yaml'}\n"
    assert files(out) == THREE
    checked = gongkai("check", out)
    assert checked.returncode == 0
    assert checked.stdout.splitlines()[-1].startswith("1 records: 0 errors, ")


def test_what_show_and_convert_understand_is_the_same(tmp_path: Path) -> None:
    """`show --json` gives each figure by its field, exactly as the record has it, and writes nothing."""
    path, out = report(tmp_path), tmp_path / "out"
    ran = gongkai("show", path, "--json", cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert files(tmp_path) == ["年报.txt"]
    told = json.loads(ran.stdout, parse_float=str)
    assert gongkai("convert", path, "--out", out).returncode == 0
    record = read_record(out / HOME / "2023.yaml").record
    assert record is not None
    assert {name: str(value) for name, value in told["figures"].items()} == {
        name: str(value) for name, value in record.figures().items()
    }
    facts = ("agency_name", "region_code", "year", "form", "published")
    assert [told[key] for key in facts] == [getattr(record, key) for key in facts]
    assert told["problems"] == []


def test_several_files_of_which_one_is_refused(tmp_path: Path) -> None:
    """The others are converted, the refused one has one sentence with its code, and the status is 1."""
    good, bad, other = report(tmp_path), tmp_path / "预算.txt", report(tmp_path, "b.txt", year=2022)
    bad.write_text("示例县2023年部门预算公开说明\n一、部门职责\n", encoding="utf-8")
    ran = gongkai("convert", good, bad, other, "--out", tmp_path / "out")
    assert ran.returncode == 1
    assert files(tmp_path / "out") == sorted([*THREE, f"{HOME}/2022.yaml", f"{HOME}/2022.source.txt"])
    assert [len(sentences(ran.stderr, path)) for path in (good, bad, other)] == [0, 1, 0]
    assert sentences(ran.stderr, bad)[0].endswith("(UnknownForm)")
    assert ran.stderr.splitlines()[-1] == "2 converted, 0 unchanged, 1 refused"


# misuse --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["convrt", "FILE"],
        ["convert"],
        ["convert", "FILE", "--agian"],
        ["convert", "FILE", "--aga"],
        ["convert", "FILE", "--region", "123"],
        ["convert", "FILE", "--region", "示例县"],
        ["convert", "FILE", "--year", "12"],
        ["convert", "FILE", "--year", "２０２３"],
        ["convert", "FILE", "--year", "2023.0"],
        ["convert", "FILE", "--year", "9" * 5000],
        ["convert", "FILE", "--retrieved", "2024-13-01"],
        ["convert", "FILE", "--retrieved", "20240101"],
        ["convert", "FILE", "--url", "ftp://example.org/1"],
        ["convert", "FILE", "--url", "example.org"],
        ["convert", "FILE", "--url", "https://"],
        ["convert", "FILE", "--url", "https:///1"],
        ["convert", "FILE", "--url", "https://example.org/a b"],
        ["convert", "FILE", "--agency", " "],
        ["convert", "FILE", "--keep", "requests.granted.naturel"],
        ["convert", "FILE", "--take", ""],
        ["convert", "FILE", "--keep", "scope", "--take", "scope"],
        ["convert", "FILE", "FILE", "--year", "2023"],
        ["convert", "FILE", "FILE", "--url", "https://example.org/1"],
        ["convert", "FOLDER", "--year", "2023"],
        ["convert", "FILE", "--jobs", "0"],
        ["convert", "FILE", "--jobs", "-1"],
        ["convert", "FILE", "--jobs", "two"],
        ["convert", "FILE", "--time-limit", "0.5"],
        ["convert", "FILE", "--memory-limit", "1e3"],
        ["convert", "FILE", "--report", "FOLDER"],
        ["convert", "FILE", "--report", "NOWHERE/run.json"],
        ["convert", "FILE", "FILE", "--keep", "scope"],
        ["show"],
        ["show", "FILE", "FILE"],
        ["show", "FILE", "--out", "x"],
        ["check", "NOWHERE"],
        ["format", "NOWHERE"],
        ["format", "FILE", "--again"],
    ],
    ids=lambda arguments: " ".join(arguments)[:60] or "nothing",
)
def test_misuse_is_2_with_a_sentence_and_nothing_written(
    arguments: Sequence[str], tmp_path: Path, capsys: Capture
) -> None:
    """What the command cannot mean ends with 2 and says why on the error stream; no file is touched."""
    path, out = report(tmp_path), tmp_path / "out"
    told = {"FILE": str(path), "FOLDER": str(tmp_path), "NOWHERE": str(tmp_path / "x")}
    named = [told.get(word, word.replace("NOWHERE", told["NOWHERE"])) for word in arguments]
    more = ["--out", str(out)] if arguments[:1] == ["convert"] else []
    before = path.read_bytes()
    assert main([*named, *more]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "gongkai" in said.err
    assert files(tmp_path) == ["年报.txt"]
    assert path.read_bytes() == before


def test_misuse_is_2_for_the_shell_too() -> None:
    """The status reaches the shell, with the usage."""
    ran = gongkai("convert", "x.txt", "--year", "12")
    assert ran.returncode == 2
    assert "12 is no year" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(("option", "says"), [("123", "data/regions.csv"), ("999901", "")])
def test_a_place_is_named_by_a_code_that_there_is(option: str, says: str, tmp_path: Path, capsys: Capture) -> None:
    """`--region` takes a code of the table, also that of a made-up place, and no other word."""
    assert main(["convert", str(report(tmp_path)), "--out", str(tmp_path / "out"), "--region", option]) == (
        2 if says else 0
    )
    assert says in capsys.readouterr().err


# files of every kind -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["2023 年 报 (1).txt", "年报.txt", "a'b\"c.txt", "-x.txt", "a\nb.txt", "无后缀", "😀.txt"]
)
def test_a_file_may_have_any_name(name: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blanks, Chinese, quotes, a hyphen in front, even a line break: the record keeps the name as it is."""
    path = report(tmp_path, name)
    monkeypatch.chdir(tmp_path)
    assert main(["convert", "--out", str(tmp_path / "out"), "--", path.name]) == 0
    assert capsys.readouterr().err == ""
    loaded = read_record(tmp_path / "out" / HOME / "2023.yaml")
    assert loaded.record is not None
    assert loaded.record.source.file == name


def test_a_name_in_another_encoding_is_written_out(tmp_path: Path) -> None:
    """A name whose bytes are no UTF-8, as old archives unpack them, stops neither the record nor the words about it."""
    raw = os.fsencode(tmp_path) + b"/" + "报.txt".encode("gb18030")
    try:
        shutil.copy(report(tmp_path), raw)
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such name")
    ran = gongkai("convert", os.fsdecode(raw), "--out", tmp_path / "out")
    assert (ran.returncode, ran.stderr) == (0, "")
    record = read_record(tmp_path / "out" / HOME / "2023.yaml").record
    assert record is not None
    assert record.source.file == r"\udcb1\udca8.txt"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
def test_a_terminal_that_lacks_the_letters_stops_nothing(encoding: str, tmp_path: Path) -> None:
    """Where the words cannot be shown they are escaped; the work is done and the status is right."""
    env = os.environ | {"PYTHONIOENCODING": encoding}
    path = report(tmp_path)
    if encoding == "ascii":
        assert gongkai("show", path, env=env, encoding=encoding).returncode == 0
    ran = gongkai("convert", path, tmp_path / "没有😀.txt", "--out", tmp_path / "out", env=env, encoding=encoding)
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert files(tmp_path / "out") == THREE


REFUSED: dict[str, bytes] = {
    "empty": b"",
    "blanks": b" \n" * 100_000,
    "junk": bytes(range(256)) * 40,
    "zip": b"PK\x03\x04" + b"\x00" * 60,
    "pdf": b"%PDF-1.7\n",
    "page": b"<!DOCTYPE html><html><body></body></html>",
    "budget": "示例县2023年部门预算\n一、部门职责\n".encode(),
    "notice": "关于报送2023年政府信息公开工作年度报告的通知\n各乡镇人民政府：\n请于1月20日前报送。\n".encode(),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_report_is_one_sentence(data: bytes, tmp_path: Path, capsys: Capture) -> None:
    """A file that holds no report is refused with the reason, status 1, and leaves nothing behind."""
    path = tmp_path / "x.txt"
    path.write_bytes(data)
    assert main(["convert", str(path), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert len(sentences(said.err, path)) == 1
    assert said.err.endswith((" (UnreadableSource)\n", " (UnknownForm)\n"))
    assert files(tmp_path) == ["x.txt"]


def test_a_file_past_all_measure_is_refused_unread(tmp_path: Path, capsys: Capture) -> None:
    """Fifty megabytes of nothing are refused by their size."""
    path = tmp_path / "x.txt"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert main(["convert", str(path), "--out", str(tmp_path / "out")]) == 1
    assert "50,000,000 bytes" in sentences(capsys.readouterr().err, path)[0]


def test_a_file_that_is_not_there_or_no_file_is_one_sentence(tmp_path: Path, capsys: Capture) -> None:
    """A wrong path is refused like any other file, by `show` a folder too; both with status 1."""
    wrong = (tmp_path / "x.txt", tmp_path / ("x" * 300))
    commands = [["convert", str(path), "--out", str(tmp_path / "out")] for path in wrong]
    for command in (*commands, *(["show", str(path)] for path in (*wrong, tmp_path))):
        assert main(command) == 1
        assert len(sentences(capsys.readouterr().err, Path(command[1]))) == 1


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_a_report_cut_off_in_a_table_is_refused(layout: str, tmp_path: Path, capsys: Capture) -> None:
    """A document that ends half-way through a table gives no record, wherever the cut is, in any layout."""
    path = report(tmp_path, layout=layout)
    text = path.read_text(encoding="utf-8")
    first, last = text.index("二、"), text.index("四、") + 20
    for part in range(1, 6):
        path.write_text(text[: first + (last - first) * part // 6], encoding="utf-8")
        assert main(["convert", str(path), "--out", str(tmp_path / "out")]) == 1
        assert len(sentences(capsys.readouterr().err, path)) == 1
    assert files(tmp_path) == ["年报.txt"]


def test_show_tells_what_it_can_of_a_refused_document(tmp_path: Path, capsys: Capture) -> None:
    """`show` ends with 0 whenever the file could be opened: identity and problems are told, also as JSON."""
    path = report(tmp_path)
    text = path.read_text(encoding="utf-8").replace("示例县卫生健康局", "卫生健康局")
    path.write_text(text, encoding="utf-8")
    assert main(["show", str(path)]) == 0
    assert "This document is refused:" in capsys.readouterr().out
    assert main(["show", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["region_code"] is None
    assert told["year"] == 2023
    assert len(told["figures"]) == 200
    assert [problem["code"] for problem in told["problems"]] == ["Ambiguous"]
    assert "--region" in told["problems"][0]["says"]


def test_the_person_at_the_keyboard_outranks_the_report(tmp_path: Path, capsys: Capture) -> None:
    """`--agency`, `--region` and `--year` name what the report hides, `--url` and `--retrieved` where it came from."""
    path, out = report(tmp_path), tmp_path / "out"
    path.write_text(path.read_text(encoding="utf-8").replace("示例县卫生健康局", "卫生健康局"), encoding="utf-8")
    told = ["--agency", "示例区审计局", "--region", "999902", "--year", "2022"]
    source = ["--url", "https://example.org/1", "--retrieved", "2024-02-29"]
    assert main(["convert", str(path), "--out", str(out), *told, *source]) == 0
    record = read_record(out / "99" / "999902" / "999902-sjj" / "2022.yaml").record
    assert record is not None
    assert (record.agency_name, record.year) == ("示例区审计局", 2022)
    assert (record.source.url, record.source.retrieved) == ("https://example.org/1", "2024-02-29")


# one organ, one year, one record -------------------------------------------------------------------------------------


def test_the_same_file_twice_in_one_command(tmp_path: Path, capsys: Capture) -> None:
    """A file that is named twice is converted once; a copy of it has nothing to add, and that is no fault."""
    path, copy = report(tmp_path), tmp_path / "b.txt"
    shutil.copy(path, copy)
    assert main(["convert", str(path), str(path), str(copy), "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr()
    assert [line.split(": ")[1] for line in said.out.splitlines()] == ["converted", "unchanged"]
    assert said.err == "1 skipped: the same file once more\n1 converted, 1 unchanged, 0 refused\n"


def test_a_second_document_for_the_same_organ_and_year(tmp_path: Path, capsys: Capture) -> None:
    """The record of the first stays, whole, until `--again` is given; the difference is shown."""
    one, out = report(tmp_path), tmp_path / "out"
    two = tmp_path / "b.txt"
    two.write_text(lay_out(made.record(), "pipes"), encoding="utf-8")
    assert main(["convert", str(one), str(two), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert f"made from {one} in this run, says something else" in sentences(said.err, two)[0]
    assert sentences(said.out, two)
    assert main(["convert", str(two), "--out", str(out)]) == 1
    assert "says something else; --again writes over it" in sentences(capsys.readouterr().err, two)[0]
    record = read_record(out / HOME / "2023.yaml").record
    assert record is not None
    assert record.figures() == made.record(fill=made.different()).figures()
    assert main(["convert", str(two), "--out", str(out), "--again"]) == 0
    assert set(read_record(out / HOME / "2023.yaml").record.figures().values()) == {0}


def test_another_year_of_the_organ_lies_beside_it(tmp_path: Path, capsys: Capture) -> None:
    """A second report of the organ joins its folder, and the organ's own file is not touched."""
    out = tmp_path / "out"
    assert main(["convert", str(report(tmp_path)), "--out", str(out)]) == 0
    organ = out / HOME / "agency.yaml"
    text = agency_to_yaml(made.agency(note="told by hand"))
    organ.write_text(text, encoding="utf-8")
    assert main(["convert", str(report(tmp_path, year=2022)), "--out", str(out)]) == 0
    assert organ.read_text(encoding="utf-8") == text
    assert "2022.yaml" in os.listdir(organ.parent)  # noqa: PTH208


def test_two_organs_with_the_same_letters_are_two(tmp_path: Path, capsys: Capture) -> None:
    """A name whose initials are taken in its place gets a number, and keeps it the next year."""
    out = tmp_path / "out"
    for year in (2022, 2023):
        for name in ("示例县审计局", "示例县司机局"):
            assert (
                main(["convert", str(report(tmp_path, f"{name}.txt", agency_name=name, year=year)), "--out", str(out)])
                == 0
            )
    assert sorted(path.name for path in (out / "99" / "999901").iterdir()) == ["999901-sjj", "999901-sjj2"]
    assert len(files(out)) == 10


def test_a_former_name_is_the_same_organ(tmp_path: Path, capsys: Capture) -> None:
    """A report under a name that the organ's file lists as former joins the organ; the record keeps the printed name."""
    out = tmp_path / "out"
    organ = made.agency(former_names=["示例县卫生和计划生育局"])
    write_text(agency_folder(out, made.ID) / "agency.yaml", agency_to_yaml(organ))
    assert main(["convert", str(report(tmp_path, agency_name="示例县卫生和计划生育局")), "--out", str(out)]) == 0
    record = read_record(out / HOME / "2023.yaml").record
    assert record is not None
    assert record.agency_name == "示例县卫生和计划生育局"


def test_an_organ_that_cannot_be_read_is_not_doubled(tmp_path: Path, capsys: Capture) -> None:
    """A slip in an organ's file stops the conversion with its line; no second organ is made for the same name."""
    out, path = tmp_path / "out", report(tmp_path)
    assert main(["convert", str(path), "--out", str(out)]) == 0
    organ = out / HOME / "agency.yaml"
    organ.write_text(organ.read_text(encoding="utf-8") + "note: null\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["convert", str(report(tmp_path, year=2022)), "--out", str(out)]) == 1
    assert f"{organ}:9:" in sentences(capsys.readouterr().err, path)[0]
    organ.unlink()
    assert main(["convert", str(path), "--out", str(out)]) == 1
    assert files(out) == THREE[:2]


def test_what_lies_about_is_no_organ(tmp_path: Path, capsys: Capture) -> None:
    """An empty folder that a failed attempt left, and the droppings of a desktop, do not take an id away."""
    out = tmp_path / "out"
    (out / HOME).mkdir(parents=True)
    for place in (out / "99" / "999901" / ".DS_Store", out / HOME / ".2023.yaml.abc"):
        place.write_bytes(b"\x00")
    assert main(["convert", str(report(tmp_path)), "--out", str(out)]) == 0
    assert [name for name in files(out) if "/." not in name] == THREE


def test_a_retired_id_is_never_given_again(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id that stands in the list of the retired ones goes to no other organ."""
    write_text(tmp_path / "retired.csv", "id,reason,successor,date\n999901-wsjkj,merged,,2026-01-01\n")
    monkeypatch.setattr(organs, "RETIRED", tmp_path / "retired.csv")
    assert main(["convert", str(report(tmp_path)), "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "99" / "999901" / "999901-wsjkj2" / "2023.yaml").exists()


# when writing fails --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("below", ["", "agencies", "99"])
def test_a_file_where_a_folder_belongs_is_a_sentence(below: str, tmp_path: Path) -> None:
    """`--out` that is a file, or has one in its way, refuses the report with a sentence and touches nothing."""
    path, out = report(tmp_path), tmp_path / "out"
    blocked = out / below if below == "99" else out
    blocked.parent.mkdir(exist_ok=True)
    blocked.write_text("x", encoding="utf-8")
    ran = gongkai("convert", path, "--out", out / "agencies" if below == "agencies" else out)
    assert ran.returncode == 1
    assert "nothing can be written below" in sentences(ran.stderr, path)[0]
    assert len(ran.stderr.splitlines()) == 1
    assert blocked.read_text(encoding="utf-8") == "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_without_leave_to_write_is_a_sentence(tmp_path: Path) -> None:
    """A target folder that is read-only refuses the report with a sentence."""
    path, out = report(tmp_path), tmp_path / "out"
    out.mkdir(mode=0o555)
    ran = gongkai("convert", path, "--out", out)
    assert ran.returncode == 1
    assert "Permission denied" in sentences(ran.stderr, path)[0]


@pytest.mark.parametrize("most", [0, 100, 3000])
def test_a_disk_that_is_full_leaves_no_half_report(most: int, tmp_path: Path) -> None:
    """Where organ, cells or record cannot be written to the end, none of the three is there; the next file is tried."""
    one, two, out = report(tmp_path), report(tmp_path, "b.txt", year=2022), tmp_path / "out"

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    ran = gongkai(
        "convert", one, two, "--out", out, preexec_fn=limit, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    )
    assert ran.returncode == 1
    if most:
        assert [len(sentences(ran.stderr, path)) for path in (one, two)] == [1, 1]
    else:  # not even a process to read in can be started
        assert ran.stderr.startswith("gongkai: output: No usable temporary directory")
    assert files(out) == []


def test_a_failed_second_conversion_leaves_the_first_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record and cells stay a pair: where one of them cannot be written anew, both are those of before."""
    out, path = tmp_path / "out", report(tmp_path)
    assert main(["convert", str(path), "--out", str(out)]) == 0
    before = {name: (out / name).read_bytes() for name in files(out)}
    path.write_text(lay_out(made.record(), "pipes"), encoding="utf-8")
    real = os.fdopen
    opened: list[int] = []

    def full(handle: int, *rest: Any, **more: Any) -> Any:
        opened.append(handle)
        if len(opened) == 2:
            raise OSError(28, "No space left on device")
        return real(handle, *rest, **more)

    monkeypatch.setattr(os, "fdopen", full)
    assert main(["convert", str(path), "--out", str(out), "--again"]) == 1
    assert len(opened) == 2
    assert {name: (out / name).read_bytes() for name in files(out)} == before


def test_ctrl_c_ends_with_130_and_whole_files(tmp_path: Path) -> None:
    """An interrupt in the midst of many files is a sentence; what was written is whole, and no trace of the rest lies about."""
    many = [report(tmp_path, f"{year}.txt", year=year) for year in range(2021, 2100)]
    more = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-u", "-m", "pipeline", "convert", *map(str, many), "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, **more) as running:
        assert running.stdout is not None
        running.stdout.readline()
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert said.splitlines()[-1].startswith("interrupted after ")
    assert said.endswith(" of 79 files; every file that was written is whole\n")
    found = files(tmp_path / "out")
    assert 0 < len(found) < 2 * len(many)
    assert not [name for name in found if Path(name).name.startswith(".")]
    for name in found:
        if name.endswith(".yaml") and "agency" not in name:
            assert read_record(tmp_path / "out" / name).problems == []
            assert name.replace(".yaml", ".source.txt") in found


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    """`gongkai show … | head -1` ends in peace."""
    command = f'"{sys.executable}" -m pipeline show "{report(tmp_path)}"'
    ran = subprocess.run(["bash", "-c", f"set -o pipefail; {command} | head -1"], capture_output=True, text=True)
    assert "Traceback" not in ran.stderr
    assert "Exception" not in ran.stderr
    assert ran.returncode == 0


def test_what_the_system_refuses_is_a_sentence_for_every_command(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the file system in any command ends with 1 and the file's name, never with a traceback."""

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path / "x"))

    monkeypatch.setattr(cli, "read_dataset", denied)
    assert main(["check", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"gongkai: {tmp_path / 'x'}: Permission denied\n"


# check and format ----------------------------------------------------------------------------------------------------


def house(root: Path, record: Record) -> Path:
    """A folder with one record, its organ and the cells that it was read from; gives the record's path."""
    made.dataset(root, [record])
    path = record_path(root / "agencies", record)
    # These words open section 一 of a report that counts its own organ alone.
    cells = lay_out(record, "tab-rows").replace("示例的文字，没有数字。", "本报告仅统计本机关。")
    write_text(source_path(path), cells)
    return path


def test_findings_leave_0_and_errors_give_1(tmp_path: Path, capsys: Capture) -> None:
    """A truthful record of a report that does not add up is fine; a record that is no record is not."""
    path = house(tmp_path, made.put(made.record(), requests__granted__natural=3))
    assert main(["check", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "(R02)" in said
    path.write_text(path.read_text(encoding="utf-8").replace("scope: own", "scpoe: own"), encoding="utf-8")
    assert main(["check", str(path)]) == 1
    said = capsys.readouterr().out
    assert f"{path}:6: scpoe: unknown key “scpoe” (UnreadableSource)" in said.splitlines()


def test_a_year_that_is_not_that_of_the_file_is_named(tmp_path: Path, capsys: Capture) -> None:
    """A record under the file name of another year is an error on the line of its year."""
    path = house(tmp_path, made.record())
    other = path.rename(path.with_name("2022.yaml"))
    assert main(["check", str(tmp_path)]) == 1
    assert f"{other}:4: year: the year is not that of the file, 2022.yaml (S06)" in capsys.readouterr().out


def test_all_problems_of_all_files_come_sorted(tmp_path: Path, capsys: Capture) -> None:
    """Every problem has file and line first, in order, whatever else is wrong."""
    one = house(tmp_path, made.record())
    two = house(tmp_path, made.record(year=2022))
    for path in (one, two):
        text = path.read_text(encoding="utf-8").replace("scope: own", "scope: No").replace('form: "2021"', "form: 010")
        path.write_text(text, encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 1
    places = [line.split(" ")[0] for line in capsys.readouterr().out.splitlines()[:-1]]
    assert places == [f"{path}:{line}:" for path in (two, one) for line in (5, 6)]


def test_github_gets_the_sentence_on_the_line(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """In GitHub Actions the same sentence comes as an annotation of file and line."""
    path = house(tmp_path, made.put(made.record(), requests__granted__natural=3))
    path.write_text(path.read_text(encoding="utf-8") + "x: 50%\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert main(["check", str(tmp_path)]) == 1
    line = path.read_text(encoding="utf-8").count("\n")
    assert capsys.readouterr().out.startswith(f"::error file={path},line={line}::{path}:{line}: x: unknown key")


def test_a_figure_that_nothing_explains_is_refused(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed figure is an error with the entry to paste below it; GitHub gets both as one annotation of the line."""
    path = house(tmp_path, made.put(made.record(fill=made.different()), requests__granted__natural=1))
    monkeypatch.setenv("GITHUB_ACTOR", "someone")
    path.write_text(path.read_text(encoding="utf-8").replace("[     1,   ", "[    12,   "), encoding="utf-8")
    assert main(["check", str(path)]) == 1
    said = capsys.readouterr().out
    says = "requests.granted.natural: the record says 12, the kept cells say 1, and no correction says why"
    paste = "- field: requests.granted.natural\n  kind: misread\n  was: 1\n  now: 12\n"
    assert f"{path}:27: {says} (Ambiguous)\n" in said
    assert f"\n{paste}" in said
    assert '\n  reason: ""\n  by: github:someone\n' in said
    assert " 1 errors, " in said
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert main(["check", str(path)]) == 1
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::error ")]
    assert line.startswith(f"::error file={path},line=27::{path}:27: {says}")
    assert paste.replace("\n", "%0A") in line


def test_a_record_without_its_cells_is_refused(tmp_path: Path, capsys: Capture) -> None:
    """Every record has the cells beside it from which its figures can be read again."""
    path = house(tmp_path, made.record())
    source_path(path).unlink()
    assert main(["check", str(path)]) == 1
    assert f"{path}:1: the cells that the record was read from are not beside it" in capsys.readouterr().out


def test_bytes_that_are_not_canonical_are_named_and_mended(tmp_path: Path, capsys: Capture) -> None:
    """`check` names the first line that is not as we write it, `format` writes it so, and changes no value."""
    path = house(tmp_path, made.record(fill=made.different()))
    text = path.read_text(encoding="utf-8")
    loose = text.replace("scope: own", 'scope:   "own"').replace("   # 规章", "")
    path.write_text(loose, encoding="utf-8")
    assert main(["check", str(path)]) == 1
    assert f"{path}:6: not in canonical form" in capsys.readouterr().out
    assert main(["format", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{path}: written in canonical form\n"
    assert path.read_text(encoding="utf-8") == text
    assert main(["format", str(path)]) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("damage", [b"\xef\xbb\xbf", b"\r"])
def test_marks_and_foreign_line_ends_are_mended(damage: bytes, tmp_path: Path, capsys: Capture) -> None:
    """What an editor of another system puts in is no change of a value: `check` names it, `format` takes it out."""
    path = house(tmp_path, made.record())
    data = path.read_bytes()
    path.write_bytes(damage + data if damage != b"\r" else data.replace(b"\n", b"\r\n"))
    assert main(["check", str(path)]) == 1
    assert f"{path}:1: not in canonical form" in capsys.readouterr().out
    assert main(["format", str(path)]) == 0
    assert path.read_bytes() == data


def test_a_record_that_cannot_be_read_is_not_formatted(tmp_path: Path, capsys: Capture) -> None:
    """`format` leaves a record with a fault as it is, names the fault, formats the others, and ends with 1."""
    one, two = house(tmp_path, made.record()), house(tmp_path, made.record(year=2022))
    broken = one.read_text(encoding="utf-8") + "year: 2023\n"
    one.write_text(broken, encoding="utf-8")
    two.write_text(two.read_text(encoding="utf-8").replace("scope: own", "scope:  own"), encoding="utf-8")
    assert main(["format", str(tmp_path)]) == 1
    assert "this key stands twice" in capsys.readouterr().err
    assert one.read_text(encoding="utf-8") == broken
    assert two.read_text(encoding="utf-8") == record_to_yaml(made.record(year=2022))
