"""The next release written down: its version, its row in the list, its schema. Nothing is written until all is known."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.descriptor import descriptor_text, schema
from pipeline.edition import NAME, Edition, with_edition
from pipeline.record import write_all
from pipeline.released import NAME as RELEASES
from pipeline.released import Release, releases_text
from pipeline.releases.making import WHOLE, checksum, package_of
from pipeline.releases.notes import notes_of
from pipeline.releases.planned import Plan, Unready, Wish, plan


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was planned, what the notes will say, and the files that were written."""

    plan: Plan
    notes: str
    written: tuple[Path, ...]

    @property
    def edition(self) -> Edition:
        return self.plan.told.edition


def prepare(root: Path, wish: Wish, notes: Path | None = None) -> Prepared:
    """Plans the next release and writes it down. Raises Unready and NoRevision, and then nothing is written."""
    planned = plan(root, wish)
    edition = planned.told.edition
    citation = _citation(root, edition)
    with package_of(root / "data", citation) as package:
        row = _row(planned, checksum(package / WHOLE))
    texts = {
        root / NAME: citation,
        root / "data" / RELEASES: releases_text([*planned.before, row]),
        root / "data" / "datapackage.json": descriptor_text(schema(edition)),
    }
    if notes:
        texts[notes] = notes_of(planned.told)
    write_all(texts)
    return Prepared(planned, notes_of(planned.told), tuple(texts))


def _citation(root: Path, edition: Edition) -> str:
    try:
        return with_edition((root / NAME).read_text(encoding="utf-8"), edition)
    except (OSError, ValueError) as error:
        raise Unready(f"{NAME}: {error}" if isinstance(error, OSError) else str(error)) from error


def _row(planned: Plan, sha256: str) -> Release:
    edition, tables = planned.told.edition, planned.told.state.tables
    counts = (str(len(tables[name].rows)) for name in ("reports", "agencies"))
    return Release(edition.version, edition.date, edition.tag, sha256, *counts)
