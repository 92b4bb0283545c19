"""`/hoshin calendar`, and the button below it that brings the file."""

from bot import ids
from bot.answers import Answer, Message, SendFile, say
from bot.asks import Ask
from bot.calendar import service
from bot.calendar.blocks import agenda_message
from bot.routing import Routes
from storage.rules.errors import Invalid

FILE_NAME = "hoshin.ics"
FILE_WORDS = frozenset({"file", "ics", ".ics"})

routes = Routes()


@routes.command("hoshin calendar")
async def show_calendar(ask: Ask) -> Answer:
    """What comes when; `file` behind it brings the file."""
    word = ask.text.strip().lower()
    if word in FILE_WORDS:
        return await send_file(ask)
    if word:
        raise Invalid(
            f"“{ask.text.strip()[:100]}” means nothing behind `/hoshin calendar`, which shows what comes "
            "when, for you and for the plan. Type it alone, or `/hoshin calendar file` for a file that your "
            "calendar program reads."
        )
    return say(agenda_message(await ask.read(service.read_agenda, ask.person.member_id)))


@routes.action(ids.CALENDAR_FILE)
async def send_file(ask: Ask) -> Answer:
    """The same as a file for any calendar program."""
    text = await ask.read(service.write_file, ask.person.member_id)
    file = SendFile(
        FILE_NAME,
        text.encode(),
        title="Hoshin calendar",
        comment="Open this file with your calendar program. A newer one takes the older one's place.",
    )
    return say(Message("The calendar file is in your direct messages with Hoshin."), file)
