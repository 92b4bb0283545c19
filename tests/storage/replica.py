"""A replica that starts: what it does to the schema, in a process of its own.

Kept small: the process that is forked imports this file.
"""

import warnings
from multiprocessing.synchronize import Barrier


def upgrade(url: str, together: Barrier) -> None:
    """Brings a database to the current schema once the others are ready to do it too; a fault, or a warning,
    ends it with another exit code than 0."""
    from storage import schema  # noqa: PLC0415 - the process that starts this one has it already
    from storage.database import Database  # noqa: PLC0415 - as above

    warnings.simplefilter("error")
    database = Database(url)
    together.wait(60)
    schema.upgrade(database.engine)
    database.close()
