"""Where each page lies, and how one page leads to another."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.pages.language import CHINESE, LANGUAGES, Language
from pipeline.record import Record, agency_folder

HOME = ""
AGENCIES = "agencies/"
REGIONS = "regions/"
YEARS = "years/"
SUBJECTS = "subjects/"
COVERAGE = "coverage/"
DATA = "data/"
RULES = "rules/"
CORRECT = "correct/"
CORRECTIONS = "corrections/"
SEARCH = "search/"


def agency_address(agency_id: str) -> str:
    return f"{AGENCIES}{agency_id}/"


def report_address(agency_id: str, year: int) -> str:
    return f"{AGENCIES}{agency_id}/{year}/"


def correcting_address(agency_id: str, year: int) -> str:
    """The page that has a row for every figure of a report, by its field: what it is, was, and how to correct it."""
    return report_address(agency_id, year) + CORRECT


def corrections_address(number: int = 1, kind: str = "") -> str:
    """One part of the list of all corrections, or of those of a kind; the first is the list itself."""
    folder = f"{CORRECTIONS}{kind}/" if kind else CORRECTIONS
    return sheet_address(folder, number)


def region_address(code: str) -> str:
    return f"{REGIONS}{code}/"


def year_address(year: int) -> str:
    return f"{YEARS}{year}/"


def subject_address(slug: str, year: int | None = None) -> str:
    """The page of an indicator or an outcome, over all years or in one."""
    return f"{SUBJECTS}{slug}/" if year is None else f"{SUBJECTS}{slug}/{year}/"


def rule_address(id: str) -> str:
    return f"{RULES}{id}/"


def sheet_address(address: str, number: int) -> str:
    """The address of one page of a long list; the first is the page that the list stands on."""
    return address if number == 1 else f"{address}list/{number}/"


def file_of(address: str) -> str:
    """The file that a page of the site is written to: `rules/` is `rules/index.html`."""
    return f"{address}index.html" if not address or address.endswith("/") else address


def is_page(address: str) -> bool:
    """Whether an address is that of a page, which each language has; a file has no language."""
    return not address or address.endswith(("/", ".html"))


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

    def full(self, address: str) -> str | None:
        """The whole address of a page or a file, where the site has one."""
        return f"{self.url}/{address}" if self.url else None

    def edit_address(self, record: Record, line: int | None = None) -> str | None:
        """Where the record of a report is changed in the browser, at a line; None where no repository is known."""
        return self._of_record("edit", record, line)

    def history_address(self, record: Record) -> str | None:
        """Every change that was ever made to the record of a report."""
        return self._of_record("commits", record)

    def origin_address(self, record: Record, line: int) -> str | None:
        """The change, with its pull request, that a line of the record comes from."""
        return self._of_record("blame", record, line)

    def discussion_address(self, number: int) -> str | None:
        """An issue or a pull request: either is found under the number as an issue."""
        return f"{self.repository}/issues/{number}" if self.repository else None

    def _of_record(self, view: str, record: Record, line: int | None = None) -> str | None:
        if not self.repository:
            return None
        folder = agency_folder(Path("data/agencies"), record.agency_id).as_posix()
        return f"{self.repository}/{view}/main/{folder}/{record.year}.yaml" + (f"#L{line}" if line else "")


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

    A page leads to pages of its own language. `here` is the file of the page without its language; `anywhere` is for a
    page that is shown under any address (404.html): its links begin with the site's own.
    """

    site: Site
    here: str
    language: Language = CHINESE
    anywhere: bool = False

    def __call__(self, address: str) -> str:
        return self._to(address, self.language)

    def into(self, language: Language) -> str:
        """The same page in a language."""
        return self._to(self.here.removesuffix("index.html"), language)

    @property
    def other(self) -> Language:
        """The language that this page is not in."""
        return next(one for one in LANGUAGES if one != self.language)

    def _to(self, address: str, language: Language) -> str:
        path, mark, anchor = address.partition("#")
        path = self._file(language.folder + path if is_page(path) else path)
        return (self._top + path or "./") + mark + anchor

    def _file(self, path: str) -> str:
        return path if self.site.has_folders else file_of(path)

    @property
    def _top(self) -> str:
        """The way to the top of the site."""
        here = self.language.folder + self.here
        return f"{self.site.url}/" if self.anywhere and self.site.url else "../" * here.count("/")

    def resolve(self, html: str) -> str:
        """Words from content/pages: `href="site:data/"` becomes the way to that address."""
        return re.sub(r'href="site:([^"]*)"', lambda found: f'href="{self(found[1])}"', html)

    def full(self, language: Language) -> str | None:
        """The full address of this page in a language, where the site has one."""
        return self.site.full(language.folder + self.here.removesuffix("index.html"))

    @property
    def canonical(self) -> str | None:
        """The page's own full address, where the site has one."""
        return self.full(self.language)
