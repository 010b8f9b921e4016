"""The training loop, and the history of a training."""

from __future__ import annotations

import copy
import math
import operator
import time
from collections.abc import Callable, Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, IterableDataset
from tqdm.auto import tqdm

from workshop_utils._floor.tensors import as_answers, device_of, enough_memory_for
from workshop_utils.augmentation import Augmenter
from workshop_utils.training.data import MolecularImageDataset, as_loader, as_pair
from workshop_utils.training.scores import Means, Score, check_labels, choose_scores


@dataclass(frozen=True)
class Epoch:
    """One pass over the training pictures, and its scores.

    Attributes
    ----------
    epoch : int
        Its number, from 1.
    train, validation : mapping of str to float
        Mean scores by name, ``loss`` first, on the training and on the validation pictures.
    seconds : float
        Time that training and validation took, s.
    """

    epoch: int
    train: Mapping[str, float]
    validation: Mapping[str, float]
    seconds: float


@dataclass(frozen=True)
class History:
    """What happened in training, epoch by epoch.

    Attributes
    ----------
    records : tuple of Epoch
        In order, numbered from 1.
    interrupted : bool
        Whether the training was stopped by hand before its last epoch; the epoch in which that happened has
        no record.
    """

    records: tuple[Epoch, ...]
    interrupted: bool = False

    @property
    def best(self) -> Epoch:
        """The epoch with the lowest validation loss, whose weights the model keeps; the first of equals.

        Raises
        ------
        ValueError
            If no epoch came to its end.
        """
        if not self.records:
            raise ValueError("no epoch came to its end, so none is the best; train again with training.fit")
        return min(self.records, key=lambda record: record.validation["loss"])

    @property
    def best_epoch(self) -> int:
        """The number of the best epoch, from 1."""
        return self.best.epoch

    @property
    def seconds(self) -> float:
        """Time of all epochs together, s."""
        return sum(record.seconds for record in self.records)

    def frame(self) -> pd.DataFrame:
        """Put the scores into a table.

        Returns
        -------
        DataFrame
            One row for each epoch and part; columns ``epoch``, ``part`` (``"train"`` or ``"validation"``) and
            one for each score.
        """
        rows = [
            {"epoch": record.epoch, "part": part} | dict(getattr(record, part))
            for record in self.records
            for part in ("train", "validation")
        ]
        return pd.DataFrame(rows)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Make torch's randomness repeat itself inside a ``with`` block, and leave it untouched outside.

    Parameters
    ----------
    seed : int
        The same seed gives the same random numbers.

    Yields
    ------
    None
        The random numbers of torch, on the CPU and on CUDA, are seeded until the block ends.

    Examples
    --------
    >>> with seeded(0):
    ...     first = nn.Linear(2, 1)
    >>> with seeded(0):
    ...     again = nn.Linear(2, 1)
    >>> bool((first.weight == again.weight).all())
    True
    """
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(operator.index(seed))
        yield


def fit(
    model: nn.Module,
    train: Dataset | DataLoader,
    validation: Dataset | DataLoader,
    *,
    epochs: int,
    seed: int,
    batch_size: int = 32,
    learning_rate: float = 1e-3,
    optimizer: str | Callable[[nn.Module], torch.optim.Optimizer] = "adam",
    weight_decay: float = 0.0,
    schedule: str | None = None,
    loss: str | Score = "cross_entropy",
    metrics: Mapping[str, Score] | None = None,
    augment: Augmenter | None = None,
    patience: int | None = None,
    on_epoch: Callable[[History], object] | None = None,
    device: str = "auto",
    progress: bool = True,
) -> History:
    """Train a network in place, and leave it in evaluation mode with the weights of its best epoch.

    That holds however the training ends: after an interrupt (in a notebook, the stop button) the history so
    far comes back, and the code that follows goes on; after an error too the network has the weights of its
    best epoch, or those that it came with.

    Parameters
    ----------
    model : Module
        From (N, 1, H, W) to outputs that fit the loss. Training starts from the weights that it has.
    train, validation : Dataset or DataLoader
        Pairs of picture and label. Datasets are cut into batches, and the training pictures are shuffled
        before each epoch; a loader is used as it is. A stream (``IterableDataset``) needs a loader.
    epochs : int
        Passes over the training pictures.
    seed : int
        For shuffling, dropout and augmentation. The same seed gives the same history on the same machine.
    batch_size : int
        Pictures in each step, where datasets were given.
    learning_rate : float
        Of the optimizer; the highest one where the schedule is ``"one_cycle"``.
    optimizer : {"adam", "adamw"} or callable
        A callable takes the model and returns an optimizer, which may have groups of parameters with
        different learning rates. Then `learning_rate` and `weight_decay` are not used.
    weight_decay : float
        Strength of the pull of the weights toward 0: an L2 penalty for ``"adam"``, decoupled for ``"adamw"``.
    schedule : {"one_cycle"}, optional
        Raise each learning rate to what it was given as, then lower it to almost nothing by the last step
        (Smith & Topin 2018).
    loss : {"cross_entropy", "mse", "binary_cross_entropy"} or callable
        ``"mse"`` for regression; ``"binary_cross_entropy"`` for several yes-or-no targets at once.
    metrics : mapping of name to callable, optional
        Means over a batch, of (outputs, targets). By default accuracy for classes and for yes-or-no targets,
        the mean absolute error (``mae``) for regression, and none where the loss is a callable.
    augment : Augmenter, optional
        Applied to training batches, never to validation.
    patience : int, optional
        Stop after this many epochs without a lower validation loss.
    on_epoch : callable, optional
        Called after each epoch with the history so far, to draw live curves.
    device : {"auto", "cpu", "cuda", "mps", …}
        Where to train; the model stays there. ``"auto"`` takes a GPU if there is one.
    progress : bool
        Show a progress bar with the scores. After an interrupt it stays, and says whose weights are kept.

    Returns
    -------
    History
        Scores of each epoch: means over pictures, so that a smaller last batch counts for less. The training
        scores are taken while the weights still change, with dropout and augmentation on. After an interrupt
        it holds the epochs that came to their end, and ``interrupted`` is True.

    Raises
    ------
    ValueError
        If an option is unknown or out of range, the device cannot be used, the data are empty, labels do not
        fit the loss or the outputs (the message names the row), a batch holds a single picture and a layer of
        the model cannot learn from one, or the loss is no longer a finite number.
    TypeError
        If a callable returns something else than an optimizer, labels are real numbers and the loss is
        ``"cross_entropy"``, or the data are no pairs of picture and label.
    MemoryError
        If the memory is not enough for a batch; the message names its size.

    References
    ----------
    L. N. Smith, N. Topin, "Super-Convergence", 2018. https://arxiv.org/abs/1708.07120

    Examples
    --------
    >>> from workshop_utils.training import MolecularImageDataset
    >>> data = MolecularImageDataset(torch.eye(4).reshape(4, 1, 2, 2), [0, 1, 0, 1])
    >>> model = nn.Sequential(nn.Flatten(), nn.Linear(4, 2))
    >>> history = fit(model, data, data, epochs=3, seed=0, progress=False)
    >>> [record.epoch for record in history.records]
    [1, 2, 3]
    """
    if epochs < 1 or (patience is not None and patience < 1):
        raise ValueError(f"epochs and patience must be at least 1, got {epochs} and {patience}")
    seed, target = operator.index(seed), _device(device)
    model.to(target)
    scores = choose_scores(loss, metrics)
    batches = as_loader(train, batch_size, torch.Generator().manual_seed(seed))
    held_out = as_loader(validation, batch_size, None)
    for part, loader in (("training", batches), ("validation", held_out)):
        if isinstance(loss, str) and isinstance(loader.dataset, MolecularImageDataset):
            check_labels(loader.dataset.labels, loss, f"the {part} labels")
    if target.type == "cpu":
        # Half as fast again for convolutions: benchmarks/memory_order.py.
        model.to(memory_format=torch.channels_last)
    model.train()
    with seeded(seed):
        _check_last_batch(model, batches)
    descent = _optimizer(optimizer, model, learning_rate, weight_decay)
    pace = _schedule(schedule, descent, epochs, batches)
    noise = torch.Generator().manual_seed(seed)
    history, kept = History(()), copy.deepcopy(model.state_dict())
    with (
        seeded(seed),
        enough_memory_for(batches.batch_size),
        tqdm(total=epochs, unit="epoch", disable=not progress, leave=False) as bar,
    ):
        try:
            for number in range(1, epochs + 1):
                start = time.perf_counter()
                learned = train_one_epoch(
                    model, batches, descent, scores, pace=pace, augment=augment, generator=noise
                )
                checked = evaluate_one_epoch(model, held_out, scores)
                record = Epoch(number, learned, checked, time.perf_counter() - start)
                _check_finite(record, history)
                history = History((*history.records, record))
                if history.best_epoch == number:
                    kept = copy.deepcopy(model.state_dict())
                bar.update()
                bar.set_postfix({f"validation {name}": f"{value:.3f}" for name, value in checked.items()})
                if on_epoch is not None:
                    on_epoch(history)
                if patience is not None and number - history.best_epoch >= patience:
                    break
        except KeyboardInterrupt:
            history = History(history.records, interrupted=True)
            bar.leave = True
            bar.set_description(f"stopped in epoch {len(history.records) + 1}; {_whose_weights(history)}")
        finally:
            model.load_state_dict(kept)
            model.to(memory_format=torch.contiguous_format)
            model.eval()
    return history


def train_one_epoch(
    model: nn.Module,
    batches: DataLoader,
    optimizer: torch.optim.Optimizer,
    scores: Mapping[str, Score],
    *,
    pace: torch.optim.lr_scheduler.LRScheduler | None = None,
    augment: Augmenter | None = None,
    generator: torch.Generator | int | None = None,
) -> dict[str, float]:
    """Go once over the training batches, with a step of the optimizer after each.

    Parameters
    ----------
    model : Module
        The network; batches are brought to where it lies. It is put into training mode.
    batches : DataLoader
        Batches of pictures and labels.
    optimizer : torch.optim.Optimizer
        Of the parameters of the model.
    scores : mapping of str to callable
        Means over a batch, of (outputs, targets); the one called ``"loss"`` is minimized.
    pace : torch.optim.lr_scheduler.LRScheduler, optional
        Schedule of the learning rate; it steps after each batch.
    augment : Augmenter, optional
        Applied to each batch of pictures.
    generator : torch.Generator or int, optional
        Randomness of `augment`; torch's own by default.

    Returns
    -------
    dict of str to float
        Mean scores over all pictures, taken while the weights change.

    Raises
    ------
    ValueError
        If there is no batch, or labels do not fit the loss or the outputs.
    TypeError
        If the batches are no pairs of pictures and labels, or the network does not answer with one tensor.
    """
    model.train()
    sums, device = Means(), device_of(model)
    if generator is not None and not isinstance(generator, torch.Generator):
        # A stream: the seed itself would repeat its draw for every batch.
        generator = torch.Generator().manual_seed(operator.index(generator))
    for batch in batches:
        pictures, targets = as_pair(batch)
        if augment is not None:
            pictures = augment(pictures, generator=generator)
        pictures, targets = pictures.to(device), targets.to(device)
        outputs = as_answers(model(pictures), len(pictures))
        loss = scores["loss"](outputs, targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if pace is not None:
            pace.step()
        sums.add(scores, outputs.detach(), targets)
    return sums.means()


@torch.no_grad()
def evaluate_one_epoch(
    model: nn.Module, batches: DataLoader, scores: Mapping[str, Score]
) -> dict[str, float]:
    """Go once over held-out batches without learning.

    Parameters
    ----------
    model : Module
        The network; batches are brought to where it lies. It is put into evaluation mode.
    batches : DataLoader
        Batches of pictures and labels.
    scores : mapping of str to callable
        Means over a batch, of (outputs, targets).

    Returns
    -------
    dict of str to float
        Mean scores over all pictures.

    Raises
    ------
    ValueError
        If there is no batch, or labels do not fit the loss or the outputs.
    TypeError
        If the batches are no pairs of pictures and labels, or the network does not answer with one tensor.

    Examples
    --------
    >>> from workshop_utils.training import accuracy
    >>> batches = [(torch.eye(2), torch.tensor([0, 0]))]
    >>> evaluate_one_epoch(nn.Identity(), batches, {"accuracy": accuracy})
    {'accuracy': 0.5}
    """
    model.eval()
    sums, device = Means(), device_of(model)
    for batch in batches:
        pictures, targets = as_pair(batch)
        sums.add(scores, as_answers(model(pictures.to(device)), len(pictures)), targets.to(device))
    return sums.means()


def _device(name: str) -> torch.device:
    """Find the device of a name; ``"auto"`` is a GPU where there is one."""
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        device = torch.device(name)
        torch.zeros(1, device=device).item()
    except (RuntimeError, AssertionError, ImportError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(f"device {name!r} cannot be used here ({reason}); use 'auto' or 'cpu'") from None
    return device


def _check_last_batch(model: nn.Module, batches: DataLoader) -> None:
    """Refuse a batch of one where a layer cannot learn from it, before an epoch is spent; ask the layers."""
    size, endless = batches.batch_size, isinstance(batches.dataset, IterableDataset)
    if size is None or endless:
        return
    pictures = len(cast(Sized, batches.sampler))
    if size > 1 and (pictures % size != 1 or batches.drop_last):
        return
    alone, _ = as_pair(batches.collate_fn([batches.dataset[0]]))
    try:
        with torch.no_grad():
            copy.deepcopy(model)(alone.to(device_of(model)))
    except ValueError as error:
        if "more than 1 value per channel" not in str(error):
            raise
        raise ValueError(
            f"{pictures} pictures in batches of {size} leave a batch of one, and a layer of this network "
            "normalizes over the batch (BatchNorm) where one picture gives one value; choose another "
            + (
                "batch_size, or a DataLoader with drop_last=True"
                if 1 < size < pictures
                else "batch_size: 2 or more"
            )
        ) from None


def _check_finite(record: Epoch, before: History) -> None:
    for part in ("train", "validation"):
        if not math.isfinite(loss := getattr(record, part)["loss"]):
            raise ValueError(
                f"the {part} loss is {loss} in epoch {record.epoch}: lower learning_rate, or look for "
                f"missing values among the pictures or the labels. The network has {_whose_weights(before)}"
            )


def _whose_weights(history: History) -> str:
    """Say which weights the model is left with."""
    if not history.records:
        return "the weights from before the training again"
    return f"the weights of its best epoch, {history.best_epoch}, again"


def _optimizer(
    name: str | Callable[[nn.Module], torch.optim.Optimizer], model: nn.Module, rate: float, decay: float
) -> torch.optim.Optimizer:
    known = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    if callable(name):
        if not isinstance(made := name(model), torch.optim.Optimizer):
            raise TypeError(f"expected the callable to return a torch optimizer, got {type(made).__name__}")
        return made
    if name not in known:
        raise ValueError(f"unknown optimizer {name!r}; use one of {', '.join(known)}, or a callable")
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    if not learning:
        raise ValueError("nothing in this model learns: it has no parameters, or all are frozen")
    return known[name](learning, lr=rate, weight_decay=decay)


def _schedule(
    name: str | None, optimizer: torch.optim.Optimizer, epochs: int, batches: DataLoader
) -> torch.optim.lr_scheduler.LRScheduler | None:
    if name not in (None, "one_cycle"):
        raise ValueError(f"unknown schedule {name!r}; use 'one_cycle' or None")
    if name is None:
        return None
    rates = [group["lr"] for group in optimizer.param_groups]
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=epochs * len(batches))
