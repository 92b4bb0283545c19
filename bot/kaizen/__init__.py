"""Kaizen: an idea in thirty seconds, an answer within days, a result that shows in the strategy.

What happens is in `submitting`, `voting`, `moving`, `results`, `events` and `reminding`; `reading` (one
idea), `lists` and `figures` gather what is shown (`facts`), and `post` puts messages into the outbox. Of
Slack they know no more than the payloads that `cards` draws. `forms`, `views` and `home` draw what people
open; `listeners`, `result_listeners`, `event_listeners` and `picturing` hear what they do.
"""
