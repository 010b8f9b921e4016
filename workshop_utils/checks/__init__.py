"""The exercises' self-checks: each says "not attempted", names the mistake in a hint, or says what is right.

One module a lesson, under the names the notebooks use: ``checks.vertical_kernel(answer)``.
"""

from .lesson_00 import network_is_wrong, numbers_in_picture
from .lesson_01 import cut_out, majority, to_ink
from .lesson_02 import fooling_letters, lower_contrast, vertical_kernel
from .lesson_03 import keeps_label, label_quiz, leaked_share, paper_fills, robust_training
from .lesson_04 import convolution_parameters, molecules_needed, validation_loop
from .lesson_05 import balanced_kernel, field_of_third, share_near
from .lesson_06 import cut_off_reset, lazy_rival, told_apart
from .lesson_07 import cheating_labels, held_batchnorm, seeds_won
from .lesson_08 import allowed_inputs, measurement_noise, rmse_difference
from .lesson_09 import count_in_frame, mean_diameter, scale_by_hand, wrong_scale
from .verdict import Verdict

__all__ = [
    "Verdict",
    "allowed_inputs",
    "balanced_kernel",
    "cheating_labels",
    "convolution_parameters",
    "count_in_frame",
    "cut_off_reset",
    "cut_out",
    "field_of_third",
    "fooling_letters",
    "held_batchnorm",
    "keeps_label",
    "label_quiz",
    "lazy_rival",
    "leaked_share",
    "lower_contrast",
    "majority",
    "mean_diameter",
    "measurement_noise",
    "molecules_needed",
    "network_is_wrong",
    "numbers_in_picture",
    "paper_fills",
    "rmse_difference",
    "robust_training",
    "scale_by_hand",
    "seeds_won",
    "share_near",
    "to_ink",
    "told_apart",
    "validation_loop",
    "vertical_kernel",
    "wrong_scale",
]
