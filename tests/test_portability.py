"""No assumption about the computer: line ends, encodings, the home folder."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETTINGS_OF_A_HOME = (
    *("MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
    *("HF_HOME", "HF_HUB_CACHE", "TORCH_HOME", "IPYTHONDIR"),
)
#: What a lesson does, in few lines: every room that is taught with, a figure, shipped weights, a backbone.
#: A module of the course that opens a text and leaves its encoding to the computer is an error. Other
#: packages may; their warning, given only because we ask for it, would stand on stderr, where the test looks.
WORK = """
import warnings
warnings.filterwarnings("ignore", category=EncodingWarning)
warnings.filterwarnings("error", category=EncodingWarning, module="workshop_utils")
import workshop_utils
from workshop_utils import datasets, demos, depiction, evaluation, models, plotting, training
images = depiction.depict_many(datasets.load_esol()["smiles"][:4])
answers = training.predict(models.load_pretrained("rings"), images)
picture = plotting.pictures(images)
models.embed(models.imagenet_backbone(), images)
print(answers.shape)
"""


def git(*arguments, folder=ROOT):
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, encoding="utf-8", check=True)
    return done.stdout


needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a download without its history")


@pytest.fixture(scope="module")
def windows_clone(tmp_path_factory):
    """A clone as Git for Windows makes it with the choice that its installer proposes."""
    folder = tmp_path_factory.mktemp("clone") / "Geklont für Windows"
    settings = ["-c", "core.autocrlf=true", "-c", "core.eol=crlf"]
    git("clone", "--quiet", "--depth=1", *settings, ROOT.as_uri(), str(folder))
    return folder


@needs_git
def test_a_clone_that_asks_for_crlf_gets_none(windows_clone):
    kinds = [line.split()[1] for line in git("ls-files", "--eol", folder=windows_clone).splitlines()]
    assert len(kinds) > 100
    assert set(kinds) <= {"w/lf", "w/-text", "w/none"}


@needs_git
def test_the_course_works_in_such_a_clone_and_on_a_console_with_few_letters(windows_clone):
    """Its path has spaces and an umlaut; the code page is that of Windows in Western Europe."""
    code = f"{WORK}\nprint(workshop_utils.__file__)"
    here = os.environ | {"PYTHONPATH": str(windows_clone), "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=windows_clone, env=here | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True, encoding="cp1252", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shape, module = done.stdout.splitlines()
    assert (shape, Path(module).parents[1]) == ("(4, 2)", windows_clone)


def test_the_course_works_where_nothing_can_be_written_at_home(tmp_path):
    """A home below a file: neither root nor Windows can make a folder there."""
    (tmp_path / "file").touch()
    work = tmp_path / "work"
    work.mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_A_HOME}
    nowhere = str(tmp_path / "file" / "home")
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-W", "error", "-c", WORK],
        cwd=work, env=environment | {"HOME": nowhere, "USERPROFILE": nowhere, "MPLBACKEND": "agg"},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["(4,", "2)"]
    assert list(work.iterdir()) == []
    # Matplotlib says, in two sentences, where it keeps its list of fonts instead; the rest is a bar.
    said = [line for line in re.split(r"[\r\n]+", done.stderr) if line.strip() and "batch" not in line]
    foreign = [line for line in said if "atplotlib" not in line]
    assert not foreign
