"""Pictures that come in: looked at before they are decoded, made small, rid of what they say about a person."""

import io
import struct
import zlib

import pytest
from PIL import Image

from lms.courses.pictures import LARGEST, WIDEST, size_of, smaller
from lms.courses.rules.media import media_problem
from lms.foundation.errors import Invalid


def made(size: tuple[int, int], form: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    kept = io.BytesIO()
    Image.effect_noise(size, 80).convert(mode).save(kept, form, **options)
    return kept.getvalue()


def claiming(width: int, height: int) -> bytes:
    """A PNG of some bytes whose header says it is huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"\0" * 10) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_a_noisy_photograph_fits_the_budget_of_a_phone(form: str) -> None:
    small = smaller(made((2400, 1600), form))
    assert len(small) <= LARGEST
    assert size_of(small)[0] <= WIDEST
    assert media_problem("media/x.webp", small) is None


def test_a_small_picture_is_not_made_bigger_and_stays_see_through() -> None:
    clear = io.BytesIO()
    Image.new("RGBA", (200, 100), (255, 0, 0, 0)).save(clear, "PNG")
    small = smaller(clear.getvalue())
    assert size_of(small) == (200, 100)
    assert Image.open(io.BytesIO(small)).convert("RGBA").getpixel((5, 5))[3] == 0


def test_where_and_by_whom_it_was_taken_does_not_come_along_and_it_stands_upright() -> None:
    told = Image.Exif()
    told[0x010F], told[0x0112] = "SecretCamera", 6
    small = smaller(made((400, 200), "JPEG", exif=told))
    assert b"SecretCamera" not in small
    assert not Image.open(io.BytesIO(small)).getexif()
    assert size_of(small) == (200, 400)


@pytest.mark.parametrize(
    "size", [(60_000, 10), (10, 60_000), (7_000, 7_000), (2**31 - 1, 2**31 - 1)], ids=str
)
def test_a_picture_that_says_it_is_huge_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid, match="too big to open"):
        smaller(claiming(*size))
    assert len(claiming(*size)) < 200


@pytest.mark.parametrize(
    "content",
    [b"", b"not a picture", b"\x89PNG\r\n\x1a\n", made((50, 50))[:-60], b"GIF89a", b"<svg/>", b"%PDF-1.4"],
    ids=["empty", "words", "head", "cut", "gif head", "svg", "pdf"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(Invalid):
        smaller(content)


def test_what_has_no_header_of_a_picture_has_no_size() -> None:
    assert {size_of(one) for one in (b"", b"words", b"<svg/>", claiming(2**31 - 1, 2**31 - 1))} == {(0, 0)}
