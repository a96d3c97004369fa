"""The name search, asked with the site's own box and script in a real browser: every place and organ finds its page."""

import json
import random
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from pipeline import engines, pinyin
from pipeline.identity import mint
from pipeline.pages import search
from pipeline.record import Agency
from pipeline.regions import Region, by_code, chain
from pipeline.shape import sectors
from tests.browser import Window, opened, serve
from tests.finding import ask, bureau, counties, rows_of, write_search
from tests.tools import missing

HOSTILE = '<img src=x onerror="alert(1)">\t&amp;'
FORMER = Agency("141024-wsjkhtyj", "洪洞县卫生健康和体育局", "141024", "county", "health", ["洪洞县卫生和计划生育局"])
SEVERAL = [
    FORMER,
    Agency("141000-wsjkwyh", "临汾市卫生健康委员会", "141000", "prefecture", "health"),
    Agency("141024-dhszrmzf", "洪洞县大槐树镇人民政府", "141024", "township", "township"),
    Agency("141024-gaj7", "洪洞县公安局", "141024", "county", "public_security"),
    Agency("141024-swj", "国家税务总局洪洞县税务局", "141024", "county", "tax"),
    Agency("142601-cwj", "临汾市侯马市财务局", "141081", "county", "finance"),
    Agency("000000-zhrmghgczb", "中华人民共和国财政部", "000000", "national", "finance"),
    Agency("999901-x", HOSTILE, "999901", None, "other", [HOSTILE]),
]


def organs() -> list[Agency]:
    """The health bureau of every county of today, and some others."""
    return [*(bureau(region) for region in counties() if region.code != "141024"), *SEVERAL]


def chosen() -> list[Region]:
    """200 counties over the whole country, among them all that share their name with another."""
    bearers = by_name(counties())
    doubled = [region for region in counties() if len(bearers[region.name]) > 1]
    others = [region for region in counties() if len(bearers[region.name]) == 1]
    return doubled + random.Random(200).sample(others, 200 - len(doubled))


def by_name(places: Sequence[Region]) -> Mapping[str, list[Region]]:
    found: dict[str, list[Region]] = defaultdict(list)
    for place in places:
        found[place.name].append(place)
    return found


def around(region: Region) -> str:
    """The name of the place that a county lies in."""
    return by_code()[region.parent].name


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_search(tmp_path_factory.mktemp("search") / "out", organs())


@pytest.fixture(scope="module")
def found_at(root: Path) -> Iterator[str]:
    with serve(root) as address:
        yield address


@pytest.fixture(scope="module")
def asked(found_at: str, browser: Any) -> Iterator[Any]:
    """The page for searching, open for many queries."""
    with opened(browser) as page:
        page.goto(f"{found_at}search/index.html")
        yield page


# every place, every organ --------------------------------------------------------------------------------------------


def test_200_places_find_their_own_page_first(asked: Any) -> None:
    """A place by its name, and one that shares its name by the place around it and its name, stands first."""
    places, bearers = chosen(), by_name(counties())
    queries = [place.name if len(bearers[place.name]) == 1 else around(place) + place.name for place in places]
    first = [answer[:1] for answer in ask(asked, queries)]
    assert len(places) == 200
    assert [(q, told) for q, told, place in zip(queries, first, places, strict=True) if told != [place.code]] == []


def test_a_shared_name_brings_all_its_bearers_to_the_top(asked: Any) -> None:
    """鼓楼区 alone may be any of four: all of them come before anything else."""
    shared = {name: {one.code for one in of} for name, of in by_name(counties()).items() if len(of) > 1}
    answers = dict(zip(shared, ask(asked, list(shared)), strict=True))
    assert len(shared["鼓楼区"]) == 4
    assert {name: set(answers[name][: len(codes)]) for name, codes in shared.items()} == shared


def test_200_organs_find_their_own_page_first(asked: Any) -> None:
    """An organ by its name, behind the place around it where the name is shared, stands first; so it does shortened."""
    places, bearers = [place for place in chosen() if place.code != "141024"], by_name(counties())
    names = [place.name if len(bearers[place.name]) == 1 else around(place) + place.name for place in places]
    wanted = [f"{place.code}-wsjkj" for place in places]
    for end in ("卫生健康局", "卫健局"):
        first = [answer[:1] for answer in ask(asked, [name + end for name in names])]
        assert [(name, told) for name, told, id in zip(names, first, wanted, strict=True) if told != [id]] == []


def test_200_places_are_found_by_pinyin(asked: Any) -> None:
    """The letters of a name bring it to the top, among those that are read alike."""
    places = chosen()
    alike: dict[str, set[str]] = defaultdict(set)
    for place in {region for agency in organs() for region in chain(agency.region_code)}:
        alike[letters(place.name)].add(place.code)
    answers = ask(asked, [letters(place.name) for place in places])
    lost = [
        place.name
        for place, answer in zip(places, answers, strict=True)
        if place.code not in answer[: len(alike[letters(place.name)])]
    ]
    assert lost == []


def letters(name: str) -> str:
    """A name as it is typed on a keyboard without ü."""
    return pinyin.letters(name).replace("ü", "v")


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("洪洞", "141024"),
        ("洪洞县", "141024"),
        (" 洪洞县　", "141024"),
        ("洪洞縣", "141024"),
        ("hongtong", "141024"),
        ("Hongtong Xian", "141024"),
        ("hongtong county", "141024"),
        ("ＨＯＮＧＴＯＮＧ", "141024"),
        ("山西洪洞", "141024"),
        ("洪洞县卫生健康和体育局", "141024-wsjkhtyj"),
        ("洪洞县卫生和计划生育局", "141024-wsjkhtyj"),
        ("洪洞县卫健", "141024-wsjkhtyj"),
        ("卫健局 洪洞", "141024-wsjkhtyj"),
        ("洪洞weijian", "141024-wsjkhtyj"),
        ("hongtong weijian", "141024-wsjkhtyj"),
        ("hongtong wjj", "141024-wsjkhtyj"),
        ("Hongtong County health", "141024-wsjkhtyj"),
        ("hongtong police", "141024-gaj7"),
        ("洪洞公安", "141024-gaj7"),
        ("洪洞税务局", "141024-swj"),
        ("大槐树", "141024-dhszrmzf"),
        ("dahuaishu", "141024-dhszrmzf"),
        ("临汾", "141000"),
        ("linfen", "141000"),
        ("临汾 卫健委", "141000-wsjkwyh"),
        ("侯马市财务局", "142601-cwj"),
        ("財政部", "000000-zhrmghgczb"),
        ("徐州鼓楼", "320302"),
        ("xuzhou gulou", "320302"),
        ("襄樊", "420600"),
        ("xiangfan", "420600"),
        ("anyuan qu", "360302"),
        ("拉萨", "540100"),
        ("lasa", "540100"),
        ("Lhasa", "540100"),
        ("Ürümqi", "650100"),
        ("urumqi", "650100"),
        ("wulumuqi", "650100"),
        ("Hohhot", "150100"),
        ("lvliang", "141100"),
        ("lüliang", "141100"),
        ("lyuliang", "141100"),
        ("luliang shi", "141100"),
        ("shaanxi", "610000"),
        ("shanxi", "140000"),
        ("Xi'an", "610100"),
        ("北京", "110000"),
        ("内蒙古", "150000"),
        ("新疆", "650000"),
        ("onerror", "999901-x"),
    ],
)
def test_what_people_type_finds_what_they_mean(asked: Any, query: str, first: str) -> None:
    """Names short and whole, in any order, characters of either kind, any width, pinyin, initials, some English."""
    (answer,) = ask(asked, [query])
    assert answer[:1] == [first]


def test_initials_find_a_place(asked: Any) -> None:
    """htx is 洪洞县, and every other county of these first letters stands at the top with it."""
    (answer,) = ask(asked, ["htx"])
    assert "141024" in answer[:4]
    assert all(re.fullmatch(r"\d{6}", id) for id in answer[:4])


@pytest.mark.parametrize("query", ["没有这个机关", "vvvv", "<vvv>", "洪洞县临汾市"])
def test_nothing_is_found_where_nothing_fits(asked: Any, query: str) -> None:
    """A query that is no name finds nothing, and the box says so."""
    assert ask(asked, [query]) == [[]]
    assert asked.locator(".search .found").inner_text() == "没有叫这个名称的地区或机关。"


@pytest.mark.parametrize("query", ["", "   ", "。，", "(", "\\", "%", "<"])
def test_what_is_no_word_is_no_query(asked: Any, query: str) -> None:
    """Marks and spaces alone ask for nothing and break nothing."""
    assert ask(asked, [query]) == [[]]
    assert asked.locator(".search .found").inner_text() == ""


# the box -------------------------------------------------------------------------------------------------------------


def test_nothing_is_read_before_somebody_comes_to_the_box(found_at: str, window: Window) -> None:
    """A page with the box asks for the index only when the box has the focus, and never for anything elsewhere."""
    window.page.goto(f"{found_at}index.html")
    assert [url for url in window.requests if url.endswith(".json")] == []
    window.page.locator("#q").focus()
    window.page.wait_for_function("performance.getEntriesByType('resource').some((one) => one.name.endsWith('.json'))")
    window.page.locator("#q").fill("洪洞县")
    window.page.locator(".results a").first.wait_for()
    assert all(url.startswith(found_at) for url in window.requests)
    assert window.errors == []


def test_the_keyboard_is_enough(found_at: str, window: Window) -> None:
    """Arrows walk the results and come back to the box, Escape leaves them and empties the box, Enter follows."""
    window.page.goto(f"{found_at}index.html")
    press, focused = window.page.keyboard.press, "document.activeElement.id || document.activeElement.textContent"
    window.page.locator("#q").fill("鼓楼区")
    window.page.locator(".results a").nth(3).wait_for()
    walk = []
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowDown", "Escape"):
        press(key)
        walk.append(window.page.evaluate(focused))
    assert walk == ["鼓楼区", "鼓楼区", "鼓楼区", "q", "q", "鼓楼区", "q"]
    press("Escape")
    assert window.page.locator("#q").input_value() == ""
    assert window.page.locator(".results a").count() == 0
    window.page.locator("#q").fill("洪洞县公安局")
    press("Enter")
    window.page.wait_for_url("**/agencies/141024-gaj7/")


def test_enter_waits_for_the_first_result(found_at: str, window: Window) -> None:
    """Whoever types and presses Enter before the index has come gets to the page all the same."""
    window.page.goto(f"{found_at}en/index.html")
    window.page.locator("#q").evaluate("(box) => { box.value = 'hongtong'; box.dispatchEvent(new Event('input')); }")
    window.page.locator("form.search").evaluate("(form) => form.requestSubmit()")
    window.page.wait_for_url("**/en/regions/141024/")


def test_what_no_name_fits_goes_to_the_page_for_searching(found_at: str, window: Window) -> None:
    """Enter without a result leads to search/ with the same words, where the text of all pages can be searched."""
    window.page.goto(f"{found_at}index.html")
    window.page.locator("#q").fill("行政诉讼")
    window.page.keyboard.press("Enter")
    window.page.wait_for_url(f"**/search/?q={'%E8%A1%8C%E6%94%BF%E8%AF%89%E8%AE%BC'}")
    assert window.page.locator("#q").input_value() == "行政诉讼"


def test_nothing_is_searched_while_a_word_is_composed(found_at: str, window: Window) -> None:
    """Letters of an unfinished word of an input method are no query; the finished word is."""
    window.page.goto(f"{found_at}index.html")
    ask(window.page, ["临汾"])
    session = window.page.context.new_cdp_session(window.page)
    window.page.locator("#q").focus()
    window.page.locator("#q").evaluate("(box) => box.select()")
    session.send("Input.imeSetComposition", {"text": "hong'tong", "selectionStart": 9, "selectionEnd": 9})
    assert window.page.locator("#q").input_value() == "hong'tong"
    assert window.page.locator(".results a").first.inner_text() == "临汾市"
    session.send("Input.insertText", {"text": "洪洞"})
    window.page.wait_for_function("document.querySelector('.results a')?.textContent === '洪洞县'")


def test_a_long_answer_is_shown_in_parts(found_at: str, window: Window) -> None:
    """The small box leads on to the page for searching, which shows more on demand and goes on where one stopped."""
    window.page.goto(f"{found_at}index.html")
    (answer,) = ask(window.page, ["卫生健康局"])
    assert len(answer) == 11
    window.page.locator(".results a").last.click()
    window.page.wait_for_url("**/search/?q=*")
    window.page.locator(".results button").click()
    assert window.page.locator(".results a").count() == 80
    assert window.page.evaluate("[...document.querySelectorAll('.results a')].indexOf(document.activeElement)") == 40


def test_names_are_shown_as_text(found_at: str, window: Window) -> None:
    """An organ called like markup is text in the results, its former name too."""
    window.page.goto(f"{found_at}index.html")
    ask(window.page, ["onerror"])
    assert "<img src=x" in window.page.locator(".results").inner_text()
    assert window.page.locator(".results img").count() == 0
    assert window.errors == []


def test_each_result_says_where_it_is(found_at: str, window: Window) -> None:
    """A place is told from the others of its name by what it lies in, an organ by its place and former names."""
    window.page.goto(f"{found_at}index.html")
    ask(window.page, ["鼓楼区"])
    notes = window.page.locator(".results small").all_inner_texts()
    assert set(notes[:4]) == {
        f"地区 · {place}" for place in ("江苏省南京市", "江苏省徐州市", "福建省福州市", "河南省开封市")
    }
    ask(window.page, ["洪洞县卫生健康和体育局"])
    assert window.page.locator(".results small").first.inner_text() == "山西省临汾市 · 曾用名：洪洞县卫生和计划生育局"


def test_english_pages_show_pinyin(found_at: str, window: Window) -> None:
    """On English pages a name stands in characters, marked as Chinese, and in pinyin; links lead to English pages."""
    window.page.goto(f"{found_at}en/index.html")
    ask(window.page, ["hongtong county health"])
    link = window.page.locator(".results a").first
    assert link.inner_text() == "洪洞县卫生健康和体育局 Hongtong Xian Weisheng Jiankang he Tiyu Ju"
    assert link.locator("[lang=zh-Hans]").inner_text() == "洪洞县卫生健康和体育局"
    assert link.get_attribute("href").endswith("agencies/141024-wsjkhtyj/")
    assert "/en/" in link.evaluate("(one) => one.href")
    assert window.page.locator(".results small").first.inner_text().startswith("Linfen Shi, Shanxi Sheng · formerly")
    assert window.page.locator(".found").first.inner_text() == "1 found."


def test_without_a_script_the_box_is_hidden(found_at: str, browser: Any) -> None:
    """A box that cannot search is not shown."""
    with opened(browser, java_script_enabled=False) as page:
        page.goto(f"{found_at}index.html")
        assert not page.locator("form.search").is_visible()


def test_a_lost_index_is_said(root: Path, tmp_path: Path, browser: Any) -> None:
    """Where the index cannot be read the box names the lists, and tries again when it is asked again."""
    out = tmp_path / "out"
    shutil.copytree(root, out)
    (out / "search" / "organs.json").rename(out / "search" / "away.json")
    with serve(out) as address, opened(browser) as page:
        page.goto(f"{address}index.html")
        ask(page, ["洪洞"])
        assert "现在无法按名称查找" in page.locator(".found").inner_text()
        (out / "search" / "away.json").rename(out / "search" / "organs.json")
        assert ask(page, ["洪洞"])[0][0] == "141024"


# the index -----------------------------------------------------------------------------------------------------------


def test_codes_tell_what_lies_in_what() -> None:
    """The index leaves out what a place lies in: the code of every place tells it."""
    held = {region.code: region for region in by_code().values()}
    for code, region in held.items():
        above = [one for one in (f"{code[:4]}00", f"{code[:2]}0000") if one != code and one in held]
        assert (above[0] if above else region.parent) == region.parent or region.parent == "000000", region


def test_many_organs_stand_in_a_file_a_province(tmp_path: Path, browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the limit each province has a file; those that the query names come first, the others after them."""
    monkeypatch.setattr(search, "WHOLE", 100)
    with serve(write_search(tmp_path / "out", organs())) as address, opened(browser) as page:
        window = Window(page).watch()
        page.goto(f"{address}index.html")
        (answer,) = ask(page, ["洪洞县公安局"])
        files = [url.removeprefix(f"{address}search/") for url in window.requests if url.endswith(".json")]
        assert answer[0] == "141024-gaj7"
        assert files[:2] == ["places.json", "organs/14.json"]
        assert len(set(files)) == len(files) == 1 + len({agency.region_code[:2] for agency in organs()})
        assert ask(page, ["鼓楼区卫健局"])[0][:1] != []
        assert window.errors == []


def test_an_index_of_the_whole_country_stays_in_its_bounds() -> None:
    """With 100,000 organs no file is larger than 5 MB, nor all of them more than a phone can hold."""
    names, places = list(sectors().values()), counties()
    made = [
        Agency(f"{place.code}-x{turn}", f"{place.name}第{turn}镇{one['label']}局", place.code, "county", one["key"])
        for turn in range(36)
        for number, place in enumerate(places)
        for one in [names[(number + turn) % len(names)]]
    ]
    sizes = [len(search.organs_text(rows).encode()) for rows in search.shards(rows_of(made)).values()]
    assert len(made) > 100_000
    assert max(sizes) < 5_000_000
    assert sum(sizes) < 20_000_000


def test_the_index_is_the_same_for_the_same_organs() -> None:
    """Neither the order of sets nor that of the organs shows in the index, and each rest of a name stands there once."""
    text = search.organs_text(rows_of(organs()))
    assert text == search.organs_text(rows_of(reversed(organs())))
    tails = [tail[0] for tail in json.loads(text)["tails"]]
    assert len(tails) == len(set(tails)) < 20


def test_an_id_is_left_out_only_where_the_name_tells_it() -> None:
    """An organ whose id is not that of its place and first letters says it."""
    county = by_code()["141024"]
    usual, odd = bureau(county), Agency("141024-wsjkj2", "洪洞县卫生健康局", "141024", "county", "health")
    assert county.name == "洪洞县"
    assert usual.agency_id == mint(usual.name, county.code, [])
    assert json.loads(search.organs_text(rows_of([usual])))["organs"] == [["141024", 1]]
    assert json.loads(search.organs_text(rows_of([odd])))["organs"] == [["141024", ["wsjkj2", 1]]]


# the text of all pages -----------------------------------------------------------------------------------------------


def test_the_text_search_is_hidden_where_nothing_was_indexed(site: Any, address: str, window: Window) -> None:
    """Where no full-text index was made the page offers names alone, without an error."""
    told = json.loads(site.page("search/text.json").read_text(encoding="utf-8"))
    window.page.goto(f"{address}search/index.html")
    window.page.wait_for_load_state("networkidle")
    assert window.page.locator("#text").is_visible() == bool(told["index"])
    assert window.errors == []


@pytest.fixture(scope="module")
def indexed(site: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site with the full text of its pages indexed by the real Pagefind."""
    out = tmp_path_factory.mktemp("indexed") / "out"
    shutil.copytree(site.root, out, ignore=shutil.ignore_patterns("pagefind"))
    says = engines.index_pages(out)
    if not (out / "pagefind").is_dir():
        missing(says)
    (out / "search" / "text.json").write_text('{"index":"../pagefind/pagefind.js"}\n', encoding="utf-8")
    with serve(out) as address:
        yield address


@pytest.mark.parametrize(("folder", "words", "lang"), [("", "更正", "zh-Hans"), ("en/", "correct", "en")])
def test_words_on_pages_are_found_when_asked_for(
    indexed: str, window: Window, folder: str, words: str, lang: str
) -> None:
    """The button searches the text of the pages of the language; Pagefind is not read before, nor anything elsewhere."""
    window.page.goto(f"{indexed}{folder}search/index.html?q={words}")
    window.page.locator("#text button").wait_for()
    assert not [url for url in window.requests if "/pagefind/" in url]
    window.page.locator("#text button").first.click()
    link = window.page.locator("#text .results a").first
    link.wait_for()
    assert window.page.locator("#text mark").count() > 0
    assert all(url.startswith((indexed, "blob:")) for url in window.requests)
    link.click()
    window.page.wait_for_load_state()
    assert window.page.locator("html").get_attribute("lang") == lang
    assert [error for error in window.errors if "favicon" not in error] == []


def test_enter_searches_the_text_where_no_name_fits(indexed: str, window: Window) -> None:
    """On the page for searching, Enter with words that are no name searches the pages."""
    window.page.goto(f"{indexed}search/index.html")
    window.page.locator("#text button").wait_for()
    window.page.locator("#q").fill("照报告原样记录")
    window.page.keyboard.press("Enter")
    window.page.wait_for_function("/找到|没有/.test(document.querySelector('#text .found').textContent)")
