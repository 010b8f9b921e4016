"""Amounts read off standards: against textbook formulas, against simulation, and beyond the range."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from workshop_utils import measurement
from workshop_utils.measurement import MeasurementError

X = np.repeat([0.0, 1, 2, 4, 6, 8], 2)


def standards(seed, *, bend=0.0, noise=0.05):
    generator = np.random.default_rng(seed)
    return 0.2 + 1.5 * X / (1 + bend * X) + noise * generator.standard_normal(len(X))


def test_the_line_is_that_of_least_squares():
    y = standards(0)
    line, fit = measurement.fit_line(X, y, unit="mg/L"), stats.linregress(X, y)
    assert (line.slope, line.intercept) == (fit.slope, fit.intercept)
    assert line.spread == pytest.approx(fit.stderr * math.sqrt(((X - X.mean()) ** 2).sum()))


def test_the_interval_is_the_classical_one_of_inverse_prediction_and_a_bend():
    y, sample = standards(0), np.array([4.6, 4.75, 4.7])
    line = measurement.fit_line(X, y, unit="mg/L")
    found = line.amount(sample)
    n, m = len(X), 3
    pooled = ((y - line.intercept - line.slope * X) ** 2).sum() + ((sample - sample.mean()) ** 2).sum()
    spread = math.sqrt(pooled / (n - 2 + m - 1))
    lever = (found.value - X.mean()) ** 2 / ((X - X.mean()) ** 2).sum()
    classical = spread / line.slope * math.sqrt(1 / m + 1 / n + lever)
    parabola = np.polynomial.Polynomial.fit(X, y, 2)
    bend = optimize.brentq(lambda x: parabola(x) - sample.mean(), X.min(), X.max()) - found.value
    half = stats.t.ppf(0.975, n + m - 3) * math.hypot(classical, bend / math.sqrt(3))
    assert found.high - found.value == pytest.approx(half)
    assert found.errors["sampling"] == pytest.approx(spread / line.slope / math.sqrt(m))


def test_on_a_perfect_line_there_is_no_bend_to_fear():
    line = measurement.fit_line(X, 0.2 + 1.5 * X, unit="mg/L")
    found = line.amount([0.2 + 1.5 * 3.1])
    assert found.value == pytest.approx(3.1)
    assert found.high - found.low == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("sample", [[1, 1000], [40.0], [-30.0], [3, -20]])
def test_no_amount_is_read_where_nobody_has_seen_the_line(sample):
    noisy = [1.5, 1.6, 3.6, 3.1, 5.9, 5.2, 8, 7.2]
    line = measurement.fit_line([1, 2, 3, 4, 5, 6, 7, 8], noisy, unit="mg/L")
    with pytest.raises(MeasurementError, match=r"above the linear range|below all standards"):
        line.amount(sample)


def test_a_wide_interval_is_no_excuse_for_reading_beyond_the_standards():
    noisy = [1.5, 1.6, 3.6, 3.1, 5.9, 5.2, 8, 7.2]
    line = measurement.fit_line([1, 2, 3, 4, 5, 6, 7, 8], noisy, unit="mg/L")
    with pytest.raises(MeasurementError, match="above the linear range"):
        line.amount([10.9])
    assert line.amount([8.0, 8.4]).covers(8)  # at the end of the standards, half of all read more


def test_intervals_of_a_line_cover_the_truth():
    hits = 0
    for seed in range(200):
        generator = np.random.default_rng([seed, 1])
        line = measurement.fit_line(X, standards(seed), unit="")
        hits += line.amount(0.2 + 1.5 * 3.3 + 0.05 * generator.standard_normal(3)).covers(3.3)
    assert 180 <= hits <= 199


def test_intervals_of_a_ratio_cover_the_truth():
    loads, hits = np.array([25.0, 50, 100, 200, 400, 800, 1600]), 0
    for seed in range(60):
        generator = np.random.default_rng(seed)

        def signal(load, generator=generator):
            real = load * np.exp(0.05 * generator.standard_normal(np.shape(load)))
            return 0.02 * real / (1 + real / 1500)

        curve = measurement.fit_curve(loads, signal(loads), unit="ng")
        hits += curve.ratio(signal(np.full(3, 600.0)), signal(np.full(3, 240.0))).covers(2.5)
    assert hits >= 52


def test_the_linear_range_ends_where_the_signal_bends():
    assert measurement.fit_line(X, standards(1), unit="").linear_to == 8
    assert measurement.fit_line(X, np.minimum(standards(1), 0.2 + 1.5 * 5), unit="").linear_to == 4


def test_a_line_that_bends_from_the_start_is_refused():
    with pytest.raises(MeasurementError, match="4 or more amounts on one line, found fewer"):
        measurement.fit_line(X, standards(1, bend=0.15), unit="")


def test_falling_signals_calibrate_as_well():
    line = measurement.fit_line(X, -standards(0), unit="")
    assert line.amount([-3.2]).value == pytest.approx(2, abs=0.1)


@pytest.mark.parametrize("seed", range(3))
def test_a_saturating_stain_is_recognized(seed):
    x = np.array([10.0, 20, 40, 80, 160, 320])
    noise = np.exp(0.02 * np.random.default_rng(seed).standard_normal(6))
    curve = measurement.fit_curve(x, 3 * x / (1 + x / 200) * noise, unit="ng")
    assert 1 / curve.bend == pytest.approx(200, rel=0.25)
    assert curve.linear_to == pytest.approx(200 / 9, rel=0.25)
    straight = measurement.fit_curve(x, 3 * x * noise, unit="ng")
    assert straight.linear_to > 150


def test_what_two_samples_owe_to_the_slope_cancels_in_their_ratio():
    x = np.array([10.0, 20, 40, 80, 160])
    curve = measurement.fit_curve(x, x * [1.05, 0.97, 1.0, 0.99, 1.02], unit="ng")
    alone, ratio = curve.amount([50.0, 51.0]), curve.ratio([50.0, 51.0], [50.0, 51.0])
    assert ratio.value == pytest.approx(1)
    assert ratio.calibration == pytest.approx(0, abs=1e-9)
    assert alone.calibration > 0


@pytest.mark.parametrize(
    ("signal", "where"), [(30.0, "above the linear range"), (-9.0, "below all standards")]
)
def test_beyond_the_line_nothing_is_made_up(signal, where):
    with pytest.raises(MeasurementError, match=where):
        measurement.fit_line(X, standards(0), unit="mg/L").amount([signal])


@pytest.mark.parametrize("signal", [2.0, 99.0, 500.0])
def test_beyond_the_curve_nothing_is_made_up(signal):
    x = np.array([10.0, 20, 40, 80, 160])
    curve = measurement.fit_curve(x, x / (1 + x / 100), unit="ng")
    with pytest.raises(MeasurementError, match="outside the standards, 10 to 160 ng"):
        curve.amount([signal])


@pytest.mark.parametrize("signals", [[], [np.nan], [3.0, np.nan], [3.0, np.inf]])
def test_signals_that_are_none_are_refused(signals):
    x = np.array([10.0, 20, 40, 80, 160])
    with pytest.raises(MeasurementError, match="one or more finite signals"):
        measurement.fit_line(X, standards(0), unit="mg/L").amount(signals)
    with pytest.raises(MeasurementError, match="one or more finite signals"):
        measurement.fit_curve(x, x, unit="ng").amount(signals)


@pytest.mark.parametrize(("signals", "got"), [((), "none"), ([[3.0, 3.1]], r"a table of shape \(1, 2\)")])
def test_what_is_no_row_of_signals_is_told_its_shape(signals, got):
    with pytest.raises(MeasurementError, match=rf"in a row, such as \[0.41, 0.43\], got {got}$"):
        measurement.fit_line(X, standards(0), unit="mg/L").amount(signals)


def test_one_signal_beyond_the_curve_is_told_as_one_number_and_replicates_as_a_range():
    curve = measurement.fit_curve([10, 20, 40, 80, 160], [10, 20, 40, 80, 160], unit="ng")
    with pytest.raises(MeasurementError, match="the sample reads 250 ng, outside"):
        curve.amount(250.0)
    with pytest.raises(MeasurementError, match=r"reads 255 \(replicates 250 to 260\) ng, outside"):
        curve.amount([250.0, 260.0])


def test_a_curve_reads_signals_of_any_kind():
    torch = pytest.importorskip("torch")
    curve = measurement.fit_curve([10, 20, 40, 80, 160], [10, 20, 41, 80, 159], unit="ng")
    assert curve.amount(torch.tensor([50.0])).n == curve.amount([50.0]).n == 1
    assert curve.ratio(torch.tensor([50.0]), (25.0, 26.0)).n == 3


def test_a_replicate_below_a_mask_is_not_averaged_in():
    hidden = np.ma.masked_array([1.5, 2.5], mask=[False, True])
    line = measurement.fit_line([0, 1, 2, 3, 4], [0.01, 0.99, 2.02, 2.98, 4.0], unit="mg")
    loads = np.array([1, 2, 3, 4, 5])
    curve = measurement.fit_curve(loads, loads * [1.02, 0.99, 1.0, 0.98, 1.01], unit="ng")
    for read in (line.amount, curve.amount, lambda found: curve.ratio([1.5], found)):
        with pytest.raises(MeasurementError, match="a masked array that hides some"):
            read(hidden)


def test_no_band_has_no_logarithm():
    x = np.array([10.0, 20, 40, 80, 160])
    with pytest.raises(MeasurementError, match="is there a band at all"):
        measurement.fit_curve(x, x, unit="ng").amount([20, -1])


@pytest.mark.parametrize(
    ("fit", "x", "y", "reason"),
    [
        (measurement.fit_line, [0, 1, 2], [0, 1, 2], "4 or more amounts"),
        (measurement.fit_line, [0, 1, 2, 3, 4, 5], [1, 0.9, 1.2, 0.8, 1.1, 1], "does not rise or fall"),
        (measurement.fit_line, [0, 1, 2, 3], [0, 1, 2], "as many finite signals"),
        (measurement.fit_line, [0, 1, 2, np.nan], [0, 1, 2, 3], "as many finite signals"),
        (measurement.fit_curve, [1, 2, 3], [1, 2, 3], "4 or more different amounts"),
        (measurement.fit_curve, [0, 1, 2, 3], [0, 1, 2, 3], "above 0"),
        (measurement.fit_curve, [1, 2, 3, 4], [4, 3, 2, 1], "does not rise"),
    ],
)
def test_standards_that_are_none_are_refused(fit, x, y, reason):
    with pytest.raises(MeasurementError, match=reason):
        fit(x, y, unit="ng")


def test_amounts_too_small_to_divide_by_are_refused():
    with pytest.raises(MeasurementError, match="usual units"):
        measurement.fit_curve([2e-311, 2, 3, 4], [1, 2, 3, 4], unit="ng")
