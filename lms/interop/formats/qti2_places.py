"""The interactions of QTI 2 on a picture: places to find, and labels to put on them."""

from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import making, places
from lms.interop.formats.contract import Json, Skip
from lms.interop.formats.qti2_item import Item, content
from lms.interop.formats.xml import words_in


def hotspot(item: Item, interaction: Element) -> Json:
    """Places on a picture."""
    answer = item.declared(interaction)
    several = answer.cardinality == "multiple"
    picture = _picture(item, interaction)
    found = []
    for one in interaction.iter("hotspotChoice"):
        name = one.get("identifier", "")
        share = item.share(answer, name, several=several)
        if 0 < share < 1 and not several:
            item.account.changed(
                N_("“%(text)s” gave %(share)s%%; here it gives nothing."),
                text=one.get("hotspotLabel") or name,
                share=making.percent(share),
            )
        right = share > 0 if several else share >= 1
        found.append((one.get("hotspotLabel", ""), _place(picture, one), right, item.why(one, name)))
    return places.hotspot(item.stem(interaction), picture, found)


def labels(item: Item, interaction: Element) -> Json:
    """Labels to put on places of a picture."""
    answer = item.declared(interaction)
    picture = _picture(item, interaction)
    words = {one.get("identifier", ""): item.words(*content(one)) for one in interaction.iter("gapText")}
    for one in interaction.iter("gapImg"):
        words[one.get("identifier", "")] = one.get("objectLabel", "") or words_in(one)
    if any(not text.strip() for text in words.values()):
        raise Skip(N_("Its labels are pictures without words. Give each its words first."))
    label: dict[str, str] = {}
    for first, second in item.right_pairs(answer):
        name, place = (first, second) if first in words else (second, first)
        if place in label:
            raise Skip(N_("A place in its picture takes several labels; here it takes one."))
        label[place] = words.get(name, "")
    spots = list(interaction.iter("associableHotspot"))
    if any(one.get("identifier", "") not in label for one in spots):
        item.account.changed(N_("A place without its label was left out."))
    zones = [
        (one.get("hotspotLabel", ""), _place(picture, one), label[one.get("identifier", "")])
        for one in spots
        if one.get("identifier", "") in label
    ]
    extra = [text for text in words.values() if text not in label.values()]
    return places.labels(item.stem(interaction), picture, zones, extra)


def _picture(item: Item, interaction: Element) -> places.Canvas:
    shown = next((one for one in interaction if one.tag in ("object", "img")), None)
    if shown is None:
        raise Skip(N_("Its answer is a place in a picture, and the picture did not come along."))
    name = shown.get("data") or shown.get("src") or ""
    return places.canvas(
        name,
        item.files(name),
        item.account,
        said=(shown.get("width", ""), shown.get("height", "")),
        shows=shown.get("alt", "") or words_in(shown),
    )


def _place(picture: places.Canvas, one: Element) -> Json:
    shape, numbers = places.box(one.get("shape", "default"), places.pixels(one.get("coords", "")))
    return places.region(picture, shape, numbers)
