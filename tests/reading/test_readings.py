"""A reading is an answer, or a refusal that says why; never both."""

import pytest

from workshop_utils.measurement import Estimate
from workshop_utils.reading import Reading


def test_a_reading_keeps_its_last_zero_and_says_how_far_to_trust_it():
    assert str(Reading("12.40", 12.4, "g", 0.987)) == "12.40 g (confidence .98)"


def test_a_unit_that_nobody_said_is_not_made_up():
    assert str(Reading("-0.5", -0.5, None, 1.0)) == "-0.5 (confidence 1)"


def test_a_confidence_is_never_rounded_up_to_certainty():
    assert str(Reading("8", 8.0, None, 0.9999)) == "8 (confidence .99)"


def test_an_instrument_with_divisions_is_written_with_its_interval():
    estimate = Estimate.from_errors(20.4, unit="psi", n=1, segmentation=0.25)
    written = str(Reading("20.4", 20.4, "psi", 0.95, estimate=estimate))
    assert written == "20.4 psi [19.9, 20.9] (confidence .95)"


def test_a_refusal_says_why_and_carries_no_value():
    refused = Reading.refusal("no digits found", confidence=0.3)
    assert repr(refused) == "refused: no digits found"
    assert (refused.value, refused.text, refused.confidence) == (None, "", 0.3)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_is_a_probability(confidence):
    with pytest.raises(ValueError, match=r"confidence in \[0, 1\]"):
        Reading("8", 8.0, None, confidence)


def test_a_refusal_with_a_value_or_without_a_reason_is_none():
    with pytest.raises(ValueError, match="beside a refusal"):
        Reading("8", 8.0, None, 0.5, refused="too dark")
    with pytest.raises(ValueError, match="reason in words"):
        Reading.refusal("")
