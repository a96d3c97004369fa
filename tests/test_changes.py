"""Two states of the data side by side, and what is grouped, lost or quoted in between."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from pipeline.changes.compared import Compared, Moved, State, compare, entries_beyond, read_state
from pipeline.changes.grouped import VARIOUS, grouped
from pipeline.changes.losses import losses
from pipeline.changes.quoted import quoted
from pipeline.corrections import GONE
from pipeline.derived import Derived
from pipeline.quoting import Kept
from pipeline.record import Record, record_path
from pipeline.revisions import NoRevision, changed_paths, commit_of, data_at, merge_base
from tests import made

NATURAL = "requests.granted.natural"
ORGANS = {f"999901-{letters}": f"示例县{name}" for letters, name in (("wsjkj", "卫生健康局"), ("czj", "财政局"))}
YEARS = range(2021, 2026)


def records(**changes: Any) -> list[Record]:
    """Ten reports of two organs, different figures in every cell."""
    made_up = enumerate((id, name, year) for id, name in ORGANS.items() for year in YEARS)
    return [
        made.record("2021", year, made.different(1000 * n), agency_id=id, agency_name=name, **changes)
        for n, (id, name, year) in made_up
    ]


def state(root: Path, found: Iterable[Record]) -> State:
    made.dataset(root, found)
    return read_state(root)


def between(tmp_path: Path, before: Iterable[Record], after: Iterable[Record]) -> Compared:
    return compare(state(tmp_path / "before" / "data", before), state(tmp_path / "after" / "data", after))


def entry(now: Any = 12, **changes: Any) -> dict[str, Any]:
    told = {"field": NATURAL, "kind": "misread", "was": 1, "now": now, "evidence": "予以公开\t12"}
    return told | {"reason": "两位数被拆成两格", "by": "github:someone", "date": "2026-03-02"} | changes


# two states ----------------------------------------------------------------------------------------------------------


def test_equal_states_differ_in_nothing(tmp_path: Path) -> None:
    """Two folders with the same reports: no list has anything in it."""
    found = between(tmp_path, records(), records())
    lists = (found.both, found.moved, found.besides, found.entered, found.lost, found.tables)
    assert [len(one) for one in lists] == [0] * 6


def test_a_figure_that_moved_is_named_with_its_entry(tmp_path: Path) -> None:
    """Before, after, the correction behind it, and one row of each table that shows it."""
    after = records()
    was = after[0].figures()[NATURAL]
    made.put(after[0], requests__granted__natural=12).corrections.append(entry(was=was))
    found = between(tmp_path, records(), after)
    assert found.moved == [Moved(after[0].report_id, NATURAL, was, 12, entry(was=was))]
    assert [(one.n, one.entry["now"]) for one in found.entered] == [(1, 12)]
    counts = {name: (len(rows.added), len(rows.removed), len(rows.changed)) for name, rows in found.tables.items()}
    assert (counts["reports"], counts["figures"], counts["corrections"]) == ((0, 0, 1), (0, 0, 1), (1, 0, 0))
    assert "agencies" not in counts


def test_what_is_no_figure_is_told_too(tmp_path: Path) -> None:
    """Source, prose, the printed text of a cell and rows beside the form."""
    after = records()
    after[0].source.url = None
    after[0].narrative["other"] = {"characters": 32}
    after[0].as_written[NATURAL] = "1件"
    after[0].extra_rows.append({"section": "requests", "label": "补充", "values": ["3"]})
    found = between(tmp_path, records(), after)
    names = [one.field for one in found.besides]
    assert names == ["source.url", "narrative.other", "extra_rows", f"as_written.{NATURAL}"]
    assert found.besides[-1].before is GONE


def test_a_report_that_cannot_be_read_is_neither_new_nor_removed(tmp_path: Path) -> None:
    """Its file lies there; the tables are made of what is sound."""
    before, root = state(tmp_path / "before" / "data", records()), tmp_path / "after" / "data"
    made.dataset(root, records())
    record_path(root / "agencies", records()[0]).write_text("nothing: [", encoding="utf-8")
    after = read_state(root)
    for found in (compare(before, after), compare(after, before)):
        assert (found.reports_added, found.reports_removed) == ([], [])
        assert {len(found.before.tables["reports"].rows), len(found.after.tables["reports"].rows)} == {9, 10}


def test_an_entry_that_stands_twice_is_added_once_more() -> None:
    """Entries are counted, not only known; that one was confirmed since is no difference."""
    one, two = made.record(corrections=[entry()]), made.record(corrections=[entry(confirmed=True), entry()])
    assert [found.n for found in entries_beyond(two, one)] == [2]
    assert entries_beyond(one, two) == []


# great losses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gone", "great"), [(0, False), (1, False), (2, True), (10, True)])
def test_more_than_a_tenth_is_a_great_loss(tmp_path: Path, gone: int, great: bool) -> None:
    """One of ten is a tenth and no more; the province and the figures are told beside the reports."""
    found = {one.what: (one.before, one.gone) for one in losses(between(tmp_path, records(), records()[gone:]))}
    assert bool(found) == great
    if great:
        assert found["reports"] == found["province"] == (10, gone)
        assert found["figures"][1] * 10 == found["figures"][0] * gone


def test_the_only_report_is_a_great_loss(tmp_path: Path) -> None:
    """Where one is all, one is much."""
    assert {one.what for one in losses(between(tmp_path, records()[:1], []))} == {"reports", "province", "figures"}


def test_new_reports_do_not_make_up_for_lost_ones(tmp_path: Path) -> None:
    """As many as before, and others: half of what was held is gone."""
    other = [one for one in records() if one.year > 2023]
    assert {one.what for one in losses(between(tmp_path, records()[:5], other))} >= {"reports", "figures"}


# groups and quotations -----------------------------------------------------------------------------------------------


def moves(field: str, *changes: tuple[Any, Any]) -> list[Moved]:
    return [Moved(f"999901-wsjkj-{2000 + n}", field, *change) for n, change in enumerate(changes)]


def test_equal_changes_are_grouped_and_the_rest_is_left() -> None:
    """Three alike are a group, two are not; figures are grouped only where they are equal before and after."""
    alike, few = moves(NATURAL, (1, 12), (1, 12), (1, 12)), moves("requests.granted.other", (1, 2), (1, 2))
    various = moves("requests.granted.total", (1, 2), (1, 3), (1, 4))
    groups, rest = grouped([*alike, *few, *various])
    assert [(one.field, one.before, one.after, len(one.reports)) for one in groups] == [(NATURAL, 1, 12, 3)]
    assert sum(map(len, rest.values())) == 5


def test_facts_are_grouped_by_what_stood_there_before() -> None:
    """A day in place of none, another in each report."""
    groups, rest = grouped(moves("published", (None, "2024-01-01"), (None, "2024-01-02"), (None, "2024-01-03")))
    assert [(one.field, one.before, one.after) for one in groups] == [("published", None, VARIOUS)]
    assert rest == {}


def test_evidence_is_found_to_the_letter(tmp_path: Path) -> None:
    """Tabs and all; whether it holds the figure that it is to show is told apart."""
    after = records()
    after[0].corrections.append(entry(was=after[0].figures()[NATURAL], now=after[0].figures()[NATURAL]))
    found = between(tmp_path, records(), after)
    (one,) = found.entered
    says = Derived(figures={NATURAL: one.entry["was"]})
    here, elsewhere = "表\n（一）予以公开\t12\t3\n", "表\n（一）予以公开 12 3\n（一）予以公开\t123\n"
    assert [quoted(found, one, Kept(text, says)).at for text in (here, elsewhere)] == [2, 0]
    assert not quoted(found, one, Kept(here, says)).names
    assert quoted(found, one, Kept(here, says)).fits
    assert quoted(found, one, Kept(here, Derived(figures={NATURAL: 7}))).says == 7


@pytest.mark.parametrize("name", ["known_reports.csv", "refusals.csv", "retired.csv", "releases.csv"])
def test_a_list_that_is_no_text_is_a_fault_of_its_file(tmp_path: Path, name: str) -> None:
    """Bytes of another code end with a sentence, and the reports are compared all the same."""
    made.dataset(tmp_path, records()[:1])
    (tmp_path / name).write_bytes("机关".encode("gb18030"))
    found = read_state(tmp_path)
    (fault,) = [one for one in found.checking.problems if one.severity == "error"]
    assert fault.path == tmp_path / name
    assert len(found.tables["reports"].rows) == 1


# revisions -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one file of data, changed in a second commit."""
    (tmp_path / "data").mkdir()
    git(tmp_path, "init", "-q", "-b", "main")
    for text in ("one\n", "two\n"):
        (tmp_path / "data" / "年 报.csv").write_text(text, encoding="utf-8")
        git(tmp_path, "add", "-A")
        git(tmp_path, "-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "commit", "-q", "-m", text)
    return tmp_path


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True)


def test_the_data_of_a_revision_are_taken_out_and_put_away(repository: Path) -> None:
    """Old bytes while they are looked at, nothing afterwards; no revision is the folder itself."""
    with data_at("HEAD~1", repository) as old, data_at(None, repository) as now:
        assert (old / "年 报.csv").read_text(encoding="utf-8") == "one\n"
        assert now == repository / "data"
    assert not old.exists()


def test_changed_paths_are_those_between_two_revisions_or_of_the_working_tree(repository: Path) -> None:
    """Names as they are, new files of the working tree among them."""
    assert changed_paths("HEAD~1", "HEAD", repository) == ["data/年 报.csv"]
    assert changed_paths("HEAD", None, repository) == []
    (repository / "new.txt").write_text("", encoding="utf-8")
    (repository / "data" / "年 报.csv").unlink()
    assert changed_paths("HEAD", None, repository) == ["data/年 报.csv", "new.txt"]


def test_what_is_no_revision_says_so(repository: Path, tmp_path: Path) -> None:
    """A name that does not exist, an option in its place, a folder that is no repository."""
    for name in ("nowhere", "--help", "HEAD~9"):
        with pytest.raises(NoRevision, match="no revision"):
            commit_of(name, repository)
    with pytest.raises(NoRevision):
        merge_base("HEAD", "HEAD", Path("/"))
