"""Small tensors on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch work on one thread, and give it back those it had.

    A few small pictures gain nothing from several threads, and lose a lot where other work fills the cores:
    each step then waits for the slowest thread (measured beside two busy processes: 240 ms instead of 15).
    """
    import torch  # only the demos that need it wait for it

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
