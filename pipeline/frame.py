"""What the page around a report says of its place: trail, name of the site, publisher, address; in lines or in its frame."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import yaml

from pipeline import ROOT
from pipeline.evidence import Before, Line
from pipeline.regions import Region, chain

_TRAIL = re.compile(
    r"(?:您?(?:现在)?(?:的|所在|所处)*(?:当前)?(?:所在)?(?:的)?位置(?:是)?:?|(?:网站)?首页[>»›])(?P<v>.+)"
)
_SITE = re.compile(
    r"(?:网站名称:|欢迎(?:访问|光临|来到))?(?P<v>.{2,40}?(?:门户网站?|政府网站?|官方网站|官网|网站))[!。]?"
)
_NAMED_SITE = re.compile(r"网站名称:(?P<v>.{2,60})")
_SOURCE = re.compile(
    r"(?:信息|文章|稿件|数据)?(?:来源|发布机构|发布单位|发布者|发文机关|公开机构|公开单位|责任单位|公开主体):(?P<v>[^\s:|]{2,40}?)"
    r"(?=(?:发布|发文|公开|生成|成文)?(?:时间|日期)|作者|点击|字体|字号|浏览|访问|索引|文号|主题|阅读|【|\[|\||[(]|\d{4}|$)"
)
_SOURCE_ALONE = re.compile(r"[•·*-]?(?:来源|发布机构|发布单位|发文机关|公开机构|责任单位):?")
_ADDRESS = re.compile(r"页面地址:https?://(?P<v>[^/:?#]+)")
_POSTAL = re.compile(r"(?:通[讯信]|联系|办公)?地址(?:是|为|在)?:?(?P<v>[\u4e00-\u9fff]{4,30})")
_PARTS = re.compile(r"[>»›/|→\s]+|-{1,2}")


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that the page says: `trail` (a step of it), `site`, `source`, `host` or `postal`, and the line."""

    name: str
    text: str
    words: str
    line: Line


def read_frame(before: Before) -> list[Said]:
    """All that the lines before section 一 and the frame of the page say of the place."""
    lines = before.head[:80]
    found = [one for line in [*lines, *before.frame] for one in _said(line)]
    for line, following in pairwise(lines):
        if _SOURCE_ALONE.fullmatch(line.text):
            found.append(Said("source", following.text, f"来源:{following.printed}", following))
    return found + [one for line in before.opening for one in _find("postal", _POSTAL, line)]


def _said(line: Line) -> Iterator[Said]:
    text = line.text
    if "位置" in text or "首页" in text:
        match = _TRAIL.match(text.lstrip("•·*"))
        steps = [step for step in _PARTS.split(match["v"]) if len(step) > 1] if match else []
        yield from (Said("trail", step, text, line) for step in steps)
    if "网" in text and len(text) < 80:
        match = _NAMED_SITE.fullmatch(text) or _SITE.fullmatch(text)
        parts = re.split(r"[-_|–—·,]+", match["v"]) if match else []
        yield from (Said("site", part, text, line) for part in parts)
    if "页面地址" in text:
        yield from _find("host", _ADDRESS, line)
    if ":" in text:
        yield from _find("source", _SOURCE, line)
    if "地址" in text:
        yield from _find("postal", _POSTAL, line)


def _find(name: str, pattern: re.Pattern[str], line: Line) -> Iterator[Said]:
    match = pattern.search(line.text)
    if match:
        yield Said(name, match["v"], line.printed[match.start() : match.end()], line)


# addresses -----------------------------------------------------------------------------------------------------------


@cache
def _provinces(path: Path = ROOT / "data" / "provinces.yaml") -> dict[str, str]:
    loaded: dict[str, str] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return loaded


def province_of(host: str) -> str | None:
    """The province whose government owns the domain of a host (`*.hainan.gov.cn`), by `data/provinces.yaml`."""
    match = re.search(r"(?:^|\.)([a-z]+)\.gov\.cn$", host.lower())
    return _provinces().get(match[1]) if match else None


def fits_host(region: Region, host: str) -> bool:
    """Whether a label of a host spells the city around a county, or the initials of city and county.

    That is much too weak to find a place, and enough to tell the four 鼓楼区 apart where it fits one of them alone.
    """
    from pypinyin import Style, lazy_pinyin  # its dictionaries take half a second to load; few reports need them

    around = [one for one in chain(region.code)[:-1] if one.level == "prefecture"] or list(chain(region.code)[:1])
    if not around or around[0] == region:
        return False
    city, county = (re.sub(r"(?:自治州|地区|[省市州盟县区旗])$", "", one.name) for one in (around[0], region))
    whole = "".join(lazy_pinyin(city))
    first = "".join(lazy_pinyin(city + county, style=Style.FIRST_LETTER))
    labels = host.lower().removesuffix(".gov.cn").split(".")
    return any(label in (whole, first) or (label[:-1] == first and label[-1] in "qx") for label in labels)
