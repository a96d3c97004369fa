"""What is taken from the prose of a report: its length, the figures that it states, a fingerprint, and no words."""

from itertools import combinations
from pathlib import Path

import pytest

from pipeline import prose, shape, strict
from pipeline.convert import Options, convert
from pipeline.document import Cell, Row
from pipeline.identity import Given
from pipeline.prose import teller
from pipeline.prose.fingerprint import fingerprint
from pipeline.prose.passages import passages, sentences
from pipeline.prose.wording import wording
from pipeline.record import AGENCIES, read_record, record_paths, record_to_yaml
from tests.formulas import prose as formulaic
from tests.made import ID
from tests.made import record as made_record

NAME = "示例县卫生健康局"
PLACES = ("示例省", "示例市", "示例县")


def rows(text: str) -> list[Row]:
    return [Row((Cell(line, f"paragraph {n}"),), in_table=False) for n, line in enumerate(text.split("\n"), start=1)]


def claims(
    text: str, section: str = "overview", name: str = NAME, scope: str | None = "own"
) -> list[dict[str, str | int]]:
    found = prose.facts({section: rows(text)}, teller(name, 2023, scope, PLACES))
    return list(found[section].get("claims", []))


def told(text: str, section: str = "overview", name: str = NAME, scope: str | None = "own") -> list[str]:
    """Claims in short: `N01 requests.new_received=12`, with `+` where those carried in may be counted in."""
    return [
        f"{one['rule']} {str(one['field']).removesuffix('.total')}{'+' * ('with' in one)}={one['value']}"
        for one in claims(text, section, name, scope)
    ]


NEW, IN, OUT, DONE = (f"requests.{key}" for key in ("new_received", "carried_in", "carried_out", "total_processed"))
REVIEW, SUITS = "disputes.administrative_review", "disputes.litigation"
LICENSING, PENALTY, COERCION = (f"proactive.{key}.decisions" for key in ("licensing", "penalty", "coercion"))

STATED: list[tuple[str, list[str]]] = [
    # N01
    ("我局共收到政府信息公开申请12件。", [f"N01 {NEW}=12"]),
    ("全年新收政府信息公开申请１２件。", [f"N01 {NEW}=12"]),
    ("2023年度，本机关受理依申请公开事项7宗。", ["N08 year=2023", f"N01 {NEW}=7"]),
    ("2023年度收到5件依申请公开，均已办结。", [f"N01 {NEW}=5"]),
    ("收到公民、法人或者其他组织提出的政府信息公开申请1,234件。", [f"N01 {NEW}=1234"]),
    ("收到公民、法人和其他组织政府信息公开申请为31起。", [f"N01 {NEW}=31"]),
    ("示例县卫生健康局共收到政府信息公开申请8份。", [f"N01 {NEW}=8"]),
    ("县卫健局共收到政府信息公开申请8件。", [f"N01 {NEW}=8"]),
    ("（二）依申请公开。全年共收到申请9件。", [f"N01 {NEW}=9"]),
    ("（二）依申请公开情况\n2023年共收到3条，全部按期答复。", [f"N01 {NEW}=3"]),
    ("1月1日至12月31日，我局收到政府信息公开申请6件。", [f"N01 {NEW}=6"]),
    ("收到政府信息公开申请总数为14件，同比增加2件。", [f"N01 {NEW}=14"]),
    ("去年收到政府信息公开申请3件，今年收到政府信息公开申请5件。", [f"N01 {NEW}=5"]),
    ("收到政府信息公开申请5件（其中1件为上年结转）。", [f"N01 {NEW}+=5", f"N02 {IN}=1"]),
    ("共收到政府信息公开申请6件，其中上年结转1件。", [f"N01 {NEW}+=6", f"N02 {IN}=1"]),
    ("共收到政府信息公开申请6件。其中2022年结转1件，新收申请5件。", [f"N01 {NEW}+=6", f"N02 {IN}=1"]),
    ("新收政府信息公开申请5件，上年结转1件。", [f"N01 {NEW}=5", f"N02 {IN}=1"]),
    ("2023年,我局共收到政府信息公开申请12件,3件结转下年.", ["N08 year=2023", f"N01 {NEW}=12", f"N02 {OUT}=3"]),
    # N02
    ("收到政府信息公开申请5件，答复5件。", [f"N01 {NEW}=5", f"N02 {DONE}=5"]),
    ("已办结政府信息公开申请11件，结转下年度2件。", [f"N02 {DONE}=11", f"N02 {OUT}=2"]),
    ("收到依申请公开4件，结转至2024年继续办理1件。", [f"N01 {NEW}=4", f"N02 {OUT}=1"]),
    ("（二）依申请公开。上年度结转申请3件，3件结转下一年度。", [f"N02 {IN}=3", f"N02 {OUT}=3"]),
    # N03 and N06
    (
        "收到政府信息公开申请12件，其中予以公开8件，占66.67%，部分公开1件、不予公开3件。",
        [
            *(f"N01 {NEW}=12", "N03 requests.granted=8", "N06 requests.granted=66.67%"),
            *("N03 requests.partly_granted=1", "N03 requests.refused=3"),
        ],
    ),
    (
        "（二）依申请公开。办结10件，予以公开的5件，无法提供3件，不予处理1件，其他处理1件。",
        [
            *(f"N02 {DONE}=10", "N03 requests.granted=5", "N03 requests.unable=3"),
            *("N03 requests.rejected=1", "N03 requests.other=1"),
        ],
    ),
    (
        "（二）依申请公开。答复7件，其中5件予以公开、2件无法提供。",
        [f"N02 {DONE}=7", "N03 requests.granted=5", "N03 requests.unable=2"],
    ),
    (
        "（二）依申请公开。办结3件，予以公开1件（占比33.3%）。",
        [f"N02 {DONE}=3", "N03 requests.granted=1", "N06 requests.granted=33.3%"],
    ),
    (
        "（二）依申请公开。办结3件，予以公开1件，占办结总数的33%。",
        [f"N02 {DONE}=3", "N03 requests.granted=1", "N06 requests.granted=33%"],
    ),
    (
        "（二）依申请公开。答复9件（含上年结转2件），1件部分公开。",
        [f"N02 {DONE}=9", f"N02 {IN}=2", "N03 requests.partly_granted=1"],
    ),
    (
        "（二）依申请公开。答复9件，2件不予公开、3件不予处理和4件其他处理。",
        [f"N02 {DONE}=9", "N03 requests.refused=2", "N03 requests.rejected=3", "N03 requests.other=4"],
    ),
    # N04
    ("因政府信息公开引发行政复议3件。", [f"N04 {REVIEW}=3"]),
    (
        "因政府信息公开工作被申请行政复议3件，其中维持2件、纠正1件；行政诉讼1件，尚未审结1件。",
        [
            *(f"N04 {REVIEW}=3", f"N04 {REVIEW}.upheld=2", f"N04 {REVIEW}.corrected=1"),
            *(f"N04 {SUITS}=1", f"N04 {SUITS}.pending=1"),
        ],
    ),
    ("因政府信息公开引发2件行政复议，其他结果2件。", [f"N04 {REVIEW}=2", f"N04 {REVIEW}.other=2"]),
    ("因政府信息公开引发6件行政诉讼案件。", [f"N04 {SUITS}=6"]),
    ("全年未发生因政府信息公开工作引起的行政复议、行政诉讼。", [f"N04 {REVIEW}=0", f"N04 {SUITS}=0"]),
    ("全年未发生因政府信息公开引发的行政诉讼案件。", [f"N04 {SUITS}=0"]),
    # N05
    ("我局作出行政处罚62件。", [f"N05 {PENALTY}=62"]),
    (
        "2023年作出行政处罚决定62件，行政许可312件，行政强制3件。",
        [f"N05 {PENALTY}=62", f"N05 {LICENSING}=312", f"N05 {COERCION}=3"],
    ),
    ("全年办理行政许可15件。", [f"N05 {LICENSING}=15"]),
    ("本年度实施行政强制措施4起，均已公示。", [f"N05 {COERCION}=4"]),
    ("作出行政许可19件和行政处罚7件。", [f"N05 {LICENSING}=19", f"N05 {PENALTY}=7"]),
    ("作出19件行政许可、7件行政处罚和3件行政强制。", [f"N05 {LICENSING}=19", f"N05 {PENALTY}=7", f"N05 {COERCION}=3"]),
    # N07
    ("全年未收到政府信息公开申请。", [f"N07 {NEW}=0"]),
    ("区卫健局2023年度未收到依申请公开件。", []),
    ("县卫生健康局2023年度未收到依申请公开件。", [f"N07 {NEW}=0"]),
    ("2023年我局没有收到公民、法人或其他组织的政府信息公开申请。", [f"N07 {NEW}=0"]),
    ("依申请公开为零申请。", [f"N07 {NEW}=0"]),
    ("本年度无依申请公开事项。", [f"N07 {NEW}=0"]),
    ("本年度共收到政府信息公开申请0件。", [f"N01 {NEW}=0"]),
    # N08
    ("统计期限自2023年1月1日起，至2023年12月31日止。", ["N08 year=2023"]),
    ("统计期限为2022年1月1日至2023年12月31日。", ["N08 year=2022", "N08 year=2023"]),
    ("2022年，我局认真贯彻条例。", ["N08 year=2022"]),
    ("现将2022年度政府信息公开工作情况报告如下：", ["N08 year=2022"]),
    ("本机关2021年度未收取政府信息公开信息处理费。", ["N08 year=2021"]),
    # N09
    ("20XX年我局认真贯彻条例。", ["N09 overview=20XX年"]),
    ("××局认真贯彻条例。", ["N09 overview=××局"]),
    ("2023年，示例县教育局认真贯彻条例。", ["N08 year=2023", "N09 agency_name=示例县教育局"]),
]

LOOK_ALIKE = [
    # other matters
    "12345热线收到群众诉求2025件，办结2025件。",
    "全年受理12345工单5件，答复5件。",
    "全年收到信访件7件，办结7件。",
    "共收到群众来信来访21件，办结21件。",
    "承办人大代表建议7件、政协提案9件，答复16件。",
    "（三）建议提案。收到政协提案8件，答复8件，予以公开8件。",
    "（二）依申请公开。网站收到网民留言30条，答复30条。",
    "收到咨询投诉66件，办结66件。",
    "通过公众号发布文章144条，微博收到消息90条。",
    "主动公开规范性文件12件，政策解读12件，予以公开12件。",
    "公开内容涉及6大类别共37个事项，其中行政给付类2项、行政许可类1项。",
    "行政许可类1项，行政处罚类5项。",
    "梳理行政许可事项20件、行政处罚事项130件。",
    # about
    "共收到政府信息公开申请50余件。",
    "共收到政府信息公开申请约50件。",
    "共收到政府信息公开申请1.85万件。",
    "收到政府信息公开申请近100件。",
    "收到政府信息公开申请50多件。",
    "收到政府信息公开申请超过50件。",
    "收到政府信息公开申请3至5件。",
    "收到政府信息公开申请12件次。",
    # other years, part of a year, comparisons
    "去年收到政府信息公开申请3件，答复3件。",
    "2022年共收到政府信息公开申请3件，予以公开2件。",
    "收到政府信息公开申请较上年增加2件。",
    "政府信息公开申请同比增加2件，增长20%。",
    "2019年以来累计收到政府信息公开申请77件。",
    "截至2023年12月31日，我局收到政府信息公开申请77件。",
    "上半年，我局收到政府信息公开申请4件。",
    "1至10月，共收到政府信息公开申请4件。",
    "计划2024年办结政府信息公开申请20件。",
    # parts of a whole, and those of others
    "其中收到自然人政府信息公开申请10件。",
    "收到自然人政府信息公开申请10件。",
    "通过网络收到政府信息公开申请5件，答复5件，予以公开5件。",
    "县教育局收到政府信息公开申请5件，答复5件。",
    "各部门、各乡镇共收到政府信息公开申请50件。其中，予以公开40件，占80%。",
    "（二）依申请公开。通过网络收到申请5件。答复5件，予以公开4件。通过信函收到申请2件。答复2件。",
    "各股室收到政府信息公开申请5件。",
    "（二）依申请公开。其中自然人10件，予以公开8件。",
    "收到政府信息公开申请12件，收到政府信息公开申请13件。",
    "共收到政府信息公开申请15件，不含上年结转。",
    "（二）依申请公开。收到5件补正材料。",
    "收到政府信息公开申请2份材料。",
    "（二）依申请公开。按时答复率100%，答复5人次。",
    "未收到政府信息公开申请人的投诉。",
    "未收到通过网络提出的政府信息公开申请。",
    "未收到信息公开申请费。",
    "第四季度未收到政府信息公开申请。",
    "通过网上平台，收到政府信息公开申请5件。",
    "疫情期间，未收到政府信息公开申请。",
    "除2件当面申请外，未收到政府信息公开申请。",
    "（二）依申请公开。不予公开1件（涉及个人隐私），不予公开1件。",
    "（二）依申请公开。答复11件，1件由申请人撤回。",
    # disputes that are not about information, or of two kinds at once
    "全年办理行政复议案件20件，行政诉讼5件。",
    "因政府信息公开引发行政复议、行政诉讼3件。",
    "未发生因政府信息公开引发的行政复议被纠正情况。",
    "行政复议3件，其中维持2件。",
    # acts that are not decisions
    "公开行政处罚信息62件。",
    "公示行政处罚62件、行政许可312件。",
    "行政许可15件、行政处罚6件的信息全部公示。",
    "网站公示信息：行政处罚62件，行政许可312件。",
    "及时将5件行政许可办件和8件行政处罚信息公布。",
    "其中卫生监督执法行政处罚46条，行政许可信息312条。",
    "全市作出行政处罚80件。",
    "受理行政许可申请20件。",
    "不予行政处罚3件。",
    "全年发布行政处罚典型案例3件。",
    "申请法院强制执行行政处罚2件。",
    # shares
    "办结率100%，占比66.67%。",
    # years and blanks that are none
    "根据《条例》（2019年修订）和国办公开办函〔2021〕30号文件。",
    "2022年底，我局印发方案，2023年全面推行。",
    "网址为http://www.example.org/xxgk/，联系电话0000-XX。",
    "2023年我局认真贯彻条例，在示例县教育局配合下开展工作。",
]
"""Words that look like claims about requests, disputes, acts or years and are none."""


@pytest.mark.parametrize(("text", "wanted"), STATED, ids=[text[:24] for text, _ in STATED])
def test_a_figure_that_the_prose_states_is_a_claim(text: str, wanted: list[str]) -> None:
    """Where subject, verb and number are certain, the claim says rule, field and value."""
    assert sorted(told(text)) == sorted(wanted)


@pytest.mark.parametrize("text", LOOK_ALIKE, ids=lambda text: text[:24])
def test_what_only_looks_like_a_claim_is_none(text: str) -> None:
    """Other matters, other years, parts, rough numbers and other organs' figures are claimed of nobody."""
    assert told(text) == []


def test_an_outcome_with_parts_is_left_out() -> None:
    """予以公开 of which some are 部分公开 are two outcomes of the form in one number; the parts are certain."""
    assert told("（二）依申请公开。答复9件，予以公开8件，其中部分公开2件。") == [
        f"N02 {DONE}=9",
        "N03 requests.partly_granted=2",
    ]


def test_a_share_of_something_else_is_no_claim() -> None:
    """A share is taken where it names no whole, or the whole of all requests."""
    start = "（二）依申请公开。办结3件，予以公开1件，"
    assert [one for one in told(f"{start}占不予公开的50%。") if "N06" in one] == []
    assert [one for one in told(f"{start}占比较上年提高33%。") if "N06" in one] == []
    assert [one for one in told(f"{start}占全部申请的33.3%。") if "N06" in one] == ["N06 requests.granted=33.3%"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("全县各级行政机关共收到政府信息公开申请30件。", [f"N01 {NEW}=30"]),
        ("2023年，全县共收到政府信息公开申请30件，其中予以公开9件。", [f"N01 {NEW}=30", "N03 requests.granted=9"]),
        ("全县作出行政处罚620件。", [f"N05 {PENALTY}=620"]),
        ("县政府收到政府信息公开申请3件。", []),
        ("本机关收到政府信息公开申请3件。", []),
        ("收到政府信息公开申请3件。", []),
    ],
)
def test_a_government_reports_on_all_its_organs(text: str, wanted: list[str]) -> None:
    """In a jurisdiction's report only what is said of all of it is compared; in an organ's own report nothing of the kind."""
    for name, scope in (("示例县人民政府", None), ("示例县", "jurisdiction")):
        found = [one for one in told(text, name=name, scope=scope) if not one.startswith("N08")]
        assert found == wanted
    assert [one for one in told(text) if "全县" in text and not one.startswith("N08")] == []


@pytest.mark.parametrize("name", ["示例县卫健局", "县卫生健康局", "县卫健局"])
def test_a_short_name_of_the_organ_is_its_own(name: str) -> None:
    """A short way to write the organ's name is no other organ, and its figures are the organ's."""
    assert told(f"2023年，{name}认真贯彻条例。") == ["N08 year=2023"]
    assert told(f"{name}共收到政府信息公开申请2件。") == [f"N01 {NEW}=2"]


@pytest.mark.parametrize("text", ["无", "（无）", "无。", "暂无。"])
def test_section_five_that_says_nothing_is_noted(text: str) -> None:
    """The word that stands for nothing is a fact about section 五, and none about section 六."""
    (one,) = claims(text, "problems")
    assert (one["rule"], one["field"], one["value"]) == ("N09", "problems", text.strip("（）。"))
    assert claims(text, "other") == []


# lines, places, and text that was made to hurt -----------------------------------------------------------------------


def test_a_sentence_that_a_page_breaks_is_read_as_one() -> None:
    """Lines of a page are joined, also inside a word and inside a number's unit; the place is the line of the statement."""
    text = "（二）依申请公开情况\n2023年，我局共收到政府信\n息公开申请12\n件，答\n复11件，结转\n下年1件。"
    assert [(one["field"], one["value"], one["place"]) for one in claims(text)] == [
        (f"{NEW}.total", 12, "paragraph 2"),
        (f"{DONE}.total", 11, "paragraph 4"),
        (f"{OUT}.total", 1, "paragraph 5"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "（二）依申请公开\n我局共收到申请1\n2件。",
        "（二）依申请公开\n我局共收到申请1\n7\n2件。",
        "（二）依申请公开\n我局共收到申请12\n- 7 -\n件。",
    ],
)
def test_numbers_are_never_joined_over_lines(text: str) -> None:
    """A number that goes on in the next line could be two, or a page number could stand between: no claim."""
    assert told(text) == []


def test_a_matter_ends_where_the_next_one_begins() -> None:
    """What a heading speaks of does not hold under the next heading."""
    assert told("（二）依申请公开\n收到3件。\n（三）政府信息管理\n答复5件。") == [f"N01 {NEW}=3"]


def test_the_preamble_tells_the_period_and_nothing_else() -> None:
    """What stands before section 一 is kept with section 一, and its figures are not taken."""
    before = rows("统计期限自2022年1月1日至2022年12月31日止。我局收到政府信息公开申请3件。")
    found = prose.facts({prose.PREAMBLE: before, "overview": rows("示例。")}, teller(NAME, 2023, "own", PLACES))
    assert list(found) == ["overview"]
    assert [(one["rule"], one["value"]) for one in found["overview"]["claims"]] == [("N08", 2022)]


@pytest.mark.parametrize(
    "text",
    [
        "被申请" * 60,
        "收到" + "总数量" * 60 + "1件",
        "占" + "总数" * 90 + "1%",
        "公开政府信息" * 30_000,
        "1件、" * 20_000,
    ],
    ids=lambda text: text[:6],
)
def test_text_made_to_hurt_is_read_at_once(text: str) -> None:
    """No pattern takes longer the cleverer the text; and no section keeps more claims than a person would read."""
    assert len(claims(f"（二）依申请公开。{text}")) <= 60


def test_every_wording_is_used() -> None:
    """Each pattern of `data/claims.yaml` is met by a statement of these tests, so none of them is dead."""
    words = wording(2023)
    met = set[str]()
    for text, _ in STATED:
        for passage in passages(rows(text)):
            for clauses in sentences(passage):
                texts = {clause.text.removeprefix("其中") for clause in clauses}
                met |= {one.pattern.pattern for one in words.statements if any(map(one.pattern.fullmatch, texts))}
    assert [one.pattern.pattern for one in words.statements if one.pattern.pattern not in met] == []


# fingerprints --------------------------------------------------------------------------------------------------------

OWN, OTHER = teller(NAME, 2023, "own", PLACES), teller("样本市财政局", 2022, "own", ("样本省", "样本市"))
NEAR = 13


def agree(one: str | None, other: str | None) -> int:
    assert one is not None
    assert other is not None
    return sum(one[n : n + 4] == other[n : n + 4] for n in range(0, 64, 4))


def test_formulaic_prose_is_no_copy() -> None:
    """Of eighty reports made of the same thirty-two phrases no two are near, unless nearly all phrases are the same."""
    texts = [formulaic(seed) for seed in range(80)]
    marks = [fingerprint(text, OWN) for text in texts]
    nearest = max(agree(one, other) for one, other in combinations(marks, 2))
    assert len(set(texts)) == 80
    assert nearest < NEAR


@pytest.mark.parametrize("seed", range(80))
def test_a_copy_is_told_whatever_its_names_and_figures(seed: int) -> None:
    """The same phrases with another organ, place, year and other figures have the same fingerprint."""
    copy = formulaic(seed, "样本市财政局", 2022, "样本市", numbers=seed + 5)
    assert copy != formulaic(seed)
    assert agree(fingerprint(formulaic(seed), OWN), fingerprint(copy, OTHER)) == 16


def test_a_fingerprint_is_the_same_on_every_machine() -> None:
    """The digits of one text are written down here; white space and layout change nothing."""
    text = formulaic(7)
    assert fingerprint(text, OWN) == "02286b8a3722a7f3ae0904f9588d8590aee6d145c3297b6fa8cb2745da7d92ea"
    assert fingerprint(" \n".join(text), OWN) == fingerprint(text, OWN)
    assert fingerprint(text[:140], OWN) is None


# the record ----------------------------------------------------------------------------------------------------------


def written(tmp_path: Path, text: str, **options: bool) -> tuple[str, Path]:
    path = tmp_path / "年报.txt"
    path.write_text(text, encoding="utf-8")
    outcome = convert(path, Given(), Options(tmp_path / "out", **options))  # type: ignore[arg-type]
    assert outcome.ended == "converted", outcome.lines
    (record,) = record_paths(tmp_path / "out")
    return record.read_text(encoding="utf-8"), record


def report(words: str) -> str:
    document = Path(__file__).parent / "reports" / "prose-true-claims" / "document.txt"
    return document.read_text(encoding="utf-8").replace(
        "二、主动公开政府信息情况", f"{words}\n二、主动公开政府信息情况", 1
    )


SECRET = "这一句话只在正文里出现过一次"


def test_a_record_keeps_facts_and_no_words(tmp_path: Path) -> None:
    """Neither the record nor the cells beside it hold a sentence of the prose."""
    text, path = written(tmp_path, report(SECRET))
    assert "claims: [{rule: N08" in text
    assert "text:" not in text
    for one in path.parent.iterdir():
        assert SECRET[:6] not in one.read_text(encoding="utf-8")


def test_who_runs_an_instance_may_keep_the_prose(tmp_path: Path) -> None:
    """With the option the text stands in the record, which is as canonical and loads as well."""
    text, path = written(tmp_path, report(SECRET), prose=True)
    loaded = read_record(path)
    assert loaded.problems == []
    assert loaded.record is not None
    assert SECRET in loaded.record.narrative["overview"]["text"]
    assert record_to_yaml(loaded.record) == text


@pytest.mark.parametrize("path", record_paths(AGENCIES), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_committed_record_holds_prose(path: Path) -> None:
    """The prose stays with its publisher."""
    record = read_record(path).record
    assert record is not None
    assert [key for key, part in record.narrative.items() if "text" in part] == []


CLAIM = {"rule": "N01", "field": "requests.new_received.total", "value": 3, "place": "paragraph 12"}
GOOD = {
    "overview": {
        "characters": 812,
        "fingerprint": "0123456789abcdef" * 4,
        "claims": [
            CLAIM,
            {**CLAIM, "with": "requests.carried_in.total"},
            {**CLAIM, "rule": "N06", "field": "requests.refused.total", "value": "66.67%"},
            {**CLAIM, "rule": "N04", "field": "disputes.litigation.pending", "value": 0},
            {**CLAIM, "rule": "N08", "field": "year", "value": 2022},
            {**CLAIM, "rule": "N09", "field": "agency_name", "value": "示例县教育局"},
        ],
    }
}


def faults(narrative: object) -> list[str]:
    text = record_to_yaml(made_record(narrative=narrative))
    path = Path(f"{ID}/2023.yaml")
    return [str(one) for one in shape.problems_of_record(path, strict.load(text))]


def test_claims_are_written_in_one_order() -> None:
    """Whatever order the keys of a claim came in, the bytes are the same."""
    (part,) = GOOD.values()
    turned = {"overview": {key: part[key] for key in reversed(part)}}  # type: ignore[index]
    turned["overview"]["claims"] = [dict(reversed(one.items())) for one in part["claims"]]  # type: ignore[union-attr]
    assert record_to_yaml(made_record(narrative=turned)) == record_to_yaml(made_record(narrative=GOOD))
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rule": "N99"}, "the rule is one of"),
        ({"value": -1}, "no value that rule N01 can compare"),
        ({"value": "62件"}, "no value that rule N01 can compare"),
        ({"value": None}, "no value that rule N01 can compare"),
        ({"field": "requests.nothing.total"}, "no field that rule N01 compares"),
        ({"field": "year"}, "no field that rule N01 compares"),
        ({"place": ""}, "the place in the document belongs here"),
        ({"with": "requests.carried_out.total"}, "requests.carried_in.total in a claim of N01"),
        ({"rule": "N02", "with": "requests.carried_in.total"}, "requests.carried_in.total in a claim of N01"),
        ({"rule": "N06", "value": "占66%"}, "no value that rule N06 can compare"),
        ({"rule": "N09", "field": "year", "value": "XX"}, "no field that rule N09 compares"),
        ({"rule": "N09", "field": "agency_name", "value": "示例 县"}, "no value that rule N09 can compare"),
    ],
)
def test_a_claim_that_is_no_fact_is_refused(change: dict[str, object], says: str) -> None:
    """Each key of a claim has its kind; anything else is named with its place in the record."""
    (fault, *_) = faults({"overview": {"characters": 1, "claims": [{**CLAIM, **change}]}})
    assert "narrative.overview.claims[0]." in fault
    assert says in fault


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"characters": 1, "claims": []}, "a list of claims, or no such key"),
        ({"characters": 1, "fingerprint": "0123"}, "64 hexadecimal digits belong here"),
        ({"characters": 1, "text": 3}, "the prose belongs here"),
        ({"fingerprint": "0123456789abcdef" * 4}, "the key “characters” is missing"),
    ],
)
def test_what_is_no_fact_about_prose_is_refused(part: dict[str, object], says: str) -> None:
    """An empty list, a short fingerprint and a text that is none are faults."""
    (fault, *_) = faults({"overview": part})
    assert says in fault
