"""Connections that go to an address that was checked a moment ago and to no other, and that end in time."""

import ssl
import time
from collections.abc import Iterable, Iterator
from typing import Any

import httpcore
import httpx

from pipeline.collect.addresses import Resolve, Rules, checked
from pipeline.collect.trouble import NotAllowed, Passing


class Deadline:
    """The moment at which a request has to have ended, however slowly its bytes drip."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def within(self, seconds: float | None) -> float:
        """So many seconds, or those that are left. Raises httpcore.ReadTimeout where none is."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole took too long")
        return left if seconds is None else min(seconds, left)


class _Stream(httpcore.NetworkStream):
    """A connection of which every step ends before the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        made = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(timeout))
        return _Stream(made, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Resolves a name, checks every address behind it, and connects to one of these: nothing asks the name twice."""

    def __init__(self, rules: Rules, resolver: Resolve, deadline: Deadline) -> None:
        self._rules, self._resolver, self._deadline = rules, resolver, deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception | None = None
        for one in checked(host, self._rules, self._resolver):
            try:
                stream = self._plain.connect_tcp(
                    one, port, self._deadline.within(timeout), local_address, socket_options
                )
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed or httpcore.ConnectError(host)


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._stream
        except httpcore.TimeoutException:
            raise Passing("the host did not finish its answer in time") from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Passing(f"the answer broke off ({_words(error)})") from None

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


class Transport(httpx.BaseTransport):
    """The way of one request to its host: no proxy, no second look at the name, no more time than there is."""

    def __init__(self, context: ssl.SSLContext, rules: Rules, resolver: Resolve, deadline: Deadline) -> None:
        backend = _Backend(rules, resolver, deadline)
        self._pool = httpcore.ConnectionPool(context, max_connections=1, network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Asks, and gives the answer with its body still to come. Raises Passing or NotAllowed."""
        url = request.url
        place = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        asked = httpcore.Request(request.method, place, headers=request.headers.raw, extensions=request.extensions)
        try:
            answer = self._pool.handle_request(asked)
        except httpcore.TimeoutException:
            raise Passing("the host did not answer in time") from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _of_certificate(error) or Passing(f"the host gave no answer ({_words(error)})") from None
        assert isinstance(answer.stream, Iterable)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer.stream))

    def close(self) -> None:
        self._pool.close()


def _of_certificate(error: Exception) -> NotAllowed | None:
    """A certificate that does not hold does not hold a moment later either."""
    return NotAllowed("the host's certificate does not hold") if "CERTIFICATE_VERIFY" in str(error) else None


def _words(error: Exception) -> str:
    """What the library says, on one line, of which the server may have written a part."""
    return "".join(c if c.isprintable() else " " for c in str(error))[:120] or type(error).__name__
