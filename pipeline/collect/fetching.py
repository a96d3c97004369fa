"""One request and its answer, within its limits of time and size: no cookies, no proxies, no redirects of its own."""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx

from pipeline import __version__
from pipeline.collect.addresses import Address, Resolve, Rules, resolve
from pipeline.collect.connecting import Deadline, Transport
from pipeline.collect.trouble import Stopped, TooMuch
from pipeline.collect.unpacking import ACCEPTED, unpack

MOST_HEADER = 300
"""Characters of a header that are kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for connecting, for one silence and for the whole of a request; bytes of an answer."""

    connect: float = 15
    silence: float = 30
    whole: float = 180
    most_bytes: int = 50_000_000


class Clock:
    """Time as a run sees it: a pause ends at once when the run is stopped."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> str:
        return self.now().date().isoformat()

    def sleep(self, seconds: float) -> None:
        """Waits. Raises Stopped where the run is ended."""
        if self._stopped.wait(max(0.0, seconds)):
            raise Stopped

    def stop(self) -> None:
        self._stopped.set()

    def check(self) -> None:
        """Raises Stopped where the run is ended."""
        if self._stopped.is_set():
            raise Stopped


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; `headers` in small letters, each short; `body` unpacked."""

    address: Address
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(slots=True)
class Fetcher:
    """Makes requests. `resolver`, `rules`, `clock` are given by tests that bring a network of their own."""

    agent: str
    rules: Rules = field(default_factory=Rules)
    limits: Limits = field(default_factory=Limits)
    clock: Clock = field(default_factory=Clock)
    resolver: Resolve = resolve
    context: ssl.SSLContext = field(default_factory=lambda: httpx.create_ssl_context(trust_env=False))
    count: Callable[[], None] = lambda: None

    def get(self, address: Address, headers: Mapping[str, str], most: int | None = None, cut: bool = False) -> Answer:
        """Asks once. `most`: bytes of the body, past which it is cut off or refused.

        Raises Passing, NotAllowed, Failed, TooMuch, Stopped.
        """
        self.clock.check()
        self.count()
        sent = {"User-Agent": self.agent, "Accept": "*/*", "Accept-Encoding": ACCEPTED, "Connection": "close"}
        timeout = httpx.Timeout(self.limits.silence, connect=self.limits.connect).as_dict()
        request = httpx.Request("GET", str(address), headers={**sent, **headers}, extensions={"timeout": timeout})
        transport = Transport(self.context, self.rules, self.resolver, Deadline(self.limits.whole))
        # A client would bring cookies and its own thoughts about where an answer leads on to.
        with transport, contextlib.closing(transport.handle_request(request)) as response:
            told = {name.lower(): value[:MOST_HEADER] for name, value in response.headers.items()}
            told["location"] = response.headers.get("location", "")
            body = self._body(response, most or self.limits.most_bytes, cut) if response.status_code == 200 else b""
            return Answer(address, response.status_code, told, body)

    def _body(self, response: httpx.Response, most: int, cut: bool) -> bytes:
        """The body of an answer; that of any other status is not read at all."""
        made = bytearray()
        try:
            for piece in unpack(response.iter_raw(), response.headers.get("content-encoding", ""), most):
                self.clock.check()
                made += piece
        except TooMuch:
            if not cut:
                raise
        return bytes(made)


def agent(address: str) -> str:
    """How this program names itself to servers: its name, its version, and where to find out about it."""
    return f"gongkai/{__version__}" + (f" (+{address})" if address else "")
