"""Real pictures, each with what one expects of it: some come with scikit-image, some are fetched."""

import os

import numpy as np
import pytest
from skimage import color, data

from workshop_utils import datasets, measurement, pictures
from workshop_utils.measurement import MeasurementError


def photograph(name):
    """A fetched photograph, where a folder with copies is named."""
    if not os.environ.get(datasets.MIRROR):
        pytest.skip(f"{datasets.MIRROR} names no folder with photographs")
    return pictures.read(datasets.load_photograph(name))


@pytest.fixture(scope="module")
def membrane():
    return pictures.read(datasets.load_micrograph("membrane"))


def test_bar_and_metadata_of_an_electron_microscope_agree(membrane):
    ends = np.flatnonzero(membrane.values[560] > 200)[[0, -1]]  # a row that crosses the two ticks of the bar
    by_hand = measurement.Scale.from_length(np.ptp(ends), "500 nm")
    both = measurement.agreed(by_hand, measurement.scale_of(membrane))
    assert both.value * 1000 == pytest.approx(1.079, abs=0.005)


def test_walls_and_pores_of_a_net_of_proteins_are_tens_of_nanometers(membrane):
    found = measurement.intercepts(membrane.values[:550], measurement.scale_of(membrane))
    wall, pore = found.bright.to("nm"), found.dark.to("nm")
    assert 25 < wall.low < wall.high < 50
    assert 25 < pore.low < pore.high < 50
    assert max(wall.shares, key=wall.shares.get) == "segmentation"


def test_most_nuclei_are_where_people_drew_them():
    by_hand = pictures.read(datasets.load_micrograph("nuclei by hand")).values
    picture = pictures.read(datasets.load_micrograph("nuclei"))
    assert by_hand.max() == len(np.unique(by_hand)) - 1 == 125
    found = measurement.regions(picture, bright=True, smallest=6, depth=0.5)
    match = measurement.agreement(found.labels, by_hand)
    assert match.recall > 0.8
    assert match.precision > 0.85
    assert match.pairs["iou"].median() > 0.83
    ratio = match.pairs["found area (px)"] / match.pairs["true area (px)"]
    assert ratio.median() == pytest.approx(1, abs=0.05)


@pytest.fixture(scope="module")
def coins():
    return measurement.sizes(measurement.regions(data.coins(), bright=True, smallest=20, depth=4))


def test_there_are_24_coins_and_none_is_cut(coins):
    assert coins.count.value == 24
    assert not coins.cut.any()
    # Four rows of six, as one sees.
    rows = np.sort(coins.table["y (px)"].to_numpy()).reshape(4, 6)
    assert (np.ptp(rows, axis=1) < 25).all()


def test_coins_are_measured_in_px_since_nobody_knows_their_scale(coins):
    assert coins.diameter.unit == "px"
    assert 38 < coins.diameter.low < coins.diameter.high < 50


def test_a_single_cell_is_found_and_has_no_mean():
    found = measurement.regions(data.cell(), bright=True, smallest=20, depth=5)
    assert found.count == 1
    assert np.sqrt(found.areas()[0] / np.pi) == pytest.approx(60, abs=8)  # by eye, px
    with pytest.raises(MeasurementError, match="found 1 and 0 cut"):
        measurement.sizes(found)


def test_a_cell_is_no_dark_thing():
    with pytest.raises(MeasurementError, match="nothing stands out"):
        measurement.regions(data.cell(), bright=False)


def test_brown_glands_are_stained_and_what_lies_between_is_not():
    picture = data.immunohistochemistry()
    found = measurement.stained(picture)
    assert found.fraction.low < 0.5 < found.fraction.high
    # A rival without deconvolution: brown is where red exceeds blue.
    brown = picture[..., 0].astype(int) - picture[..., 2] > 25
    assert ((found.mask & brown).sum() / (found.mask | brown).sum()) > 0.8
    assert color.rgb2hsv(picture[found.mask][None])[0, :, 0].mean() < 0.2


def test_glands_larger_than_a_tile_widen_the_interval():
    found = measurement.stained(data.immunohistochemistry())
    as_if_independent = found.tiles.std(ddof=1) / np.sqrt(found.tiles.size)
    assert found.fraction.sampling > 1.5 * as_if_independent


def test_colonies_on_a_dish_two_are_cut_by_its_rim():
    green = photograph("colonies").values[..., 1].astype(float)
    rows, columns = np.mgrid[: green.shape[0], : green.shape[1]]
    dish = np.hypot(rows - 151, columns - 152) < 144
    measured = measurement.sizes(measurement.regions(green, window=dish, smallest=8, depth=2))
    assert (measured.cut.sum(), len(measured.cut)) == (2, 10)
    assert measured.count.value == 9
    assert measured.diameter.covers(18.5)


def test_bands_of_a_loading_control_are_alike():
    red = photograph("gel").values[..., 0]
    left = measurement.bands(red, first=(87, 283), last=(187, 281), lanes=4)
    right = measurement.bands(red, first=(258, 277), last=(371, 278), lanes=4)
    for read in (left, right):
        assert read["clear"].all()
        assert not read["saturated"].any()
        assert read["volume"].std() / read["volume"].mean() < 0.2


def test_wells_of_one_color_agree_and_clear_ones_absorb_least():
    blue = photograph("wellplate").values[..., 2]
    read = measurement.wells(blue, first=(578, 114), last=(84, 894))
    columns = read.groupby(read.index.str[1:].astype(int))["absorbance"]
    assert columns.std().max() < 0.02
    assert columns.mean().idxmin() == 5
    alike = columns.mean()[[1, 2, 4, 6, 8, 12]]  # all of one red, as one sees
    assert np.ptp(alike) < 0.02


def test_a_channel_that_is_black_has_no_absorbance():
    green = photograph("wellplate").values[..., 1]
    read = measurement.wells(green, first=(578, 114), last=(84, 894))
    magenta = read.index.str[1:] == "3"
    assert read.loc[magenta, "absorbance"].isna().sum() >= 6
    assert read.loc[magenta, "saturated"].all()


def test_the_bar_of_a_micrograph_is_read():
    scale = measurement.scale_from_bar(photograph("crystals"), "100 µm")
    assert scale.value == pytest.approx(100 / 155, rel=0.01)
