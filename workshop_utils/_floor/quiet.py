"""Libraries that speak where nobody asked: a logger without a handler writes to stderr."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet(logger: logging.Logger) -> Iterator[None]:
    """Silence a library's logger for a while, and leave it as it was."""
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before
