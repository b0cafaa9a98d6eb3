"""What the rooms give to every template: no room takes a name that another has."""

from collections import Counter

from flask import Flask


def test_no_two_rooms_give_templates_the_same_name(app: Flask) -> None:
    with app.test_request_context("/sign-in"):
        given = Counter(name for words in app.template_context_processors[None] for name in words())
    assert "standing_words" in given
    assert [name for name, times in given.items() if times > 1] == []
