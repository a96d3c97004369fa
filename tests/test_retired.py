"""Ids that are no longer used, and what stands at their addresses."""

from pathlib import Path

import pytest

from pipeline.pages import lists
from pipeline.retired import address_of, read_retired
from tests.made import ID, agency, dataset, record
from tests.offered import material

HEAD = "id,reason,successor,date\n"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "retired.csv"
    path.write_text(HEAD + "".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def test_a_retired_id_keeps_its_reason_and_its_successor(tmp_path: Path) -> None:
    """What became of an id can be told for ever."""
    path = written(tmp_path, f"999901-jk,两个机关合并,{ID},2026-03-02", "999901-jk-2021,重复,,2026-03-03")
    found, problems = read_retired(path, {ID})
    assert problems == []
    assert [(one.id, one.successor, one.address) for one in found] == [
        ("999901-jk", ID, "agencies/999901-jk/"), ("999901-jk-2021", "", "agencies/999901-jk/2021/"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("999901,合并,,2026-03-02", "id"),
        (f"{ID},合并,,2026-03-02", "id"),
        ("999901-jk,,,2026-03-02", "reason"),
        ("999901-jk,合并,另一个局,2026-03-02", "successor"),
        ("999901-jk,合并,999901-jk,2026-03-02", "successor"),
        ("999901-jk,合并,,2026-02-30", "date"),
        ("999901-jk,合并,2026-03-02", ""),
    ],
)
def test_a_wrong_row_is_named_by_line_and_field(tmp_path: Path, line: str, field: str) -> None:
    """An id in use, a successor that is not held, a day that is none: each is said where it stands."""
    found, (problem,) = read_retired(written(tmp_path, line), {ID})
    assert (problem.line, problem.field, found) == (2, field, [])


def test_an_id_is_retired_once(tmp_path: Path) -> None:
    """The second row is the one that is wrong."""
    found, (problem,) = read_retired(written(tmp_path, "999901-jk,合并,,2026-03-02", "999901-jk,重复,,2026-03-03"), ())
    assert (problem.line, [one.reason for one in found]) == (3, ["合并"])


def test_the_dataset_holds_the_list_to_its_own_ids(tmp_path: Path) -> None:
    """A report that is held cannot be retired."""
    written(tmp_path, f"{ID}-2023,重复,,2026-03-02")
    found = dataset(tmp_path, [record()], [agency()])
    assert [problem.field for problem in found.problems] == ["id"]


def test_a_retired_id_has_a_page_that_leads_on(tmp_path: Path) -> None:
    """An old address says what became of the organ and leads to the one in its place, where that is held."""
    given = material([record()])
    rows = (f"999901-jk,合并,{ID},2026-03-02", "999901-jk-2021,合并,999901-qt-2021,2026-03-02")
    given.dataset.retired = read_retired(written(tmp_path, *rows), {ID})[0]
    pages = [page for task in lists.tasks(given) for page in task() if isinstance(page, lists.RetiredPage)]
    assert [(page.path, page.successor) for page in pages] == [
        ("agencies/999901-jk/index.html", address_of(ID)), ("agencies/999901-jk/2021/index.html", None),
    ]  # fmt: skip
