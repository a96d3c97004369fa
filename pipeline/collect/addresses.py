"""Which addresses may be asked: http and https, the usual ports, and hosts that anybody on the internet can reach."""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urljoin, urlsplit

import httpx
import idna

from pipeline.collect.trouble import NotAllowed, Passing

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolve = Callable[[str], Sequence[str]]
"""A host's name -> the addresses that it has now, as text."""

PORTS = {"http": 80, "https": 443}
MOST_CHARACTERS = 2_000
MOST_ADDRESSES = 4

_NEVER = tuple(
    map(
        ipaddress.ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
            *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
            *("203.0.113.0/24", "224.0.0.0/3", "2001::/23", "2001:db8::/32", "3fff::/20"),
        ),
    )
)
"""Networks that are nobody's public host, named beside what the library knows: its list grows from version to version."""

_GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_AS_IT_IS = "/%:@!$&'()*+,;=~?"
_WRONG = re.compile(r"[\x00-\x20\x7f-\x9f\\\u2028\u2029\u3000]")


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be asked. `networks` and `further_ports` are empty but where a test has a server of its own."""

    networks: tuple[Network, ...] = ()
    further_ports: frozenset[int] = frozenset()

    def allows_port(self, port: int) -> bool:
        return port in PORTS.values() or port in self.further_ports

    def allows(self, ip: IP) -> bool:
        """Whether a host with this address may be asked."""
        return any(ip in network for network in self.networks) or is_public(ip)


@dataclass(frozen=True, slots=True)
class Address:
    """An address that may be asked as far as its words go; what its host's name stands for is checked on connecting."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if PORTS[self.scheme] == self.port else f":{self.port}")

    def __str__(self) -> str:
        return self.origin + self.target


def parse(text: str, rules: Rules, base: Address | None = None) -> Address:
    """The address in a text, of a link on a page with `base`. Raises NotAllowed where it may not be asked."""
    if len(text) > MOST_CHARACTERS or _WRONG.search(text):
        raise NotAllowed(f"the address {shown(text)} holds what no address holds, or is too long")
    try:
        parts = urlsplit(urljoin(str(base), text) if base else text)
        port = parts.port
    except ValueError:
        raise NotAllowed(f"{shown(text)} is no address") from None
    if parts.scheme not in PORTS:
        raise NotAllowed(f"{shown(text)} is no http or https address")
    if "@" in parts.netloc:
        raise NotAllowed(f"the address {shown(text)} names a user")
    number = PORTS[parts.scheme] if port is None else port
    if not rules.allows_port(number):
        raise NotAllowed(f"the address {shown(text)} names port {number}; only 80 and 443 are asked")
    address = Address(parts.scheme, _host(parts.hostname), number, "/")
    target = quote(parts.path or "/", safe=_AS_IT_IS) + ("?" * bool(parts.query)) + quote(parts.query, safe=_AS_IT_IS)
    try:  # what robots.txt is asked about has to be what is sent in the end, without `/../`
        return replace(address, target=httpx.URL(address.origin + target).raw_path.decode("ascii"))
    except (httpx.InvalidURL, UnicodeError):
        raise NotAllowed(f"{shown(text)} is no address") from None


def _host(name: str | None) -> str:
    """The name of a host as it goes over the wire."""
    if not name:
        raise NotAllowed("the address names no host")
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        made = idna.encode(name.rstrip("."), uts46=True).decode("ascii")
    except idna.IDNAError:
        raise NotAllowed(f"{shown(name)} is no name of a host") from None
    if "." not in made or made.rpartition(".")[2].isdigit():
        raise NotAllowed(f"{shown(name)} is no name of a host on the internet")
    return made


def shown(text: str) -> str:
    """A text of others within a sentence: on one line, and short."""
    plain = "".join(c if c.isprintable() else "�" for c in text)
    return f"“{plain if len(plain) <= 200 else plain[:200] + '…'}”"


# what a name stands for ----------------------------------------------------------------------------------------------


def is_public(ip: IP) -> bool:
    """Whether anybody on the internet can reach an address; one that holds another is as public as that."""
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (_last(ip) if ip in _NAT64 else None)
        if inner:
            return is_public(inner)
        if ip not in _GLOBAL_IPV6 or ip.scope_id or ip.is_site_local or ip.teredo:
            return False
    closed = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
    return ip.is_global and not closed and not ip.is_unspecified and not any(ip in network for network in _NEVER)


def _last(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def resolve(host: str) -> Sequence[str]:
    """The addresses that a name has now. Raises OSError where it has none."""
    return list(dict.fromkeys(str(told[4][0]) for told in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)))


def checked(host: str, rules: Rules, resolver: Resolve) -> list[str]:
    """The addresses of a host, each of which may be asked. Raises NotAllowed where one may not, Passing where none is.

    Every one is checked, not only the first: a name that is public today and the machine's own tomorrow is no host.
    """
    try:
        told = [host] if _is_ip(host) else resolver(host)
    except (OSError, UnicodeError):
        told = ()
    if not told:
        raise Passing(f"the name {host} is not known")
    for one in told:
        if not _allowed(one, rules):
            where = "" if one == host else f" is at {shown(one)}, which"
            raise NotAllowed(f"{host}{where} is no public address")
    return list(told)[:MOST_ADDRESSES]


def _is_ip(text: str) -> bool:
    try:
        return bool(ipaddress.ip_address(text))
    except ValueError:
        return False


def _allowed(text: str, rules: Rules) -> bool:
    try:
        return rules.allows(ipaddress.ip_address(text))
    except ValueError:
        return False
