"""Accepted corrections put the converter to the test: which of them it gets right by itself."""

from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.corrections import governing
from pipeline.dataset import read_dataset
from pipeline.record import AGENCIES
from pipeline.replay import CAUGHT_UP, STILL, THIRD, replay
from tests import made
from tests.correctable import BLANK, ENTERPRISE, NATURAL, Desk, desk_at, printed
from tests.layouts import lay_out

Capture = pytest.CaptureFixture[str]
ACCEPTED = [
    (record, entry)
    for record in read_dataset([AGENCIES]).records
    for entry in governing(record).values()
    if not entry.get("confirmed")
]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A report with four corrections: one was taken back, a misprint is none."""
    desk = desk_at(tmp_path)
    for field, value, kind in ((NATURAL, "12", "misread"), (BLANK, "7", "missed"), (ENTERPRISE, "5", "printed_wrong")):
        assert desk.correct(field, value, kind) == 0
    assert desk.correct("published", "2024-01-16", "misread") == 0
    assert desk.correct("requests.granted.total", "5", "misread") == 0
    assert desk.correct("requests.granted.total", "41", "misread") == 0
    return desk


def endings(desk: Desk, originals: Path | None = None) -> dict[str, str]:
    return {one.entry["field"]: one.ending for one in replay(desk.data, originals).replayed}


def test_a_converter_that_still_errs_needs_its_corrections(desk: Desk, capsys: Capture) -> None:
    """Each correction is counted, none is caught up, and the status is 0."""
    assert endings(desk) == {NATURAL: STILL, BLANK: STILL, "published": STILL}
    assert main(["corrections", "replay", "--data", str(desk.data)]) == 0
    said = capsys.readouterr().out
    assert "3 accepted corrections: 0 caught up, 3 still needed, 0 a third value; 1 confirmed before" in said
    assert "the converter gets 1 of 4 right by itself" in said


def test_a_converter_that_reads_it_right_has_caught_up(desk: Desk) -> None:
    """What it now says by itself is counted for it."""
    desk.edit("（一）予以公开\t\t1\t", "（一）予以公开\t\t12\t", desk.cells)
    assert endings(desk) == {NATURAL: CAUGHT_UP, BLANK: STILL, "published": STILL}
    assert replay(desk.data).share == "2 of 4"


def test_a_third_value_is_looked_at(desk: Desk, capsys: Capture) -> None:
    """Neither the old nor the corrected figure: the line says so, and the status is 1."""
    desk.edit("（一）予以公开\t\t1\t", "（一）予以公开\t\t13\t", desk.cells)
    assert main(["corrections", "replay", "--data", str(desk.data)]) == 1
    said = capsys.readouterr().out
    assert f"{desk.path}: {NATURAL}: {THIRD}: the converter says 13 (the kept cells); corrected from 1 to 12" in said


def test_cells_that_cannot_be_read_are_no_success(desk: Desk) -> None:
    """Without cells nothing is caught up, and nothing is passed over."""
    desk.cells.unlink()
    assert set(endings(desk).values()) == {THIRD}


def test_the_original_counts_more_than_its_cells(desk: Desk, tmp_path: Path) -> None:
    """Where the document is held under its hash it is read itself, in whatever folder it lies."""
    original = tmp_path / "store" / "99" / f"{desk.record.source.sha256}.txt"
    original.parent.mkdir(parents=True)
    original.write_bytes((desk.root / "年报.txt").read_bytes())
    desk.edit("（一）予以公开\t\t1\t", "（一）予以公开\t\t12\t", desk.cells)
    done = replay(desk.data, tmp_path / "store")
    assert {one.entry["field"]: one.ending for one in done.replayed}[NATURAL] == STILL
    assert all(one.by_original for one in done.replayed)


def test_a_file_under_a_false_name_proves_nothing(desk: Desk, tmp_path: Path) -> None:
    """A document that does not hold what its name says is named, not believed."""
    original = tmp_path / "store" / desk.record.source.sha256
    original.parent.mkdir()
    original.write_text(lay_out(made.put(printed(), requests__granted__natural=12), "tab-rows"), encoding="utf-8")
    done = replay(desk.data, tmp_path / "store")
    assert {one.ending for one in done.replayed} == {THIRD}
    assert "does not hold what its name says" in done.replayed[0].sentence


def test_a_folder_that_is_not_there_is_misuse(desk: Desk) -> None:
    """The command names the folder, and ends with 2."""
    assert main(["corrections", "replay", "--data", str(desk.root / "none")]) == 2
    assert main(["corrections", "replay", "--data", str(desk.data), "--originals", str(desk.root / "none")]) == 2


def test_the_accepted_corrections_add_up() -> None:
    """Every correction of the committed data that the converter has not confirmed is replayed, and ends in one way."""
    done = replay(AGENCIES.parent)
    assert len(done.replayed) == len(ACCEPTED)
    assert sum(done.count(ending) for ending in (CAUGHT_UP, STILL, THIRD)) == len(ACCEPTED)
    assert done.count(THIRD) == 0
