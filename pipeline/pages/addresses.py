"""Where each page lies, and how one page leads to another."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.record import Record, agency_folder

HOME = ""
AGENCIES = "agencies/"
REGIONS = "regions/"
DATA = "data/"
RULES = "rules/"
CORRECT = "correct/"
SEARCH = "agencies/agencies.tsv"
"""The organs by name, for the search box."""


def agency_address(agency_id: str) -> str:
    return f"{AGENCIES}{agency_id}/"


def report_address(agency_id: str, year: int) -> str:
    return f"{AGENCIES}{agency_id}/{year}/"


def region_address(code: str) -> str:
    return f"{REGIONS}{code}/"


def list_address(number: int) -> str:
    """The address of one part of the list of organs; the first is the list itself."""
    return AGENCIES if number == 1 else f"{AGENCIES}list/{number}/"


def file_of(address: str) -> str:
    """The file that a page of the site is written to: `rules/` is `rules/index.html`."""
    return f"{address}index.html" if not address or address.endswith("/") else address


def web_address(text: str | None) -> str | None:
    """The address if a browser may follow it: http or https, nothing else."""
    return text if text and text.lower().startswith(("http://", "https://")) else None


@dataclass(frozen=True, slots=True)
class Site:
    """Where the site and its repository stand; both empty at a desk."""

    url: str = ""
    repository: str = ""

    @property
    def has_folders(self) -> bool:
        """Whether a server shows `index.html` for its folder. Opened from a disk, nothing does."""
        return bool(self.url)

    def edit_address(self, record: Record) -> str | None:
        """Where the record of a report is changed in the browser; None where no repository is known."""
        if not self.repository:
            return None
        folder = agency_folder(Path("data/agencies"), record.agency_id).as_posix()
        return f"{self.repository}/edit/main/{folder}/{record.year}.yaml"


def site_of(environment: Mapping[str, str]) -> Site:
    """The site and its repository as the environment names them (in GitHub Actions, by GitHub's own variables)."""
    server, name = environment.get("GITHUB_SERVER_URL", ""), environment.get("GITHUB_REPOSITORY", "")
    repository = f"{server}/{name}" if server and name else environment.get("GONGKAI_REPOSITORY", "")
    return Site(_bare(environment.get("SITEURL", "")), _bare(repository))


def _bare(address: str) -> str:
    return (web_address(address.strip()) or "").rstrip("/")


@dataclass(frozen=True, slots=True)
class Links:
    """Leads from one page to any address of the site: relative, so the site works wherever its files lie.

    `anywhere` is for a page that is shown under any address (404.html): its links begin with the site's own.
    """

    site: Site
    here: str
    anywhere: bool = False

    def __call__(self, address: str) -> str:
        path, mark, anchor = address.partition("#")
        path = path if self.site.has_folders else file_of(path)
        return (self._top + path or "./") + mark + anchor

    @property
    def _top(self) -> str:
        """The way to the top of the site."""
        return f"{self.site.url}/" if self.anywhere and self.site.url else "../" * self.here.count("/")

    def resolve(self, html: str) -> str:
        """Words from content/pages: `href="site:data/"` becomes the way to that address."""
        return re.sub(r'href="site:([^"]*)"', lambda found: f'href="{self(found[1])}"', html)

    @property
    def canonical(self) -> str | None:
        """The page's own full address, where the site has one."""
        folder = self.here.removesuffix("index.html")
        return f"{self.site.url}/{folder}" if self.site.url else None
