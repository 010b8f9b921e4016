"""Lesson 08: type a molecule, or two; see how soluble they look to a network that reads drawings."""

from __future__ import annotations

import functools
import math
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


def solubility_reader_frame(smiles: str = CAFFEINE, other: str = "") -> NDArray[np.uint8]:
    """Draw a molecule, and where its solubility as a network reads it lies among those of ESOL.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.
    other : str
        SMILES of another one, to compare the two; by default there is none.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    """
    if not isinstance(other, str) or other.strip():
        return _pair(smiles, other)
    read, measured, error = _read(smiles), _measured(smiles), _error()
    frame = sheet(TOP + SIDE + 106)
    caption(frame, "The drawing", f"the network reads it at {_style().size} × {_style().size} px", LEFT)
    place(frame, drawing(smiles, _enlarged(SIDE)), LEFT, TOP)
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


def solubility_reader_alt(smiles: str = CAFFEINE, other: str = "") -> str:
    """Say what :func:`solubility_reader_frame` shows.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.
    other : str
        As for the frame.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    if not isinstance(other, str) or other.strip():
        said = " ".join(_comparison(smiles, other))
        return f"Drawings of A, {smiles}, and B, {other}, and both logS among those of ESOL. {said}"
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
        {"smiles": molecule(), "other": molecule("compare with")},
        presets={"molecule": EXAMPLES},
    )


def _pair(smiles: str, other: str) -> Sheet:
    """Two molecules, one above the other, and both on one axis."""
    frame, side = sheet(TOP + SIDE + 106), (SIDE - 10) // 2
    caption(frame, "Two drawings", f"the network reads each at {_style().size} × {_style().size} px", LEFT)
    caption(frame, "logS, log10 of mol/L", "bars: the molecules of ESOL, as measured", RIGHT)
    _landscape(frame)
    for n, (letter, one) in enumerate((("A", smiles), ("B", other))):
        y = TOP + n * (side + 10)
        place(frame, drawing(one, _enlarged(side)), LEFT, y)
        write(frame, letter, LEFT + side + 14, y + 4, size=24, bold=True)
        write(frame, f"network {_signed(_read(one))}", LEFT + side + 14, y + 48, color=BLUE)
        if measured := _measured(one):
            known = f"measured {_signed(float(np.mean(measured)))}"
            write(frame, known, LEFT + side + 14, y + 78, color=POSITIVE)
        _mark(frame, _read(one), BLUE, letter, TOP + 6 + 28 * n)
    for n, line in enumerate(_comparison(smiles, other)):
        write(frame, line, LEFT, TOP + SIDE + 14 + 30 * n, bold=n == 0)
    return frame


def _comparison(smiles: str, other: str) -> list[str]:
    """Which of two is read as more soluble, how far that can be trusted, and what was measured."""
    gap, error = _read(smiles) - _read(other), _error()
    first, second = ("A", "B") if gap >= 0 else ("B", "A")
    how = (
        f"{first} is read as more soluble than {second}, by {abs(gap):.2f}: a factor of {10 ** abs(gap):.2g}."
    )
    if canonical_smiles(smiles) == canonical_smiles(other):
        how = f"A and B are one molecule, drawn twice; the readings differ by {abs(gap):.2f}."
    apart = math.sqrt(2) * error
    said = [
        how,
        f"One reading errs by {error:.2f} (RMSE), a difference of two independent ones by {apart:.1f}.",
    ]
    unknown = [letter for letter, one in (("A", smiles), ("B", other)) if not _measured(one)]
    if unknown:
        return [*said, f"ESOL holds no measurement of {' and '.join(unknown)}."]
    known = float(np.mean(_measured(smiles)) - np.mean(_measured(other)))
    order = f" The order is {'right' if known * gap > 0 else 'wrong'}." if known and gap else ""
    return [*said, f"Measured, A − B is {_signed(known)}.{order}"]


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


def _enlarged(side: int) -> DepictionStyle:
    """The style in which the network reads, enlarged to a picture of this side, px."""
    style = _reader().card.style
    zoom = side / style["size"]
    lengths = {name: style[name] * zoom for name in ("bond_length", "line_width")}
    return DepictionStyle(**style | lengths | {"size": side})


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
