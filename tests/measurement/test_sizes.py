"""From a picture to things, and to their sizes: edges, waists, borders, refusals."""

import io

import numpy as np
import pandas as pd
import pytest
from scipy import ndimage

from workshop_utils import measurement, synthetic
from workshop_utils.measurement import MeasurementError, Scale, levels
from workshop_utils.pictures import Picture, Source


def disks(places, radius, shape=(200, 300), *, blur=0.0, noise=0.0, dark=100.0, light=200.0):
    """Disks whose edges are right to a fraction of a px."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    away = np.min([np.hypot(rows - y, columns - x) for y, x in places], axis=0)
    picture = light + (dark - light) * np.clip(radius + 0.5 - away, 0, 1)
    picture = ndimage.gaussian_filter(picture, blur) if blur else picture
    return picture + noise * np.random.default_rng(0).standard_normal(shape)


#: Middles at all kinds of fractions of a px, as things lie.
GRID = [(y + 0.37 * x % 1, x + 0.23 * y % 1) for y in range(30, 190, 45) for x in range(30, 290, 45)]


@pytest.mark.parametrize("blur", [0, 1, 2, 3])
@pytest.mark.parametrize("radius", [13.2, 14.1, 15.0])
def test_blur_does_not_change_the_diameter(blur, radius):
    found = measurement.regions(disks(GRID, radius, blur=blur, noise=1))
    assert measurement.sizes(found).diameter.value == pytest.approx(2 * radius, rel=0.01)


def test_without_the_correction_the_outline_would_shrink_by_the_square_of_the_blur():
    found = measurement.regions(disks(GRID, 12, blur=3))
    lost = np.pi * 12**2 - found.areas().mean()
    assert lost == pytest.approx(np.pi * (3**2 + 1), rel=0.25)


@pytest.mark.parametrize("blur", [1.0, 2.0, 3.0])
def test_the_blur_is_measured(blur):
    found = measurement.regions(disks(GRID, 15, blur=blur))
    assert found.blur == pytest.approx(np.hypot(blur, 1), rel=0.1)


def test_bright_things_are_found_as_dark_ones_are():
    picture = disks(GRID, 12, noise=1)
    dark, bright = measurement.regions(picture), measurement.regions(300 - picture, bright=True)
    np.testing.assert_array_equal(dark.labels, bright.labels)


@pytest.mark.parametrize("factor", [0.01, 1, 200])
def test_brightness_and_contrast_do_not_matter(factor):
    picture = disks(GRID, 12, noise=1)
    np.testing.assert_array_equal(
        measurement.regions(picture).labels, measurement.regions(factor * picture + 7).labels
    )


def test_uneven_light_does_not_matter():
    rows, columns = np.mgrid[:200, :300]
    light = 1 - 0.4 * ((rows - 90) / 200) ** 2 - 0.4 * ((columns - 170) / 300) ** 2
    measured = measurement.sizes(measurement.regions(light * disks(GRID, 12, noise=1)))
    assert measured.diameter.value == pytest.approx(24, rel=0.01)
    assert measured.count.value == len(GRID)


@pytest.mark.parametrize(("gap", "count"), [(-16, 1), (-2, 2), (0, 2), (4, 2)])
def test_what_touches_is_parted_at_its_waist_and_what_overlaps_widely_is_not(gap, count):
    found = measurement.regions(disks([(60, 60), (60, 84 + gap)], 12, noise=1), depth=2)
    assert found.count == count


def test_a_lower_waist_parts_more():
    found = measurement.regions(disks([(60, 60), (60, 79)], 12))
    assert [found.recut(depth=depth).count for depth in (0.5, 6)] == [2, 1]
    assert [found.parts(depth) for depth in (0.5, 6)] == [2, 1]


def test_a_higher_edge_gives_smaller_things():
    found = measurement.regions(disks(GRID, 12, blur=2))
    areas = [found.areas(threshold).sum() for threshold in (0.3, 0.5, 0.7)]
    assert areas == sorted(areas, reverse=True)
    np.testing.assert_allclose(
        np.sort(found.recut(threshold=0.7).areas()), np.sort(found.areas(0.7)), rtol=0.03
    )


def test_dirt_is_left_out_and_the_rest_numbered():
    picture = np.minimum(disks(GRID, 12), disks([(50, 52)], 2))
    found = measurement.regions(picture)
    assert found.count == len(GRID)
    assert set(np.unique(found.labels)) == set(range(len(GRID) + 1))


def test_cut_things_are_half_things_and_no_part_of_the_mean():
    places = [*GRID, (0, 50), (80, 299), (120, 0)]
    measured = measurement.sizes(measurement.regions(disks(places, 10, noise=1)))
    assert measured.cut.sum() == 3
    assert measured.count.value == len(GRID) + 1.5
    assert measured.count.sampling == pytest.approx(np.sqrt(3) / 2)
    assert measured.diameter.n == len(GRID)


def test_the_inside_of_a_window_has_a_border_too():
    window = np.ones((200, 300), bool)
    window[:, 160:] = False
    measured = measurement.sizes(measurement.regions(disks(GRID, 12, noise=1), window=window))
    cut = [x for _, x in GRID if abs(x - 160) < 12.5]
    assert measured.cut.sum() == len(cut)
    assert measured.diameter.n == sum(x < 147 for _, x in GRID)


def test_large_things_weigh_more_since_the_border_cuts_more_of_them():
    # Half of all squares on an endless plane have a side of 20 px, the others of 100 px; what a window of
    # 300 px shows whole, in the long run, goes by the places where they fit.
    small, large = ((300 - side - 1) ** 2 for side in (20, 100))
    boxes = [(slice(1, 1 + side), slice(1, 1 + side)) for side in (20, 100)]
    from workshop_utils.measurement.sizes import _weights

    weights = _weights(boxes, np.ones((300, 300), bool))
    np.testing.assert_allclose(weights, [1 / small, 1 / large])
    sides = np.array([20, 100])
    seen = np.array([small, large]) / (small + large)
    assert (seen * sides).sum() < 50
    np.testing.assert_allclose((seen * weights * sides).sum() / (seen * weights).sum(), 60)


def test_places_in_a_window_with_a_hole_are_counted_one_by_one():
    from workshop_utils.measurement.sizes import _weights

    window = np.ones((20, 25), bool)
    window[8:12, 10:14] = False
    padded = np.pad(window, 1)
    h, w = 5, 3
    fits = sum(
        padded[y : y + h + 2, x : x + w + 2].all() for y in range(22 - h - 1) for x in range(27 - w - 1)
    )
    np.testing.assert_allclose(_weights([(slice(1, 1 + h), slice(1, 1 + w))], window), [1 / fits])


def test_without_a_scale_everything_stays_in_px():
    measured = measurement.sizes(measurement.regions(disks(GRID, 12)))
    assert measured.diameter.unit == "px"
    assert measured.diameter.shares["calibration"] == 0
    assert {"area (px²)", "diameter (px)", "Feret diameter (px)"} <= set(measured.table)


def test_with_a_scale_everything_is_in_micrometers_and_its_error_is_carried_along():
    scale = Scale(0.5, 0.01, "a bar")
    measured = measurement.sizes(measurement.regions(disks(GRID, 12), scale))
    assert measured.diameter.unit == "µm"
    assert measured.diameter.calibration == pytest.approx(0.02 * measured.diameter.value)
    assert measured.diameter.scale == scale
    assert measured.table["diameter (µm)"].mean() == pytest.approx(12, rel=0.02)
    assert measured.table["Feret diameter (µm)"].to_numpy() == pytest.approx(12, rel=0.02)


@pytest.mark.parametrize("blur", [0.5, 1.0, 2.0])
def test_feret_diameters_of_disks_are_their_diameters_also_blurred(blur):
    measured = measurement.sizes(measurement.regions(disks(GRID, 12, blur=blur, noise=1)))
    assert measured.table["Feret diameter (px)"].mean() == pytest.approx(24, abs=0.3)


def test_the_feret_diameter_of_a_square_is_its_diagonal():
    rows, columns = np.mgrid[:200, :300]
    squares = np.where((rows % 50 - 10) % 50 < 24, 1, 0) * np.where((columns % 50 - 10) % 50 < 24, 1, 0)
    squares[:, 250:] = squares[150:] = 0
    measured = measurement.sizes(measurement.regions(200.0 - 140 * squares))
    longest = measured.table.loc[~measured.cut, "Feret diameter (px)"]
    lost = 24 * np.sqrt(2) - longest.to_numpy()  # smoothing rounds the corners
    assert ((lost > 0) & (lost < 2.5 * measured.regions.blur)).all()


def half_pale(contrast):
    """Forty disks: those on the left are pale."""
    rows, columns = np.mgrid[:300, :480]
    inside = np.hypot(rows % 60 - 30, columns % 60 - 30) < 14
    picture = np.where(inside, 200 - np.where(columns < 240, contrast, 140), 200.0)
    return picture + np.random.default_rng(1).normal(0, 1, picture.shape)


@pytest.mark.parametrize("contrast", [20, 40])
def test_pale_things_beside_dark_ones_are_not_left_out_silently(contrast):
    found = measurement.regions(half_pale(contrast))
    assert (found.count, found.pale) == (20, 20)
    with pytest.raises(MeasurementError, match="beside 20 things there are 20 that stand out less"):
        measurement.sizes(found)


def test_where_all_things_are_cut_out_none_is_pale():
    found = measurement.regions(half_pale(100))
    assert (found.count, found.pale) == (40, 0)
    pale = measurement.regions(half_pale(40), window=np.mgrid[:300, :480][1] < 240)  # as the error advises
    assert measurement.sizes(pale).count.value == 20


@pytest.mark.parametrize("threshold", [0.3, 0.7, 0.9])
def test_what_a_high_threshold_leaves_out_is_not_called_pale(threshold):
    found = measurement.regions(half_pale(100), threshold=threshold)  # these stand out 0.7 times as much
    assert found.pale == 0


def test_slivers_at_the_border_are_no_pale_things():
    scene = synthetic.particles(seed=0, bar=False)
    assert measurement.regions(scene.picture).pale == 0


def test_the_saved_table_says_that_it_is_utf_8(tmp_path):
    measurement.sizes(measurement.regions(disks(GRID, 12), 0.5)).save(tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_bytes().startswith("\ufeffthing,".encode())
    assert "area (µm²)" in pd.read_csv(tmp_path / "table.csv").columns


@pytest.mark.parametrize(
    "window",
    [
        np.where(np.arange(300) < 150, 1.0, np.nan) * np.ones((200, 1)),
        np.where(np.arange(300) < 150, 1, -1) * np.ones((200, 1), int),
        np.arange(300) // 100 * np.ones((200, 1), int),
        np.full((200, 300), "False"),
        np.full((200, 300), np.inf),
    ],
)
def test_a_window_is_true_and_false_and_nothing_else(window):
    with pytest.raises(ValueError, match="a window of True and False"):
        measurement.regions(disks(GRID, 12), window=window)
    with pytest.raises(ValueError, match="a window of True and False"):
        measurement.background(disks(GRID, 12), window=window)


@pytest.mark.parametrize("one", [1, 255, 1.0])
def test_a_window_of_numbers_is_the_mask_that_it_looks_like(one):
    mask = np.ones((200, 300), bool)
    mask[:, 150:] = False
    numbers = (one * mask).astype(np.asarray(one).dtype)
    as_mask, as_numbers = (measurement.regions(disks(GRID, 12), window=w) for w in (mask, numbers))
    np.testing.assert_array_equal(as_mask.labels, as_numbers.labels)
    ramp = np.add.outer(np.arange(200.0), np.arange(300.0))
    np.testing.assert_allclose(measurement.background(ramp, window=numbers), ramp, atol=1e-9)


def test_a_background_is_fitted_to_one_channel_by_a_whole_order():
    assert measurement.background([[1, 2]] * 40, order=1).shape == (40, 2)
    with pytest.raises(MeasurementError, match="one channel"):
        measurement.background(np.zeros((50, 50, 3)) + np.arange(3))
    with pytest.raises(ValueError, match="whole number from 0 to 19"):
        measurement.background(np.ones((50, 50)), order=-1)


@pytest.mark.parametrize("threshold", [0, 0.2, 1, -1, np.nan])
def test_a_second_threshold_has_the_limits_of_the_first(threshold):
    found = measurement.regions(disks(GRID, 12))
    for again in (found.areas, lambda level: found.recut(threshold=level)):
        with pytest.raises(ValueError, match="< threshold < 1"):
            again(threshold)


@pytest.mark.parametrize("threshold", [0.21, 0.97])
def test_an_edge_may_be_drawn_at_the_ends_of_its_range(threshold):
    measured = measurement.sizes(measurement.regions(disks(GRID, 12, blur=1), threshold=threshold))
    assert measured.diameter.segmentation > 0


@pytest.mark.parametrize("depth", [0, -1, np.nan, np.inf])
def test_a_second_depth_has_the_limits_of_the_first(depth):
    found = measurement.regions(disks(GRID, 12))
    for again in (found.parts, lambda deep: found.recut(depth=deep)):
        with pytest.raises(ValueError, match="depth > 0"):
            again(depth)


@pytest.mark.parametrize("top", [1.0, 4095, 255.0, 4095 * 16, 16383 * 4, 1023 * 64])
def test_a_camera_of_fewer_bits_than_its_file_saturates_too(top):
    bright = np.clip(disks(GRID, 12, noise=2) / 180 * top, 0, top)  # the background is overexposed
    with pytest.raises(MeasurementError, match="saturated"):
        measurement.regions(bright if isinstance(top, float) else bright.astype(np.uint16))


def test_a_drawing_of_two_numbers_is_not_saturated():
    drawing = (disks(GRID, 12) > 150).astype(float)
    assert measurement.regions(drawing).count == len(GRID)


def test_a_mask_is_a_picture_and_not_saturated():
    assert measurement.regions(disks(GRID, 12) > 150).count == len(GRID)


def test_things_that_leave_no_background_are_refused():
    signal = np.repeat([0.0, 1.0], [30, 70]).reshape(10, 10)
    with pytest.raises(MeasurementError, match=r"things fill 70% of the window"):
        levels.usual_level(signal, np.ones((10, 10), bool))


def test_where_nothing_is_empty_nothing_can_stand_out():
    assert levels.empty(np.ones(9), 1.0) == (0.0, np.inf)


def test_where_no_waist_is_so_deep_nothing_is_left():
    with pytest.raises(MeasurementError, match="nothing stands out that is larger"):
        measurement.regions(disks(GRID, 12), depth=100)


def test_a_transparent_picture_is_refused_and_an_opaque_one_is_not():
    gray = disks(GRID, 12).astype(np.uint8)
    opaque = np.dstack([gray] * 3 + [np.full_like(gray, 255)])
    assert measurement.regions(opaque).count == len(GRID)
    opaque[:, :150, 3] = 0
    with pytest.raises(MeasurementError, match="transparent in places"):
        measurement.regions(opaque)


def test_the_table_is_saved_with_its_units():
    file = io.StringIO()
    measured = measurement.sizes(measurement.regions(disks(GRID, 12), 0.5))
    measured.save(file)
    file.seek(0)
    read = pd.read_csv(file)
    assert list(read.columns) == [
        "thing", "x (px)", "y (px)", "area (µm²)", "diameter (µm)", "Feret diameter (µm)", "solidity", "cut",
    ]  # fmt: skip
    pd.testing.assert_frame_equal(read, measured.table, check_dtype=False)


def refusals():
    rows, _ = np.mgrid[:120, :160]
    noise = np.random.default_rng(0).standard_normal((120, 160))
    yield "color", np.full((20, 20, 3), [1.0, 2, 3]), "one channel"
    yield "empty", np.zeros((0, 5)), "an empty one"
    yield "nan", np.where(rows == 3, np.nan, 1.0), "NaN"
    yield "one level", np.full((60, 60), 9.0), "equal"
    yield "noise", noise, "nothing stands out"
    yield "shading", rows + noise, "nothing stands out"
    yield "white", np.full((60, 60), 255, np.uint8), "saturated"
    yield "inverted", disks(GRID, 20), "no background|nothing stands out"


@pytest.mark.parametrize(("picture", "reason"), [pytest.param(p, r, id=name) for name, p, r in refusals()])
def test_bad_pictures_are_refused_with_the_reason(picture, reason):
    bright = reason.startswith("no background")
    with pytest.raises(MeasurementError, match=reason):
        measurement.sizes(measurement.regions(picture, bright=bright))


@pytest.mark.parametrize(("places", "whole"), [([(60, 60)], 1), ([(0, 60), (60, 0)], 0)])
def test_too_few_whole_things_are_no_mean(places, whole):
    with pytest.raises(MeasurementError, match=rf"at least 5 whole things for a mean, found {whole}"):
        measurement.sizes(measurement.regions(disks(places, 12, noise=1)))


def test_things_that_no_picture_has_are_called_dirt():
    with pytest.raises(MeasurementError, match="larger than smallest=80 px"):
        measurement.regions(disks(GRID, 12), smallest=80)


def test_masked_arrays_and_objects_are_refused():
    with pytest.raises(ValueError, match="without a mask"):
        measurement.regions(np.ma.masked_less(disks(GRID, 12), 150))
    with pytest.raises(MeasurementError, match="made of numbers"):
        measurement.regions(np.array([["a", "b"]]))


@pytest.mark.parametrize(
    "options", [{"threshold": 0.1}, {"threshold": 1}, {"depth": 0}, {"smallest": 0}, {"order": -1}]
)
def test_options_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match="expected"):
        measurement.regions(disks(GRID, 12), **options)


@pytest.mark.parametrize(
    ("window", "reason"), [(np.ones((3, 3), bool), "shape"), (np.zeros((200, 300), bool), "empty")]
)
def test_a_window_fits_and_is_open(window, reason):
    with pytest.raises(ValueError, match=reason):
        measurement.regions(disks(GRID, 12), window=window)


def test_a_gray_picture_saved_in_color_is_gray():
    picture = disks(GRID, 12).astype(np.uint8)
    np.testing.assert_array_equal(
        measurement.regions(np.stack([picture] * 3, axis=2)).labels, measurement.regions(picture).labels
    )


@pytest.mark.parametrize(
    "mask", [np.array([[1, 1, 0, 1, 1]]) * 255, np.array([[True, True, False, True, True]])]
)
def test_a_mask_of_several_things_is_not_one_thing(mask):
    labels = np.array([[1, 1, 0, 2, 2]])
    for pair in ((mask, labels), (labels, mask), (mask, mask)):
        with pytest.raises(MeasurementError, match=r"another one for each thing; skimage\.measure\.label"):
            measurement.agreement(*pair)


def test_a_single_thing_may_have_any_label():
    assert len(measurement.agreement([[0, 7, 7]], [[0, 255, 255]]).pairs) == 1


def test_agreement_pairs_each_thing_once():
    truth = np.zeros((40, 60), int)
    truth[5:15, 5:15], truth[5:15, 30:40], truth[25:35, 5:15] = 1, 2, 3
    found = np.zeros_like(truth)
    found[5:15, 7:15], found[25:35, 5:35], found[0:3, 50:] = 4, 5, 6
    result = measurement.agreement(found, truth)
    assert result.pairs[["found", "true", "iou"]].to_numpy().tolist() == [[4, 1, 0.8]]
    assert (result.missed, result.invented) == (2, 2)
    assert (result.precision, result.recall) == (1 / 3, 1 / 3)


@pytest.mark.parametrize("found", [np.zeros((3, 4), int), np.zeros((2, 2)), -np.ones((2, 2), int)])
def test_labels_are_whole_numbers_on_one_grid(found):
    with pytest.raises(MeasurementError, match="expected"):
        measurement.agreement(found, np.zeros((2, 2), int))


def test_a_picture_that_knows_its_scale_needs_no_other():
    scene = synthetic.particles(seed=3, bar=False)
    rgb = np.zeros((*scene.picture.shape, 3), np.uint8)
    source = Source("a.tif", "TIFF", "gray", 8, 1, 0, None)
    opened = Picture(rgb, scene.picture, scene.scale, "OME metadata", source)
    measured = measurement.sizes(measurement.regions(opened))
    assert measured.diameter.unit == "µm"
    assert measured.regions.scale.source.endswith("taken to be right within 1%")


def test_a_black_label_outside_the_window_draws_no_rim_around_itself():
    picture, window = np.full((120, 160), 200.0), np.ones((120, 160), bool)
    rows, columns = np.mgrid[:120, :160]
    disk = np.hypot(rows - 78, columns - 100) < 10  # half of it lies below the label
    picture[disk], picture[np.hypot(rows - 30, columns - 30) < 10] = 100, 100
    picture[80:110, 60:150], window[80:110, 60:150] = 0, False
    found = measurement.regions(picture, window=window)
    assert found.count == 2
    assert found.labels[60:, 60:].astype(bool).sum() == pytest.approx((disk & window).sum(), rel=0.1)


def test_a_window_too_small_for_a_background_is_refused():
    window = np.zeros((60, 80), bool)
    window[:3, :3] = True
    with pytest.raises(MeasurementError, match="expected background to fit"):
        measurement.regions(np.random.default_rng(0).random((60, 80)), window=window)
