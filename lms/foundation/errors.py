"""What can go wrong, as five kinds. Each carries a sentence that the person can act on."""

from collections.abc import Sequence


class LadderError(Exception):
    """The base: something a person should be told, as an English template and its values; translated at the edge."""

    def __init__(self, sentence: str = "", **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values


class NotFound(LadderError):
    """No such thing, or not this firm's: the two are told alike."""


class NotAllowed(LadderError):
    """The thing is there to be seen, but this person may not do that to it."""


class Conflict(LadderError):
    """Somebody else changed it first, or it is no longer in a state that allows this."""


class Invalid(LadderError):
    """The input cannot be taken; `problems` lists every reason at once."""

    def __init__(self, sentence: str, problems: Sequence[object] = (), **values: object) -> None:
        super().__init__(sentence, **values)
        self.problems = tuple(problems)
