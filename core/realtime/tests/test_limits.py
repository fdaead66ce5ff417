"""What one socket, and one member, may ask of the live process."""

import base64
import json
import os
import socket
import time
from pathlib import Path

import pytest

from core.realtime import requests, topics
from core.realtime.requests import NotARequest
from core.realtime.server import OPTIONS

from .conftest import ORIGIN, say

pytestmark = pytest.mark.commits

ROOT = Path(__file__).parents[3]
LONGEST = 16 * 1024


def padded(length):
    request = json.dumps({"listen": [["", 0]]})
    return request.replace('""', '"' + "x" * (length - len(request)) + '"')


class TestOneSocket:
    def test_sixteen_kibibytes_are_taken_and_not_one_byte_more(self, live):
        page = live.open()
        page.ask(padded(LONGEST))
        assert "refused" in page.until(lambda said: True)
        page.ask(padded(LONGEST + 1))
        assert page.end() == 1009

    def test_ten_messages_a_second_are_taken_and_a_flood_is_not(self, live):
        page = live.open()
        for _ in range(9):
            page.ask({"listen": []})
        page.listen("room:2")
        for _ in range(60):
            page.ask({"listen": []})
        assert page.end() == 4429

    @pytest.mark.parametrize(
        "request_",
        [
            "",
            "lantern",
            "[]",
            "{}",
            "null",
            '{"listen": "room:2"}',
            '{"listen": [["token"]]}',
            '{"listen": [["token", "1"]]}',
            '{"listen": [["token", true]]}',
            '{"listen": [["token", -1]]}',
            '{"listen": [["token", 9223372036854775808]]}',
            '{"listen": [["token", 1, 2]]}',
            '{"listen": [], "language": "tlh"}',
            '{"listen": [], "language": {}}',
            '{"listen": [], "more": 1}',
            '{"typing": 1}',
            '{"typing": "token", "listen": []}',
            '{"typing": "token", "name": "Dora"}',
            "[" * 10_000,
            json.dumps({"listen": [["token", 0]] * 21}),
        ],
    )
    def test_only_the_two_requests_are_understood(self, request_):
        with pytest.raises(NotARequest):
            requests.read(request_)

    def test_whatever_else_comes_closes_the_socket(self, live):
        page = live.open()
        page.ask({"shout": "hello"})
        assert page.end() == 4400

    def test_bytes_are_no_request(self, live):
        page = live.open()
        page.connection.send(b"\x00\x01")
        assert page.end() == 4400

    def test_a_page_listens_to_twenty_streams_and_no_more(self, live):
        page = live.open()
        page.ask({"listen": [[topics.sign(f"room:{2 * n}"), 0] for n in range(100, 120)]})
        for _ in range(20):
            page.until(lambda said: "listening" in said)
        assert "refused" in page.listen("room:300")

    @pytest.mark.slow
    def test_a_socket_that_listens_to_nothing_is_closed(self, live):
        busy, idle = live.open(), live.open()
        busy.listen("room:40")
        assert idle.end() == 4408
        say("room:40")
        assert busy.seqs(1) == [1]


class TestOneMember:
    def test_the_sixth_socket_closes_the_oldest(self, live):
        ben, cleo = live.join(), live.join()
        other = live.open(live.enter(cleo))
        other.listen("room:42")
        browser = live.enter(ben)
        pages = []
        for _ in range(6):
            pages.append(live.open(browser))
            pages[-1].listen("room:42")
        assert pages[0].end() == 4409
        say("room:42")
        assert [page.seqs(1) for page in (*pages[1:], other)] == [[1]] * 6

    def test_one_that_goes_makes_room(self, live):
        browser = live.enter(live.join())
        pages = [live.open(browser) for _ in range(5)]
        for page in pages:
            page.listen("room:44")
        pages.pop(2).close()
        pages[0].until(lambda said: said.get("count") == 4)
        pages.append(live.open(browser))
        pages[-1].listen("room:44")
        say("room:44")
        assert [page.seqs(1) for page in pages] == [[1]] * 5


class Mute:
    """A client that shakes hands, asks, and then neither reads nor answers pings."""

    def __init__(self, port):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        self.socket.settimeout(60)
        self.socket.connect(("127.0.0.1", port))
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET /live/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nOrigin: {ORIGIN}\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.socket.recv(1)
        assert answer.startswith(b"HTTP/1.1 101")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def ask(self, request):
        text = json.dumps(request).encode()
        head = (
            bytes([0x81, 0x80 | len(text)]) if len(text) < 126 else bytes([0x81, 0xFE]) + len(text).to_bytes(2, "big")
        )
        self.socket.sendall(head + bytes(4) + text)

    def read_to_the_end(self):
        """How many bytes came until the server hung up."""
        count = 0
        while True:
            try:
                part = self.socket.recv(1 << 20)
            except ConnectionResetError:
                return count
            if not part:
                return count
            count += len(part)


class TestWhoDoesNotAnswer:
    @pytest.mark.slow
    def test_a_slow_reader_is_cut_and_the_others_hear_everything(self, live):
        page, size, count = live.open(max_size=None), 200_000, 100
        with Mute(live.port) as slow:
            slow.ask({"listen": [[topics.sign("room:50"), 0]]})
            page.listen("room:50")
            page.until(lambda said: said.get("count") == 2)
            say("room:50", count, html="x" * size)
            assert page.seqs(count) == list(range(1, count + 1))
            page.until(lambda said: said.get("count") == 1)
            assert slow.read_to_the_end() < size * count / 2

    @pytest.mark.slow
    def test_who_does_not_answer_a_ping_is_gone(self, live):
        with Mute(live.port) as silent:
            silent.ask({"listen": [[topics.sign("room:52"), 0]]})
            started = time.monotonic()
            silent.read_to_the_end()
        assert 4.5 < time.monotonic() - started < 40


def test_the_same_limits_are_set_wherever_the_process_is_started():
    unit = (ROOT / "deploy" / "systemd" / "lyceum-live.service").read_text()
    compose = (ROOT / "deploy" / "compose.yaml").read_text().replace('"', "").replace(",", "")
    launcher = (ROOT / "community" / "launch" / "site.py").read_text()
    for name, value in OPTIONS:
        assert f"{name} {value}" in unit
        assert f"{name} {value}" in compose
    assert "*SOCKET_ARGUMENTS" in launcher
