"""What OKRs send to people: each occasion once."""

from bot.answers import Message
from storage.database import UnitOfWork
from storage.repositories.outbox import ANSWER, Envelope


def tell(uow: UnitOfWork, key: str, member_id: int, message: Message) -> None:
    """Puts a message for one person into the outbox."""
    uow.outbox.put(
        Envelope(key=key, payload=message.payload(), due_at=uow.now, priority=ANSWER, member_id=member_id)
    )
