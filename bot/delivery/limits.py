"""How fast the outbox may go, and the bucket that holds it to that."""

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLimits:
    """The defaults stay below what Slack allows an app in one workspace.

    chat.postMessage takes "several hundred" a minute and one a second in a channel, chat.update (tier 3)
    50 a minute; a little less leaves room for calls that arrive closer together than they left. All spans
    are in seconds of real time.
    """

    in_flight: int = 32
    """Calls under way at once, of all workspaces together: what a crash can leave in doubt."""
    posts_per_minute: float = 280
    edits_per_minute: float = 45
    burst: int = 20
    channel_spacing_s: float = 1.0
    lease_s: float = 10.0
    """How long a workspace waits after its holder died; renewed at half of it."""
    poll_s: float = 0.5
    first_backoff_s: float = 1.0
    longest_backoff_s: float = 300.0
    give_up_after: int = 50
    """Attempts at one message that Slack's servers refuse again and again: some hours."""
    locked_out_s: float = 300.0
    """How long a workspace rests after Slack refused its token."""
    doubt_rest_s: float = 10.0
    """Before a message in doubt is looked for: one that was on its way has arrived by then."""
    lookup_spacing_s: float = 1.2
    rest_spacing_s: float = 3.0
    """Between two asks of who is not to be disturbed: dnd.teamInfo (tier 2) takes 20 a minute."""
    rest_patience_s: float = 45.0
    """How long messages wait for Slack to say who is not to be disturbed."""
    rest_ignored_s: float = 60.0
    """How long they go out without that, after it took too long or failed."""

    def backoff(self, attempt: int) -> timedelta:
        """The pause after that many failed attempts: doubled each time, up to the longest."""
        doubled = self.first_backoff_s * 2 ** min(attempt - 1, 30)
        return timedelta(seconds=min(doubled, self.longest_backoff_s))


USUAL_LIMITS = DeliveryLimits()


class Bucket:
    """A token bucket, refilled so slowly that no minute sees more than `per_minute`, its burst included."""

    def __init__(self, per_minute: float, burst: int) -> None:
        self._capacity = min(float(burst), per_minute / 2)
        self._per_second = (per_minute - self._capacity) / MINUTE_S
        self._refilled_at: datetime | None = None
        self.tokens = self._capacity

    def restore(self, tokens: float, refilled_at: datetime) -> None:
        """Takes over what another holder left at that instant."""
        self.tokens, self._refilled_at = min(tokens, self._capacity), refilled_at

    def refill(self, now: datetime) -> None:
        if self._refilled_at is not None:
            passed = max((now - self._refilled_at).total_seconds(), 0.0)
            self.tokens = min(self.tokens + passed * self._per_second, self._capacity)
        self._refilled_at = now

    def take(self) -> bool:
        """Takes one token; False where there is none."""
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def next_at(self, now: datetime) -> datetime:
        """When there will be a token."""
        return now + timedelta(seconds=max(1 - self.tokens, 0.0) / self._per_second)
