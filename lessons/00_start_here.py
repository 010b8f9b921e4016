# %% [markdown]
# # 00 · Start here
#
# This course teaches computer vision to chemists. Your molecules become pictures, pictures become numbers, and a small
# neural network learns to read them. Then we ask what its answers are worth. You need SMILES, a little Python, and no
# experience with images.
#
# After this lesson you will be able to
#
# - run a notebook and have an exercise checked;
# - tell whether your computer is ready;
# - choose your way through the course.

# %% [markdown] minutes=3 short=3
# ## 0.1 Run a cell
#
# A notebook is text and *cells* of code. Click on a cell and press **Shift + Enter**: it runs, and the next one is
# selected. Run them from top to bottom. *Kernel → Restart Kernel and Run All Cells…* repairs most accidents.

# %% [markdown] tags=["slide"]
# - Shift + Enter runs a cell
# - Replace `...`, run: the check answers
# - *Restart Kernel and Run All Cells* repairs most accidents

# %% tags=["setup"]

# %%
import torch

from workshop_utils import augmentation, checks, demos, depiction, doctor, filters, models, plotting

# %% [markdown]
# In an exercise you replace `...` with your answer. The last line checks it, as often as you like. Run the next cell once
# as it is, then with your answer.

# %% tags=["exercise"]
# Exercise 0.1: a picture is 96 pixels wide and 96 high, and holds one number per pixel. How many
# numbers is that?
### BEGIN SOLUTION
how_many = 96 * 96
### END SOLUTION
checks.numbers_in_picture(how_many)

# %% [markdown] tags=["instructor"]
# Run the cells with the room, slowly. Let everyone see all three verdicts: not attempted, a hint (try
# 192), correct.

# %% [markdown] part="mistakes" tags=["instructor"]
# - To run cells out of order, or to skip the set-up cell. Show *Run All* and *Restart*.

# %% [markdown] minutes=2 short=2
# ## 0.2 Is this computer ready?
#
# The doctor examines the environment. Every line should be marked ✓; if one is not, it says what to do.

# %% [markdown] tags=["slide"]
# - Every line a ✓?
# - If not, it says what to do

# %%
doctor.diagnose()

# %% [markdown] tags=["instructor"]
# The examination takes some seconds, because it loads PyTorch in a process of its own.
#
# - Anyone with a ✗ works with a neighbor or on Colab, and fixes it in the break. The report names the command.

# %% [markdown] minutes=3 short=3
# ## 0.3 A molecule, live
#
# Type a SMILES or a name and press Enter, or choose a molecule. You see its drawing, some of its numbers, and the answer of a network
# that was trained on such drawings to one question: *is there a ring?*

# %% [markdown] tags=["question"]
# What will it say of cyclohexane? Of hexadecane? Of your own favorite?

# %% [markdown] tags=["slide"]
# - Type a SMILES or a name, press Enter
# - A drawing, its numbers, and an answer: *ring or no ring?*
# - Can you fool it?

# %%
demos.hello_molecule()

# %% [markdown]
# Cannot run it? See [a still of the demo](../docs/frames/hello_molecule.png).
#
# It calls cyclohexane a ring and hexadecane none, both rightly. You will measure in lesson 04 how often it is right. It has only ever
# seen drawings, and you can fool it.

# %% tags=["exercise"]
# Exercise 0.2: find a molecule for which the network is wrong. Think small, or large.
### BEGIN SOLUTION
fooled_by = "O=O"
### END SOLUTION
checks.network_is_wrong(fooled_by)

# %% [markdown] tags=["instructor"]
# Start with aspirin, then take calls from the room. Collect the molecules that fooled it on the board, and keep
# them for lesson 06.
#
# - Other finds: cyclopropane, nitrogen, very large rings. Ask *why*, and accept every suspicion: does it count lines, or
#   ink, or take the letter O for a ring? Lesson 06 tests such suspicions.

# %% [markdown] part="mistakes" tags=["instructor"]
# - A name instead of a SMILES. The check says so.

# %% [markdown] minutes=2 short=2
# ## 0.4 The map
#
# Here is aspirin on its way through the first lessons. You need not understand the cell yet.

# %% [markdown] tags=["question"]
# An edge is where paper meets ink. How many has a bond?

# %% [markdown] tags=["slide"]
# - Each lesson runs alone, and offline
# - ★ The two-hour path: 00, 01, 04, 5.1–5.3

# %% tags=["slide"]
ink = depiction.depict("CC(=O)Oc1ccccc1C(=O)O")
edges = filters.sobel(ink)
turned = augmentation.Augmenter(rotation=40, noise=0.1)(ink[None, None], generator=0)
network = models.load_pretrained("rings")
with torch.no_grad():
    maps = network.features[:3](torch.from_numpy(ink)[None, None])[0]
answer = maps[maps.std(dim=(1, 2)).argmax()]
stages = [ink, edges, turned, answer / answer.max()]
titles = ["01 · numbers", "02 · edges", "03 · other views", "04 · a network's layer"]
figure = plotting.pictures(stages, titles)
plotting.show(figure, alt="Aspirin as ink, as edges, turned with noise, and as a network's map")

# %% [markdown]
# A bond has two edges, one on each side of its line: in the second picture every single bond is drawn double.

# %% [markdown]
# | lesson | its question | minutes | ★ |
# |---|---|---|---|
# | 00 · Start here | Does everything run? | 10 | ★ |
# | [01 · Images as data](01_images_as_data.ipynb) | What does a computer get when we see a molecule? | 35 | ★ |
# | [02 · Image processing](02_image_processing.ipynb) | How far do we get without learning? | 40 | |
# | [03 · Augmentation](03_augmentation.ipynb) | What may change while the molecule stays the same? | 40 | |
# | [04 · Convolutional networks](04_convolutional_networks.ipynb) | How does a network learn to see rings? | 60 | ★ |
# | [05 · How networks see](05_how_networks_see.ipynb) | What do its filters respond to? | 40 | ★ 5.1–5.3 |
# | [06 · Did it learn chemistry?](06_did_it_learn_chemistry.ipynb) | Or did it only count ink? | 45 | |
# | [07 · Transfer learning](07_transfer_learning.ipynb) | Can a network trained on photographs help? | 40 | |
# | [08 · From picture to property](08_from_picture_to_property.ipynb) | Can solubility be read from a picture? | 40 | |
# | [09 · In the lab: measure](09_measure.ipynb) | How large, how many, and how sure? | 45 | |
#
# ★ marks the two-hour path. 09 is for your own laboratory, after the day. Each lesson runs alone and offline. In a section marked *optional*, run the cells and read it
# later.
#
# A network knows what it has met, and little else. Six trained ones come with the course; none of them has learned from a drawing that
# was printed and scanned, or drawn by hand.
#
# | network | asked in | its question | drawings that it has met |
# |---|---|---|---|
# | `rings` | 00, 04, 05 | Is there a ring? | small molecules, one program, one pen |
# | `audited` | 06 | Is a ring aromatic? | the same pen |
# | `repaired` | 06 | Is a ring aromatic? | small molecules, two layouts, a new random pen each |
# | `patents` | 06 | Is a ring aromatic? | larger molecules too, drawn to look like twenty patents; none of these was learned from |
# | `counts` | 07 | How many atoms, rings, …? | ring molecules and new ones of their parts, one pen |
# | `solubility` | 08 | What is logS? | small molecules and new ones of their parts, one pen, in color |

# %% [markdown] tags=["instructor"]
# Say which path the class takes. In two hours: 00, 01, 04, then 5.1–5.3. In a day: all, with 02 and 03
# before 04.

# %% [markdown]
# ## Summary
#
# - Shift + Enter runs a cell; a check answers.
# - The doctor knows what is missing.
# - A trained network can be sure and wrong.

# %% [markdown]
# ## Where this connects
#
# This course belongs to a workshop, and names its earlier notebooks where they are related: *01_EDA* and *02_Regression* have the same molecules,
# *03_Classification* their classes, *04_PyTorch* the training loop, *04b_HuggingFace* and *05_LLMs* borrowed networks. You need none
# of them. What is new is the pictures.
#
# Next: [01 · Images as data](01_images_as_data.ipynb).

# %% [markdown]
# ## Sources
#
# - Molecules: J. S. Delaney, *J. Chem. Inf. Comput. Sci.* 44 (2004) 1000, [doi:10.1021/ci034243x](https://doi.org/10.1021/ci034243x).
# - Drawings: [RDKit](https://www.rdkit.org). Networks: [PyTorch](https://pytorch.org).
