# %% [markdown]
# # 02 · Image processing
#
# After this lesson you will be able to
#
# - compute by hand what a 3 × 3 kernel answers, and say what Sobel and Canny find;
# - tell raised contrast from lowered by a number, not by eye;
# - choose a filter against noise, and name its price;
# - build a ring detector without any learning, and say what fools it.
#
# You need no other lesson.
#
# Ink, as in lesson 01: 0 on paper, 1 at full ink.

# %% tags=["setup"]

# %%
import cv2
import numpy as np
import skimage
from scipy import ndimage

from workshop_utils import checks, datasets, demos, depiction, filters, molecules, plotting

# %% [markdown] minutes=10
# ## 2.1 An edge is a difference
#
# A bond is a thin line: paper, ink, paper again. Here is the upper rim of one, in numbers.

# %% [markdown] tags=["slide"]
# - A kernel: nine weights
# - Multiply, add up, slide on

# %%
style = depiction.DepictionStyle(size=200, line_width=4, rotation=18)
aspirin = depiction.depict("CC(=O)Oc1ccccc1C(=O)O", style)
figure = plotting.closeup(aspirin, 31, 94)
plotting.show(figure, alt="Aspirin, a frame on its top bond, 25 numbers: rows 0, 0, 0.47, 1, 1")

# %% [markdown]
# To find the rim, ask each pixel: *how different is what lies below you from what lies above?* A table of nine weights, a
# **kernel**, asks just that. Lay it over nine pixels, multiply, add up.

# %% [markdown] tags=["question"]
# Will the sum be positive, negative or zero?

# %% tags=["slide"]
kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]) / 4
nine = aspirin[32:35, 95:98]  # the middle of the frame
products = nine * kernel
titles = ("ink", "kernel", f"products; sum {products.sum():.2f}")
figure = plotting.numbers(nine, kernel, products, titles=titles, between="×=")
plotting.show(figure, alt="Nine pixels times nine weights; only the lower products differ from 0")

# %% [markdown]
# Positive: ink below, paper above. Now slide the kernel over the picture. Each place gives one number.

# %% tags=["slide"]
answer = np.zeros_like(aspirin)
for row in range(1, 199):
    for column in range(1, 199):
        answer[row, column] = (aspirin[row - 1 : row + 2, column - 1 : column + 2] * kernel).sum()

figure = plotting.closeup(answer, 31, 93, size=7, title="Orange: ink below. Blue: ink above")
plotting.show(figure, alt="Each flat line has an orange upper and a blue lower rim")

# %% tags=["exercise"]
# Exercise 2.1: a kernel for the left and right rims of a line. Rearrange the nine weights.
### BEGIN SOLUTION
vertical = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4
### END SOLUTION
checks.vertical_kernel(vertical)

# %% [markdown]
# One answer per direction; Pythagoras joins them into the strength of an edge of any direction. That is the **Sobel** filter.

# %% tags=["slide"]
# Divided by √2, as scikit-image does: no edge answers more than 1.
above_below = filters.correlate(aspirin, filters.SOBEL_HORIZONTAL)  # the double loop, in one call
strength = np.hypot(above_below, filters.correlate(aspirin, filters.SOBEL_VERTICAL)) / np.sqrt(2)

box = slice(15, 75), slice(60, 120)
figure = plotting.overlay([aspirin, aspirin[box]], [strength, strength[box]], ["Sobel", "enlarged"])
plotting.show(figure, alt="Sobel's answer in orange: both rims of each line, not its middle")

# %% [markdown]
# Sobel finds the borders of ink, not bonds: each line is lit twice.
#
# **Try it.** What must the weights sum to, if plain paper *and* plain ink should answer 0?
# ([A still](../docs/frames/kernel_lab.png).)

# %%
demos.kernel_lab()

# %% [markdown]
# They must sum to 0: where all nine pixels are equal, the answer is that value times the sum of the weights.

# %% [markdown] tags=["instructor"]
# Do the nine products aloud, on the board. Then ask for the sum at the lower rim, four rows down: the sign turns.
#
# - Exercise 2.1: expect both signs. Both are right, and the check takes both: a line has two rims.
# - Demo: *do nothing* and *blur* sum to 1, every edge kernel to 0. Lesson 05 looks for such weights in a network.

# %% [markdown] part="mistakes" tags=["instructor"]
# - All weights positive. Ask what that kernel answers on a gray wall.

# %% [markdown] minutes=5 optional=true
# ## 2.2 Canny: one thin line
#
# **Canny** blurs first (σ px wide) and keeps only the crest of each edge. Then two thresholds: above the high one is an edge;
# above the low one is an edge if it touches one. Here is a drawing as if photographed in bad light.

# %% [markdown] tags=["question"]
# What do two low thresholds find that is no bond? What do two high ones lose? What does a large σ lose?

# %% [markdown] tags=["slide"]
# - Blur, σ pixels wide; keep the crest of each edge
# - Above the high threshold: an edge
# - Above the low one: if it touches one

# %% tags=["slide"]
generator = np.random.default_rng(0)
shadow = np.linspace(0.05, 0.45, 200)  # darker to the right
photo = shadow + (0.65 - shadow) * aspirin + 0.04 * generator.standard_normal(aspirin.shape)

found = {"photographed": photo}
for sigma, low, high in [(1, 0.1, 0.1), (1, 0.6, 0.6), (1, 0.1, 0.6), (1, 0.1, 0.3), (3, 0.1, 0.3)]:
    found[f"σ {sigma} px, low {low}, high {high}"] = skimage.feature.canny(photo, sigma, low, high)
figure = plotting.pictures(list(found.values()), list(found), columns=3)
plotting.show(figure, alt="Canny: noise, bonds lost, most found again, all found, bonds merged")

# %% [markdown]
# Two low thresholds find the noise of the paper. Two high ones lose bonds in the shadow. A low one beside the same high one brings
# most of these back, because they touch something stronger; the O at the far right touches nothing, and needs a lower high threshold.
# A large σ merges double bonds and fills letters.
#
# Canny's thresholds act on a Sobel answer that is divided neither by 4 nor by √2. On the scale of `strength` in 2.1 they are 4√2, or
# about 5.7, times smaller: 0.6 here is 0.1 there.

# %% [markdown] tags=["instructor"]
# Cover the lower row, and ask which two thresholds would give the molecule and nothing else.
#
# - Somebody may try `low` and `high` both at 0.2, which does as well on this photograph. Two thresholds help where no single
#   one parts the pale lines from the noise.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Reading σ as a threshold. It is a length: details smaller than σ pixels vanish.

# %% [markdown] minutes=9
# ## 2.3 Contrast: a number, and the eye's error
#
# Contrast can be measured: the standard deviation of the pixels. `rescale_intensity` has two ranges.

# %% [markdown] tags=["question"]
# Which lowers the contrast: `in_range=(50, 200)` or `out_range=(50, 200)`?

# %% [markdown] tags=["slide"]
# - Contrast is a number: the standard deviation of the pixels
# - Two ranges: `in_range`, `out_range`

# %% tags=["slide"]
gray = (255 * (1 - aspirin)).round().astype(np.uint8)  # as in a file: paper is 255
first = skimage.exposure.rescale_intensity(gray, in_range=(50, 200))
second = skimage.exposure.rescale_intensity(gray, out_range=(50, 200))
alone = 255 * (second - second.min()) / np.ptp(second)  # what imshow does, left alone
versions = {"gray": gray, "in_range": first, "out_range": second, "imshow left alone": alone}
titles = [f"{name}: std {v.std():.0f}, {v.dtype}" for name, v in versions.items()]
figure = plotting.pictures([1 - v / 255 for v in versions.values()], titles)
plotting.show(figure, alt="Aspirin, contrast raised, then lowered; imshow undoes the lowering")

# %% [markdown]
# `in_range` *raises* it: what lay between 50 and 200 now fills the whole range (a little only, since most pixels were paper or full ink
# already). `out_range` lowers it, and returns floats. The eye is
# no judge: without `vmin` and `vmax`, `imshow` stretches the pale picture back (last panel).


# %% tags=["exercise"]
# Exercise 2.2: a function that lowers contrast. Paper (0) should become low, full ink (1) high, the
# rest in between.
### BEGIN SOLUTION
def lower_contrast(picture, low, high):
    return low + (high - low) * picture


### END SOLUTION
checks.lower_contrast(lower_contrast)

# %% [markdown]
# **Stretching** sends two values, here 0.1 and 0.7, to 0 and 1. **Equalizing** gives each value its rank, so that
# all become equally frequent. **CLAHE** equalizes tile by tile, with a limit.

# %% tags=["slide"]
results = {
    "photographed": photo,
    "stretched": np.clip((photo - 0.1) / (0.7 - 0.1), 0, 1),
    "equalized": skimage.exposure.equalize_hist(photo),
    "CLAHE": skimage.exposure.equalize_adapthist(np.clip(photo, 0, 1)),
}
figure = plotting.histograms(list(results.values()), list(results))
plotting.show(figure, alt="A shadowed drawing, three remedies, and their histograms")
for name, picture in results.items():  # two corners without a molecule
    left, right = picture[:30, :30], picture[:30, -30:]
    print(f"{name:12}  paper {left.mean():.2f} to {right.mean():.2f}, noise {right.std():.2f}")

# %% [markdown]
# Stretching and equalizing know only a pixel's own value, so the shadow stays, and even deepens. CLAHE looks at the neighborhood: it
# evens the paper a little, and lifts the noise.

# %% [markdown] tags=["instructor"]
# Collect votes on `in_range` before running. The tutorial that this course grew from called its result "low contrast".
#
# - Ask what equalizing does to a clean drawing, most of it paper: paper gets the rank of all that is paper, about 0.9, and the drawing
#   drowns in it. It is made for photographs.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Exercise 2.2: adding a constant, which is brightness; clipping, which loses values; stretching.

# %% [markdown] minutes=6 optional=true
# ## 2.4 Noise, and the price of removing it
#
# **Gaussian** noise shifts every pixel a little; **salt and pepper** turns a few into pure paper or ink. Against it: a blur, which
# takes the weighted *mean* of the neighbors, or their *median*.

# %% [markdown] tags=["question"]
# Which remedy suits which noise?

# %% [markdown] tags=["slide"]
# - Gaussian: every pixel a little
# - Salt and pepper: a few pixels, wholly
# - Against it: a mean or a median of the neighbors

# %% tags=["slide"]
bell = np.clip(aspirin + 0.3 * generator.standard_normal(aspirin.shape), 0, 1)
fate = generator.random(aspirin.shape)
pepper = np.where(fate < 0.05, 0, np.where(fate > 0.95, 1, aspirin))

results = {}
for name, noisy in {"Gaussian": bell, "salt, pepper": pepper}.items():
    results[name] = noisy
    results[f"{name}: blur"] = ndimage.gaussian_filter(noisy, 1)
    results[f"{name}: median"] = ndimage.median_filter(noisy, 3)
titles = [f"{name}, {np.sqrt(((r - aspirin) ** 2).mean()):.2f}" for name, r in results.items()]
title = "Number: root mean square distance to the clean drawing"
figure = plotting.pictures(list(results.values()), titles, columns=3, suptitle=title)
plotting.show(figure, alt="Two noisy drawings, blurred and after a median, the closer to clean")

# %% [markdown]
# The median comes closer both times. A mean would suit Gaussian noise, but paper cannot get lighter than 0: there the noise only
# darkens, and its mean is a gray veil. Without that limit the order turns:

# %%
free = aspirin + 0.3 * generator.standard_normal(aspirin.shape)  # not clipped to 0 … 1
for name, r in {"blur": ndimage.gaussian_filter(free, 1), "median": ndimage.median_filter(free, 3)}.items():
    print(f"Gaussian noise, not clipped, {name}: {np.sqrt(((r - aspirin) ** 2).mean()):.2f}")

# %% [markdown]
# The median has its price:

# %% tags=["slide"]
windows = {f"median of {k} × {k} px": ndimage.median_filter(aspirin, k) for k in (5, 7, 9)}
figure = plotting.pictures(list(windows.values()), list(windows), suptitle="Clean lines, 4 px wide")
plotting.show(figure, alt="Medians of 5, 7, 9 px: letters go, double bonds merge, bonds fade")

# %% [markdown]
# A window over twice as wide as a line sees mostly paper. Try your own molecule
# ([a still](../docs/frames/filter_explorer.png)):

# %%
demos.filter_explorer()

# %% [markdown] tags=["instructor"]
# Take a molecule from the room, add salt and pepper, choose the median, and widen the window until a bond breaks.
#
# - Ask which errors of a smoothing filter would change the compound: lost letters, merged double bonds.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Taking the distance for something one can measure. It needs the clean picture, which a laboratory does not have.

# %% [markdown] minutes=3 optional=true
# ## 2.5 One filter, three libraries
#
# The kernel of 2.1, at the pixel that you computed by hand:

# %% [markdown] tags=["slide"]
# - One kernel, one pixel, four calls
# - Factor, sign, dtype: compare before you trust

# %% tags=["slide"]
answers = {
    "scikit-image, sobel_h": skimage.filters.sobel_h(aspirin),
    "OpenCV, Sobel": cv2.Sobel(aspirin, cv2.CV_32F, dx=0, dy=1),
    "SciPy, correlate": ndimage.correlate(aspirin, kernel),
    "SciPy, convolve": ndimage.convolve(aspirin, kernel),
}
for name, everywhere in answers.items():
    print(f"{name:22} {everywhere[33, 96]:+.2f}")

# %% [markdown]
# The division by 4 makes an edge from paper to ink answer 1; OpenCV omits it, as Canny did in 2.2. *Convolution*, in mathematics, turns the kernel by 180° before it slides; here, that flips the sign.
# Deep learning does not turn it, and says convolution all the same.

# %% [markdown] tags=["instructor"]
# A threshold tuned on `sobel_h` is wrong by a factor of 4 for OpenCV's answer; one tuned on `skimage.filters.sobel`, which
# divides by √2 too, by 4√2 for Canny. Ask who has met such a factor between two programs of quantum chemistry.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Assuming that equal names mean equal numbers. One pixel with a known answer settles it.

# %% [markdown] minutes=7
# ## 2.6 A ring detector without learning
#
# Above which level is a pixel ink? **Otsu** chooses the level that splits the histogram into the two tightest groups.

# %% [markdown] tags=["slide"]
# - Which level is ink? Otsu chooses
# - A ring: *paper enclosed by ink*

# %% tags=["slide"]
flat = np.clip(photo - ndimage.gaussian_filter(photo, 15), 0, 1)  # less the local paper
binary = {}
for name, picture in {"clean": aspirin, "photographed": photo, "no shadow": flat}.items():
    level = skimage.filters.threshold_otsu(picture)
    binary[f"{name}: ink above {level:.2f}"] = picture > level
figure = plotting.pictures(list(binary.values()), list(binary))
plotting.show(figure, alt="Black and white: sharp, half black in a shadow, nearly whole without it")

# %% [markdown]
# One level for all pixels fails in a shadow. In black and white, a ring is *paper enclosed by ink*. Fill the
# holes, and look at what was filled.

# %% [markdown] tags=["question"]
# Aspirin has one ring. How many enclosed patches will be found?


# %% tags=["slide"]
def enclosed(picture, level):
    ink = picture > level
    return ndimage.binary_fill_holes(ink) & ~ink


patches = enclosed(aspirin, 0.5)
figure = plotting.overlay(aspirin, patches, f"{ndimage.label(patches)[1]} enclosed patches")
plotting.show(figure, alt="Enclosed paper in orange: the ring, each O, gaps of double bonds")

# %% [markdown]
# The ring is only one of them. Each O encloses paper, and so do gaps between the two lines of a double bond.

# %% tags=["exercise"]
# Exercise 2.3: hexane, ethanol, ethylamine, fluoroethane, chloroethane, bromoethane: none has a
# ring. Which will be taken for one? Think of the letters drawn, and give a set of names such as
# {"hexane", "ethylamine"}.
### BEGIN SOLUTION
fooled = {"ethanol", "bromoethane"}
### END SOLUTION
checks.fooling_letters(fooled)

# %% [markdown]
# Now all of ESOL at 96 px. `filters.holes` counts patches. The lightest molecules it gets wrong:

# %% tags=["slide"]
esol = datasets.load_esol().sort_values("molecular_weight", ignore_index=True)
batch = depiction.depict_many(esol.smiles)[:, 0]
truth = np.array([molecules.has_ring(smiles) for smiles in esol.smiles])
called = np.array([filters.holes(picture, level=0.5) > 0 for picture in batch])
alarms, missed = np.flatnonzero(called & ~truth), np.flatnonzero(~called & truth)

shown = [*alarms[:2], *missed[:2]]
masks = [enclosed(picture, 0.5) for picture in batch[shown]]
title = f"{len(alarms)} chains taken for rings (two shown), {len(missed)} rings missed (two shown)"
figure = plotting.overlay(list(batch[shown]), masks, list(esol.name[shown]), suptitle=title)
plotting.show(figure, alt="Methane's 4 and methanol's O enclose paper; two rings are open")

# %% [markdown]
# Letters enclose paper, and now and then a double bond does; a letter in a ring opens its outline. A lower level closes narrow gaps. A smallest size for a patch sorts out
# most letters. Nine levels, four sizes:

# %% tags=["slide"]
levels = np.linspace(0.1, 0.9, 9)
curves = {}
for area in (1, 20, 60, 150):
    said = [[filters.holes(p, level=level, min_area=area) > 0 for p in batch] for level in levels]
    curves[f"patches of at least {area} px"] = levels, (said == truth).mean(axis=1)
curves["always say ring"] = levels, np.full(9, truth.mean())
title = f"Best of 36 settings: {max(right.max() for _, right in curves.values()):.1%} of ESOL right"
figure = plotting.lines(curves, title, xlabel="level of ink", ylabel="share right", ylim=(0.5, 1))
plotting.show(figure, alt="Share right by level: highest at low levels, patches from 60 px")

# %% [markdown]
# No learning, and nearly always right: enclosed paper *is* what the question asks for. But level and size were chosen on the very molecules they are
# scored on, in one style and size of drawing; new molecules would be the test. In lesson 04 this is the network's rival.

# %% [markdown] tags=["instructor"]
# Before the ESOL cell, let the room list what could fool the detector, and keep the list.
#
# - Exercise 2.3: O is found first; the two holes of B are easily forgotten.
# - Ask which O passes: methanol's has 128 px here, ethanol's 53, but 241 at 200 px. Sizes in pixels belong to one scale of drawing.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Taking the best of 36 settings for the detector's accuracy on new molecules.

# %% [markdown]
# ## Summary
#
# - A filter slides a kernel over the picture. Sobel is two kernels; Canny thins and links their answer.
# - Contrast is a number. Fix `vmin` and `vmax` before you compare.
# - What removes noise can remove thin bonds.
# - Libraries differ in factor, sign and dtype: compare one pixel.
# - A level and a smallest size make a ring detector.

# %% [markdown]
# ## Where this connects
#
# - **01_EDA**: histograms, now of pixels. **02_Regression**: a filter's answer is a descriptor.
# - **03_Classification**: stretching is feature scaling; the detector is a small decision tree.
# - **04_PyTorch** and lesson 04: the weights of kernels are trained.
#
# Next: [03 · Augmentation](03_augmentation.ipynb).

# %% [markdown]
# ## Sources
#
# - J. Canny, *IEEE PAMI* 8 (1986) 679, [doi:10.1109/TPAMI.1986.4767851](https://doi.org/10.1109/TPAMI.1986.4767851)
# - N. Otsu, *IEEE SMC* 9 (1979) 62, [doi:10.1109/TSMC.1979.4310076](https://doi.org/10.1109/TSMC.1979.4310076)
# - Unturned kernels: [PyTorch, Conv2d](https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv2d.html)
# - J. S. Delaney (ESOL), *J. Chem. Inf. Comput. Sci.* 44 (2004) 1000, [doi:10.1021/ci034243x](https://doi.org/10.1021/ci034243x)
