"""A figure that differs from what the kept cells say needs a correction that says why; `check` refuses it, and helps."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.convert import Options, convert
from pipeline.dataset import read_dataset
from pipeline.explained import Look, explain
from pipeline.identity import Given
from pipeline.record import AGENCIES, read_record, record_to_yaml, write_text
from tests import made
from tests.correctable import ENTERPRISE, LINE, NATURAL, Desk, desk_at, printed
from tests.layouts import lay_out

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_at(tmp_path)


def errors(desk: Desk) -> list[str]:
    """What is wrong with the files and with what they do not explain; notes are left out."""
    dataset = read_dataset([desk.data / "agencies"], desk.data / "known_reports.csv")
    looks = [Look(problem) for problem in dataset.problems] + explain(dataset.loaded, "github:someone", "2026-03-02")
    found = sorted((look for look in looks if look.problem.severity == "error"), key=lambda look: look.problem)
    return [line for look in found for line in (str(look.problem), *look.lines)]


def test_a_fresh_conversion_is_explained(desk: Desk) -> None:
    """What the converter has just written differs from nothing."""
    assert errors(desk) == []


def test_the_committed_data_are_explained() -> None:
    """Every figure and fact that is published follows from the cells kept beside it and from its corrections."""
    assert [str(look.problem) for look in explain(read_dataset([AGENCIES]).loaded)] == []


def test_a_changed_figure_is_refused_with_the_lines_to_paste(
    desk: Desk, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command says it at the figure's line; its lines, pasted with a reason, make the record sound."""
    monkeypatch.setenv("GITHUB_ACTOR", "someone")
    desk.edit("[     1,       36,", "[    12,       36,")
    assert main(["check", str(desk.data / "agencies")]) == 1
    said = capsys.readouterr().out.splitlines()
    line = desk.path.read_text(encoding="utf-8").splitlines().index(_row(desk, "granted:")) + 1
    says = "the record says 12, the kept cells say 1, and no correction says why"
    at = said.index(f"{desk.path}:{line}: {NATURAL}: {says} (Ambiguous)")
    assert "below `corrections:`" in said[at + 1]
    desk.edit("corrections: []\n", "corrections:\n" + "\n".join(said[at + 2 : at + 10]) + "\n")
    (empty,) = errors(desk)
    assert "corrections[0].reason: words belong here" in empty
    desk.edit('reason: ""', "reason: 两位数被拆开")
    assert main(["check", str(desk.data / "agencies")]) == 0
    (entry,) = desk.record.corrections
    assert (entry["was"], entry["now"], entry["evidence"], entry["by"]) == (1, 12, LINE, "github:someone")


def _row(desk: Desk, key: str) -> str:
    return next(line for line in desk.path.read_text(encoding="utf-8").splitlines() if line.strip().startswith(key))


def test_a_correction_of_another_figure_explains_nothing(desk: Desk) -> None:
    """Each figure wants its own entry, and a misprint explains no change of the body."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    assert desk.correct(ENTERPRISE, "35", "printed_wrong") == 0
    assert errors(desk) == []
    desk.edit("[    12,       36,", "[    12,       35,")
    assert next(line for line in errors(desk) if ENTERPRISE in line).startswith(str(desk.path))


@pytest.mark.parametrize("cell", ["1", "12"])
def test_the_converter_may_have_caught_up(cell: str, desk: Desk) -> None:
    """A correction stands whether the cells still say what it corrects or already what it says."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    desk.edit("（一）予以公开\t\t1\t", f"（一）予以公开\t\t{cell}\t", desk.cells) if cell != "1" else None
    assert errors(desk) == []


def test_a_third_value_is_refused(desk: Desk) -> None:
    """Cells that say neither what was corrected nor what it was corrected to are a matter for a person."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    desk.edit("（一）予以公开\t\t1\t", "（一）予以公开\t\t13\t", desk.cells)
    (only,) = errors(desk)
    assert "the kept cells now say 13, the correction says 12 instead of 1" in only
    assert f"--keep or --take {NATURAL}" in only


def test_a_figure_changed_over_its_entry_gets_one_more(desk: Desk) -> None:
    """The body says something else than the last entry: beside the fault stand the lines that append one."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    desk.edit("[    12,       36,", "[    14,       36,")
    said = errors(desk)
    assert "corrections[0].now: the body says 14, the correction 12" in said[-1]
    paste = said[1:-1]
    write_text(
        desk.path, desk.path.read_text(encoding="utf-8") + "\n".join(paste).replace('reason: ""', "reason: x") + "\n"
    )
    assert errors(desk) == []
    assert [(e["was"], e["now"]) for e in desk.record.corrections] == [(1, 12), (1, 14)]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('published: "2024-01-15"', 'published: "2024-01-16"', "published: the record says 2024-01-16, the kept cells"),
        ("scope: null", "scope: own", "scope: the record says own, the kept cells say null"),
        ("agency_name: 示例县卫生健康局", "agency_name: 示例县卫健委", "agency_name: the record says 示例县卫健委"),
    ],
)
def test_a_changed_fact_is_refused(old: str, new: str, says: str, desk: Desk) -> None:
    """Name, scope and day follow from the cells as the figures do."""
    desk.edit(old, new)
    assert says in errors(desk)[0]


@pytest.mark.parametrize(
    ("cell", "old", "new", "says"),
    [
        (
            "1,001",
            'as_written: {requests.granted.natural: "1,001"}',
            "as_written: {}",
            "write requests.granted.natural: 1,001",
        ),
        (
            "1001",
            "as_written: {}",
            'as_written: {requests.granted.natural: "1,001"}',
            "take requests.granted.natural out",
        ),
    ],
)
def test_the_printed_text_follows_from_the_cells(
    cell: str, old: str, new: str, says: str, desk: Desk, capsys: Capture
) -> None:
    """How a figure is printed is published too, and differs from the cells only beside a correction."""
    desk.path.unlink()
    record = made.put(printed(), requests__granted__natural=1001)
    record.as_written[NATURAL] = cell
    desk.convert(record)
    assert errors(desk) == []
    desk.edit(old, new)
    assert says in errors(desk)[0]


def _gone(desk: Desk) -> None:
    desk.cells.unlink()


def _no_text(desk: Desk) -> None:
    desk.cells.write_bytes(b"\xff\xfe\x00")


def _no_report(desk: Desk) -> None:
    desk.cells.write_text("x\n", encoding="utf-8")


def _broken(desk: Desk) -> None:
    desk.edit("（一）予以公开\t\t1\t", "（一）予以公开\t\t1 2\t", desk.cells)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_gone, "2023.yaml:1: the cells that the record was read from are not beside it: 2023.source.txt"),
        (_no_text, "2023.source.txt:1: the kept cells make no report: they are no text in UTF-8"),
        (_no_report, "2023.source.txt:1: the kept cells make no report: "),
        (_broken, "2023.source.txt:1: the kept cells make no report: a blank parts the digits"),
    ],
)
def test_a_record_without_readable_cells_is_refused(
    damage: Callable[[Desk], None], says: str, desk: Desk, capsys: Capture
) -> None:
    """A figure that cannot be derived again from what is kept is no published figure."""
    damage(desk)
    (only,) = errors(desk)
    assert says in only
    assert only.endswith("(UnreadableSource)")


def test_a_row_more_than_the_cells_have_is_refused(desk: Desk) -> None:
    """Cells in which （六） stands as one row make no record with three, nor the other way round."""
    write_text(desk.path, record_to_yaml(made.record(single=True, scope=None)))
    said = errors(desk)
    assert any("requests.other_total.total: the kept cells have no such cell" in line for line in said)
    assert any(
        "requests.other_other.total: the kept cells say 181, and the record lacks the cell" in line for line in said
    )


def test_what_was_told_at_the_keyboard_is_no_edit(tmp_path: Path) -> None:
    """Where the cells do not tell the organ for certain, its name is whatever the person said; scope and day still count."""
    desk = Desk(tmp_path)
    text = (
        lay_out(printed(), "tab-rows")
        .replace("示例县卫生健康局2023年政府信息公开", "2023年政府信息公开")
        .replace("示例县卫生健康局\n", "")
    )
    document = tmp_path / "年报.txt"
    document.write_text(text, encoding="utf-8")
    options = Options(desk.data / "agencies")
    assert convert(document, Given("示例县卫生健康局", "999901"), options).ended == "converted"
    (path,) = (desk.data / "agencies").rglob("2023.yaml")
    assert errors(desk) == []
    path.write_text(path.read_text(encoding="utf-8").replace("2024-01-15", "2024-01-16"), encoding="utf-8")
    assert "published: the record says 2024-01-16, the kept cells say 2024-01-15" in errors(desk)[0]


def test_many_records_are_looked_at_side_by_side(desk: Desk) -> None:
    """Several processes find the same as one, in the same order."""
    for year in (2021, 2022, 2024):
        desk.convert(printed(year=year))
    for path in desk.path.parent.glob("202?.yaml"):
        path.write_text(
            path.read_text(encoding="utf-8").replace("[     1,       36,", "[     3,       36,"), encoding="utf-8"
        )
    loaded = [read_record(path) for path in sorted(desk.path.parent.glob("202?.yaml"))]
    alone = explain(loaded)
    assert [look.problem.path for look in alone] == [one.path for one in loaded]
    assert explain(loaded, many=1) == alone


def test_extra_rows_and_the_form_follow_from_the_cells(desk: Desk) -> None:
    """A row that the form does not have is published as printed; no hand adds one or changes it."""
    desk.edit("extra_rows: []", 'extra_rows:\n- {section: requests, label: 补充, values: ["3"]}')
    (only,) = errors(desk)
    assert "extra_rows: the kept cells say something else, and no hand writes this" in only


@pytest.mark.parametrize(
    ("written", "says"),
    [("１３", "the record writes it “１３”, which is not how 12 is printed"), ("１２", ""), ("无", "无")],
)
def test_the_printed_text_of_a_corrected_figure_says_that_figure(written: str, says: str, desk: Desk) -> None:
    """Beside a corrected 12 may stand １２, but neither another number nor a word for an empty cell."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    desk.edit("as_written: {}", f"as_written: {{{NATURAL}: {written}}}")
    said = errors(desk)
    assert len(said) == bool(says)
    assert all(says in line for line in said)


def test_a_correction_that_comes_back_to_the_cells_prints_what_they_print(desk: Desk) -> None:
    """Who takes a correction back gets the printed text of the kept cells with the figure."""
    desk.path.unlink()
    record = made.put(printed(), requests__granted__natural=1001)
    record.as_written[NATURAL] = "1,001"
    desk.convert(record)
    assert desk.correct(NATURAL, "12", "misread") == 0
    assert desk.record.as_written == {}
    assert desk.correct(NATURAL, "1001", "misread") == 0
    assert desk.record.as_written == {NATURAL: "1,001"}
    assert errors(desk) == []


def test_a_row_that_the_cells_lack_is_not_explained_by_entries(desk: Desk) -> None:
    """Which rows a report has, its cells tell: an entry for each figure of another row makes none of them printed."""
    told = {"kind": "missed", "was": None, "evidence": LINE, "reason": "x", "by": "me", "date": "2026-03-02"}
    record = made.record(single=True, scope=None, published="2024-01-15")
    name = "requests.other_total.total"
    record.corrections.append({"field": name, "now": record.figures()[name], **told})
    write_text(desk.path, record_to_yaml(record))
    assert any(f"{name}: the kept cells have no such cell" in line for line in errors(desk))


def test_what_an_entry_corrects_is_what_the_conversion_said(desk: Desk) -> None:
    """`was` of a second entry is not the figure that the first one put into the body."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    assert desk.correct(NATURAL, "13", "misread") == 0
    desk.edit("was: 1\n  now: 13", "was: 12\n  now: 13")
    (only,) = errors(desk)
    assert "the kept cells now say 1, the correction says 13 instead of 12" in only


@pytest.mark.parametrize("kind", ["missed", "not_in_source"])
def test_the_kind_of_an_entry_fits_its_figures(kind: str, desk: Desk) -> None:
    """A figure in place of another was misread: `corrections.csv` says nothing else of it."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    desk.edit("kind: misread", f"kind: {kind}")
    (only,) = errors(desk)
    assert "corrections[0].kind: 12 in place of 1 is misread" in only


def test_a_misprint_that_is_not_printed_is_a_note(desk: Desk, capsys: Capture) -> None:
    """Where the figure was corrected since, the misprint noted before is to be looked at."""
    assert desk.correct(NATURAL, "5", "printed_wrong") == 0
    assert desk.correct(NATURAL, "12", "misread") == 0
    assert main(["check", str(desk.data / "agencies")]) == 0
    assert "corrections[0].printed: note: the record no longer says 1" in capsys.readouterr().out


@pytest.mark.parametrize(("evidence", "stands"), [("（一）予以公开\t\t1\t3", False), ("（一）予以公开\t\t1", True)])
def test_a_part_of_a_number_is_no_evidence(evidence: str, stands: bool, desk: Desk, capsys: Capture) -> None:
    """Words cut in the middle of 36 do not stand in the line, for `check` as for `correct`."""
    assert desk.correct(NATURAL, "12", "misread", "--evidence", evidence) == (0 if stands else 1)
    assert desk.correct(NATURAL, "12", "misread", "--evidence", evidence, "--anyway") == (1 if stands else 0)
    capsys.readouterr()
    assert main(["check", str(desk.data / "agencies")]) == 0
    assert ("do not stand in the cells kept" in capsys.readouterr().out) != stands
