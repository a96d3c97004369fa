"""What programs look for at the top of a site: the sitemap, robots.txt and the web manifest."""

from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import quote
from xml.sax.saxutils import escape

from pipeline.descriptor import descriptor_text
from pipeline.pages.addresses import Site
from pipeline.pages.language import CHINESE
from pipeline.pages.linked import NAME
from pipeline.pages.material import Material
from pipeline.pages.page import File, Task

SITEMAP = "sitemap.xml"
MANIFEST = "site.webmanifest"
MOST = 50_000
"""How many addresses one sitemap may hold, by its protocol."""
_SCHEMA = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
_HIDDEN = ("404.html", "en/404.html")


def tasks(made: Material) -> Iterator[Task]:
    """robots.txt and the manifest; the sitemap is made when all pages are written."""
    yield partial(_files, made.site)


def _files(site: Site) -> Iterator[File]:
    yield File("robots.txt", robots_text(site))
    yield File(MANIFEST, manifest_text())


def robots_text(site: Site) -> str:
    """Everything may be read; where the site has an address, its sitemap is named."""
    sitemap = site.full(SITEMAP)
    return "User-agent: *\nAllow: /\n" + (f"\nSitemap: {sitemap}\n" if sitemap else "")


# the sitemap ---------------------------------------------------------------------------------------------------------


def sitemap_files(site: Site, addresses: Sequence[str], most: int = MOST) -> Iterator[File]:
    """The sitemap of pages that were written (`rules/index.html`), in parts past `most` of them.

    None without a site address: a sitemap holds full addresses only. What language a page has in another is told by the
    page itself; here it would make the file three times as large.
    """
    if not site.url:
        return
    pages = sorted({_full(site, address) for address in addresses if address not in _HIDDEN})
    parts = [pages[start : start + most] for start in range(0, len(pages), most)] or [[]]
    if len(parts) == 1:
        yield File(SITEMAP, _listed("urlset", "url", parts[0]))
        return
    names = [f"sitemap-{number}.xml" for number in range(1, len(parts) + 1)]
    yield File(SITEMAP, _listed("sitemapindex", "sitemap", [_full(site, name) for name in names]))
    for name, part in zip(names, parts, strict=True):
        yield File(name, _listed("urlset", "url", part))


def _full(site: Site, address: str) -> str:
    path = address.removesuffix("index.html")
    return f"{site.url}/{quote(path)}"


def _listed(root: str, item: str, addresses: Sequence[str]) -> str:
    lines = "".join(f"<{item}><loc>{escape(one)}</loc></{item}>\n" for one in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {_SCHEMA}>\n{lines}</{root}>\n'


# the manifest --------------------------------------------------------------------------------------------------------


def manifest_text() -> str:
    """The web manifest: the site's name, colours and icons; every address is relative to it."""
    made = {
        "name": NAME,
        "short_name": "政府公开年报",
        "description": "行政机关政府信息公开工作年度报告的开放数据",
        "lang": CHINESE.tag,
        "dir": "ltr",
        "id": "./",
        "start_url": "./",
        "scope": "./",
        "display": "browser",
        "theme_color": "#ffffff",
        "background_color": "#ffffff",
        "icons": [
            _icon("icon.svg", "any", "image/svg+xml"),
            _icon("icon-192.png", "192x192"),
            _icon("icon-512.png", "512x512"),
            _icon("icon-maskable-512.png", "512x512") | {"purpose": "maskable"},
        ],
    }
    return descriptor_text(made)


def _icon(name: str, sizes: str, kind: str = "image/png") -> dict[str, str]:
    return {"src": f"theme/{name}", "sizes": sizes, "type": kind}
