"""However a training ends, by hand, by divergence, or by an error, the network is left fit for use."""

import copy
import signal

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset

from workshop_utils import models, training
from workshop_utils.training import MolecularImageDataset, fit

SIDE = 8


def pictures(n: int) -> np.ndarray:
    return np.random.default_rng(n).random((n, 1, SIDE, SIDE), dtype=np.float32)


def network(outputs: int = 2) -> nn.Module:
    with training.seeded(0):
        return nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(144, outputs))


@pytest.fixture
def data() -> MolecularImageDataset:
    return MolecularImageDataset(pictures(24), np.arange(24) % 2)


def weights(model: nn.Module) -> dict:
    return copy.deepcopy(model.state_dict())


def same(some: dict, others: dict) -> bool:
    return all(torch.equal(some[name], others[name]) for name in some)


@pytest.fixture
def kernel_signals():
    """What a kernel does on SIGINT; a shell in the background lets its programs ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class _Stop:
    """Stands for a reader's stop button: interrupts in the middle of an epoch's batches."""

    def __init__(self, model: nn.Module, *, batch: int, error: BaseException) -> None:
        self.seen, self.batch, self.error = 0, batch, error
        self.hook = model.register_forward_hook(self)

    def __call__(self, model, inputs, outputs):
        self.seen += model.training
        if self.seen == self.batch:
            self.hook.remove()
            raise self.error


# Stopped by hand.


def test_a_stop_in_epoch_six_gives_five_epochs_and_the_best_weights(data):
    model, kept = network(), []
    _Stop(model, batch=6 * 3 - 1, error=KeyboardInterrupt())
    history = fit(
        model,
        data,
        data,
        epochs=20,
        seed=0,
        batch_size=8,
        progress=False,
        on_epoch=lambda _: kept.append(weights(model)),
    )
    assert history.interrupted
    assert [record.epoch for record in history.records] == [1, 2, 3, 4, 5]
    assert same(weights(model), kept[history.best_epoch - 1])
    assert not any(layer.training for layer in model.modules())
    assert "interrupted=True" in repr(history)


def test_the_epochs_before_a_stop_are_those_of_a_training_without_one(data):
    model, whole = network(), network()
    _Stop(model, batch=8, error=KeyboardInterrupt())
    stopped = fit(model, data, data, epochs=5, seed=0, batch_size=8, progress=False)
    full = fit(whole, data, data, epochs=5, seed=0, batch_size=8, progress=False)
    assert not full.interrupted
    assert stopped.frame().equals(full.frame().iloc[: len(stopped.frame())])


def test_a_stop_in_the_first_epoch_leaves_the_network_as_it_came(data):
    model = network()
    before = weights(model)
    _Stop(model, batch=2, error=KeyboardInterrupt())
    history = fit(model, data, data, epochs=3, seed=0, batch_size=8, progress=False)
    assert (history.records, history.interrupted) == ((), True)
    assert same(weights(model), before)
    with pytest.raises(ValueError, match="no epoch came to its end"):
        _ = history.best_epoch


def test_the_bar_stays_and_says_whose_weights_are_kept(data, capsys):
    model = network()
    _Stop(model, batch=5, error=KeyboardInterrupt())
    fit(model, data, data, epochs=3, seed=0, batch_size=8)
    assert "stopped in epoch 2; the weights of its best epoch, 1, again" in capsys.readouterr().err
    assert not training.loop.tqdm._instances


def test_a_signal_of_the_kernel_stops_a_training_and_the_next_one_runs(data, kernel_signals):
    """As Jupyter does it: SIGINT, while a layer computes."""
    model = network()
    seen = []

    def stop(*_):
        seen.append(1)
        if len(seen) == 20:
            signal.raise_signal(signal.SIGINT)

    hook = model[0].register_forward_hook(stop)
    history = fit(model, data, data, epochs=100, seed=0, batch_size=8, progress=False)
    hook.remove()
    assert history.interrupted
    assert 0 < len(history.records) < 10
    assert len(training.predict(model, pictures(3))) == 3
    again = fit(model, data, data, epochs=2, seed=0, progress=False)
    assert len(again.records) == 2
    assert not again.interrupted


def test_an_error_in_a_callback_arrives_and_the_best_weights_stay(data):
    model = network()

    def fail(history):
        if len(history.records) == 2:
            raise RuntimeError("the figure is gone")

    with pytest.raises(RuntimeError, match="the figure is gone"):
        fit(model, data, data, epochs=5, seed=0, on_epoch=fail)
    assert not any(layer.training for layer in model.modules())
    assert model[0].weight.is_contiguous()
    assert not training.loop.tqdm._instances


# Divergence.


def test_after_a_divergence_the_same_network_can_be_trained(data):
    model = network()
    before = weights(model)
    with pytest.raises(ValueError, match=r"loss is (nan|inf) in epoch \d: lower learning_rate.* again$"):
        fit(model, data, data, epochs=9, seed=0, learning_rate=1e18, optimizer=_steep, progress=False)
    assert same(weights(model), before)
    history = fit(model, data, data, epochs=3, seed=0, learning_rate=1e-3, progress=False)
    assert np.isfinite(history.best.validation["loss"])


def _steep(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=1e30)


def test_a_later_divergence_leaves_the_weights_of_the_best_epoch(data):
    model, kept = network(), []

    def spoil(history):
        kept.append(weights(model))
        if len(history.records) == 2:
            with torch.no_grad():
                model[3].weight.fill_(float("nan"))

    with pytest.raises(
        ValueError, match=r"in epoch 3: .* The network has the weights of its best epoch, (1|2), again"
    ):
        fit(model, data, data, epochs=5, seed=0, progress=False, on_epoch=spoil)
    assert any(same(weights(model), one) for one in kept)


# Metrics that are none.


@pytest.mark.parametrize(
    ("metrics", "error", "said"),
    [
        ({"loss": training.accuracy}, ValueError, "a metric is called 'loss'"),
        (training.accuracy, TypeError, "expected metrics as a dict .* got <class 'function'>"),
        (["accuracy"], TypeError, "expected metrics as a dict .* got <class 'list'>"),
        ({"accuracy": 0.5}, TypeError, r"expected metrics as a dict .* got \{'accuracy': 0.5\}"),
        ({"each": lambda outputs, targets: outputs}, TypeError, r"'each', .* values of shape \(24, 2\)"),
        ({"none": lambda outputs, targets: None}, TypeError, "one number from the metric 'none'.* NoneType"),
    ],
)
def test_metrics_that_are_none_are_refused_with_what_was_expected(data, metrics, error, said):
    with pytest.raises(error, match=said):
        fit(network(), data, data, epochs=1, seed=0, metrics=metrics, progress=False)


def test_a_metric_may_give_a_plain_number(data):
    history = fit(
        network(),
        data,
        data,
        epochs=1,
        seed=0,
        metrics={"half": lambda outputs, targets: 0.5},
        progress=False,
    )
    assert history.records[0].validation["half"] == 0.5


# Labels that do not fit the loss.


@pytest.mark.parametrize(
    ("loss", "labels", "error", "said"),
    [
        (
            "binary_cross_entropy",
            [0, 255, 0, 255],
            ValueError,
            "got 0 to 255, with 255 in row 1 .*labels == 255$",
        ),
        ("binary_cross_entropy", [1, 2, 2, 1], ValueError, "1 is no and 2 is yes, train with labels == 2$"),
        ("binary_cross_entropy", [-1, 1, -1, 1], ValueError, "-1 is no and 1 is yes, .* labels == 1$"),
        (
            "binary_cross_entropy",
            [0, -1, 0, 0],
            ValueError,
            "if -1 stands for a missing label, .*; if -1 is no",
        ),
        (
            "binary_cross_entropy",
            [1, -9, 1, 1],
            ValueError,
            "if -9 stands for a missing label, .*; if -9 is no",
        ),
        ("binary_cross_entropy", [0, 1, 2, 1], ValueError, "if they are percent, .*; three or more classes"),
        ("binary_cross_entropy", [0, 1, -1, 1], ValueError, "-1 in row 2 .* missing label, leave rows"),
        (
            "binary_cross_entropy",
            [0, 30, 80, 100],
            ValueError,
            "30 in row 1 .* percent, labels / 100 makes shares",
        ),
        ("binary_cross_entropy", [0, 1, 2, 300], ValueError, "2 in row 2 .*; three or more classes"),
        ("cross_entropy", [1, -1, 1, 1], ValueError, r"a class -1 in row 1 .*\(labels \+ 1\) // 2"),
        ("cross_entropy", [2, -1, 0, 1], ValueError, "if -1 stands for a missing label .* alike$"),
        ("cross_entropy", [1, -100, 1, 0], ValueError, "if -100 stands for a missing label .* alike$"),
        ("cross_entropy", [1, -1, 0, 1], ValueError, r"missing label .* three classes, .* labels \+ 1$"),
        ("cross_entropy", [[0], [1], [1], [0]], ValueError, r"got \(4, 1\); a column .* labels\[:, 0\]"),
        (
            "cross_entropy",
            np.eye(2)[[0, 1, 1, 0]],
            ValueError,
            r"got one-hot rows, \(4, 2\); .*argmax\(axis=1\)",
        ),
        ("cross_entropy", np.eye(2, dtype=int)[[0, 1, 1, 0]], ValueError, "got one-hot rows"),
        (
            "cross_entropy",
            [0.0, np.nan, 1.0, 0.0],
            ValueError,
            "no number in row 1 of the training labels, but nan",
        ),
        ("mse", [0.5, 2.0, np.inf, 1.0], ValueError, "no number in row 2 of the training labels, but inf"),
    ],
)
def test_labels_that_do_not_fit_are_named_with_their_row_and_a_remedy(loss, labels, error, said):
    data = MolecularImageDataset(pictures(4), labels)
    model = network()
    before = weights(model)
    with pytest.raises(error, match=said) as caught:
        fit(model, data, data, epochs=1, seed=0, loss=loss, progress=False)
    assert "mse" not in str(caught.value)
    assert same(weights(model), before)


class _Rows(Dataset):
    """A dataset of someone else's making."""

    def __init__(self, row):
        self.row = row

    def __len__(self):
        return 8

    def __getitem__(self, index):
        return self.row(torch.zeros(1, SIDE, SIDE), torch.tensor(index % 2))


def test_a_label_of_a_foreign_dataset_is_named_by_its_place_in_the_batch():
    data = DataLoader(_Rows(lambda picture, label: (picture, label * 255)), batch_size=8)
    with pytest.raises(ValueError, match="with 255 in row 1 of a batch"):
        fit(network(1), data, data, epochs=1, seed=0, loss="binary_cross_entropy", progress=False)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (lambda picture, label: {"picture": picture, "label": label}, "got a dict;"),
        (lambda picture, label: (picture, label, label), r"got a list of 3 \(Tensor, Tensor, Tensor\);"),
        (lambda picture, label: picture, "got a Tensor;"),
        (lambda picture, label: (picture, str(label)), r"got a list of 2 \(Tensor, tuple\);"),
    ],
)
def test_what_is_no_pair_is_a_sentence(row, said):
    with pytest.raises(TypeError, match=f"expected pairs of picture and label from the dataset, {said}"):
        fit(network(), _Rows(row), _Rows(row), epochs=1, seed=0, progress=False)


class _Stream(IterableDataset):
    def __iter__(self):
        return ((torch.zeros(1, SIDE, SIDE), torch.tensor(label)) for label in (0, 1, 0, 1))


def test_a_stream_without_a_loader_is_told_to_have_one(data):
    with pytest.raises(TypeError, match=r"got _Stream; a stream becomes batches with .*DataLoader\(stream"):
        fit(network(), _Stream(), data, epochs=1, seed=0, progress=False)
    history = fit(network(), DataLoader(_Stream(), 2), data, epochs=1, seed=0, progress=False)
    assert len(history.records) == 1


# Memory.


class _Hungry(nn.Module):
    """Asks the processor for a million gigabytes as soon as it sees pictures."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(SIDE * SIDE, 2)

    def forward(self, batch):
        torch.empty(2**50, dtype=torch.uint8)
        return self.layer(batch.flatten(1))

    def embed_ink(self, batch, *, size=None):
        return self(batch)


@pytest.mark.parametrize(
    "call",
    [
        lambda model, data: fit(model, data, data, epochs=1, seed=0, batch_size=16, progress=False),
        lambda model, data: training.predict(model, data.images, batch_size=16),
        lambda model, data: models.embed(model, data.images, batch_size=16, progress=False),
    ],
)
def test_where_memory_is_not_enough_the_batch_size_is_named(call, data):
    with pytest.raises(
        MemoryError, match=r"not enough for batches of 16 pictures .* choose a smaller batch_size"
    ):
        call(_Hungry(), data)


def test_another_error_of_torch_is_not_taken_for_it(data):
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"):
        training.predict(nn.Sequential(nn.Flatten(), nn.Linear(3, 2)), data.images)


def test_a_picture_without_a_number_is_refused():
    spoiled = pictures(3)
    spoiled[1, 0, 2, 2] = np.nan
    for call in (
        lambda: MolecularImageDataset(spoiled, [0, 1, 0]),
        lambda: training.predict(network(), spoiled),
        lambda: models.embed(models.CompactCNN(), spoiled, progress=False),
    ):
        with pytest.raises(ValueError, match=r"expected ink in \[0, 1\], got values from nan"):
            call()
