# %% [markdown]
# # 04 · Convolutional networks
#
# After this lesson you will be able to
#
# - say what a convolution layer computes, and count its parameters;
# - split molecules so that the test says something about new ones;
# - train and validate a network, and read its curves;
# - report a result with its interval, beside a far simpler method's.
#
# You need: *ink*, where paper is 0 and black is 1 ([lesson 01](01_images_as_data.ipynb)), and a first PyTorch training loop
# (4.4 repeats it). New words are in the [glossary](../docs/glossary.md).

# %% tags=["setup"]

# %%
import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from workshop_utils import checks, datasets, demos, depiction, evaluation, filters, models
from workshop_utils import molecules, plotting, splits, training

esol = datasets.load_esol()
images = depiction.depict_many(esol["smiles"])
labels = np.array([molecules.has_ring(smiles) for smiles in esol["smiles"]]).astype(int)
print(f"{images.shape} pictures, {labels.sum()} with a ring")

# %% [markdown] minutes=12 short=12
# ## 4.1 What is a convolution layer?
#
# A *kernel* is a small table of weights. Lay it over a patch of the picture, multiply weight by pixel, and add up: one number. Slide
# it on. The numbers of all places make a new picture, the *feature map*. A person chose this kernel: three rows of −1, 2, −1.

# %% [markdown] tags=["question"]
# Where on a drawing will the sum be large, negative, zero?

# %% [markdown] tags=["slide"]
# - A kernel: a small table of weights
# - Patch times kernel, added up: one number of the *feature map*
# - A convolution layer *learns* the weights of many kernels

# %% tags=["slide"]
small = depiction.depict("Oc1ccccc1", depiction.DepictionStyle(size=24, line_width=1.5))
upright = np.array([[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]])
figure = plotting.sliding(small, upright, [(12, 9), (5, 4), (7, 2)], "A kernel for upright lines")
plotting.show(figure, alt="Phenol, three patches times a kernel with their sums, and the feature map")

# %% [markdown]
# The sum is large where the positive weights lie on ink and the negative ones on paper, as on an upright line. It is negative beside that line, and
# near zero on paper and along a level line. So the map shows where the picture looks like the kernel.
#
# A *convolution layer* does this with many kernels, and it *learns* their weights. A *dense* layer has a weight for every pixel instead. We
# count both, for sixteen answers from one picture.

# %% tags=["slide"]
dense, convolution = nn.Linear(96 * 96, 16), nn.Conv2d(1, 16, kernel_size=3, padding=1)
print("dense", models.count_parameters(dense), "convolution", models.count_parameters(convolution))

# %% [markdown]
# The convolution has sixteen kernels of nine weights, and an offset for each. And a kernel treats every place alike.

# %% [markdown] tags=["question"]
# Move a molecule four pixels to the right. What happens to its maps?

# %%
cyclohexane = torch.tensor(depiction.depict_many(["C1CCCCC1"], depiction.DepictionStyle(padding=0.2)))
with torch.no_grad():  # we only look: no slopes are needed
    maps, maps_of_moved = convolution(cyclohexane), convolution(torch.roll(cyclohexane, 4, dims=3))
print("largest difference:", (torch.roll(maps, 4, dims=3) - maps_of_moved).abs().max().item())

# %% [markdown]
# The maps move along, exactly: translation *equivariance*. *Invariance* would be an answer that stays the same. A network gets it, more or less,
# from *pooling*: of each neighborhood only the largest value is kept.

# %% tags=["slide"]
kernel = torch.tensor(upright, dtype=torch.float32)
upright_map = F.conv2d(torch.tensor(small)[None, None], kernel[None, None])[0]
pooled = F.max_pool2d(upright_map, kernel_size=2)[0]
part, maxima = upright_map[0, 10:16, 8:14], pooled[5:8, 4:7]
look = {"titles": ("part of the map above", "its maxima"), "between": "→", "decimals": 1}
figure = plotting.numbers(part, maxima, limits=(-2.5, 2.5), **look)
plotting.show(figure, alt="Six by six numbers of the map, and the maximum of each two by two")

# %% [markdown]
# How invariant is a trained network? It gives two raw scores, its *logits*, for *no ring* and *ring*. *Softmax* turns them into probabilities that
# add up to 1.

# %%
rings = models.load_pretrained("rings")
with torch.no_grad():
    logits = torch.cat([rings(torch.roll(cyclohexane, shift, dims=3)) for shift in range(9)])
print("ring minus no ring, moved by 0 … 8 px:", (logits[:, 1] - logits[:, 0]).numpy().round(1))
print("probability of a ring:", logits.softmax(dim=1)[:, 1].numpy().round(4))

# %% [markdown]
# It is only *roughly* invariant: the difference wobbles, and moved by some pixels, cyclohexane even loses its ring. After a
# shift, pooling keeps other values.

# %% tags=["exercise"]
# Exercise 4.1: a layer reads 16 maps and writes 32, with 3 × 3 kernels and one offset for each map
# that it writes. Each kernel reads all 16 maps at once. How many parameters does the layer have?
### BEGIN SOLUTION
parameters = 32 * (16 * 3 * 3 + 1)
### END SOLUTION
checks.convolution_parameters(parameters)

# %% [markdown] tags=["instructor"]
# Draw one kernel with depth on the board: a kernel reads *all* maps of the layer before. Say aloud:
# equivariant first, roughly invariant only after pooling.
#
# - Moved by 8 px, the answer is nearly as at 0: three halvings make a grid of 8 px.
# - If somebody asks about rotation: neither; lesson 03 augments instead.

# %% [markdown] part="mistakes" tags=["instructor"]
# - In the exercise: 320, which forgets that depth.

# %% [markdown] minutes=10 short=10
# ## 4.2 Two networks
#
# The classroom classic has three convolutions, each with pooling. Then all values of its maps go in one long row to a dense layer.

# %% [markdown] tags=["question"]
# Which layer holds most of its parameters, for pictures of 200 px?

# %% [markdown] tags=["slide"]
# - Classic: all values in one long row, then a dense layer
# - Compact: the maximum of each map, then a small dense layer

# %% tags=["slide"]
for name, layer in models.SimpleMolecularCNN(size=200).named_children():
    print(f"{name:8} {models.count_parameters(layer):>9,}")

# %% [markdown]
# Nearly all sit in `fc1`, that dense layer. It has to learn every place of the picture separately, from several hundred molecules.
#
# The compact network keeps only the maximum of each map. That asks *is this pattern anywhere?*, like *is there a ring?* In its code,
# *BatchNorm* brings each map to a common scale, by the mean and spread of the batch, and *ReLU* sets negative values to 0.


# %% tags=["long"]
class CompactCNN(nn.Module):
    def __init__(self, num_classes=2):
        super().__init__()

        def block(maps_in, maps_out, side, stride=1):
            kernels = nn.Conv2d(maps_in, maps_out, side, stride, padding=side // 2, bias=False)
            return [kernels, nn.BatchNorm2d(maps_out), nn.ReLU()]

        self.features = nn.Sequential(
            *block(1, 16, side=5, stride=2),  # a stride of 2 halves height and width
            *block(16, 32, side=3),
            nn.MaxPool2d(2),
            *block(32, 64, side=3),
            nn.MaxPool2d(2),
            *block(64, 128, side=3),
        )
        self.classifier = nn.Linear(128, num_classes)

    def forward(self, ink):  # (N, 1, H, W)
        maps = self.features(ink)  # (N, 128, H/8, W/8)
        strongest = maps.amax(dim=(2, 3))  # (N, 128): the maximum over all places
        return self.classifier(strongest)  # (N, num_classes): the logits


with training.seeded(0):
    compact, classic = CompactCNN(), models.SimpleMolecularCNN(size=96)
print("compact", models.count_parameters(compact), "classic", models.count_parameters(classic))

# %% [markdown]
# Here a trained network reads paracetamol: each layer's three strongest maps.

# %% tags=["slide"]
paracetamol = torch.tensor(depiction.depict_many(["CC(=O)Nc1ccc(O)cc1"]))
steps = {"ink": paracetamol[0]}
with torch.no_grad():
    for number, after in enumerate((3, 6, 10, 14), start=1):  # after each ReLU
        steps[f"layer {number}"] = rings.features[:after](paracetamol)[0]
    steps["maxima"] = steps["layer 4"].amax(dim=(1, 2))
    steps["logits"] = rings.classifier(steps["maxima"])
figure = plotting.network(steps, "More and more maps, smaller after each pooling, then two logits")
plotting.show(figure, alt="Paracetamol, maps of four layers, 128 maxima, logits of no ring and ring")

# %% [markdown] tags=["instructor"]
# Walk through `forward`, and let the room say each shape before you point at it in the figure. BatchNorm makes
# training quick, and it needs more than one picture a batch.
#
# - Usual question: why a maximum and not a mean? A ring is present or not; a mean dilutes one small ring in a large
#   empty picture. That is the story; the row *mean pooling* in 4.6 shows what it costs here: a little.

# %% [markdown] minutes=8 short=8
# ## 4.3 Prepare the data
#
# *Training* molecules change the weights. *Validation* molecules choose: the best epoch, the better recipe. *Test* molecules are opened once, at
# the end. Look at the test in every epoch, and it becomes a second validation set.

# %% [markdown] tags=["question"]
# ESOL lists some molecules twice. What if one copy is learned, and the other tested?

# %% [markdown] tags=["slide"]
# - Training changes the weights
# - Validation chooses
# - The test is opened once

# %%
split = splits.train_val_test(esol["smiles"], labels, seed=0)
parts = [{molecules.canonical_smiles(smiles) for smiles in esol["smiles"][rows]} for rows in split]
print("in two parts:", len(parts[0] & parts[1] | parts[0] & parts[2] | parts[1] & parts[2]))
for name, rows, part in zip(split._fields, split, parts):
    print(f"{name:10} {len(rows)} rows, {len(part)} molecules, {labels[rows].mean():.1%} rings")

# %% [markdown]
# Then the network could answer from memory, and nobody would notice. So this split keeps both copies in one part, and the share of rings equal.
#
# A `Dataset` hands out one picture with its label; a `DataLoader` shuffles and makes batches. In ink, the zeros that a
# convolution adds at the border are paper ([lesson 03](03_augmentation.ipynb) shows what happens otherwise).

# %%
train, validation = (training.MolecularImageDataset(images[rows], labels[rows]) for rows in split[:2])
shuffle = torch.Generator().manual_seed(0)
loader = DataLoader(train, batch_size=32, shuffle=True, generator=shuffle)
pictures, targets = next(iter(loader))
print(tuple(pictures.shape), f"in {len(loader)} batches, the last of {len(train) % 32}")

# %% [markdown] tags=["instructor"]
# Ask the room what they would do with two copies of one drawing in train and test. ESOL has eleven such pairs; most
# are not two measurements of one compound, as lesson 08 shows.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Splitting *pictures* after augmentation, so that copies of a test molecule are trained on.

# %% [markdown] minutes=14 short=14
# ## 4.4 Train
#
# A training loop: predict, measure the loss, find its slope (gradient) for each weight, step downhill. One pass over all pictures is an *epoch*.

# %% [markdown] tags=["slide"]
# - Predict, measure the loss, find the slopes, step downhill
# - Validate: predict and measure, and change nothing
# - `training.fit`: both, epoch after epoch


# %% tags=["long"]
def train_one_epoch(model, loader, optimizer):
    model.train()  # BatchNorm uses the batch's own mean and spread
    total = 0.0
    for pictures, targets in loader:
        logits = model(pictures)
        loss = F.cross_entropy(logits, targets)
        optimizer.zero_grad()  # forget the slopes of the step before
        loss.backward()
        optimizer.step()
        total += loss.item() * len(targets)  # a smaller last batch counts for less
    return total / len(loader.dataset)


adam = torch.optim.Adam(classic.parameters(), lr=1e-3)
print(f"classic network, first epoch, mean loss {train_one_epoch(classic, loader, adam):.3f}")


# %% tags=["exercise"]
# Exercise 4.2: write the loop that validates. It measures the mean loss over all pictures of a
# loader, and changes nothing: neither a weight nor what BatchNorm remembers.
### BEGIN SOLUTION
def validate(model, loader):
    """Mean loss over all pictures of the loader, in evaluation mode and without slopes."""
    model.eval()
    total = 0.0
    with torch.no_grad():
        for pictures, targets in loader:
            total += F.cross_entropy(model(pictures), targets).item() * len(targets)
    return total / len(loader.dataset)


### END SOLUTION
checks.validation_loop(validate)

# %% [markdown]
# `training.fit` does both, epoch after epoch, with seeds, a bar and live curves, and goes back to the best epoch. The
# learning rate, the length of a step, rises and then falls (*one cycle*). Eight epochs are a compromise: on the validation molecules
# of ten splits fifteen are a little better (`benchmarks/rings.py`), and take twice as long.

# %%
options = {"optimizer": "adamw", "learning_rate": 3e-3, "weight_decay": 0.01}
options |= {"schedule": "one_cycle", "on_epoch": plotting.LiveHistory(epochs=8)}
compact_history = training.fit(compact, train, validation, epochs=8, seed=0, **options)

# %% [markdown]
# The classic network starts again from fresh weights, with its customary 20 epochs:

# %%
with training.seeded(0):
    classic = models.SimpleMolecularCNN(size=96)
classic_history = training.fit(classic, train, validation, epochs=20, seed=0)
print(f"compact {compact_history.seconds:.0f} s   classic {classic_history.seconds:.0f} s")

# %% [markdown]
# In the demo you watch both trainings, as recorded: kernels, losses, and the answer for each validation molecule
# ([a still](../docs/frames/training_watched.png)).

# %%
demos.training_watched()

# %% [markdown] tags=["instructor"]
# Most of these minutes are for watching two trainings: ten or twenty seconds for the first, twenty to sixty for the second, so talk while it runs.
# Ask for the loss of a coin on two classes (ln 2 ≈ 0.69) before the first number appears. Two minutes are for the demo.

# %% [markdown] part="mistakes" tags=["instructor"]
# - In the exercise: dividing by the number of batches; forgetting `eval()`, which lets BatchNorm go on remembering.

# %% [markdown] minutes=6 short=6
# ## 4.5 Read the curves

# %% [markdown] tags=["question"]
# Which of the two networks will overfit? How would you see it?

# %% [markdown] tags=["slide"]
# - Two curves: training and validation
# - Read trends, not wiggles

# %% tags=["slide"]
for name, history in {"Compact": compact_history, "Classic": classic_history}.items():
    best = f"{name} network: epoch {history.best_epoch} has the lowest validation loss"
    accuracy = f"its validation accuracy is {history.best.validation['accuracy']:.3f}"
    plotting.show(plotting.history(history, best), alt=f"Loss and accuracy. {best}; {accuracy}")

# %% [markdown]
# *Overfitting* shows as a validation loss that turns *up* while the training loss still falls. Each title names the epoch of its lowest value;
# `fit` goes back to it. If many epochs follow, expect overfitting: in most seeds in the classic network, which also trains longer, without weight decay.
#
# A gap between the curves proves little. Training scores are taken while the weights still change, and with *dropout*, units silenced at random. One validation molecule is more than half a percent of accuracy. Read trends, not wiggles.
#
# Usual remedies: more molecules, or a pretrained network ([lesson 07](07_transfer_learning.ipynb)); augmentation ([lesson 03](03_augmentation.ipynb));
# fewer parameters; weight decay, which keeps weights small; dropout; the best epoch, as in `fit`.

# %% [markdown] tags=["instructor"]
# Let two people read the same curve aloud. Point at the early spikes of the compact network: the learning rate is
# rising to its highest, and BatchNorm's averages are still young.

# %% [markdown] part="mistakes" tags=["instructor"]
# - To call every gap between the curves overfitting. Ask which curve turns up.

# %% [markdown] minutes=10 short=10
# ## 4.6 Open the test, once

# %% [markdown] tags=["question"]
# What will a single number score: the mean ink of the drawing?

# %% [markdown] tags=["slide"]
# - Accuracy *with its interval*
# - Beside it, on the same molecules: simple rivals

# %% tags=["slide"]
test = split.test
proba = training.predict_proba(compact, images[test])
report = evaluation.evaluate(labels[test], proba)
alt = f"Confusion matrix of {report.n} test molecules, {report.accuracy:.1%} on the diagonal"
plotting.show(plotting.confusion(report, ["no ring", "ring"]), alt=alt)
report.table()

# %% [markdown]
# In the *confusion matrix* each row is a true class, each column an answer.
#
# - *Accuracy*: the share on the diagonal. From few molecules, it has an interval (Wilson's, 95 %, without the chance in training): for 19 right of 20, from 0.76 to 0.99
#   (`evaluation.wilson(19, 20)`). Always naming the larger class is its chance level.
# - *Recall*: the share of rings that were found. *Precision*: the share of answers *ring* that were right. *F1*: their harmonic mean.
# - *Balanced accuracy*: the mean of both rows' shares on the diagonal. A rare class cannot hide; a coin has 0.5.
# - *AUC*: how often a random ring gets a higher probability than a random molecule without one. A coin has 0.5.
#
# The hardest molecules:

# %% tags=["slide"]
doubt = np.argsort(proba[np.arange(len(test)), labels[test]])[:6]
captions = [f"truth: {['no ring', 'ring'][labels[test][i]]}, P {proba[i, 1]:.2f}" for i in doubt]
figure = plotting.pictures(images[test][doubt], captions, columns=3, suptitle="Hardest first, with P(ring)")
plotting.show(figure, alt="Hardest first: " + ", ".join(esol.name[test[doubt]]))

# %% [markdown]
# Now simple methods, on the same molecules: a logistic regression on one number each. *Holes* is lesson 02's rule, *is paper
# enclosed?*, at the settings that `benchmarks/rings.py` finds best on the other molecules.

# %% tags=["slide"]
table = depiction.ink_features(images)[["ink"]]
table["heavy_atoms"] = esol["smiles"].map(molecules.heavy_atoms)
table["holes"] = [filters.holes(picture, level=0.1, min_area=60) > 0 for picture in images[:, 0]]
groups = {"heavy atoms": ["heavy"], "mean ink": ["ink"], "holes": ["holes"]}
reports = evaluation.baselines(table, labels, groups=groups, folds=[(split.train, test)])
reports["classic network"] = evaluation.evaluate(labels[test], training.predict_proba(classic, images[test]))
reports["compact network"] = report
alt = "Test accuracies: " + ", ".join(f"{name} {r.accuracy:.2f}" for name, r in reports.items())
plotting.show(plotting.scores(reports, "The same test molecules, 95 % intervals"), alt=alt)

# %% [markdown]
# Neither network leads here, and the compact one needs a twelfth of the parameters. But one number, the ink,
# knows most of the answer: high accuracy does not show that a network sees rings. And a rule that a person wrote down is at least as
# good as both. Networks are for questions whose rule nobody can write.
#
# One split is an anecdote. Here are ten, recorded. The last rows are the compact network with means in place of maxima, and
# a classroom recipe in two versions: 100 colored pictures, turned a little and mirrored, with the uncovered corners black or paper.

# %% tags=["slide"]
recorded = datasets.recorded("rings")
names = [*reports, "compact, mean pooling", "classroom recipe", "classroom recipe, paper corners"]
runs = {name: pd.DataFrame(recorded.values[name]) for name in names}
accuracies = {name: list(run["accuracy"]) for name, run in runs.items()}
medians = ", ".join(f"{name} {np.median(values):.3f}" for name, values in accuracies.items())
figure = plotting.repeats(accuracies, "Ten seeds (dots), their median (bar)", xlabel="test accuracy")
plotting.show(figure, alt=f"Median test accuracies over ten seeds: {medians}")
print(f"recorded on {recorded.date} by: {recorded.command}")

# %%
columns = ["accuracy", "balanced_accuracy", "balanced_accuracy_threshold_reset", "auc"]
table = pd.DataFrame({name: run.reindex(columns=columns).median() for name, run in runs.items()}).T
for column in ("accuracy", "auc"):
    ours = runs["compact network"][column]
    table[f"{column}: seeds won by compact"] = [(ours > run[column]).sum() for run in runs.values()]
table.round(3).astype(object).fillna("–")

# %% [markdown]
# The rule of lesson 02 decides better than the networks in nearly all seeds. By ranking it is level with the compact one, though a yes or no
# cannot say how sure it is. The compact network ranks above the classic in nine. Means in place of maxima cost a little in both, as 4.2 suggests;
# but the recipe was chosen for maxima.
#
# Now the classroom recipe. With black corners its decisions are, in the median, hardly better than always saying *ring*.
# But its *AUC* is as good as with paper corners: it ranks well. Set its *cut-off*, the probability that means yes, again on its 20 validation
# pictures (*threshold_reset*), and most of the loss is gone. Nothing but the fill differs between the two versions, and the test has no black corners: that is what a
# wrong fill costs.

# %% tags=["exercise"]
# Exercise 4.3: you expect an accuracy near 0.97 and want a 95 % interval no wider than 0.02. How
# many test molecules do you need? Try numbers in evaluation.wilson(round(0.97 * n), n).
### BEGIN SOLUTION
test_molecules = 1150
### END SOLUTION
checks.molecules_needed(test_molecules)

# %% [markdown] tags=["instructor"]
# Let everybody write down a guess for the ink before the figure. Do not open the test a second time to "just try" another
# epoch count: say why.
#
# - The exercise ends with a number far larger than ESOL's test part: that is the point.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Using the formula p ± 2√(p(1−p)/n) at 20 of 20, where it claims certainty.

# %% [markdown]
# ## Summary
#
# - A convolution layer slides learned kernels; its maps move with the picture. Pooling makes the answer *roughly* invariant.
# - The maximum of each map replaces the dense layer that holds nearly all parameters.
# - Train, choose, test: no molecule in two parts, the test opened once.
# - A score needs an interval, the majority class, and a simple rival.

# %% [markdown]
# ## Where this connects
#
# The confusion matrix comes from *03_Classification*, the loop from *04_PyTorch*.
#
# Next: [lesson 05](05_how_networks_see.ipynb) opens this network; [lesson 06](06_did_it_learn_chemistry.ipynb) audits its sibling.

# %% [markdown]
# ## Sources
#
# - Molecules: J. S. Delaney (2004), [doi:10.1021/ci034243x](https://doi.org/10.1021/ci034243x).
# - Interval: E. B. Wilson (1927), [doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953).
# - One cycle: Smith & Topin (2018), [arXiv:1708.07120](https://arxiv.org/abs/1708.07120). BatchNorm: Ioffe & Szegedy (2015),
#   [arXiv:1502.03167](https://arxiv.org/abs/1502.03167).
