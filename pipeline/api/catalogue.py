"""Answers that lead to the others: rules, forms and years."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.api.answers import Answer, Row, one
from pipeline.checks import RULES, Rule
from pipeline.checks.rule import words_of_row
from pipeline.forms import TABLES, Column, Form, RowOfForm

STATUSES = ("held", "known", "refused", "gone", "missing")


def findings_list(rule: str) -> str:
    return f"findings/{rule}"


def rules(counts: Mapping[str, Counter[str]]) -> Iterator[Row]:
    """Every rule with how often it was applied and what came of it; null for one that is judged when reading."""
    for rule in RULES.values():
        counted = counts.get(rule.id, Counter[str]()) if rule.judge else None
        yield {**_rule(rule), **_counted(counted), "path": f"{findings_list(rule.id)}/1.json"}


def _rule(rule: Rule) -> Row:
    return {
        "rule": rule.id,
        "version": rule.version,
        "severity": rule.severity,
        "stage": rule.stage,
        "title": rule.words,
        "title_en": rule.words_en,
        "formula": rule.arithmetic,
    }


def _counted(counted: Mapping[str, int] | None) -> Row:
    return {name: None if counted is None else counted[name] for name in ("holds", "fails", "cannot_judge")}


def year_row(year: int, agencies: int, reports: int, coverage: Mapping[str, int]) -> Row:
    """A year: how many organs and reports are held, how coverage stands, and where the two lists begin."""
    return {
        "year": year,
        "agencies": agencies,
        "reports": reports,
        "coverage": {status: coverage.get(status, 0) for status in STATUSES},
        "path": f"years/{year}/1.json",
        "coverage_path": f"coverage/{year}/1.json",
    }


# forms ---------------------------------------------------------------------------------------------------------------


def form_answer(form: Form) -> Answer:
    """A statutory form: every row and column of its three tables with their words."""
    data = {
        "form": form.id,
        "notice": form.notice,
        "first_year": form.first_year,
        "last_year": form.last_year,
        "sections": [{**_titled(form, key), "rows": _rows(form, form.rows[key])} for key in TABLES],
    }
    return one(f"forms/{form.id}.json", data)


def _titled(form: Form, section: str) -> Row:
    title = form.titles[section]
    return {"section": section, "number": title.number, "title": title.label, "title_en": title.label_en}


def _rows(form: Form, rows: Sequence[RowOfForm]) -> list[Row]:
    return [
        {
            "row": row.key,
            "number": row.words.number,
            "title": row.words.label,
            "title_en": row.words.label_en,
            "full_title": words_of_row(form, row).label,
            "full_title_en": words_of_row(form, row).label_en,
            "group": row.group,
            "columns": [_column(column, field) for column, field in zip(row.columns, row.fields, strict=True)],
        }
        for row in rows
    ]


def _column(column: Column, field: str) -> Row:
    return {
        "column": column.key,
        "field": field,
        "title": column.words.label,
        "title_en": column.words.label_en,
        "kind": column.kind,
        "unit": column.unit,
    }
