"""Words that are written in one place and translated in another."""

from collections.abc import Mapping

ALSO_IN = {"en": "Also in English", "es": "También en español"}
"""The way to a course in another language, said in that language."""
LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""The languages Ladder speaks, each by its own name."""


class Sentence(str):
    """A whole English sentence that remembers how it was made, so that it can be told in another language."""

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]


def N_(sentence: str, **values: object) -> str:
    """Mark a sentence for translation where it is written; it is translated where it is shown.

    With values the sentence is a template, and what comes back is the whole of it in English.
    """
    if not values:
        return sentence
    whole = Sentence(sentence % values)
    whole.template, whole.values = sentence, values
    return whole
