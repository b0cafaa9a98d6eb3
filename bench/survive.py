"""Whatever breaks, an answer that was told “saved” is there, once: each kind of fault, one line of result.

usage: .venv/bin/python -m bench.survive [--quick] [--json] [FAULT...]
"""

import argparse
import json
import sys
import time
from dataclasses import asdict

from bench import faults
from bench.stage import forget_template


def main() -> None:
    """Each fault that was asked for, or all. Exit 1 when one was not survived."""
    reader = argparse.ArgumentParser(prog="bench.survive", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("--quick", action="store_true", help="Fewer answers, kills and cuts.")
    reader.add_argument("--json", action="store_true", help="One JSON object a line.")
    reader.add_argument("fault", nargs="*", metavar="FAULT", help=", ".join(FAULTS))
    wanted = reader.parse_args()
    if unknown := set(wanted.fault) - set(FAULTS):
        reader.error(f"no such fault: {', '.join(sorted(unknown))}")
    bad = 0
    for name in wanted.fault or FAULTS:
        begun = time.monotonic()
        try:
            result = FAULTS[name](wanted.quick)
        except Exception as error:  # noqa: BLE001 - the other faults are still to be tried
            result = faults.Result(False, note=f"{type(error).__name__}: {error}"[-600:])
        seconds = round(time.monotonic() - begun)
        bad += not result.survived
        if wanted.json:
            print(json.dumps({"fault": name, **asdict(result), "seconds": seconds}), flush=True)
            continue
        told = ", ".join(f"{what} {times}" for what, times in result.told.items())
        print(
            f"{name:16} {'survived' if result.survived else 'NOT SURVIVED'}: acknowledged {result.acknowledged}, lost "
            f"{result.lost}, doubled {result.doubled}; told: {told or '-'}; {result.note} ({seconds} s)",
            flush=True,
        )
    forget_template()
    sys.exit(1 if bad else 0)


FAULTS = faults.FAULTS

if __name__ == "__main__":
    main()
