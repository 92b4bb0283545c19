"""The steps from an empty database to the current schema, and how the next one is written.

After a change to `storage/tables`, `python -m storage.migrations "what changes"` writes the step to
`versions/`; read it and tidy it before it is committed. Steps only go forward, and one that was committed is
never changed again.
"""
