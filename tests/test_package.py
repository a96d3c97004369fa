"""The package on disk: what can be rebuilt from it, that it never differs, and that it is held to its schema."""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

from pipeline import ROOT, package, tables
from pipeline.checks import check_records
from pipeline.dataset import Dataset, read_dataset
from pipeline.descriptor import described
from pipeline.forms import forms
from pipeline.indicators import RATES
from pipeline.record import Agency, Record
from pipeline.shape import FACTS, KINDS, LEVELS, SCOPES, sectors
from pipeline.tables import COLUMNS, KEYS, Table
from tests.made import ID, agency, dataset, different, put, record

FRICTIONLESS = Path(sys.executable).with_name("frictionless")
REVIEW, GRANTED = "disputes.administrative_review.total", "requests.granted.natural"


def corrections() -> list[dict[str, Any]]:
    """One entry of each kind, with words that CSV could lose: tabs, quotes, commas, a line break."""
    said = {"by": "github:someone", "date": "2026-03-02"}
    tabs = {"evidence": '予以公开\t12\t"3"\t0,0\t\t16', "reason": "表格中的两位数被拆成两格，\n见原表"}
    return [
        {"field": GRANTED, "kind": "misread", "was": 1, "now": 12, **tabs, **said},
        {"field": REVIEW, "kind": "missed", "was": None, "now": 0, "confirmed": True, **tabs, **said},
        {
            "field": "proactive.fees.amount",
            "kind": "not_in_source",
            "was": Decimal("0.07"),
            "now": None,
            **tabs,
            **said,
        },
        {"field": "requests.carried_out.total", "kind": "printed_wrong", "printed": 2, "should_be": 1, **tabs, **said},
        {"field": "published", "kind": "misread", "was": None, "now": "2024-01-15", **tabs, **said},
    ]


def made_up() -> list[Record]:
    """Different figures in every cell of both forms and both shapes of （六）, nulls, odd writings, corrections."""
    odd = put(record(fill=different(), corrections=corrections(), scope=None), proactive__fees__amount=None)
    put(odd, requests__granted__natural=12, disputes__administrative_review__total=0, requests__carried_out__total=2)
    put(odd, proactive__licensing__decisions=None, proactive__coercion__decisions=None)
    odd.as_written = {
        GRANTED: "１２",
        "proactive.licensing.decisions": "=1+1,“无”",
        "proactive.coercion.decisions": " /\t",
    }
    return [
        odd,
        record(year=2022, fill=different(5000), single=True, published=None, scope="jurisdiction"),
        record("2019", 2020, different(900)),
        record("2019", 2019, different(70), single=False, agency_name="示例县卫生局（原）"),
        record(year=2021, fill=lambda column: None, agency_id="999902-czj", agency_name='示例县"财政局",二'),
        put(record(year=2024, agency_id="999902-czj"), proactive__fees__amount=Decimal("123456789012345678.000000001")),
    ]


def bearers() -> list[Agency]:
    """Their organs under the names that they bear where the reports are written in this order."""
    return [agency(name="示例县卫生局（原）"), agency(agency_id="999902-czj")]


KNOWN = "别县教育局,,2022,https://example.org/b,,known\n别县教育局,,2022,https://example.org/c,,refused\n"


def build(data: Dataset, out: Path) -> Path:
    return package.write(tables_of(data), data, out)


def tables_of(data: Dataset) -> dict[str, Table]:
    assert data.problems == []
    checked = check_records(data.records, data.agencies)
    return tables.build(data.records, data.agencies, data.known, checked)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, Path]:
    """The made-up records and the folder of their package."""
    folder = tmp_path_factory.mktemp("published")
    data = dataset(folder / "from", made_up(), known=KNOWN)
    build(data, folder / "out")
    return data, folder / "out"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files_below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# everything comes back ------------------------------------------------------------------------------------------------


def number(cell: str) -> int | Decimal | None:
    return None if cell == "" else Decimal(cell) if "." in cell else int(cell)


def correction(row: dict[str, str]) -> dict[str, Any]:
    """An entry as the record has it: its kind tells which values it has, its field whether they are words."""
    read = (lambda cell: cell or None) if row["field"] in FACTS else number
    keys = ("printed", "should_be") if row["kind"] == "printed_wrong" else ("was", "now")
    words = {key: row[key] for key in ("field", "kind", "evidence", "reason", "by", "date")}
    return words | {key: read(row[key]) for key in keys} | ({"confirmed": True} if row["confirmed"] == "true" else {})


def rebuilt(folder: Path) -> dict[str, dict[str, Any]]:
    """Identity, figures, odd writings and corrections of each report, from three CSV files and nothing else."""
    made: dict[str, dict[str, Any]] = {}
    for row in rows_of(folder / "reports.csv"):
        facts = {key: row[key] or None for key in ("agency_id", "agency_name", "form", "scope", "published")}
        source = {"url": row["source_url"] or None, "sha256": row["source_sha256"]}
        empty: dict[str, Any] = {"figures": {}, "as_written": {}, "corrections": []}
        made[row["report_id"]] = facts | {"year": int(row["year"]), "source": source} | empty
    for row in rows_of(folder / "figures.csv"):
        of = made[row["report_id"]]
        of["figures"][row["field"]] = number(row["value"])
        of["as_written"] |= {row["field"]: row["as_written"]} if row["as_written"] else {}
    for row in sorted(rows_of(folder / "corrections.csv"), key=lambda row: int(row["n"])):
        made[row["report_id"]]["corrections"].append(correction(row))
    return made


def kept(made: Record) -> dict[str, Any]:
    """The same of a record."""
    facts = {key: getattr(made, key) for key in ("agency_id", "agency_name", "form", "scope", "published", "year")}
    source = {"url": made.source.url, "sha256": made.source.sha256}
    return facts | {
        "source": source,
        "figures": made.figures(),
        "as_written": made.as_written,
        "corrections": made.corrections,
    }


def exactly(values: object) -> object:
    """Values with their types, so that 1 and 1.0 and True are told apart."""
    if isinstance(values, dict):
        return {key: exactly(one) for key, one in values.items()}
    return [exactly(one) for one in values] if isinstance(values, list) else (type(values).__name__, str(values))


def test_records_can_be_rebuilt_from_three_files(published: tuple[Dataset, Path]) -> None:
    """Figures, as_written, identity and corrections of every record come back from the CSV files alone."""
    data, out = published
    assert len(data.records) == len(made_up())
    wanted = {made.report_id: kept(made) for made in data.records}
    assert exactly(rebuilt(out / "data")) == exactly(wanted)


def test_real_records_can_be_rebuilt_from_three_files(tmp_path: Path) -> None:
    """What holds for made-up records holds for every record of this repository."""
    data = read_dataset()
    build(data, tmp_path)
    assert exactly(rebuilt(tmp_path / "data")) == exactly({made.report_id: kept(made) for made in data.records})


def test_wide_table_says_the_same_as_the_long_one(published: tuple[Dataset, Path]) -> None:
    """Each figure of `figures` stands in its own column of `reports`, and nothing else does."""
    _, out = published
    long: dict[str, dict[str, str]] = {}
    for row in rows_of(out / "data" / "figures.csv"):
        long.setdefault(row["report_id"], {})[row["field"].replace(".", "_")] = row["value"]
    for row in rows_of(out / "data" / "reports.csv"):
        wide = {name: row[name] for name in COLUMNS["reports"][50:] if row[name]}
        assert wide == {name: value for name, value in long[row["report_id"]].items() if value}


def test_json_is_the_same_table_as_csv(published: tuple[Dataset, Path]) -> None:
    """A table's JSON is an array of objects in column order whose values are written as in the CSV."""
    _, out = published
    for name, columns in COLUMNS.items():
        text = (out / "data" / f"{name}.json").read_text(encoding="utf-8")
        found = simplejson.loads(text, use_decimal=True)
        assert all(tuple(row) == columns for row in found)
        as_text = [{key: package.text_of(value) for key, value in row.items()} for row in found]
        assert as_text == rows_of(out / "data" / f"{name}.csv")
        assert text.count("\n") == len(found) + (2 if found else 1)


def test_json_of_a_report_is_the_whole_record(published: tuple[Dataset, Path]) -> None:
    """`data.json` has everything that the record has, exactly, and `record.yaml` is its file."""
    data, out = published
    for loaded in data.loaded:
        assert loaded.record
        folder = out / "agencies" / loaded.record.agency_id / str(loaded.record.year)
        found = simplejson.loads((folder / "data.json").read_text(encoding="utf-8"), use_decimal=True)
        assert exactly(found) == exactly(loaded.record.to_plain())
        assert list(found) == list(loaded.record.to_plain())
        assert (folder / "record.yaml").read_bytes() == loaded.path.read_bytes()


def test_organs_offer_their_own_rows(published: tuple[Dataset, Path]) -> None:
    """An organ's data.csv and data.json are its rows of `reports`."""
    _, out = published
    every = rows_of(out / "data" / "reports.csv")
    for agency_id in {row["agency_id"] for row in every}:
        own = [row for row in every if row["agency_id"] == agency_id]
        assert rows_of(out / "agencies" / agency_id / "data.csv") == own
        found = json.loads((out / "agencies" / agency_id / "data.json").read_text(encoding="utf-8"))
        assert [row["report_id"] for row in found] == [row["report_id"] for row in own]


def test_places_offer_their_organs(tmp_path: Path) -> None:
    """Every place with an organ has its organs as a file; a code that nobody bears and the state have none."""
    organs = [
        agency(agency_id=f"{code}-slj", name=f"{code}示例局", region_code=code)
        for code in ("141021", "140000", "888888", "000000")
    ]
    data = dataset(tmp_path / "from", [record(agency_id=one.agency_id) for one in organs], organs)
    build(data, tmp_path / "out")
    found = {path.parent.name: path for path in (tmp_path / "out" / "regions").rglob("agencies.csv")}
    assert {code: [row["agency_id"] for row in rows_of(path)] for code, path in found.items()} == {
        "140000": ["140000-slj", "141021-slj"],
        "141000": ["141021-slj"],
        "141021": ["141021-slj"],
    }


# the same bytes -------------------------------------------------------------------------------------------------------


def test_second_run_gives_the_same_bytes(published: tuple[Dataset, Path], tmp_path: Path) -> None:
    """The same records give the same files, to the byte, also when they come in another order."""
    data, out = published
    backwards = Dataset(dict(reversed(data.agencies.items())), data.loaded[::-1], [], list(data.known)[::-1])
    build(backwards, tmp_path)
    assert files_below(tmp_path) == files_below(out)


PROGRAM = "import sys; from pathlib import Path; from tests import test_package as t; t.build(t.dataset(Path(sys.argv[1]) / 'from', t.made_up()[::int(sys.argv[2])], t.bearers(), known=t.KNOWN), Path(sys.argv[1]) / 'out')"
ELSEWHERE = {"PYTHONHASHSEED": "77", "TZ": "Pacific/Apia", "LC_ALL": "C", "PYTHONUTF8": "0", "TMPDIR": "/dev/shm"}


def test_another_machine_gives_the_same_bytes(published: tuple[Dataset, Path], tmp_path: Path) -> None:
    """Neither hash seed nor zone nor language nor rights nor the order of folders of a machine shows in a file."""
    _, out = published
    here = files_below(out)
    assert {Path(name).suffix for name in here} == {".csv", ".json", ".parquet", ".sqlite", ".xlsx", ".yaml", ".zip"}
    elsewhere = {key: value for key, value in ELSEWHERE.items() if key != "TMPDIR" or Path(value).is_dir()}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), "-1"]
    subprocess.run(command, check=True, cwd=ROOT, env=os.environ | elsewhere, umask=0o077)
    there = files_below(tmp_path / "out")
    assert [name for name in here if here[name] != there.get(name)] == []
    assert set(here) == set(there)
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "out").rglob("*.*")} == {0o644}


def test_csv_is_canonical(published: tuple[Dataset, Path]) -> None:
    """UTF-8 without a mark, line feeds, a header, quotes only where they are needed."""
    _, out = published
    for path in out.rglob("*.csv"):
        data = path.read_bytes()
        if path.name == "reports-excel.csv":
            data = data.removeprefix(b"\xef\xbb\xbf")
        assert data.endswith(b"\n")
        assert not data.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in data
    assert (out / "data" / "corrections.csv").read_text(encoding="utf-8").startswith("report_id,n,field,kind,was,now,")
    assert package.csv_text(("a", "b"), [{"a": 'x,"y"', "b": " z\tü "}]) == 'a,b\n"x,""y""", z\tü \n'


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=2, max_size=2)
    )
)
def test_csv_loses_no_text(cells: list[list[str]]) -> None:
    """Whatever words a cell has, a reader of CSV gets them back."""
    text = package.csv_text(("a", "b"), [dict(zip("ab", row, strict=True)) for row in cells])
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == [["a", "b"], *cells]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0, "0"),
        (True, "true"),
        (False, "false"),
        (Decimal("0.0000001"), "0.0000001"),
        (Decimal("12.50"), "12.50"),
        (Decimal("1E+3"), "1000"),
        (10**30, "1" + "0" * 30),
    ],
)
def test_numbers_are_written_out(value: object, text: str) -> None:
    """No exponent and no rounding, in CSV and in JSON."""
    assert package.text_of(value) == text
    assert "".join(package.json_lines([{"a": value}])) == f'[\n{{"a": {text or "null"}}}\n]\n'


# the schema -----------------------------------------------------------------------------------------------------------


def schema_fields() -> Iterator[tuple[str, dict[str, Any]]]:
    for resource in package.schema()["resources"]:
        for field in resource["schema"]["fields"]:
            yield resource["name"], field


def test_published_schema_is_current() -> None:
    """data/datapackage.json is what the forms and data/columns.yaml make today (`gongkai package --schema` writes it)."""
    published = (ROOT / "data" / "datapackage.json").read_text(encoding="utf-8")
    assert published == package.descriptor_text(package.schema())


def test_schema_has_every_column_of_every_table() -> None:
    """Tables and schema name the same columns in the same order."""
    resources = package.schema()["resources"]
    assert {one["name"]: tuple(field["name"] for field in one["schema"]["fields"]) for one in resources} == COLUMNS


def test_every_field_is_described_in_both_languages() -> None:
    """Package, tables and fields have a title and a description, in Chinese and in English."""
    described_things = [("package", package.schema()), *((one["name"], one) for one in package.schema()["resources"])]
    for name, thing in (*described_things, *schema_fields()):
        for key in ("title", "description"):
            assert re.search("[\u4e00-\u9fff]|SHA", thing[key]), (name, thing["name"])
            assert re.search("[A-Za-z]", thing[f"{key}_en"]), (name, thing["name"])


def test_figures_have_their_own_words_and_bounds() -> None:
    """Each figure's column is titled by its row and column on the form; only a change may be negative."""
    fields = {field["name"]: field for table, field in schema_fields() if table == "reports"}
    granted = fields["requests_refused_state_secret_natural"]
    assert (granted["title"], granted["type"]) == ("（三）不予公开／1.属于国家秘密：自然人", "integer")
    assert granted["title_en"] == "Refused / State secret: Natural persons"
    assert granted["constraints"] == {"minimum": 0}
    assert fields["proactive_fees_amount"]["type"] == "number"
    assert "万元" in fields["proactive_fees_amount"]["description"]
    assert "constraints" not in fields["proactive_penalty_change"]
    titles = [
        field["title"]
        for name, field in fields.items()
        if name.count("_") > 1 and name.startswith(("req", "pro", "dis"))
    ]
    assert len(set(titles)) == len(titles)


def test_closed_lists_are_those_of_the_records() -> None:
    """What a column may hold is what a record may hold."""
    enums = {f"{table}.{field['name']}": field.get("constraints", {}).get("enum") for table, field in schema_fields()}
    assert enums["agencies.level"] == enums["reports.level"] == list(LEVELS)
    assert enums["agencies.sector"] == list(sectors())
    assert enums["reports.scope"] == list(SCOPES)
    assert enums["reports.form"] == list(forms())
    assert enums["corrections.kind"] == list(KINDS)
    assert enums["coverage.status"] == ["held", "known", "refused", "gone", "missing"]


def test_keys_are_those_of_the_tables() -> None:
    """Primary keys are never empty; the one key that may be is a unique key."""
    for resource in package.schema()["resources"]:
        described_keys = resource["schema"].get("primaryKey") or resource["schema"]["uniqueKeys"][0]
        assert tuple(described_keys) == KEYS[resource["name"]]
        required = {f["name"] for f in resource["schema"]["fields"] if f.get("constraints", {}).get("required")}
        assert set(resource["schema"].get("primaryKey", ())) <= required


def test_list_of_columns_has_nothing_else() -> None:
    """data/columns.yaml describes no column that no table has, and each made column is described by what makes it."""
    for name, table in described()["tables"].items():
        assert set(table["fields"]) <= set(COLUMNS[name])
    assert set(described()["shared"]) <= {column for columns in COLUMNS.values() for column in columns}
    assert set(RATES) == set(tables.INDICATORS)


# held to it -----------------------------------------------------------------------------------------------------------


def stock(descriptor: Path) -> tuple[int, set[str]]:
    """The exit status of the stock command and the types of what it reports."""
    command = [str(FRICTIONLESS), "validate", "--json", descriptor.name]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=descriptor.parent, check=False)
    report = json.loads(ran.stdout)
    return ran.returncode, {error["type"] for task in report["tasks"] for error in task["errors"]}


Change = tuple[str, dict[str, str]]


def damage(published: Path, to: Path, changes: list[Change], *, double: bool = False, seal: bool = True) -> Path:
    """A copy of the package with first rows changed, or the last doubled; sealed, the checksums fit what is damaged."""
    for name, data in files_below(published / "data").items():
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        (to / name).write_bytes(data)
    descriptor = to / "datapackage.json"
    whole = json.loads(descriptor.read_text(encoding="utf-8"))
    for table, change in changes:
        rows: list[Any] = rows_of(to / f"{table}.csv")
        rows.append(dict(rows[-1])) if double else rows[0].update(change)
        data = package.csv_text(COLUMNS[table], rows).encode()
        (to / f"{table}.csv").write_bytes(data)
        resource = next(one for one in whole["resources"] if one["name"] == table)
        if seal:
            resource |= {"bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}", "rows": len(rows)}
    descriptor.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return descriptor


def test_package_passes_the_stock_command(published: tuple[Dataset, Path]) -> None:
    """`frictionless validate datapackage.json` passes, and so does our own check."""
    descriptor = published[1] / "data" / "datapackage.json"
    assert stock(descriptor) == (0, set())
    assert package.validate(descriptor) == []


@pytest.mark.parametrize(
    ("table", "change", "double", "error"),
    [
        ("figures", {"value": "若干"}, False, "type-error"),
        ("reports", {"requests_granted_natural": "十二"}, False, "type-error"),
        ("figures", {}, True, "primary-key"),
        ("figures", {"report_id": "999909-wsjkj-2023"}, False, "foreign-key"),
    ],
)
def test_damage_fails_the_stock_command(
    published: tuple[Dataset, Path], tmp_path: Path, table: str, change: dict[str, str], double: bool, error: str
) -> None:
    """A figure turned to text, a doubled key or a broken foreign key fails even where the checksums are made to fit."""
    status, types = stock(damage(published[1], tmp_path, [(table, change)], double=double))
    assert status != 0
    assert types == {error}


def test_every_table_is_held_to_its_keys_and_bounds(published: tuple[Dataset, Path], tmp_path: Path) -> None:
    """Keys, foreign keys, bounds and closed lists of the other tables are checked too, and ours says all of it."""
    changes = [
        ("reports", {"agency_id": "999909-wsjkj", "requests_granted_total": "-1"}),
        ("coverage", {"agency_id": "999909-wsjkj", "status": "lost"}),
        ("findings", {"report_id": "999909-wsjkj-2023"}),
        ("corrections", {"n": "2"}),
        ("agencies", {"region_code": "１４１０２１"}),
    ]
    said = package.validate(damage(published[1], tmp_path, changes))
    for table, needle in (
        *(("reports", "foreign key"), ("reports", "minimum"), ("coverage", "foreign key"), ("coverage", "enum")),
        *(("findings", "foreign key"), ("corrections", "primary key"), ("agencies", "pattern")),
    ):
        assert any(table in sentence and needle in sentence for sentence in said), (table, needle, said)


def test_any_other_byte_fails_the_stock_command(published: tuple[Dataset, Path], tmp_path: Path) -> None:
    """A figure changed to another sound one is told by the checksum, by the stock command and by ours."""
    descriptor = damage(published[1], tmp_path, [("figures", {"value": "77777"})], seal=False)
    assert stock(descriptor)[1] == {"hash-count", "byte-count"}
    assert any("hash" in said for said in package.validate(descriptor))


def test_json_twin_is_sealed_too(published: tuple[Dataset, Path], tmp_path: Path) -> None:
    """A byte changed in a JSON file is told."""
    descriptor = damage(published[1], tmp_path, [])
    path = tmp_path / "figures.json"
    path.write_bytes(path.read_bytes().replace(b": 12,", b": 13,", 1))
    assert stock(descriptor)[1] == {"hash-count"}
    assert any("figures.json" in said for said in package.validate(descriptor))


def test_what_the_stock_command_overlooks_is_ours_to_see(published: tuple[Dataset, Path], tmp_path: Path) -> None:
    """A figure in another than the canonical form passes the stock check and not ours, which names file, row, field."""
    numbers = {
        "granted": "３",
        "carried_in": " 4",
        "carried_out": "+5",
        "new_received": "0012",
        "total_processed": "1_0",
    }
    integers = {f"requests_{row}_natural": cell for row, cell in numbers.items()} | {
        "disputes_litigation_direct_other": "-0"
    }
    amounts = {"proactive_fees_amount": "1e3", "disclosure_rate": "NaN", "refusal_rate": "１", "unable_rate": ".5"}
    change = integers | amounts | {"year": "２０２３"}
    descriptor = damage(published[1], tmp_path, [("reports", change), ("figures", {"corrected": "True"})])
    assert stock(descriptor) == (0, set())
    said = package.validate(descriptor)
    assert len(said) == len(change) + 1
    for name, cell in (*change.items(), ("corrected", "True")):
        assert sum(f".csv: row 2: {name}: “{cell}”: " in sentence for sentence in said) == 1, name


def test_doubled_unique_key_is_ours_to_see(published: tuple[Dataset, Path], tmp_path: Path) -> None:
    """Coverage's key may be empty in part, so it is a unique key, which the stock check ignores and ours does not."""
    (said,) = package.validate(damage(published[1], tmp_path, [("coverage", {})], double=True))
    assert "coverage.csv: row " in said
    assert "is the same as in row" in said


def test_categories_are_ours_to_see(published: tuple[Dataset, Path], tmp_path: Path) -> None:
    """A value that is none of the categories is told even where no enum says so."""
    descriptor = damage(published[1], tmp_path, [("agencies", {"level": "village"})])
    whole = json.loads(descriptor.read_text(encoding="utf-8"))
    for field in whole["resources"][0]["schema"]["fields"]:
        field.pop("constraints", None)
    descriptor.write_text(json.dumps(whole), encoding="utf-8")
    (said,) = package.validate(descriptor)
    assert "“village” is none of the categories" in said


def test_missing_files_are_told_without_a_traceback(published: tuple[Dataset, Path], tmp_path: Path) -> None:
    """A package without a file, a descriptor that is none, and no descriptor at all are sentences."""
    assert package.validate(tmp_path / "datapackage.json")
    descriptor = damage(published[1], tmp_path, [])
    (tmp_path / "figures.csv").unlink()
    assert any("figures.csv" in said for said in package.validate(descriptor))
    descriptor.write_text("{", encoding="utf-8")
    assert package.validate(descriptor)


# rows before they are written -----------------------------------------------------------------------------------------


def changed(built: dict[str, Table], table: str, place: int, **change: object) -> dict[str, Table]:
    rows = [dict(row) for row in built[table].rows]
    rows[place] |= change
    return built | {table: Table(table, built[table].columns, rows)}


def test_sound_rows_have_no_problems(published: tuple[Dataset, Path]) -> None:
    """What is published would pass before it is written."""
    assert package.problems_of_rows(tables_of(published[0])) == []


def test_unfit_rows_are_named(published: tuple[Dataset, Path]) -> None:
    """A row that the schema does not allow is given back with its field and a sentence."""
    unfit = [
        ("figures", {"value": "若干"}, "value", "type is"),
        ("reports", {"requests_granted_natural": -1}, "requests_granted_natural", "minimum"),
        ("reports", {"agency_id": "999909-wsjkj"}, "agency_id", "not found"),
        ("reports", {"source_url": "ftp://example.org"}, "source_url", "pattern"),
        ("agencies", {"sector": "astrology"}, "sector", "none of the categories"),
        ("coverage", {"agency_id": "1"}, "agency_id", "pattern"),
    ]
    built = tables_of(published[0])
    for table, change, _, _ in unfit:
        built = changed(built, table, 0, **change)
    found = package.problems_of_rows(built)
    for table, _, field, says in unfit:
        assert any((name, where) == (table, field) and says in one for name, _, where, one in found), (table, found)
    assert {id(row) for _, row, _, _ in found} == {id(built[table].rows[0]) for table, _, _, _ in unfit}


def test_doubled_rows_are_named(published: tuple[Dataset, Path]) -> None:
    """Two rows with one key are a problem of the second."""
    built = tables_of(published[0])
    rows = built["figures"].rows
    found = package.problems_of_rows(changed(built, "figures", 1, field=rows[0]["field"]))
    assert [(name, row["field"], where) for name, row, where, _ in found] == [
        ("figures", rows[0]["field"], "report_id")
    ]


def test_report_of_an_organ_that_is_named_but_not_held_is_told(tmp_path: Path) -> None:
    """An id in the list of known reports that no organ bears is a broken foreign key, not a silent row."""
    data = dataset(tmp_path, [record()])
    told = ("某局", ID[:-1], "2022", "https://example.org/x", "", "known")
    keys = ("agency_name", "agency_id", "year", "url", "published", "status")
    data.known = [dict(zip(keys, told, strict=True))]
    (found,) = package.problems_of_rows(tables_of(data))
    assert found[0] == "coverage"
    assert found[2] == "agency_id"
