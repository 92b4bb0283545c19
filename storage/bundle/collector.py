"""Python's garbage collector while a plan file becomes rows."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collecting_later() -> Iterator[None]:
    """Lets the collector rest: among thousands of new rows, all of them in use, it took a tenth of an import
    to find nothing. It looks again afterwards, also where several imports overlap."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
