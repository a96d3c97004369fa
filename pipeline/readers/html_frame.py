"""The frame of a page: what stands around a report, menus, related links and feet, parted from the report itself.

Nothing is guessed away: what is left out is made of links, or stands in a small element that calls itself menu, side or
foot, or before the trail of links that leads to the page, or behind the words with which a page ends.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.document import plain
from pipeline.readers.html_flow import Piece
from pipeline.readers.html_tags import Element

_TRAIL_HEAD = r"(?:您?(?:当前|现在|目前)?(?:的|所在)*(?:的?位置|栏目)(?:是|为)?\s*[:：]?)"
_TRAIL = re.compile(
    rf"{_TRAIL_HEAD}?\s*(?:首\s*页|网站首页|主页)\s*[>›»/→-]|您?(?:的|所在|当前|现在|目前){{1,2}}的?位置"
)
_PAGE_ENDS = re.compile(
    r"^[【\[(（]?(?:上|下)一?(?:篇|条|页)|^[【\[(（]?相关(?:链接|新闻|文章|信息|文件|附件|阅读|内容|稿件)|^推荐阅读|^热点|"
    r"^扫一扫|^分享(?:到|至)|^[【\[(（]?(?:打印|关闭)|^(?:网站)?(?:主办|承办|版权)|版权所有|ICP备|^网站(?:标识|地图)|公网安备|"
    r"^友情链接|^责任编辑|^政府网站标识码|^Copyright|^技术支持|^您是第|^返回顶部",
    re.IGNORECASE,
)
_OUTSIDE_ENDS = re.compile(r"^(?:地\s*址|邮\s*编|电\s*话|联系电话|传\s*真|备案|访问量|建议使用|Powered)", re.IGNORECASE)
_DATED = re.compile(r"(?:发布|公开|发文|公布)(?:时间|日期)|来源\s*[:：]")
_FRAME_TAGS = frozenset(("nav", "footer", "aside"))
_FRAME_NAME = re.compile(
    r"(?:^|[\s_-])(?:foot(?:er)?|nav(?:bar|igation)?|menu|side(?:bar)?|crumbs?|breadcrumbs?|copyright|related|friendlink)"
    r"(?:$|[\s_-])",
    re.IGNORECASE,
)
_MOST, _LITTLE = 0.6, 0.2
"""The share of a page's words that the element around the report holds at least, and one of the frame at most."""
_TITLE_WITHIN = 12
"""How many lines from the beginning of the report its title stands at most."""


@dataclass(frozen=True, slots=True)
class Framed:
    """The pieces of the report, and the trail of links that leads to it."""

    pieces: list[Piece]
    trail: str = ""


def take_out(pieces: Sequence[Piece], body: Element, titles: Sequence[str]) -> Framed:
    """The pieces of the report without the frame; `titles` are what the page says of itself."""
    trails = [piece.text for piece in pieces if _is_trail(piece)]
    inner = _without_frame(pieces, body)
    tables = [i for i, piece in enumerate(inner) if piece.rows is not None and not piece.is_links]
    first, last = _main(inner, body)
    first, last = min([first, *tables]), max([last, *tables])
    start = _start(inner, first, tables[0] if tables else len(inner), titles)
    kept = [
        piece
        for i, piece in enumerate(inner[start : _end(inner, last, tables)])
        if not _is_trail(piece) and (not piece.is_links or _DATED.search(piece.text) or _is_title(piece, titles, i))
    ]
    return Framed(kept, _steps(trails[0]) if trails else "")


def _is_trail(piece: Piece) -> bool:
    return piece.rows is None and len(piece.text) <= 200 and _TRAIL.match(piece.text) is not None


def _is_title(piece: Piece, titles: Sequence[str], at: int) -> bool:
    """Whether a line near the beginning is what the page calls itself, or a heading of that length."""
    if piece.rows is not None or at >= _TITLE_WITHIN:
        return False
    text = plain(piece.text)
    return len(text) >= 8 and (any(text in title for title in titles) or (piece.heading and not piece.is_links))


# elements ------------------------------------------------------------------------------------------------------------


def _from_the_top(pieces: Sequence[Piece], body: Element) -> dict[Element, Element | None]:
    """Every element that a piece stands in, each behind the one around it, and which one that is."""
    parents: dict[Element, Element | None] = {body: None}
    for piece in pieces:
        path: list[Element] = []
        element: Element | None = piece.element
        while element is not None and element not in parents:
            path.append(element)
            element = element.getparent()
        parents.update((one, one.getparent()) for one in reversed(path))
    return parents


def _weights(pieces: Sequence[Piece], parents: Mapping[Element, Element | None]) -> dict[Element, tuple[int, int]]:
    """How many characters and tables that are no links each element holds."""
    held = dict.fromkeys(parents, (0, 0))
    for piece in pieces:
        if not piece.is_links:
            words, tables = held[piece.element]
            held[piece.element] = words + piece.characters, tables + (piece.rows is not None)
    for element, around in reversed(list(parents.items())):
        if around in held:
            more, less = held[around], held[element]
            held[around] = more[0] + less[0], more[1] + less[1]
    return held


def _without_frame(pieces: Sequence[Piece], body: Element) -> list[Piece]:
    """The pieces that stand in no menu, side or foot, as long as it is small."""
    parents = _from_the_top(pieces, body)
    weights = _weights(pieces, parents)
    most, framed = weights[body][0] * _LITTLE, set[Element]()
    for element, around in parents.items():
        if around in framed or (weights[element][0] <= most and _names_frame(element)):
            framed.add(element)
    return [piece for piece in pieces if piece.element not in framed or _is_trail(piece)]


def _names_frame(element: Element) -> bool:
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return element.tag in _FRAME_TAGS or (len(names) > 1 and _FRAME_NAME.search(names) is not None)


def _main(pieces: Sequence[Piece], body: Element) -> tuple[int, int]:
    """The first and last piece of the deepest element that holds every table and most of the words."""
    parents = _from_the_top(pieces, body)
    weights = _weights(pieces, parents)
    main, (words, tables) = body, weights[body]
    for element, around in parents.items():
        if around is main and weights[element][1] == tables and weights[element][0] > words * _MOST:
            main = element
    inside = {main}
    for element, around in parents.items():
        if around in inside:
            inside.add(element)
    held = [i for i, piece in enumerate(pieces) if piece.element in inside]
    return (held[0], held[-1]) if held else (0, max(len(pieces) - 1, 0))


# where it begins and ends --------------------------------------------------------------------------------------------


def _start(pieces: Sequence[Piece], first: int, limit: int, titles: Sequence[str]) -> int:
    """Back from the main element to the title, never past the trail; on from a trail inside it."""
    start = first
    for i in range(first - 1, max(first - 1 - _TITLE_WITHIN, -1), -1):
        if _is_trail(pieces[i]):
            break
        if _is_title(pieces[i], titles, 0) or _DATED.search(pieces[i].text):
            start = i
    if not any(_is_title(piece, titles, 0) for piece in pieces[start:limit][:_TITLE_WITHIN]):
        while start and not pieces[start - 1].is_links and not _is_trail(pieces[start - 1]):
            start -= 1
    inside = [i for i in range(start, limit) if _is_trail(pieces[i])]
    return inside[-1] if inside and inside[-1] - start <= _TITLE_WITHIN * 5 else start


def _end(pieces: Sequence[Piece], last: int, tables: Sequence[int]) -> int:
    """On from the main element to the signature, and never past the words with which a page ends."""
    end = last + 1
    while end < len(pieces) and not pieces[end].is_links and not _OUTSIDE_ENDS.search(pieces[end].text):
        end += 1
    after = tables[-1] + 1 if tables else max(last - 20, 1)
    return next((i for i in range(after, end) if _ends_page(pieces[i])), end)


def _ends_page(piece: Piece) -> bool:
    return piece.rows is None and len(piece.text) <= 200 and _PAGE_ENDS.search(piece.text) is not None


def _steps(text: str) -> str:
    """The steps of a trail, without the words around them."""
    steps = re.split(r"\s*[>›»→]+\s*", re.sub(_TRAIL_HEAD, "", text, count=1))
    return " > ".join(step.split()[0] for step in steps if step.split())
