"""What may be asked of the web: the words of an address, and the addresses that a name stands for."""

import ipaddress

import pytest

from pipeline.collect.addresses import Rules, checked, is_public, parse
from pipeline.collect.trouble import NotAllowed, Passing

RULES = Rules()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("http://www.example.gov.cn", "http://www.example.gov.cn/"),
        ("HTTPS://WWW.Example.gov.cn:443/a/../b?c=1#d", "https://www.example.gov.cn/b?c=1"),
        ("http://www.example.gov.cn/年报/2023 年.html".replace(" ", ""), "http://www.example.gov.cn/%E5%B9%B4%E6%8A%A5/2023%E5%B9%B4.html"),
        ("http://示例.中国/a", "http://xn--fsq092h.xn--fiqs8s/a"),
        ("http://www.example.gov.cn/a%20b?x=%2F", "http://www.example.gov.cn/a%20b?x=%2F"),
        ("http://[2606:4700:4700::1111]/", "http://[2606:4700:4700::1111]/"),
    ],
)  # fmt: skip
def test_an_address_is_taken_as_it_goes_over_the_wire(text: str, meant: str) -> None:
    """Names in Chinese, letters in a path, dots and fragments are written as they are sent, once and for ever."""
    assert str(parse(text, RULES)) == meant
    assert str(parse(meant, RULES)) == meant


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ftp://www.example.gov.cn/", "no http or https"),
        ("file:///etc/passwd", "no http or https"),
        ("//www.example.gov.cn/", "no http or https"),
        ("http://", "names no host"),
        ("http://user@www.example.gov.cn/", "names a user"),
        ("http://user:word@www.example.gov.cn/", "names a user"),
        ("http://www.example.gov.cn\\@127.0.0.1/", "holds what no address holds"),
        ("http://www.example.gov.cn/\r\nHost: x", "holds what no address holds"),
        ("http://www.example.gov.cn/a b", "holds what no address holds"),
        ("http://www.example.gov.cn:22/", "port 22"),
        ("http://www.example.gov.cn:0/", "port 0"),
        ("http://www.example.gov.cn:99999/", "is no address"),
        ("http://www.example.gov.cn:a/", "is no address"),
        ("http://[::1/", "is no address"),
        ("http://localhost/", "no name of a host on the internet"),
        ("http://localhost./", "no name of a host on the internet"),
        ("http://2130706433/", "no name of a host on the internet"),
        ("http://127.1/", "no name of a host on the internet"),
        ("http://0x7f.0.0.1/", "no name of a host on the internet"),
        ("http://a_b..gov.cn/", "is no name of a host"),
        ("http://www.example.gov.cn/" + "a" * 3_000, "too long"),
    ],
)
def test_an_address_that_may_not_be_asked_is_refused_with_the_reason(text: str, says: str) -> None:
    """Other schemes, users, ports, and what a library could take for another host."""
    with pytest.raises(NotAllowed, match=says):
        parse(text, RULES)


@pytest.mark.parametrize(
    "ip",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254"),
        *("172.16.0.1", "172.31.9.9", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7"),
        *("203.0.113.5", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "fe80::1", "fe80::1%eth0"),
        *("fc00::1", "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "2001::1", "100::1", "3fff::1", "4000::1"),
        *("2002:7f00:1::", "2002:a9fe:a9fe::1", "2002:c0a8:101::", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1"),
    ],
)  # fmt: skip
def test_an_address_that_not_everybody_can_reach_is_not_public(ip: str) -> None:
    """Private, local, shared, reserved networks, and the same inside an address of the sixth version."""
    assert not is_public(ipaddress.ip_address(ip))


@pytest.mark.parametrize("ip", ["1.1.1.1", "100.63.255.255", "100.128.0.1", "223.5.5.5", "2400:3200::1", "64:ff9b::8.8.8.8", "2002:808:808::1", "::ffff:8.8.8.8"])  # fmt: skip
def test_an_address_that_everybody_can_reach_is_public(ip: str) -> None:
    """Nothing is closed that lies beside a closed network."""
    assert is_public(ipaddress.ip_address(ip))


def test_every_address_of_a_name_has_to_be_public() -> None:
    """One private address among public ones closes the name; a name without any may be known later."""
    assert checked("a.example.cn", RULES, lambda host: ["223.5.5.5", "2400:3200::1"]) == ["223.5.5.5", "2400:3200::1"]
    for wrong in ("10.1.2.3", "fe80::1%eth0", "no address"):
        with pytest.raises(NotAllowed, match="no public address"):
            checked("a.example.cn", RULES, lambda host, wrong=wrong: ["223.5.5.5", wrong])  # type: ignore[misc]
    with pytest.raises(Passing, match="is not known"):
        checked("a.example.cn", RULES, lambda host: [])
