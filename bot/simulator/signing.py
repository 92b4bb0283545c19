"""Slack's request signatures, version v0."""

from __future__ import annotations

import hashlib
import hmac
import time


def sign(secret: str, body: str | bytes, *, timestamp: int | None = None) -> dict[str, str]:
    """The two headers with which Slack signs that body.

    An older `timestamp` (seconds since the epoch) makes a stale signature, another `secret` a
    forged one.
    """
    at = int(time.time()) if timestamp is None else timestamp
    raw = body.encode() if isinstance(body, str) else body
    digest = hmac.new(secret.encode(), f"v0:{at}:".encode() + raw, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}
