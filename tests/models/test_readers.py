"""The reader of colored drawings, and the one that is shipped."""

import numpy as np
import pytest
import torch

from workshop_utils import datasets, depiction, evaluation, models, splits


@pytest.fixture(scope="module")
def drawings():
    style = depiction.DepictionStyle(size=64, bond_length=10.0, palette="color")
    return np.stack([depiction.draw(m, style) for m in ("CCO", "c1ccncc1", "CC(=O)Cl")])


@pytest.fixture(scope="module")
def reader():
    torch.manual_seed(0)
    return models.DrawingReader(outputs=2)


def test_it_has_the_parameters_that_its_layers_say():
    maps = (3, 24, 48, 96, 128, 128)
    convolutions = sum(
        a * b * side**2 for a, b, side in zip(maps[:-1], maps[1:], (5, 3, 3, 3, 3), strict=True)
    )
    norms = 2 * (sum(maps[1:]) + 256)
    heads = 257 * 2 + 257 * 128 + 129 * 2
    assert models.count_parameters(models.DrawingReader(outputs=2)) == convolutions + norms + heads


def test_reading_turns_paper_into_zero_and_answers_as_in_evaluation(reader, drawings):
    ink = torch.from_numpy((255 - drawings).transpose(0, 3, 1, 2) / 255).float()
    with torch.no_grad():
        expected = reader.eval()(ink).numpy()
    reader.train()
    np.testing.assert_allclose(reader.read(drawings, batch_size=2), expected, atol=1e-5)
    assert all(module.training for module in reader.modules())


def test_what_is_read_does_not_depend_on_the_batch(reader, drawings):
    whole, alone = reader.read(drawings), reader.read(drawings[1:2])
    np.testing.assert_allclose(alone[0], whole[1], atol=1e-5)


def test_colors_are_seen(reader, drawings):
    assert not np.allclose(reader.read(drawings), reader.read(drawings[..., ::-1]), atol=1e-4)


@pytest.mark.parametrize(
    ("spoil", "error", "said"),
    [
        (lambda d: d[0], ValueError, r"one drawing becomes a batch"),
        (lambda d: d[:0], ValueError, r"\(N, H, W, 3\), got \(0, "),
        (lambda d: d.transpose(0, 3, 1, 2), ValueError, r"\(N, H, W, 3\)"),
        (lambda d: d / 255, TypeError, "uint8, paper 255, got float64"),
    ],
)
def test_what_is_no_drawing_is_refused(reader, drawings, spoil, error, said):
    with pytest.raises(error, match=said):
        reader.read(spoil(drawings))


def test_the_shipped_reader_is_as_good_as_its_card_says():
    reader, esol = models.load_pretrained("solubility"), datasets.load_esol(["smiles", "log_solubility"])
    _, test = splits.grouped_kfold(esol["smiles"], n_splits=5, seed=0)[0]
    style = depiction.DepictionStyle(**reader.card.style)
    logs = esol["log_solubility"].to_numpy()[test]
    drawn = np.stack([depiction.draw(m, style) for m in esol["smiles"].iloc[test]])
    report = evaluation.evaluate_regression(logs, reader.read(drawn))
    assert not reader.training
    assert report.n == reader.card.metrics["n"]
    assert report.rmse == pytest.approx(reader.card.metrics["rmse"], abs=0.02)
    assert report.rmse < 0.5 * logs.std()
