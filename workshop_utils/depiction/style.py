"""The style of a drawing: its size, lines, colors and layout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PALETTES = ("black", "color", "avalon", "cdk")
#: Engines that are always there.
ENGINES = ("rdkit", "coordgen")
#: Engines that need an extra of their name.
EXTRA_ENGINES = ("indigo",)
#: What Indigo can honor of `PALETTES`.
_INDIGO_PALETTES = ("black", "color")


def _expect(holds: bool, name: str, expected: str, value: object) -> None:
    if not holds:
        raise ValueError(f"{name} must be {expected}, got {value!r}")


@dataclass(frozen=True)
class DepictionStyle:
    """How a molecule is drawn.

    Parameters
    ----------
    size : int
        Side of the square picture, px; at least 16.
    line_width : float, optional
        Width of a bond's line, px. None is what the engine does by itself: 2 px, and with Indigo a thirtieth
        of a bond.
    palette : {"black", "color", "avalon", "cdk"}
        Colors of the atoms. In ``"black"`` no color of an element shows up as a gray level of the ink. Indigo
        has the first two.
    bond_length : float, optional
        Usual length of a bond, px; shrunk where the molecule would not fit. By default the drawing fills the
        picture, so that small molecules have long bonds.
    engine : {"rdkit", "coordgen", "indigo"}
        Who lays the atoms out. RDKit draws for itself and for CoordGen, and lays out what CoordGen cannot:
        rings of more than 24 atoms. Indigo, an extra, also draws.
    rotation : float
        Turn of the layout, degrees clockwise. Letters stay upright.
    padding : float
        Empty margin, as a fraction of the side, in [0, 0.5).
    font_size : int, optional
        Height of the letters, px; at least 4. By default they grow and shrink with the bonds, from 6 to 40
        px. Not with Indigo.

    Raises
    ------
    ValueError
        If a value is out of its range, or the engine cannot honor it; the message says which are allowed.

    Examples
    --------
    >>> DepictionStyle(size=200).line_width
    2.0
    """

    size: int = 96
    line_width: float | None = 2.0
    palette: str = "black"
    bond_length: float | None = None
    engine: str = "rdkit"
    rotation: float = 0.0
    padding: float = 0.05
    font_size: int | None = None

    def __post_init__(self) -> None:
        if self.palette == "colour":  # as earlier versions spelled it
            object.__setattr__(self, "palette", "color")
        _expect(self.palette in PALETTES, "palette", f"one of {PALETTES}", self.palette)
        engines = ENGINES + EXTRA_ENGINES
        _expect(self.engine in engines, "engine", f"one of {engines}", self.engine)
        _expect(self.size >= 16 and self.size == int(self.size), "size", "a whole number ≥ 16 px", self.size)
        line_width = 2.0 if self.line_width is None else self.line_width
        _expect(line_width > 0, "line_width", "more than 0 px", line_width)
        _expect(self.bond_length is None or self.bond_length > 0, "bond_length", "> 0 px", self.bond_length)
        _expect(0 <= self.padding < 0.5, "padding", "a fraction in [0, 0.5)", self.padding)
        letters = 4 if self.font_size is None else self.font_size
        _expect(letters >= 4 and letters == int(letters), "font_size", "a whole number ≥ 4 px", letters)
        if self.engine == "indigo":
            self._expect_what_indigo_can()

    def _expect_what_indigo_can(self) -> None:
        palettes = f"one of {_INDIGO_PALETTES} with the engine 'indigo'"
        letters = "None with the engine 'indigo', which sizes its letters by the bonds"
        _expect(self.palette in _INDIGO_PALETTES, "palette", palettes, self.palette)
        _expect(self.font_size is None, "font_size", letters, self.font_size)

    @classmethod
    def random(cls, generator: np.random.Generator | int, *, size: int = 96) -> DepictionStyle:
        """Draw a style: lines of 0.3–3.5 px, any palette, free or fixed bond length, any turn.

        Thin lines are as likely as thick ones: the logarithm of the width is uniform. Fixed bonds are 10–30 %
        of the side, margins 2–20 % and letters 7–16 %. The engine is one of `ENGINES`, whatever extras are
        installed.

        Parameters
        ----------
        generator : numpy.random.Generator or int
            The source of randomness; a seed always gives the same style.
        size : int
            Side of the picture, px: it is not random.

        Returns
        -------
        DepictionStyle
            A random style for pictures of this size.

        Examples
        --------
        >>> DepictionStyle.random(np.random.default_rng(0), size=64).size
        64
        """
        generator = np.random.default_rng(generator)
        free = generator.random() < 0.5
        return cls(
            size=size,
            line_width=float(np.exp(generator.uniform(np.log(0.3), np.log(3.5)))),
            palette=str(generator.choice(PALETTES)),
            bond_length=None if free else float(generator.uniform(0.1, 0.3) * size),
            engine=str(generator.choice(ENGINES)),
            rotation=float(generator.uniform(0, 360)),
            padding=float(generator.uniform(0.02, 0.2)),
            font_size=max(4, round(generator.uniform(0.07, 0.16) * size)),
        )


#: The drawing that the course uses where nothing else is said.
STANDARD = DepictionStyle()
