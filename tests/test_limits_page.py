"""docs/limits.md states the limits that the package has."""

import re

from tools.course.about import ROOT
from workshop_utils import molecules
from workshop_utils.demos import _uploads
from workshop_utils.depiction import drawing
from workshop_utils.molecules import refusals
from workshop_utils.pictures import ink, picture

PAGE = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")


def stated():
    """Return what is limited → the numbers in its row."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]*\d[^|]*) \| [^|]+ \|$", PAGE, re.MULTILINE)
    return {what: [int(number) for number in re.findall(r"\d+", limit)] for what, limit in rows}


def test_the_limits_are_the_packages():
    assert stated() == {
        "a SMILES": [refusals.LONGEST],
        "a molecule to draw": [drawing.LARGEST],
        "a ring that CoordGen places": [drawing.LARGEST_RING],
        "a picture file": [picture.MOST_PIXELS // 10**6, picture.MOST_BYTES // 10**9],
        "the square of `pictures.as_ink`": [ink.SMALLEST_SIZE, ink.LARGEST_SIZE],
        "an upload to a demo": [_uploads.MOST_MEGABYTES, _uploads.MOST_MEGAPIXELS],
    }


def test_every_function_that_the_page_names_is_there():
    import workshop_utils

    for room, name in re.findall(r"`(\w+)\.(\w+)`", PAGE):
        if room != "history":
            assert hasattr(getattr(workshop_utils, room), name), f"{room}.{name}"


def test_the_longest_smiles_is_the_largest_molecule_that_is_drawn():
    assert molecules.parse("C" * refusals.LONGEST).GetNumAtoms() == drawing.LARGEST
