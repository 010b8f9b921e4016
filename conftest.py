"""What every run of pytest shares, whether of the tests or of the notebooks: nothing leaves this machine."""

import os
from collections.abc import Iterator

import kernel_guards
import pytest

pytest_plugins = ("notebook_guards", "notebook_budgets")

kernel_guards.block_network()
# As `make lab` does for a class: the kernels' threads sleep while they wait (benchmarks/waiting.py).
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Fail a test that asked for another machine, even if it swallowed the refusal."""
    __tracebackhide__ = True
    kernel_guards.attempts.clear()
    result = yield
    if kernel_guards.attempts:
        pytest.fail("; ".join(kernel_guards.attempts))
    return result
