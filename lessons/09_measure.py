# %% [markdown]
# # 09 · In the lab: measure
#
# After this lesson you will be able to
#
# - open a picture file and say what it knows, and what it lost;
# - turn pixels into a number with a unit and an interval;
# - say why two people count differently, and by how much;
# - keep three errors apart: calibration, segmentation, sampling;
# - notice that a scale is wrong.
#
# You need: arrays and brightness ([1.3](01_images_as_data.ipynb)), a threshold ([2.6](02_image_processing.ipynb)), and the
# [glossary](../docs/glossary.md).

# %% tags=["setup"]

# %%
import tempfile
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import tifffile
from scipy import ndimage
from skimage import data, filters, measure, segmentation

from workshop_utils import checks, datasets, demos, measurement, pictures, plotting, synthetic

# %% [markdown] minutes=5
# ## 9.1 A file, opened and distrusted
#
# A colleague sends `crystals.tif` and asks: *how large are they, and how many?* The course drew this micrograph, so that we can compare
# the answer with the truth. The next cell stands in for the microscope.

# %%
scene = synthetic.particles(seed=4, kind="crystals", shading=0.5, bits=12)
file = Path(tempfile.mkdtemp()) / "crystals.tif"
per_um = 1 / scene.scale
tifffile.imwrite(file, scene.picture, imagej=True, resolution=(per_um, per_um), metadata={"unit": "um"})

# %% [markdown] tags=["question"]
# What does a file of a microscope know besides the picture, and what does a copy for a slide still know?

# %% [markdown] tags=["slide"]
# - A file: values, bits, a scale, perhaps
# - A copy for a slide: something to look at

# %% tags=["slide"]
picture = pictures.read(file)
slide = file.with_name("slide.png")
cv2.imwrite(str(slide), cv2.resize(picture.rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
for opened in (picture, pictures.read(slide)):
    print(opened)
    print(f"  values: {opened.values.dtype}, {opened.values.min()} to {opened.values.max()}")
plotting.show(picture.rgb, alt="Micrograph: dark crystals on uneven light, a bar labeled 100 µm")

# %% [markdown]
# The file has numbers of 16 bits, all below 4,096, so they fit into 12. It states a scale, and who wrote it. The copy
# looks the same, with 8 bits, a quarter of the pixels, and no scale.
#
# So measure in `values`, never in what was made for the eye. And distrust: a stated scale is a claim. The bar in the picture notices when
# it was resized, and no more: the same program wrote both.

# %% [markdown] tags=["instructor"]
# Ask who has measured in a picture copied from a slide.
#
# - `pictures.read` never stretches or converts `values`; what it did to show them stands in its notes.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Believing that 16 bits in the file are 16 bits of the camera. Look at the largest value.

# %% [markdown] minutes=7
# ## 9.2 One crystal by hand
#
# Before any helper we measure one crystal ourselves: its width, along one row of pixels.

# %% [markdown] tags=["question"]
# The edge is blurred over some pixels. Where does the crystal end?

# %% [markdown] tags=["slide"]
# - One row of pixels, one crystal
# - A blurred edge: *half way* between background and crystal

# %% tags=["slide"]
row, left, right = 272, 385, 460
profile = picture.values[row, left:right].astype(float)
outside = np.median(profile[:8])  # the background beside the crystal
inside = np.median(profile[30:45])  # its own level
half = (outside + inside) / 2
dark = np.flatnonzero(profile < half)
first, last = dark[0], dark[-1]
begin = first - (half - profile[first]) / (profile[first - 1] - profile[first])  # between two pixels
end = last + (half - profile[last]) / (profile[last + 1] - profile[last])
width = end - begin

curves = {"brightness": (np.arange(left, right), profile), "half way": ([left, right], [half, half])}
title = f"Between the two crossings: {width:.1f} px"
figure = plotting.lines(curves, title, xlabel=f"column (px), in row {row}", ylabel="value in the file")
plotting.show(figure, alt="Brightness along a row: high, a dip with sloping sides, high; a line half way")

# %% [markdown]
# Half way. A lens smears an edge to both sides alike. So the crossing at half height stays about where the edge was, as long as the crystal is much
# wider than the blur; a crossing nearer to either level moves. It may lie between two pixels: we interpolate.
#
# The result is in px. For µm we need the length of a pixel, and read it off the bar.

# %% tags=["exercise"]
# Exercise 9.1: the bar is labeled 100 µm and fills these rows and columns. How many µm is one px?
bar_rows, bar_columns = slice(461, 466), slice(546, 622)
### BEGIN SOLUTION
um_per_px = 100 / (622 - 546)
### END SOLUTION
checks.scale_by_hand(um_per_px, 100, bar_rows, bar_columns)

# %%
scale = measurement.scale_from_bar(picture, "100 µm")  # finds the bar; the label you type yourself
print(f"{scale.value:.3f} ± {scale.error:.3f} µm per px: the crystal has {width * scale.value:.1f} µm")

# %% [markdown]
# `scale_from_bar` holds the bar against what the file says. The two agree within their errors, and are averaged. If they did not, it would
# refuse.

# %% [markdown] tags=["instructor"]
# Draw the dip on the board, blurred once little and once much, and let the room find the point where both curves cross.
#
# - Exercise 9.1: two minutes. Each end of the bar is known to half a pixel: a longer bar is a better one.

# %% [markdown] part="mistakes" tags=["instructor"]
# - In the exercise: px per µm; rows instead of columns, which is how thick the bar is; nm.

# %% [markdown] minutes=7
# ## 9.3 Twenty people, twenty counts
#
# Everybody in a class picks a threshold by eye, and counts the dark patches. We let the computer play all twenty.

# %% [markdown] tags=["question"]
# How far apart will the counts be, once on the picture as taken, and once with the light evened?

# %% [markdown] tags=["slide"]
# - Twenty thresholds, twenty counts
# - Even the light, and look for a *plateau*


# %%
def without_label(picture):
    top, left, bottom, right = measurement.find_bar(picture).box
    window = np.ones(picture.shape[:2], bool)
    window[top:bottom, left:right] = False  # a label is no crystal, and spoils Otsu's histogram
    return window


window = without_label(picture.values)
smooth = ndimage.gaussian_filter(picture.values.astype(float), 1)
light = measurement.background(smooth, window=window)  # a smooth surface through what lies between
versions = {"as taken": 1 - smooth / light.max(), "light evened": 1 - smooth / light}

# %% tags=["slide"]
levels = np.linspace(0.05, 0.6, 20)
counts = {
    name: (levels, [ndimage.label((dark > level) & window)[1] for level in levels])
    for name, dark in versions.items()
}
otsu = filters.threshold_otsu(versions["light evened"][window])
few, *_, many = sorted(counts["as taken"][1])
title = f"Twenty counts as taken: {few} to {many}. Evened: a plateau, up to Otsu's {otsu:.2f}"
figure = plotting.lines(
    counts, title, xlabel="threshold (share of the light)", ylabel="patches", ylim=(0, 150)
)
plotting.show(figure, alt="Counts by threshold: as taken they wander; evened, a plateau, then a rise")

# %% [markdown]
# On the picture as taken hardly two people agree: the corners are darker than the middle, so no level parts all crystals
# from the light. With the light evened there is a *plateau*, where the count hardly depends on who chose. Then it creeps up, as crystals
# that touch come apart and specks break off; at last noise tears the palest to pieces, and they are lost. Otsu's threshold lies at the end of the plateau.
#
# So the answer is a band, not a point. And a plateau is no truth: on it, crystals that touch are one patch. `regions` does the rest. It draws
# the edge half way to the level of each crystal, and parts what touches at its waists, by a *watershed*.

# %% tags=["slide"]
found = measurement.regions(picture, scale, window=window)
cut = measurement.sizes(found).cut  # which ones the border cuts
outlines = segmentation.find_boundaries(found.labels)
lost = np.isin(found.labels, 1 + np.flatnonzero(cut))
ink = versions["light evened"].clip(0, 1)
titles = [f"{found.count} outlines", f"{cut.sum()} of them cut by the border"]
figure = plotting.overlay([ink, ink], [outlines, lost], titles)
plotting.show(figure, alt="Crystals outlined, touching ones parted; those at the border are filled")

# %% [markdown]
# Move the threshold yourself, or upload a picture ([a still](../docs/frames/segmentation_tuner.png)).

# %%
demos.segmentation_tuner()

# %% [markdown] tags=["instructor"]
# Before the figure, let five people choose a threshold by eye and write their count on the board.
#
# - Demo: *depth* is how deep a waist must be. Lower it until round crystals fall apart, raise it until pairs stay together.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Leaving the label in. It is the blackest thing of all, and Otsu then parts label from picture.

# %% [markdown] minutes=7
# ## 9.4 Sizes, and the border

# %% [markdown] tags=["slide"]
# - A pixel count is an area; from it, a diameter
# - The border cuts large ones more often

# %%
things = pd.DataFrame(measure.regionprops_table(found.labels, properties=("label", "area", "bbox")))
areas = things["area"].to_numpy()  # px
things.head(3)

# %% tags=["exercise"]
# Exercise 9.2: the mean diameter in µm of the whole ones, those not in `cut`. The diameter of a crystal
# is that of a circle of the same area.
### BEGIN SOLUTION
mean = (2 * np.sqrt(areas[~cut] / np.pi)).mean() * scale.value
### END SOLUTION
checks.mean_diameter(mean, areas, cut, scale.value)

# %% [markdown]
# Is that the mean of the sample? A trial without pictures, where the truth is known: 20,000 disks, one by one, fall on or beside a frame.

# %% [markdown] tags=["question"]
# Is the mean of the whole ones too small, too large, or right?

# %% tags=["slide"]
generator = np.random.default_rng(0)
frame, size = 200, generator.gamma(9, 40 / 9, 20_000)  # px; the mean is 40
x, y = generator.uniform(-60, frame + 60, (2, 20_000))
nearest = np.minimum(np.minimum(x, frame - x), np.minimum(y, frame - y))  # of the middle, to the border
whole, seen = nearest > size / 2, nearest > -size / 2
weight = 1 / (frame - size[whole]) ** 2  # by the area in which such a disk would be whole
means = {"all that fell": size.mean(), "whole": size[whole].mean(), "seen, also in part": size[seen].mean()}
means["whole, weighted"] = np.average(size[whole], weights=weight)
pd.Series(means, name="mean diameter (px)").round(1).to_frame()

# %% [markdown]
# Too small: a large disk has fewer places where nothing cuts it. Counting all that is seen, if their full size were known, would be wrong the other way: a large one
# reaches in from further outside. The remedy by Miles and Lantuéjoul lets each whole one count by the inverse of the area in
# which it would be whole.

# %% tags=["exercise"]
# Exercise 9.3: and how many crystals belong to the frame? `cut` is True for each that the border cuts.
### BEGIN SOLUTION
number = (~cut).sum() + cut.sum() / 2
### END SOLUTION
checks.count_in_frame(number, cut)

# %% tags=["slide"]
sizes = measurement.sizes(found)  # with both remedies, and what the blur took from the areas
print("diameter:", sizes.diameter, "   truth", round(scene.truth["diameter (µm)"], 1))
print("count:   ", sizes.count, "   truth", int(scene.truth["count"]))
sizes.save(file.with_suffix(".csv"))  # a row a crystal, units in the head

# %% [markdown] tags=["instructor"]
# Exercise 9.2 takes three minutes, 9.3 one.
#
# - The truth of the diameter is the mean of the law that was drawn from; this picture is one sample of it.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Exercise 9.2: px; the radius; the area; the cut ones as well; the diameter of the mean area, which is larger than the mean diameter.
# - Exercise 9.3: all, or only the whole ones.

# %% [markdown] minutes=6
# ## 9.5 Three errors
#
# The brackets hold a 95 % interval, joined from three errors. *Calibration*: how well we know the scale. *Segmentation*: where the edge
# is drawn. *Sampling*: other crystals of the same batch would have given another mean.

# %% [markdown] tags=["question"]
# You take a hundred more pictures of the batch. Which of the three shrinks?

# %% [markdown] tags=["slide"]
# - *Calibration*, *segmentation*, *sampling*
# - More pictures shrink one of them

# %%
errors = {"standard error (µm)": sizes.diameter.errors, "share of the variance": sizes.diameter.shares}
pd.DataFrame(errors).round(2)

# %% [markdown]
# Sampling alone. Here it is the largest by far, so more crystals would help, and a better microscope hardly. Were it the scale, no
# number of pictures would help.
#
# Is the interval honest? Twelve pictures of other batches, each with its truth at 1:


# %% tags=["slide"]
def measured(scene):
    scale = measurement.scale_from_bar(scene.picture, scene.facts["bar"])
    window = without_label(scene.picture)
    return measurement.sizes(measurement.regions(scene.picture, scale, window=window)).diameter


rows = {"truth": (1, 1, 1)}
for seed in range(12):
    batch = synthetic.particles(seed=500_000 + seed, kind="crystals")
    ratio = measured(batch) / batch.truth["diameter (µm)"]
    rows[f"batch {seed + 1}"] = (ratio.low, ratio.value, ratio.high)
title = f"{sum(low <= 1 <= high for low, _, high in rows.values()) - 1} of 12 intervals hold the truth"
figure = plotting.intervals(rows, title, xlabel="measured / true", highlight="truth", xlim=(0.8, 1.25))
plotting.show(figure, alt="Twelve intervals about 1, each about a tenth wide")

# %% [markdown]
# Twelve are too few to tell bad luck from bad intervals. A record of more: how often the interval holds the truth, itself with
# a 95 % interval; how far the mean is off, half the interval's width (both as shares of the truth), and the share of good pictures refused.

# %% tags=["slide"]
record = datasets.recorded("coverage")
columns = ["pictures", "coverage low", "coverage", "coverage high", "bias", "half width", "refused"]
pd.DataFrame(record.values["good"]).T[columns].astype({"pictures": int}).round(3)

# %%
worse = record.values["diameter as pictures get worse"]
title = "Blue: how often the interval holds the true diameter; gray: refused"
figure = plotting.sweeps(worse["coverage"], title, ylabel="share", line=0.95, refused=worse["refused"])
plotting.show(
    figure,
    alt="Coverage as pictures get worse: held, then refused; lost where many touch, or with a wrong threshold",
)

# %% [markdown]
# Every row of the table lies near 95 %; only the count is 1 % low. In the figure noise and blur are borne, then mostly refused; at most noise the few
# left miss too often. Crowding is not refused: where most crystals touch, intervals hold too rarely. So with a threshold a tenth off: an interval
# allows little doubt about the edge.

# %% [markdown] tags=["instructor"]
# A 95 % interval should miss once in twenty. One that never misses is too wide, and as dishonest.
#
# - `record.values` also has the same table at twice the noise, and what was refused of pictures that are no instance.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Taking the scatter of the crystals for the error of their mean. The first is a property of the batch.

# %% [markdown] minutes=5
# ## 9.6 A scale that is wrong on purpose
#
# Somebody shrinks the picture to half its size, and the program copies the old scale into the new file.

# %% [markdown] tags=["question"]
# Will the interval warn you?

# %% [markdown] tags=["slide"]
# - Half as many pixels, the old scale
# - An interval knows only the errors that were put into it

# %% tags=["slide"]
small = cv2.resize(picture.values, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
wrong = file.with_name("small.tif")
tifffile.imwrite(wrong, small, imagej=True, resolution=(per_um, per_um), metadata={"unit": "um"})
believed = measurement.regions(pictures.read(wrong), window=window[::2, ::2])
print("the file is believed:", measurement.sizes(believed).diameter)
try:
    measurement.scale_from_bar(pictures.read(wrong), "100 µm")
except measurement.MeasurementError as error:
    print("the bar is asked:", error)

# %% [markdown]
# No. In percent the interval is as narrow as before, about half the truth. It knows only errors that were put into it, and this was none of them. What
# helps is a witness of its own: a grid photographed that day, or a size that you know. The bar finds out only that a picture was resized.

# %% tags=["exercise"]
# Exercise 9.4: in the shrunken picture with the old scale, by which factor does the scale make
# each number wrong? Write reported / true: 1 if it is right.
### BEGIN SOLUTION
factors = {"count": 1, "mean diameter": 1 / 2, "mean area": 1 / 4, "largest / smallest diameter": 1}
### END SOLUTION
checks.wrong_scale(factors)

# %% [markdown] tags=["instructor"]
# Let somebody type another label into `scale_from_bar`, such as 50 µm: nothing can find that out but the file's own scale.
#
# - Where nobody knows the scale, the course reports px, and says so.

# %% [markdown] part="mistakes" tags=["instructor"]
# - In the exercise: upside down, 2 and 4; forgetting that areas go with the square.

# %% [markdown] minutes=8 optional=true
# ## 9.7 Pictures that nobody drew
#
# First an electron micrograph: the net of proteins inside a red blood cell, with its bar. How coarse are its walls and pores?

# %% [markdown] tags=["question"]
# The file states the length of a pixel, and a strip below the picture has the bar. Will they agree?

# %% [markdown] tags=["slide"]
# - A net of proteins: walls and pores in nm
# - The bar against the file

# %% tags=["slide"]
net = pictures.read(datasets.load_micrograph("membrane"))
ends = np.flatnonzero(net.values[560] > 200)  # this row crosses both ends of the bar
by_bar = measurement.Scale.from_length(np.ptp(ends), "500 nm")
scale = measurement.agreed(by_bar, measurement.scale_of(net))  # or a refusal
walls = measurement.intercepts(net.values[:550], scale)
print(f"nm per px: bar {by_bar.value * 1000:.4f}, file {net.scale * 1000:.4f}")
print(f"joined {scale.value * 1000:.3f}\nwalls {walls.bright.to('nm')!r}\npores {walls.dark.to('nm')!r}")
figure = plotting.pictures([net.rgb, walls.mask.astype(float)], ["the net", "walls"])
plotting.show(figure, alt="A gray net with a strip of labels below; beside it, what counts as wall")

# %% [markdown]
# They do. Lines run along rows and columns. The *mean intercept* is their length within walls, over how often they enter one; nothing has to
# be parted. It is no width: crossed slantwise, a straight wall reads 1.6 times its width. *Segmentation* errs most: more smoothing, longer intercepts.
#
# Then nuclei of cells, in fluorescence. People have drawn each by hand. The *overlap* is what two outlines share, over all that they cover.

# %% [markdown] tags=["question"]
# How many will `regions` find as people drew them: half, most, or all?

# %% tags=["slide"]
nuclei, by_hand = (pictures.read(datasets.load_micrograph(of)).values for of in ("nuclei", "nuclei by hand"))
found = measurement.regions(nuclei, bright=True, depth=0.5)  # tried here; the default finds ten fewer
match = measurement.agreement(found.labels, by_hand)
drawn, areas = (match.pairs[f"{of} area (px)"] for of in ("true", "found"))
print(f"median overlap {match.pairs['iou'].median():.2f}, missed {match.missed}")
title = f"{len(match.pairs)} of {by_hand.max()} nuclei found, and {match.invented} other things"
figure = plotting.parity(drawn, {"": areas}, title, quantity="area (px)", names=("drawn", "found"))
plotting.show(figure, alt="Area found against area drawn by hand: near the diagonal, a few far off")

# %% [markdown]
# Most: *found* is an overlap above a half. Missed are mostly clumps, left whole, or dim ones beside bright ones; the other things, mostly clumps and pieces.
#
# Last a stained section, a cell, a drawn TLC plate.

# %% [markdown] tags=["question"]
# One of the three should be refused. Which, and why?

# %% tags=["slide"]
print("section:", measurement.stained(data.immunohistochemistry()).fraction, "of the picture is brown")
try:
    measurement.sizes(measurement.regions(data.cell(), bright=True, smallest=20, depth=5))
except measurement.MeasurementError as error:
    print("cell:   ", error)
print("Rf:     ", measurement.plate(synthetic.tlc_plate(seed=5).picture).mean(1))

# %% [markdown]
# The cell: one thing has no mean.
#
# The section's interval is wide: glands are larger than a tile, and neighboring tiles are no independent witnesses. Brown is told from blue by
# *color deconvolution*, which assumes that each stain absorbs as in the article that gave its numbers. What is divided by is the whole picture:
# empty glass counts as tissue that is not brown.
#
# Gels and well plates: `measurement.bands`, `fit_curve`, `wells`, `fit_line`.

# %% [markdown] tags=["instructor"]
# Ask for pictures that the class measures at home, and which of the three errors will be the largest.
#
# - `measurement.sizes(found)` refuses the nuclei: their edges are too soft for an honest diameter. Coins go well:
#   `measurement.regions(skimage.data.coins(), bright=True, smallest=20, depth=4)`.
# - With internet, `datasets.load_photograph("colonies")` fetches ten colonies on a dish: two of them are cut by its rim.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Counting pixels as independent: the interval of a fraction would then be far too narrow.
# - Taking an intercept for a width: a round pore reads π/4 of its diameter, a straight wall π/2 of its width.

# %% [markdown]
# ## Summary
#
# - Measure in the values of the file, not in what was made for the eye.
# - An edge is half way; a count is a band.
# - The border cuts large things: weigh whole ones, and count cut ones as halves.
# - Calibration, segmentation, sampling: find the largest before you take more pictures.
# - A scale needs an independent witness; bar and file are often one.

# %% [markdown]
# ## Where this connects
#
# - **02_Regression**: a calibration line, read backwards, is `fit_line`.
# - Lesson 02: thresholds; lesson 06: distrust.
#
# Next: [lesson 10](10_read.ipynb).

# %% [markdown]
# ## Sources
#
# - Border: R. E. Miles, On the elimination of edge effects in planar sampling, in *Stochastic Geometry*, Wiley 1974; C. Lantuéjoul, On the
#   estimation of mean values in individual analysis of particles, 1980
# - Watershed: L. Vincent, P. Soille (1991), [doi:10.1109/34.87344](https://doi.org/10.1109/34.87344)
# - Color deconvolution: A. C. Ruifrok, D. A. Johnston, *Anal. Quant. Cytol. Histol.* 23 (2001) 291
# - Three errors joined: B. L. Welch (1947), [doi:10.1093/biomet/34.1-2.28](https://doi.org/10.1093/biomet/34.1-2.28)
# - Intercepts: E. E. Underwood, *Quantitative Stereology*, Addison-Wesley 1970
# - Pictures: listed in [data](../docs/data.md), with the articles they belong to
