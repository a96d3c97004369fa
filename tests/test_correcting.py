"""One correction of a record: what it writes, what it guards, and everything that it refuses."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cli import main
from pipeline.correcting import Corrected, Wanted, correct, report_path
from pipeline.document import canonical
from pipeline.quoting import Kept, read_kept
from pipeline.record import read_record, record_to_yaml
from tests import made
from tests.correctable import BLANK, ENTERPRISE, FEES, LINE, NATURAL, REPORT, Desk, desk_at, printed
from tests.layouts import lay_out

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_at(tmp_path)


# what is written -----------------------------------------------------------------------------------------------------


def test_a_correction_changes_the_figure_and_says_why(desk: Desk, capsys: Capture) -> None:
    """The body takes the printed figure, one entry is appended with the line of the kept cells, and nothing else moves."""
    before = desk.record
    assert desk.correct(NATURAL, "12", "misread") == 0
    assert f"{desk.path}: {NATURAL}: 1 -> 12 (misread)" in capsys.readouterr().out
    after = desk.record
    assert {name for name, value in after.figures().items() if value != before.figures()[name]} == {NATURAL}
    assert after.figures()[NATURAL] == 12
    told = {"evidence": LINE, "reason": "表格里的两位数被拆开", "by": "github:someone", "date": "2026-03-02"}
    assert after.corrections == [{"field": NATURAL, "kind": "misread", "was": 1, "now": 12, **told}]


@pytest.mark.parametrize(
    ("typed", "value", "as_written"),
    [("12", 12, None), ("１２", 12, "１２"), ("1,234", 1234, "1,234"), (" 12 ", 12, None), ("12件", 12, "12件")],
)
def test_a_figure_is_read_as_the_report_prints_it(typed: str, value: int, as_written: str | None, desk: Desk) -> None:
    """What is typed is read like a cell of a report, and printed text that is not the plain figure is kept."""
    assert desk.correct(NATURAL, typed, "misread") == 0
    assert desk.record.figures()[NATURAL] == value
    assert desk.record.as_written.get(NATURAL) == as_written


@pytest.mark.parametrize(
    ("typed", "as_written"),
    [("null", None), ("空", None), ("（空）", None), ("", None), ("/", "/"), ("十二份", "十二份")],
)
def test_an_empty_cell_can_be_said_in_words(typed: str, as_written: str | None, desk: Desk) -> None:
    """A cell without a figure is null, and what is printed there instead is kept."""
    assert desk.correct(NATURAL, typed, "not_in_source") == 0
    assert desk.record.figures()[NATURAL] is None
    assert desk.record.as_written.get(NATURAL) == as_written


@pytest.mark.parametrize(
    ("typed", "made_"), [("看不清", False), ("见附件", False), ("无", True), ("——", True), ("空", True)]
)
def test_a_remark_is_no_empty_cell(typed: str, made_: bool, desk: Desk) -> None:
    """Without a kind only what a report prints for nothing empties a cell; words want a person to say not_in_source."""
    told = {"reason": "x", "by": "me", "date": "2026-03-02"}
    done = correct(desk.record, read_kept(desk.path), Wanted(NATURAL, typed, **told))  # type: ignore[arg-type]
    assert isinstance(done, Corrected) == made_
    if not isinstance(done, Corrected):
        assert [fault.about for fault in done] == ["kind"]
    assert desk.correct(NATURAL, typed, "not_in_source") == 0


def test_printed_text_that_no_longer_holds_goes(desk: Desk) -> None:
    """The printed text of the figure before does not stay with the new figure."""
    assert desk.correct(NATURAL, "１２", "misread") == 0
    assert desk.correct(NATURAL, "13", "misread") == 0
    assert desk.record.as_written == {}


def test_an_amount_keeps_its_unit(desk: Desk) -> None:
    """An amount printed in 元 becomes one in 万元, and its printed text stays."""
    assert desk.correct(FEES, "251000元", "misread") == 0
    assert (desk.record.figures()[FEES], desk.record.as_written[FEES]) == (Decimal("25.1"), "251000元")


def test_a_missed_figure_fills_an_empty_cell(desk: Desk) -> None:
    """What the conversion missed stands in the body with the kind that says so."""
    assert desk.correct(BLANK, "7", "missed") == 0
    assert desk.record.figures()[BLANK] == 7
    assert [(e["was"], e["now"], e["kind"]) for e in desk.record.corrections] == [(None, 7, "missed")]


def test_a_misprint_never_touches_the_body(desk: Desk) -> None:
    """The body keeps what the report prints; the entry says what it should be."""
    before = desk.record.to_plain()
    assert desk.correct(ENTERPRISE, "5", "printed_wrong") == 0
    after = desk.record.to_plain()
    (entry,) = after.pop("corrections")
    assert before | {"corrections": []} == after | {"corrections": []}
    assert (entry["printed"], entry["should_be"], "was" in entry) == (36, 5, False)


def test_a_fact_is_corrected_like_a_figure(desk: Desk) -> None:
    """Name, scope and day of publication can be corrected, a day also as a report writes it."""
    more = ("--evidence", "2024年1月15日")
    assert desk.correct("published", "2024年1月16日", "misread", *more) == 0
    assert desk.correct("scope", "own", "missed", "--evidence", "仅限局机关", "--anyway") == 0
    assert desk.correct("agency_name", "示例县卫健委", "misread") == 0
    record = desk.record
    assert (record.published, record.scope, record.agency_name) == ("2024-01-16", "own", "示例县卫健委")
    assert main(["check", str(desk.data / "agencies")]) == 0


def test_the_record_can_be_named_by_its_path(desk: Desk) -> None:
    """REPORT is the id of a report or the path of its record."""
    told = ["12", "--kind", "misread", "--reason", "x", "--by", "me"]
    assert main(["correct", str(desk.path), NATURAL, *told]) == 0
    assert desk.record.figures()[NATURAL] == 12


def test_who_corrects_is_told_by_the_workflow(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --by the one who started the workflow made the correction."""
    monkeypatch.setenv("GITHUB_ACTOR", "someone-else")
    told = ["--kind", "misread", "--reason", "x", "--data", str(desk.data)]
    assert main(["correct", REPORT, NATURAL, "12", *told]) == 0
    assert desk.record.corrections[0]["by"] == "github:someone-else"


# what is guarded -----------------------------------------------------------------------------------------------------


def test_a_second_correction_guards_what_the_conversion_said(desk: Desk) -> None:
    """`was` is the conversion's figure, not the one that the first correction put into the body."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    assert desk.correct(NATURAL, "13", "misread") == 0
    assert [(e["was"], e["now"]) for e in desk.record.corrections] == [(1, 12), (1, 13)]
    assert main(["convert", str(desk.root / "年报.txt"), "--out", str(desk.data / "agencies")]) == 0
    assert desk.record.figures()[NATURAL] == 13


def test_the_kind_of_a_second_correction_is_that_of_the_conversion(desk: Desk) -> None:
    """Whoever changes a figure that was missed says misread, and the entry says what the conversion did: it missed it."""
    assert desk.correct(BLANK, "7", "missed") == 0
    assert desk.correct(BLANK, "8", "misread") == 0
    assert [(e["kind"], e["was"], e["now"]) for e in desk.record.corrections] == [
        ("missed", None, 7),
        ("missed", None, 8),
    ]


def test_a_figure_that_the_converter_has_confirmed_is_what_it_says(desk: Desk) -> None:
    """Where the converter has caught up, the next correction guards what it says since."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    desk.edit("  now: 12\n", "  now: 12\n  confirmed: true\n")
    desk.edit("（一）予以公开\t\t1\t", "（一）予以公开\t\t12\t", desk.cells)
    assert desk.correct(NATURAL, "13", "misread") == 0
    assert (desk.record.corrections[-1]["was"], desk.record.corrections[-1]["now"]) == (12, 13)


def test_a_correction_can_be_taken_back(desk: Desk) -> None:
    """Who was wrong says so: the figure of the conversion returns, both entries stay, and nothing waits to be confirmed."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    assert desk.correct(NATURAL, "1", "misread") == 0
    record = desk.record
    assert record.figures()[NATURAL] == 1
    assert [(e["was"], e["now"], e.get("confirmed")) for e in record.corrections] == [(1, 12, None), (12, 1, True)]
    assert main(["check", str(desk.data / "agencies")]) == 0
    assert main(["convert", str(desk.root / "年报.txt"), "--out", str(desk.data / "agencies")]) == 0


def test_a_plain_edit_is_explained_afterwards(desk: Desk) -> None:
    """Who has changed the figure by hand says why with the same command, and the entry guards what the cells say."""
    desk.edit("[     1,       36,", "[    12,       36,")
    assert desk.correct(NATURAL, "12", "misread") == 0
    assert [(e["was"], e["now"]) for e in desk.record.corrections] == [(1, 12)]


def test_a_plain_edit_is_not_corrected_over(desk: Desk, capsys: Capture) -> None:
    """A figure that nobody has explained is no ground for a correction of it."""
    desk.edit("[     1,       36,", "[     5,       36,")
    before = desk.path.read_bytes()
    assert desk.correct(NATURAL, "12", "misread") == 1
    assert "the record says 5, the cells kept say 1, and no entry explains that" in capsys.readouterr().err
    assert desk.path.read_bytes() == before


# evidence ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "copied",
    [
        "予以公开 1 36",
        "（一）予以公开   1\t36 37",
        "(一)予以公开\n1\n36\n37",
        "三、本年度办理结果 （一）予以公开 1 36 37 38 39 40 41",
        "予以公开\t\t1\t36",
    ],
)
def test_a_copied_row_is_quoted_as_it_stands(copied: str, desk: Desk) -> None:
    """Who copies from a page has other blanks; the entry quotes the kept line itself."""
    assert desk.correct(NATURAL, "12", "misread", "--evidence", copied) == 0
    assert desk.record.corrections[0]["evidence"] in (LINE, copied)
    assert desk.record.corrections[0]["evidence"] in desk.cells.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", ["予以公开 12 36", "予以公开 1 3", "没有的字句"])
def test_evidence_that_does_not_stand_there_is_refused(words: str, desk: Desk, capsys: Capture) -> None:
    """Words that the kept cells lack are refused with the line that was meant; a part of a figure is no figure."""
    assert desk.correct(NATURAL, "12", "misread", "--evidence", words) == 1
    said = capsys.readouterr().err
    assert "do not stand in the cells kept" in said
    assert LINE in said
    assert desk.record.corrections == []


def test_evidence_of_the_original_is_let_pass(desk: Desk, capsys: Capture) -> None:
    """--anyway takes words of the original that the conversion lost; the check then names them in a note."""
    assert desk.correct(NATURAL, "12", "misread", "--evidence", "予以公开 12 36", "--anyway") == 0
    assert "does not stand in source.txt" in capsys.readouterr().out
    assert main(["check", str(desk.data / "agencies")]) == 0
    assert "corrections[0].evidence: note: these words do not stand in the cells kept" in capsys.readouterr().out


# what is refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "kind", "says"),
    [
        (NATURAL, "12", "missed", "which is misread"),
        (NATURAL, "12", "not_in_source", "which is misread"),
        (NATURAL, "null", "misread", "which is not_in_source"),
        (BLANK, "3", "misread", "which is missed"),
        (BLANK, "3", "not_in_source", "which is missed"),
        (NATURAL, "1", "misread", "1 is what the record of 999901-wsjkj-2023 says already"),
        (BLANK, "/", "not_in_source", "null is what the record of 999901-wsjkj-2023 says already"),
        (NATURAL, "12.5", "misread", "a whole number of cases belongs"),
        (NATURAL, "-3", "misread", "negative"),
        (NATURAL, "1 2", "misread", "two figures may stand there"),
        (NATURAL, "012", "misread", "begins with a zero"),
        (NATURAL, "1" * 300, "misread", "too long"),
        ("requests.granted.natral", "12", "misread", "near it: requests.granted.natural"),
        ("requests.other_total.total", "12", "misread", "has no figure"),
        ("year", "2022", "misread", "has no figure"),
        (NATURAL, "1", "printed_wrong", "say what it should be"),
        ("scope", "own", "printed_wrong", "only a figure can be misprinted"),
        ("scope", "everything", "missed", "is no scope"),
        ("published", "2024-02-30", "misread", "is no day"),
        ("agency_name", "", "not_in_source", "the name of an organ belongs here"),
        ("scope", "own", "missed", "quote the words that show it"),
    ],
)
def test_what_does_not_fit_is_refused(
    field: str, value: str, kind: str, says: str, desk: Desk, capsys: Capture
) -> None:
    """Each wish that cannot be true ends with 1 and a sentence, and the record is as it was."""
    before = desk.path.read_bytes()
    assert desk.correct(field, value, kind) == 1
    said = capsys.readouterr().err
    assert says in said
    assert said.startswith(f"{desk.path}: {field}: ")
    assert desk.path.read_bytes() == before


def test_the_same_misprint_is_noted_once(desk: Desk, capsys: Capture) -> None:
    """Saying a misprint again changes nothing; saying otherwise is one more entry."""
    assert desk.correct(NATURAL, "5", "printed_wrong") == 0
    assert desk.correct(NATURAL, "5", "printed_wrong") == 1
    assert "noted already" in capsys.readouterr().err
    assert desk.correct(NATURAL, "6", "printed_wrong") == 0
    assert [entry["should_be"] for entry in desk.record.corrections] == [5, 6]


@pytest.mark.parametrize("report", ["999901-wsjkj-2022", "../../etc/passwd", "999901-wsjkj", "x", "data/none.yaml"])
def test_a_report_that_is_not_there_is_misuse(report: str, desk: Desk, capsys: Capture) -> None:
    """No id leads anywhere but to a record below the data."""
    told = ["--kind", "misread", "--reason", "x", "--by", "me", "--data", str(desk.data)]
    assert main(["correct", report, NATURAL, "12", *told]) == 2
    assert f"{report} is no report of" in capsys.readouterr().err


def test_an_id_is_a_path_of_its_own(tmp_path: Path) -> None:
    """The place of a record follows from its id alone, and what is no id has no place."""
    assert report_path(tmp_path, REPORT) == tmp_path / "agencies/99/999901/999901-wsjkj/2023.yaml"
    for words in ("999901-wsjkj/../x-2023", "999901-WSJKJ-2023", "999901-wsjkj-2023\n", "９99901-wsjkj-2023"):
        assert report_path(tmp_path, words) is None


def test_a_broken_record_is_left_alone(desk: Desk, capsys: Capture) -> None:
    """A record with a fault is named with its line and not written."""
    desk.edit("scope: null", "scope: No")
    before = desk.path.read_bytes()
    assert desk.correct(NATURAL, "12", "misread") == 1
    assert f"{desk.path}:6: scope:" in capsys.readouterr().err
    assert desk.path.read_bytes() == before


# whatever is asked for -----------------------------------------------------------------------------------------------

RECORD = printed()
FIGURES = st.sampled_from(list(RECORD.figures()))
TYPED = st.one_of(
    st.integers(-3, 10**6).map(str), st.sampled_from(["", "/", "空", "１２", "1,234", "2.5万元", "无"]), st.text()
)


@settings(max_examples=60, deadline=None)
@given(wishes=st.lists(st.tuples(FIGURES, TYPED, st.booleans()), max_size=6))
def test_no_wish_breaks_a_record(wishes: list[tuple[str, str, bool]], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever is asked for, one after the other: the record stays whole, the entries stay, and the last one governs."""
    record, kept = printed(), Kept(lay_out(printed(), "tab-rows"))
    for field, typed, is_misprint in wishes:
        kind = "printed_wrong" if is_misprint else ""
        told = {"reason": "x", "by": "me", "date": "2026-03-02", "evidence": "x", "anyway": True}
        plain = record_to_yaml(record)
        done = correct(record, kept, Wanted(field, typed, kind, **told))  # type: ignore[arg-type]
        assert record_to_yaml(record) == plain
        if isinstance(done, Corrected):
            assert done.record.corrections[:-1] == record.corrections
            wanted: Any = RECORD.figures()[field] if is_misprint else done.entry["now"]
            assert is_misprint or canonical(done.record.figures()[field]) == canonical(wanted)
            record = done.record
    path = tmp_path_factory.mktemp("wish") / made.ID / "2023.yaml"
    path.parent.mkdir()
    path.write_text(record_to_yaml(record), encoding="utf-8")
    assert read_record(path).problems == []
