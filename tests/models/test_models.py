"""The networks: their shapes, their errors, and the weights that are shipped."""

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn
from torch.nn import functional as F

from workshop_utils import datasets, depiction, evaluation, models, molecules, pictures, splits, training
from workshop_utils._floor import bundled
from workshop_utils.models import CompactCNN, SimpleMolecularCNN


@pytest.fixture
def batch() -> torch.Tensor:
    return torch.rand(3, 1, 40, 40, generator=torch.Generator().manual_seed(0))


class ClassroomCNN(nn.Module):
    """The network as a course would write it out, for 40 px."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 16, 3, padding=1), nn.Conv2d(16, 32, 3, padding=1)
        self.conv3 = nn.Conv2d(32, 64, 3, padding=1)
        self.fc1, self.fc2 = nn.Linear(64 * 5 * 5, 128), nn.Linear(128, 2)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        for convolution in (self.conv1, self.conv2, self.conv3):
            x = F.max_pool2d(F.relu(convolution(x)), 2)
        return self.fc2(self.dropout(F.relu(self.fc1(x.flatten(1)))))


def test_the_classroom_network_of_200_px_has_five_million_parameters():
    by_hand = (9 * 1 + 1) * 16 + (9 * 16 + 1) * 32 + (9 * 32 + 1) * 64 + (64 * 25 * 25 + 1) * 128 + 129 * 2
    assert models.count_parameters(SimpleMolecularCNN(size=200)) == by_hand == 5_143_682


def test_the_classroom_networks_layers_have_their_names_and_do_their_work(batch):
    model, expected = SimpleMolecularCNN(size=40), ClassroomCNN()
    expected.load_state_dict(model.state_dict())  # names and shapes agree
    for mode in (False, True):
        model.train(mode), expected.train(mode)
        with training.seeded(0):
            answer = model(batch)
        with training.seeded(0):
            np.testing.assert_array_equal(answer.detach(), expected(batch).detach())


@pytest.mark.parametrize("size", [8, 37, 96])
def test_the_classroom_network_can_be_built_for_any_size(size):
    assert SimpleMolecularCNN(size=size, num_classes=5)(torch.zeros(2, 1, size, size)).shape == (2, 5)


def test_the_compact_network_has_a_fiftieth_of_the_parameters():
    by_hand = 25 * 16 + 9 * (16 * 32 + 32 * 64 + 64 * 128) + 2 * (16 + 32 + 64 + 128) + 129 * 2
    assert models.count_parameters(CompactCNN()) == by_hand == 97_906


@pytest.mark.parametrize("shape", [(8, 8), (33, 57), (96, 96), (200, 200)])
def test_the_compact_network_reads_pictures_of_any_size(shape):
    assert CompactCNN(num_classes=3)(torch.zeros(2, 1, *shape)).shape == (2, 3)


def test_the_compact_network_answers_alike_wherever_the_pattern_lies():
    model = CompactCNN().eval()
    picture = torch.zeros(1, 1, 96, 96)
    picture[0, 0, 40:48, 40:48] = torch.rand(8, 8, generator=torch.Generator().manual_seed(0))
    moved = picture.roll((16, -24), (2, 3))  # multiples of its stride of 8
    np.testing.assert_allclose(model(moved).detach(), model(picture).detach(), atol=1e-6)


def test_frozen_parameters_are_not_counted():
    model = nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))
    model[0].requires_grad_(False)
    assert models.count_parameters(model) == 3


# Errors.


def test_a_network_for_pictures_too_small_is_refused():
    with pytest.raises(ValueError, match="three poolings need pictures of at least 8 px, got size=7"):
        SimpleMolecularCNN(size=7)


def test_a_picture_of_another_size_is_told_how_to_fit():
    with pytest.raises(
        ValueError, match=r"built for 40 × 40 px and got 96 × 96; build .*size=96.* draw at 40 px"
    ):
        SimpleMolecularCNN(size=40)(torch.zeros(1, 1, 96, 96))


@pytest.mark.parametrize("model", [SimpleMolecularCNN(size=40), CompactCNN()], ids=["classroom", "compact"])
@pytest.mark.parametrize("shape", [(40, 40), (1, 40, 40), (1, 3, 40, 40), (1, 1, 4, 4)])
def test_another_shape_than_a_batch_is_told_how_to_become_one(model, shape):
    with pytest.raises(
        ValueError, match=r"expected a batch of shape \(N, 1, H, W\).*got .*picture\[None, None\]"
    ):
        model(torch.zeros(shape))


@pytest.mark.parametrize("model", [SimpleMolecularCNN(size=40), CompactCNN()], ids=["classroom", "compact"])
@pytest.mark.parametrize("dtype", [torch.uint8, torch.int64, torch.float64])
def test_another_type_than_the_weights_is_told_how_to_convert(model, dtype):
    with pytest.raises(TypeError, match=rf"expected ink in \[0, 1\] as torch.float32, got {dtype}; convert"):
        model(torch.zeros(1, 1, 40, 40, dtype=dtype))


def test_an_array_is_told_about_predict():
    with pytest.raises(TypeError, match=r"expected a torch tensor, got ndarray; see training\.predict"):
        CompactCNN()(np.zeros((1, 1, 40, 40), np.float32))


# Weights.


@pytest.mark.parametrize(
    "make",
    [CompactCNN, lambda: CompactCNN(5), lambda: SimpleMolecularCNN(size=40), lambda: models.DrawingReader(2)],
    ids=["compact", "five classes", "classic", "reader of colors"],
)
def test_a_network_comes_back_with_its_weights_and_its_card(tmp_path, make):
    model = make().eval()
    card = models.Card(question="why?", classes=("no", "yes"), seed=3, metrics={"accuracy": 0.5})
    models.save_weights(model, tmp_path / "a.safetensors", card)
    again = models.load_weights(tmp_path / "a.safetensors")
    assert type(again) is type(model)
    assert not again.training
    assert again.card == card
    for name, weights in model.state_dict().items():
        assert torch.equal(again.state_dict()[name], weights), name


@pytest.mark.parametrize(
    ("card", "said"),
    [
        ({"size": "96"}, "size as whole px above 0, \"any\" or None, got '96'"),
        ({"size": 96.0}, "size as whole px"),
        ({"size": True}, "size as whole px"),
        ({"size": (96, 96)}, "size as whole px"),
        ({"size": -1}, "size as whole px"),
        ({"bond": "13 px"}, "bond as px above 0 or None, got '13 px'"),
        ({"bond": float("nan")}, "bond as px"),
        ({"bond": 0}, "bond as px"),
        ({"threshold": 1.5}, "threshold from 0 to 1"),
        ({"threshold": "0.5"}, "threshold from 0 to 1"),
        ({"classes": 2}, "classes as a list of names, got 2"),
        ({"classes": {"a": 0}}, "classes as a list of names"),
        ({"style": [1]}, "style as a dict"),
        ({"metrics": {"auc": np.float32(0.9)}}, r"float32 is not JSON.* with float\(…\)"),
    ],
)
def test_a_card_that_nobody_could_use_is_refused(tmp_path, card, said):
    with pytest.raises(TypeError, match=said):
        models.save_weights(CompactCNN(), tmp_path / "w", card)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("width", [0, -1, 2.5, "16", True])
def test_a_network_without_maps_is_refused(width):
    with pytest.raises(ValueError, match=r"a width of 1 or more, a whole number, got "):
        models.PlaceCNN(width)


def test_a_network_of_ones_own_is_filled_where_it_is_given(tmp_path):
    mine, other = nn.Linear(3, 2), nn.Linear(3, 2)
    models.save_weights(mine, tmp_path / "a", {"question": "mine?"})
    with pytest.raises(ValueError, match=r"none of the course's: build it, then load_weights\(path, model\)"):
        models.load_weights(tmp_path / "a")
    assert models.load_weights(tmp_path / "a", other) is other
    assert torch.equal(other.weight, mine.weight)
    assert other.card.question == "mine?"
    with pytest.raises(ValueError, match="are of another network than this: "):
        models.load_weights(tmp_path / "a", nn.Linear(4, 2))


@pytest.mark.parametrize("content", [b"", b"no weights", b"\xff" * 64])
def test_a_file_without_weights_is_refused(tmp_path, content):
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ValueError, match=r"holds no weights with a model card; .*models\.save_weights"):
        models.load_weights(tmp_path / "a")


def test_weights_of_others_without_a_card_are_told_apart(tmp_path):
    safetensors.torch.save_file({"weight": torch.zeros(2)}, tmp_path / "a")
    with pytest.raises(ValueError, match="holds no weights with a model card"):
        models.load_weights(tmp_path / "a")


def test_a_card_with_an_unknown_field_is_refused_with_those_there_are(tmp_path):
    with pytest.raises(TypeError, match="a model card has no field accuracy; it has: name, question"):
        models.save_weights(CompactCNN(), tmp_path / "a", {"accuracy": 1})
    assert not (tmp_path / "a").exists()


def test_the_same_weights_are_the_same_bytes(tmp_path):
    model = CompactCNN()
    for name in ("a", "b"):
        models.save_weights(model, tmp_path / name, {"data": "none", "seed": 2})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("name", ["rings", "audited", "repaired", "patents", "counts", "solubility"])
def test_each_shipped_network_has_a_full_card(name):
    card = models.load_pretrained(name).card
    for field in ("name", "question", "classes", "size", "data", "split", "metrics", "command", "license"):
        assert getattr(card, field), field
    assert card.name == name
    assert card.style is None or depiction.DepictionStyle(**{"size": card.size, **card.style})


def test_the_network_for_patents_reads_drawings_scaled_by_their_bonds():
    model = models.load_pretrained("patents")
    assert len(datasets.read_bundled("weights/patents.safetensors")) < 2_000_000
    assert (model.card.size, model.card.bond) == ("any", 13)
    answers = []
    for smiles in ("CC(=O)Oc1ccccc1C(=O)O", "CC(=O)OC1CCCCC1C(=O)O", "c1ccc2ccccc2c1", "CCCCCCCC(=O)O"):
        for bond in (30, 60):
            drawing = depiction.draw(
                smiles, depiction.DepictionStyle(size=700, bond_length=bond, line_width=3)
            )
            ink = pictures.as_ink(drawing, bond=model.card.bond)
            answers.append(training.predict_proba(model, [ink])[0, 1] > model.card.threshold)
    assert answers == [True, True, False, False, True, True, False, False]


def test_the_shipped_network_is_small_ready_and_has_a_card():
    model = models.load_pretrained("rings")
    assert not model.training
    assert len(datasets.read_bundled("weights/rings.safetensors")) < 1_000_000
    assert model.card.classes == ("no ring", "ring")


def test_the_shipped_network_reaches_the_accuracy_of_its_card_on_its_own_test_molecules(esol, esol_images):
    model = models.load_pretrained("rings")
    labels = np.array([molecules.has_ring(m) for m in esol["smiles"]])
    test = splits.train_val_test(esol["smiles"], labels, seed=model.card.seed).test
    report = evaluation.evaluate(labels[test], training.predict_proba(model, esol_images[test]))
    assert report.n == model.card.metrics["n"]
    assert report.accuracy == pytest.approx(model.card.metrics["accuracy"], abs=0.006)  # one picture
    assert report.auc == pytest.approx(model.card.metrics["auc"], abs=0.005)
    assert report.accuracy_interval[0] > report.majority


def test_two_loads_share_nothing(batch):
    one, other = models.load_pretrained("rings"), models.load_pretrained("rings")
    nn.init.zeros_(one.classifier.weight)
    assert other.classifier.weight.abs().sum() > 0


def test_an_unknown_network_is_answered_with_those_there_are():
    with pytest.raises(KeyError, match=r"no shipped network is called 'yolo'; there are: .*rings"):
        models.load_pretrained("yolo")


def test_a_damaged_network_is_not_loaded(monkeypatch, tmp_path):
    (tmp_path / "_data" / "weights").mkdir(parents=True)
    (tmp_path / "_data" / "weights" / "rings.safetensors").write_bytes(b"\0" * 64)
    (tmp_path / "_data" / "checksums.txt").write_text(
        f"{datasets.checksums()['weights/rings.safetensors']}  weights/rings.safetensors\n"
    )
    monkeypatch.setattr(bundled, "files", lambda package: tmp_path)
    with pytest.raises(datasets.DamagedFileError, match=r"weights/rings\.safetensors is damaged"):
        models.load_pretrained("rings")
