"""The statutory forms as data: their cells, groups and sums, and the words that stand for them."""

from itertools import pairwise

import pytest

from pipeline.forms import (
    SECTIONS,
    TABLES,
    Form,
    all_rows,
    forms,
    label_key,
    spellings,
    titles,
    vocabulary,
)

FORMS = list(forms().values())
EACH = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
GROUPS = {"granted", "partly_granted", "refused", "unable", "rejected", "other"}


def cells(form: Form, section: str, single: bool) -> int:
    absent = form.other_rows(not single) if section == "requests" else ()
    return sum(len(row.columns) for row in form.rows[section] if row.key not in absent)


@pytest.mark.parametrize(
    ("form", "single", "counts"),
    [
        ("2021", False, (10, 175, 15)),
        ("2021", True, (10, 161, 15)),
        ("2019", True, (22, 161, 15)),
        ("2019", False, (22, 175, 15)),
    ],
)
def test_a_form_has_the_cells_that_the_law_prints(form: str, single: bool, counts: tuple[int, ...]) -> None:
    """200 cells in 2021, 198 in 2019; 175 and 161 change places where （六） stands the other way."""
    assert tuple(cells(forms()[form], section, single) for section in TABLES) == counts


@EACH
def test_every_outcome_is_in_exactly_one_group(form: Form) -> None:
    """Each row between what came in and what is carried out counts for one rate, and no other row for any."""
    rows = form.rows["requests"]
    grouped = [row.key for row in rows if row.group]
    assert {row.group for row in rows} == GROUPS | {None}
    assert [row.key for row in rows if row.group is None] == [
        "new_received",
        "carried_in",
        "total_processed",
        "carried_out",
    ]
    assert len(grouped) == len(set(grouped))
    assert form.outcomes() == tuple(grouped)
    for row in rows:
        assert row.group is None or row.key.startswith(row.group)


@EACH
def test_the_groups_hold_as_many_rows_as_the_form_prints(form: Form) -> None:
    """One, one, eight, three, five and （六） as one or three: no outcome slipped into the next group."""
    sizes = {group: sum(row.group == group for row in form.rows["requests"]) for group in GROUPS}
    assert sizes == {"granted": 1, "partly_granted": 1, "refused": 8, "unable": 3, "rejected": 5, "other": 4}


@EACH
def test_the_other_rows_are_one_or_three(form: Form) -> None:
    """（六）其他处理 is one row or three, and both together are the group; the alternative is that of the other form."""
    assert form.other_rows(True) == ("other_total",)
    assert form.other_rows(False) == ("other_no_correction_in_time", "other_fee_not_paid_in_time", "other_other")
    alternatives = tuple(row.key for row in form.rows["requests"] if row.alternative)
    assert alternatives == form.other_rows(form.id == "2021")


@EACH
def test_the_keys_and_labels_of_a_form_are_each_their_own(form: Form) -> None:
    """No two rows of a section share a key, no two fields of the form a name, and every thing has both languages."""
    names = [name for section in TABLES for row in form.rows[section] for name in row.fields]
    assert len(names) == len(set(names))
    for section in TABLES:
        for row in form.rows[section]:
            for words in (row.words, *(column.words for column in row.columns)):
                assert words.label
                assert words.label_en.isascii()


@EACH
def test_only_changes_may_be_negative_and_only_money_has_a_unit(form: Form) -> None:
    """Every column is a count but 本年增/减 and the money; section 三 and 四 hold counts only."""
    columns = {
        (row.section, row.key, column.key): column for s in TABLES for row in form.rows[s] for column in row.columns
    }
    kinds = {
        kind: {key for key, column in columns.items() if column.kind == kind} for kind in ("count", "change", "amount")
    }
    assert set().union(*kinds.values()) == set(columns)
    assert {key[0] for key in kinds["change"] | kinds["amount"]} <= {"proactive"}
    assert {column.unit for column in columns.values() if column.kind != "amount"} == {None}
    assert {key[2] for key in kinds["change"]} == ({"change"} if form.id == "2019" else set())


@EACH
def test_the_sums_name_rows_and_columns_of_the_form(form: Form) -> None:
    """A sum that names nothing would never fail: every part and whole is a row or a column that stands there."""
    assert {one.rule for one in form.sums} == {"R01", "R02", "R03", "D01"}
    for one in form.sums:
        rows = form.rows[one.section]
        known = {row.key for row in rows} if one.along == "rows" else {column.key for column in rows[0].columns}
        assert {*one.parts, *one.whole} <= known | {"outcomes"}


@EACH
def test_the_persons_are_the_columns_between_natural_and_total(form: Form) -> None:
    """The five legal persons stand between 自然人 and 总计, as rule R03 adds them up."""
    columns = [column.key for column in form.rows["requests"][0].columns]
    assert columns == ["natural", *form.legal_persons, "total"]
    assert list(form.titles) == list(SECTIONS)


def test_every_year_since_2019_has_one_form() -> None:
    """2019 and 2020 fit the older form, 2021 and every later year the newer, none before 2019."""
    for year in range(2019, 2040):
        assert [form.id for form in FORMS if form.fits(year)] == ["2019" if year < 2021 else "2021"]
    assert not any(form.fits(2018) for form in FORMS)
    assert all(a.last_year is not None and a.last_year + 1 == b.first_year for a, b in pairwise(FORMS))


def test_all_rows_hold_every_cell_of_both_forms_once() -> None:
    """What the tables are made from leaves no field of either form out, and names none twice."""
    joined = [name for row in all_rows() for name in row.fields]
    every = {name for form in FORMS for section in TABLES for row in form.rows[section] for name in row.fields}
    assert len(joined) == len(set(joined))
    assert set(joined) == every


# words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("1.属于国家秘密", "属于国家秘密"),
        ("1、属于国家秘密", "属于国家秘密"),
        ("１．属于国家秘密", "属于国家秘密"),
        ("（一）予以公开", "予以公开"),
        ("(一) 予以公开", "予以公开"),
        ("三、本年度办理结果", "本年度办理结果"),
        ("商业\n企业", "商业企业"),
        ("商 业 企 业", "商业企业"),
        ("報(bào)告", "报告"),
        ("屬於國家秘密", "属于国家秘密"),
        ("第二十条第(一)项", "第二十条第（一）项"),
        ("危及”三安全一稳定“", "危及“三安全一稳定”"),
        ("本年增/减", "本年增减"),
    ],
)
def test_a_label_is_known_in_every_dress(printed: str, label: str) -> None:
    """Numbers, brackets, white space, pinyin, traditional characters and punctuation do not make another label."""
    assert label_key(printed) == label_key(label)


@pytest.mark.parametrize(
    ("one", "other"), [("一", "二"), ("其他", "其他结果"), ("第二十条第（一）项", "第二十条第（六）项")]
)
def test_labels_that_say_different_things_stay_apart(one: str, other: str) -> None:
    """What is dropped from a label is never what tells it from another."""
    assert label_key(one) != label_key(other)
    assert label_key(one)


@EACH
@pytest.mark.parametrize("section", TABLES)
def test_every_label_of_a_form_means_its_own_row_and_column(form: Form, section: str) -> None:
    """A look-up by the printed label gives that row or column and no other, so no two labels fall together."""
    words = vocabulary(form.id, section)
    for row in form.rows[section]:
        assert words.row(row.words.label) == row.key
        assert words.row(f"{row.words.number}{row.words.label}") == row.key
        for column in row.columns:
            assert words.column(column.words.label) == column.key


@EACH
@pytest.mark.parametrize("section", TABLES)
def test_a_spelling_means_one_thing(form: Form, section: str) -> None:
    """No spelling of `data/labels.yaml` stands for two rows or two columns, nor for another row's own label."""
    words = vocabulary(form.id, section)
    known = {row.key for row in form.rows[section]}
    for key, spelled in spellings()["rows"].get(section, {}).items():
        for text in spelled if key in known else ():
            assert words.row(text) == key
    for key, spelled in spellings()["columns"].get(section, {}).items():
        for text in spelled if key in {c.key for row in form.rows[section] for c in row.columns} else ():
            assert words.column(text) == key


def test_every_spelling_is_of_a_thing_that_a_form_has() -> None:
    """A line of `data/labels.yaml` under a key that no form has would help nobody."""
    for section in TABLES:
        rows = {row.key for form in FORMS for row in form.rows[section]}
        columns = {column.key for form in FORMS for row in form.rows[section] for column in row.columns}
        assert set(spellings()["rows"].get(section, {})) <= rows
        for name in (section, *(f"{section} {form.id}" for form in FORMS)):
            assert set(spellings()["columns"].get(name, {})) <= columns
    assert set(spellings()["sections"]) <= set(SECTIONS)


def test_a_title_means_one_section() -> None:
    """Each printed title and each spelling of one leads to its own section."""
    for form in FORMS:
        for key, words in form.titles.items():
            assert titles()[label_key(words.number + words.label)] == key
    for key, spelled in spellings()["sections"].items():
        for text in spelled:
            assert titles()[label_key(text)] == key


def test_what_is_no_label_means_nothing() -> None:
    """A look-up is exact: neither a part of a label nor a longer sentence is taken for it."""
    words = vocabulary("2021", "requests")
    assert words.row("予以") is None
    assert words.row("予以公开的政府信息") is None
    assert words.column("") is None
    assert not words.knows("12")


def test_the_last_column_of_section_three_is_its_total() -> None:
    """The indicators read it from there."""
    assert {row.keys[-1] for form in forms().values() for row in form.rows["requests"]} == {"total"}
