# %% [markdown]
# # 08 · Images back to molecules
#
# After this lesson you will be able to
#
# - train a network to predict a *number* from a drawing;
# - set it beside descriptors and beside rivals that know almost nothing;
# - answer "does the picture add anything?" with a paired interval;
# - say what a SMILES, a descriptor and a picture each see, and each miss.
#
# **40 minutes** · needs no other lesson

# %% tags=["setup"]

# %%
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from workshop_utils import checks, datasets, depiction, evaluation, models
from workshop_utils import molecules, plotting, splits, training

esol = datasets.load_esol()
smiles, logs = esol["smiles"].to_numpy(), esol["log_solubility"].to_numpy()
images = depiction.depict_many(smiles)
print(f"logS from {logs.min():.1f} to {logs.max():.1f}, mean {logs.mean():.2f}, spread {logs.std():.2f}")

# %% [markdown]
# ## 8.1 What is asked
#
# How much dissolves in water? logS is the log10 of mol/L: −3 is a millimole a litre, and an error of 1 a factor of ten. *RMSE* is
# the root of the mean squared error, where large errors count most; *MAE* is the mean size of an error.

# %% tags=["exercise"]
# Exercise 8.1: esol.columns lists what the table holds. Which columns may a model of log_solubility
# read, if it is to serve for a molecule that nobody has measured? A list of names.
### BEGIN SOLUTION
inputs = [
    "smiles",
    "minimum_degree",
    "molecular_weight",
    "h_bond_donors",
    "rings",
    "rotatable_bonds",
    "polar_surface_area",
]
### END SOLUTION
checks.allowed_inputs(inputs)

# %% [markdown]
# How small can an error be? Eleven molecules stand in the table twice, each row with a measurement of its own.

# %% [markdown] tags=["slide"]
# - logS: log10 of mol/L; an error of 1 is a factor of ten
# - Two measurements of one molecule differ, too

# %% tags=["slide"]
known_as = pd.Series([molecules.canonical_smiles(m) for m in smiles])
twice = [rows.index for _, rows in known_as.groupby(known_as) if len(rows) == 2]
pairs = logs[np.array(twice)]  # (11, 2)
widest = twice[np.ptp(pairs, axis=1).argmax()]
print("furthest apart:", esol.loc[widest, ["name", "log_solubility"]].to_numpy().tolist())

# %% tags=["exercise"]
# Exercise 8.2: from `pairs`, estimate the standard deviation of ONE measurement.
### BEGIN SOLUTION
noise = np.sqrt(((pairs[:, 0] - pairs[:, 1]) ** 2).mean() / 2)
### END SOLUTION
checks.measurement_noise(noise, pairs)

# %% [markdown]
# The widest pair is no careless work: two *stereoisomers*, different substances with one SMILES, because this table leaves
# stereochemistry out. What an input does not say, no model can know.

# %% [markdown] tags=["instructor"]
# **8 minutes.** Ask what a factor of ten means for a formulation before anybody speaks of models.
#
# - Usual mistake in 8.1: keeping the column of predictions, "because it is so good". It was fitted to these very measurements.
# - Usual mistake in 8.2: forgetting that both measurements of a pair are noisy.
# - Several pairs agree to the last digit: probably one measurement that was copied. So the estimate is too kind.

# %% [markdown]
# ## 8.2 Descriptors
#
# Every molecule is predicted once, by a model that never saw it: *out of fold*, duplicates together.


# %%
folds = splits.grouped_kfold(smiles, n_splits=5, seed=0)


def out_of_fold(model, x):
    predicted = np.empty(len(logs))
    for train, test in folds:
        predicted[test] = model.fit(x[train], logs[train]).predict(x[test])
    return predicted


def ridge():
    return make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 13)))


# %% [markdown]
# Delaney (2004) used four: an estimate of logP, the weight, rotatable bonds, and the share of aromatic atoms. RDKit
# knows over two hundred; some are huge, so we take logarithms. A *ridge* is a linear model that
# keeps its weights small; a *forest*, a mean of many decision trees.
#
# > **Predict first.** How far does one number get, the mean ink? And will two hundred descriptors beat four?

# %% [markdown] tags=["slide"]
# - Out of fold: each molecule predicted once, by a model that never saw it
# - Four descriptors, or two hundred
# - Floors: the mean, ink, heavy atoms

# %%
four = molecules.delaney_descriptors(smiles).to_numpy()
table = molecules.descriptors(smiles).to_numpy()
table = np.sign(table) * np.log1p(np.abs(table))
ink = depiction.ink_features(images)[["ink"]].to_numpy()
heavy = np.array([[molecules.heavy_atoms(m)] for m in smiles])
forest = RandomForestRegressor(100, max_features=0.3, random_state=0, n_jobs=2)
live = {"mean": np.full(len(logs), logs.mean()), "mean ink": out_of_fold(LinearRegression(), ink)}
live["heavy atoms"] = out_of_fold(LinearRegression(), heavy)
for name, x in {"Delaney's 4": four, "descriptors": table}.items():
    live[f"{name}, ridge"] = out_of_fold(ridge(), x)
    live[f"{name}, forest"] = out_of_fold(forest, x)


# %% tags=["slide"]
def show_errors(predictions, title, rows=slice(None), **options):
    reports = {name: evaluation.evaluate_regression(logs[rows], p) for name, p in predictions.items()}
    dots = {n: (r.rmse_interval[0], r.rmse, r.rmse_interval[1]) for n, r in reports.items()}
    options = {"xlabel": "RMSE, log10 mol/L", "xlim": (0, 2.6)} | options
    said = ", ".join(f"{name} {report.rmse:.2f}" for name, report in reports.items())
    plotting.show(plotting.intervals(dots, title, **options), alt=f"{title}: {said}")


show_errors(live, "Live, out of fold: four good descriptors go a long way")

# %% [markdown]
# Ink knows little about solubility. Four descriptors and a forest set the mark for a network. Bars: 95 % bootstrap
# intervals over molecules.

# %% [markdown] tags=["instructor"]
# **8 minutes.** Let people bet on ink: after lesson 06 many expect a strong shortcut. There is none here, and that is good news.
#
# - Ask why logP leads: a model of partition knows much about leaving water.
# - Usual mistake: scaling with the mean of all molecules. The pipeline is fitted in each fold.

# %% [markdown]
# ## 8.3 From the picture
#
# The network of lesson 04 needs two changes: one output, and the mean squared error as its loss. The target is brought to mean 0
# and spread 1, those of the *training* molecules. We train once, on the first fold.
#
# > **Predict first.** Will it beat the heavy atoms? The forest on four descriptors?

# %%
train, test = folds[0]
validation, train = np.split(np.random.default_rng(0).permutation(train), [100])
middle, spread = logs[train].mean(), logs[train].std()
targets = ((logs - middle) / spread)[:, None].astype("float32")
with training.seeded(0):
    network = models.CompactCNN(num_classes=1)
parts = [training.MolecularImageDataset(images[rows], targets[rows]) for rows in (train, validation)]
options = {"optimizer": "adamw", "learning_rate": 3e-3, "schedule": "one_cycle", "loss": "mse"}
training.fit(network, *parts, epochs=12, seed=0, **options)
first = {name: live[name][test] for name in list(live)[2:5]}
first["12 epochs, live"] = middle + spread * training.predict(network, images[test])[:, 0]

# %% [markdown]
# The course brings a better reader, trained without this fold's test molecules. All its drawings have one scale, so an atom looks
# alike in each; it saw every molecule four times, turned. It was also *taught*: 3000 new molecules, joined from fragments
# of training molecules, with properties from RDKit, and logS from a *teacher*, a model on descriptors fitted
# to training molecules. To answer, it gets a drawing, nothing else.

# %% [markdown] tags=["slide"]
# - One output, mean squared error
# - New molecules, free labels, and a teacher
# - To answer: a drawing, nothing else

# %% tags=["slide"]
reader = models.load_pretrained("solubility")
style = depiction.DepictionStyle(**reader.card["style"])


def read(some):
    return reader.read(np.stack([depiction.draw(m, style) for m in some]))[:, 0]


first["taught network"] = read(smiles[test])
show_errors(first, "The first fold: more training pays", rows=test, highlight="taught network")
print("ethanol, octanol, naphthalene:", read(["CCO", "CCCCCCCCO", "c1ccc2ccccc2c1"]).round(1))

# %% [markdown]
# `benchmarks/solubility.py` does this for every fold: the mean of three networks, each shown eight drawings of a test molecule.
# *Descriptors* weighs five models, by inner folds.

# %% tags=["slide"]
recorded = datasets.recorded("solubility")


def series(split):
    kept = recorded.values[split]["predictions"]
    order = ("Delaney's 4, forest", "picture", "descriptors", "both")
    return {name: np.array(kept[name].split(), float) for name in order}


everything = series("random")
show_errors(everything, "Recorded, out of fold, all 1128 molecules", xlim=(0, 1.2))
print(f"{recorded.date}, {recorded.command}: three networks, {recorded.values['random']['rmse_by_seed']}")

# %%
pd.DataFrame(recorded.values["random"]["scores"]).T[["rmse", "rmse_interval", "mae"]].sort_values("rmse")

# %% [markdown]
# *One network* against *not taught*: that is what the teacher brought. Published: a graph network, 0.58 ± 0.03 (random splits);
# ImageMol, from pictures, 0.97 (scaffold split, as later tables quote it). Their splits differ.

# %% [markdown] tags=["instructor"]
# **9 minutes**, half of it while the network trains. Ask what a drawing does *not* need to be told: the teacher moves knowledge from
# descriptors into a reader of pictures. The row *not taught* is the same network without new molecules and free labels.
#
# - Usual mistake: comparing an RMSE on one fold with one on all molecules. Look at the intervals.
# - Usual question: is that still "from the picture alone"? When it answers, yes. What it learnt from is another matter, and the lesson says it.

# %% [markdown]
# ## 8.4 Where they fail
#
# In the band the error is below a factor of ten. Numbers mark the picture's six worst.

# %% [markdown] tags=["slide"]
# - In the band: less than a factor of ten
# - The picture's six worst, numbered

# %% tags=["slide"]
shown = {name: everything[name] for name in ("picture", "descriptors")}
worst = np.argsort(-np.abs(everything["picture"] - logs))[:6]
options = {"quantity": "logS, log10 mol/L", "marked": dict.fromkeys(shown, worst)}
figure = plotting.parity(logs, shown, "The same six molecules, in both panels", **options)
plotting.show(figure, alt="Predicted against measured logS: the dots of descriptors lie closer to the line")
captions = [
    f"{number}: measured {logs[row]:.1f}, read {everything['picture'][row]:.1f}"
    for number, row in enumerate(worst, start=1)
]
figure = plotting.pictures(images[worst], captions, columns=3, suptitle="The picture's worst")
plotting.show(figure, alt="Worst first: " + ", ".join(esol["name"][worst]))

# %% [markdown]
# Where both miss on the same side, suspect the measurement, or something that neither input says.

# %% [markdown] tags=["instructor"]
# **4 minutes.** Let each table of learners explain one of the six. Melting and crystal packing are in none of the inputs.

# %% [markdown]
# ## 8.5 Does the picture add anything?
#
# The benchmark mixes both predictions: (1 − *w*) of descriptors, *w* of the picture. In each fold *w* comes from training
# molecules that neither had learnt.
#
# Overlapping intervals do not answer: both are judged on the *same* molecules. So draw molecules with replacement,
# and take the difference each time.


# %% tags=["exercise"]
# Exercise 8.3: write that difference, for errors (N,) of two models and the drawn rows.
### BEGIN SOLUTION
def rmse_difference(errors_a, errors_b, rows):
    """RMSE of a minus RMSE of b, both on the drawn rows."""
    return np.sqrt((errors_a[rows] ** 2).mean()) - np.sqrt((errors_b[rows] ** 2).mean())


### END SOLUTION
checks.rmse_difference(rmse_difference)

# %% [markdown] tags=["slide"]
# - Both are judged on the same molecules
# - So take the difference in each resample

# %% tags=["slide"]
pair = evaluation.compare_regression(logs, everything["both"], everything["descriptors"])
print(f"both minus descriptors: {pair.difference:+.3f}, 95 % interval {np.round(pair.interval, 3)}")
print("w, fold by fold:", recorded.values["random"]["weight_of_picture"])

# %% [markdown]
# An interval below 0: the picture helped; across 0: nobody can tell. This one is also narrow: what the picture adds is little,
# if anything.
#
# Another way to mix, live: the 128 numbers that lesson 04's ring network makes of a drawing, beside the descriptors.

# %%
seen = models.embed(models.load_pretrained("rings"), images, progress=False)
live["embedding, ridge"] = out_of_fold(ridge(), seen)
live["both, ridge"] = out_of_fold(ridge(), np.hstack([table, seen]))
pair = evaluation.compare_regression(logs, live["both, ridge"], live["descriptors, ridge"])
print(f"both minus descriptors: {pair.difference:+.3f}, 95 % interval {np.round(pair.interval, 3)}")
shown = {f"{name}, ridge": live[f"{name}, ridge"] for name in ("embedding", "descriptors", "both")}
show_errors(shown, "Live: descriptors with and without a network's 128 numbers")

# %% [markdown]
# More inputs are not more knowledge: a linear model pays for numbers that say nothing.

# %% [markdown] tags=["instructor"]
# **5 minutes.** A drawing is made from the molecular graph, and so are the descriptors: there is no information in it that the
# graph lacks. Whatever it adds, it adds because it was *read* differently. Ask where pictures would carry more: crystals, plates, spots.

# %% [markdown]
# ## 8.6 New skeletons
#
# A random fold holds relatives of nearly every test molecule. A *scaffold* split tests ring skeletons that training never saw.
#
# > **Predict first.** Which reader loses more?

# %% [markdown] tags=["slide"]
# - Ring skeletons that training never saw
# - Every reader loses

# %% tags=["slide"]
rows = np.array(recorded.values["scaffold"]["rows"].split(), int)
show_errors(series("scaffold"), "Recorded: molecules with new skeletons", rows=rows, xlim=(0, 1.2))

# %% [markdown]
# Fewer molecules, wider intervals; larger molecules, too: not only the skeleton changes.

# %% [markdown] tags=["instructor"]
# **2 minutes.** Every reader loses, and the intervals are too wide to rank them: 113 molecules.
#
# - Usual mistake: calling this the "true" error. It is the error for molecules unlike those at hand.

# %% [markdown]
# ## 8.7 Three views of a molecule
#
# > **Predict first.** Change one thing: which view notices?


# %% [markdown] tags=["slide"]
# - Change one thing
# - Which view notices?


# %% tags=["slide"]
def noticed(one, other, **style):
    views = [molecules.descriptors([m]).to_numpy() for m in (one, other)]
    drawn = [depiction.depict(one), depiction.depict(other, depiction.DepictionStyle(**style))]
    same = [one == other, np.allclose(*views), np.array_equal(*drawn)]
    return ["no" if equal else "yes" for equal in same]


changes = {
    "another spelling": noticed("CC(=O)Nc1ccc(O)cc1", "Oc1ccc(NC(C)=O)cc1"),
    "another line width": noticed("CC(N)C(=O)O", "CC(N)C(=O)O", line_width=1.0),
    "mirror image": noticed("C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O"),
    "methyl group moved": noticed("Cc1ccccc1C", "Cc1ccc(C)cc1"),
}
pd.DataFrame(changes, index=["SMILES changes", "descriptors change", "picture changes"]).T

# %% [markdown]
# In the first two rows the substance stays the same: readers of SMILES or pictures must *learn* to overlook them. The third
# these descriptors miss. None sees crystal, pH or temperature.
#
# | | sees | misses | where in this workshop |
# |---|---|---|---|
# | SMILES | every atom and bond, stereo if written | shape, distance; one molecule has many | **05_LLMs** |
# | descriptors | what chemists named and counted | what nobody named; here, stereo | **02_Regression** |
# | picture | layout, stereo wedges, anything drawn | scale, what is small or overlaps; style distracts | 04–07 |

# %% [markdown] tags=["instructor"]
# **4 minutes.** Return to sorbitol and mannitol: which row of the table is that? Close with the honest order: start from descriptors, and reach for
# pictures where there is nothing else, such as a scan, a gel or a crystal.

# %% [markdown]
# ## Summary
#
# - A number instead of a class: one output, another loss, the same care with splits.
# - Judge a network against cheap descriptors, not the mean.
# - "Does it add anything?" is a paired question, with an interval.
# - A column that holds another model's answer is no input.
#
# ## Where this connects
#
# *02_Regression*: the models of 8.2; *04_PyTorch*: the loop of 8.3. Lesson 07: what pretraining brings.
#
# ## Sources
#
# - Data and four descriptors: J. S. Delaney (2004), [doi:10.1021/ci034243x](https://doi.org/10.1021/ci034243x).
# - Graph network: Wu et al. (2018), [doi:10.1039/c7sc02664a](https://doi.org/10.1039/c7sc02664a). ImageMol: Zeng et al. (2022),
#   [doi:10.1038/s42256-022-00557-6](https://doi.org/10.1038/s42256-022-00557-6).
# - New molecules: BRICS, Degen et al. (2008), [doi:10.1002/cmdc.200800178](https://doi.org/10.1002/cmdc.200800178).
# - Bootstrap: B. Efron (1979), [doi:10.1214/aos/1176344552](https://doi.org/10.1214/aos/1176344552).
