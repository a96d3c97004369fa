"""A real git repository of made-up reports, edited as people do, and what `gongkai changes` makes of it."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.changes import verdict
from pipeline.cli import main
from pipeline.record import Record, agency_folder, read_record, record_to_yaml, source_path
from tests import made
from tests.layouts import lay_out

NATURAL = "requests.granted.natural"
ORGANS = {"999901-wsjkj": "示例县卫生健康局", "999901-czj": "示例县财政局", "999901-jyj": "示例县教育局"}
YEARS = (2021, 2022, 2023, 2024)
ID = "999901-wsjkj-2023"


def report(start: int = 11, **changes: Any) -> Record:
    """What a document prints: different figures, and in the row 予以公开 parts that add up to 16 once 1 is read as 12."""
    printed = made.record(fill=made.different(start), **changes)
    for name, value in zip(printed.law.rows["requests"][2].fields, (1, 3, 0, 0, 1, 0, 16), strict=True):
        printed.set_figure(name, value)
    return printed


def entry(field: str = NATURAL, was: Any = 1, now: Any = 12, **changes: Any) -> dict[str, Any]:
    told = {
        "field": field,
        "kind": "misread",
        "was": was,
        "now": now,
        "evidence": "（一）予以公开\t\t1\t3\t0\t0\t1\t0\t16",
    }
    return told | {"reason": "两位数只读到了第一位", "by": "github:someone", "date": "2026-03-02"} | changes


@dataclass
class Ran:
    status: int
    out: str
    err: str
    markdown: str
    plain: dict[str, Any]


@dataclass
class Repository:
    """A checkout with the branch main, on which twelve reports of three organs are committed."""

    root: Path
    capture: pytest.CaptureFixture[str]

    @property
    def data(self) -> Path:
        return self.root / "data"

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.root), "-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
        return subprocess.run([*command, *arguments], check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, says: str = "a change") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", says)
        return self.git("rev-parse", "HEAD")

    def path(self, id: str = ID) -> Path:
        agency, _, year = id.rpartition("-")
        return agency_folder(self.data / "agencies", agency) / f"{year}.yaml"

    def kept(self, id: str = ID) -> Path:
        return source_path(self.path(id))

    def record(self, id: str = ID) -> Record:
        loaded = read_record(self.path(id))
        assert loaded.record is not None
        return loaded.record

    def edit(self, change: Callable[[Record], object], id: str = ID) -> None:
        """What a person does to a record, canonical as the emitter writes it."""
        record = self.record(id)
        change(record)
        self.path(id).write_text(record_to_yaml(record), encoding="utf-8", newline="\n")

    def correct(self, told: dict[str, Any], id: str = ID) -> None:
        """A correction as the contract wants it: the body, and the entry behind it."""

        def change(record: Record) -> None:
            record.corrections.append(told)
            if told["kind"] != "printed_wrong":
                put(record, told["field"], told["now"])

        self.edit(change, id)

    def replace(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")

    def convert(self, printed: Record, *options: str) -> None:
        document = self.root.with_name(f"{printed.year}年报.txt")
        document.write_text(lay_out(printed, "tab-rows"), encoding="utf-8")
        assert main(["convert", str(document), "--out", str(self.data / "agencies"), *options]) == 0

    def changes(self, *arguments: str, rows: bool = False) -> Ran:
        """The report on the working tree, or on what the arguments say, against main.

        `rows`: the published rows are held to the schema too, which takes frictionless seconds to begin with.
        """
        with pytest.MonkeyPatch.context() as patch:
            if not rows:
                patch.setattr(verdict, "_of_rows", lambda state, touched: [])
            return self._changes(*arguments)

    def _changes(self, *arguments: str) -> Ran:
        told, plain = self.root.with_name("told.md"), self.root.with_name("told.json")
        for file in (told, plain):
            file.unlink(missing_ok=True)
        self.capture.readouterr()
        files = ["--markdown", str(told), "--json", str(plain), "--data", str(self.data)]
        status = main(["changes", *files, *(arguments or ["main"])])
        out, err = self.capture.readouterr()
        assert "Traceback" not in out + err
        if not told.exists():
            return Ran(status, out, err, "", {})
        return Ran(status, out, err, told.read_text(encoding="utf-8"), json.loads(plain.read_text(encoding="utf-8")))


def put(record: Record, field: str, value: Any) -> None:
    if "." in field:
        record.set_figure(field, value)
    else:
        setattr(record, field, value)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("template") / "repository"
    documents = root.with_name("documents")
    documents.mkdir()
    for n, (id, name) in enumerate(ORGANS.items()):
        for year in YEARS:
            printed = report(1000 * n + year % 100, year=year, agency_id=id, agency_name=name)
            (documents / f"{id}-{year}.txt").write_text(lay_out(printed, "tab-rows"), encoding="utf-8")
    assert main(["convert", str(documents), "--out", str(root / "data" / "agencies")]) == 0
    head = "agency_name,agency_id,year,url,published,status\n"
    (root / "data" / "known_reports.csv").write_text(head, encoding="utf-8")
    (root / "data" / "retired.csv").write_text("id,reason,successor,date\n", encoding="utf-8")
    (root / "data" / "labels.yaml").write_text("rows: {}\n", encoding="utf-8")
    (root / "pipeline").mkdir()
    (root / "pipeline" / "convert.py").write_text("pass\n", encoding="utf-8")
    subprocess.run(["git", "init", "-q", "-b", "main", str(root)], check=True)
    return root


@pytest.fixture
def repository(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Repository:
    """A repository of twelve reports, all of them committed to main."""
    shutil.copytree(template, tmp_path / "repository")
    found = Repository(tmp_path / "repository", capsys)
    found.commit("the data")
    return found
