"""What happens after the ack: forms opened, answers posted, the Home tab drawn."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import replies
from bot.answers import FollowUp, Message, OpenView, RefreshHome, Reply, Respond, SendFile, UpdateView, View
from bot.blockkit.kit import without_pictures
from bot.installations import SLACK_FAULTS, Slack
from bot.payloads import Delivery
from bot.tasks import log_failure

log = structlog.get_logger()

OPEN_TIMEOUT_S = 2.0
"""A trigger lives 3 s; past this the form comes by a button instead."""

DrawHome = Callable[[int, str], Awaitable[View | None]]
"""(workspace id, Slack user id) → the person's Home tab."""


class FollowUps:
    """Carries out what an answer asks for. A fault of Slack is logged by its name; nothing is raised."""

    def __init__(self, slack: Slack, draw_home: DrawHome) -> None:
        self._slack = slack
        self._draw_home = draw_home
        self._drawing: dict[tuple[int, str], bool] = {}
        """By workspace and person whose Home tab is being drawn: whether something has happened since."""

    async def carry_out(
        self,
        client: AsyncWebClient,
        workspace_id: int,
        delivery: Delivery,
        follow_ups: tuple[FollowUp, ...],
    ) -> None:
        """Forms first: their trigger is running out."""
        for follow_up in sorted(follow_ups, key=lambda one: not isinstance(one, OpenView)):
            try:
                await self._carry_out_one(client, workspace_id, delivery, follow_up)
            except SLACK_FAULTS as error:
                log.warning(
                    "follow_up_failed",
                    what=type(follow_up).__name__,
                    route=delivery.name,
                    workspace=workspace_id,
                    fault=fault_of(error),
                )
                await self._say_what_failed(client, delivery, follow_up)
            except Exception as error:  # noqa: BLE001 - what comes after it is carried out all the same
                log_failure(
                    "follow_up_failed",
                    error,
                    what=type(follow_up).__name__,
                    route=delivery.name,
                    workspace=workspace_id,
                )

    async def _say_what_failed(self, client: AsyncWebClient, delivery: Delivery, follow_up: FollowUp) -> None:
        """A file was announced already, and somebody looks for it."""
        if not isinstance(follow_up, SendFile):
            return
        try:
            await self._say_privately(client, delivery, Message(replies.FILE_NOT_SENT))
        except SLACK_FAULTS as error:
            log.warning("follow_up_failed", what="Respond", route=delivery.name, fault=fault_of(error))

    async def _carry_out_one(
        self, client: AsyncWebClient, workspace_id: int, delivery: Delivery, follow_up: FollowUp
    ) -> None:
        match follow_up:
            case OpenView(view, push):
                await self._open(client, delivery, view, push or delivery.in_modal)
            case UpdateView(view):
                await self._update(client, delivery, view)
            case Respond(message):
                await self._respond(client, delivery, message)
            case RefreshHome():
                await self._refresh_home(client, workspace_id, delivery.user_id)
            case Reply(message):
                await self._reply(client, delivery, message)
            case SendFile():
                await self._send_file(client, delivery.user_id, follow_up)

    async def _open(self, client: AsyncWebClient, delivery: Delivery, view: View, push: bool) -> None:
        method = client.views_push if push else client.views_open
        # Were one of its pictures deleted, Slack would open nothing, and the trigger would be spent.
        plain = without_pictures(view["blocks"])
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                opened = await method(trigger_id=delivery.trigger_id, view={**view, "blocks": plain})
        except SLACK_FAULTS as error:
            log.warning("form_not_opened", route=delivery.name, fault=fault_of(error))
            await self._say_privately(client, delivery, replies.try_again(delivery))
        else:
            if len(plain) < len(view["blocks"]):
                await client.views_update(view_id=opened["view"]["id"], view=view)

    async def _update(self, client: AsyncWebClient, delivery: Delivery, view: View) -> None:
        if delivery.view is not None:
            # An action's hash guards against a newer form; a submission answered late has replaced it
            # by "still working" itself, so its hash is old by our own doing.
            guard = {"hash": delivery.view.hash} if not _is_submission(delivery) else {}
            await self._draw(client, delivery.view.id, view, guard)

    async def _draw(self, client: AsyncWebClient, view_id: str, view: View, guard: Mapping[str, str]) -> None:
        """Draws a form anew; without its pictures where Slack does not take one, deleted perhaps."""
        plain = without_pictures(view["blocks"])
        try:
            await client.views_update(view_id=view_id, view=view, **guard)
        except SlackApiError as error:
            if fault_of(error) != "invalid_arguments" or len(plain) == len(view["blocks"]):
                raise
            await client.views_update(view_id=view_id, view={**view, "blocks": plain}, **guard)

    async def _respond(self, client: AsyncWebClient, delivery: Delivery, message: Message) -> None:
        """Where the person is: a message, or over a Home tab or a form, which show none, a notice."""
        if delivery.response_url is None and delivery.trigger_id is not None and not _is_submission(delivery):
            await self._notify(client, delivery, message)
        else:
            await self._say_privately(client, delivery, message)

    async def _notify(self, client: AsyncWebClient, delivery: Delivery, message: Message) -> None:
        view = replies.notice(message.text)
        if message.blocks:
            view["blocks"] = list(message.blocks)
        method = client.views_push if delivery.in_modal else client.views_open
        try:
            await method(trigger_id=delivery.trigger_id, view=view)
        except SLACK_FAULTS as error:
            # An answer that took long finds its trigger expired.
            log.warning("notice_not_shown", route=delivery.name, fault=fault_of(error))
            await self._say_privately(client, delivery, message)

    async def _say_privately(self, client: AsyncWebClient, delivery: Delivery, message: Message) -> None:
        """For the person alone: where they are, else in their direct messages with the app."""
        if delivery.response_url is not None:
            await self._slack.respond(
                delivery.response_url,
                {**message.payload(), "response_type": "ephemeral", "replace_original": False},
            )
        elif delivery.family == "event" and delivery.message is not None:
            at = delivery.message
            await client.chat_postEphemeral(
                channel=at.channel_id, user=delivery.user_id, thread_ts=at.thread_ts, **message.payload()
            )
        else:
            await client.chat_postMessage(channel=delivery.user_id, **message.payload())

    async def _reply(self, client: AsyncWebClient, delivery: Delivery, message: Message) -> None:
        at = delivery.message
        if at is not None:
            thread_ts = at.thread_ts or at.ts
            await client.chat_postMessage(channel=at.channel_id, thread_ts=thread_ts, **message.payload())

    async def refresh_homes(self, client: AsyncWebClient, workspace_id: int, user_ids: Sequence[str]) -> None:
        """Draws the Home tabs of several people anew, one after the other."""
        for user_id in user_ids:
            try:
                await self._refresh_home(client, workspace_id, user_id)
            except SLACK_FAULTS as error:
                log.warning(
                    "follow_up_failed", what="RefreshHome", workspace=workspace_id, fault=fault_of(error)
                )

    async def _refresh_home(self, client: AsyncWebClient, workspace_id: int, user_id: str) -> None:
        """Draws it as it is now. What happens while it is drawn is shown by one more drawing, however much
        that is."""
        who = (workspace_id, user_id)
        if who in self._drawing:
            self._drawing[who] = True
            return
        self._drawing[who] = True
        try:
            while self._drawing[who]:
                self._drawing[who] = False
                view = await self._draw_home(workspace_id, user_id)
                if view is not None:
                    await client.views_publish(user_id=user_id, view=view)
        finally:
            del self._drawing[who]

    async def _send_file(self, client: AsyncWebClient, user_id: str, file: SendFile) -> None:
        opened = await client.conversations_open(users=user_id)
        await client.files_upload_v2(
            channel=opened["channel"]["id"],
            filename=file.name,
            content=file.content,
            title=file.title,
            initial_comment=file.comment,
        )


def fault_of(error: BaseException) -> str:
    """Slack's own name of an error, or the type of what broke the line."""
    if isinstance(error, SlackApiError):
        # A server that is down answers with a page instead of JSON, or with half of it.
        data = getattr(error.response, "data", error.response)
        status = getattr(error.response, "status_code", None) or getattr(error.response, "status", "unknown")
        return str(data.get("error")) if isinstance(data, dict) else f"http_{status}"
    return type(error).__name__


def _is_submission(delivery: Delivery) -> bool:
    return delivery.family == "view"
