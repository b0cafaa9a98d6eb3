"""Lines that send little hold nobody up; a slow phone is waited for."""

import http.client
import socket

import pytest
from gunicorn.config import Config
from gunicorn.workers.gthread import ThreadWorker

from bench.kill import Server
from lms.operations import patience
from lms.operations.patience import GRACE, LARGEST_BODY, PIECE, Gathered, PatientWorker
from lms.settings import Settings

HEAD = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"


@pytest.mark.no_cover
@pytest.mark.sqlite_is_enough
def test_forty_lines_that_never_end_their_request_keep_nobody_waiting(settings: Settings) -> None:
    server = Server(settings)
    server.start()
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=10) for _one in range(40)]
    try:
        for number, line in enumerate(slow):
            line.sendall(HEAD + (b"Content-Length: 50\r\n\r\nabc" if number % 2 else b"X-Half: "))
        page = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        for _visit in range(2):  # the second over the same line
            page.request("GET", "/health/live")
            reply = page.getresponse()
            assert (reply.status, reply.read()) == (200, b'{"live":true}\n')
        page.sock.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        told = b""
        while told.count(b'{"live":true}') < 3:
            told += page.sock.recv(PIECE)
        slow[1].sendall(b"d" * 47)
        assert slow[1].recv(PIECE).startswith(b"HTTP/1.1 400 "), "whole at last: it has no token"
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as coded:
            coded.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n")
            coded.sendall(b"0\r\n\r\n")
            assert coded.recv(PIECE).startswith(b"HTTP/1.1 400 "), "read as it comes"
        slow[0].sendall(b"x" * 70_000)
        assert slow[0].recv(PIECE).startswith(b"HTTP/1.1 431 ")
    finally:
        for line in slow:
            line.close()
        server.kill()


def test_a_request_is_whole_when_its_last_byte_is_there() -> None:
    one = Gathered(0)
    for piece in (HEAD, b"Content-Length: 3\r\n", b"\r", b"\nab"):
        one.take(piece)
        assert not one.is_whole
    one.take(b"cGET")
    assert one.is_whole


@pytest.mark.parametrize(
    "line",
    [b"Transfer-Encoding: chunked", b"Content-Length: x", b"Content-Length: %d" % (LARGEST_BODY + 1)],
)
def test_what_says_no_length_that_we_take_is_left_to_the_parser_from_its_head_alone(line: bytes) -> None:
    one = Gathered(0)
    one.take(HEAD + line + b"\r\n\r\n")
    assert one.is_whole


def test_a_phone_on_a_slow_line_has_all_the_time_it_needs_and_a_drip_has_not() -> None:
    phone, drip, bytes_a_second = Gathered(0), Gathered(0), 400_000 // 8
    phone.take(HEAD + b"Content-Length: %d\r\n\r\n" % (25 << 20))
    drip.take(HEAD + b"Content-Length: 900\r\n\r\n")
    for second in range(1, 500):
        phone.take(bytes(bytes_a_second))
        assert not phone.is_late(second)
    for second in range(1, 60):
        drip.take(b"x")
        assert drip.is_late(second) == (second > GRACE)


def test_of_several_processes_the_one_with_more_lines_lets_the_others_take_a_new_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(patience.time, "sleep", waited.append)
    monkeypatch.setattr(ThreadWorker, "accept", lambda _worker, _listener: None)
    for processes, lines in [(1, 40), (2, 0), (2, 3), (2, 40), (2, 700)]:
        worker = PatientWorker.__new__(PatientWorker)
        worker.cfg = Config()
        worker.cfg.set("workers", processes)
        worker.nr_conns, worker.worker_connections, worker.gathering = lines, 800, {}
        worker.accept(socket.socket())
    assert waited == sorted(set(waited))
    assert len(waited) == 4, "one alone lets nobody go first"
    assert waited[0] == 0
    assert waited[-1] < 0.01
