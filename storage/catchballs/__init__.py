"""Balls in the record: the one way in for forms, words and the clock, in the caller's unit of work.

`moving` holds the verbs, `seeing` what is shown; `places` says who can catch a ball and under what it stands,
`ledger` writes a move, `in_plan` what an agreement makes of the plan.
"""

from storage.catchballs.facts import Branch, Counter, Moved, Record, Throw
from storage.catchballs.in_plan import present_terms
from storage.catchballs.ledger import TRAIL, replayed
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
from storage.catchballs.places import check_free
from storage.catchballs.seeing import check_may, coverage, show, terms_at, visible_lines

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
    "terms_at",
    "throw",
    "visible_lines",
    "withdraw",
]
