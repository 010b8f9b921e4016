"""Patches of scikit-image's pictures: offline, apart, and without the easy clues."""

import numpy as np
import pytest
from skimage import color, data, util

from workshop_utils import datasets
from workshop_utils.datasets import textures


@pytest.fixture(scope="module")
def patches():
    return datasets.load_textures()


def test_both_halves_hold_as_many_patches_of_each_class(patches):
    for images, labels in (
        (patches.train_images, patches.train_labels),
        (patches.test_images, patches.test_labels),
    ):
        assert images.shape == (len(labels), 1, 64, 64)
        assert images.dtype == np.float32
        assert np.bincount(labels).tolist() == [32] * len(patches.names)
    assert patches.names == tuple(datasets.TEXTURES)


def test_patches_are_ink_of_equal_mean_and_spread(patches):
    images = np.concatenate([patches.train_images, patches.test_images])
    assert images.min() >= 0
    assert images.max() <= 1
    # Cutting off what leaves [0, 1] moves both a little, most where single stars stand in the dark.
    assert np.abs(images.mean(axis=(1, 2, 3)) - textures.MEAN).max() < 0.06
    assert np.abs(images.std(axis=(1, 2, 3)) - textures.SPREAD).max() < 0.11


def test_a_patch_is_what_scikit_image_cuts_from_the_left_half(patches):
    blocks = util.view_as_blocks(255 - data.brick()[:, :256], (64, 64)).reshape(-1, 64, 64)
    bricks = patches.train_images[patches.train_labels == patches.names.index("brick")][:, 0]
    for block, patch in zip(blocks, bricks, strict=True):
        assert np.corrcoef(block.ravel(), patch.ravel())[0, 1] > 0.99


def test_dark_is_ink(patches):
    square = color.rgb2gray(data.immunohistochemistry())[:64, 256:320]
    tissue = patches.test_images[patches.test_labels == patches.names.index("tissue")][0, 0]
    assert np.corrcoef(square.ravel(), tissue.ravel())[0, 1] < -0.99


def test_the_halves_share_no_pixel():
    ramp = np.tile(np.arange(512.0), (512, 1)) / 511
    left, right = ramp[:, textures._LEFT], ramp[:, textures._RIGHT]
    assert not set(left.ravel()) & set(right.ravel())
    assert left.size + right.size == ramp.size


def test_a_flat_patch_is_plain_gray():
    assert np.all(textures._patches(np.full((16, 16), 0.3), 8) == np.float32(textures.MEAN))


def test_other_sides_cut_other_numbers_of_patches():
    assert len(datasets.load_textures(side=128).train_labels) == 8 * len(datasets.TEXTURES)


@pytest.mark.parametrize("side", [0, 7, 257])
def test_patches_that_do_not_fit_are_refused(side):
    with pytest.raises(ValueError, match="8 to 256 px"):
        datasets.load_textures(side=side)
