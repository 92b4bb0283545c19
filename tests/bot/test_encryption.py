"""Tokens at rest: any of the keys opens them, the newest seals them."""

from base64 import urlsafe_b64encode

import pytest
from cryptography.fernet import Fernet

from bot.encryption import Cipher, Unreadable

SOME_KEY = urlsafe_b64encode(bytes(32)).decode()


def key() -> str:
    return Fernet.generate_key().decode()


def test_a_sealed_token_is_opened_by_its_key_alone() -> None:
    cipher = Cipher(key())
    sealed = cipher.seal("xoxb-1")
    assert "xoxb" not in sealed
    assert cipher.open(sealed) == "xoxb-1"
    with pytest.raises(Unreadable):
        Cipher(key()).open(sealed)
    with pytest.raises(Unreadable):
        Cipher(key()).reseal(sealed)


def test_after_a_new_key_came_and_tokens_were_resealed_the_old_key_can_go() -> None:
    old, new = key(), key()
    sealed = Cipher(old).seal("xoxb-1")
    both = Cipher(f"{new}, {old}")
    assert both.open(sealed) == "xoxb-1"
    assert Cipher(new).open(both.reseal(sealed)) == "xoxb-1"


@pytest.mark.parametrize("keys", ["", "nonsense", "xoxb-secret", f"{SOME_KEY},,"])
def test_what_is_no_key_is_refused_and_not_quoted(keys: str) -> None:
    with pytest.raises(ValueError, match="the newest first") as refused:
        Cipher(keys)
    assert not keys or keys not in str(refused.value)
