"""The pump: one a process. It moves messages from the outbox to Slack, workspace by workspace."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter
from typing import Any, Protocol, TypeVar
from uuid import uuid4

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.clock import Clock, SystemClock
from bot.delivery.calls import Outcome, Verdict, send
from bot.delivery.channels import retry_channel
from bot.delivery.lane import Answered, Lane, Survey, Turn
from bot.delivery.limits import DeliveryLimits
from bot.delivery.lookups import Lookups
from bot.tasks import log_failure
from storage.database import Database
from storage.repositories.deliveries import Deliveries, Doubt, Parcel, Settlement
from storage.repositories.lanes import LaneLost, WaitingLane, list_waiting

log = structlog.get_logger()

T = TypeVar("T")

ClientFor = Callable[[int], AsyncWebClient | None]
"""A workspace's client; None where the app is not installed any more. It must not retry by itself, which
would send twice, and its session carries the timeout."""


class Rests(Protocol):
    """Who knows how people's do-not-disturb is learnt."""

    def heeds(self, workspace_id: int) -> bool:
        """Whether it can be, in that workspace."""

    def asked_since(self, now: datetime) -> datetime:
        """What was learnt before that is too old."""

    async def ask_for_waiting(self, workspace_id: int) -> int:
        """Learns it of those for whom something waits. Returns of how many."""


LEASE_RAN_OUT = Outcome(Verdict.UNREACHABLE, fault="lease_ran_out")
CANCELLED = Outcome(Verdict.DOUBTFUL, fault="cancelled")


class Delivery:
    """Sends what the outbox holds, each message at most once, within Slack's limits.

    Args:
        client_for: gives the client of a workspace.
        clock: the product's clock, which says what is due. Leases and limits go by `real_clock`.
        rests: without it nobody's do-not-disturb is asked for before a message goes out.
        replica: names this process in the leases; two processes must never share it.
    """

    def __init__(
        self,
        database: Database,
        client_for: ClientFor,
        clock: Clock,
        limits: DeliveryLimits | None = None,
        *,
        rests: Rests | None = None,
        replica: str | None = None,
        real_clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._client_for = client_for
        self._clock = clock
        self._limits = limits or DeliveryLimits()
        self._rests = rests
        self._resting: dict[int, asyncio.Task[None]] = {}
        self._resting_since: dict[int, datetime] = {}
        self._ignores_until: dict[int, datetime] = {}
        self._replica = replica or uuid4().hex
        self._real_clock = real_clock or SystemClock()
        self._lanes: dict[int, Lane] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._lookups: dict[int, asyncio.Task[None]] = {}
        self._surveys: dict[int, asyncio.Task[Survey]] = {}
        self._looking: asyncio.Task[list[WaitingLane]] | None = None
        self._turning = asyncio.Lock()
        self._wake = asyncio.Event()
        self._looks_at = self._real_clock.now()
        self._is_draining = False

    @property
    def in_flight(self) -> int:
        """Calls under way or not yet stored, of all workspaces."""
        return sum(len(lane.in_flight) for lane in self._lanes.values())

    @property
    def is_looking_up(self) -> bool:
        """Whether messages in doubt are being looked for."""
        return bool(self._lookups)

    def notify(self) -> None:
        """Says that there is something new in the outbox. To be called in the loop's thread."""
        self._looks_at = self._real_clock.now()
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Pumps until `stop` is set; `drain` then finishes what is under way."""
        while not stop.is_set():
            try:
                moved = await self._turn_all()
            except Exception as error:  # noqa: BLE001 - a bot whose pump has died looks well and says nothing
                # Mostly a locked or absent database: what was learnt is kept for the next try.
                log_failure("delivery_turn_failed", error)
                await asyncio.sleep(self._limits.poll_s)
            else:
                if not moved:
                    await self._rest()

    async def pump_once(self) -> int:
        """One look at the outbox and one turn in each lane. Returns how many messages moved.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the database could not be used; nothing is lost, call again.
        """
        self._looks_at = self._real_clock.now()
        return await self._turn_all()

    async def deliver_due_now(self, timeout_s: float | None = None) -> bool:
        """Pumps until all that is due is final, sent by this process or by another.

        Returns False if that took longer than the timeout. A workspace whose app was removed does not count.
        """
        try:
            async with asyncio.timeout(timeout_s):
                moved = await self.pump_once()
                while moved or (not self._is_draining and await self._is_something_left()):
                    if not moved:
                        await self._rest()
                    moved = await self._turn_all()
        except TimeoutError:
            return False
        return True

    async def drain(self, timeout_s: float) -> None:
        """Claims no more, waits for the calls under way, stores their results and lets go of the lanes.

        A call that takes longer than the timeout is given up; its message is then in doubt.
        """
        self._is_draining = True
        self._wake.set()
        async with self._turning:
            pass  # a turn that was running has started its calls by now
        late: set[asyncio.Task[None]] = set()
        if self._calls:
            _, late = await asyncio.wait(self._calls, timeout=timeout_s)
        given_up: list[asyncio.Task[Any]] = [
            *late,
            *self._lookups.values(),
            *self._surveys.values(),
            *self._resting.values(),
        ]
        if self._looking is not None:
            given_up.append(self._looking)
        for task in given_up:
            task.cancel()
        await asyncio.gather(*given_up, return_exceptions=True)
        async with self._turning:
            for lane in self._lanes.values():
                await self._settle(lane)
                await self._let_go(lane)

    async def retry_channel(self, workspace_id: int, channel_id: str) -> int:
        """Sends again what that channel refused: the bot was invited, or the channel unarchived.

        Returns how many messages that is.
        """
        count = await self._database.run(workspace_id, self._clock.now(), retry_channel, channel_id)
        self.notify()
        return count

    async def _turn_all(self) -> int:
        async with self._turning:
            if self._is_draining:
                return 0
            self._wake.clear()
            await self._look()
            moved = 0
            for lane in self._in_turn():
                await self._survey(lane)
                self._ask_for_rests(lane)
                moved += await self._turn(lane)
                await self._look_into_doubts(lane)
                if lane.is_idle:
                    await self._let_go(lane)
            return moved

    def _in_turn(self) -> Iterator[Lane]:
        """The lanes, beginning with another one each time, so that none always gets the free calls."""
        lanes = list(self._lanes.items())
        if lanes:
            first, lane = lanes[0]
            del self._lanes[first]
            self._lanes[first] = lane
        return (lane for _, lane in lanes)

    async def _look(self) -> None:
        """Takes the free lanes in which something waits, and has the held ones surveyed anew.

        While calls are under way it goes on beside the turns: the calls must not wait for it.
        """
        if self._looking is None and self._looks_at <= self._real_clock.now():
            self._looks_at = self._real_clock.now() + timedelta(seconds=self._limits.poll_s)
            self._looking = self._beside(self._list_waiting())
        if self._looking is None or (self.in_flight and not self._looking.done()):
            return
        looking, self._looking = self._looking, None
        for waiting in await looking:
            lane = self._lanes.setdefault(waiting.workspace_id, Lane(waiting.workspace_id, self._limits))
            turn = self._now()
            if lane.held_until is not None:
                lane.look_again()
            elif waiting.is_free_for(self._replica, turn.real_now):
                await self._in_session(partial(lane.take, turn=turn))

    async def _survey(self, lane: Lane) -> None:
        """Keeps the lane supplied; beside the turns, too, while calls are under way."""
        survey = self._surveys.get(lane.workspace_id)
        if survey is None and lane.held_until is not None and lane.wants_survey:
            now = self._clock.now()
            asked_since = self._asked_since(lane.workspace_id, now)
            setbacks = lane.begin_survey()
            work = partial(lane.survey, now=now, setbacks=setbacks, asked_since=asked_since)
            survey = self._surveys[lane.workspace_id] = self._beside(self._in_session(work, read=True))
        if survey is not None and (survey.done() or not lane.in_flight):
            del self._surveys[lane.workspace_id]
            try:
                lane.use(await survey)
            except BaseException:
                lane.survey_failed()
                raise

    def _asked_since(self, workspace_id: int, now: datetime) -> datetime | None:
        """Since when Slack must have been asked for someone who is told something; None: it need not."""
        ignores_until = self._ignores_until.get(workspace_id)
        if ignores_until is not None and self._real_clock.now() < ignores_until:
            return None
        if self._rests is None or not self._rests.heeds(workspace_id):
            return None
        return self._rests.asked_since(now)

    def _ask_for_rests(self, lane: Lane) -> None:
        """Has Slack asked, beside the turns; what takes too long or fails is done without for a while."""
        workspace_id = lane.workspace_id
        if not lane.has_unasked:
            if not lane.wants_survey:
                self._resting_since.pop(workspace_id, None)
            return
        if workspace_id in self._resting or self._rests is None:
            return
        real_now = self._real_clock.now()
        waited = real_now - self._resting_since.setdefault(workspace_id, real_now)
        if waited.total_seconds() > self._limits.rest_patience_s:
            self._ignore_rests(lane)
            return
        task = self._beside(self._learn_rests(lane, self._rests))
        self._resting[workspace_id] = task
        task.add_done_callback(lambda _: self._resting.pop(workspace_id, None))

    async def _learn_rests(self, lane: Lane, rests: Rests) -> None:
        try:
            async with asyncio.timeout(self._limits.rest_patience_s):
                asked = await rests.ask_for_waiting(lane.workspace_id)
        except Exception as error:  # noqa: BLE001 - not knowing must not keep messages back
            log_failure("do_not_disturb_not_learnt", error, workspace=lane.workspace_id)
            asked = 0
        if asked:
            lane.rests_known()
        else:
            self._ignore_rests(lane)

    def _ignore_rests(self, lane: Lane) -> None:
        ignored = timedelta(seconds=self._limits.rest_ignored_s)
        self._ignores_until[lane.workspace_id] = self._real_clock.now() + ignored
        self._resting_since.pop(lane.workspace_id, None)
        lane.rests_known()

    def _beside(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Starts work whose end is worth a turn."""
        task = asyncio.create_task(work)
        task.add_done_callback(lambda _: self._wake.set())
        return task

    async def _turn(self, lane: Lane) -> int:
        turn = self._now()
        if lane.held_until is None:
            return await self._settle(lane)
        if not lane.wants_turn(turn.real_now):
            return 0
        others = self.in_flight - len(lane.in_flight)
        turn = replace(turn, in_flight=self._limits.in_flight - others)
        try:
            parcels = await self._database.in_thread(partial(self._take_turn, lane, turn))
        except LaneLost:
            log.warning("lane_lost", workspace=lane.workspace_id)
            lane.lose()
            return await self._settle(lane)
        except BaseException:
            # Whether it was committed is not known. Taking the lane again finds what it left `sending`.
            lane.lose()
            raise
        for parcel in parcels:
            self._start(lane, parcel)
        return self._committed(lane) + len(parcels)

    def _take_turn(self, lane: Lane, turn: Turn) -> list[Parcel]:
        lane.gather(turn)
        with self._database.session(one_statement=lane.is_one_statement(turn)) as session:
            return lane.turn(session, turn)

    async def _settle(self, lane: Lane) -> int:
        """Stores the answers that a lane got which is not held any more."""
        if not lane.answered and not lane.findings:
            return 0
        turn = self._now()
        lane.gather(turn)
        await self._in_session(partial(lane.settle, turn=turn))
        return self._committed(lane)

    @staticmethod
    def _committed(lane: Lane) -> int:
        """Logs what has just been stored: one line for all that were sent, one for each that was not."""
        answered = lane.committed()
        sent = [each for each in answered if each.outcome.verdict is Verdict.SENT]
        if sent:
            slowest = max(each.seconds for each in sent)
            keys = [each.parcel.key for each in sent]
            log.info("sent", workspace=lane.workspace_id, keys=keys, slowest_ms=round(slowest * 1000))
        for each in answered:
            _log_trouble(lane.workspace_id, each)
        return len(answered)

    async def _let_go(self, lane: Lane) -> None:
        if lane.held_until is None:
            return
        lane.lose()
        await self._in_session(partial(lane.release, turn=self._now()))

    def _start(self, lane: Lane, parcel: Parcel) -> None:
        lane.in_flight[parcel.ready.id] = parcel
        task = asyncio.create_task(self._call(lane, parcel))
        # The loop keeps only weak references to tasks.
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _call(self, lane: Lane, parcel: Parcel) -> None:
        outcome = CANCELLED
        started = perf_counter()
        try:
            outcome = await self._outcome(lane, parcel)
        finally:
            seconds = perf_counter() - started
            lane.answered.append(Answered(parcel, outcome, self._real_clock.now(), seconds))
            self._wake.set()

    async def _outcome(self, lane: Lane, parcel: Parcel) -> Outcome:
        # A process that slept longer than its lease must not send what another one may have taken over.
        if lane.held_until is None or lane.held_until <= self._real_clock.now():
            return LEASE_RAN_OUT
        client = self._client_for(lane.workspace_id)
        if client is None:
            return Outcome(Verdict.LOCKED_OUT, fault="not_installed")
        return await send(client, parcel)

    async def _look_into_doubts(self, lane: Lane) -> None:
        """Starts looking for the messages in doubt, once those on their way have had time to arrive."""
        rest = timedelta(seconds=self._limits.doubt_rest_s)
        if (
            lane.held_until is None
            or lane.doubted_at is None
            or lane.doubted_at + rest > self._real_clock.now()
        ):
            return
        client = self._client_for(lane.workspace_id)
        if client is None or lane.findings or lane.workspace_id in self._lookups:
            return
        doubts = await self._in_session(
            lambda session: Deliveries(session, lane.workspace_id).list_doubts(), read=True
        )
        # A lane that was lost for a moment has calls under way whose messages count as in doubt meanwhile.
        doubts = [doubt for doubt in doubts if doubt.id not in lane.in_flight]
        task = asyncio.create_task(self._look_up(lane, client, doubts))
        self._lookups[lane.workspace_id] = task
        task.add_done_callback(lambda _: self._lookups.pop(lane.workspace_id, None))

    async def _look_up(self, lane: Lane, client: AsyncWebClient, doubts: Sequence[Doubt]) -> None:
        began_at = lane.doubted_at = self._real_clock.now()

        def report(finding: Settlement) -> None:
            lane.findings.append(finding)
            log.info("doubt_settled", workspace=lane.workspace_id, message=finding.id, state=finding.state)
            self._wake.set()

        try:
            asked_all = await Lookups(client, self._limits.lookup_spacing_s).settle(doubts, report)
        except Exception as error:  # noqa: BLE001 - an answer we cannot read must not stop the pump
            log_failure("lookup_failed", error, workspace=lane.workspace_id)
            return
        if asked_all and lane.doubted_at == began_at:
            lane.doubted_at = None

    async def _rest(self) -> None:
        """Waits for an answer, a call of `notify`, or the next time at which something may go."""
        now = self._real_clock.now()
        wakes = [lane.wake_at for lane in self._lanes.values() if lane.held_until and lane.wake_at]
        pause = min([self._limits.poll_s, *((at - now).total_seconds() for at in wakes)])
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), max(pause, 0.0))

    async def _is_something_left(self) -> bool:
        if any(lane.held_until or lane.answered or lane.findings for lane in self._lanes.values()):
            return True
        return bool(await self._list_waiting())

    async def _list_waiting(self) -> list[WaitingLane]:
        now = self._clock.now()
        waiting = await self._in_session(lambda session: list_waiting(session, now), read=True)
        return [lane for lane in waiting if self._client_for(lane.workspace_id) is not None]

    async def _in_session(self, work: Callable[[Session], T], *, read: bool = False) -> T:
        def in_thread() -> T:
            with self._database.session(read=read) as session:
                return work(session)

        return await self._database.in_thread(in_thread)

    def _now(self) -> Turn:
        return Turn(self._clock.now(), self._real_clock.now(), self._replica, self._limits.in_flight)


def _log_trouble(workspace_id: int, answered: Answered) -> None:
    parcel, outcome = answered.parcel, answered.outcome
    fields = {
        "workspace": workspace_id,
        "key": parcel.key,
        "attempt": parcel.attempt,
        "fault": outcome.fault,
        "duration_ms": round(answered.seconds * 1000),
    }
    match outcome.verdict:
        case Verdict.SENT:
            pass
        case Verdict.LOCKED_OUT:
            log.error("token_refused", **fields)
        case verdict:
            log.warning("not_sent", verdict=verdict.value, **fields)
