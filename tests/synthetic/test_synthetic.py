"""Drawn pictures of the laboratory: the same from the same seed, and as true as they say."""

import importlib

import numpy as np
import pytest
from skimage import color

from workshop_utils import synthetic

sections = importlib.import_module("workshop_utils.synthetic.tissue")
KINDS = list(synthetic.INSTRUMENTS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_seed_draws_the_same_picture_again_and_another_seed_another(kind):
    draw = synthetic.INSTRUMENTS[kind]
    one, again, other = draw(seed=3), draw(seed=3), draw(seed=4)
    np.testing.assert_array_equal(one.picture, again.picture)
    assert one.truth == again.truth
    assert one.facts == again.facts
    assert not np.array_equal(one.picture, other.picture)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "wrong",
    [{"noise": -1}, {"noise": np.nan}, {"blur": -1}, {"blur": np.inf}, {"shading": -3}]
    + [{"seed": seed} for seed in (-1, None, 1.5, "1", True)],
)
def test_options_that_draw_nonsense_are_refused(kind, wrong):
    with pytest.raises(ValueError, match="of 0 or more"):
        synthetic.INSTRUMENTS[kind](**{"seed": 1} | wrong)


@pytest.mark.parametrize(
    ("draw", "wrong"),
    [
        *[(synthetic.particles, wrong) for wrong in ({"bits": 4}, {"bits": 12.5}, {"bits": 32})],
        *[(synthetic.particles, {"shape": shape}) for shape in ((40, 40), (0, 0), (200,))],
        *[
            (synthetic.particles, wrong)
            for wrong in ({"diameter": 1e6}, {"diameter": np.inf}, {"spread": 100})
        ],
        (synthetic.tissue, {"grain": 0}),
        (synthetic.tissue, {"shape": (0, 5)}),
        *[(synthetic.tlc_plate, wrong) for wrong in ({"lanes": 2.5}, {"tailing": -1}, {"grain": np.nan})],
        *[(synthetic.protein_gel, wrong) for wrong in ({"loading": np.nan}, {"saturation": 0})],
        *[(synthetic.well_plate, wrong) for wrong in ({"replicates": 2.5}, {"stray": 1}, {"scatter": -1})],
    ],
)
def test_options_out_of_their_range_are_refused(draw, wrong):
    with pytest.raises(ValueError, match="expected"):
        draw(seed=1, **wrong)


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_are_well_exposed(kind):
    picture = synthetic.INSTRUMENTS[kind](seed=5).picture
    top = np.iinfo(picture.dtype).max
    assert 0.3 < np.median(picture) / top < 0.95
    assert ((picture == 0) | (picture == top)).mean() < 0.05  # the label of a bar is black and white


@pytest.mark.parametrize("kind", KINDS)
def test_noise_is_as_strong_as_asked_for(kind):
    quiet, loud = (
        synthetic.INSTRUMENTS[kind](seed=6, noise=noise).picture.astype(float) for noise in (0, 0.04)
    )
    top = 255 if loud.max() < 256 else 65535
    # Shot noise goes by the root of the light, down to a third of it in the dark.
    assert 0.4 * 0.04 < (loud - quiet).std() / top < 0.04


@pytest.mark.parametrize("kind", ["spheres", "crystals"])
def test_particles_have_the_areas_of_their_diameters(kind):
    scene = synthetic.particles(seed=8, kind=kind, touching=0, noise=0, blur=0, shading=0, bar=False, bits=16)
    dark = 1 - scene.picture / np.median(scene.picture)
    places, sizes = scene.table[["x (px)", "y (px)"]].to_numpy(), scene.table["diameter (px)"].to_numpy()
    seen = 0
    for (x, y), d in zip(places, sizes, strict=True):
        free = np.sort(np.hypot(*(places - (x, y)).T) - 0.75 * sizes)[1]  # crystals reach beyond their circle
        if d < x < 640 - d and d < y < 480 - d and free > 0.75 * d + 1:
            rows, columns = np.ogrid[int(y - d) : int(y + d) + 2, int(x - d) : int(x + d) + 2]
            own = dark[rows, columns] * (np.hypot(rows - y, columns - x) < 0.75 * d)
            assert own.sum() / np.median(own[own > 0.2]) == pytest.approx(np.pi / 4 * d**2, rel=0.02)
            seen += 1
    assert seen > 5


def test_the_law_of_diameters_has_the_mean_that_is_called_true():
    drawn = [synthetic.particles(seed=seed, diameter=20, cover=0.2, bar=False) for seed in range(5)]
    # On the whole field, before a border selects: small ones are placed as often as large ones.
    middles = np.concatenate(
        [
            s.table.loc[
                s.table["x (px)"].between(0, 640) & s.table["y (px)"].between(0, 480), "diameter (px)"
            ]
            for s in drawn
        ]
    )
    error = middles.std() / np.sqrt(len(middles))
    assert abs(middles.mean() - 20) < 4 * error
    assert middles.std() == pytest.approx(0.22 * 20, rel=0.15)
    assert all(s.truth["diameter (µm)"] == pytest.approx(20 * s.scale) for s in drawn)


def test_particles_do_not_overlap_and_some_touch():
    table = synthetic.particles(seed=9, touching=0.5, bar=False).table
    places, radius = table[["x (px)", "y (px)"]].to_numpy(), table["diameter (px)"].to_numpy() / 2
    gaps = np.hypot(*(places[:, None] - places).transpose(2, 0, 1)) - radius[:, None] - radius
    gaps = gaps[np.triu_indices(len(table), 1)]
    assert gaps.min() > -1e-6
    assert (gaps < 1e-6).sum() >= 5


def test_more_particles_than_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        synthetic.particles(seed=1, cover=0.44, spread=0.01, kind="crystals", touching=0)


@pytest.mark.parametrize(
    ("draw", "options", "reason"),
    [
        (synthetic.particles, {"kind": "cubes"}, "'spheres' or 'crystals', got 'cubes'"),
        (synthetic.particles, {"cover": 0.5}, "cover in"),
        (synthetic.particles, {"touching": 2}, "touching in"),
        (synthetic.tissue, {"fraction": 1.0}, "fraction in"),
        (synthetic.tlc_plate, {"lanes": 0}, "1 to 8 lanes"),
        (synthetic.well_plate, {"replicates": 1}, "2 to 8 replicates"),
    ],
)
def test_options_out_of_range_are_refused(draw, options, reason):
    with pytest.raises(ValueError, match=reason):
        draw(seed=1, **options)


def test_a_label_may_be_in_nanometers_and_in_micrometers():
    labels = {
        synthetic.particles(seed=seed, diameter=d).facts["bar"][-2:] for seed in range(3) for d in (24,)
    }
    assert labels == {"µm"}
    from workshop_utils.synthetic.particles import draw_bar

    assert draw_bar(np.zeros((200, 300), np.uint8), 0.002, 8)[1] == "100 nm"


def test_fields_of_view_scatter_about_the_true_fraction():
    own = [synthetic.tissue(seed=seed, fraction=0.3).table["fraction"][0] for seed in range(24)]
    assert abs(np.mean(own) - 0.3) < 4 * np.std(own) / np.sqrt(24)
    assert 0.01 < np.std(own) < 0.04


def test_stains_are_not_those_that_the_measurement_assumes():
    for own, theirs in ((sections._BLUE, 0), (sections._BROWN, 2)):
        assumed = color.rgb_from_hed[theirs] / np.linalg.norm(color.rgb_from_hed[theirs])
        angle = np.degrees(np.arccos(np.dot(own, assumed) / np.linalg.norm(own)))
        assert 0.5 < angle < 12


def test_spots_run_as_far_as_their_rf_says():
    scene = synthetic.tlc_plate(seed=2)
    spread = scene.table.groupby("substance")["Rf"].std()
    assert (spread < 0.02).all()
    assert scene.table.groupby("substance")["Rf"].mean().tolist() == pytest.approx(
        list(scene.truth.values()), abs=0.02
    )


def test_a_tail_points_to_the_start():
    straight, tailed = (synthetic.tlc_plate(seed=2, tailing=t, noise=0, grain=0).picture for t in (0.0, 1.0))
    changed = np.argwhere(straight.astype(int) - tailed > 8)
    spots = synthetic.tlc_plate(seed=2).table
    nearest = [
        spots.iloc[(np.hypot(spots["x (px)"] - x, spots["y (px)"] - y)).argmin()]["y (px)"]
        for y, x in changed
    ]
    assert (changed[:, 0] > np.array(nearest) - 2).all()


def test_stains_and_detectors_saturate():
    gel = synthetic.protein_gel(seed=3, saturation=1000, noise=0, shading=0)
    dark = -np.log10(gel.picture / np.median(gel.picture))
    tops = [
        dark[round(y) - 2 : round(y) + 3, round(x) - 5 : round(x) + 6].max()
        for x, y in gel.table[["x (px)", "y (px)"]].to_numpy()[:7]
    ]
    gains = np.diff(tops) / np.diff(list(gel.facts["loads"].values()))
    assert (np.diff(gains[1:]) < 0).all()
    few, much = (
        synthetic.well_plate(seed=3, stray=stray, noise=0, shading=0).picture.min() for stray in (0, 0.05)
    )
    assert much > few


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wrong", synthetic.WRONGS)
def test_what_is_no_instance_has_the_size_and_facts_of_one_and_no_truth(kind, wrong):
    if synthetic.LACKING.get(wrong, (kind,))[0] != kind:
        with pytest.raises(ValueError, match="no bar: for particles; no front: for Rf"):
            synthetic.no_instance(wrong, kind, seed=1)
        return
    good, bad = synthetic.INSTRUMENTS[kind](seed=1), synthetic.no_instance(wrong, kind, seed=1)
    assert (bad.picture.shape, bad.picture.dtype) == (good.picture.shape, good.picture.dtype)
    assert bad.facts == good.facts
    assert not bad.truth
    assert not np.array_equal(bad.picture, good.picture)


@pytest.mark.parametrize(("wrong", "kind"), [("upside down", "Rf"), ("blank", "X-ray")])
def test_an_unknown_wrong_is_answered_with_those_there_are(wrong, kind):
    with pytest.raises(ValueError, match="expected one of blank, logo"):
        synthetic.no_instance(wrong, kind, seed=1)
