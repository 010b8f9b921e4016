"""Filters against scipy, scikit-image and OpenCV, and what must hold for any picture."""

import cv2
import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import skimage.exposure
import skimage.feature
import skimage.filters
import skimage.measure
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from workshop_utils import depiction, filters

inks = st.floats(0, 1, width=32)
pictures = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=2, max_dims=2, min_side=3, max_side=14), elements=inks
)
kernels = st.sampled_from([1, 3, 5]).flatmap(lambda k: hnp.arrays(float, (k, k), elements=st.floats(-2, 2)))
STILL = np.random.default_rng(7).random((24, 30), dtype=np.float32)


@pytest.fixture(scope="module")
def aspirin():
    return depiction.depict("CC(=O)Oc1ccccc1C(=O)O")


def off_paper(image: np.ndarray, margin: int) -> np.ndarray:
    return np.pad(image, margin)


# Kernels.


@given(pictures, kernels)
def test_correlate_is_opencvs_filter(image, kernel):
    expected = cv2.filter2D(image.astype(float), -1, kernel, borderType=cv2.BORDER_CONSTANT)
    np.testing.assert_allclose(filters.correlate(image, kernel), expected, atol=1e-9)


def test_correlate_can_mirror_the_picture_at_its_border():
    mirrored = np.pad(STILL.astype(float), 1, mode="symmetric")
    expected = ndimage.correlate(mirrored, filters.SOBEL_VERTICAL)[1:-1, 1:-1]
    answer = filters.correlate(STILL, filters.SOBEL_VERTICAL, border="mirror")
    np.testing.assert_allclose(answer, expected, atol=1e-9)


def test_the_kernel_is_not_turned_over():
    speck = np.zeros((5, 5))
    speck[2, 2] = 1
    kernel = np.arange(9.0).reshape(3, 3)
    np.testing.assert_array_equal(filters.correlate(speck, kernel)[1:4, 1:4], kernel[::-1, ::-1])


@given(pictures, kernels, st.floats(-3, 3), st.randoms())
def test_correlate_is_linear(image, kernel, factor, random):
    other = np.array([random.random() for _ in range(image.size)]).reshape(image.shape)
    together = filters.correlate(factor * image + other, kernel)
    apart = factor * filters.correlate(image, kernel) + filters.correlate(other, kernel)
    np.testing.assert_allclose(together, apart, atol=1e-5)


SHIFTED = {
    "correlate": lambda image: filters.correlate(image, filters.SOBEL_HORIZONTAL),
    "sobel": filters.sobel,
    "gaussian": lambda image: filters.gaussian(image, sigma=1),
    "median": lambda image: filters.median(image, size=3),
    "threshold": lambda image: filters.threshold(image, 0.5),
}


@pytest.mark.parametrize("name", SHIFTED)
@given(picture=pictures, down=st.integers(-5, 5), across=st.integers(-5, 5))
def test_a_shifted_picture_gives_a_shifted_answer(name, picture, down, across):
    apply = SHIFTED[name]
    shifted = np.roll(off_paper(picture, 12), (down, across), (0, 1))
    expected = np.roll(apply(off_paper(picture, 12)), (down, across), (0, 1))
    np.testing.assert_allclose(apply(shifted), expected, atol=1e-6)


@pytest.mark.parametrize("name", SHIFTED)
def test_blank_paper_answers_nothing_even_at_the_border(name):
    assert not SHIFTED[name](np.zeros((12, 12))).any()


def test_the_sobel_kernels_answer_one_at_a_full_edge_and_name_its_direction():
    below = np.zeros((6, 6))
    below[3:] = 1
    assert filters.correlate(below, filters.SOBEL_HORIZONTAL, border="mirror")[2:4].tolist() == [[1] * 6] * 2
    assert not filters.correlate(below, filters.SOBEL_VERTICAL, border="mirror").any()
    right = filters.correlate(below.T, filters.SOBEL_VERTICAL, border="mirror")
    assert right[:, 2:4].tolist() == [[1, 1]] * 6
    assert filters.correlate(1 - below, filters.SOBEL_HORIZONTAL, border="mirror").min() == -1


def test_opencvs_sobel_is_four_times_as_large():
    answer = filters.correlate(STILL, filters.SOBEL_VERTICAL, border="mirror")
    opencv = cv2.Sobel(STILL.astype(float), -1, 1, 0, borderType=cv2.BORDER_REFLECT)
    np.testing.assert_allclose(opencv, 4 * answer, atol=1e-9)


@pytest.mark.parametrize("kernel", [np.ones((2, 2)), np.ones((3, 5)), np.ones(3), np.ones((3, 3, 3))])
def test_a_kernel_without_a_center_is_refused_by_its_shape(kernel):
    with pytest.raises(ValueError, match=r"expected a square kernel with an odd side, .* got \("):
        filters.correlate(STILL, kernel)


def test_an_unknown_border_is_refused():
    with pytest.raises(ValueError, match="border must be 'paper' or 'mirror', got 'wrap'"):
        filters.correlate(STILL, np.ones((3, 3)), border="wrap")


# Edges.


@given(pictures)
def test_sobel_is_scikit_images_with_paper_all_round(image):
    expected = skimage.filters.sobel(np.pad(image, 1).astype(float), mode="constant")[1:-1, 1:-1]
    np.testing.assert_allclose(filters.sobel(image), expected, atol=1e-5)


@given(pictures)
def test_sobel_stays_in_zero_to_one(image):
    answer = filters.sobel(image)
    assert answer.dtype == np.float32
    assert answer.min() >= 0
    assert answer.max() <= 1 + 1e-6


@pytest.mark.parametrize(("sigma", "low", "high"), [(0.0, 0.1, 0.2), (1.0, 0.1, 0.2), (2.5, 0.02, 0.05)])
def test_canny_is_scikit_images(aspirin, sigma, low, high):
    edges = filters.canny(aspirin, sigma=sigma, low=low, high=high)
    expected = skimage.feature.canny(aspirin, sigma=sigma, low_threshold=low, high_threshold=high)
    np.testing.assert_array_equal(edges, expected)
    assert edges.dtype == bool
    assert 0 < edges.sum() < edges.size / 2


def test_a_higher_threshold_keeps_fewer_edges():
    clouds = filters.gaussian(np.random.default_rng(0).random((64, 64)), sigma=1)
    many, few = (filters.canny(clouds, sigma=1, low=0.02, high=high) for high in (0.1, 0.3))
    assert not (few & ~many).any()
    assert few.sum() < many.sum()


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({"low": 0.3, "high": 0.2}, "0 ≤ low ≤ high, got low=0.3, high=0.2"),
        ({"low": -0.1}, "0 ≤ low ≤ high, got low=-0.1"),
        ({"sigma": -1}, "sigma must be 0 to 1000 px, got -1"),
    ],
)
def test_canny_refuses_what_makes_no_sense(options, advice):
    with pytest.raises(ValueError, match=advice):
        filters.canny(STILL, **options)


# Noise and smoothing.


@given(pictures, st.sampled_from([0.2, 0.7, 1.0, 2.3]))
def test_gaussian_is_scipys(image, sigma):
    expected = ndimage.gaussian_filter(image.astype(float), sigma, mode="constant")
    np.testing.assert_allclose(filters.gaussian(image, sigma=sigma), expected, atol=1e-5)


def test_no_blur_is_a_copy():
    blurred = filters.gaussian(STILL, sigma=0)
    np.testing.assert_array_equal(blurred, STILL)
    assert not np.shares_memory(blurred, STILL)


@given(pictures, st.sampled_from([1, 3, 5]))
def test_median_is_scipys(image, size):
    expected = ndimage.median_filter(image, size, mode="nearest")
    np.testing.assert_array_equal(filters.median(image, size=size), expected)


@given(pictures, st.sampled_from([7, 9]))
def test_a_wide_median_is_scipys_to_the_last_bit(image, size):
    for picture in (image, (image * 255).round() / 255):  # any floats; few different ones
        expected = ndimage.median_filter(picture.astype(np.float32), size, mode="nearest")
        np.testing.assert_array_equal(filters.median(picture, size=size), expected)


def test_a_wide_median_of_a_large_picture_is_exact_on_either_way():
    generator = np.random.default_rng(0)
    for picture in (generator.random((60, 70)), generator.integers(256, size=(60, 70)) / 255):
        expected = ndimage.median_filter(picture.astype(np.float32), 9, mode="nearest")
        np.testing.assert_array_equal(filters.median(picture, size=9), expected)


def test_the_median_removes_salt_and_pepper_that_the_blur_only_spreads(aspirin):
    noisy = filters.add_salt_and_pepper(aspirin, fraction=0.1, generator=0)
    paper = aspirin == 0
    paper = ndimage.binary_erosion(paper, iterations=3)
    assert filters.median(noisy, size=3)[paper].mean() < filters.gaussian(noisy, sigma=1)[paper].mean() / 4


@pytest.mark.parametrize("size", [0, 2, -3])
def test_a_window_needs_a_center(size):
    with pytest.raises(ValueError, match=f"an odd side from 1 to 255, such as 3, got {size}"):
        filters.median(STILL, size=size)


def test_gaussian_noise_has_its_width_and_no_bias():
    noisy = filters.add_gaussian_noise(
        np.full((200, 200), 0.5), sigma=0.05, generator=np.random.default_rng(0)
    )
    assert noisy.std() == pytest.approx(0.05, rel=0.02)
    assert noisy.mean() == pytest.approx(0.5, abs=0.001)


@given(pictures, st.floats(0, 2), st.floats(0, 1))
def test_noisy_pictures_stay_in_zero_to_one(image, sigma, fraction):
    for noisy in (
        filters.add_gaussian_noise(image, sigma=sigma, generator=0),
        filters.add_salt_and_pepper(image, fraction=fraction, generator=0),
    ):
        assert noisy.dtype == np.float32
        assert noisy.min() >= 0
        assert noisy.max() <= 1


def test_salt_and_pepper_hit_their_share_half_each():
    noisy = filters.add_salt_and_pepper(
        np.full((300, 300), 0.5), fraction=0.2, generator=np.random.default_rng(0)
    )
    assert (noisy == 0).mean() == pytest.approx(0.1, abs=0.005)
    assert (noisy == 1).mean() == pytest.approx(0.1, abs=0.005)
    assert (noisy == 0.5).mean() == pytest.approx(0.8, abs=0.005)


def test_noise_repeats_for_a_seed_and_goes_on_with_a_generator():
    for add in (
        lambda generator: filters.add_gaussian_noise(STILL, sigma=0.1, generator=generator),
        lambda generator: filters.add_salt_and_pepper(STILL, fraction=0.1, generator=generator),
    ):
        generator = np.random.default_rng(3)
        first, second = add(generator), add(generator)
        np.testing.assert_array_equal(first, add(3))
        assert (first != second).any()


def test_noise_out_of_range_is_refused():
    with pytest.raises(ValueError, match=r"sigma must be 0 or more, in units of ink, got -0\.1"):
        filters.add_gaussian_noise(STILL, sigma=-0.1, generator=0)
    with pytest.raises(ValueError, match=r"fraction must be in \[0, 1\], got 1\.5"):
        filters.add_salt_and_pepper(STILL, fraction=1.5, generator=0)
    with pytest.raises(ValueError, match="sigma must be 0 to 1000 px, got -1"):
        filters.gaussian(STILL, sigma=-1)


# Tones.


def test_otsu_is_scikit_images_and_opencvs():
    two = np.concatenate([STILL * 0.3, 0.6 + STILL * 0.4])
    level = filters.otsu(two)
    assert level == pytest.approx(skimage.filters.threshold_otsu(two))
    opencv, _ = cv2.threshold((two * 255).round().astype(np.uint8), 0, 1, cv2.THRESH_OTSU)
    assert 0.28 < level < 0.62
    assert (filters.threshold(two, level) != (two > opencv / 255)).mean() < 0.01


def test_otsu_needs_two_tones():
    with pytest.raises(ValueError, match=r"expected dark and light pixels, but all of them are 0\.5"):
        filters.otsu(np.full((4, 4), 0.5))


@given(pictures, st.floats(0, 0.4), st.floats(0.5, 1))
def test_stretch_is_scikit_images_in_range(image, low, high):
    expected = skimage.exposure.rescale_intensity(image.astype(float), in_range=(low, high), out_range=(0, 1))
    np.testing.assert_allclose(filters.stretch(image, low=low, high=high), expected, atol=1e-5)


@given(pictures, st.floats(0, 0.4), st.floats(0.5, 1))
def test_squeeze_is_scikit_images_out_range_and_stretch_undoes_it(image, low, high):
    squeezed = filters.squeeze(image, low=low, high=high)
    expected = skimage.exposure.rescale_intensity(image.astype(float), in_range=(0, 1), out_range=(low, high))
    np.testing.assert_allclose(squeezed, expected, atol=1e-5)
    np.testing.assert_allclose(filters.stretch(squeezed, low=low, high=high), image, atol=1e-4)


def test_stretch_raises_contrast_and_squeeze_lowers_it(aspirin):
    assert filters.stretch(aspirin, low=0.2, high=0.8).std() > aspirin.std()
    assert filters.squeeze(aspirin, low=0.2, high=0.8).std() == pytest.approx(0.6 * aspirin.std(), rel=1e-4)


@pytest.mark.parametrize("change", [filters.stretch, filters.squeeze])
def test_a_range_must_have_a_width(change):
    with pytest.raises(ValueError, match=r"low must be below high, got low=0\.5, high=0\.5"):
        change(STILL, low=0.5, high=0.5)


def test_equalize_is_scikit_images_and_makes_all_tones_equally_frequent():
    skewed = STILL**3
    equal = filters.equalize(skewed)
    np.testing.assert_allclose(equal, skimage.exposure.equalize_hist(skewed), atol=1e-6)
    counts, _ = filters.histogram(equal, bins=4)
    np.testing.assert_allclose(counts / equal.size, 0.25, atol=0.02)


@pytest.mark.parametrize(("tiles", "clip"), [(8, 0.01), (2, 0.3), (1, 1.0)])
def test_clahe_is_scikit_images(aspirin, tiles, clip):
    side = 96 // tiles
    expected = skimage.exposure.equalize_adapthist(aspirin, kernel_size=side, clip_limit=clip)
    answer = filters.clahe(aspirin, tiles=tiles, clip=clip)
    np.testing.assert_allclose(answer, expected, atol=1e-6)
    assert answer.min() >= 0
    assert answer.max() <= 1


@pytest.mark.parametrize("tone", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("equalization", [filters.equalize, filters.clahe])
def test_one_tone_has_no_contrast_to_spread(equalization, tone):
    np.testing.assert_array_equal(equalization(np.full((16, 16), tone)), np.full((16, 16), np.float32(tone)))


@pytest.mark.parametrize("options", [{"clip": 0}, {"clip": 1.1}, {"tiles": 0}])
def test_clahe_needs_a_tile_and_a_limit(options):
    with pytest.raises(ValueError, match="expected 0 < clip ≤ 1 and at least one tile, got "):
        filters.clahe(STILL, **options)


@given(pictures, st.integers(1, 100))
def test_a_histogram_counts_every_pixel(image, bins):
    counts, edges = filters.histogram(image, bins=bins)
    assert counts.sum() == image.size
    assert (edges[0], edges[-1], len(edges)) == (0, 1, bins + 1)


def test_a_rounding_error_above_one_is_counted_as_one():
    counts, _ = filters.histogram(np.full((2, 2), np.nextafter(np.float32(1), np.float32(2))), bins=4)
    assert counts.tolist() == [0, 0, 0, 4]


# Regions.


@pytest.mark.parametrize(
    ("drawing", "expected"),
    [
        (["....", "....", "...."], 0),
        (["####", "#..#", "####"], 1),
        (["#####", "#.#.#", "#####"], 2),
        (["#####", "#...#", "##.##"], 0),  # a gap lets the paper out
        ([".#.", "#.#", ".#."], 1),  # corners are tight
        (["####", "####", "####"], 0),
        (["#.#", "#.#", "###"], 0),
    ],
)
def test_holes_are_paper_without_a_way_out(drawing, expected):
    image = np.array([[letter == "#" for letter in row] for row in drawing], float)
    assert filters.holes(image) == expected


def test_small_holes_can_be_left_out():
    image = np.ones((8, 12))
    image[2, 2] = image[3:6, 5:9] = 0
    assert [filters.holes(image, min_area=area) for area in (1, 2, 12, 13)] == [2, 1, 1, 0]


def test_a_level_says_what_is_ink():
    image = np.full((5, 5), 0.4)
    image[2, 2] = 0
    assert (filters.holes(image, level=0.3), filters.holes(image, level=0.5)) == (1, 0)


@given(pictures)
def test_holes_agree_with_scikit_image(image):
    labels = skimage.measure.label(np.pad(image <= 0.5, 1, constant_values=True), connectivity=1)
    assert filters.holes(image) == labels.max() - 1


@pytest.mark.parametrize(
    ("smiles", "rings"), [("CCCC", 0), ("C1CCCCC1", 1), ("C1CCC2CCCCC2C1", 2), ("c1ccccc1", 1)]
)
def test_holes_of_a_large_drawing_are_its_rings(smiles, rings):
    image = depiction.depict(smiles, depiction.DepictionStyle(size=200))
    assert filters.holes(image, level=0.3, min_area=200) == rings


# What all of them refuse.

ALL = {
    "correlate": lambda image: filters.correlate(image, np.ones((3, 3))),
    "sobel": filters.sobel,
    "canny": filters.canny,
    "gaussian": lambda image: filters.gaussian(image, sigma=1),
    "median": lambda image: filters.median(image, size=3),
    "otsu": filters.otsu,
    "threshold": lambda image: filters.threshold(image, 0.5),
    "stretch": lambda image: filters.stretch(image, low=0, high=1),
    "squeeze": lambda image: filters.squeeze(image, low=0, high=1),
    "equalize": filters.equalize,
    "clahe": filters.clahe,
    "histogram": filters.histogram,
    "holes": filters.holes,
    "add_gaussian_noise": lambda image: filters.add_gaussian_noise(image, sigma=0.1, generator=0),
    "add_salt_and_pepper": lambda image: filters.add_salt_and_pepper(image, fraction=0.1, generator=0),
}


def test_all_filters_are_here():
    assert set(ALL) == {name for name in filters.__all__ if name.islower()}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("shape", [(8, 8, 3), (1, 8, 8), (8,), (0, 8)])
def test_a_picture_of_the_wrong_shape_is_told_what_to_do(name, shape):
    with pytest.raises(
        ValueError, match=r"expected one gray picture of shape \(H, W\), got shape .*to_ink.*images\[i, 0\]"
    ):
        ALL[name](np.zeros(shape))


@pytest.mark.parametrize("name", ALL)
def test_a_picture_of_bytes_is_told_how_to_become_ink(name):
    with pytest.raises(
        TypeError, match=r"expected ink, floats in \[0, 1\], got uint8; convert with depiction\.to_ink"
    ):
        ALL[name](np.zeros((8, 8), np.uint8))


@pytest.mark.parametrize(
    "name", ["median", "squeeze", "clahe", "histogram", "add_gaussian_noise", "add_salt_and_pepper"]
)
@pytest.mark.parametrize("value", [255.0, -1.0])
def test_a_filter_that_counts_on_ink_refuses_other_values(name, value):
    with pytest.raises(ValueError, match=r"expected ink in \[0, 1\], got values from "):
        ALL[name](np.full((8, 8), value))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_no_filter_lets_a_value_pass_that_is_no_number(name, value):
    with pytest.raises(ValueError, match="expected finite values, got NaN or infinity"):
        ALL[name](np.where(np.eye(8), value, 0))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", [np.uint16, np.int64, complex, object])
def test_no_filter_takes_numbers_of_another_kind(name, dtype):
    with pytest.raises(TypeError, match="expected ink, floats"):
        ALL[name](np.zeros((8, 8), dtype))


@pytest.mark.parametrize("name", ALL)
def test_no_filter_changes_its_picture(name):
    image = STILL.copy()
    ALL[name](image)
    np.testing.assert_array_equal(image, STILL)


@pytest.mark.parametrize("name", ALL)
def test_neither_precision_nor_layout_in_memory_matters(name):
    image = (STILL * 255).round() / 255
    backwards = np.ascontiguousarray(image.astype(float)[::-1])[::-1]
    plain, other = ALL[name](image), ALL[name](backwards)
    if name == "histogram":
        plain, other = plain[0], other[0]
    np.testing.assert_allclose(other, plain, atol=1e-5)
