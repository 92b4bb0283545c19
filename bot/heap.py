"""What Python's garbage collector has to look at."""

import ctypes
import gc

COLLECT_AFTER = 10_000
"""New objects; at Python's own 700 a busy pump collects forty times a second."""


SETTLE_AFTER_S = 1.0
"""After the start: settling takes some 200 ms, in which nobody need wait for the bot to be ready."""


def hold() -> None:
    """To be called before all is imported: nearly nothing of it is thrown away, and looking for it took a
    sixth of the start. `settle` lets the collector work again."""
    gc.disable()


def settle() -> None:
    """To be called once all is imported and made: it stays as long as the process, so it is not searched.

    Searching it took more than 100 ms each time, in which nothing else moved, no ack either.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)
    gc.enable()
    _give_back()


def _give_back() -> None:
    """Hands what starting needed and nobody uses any more back to the system; glibc keeps it otherwise."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return  # another C library, which needs no telling
    trim(0)
