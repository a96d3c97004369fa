"""What the finished site takes from npm: SQLite for the SQL page, and Pagefind's index of the words of its pages.

Both are optional. What is not there, or fails, is told in a line; the site is whole without it.
"""

import re
import shutil
import subprocess
from pathlib import Path

from pipeline import ROOT

MODULES = ROOT / "theme" / "node_modules"
SQLITE = {"dist/index.mjs": "sqlite3.js", "dist/sqlite3.wasm": "sqlite3.wasm"}
"""The files of SQLite and the names under which any server gives them out with the right type."""
SQLITE_ADDRESS = "sql/sqlite"
INDEX_ADDRESS = "pagefind"
TOLD = "search/text.json"
"""What tells the search page where the index lies; the page itself says that there is none."""

MANY = 20_000
"""From so many pages on, those of single reports stay out of the index: each says its organ's name and figures, is
found through its organ, and together they would make every search five times as heavy."""
_NOT_WORDS = "table:not(.rules):not(.fields), nav, form, figure, pre, .downloads, .skip"
"""What a page has besides sentences. Its figures are found by place and year, not by typing them."""
_UNUSED = ("*ui*", "pagefind-highlight.js")
"""Pagefind's own search boxes: the site has its own."""


def copy_sqlite(out: Path) -> str:
    """Puts SQLite into the site, and says so or why not. Do it before the pages are made: the SQL page looks for it."""
    package = MODULES / "@sqlite.org" / "sqlite-wasm"
    if not all((package / name).is_file() for name in SQLITE):
        return "SQL page: without an engine of its own (npm has not installed SQLite)"
    folder = out / SQLITE_ADDRESS
    folder.mkdir(parents=True, exist_ok=True)
    for name, to in SQLITE.items():
        shutil.copyfile(package / name, folder / to)
    return f"SQL page: SQLite, {_megabytes(folder)}"


def index_pages(out: Path) -> str:
    """Makes the full-text index of the pages in the folder, and says how much it holds or why there is none."""
    node, program = shutil.which("node"), MODULES / "pagefind" / "lib" / "runner" / "bin.cjs"
    if not node or not program.is_file():
        return f"Full text: none ({'npm has not installed Pagefind' if node else 'Node is not installed'})"
    part = out / f".{INDEX_ADDRESS}"
    says = _run_pagefind([node, str(program)], out, part)
    found = re.search(r"Indexed (\d+) pages", says)
    if not found or not (part / "pagefind-entry.json").is_file():
        shutil.rmtree(part, ignore_errors=True)
        return f"Full text: none (Pagefind failed: {' '.join(says.split())[-300:] or 'it said nothing'})"
    for pattern in _UNUSED:
        for file in part.glob(pattern):
            file.unlink()
    part.replace(out / INDEX_ADDRESS)
    if (out / TOLD).is_file():
        told = f'{{"index":"../{INDEX_ADDRESS}/pagefind.js"}}\n'
        (out / TOLD).write_text(told, encoding="utf-8", newline="\n")
    return f"Full text: {found[1]} pages, {_megabytes(out / INDEX_ADDRESS)}"


def _run_pagefind(program: list[str], out: Path, part: Path) -> str:
    """What Pagefind says; nothing of what it says when it succeeds is said when it fails."""
    pages = sum(1 for _ in out.rglob("*.html"))
    command = [*program, "--site", str(out), "--output-path", str(part), "--exclude-selectors", _NOT_WORDS]
    command += ["--glob", "**/*.html" if pages < MANY else _pages_but_reports(out)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", check=False)
    except OSError as error:
        return str(error)
    return ran.stdout if ran.returncode == 0 else ran.stderr or f"status {ran.returncode}"


def _pages_but_reports(out: Path) -> str:
    """The pattern of every page in both languages but `agencies/<id>/<year>/`."""
    folders = sorted(one.name for one in out.iterdir() if one.is_dir() and one.name not in ("agencies", "en"))
    inside = ["*", "agencies/*/index", "agencies/list/**/*", *(f"{name}/**/*" for name in folders)]
    return "{" + ",".join(top + one for top in ("", "en/") for one in inside) + "}.html"


def _megabytes(folder: Path) -> str:
    return f"{sum(file.stat().st_size for file in folder.rglob('*') if file.is_file()) / 1e6:.1f} MB"
