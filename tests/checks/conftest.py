"""What the checks are asked in their tests: the lessons' own solutions, and things that are no answer."""

from pathlib import Path

import numpy as np
import pytest

from tools.course import solution_blocks

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def solve():
    """Run the solution blocks of a lesson in a namespace, and give the names they define."""

    def run(lesson, **names):
        path = ROOT / "lessons" / lesson
        for block in solution_blocks.find_blocks(path.read_text(encoding="utf-8"), path):
            exec(block.code, names)
        return names

    return run


def _breaks(*arguments):
    raise RuntimeError("broken")


#: Things that learners hand in by accident.
ODD = [
    "text", "", b"bytes", True, 3, -1.5, float("nan"), 1j, [], [1, [2, 3]], {}, {"a": 1}, set(), object(),
    type, print, _breaks, lambda: 1, lambda picture: "text", lambda picture: picture[:, :, 0].tolist(),
    np.zeros(3), np.zeros((2, 0)), np.array("text"), np.array([None, 1]), range(3),
]  # fmt: skip


@pytest.fixture(params=ODD, ids=lambda answer: type(answer).__name__)
def odd_answer(request):
    return request.param
