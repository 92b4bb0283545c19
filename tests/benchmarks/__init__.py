"""What is measured, as ratios in one run: `uv run python -m tests.benchmarks --help`.

Not collected by pytest: these take minutes, and a shared machine makes milliseconds vary. What each one
means, and what it came to, stands in docs/operations/benchmarks.md.
"""
