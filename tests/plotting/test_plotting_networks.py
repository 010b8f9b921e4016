"""The figures of a kernel at work and of a network with its shapes."""

import numpy as np
import pytest
import torch
from matplotlib.colors import to_hex
from torch.nn import functional

from workshop_utils import plotting

INK = np.random.default_rng(0).random((12, 10))
KERNEL = np.array([[-1, 2, -1], [0, 0.5, 0], [1, 0, -2]])
PLACES = [(0, 0), (9, 7), (4, 3)]


def test_the_map_is_what_a_convolution_layer_computes():
    shown = plotting.sliding(INK, KERNEL, PLACES).axes[1].images[0].get_array()
    layer = functional.conv2d(torch.tensor(INK)[None, None], torch.tensor(KERNEL)[None, None])[0, 0]
    np.testing.assert_allclose(shown, layer.numpy())


def test_each_row_of_tables_is_a_place_its_kernel_and_its_sum():
    figure = plotting.sliding(INK, KERNEL, PLACES)
    answers = figure.axes[1].images[0].get_array()
    for number, (row, column) in enumerate(PLACES):
        patch, kernel, total = (
            axes.images[0].get_array() for axes in figure.axes[2 + 3 * number : 5 + 3 * number]
        )
        np.testing.assert_allclose(patch, INK[row : row + 3, column : column + 3], atol=0.05)
        np.testing.assert_array_equal(kernel, KERNEL)
        assert total.item() == answers[row, column]


def test_a_place_has_the_same_color_in_the_picture_and_in_the_map():
    left, right = plotting.sliding(INK, KERNEL, PLACES).axes[:2]
    for one, other, (row, column) in zip(left.patches, right.patches, PLACES, strict=True):
        assert to_hex(one.get_edgecolor()) == to_hex(other.get_edgecolor())
        assert one.get_bbox().bounds == (column - 0.5, row - 0.5, 3, 3)
        assert other.get_bbox().bounds == (column - 0.5, row - 0.5, 1, 1)


@pytest.mark.parametrize("places", [[], [(0, 0)] * 4])
def test_more_places_than_there_are_colors_are_refused(places):
    with pytest.raises(ValueError, match=f"one to 3 places to follow, got {len(places)}"):
        plotting.sliding(INK, KERNEL, places)


@pytest.mark.parametrize("place", [(-1, 0), (10, 0), (0, 8)])
def test_a_patch_that_sticks_out_is_refused(place):
    with pytest.raises(ValueError, match="rows 0 to 9 and columns 0 to 7"):
        plotting.sliding(INK, KERNEL, [place])


@pytest.mark.parametrize("kernel", [np.ones(3), np.ones((2, 3)), np.zeros((0, 0)), [[np.nan]], [["a"]], None])
def test_what_is_no_kernel_is_refused(kernel):
    with pytest.raises(ValueError, match=r"expected (a )?kernel"):
        plotting.sliding(INK, kernel, PLACES)


@pytest.mark.parametrize("image", [[], [INK, INK], np.zeros((4, 4, 3)), np.zeros((2, 1, 4, 4))])
def test_more_than_one_gray_picture_is_refused(image):
    with pytest.raises(ValueError, match="one gray picture"):
        plotting.sliding(image, KERNEL, PLACES)


def test_a_network_shows_the_strongest_maps_of_each_step_and_says_its_shape():
    maps = np.zeros((4, 6, 6))
    maps[:, 2, 2] = [1, 4, 2, 3]
    figure = plotting.network({"ink": INK[None], "layer": maps, "logits": [-1.5, 2.0]}, maps=2)
    ink, layer, logits = figure.axes
    assert [axes.get_xlabel() for axes in figure.axes] == ["12 × 10\n", "4 maps of\n6 × 6", "2\nnumbers"]
    assert len(ink.images) == 1
    drawn = {image.get_zorder(): image.get_array().max() for image in layer.images}
    assert drawn == {0: 1, -1: 0.75}  # in front the strongest, behind it the next, as shares of the strongest
    assert [text.get_text() for text in logits.texts] == ["−1.5", "2.0"]


def test_many_numbers_are_drawn_and_not_printed():
    (axes,) = plotting.network({"maxima": np.arange(128.0)}).axes
    assert not axes.texts
    np.testing.assert_array_equal(axes.images[0].get_array()[:, 0], np.arange(128.0))


def test_a_network_without_steps_is_refused():
    with pytest.raises(ValueError, match="at least one step"):
        plotting.network({})


@pytest.mark.parametrize("step", [np.zeros((2, 3)), np.zeros((1, 4, 8, 8)), np.zeros(0)])
def test_what_is_neither_maps_nor_numbers_is_refused(step):
    with pytest.raises(ValueError, match=r"for 'layer', got shape .*take one picture"):
        plotting.network({"layer": step})


@pytest.mark.parametrize(
    ("step", "said"), [([np.nan, 1], "finite"), (["a"], "as numbers"), (1j, "as numbers")]
)
def test_a_step_that_holds_no_numbers_is_refused(step, said):
    with pytest.raises(ValueError, match=f"{said}.*layer|layer.*{said}"):
        plotting.network({"layer": step})
