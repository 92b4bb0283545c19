"""Pictures that people attach: what a file is, by how it begins, and what of that can be shown."""

from enum import StrEnum

from storage.rules.errors import Invalid

MOST_BYTES = 10_000_000
"""Slack's own limit for a file in a form."""
HEAD = 64
"""How many bytes tell what a file is."""
ENDINGS = ("png", "jpg", "jpeg", "gif", "webp")

_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_SIZE_OF_PNG = slice(16, 24)
_LONGEST_NAME = 60


class ImageKind(StrEnum):
    """Kinds of pictures that are known by their bytes."""

    PNG = "PNG"
    JPEG = "JPEG"
    GIF = "GIF"
    WEBP = "WebP"


SHOWN = frozenset({ImageKind.PNG, ImageKind.JPEG, ImageKind.GIF})
"""What Slack shows within a message."""


def kind_of(head: bytes) -> ImageKind | None:
    """What a file is, by its first bytes (64 are enough); None for what is no picture, whatever its name."""
    if head.startswith(_PNG) and all(any(side) for side in _sides_of_png(head)):
        return ImageKind.PNG
    if head[:3] == b"\xff\xd8\xff" and len(head) > 3 and head[3] >= 0xC0:  # noqa: PLR2004 - a JPEG marker
        return ImageKind.JPEG
    if head[:6] in {b"GIF87a", b"GIF89a"} and any(head[6:8]) and any(head[8:10]):
        return ImageKind.GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP" and head[12:15] == b"VP8":
        return ImageKind.WEBP
    return None


def check_image(name: str, size: int, head: bytes, *, field: str) -> None:
    """Raises Invalid (with that field) where a file is none that can be shown: too large, or no picture.

    Args:
        size: of the whole file in bytes.
        head: its first bytes.
    """
    called = f"“{name[:_LONGEST_NAME]}”"
    if size > MOST_BYTES:
        raise Invalid(
            f"{called} has {size / 1_000_000:.0f} MB, and a picture may have {MOST_BYTES // 1_000_000}. Take "
            "a smaller one, such as a screenshot of it, or leave the field empty.",
            field=field,
        )
    kind = kind_of(head)
    if kind is None:
        raise Invalid(
            f"{called} is no picture, whatever its name says. Choose a PNG, JPEG or GIF, or leave the field "
            "empty.",
            field=field,
        )
    if kind not in SHOWN:
        raise Invalid(
            f"{called} is a {kind} picture, and Slack shows PNG, JPEG and GIF in messages and nothing else. "
            "Save it as one of these and choose that.",
            field=field,
        )


def _sides_of_png(head: bytes) -> tuple[bytes, bytes]:
    """Width and height as they stand in its header."""
    sides = head[_SIZE_OF_PNG]
    return sides[:4], sides[4:]
