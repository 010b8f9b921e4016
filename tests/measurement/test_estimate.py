"""A number with its unit and its interval, and what arithmetic does to both."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from workshop_utils import measurement
from workshop_utils.measurement import Estimate, Scale, mean_of

SCALE = Scale(0.5, 0.01, "a bar")
sizes = st.floats(1, 100)
errors = st.floats(0.01, 0.5)


def length(value: float, *, scale: Scale = SCALE, **others: float) -> Estimate:
    return Estimate.from_errors(
        value, unit="µm", n=20, calibration=value * scale.error / scale.value, scale=scale, **others
    )


@pytest.mark.parametrize("unit", ["\u03bcm", "um"])
def test_other_spellings_of_a_micrometer_are_micrometers(unit):
    one = Estimate.from_errors(2, unit=unit, n=3, sampling=0.1)
    assert one.unit == "µm"
    assert (one + length(3)).unit == "µm"
    assert one.to("nm").to(unit).value == pytest.approx(2)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("10 mM", "µm", "10 mM·µm"),
        ("ng/10 µL", "10 µL", "ng"),
        ("1/µm", "µm²", "µm"),
        ("mol/L/s", "s", "mol/L"),
        ("mg/(L·cm)", "cm", "mg/L"),
        ("A450·10³", "mL", "A450·10³·mL"),
        ("µm^4", "µm", "µm^5"),
        ("", "", ""),
    ],
)
def test_units_are_multiplied_whole(one, other, expected):
    a, b = (Estimate.from_errors(2, unit=unit, n=1) for unit in (one, other))
    assert (a * b).unit == expected


def test_a_unit_is_text():
    with pytest.raises(TypeError, match="a unit as text"):
        Estimate.from_errors(2, unit=None, n=1)


def test_an_exact_number_moves_an_interval_and_does_not_change_its_form():
    lopsided = Estimate(0.01, 0.0, 0.056, "", 9, sampling=0.02, degrees=8)
    assert lopsided + 0 == lopsided
    assert sum([lopsided]) == lopsided
    assert ((1 - lopsided).low, (1 - lopsided).high) == pytest.approx((1 - 0.056, 1.0))
    with pytest.raises(ValueError, match="finite number"):
        lopsided + math.nan
    with pytest.raises(ValueError, match="finite factor"):
        lopsided * math.inf


def test_equal_members_have_no_mean_that_is_known_exactly():
    one = Estimate.from_errors(0.5, unit="", n=1, sampling=0.02, degrees=9)
    mean = mean_of([one, one])
    assert mean.sampling == pytest.approx(0.02 / math.sqrt(2))
    assert mean.degrees == pytest.approx(18)
    far = mean_of([one, one + 0.2])
    assert (far.sampling, far.degrees) == (pytest.approx(0.1), 1)


@pytest.mark.parametrize(
    "wrong", [{"sampling": -1}, {"segmentation": -1}, {"sampling": 1, "degrees": 0}, {"degrees": math.nan}]
)
def test_errors_below_zero_and_no_degrees_of_freedom_are_refused(wrong):
    with pytest.raises(ValueError, match="errors of 0 or more, and degrees"):
        Estimate.from_errors(1, unit="", n=1, **wrong)


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (1.2345e-9, 1e-11, "1.235e-09 [1.215e-09, 1.254e-09]"),
        (1e300, 1e298, "1.000e+300 [9.804e+299, 1.020e+300]"),
        (0.123456789, 1e-9, "0.1234567890 [0.1234567870, 0.1234567910]"),
        (-0.001, 0.02, "0.00 [-0.04, 0.04]"),
        (123456, 0, "123456 [123456, 123456]"),
        (0, 0, "0 [0, 0]"),
    ],
)
def test_digits_are_as_many_as_the_interval_is_worth(value, error, expected):
    assert str(Estimate.from_errors(value, unit="", n=3, sampling=error)) == expected


def test_the_interval_of_a_mean_is_students():
    values = np.random.default_rng(0).normal(10, 2, 12)
    made = Estimate.from_errors(values.mean(), unit="", n=12, sampling=stats.sem(values), degrees=11)
    expected = stats.t.interval(0.95, 11, values.mean(), stats.sem(values))
    np.testing.assert_allclose((made.low, made.high), expected)


def test_errors_that_are_well_known_give_the_interval_of_the_normal_law():
    made = Estimate.from_errors(5, unit="px", n=3, calibration=0.3, segmentation=0.4)
    np.testing.assert_allclose(made.high - 5, stats.norm.ppf(0.975) * 0.5)


@given(errors, errors, errors)
def test_shares_are_those_of_the_variance(calibration, segmentation, sampling):
    made = Estimate.from_errors(
        9, unit="µm", n=5, calibration=calibration, segmentation=segmentation, sampling=sampling
    )
    assert sum(made.shares.values()) == pytest.approx(1)
    assert made.shares["sampling"] == pytest.approx(sampling**2 / made.standard_error**2)
    assert list(made.errors) == ["calibration", "segmentation", "sampling"]


def test_a_number_without_error_says_so():
    exact = Estimate.from_errors(3, unit="px", n=1)
    assert (exact.low, exact.high, set(exact.shares.values())) == (3, 3, {0.0})
    assert "no error stated" in repr(exact)


@pytest.mark.parametrize(
    ("value", "error", "unit", "written"),
    [
        (12.4, 0.25, "µm", "12.4 µm [11.9, 12.9]"),
        (0.31234, 0.0021, "", "0.312 [0.308, 0.316]"),
        (12345.0, 800, "ng", "12345 ng [10777, 13913]"),
        (-2.0, 0.25, "px", "-2.0 px [-2.5, -1.5]"),
    ],
)
def test_it_is_written_with_as_many_digits_as_are_known(value, error, unit, written):
    assert str(Estimate.from_errors(value, unit=unit, n=9, segmentation=error)) == written


def test_a_notebook_shows_where_the_error_is_from():
    made = Estimate.from_errors(10, unit="µm", n=40, segmentation=0.3, sampling=0.4)
    assert repr(made) == "10.0 µm [9.0, 11.0] (n = 40; segmentation 36%, sampling 64%)"


@given(sizes, sizes)
def test_the_scale_cancels_in_a_ratio_and_adds_up_in_a_sum_and_a_product(a, b):
    one, two = length(a), length(b)
    assert (one / two).calibration == pytest.approx(0, abs=1e-9 * a / b)
    assert (one + two).calibration == pytest.approx(0.02 * (a + b))
    assert (one * two).calibration == pytest.approx(0.04 * a * b)
    assert (one - two).calibration == pytest.approx(0.02 * (a - b))


def test_other_scales_do_not_cancel():
    ratio = length(10) / length(10, scale=Scale(0.5, 0.01, "another bar"))
    assert ratio.calibration == pytest.approx(0.02 * math.sqrt(2))
    assert ratio.scale is None


@given(sizes, sizes, errors, errors)
def test_independent_errors_add_in_quadrature(a, b, by_a, by_b):
    one, two = (Estimate.from_errors(v, unit="µm", n=9, segmentation=e) for v, e in ((a, by_a), (b, by_b)))
    assert (one + two).segmentation == pytest.approx(math.hypot(by_a, by_b))
    assert (one * two).segmentation == pytest.approx(math.hypot(b * by_a, a * by_b))


@given(sizes, errors)
def test_plain_numbers_are_exact(value, error):
    one = length(value, sampling=error)
    for made, factor in ((2 * one, 2), (one * 2, 2), (one / 2, 0.5), (-one, -1)):
        assert made.value == pytest.approx(factor * value)
        assert made.standard_error == pytest.approx(abs(factor) * one.standard_error)
        assert made.low <= made.value <= made.high
    assert (one + 1).standard_error == pytest.approx(one.standard_error)
    assert (10 - one).value == pytest.approx(10 - value)
    assert (10 - one).calibration == pytest.approx(-one.calibration)
    assert (1 / one).unit == "1/µm"


@pytest.mark.parametrize(
    ("a", "b", "product", "ratio"),
    [
        ("µm", "µm", "µm²", ""),
        ("µm²", "µm", "µm³", "µm"),
        ("mg/L", "L", "mg", "mg/L²"),
        ("", "px", "px", "1/px"),
        ("ng", "", "ng", "ng"),
    ],
)
def test_units_multiply_and_divide(a, b, product, ratio):
    one, two = (Estimate.from_errors(2, unit=unit, n=1) for unit in (a, b))
    assert ((one * two).unit, (one / two).unit) == (product, ratio)


def test_degrees_of_freedom_of_a_difference_are_welchs():
    one = Estimate.from_errors(5, unit="", n=5, sampling=0.3, degrees=4)
    two = Estimate.from_errors(3, unit="", n=10, sampling=0.2, degrees=9)
    expected = (0.09 + 0.04) ** 2 / (0.09**2 / 4 + 0.04**2 / 9)
    assert (one - two).degrees == pytest.approx(expected)


def test_lengths_change_their_unit_and_areas_by_its_square():
    area = Estimate.from_errors(2.0, unit="µm²", n=3, segmentation=0.1)
    assert area.to("nm²").value == pytest.approx(2e6)
    assert length(1500).to("mm").value == pytest.approx(1.5)
    assert length(1500).to("mm").to("µm").low == pytest.approx(length(1500).low)


@pytest.mark.parametrize(("old", "new"), [("px", "µm"), ("µm", "px"), ("µm", "µm²"), ("", "mm")])
def test_px_become_no_micrometers_without_a_scale(old, new):
    with pytest.raises(ValueError, match="two units of length"):
        Estimate.from_errors(1, unit=old, n=1).to(new)


def test_apples_are_not_added_to_pears():
    with pytest.raises(ValueError, match="same unit, got 'µm' and 'px'"):
        length(1) + Estimate.from_errors(1, unit="px", n=1)


def test_nobody_divides_by_what_may_be_zero():
    with pytest.raises(ValueError, match="not 0"):
        length(1) / Estimate.from_errors(0.1, unit="µm", n=3, sampling=0.2)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_value_is_finite(value):
    with pytest.raises(ValueError, match="finite"):
        Estimate.from_errors(value, unit="", n=1)


def test_replicates_tell_their_scatter_and_keep_what_they_share():
    members = [length(value, segmentation=0.2) for value in (9.8, 10.0, 10.4)]
    mean = mean_of(members)
    assert mean.sampling == pytest.approx(stats.sem([9.8, 10.0, 10.4]))
    assert (mean.degrees, mean.n, mean.scale) == (2, 3, SCALE)
    assert mean.segmentation == pytest.approx(0.2)
    assert mean.calibration == pytest.approx(0.02 * mean.value)


def test_scales_of_their_own_average_out():
    members = [length(10, scale=Scale(0.5, 0.01, name)) for name in "abcd"]
    assert mean_of(members).calibration == pytest.approx(0.2 / 2)


def test_members_that_share_a_scale_share_its_error_also_beside_one_with_another_scale():
    other = length(10, scale=Scale(0.5, 0.01, "another bar"))
    assert mean_of([*[length(10)] * 9, other]).calibration == pytest.approx(math.hypot(9 * 0.2, 0.2) / 10)


def test_amounts_read_off_one_line_share_its_error():
    line = measurement.fit_line([0, 1, 2, 3, 4], [0.01, 0.99, 2.02, 2.98, 4.0], unit="mg/L")
    members = [line.amount([signal]) for signal in (2.4, 2.5, 2.6)]
    mean = mean_of(members)
    assert mean.calibration >= min(member.calibration for member in members) > 0
    assert mean.scale is None


@pytest.mark.parametrize("members", [[], [length(1)], [length(1), Estimate.from_errors(1, unit="px", n=1)]])
def test_a_mean_needs_two_in_one_unit(members):
    with pytest.raises(ValueError, match="two or more estimates in one unit"):
        mean_of(members)


def test_the_interval_knows_what_it_covers():
    made = Estimate.from_errors(10, unit="", n=4, segmentation=1)
    assert made.covers(10)
    assert made.covers(made.low)
    assert not made.covers(12.1)


def test_every_refusal_is_a_value_error():
    assert issubclass(measurement.MeasurementError, ValueError)
