"""The name index of made-up organs, and a page with the very search box and script of the site to ask it."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline import ROOT
from pipeline.pages import search
from pipeline.pages.addresses import Links, Site
from pipeline.pages.language import LANGUAGES, Language
from pipeline.pages.material import Row
from pipeline.pages.page import File
from pipeline.record import Agency
from pipeline.regions import Region, chain, regions

PAGE = """{% from "_words.html" import search %}<!doctype html>
<html lang="{{ lang }}"><head><meta charset="utf-8"><title>x</title>
<link rel="icon" href="{{ link('theme/icon.svg') }}"><link rel="stylesheet" href="{{ link('theme/site.css') }}"></head>
<body><main>{{ search(link, most=most, page=most > 10) }}</main></body></html>"""


def rows_of(agencies: Iterable[Agency]) -> list[Row]:
    """Organs as the pages get them, each with one report."""
    rows = [Row(agency, chain(agency.region_code), (2023,), 0) for agency in agencies]
    return sorted(rows, key=lambda row: (row.agency.region_code, row.agency.agency_id))


def write_search(root: Path, agencies: Iterable[Agency]) -> Path:
    """Writes the index, `search/` and a first page with a smaller box, in both languages."""
    for task in search.tasks(SimpleNamespace(rows=rows_of(agencies))):  # type: ignore[arg-type]
        for one in task():
            if isinstance(one, File):
                _write(root / one.address, one.text)
    shutil.copytree(ROOT / "theme" / "static", root / "theme")
    for language in LANGUAGES:
        for path, most in (("index.html", 10), ("search/index.html", 40)):
            _write(root / language.folder / path, _page(language, path, most))
    return root


def _page(language: Language, path: str, most: int) -> str:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "theme" / "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.globals |= language.globals()
    link = Links(Site("https://example.org"), path, language)
    return environment.from_string(PAGE).render(link=link, most=most)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def counties() -> list[Region]:
    """Every county of today."""
    return [region for region in regions() if region.level == "county" and region.is_current]


def bureau(region: Region, **changes: Any) -> Agency:
    """The health bureau of a place."""
    given = {"level": region.level, "sector": "health"} | changes
    return Agency(f"{region.code}-wsjkj", f"{region.name}卫生健康局", region.code, **given)


ASK = """async (queries) => {
  const box = document.querySelector("form.search input");
  const found = document.querySelector("form.search .found");
  const answers = [];
  for (const query of queries) {
    box.value = query;
    box.dispatchEvent(new Event("input"));
    do await new Promise((go) => setTimeout(go)); while (/正在查找|Searching/.test(found.textContent));
    const links = [...document.querySelectorAll("form.search .results a")];
    answers.push(links.map((link) => new URL(link.href).pathname.replace(/^.(en.)?(agencies|regions)./, "").replace(/.$/, "")));
  }
  return answers;
}"""


def ask(page: Any, queries: Sequence[str]) -> list[list[str]]:
    """Types one query after the other into the box of a page; the ids of the results of each, the best first."""
    answers: list[list[str]] = page.evaluate(ASK, list(queries))
    return answers
