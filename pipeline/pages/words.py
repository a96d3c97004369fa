"""The pages of words, which Pelican reads from `content/pages`: one Markdown file a page and language."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pipeline.pages.addresses import file_of
from pipeline.pages.language import CHINESE, ENGLISH, Language
from pipeline.pages.material import Download, Material


@dataclass(frozen=True, slots=True)
class Text:
    """What a page says in one language."""

    title: str
    summary: str
    html: str


@dataclass(frozen=True, slots=True)
class WordsPage:
    """A page of words."""

    template: ClassVar[str] = "words"
    path: str
    texts: Mapping[str, Text]
    downloads: tuple[Download, ...]

    def text(self, tag: str) -> Text:
        return self.texts[tag]


def pages(made: Material, read: Sequence[Any]) -> Iterator[WordsPage]:
    """Every page that Pelican has read. Raises ValueError where one is there in one language only."""
    for page in sorted(read, key=lambda one: str(one.slug)):
        versions = {_language(one).tag: one for one in (page, *page.translations)}
        if versions.keys() != {CHINESE.tag, ENGLISH.tag}:
            raise ValueError(f"content/pages: {page.slug} is not there in both languages")
        texts = {tag: Text(one.title, one.description, one.content) for tag, one in versions.items()}
        yield WordsPage(file_of(f"{page.slug}/"), texts, made.downloads(*page.data.split()))


def _language(page: Any) -> Language:
    return ENGLISH if page.lang == "en" else CHINESE
