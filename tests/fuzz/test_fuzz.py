"""Every public function that takes text, arrays or files gives a value or a documented error, and no more.

Fifty calls each here; `make fuzz` makes ten thousand, five hundred where a call draws, trains or reads a
network, and records them in tests/fuzz/record.json.
"""

import builtins
import contextlib
import inspect
import json
import platform
import random
import time
import warnings
from collections import Counter
from datetime import date
from importlib import metadata
from pathlib import Path

import matplotlib
import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from numpydoc.docscrape import FunctionDoc
from strangers import Files, arguments

import workshop_utils
from workshop_utils import datasets, demos, measurement, molecules, pictures
from workshop_utils.checks.verdict import Verdict

FULL = settings.default.max_examples > 1000
RECORD = Path(__file__).with_name("record.json")
ROOMS = ("augmentation", "checks", "datasets", "demos", "depiction", "evaluation", "explanation", "filters",
         "measurement", "models", "molecules", "pictures", "plotting", "splits", "synthetic",
         "training")  # fmt: skip
#: Calls that draw, train, or look into a network take a thousand times as long as the others.
SLOW = (
    "demos.", "plotting.", "training.", "explanation.", "models.", "depiction.", "splits.", "evaluation.",
    "measurement.", "synthetic.", "molecules.de", "molecules.re", "pictures.as_ink",
)  # fmt: skip
#: Take neither text nor arrays nor files, or what only another function of theirs makes.
LEFT_OUT = {
    "datasets.checksums", "datasets.damaged", "datasets.load_patents", "datasets.load_textures",
    "models.blocks",
    "models.count_parameters", "models.freeze_all_but", "models.imagenet_backbone", "models.last_blocks",
    "models.online_backbone", "models.parameter_groups", "plotting.label_sources", "training.seeded",
    "training.train_one_epoch",
}  # fmt: skip


def _public() -> dict:
    """Public functions by room and name; of the demos the frames, which their widgets call."""
    found = {}
    for room in ROOMS:
        module = getattr(workshop_utils, room)
        for name in getattr(module, "__all__", []):
            if inspect.isfunction(getattr(module, name)) and room != "demos":
                found[f"{room}.{name}"] = getattr(module, name)
    return found | {f"demos.{name}": frame for name, frame in demos.FRAMES.items()}


PUBLIC = _public()


def documented(function) -> tuple[type[BaseException], ...]:
    """The errors that a docstring lists."""
    names = ", ".join(entry.type for entry in FunctionDoc(function)["Raises"]).split(", ")
    known = {
        "InvalidSmilesError": molecules.InvalidSmilesError,
        "DamagedFileError": datasets.DamagedFileError,
        "NotFetchedError": datasets.NotFetchedError,
        "MeasurementError": measurement.MeasurementError,
        "PictureError": pictures.PictureError,
    }
    return tuple(known.get(name) or getattr(builtins, name) for name in names if name)


@contextlib.contextmanager
def nothing_changes():
    """Compare what all of a process shares before and after."""
    before, shown = _shared(), tuple(dict.items(matplotlib.rcParams))
    filters, folder = list(warnings.filters), Path.cwd()
    yield
    assert _shared() == before
    assert (warnings.filters, Path.cwd()) == (filters, folder)
    assert tuple(dict.items(matplotlib.rcParams)) == shown


def _shared() -> tuple:
    # NPY002: the old global state is the very thing that is watched here.
    state = np.random.get_state()  # noqa: NPY002
    return (
        random.getstate(), state[1].tobytes(), state[2], torch.get_rng_state().numpy().tobytes(),
        torch.is_grad_enabled(), torch.get_num_threads(), torch.get_default_dtype(), str(np.geterr()),
    )  # fmt: skip


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    return Files(tmp_path_factory.mktemp("files"))


def record(path: str, counts: dict) -> None:
    """Keep what came of a function's calls; a run that is stopped keeps what it has done."""
    known = json.loads(RECORD.read_text(encoding="utf-8"))["functions"] if RECORD.exists() else {}
    packages = ("numpy", "rdkit", "torch", "hypothesis", "matplotlib")
    told = {
        "command": "make fuzz",
        "date": date.today().isoformat(),
        "versions": {"python": platform.python_version()} | {one: metadata.version(one) for one in packages},
        "functions": dict(sorted((known | {path: counts}).items())),
    }
    RECORD.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.mark.parametrize("path", sorted(set(PUBLIC) - LEFT_OUT))
def test_any_call_gives_a_value_or_a_documented_error(path, files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    function = PUBLIC[path]
    calls, allowed = arguments(path, function, files), documented(function)
    assert calls is not None, (
        f"strangers.py does not know all parameters of {path}: {inspect.signature(function)}"
    )
    many = 500 if path.startswith(SLOW) else 10_000
    ended = Counter()
    start = time.perf_counter()

    @settings(
        max_examples=many if FULL else 50,
        deadline=None,
        database=None,
        derandomize=not FULL,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(calls)
    def call(given_):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of numbers that overflow: a value comes all the same
            with nothing_changes():
                ended[_outcome(function, given_, allowed)] += 1

    call()
    if path.startswith("checks."):
        assert set(ended) == {"value"}
    if FULL:
        record(
            path, {"calls": sum(ended.values()), **ended, "seconds": round(time.perf_counter() - start, 1)}
        )


def _outcome(function, given_, allowed) -> str:
    """What came of a call: a value, or the name of a documented error; any other error passes through."""
    positional, keywords = given_
    if hasattr(function, "__wrapped__") and function.__module__.startswith("workshop_utils.checks"):
        value = function(*keywords.values())
        assert isinstance(value, Verdict)
        return "value"
    error = None
    try:
        function(*positional, **keywords)
    except allowed as caught:
        error = caught
    assert error is None or str(error).strip(), "an error without a word"
    return "value" if error is None else type(error).__name__


def test_no_public_function_is_forgotten():
    assert set(PUBLIC) >= LEFT_OUT
    assert len(set(PUBLIC) - LEFT_OUT) > 90
