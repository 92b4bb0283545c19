"""A ball's record as YAML: for an audit, or to keep beside the plan file."""

from typing import Any

from storage import bundle
from storage.catchballs import Record
from storage.rules.catchball_terms import QUESTIONS, WORDS, Terms, shown


def as_yaml(record: Record) -> str:
    """Everything that is known of a ball, by the names of people and references of items."""
    ball = record.ball
    about = {
        "ref": ball.reference,
        "state": ball.state.value,
        "proposer": _name(record, ball.proposer_id),
        "receivers": [_name(record, one) for one in ball.receiver_ids],
        "facilitator": _name(record, ball.facilitator_id) if ball.facilitator_id else None,
        "agreed_version": ball.agreed_version,
        "item": record.item.reference if record.item is not None else None,
        "until": ball.until_on,
        "not_deployed": ball.not_deployed_reason or None,
        "versions": [_version(record, one) for one in record.versions],
        "moves": [
            _without_empty(
                {
                    "at": move.at,
                    "by": _name(record, move.member_id) if move.member_id else "Hoshin",
                    "move": move.move.value,
                    "version": move.version,
                    "said": move.said,
                    "person": _name(record, move.person_id) if move.person_id else None,
                    "rubber_stamp": move.is_rubber_stamp or None,
                }
            )
            for move in record.moves
        ],
        "discussion": [
            _without_empty(
                {
                    "at": one.at,
                    "by": _name(record, one.member_id),
                    "text": one.text,
                    "edited": one.edited_at,
                }
            )
            for one in record.remarks
        ],
    }
    return bundle.write_yaml(_without_empty(about))


def _version(record: Record, one: Any) -> dict[str, Any]:
    answers = {QUESTIONS[name]: said for name, said in (one.answers or {}).items() if name in QUESTIONS}
    terms = Terms.read(one.terms)
    said = {name: getattr(terms, name) for name in WORDS if name != "parent"}
    said["parent"] = shown(terms, "parent")
    return _without_empty(
        {
            "version": one.number,
            "by": _name(record, one.author_id),
            "at": one.at,
            "terms": _without_empty(said),
            "reason": one.reason,
            "reasons": one.reasons,
            "answers": answers,
        }
    )


def _name(record: Record, member_id: int | None) -> str:
    return record.names.get(member_id or 0, "someone")


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in (None, "", {}, [])}
