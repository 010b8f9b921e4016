"""What strangers hand to the rooms that draw pictures of the laboratory and measure in them."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from PIL import Image

from workshop_utils import measurement, pictures, synthetic

numbers = st.floats(width=32) | st.integers(-3, 300) | st.sampled_from([np.nan, np.inf, -1, 1e300])
letters = st.text(max_size=12)


@cache
def _scenes() -> dict[str, synthetic.Scene]:
    return {
        "particles": synthetic.particles(seed=1, shape=(120, 160), diameter=12, bar=False),
        "bar": synthetic.particles(seed=1, shape=(240, 320), diameter=20),
        "many": synthetic.particles(seed=1, bar=False),
        "plate": synthetic.tlc_plate(seed=1),
        "gel": synthetic.protein_gel(seed=1),
        "tissue": synthetic.tissue(seed=1, shape=(192, 256)),
        "wells": synthetic.well_plate(seed=1),
        "label": synthetic.label(seed=1, lines=["mass"]),
    }


def _strange(values: np.ndarray) -> SearchStrategy:
    """A picture, and what becomes of it on its way: cut, turned, squeezed, of other numbers, spoiled."""
    middle = tuple(side // 2 for side in values.shape[:2])
    changes = [
        values,
        values[: middle[0], : middle[1]],
        values.swapaxes(0, 1),
        values[::3, ::3],
        255 - values,
        values / 255,
        values.astype(np.float32),
        values.astype(np.uint16) * 257,
        np.where(values > np.median(values), np.nan, values),
        values > 99,
        values[:0],
        values[None],
        values[..., 0],
        np.dstack([values, values]) if values.ndim == 2 else values[..., ::-1],
        np.full_like(values, 255),
        values.astype(complex),
        values.tolist()[:9],
    ]
    return st.sampled_from(changes) | st.just(_opened(values))


def _opened(values: np.ndarray) -> pictures.Picture:
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(values, np.uint8)).save(buffer, "PNG")
    return pictures.read(buffer.getvalue())


def _scene(name: str) -> SearchStrategy:
    return st.deferred(lambda: _strange(_scenes()[name].picture)) | letters | numbers | st.none()


def _mostly(good: SearchStrategy, *others: SearchStrategy) -> SearchStrategy:
    return st.sampled_from([good, good, st.one_of(*others)]).flatmap(lambda one: one)


def _good_scene(name: str) -> SearchStrategy:
    """Two whole pictures for each strange one: what is asked of them beside must be right, too."""
    return _mostly(st.deferred(lambda: st.just(_scenes()[name].picture)), _scene(name))


def _place(name: str, fact: str) -> SearchStrategy:
    """Where somebody points: mostly where it is."""
    return _mostly(st.deferred(lambda: st.just(_scenes()[name].facts[fact])), _points)


#: Few grains, and many.
_SIZED = ("particles", "many")
_found = st.deferred(
    lambda: st.sampled_from(
        [measurement.regions(_scenes()[name].picture, smallest=size) for name in _SIZED for size in (4, 9)]
    )
)
_lengths = (
    st.sampled_from(["100 µm", "50 nm", "0,1 mm", "100", "µm", "-5 µm", "1,000 µm", "10 Å"])
    | letters
    | numbers
)
_scales = st.none() | st.just(measurement.Scale(0.5, 0.01, "a bar")) | numbers
_points = st.tuples(st.floats(0, 300), st.floats(0, 300)) | st.tuples(numbers, numbers) | numbers | st.none()
_columns = (
    st.lists(st.floats(0, 9), min_size=6, max_size=9) | st.lists(numbers, max_size=5) | letters | st.none()
)
_few = st.integers(1, 12) | st.integers(-3, 40)
_shares = _mostly(st.floats(0, 0.3), numbers)
_estimate = st.builds(
    lambda value, error, unit: measurement.Estimate.from_errors(value, unit=unit, n=3, sampling=abs(error)),
    st.floats(-9, 9),
    st.floats(0, 1),
    st.sampled_from(["µm", "px", ""]),
)
_labels = st.sampled_from(
    [np.eye(4, dtype=int), np.zeros((4, 4), int), np.ones((4, 4)), np.ones(4, int), -np.eye(4, dtype=int)]
)

#: (function, parameter) → what is handed over; optional parameters, too.
BY_PATH: dict[tuple[str, str], SearchStrategy] = {
    ("measurement.agreed", "one"): st.just(measurement.Scale(0.5, 0.01, "a bar")),
    ("measurement.agreed", "other"): st.none()
    | st.floats(0.1, 1).map(lambda s: measurement.Scale(s, 0.01, "a file")),
    ("measurement.agreement", "found"): _labels | letters | numbers,
    ("measurement.agreement", "true"): _labels | letters | numbers,
    ("measurement.background", "gray"): st.sampled_from([np.eye(40), np.ones((40, 40)), np.ones((3, 3))]),
    ("measurement.background", "order"): st.integers(0, 4),
    ("measurement.bands", "picture"): _good_scene("gel"),
    ("measurement.bands", "first"): _place("gel", "first"),
    ("measurement.bands", "last"): _place("gel", "last"),
    ("measurement.bands", "lanes"): _mostly(st.just(13), _few),
    ("measurement.find_bar", "picture"): _scene("bar"),
    ("measurement.fit_curve", "amounts"): _columns,
    ("measurement.fit_curve", "signals"): _columns,
    ("measurement.fit_curve", "unit"): letters,
    ("measurement.fit_line", "amounts"): _columns,
    ("measurement.fit_line", "signals"): _columns,
    ("measurement.fit_line", "unit"): letters,
    ("measurement.intercepts", "picture"): _mostly(
        st.just(np.indices((200, 200)).sum(axis=0) // 10 % 2 * 100), _scene("particles")
    ),
    ("measurement.intercepts", "scale"): _scales,
    ("measurement.intercepts", "smooth"): _mostly(st.floats(0.5, 3), numbers),
    ("measurement.intercepts", "tile"): _mostly(st.integers(20, 50), st.integers(-3, 300)),
    ("measurement.mean_of", "estimates"): st.lists(_estimate, max_size=4),
    ("measurement.micrometers", "length"): _lengths,
    ("measurement.plate", "picture"): _scene("plate"),
    ("measurement.plate", "start"): st.none() | st.floats(0, 500) | numbers,
    ("measurement.plate", "front"): st.none() | st.floats(0, 500) | numbers,
    ("measurement.regions", "picture"): _scene("particles"),
    ("measurement.regions", "scale"): _scales,
    ("measurement.regions", "bright"): st.booleans(),
    ("measurement.regions", "window"): st.sampled_from(
        [None, np.ones((120, 160), bool), np.zeros((120, 160), bool), np.ones((2, 2))]
    ),
    ("measurement.regions", "threshold"): _mostly(st.floats(0.25, 0.9), numbers),
    ("measurement.regions", "depth"): _mostly(st.floats(0.5, 9), numbers),
    ("measurement.regions", "smallest"): _mostly(st.floats(1, 30), numbers),
    ("measurement.regions", "order"): st.integers(-1, 4),
    ("measurement.scale_from_bar", "picture"): _scene("bar"),
    ("measurement.scale_from_bar", "length"): _lengths,
    ("measurement.scale_of", "picture"): _scene("particles"),
    ("measurement.scale_of", "scale"): _scales,
    ("measurement.sizes", "found"): _found,
    ("measurement.stained", "picture"): _scene("tissue"),
    ("measurement.stained", "stain"): st.sampled_from(["DAB", "hematoxylin", "eosin"]) | letters,
    ("measurement.stained", "tile"): _mostly(st.integers(16, 64), st.integers(-3, 300)),
    ("measurement.wells", "picture"): _good_scene("wells"),
    ("measurement.wells", "first"): _place("wells", "first"),
    ("measurement.wells", "last"): _place("wells", "last"),
    ("measurement.wells", "rows"): _mostly(st.just(8), _few),
    ("measurement.wells", "columns"): _mostly(st.just(12), _few),
    ("measurement.wells", "blanks"): _mostly(
        st.just(["A1"]), st.lists(st.sampled_from(["A1", "H12", "Z9", "1A"]) | letters, max_size=3)
    ),
    ("synthetic.no_instance", "wrong"): st.sampled_from(sorted(synthetic.WRONGS)) | letters,
    ("synthetic.no_instance", "instrument"): st.sampled_from(sorted(synthetic.INSTRUMENTS)) | letters,
}
for _name in ("particles", "protein_gel", "tissue", "tlc_plate", "well_plate"):
    BY_PATH |= {(f"synthetic.{_name}", parameter): _shares for parameter in ("noise", "shading")}
    BY_PATH |= {(f"synthetic.{_name}", "blur"): _mostly(st.floats(0, 4), numbers)}
BY_PATH |= {
    ("synthetic.particles", "shape"): st.sampled_from([(120, 160), (90, 90), (9, 9), (0, 5)]),
    ("synthetic.particles", "kind"): st.sampled_from(["spheres", "crystals"]) | letters,
    ("synthetic.particles", "diameter"): st.none() | _mostly(st.floats(5, 20), st.floats(-3, 300)),
    ("synthetic.particles", "cover"): st.none() | _shares,
    ("synthetic.particles", "touching"): _shares,
    ("synthetic.particles", "bits"): st.sampled_from([8, 12, 16, 0, 32]),
    ("synthetic.tissue", "shape"): st.sampled_from([(120, 160), (90, 90), (9, 9), (0, 5)]),
    ("synthetic.tissue", "fraction"): st.none() | _shares,
    ("synthetic.tissue", "grain"): _mostly(st.floats(3, 12), st.floats(-3, 50)),
    ("synthetic.tlc_plate", "lanes"): st.integers(-1, 9),
    ("synthetic.well_plate", "replicates"): st.integers(-1, 9),
    ("synthetic.protein_gel", "saturation"): st.none() | _mostly(st.floats(1, 9), numbers),
}  # fmt: skip

# What is read, and what is drawn to be read.
_faces = st.sampled_from(["DejaVuSans", "Aileron", None]) | letters
_angles = st.none() | _mostly(st.floats(-12, 12), numbers)
BY_PATH |= {
    ("reading.text", "picture"): _scene("label"),
    ("reading.text", "pattern"): st.sampled_from([None, "number", r"Lot \w+", "(", "[", "*"]) | letters,
    ("reading.text", "after"): st.none() | letters,
    ("reading.text", "least"): _mostly(st.floats(0, 1), numbers),
    ("reading.text", "margin"): _mostly(st.integers(0, 30), st.integers(-3, 300)),
    ("reading.skew", "picture"): _scene("label"),
    ("reading.straightened", "picture"): _scene("label"),
    ("demos.read_it", "kind"): st.sampled_from(["display", "dial", "label"]) | letters,
    ("demos.read_it", "turn"): _mostly(st.integers(-30, 30), numbers),
    ("demos.read_it", "blur"): _mostly(st.floats(0, 8), numbers),
    ("demos.read_it", "glare"): _shares,
    ("demos.read_it", "crop"): _shares,
    ("synthetic.label", "lines"): st.lists(st.sampled_from(["sample", "mass", "lot"]) | letters, max_size=3),
    ("synthetic.label", "mass"): st.none() | st.sampled_from(["0.1037 g", "12 mg", "1", "1,5 g"]) | letters,
    ("synthetic.label", "crop"): st.sampled_from(["wide", "tight"]) | letters,
    ("synthetic.label", "shading"): _shares,
    ("synthetic.page", "shadow"): _shares,
    ("synthetic.page", "stains"): st.none() | _mostly(st.integers(0, 5), st.integers(-3, 9), st.floats(0, 3)),
    ("synthetic.no_text", "wrong"): st.sampled_from(synthetic.NO_TEXT) | letters,
    ("synthetic.unreadable", "wrong"): st.sampled_from([*synthetic.UNREADABLE["dial"], "message"]) | letters,
    ("synthetic.unreadable", "instrument"): st.sampled_from(sorted(synthetic.UNREADABLE)) | letters,
}
for _name in ("label", "page"):
    BY_PATH |= {
        (f"synthetic.{_name}", "face"): _faces,
        (f"synthetic.{_name}", "size"): st.none() | _mostly(st.floats(6, 40), numbers),
        (f"synthetic.{_name}", "skew"): _angles,
        (f"synthetic.{_name}", "blur"): _mostly(st.floats(0, 4), numbers),
        (f"synthetic.{_name}", "noise"): _shares,
    }
