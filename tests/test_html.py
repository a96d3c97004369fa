"""The pages as HTML: valid, each with a head of its own, each in its language."""

import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.site import Site, look
from tests.tools import missing

VNU = Path(__file__).parent / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"

TOLD_OTHERWISE: tuple[str, ...] = ()
"""What the checker says of pages that are as they should be, each with the reason."""


def judged(root: Path) -> list[dict[str, Any]]:
    """All that the checker has to say of the pages, styles and pictures below a folder."""
    java = shutil.which("java")
    if java is None:
        missing("no Java on this machine: apt install default-jre-headless")
    if not VNU.is_file():
        missing("the HTML checker is not installed: npm ci --prefix tests")
    command = [str(java), "-Xss8m", "-jar", str(VNU), "--format", "json", "--stdout", "--exit-zero-always"]
    pages = ["--also-check-svg", "--skip-non-html", str(root)]
    ran = subprocess.run([*command, *pages], capture_output=True, text=True, check=True)
    return list(json.loads(ran.stdout)["messages"])


def test_every_page_is_valid(published: Site) -> None:
    """The checker finds no error in any page or picture, and warns of nothing that matters."""
    said = Counter(
        f"{Path(one['url']).relative_to(published.root.as_uri().removeprefix('file:'))}: {one['message']}"
        for one in local(judged(published.root))
        if not any(reason in one["message"] for reason in TOLD_OTHERWISE)
    )
    assert sorted(said) == []


def local(messages: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The messages, each with the path of its file."""
    for one in messages:
        yield one | {"url": one["url"].removeprefix("file:")}


# the head of each page -----------------------------------------------------------------------------------------------


def test_every_page_has_one_title_of_its_own(site: Site) -> None:
    """No two pages of a language are called alike, and each has one heading that is not empty."""
    titles: dict[tuple[str, str], str] = {}
    for page in site.pages:
        looked, name = look(page), site.name(page)
        (title,) = looked.tree.xpath("//title/text()")
        (heading,) = looked.tree.xpath("//h1")
        assert heading.text_content().strip(), name
        key = (looked.lang, " ".join(title.split()))
        assert key not in titles, f"{name} and {titles[key]}: {title}"
        titles[key] = name


def test_every_page_says_what_it_holds(site: Site) -> None:
    """A description of its own, long enough to say something and short enough to be read."""
    said: dict[tuple[str, str], str] = {}
    for page in site.pages:
        looked, name = look(page), site.name(page)
        (words,) = looked.tree.xpath("//meta[@name='description']/@content")
        assert 8 <= len(words) <= 300, f"{name}: {words}"
        key = (looked.lang, words)
        assert key not in said, f"{name} and {said[key]}: {words}"
        said[key] = name


def test_every_page_is_drawn_for_a_phone(site: Site) -> None:
    """The width of the page is that of the device, and nobody is kept from making it larger."""
    for page in site.pages:
        (words,) = look(page).tree.xpath("//meta[@name='viewport']/@content")
        assert words == "width=device-width, initial-scale=1", site.name(page)


def test_headings_go_down_by_steps(site: Site) -> None:
    """No level of headings is left out on the way down."""
    for page in site.pages:
        levels = [
            int(one.tag[1]) for one in look(page).tree.xpath("//main//*[self::h1 or self::h2 or self::h3 or self::h4]")
        ]
        assert levels[0] == 1, site.name(page)
        steps = [(before, after) for before, after in pairwise(levels) if after > before + 1]
        assert steps == [], site.name(page)


# languages -----------------------------------------------------------------------------------------------------------

HAN = re.compile(r"[\u3400-\u9fff](?<![一二三四五六七])")
SENTENCE = re.compile(r"(?:\b[A-Za-z][a-z']+[ ,]+){4,}[a-z]+")
"""Five words of English or more in a row."""
SPOKEN = ("alt", "aria-label", "placeholder", "title")
"""Attributes that are read out."""


SILENT = ("script", "style", "code", "pre", "textarea")
"""Elements whose text is no sentence."""


def spoken(tree: Any) -> Iterator[tuple[str, str]]:
    """Every piece of text of a page, attributes that are read out with it, each with its language."""
    for one in tree.find("body").iter():
        if any(around.tag in SILENT for around in one.iterancestors()):
            continue
        if not isinstance(one.tag, str) or one.tag in SILENT:
            yield from ((_lang(one.getparent()), one.tail or ""),)
            continue
        yield from ((_lang(one), text) for text in (one.text or "", *(one.get(key, "") for key in SPOKEN)))
        if one.tag != "body":
            yield _lang(one.getparent()), one.tail or ""


def _lang(one: Any) -> str:
    """The language that an element is in: its own, or that of the nearest around it."""
    return str(next(iter(one.xpath("ancestor-or-self::*[@lang][1]/@lang")), ""))


def test_each_page_says_its_language(site: Site) -> None:
    """`lang` chooses the shapes of the characters and the voice that reads them."""
    for page in site.pages:
        assert look(page).lang == ("en" if site.name(page).startswith("en/") else "zh-Hans"), site.name(page)


def test_chinese_on_english_pages_is_marked(site: Site) -> None:
    """No Han character stands in text that says that it is English."""
    found = Counter(
        f"{look(page).kind} {site.name(page)}: {text.strip()[:40]}"
        for page in site.pages
        if look(page).lang == "en"
        for lang, text in spoken(look(page).tree)
        if not lang.startswith("zh") and HAN.search(text)
    )
    assert sorted(found)[:60] == []


def test_english_on_chinese_pages_is_marked(site: Site) -> None:
    """No sentence of English stands in text that says that it is Chinese."""
    found = Counter(
        f"{look(page).kind} {site.name(page)}: {text.strip()[:60]}"
        for page in site.pages
        if look(page).lang == "zh-Hans"
        for lang, text in spoken(look(page).tree)
        if lang.startswith("zh") and SENTENCE.search(text)
    )
    assert sorted(found)[:60] == []
