"""Places: every name of the list leads to its own code or to several that are named, never to another place."""

import re

import pytest

from pipeline.evidence import is_organ
from pipeline.places import core
from pipeline.regions import Region, by_code, chain, on_one_chain, regions, tell

PLACES = [region for region in regions() if region.code != "000000"]
TODAY = [region for region in PLACES if region.is_current]


def year_of(region: Region) -> int:
    """A year in which the place bore its name without doubt."""
    return int(region.valid_to) - 1 if region.valid_to else 2025


def cut(name: str) -> str:
    short = re.sub(r"(?:特别行政区|自治区|自治州|地区|[省市州盟])$", "", name)
    return short if len(short) > 1 else name


def ways_to_name(region: Region) -> list[str]:
    """The whole chain of names, parts of it, and the places around without 省, 市, 自治州."""
    around = [one.name for one in chain(region.parent)]
    fronts = ["".join(around), *around[:1], *around[1:], "".join(map(cut, around)), *map(cut, around), ""]
    return [front + region.name for front in dict.fromkeys(fronts)]


def codes(name: str, year: int) -> set[str]:
    return {told.region.code for told in tell(core(name), year)}


@pytest.mark.parametrize("organ", ["人民政府", "教育局"])
def test_every_place_is_told_right_or_with_others_never_wrong(organ: str) -> None:
    """However much of its province and city stands in front, a place's name leads to its code or to several."""
    for region in PLACES:
        for name in ways_to_name(region):
            assert region.code in codes(name + organ, year_of(region)), name


def test_the_whole_chain_of_names_tells_one_place() -> None:
    """Province, city and county together leave no doubt, but for 两江新区, a zone first and a district since."""
    vague = {region.name for region in PLACES if len(codes(ways_to_name(region)[0], year_of(region))) != 1}
    assert vague <= {"两江新区", "巢湖市", "儋州市", "曾都区"}


def test_every_name_of_today_is_an_organ_with_its_government() -> None:
    """和平区人民政府 and 特克斯县人民政府 are organs, though 和 and 特 begin other words as well."""
    lost = [one.name for one in TODAY if not is_organ(one.name + "人民政府") or not is_organ(one.name + "教育局")]
    assert lost == []


def test_every_county_name_that_several_bear_is_told_by_its_city() -> None:
    """鼓楼区 alone could be four; behind the city's name it is one."""
    names = [region.name for region in TODAY if region.level == "county"]
    doubles = [one for one in TODAY if one.level == "county" and names.count(one.name) > 1]
    assert len({one.name for one in doubles}) == 28
    for one in doubles:
        city = by_code()[one.parent].name
        assert len(codes(f"{one.name}教育局", 2025)) > 1, one.name
        assert codes(f"{city}{one.name}教育局", 2025) == {one.code}
        assert codes(f"{cut(city)}{one.name}教育局", 2025) == {one.code}


def test_a_place_without_its_last_character_is_no_place() -> None:
    """西安区 is not 西安, and 曲沃教育局 names no county: only a name in full is certain."""
    assert codes("西安区教育局", 2023) == {"220403", "231005"}
    for name in (
        "曲沃教育局",
        "深圳教育局",
        "朝阳公安局",
        "朝阳药品监督管理局",
        "中山市场监管局",
        "教育局",
        "城关镇人民政府",
        "高新区管委会",
    ):
        assert codes(name, 2023) == set(), name


@pytest.mark.parametrize(
    ("name", "year", "wanted"),
    [
        ("静海县教育局", 2014, {"120223"}),
        ("静海县教育局", 2019, set()),
        ("邢台市桥西区教育局", 2019, {"130503"}),
        ("邢台市桥西区教育局", 2021, {"130503"}),
        ("桥西区教育局", 2021, {"130104", "130503", "130703"}),
        ("桥西区教育局", 2025, {"130104", "130703"}),
        ("大同市城区教育局", 2019, {"140202"}),
        ("大同市城区教育局", 2024, set()),
        ("南通市崇川区教育局", 2019, {"320602"}),
        ("南通市崇川区教育局", 2020, {"320613"}),
        ("南通市崇川区教育局", 2023, {"320613"}),
        ("三明市沙县区教育局", 2022, {"350405"}),
        ("沙县教育局", 2020, {"350427"}),
        ("禄丰县教育局", 2020, {"532331"}),
        ("禄丰市教育局", 2022, {"532302"}),
    ],
)
def test_a_place_of_the_past_is_told_in_its_time(name: str, year: int, wanted: set[str]) -> None:
    """A name holds till its end and three years after; then it tells nothing, least of all the place around it."""
    assert codes(name, year) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("郑州高新区", {"410100"}),
        ("郑州高新技术产业开发区管委会城市管理局", {"410100"}),
        ("益阳高新区", {"430900"}),
        ("南宁经济技术开发区管理委员会", {"450100"}),
        ("天津经济技术开发区", {"120000"}),
        ("杭州高新区(滨江)财政局", {"330108"}),
        ("杨凌示范区外事办公室(国际合作局)", {"610403"}),
        ("南京江宁经济技术开发区管理委员会", {"320115"}),
        ("江苏省张家港经济技术开发区管理委员会", {"320582"}),
        ("江西省庐山风景名胜区管理局", {"360483"}),
        ("威海南海新区管理委员会", {"371000"}),
        ("秦皇岛北戴河新区", {"130300"}),
        ("南京江北新区教育局", {"320100"}),
        ("江北新区教育局", {"320100"}),
        ("河北雄安新区管理委员会", {"130000"}),
        ("中国(河北)自由贸易试验区雄安片区管理委员会", {"130000"}),
        ("中国(山东)自由贸易试验区青岛片区管理委员会", {"370200"}),
        ("示例县经济开发区管委会", {"999901"}),
        ("朝阳经济开发区管委会", {"211300", "220104", "110105"}),
        ("北海新区管委会", {"371600", "450500"}),
        ("吉林省高新技术产业开发区", set()),
        ("山东省南海新区管委会", set()),
        ("东湖高新区", set()),
        ("滨湖新区", set()),
        ("太湖新城管委会", set()),
        ("昆山高新区", set()),
    ],
)
def test_a_zone_takes_the_nearest_place_with_a_code_that_its_name_tells(name: str, wanted: set[str]) -> None:
    """The city in front of a zone tells it; a zone that only sounds like a county elsewhere tells nothing."""
    assert codes(name, 2023) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("新疆生产建设兵团教育局", {"650000"}),
        ("兵团发展改革委", {"650000"}),
        ("第八师石河子市教育局", {"659001"}),
        ("新疆生产建设兵团第八师石河子市教育局", {"659001"}),
        ("第八师一四三团", {"659001"}),
        ("石河子市人民政府", {"659001"}),
        ("第三师图木舒克市教育局", {"659003"}),
        ("第三师教育局", {"659003", "659013"}),
        ("第十二师教育局", {"650000"}),
    ],
)
def test_the_corps_is_told_by_its_divisions_and_their_cities(name: str, wanted: set[str]) -> None:
    """A division with one city is that city, one without has the region's code, one with two is not certain."""
    assert codes(name, 2024) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("国家税务总局珠海市香洲区税务局", {"440402"}),
        ("国家统计局北京调查总队", {"110000"}),
        ("国家能源局山东监管办公室", {"370000"}),
        ("国家矿山安全监察局山西局", {"140000"}),
        ("中华人民共和国上海海关", {"310000"}),
        ("青岛海关", {"370200"}),
        ("吉林海关", {"220000", "220200"}),
        ("拱北海关", set()),
        ("长江海事局", set()),
        ("自然资源部北海局", set()),
        ("民航华东地区管理局", set()),
        ("山东省邮政管理局", {"370000"}),
    ],
)
def test_a_branch_of_a_national_organ_is_in_the_place_that_it_names(name: str, wanted: set[str]) -> None:
    """上海海关 is in 上海市; the sea of 自然资源部北海局 is not the city of 北海."""
    assert codes(name, 2023) == wanted


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("延边州", "222400"),
        ("延边朝鲜族自治州安图县", "222426"),
        ("内蒙古锡盟", "152500"),
        ("阿拉善盟额济纳旗", "152923"),
        ("扎赉特旗", "152223"),
        ("莫旗", "150722"),
        ("巴州和静县", "652827"),
        ("巴州区", "511902"),
        ("河南县", "632324"),
        ("海南州", "632500"),
        ("新疆喀什地区疏附县", "653121"),
        ("红河州开远市", "532502"),
        ("张家川县", "620525"),
        ("神农架林区", "429021"),
        ("六枝特区", "520203"),
        ("六盘水市政府办公室和", "520200"),
    ],
)
def test_autonomous_places_go_by_their_everyday_names(name: str, code: str) -> None:
    """延边州, 锡盟 and 张家川县 are what everybody calls them; 河南县 is no 河南省."""
    assert codes(name + "教育局", 2023) == {code}


def test_one_place_lies_in_another() -> None:
    """A county and its province are on one chain, two counties of one city are not."""
    assert on_one_chain(by_code()["141021"], by_code()["140000"])
    assert on_one_chain(by_code()["140000"], by_code()["141021"])
    assert not on_one_chain(by_code()["141021"], by_code()["141022"])
