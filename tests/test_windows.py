"""What Windows refuses, looked for in every file: names, modules, letters on the console, a missing make."""

import ast
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import course
import pytest

ROOT = course.ROOT
needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a download without its list of files")
OURS = ("workshop_utils", "tools", "benchmarks", "lessons")
#: Windows allows 260 characters in all, and a learner's folder takes its share of them.
LONGEST = 120
DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
UNIX_MODULES = {
    "crypt",
    "curses",
    "fcntl",
    "grp",
    "posix",
    "pty",
    "pwd",
    "resource",
    "syslog",
    "termios",
    "tty",
}
UNIX_NAMES = {
    "os": {"chown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getloadavg", "getpgid", "getuid"}
    | {"killpg", "mkfifo", "nice", "sched_getaffinity", "sched_setaffinity", "setsid", "uname", "wait4"},
    "signal": {"SIGALRM", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "alarm", "setitimer"},
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PYTHON = r".venv\Scripts\python"


def tracked(*options):
    done = subprocess.run(
        ["git", "ls-files", "-z", *options], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    return [line for line in done.stdout.split("\0") if line]


def sources(*folders):
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


# Names of files


def refused(path):
    """Say what Windows has against a path in the repository."""
    parts = path.split("/")
    if len(path) > LONGEST:
        return "too long"
    if re.search(r'[<>:"\\|?*\x00-\x1f]', path):
        return "a letter that no name may hold"
    if any(part.endswith((".", " ")) for part in parts):
        return "a dot or space at the end"
    if any(part.split(".")[0].lower() in DEVICES for part in parts):
        return "the name of a device"
    return None


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("docs/what?.md", "letter"),
        ("docs/a:b.md", "letter"),
        ("docs/aux.py", "device"),
        ("Com1/x.py", "device"),
        ("docs./x.md", "dot"),
        ("a/" * 60 + "b", "long"),
    ],
)
def test_a_name_that_windows_refuses_is_found(path, said):
    assert said in refused(path)


@needs_git
def test_windows_accepts_every_name():
    names = tracked()
    assert len(names) > 100
    assert not {name: found for name in names if (found := refused(name))}


@needs_git
def test_no_two_names_differ_in_their_capitals_only():
    names = tracked()
    folders = {parent.as_posix() for name in names for parent in Path(name).parents}
    everything = {*names, *folders}
    assert len({name.casefold() for name in everything}) == len(everything)


@needs_git
def test_there_are_no_symbolic_links_and_what_a_shell_runs_may_be_run():
    modes = {line.split("\t")[1]: line.split()[0] for line in tracked("--stage")}
    assert set(modes.values()) == {"100644", "100755"}
    scripts = {name for name in modes if (ROOT / name).is_file() and (ROOT / name).read_bytes()[:2] == b"#!"}
    assert scripts == {name for name, mode in modes.items() if mode == "100755"}


# What programs use


def unix_only(source):
    """Give the lines that use what Windows does not have and are not in a function that asks first."""
    tree = ast.parse(source)
    asking = [
        (node.lineno, node.end_lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and "hasattr(os, " in ast.unparse(node)
    ]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found = {alias.name for alias in node.names} & UNIX_MODULES
        elif isinstance(node, ast.ImportFrom):
            found = {node.module} & UNIX_MODULES
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found = {node.attr} & UNIX_NAMES.get(node.value.id, set())
        else:
            continue
        if found and not any(first <= node.lineno <= last for first, last in asking):
            yield node.lineno


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import resource", [1]),
        ("from fcntl import flock", [1]),
        ("import os\nos.fork()", [2]),
        ("import os\ndef f():\n    return hasattr(os, 'geteuid') and os.geteuid() == 0", []),
        ("import os\nos.getpid()", []),
    ],
)
def test_the_search_for_what_windows_lacks_finds_it(source, found):
    assert list(unix_only(source)) == found


def test_no_program_uses_what_windows_lacks():
    paths = sources(*OURS, "tests/guards", "tests/browser")
    found = {path.name: list(unix_only(path.read_text(encoding="utf-8"))) for path in paths}
    assert not {name: lines for name, lines in found.items() if lines}


def calls(path, *names):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in names:
            yield node


def test_no_loader_starts_processes():
    """Windows starts them anew: a notebook's own classes would not be found there."""
    loaders = [call for path in sources(*OURS) for call in calls(path, "DataLoader")]
    assert len(loaders) >= 2
    asked = [word.value for call in loaders for word in call.keywords if word.arg == "num_workers"]
    assert all(isinstance(value, ast.Constant) and value.value == 0 for value in asked)


def test_no_program_prints_letters_that_a_console_may_lack():
    """A pipe on Windows has the letters of its code page only; any other ends the program."""
    texts = [
        part.value
        for path in sources("workshop_utils", "tools", "benchmarks")
        for call in calls(path, "print")
        for part in ast.walk(call)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    assert len(texts) > 10
    assert [text for text in texts if not text.isascii()] == []


def test_paths_are_written_with_slashes_where_they_are_shown_or_compared():
    """A path that is put into a text gets backslashes on Windows, unless it is asked not to."""
    found = [
        f"{path.name}:{part.lineno}"
        for path in sources("workshop_utils", "tools", "benchmarks")
        for part in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(part, ast.FormattedValue) and ".relative_to(" in (text := ast.unparse(part.value))
        if not text.endswith((".as_posix()", ".parts"))
    ]
    assert found == []


TOOLS = """
import warnings
warnings.filterwarnings("error", category=EncodingWarning)
warnings.filterwarnings("ignore", category=EncodingWarning, module="lazy_loader")  # our stubs are ASCII
import build_environments, build_pages, check_links, course
build_pages.pages(), check_links.links(), course.release_problems()
[build_environments.environment(path) for path in build_environments.FILES]
"""


def test_the_tools_leave_no_encoding_to_the_computer():
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", TOOLS],
        cwd=ROOT / "tools", capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


# Versions of Python

COMPILE = """
import pathlib, sys
for name in sys.stdin.read().split(chr(0)):
    compile(pathlib.Path(name).read_bytes(), name, "exec")
"""


def runs(program):
    """Tell whether there is such a Python; a version manager may have a name for one that does not run."""
    if not shutil.which(program):
        return False
    return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("program", ["python3.11", "python3.12", "python3.13"])
def test_every_program_compiles_without_a_warning(program):
    if not runs(program):
        pytest.skip(f"no {program} here; another job of test.yml has it")
    paths = [*sources(*OURS, "tests"), ROOT / "conftest.py"]
    done = subprocess.run(
        [program, "-W", "error", "-c", COMPILE], input="\0".join(map(str, paths)),
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_ruff_refuses_what_is_newer_than_the_oldest_python():
    newer = "type Number = int | float\n"
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", "--stdin-filename", "tools/new.py", "-"],
        cwd=ROOT, input=newer, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "on Python 3.11" in done.stdout
    assert course.project()["requires-python"] == ">=3.11"


# Without make


def windows_commands():
    """Give the commands that the README has for Windows: those of the block, then those of the sentence."""
    section = README.partition("**Windows**")[2].partition("**conda**")[0]
    block, after = re.search(r"```powershell\n(.*?)```(.*)", section, re.DOTALL).groups()
    return block.splitlines(), [" ".join(line.split()) for line in re.findall(r"`(\.venv[^`]+)`", after)]


def make_commands(target):
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)[1]
    return [line.strip().lstrip("@") for line in recipe.splitlines()]


def test_the_readme_s_commands_for_windows_need_no_make():
    block, sentence = windows_commands()
    assert len(block) == 3
    assert len(sentence) == 2
    assert not [line for line in [*block, *sentence] if "make" in line.split()]


def test_the_readme_sets_up_on_windows_as_make_does_elsewhere():
    """The same constraints and the same extras, in the same folder."""
    venv, install, _ = (shlex.split(line.replace("\\", "/")) for line in windows_commands()[0])
    assert venv == ["py", "-m", "venv", ".venv"]
    (of_make,) = re.findall(r"^INSTALL := \$\(PY\) (.*)$", MAKEFILE, re.MULTILINE)
    words = [word for word in of_make.split() if word not in {"--quiet", "--disable-pip-version-check"}]
    assert install[1:] == [*words, "--editable", ".[lab,transfer]"]
    assert '\t$(INSTALL) --editable ".[lab,transfer]"\n' in MAKEFILE


def test_the_readme_opens_and_tests_the_course_on_windows_as_make_does_elsewhere():
    block, sentence = windows_commands()
    program, script = block[2].split()
    assert program == PYTHON
    assert (ROOT / PureWindowsPath(script).as_posix()).is_file()
    assert make_commands("lab")[-1] == f"$(PY) {PureWindowsPath(script).as_posix()}"
    of_make = [
        line.replace(" --cov", "").replace(" -p no:cacheprovider", "") for line in make_commands("test")
    ]
    assert [line.replace("$(PY)", PYTHON) for line in of_make] == sentence
