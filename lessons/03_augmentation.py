# %% [markdown]
# # 03 · Augmentation
#
# After this lesson you will be able to
#
# - tell which changes of a picture keep its label, and for which label;
# - fill what a turn uncovers with paper, in every kind of picture;
# - say why a mirror is no harmless change in chemistry;
# - draw a change for each picture of a batch, and split data before augmenting it.
#
# You need no other lesson.
#
# As in lesson 01, ink is 0 on paper and 1 at full ink.

# %% tags=["setup"]

# %%
import numpy as np
import torch
from PIL import Image
from rdkit import Chem
from rdkit.Chem import rdDepictor
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

from workshop_utils import checks, demos, depiction, molecules, plotting, training
from workshop_utils.augmentation import Augmenter

# %% [markdown] minutes=9
# ## 3.1 Which changes keep the label?
#
# A network that has seen each molecule in one position, on clean paper, may come to depend on both. **Augmentation** shows
# it the same molecule changed, under the same label. SMOTE, in 03_Classification, invented rows between two molecules; here
# nothing is invented. The usual changes, nearly all of them one call of torchvision:

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
figure = plotting.pictures(list(changed.values()), list(changed), columns=3)
plotting.show(figure, alt="A color drawing and eight changes; shift and crop lose atoms")

# %% [markdown]
# The shift has pushed chlorine off the paper, and the crop cut the acid: is that still the same label? It depends on the question. Let it be
# *does it have a ring?*, then *which compound is it?*, handedness included. (A third, *how long is a bond?*, would not survive
# scaling.) Here is 3-chloropyrrolidine, and eight changed pictures.

# %% tags=["slide"]
quiz = checks.label_quiz()
figure = plotting.pictures(list(quiz.values()), list(quiz), columns=3)
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

# %% [markdown] minutes=9
# ## 3.2 Geometry: what fills the corners, what a mirror does

# %% [markdown] tags=["question"]
# A turn by 30° uncovers four corners. What does torchvision fill them with?

# %% [markdown] tags=["slide"]
# - What a turn uncovers must be paper
# - What is paper? Ask the convention

# %% tags=["slide"]
turned = {"default": F.rotate(drawing, 30)}
turned |= {f"fill={fill}": F.rotate(drawing, 30, fill=fill) for fill in (1, 255)}
uncovered = (np.asarray(F.rotate(Image.new("L", (200, 200), 255), 30)) == 0).mean()
title = f"A turn by 30° uncovers {100 * uncovered:.1f} % of the paper"
figure = plotting.pictures(list(turned.values()), list(turned), suptitle=title)
plotting.show(figure, alt="Turned by 30 degrees: corners black, nearly black with fill=1, white with 255")

# %% [markdown]
# With 0, unless you say otherwise, and in uint8 that is black: white is 255, and 1 is nearly black. Black corners say that a picture
# was turned, and a network can come to depend on them: lesson 04 measures what happens when it is tested on pictures without.
#
# Networks often get `Normalize(0.5, 0.5)`, which makes paper +1 and ink −1. But a convolution pads with 0, which is then neither. Here is blank
# paper, averaged over 3 × 3 pixels with that padding, in both conventions:

# %% tags=["slide"]
white = v2.Normalize([0.5], [0.5])(torch.ones(1, 5, 5))
average = torch.nn.AvgPool2d(3, stride=1, padding=1)
means = [average(paper)[0] for paper in (white, torch.zeros(1, 5, 5))]
titles = ("white paper, normalized", "paper as ink")
figure = plotting.numbers(*means, titles=titles, limits=(-1, 1))
plotting.show(figure, alt="Means of blank paper: normalized white fades at its border, ink is 0")

# %% [markdown]
# With normalized white paper, every picture gets a frame that is not there. As ink, paper is 0, and every 0 that is filled in is paper.

# %% tags=["exercise"]
# Exercise 3.2: which fill is paper in a uint8 drawing, in a float drawing from 0 to 1, in the
# latter after Normalize(0.5, 0.5), and in ink?
### BEGIN SOLUTION
in_uint8, in_float, in_normalized, in_ink = 255, 1, 1, 0
### END SOLUTION
checks.paper_fills(in_uint8, in_float, in_normalized, in_ink)

# %% [markdown]
# Now the mirror. RDKit can *read* a drawing: from wedges and places it finds (R) or (S). We mirror the places of (S)-alanine, keep the wedges as
# they are, and let it read again.

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
options = {"useLegacyImplementation": False}
left, right = (Chem.FindMolChiralCenters(m, **options)[0][1] for m in (alanine, mirrored))
titles = [f"read as ({left})", "mirrored picture", f"read as ({right})", "mirrored C₆H₅Cl"]
figure = plotting.pictures(grid, titles)
plotting.show(figure, alt="(S)-Alanine, its mirrored picture, (R)-alanine, Cl backwards")

# %% [markdown]
# The mirrored picture is a drawing of the other enantiomer, with letters backwards. For a ring label that is harmless; for a label
# such as optical rotation or taste it is an error. Turns do no such harm: they stay in the plane. Two mirrors make a turn: that was F in
# the quiz. In E the layout was mirrored and the wedge changed too; the two cancel.

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
# Several random changes in a row make a pipeline; each call draws anew. Jitter varies brightness, contrast and saturation.
# There are no flips.

# %% [markdown] tags=["slide"]
# - Random changes in a row, drawn anew at each call
# - Split first, augment afterwards

# %% tags=["slide"]
steps = [
    v2.RandomRotation(30, interpolation=smooth, fill=255),
    v2.RandomAffine(0, translate=(0.05, 0.05), scale=(0.7, 1), interpolation=smooth, fill=255),
    v2.ColorJitter(brightness=0.3, contrast=0.3, saturation=0.5),
]
pipeline = v2.Compose(steps)
with training.seeded(0):
    eight = {str(n): pipeline(drawing) for n in range(1, 9)}
figure = plotting.pictures([drawing, *eight.values()], ["the drawing", *eight], columns=3)
plotting.show(figure, alt="A drawing and eight draws: turned, shifted, scaled, other tones")

# %% [markdown]
# Brightness grays the paper, as a scanner would. The course's `Augmenter` works on ink, where multiplying leaves paper at 0; only noise marks it.

# %% tags=["slide"]
moves = {"rotation": 30, "translation": 0.05, "scale": (0.7, 1)}
recipe = Augmenter(**moves, brightness=0.5, contrast=0.5, noise=0.05)
thick = depiction.DepictionStyle(size=160, line_width=3)
batch = torch.tensor(depiction.depict_many([acid] * 8, thick))
drawn = recipe(batch, generator=0)
figure = plotting.pictures(drawn, columns=4, suptitle="Eight draws of the Augmenter")
plotting.show(figure, alt="Eight draws on ink: moved, scaled, paler or darker, a little noisy")

# %% [markdown]
# It has one more difference.

# %% [markdown] tags=["question"]
# A batch of four equal pictures goes through a random turn in *one* call. Will the four come out equal?

# %% tags=["slide"]
with training.seeded(1):
    together = v2.RandomRotation(180, interpolation=smooth)(batch[:4])
apart = Augmenter(rotation=180)(batch[:4], generator=1)
titles = ["torchvision, one call"] * 4 + ["Augmenter, one call"] * 4
figure = plotting.pictures([together, apart], titles, columns=4)
plotting.show(figure, alt="Upper row: all turned alike; lower row: each turned its own way")

# %% [markdown]
# Equal: torchvision draws once for a call, so a whole batch tilts alike. Call it for each picture, or use a tool that draws for each.
#
# Another trap lies in tensors. With smooth interpolation, torchvision (up to 0.29 at least) leaves a seam where the
# old border was, in spite of the right fill. On ink there is none.

# %%
blank = torch.full((1, 200, 200), 255.0)
print("blank white page, turned, its darkest:", F.rotate(blank, 30, smooth, fill=255).min().item())
print("blank page of ink, turned, most ink:", F.rotate(0 * blank, 30, smooth).max().item())

# %% [markdown]
# Have we multiplied the data set, then? No: eight pictures of one molecule know nothing new about solubility. They teach what does *not* matter.
# And they must not be torn apart by a split:

# %% tags=["exercise"]
# Exercise 3.3: 100 molecules, 9 pictures each, split by picture. Which share of the test pictures
# has a sibling, that is, a picture of the same molecule, in training?
molecule = np.repeat(np.arange(100), 9)
shuffled = np.random.default_rng(0).permutation(900)
train, test = shuffled[:720], shuffled[720:]
### BEGIN SOLUTION
leaked = np.isin(molecule[test], molecule[train]).mean()
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
spellings = Chem.MolToRandomSmilesVect(molecules.parse(nicotine), 20, randomSeed=0)
drawings = []
for picture in map(depiction.depict, spellings):
    if all(np.abs(picture - other).mean() > 0.01 for other in drawings):  # not the same by eye
        drawings.append(picture)
compounds = {molecules.canonical_smiles(spelling) for spelling in spellings}
title = f"20 SMILES, {len(drawings)} drawings, {len(compounds)} compound"
figure = plotting.pictures(drawings, columns=4, suptitle=title)
plotting.show(figure, alt="Nicotine from random SMILES: other layouts, each with its wedge")

# %% tags=["slide"]
ways = {"line_width": 4, "palette": "color", "font_size": 20, "engine": "coordgen", "size": 48}
styles = {"standard": depiction.DepictionStyle()}
for name, value in ways.items():
    styles[f"{name}={value}"] = depiction.DepictionStyle(**{name: value})
drawn = [depiction.draw(nicotine, style) for style in styles.values()]
figure = plotting.pictures(drawn, list(styles), columns=3)
plotting.show(figure, alt="Nicotine: standard, thick, colored, big letters, CoordGen, coarse")

# %% [markdown]
# Far fewer drawings than SMILES: many orders of the atoms lead to the same layout. All of these keep every label of the compound, handedness
# included, for RDKit sets each wedge anew; whether a picture as coarse as the last still *shows* the wedge is another question. They vary what
# differs between journals and programs. Lesson 06 asks how a network fares that saw one style only.

# %% [markdown] tags=["instructor"]
# Expect the guess 20. Ask which of the drawings are turned or mirrored copies of each other, wedge set anew.
#
# - Ask which publisher's style the room would recognize at a glance. A network may, too.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Taking re-drawing for new molecules. Count the compounds in the title.

# %% [markdown]
# ## Summary
#
# - A change is allowed if it keeps the answer to *your* question.
# - What is filled in must be paper. As ink, paper is 0.
# - A mirror turns the drawing of a chiral molecule into the other enantiomer's; turns and re-drawing do not.
# - One draw for each picture, and the split before the copies.
# - Augmented copies are no new molecules.

# %% [markdown]
# ## Where this connects
#
# - **03_Classification**: SMOTE fills a class with invented rows; augmentation repeats known ones under changes that do not matter.
# - **04_PyTorch** and lesson 04: there, `training.fit(..., augment=...)` would draw anew in every epoch.
# - **04b_HuggingFace**: the mean and std of an image processor are a `Normalize`; ask what paper becomes.
# - **05_LLMs**: random SMILES are the same idea for text.
#
# Next: [04 · Convolutional networks](04_convolutional_networks.ipynb).

# %% [markdown]
# ## Sources
#
# - torchvision, [Transforms v2](https://docs.pytorch.org/vision/stable/transforms.html); the seam:
#   [issue 8083](https://github.com/pytorch/vision/issues/8083)
# - E. J. Bjerrum, SMILES enumeration (2017), [arXiv:1703.07076](https://arxiv.org/abs/1703.07076)
# - N. V. Chawla et al., SMOTE, *J. Artif. Intell. Res.* 16 (2002) 321, [doi:10.1613/jair.953](https://doi.org/10.1613/jair.953)
