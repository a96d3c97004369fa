"""A made-up site for the tests, built by the real command: once as at a desk, once as it is published."""

import functools
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from pipeline import ROOT
from pipeline.record import Agency, Record
from tests import crowd
from tests.made import agency, dataset, different, put, record

HOSTILE = "<script>alert(1)</script>"
BUREAU = "141021-slwsj"
GOVERNMENT = "110101-slqrmzf"
URL = "https://example.org/nb"
"""Where the published site stands."""


# made-up organs ------------------------------------------------------------------------------------------------------


def organs() -> list[Agency]:
    """Organs of every level, one of which is called like a script, and some of the same kind to compare with."""
    return [
        agency(agency_id=BUREAU, name="示例县卫生健康和体育局", former_names=["示例县卫生局"]),
        agency(agency_id="999901-x", name=HOSTILE, former_names=[HOSTILE], note=HOSTILE, level=None, sector="other"),
        agency(agency_id="140000-slcz", name="示例省财政厅", level="province", sector="finance"),
        agency(agency_id=GOVERNMENT, name="示例区人民政府", sector="government"),
        agency(agency_id="000000-slj", name="示例国家局", level="national", sector="other"),
        *peers(),
    ]


def peers() -> list[Agency]:
    """Health bureaus of counties: as many as a place among organs of the same kind needs."""
    places = {"140981": "原平市", "141029": "乡宁县", "320102": "玄武区", "441202": "端州区", "650102": "天山区"}
    return [
        agency(agency_id=f"{code}-wsjkj", name=f"{name}卫生健康局", former_names=[f"{name}卫生局"])
        for code, name in places.items()
    ]


def records() -> list[Record]:
    """Every report of these organs."""
    bureau = {"agency_id": BUREAU, "agency_name": "示例县卫生健康和体育局"}
    return [
        record("2019", 2020, different(1000), **bureau),
        put(record("2021", 2021, agency_id=BUREAU, agency_name="示例县卫生局"), requests__new_received__total=9),
        eventful(record("2021", 2023, **bureau)),
        sound(record("2021", 2025, **bureau)),
        hostile(record("2021", 2022, different(), agency_id="999901-x", agency_name=HOSTILE, published=None)),
        record("2021", 2022, different(), single=True, agency_id="140000-slcz", agency_name="示例省财政厅"),
        record("2021", 2022, agency_id=GOVERNMENT, agency_name="示例区人民政府", scope="jurisdiction"),
        record("2019", 2019, different(), single=False, agency_id="000000-slj", agency_name="示例国家局", scope=None),
        *(made for number, one in enumerate(peers()) for made in crowd.records_of(one, 3 if number else 7)),
    ]


def eventful(made: Record) -> Record:
    """A report with blanks, odd spellings, an extra row, an error of its own, and corrections of two kinds."""
    who = {"evidence": "予以公开\t9\t1", "reason": "只读到第一位", "by": "github:someone", "date": "2026-03-02"}
    put(made, requests__granted__natural=9, requests__granted__enterprise=1, requests__granted__total=10)
    put(made, requests__new_received__natural=21, requests__new_received__total=21)
    put(made, requests__carried_out__total=2, requests__rejected_publication__public_welfare=None)
    put(made, proactive__fees__amount=Decimal("5949.088667"), proactive__normative_documents__in_force=None)
    made.as_written = {"proactive.normative_documents.in_force": "/", "requests.new_received.natural": "２１"}
    made.extra_rows = [{"section": "requests", "label": "其他主动公开文件", "values": ["3", "无"]}]
    made.corrections = [
        {"field": "requests.granted.natural", "kind": "misread", "was": 1, "now": 9, **who},
        {"field": "requests.carried_out.total", "kind": "printed_wrong", "printed": 2, "should_be": 1, **who},
    ]
    return made


def sound(made: Record) -> Record:
    """No cell of section 三 is 0, and everything adds up: the heaviest page of a report without a fault."""
    rows = made.tables["requests"]
    for place, values in enumerate(rows.values()):
        values[:] = [1000 + 10 * place + n for n in range(7)]
    outcomes = [rows[key] for key in made.law.outcomes() if key in rows]
    rows["total_processed"][:6] = [sum(int(row[n] or 0) for row in outcomes) for n in range(6)]
    balance = zip(rows["total_processed"], rows["carried_out"], rows["carried_in"], strict=True)
    rows["new_received"][:6] = [int(done or 0) + int(out or 0) - int(had or 0) for done, out, had in balance][:6]
    for values in rows.values():
        values[6] = sum(int(value or 0) for value in values[:6])
    return made


def hostile(made: Record) -> Record:
    """Markup in every text that a report or a person who corrects it can bring in."""
    made.as_written = {"requests.granted.natural": HOSTILE}
    made.extra_rows = [{"section": "disputes", "label": HOSTILE, "values": [HOSTILE]}]
    made.source.file = HOSTILE
    texts = dict.fromkeys(("evidence", "reason", "by"), HOSTILE)
    made.corrections = [
        {"field": "agency_name", "kind": "misread", "was": HOSTILE, "now": HOSTILE, "date": "2026-03-02", **texts}
    ]
    return made


KNOWN = f"""\
示例县卫生健康和体育局,{BUREAU},2022,https://example.org/?a=1&b=2,,known
示例乡人民政府,,2022,https://example.org/,,known
"""


# the pages -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Looked:
    """One page as parsed: what it leads to, loads, and can be jumped to."""

    tree: Any

    @property
    def lang(self) -> str:
        return str(self.tree.get("lang"))

    @property
    def kind(self) -> str:
        return str(self.tree.find("body").get("data-kind"))

    @property
    def ids(self) -> list[str]:
        return [str(one) for one in self.tree.xpath("//@id")]

    @property
    def text(self) -> str:
        return str(self.tree.text_content())

    @property
    def links(self) -> list[str]:
        """Everything that the page leads to or loads, as written."""
        found = [str(one) for one in self.tree.xpath("//@href | //@src | //@action | //@poster")]
        sets = [part.split()[0] for one in self.tree.xpath("//@srcset") for part in one.split(",") if part.strip()]
        return found + sets + list(self.named)

    @property
    def named(self) -> Iterator[str]:
        """The addresses that a page gives to its scripts: `data-…` that look like one."""
        for one in self.tree.xpath("//@*[starts-with(name(), 'data-')]"):
            if one.startswith(("../", "./", f"{URL}/")) or one.endswith((".json", ".csv", ".tsv", ".js", ".txt")):
                yield str(one)


@functools.cache
def look(page: Path) -> Looked:
    """A page, parsed once."""
    return Looked(html.document_fromstring(page.read_bytes()))


@dataclass
class Site:
    """A site as built: its folder and what it was made from."""

    root: Path
    data: Path
    records: list[Record] = field(default_factory=list)

    @functools.cached_property
    def pages(self) -> list[Path]:
        """Every page of ours in both languages."""
        return sorted(path for path in self.root.rglob("*.html") if "pagefind" not in path.parts)

    def name(self, page: Path) -> str:
        return page.relative_to(self.root).as_posix()

    def page(self, name: str) -> Path:
        return self.root / name

    @functools.cached_property
    def samples(self) -> dict[str, list[str]]:
        """Of each kind of page and language the heaviest and the lightest: a new kind is found by itself."""
        found: dict[str, list[Path]] = {}
        for page in sorted(self.pages, key=lambda one: (one.stat().st_size, one)):
            looked = look(page)
            found.setdefault(f"{looked.kind} {looked.lang}", []).append(page)
        return {kind: [self.name(one) for one in sorted({of[0], of[-1]})] for kind, of in sorted(found.items())}

    @property
    def heaviest(self) -> Sequence[str]:
        """One page of each kind and language: the heaviest."""
        return [max(names, key=lambda one: self.page(one).stat().st_size) for names in self.samples.values()]

    @property
    def sampled(self) -> Sequence[str]:
        return [name for names in self.samples.values() for name in names]

    def target(self, page: Path, address: str) -> Path:
        """The file that a server gives for an address, on a page of the site or with the site's own before it."""
        own = address.startswith(f"{URL}/")
        folder, address = (self.root, address.removeprefix(f"{URL}/")) if own else (page.parent, address)
        path = (folder / unquote(urlsplit(address).path)).resolve() if own or urlsplit(address).path else page
        assert path.is_relative_to(self.root.resolve()), f"{self.name(page)}: {address}"
        return path / "index.html" if path.is_dir() else path


# the build -----------------------------------------------------------------------------------------------------------

PUBLISHED = {"SITEURL": URL, "GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "a/b"}
_OURS = ("SITEURL", "GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GONGKAI_REPOSITORY", "GITHUB_TOKEN", "GITHUB_API_URL")


def run(data: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command over made-up data, with nothing of this machine's own settings."""
    given = {key: value for key, value in os.environ.items() if key not in _OURS}
    return subprocess.run(
        [sys.executable, "-m", *command],
        capture_output=True, text=True, cwd=ROOT, check=False, env=given | {"GONGKAI_DATA": str(data)} | environment,
    )  # fmt: skip


def pelican(data: Path, out: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Pelican alone, as the command runs it, over a package that is there already."""
    settings = ("-s", "pipeline/pelicanconf.py", "-o", str(out), "--fatal", "warnings")
    return run(data, "pelican", "content", *settings, **environment)


def write_data(folder: Path) -> None:
    """The made-up organs, as they lie under data/."""
    assert dataset(folder, records(), organs(), KNOWN).problems == []


def build(data: Path, out: Path, **environment: str) -> Site:
    """The whole site by the real command."""
    ran = run(data, "pipeline", "site", "--out", str(out), **environment)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Site(out, data, records())


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site as at a desk: it knows no address, every link names a file."""
    folder = tmp_path_factory.mktemp("site")
    write_data(folder / "data")
    return build(folder / "data", folder / "out")


@pytest.fixture(scope="session")
def published(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The same site as it is built for the web."""
    return build(site.data, tmp_path_factory.mktemp("published") / "out", **PUBLISHED)
