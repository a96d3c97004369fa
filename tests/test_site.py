"""The whole site, built by the real command over made-up organs: its pages, its files and how they hang together."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree

from tests.site import (
    BUREAU,
    GOVERNMENT,
    HOSTILE,
    PUBLISHED,
    URL,
    Site,
    build,
    look,
    organs,
    pelican,
    write_data,
)

REPORT, FLAWED, ORGAN, CORRECTING = 60 * 1024, 80 * 1024, 40 * 1024, 100 * 1024
"""What a report page may weigh with its stylesheet, one with dozens of findings, an organ page, a page of figures."""


# the build -----------------------------------------------------------------------------------------------------------


def test_every_way_in_is_there(site: Site) -> None:
    """Home, lists, organs, reports and their corrections, places, years, subjects, data, rules, words, lost addresses."""
    found = {site.name(page) for page in site.pages}
    reports = {f"agencies/{one.agency_id}/{one.year}/{page}" for one in site.records for page in ("", "correct/")}
    agencies = {f"agencies/{one.agency_id}/" for one in organs()}
    places = {f"regions/{code}/" for code in ("110000", "140000", "141000", "141021", "990000", "999900", "999901")}
    years = {f"years/{one.year}/" for one in site.records}
    subjects = {f"subjects/{name}/" for name in ("disclosure_rate", "granted", "refused_state_secret")}
    lists = {f"{folder}/" for folder in ("agencies", "regions", "years", "subjects", "rules")}
    others = {f"{folder}/" for folder in ("compare", "explore", "sql", "search", "coverage", "data", "api")}
    words = {f"{folder}/" for folder in ("about", "correct", "corrections", "changes")}
    wanted = {f"{one}index.html" for one in reports | agencies | places | years | subjects | lists | others | words}
    assert sorted((wanted | {"index.html", "404.html"}) - found) == []


def test_the_same_records_make_the_same_bytes(published: Site, tmp_path: Path) -> None:
    """A second run over the same data writes the same files: no date, no order of a set stands in them."""
    write_data(tmp_path / "data")
    again = build(tmp_path / "data", tmp_path / "out", **PUBLISHED, PYTHONHASHSEED="7", TZ="America/Lima")
    assert sums(again.root) == sums(published.root)


def sums(root: Path) -> dict[str, str]:
    """The checksum of every file below a folder."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_plugin_that_fails_fails_the_build(site: Site, tmp_path: Path) -> None:
    """Without the package there is nothing to show, and Pelican must say so by its status."""
    ran = pelican(site.data, tmp_path / "out")
    assert ran.returncode != 0
    assert "datapackage.json" in ran.stdout + ran.stderr


def test_a_missing_download_fails_the_build(site: Site, tmp_path: Path) -> None:
    """A page that would lead to a file that is not there is not built quietly."""
    shutil.copytree(site.root, tmp_path / "out")
    (tmp_path / "out" / "agencies" / GOVERNMENT / "2022" / "record.yaml").unlink()
    ran = pelican(site.data, tmp_path / "out")
    assert ran.returncode != 0
    assert "record.yaml" in ran.stdout + ran.stderr


# links ---------------------------------------------------------------------------------------------------------------


def broken(site: Site) -> list[str]:
    """Every internal link that leads to no file or to no anchor of it."""
    found = []
    for page in site.pages:
        for address in look(page).links:
            if is_ours(address) and not leads(site, page, address):
                found.append(f"{site.name(page)}: {address}")
    return found


def is_ours(address: str) -> bool:
    return not urlsplit(address).scheme or address.startswith(f"{URL}/")


def leads(site: Site, page: Path, address: str) -> bool:
    """Whether an address leads to a file and its anchor to a place there; one with a gap in it leads to a folder."""
    if re.search(r"[A-Z]{4,}$|[{%]7?", urlsplit(address).path.rpartition("/")[2]) or "AGENCY" in address:
        return site.target(page, re.split("AGENCY|[^/]*[{]|[^/]*%7B", address)[0] or "./").exists()
    file, anchor = site.target(page, address), unquote(urlsplit(address).fragment)
    return file.is_file() and (not anchor or file.suffix != ".html" or anchor in look(file).ids)


def test_no_link_is_broken(site: Site) -> None:
    """Every link, script, style, address for a script and anchor of every page leads to something that is there."""
    assert broken(site) == []


def test_no_link_is_broken_on_the_web(published: Site) -> None:
    """With a site address links end with folders; they lead to the same pages."""
    assert broken(published) == []
    assert not [address for page in published.pages for address in look(page).links if "index.html" in address]


def test_a_desk_needs_no_server(site: Site) -> None:
    """Without a site address every link names a file, so that the pages work from a disk."""
    for page in site.pages:
        for address in look(page).tree.xpath("//a/@href"):
            path = urlsplit(address).path
            assert urlsplit(address).scheme or not path or (page.parent / unquote(path)).is_file(), (
                f"{site.name(page)}: {address}"
            )


def test_styles_load_only_what_is_there(published: Site) -> None:
    """Whatever a stylesheet or a manifest names is a file of the site."""
    for style in published.root.rglob("*.css"):
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", style.read_text(encoding="utf-8")):
            assert address.startswith("data:") or published.target(style, address).is_file(), f"{style.name}: {address}"
    for manifest in published.root.rglob("*.webmanifest"):
        icons = json.loads(manifest.read_text(encoding="utf-8"))["icons"]
        assert icons
        assert all(published.target(manifest, icon["src"]).is_file() for icon in icons)


def test_pages_lead_out_only_where_they_say(published: Site) -> None:
    """The only foreign addresses are those of reports, of licences and standards; never one that runs a script."""
    known = re.compile(
        r"https://(example\.org/|github\.example/a/b|creativecommons\.org/publicdomain/zero/1\.0/|lite\.datasette\.io/"
        r"|www\.gov\.cn/|pagefind\.app|sqlite\.org|schema\.org|www\.w3\.org/|datapackage\.org/|spec\.openapis\.org/)"
    )
    links = {address for page in published.pages for address in look(page).links if urlsplit(address).scheme}
    assert sorted(address for address in links if not known.match(address)) == []


def test_every_page_has_its_twin(site: Site) -> None:
    """The English site has the same pages as the Chinese one."""
    names = {site.name(page) for page in site.pages}
    english = {name.removeprefix("en/") for name in names if name.startswith("en/")}
    assert english == {name for name in names if not name.startswith("en/")}


def test_twins_point_to_each_other(published: Site) -> None:
    """`hreflang` of each page names itself and its twin by their canonical addresses, and the twin says the same."""
    for page in published.pages:
        name = published.name(page)
        if name.endswith("404.html"):
            continue
        head = look(page).tree
        (canonical,) = head.xpath("//link[@rel='canonical']/@href")
        twins = {one.get("hreflang"): one.get("href") for one in head.xpath("//link[@rel='alternate'][@hreflang]")}
        bare = name.removeprefix("en/").removesuffix("index.html")
        assert canonical == f"{URL}/{name.removesuffix('index.html')}", name
        other, before = ("zh-Hans", "") if name.startswith("en/") else ("en", "en/")
        assert twins[other] == f"{URL}/{before}{bare}", name
        assert twins.get(look(page).lang, canonical) == canonical, name


def test_no_id_stands_twice(site: Site) -> None:
    """An anchor that stands twice leads to the wrong one."""
    for page in site.pages:
        ids = look(page).ids
        assert len(ids) == len(set(ids)), site.name(page)


# what machines read --------------------------------------------------------------------------------------------------


def is_there(site: Site, address: str) -> bool:
    """Whether a full address of the site leads to a file of it, and its anchor to a place there."""
    return leads(site, site.root / "index.html", address)


def addresses(value: Any) -> Iterator[str]:
    """Every address of the site in a JSON value."""
    if isinstance(value, str) and value.startswith(f"{URL}/"):
        yield value
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in parts:
        yield from addresses(one) if key != "servers" else ()  # where an API begins is no file


def test_the_site_map_names_every_page_once(published: Site) -> None:
    """Each address in it is a page, and each page that search engines may keep is in it."""
    found = [
        str(one)
        for path in sorted(published.root.rglob("sitemap*.xml"))
        for one in etree.parse(path).xpath("//*[local-name()='url']/*[local-name()='loc']/text()")
    ]
    pages = [published.name(page) for page in published.pages if page.name != "404.html" and not is_hidden(page)]
    assert len(published.pages) - 2 - len(pages) == 2 * len(published.records)  # a page of figures for each report
    assert sorted(found) == sorted(f"{URL}/{name.removesuffix('index.html')}" for name in pages)


def is_hidden(page: Path) -> bool:
    """Whether a page asks not to be indexed."""
    return bool(look(page).tree.xpath("//meta[@name='robots'][@content='noindex']"))


def test_robots_are_shown_the_site_map(published: Site) -> None:
    """`robots.txt` names a site map that is there."""
    named = re.findall(r"(?m)^Sitemap: (\S+)$", (published.root / "robots.txt").read_text(encoding="utf-8"))
    assert named
    assert [one for one in named if not is_there(published, one)] == []


def test_feeds_lead_to_pages(published: Site) -> None:
    """Every link in every Atom feed is there, and each feed names itself."""
    feeds = sorted((published.root / "feeds").rglob("*.atom"))
    assert feeds
    for feed in feeds:
        tree = etree.parse(feed)
        links = [str(one) for one in tree.xpath("//*[local-name()='link']/@href")]
        assert f"{URL}/{published.name(feed)}" in links, published.name(feed)
        ours = [one for one in links if one.startswith(f"{URL}/")]
        assert [one for one in ours if not is_there(published, one)] == [], published.name(feed)


def test_structured_data_leads_to_files(published: Site) -> None:
    """Every address of the site in JSON-LD is there."""
    found = 0
    for page in published.pages:
        for text in look(page).tree.xpath("//script[@type='application/ld+json']/text()"):
            for one in addresses(json.loads(text)):
                found += 1
                assert is_there(published, one), f"{published.name(page)}: {one}"
    assert found


def test_every_address_of_json_files_is_there(published: Site) -> None:
    """Whatever a JSON file of the site names by its full address is there."""
    for path in sorted(published.root.rglob("*.json")):
        if "pagefind" not in path.parts:
            for one in addresses(json.loads(path.read_text(encoding="utf-8"))):
                assert is_there(published, one), f"{published.name(path)}: {one}"


def test_every_path_of_the_api_is_there(published: Site) -> None:
    """Each path that the OpenAPI file describes is at least one file."""
    api = published.root / "api" / "v1"
    paths = json.loads((api / "openapi.json").read_text(encoding="utf-8"))["paths"]
    assert len(paths) > 5
    assert [path for path in paths if not any(api.glob(re.sub(r"\{[^}]*\}", "*", path.lstrip("/"))))] == []


# what stands on the pages --------------------------------------------------------------------------------------------


def test_every_page_of_data_offers_it_as_a_file(site: Site) -> None:
    """At least one link of each page is a CSV, JSON or YAML file that is there."""
    for page in site.pages:
        files = [one for one in look(page).links if re.search(r"\.(csv|json|yaml|sqlite)$", one)]
        assert any(site.target(page, one).is_file() for one in files), site.name(page)


def test_markup_in_names_is_text(site: Site) -> None:
    """An organ named like a script is shown by that name, on every page that names it, and never runs."""
    shown = set()
    for page in site.pages:
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text, site.name(page)
        assert "javascript:" not in text, site.name(page)
        if HOSTILE in look(page).text:
            shown.add(site.name(page))
    own = {"agencies/999901-x/index.html", "agencies/999901-x/2022/index.html"}
    assert shown >= {"agencies/index.html", "regions/999901/index.html", *own}
    assert shown >= {f"en/{name}" for name in own}


def test_markup_in_names_is_text_in_every_file(published: Site) -> None:
    """JSON and XML files that name it can be read, and give the name back as it is."""
    named = [path for path in published.root.rglob("*.json") if "alert(1)" in path.read_text(encoding="utf-8")]
    assert named
    for path in named:
        assert HOSTILE in strings(json.loads(path.read_text(encoding="utf-8"))), published.name(path)


def strings(value: Any) -> str:
    """All words in a JSON value."""
    if isinstance(value, dict):
        return " ".join(strings(one) for one in value.items())
    return " ".join(map(strings, value)) if isinstance(value, list | tuple) else str(value)


def test_a_report_page_is_light(site: Site) -> None:
    """With the one stylesheet that it loads: also where every cell has a figure, and where much happened."""
    for page in (one for folder in ("", "en/") for one in (site.root / folder).glob("agencies/*/20*/index.html")):
        looked = look(page)
        styles = [site.target(page, one) for one in looked.tree.xpath("//link[@rel='stylesheet']/@href")]
        most = FLAWED if len(looked.tree.xpath("//ol[@class='boxes']/li")) > 20 else REPORT
        assert len(styles) == 1
        assert page.stat().st_size + styles[0].stat().st_size < most, site.name(page)


def test_an_organ_page_is_light(site: Site) -> None:
    """An organ with seven years of reports, and every other."""
    for one in organs():
        for folder in ("", "en/"):
            page = site.root / folder / "agencies" / one.agency_id / "index.html"
            assert page.stat().st_size < ORGAN, site.name(page)


def test_every_figure_leads_to_where_it_is_corrected(published: Site, site: Site) -> None:
    """“这个数字不对” leads to the page of the report's figures, which with a repository opens the record's file there."""
    page = published.root / "agencies" / BUREAU / "2023"
    assert look(page / "index.html").links.count("../../../agencies/141021-slwsj/2023/correct/") == 2
    edit = f"https://github.example/a/b/edit/main/data/agencies/14/141021/{BUREAU}/2023.yaml#L"
    assert [one for one in look(page / "correct" / "index.html").links if one.startswith(edit)]
    here = look(site.root / "agencies" / BUREAU / "2023" / "correct" / "index.html")
    assert not [one for one in here.links if "/edit/" in one or "/issues/" in one]


def test_a_page_of_figures_is_light(published: Site) -> None:
    """With all its links to a repository."""
    for page in published.root.rglob("correct/index.html"):
        assert page.stat().st_size < CORRECTING, published.name(page)


@pytest.mark.parametrize("name", ["404.html", "en/404.html"])
def test_lost_addresses_find_their_way_home(published: Site, name: str) -> None:
    """404.html is shown under any address: all that it leads to and loads begins with the site's own address."""
    links = look(published.root / name).links
    assert [one for one in links if not one.startswith(("https://", "#"))] == []


def test_the_data_page_tells_the_truth_about_every_file(site: Site) -> None:
    """The checksum of every file under data/ as it is; the catalogue repeats the page for programs."""
    text = look(site.root / "data" / "index.html").text
    for file in (site.root / "data").iterdir():
        if file.is_file() and file.suffix not in (".html", ".jsonld"):
            assert hashlib.sha256(file.read_bytes()).hexdigest() in text, file.name
