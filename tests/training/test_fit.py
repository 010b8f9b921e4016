"""``fit`` against a plain loop, and every option it has."""

import copy
import random

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, IterableDataset

from workshop_utils import training
from workshop_utils.augmentation import Augmenter
from workshop_utils.models import CompactCNN
from workshop_utils.training import MolecularImageDataset, fit

SIDE = 8


def small_network(outputs: int = 2, dropout: float = 0.5) -> nn.Module:
    with training.seeded(0):
        return nn.Sequential(
            nn.Flatten(), nn.Linear(SIDE * SIDE, 16), nn.ReLU(), nn.Dropout(dropout), nn.Linear(16, outputs)
        )


def pictures(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((n, 1, SIDE, SIDE), dtype=np.float32)


@pytest.fixture
def data() -> tuple[MolecularImageDataset, MolecularImageDataset]:
    """50 and 21 pictures, brighter in one half: batches of 8 or 16 leave a smaller one."""
    parts = []
    for n, seed in ((50, 1), (21, 2)):
        images = pictures(n, seed)
        labels = np.arange(n) % 2
        images[labels == 1, :, :, : SIDE // 2] *= 0.4
        parts.append(MolecularImageDataset(images, labels))
    return tuple(parts)


def plain_loop(
    model, train, validation, *, epochs, seed, batch_size, optimizer, schedule=None, loss=F.cross_entropy
):
    """What a lesson writes out: the oracle of ``fit``."""
    history = []
    loader = DataLoader(train, batch_size, shuffle=True, generator=torch.Generator().manual_seed(seed))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for _ in range(epochs):
            model.train()
            total = 0.0
            for images, labels in loader:
                value = loss(model(images), labels)
                optimizer.zero_grad()
                value.backward()
                optimizer.step()
                if schedule is not None:
                    schedule.step()
                total += value.item() * len(labels)
            model.eval()
            with torch.no_grad():
                held_out = sum(
                    loss(model(images), labels).item() * len(labels)
                    for images, labels in DataLoader(validation, batch_size)
                )
            history.append((total / len(train), held_out / len(validation)))
    return history


def losses(history: training.History) -> list[tuple[float, float]]:
    return [(record.train["loss"], record.validation["loss"]) for record in history.records]


# The numbers.


def test_fit_gives_the_numbers_of_a_plain_loop(data):
    model, plain = small_network(), small_network()
    history = fit(model, *data, epochs=4, seed=3, batch_size=16, learning_rate=1e-2, progress=False)
    adam = torch.optim.Adam(plain.parameters(), lr=1e-2)
    expected = plain_loop(plain, *data, epochs=4, seed=3, batch_size=16, optimizer=adam)
    np.testing.assert_allclose(losses(history), expected, rtol=1e-6)


def test_one_cycle_with_adamw_gives_the_numbers_of_a_plain_loop(data):
    model, plain = small_network(), small_network()
    options = {"learning_rate": 1e-2, "optimizer": "adamw", "weight_decay": 0.05, "schedule": "one_cycle"}
    history = fit(model, *data, epochs=4, seed=3, batch_size=8, progress=False, **options)
    adam = torch.optim.AdamW(plain.parameters(), lr=1e-2, weight_decay=0.05)
    pace = torch.optim.lr_scheduler.OneCycleLR(adam, 1e-2, total_steps=4 * 7)
    expected = plain_loop(plain, *data, epochs=4, seed=3, batch_size=8, optimizer=adam, schedule=pace)
    np.testing.assert_allclose(losses(history), expected, rtol=1e-6)


def two_rates(model: nn.Module) -> torch.optim.Optimizer:
    first, last = model[1], model[4]
    groups = [{"params": first.parameters(), "lr": 1e-3}, {"params": last.parameters(), "lr": 1e-2}]
    return torch.optim.SGD(groups, momentum=0.9)


def test_an_optimizer_of_ones_own_gives_the_numbers_of_a_plain_loop(data):
    model, plain = small_network(), small_network()
    options = {"optimizer": two_rates, "learning_rate": 77.0}  # which is not for it
    history = fit(model, *data, epochs=3, seed=3, batch_size=16, progress=False, **options)
    expected = plain_loop(plain, *data, epochs=3, seed=3, batch_size=16, optimizer=two_rates(plain))
    np.testing.assert_allclose(losses(history), expected, rtol=1e-6)


def test_one_cycle_leads_each_group_of_an_optimizer_to_its_own_rate(data):
    model, plain = small_network(), small_network()
    options = {"optimizer": two_rates, "schedule": "one_cycle"}
    history = fit(model, *data, epochs=4, seed=3, batch_size=8, progress=False, **options)
    own = two_rates(plain)
    pace = torch.optim.lr_scheduler.OneCycleLR(own, [1e-3, 1e-2], total_steps=4 * 7)
    expected = plain_loop(plain, *data, epochs=4, seed=3, batch_size=8, optimizer=own, schedule=pace)
    np.testing.assert_allclose(losses(history), expected, rtol=1e-6)


def test_what_is_no_optimizer_is_refused(data):
    with pytest.raises(TypeError, match="expected the callable to return a torch optimizer, got list"):
        fit(small_network(), *data, epochs=1, seed=0, optimizer=lambda model: [model], progress=False)


def test_regression_gives_the_numbers_of_a_plain_loop():
    train, validation = (MolecularImageDataset(pictures(n, n), np.linspace(-3, 1, n)) for n in (50, 21))
    model, plain = small_network(1), small_network(1)
    history = fit(model, train, validation, epochs=3, seed=0, batch_size=16, loss="mse", progress=False)

    def squares(outputs: Tensor, targets: Tensor) -> Tensor:
        return ((outputs[:, 0] - targets) ** 2).mean()

    adam = torch.optim.Adam(plain.parameters())
    expected = plain_loop(
        plain, train, validation, epochs=3, seed=0, batch_size=16, optimizer=adam, loss=squares
    )
    np.testing.assert_allclose(losses(history), expected, rtol=1e-5)


@pytest.mark.parametrize("answers", [bool, int, np.float64])
def test_several_yes_or_no_questions_give_the_numbers_of_a_plain_loop(answers):
    train, validation = (
        MolecularImageDataset(pictures(n, n), (np.random.default_rng(n).random((n, 3)) > 0.5).astype(answers))
        for n in (50, 21)
    )
    model, plain = small_network(3), small_network(3)
    history = fit(
        model, train, validation, epochs=3, seed=0, batch_size=16, loss="binary_cross_entropy", progress=False
    )

    def binary(outputs: Tensor, targets: Tensor) -> Tensor:
        p, t = outputs.sigmoid(), targets.float()
        return -(t * p.log() + (1 - t) * (1 - p).log()).mean()

    adam = torch.optim.Adam(plain.parameters())
    expected = plain_loop(
        plain, train, validation, epochs=3, seed=0, batch_size=16, optimizer=adam, loss=binary
    )
    np.testing.assert_allclose(losses(history), expected, rtol=1e-4)
    right = (training.predict(model, validation.images) > 0) == validation.labels.numpy().astype(bool)
    assert history.best.validation["accuracy"] == pytest.approx(right.mean(), abs=1e-6)


def test_scores_are_means_over_pictures_not_over_batches(data):
    _, validation = data
    model = small_network(dropout=0)
    history = fit(model, *data, epochs=1, seed=0, batch_size=20, progress=False)  # 21 = 20 + 1
    logits = model(validation.images)
    found = history.records[0].validation
    assert found["loss"] == pytest.approx(F.cross_entropy(logits, validation.labels).item(), rel=1e-5)
    assert found["accuracy"] == pytest.approx((logits.argmax(1) == validation.labels).float().mean().item())


def test_own_metrics_and_an_own_loss_are_used(data):
    history = fit(
        small_network(),
        *data,
        epochs=1,
        seed=0,
        loss=lambda outputs, targets: F.cross_entropy(outputs, targets, label_smoothing=0.1),
        metrics={"certainty": lambda outputs, targets: outputs.softmax(1).amax(1).mean()},
        progress=False,
    )
    assert list(history.records[0].validation) == ["loss", "certainty"]
    assert 0.5 <= history.records[0].validation["certainty"] <= 1


def test_mae_is_reported_for_regression_in_the_targets_units():
    train = MolecularImageDataset(pictures(10), np.full(10, 5.0))
    model = small_network(1, dropout=0)
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    history = fit(model, train, train, epochs=1, seed=0, learning_rate=1e-9, loss="mse", progress=False)
    assert history.records[0].validation["mae"] == pytest.approx(5, abs=1e-4)
    assert history.records[0].validation["loss"] == pytest.approx(25, abs=1e-3)


def test_the_learning_rate_rises_to_its_limit_and_ends_near_nothing(data, monkeypatch):
    rates = []

    class Watched(torch.optim.Adam):
        def step(self, *arguments, **options):
            rates.append(self.param_groups[0]["lr"])
            return super().step(*arguments, **options)

    monkeypatch.setattr(torch.optim, "Adam", Watched)
    options = {"epochs": 4, "seed": 0, "batch_size": 10, "learning_rate": 0.02, "progress": False}
    fit(small_network(), *data, schedule="one_cycle", **options)
    assert len(rates) == 4 * 5
    assert max(rates) == pytest.approx(0.02, rel=0.05)
    assert rates[0] < 0.02 / 10
    assert rates[-1] < 0.02 / 1000
    rates.clear()
    fit(small_network(), *data, **options)
    assert set(rates) == {0.02}


def test_it_learns(data):
    model = small_network(dropout=0)
    history = fit(model, *data, epochs=30, seed=0, learning_rate=1e-2, progress=False)
    assert history.best.validation["accuracy"] > 0.9
    assert history.records[-1].train["loss"] < history.records[0].train["loss"] / 3


def test_the_compact_network_learns_which_way_a_bar_lies():
    rng = np.random.default_rng(0)
    images = np.zeros((64, 1, 24, 24), np.float32)
    for i, picture in enumerate(images[:, 0]):
        at = rng.integers(2, 20)
        (picture if i % 2 else picture.T)[at : at + 2] = 1
    bars = MolecularImageDataset(images, np.arange(64) % 2)
    with training.seeded(0):
        model = CompactCNN()
    history = fit(model, bars, bars, epochs=12, seed=0, learning_rate=3e-3, progress=False)
    assert history.best.validation["accuracy"] == 1


# Repeatability.

AUGMENTED = {"epochs": 3, "batch_size": 16, "augment": Augmenter(rotation=90, noise=0.1), "progress": False}


def scores(history: training.History) -> list:
    return [(dict(record.train), dict(record.validation)) for record in history.records]


def test_the_same_seed_gives_the_same_history_and_weights(data):
    one, other = small_network(), small_network()
    assert scores(fit(one, *data, seed=7, **AUGMENTED)) == scores(fit(other, *data, seed=7, **AUGMENTED))
    for a, b in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(a, b)


def test_another_seed_gives_another_history(data):
    one, other = (fit(small_network(), *data, seed=seed, **AUGMENTED) for seed in (7, 8))
    assert scores(one) != scores(other)


def test_what_ran_before_does_not_matter_and_global_randomness_is_left_alone(data):
    first = scores(fit(small_network(), *data, seed=7, **AUGMENTED))
    torch.rand(100)
    # NPY002: NumPy's old global state is read here to prove that nobody touches it.
    before = torch.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002
    again = scores(fit(small_network(), *data, seed=7, **AUGMENTED))
    assert again == first
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (np.random.get_state()[1] == before[1]).all()  # noqa: NPY002
    assert random.getstate() == before[2]


def test_seeded_repeats_inside_and_leaves_no_trace_outside_even_after_an_error():
    before = torch.get_rng_state()
    with training.seeded(1):
        first = torch.rand(3)
    # PT012: the block draws before it fails; that both happen inside is the point.
    with pytest.raises(KeyError), training.seeded(1):  # noqa: PT012
        assert torch.equal(torch.rand(3), first)
        raise KeyError
    assert torch.equal(torch.get_rng_state(), before)


def test_augmentation_changes_training_and_never_validation(data):
    seen = []

    class Watched(nn.Flatten):
        def forward(self, ink: Tensor) -> Tensor:
            seen.append((self.training, ink.clone()))
            return super().forward(ink)

    model = nn.Sequential(Watched(), nn.Linear(SIDE * SIDE, 2))
    options = {"batch_size": 64, "progress": False, "augment": Augmenter(brightness=0.5)}
    fit(model, *data, epochs=2, seed=0, **options)
    known = {picture.numpy().tobytes() for part in data for picture in part.images}
    for in_training, batch in seen:
        original = [picture.numpy().tobytes() in known for picture in batch]
        assert not any(original) if in_training else all(original)
    first, second = (batch for in_training, batch in seen if in_training)
    assert not torch.equal(first.sum((1, 2, 3)).sort().values, second.sum((1, 2, 3)).sort().values)


# Best weights, early stopping, callbacks.


@pytest.fixture
def hopeless() -> tuple[MolecularImageDataset, MolecularImageDataset]:
    """Labels without a rule: training learns them by heart, and validation soon gets worse."""
    rng = np.random.default_rng(0)
    return tuple(MolecularImageDataset(pictures(n, n), rng.integers(0, 2, n)) for n in (40, 40))


def test_the_weights_of_the_best_epoch_are_restored(hopeless):
    _, validation = hopeless
    model = small_network(dropout=0)
    history = fit(model, *hopeless, epochs=25, seed=0, learning_rate=1e-2, progress=False)
    best = min(record.validation["loss"] for record in history.records)
    assert history.best_epoch < 25
    assert history.records[-1].validation["loss"] > best + 0.05
    found = F.cross_entropy(model(validation.images), validation.labels).item()
    assert found == pytest.approx(best, rel=1e-5)


def test_the_model_is_left_in_evaluation_mode(data):
    model = small_network()
    fit(model, *data, epochs=1, seed=0, progress=False)
    assert not any(layer.training for layer in model.modules())


def test_patience_stops_after_so_many_epochs_without_progress(hopeless):
    options = {"seed": 0, "learning_rate": 1e-2, "progress": False}
    whole = fit(small_network(dropout=0), *hopeless, epochs=40, **options)
    short = fit(small_network(dropout=0), *hopeless, epochs=40, patience=3, **options)
    best_so_far = np.minimum.accumulate([record.validation["loss"] for record in whole.records])
    assert short.records[-1].epoch == short.best_epoch + 3 < 40
    assert losses(short) == losses(whole)[: len(short.records)]
    assert short.best.validation["loss"] == best_so_far[len(short.records) - 1]


def test_on_epoch_sees_the_history_grow(data):
    seen = []
    history = fit(small_network(), *data, epochs=3, seed=0, on_epoch=seen.append, progress=False)
    assert [len(so_far.records) for so_far in seen] == [1, 2, 3]
    assert seen[-1] == history


def test_on_epoch_may_use_the_model_without_changing_the_training(data):
    def look(history):
        training.predict(model, data[1].images)

    model = small_network()
    looked = fit(model, *data, epochs=3, seed=0, on_epoch=look, progress=False)
    assert scores(looked) == scores(fit(small_network(), *data, epochs=3, seed=0, progress=False))


def test_frozen_layers_keep_their_weights(data):
    model = small_network()
    model[1].requires_grad_(False)
    before = model[1].weight.clone()
    fit(model, *data, epochs=2, seed=0, progress=False)
    assert torch.equal(model[1].weight, before)


# Loaders.


def test_a_loader_is_used_as_it_is(data):
    train, validation = data
    sizes = []

    class Watched(nn.Flatten):
        def forward(self, ink: Tensor) -> Tensor:
            sizes.append(len(ink))
            return super().forward(ink)

    model = nn.Sequential(Watched(), nn.Linear(SIDE * SIDE, 2))
    loaders = DataLoader(train, 12, drop_last=True), DataLoader(validation, 21)
    fit(model, *loaders, epochs=1, seed=0, batch_size=3, progress=False)
    assert sizes == [12] * 4 + [21]


def test_a_shuffling_loader_repeats_for_a_seed(data):
    train, validation = data
    one, other = (
        fit(small_network(), DataLoader(train, 7, shuffle=True), validation, epochs=2, seed=5, progress=False)
        for _ in range(2)
    )
    assert scores(one) == scores(other)


def test_a_stream_of_pictures_without_a_length_can_be_learned_from(data):
    class Stream(IterableDataset):
        def __iter__(self):
            return iter([data[0][i] for i in range(16)])

    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(72, 2))
    history = fit(model, DataLoader(Stream(), 8), data[1], epochs=2, seed=0, progress=False)
    assert len(history.records) == 2


# The bar.


def test_without_progress_nothing_is_written(data, capfd):
    fit(small_network(), *data, epochs=2, seed=0, progress=False)
    assert capfd.readouterr() == ("", "")


def test_the_bar_counts_epochs_and_shows_live_numbers(data, capfd):
    fit(small_network(), *data, epochs=2, seed=0)
    out, err = capfd.readouterr()
    assert out == ""
    assert "2/2" in err
    assert "validation loss=" in err
    assert "validation accuracy=" in err


# Errors.


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({"epochs": 0}, "epochs and patience must be at least 1, got 0"),
        ({"patience": 0}, "epochs and patience must be at least 1, got 1 and 0"),
        ({"loss": "hinge"}, "unknown loss 'hinge'; use one of cross_entropy, mse, binary_cross_entropy, or"),
        ({"optimizer": "sgdd"}, "unknown optimizer 'sgdd'; use one of adam, adamw, or a callable"),
        ({"schedule": "cosine"}, "unknown schedule 'cosine'; use 'one_cycle' or None"),
        ({"device": "gpu"}, "device 'gpu' cannot be used here .*; use 'auto' or 'cpu'"),
    ],
)
def test_an_unknown_option_is_answered_with_those_there_are(data, options, advice):
    with pytest.raises(ValueError, match=advice):
        fit(small_network(), *data, **({"epochs": 1, "seed": 0, "progress": False} | options))


def batch_normal() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))


@pytest.mark.parametrize("batch_size", [1, 7, 49])
def test_a_batch_of_one_is_refused_where_batches_are_normalized(data, batch_size):
    advice = (
        f"50 pictures in batches of {batch_size} leave a batch of one, .*BatchNorm.*choose another batch_size"
    )
    with pytest.raises(ValueError, match=advice):
        fit(batch_normal(), *data, epochs=1, seed=0, batch_size=batch_size, progress=False)


def test_a_batch_of_one_is_fine_where_it_is_dropped_or_nothing_is_normalized(data):
    train, validation = data
    loader = DataLoader(train, 7, drop_last=True)
    fit(batch_normal(), loader, validation, epochs=1, seed=0, progress=False)
    fit(small_network(), train, validation, epochs=1, seed=0, batch_size=7, progress=False)
    with pytest.raises(ValueError, match="batches of 1 leave a batch of one"):
        fit(
            batch_normal(), DataLoader(train, 1, drop_last=True), validation, epochs=1, seed=0, progress=False
        )


def test_a_batch_of_one_is_fine_where_a_picture_gives_a_layer_several_values(data):
    train, validation = data
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(72, 2))
    fit(model, train, validation, epochs=1, seed=0, batch_size=7, progress=False)


def test_a_batch_of_one_is_refused_where_the_maps_are_one_pixel(data):
    model = nn.Sequential(nn.Conv2d(1, 2, 8), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(2, 2))
    with pytest.raises(ValueError, match="leave a batch of one"):
        fit(model, *data, epochs=1, seed=0, batch_size=7, progress=False)


def test_asking_the_layers_about_a_last_batch_of_one_changes_no_number(data):
    """A dropout draws while it is asked; what is drawn later must not depend on it."""
    with training.seeded(0):
        model = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(64, 2))
    twin = copy.deepcopy(model)
    asked = fit(model, *data, epochs=2, seed=3, batch_size=7, progress=False)
    unasked = fit(
        twin,
        DataLoader(data[0], 7, shuffle=True, generator=torch.Generator().manual_seed(3)),
        data[1],
        epochs=2,
        seed=3,
        progress=False,
    )
    assert [r.train for r in asked.records] == [r.train for r in unasked.records]


def test_an_empty_dataset_is_refused(data):
    class Nothing(torch.utils.data.Dataset):
        def __len__(self) -> int:
            return 0

    with pytest.raises(
        ValueError, match="expected at least one picture, got an empty dataset; check the split"
    ):
        fit(small_network(), Nothing(), data[1], epochs=1, seed=0, progress=False)


@pytest.mark.parametrize(
    ("labels", "remedy"),
    [
        ([0.0, 1.0, 0.0, 1.0], r"0\.0 in row 0 of .*labels\.astype\(int\)"),
        ([0.0, 0.5, 0.0, 1.0], r"0\.5 in row 1 of .*loss='mse'"),
    ],
)
def test_real_numbers_are_no_classes(labels, remedy):
    data = MolecularImageDataset(pictures(4), labels)
    with pytest.raises(TypeError, match=f"cross_entropy needs classes, got real numbers, {remedy}"):
        fit(small_network(), data, data, epochs=1, seed=0, progress=False)


def test_a_class_beyond_the_outputs_is_refused():
    data = MolecularImageDataset(pictures(4), [0, 1, 2, 0])
    with pytest.raises(
        ValueError,
        match=r"there is a class 2, in row \d of a batch, but the network has 2 outputs; build it with 3",
    ):
        fit(small_network(), data, data, epochs=1, seed=0, progress=False)


@pytest.mark.parametrize("loss", ["mse", "binary_cross_entropy"])
def test_outputs_that_do_not_fit_the_targets_are_refused_not_broadcast(loss):
    data = MolecularImageDataset(pictures(4), np.zeros(4))
    advice = r"outputs of shape \(4, 2\) do not fit targets of shape \(4,\); .* one output for each target"
    with pytest.raises(ValueError, match=advice):
        fit(small_network(2), data, data, epochs=1, seed=0, loss=loss, progress=False)


@pytest.mark.parametrize("part", ["training", "validation"])
def test_a_missing_label_is_named_before_training(part):
    whole = MolecularImageDataset(pictures(4), [0.0, 1.0, 0.5, 1.0])
    gap = MolecularImageDataset(pictures(4), [0.0, 1.0, float("nan"), 1.0])
    data = (gap, whole) if part == "training" else (whole, gap)
    for loss in ("mse", "binary_cross_entropy"):
        with pytest.raises(
            ValueError, match=f"no number in row 2 of the {part} labels, but nan .* leave rows"
        ):
            fit(small_network(1), *data, epochs=2, seed=0, loss=loss, progress=False)


def test_a_seed_for_one_epoch_draws_anew_for_each_batch(data):
    seen = []

    class Noting(Augmenter):
        def __call__(self, images, *, generator=None):
            seen.append(self.draw(len(images), generator).turn)
            return images

    model = small_network()
    training.train_one_epoch(
        model, DataLoader(data[0], 25), torch.optim.SGD(model.parameters()), {"loss": F.cross_entropy},
        augment=Noting(rotation=90), generator=0,
    )  # fmt: skip
    assert not torch.equal(seen[0], seen[1])
