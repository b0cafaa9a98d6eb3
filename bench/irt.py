"""How well and how fast models are recovered from simulated answers, beside another package on the same data.

usage: .venv/bin/python -m bench.irt [--rounds N] [--other PYTHON]

The other package is girth; it runs in its own process under --other (a Python that has it; default: this one), so that
nothing need be installed here. Times are the processor's, the fit alone.
"""

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lms.assessments.statistics import irt
from lms.assessments.statistics.arrays import np
from lms.assessments.statistics.responses import Responses

DESIGNS = (("2pl", 500, 40), ("2pl", 2000, 40), ("3pl", 2000, 40))
OTHER = """
import json, sys, time
import numpy as np
import girth
right = np.load(sys.argv[1]).T.astype(int)
started = time.process_time()
fitted = (girth.threepl_mml if sys.argv[2] == "3pl" else girth.twopl_mml)(right)
spent = time.process_time() - started
slope = np.asarray(fitted["Discrimination"], dtype=float)
hard = np.asarray(fitted["Difficulty"], dtype=float)
print(json.dumps({"a": slope.tolist(), "b": hard.tolist(), "c": list(map(float, fitted.get("Guessing", 0 * slope))), "seconds": spent}))
"""


def simulate(model: str, persons: int, items: int, seed: int) -> tuple[dict[str, Any], Any]:
    """The truth, and answers persons × items of 0 and 1."""
    dice = np.random.default_rng(seed)
    a, b = dice.lognormal(0, 0.3, items), dice.normal(0, 1, items)
    c = dice.uniform(0.1, 0.25, items) if model == "3pl" else np.zeros(items)
    theta = dice.normal(size=persons)
    p = c + (1 - c) / (1 + np.exp(-a * (theta[:, None] - b)))
    return {"a": a, "b": b, "c": c}, (dice.random((persons, items)) < p).astype(int)


def ours(right: Any, model: str) -> dict[str, Any]:
    """Our fit and its processor seconds."""
    responses = Responses(tuple(f"i{at}" for at in range(right.shape[1])), right.tolist())
    started = time.process_time()
    fitted = irt.fit(responses, model=model)
    spent = time.process_time() - started
    return {**{letter: [row[letter] for row in fitted.items] for letter in "abc"}, "seconds": spent}


def theirs(right: Any, model: str, python: str) -> dict[str, Any] | None:
    """The other package's, or None when it is not there or fails."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "right.npy"
        np.save(path, right)
        done = subprocess.run(
            [python, "-W", "ignore", "-c", OTHER, str(path), model],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        reason = done.stderr.strip().split("\n")[-1] or f"exit {done.returncode}"
        print(f"  the other package could not be run: {reason}")
        return None
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def line(who: str, fits: list[dict[str, Any]], truths: list[dict[str, Any]], letters: str) -> str:
    """Bias and root-mean-square error of each parameter over the rounds, and seconds a fit."""
    words = []
    for letter in letters:
        gaps = np.concatenate(
            [np.array(fit[letter]) - truth[letter] for fit, truth in zip(fits, truths, strict=True)]
        )
        words.append(f"{letter} bias {gaps.mean():+.3f} RMSE {np.sqrt((gaps**2).mean()):.3f}")
    return f"  {who:6} " + "   ".join(words) + f"   {np.mean([fit['seconds'] for fit in fits]):.2f} s"


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--other", default=sys.executable, metavar="PYTHON")
    options = parser.parse_args()
    for model, persons, items in DESIGNS:
        print(f"{model}, {persons} people, {items} items, {options.rounds} rounds")
        letters = "abc" if model == "3pl" else "ab"
        truths, mine, other = [], [], []
        for seed in range(options.rounds):
            truth, right = simulate(model, persons, items, seed)
            truths.append(truth)
            mine.append(ours(right, model))
            found = theirs(right, model, options.other)
            if found is None:
                break
            other.append(found)
        while len(mine) < options.rounds:
            truth, right = simulate(model, persons, items, len(mine))
            truths.append(truth)
            mine.append(ours(right, model))
        print(line("ours", mine, truths, letters))
        if other:
            print(line("girth", other, truths[: len(other)], letters))
            ratio = np.mean([fit["seconds"] for fit in mine]) / np.mean([fit["seconds"] for fit in other])
            print(f"  our time over theirs: {ratio:.2f}")


if __name__ == "__main__":
    main()
