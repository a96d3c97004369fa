"""Material for pages from made-up records, as if the package had been written."""

from collections.abc import Iterable
from pathlib import Path

from pipeline import package
from pipeline.checks import check_records
from pipeline.dataset import Dataset
from pipeline.pages.material import Download, Material
from pipeline.record import Agency, Loaded, Record
from tests.made import ID, agency


class Offered(Material):
    """Material whose package is whole: every file is there."""

    def download(self, address: str) -> Download:
        return Download(address, 1)


def material(
    records: Iterable[Record], agencies: Iterable[Agency] = (), coverage: Iterable[dict[str, str]] = ()
) -> Material:
    organs = {one.agency_id: one for one in agencies} or {ID: agency()}
    found = Dataset(organs, [Loaded(Path("made"), record=one) for one in records])
    checked = check_records(found.records, organs)
    return Offered(found, checked, list(coverage), package.schema(), Path("nowhere"))
