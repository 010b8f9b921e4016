"""A usual mistake for each check, as a learner's cell; the words that its hint must hold."""

SETUP = """import numpy as np
from torch.nn import functional as F
from workshop_utils import checks, datasets, depiction, models, molecules"""

_ONE_MOLECULE = """aspirin = depiction.draw("CC(=O)Oc1ccccc1C(=O)O", depiction.DepictionStyle(size=400))
"""
#: Check → a cell that a learner could have written.
CELLS = {
    "numbers_in_picture": "how_many = 96\nchecks.numbers_in_picture(how_many)",
    "network_is_wrong": 'fooled_by = "aspirin"\nchecks.network_is_wrong(fooled_by)',
    "cut_out": f"{_ONE_MOLECULE}ring = aspirin[50:214, 70:229]\nchecks.cut_out(ring, aspirin)",
    "to_ink": "def to_ink(rgb):\n    ink = 1 - rgb / 255\n\nchecks.to_ink(to_ink)",
    "majority": """has_ring = np.array([molecules.has_ring(m) for m in datasets.load_esol()["smiles"]])
majority = has_ring.sum()
checks.majority(majority, has_ring)""",
    "vertical_kernel": "vertical = np.ones((5, 5))\nchecks.vertical_kernel(vertical)",
    "lower_contrast": """def lower_contrast(picture):
    return picture / 2

checks.lower_contrast(lower_contrast)""",
    "fooling_letters": 'fooled = {"hexane"}\nchecks.fooling_letters(fooled)',
    "keeps_label": 'checks.keeps_label("ABCDEFGH", "ACEFG")',
    "paper_fills": 'checks.paper_fills("white", 1, 1, 0)',
    "leaked_share": "leaked = 180\nchecks.leaked_share(leaked)",
    "robust_training": """from workshop_utils.augmentation import Augmenter
rows = {"upright": 0.97, "turned": 0.95, "noisy": 0.7}
checks.robust_training(Augmenter(rotation=180), {"balanced accuracy": rows})""",
    "convolution_parameters": "parameters = 4608\nchecks.convolution_parameters(parameters)",
    "validation_loop": """def validate(model, loader):
    model.train()
    return sum(F.cross_entropy(model(x), y).item() * len(y) for x, y in loader) / len(loader.dataset)

checks.validation_loop(validate)""",
    "molecules_needed": "test_molecules = 200\nchecks.molecules_needed(test_molecules)",
    "balanced_kernel": """kernels = np.random.default_rng(0).normal(size=(16, 1, 5, 5))
checks.balanced_kernel(16, kernels)""",
    "field_of_third": "field_of_third = 13\nchecks.field_of_third(field_of_third)",
    "share_near": """def share_near(heat, positions, radius):
    return 0.123

checks.share_near(share_near)""",
    "lazy_rival": "truth = np.array([1, 1, 1, 0, 0])\nlazy = 60, 50\nchecks.lazy_rival(lazy, truth)",
    "told_apart": """def told_apart(original, twin):
    return original == 1 and twin == 0

checks.told_apart(told_apart)""",
    "cut_off_reset": """thin, truth = np.array([-7, -4, -7, -7, -4, -7]), np.array([0, 1, 0, 1, 1, 0])
checks.cut_off_reset(-5.5, 1.0, thin, truth, [0, 1])""",
    "cheating_labels": 'cheats = "aromatic atoms"\nchecks.cheating_labels(cheats)',
    "held_batchnorm": """def start_training(model):
    return model.train()

checks.held_batchnorm(start_training)""",
    "seeds_won": """ours, theirs = np.array([[0.8, 0.8, 0.9]] * 2), np.array([[0.7, 0.7, 0.95]] * 2)
checks.seeds_won((1, 2), ours, theirs)""",
    "allowed_inputs": 'inputs = ["smiles", "esol_prediction"]\nchecks.allowed_inputs(inputs)',
    "measurement_noise": """twins = {"name": ["DDD", "mannitol"], "other name": ["P,P'-DDD", "Sorbitol"]}
twins |= {"logS": [-7.2, 0.06], "other logS": [-7.2, 1.09]}
checks.measurement_noise(["DDD"], 0.73, twins)""",
    "rmse_difference": """def rmse_difference(errors_a, errors_b, rows):
    return errors_a[rows].mean() - errors_b[rows].mean()

checks.rmse_difference(rmse_difference)""",
    "scale_by_hand": """bar_rows, bar_columns = slice(461, 466), slice(546, 622)
um_per_px = 76 / 100
checks.scale_by_hand(um_per_px, 100, bar_rows, bar_columns)""",
    "mean_diameter": """areas, cut = np.array([700.0, 800.0, 300.0]), np.array([False, False, True])
mean = (np.sqrt(areas[~cut] / np.pi)).mean() * 1.3
checks.mean_diameter(mean, areas, cut, 1.3)""",
    "count_in_frame": """cut = np.array([False] * 69 + [True] * 22)
checks.count_in_frame(len(cut), cut)""",
    "wrong_scale": """factors = {"count": 1, "mean diameter": 2, "mean area": 4}
factors["largest / smallest diameter"] = 1
checks.wrong_scale(factors)""",
    "cheapest_threshold": """leads, right = np.array([0.1, 0.4, 0.8]), np.array([False, True, True])
checks.cheapest_threshold(2.0, leads, right, 10, 1)""",
    "misread_display": """misread, value = 0, 20
checks.misread_display(misread, value, ["20", "18"], [20, 13])""",
    "mended_crop": """mended = slice(10, 30), slice(20, 80)
checks.mended_crop(mended, slice(10, 30), slice(20, 80), (60, 100), 8, 16)""",
}
#: Check → words that only the hint about this mistake holds.
HINTS = {
    "numbers_in_picture": "one row",
    "network_is_wrong": "looks like a name",
    "cut_out": "before its end",
    "to_ink": "return",
    "majority": "number of molecules",
    "vertical_kernel": "shape (3, 3)",
    "lower_contrast": "stopped with TypeError",
    "fooling_letters": "without any letter",
    "keeps_label": "cut the ring open",
    "paper_fills": "A number is expected",
    "leaked_share": "between 0 and 1",
    "robust_training": "no picture was noisy",
    "convolution_parameters": "offset",
    "validation_loop": "training mode",
    "molecules_needed": "Too wide",
    "balanced_kernel": "0 to 15",
    "field_of_third": "steps",
    "share_near": "0.123",
    "lazy_rival": "percent",
    "told_apart": "parentheses",
    "cut_off_reset": "the twenty which chose",
    "cheating_labels": "never",
    "held_batchnorm": "running means will move",
    "seeds_won": "the other one wins",
    "allowed_inputs": "another model's output",
    "measurement_noise": "always one substance",
    "rmse_difference": "cancel",
    "scale_by_hand": "Turn it over",
    "mean_diameter": "mean radius",
    "count_in_frame": "All are counted",
    "wrong_scale": "Upside down",
    "cheapest_threshold": "No lead is that large",
    "misread_display": "was read correctly",
    "mended_crop": "is too little",
}
