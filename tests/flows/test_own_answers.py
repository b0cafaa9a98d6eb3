"""What a learner reads of their own answers when a test is handed in."""

import re

import pytest

from tests.house import House
from tests.rooms.test_attempts import sitting

pytestmark = pytest.mark.sqlite_is_enough

BANK = """
- key: t01-order
  kind: ordering
  stem: Put them in order.
  objective: greet
  competency: B4
  critical: true
  items: [{text: Stop}, {text: Keep}, {text: Tell}]
- key: t01-match
  kind: matching
  stem: Match them.
  objective: greet
  competency: B4
  critical: true
  pairs: [{left: One, right: Uno}, {left: Two, right: Dos}, {left: Three, right: Tres}]
- key: t01-gaps
  kind: cloze
  stem: Fill it in.
  objective: greet
  competency: B4
  critical: true
  text: "Stop, [[keep]] and [[tell]]."
  gaps:
    keep: {options: [keep, hide], answer: keep}
    tell: {accepted: [tell]}
"""


def test_who_was_wrong_sees_what_they_had_answered_and_the_way_to_another_attempt(house: House) -> None:
    one = sitting(house, "attempts: {allowed: 2}\ndraws: [{count: 3, critical: true}]\n", BANK)

    def answered() -> str:
        """Everything is answered wrong, in a known way; what the result says."""
        attempt = one.start()
        for asked in one.asked(attempt):
            kind, variant = asked.version.document["kind"], asked.row.variant
            if kind == "ordering":  # as they are shown, which is never the right order
                raw = {f"answer-{'abc'[at]}": [str(at + 1)] for at in range(3)}
            elif kind == "matching":
                raw = {"answer-a": ["abc"[(variant["right"].index(variant["left"][0]) + 1) % 3]]}
            else:
                raw = {"answer-1": ["ab"[variant["orders"][0].index(1)]], "answer-2": ["sh<b>out"]}
            one.say(attempt, asked.row.position, raw)
        one.submit(attempt)
        return house.client(one.person).get(f"/attempts/{attempt.id}/result").get_data(as_text=True)

    first = answered()
    own = re.findall(r"<p>Your answer:</p>(.*?)</[uo]l>", first, re.DOTALL)
    assert len(own) == 3
    lists = {re.sub(r"<[^>]*>", " ", one).strip() for one in own}
    assert any(
        set(one.split()) == {"Stop", "Keep", "Tell"} and one.split() != ["Stop", "Keep", "Tell"]
        for one in lists
    )
    assert any(re.fullmatch(r"(One|Two|Three) → (Uno|Dos|Tres)", one) for one in lists)
    assert any(one.split() == ["hide", "sh&lt;b&gt;out"] for one in lists)
    again = f'href="/assessments/{one.assessment_id}"'
    assert again in first
    assert 'href="/path/evidence"' in first, "there it can be contested"
    assert again not in answered(), "no attempt is left"
