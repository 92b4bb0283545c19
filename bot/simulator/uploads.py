"""The URLs to which a file's bytes are posted."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .messages import File
    from .workspace import Workspace


@dataclass(frozen=True, slots=True)
class Upload:
    workspace: Workspace
    file: File
    length: int
    """The announced size in bytes."""


class Uploads:
    def __init__(self, base_url: Callable[[], str]) -> None:
        self._base_url = base_url
        self._waiting: dict[str, Upload] = {}

    def issue(self, workspace: Workspace, file: File, length: int) -> str:
        ticket = secrets.token_urlsafe(16)
        self._waiting[ticket] = Upload(workspace, file, length)
        return f"{self._base_url()}/upload/v1/{ticket}"

    def receive(self, ticket: str, content: bytes) -> bool:
        """False where nobody asked for this upload, or the size is not as announced."""
        upload = self._waiting.get(ticket)
        if upload is None or len(content) != upload.length:
            return False
        upload.file.content = content
        del self._waiting[ticket]
        return True
