"""Submitting: from someone's words to an idea with a card; nothing typed is lost on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.kaizen import people, voting
from bot.kaizen.facts import Sheet, Submitted
from bot.kaizen.post import find_refusal, put_card
from bot.kaizen.reading import (
    LINKABLE,
    find_linkable,
    find_similar,
    pattern_of,
    read_idea,
    similar_facts,
)
from storage.database import UnitOfWork
from storage.repositories.kaizen_drafts import Draft
from storage.rules import similar
from storage.rules.errors import Invalid, InvalidFields, NotFound
from storage.rules.hierarchy import parse_reference
from storage.rules.kaizen import (
    MAX_LINE,
    MAX_TEXT,
    IdeaSource,
    IdeaState,
    Waste,
    notes_on,
    read_text,
    title_of,
)
from storage.rules.kaizen_clock import DRAFT_KEPT, first_response_due
from storage.rules.terms import Kind
from storage.tables.kaizen import Idea, IdeaStep, KaizenSetting

PROBLEM, IDEA, EXPECTED, WASTE, SERVES = "problem", "idea", "expected", "waste", "serves"
AUTHOR, AUTHOR_NAME, SOURCE, EFFORT, IMPACT, ANONYMOUS = (
    "author",
    "author_name",
    "source",
    "effort",
    "impact",
    "anonymous",
)
PICTURE = "picture"
REST = "rest"
"""Not typed: how long the whole text was whose beginning stands in the form; empty where all of it does."""
SUBMITTED = "submitted"
LONGEST_DRAFT = 40_000
WHO_UPLOADED = (
    "Slack shows of every picture who uploaded it, so an anonymous idea can have none. Take the picture out, "
    "or give your name."
)


@dataclass(frozen=True, slots=True)
class Origin:
    """The message that an idea was made from. From a private conversation neither link nor author is taken:
    only the words that are confirmed in the form."""

    text: str
    link: str = ""
    author: str = ""
    is_private: bool = False


def start(uow: UnitOfWork, member_id: int, text: str) -> Sheet:
    """The form for an idea, with the words typed so far, else with those of today that were not sent."""
    text = text.strip()[:LONGEST_DRAFT]
    if text:
        return _sheet(uow, member_id, text, None)
    draft = uow.idea_drafts.find(member_id, uow.now - DRAFT_KEPT)
    return _sheet(uow, member_id, draft.text if draft else "", draft.origin if draft else None)


def start_from(uow: UnitOfWork, member_id: int, origin: Origin) -> Sheet:
    """The form for an idea that a message holds."""
    return _sheet(uow, member_id, origin.text.strip()[:LONGEST_DRAFT], _about(uow, origin))


def keep(uow: UnitOfWork, member_id: int, origin: Origin) -> None:
    """Keeps words for a day, in case their form is not sent. The search for similar ideas is done by then: no
    writer waits for it."""
    about = _about(uow, origin) if origin.link or origin.author or origin.is_private else None
    uow.idea_drafts.keep(member_id, origin.text.strip()[:LONGEST_DRAFT], about, uow.now)


def widen(uow: UnitOfWork, member_id: int, typed: Mapping[str, str], was_shown: tuple[int, ...]) -> Sheet:
    """The same form with all its fields, and with what was typed."""
    settings = uow.ideas.find_settings()
    return Sheet(
        typed=typed,
        serves=_chosen(uow, member_id, typed.get(SERVES, "")),
        is_whole=True,
        allows_anonymous=settings.allows_anonymous,
        response_days=settings.response_days,
        was_shown=was_shown,
        picture_id=typed.get(PICTURE, ""),
        rest=typed.get(REST, ""),
        has_channel=_has_channel(uow),
    )


def find_others(
    uow: UnitOfWork,
    member_id: int,
    typed: Mapping[str, str],
    was_shown: tuple[int, ...] = (),
    *,
    is_whole: bool = False,
) -> Sheet | None:
    """The form once more, where others said about the same and the person has not seen any of that yet.

    Args:
        typed: the inputs by their names.
        was_shown: ids of the similar ideas that the person has seen.

    Raises:
        InvalidFields: an input that says nothing, or too much.
    """
    problem, thought, _ = _read_texts(typed)
    others = [] if was_shown else find_similar(uow, member_id, f"{problem}\n{thought}")
    if not others:
        return None
    sheet = widen(uow, member_id, typed, tuple(line.id for line in others))
    return replace(sheet, is_whole=is_whole, similar=similar_facts(others, member_id), asks_again=True)


def submit(uow: UnitOfWork, member_id: int, typed: Mapping[str, str]) -> Submitted:
    """Takes an idea.

    Args:
        typed: the inputs by their names, see above; `author` is Slack's id, `serves` a reference, `picture`
            the id of a file that is known to be one, `rest` what the form carried of a longer text.

    Raises:
        InvalidFields, Invalid: an input that says nothing, or too much.
        NotFound: the item that it is linked to is none that the person may see.
        NotAllowed: they only look on.
    """
    people.check_actor(uow, member_id)
    texts = _read_texts(typed)
    settings = uow.ideas.settings()
    idea = _make(uow, member_id, typed, texts, settings)
    uow.ideas.add(idea)
    uow.similar_ideas.index(idea.id, idea.terms.split())
    uow.idea_drafts.drop(member_id)
    _log(uow, idea)
    facts = read_idea(uow, idea)
    has_channel = put_card(uow, idea, facts)
    return Submitted(facts, tuple(notes_on(*texts)), has_channel, find_refusal(uow, settings))


def support_instead(uow: UnitOfWork, member_id: int, idea_id: int) -> str:
    """Supports an idea in the place of submitting one's own. Returns its reference.

    Raises:
        NotAllowed, Closed: as `voting.toggle`.
    """
    reference = voting.support(uow, member_id, idea_id)
    uow.idea_drafts.drop(member_id)
    return reference


def _make(
    uow: UnitOfWork,
    member_id: int,
    typed: Mapping[str, str],
    texts: tuple[str, str, str],
    settings: KaizenSetting,
) -> Idea:
    problem, thought, expected = texts
    is_anonymous = bool(typed.get(ANONYMOUS)) and settings.allows_anonymous
    if is_anonymous and typed.get(PICTURE):
        raise Invalid(WHO_UPLOADED, field=PICTURE)
    serves = _read_serves(uow, member_id, typed.get(SERVES, ""))
    author_id, author_name = _read_author(uow, member_id, typed)
    draft = uow.idea_drafts.find(member_id, uow.now - DRAFT_KEPT)
    origin = (draft.origin or {}) if draft else {}
    return Idea(
        workspace_id=uow.workspace_id,
        number=uow.ideas.next_number(),
        title=title_of(problem, thought),
        problem=problem,
        idea=thought,
        expected=expected,
        more=_rest(draft, typed),
        terms=" ".join(similar.terms_of(f"{problem}\n{thought}")),
        waste=Waste(typed[WASTE]) if typed.get(WASTE) else None,
        source=IdeaSource(typed[SOURCE]) if typed.get(SOURCE) else IdeaSource.EMPLOYEE,
        source_link="" if is_anonymous else str(origin.get("link", "")),
        author_id=None if is_anonymous else author_id,
        author_name="" if is_anonymous else author_name,
        submitted_by_id=None if is_anonymous else member_id,
        is_anonymous=is_anonymous,
        sealed_for_id=member_id if is_anonymous else None,
        serves_kind=serves[0] if serves else None,
        serves_id=serves[1] if serves else None,
        effort=_level(typed.get(EFFORT)),
        impact=_level(typed.get(IMPACT)),
        before_file_id=typed.get(PICTURE, ""),
        submitted_at=uow.now,
        due_at=first_response_due(uow.now, pattern_of(uow), settings.response_days),
    )


def _log(uow: UnitOfWork, idea: Idea) -> None:
    """The first line of its history. An anonymous idea leaves no line in the trail of who did what."""
    uow.ideas.add_step(
        IdeaStep(
            workspace_id=uow.workspace_id,
            idea_id=idea.id,
            at=uow.now,
            member_id=idea.submitted_by_id,
            move=SUBMITTED,
            to_state=IdeaState.SUBMITTED,
        )
    )
    if not idea.is_anonymous:
        uow.audit.record(
            at=uow.now,
            member_id=idea.submitted_by_id,
            action="submitted",
            kind=Kind.IDEA,
            item_id=idea.id,
            reference=f"K-{idea.number}",
        )


def _sheet(uow: UnitOfWork, member_id: int, text: str, origin: Mapping[str, Any] | None) -> Sheet:
    settings = uow.ideas.find_settings()
    about = origin or {}
    found = find_similar(uow, member_id, text) if text else []
    notes = []
    rest = str(len(text)) if len(text) > MAX_TEXT and not about.get("private") else ""
    if about.get("private"):
        notes.append(
            "This comes from a private conversation. Only what you leave in this form is published, without "
            "a link and without anyone's name but yours."
        )
    if len(text) > MAX_TEXT:
        goes = "The rest is kept and goes into the idea's thread." if rest else "The rest is left out."
        notes.append(f"The text has {len(text):,} characters, and a field takes {MAX_TEXT:,}. {goes}")
    typed = {PROBLEM: text[:MAX_TEXT]}
    if about.get("author"):
        typed[AUTHOR] = str(about["author"])
    return Sheet(
        typed=typed,
        similar=similar_facts(found, member_id),
        note=" ".join(notes),
        is_whole=bool(about.get("author")),
        allows_anonymous=settings.allows_anonymous,
        response_days=settings.response_days,
        was_shown=tuple(line.id for line in found),
        rest=rest,
        has_channel=_has_channel(uow),
    )


def _rest(draft: Draft | None, typed: Mapping[str, str]) -> str:
    """What did not fit into the form that was sent, whatever became of the part in it. Of a private message
    nothing is taken that nobody has read and confirmed there."""
    if draft is None or (draft.origin or {}).get("private") or typed.get(REST) != str(len(draft.text)):
        return ""
    return draft.text[MAX_TEXT:]


def _about(uow: UnitOfWork, origin: Origin) -> dict[str, Any]:
    """What is kept of where an idea comes from."""
    if origin.is_private:
        return {"private": True}
    author = uow.members.find_by_slack_id(origin.author) if origin.author else None
    return {"link": origin.link, "author": origin.author if author is not None else ""}


def _has_channel(uow: UnitOfWork) -> bool:
    return uow.workspace.ideas_channel_id is not None


def _read_texts(typed: Mapping[str, str]) -> tuple[str, str, str]:
    faults: dict[str, str] = {}
    texts = []
    for name, what in ((PROBLEM, "the problem"), (IDEA, "the idea")):
        try:
            texts.append(read_text(typed.get(name, ""), name=name, what=what))
        except Invalid as error:
            faults[name] = error.sentence
    expected = typed.get(EXPECTED, "").strip()
    if len(expected) > MAX_TEXT:
        faults[EXPECTED] = f"That is {len(expected):,} characters; {MAX_TEXT:,} fit. Keep its core here."
    if faults:
        raise InvalidFields(faults)
    return texts[0], texts[1], expected


def _read_serves(uow: UnitOfWork, member_id: int, reference: str) -> tuple[Kind, int] | None:
    """(kind, row id) of the item that an idea is linked to."""
    if not reference.strip():
        return None
    ref = parse_reference(reference, field=SERVES)
    graph = people.find_plan(uow, uow.roles.get_viewer(member_id))
    node = graph.find(ref) if graph is not None else None
    if node is None or ref[0] not in LINKABLE:
        raise NotFound(
            f"There is no {reference} to link to. Choose a key result, an initiative or a KPI from the list.",
            field=SERVES,
        )
    return ref[0], node.id


def _read_author(uow: UnitOfWork, member_id: int, typed: Mapping[str, str]) -> tuple[int | None, str]:
    """(member id, name): whose idea it is; one's own where nothing is said."""
    name = typed.get(AUTHOR_NAME, "").strip()
    if name:
        return None, read_text(name, name=AUTHOR_NAME, what="the name", limit=MAX_LINE)[:200]
    slack_id = typed.get(AUTHOR, "")
    if not slack_id:
        return member_id, ""
    author = uow.members.find_by_slack_id(slack_id)
    if author is None:
        raise Invalid(
            "Hoshin has not met this person yet. Write their name below, or let them type `/kaizen` once.",
            field=AUTHOR,
        )
    return author.id, ""


def _level(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and 1 <= int(text) <= 5 else None  # noqa: PLR2004 - rules §8


def _chosen(uow: UnitOfWork, member_id: int, reference: str) -> tuple[str, str] | None:
    found = find_linkable(uow, member_id, reference) if reference else []
    return next((pair for pair in found if pair[0] == reference), None)
