"""Everybody can use every kind of page: by ear, by keyboard, with large text, in either colour scheme."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.browser import opened
from tests.site import Site
from tests.tools import missing

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"

RULES = """async () => (await axe.run(document, {
  resultTypes: ["violations"],
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
})).violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}`))"""
"""Every rule of WCAG 2.2 AA and of good practice; what does not hold, by rule and element."""

SEEN = [("light", 1280), ("light", 390), ("dark", 1280), ("dark", 390)]


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file():
        missing("axe-core is not installed: npm ci --prefix tests")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    with opened(browser) as page:
        yield page


def shown(page: Any, scheme: str, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})


@pytest.mark.parametrize(("scheme", "width"), SEEN)
def test_no_rule_of_accessibility_is_broken(
    scheme: str, width: int, site: Site, address: str, page: Any, axe: str
) -> None:
    """Every kind of page in both languages, light and dark, at a desk and on a phone."""
    shown(page, scheme, width)
    found = []
    for name in site.heaviest:
        page.goto(address + name)
        page.evaluate(axe)
        found += [f"{name}: {one}" for one in page.evaluate(RULES)]
    assert found == []


# colours -------------------------------------------------------------------------------------------------------------


def contrast(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """The contrast of two colours by WCAG 2."""
    light = sorted(
        (0.2126 * _linear(c["r"]) + 0.7152 * _linear(c["g"]) + 0.0722 * _linear(c["b"]) for c in (first, second)),
        reverse=True,
    )
    return (light[0] + 0.05) / (light[1] + 0.05)


def _linear(channel: float) -> float:
    part = channel / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


PAINT = """
  const rgb = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number), whole = text.startsWith("color(") ? 255 : 1;
    return {r: r * whole, g: g * whole, b: b * whole, a};
  };
  const ground = (one) => { for (; one; one = one.parentElement) {
    const found = rgb(getComputedStyle(one).backgroundColor); if (found.a) return found; } return {r: 255, g: 255, b: 255}; };
"""
COLOURS = (
    "() => {"
    + PAINT
    + """
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Map();
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !one.checkVisibility()) continue;
    const style = getComputedStyle(one), ink = rgb(one instanceof SVGElement ? style.fill : style.color), paper = ground(one);
    found.set(JSON.stringify([ink, paper]), [ink, paper, walker.currentNode.textContent.trim().slice(0, 20)]);
  }
  return [...found.values()];
}"""
)
"""Every pair of ink and paper on a page, with some words that are written so; pictures write with their fill."""


def test_all_text_can_be_read(site: Site, address: str, page: Any) -> None:
    """Every piece of text, in pictures too, has a contrast of 4.5 to 1 with its ground, in light and in dark."""
    found = []
    for name in site.sampled:
        page.goto(address + name)
        for scheme in ("light", "dark"):
            shown(page, scheme, 1280)
            pairs = page.evaluate(COLOURS)
            assert pairs, name
            found += [f"{name} ({scheme}): {text}" for ink, paper, text in pairs if contrast(ink, paper) < 4.5]
    assert found == []


# the keyboard --------------------------------------------------------------------------------------------------------

STOPS = (
    "() => {"
    + PAINT
    + """
  const groups = new Set();
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter((one) => {
    if (one.tabIndex < 0 || one.disabled || one.type === "hidden" || !one.checkVisibility({visibilityProperty: true})) return false;
    if (one.type !== "radio") return true;
    return !groups.has(one.name) && groups.add(one.name);
  });
  window.came = [];
  document.addEventListener("focusin", ({target}) => {
    const style = getComputedStyle(target), box = target.getBoundingClientRect();
    const beside = document.elementFromPoint(box.left - 1, box.top + box.height / 2) || target.parentElement;
    const radio = target.type === "radio" ? stops.find((one) => one.name === target.name) : target;
    came.push({stop: stops.indexOf(radio), ring: style.outlineStyle, wide: parseFloat(style.outlineWidth), colour: rgb(style.outlineColor),
      paper: ground(beside), seen: box.width > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
      what: target.outerHTML.slice(0, 80)});
  });
  return stops.map((one) => one.outerHTML.slice(0, 80));
}"""
)
"""Listens to what the focus comes to; gives everything that it has to come to, in the order of the page."""
MANY = 400
"""Lists of organs have as many stops as organs: the lightest page of a kind shows how the kind is built."""


def walked(page: Any) -> tuple[Sequence[str], Sequence[Mapping[str, Any]]]:
    """What the Tab key has to come to on a page, and what it comes to."""
    stops = page.evaluate(STOPS)
    for _ in stops[:MANY]:
        page.keyboard.press("Tab")
    return stops[:MANY], page.evaluate("came")


def faults(stops: Sequence[str], came: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the keyboard misses, and where the focus cannot be seen."""
    order = [one["stop"] for one in came]
    if order != list(range(len(stops))):
        first = next((n for n, stop in enumerate(order) if n != stop), len(order))
        yield f"comes to {came[first]['what'] if first < len(came) else 'nothing'} instead of {stops[first] if first < len(stops) else 'the end'}"
    for one in came:
        if one["ring"] == "none" or one["wide"] < 2:
            yield f"no ring: {one['what']}"
        elif contrast(one["colour"], one["paper"]) < 3:
            yield f"pale ring: {one['what']}"
        elif not one["seen"]:
            yield f"out of sight: {one['what']}"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_the_keyboard_reaches_everything(site: Site, address: str, page: Any, scheme: str, width: int) -> None:
    """Tab comes to every link, button, field and scrolling region, in the order of the page, and it is seen where."""
    found = []
    for names in site.samples.values():
        page.goto(address + names[0], wait_until="networkidle")
        shown(page, scheme, width)
        found += [f"{names[0]} ({scheme}, {width}): {one}" for one in faults(*walked(page))]
    assert found == []


def test_the_keyboard_comes_first_to_the_way_past_the_head(site: Site, address: str, page: Any) -> None:
    """The first stop is the skip link, it is seen when it has the focus, and it leads into the text."""
    for name in site.heaviest:
        page.goto(address + name)
        shown(page, "light", 390)
        page.keyboard.press("Tab")
        link = page.locator(".skip")
        assert link.evaluate("one => one === document.activeElement"), name
        box = link.bounding_box()
        assert box, name
        assert box["x"] >= 0, name
        assert box["y"] >= 0, name
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)"), name


def test_wide_tables_can_be_scrolled_by_keyboard(site: Site, address: str, page: Any) -> None:
    """Whatever scrolls sideways on a phone takes the focus, or holds something that does, and has a name."""
    regions = """() => [...document.querySelectorAll("main *")].filter((one) => one.scrollWidth > one.clientWidth + 1
      && ["auto", "scroll"].includes(getComputedStyle(one).overflowX) && one.checkVisibility()
      && one.tabIndex < 0 && !one.querySelector("a[href], button, input, select, textarea")).map((one) => one.outerHTML.slice(0, 80))"""
    for name in site.heaviest:
        page.goto(address + name)
        shown(page, "light", 320)
        assert page.evaluate(regions) == [], name


# large text ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [640, 1280])
def test_text_can_be_made_twice_as_large(site: Site, address: str, page: Any, width: int) -> None:
    """With letters of double size no page scrolls sideways, and nothing that is cut off holds words."""
    cut = """() => { document.documentElement.style.fontSize = "200%"; document.body.offsetWidth;
      const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      const lost = [...document.querySelectorAll("main *, header *, footer *")].filter((one) => one.checkVisibility()
        && ["hidden", "clip"].includes(getComputedStyle(one).overflowX) && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1);
      return [...(over > 0 ? [`${over} pixels`] : []), ...lost.map((one) => one.outerHTML.slice(0, 80))]; }"""
    found = []
    for name in site.heaviest:
        page.goto(address + name)
        shown(page, "light", width)
        found += [f"{name} ({width}): {one}" for one in page.evaluate(cut)]
    assert found == []
