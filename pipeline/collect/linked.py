"""The documents that a web page names, where the page itself is no report: on its own host, and not many."""

import re
from collections.abc import Iterator
from functools import cache
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree

from pipeline.collect.addresses import Address, Rules, parse
from pipeline.collect.trouble import NotAllowed
from pipeline.document import ReportError
from pipeline.forms import forms
from pipeline.readers import kind
from pipeline.readers.encoding import decode

MOST_FILES = 5
MOST_PAGE = 5_000_000
MOST_LINKS = 5_000

SUFFIXES = (".doc", ".docx", ".wps", ".rtf", ".pdf", ".xls", ".xlsx", ".et", ".zip")
_LINKS = "//a[@href] | //iframe[@src] | //frame[@src] | //embed[@src] | //object[@data]"
_NOT_WORDS = re.compile(r"<[^<>]*>|\s|&nbsp;|&#160;")
_LIKELY = re.compile("政府信息公开|年度报告|年报")


def is_page(data: bytes) -> bool:
    """Whether bytes are a web page that is worth a look."""
    try:
        return len(data) <= MOST_PAGE and bool(data.strip()) and kind(data, ".html") == "html"
    except ReportError:
        return False


def files_of(data: bytes, at: Address, rules: Rules) -> list[Address]:
    """The addresses of the documents that a page names, those that are called a report first; none where the page
    holds the tables of a report itself."""
    try:
        text = decode(data)
    except ReportError:
        return []
    if _holds_tables(text):
        return []
    found: dict[Address, int] = {}
    for link, words in _links(text):
        if address := _document(link, at, rules):
            found[address] = min(found.get(address, 1), 0 if _LIKELY.search(words + link) else 1)
    return sorted(found, key=lambda one: found[one])[:MOST_FILES]


def _holds_tables(text: str) -> bool:
    return any(label in _NOT_WORDS.sub("", text) for label in _first_labels())


@cache
def _first_labels() -> tuple[str, ...]:
    """What the first row of section 三 is called in each form."""
    return tuple({form.rows["requests"][0].words.label for form in forms().values()})


def _links(text: str) -> Iterator[tuple[str, str]]:
    """Each link of a page as it is written, and its words."""
    parser = etree.HTMLParser(encoding="utf-8", no_network=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError):
        return
    if root is None:
        return
    for one in cast(list[etree._Element], root.xpath(_LINKS))[:MOST_LINKS]:
        link = one.get("href") or one.get("src") or one.get("data") or ""
        yield link.strip(), "".join(map(str, one.itertext()))[:200] + (one.get("title") or "")


def _document(link: str, at: Address, rules: Rules) -> Address | None:
    """The address of a document on the page's own host that a link leads to, also through a viewer on the page."""
    try:
        address = parse(link, rules, at)
        parts = urlsplit(str(address))
        named = [value for _, value in parse_qsl(parts.query, max_num_fields=50)]
    except (NotAllowed, ValueError):
        return None
    if address.host != at.host:
        return None
    if _is_document(parts.path):
        return address
    for value in filter(_is_document, named):
        if parts.path.lower().endswith((".html", ".htm")):  # a page that shows the document
            return _document(value, at, rules) if _is_document(urlsplit(value).path) else None
        return address
    return None


def _is_document(path: str) -> bool:
    return unquote(path).lower().rstrip().endswith(SUFFIXES)
