"""The Pelican plugin: our own generator, which writes every page that is made from data, one at a time.

Pelican itself does the pages of words (`content/pages`) and the theme's static files. It only logs what goes wrong:
always run it with `--fatal warnings`.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from pelican import signals
from pelican.generators import Generator

from pipeline.pages import addresses, agency, lists, material, reference, report
from pipeline.pages.material import Download, Material


class Page(Protocol):
    """What every page has: the template that it is shown by, and the file that it is written to."""

    @property
    def template(self) -> str: ...

    @property
    def path(self) -> str: ...


def pages_of(made: Material) -> Iterator[Page]:
    """Every page that is made from data, one at a time; none is kept."""
    rows = lists.rows_of(made)
    yield lists.home_page(made, rows)
    yield from lists.list_pages(made, rows)
    yield lists.regions_page(made, rows)
    yield from lists.region_pages(made, rows)
    yield reference.data_page(made)
    yield reference.rules_page(made)
    yield lists.not_found_page(made)
    for row in rows:
        yield agency.agency_page(made, row.agency)
        for record in made.reports_of(row.agency.agency_id):
            yield report.report_page(made, record)


class SiteGenerator(Generator):
    """Writes the pages of the dataset. The settings DATA and SITE say where the records lie and the site will stand."""

    made: Material

    def generate_context(self) -> None:
        """Reads the dataset, and gives the pages of words what they need to lead to the others."""
        site = addresses.site_of(os.environ)
        self.made = material.read_material(Path(self.settings["DATA"]), Path(self.output_path), site)
        self.context |= {"site": site, "links_from": self._links, "files_of": self._files}

    def generate_output(self, writer: Any) -> None:
        """Writes page after page; Pelican's writer would keep them all."""
        for page in pages_of(self.made):
            link = self._links(page.path, getattr(page, "anywhere", False))
            self._write(page.path, self.get_template(page.template).render(self._shared(), page=page, link=link))
        self._write(*lists.search_file(lists.rows_of(self.made)))

    def _shared(self) -> dict[str, Any]:
        return {"SITENAME": self.settings["SITENAME"], "site": self.made.site}

    def _links(self, here: str, anywhere: bool = False) -> addresses.Links:
        return addresses.Links(self.made.site, here, anywhere)

    def _files(self, page: Any) -> list[Download]:
        """The files that a page of words names in its `Data:` line."""
        return [self.made.download(address) for address in page.data.split()]

    def _write(self, address: str, text: str) -> None:
        path = Path(self.output_path, address)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _generator(pelican: Any) -> type[SiteGenerator]:
    return SiteGenerator


def register() -> None:
    """Tells Pelican of our generator."""
    signals.get_generators.connect(_generator)
