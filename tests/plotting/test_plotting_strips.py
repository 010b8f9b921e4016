"""The figure of scores in two strips."""

import numpy as np
import pytest

from workshop_utils import plotting

TRUTH = np.array([0, 1, 1, 0, 1])
SCORES = {"standard": np.array([-3.0, 2, 3, -1, 4]), "thin lines": np.array([-9.0, -4, -3, -7, -2])}
WORDS = {"labels": ["not", "aromatic"], "xlabel": "score"}


def test_each_molecule_is_a_dot_at_its_score_above_or_below_the_middle_of_its_row():
    axes = plotting.strips(SCORES, TRUTH, **WORDS).axes[0]
    drawn = [line for line in axes.lines if len(line.get_xdata()) in (2, 3) and line.get_marker() != "None"]
    assert len(drawn) == 4
    for number, line in enumerate(drawn):
        kind, row = divmod(number, 2)
        np.testing.assert_array_equal(line.get_xdata(), SCORES[list(SCORES)[row]][kind == TRUTH])
        assert (np.sign(line.get_ydata() - row) == (-1 if kind == 0 else 1)).all()
    assert [label.get_text() for label in axes.get_yticklabels()] == list(SCORES)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == WORDS["labels"]


def test_the_line_stands_where_the_decision_is_made():
    axes = plotting.strips(SCORES, TRUTH, line=1.5, **WORDS).axes[0]
    assert any(list(line.get_xdata()) == [1.5, 1.5] for line in axes.lines)


@pytest.mark.parametrize("scores", [{}, {"a": [1.0]}, {"a": [1.0, float("nan")]}, {"a": [1.0, np.inf]}])
def test_scores_that_cannot_be_drawn_are_refused(scores):
    with pytest.raises(ValueError, match="one finite score for each of the 2 molecules"):
        plotting.strips(scores, [0, 1], **WORDS)


@pytest.mark.parametrize("truth", [[1, 1], [0.1, 0.8], [[0], [1]], [0, 2]])
def test_a_truth_that_is_not_of_two_classes_is_refused(truth):
    with pytest.raises(ValueError, match=r"truth \(N,\) of two classes"):
        plotting.strips({"a": [1.0, 2.0]}, truth, **WORDS)


def test_two_labels_are_no_word_of_two_letters():
    with pytest.raises(ValueError, match="two labels"):
        plotting.strips({"a": [1.0, 2.0]}, [0, 1], labels="no", xlabel="score")
