"""A slow line between a browser and a server: so many bytes a second each way, a wait each way, one round trip to open.

Unlike a browser's own throttling it slows whatever is sent, a worker's requests too, and it counts every byte in the sockets.
"""

import asyncio
import threading
import time
from dataclasses import dataclass, field

CHUNK = 1448
"""What fits into one packet: connections that send at once take turns by it."""


@dataclass
class Way:
    """One direction: when its wire is free again, and what has gone over it."""

    per_second: float
    delay: float
    free_at: float = 0.0
    sent: int = 0

    def takes(self, length: int) -> float:
        """Put so many bytes on the wire; when they are at the other end."""
        now = time.monotonic()
        self.free_at = max(now, self.free_at) + length / self.per_second
        self.sent += length
        return self.free_at + self.delay


@dataclass
class Line:
    """The line to a port. `bits`: per second, each way; `round_trip`: seconds."""

    port: int
    bits: float = 400_000
    round_trip: float = 0.4
    down: Way = field(init=False)
    up: Way = field(init=False)
    opened: int = 0

    def __post_init__(self) -> None:
        self.down = Way(self.bits / 8, self.round_trip / 2)
        self.up = Way(self.bits / 8, self.round_trip / 2)
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()
        self.ready.wait()

    @property
    def address(self) -> str:
        """Where a browser finds the server at the other end."""
        return f"http://127.0.0.1:{self.here}"

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._connected, "127.0.0.1", 0))
        self.here = int(server.sockets[0].getsockname()[1])
        self.ready.set()
        self.loop.run_forever()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        there, to_there = await asyncio.open_connection("127.0.0.1", self.port)
        opens = time.monotonic() + self.round_trip  # what opening a connection costs before the first byte
        await asyncio.gather(
            self._carry(reader, to_there, self.up, opens), self._carry(there, writer, self.down, 0.0)
        )

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way, not_before: float
    ) -> None:
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def arrive() -> None:
            while True:
                at, part = await under_way.get()
                await asyncio.sleep(max(0.0, max(at, not_before + way.delay) - time.monotonic()))
                if not part:
                    writer.close()
                    return
                writer.write(part)

        arriving = asyncio.ensure_future(arrive())
        try:
            while part := await reader.read(CHUNK):
                under_way.put_nowait((way.takes(len(part)), part))
        except ConnectionError:
            pass  # the browser or the server hung up: so does the other end
        under_way.put_nowait((time.monotonic() + way.delay, b""))
        try:
            await arriving
        except ConnectionError:
            writer.close()
