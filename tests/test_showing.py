"""`gongkai show` prints what each stop of the line made of a document, also of one that is refused."""

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from tests.layouts import lay_out
from tests.made import record as made_record


def document(tmp_path: Path, old: str = "", new: str = "") -> str:
    numbers = iter(range(101, 900))
    path = tmp_path / "年报.txt"
    text = lay_out(made_record(fill=lambda column: next(numbers)), "tab-rows-left-out")
    path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return str(path)


def test_every_figure_is_shown_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two hundred lines name the field, the value, the place and the printed text."""
    assert main(["show", document(tmp_path)]) == 0
    out = capsys.readouterr().out
    numbers = iter(range(101, 900))
    for name, value in made_record(fill=lambda column: next(numbers)).figures().items():
        assert f"  {name} = {value}    line " in out
    assert "organ      示例县卫生健康局" in out
    assert "form       2021" in out


def test_the_json_has_the_promised_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Other programs find organ, place, year, form, day, figures and problems."""
    assert main(["show", document(tmp_path), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    identity = [shown[key] for key in ("agency_name", "region_code", "year", "form", "published", "problems")]
    assert identity == ["示例县卫生健康局", "999901", 2023, "2021", "2024-01-15", []]
    assert len(shown["figures"]) == 200
    assert shown["figures"]["proactive.regulations.issued"] == 101


def test_a_refused_document_is_shown_all_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The sections that were read, the cells of the one that was not, and why: status 0."""
    path = document(tmp_path, "2.重复申请\t", "2.重复申请\t7\t")
    assert main(["show", path]) == 0
    out = capsys.readouterr().out
    assert "proactive.regulations.issued = 101" in out
    assert "“2.重复申请” (requests: row rejected_repeated)" in out
    assert "has 8 figures where the form has 7 (S04)" in out
    assert main(["show", path, "--json"]) == 0
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert problem["code"] == "S04"
    assert problem["where"].startswith("line ")


def test_a_document_without_tables_is_shown_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no report still says whose it seems to be, and what was not understood."""
    path = tmp_path / "older.txt"
    path.write_text(
        "示例县教育局2017年政府信息公开年度报告\n一、概述\n指标名称\t数量\n收到申请\t31\n", encoding="utf-8"
    )
    assert main(["show", str(path)]) == 0
    out = capsys.readouterr().out
    assert "year       2017" in out
    assert "“指标名称” (not understood)" in out
    assert "“31” (a number)" in out
    assert "(UnknownForm)" in out


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a document there is nothing to show: one sentence, status 1."""
    assert main(["show", str(tmp_path / "nothing.txt")]) == 1
    assert capsys.readouterr().err.rstrip().endswith("there is no such file (UnreadableSource)")
