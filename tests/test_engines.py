"""What the site takes from npm: full text found in both languages, and a whole site without it."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline import ROOT, engines
from pipeline.site import build_site
from tests.browser import Window, serve
from tests.made import dataset, different, record
from tests.tools import missing

WORDS = {
    "about/index.html": ("zh-Hans", "关于数据", "本站收录各级行政机关的政府信息公开工作年度报告。"),
    "rules/S01/index.html": ("zh-Hans", "结转的申请", "上一年结转下来的申请数量应与上年报告相同。"),
    "agencies/1/index.html": ("zh-Hans", "示例县财政局", "收录三份报告。"),
    "agencies/1/2023/index.html": ("zh-Hans", "示例县财政局2023年报告", "原表留空的格子不算零。"),
    "en/about/index.html": ("en", "About the data", "Annual reports on open government information."),
    "en/agencies/1/2023/index.html": ("en", "Report of 2023", "Cells left blank are not counted as nought."),
}
"""Pages by their address: language, title, sentence."""


def write_pages(folder: Path) -> None:
    (folder / "search").mkdir(parents=True)
    (folder / "search" / "text.json").write_text('{"index":null}\n', encoding="utf-8")
    for address, (lang, title, sentence) in WORDS.items():
        path = folder / address
        path.parent.mkdir(parents=True, exist_ok=True)
        table = "<table><tr><td>987654</td></tr></table>"
        main = f"<main data-pagefind-body><h1>{title}</h1><p>{sentence}</p>{table}<nav>导航菜单</nav></main>"
        path.write_text(
            f'<html lang="{lang}"><link rel="icon" href="data:,"><title>{title}</title><p>外框</p>{main}</html>',
            encoding="utf-8",
        )


def needs_pagefind() -> None:
    if not shutil.which("node") or not (engines.MODULES / "pagefind").exists():
        missing("Pagefind is not installed: install Node and npm, then run make test")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    """A small site in two languages, not yet indexed."""
    needs_pagefind()
    write_pages(tmp_path / "out")
    return tmp_path / "out"


def below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# full text -----------------------------------------------------------------------------------------------------------


def found(window: Window, address: str, page: str, words: str) -> set[str]:
    """The addresses that Pagefind gives for words, asked on a page of the site."""
    window.page.goto(f"{address}{page}")
    asked = """async ([bundle, words]) => {
        const pagefind = await import(bundle);
        const { results } = await pagefind.search(words);
        return Promise.all(results.map(async (one) => (await one.data()).url));
    }"""
    return set(window.page.evaluate(asked, [f"{address}pagefind/pagefind.js", words]))


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the small site with its index."""
    needs_pagefind()
    pages = tmp_path_factory.mktemp("searched")
    write_pages(pages)
    assert engines.index_pages(pages).startswith("Full text: 6 pages, ")
    with serve(pages) as address:
        yield address


@pytest.mark.parametrize(
    ("page", "words", "wanted"),
    [
        ("about/", "信息公开", {"/about/"}),
        ("about/", "结转", {"/rules/S01/"}),
        ("about/", "留空", {"/agencies/1/2023/"}),
        ("about/", "财政局", {"/agencies/1/", "/agencies/1/2023/"}),
        ("en/about/", "government", {"/en/about/"}),
        ("en/about/", "cell", {"/en/agencies/1/2023/"}),
    ],
)
def test_full_text_finds_words_in_both_languages(
    searched: str, window: Window, page: str, words: str, wanted: set[str]
) -> None:
    """A Chinese word inside a sentence finds its page, an English one in another form too, each in its language."""
    assert found(window, searched, page, words) == wanted
    assert window.errors == []
    assert [one for one in window.requests if not one.startswith(searched)] == []


@pytest.mark.parametrize("words", ["987654", "导航菜单", "外框"])
def test_full_text_holds_sentences_only(searched: str, window: Window, words: str) -> None:
    """Figures of tables, menus and what stands round the page are not in the index."""
    assert found(window, searched, "about/", words) == set()


def test_the_index_is_the_same_each_time(pages: Path) -> None:
    """The same pages give the same bytes, without the search boxes that the site does not use."""
    engines.index_pages(pages)
    first = below(pages)
    shutil.rmtree(pages / "pagefind")
    engines.index_pages(pages)
    assert below(pages) == first
    assert first["search/text.json"] == b'{"index":"../pagefind/pagefind.js"}\n'
    assert {name for name in first if name.endswith(".js")} == {
        "pagefind/pagefind.js", "pagefind/pagefind-worker.js",
    }  # fmt: skip


def test_single_reports_stay_out_of_a_large_index(pages: Path, window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are very many pages, an organ's own page is found and those of its reports are not."""
    monkeypatch.setattr(engines, "MANY", 6)
    assert engines.index_pages(pages).startswith("Full text: 4 pages, ")
    with serve(pages) as address:
        assert found(window, address, "about/", "财政局") == {"/agencies/1/"}
        assert found(window, address, "en/about/", "blank") == set()
        assert found(window, address, "en/about/", "government") == {"/en/about/"}


def test_an_index_that_fails_leaves_nothing(pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that fails half-way is told in one line with its own words, and no part of an index stays."""
    program = tmp_path / "modules" / "pagefind" / "lib" / "runner" / "bin.cjs"
    program.parent.mkdir(parents=True)
    program.write_text(
        'const fs = require("fs"); const to = process.argv[process.argv.indexOf("--output-path") + 1];'
        'fs.mkdirSync(to); fs.writeFileSync(to + "/half", "x"); console.error("no room\\nleft"); process.exit(3);'
    )
    monkeypatch.setattr(engines, "MODULES", tmp_path / "modules")
    before = below(pages)
    assert engines.index_pages(pages) == "Full text: none (Pagefind failed: no room left)"
    assert below(pages) == before


def test_a_folder_without_pages_is_no_failure(pages: Path, tmp_path: Path) -> None:
    """Where there is nothing to index, a line says so and nothing is made."""
    (tmp_path / "empty").mkdir()
    assert engines.index_pages(tmp_path / "empty").startswith("Full text: none (Pagefind failed: ")
    assert list((tmp_path / "empty").iterdir()) == []


# without npm ---------------------------------------------------------------------------------------------------------


def test_what_is_not_installed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the packages, or without Node, each part says so in a line and makes nothing."""
    monkeypatch.setattr(engines, "MODULES", tmp_path / "modules")
    out = tmp_path / "out"
    out.mkdir()
    assert engines.copy_sqlite(out) == "SQL page: without an engine of its own (npm has not installed SQLite)"
    monkeypatch.setattr(engines.shutil, "which", lambda name: "/usr/bin/node")
    assert engines.index_pages(out) == "Full text: none (npm has not installed Pagefind)"
    monkeypatch.setattr(engines.shutil, "which", lambda name: None)
    assert engines.index_pages(out) == "Full text: none (Node is not installed)"
    assert list(out.iterdir()) == []


def test_the_site_is_whole_without_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site builds, says what it goes without, and its SQL page leads to a page that opens its database."""
    dataset(tmp_path / "data", [record(fill=different())])
    monkeypatch.setattr(engines, "MODULES", tmp_path / "nowhere")
    monkeypatch.setenv("GONGKAI_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SITEURL", "https://example.org/nb")
    built = build_site(tmp_path / "out")
    assert built.problems == []
    said = [line.split(" (")[0] for line in built.lines]
    assert {"SQL page: without an engine of its own", "Full text: none"} <= {*said}
    assert not (tmp_path / "out" / "pagefind").exists()
    assert not (tmp_path / "out" / "sql" / "sqlite").exists()
    for name in ("sql", "en/sql"):
        page = (tmp_path / "out" / name / "index.html").read_text(encoding="utf-8")
        address = "https%3A%2F%2Fexample.org%2Fnb%2Fdata%2Fgongkai.sqlite"
        assert f'href="https://lite.datasette.io/?url={address}"' in page
        assert "<form" not in page
        assert "<button" not in page


def test_sqlite_is_copied_as_it_was_installed(tmp_path: Path) -> None:
    """The two files that the SQL page needs are those of the package, under names that any server knows."""
    package: Any = engines.MODULES / "@sqlite.org" / "sqlite-wasm" / "dist"
    if not package.exists():
        missing("SQLite for the browser is not installed: install Node and npm, then run make test")
    assert engines.copy_sqlite(tmp_path).startswith("SQL page: SQLite, ")
    assert below(tmp_path) == {
        "sql/sqlite/sqlite3.js": (package / "index.mjs").read_bytes(),
        "sql/sqlite/sqlite3.wasm": (package / "sqlite3.wasm").read_bytes(),
    }


# make ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A folder with the Makefile and the list of packages, and a path of programs on which there is no npm."""
    (tmp_path / "theme").mkdir()
    for name in ("Makefile", "theme/package.json", "theme/package-lock.json"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    for name in ("sh", "cat", "rm", "touch", "mkdir"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    return tmp_path


def make(bench: Path) -> str:
    """What make says when it sets the packages up; it never fails."""
    command = [str(shutil.which("make")), "--no-print-directory", "theme/node_modules/.whole"]
    path = {"PATH": str(bench / "bin")}
    ran = subprocess.run(command, cwd=bench, env=path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


def npm(bench: Path, script: str) -> None:
    program = bench / "bin" / "npm"
    program.write_text(f"#!/bin/sh\necho $@ >> {bench}/called\nmkdir -p theme/node_modules\n{script}\n")
    program.chmod(0o755)


def test_make_goes_on_without_npm(bench: Path) -> None:
    """Where there is no npm one line says what the site goes without."""
    assert make(bench) == "npm is not installed: the site goes without full-text search and its own SQL page.\n"
    assert not (bench / "theme" / "node_modules").exists()


def test_make_goes_on_where_npm_fails(bench: Path) -> None:
    """Without a network npm fails: a line says so, nothing half-made stays, and the next run tries again."""
    npm(bench, "exit 1")
    for _ in range(2):
        assert make(bench).splitlines()[1:] == [
            "npm could not install it: the site goes without full-text search and its own SQL page."
        ]
        assert not (bench / "theme" / "node_modules").exists()
    assert len((bench / "called").read_text().splitlines()) == 2


def test_make_installs_once_and_again_when_the_list_changes(bench: Path) -> None:
    """What is there is left alone; a newer list is installed as it says, without running anybody's scripts."""
    npm(bench, "exit 0")
    assert make(bench) == "Setting up theme/node_modules from theme/package-lock.json\n"
    assert "up to date" in make(bench)
    os.utime(bench / "theme" / "node_modules" / ".whole", (0, 0))
    assert make(bench) == "Setting up theme/node_modules from theme/package-lock.json\n"
    called = (bench / "called").read_text().splitlines()
    assert len(called) == 2
    assert called[0].split()[:2] == ["ci", "--prefix"]
    assert "--ignore-scripts" in called[0].split()


def test_packages_are_pinned_for_every_machine() -> None:
    """The list names exact versions, every platform's part, a checksum where it is known, and no host."""
    wanted = json.loads((ROOT / "theme" / "package.json").read_text())
    locked = json.loads((ROOT / "theme" / "package-lock.json").read_text())["packages"]
    assert wanted["private"] is True
    assert {f"node_modules/{name}": version for name, version in wanted["dependencies"].items()} == {
        name: one["version"] for name, one in locked.items() if name and not one.get("optional")
    }
    parts = locked["node_modules/pagefind"]["optionalDependencies"]
    assert {f"node_modules/{name}" for name in parts} == {name for name, one in locked.items() if one.get("optional")}
    assert all(one["integrity"] for name, one in locked.items() if name.endswith(("linux-x64", "linux-arm64", "wasm")))
    assert not [name for name, one in locked.items() if "resolved" in one]
