"""The releases of the data on the data page: where each version, older ones too, can still be had."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.edition import data_folder
from pipeline.pages.addresses import Site
from pipeline.released import NAME, Release, read_releases


@dataclass(frozen=True, slots=True)
class Released:
    """A release, the address of its page in the repository, and that of the whole dataset as it was then."""

    release: Release
    page: str
    file: str

    @property
    def reports(self) -> int:
        return int(self.release.reports)

    @property
    def agencies(self) -> int:
        return int(self.release.agencies)


def released(site: Site) -> Sequence[Released]:
    """Every release, the last one first; none where no repository is known that could hold them.

    Raises ValueError where the list of releases is not sound.
    """
    releases, problems = read_releases(data_folder() / NAME)
    if problems:
        raise ValueError(f"{len(problems)} problem(s) in the list of releases, the first: {problems[0]}")
    return [_at(site.repository, one) for one in reversed(releases)] if site.repository else []


def _at(repository: str, release: Release) -> Released:
    base = f"{repository}/releases"
    return Released(release, f"{base}/tag/{release.tag}", f"{base}/download/{release.tag}/{release.file}")
