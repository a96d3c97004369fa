"""Lays a record out as a web page with real tables; other formats are made from it by Chromium and LibreOffice."""

from html import escape

from pipeline.record import Record
from tests.layouts import MergedRow, disputes, printer, proactive, requests

TABLES = {"proactive": proactive, "requests": requests, "disputes": disputes}
STYLE = "body{font-family:'Noto Serif CJK SC',serif}table{border-collapse:collapse;width:100%}td{border:1px solid;padding:2px}"


def table(rows: list[MergedRow]) -> str:
    """One table with its merged cells."""
    made = []
    for row in rows:
        cells = [f'<td colspan="{c.columns}" rowspan="{c.rows}">{escape(c.text)}</td>' for c in row]
        made.append(f"<tr>{''.join(cells)}</tr>\n")
    return f"<table>\n{''.join(made)}</table>\n"


def to_html(record: Record, style: str = STYLE) -> str:
    """A whole page with made-up prose: title, six sections, signature."""
    show, form = printer(record), record.law
    parts = [f"<h1>{escape(record.agency_name)}{record.year}年政府信息公开工作年度报告</h1>"]
    parts.append("<p>一、总体情况</p><p>示例的文字，没有数字。</p>")
    for section, make in TABLES.items():
        title = form.titles[section]
        rows = [row for row, _ in record.rows(section)]
        parts.append(f"<p>{title.number}{title.label}</p>\n{table(make(form, rows, show))}")
    parts.append("<p>五、存在的主要问题及改进情况</p><p>示例的文字。</p><p>六、其他需要报告的事项</p><p>无。</p>")
    if record.published:
        year, month, day = record.published.split("-")
        parts.append(f"<p>{escape(record.agency_name)}</p><p>{year}年{int(month)}月{int(day)}日</p>")
    head = f'<meta charset="utf-8"><title>{escape(record.agency_name)}</title><style>{style}</style>'
    return (
        f'<!doctype html>\n<html lang="zh-Hans"><head>{head}</head><body>\n' + "\n".join(parts) + "\n</body></html>\n"
    )
