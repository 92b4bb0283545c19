"""Similar ideas, by the terms that they have: the same statements on both databases, no extension.

A search reads the counts of its terms, then the ideas of the rarest ones as far as a budget goes, then the
texts of the most promising; so it reads about as many rows among 50,000 ideas as among 500
(docs/decisions/0016-similar-ideas.md).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from storage.repositories.base import Repository
from storage.rules import similar
from storage.rules.kaizen import IdeaState
from storage.rules.similar import Wanted
from storage.tables.kaizen import Idea, IdeaSpelling, IdeaTerm, IdeaWord, KaizenSetting

_ARMS = 16
_MEANT_AT_MOST = 3
"""Words that one mistyped word is taken for."""


class SimilarLine(NamedTuple):
    """An idea that says something like what was typed; `likeness` lies between 0 and 1."""

    id: int
    number: int
    title: str
    state: IdeaState
    author_id: int | None
    votes: int
    likeness: float


class SimilarIdeas(Repository):
    """The term table of a workspace."""

    def index(self, idea_id: int, terms: Sequence[str]) -> None:
        """Makes an idea findable by its terms (`similar.terms_of`)."""
        if not terms:
            return
        self._insert(IdeaTerm, [{"term": term, "idea_id": idea_id} for term in terms])
        new = self._count_up(sorted(terms))
        keys = [{"key": key, "term": term} for term in new for key in similar.spellings(term)]
        if keys:
            self._insert(IdeaSpelling, keys)

    def find(
        self, text: str, *, without: Collection[int] = (), limit: int = similar.SHOWN
    ) -> list[SimilarLine]:
        """The ideas that say about the same as a text, the nearest first; what is far from it is left out.

        Args:
            without: ids of ideas that are known already.
        """
        ranked = self.rank(text, limit + len(without))
        near = [line for line in ranked if line.likeness >= similar.NEAR_ENOUGH and line.id not in without]
        return near[:limit]

    def rank(self, text: str, limit: int = similar.SHOWN) -> list[SimilarLine]:
        """The ideas that are most like a text, the nearest first, however little that is."""
        counts = self._counts(_terms(similar.words_wanted(text, {})))
        wanted = similar.words_wanted(text, self._meant(text, counts))
        counts |= self._counts(_terms(wanted) - set(counts))
        counts = {term: count for term, count in counts.items() if count}
        if not counts:
            return []
        ideas = self._count_ideas()
        rarities = {term: similar.rarity(count, ideas) for term, count in counts.items()}
        weights = similar.candidate_weights(wanted, rarities, similar.choose_terms(counts))
        lines = [
            line._replace(likeness=similar.likeness(wanted, rarities, terms.split()))
            for line, terms in self._read(self._candidates(weights))
        ]
        return sorted(lines, key=lambda line: (-line.likeness, -line.id))[:limit]

    def _counts(self, terms: Collection[str]) -> dict[str, int]:
        """In how many ideas each of the terms stands; 0 for unknown ones."""
        if not terms:
            return {}
        rows = self.session.execute(
            select(col(IdeaWord.term), col(IdeaWord.ideas)).where(
                col(IdeaWord.workspace_id) == self.workspace_id, col(IdeaWord.term).in_(terms)
            )
        )
        return dict.fromkeys(terms, 0) | {row.term: row.ideas for row in rows}

    def _meant(self, text: str, counts: Mapping[str, int]) -> dict[str, list[str]]:
        """For words that no idea has and that are no known words either: those that may have been meant."""
        unknown = [
            term
            for term in similar.terms_of(text)
            if not counts.get(term) and not similar.is_meaning(term) and not similar.meanings_of(term)
        ]
        keys = {key for term in unknown for key in similar.spellings(term)}
        if not keys:
            return {}
        rows = self.session.execute(
            select(col(IdeaWord.term), col(IdeaWord.ideas))
            .join(
                IdeaSpelling,
                and_(
                    col(IdeaSpelling.workspace_id) == col(IdeaWord.workspace_id),
                    col(IdeaSpelling.term) == col(IdeaWord.term),
                ),
            )
            .where(col(IdeaSpelling.workspace_id) == self.workspace_id, col(IdeaSpelling.key).in_(keys))
            .distinct()
            .order_by(col(IdeaWord.ideas).desc(), col(IdeaWord.term))
        ).all()
        found = {
            term: [other for other, _ in rows if similar.is_slip(term, other)][:_MEANT_AT_MOST]
            for term in unknown
        }
        return {term: others for term, others in found.items() if others}

    def _count_ideas(self) -> int:
        found: int | None = self.session.execute(
            select(col(KaizenSetting.last_number)).where(col(KaizenSetting.workspace_id) == self.workspace_id)
        ).scalar_one_or_none()
        return max(found or 0, 1)

    def _candidates(self, weights: Mapping[str, float]) -> list[int]:
        """The ideas that have the most of these terms, by weight."""
        read = (
            select(col(IdeaTerm.idea_id), col(IdeaTerm.term))
            .where(col(IdeaTerm.workspace_id) == self.workspace_id, col(IdeaTerm.term).in_(weights))
            .limit(similar.BUDGET)
            .subquery()
        )
        # As many arms for most searches, so that the statement is compiled once.
        arms = dict(weights) | {f" {number}": 0.0 for number in range(-len(weights) % _ARMS)}
        weight = func.sum(case(arms, value=read.c.term))
        rows = self.session.execute(
            select(read.c.idea_id)
            .group_by(read.c.idea_id)
            .order_by(weight.desc(), read.c.idea_id.desc())
            .limit(similar.CANDIDATES)
        )
        return list(rows.scalars())

    def _read(self, idea_ids: Collection[int]) -> list[tuple[SimilarLine, str]]:
        """Ideas with their terms; how like they are is not known yet."""
        rows = self.session.execute(
            select(
                col(Idea.id),
                col(Idea.number),
                col(Idea.title),
                col(Idea.state),
                col(Idea.author_id),
                col(Idea.votes),
                col(Idea.terms),
            ).where(col(Idea.workspace_id) == self.workspace_id, col(Idea.id).in_(idea_ids))
        )
        return [
            (SimilarLine(row.id, row.number, row.title, row.state, row.author_id, row.votes, 0.0), row.terms)
            for row in rows
        ]

    def _count_up(self, terms: Sequence[str]) -> list[str]:
        """Counts the terms of one more idea, and returns those that no idea had before.

        Most are known: one statement counts them, and is compiled once for any number of terms. Whoever
        submits holds the workspace's counter by then, so no two of them count crosswise.
        """
        counted = self.session.execute(
            update(IdeaWord)
            .where(col(IdeaWord.workspace_id) == self.workspace_id, col(IdeaWord.term).in_(terms))
            .values(ideas=col(IdeaWord.ideas) + 1)
            .returning(col(IdeaWord.term))
            .execution_options(synchronize_session=False)
        )
        known = set(counted.scalars())
        new = [term for term in terms if term not in known]
        if new:
            insert = self._dialect().insert(IdeaWord)
            statement = insert.on_conflict_do_update(
                index_elements=["workspace_id", "term"], set_={"ideas": col(IdeaWord.ideas) + 1}
            )
            rows = [{"workspace_id": self.workspace_id, "term": term, "ideas": 1} for term in new]
            self.session.execute(statement, rows)
        return new

    def _insert(self, table: type[IdeaTerm] | type[IdeaSpelling], rows: Sequence[dict[str, Any]]) -> None:
        values = [{"workspace_id": self.workspace_id, **row} for row in rows]
        self.session.execute(self._dialect().insert(table).on_conflict_do_nothing(), values)

    def _dialect(self) -> Any:
        return sqlite if self.session.get_bind().dialect.name == "sqlite" else postgresql


def _terms(wanted: Iterable[Wanted]) -> set[str]:
    return {term for word in wanted for term, _ in word.terms}
