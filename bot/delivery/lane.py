"""One workspace's lane in this process: what is ready, under way, answered; and its turn in the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from sqlmodel import Session

from bot.delivery.calls import Outcome, Verdict
from bot.delivery.channels import PERSON, PERSON_FAULTS, find_channel_fault, report, report_person, retry
from bot.delivery.limits import Bucket, DeliveryLimits
from storage.repositories.deliveries import Deliveries, Destination, Parcel, Ready, Settlement
from storage.repositories.lanes import Lanes, LaneState
from storage.repositories.refusals import Refusals
from storage.tables.outbox import OutboxState

LOOKAHEAD = 1000
"""Ready messages surveyed at once: finding the first of every destination sorts all that wait."""

LOW_WATER = 250
"""With fewer left the next survey begins, so that there is always something to claim when it ends."""

KEEP_BELOW = 0.75
"""Of the lease: with less of it left it is renewed."""

REST_AFTER_SURVEY = 20
"""A queue that took long to survey is surveyed for newcomers only after that many times as long."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A call that came back, at that instant of real time and after that long."""

    parcel: Parcel
    outcome: Outcome
    at: datetime
    seconds: float

    @property
    def refused_person(self) -> int | None:
        """The member whose direct messages Slack does not take, where that is what it said."""
        if self.outcome.verdict is not Verdict.REFUSED or self.outcome.fault not in PERSON_FAULTS:
            return None
        # What is told of people is told of nobody in turn.
        return None if self.parcel.key.startswith(PERSON) else self.parcel.ready.destination[1]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn is told: both clocks, who holds the lane, and how many calls may be under way in it."""

    now: datetime
    real_now: datetime
    replica: str
    in_flight: int


@dataclass(frozen=True, slots=True)
class Survey:
    """What the queue looked like: a hint, since only a claim makes sure."""

    ready: list[Ready]
    has_dead: bool
    """Whether some messages expired, or will never have an original to edit or to answer."""
    setbacks: int
    """How many messages had come back unsent when it began."""
    seconds: float
    has_unasked: bool = False
    """Whether something waits until Slack says who is not to be disturbed."""


class Lane:
    """The state of a held lane. Turns and surveys change it; turns run one at a time."""

    def __init__(self, workspace_id: int, limits: DeliveryLimits) -> None:
        self.workspace_id = workspace_id
        self.answered: list[Answered] = []
        """Results that no transaction has stored yet. Calls append, a committed turn removes."""
        self.findings: list[Settlement] = []
        """The same of doubts that were looked into."""
        self.in_flight: dict[int, Parcel] = {}
        self.held_until: datetime | None = None
        self.has_unasked = False
        """Whether messages wait until Slack says who is not to be disturbed."""
        self.doubted_at: datetime | None = None
        """Since when there may be messages in doubt."""
        self._limits = limits
        self._posts = Bucket(limits.posts_per_minute, limits.burst)
        self._edits = Bucket(limits.edits_per_minute, limits.burst)
        self._blocked_until: datetime | None = None
        self._blocked_as_kept: datetime | None = None
        self._wake_at: datetime | None = None
        self._ready: list[Ready] = []
        self._is_stale = True
        """There may be newcomers."""
        self._has_more = False
        """The last survey was cut, or something was settled since: more may be ready behind the rest."""
        self._has_dead = False
        self._setbacks = 0
        self._claimed_since_survey: set[int] = set()
        self._looks_again_at = 0.0
        """By the machine's counter, as it measures our own effort."""
        self._rests: dict[Destination, datetime] = {}
        self._rest_of_all: datetime | None = None
        self._being_stored: tuple[list[Answered], list[Settlement]] = ([], [])
        self._settlements: list[Settlement] = []
        """What those mean for their rows."""

    @property
    def is_idle(self) -> bool:
        """True if nothing is under way, waiting or in doubt: the lane can be let go."""
        under_way = self.in_flight or self.answered or self.findings or self.doubted_at or self.has_unasked
        return not (under_way or self._ready or self._is_stale or self._has_more or self._has_dead)

    @property
    def wants_survey(self) -> bool:
        return self._is_stale or (self._has_more and len(self._ready) < LOW_WATER)

    @property
    def wake_at(self) -> datetime | None:
        """When the earliest message that had to wait may go; None if none waits for its time."""
        return self._wake_at if self._ready else None

    def take(self, session: Session, turn: Turn) -> bool:
        """Leases the lane, if it is free, and takes over what its last holder left."""
        lanes = Lanes(session, self.workspace_id)
        until = turn.real_now + timedelta(seconds=self._limits.lease_s)
        before = lanes.take(turn.replica, real_now=turn.real_now, until=until)
        if before is None:
            return False
        self._take_over(before, turn)
        deliveries = Deliveries(session, self.workspace_id)
        deliveries.strand()
        if deliveries.has_doubts():
            self.doubted_at = turn.real_now
        self.held_until = until
        self._is_stale = True
        return True

    def wants_turn(self, real_now: datetime) -> bool:
        """Whether a turn would change anything now; a quiet lane costs no transaction."""
        if self.answered or self.findings or self._has_dead:
            return True
        if self.held_until is None:
            return False
        if self._must_keep(real_now):
            return True
        return bool(self._ready) and (self._wake_at is None or self._wake_at <= real_now)

    def look_again(self) -> None:
        """There may be newcomers: surveys the queue anew, unless that took long just now."""
        if self._looks_again_at <= perf_counter():
            self._is_stale = True

    def begin_survey(self) -> int:
        """To be called between turns; the survey itself may run beside them. Returns how many messages have
        come back unsent so far: a turn that runs beside the survey may count one that is not stored yet."""
        self._is_stale = self._has_more = False
        self._claimed_since_survey = set()
        return self._setbacks

    def survey(
        self, session: Session, now: datetime, setbacks: int, asked_since: datetime | None = None
    ) -> Survey:
        """Reads what is ready; writes nothing, so that no call waits for it.

        Args:
            setbacks: as `begin_survey` gave them.
            asked_since: messages to people wait where Slack was last asked for their do-not-disturb before
                that; None: they do not.
        """
        started = perf_counter()
        deliveries = Deliveries(session, self.workspace_id)
        ready = deliveries.list_ready(now, LOOKAHEAD, asked_since)
        # With a full hand there is enough to do without those that wait.
        looks = asked_since is not None and len(ready) < LOOKAHEAD
        unasked = deliveries.list_unasked(now, asked_since, 1) if looks and asked_since is not None else []
        seconds = perf_counter() - started
        return Survey(ready, deliveries.has_dead(now), setbacks, seconds, has_unasked=bool(unasked))

    def rests_known(self) -> None:
        """What waited for that may be ready now."""
        self.has_unasked, self._is_stale = False, True

    def survey_failed(self) -> None:
        """Nothing was learnt: the next turn begins another one."""
        self._is_stale = True

    def use(self, survey: Survey) -> None:
        """Takes over a survey's findings, between two turns."""
        if self.held_until is None:
            return
        if survey.setbacks != self._setbacks:
            # A message that came back meanwhile must go before its successor, which the survey calls ready.
            self._is_stale = True
            return
        gone = self._claimed_since_survey | set(self.in_flight)
        self._ready = [ready for ready in survey.ready if ready.id not in gone]
        self._wake_at = None
        was_cut = len(survey.ready) >= LOOKAHEAD
        self._has_more |= was_cut
        self._has_dead = survey.has_dead
        self.has_unasked = survey.has_unasked
        self._looks_again_at = perf_counter() + REST_AFTER_SURVEY * survey.seconds if was_cut else 0.0

    def turn(self, session: Session, turn: Turn) -> list[Parcel]:
        """Stores the gathered answers and claims what goes next, all at once, which keeps the calls coming.

        Raises:
            LaneLost: another replica holds the lane now and nothing was claimed. The answers may not have
                been stored; `settle` still can, and twice does no harm.
        """
        deliveries = Deliveries(session, self.workspace_id)
        if self._has_dead:
            self._bury(deliveries, turn.now)
        chosen = self._choose(turn.in_flight - len(self.in_flight), turn.real_now)
        self._claimed_since_survey.update(ready.id for ready in chosen)
        # Slack stamps messages with its own time; a look-up must begin before, whichever clock is behind.
        at = min(turn.now, turn.real_now)
        parcels = deliveries.settle_and_claim(self._settlements, chosen, turn.replica, at)
        self._note_refusals(Refusals(session, self.workspace_id), turn.now)
        if self._must_keep(turn.real_now) or (chosen and not parcels):
            self._keep(session, turn)
        return parcels

    def settle(self, session: Session, turn: Turn) -> None:
        """Stores the gathered answers, whoever holds the lane: they are facts."""
        Deliveries(session, self.workspace_id).settle(self._settlements)
        self._note_refusals(Refusals(session, self.workspace_id), turn.now)

    def gather(self, turn: Turn) -> None:
        """Learns from the answers that the coming turn or `settle` will store.

        Calls go on answering meanwhile: what is stored is what stands here now.
        """
        answered, findings = self._being_stored = list(self.answered), list(self.findings)
        for each in answered:
            self._learn(each)
        if answered or findings:
            # The next message of the same channel, or the replies to this one, may be ready now.
            self._has_more = True
        self._settlements = [self._settlement(each, turn.now) for each in answered] + findings

    def is_one_statement(self, turn: Turn) -> bool:
        """Whether the coming turn only settles and claims, and so is whole without a transaction round it."""
        answered, _ = self._being_stored
        return not (
            self._has_dead
            or self._must_keep(turn.real_now)
            or any(each.parcel.ready.channel_id or each.refused_person for each in answered)
        )

    def committed(self) -> list[Answered]:
        """Forgets the answers that a committed turn has stored, and returns those of the calls."""
        answered, findings = self._being_stored
        del self.answered[: len(answered)]
        del self.findings[: len(findings)]
        self._being_stored = ([], [])
        return answered

    def lose(self) -> None:
        """Forgets what only the holder may know; calls under way and their answers stay."""
        self.held_until = None
        self._ready = []
        self._is_stale = self._has_more = self._has_dead = False

    def release(self, session: Session, turn: Turn) -> None:
        """Lets the lane go, so that another replica need not wait for the lease to run out."""
        self._posts.refill(turn.real_now)
        Lanes(session, self.workspace_id).release(
            turn.replica, tokens=self._posts.tokens, real_now=turn.real_now
        )

    def _must_keep(self, real_now: datetime) -> bool:
        """Whether the row must be written now.

        Not for every token: whoever takes over from a dead holder comes a lease later, when the bucket is
        full again, and who lets go writes it down.
        """
        if self._blocked_until != self._blocked_as_kept or self.held_until is None:
            return True
        return self.held_until - real_now < KEEP_BELOW * timedelta(seconds=self._limits.lease_s)

    def _keep(self, session: Session, turn: Turn) -> None:
        until = turn.real_now + timedelta(seconds=self._limits.lease_s)
        Lanes(session, self.workspace_id).keep(
            turn.replica,
            until=until,
            tokens=self._posts.tokens,
            real_now=turn.real_now,
            blocked_until=self._blocked_until,
        )
        self.held_until, self._blocked_as_kept = until, self._blocked_until

    def _take_over(self, before: LaneState, turn: Turn) -> None:
        if before.leased_by is None:
            return
        self._blocked_until = self._blocked_as_kept = before.blocked_until
        if before.refilled_at is not None:
            self._posts.restore(before.tokens, before.refilled_at)
        if before.leased_by != turn.replica:
            # Nobody tells us which channels the other one has just posted in, nor how many edits it made.
            spacing = timedelta(seconds=self._limits.channel_spacing_s)
            self._rest_of_all = (before.leased_until or turn.real_now) + spacing
            self._edits.restore(0, turn.real_now)

    def _bury(self, deliveries: Deliveries, now: datetime) -> None:
        deliveries.expire(now)
        deliveries.drop_orphans()
        self._has_dead = False
        self._is_stale = True

    def _choose(self, free: int, real_now: datetime) -> list[Ready]:
        """The next messages that no limit holds back; notes when the earliest of the others may go."""
        self._posts.refill(real_now)
        self._edits.refill(real_now)
        self._rests = {place: until for place, until in self._rests.items() if until > real_now}
        self._wake_at = None
        if self._blocked_until is not None and self._blocked_until > real_now:
            self._wake_at = self._blocked_until
            return []
        busy = {parcel.ready.destination for parcel in self.in_flight.values()}
        chosen: list[Ready] = []
        kept: list[Ready] = []
        looked_at = 0
        for ready in self._ready:
            if len(chosen) >= free:
                break
            looked_at += 1
            if ready.destination not in busy and self._may_go(ready, real_now):
                chosen.append(ready)
            else:
                kept.append(ready)
        self._ready = kept + self._ready[looked_at:]
        return chosen

    def _may_go(self, ready: Ready, real_now: datetime) -> bool:
        """Takes a token if it may."""
        bucket = self._edits if ready.is_edit else self._posts
        rest = self._rests.get(ready.destination)
        if self._rest_of_all is not None and not ready.is_edit:
            rest = max(rest or self._rest_of_all, self._rest_of_all)
        if rest is not None and rest > real_now:
            self._wake(rest)
            return False
        if not bucket.take():
            self._wake(bucket.next_at(real_now))
            return False
        return True

    def _wake(self, at: datetime) -> None:
        self._wake_at = at if self._wake_at is None else min(self._wake_at, at)

    def _settlement(self, answered: Answered, now: datetime) -> Settlement:
        parcel, outcome = answered.parcel, answered.outcome
        state = self._state_after(parcel, outcome)
        if state is not OutboxState.SENT:
            return Settlement(parcel.ready.id, parcel.attempt, state, outcome.fault)
        return Settlement(parcel.ready.id, parcel.attempt, state, None, now, outcome.channel_id, outcome.ts)

    def _state_after(self, parcel: Parcel, outcome: Outcome) -> OutboxState:
        match outcome.verdict:
            case Verdict.SENT:
                return OutboxState.SENT
            case Verdict.REFUSED:
                return OutboxState.FAILED
            case Verdict.DOUBTFUL if not parcel.ready.is_edit:
                return OutboxState.UNKNOWN
            case Verdict.DOUBTFUL | Verdict.UNAVAILABLE if parcel.attempt >= self._limits.give_up_after:
                return OutboxState.FAILED
            case _:
                return OutboxState.PENDING

    def _note_refusals(self, refusals: Refusals, now: datetime) -> None:
        mended = set()
        for each in self._being_stored[0]:
            channel_id = each.parcel.ready.channel_id
            if each.refused_person is not None:
                report_person(refusals, each.refused_person, each.outcome.fault or "", now)
            if channel_id is None:
                continue
            if each.outcome.verdict is Verdict.SENT:
                mended.add(channel_id)
            elif fault := find_channel_fault(each.outcome.fault):
                report(refusals, channel_id, fault, now, key=each.parcel.key)
        if mended:
            refusals.clear(mended)
            for channel_id in refusals.mend_ideas(mended):
                retry(refusals, channel_id, now)

    def _learn(self, answered: Answered) -> None:
        """What the answer says about when this destination, or the whole lane, may be tried again."""
        ready, outcome, at = answered.parcel.ready, answered.outcome, answered.at
        self.in_flight.pop(ready.id, None)
        # From the answer on, not from the call: then Slack, too, sees a second between the two.
        rest = timedelta(0) if ready.is_edit else timedelta(seconds=self._limits.channel_spacing_s)
        match outcome.verdict:
            case Verdict.THROTTLED:
                self._block(at + timedelta(seconds=outcome.wait_s))
            case Verdict.LOCKED_OUT:
                self._block(at + timedelta(seconds=self._limits.locked_out_s))
            case Verdict.DOUBTFUL if not ready.is_edit:
                self.doubted_at = at
            case Verdict.DOUBTFUL | Verdict.UNAVAILABLE | Verdict.UNREACHABLE:
                rest = max(rest, self._limits.backoff(answered.parcel.attempt))
        if rest:
            self._rests[ready.destination] = at + rest
        if outcome.verdict is not Verdict.SENT:
            # It may have to go again, and then before what was read as its successor while it was under way.
            self._ready = [other for other in self._ready if other.destination != ready.destination]
            self._setbacks += 1

    def _block(self, until: datetime) -> None:
        self._blocked_until = max(self._blocked_until or until, until)
