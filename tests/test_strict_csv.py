"""A list of the data is read row by row: a sound one is taken as it stands, any other is named with its line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.strict_csv import read_rows, rows_of


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    code: str


def wrong(town: Town, found: Mapping[str, Town]) -> Iterator[tuple[str, str]]:
    if not town.code.isdigit():
        yield "code", "no number"
    if town.name in found:
        yield "", "twice"


def read(path: Path) -> tuple[list[Town], list[tuple[int, str, str]]]:
    found, problems = read_rows(path, Town, lambda town: town.name, wrong)
    assert {problem.path for problem in problems} <= {path}
    return found, [(problem.line, problem.field, problem.says) for problem in problems]


def test_only_sound_rows_are_taken_and_the_others_named(tmp_path: Path) -> None:
    """A cell of several lines moves those below it, and each row is named by the line that it begins on."""
    path = tmp_path / "towns.csv"
    path.write_text('name,code\n"示例县\n示例镇",1\n东,x\n西,2\n西,3\n南\n', encoding="utf-8")
    assert read(path) == (
        [Town("示例县\n示例镇", "1"), Town("西", "2")],
        [(4, "code", "no number"), (6, "", "twice"), (7, "", "the row has 1 cells, not 2")],
    )


def test_the_head_names_the_columns_in_their_order(tmp_path: Path) -> None:
    """Other columns are an error of the first line."""
    path = tmp_path / "towns.csv"
    path.write_text("code,name\n", encoding="utf-8")
    assert read(path) == ([], [(1, "", "the columns must be name,code")])


def test_no_file_has_no_rows(tmp_path: Path) -> None:
    """A list that is not there is an empty one."""
    assert read(tmp_path / "towns.csv") == ([], [])


@pytest.mark.parametrize(
    ("bytes_", "at"),
    [
        ("name,code\n东,1\n".encode("gbk"), 1),
        (b'name,code\na,1\nb,"2\nc,3\n', 3),
        (b'name,code\na,1\n"b"c,2\n', 3),
    ],
)
def test_what_is_no_csv_is_one_problem(tmp_path: Path, bytes_: bytes, at: int) -> None:
    """Bytes that are not UTF-8, or quotes that do not end where a cell does: one sentence, and nothing is read."""
    path = tmp_path / "towns.csv"
    path.write_bytes(bytes_)
    found, ((line, field, says),) = read(path)
    assert (found, line, field) == ([], at, "")
    assert "no CSV in UTF-8" in says


def test_a_folder_in_its_place_is_one_problem(tmp_path: Path) -> None:
    """What cannot be opened is said, not raised."""
    (tmp_path / "towns.csv").mkdir()
    found, ((line, _, says),) = read(tmp_path / "towns.csv")
    assert (found, line, "no CSV" in says) == ([], 1, True)


def test_text_is_read_like_its_file() -> None:
    """The list of another revision is only there as text."""
    path = Path("towns.csv")
    assert rows_of("name,code\r\n东,1\r\n", path, Town, lambda town: town.name, wrong) == ([Town("东", "1")], [])
