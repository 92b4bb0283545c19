"""Every action_id, callback_id and metadata codec, so that no two parts of the product claim one name.

An action's name may be followed by `:` and a row's number; the route is the name before it. An input's
block_id is the name of its field, which is what the rules' errors point at.
"""

import json
from typing import Any

from storage.rules.errors import Invalid

# The spine
AGAIN = "again"
"""Repeats the ask whose form could not be opened in time; the button's value says which."""
NOTICE = "notice"
"""A form that only says a sentence."""

# Check-ins
CHECKIN_OPEN = "checkin.open"
CHECKIN_UNCHANGED = "checkin.unchanged"
CHECKIN_LATER = "checkin.later"
CHECKIN_WHY = "checkin.why"
CHECKIN_SKIP = "checkin.skip"
CHECKIN_BACK = "checkin.back"
CHECKIN_FORM = "checkin.form"
CHECKIN_DONE = "checkin.done"
CHECKIN_REASON = "checkin.reason"
CHECKIN_SKIP_FORM = "checkin.skip_form"
CHECKIN_DELEGATE = "checkin.delegate"
CHECKIN_ITEM = "checkin.item"
"""The menu beside one item of the question; the chosen value is what to do and the question's number."""
CHECKIN_ITEM_FORM = "checkin.item_form"
ITEM_SAME, ITEM_OPEN, ITEM_WHY = "same", "open", "why"
"""What is chosen there; a number is one of the answers that the question offers."""
CHECKIN_TEAM = "checkin.team"
CHECKIN_ASK_NOW = "checkin.ask_now"
CHECKIN_PREVIEW = "checkin.preview"
CHECKIN_ACKNOWLEDGE = "checkin.acknowledge"
CHECKIN_REMARK = "checkin.remark"
CHECKIN_ASSIGN = "checkin.assign"
NOTE = "note"
"""The blocks of what else waits for a person, in a message to them: `note:1`."""

# The plan, looked at; the value is what could be typed behind the command
STRATEGY_SHOW = "strategy.show"
STRATEGY_BOWLING = "strategy.bowling"
STRATEGY_SCORECARD = "strategy.scorecard"
STRATEGY_LINT = "strategy.lint"
STRATEGY_TREE = "strategy.tree"
STRATEGY_SHARE = "strategy.share"
STRATEGY_ALL = "strategy.all"
"""Opens the whole hierarchy as a form, and turns its pages; the value is packed."""
STRATEGY_WHY = "strategy.why"
STRATEGY_MATRIX = "strategy.xmatrix"
STRATEGY_MAP = "strategy.map"
STRATEGY_AGREE = "strategy.agree"
STRATEGY_REMOVE = "strategy.remove"
"""Decide on a suggested mark; the value names its two ends."""
STRATEGY_FORM = "strategy.form"

# The plan's forms
PLAN_ADD = "plan.add"
"""Opens the form for a new item; the value is the reference of what it is to stand under, or empty."""
PLAN_EDIT = "plan.edit"
"""Opens the form of an item; the value is its reference."""
PLAN_STEPS = "plan.steps"
"""Opens the steps of an initiative; the value is its reference."""
PLAN_SETUP = "plan.setup"
"""Opens the set-up, or the page of it that the value names."""
PLAN_ITEM = "plan.item"
PLAN_MORE = "plan.more"
PLAN_REMOVE = "plan.remove"
PLAN_RESTORE = "plan.restore"
PLAN_ALIAS = "plan.alias"
PLAN_SAVED = "plan.saved"
PLAN_CHOOSE = "plan.choose"
PLAN_PARENTS = "plan.parents"
PLAN_KPIS = "plan.kpis"
PLAN_TEAMS = "plan.teams"
PLAN_ZONES = "plan.zones"
PLAN_MONTHS = "plan.months"
PLAN_EXAMPLE = "plan.example"
PLAN_NEXT = "plan.next"
PLAN_ACTIVATE = "plan.activate"
SETUP_FRAME = "setup.frame"
SETUP_RHYTHM = "setup.rhythm"
SETUP_FIGURES = "setup.figures"
SETUP_DAYS = "setup.days"
SETUP_REVIEWS = "setup.reviews"
STEP_TICK = "step.tick"
STEP_EDIT = "step.edit"
STEP_MORE = "step.more"
STEP_RESTORE = "step.restore"
LINK_SET = "link.set"
LINK_AGREE = "link.agree"
TEAM_OPEN = "team.open"
TEAM_FORM = "team.form"
TEAM_REMOVE = "team.remove"
TEAM_FOLLOW = "team.follow"
ROLE_FORM = "role.form"
ROLE_REVOKE = "role.revoke"
# The calendar
CALENDAR_FILE = "calendar.file"

# Plan files
BUNDLE_IMPORT = "bundle.import"
BUNDLE_LOAD = "bundle.load"
BUNDLE_EXPORT = "bundle.export"

# Following, and digests of it
FOLLOW = "follow"
"""Follows something or no longer: the value is made by `follow_value`."""
FOLLOW_LIST = "follow.list"

# People's own time
PEOPLE_AWAY_FORM = "people.away"
PEOPLE_BACK = "people.back"
PEOPLE_SETTINGS = "people.settings"
# OKRs
OKR_UPDATE = "okr.update"
"""Opens the form; a button's value is the reference of the item, or empty."""
OKR_UPDATE_FORM = "okr.update.form"
OKR_SAY = "okr.say"
"""One meaning of a line that had several: the button's value is the whole line."""
OKR_UNDO = "okr.undo"
OKR_NOTE = "okr.note"
OKR_EVIDENCE = "okr.evidence"
OKR_DONE = "okr.done"
OKR_SHOW = "okr.show"
OKR_NEW_FORM = "okr.new.form"
OKR_DRAFT = "okr.draft"
"""Opens the page on which an OKR is written; the button's value is its reference."""
OKR_DRAFT_PAGE = "okr.draft.page"
OKR_MORE = "okr.more"
OKR_MORE_FORM = "okr.more.form"
OKR_ADD_KEY_RESULT = "okr.kr"
OKR_KEY_RESULT_FORM = "okr.kr.form"
OKR_LINK = "okr.link"
OKR_ACTIVATE = "okr.activate"
OKR_NEEDS_FORM = "okr.needs.form"
OKR_NEEDS_YES = "okr.needs.yes"
OKR_NEEDS_NO = "okr.needs.no"
OKR_GRADE = "okr.grade"
OKR_GRADE_FORM = "okr.grade.form"
API_KEYS = "api.keys"
API_KEY_FORM = "api.key.form"
API_KEY_REVOKE = "api.key.revoke"
OKR_FOLLOW = "okr.follow"
OKR_DISCUSS = "okr.discuss"
OKR_IMPORT = "okr.import"
OKR_IMPORT_TAKE = "okr.import.take"
# Kaizen
KAIZEN_NEW = "kaizen.new"
KAIZEN_FROM_MESSAGE = "kaizen.from_message"
KAIZEN_FORM = "kaizen.form"
KAIZEN_MORE = "kaizen.more"
KAIZEN_SERVES = "kaizen.serves"
KAIZEN_SUPPORT = "kaizen.support"
KAIZEN_SHOW = "kaizen.show"
KAIZEN_IDEA = "kaizen.idea"
KAIZEN_MOVE = "kaizen.move"
KAIZEN_STEP = "kaizen.step"
KAIZEN_COACH = "kaizen.coach"
KAIZEN_HAND_OVER = "kaizen.hand_over"
KAIZEN_HANDED = "kaizen.handed"
KAIZEN_ESTIMATE = "kaizen.estimate"
KAIZEN_ESTIMATED = "kaizen.estimated"
KAIZEN_WHYS = "kaizen.whys"
KAIZEN_WHYS_FORM = "kaizen.whys_form"
KAIZEN_BENEFIT = "kaizen.benefit"
KAIZEN_BENEFIT_FORM = "kaizen.benefit_form"
KAIZEN_CONFIRM = "kaizen.confirm"
KAIZEN_LASTED = "kaizen.lasted"
KAIZEN_SLIPPED = "kaizen.slipped"
KAIZEN_SLIPPED_FORM = "kaizen.slipped_form"
KAIZEN_OFFER = "kaizen.offer"
KAIZEN_OFFER_FORM = "kaizen.offer_form"
KAIZEN_TAKE_OVER = "kaizen.take_over"
KAIZEN_NOT_HERE = "kaizen.not_here"
KAIZEN_BOARD = "kaizen.board"
KAIZEN_BOARD_MOVE = "kaizen.board_move"
KAIZEN_SETTINGS = "kaizen.settings"
KAIZEN_EVENT = "kaizen.event"
KAIZEN_EVENT_FORM = "kaizen.event_form"
KAIZEN_EVENT_MORE = "kaizen.event_more"
KAIZEN_EVENT_GOALS = "kaizen.event_goals"
KAIZEN_EVENT_IDEAS = "kaizen.event_ideas"
KAIZEN_RESULT = "kaizen.result"
KAIZEN_RESULT_FORM = "kaizen.result_form"
KAIZEN_PICTURES = "kaizen.pictures"
KAIZEN_PICTURES_FORM = "kaizen.pictures_form"

# Catchball
CATCHBALL_PROPOSE = "catchball.propose"
CATCHBALL_ABOUT = "catchball.about"
"""Negotiating an item that there is; the value is its reference."""
CATCHBALL_BELOW = "catchball.below"
"""In that form: something new below the item instead."""
"""Opens the form of a throw; a button's value is the reference of what it is to stand under, or empty."""
CATCHBALL_TERMS = "catchball.terms"
CATCHBALL_FOLDED = "catchball.folded"
CATCHBALL_AGREE = "catchball.agree"
"""The value of a card's button is `1:2`: the ball's number and the version that the card showed."""
CATCHBALL_COUNTER = "catchball.counter"
CATCHBALL_COUNTER_FORM = "catchball.counter.form"
CATCHBALL_SAY = "catchball.say"
"""Asking, declining and the rest of what is said in a sentence: `ask:1:2`."""
CATCHBALL_SAY_FORM = "catchball.say.form"
CATCHBALL_SHOW = "catchball.show"
CATCHBALL_DONE = "catchball.done"

# Home
HOME = "home"
HOME_HELP = "home.help"
HOME_ITEMS = "home.items"

OLD_FORM = "This form comes from an older version. Close it and open it again."
MAX_METADATA = 3000


def numbered(name: str, number: int) -> str:
    """An action_id of one row: `checkin.open:17`."""
    return f"{name}:{number}"


def route_of(action_id: str) -> str:
    """The route's name of an action_id: what stands before the first `:`."""
    return action_id.partition(":")[0]


def number_of(action_id: str) -> int:
    """The row's number in an action_id or a button's value such as `17`.

    Raises:
        Invalid: there is none; only a message of another version of Hoshin has such a button.
    """
    text = action_id.rpartition(":")[2]
    if not (text.isascii() and text.isdigit()):
        raise Invalid("This button comes from an older message. Open your App Home for what is due.")
    return int(text)


def follow_value(kind: str, row_id: int, *, on: bool) -> str:
    """The value of a button that begins (or ends) following: `on:key result:3`."""
    return f"{'on' if on else 'off'}:{kind}:{row_id}"


def read_follow(value: str) -> tuple[str, int, bool]:
    """What `follow_value` took: kind, row and whether following begins. Raises Invalid as `number_of`."""
    wish, _, rest = value.partition(":")
    return rest.rpartition(":")[0], number_of(rest), wish == "on"


def pack(**values: Any) -> str:
    """private_metadata from plain values; Slack takes 3,000 characters at most.

    Raises:
        ValueError: the values do not fit; what people typed belongs into the record, not in here.
    """
    text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
    if len(text) > MAX_METADATA:
        raise ValueError("private_metadata holds ids and page numbers, nothing that grows")
    return text


def unpack(text: str) -> dict[str, Any]:
    """What `pack` took.

    Raises:
        Invalid: it is not ours, for a form of another version of Hoshin.
    """
    try:
        values = json.loads(text)
    except ValueError as error:
        raise Invalid(OLD_FORM) from error
    if not isinstance(values, dict):
        raise Invalid(OLD_FORM)
    return values
