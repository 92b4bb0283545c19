"""A workspace full of ideas, written in bulk as `submit` would leave them, for the search to look among."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice

from sqlalchemy import insert, update
from sqlmodel import col

from storage.database import UnitOfWork
from storage.rules import similar
from storage.tables import Idea, IdeaSpelling, IdeaTerm, IdeaWord, KaizenSetting
from tests.storage.similar.distractors import make_distractors
from tests.storage.similar.pairs import read_ideas

CHUNK = 5_000


def fill(uow: UnitOfWork, distractors: int) -> dict[int, int]:
    """Writes the labelled ideas and so many others. Returns the place in the labelled set by idea id."""
    texts = read_ideas() + make_distractors(distractors)
    labelled = len(read_ideas())
    terms = [similar.terms_of(text) for text in texts]
    uow.ideas.settings()
    rows = [
        {
            "workspace_id": uow.workspace_id,
            "number": number,
            "title": text[:120],
            "problem": text,
            "idea": text,
            "terms": " ".join(own),
            "submitted_at": uow.now,
            "due_at": uow.now + timedelta(days=3),
        }
        for number, (text, own) in enumerate(zip(texts, terms, strict=True), 1)
    ]
    ids: list[int] = []
    for chunk in _chunks(rows):
        ids += uow.session.execute(
            insert(Idea).returning(col(Idea.id), sort_by_parameter_order=True), chunk
        ).scalars()
    _write(uow, IdeaTerm, [{"term": t, "idea_id": i} for i, own in zip(ids, terms, strict=True) for t in own])
    counts = Counter(term for own in terms for term in own)
    _write(uow, IdeaWord, [{"term": term, "ideas": count} for term, count in counts.items()])
    _write(
        uow, IdeaSpelling, [{"key": key, "term": term} for term in counts for key in similar.spellings(term)]
    )
    uow.session.execute(
        update(KaizenSetting)
        .where(col(KaizenSetting.workspace_id) == uow.workspace_id)
        .values(last_number=len(texts))
    )
    return {idea_id: place for place, idea_id in enumerate(ids[:labelled])}


def _write(
    uow: UnitOfWork,
    table: type[IdeaTerm] | type[IdeaWord] | type[IdeaSpelling],
    rows: Sequence[dict[str, object]],
) -> None:
    for chunk in _chunks([{"workspace_id": uow.workspace_id, **row} for row in rows]):
        uow.session.execute(insert(table), chunk)


def _chunks(rows: list[dict[str, object]]) -> list[list[dict[str, object]]]:
    source = iter(rows)
    return list(iter(lambda: list(islice(source, CHUNK)), []))
