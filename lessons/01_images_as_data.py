# %% [markdown]
# # 01 · Images as data
#
# After this lesson you will be able to
#
# - read a picture as an array: its shape, its type, its range;
# - turn color into gray and gray into ink, and say what is lost on the way;
# - show a gray picture so that it does not lie;
# - make a data set of pictures whose labels are right.
#
# You need no other lesson.

# %% [markdown] minutes=2 short=2
# ## 1.1 Set-up
#
# Crystals under a microscope, TLC plates, gels, scanned papers, the display of an old balance: much of what a
# laboratory knows exists only as a picture.

# %% [markdown] tags=["question"]
# Which pictures did *you* handle last week? Write down three, and beside each the number you wanted from it.

# %% [markdown] tags=["slide"]
# - What does a laboratory know only as a picture?
# - A picture, and the number you wanted from it

# %% tags=["setup"]

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from rdkit import Chem
from rdkit.Chem import Draw
from skimage.color import rgb2gray

from workshop_utils import checks, datasets, demos, depiction, plotting

# %% [markdown] tags=["instructor"]
# Collect some answers on the board: *picture → number*. Ask again at the end of the course which of them is now in reach.
#
# - Whoever sees a red message after the two cells goes back to the doctor's report in lesson 00.

# %% [markdown] minutes=3 short=3
# ## 1.2 From SMILES to a picture
#
# You know aspirin as a SMILES and as a row of descriptors. RDKit also draws it.

# %% [markdown] tags=["question"]
# What will the drawing show that the SMILES does not say?

# %% [markdown] tags=["slide"]
# - One more *representation* of a molecule
# - It makes choices that chemistry did not make

# %% tags=["slide"]
aspirin_smiles = "CC(=O)Oc1ccccc1C(=O)O"
molecule = Chem.MolFromSmiles(aspirin_smiles)
drawing = Draw.MolToImage(molecule, size=(400, 400))
aspirin = np.array(drawing)
plotting.show(aspirin, alt="Drawing of aspirin: black bonds, red oxygen atoms, white paper")

# %% [markdown]
# The drawing is one more *representation* of the molecule. It makes choices that chemistry did not make: where the
# atoms lie, how thick a bond is, which color oxygen has. A network gets those choices too, and lesson 06 asks what it makes of them.

# %% [markdown] tags=["instructor"]
# What the drawing adds: positions, size, line width, colors. What it leaves out: the hydrogens on
# carbon, as the SMILES does.

# %% [markdown] part="mistakes" tags=["instructor"]
# - To believe that a molecule has *one* drawing. Lesson 03 draws one molecule in many ways.

# %% [markdown] minutes=8 short=8
# ## 1.3 A picture is a table of numbers

# %% [markdown] tags=["question"]
# The picture is 400 px wide and 400 px high. How many numbers does it hold?

# %% [markdown] tags=["slide"]
# - An array: rows, columns, channels
# - Each value 0 to 255: how much red, green, blue light

# %%
print("shape:", aspirin.shape, "→ rows, columns, channels")
print("type: ", aspirin.dtype, "→ whole numbers of 8 bits, so 256 values")
print("range:", aspirin.min(), "to", aspirin.max())
print("in all:", aspirin.size, "numbers")
white = (aspirin == 255).all(axis=2)
print(f"white: {100 * white.mean():.0f} % of the pixels")

# %% [markdown]
# Each pixel holds three numbers, so there are 400 × 400 × 3 of them. Rows come first, counted from the top. The *channels* are red,
# green and blue: how much light of each color a pixel sends out. White is all three at 255, black all three at 0.

# %% [markdown] tags=["question"]
# The oxygen atoms are red. In which channel can you *not* see them?

# %% tags=["slide"]
figure = plotting.channels(aspirin, "Oxygen is red, and in the red channel it is gone")
plotting.show(figure, alt="Aspirin in color and its channels; the red one lacks oxygen")

# %% [markdown]
# Red ink sends out as much red light as white paper does. Here is the rim of the upper O, close enough to count pixels.

# %% tags=["slide"]
row, column, side = 126, 338, 5
windows = [(120, 320, 40), (row, column, side)]
figure = plotting.zoom(aspirin, windows, "Closer and closer: a picture is made of square pixels")
plotting.show(figure, alt="Aspirin, then one oxygen atom, then 5 by 5 pixels of the letter O")

# %% tags=["slide"]
patch = aspirin[row : row + side, column : column + side]
red, green, blue = patch[:, :, 0], patch[:, :, 1], patch[:, :, 2]
figure = plotting.numbers(red, green, blue, titles=("red", "green", "blue"))
plotting.show(figure, alt="The 5 by 5 pixels as numbers: only red is 255 everywhere")

# %% [markdown]
# This is all a computer gets. A pixel that the letter covers in part is colored in part: *anti-aliasing*.
#
# In the demo you move the window over any molecule ([a still](../docs/frames/pixel_explorer.png) of it, if no kernel
# runs here).

# %%
demos.pixel_explorer()

# %% tags=["exercise"]
# Exercise 1.1: cut the benzene ring out of `aspirin`. It lies in rows 50 to 214 and columns 70 to 229.
### BEGIN SOLUTION
ring = aspirin[50:215, 70:230]
### END SOLUTION
checks.cut_out(ring, aspirin)

# %% [markdown] tags=["instructor"]
# Three minutes are for the demo and the exercise. Let the room vote on the channel by a show of hands
# before the cell runs. Then walk down one column of the green table with a finger: paper, rim, letter.
#
# - In the demo: thiophene, channel *blue*, then channel *gray*. Ask why the sulfur is so pale there; 1.4 answers.

# %% [markdown] part="mistakes" tags=["instructor"]
# - `aspirin[x, y]` instead of `aspirin[row, column]`; forgetting that a slice stops before its end; "255 is dark".

# %% [markdown] minutes=7 short=7
# ## 1.4 From color to gray, from gray to ink
#
# For line drawings one number per pixel is enough. *Gray* is a weighted sum of the channels; green weighs most, because
# our eyes are most sensitive to it. *Ink* is what gray lacks to be white: 0 is paper, 1 is black.

# %% [markdown] tags=["slide"]
# - Gray: a weighted sum of the channels
# - Ink = 1 − gray / 255: 0 is paper, 1 is black
# - Fix `vmin` and `vmax`

# %%
weights = np.array([0.299, 0.587, 0.114])  # red, green, blue: the ITU-R BT.601 standard
gray = aspirin @ weights
ink = 1 - gray / 255
print("color:", aspirin.shape, aspirin.dtype, "→ ink:", ink.shape, ink.dtype)
print(f"ink: {ink.min():.2f} to {ink.max():.2f}, mean {ink.mean():.3f}")

# %% [markdown]
# The course keeps pictures as ink: a rotation or a network fills the border with zeros, and zero should mean *nothing
# there*.


# %% tags=["exercise"]
# Exercise 1.2: write the two steps as one function.
### BEGIN SOLUTION
def to_ink(rgb):
    """Turn a color picture (H, W, 3), uint8, into ink (H, W) from 0, paper, to 1, black."""
    return 1 - rgb @ np.array([0.299, 0.587, 0.114]) / 255


### END SOLUTION
checks.to_ink(to_ink)

# %% [markdown] tags=["question"]
# RDKit draws carbon black, oxygen red, nitrogen blue, sulfur yellow. Which is palest in gray?

# %%
elements = ["C", "N", "O", "Br", "I", "Cl", "P", "F", "S"]
style = depiction.DepictionStyle(size=64, palette="color")
in_color = [depiction.draw(element, style) for element in elements]
colors = np.array([picture.min(axis=(0, 1)) for picture in in_color])
table = pd.DataFrame(colors, index=elements, columns=["red", "green", "blue"])
table["ink, BT.601 (Pillow)"] = 1 - colors @ weights / 255
table["ink, scikit-image"] = 1 - rgb2gray(colors)
table.round(2)

# %% tags=["slide"]
names = elements + [f"{e}: {value:.2f}" for e, value in table["ink, BT.601 (Pillow)"].items()]
shown = in_color + [depiction.to_ink(picture) for picture in in_color]
figure = plotting.pictures(shown, names, columns=9, suptitle="In gray, sulfur is the palest")
ends = ", ".join(f"{name} {table.iloc[i, 3]:.2f}" for name, i in {"carbon": 0, "sulfur": -1}.items())
plotting.show(figure, alt=f"Nine elements in color, then gray. Their ink: {ends}")

# %% [markdown]
# Sulfur is the palest: less than a third of carbon's ink is left. So color leaks into gray: the tone alone tells oxygen from nitrogen.
# And there are two grays here: Pillow and scikit-image weigh the channels differently, so do not mix them. From 1.5 on, this
# lesson draws all atoms in black.
#
# One more trap. Here is a part of the ink, and the same faded to a third, each shown twice.

# %% tags=["slide"]
part = ink[190:390, 10:210]
faded = part / 3
figure, axes = plt.subplots(1, 4, figsize=(9, 3), layout="constrained")
figure.suptitle("Default limits hide the fading, fixed limits show it", x=0.02, ha="left")
axes[0].imshow(part, cmap="gray_r")
axes[1].imshow(faded, cmap="gray_r")
axes[2].imshow(part, cmap="gray_r", vmin=0, vmax=1)
axes[3].imshow(faded, cmap="gray_r", vmin=0, vmax=1)
titles = ["ink, default", "faded, default", "ink, 0 to 1", "faded, 0 to 1"]
for panel, title in zip(axes, titles, strict=True):
    panel.set(xticks=[], yticks=[])
    panel.set_title(title, loc="left", size=13)
plotting.show(figure, alt="Ink and faded ink: alike by default, different with limits 0, 1")

# %% [markdown]
# By default, matplotlib stretches each picture from its own minimum to its own maximum, which hides the fading. **Fix
# `vmin` and `vmax` for every gray picture**, as all figures of this course do.

# %% [markdown] tags=["instructor"]
# The order of the argument: gray is a choice of weights; a choice has consequences; look at sulfur.
#
# - Ask: an old catalog was scanned in gray. Which atoms could nobody tell by their tone? (F and P; O, Br and I.)
# - "Why does `imshow` do that?" For a map in unknown units it is helpful. For a picture whose scale has a meaning it is
#   not.

# %% [markdown] part="mistakes" tags=["instructor"]
# - In the exercise: the plain mean of the channels; forgetting `/ 255`; forgetting `1 -`, so paper is 1.

# %% [markdown] minutes=5 short=5
# ## 1.5 A data set of pictures
#
# Now all of ESOL, the molecules of the earlier notebooks. Each gets a picture of 96 × 96 px and a label: does it have a
# ring? We ask RDKit's ring perception.

# %% [markdown] tags=["slide"]
# - All of ESOL: a picture and a label each
# - Tempting: *a ring, if the SMILES contains a small* `c`

# %%
esol = datasets.load_esol()
molecules = [Chem.MolFromSmiles(smiles) for smiles in esol["smiles"]]
has_ring = np.array([m.GetRingInfo().NumRings() > 0 for m in molecules])
images = depiction.depict_many(molecules)
print("pictures:", images.shape, images.dtype, "→ molecules, channels, rows, columns")
print("labels:  ", has_ring.shape, has_ring.dtype)

# %% [markdown]
# There is a tempting shortcut: *a molecule has a ring if its SMILES contains a small* `c`.

# %% [markdown] tags=["question"]
# For how many molecules is it wrong: 1, 15 or 150?

# %%
has_letter = esol["smiles"].str.contains("c").to_numpy()
wrong = has_letter != has_ring
print(f"wrong for {wrong.sum()} of {len(esol)} molecules, {wrong[:100].sum()} of the first 100")
pd.crosstab(pd.Series(has_letter, name="SMILES contains c"), pd.Series(has_ring, name="has a ring"))

# %% tags=["slide"]
first = np.flatnonzero(wrong)[:8]
names = esol["name"].iloc[first].tolist()
figure = plotting.pictures(images[first], names, suptitle="The shortcut says: no ring in any")
plotting.show(figure, alt="Eight molecules with rings that are not aromatic, such as menthol")

# %% [markdown]
# A small `c` means *aromatic* carbon, and these have none. The shortcut is wrong for about one molecule in eight, and in one
# direction only: it never invents a ring. A network would be taught that menthol has none, and more training
# would only teach it better.

# %% tags=["exercise"]
# Exercise 1.3: someone answers "ring" for every molecule. How often is that right? Use `has_ring`.
### BEGIN SOLUTION
majority = has_ring.mean()
### END SOLUTION
checks.majority(majority, has_ring)

# %% [markdown] tags=["instructor"]
# The table says more than the number. Let the room find the empty corner, the rings that the shortcut would invent.
#
# - Ask who has ever used a label without looking at twenty examples of it. Raise your own hand.
# - Keep the answer to exercise 1.3 on the board. In lesson 04 every accuracy stands beside it.

# %% [markdown] part="mistakes" tags=["instructor"]
# - In the exercise: the number of ring molecules instead of their share.

# %% [markdown] minutes=5 short=5
# ## 1.6 Look before you train
#
# First the balance of the classes, for this label and for two others on the same pictures.

# %% [markdown] tags=["slide"]
# - First the balance of the classes
# - Then the pictures, with your own eyes

# %% tags=["slide"]
benzene = Chem.MolFromSmarts("c1ccccc1")
aromatic = [any(bond.GetIsAromatic() for bond in m.GetBonds()) for m in molecules]
counts = {
    "any ring": sum(has_ring),
    "an aromatic ring": sum(aromatic),
    "a benzene ring": sum(m.HasSubstructMatch(benzene) for m in molecules),
}
shares = {f"{name}, {100 * n / len(esol):.0f} %": n for name, n in counts.items()}
figure = plotting.bars(shares, f"Most of {len(esol)} molecules have a ring, half a benzene ring")
listed = ", ".join(f"{n} with {name}" for name, n in counts.items())
plotting.show(figure, alt="Bars of three counts: " + listed)

# %% [markdown] tags=["question"]
# Cover the titles. Which of these have a ring?

# %% tags=["slide"]
some = np.random.default_rng(3).choice(len(esol), size=15, replace=False)
titles = ["ring" if has_ring[i] else "no ring" for i in some]
figure = plotting.pictures(images[some], titles, columns=5, suptitle="Fifteen, picked at random")
plotting.show(figure, alt="Fifteen random molecules, each with its label: ring or no ring")

# %% [markdown]
# A small molecule fills the paper with long bonds, a large one shrinks to fit. How much?

# %% tags=["slide"]
style = depiction.DepictionStyle(size=128)
ladder = {
    "benzene": "c1ccccc1",
    "naphthalene": "c1ccc2ccccc2c1",
    "aspirin": aspirin_smiles,
    "hexadecane": "C" * 16,
}
positions = [depiction.atom_positions(smiles, style) for smiles in ladder.values()]  # x, y in px
bonds = [np.linalg.norm(xy[0] - xy[1]) for xy in positions]
titles = [f"{name}: {bond:.0f} px" for name, bond in zip(ladder, bonds, strict=True)]
inks = [depiction.depict(smiles, style) for smiles in ladder.values()]
figure = plotting.pictures(inks, titles, suptitle="How long is a bond? It depends on the molecule")
plotting.show(figure, alt="Four molecules and the length of their bonds. " + ", ".join(titles))

# %% [markdown]
# To us a bond is a bond. A filter that looks at a few pixels meets a long straight line in benzene, and in hexadecane a corner every
# few pixels. In lesson 04 a network has to see rings at every scale.

# %% [markdown] tags=["instructor"]
# Two minutes are for the quiz: call out the answers row by row.
#
# - Ask: how would you draw so that a bond is equally long everywhere? (`DepictionStyle(bond_length=…)`; then the small
#   molecules leave most of the paper empty.)

# %% [markdown] part="mistakes" tags=["instructor"]
# - To take the picture's size for the molecule's size. Every drawing here is scaled to fit.

# %% [markdown]
# ## Summary
#
# - A picture is an array. Shape, type and range belong to it as a unit belongs to a number.
# - Gray is a weighted sum, and the weights decide what turns pale. Ink is 1 − gray, with paper at 0.
# - A gray picture is shown between fixed limits.
# - Labels come from molecules, not from letters.
# - Know the majority before you hear an accuracy.

# %% [markdown]
# ## Where this connects
#
# - **01_EDA**: the same molecules, and the same habit of looking first.
# - **02_Regression**: there a molecule was a row of descriptors; here it is 9216 numbers, and none of them means anything alone.
# - **03_Classification**: there, too, the balance of the classes came first.
# - **04_PyTorch**: `images` already has the shape of a batch, (N, 1, H, W).
#
# Next: [02 · Image processing](02_image_processing.ipynb); on the two-hour path
# [04 · Convolutional networks](04_convolutional_networks.ipynb).

# %% [markdown]
# ## Sources
#
# - ESOL: J. S. Delaney, *J. Chem. Inf. Comput. Sci.* 44 (2004) 1000, [doi:10.1021/ci034243x](https://doi.org/10.1021/ci034243x).
# - Gray: [ITU-R BT.601](https://www.itu.int/rec/R-REC-BT.601); [scikit-image, rgb2gray](https://scikit-image.org/docs/stable/api/skimage.color.html).
# - Rings and aromaticity: [the RDKit Book](https://www.rdkit.org/docs/RDKit_Book.html).
