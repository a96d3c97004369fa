"""How the dataset is cited: the facts of `CITATION.cff`, and the words made of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from pipeline.descriptor import described
from pipeline.edition import citation_file, edition_of


@dataclass(frozen=True, slots=True)
class Citation:
    """Who made what, in which version, since when, and under which terms; `id` is the same wherever it is published."""

    title: str
    title_en: str
    author: str
    version: str
    released: str
    licence: str
    keywords: tuple[str, ...]
    id: UUID

    def words(self, url: str = "") -> str:
        """The citation in Chinese, with the site's address where one is known."""
        parts = [f"{self.author}：《{self.title}》", f"{self.version}版", *filter(None, [url]), self.licence]
        return "，".join(parts) + "。"

    def words_en(self, url: str = "") -> str:
        """The citation in English."""
        parts = [self.author, self.title_en, f"Version {self.version}", *filter(None, [url]), self.licence]
        return ". ".join(parts) + "."


@cache
def read_citation(path: Path | None = None) -> Citation:
    """The facts in the citation file, with the two titles of the published schema."""
    path = path or citation_file()
    text, words = path.read_text(encoding="utf-8"), described()["package"]
    raw: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    edition = edition_of(text, str(path))
    return Citation(
        title=words["title"],
        title_en=words["title_en"],
        author=raw["authors"][0]["name"],
        version=edition.version,
        released=edition.date,
        licence=raw["license"],
        keywords=tuple(raw["keywords"]),
        id=UUID(raw["identifiers"][0]["value"]),
    )
