"""`python -m storage.migrations "what changes"`: writes the next step."""

import sys
from tempfile import TemporaryDirectory

from alembic import command

from storage import schema
from storage.database import Database

FORMATTER = {
    "hooks": "ruff",
    "ruff.type": "module",
    "ruff.module": "ruff",
    "ruff.options": "format --quiet REVISION_SCRIPT_FILENAME",
}


def write_next(message: str) -> None:
    """Compares the tables with a database that has every step so far, for a person to read the result."""
    steps = schema.list_steps()
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/scratch.db")
        if steps:
            schema.upgrade(database.engine)
        with database.engine.connect() as connection:
            config = schema.configure(connection)
            for name, value in FORMATTER.items():
                config.set_section_option("post_write_hooks", name, value)
            command.revision(config, message, autogenerate=True, rev_id=f"{len(steps) + 1:04}")
        database.close()


if __name__ == "__main__":
    write_next(sys.argv[1])
