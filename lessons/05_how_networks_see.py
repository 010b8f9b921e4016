# %% [markdown]
# # 05 · How networks see
#
# After this lesson you will be able to
#
# - look at learned kernels, and ask what they were before training;
# - follow a molecule through the layers, and say how much of it each value sees;
# - find what a filter responds to, among real molecules and among all pictures;
# - draw a Grad-CAM heat map, and measure it against controls.
#
# You need no other lesson.

# %% tags=["setup"]

# %%
import numpy as np
import pandas as pd
import torch
from scipy import ndimage

from workshop_utils import checks, datasets, demos, depiction, explanation, models
from workshop_utils import molecules, plotting, splits, training

esol = datasets.load_esol()
images = depiction.depict_many(esol["smiles"])
rings = models.load_pretrained("rings")  # lesson 04's compact network: is there a ring?

# %% [markdown]
# To open *your* network: in lesson 04, `models.save_weights(compact, "mine.safetensors", {})`; here,
# `rings = models.load_weights("mine.safetensors")`.

# %% [markdown] minutes=10 short=6
# ## 5.1 Learned filters
#
# In lesson 02 you chose nine weights. The first layer of this network has 16 kernels of 5 × 5.

# %% [markdown] tags=["question"]
# Will you find lesson 02's edge kernels among them?

# %% [markdown] tags=["slide"]
# - 16 kernels of 5 × 5
# - What were they *before* training?

# %% tags=["slide"]
kernels = explanation.conv_filters(rings, "features.0")[:, 0]  # (16, 5, 5)
look = {"titles": list(map(str, range(16))), "columns": 8, "vmin": -0.2, "vmax": 0.2, "scale": "weight"}
figure = plotting.pictures(list(kernels), suptitle="Orange weights add, blue subtract", **look)
plotting.show(figure, alt="Sixteen kernels of 5 by 5 cells, a patchwork of orange and blue in each")

# %% [markdown]
# No tidy edge kernel is among them: each is a patchwork. Networks trained on a million photographs show edges and blobs
# here (Krizhevsky, below). What were these *before* training? The same seed gives the same start.


# %% tags=["slide"]
def untrained(seed):
    with training.seeded(seed):
        return models.CompactCNN().eval()


before = untrained(0)
start = list(explanation.conv_filters(before, "features.0")[:, 0])
figure = plotting.pictures(start, suptitle="The same 16 before training", **look)
plotting.show(figure, alt="The same sixteen kernels before training: hardly a cell differs")
for layer in explanation.convolutions(rings):
    ends = [explanation.conv_filters(network, layer).ravel() for network in (before, rings)]
    print(f"{layer:12} correlation of its weights, before and after: {np.corrcoef(*ends)[0, 1]:.3f}")

# %% [markdown]
# The first layer is nearly the random one it began as; later layers moved more. A picture of kernels shows what the
# weights *are*, not that they were learned.
#
# Deeper kernels cannot be read as pictures at all. Each reads *all* maps of the layer before, 16 in the second layer, 32 in
# the third:

# %% tags=["slide"]
second = explanation.conv_filters(rings, "features.3")  # (32, 16, 3, 3)
figure = plotting.pictures(list(second[0]), suptitle="One kernel of layer 2: 16 tables", **look)
plotting.show(figure, alt="Sixteen tables of 3 by 3 weights, together one kernel of layer 2")

# %% [markdown]
# These weights do not multiply ink but answers of other kernels. So we stop reading weights, and watch what layers *do*.

# %% tags=["exercise"]
# Exercise 5.1: an edge kernel is silent on plain ink, where each of its weights is multiplied by 1.
# Which of the 16 `kernels` comes nearest to silence there? Give its number.
### BEGIN SOLUTION
silent = np.abs(kernels.sum(axis=(1, 2))).argmin()
### END SOLUTION
checks.balanced_kernel(silent, kernels)

# %% [markdown] tags=["instructor"]
# Let people find edges in the patchwork, and name them, *before* the second figure. Somebody always does. Then show it.
#
# - "Why does it work, then?" This lesson does not measure it. One guess: random kernels already answer differently to lines of different
#   directions, and later layers mix their answers. Ask how one would test that (freeze the first layer, and train the others).

# %% [markdown] part="mistakes" tags=["instructor"]
# - In the exercise: the lowest sum instead of the one nearest to zero.

# %% [markdown] part="short" tags=["instructor"]
# Up to the figure before training; leave the deeper kernels and the exercise to those who are quick.

# %% [markdown] minutes=9 short=5
# ## 5.2 Feature maps, layer by layer
#
# Each kernel answers with a map. Here are each layer's five strongest for paracetamol, after the ReLU.

# %% [markdown] tags=["question"]
# How many pixels wide is a map of the fourth layer? The picture has 96.

# %% [markdown] tags=["slide"]
# - Each kernel answers with a map
# - Late maps are coarse, but have *seen* more: the receptive field

# %% tags=["slide"]
row = int(np.flatnonzero(esol["smiles"] == "CC(=O)Nc1ccc(O)cc1")[0])
layers = {1: "features.2", 2: "features.5", 3: "features.9", 4: "features.13"}  # after their ReLU
strongest, shown, names = {}, [], []
for number, layer in layers.items():
    maps = explanation.feature_maps(rings, images[[row]], layer)[0]
    strongest[number] = np.argsort(-maps.max(axis=(1, 2)))[:5]
    shown += list(maps[strongest[number]] / maps.max())
    names += [f"layer {number}, map {channel}" for channel in strongest[number]]
figure = plotting.pictures(shown, names, columns=5, sizes=True, suptitle="Black: the strongest")
plotting.show(figure, alt="Five maps of each layer: lines of the molecule, later coarse squares")

# %% [markdown]
# The maps shrink from 48 px to 12 in the fourth layer: the first look like the molecule, the last are coarse squares. But a late
# value has *seen* more. One value of the
# first layer sees 5 px, and its neighbor's view begins 2 px further. The second layer reads three such values in a row:
# 5 + 2 × 2 = 9 px, its *receptive field*.

# %% tags=["exercise"]
# Exercise 5.2: next come a pooling (2 × 2 values become one; its neighbors are 4 px apart) and the
# third convolution (3 × 3). How many pixels wide is the receptive field of the third layer?
### BEGIN SOLUTION
field_of_third = 9 + 1 * 2 + 2 * 4
### END SOLUTION
checks.field_of_third(field_of_third)

# %% [markdown]
# In the demo ([a still](../docs/frames/feature_browser.png)) a frame marks what the strongest value of a map has seen. Can you
# find a map that answers to one thing only?

# %%
demos.feature_browser()

# %% [markdown] tags=["instructor"]
# Four of these minutes are for the demo. In pairs: choose a map of layer 3, guess from three molecules what it responds to, then test
# the guess on a fourth. Collect the guesses that failed.

# %% [markdown] part="mistakes" tags=["instructor"]
# - In the exercise: adding kernel sizes and forgetting that strides and pooling widen every later step.

# %% [markdown] part="short" tags=["instructor"]
# The figure and the demo; leave out the exercise.

# %% [markdown] minutes=15 short=9
# ## 5.3 What filters prefer, and where an answer comes from
#
# Among *real* pictures: where does a filter answer most strongly? Among *all* pictures: start from noise and change pixels
# uphill (*activation maximization*). We ask one filter of layers 2 and 3, and of layer 4 the two with the largest weights for *ring* and
# against it.

# %% [markdown] tags=["slide"]
# - Which real molecules excite a filter?
# - Which picture of all would?
# - Grad-CAM: which places raised the answer?

# %%
pull = (rings.classifier.weight[1] - rings.classifier.weight[0]).detach().numpy()
asked = [(2, strongest[2][0]), (3, strongest[3][0]), (4, pull.argmax()), (4, pull.argmin())]
shown, names = [], []
for number, channel in asked:
    layer = layers[number]
    field = explanation.receptive_field(rings, layer)
    raw = f"features.{int(layer.split('.')[1]) - 1}"  # before the ReLU, which flattens
    shown.append(explanation.preferred_input(rings, raw, channel, steps=64))
    names.append(f"{number}: filter {channel}")
    best, _ = explanation.top_activating(rings, images, layer, channel, n=5)
    for i, map_ in zip(best, explanation.feature_maps(rings, images[best], layer)[:, channel]):
        shown.append(field.crop(images[i, 0], *np.unravel_index(map_.argmax(), map_.shape)))
        names.append(f"{field.side} px")

# %% tags=["slide"]
figure = plotting.pictures(shown, names, columns=6, suptitle="A filter's dream; what excites it")
plotting.show(figure, alt="Four filters, each a texture beside five cut-outs of molecules")

# %% [markdown]
# The dreams, on the left, are textures that no chemist draws. The cut-outs, from five molecules each, can be read; but five examples
# suggest, and do not prove.
#
# ### Grad-CAM: which places raised the answer?
#
# Weigh each map of the last layer by how much it raises the logit of *ring*; add up; keep what is positive.

# %%
maps = rings.features(torch.from_numpy(images[[row]])).detach().requires_grad_()
(slopes,) = torch.autograd.grad(rings.classifier(maps.amax(dim=(2, 3)))[0, 1], maps)
by_hand = torch.relu((slopes.mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1)).detach().numpy()
packaged = explanation.grad_cam(rings, images[[row]], layers[4], target=1, upsample=False)
print("the same as explanation.grad_cam:", np.allclose(by_hand, packaged, atol=1e-6))

# %% [markdown]
# Mind what this shows. The network takes only the *maximum* of each map (`amax`); the heat shows whole maps, also where nothing of
# the answer came from.
#
# A heat map always looks like an explanation. So compare with the same network *before* training. Its raw heat is far
# smaller: on a raw scale it would be blank, and the comparison would prove nothing. So each map is divided by its sum.

# %% [markdown] tags=["question"]
# Will you be able to tell the two rows apart?

# %% tags=["slide"]
some = [row, *np.flatnonzero(esol["name"].isin(["Phenytoin", "menthol"]))]
networks = {"trained": rings, "before training": before}
layered, names = [], []
for name, network in networks.items():
    heat = explanation.grad_cam(network, images[some], "features.13", target=1)
    layered += list(heat / heat.sum(axis=(1, 2), keepdims=True) * 1000)
    names += [f"{name}, max {one.max():.1g}" for one in heat]
look = {"columns": 3, "vmax": np.max(layered), "label": "share of a map's heat, ‰ a pixel"}
figure = plotting.overlay([*images[some, 0]] * 2, layered, names, **look)
plotting.show(figure, alt="Heat on three molecules: the trained network, and the untrained below")

# %% [markdown]
# In paracetamol you may tell them apart; in the other two it is hard. Looking does not settle it. But we know where the ring atoms lie. What share of the heat is near them?


# %% tags=["exercise"]
# Exercise 5.3: write that share. A pixel in row i and column j has its center at
# x = j + 0.5, y = i + 0.5.
### BEGIN SOLUTION
def share_near(heat, positions, radius):
    """Share of heat (H, W) within radius px of any of the positions (n, 2), x then y."""
    rows, columns = np.indices(heat.shape) + 0.5
    near = [np.hypot(columns - x, rows - y) <= radius for x, y in positions]
    return heat[np.any(near, axis=0)].sum() / heat.sum()


### END SOLUTION
checks.share_near(share_near)

# %% [markdown]
# Near: within half a bond. We take all ring molecules that also have other atoms, and rivals that have learned nothing: heat spread
# evenly over the page; the mean of all drawings; the ink; ink as coarse as the maps; the paper that ink encloses, which was lesson
# 02's rule; random weights, in ten draws. In the maps above, heat seems to lie *inside* rings, on paper. So we also ask for the
# rings' centers.

# %%
targets = []  # row, {place: positions}, half a bond in px
for i, molecule in enumerate(map(molecules.parse, esol["smiles"])):
    cycles = [list(cycle) for cycle in molecule.GetRingInfo().AtomRings()]
    in_ring = sorted({atom for cycle in cycles for atom in cycle})
    if 0 < len(in_ring) < molecule.GetNumAtoms():
        xy = depiction.atom_positions(molecule)
        places = {"ring atoms": xy[in_ring], "ring centers": [xy[c].mean(axis=0) for c in cycles]}
        targets.append((i, places, np.linalg.norm(xy[cycles[0][0]] - xy[cycles[0][1]]) / 2))
print(len(targets), "ring molecules that also have other atoms")

# %%
ink = images[[i for i, _, _ in targets]]
coarse = torch.nn.Upsample(96, mode="bilinear")(torch.nn.AvgPool2d(8)(torch.from_numpy(ink))).numpy()


def shares_of(heats):
    near = {"ring atoms": [], "ring centers": []}
    for heat, (_, xy, half_a_bond) in zip(heats, targets):
        for where, shares in near.items():
            shares.append(explanation.heat_share(heat, xy[where], radius=half_a_bond))
    return {where: np.array(shares) for where, shares in near.items()}


# %%
rivals = {
    "even page": np.broadcast_to(np.float32(1), ink[:, 0].shape),
    "mean drawing": np.broadcast_to(ink.mean(axis=0), ink[:, 0].shape),
    "ink": ink[:, 0],
    "ink, coarse as maps": coarse[:, 0],
    "enclosed paper": np.array([ndimage.binary_fill_holes(p > 0.2) & (p <= 0.2) for p in ink[:, 0]]),
}
found = {name: shares_of(heats) for name, heats in rivals.items()}
networks |= {f"seed {seed}": untrained(seed) for seed in range(1, 11)}
for name, network in networks.items():
    # A few pictures at a time: the heat of twelve networks would fill the memory.
    parts = np.array_split(ink, 24)
    found[name] = shares_of(h for p in parts for h in explanation.grad_cam(network, p, layers[4], target=1))

# %% [markdown]
# The interval is a *bootstrap*: draw as many molecules, with replacement, 2000 times; keep the middle 95 % of the means. It knows only
# the chance in the choice of molecules, not that of another training: there is one trained network here. It was trained on most of
# these molecules, so we also look at its test molecules alone.

# %% [markdown] tags=["question"]
# Rank the rivals, for ring atoms and for ring centers.


# %%
def interval(values):
    draws = np.random.default_rng(0).integers(len(values), size=(2000, len(values)))
    return np.nanpercentile(np.nanmean(values[draws], axis=1), [2.5, 50, 97.5])  # no heat: no share


has_ring = np.array([molecules.has_ring(smiles) for smiles in esol["smiles"]])
test = splits.train_val_test(esol["smiles"], has_ring, seed=0).test  # the split of this network
unseen = np.isin([i for i, _, _ in targets], test)
print(unseen.sum(), "of the", len(targets), "molecules are test molecules")

# %% tags=["slide"]
look = {"xlabel": "mean share of a molecule's heat", "highlight": "trained"}
measured = {}
for where in ("ring atoms", "ring centers"):
    shares = {name: each[where] for name, each in found.items()}
    draws = sorted((shares.pop(f"seed {seed}") for seed in range(1, 11)), key=np.nanmean)
    shares |= {"random weights, lowest of 10": draws[0], "random weights, highest of 10": draws[-1]}
    measured[where] = shares
    estimates = {name: interval(values) for name, values in shares.items()}
    figure = plotting.intervals(estimates, f"Share of heat near {where}", **look)
    alt = ", ".join(f"{name} {middle:.2f}" for name, (_, middle, _) in estimates.items())
    plotting.show(figure, alt=f"Mean share of heat near {where}: {alt}")

# %% [markdown]
# The same molecules stand behind each row, so we compare in pairs: this network's share minus the rival's, molecule by molecule.


# %%
def trained_minus(rival, shares, kept):
    low, _, high = interval((shares["trained"] - shares[rival])[kept])
    return f"{low:+.3f} to {high:+.3f}"


groups = {"all": slice(None), "test only": unseen}
table = {
    f"near {where}, {group}": {rival: trained_minus(rival, shares, kept) for rival in shares}
    for where, shares in measured.items()
    for group, kept in groups.items()
}
pd.DataFrame(table).drop(index="trained").rename_axis("trained minus …")

# %% [markdown]
# *Near ring atoms* this network's heat beats an even page, as would anything that lies on the molecule. It *loses* to ink, fine or
# coarse, and the enclosed paper and the best of ten networks that learned nothing do at least as well. *Near ring centers* it beats
# every rival but one: the enclosed paper lies far above it. So the heat of this network gathers inside rings, more than page, ink and
# random weights do, and less than lesson 02's rule. One measure with one rival could have "shown" either.
#
# All this is about one network; for a claim about networks, more would have to be trained. We chose the second measure after looking;
# new molecules should confirm it, and heat is not yet a cause.
#
# Type any SMILES ([a still](../docs/frames/draw_a_smiles.png)). A rival knows only the mean ink.

# %%
demos.draw_a_smiles()

# %% [markdown] tags=["instructor"]
# Three of these minutes are for the demo. Have the room rank the rows before the figure of shares.
#
# - Ask what would have been reported with one measure and one rival. The maps are 12 × 12: try `"features.9"`, with ink pooled
#   to 24, and compare with the controls again.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Quoting only the comparison with the even page.
# - Reading the narrow intervals as certainty about networks. They are about molecules; there is one training behind
#   them.
# - In the exercise: adding the heat near each atom, which counts overlaps twice.

# %% [markdown] part="short" tags=["instructor"]
# Run all cells at the start; stay with the two rows of heat maps and the two figures of shares. Leave out the exercise,
# and end with the demo, where one molecule is enough.

# %% [markdown] minutes=6 optional=true
# ## 5.4 By hand, or learned

# %% [markdown] tags=["question"]
# For which could you write the rule into a paper's methods section: a descriptor, a hand-made filter, a network?

# %% [markdown] tags=["slide"]
# - Named before it is computed
# - Or asked afterwards

# %% tags=["slide"]
runs = datasets.recorded("rings").values
scores = ["accuracy", "balanced_accuracy"]
holes, network = (pd.DataFrame(runs[name])[scores] for name in ("holes", "compact network"))
won = [(one > other)["accuracy"].sum() for one, other in ((holes, network), (network, holes))]
table = {
    "descriptor: RDKit's ring count": ["molecule", 0, *["1: it is the label"] * 2, "–"],
    "by hand: paper enclosed by ink": ["ink", 2, *holes.median().round(3), won[0]],
    "learned: compact network": ["ink", models.count_parameters(rings), *network.median().round(3), won[1]],
}
pd.DataFrame(table, index=["reads", "numbers set", *(f"median {s}" for s in scores), "seeds won"])

# %% [markdown]
# A descriptor or a hand-made filter is named before it is computed: its rule fits into a methods section. A learned filter has to be
# asked afterwards, as in 5.3. Both readers of ink were set without the test molecules of their seed, and judged on the same ones; the
# rule was the more accurate in nine of ten seeds. But nobody had to find its rule.

# %% [markdown] tags=["instructor"]
# Let two people defend the two columns of ink to a referee. End with the open question: would it still see a
# ring in thinner lines? Lesson 06 tests.

# %% [markdown]
# ## Summary
#
# - Compare kernels with their start before calling them learned.
# - A late value sees more of the picture, more coarsely.
# - Favorite cut-outs suggest what a filter responds to; they do not prove it.
# - A heat map needs controls: page, ink, several random weights, the simplest rule, one color scale, an interval.

# %% [markdown]
# ## Where this connects
#
# *02_Regression*: which descriptors mattered? Here nobody had named them. Lesson 06 asks what the network leans on, by
# changing the drawings.

# %% [markdown]
# ## Sources
#
# - First layers: Krizhevsky et al. (2012), [doi:10.1145/3065386](https://doi.org/10.1145/3065386).
# - Activation maximization: Olah et al. (2017), [doi:10.23915/distill.00007](https://doi.org/10.23915/distill.00007).
# - Grad-CAM: Selvaraju et al. (2017), [arXiv:1610.02391](https://arxiv.org/abs/1610.02391).
# - Random weights as a control: Adebayo et al. (2018), [arXiv:1810.03292](https://arxiv.org/abs/1810.03292).
