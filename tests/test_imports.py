"""Who imports whom: the package loads nothing until it is used, and data walks in one direction."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import workshop_utils

ROOT = Path(__file__).resolve().parent.parent
#: Room → the rooms that it may import, as the design of the course has it.
TABLE = {
    "datasets": set(),
    "molecules": set(),
    "pictures": set(),
    "depiction": {"molecules"},
    "filters": set(),
    "measurement": {"filters", "pictures"},
    "synthetic": set(),
    "reading": {"filters", "measurement", "pictures"},
    "augmentation": set(),
    "splits": {"molecules"},
    "models": set(),
    "training": {"augmentation", "pictures"},
    "evaluation": set(),
    "explanation": set(),
    "plotting": {"evaluation", "training"},
    "doctor": set(),
}
TABLE["demos"] = set(TABLE) - {"doctor"}
TABLE["checks"] = set(TABLE) - {"plotting", "demos"}


def contracts():
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)["tool"]["importlinter"]["contracts"]


def test_importing_the_package_loads_none_of_its_rooms_and_no_big_library():
    code = "import sys; old = set(sys.modules); import workshop_utils; print(*set(sys.modules) - old)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    loaded = set(done.stdout.split())
    assert {name for name in loaded if name.startswith("workshop_utils")} == {"workshop_utils"}
    tops = {name.partition(".")[0] for name in loaded}
    assert tops <= sys.stdlib_module_names | {"workshop_utils", "lazy_loader", "packaging"}


def test_a_room_is_loaded_when_it_is_first_used():
    code = "import sys, workshop_utils as w; w.filters; print('workshop_utils.filters' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.strip() == "True"


def test_every_room_is_public_and_in_the_table():
    folder = Path(workshop_utils.__file__).parent
    modules = {path.stem for path in folder.glob("[!_]*.py")}
    packages = {path.parent.name for path in folder.glob("[!_]*/__init__.py")}
    assert modules | packages == set(TABLE) == set(workshop_utils.__all__) - {"__version__"}


def test_the_contracts_are_the_table():
    allowed = {}
    for contract in contracts():
        if contract["type"] != "protected":
            continue
        (room,) = contract["protected_modules"]
        allowed[room] = set(contract["allowed_importers"])
    expected = {room: {other for other in TABLE if room in TABLE[other]} for room in TABLE}
    assert allowed == {
        f"workshop_utils.{room}": {f"workshop_utils.{other}" for other in others}
        for room, others in expected.items()
    }


def test_the_floor_may_import_no_room_and_every_room_the_floor():
    (floor,) = (contract for contract in contracts() if contract["type"] == "forbidden")
    assert floor["source_modules"] == ["workshop_utils._floor"]
    assert set(floor["forbidden_modules"]) == {f"workshop_utils.{room}" for room in TABLE}


def test_the_contracts_hold():
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(contracts())} kept, 0 broken" in done.stdout


def test_waiting_threads_sleep_unless_the_reader_says_otherwise():
    code = "import os, workshop_utils; print(os.environ['OMP_WAIT_POLICY'])"
    clean = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    for environment, policy in ((clean, "PASSIVE"), (clean | {"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE")):
        printed = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=True
        )
        assert printed.stdout.strip() == policy
