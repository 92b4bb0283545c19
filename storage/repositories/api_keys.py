"""Keys for the HTTP API, and the answers to requests that were carried out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from storage.repositories.base import Repository, insert_once
from storage.tables.api import ApiKey, ApiRequest
from storage.tables.member import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKeyLine:
    """A key as admins see it; the secret itself is not kept."""

    id: int
    name: str
    hint: str
    kpi_numbers: tuple[int, ...] | None
    can_write: bool
    maker: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


class ApiKeys(Repository):
    """Keys of a workspace."""

    def find_by_hash(self, digest: str) -> ApiKey | None:
        """The key with that hash, revoked or not."""
        return self.session.execute(
            select(ApiKey).where(col(ApiKey.workspace_id) == self.workspace_id, col(ApiKey.hash) == digest)
        ).scalar_one_or_none()

    def get(self, key_id: int) -> ApiKey:
        """Raises NotFound."""
        return self._get(ApiKey, key_id, "There is no such key here.")

    def list_lines(self) -> list[ApiKeyLine]:
        """Every key, the newest first."""
        rows = self.session.execute(
            select(
                col(ApiKey.id),
                col(ApiKey.name),
                col(ApiKey.hint),
                col(ApiKey.kpi_numbers),
                col(ApiKey.can_write),
                func.coalesce(col(Member.name), "").label("maker"),
                col(ApiKey.created_at),
                col(ApiKey.used_at),
                col(ApiKey.revoked_at),
            )
            .outerjoin(Member, col(Member.id) == col(ApiKey.created_by_id))
            .where(col(ApiKey.workspace_id) == self.workspace_id)
            .order_by(col(ApiKey.id).desc())
        )
        return [
            ApiKeyLine(
                id=row.id,
                name=row.name,
                hint=row.hint,
                kpi_numbers=None if row.kpi_numbers is None else tuple(row.kpi_numbers),
                can_write=row.can_write,
                maker=row.maker,
                created_at=row.created_at,
                used_at=row.used_at,
                revoked_at=row.revoked_at,
            )
            for row in rows
        ]

    def claim_request(self, api_key_id: int, key: str, fingerprint: str, at: datetime) -> int | None:
        """The id of a new claim on an idempotency key; None where a request had it before.

        Another request that is just being carried out under it is waited for.
        """
        values: dict[str, Any] = {
            "workspace_id": self.workspace_id,
            "api_key_id": api_key_id,
            "key": key,
            "fingerprint": fingerprint,
            "status": 0,
            "answer": {},
            "at": at,
        }
        return insert_once(self.session, ApiRequest, values, ("api_key_id", "key"), col(ApiRequest.id))

    def find_request(self, api_key_id: int, key: str) -> tuple[str, int, Mapping[str, Any]] | None:
        """(fingerprint, status, answer) of the request that was carried out under an idempotency key."""
        row = self.session.execute(
            select(col(ApiRequest.fingerprint), col(ApiRequest.status), col(ApiRequest.answer)).where(
                col(ApiRequest.workspace_id) == self.workspace_id,
                col(ApiRequest.api_key_id) == api_key_id,
                col(ApiRequest.key) == key,
            )
        ).one_or_none()
        return None if row is None else (row.fingerprint, row.status, row.answer)

    def keep_answer(self, request_id: int, status: int, answer: Mapping[str, Any]) -> None:
        """What the same request is answered when it comes again."""
        self.session.execute(
            update(ApiRequest)
            .where(col(ApiRequest.workspace_id) == self.workspace_id, col(ApiRequest.id) == request_id)
            .values(status=status, answer=dict(answer))
        )

    def forget_requests_before(self, instant: datetime) -> None:
        """Deletes old answers; a request is repeated within hours, so days are plenty."""
        self.session.execute(
            delete(ApiRequest).where(
                col(ApiRequest.workspace_id) == self.workspace_id, col(ApiRequest.at) < instant
            )
        )
