"""Small tensors on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch work on one thread, and restore its number of threads afterward.

    A few small pictures gain nothing from several threads, and lose a lot where other work fills the cores:
    each step then waits for the slowest thread (measured beside two busy processes: 240 ms instead of 15).

    Yields
    ------
    None
        Nothing; the block runs with one thread.
    """
    import torch  # only the demos that need it wait for it

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
