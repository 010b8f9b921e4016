"""Does a 95 % interval hold the truth? On pictures whose truth is known, by numbers of their own."""

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest

from workshop_utils import measurement, synthetic
from workshop_utils.measurement import MeasurementError

ROOT = Path(__file__).parents[2]
PICTURES = 50


@pytest.fixture(scope="module")
def coverage():
    """benchmarks/coverage.py, which is not a package, knows how a person would use each instrument."""
    spec = importlib.util.spec_from_file_location("bench_coverage", ROOT / "benchmarks" / "coverage.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("instrument", list(synthetic.INSTRUMENTS))
def test_intervals_hold_the_truth_and_good_pictures_are_not_refused(coverage, instrument):
    found = [
        coverage.row(coverage.draw(instrument, seed, noise=0.02), coverage.INSTRUMENTS[instrument])
        for seed in range(PICTURES)
    ]
    assert sum("refused" in made for made in found) <= 2
    for name, result in coverage.summary(found):
        # Of 50 intervals that hold the truth in 95 of 100 cases, fewer than 43 do so once in 200 tests.
        assert result["coverage"] * result["pictures"] >= 43 - (PICTURES - result["pictures"]), name
        assert abs(result["bias"]) < 0.02 + 3 * result["bias error"], name
        assert 0 < result["half width"] < 0.2, name


#: Kinds of picture that are no instance, for each instrument; only micrographs have a bar to lack, and only
#: plates a front.
NO_INSTANCES = [
    (wrong, instrument)
    for wrong in synthetic.WRONGS
    for instrument in synthetic.INSTRUMENTS
    if synthetic.LACKING.get(wrong, (instrument,))[0] == instrument
]


@pytest.mark.parametrize(("wrong", "instrument"), NO_INSTANCES)
def test_what_is_no_instance_is_refused(coverage, instrument, wrong):
    for seed in range(3):
        with pytest.raises(MeasurementError, match=r".{40}"):
            coverage.INSTRUMENTS[instrument](synthetic.no_instance(wrong, instrument, seed=seed))


def test_a_stain_that_is_half_as_common_is_measured_so():
    low, high = (
        measurement.stained(synthetic.tissue(seed=5, fraction=fraction).picture).fraction
        for fraction in (0.15, 0.4)
    )
    assert low.high < high.low


def test_a_stained_fraction_keeps_to_0_and_1():
    scene = synthetic.tissue(seed=2, fraction=0.03, shape=(192, 192))
    found = measurement.stained(scene.picture).fraction
    assert 0 <= found.low <= found.value <= found.high <= 1


@pytest.mark.parametrize(
    ("picture", "options", "reason"),
    [
        (np.zeros((99, 99), np.uint8), {}, "colors"),
        (np.zeros((99, 99, 3)), {}, "colors"),
        (np.full((99, 99, 3), 100, np.uint8), {"tile": 64}, "9 or more tiles"),
        (np.full((99, 99, 3), 100, np.uint8), {"tile": 16}, "equal"),
    ],
)
def test_pictures_without_tissue_are_refused(picture, options, reason):
    with pytest.raises(MeasurementError, match=reason):
        measurement.stained(picture, **options)


def test_an_unknown_stain_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match="hematoxylin, eosin, DAB, got 'PAS'"):
        measurement.stained(np.zeros((99, 99, 3), np.uint8), stain="PAS")


def test_hematoxylin_is_another_channel_than_dab():
    picture = synthetic.tissue(seed=5).picture
    dab, blue = (measurement.stained(picture, stain=stain).mask for stain in ("DAB", "hematoxylin"))
    assert (dab & blue).sum() < 0.5 * min(dab.sum(), blue.sum())


@pytest.fixture(scope="module")
def chromatogram():
    return synthetic.tlc_plate(seed=4)


def test_start_and_front_may_be_said_and_change_nothing(chromatogram):
    free = measurement.plate(chromatogram.picture)
    told = measurement.plate(chromatogram.picture, start=free.start.row + 4, front=free.front.row - 4)
    assert told.start == free.start
    assert told.front == free.front


def test_lines_that_are_not_where_they_are_said_to_be_are_refused(chromatogram):
    with pytest.raises(MeasurementError, match="within 10 px of row 200, found none"):
        measurement.plate(chromatogram.picture, start=250, front=200)
    with pytest.raises(MeasurementError, match="within 10 px of row 5, found none"):
        measurement.plate(chromatogram.picture, start=5)


def test_a_plate_that_stands_on_its_head_is_refused(chromatogram):
    found = measurement.plate(chromatogram.picture)
    with pytest.raises(MeasurementError, match="the front above the start"):
        measurement.plate(chromatogram.picture, start=found.front.row, front=found.start.row)


@pytest.mark.parametrize("row", [14, 250, 505])
def test_of_three_lines_someone_must_say_which_are_start_and_front(chromatogram, row):
    found, picture = measurement.plate(chromatogram.picture), chromatogram.picture.copy()
    picture[row : row + 2, 5:-5] = 0.5 * picture[row : row + 2, 5:-5]
    with pytest.raises(MeasurementError, match="found a third one near row"):
        measurement.plate(picture)
    told = measurement.plate(picture, start=found.start.row, front=found.front.row)
    assert told.front.row == pytest.approx(found.front.row, abs=0.1)
    assert told.start.row == pytest.approx(found.start.row, abs=0.1)


def test_a_faint_band_beside_two_lines_is_no_third_one(chromatogram):
    found, rows = measurement.plate(chromatogram.picture), np.arange(520)[:, None]
    for deep in (0.08, 0.12, 0.16):
        picture = chromatogram.picture * (1 - deep * np.exp(-(((rows - 18) / 4) ** 2) / 2))
        assert len(measurement.plate(picture).spots) == len(found.spots)


def test_one_line_that_is_told_leaves_the_other_to_be_found(chromatogram):
    found, picture = measurement.plate(chromatogram.picture), chromatogram.picture.copy()
    picture[14:16, 5:-5] = 0.5 * picture[14:16, 5:-5]
    told = measurement.plate(picture, front=found.front.row)  # what lies above it is no start
    assert told.start.row == pytest.approx(found.start.row, abs=0.1)
    with pytest.raises(MeasurementError, match="found 1; say about where"):
        measurement.plate(chromatogram.picture, front=found.start.row)


@pytest.mark.parametrize("side", ["top", "bottom", "left", "right"])
def test_what_a_plate_lies_on_is_no_part_of_it(chromatogram, side):
    picture = chromatogram.picture.copy()
    beside = {"top": np.s_[:12], "bottom": np.s_[-12:], "left": np.s_[:, :12], "right": np.s_[:, -12:]}
    picture[beside[side]] = 40
    with pytest.raises(MeasurementError, match=f"something dark along the {side}; cut the picture"):
        measurement.plate(picture)


@pytest.mark.parametrize("seed", [0, 1, 2, 4, 5])
def test_an_inverted_section_is_refused(seed):
    with pytest.raises(MeasurementError, match="is the picture inverted"):
        measurement.stained(255 - synthetic.tissue(seed=seed).picture)


@pytest.mark.parametrize("share", [0.05, 0.15])
def test_a_black_strip_is_no_stain(share):
    picture = synthetic.tissue(seed=1).picture.copy()
    picture[: int(share * len(picture))] = [6, 5, 4]
    with pytest.raises(MeasurementError, match="black in all colors"):
        measurement.stained(picture)


def test_a_section_under_a_weak_lamp_is_not_refused():
    scene = synthetic.tissue(seed=1)
    found = measurement.stained((0.6 * scene.picture).astype(np.uint8)).fraction
    assert found.covers(scene.truth["fraction"])


def test_a_stain_in_the_dark_is_refused():
    picture = (0.4 * synthetic.tissue(seed=1).picture).astype(np.uint8)
    with pytest.raises(MeasurementError, match="no bright background"):
        measurement.stained(picture)


def test_tiles_that_are_smaller_than_patches_are_no_witnesses():
    picture = synthetic.tissue(seed=1).picture
    with pytest.raises(MeasurementError, match="a tile of 8 px is narrower than half of the usual patch"):
        measurement.stained(picture, tile=8)
    assert measurement.stained(picture, tile=32).fraction.n > 100


def test_a_section_without_alpha_is_the_same_as_with_an_opaque_one():
    picture = synthetic.tissue(seed=1).picture
    alpha = np.full(picture.shape[:2], 255, np.uint8)
    opaque = measurement.stained(np.dstack([picture, alpha]))
    assert opaque.fraction == measurement.stained(picture).fraction
    alpha[:50] = 0
    with pytest.raises(MeasurementError, match="transparent in places"):
        measurement.stained(np.dstack([picture, alpha]))


@pytest.mark.parametrize("top", [4095, 1.0, 65535])
def test_wells_that_are_clipped_are_marked_whatever_the_file_could_hold(top):
    scene = synthetic.well_plate(seed=1)
    where = {name: scene.facts[name] for name in ("first", "last")}

    def exposed(factor):
        light = np.minimum(scene.picture * (factor / 65535) * top, top)
        return light if isinstance(top, float) else light.astype(np.uint16)

    read = measurement.wells(exposed(1.3), **where)
    assert read.loc[scene.facts["solvent"], "saturated"].mean() > 0.5
    assert not read.loc[["G1", "H1", "H2"], "saturated"].any()  # the dark ones
    with pytest.raises(MeasurementError, match="of the pixels are saturated"):
        measurement.wells(exposed(1.6), **where)


@pytest.mark.parametrize(
    "wrong", [{"rows": 8.5}, {"rows": -8}, {"columns": 0}, {"first": (np.nan, 3)}, {"last": (np.inf, 3)}]
)
def test_wells_are_whole_in_number_and_somewhere(plate, wrong):
    where = {name: plate.facts[name] for name in ("first", "last")}
    with pytest.raises(MeasurementError, match=r"1 to 32 rows and 1 to 48 columns|two finite numbers"):
        measurement.wells(plate.picture, **(where | wrong))


def test_rows_beyond_z_have_two_letters():
    rows, columns = np.mgrid[:960, :80]
    picture = np.where(np.hypot(rows % 30 - 15, columns % 30 - 15) < 9, 200.0, 90.0)
    read = measurement.wells(picture, first=(15, 15), last=(45, 945), rows=32, columns=2)
    assert list(read.index[-2:]) == ["AF1", "AF2"]


@pytest.mark.parametrize("wrong", [{"lanes": 12.5}, {"lanes": -1}, {"first": (np.nan, 150)}])
def test_lanes_are_whole_in_number_and_somewhere(wrong):
    gel = synthetic.protein_gel(seed=1)
    where = {name: gel.facts[name] for name in ("first", "last", "lanes")}
    with pytest.raises(MeasurementError, match=r"3 or more lanes from left to right|two finite numbers"):
        measurement.bands(gel.picture, **(where | wrong))


def test_bands_without_any_light_are_marked_also_in_floats():
    scene = synthetic.protein_gel(seed=3, saturation=1e6)
    where = {name: scene.facts[name] for name in ("first", "last", "lanes")}
    whole, share = (measurement.bands(p, **where) for p in (scene.picture >> 8, (scene.picture >> 8) / 255.0))
    assert whole["saturated"].any()
    assert (whole["saturated"] == share["saturated"]).all()


@pytest.mark.parametrize("seed", range(6))
def test_a_row_of_spots_is_no_front_however_many_lanes_there_are(seed):
    for lanes in (3, 8):
        with pytest.raises(MeasurementError, match=r"in \d+ of \d+ places only|px thick|two thin dark lines"):
            measurement.plate(synthetic.tlc_plate(seed=seed, lanes=lanes, front=False).picture)


def test_a_wide_band_is_no_front():
    picture = synthetic.tlc_plate(seed=4, front=False).picture.astype(float)
    rows = np.arange(len(picture))[:, None]
    picture *= 1 - 0.3 * np.exp(-(((rows - 60) / 3.5) ** 2) / 2)  # a solvent front that dried as a rim
    with pytest.raises(MeasurementError, match="px thick, expected at most 5"):
        measurement.plate(picture)


def test_an_rf_is_read_in_the_plates_own_frame(chromatogram):
    upright, turned = (
        measurement.plate(picture) for picture in (chromatogram.picture, chromatogram.picture[:, ::-1].copy())
    )
    mirrored = [spot.value for spot in turned.spots]
    expected = [upright.spots[i].value for i in (8, 9, 6, 7, 4, 5, 2, 3, 0, 1)]
    np.testing.assert_allclose(mirrored, expected, atol=0.003)


def test_one_lane_says_nothing_of_others(chromatogram):
    plate = measurement.plate(chromatogram.picture)
    assert plate.spots[0].shares == {"calibration": 0, "segmentation": 1, "sampling": 0}
    assert plate.mean(1).shares["sampling"] > 0.5
    assert list(plate.table["number"]) == [1, 2] * 5


@pytest.mark.parametrize("number", [0, 3])
def test_a_spot_that_no_lane_has_has_no_mean(chromatogram, number):
    with pytest.raises(MeasurementError, match="two or more lanes with the same number of spots"):
        measurement.plate(chromatogram.picture).mean(number)


def test_a_single_lane_has_no_mean():
    with pytest.raises(MeasurementError, match="two or more lanes"):
        measurement.plate(synthetic.tlc_plate(seed=4, lanes=1).picture).mean(1)


def test_a_thumbnail_is_no_plate():
    with pytest.raises(MeasurementError, match="at least 60 px"):
        measurement.plate(np.zeros((40, 40)))


@pytest.fixture(scope="module")
def plate():
    return synthetic.well_plate(seed=7, noise=0.005)


def turned(scene, quarters, mirrored):
    """The plate turned by quarters, perhaps seen from below, and where its corner wells are now."""
    picture = scene.picture[:, ::-1] if mirrored else scene.picture
    places = [complex(*scene.facts[end]) for end in ("first", "last")]
    if mirrored:
        places = [complex(picture.shape[1] - 1 - z.real, z.imag) for z in places]
    for _ in range(quarters):
        places = [complex(z.imag, picture.shape[1] - 1 - z.real) for z in places]
        picture = np.rot90(picture)
    return picture, [(z.real, z.imag) for z in places]


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_plate_may_be_turned_and_seen_from_below(plate, quarters, mirrored):
    facts = plate.facts
    expected = measurement.wells(plate.picture, first=facts["first"], last=facts["last"])["absorbance"]
    picture, (first, last) = turned(plate, quarters, mirrored)
    found = measurement.wells(picture, first=first, last=last)["absorbance"]
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_absorbance_is_beer_and_lamberts(plate):
    facts = plate.facts
    read = measurement.wells(plate.picture, first=facts["first"], last=facts["last"], blanks=facts["solvent"])
    true = plate.table.set_index("well")["absorbance"]
    thin = true < 0.5
    np.testing.assert_allclose(read.loc[thin.to_numpy(), "absorbance"], true[thin], atol=0.03)
    assert (read.loc["H1", "absorbance"] < true["H1"]).all()  # stray light


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ((40, 40), (40, 40), "no corners"),
        ((40, 40), (560, 100), "no corners"),
        ((-30, 40), (560, 380), "outside the picture"),
        ((40, 40), (150, 110), "got 10; magnify"),
    ],
)
def test_a_grid_that_is_none_is_refused(plate, first, last, reason):
    with pytest.raises(MeasurementError, match=reason):
        measurement.wells(plate.picture, first=first, last=last)


@pytest.mark.parametrize("away", [(13, 0), (0, -13), (10, 10)])
def test_a_grid_beside_the_wells_is_refused(plate, away):
    first, last = (tuple(np.add(plate.facts[end], away)) for end in ("first", "last"))
    with pytest.raises(MeasurementError, match="middles of the corner wells"):
        measurement.wells(plate.picture, first=first, last=last)


def test_wells_that_are_hardly_too_near_are_not_said_to_be_as_far_apart_as_expected(plate):
    with pytest.raises(MeasurementError, match=r"at least 20 px apart, got 19\.96; magnify"):
        measurement.wells(plate.picture, first=(60, 60), last=(60 + 11 * 19.96, 60 + 7 * 19.96))


def test_a_single_blank_may_be_a_text(plate):
    where = {"first": plate.facts["first"], "last": plate.facts["last"]}
    read = measurement.wells(plate.picture, **where, blanks="A1")
    assert read.equals(measurement.wells(plate.picture, **where, blanks=["A1"]))


def test_a_blank_is_a_well(plate):
    with pytest.raises(ValueError, match="wells of this plate as blanks, got Z9"):
        measurement.wells(plate.picture, first=plate.facts["first"], last=plate.facts["last"], blanks=["Z9"])


def test_a_black_well_has_no_absorbance(plate):
    dark = plate.picture.copy()
    (x, y), facts = plate.facts["first"], plate.facts
    dark[round(y) - 15 : round(y) + 16, round(x) - 15 : round(x) + 16] = 0
    read = measurement.wells(dark, first=facts["first"], last=facts["last"])
    assert np.isnan(read.loc["A1", "absorbance"])
    assert read.loc["A1", "saturated"]
    assert read["absorbance"].isna().sum() == 1


@pytest.fixture(scope="module")
def gel():
    return synthetic.protein_gel(seed=3)


def test_volumes_follow_the_stain(gel):
    facts = gel.facts
    read = measurement.bands(gel.picture, first=facts["first"], last=facts["last"], lanes=13)
    assert read["volume"].iloc[:7].is_monotonic_increasing
    curve = measurement.fit_curve(list(facts["loads"].values()), read["volume"].iloc[:7], unit="ng")
    assert curve.bend > 0
    assert curve.linear_to < 1600
    np.testing.assert_allclose(read["y (px)"], gel.table["y (px)"], atol=2.5)
    assert read["clear"].all()
    assert not read["saturated"].any()


def test_a_band_that_the_camera_cannot_see_through_is_flagged(gel):
    facts = gel.facts
    short = np.maximum(gel.picture.astype(int) - 12_000, 0).astype(np.uint16)  # everything darker is 0
    read = measurement.bands(short, first=facts["first"], last=facts["last"], lanes=13)
    assert read.loc[7, "saturated"]
    assert not read.loc[2, "saturated"]


@pytest.mark.parametrize(
    ("first", "last", "lanes", "reason"),
    [
        ((52, 150), (676, 150), 2, "3 or more lanes"),
        ((676, 150), (52, 150), 13, "left to right"),
        ((5, 150), (676, 150), 13, "too near the border"),
        ((52, 10), (676, 10), 13, "too near the border"),
        ((52, 80), (676, 80), 13, "clear band"),
    ],
)
def test_lanes_that_are_not_there_are_refused(gel, first, last, lanes, reason):
    with pytest.raises(MeasurementError, match=reason):
        measurement.bands(gel.picture, first=first, last=last, lanes=lanes)


def drawn_gel(lanes, *, light=200.0):
    """Seven lanes, of which some hold a band; one that is twice as dark has twice the volume."""
    y, x = np.mgrid[:300, :450]
    density = sum(
        depth * np.exp(-((y - 150) ** 2) / 32) * (np.abs(x - 75 - 50 * lane) < 18) for lane, depth in lanes
    )
    return light * 10.0**-density


def test_bands_that_no_neighbor_touches_are_measured_alone():
    picture = drawn_gel([(0, 0.1), (2, 0.2), (4, 0.4), (6, 0.2)])
    read = measurement.bands(picture, first=(75, 150), last=(375, 150), lanes=7)
    assert read["clear"].tolist() == [True, False] * 3 + [True]
    volumes = read["volume"].to_numpy()[::2]
    np.testing.assert_allclose(volumes / volumes[0], [1, 2, 4, 2], rtol=0.05)
    np.testing.assert_allclose(volumes[0], 0.1 * np.sqrt(32 * np.pi), rtol=0.05)


def ratio_of(scene, picture):
    """What lanes A hold, by what lanes B hold."""
    facts = scene.facts
    read = measurement.bands(picture, first=facts["first"], last=facts["last"], lanes=13)
    curve = measurement.fit_curve(
        list(facts["loads"].values()), read.loc[list(facts["loads"]), "volume"], unit="ng"
    )
    return read, curve.ratio(read.loc[facts["A"], "volume"], read.loc[facts["B"], "volume"])


@pytest.mark.parametrize("down", [10, 14, 20, 26, 32, -26])
def test_a_second_band_in_the_same_lane_is_seen_and_its_ratio_refused(gel, down):
    picture = gel.picture.astype(float)
    for lane in gel.facts["A"]:
        middle = int(gel.table["x (px)"][lane - 1])
        own = picture[:, middle - 22 : middle + 23]
        own *= np.roll(np.minimum(own / np.median(own[60:100], axis=0), 1), down, axis=0) ** 0.8
    read = measurement.bands(picture, first=gel.facts["first"], last=gel.facts["last"], lanes=13)
    assert sorted(read.index[~read["alone"]]) == gel.facts["A"]
    assert read["volume"].isna().tolist() == (~read["alone"]).tolist()
    with pytest.raises(MeasurementError, match="3 that are not among 3; see in the table"):
        ratio_of(gel, picture)


def test_a_gel_measures_the_same_as_whole_numbers_and_as_shares_of_the_light(gel):
    (whole, ratio), (shares, same) = (ratio_of(gel, p) for p in (gel.picture, gel.picture / 65535))
    np.testing.assert_allclose(shares["volume"], whole["volume"], rtol=1e-6)
    assert same.value == pytest.approx(ratio.value)
    assert whole["alone"].all()


def test_a_gel_without_light_is_refused():
    with pytest.raises(MeasurementError, match="lets light through"):
        measurement.bands(drawn_gel([(0, 0.2)]) - 300, first=(75, 150), last=(375, 150), lanes=7)


def test_more_noise_gives_a_wider_interval_not_a_wrong_one():
    widths = []
    for noise in (0.005, 0.06):
        scene = synthetic.well_plate(seed=11, noise=noise, scatter=0)
        facts = scene.facts
        read = measurement.wells(
            scene.picture, first=facts["first"], last=facts["last"], blanks=facts["solvent"]
        )
        known = facts["known"]
        line = measurement.fit_line(list(known.values()), read.loc[list(known), "absorbance"], unit="mg/L")
        found = line.amount(read.loc[facts["samples"]["S1"], "absorbance"])
        widths.append(found.high - found.low)
    assert 0 < widths[0] < widths[1] < math.inf
