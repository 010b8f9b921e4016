"""Micrographs that come with the package, as files: a lesson opens them as it would open its reader's own."""

from __future__ import annotations

from pathlib import Path

from workshop_utils._floor.bundled import bundled_path

#: What is called what.
MICROGRAPHS = {
    "membrane": "micrographs/membrane.tif",
    "nuclei": "micrographs/nuclei.tif",
    "nuclei by hand": "micrographs/nuclei_by_hand.tif",
}


def load_micrograph(name: str) -> Path:
    """Return the file of a micrograph that comes with the package.

    Parameters
    ----------
    name : str
        ``"membrane"``: the net of proteins inside the membrane of a red blood cell, in a scanning electron
        microscope, with its bar and the length of its pixels. ``"nuclei"``: nuclei of cells, in
        fluorescence, without a scale. ``"nuclei by hand"``: the same field, where each nucleus that a
        person drew has a number, and the background is 0.

    Returns
    -------
    Path
        A TIFF file, whole, for ``pictures.read``.

    Raises
    ------
    KeyError
        If no micrograph has this name; the message lists those there are.
    DamagedFileError
        If the file is missing or damaged.

    Examples
    --------
    >>> load_micrograph("membrane").name
    'membrane.tif'
    """
    if name not in MICROGRAPHS:
        raise KeyError(f"no micrograph is called {name!r}; there are: {', '.join(MICROGRAPHS)}")
    return bundled_path(MICROGRAPHS[name])
