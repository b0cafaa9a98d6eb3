"""`lms samples`: data for the work samples of a rung, in files."""

import csv
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import click

from lms.foundation.errors import Invalid
from lms.tracks.rules.samples import Sample, Table, make_sample
from lms.web.command import json_option, tell

TASKS = """# Your work sample

All figures are invented. Use a spreadsheet and any tool that opens a SQLite file. Write down how you came to each answer.

1. **Forecast** (`calls.csv`): find the odd days and say what you do with them. Forecast the week that follows, half hour by half
   hour, and write the schedule for a service level of 80 % in 20 s.
2. **Contact reasons** (`contact-reasons.csv`): of the contacts that came back, which few reasons make up most? Draw the Pareto.
3. **The account** (`account.csv`): the gross margin of both months, and why it moved.
4. **Tickets** (`tickets.csv`): set each priority (high and high P1, one of them high P2, else P3). Which promises were kept? P1:
   response 15 min, solution 2 h. P2: 1 h and 4 h. P3: 4 h and 24 h. The clock stands still in pauses.
5. **SQL** (`contacts.sqlite`, tables contact, tag and survey): number of contacts and AHT of each queue in March; how many contacts
   of March have no tag; how many have the tag refund; how many surveys were sent and answered, and the mean score.
"""


@click.command()
@click.option(
    "--number", type=click.IntRange(1, 1_000_000), required=True, help="Which of the invented floors."
)
@click.option("--into", required=True, type=click.Path(path_type=Path, file_okay=False), help="A new folder.")
@json_option
def samples(number: int, into: Path, as_json: bool) -> None:
    """Write the data of a work sample: what the person is given, and in a folder of its own what the assessor keeps.

    Give each person another NUMBER. The same one makes the same files again.
    """
    if into.exists() and any(into.iterdir()):
        raise Invalid("That folder is not empty. Name a new one.")
    made = write_sample(make_sample(number), into)
    words = "\n".join(map(str, made))
    tell({"number": number, "files": [str(one) for one in made]}, words, as_json=as_json)


def write_sample(sample: Sample, into: Path) -> list[Path]:
    """The files of a sample, in order."""
    person, assessor = into / "person", into / "assessor"
    for folder in (person, assessor):
        folder.mkdir(parents=True, exist_ok=True)
    made = [_write_table(one, person) for one in sample.given]
    made.append(_write_database(sample.database, person / "contacts.sqlite"))
    made.append(_write_text(person / "tasks.md", TASKS))
    made += [_write_table(one, assessor) for one in sample.held_back]
    answers = json.dumps(sample.answers, indent=1, sort_keys=True)
    return [*made, _write_text(assessor / "answers.json", answers + "\n")]


def _write_table(table: Table, folder: Path) -> Path:
    path = folder / f"{table.name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(table.columns)
        lines.writerows(table.rows)
    return path


def _write_database(tables: Sequence[Table], path: Path) -> Path:
    connection = sqlite3.connect(path)
    for one in tables:
        connection.execute(f"CREATE TABLE {one.name} ({', '.join(one.columns)})")
        places = ", ".join("?" * len(one.columns))
        connection.executemany(f"INSERT INTO {one.name} VALUES ({places})", one.rows)  # noqa: S608  (our own names)
    connection.commit()
    connection.close()
    return path


def _write_text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
