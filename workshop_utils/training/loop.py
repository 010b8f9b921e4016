"""The training loop."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, IterableDataset
from tqdm.auto import tqdm

from workshop_utils.augmentation import Augmenter
from workshop_utils.training.data import as_loader
from workshop_utils.training.history import Epoch, History
from workshop_utils.training.prediction import pick_device
from workshop_utils.training.scores import Means, Score, choose_scores


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Make torch's randomness repeat itself inside a ``with`` block, and leave it untouched outside.

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
        torch.manual_seed(seed)
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

    Parameters
    ----------
    model : Module
        From (N, 1, H, W) to outputs that fit the loss.
    train, validation : Dataset or DataLoader
        Of (picture, label). A dataset is cut into shuffled batches; a loader is used as it is.
    epochs : int
        Passes over the training pictures.
    seed : int
        For shuffling, dropout and augmentation. The same seed gives the same history on the same machine.
    batch_size : int
        Pictures a step, where datasets were given.
    learning_rate : float
        Of the optimiser; the highest one where the schedule is ``"one_cycle"``.
    optimizer : {"adam", "adamw"} or callable
        A callable takes the model and returns an optimiser, with learning rates of its own, one for each of
        its groups: discriminative rates. `learning_rate` and `weight_decay` are not for it.
    weight_decay : float
    schedule : {"one_cycle"}, optional
        Raise each learning rate to what it was given as, then lower it to almost nothing by the last step
        (Smith & Topin 2018).
    loss : {"cross_entropy", "mse", "binary_cross_entropy"} or callable
        ``"mse"`` for regression; ``"binary_cross_entropy"`` for several yes-or-no targets at once.
    metrics : mapping of name to callable, optional
        Means over a batch, of (outputs, targets). Accuracy for classes and MAE for regression by default.
    augment : Augmenter, optional
        Applied to training batches, never to validation.
    patience : int, optional
        Stop after this many epochs without a lower validation loss.
    on_epoch : callable, optional
        Called with the history so far after each epoch: live curves.
    device : {"auto", "cpu", "cuda", "mps", …}
        ``"auto"`` takes a GPU where there is one.
    progress : bool
        Show a bar with live numbers.

    Returns
    -------
    History
        Scores of each epoch: means over pictures, so that a smaller last batch counts for less. The training
        scores are taken while the weights still change, with dropout and augmentation on.

    Raises
    ------
    ValueError
        If an option is unknown, the data are empty, outputs and targets do not fit, a batch holds a single
        picture and the model normalises over batches, or the loss is no longer a number.
    TypeError
        If a callable returns something else than an optimiser.

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
    target = pick_device(device)
    model.to(target)
    scores = choose_scores(loss, metrics)
    batches = as_loader(train, batch_size, torch.Generator().manual_seed(seed))
    held_out = as_loader(validation, batch_size, None)
    if target.type == "cpu":
        # Half as fast again for convolutions: benchmarks/memory_order.py.
        model.to(memory_format=torch.channels_last)
    model.train()
    _check_batch_norm(model, batches)
    descent = _optimizer(optimizer, model, learning_rate, weight_decay)
    pace = _schedule(schedule, descent, epochs, batches)
    noise = torch.Generator().manual_seed(seed)
    records: list[Epoch] = []
    best_weights: dict[str, Tensor] = {}
    with seeded(seed), tqdm(total=epochs, unit="epoch", disable=not progress, leave=False) as bar:
        for number in range(1, epochs + 1):
            start = time.perf_counter()
            learnt = train_one_epoch(
                model, batches, descent, scores, pace=pace, augment=augment, noise=noise, device=target
            )
            checked = evaluate_one_epoch(model, held_out, scores, device=target)
            records.append(Epoch(number, learnt, checked, time.perf_counter() - start))
            _check_finite(records[-1])
            history = History(tuple(records))
            if history.best_epoch == number:
                best_weights = copy.deepcopy(model.state_dict())
            bar.update()
            bar.set_postfix({f"validation {name}": f"{value:.3f}" for name, value in checked.items()})
            if on_epoch is not None:
                on_epoch(history)
            if patience is not None and number - history.best_epoch >= patience:
                break
    model.load_state_dict(best_weights)
    model.to(memory_format=torch.contiguous_format)
    return history


def train_one_epoch(
    model: nn.Module,
    batches: DataLoader,
    optimizer: torch.optim.Optimizer,
    scores: Mapping[str, Score],
    *,
    pace: torch.optim.lr_scheduler.LRScheduler | None = None,
    augment: Augmenter | None = None,
    noise: torch.Generator | None = None,
    device: torch.device,
) -> dict[str, float]:
    """Go once over the training batches, stepping downhill after each; return the mean scores."""
    model.train()
    sums = Means()
    for pictures, targets in batches:
        if augment is not None:
            pictures = augment(pictures, generator=noise)
        pictures, targets = pictures.to(device), targets.to(device)
        outputs = model(pictures)
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
    model: nn.Module, batches: DataLoader, scores: Mapping[str, Score], *, device: torch.device
) -> dict[str, float]:
    """Go once over held-out batches, learning nothing; return the mean scores."""
    model.eval()
    sums = Means()
    for pictures, targets in batches:
        sums.add(scores, model(pictures.to(device)), targets.to(device))
    return sums.means()


def _check_batch_norm(model: nn.Module, batches: DataLoader) -> None:
    """BatchNorm learns from the spread within a batch, and one picture has none; for a model that trains."""
    learning = [layer for layer in model.modules() if layer.training]  # a frozen one never trains
    normalised = any(isinstance(layer, nn.modules.batchnorm._BatchNorm) for layer in learning)
    size, endless = batches.batch_size, isinstance(batches.dataset, IterableDataset)
    if not normalised or size is None or endless:
        return
    pictures = len(batches.sampler)
    if size == 1 or (pictures % size == 1 and not batches.drop_last):
        raise ValueError(
            f"{pictures} pictures in batches of {size} leave a batch of one, and this network normalises "
            "over the batch (BatchNorm); choose another batch_size, or a DataLoader with drop_last=True"
        )


def _check_finite(record: Epoch) -> None:
    for part in ("train", "validation"):
        if not math.isfinite(loss := getattr(record, part)["loss"]):
            raise ValueError(
                f"the {part} loss is {loss} in epoch {record.epoch}: lower learning_rate, or look for "
                "missing values among the labels"
            )


def _optimizer(
    name: str | Callable[[nn.Module], torch.optim.Optimizer], model: nn.Module, rate: float, decay: float
) -> torch.optim.Optimizer:
    known = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    if callable(name):
        if not isinstance(made := name(model), torch.optim.Optimizer):
            raise TypeError(f"expected the callable to return a torch optimiser, got {type(made).__name__}")
        return made
    if name not in known:
        raise ValueError(f"unknown optimizer {name!r}; use one of {', '.join(known)}, or a callable")
    return known[name]([p for p in model.parameters() if p.requires_grad], lr=rate, weight_decay=decay)


def _schedule(
    name: str | None, optimizer: torch.optim.Optimizer, epochs: int, batches: DataLoader
) -> torch.optim.lr_scheduler.LRScheduler | None:
    if name not in (None, "one_cycle"):
        raise ValueError(f"unknown schedule {name!r}; use 'one_cycle' or None")
    if name is None:
        return None
    rates = [group["lr"] for group in optimizer.param_groups]
    return torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=epochs * len(batches))
