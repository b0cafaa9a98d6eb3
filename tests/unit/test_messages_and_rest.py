"""Messages to a browser: sealed and signed as the standards' own examples, to listed services only, and never in anybody's rest."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from lms.foundation import carrier
from lms.foundation.errors import Invalid
from lms.foundation.push import (
    LONGEST_MESSAGE,
    MAKERS,
    Browser,
    ServerKey,
    check_browser,
    new_secret,
    packed,
    sealed,
    unpacked,
)
from lms.learning.rules.calendar import EVERY_DAY, calendar_of
from lms.learning.rules.habit import Goal, Week
from lms.learning.rules.messages import (
    BREAK,
    REST,
    WINDOW,
    Peace,
    Say,
    Wish,
    end_of_window,
    in_window,
    may_disturb,
    next_moment,
    stands_for,
    what_to_say,
    window_of,
)
from lms.learning.rules.running import Terms
from lms.settings import read_settings

pytestmark = pytest.mark.no_database
BELIZE = ZoneInfo("America/Belize")
MONDAY = date(2026, 3, 2)
KNOWN = Browser(
    "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "BTBZMqHH6r4Tts7J_aSIgg",
)
"""The receiver of RFC 8291, section 5."""


def test_a_message_is_sealed_as_in_the_standards_own_example() -> None:
    number = int.from_bytes(unpacked("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    body = sealed(
        b"When I grow up, I want to be a watermelon",
        KNOWN,
        salt=unpacked("DGv6ra1nlYgDCS1FRnbzlw"),
        own=ec.derive_private_key(number, ec.SECP256R1()),
    )
    assert packed(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w"
        "EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert len(sealed(b"x" * LONGEST_MESSAGE, KNOWN)) == 4096
    assert sealed(b"x", KNOWN) != sealed(b"x", KNOWN), "each has its own salt and key"
    with pytest.raises(ValueError, match="at most"):
        sealed(b"x" * (LONGEST_MESSAGE + 1), KNOWN)


def test_a_service_can_check_who_sends_to_whom_and_until_when() -> None:
    key = ServerKey(new_secret(), "mailto:it@example.bz")
    now = datetime(2026, 3, 2, 18, tzinfo=UTC)
    said = key.authorization(KNOWN.endpoint, now)
    assert said.startswith("vapid t=")
    token, public = said.removeprefix("vapid t=").split(", k=")
    head, body, signature = token.split(".")
    raw = unpacked(signature)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(public))
    both = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    theirs.verify(both, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    assert json.loads(unpacked(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(unpacked(body)) == {
        "aud": "https://push.example.net",
        "exp": int(now.timestamp()) + 12 * 3600,
        "sub": "mailto:it@example.bz",
    }
    assert public == key.public
    assert key.secret not in repr(key)


@pytest.mark.parametrize(
    "address",
    [
        "http://fcm.googleapis.com/fcm/send/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com@10.0.0.1/x",
        "https://10.0.0.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilnotify.windows.com/x",
        "https://notify.windows.com/x",
        "https://fcm.googleapis.com\\@10.0.0.1/x",
        "https://fcm.googleapis.com/x y",
        "https://fcm.googleapis.com/x\r\nHost: y",
        "https://fcm.googleapis.com/" + "x" * 1000,
        "https://fcm.googleapis.com:port/x",
        "//fcm.googleapis.com/x",
        "https://.notify.windows.com/x",
        "https://" + "x" * 64 + ".notify.windows.com/x",
        "",
    ],
)
def test_an_address_that_is_none_of_the_services_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        check_browser(replace(KNOWN, endpoint=address), MAKERS)


def test_the_services_addresses_are_taken_and_keys_that_are_none_are_not() -> None:
    for host in (
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "web.push.apple.com",
        "wns2-by3p.notify.windows.com",
    ):
        check_browser(replace(KNOWN, endpoint=f"https://{host}/wpush/v2/gAAA-_?x=1"), MAKERS)
    sound = replace(KNOWN, endpoint="https://web.push.apple.com/x")
    for wrong in (
        {"p256dh": "AAAA"},
        {"auth": "AAAA"},
        {"p256dh": packed(b"\x04" + b"\1" * 64)},
        {"auth": "é"},
        {
            "auth": KNOWN.auth[:-1] + "h"
        },  # the same 16 bytes: the last letter says two bits that none of them has
        {"auth": KNOWN.auth[:4] + "!!!!" + KNOWN.auth[4:]},  # a decoder that is kind leaves it out
        {"p256dh": KNOWN.p256dh.replace("_", "/").replace("-", "+")},
    ):
        with pytest.raises(Invalid):
            check_browser(replace(sound, **wrong), MAKERS)
    padded = replace(sound, p256dh=KNOWN.p256dh + "=", auth=KNOWN.auth + "==")
    assert check_browser(padded, MAKERS) == sound, "kept in one form, however a browser writes it"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.0.9", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::1", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b::808:808", True),
    ],
)
def test_only_an_address_out_in_the_world_is_called(address: str, public: bool) -> None:
    assert carrier.is_public(address) is public


def test_a_listed_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ["8.8.8.8", "10.0.0.1"]
    monkeypatch.setattr(
        carrier.socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", (one, 443)) for one in found]
    )
    with pytest.raises(Invalid):
        carrier.public_address("web.push.apple.com")
    found.pop()
    assert carrier.public_address("web.push.apple.com") == ("8.8.8.8", 443)


def test_the_settings_are_off_when_unset_and_say_what_is_wrong() -> None:
    home = {"LADDER_HOME": "instance"}
    assert read_settings(home).push is None
    key = {**home, "LADDER_PUSH_KEY": new_secret(), "LADDER_PUSH_CONTACT": "mailto:it@example.bz"}
    assert read_settings(key).push_hosts == MAKERS
    assert read_settings({**key, "LADDER_PUSH_HOSTS": "push.example.org, *.example.com"}).push_hosts == (
        "push.example.org",
        "*.example.com",
    )
    for name, wrong in (
        ("LADDER_PUSH_KEY", "short"),
        ("LADDER_PUSH_KEY", packed(bytes(32))),
        ("LADDER_PUSH_CONTACT", ""),
        ("LADDER_PUSH_HOSTS", "10.0.0.1"),
        ("LADDER_PUSH_HOSTS", "localhost"),
        ("LADDER_PUSH_HOSTS", "*"),
    ):
        with pytest.raises(Invalid, match=name):
            read_settings({**key, name: wrong})


MINUTES = st.integers(0, 1439)
WISHES = st.builds(
    Wish,
    st.booleans(),
    st.booleans(),
    st.integers(0, 23),
    st.one_of(st.none(), MINUTES),
    st.lists(MINUTES, max_size=2).map(tuple),
)
DAYS = st.integers(-3, 30).map(lambda number: MONDAY + timedelta(days=number))
PEACES = st.builds(
    Peace,
    st.sampled_from([BELIZE, ZoneInfo("America/New_York"), ZoneInfo("UTC")]),
    st.builds(
        Terms,
        reminders=st.sampled_from(["app", "app", "none"]),
        quiet_from=st.integers(0, 23),
        quiet_to=st.integers(0, 23),
    ),
    st.builds(
        calendar_of,
        skip_weekends=st.booleans(),
        skip_holidays=st.just(True),
        holidays=st.lists(DAYS, max_size=3),
    ),
    st.lists(st.tuples(DAYS, st.one_of(st.none(), DAYS)), max_size=2),
)
MOMENTS = st.integers(0, 21 * 1440).map(
    lambda number: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)
)


@given(MOMENTS, WISHES, PEACES, st.one_of(st.none(), DAYS))
def test_nothing_ever_comes_into_anybodys_rest(
    after: datetime, wish: Wish, peace: Peace, sent_on: date | None
) -> None:
    found = next_moment(after, wish=wish, peace=peace, sent_on=sent_on)
    if found is None:
        return
    stands = stands_for(found, wish=wish, peace=peace)
    assert found >= after
    assert wish.cards or wish.goal
    assert peace.terms.reminders == "app"
    for late in range(int(stands.total_seconds()) // 60 + 1):  # from when it is sent until it may last arrive
        local = (found + timedelta(minutes=late)).astimezone(peace.zone)
        minute, day = local.hour * 60 + local.minute, local.date()
        assert sent_on is None or day > sent_on
        assert day not in peace.calendar.holidays
        assert day.weekday() not in peace.calendar.weekdays_off
        for since, until in peace.away:
            assert not since <= day <= (until or day)
        quiet, hour = set(), peace.terms.quiet_from
        while hour != peace.terms.quiet_to:
            quiet.add(hour)
            hour = (hour + 1) % 24
        assert local.hour not in quiet
        if wish.shift_ends is not None:
            assert minute not in {(wish.shift_ends + one) % 1440 for one in range(REST)}
        for begins in wish.breaks:
            assert minute not in {(begins + one) % 1440 for one in range(BREAK)}
    opens = found.astimezone(peace.zone).replace(hour=wish.hour, minute=0)
    since = found.astimezone(peace.zone).replace(tzinfo=None) - opens.replace(tzinfo=None)
    assert since % timedelta(days=1) < WINDOW


@given(MOMENTS, WISHES, PEACES)
def test_half_a_day_lies_between_two_messages_at_least(after: datetime, wish: Wish, peace: Peace) -> None:
    first = next_moment(after, wish=wish, peace=peace, sent_on=None)
    if first is None:
        return
    sent_on = window_of(first, wish=wish, peace=peace)
    assert sent_on is not None
    assert in_window(first, wish=wish, peace=peace, sent_on=None)
    assert not in_window(first, wish=wish, peace=peace, sent_on=sent_on)
    over = end_of_window(first, wish=wish, peace=peace)
    for since, noted in ((first, sent_on), (over, None)):
        second = next_moment(since, wish=wish, peace=peace, sent_on=noted)
        assert second is None or second - first >= timedelta(hours=12)


def test_a_window_past_midnight_is_the_evenings_own() -> None:
    peace = Peace(BELIZE, Terms(quiet_from=4, quiet_to=6), EVERY_DAY)
    wish, late = Wish(cards=True, hour=23), datetime(2026, 3, 2, 23, tzinfo=BELIZE)
    second = next_moment(late + timedelta(hours=1), wish=wish, peace=peace, sent_on=MONDAY)
    assert second == late + timedelta(days=1)
    quiet = replace(peace, terms=Terms(quiet_from=22, quiet_to=0))
    midnight = late + timedelta(hours=1)
    assert next_moment(late, wish=wish, peace=quiet, sent_on=None) == midnight
    assert window_of(midnight, wish=wish, peace=quiet) == MONDAY
    assert next_moment(midnight, wish=wish, peace=quiet, sent_on=MONDAY) == midnight + timedelta(days=1)
    for hour, there in ((22, False), (23, True), (25, True), (26, False)):
        moment = datetime(2026, 3, 2, tzinfo=BELIZE) + timedelta(hours=hour)
        assert in_window(moment, wish=wish, peace=peace, sent_on=None) is there


def test_it_comes_at_the_chosen_hour_or_when_the_quiet_after_it_ends() -> None:
    peace = Peace(BELIZE, Terms(), EVERY_DAY)
    noon = datetime(2026, 3, 2, 12, tzinfo=BELIZE)

    def at(wish: Wish, *, sent_on: date | None = None, peace: Peace = peace) -> str:
        found = next_moment(noon, wish=wish, peace=peace, sent_on=sent_on)
        return found.astimezone(BELIZE).strftime("%a %H:%M") if found else "never"

    wish = Wish(cards=True, hour=17)
    assert at(wish) == "Mon 17:00"
    assert at(wish, sent_on=MONDAY) == "Tue 17:00"
    assert at(replace(wish, breaks=(17 * 60,))) == "Mon 17:15"
    assert at(replace(wish, hour=5)) == "Tue 06:00", "quiet until six"
    assert at(replace(wish, hour=22)) == "never"
    assert at(replace(wish, shift_ends=8 * 60)) == "Mon 18:00"
    assert at(replace(wish, shift_ends=16 * 60)) == "never"
    assert at(replace(wish, cards=False)) == "never"
    assert at(wish, peace=replace(peace, away=[(MONDAY, MONDAY + timedelta(days=1))])) == "Wed 17:00"
    assert at(wish, peace=replace(peace, terms=Terms(reminders="none"))) == "never"
    assert may_disturb(noon, wish=wish, peace=peace, sent_on=None)


def test_only_what_was_chosen_is_said_and_a_goal_once_a_week_from_thursday_on() -> None:
    both = Wish(cards=True, goal=True)
    week = Week(MONDAY, Goal("minutes", 30), minutes=10)
    thursday = MONDAY + timedelta(days=3)

    def said(wish: Wish = both, *, due: bool = True, week: Week = week, today: date = thursday) -> Say:
        return what_to_say(wish, cards_due=due, week=week, today=today, goal_week=None)

    assert said() is Say.BOTH
    assert said(today=thursday - timedelta(days=1)) is Say.CARDS
    assert said(due=False) is Say.GOAL
    assert said(replace(both, goal=False), due=False) is Say.NOTHING
    assert said(replace(both, cards=False)) is Say.GOAL
    assert said(week=replace(week, minutes=30), due=False) is Say.NOTHING, "it is met"
    assert said(week=replace(week, goal=None), due=False) is Say.NOTHING
    assert what_to_say(both, cards_due=False, week=week, today=thursday, goal_week=MONDAY) is Say.NOTHING
