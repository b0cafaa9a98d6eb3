"""Typed events: a lower room says what happened, `rooms.py` names who listens.

Listeners keep the books in the same transaction. Effects outside go through an outbox row and a job.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy.orm import Session

Listener = Callable[[Session, Any], object]

_listeners: dict[type, tuple[Listener, ...]] = {}


def connect(wiring: dict[type, tuple[Listener, ...]]) -> None:
    """Name the listeners of every event, once, for the whole program."""
    _listeners.clear()
    _listeners.update(wiring)


def emit(session: Session, event: object) -> None:
    """Tell every listener, in order, in this transaction. What a listener raises undoes it all."""
    for listener in _listeners.get(type(event), ()):
        listener(session, event)


def ask(session: Session, question: object) -> Iterable[Any]:
    """Put a question to the rooms above and gather what they answer (each answers with a sequence)."""
    for listener in _listeners.get(type(question), ()):
        yield from listener(session, question)  # type: ignore[misc]
