"""Words that are written in one place and translated in another."""

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "English", "es": "Español"}
"""The languages Ladder speaks, each by its own name."""


def N_(sentence: str) -> str:
    """Mark a sentence for translation where it is written; it is translated where it is shown."""
    return sentence
