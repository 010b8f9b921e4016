"""Verdicts, and the reading of answers that all checks share."""

import sys

import numpy as np
import pytest
import torch

from workshop_utils import checks
from workshop_utils.checks import Verdict
from workshop_utils.checks.answers import array, call, number
from workshop_utils.checks.verdict import AnswerError, check, correct, hint, is_untouched


def stub(picture):
    """Do something with a picture."""
    ...


def stub_without_docstring(picture): ...


def forgot_to_return(picture):
    picture.sum()


@check
def is_five(answer):
    return correct("5 it is.") if number(answer) == 5 else hint("Count your fingers.")


@pytest.mark.parametrize(
    ("status", "word"), [("not attempted", "Not attempted"), ("hint", "hint"), ("correct", "Correct")]
)
def test_a_verdict_says_its_status_in_words_and_not_by_color_alone(status, word):
    shown = Verdict(status, "So it is.")._repr_html_()
    assert word in shown
    assert "So it is." in shown


def test_a_verdict_is_readable_as_plain_text():
    assert str(Verdict("hint", "Look at the sign.")) == "→ A hint. Look at the sign."


def test_what_a_learner_wrote_cannot_break_the_page():
    assert "<script>" not in Verdict("hint", "<script>alert(1)</script>")._repr_html_()


def test_marks_in_a_message_are_shown_and_products_are_left_alone():
    shown = Verdict(
        "hint", "The *other* one: `and` is wrong; 2 * 3 * 4, a*b*c, **kernel** stay."
    )._repr_html_()
    assert "The <em>other</em> one" in shown
    assert ">and</code>" in shown
    assert "2 * 3 * 4, a*b*c, **kernel** stay" in shown


def test_text_and_paper_of_a_verdict_have_enough_contrast():
    """WCAG asks for 4.5 : 1; nearly black on tinted paper gives far more."""
    from workshop_utils.checks.verdict import _LOOKS

    def luminance(color):
        parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    for _, _, _, paper in _LOOKS.values():
        assert (luminance(paper) + 0.05) / (luminance("#111111") + 0.05) > 12


def test_a_status_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="not attempted, hint, correct"):
        Verdict("wrong", "No such thing.")


@pytest.mark.parametrize("answer", [..., None, [..., ...], (None,), {"a": ...}, stub, stub_without_docstring])
def test_a_stub_is_untouched(answer):
    assert is_untouched(answer)
    assert is_five(answer).status == "not attempted"


@pytest.mark.parametrize(
    "answer", [0, "", [], {}, [..., 1], np.zeros(2), lambda x: x, lambda: 5, forgot_to_return, len]
)
def test_an_answer_is_not_a_stub_however_small_it_is(answer):
    assert not is_untouched(answer)


def test_a_check_without_an_answer_is_not_attempted():
    assert is_five().status == "not attempted"


def test_a_check_that_breaks_gives_a_hint_with_the_reason():
    @check
    def fragile(answer):
        return correct("") if answer.no_such_thing else hint("")

    verdict = fragile(1)
    assert verdict.status == "hint"
    assert "no_such_thing" in verdict.message


@pytest.mark.parametrize(
    "answer",
    [
        5,
        5.0,
        np.float32(5),
        np.array([5]),
        torch.tensor(5.0),
        torch.tensor(5.0, requires_grad=True),
        np.ma.masked_array([5], mask=[False]),
    ],
)
def test_a_number_may_come_in_any_of_its_clothes(answer):
    assert is_five(answer).status == "correct"


@pytest.mark.parametrize(
    "answer",
    [
        "5",
        True,
        np.array([True]),
        [1, 2],
        np.array([]),
        float("inf"),
        1j,
        np.array([5 + 0j]),
        pytest.param(10**400, id="10**400"),
        pytest.param(10**5000, id="10**5000"),
        np.ma.masked_array([5], mask=[True]),
        np.array(["5"]),
        len,
    ],
)
def test_what_is_not_a_number_gives_a_hint_that_says_what_came(answer):
    verdict = is_five(answer)
    assert verdict.status == "hint"
    assert type(answer).__name__ in verdict.message


def test_an_array_of_the_wrong_shape_is_told_both_shapes():
    with pytest.raises(AnswerError, match=r"\(2, 2\).*\(3,\)"):
        array([1, 2, 3], shape=(2, 2))


@pytest.mark.parametrize("answer", ["text", 3, np.array("text"), [object()]])
def test_what_is_not_an_array_is_refused(answer):
    with pytest.raises(AnswerError, match="array of numbers"):
        array(answer)


def test_a_function_that_forgets_to_return_is_told_so():
    with pytest.raises(AnswerError, match="return"):
        call(forgot_to_return, np.ones(2))


def test_a_function_that_fails_is_told_why():
    with pytest.raises(AnswerError, match="ZeroDivisionError"):
        call(lambda x: x / 0, 1)


def test_a_result_in_place_of_a_function_is_told_so():
    with pytest.raises(AnswerError, match="without \\(\\)"):
        call(5)


def test_an_answer_that_holds_itself_is_a_verdict():
    answer = []
    answer.append(answer)
    assert checks.numbers_in_picture(answer).status == "hint"


def test_an_answer_that_would_end_the_notebook_is_a_hint():
    assert "SystemExit" in str(checks.told_apart(lambda original, twin: sys.exit()))
