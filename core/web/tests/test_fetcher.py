"""What goes out to addresses that people give, and what does not."""

import http.server
import threading
import time

import pytest

from core.web import fetcher
from core.web.fetcher import FetchFailed, FetchRefused, fetch, is_public

PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
    "::127.0.0.1", "fe80::1%lo", "not an address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_not_everybody_could_reach(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_that_everybody_could_reach(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    ["ftp://site.test/", "file:///etc/passwd", "gopher://site.test/", "javascript:alert(1)", "//site.test/", "site.test",
     "http://", "http:///x", "http://site.test:8080/", "https://site.test:80/", "http://user@site.test/",
     "http://user:word@site.test/", "http://site.test:99999/", "http://[::1/", "http://site.test/\r\nHost: evil", "http://a b/",
     "http://site.test/" + "x" * 2_000],
)  # fmt: skip
def test_urls_that_are_not_fetched(url, monkeypatch):
    monkeypatch.setattr(fetcher, "_resolve", lambda host, port: pytest.fail("was resolved"))
    with pytest.raises(FetchRefused):
        fetch(url)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "2130706433", "017700000001", "127.1", "[::ffff:127.0.0.1]"],
)
def test_every_spelling_of_this_machine_is_refused(host):
    with pytest.raises((FetchRefused, FetchFailed)):
        fetch(f"http://{host}/")


class Site(http.server.BaseHTTPRequestHandler):
    """Answers by path."""

    asked = []

    def do_GET(self):
        self.asked.append((self.path, dict(self.headers)))
        name = self.path.partition("?")[0].strip("/")
        getattr(self, name)()

    def answer(self, body=b"hello", status=200, length=None, **headers):
        self.send_response(status)
        about = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(length or len(body)), **headers}
        for key, value in about.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def page(self):
        self.answer(Set_Cookie="a=b")

    def large(self):
        self.answer(b"x" * (fetcher.MOST_BYTES + 1))

    def exactly(self):
        self.answer(b"x" * fetcher.MOST_BYTES)

    def once(self):
        self.answer(status=302, Location="/page")

    def round(self):
        self.answer(status=302, Location="/round")

    def inside(self):
        self.answer(status=302, Location="http://intranet.test/secret")

    def elsewhere(self):
        self.answer(status=302, Location="file:///etc/passwd")

    def cut(self):
        self.answer(b"hel", length=5)

    def drip(self):
        self.send_response(200)
        self.end_headers()
        for _ in range(200):
            try:
                self.wfile.write(b".")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def drip_headers(self):
        for _ in range(200):
            try:
                self.wfile.write(b"H" if _ else b"HTTP/1.1 200 OK\r\nX")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def secret(self):
        self.answer(b"secret", length=9)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site(monkeypatch):
    """A site of our own that stands for the internet; ``intranet.test`` is inside."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    Site.asked = []
    names = []

    def resolve(host, port):
        names.append(host)
        return ["127.0.0.1"] if host == "site.test" else ["10.0.0.7"]

    monkeypatch.setattr(fetcher, "_resolve", resolve)
    monkeypatch.setattr(fetcher, "is_public", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(fetcher, "PORTS", {"http": server.server_port, "https": 443})
    server.names = names
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


class TestAnswers:
    def test_a_page_comes_back(self, site):
        got = fetch("http://site.test/page?q=a b".replace(" ", "%20"))
        assert (got.status, got.content_type, got.body) == (200, "text/html", b"hello")
        [(path, headers)] = Site.asked
        assert path == "/page?q=a%20b"
        assert headers["Host"].split(":")[0] == "site.test"
        assert "Cookie" not in headers

    def test_a_redirect_is_followed_and_cookies_are_not_kept(self, site):
        assert fetch("http://site.test/once").body == b"hello"
        assert fetch("http://site.test/page").body == b"hello"
        assert not any("Cookie" in headers for _path, headers in Site.asked)

    def test_a_name_is_resolved_once_and_its_checked_address_is_used(self, site):
        fetch("http://site.test/page")
        assert site.names == ["site.test"]

    @pytest.mark.parametrize("path", ["inside", "elsewhere"])
    def test_a_redirect_to_where_we_do_not_go_is_refused(self, site, path):
        with pytest.raises(FetchRefused):
            fetch(f"http://site.test/{path}")
        assert [one for one, _headers in Site.asked] == [f"/{path}"]

    def test_control_with_the_check_off_the_address_inside_is_asked(self, site, monkeypatch):
        monkeypatch.setattr(fetcher, "_resolve", lambda host, port: ["127.0.0.1"])
        monkeypatch.setattr(fetcher, "is_public", lambda address: True)
        with pytest.raises(FetchFailed):
            fetch("http://site.test/inside")
        assert [one for one, _headers in Site.asked] == ["/inside", "/secret"]

    def test_one_private_address_among_public_ones_is_enough_to_refuse(self, site, monkeypatch):
        monkeypatch.setattr(fetcher, "_resolve", lambda host, port: ["127.0.0.1", "10.0.0.7"])
        with pytest.raises(FetchRefused):
            fetch("http://site.test/page")
        assert Site.asked == []

    def test_redirects_end(self, site):
        with pytest.raises(FetchFailed, match="too many redirects"):
            fetch("http://site.test/round")
        assert len(Site.asked) == 4

    def test_size_is_bounded(self, site):
        assert len(fetch("http://site.test/exactly").body) == fetcher.MOST_BYTES
        with pytest.raises(FetchFailed, match="too large"):
            fetch("http://site.test/large")

    @pytest.mark.parametrize("path", ["drip", "drip_headers"])
    def test_who_answers_drop_by_drop_is_cut_off(self, site, path, monkeypatch):
        monkeypatch.setattr(fetcher, "SECONDS", 0.5)
        started = time.monotonic()
        with pytest.raises(FetchFailed):
            fetch(f"http://site.test/{path}")
        assert time.monotonic() - started < 1.5

    def test_half_an_answer_is_none(self, site):
        with pytest.raises(FetchFailed):
            fetch("http://site.test/cut")

    def test_only_what_was_asked_for_is_taken(self, site):
        assert fetch("http://site.test/page", content_types=["text/html"]).status == 200
        with pytest.raises(FetchFailed, match="text/html came back"):
            fetch("http://site.test/page", content_types=["image/png"])

    def test_a_name_server_that_sleeps_is_not_waited_for(self, site, monkeypatch):
        monkeypatch.setattr(fetcher, "SECONDS", 0.2)
        monkeypatch.setattr(fetcher, "_resolve", lambda host, port: time.sleep(1) or ["127.0.0.1"])
        with pytest.raises(FetchFailed, match="name server"):
            fetch("http://site.test/page")
