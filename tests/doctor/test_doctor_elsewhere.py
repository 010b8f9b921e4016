"""The doctor where it is needed: on a bare interpreter, and in environments that went wrong.

Each environment is a real one, made by ``python -m venv`` without packages. What should be installed are
stand-ins of a few lines, so that each of them can be broken in the way it breaks on other people's computers.
"""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
with (ROOT / "pyproject.toml").open("rb") as _file:
    NEEDED = [line.partition(";")[0] for line in tomllib.load(_file)["project"]["dependencies"]]
MODULES = {
    "opencv-python-headless": "cv2", "pillow": "PIL", "scikit-image": "skimage", "scikit-learn": "sklearn",
}  # fmt: skip
TORCH = "class cuda:\n    is_available = staticmethod(lambda: False)\n"
NEVER = "2099.1"


class Environment:
    """A virtual environment, and a folder in which its Python runs."""

    def __init__(self, folder: Path) -> None:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
        self.home = folder / "home"
        self.home.mkdir()
        self.python = next(file for file in (folder / "venv").glob("*/python*") if file.is_file())
        paths = "import sysconfig; print(sysconfig.get_path('purelib'))"
        done = subprocess.run([self.python, "-c", paths], capture_output=True, encoding="utf-8", check=True)
        self.packages = Path(done.stdout.strip())
        (self.packages / "course.pth").write_text(f"{ROOT}\n", encoding="utf-8")

    def install(
        self, name: str, version: str, code: str = "", *, module: str | None = None, needs=()
    ) -> None:
        module = module or MODULES.get(name, name.replace("-", "_"))
        source = self.packages / module / "__init__.py"
        source.parent.mkdir(exist_ok=True)
        source.write_text(f"__version__ = {version!r}\n{code}", encoding="utf-8")
        metadata = self.packages / f"{name.replace('-', '_')}-{version}.dist-info" / "METADATA"
        metadata.parent.mkdir(exist_ok=True)
        lines = [f"Requires-Dist: {one}" for one in needs]
        metadata.write_text(
            "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *lines, ""]),
            encoding="utf-8",
        )

    def install_course(self) -> None:
        self.install("molecules-to-images", "0.1.0", module="_course", needs=NEEDED)
        for line in NEEDED:
            name, version = _name(line), "1.0.5" if "<1.1" in line else NEVER
            self.install(name, version, TORCH if name == "torch" else "")
        (self.packages / "PIL" / "Image.py").write_text(f"__version__ = {NEVER!r}\n")
        for part in ("Chem", "Chem/Draw"):
            (self.packages / "rdkit" / part).mkdir(exist_ok=True)
            (self.packages / "rdkit" / part / "__init__.py").write_text("")
        (self.packages / "psutil" / "__init__.py").write_text(
            "class M:\n    available = 8 * 2**30\nvirtual_memory = M\n"
        )
        self.install("jupyterlab-widgets", NEVER)
        (self.packages / "lazy_loader" / "__init__.py").write_text(
            "def attach_stub(name, file):\n    return (lambda name: None), (lambda: []), []\n"
        )

    def doctor(self, **environment: str) -> tuple[int, list[str]]:
        """Run the doctor as a reader does; its report is all that it writes."""
        done = subprocess.run(
            [self.python, "-m", "workshop_utils.doctor"],
            cwd=self.home,
            env={**_plain(), **environment},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout.splitlines()

    def cause(self, **environment: str) -> str:
        """Run the doctor where something is wrong, and return the one line that says what."""
        code, lines = self.doctor(**environment)
        (cause,) = bad(lines)
        assert code == 1
        return cause


def _name(line: str) -> str:
    return line.split(">")[0].split("=")[0].split("<")[0].strip()


def _plain() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    return kept | {"PYTHONUTF8": "1"}


@pytest.fixture(scope="session")
def _bare(tmp_path_factory):
    return Environment(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def bare(_bare):
    return _bare


@pytest.fixture
def whole(tmp_path):
    environment = Environment(tmp_path)
    environment.install_course()
    return environment


def bad(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith("✗")]


def test_a_bare_interpreter_gets_a_report_that_names_the_one_cause(bare):
    code, lines = bare.doctor()
    (cause,) = bad(lines)
    assert code == 1
    assert "the course is not installed in this environment" in cause
    assert "pip install --editable ." in cause
    assert any(line.startswith("✓ Data") for line in lines)


def test_a_bare_interpreter_that_uses_a_room_is_sent_to_the_doctor(bare):
    done = subprocess.run(
        [bare.python, "-c", "from workshop_utils import datasets"],
        cwd=bare.home,
        env=_plain(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith("ModuleNotFoundError: what the course needs is not installed in this environment")
    assert "python -m workshop_utils.doctor" in last


@pytest.mark.parametrize("stand_in", ["io.StringIO()", "None"])
def test_where_the_output_has_no_encoding_it_is_written_all_the_same(bare, stand_in):
    code = (
        f"import io, sys\nsys.stdout = {stand_in}\nfrom workshop_utils.doctor import main\ncode = main()\n"
        "sys.stderr.write(sys.stdout.getvalue() if sys.stdout else 'quiet')\nsys.exit(code)"
    )
    done = subprocess.run(
        [bare.python, "-c", code],
        cwd=bare.home,
        env=_plain(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "[bad] Packages: the course is not installed" in done.stderr or done.stderr == "quiet"


def test_the_stand_ins_are_taken_for_a_whole_environment(whole):
    code, lines = whole.doctor()
    assert (code, bad(lines)) == (0, [])
    assert lines[-1] == "This environment is fit for the course."


def test_a_hollow_cv2_is_not_taken_for_opencv(whole):
    (whole.packages / "cv2" / "__init__.py").unlink()
    shutil.rmtree(whole.packages / "cv2" / "__pycache__", ignore_errors=True)
    cause = whole.cause()
    assert "opencv-python-headless: only a hollow folder is left of it" in cause
    assert "--force-reinstall --no-deps" in cause


def test_two_distributions_of_cv2_are_told_to_be_one(whole):
    whole.install("opencv-python", NEVER, module="cv2")
    code, lines = whole.doctor()
    assert code == 0
    (warning,) = [line for line in lines if line.startswith("!")]
    assert "opencv-python and opencv-python-headless are installed together" in warning
    assert "uninstall --yes opencv-python opencv-python-headless" in warning
    whole.install("opencv-python", NEVER, "raise ImportError('undefined symbol')", module="cv2")
    assert "are installed together" in whole.cause()


@pytest.mark.parametrize("name", ["torch", "numpy"])
def test_a_file_of_the_readers_own_is_named_instead_of_a_download_of_gigabytes(whole, name):
    (whole.home / f"{name}.py").write_text("print('my notes')\n", encoding="utf-8")
    cause = whole.cause()
    assert f"Python takes your own {whole.home / name}.py for the package {name}" in cause
    assert "Rename that file" in cause
    assert "install" not in cause


def test_the_pythonpath_of_a_cluster_module_is_the_one_cause(whole, tmp_path):
    old = tmp_path / "cluster"
    for name in ("numpy", "scipy"):
        (old / name).mkdir(parents=True)
        (old / name / "__init__.py").write_text("__version__ = '1.2'\n")
        (old / f"{name}-1.2.dist-info").mkdir()
        (old / f"{name}-1.2.dist-info" / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n"
        )
    cause = whole.cause(PYTHONPATH=str(old))
    assert cause.startswith("✗ PYTHONPATH: puts packages of another place before this environment's")
    assert "numpy, scipy" in cause
    assert "module purge" in cause


def test_a_pythonpath_that_does_no_harm_is_no_matter(whole, tmp_path):
    (tmp_path / "own").mkdir()
    assert whole.doctor(PYTHONPATH=str(tmp_path / "own"))[0] == 0


def test_a_library_that_aborts_is_named(whole):
    whole.install("scipy", NEVER, "import os\nos.abort()\n")
    cause = whole.cause()
    assert cause.startswith("✗ scipy: is installed but cannot be loaded (it ")
    assert "SIGABRT" in cause or os.name == "nt"


def test_libraries_that_abort_only_together_are_named_as_such(whole):
    clash = "    print('OMP: Error #15', file=sys.stderr)\n    os.abort()\n"
    whole.install("scipy", NEVER, f"import os, sys\nif 'numpy' in sys.modules:\n{clash}")
    cause = whole.cause()
    assert "each loads by itself, but not all of them in one process" in cause
    assert "OMP: Error #15" in cause


def test_a_torch_that_aborts_is_named(whole):
    whole.install("torch", NEVER, "import os\nos.abort()\n")
    cause = whole.cause()
    assert f"PyTorch: torch {NEVER} and torchvision {NEVER} cannot be loaded (it " in cause


def test_text_that_is_printed_when_a_process_ends_is_not_taken_for_the_answer(whole):
    noise = "import atexit\natexit.register(print, 'Goodbye from a library')\n"
    for name in ("scipy", "torch"):
        whole.install(name, NEVER, noise + (TORCH if name == "torch" else ""))
    assert whole.doctor()[0] == 0


def test_a_library_that_ends_the_process_at_import_is_named(whole):
    whole.install("seaborn", NEVER, "raise SystemExit(0)\n")
    cause = whole.cause()
    assert cause.startswith("✗ seaborn: is installed but cannot be loaded (SystemExit")


def test_a_missing_torch_is_one_finding(whole):
    for name in ("torch", "torchvision"):
        shutil.rmtree(whole.packages / name)
        shutil.rmtree(whole.packages / f"{name}-{NEVER}.dist-info")
    cause = whole.cause()
    assert cause.startswith("✗ PyTorch: is not installed")


def test_damaged_data_are_told_by_the_standard_library_alone(bare, tmp_path):
    copy = tmp_path / "workshop_utils"
    for part in ("doctor", "_floor", "_data"):
        shutil.copytree(
            ROOT / "workshop_utils" / part, copy / part, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "workshop_utils" / "__init__.py", copy)
    (copy / "_data" / "esol.csv").write_bytes(b"half")
    code = "import json, sys; sys.path.insert(0, sys.argv[1]); from workshop_utils import doctor; "
    code += "print(json.dumps([str(one) for one in doctor.diagnose()]))"
    done = subprocess.run(
        [bare.python, "-c", code, str(tmp_path)],
        cwd=bare.home,
        env=_plain(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert any("damaged or missing: esol.csv" in line for line in json.loads(done.stdout))
