"""Where pages lie, and how one leads to another in its own language."""

import pytest

from pipeline.pages.addresses import Links, Site, is_page, site_of, web_address
from pipeline.pages.language import CHINESE, ENGLISH
from tests.made import record

DESK = Site()
WEB = Site("https://example.org/nb", "https://example.org/someone/nb")


@pytest.mark.parametrize(
    ("here", "address", "at_desk", "on_web"),
    [
        ("index.html", "", "index.html", "./"),
        ("index.html", "agencies/", "agencies/index.html", "agencies/"),
        ("index.html", "data/reports.csv", "data/reports.csv", "data/reports.csv"),
        ("rules/index.html", "", "../index.html", "../"),
        ("rules/index.html", "data/#requests", "../data/index.html#requests", "../data/#requests"),
        ("agencies/a/2023/index.html", "rules/#R01", "../../../rules/index.html#R01", "../../../rules/#R01"),
        ("404.html", "regions/", "regions/index.html", "regions/"),
    ],
)
def test_links_are_relative_and_name_the_file_where_no_server_does(
    here: str, address: str, at_desk: str, on_web: str
) -> None:
    """At a desk a link names index.html, so that it works from a disk; on the web it ends with the folder."""
    assert Links(DESK, here)(address) == at_desk
    assert Links(WEB, here)(address) == on_web


def test_the_page_for_lost_addresses_links_from_anywhere() -> None:
    """404.html is shown under any address, so its links begin with the site's own where that is known."""
    assert Links(WEB, "404.html", anywhere=True)("regions/") == "https://example.org/nb/regions/"
    assert Links(DESK, "404.html", anywhere=True)("regions/") == "regions/index.html"


def test_words_lead_to_pages_by_their_address() -> None:
    """`site:` in the words of content/pages becomes a link of the page; any other address stays."""
    html = '<a href="site:data/#fields">x</a> <a href="https://example.org/">y</a>'
    resolved = Links(DESK, "about/index.html").resolve(html)
    assert resolved == '<a href="../data/index.html#fields">x</a> <a href="https://example.org/">y</a>'


def test_canonical_address_needs_a_site() -> None:
    """Only a site that knows its own address says where a page belongs."""
    assert Links(WEB, "rules/index.html").canonical == "https://example.org/nb/rules/"
    assert Links(DESK, "rules/index.html").canonical is None


@pytest.mark.parametrize("text", ["javascript:alert(1)", "data:text/html,x", "//example.org", "ftp://x", "", None])
def test_only_web_addresses_are_followed(text: str | None) -> None:
    """An address of another kind than http and https never becomes a link."""
    assert web_address(text) is None


def test_web_addresses_stay_as_they_are() -> None:
    """http and https are links, in whatever case they are written."""
    assert web_address("HTTPS://example.gov.cn/a?b=c") == "HTTPS://example.gov.cn/a?b=c"
    assert web_address("http://example.gov.cn") == "http://example.gov.cn"


def test_site_and_repository_come_from_the_environment() -> None:
    """GitHub's own variables come first; a slash at the end is dropped; what is no web address counts as nothing."""
    actions = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "a/b"}
    assert site_of(actions | {"GONGKAI_REPOSITORY": "https://x.example/"}).repository == "https://github.example/a/b"
    assert site_of({"GONGKAI_REPOSITORY": "https://x.example/c/"}).repository == "https://x.example/c"
    assert site_of({"SITEURL": "https://x.example/"}).url == "https://x.example"
    assert site_of({"SITEURL": "javascript:alert(1)", "GITHUB_REPOSITORY": "a/b"}) == Site()


def test_a_record_is_changed_where_it_lies() -> None:
    """The correction link opens the record's own file in the repository; without a repository there is none."""
    address = "https://example.org/someone/nb/edit/main/data/agencies/99/999901/999901-wsjkj/2023.yaml"
    assert WEB.edit_address(record()) == address
    assert DESK.edit_address(record()) is None


@pytest.mark.parametrize(
    ("here", "address", "at_desk", "on_web"),
    [
        ("index.html", "", "../en/index.html", "../en/"),
        ("rules/index.html", "data/#requests", "../../en/data/index.html#requests", "../../en/data/#requests"),
        ("rules/index.html", "data/reports.csv", "../../data/reports.csv", "../../data/reports.csv"),
        ("agencies/a/2023/index.html", "theme/site.css", "../../../../theme/site.css", "../../../../theme/site.css"),
    ],
)
def test_english_pages_lead_to_english_pages_and_to_the_same_files(
    here: str, address: str, at_desk: str, on_web: str
) -> None:
    """A page has a version in each language; a file is there once."""
    assert Links(DESK, here, ENGLISH)(address) == at_desk
    assert Links(WEB, here, ENGLISH)(address) == on_web


@pytest.mark.parametrize("here", ["index.html", "rules/index.html", "agencies/a/2023/index.html", "404.html"])
def test_each_version_of_a_page_leads_to_the_other(here: str) -> None:
    """From the Chinese page one step leads to the English one, and from there back."""
    folder = here.removesuffix("index.html")
    chinese, english = Links(WEB, here), Links(WEB, here, ENGLISH)
    up = "../" * here.count("/")
    assert chinese.into(ENGLISH) == f"{up}en/{folder}"
    assert english.into(CHINESE) == f"../{up}{folder}"
    assert (chinese.other, english.other) == (ENGLISH, CHINESE)
    assert english.canonical == f"https://example.org/nb/en/{folder}" == chinese.full(ENGLISH)


def test_pages_are_told_from_files_by_their_address() -> None:
    """What ends with a folder or .html is a page, all else a file."""
    assert [is_page(one) for one in ("", "rules/", "404.html")] == [True] * 3
    assert [is_page(one) for one in ("data/reports.csv", "theme/site.css", "feeds/changes.atom")] == [False] * 3
