"""`/hoshin calendar`, and the button below it that brings the file."""

from bot import ids
from bot.answers import Answer, Message, SendFile, say
from bot.asks import Ask
from bot.calendar import service
from bot.calendar.blocks import agenda_message
from bot.routing import Routes

FILE_NAME = "hoshin.ics"

routes = Routes()


@routes.command("hoshin calendar")
async def show_calendar(ask: Ask) -> Answer:
    """What comes when."""
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
