"""The guarded fetch against real servers on this machine: nothing private is reached by any way."""

from __future__ import annotations

import gzip
import time
import zlib
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.lib import servers
from tests.lib.servers import moved, plain, serving

from zhijian.lib.fetching import (
    Fetcher,
    Gone,
    Guard,
    HostPace,
    Limits,
    NotSeen,
    Obstacle,
    Reached,
    is_public,
    polite,
)
from zhijian.lib.fetching.outcomes import SENTENCES, Barred, NoSuchName
from zhijian.lib.fetching.robots import parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.lib.servers import Site

    from zhijian.lib.fetching import Outcome

ZEROS = "0.0.0.0"  # noqa: S104 -- an address to refuse, nothing is bound
QUICK = Limits(resolve=1, connect=1, read=1, total=2, size=100_000)


def opened(site: Site, **more: object) -> Fetcher:
    """Return a fetcher for whom this one server is opened, as an administrator would."""
    return replace(Fetcher(guard=Guard.parse(f"127.0.0.1/32@{site.port}"), limits=QUICK), **more)  # type: ignore[arg-type]  # fields by name


def shut(site: Site) -> Fetcher:
    """Return a fetcher to whom the port is known but no network is opened."""
    return Fetcher(guard=Guard(ports=frozenset({80, 443, site.port})), limits=QUICK)


def obstacle(found: Outcome) -> str:
    return found.obstacle if isinstance(found, NotSeen) else repr(found)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "127.1.2.3", ZEROS, "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::127.0.0.1]",
    ],
)  # fmt: skip
def test_no_way_of_writing_this_machine_reaches_it(host: str) -> None:
    with serving({"/": plain(b"secret")}) as site:
        assert obstacle(shut(site).get(site.url(host=host))) == Obstacle.PRIVATE
        assert site.asked == []
        assert opened(site).get(site.url()).body == b"secret"  # type: ignore[union-attr]  # it is there to be leaked


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "１２７.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0x7f.1",
        "0x7f000001",
        "127.1",
        "127.0.1",
        "127.0.0.01",
        "1.2.3.4.5",
    ],
)
def test_numbers_that_only_old_libraries_take_for_an_address_are_refused(host: str) -> None:
    with serving({"/": plain(b"secret")}) as site:
        assert obstacle(shut(site).get(site.url(host=host))) == Obstacle.BAD_ADDRESS
        assert obstacle(opened(site).get(site.url(host=host))) == Obstacle.BAD_ADDRESS
        assert site.asked == []


@pytest.mark.parametrize(
    "text",
    [
        "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.127.255.255",

        ZEROS, "127.0.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.9", "192.0.0.8", "192.88.99.1", "::", "::1", "fe80::1", "fe80::1%1", "fc00::1",
        "fd12::1", "fec0::1", "ff02::1", "2001:db8::1", "100::1", "3fff::1", "::ffff:10.0.0.1", "::10.0.0.1",
        "2002:a00:1::1",
        "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "2001:10::1", "5f00::1",
        "4000::1",
    ],
)  # fmt: skip
def test_an_address_of_no_use_to_the_public_is_not_public(text: str) -> None:
    assert not is_public(ip_address(text))
    assert not Guard().admits(text, 443)


@pytest.mark.parametrize(
    "text", ["1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "2400:3200::1", "64:ff9b::101:101"]
)
def test_an_address_of_the_public_internet_is_public(text: str) -> None:
    assert Guard().admits(text, 443)
    assert not Guard().admits(text, 25)


@given(st.ip_addresses(v=4))
def test_wrapping_an_ipv4_address_never_makes_it_more_public(address: IPv4Address) -> None:
    number = int(address)
    wrapped = [
        (0xFFFF << 32) | number,
        (0x2002 << 112) | (number << 80),
        (0x0064FF9B << 96) | number,
        (0x20010000 << 96) | (0x01010101 << 64) | (number ^ 0xFFFFFFFF),
    ]
    assert {is_public(IPv6Address(one)) for one in wrapped} == {is_public(address)}
    assert not is_public(IPv6Address(number))


def test_openings_admit_their_network_and_port_and_nothing_beside_it() -> None:
    guard = Guard.parse("10.20.0.0/16, 127.0.0.1/32@8100 fd00:1::/32")
    admitted = [("10.20.3.4", 443), ("::ffff:10.20.3.4", 80), ("127.0.0.1", 8100), ("fd00:1::5", 443)]
    refused = [("10.21.0.1", 443), ("10.20.3.4", 22), ("127.0.0.1", 80), ("127.0.0.2", 8100), ("fd00:2::5", 443)]
    assert [guard.admits(*one) for one in admitted] == [True] * 4
    assert [guard.admits(*one) for one in refused] == [False] * 5
    for wrong in ("10.20.0.1/16", "10.0.0.0/8@0", "10.0.0.0/8@x", "inside"):
        with pytest.raises(ValueError, match=r".+"):
            Guard.parse(wrong)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://example.cn/", Obstacle.SCHEME),
        ("file:///etc/passwd", Obstacle.SCHEME),
        ("javascript:alert(1)", Obstacle.SCHEME),
        ("//example.cn/", Obstacle.SCHEME),
        ("http://", Obstacle.BAD_ADDRESS),
        ("http://a b/", Obstacle.BAD_ADDRESS),
        ("http://example.cn/\r\nHost: x", Obstacle.BAD_ADDRESS),
        ("http://example.cn:99999/", Obstacle.PORT),
        ("http://[::1/", Obstacle.BAD_ADDRESS),
        ("http://user:secret@example.cn/", Obstacle.USER_INFO),
        ("http://example.cn@127.0.0.1/", Obstacle.USER_INFO),
        ("http://example.cn:22/", Obstacle.PORT),
        ("http://example.cn:6379/", Obstacle.PORT),
        ("http://" + "x" * 5000, Obstacle.BAD_ADDRESS),
    ],
)
def test_what_is_wrong_by_its_looks_asks_no_name_server(url: str, reason: Obstacle) -> None:
    asked: list[str] = []
    fetcher = Fetcher(resolve=lambda host, port: asked.append(f"{host}:{port}") or ["1.1.1.1"])  # type: ignore[func-returns-value]  # append says nothing
    assert (fetcher.get(url), fetcher.why_not(url), asked) == (NotSeen(url, reason), reason, [])


def test_a_page_comes_with_its_type_its_address_and_its_way() -> None:
    page = plain("<p>停水通知</p>".encode(), Content_Type='Text/HTML; Charset="utf-8"', X_Kept="1")
    with serving({"/a": moved("/b", "301 Moved"), "/b": moved("c?x=1", "308 Moved"), "/c?x=1": page}) as site:
        found = opened(site).get(site.url("/a"))
        assert isinstance(found, Reached)
        assert (found.status, found.url, found.media_type, found.charset, found.is_page) == (
            200, site.url("/c?x=1"), "text/html", "utf-8", True,
        )  # fmt: skip
        assert found.hops == (site.url("/a"), site.url("/b"))
        assert (found.body.decode(), found.headers["x-kept"]) == ("<p>停水通知</p>", "1")
        short = opened(site).get(site.url("/c?x=1"), body=False)
        assert isinstance(short, Reached)
        assert (short.status, short.body) == (200, b"")


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_another_answer_is_an_answer_and_no_page(status: int) -> None:
    with serving({"/": plain(b"no", status=f"{status} x")}) as site:
        found = opened(site).get(site.url())
        assert isinstance(found, Reached)
        assert (found.status, found.is_page, found.body) == (status, False, b"no")


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_the_server_says_is_gone_is_gone(status: int) -> None:
    with serving({"/old": moved("/"), "/": plain(b"no", status=f"{status} x")}) as site:
        assert opened(site).get(site.url("/old")) == Gone(site.url(), status, (site.url("/old"),))


def test_a_name_that_does_not_exist_is_gone_and_a_silent_name_server_is_not() -> None:
    def missing(host: str, port: int) -> list[str]:
        raise NoSuchName

    def failing(host: str, port: int) -> list[str]:
        raise Barred(Obstacle.NAME_SERVER)

    def hanging(host: str, port: int) -> list[str]:
        time.sleep(5)
        return ["1.1.1.1"]

    url = "https://gov.example.cn/"
    quick = replace(QUICK, resolve=0.2)
    assert Fetcher(resolve=missing).get(url) == Gone(url)
    assert Gone(url).sentence == "域名不存在。"
    assert Fetcher(resolve=failing).get(url) == NotSeen(url, Obstacle.NAME_SERVER)
    assert Fetcher(resolve=hanging, limits=quick).get(url) == NotSeen(url, Obstacle.NAME_SERVER)
    assert Fetcher(resolve=lambda *_: []).get(url) == NotSeen(url, Obstacle.NO_ADDRESS)


def test_a_server_that_is_not_there_is_not_called_gone() -> None:
    with serving({}) as site:
        pass
    assert opened(site).get(site.url()) == NotSeen(site.url(), Obstacle.CONNECT)


def test_a_redirect_into_a_private_network_is_not_followed() -> None:
    with serving({"/": plain(b"secret")}) as inside, serving({}) as outside:
        # Only the outer server is open; the inner one stands for whatever listens behind the wall.
        guard = replace(Guard.parse(f"127.0.0.1/32@{outside.port}"), ports=frozenset({80, 443, inside.port}))
        fetcher = Fetcher(guard=guard, limits=QUICK)
        targets = [
            inside.url(),
            inside.url(host="[::1]"),
            inside.url(host="localhost"),
            f"//127.0.0.1:{inside.port}/",
        ]
        for target in targets:
            outside.pages["/"] = moved(target)
            found = fetcher.get(outside.url())
            assert (obstacle(found), found.hops) == (Obstacle.PRIVATE, (outside.url(),))
        for target, reason in (
            ("file:///etc/passwd", Obstacle.SCHEME),
            ("gopher://127.0.0.1:6379/_x", Obstacle.SCHEME),
            (f"http://x:y@127.0.0.1:{outside.port}/", Obstacle.USER_INFO),
            ("http://2130706433/", Obstacle.BAD_ADDRESS),
            ("http://[::1", Obstacle.BAD_ADDRESS),
        ):
            outside.pages["/"] = moved(target)
            assert obstacle(fetcher.get(outside.url())) == reason
        assert inside.asked == []


class Rebinding:
    """A name server that answers with an open address first and with a shut one ever after."""

    def __init__(self, first: str, then: str) -> None:
        self.answers, self.asked = [first], 0
        self.then = then

    def __call__(self, *_: object) -> list[str]:
        self.asked += 1
        return [self.answers.pop()] if self.answers else [self.then]


def test_a_name_that_changes_its_address_after_the_check_gains_nothing() -> None:
    with serving({"/": plain(b"open"), "/again": moved("/")}) as site:
        # 127.0.0.1 is opened here and stands for the public address; 127.0.0.2 is shut.
        resolver = Rebinding("127.0.0.1", "127.0.0.2")
        fetcher = opened(site, resolve=resolver)
        assert fetcher.get(site.url(host="rebind.example.cn")).body == b"open"  # type: ignore[union-attr]  # a page
        assert resolver.asked == 1
        assert obstacle(fetcher.get(site.url(host="rebind.example.cn"))) == Obstacle.PRIVATE
        again = opened(site, resolve=Rebinding("127.0.0.1", "127.0.0.2"))
        assert obstacle(again.get(site.url("/again", host="rebind.example.cn"))) == Obstacle.PRIVATE


def test_a_public_answer_does_not_carry_a_private_one_along() -> None:
    with serving({"/": plain(b"secret")}) as site:
        for answers in (["1.1.1.1", "127.0.0.1"], ["127.0.0.1", "1.1.1.1"], ["not an address"]):
            fetcher = replace(shut(site), resolve=lambda *_, given=answers: given)
            assert obstacle(fetcher.get(site.url(host="both.example.cn"))) == Obstacle.PRIVATE
        assert site.asked == []


def test_a_public_name_first_and_this_machine_next_is_never_connected_to() -> None:
    with serving({"/": plain(b"secret")}) as site:
        fetcher = replace(shut(site), resolve=Rebinding("192.0.2.77", "127.0.0.1"))
        url = site.url(host="rebind.example.cn")
        assert [obstacle(fetcher.get(url)) for _ in range(3)] == [Obstacle.PRIVATE] * 3
        assert site.asked == []


@pytest.mark.parametrize("trick", [servers.drip, servers.drip_headers, servers.silent])
def test_a_server_that_takes_its_time_is_left(trick: Callable[..., None]) -> None:
    with serving({"/": trick}) as site:
        begun = time.monotonic()
        found = opened(site, limits=replace(QUICK, read=0.8, total=1.0)).get(site.url())
        assert obstacle(found) == Obstacle.TIMEOUT
        assert time.monotonic() - begun < 5


def test_redirects_share_one_time_limit() -> None:
    def slowly(connection: object) -> None:
        time.sleep(0.4)
        connection.sendall(moved(f"/{time.monotonic_ns()}"))  # type: ignore[attr-defined]  # a socket

    class Everywhere(dict):  # type: ignore[type-arg]  # every path answers the same
        def get(self, *_: object) -> object:
            return slowly

    with serving(Everywhere()) as site:
        found = opened(site, limits=replace(QUICK, total=1.0, hops=100)).get(site.url())
        assert obstacle(found) == Obstacle.TIMEOUT
        assert 1 <= len(found.hops) <= 3


def test_an_endless_body_and_a_bomb_are_left_at_the_limit() -> None:
    with serving({"/endless": servers.endless, "/bomb": servers.bomb(200)}) as site:
        for path in ("/endless", "/bomb"):
            assert obstacle(opened(site).get(site.url(path))) == Obstacle.TOO_LARGE


def test_a_packed_page_is_unpacked_and_a_broken_one_is_no_page() -> None:
    text = "云岭县".encode() * 1000
    twice = gzip.compress(text) + gzip.compress(b"!")
    pages = {
        "/gzip": plain(gzip.compress(text), Content_Encoding="gzip"),
        "/twice": plain(twice, Content_Encoding="GZIP"),
        "/deflate": plain(zlib.compress(text), Content_Encoding="deflate"),
        "/cut": plain(gzip.compress(text)[:-9], Content_Encoding="gzip"),
        "/not": plain(b"hello", Content_Encoding="gzip"),
        "/br": plain(b"hello", Content_Encoding="br"),
        "/nested": plain(gzip.compress(gzip.compress(text)), Content_Encoding="gzip, gzip"),
        "/short": b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "/noise": b"SSH-2.0-OpenSSH_9.0\r\n",
        "/empty": plain(b"", Content_Encoding="gzip"),
    }
    with serving(pages) as site:  # type: ignore[arg-type]  # bytes are one kind of answer
        good = {path: opened(site).get(site.url(path)) for path in ("/gzip", "/twice", "/deflate", "/empty")}
        assert [one.body for one in good.values() if isinstance(one, Reached)] == [text, text + b"!", text, b""]
        bad = ["/cut", "/not", "/br", "/nested", "/short", "/noise"]
        broken, packed = Obstacle.BROKEN, Obstacle.ENCODING
        assert [obstacle(opened(site).get(site.url(path))) for path in bad] == [
            broken, broken, packed, packed, broken, broken,
        ]  # fmt: skip


def test_a_circle_and_a_long_chain_of_redirects_end() -> None:
    chain = {f"/{number}": moved(f"/{number + 1}") for number in range(10)}
    with serving({"/a": moved("/b"), "/b": moved("/a"), **chain, "/5": moved("/6"), "/6": plain(b"end")}) as site:
        assert obstacle(opened(site).get(site.url("/a"))) == Obstacle.LOOP
        assert opened(site).get(site.url("/1")).body == b"end"  # type: ignore[union-attr]  # five hops are allowed
        assert obstacle(opened(site).get(site.url("/0"))) == Obstacle.TOO_MANY_HOPS


def test_the_certificate_and_the_name_asked_for_stay_the_names_own(tmp_path: Path) -> None:
    server, trusting = servers.certificate_for("gov.example.cn", tmp_path)
    with serving({"/": plain(b"sealed")}, tls=server) as site:
        fetcher = opened(site, resolve=lambda *_: ["127.0.0.1"], tls=trusting)
        good = fetcher.get(site.url(host="gov.example.cn", scheme="https"))
        assert isinstance(good, Reached)
        assert (good.body, site.names) == (b"sealed", ["gov.example.cn"])
        other = fetcher.get(site.url(host="other.example.cn", scheme="https"))
        assert obstacle(other) == Obstacle.TLS
        stranger = replace(fetcher, tls=None).get(site.url(host="gov.example.cn", scheme="https"))
        assert obstacle(stranger) == Obstacle.TLS
        assert site.asked == ["/"]


def test_a_form_is_sent_once_and_goes_nowhere_else() -> None:
    with serving({"/hub": moved("/other", "307 Moved"), "/other": plain(b"taken")}) as site:
        found = opened(site).post(site.url("/hub"), form={"hub.mode": "publish"})
        assert isinstance(found, Reached)
        assert (found.status, site.asked, site.bodies) == (307, ["/hub"], [b"hub.mode=publish"])
        assert obstacle(shut(site).post(site.url("/hub"), form={})) == Obstacle.PRIVATE


def test_no_proxy_of_the_surroundings_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({"/": plain(b"direct")}) as site, serving({}) as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert opened(site).get(site.url()).body == b"direct"  # type: ignore[union-attr]  # a page
        assert proxy.asked == []


def test_the_pace_is_kept_for_each_host_and_each_hop() -> None:
    hosts: list[str] = []
    with serving({"/": moved("/b"), "/b": plain(b"")}) as site:
        opened(site, pace=hosts.append).get(site.url())
    assert hosts == ["127.0.0.1", "127.0.0.1"]
    pace = HostPace(0.2)
    begun = time.monotonic()
    for host in ("a", "b", "a", "a"):
        pace(host)
    assert time.monotonic() - begun >= 0.4


def test_what_a_site_asks_of_programs_is_obeyed_and_read_once_a_day() -> None:
    rules = b"User-agent: *\nDisallow: /private\nAllow: /private/open\n"
    pages = {
        "/robots.txt": plain(rules),
        "/private/x": plain(b"no"),
        "/private/open": plain(b"yes"),
        "/a": moved("/private/x"),
    }
    with serving(pages) as site:  # type: ignore[arg-type]  # bytes are one kind of answer
        fetcher = polite(opened(site))
        assert obstacle(fetcher.get(site.url("/private/x"))) == Obstacle.ROBOTS
        assert obstacle(fetcher.get(site.url("/a"))) == Obstacle.ROBOTS
        assert fetcher.get(site.url("/private/open")).body == b"yes"  # type: ignore[union-attr]  # a page
        assert site.asked == ["/robots.txt", "/a", "/private/open"]


@pytest.mark.parametrize(
    ("answer", "read"), [("404 Not Found", True), ("403 Forbidden", True), ("503 Busy", False), ("500 x", False)]
)
def test_a_site_whose_wishes_cannot_be_read_is_not_read(answer: str, *, read: bool) -> None:
    with serving({"/robots.txt": plain(b"", status=answer), "/": plain(b"page")}) as site:
        found = polite(opened(site)).get(site.url())
        assert isinstance(found, Reached) is read
        assert ("/" in site.asked) is read


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: zhijian\nAllow: /\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: *\nAllow: /\nUser-agent: Zhijian\nDisallow: /a", "/a", False),
        ("User-agent: zhijian\n\nUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: other\nUser-agent: zhijian\nDisallow: /a", "/a", False),
        ("User-agent: other\nDisallow: /\nUser-agent: zhijian", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /%E6%B0%B4", "/水/1", False),
        ("User-agent: * # all\nDisallow: /a # that", "/ab", False),
        ("Disallow: /", "/a", True),
    ],
)
def test_the_wishes_are_read_as_the_standard_says(text: str, path: str, *, allowed: bool) -> None:
    assert (parse(text, "zhijian").why_not(path) is None) is allowed


@given(st.text())
def test_no_file_of_wishes_breaks_the_reader(text: str) -> None:
    assert parse(f"User-agent: *\nDisallow: {text}", "zhijian").why_not("/") in {None, Obstacle.ROBOTS}


def test_every_obstacle_has_its_sentence() -> None:
    assert set(SENTENCES) == set(Obstacle)
    assert all(sentence.endswith("。") for sentence in SENTENCES.values())
