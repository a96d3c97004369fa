"""The shape of records and organs: which keys stand where, of which type; every fault is named with its line."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline import ROOT, claimed
from pipeline.forms import NARRATIVE, TABLES, RowOfForm, all_rows, forms
from pipeline.strict import Loaded

FACT_KEYS = ("report_id", "agency_id", "agency_name", "year", "form", "scope", "published")
SOURCE_KEYS = ("url", "retrieved", "file", "media_type", "sha256", "converter")
RECORD_KEYS = (*FACT_KEYS, "source", *TABLES, "narrative", "as_written", "extra_rows", "corrections")
AGENCY_KEYS = ("agency_id", "name", "former_names", "region_code", "level", "sector", "successor", "note")
CORRECTION_KEYS = (
    "field", "kind", "was", "now", "printed", "should_be", "confirmed", "evidence", "reason", "by", "date",
)  # fmt: skip
ERRED = ("misread", "missed", "not_in_source")
KINDS = (*ERRED, "printed_wrong")
SCOPES = ("own", "jurisdiction")
LEVELS = ("national", "province", "prefecture", "county", "township")
FACTS = ("agency_name", "scope", "published")
"""The facts about a report that a correction may change."""

AGENCY_ID = re.compile(r"[0-9]{6}-[a-z]+[0-9]*")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong, for the person who mends it: `path:line: field: sentence (CODE)`."""

    path: Path
    line: int
    field: str
    says: str
    code: str
    severity: str = "error"

    def __str__(self) -> str:
        field = f" {self.field}:" if self.field else ""
        return f"{self.path}:{self.line}:{field} {self.says} ({self.code})"


@cache
def every_field() -> frozenset[str]:
    """Whatever a correction may name: the figures of either form, and the facts about the report."""
    return frozenset(name for row in all_rows() for name in row.fields) | frozenset(FACTS)


@cache
def sectors(path: Path = ROOT / "data" / "sectors.yaml") -> Mapping[str, Mapping[str, Any]]:
    """The closed list of sectors: key -> label, label_en and the words in an organ's name that tell it."""
    listed = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {one["key"]: one for one in listed}


def is_date(value: Any) -> bool:
    """Whether a value is a day of the calendar, written YYYY-MM-DD."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


class _Checker:
    """Collects what is wrong with one file."""

    def __init__(self, path: Path, read: Loaded) -> None:
        self.path, self.lines, self.found = path, read.lines, list[Problem]()

    def say(self, name: str, says: str, code: str = "UnreadableSource") -> None:
        where = name
        while where and where not in self.lines:
            where = re.sub(r"(\.[^.\[]*|\[\d+\])$", "", where) if re.search(r"[.\[]", where) else ""
        self.found.append(Problem(self.path, self.lines.get(where, 1), name, says, code))

    def keys(self, value: Any, name: str, wanted: tuple[str, ...], optional: tuple[str, ...] = ()) -> bool:
        if not isinstance(value, dict):
            self.say(name, "a mapping of keys belongs here (is a colon full-width, or a space missing behind it?)")
            return False
        for key in value:
            if key not in wanted and key not in optional:
                self.say(_path(name, key), f"unknown key “{key}”")
        for key in wanted:
            if key not in value:
                self.say(name, f"the key “{key}” is missing")
        return all(key in value for key in wanted)

    def must(self, holds: bool, name: str, says: str, code: str = "UnreadableSource") -> None:
        if not holds:
            self.say(name, says, code)


def _path(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key


def problems_of_agency(path: Path, read: Loaded) -> list[Problem]:
    """What is wrong with an `agency.yaml`."""
    check, raw = _Checker(path, read), read.value
    if check.keys(raw, "", AGENCY_KEYS):
        check.must(_is(AGENCY_ID, raw["agency_id"]), "agency_id", "an id is a region code, a hyphen and letters")
        check.must(raw["agency_id"] == path.parent.name, "agency_id", "the id is not that of the folder", "S06")
        check.must(_is(re.compile(r"\d{6}"), raw["region_code"]), "region_code", "a region code has six digits")
        check.must(raw["level"] in (*LEVELS, None), "level", f"the level is one of {', '.join(LEVELS)}, or null")
        check.must(_is_one_of(raw["sector"], sectors()), "sector", "the sector is not in data/sectors.yaml")
        check.must(_is_text(raw["name"]), "name", "a name belongs here")
        check.must(_is_list_of_text(raw["former_names"]), "former_names", "a list of names belongs here")
        for key in ("successor", "note"):
            check.must(raw[key] is None or _is_text(raw[key]), key, "words or null belong here")
    return check.found


def problems_of_record(path: Path, read: Loaded) -> list[Problem]:
    """What is wrong with the shape of a record; nothing about what its figures say."""
    check, raw = _Checker(path, read), read.value
    if not check.keys(raw, "", RECORD_KEYS):
        return check.found
    _facts(check, raw, path)
    _source(check, raw["source"])
    if _is_one_of(raw["form"], forms()):
        for section in TABLES:
            _table(check, raw, section)
    _narrative(check, raw["narrative"])
    _as_written(check, raw)
    _extra_rows(check, raw["extra_rows"])
    _corrections(check, raw)
    return check.found


def _facts(check: _Checker, raw: Mapping[str, Any], path: Path) -> None:
    year = raw["year"]
    check.must(_is(AGENCY_ID, raw["agency_id"]), "agency_id", "an id is a region code, a hyphen and letters")
    check.must(type(year) is int and 2000 <= year <= 2100, "year", "a year belongs here")
    check.must(raw["report_id"] == f"{raw['agency_id']}-{year}", "report_id", "the id is not organ and year", "S06")
    check.must(str(year) == path.stem, "year", f"the year is not that of the file, {path.name}", "S06")
    check.must(raw["agency_id"] == path.parent.name, "agency_id", "the organ is not that of the folder", "S06")
    check.must(_is_text(raw["agency_name"]), "agency_name", "a name belongs here")
    check.must(_is_one_of(raw["form"], forms()), "form", f"the form is one of {', '.join(forms())}, in quotes")
    check.must(raw["scope"] in (*SCOPES, None), "scope", f"the scope is one of {', '.join(SCOPES)}, or null")
    check.must(
        raw["published"] is None or is_date(raw["published"]), "published", 'a day such as "2024-01-28", or null'
    )


def _source(check: _Checker, raw: Any) -> None:
    if check.keys(raw, "source", SOURCE_KEYS):
        for key in ("file", "media_type", "converter"):
            check.must(_is_text(raw[key]), f"source.{key}", "words belong here")
        check.must(
            _is(re.compile(r"[0-9a-f]{64}"), raw["sha256"]), "source.sha256", "64 hexadecimal digits belong here"
        )
        web = raw["url"] is None or _is(re.compile(r"https?://\S+"), raw["url"])
        check.must(web, "source.url", "an http or https address, or null")
        check.must(
            raw["retrieved"] is None or is_date(raw["retrieved"]), "source.retrieved", "a day in quotes, or null"
        )


def _table(check: _Checker, raw: Mapping[str, Any], section: str) -> None:
    form, table = forms()[raw["form"]], raw[section]
    single = isinstance(table, dict) and "other_total" in table
    absent = form.other_rows(not single) if section == "requests" else ()
    wanted = [row for row in form.rows[section] if row.key not in absent]
    if not isinstance(table, dict):
        check.say(section, "a mapping of rows belongs here")
        return
    for key in table:
        if key not in {row.key for row in wanted}:
            check.say(f"{section}.{key}", f"the form has no row “{key}” here", "S03")
    for row in wanted:
        if row.key not in table:
            check.say(section, f"the row “{row.key}” ({row.words.label}) is missing", "S03")
        else:
            _cells(check, row, table[row.key])


def _cells(check: _Checker, row: RowOfForm, values: Any) -> None:
    name = f"{row.section}.{row.key}"
    if not isinstance(values, list) or len(values) != len(row.columns):
        check.say(name, f"a list of {len(row.columns)} figures belongs here", "S04")
        return
    for column, value in zip(row.columns, values, strict=True):
        kind: tuple[type, ...] = (int, Decimal) if column.kind == "amount" else (int,)
        if value is not None and type(value) not in kind:
            says = f"{value} is no {'amount' if column.kind == 'amount' else 'whole number'}"
            check.say(f"{name}.{column.key}", says, "V01")


def _narrative(check: _Checker, raw: Any) -> None:
    if check.keys(raw, "narrative", (), NARRATIVE):
        for key, part in raw.items():
            if check.keys(part, f"narrative.{key}", ("characters",), claimed.PROSE_KEYS):
                _prose(check, part, f"narrative.{key}")


def _prose(check: _Checker, part: Mapping[str, Any], name: str) -> None:
    for key, says in claimed.faults_of_prose(part):
        check.say(f"{name}.{key}", says)
    for n, claim in enumerate(claimed.claims_in(part)):
        if check.keys(claim, f"{name}.claims[{n}]", ("rule", "field", "value", "place"), ("with",)):
            for key, says in claimed.faults_of_claim(claim):
                check.say(f"{name}.claims[{n}].{key}", says)


def _as_written(check: _Checker, raw: Mapping[str, Any]) -> None:
    known = set(fields_of(raw))
    if check.keys(raw["as_written"], "as_written", (), tuple(known)):
        for key, text in raw["as_written"].items():
            check.must(_is_text(text), f"as_written.{key}", "the printed text belongs here")


def fields_of(raw: Mapping[str, Any]) -> Iterator[str]:
    """The fields of the rows that a plain record has."""
    form = forms().get(raw["form"]) if isinstance(raw["form"], str) else None
    for section in TABLES if form else ():
        for row in form.rows[section] if form else ():
            if isinstance(raw[section], dict) and row.key in raw[section]:
                yield from row.fields


def _figures(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a plain record whose tables are whole."""
    rows = [row for section in TABLES for row in forms()[raw["form"]].rows[section] if row.key in raw[section]]
    return {name: value for row in rows for name, value in zip(row.fields, raw[row.section][row.key], strict=True)}


def _extra_rows(check: _Checker, raw: Any) -> None:
    check.must(isinstance(raw, list), "extra_rows", "a list belongs here")
    for n, row in enumerate(raw if isinstance(raw, list) else []):
        if check.keys(row, f"extra_rows[{n}]", ("section", "label", "values")):
            fits = row["section"] in TABLES and isinstance(row["label"], str) and isinstance(row["values"], list)
            fits = fits and all(isinstance(value, str) for value in row["values"])
            check.must(fits, f"extra_rows[{n}]", "section, label and a list of printed texts belong here")


# corrections ---------------------------------------------------------------------------------------------------------


def _corrections(check: _Checker, raw: Mapping[str, Any]) -> None:
    check.must(isinstance(raw["corrections"], list), "corrections", "a list belongs here")
    for n, entry in enumerate(raw["corrections"] if isinstance(raw["corrections"], list) else []):
        name = f"corrections[{n}]"
        kind = entry.get("kind") if isinstance(entry, dict) else None
        told = ("printed", "should_be") if kind == "printed_wrong" else ("was", "now")
        wanted = ("field", "kind", *told, "evidence", "reason", "by", "date")
        if check.keys(entry, name, wanted, ("confirmed",)):
            _correction(check, entry, name)
    if not check.found:
        _bodies(check, raw)


def _bodies(check: _Checker, raw: Mapping[str, Any]) -> None:
    """The last correction of a field governs it: the body says the same, or the field is gone and it says null."""
    governing = {one["field"]: (n, one) for n, one in enumerate(raw["corrections"]) if one["kind"] in ERRED}
    body = _figures(raw) | {key: raw[key] for key in FACTS}
    for field, (n, entry) in governing.items():
        says = f"the body says {body[field]}" if field in body else "the report has no such cell"
        check.must(body.get(field) == entry["now"], f"corrections[{n}].now", f"{says}, the correction {entry['now']}")


def _correction(check: _Checker, entry: Mapping[str, Any], name: str) -> None:
    kind, field = entry["kind"], entry["field"]
    # An entry outlives its field: the report may be published again in the other form, or with one row for （六）.
    may = every_field() if kind in ERRED else every_field() - set(FACTS)
    check.must(kind in KINDS, f"{name}.kind", f"the kind is one of {', '.join(KINDS)}")
    check.must(_is_one_of(field, may), f"{name}.field", f"“{field}” is no field that this kind of entry may name")
    for key in ("evidence", "reason", "by"):
        check.must(_is_text(entry[key]), f"{name}.{key}", "words belong here")
    check.must(is_date(entry["date"]), f"{name}.date", 'a day such as "2026-03-02" belongs here')
    check.must(entry.get("confirmed", True) is True, f"{name}.confirmed", "true, or no such key")
    for key in ("was", "now", "printed", "should_be"):
        fits = _fits_field(field, entry[key]) if key in entry else True
        check.must(fits, f"{name}.{key}", "a figure of this field, or null, belongs here")


def _fits_field(field: Any, value: Any) -> bool:
    if value is None or field in FACTS:
        return value is None or isinstance(value, str)
    return type(value) in (int, Decimal)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_one_of(value: Any, known: Collection[str]) -> bool:
    return isinstance(value, str) and value in known


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(one) for one in value)
