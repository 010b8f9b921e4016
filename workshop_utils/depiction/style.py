"""How a molecule is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PALETTES = ("black", "colour", "avalon", "cdk")
ENGINES = ("rdkit", "coordgen")


def _expect(holds: bool, name: str, expected: str, value: object) -> None:
    if not holds:
        raise ValueError(f"{name} must be {expected}, got {value!r}")


@dataclass(frozen=True)
class DepictionStyle:
    """How a molecule is drawn.

    Parameters
    ----------
    size : int
        Side of the square picture, px.
    line_width : float
        Width of a bond's line, px.
    palette : {"black", "colour", "avalon", "cdk"}
        Colours of the atoms. ``"black"`` keeps colour from leaking into grey.
    bond_length : float, optional
        Usual length of a bond, px; shrunk where the molecule would not fit. By default the drawing fills the
        picture, so that small molecules have long bonds.
    engine : {"rdkit", "coordgen"}
        Who lays the atoms out.
    rotation : float
        Turn of the layout, degrees clockwise. Letters stay upright.
    padding : float
        Empty margin, as a fraction of the side.
    font_size : int, optional
        Height of the letters, px. By default they grow and shrink with the bonds, from 6 to 40 px.

    Raises
    ------
    ValueError
        If a value is out of its range; the message says which are allowed.

    Examples
    --------
    >>> DepictionStyle(size=200).line_width
    2.0
    """

    size: int = 96
    line_width: float = 2.0
    palette: str = "black"
    bond_length: float | None = None
    engine: str = "rdkit"
    rotation: float = 0.0
    padding: float = 0.05
    font_size: int | None = None

    def __post_init__(self) -> None:
        _expect(self.palette in PALETTES, "palette", f"one of {PALETTES}", self.palette)
        _expect(self.engine in ENGINES, "engine", f"one of {ENGINES}", self.engine)
        _expect(self.size >= 16 and self.size == int(self.size), "size", "a whole number ≥ 16 px", self.size)
        _expect(self.line_width > 0, "line_width", "more than 0 px", self.line_width)
        _expect(self.bond_length is None or self.bond_length > 0, "bond_length", "> 0 px", self.bond_length)
        _expect(0 <= self.padding < 0.5, "padding", "a fraction in [0, 0.5)", self.padding)
        letters = 4 if self.font_size is None else self.font_size
        _expect(letters >= 4 and letters == int(letters), "font_size", "a whole number ≥ 4 px", letters)

    @classmethod
    def random(cls, generator: np.random.Generator | int, *, size: int = 96) -> DepictionStyle:
        """Draw a style: line width 0.75–3.5 px, any palette, free or fixed bond length, any turn.

        Parameters
        ----------
        generator : numpy.random.Generator or int
            The source of randomness; a seed always gives the same style.
        size : int
            Side of the picture, px: it is not random.

        Examples
        --------
        >>> DepictionStyle.random(np.random.default_rng(0), size=64).size
        64
        """
        generator = np.random.default_rng(generator)
        free = generator.random() < 0.5
        return cls(
            size=size,
            line_width=float(generator.uniform(0.75, 3.5)),
            palette=str(generator.choice(PALETTES)),
            bond_length=None if free else float(generator.uniform(0.1, 0.3) * size),
            engine=str(generator.choice(ENGINES)),
            rotation=float(generator.uniform(0, 360)),
            padding=float(generator.uniform(0.02, 0.2)),
            font_size=round(generator.uniform(0.07, 0.16) * size),
        )


#: The drawing that the course uses where nothing else is said.
STANDARD = DepictionStyle()
