"""The seal of a pack: what an attempt that is answered without a network was given, by our own signature.

The seal says which attempt of whom, when the pack was made, until when it runs, and a digest of its questions as they
are asked. It holds no question and no key. It comes back with every answer, so that the answer is judged by what the
device truly held, whatever has been deployed or published in between.
"""

import hashlib
import json
import uuid
from datetime import UTC, datetime

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.models import AssessmentVersion
from lms.assessments.rules import read_blueprint
from lms.foundation.actor import Actor

SEAL_FORMAT = 1


def seal_pack(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, secret: str, now: datetime
) -> str | None:
    """The seal of one of the actor's own open attempts; none when it must not be taken without a network."""
    attempt = queries.find_attempt(session, actor=actor, attempt_id=attempt_id)
    if attempt is None or attempt.submitted_at is not None:
        return None
    version = session.get_one(AssessmentVersion, attempt.assessment_version_id)
    if not read_blueprint(version.document).offline:
        return None
    return _sealer(secret).dumps(
        {
            "v": SEAL_FORMAT,
            "a": attempt_id.hex,
            "p": actor.person_id.hex,
            "t": int(now.timestamp() * 1000),
            "d": int(attempt.deadline_at.timestamp()) if attempt.deadline_at else None,
            "q": _digest(session, actor, attempt_id),
        }
    )


def open_pack(
    session: Session, *, actor: Actor, attempt_id: uuid.UUID, seal: str, secret: str
) -> datetime | None:
    """When the pack of this seal was made; none unless we sealed it, for this attempt of the actor, as it is asked."""
    try:
        said = _sealer(secret).loads(seal.encode(errors="replace"))
    except BadData:
        return None
    ours = (said.get("v"), said.get("a"), said.get("p")) == (SEAL_FORMAT, attempt_id.hex, actor.person_id.hex)
    if not ours or said.get("q") != _digest(session, actor, attempt_id):
        return None
    return datetime.fromtimestamp(said["t"] / 1000, UTC)


def _sealer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret, salt="attempt pack", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )


def _digest(session: Session, actor: Actor, attempt_id: uuid.UUID) -> str:
    """Of the questions and variants that this attempt asks: they never change."""
    asked = [
        (one.position, one.version.hash, one.row.variant)
        for one in queries.list_asked(session, actor=actor, attempt_id=attempt_id)
    ]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:24]
