"""The teams' own questions, and the counts of the anonymous ones."""

from collections.abc import Collection

from sqlalchemy import bindparam, update
from sqlmodel import col, select

from storage.repositories.among import among
from storage.repositories.base import Repository
from storage.rules.pulse import PULSE_SCORES
from storage.tables.checkin import PulseCount, TeamQuestion

_SEALED = 0
"""In the place of a score: the row that says that a window's counts are final."""

_TEAM_QUESTIONS = (
    select(TeamQuestion)
    .where(
        col(TeamQuestion.workspace_id) == bindparam("workspace_id"),
        among(col(TeamQuestion.team_id), "team_ids"),
        col(TeamQuestion.is_active),
    )
    .order_by(col(TeamQuestion.team_id), col(TeamQuestion.position), col(TeamQuestion.id))
)


class TeamQuestions(Repository):
    """Questions of the teams of a workspace."""

    def list_asked(self, team_ids: Collection[int]) -> list[TeamQuestion]:
        """Those that are asked, team by team, in their order."""
        values = {"workspace_id": self.workspace_id, "team_ids": team_ids}
        return list(self.session.execute(_TEAM_QUESTIONS, values).scalars())

    def count_pulse(self, window_id: int, question_id: int, score: int) -> bool:
        """One more answer with that score; False where the counts are sealed. Nothing else is written down:
        the rows of all scores are made at once, so that not even their order tells of the first answers."""
        if self.list_sealed([window_id]):
            return False
        for one in PULSE_SCORES:
            self._put_pulse(window_id, question_id, one)
        self.session.execute(
            update(PulseCount)
            .where(
                col(PulseCount.workspace_id) == self.workspace_id,
                col(PulseCount.window_id) == window_id,
                col(PulseCount.question_id) == question_id,
                col(PulseCount.score) == score,
            )
            .values(answers=PulseCount.answers + 1)
        )
        return True

    def pulse_of(self, window_id: int) -> dict[int, dict[int, int]]:
        """The counts of a window: by question, how many gave each score."""
        found: dict[int, dict[int, int]] = {}
        rows = self.session.exec(
            select(PulseCount).where(
                PulseCount.workspace_id == self.workspace_id,
                PulseCount.window_id == window_id,
                PulseCount.answers > 0,
            )
        )
        for row in rows:
            found.setdefault(row.question_id, {})[row.score] = row.answers
        return found

    def seal_pulse(self, window_id: int) -> None:
        """No answer is counted any more, also if the window should be opened again: a mean that was shown and
        another one later would differ by whoever came in between."""
        for question_id in self.pulse_of(window_id):
            self._put_pulse(window_id, question_id, _SEALED)

    def list_sealed(self, window_ids: Collection[int]) -> set[int]:
        """Those of these windows whose counts are final."""
        rows = self.session.exec(
            select(PulseCount.window_id).where(
                PulseCount.workspace_id == self.workspace_id,
                col(PulseCount.window_id).in_(window_ids),
                PulseCount.score == _SEALED,
            )
        )
        return set(rows)

    def _put_pulse(self, window_id: int, question_id: int, score: int) -> None:
        row = PulseCount(
            workspace_id=self.workspace_id,
            window_id=window_id,
            question_id=question_id,
            score=score,
            answers=0,
        )
        self._add_once(row, "window_id", "question_id", "score")
