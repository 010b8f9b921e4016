"""No assumption about the computer: line ends, encodings, the home folder, how processes start."""

import ast
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from torch.utils.data import DataLoader

from workshop_utils.training import MolecularImageDataset
from workshop_utils.training.data import as_loader

ROOT = Path(__file__).resolve().parent.parent
SETTINGS_OF_A_HOME = (
    "MPLCONFIGDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "HF_HOME",
    "HF_HUB_CACHE",
    "TORCH_HOME",
    "IPYTHONDIR",
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
def test_the_checksums_of_the_bundled_data_hold_in_such_a_clone(windows_clone):
    data = windows_clone / "workshop_utils" / "_data"
    lines = (data / "checksums.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) >= 3
    for digest, name in (line.split(maxsplit=1) for line in lines):
        assert hashlib.sha256((data / name).read_bytes()).hexdigest() == digest, name


@needs_git
def test_scripts_that_a_shell_reads_begin_with_a_clean_line_there(windows_clone):
    files = [windows_clone / name for name in git("ls-files", folder=windows_clone).splitlines()]
    scripts = [path for path in files if path.is_file() and path.read_bytes().startswith(b"#!")]
    assert {"run", "postBuild", "start"} <= {path.name for path in scripts}
    assert not [path for path in scripts if b"\r" in path.read_bytes()]


@needs_git
def test_the_course_works_in_such_a_clone_and_on_a_console_with_few_letters(windows_clone):
    """Its path has spaces and an umlaut; the code page is that of Windows in Western Europe."""
    code = f"{WORK}\nprint(workshop_utils.__file__)"
    here = os.environ | {"PYTHONPATH": str(windows_clone), "MPLBACKEND": "agg"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=windows_clone,
        env=here | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True,
        encoding="cp1252",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shape, module = done.stdout.splitlines()
    assert (shape, Path(module).parents[1]) == ("(4, 2)", windows_clone)


@needs_git
@pytest.mark.parametrize(
    ("path", "text", "eol"),
    [
        ("workshop_utils/_data/esol.csv", "unset", "lf"),
        ("workshop_utils/_data/recorded/rings.json", "unset", "lf"),
        ("workshop_utils/_data/weights/new.safetensors", "unset", "lf"),
        ("docs/frames/new.png", "unset", "lf"),
        ("notebooks/00_start_here.ipynb", "set", "lf"),
        ("binder/postBuild", "set", "lf"),
        (".ci/run", "set", "lf"),
        ("docs/instructor/new.sh", "set", "lf"),
        ("constraints.txt", "auto", "lf"),
    ],
)
def test_git_is_told_how_to_treat_the_file(path, text, eol):
    answer = git("check-attr", "text", "eol", "--", path).splitlines()
    assert answer == [f"{path}: text: {text}", f"{path}: eol: {eol}"]


def leaves_something_to_the_computer(call):
    """Tell whether a call reads or writes text and leaves its encoding, or its line ends, to the computer."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    named = {word.arg for word in call.keywords}
    modes = {part.value for part in call.args if isinstance(part, ast.Constant)}
    if name in {"run", "Popen", "check_output"}:
        return bool(named & {"text", "universal_newlines"})
    if name == "write_text":
        return not {"encoding", "newline"} <= named
    if name == "open" and getattr(getattr(call.func, "value", None), "id", "") not in {"Image", "tarfile"}:
        return "encoding" not in named and not modes & {"rb", "wb", "ab"}
    return name == "read_text" and "encoding" not in named and not call.args


def assumptions(source):
    """Give the lines of a program that leave encodings or line ends to the computer."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if leaves_something_to_the_computer(call)]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("path.read_text()", [1]),
        ("path.read_text(encoding='utf-8')", []),
        ("path.read_text('utf-8')", []),
        ("path.write_text(text, encoding='utf-8')", [1]),
        ("path.write_text(text, encoding='utf-8', newline='\\n')", []),
        ("open(name)", [1]),
        ("path.open('rb')", []),
        ("open(name, 'wb')", []),
        ("path.open('a', encoding='utf-8')", []),
        ("Image.open(name)", []),
        ("tarfile.open(name)", []),
        ("subprocess.run(x, text=True)", [1]),
        ("subprocess.run(x, encoding='utf-8')", []),
    ],
)
def test_the_search_for_encodings_finds_what_it_should(line, found):
    assert assumptions(line) == found


@pytest.mark.parametrize("folder", ["workshop_utils", "tools", "benchmarks", "lessons"])
def test_every_text_file_is_read_and_written_in_a_named_encoding(folder):
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in assumptions(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_the_tests_too_read_what_others_wrote_in_a_named_encoding():
    """What they write themselves is ASCII, or names it; a log or a page of ours is not."""
    paths = [*sorted((ROOT / "tests").rglob("*.py")), ROOT / "conftest.py"]
    assert len(paths) > 50
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{call.lineno}"
        for path in paths
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        if getattr(call.func, "attr", "") in {"read_text", "run", "Popen", "check_output"}
        if leaves_something_to_the_computer(call)
    ]
    assert not found


def test_the_course_works_where_nothing_can_be_written_at_home(tmp_path):
    """A home below a file: neither root nor Windows can make a folder there."""
    (tmp_path / "file").touch()
    work = tmp_path / "work"
    work.mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS_OF_A_HOME}
    nowhere = str(tmp_path / "file" / "home")
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-W", "error", "-c", WORK],
        cwd=work,
        env=environment | {"HOME": nowhere, "USERPROFILE": nowhere, "MPLBACKEND": "agg"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["(4,", "2)"]
    assert list(work.iterdir()) == []
    # Matplotlib says, in two sentences, where it keeps its list of fonts instead; the rest is a bar.
    said = [line for line in re.split(r"[\r\n]+", done.stderr) if line.strip() and "batch" not in line]
    foreign = [line for line in said if "atplotlib" not in line]
    assert not foreign


def test_a_dataset_is_loaded_by_processes_that_are_started_afresh():
    """Windows and macOS start workers anew (spawn); a dataset must survive the journey."""
    images = np.random.default_rng(0).random((6, 1, 8, 8), dtype=np.float32)
    dataset = MolecularImageDataset(images, np.arange(6))
    loader = DataLoader(dataset, 3, num_workers=2, multiprocessing_context="spawn")
    batches = list(loader)
    assert np.array_equal(np.concatenate([pictures.numpy() for pictures, _ in batches]), images)
    assert [label for _, labels in batches for label in labels.tolist()] == list(range(6))


def test_the_course_itself_starts_no_worker_processes():
    dataset = MolecularImageDataset(np.zeros((4, 1, 8, 8), np.float32), np.arange(4))
    assert as_loader(dataset, 2, None).num_workers == 0
