"""Lesson 08: type a SMILES or a name; see how soluble a molecule looks to a network that reads drawings."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rdkit.Chem import Descriptors

from workshop_utils import datasets
from workshop_utils.depiction import DepictionStyle
from workshop_utils.molecules import canonical_smiles, parse

from ._answers import network
from ._canvas import (
    BLUE,
    LEFT,
    POSITIVE,
    QUIET,
    RIGHT,
    SIDE,
    TEXT,
    TOP,
    Sheet,
    caption,
    drawing,
    place,
    sheet,
    write,
)
from ._molecules import CAFFEINE, EXAMPLES
from ._shell import Demo, molecule
from ._threads import one_thread

LOW, HIGH = -12.0, 2.0  #: log10 mol/L: all of ESOL lies between
PREFIXES = (1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"), (1e-12, "p")
BINS = 28
BARS = 250  #: height of the highest bar, px


def solubility_reader_frame(smiles: str = CAFFEINE) -> NDArray[np.uint8]:
    """Draw a molecule, and where its solubility as a network reads it lies among those of ESOL.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    """
    read, measured, error = _read(smiles), _measured(smiles), _error()
    frame = sheet(TOP + SIDE + 106)
    caption(frame, "The drawing", f"the network reads it at {_style().size} × {_style().size} px", LEFT)
    place(frame, drawing(smiles, _enlarged()), LEFT, TOP)
    caption(frame, "logS, log10 of mol/L", "bars: the molecules of ESOL, as measured", RIGHT)
    _landscape(frame)
    _span(frame, read - error, read + error)
    _mark(frame, read, BLUE, f"network {read:.1f}", TOP + 6)
    if measured:
        values = " and ".join(f"{value:.1f}" for value in measured)
        _mark(frame, float(np.mean(measured)), POSITIVE, f"measured {values}", TOP + 34)
    y = TOP + SIDE + 14
    for n, line in enumerate(_sentences(smiles)):
        write(frame, line, LEFT, y + 30 * n, bold=n == 0)
    return frame


def solubility_reader_alt(smiles: str = CAFFEINE) -> str:
    """Say what :func:`solubility_reader_frame` shows.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    return f"Drawing of {smiles}, and its logS among those of ESOL. {' '.join(_sentences(smiles))}"


def solubility_reader() -> Demo:
    """Make the demo of lesson 08: type a SMILES or a name, and see the solubility that a network reads.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        solubility_reader_frame,
        solubility_reader_alt,
        {"smiles": molecule()},
        presets={"molecule": EXAMPLES},
    )


def _sentences(smiles: str) -> list[str]:
    """What the network reads, how far off it usually is, and what was measured."""
    read, measured, error = _read(smiles), _measured(smiles), _error()
    amounts = f"about {_amount(10**read, 'mol')}/L"
    if mass := _mass(smiles):
        amounts += f", or {_amount(10**read * mass, 'g')}/L"
    said = [
        f"The network reads logS {_signed(read)}: {amounts}.",
        f"On molecules new to it, it errs by {error:.2f} (RMSE), a factor of {10**error:.0f}: the band.",
    ]
    if not measured:
        return [*said, "ESOL holds no measurement of this molecule."]
    mean, new = float(np.mean(measured)), _is_new(smiles)
    off = f"read {abs(read - mean):.2f} {'too high' if read > mean else 'too low'}"
    if len(measured) > 1:  # a longer line would leave the page
        values, known = " and ".join(map(_signed, measured)), "It is new to" if new else "It was shown to"
        return [*said, f"Measured: {values}, on average {_signed(mean)}; {off}. {known} the network."]
    known = "new to the network" if new else "one of those that the network learned from"
    return [*said, f"Measured: {_signed(mean)}; {off}. The molecule is {known}."]


def _mass(smiles: str) -> float:
    """Average mass of a molecule, g/mol; 0 where an atom is left open, as * is."""
    molecule = parse(smiles)
    known = all(atom.GetAtomicNum() for atom in molecule.GetAtoms())
    return Descriptors.MolWt(molecule) if known else 0.0  # pyright: ignore[reportAttributeAccessIssue]: no stub has it


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _amount(value: float, unit: str) -> str:
    """Write an amount with one digit, in the prefix that suits it."""
    rounded = float(f"{value:.1g}")
    factor, prefix = next((one for one in PREFIXES if rounded >= one[0]), PREFIXES[-1])
    return f"{rounded / factor:g} {prefix}{unit}"


def _reader() -> Any:
    """The shipped network, of a class that only torch knows."""
    return network("solubility")


def _style() -> DepictionStyle:
    return DepictionStyle(**_reader().card.style)


def _enlarged() -> DepictionStyle:
    """The style in which the network reads, enlarged to the side of the page's pictures."""
    style = _reader().card.style
    zoom = SIDE / style["size"]
    lengths = {name: style[name] * zoom for name in ("bond_length", "line_width")}
    return DepictionStyle(**style | lengths | {"size": SIDE})


def _error() -> float:
    """RMSE on the fold that the network has not seen, in units of logS."""
    return float(_reader().card.metrics["rmse"])


@functools.lru_cache(maxsize=64)
def _read(smiles: str) -> float:
    with one_thread():
        return float(_reader().read(drawing(smiles, _style())[None])[0, 0])


@functools.cache
def _esol() -> dict[str, list[float]]:
    """Measured logS of each molecule of ESOL, by its canonical SMILES; of some there are two values."""
    esol, measured = datasets.load_esol(), {}
    for smiles, logs in zip(esol["smiles"], esol["log_solubility"], strict=True):
        measured.setdefault(canonical_smiles(smiles), set()).add(float(logs))
    return {smiles: sorted(logs) for smiles, logs in measured.items()}


@functools.cache
def _unseen() -> frozenset[str]:
    """The molecules that the network has not learned from: the first of five folds."""
    from workshop_utils import splits

    smiles = datasets.load_esol()["smiles"].tolist()
    _, test = splits.grouped_kfold(smiles, n_splits=5, seed=0)[0]
    return frozenset(canonical_smiles(smiles[row]) for row in test)


def _measured(smiles: str) -> list[float]:
    return _esol().get(canonical_smiles(smiles), [])


def _is_new(smiles: str) -> bool:
    return canonical_smiles(smiles) in _unseen()


def _x(logs: float) -> int:
    """Where a logS lies on the page; what is off the scale lies at its end."""
    return RIGHT + round(SIDE * (min(max(logs, LOW), HIGH) - LOW) / (HIGH - LOW))


def _landscape(frame: Sheet) -> None:
    """Draw the histogram of ESOL on its axis."""
    means = [np.mean(logs) for logs in _esol().values()]
    counts, edges = np.histogram(means, bins=BINS, range=(LOW, HIGH))
    floor = TOP + SIDE - 30
    for count, left, right in zip(counts, edges[:-1], edges[1:], strict=True):
        frame[floor - round(BARS * count / counts.max()) : floor, _x(left) + 1 : _x(right)] = 200
    frame[floor : floor + 2, RIGHT : RIGHT + SIDE] = TEXT
    for tick in range(int(LOW), int(HIGH) + 1, 2):
        write(frame, f"{tick}".replace("-", "−"), _x(tick), floor + 16, size=15, color=QUIET, centered=True)


def _span(frame: Sheet, low: float, high: float) -> None:
    """Tint the paper behind the bars from one logS to another."""
    area = frame[TOP + 62 : TOP + SIDE - 30, _x(low) : _x(high)]
    area[:] = (area * (1 - 0.22 * (1 - np.array(BLUE) / 255))).astype(np.uint8)


def _mark(frame: Sheet, logs: float, color: tuple[int, int, int], label: str, y: int) -> None:
    """Draw a line at a logS, and its label beside its upper end."""
    x, right = _x(logs), logs > (LOW + HIGH) / 2
    frame[y : TOP + SIDE - 30, max(x - 1, 0) : x + 2] = color
    write(
        frame,
        label.replace("-", "−"),
        x - 8 if right else x + 8,
        y,
        size=17,
        color=color,
        bold=True,
        right=right,
    )
