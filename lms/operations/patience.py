"""Slow lines hold no thread: a request is read whole before somebody works on it.

Gunicorn's threads read requests themselves, and one phone that sends a byte a second keeps one of them for as long as it
likes. Here the loop that waits for all lines gathers each request, large bodies on disk, and hands it to a thread when it
is all there. Who sends nothing, or less than `PACE` on the whole, is told so and hung up on after a grace. When those who
are served wait too long, newcomers are told at once to come back in a moment, so that waiting ends for somebody.
"""

import contextlib
import re
import selectors
import socket
import struct
import tempfile
import time
from collections import deque
from typing import IO, Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

GRACE = 20.0
"""Seconds that anybody may take, however little they send."""
PACE = 2000
"""Bytes a second that a request must come at beyond that: a line of 400 kbit/s brings 25 times as much."""
UNGATHERED = 60.0
"""Seconds for a body that cannot be gathered, since it does not say how long it is."""
LONGEST_HEAD = 64 * 1024
LARGEST_BODY = 26 * 1024 * 1024
"""A little more than the program takes: what is larger is refused by the program from its head alone."""
IN_MEMORY = 256 * 1024
ROOM = 256 * 1024 * 1024
"""Bytes of half-read requests in one process."""
PIECE = 64 * 1024
MOST_PIECES = 16
"""Of one line, before the loop looks at the others."""

BOW = 0.00005
"""Seconds for each line that it holds, that a process lets the others go first to a new line."""
LONGEST_BOW = 0.005

MOST_WAIT = 10.0
"""Seconds that a whole request may wait for a thread before newcomers are sent away."""
ALWAYS = b"GET /health/live "

TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
TOO_MUCH = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
NO_ROOM = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n"
)
_BUSY = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Very busy just now</title><h1>Very busy just now</h1><p>What was saved is safe. Go back and try again in a minute.</p>
<p lang="es">Hay mucha gente en este momento. Lo guardado está a salvo. Vuelve atrás y prueba de nuevo en un minuto.</p></html>
""".encode()
BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 20\r\nCache-Control: no-store\r\n"
    b"Content-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s" % (len(_BUSY), _BUSY)
)
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*(?=\r\n)", re.IGNORECASE)
_CODED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_ASKS_FIRST = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


class Gathered:
    """What was heard of one request so far."""

    def __init__(self, begun: float) -> None:
        self.begun, self.length = begun, 0
        self.head = b""
        self.wanted: int | None = None
        """How many bytes make it whole; not known before the head has ended."""
        self.text: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - ends with the request
        self.waits = False

    def take(self, piece: bytes) -> None:
        """More of it."""
        self.text.write(piece)
        self.length += len(piece)
        if self.wanted is not None:
            return
        self.head += piece
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self.head[: end + 2]
        self.head = head
        lengths = _LENGTH.findall(head)
        # A coded body, or a length that is none, is the parser's to judge.
        body = int(lengths[0]) if len(lengths) == 1 and not _CODED.search(head) else 0
        self.wanted = end + 4 + (body if body <= LARGEST_BODY else 0)

    @property
    def is_whole(self) -> bool:
        """Whether a thread can work on it without waiting."""
        return self.wanted is not None and self.length >= self.wanted

    @property
    def asks_first(self) -> bool:
        """Whether whoever sends waits to be told to go on."""
        return self.wanted is not None and bool(_ASKS_FIRST.search(self.head))

    def is_late(self, now: float) -> bool:
        """Whether it comes too slowly."""
        return now > self.begun + GRACE + self.length / PACE


class Heard(SocketUnreader):
    """Gives the parser what was gathered; of what is not gathered (a coded or too large body), what comes in time."""

    def __init__(self, line: socket.socket, gathered: Gathered) -> None:
        super().__init__(line)
        self.renew(gathered)

    def renew(self, gathered: Gathered) -> None:
        """The next request on the same line."""
        gathered.text.seek(0)
        self.gathered, self.too_slow = gathered, False

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next piece; nothing when the line has ended or is too slow, as if it had been hung up."""
        size = max(self.mxchunk, min(size_hint or 0, self.max_body_chunk))
        if piece := self.gathered.text.read(size):
            return piece
        before = self.sock.gettimeout()  # set while gunicorn drains what the program did not read
        try:
            if before is None:
                self.sock.settimeout(max(0.001, self.gathered.begun + UNGATHERED - time.monotonic()))
            late: bytes = self.sock.recv(size)
        except TimeoutError:
            if before is not None:
                raise
            self.too_slow = True
            return b""
        finally:
            self.sock.settimeout(before)
        return late

    def keep_the_rest(self) -> None:
        """What was gathered of the request after this one goes where gunicorn looks for it."""
        held = self.take_buffered()
        self.unread(held + self.gathered.text.read())
        self.gathered.text.close()


class PatientWorker(ThreadWorker):
    """Gunicorn's threads, with a loop that reads for them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.gathering: dict[TConn, Gathered] = {}
        self.waiting: deque[float] = deque()
        """Since when each whole request waits for a thread, the oldest first."""
        self.looked = 0.0

    def accept(self, listener: socket.socket) -> None:
        """A new line; when there is hardly room for another, who has been sending for longest makes room.

        A line stays with who takes it. The processes wake together, and the first awake would soon hold nearly all lines:
        who has more of them steps back for longer.
        """
        if self.cfg.workers > 1:
            time.sleep(min(LONGEST_BOW, self.nr_conns * BOW))
        super().accept(listener)
        if self.nr_conns > self.worker_connections - 2 * self.cfg.threads and self.gathering:
            self._hang_up(next(iter(self.gathering)), TOO_SLOW)

    def enqueue_req(self, conn: TConn) -> None:
        """A line has something to say, or is new: listen until it is a whole request."""
        gathered = Gathered(time.monotonic())
        if conn.parser is not None:
            gathered.take(conn.parser.unreader.take_buffered())
        else:
            # Who does not read what they asked for holds a thread no longer than this without progress.
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", int(GRACE), 0))
        self.gathering[conn] = gathered
        conn.sock.setblocking(False)
        self._listen(conn)

    def _listen(self, conn: TConn) -> None:
        gathered, over, pieces = self.gathering[conn], False, 0
        try:
            while not gathered.is_whole and not over:
                if (pieces := pieces + 1) > MOST_PIECES:
                    raise BlockingIOError  # the others first; what is left makes the line readable again
                piece = conn.sock.recv(PIECE)
                gathered.take(piece)
                over = not piece
                if gathered.wanted is None and gathered.length > LONGEST_HEAD:
                    return self._hang_up(conn, TOO_MUCH)
                if gathered.asks_first and not gathered.is_whole:
                    conn.sock.send(GO_ON)
                    gathered.head = b""
        except BlockingIOError:
            if not gathered.waits:
                gathered.waits = True
                self.poller.register(conn.sock, selectors.EVENT_READ, lambda _line: self._listen(conn))
            if gathered.length > IN_MEMORY and sum(one.length for one in self.gathering.values()) > ROOM:
                self._hang_up(conn, NO_ROOM)
            return None
        except OSError:
            return self._hang_up(conn)
        if gathered.length == 0:
            return self._hang_up(conn)
        if (
            self.waiting
            and time.monotonic() > self.waiting[0] + MOST_WAIT
            and not gathered.head.startswith(ALWAYS)
        ):
            return self._hang_up(conn, BUSY)
        if gathered.waits:
            self.poller.unregister(conn.sock)
        del self.gathering[conn]
        conn.gathered, conn.data_ready = gathered, True
        self.waiting.append(time.monotonic())
        super().enqueue_req(conn)
        return None

    def _hang_up(self, conn: TConn, words: bytes = b"") -> None:
        gathered = self.gathering.pop(conn)
        gathered.text.close()
        if gathered.waits:
            self.poller.unregister(conn.sock)
        with contextlib.suppress(OSError):  # told if there is still somebody to tell
            if words:
                conn.sock.send(words)
        self.nr_conns -= 1
        conn.close()

    def handle(self, conn: TConn) -> Any:
        """In a thread: work on the request that was gathered."""
        self.waiting.popleft()
        if conn.parser is None:
            conn.init()
            self._parser(conn).unreader = Heard(conn.sock, conn.gathered)
        else:
            conn.parser.unreader.renew(conn.gathered)
        return super().handle(conn)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """Whether the line can be used again: not when nobody knows where its next request begins."""
        heard: Heard = self._parser(conn).unreader
        return bool(super()._keepalive_after(conn, keepalive and not heard.too_slow))

    @staticmethod
    def _parser(conn: TConn) -> Any:
        """What gunicorn makes when a line's first request is read."""
        return conn.parser

    def finish_request(self, conn: TConn, fs: Any) -> None:
        """The line waits for its next request, or has sent it already."""
        if conn.parser is not None:
            conn.parser.unreader.keep_the_rest()
        super().finish_request(conn, fs)

    def murder_pending(self) -> None:
        """Once a second: hang up on who is too slow, and at the end on who has said nothing."""
        super().murder_pending()
        now = time.monotonic()
        if now < self.looked + 1:
            return
        self.looked = now
        for conn, gathered in list(self.gathering.items()):
            if gathered.is_late(now):
                self._hang_up(conn, TOO_SLOW if gathered.length else b"")
            elif not self.alive and not gathered.length:
                self._hang_up(conn)
