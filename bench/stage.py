"""A stage for trouble: a real server, phones that answer over HTTP until they are told “saved”, and the count afterwards."""

import random
import shutil
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.kill import (
    PHONES,
    Answer,
    Outcome,
    Phone,
    Server,
    Told,
    answer_all,
    count,
    fresh_settings,
    minted,
)
from lms.app import create_app
from lms.settings import Settings, read_settings
from lms.web.request import db
from tests.house import C05, House


class RecordedServer(Server):
    """`lms serve`, with what it writes written down in `log`."""

    def __init__(self, settings: Settings, *options: str) -> None:
        super().__init__(settings, *options)
        self.writes = settings.home / "writes.log"
        self.environment["PYTHONPATH"] = str(Path(__file__).parents[1])

    def command(self, *words: str) -> list[str]:
        """Only serving is recorded."""
        plain = super().command(*words)
        return [plain[0], "-m", "bench.recorder", str(self.writes), *words] if words[0] == "serve" else plain

    def behave(self, mood: str) -> None:
        """Let the disk behave so from now on; nothing: well again."""
        place = Path(f"{self.writes}.mood")
        if not mood:
            place.unlink()
            return
        beside = place.with_suffix(".new")
        beside.write_text(mood)
        beside.replace(place)


class Stage:
    """One firm, some people, one server."""

    def __init__(
        self, settings: Settings, *, seed: int = 1, server: Callable[[Settings], Server] = Server
    ) -> None:
        self.settings, self.chance = settings, random.Random(seed)
        self.app = create_app(settings)
        self.house = House(self.app, datetime.now(UTC).replace(microsecond=0))
        self.firm_id = self.house.firm(f"Firm {uuid.UUID(int=self.chance.getrandbits(128)).hex[:8]}")
        self.course_id = self.house.course(folder=C05)
        self.assessment_id = self.house.assessment(self.course_id)
        self.people = [self.house.person(self.firm_id) for _phone in range(PHONES)]
        self.let_go()
        self.server = server(settings)
        self.phones: list[Phone] = []
        self.sent: list[list[Answer]] = []
        self.told: list[Told] = []
        self.slowest = 0.0

    def let_go(self) -> None:
        """Close this process's own connections."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def begin(self, answers: int) -> None:
        """Start the server, sign everybody in, mint their answers."""
        self.server.start()
        self.phones = [Phone(self.server.port) for _one in self.people]
        for number, (phone, someone) in enumerate(zip(self.phones, self.people, strict=True)):
            share = answers // PHONES + (number < answers % PHONES)
            attempt = phone.begin(someone, self.assessment_id)
            self.sent.append(minted(self.house, someone, attempt, share, self.chance))
        self.told = [Told() for _one in self.people]
        self.let_go()

    def acknowledged(self) -> int:
        """How many answers were told “saved” so far."""
        return sum(len(one.saved) for one in self.told)

    def refused(self) -> Counter[int]:
        """What else people were told, by status."""
        return sum((one.refused for one in self.told), Counter())

    def answer(self, trouble: Callable[[], int | None] = lambda: None) -> Outcome:
        """Let everybody answer; when a third is saved, let the trouble happen in their midst; count at the end."""
        threads = [
            threading.Thread(target=answer_all, args=(phone, own, ear, random.Random(self.chance.random())))
            for phone, own, ear in zip(self.phones, self.sent, self.told, strict=True)
        ]
        for thread in threads:
            thread.start()
        self.wait_for(sum(map(len, self.sent)) // 3)
        kills = trouble() or 0
        for thread in threads:
            thread.join()
        self.server.kill()
        for ear in self.told:
            for error in ear.broken:
                raise error
        return count(self.settings, self.house, self.server, self.people, self.sent, self.told, kills)

    def wait_for(self, wanted: int, *, patience: float = 0) -> None:
        """Until so many answers are saved, or only for that many seconds."""
        for look in range(60_000):
            if self.acknowledged() >= wanted or any(ear.broken for ear in self.told):
                return
            if patience and look * 0.002 > patience:
                return
            time.sleep(0.002)
        raise RuntimeError(f"{self.acknowledged()} of {wanted} answers in two minutes")

    def wait_for_refusal(self, status: int, times: int = 3) -> None:
        """Until people have been told that status a few times."""
        for _look in range(60_000):
            if self.refused()[status] >= times:
                return
            time.sleep(0.002)
        raise RuntimeError(f"nobody was told {status}: {dict(self.refused())}")


_template: dict[str, Path] = {}


def fresh_home(folder: Path) -> Settings:
    """A new home with an SQLite file at this release's shape; migrated once a run, then copied."""
    if "home" not in _template:
        _template["home"] = Path(tempfile.mkdtemp(prefix="ladder-template-"))
        fresh_settings(_template["home"], None)
    shutil.copytree(_template["home"], folder, dirs_exist_ok=True)
    return read_settings({"LADDER_HOME": str(folder), "LADDER_SECURE_COOKIES": "off"})


def forget_template() -> None:
    """Take the migrated home away again."""
    if "home" in _template:
        shutil.rmtree(_template.pop("home"))


@contextmanager
def stage(
    *,
    seed: int = 1,
    answers: int = 120,
    recorded: bool = False,
    database: str = "",
    server: Callable[[Settings], Server] = Server,
) -> Iterator[Stage]:
    """A stage in a folder of its own, begun; its server is gone afterwards. SQLite, or a migrated database's address."""
    with tempfile.TemporaryDirectory(prefix="ladder-survive-") as folder:
        if database:
            home = read_settings(
                {"LADDER_HOME": folder, "LADDER_SECURE_COOKIES": "off", "LADDER_DATABASE": database}
            )
        else:
            home = fresh_home(Path(folder))
        built = Stage(home, seed=seed, server=RecordedServer if recorded else server)
        try:
            built.begin(answers)
            yield built
        finally:
            if built.server.process.poll() is None:
                built.server.kill()
            built.let_go()
