"""Whether a report is the one that the list of known reports says: of that year, and of that organ."""

import re
import unicodedata

from pipeline.convert import Draft
from pipeline.document import Ambiguous
from pipeline.known_reports import KnownReport
from pipeline.places import core
from pipeline.regions import tell

_GOVERNMENT = re.compile("(?:人民)?政府(?:办公?[厅室]?)?")
_SHORT = {"办": "办公室", "委": "委员会", "管委会": "管理委员会"}
_LEFT_OUT = ("管理委员会", "管委会", "人民政府", "政府")
"""What a list leaves out behind a name: 经济技术开发区 is its 管理委员会, a town its 人民政府."""


def hold_to(row: KnownReport, made: Draft, agency_id: str) -> None:
    """Raises Ambiguous where the report is of another year or organ than the list says: one of both is wrong."""
    told = made.record
    if row.year and int(row.year) != told.year:
        raise Ambiguous(f"the report is of {told.year}, and the list of known reports says {row.year}")
    if row.agency_id and row.agency_id != agency_id:
        raise Ambiguous(f"the report is of {told.agency_name} ({agency_id}), and the list says {row.agency_id}")
    if not row.agency_id and row.agency_name and not could_be(row.agency_name, told.agency_name, made.region.code):
        raise Ambiguous(f"the report is of {told.agency_name}, and the list of known reports says {row.agency_name}")


def could_be(listed: str, printed: str, region: str) -> bool:
    """Whether a name in a list, often shortened, can be that of the organ that a report names, in the place `region`."""
    places = {told.region.code for told in tell(core(_plain(listed)))}
    if places and not any(_around(code, region) for code in places):
        return False
    one, other = _bare(listed), _bare(printed)
    if _is_government(one) or _is_government(other):
        return _is_government(one) and _is_government(other)
    short, full = sorted((one, other), key=len)
    if full.startswith(short):
        return full.removeprefix(short) in ("", *_LEFT_OUT)
    return _abbreviates(short, full)


def _abbreviates(short: str, full: str) -> bool:
    """Whether each character stands in its turn in the full name, the first at its start and the last at its end: 应急局
    is the 应急管理局, but 公安局 is no 公安局交通警察支队."""
    for ending, meant in _SHORT.items():
        if short.endswith(ending) and full.endswith(meant):
            short = short.removesuffix(ending) + meant
    rest = iter(full)
    same_kind = ("分局" in short) == ("分局" in full)
    return same_kind and short[:1] == full[:1] and short[-1:] == full[-1:] and all(one in rest for one in short)


def _is_government(bare: str) -> bool:
    """Whether a name without its place is that of the place's government or of its office, which publishes for it."""
    return not bare or bool(_GOVERNMENT.fullmatch(bare))


def _plain(name: str) -> str:
    return re.sub(r"[()\s]", "", unicodedata.normalize("NFKC", name))


def _bare(name: str) -> str:
    """A name without its place, or without the 县 or 区 that stands for it, and without brackets."""
    plain = _plain(name)
    places = tell(core(plain))
    return core(plain)[max(place.length for place in places) :] if places else plain.lstrip("本我省市县区州旗")


def _around(code: str, region: str) -> bool:
    """Whether one place is the other, or lies around it."""
    one, other = (re.sub("(00)+$", "", each) for each in (code, region))
    return one.startswith(other) or other.startswith(one)
