"""Asking a web that is slow, false, hostile or in a hurry: what comes of each answer, and how politely it was asked for."""

import gzip
import shutil
import ssl
import subprocess
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random

import httpx
import pytest

from pipeline.collect.addresses import Resolve, Rules
from pipeline.collect.fetching import Fetcher, Limits, agent
from pipeline.collect.hosts import Hosts, Manners
from pipeline.collect.store import Store
from pipeline.collect.trouble import Failed, LeftAlone, NotAllowed, Stopped, TooMuch
from pipeline.collect.unpacking import unpack
from pipeline.collect.visiting import Visitor
from tests.tools import missing
from tests.web import HERE, Names, Reply, Rude, Talk, Times, Web, leads_to, page, web

SMALL = Limits(most_bytes=100_000)
SHORT = Limits(connect=2, silence=0.3, whole=0.8, most_bytes=100_000)


@pytest.fixture
def server() -> Iterator[Web]:
    with web() as made:
        yield made


def visitor(
    server: Web,
    tmp_path: Path,
    names: Resolve | None = None,
    limits: Limits = SMALL,
    rules: Rules | None = None,
) -> Visitor:
    times = Times()
    fetcher = Fetcher("gongkai/test", rules or server.rules, limits, times, names or Names())
    return Visitor(fetcher, Hosts(times, Manners()), Store(tmp_path / "store"))


def slept(guest: Visitor) -> list[float]:
    assert isinstance(guest.fetcher.clock, Times)
    return guest.fetcher.clock.slept


def test_a_page_comes_as_it_is_and_the_server_hears_who_asks(server: Web, tmp_path: Path) -> None:
    """The bytes are those of the server; the request names the program and asks for no more than gzip, without cookies."""
    url = server.on("a.test/a", page("甲", Set_Cookie="a=1"))
    guest = visitor(server, tmp_path)
    for _ in range(2):
        answer = guest.visit(url)
        assert (answer.status, answer.body.decode()) == (200, "甲")
    assert server.paths(robots=True) == ["a.test/robots.txt", "a.test/a", "a.test/a"]
    told = server.asked[-1].headers
    assert (told["user-agent"], told["accept-encoding"]) == ("gongkai/test", "gzip, identity")
    assert not {"cookie", "referer", "authorization"} & {*told}


def test_the_name_of_the_program_says_where_to_find_out_about_it() -> None:
    """Name, version and an address, where one is known."""
    assert agent("https://example.org/gongkai").startswith("gongkai/")
    assert agent("https://example.org/gongkai").endswith(" (+https://example.org/gongkai)")
    assert "+" not in agent("").partition("/")[0]


# addresses ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_by_hand_and_the_new_host_is_asked_for_its_rules(
    server: Web, tmp_path: Path, status: int
) -> None:
    """Also to another host, and with a location that holds Chinese or leaves the host out."""
    url = server.on("a.test/a", leads_to("../b/年.html".encode().decode("latin-1"), status))
    server.on("a.test/b/%E5%B9%B4.html", leads_to(server.url("b.test/c"), status))
    server.on("b.test/c", page("乙"))
    answer = visitor(server, tmp_path).visit(url)
    assert (str(answer.address), answer.body.decode()) == (server.url("b.test/c"), "乙")
    assert server.paths("b.test", robots=True) == ["b.test/robots.txt", "b.test/c"]


def test_an_address_that_leads_on_for_ever_is_left_after_five_steps(server: Web, tmp_path: Path) -> None:
    """A circle ends."""
    url = server.on("a.test/a", leads_to("/b"))
    server.on("a.test/b", leads_to("/a"))
    with pytest.raises(Failed, match="more than 5 times"):
        visitor(server, tmp_path).visit(url)
    assert len(server.paths()) == 6


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("file:///etc/passwd", "no http or https"),
        ("http://169.254.169.254/latest/meta-data/", "no public address"),
        ("http://localhost/", "no name of a host"),
        ("http://127.0.0.2/", "no public address"),
        ("http://[::1]/", "no public address"),
        ("http://[::ffff:127.0.0.2]/", "no public address"),
        ("http://inside.test/", "no public address"),
        ("http://a.test:22/", "port 22"),
        ("http://user@b.test/", "names a user"),
        ("http://b.test/\x01", "holds what no address holds"),
        ("//[", "no address"),
    ],
)
def test_a_redirect_to_where_nobody_may_ask_is_not_followed(
    server: Web, tmp_path: Path, location: str, says: str
) -> None:
    """Each step is looked at like the first: files, this machine, its network, other ports."""
    url = server.on("a.test/a", leads_to(location))
    with pytest.raises(NotAllowed, match=says):
        visitor(server, tmp_path, Names(inside_test=[["10.0.0.7"]])).visit(url)
    assert server.paths() == ["a.test/a"]


def test_a_name_that_is_public_first_and_private_next_is_never_asked_at_the_private_address(
    server: Web, tmp_path: Path
) -> None:
    """Every connection goes to an address that was checked for it; no name is asked twice for one connection."""
    url = server.on("a.test/a", page("甲"))
    names = Names(a_test=[[HERE], [HERE], ["127.0.0.2"]])
    guest = visitor(server, tmp_path, names)
    assert guest.visit(url).status == 200
    with pytest.raises(NotAllowed, match="no public address"):
        guest.visit(url)
    assert names.asked == ["a.test"] * 3
    assert len(server.paths(robots=True)) == 2


def test_without_leave_no_address_of_this_machine_is_asked(server: Web, tmp_path: Path) -> None:
    """The rules that every run has but that of a test."""
    url = server.on("a.test/a", page("甲"))
    with pytest.raises(NotAllowed, match="only 80 and 443"):
        visitor(server, tmp_path, rules=Rules()).visit(url)
    with pytest.raises(NotAllowed, match="no public address"):
        visitor(server, tmp_path, rules=Rules(further_ports=frozenset({server.port}))).visit(url)
    assert server.asked == []


def test_no_proxy_of_the_environment_is_asked(server: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request goes to its host and nowhere else."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{HERE}:9")
    assert visitor(server, tmp_path).visit(server.on("a.test/a", page("甲"))).status == 200


# answers --------------------------------------------------------------------------------------------------------------


def raw(*pieces: bytes) -> Rude:
    return lambda talk: talk.send(*pieces)


def stalls(*pieces: bytes) -> Rude:
    def answer(talk: Talk) -> None:
        talk.send(*pieces)
        talk.stall()

    return answer


def goes_on(start: bytes, piece: bytes, pause: float = 0) -> Rude:
    def answer(talk: Talk) -> None:
        talk.send(start)
        talk.forever(piece, pause)

    return answer


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (stalls(), "in time"),
        (stalls(OK), "in time"),
        (stalls(OK + b"Content-Length: 50\r\n\r\n", b"half"), "in time"),
        (goes_on(OK + b"Content-Length: 90000\r\n\r\n", b"a", 0.02), "in time"),
        (goes_on(OK, b"X", 0.02), "in time"),
        (goes_on(OK, b"X-A: " + b"a" * 2_000 + b"\r\n"), "gave no answer"),
        (goes_on(OK + b"Transfer-Encoding: chunked\r\n\r\n1", b"0" * 2_000), "broke off"),
        (raw(), "gave no answer"),
        (raw(b"no HTTP at all\r\n\r\n"), "gave no answer"),
        (raw(OK + b"Content-Length: 50\r\n\r\nhalf"), "broke off"),
        (raw(OK + b"Content-Length: -5\r\n\r\nminus"), "gave no answer"),
        (raw(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nminus"), "gave no answer"),
        (raw(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"), "broke off"),
        (raw(OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nab"), "broke off"),
        (page(gzip.compress(b"a" * 500)[:-12], Content_Encoding="gzip"), "packed answer broke off"),
        (page(b"no gzip at all", Content_Encoding="gzip"), "cannot be unpacked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_an_answer_that_is_not_whole_is_asked_for_three_times_and_then_the_host_is_left(
    server: Web, tmp_path: Path, answer: Rude, says: str
) -> None:
    """However a server stalls, drips, breaks off or says what is no HTTP: nothing of it is kept."""
    url = server.on("a.test/a", answer)
    guest = visitor(server, tmp_path)
    guest.visit(server.on("a.test/b", page("乙")))
    guest.fetcher.limits = SHORT if says == "in time" else SMALL
    with pytest.raises(LeftAlone, match=says):
        guest.visit(url)
    assert server.paths() == ["a.test/b", *["a.test/a"] * 3]
    with pytest.raises(LeftAlone, match=says):
        guest.visit(server.url("a.test/b"))
    assert [host for host, _ in guest.hosts.left()] == ["a.test"]


def test_a_short_stall_is_forgiven(server: Web, tmp_path: Path) -> None:
    """What goes wrong once and then right is right."""
    url = server.on("a.test/a", raw(), page("甲"))
    assert visitor(server, tmp_path).visit(url).body.decode() == "甲"


@pytest.mark.parametrize(
    "answer",
    [
        page(b"a" * 100_001),
        goes_on(OK + b"\r\n", b"a" * 10_000),
        goes_on(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"3e8\r\n" + b"a" * 1_000 + b"\r\n"),
page(gzip.compress(Random(7).randbytes(150_000)), Content_Encoding="gzip"),
        page(gzip.compress(b"a" * 30_000_000), Content_Encoding="gzip"),
        page(zlib.compress(b"a" * 30_000_000), Content_Encoding="deflate"),
        page(gzip.compress(b"a" * 60_000) * 2, Content_Encoding="gzip"),
    ],
    ids=["long", "endless", "endless chunks", "long and packed", "gzip bomb", "deflate bomb", "two gzips"],
)  # fmt: skip
def test_an_answer_past_the_limit_is_given_up_while_it_comes(server: Web, tmp_path: Path, answer: Rude) -> None:
    """Whatever it says of its length, and however small it is packed; it is not asked for again."""
    url = server.on("a.test/a", answer)
    with pytest.raises(TooMuch, match="more than 100,000 bytes"):
        visitor(server, tmp_path).visit(url)
    assert server.paths() == ["a.test/a"]


def test_a_bomb_takes_no_more_memory_than_is_allowed() -> None:
    """It is stopped inside the piece that holds it, not after the piece has been blown up."""
    bomb = gzip.compress(bytes(30_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(TooMuch):
            list(unpack([bomb], "gzip", 100_000))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (gzip.compress("甲".encode()), "gzip"),
        (gzip.compress("甲".encode()), "X-GZIP"),
        (gzip.compress("甲".encode()[:1]) + gzip.compress("甲".encode()[1:]), "gzip"),
        (gzip.compress("甲".encode()) + b"rest", "gzip"),
        (zlib.compress("甲".encode()), "deflate"),
        (zlib.compress("甲".encode(), wbits=-15), "deflate"),
        ("甲".encode(), "identity"),
    ],
)
def test_what_was_packed_is_unpacked(server: Web, tmp_path: Path, packed: bytes, encoding: str) -> None:
    """In the ways that were asked for, and deflate in both ways in which it is sent."""
    assert visitor(server, tmp_path).visit(server.on("a.test/a", page(packed, Content_Encoding=encoding))).body.decode() == "甲"  # fmt: skip


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "compress", "x" * 500])
def test_what_is_packed_in_another_way_is_not_opened(server: Web, tmp_path: Path, encoding: str) -> None:
    """Nobody has asked for it."""
    with pytest.raises(Failed, match="not asked for"):
        visitor(server, tmp_path).visit(server.on("a.test/a", page(b"\x1f\x8b", Content_Encoding=encoding)))


def test_a_packed_answer_in_thousands_of_pieces_is_given_up(server: Web, tmp_path: Path) -> None:
    """Each piece is small, and opening all of them takes for ever."""
    with pytest.raises(Failed, match="more pieces"):
        visitor(server, tmp_path).visit(server.on("a.test/a", page(gzip.compress(b"") * 400, Content_Encoding="gzip")))


def test_a_longer_body_than_it_says_is_cut_where_it_says(server: Web, tmp_path: Path) -> None:
    """What stands behind the end belongs to no answer."""
    url = server.on("a.test/a", raw(OK + b"Content-Length: 3\r\n\r\n" + "甲乙".encode()))
    assert visitor(server, tmp_path).visit(url).body.decode() == "甲"


# manners --------------------------------------------------------------------------------------------------------------


def test_between_two_requests_to_a_host_there_is_a_pause(server: Web, tmp_path: Path) -> None:
    """Two seconds, or what robots.txt asks for; another host does not wait for the first."""
    server.on("b.test/robots.txt", page("User-agent: *\nCrawl-delay: 7\n", "text/plain"))
    guest = visitor(server, tmp_path)
    for where in ("a.test/a", "a.test/b", "b.test/a", "b.test/b"):
        guest.visit(server.on(where, page("甲")))
    assert slept(guest) == [2, 2, 7, 7]


def test_a_host_that_wants_longer_pauses_than_a_run_has_is_left_alone(server: Web, tmp_path: Path) -> None:
    """Its wish is honoured by not asking."""
    server.on("a.test/robots.txt", page("User-agent: gongkai\nCrawl-delay: 600\n", "text/plain"))
    with pytest.raises(LeftAlone, match="a pause of 600 seconds"):
        visitor(server, tmp_path).visit(server.on("a.test/a", page("甲")))
    assert server.paths() == []


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_host_is_asked_again_after_the_pause_that_it_names(server: Web, tmp_path: Path, status: int) -> None:
    """A number of seconds or a moment; without either, longer each time."""
    later = "Mon, 02 Mar 2026 08:01:30 GMT"
    busy = [Reply(status=status, headers={"Retry-After": told} if told else {}) for told in ("40", later)]
    guest = visitor(server, tmp_path)
    assert guest.visit(server.on("a.test/a", *busy, page("甲"))).body.decode() == "甲"
    assert slept(guest) == [2, 40, 90]


def test_a_host_that_stays_busy_or_asks_for_hours_is_left_alone(server: Web, tmp_path: Path) -> None:
    """After three times, or at once; nothing more is asked of it in this run."""
    guest = visitor(server, tmp_path)
    with pytest.raises(LeftAlone, match="answers 503"):
        guest.visit(server.on("a.test/a", Reply(status=503)))
    assert slept(guest) == [2, 5, 20]
    with pytest.raises(LeftAlone, match="a pause of 86,400 seconds"):
        guest.visit(server.on("b.test/a", Reply(status=429, headers={"Retry-After": "86400"})))
    with pytest.raises(LeftAlone, match="a pause of 86,400 seconds"):
        guest.visit(server.url("b.test/b"))
    assert server.paths() == [*["a.test/a"] * 3, "b.test/a"]


def test_one_host_is_never_asked_twice_at_once(server: Web, tmp_path: Path) -> None:
    """Not even by threads that come to it from elsewhere; two hosts are."""
    guest = visitor(server, tmp_path)
    both = threading.Barrier(2, timeout=20)

    def meets(talk: Talk) -> None:
        both.wait()
        page("甲")(talk)

    now: list[int] = []
    most: list[int] = []

    def lingers(talk: Talk) -> None:
        now.append(1)
        most.append(len(now))
        talk.ended.wait(0.1)
        now.pop()
        page("甲")(talk)

    urls = [server.on(f"a.test/{n}", lingers) for n in range(4)]
    urls += [server.on(f"{host}.test/x", meets) for host in "cd"]
    threads = [threading.Thread(target=guest.visit, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    assert most == [1, 1, 1, 1]
    assert server.paths("a.test", robots=True).count("a.test/robots.txt") == 1


def test_a_pause_ends_when_the_run_is_ended(server: Web, tmp_path: Path) -> None:
    """Nothing is asked any more."""
    guest = visitor(server, tmp_path)
    guest.fetcher.clock.stop()
    with pytest.raises(Stopped):
        guest.visit(server.on("a.test/a", page("甲")))
    assert server.asked == []


# robots.txt -----------------------------------------------------------------------------------------------------------


def test_what_robots_txt_forbids_is_not_asked_for(server: Web, tmp_path: Path) -> None:
    """For this program by name, else for all; a way round by dots is none, and a redirect into it is none either."""
    server.on(
        "a.test/robots.txt", page("User-agent: *\nDisallow: /\n\nUser-agent: gongkai\nDisallow: /in/\n", "text/plain")
    )
    server.on("b.test/robots.txt", page("User-agent: *\nDisallow: /\nAllow: /open\n", "text/plain"))
    guest = visitor(server, tmp_path)
    assert guest.visit(server.on("a.test/out", page("甲"))).status == 200
    assert guest.visit(server.on("b.test/open", page("乙"))).status == 200
    leading = server.on("a.test/leads", leads_to("/in/a"))
    for url in (server.url("a.test/in/a"), server.url("a.test/out/../in/a"), server.url("b.test/a"), leading):
        with pytest.raises(NotAllowed, match=r"robots\.txt forbids"):
            guest.visit(url)
    assert server.paths() == ["a.test/out", "b.test/open", "a.test/leads"]


@pytest.mark.parametrize(
    "answer",
    [
        Reply(status=404),
        Reply(status=403),
        page(b"\xff\xfe\x00binary\x00" * 50, "text/plain"),
        page("<html><body>Not here</body></html>"),
        page("User-agent: *\nDisallow: /in\n" + "# so long\n" * 200_000, "text/plain"),
        leads_to("/robots.txt"),
        page("User-agent: *\nCrawl-delay: soon\nDisallow: /in\n", "text/plain"),
    ],
    ids=["404", "403", "binary", "page", "huge", "circle", "no number"],
)
def test_a_broken_robots_txt_forbids_no_more_than_it_says(server: Web, tmp_path: Path, answer: Rude) -> None:
    """Absent, closed, no text, a page, far too long, or leading nowhere."""
    server.on("a.test/robots.txt", answer)
    assert visitor(server, tmp_path).visit(server.on("a.test/out", page("甲"))).status == 200


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Reply(status=500), r"robots\.txt answers 500"),
        (Reply(status=503), r"robots\.txt cannot be read: it answers 503|answers 503"),
        (Reply(status=429, headers={"Retry-After": "9999"}), "asks for a pause"),
        (raw(), "gave no answer"),
        (leads_to("http://169.254.169.254/"), "no public address|may not|leads"),
        (leads_to("file:///etc/passwd"), "leads on to another"),
        (page(b"a", Content_Encoding="br"), "not asked for"),
    ],
)
def test_a_host_whose_rules_cannot_be_read_is_left_alone(server: Web, tmp_path: Path, answer: Rude, says: str) -> None:
    """Nobody knows what it would forbid."""
    server.on("a.test/robots.txt", answer)
    with pytest.raises(LeftAlone, match=says):
        visitor(server, tmp_path).visit(server.on("a.test/a", page("甲")))
    assert server.paths() == []


def test_robots_txt_is_read_once_a_run_and_again_on_the_next_day(server: Web, tmp_path: Path) -> None:
    """Where it leads to another host, that one's answer counts; what was read is kept for a day."""
    server.on("a.test/robots.txt", leads_to(server.url("b.test/rules")))
    server.on("b.test/rules", page("User-agent: *\nDisallow: /in\n", "text/plain"))
    url = server.on("a.test/a", page("甲"))
    times = Times()
    for clock in (times, times, times.turn(0), times.turn(2)):
        fetcher = Fetcher("gongkai/test", server.rules, Limits(), clock, Names())
        guest = Visitor(fetcher, Hosts(clock, Manners()), Store(tmp_path / "store"))
        guest.visit(url)
        with pytest.raises(NotAllowed):
            guest.visit(server.url("a.test/in"))
    assert server.paths(robots=True).count("a.test/robots.txt") == 2
    assert server.paths().count("b.test/rules") == 2


# certificates ---------------------------------------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> Path:
    """A certificate of that name, signed by itself, with its key."""
    program = shutil.which("openssl")
    if not program:
        missing("openssl is not installed")
    command = [str(program), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-days", "30"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "own.pem")]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return folder / "own.pem"


def test_a_certificate_has_to_hold_for_the_name(tmp_path: Path) -> None:
    """The connection goes to the checked address, and the certificate is that of the name; an unknown one is refused."""
    own = certificate(tmp_path, "a.test")
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(own, tmp_path / "key.pem")
    trusting = ssl.create_default_context(cafile=str(own))
    with web(serving) as server:
        url = server.on("a.test/a", page("甲"))
        server.on("b.test/a", page("乙"))

        def guest(context: ssl.SSLContext) -> Visitor:
            times = Times()
            fetcher = Fetcher("gongkai/test", server.rules, Limits(), times, Names(), context)
            return Visitor(fetcher, Hosts(times, Manners()), Store(tmp_path / "store"))

        assert guest(trusting).visit(url).body.decode() == "甲"
        with pytest.raises(NotAllowed, match="certificate does not hold"):
            guest(trusting).visit(server.url("b.test/a"))
        with pytest.raises(NotAllowed, match="certificate does not hold"):
            guest(httpx.create_ssl_context(trust_env=False)).visit(url)
