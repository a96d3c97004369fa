"""The lines of a report that can tell organ and year, and its titles: each clue with its place and how much it counts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.document import About, Cell, Row, plain
from pipeline.forms import label_key, titles


@dataclass(frozen=True, slots=True)
class Clue:
    """A value, the shortest run of words that tells it, where they stand, and its rank (0 counts most).

    `rows` are the rows to keep as evidence; where it is empty, the words alone are kept (they stand in prose or in the
    frame of the page). `hint` names the kind of a clue that tells nothing alone, only beside a hint of another kind.
    """

    kind: str
    value: str
    words: str
    place: str
    rank: int
    row: Row
    rows: tuple[Row, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """The words of one cell without white space, years in digits, and the row that it stands in.

    `printed` has the same length, and the years as they stand there (二〇二三年).
    """

    text: str
    printed: str
    row: Row

    @property
    def place(self) -> str:
        return self.row.place


YEAR = r"(?:(?<!\d)20[0-4]\d)"
_HAN_YEAR = re.compile(r"二([〇○零0O])([〇○零0O一二三四])([〇○零0O一二三四五六七八九])(?=年)")
_HAN = {c: str(n) for n, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys("○零O", "0")
_KIND = (
    r"(?:政府|政务)?(?:信息|政务)公开(?:信息)?(?:工作)?(?:开展)?(?:情况)?的?"
    rf"(?P<inner>{YEAR}年?度?)?(?:年度)?(?:工作)?(?:总结)?(?:情况)?的?(?:年度)?报告"
)
_TITLE = re.compile(rf"(?:标题|名称|题名)?:?(?P<head>.{{0,60}}?){_KIND}(?P<suffix>\([^()]{{1,12}}\))?")
_NO_TITLE = re.compile(
    r"通知|指南|制度|办法|格式|目录|培训|解读|编制和|编制工作|部署|做好|印发|报送|转发|>|[。;!?《]|\.{3}|…"
)
_ABOUT = re.compile(r"关于(?=20\d\d年)")
_SPLIT = re.compile(rf"{YEAR}年?度?的?")
_YEARS = re.compile(rf"({YEAR})(?!\d)")
_ORGAN_END = (
    r"(?:局|委|会|办|室|厅|部|部门|院|署|政府|镇|乡|街道|苏木|办事处|中心|队|公司|社|处|所|站|行|库|馆|校|学|海关|师|团|团场|"
    r"区|县|市|省|州|盟|旗|台|园|集团)"
)
_ORGAN = re.compile(
    r"(?!现|特(?!克斯)|本(?!溪)|由|为|根据|按照|我|该|各|关于|和(?![顺平龙静硕田县政林布康安])|及)"
    rf"[\u4e00-\u9fffA-Za-z()、“”·-]{{1,40}}{_ORGAN_END}(?:\([\u4e00-\u9fff]{{2,20}}\))?"
)
_NO_ORGAN = re.compile(r"(?:各|政府)?(?:部门|单位)|本机关|(?:人民)?政府|(?:政府)?信息公开办公室|(?:全|本).")
# Words of a page that ran together with a name (首页示例县教育局); 公开 may stand in the name of an office.
_PAGE_WORDS = re.compile(
    r"网站|首页|位置|年报|报告|标题|发布|来源|专栏|栏目|日期|时间|字体|公开(?![^公]{0,8}(?:办|中心|局|科|处|小组))"
)
_OVERVIEW_BEGINS = re.compile(r"[(一1][一)]?[)、.]")


def is_organ(text: str) -> bool:
    """Whether words look like the name of one organ."""
    junk = _NO_ORGAN.fullmatch(text) or _PAGE_WORDS.search(text)
    return not junk and _ORGAN.fullmatch(text) is not None


def to_line(text: str, row: Row) -> Line:
    """The words of a cell as clues are looked for in them."""
    printed = plain(text)
    return Line(_HAN_YEAR.sub(_digits, printed) if "二" in printed else printed, printed, row)


def _digits(match: re.Match[str]) -> str:
    return "2" + "".join(_HAN.get(c, c) for c in match.groups())


def to_lines(rows: Sequence[Row]) -> list[Line]:
    """Every cell with words, white space dropped: a title may stand in a table of the page's metadata."""
    return [to_line(cell.text, row) for row in rows for cell in row.cells if not cell.is_blank]


def frame_line(about: About) -> Line:
    """What the frame of a page says, as a line that says the same when it stands in a text."""
    labels = {
        "site": "网站名称:",
        "path": "当前位置:",
        "source": "来源:",
        "published": "发布日期:",
        "address": "页面地址:",
    }
    return to_line(labels.get(about.name, "") + about.text, Row((Cell(about.text, about.place),), in_table=False))


# titles --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Title:
    """A title of a report: its organ and its years (parted by `/`), as far as it names them, and the lines it takes."""

    organ: str
    year: str
    lines: tuple[Line, ...]

    @property
    def words(self) -> str:
        return "".join(line.printed for line in self.lines)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(line.row for line in self.lines)


@dataclass(frozen=True, slots=True)
class Before:
    """What stands before the tables, read once: the lines before section 一 (`head`), those of section 一 (`body`).

    `frame` are lines that say what the page around the report says; `titles` stand in the head and nowhere else.
    """

    head: Sequence[Line]
    body: Sequence[Line]
    frame: Sequence[Line]
    titles: Sequence[Title]

    @property
    def opening(self) -> Sequence[Line]:
        """The lines that open section 一."""
        return self.body[:2]


def read_before(rows: Sequence[Row], about: Sequence[About] = ()) -> Before:
    """The rows before the tables and the page's frame, as clues are looked for in them."""
    first = next((i for i, row in enumerate(rows) if _is_overview(row)), None)
    lines = to_lines(rows[:first])
    start = len(lines) if first is not None else _first_numbered(lines)
    body = [*lines[start:], *to_lines(rows[first + 1 :] if first is not None else ())]
    frame = [frame_line(one) for one in about if one.text.strip() and one.name != "title"]
    names = [frame_line(one) for one in about if one.name == "title"]
    return Before(lines[:start], body, frame, _find_titles(lines[:start][:80]) or _page_titles(names))


def _is_overview(row: Row) -> bool:
    only = row.only
    return only is not None and len(only.text) < 60 and titles().get(label_key(only.text)) == "overview"


def _first_numbered(lines: Sequence[Line]) -> int:
    """Where section 一 begins that has no title: at the first numbered line, at the latest after 80 lines."""
    numbered = (i for i, line in enumerate(lines[:80]) if _OVERVIEW_BEGINS.match(line.text))
    return next(numbered, min(len(lines), 80))


def _find_titles(lines: Sequence[Line]) -> list[Title]:
    """Titles on one line or broken over two or three; of those that end on a line the shortest that says all."""
    found: list[Title] = []
    for end, line in enumerate(lines):
        if line.text.endswith(("告", ")", "〕", "】")):
            ending = [_title(lines[start : end + 1]) for start in range(end, max(end - 3, -1), -1)]
            good = [title for title in ending if title]
            whole = [title for title in good if title.organ and title.year]
            found.extend((whole or good)[:1])
    return found


def _page_titles(lines: Sequence[Line]) -> list[Title]:
    """The titles in the name of a page, which often bears the name of the site behind a hyphen."""
    parts = [to_line(part, line.row) for line in lines for part in re.split(r"[-_|–—]+", line.printed) if part]
    return [title for part in parts if (title := _title([part]))]


def _title(lines: Sequence[Line]) -> Title | None:
    joined = "".join(line.text for line in lines)
    if len(joined) > 100 or "公开" not in "".join(line.text for line in lines[-2:]):
        return None
    joined = _ABOUT.sub("", joined.strip("〔〕【】"))
    match = None if _NO_TITLE.search(joined) or "关于" in joined else _TITLE.fullmatch(joined)
    if not match:
        return None
    organ, year = split_head(match["head"], match["inner"])
    return Title(organ, year, tuple(lines)) if organ or year else None


def title_in(text: str) -> tuple[str, str]:
    """Organ and years in words of a sentence that are a title; empty where they are none."""
    match = _TITLE.fullmatch(text)
    return split_head(match["head"], match["inner"]) if match else ("", "")


def split_head(head: str, inner: str | None) -> tuple[str, str]:
    """The organ and the year in the words before 政府信息公开; two different years are left to be told apart."""
    years = _YEARS.findall(head + (inner or ""))
    parts = [part for part in _SPLIT.split(head) if part]
    organ = parts[0] if parts and is_organ(parts[0]) else ""
    return organ, "/".join(sorted(set(years)))
