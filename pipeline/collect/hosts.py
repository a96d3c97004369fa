"""Hosts and how they are treated: one request at a time, a pause between two, and no more after they have asked for it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Protocol, TypeVar

import tenacity

from pipeline.collect.fetching import Answer, Clock
from pipeline.collect.robots import Robots
from pipeline.collect.trouble import LeftAlone, Passing

BUSY = (429, 502, 503, 504)
"""Answers after which the same request may well succeed."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Manners:
    """Seconds between two requests to a host, and how long one may ask us to wait before it is left for this run."""

    pause: float = 2
    longest_pause: float = 30
    attempts: int = 3
    first_wait: float = 5
    longest_wait: float = 120


class Shelf(Protocol):
    """Where the rules of origins are kept from run to run."""

    def robots(self, origin: str) -> Robots | None: ...

    def keep_robots(self, origin: str, robots: Robots) -> None: ...


@dataclass(slots=True)
class Host:
    """One host in this run. `left` says why it is not asked any more."""

    name: str
    left: str = ""
    pause: float = 0
    last: float | None = None
    robots: dict[str, Robots] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)
    reading: threading.Lock = field(default_factory=threading.Lock)

    def leave(self, says: str) -> LeftAlone:
        """Leaves the host for this run, and gives what to raise."""
        self.left = self.left or says
        return LeftAlone(self.left)


class Hosts:
    """Every host of a run by its name."""

    def __init__(self, clock: Clock, manners: Manners) -> None:
        self._clock, self.manners = clock, manners
        self._hosts: dict[str, Host] = {}
        self._lock = threading.Lock()

    def __getitem__(self, name: str) -> Host:
        with self._lock:
            return self._hosts.setdefault(name, Host(name, pause=self.manners.pause))

    def left(self) -> list[tuple[str, str]]:
        """The hosts that are left alone, with the reason, by name."""
        with self._lock:
            return sorted((host.name, host.left) for host in self._hosts.values() if host.left)

    def polite(self, host: Host, ask: Callable[[], Answer]) -> Answer:
        """Asks in the host's turn and after its pause, again after a while where that may help.

        Raises LeftAlone where the host is left, before or now.
        """
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Passing),
            stop=tenacity.stop_after_attempt(self.manners.attempts),
            wait=self._wait,
            sleep=self._clock.sleep,
            reraise=True,
        )
        try:
            return retrying(self._once, host, ask)
        except Passing as error:
            raise host.leave(error.says) from None

    def _once(self, host: Host, ask: Callable[[], Answer]) -> Answer:
        with host.turn:
            if host.left:
                raise LeftAlone(host.left)
            if host.last is not None:
                self._clock.sleep(host.last + host.pause - self._clock.monotonic())
            try:
                answer = ask()
            finally:
                host.last = self._clock.monotonic()
        if answer.status in BUSY:
            wait = self._seconds(answer.headers.get("retry-after", ""))
            if wait is not None and wait > self.manners.longest_wait:
                raise host.leave(f"it answers {answer.status} and asks for a pause of {wait:,.0f} seconds")
            raise Passing(f"it answers {answer.status}", wait)
        return answer

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        told = error.wait if isinstance(error, Passing) else None
        return max(told or 0.0, self.manners.first_wait * 4.0 ** (state.attempt_number - 1))

    def _seconds(self, text: str) -> float | None:
        """What `Retry-After` says: seconds, or a moment; None where it says neither."""
        if text.isascii() and text.isdigit() and len(text) < 10:
            return float(text)
        try:
            return max(0.0, (parsedate_to_datetime(text) - self._clock.now()).total_seconds())
        except (ValueError, TypeError):
            return None
