"""Balls in the record: the one way in for forms, words and the clock, in the caller's unit of work.

`moving` holds the verbs, `seeing` what is shown; `sight` says who sees which ball, `places` who can catch one
and under what it stands, `ledger` writes a move, `in_plan` what an agreement makes of the plan, and
`meanwhile` what others have made of it since a version came.
"""

from storage.catchballs.facts import Branch, Counter, Moved, Record, Throw
from storage.catchballs.in_plan import present_terms
from storage.catchballs.ledger import TRAIL, replayed
from storage.catchballs.meanwhile import tell_changed
from storage.catchballs.moving import (
    agree,
    answer,
    ask,
    counter,
    decline,
    expire,
    hand_over,
    name_facilitator,
    not_deploy,
    reopen,
    throw,
    withdraw,
)
from storage.catchballs.seeing import check_may, coverage, show, terms_at
from storage.catchballs.sight import check_free, visible_lines

__all__ = [
    "TRAIL",
    "Branch",
    "Counter",
    "Moved",
    "Record",
    "Throw",
    "agree",
    "answer",
    "ask",
    "check_free",
    "check_may",
    "counter",
    "coverage",
    "decline",
    "expire",
    "hand_over",
    "name_facilitator",
    "not_deploy",
    "present_terms",
    "reopen",
    "replayed",
    "show",
    "tell_changed",
    "terms_at",
    "throw",
    "visible_lines",
    "withdraw",
]
