"""What a host's robots.txt allows: asked once a run for each origin, and kept for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from pipeline.collect.addresses import Address

NAME = "gongkai"
MOST_BYTES = 512 * 1024
"""As much of the file is read as every crawler has to read; what stands behind is not looked at."""
FRESH = timedelta(hours=24)


@dataclass(slots=True)
class Robots:
    """The rules of one origin. `closed` says why nothing there may be asked at all; empty where something may be."""

    text: str = ""
    closed: str = ""
    asked: str = ""
    _parsed: Protego | None = None

    def allows(self, address: Address) -> bool:
        """Whether an address of the origin may be asked."""
        return bool(self._rules.can_fetch(str(address), NAME))

    @property
    def delay(self) -> float | None:
        """The seconds between two requests that the host wants."""
        told = self._rules.crawl_delay(NAME)
        return float(told) if told is not None else None

    def is_fresh(self, now: datetime) -> bool:
        """Whether the rules were read within the last day."""
        try:
            asked = datetime.fromisoformat(self.asked)
            return timedelta() <= now - asked < FRESH
        except (ValueError, TypeError):
            return False

    @property
    def _rules(self) -> Protego:
        if self._parsed is None:
            self._parsed = Protego.parse(self.text)
        return self._parsed


def of_answer(status: int, body: bytes, asked: str) -> Robots:
    """The rules that an answer to `/robots.txt` gives: none where the file is not there, no leave at all where the
    server fails."""
    if status == 200:
        return Robots(body.decode("utf-8-sig", "replace"), asked=asked)
    if 400 <= status < 500 and status != 429:
        return Robots(asked=asked)
    return Robots(closed=f"its robots.txt answers {status}", asked=asked)
