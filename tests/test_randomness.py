"""Randomness has one name and one kind: a ``seed`` for a whole procedure, a ``generator`` for draws."""

import inspect
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from test_docstrings import THINGS

from workshop_utils import augmentation, checks, depiction, evaluation, filters, models, splits

FUNCTIONS = {path: thing for path, thing in THINGS.items() if inspect.isfunction(thing)}
PARAMETERS = [
    (path, parameter)
    for path, function in FUNCTIONS.items()
    for parameter in inspect.signature(function).parameters.values()
]


def test_no_other_name_is_in_use():
    others = {"random_state", "rng", "random", "prng", "key", "seeds", "generators"}
    assert not [path for path, parameter in PARAMETERS if parameter.name in others]


@pytest.mark.parametrize("path", [path for path, parameter in PARAMETERS if parameter.name == "seed"])
def test_a_seed_is_a_whole_number(path):
    assert inspect.signature(FUNCTIONS[path]).parameters["seed"].annotation == "int"


@pytest.mark.parametrize("path", [path for path, parameter in PARAMETERS if parameter.name == "generator"])
def test_a_generator_may_also_be_a_seed(path):
    kinds = inspect.signature(FUNCTIONS[path]).parameters["generator"].annotation.split(" | ")
    assert "int" in kinds
    assert {"np.random.Generator", "torch.Generator"} & set(kinds)


INK = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
DRAWS = {
    "Augmenter": (lambda g: augmentation.Augmenter(noise=0.1)(INK[None, None], generator=g), "torch"),
    "add_gaussian_noise": (lambda g: filters.add_gaussian_noise(INK, sigma=0.1, generator=g), "numpy"),
    "add_salt_and_pepper": (lambda g: filters.add_salt_and_pepper(INK, fraction=0.3, generator=g), "numpy"),
    "DepictionStyle.random": (lambda g: depiction.DepictionStyle.random(g).rotation, "numpy"),
}


@pytest.mark.parametrize("name", DRAWS)
def test_a_seed_repeats_a_draw_and_a_generator_goes_on(name):
    draw, kind = DRAWS[name]
    assert np.array_equal(draw(3), draw(3))
    going = np.random.default_rng(3) if kind == "numpy" else torch.Generator().manual_seed(3)
    assert np.array_equal(draw(going), draw(3))
    assert not np.array_equal(draw(going), draw(3))


#: What draws, or might by the way.
OTHERS = {
    "train_val_test": lambda: splits.train_val_test(["C" * n for n in range(1, 31)], seed=0),
    "grouped_kfold": lambda: splits.grouped_kfold(["C" * n for n in range(1, 31)], seed=0),
    "train_test": lambda: splits.train_test(["C" * n for n in range(1, 31)], seed=0),
    "load_pretrained": lambda: models.load_pretrained("rings"),
    "save_weights": lambda: models.save_weights(
        NETWORK, Path(tempfile.mkdtemp()) / "weights.safetensors", {}
    ),
    "evaluate": lambda: evaluation.evaluate([0, 1], [[0.9, 0.1], [0.2, 0.8]]),
    "checks.held_batchnorm": lambda: checks.held_batchnorm(lambda model: model),
    "checks.validation_loop": lambda: checks.validation_loop(lambda model, loader: 0.0),
}
NETWORK = models.CompactCNN()


@pytest.mark.parametrize("name", [*DRAWS, *OTHERS])
def test_global_randomness_is_left_alone(name):
    # NPY002: NumPy's old global state is read here to prove that nobody touches it.
    numpys, torchs = np.random.get_state(), torch.random.get_rng_state()  # noqa: NPY002
    OTHERS[name]() if name in OTHERS else DRAWS[name][0](0)
    assert np.array_equal(np.random.get_state()[1], numpys[1])  # noqa: NPY002
    assert torch.equal(torch.random.get_rng_state(), torchs)
