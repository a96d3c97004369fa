"""The strict part of YAML: what is written is what is meant, or it is named with its line."""

import re
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline import ROOT, strict

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
TRICKY = st.text("aZ059_-+.,:;#&*!|>'\"%@`?=~<{}[]() \t\n\\/中（）：，。“”·〔—é\x85\u2028\ufeff", max_size=8)
WHOLE = st.integers(-(10**18) + 1, 10**18 - 1)
AMOUNTS = st.decimals(-(10**12), 10**12, places=4).map(lambda d: d.normalize() + 0).filter(lambda d: d % 1)


def fault(text: str) -> tuple[int, str]:
    """The line and the sentence of the one problem of a text."""
    ((line, _, says),) = strict.load(text).problems
    return line, says


# both ways -----------------------------------------------------------------------------------------------------------


@given(TEXTS | TRICKY)
def test_any_words_come_back_as_they_were_written(text: str) -> None:
    """Whatever a string holds, it is read back the same: as a value, inside a list and inside braces."""
    one = strict.scalar(text)
    for body, path in ((f"a: {one}\n", "a"), (f"a: [0, {one}, 0]\n", "b"), (f"a: {{b: {one}, c: 0}}\n", "c")):
        loaded = strict.load(body)
        wanted: Any = {"a": text, "b": [0, text, 0], "c": {"b": text, "c": 0}}[path]
        assert (loaded.value, loaded.problems) == ({"a": wanted}, [])


@given(TEXTS | TRICKY)
def test_other_readers_of_yaml_read_the_same_words(text: str) -> None:
    """What we write plain is a string to a common YAML reader too, never a date, a number or a truth."""
    assert yaml.safe_load(f"a: [{strict.scalar(text)}]\n") == {"a": [text]}


@given(WHOLE | AMOUNTS | st.none() | st.booleans())
def test_figures_come_back_with_their_type(value: Any) -> None:
    """A number, null or a truth is read back equal and of the same type."""
    loaded = strict.load(f"a: {strict.scalar(value)}\n")
    assert loaded.problems == []
    assert (loaded.value["a"], type(loaded.value["a"])) == (value, type(value))


@given(TEXTS)
def test_no_text_makes_the_reader_raise(text: str) -> None:
    """Whatever a file holds, loading ends with a value or with sentences, and each sentence has a line."""
    assert all(line >= 1 and says for line, _, says in strict.load(text).problems)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("示例县卫生健康局", "示例县卫生健康局"),
        ("１２", "１２"),
        ("2023年年报.docx", "2023年年报.docx"),
        ("https://example.org/a?b=1#c", "https://example.org/a?b=1#c"),
        ("2021", '"2021"'),
        ("2024-01-28", '"2024-01-28"'),
        ("No", '"No"'),
        ("null", '"null"'),
        ("010", '"010"'),
        ("12:30", '"12:30"'),
        ("1e5", '"1e5"'),
        ("0x1f", '"0x1f"'),
        ("", '""'),
        (" a", '" a"'),
        ("a ", '"a "'),
        ("-", '"-"'),
        ("a: b", '"a: b"'),
        ("a #b", '"a #b"'),
        ("a\tb", r'"a\tb"'),
        ("a\nb", r'"a\nb"'),
        ("a\u2028b\ufeff", r'"a\u2028b\ufeff"'),
    ],
)
def test_words_are_plain_only_where_that_is_certain(text: str, written: str) -> None:
    """A word that could be taken for something else stands in quotes, every other word stands bare."""
    assert strict.scalar(text) == written


# what is refused -----------------------------------------------------------------------------------------------------


TURNED = [
    "010", "-0", "+3", "1.0", "12.50", ".5", "5.", "1_000", "1,234", "1e5", "0x1f", "0b1", "0o7", "12:30", "1:2:3.4",
    "No", "yes", "Y", "off", "True", "NULL", "Null", "~", ".nan", ".inf", "-.INF", "2024-01-28", "2024-1-2", "2024-01-28T10:00:00", "=",
]  # fmt: skip


@pytest.mark.parametrize("word", [*TURNED, "2024-01-28 10:00:00", "9" * 19, "1" * 5000, "0." + "1" * 40])
def test_a_bare_word_that_yaml_would_turn_into_something_is_refused(word: str) -> None:
    """No scalar means something else than a reader sees: the sentence names it, with its line, and shows it."""
    line, says = fault(f"a: 1\nb: {word}\n")
    assert line == 2
    assert f"“{word[:40]}”" in says
    assert len(says) < 200


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("-3", -3), ("12.5", Decimal("12.5")), ("0.0251", Decimal("0.0251")), ("null", None), ("true", True)],
)
def test_numbers_in_their_one_form_are_read(text: str, value: Any) -> None:
    """Integers and decimals without needless characters are numbers, decimals exact ones."""
    loaded = strict.load(f"a: {text}\n")
    assert (loaded.value, type(loaded.value["a"]), loaded.problems) == ({"a": value}, type(value), [])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "twice"),
        ("a:\n  b: [1]\n  b: [2]\n", 3, "twice"),
        ("a: {b: 1, b: 2}\n", 1, "twice"),
        ('a: 1\n"a": 2\n', 2, "twice"),
        ("a: &x 1\n", 1, "anchors"),
        ("a: 1\nb: &x [1]\n", 2, "anchors"),
        ("a: !!str 1\n", 1, "tags"),
        ("a: !python/object:os.system x\n", 1, "tags"),
        ("a: 1\n1: 2\n", 2, "a key must be a word"),
        ("a: 1\nnull: 2\n", 2, "a key must be a word"),
        ('a: 1\n"<<": {b: 2}\n', 2, "a key must be a word"),
        ("a:\n", 1, "write null"),
        ("a: [1, ]\nb: [,]\n", 2, "no YAML"),
        ("a: 1\n\tb: 2\n", 2, "no YAML"),
        ("a: [1\nb: 2\n", 2, "no YAML"),
        ("a: 'x\n", 2, "no YAML"),
        ("a: \x07\n", 1, "does not allow"),
        ("a: 1\n---\nb: 2\n", 1, "one document"),
        ("", 1, "one document"),
        ("# nothing\n", 1, "one document"),
    ],
)
def test_what_has_no_place_in_a_record_is_named_with_its_line(text: str, line: int, words: str) -> None:
    """Keys twice, anchors, tags, second documents and broken YAML are one sentence each, on their own line."""
    found = fault(text)
    assert found[0] == line
    assert words in found[1]


def test_an_alias_and_its_anchor_are_both_named() -> None:
    """An alias is named on the line where it stands, beside the anchor."""
    assert [line for line, _, _ in strict.load("a: &x 1\nb: 2\nc: *x\n").problems] == [1, 3]


def test_a_merge_key_is_no_key() -> None:
    """`<<` merges nothing in: it is named, and the mapping stays as it is written."""
    loaded = strict.load("a: 1\n<<: {b: 2}\n")
    assert {line for line, _, _ in loaded.problems} == {2}
    assert "b" not in loaded.value


def test_the_first_of_two_equal_keys_is_kept() -> None:
    """A second value never slips in over the first, whatever is made of the sentence."""
    assert strict.load("a: 1\na: 2\n").value == {"a": 1}


def test_every_fault_of_a_file_is_told_at_once() -> None:
    """A person who mends a file sees all that is wrong with it, not one thing a time."""
    assert [line for line, _, _ in strict.load("a: 010\nb: 1\nb: 2\nc: &x 1\nd: No\n").problems] == [1, 3, 4, 5]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "a: ["])
def test_deep_nesting_is_refused_at_once(opening: str) -> None:
    """Half a megabyte of open brackets is refused, and takes no time: the parser alone would take hours."""
    started = time.monotonic()
    assert "nested far too deep" in fault(opening * (400_000 // len(opening)))[1]
    assert time.monotonic() - started < 5


def test_the_deepest_record_is_not_too_deep() -> None:
    """The nesting of a claim inside a section's prose is read."""
    assert strict.load("narrative: {overview: {claims: [{rule: N05, places: [[1]]}]}}\n").problems == []


def test_a_file_past_all_measure_is_refused() -> None:
    """A file that no record can be as long as is refused before it is parsed."""
    assert "too long" in fault("# " + "x" * strict.MOST_CHARACTERS + "\na: 1\n")[1]


def test_the_lines_of_all_paths_are_known() -> None:
    """Keys, list items and items in braces have the line on which they stand."""
    lines = strict.load("a: 1\nb:\n  c: [1,\n    2]\n  d: {e: 1}\n").lines
    assert {path: lines[path] for path in ("a", "b", "b.c", "b.c[0]", "b.c[1]", "b.d.e")} == {
        "a": 1, "b": 2, "b.c": 3, "b.c[0]": 3, "b.c[1]": 4, "b.d.e": 5,
    }  # fmt: skip


def test_a_mark_and_foreign_line_ends_are_read() -> None:
    """A file that an editor of another system saved is read the same; its bytes are another matter."""
    loaded = strict.load("\ufeffa: 1\r\nb: x\r\n")
    assert (loaded.value, loaded.problems) == ({"a": 1, "b": "x"}, [])


# our own files -------------------------------------------------------------------------------------------------------

OURS = [*sorted((ROOT / "data" / "forms").glob("*.yaml")), *sorted((ROOT / "data").glob("*.yaml"))]


def doubled(path: Path) -> list[tuple[int, str, str]]:
    loaded = strict.load(path.read_text(encoding="utf-8"))
    return [one for one in loaded.problems if re.search("twice|anchors|tags|no YAML|deep|long", one[2])]


def test_the_files_of_data_were_found() -> None:
    """The forms and the spellings are among the files that the next test looks at."""
    assert {"2019.yaml", "2021.yaml", "labels.yaml", "sectors.yaml"} <= {path.name for path in OURS}


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_key_stands_twice_in_data(path: Path) -> None:
    """Of two equal keys PyYAML keeps the last without a word, so none of our own files may have them."""
    assert doubled(path) == []


def test_a_key_that_stands_twice_would_be_seen(tmp_path: Path) -> None:
    """A form with a row of the same key twice does not pass the test above."""
    text = (ROOT / "data" / "forms" / "2021.yaml").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.lstrip().startswith("licensing:"))
    (tmp_path / "2021.yaml").write_text(text.replace(row, f"{row}\n{row}"), encoding="utf-8")
    assert len(doubled(tmp_path / "2021.yaml")) == 1
