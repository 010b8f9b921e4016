# %% [markdown]
# # 07 · Transfer learning
#
# After this lesson you will be able to
#
# - use a network that others have trained, and feed it as it expects;
# - learn from 50 labels, and pretrain on labels that cost nothing;
# - freeze a network so that it stays as it was;
# - say when fine-tuning helps.
#
# You need: networks and their training ([lesson 04](04_convolutional_networks.ipynb)), and how a network can rank well and decide
# badly ([lesson 06](06_did_it_learn_chemistry.ipynb), 6.4). The [glossary](../docs/glossary.md) has all words.

# %% tags=["setup"]

# %%
import numpy as np
import pandas as pd
import skimage.data
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from workshop_utils import checks, datasets, depiction, models, molecules, plotting, splits, training

# %% [markdown] minutes=6
# ## 7.1 A network that knows photographs
#
# EfficientNet-Lite0 is a convolutional network that learned to name a million photographs, in the 1000 classes of
# *ImageNet*. If its weights are missing, the next cell says what to install.

# %% [markdown] tags=["slide"]
# - EfficientNet-Lite0: a million photographs, 1000 classes
# - It wants numbers prepared as in its training

# %% tags=["slide"]
photos = {"cat": skimage.data.chelsea(), "coffee": skimage.data.coffee()}
try:
    backbone = models.imagenet_backbone()
    guesses = [backbone.classify(photo, k=1)[0] for photo in photos.values()]
    titles = [f"{guess.name}, {guess.probability:.2f}" for guess in guesses]
    figure = plotting.pictures(list(photos.values()), titles, columns=2, suptitle="Two guesses")
    plotting.show(figure, alt=f"A photograph of a cat and one of a cup, called {' and '.join(titles)}")
except ModuleNotFoundError as missing:
    backbone = None
    print(missing)

# %% [markdown]
# A network expects numbers prepared as in its training. This one wants −1 for black and +1 for white; another may want other numbers.

# %% [markdown] tags=["question"]
# What will it see in the photographs if the scale is wrong: 0 to 1, or 0 to 255?

# %% tags=["slide"]
scales = {
    "right: −1 to 1": lambda prepared: prepared,
    "0 to 1": lambda prepared: (prepared + 1) / 2,
    "0 to 255": lambda prepared: (prepared + 1) / 2 * 255,
    "colors inverted": lambda prepared: -prepared,
}


def best_guess(photo, rescale):
    with torch.no_grad():  # nothing will learn from this answer
        features = backbone.network(rescale(backbone.from_photo(photo)))
        scores = backbone.classifier(features)
    return "{}, {:.2f}".format(*backbone.name(scores[0], k=1)[0])


if backbone:
    table = {name: [best_guess(photo, scale) for scale in scales.values()] for name, photo in photos.items()}
    print(pd.DataFrame(table, index=scales))

# %% [markdown]
# > **Answer.** No error appears. With 0 to 255 the names are nonsense. With 0 to 1, and even inverted, they are right or nearly so, which
# > nobody would notice.
#
# So here the preparation belongs to the network: `from_photo` and `from_ink` make it.

# %% [markdown] tags=["instructor"]
# Let the room guess what an inverted cat is.
#
# - Most expect a disaster from every wrong scale. A network that still names the cat is the trap: nobody looks for the error.
# - If the extra is missing: the recorded curves of 7.5 still show what these features are worth.

# %% [markdown] minutes=8
# ## 7.2 Features for a new question
#
# Lesson 06 asked: *among ring molecules, is there an aromatic ring?* Suppose that each label costs a measurement, and that you can pay
# for 50, 150 or 500.

# %% [markdown] tags=["slide"]
# - The last layer is taken off: 1280 numbers for each picture
# - The rest is frozen
# - A fresh last layer: logistic regression
# - 50, 150 or 500 labels

# %%
smiles = np.array([one for one in datasets.load_esol()["smiles"] if molecules.has_ring(one)])
aromatic = np.array([molecules.has_aromatic_ring(one) for one in smiles]).astype(int)
images = depiction.depict_many(smiles, depiction.DepictionStyle(size=128))
pool, test = splits.grouped_kfold(smiles, aromatic, n_splits=4, seed=0)[0]
print(f"to learn from: {len(pool)}; test: {len(test)}, not aromatic: {(aromatic[test] == 0).sum()}")

# %% [markdown]
# **Take the last layer off.** The last layer of EfficientNet turns 1280 numbers into 1000 scores (*logits*), one for each class of
# photograph. We have no use for these scores, so we remove that layer. What is left turns each picture into these 1280 numbers,
# its *embedding*. We use them as features, like descriptors. The network's weights stay as they are: it is *frozen*.
#
# **Put a fresh one in its place.** A logistic regression turns the features into the probability of *aromatic*. It has more weights
# than there are labels, so they are kept small. How small is chosen by cross-validation *within* the molecules that it learns from.


# %%
# A logistic regression; cross-validation chooses how small its weights are kept.
def last_layer(features, labels):
    regression = LogisticRegression(class_weight="balanced", solver="newton-cg", max_iter=1000)
    model = make_pipeline(StandardScaler(), regression)
    folds = StratifiedKFold(min(5, np.bincount(labels).min()), shuffle=True, random_state=0)
    strengths = {"logisticregression__C": np.logspace(-5, -1, 5)}
    search = GridSearchCV(model, strengths, scoring="neg_log_loss", cv=folds)
    return search.fit(features.astype(float), labels)  # older scikit-learn fails on float32


# On the test: balanced accuracy for decisions at a probability of 0.5, AUC for the ranking.
def judge(layer, features):
    proba = layer.predict_proba(features[test].astype(float))[:, 1]
    return balanced_accuracy_score(aromatic[test], proba > 0.5), roc_auc_score(aromatic[test], proba)


# %% [markdown] tags=["question"]
# We draw 50 molecules five times, and learn from each draw. How far apart will the five scores lie?


# %%
# n molecules of the pool, each class with its share
def draw(n, seed):
    return train_test_split(pool, train_size=n, stratify=aromatic[pool], random_state=seed)[0]


def learning_curve(features):
    draws = {(n, seed): draw(n, seed) for n in (50, 150, 500) for seed in range(5)}
    scores = {key: judge(last_layer(features[rows], aromatic[rows]), features) for key, rows in draws.items()}
    table = pd.DataFrame(scores, index=["decisions", "ranking"]).T.rename_axis(["labels", "draw"])
    return table.groupby("labels").agg(["min", "median", "max"]).round(2)


if backbone:
    embeddings = models.embed(backbone, images, size=128)
    print(embeddings.shape)
    print(learning_curve(embeddings))

# %% [markdown]
# > **Answer.** Here, with 50 labels *min* and *max* lie far apart, with 500 less. A single run could mislead you.

# %% [markdown] tags=["instructor"]
# Ask what the test is for, and what chooses the strength (not the test). Write on the board: features frozen, labels few.
#
# - Why balanced accuracy: four in five of these molecules are aromatic.
# - The regression has 1280 weights and an offset: over twenty-five times as many numbers as 50 labels.

# %% [markdown] minutes=7
# ## 7.3 An in-domain rival: labels that cost nothing
#
# ImageNet has no bonds. Does a network do better that has seen only molecules? Labels cost nothing where RDKit
# can count. New molecules cost nothing either: *BRICS* cuts molecules where chemists would, and the pieces
# are joined anew. No test molecule may come out.

# %% [markdown] tags=["slide"]
# - ImageNet has no bonds
# - BRICS: new molecules from old pieces
# - RDKit labels them for free: heavy atoms · rings · nitrogen atoms · rotatable bonds · aromatic atoms · share of sp3 carbons

# %% tags=["slide"]
new = molecules.recombined(smiles[pool][:80], 6, seed=0, without=smiles)
figure = plotting.pictures(depiction.depict_many(new), columns=6, suptitle="New molecules from old pieces")
plotting.show(figure, alt="Six new molecules built from fragments of the pool: " + ", ".join(new))

# %% [markdown] tags=["question"]
# If the question will be *aromatic or not?*, which of these free labels must *not* be used: heavy atoms, rings, nitrogen atoms, rotatable
# bonds, aromatic atoms, share of sp3 carbons?

# %% tags=["exercise"]
# Exercise 7.1: name those that give the answer away, in a list: ["…", "…"].
### BEGIN SOLUTION
cheats = ["aromatic atoms", "share of sp3 carbons"]
### END SOLUTION
checks.cheating_labels(cheats)

# %% [markdown]
# The network `counts`, lesson 04's compact one, learned ten labels, none of which alone says *aromatic* (together they hint at it), from the
# pool and thousands of new molecules (`benchmarks/transfer.py`). Without its last layer it gives 128 features.

# %%
counts = models.load_pretrained("counts")
print(*counts.card.classes, sep=", ")
known = models.embed(counts, images)
learning_curve(known)

# %% [markdown]
# With a tenth of the features it decides about as well, and ranks better.

# %% [markdown] tags=["instructor"]
# The free label here *is* the answer, since RDKit knows what is aromatic: we play that it costs a measurement. In
# real work the costly label is a yield, an activity, a solubility.

# %% [markdown] part="mistakes" tags=["instructor"]
# - In exercise 7.1: to ban the rings. They correlate; they do not answer.

# %% [markdown] minutes=9
# ## 7.4 Thaw the network, or keep it frozen
#
# *Fine-tuning* lets the network itself learn on: only its last blocks of layers, or all of them. What it
# learned first gets smaller steps (*discriminative rates*), in the hope that edges and lines are of use everywhere.

# %% [markdown] tags=["slide"]
# - Fine-tuning: the network itself learns on
# - Small steps for what it learned first
# - Frozen: does nothing really move?


# %% tags=["slide"]
def rates(model):
    return torch.optim.AdamW(models.parameter_groups(model, 1e-3, decay_per_block=0.85))


tuned = models.InkClassifier(backbone or counts, 2, size=128)  # a copy with a fresh last layer
models.freeze_all_but(tuned, models.last_blocks(tuned, 3))
print(f"{models.count_parameters(tuned):,} parameters learn; {len(rates(tuned).param_groups)} blocks")

# %% [markdown]
# `training.fit(tuned, …, optimizer=rates, schedule="one_cycle")` would now fine-tune, seconds for one draw, minutes for all (*one cycle*: all rates rise, then
# fall). So 7.5 shows recorded results.
#
# **Does a frozen network stay as it was?** A colleague draws with lines of 1 px. You share one frozen network, `counts`; each of you has
# a last layer of your own. Yours is trained. Hers now learns for one epoch.


# %%
def after_her_epoch(pictures, rows, your_layer, hold_batchnorm=False):
    model = models.InkClassifier(counts, 2)
    model.body.requires_grad_(False)  # no gradient, so no optimizer changes it
    if hold_batchnorm:
        models.freeze_all_but(model, ["classifier"])
    before = {name: entry.clone() for name, entry in model.body.state_dict().items()}  # all its numbers
    data = training.MolecularImageDataset(pictures, aromatic[rows])
    training.fit(model, data, data, epochs=1, seed=0, batch_size=16, progress=False)
    moved = [name for name, entry in model.body.state_dict().items() if not torch.equal(before[name], entry)]
    features = models.embed(model, images, progress=False)
    return [*np.round(judge(your_layer, features), 3), len(moved), ", ".join(moved[:2])]


# %% [markdown] tags=["question"]
# Then *your* layer is asked about *your* drawings again. What has moved in the frozen body? And your decisions, your ranking?

# %% tags=["slide"]
rows = draw(150, seed=0)
your_layer = last_layer(known[rows], aromatic[rows])
thin = depiction.depict_many(smiles[rows], depiction.DepictionStyle(size=128, line_width=1))
columns = ["your decisions", "your ranking", "moved", "such as"]
trials = {
    "before": [*np.round(judge(your_layer, known), 3), 0, ""],
    "she learns from your drawings": after_her_epoch(images[rows], rows, your_layer),
    "she learns from thin drawings": after_her_epoch(thin, rows, your_layer),
}
pd.DataFrame(trials, index=columns).T

# %% [markdown]
# > **Answer.** No weight has moved, and yet your decisions have: after the thin drawings they are hardly better than a
# > coin's. Your ranking has suffered little.

# %% [markdown]
# What moved are numbers that no gradient touches. *BatchNorm*, the layer after each convolution, brings maps to a common scale. In training
# mode it uses mean and variance of the batch, and keeps running averages of both for evaluation mode. Every training loop calls
# `model.train()`, which sets *all* layers to training mode. So the averages became those of thin drawings, and yours are scaled
# wrongly. As in lesson 06, the cut-off suffers more than the knowledge. With drawings like yours the drift is smaller, and
# easily overlooked.


# %% tags=["exercise"]
# Exercise 7.2: write what your own loop should call in place of `model.train()`, for any model:
# all layers train, but an nn.BatchNorm2d whose `weight` is frozen evaluates. model.modules() gives
# all layers.
### BEGIN SOLUTION
def start_training(model):
    """Set the modes of all layers, and return the model."""
    model.train()
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d) and not layer.weight.requires_grad:
            layer.eval()
    return model


### END SOLUTION
checks.held_batchnorm(start_training)

# %% [markdown]
# `models.freeze_all_but` freezes *and* holds BatchNorm, whoever calls `model.train()`:

# %%
trials["thin drawings, BatchNorm held"] = after_her_epoch(thin, rows, your_layer, hold_batchnorm=True)
pd.DataFrame(trials, index=columns).T

# %% [markdown]
# Nothing moved, and your layer answers as before. Compare `state_dict()`s after every freeze.

# %% [markdown] tags=["instructor"]
# The BatchNorm trap fails silently. Without the extra, the first cell thaws `counts` instead.
#
# - Let the room say what may move before the table; most say *nothing*, as no gradient is computed.
# - Usual question: is it always bad to adapt the averages? No: for a new kind of picture it may even help. Here nobody asked for
#   it, and it broke the answers of somebody else.

# %% [markdown] part="mistakes" tags=["instructor"]
# - In exercise 7.2: `model.eval()` for everything, which also stops Dropout; or holding every BatchNorm, also those that should learn.

# %% [markdown] minutes=8
# ## 7.5 What wins, with how many labels?
#
# `benchmarks/transfer.py` trained six ways: the compact network from scratch; `counts` (*in-domain*), frozen or thawed;
# EfficientNet (*ImageNet*), frozen, with its last block or all layers thawed. A draw gives the same molecules to all.

# %% [markdown] tags=["question"]
# Rank the six ways for 50 molecules, then for 500.

# %% [markdown] tags=["slide"]
# - Several draws of each size, never one
# - Paired: each seed, the same molecules for all
# - Decisions *and* ranking

# %%
recorded = datasets.recorded("transfer")
print(f"recorded on {recorded.date} by {recorded.command}, torch {recorded.versions['torch']}")


# way → number of examples → the scores of five draws
def curves(task, metric):
    ways = recorded.values[task].items()
    return {way: {int(n): scores for n, scores in found[metric].items()} for way, found in ways}


def show_curves(task, metric, title):
    ways = curves(task, metric)
    medians = pd.DataFrame(ways).sort_index().map(np.median).T.round(2)
    said = ", ".join(f"{way} {row.tolist()}" for way, row in medians.iterrows())
    options = {"ylabel": metric.replace("_", " "), "chance": 0.5 if task == "molecules" else 1 / 7}
    figure = plotting.learning_panels(ways, title, xlabel=f"{task} to learn from", **options)
    plotting.show(figure, alt=f"Medians of {metric}, more {task} to the right: {said}")
    return medians


# %% tags=["slide"]
decisions = show_curves("molecules", "balanced_accuracy", "Decisions: dots are draws, gray: the other ways")

# %% tags=["slide"]
ranking = show_curves("molecules", "auc", "Ranking: the same networks, the same molecules")

# %% [markdown]
# > **Answer.** By decisions, with 50 molecules, a network from scratch is in most draws
# > hardly better than a coin, and both frozen networks are far ahead. By ranking it is level with the large frozen one; with 150 and 500 it ranks better. With 500
# > only the thawed in-domain network ranks above it in every draw.
#
# Again a cut-off may lie in the wrong place. So all ways were trained with 50 molecules once more, in ten draws, and each cut-off was
# set again on 108 further molecules whose answers no network had seen. (The in-domain one had seen most of these drawings.)

# %% tags=["slide"]
few = datasets.recorded("cut_offs")
medians = pd.DataFrame(few.values).map(np.median).T
table = medians[["balanced_accuracy", "balanced_accuracy_reset", "auc"]].copy()
home = np.array(few.values["in-domain, frozen"]["auc"])
table["in-domain, frozen, ranks better in"] = [(home > found["auc"]).sum() for found in few.values.values()]
table["150 to learn from, no reset"] = decisions[150]
print(f"50 to learn from, medians of ten draws; {few.date}, {few.command}")
table.round(2)

# %% [markdown]
# With its cut-off set again, learning from scratch is level with the large frozen network: it had learned about as much. The frozen
# in-domain network often leads. Is it the bonds, the style of drawing, or the counts? We did not separate them. The 108 labels
# were a probe, no recipe: with 150 to learn from, every way decides better.
#
# **When to fine-tune?** Compare a thawed network with its frozen self, draw by draw.

# %% tags=["exercise"]
# Exercise 7.3: each seed draws the same molecules for both. With 500 of them, in how many of the five
# seeds does `thawed` beat `frozen` by decisions, and in how many by ranking? Give two numbers.
ways = {metric: curves("molecules", metric) for metric in ("balanced_accuracy", "auc")}
thawed = np.array([ways[metric]["in-domain, all layers"][500] for metric in ways])
frozen = np.array([ways[metric]["in-domain, frozen"][500] for metric in ways])
### BEGIN SOLUTION
won = (thawed > frozen).sum(axis=1)
### END SOLUTION
checks.seeds_won(won, thawed, frozen)


# %%
def draws_won(thawed, frozen):
    return {n: np.greater(thawed[n], frozen[n]).sum() for n in (50, 150, 500)}


pairs = {"ImageNet, last block": "ImageNet, frozen", "in-domain, all layers": "in-domain, frozen"}
table = {(way, m): draws_won(ways[m][way], ways[m][pairs[way]]) for way in pairs for m in ways}
pd.DataFrame(table).rename_axis("draws of five won by thawing")

# %% [markdown]
# With 50 labels thawing mostly loses by decisions. By ranking it hurts the in-domain network, and helps the large one in most draws. With 500
# both rank better in every draw; by decisions the large one alone. So compare both, on validation molecules.
#
# This compares recipes, not networks alone: epochs and rates were set beforehand and differ. The
# dots show draws and starts; the test is one set, with few molecules that are not aromatic.

# %% [markdown] tags=["instructor"]
# Ask who would have bet on the large network. Show the decisions, let the room draw its conclusion, then show the ranking.
#
# - Ask what it would take to bet safely: a pilot judged on molecules that are not the test. Were 108 labels better spent on learning?

# %% [markdown] part="mistakes" tags=["instructor"]
# - In exercise 7.3: comparing medians. The seeds are pairs.

# %% [markdown] minutes=2 optional=true
# ## 7.6 And where there are no molecules?
#
# Seven textures: tissue, a retina, the moon, galaxies, brick, gravel, grass. We learn from patches of the left half of each picture and
# test on the right half, without color, at equal brightness and contrast.

# %% [markdown] tags=["slide"]
# - Seven textures
# - *This picture in its other half*: no more than that

# %% tags=["slide"]
textures = datasets.load_textures()
shown = [np.flatnonzero(textures.test_labels == label)[5] for label in range(7)]
figure = plotting.pictures(textures.test_images[shown], textures.names, columns=7)
plotting.show(figure, alt="A patch of each of seven textures: " + ", ".join(textures.names))

# %% [markdown] tags=["question"]
# With fourteen patches, two of each class, what will the frozen network reach? One answer in seven is right by chance.

# %% tags=["slide"]
decisions = show_curves("textures", "balanced_accuracy", "Seven textures, decisions: dots are draws")
fourteen = pd.DataFrame(curves("textures", "auc")).T[14].map(np.median)
pd.DataFrame({"decisions, 14 patches": decisions[14], "ranking, 14 patches": fourteen}).round(2)

# %% [markdown]
# > **Answer.** The frozen network decides better than one from scratch, at every size. With 14 patches
# > thawing its last block helps further.
#
# The networks differ in more than the photographs, so we do not know what helped. And the task is *this picture in its other
# half*, not *another microscope*.
#
# Online, others load by name: `models.online_backbone("resnet18")`.

# %% tags=["solution"]
moon = skimage.data.moon().astype(int)
print("moon: each second pixel differs from its left neighbor by", np.abs(moon[:, 1::2] - moon[:, ::2]).max())

# %% [markdown] tags=["instructor"]
# Ask for a fair test of a texture classifier: several samples of each material, split by *sample*, like molecules by scaffold.
#
# - A picture carries marks of its past. The moon was once enlarged by doubling its pixels, as your cell above shows: no crater is
#   needed to know it again.

# %% [markdown]
# ## Summary
#
# - A pretrained network is features and a preparation. A wrong preparation fails silently.
# - Frozen features decide well at once. That does not say that they know more.
# - Frozen weights are not enough: hold BatchNorm in evaluation mode.
# - For drawings, a small network pretrained near the question ranked at least as well as a large one from photographs.
# - One run at 50 labels is an anecdote: draw several times, and judge the ranking, too.

# %% [markdown]
# ## Where this connects
#
# **04b_HuggingFace**: the idea with language models.
#
# Next: [08 · From picture to property](08_from_picture_to_property.ipynb).

# %% [markdown]
# ## Sources
#
# - EfficientNet: Tan & Le (2019), [arXiv:1905.11946](https://arxiv.org/abs/1905.11946). Transfer from ImageNet: Kornblith
#   *et al.* (2019), [arXiv:1805.08974](https://arxiv.org/abs/1805.08974).
# - BatchNorm: Ioffe & Szegedy (2015), [arXiv:1502.03167](https://arxiv.org/abs/1502.03167).
# - Discriminative rates: Howard & Ruder (2018), [doi:10.18653/v1/P18-1031](https://doi.org/10.18653/v1/P18-1031).
# - BRICS: Degen *et al.* (2008), [doi:10.1002/cmdc.200800178](https://doi.org/10.1002/cmdc.200800178).
# - Pretraining on computed labels of molecules: ChemNet, Goh *et al.* (2017), [arXiv:1712.02734](https://arxiv.org/abs/1712.02734).
# - Pictures: scikit-image's `skimage.data` ([details](../docs/data.md)).
