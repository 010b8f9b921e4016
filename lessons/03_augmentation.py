# %% [markdown]
# # 03 · Augmentation
#
# After this lesson you will be able to
#
# - tell which changes of a picture keep its label, and for which label;
# - fill the corners that a rotation uncovers with paper;
# - say why a mirror image is not harmless in chemistry;
# - draw a change for each picture of a batch, and split data before augmenting it;
# - measure whether augmentation helps, and against what.
#
# You need: *channels*, *uint8*, and *ink*, 0 on paper and 1 at full ink ([lesson 01](01_images_as_data.ipynb), 1.3–1.4). Section 3.5 trains a
# network; [lesson 04](04_convolutional_networks.ipynb) explains how.

# %% tags=["setup"]

# %%
import numpy as np
import pandas as pd
import torch
from PIL import Image
from rdkit import Chem
from rdkit.Chem import rdDepictor
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

from workshop_utils import checks, datasets, demos, depiction, evaluation, models
from workshop_utils import molecules, plotting, splits, training
from workshop_utils.augmentation import Augmenter

# %% [markdown] minutes=8
# ## 3.1 Which changes keep the label?
#
# A network that has seen each molecule in one position, on clean paper, may come to depend on both. **Augmentation** shows
# it changed pictures of the same molecule, under the same label. (SMOTE, in the earlier notebook 03_Classification, invented rows between two molecules; here
# nothing is invented.) These are the usual changes, nearly all of them one call of torchvision.

# %% [markdown] tags=["slide"]
# - The picture changes, the label stays
# - Which label? That decides what is allowed

# %% tags=["long", "slide"]
acid = "N[C@H](c1ccc(Cl)cc1)C(=O)O"
style = depiction.DepictionStyle(size=200, line_width=3, palette="color")
drawing = Image.fromarray(depiction.draw(acid, style))
noise = np.random.default_rng(0).normal(0, 60, (200, 200, 3))
smooth = v2.InterpolationMode.BILINEAR
changed = {
    "the drawing": drawing,
    "brightness": F.adjust_brightness(drawing, 0.6),
    "contrast": F.adjust_contrast(drawing, 0.4),
    "saturation": F.adjust_saturation(drawing, 0),
    "Gaussian noise": np.clip(drawing + noise, 0, 255).astype(np.uint8),
    "shift": F.affine(drawing, 0, translate=[30, -20], scale=1, shear=[0], fill=255),
    "scale": F.affine(drawing, 0, [0, 0], scale=0.6, shear=[0], interpolation=smooth, fill=255),
    "crop": F.resized_crop(drawing, top=20, left=60, height=120, width=120, size=[200, 200]),
    "pad": F.resize(F.pad(drawing, [40], fill=255), [200, 200]),
}
figure = plotting.pictures(list(changed.values()), list(changed), columns=5)
plotting.show(figure, alt="A color drawing and eight changes; shift and crop lose atoms")

# %% [markdown]
# The shift has pushed chlorine off the paper, and the crop has cut both it and the acid. Is that still the same label? It depends on the
# question. We take two: *does it have a ring?*, and *which compound is it?*, handedness included. (A third, *how long is a bond?*,
# would not survive scaling.) Here is 3-chloropyrrolidine, with eight changed pictures of it.

# %% tags=["slide"]
quiz = checks.label_quiz()
figure = plotting.pictures(list(quiz.values()), list(quiz), columns=5)
plotting.show(figure, alt="3-Chloropyrrolidine, then eight changed pictures of it, A to H")

# %% tags=["exercise"]
# Exercise 3.1: which letters still show a ring, and which the same compound? Answer with letters,
# such as "ACE".
### BEGIN SOLUTION
still_a_ring = "ABCEFGH"
same_compound = "ACEFG"
### END SOLUTION
checks.keeps_label(still_a_ring, same_compound)

# %% [markdown] tags=["instructor"]
# Let the room vote by hand for each letter before anyone types. If E and F divide it, do not settle them yet.
#
# - Ask for a label that scale would spoil: any length, such as the size of a crystal in a micrograph.
# - Brightness in this convention grays the paper. On ink it leaves paper alone: 3.3.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Calling E a mirror image. Layout *and* wedge have changed; the two cancel.

# %% [markdown] minutes=8
# ## 3.2 Geometry: what fills the corners, what a mirror does

# %% [markdown] tags=["question"]
# A turn by 30° uncovers four corners. What does torchvision fill them with?

# %% [markdown] tags=["slide"]
# - What a turn uncovers must be paper
# - What is paper? Ask the convention

# %% tags=["slide"]
turned = {"default": F.rotate(drawing, 30)}
turned |= {f"fill={fill}": F.rotate(drawing, 30, fill=fill) for fill in (1, 255)}
uncovered = np.asarray(F.rotate(Image.new("L", (200, 200), 255), 30)) == 0
title = f"A turn by 30° uncovers {uncovered.mean():.1%} of the paper"
figure = plotting.pictures(list(turned.values()), list(turned), suptitle=title)
plotting.show(figure, alt="Turned by 30 degrees: corners black, nearly black with fill=1, white with 255")

# %% [markdown]
# With 0, unless you say otherwise. In uint8 that is black: white is 255, and even 1 is nearly black.
#
# Black corners tell that a picture was turned, and a network can come to depend on them. Lesson 04 measures what happens when it
# is then tested on pictures without them.
#
# A second trap has the same cause. Networks often get `Normalize(0.5, 0.5)`: minus 0.5, divided by 0.5, so paper is +1 and ink −1. But a convolution
# (lesson 04) surrounds each picture with zeros, and zero is then gray. Here is blank paper, averaged over 3 × 3
# pixels with that border, in both conventions.

# %% tags=["slide"]
white = v2.Normalize([0.5], [0.5])(torch.ones(1, 5, 5))
average = torch.nn.AvgPool2d(3, stride=1, padding=1)
means = [average(paper)[0] for paper in (white, torch.zeros(1, 5, 5))]
titles = ("white paper, normalized", "paper as ink")
figure = plotting.numbers(*means, titles=titles, limits=(-1, 1))
plotting.show(figure, alt="Means of blank paper: normalized white fades at its border, ink is 0")

# %% [markdown]
# Normalized white paper gets a frame that is not there. As ink, paper is 0, and every zero that is filled in is paper.

# %% tags=["exercise"]
# Exercise 3.2: which fill is paper in a uint8 drawing, in a float drawing from 0 to 1, in the
# latter after Normalize(0.5, 0.5), and in ink?
### BEGIN SOLUTION
in_uint8, in_float, in_normalized, in_ink = 255, 1, 1, 0
### END SOLUTION
checks.paper_fills(in_uint8, in_float, in_normalized, in_ink)

# %% [markdown]
# Now the mirror. RDKit can *read* a drawing: from wedges and coordinates it finds (R) or (S). We mirror the coordinates of (S)-alanine, keep
# the wedges as they are, and let it read again.

# %%
alanine = molecules.parse("C[C@H](N)C(=O)O")
rdDepictor.Compute2DCoords(alanine)
Chem.WedgeMolBonds(alanine, alanine.GetConformer())
mirrored = Chem.Mol(alanine)
for atom, (x, y, z) in enumerate(alanine.GetConformer().GetPositions()):
    mirrored.GetConformer().SetAtomPosition(atom, (-x, y, z))
Chem.AssignChiralTypesFromBondDirs(mirrored)
Chem.AssignStereochemistry(mirrored, cleanIt=True, force=True)

# %% tags=["slide"]
first, chloro = depiction.depict(alanine), depiction.depict("Clc1ccccc1")
grid = [first, np.fliplr(first), depiction.depict(mirrored), np.fliplr(chloro)]
left, right = (molecule.GetAtomWithIdx(1).GetProp("_CIPCode") for molecule in (alanine, mirrored))
titles = [f"read as ({left})", "mirrored picture", f"read as ({right})", "mirrored C₆H₅Cl"]
figure = plotting.pictures(grid, titles)
plotting.show(figure, alt="(S)-Alanine, its mirrored picture, (R)-alanine, Cl backwards")

# %% [markdown]
# The mirrored picture is a drawing of the other enantiomer, with letters backwards. For a ring label that is harmless. For a label
# such as optical rotation or taste it is an error.
#
# Turns do no such harm: they stay in the plane. Two reflections make a rotation: F in the quiz. In E the layout was mirrored *and*
# the wedge swapped; the two cancel.

# %% [markdown] tags=["instructor"]
# Ask who has used a flip because a tutorial did. Then return to E and F of the quiz.
#
# - "Padding of 0 is nothing": it is a value like any other, and means what the convention makes of it.
# - The course's `Augmenter` can flip, and does not by default; its help says why.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Exercise 3.2: 1 for uint8, and 0 for normalized pictures.

# %% [markdown] minutes=8
# ## 3.3 The pipeline, from one to eight
#
# Several random changes in a row make a *pipeline*. Here it runs eight times. Jitter varies brightness, contrast and saturation.
# There are no flips.

# %% [markdown] tags=["slide"]
# - Several random changes in a row: a *pipeline*
# - Split first, augment afterwards

# %% tags=["slide"]
turn = v2.RandomRotation(30, interpolation=smooth, fill=255)
move = v2.RandomAffine(0, translate=(0.05, 0.05), scale=(0.7, 1), interpolation=smooth, fill=255)
jitter = v2.ColorJitter(brightness=0.3, contrast=0.3, saturation=0.5)
pipeline = v2.Compose([turn, move, jitter])
with training.seeded(0):
    eight = {str(n): pipeline(drawing) for n in range(1, 9)}
figure = plotting.pictures([drawing, *eight.values()], ["the drawing", *eight], columns=5)
plotting.show(figure, alt="A drawing and eight draws: turned, shifted, scaled, other tones")

# %% [markdown]
# Brightness grays the paper, as a scanner would. The course's `Augmenter` works on ink, where multiplying leaves paper at 0; only
# noise marks it.

# %% tags=["slide"]
moves = {"rotation": 30, "translation": 0.05, "scale": (0.7, 1)}
recipe = Augmenter(**moves, brightness=0.5, contrast=0.5, noise=0.05)
thick = depiction.DepictionStyle(size=160, line_width=3)
batch = torch.tensor(depiction.depict_many([acid] * 8, thick))
drawn = recipe(batch, generator=0)
figure = plotting.pictures(drawn, columns=4, suptitle="Eight draws of the Augmenter")
plotting.show(figure, alt="Eight draws on ink: moved, scaled, paler or darker, a little noisy")

# %% [markdown]
# Now a *batch*, several pictures in one array, goes in at once.

# %% [markdown] tags=["question"]
# A batch of four equal pictures goes through a random turn in *one* call. Will the four come out equal?

# %% tags=["slide"]
with training.seeded(1):
    together = v2.RandomRotation(180, interpolation=smooth)(batch[:4])
apart = Augmenter(rotation=180)(batch[:4], generator=2)
titles = ["torchvision, one call"] * 4 + ["Augmenter, one call"] * 4
figure = plotting.pictures([together, apart], titles, columns=4)
plotting.show(figure, alt="Upper row: all turned alike; lower row: each turned its own way")

# %% [markdown]
# They come out equal: torchvision draws once for a call, so a whole batch tilts alike. Call it for each picture, or use a tool
# that draws for each.
#
# Another trap lies in tensors. With smooth interpolation, torchvision (up to 0.29 at least) leaves a
# [seam](https://github.com/pytorch/vision/issues/8083) on white paper where the old border was, in spite of the right fill. On ink there is none.
#
# Have we multiplied the data set, then? No: eight pictures of one molecule are still one molecule. They teach what does
# *not* matter. And a split must keep them together.

# %% tags=["exercise"]
# Exercise 3.3: 100 molecules, 9 pictures each, split by picture. Which share of the test pictures
# has a sibling, that is, a picture of the same molecule, in training?
molecule_id = np.repeat(np.arange(100), 9)
shuffled = np.random.default_rng(0).permutation(900)
train, test = shuffled[:720], shuffled[720:]
### BEGIN SOLUTION
leaked = np.isin(molecule_id[test], molecule_id[train]).mean()
### END SOLUTION
checks.leaked_share(leaked)

# %% [markdown]
# Turn all the knobs at once ([a still](../docs/frames/augmentation_playground.png)). When does a molecule stop being readable?

# %%
demos.augmentation_playground()

# %% [markdown] tags=["instructor"]
# Hide the lower row, and ask what a network learns in a batch where everything tilts alike.
#
# - Exercise 3.3: collect guesses first. With eight siblings, a picture is practically never alone.
# - SMOTE before the split is the same error; ask who remembers where it stood in 03_Classification.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Augmenting first and splitting afterwards, which makes the test a test of memory.

# %% [markdown] minutes=4 optional=true
# ## 3.4 The chemist's own: draw it again
#
# One molecule has many drawings. A SMILES written in another order often gets another layout; line width, palette and letters are matters of taste.

# %% [markdown] tags=["question"]
# Nicotine is written as 20 random SMILES. How many different drawings result?

# %% [markdown] tags=["slide"]
# - One molecule, many drawings
# - SMILES order, line width, palette, letters

# %% tags=["slide"]
nicotine = "CN1CCC[C@H]1c1cccnc1"
spellings = Chem.MolToRandomSmilesVect(molecules.parse(nicotine), 20, randomSeed=1)
drawings = []
for picture in map(depiction.depict, spellings):
    if all(np.abs(picture - other).mean() > 0.01 for other in drawings):  # not the same by eye
        drawings.append(picture)
compounds = {molecules.canonical_smiles(spelling) for spelling in spellings}
title = f"{len(set(spellings))} SMILES, {len(drawings)} drawings, {len(compounds)} compound"
figure = plotting.pictures(drawings, columns=4, suptitle=title)
plotting.show(figure, alt="Nicotine from random SMILES: other layouts, each with its wedge")

# %% tags=["slide"]
ways = {"line_width": 4, "palette": "color", "font_size": 20, "engine": "coordgen", "size": 48}
styles = [depiction.DepictionStyle(**{name: value}) for name, value in ways.items()]
drawn = [depiction.draw(nicotine, style) for style in [depiction.DepictionStyle(), *styles]]
titles = ["standard", *(f"{name}={value}" for name, value in ways.items())]
figure = plotting.pictures(drawn, titles, columns=3)
plotting.show(figure, alt="Nicotine: standard, thick, colored, big letters, CoordGen, coarse", width=800)

# %% [markdown]
# There are far fewer drawings than SMILES, because many orders of the atoms lead to the same layout. All of them keep every label of
# the compound, handedness included: RDKit sets each wedge anew. (Whether a picture as coarse as the last still *shows* the wedge is
# another question.) They vary what differs between journals and programs. Lesson 06 asks how a network fares that saw one style only.

# %% [markdown] tags=["instructor"]
# Expect the guess 20. Ask which of the drawings are turned or mirrored copies of each other, wedge set anew.
#
# - Ask which publisher's style the room would recognize at a glance. A network may, too.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Taking re-drawing for new molecules. Count the compounds in the title.

# %% [markdown] minutes=12
# ## 3.5 Does it help?
#
# So far this lesson has argued. Now it measures. The same network is trained twice on *does it have a ring?*: once on the drawings as
# they are, once with each drawing turned at random, anew in every epoch (pass over the data). The best epoch is chosen on upright validation drawings. Both networks then see the same test molecules in
# three versions.

# %% [markdown] tags=["slide"]
# - The same training, with and without turns
# - Asked on upright, turned and noisy drawings

# %% tags=["slide"]
smiles = datasets.load_esol()["smiles"]
has_ring = np.array([molecules.has_ring(one) for one in smiles]).astype(int)
roomy = depiction.DepictionStyle(size=64, padding=0.15)  # a border so wide that turns lose no atom
images = depiction.depict_many(smiles, roomy)
split = splits.train_val_test(smiles, has_ring, seed=0)

tests = {"upright": images[split.test]}
tests["turned"] = Augmenter(rotation=180)(tests["upright"], generator=0)
tests["noisy"] = Augmenter(noise=0.2)(tests["upright"], generator=0)
figure = plotting.pictures([pictures[3] for pictures in tests.values()], list(tests))
plotting.show(figure, alt="One test molecule three times: upright, turned, and with gray noise")


# %% [markdown]
# `augment=` hands each batch to the `Augmenter` before the network sees it; [lesson 04](04_convolutional_networks.ipynb) opens
# the loop inside `fit`.


# %%
def trained(augment):
    options = {"optimizer": "adamw", "learning_rate": 3e-3, "weight_decay": 0.01, "schedule": "one_cycle"}
    learn, choose = (training.MolecularImageDataset(images[rows], has_ring[rows]) for rows in split[:2])
    with training.seeded(0):
        model = models.CompactCNN()
    training.fit(model, learn, choose, epochs=8, seed=0, augment=augment, **options)
    return model


def judged(model):
    rows = {}
    for name, pictures in tests.items():
        report = evaluation.evaluate(has_ring[split.test], training.predict_proba(model, pictures))
        rows[name] = {"balanced accuracy": report.balanced_accuracy, "AUC": report.auc}
    return pd.DataFrame(rows).T


# %% [markdown] tags=["question"]
# Where will the network that learned from turned drawings be better, and where worse?

# %%
without = judged(trained(augment=None))
with_turns = judged(trained(augment=Augmenter(rotation=180)))
pd.concat({"no changes": without, "turns": with_turns}, axis=1).round(3)

# %% [markdown]
# [Balanced accuracy](../docs/glossary.md) judges the decisions: it is the mean of the accuracies of the two classes, and a coin reaches 0.5. Turns in
# training repair the decisions on turned drawings, and cost next to nothing on upright ones. Noisy drawings stay badly decided with either.
#
# The [AUC](../docs/glossary.md) judges the ranking: how often does a drawing with a ring get a higher score than one without? It is nearly perfect
# everywhere. So the first network *knows* most of what it needs on turned and on noisy drawings. Its decisions fail because its
# cut-off, a probability of 0.5, no longer lies between the two classes.
#
# One seed is an anecdote. Five were recorded, each with a split of its own, and with two more recipes. The table gives their
# medians. For its last column the cut-off was reset on validation drawings, changed like the test drawings.

# %%
recorded = datasets.recorded("augmentation")
runs = pd.DataFrame(recorded.values["runs"]).set_index(["test", "recipe", "seed"])
runs.groupby(level=["recipe", "test"], sort=False).median().round(3)

# %% tags=["slide"]
gain = runs.xs("turns", level="recipe") - runs.xs("none", level="recipe")  # same seed, same molecules
dots = {f"{test}: {score}": gain.loc[test, score] for test in tests for score in gain}
figure = plotting.repeats(dots, "What turns change, seed by seed", xlabel="with turns minus without")
plotting.show(figure, alt="What turns change in three scores, for three kinds of drawing", width=800)
print(f"recorded on {recorded.date} by: {recorded.command}")

# %% [markdown]
# Each dot compares two networks that share split and seed. On turned drawings, turns in training help in every seed: the decisions much, the
# ranking hardly, as it was nearly perfect before. On upright drawings they change little. On noisy ones most seeds
# decide worse. There noise in training helps, as the table shows. Both together cost a little on upright drawings. **Augmentation prepares for what it varies.**
#
# The other remedy is a new cut-off. On noisy drawings it is nearly enough. On turned ones a part of the loss remains. And it needs
# labeled drawings of the new kind, whereas augmentation only needs to know what will change.
#
# What this does not show: rings are an easy question, the noise is our own, and our turns also blur. Another question deserves its own measurement.

# %% tags=["exercise"]
# Exercise 3.4: your scanner delivers drawings that lie any way up, and noisy ones. Choose the changes
# before you train: the scores are of test drawings. They should be good on all three kinds.
### BEGIN SOLUTION
my_recipe = Augmenter(rotation=180, noise=0.2)
my_scores = judged(trained(augment=my_recipe))
### END SOLUTION
checks.robust_training(my_recipe, my_scores)

# %% [markdown] tags=["instructor"]
# Before the two trainings run, draw a table of three rows on the board, *upright*, *turned*, *noisy*, and let the room fill in *better*,
# *worse* or *the same*.
#
# - Five of these minutes are for the exercise, in which everybody trains a third network. Ask who tried turns of 30° first.
# - Ask which remedy fits their own pictures: are there labels for the new kind, or only an idea of what will change?

# %% [markdown] part="mistakes" tags=["instructor"]
# - Taking a balanced accuracy of 0.7 for ignorance. Look at the AUC beside it.
# - Exercise 3.4: noise far weaker than that of the test, or turns by a few degrees only.

# %% [markdown]
# ## Summary
#
# - A change is allowed if it keeps the answer to *your* question.
# - What is filled in must be paper. As ink, paper is 0.
# - Mirrored, a chiral drawing shows the other enantiomer; turned or drawn again, the same.
# - Each picture of a batch gets a change of its own. Split first, augment afterwards.
# - Augmented copies are no new molecules.
# - Augmentation prepares for what it varies. Measure decisions and ranking, seed by seed.

# %% [markdown]
# ## Where this connects
#
# - **03_Classification**: SMOTE fills a class with invented rows; augmentation repeats known ones under changes that do not matter.
# - **04_PyTorch** and lesson 04: the loop inside `training.fit`.
# - **04b_HuggingFace**: the mean and std of an image processor are a `Normalize`; ask what paper becomes.
# - **05_LLMs**: random SMILES are the same idea for text.
#
# Next: [04 · Convolutional networks](04_convolutional_networks.ipynb).

# %% [markdown]
# ## Sources
#
# - torchvision, [Transforms v2](https://docs.pytorch.org/vision/stable/transforms.html)
# - E. J. Bjerrum, SMILES enumeration (2017), [arXiv:1703.07076](https://arxiv.org/abs/1703.07076)
# - N. V. Chawla et al., SMOTE, *J. Artif. Intell. Res.* 16 (2002) 321, [doi:10.1613/jair.953](https://doi.org/10.1613/jair.953)
