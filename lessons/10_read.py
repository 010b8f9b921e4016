# %% [markdown]
# # 10 · In the lab: read
#
# After this lesson you will be able to
#
# - read a display and a dial with a few lines of your own;
# - say how sure a reading is, and refuse what is doubtful;
# - choose a threshold by what an error costs;
# - straighten a page, and read its text and numbers;
# - say which tool reads whole structures, and how to check it.
#
# You need: an interval ([9.5](09_measure.ipynb)), a cut-off ([6.4](06_did_it_learn_chemistry.ipynb)), and the
# [glossary](../docs/glossary.md).

# %% tags=["setup"]

# %%
import cv2
import numpy as np
import pandas as pd

from workshop_utils import checks, datasets, demos, measurement, plotting, reading, synthetic

# %% [markdown] minutes=8
# ## 10.1 Seven places, on or off
#
# A camera watches a balance over night. A display has seven segments a digit, so a digit is seven questions: is there light at this
# place, or not? Where the digits stand, somebody points at once.

# %% [markdown] tags=["question"]
# Part of the display is dim, and a lamp is mirrored. To what do you compare the brightness of a place?

# %% [markdown] tags=["slide"]
# - Seven places, on or off
# - Compare with the digit itself: its two holes are always off

# %% tags=["slide"]
PLACES = {"a": (0.5, 0.06), "b": (0.9, 0.28), "c": (0.9, 0.72), "d": (0.5, 0.94)}  # across, down
PLACES |= {"e": (0.1, 0.72), "f": (0.1, 0.28), "g": (0.5, 0.5)}
DIGITS = ["abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg", "abcdfg"]  # 0 to 9


def strengths(gray, boxes):
    levels = []
    for left, top, right, bottom in boxes:

        def look(across, down, left=left, top=top, wide=right - left, high=bottom - top):
            y, x = round(top + down * high), round(left + across * wide)
            return gray[y - 1 : y + 2, x - 1 : x + 2].mean()

        off = (look(0.5, 0.28) + look(0.5, 0.72)) / 2  # the two holes
        levels.append([abs(look(*place) - off) for place in PLACES.values()])
    return np.array(levels) / np.percentile(levels, 90)  # 1 is on, 0 is off


# %%
def shown(seed, text=None):  # stands in for the camera
    text = text or "".join(np.random.default_rng(seed).choice(list("0123456789"), 4))
    scene = synthetic.display(seed=seed, text=text, unit="g", skew=0)
    return scene, scene.table[["left", "top", "right", "bottom"]].to_numpy()


scene, boxes = shown(3)
levels = strengths(scene.picture.mean(axis=2), boxes)
plotting.show(scene.picture, alt="A display that glows, with four digits and the letter g beside them")
pd.DataFrame(levels, columns=list(PLACES)).round(1)

# %% [markdown]
# Near 1 is on, near 0 is off. The holes of a digit are never lit, and lie in the same light as its segments.
#
# What if a place is neither? We take the digit whose seven places lie *nearest*. And we keep how far the second nearest is: a small
# lead is a doubt.

# %% tags=["slide"]
patterns = np.array([[place in lit for place in PLACES] for lit in DIGITS], float)


def by_hand(levels):
    far = ((levels[:, None] - patterns) ** 2).sum(axis=2)  # (digits, 10)
    first, second = np.sort(far, axis=1)[:, :2].T
    return "".join(map(str, far.argmin(axis=1))), (second - first).min()


number, lead = by_hand(levels)
print(f"{number} g, with a lead of {lead:.2f}")

# %% [markdown] tags=["instructor"]
# Let the class read the table aloud, row by row, before the next cell does.
#
# - `reading.display` does the same, finds the digits itself, and knows points, signs and slants.

# %% [markdown] part="mistakes" tags=["instructor"]
# - One threshold for the whole picture. A mirrored lamp is brighter than a dim segment.

# %% [markdown] minutes=9
# ## 10.2 Right, wrong, or refused
#
# Two hundred displays: other faces, slants, blur, mirrored lamps, segments half lit. Our reader reads all of them. Then we let it answer
# only those with the largest lead.

# %% [markdown] tags=["question"]
# It misreads some of all. How many will it misread of the surest half?

# %% [markdown] tags=["slide"]
# - Answer all, or only the surest?
# - A wrong answer and no answer both cost something

# %% tags=["slide"]
leads, right = np.zeros(200), np.zeros(200, bool)
for seed in range(200):
    scene, boxes = shown(seed)
    said, leads[seed] = by_hand(strengths(scene.picture.mean(axis=2), boxes))
    right[seed] = float(said) == scene.truth["value"]


def surest_first(sure, right):
    order = np.argsort(-np.asarray(sure), kind="stable")
    answered = np.arange(1, len(order) + 1)
    return answered / len(order), np.cumsum(np.asarray(right)[order]) / answered


share, accuracy = surest_first(leads, right)
title = f"All: {accuracy[-1]:.0%} right. The surest half: {accuracy[len(share) // 2 - 1]:.0%}"
curve = {"read by hand": (share[9::10], accuracy[9::10])}
labels = {"xlabel": "share answered, the surest first", "ylabel": "share of these that is right"}
figure = plotting.lines(curve, title, **labels, ylim=(0.5, 1.02))
plotting.show(figure, alt="Accuracy stays at 1 for the surest displays and falls as more are answered")

# %% [markdown]
# Nearly all. The lead knows where the reader fails, so it can *refuse*. Each threshold is one point of this curve, and there is no
# right one: to the left, somebody is woken for nothing; to the right, wrong numbers enter the notebook.

# %% tags=["exercise"]
# Exercise 10.1: a wrong reading spoils a batch and costs 50. A refusal costs 1: somebody looks.
# From which lead on should an answer be given, so that these 200 cost least?
### BEGIN SOLUTION
costs = [50 * (~right & (leads >= level)).sum() + (leads < level).sum() for level in leads]
threshold = leads[np.argmin(costs)]
### END SOLUTION
checks.cheapest_threshold(threshold, leads, right, 50, 1)

# %%
six = [45, 148, 60, 68, 42, 182]
answers = [by_hand(strengths(shown(seed)[0].picture.mean(axis=2), shown(seed)[1])) for seed in six]
titles = [f"{i}: {said} g, lead {lead:.2f}" for i, (said, lead) in enumerate(answers)]
figure = plotting.pictures([shown(seed)[0].picture for seed in six], titles, columns=3)
plotting.show(figure, alt="Six displays, above each what was read; one of them is misread")

# %% tags=["exercise"]
# Exercise 10.2: one of the six is misread. Which one, and what does it show?
### BEGIN SOLUTION
misread, value = 3, 4458
### END SOLUTION
checks.misread_display(
    misread, value, [said for said, _ in answers], [shown(s)[0].truth["value"] for s in six]
)

# %% [markdown]
# Its lead is large, and it is wrong: its segments lean, so that our places miss them. A confidence is itself a claim, made on some pictures, and true of those
# that are like them.

# %% [markdown] tags=["instructor"]
# Ask what a wrong reading costs at home, and what a refusal.
#
# - Exercise 10.1 takes four minutes. Change 50 to 5 and let them say first which way the threshold moves.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Exercise 10.1: no wrong answers at any price; or the highest accuracy, which counts refusals as free.

# %% [markdown] minutes=6
# ## 10.3 A dial: an angle becomes a value
#
# On a gauge the pointer's angle is the number. Two marks turn degrees into units: somebody points at them once, and at the pointer's axis and tip.

# %% [markdown] tags=["question"]
# You know the angle to 1°. To how many degrees Celsius do you know the temperature?

# %% [markdown] tags=["slide"]
# - Two marks are a scale, as a bar was
# - Between two divisions, a value is an interval

# %% tags=["slide"]
gauge = synthetic.dial(seed=31, share=0.34, radius=100, tilt=6, glare=0, scales=1)
(low, first), (high, last) = gauge.facts["marks"].items()  # two numbers, and (x, y) of their marks
axis, tip = (185.5, 173.5), (118.5, 111.0)


def direction(place):  # degrees, clockwise, since y runs down
    return np.degrees(np.arctan2(place[1] - axis[1], place[0] - axis[0]))


sweep, angle = ((direction(place) - direction(first)) % 360 for place in (last, tip))
per_degree = (high - low) / sweep
value = measurement.Estimate.from_errors(
    low + angle * per_degree, unit="°C", n=1, segmentation=1.0 * per_degree, calibration=0.5 * per_degree
)
print(f"pointer {angle:.1f}° after the first mark, {per_degree:.2f} °C for a degree: {value}")

# %% tags=["slide"]
found = reading.dial(gauge.picture, reading.DialScale(gauge.facts["marks"], "°C"))
seen = gauge.picture.copy()
for place in found.places:
    start, end = np.round(place.corners).astype(int).tolist()
    cv2.line(seen, start, end, (0, 158, 115), 3)
print(f"found: {found}; truth: {gauge.truth['value']:.1f} °C, a division is {gauge.facts['division']:g} °C")
figure = plotting.pictures([gauge.picture, seen], ["a dial", "its pointer, found"])
plotting.show(
    figure, alt="A thermometer with a red pointer; beside it a green line along the pointer, from the axis"
)

# %% [markdown]
# The interval joins the pointer (1°) and the two marks (0.5°). It does not know *parallax*: whoever looks from the side
# sees the pointer before another place of the scale. A photograph taken from the front is the remedy.

# %% [markdown] tags=["instructor"]
# Ask what the interval of an eye is: to which part of a division would they read?
#
# - `reading.dial` finds axis and pointer; the two marks and the unit are yours to give.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Rows grow downwards. With the sign of y forgotten, the pointer turns the wrong way.

# %% [markdown] minutes=6
# ## 10.4 A page, straightened and evened

# %% [markdown] tags=["question"]
# A page is turned by 7°. How does a program that knows no letters find out?

# %% [markdown] tags=["slide"]
# - Straight rows are text or gap; slanted rows are a mixture
# - Divide by the paper, and the shadow is gone

# %% tags=["slide"]
page = synthetic.page(seed=3, skew=7, stains=2)
height, width = page.picture.shape
angles, contrasts = np.arange(-12, 12.5, 0.5), []
for turn in angles:
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1)
    turned = cv2.warpAffine(page.picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    contrasts.append((np.diff(turned.mean(axis=1)) ** 2).sum())
best = angles[np.argmax(contrasts)]
figure = plotting.lines(
    {"rows": (angles, contrasts)},
    f"Rows differ most when the page is turned back by {best:.1f}°",
    xlabel="turned back by (°)",
    ylabel="sum of squared differences of rows",
)
plotting.show(figure, alt="A curve with one sharp peak, at about seven degrees")

# %% tags=["slide"]
even = reading.straightened(page.picture)
print(f"skew: {reading.skew(page.picture):.2f}°, truth {page.truth['skew (°)']:.2f}°")
figure = plotting.pictures([page.picture, even], ["scanned", "straightened and evened"])
plotting.show(figure, alt="A page with shadow and stains, askew; beside it level and on white paper")

# %% [markdown]
# By its rows. Once lines lie level, each row is either ink or gap, and neighbors differ. `straightened` measures the paper's brightness with a
# brush wider than any stroke, and divides by it: what is wide and dark was a shadow.

# %% [markdown] tags=["instructor"]
# Let the class sketch the sums of the rows, for a straight page and for a slanted one, before the curve.
#
# - A picture without lines has no peak, and is left as it is.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Turning first and filling with black. The corners then are the darkest rows.

# %% [markdown] minutes=8
# ## 10.5 Letters, and a crop that is too tight
#
# OCR (optical character recognition) is a network for letters. The course takes RapidOCR, an extra whose networks lie in its wheel, or Tesseract where that is
# installed. Without either, `reading.text` says how to get them, and the record below stands in.

# %% [markdown] tags=["question"]
# Somebody cuts `0.1037 g` out of a label, close to the ink or a little closer. What goes first: the point, the unit, or a digit?

# %% [markdown] tags=["slide"]
# - Find lines, cut each out, read it twice: the two must agree
# - Asked for a number, refuse what has no unit

# %% tags=["slide"]
print(reading.text(page.picture, pattern="number"))
print(reading.text(page.picture, pattern="number", after="Volume"))
record = datasets.recorded("reading_text")
crops = pd.DataFrame({name: row["every answer"] for name, row in record.values["crops"].items()}).T
crops[["pictures", "right", "wrong", "refused", "point lost"]]

# %% [markdown]
# The table counts every answer that has a unit, on few crops a row. A crop that ends at the ink is read with or without paper around it. One that goes into the ink
# loses the foot of `g` first, and a number without a unit is refused. Without a foot below the line, as in `12.0 mL`, the point stands lowest. What was cut off, no
# margin brings back: leave one when you cut.

# %%
label = synthetic.label(seed=10, mass="0.1037 g", face="DejaVuSans", size=30, skew=0)
rows, columns = slice(70, 98), slice(24, 154)  # the mass, cut at its ink
figure = plotting.pictures([label.picture, label.picture[rows, columns]], ["a label", "the mass, too tight"])
plotting.show(figure, alt="A label of four lines; beside it its second line, cut where the ink ends")

# %% tags=["exercise"]
# Exercise 10.3: mend the crop. Leave 8 px of paper or more on each side; the lines above and below
# are 17 px away.
### BEGIN SOLUTION
mended = (slice(rows.start - 10, rows.stop + 10), slice(columns.start - 10, columns.stop + 10))
### END SOLUTION
checks.mended_crop(mended, rows, columns, label.picture.shape, 8, 16)

# %% tags=["slide"]
table = pd.DataFrame(record.values["read"]).T
table[["pictures", "right", "wrong", "refused"]]

# %% [markdown]
# Pictures that nobody looked at before: numbers on labels and pages, in typefaces that were looked at, and, fewer, in others with more blur. Wrong is what
# was given, and is not what stands there.

# %% [markdown]
# Read a picture of your own, or spoil one of ours until it is refused ([a still](../docs/frames/read_it.png)).

# %%
demos.read_it()

# %% [markdown] tags=["instructor"]
# Ask for the worst misread number that somebody has met in a table.
#
# - Refusals have reasons: print one from `reading.text(page.picture, least=0.999)`.
# - All pictures here are drawn. Nobody photographed a label for this course.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Exercise 10.3: a start below 0 counts from the end; a margin as large as a line takes the neighbors in.

# %% [markdown] minutes=5
# ## 10.6 A structure, and the right tool
#
# The network `patents` of lesson 06 answers one question of a structure. Is its own sureness worth something?

# %% [markdown] tags=["question"]
# Two networks on the same scans from patents, `patents` and one from before: what does the surest half of each look like?

# %% [markdown] tags=["slide"]
# - Sure where it is right: the threshold helps
# - Sure where it is wrong: no threshold helps

# %% tags=["slide"]
surest = datasets.recorded("patents_surest").values
curves = {
    name: (found["share answered"], found["accuracy"]["median"])
    for name, found in surest.items()
    if name != "held out"
}
title = "The surest half is better only where the network knows such pictures"
figure = plotting.lines(curves, title, **labels, ylim=(0.4, 1.03))
plotting.show(figure, alt="Two curves rise to the left, for the third the surest are hardly better than all")
half = surest["held out"]["share answered"].index(0.5)
print(
    "held out, wrong among the surest half, by seed:",
    [one[half] for one in surest["held out"]["wrong"]["seeds"]],
)

# %% [markdown]
# `patents` is right on all of its surest half, and gains most on poor scans. The network from before is as often wrong on its surest half as on all; only the surest few are better. Refusal by
# confidence rests on pictures like those of the training. For strange ones, ask another witness.
#
# A whole structure is a task for other programs. OSRA reads lines and letters by rules; DECIMER and MolScribe are large networks, which need PyTorch or
# TensorFlow and download weights. Each gives a SMILES; none promises that it is right. So check: does it parse, are its elements likely, and does its drawing, made anew, look like
# the scan?

# %%
osra = datasets.recorded("patents").values["rivals"]["OSRA"]
low, rate, high = osra["corrected"]["balanced accuracy"]["low, median, high"]
print(f"OSRA, is a ring aromatic? {osra['asked']} scans, {osra['nothing readable']} unread")
print(f"balanced accuracy {rate:.2f} [{low:.2f}, {high:.2f}]")

# %% [markdown] tags=["instructor"]
# Ask who would trust a SMILES from a scan without looking, and at how many scans that ends.
#
# - Nearly all drawings have an aromatic ring. Among the surest half, a few have none: `surest["held out"]["not aromatic"]`.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Comparing accuracies of two shares without looking at the classes that are left in them.

# %% [markdown] minutes=3
# ## 10.7 What the course reached
#
# Six applications brought us here. Each has a number now.

# %% [markdown] tags=["question"]
# Which of the six would you use on Monday?

# %% [markdown] tags=["slide"]
# - Six applications, six numbers
# - All from pictures that the course drew, but one

# %%
good, held_out = datasets.recorded("coverage").values["good"], datasets.recorded("patents_held_out").values
none = datasets.recorded("coverage").values["no instance"].values()
logs = datasets.recorded("solubility").values["random"]["scores"]
ticked = {
    "microscopy": ("95 % interval holds the mean diameter", good["mean diameter"]["coverage"]),
    "structures from images": ("AUC, new patents", held_out["summary"]["AUC"]["patents"][1]),
    "quality control": ("bad pictures refused", np.average([n["refused"] for n in none])),
    "instruments": ("displays by hand, surest half", accuracy[len(share) // 2 - 1]),
    "documents, OCR": (
        "numbers right",
        table.loc["labels and pages", "right"] / table.loc["labels and pages", "pictures"],
    ),
    "molecules seen": ("logS from the picture, RMSE", logs["picture"]["rmse"]),
}
pd.DataFrame(ticked, index=["what", "number"]).T

# %% [markdown]
# The patents alone are pictures that nobody here made. For the others the number is a promise about drawings; on your own pictures, count anew.

# %% [markdown] tags=["instructor"]
# Let each name the first picture they will try at home, and what a wrong answer would cost.

# %% [markdown] part="mistakes" tags=["instructor"]
# - Taking a number on drawn pictures for one on photographs.

# %% [markdown]
# ## Summary
#
# - A reading is right, wrong or refused; only the wrong one is an error.
# - A threshold trades refusals for errors, at a price that you set.
# - A confidence holds for pictures like those it was made on.
# - Straighten, even, cut with a margin, ask for the unit.
# - A whole structure: OSRA, DECIMER, MolScribe, and a check.

# %% [markdown]
# ## Where this connects
#
# - **03_Classification**: a cut-off, and what it costs.
# - Lesson 06 made the network for patents, lesson 09 the intervals.

# %% [markdown]
# ## Sources
#
# - Refusal: C. K. Chow (1970), [doi:10.1109/TIT.1970.1054406](https://doi.org/10.1109/TIT.1970.1054406)
# - Skew: W. Postl, *Proc. 8th Int. Conf. on Pattern Recognition* (1986) 687
# - PP-OCR: Y. Du et al. (2020), [arXiv:2009.09941](https://arxiv.org/abs/2009.09941)
# - OSRA: Filippov & Nicklaus (2009), [doi:10.1021/ci800067r](https://doi.org/10.1021/ci800067r)
# - DECIMER: Rajan et al. (2020), [doi:10.1186/s13321-020-00469-w](https://doi.org/10.1186/s13321-020-00469-w)
# - MolScribe: Qian et al. (2023), [doi:10.1021/acs.jcim.2c01480](https://doi.org/10.1021/acs.jcim.2c01480)
