"""Names in pinyin: places and words apart, odd readings, official spellings, what somebody types."""

import random

import pytest

from pipeline import pinyin
from pipeline.regions import regions


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("洪洞县", "Hongtong Xian"),
        ("太原市", "Taiyuan Shi"),
        ("西安市", "Xi'an Shi"),
        ("吕梁市", "Lüliang Shi"),
        ("蔚县", "Yu Xian"),
        ("浦东新区", "Pudong Xinqu"),
        ("城区", "Chengqu"),
        ("延边朝鲜族自治州", "Yanbian Chaoxianzu Zizhizhou"),
        ("积石山保安族东乡族撒拉族自治县", "Jishishan Bao'anzu Dongxiangzu Salazu Zizhixian"),
        ("新疆维吾尔自治区", "Xinjiang Uygur Zizhiqu"),
        ("巴音郭楞蒙古自治州", "Bayingolin Mongol Zizhizhou"),
        ("科尔沁左翼中旗", "Horqin Zuoyi Zhongqi"),
        ("乌鲁木齐市", "Ürümqi Shi"),
        ("拉萨市城关区", "Lhasa Shi Chengguan Qu"),
        ("香港特别行政区", "Xianggang Tebie Xingzhengqu"),
        ("陕西省", "Shaanxi Sheng"),
    ],
)
def test_a_place_is_one_word_and_its_kind_another(name: str, words: str) -> None:
    """The place's own name, the peoples, and the kind are each a word, spelt as official lists spell them."""
    assert pinyin.words(name) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("洪洞县卫生健康和体育局", "Hongtong Xian Weisheng Jiankang he Tiyu Ju"),
        ("中山市市场监督管理局", "Zhongshan Shi Shichang Jiandu Guanli Ju"),
        ("公安县公安局", "Gong'an Xian Gong'an Ju"),
        ("国家税务总局洪洞县税务局", "Guojia Shuiwu Zongju Hongtong Xian Shuiwu Ju"),
        ("中国人民银行西安分行", "Zhongguo Renmin Yinhang Xi'an Fenhang"),
        ("长安镇人民政府", "Chang'an Zhen Renmin Zhengfu"),
        ("重庆市统计局调查总队", "Chongqing Shi Tongji Ju Diaocha Zongdui"),
        ("洪洞县工业和信息化局（中小企业局）", "Hongtong Xian Gongye he Xinxihua Ju (Zhongxiao Qiye Ju)"),
        ("示例县政府办公室（外事办、大数据局）", "Shili Xian Zhengfu Bangongshi (Waishi Ban, Dashuju Ju)"),
        ("12345政务服务热线", "12345 Zhengwu Fuwu Rexian"),
    ],
)
def test_the_name_of_an_organ_is_cut_into_words(name: str, words: str) -> None:
    """Place, kinds and the words of the trade stand apart, wherever in the name they are."""
    assert pinyin.words(name) == words


@pytest.mark.parametrize(
    ("name", "read"),
    [
        *[("洪洞县", "hongtong"), ("六安市", "luan"), ("六合区", "luhe"), ("蔚县", "yu"), ("涡阳县", "guoyang"), ("铅山县", "yanshan")],
        *[("乐清市", "yueqing"), ("乐亭县", "laoting"), ("乐陵市", "laoling"), ("乐山市", "leshan"), ("南乐县", "nanle")],
        *[("台州市", "taizhou"), ("丽水市", "lishui"), ("浚县", "xun"), ("歙县", "she"), ("枞阳县", "zongyang"), ("莘县", "shen")],
        *[("单县", "shan"), ("犍为县", "qianwei"), ("荥经县", "yingjing"), ("荥阳市", "xingyang"), ("长子县", "zhangzi")],
        *[("长治市", "changzhi"), ("长葛市", "changge"), ("子长市", "zichang"), ("天长市", "tianchang"), ("大埔县", "dabu")],
        *[("番禺区", "panyu"), ("尉犁县", "yuli"), ("尉氏县", "weishi"), ("盂县", "yu"), ("隰县", "xi"), ("繁峙县", "fanshi")],
        *[("闵行区", "minhang"), ("珲春市", "hunchun"), ("漯河市", "luohe"), ("渑池县", "mianchi"), ("泌阳县", "biyang")],
        *[("什邡市", "shifang"), ("筠连县", "junlian"), ("郫都区", "pidu"), ("都匀市", "duyun"), ("成都市", "chengdu")],
        *[("朝阳市", "chaoyang"), ("重庆市", "chongqing"), ("厦门市", "xiamen"), ("蚌埠市", "bengbu"), ("阿城区", "acheng")],
        *[("东阿县", "donge"), ("曲阜市", "qufu"), ("牟平区", "muping"), ("百色市", "baise"), ("鄱阳县", "poyang")],
        *[("曾都区", "zengdu"), ("秭归县", "zigui"), ("监利市", "jianli"), ("黄陂区", "huangpi"), ("耒阳市", "leiyang")],
        *[("井陉县", "jingxing"), ("泊头市", "botou"), ("任丘市", "renqiu"), ("藁城区", "gaocheng"), ("大城县", "daicheng")],
    ],
)  # fmt: skip
def test_places_are_read_as_their_people_read_them(name: str, read: str) -> None:
    """A character with several readings has the one of the place."""
    assert pinyin.letters(name).startswith(read)
    assert pinyin.letters(name).removeprefix(read) in ("xian", "shi", "qu")


def test_every_place_can_be_read() -> None:
    """Each place of the list has a syllable of Latin letters for each character, and letters that can be written."""
    for region in regions():
        syllables = [one for word in pinyin.cut(region.name) for one in word.read]
        assert len(syllables) == len(region.name)
        assert all((one.isalpha() and one.islower() and one.isascii()) or "ü" in one for one in syllables), region.name
        assert pinyin.words(region.name)[0].isupper()


def test_what_is_typed_is_all_syllables_or_their_first_letters() -> None:
    """Letters are the reading, also of a place that is spelt otherwise; initials are one a character."""
    assert pinyin.letters("洪洞县") == "hongtongxian"
    assert pinyin.initials("洪洞县") == "htx"
    assert pinyin.letters("拉萨市") == "lasashi"
    assert pinyin.initials("临汾市卫生健康委员会") == "lfswsjkwyh"


def test_syllables_can_be_told_apart() -> None:
    """The marked form keeps words and syllables apart, and the reading behind a spelling of its own."""
    assert pinyin.marked("西安市长安区") == "Xi-an Shi Chang-an Qu"
    assert pinyin.marked("锡林郭勒盟教育和体育局") == "Xilin_Gol/xi-lin-guo-le Meng Jiao-yu he Ti-yu Ju"


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "", "ABC 12", "\t\n"])
def test_a_name_without_chinese_has_no_pinyin(name: str) -> None:
    """Nothing is made up for what is no Chinese."""
    assert pinyin.words(name) == pinyin.marked(name) == pinyin.letters(name) == pinyin.initials(name) == ""


def test_rare_characters_stand_for_themselves() -> None:
    """A character that nobody knows how to read neither stops a page nor takes another's reading."""
    assert pinyin.words("示例县\U00030000乡") == "Shili Xian \U00030000 Xiang"


def test_names_cost_little() -> None:
    """A name that was spelt once is not spelt again."""
    names = random.Random(7).sample([region.name for region in regions()], 50)
    before = pinyin.words.cache_info()
    assert [pinyin.words(name) for name in names] == [pinyin.words(name) for name in names]
    assert pinyin.words.cache_info().hits - before.hits >= 50
