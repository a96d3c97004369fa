"""A folder `data` with one made-up report, converted from a document, and the ways to look at it and to correct it."""

import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.cli import main
from pipeline.convert import Options, convert
from pipeline.identity import Given
from pipeline.record import Record, agency_folder, read_record, record_to_yaml, source_path
from tests import made
from tests.layouts import lay_out

REPORT = f"{made.ID}-2023"
NATURAL = "requests.granted.natural"
ENTERPRISE = "requests.granted.enterprise"
BLANK = "requests.carried_in.natural"
FEES = "proactive.fees.amount"
LINE = "三、本年度办理结果\t（一）予以公开\t\t1\t36\t37\t38\t39\t40\t41"
"""The kept line of 予以公开, in which natural persons stand as 1 and enterprises as 36."""


def printed(**changes: Any) -> Record:
    """What the document prints: a different figure in every cell, one cell empty, and 1 where 12 may be meant."""
    record = made.put(made.record(fill=made.different(), **changes), requests__granted__natural=1)
    return made.put(record, requests__carried_in__natural=None)


def record_at(path: Path) -> Record:
    """The record in a file: whole, and in its canonical bytes."""
    loaded = read_record(path)
    assert loaded.problems == []
    assert loaded.record is not None
    assert record_to_yaml(loaded.record) == loaded.text
    return loaded.record


@dataclass(frozen=True)
class Desk:
    """Where a person sits who corrects: a folder `data` with one report in it."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def path(self) -> Path:
        return agency_folder(self.data / "agencies", made.ID) / "2023.yaml"

    @property
    def cells(self) -> Path:
        return source_path(self.path)

    @property
    def record(self) -> Record:
        return record_at(self.path)

    def convert(self, record: Record) -> None:
        document = self.root / "年报.txt"
        document.write_text(lay_out(record, "tab-rows"), encoding="utf-8")
        assert convert(document, Given(), Options(self.data / "agencies")).ended == "converted"

    def edit(self, old: str, new: str, file: Path | None = None) -> None:
        """What a person does in an editor, once and without looking at anything else."""
        path = file or self.path
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), encoding="utf-8")

    def commit(self) -> None:
        """Everything that lies there now is a revision."""
        if not (self.root / ".git").exists():
            self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", "x")

    def git(self, *arguments: str) -> None:
        who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
        subprocess.run(["git", "-C", str(self.root), *who, *arguments], check=True, capture_output=True)

    def correct(self, field: str, value: str, kind: str, *more: str) -> int:
        told = ["--kind", kind, "--reason", "表格里的两位数被拆开", "--by", "github:someone", "--date", "2026-03-02"]
        return main(["correct", REPORT, field, value, *told, "--data", str(self.data), *more])


def desk_at(root: Path) -> Desk:
    """A desk with the report that `printed` makes."""
    desk = Desk(root)
    desk.convert(printed())
    return desk
