"""What the sentences before the tables tell of organ, year and scope: announcement, period, compiler, contact line."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.evidence import YEAR, Before, Clue, Line, is_organ, title_in
from pipeline.forms import spellings

_NAME = r"[^,。;:《》()]"
# In the prose of section 一 other reports and other organs are spoken of: there only words that speak of this very
# report count (现公布…, 本报告由…), ahead of it only those that cite no rule (根据《…》).
_HERE = r"(?:现|特|兹|本报告|本年度报告)[^。;《]{0,20}?"
_QUOTED = r"(?<!根据)(?<!按照)(?<!依据)(?<!参照)(?<!落实)(?<!印发)《(?P<t>[^《》]{0,60}公开[^《》]{0,30}报告)》"
_ANNOUNCED = rf"(?:公布|公开|发布|编制完成|编制|形成)了?(?P<t>{_NAME}{{0,60}}公开{_NAME}{{0,30}}报告)"
_HEAD = {1: re.compile(_QUOTED), 2: re.compile(_ANNOUNCED)}
_BODY = {1: re.compile(_HERE + _QUOTED), 2: re.compile(_HERE + _ANNOUNCED)}
_ANNOUNCER = re.compile(rf"(?P<o>{_NAME}{{3,40}}?)(?:现|特)(?:将|向社会)?(?:公布|公开|发布)")
_OF_YEAR = re.compile(rf"(?:现|特|兹)(?:将|向社会)?(?:公布|公开|发布)(?P<o>{_NAME}{{3,40}}?){YEAR}年")
_COMPILED = re.compile(
    rf"由(?P<o>{_NAME}{{3,40}}?)(?:(?:负责|组织)?编制|(?:根据|按照|依据|依照|遵照|综合|汇总|结合)[^。;]{{0,80}}?编制)"
)
_WORK = re.compile(
    rf"(?:{YEAR}年度?|(?:结合|涵盖)(?={_NAME}{{3}})(?!20))(?P<o>{_NAME}{{3,30}}?(?:局|委|委员会|厅|中心|镇|乡|街道|办事处|政府|社|队))"
    r"(?:政府信息公开|信息公开|政务公开)?工作(?:的|开展)?(?:实际|情况)[^,。;]{0,8}?(?:编制|撰写|形成)"
)
_COVERS = re.compile(rf"涵盖了?{YEAR}年度?(?P<o>{_NAME}{{3,30}}?)(?:政府信息公开|政务公开)工作")
_PORTAL = re.compile(rf"(?:通过|登录|从|在)(?P<o>{_NAME}{{3,30}}?)(?:政务|政府|门户|官方)*网站")
_CONTACT = re.compile(
    rf"(?:请|可|直接)(?:与|向)(?P<o>{_NAME}{{3,40}}?)(?P<office>办公室)?(?:\([^()]{{0,120}}\)?)?(?:联系|反映|咨询)"
)
_SUBJECT = re.compile(
    rf"(?:{YEAR}年度?(?:以来)?,?)?(?P<o>{_NAME}{{3,30}}?(?:局|委|委员会|厅|中心|镇|乡|街道|办事处|政府|社|支队|大队|办公室|部))"
    r"(?=在|认真|严格|坚持|深入|按照|以|高度|全面|积极|政府信息|政务公开|信息公开|始终|紧|扎实|切实|持续|共|主动|,|$)"
)
_FIRST_DAY, _LAST_DAY = r"(?:0?1月?0?1日?|一月一日)", r"(?:12月?31日?|十二月三十一日)"
_PERIOD = re.compile(
    rf"(?P<a>{YEAR})年?{_FIRST_DAY}起?(?:始|开始)?(?:至|到|—|-|–|~|、|,)+(?:(?P<b>{YEAR})年?)?{_LAST_DAY}"
)
_MONTHS = re.compile(
    rf"(?:统计|期限|时限|数据)[^。;]{{0,12}}?(?P<a>{YEAR})年1月(?:至|到|—|-|–|~)+(?:(?P<b>{YEAR})年)?12月"
)
_OPENING = re.compile(rf"(?P<a>{YEAR})年(?:度|,|来|以来|底|\D)")
_AS_FOLLOWS = re.compile(rf"现?将(?P<a>{YEAR})年?度?[^,。;:]{{0,40}}(?:报告|总结|公布|汇报)[^,。;:]{{0,8}}如下")
_OFFICES = ("办公室", "办")
_GOVERNING = re.compile(
    r"(?:政府|省|市|县|区|旗|州|盟|镇|乡|街道|苏木|办事处|管委会|管理委员会|政府办公[室厅]|政府办)$"
)


def _clue(kind: str, match: re.Match[str], group: str, line: Line, rank: int, hint: str = "") -> Clue:
    words = line.printed[match.start() : match.end()]
    return Clue(kind, match[group], words, line.place, rank, line.row, hint=hint)


# the year ------------------------------------------------------------------------------------------------------------


def find_years(before: Before) -> list[Clue]:
    """Clues to the year: title (0), statistics period (1), preamble (2), the words that open section 一 (3)."""
    clues = [
        Clue("year", year, title.words, title.lines[0].place, 0, title.lines[0].row, title.rows)
        for title in before.titles
        for year in title.year.split("/")
        if year
    ]
    lines = [*before.head, *before.body]
    clues += [
        clue
        for line in lines
        if "12月" in line.text or "31" in line.text or "十二月" in line.text
        for clue in _periods(line)
    ]
    clues += [clue for line, rank, match in _titles_in(before) for clue in _title_years(line, match, rank)]
    return clues + _opening_years(before, lines)


def _periods(line: Line) -> Iterator[Clue]:
    for match in [*_PERIOD.finditer(line.text), *_MONTHS.finditer(line.text)]:
        words = line.printed[match.start() : match.end()]
        for year in sorted({match["a"], match["b"] or match["a"]}):
            yield Clue("year", year, words, line.place, 1, line.row)


def _titles_in(before: Before) -> Iterator[tuple[Line, int, re.Match[str]]]:
    """Titles inside sentences, with their rank as clues to the organ."""
    for lines, patterns in ((before.head, _HEAD), (before.body, _BODY)):
        for line in lines:
            if "公开" in line.text and "报告" in line.text:
                for rank, pattern in patterns.items():
                    yield from ((line, rank, match) for match in pattern.finditer(line.text))


def _title_years(line: Line, match: re.Match[str], _: int) -> Iterator[Clue]:
    words = line.printed[match.start() : match.end()]
    for year in filter(None, title_in(match["t"])[1].split("/")):
        yield Clue("year", year, words, line.place, 2, line.row)


def _opening_years(before: Before, lines: Sequence[Line]) -> list[Clue]:
    """The first words of the first paragraph, and `现将…年度报告如下`; weak, and only where nothing else tells it."""
    follows = ((line, _AS_FOLLOWS.search(line.text)) for line in lines if "如下" in line.text)
    found = [_clue("year", match, "a", line, 3) for line, match in follows if match]
    opens = ((line, _OPENING.match(line.text)) for line in before.opening)
    return found + [_clue("year", match, "a", line, 3) for line, match in opens if match][:1]


# the organ -----------------------------------------------------------------------------------------------------------


def find_agencies(before: Before) -> list[Clue]:
    """Clues to the organ before the tables: title (0), 《…》 (1), announcement (2), compiler (4), contact line (5).

    Rank 6 are hints: each tells nothing alone.
    """
    clues = [
        Clue("agency_name", title.organ, title.words, title.lines[0].place, 0, title.lines[0].row, title.rows)
        for title in before.titles
        if title.organ
    ]
    for line, rank, match in _titles_in(before):
        organ = "" if "中华人民共和国" in match["t"] else title_in(match["t"])[0]
        if organ:
            words = line.printed[match.start() : match.end()]
            clues.append(Clue("agency_name", organ, words, line.place, rank, line.row))
    for line in [*before.head, *before.body]:
        clues += _announcers(line)
    for line in [*before.head, *before.opening]:
        clues += _compilers(line)
    return clues + [clue for line in before.opening for clue in _organs(line, _SUBJECT, 6, "subject")][:1]


def _announcers(line: Line) -> Iterator[Clue]:
    if "现" in line.text or "特" in line.text:
        yield from _organs(line, _ANNOUNCER, 2)
        yield from _organs(line, _OF_YEAR, 2)


def _compilers(line: Line) -> Iterator[Clue]:
    """Who compiled the report and whom to ask; an office does so for the organ that it serves as often as for itself."""
    for match in _COMPILED.finditer(line.text) if "编制" in line.text else ():
        if not match["o"].endswith(_OFFICES):
            yield from _if_organ(_clue("agency_name", match, "o", line, 4))
        else:
            yield from _of_office(_clue("agency_name", match, "o", line, 6, "compiler"))
    yield from _organs(line, _WORK, 4)
    yield from _organs(line, _COVERS, 4)
    yield from _organs(line, _PORTAL, 6, "portal")
    for match in _CONTACT.finditer(line.text):
        clue = _clue("agency_name", match, "o", line, 5)
        if match["office"] and _GOVERNING.search(match["o"]):
            yield from _of_office(
                Clue(clue.kind, match["o"] + "办公室", clue.words, clue.place, 6, clue.row, (), "contact")
            )
        else:
            yield from _if_organ(clue)


def _of_office(clue: Clue) -> Iterator[Clue]:
    """An office and the organ that it may serve."""
    yield from _if_organ(clue)
    served = clue.value.removesuffix("办公室").removesuffix("党政")
    if served != clue.value:
        yield from _if_organ(Clue(clue.kind, served, clue.words, clue.place, clue.rank, clue.row, (), clue.hint))


def _if_organ(clue: Clue) -> Iterator[Clue]:
    if is_organ(clue.value):
        yield clue


def _organs(line: Line, pattern: re.Pattern[str], rank: int, hint: str = "") -> Iterator[Clue]:
    search = pattern.match if hint == "subject" else pattern.search
    match = search(line.text)
    if match and is_organ(match["o"]):
        yield _clue("agency_name", match, "o", line, rank, hint)


# scope ---------------------------------------------------------------------------------------------------------------


def find_scope(before: Before, agency: str | None) -> Clue | None:
    """Whether the report says that it counts the organ itself or all organs below it; None where it does not say."""
    for title in before.titles:
        if title.words.endswith(("(机关)", "(本级)", "(机关本级)")):
            return Clue("scope", "own", title.words, title.lines[0].place, 0, title.lines[0].row, title.rows)
    found = [clue for line in [*before.head, *before.opening] for clue in _scopes(line)]
    if agency and not _GOVERNING.search(agency):  # a bureau gathers figures too, yet it is no jurisdiction
        found = [clue for clue in found if clue.value == "own"]
    return found[0] if len({clue.value for clue in found}) == 1 else None


@cache
def _scope_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((scope, re.compile(word)) for scope, words in spellings()["scopes"].items() for word in words)


def _scopes(line: Line) -> Iterator[Clue]:
    for scope, pattern in _scope_patterns():
        match = pattern.search(line.text)
        if match:
            yield Clue("scope", scope, line.printed[match.start() : match.end()], line.place, 1, line.row)
