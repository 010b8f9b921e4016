"""Measuring in pictures: numbers with a unit and an interval, or a refusal that says why.

A picture is what `pictures.read` gives, or an array, perhaps with a scale. What cannot be
measured as asked raises `MeasurementError`; nothing is made up.
"""

from .agreement import Agreement, agreement
from .backgrounds import background
from .bars import Bar, find_bar
from .chromatography import Plate, plate
from .curves import Curve, fit_curve
from .estimate import Estimate, MeasurementError
from .gels import bands
from .intercepts import Intercepts, intercepts
from .lines import Line, fit_line
from .means import mean_of
from .pencil import PencilLine
from .regions import Regions, regions
from .scale import Scale, agreed, micrometers, scale_from_bar, scale_of
from .sizes import Sizes, sizes
from .tissue import Stain, stained
from .wells import wells

__all__ = [
    "Agreement",
    "Bar",
    "Curve",
    "Estimate",
    "Intercepts",
    "Line",
    "MeasurementError",
    "PencilLine",
    "Plate",
    "Regions",
    "Scale",
    "Sizes",
    "Stain",
    "agreed",
    "agreement",
    "background",
    "bands",
    "find_bar",
    "fit_curve",
    "fit_line",
    "intercepts",
    "mean_of",
    "micrometers",
    "plate",
    "regions",
    "scale_from_bar",
    "scale_of",
    "sizes",
    "stained",
    "wells",
]
