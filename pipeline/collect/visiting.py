"""An address -> its answer, by all the rules: robots.txt first, redirects by hand, each step looked at like the first."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.collect.addresses import Address, parse, shown
from pipeline.collect.fetching import Answer, Fetcher
from pipeline.collect.hosts import Host, Hosts, Shelf
from pipeline.collect.robots import MOST_BYTES, Robots, of_answer
from pipeline.collect.trouble import Failed, LeftAlone, NotAllowed

MOST_REDIRECTS = 5
REDIRECTS = (301, 302, 303, 307, 308)
NO_CONDITIONS: Mapping[str, str] = {}


@dataclass(slots=True)
class Visitor:
    """Asks for addresses as a guest does."""

    fetcher: Fetcher
    hosts: Hosts
    shelf: Shelf

    def visit(self, text: str, conditions: Mapping[str, str] = NO_CONDITIONS, only_at: str = "") -> Answer:
        """The answer to an address after its redirects, of whatever status.

        `conditions` are headers that are sent only to the address `only_at`. Raises a Trouble.
        """
        address = parse(text, self.fetcher.rules)
        for step in range(MOST_REDIRECTS + 1):
            answer = self._ask(address, conditions if str(address) == only_at else NO_CONDITIONS, is_first=step == 0)
            if answer.status not in REDIRECTS or not answer.headers["location"]:
                return answer
            address = self._next(address, answer)
        raise Failed(f"the address leads on more than {MOST_REDIRECTS} times")

    def _next(self, address: Address, answer: Answer) -> Address:
        location = answer.headers["location"]
        with contextlib.suppress(UnicodeError):  # a header comes as Latin letters, whatever its bytes were meant to be
            location = location.encode("latin-1").decode("utf-8")
        try:
            return parse(location.strip(), self.fetcher.rules, address)
        except NotAllowed as error:
            raise NotAllowed(f"the address leads on to another: {error.says}") from None

    def _ask(self, address: Address, headers: Mapping[str, str], is_first: bool) -> Answer:
        try:
            self._mind_robots(address)
            return self.hosts.polite(self.hosts[address.host], lambda: self.fetcher.get(address, headers))
        except NotAllowed as error:
            if is_first:
                raise
            raise NotAllowed(f"the address leads on to {shown(str(address))}: {error.says}") from None

    # robots.txt ------------------------------------------------------------------------------------------------------

    def _mind_robots(self, address: Address) -> None:
        """Raises LeftAlone, NotAllowed where robots.txt does not let the address be asked."""
        host = self.hosts[address.host]
        if host.left:
            raise LeftAlone(host.left)
        with host.reading:
            robots = host.robots.get(address.origin) or self._robots(host, address)
            host.robots[address.origin] = robots
        if robots.closed:
            raise host.leave(robots.closed)
        if not robots.allows(address):
            raise NotAllowed("the host's robots.txt forbids the address")
        self._mind_pause(host, robots)

    def _mind_pause(self, host: Host, robots: Robots) -> None:
        delay = robots.delay or 0
        if delay > self.hosts.manners.longest_pause:
            raise host.leave(f"its robots.txt asks for a pause of {delay:g} seconds between two requests")
        host.pause = max(host.pause, delay)

    def _robots(self, host: Host, address: Address) -> Robots:
        now = self.fetcher.clock.now()
        kept = self.shelf.robots(address.origin)
        if kept and not kept.closed and kept.is_fresh(now):
            return kept
        robots = self._read_robots(host, address, now.isoformat(timespec="seconds"))
        if not robots.closed:
            self.shelf.keep_robots(address.origin, robots)
        return robots

    def _read_robots(self, host: Host, address: Address, now: str) -> Robots:
        try:
            answer = self._ask_robots(address)
            return of_answer(answer.status, answer.body, now) if answer else Robots(asked=now)
        except (LeftAlone, Failed) as error:
            return Robots(closed=f"its robots.txt cannot be read: {error.says}")

    def _ask_robots(self, address: Address) -> Answer | None:
        """The answer after its redirects; None where it leads on and on, as if there were no such file.

        Raises NotAllowed where the host itself may not be asked, Failed where its file leads to such a host.
        """
        at = Address(address.scheme, address.host, address.port, "/robots.txt")
        for step in range(MOST_REDIRECTS + 1):
            answer = self._robots_at(at, is_first=step == 0)
            if answer.status not in REDIRECTS or not answer.headers["location"]:
                return answer
            try:
                at = self._next(at, answer)
            except NotAllowed as error:
                raise Failed(error.says) from None
        return None

    def _robots_at(self, at: Address, is_first: bool) -> Answer:
        try:
            return self.hosts.polite(self.hosts[at.host], lambda: self.fetcher.get(at, {}, MOST_BYTES, cut=True))
        except NotAllowed as error:
            if is_first:
                raise
            raise Failed(error.says) from None
