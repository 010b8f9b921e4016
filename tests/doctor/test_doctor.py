"""The doctor recognizes what goes wrong on other people's computers, and says what to do about it."""

import itertools
import os
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from workshop_utils import doctor
from workshop_utils.doctor import Finding, Report, judgment, probes

ROOT = Path(__file__).resolve().parents[2]
NEEDED = {"numpy": ">=2.0", "opencv-python-headless": ">=4.10", "scikit-image": ">=0.25,<1.1"}
INSTALLED = {"numpy": "2.4.6", "opencv-python-headless": "5.0.0.93", "scikit-image": "0.26.0"}
IMPORTS = {"numpy": {"version": "2.4.6"}, "cv2": {"version": "5.0.0"}, "skimage": {"version": "0.26.0"}}


@pytest.fixture
def fake_modules(tmp_path, monkeypatch):
    """Put modules with the given code before the real ones, in processes that are started from here."""

    def write(**modules):
        for name, code in modules.items():
            (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return write


@pytest.fixture(scope="module")
def report():
    return doctor.diagnose()


def test_this_environment_is_fit_and_every_part_was_examined(report):
    assert report.fit, str(report)
    titles = [finding.title for finding in report]
    assert titles == ["Python", "Packages", "PyTorch", "Controls", "Memory", "Data"]


def test_the_report_shows_as_a_table_that_says_each_status_in_words(report):
    shown = report._repr_html_()
    assert shown.count("<tr>") == len(report)
    assert "✓ good" in shown
    assert report.verdict in shown


def test_the_table_escapes_what_it_quotes():
    shown = Report([Finding("numpy", "bad", "<class 'x'> & more")])._repr_html_()
    assert "&lt;class" in shown
    assert "<class" not in shown


def test_a_bad_finding_makes_the_environment_unfit_and_a_warning_does_not():
    warning, bad = Finding("Memory", "warn", "little"), Finding("Data", "bad", "damaged")
    assert Report([warning]).fit
    assert not Report([warning, bad]).fit
    assert "Mend" in str(Report([bad]))


@pytest.mark.parametrize(("status", "code"), [("good", 0), ("warn", 0), ("bad", 1)])
def test_the_exit_code_says_whether_something_must_be_mended(monkeypatch, capsys, status, code):
    monkeypatch.setattr(doctor, "diagnose", lambda: Report([Finding("Data", status, "so it is")]))
    assert doctor.main() == code
    assert "Data: so it is" in capsys.readouterr().out


def test_it_runs_as_a_command():
    done = subprocess.run(
        [sys.executable, "-m", "workshop_utils.doctor"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "fit for the course" in done.stdout


@pytest.mark.parametrize("encoding", [None, "", "no such encoding"])
def test_where_the_letters_of_the_output_are_not_known_it_is_ascii(encoding):
    text = Report([Finding("Data", "good", "Prüfe")]).in_letters_of(encoding or "ascii")
    assert text.splitlines()[0] == "[good] Data: Pr?fe"


def test_on_a_windows_console_good_and_bad_can_still_be_told_apart():
    """A code page without ✓ and ✗ once made the same question mark of both."""
    report = Report([Finding("Ümläut", "good", "→"), Finding("Data", "bad", "damaged")])
    text = report.in_letters_of("cp1252")
    assert text.splitlines() == [
        "[good] Ümläut: ?",
        "[bad] Data: damaged",
        "Mend what is marked [bad], then ask again.",
    ]
    assert report.in_letters_of("utf-8") == str(report)


def test_it_runs_as_a_command_on_such_a_console():
    done = subprocess.run(
        [sys.executable, "-m", "workshop_utils.doctor"],
        env=os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode("cp1252").splitlines()
    assert lines[-1] == "This environment is fit for the course."
    assert all(line.startswith(("[good] ", "! ")) for line in lines[:-1])


def test_importing_it_imports_nothing_but_the_standard_library():
    code = "import sys; old = set(sys.modules); import workshop_utils.doctor; print(*set(sys.modules) - old)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    # lazy_loader, and packaging for it, come with the package's own __init__.
    assert loaded <= sys.stdlib_module_names | {"workshop_utils", "lazy_loader", "packaging"}


def test_the_floor_of_python_is_that_of_the_package():
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert tomllib.load(file)["project"]["requires-python"] == judgment.PYTHON


@pytest.mark.parametrize(("version", "status"), [("3.10.14", "bad"), ("3.11.0", "good"), ("3.14.2", "good")])
def test_an_old_python_is_refused(version, status):
    assert judgment.python(version).status == status


def test_packages_that_fit_are_one_good_line():
    assert [f.status for f in judgment.packages(NEEDED, INSTALLED, IMPORTS)] == ["good"]


def test_a_missing_package_is_named_with_the_command_that_installs_it():
    imports = {**IMPORTS, "numpy": {"error": "ModuleNotFoundError: No module named 'numpy'"}}
    rest = {name: version for name, version in INSTALLED.items() if name != "numpy"}
    (finding,) = judgment.packages(NEEDED, rest, imports)
    assert (finding.title, finding.status) == ("numpy", "bad")
    assert "not installed" in finding.message
    assert 'pip install "numpy>=2.0"' in finding.message


@pytest.mark.parametrize("version", ["0.24.0", "1.1.0"])
def test_a_version_that_is_too_old_or_too_new_is_named_with_its_bounds(version):
    (finding,) = judgment.packages(NEEDED, {**INSTALLED, "scikit-image": version}, IMPORTS)
    assert finding.title == "scikit-image"
    assert version in finding.message
    assert ">=0.25,<1.1" in finding.message


def test_opencv_counts_by_its_module_whatever_its_distribution_is_called():
    without = {name: version for name, version in INSTALLED.items() if "opencv" not in name}
    assert judgment.packages(NEEDED, without, IMPORTS)[0].status == "good"
    (finding,) = judgment.packages(NEEDED, without, {**IMPORTS, "cv2": {"version": "4.8.1"}})
    assert "4.8.1 does not fit" in finding.message


def test_a_package_that_is_installed_but_broken_is_told_apart_from_a_missing_one():
    broken = {**IMPORTS, "cv2": {"error": "ImportError: libGL.so.1: cannot open shared object file"}}
    (finding,) = judgment.packages(NEEDED, INSTALLED, broken)
    assert "installed but cannot be loaded (ImportError: libGL" in finding.message
    assert "--force-reinstall" in finding.message


def test_a_course_that_is_not_installed_says_how_to_install_it(monkeypatch):
    def not_found(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(probes.metadata, "requires", not_found)
    (finding,) = judgment.packages(probes.requirements(), {}, {})
    assert finding.status == "bad"
    assert "pip install --editable ." in finding.message


def test_packages_that_could_not_be_examined_are_bad_news():
    (finding,) = judgment.packages(NEEDED, INSTALLED, None, "no answer within 180 seconds")
    assert (finding.status, "no answer" in finding.message) == ("bad", True)


def test_requirements_are_the_declared_ones_without_extras():
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["project"]["dependencies"]
    assert {name + bounds for name, bounds in probes.requirements().items()} >= {
        line for line in declared if "," not in line
    }
    assert len(probes.requirements()) == len(declared)


def test_torch_and_torchvision_of_different_builds_are_recognized(fake_modules):
    fake_modules(
        torch="__version__ = '2.14.1+cpu'\nclass cuda:\n    is_available = staticmethod(lambda: False)\n",
        torchvision="raise RuntimeError('operator torchvision::nms does not exist')\n",
    )
    answer, error = probes.probe("torch")
    finding = judgment.torch({"torch": "2.14.1+cpu", "torchvision": "0.29.1"}, answer, error)
    assert finding.status == "bad"
    assert "torch 2.14.1+cpu and torchvision 0.29.1 were not built for each other" in finding.message
    assert "pytorch.org" in finding.message


def test_a_torch_that_does_not_load_is_bad_news_with_the_reason(fake_modules):
    fake_modules(torch="raise OSError('libcudart.so.13: cannot open shared object file')\n")
    finding = judgment.torch({"torch": "2.14.1"}, *probes.probe("torch"))
    assert finding.status == "bad"
    assert "torch 2.14.1 cannot be loaded (OSError: libcudart" in finding.message


def test_a_gpu_is_named(fake_modules):
    fake_modules(
        torch="""
__version__ = '2.14.1'
class cuda:
    is_available = staticmethod(lambda: True)
    get_device_name = staticmethod(lambda: 'Tesla T4')
""",
        torchvision="__version__ = '0.29.1'\n",
    )
    finding = judgment.torch({}, *probes.probe("torch"))
    assert (finding.status, "a GPU, Tesla T4" in finding.message) == ("good", True)


@pytest.mark.parametrize(
    ("versions", "status"),
    [
        ({"ipywidgets": "8.1.9", "jupyterlab_widgets": "3.0.17", "jupyterlab": "4.6"}, "good"),
        ({"ipywidgets": "7.7.1", "jupyterlab_widgets": "1.1.11", "jupyterlab": "4.6"}, "good"),
        ({"ipywidgets": "7.7.1", "jupyterlab_widgets": "3.0.17", "jupyterlab": "4.6"}, "bad"),
        ({"ipywidgets": "8.1.9", "jupyterlab_widgets": "1.1.11", "jupyterlab": "4.6"}, "bad"),
        ({"ipywidgets": "8.1.9", "jupyterlab": "4.6"}, "bad"),
        ({"ipywidgets": "8.1.9"}, "warn"),
        ({}, "warn"),
    ],
)
def test_the_controls_need_the_front_end_of_their_own_version(versions, status):
    assert judgment.controls(versions).status == status


def test_on_colab_the_front_end_is_colabs_own(monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", sys)
    assert judgment.controls({"ipywidgets": "7.7.1", "jupyterlab_widgets": "3.0.16"}).status == "good"


@pytest.mark.parametrize(("gigabytes", "status"), [(8, "good"), (2, "good"), (1.9, "warn"), (0.2, "warn")])
def test_little_memory_is_a_warning(gigabytes, status):
    finding = judgment.memory(int(gigabytes * 2**30))
    assert (finding.status, f"{gigabytes:.1f} GB" in finding.message) == (status, True)


def test_the_limit_of_a_hub_counts_as_memory(monkeypatch):
    monkeypatch.setenv("MEM_LIMIT", str(2**28))
    assert probes.probe("memory") == (2**28, "")


def test_memory_that_cannot_be_measured_is_a_warning(fake_modules):
    fake_modules(psutil="raise ImportError('no psutil here')\n")
    finding = judgment.memory(*probes.probe("memory"))
    assert (finding.status, "no psutil here" in finding.message) == ("warn", True)


def test_damaged_data_is_named_with_the_way_to_mend_it():
    finding = judgment.data(["esol.csv"])
    assert finding.status == "bad"
    assert "esol.csv" in finding.message
    assert "git checkout" in finding.message


def test_data_that_cannot_be_examined_is_bad_news():
    finding = judgment.data(None, "the list of bundled files, checksums.txt, is missing")
    assert (finding.status, "could not be examined: the list of" in finding.message) == ("bad", True)


def test_a_probe_that_hangs_is_ended(fake_modules):
    fake_modules(psutil="import time\ntime.sleep(60)\n")
    assert probes.probe("memory", timeout=0.5) == (None, "no answer within 0 seconds")


def test_a_probe_that_dies_without_a_word_says_its_exit_code(fake_modules):
    fake_modules(psutil="import os\nos._exit(7)\n")
    assert probes.probe("memory") == (None, "it ended with code 7")


def test_a_probe_that_ends_well_without_an_answer_is_no_answer(fake_modules):
    fake_modules(psutil="import os\nos._exit(0)\n")
    assert probes.probe("memory") == (None, "it ended with code 0")


def test_a_reason_in_the_language_of_the_computer_arrives_unharmed(fake_modules, monkeypatch):
    fake_modules(torch="raise OSError('DLL nicht gefunden: Prüfe die Größe')")
    for name, value in {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}.items():
        monkeypatch.setenv(name, value)
    answer, error = probes.probe("torch")
    assert answer is None
    assert error == "OSError: DLL nicht gefunden: Prüfe die Größe"


def test_modules_that_print_while_they_load_do_not_confuse_the_probe(fake_modules):
    fake_modules(chatty="print('hello', end='')\n__version__ = '1'\n")
    answer, error = probes.probe("imports", ["chatty", "no_such_module"])
    assert answer["chatty"]["version"] == "1"
    assert "No module named" in answer["no_such_module"]["error"]
    assert error == ""


@pytest.mark.parametrize(
    ("version", "numbers"), [("2.14.0+cpu", (2, 14)), ("2026.09.1", (2026, 9, 1)), ("3.0rc1", (3,))]
)
def test_versions_are_compared_by_their_numbers(version, numbers):
    assert probes.release(version) == numbers


@pytest.mark.parametrize(
    ("version", "bounds", "fit"),
    [
        ("2.0.1", "==2.0.1", True),
        ("2.0", "==2.0.0", True),
        ("2.0.1", "==2.0", False),
        ("2.0.1", "==2.0.*", True),
        ("2.10", "==2.1.*", False),
        ("2.0.1", "!=2.0.1", False),
        ("2.0.1", ">=2,!=2.0.2", True),
        ("2.0.1", "!=2.0.*", False),
        ("1.4.5", "~=1.4.2", True),
        ("1.5.0", "~=1.4.2", False),
        ("1.5.0", "~=1.4", True),
        ("1.3", "~=1.4", False),
        ("2.0", "~=1.4", False),
        ("2.0", "<=2.0,>1.9", True),
        ("2.0.1", "<=2.0", False),
        ("2.0", ">2.0", False),
        ("2.14.1+cpu", "==2.14.1", True),
    ],
)
def test_every_sign_of_a_bound_is_understood(version, bounds, fit):
    assert probes.fits(version, bounds) is fit


def test_bounds_are_judged_as_the_packaging_library_does():
    """Over all signs, for versions and bounds of one to three numbers."""
    versions = ["1", "1.0", "1.1", "1.1.0", "1.1.1", "1.2", "1.10", "2.0.0", "2.1.1"]
    for version, bound in itertools.product(versions, versions):
        for sign in (">=", "<=", "==", "!=", "<", ">", "~="):
            if sign == "~=" and "." not in bound:
                continue
            expected = version in SpecifierSet(f"{sign}{bound}")
            assert probes.fits(version, f"{sign}{bound}") is expected, (version, sign, bound)


# A container's limit.


def _write(root, files):
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "room"),
    [
        (
            {  # version 2, as Docker shows it: the container's own group is the root
                "proc/self/cgroup": "0::/\n",
                "sys/fs/cgroup/memory.max": "2147483648\n",
                "sys/fs/cgroup/memory.current": "1610612736\n",
                "sys/fs/cgroup/memory.stat": "anon 1\ninactive_file 536870912\n",
            },
            2**30,
        ),
        (
            {  # version 2, a unit of systemd: the limit is its parent's
                "proc/self/cgroup": "0::/hub.slice/user-7.scope\n",
                "sys/fs/cgroup/hub.slice/user-7.scope/memory.max": "max\n",
                "sys/fs/cgroup/hub.slice/user-7.scope/memory.current": "100\n",
                "sys/fs/cgroup/hub.slice/memory.max": "1000\n",
                "sys/fs/cgroup/hub.slice/memory.current": "400\n",
            },
            600,
        ),
        (
            {  # version 1, whose path is that of the host, and not there in the container
                "proc/self/cgroup": "9:cpu:/docker/ab\n4:memory:/docker/ab\n1:name=systemd:/docker/ab\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000\n",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": "900\n",
                "sys/fs/cgroup/memory/memory.stat": "cache 5\ntotal_inactive_file 150\n",
            },
            250,
        ),
        (
            {  # version 1 without a limit
                "proc/self/cgroup": "4:memory:/\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
                "sys/fs/cgroup/memory/memory.usage_in_bytes": "900\n",
            },
            None,
        ),
        ({"proc/self/cgroup": "0::/\n"}, None),
        ({}, None),
    ],
)
def test_the_limit_of_a_container_counts(tmp_path, files, room):
    _write(tmp_path, files)
    assert probes.container(tmp_path) == room


def test_memory_is_that_of_the_container_where_it_is_less():
    finding = judgment.memory(22 * 2**30, "", 2**30)
    assert (finding.status, "1.0 GB are free in this container" in finding.message) == ("warn", True)
    assert "22.0 GB are free" in str(judgment.memory(22 * 2**30, "", 64 * 2**30))
    assert judgment.memory(None, "no psutil", 4 * 2**30).status == "good"


# One cause is one finding; tests/doctor/test_doctor_elsewhere.py sees the same in environments of their own.


def test_an_old_python_is_all_that_is_said(monkeypatch):
    monkeypatch.setattr(doctor.platform, "python_version", lambda: "3.10.2")
    assert [finding.title for finding in doctor.diagnose()] == ["Python"]


def test_a_course_that_is_not_installed_is_all_that_is_said(monkeypatch):
    monkeypatch.setattr(doctor, "requirements", dict)
    report = doctor.diagnose()
    assert [(finding.title, finding.status) for finding in report] == [
        ("Python", "good"),
        ("Packages", "bad"),
        ("Data", "good"),
    ]


def test_a_hollow_folder_is_told_apart_from_a_package():
    (finding,) = judgment.packages(
        NEEDED, INSTALLED, {**IMPORTS, "cv2": {"hollow": "/env/cv2", "version": None}}
    )
    assert "only a hollow folder is left of it, /env/cv2" in finding.message


def test_the_readers_own_file_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for file in (tmp_path / "numpy.py", tmp_path / "numpy" / "__init__.py"):
        imports = {**IMPORTS, "numpy": {"file": str(file), "error": "AttributeError: no ndarray"}}
        (finding,) = judgment.packages(NEEDED, INSTALLED, imports)
        assert f"your own {file} for the package numpy" in finding.message
        finding = judgment.torch({"torch": "2"}, None, "no attribute", {"torch": {"file": str(file)}})
        assert "Rename that file or folder" in finding.message


@pytest.mark.parametrize("name", ["random", "json", "html", "platform"])
def test_the_report_comes_beside_a_file_that_hides_a_module_of_python(tmp_path, name):
    file = tmp_path / f"{name}.py"
    file.write_text("print('my own notes')\n")
    place = str(Path(doctor.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "workshop_utils.doctor"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": place},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 1
    assert f"{name}.py: of the same name as a module of Python" in done.stdout
    assert "Traceback" not in done.stderr


def test_packages_of_another_place_are_one_finding(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", str(tmp_path)]))
    there = {"file": str(tmp_path / "numpy" / "__init__.py"), "version": "1.2"}
    old = {**INSTALLED, "numpy": "1.2", "scikit-image": "0.1"}
    other = {"file": str(tmp_path / "skimage.py"), "version": "0.1"}
    (finding,) = judgment.packages(NEEDED, old, {**IMPORTS, "numpy": there, "skimage": other})
    assert (finding.title, finding.status) == ("PYTHONPATH", "bad")
    assert "numpy, scikit-image" in finding.message
    assert judgment.torch({"torch": "2"}, None, "", {"torch": there}).title == "PYTHONPATH"
    assert probes.whose("built-in") == probes.whose(None) == probes.whose("/elsewhere/torch.py") == ""


def test_two_opencvs_are_a_warning_while_they_work():
    both = {**INSTALLED, "opencv-python": "4.9"}
    (finding,) = judgment.packages(NEEDED, both, IMPORTS)
    assert (finding.title, finding.status) == ("OpenCV", "warn")
    (finding,) = judgment.packages(NEEDED, both, {**IMPORTS, "cv2": {"error": "ImportError: symbol"}})
    assert (finding.title, finding.status) == ("OpenCV", "bad")


def test_packages_that_load_only_alone_are_told_so():
    (finding,) = judgment.packages(NEEDED, INSTALLED, IMPORTS, "it was ended by SIGABRT: OMP: Error #15")
    assert "each loads by itself, but not all of them in one process" in finding.message


def test_a_missing_torch_is_left_to_its_own_finding():
    assert judgment.packages({"torch": ">=2.6"}, {}, {})[0].status == "good"
    assert "PyTorch: is not installed" in str(judgment.torch({}, None, "No module named 'torch'"))


def test_a_module_that_takes_its_process_along_is_found_among_the_others(fake_modules):
    fake_modules(aborting="import os\nos.abort()\n", quiet="__version__ = '2'\n")
    answers, error = probes.imports(["aborting", "quiet"])
    assert "error" in answers["aborting"]
    assert answers["quiet"]["version"] == "2"
    assert error == ""


def test_modules_that_abort_together_give_the_reason(fake_modules):
    fake_modules(first="", second="import os, sys\nif 'first' in sys.modules:\n    os.abort()\n")
    answers, error = probes.imports(["first", "second"])
    assert not any("error" in answer for answer in answers.values())
    assert error.startswith("it ")


def test_bundled_files_are_judged_as_they_are(monkeypatch):
    assert judgment.bundled().status == "good"

    def broken():
        raise judgment.DamagedFileError("checksums.txt is missing")

    monkeypatch.setattr(judgment, "damaged", broken)
    assert "could not be examined: checksums.txt is missing" in judgment.bundled().message


def test_metadata_without_a_version_is_no_installation(monkeypatch):
    monkeypatch.setattr(probes.metadata, "version", lambda name: None)
    assert probes.installed(["numpy"]) == {}
