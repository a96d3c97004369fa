"""Answers about places: which lie in which, and the organs there."""

from collections.abc import Mapping, Sequence

from pipeline.api.answers import Answer, Row, one
from pipeline.regions import NATIONAL, Region, by_code, chain


def region_path(code: str) -> str:
    return f"regions/{code}.json"


def region_list(code: str) -> str:
    """The list of the organs in a place and in the places inside it."""
    return f"regions/{code}/agencies"


def region_answer(region: Region, inside: Sequence[tuple[Region, int, int]], agencies: int, reports: int) -> Answer:
    """A place: those around it, and those right inside it that have an organ here, each with organs and reports."""
    data = {
        "region": {
            **_named(region),
            "former_names": list(region.former_names),
            "valid_to": region.valid_to or None,
        },
        "around": [_named(one) for one in chain(region.code)[:-1]],
        "places": [{**_named(place), "agencies": n, "reports": held} for place, n, held in inside],
        "agencies": agencies,
        "reports": reports,
        "agencies_path": f"{region_list(region.code)}/1.json",
    }
    return one(region_path(region.code), data)


def country() -> Region:
    """The place that all others lie in."""
    return by_code().get(NATIONAL) or Region(NATIONAL, "中华人民共和国", "national", "")


def _named(region: Region) -> Row:
    named: Mapping[str, object] = {
        "code": region.code,
        "name": region.name,
        "level": region.level,
        "path": region_path(region.code),
    }
    return named
