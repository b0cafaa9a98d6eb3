"""Whatever breaks, an answer that was told “saved” is there, once: each kind of fault, one line of result.

usage: .venv/bin/python -m bench.survive [--quick] [--json] [FAULT...]

PostgreSQL's programs must be on this machine for what befalls it; for Redis a redis-server (REDIS_SERVER may name it) and
the package `redis`.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict

from bench import faults, files, releases, servers
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
    asked = wanted.fault or list(FAULTS)
    for name in asked:
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
    if not wanted.json:
        print(
            f"{len(asked) - bad} of {len(asked)} survived, {len(set(asked) & set(KINDS))} of them of the 21 kinds"
        )
    sys.exit(1 if bad else 0)


KINDS: dict[str, Callable[[bool], faults.Result]] = {
    "kill-web": faults.kill,
    "kill-worker": servers.worker_killed,
    "kill-database": servers.database_killed,
    "power-cut": faults.power_cut,
    "disk-full": faults.misbehaving("full", 503),
    "read-only": faults.misbehaving("readonly", 503),
    "locked": faults.locked,
    "database-away": servers.database_away,
    "redis-gone": servers.redis_gone,
    "slow-disk": faults.misbehaving("slow", None),
    "clock-jumps": servers.clock_jumps,
    "two-workers": servers.two_workers,
    "deploy": faults.deploy,
    "full-outbox": files.full_outbox,
    "half-upload": faults.half_upload,
    "torn-backup": files.torn_backup,
    "bad-page": files.bad_page,
    "out-of-memory": files.out_of_memory,
    "cut-connections": faults.cut_connections,
    "hostile": files.hostile,
    "failover": servers.failover,
}
"""The 21 kinds of trouble that the answers must survive."""

FAULTS = KINDS | {
    "many-at-once": faults.many_at_once,
    "file-limit": faults.file_limit,
    "flush-fails": faults.misbehaving("unflushable", 503),
    "gone-and-back": faults.gone_and_back,
    "little-memory": faults.little_memory,
    "overload": faults.overload,
    "two-releases": releases.two_releases,
    "point-in-time": servers.point_in_time,
    "restored-under-load": files.restored_under_load,
}

if __name__ == "__main__":
    main()
