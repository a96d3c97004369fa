"""Records and organs: their shape, their canonical bytes, and every fault named with file and line."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import record as record_module
from pipeline import shape
from pipeline.forms import TABLES, Column, forms
from pipeline.record import (
    AGENCIES,
    Record,
    agency_to_yaml,
    read_agency,
    read_record,
    record_paths,
    record_to_yaml,
    write_all,
    write_text,
)
from tests import made

SOME = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def lay(root: Path, text: str, year: int = 2023, folder: str = made.ID) -> Path:
    """Puts a record's text where a record of that organ and year lies."""
    path = root / "99" / "999901" / folder / f"{year}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8"))
    return path


def problems(root: Path, text: str, year: int = 2023) -> list[str]:
    """What is wrong with a text as the command says it, without the folder."""
    path = lay(root, text, year)
    return [str(problem).replace(str(path), path.name) for problem in read_record(path).problems]


def line_of(text: str, start: str) -> int:
    """The last line that begins so."""
    return max(
        n for n, line in enumerate(text.split("\n"), start=1) if line.removeprefix("- ").lstrip().startswith(start)
    )


def correction(**changes: Any) -> dict[str, Any]:
    entry = {"field": "requests.granted.natural", "kind": "misread", "was": 1, "now": 12, "evidence": "予以公开\t12"}
    entry |= {"reason": "表格中的两位数被拆成两格", "by": "github:someone", "date": "2026-03-02"} | changes
    return {key: value for key, value in entry.items() if value is not ...}


def misprint(**changes: Any) -> dict[str, Any]:
    entry = {"kind": "printed_wrong", "was": ..., "now": ..., "printed": 2, "should_be": 1}
    return correction(**entry | changes)


# records of every kind -----------------------------------------------------------------------------------------------

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(str.strip)
DAYS = st.none() | st.dates().map(str).filter(lambda day: day[0] != "0")


def cells(column: Column) -> st.SearchStrategy[Any]:
    if column.kind == "amount":
        amount = st.decimals(0, 10**9, places=6).map(lambda d: Decimal(f"{d.normalize():f}"))
        return st.none() | amount
    return st.none() | st.integers(-99 if column.kind == "change" else 0, 10**6)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any record that has the right shape: both forms, both ways of （六）, blanks, odd words and corrections."""
    form = draw(st.sampled_from(["2019", "2021"]))
    one = made.record(
        form,
        draw(st.integers(2019, 2030)),
        lambda column: draw(cells(column)),
        single=draw(st.booleans()),
        agency_name=draw(WORDS),
        scope=draw(st.sampled_from(["own", "jurisdiction", None])),
        published=draw(DAYS),
    )
    names = list(one.figures())
    one.source = replace(one.source, file=draw(WORDS), url=draw(st.sampled_from([None, "https://example.org/a?b=1"])))
    one.as_written = draw(st.dictionaries(st.sampled_from(names), WORDS, max_size=5))
    rows = st.fixed_dictionaries({"section": st.sampled_from(TABLES), "label": WORDS, "values": st.lists(WORDS)})
    one.extra_rows = draw(st.lists(rows, max_size=2))
    one.corrections = draw(corrections(one, names))
    one.narrative = {
        key: {"characters": n} for key, n in zip(["overview", "other"], draw(st.tuples(N, N)), strict=True)
    }
    return one


N = st.integers(0, 9999)


@st.composite
def corrections(draw: st.DrawFn, one: Record, names: list[str]) -> list[dict[str, Any]]:
    found = []
    for name in draw(st.lists(st.sampled_from(names), max_size=3, unique=True)):
        more = {"evidence": draw(WORDS), "reason": draw(WORDS), "by": draw(WORDS), "field": name}
        if draw(st.booleans()):
            found.append(misprint(**more, printed=draw(st.none() | N), should_be=draw(st.none() | N)))
        else:
            confirmed = draw(st.sampled_from([True, ...]))
            found.append(correction(**more, was=draw(st.none() | N), now=one.figures()[name], confirmed=confirmed))
    return found


@SOME
@given(one=records())
def test_a_record_comes_back_from_its_file(one: Record, tmp_path: Path) -> None:
    """A record written and read again is the same record, value by value, and writes the same bytes."""
    text = record_to_yaml(one)
    loaded = read_record(lay(tmp_path, text, one.year))
    assert loaded.problems == []
    assert loaded.record is not None
    assert loaded.record == replace(one, corrections=loaded.record.corrections)
    assert [dict(entry) for entry in loaded.record.corrections] == one.corrections
    assert record_to_yaml(loaded.record) == text


@SOME
@given(one=records())
def test_the_bytes_do_not_depend_on_the_order_of_making(one: Record) -> None:
    """Rows, printed texts and keys of corrections stand in the order of the form however they came in."""
    other = replace(
        one,
        tables={s: dict(reversed(one.tables[s].items())) for s in reversed(TABLES)},
        as_written=dict(reversed(one.as_written.items())),
        narrative=dict(reversed(one.narrative.items())),
        corrections=[dict(reversed(entry.items())) for entry in one.corrections],
    )
    assert record_to_yaml(other) == record_to_yaml(one)


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("single", [True, False])
def test_every_figure_of_a_form_stands_in_the_file(form: str, single: bool, tmp_path: Path) -> None:
    """A record with a different figure in every cell gives each field back its own figure."""
    year = int(form)
    one = made.record(form, year, made.different(), single=single)
    loaded = read_record(lay(tmp_path, record_to_yaml(one), year))
    assert loaded.record is not None
    assert loaded.record.figures() == one.figures()
    assert len(set(one.figures().values())) == len(one.figures())


def test_one_row_of_the_form_is_one_line() -> None:
    """Changing one figure changes one line, however wide its neighbours are."""
    before = record_to_yaml(made.record()).split("\n")
    after = record_to_yaml(made.put(made.record(), requests__granted__natural=12345)).split("\n")
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert len(changed) == 1
    assert changed[0][1].lstrip().startswith("granted:")
    assert changed[0][1].rstrip().endswith("# （一）予以公开")


def test_null_zero_and_absent_are_three_things(tmp_path: Path) -> None:
    """A nought, a blank cell and a cell that the form lacks are told apart on the way through the file."""
    one = made.put(made.record(), requests__granted__natural=None)
    figures = read_record(lay(tmp_path, record_to_yaml(one))).record.figures()
    assert figures["requests.granted.natural"] is None
    assert figures["requests.granted.enterprise"] == 0
    assert "requests.other_total.natural" not in figures


def test_a_cell_that_the_report_lacks_takes_no_figure() -> None:
    """A figure cannot be put into a row that stands in the form but not in this report."""
    one = made.record(single=True)
    one.set_figure("requests.other_total.natural", 3)
    with pytest.raises(KeyError):
        one.set_figure("requests.other_other.natural", 3)
    assert one.figures()["requests.other_total.natural"] == 3


# the committed records -----------------------------------------------------------------------------------------------

COMMITTED = record_paths(AGENCIES)


def test_the_committed_records_were_found() -> None:
    """The next tests look at something: there are at least the five first reports."""
    assert len(COMMITTED) >= 5


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_committed_record_is_canonical(path: Path) -> None:
    """Every record under data/ has the right shape, and its bytes are those that we write."""
    loaded = read_record(path)
    assert loaded.problems == []
    assert loaded.record is not None
    assert record_to_yaml(loaded.record).encode() == path.read_bytes()


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_committed_organ_is_canonical(path: Path) -> None:
    """Every organ under data/ has the right shape, and its bytes are those that we write."""
    organ = path.with_name("agency.yaml")
    agency, faults = read_agency(organ)
    assert faults == []
    assert agency is not None
    assert agency_to_yaml(agency).encode() == organ.read_bytes()


# what is wrong is named ----------------------------------------------------------------------------------------------

GOOD = record_to_yaml(made.record())
GRANTED = next(line for line in GOOD.split("\n") if line.startswith("  granted:"))

DAMAGES: list[tuple[str, Callable[[str], str], str, str]] = [
    # what was done, how, the line that is named begins with, what is said of it
    ("a key twice", lambda t: t.replace(GRANTED, f"{GRANTED}\n{GRANTED}"), "granted:", "this key stands twice"),
    ("an anchor", lambda t: t.replace("scope: own", "scope: &a own"), "scope", "anchors and aliases are not allowed"),
    ("a tag", lambda t: t.replace("scope: own", "scope: !!str own"), "scope", "tags are not allowed"),
    ("010", lambda t: t.replace("[     0,", "[   010,", 1), "new_received", "“010” is no plain word and no number"),
    ("1.0", lambda t: t.replace("[     0,", "[   1.0,", 1), "new_received", "“1.0” is no plain word and no number"),
    ("1.5", lambda t: t.replace("[     0,", "[   1.5,", 1), "new_received", "1.5 is no whole number (V01)"),
    ("No", lambda t: t.replace("scope: own", "scope: No"), "scope", "“No” is no plain word"),
    ("12:30", lambda t: t.replace("[     0,", "[ 12:30,", 1), "new_received", "“12:30” is no plain word"),
    ("a truth", lambda t: t.replace("[     0,", "[  true,", 1), "new_received", "True is no whole number (V01)"),
    ("a word", lambda t: t.replace("[     0,", "[    无,", 1), "new_received", "无 is no whole number (V01)"),
    ("a bare date", lambda t: t.replace('"2024-01-15"', "2024-01-15"), "published", "“2024-01-15” is no plain word"),
    ("no day", lambda t: t.replace('"2024-01-15"', '"2024-02-30"'), "published", "a day such as"),
    ("a bare form", lambda t: t.replace('form: "2021"', "form: 2021"), "form", "the form is one of 2019, 2021"),
    ("an old form", lambda t: t.replace('form: "2021"', 'form: "2014"'), "form", "the form is one of 2019, 2021"),
    ("a list as form", lambda t: t.replace('form: "2021"', 'form: ["2021"]'), "form", "the form is one of"),
    ("a new scope", lambda t: t.replace("scope: own", "scope: all"), "scope", "own, jurisdiction"),
    ("another year", lambda t: t.replace("2023\n", "2022\n"), "year", "the year is not that of the file, 2023.yaml (S06)"),
    ("year in quotes", lambda t: t.replace("year: 2023", 'year: "2023"'), "year", "a year belongs here"),
    ("another id", lambda t: t.replace("d: 999901-wsjkj\n", "d: 999901-x\n"), "agency_id", "not that of the folder"),
    ("an unknown key", lambda t: t.replace("scope:", "scpoe:"), "scpoe", "scpoe: unknown key “scpoe”"),
    ("no such row", lambda t: t.replace("  granted:", "  grantde:"), "grantde", "no row “grantde” here (S03)"),
    ("a row lost", lambda t: t.replace(GRANTED + "\n", ""), "requests:", "the row “granted” (予以公开) is missing (S03)"),
    ("both ways of （六）", lambda t: t.replace(GRANTED, f"{GRANTED}\n{OTHER}"), "other_no", "no row “other_no"),
    ("six cells", lambda t: t.replace("[     0,", "[", 1), "new_received", "a list of 7 figures belongs here (S04)"),
    ("eight cells", lambda t: t.replace("[     0,", "[0, 0,", 1), "new_received", "a list of 7 figures belongs here (S04)"),
    ("a bare figure", lambda t: t.replace("[    0]", "    0 ", 1), "licensing", "a list of 1 figures belongs here (S04)"),
    ("no address", lambda t: t.replace("https:", "ftp:"), "url", "an http or https address, or null"),
    ("a short sha", lambda t: t.replace("3e3e", "3e", 1), "sha256", "64 hexadecimal digits"),
    ("prose as a word", lambda t: t.replace("{characters: 812}", "812"), "overview", "a mapping of keys belongs here"),
    ("a full-width colon", lambda t: t.replace("scope: own", "scope： own"), "published", "this is no YAML"),
    ("prose with no keys", lambda t: t.replace("{characters: 31}", "无"), "other:", "is a colon full-width"),
    ("printed text lost", lambda t: t.replace("written: {}", "written: {requests.granted.natural: null}"), "as_written", "the printed text"),
    ("text of no cell", lambda t: t.replace("written: {}", "written: {requests.x.y: a}"), "as_written", "unknown key"),
    ("an odd extra row", lambda t: t.replace("rows: []", "rows: [{section: proactive, label: a, values: [1]}]"), "extra_rows", "printed texts"),
]  # fmt: skip
OTHER = GRANTED.replace("granted:", "other_total:")


@pytest.mark.parametrize(("damage", "start", "says"), [d[1:] for d in DAMAGES], ids=[d[0] for d in DAMAGES])
def test_a_damaged_record_is_named_with_file_and_line(
    damage: Callable[[str], str], start: str, says: str, tmp_path: Path
) -> None:
    """Each fault of a record is a sentence that begins with file and line of what is wrong, and gives no record."""
    text = damage(GOOD)
    assert text != GOOD
    line = line_of(text, start)
    found = problems(tmp_path, text)
    assert any(one.startswith(f"2023.yaml:{line}:") and says in one for one in found), found
    assert read_record(lay(tmp_path, text)).record is None


def test_a_negative_count_is_named_by_the_check(tmp_path: Path) -> None:
    """`-3` where a number of cases belongs is an error of rule V01 on its line, and `check` ends with 1."""
    text = GOOD.replace("[     0,", "[    -3,", 1)
    path = lay(tmp_path, text)
    write_text(path.with_name("agency.yaml"), agency_to_yaml(made.agency()))
    ran = subprocess.run([sys.executable, "-m", "pipeline", "check", str(path)], capture_output=True, text=True)
    assert ran.returncode == 1
    wanted = f"{path}:{line_of(text, 'new_received')}: requests.new_received.natural:"
    assert [line for line in ran.stdout.splitlines() if line.startswith(wanted) and line.endswith("(V01)")]
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "one document"),
        (b"\xff\xfe\x00", "not in UTF-8"),
        (b"\x00" * 9, "no YAML"),
        (b"- 1\n", "a mapping of keys"),
    ],
)
def test_a_file_that_is_no_record_is_one_sentence(data: bytes, says: str, tmp_path: Path) -> None:
    """Empty files, junk and other YAML are named as a whole; nothing raises."""
    path = lay(tmp_path, "")
    path.write_bytes(data)
    assert says in str(read_record(path).problems[0])


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """A record or an organ that cannot be opened is named, not raised."""
    assert "cannot be opened" in str(read_record(tmp_path / "2023.yaml").problems[0])
    assert "cannot be opened" in str(read_agency(tmp_path / "agency.yaml")[1][0])


ODD = st.sampled_from(["null", "[]", "{}", "[1]", "{a: 1}", '""', "1", "-1", "1.5", "true", "x", "[[1]]", '["2021"]'])
VALUES = re.compile(r"(?<=: )(\S.*?)(?=   #|$)|(?<=\[)[^\]]+(?=\])|(?<=characters: )\d+", re.MULTILINE)
FULL = record_to_yaml(
    replace(made.put(made.record(), requests__granted__natural=12), corrections=[correction(), misprint()],
            as_written={"requests.granted.natural": "１２"}, extra_rows=[{"section": "requests", "label": "a", "values": ["1"]}])
)  # fmt: skip


@SOME
@given(n=st.integers(0, 10**6), odd=ODD)
def test_no_value_in_any_place_makes_the_reader_raise(n: int, odd: str, tmp_path: Path) -> None:
    """Whatever stands where a value belongs, reading ends with a canonical record or with sentences, never both."""
    spans = [match.span() for match in VALUES.finditer(FULL)]
    start, end = spans[n % len(spans)]
    loaded = read_record(lay(tmp_path, FULL[:start] + odd + FULL[end:]))
    assert (loaded.record is None) == bool(loaded.problems)
    if loaded.record:
        again = read_record(lay(tmp_path, record_to_yaml(loaded.record)))
        assert (again.record, again.problems) == (loaded.record, [])


# corrections in a record ---------------------------------------------------------------------------------------------


def corrected(*entries: dict[str, Any], natural: Any = 12) -> str:
    return record_to_yaml(
        replace(made.put(made.record(), requests__granted__natural=natural), corrections=list(entries))
    )


def test_corrections_of_every_kind_are_read(tmp_path: Path) -> None:
    """A misread figure, a misprint, a fact and a later word on the same field stand side by side."""
    entries = [
        correction(was=None, now=7, kind="missed"), correction(was=7), misprint(field="requests.carried_out.total"),
        correction(field="agency_name", was="示例县卫生健康委", now="示例县卫生健康局"), misprint(printed=12, should_be=13),
        correction(field="proactive.fees.amount", was=Decimal("0.5"), now=0), correction(field="scope", was=None, now="own"),
    ]  # fmt: skip
    assert problems(tmp_path, corrected(*entries)) == []


@pytest.mark.parametrize(
    ("entry", "where", "says"),
    [
        (correction(kind="mistake"), "kind", "the kind is one of"),
        (correction(field="requests.granted.naturel"), "field", "is no field"),
        (correction(field=["requests"]), "field", "is no field"),
        (correction(field="year", was=2022, now=2023), "field", "is no field"),
        (misprint(field="agency_name", printed="a", should_be="b"), "field", "is no field"),
        (correction(evidence=""), "evidence", "words belong here"),
        (correction(reason=None), "reason", "words belong here"),
        (correction(by="  "), "by", "words belong here"),
        (correction(date="2026-02-30"), "date", "a day such as"),
        (correction(confirmed=False), "confirmed", "true, or no such key"),
        (correction(was="1"), "was", "a figure of this field"),
        (correction(field="agency_name", was=1, now="示例县卫生健康局"), "was", "a figure of this field"),
        (correction(now=13), "now", "the body says 12, the correction 13"),
        (correction(field="scope", was=None, now="jurisdiction"), "now", "the body says own"),
        (correction(field="requests.other_total.natural"), "now", "no such cell"),
    ],
)
def test_a_damaged_correction_is_named_with_its_line(
    entry: dict[str, Any], where: str, says: str, tmp_path: Path
) -> None:
    """What is wrong with an entry is named on the line of its key."""
    text = corrected(entry)
    start = f"2023.yaml:{line_of(text, f'{where}: ')}: corrections[0].{where}: "
    assert any(one.startswith(start) and says in one for one in problems(tmp_path, text))


def test_a_key_missing_from_a_correction_is_named(tmp_path: Path) -> None:
    """An entry without its guard, or with the keys of the other kind, is named."""
    assert any("the key “was” is missing" in one for one in problems(tmp_path, corrected(correction(was=...))))
    found = problems(tmp_path, corrected(misprint(was=1, now=12)))
    assert any("unknown key “was”" in one for one in found)


def test_the_last_word_on_a_field_is_the_one_that_the_body_says(tmp_path: Path) -> None:
    """A later entry outdoes an earlier one; the body that still says the earlier figure is named."""
    entries = [correction(), correction(was=12, now=13)]
    assert problems(tmp_path, corrected(*entries, natural=13)) == []
    assert "the body says 12, the correction 13" in problems(tmp_path, corrected(*entries, natural=12))[0]


def test_an_entry_may_outlive_its_field(tmp_path: Path) -> None:
    """A misprint noted in a row that the report no longer has, and a correction given up with it, stay readable."""
    gone = "requests.other_total.natural"
    entries = [misprint(field=gone), correction(field=gone), correction(field=gone, was=12, now=None, confirmed=True)]
    assert problems(tmp_path, corrected(*entries, natural=0)) == []


# organs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("sector: health", "sector: helth", "the sector is not in"),
        ("sector: health", "sector: [health]", "the sector is not in"),
        ("level: county", "level: village", "the level is one of"),
        ('"999901"', '"99990"', "six digits"),
        ('"999901"', "999901", "six digits"),
        ("id: 999901-wsjkj", "id: 999901-x", "not that of the folder"),
        ("name: 示例县卫生健康局", "name: null", "a name belongs here"),
        ("former_names: []", "former_names: 示例县卫生局", "a list of names"),
        ("successor: null", "successor: 1", "words or null"),
        ("note: null\n", "", "the key “note” is missing"),
        ("note: null\n", "note: null\nsince: null\n", "unknown key “since”"),
    ],
)
def test_a_damaged_organ_is_named_with_its_line(old: str, new: str, says: str, tmp_path: Path) -> None:
    """Each fault of an `agency.yaml` is named on its line, and gives no organ."""
    text = agency_to_yaml(made.agency())
    assert old in text
    path = tmp_path / made.ID / "agency.yaml"
    write_text(path, text.replace(old, new, 1))
    agency, found = read_agency(path)
    assert agency is None
    assert says in str(found[0])
    line = 1 if "missing" in says else text[: text.index(old)].count("\n") + (2 if "since" in new else 1)
    assert found[0].line == line


def test_an_organ_comes_back_from_its_file(tmp_path: Path) -> None:
    """Former names, successor and note of an organ survive its file, odd words included."""
    one = made.agency(former_names=["示例县卫生局", "No"], successor="999901-x2", note="a: b #c", level=None)
    path = tmp_path / made.ID / "agency.yaml"
    write_text(path, agency_to_yaml(one))
    assert read_agency(path) == (one, [])


# days and files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day", ["20240128", "2024-1-28", "2024-W01-1", "2023-02-29", "2024-01-28 ", "", None, 20240128]
)
def test_a_day_has_one_way_to_be_written(day: Any) -> None:
    """What is not YYYY-MM-DD in the calendar is no day."""
    assert not shape.is_date(day)
    assert shape.is_date("2024-02-29")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one of several files cannot be written, none is, and no trace is left of the attempt."""
    write_text(tmp_path / "a", "old")

    def stop(made: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(UnicodeEncodeError):
        write_all({tmp_path / "a": "new", tmp_path / "b": "\ud800"})
    monkeypatch.setattr(record_module.Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_all({tmp_path / "a": "new", tmp_path / "b": "new"})
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a", "old")]


def test_a_written_file_is_readable_by_others(tmp_path: Path) -> None:
    """A record is a file like every other: readable by all, with bare line ends, in UTF-8."""
    write_text(tmp_path / "x" / "a", "一\n二\n")
    assert (tmp_path / "x" / "a").read_bytes() == "一\n二\n".encode()
    assert os.stat(tmp_path / "x" / "a").st_mode & 0o777 == 0o644  # noqa: PTH116


def test_the_forms_of_the_tests_are_those_of_the_house() -> None:
    """There are two forms; a third needs its own records here."""
    assert list(forms()) == ["2019", "2021"]
