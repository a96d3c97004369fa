"""A web of hosts that do not exist, on one real server of this machine, which answers as badly as servers do."""

import contextlib
import ipaddress
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline.collect.addresses import Rules
from pipeline.collect.fetching import Clock

HERE = "127.0.0.1"


@dataclass(frozen=True)
class Asked:
    """A request as it came: the host and path that it names, its headers in small letters."""

    host: str
    path: str
    headers: Mapping[str, str]


@dataclass
class Talk:
    """What a rude answer has at hand: the request, the connection, and the end of the test."""

    asked: Asked
    connection: socket.socket
    ended: threading.Event

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.connection.sendall(piece)

    def stall(self) -> None:
        """Says nothing more until the test is over."""
        self.ended.wait(60)

    def forever(self, piece: bytes, pause: float = 0) -> None:
        """Sends a piece again and again, until nobody listens any more."""
        while not self.ended.wait(pause):
            self.send(piece)


Rude = Callable[[Talk], None]


@dataclass(frozen=True)
class Reply:
    """A decent answer."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, talk: Talk) -> None:
        told = {"Content-Length": str(len(self.body)), **self.headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        talk.send(f"HTTP/1.1 {self.status} X\r\n{head}Connection: close\r\n\r\n".encode("latin-1"), self.body)


def page(body: bytes | str, kind: str = "text/html; charset=utf-8", **headers: str) -> Reply:
    data = body.encode() if isinstance(body, str) else body
    return Reply(data, headers={"Content-Type": kind, **{key.replace("_", "-"): told for key, told in headers.items()}})


def leads_to(location: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": location})


def conditional(body: str, etag: str = "", modified: str = "") -> Rude:
    """A page that answers 304 to whoever has it."""
    marks = {name: mark for name, mark in (("ETag", etag), ("Last-Modified", modified)) if mark}

    def answer(talk: Talk) -> None:
        told = talk.asked.headers
        has = (etag and told.get("if-none-match") == etag) or (modified and told.get("if-modified-since") == modified)
        (Reply(status=304, headers=marks) if has else page(body, **marks))(talk)

    return answer


class Web:
    """The server. What each address answers is said by `on`; an address of which nothing is said answers 404."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.ended = threading.Event()
        self._answers: dict[str, list[Rude]] = {}
        self._lock = threading.Lock()
        web = self

        class Handler(socketserver.StreamRequestHandler):
            timeout = 30

            def handle(self) -> None:
                web._handle(self)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True
            block_on_close = False

            def get_request(self) -> tuple[socket.socket, object]:
                connection, address = super().get_request()
                if context:
                    connection.settimeout(10)
                    connection = context.wrap_socket(connection, server_side=True)
                return connection, address

            def handle_error(self, request: object, client_address: object) -> None:
                """Who is hung up on has nothing to say."""

        self._server = Server((HERE, 0), Handler)
        self.port: int = self._server.server_address[1]
        self.scheme = "https" if context else "http"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def on(self, where: str, *answers: Rude) -> str:
        """Says what `host/path` answers, one request after the other and the last for ever, and gives its address."""
        self._answers[where] = list(answers)
        return self.url(where)

    def url(self, where: str) -> str:
        host, _, path = where.partition("/")
        return f"{self.scheme}://{host}:{self.port}/{path}"

    @property
    def rules(self) -> Rules:
        return Rules((ipaddress.ip_network(f"{HERE}/32"),), frozenset({self.port}))

    def paths(self, host: str = "", robots: bool = False) -> list[str]:
        """What was asked for, in order; robots.txt is left out unless it is asked for too."""
        found = [one for one in self.asked if host in ("", one.host)]
        return [f"{one.host}{one.path}" for one in found if robots or one.path != "/robots.txt"]

    def _handle(self, handler: socketserver.StreamRequestHandler) -> None:
        asked = _read(handler)
        with self._lock:
            self.asked.append(asked)
            answers = self._answers.get(asked.host + asked.path, [Reply(status=404)])
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
        with contextlib.suppress(OSError):
            answer(Talk(asked, handler.connection, self.ended))


def _read(handler: socketserver.StreamRequestHandler) -> Asked:
    path = handler.rfile.readline(65_536).decode("latin-1").split(" ")[1]
    headers: dict[str, str] = {}
    while line := handler.rfile.readline(65_536).decode("latin-1").strip():
        name, _, told = line.partition(":")
        headers[name.lower()] = told.strip()
    return Asked(headers.get("host", "").rpartition(":")[0] or headers.get("host", ""), path, headers)


@contextlib.contextmanager
def web(context: ssl.SSLContext | None = None) -> Iterator[Web]:
    made = Web(context)
    try:
        yield made
    finally:
        made.close()


class Times(Clock):
    """A clock that waits for nothing: whoever sleeps is told that the time has passed. A test turns its days."""

    def __init__(self, day: str = "2026-03-02") -> None:
        super().__init__()
        self.slept: list[float] = []
        self.moment = datetime.fromisoformat(f"{day}T08:00:00").replace(tzinfo=UTC)
        self._passed = 0.0

    def monotonic(self) -> float:
        return self._passed

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.check()
        if seconds > 0:
            self.slept.append(round(seconds, 3))
            self._passed += seconds

    def turn(self, days: int) -> "Times":
        """The same clock some days later, for another run."""
        return Times((self.moment + timedelta(days)).date().isoformat())


class Names:
    """A resolver for tests: a name is at the addresses that are said, one list after the other; all others are here."""

    def __init__(self, **told: Sequence[Sequence[str]]) -> None:
        self._told = {name.replace("_", "."): list(lists) for name, lists in told.items()}
        self.asked: list[str] = []

    def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        lists = self._told.get(host)
        if lists is None:
            return [HERE]
        return lists.pop(0) if len(lists) > 1 else lists[0]
