"""The statutory forms: their rows, columns, labels and sums, and the spellings that stand for them.

A form is data (`data/forms/*.yaml`); a damaged spelling is data too (`data/labels.yaml`).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipeline import ROOT

SECTIONS = ("overview", "proactive", "requests", "disputes", "problems", "other")
TABLES = ("proactive", "requests", "disputes")
NARRATIVE = ("overview", "problems", "other")


@dataclass(frozen=True, slots=True)
class Label:
    """The words of one thing on the form, as printed and in English; `number` as printed before them."""

    label: str
    label_en: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: `kind` is count, change (may be negative) or amount (万元)."""

    key: str
    words: Label
    short: str
    kind: str
    unit: str | None = None


@dataclass(frozen=True)
class RowOfForm:
    """A row of a table with its columns in printed order; `within` names the headings that it stands under."""

    section: str
    key: str
    words: Label
    columns: tuple[Column, ...]
    item: str = ""
    within: tuple[str, ...] = ()
    group: str | None = None
    alternative: bool = False

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of its columns, in printed order."""
        return tuple(column.key for column in self.columns)

    @cached_property
    def fields(self) -> tuple[str, ...]:
        return tuple(f"{self.section}.{self.key}.{column.key}" for column in self.columns)


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum that the form itself states: parts and whole, along the rows or along the columns of a section."""

    rule: str
    section: str
    along: str
    parts: tuple[str, ...]
    whole: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """One statutory form. `rows[section]` are in printed order, alternatives (S08) included."""

    id: str
    notice: str
    first_year: int
    last_year: int | None
    titles: Mapping[str, Label]
    heads: Mapping[str, Mapping[str, Label]]
    groups: Mapping[str, Label]
    legal_persons: tuple[str, ...]
    rows: Mapping[str, tuple[RowOfForm, ...]]
    sums: tuple[Sum, ...]

    def row(self, section: str, key: str) -> RowOfForm | None:
        return self._rows[section].get(key)

    @cached_property
    def _rows(self) -> Mapping[str, Mapping[str, RowOfForm]]:
        return {section: {row.key: row for row in rows} for section, rows in self.rows.items()}

    def fits(self, year: int) -> bool:
        """Whether the form was in use for reports on that year."""
        return self.first_year <= year and (self.last_year is None or year <= self.last_year)

    def other_rows(self, single: bool) -> tuple[str, ...]:
        """The keys of （六）其他处理: the one row of the 2019 form or the three of the 2021 form (rule S08)."""
        rows = [row.key for row in self.rows["requests"] if row.group == "other"]
        return tuple(key for key in rows if (key == "other_total") == single)

    def outcomes(self) -> tuple[str, ...]:
        """The keys of every row of section 三 that is in a group of outcomes, in printed order."""
        return tuple(row.key for row in self.rows["requests"] if row.group)


def load_form(path: Path) -> Form:
    """The form in one YAML file."""
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    requests, disputes = raw["requests"], raw["disputes"]
    return Form(
        id=raw["form"],
        notice=raw["notice"],
        first_year=raw["years"]["first"],
        last_year=raw["years"]["last"],
        titles=_labels(raw["sections"]),
        heads={
            "proactive": {"head": _label(raw["proactive"]["head"])},
            "requests": _labels(requests["heads"]),
            "disputes": _labels(disputes["heads"]),
        },
        groups=_labels(requests["groups"]),
        legal_persons=tuple(requests["legal_persons"]),
        rows={
            "proactive": tuple(row for block in raw["proactive"]["blocks"] for row in _rows("proactive", block)),
            "requests": tuple(_rows("requests", requests)),
            "disputes": tuple(_rows("disputes", disputes)),
        },
        sums=tuple(Sum(s["rule"], s["section"], s["along"], tuple(s["parts"]), tuple(s["whole"])) for s in raw["sums"]),
    )


def _label(raw: Mapping[str, Any]) -> Label:
    return Label(raw["label"], raw["label_en"], str(raw.get("number", "")))


def _labels(raw: Mapping[str, Any]) -> dict[str, Label]:
    return {key: _label(value) for key, value in raw.items()}


def _rows(section: str, block: Mapping[str, Any]) -> Iterator[RowOfForm]:
    columns = tuple(Column(key, _label(c), c["short"], c["kind"], c.get("unit")) for key, c in block["columns"].items())
    for key, raw in block["rows"].items():
        yield RowOfForm(
            section=section,
            key=key,
            words=_label(raw),
            columns=columns,
            item=block.get("item", ""),
            within=tuple(raw.get("within", ())),
            group=raw.get("group"),
            alternative=raw.get("alternative", False),
        )


@cache
def forms(folder: Path = ROOT / "data" / "forms") -> Mapping[str, Form]:
    """Every form by its id, the oldest first."""
    found = [load_form(path) for path in sorted(folder.glob("*.yaml"))]
    return {form.id: form for form in found}


@cache
def all_rows() -> tuple[RowOfForm, ...]:
    """Every row of either form once, the newer form's order first, with the columns of both forms joined."""
    joined: dict[str, RowOfForm] = {}
    for form in reversed(list(forms().values())):
        for row in (row for section in TABLES for row in form.rows[section]):
            key = f"{row.section}.{row.key}"
            joined[key] = _joined(joined[key], row) if key in joined else row
    order = {section: place for place, section in enumerate(TABLES)}
    return tuple(sorted(joined.values(), key=lambda row: order[row.section]))


def _joined(first: RowOfForm, second: RowOfForm) -> RowOfForm:
    known = {column.key for column in first.columns}
    more = tuple(column for column in second.columns if column.key not in known)
    return RowOfForm(first.section, first.key, first.words, first.columns + more, first.item, first.within, first.group)


# spelling ------------------------------------------------------------------------------------------------------------

_PINYIN = re.compile(r"\([a-zàáèéìíòóùúüāēěīńňōūǎǐǒǔǖǘǚǜɑɡ]+\)")
_NUMBER = re.compile(r"^[(\[【〔]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})?[)\]】〕]?[、.,:;。·]*(?=.)")
_MARKS = re.compile(r"[\W_]+")


@cache
def spellings(path: Path = ROOT / "data" / "labels.yaml") -> Mapping[str, Any]:
    """The variant and damaged spellings seen in the wild, as `data/labels.yaml` lists them."""
    loaded: Mapping[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


@cache
def _simplified() -> dict[int, str]:
    return {ord(k): v for pair in spellings()["characters"] for k, v in pair.items()}


@lru_cache(maxsize=50_000)
def label_key(text: str) -> str:
    """What is left of a label for comparison: no white space, number, pinyin or punctuation, simplified characters."""
    bare = re.sub(r"\s+|[\u200b-\u200d\ufeff]", "", unicodedata.normalize("NFKC", text)).translate(_simplified())
    bare = _PINYIN.sub("", bare)
    return _MARKS.sub("", _NUMBER.sub("", bare)) or _MARKS.sub("", bare)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Which words mean which row, column, heading or section title; a look-up is exact, after `label_key`."""

    rows: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    heads: Mapping[str, str] = field(default_factory=dict)

    def row(self, text: str) -> str | None:
        return self.rows.get(label_key(text)) if text else None

    def column(self, text: str) -> str | None:
        return self.columns.get(label_key(text)) if text else None

    def head(self, text: str) -> str | None:
        return self.heads.get(label_key(text)) if text else None

    def knows(self, text: str) -> bool:
        key = label_key(text)
        return key in self.rows or key in self.columns or key in self.heads


@cache
def vocabulary(form_id: str, section: str) -> Vocabulary:
    """The words of one section of one form, with the spellings of `data/labels.yaml`."""
    form, more = forms()[form_id], spellings()
    rows = {row.key: row.words.label for row in form.rows[section]}
    columns = {c.key: c.words.label for row in form.rows[section] for c in row.columns}
    heads = {key: words.label for key, words in form.heads[section].items()}
    if section == "requests":
        heads |= {key: words.label for key, words in form.groups.items() if key not in rows}
    if section == "proactive":
        heads |= {row.item: row.item for row in form.rows[section]}
    return Vocabulary(
        _index(rows, more["rows"].get(section, {})),
        _index(columns, more["columns"].get(section, {}) | more["columns"].get(f"{section} {form_id}", {})),
        _index(heads, more["heads"].get(section, {})),
    )


def _index(official: Mapping[str, str], variants: Mapping[str, list[str]]) -> dict[str, str]:
    found = {label_key(label): key for key, label in official.items()}
    for key, spelled in variants.items():
        if key in official:
            found |= {label_key(text): key for text in spelled}
    return found


@cache
def titles() -> Mapping[str, str]:
    """The titles of the six sections and their variants -> the section's key."""
    official = {key: words.label for form in forms().values() for key, words in form.titles.items()}
    return _index(official, spellings()["sections"])
