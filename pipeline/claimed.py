"""The shape of what a record says of its prose: a length, a fingerprint, and claims, each of them a fact."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pipeline.forms import NARRATIVE, all_rows, forms

PROSE_KEYS = ("fingerprint", "claims", "text")
CLAIM_KEYS = ("rule", "field", "with", "value", "place")
VALUES: Mapping[str, Any] = {
    **dict.fromkeys(("N01", "N02", "N03", "N04", "N05", "N07", "N08"), int),
    "N06": re.compile(r"\d{1,3}(?:\.\d{1,4})?%", re.ASCII),
    "N09": re.compile(r"\S{1,40}"),
}
"""The rules that compare what the prose states, each with the kind of value that it states."""

_FINGERPRINT = re.compile("[0-9a-f]{64}")
_CARRIED = "requests.carried_in.total"

Faults = Iterator[tuple[str, str]]
"""A key and what is wrong with it."""


def faults_of_prose(part: Mapping[str, Any]) -> Faults:
    """What is wrong with the facts about one section, its claims apart."""
    if type(part["characters"]) is not int or part["characters"] < 0:
        yield "characters", "a number of characters belongs here"
    if not _FINGERPRINT.fullmatch(str(part.get("fingerprint", "0" * 64))):
        yield "fingerprint", "64 hexadecimal digits belong here, in small letters"
    if not isinstance(part.get("text", ""), str):
        yield "text", "the prose belongs here"
    if "claims" in part and not claims_in(part):
        yield "claims", "a list of claims, or no such key"


def claims_in(part: Mapping[str, Any]) -> list[Any]:
    """The claims of a section; none where no list stands there."""
    claims = part.get("claims")
    return claims if isinstance(claims, list) else []


def faults_of_claim(claim: Mapping[str, Any]) -> Faults:
    """What is wrong with a claim: what kind of value and field stand in it follows from its rule."""
    rule = claim["rule"]
    if not isinstance(rule, str) or rule not in VALUES:
        yield "rule", f"the rule is one of {', '.join(VALUES)}"
        return
    if not _fits(claim["value"], VALUES[rule]):
        yield "value", f"no value that rule {rule} can compare"
    if not isinstance(claim["place"], str) or not claim["place"].strip():
        yield "place", "the place in the document belongs here"
    if not isinstance(claim["field"], str) or claim["field"] not in _fields(rule):
        yield "field", f"no field that rule {rule} compares"
    if "with" in claim and (rule, claim["with"]) != ("N01", _CARRIED):
        yield "with", f"{_CARRIED} in a claim of N01, or no such key"


def _fits(value: Any, kind: Any) -> bool:
    if kind is int:
        return type(value) is int and value >= 0
    return isinstance(value, str) and kind.fullmatch(value) is not None


@cache
def _fields(rule: str) -> frozenset[str]:
    """The fields that a claim of a rule may name: figures of either form, and the sums that a form's heads stand for."""
    if rule == "N08":
        return frozenset({"year"})
    if rule == "N09":
        return frozenset({"agency_name", *NARRATIVE})
    figures = {name for row in all_rows() for name in row.fields}
    groups = {f"requests.{group}.total" for form in forms().values() for group in form.groups}
    results = {name.rpartition(".")[2] for name in figures if name.startswith("disputes.")}
    return frozenset(figures | groups | {f"disputes.litigation.{one}" for one in results})


def in_order(part: Mapping[str, Any]) -> dict[str, Any]:
    """The facts about one section in the order of its line."""
    ordered = {key: part[key] for key in ("characters", *PROSE_KEYS) if key in part}
    if "claims" in ordered:
        ordered["claims"] = [{key: one[key] for key in CLAIM_KEYS if key in one} for one in part["claims"]]
    return ordered
