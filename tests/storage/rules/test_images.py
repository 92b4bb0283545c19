"""What a file is, by its bytes and not by its name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.rules.errors import Invalid
from storage.rules.images import MOST_BYTES, ImageKind, check_image, kind_of

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x04\x00\x00\x00\x03\x08\x06\x00\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
GIF = b"GIF89a\x04\x00\x03\x00"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 "


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG, ImageKind.PNG),
        (JPEG, ImageKind.JPEG),
        (GIF, ImageKind.GIF),
        (WEBP, ImageKind.WEBP),
        (b"", None),
        (b"\x89PNG\r\n\x1a\n", None),
        (PNG[:16] + b"\x00" * 8, None),
        (b"\xff\xd8\xff", None),
        (b"GIF89a\x00\x00\x03\x00", None),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"PK\x03\x04", None),
    ],
)
def test_a_picture_is_known_by_how_it_begins(head: bytes, kind: ImageKind | None) -> None:
    assert kind_of(head) is kind


@given(st.binary(max_size=64))
def test_no_bytes_break_the_look(head: bytes) -> None:
    kind_of(head)


@pytest.mark.parametrize(
    ("name", "size", "head", "said"),
    [
        ("shelf.png", 400, b"just words", "“shelf.png” is no picture, whatever its name says."),
        ("shelf.png", MOST_BYTES + 2_000_000, PNG, "“shelf.png” has 12 MB, and a picture may have 10."),
        (
            "shelf.webp",
            400,
            WEBP,
            "“shelf.webp” is a WebP picture, and Slack shows PNG, JPEG and GIF",
        ),
    ],
)
def test_what_cannot_be_shown_gets_a_sentence(name: str, size: int, head: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_image(name, size, head, field="picture")
    assert refused.value.sentence.startswith(said)
    assert refused.value.field == "picture"


def test_a_picture_under_another_ending_is_one() -> None:
    check_image("shelf.txt", 400, JPEG, field="picture")
