"""Reports that could not be read: the list is held to that of known reports, line by line, and sorted by its sentences."""

from pathlib import Path

import pytest

from pipeline import ROOT, checking
from pipeline.dataset import read_dataset
from pipeline.refusals import CODES, COLUMNS, KINDS, Refusal, kind_of, read_refusals

URL = "https://example.org/nb"
KNOWN = [
    {"agency_name": "示例县财政局", "agency_id": "", "year": "2022", "url": URL, "published": "", "status": "refused"},
    {"agency_name": "示例县教育局", "agency_id": "", "year": "2022", "url": URL, "published": "", "status": "known"},
]
HEAD = ",".join(COLUMNS) + "\n"
SOUND = f"示例县财政局,,2022,{URL},Ambiguous,“1 2” is not one number,2026-05-01\n"


def write(folder: Path, *rows: str, head: str = HEAD) -> Path:
    path = folder / "refusals.csv"
    path.write_text(head + "".join(rows), encoding="utf-8")
    return path


def test_a_sound_row_is_read_as_it_stands(tmp_path: Path) -> None:
    """Organ, year, address, code, sentence and day, as the list has them."""
    found, problems = read_refusals(write(tmp_path, SOUND), KNOWN)
    assert problems == []
    assert found == [Refusal("示例县财政局", "", "2022", URL, "Ambiguous", "“1 2” is not one number", "2026-05-01")]


def test_without_the_list_nothing_was_refused(tmp_path: Path) -> None:
    """A dataset without the file has no refusals and nothing wrong with them."""
    assert read_refusals(tmp_path / "refusals.csv", KNOWN) == ([], [])


def test_the_committed_list_is_sound() -> None:
    """The list of this repository is held to its own list of known reports."""
    dataset = read_dataset()
    assert (ROOT / "data" / "refusals.csv").is_file()
    assert [problem for problem in dataset.problems if problem.path.name == "refusals.csv"] == []


@pytest.mark.parametrize(
    ("row", "field", "says"),
    [
        (SOUND.replace("Ambiguous", "Unclear"), "code", "“Unclear” is no code"),
        (SOUND.replace("Ambiguous", "R01"), "code", "“R01” is no code"),
        (SOUND.replace("“1 2” is not one number", " "), "sentence", "not there"),
        (SOUND.replace("2026-05-01", "2026-5-1"), "date", "“2026-5-1” is no day"),
        (SOUND.replace("2026-05-01", "2026-02-30"), "date", "“2026-02-30” is no day"),
        (SOUND.replace("2022", "2021"), "", "no row of known_reports.csv"),
        (SOUND.replace("财政局", "教育局"), "", "no row of known_reports.csv"),
        (SOUND.replace(URL, URL + "2"), "", "no row of known_reports.csv"),
        (SOUND.replace(",2026-05-01", ""), "", "has 6 cells, not 7"),
        (SOUND + SOUND, "", "twice"),
    ],
)
def test_a_row_that_is_not_sound_is_named_with_its_line(tmp_path: Path, row: str, field: str, says: str) -> None:
    """An unknown code, no sentence, no day, a report that is not known as refused, a second row: file, line and field."""
    found, (problem,) = read_refusals(path := write(tmp_path, row), KNOWN)
    assert (problem.path, problem.line, problem.field) == (path, 1 + row.count("\n"), field)
    assert says in problem.says
    assert len(found) == row.count("\n") - 1


def test_a_cell_of_two_lines_does_not_shift_those_below_it(tmp_path: Path) -> None:
    """A problem is named by the line that its row begins on."""
    long = SOUND.replace("“1 2” is not one number", '"one line,\nand another"')
    _, (problem,) = read_refusals(write(tmp_path, long, SOUND), KNOWN)
    assert problem.line == 4


def test_other_columns_are_an_error(tmp_path: Path) -> None:
    """The head must name the columns in their order."""
    _, problems = read_refusals(write(tmp_path, SOUND, head=HEAD.replace("code,sentence", "sentence,code")), KNOWN)
    assert problems[0].line == 1
    assert HEAD.strip() in problems[0].says


def test_what_is_wrong_with_the_list_stops_the_tables(tmp_path: Path) -> None:
    """The check of the data says it as an error, so that nothing is published beside it."""
    (tmp_path / "known_reports.csv").write_text("agency_name,agency_id,year,url,published,status\n", encoding="utf-8")
    path = write(tmp_path, SOUND)
    judged = checking.check(read_dataset([tmp_path], tmp_path / "known_reports.csv"))
    assert [(one.path, one.line, one.severity) for one in judged.problems] == [(path, 2, "error")]
    assert judged.tables is None


@pytest.mark.parametrize(
    ("code", "sentence", "kind"),
    [
        ("UnreadableSource", "“年报.docx” is protected by a password", "protected"),
        ("UnreadableSource", "the page only links to the report: give the file itself (年报.doc)", "elsewhere"),
        ("UnreadableSource", "the document is older Word, which takes LibreOffice to read; install it", "program"),
        ("UnreadableSource", "the file has 90,000,000 bytes; no report has more than 50,000,000", "too_large"),
        ("UnreadableSource", "the fonts of the PDF lack the map to Unicode, so nobody can tell", "no_map"),
        ("UnreadableSource", "the page holds nothing", "empty"),
        ("UnreadableSource", "the page cannot be read: too few dots, too faint, or no printed text", "scan"),
        ("UnreadableSource", "the file is a presentation, and no report is read from one", "format"),
        ("UnreadableSource", "the file is RTF and ends in the middle: its closing brace is not there", "damaged"),
        ("UnreadableSource", "“年报.doc” in the zip archive is damaged: bad CRC", "damaged"),
        ("UnknownForm", "the tables are those of 2018 and before (申请情况)", "older_form"),
        ("UnknownForm", "none of the 3 files in it is a report: a, b, c", "no_form"),
        ("Ambiguous", "more than one document in the file could be the report: a, b", "several"),
        ("Ambiguous", "the place of “县供销社” is not told by its name: give its code with --region", "organ"),
        ("Ambiguous", "the year could be 2021 or 2022 (title, period): name it with --year", "year"),
        ("Ambiguous", "a blank parts the digits of “1 2”: two figures may stand there", "figure"),
        ("S03", "section 三 lacks 结转下年度继续办理", "form"),
        ("V01", "“-3” is negative where a number of cases belongs", "form"),
    ],
)
def test_a_sentence_tells_its_sort_of_reason(code: str, sentence: str, kind: str) -> None:
    """What the converter says is told apart by its words, within each code."""
    assert code in CODES
    assert kind_of(Refusal("", "", "", "", code, sentence, "")) == kind
    assert kind in KINDS
