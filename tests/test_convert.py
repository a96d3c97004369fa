"""From a file to a record and back: what is kept beside a record makes the same record again."""

from pathlib import Path

import pytest

from pipeline.convert import Options, convert, find_agency, to_record, understand
from pipeline.identity import Given
from pipeline.record import AGENCIES, Record, read_record, record_paths, source_path
from pipeline.shape import ERRED
from tests.layouts import lay_out
from tests.made import record as made_record


def reread(path: Path, folder: Path) -> Record:
    """The record that the cells in a `<year>.source.txt` make."""
    understood = understand(path)
    assert understood.problems == []
    return to_record(understood, find_agency(understood, Given(), folder)[0], Options(folder))


def before_corrections(record: Record) -> dict[str, object]:
    """The figures as the conversion said them: `was` of a field's first entry, `printed` needs no undoing."""
    figures: dict[str, object] = dict(record.figures())
    for entry in reversed(record.corrections):
        if entry["kind"] in ERRED and entry["field"] in figures:
            figures[entry["field"]] = entry["was"]
    return figures


@pytest.mark.parametrize("path", record_paths(AGENCIES), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_cells_beside_a_committed_record_give_its_figures(path: Path, tmp_path: Path) -> None:
    """Reading `<year>.source.txt` gives every published figure as it was before corrections, and the same identity."""
    record = read_record(path).record
    assert record is not None
    again = reread(source_path(path), tmp_path)
    assert dict(again.figures()) == before_corrections(record)
    assert again.as_written == record.as_written
    assert again.extra_rows == record.extra_rows
    if not record.corrections:
        facts = ("agency_id", "agency_name", "year", "form", "scope", "published")
        assert [getattr(again, key) for key in facts] == [getattr(record, key) for key in facts]


def planted(tmp_path: Path, **changes: object) -> Path:
    numbers = iter(range(101, 900))
    path = tmp_path / "年报.txt"
    path.write_text(lay_out(made_record(fill=lambda column: next(numbers), **changes), "pipes"), encoding="utf-8")  # type: ignore[arg-type]
    return path


def test_a_report_becomes_an_organ_a_record_and_its_cells(tmp_path: Path) -> None:
    """Three files are written where the contract says, and nothing else."""
    outcome = convert(planted(tmp_path), Given(), Options(tmp_path / "out"))
    assert outcome.ended == "converted"
    folder = tmp_path / "out" / "99" / "999901" / "999901-wsjkj"
    assert sorted(folder.iterdir()) == [folder / "2023.source.txt", folder / "2023.yaml", folder / "agency.yaml"]
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()].__len__() == 3


def test_the_kept_cells_hold_no_prose(tmp_path: Path) -> None:
    """Sentences of the report are left out; title, headings, cells, signature and day are kept."""
    convert(planted(tmp_path), Given(), Options(tmp_path / "out"))
    (path,) = record_paths(tmp_path / "out")
    kept = source_path(path).read_text(encoding="utf-8")
    assert "示例的文字" not in kept
    assert kept.startswith("示例县卫生健康局2023年政府信息公开工作年度报告\n")
    assert kept.endswith("示例县卫生健康局\n2024年1月15日\n")
    assert "一、本年新收政府信息公开申请数量\t" in kept


def test_address_and_day_of_retrieval_fill_the_source(tmp_path: Path) -> None:
    """--url and --retrieved stand in the record; converting again without them keeps them."""
    path = planted(tmp_path)
    convert(path, Given(), Options(tmp_path / "out", url="https://example.org/1", retrieved="2026-01-02"))
    assert convert(path, Given(), Options(tmp_path / "out")).ended == "unchanged"
    record = read_record(record_paths(tmp_path / "out")[0]).record
    assert record is not None
    assert (record.source.url, record.source.retrieved) == ("https://example.org/1", "2026-01-02")
    assert record.source.file == "年报.txt"


def test_an_organ_keeps_its_id_over_the_years(tmp_path: Path) -> None:
    """The second report of an organ finds the id that the first one minted, also under a former name."""
    convert(planted(tmp_path), Given(), Options(tmp_path / "out"))
    file = tmp_path / "out" / "99" / "999901" / "999901-wsjkj" / "agency.yaml"
    changed = file.read_text(encoding="utf-8").replace("name: 示例县卫生健康局", "name: 示例县卫健委")
    file.write_text(changed.replace("former_names: []", "former_names: [示例县卫生健康局]"), encoding="utf-8")
    outcome = convert(planted(tmp_path, year=2024), Given(), Options(tmp_path / "out"))
    assert outcome.record == file.parent / "2024.yaml"


def test_two_organs_with_the_same_letters_keep_apart(tmp_path: Path) -> None:
    """A second organ whose initials are taken gets a number behind its letters."""
    convert(planted(tmp_path), Given(), Options(tmp_path / "out"))
    agency, is_new = find_agency(
        understand(planted(tmp_path, agency_name="示例县外事监控局")), Given(), tmp_path / "out"
    )
    assert (agency.agency_id, is_new) == ("999901-wsjkj2", True)
