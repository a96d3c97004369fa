"""The pages of subjects: every indicator and every outcome, over the years and in each year over all organs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, ClassVar

from pipeline.forms import Label, forms
from pipeline.package import csv_text
from pipeline.pages import measured, pictures, tiles
from pipeline.pages.addresses import SUBJECTS as ADDRESS
from pipeline.pages.addresses import file_of, subject_address
from pipeline.pages.material import Download, Material
from pipeline.pages.measured import Choices, Measured, Place
from pipeline.pages.measures import SUBJECTS, Subject
from pipeline.pages.page import File, Page, Task, offer
from pipeline.pages.statistics import RATED, STATES, Summary, is_whole, statistics_of, summarise
from pipeline.shape import sectors

PER_PAGE = 200
"""How many organs a page shows without its script, which reads the rest from the files."""
PART = 2_000_000
"""A file of more bytes than this is given in parts too, a province each, for the script of the page."""

YEAR_COLUMNS = (
    *("year", "scope", "reports", *STATES),
    *("lower_quartile", "median", "upper_quartile", "numerator", "denominator", "pooled"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects that stand together, each with what the newest year says; `words` None for the indicators."""

    words: Label | None
    subjects: tuple[tuple[Subject, Summary], ...]


@dataclass(frozen=True, slots=True)
class SubjectsPage:
    """All subjects."""

    template: ClassVar[str] = "subjects"
    path: str
    year: int | None
    indicators: Group
    outcomes: tuple[Group, ...]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class SubjectPage:
    """A subject over the years: `years` over organs' own reports, `wholes` over those of governments over all organs."""

    template: ClassVar[str] = "subject"
    path: str
    subject: Subject
    years: tuple[tuple[int, Summary], ...]
    wholes: tuple[tuple[int, Summary], ...]
    trends: tuple[tuple[str, pictures.Trend], ...]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class SubjectYearPage:
    """A subject in one year: how its rates spread, its provinces, and the organs that have a rate.

    `rows` are the first `PER_PAGE` of `total`; where there are more, `parts` are the files that hold all of them.
    """

    template: ClassVar[str] = "subject_year"
    path: str
    subject: Subject
    year: int
    years: tuple[int, ...]
    summary: Summary
    whole: Summary
    spread: pictures.Distribution
    map: tiles.TileMap
    rows: tuple[Measured, ...]
    total: int
    parts: tuple[str, ...]
    choices: Choices
    sectors: Mapping[str, Mapping[str, Any]]
    downloads: tuple[Download, ...]


@dataclass(frozen=True, slots=True)
class SubjectProvincesPage:
    """A subject in one year by province."""

    template: ClassVar[str] = "subject_provinces"
    path: str
    subject: Subject
    year: int
    places: tuple[Place, ...]
    map: tiles.TileMap
    downloads: tuple[Download, ...]


def tasks(made: Material) -> Iterator[Task]:
    """The list of subjects, then each subject, then each of its years."""
    yield partial(_list, made)
    for subject in SUBJECTS.values():
        yield partial(_subject, made, subject)
        for year in made.years:
            yield partial(_year, made, subject, year)


def _list(made: Material) -> Iterator[Page | File]:
    year = made.years[-1] if made.years else None
    told = [(one, statistics_of(made).summary(one.slug, year or 0)) for one in SUBJECTS.values()]
    parts = groupby(told, key=lambda pair: pair[0].group)
    file = File(f"{ADDRESS}subjects.csv", csv_text(*_listed(told, year)))
    groups = tuple(Group(forms()["2021"].groups.get(key or ""), tuple(part)) for key, part in parts)
    yield SubjectsPage(file_of(ADDRESS), year, groups[0], groups[1:], (offer(file),))
    yield file


def _listed(told: Sequence[tuple[Subject, Summary]], year: int | None) -> tuple[Sequence[str], list[dict[str, Any]]]:
    words = ("subject", "label", "label_en", "numerator_of", "denominator_of", "numerator_of_en", "denominator_of_en")
    rows = [
        {**dict(zip(words, (one.slug, one.label, one.label_en, *one.share, *one.share_en), strict=True))}
        | year_row(year, "own", summary)
        for one, summary in told
    ]
    return (*words, *YEAR_COLUMNS), rows


# over the years ------------------------------------------------------------------------------------------------------


def _subject(made: Material, subject: Subject) -> Iterator[Page | File]:
    statistics = statistics_of(made)
    years = tuple((year, statistics.summary(subject.slug, year)) for year in made.years)
    wholes = tuple((year, statistics.summary(subject.slug, year, whole=True)) for year in made.years)
    rows = [year_row(year, "own", one) for year, one in years]
    rows += [year_row(year, "jurisdiction", one) for year, one in wholes if one.reports]
    file = File(f"{subject_address(subject.slug)}years.csv", csv_text(YEAR_COLUMNS, rows))
    yield SubjectPage(
        path=file_of(subject_address(subject.slug)),
        subject=subject,
        years=years,
        wholes=tuple(pair for pair in wholes if pair[1].reports),
        trends=tuple(_trends(years)),
        downloads=(offer(file),),
    )
    yield file


def year_row(year: int | None, scope: str, summary: Summary) -> dict[str, Any]:
    quarters = summary.quartiles
    return {
        **{"year": year, "scope": scope, "reports": summary.reports},
        **{state: getattr(summary, state) for state in STATES},
        "lower_quartile": quarters.lower if quarters else None,
        "median": quarters.median if quarters else None,
        "upper_quartile": quarters.upper if quarters else None,
        **summary.sums,
        "pooled": summary.pooled,
    }


def _trends(years: Sequence[tuple[int, Summary]]) -> Iterator[tuple[str, pictures.Trend]]:
    """The quartiles over the years, one plot each; none at all where no year has quartiles."""
    if not any(summary.quartiles for _, summary in years):
        return
    told = dict(years)
    for name in ("lower", "median", "upper"):
        points = [
            (year, getattr(told[year].quartiles, name, None) if year in told else None, year in told)
            for year in range(min(told), max(told) + 1)
        ]
        yield name, pictures.trend(points, rate=True)


# one year ------------------------------------------------------------------------------------------------------------


def _year(made: Material, subject: Subject, year: int) -> Iterator[Page | File]:
    """The page of a subject in a year, that of its provinces, and their files."""
    rows = tuple(measured.rows_of(made, subject, year))
    rated = tuple(row for row in rows if row.figure.state == RATED)
    address = subject_address(subject.slug, year)
    data = File(f"{address}data.csv", measured.to_csv(rows))
    places = measured.places_of(rows)
    table = File(f"{address}provinces.csv", measured.places_to_csv(places))
    parts = tuple(_parts(address, rows, data)) if len(rated) > PER_PAGE else ()
    yield data
    yield table
    yield from (part for part in parts if part is not data)
    yield _year_page(made, subject, year, _both(rows), rated, places, parts, (offer(data), offer(table)))
    yield SubjectProvincesPage(
        path=file_of(f"{address}provinces/"),
        subject=subject,
        year=year,
        places=places,
        map=_map(places),
        downloads=(offer(table),),
    )


def _both(rows: Sequence[Measured]) -> tuple[Summary, Summary]:
    """What organs' own reports say together, and those of governments over all their organs."""
    own, whole = ([row.figure for row in rows if is_whole(row.record) == one] for one in (False, True))
    return summarise(own), summarise(whole)


def _year_page(
    made: Material,
    subject: Subject,
    year: int,
    summaries: tuple[Summary, Summary],
    rated: Sequence[Measured],
    places: Sequence[Place],
    parts: Sequence[File],
    downloads: tuple[Download, ...],
) -> SubjectYearPage:
    summary, own = summaries[0], [row for row in rated if not is_whole(row.record)]
    values = [row.figure.value for row in own if row.figure.value is not None]
    return SubjectYearPage(
        path=file_of(subject_address(subject.slug, year)),
        subject=subject,
        year=year,
        years=tuple(made.years),
        summary=summary,
        whole=summaries[1],
        spread=pictures.distribution(values, summary.quartiles, rate=True, without=summary.without),
        map=_map(places),
        rows=tuple(rated[:PER_PAGE]),
        total=len(rated),
        parts=tuple(part.address for part in parts),
        choices=measured.choices_of(rated),
        sectors=sectors(),
        downloads=downloads,
    )


def _parts(address: str, rows: Sequence[Measured], whole: File) -> Iterator[File]:
    """The files that the script of a page reads: the whole one, or one a province where that is large."""
    if len(whole.text.encode("utf-8")) <= PART:
        yield whole
        return
    for code, part in groupby(rows, key=lambda row: row.province):
        yield File(f"{address}{code}.csv", measured.to_csv(tuple(part)))


def _map(places: Sequence[Place]) -> tiles.TileMap:
    return tiles.tile_map({one.code: one.summary.pooled for one in places}, rate=True)
