"""The prose of a report: how long it is, the figures that it states, and a fingerprint; never its words.

Rows of sections 一, 五 and 六 go in, plain facts for a record come out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.document import BLANKS, Row
from pipeline.prose.claims import claims_of
from pipeline.prose.fingerprint import fingerprint
from pipeline.prose.passages import passages
from pipeline.prose.wording import Teller, teller

__all__ = ["PREAMBLE", "Teller", "facts", "teller"]

PREAMBLE = "preamble"
"""What stands before section 一: it has no entry of its own, but it may name the period."""


def facts(sections: Mapping[str, Sequence[Row]], teller: Teller, *, keep: bool = False) -> dict[str, dict[str, Any]]:
    """What a record says of each section's prose; `keep` adds its text, for who runs an instance of his own."""
    found = {key: _facts(key, rows, teller, keep) for key, rows in sections.items() if key != PREAMBLE}
    before = claims_of(PREAMBLE, passages(sections.get(PREAMBLE, ())), teller)
    if "overview" in found and before:
        found["overview"]["claims"] = [*before, *found["overview"].get("claims", [])]
    return {key: _in_order(one) for key, one in found.items()}


def _facts(key: str, rows: Sequence[Row], teller: Teller, keep: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"characters": sum(len(BLANKS.sub("", row.text)) for row in rows)}
    if mark := fingerprint("".join(row.text for row in rows), teller):
        found["fingerprint"] = mark
    if claims := claims_of(key, passages(rows), teller):
        found["claims"] = claims
    if keep:
        found["text"] = "\n".join(row.text.strip() for row in rows if row.text.strip())
    return found


def _in_order(one: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one[key] for key in ("characters", "fingerprint", "claims", "text") if key in one}
