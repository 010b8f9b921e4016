# %% [markdown]
# # 07 · Transfer learning
#
# After this lesson you will be able to
#
# - use a network that others have trained, and feed it as it expects;
# - turn pictures into features, and learn from 50 labels with them;
# - pretrain on labels that cost nothing, without giving the answer away;
# - read learning curves, and say when transfer helps and when it does not.
#
# **40 minutes** · needs no other lesson

# %% tags=["setup"]

# %%
import numpy as np
import pandas as pd
import skimage.data
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from workshop_utils import checks, datasets, depiction, models, molecules, plotting, splits

# %% [markdown]
# ## 7.1 A network that knows photographs
#
# EfficientNet-Lite0 learned to name a million photographs, in 1000 classes: *ImageNet*. Its weights came with the course. Where they are
# missing, the next cell says what to install; most of the rest works without.

# %% [markdown] tags=["slide"]
# - EfficientNet-Lite0: a million photographs, 1000 classes
# - It wants numbers prepared as in its training

# %% tags=["slide"]
photos = {"cat": skimage.data.chelsea(), "coffee": skimage.data.coffee()}
try:
    backbone = models.imagenet_backbone()
    guesses = [backbone.classify(photo, k=1)[0] for photo in photos.values()]
    titles = [f"{name}, {probability:.2f}" for name, probability in guesses]
    figure = plotting.pictures(list(photos.values()), titles, columns=2, suptitle="Two guesses")
    plotting.show(figure, alt=f"A photograph of a cat and one of a cup, called {' and '.join(titles)}")
except ModuleNotFoundError as missing:
    backbone = None
    print(missing)

# %% [markdown]
# A network expects numbers prepared as in its training. This one wants −1 for black and +1 for white. Others want other numbers.
#
# > **Predict first.** What will it see in the photographs if the scale is wrong: 0 to 1, or 0 to 255?

# %% tags=["slide"]
wrong = {
    "right: −1 to 1": lambda x: x,
    "0 to 1": lambda x: (x + 1) / 2,
    "0 to 255": lambda x: (x + 1) / 2 * 255,
    "colours inverted": lambda x: -x,
}
if backbone:
    table = pd.DataFrame(index=wrong, columns=photos)
    for name, photo in photos.items():
        for change, spoil in wrong.items():
            logits = backbone.classifier(backbone.network(spoil(backbone.from_photo(photo))))
            table.loc[change, name] = "{}, {:.2f}".format(*backbone.name(logits[0], k=1)[0])
    print(table)

# %% [markdown]
# Nothing fails. A slight error costs some certainty, which you would never notice; a large one gives nonsense, just as calmly. So
# the preparation belongs to the network here: `from_photo` and `from_ink` make it.

# %% [markdown] tags=["instructor"]
# **8 minutes.** Let the room guess what an inverted cat is.
#
# - Most expect a disaster from every wrong scale. BatchNorm and a million pictures make the network tolerant: that is the trap.
# - If the extra is missing: the recorded curves of 7.5 still show what these features are worth.

# %% [markdown]
# ## 7.2 Features for a new question
#
# Lesson 06's harder question: *among ring molecules, is there an aromatic ring?* Suppose that each label costs a
# measurement, and you can pay for 50, 150 or 500.

# %% [markdown] tags=["slide"]
# - Frozen network: 1280 numbers for each picture
# - A fresh last layer: logistic regression
# - 50, 150 or 500 labels

# %%
smiles = np.array([m for m in datasets.load_esol()["smiles"] if molecules.has_ring(m)])
aromatic = np.array([molecules.has_aromatic_ring(m) for m in smiles]).astype(int)
images = depiction.depict_many(smiles, depiction.DepictionStyle(size=128))
pool, test = splits.grouped_kfold(smiles, aromatic, n_splits=4, seed=0)[0]
print(f"to learn from: {len(pool)}; test: {len(test)}, not aromatic: {(aromatic[test] == 0).sum()}")

# %% [markdown]
# The last layer names photographs; we leave it away. What it reads are 1280 numbers for each picture, an *embedding*. The network
# stays as it is (*frozen*), so each picture goes through it once.

# %%
if backbone:
    embeddings = models.embed(backbone, images, size=128)
    print(embeddings.shape)

# %% [markdown]
# A fresh last layer does the rest: a logistic regression. With more features than molecules it must be held back, and how
# strongly is chosen by cross-validation, *within* the molecules that it learns from.


# %%
def scores(features, labels, rows, test):
    """Learn from these rows; balanced accuracy of the test."""
    folds = StratifiedKFold(min(5, np.bincount(labels[rows]).min()), shuffle=True, random_state=0)
    layer = LogisticRegression(class_weight="balanced", solver="newton-cg", max_iter=1000)
    strengths = {"logisticregression__C": np.logspace(-5, -1, 5)}
    model = make_pipeline(StandardScaler(), layer)
    model = GridSearchCV(model, strengths, scoring="neg_log_loss", cv=folds)
    # As float64: older scikit-learn fails on float32 here.
    answers = model.fit(features[rows].astype(float), labels[rows]).predict(features[test])
    return balanced_accuracy_score(labels[test], answers)


# %%
def learning_curve(features, labels, pool, test, sizes):
    """Five draws of each size, every class with its share."""

    def draw(n, seed):
        return train_test_split(pool, train_size=n, stratify=labels[pool], random_state=seed)[0]

    return {n: [scores(features, labels, draw(n, seed), test) for seed in range(5)] for n in sizes}


live = {}
if backbone:
    live["ImageNet, frozen"] = learning_curve(embeddings, aromatic, pool, test, (50, 150, 500))
    print({n: np.round(values, 2).tolist() for n, values in live["ImageNet, frozen"].items()})

# %% [markdown]
# Look how far the five scores with 50 molecules lie apart. A single run would have told you a story.

# %% tags=["exercise"]
# Exercise 7.1: how many parameters has the fresh last layer: 1280 features in, two answers out?
### BEGIN SOLUTION
parameters = 1280 * 2 + 2
### END SOLUTION
checks.head_parameters(parameters)

# %% [markdown] tags=["instructor"]
# **10 minutes.** Ask what the test is for, and what chooses the strength (not the test). Write on the board: features frozen, labels few.
#
# - Usual mistake in the exercise: forgetting the offsets. The point is the size: more numbers than labels.
# - Why balanced accuracy: four in five of these molecules are aromatic.

# %% [markdown]
# ## 7.3 The rival from home: labels that cost nothing
#
# ImageNet has no bonds. RDKit counts rings, atoms and bonds for nothing; and there are more molecules than ESOL's. *BRICS* cuts molecules where
# chemists would, and joins the pieces anew. No test molecule may come out.

# %% [markdown] tags=["slide"]
# - ImageNet has no bonds
# - BRICS: new molecules from old pieces
# - RDKit labels them for nothing: heavy atoms · rings · nitrogen atoms · rotatable bonds · aromatic atoms · share of sp3 carbons

# %% tags=["slide"]
new = molecules.recombined(smiles[pool][:80], 6, seed=0, without=smiles[test])
figure = plotting.pictures(depiction.depict_many(new), columns=6, suptitle="New molecules from old pieces")
plotting.show(figure, alt="Six new molecules built from fragments of the pool: " + ", ".join(new))

# %% [markdown]
# > **Predict first.** Which of these free labels must *not* be used, if the question will be *aromatic or not?*
#
# heavy atoms · rings · nitrogen atoms · rotatable bonds · aromatic atoms · share of sp3 carbons

# %% tags=["exercise"]
# Exercise 7.2: name those that give the answer away, in a list: ["…", "…"].
### BEGIN SOLUTION
cheats = ["aromatic atoms", "share of sp3 carbons"]
### END SOLUTION
checks.cheating_labels(cheats)

# %% [markdown]
# The network `counts`, the compact one of lesson 04, learned ten harmless counts from the pool and thousands of such molecules
# (`benchmarks/transfer.py`). The same protocol, with its 128 features:

# %%
counts = models.load_pretrained("counts")
print(*counts.card["classes"], sep=", ")
known = models.embed(counts, images)
live["in-domain, frozen"] = learning_curve(known, aromatic, pool, test, (50, 150, 500))

# %% [markdown] tags=["instructor"]
# **8 minutes.** The free label here *is* the answer, since RDKit knows what is aromatic: we play that it costs a measurement. In
# real work the costly label is a yield, an activity, a solubility.
#
# - Usual mistake in the exercise: to ban the rings. They correlate; they do not answer.

# %% [markdown]
# ## 7.4 Thaw the network
#
# *Fine-tuning* lets the network itself learn on. Only its last block, or all of it, with small steps for what it learned first:
# edges are edges everywhere (*discriminative rates*).

# %% [markdown] tags=["slide"]
# - Fine-tuning: the network itself learns on
# - Small steps for what it learned first
# - The trap: BatchNorm's running means

# %% tags=["slide"]
body = backbone or counts
for name, kept in {"last block": 3, "all layers": len(models.blocks(body))}.items():
    tuned = models.InkClassifier(body, 2, size=128)
    models.freeze_all_but(tuned, models.last_blocks(tuned, kept))
    rates = [group["lr"] for group in models.parameter_groups(tuned, 1e-3, decay_per_block=0.85)]
    print(f"{name}: {models.count_parameters(tuned):,} learn, at rates {rates[0]:.0e} to {rates[-1]:.0e}")

# %% [markdown]
# A trap: BatchNorm keeps running means of what passes through it, and updates them in training, *frozen or not*. Here a frozen
# BatchNorm stays as it was:

# %%
models.freeze_all_but(tuned, ["classifier"])
tuned.train()
normalised = [layer for layer in tuned.modules() if isinstance(layer, torch.nn.BatchNorm2d)]
before = normalised[0].running_mean.clone()
tuned(torch.tensor(images[:16]))
print("moved by", (normalised[0].running_mean - before).abs().max().item())

# %% [markdown]
# Fine-tuning takes minutes, so its results are recorded. In a script:
#
# ```python
# rates = lambda model: torch.optim.AdamW(models.parameter_groups(model, 1e-3, decay_per_block=0.85))
# training.fit(tuned, train, validation, epochs=8, seed=0, batch_size=16, optimizer=rates, schedule="one_cycle")
# ```

# %% [markdown] tags=["instructor"]
# **5 minutes.** The BatchNorm trap is the commonest silent bug of fine-tuning. Without the extra, the cell thaws `counts` instead.

# %% [markdown]
# ## 7.5 What wins, with how many labels?
#
# > **Predict first.** Five ways to learn. Rank them for 50 molecules, then for 500.

# %% [markdown] tags=["slide"]
# - Several draws of each size, never one
# - Paired: each seed, the same molecules for all

# %%
recorded = datasets.recorded("transfer")


def curves(task):
    arms = recorded.values[task].items()
    return {arm: {int(n): v for n, v in metrics["balanced_accuracy"].items()} for arm, metrics in arms}


def show_curves(task, live, title, chance):
    lines = curves(task) | live
    options = {"ylabel": "balanced accuracy", "chance": chance, "dashed": set(lines) - set(live)}
    figure = plotting.learning_curves(lines, title, xlabel=f"{task} to learn from", **options)
    table = pd.DataFrame({name: pd.Series(line).map(np.median) for name, line in lines.items()}).T.round(3)
    medians = ", ".join(f"{name} {values.tolist()}" for name, values in zip(table.index, table.values))
    plotting.show(figure, alt=f"Learning curves, median scores with more and more {task}: {medians}")
    print("highest median:", table.idxmax().to_dict())
    return table


# %% tags=["slide"]
print(f"dashed: recorded on {recorded.date} by {recorded.command}, torch {recorded.versions['torch']}")
show_curves("molecules", live, "Aromatic or not: median and range of five draws", 0.5)

# %% [markdown]
# No way wins everywhere. With 50 labels, both frozen networks are far ahead of learning from scratch, which is hardly better than a coin. With
# 150, the small network from home, which has seen bonds, leads. With 500, the large one wins once *all* of it may learn; with 50 that did
# harm. We tuned none of them: close medians are no verdict.

# %% tags=["exercise"]
# Exercise 7.3: each seed draws the same molecules for all. In how many of the five does `ours` beat
# `theirs`, with 50 of them?
ours, theirs = (np.array(curves("molecules")[name][50]) for name in ("in-domain, frozen", "ImageNet, frozen"))
### BEGIN SOLUTION
won = (ours > theirs).sum()
### END SOLUTION
checks.seeds_won(won, ours, theirs)

# %% [markdown] tags=["instructor"]
# **6 minutes.** Ask who would have bet on the large network. Then ask what it would take to bet safely: a pilot like this one.
#
# - Usual mistake in the exercise: comparing medians. The seeds are pairs.

# %% [markdown]
# ## 7.6 And where there are no molecules?
#
# Seven textures: tissue under a microscope, a retina, the moon, galaxies, and three materials. Learners get patches of the left
# half of each picture, the test those of the right. Colour is left out, brightness and contrast are made equal.

# %% [markdown] tags=["slide"]
# - Seven textures, two patches of each
# - *This picture in its other half*: no more than that

# %% tags=["slide"]
textures = datasets.load_textures()
order = [np.flatnonzero(textures.test_labels == k)[[5, 18]] for k in range(7)]
shown = np.concatenate([[rows[0] for rows in order], [rows[1] for rows in order]])
figure = plotting.pictures(textures.test_images[shown], [*textures.names] * 2, columns=7)
plotting.show(figure, alt="Two patches of each of seven textures: " + ", ".join(textures.names))

# %% [markdown]
# > **Predict first.** Two patches of each class to learn from: 14 pictures. What will the frozen network reach? One answer in seven
# > is right by chance.

# %% tags=["slide"]
live = {}
if backbone:
    patches = np.concatenate([textures.train_images, textures.test_images])
    labels = np.concatenate([textures.train_labels, textures.test_labels])
    embeddings = models.embed(backbone, patches, size=128)
    halves = np.split(np.arange(len(labels)), 2)
    live["ImageNet, frozen"] = learning_curve(embeddings, labels, *halves, (14, 42, 140))
show_curves("textures", live, "Seven textures: median and range of five draws", 1 / 7)

# %% [markdown]
# Photographs taught it textures: at every size it is far ahead of learning from scratch. With two patches a class, thawing its last block
# helps further.
#
# But this is *recognise this picture in its other half*. It does not say whether the network would know tissue from another microscope; and
# compression leaves marks, as on the moon, that a network may read.
#
# Online, others load by name: `models.online_backbone("resnet18")`, from timm or torchvision.

# %% [markdown] tags=["instructor"]
# **3 minutes.** Ask for a fair test of a texture classifier: several samples of each material, split by *sample*, like molecules by scaffold.

# %% [markdown]
# ## Summary
#
# - A pretrained network is features and a preparation. A wrong preparation fails silently.
# - Frozen features and a logistic regression: seconds, and few labels.
# - For drawings, a small network pretrained near the question kept up with a large one pretrained far from it. For textures, photographs
#   are near.
# - One run at 50 labels is an anecdote: draw several times.
#
# ## Where this connects
#
# - **04b_HuggingFace**: the same idea with language models.
# - **03_Classification**: the logistic regression, classes weighed equally.
#
# Next: lesson 08 predicts solubility from pictures, descriptors and both.
#
# ## Sources
#
# - EfficientNet: Tan & Le (2019), [arXiv:1905.11946](https://arxiv.org/abs/1905.11946). Do better ImageNet models transfer better: Kornblith
#   *et al.* (2019), [arXiv:1805.08974](https://arxiv.org/abs/1805.08974).
# - Discriminative rates: Howard & Ruder (2018), [doi:10.18653/v1/P18-1031](https://doi.org/10.18653/v1/P18-1031).
# - BRICS: Degen *et al.* (2008), [doi:10.1002/cmdc.200800178](https://doi.org/10.1002/cmdc.200800178).
# - Pretraining on computed labels of molecules: ChemNet, Goh *et al.* (2017), [arXiv:1712.02734](https://arxiv.org/abs/1712.02734).
# - Pictures: scikit-image's `skimage.data` (see `docs/data.md`).
