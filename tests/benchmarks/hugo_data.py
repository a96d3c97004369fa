"""The records as Hugo takes them: a JSON file for each organ and each report, the form and the menus as its data."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipeline.checks import Finding, check_records
from pipeline.dataset import read_dataset
from pipeline.forms import TABLES, Form, Label, RowOfForm, forms
from pipeline.record import Agency, Record
from pipeline.regions import chain

_MENU = ("regions", "agencies", "years", "subjects", "compare", "data", "search")
_FOOTER = ("explore", "sql", "coverage", "rules", "api", "correct", "changes", "about")
_HEADLINES = ("new_received", "carried_in", "total_processed", "granted", "carried_out")


def write_hugo_data(data: Path, folder: Path) -> None:
    """Writes what Hugo reads into its folders `assets` and `data`."""
    dataset = read_dataset([data / "agencies"], data / "known_reports.csv")
    findings = check_records(dataset.records, dataset.agencies).findings
    reports: dict[str, list[Record]] = defaultdict(list)
    for record in dataset.records:
        reports[record.agency_id].append(record)
        found = findings.get(record.report_id, [])
        _write(folder / "assets" / "reports" / f"{record.report_id}.json", report(record, found))
    for agency in dataset.agencies.values():
        of = reports[agency.agency_id]
        _write(folder / "assets" / "organs" / f"{agency.agency_id}.json", organ(agency, of, findings))
    menus = {name: [_link(one) for one in of] for name, of in (("menu", _MENU), ("footer", _FOOTER))}
    facts = [{"key": key} for key in ("agency_id", "level", "sector")]
    _write(folder / "data" / "words.json", menus | {"facts": facts})
    _write(folder / "data" / "forms.json", {f"form{key}": form_to_plain(form) for key, form in forms().items()})


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, default=float), encoding="utf-8")


def _link(name: str) -> dict[str, str]:
    return {"address": f"{name}/", "zh": name, "en": name}


def _places(code: str) -> list[dict[str, str]]:
    return [{"code": region.code, "name": region.name} for region in chain(code)]


def report(record: Record, found: Sequence[Finding]) -> dict[str, Any]:
    """A report page: the whole record and what was found."""
    findings = [
        {"rule": one.rule, "field": one.field, "message": one.message, "message_en": one.message_en} for one in found
    ]
    return record.to_plain() | {"places": _places(record.region_code), "findings": findings}


def organ(agency: Agency, records: Sequence[Record], findings: dict[str, list[Finding]]) -> dict[str, Any]:
    """An organ page: its reports and its headline figures by year, as pictures and as a table."""
    years = sorted(records, key=lambda record: record.year)
    listed = [
        {"year": one.year, "published": one.published, "findings": len(findings.get(one.report_id, []))}
        for one in years
    ]
    rows = [
        {"zh": key, "en": key, "values": [one.tables["requests"].get(key, [None])[-1] for one in years]}
        for key in _HEADLINES
    ]
    facts = {"agency_id": agency.agency_id, "name": agency.name, "level": agency.level, "sector": agency.sector}
    tables = [{"zh": "历年数据", "en": "Figures by year", "rows": rows}]
    return facts | {"places": _places(agency.region_code), "reports": listed, "tables": tables}


# the form ------------------------------------------------------------------------------------------------------------


def form_to_plain(form: Form) -> dict[str, Any]:
    """The form's sections with their tables, groups, rows and columns in both languages."""
    return {"notice": form.notice, "sections": [_section(form, key) for key in TABLES]}


def _section(form: Form, key: str) -> dict[str, Any]:
    items: dict[str, list[RowOfForm]] = defaultdict(list)
    for row in form.rows[key]:
        items[row.item].append(row)
    title = form.titles[key]
    tables = [_table(form, str(n), item or title.label, rows) for n, (item, rows) in enumerate(items.items())]
    return {"key": key, **_words(title), "tables": tables}


def _table(form: Form, key: str, caption: str, rows: Sequence[RowOfForm]) -> dict[str, Any]:
    columns = [{"key": column.key, **_words(column.words)} for column in rows[0].columns]
    groups: dict[str, list[RowOfForm]] = defaultdict(list)
    for row in rows:
        groups[row.group or ""].append(row)
    return {
        "key": key, "zh": caption, "en": caption, "columns": columns,
        "groups": [_group(form, name, of) for name, of in groups.items()],
    }  # fmt: skip


def _group(form: Form, name: str, rows: Sequence[RowOfForm]) -> dict[str, Any]:
    heading = _words(form.groups[name]) if len(rows) > 1 and name else None
    return {"heading": heading, "rows": [{"key": row.key, **_words(row.words)} for row in rows]}


def _words(label: Label) -> dict[str, str]:
    return {"zh": label.number + label.label, "en": label.label_en}
