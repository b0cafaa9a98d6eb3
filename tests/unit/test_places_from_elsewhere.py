"""Pictures with places come in from QTI and Moodle: pixels as percents, the picture with them, and nothing invented."""

import base64
import struct
import zlib
from typing import Any

import pytest

from lms.interop.formats import moodle_xml, qti2
from lms.interop.formats.contract import Gathering, Item
from lms.interop.formats.xml import read_xml


def png(width: int, height: int) -> bytes:
    """A white picture of that size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\x00" + b"\xff" * width for _row in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


FLOOR = png(200, 100)


def qti(body: str, *, right: str, cardinality: str = "single", new: bool = False) -> Item:
    """What becomes of an item with this interaction."""
    values = "".join(f"<value>{one}</value>" for one in right.split(","))
    text = (
        '<assessmentItem identifier="i" title="Floor"><responseDeclaration identifier="R" '
        f'cardinality="{cardinality}"><correctResponse>{values}</correctResponse></responseDeclaration>'
        f"<itemBody>{body}</itemBody></assessmentItem>"
    )
    if new:
        for name in (
            "assessmentItem",
            "responseDeclaration",
            "correctResponse",
            "itemBody",
            "value",
            "prompt",
        ):
            kebab = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name)
            text = text.replace(f"<{name}", f"<qti-{kebab}").replace(f"</{name}>", f"</qti-{kebab}>")
    gathering = Gathering("qti")
    files = {"floor.png": FLOOR}
    qti2.take(read_xml(text.encode()), gathering, "item", files.get)
    (item,) = gathering.items
    return item


OBJECT = '<object type="image/png" data="floor.png" width="400" height="200">The floor from above</object>'
SPOTS = (
    '<hotspotChoice identifier="A" shape="rect" coords="40,20,80,60" hotspotLabel="Desk"/>'
    '<hotspotChoice identifier="B" shape="circle" coords="200,100,20" hotspotLabel="Door"/>'
    '<hotspotChoice identifier="C" shape="poly" coords="0,0,100,0,50,50"/>'
)


def question(item: Item) -> dict[str, Any]:
    """The question that was made."""
    assert item.question is not None, item.reasons
    return item.question


def test_a_hotspot_of_qti_keeps_its_places_in_percent_of_the_size_the_item_states() -> None:
    item = qti(
        f'<hotspotInteraction responseIdentifier="R" maxChoices="1"><prompt>Where?</prompt>{OBJECT}{SPOTS}</hotspotInteraction>',
        right="B",
    )
    made = question(item)
    assert (made["kind"], made["stem"], made["shows"]) == ("hotspot", "Where?", "The floor from above")
    assert made["picture"].startswith("media/floor-")
    assert made["regions"] == [
        {"name": "Desk", "at": [10, 10, 10, 20]},
        {"name": "Door", "shape": "ellipse", "at": [45, 40, 10, 20], "correct": True},
        {"shape": "polygon", "at": [0, 0, 25, 0, 12.5, 25]},
    ]
    told = " ".join(item.mend)
    assert "regions.2.name" in told, "a name that nobody gave is left for the author"
    assert "regions.0.why" in told


def test_a_hotspot_of_qti_3_with_two_right_places_is_read_the_same() -> None:
    spots = SPOTS.replace("hotspotChoice", "qti-hotspot-choice").replace("hotspotLabel", "hotspot-label")
    body = (
        '<qti-hotspot-interaction response-identifier="R" max-choices="2">'
        '<img src="floor.png" width="400" height="200" alt="The floor from above"/>'
        + spots
        + "</qti-hotspot-interaction>"
    )
    made = question(qti(body, right="A,B", cardinality="multiple", new=True))
    assert [one.get("correct", False) for one in made["regions"]] == [True, True, False]
    assert made["shows"] == "The floor from above"


def test_labels_on_a_picture_of_qti_keep_what_fits_nowhere() -> None:
    body = (
        f'<graphicGapMatchInteraction responseIdentifier="R">{OBJECT}'
        '<gapText identifier="t1" matchMax="1">Agent</gapText><gapText identifier="t2" matchMax="1">Lead</gapText>'
        '<gapImg identifier="t3" matchMax="1" objectLabel="Guest"><object type="image/png" data="g.png"/></gapImg>'
        '<associableHotspot identifier="h1" shape="rect" coords="0,0,40,20" matchMax="1"/>'
        '<associableHotspot identifier="h2" shape="ellipse" coords="200,100,40,20" matchMax="1"/>'
        "</graphicGapMatchInteraction>"
    )
    made = question(qti(body, right="t1 h1,t2 h2", cardinality="multiple"))
    assert made["zones"] == [
        {"at": [0, 0, 10, 10], "label": "Agent"},
        {"shape": "ellipse", "at": [40, 40, 20, 20], "label": "Lead"},
    ]
    assert made["extra"] == ["Guest"]


def moodle(kind: str, body: str, *, file: bool = True) -> Item:
    """What becomes of a question of Moodle."""
    there = (
        f'<file name="floor.png" encoding="base64">{base64.b64encode(FLOOR).decode()}</file>' if file else ""
    )
    text = (
        f'<quiz><question type="{kind}"><name><text>Floor</text></name>'
        f'<questiontext format="html"><text>Where?</text></questiontext>{there}{body}</question></quiz>'
    )
    (item,) = moodle_xml.read(text.encode()).items
    return item


DRAGS = "<drag><no>1</no><text>Agent</text></drag><drag><no>2</no><text>Lead</text></drag><drag><no>3</no><text>Cat</text></drag>"


def test_markers_of_moodle_become_labels_on_the_picture_that_came_with_them() -> None:
    made = question(
        moodle(
            "ddmarker",
            DRAGS
            + "<drop><no>1</no><shape>Circle</shape><coords>100,50;10</coords><choice>1</choice></drop>"
            + "<drop><no>2</no><shape>Rectangle</shape><coords>20,10;40,20</coords><choice>2</choice></drop>"
            + "<drop><no>3</no><shape>Polygon</shape><coords>0,0;100,0;50,50</coords><choice>1</choice></drop>",
        )
    )
    assert (made["kind"], made["extra"]) == ("labels", ["Cat"])
    assert made["zones"] == [
        {"shape": "ellipse", "at": [45, 40, 10, 20], "label": "Agent"},
        {"at": [10, 10, 20, 20], "label": "Lead"},
        {"shape": "polygon", "at": [0, 0, 50, 0, 25, 50], "label": "Agent"},
    ]


def test_labels_on_points_of_moodle_say_that_the_size_of_a_place_is_ours() -> None:
    drops = (
        "<drop><no>1</no><choice>1</choice><xleft>20</xleft><ytop>10</ytop></drop>"
        "<drop><no>2</no><choice>2</choice><xleft>199</xleft><ytop>0</ytop></drop>"
    )
    item = moodle("ddimageortext", DRAGS + drops)
    assert [one["at"] for one in question(item)["zones"]] == [[10, 10, 20, 10], [80, 0, 20, 10]]
    assert any("how large" in str(reason) for reason in item.reasons)


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (moodle("ddmarker", DRAGS, file=False), "did not come along"),
        (moodle("ddmarker", DRAGS), "declares no answer"),
        (
            moodle(
                "ddmarker", DRAGS + "<drop><shape>Circle</shape><coords>1</coords><choice>1</choice></drop>"
            ),
            "cannot be read",
        ),
        (moodle("ddimageortext", "<drag><no>1</no><text></text></drag>"), "pictures without words"),
        (
            qti(
                '<hotspotInteraction responseIdentifier="R"><object data="none.png"/></hotspotInteraction>',
                right="A",
            ),
            "did not come along",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_the_reason(item: Item, why: str) -> None:
    assert item.question is None
    assert why in str(item.reasons[0])
