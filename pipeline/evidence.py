"""The words of a report that tell organ, year and day: each clue with its place and with how much it counts."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.document import Row, plain
from pipeline.forms import label_key, spellings, titles


@dataclass(frozen=True, slots=True)
class Clue:
    """A value, the shortest run of words that tells it, where they stand, and its rank (0 counts most).

    `rows` are the rows to keep as evidence; where it is empty, the words alone are kept (they stand in prose).
    """

    kind: str
    value: str
    words: str
    place: str
    rank: int
    row: Row
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """The words of one cell without white space, and the row that it stands in."""

    text: str
    row: Row

    @property
    def place(self) -> str:
        return self.row.place


YEAR = r"(?:20[0-4]\d)"
_KIND = (
    r"(?:政府|政务)?(?:信息|政务)公开(?:信息)?(?:工作)?(?:开展)?(?:情况)?的?"
    rf"(?P<inner>{YEAR}年?度?)?(?:年度)?(?:工作)?(?:总结)?(?:情况)?(?:年度)?报告"
)
_TITLE = re.compile(rf"(?:标题|名称|题名)?:?(?P<head>.{{0,60}}?){_KIND}(?P<suffix>\([^()]{{1,12}}\))?")
_NO_TITLE = re.compile(r"通知|指南|制度|办法|格式|目录|培训|关于|解读|编制和|编制工作|部署|>|[。;!?《]|\.{3}|…")
_ORGAN_END = (
    r"(?:局|委|委员会|办|办公室|厅|部|部门|院|署|政府|镇|乡|街道|苏木|办事处|中心|队|公司|社|会|处|所|站|行|库|馆|校|"
    r"区|县|市|省|州|盟|旗|台|园|管委|集团|联合会)"
)
_ORGAN = re.compile(
    rf"(?!现|特|本|由|为|根据|按照|我|该|各|关于|和|及)[\u4e00-\u9fffA-Za-z()、“”·-]{{2,40}}{_ORGAN_END}"
)
_NO_ORGAN = {"部门", "各部门", "本机关", "政府部门", "单位", "政府", "人民政府", "信息公开办公室", "政府信息公开办公室"}


def lines_of(rows: Sequence[Row]) -> list[Line]:
    """Every cell with words, white space dropped: a title may stand in a table of the page's metadata."""
    return [Line(plain(cell.text), row) for row in rows for cell in row.cells if cell.text.strip()]


# titles --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Title:
    organ: str
    year: str
    lines: tuple[Line, ...]

    @property
    def words(self) -> str:
        return "".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Before:
    """What stands before the tables, read once: all lines, those before section 一 (`head`), those that open it."""

    lines: Sequence[Line]
    head: Sequence[Line]
    opening: Sequence[Line]
    titles: Sequence[_Title]


def read_before(rows: Sequence[Row]) -> Before:
    """The rows before the tables as clues are looked for in them; titles stand in the head and nowhere else."""
    first = next((i for i, row in enumerate(rows) if _is_overview(row)), len(rows))
    head = lines_of(rows[:first])[:80]
    return Before(lines_of(rows), head, lines_of(rows[first + 1 : first + 3]), _find_titles(head))


def _is_overview(row: Row) -> bool:
    return row.only is not None and titles().get(label_key(row.only.text)) == "overview"


def _find_titles(lines: Sequence[Line]) -> list[_Title]:
    """Titles on one line or broken over two or three; of those that end on a line the shortest that says all."""
    found: list[_Title] = []
    for end in range(len(lines)):
        ending = [_title(lines[start : end + 1]) for start in range(end, max(end - 3, -1), -1)]
        good = [title for title in ending if title]
        whole = [title for title in good if title.organ and title.year]
        found.extend((whole or good)[:1])
    return found


def _title(lines: Sequence[Line]) -> _Title | None:
    joined = "".join(line.text for line in lines)
    match = _TITLE.fullmatch(joined) if len(joined) <= 100 and not _NO_TITLE.search(joined) else None
    if not match or "公开" not in "".join(line.text for line in lines[-2:]):
        return None
    organ, year = _split_head(match["head"], match["inner"])
    return _Title(organ, year, tuple(lines)) if organ or year else None


def _split_head(head: str, inner: str | None) -> tuple[str, str]:
    """The organ and the year in the words before 政府信息公开; two different years are left to be told apart."""
    years = re.findall(rf"({YEAR})(?!\d)", head + (inner or ""))
    parts = [part for part in re.split(rf"{YEAR}年?度?的?", head) if part]
    organ = parts[0] if parts and is_organ(parts[0]) else ""
    return organ, "/".join(sorted(set(years)))


def is_organ(text: str) -> bool:
    """Whether words look like the name of one organ."""
    return text not in _NO_ORGAN and _ORGAN.fullmatch(text) is not None


# sentences -----------------------------------------------------------------------------------------------------------

_QUOTED = re.compile(r"《(?P<t>[^《》]{0,60}公开[^《》]{0,30}报告)》")
_ANNOUNCED = re.compile(
    r"(?:公布|公开|发布|编制完成|编制|形成)了?(?P<t>[^,。;:《》()]{0,60}公开[^,。;:《》()]{0,30}报告)"
)
_ANNOUNCER = re.compile(r"(?P<o>[^,。;:《》()]{3,40})(?:现|特)(?:将|向社会)?(?:公布|公开|发布)")
_COMPILED = re.compile(r"由(?P<o>[^,。;:《》]{3,40}?)(?:根据|按照|依据|依照|遵照|负责编制|组织编制|编制|综合|汇总)")
_CONTACT = re.compile(r"与(?P<o>[^,。;:《》()]{3,40}?)(?:办公室)?(?:\([^()]{0,120}\)?)?联系")
_PERIOD = re.compile(
    rf"(?P<a>{YEAR})年?0?1月?0?1日?起?(?:始|开始)?(?:至|到|—|-|–|~|、|,)+(?:(?P<b>{YEAR})年?)?12月?31日?"
)
_OPENING = re.compile(rf"(?P<a>{YEAR})年(?:度|,|来|以来|底|\D)")
_AS_FOLLOWS = re.compile(rf"现?将(?P<a>{YEAR})年?度?[^,。;:]{{0,40}}(?:报告|总结|公布|汇报)[^,。;:]{{0,8}}如下")


def find_years(before: Before) -> list[Clue]:
    """Clues to the year: title (0), statistics period (1), preamble (2), the words that open section 一 (3)."""
    clues = [
        Clue("year", year, title.words, title.lines[0].place, 0, title.lines[0].row, _rows(title))
        for title in before.titles
        for year in title.year.split("/")
        if year
    ]
    clues += [clue for line in before.lines for clue in _periods(line)]
    clues += [clue for line in before.lines for clue in _preamble_years(line)]
    return clues + _opening_years(before)


def _rows(title: _Title) -> tuple[Row, ...]:
    return tuple(line.row for line in title.lines)


def _periods(line: Line) -> Iterator[Clue]:
    for match in _PERIOD.finditer(line.text):
        for year in sorted({match["a"], match["b"] or match["a"]}):
            yield Clue("year", year, match[0], line.place, 1, line.row)


def _preamble_years(line: Line) -> Iterator[Clue]:
    for pattern in (_QUOTED, _ANNOUNCED):
        for match in pattern.finditer(line.text):
            title = _TITLE.fullmatch(match["t"])
            years = _split_head(title["head"], title["inner"])[1] if title else ""
            for year in filter(None, years.split("/")):
                yield Clue("year", year, match[0], line.place, 2, line.row)


def _opening_years(before: Before) -> list[Clue]:
    """The first words of the first paragraph, and `现将…年度报告如下`; weak, and only where nothing else tells it."""
    found: list[Clue] = []
    for line in before.lines:
        match = _AS_FOLLOWS.search(line.text)
        if match:
            found.append(Clue("year", match["a"], match[0], line.place, 3, line.row))
    for line in before.opening:
        match = _OPENING.match(line.text)
        if match:
            found.append(Clue("year", match["a"], match[0], line.place, 3, line.row))
            break
    return found


# the organ -----------------------------------------------------------------------------------------------------------


def find_agencies(before: Before) -> list[Clue]:
    """Clues to the organ before the tables: title (0), 《…》 (1), announcement (2), compiler (4), contact line (5)."""
    clues = [
        Clue("agency_name", title.organ, title.words, title.lines[0].place, 0, title.lines[0].row, _rows(title))
        for title in before.titles
        if title.organ
    ]
    lines = before.lines
    clues += [clue for line in lines for clue in _titles_in(line, _QUOTED, 1)]
    clues += [clue for line in lines for clue in _titles_in(line, _ANNOUNCED, 2)]
    clues += [clue for line in lines for clue in _organs_in(line, _ANNOUNCER, 2)]
    clues += [clue for line in lines for clue in _compilers_in(line)]
    return clues + [clue for line in lines for clue in _organs_in(line, _CONTACT, 5)]


def _titles_in(line: Line, pattern: re.Pattern[str], rank: int) -> Iterator[Clue]:
    for match in pattern.finditer(line.text):
        title = None if "中华人民共和国" in match["t"] else _TITLE.fullmatch(match["t"])
        organ = _split_head(title["head"], title["inner"])[0] if title else ""
        if organ:
            yield Clue("agency_name", organ, match[0], line.place, rank, line.row)


def _compilers_in(line: Line) -> Iterator[Clue]:
    """由X编制, but for an office: an office compiles the report of the organ that it serves as often as its own."""
    return (clue for clue in _organs_in(line, _COMPILED, 4) if not clue.value.endswith(("办公室", "办")))


def _organs_in(line: Line, pattern: re.Pattern[str], rank: int) -> Iterator[Clue]:
    for match in pattern.finditer(line.text):
        if is_organ(match["o"]):
            yield Clue("agency_name", match["o"], match[0], line.place, rank, line.row)


# scope ---------------------------------------------------------------------------------------------------------------


def find_scope(before: Before) -> Clue | None:
    """Whether the report says that it counts the organ itself or all organs below it; None where it does not say."""
    for title in before.titles:
        if title.words.endswith(("(机关)", "(本级)")):
            return Clue("scope", "own", title.words, title.lines[0].place, 0, title.lines[0].row, _rows(title))
    for line in before.lines:
        for scope, words in spellings()["scopes"].items():
            for word in words:
                match = re.search(word, line.text)
                if match:
                    return Clue("scope", scope, match[0], line.place, 1, line.row)
    return None
