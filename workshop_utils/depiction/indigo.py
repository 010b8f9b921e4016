"""Drawing with Indigo (the extra ``indigo``), which lays the molecule out by itself.

RDKit only reads the SMILES of these pictures. Their layouts, letters and spacings are others, which makes
them a test that no style of RDKit can replace.
"""

from __future__ import annotations

import functools
import io
import math
import re
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rdkit import Chem

from workshop_utils.depiction.style import DepictionStyle

if TYPE_CHECKING:
    from indigo import Indigo, IndigoObject
    from indigo.renderer import IndigoRenderer

_MISSING = 'the engine "indigo" needs the package Indigo: pip install "molecules-to-images[indigo]"'
_BROKEN = (
    "Indigo is installed, but cannot be loaded on this system ({error}); "
    "on a bare Debian or Ubuntu: apt-get install libfontconfig1"
)
#: Indigo adds these to every margin, px.
_OWN_MARGIN = 2
#: Indigo's lines are this fraction of a bond, unless told otherwise.
_LINE_PER_BOND = 1 / 30
#: Options live in Indigo's session, so that only one thread at a time may set them and draw.
_LOCK = threading.Lock()


class _Session(NamedTuple):
    indigo: Indigo
    renderer: IndigoRenderer
    refusal: type[Exception]


def draw(molecule: Chem.Mol, style: DepictionStyle) -> NDArray[np.uint8]:
    """Draw a molecule with Indigo; ``depiction.draw`` calls this for the engine ``"indigo"``.

    Aromatic rings are drawn with double bonds, as RDKit does here. Bond length and padding are rounded to
    whole px. A line width of None is Indigo's own: a thirtieth of a bond. Any thread may call this.

    Parameters
    ----------
    molecule : Mol
        Laid out by Indigo in the order of its atoms; a 2D layout that it already has is respected.
    style : DepictionStyle
        Its engine does not matter here.

    Returns
    -------
    ndarray of shape (H, W, 3)
        uint8; paper is 255.

    Raises
    ------
    ImportError
        If Indigo is not installed, or cannot be loaded; the message says what to install.
    ValueError
        If Indigo cannot read the molecule, such as one with a dative bond.

    Examples
    --------
    >>> from workshop_utils.molecules import parse
    >>> draw(parse("CCO"), DepictionStyle(engine="indigo")).shape  # doctest: +SKIP
    (96, 96, 3)
    """
    with _LOCK:
        png = _png(_session(), molecule, style)
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@functools.cache
def _session() -> _Session:
    """One for the process: native state has no need to be made anew for each picture."""
    try:
        from indigo import Indigo, IndigoException
        from indigo.renderer import IndigoRenderer
        from indigo.renderer.indigo_renderer_lib import IndigoRendererLib

        session = Indigo()
        IndigoRendererLib()  # loads what may be missing; a renderer that fails half made writes to stderr
        return _Session(session, IndigoRenderer(session), IndigoException)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(_MISSING, name="indigo") from error
    except (OSError, RuntimeError) as error:  # a library that it links to is missing, or its own
        raise ImportError(_BROKEN.format(error=error), name="indigo") from error


def _png(session: _Session, molecule: Chem.Mol, style: DepictionStyle) -> bytes:
    try:
        drawing = _laid_out(session.indigo, molecule)
        _rotate(drawing, style.rotation)
        _set(session.indigo, _options(style))
        if style.line_width is not None:
            per_bond = float(style.line_width) / _bond_px(session, drawing)
            _set(session.indigo, {"bond-line-width": per_bond / _LINE_PER_BOND})
        return _rendered(session, drawing, "png")
    except session.refusal as error:
        raise ValueError(f"Indigo cannot draw {Chem.MolToSmiles(molecule)!r}: {error}") from error


def _laid_out(indigo: Indigo, molecule: Chem.Mol) -> IndigoObject:
    """Kekulized. A layout travels in a mol block, and stereochemistry without a layout in a SMILES."""
    molecule = Chem.Mol(molecule)
    Chem.Kekulize(molecule, clearAromaticFlags=True)
    if molecule.GetNumConformers():
        return indigo.loadMolecule(Chem.MolToMolBlock(molecule))
    drawing = indigo.loadMolecule(Chem.MolToSmiles(molecule, canonical=False))
    drawing.layout()
    return drawing


def _rotate(drawing: IndigoObject, degrees: float) -> None:
    """Turn the layout clockwise, its y pointing up; letters stay upright."""
    if degrees % 360 == 0:
        return
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    for atom in drawing.iterateAtoms():
        x, y, z = atom.xyz()
        atom.setXYZ(cosine * x + sine * y, cosine * y - sine * x, z)


def _options(style: DepictionStyle) -> dict[str, Any]:
    margin = round(style.padding * style.size) - _OWN_MARGIN
    return {
        "image-width": int(style.size),
        "image-height": int(style.size),
        "margins": f"{margin}, {margin}",
        "background-color": "1, 1, 1",
        "stereo-style": "none",  # wedges, but not the word "Chiral"
        "coloring": style.palette == "color",
        "bond-length": max(1, round(style.bond_length)) if style.bond_length else 0,  # 0: fill the picture
        "bond-line-width": 1.0,
    }


def _set(indigo: Indigo, options: dict[str, Any]) -> None:
    for name, value in options.items():
        indigo.setOption(f"render-{name}", value)


def _bond_px(session: _Session, drawing: IndigoObject) -> float:
    """How long a usual bond will be, px: the scale that Indigo writes before each line of an SVG."""
    scale = re.search(rb'transform="matrix\(([\d.]+)', _rendered(session, drawing, "svg"))
    return float(scale[1]) if scale else 1.0  # no line, nothing to scale


def _rendered(session: _Session, drawing: IndigoObject, kind: str) -> bytes:
    session.indigo.setOption("render-output-format", kind)
    return session.renderer.renderToBuffer(drawing)
