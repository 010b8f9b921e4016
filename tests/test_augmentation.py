"""Random changes: each against an oracle, and what must hold for all of them."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as V

from workshop_utils import depiction, training
from workshop_utils.augmentation import Augmenter, Draw

GEOMETRY = {
    "rotation": st.floats(0, 180),
    "translation": st.floats(0, 1),
    "scale": st.tuples(st.floats(0.5, 1), st.floats(1, 2)),
    "crop": st.floats(0, 0.9),
    "pad": st.floats(0, 1),
    "horizontal_flip": st.floats(0, 1),
    "vertical_flip": st.floats(0, 1),
}
INK = {"brightness": st.floats(0, 1), "contrast": st.floats(0, 0.9)}
NOISE = {"noise": st.floats(0, 1), "salt_and_pepper": st.floats(0, 1)}
EVERYTHING = {
    "rotation": 180,
    "translation": 0.2,
    "scale": (0.8, 1.2),
    "brightness": 0.3,
    "contrast": 0.3,
    "noise": 0.1,
    "salt_and_pepper": 0.05,
    "crop": 0.2,
    "pad": 0.2,
    "horizontal_flip": 0.5,
    "vertical_flip": 0.5,
}


@pytest.fixture(scope="module")
def batch() -> torch.Tensor:
    style = depiction.DepictionStyle(size=64)
    return torch.from_numpy(depiction.depict_many(["CC(=O)Oc1ccccc1C(=O)O", "CCO", "C[C@H](N)C(=O)O"], style))


def still(n: int = 3, **changes: torch.Tensor) -> Draw:
    """A draw that changes nothing, but for the parameters that are given."""
    return Augmenter().draw(n, 0)._replace(**changes)


def every(value, n: int = 3) -> torch.Tensor:
    return torch.tensor([value] * n)


# Geometry, against oracles.


@pytest.mark.parametrize(("turn", "quarters"), [(90.0, 1), (180.0, 2), (-90.0, 3)])
def test_a_quarter_turn_is_numpys(batch, turn, quarters):
    turned = Augmenter().apply(batch, still(turn=every(turn)))
    np.testing.assert_allclose(turned, np.rot90(batch, quarters, axes=(2, 3)), atol=1e-4)


@pytest.mark.parametrize("shape", [(64, 64), (40, 64), (64, 25)])
@pytest.mark.parametrize("angle", [30.0, -75.0, 200.0])
def test_a_turn_is_torchvisions_on_square_and_other_pictures(batch, angle, shape):
    cut = batch[:, :, : shape[0], : shape[1]]
    turned = Augmenter().apply(cut, still(turn=every(angle)))
    expected = V.rotate(cut, angle, interpolation=InterpolationMode.BILINEAR)
    np.testing.assert_allclose(turned, expected, atol=2e-3)


@pytest.mark.parametrize("shape", [(64, 64), (40, 64)])
def test_turn_scale_and_shift_together_are_torchvisions(batch, shape):
    cut = batch[:, :, : shape[0], : shape[1]]
    draw = still(turn=every(-20.0), window=every(1 / 1.25), shift=every([8 / shape[1], -6 / shape[0]]))
    expected = V.affine(
        cut, angle=20, translate=[8, -6], scale=1.25, shear=[0, 0], interpolation=InterpolationMode.BILINEAR
    )
    np.testing.assert_allclose(Augmenter().apply(cut, draw), expected, atol=2e-3)


def test_a_shift_moves_right_and_down_and_paper_follows(batch):
    moved = Augmenter().apply(batch, still(shift=every([4 / 64, 2 / 64])))
    np.testing.assert_allclose(moved[:, :, 2:, 4:], batch[:, :, :-2, :-4], atol=1e-4)
    assert not moved[:, :, :2].any()
    assert not moved[:, :, :, :4].any()


def test_flips_are_numpys(batch):
    across = Augmenter(horizontal_flip=1)(batch, generator=0)
    down = Augmenter(vertical_flip=1)(batch, generator=0)
    np.testing.assert_allclose(across, batch.flip(3), atol=1e-4)
    np.testing.assert_allclose(down, batch.flip(2), atol=1e-4)


def test_a_crop_is_a_window_enlarged(batch):
    draw = still(window=every(0.5), center=every([0.25, -0.25]))
    expected = V.resize(batch[:, :, :32, 32:], [64, 64], InterpolationMode.BILINEAR, antialias=False)
    inner = (slice(None), slice(None), slice(1, -1), slice(1, -1))  # torchvision repeats the border
    np.testing.assert_allclose(Augmenter().apply(batch, draw)[inner], expected[inner], atol=1e-4)


def test_padding_shrinks_the_picture_towards_its_middle(batch):
    blank = torch.ones_like(batch)
    shrunk = Augmenter().apply(blank, still(window=every(2.0)))
    assert (shrunk[:, :, 17:47, 17:47] == 1).all()
    assert not shrunk[:, :, :15].any()
    assert not shrunk[..., :15].any()
    assert shrunk.mean() == pytest.approx(0.25, abs=0.01)


# What is drawn.


def test_parameters_are_drawn_within_their_limits():
    draw = Augmenter(rotation=30, translation=0.1, scale=(0.5, 2), brightness=0.2, contrast=0.4).draw(4000, 0)
    for values, low, high in (
        (draw.turn, -30, 30),
        (draw.shift, -0.1, 0.1),
        (1 / draw.window, 0.5, 2),
        (draw.brightness, 0.8, 1.2),
        (draw.contrast, 0.6, 1.4),
    ):
        assert low - 1e-5 <= values.min() < low + 0.02 * (high - low)
        assert high - 0.02 * (high - low) < values.max() <= high + 1e-5
        assert values.mean() == pytest.approx((low + high) / 2, abs=0.02 * (high - low))


def test_a_crop_window_stays_inside_the_picture():
    draw = Augmenter(crop=0.6).draw(4000, 0)
    assert 0.4 - 1e-5 <= draw.window.min() < 0.42
    reach = draw.center.abs() + draw.window[:, None] / 2
    assert reach.max() <= 0.5 + 1e-5
    assert reach.max() > 0.499  # and goes to its edge


def test_padding_adds_its_fraction_on_every_side():
    draw = Augmenter(pad=0.5).draw(4000, 0)
    assert draw.window.min() >= 1
    assert draw.window.max() == pytest.approx(2, abs=0.01)
    assert not draw.center.any()


@pytest.mark.parametrize("probability", [0.0, 0.3, 1.0])
def test_flips_come_with_their_probability(probability):
    draw = Augmenter(horizontal_flip=probability).draw(4000, 0)
    assert (draw.mirror[:, 0] < 0).float().mean() == pytest.approx(probability, abs=0.03)
    assert (draw.mirror[:, 1] == 1).all()


def test_nothing_is_mirrored_unless_asked_for():
    chirality_kept = Augmenter(**{k: v for k, v in EVERYTHING.items() if "flip" not in k}).draw(500, 0)
    assert (chirality_kept.mirror == 1).all()


def test_every_picture_has_its_own_draw(batch):
    same = batch[:1].repeat(6, 1, 1, 1)
    for name, value in EVERYTHING.items():
        changed = Augmenter(**{name: value})(same, generator=1)
        assert len(torch.unique(changed, dim=0)) > 1, name


# Ink and noise.


def test_brightness_multiplies_and_caps(batch):
    bright = Augmenter().apply(batch, still(brightness=every(1.5)))
    np.testing.assert_allclose(bright, (batch * 1.5).clamp(max=1), atol=1e-6)


def test_contrast_is_a_power_that_leaves_paper_and_full_ink(batch):
    faded = Augmenter().apply(batch, still(contrast=every(2.0)))
    np.testing.assert_allclose(faded, batch**2, atol=1e-6)
    assert (faded[batch == 1] == 1).all()


def test_gaussian_noise_has_its_width():
    gray = torch.full((4, 1, 100, 100), 0.5)
    noisy = Augmenter(noise=0.05)(gray, generator=0)
    assert noisy.std() == pytest.approx(0.05, rel=0.03)
    assert noisy.mean() == pytest.approx(0.5, abs=0.002)


def test_salt_and_pepper_hit_their_share_half_each():
    gray = torch.full((4, 1, 100, 100), 0.5)
    noisy = Augmenter(salt_and_pepper=0.2)(gray, generator=0)
    assert (noisy == 0).float().mean() == pytest.approx(0.1, abs=0.01)
    assert (noisy == 1).float().mean() == pytest.approx(0.1, abs=0.01)


# What holds for all.


@given(st.fixed_dictionaries({}, optional=GEOMETRY | INK), st.integers(0, 1000))
def test_paper_stays_exactly_paper(options, seed):
    assert not Augmenter(**options)(torch.zeros(3, 1, 16, 20), generator=seed).any()


@given(st.fixed_dictionaries({}, optional=GEOMETRY | INK | NOISE), st.integers(0, 1000))
def test_ink_stays_in_zero_to_one(options, seed):
    batch = torch.rand(3, 1, 16, 20, generator=torch.Generator().manual_seed(seed))
    changed = Augmenter(**options)(batch, generator=seed)
    assert (changed.shape, changed.dtype) == (batch.shape, torch.float32)
    assert changed.min() >= 0
    assert changed.max() <= 1


@given(st.fixed_dictionaries({}, optional=GEOMETRY), st.integers(0, 1000))
def test_what_geometry_fills_in_is_paper_not_ink(options, seed):
    """A blot in the middle of paper never touches more than it covers: no black corners."""
    batch = torch.zeros(2, 1, 33, 33)
    batch[:, :, 16, 16] = 1
    changed = Augmenter(**options)(batch, generator=seed)
    assert changed.max() <= 1
    assert ((changed > 0).sum(dim=(1, 2, 3)) < 33 * 33).all()


def test_everything_off_changes_nothing_at_all(batch):
    unchanged = Augmenter()(batch, generator=0)
    assert torch.equal(unchanged, batch)
    assert not np.shares_memory(unchanged.numpy(), batch.numpy())


def test_the_same_seed_gives_the_same_pictures(batch):
    augment = Augmenter(**EVERYTHING)
    first, again, other = (augment(batch, generator=seed) for seed in (5, np.int64(5), 6))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_generator_goes_on(batch):
    augment, generator = Augmenter(**EVERYTHING), torch.Generator().manual_seed(5)
    first, second = augment(batch, generator=generator), augment(batch, generator=generator)
    assert torch.equal(first, augment(batch, generator=5))
    assert not torch.equal(first, second)


def test_the_given_batch_is_not_changed(batch):
    before = batch.clone()
    Augmenter(**EVERYTHING)(batch, generator=0)
    assert torch.equal(batch, before)


def test_numpy_in_is_numpy_out_with_the_same_values(batch):
    augment = Augmenter(**EVERYTHING)
    array = batch.numpy().astype(np.float64)
    array.flags.writeable = False
    changed = augment(array, generator=3)
    assert isinstance(changed, np.ndarray)
    assert changed.dtype == np.float32
    np.testing.assert_array_equal(changed, augment(batch, generator=3).numpy())


# Errors.


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        ({"rotation": -1}, "rotation and noise must not be negative, got -1"),
        ({"noise": -0.1}, "rotation and noise must not be negative"),
        ({"scale": (0, 1)}, r"scale must be \(smallest, largest\) above 0, got \(0, 1\)"),
        ({"scale": (2, 1)}, r"scale must be \(smallest, largest\) above 0"),
        ({"translation": 1.5}, r"translation must be in \[0, 1\], got 1\.5"),
        ({"crop": 1}, r"crop must be in \[0, 0\.9\], got 1"),
        ({"contrast": 1}, r"contrast must be in \[0, 0\.9\], got 1"),
        ({"brightness": -0.1}, r"brightness must be in \[0, 1\], got -0\.1"),
        ({"salt_and_pepper": 2}, r"salt_and_pepper must be in \[0, 1\], got 2"),
        ({"pad": float("nan")}, r"pad must be in \[0, 1\], got nan"),
        ({"horizontal_flip": 1.1}, r"horizontal_flip must be in \[0, 1\], got 1\.1"),
    ],
)
def test_an_option_out_of_range_is_named_with_its_range(options, advice):
    with pytest.raises(ValueError, match=advice):
        Augmenter(**options)


@pytest.mark.parametrize("shape", [(8, 8), (2, 8, 8), (2, 3, 8, 8), (0, 1, 8, 8)])
def test_another_shape_than_a_batch_is_refused(shape):
    with pytest.raises(ValueError, match=r"expected (a batch of shape \(N, 1, H, W\)|at least one picture)"):
        Augmenter()(np.zeros(shape, np.float32), generator=0)


def test_bytes_are_refused():
    with pytest.raises(TypeError, match=r"expected ink, floats in \[0, 1\], got uint8; convert with"):
        Augmenter()(np.zeros((1, 1, 8, 8), np.uint8), generator=0)


@pytest.mark.parametrize("value", [255.0, -0.1, float("nan")])
def test_values_that_are_not_ink_are_refused(value):
    with pytest.raises(ValueError, match=r"expected ink in \[0, 1\], got values from "):
        Augmenter()(torch.full((1, 1, 8, 8), value), generator=0)


def test_a_draw_for_another_number_of_pictures_is_refused(batch):
    with pytest.raises(ValueError, match="expected a draw for each of the 3 pictures, got 2"):
        Augmenter().apply(batch, still(2))


# As the transform of a dataset.


def test_one_picture_comes_back_as_one_picture():
    augment = Augmenter(rotation=30, noise=0.1)
    picture = torch.zeros(1, 16, 16)
    picture[:, 7:9] = 1
    batch = augment(picture[None], generator=4)
    assert torch.equal(augment(picture, generator=4), batch[0])
    assert augment(picture.numpy(), generator=4).shape == (1, 16, 16)


def test_as_a_transform_it_draws_anew_each_time_and_a_seed_repeats_it():
    pictures = np.zeros((3, 1, 16, 16), np.float32)
    pictures[:, :, 7:9] = 1
    dataset = training.MolecularImageDataset(pictures, [0, 1, 0], transform=Augmenter(rotation=90))
    with training.seeded(1):
        first, again = dataset[0][0], dataset[0][0]
    with training.seeded(1):
        repeated = dataset[0][0]
    assert not torch.equal(first, again)
    assert torch.equal(first, repeated)


def test_pictures_without_a_channel_are_not_taken_for_one_picture():
    with pytest.raises(ValueError, match="expected"):
        Augmenter()(torch.zeros(3, 16, 16), generator=0)
