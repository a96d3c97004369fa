"""Web pages: decoded by what the bytes allow, parsed by lxml, the report taken out of the frame around it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from lxml import etree

from pipeline.document import (
    About,
    Ambiguous,
    Block,
    Cell,
    Document,
    Heading,
    Paragraph,
    Table,
    UnreadableSource,
    plain,
)
from pipeline.readers import text
from pipeline.readers.encoding import BYTE_ORDER_MARKS, INVISIBLE, decode
from pipeline.readers.grid import Spanning, to_table
from pipeline.readers.html_flow import Flow, Given, Piece
from pipeline.readers.html_frame import take_out
from pipeline.readers.html_styles import mark_doubtful
from pipeline.readers.html_table import read_table
from pipeline.readers.html_tags import Element, mark_hidden

MEDIA_TYPE = "text/html"
MOST_ELEMENTS = 150_000

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32)])
_NO_CHARACTER = "\uffff".encode()[:2]
"""What the bytes of a page that has nothing of `_NO_XML` do not hold; some other rare characters begin so too."""
_PAGE_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
_HAN = re.compile("[\u4e00-\u9fff]")
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+)\s*-->", re.IGNORECASE)
_SOURCE = re.compile(
    r"来\s*源\s*[:：]\s*([^\s|｜:：【\[（(]{2,40}?)(?=$|[\s|｜:：【\[（(]|浏览|点击|阅读|访问|字[号体]|发布|作者|编辑|责任|日期|时间|打印)"
)
_META = {
    "articletitle": "title",
    "og:title": "title",
    "sitename": "site",
    "og:site_name": "site",
    "columnname": "path",
    "contentsource": "source",
    "pubdate": "published",
    "publishdate": "published",
    "publish_date": "published",
    "article:published_time": "published",
    "datepublished": "published",
    "og:url": "address",
    "url": "address",
}
"""What content systems write into the head of a page, by the name of the meta tag in small letters."""


def read(data: bytes, file: str, sha256: str) -> Document:
    """The document in the bytes of a web page. Raises UnreadableSource, or Ambiguous where a table has two readings."""
    source = _decode(data)
    root = _parse(source)
    mark_hidden(root)
    mark_doubtful(root)
    bodies = list(root.iter("body"))
    body = bodies[0] if len(bodies) == 1 else root
    pieces = Flow(read_table).read(body)
    abouts = [*_head(root, source)]
    framed = take_out(pieces, body, [plain(one.text) for one in abouts if one.name == "title"])
    blocks = tuple(_blocks(framed.pieces))
    _check(blocks, body)
    abouts += [About("path", framed.trail, "trail of links")] if framed.trail else []
    return Document(file, MEDIA_TYPE, sha256, blocks, (*abouts, *_visible(blocks)))


def _decode(data: bytes) -> str:
    """The text of the bytes, also where a content system cut a few characters in two: those are U+FFFD.

    What a page declares is not looked at: it is wrong as often as it is needed.
    """
    bare = data.removeprefix(BYTE_ORDER_MARKS[0][0])
    loose = bare.decode("utf-8", "replace")
    if _is_nearly_whole(loose):
        return loose
    try:
        return decode(data if "\ufffd" not in loose else bare)
    except UnreadableSource:
        loose = bare.decode("gb18030", "replace")
        if _is_nearly_whole(loose):
            return loose
        raise


def _is_nearly_whole(loose: str) -> bool:
    lost = loose.count("\ufffd")
    return 0 < lost * 200 <= len(loose) and lost * 200 <= len(_HAN.findall(loose))


def _parse(source: str) -> Element:
    # Bytes in UTF-8 and a parser that is told so: no declaration inside the page is believed.
    # Browsers go on behind the end of a page, where broken content systems put the rest of it; the parser would not.
    data = _PAGE_END.sub("", source).encode("utf-8", "replace")
    if len(data.translate(None, _CONTROLS)) < len(data) or _NO_CHARACTER in data:
        data = _PAGE_END.sub("", _NO_XML.sub("", source)).encode("utf-8", "replace")
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root: Element | None = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableSource(f"the page cannot be parsed: {error}") from error
    if root is None:
        raise UnreadableSource("the page holds nothing")
    if data.count(b"<") * 3 > MOST_ELEMENTS and sum(1 for _ in islice(root.iter(), MOST_ELEMENTS + 1)) > MOST_ELEMENTS:
        raise UnreadableSource(f"the page has more than {MOST_ELEMENTS:,} elements; no report has")
    return root


# what the head says --------------------------------------------------------------------------------------------------


def _head(root: Element, source: str) -> Iterator[About]:
    for title in list(root.iter("title"))[:1]:
        yield from _about("title", "".join(map(str, title.itertext())), "title of the page")
    for meta in root.iter("meta"):
        key = meta.get("name") or meta.get("property") or meta.get("itemprop") or ""
        name = _META.get(key.lower())
        if name:
            yield from _about(name, meta.get("content", ""), f"meta {key}")
    for link in root.iter("link"):
        if link.get("rel", "").lower() == "canonical":
            yield from _about("address", link.get("href", ""), "canonical link")
    saved = _SAVED_FROM.search(source[:4000])
    if saved:
        yield from _about("address", saved[1], "comment of the browser that saved the page")


def _about(name: str, words: str, place: str) -> Iterator[About]:
    told = " ".join(words.translate(INVISIBLE).split())
    if told:
        yield About(name, told[:500], place)


def _visible(blocks: Sequence[Block]) -> Iterator[About]:
    """The source line above the first table."""
    for block in blocks:
        if isinstance(block, Table):
            return
        match = _SOURCE.search(block.text) if len(block.text) <= 200 else None
        if match:
            yield About("source", match[1], block.place)


# pieces to blocks ----------------------------------------------------------------------------------------------------


def _blocks(pieces: Sequence[Piece]) -> Iterator[Block]:
    paragraphs = tables = 0
    for run in _runs(pieces):
        if isinstance(run, list):
            yield from _listed(run, f"paragraph {paragraphs + 1}")
            paragraphs += len(run)
        elif run.rows is not None:
            tables += 1
            yield _table(run, tables)
        else:
            paragraphs += 1
            yield (Heading if run.heading else Paragraph)(run.text, f"paragraph {paragraphs}")


def _runs(pieces: Sequence[Piece]) -> Iterator[Piece | list[Piece]]:
    """Lines whose cells are parted by tabs or pipes come together; everything else alone."""
    at = 0
    while at < len(pieces):
        end = at
        while end < len(pieces) and pieces[end].rows is None:
            end += 1
        parted = [i for i in range(at, end) if pieces[i].verbatim or _is_parted(pieces[i].line)]
        if len(parted) >= 3:
            yield from pieces[at : parted[0]]
            yield list(pieces[parted[0] : parted[-1] + 1])
            yield from pieces[parted[-1] + 1 : end]
        else:
            yield from pieces[at:end]
        yield from pieces[end : end + 1]
        at = end + 1


def _is_parted(line: str) -> bool:
    return ("\t" in line and "\t" in line.strip()) or line.count("|") >= 2


def _listed(run: Sequence[Piece], place: str) -> Iterator[Block]:
    """The lines as a text file would be read."""
    lines = "\n".join(piece.line for piece in run)
    for block in text.read(lines.encode(), "", "").blocks:
        if isinstance(block, Table):
            rows = [tuple([Cell(cell.text, f"{place}, {cell.place}") for cell in row]) for row in block.rows]
            yield Table(tuple(rows))
        else:
            yield replace(block, place=f"{place}, {block.place}")


def _table(piece: Piece, number: int) -> Table:
    assert piece.rows is not None
    if piece.fault:
        raise Ambiguous(piece.fault, f"table {number}")
    return to_table(_spanning(row, f"table {number}, row {n}, cell ") for n, row in enumerate(piece.rows, start=1))


def _spanning(row: Sequence[Given], place: str) -> list[Spanning]:
    return [Spanning(words, f"{place}{i}", columns, down) for i, (words, columns, down) in enumerate(row, start=1)]


# pages without a report ----------------------------------------------------------------------------------------------

_FILES = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|ofd|rtf|zip|rar)(?:[?#]|$)", re.IGNORECASE)
_FEW_CHARACTERS = 500


def _check(blocks: Sequence[Block], body: Element) -> None:
    """A page that only shows or links to the report says so. Raises UnreadableSource."""
    if any(isinstance(block, Table) for block in blocks):
        return
    if sum(len(block.text) for block in blocks if isinstance(block, Paragraph)) >= _FEW_CHARACTERS:
        return
    for frame in body.iter("iframe", "embed", "object", "frame"):
        address = frame.get("src") or frame.get("data") or ""
        if address and "about:" not in address:
            raise UnreadableSource(f"the page shows the report in a frame ({address[:120]}): save what is in the frame")
    for link in body.iter("a"):
        if _FILES.search(link.get("href", "")):
            named = " ".join("".join(map(str, link.itertext())).split()) or link.get("href", "")
            raise UnreadableSource(f"the page only links to the report: give the file itself ({named[:120]})")
    if not blocks:
        raise UnreadableSource(
            "the page holds no words besides links; perhaps a script makes them: save it from a browser"
        )
