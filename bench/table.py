"""The whole table: what each thing costs beside a bare baseline, and the break over real HTTP.

usage: bench/run [--quick] [--json] [--write]
"""

import argparse
import json
from dataclasses import asdict
from typing import Any

from bench import costs, rush, trades
from bench.report import machine, put_into_page

MARKS = ("<!-- table: made by bench/run --write -->", "<!-- end of the table -->")


def measure(*, quick: bool) -> dict[str, Any]:
    """Everything, in a few minutes; `quick` in one or two, with wider spread."""
    rounds = 25 if quick else 150
    found = [
        *costs.pages(rounds),
        *costs.answers(rounds),
        *trades.syncing(rounds),
        *costs.signing_in(5 if quick else 15),
        *costs.managers(3 if quick else 9, 200 if quick else 1000),
        *trades.thinking(rounds),
        *trades.publishing(6 if quick else 12),
        *trades.searching(3 if quick else 9, 1_000 if quick else 10_000),
        *trades.importing_people(2 if quick else 3, 1_000 if quick else 10_000),
        *trades.analysing(2 if quick else 3, 500 if quick else 10_000),
        *costs.starting(3 if quick else 7),
    ]
    hurry = list(rush.run(people=60 if quick else 600, phones=16, workers=1, threads=8))
    return {
        **machine(),
        "costs": [asdict(one) for one in found],
        "rush": [asdict(one) | {"in_a_quarter": one.in_a_quarter} for one in hurry],
    }


def as_markdown(found: dict[str, Any]) -> str:
    """Both tables, with the machine and the date."""
    lines = [
        f"Measured {found['at']} on {found['machine']}; load when it ended {found['load']}.",
        "",
        "| what | ms of the processor | middle half | n | beside | times | aim |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in found["costs"]:
        lines.append(
            f"| {one['name']} | {short(one['milliseconds'])} | {short(one['low'])} to {short(one['high'])} | {one['n']} | "
            f"{one['baseline']} | {short(one['ratio'])} | {one['aim']} |"
        )
    lines += [
        "",
        "| over HTTP, one process of 8 threads on SQLite, 16 phones, the client on the same machine | requests/s "
        "| answers/s | p50 ms | p95 | p99 | errors | MB | ms of the server's processor a request | of the client's |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for one in found["rush"]:
        name = one["what"] + (f" ({one['people']} people)" if one["people"] else "")
        answers = f"{one['saved'] / one['seconds']:.0f}" if one["saved"] else ""
        lines.append(
            f"| {name} | {one['per_second']:.0f} | {answers} | {one['p50']:.0f} | {one['p95']:.0f} | {one['p99']:.0f} | "
            f"{one['errors']} of {one['requests']} | {one['memory_mb']:.0f} | {one['server_ms']:.2f} | "
            f"{one['client_ms']:.2f} |"
        )
    carried = next(one for one in found["rush"] if one["people"])
    lines += ["", f"At that pace a quarter of an hour carries {carried['in_a_quarter']} people."]
    return "\n".join(lines)


def short(number: float) -> str:
    """Three figures that mean something."""
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}" if number >= 0.0005 else "0"


def main() -> None:
    """Measure, print, and put the table into the page when asked."""
    reader = argparse.ArgumentParser(prog="bench/run", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("--quick", action="store_true", help="Fewer rounds and people.")
    reader.add_argument("--json", action="store_true", help="Print one JSON object.")
    reader.add_argument("--write", action="store_true", help="Put the table into docs/performance.md.")
    wanted = reader.parse_args()
    found = measure(quick=wanted.quick)
    print(json.dumps(found) if wanted.json else as_markdown(found))
    if wanted.write:
        put_into_page(MARKS, as_markdown(found))


if __name__ == "__main__":
    main()
