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
# You need: SMILES, [slices of arrays](../docs/week_before.md), [lesson 00](00_start_here.ipynb). New words are in the
# [glossary](../docs/glossary.md).

# %% [markdown] minutes=2 short=2
# ## 1.1 Set-up
#
# Much of what a laboratory knows exists only as a picture: crystals under a microscope, a TLC plate, a gel, a scanned paper,
# the display of an old balance.

# %% [markdown] tags=["question"]
# Which pictures did *you* handle last week? Write down three, and beside each the number you wanted from it.

# %% [markdown] tags=["slide"]
# - What does a laboratory know only as a picture?
# - A picture, and the number you wanted from it

# %% tags=["setup"]

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from PIL import Image
from rdkit import Chem
from rdkit.Chem import Draw
from skimage.color import rgb2gray

from workshop_utils import checks, datasets, demos, depiction, pictures, plotting

# %% [markdown] tags=["instructor"]
# Collect some answers on the board: *picture → number*. Ask again at the end of the course which of them is now in reach.
#
# - Anyone who sees a red message after the two cells goes back to the doctor's report in lesson 00.

# %% [markdown] minutes=3 short=3
# ## 1.2 From SMILES to a picture
#
# You know aspirin as a SMILES and as a row of descriptors. RDKit also draws it, here in 400 × 400 pixels.

# %% [markdown] tags=["question"]
# What will the drawing show that the SMILES does not say?

# %% [markdown] tags=["slide"]
# - RDKit draws: 400 × 400 pixels
# - One more *representation* of a molecule

# %% tags=["slide"]
aspirin_smiles = "CC(=O)Oc1ccccc1C(=O)O"
molecule = Chem.MolFromSmiles(aspirin_smiles)
drawing = Draw.MolToImage(molecule, size=(400, 400))
aspirin = np.array(drawing)
plotting.show(aspirin, alt="Drawing of aspirin: black bonds, red oxygen atoms, white paper")

# %% [markdown]
# The drawing shows where each atom lies on the paper, how thick a bond is, and that oxygen is red. The substance made none of these
# choices; people and a drawing program did.
#
# So a drawing is one more *representation* of the molecule, and a network that learns from drawings gets those choices too.
# Lesson 06 asks what it makes of them.

# %% [markdown] tags=["instructor"]
# What the drawing adds: positions, size, line width, colors. What it leaves out: the hydrogens on
# carbon, as the SMILES does.

# %% [markdown] part="mistakes" tags=["instructor"]
# - To believe that a molecule has *one* drawing. Lesson 03 draws one molecule in many ways.

# %% [markdown] minutes=8 short=8
# ## 1.3 A picture is a table of numbers
#
# A picture is made of small squares, the *pixels* (px). Ours is 400 px wide and 400 px high.

# %% [markdown] tags=["question"]
# How many numbers does the picture hold?

# %% [markdown] tags=["slide"]
# - Small squares: *pixels* (px)
# - A picture is an array: ask for its shape, type and range

# %%
print("shape:", aspirin.shape, "→ rows, columns, channels")
print("type: ", aspirin.dtype, "→ whole numbers of 8 bits, so 256 values")
print("range:", aspirin.min(), "to", aspirin.max())
print("in all:", aspirin.size, "numbers")
white = (aspirin == 255).all(axis=2)
print(f"white: {100 * white.mean():.0f} % of the pixels")

# %% [markdown]
# There are 400 × 400 × 3 numbers, because each pixel holds three: how much red, green and blue light it sends out. These are the
# *channels*. White is all three at 255; black is all three at 0.
#
# In the shape, rows come first, counted from the top; then columns, then channels.

# %% [markdown] tags=["question"]
# The oxygen atoms are red. In which channel can you *not* see them?

# %% tags=["slide"]
figure = plotting.channels(aspirin, "Oxygen is red, and in the red channel it is gone")
plotting.show(figure, alt="Aspirin in color and its channels; the red one lacks oxygen")

# %% [markdown]
# In the red channel the oxygen atoms are gone. Red ink sends out as much red light as white paper does.
#
# Now we go closer, to the rim of the upper O, until pixels can be counted.

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
# These numbers are all that a computer gets. Some of them lie between ink and paper: a pixel that the letter covers only in part is
# colored only in part. This is called *anti-aliasing*, and it makes slanted lines look smooth.
#
# In the demo you move such a window over any molecule. (Cannot run it? See
# [a still](../docs/frames/pixel_explorer.png).)

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
# For a line drawing one number per pixel is enough. *Gray* is a weighted sum of the channels. Green weighs most, because our
# eyes are most sensitive to it. *Ink* is what gray lacks to be white: 0 is paper, 1 is black.

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
# The course keeps its pictures as ink for a reason: a rotation, or a network, fills whatever lies beyond the border with
# zeros. In ink, a zero means *nothing is there*.


# %% tags=["exercise"]
# Exercise 1.2: write the two steps as one function.
### BEGIN SOLUTION
def to_ink(rgb):
    """Turn a color picture (H, W, 3), uint8, into ink (H, W) from 0, paper, to 1, black."""
    return 1 - rgb @ np.array([0.299, 0.587, 0.114]) / 255


### END SOLUTION
checks.to_ink(to_ink)

# %% [markdown] tags=["question"]
# RDKit draws carbon black, oxygen red, nitrogen blue and sulfur yellow. Which of them is palest in gray?

# %%
elements = ["C", "N", "O", "Br", "I", "Cl", "P", "F", "S"]
style = depiction.DepictionStyle(size=64, palette="color")
in_color = [depiction.draw(element, style) for element in elements]
colors = np.array([picture.min(axis=(0, 1)) for picture in in_color])  # each letter's darkest value
table = pd.DataFrame(colors, index=elements, columns=["red", "green", "blue"])
table["ink, BT.601 (Pillow)"] = 1 - colors @ weights / 255
table["ink, scikit-image"] = 1 - rgb2gray(colors)
table.round(2)

# %% tags=["slide"]
in_ink = [depiction.to_ink(picture) for picture in in_color]
amounts = table["ink, BT.601 (Pillow)"]
names = elements + [f"{element}: {amount:.2f}" for element, amount in amounts.items()]
figure = plotting.pictures(in_color + in_ink, names, columns=9, suptitle="In gray, sulfur is the palest")
ends = f"carbon {amounts['C']:.2f}, sulfur {amounts['S']:.2f}"
plotting.show(figure, alt=f"Nine elements in color, then gray. Their ink: {ends}")

# %% [markdown]
# Sulfur is the palest: less than a third of carbon's ink is left. So color leaks into gray: by tone alone you can tell oxygen from
# nitrogen. In 1.5 and 1.6 all atoms are drawn in black.
#
# There are two columns of ink because Pillow and scikit-image weigh the channels differently. Do not mix them.
#
# One more trap waits when you *show* a gray picture. Here are a part of the ink and the same part faded to a third, each shown
# twice.

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
# The two on the left look alike, although one has a third of the ink. By default, matplotlib stretches every picture from its own
# minimum to its own maximum, which hides the fading. **Fix `vmin` and `vmax` for every gray picture**.

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
# Now we draw all of ESOL, molecules with a measured solubility. Each gets a picture of 96 × 96 px and a label: does
# it have a ring? We ask RDKit, which finds rings in the bonds of a molecule.

# %% [markdown] tags=["slide"]
# - All of ESOL: a picture and a label each
# - Tempting: *a ring, if the SMILES contains a small* `c`

# %%
esol = datasets.load_esol()
mols = [Chem.MolFromSmiles(smiles) for smiles in esol["smiles"]]
has_ring = np.array([molecule.GetRingInfo().NumRings() > 0 for molecule in mols])
images = depiction.depict_many(mols)
print("pictures:", images.shape, images.dtype, "→ molecules, channels, rows, columns")
print("labels:  ", has_ring.shape, has_ring.dtype)

# %% [markdown]
# There is a tempting rule: *a molecule has a ring if its SMILES contains a small* `c`.

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
figure = plotting.pictures(images[first], names, suptitle="The rule says: no ring in any")
plotting.show(figure, alt="Eight molecules with rings that are not aromatic, such as menthol")

# %% [markdown]
# The rule is wrong for about one molecule in eight. A small `c` is written for *aromatic* carbon, and these rings have none. In the
# table all errors lie on one side: the rule misses rings, and never invents one.
#
# Such labels do harm quietly. A network would be taught that menthol has no ring, and more training would only teach it better.

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
# First look at the balance of the classes, for this label and for two others on the same pictures.

# %% [markdown] tags=["slide"]
# - First the balance of the classes
# - Then the pictures, with your own eyes

# %% tags=["slide"]
benzene = Chem.MolFromSmarts("c1ccccc1")
aromatic = [any(bond.GetIsAromatic() for bond in molecule.GetBonds()) for molecule in mols]
benzenes = [molecule.HasSubstructMatch(benzene) for molecule in mols]
counts = {"any ring": sum(has_ring), "an aromatic ring": sum(aromatic), "a benzene ring": sum(benzenes)}
shares = {f"{name}, {100 * n / len(esol):.0f} %": n for name, n in counts.items()}
figure = plotting.bars(shares, f"Most of {len(esol)} molecules have a ring, half a benzene ring")
listed = ", ".join(f"{n} with {name}" for name, n in counts.items())
plotting.show(figure, alt="Bars of three counts: " + listed)

# %% [markdown]
# The balance depends on the label. Now look at the pictures themselves.

# %% tags=["slide"]
some = np.random.default_rng(0).choice(len(esol), size=12, replace=False)
numbers = [str(number) for number in range(1, 13)]
figure = plotting.pictures(images[some], numbers, columns=6, suptitle="Twelve, picked at random")
plotting.show(figure, alt="Twelve random molecules, numbered from 1 to 12, without their labels")

# %% [markdown] tags=["question"]
# Which of the twelve have a ring? Write down the numbers. The next cell shows the labels.

# %% tags=["slide"]
titles = ["ring" if has_ring[i] else "no ring" for i in some]
figure = plotting.pictures(images[some], titles, columns=6, suptitle="The same twelve, with their labels")
plotting.show(figure, alt="The same twelve molecules, each with its label: ring or no ring")

# %% [markdown]
# Your eyes and RDKit should agree on all twelve. Check some labels of every new data set in this way; it takes a minute.
#
# The pictures show something else, too. A small molecule fills the paper with long bonds, and a large one is shrunk to fit. How
# much?

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
# A bond is several times as long in benzene as in hexadecane. We hardly notice. But a filter, which looks at a few pixels at a
# time, meets a long straight line in benzene, and in hexadecane a corner every few pixels. In lesson 04 a network has to see rings at every
# scale.

# %% [markdown] tags=["instructor"]
# Two minutes are for the quiz: have everyone write down numbers, then run the next cell.
#
# - Ask: how would you draw so that a bond is equally long everywhere? (`DepictionStyle(bond_length=…)`; then the small
#   molecules leave most of the paper empty.)

# %% [markdown] part="mistakes" tags=["instructor"]
# - To take the picture's size for the molecule's size. Every drawing here is scaled to fit.

# %% [markdown] minutes=5
# ## 1.7 A picture in a file
#
# Your own pictures come in files. We save the drawing of aspirin five times: as PNG; as a small JPEG; as GIF; as PNG with transparent
# paper, as drawing programs can; and as a phone held sideways does. The phone saves the pixels as its chip saw them, with a note in the
# file that says how to turn them.

# %% [markdown] tags=["slide"]
# - One drawing, saved in five files
# - Opened without care, and with `pictures.read`

# %%
folder = Path(tempfile.mkdtemp())
picture, paper = Image.fromarray(aspirin), (aspirin == 255).all(axis=2)
clear = np.dstack([np.where(paper[:, :, None], 0, aspirin), np.where(paper, 0, 255)]).astype(np.uint8)
note = Image.Exif()
note[0x0112] = 6  # the orientation: turn me by 90° to the right
picture.save(folder / "drawing.png")
picture.save(folder / "small.jpg", quality=25)
picture.save(folder / "colors.gif")
Image.fromarray(clear).save(folder / "clear.png")
picture.rotate(90).save(folder / "phone.jpg", quality=95, exif=note)

# %% [markdown] tags=["question"]
# Which of the five can come back exactly?

# %% tags=["slide"]
files = [folder / name for name in ("drawing.png", "small.jpg", "colors.gif", "clear.png", "phone.jpg")]
careless = []
for file in files:
    with Image.open(file) as opened:
        careless.append(np.array(opened.convert("RGB")))
careful = [pictures.read(file) for file in files]
shown = [*careless, *(one.rgb for one in careful)]
titles = [file.name for file in files] + ["with pictures.read"] * 5
figure = plotting.pictures(shown, titles, columns=5, suptitle="Above: opened without care")
plotting.show(figure, alt="Five files, opened without care: one black, one on its side; below all upright")

# %%
changed = [np.abs(one.rgb.astype(int) - aspirin).mean() for one in careful]
table = {"bytes": [file.stat().st_size for file in files], "mean change, of 255": changed}
for file, one in zip(files, careful):
    print(f"{file.name:12}", *one.notes)
pd.DataFrame(table, index=[file.name for file in files]).round(3)

# %% [markdown]
# Without care, transparent paper shows whatever is stored beneath it, here black, and the phone's picture lies on its side. No error message
# warns you. `pictures.read` puts the picture on white paper, turns it, and says so. The `.scale` of what it gives, in µm per px, is known only if
# the file states it; these five do not.
#
# > **Answer.** Only the two PNGs come back exactly. What JPEG has thrown away does not return: see the mean change. The phone's file is even
# > larger than the exact PNG. GIF has at most 256 colors, so it changes a little. Keep what you want to measure as PNG or TIFF.

# %% [markdown] tags=["instructor"]
# Ask who has had a black square where a structure should be. Let somebody open a picture of their own: `pictures.read("…")`, then `.rgb`,
# `.values`, `.scale`.

# %% [markdown] part="mistakes" tags=["instructor"]
# - To save a JPEG as PNG, and to believe that it is now as good as a PNG.

# %% [markdown]
# ## Summary
#
# - A picture is an array: ask for its shape, type and range first.
# - Gray is a weighted sum, and the weights decide what turns pale. Ink is 1 − gray, with paper at 0.
# - A gray picture is shown between fixed limits.
# - Labels come from molecules, not from letters.
# - Know the majority before you hear an accuracy.
# - A file can be transparent, lie sideways, or have lost values: open it with care.

# %% [markdown]
# ## Where this connects
#
# In bold: earlier notebooks of the same workshop.
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
