"""Sentences of rules remember how they were made, and are told in the reader's language."""

import pytest
from flask import Flask
from flask_babel import force_locale

from lms.courses.packages import understand
from lms.foundation.text import nearest
from lms.foundation.words import N_, Sentence
from lms.web.language import said, told


def test_a_sentence_with_values_is_its_english_and_knows_its_parts() -> None:
    said = N_("There is no %(path)s.", path="media/x.svg")
    assert said == "There is no media/x.svg."
    assert isinstance(said, Sentence)
    assert (said.template, said.values) == ("There is no %(path)s.", {"path": "media/x.svg"})
    assert type(N_("Plain.")) is str


def test_a_remedy_inside_a_sentence_is_a_sentence_of_its_own() -> None:
    found = understand({"course.yaml": "formta: 1\n"}, {}, []).problems
    said = next(one.message for one in found if "formta" in one.message)
    assert isinstance(said, Sentence)
    assert isinstance(said.values["remedy"], Sentence)
    assert said == "We do not know “formta” here. Did you mean “format”?"
    assert nearest("zzz", ["format"]) == "Take it out."


def test_told_puts_values_into_the_readers_sentence_and_keeps_english_without_one(app: Flask) -> None:
    with app.test_request_context(), force_locale("es"):
        assert told("Coffee runs on beans.") == "Coffee runs on beans."
        assert told(N_("Coffee runs on %(what)s.", what="100 % beans")) == "Coffee runs on 100 % beans."
        assert told("") == ""


@pytest.mark.parametrize(
    ("sentence", "values", "spanish", "english"),
    [
        (
            "%(percent)s %% where %(mark)s %% passes",
            {"percent": 60, "mark": 75},
            "60\N{NO-BREAK SPACE}%; se aprueba con 75\N{NO-BREAK SPACE}%",
            "60% where 75% passes",
        ),
        (
            "“%(text)s” gave %(share)s; here it gives nothing.",
            {"text": "90 %", "share": "50 %"},
            " daba 50\N{NO-BREAK SPACE}%; aquí no da nada.",
            "“90 %” gave 50 %; here it gives nothing.",
        ),
        ("Coffee is %(share)s %% water.", {"share": 98}, "Coffee is 98% water.", "Coffee is 98% water."),
    ],
)
def test_a_sentence_kept_before_per_cent_signs_were_set_by_language_keeps_its_spanish(
    app: Flask, sentence: str, values: dict[str, object], spanish: str, english: str
) -> None:
    with app.test_request_context(), force_locale("es"):
        assert said({"sentence": sentence, "values": values}).endswith(spanish)
    with app.test_request_context(), force_locale("en"):
        assert said({"sentence": sentence, "values": values}) == english
