"""The plan, looked at: items, hierarchy, line of sight, X-matrix, scorecard, and what is wrong with it."""
