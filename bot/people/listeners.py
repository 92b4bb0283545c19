"""`/hoshin away`, `/hoshin back`, `/hoshin settings`, and the same on the Home tab."""

from bot import ids
from bot.answers import Answer, RefreshHome, open_view, say
from bot.asks import Ask
from bot.people import blocks, service
from bot.routing import Routes

routes = Routes()


@routes.command("hoshin away")
async def go_away(ask: Ask) -> Answer:
    """Says until when; without words, the form asks."""
    if not ask.text:
        return open_view(blocks.away_form())
    away = await ask.run(service.go_away, ask.person.member_id, ask.text)
    return say(blocks.away_message(away), RefreshHome())


@routes.action(ids.PEOPLE_AWAY_FORM)
async def open_away(ask: Ask) -> Answer:
    """ "Going away" on the Home tab."""
    del ask
    return open_view(blocks.away_form())


@routes.view(ids.PEOPLE_AWAY_FORM)
async def submit_away(ask: Ask) -> Answer:
    """The form, sent."""
    deputy = ask.form.text(blocks.DEPUTY)
    words = f"{ask.form.text(blocks.UNTIL)} deputy <@{deputy}>" if deputy else ask.form.text(blocks.UNTIL)
    away = await ask.run(service.go_away, ask.person.member_id, words)
    return say(blocks.away_message(away), RefreshHome())


@routes.command("hoshin back")
async def come_back(ask: Ask) -> Answer:
    """Ends today's absence."""
    await ask.run(service.come_back, ask.person.member_id)
    return say(blocks.back_message(), RefreshHome())


routes.action(ids.PEOPLE_BACK)(come_back)


@routes.command("hoshin settings")
async def open_settings(ask: Ask) -> Answer:
    """The form of personal preferences."""
    return open_view(blocks.settings_form(await ask.read(service.read_preferences, ask.person.member_id)))


routes.action(ids.PEOPLE_SETTINGS)(open_settings)


@routes.view(ids.PEOPLE_SETTINGS)
async def save_settings(ask: Ask) -> Answer:
    """The form, sent: the trace of what was saved."""
    saved = await ask.run(
        service.save_preferences,
        ask.person.member_id,
        ask.form.texts(),
        {name: ask.form.choices(name) for name in ask.form.values},
    )
    return say(blocks.saved_message(saved), RefreshHome())
