"""Pictures as they go on a phone: looked at before they are decoded, made small, and rid of all they say about a person."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from lms.foundation.errors import Invalid

WIDEST = 960
LARGEST = 60 * 1024
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 60_000
QUALITIES = (82, 74, 66, 58, 50, 42, 34, 26)
KINDS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF")

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def smaller(content: bytes) -> bytes:
    """A picture as WebP, at most 960 px wide and 60 KB, without its metadata. Raises Invalid."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=KINDS) as picture:
                width, height = picture.size  # the header only: nothing is decoded yet
                if width * height > MOST_PIXELS or max(width, height) >= LONGEST_SIDE:
                    raise Invalid(
                        "This picture is too big to open: 40 megapixels are the most. Make it smaller first."
                    )
                return _fitting(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid(
            "This picture is too big to open: 40 megapixels are the most. Make it smaller first."
        ) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Invalid("This is not a picture we can open. Send a PNG, JPEG or WebP.") from None


def _fitting(picture: Image.Image) -> bytes:
    """The picture encoded at the best quality that fits; narrower when none does."""
    if picture.format == "JPEG":
        picture.draft("RGB", (WIDEST, WIDEST))  # decodes a big photograph small from the start
    upright = ImageOps.exif_transpose(picture)
    clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    plain = upright.convert("RGBA" if clear else "RGB")
    width = min(WIDEST, plain.width)
    while True:
        shown = plain
        if width < plain.width:
            height = max(1, round(plain.height * width / plain.width))
            shown = plain.resize((width, height), Image.Resampling.LANCZOS)
        for quality in QUALITIES:
            made = io.BytesIO()
            shown.save(made, "WEBP", quality=quality, method=4)
            if made.tell() <= LARGEST:
                return made.getvalue()
        if width <= 64:
            raise Invalid(
                "This picture stays too big, however small it is made. Cut out the part that matters."
            )
        width = width * 3 // 4


def size_of(content: bytes) -> tuple[int, int]:
    """A picture's width and height by its header, (0, 0) when it cannot be told."""
    try:
        with Image.open(io.BytesIO(content), formats=KINDS) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return (0, 0)
