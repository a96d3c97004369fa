"""The second half of the line, walked at once: records -> checks -> tables -> package -> site."""

import logging
import multiprocessing
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import ROOT, checking, engines, opened, package
from pipeline.checks import Checked
from pipeline.dataset import Dataset, read_dataset
from pipeline.edition import data_folder
from pipeline.record import Problem, write_text

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
        read = _package(made, built, stages)
        if not built.problems:
            built.lines.append(engines.copy_sqlite(made))
            built.lines.append(opened.ask(os.environ))
            _pages(made, read, built)
            stages.done("pages")
        if not built.problems:
            built.lines.append(engines.index_pages(made))
            stages.done("full text")
            _exchange(made, out)
            pages = sum(1 for _ in out.rglob("*.html"))
            built.lines.append(f"Stages: {', '.join(stages.took)}")
            built.lines.append(f"The site is in {out}: {pages} pages, {len(read[0].loaded)} reports.")
            built.lines.append("Look at it: make serve")
    return built


@contextmanager
def _made_beside(out: Path) -> Iterator[Path]:
    """A folder for what is being made, on the same disk as the one that it goes into."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as made:
        yield Path(made)


def _package(out: Path, built: Built, stages: _Stages) -> tuple[Dataset, Checked]:
    """Checks the records and writes their package; nothing is written where there are errors."""
    data = data_folder()
    dataset = read_dataset([data / "agencies"], data / "known_reports.csv")
    stages.done("records")
    judged = checking.check(dataset, rows=False)
    built.problems.extend(p for p in judged.problems if p.severity == "error")
    stages.done("checks")
    if not built.problems and judged.tables:
        descriptor = package.write(judged.tables, dataset, out)
        stages.done("package")
        built.problems.extend(_invalid(descriptor, dataset))
        stages.done("validation")
    return dataset, judged.checked


def _invalid(descriptor: Path, dataset: Dataset) -> Sequence[Problem | str]:
    """What is wrong with the package; where rows are, by the file and line that they come from."""
    said = package.validate(descriptor)
    by_line = [p for p in checking.check(dataset).problems if p.severity == "error"] if said else []
    return by_line or said


def _pages(out: Path, made: tuple[Dataset, Checked], built: Built) -> None:
    """Runs Pelican in a process of its own, which has from this one what was read and judged."""
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8") as log:
        child = multiprocessing.get_context("fork").Process(target=_run_pelican, args=(out, made, log.fileno()))
        child.start()
        child.join()
        if child.exitcode:
            log.seek(0)
            built.problems.append(f"Pelican failed with status {child.exitcode}:\n{log.read()}")


def _run_pelican(out: Path, made: tuple[Dataset, Checked], log: int) -> None:
    """Pelican as its own command runs it, so that a warning is an error, as it would not be by default."""
    os.dup2(log, 1)
    os.dup2(log, 2)
    # The package itself is written without it; it takes a third of a second to load.
    from pelican import Pelican, init_logging, read_settings

    from pipeline.pages import material

    material.hand_over(*made)
    settings = ROOT / "pipeline" / "pelicanconf.py"
    init_logging(logging.WARNING, fatal="warnings", name="pelican")
    Pelican(read_settings(str(settings), override={"OUTPUT_PATH": str(out)})).run()


def _exchange_data(made: Path, out: Path) -> None:
    """Moves the data files into the folder, and those that are no longer made out of it; what pages made stays."""
    files = [file for file in made.rglob("*") if file.is_file()]
    names = {file.name for file in files}
    for old in [file for folder in made.iterdir() for file in (out / folder.name).rglob("*")]:
        if (old.name in names or old.suffix == ".zip") and not (made / old.relative_to(out)).exists():
            old.unlink()
    for file in files:
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
