"""OKRs: updates in one line, cards, writing, grading."""
