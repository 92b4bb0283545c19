"""Tokens at rest: sealed with the newest of the operator's keys, opened with any of them.

The library is imported where there are keys: who serves one workspace needs none of its memory.
"""

MAKE_A_KEY = (
    "Make a key with: python -c 'from cryptography.fernet import Fernet; "
    "print(Fernet.generate_key().decode())'"
)


class Unreadable(Exception):
    """None of the keys opens it."""


class Cipher:
    """Seals and opens.

    Args:
        keys: Fernet's keys, the newest first, separated by commas.

    Raises:
        ValueError: one of them is no key; its text is not quoted.
    """

    def __init__(self, keys: str) -> None:
        from cryptography.fernet import Fernet, InvalidToken, MultiFernet  # noqa: PLC0415 - see above

        self._no_key_opens = InvalidToken
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
        except ValueError:
            raise ValueError(
                "takes keys of 32 bytes in URL-safe base64, the newest first, separated by commas. "
                + MAKE_A_KEY
            ) from None

    def seal(self, token: str) -> str:
        return self._fernet.encrypt(token.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises Unreadable."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except self._no_key_opens:
            raise Unreadable from None

    def reseal(self, sealed: str) -> str:
        """The same under the newest key. Raises Unreadable."""
        try:
            return self._fernet.rotate(sealed.encode()).decode()
        except self._no_key_opens:
            raise Unreadable from None
