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
# You need: kernels, feature maps, pooling and logits ([4.1](04_convolutional_networks.ipynb)); the
# [glossary](../docs/glossary.md) has a line on each.

# %% tags=["setup"]

# %%
import numpy as np
import pandas as pd
import torch
from scipy import ndimage

from workshop_utils import checks, datasets, demos, depiction, explanation, models
from workshop_utils import molecules, plotting, splits, training

smiles = datasets.load_esol()["smiles"]
images = depiction.depict_many(smiles)
rings = models.load_pretrained("rings")  # built like lesson 04's, 15 epochs: is there a ring?

# %% [markdown]
# To open *your* network: in lesson 04, `models.save_weights(compact, "mine.safetensors", {})`; here,
# `rings = models.load_weights("mine.safetensors")`.

# %% [markdown] minutes=10 short=6
# ## 5.1 Learned filters
#
# In 4.1 a person chose a kernel's nine weights. The first layer of this network has 16 kernels of 5 × 5, and nobody chose
# theirs.

# %% [markdown] tags=["question"]
# Will you find edge kernels among them, with positive weights on one side and negative ones on the other?

# %% [markdown] tags=["slide"]
# - 16 kernels of 5 × 5
# - What were they *before* training?

# %% tags=["slide"]
kernels = explanation.conv_filters(rings, "features.0")[:, 0]  # (16, 5, 5)
look = {"titles": list(map(str, range(16))), "columns": 8, "vmin": -0.2, "vmax": 0.2, "scale": "weight"}
figure = plotting.pictures(list(kernels), suptitle="Orange weights add, blue subtract", **look)
plotting.show(figure, alt="Sixteen kernels of 5 by 5 cells, a patchwork of orange and blue in each")

# %% [markdown]
# No tidy edge kernel is among them: each is a patchwork. Networks trained on a million photographs do show edges and blobs here
# (Krizhevsky, below). So what were these kernels *before* training? The same seed gives the same start, and we can look.


# %% tags=["slide"]
def untrained(seed):
    with training.seeded(seed):
        return models.CompactCNN().eval()


before = untrained(0)
start = explanation.conv_filters(before, "features.0")[:, 0]
figure = plotting.pictures(list(start), suptitle="The same 16 before training", **look)
plotting.show(figure, alt="The same sixteen kernels before training: hardly a cell differs")


# %%
layers = list(explanation.convolutions(rings))
old, new = ([explanation.conv_filters(network, layer) for layer in layers] for network in (before, rings))
correlation = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(old, new)]
pd.Series(correlation, layers, name="correlation of the weights with their start").round(3)

# %% [markdown]
# The first layer is nearly the random one it began as; later layers have moved more. So a picture of kernels shows what the weights
# *are*. It does not show that they were learned.
#
# Deeper kernels cannot even be read as pictures. Each of them reads *all* maps of the layer before: a kernel of the second layer is 16
# tables of 3 × 3 weights. And these do not multiply ink, but the answers of other kernels. So we stop reading weights, and watch what
# layers *do*.

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
# Each kernel answers with a map. Here are each layer's three strongest for paracetamol, after the *ReLU*, which sets negative
# answers to 0.

# %% [markdown] tags=["question"]
# The picture is 96 pixels wide. How many pixels wide is a map of the fourth layer?

# %% [markdown] tags=["slide"]
# - Each kernel answers with a map
# - Late maps are coarse, but have *seen* more: the receptive field

# %% tags=["slide"]
paracetamol = depiction.depict_many(["CC(=O)Nc1ccc(O)cc1"])
relus = {1: "features.2", 2: "features.5", 3: "features.9", 4: "features.13"}
answers = {n: explanation.feature_maps(rings, paracetamol, relu)[0] for n, relu in relus.items()}
strongest = {n: np.argsort(-maps.max(axis=(1, 2)))[:3] for n, maps in answers.items()}
shown = [answers[n][channel] / answers[n].max() for n in answers for channel in strongest[n]]
names = [f"layer {n}: {channel}" for n in answers for channel in strongest[n]]
figure = plotting.pictures(shown, names, columns=6, sizes=True, suptitle="Black: the layer's highest answer")
plotting.show(figure, alt="Three maps of each layer: lines of the molecule, later coarse squares")

# %% [markdown]
# Twelve: the maps shrink from 48 px to 12. The first still look like the molecule, the last are a few coarse squares.
#
# But a late value has *seen* more. A value of the first layer sees the 5 px under its kernel. The kernel moves in steps of 2 px, so
# the next value's view begins 2 px further. The second layer reads three such values in a row: 5 + 2 × 2 = 9 px. This is its *receptive
# field*, the part of the picture that one of its values has seen.

# %% tags=["exercise"]
# Exercise 5.2: next come a pooling (2 × 2 values become one; its outputs lie 4 px apart) and the
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
# What excites a filter most? Among *real* pictures: cut out what it saw where it answered most strongly. Among *all* pictures: change
# noise until the filter answers most (*activation maximization*, its *dream*). We ask a filter of layer 2 (its third strongest: two dream of pale paper), one of layer 3, and the two of layer 4
# with the largest weights for *ring* and against it.

# %% [markdown] tags=["slide"]
# - Which real molecules excite a filter?
# - Which picture of all would?
# - Grad-CAM: which places raised the answer?

# %%
for_ring = (rings.classifier.weight[1] - rings.classifier.weight[0]).detach()  # a weight for each map
asked = {  # a layer before its ReLU and after it, and one of its channels
    "layer 2": ("features.4", "features.5", strongest[2][2]),
    "layer 3": ("features.8", "features.9", strongest[3][0]),
    "4, for ring": ("features.12", "features.13", int(for_ring.argmax())),
    "4, against": ("features.12", "features.13", int(for_ring.argmin())),
}
dreams = [explanation.preferred_input(rings, raw, channel, steps=64) for raw, _, channel in asked.values()]
seen = [explanation.top_patches(rings, images, relu, channel, n=5) for _, relu, channel in asked.values()]

# %% tags=["slide"]
shown = [picture for dream, five in zip(dreams, seen) for picture in (dream / (dream.max() or 1), *five)]
names = [title for name, five in zip(asked, seen) for title in (name, *[f"{five.shape[1]} px"] * 5)]
figure = plotting.pictures(shown, names, columns=6, suptitle="Left: its dream. Right: what excites it most")
plotting.show(figure, alt="Four filters, each a texture beside five cut-outs of molecules", width=860)

# %% [markdown]
# The dreams, on the left and at full contrast, are textures that no chemist draws. The cut-outs beside them, from five molecules each,
# can be read: the filter for *ring* saw rings, the one against it mostly letters. But most molecules have rings: five examples suggest, and prove
# nothing.
#
# ### Grad-CAM: which places raised the answer?
#
# The network ends in a *logit*, a raw score, for each of its two answers. *Grad-CAM* asks which places in the last layer's maps raise
# the logit of *ring*:
#
# 1. **Gradient.** For every value of every map: how much does the logit rise if this value rises a little?
# 2. **Weight.** For every map, the mean of its gradients: how much the map counts.
# 3. **Sum.** Multiply each map by its weight, and add the maps up. Keep what is positive.

# %%
maps = rings.features(torch.from_numpy(paracetamol)).detach().requires_grad_()  # (1, 128, 12, 12)
logit = rings.classifier(maps.amax(dim=(2, 3)))[0, 1]  # of "ring"
(gradient,) = torch.autograd.grad(logit, maps)  # 1: (1, 128, 12, 12)
weight = gradient.mean(dim=(2, 3), keepdim=True)  # 2: (1, 128, 1, 1)
heat = torch.relu((weight * maps).sum(dim=1)).detach().numpy()  # 3: (1, 12, 12)
packaged = explanation.grad_cam(rings, paracetamol, "features.13", target=1, upsample=False)
print("the same as explanation.grad_cam:", np.allclose(heat, packaged, atol=1e-6))

# %% [markdown]
# Mind what this shows. The network takes only the *maximum* of each map (`amax`). The heat shows whole maps, even where nothing
# entered the answer.
#
# And a heat map always looks like an explanation. So compare with the same network *before* training. Its raw heat is far smaller: on one
# scale it would be blank, and the comparison would prove nothing. So each map is divided by its sum.

# %% [markdown] tags=["question"]
# Cover the titles: could you tell the two rows apart?

# %% tags=["slide"]
others = ["CC(C)C1CCC(C)CC1O", "O=C1NC(=O)C(N1)(c2ccccc2)c3ccccc3"]
three = np.concatenate([paracetamol, depiction.depict_many(others)])
raw = np.concatenate([explanation.grad_cam(net, three, "features.13", target=1) for net in (rings, before)])
parts = raw / raw.sum(axis=(1, 2), keepdims=True) * 1000
names = [f"{name}, raw maximum {one.max():.1g}" for name, one in zip(["trained"] * 3 + ["before"] * 3, raw)]
look = {"columns": 3, "vmax": parts.max(), "label": "share of the map's heat in a pixel, ‰"}
figure = plotting.overlay([*three[:, 0]] * 2, list(parts), names, **look)
plotting.show(figure, alt="Heat on three molecules: the trained network, and the untrained below", width=960)

# %% [markdown]
# In paracetamol you may tell them apart; in the other two it is hard. Looking does not settle it. But we know where the ring atoms
# lie. What share of the heat is near them?


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
# We ask all ring molecules that also have other atoms. *Near* means within half a bond. In the maps above, heat seems to lie *inside*
# rings, on paper; so we ask for the rings' centers, too.


# %%
def pixels_near(molecule):
    """Mark the pixels near ring atoms, and those near the rings' centers."""
    xy = depiction.atom_positions(molecule)
    cycles = [list(cycle) for cycle in molecule.GetRingInfo().AtomRings()]
    centers = [xy[cycle].mean(axis=0) for cycle in cycles]
    half_a_bond = np.linalg.norm(xy[cycles[0][0]] - xy[cycles[0][1]]) / 2
    places = (xy[np.concatenate(cycles)], centers)
    return [explanation.near(place, (96, 96), radius=half_a_bond) for place in places]


# %%
parsed = [molecules.parse(one) for one in smiles]
in_ring = [[atom.IsInRing() for atom in molecule.GetAtoms()] for molecule in parsed]
chosen = [row for row, atoms in enumerate(in_ring) if any(atoms) and not all(atoms)]
marked = np.array([pixels_near(parsed[row]) for row in chosen])  # (n, 2, 96, 96)
near = {"ring atoms": marked[:, 0], "ring centers": marked[:, 1]}

# %% [markdown]
# The rivals have learned nothing about rings:
#
# - an *even page*, the same heat everywhere;
# - the *mean drawing*, where ink usually lies;
# - the *ink* of the molecule itself, and its ink *blurred* over the 39 px that a late value has seen;
# - *enclosed paper*, which ink shuts in: the rule of lesson 02;
# - *random weights*: ten more networks before training.

# %%
ink = images[chosen, 0]  # (n, 96, 96)
rivals = {
    "even page": np.broadcast_to(np.float32(1), ink.shape),
    "mean drawing": np.broadcast_to(ink.mean(axis=0), ink.shape),
    "ink": ink,
    "ink, blurred over 39 px": ndimage.uniform_filter(ink, (0, 39, 39)),
    "enclosed paper": np.array([ndimage.binary_fill_holes(one > 0.2) & (one <= 0.2) for one in ink]),
}


# %%
def shares_of(heats):  # the helper does for many maps what your function does for one
    return {place: explanation.heat_shares(heats, mask) for place, mask in near.items()}


networks = {"trained network": rings} | {f"seed {seed}": untrained(seed) for seed in range(1, 11)}
found = {name: shares_of(heats) for name, heats in rivals.items()}
found |= {
    name: shares_of(explanation.grad_cam(network, ink[:, None], "features.13", target=1))
    for name, network in networks.items()
}


# %%
def table_of(place):  # one row a molecule, one column a rival, the highest mean first
    shares = pd.DataFrame({name: both[place] for name, both in found.items()})
    order = shares.mean().sort_values(ascending=False).index
    seeds = [name for name in order if name.startswith("seed")]
    ends = {seeds[0]: "highest of 10 random", seeds[-1]: "lowest of 10 random"}
    return shares[order].drop(columns=seeds[1:-1]).rename(columns=ends)


shares = {place: table_of(place) for place in near}

# %% [markdown]
# The bars below are *bootstrap* intervals: draw as many molecules again, with replacement; take their mean; repeat this 2000 times; keep the
# middle 95 %. They know only the chance in the choice of molecules, not that of another training: there is one trained
# network here.

# %% [markdown] tags=["question"]
# Rank the rivals, for ring atoms and for ring centers.


# %%
def interval(values):
    rows = np.random.default_rng(0).integers(len(values), size=(2000, len(values)))
    low, high = np.percentile(np.nanmean(values.to_numpy()[rows], axis=1), [2.5, 97.5])
    return low, values.mean(), high


def show_shares(place):
    estimates = {name: interval(values) for name, values in shares[place].items()}
    title = f"Share of a molecule's heat that lies near {place}"
    xlabel = f"share of the heat, 0 to 1 (mean of the molecules with any heat, up to {len(chosen)})"
    figure = plotting.intervals(estimates, title, xlabel=xlabel, highlight="trained network")
    said = ", ".join(f"{name} {mean:.2f}" for name, (_, mean, _) in estimates.items())
    plotting.show(figure, alt=f"{title}: {said}")


# %% tags=["slide"]
show_shares("ring atoms")

# %% tags=["slide"]
show_shares("ring centers")

# %% [markdown]
# *Near ring atoms* this network beats an even page, as would anything on the molecule. It *loses* to ink, not to blurred ink.
# Enclosed paper and the best of ten networks that learned nothing do at least as well. These ten lie far apart: one alone
# would be no control. *Near ring centers* the network beats every rival but one: the enclosed paper lies far above it.
#
# The same molecules stand behind each row, so we compare in pairs: the network's share minus the rival's, molecule by molecule. It learned
# from most of them, so its test molecules stand apart, too.

# %%
has_ring = np.array([molecules.has_ring(one) for one in smiles])
unseen = np.isin(chosen, splits.train_val_test(smiles, has_ring, seed=0).test)  # the split of this network


def trained_minus_rivals(table):
    gains = table.drop(columns="trained network").rsub(table["trained network"], axis=0)
    return gains.apply(lambda values: "{0:+.3f} to {2:+.3f}".format(*interval(values)))


table = {f"near {place}, all": trained_minus_rivals(shares[place]) for place in near}
table |= {f"near {place}, {unseen.sum()} test": trained_minus_rivals(shares[place][unseen]) for place in near}
pd.DataFrame(table).rename_axis("network minus …, 95 % interval")

# %% [markdown]
# The pairs agree (above 0: the network has more heat there). So near ring centers this network has more heat than page, ink and random
# weights have, and less than lesson 02's rule. One measure with one rival could have "shown" either.
#
# All this is about one network; a claim about networks needs several. We chose the second measure after looking;
# new molecules should confirm it. And heat shows no cause.
#
# Type any SMILES, or upload a picture of a structure ([a still](../docs/frames/draw_a_smiles.png)). The demo's rival knows only the mean ink.

# %%
demos.draw_a_smiles()

# %% [markdown] tags=["instructor"]
# Three of these minutes are for the demo. Have the room rank the rows before the figures of shares.
#
# - Ask what would have been reported with one measure and one rival. The maps are 12 × 12: try `"features.9"`, with ink pooled
#   to 24, and compare with the controls again.
# - Why the third filter of layer 2? Try the first two: a search that raises the *mean* answer ends at pale or empty paper, where a
#   filter answers lower, on the whole, the more ink there is.

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
#
# Three ways to say whether there is a ring: a *descriptor*, RDKit's ring count, reads the molecule, and is the label itself. The
# *rule by hand* and the *network* read ink. In each of ten splits (seeds), these two were set without the test molecules and judged on them.

# %% [markdown] tags=["question"]
# For which of the three could you write the rule into a paper's methods section?

# %% [markdown] tags=["slide"]
# - Named before it is computed
# - Or asked afterwards

# %% tags=["slide"]
recorded = datasets.recorded("rings").values
holes, network = (pd.DataFrame(recorded[name]) for name in ("holes", "compact, 15 epochs"))
table = {"numbers set by the data": [2, models.count_parameters(rings)]}
for score in ("accuracy", "balanced_accuracy", "auc"):
    table[f"median {score}"] = [holes[score].median(), network[score].median()]
    higher = holes[score] - network[score]  # seed by seed
    table[f"{score}: seeds won"] = [(higher > 0).sum(), (higher < 0).sum()]
pd.DataFrame(table, index=["by hand: enclosed paper", "learned: compact network"]).round(3)

# %% [markdown]
# The descriptor and the hand-made rule are named before they are computed: they fit into a methods section. What a network has learned
# has to be asked afterwards, as in 5.3.
#
# The rule decides better in most seeds. By ranking ([AUC](../docs/glossary.md)) it does not lead: a yes or no cannot say how sure it is. But nobody had to find
# the network's rule.

# %% [markdown] tags=["instructor"]
# Let two people defend the two rows to a referee. End with the open question: would it still see a
# ring in thinner lines? Lesson 06 tests another network, with another question, in this way.

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
# *02_Regression*: which descriptors mattered? Here nobody had named them. Next: [lesson 06](06_did_it_learn_chemistry.ipynb)
# changes drawings for another network.

# %% [markdown]
# ## Sources
#
# - First layers: Krizhevsky et al. (2012), [doi:10.1145/3065386](https://doi.org/10.1145/3065386).
# - Activation maximization: Olah et al. (2017), [doi:10.23915/distill.00007](https://doi.org/10.23915/distill.00007).
# - Grad-CAM: Selvaraju et al. (2017), [arXiv:1610.02391](https://arxiv.org/abs/1610.02391).
# - Random weights as a control: Adebayo et al. (2018), [arXiv:1810.03292](https://arxiv.org/abs/1810.03292).
