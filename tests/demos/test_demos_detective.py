"""The shortcut detective: two drawings, two networks, and who changes its mind.

Most tests let two stand-ins answer: a "network" that weighs nothing but ink, and the shipped ring network.
The last three ask the shipped networks.
"""

import numpy as np
import pytest
import torch
from rdkit.Chem import rdCoordGen
from torch import nn

from workshop_utils import demos, depiction, models, molecules, training
from workshop_utils.demos import _answers, _canvas
from workshop_utils.demos import lesson_06_shortcut_detective as detective
from workshop_utils.demos.lesson_06_shortcut_detective import shortcut_detective_alt as alt
from workshop_utils.demos.lesson_06_shortcut_detective import shortcut_detective_frame as frame

ESTRADIOL = detective.MOLECULES["estradiol"]["smiles"]
CYCLOHEXANE = "C1CCCCC1"


class OnlyInk(nn.Module):
    """Says yes to a mean ink above 0.03, whatever was drawn."""

    def forward(self, ink):
        logit = 300 * (ink.mean(dim=(1, 2, 3)) - 0.03)
        return torch.stack([-logit / 2, logit / 2], dim=1)


def forget():
    for cached in (detective._seen, detective._standard):
        cached.cache_clear()


@pytest.fixture
def stand_ins(monkeypatch):
    networks = {"audited": OnlyInk(), "repaired": models.load_pretrained("rings")}
    forget()
    monkeypatch.setattr(_answers, "network", networks.__getitem__)
    yield networks
    forget()


@pytest.fixture
def shipped():
    forget()
    yield {name: models.load_pretrained(name) for name in detective.NETWORKS}
    forget()


def seen(audited, repaired, truth=True):
    """Make up what was seen."""
    return detective.Seen(np.zeros((1, 1, 3), np.uint8), truth, {"audited": audited, "repaired": repaired})


def picture_in(page, x):
    """Return the picture in a frame whose left edge is at x, in its own pixels."""
    inside = page[_canvas.TOP : _canvas.TOP + detective.SIDE, x : x + detective.SIDE]
    return inside[:: detective.ZOOM, :: detective.ZOOM]


# The frame


def test_the_standard_drawing_stands_beside_the_readers_in_the_pixels_that_are_read(stand_ins):
    page = frame(
        ESTRADIOL, line_width=3.0, bond_length="15 px", palette="color", rotation=50, engine="coordgen"
    )
    style = depiction.DepictionStyle(
        line_width=3, bond_length=15, palette="color", rotation=50, engine="coordgen"
    )
    assert np.array_equal(picture_in(page, detective.FIRST), depiction.draw(ESTRADIOL))
    assert np.array_equal(picture_in(page, detective.SECOND), depiction.draw(ESTRADIOL, style))


def test_each_bar_is_as_long_as_its_networks_probability_and_blue_only_where_it_is_right(stand_ins):
    page = frame(line_width=1.0)
    styles = {detective.FIRST: depiction.STANDARD, detective.SECOND: depiction.DepictionStyle(line_width=1)}
    for x, style in styles.items():
        for row, network in enumerate(stand_ins.values()):
            ink = depiction.depict_many([detective.PARACETAMOL], style)
            expected = training.predict_proba(network, ink)[0, 1]
            bar = page[detective.BARS + row * detective.ROW + 36, x : x + detective.SIDE]
            color = _canvas.BLUE if expected >= 0.5 else _canvas.MARK
            length = (bar == color).all(axis=1).sum() + 2 * (expected > 0.51)  # the line at 0.5 covers two
            assert length == pytest.approx(expected * detective.SIDE, abs=1)


def test_an_equal_drawing_gets_equal_answers_and_an_invitation(stand_ins):
    assert "with no change" in alt(line_width=2.0)
    assert "Change how the right one is drawn" in alt(line_width=2.0)
    page = frame(line_width=2.0)
    first, second = (page[62:, x : x + detective.SIDE] for x in (detective.FIRST, detective.SECOND))
    end = detective.BARS - _canvas.TOP + 2 * detective.ROW - 10
    assert np.array_equal(first[:end], second[:end])


def test_thin_lines_change_the_mind_of_a_network_that_weighs_ink(stand_ins):
    before, after, changes = detective._case(detective.PARACETAMOL, **frame.__kwdefaults__)
    assert before.answers["audited"] > 0.5 > after.answers["audited"]
    assert changes == ["lines of 1 px"]


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (seen(0.2, 0.9), "The same molecule: the audited network changes its mind, the repaired one does"),
        (seen(0.9, 0.2), "The same molecule: the repaired network changes its mind, the audited one does"),
        (seen(0.2, 0.2), "The same molecule: both networks change their minds."),
        (seen(0.5, 0.9), "The same molecule: neither network changes its mind."),
        (seen(0.9, 0.2, truth=False), "Another molecule: the repaired network changes its mind"),
    ],
)
def test_the_sentence_names_who_changes_its_mind(after, sentence):
    assert detective._verdict(seen(0.8, 0.8), after, ["lines of 1 px"]).startswith(sentence)


def test_every_change_is_named_and_fits_into_its_column(stand_ins):
    style = depiction.DepictionStyle(
        line_width=3.25, bond_length=25, palette="avalon", rotation=350, engine="coordgen"
    )
    changes = detective._changes(style, True)
    assert changes == [
        "lines of 3.25 px",
        "bonds of 25 px",
        "avalon palette",
        "turned by 350°",
        "layout: coordgen",
        "aromatic bonds single",
    ]
    page = frame(
        bond_length="25 px", palette="avalon", rotation=350, engine="coordgen", line_width=3.25, twin=True
    )
    gap = page[:, detective.FIRST - 6 : detective.FIRST - 1]
    assert (gap[: detective.BARS + 2 * detective.ROW] == 255).all()


def test_the_examples_are_four_with_an_aromatic_ring_and_four_with_another():
    examples = [entry["smiles"] for entry in detective.MOLECULES.values()]
    assert [molecules.has_aromatic_ring(smiles) for smiles in examples] == [True] * 4 + [False] * 4
    assert all(molecules.has_ring(smiles) for smiles in examples)


# The twin


@pytest.mark.parametrize("engine", depiction.ENGINES)
def test_the_twin_keeps_its_layout_and_loses_its_aromatic_ring(stand_ins, engine):
    style = depiction.DepictionStyle(engine=engine)
    twin = detective._molecule(ESTRADIOL, engine, True)
    np.testing.assert_allclose(
        depiction.atom_positions(twin, style), depiction.atom_positions(ESTRADIOL, style), atol=1e-6
    )
    assert "Truth: an aromatic ring, then no aromatic ring. Another molecule" in alt(
        ESTRADIOL, engine=engine, twin=True
    )
    shown = picture_in(frame(ESTRADIOL, line_width=2.0, engine=engine, twin=True), detective.SECOND)
    assert np.array_equal(shown, depiction.draw(twin, style))


def test_coordgen_lays_the_twin_out_as_it_lays_out_the_molecule():
    original = molecules.parse(ESTRADIOL)
    rdCoordGen.AddCoords(original)
    twin = detective._molecule(ESTRADIOL, "coordgen", True)
    np.testing.assert_allclose(
        twin.GetConformer().GetPositions(), original.GetConformer().GetPositions(), atol=1e-6
    )


def test_where_there_is_no_twin_a_sentence_says_so_and_what_to_do(stand_ins):
    demo = demos.shortcut_detective()
    demo.controls["twin"].value = True
    assert demo.frame.value.startswith("<img")
    demo.controls["smiles"].value = CYCLOHEXANE
    assert demo.frame.value.startswith('<p role="alert"')
    assert "C1CCCCC1 has no aromatic ring" in demo.frame.value
    assert "untick the twin" in demo.frame.value
    demo.controls["twin"].value = False
    assert demo.frame.value.startswith("<img")


def test_a_bad_smiles_is_explained_as_such_even_where_a_twin_is_wanted(stand_ins):
    with pytest.raises(molecules.InvalidSmilesError, match=r"ring 1 is not closed$"):
        frame("C1CC", twin=True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"bond_length": "12 px"}, "expected a bond length of free, 10 px"),
        ({"palette": "neon"}, "palette must be one of"),
        ({"engine": "hand"}, "engine must be one of"),
        ({"line_width": 0.0}, "line_width must be more than 0"),
    ],
)
def test_a_style_that_is_none_is_refused(stand_ins, wrong, message):
    with pytest.raises(ValueError, match=message):
        frame(**wrong)


# The shell, and what is kept


def test_every_control_gives_a_picture_at_both_ends_and_in_the_middle(stand_ins):
    demo = demos.shortcut_detective()
    ends = {
        "smiles": ["C", "[Na+].[Cl-]", "   CCO  ", "C" * 120],
        "line_width": [0.5, 2.25, 4.0],
        "bond_length": list(detective.BOND_LENGTHS),
        "palette": list(depiction.PALETTES),
        "rotation": [0, 170, 350],
        "engine": list(depiction.ENGINES),
        "twin": [True, False],
    }
    assert set(ends) == set(demo.controls)
    for name, values in ends.items():
        pages = set()
        for value in values:
            demo.set(demo.start | {name: value})
            assert demo.frame.value.startswith("<img alt="), (name, value, demo.frame.value[:300])
            pages.add(demo.frame.value)
        assert len(pages) == len(values), f"{name} changes nothing"


@pytest.mark.parametrize("bad", ["C1CC", "", "hello world", "<b>C</b>", "é"])
def test_a_bad_smiles_becomes_a_sentence_and_the_next_good_one_a_picture(stand_ins, bad, capfd):
    demo = demos.shortcut_detective()
    demo.controls["smiles"].value = bad
    assert demo.frame.value.startswith('<p role="alert"')
    assert "<b>" not in demo.frame.value
    assert capfd.readouterr() == ("", "")
    demo.dropdowns["molecule"].value = "benzoquinone"
    assert demo.frame.value.startswith("<img")


def test_a_moved_control_asks_about_the_readers_drawing_only(stand_ins, monkeypatch):
    frame(line_width=1.0)
    asked = []
    ask = training.predict_proba
    monkeypatch.setattr(training, "predict_proba", lambda *given: asked.append(given) or ask(*given))
    frame(line_width=1.5)
    alt(line_width=1.5)
    assert len(asked) == len(detective.NETWORKS)


def test_torch_gets_its_threads_back(stand_ins):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        frame("CCN")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_each_shipped_network_is_loaded_once(monkeypatch):
    loaded = []
    monkeypatch.setattr(models, "load_pretrained", lambda name: loaded.append(name) or OnlyInk())
    forget(), _answers.network.cache_clear()
    frame("CCO"), frame("CCN", rotation=20)
    forget(), _answers.network.cache_clear()
    assert loaded == ["audited", "repaired"]


# The shipped networks


def test_the_shipped_networks_answer_the_question_of_the_demo(shipped):
    for network in shipped.values():
        assert network.card.classes == ("no aromatic ring", "aromatic ring")


def test_the_demo_says_what_the_shipped_networks_say(shipped):
    style = depiction.DepictionStyle(line_width=1.0)
    for name, network in shipped.items():
        expected = training.predict_proba(network, depiction.depict_many([ESTRADIOL], style))[0, 1]
        assert detective._seen(ESTRADIOL, style, False).answers[name] == pytest.approx(expected, abs=1e-5)


def test_at_its_start_only_the_audited_network_changes_its_mind(shipped):
    assert alt().endswith(
        "The same molecule: the audited network changes its mind, the repaired one does not."
    )
