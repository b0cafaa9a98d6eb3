"""A worker of the background whose jobs each leave one entry in the firm's log: done twice shows as two.

usage: .venv/bin/python -m bench.worker LEASE      (seconds; the settings as for `lms`)
"""

import sys
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from lms.app import create_app
from lms.foundation.engine import begin_writing
from lms.foundation.jobs import JobKind, Run
from lms.operations.working import Worker
from lms.people.services.audit import record_act

ACT = "worked"


def work(session: Session, run: Run) -> Mapping[str, Any]:
    """One entry, written early, so that a kill falls between it and the commit."""
    time.sleep(0.02)
    begin_writing(session)
    record_act(session, actor=run.actor, act=ACT, subject=str(run.job_id), now=run.now)
    session.flush()
    time.sleep(0.03)
    return {}


KIND = JobKind("bench", "A job of the bench", work, most_attempts=50)


def main() -> None:
    """Work until killed."""
    lease = timedelta(seconds=float(sys.argv[1]))
    Worker(create_app(), kinds={KIND.name: KIND}, lease=lease, look_every=timedelta(seconds=0.2)).run()


if __name__ == "__main__":
    main()
