"""Every number that course C11 states is worked out here a second time, by other code than the product's."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C11-networking-windows-basics"
PACKAGE = read_folder(COURSE)
DOCUMENTS = {one.document["key"]: one.document for one in (*PACKAGE.questions, *PACKAGE.checks)}
NUMERIC = numeric_questions(PACKAGE)
PRIVATE = [ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def halved(start: float, tests: float) -> float:
    """Keep the half in which the faulty part stands, test by test; the first part is the faulty one."""
    parts = list(range(round(start)))
    for _test in range(round(tests)):
        parts = parts[: len(parts) // 2]
    return len(parts)


def lost(sent: float, got: float) -> float:
    """Per cent of the packets that did not come back."""
    return len(range(round(got), round(sent))) * 100 / sent


def voice_kbps(voice: float) -> float:
    """Bits of one second of packets, each with 58 bytes of headers."""
    return sum(8 * (voice + 58) for _packet in range(50)) / 1000


def calls(share: float, up: float) -> float:
    """Add calls while they fit."""
    fit, room = 0, up * share / 100 - 87.2
    while room >= 0:
        fit, room = fit + 1, room - 87.2
    return fit


ANSWERS: dict[str, Callable[..., float]] = {
    "share-lost": lambda sent, lost: 100 - 100 * (sent - lost) / sent,
    "c11-method-007": halved,
    "c11-read-005": lost,
    "c11-read-006": lambda rtt: rtt * 0.5,
    "c11-read-007": calls,
    "c11-read-008": voice_kbps,
    "c11-read-010": lambda used: len(list(ip_network("10.4.7.0/24").hosts())) - used,
}


def lesson(name: str) -> str:
    """A lesson's words on one line, without emphasis."""
    return re.sub(r"\s+", " ", PACKAGE.files[f"lessons/{name}.md"].replace("*", "").replace(",", ""))


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_forty_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key])


@pytest.mark.parametrize("key", ["which-private", "c11-read-001", "c11-read-002"])
def test_the_private_addresses_are_private_and_the_others_are_not(key: str) -> None:
    for option in DOCUMENTS[key]["options"]:
        private = any(ip_address(option["text"]) in net for net in PRIVATE)
        assert private is bool(option.get("correct")), option["text"]


def test_the_table_of_private_ranges_is_right() -> None:
    rows = re.findall(
        r"\| (\d+(?:\.\d+)*)/(\d+) \| ([\d.]+) to ([\d.]+) \|",
        PACKAGE.files["lessons/an-address-in-plain-words.md"].replace("*", ""),
    )
    said = [(first, last, int(size)) for _net, size, first, last in rows]
    assert said == [(str(net[0]), str(net[-1]), net.prefixlen) for net in PRIVATE]
    assert all(first.startswith(net) for net, _size, first, _last in rows)


def test_who_is_local_is_what_the_mask_says() -> None:
    street = ip_network("192.168.1.23/255.255.255.0", strict=False)
    text = lesson("an-address-in-plain-words")
    assert (street.num_addresses, len(list(street.hosts()))) == (256, 254)
    assert "256 − 2 = 254" in text
    assert ip_address("192.168.1.200") in street
    assert ip_address("192.168.2.23") not in street
    assert ip_address("10.4.8.31") not in ip_network("10.4.7.31/255.255.255.0", strict=False)
    home = ip_network("192.168.4.20/255.255.255.0", strict=False)
    for option in DOCUMENTS["c11-read-009"]["options"]:
        assert (ip_address(option["text"]) in home) is bool(option.get("correct"))


def test_three_tests_find_one_part_of_eight() -> None:
    text = lesson("method")
    for tests, said in ((1, "8 / 2 = 4"), (2, "4 / 2 = 2"), (3, "2 / 2 = 1")):
        assert said in text
        assert said.endswith(f"= {halved(8, tests):.0f}")


def test_the_call_of_the_lesson_needs_what_it_says() -> None:
    text = lesson("why-calls-sound-bad")
    assert f"160 + 58 = {160 + 58} bytes" in text
    assert f"218 × 8 = {218 * 8} bits" in text
    assert f"1744 × 50 = {voice_kbps(160) * 1000:.0f} bits about {voice_kbps(160):.0f} kbps" in text


def test_jeromes_numbers_are_right() -> None:
    text = lesson("why-calls-sound-bad")
    assert f"120 / 2 = about {120 * 0.5:.0f} ms" in text
    assert f"18 / 600 = 0.03 = {lost(600, 582):.0f}%" in text


def test_the_uptime_goes_back_to_monday_at_nine() -> None:
    began = datetime(2026, 5, 14, 13) - timedelta(days=3, hours=4)
    assert f"{datetime(2026, 5, 14):%A}" == "Thursday"
    assert f"{began:%A %-I:%M} a.m." in lesson("windows-first-aid")


def test_the_slow_ping_is_seventy_times_the_first() -> None:
    times = [int(one) for one in re.findall(r"time=(\d+)ms", lesson("five-commands"))]
    assert max(times) / times[0] == 70
    assert len(times) == 3
    assert "one in four is lost" in lesson("five-commands")
