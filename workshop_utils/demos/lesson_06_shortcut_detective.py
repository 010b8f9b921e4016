"""Lesson 06: draw one molecule in two ways, and see which of two networks changes its answer."""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import rdCoordGen

from workshop_utils.depiction import ENGINES, PALETTES, STANDARD, DepictionStyle, draw, to_ink
from workshop_utils.molecules import has_aromatic_ring, hydrogenated_twin, parse

from .._floor import words
from ._answers import bar, probability
from ._canvas import (
    BLUE,
    LEFT,
    MARK,
    NEGATIVE,
    POSITIVE,
    QUIET,
    TOP,
    WIDTH,
    Sheet,
    caption,
    enlarge,
    place,
    sheet,
    short,
    write,
)
from ._molecules import CAFFEINE, PARACETAMOL, THIOPHENE
from ._shell import Demo, choice, molecule, slider, tick

#: Four with an aromatic ring, then four with a ring that is none; the last two have double bonds in it.
MOLECULES = {
    "paracetamol": {"smiles": PARACETAMOL},
    "estradiol": {"smiles": "CC12CCC3c4ccc(O)cc4CCC3C1CCC2O"},
    "caffeine": {"smiles": CAFFEINE},
    "thiophene": {"smiles": THIOPHENE},
    "menthol": {"smiles": "CC(C)C1CCC(C)CC1O"},
    "testosterone": {"smiles": "CC12CCC3C(CCC4=CC(=O)CCC34C)C2CCC1O"},
    "benzoquinone": {"smiles": "O=C1C=CC(=O)C=C1"},
    "cyclooctatetraene": {"smiles": "C1=CC=CC=CC=C1"},
}
BOND_LENGTHS = {"free": None, "10 px": 10.0, "15 px": 15.0, "20 px": 20.0, "25 px": 25.0}
#: Shipped networks that answer "is there an aromatic ring?" → what they were trained on.
NETWORKS = {"audited": "trained on one style", "repaired": "trained on many styles"}

ZOOM = 3
SIDE = ZOOM * STANDARD.size  #: of an enlarged picture
SECOND = WIDTH - LEFT - SIDE  #: where the right picture begins
FIRST = SECOND - 22 - SIDE  #: where the left one begins
BARS = TOP + SIDE + 16  #: where the probabilities begin
ROW = 60  #: from one network to the next


class Seen(NamedTuple):
    """A drawing, the truth about it, and what the networks answer.

    Attributes
    ----------
    picture : ndarray of shape (96, 96, 3)
        The drawing, RGB, uint8.
    truth : bool
        Whether the molecule has an aromatic ring.
    answers : dict of str to float
        Probability of an aromatic ring, by the name of the network.
    """

    picture: Sheet
    truth: bool
    answers: dict[str, float]


def shortcut_detective_frame(
    smiles: str = PARACETAMOL,
    *,
    line_width: float = 1.0,
    bond_length: str = "free",
    palette: str = "black",
    rotation: float = 0,
    engine: str = "rdkit",
    twin: bool = False,
) -> NDArray[np.uint8]:
    """Draw a molecule in the standard style and in yours, above the answers of two networks to each.

    Parameters
    ----------
    smiles : str
        SMILES of the molecule.
    line_width : float
        Width of a bond's line, px, in a picture of 96 × 96 px. More than 0.
    bond_length : {"free", "10 px", "15 px", "20 px", "25 px"}
        Usual length of a bond; with "free" the drawing fills the picture.
    palette : {"black", "color", "avalon", "cdk"}
        Colors of the atoms, as in ``depiction.DepictionStyle``.
    rotation : float
        Turn of the layout, degrees clockwise.
    engine : {"rdkit", "coordgen"}
        Program that makes the layout, as in ``depiction.DepictionStyle``.
    twin : bool
        Whether to draw the hydrogenated twin in your style: the same layout, with its aromatic bonds single.

    Returns
    -------
    ndarray of shape (H, W, 3)
        The picture, RGB, uint8.

    Raises
    ------
    InvalidSmilesError
        If the SMILES cannot be read.
    ValueError
        If there is no such bond length or style, or the molecule has no twin.
    """
    before, after, changes = _case(
        smiles,
        line_width=line_width,
        bond_length=bond_length,
        palette=palette,
        rotation=rotation,
        engine=engine,
        twin=twin,
    )
    frame = sheet(BARS + len(NETWORKS) * ROW + 40)
    _explain(frame, changes)
    for title, x, seen in (("Standard drawing", FIRST, before), ("Your drawing", SECOND, after)):
        caption(frame, title, f"truth: {_named(seen.truth)}", x)
        place(frame, enlarge(seen.picture, ZOOM), x, TOP)
        for row, answer in enumerate(seen.answers.values()):
            _answer(frame, answer, seen.truth, x, BARS + row * ROW)
    write(frame, _verdict(before, after, changes), LEFT, BARS + len(NETWORKS) * ROW + 4, bold=True)
    return frame


def shortcut_detective_alt(smiles: str = PARACETAMOL, **parameters: Any) -> str:
    """Say what :func:`shortcut_detective_frame` shows, with the same parameters.

    Parameters
    ----------
    smiles : str
        As for the frame.
    **parameters : object
        Other parameters of the frame; those that are missing have their defaults.

    Returns
    -------
    str
        One or more sentences, with the most important numbers.
    """
    before, after, changes = _case(smiles, **((shortcut_detective_frame.__kwdefaults__ or {}) | parameters))
    first, then = (
        {name: words.probability(answer) for name, answer in case.answers.items()} for case in (before, after)
    )
    answers = "; ".join(f"{name} network {first[name]}, then {then[name]}" for name in NETWORKS)
    return (
        f"{smiles} in the standard drawing, and with {', '.join(changes) or 'no change'}. Probability of an "
        f"aromatic ring: {answers}. Truth: {_named(before.truth)}, then {_named(after.truth)}. "
        f"{_verdict(before, after, changes)}"
    )


def shortcut_detective() -> Demo:
    """Make the demo of lesson 06: change how a molecule is drawn, and see what two networks answer.

    Returns
    -------
    Demo
        The widget, with its controls; Jupyter shows it at the end of a cell.
    """
    return Demo(
        shortcut_detective_frame,
        shortcut_detective_alt,
        {
            "smiles": molecule(),
            "line_width": slider("line width (px)", 0.5, 4.0, 0.25),
            "bond_length": choice("bond length", list(BOND_LENGTHS)),
            "palette": choice("palette", PALETTES),
            "rotation": slider("rotation (degrees)", 0, 350, 10),
            "engine": choice("layout engine", ENGINES),
            "twin": tick("hydrogenated twin"),
        },
        presets={"molecule": MOLECULES},
    )


def _case(smiles: str, *, bond_length: str, twin: bool, **options: Any) -> tuple[Seen, Seen, list[str]]:
    """Return the standard drawing and the reader's as the networks see them, and what differs."""
    if bond_length not in BOND_LENGTHS:
        raise ValueError(f"expected a bond length of {', '.join(BOND_LENGTHS)}; got {bond_length!r}")
    style = DepictionStyle(bond_length=BOND_LENGTHS[bond_length], **options)
    return _standard(smiles), _seen(smiles, style, twin), _changes(style, twin)


@functools.lru_cache(maxsize=16)
def _standard(smiles: str) -> Seen:
    """Return the drawing that stays while other controls move."""
    return _seen(smiles, STANDARD, False)


@functools.lru_cache(maxsize=64)
def _seen(smiles: str, style: DepictionStyle, twin: bool) -> Seen:
    molecule = _molecule(smiles, style.engine, twin)
    picture = draw(molecule, style)
    answers = {name: probability(name, to_ink(picture)) for name in NETWORKS}
    return Seen(picture, has_aromatic_ring(molecule), answers)


def _molecule(smiles: str, engine: str, twin: bool) -> Chem.Mol:
    molecule = parse(smiles)
    if not twin:
        return molecule
    if engine == "coordgen":
        rdCoordGen.AddCoords(molecule)  # the twin keeps the layout it finds
    try:
        return hydrogenated_twin(molecule)
    except ValueError as error:
        raise ValueError(f"{error}. Choose another molecule, or untick the twin") from None


def _changes(style: DepictionStyle, twin: bool) -> list[str]:
    """Name what makes the reader's drawing differ from the standard one."""
    named = {
        "line_width": f"lines of {short(style.line_width or 0)} px",
        "bond_length": f"bonds of {style.bond_length:g} px" if style.bond_length else "",
        "palette": f"{style.palette} palette",
        "rotation": f"turned by {style.rotation:g}°",
        "engine": f"layout: {style.engine}",
    }
    changes = [said for name, said in named.items() if getattr(style, name) != getattr(STANDARD, name)]
    return changes + ["aromatic bonds single"] * twin


def _named(truth: bool) -> str:
    return "an aromatic ring" if truth else "no aromatic ring"


def _verdict(before: Seen, after: Seen, changes: list[str]) -> str:
    """Say in a sentence who changes its mind."""
    if not changes:
        return "Two equal drawings, equal answers. Change how the right one is drawn."
    moved = [name for name in NETWORKS if (before.answers[name] >= 0.5) != (after.answers[name] >= 0.5)]
    stays = [name for name in NETWORKS if name not in moved]
    what = "Another molecule" if before.truth != after.truth else "The same molecule"
    if len(moved) == 1:
        return f"{what}: the {moved[0]} network changes its mind, the {stays[0]} one does not."
    return f"{what}: {'both networks change their minds' if moved else 'neither network changes its mind'}."


def _explain(frame: Sheet, changes: list[str]) -> None:
    """Write the left column: what differs, what is asked, and the name of each row."""
    write(frame, "What differs", LEFT, 6, bold=True)
    for row, change in enumerate(changes or ["nothing yet"]):
        write(frame, change, LEFT, 32 + 24 * row)
    for row, line in enumerate(("Networks read 96 × 96 px", "in gray. Truth: RDKit.")):
        write(frame, line, LEFT, BARS - 116 + 20 * row, size=15, color=QUIET)
    for row, line in enumerate(("Probability of", "an aromatic ring")):
        write(frame, line, LEFT, BARS - 62 + 22 * row, bold=True)
    for row, (name, trained) in enumerate(NETWORKS.items()):
        write(frame, f"{name} network", LEFT, BARS + row * ROW, bold=True)
        write(frame, trained, LEFT, BARS + row * ROW + 24, size=15, color=QUIET)


def _answer(frame: Sheet, answer: float, truth: bool, x: int, y: int) -> None:
    """Draw a probability: blue where it is on the right side of 0.5, vermillion where it is not."""
    right = (answer >= 0.5) == truth
    color, ink = (BLUE, NEGATIVE) if right else (MARK, POSITIVE)
    write(frame, words.probability(answer), x, y, bold=True, color=ink)
    write(frame, "right" if right else "wrong", x + SIDE, y, bold=True, color=ink, right=True)
    write(frame, "0.5", x + SIDE / 2, y + 12, size=14, color=QUIET, centered=True)
    bar(frame, answer, x, y + 26, width=SIDE, height=20, color=color, thickness=2)
