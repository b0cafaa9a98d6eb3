"""What a process remembers, so that it need not ask again: so many things and no more."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Values by key, `most` of them: what was told longest ago goes. Threads read it freely and tell it one at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._told: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        """What was told of a key; none when nothing was, or it has gone."""
        return self._told.get(key)

    def tell(self, fresh: Mapping[K, V]) -> None:
        """Remember these too, or anew."""
        with self._lock:
            for key, value in fresh.items():
                self._told[key] = value
                self._told.move_to_end(key)
            while len(self._told) > self._most:
                self._told.popitem(last=False)
