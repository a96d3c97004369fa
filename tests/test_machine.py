"""What programs read besides the API: feeds, sitemap, manifest, linked data, and how the dataset is cited."""

import io
import json
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import feedparser
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import etree, html
from pyld import jsonld
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from pipeline import ROOT, pelicanconf
from pipeline.citation import read_citation
from pipeline.descriptor import described, schema
from pipeline.pages import crawlers, feeds, linked, machine
from pipeline.pages.addresses import Links, Site
from pipeline.pages.language import CHINESE, ENGLISH, LANGUAGES, Language
from pipeline.pages.material import Material
from pipeline.pages.page import File
from pipeline.record import Record
from tests.made import record
from tests.test_api import BUREAU, HOSTILE, NOBODY, STATE, material, records

URL = "https://example.org/nb"
ATOM = "{http://www.w3.org/2005/Atom}"
SCHEMA = "https://schema.org/"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return material(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def published(desk: Material) -> Material:
    return Material(
        desk.dataset, desk.checked, desk.coverage, desk.package, desk.output, Site(URL, "https://git.example/a/b")
    )


@pytest.fixture(params=["desk", "published"])
def made(request: pytest.FixtureRequest) -> Material:
    found: Material = request.getfixturevalue(request.param)
    return found


def files(made: Material) -> dict[str, str]:
    """Every file but those of the API."""
    found = (one for module in (feeds, linked, crawlers) for task in module.tasks(made) for one in task())
    return {one.address: one.text for one in found if isinstance(one, File)}


# feeds ---------------------------------------------------------------------------------------------------------------


def feed(made: Material, address: str = feeds.CHANGES) -> Any:
    """A feed as feedparser reads it, which says by `bozo` what is wrong with it."""
    parsed = feedparser.parse(
        io.BytesIO(files(made)[address].encode()), sanitize_html=False, resolve_relative_uris=False
    )
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def test_there_is_a_feed_of_everything_and_one_for_each_province(made: Material) -> None:
    """Each province that has an organ here has a feed of its own; an organ of the state is in the feed of all only."""
    found = {address for address in files(made) if address.startswith("feeds/")}
    assert found == {"feeds/changes.atom", "feeds/corrections.atom", "feeds/140000.atom", "feeds/990000.atom"}
    everything, shanxi = feed(made), feed(made, "feeds/140000.atom")
    # Four reports, and the corrections of one day.
    assert (len(everything.entries), len(shanxi.entries)) == (5, 3)
    assert all(BUREAU in entry.link for entry in shanxi.entries)
    assert any(STATE in entry.link for entry in everything.entries)


def test_a_feed_holds_to_its_standard(made: Material) -> None:
    """RFC 4287: one id, title and update each, times with a zone, an author, no id twice, the newest first."""
    for address in [one for one in files(made) if one.startswith("feeds/")]:
        root = etree.fromstring(files(made)[address].encode())
        entries = root.findall(f"{ATOM}entry")
        for one in (root, *entries):
            for name in ("id", "title", "updated"):
                assert len(one.findall(ATOM + name)) == 1, (address, name)
            assert len(one.findall(f"{ATOM}published")) <= 1
        ids = [one.findtext(f"{ATOM}id") for one in (root, *entries)]
        assert len(ids) == len(set(ids))
        assert all(UUID(id).version == 5 for id in ids), ids
        times = [one.text for one in root.iter(f"{ATOM}updated", f"{ATOM}published")]
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00\+08:00", time) for time in times), times
        updated = [one.findtext(f"{ATOM}updated") for one in entries]
        assert updated == sorted(updated, reverse=True)
        assert root.findtext(f"{ATOM}updated") == max(updated)
        assert root.find(f"{ATOM}author/{ATOM}name") is not None
        assert {one.get("rel") for one in root.findall(f"{ATOM}link")} == {"self", "alternate"}
        assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "zh-Hans"


def test_days_of_a_feed_are_those_of_the_data(made: Material) -> None:
    """A report is dated by the day it was retrieved and says when it was published; a correction by its own day."""
    entries = {entry.id: entry for entry in feed(made).entries}
    for one in records():
        entry = entries[f"urn:uuid:{uuid5(read_citation().id, one.report_id)}"]
        assert entry.updated == f"{one.source.retrieved}T00:00:00+08:00"
        assert entry.get("published") == (f"{one.published}T00:00:00+08:00" if one.published else None)
    corrected = entries[f"urn:uuid:{uuid5(read_citation().id, f'{BUREAU}-2023/corrections/2026-03-02')}"]
    assert corrected.updated == "2026-03-02T00:00:00+08:00"
    assert "requests.granted.natural" in corrected.summary
    assert "2026年3月2日更正1处" in corrected.summary
    assert "1 correction on 2 March 2026" in corrected.summary


def test_what_has_no_day_is_left_out() -> None:
    """A report of which neither publication nor retrieval is known is not dated by us."""
    undated = record("2021", 2023, published=None)
    undated.source.retrieved = None
    printed = record("2021", 2022, published="2023-01-15")
    printed.source.retrieved = None
    assert [entry.key for entry in feeds.latest([undated, printed])] == [printed.report_id]
    assert [entry.day for entry in feeds.latest([printed])] == ["2023-01-15"]


def test_a_feed_holds_the_latest_hundred() -> None:
    """Of 150 reports the hundred with the latest days are told, the newest first."""

    def on(number: int) -> Record:
        made = record("2021", 2023, agency_id=f"999901-x{number}")
        made.source.retrieved = f"2024-{1 + number // 28:02}-{1 + number % 28:02}"
        return made

    many = [on((number * 37) % 150) for number in range(150)]
    assert [entry.record.agency_id for entry in feeds.latest(many)] == [f"999901-x{n}" for n in range(149, 49, -1)]


def test_ids_of_a_feed_do_not_move_with_the_site(desk: Material, published: Material) -> None:
    """A reader that has seen an entry at a desk knows it again on the web."""
    assert [entry.id for entry in feed(desk).entries] == [entry.id for entry in feed(published).entries]


def test_links_of_a_feed_lead_to_pages(desk: Material, published: Material) -> None:
    """On the web they are full addresses; at a desk they lead from the feed's folder to the files of the pages."""
    assert {entry.link for entry in feed(published).entries} == {
        f"{URL}/agencies/{one.agency_id}/{one.year}/" for one in records()
    }
    assert {entry.link for entry in feed(desk).entries} == {
        f"../agencies/{one.agency_id}/{one.year}/index.html" for one in records()
    }
    assert f'href="{URL}/en/agencies/{BUREAU}/2023/"' in str(feed(published).entries)
    (own,) = [link.href for link in feed(published).feed.links if link.rel == "self"]
    assert own == f"{URL}/feeds/changes.atom"


def test_an_empty_feed_is_still_a_feed(tmp_path: Path) -> None:
    """Without any report the feed of all changes is there, without an entry and without the day of the build."""
    empty = feed(material(tmp_path, some=[]))
    assert (empty.entries, empty.feed.updated) == ([], "1970-01-01T00:00:00+08:00")


def test_a_hostile_name_is_text_in_a_feed(made: Material) -> None:
    """Markup in a name, and a character that XML cannot hold, neither break the feed nor become markup."""
    (entry,) = [one for one in feed(made).entries if NOBODY in one.link]
    assert HOSTILE.strip() in entry.title
    assert "<script" not in entry.summary
    assert feeds._plain("a\x0bb\ufffe") == "a\ufffdb\ufffd"


# sitemap, robots, manifest -------------------------------------------------------------------------------------------


ADDRESSES = ["index.html", "en/index.html", "rules/index.html", "404.html", "en/404.html", "en/rules/index.html"]


def test_the_sitemap_lists_every_page_in_both_languages() -> None:
    """Full addresses, each once, and not the page for addresses that lead nowhere; nothing at a desk."""
    (sitemap,) = crawlers.sitemap_files(Site(URL), [*ADDRESSES, "rules/index.html"])
    root = etree.fromstring(sitemap.text.encode())
    assert sitemap.address == "sitemap.xml"
    assert root.tag == "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset"
    assert root.xpath("//*[local-name()='loc']/text()") == [
        f"{URL}/",
        f"{URL}/en/",
        f"{URL}/en/rules/",
        f"{URL}/rules/",
    ]
    assert list(crawlers.sitemap_files(Site(), ADDRESSES)) == []


def test_a_large_sitemap_is_cut_under_an_index() -> None:
    """Past the limit the sitemap is an index of parts that hold all addresses between them."""
    addresses = [f"agencies/{n}/index.html" for n in range(25)]
    index, *parts = crawlers.sitemap_files(Site(URL), addresses, most=10)
    listed = etree.fromstring(index.text.encode()).xpath("//*[local-name()='loc']/text()")
    assert listed == [f"{URL}/{part.address}" for part in parts]
    assert index.address == "sitemap.xml"
    assert "<sitemapindex" in index.text
    found = [
        one for part in parts for one in etree.fromstring(part.text.encode()).xpath("//*[local-name()='loc']/text()")
    ]
    assert sorted(found) == sorted(f"{URL}/agencies/{n}/" for n in range(25))
    assert crawlers.MOST == 50_000


def test_an_address_in_a_sitemap_is_escaped() -> None:
    """Whatever stands in an address is written as an address and as XML."""
    (sitemap,) = crawlers.sitemap_files(Site(URL + "/a&b"), ["示例/index.html"])
    (found,) = etree.fromstring(sitemap.text.encode()).xpath("//*[local-name()='loc']/text()")
    assert found == f"{URL}/a&b/%E7%A4%BA%E4%BE%8B/"


def test_robots_may_read_everything(desk: Material, published: Material) -> None:
    """Nothing is forbidden, and the sitemap is named where the site has an address."""
    assert "Disallow" not in files(desk)["robots.txt"]
    assert "Sitemap" not in files(desk)["robots.txt"]
    assert f"\nSitemap: {URL}/sitemap.xml\n" in files(published)["robots.txt"]


def size_of_png(path: Path) -> tuple[int, int]:
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def test_the_manifest_names_icons_that_are_there(made: Material) -> None:
    """Every icon of the manifest is in the theme, in the size that it says; one may be cut to any shape."""
    manifest = json.loads(files(made)["site.webmanifest"])
    assert manifest["name"] == pelicanconf.SITENAME
    assert (linked.NAME, linked.NAME_EN) == (pelicanconf.SITENAME, pelicanconf.SITENAME_EN)
    for icon in manifest["icons"]:
        path = ROOT / "theme" / "static" / icon["src"].removeprefix("theme/")
        assert path.is_file()
        if icon["type"] == "image/png":
            assert icon["sizes"] == "{}x{}".format(*size_of_png(path))
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    assert [icon["src"] for icon in manifest["icons"] if icon.get("purpose") == "maskable"]


def test_the_card_has_the_size_that_its_readers_want() -> None:
    """1200 by 630, and light; the icon of a phone 180 by 180."""
    static = ROOT / "theme" / "static"
    assert size_of_png(static / "card.png") == (1200, 630)
    assert (static / "card.png").stat().st_size < 60_000
    assert size_of_png(static / "apple-touch-icon.png") == (180, 180)


# schema.org ----------------------------------------------------------------------------------------------------------

# What the documentation of search engines asks of a dataset; of the recommended ones `funder` is left out, for nobody
# is known to fund this.
REQUIRED = ("name", "description")
RECOMMENDED = (
    *("alternateName", "creator", "citation", "hasPart", "identifier", "isAccessibleForFree", "keywords", "license"),
    *("measurementTechnique", "sameAs", "spatialCoverage", "temporalCoverage", "variableMeasured", "version", "url"),
    *("distribution", "includedInDataCatalog", "datePublished", "dateModified", "inLanguage"),
)


def no_network(address: str, options: Any) -> Any:
    """The only remote context is that of schema.org; here its one rule that matters stands for it."""
    assert address.startswith("https://schema.org")
    links = {key: {"@type": "@id"} for key in ("url", "license", "sameAs", "contentUrl")}
    context = {"@vocab": SCHEMA, "id": "@id", "type": "@type", **links}
    return {"contextUrl": None, "documentUrl": address, "document": {"@context": context}}


def graph_of(node: dict[str, Any], base: str) -> Graph:
    """JSON-LD as triples, by a processor of its own."""
    quads = jsonld.to_rdf(node, {"base": base, "format": "application/n-quads", "documentLoader": no_network})
    return Graph().parse(data=quads, format="nt")


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.tag)
def test_the_dataset_has_every_property_that_is_asked_for(published: Material, language: Language) -> None:
    """Each required and recommended property is a triple of the dataset, once read by a JSON-LD processor."""
    node = json.loads(linked.dataset_scripts(published)[language.tag])
    graph = graph_of(node, f"{URL}/{language.folder}data/")
    dataset = URIRef(read_citation().id.urn)
    assert (dataset, RDF.type, URIRef(SCHEMA + "Dataset")) in graph
    missing = [name for name in (*REQUIRED, *RECOMMENDED) if not list(graph.objects(dataset, URIRef(SCHEMA + name)))]
    assert missing == []


def test_a_page_about_the_dataset_carries_it_in_its_language(published: Material) -> None:
    """A page with `about_dataset` has the description of its own language in its head, word for word."""
    scripts = linked.dataset_scripts(published)
    for language in LANGUAGES:
        asked = head(Site(URL), language, "data/index.html", template="data", about_dataset=scripts)
        (found,) = asked("//script/text()")
        assert json.loads(found) == linked.dataset_node(published, language)


def test_every_dataset_of_it_is_described_well_enough(published: Material) -> None:
    """The dataset and each part of it: a description of 50 to 5000 characters, a licence, a creator, files."""
    for language in LANGUAGES:
        node = linked.dataset_node(published, language)
        for one in (node, *node["hasPart"]):
            assert 50 <= len(one["description"]) <= 5000, one["name"]
            assert one["license"].startswith("https://")
            assert one["creator"]["name"]
            assert one["isAccessibleForFree"] is True
        assert len(node["hasPart"]) == 6
        assert len(node["variableMeasured"]) == 11


def test_the_dataset_is_in_the_language_of_its_page(published: Material) -> None:
    """Chinese on the Chinese page with the English name beside it, and the other way round; the same id on both."""
    chinese, english = (linked.dataset_node(published, one) for one in (CHINESE, ENGLISH))
    assert chinese["@id"] == english["@id"]
    assert (chinese["name"], chinese["alternateName"][0]) == (english["alternateName"][0], english["name"])
    assert (chinese["url"], english["url"]) == (f"{URL}/data/", f"{URL}/en/data/")
    assert not re.search(
        "[一-鿿]", english["measurementTechnique"] + english["citation"] + english["spatialCoverage"]["name"]
    )


def test_every_distribution_is_a_file_with_its_size(made: Material) -> None:
    """`contentUrl` leads to a published file of just that size, from the page of either language."""
    for language in LANGUAGES:
        here = made.output / language.folder / "data"
        for one in linked.dataset_node(made, language)["distribution"]:
            address = one["contentUrl"]
            path = made.output / address.removeprefix(f"{URL}/") if made.site.url else here / address
            assert f"{path.resolve().stat().st_size} B" == one["contentSize"]
            assert one["encodingFormat"]


def test_days_and_span_are_those_of_the_data(desk: Material) -> None:
    """First published with the first version, changed with the newest report or correction, covering the years held."""
    node = linked.dataset_node(desk, CHINESE)
    assert node["datePublished"] == read_citation().released
    assert node["dateModified"] == max(read_citation().released, "2026-03-02", "2024-02-01")
    assert node["temporalCoverage"] == "2020-01-01/2023-12-31"


def test_no_name_ends_the_script() -> None:
    """A value with markup comes out of the script element as it went in."""
    text = linked.script({"name": HOSTILE})
    page = html.document_fromstring(f'<script type="application/ld+json">{text}</script><p>after')
    (script,) = page.xpath("//script")
    assert json.loads(script.text) == {"name": HOSTILE}
    assert page.xpath("//p")


# DCAT ----------------------------------------------------------------------------------------------------------------

DCAT, DCT = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://purl.org/dc/terms/")


def catalogue(made: Material) -> Graph:
    return Graph().parse(
        data=files(made)["data/catalog.jsonld"], format="json-ld", publicID=f"{URL}/data/catalog.jsonld"
    )


def test_the_catalogue_is_linked_data(made: Material) -> None:
    """rdflib reads it without fetching anything, and what it writes as Turtle says the same."""
    graph = catalogue(made)
    again = Graph().parse(data=graph.serialize(format="turtle"), format="turtle")
    assert len(graph) == len(again) > 150
    assert {str(one) for one in graph.subjects(RDF.type, DCAT.Dataset)} == {read_citation().id.urn}


def test_the_catalogue_says_what_dcat_asks(made: Material) -> None:
    """Title and description in both languages, publisher, licence, dates, keywords, place and years of the dataset."""
    graph = catalogue(made)
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    (catalog,) = graph.subjects(RDF.type, DCAT.Catalog)
    asked = [DCT.identifier, DCT.publisher, DCT.creator, DCT.license, DCT.issued, DCT.modified, DCT.temporal]
    asked += [DCT.spatial, DCAT.keyword, DCAT.distribution, DCAT.landingPage, DCAT.contactPoint, DCAT.version]
    assert [one for one in asked if not list(graph.objects(dataset, one))] == []
    for one in (dataset, catalog):
        for name in ("title", "description"):
            assert {value.language for value in graph.objects(one, DCT[name])} == {"zh-Hans", "en"}
    assert (catalog, DCAT.dataset, dataset) in graph


def test_every_distribution_of_the_catalogue_is_a_file(made: Material) -> None:
    """Each has one address to download from, which leads to a file with that many bytes, and a media type."""
    graph, sizes = catalogue(made), {}
    for one in graph.subjects(RDF.type, DCAT.Distribution):
        (address,), (size,), (kind,) = (
            list(graph.objects(one, DCAT[name])) for name in ("downloadURL", "byteSize", "mediaType")
        )
        assert isinstance(size, Literal)
        assert str(kind).startswith("https://www.iana.org/assignments/media-types/")
        sizes[str(address).removeprefix(f"{URL}/").removesuffix("index.html")] = int(size)
    assert len(sizes) >= 12
    assert sizes == {name: (made.output / name).stat().st_size for name in sizes}


def test_the_catalogue_leads_to_the_api(made: Material) -> None:
    """The service has its entry and its description, both of which are written."""
    graph = catalogue(made)
    written = {one.address for task in machine.tasks(made) for one in task() if isinstance(one, File)}
    (service,) = graph.subjects(RDF.type, DCAT.DataService)
    for name in ("endpointURL", "endpointDescription"):
        (address,) = graph.objects(service, DCAT[name])
        assert str(address).removeprefix(f"{URL}/") in written


# citation ------------------------------------------------------------------------------------------------------------


def test_the_citation_file_holds_to_its_schema() -> None:
    """`CITATION.cff` is valid by the schema of its format."""
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.citation-file-format",
        "CITATION.cff",
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_citation_says_what_the_rest_says() -> None:
    """Version, title, licence: the same as those of the published schema."""
    cited, text = read_citation(), (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    words, version = described()["package"], schema()["version"]
    assert f"\nversion: {version}\n" in text
    assert f"title: {words['title']} ({words['title_en']})\n" in text
    assert cited.licence == "CC0-1.0"
    assert cited.id == UUID("ab27a298-fae3-5ec0-b165-073a3c0c99ae")
    assert cited.words(URL) == f"gongkai contributors：《{words['title']}》，{version}版，{URL}，CC0-1.0。"
    assert cited.words_en() == f"gongkai contributors. {words['title_en']}. Version {version}. CC0-1.0."


# the head of a page --------------------------------------------------------------------------------------------------

FRAME = """{% set head_title %}{{ title }}{% endset %}{% set head_title = head_title | striptags %}
{% set head_description %}{{ described }}{% endset %}{% set head_description = head_description | striptags %}
<!doctype html><html><head><title>{{ head_title }}</title>{% include "_head.html" %}</head></html>"""


def head(
    site: Site, language: Language, here: str = "agencies/x/index.html", **page: Any
) -> Callable[[str], list[str]]:
    """The head of a page, to be asked by XPath."""
    environment = Environment(
        loader=FileSystemLoader(ROOT / "theme" / "templates"), autoescape=True, undefined=StrictUndefined
    )
    environment.globals |= {**language.globals(), "site": site, "SITENAME": "示例", "SITENAME_EN": "Example"}
    shown = {"template": "agency", "places": ()} | page
    link = Links(site, here, language, shown.get("anywhere", False))
    title, words = f"“{HOSTILE}”", language.organ("示例县") + '"><b>'
    text = environment.from_string(FRAME).render(page=shown, link=link, title=title, described=words)
    tree = html.document_fromstring(text)
    assert {one.get("type") for one in tree.xpath("//script")} <= {"application/ld+json"}
    return lambda path: [str(one) for one in tree.xpath(path)]


def test_a_page_leads_to_itself_in_the_other_language() -> None:
    """hreflang names both languages and the one for everybody else, the same set on both pages, with full addresses."""
    asked = [head(Site(URL), language) for language in LANGUAGES]
    sets = [{*zip(one("//link/@hreflang"), one("//link[@hreflang]/@href"), strict=True)} for one in asked]
    chinese, english = f"{URL}/agencies/x/", f"{URL}/en/agencies/x/"
    assert sets == [{("zh-Hans", chinese), ("en", english), ("x-default", chinese)}] * 2
    assert [one("//link[@rel='canonical']/@href") for one in asked] == [[chinese], [english]]


def test_a_page_says_what_it_is_when_it_is_passed_on() -> None:
    """Title, description, language and picture, as text without markup, with full addresses."""
    for language, other in ((CHINESE, "en_US"), (ENGLISH, "zh_CN")):
        asked = head(Site(URL), language)

        def property(name: str, asked: Callable[[str], list[str]] = asked) -> str:
            (found,) = asked(f"//meta[@property='og:{name}']/@content")
            return found

        assert (property("locale"), property("locale:alternate")) == (language.locale, other)
        assert property("image") == f"{URL}/theme/card.png"
        assert property("url") == f"{URL}/{language.folder}agencies/x/"
        assert property("type") == "website"
        assert "<" not in property("description").replace('"><b>', "")
        assert asked("//meta[@name='description']/@content") == [property("description")]
        assert asked("//meta[@name='twitter:card']/@content") == ["summary_large_image"]
        assert asked("//link[@type='application/atom+xml']/@href") == [
            asked("//link[@rel='manifest']/@href")[0].replace("site.webmanifest", "feeds/changes.atom")
        ]


def test_a_desk_has_no_full_address_in_its_head() -> None:
    """Without a site address nothing in the head is absolute, and the other language is led to by its file."""
    asked = head(Site(), CHINESE)
    assert not [one for one in asked("//@href | //meta/@content") if urlsplit(one).scheme in ("http", "https")]
    assert "../../en/agencies/x/index.html" in asked("//link[@hreflang='en']/@href")


def test_a_page_of_a_province_leads_to_its_feed(desk: Material) -> None:
    """The page of an organ names the feed of its province beside that of all changes."""
    row = next(one for one in desk.rows if one.agency.agency_id == BUREAU)
    asked = head(Site(), CHINESE, places=row.places, agency=row.agency)
    assert asked("//link[@type='application/atom+xml']/@href") == [
        "../../feeds/changes.atom",
        "../../feeds/140000.atom",
    ]


def test_a_page_that_is_nowhere_has_no_address_of_its_own() -> None:
    """404.html is shown under any address: no canonical link, no other language, no card."""
    asked = head(Site(URL), CHINESE, "404.html", anywhere=True)
    assert asked("//link[@rel='canonical' or @hreflang]/@href | //meta[@property]/@content") == []


def crumbs(asked: Callable[[str], list[str]]) -> list[tuple[int, str, str]]:
    """The steps that a head tells to search engines."""
    nodes = [json.loads(one) for one in asked("//script/text()")]
    return [(one["position"], one["name"], one["item"]) for node in nodes for one in node["itemListElement"]]


def test_the_way_down_to_a_report_is_told_to_search_engines(desk: Material) -> None:
    """Places, organ and year with full addresses in the language of the page, whatever a name holds; none at a desk."""
    (row,) = [one for one in desk.rows if one.agency.agency_id == NOBODY]
    page = {"template": "report", "places": row.places, "agency": row.agency, "record": desk.reports_of(NOBODY)[0]}
    top = f"{URL}/en/"
    assert crumbs(head(Site(URL), ENGLISH, **page)) == [
        (1, "Places", f"{top}regions/"),
        (2, "示例省", f"{top}regions/990000/"),
        (3, "示例市", f"{top}regions/999900/"),
        (4, "示例县", f"{top}regions/999901/"),
        (5, HOSTILE, f"{top}agencies/{NOBODY}/"),
        (6, "2023", f"{top}agencies/{NOBODY}/2023/"),
    ]
    assert len(crumbs(head(Site(URL), CHINESE, **page | {"template": "agency"}))) == 5
    assert crumbs(head(Site(), ENGLISH, **page)) == []
