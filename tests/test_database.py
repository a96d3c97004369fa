"""The SQLite file: every row comes back, numbers are numbers, and the same tables give the same bytes."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline import database, package
from pipeline.checks import check_records
from pipeline.pages.addresses import Site
from pipeline.pages.material import read_material
from pipeline.pages.query import query_page
from pipeline.tables import COLUMNS, KEYS, Table, build
from tests.made import dataset, different, record
from tests.test_package import KNOWN, made_up, stock

LONG = Decimal("123456789012345678.000000001")
"""The one figure of the made-up records that binary fractions cannot hold."""


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Table]:
    """The tables of records with nulls, absent cells, odd writings, long amounts and corrections of every kind."""
    data = dataset(tmp_path_factory.mktemp("from"), made_up(), known=KNOWN)
    assert data.problems == []
    return build(data.records, data.agencies, data.known, check_records(data.records, data.agencies))


@pytest.fixture(scope="module")
def path(tables: dict[str, Table], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return database.write(tables, tmp_path_factory.mktemp("out"))


@pytest.fixture
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def exact(opened: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table as they were before: decimals digit by digit, long ones as `exact_numbers` lists them."""
    listed = {(key, column): text for key, column, text in opened.execute(
        "SELECT key, column_name, written FROM exact_numbers WHERE table_name = ?", [table]
    )}  # fmt: skip
    for values in opened.execute(f"SELECT * FROM {table}"):
        row = dict(zip(COLUMNS[table], values, strict=True))
        key = " ".join(str(row[one] or "") for one in KEYS[table])
        yield {column: decimal(listed.get((key, column)), value) for column, value in row.items()}


def decimal(written: str | None, value: object) -> object:
    if written is not None:
        return Decimal(written)
    return Decimal(f"{value:.15g}") if isinstance(value, float) else value


@pytest.mark.parametrize("name", COLUMNS)
def test_every_row_comes_back(tables: dict[str, Table], opened: sqlite3.Connection, name: str) -> None:
    """Each table has the published columns and rows: every figure to its last digit, null as null, absent as no row."""

    def by_key(rows: Any) -> dict[tuple[object, ...], Mapping[str, object]]:
        return {tuple(row[key] for key in KEYS[name]): row for row in rows}

    columns = [one[0] for one in opened.execute(f"SELECT * FROM {name} LIMIT 0").description]
    back = list(exact(opened, name))
    assert tuple(columns) == COLUMNS[name]
    assert by_key(back) == by_key(tables[name].rows)
    assert len(back) == len(tables[name].rows) > 0


def test_figures_are_numbers_or_nothing(opened: sqlite3.Connection) -> None:
    """No figure is text that SQL would compare letter by letter; 9 is less than 10."""
    kinds = {kind for (kind,) in opened.execute("SELECT DISTINCT typeof(value) FROM figures")}
    assert kinds == {"integer", "real", "null"}
    columns = [column for column in COLUMNS["reports"] if column.startswith(("requests_", "proactive_", "disputes_"))]
    for column in columns:
        kinds = {kind for (kind,) in opened.execute(f"SELECT DISTINCT typeof({column}) FROM reports")}
        assert kinds <= {"integer", "real", "null"}, column


def test_words_stay_words(opened: sqlite3.Connection) -> None:
    """What looks like a number and is text stays so: codes of places with a zero before them, printed `１２`, forms."""
    wanted = "SELECT typeof(form), typeof(region_code), typeof(published) FROM reports WHERE published IS NOT NULL"
    assert set(opened.execute(wanted)) == {("text", "text", "text")}
    assert ("１２",) in opened.execute("SELECT as_written FROM figures WHERE as_written IS NOT NULL").fetchall()


def test_long_numbers_are_listed(opened: sqlite3.Connection) -> None:
    """A number of more than fifteen digits is listed as it was written, and no other is."""
    listed = opened.execute("SELECT table_name, key, column_name, written FROM exact_numbers").fetchall()
    report = "999902-czj-2024"
    assert listed == [
        ("figures", f"{report} proactive.fees.amount", "value", str(LONG)),
        ("reports", report, "proactive_fees_amount", str(LONG)),
    ]


@pytest.mark.parametrize(
    ("figure", "listed"),
    [(2**63 - 1, 0), (2**63 + 1, 1), (1 - 10**400, 1), (Decimal("0.1"), 0), (Decimal("99999999999.9999"), 0),
     (Decimal("9999999999999.999"), 1), (Decimal("0.000000001"), 0)],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_no_digit_is_lost(tables: dict[str, Table], tmp_path: Path, figure: int | Decimal, listed: int) -> None:
    """Whatever a figure may be comes back exactly, from itself or from the list of exact numbers."""
    rows = [tables["figures"].rows[0] | {"value": figure}]
    changed = tables | {"reports": Table("reports", COLUMNS["reports"], [])}
    changed["figures"] = Table("figures", COLUMNS["figures"], rows)
    with closing(sqlite3.connect(database.write(changed, tmp_path))) as opened:
        assert [row["value"] for row in exact(opened, "figures")] == [figure]
        assert opened.execute("SELECT count(*) FROM exact_numbers").fetchone() == (listed,)


def test_same_tables_give_the_same_bytes(tables: dict[str, Table], path: Path, tmp_path: Path) -> None:
    """A second run writes the same file, and the file does not say which SQLite wrote it."""
    again = database.write({name: tables[name] for name in reversed(tables)}, tmp_path)
    assert again.read_bytes() == path.read_bytes()
    assert path.read_bytes()[96:100] == bytes(4)
    assert [one.name for one in tmp_path.iterdir()] == ["gongkai.sqlite"]


def test_another_figure_gives_other_bytes(tables: dict[str, Table], path: Path, tmp_path: Path) -> None:
    """The bytes tell one state of the data from another."""
    rows = [dict(row) for row in tables["figures"].rows]
    rows[7]["value"] = 987654
    changed = tables | {"figures": Table("figures", COLUMNS["figures"], rows)}
    assert database.write(changed, tmp_path).read_bytes() != path.read_bytes()


def test_a_write_that_fails_leaves_the_old_file(tables: dict[str, Table], tmp_path: Path) -> None:
    """Rows that do not fit their table raise, and what lay there before stays."""
    before = database.write(tables, tmp_path).read_bytes()
    doubled = Table("findings", COLUMNS["findings"], [*tables["findings"].rows, tables["findings"].rows[0]])
    with pytest.raises(sqlite3.IntegrityError):
        database.write(tables | {"findings": doubled}, tmp_path)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("gongkai.sqlite", before)]


def test_the_file_is_sound(opened: sqlite3.Connection) -> None:
    """SQLite's own checks find nothing, and every row that refers to another finds it."""
    assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert opened.execute("PRAGMA foreign_key_check").fetchall() == []


def test_keys_are_enforced_by_the_file(path: Path, tmp_path: Path) -> None:
    """The keys of the contract are keys of the tables: a second row with one is refused."""
    copy = tmp_path / "copy.sqlite"
    copy.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(copy)) as opened:
        for name in ("agencies", "reports", "findings", "corrections"):
            with pytest.raises(sqlite3.IntegrityError):
                opened.execute(f"INSERT INTO {name} SELECT * FROM {name} LIMIT 1")


def test_printed_zeros_take_no_room(tables: dict[str, Table], opened: sqlite3.Connection) -> None:
    """Only what is not a plain 0 is stored, and no query over one report or one field reads the whole of it."""
    plain = sum(row["value"] == 0 and not row["as_written"] and not row["corrected"] for row in tables["figures"].rows)
    stored = opened.execute("SELECT count(*) FROM figure_values").fetchone()[0]
    assert stored == len(tables["figures"].rows) - plain < len(tables["figures"].rows)
    for where in ("report_id = 'x'", "field = 'requests.granted.total'"):
        plan = [row[3] for row in opened.execute(f"EXPLAIN QUERY PLAN SELECT * FROM figures WHERE {where}")]
        assert [step for step in plan if step.startswith("SEARCH v USING PRIMARY KEY (cell=? AND report=?)")]


def test_columns_are_described_inside(opened: sqlite3.Connection) -> None:
    """The table `columns` has the words of the published schema for each column of each table."""
    wanted = {
        (resource["name"], *(field[key] for key in ("name", "type", "title", "title_en")))
        for resource in package.schema()["resources"]
        for field in resource["schema"]["fields"]
    }
    assert set(opened.execute("SELECT table_name, column_name, type, title, title_en FROM columns")) == wanted


# in the package ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of two reports, and the records that it is made from."""
    folder = tmp_path_factory.mktemp("written")
    data = dataset(folder / "data", [record(fill=different()), record("2019", 2020, different(900))])
    made = build(data.records, data.agencies, data.known, check_records(data.records, data.agencies))
    package.write(made, data, folder / "out")
    return folder


def test_descriptor_names_and_seals_the_file(written: Path) -> None:
    """The package lists the database with its words; a byte changed in it is told by the stock command and by ours."""
    descriptor = written / "out" / "data" / "datapackage.json"
    resources = json.loads(descriptor.read_text(encoding="utf-8"))["resources"]
    (listed,) = [one for one in resources if one["path"] == "gongkai.sqlite"]
    assert listed["title"]
    assert listed["description_en"]
    assert "schema" not in listed
    assert stock(descriptor) == (0, set())
    assert package.validate(descriptor) == []
    path = descriptor.with_name("gongkai.sqlite")
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert stock(descriptor)[1] == {"hash-count"}
    assert any("gongkai.sqlite" in said for said in package.validate(descriptor))
    path.write_bytes(data)


def test_every_example_of_the_sql_page_runs(written: Path) -> None:
    """Each query that the page offers runs and gives rows, or at least the columns that it promises."""
    page = query_page(read_material(written / "data", written / "out", Site()))
    assert len(page.examples) == 7
    empty = []
    with closing(sqlite3.connect(written / "out" / "data" / "gongkai.sqlite")) as opened:
        for example in page.examples:
            rows = opened.execute(example.sql).fetchall()
            empty += [] if rows else [example.id]
    assert set(empty) <= {"missing"}
