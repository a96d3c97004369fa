"""The second half of the line, walked at once: records -> checks -> tables -> package -> site."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import ROOT, checking, package
from pipeline.dataset import read_dataset
from pipeline.record import AGENCIES, Problem, write_text

OUTPUT = ROOT / "output"
SCHEMA = ROOT / "data" / "datapackage.json"


@dataclass(slots=True)
class Built:
    """What was made: lines for the person who waits, and errors that stopped it."""

    lines: list[str] = field(default_factory=list)
    problems: list[Problem | str] = field(default_factory=list)


class _Stages:
    """How long each stage took."""

    def __init__(self) -> None:
        self.took: list[str] = []
        self._since = time.perf_counter()

    def done(self, name: str) -> None:
        now = time.perf_counter()
        self.took.append(f"{name} {now - self._since:.2f} s")
        self._since = now


def write_schema() -> Path:
    """Writes the published schema, made from the forms, to data/datapackage.json."""
    write_text(SCHEMA, package.descriptor_text(package.schema()))
    return SCHEMA


def build_package(out: Path) -> Built:
    """Checks the records and writes tables and data package; an error stops it and leaves the folder as it was."""
    built, stages = Built(), _Stages()
    with _made_beside(out) as made:
        _package(made, built, stages)
        if not built.problems:
            _exchange_data(made, out)
            built.lines.append(f"Data package: {out / 'data' / 'datapackage.json'} ({', '.join(stages.took)})")
    return built


def build_site(out: Path) -> Built:
    """Builds the whole website beside the old one and puts it in its place only when it is whole."""
    built, stages = Built(), _Stages()
    with _made_beside(out) as made:
        reports = _package(made, built, stages)
        if not built.problems:
            _pelican(made, built)
            stages.done("pages")
        if not built.problems:
            _exchange(made, out)
            pages = sum(1 for _ in out.rglob("*.html"))
            built.lines.append(f"Stages: {', '.join(stages.took)}")
            built.lines.append(f"The site is in {out}: {pages} pages, {reports} reports.")
            built.lines.append("Look at it: make serve")
    return built


@contextmanager
def _made_beside(out: Path) -> Iterator[Path]:
    """A folder for what is being made, on the same disk as the one that it goes into."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as made:
        yield Path(made)


def _package(out: Path, built: Built, stages: _Stages) -> int:
    """Checks the records and writes their package; the number of reports. Nothing is written where there are errors."""
    data = Path(os.environ.get("GONGKAI_DATA") or AGENCIES.parent)
    dataset = read_dataset([data / "agencies"], data / "known_reports.csv")
    stages.done("records")
    judged = checking.check(dataset)
    built.problems.extend(p for p in judged.problems if p.severity == "error")
    stages.done("checks")
    if not built.problems and judged.tables:
        descriptor = package.write(judged.tables, dataset, out)
        stages.done("package")
        built.problems.extend(package.validate(descriptor))
        stages.done("validation")
    return len(dataset.records)


def _pelican(out: Path, built: Built) -> None:
    """Runs Pelican so that a warning or a plugin that fails is an error, as it would not be by default."""
    settings = ROOT / "pipeline" / "pelicanconf.py"
    command = [sys.executable, "-m", "pelican", str(ROOT / "content"), "-s", str(settings), "-o", str(out)]
    ran = subprocess.run([*command, "--fatal", "warnings"], capture_output=True, text=True, cwd=ROOT, check=False)
    if ran.returncode:
        built.problems.append(f"Pelican failed with status {ran.returncode}:\n{ran.stdout}{ran.stderr}")


def _exchange_data(made: Path, out: Path) -> None:
    """Moves the data files into the folder, and those that are no longer made out of it; the pages stay."""
    folders = [folder.name for folder in made.iterdir()]
    old = [file for name in folders for file in (out / name).rglob("*") if file.is_file() and file.suffix != ".html"]
    for file in old:
        if not (made / file.relative_to(out)).exists():
            file.unlink()
    for file in [file for file in made.rglob("*") if file.is_file()]:
        target = out / file.relative_to(made)
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)


def _exchange(made: Path, out: Path) -> None:
    """Moves what was made into the folder, and what is no longer made out of it; hidden files of ours stay."""
    out.mkdir(exist_ok=True)
    for old in out.iterdir():
        if old.name.startswith("."):
            continue
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    for new in made.iterdir():
        new.replace(out / new.name)
