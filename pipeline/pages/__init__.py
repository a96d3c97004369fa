"""The Pelican plugin: our own generator, which writes every page of the site, in both languages, one at a time.

Pelican itself reads the pages of words (`content/pages`) and copies the theme's static files. It only logs what goes
wrong: always run it with `--fatal warnings`.
"""

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from pelican import signals
from pelican.generators import Generator

from pipeline import pinyin, workers
from pipeline.pages import (
    addresses,
    agency,
    compare,
    correcting,
    corrections,
    coverage,
    crawlers,
    explore,
    lists,
    machine,
    material,
    peers,
    places,
    query,
    reference,
    report,
    rules,
    search,
    subjects,
    words,
    years,
)
from pipeline.pages.language import LANGUAGES, Language
from pipeline.pages.material import Material
from pipeline.pages.page import File, Page, Task

MODULES: tuple[ModuleType, ...] = (
    lists,
    search,
    places,
    coverage,
    subjects,
    years,
    rules,
    reference,
    agency,
    report,
    correcting,
    corrections,
    compare,
    explore,
    query,
    machine,
)
"""What makes the pages of data, in the order in which they are begun."""


def tasks_of(made: Material) -> Iterator[Task]:
    """Everything that is made from data, in pieces that one process makes at a stretch; nothing is made yet."""
    for module in MODULES:
        yield from module.tasks(made)


def _prepare(made: Material) -> None:
    """What every process needs is worked out before there are several."""
    pinyin.words("公开")
    peers.prepare(made)


class _Compiled(BytecodeCache):
    """What one language has compiled, for the other."""

    def __init__(self) -> None:
        self._found: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._found:
            bucket.bytecode_from_string(self._found[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._found[bucket.key] = bucket.bytecode_to_string()


class SiteGenerator(Generator):
    """Writes the site. The setting DATA says where the records lie, the environment where the site will stand."""

    made: Material
    languages: Mapping[Language, Environment]
    compiled: _Compiled

    def generate_context(self) -> None:
        """Reads the dataset, and makes a Jinja environment for each language."""
        site = addresses.site_of(os.environ)
        self.made = material.read_material(Path(self.settings["DATA"]), Path(self.output_path), site)
        self.compiled = _Compiled()
        self.languages = {language: self._environment(language) for language in LANGUAGES}

    def generate_output(self, writer: Any) -> None:
        """Writes page after page over all cores; Pelican's own writer would keep them all."""
        _prepare(self.made)
        tasks: list[Task] = [*tasks_of(self.made), partial(words.pages, self.made, self.context["pages"])]
        written = workers.run([partial(self._write_all, task) for task in tasks])
        self._write_all(partial(crawlers.sitemap_files, self.made.site, written))

    def _environment(self, language: Language) -> Environment:
        """Everything is compiled here, once: before the work is shared out, and for one language only."""
        made: Environment = self.env.overlay(bytecode_cache=self.compiled, auto_reload=False)
        made.globals = {
            **self.env.globals,
            **language.globals(),
            "SITENAME": self.settings["SITENAME"],
            "SITENAME_EN": self.settings["SITENAME_EN"],
            "site": self.made.site,
        }
        for template in sorted(Path(self.theme, "templates").glob("*.html")):
            made.get_template(template.name)
        return made

    def _write_all(self, task: Task) -> list[str]:
        """Writes what a task makes; gives the addresses of its pages, but for those that search engines shall leave."""
        written = []
        for one in task():
            if isinstance(one, File):
                self._write(one.address, one.text)
            else:
                made = [self._render(one, language) for language in self.languages]
                written += [] if getattr(one, "unlisted", False) else made
        return written

    def _render(self, page: Page, language: Language) -> str:
        link = addresses.Links(self.made.site, page.path, language, getattr(page, "anywhere", False))
        template = self.languages[language].get_template(f"{page.template}.html")
        address = language.folder + page.path
        try:
            self._write(address, template.render(page=page, link=link))
        except Exception as error:
            error.add_note(f"{page.template}.html: {address} cannot be written")
            raise
        return address

    def _write(self, address: str, text: str) -> None:
        path = Path(self.output_path, address)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _generator(pelican: Any) -> type[SiteGenerator]:
    return SiteGenerator


def register() -> None:
    """Tells Pelican of our generator."""
    signals.get_generators.connect(_generator)
