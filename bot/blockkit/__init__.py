"""Block Kit's vocabulary: pure functions from facts to blocks that Slack accepts.

`kit` – blocks and elements as plain dicts. Every text is cut to Slack's limit on a whole character with
"…", and an empty one becomes "—"; ids, values and metadata are never cut: too long a one is a ValueError.

    header(text)  section(text, accessory=)  fields(texts)  context(*texts_or_elements)  divider()
    actions(*elements)
    button(text, action_id, value=, style=, confirm=, url=, label=)  confirm(title, text, yes, no=)
    option(text, value, description=)  select(action_id, options, placeholder=, chosen=)
    overflow(action_id, options)  radio(action_id, options, chosen=)  checkboxes(action_id, options, chosen=)
    text_input(name, label, ...)  select_input(name, label, options, ...)  radio_input(...)
    checkboxes_input(...)  input_block(name, label, element, hint=, optional=, dispatch=)
    (an input's `name` is its block_id; `bot.asks.Form` reads it back)

`surfaces` – what blocks stand on: `modal(title, blocks, callback_id=, submit=, close=, metadata=)`,
`home_view(blocks)`, `message(text, blocks)` (a `bot.answers.Message`), `fit_message(head, rows, foot)` and
`fit_view(...)` that replace the rows which do not fit by "and 12 more", `pages(items, size)`.

`mrkdwn` – text: `escape(text)` for people's words, `literal(text)` (escaped, and their `*_~` and backticks
shown as typed), `quote(text)`, `bold(markup)`, `code(text)`, `mention(user_id)`, `channel(channel_id)`,
`link(url, text)`, `date_token(instant, zone)`, `day_token(instant, zone)`, `local_time(instant, zone)`
(plain, for labels), `clamp(markup, limit)`.

`stencils` – what looks alike for many people: `Stencil(block).fill(markup, number)` is the block as JSON,
`written_message(text, blocks)` a payload of such.

`cards` – the one card of anything: `Card` (facts), `card(...)` (blocks), `line(...)` (one line of mrkdwn),
`bar(share)`, `status_words(status)`.
"""
