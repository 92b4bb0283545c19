"""The composition root: every part made once and joined. Here stands the only list of slices."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot import help as help_routes
from bot.answers import View
from bot.audiences import Audiences
from bot.bundles.slice import slice as bundles
from bot.calendar.slice import slice as calendar
from bot.catchball.slice import slice as catchball
from bot.channels import find_channels
from bot.checkins.coming import find_next_asked
from bot.checkins.kinds import register
from bot.checkins.notes import register_notes
from bot.checkins.slice import slice as checkins
from bot.clock import Clock
from bot.closing import close_sight
from bot.connecting import Connecting
from bot.delivery import USUAL_LIMITS, Delivery, DeliveryLimits
from bot.digests.slice import slice as digests
from bot.do_not_disturb import DoNotDisturb, Rested
from bot.encryption import Cipher
from bot.followups import FollowUps
from bot.home.slice import draw_opened, make_slice
from bot.installations import Installation, Installations, Slack
from bot.kaizen.slice import slice as kaizen
from bot.lifecycle import Lifecycle
from bot.listening import Listening
from bot.members import Directory
from bot.mentions import mention_routes
from bot.metrics import Metrics
from bot.next_asked import register_next_asked
from bot.okr.slice import slice as okr
from bot.people.slice import slice as people
from bot.planning.slice import slice as planning
from bot.routing import Routes
from bot.settings import Settings
from bot.slices import HomeSection, Slice
from bot.strategy.slice import slice as strategy
from bot.tasks import Supervisor
from bot.tenants import Tenants
from storage.database import Database

_PARTS: tuple[Slice, ...] = (
    checkins,
    okr,
    bundles,
    kaizen,
    catchball,
    calendar,
    digests,
    people,
    planning,
    strategy,
)
HOME_SECTIONS: tuple[HomeSection, ...] = tuple(one.home for one in _PARTS if one.home is not None)
register([kind for one in _PARTS for kind in one.kinds])
register_notes([kind for one in _PARTS for kind in one.notes])
register_next_asked(find_next_asked)
SLICES: tuple[Slice, ...] = (*_PARTS, make_slice(HOME_SECTIONS))


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """All parts of a running bot. Made by `make_app`."""

    bolt: AsyncApp
    slack: Slack
    installations: Installations
    directory: Directory
    audiences: Audiences
    connecting: Connecting
    delivery: Delivery
    do_not_disturb: DoNotDisturb
    supervisor: Supervisor
    metrics: Metrics
    routes: Routes
    slices: Sequence[Slice]
    tenants: Tenants | None
    """Where many workspaces are served; None for the one of SLACK_BOT_TOKEN."""


def make_app(
    settings: Settings, database: Database, clock: Clock, limits: DeliveryLimits = USUAL_LIMITS
) -> App:
    """Joins the parts. Nothing here talks to Slack or to the database yet."""
    slack = Slack(settings.slack_api_url)
    installations = Installations(slack)
    supervisor = Supervisor()
    metrics = Metrics()
    directory = Directory(database, clock)
    do_not_disturb = DoNotDisturb(database, clock, spacing_s=limits.rest_spacing_s)
    rests = Rested(installations, do_not_disturb)
    delivery = Delivery(database, installations.client_for, clock, limits, rests=rests)

    audiences = Audiences(database, clock)

    async def channel_back(installation: Installation, channel_id: str) -> None:
        await find_channels(database, clock, installation, installation.client)
        await audiences.learn_missing(installation)
        await delivery.retry_channel(installation.workspace_id, channel_id)

    async def home_of(workspace_id: int, slack_user_id: str) -> View | None:
        return await database.read(workspace_id, clock.now(), draw_opened, HOME_SECTIONS, slack_user_id)

    routes = Routes()
    routes.include([one.routes for one in SLICES])
    lifecycle = Lifecycle(database, installations, directory, audiences, do_not_disturb, channel_back)
    words = [word for one in SLICES for word in one.words]
    routes.include([help_routes.routes, lifecycle.routes(), mention_routes(words)])
    bolt = _make_bolt(settings, slack, installations)
    Listening(
        routes=routes,
        database=database,
        clock=clock,
        installations=installations,
        directory=directory,
        audiences=audiences,
        follow_ups=FollowUps(slack, home_of),
        supervisor=supervisor,
        metrics=metrics,
        close_sight=partial(close_sight, slices=SLICES),
        after_write=delivery.notify,
    ).attach(bolt)
    return App(
        bolt=bolt,
        slack=slack,
        installations=installations,
        directory=directory,
        audiences=audiences,
        connecting=Connecting(slack, database, clock, installations, directory, audiences),
        delivery=delivery,
        do_not_disturb=do_not_disturb,
        supervisor=supervisor,
        metrics=metrics,
        routes=routes,
        slices=SLICES,
        tenants=_make_tenants(settings, slack, database, installations),
    )


def _make_tenants(
    settings: Settings, slack: Slack, database: Database, installations: Installations
) -> Tenants | None:
    keys = settings.hoshin_encryption_keys
    if not settings.uses_oauth or keys is None:
        return None
    tenants = Tenants(slack, database, installations, Cipher(keys.get_secret_value()))
    installations.look_up = tenants.look_up
    return tenants


def _make_bolt(settings: Settings, slack: Slack, installations: Installations) -> AsyncApp:
    secret = settings.slack_signing_secret
    return AsyncApp(
        client=slack.client(None),
        # Without this Bolt polls for the ack every 10 ms, and loses it if the handler fails right after.
        process_before_response=True,
        # Socket Mode carries no signatures; Bolt still wants a secret where verification is on.
        signing_secret=secret.get_secret_value() if secret else None,
        request_verification_enabled=secret is not None,
        authorize=installations.make_authorize(),
        user_facing_authorize_error_message=(
            "Hoshin is not installed in your workspace. Ask its administrator to add it."
        ),
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
