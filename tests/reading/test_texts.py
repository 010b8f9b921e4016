"""Text is read by a program that is there, looked at twice, and refused in doubt."""

import importlib
import subprocess
import sys

import numpy as np
import pytest

from workshop_utils import reading, synthetic
from workshop_utils.reading import words

engines = importlib.import_module("workshop_utils.reading.engines")
texts = importlib.import_module("workshop_utils.reading.texts")

needs_ocr = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None or importlib.util.find_spec("onnxruntime") is None,
    reason="the extra ocr is not installed",
)


class Told:
    """A program that finds one strip a line, and says of each look what it was told to say."""

    name = "told"

    def __init__(self, *looks):
        self.looks = [list(pair) if isinstance(pair, tuple) else [pair, pair] for pair in looks]
        self.asked = 0

    def find(self, gray):
        rows = np.linspace(10, gray.shape[0] - 20, len(self.looks)) if self.looks else []
        corners = [(5, 0), (gray.shape[1] - 5, 0), (gray.shape[1] - 5, 12), (5, 12)]
        return [np.array(corners, np.float32) + np.array([0, row], np.float32) for row in rows]

    def read(self, strip):
        line, look = divmod(self.asked, 2)
        self.asked += 1
        said = self.looks[line][look]
        return said if isinstance(said, tuple) else (said, 0.99)


@pytest.fixture
def read_as(monkeypatch):
    def read(*looks, **options):
        monkeypatch.setattr(texts, "engine", lambda: Told(*looks))
        return reading.text(np.full((120, 300), 230, np.uint8), **options)

    return read


def test_lines_come_from_top_to_bottom(read_as):
    found = read_as("Sample A-1", "0.1037 g")
    assert (found.text, found.value, found.unit) == ("Sample A-1\n0.1037 g", None, None)
    assert [place.text for place in found.places] == ["Sample A-1", "0.1037 g"]


def test_a_number_comes_with_its_unit_and_all_its_characters(read_as):
    found = read_as("Sample A-1", "0.1030 g", pattern="number")
    assert (found.text, found.value, found.unit, found.refused) == ("0.1030", 0.103, "g", "")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (["1037 9"], "none was found"),
        (["0.1037"], "none was found"),
        (["0,1037 g"], "none was found"),
        (["1.2.3 g"], "none was found"),
        (["O.1037 g"], "none was found"),
        (["12.5 psi"], "none was found"),
        (["Mass 0.1 g, tare 2.5 g"], "2 are there"),
        (["0.1037 g", "12 mL"], "2 are there: 0.1037 g, 12 mL"),
        ([], "no text"),
        ([""], "no text"),
    ],
)
def test_what_is_not_one_number_with_a_unit_is_refused(read_as, said, reason):
    found = read_as(*said, pattern="number")
    assert reason in found.refused
    assert found.value is None


@pytest.mark.parametrize("other", ["01037 g", "0.1031 g", "0.1037 mg"])
def test_two_looks_that_differ_are_refused(read_as, other):
    found = read_as(("0.1037 g", other), pattern="number")
    assert "two looks differ" in found.refused or "none" in found.refused


def test_two_looks_may_differ_in_their_spaces(read_as):
    assert read_as(("0.1037 g", "0.1037g"), pattern="number").value == 0.1037


def test_the_less_sure_look_decides_and_the_limit_may_be_changed(read_as):
    looks = (("12 mL", 0.99), ("12 mL", 0.7))
    assert "confidence is 0.70" in read_as(looks, pattern="number").refused
    assert read_as(looks, pattern="number").confidence == 0.7
    assert read_as(looks, pattern="number", least=0.7).value == 12


def test_strokes_that_are_read_as_chinese_are_refused(read_as):
    assert read_as("三").refused
    assert read_as("Ω = 3 µm").text == "Ω = 3 µm"


def test_a_word_in_front_says_which_number_is_meant(read_as):
    said = ("Mass: 0.1037 g", "Volume: 12.0 mL")
    assert read_as(*said, pattern="number", after="Volume").text == "12.0"
    assert read_as(*said, after="Mass").text == "0.1037 g"
    assert "after 'Yield'" in read_as(*said, pattern="number", after="Yield").refused


def test_a_pattern_finds_other_things(read_as):
    found = read_as("Sample A-1", "Lot B447", pattern=r"Lot \w+")
    assert (found.text, found.value) == ("Lot B447", None)
    assert read_as("25.4", pattern=r"[\d.]+").value == 25.4


def test_a_word_in_front_is_a_whole_word(read_as):
    assert read_as("Biomass 3.1 g", pattern="number", after="mass").refused
    assert read_as("Total 5 °C", pattern="number", after="T").refused
    assert read_as("Biomass 3.1 g", "mass: 0.5 g", pattern="number", after="mass:").value == 0.5
    assert read_as("mass 1 g, mass 2 g", pattern="number", after="mass").refused


def test_a_pattern_that_also_fits_nothing_finds_what_is_there(read_as):
    assert read_as("Lot 447", pattern=r"\d*").value == 447
    assert "none was found" in read_as("Lot", pattern="").refused


@pytest.mark.parametrize(
    "options",
    [
        *({"pattern": pattern} for pattern in ("(", 5, b"Lot")),
        *({"least": least} for least in (1.5, np.nan, "high", None)),
        *({"margin": margin} for margin in (-1, 1.5, 10**6, None)),
        {"after": 5},
    ],
)
def test_a_wrong_option_is_refused_by_name(options):
    with pytest.raises(ValueError, match="expected"):
        reading.text(np.full((60, 60), 200, np.uint8), **options)


def test_without_a_program_it_says_how_to_get_one(monkeypatch):
    monkeypatch.setattr(texts, "engine", lambda: None)
    said = reading.text(np.full((60, 60), 200, np.uint8)).refused
    assert 'pip install "molecules-to-images[ocr]"' in said
    assert "Tesseract" in said


@pytest.fixture
def no_rapidocr(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidocr", None)
    engines._RapidOCR.loaded.cache_clear()
    yield
    engines._RapidOCR.loaded.cache_clear()


def test_where_neither_is_installed_there_is_no_engine(monkeypatch, no_rapidocr):
    monkeypatch.setattr(engines.shutil, "which", lambda name: None)
    assert engines.engine() is None


def test_a_program_that_is_installed_later_is_found(monkeypatch, no_rapidocr):
    found = iter([None, "/usr/bin/tesseract"])
    monkeypatch.setattr(engines.shutil, "which", lambda name: next(found))
    assert engines.engine() is None
    assert engines.engine().name == "tesseract"


TABLE = """level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
4\t1\t1\t1\t1\t0\t10\t20\t90\t12\t-1\t
5\t1\t1\t1\t1\t1\t10\t20\t40\t12\t96.1\t0.1037
5\t1\t1\t1\t1\t2\t60\t22\t8\t10\t91.5\tg
5\t1\t1\t1\t2\t1\t10\t50\t40\t12\t80\tLot
"""


def test_tesseract_is_asked_for_its_table_of_words(monkeypatch, no_rapidocr):
    calls = []

    def run(command, **options):
        calls.append(command)
        assert options["input"].startswith(b"\x89PNG")
        return subprocess.CompletedProcess(command, 0, TABLE.encode(), b"")

    monkeypatch.setattr(engines.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(engines.subprocess, "run", run)
    reader = engines.engine()
    assert reader.name == "tesseract"
    first, second = reader.find(np.full((80, 120), 255, np.uint8))
    assert first.tolist() == [[10, 20], [68, 20], [68, 32], [10, 32]]
    assert second[0].tolist() == [10, 50]
    assert reader.read(np.full((20, 100), 255, np.uint8)) == ("0.1037 g Lot", 0.8)
    assert calls[0][:3] == ["/usr/bin/tesseract", "stdin", "stdout"]


def completed(said, code=0, errors=b""):
    def run(command, **options):
        result = subprocess.CompletedProcess(command, code, said, errors)
        result.check_returncode()
        return result

    return run


def stopped(command, **options):
    raise subprocess.TimeoutExpired(command, 120)


def gone(command, **options):
    raise OSError("Exec format error")


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (
            completed(b"", 1, b"Error opening data file eng.traineddata\nFailed loading language"),
            "eng.trained",
        ),
        (completed(b"Sample A-1\n0.1037 g\n"), "3.05 or newer"),
        (completed(b"level\ttext\n5\t\xff\n"), "UnicodeDecodeError"),
        (stopped, "120 seconds"),
        (gone, "Exec format error"),
    ],
)
def test_a_program_that_is_broken_is_named_with_what_it_says(monkeypatch, no_rapidocr, run, reason):
    monkeypatch.setattr(engines.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(engines.subprocess, "run", run)
    said = reading.text(np.full((60, 60), 200, np.uint8)).refused
    assert "does not work here: Tesseract, /usr/bin/tesseract" in said
    assert reason in said


def test_a_word_without_a_score_is_not_sure(monkeypatch, no_rapidocr):
    monkeypatch.setattr(engines.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(engines.subprocess, "run", completed(TABLE.replace("96.1", "-1").encode()))
    assert engines.engine().read(np.full((20, 100), 255, np.uint8))[1] == 0


def test_rapidocr_that_is_broken_is_named_with_what_it_says(monkeypatch, no_rapidocr):
    def without_models(params):
        raise FileNotFoundError("no model file")

    package = type(sys)("rapidocr")
    package.RapidOCR = without_models
    monkeypatch.setitem(sys.modules, "rapidocr", package)
    monkeypatch.setitem(sys.modules, "onnxruntime", type(sys)("onnxruntime"))
    page = np.full((60, 60), 200, np.uint8)
    assert "RapidOCR cannot be loaded (FileNotFoundError: no model file)" in reading.text(page).refused
    package.RapidOCR = lambda params: lambda *picture, **what: 1 / 0
    assert "RapidOCR stopped (ZeroDivisionError" in reading.text(page).refused


@needs_ocr
def test_rapidocr_reads_a_label_offline():
    scene = synthetic.label(seed=3, lines=["mass"], crop="tight", face="DejaVuSans", size=28)
    found = reading.text(scene.picture, pattern="number")
    assert f"{found.text} {found.unit}" == scene.table["text"][0]
    assert "no text" in reading.text(np.full((60, 200), 220, np.uint8)).refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("21.5 ℃", "21.5 °C"),
        ("Mass：0.1037  g", "Mass:0.1037 g"),
        ("12 ml", "12 mL"),
        ("5 μl", "5 µL"),
        ("all", "all"),
        ("21.5 ºC", "21.5 °C"),
        ("10² g", "10² g"),
        ("1½ L", "1½ L"),
    ],
)
def test_one_character_is_written_one_way(text, expected):
    assert words.plain(text) == expected


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("-5.0 °C", [("-5.0", "°C")]),
        ("−5.0 °C", [("-5.0", "°C")]),
        ("12.0mL in 3 min", [("12.0", "mL"), ("3", "min")]),
        ("B12 g", []),
        ("3 mm", [("3", "mm")]),
        ("3 mmol", [("3", "mmol")]),
        ("3 gas", []),
        ("2026-03-14", []),
        ("–5.0 °C", [("-5.0", "°C")]),
        ("+5 g", [("+5", "g")]),
        ("T 1: 21.5 °C", [("21.5", "°C")]),
    ],
)
def test_numbers_are_found_with_their_units(line, found):
    assert list(words.numbers(line)) == found


@pytest.mark.parametrize("dash", ["-", "–", "−", " - "])
@pytest.mark.parametrize("line", ["121{}123 °C", "121 °C{}123 °C", "Mass{}5.0 g"])
def test_a_dash_between_two_things_is_no_sign_and_an_end_of_a_range_no_number(line, dash):
    assert list(words.numbers(line.format(dash))) == []


@pytest.mark.parametrize(
    "line",
    [
        *("1 234 g", "1'000 g", "1’000 g", "1,000 g", "12. 5 g", "12 .5 g", "0,1037 g", "0.1C 7 g"),  # parts
        *("1.2e-3 g", "1.2E+3 g", "1.2×10-3 g", "1.2 x 10^-3 mol", "5 × 10³ mg", "10⁻³ g", "1/2 L", "1½ L"),
        *("12.0 ± 0.1 g", "12.0±0.1g", "<0.5 g", "> 99 %", "≤ 5 g", "~12 g", "12:30 h"),  # errors, bounds
        *("0.1 mol/L", "5.0 g L-1", "5.0 g L⁻¹", "5 °C min^-1", "0.1 mol dm−3", "5 g·mol", "25 cm³"),  # units
    ],
)
def test_a_part_of_a_number_a_bound_an_error_and_a_part_of_a_unit_are_not_read(line):
    assert list(words.numbers(words.plain(line))) == []


def test_a_text_is_a_number_or_is_none():
    assert words.as_number("012.50") == 12.5
    assert words.as_number("-3") == words.as_number("–3") == words.as_number("−3") == -3
    assert words.as_number("3 g") is None
