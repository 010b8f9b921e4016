"""Diagrams of boxes and arrows."""

import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from workshop_utils import plotting

BOXES = {"in": (0, 0, "a drawing"), "middle": (1, 0.5, "the network"), "out": (2, 1, "logS")}
ARROWS = [("in", "middle"), ("middle", "out")]


def parts(figure, kind):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, kind)]


def extents(figure):
    figure.draw_without_rendering()
    return [box.get_window_extent() for box in parts(figure, FancyBboxPatch)]


def words(figure):
    return [" ".join(text.get_text().split()) for text in figure.axes[0].texts]


def test_there_is_a_box_for_each_text_and_an_arrow_for_each_pair():
    figure = plotting.flow_chart(BOXES, ARROWS, "What goes where")
    assert words(figure) == [text for _, _, text in BOXES.values()]
    assert len(parts(figure, FancyArrowPatch)) == len(ARROWS)
    assert figure.get_suptitle() == "What goes where"


def test_boxes_stand_in_columns_from_the_left_and_rows_from_the_top():
    first, middle, last = extents(plotting.flow_chart(BOXES, ARROWS))
    assert first.x1 < middle.x0 < middle.x1 < last.x0
    assert first.y0 > middle.y0 > last.y0


def test_an_arrow_leads_from_the_edge_of_one_box_to_the_edge_of_the_other():
    figure = plotting.flow_chart(BOXES, ARROWS)
    for arrow, (begin, end) in zip(parts(figure, FancyArrowPatch), ARROWS, strict=True):
        boxes = dict(zip(BOXES, parts(figure, FancyBboxPatch), strict=True))
        assert (arrow.patchA, arrow.patchB) == (boxes[begin], boxes[end])


def test_marked_boxes_look_different_in_shape_too():
    plain, marked = parts(plotting.flow_chart(BOXES, [], highlight=["middle"]), FancyBboxPatch)[:2]
    assert marked.get_linewidth() > 2 * plain.get_linewidth()


@pytest.mark.parametrize(
    ("boxes", "arrows", "highlight", "advice"),
    [
        ({}, [], [], "at least one box"),
        (BOXES, [("in", "nowhere")], [], "no box is called nowhere; there are: in, middle, out"),
        (BOXES, [], ["logS"], "no box is called logS"),
        ({"far": (0, 1e9, "a")}, [], [], "column and row from 0 to 30 for 'far', got 0, 1000000000"),
        ({"nowhere": (float("nan"), 0, "a")}, [], [], "column and row from 0 to 30 for 'nowhere', got nan"),
    ],
)
def test_what_does_not_fit_is_refused(boxes, arrows, highlight, advice):
    with pytest.raises(ValueError, match=advice):
        plotting.flow_chart(boxes, arrows, highlight=highlight)


def test_the_sources_of_labels_fit_their_boxes_and_no_two_boxes_overlap():
    figure = plotting.label_sources(3000, 14)
    boxes = extents(figure)
    texts = [text.get_window_extent() for text in figure.axes[0].texts]
    for text, box in zip(texts, boxes, strict=True):
        assert box.x0 <= text.x0 <= text.x1 <= box.x1
        assert box.y0 <= text.y0 <= text.y1 <= box.y1
    pairs = [(one, other) for index, one in enumerate(boxes) for other in boxes[:index]]
    assert not [pair for pair in pairs if pair[0].overlaps(pair[1])]
    assert all(figure.bbox.contains(*corner) for box in boxes for corner in (box.p0, box.p1))


def test_the_sources_of_labels_say_how_many_and_only_a_drawing_is_asked():
    figure = plotting.label_sources(1234, 17)
    said = " ".join(words(figure))
    assert "1234 new molecules" in said
    assert "17 properties" in said
    heights = np.array([text.get_position()[1] for text in figure.axes[0].texts])
    assert [words(figure)[i] for i in np.flatnonzero(heights == heights.max())] == [
        "to answer: a drawing, nothing else", "the taught network", "logS",
    ]  # fmt: skip
