"""A person's look at a scan: what he is asked, the file that he fills, and that nothing else changes a figure."""

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import review, sections
from pipeline.cli import main
from pipeline.document import Ambiguous, Cell, Document, Paragraph, Table, UnreadableSource
from pipeline.readers.scan import UNREAD
from pipeline.readers.text import read
from pipeline.record import read_record, record_paths, source_path
from tests.layouts import lay_out
from tests.made import different, record
from tests.tools import missing

SHA = "3e" * 32
MADE = record("2021", 2023, different())


def scanned(sure: Callable[[Cell], float] = lambda cell: 0.99) -> Document:
    """A report as a reader of scans gives it; `sure` is the confidence in each cell."""
    document = read(lay_out(MADE, "tab-rows").encode(), "年报.png", SHA)
    blocks = [
        Table(tuple(tuple(replace(cell, confidence=sure(cell)) for cell in row) for row in block.rows))
        if isinstance(block, Table)
        else block
        for block in document.blocks
    ]
    return replace(document, blocks=tuple(blocks))


def report_of(document: Document) -> sections.Report:
    return sections.read_report(sections.rows_of(document))


def place_of(document: Document, text: str) -> str:
    return next(cell.place for row in document.rows() for cell in row.cells if cell.text == text)


def figure(field: str) -> str:
    return str(MADE.figures()[field])


GRANTED = "requests.granted.natural"


def with_doubt(text: str) -> Document:
    return scanned(lambda cell: 0.4 if cell.text == text else 0.99)


# what is asked -------------------------------------------------------------------------------------------------------


def test_only_figures_below_the_mark_are_doubtful() -> None:
    """A figure below the mark is named with its field and place; labels and sure figures are not."""
    document = scanned(lambda cell: 0.4 if cell.text in (figure(GRANTED), "自然人") else review.MARK)
    (doubt,) = review.doubts(document, report_of(document))
    assert (doubt.field, doubt.place, doubt.confidence) == (GRANTED, place_of(document, figure(GRANTED)), 0.4)
    assert "0.40" in doubt.says
    assert figure(GRANTED) in doubt.says


def test_a_document_that_is_no_scan_has_no_doubts() -> None:
    """Where the source holds the text, nobody is asked."""
    document = read(lay_out(MADE, "tab-rows").encode(), "年报.txt", SHA)
    assert review.doubts(document, report_of(document)) == []


def test_the_sums_of_the_form_point_at_suspects() -> None:
    """A doubtful figure is named with the rules that do not hold with it, and without any that do."""
    document = with_doubt(figure("requests.granted.natural"))
    (doubt,) = review.doubts(document, report_of(document))
    assert doubt.broken == ("R02", "R03")
    assert "R02 and R03 do not hold" in doubt.says
    document = with_doubt(figure("disputes.litigation_direct.upheld"))
    (doubt,) = review.doubts(document, report_of(document))
    assert doubt.broken == ("D01",)


def test_sums_that_hold_point_at_nothing() -> None:
    """Where the arithmetic of a row and column holds, a doubtful figure is asked for all the same, as no suspect."""
    document = read(lay_out(record("2021", 2023), "tab-rows").encode(), "年报.png", SHA)
    first = next(cell.place for row in document.rows() for cell in row.cells if cell.text == "0")
    blocks = [
        Table(
            tuple(
                tuple(replace(cell, confidence=0.1 if cell.place == first else 1.0) for cell in row) for row in b.rows
            )
        )
        if isinstance(b, Table)
        else b
        for b in document.blocks
    ]
    document = replace(document, blocks=tuple(blocks))
    (doubt,) = review.doubts(document, report_of(document))
    assert doubt.broken == ()


def test_the_cell_of_a_refusal_is_asked_for() -> None:
    """Where a misread cell stops a section, that cell is doubtful too, and so are its section's unsure figures."""
    wanted, other = figure(GRANTED), figure("requests.carried_in.total")
    document = with_doubt(other)
    blocks = [
        Table(tuple(tuple(replace(c, text="1l") if c.text == wanted else c for c in row) for row in b.rows))
        if isinstance(b, Table)
        else b
        for b in document.blocks
    ]
    document = replace(document, blocks=tuple(blocks))
    report = report_of(document)
    assert [problem.code for problem in report.problems] == ["Ambiguous"]
    found = review.doubts(document, report, problems=report.problems)
    assert {doubt.seen for doubt in found} == {"1l", other}


def test_words_that_nobody_knows_are_asked_for_in_a_refused_section() -> None:
    """A misread label that stops a section is named, though the refusal itself may name another cell."""
    document = scanned()
    blocks = [
        Table(tuple(tuple(replace(c, text="尚末审结") if c.text == "尚未审结" else c for c in row) for row in b.rows))
        if isinstance(b, Table)
        else b
        for b in document.blocks
    ]
    document = replace(document, blocks=tuple(blocks))
    report = report_of(document)
    assert report.problems
    found = review.doubts(document, report, problems=report.problems)
    assert [doubt.seen for doubt in found].count("尚末审结") == 3
    assert len(found) <= 4


def test_an_unread_title_or_signature_is_asked_for() -> None:
    """A line of title or signature in which a character was not read is doubtful; prose of section 一 is not."""
    document = scanned()
    blocks = [
        replace(b, text=b.text.replace("健", UNREAD).replace("没有数字", f"没有{UNREAD}字"))
        if isinstance(b, Paragraph)
        else b
        for b in document.blocks
    ]
    document = replace(document, blocks=tuple(blocks))
    found = review.doubts(document, report_of(document))
    assert [doubt.seen for doubt in found] == [b.text for b in blocks if isinstance(b, Paragraph) and "卫生" in b.text]


def test_each_doubt_is_a_reason_to_refuse() -> None:
    """The reasons bear the place of the cell and a code of the command."""
    document = with_doubt(figure(GRANTED))
    (problem,) = review.problems(review.doubts(document, report_of(document)))
    assert isinstance(problem, Ambiguous)
    assert problem.where == place_of(document, figure(GRANTED))


# the file ------------------------------------------------------------------------------------------------------------


def template_of(document: Document) -> str:
    return review.template(document, review.doubts(document, report_of(document)))


def answers(tmp_path: Path, text: str) -> review.Answers:
    path = tmp_path / "answers.yaml"
    path.write_text(text, encoding="utf-8")
    return review.read_answers(path)


def test_a_filled_template_is_read_back(tmp_path: Path) -> None:
    """The template names each doubtful place; with its nulls answered it is a whole file of answers."""
    document = with_doubt(figure(GRANTED))
    text = template_of(document)
    assert text.count("null") == 2  # one of them explains
    assert GRANTED in text
    read_back = answers(tmp_path, text.replace(": null", ': "12"'))
    assert read_back.problems == ()
    assert read_back.sha256 == SHA
    assert dict(read_back.cells) == {place_of(document, figure(GRANTED)): "12"}


def test_a_template_does_not_answer_itself(tmp_path: Path) -> None:
    """A template that nobody filled in is refused, cell by cell, with file and line."""
    read_back = answers(tmp_path, template_of(with_doubt(figure(GRANTED))))
    (says,) = read_back.problems
    assert says.startswith(f"{tmp_path / 'answers.yaml'}:6: line ")
    assert "not answered yet" in says


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[]", 1, "must have the keys"),
        (f'sha256: "{SHA}"', 1, "cells: this key is not there"),
        ("cells: {}", 1, "sha256: this key is not there"),
        (f'sha256: "{SHA}"\ncells: []', 2, "places with their texts"),
        ("sha256: 5\ncells: {}", 1, "in quotes"),
        (f'sha256: "{SHA}"\ncells: {{}}\nmore: 1', 3, "not known"),
        (f'sha256: "{SHA}"\ncells:\n  a: "1"\n  a: "2"', 4, "twice"),
        (f'sha256: "{SHA}"\ncells:\n  a: true', 3, "a text in quotes"),
        (f'sha256: "{SHA}"\ncells:\n  a: [1]', 3, "a text in quotes"),
        (f'sha256: "{SHA}"\ncells:\n  a: 012', 3, "quote"),
        (f'sha256: "{SHA}"\ncells:\n  a: "1\\n2"', 3, "one line"),
        (f'sha256: "{SHA}"\ncells:\n  a: "1{UNREAD}"', 3, "printed characters"),
        (f'sha256: "{SHA}"\ncells:\n  a: "{"1" * 301}"', 3, "at most 300"),
    ],
)
def test_bad_answers_are_named_with_their_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    """Whatever is wrong with a file of answers is said with file and line, and none of it counts."""
    read_back = answers(tmp_path, text)
    assert any(one.startswith(f"{tmp_path / 'answers.yaml'}:{line}:") and says in one for one in read_back.problems)
    assert not read_back.cells
    with pytest.raises(UnreadableSource):
        review.apply(scanned(), read_back)


def test_every_problem_is_said_at_once(tmp_path: Path) -> None:
    """Two unanswered cells are two sentences."""
    assert len(answers(tmp_path, f'sha256: "{SHA}"\ncells:\n  a: null\n  b: null').problems) == 2


def test_answers_that_cannot_be_opened_are_named(tmp_path: Path) -> None:
    """A file that is not there or is no text is one sentence, never a traceback."""
    assert "cannot be opened" in review.read_answers(tmp_path / "none.yaml").problems[0]
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in review.read_answers(tmp_path / "bytes.yaml").problems[0]


# what follows --------------------------------------------------------------------------------------------------------


def test_an_answer_changes_its_cell_alone(tmp_path: Path) -> None:
    """The answered figure becomes what the person read and sure; every other figure stays what it was."""
    document = with_doubt(figure(GRANTED))
    place = place_of(document, figure(GRANTED))
    after = review.apply(document, answers(tmp_path, f'sha256: "{SHA}"\ncells:\n  "{place}": "9876"\n'))
    report = report_of(after)
    assert review.doubts(after, report) == []
    got = {one.field: one.number.value for reading in report.readings.values() for one in reading.placed}
    assert got == MADE.figures() | {GRANTED: 9876}


def test_nothing_printed_is_an_answer(tmp_path: Path) -> None:
    """An empty text says that the cell is blank, which is no nought."""
    document = with_doubt(figure(GRANTED))
    place = place_of(document, figure(GRANTED))
    report = report_of(review.apply(document, answers(tmp_path, f'sha256: "{SHA}"\ncells:\n  "{place}": ""\n')))
    (one,) = [one for one in report.readings["requests"].placed if one.field == GRANTED]
    assert one.number.value is None


def test_a_label_and_a_line_can_be_answered_for(tmp_path: Path) -> None:
    """A misread label or title is put right by hand as well."""
    document = scanned()
    blocks = [
        Table(tuple(tuple(replace(c, text="自然入") if c.text == "自然人" else c for c in row) for row in b.rows))
        if isinstance(b, Table)
        else replace(b, text=b.text.replace("健", UNREAD))
        for b in document.blocks
    ]
    document = replace(document, blocks=tuple(blocks))
    assert report_of(document).problems
    lines = [b for b in blocks if isinstance(b, Paragraph) and UNREAD in b.text]
    text = f'sha256: "{SHA}"\ncells:\n  "{place_of(document, "自然入")}": 自然人\n'
    text += "".join(f'  "{b.place}": "{b.text.replace(UNREAD, "健")}"\n' for b in lines)
    after = review.apply(document, answers(tmp_path, text))
    report = report_of(after)
    assert report.problems == ()
    assert review.doubts(after, report) == []


def test_a_slot_that_a_merged_cell_covers_stays_blank(tmp_path: Path) -> None:
    """The slots that a merged cell covers bear its place; an answer is put into the cell itself and nowhere else."""
    rows = ((Cell("7", "here", 0.2), Cell("", "here")), (Cell("8", "there", 1.0), Cell("9", "there too", 1.0)))
    document = Document("x.png", "image/png", SHA, (Table(rows),))
    after = review.apply(document, answers(tmp_path, f'sha256: "{SHA}"\ncells: {{here: "1"}}'))
    assert isinstance(after.blocks[0], Table)
    assert [cell.text for cell in after.blocks[0].rows[0]] == ["1", ""]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'sha256: "{"00" * 32}"\ncells: {{}}', "another file"),
        (f'sha256: "{SHA}"\ncells:\n  page 9, table 9, row 9, cell 9: "1"', "has no cell or line"),
    ],
)
def test_answers_about_something_else_are_refused(tmp_path: Path, text: str, says: str) -> None:
    """Answers for another file, or for a place that the scan does not have, are refused."""
    with pytest.raises(UnreadableSource, match=says):
        review.apply(scanned(), answers(tmp_path, text.replace("page 9, table 9, row 9, cell 9", '"page 9, cell 9"')))


def test_text_that_a_source_holds_is_not_answered_for(tmp_path: Path) -> None:
    """No file of answers changes the figures of a document that is no scan."""
    document = read(lay_out(MADE, "tab-rows").encode(), "年报.txt", SHA)
    place = place_of(document, figure(GRANTED))
    with pytest.raises(UnreadableSource, match="no cell or line"):
        review.apply(document, answers(tmp_path, f'sha256: "{SHA}"\ncells:\n  "{place}": "1"\n'))


# the command ---------------------------------------------------------------------------------------------------------

SCAN = Path(__file__).parent / "reports" / "refuse-scan-doubtful-figure" / "document.png"


def test_a_refused_scan_is_converted_with_a_persons_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command writes its questions, takes nothing while one is open, and then records what the person read."""
    if importlib.util.find_spec("rapidocr") is None:
        missing("what reads scans is not installed")
    answers, out = tmp_path / "answers.yaml", tmp_path / "out"
    command = ["convert", str(SCAN), "--out", str(out), "--review", str(answers)]
    assert main(command) == 1
    assert answers.read_text(encoding="utf-8").count("null") == 2  # one in the words above
    assert main(command) == 1
    assert "not answered yet" in capsys.readouterr().err
    assert not out.exists()
    text = answers.read_text(encoding="utf-8")
    answers.write_text(text.replace('cell 4": null', 'cell 4": "44"'), encoding="utf-8")
    assert main(command) == 0
    (path,) = record_paths(out)
    record = read_record(path).record
    assert record is not None
    assert record.figures()["requests.partly_granted.research"] == 44
    assert "\t44\t" in source_path(path).read_text(encoding="utf-8")
