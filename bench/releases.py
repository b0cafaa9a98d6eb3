"""Two releases on one database: the next one migrates it and serves beside this one."""

import shutil
import sqlite3
import subprocess
import tempfile
import urllib.request
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench.faults import Result, judged
from bench.kill import Server
from bench.stage import stage
from lms.migrating import newest_revision

NEXT_MIGRATION = '''"""The bench's next release: a column and a table more."""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{newest}", None, None


def upgrade() -> None:
    op.add_column("response", sa.Column("next_release", sa.String(20), nullable=True))
    op.create_table("next_release", sa.Column("id", sa.Integer(), primary_key=True))
'''


def next_release(folder: Path) -> Path:
    """A copy of the program that is one additive migration ahead and writes its new column."""
    root = Path(__file__).parents[1]
    for name in ("lms", "migrations"):
        shutil.copytree(root / name, folder / name)
    (folder / "migrations/versions/9999_next_release.py").write_text(
        NEXT_MIGRATION.format(newest=newest_revision())
    )
    models = folder / "lms/assessments/models/attempts.py"
    place = '    __tablename__ = "response"\n'
    if models.read_text().count(place) != 1:
        raise RuntimeError("the answers' table is elsewhere now")
    models.write_text(
        models.read_text().replace(
            place, f'{place}    next_release: Mapped[str | None] = mapped_column(default="yes")\n'
        )
    )
    return folder


def two_releases(quick: bool) -> Result:
    """The next release migrates the database while this one serves; both serve; then this one ends."""
    with (
        tempfile.TemporaryDirectory(prefix="ladder-next-") as name,
        stage(answers=480 if quick else 960) as built,
    ):
        newer = Server(built.settings)
        newer.stands_in = next_release(Path(name))
        newer.log = built.settings.home / "next.log"
        steps: list[int] = []

        def breathe(seconds: float) -> None:
            for phone in built.phones:
                phone.breath = seconds

        def trouble() -> int:
            breathe(1)  # else they have answered everything before the next release stands
            migrated = subprocess.run(
                newer.command("migrate"),
                env=newer.environment,
                cwd=newer.stands_in,
                capture_output=True,
                check=False,
            )
            if migrated.returncode:
                raise RuntimeError(migrated.stderr.decode()[-600:])
            built.wait_for(built.acknowledged() + 20)
            ready = urllib.request.urlopen(f"http://127.0.0.1:{built.server.port}/health/ready", timeout=30)
            steps.append(ready.status)
            newer.start()
            for phone in built.phones[::2]:
                phone.moves_to = newer.port
            breathe(0)
            built.wait_for(built.acknowledged() + 30)
            return 0

        try:
            # The doctor of this release would rightly say that the database is ahead of it.
            outcome = replace(built.answer(trouble), well=newer.is_well())
        finally:
            if steps:  # it was started
                newer.kill()
        with closing(sqlite3.connect(built.settings.home / "ladder.db")) as connection:
            by_release = dict(
                connection.execute("SELECT next_release IS NOT NULL, count(*) FROM response GROUP BY 1")
            )
        note = f"written by this release {by_release.get(0, 0)}, by the next {by_release.get(1, 0)}; ready throughout {steps}"
        return judged(built, outcome, note=note, and_also=len(by_release) == 2 and steps == [200])
