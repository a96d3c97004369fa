"""Plain edits since a revision become corrections: all of them with a reason, or nothing is written."""

import io
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.record import agency_folder
from tests import made
from tests.correctable import BLANK, ENTERPRISE, NATURAL, Desk, desk_at, printed

Capture = pytest.CaptureFixture[str]
WAS, EDITED = "[     1,       36,", "[ 12,       null,"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = desk_at(tmp_path)
    desk.commit()
    return desk


def absorb(desk: Desk, *more: str) -> int:
    return main(["corrections", "absorb", "--base", "HEAD", "--by", "github:someone", "--data", str(desk.data), *more])


def refused(desk: Desk, capsys: Capture, *more: str) -> str:
    """Nothing is written, the status is 1, and what is said."""
    before = desk.path.read_bytes()
    capsys.readouterr()
    assert absorb(desk, *more) == 1
    assert desk.path.read_bytes() == before
    return capsys.readouterr().err


def test_edits_become_entries(desk: Desk, capsys: Capture) -> None:
    """Each edited figure and fact gets an entry of the right kind, and the record its canonical form again."""
    desk.edit(WAS, EDITED)
    desk.edit("[  null,       29,", "[  28,       29,")
    desk.edit('published: "2024-01-15"', 'published: "2024-01-16"')
    assert absorb(desk, "--reason", "两位数被拆开") == 0
    told = [(e["field"], e["kind"], e["was"], e["now"]) for e in desk.record.corrections]
    assert told == [
        ("published", "misread", "2024-01-15", "2024-01-16"),
        (BLANK, "missed", None, 28),
        (NATURAL, "misread", 1, 12),
        (ENTERPRISE, "not_in_source", 36, None),
    ]
    assert {(e["reason"], e["by"]) for e in desk.record.corrections} == {("两位数被拆开", "github:someone")}
    assert capsys.readouterr().out.endswith("edits that became corrections: 4\n")
    assert main(["check", str(desk.data / "agencies")]) == 0
    assert absorb(desk, "--reason", "x") == 0  # a second time there is nothing to do
    assert len(desk.record.corrections) == 4


def test_without_a_reason_it_lists_what_is_missing(desk: Desk, capsys: Capture) -> None:
    """Where nobody can be asked, each edit without a reason is named, and nothing is written."""
    desk.edit(WAS, EDITED)
    said = refused(desk, capsys)
    assert "999901-wsjkj-2023 requests.granted.natural: 1 -> 12: a reason is missing" in said
    assert "999901-wsjkj-2023 requests.granted.enterprise: 36 -> null: a reason is missing" in said


class Terminal(io.StringIO):
    """A person who types lines."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "reasons"),
    [("甲\n乙\n", ["甲", "乙"]), ("两位数*\n", ["两位数", "两位数"]), ("甲\n", None), ("\n乙\n", None)],
)
def test_a_person_is_asked(typed: str, reasons: list[str] | None, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a terminal each edit asks for its reason; one answer may hold for all that follow, and none leaves all as it is."""
    desk.edit(WAS, EDITED)
    before = desk.path.read_bytes()
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert absorb(desk) == (0 if reasons else 1)
    if reasons:
        assert [entry["reason"] for entry in desk.record.corrections] == reasons
    else:
        assert desk.path.read_bytes() == before


def test_a_kind_that_the_figures_do_not_tell_is_refused(desk: Desk, capsys: Capture) -> None:
    """--kind holds all edits to one kind; those of another are named."""
    desk.edit(WAS, EDITED)
    said = refused(desk, capsys, "--reason", "x", "--kind", "misread")
    assert ENTERPRISE in said
    assert NATURAL not in said


def test_an_edit_over_an_entry_guards_the_conversion(desk: Desk) -> None:
    """A figure that was corrected before and is edited again gets one more entry, with what the conversion said."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    desk.commit()
    desk.edit("[    12,       36,", "[    14,       36,")
    assert absorb(desk, "--reason", "还是不对") == 0
    assert [(e["was"], e["now"]) for e in desk.record.corrections] == [(1, 12), (1, 14)]


def test_a_figure_that_was_changed_back_is_a_question(desk: Desk, capsys: Capture) -> None:
    """A correction is taken back in words, not by an edit that looks like an accident."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    desk.commit()
    desk.edit("[    12,       36,", "[     1,       36,")
    assert "corrected it to 12, and it says 1 again" in refused(desk, capsys, "--reason", "x")


@pytest.mark.parametrize(
    ("old", "new"), [("reason: 表格里的两位数被拆开", "reason: 别的"), ("  now: 12\n", "  now: 13\n")]
)
def test_an_entry_that_was_edited_is_refused(old: str, new: str, desk: Desk, capsys: Capture) -> None:
    """Entries are only appended: one that says something else than at the revision is named."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    desk.commit()
    desk.edit(old, new)
    assert "entry 1 (requests.granted.natural) was edited or taken out" in refused(desk, capsys, "--reason", "x")


def test_an_entry_that_was_taken_out_is_refused(desk: Desk, capsys: Capture) -> None:
    """An entry that is gone is not forgotten, whatever the figure says."""
    assert desk.correct(NATURAL, "12", "misread") == 0
    desk.commit()
    text = desk.path.read_text(encoding="utf-8")
    desk.path.write_text(text[: text.index("corrections:")] + "corrections: []\n", encoding="utf-8")
    assert "was edited or taken out" in refused(desk, capsys, "--reason", "x")


def test_a_new_conversion_is_no_edit(desk: Desk) -> None:
    """Figures that changed because the report was published again are what its cells say, and no correction."""
    desk.path.unlink()
    desk.convert(made.put(printed(), requests__granted__natural=77))
    assert absorb(desk, "--reason", "x") == 0
    assert desk.record.corrections == []


def test_a_new_report_is_held_to_its_own_cells(desk: Desk) -> None:
    """A report that the revision lacks is compared with the cells beside it."""
    desk.convert(printed(year=2022))
    path = agency_folder(desk.data / "agencies", made.ID) / "2022.yaml"
    desk.edit(WAS, "[    12,       36,", path)
    assert absorb(desk, "--reason", "x") == 0
    assert "  was: 1\n  now: 12\n" in path.read_text(encoding="utf-8")
    assert desk.record.corrections == []


def test_an_edit_from_before_the_revision_is_left(desk: Desk) -> None:
    """Only what was edited since the revision becomes a correction."""
    desk.edit(WAS, "[    12,       36,")
    desk.commit()
    desk.edit("[    12,       36,", "[    12,       35,")
    assert absorb(desk, "--reason", "x") == 0
    assert [entry["field"] for entry in desk.record.corrections] == [ENTERPRISE]


def test_what_others_did_meanwhile_is_no_edit(desk: Desk) -> None:
    """The revision may have gone on since: only what was edited on this side of the fork becomes a correction."""
    desk.git("branch", "other")
    desk.edit("（一）予以公开", "（一） 予以公开", desk.cells)
    assert desk.correct(ENTERPRISE, "35", "misread") == 0
    desk.commit()
    desk.git("branch", "ahead")
    desk.git("checkout", "-q", "other")
    desk.edit(WAS, "[    12,       36,")
    told = ["--base", "ahead", "--by", "me", "--reason", "x", "--data", str(desk.data)]
    assert main(["corrections", "absorb", *told]) == 0
    assert [entry["field"] for entry in desk.record.corrections] == [NATURAL]


def test_one_fault_holds_everything_back(desk: Desk, capsys: Capture) -> None:
    """All reports or none: a record that cannot be read keeps the others as they are."""
    desk.convert(printed(year=2022))
    desk.edit(WAS, "[    12,       36,")
    other = agency_folder(desk.data / "agencies", made.ID) / "2022.yaml"
    desk.edit("scope: null", "scope: No", other)
    assert f"{other}: scope: " in refused(desk, capsys, "--reason", "x")


def test_what_cannot_be_compared_is_misuse(desk: Desk, tmp_path: Path, capsys: Capture) -> None:
    """A revision that is not there, and a folder that is none of a repository, end with 2 and a sentence."""
    told = ["--by", "me", "--reason", "x"]
    assert main(["corrections", "absorb", "--base", "nowhere", "--data", str(desk.data), *told]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert main(["corrections", "absorb", "--base", "HEAD", "--data", str(tmp_path / "other"), *told]) == 2
    assert main(["corrections", "absorb", "--base=--output=x", "--data", str(desk.data), *told]) == 2
