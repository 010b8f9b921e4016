"""A grid of cells finds digits by where they stand, and says what it does not explain."""

import cv2
import numpy as np
import pytest

from workshop_utils.reading import rows
from workshop_utils.reading.grid import fit
from workshop_utils.reading.rows import AROUND, HIGH
from workshop_utils.reading.segments import DIGITS, number_in, read_cells, unexplained

PATTERNS = {digit: places for places, digit in DIGITS.items() if places not in ("cdefg", "abcf", "abcfg")}
ENDS = {
    "a": (0, 0, 1, 0), "b": (1, 0, 1, 1), "c": (1, 1, 1, 2), "d": (0, 2, 1, 2), "e": (0, 1, 0, 2),
    "f": (0, 0, 0, 1), "g": (0, 1, 1, 1),
}  # fmt: skip


def drawn(text, *, pitch, width=25, lean=0.0):
    """Light of digits in a row, 48 px high, from (160, 60) on; each place a line."""
    light = np.zeros((170, 700), np.float32)
    for i, digit in enumerate(text):
        for place in PATTERNS[digit]:
            x0, y0, x1, y1 = ENDS[place]
            points = [
                (160 + i * pitch + 3 + x * (width - 6) + lean * (24 - y), 60 + y)
                for x, y in ((x0, 3 + 21 * y0), (x1, 3 + 21 * y1))
            ]
            start, end = (tuple(round(16 * v) for v in point) for point in points)
            cv2.line(light, start, end, 200.0, 6, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(light, (0, 0), 1)


def seen(light):
    """A row that looks at the light as it is."""
    view = np.array([[1.0, 0, 0], [0, 1.0, 60 - AROUND]])
    return rows.straight(light, view, light.shape[1], float(HIGH))


@pytest.mark.parametrize(("pitch", "width"), [(32, 23), (36, 25), (41, 28)])
@pytest.mark.parametrize("lean", [0.0, 0.12])
def test_a_grid_finds_how_far_digits_are_apart(pitch, width, lean):
    light = drawn("8052", pitch=pitch, width=width, lean=lean)
    row, grid, _ = fit(light, seen(light))
    size = row.height / HIGH
    assert grid.pitch * size == pytest.approx(pitch, abs=0.7)
    assert grid.width * size == pytest.approx(width, abs=2.5)
    cells = read_cells(row, grid)
    first, last = number_in(cells)
    assert "".join(cell.digit for cell in cells[first : last + 1]) == "8052"


def test_digits_explain_their_strokes_and_no_others():
    light = drawn("690", pitch=36)
    row, grid, score = fit(light, seen(light))
    cells = read_cells(row, grid)
    first, last = number_in(cells)
    assert unexplained(row, cells[first : last + 1], grid) < 0.02
    assert unexplained(row, cells[first + 1 : last + 1], grid) > 0.1
    cv2.line(light, (150, 55), (290, 112), 200.0, 6)
    spoiled = fit(light, seen(light))
    assert spoiled[2] < score


def test_a_minus_is_part_of_the_number_and_a_blank_ends_it():
    light = drawn("-38 1", pitch=36)
    row, grid, _ = fit(light, seen(light))
    cells = read_cells(row, grid)
    first, last = number_in(cells)
    assert "".join(cell.digit for cell in cells[first : last + 1]) == "-38"
    assert cells[last + 1].digit == " "


def test_lines_that_go_on_above_and_below_are_no_strokes():
    light = drawn("38", pitch=36)
    light[20:150, 120:124] = 200
    assert seen(light).ink[:, 118:126].max() == 0
